"""Chapter 1: what was read, what is wrong with it, what can be computed."""

from __future__ import annotations

import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import charts
from kpikit.report.tables import Column, Shown, show_notice, show_table
from kpikit.report.views import common
from kpikit.study import Study

TABLES = {
    "reps": noop("reps"),
    "absences": noop("absences"),
    "stages": noop("stages"),
    "customers": noop("customers"),
    "deals": noop("deals"),
    "stage_events": noop("stage history"),
    "activities": noop("contacts"),
    "plans": noop("plan"),
    "invoices": noop("invoices"),
    "payments": noop("payments"),
    "rep_aliases": noop("names of reps"),
}

DIAGNOSTICS = {
    "conversion": noop("Conversion by stage"),
    "cycle": noop("Length of the sales cycle"),
    "reps": noop("Comparison of reps"),
    "contacts": noop("Contacts and labour per deal"),
    "capacity": noop("Capacity and bottleneck"),
    "staffing": noop("People needed and probability of the plan"),
    "renewals": noop("Renewals and cross-sales"),
}

STATUS = {
    "ok": noop("computed"),
    "degraded": noop("computed with a weaker method"),
    "not_computable": noop("not computable"),
}

ASKS = {
    "": "",
    "stage_history": noop("Ask for the stage history: an export of all stage changes with time."),
    "deals": noop("Ask for all deals of two years, lost ones included, with creation and closing."),
    "closing_dates": noop("Ask for the creation and closing dates of the deals."),
    "owners": noop("Ask for the responsible rep of each deal."),
    "owner_history": noop("Ask for the changes of the responsible rep."),
    "contact_links": noop("Ask for the phone numbers of customers, or the deal of each contact."),
    "telephony": noop("Ask for the call list of the telephony and the meetings of the calendar."),
    "norms": noop("Agree on contacts per deal and minutes per contact, or measure two weeks."),
    "diary": noop("Let the team keep a diary for a week: hours with customers and without."),
    "chain_refused": noop("See the list on page one."),
    "contract_ends": noop("Ask for the contracts of existing customers with their end dates."),
}


def files(study: Study) -> Shown:
    """Which files were read and what became of their rows."""
    if study.client is None:
        return show_notice(
            "note",
            _("No files were read: every number was stated by the client in the engagement."),
            _("Files"),
        )
    table = study.client.import_log.copy()
    table["what"] = [_(TABLES.get(name, name)) for name in table["table"]]
    return show_table(
        table,
        _("Files that were read"),
        [
            Column("source_file", _("File")),
            Column("what", _("Content")),
            Column("encoding", _("Encoding")),
            Column("rows_read", _("Rows read"), "integer"),
            Column("rows_kept", _("Used"), "integer"),
            Column("rows_filtered", _("Not asked for"), "integer"),
            Column("rows_set_aside", _("Set aside"), "integer"),
            Column(("period_start", "period_end"), _("Period"), _period),
        ],
        note=_("Nothing is deleted: rows set aside are listed word for word below."),
    )


def _period(start: object, end: object) -> str:
    if pd.isna(start) or pd.isna(end):  # type: ignore[call-overload]
        return languages.MISSING
    return f"{languages.date_short(start)} – {languages.date_short(end)}"


def issues(study: Study) -> Shown:
    """What was flagged, how often, and examples."""
    if study.client is None or study.client.issues.empty:
        return show_notice("note", _("Nothing was flagged in the files."), _("Flags"))
    table = study.client.issues.copy()
    table["what"] = [_(RULES.get(rule, rule.replace("_", " "))) for rule in table["rule"]]
    table["where"] = [_(TABLES.get(name, name)) for name in table["table"]]
    table["level"] = [_(SEVERITY[name]) for name in table["severity"]]
    table["seen"] = [_shortened(text) for text in table["example"]]
    return show_table(
        table,
        _("What was flagged in the files"),
        [
            Column("what", _("Finding")),
            Column("where", _("Content")),
            Column("rows", _("Rows"), "integer"),
            Column("level", _("Weight")),
            Column("seen", _("Examples")),
        ],
        note=_(
            "Flagged rows are kept. Tests and duplicates are left out of the estimates; "
            "chapter 4 shows the conversion with and without them."
        ),
    )


def _shortened(text: object, most: int = 60) -> str:
    shown = "" if pd.isna(text) else str(text)  # type: ignore[call-overload]
    return shown if len(shown) <= most else shown[: most - 1].rstrip(" ,") + "…"


SEVERITY = {"info": noop("for information"), "warning": noop("warning"), "error": noop("error")}


def set_aside(study: Study) -> Shown:
    """Records that could not be used, word for word (the first twenty)."""
    if study.client is None or study.client.set_aside.empty:
        return show_notice("note", _("No record had to be set aside."), _("Records set aside"))
    table = study.client.set_aside.head(20).copy()
    table["why"] = [_(SET_ASIDE.get(str(r).split(":")[0], str(r))) for r in table["reason"]]
    table["text"] = [_shortened(record, 110) for record in table["record"]]
    return show_table(
        table,
        _("Records that were set aside"),
        [
            Column("source_file", _("File")),
            Column("source_row", _("Row"), "integer"),
            Column("why", _("Why")),
            Column("text", _("Record")),
        ],
        note=_("{n} records in all.").format(n=languages.number(len(study.client.set_aside))),
    )


def by_month(study: Study) -> Shown:
    """Deals created and contacts made by month."""
    tables = {} if study.client is None else study.client.tables
    series = {}
    if "deals" in tables and tables["deals"]["created_at"].notna().any():
        series["deals"] = _months(tables["deals"]["created_at"], study.engagement.zone)
    if "activities" in tables:
        series["activities"] = _months(tables["activities"]["started_at"], study.engagement.zone)
    if not series:
        return show_notice("note", _("The files have no dates to count by month."), None)
    table = pd.DataFrame(series).fillna(0.0).sort_index().tail(36)
    labels = {"deals": _("deals created"), "activities": _("contacts and attempts")}
    return charts.data_by_month(table, [(name, labels[name]) for name in series])


def _months(instants: pd.Series, zone: str) -> pd.Series:
    local = instants.dropna().dt.tz_convert(zone).dt.strftime("%Y-%m")
    return local.value_counts().astype(float)


def can_compute(study: Study) -> Shown:
    """What can be computed, with what method, and what to ask for."""
    table = study.readiness.copy()
    table["what"] = [_(DIAGNOSTICS[name]) for name in table["diagnostic"]]
    table["state"] = [_(STATUS[name]) for name in table["status"]]
    table["why"] = [common.reason_text(str(reason)) for reason in table["reason"]]
    table["next"] = [_(ASKS[ask]) if ask else "" for ask in table["ask"]]
    return show_table(
        table,
        _("What can be computed from these data"),
        [
            Column("what", _("Question")),
            Column("state", _("Answer")),
            Column("why", _("Why")),
            Column("next", _("What to ask for")),
        ],
    )


#: Import rules in the reader's words; the door's own messages name rows and files.
RULES: dict[str, str] = {}
SET_ASIDE: dict[str, str] = {}
