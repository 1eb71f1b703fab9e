"""Chapter 1: what was read, what is wrong with it, what can be computed."""

from __future__ import annotations

import re

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
    "order_lines": noop("order lines"),
    "costs": noop("costs"),
    "profits": noop("profits"),
    "surveys": noop("surveys"),
    "tickets": noop("customer requests"),
    "deliveries": noop("deliveries"),
    "markets": noop("market"),
    "kpis": noop("list of KPIs"),
    "kpi_facts": noop("values of KPIs"),
    "pay_rules": noop("pay rules"),
    "payroll": noop("payroll"),
}

DIAGNOSTICS = {
    "conversion": noop("Conversion by stage"),
    "cycle": noop("Length of the sales cycle"),
    "reps": noop("Comparison of reps"),
    "contacts": noop("Contacts and labour per deal"),
    "capacity": noop("Capacity and bottleneck"),
    "staffing": noop("People needed and probability of the plan"),
    "renewals": noop("Renewals and cross-sales"),
    "kpi_list": noop("Audit of the KPI list"),
    "kpi_links": noop("KPIs against the plan of each rep"),
    "pay": noop("What the pay rewards"),
}

STATUS = {
    "ok": noop("computed"),
    "degraded": noop("computed with a weaker method"),
    "not_computable": noop("not computable"),
}

ASKS = {
    "": "",
    "stage_history": noop("Stage history: an export of all stage changes with their time."),
    "deals": noop("All deals of two years, lost ones included, with creation and closing."),
    "closing_dates": noop("Creation and closing dates of the deals."),
    "owners": noop("The responsible rep of each deal."),
    "owner_history": noop("Changes of the responsible rep, with their time."),
    "contact_links": noop("Phone numbers of the customers, or the deal of each contact."),
    "telephony": noop("The call list of the telephony and the meetings of the calendar."),
    "plan": noop("The money plan by month, and by segment if there is one."),
    "norms": noop("Contacts per deal and minutes per contact: agreed, or measured for two weeks."),
    "diary": noop("A diary of the team for one week: hours with customers and without."),
    "chain_refused": noop("The list on page one."),
    "contract_ends": noop("Contracts of existing customers with their end dates."),
    "kpi_list": noop("The list of KPIs, in the fill-in workbook or the client's own sheet."),
    "kpi_facts": noop("Plan and fact of each KPI by rep and month, for a year at least."),
    "rep_plans": noop("Last year's sales plan of each rep by month."),
    "pay_rules": noop("The rules of pay: KPI, weight, payout, base pay, target bonus."),
    "payroll": noop("Bonuses paid by rep and month."),
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
    if pd.isna(start) or pd.isna(end):
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
            "the chapter on the funnel shows the conversion with and without them."
        ),
    )


def _shortened(text: object, most: int = 60) -> str:
    shown = "" if pd.isna(text) else str(text)
    # The row count stands in a column of its own; what is left are ids and row numbers.
    shown = re.sub(r"^rows? ", "", re.sub(r",? ?\.{3} ?\(\d+ in all\)$", ", …", shown))
    shown = shown.replace(", ...", ", …")
    return shown if len(shown) <= most else shown[: most - 1].rstrip(" ,") + "…"


SEVERITY = {"info": noop("for information"), "warning": noop("warning"), "error": noop("error")}


def set_aside(study: Study) -> Shown:
    """Records that could not be used, word for word (the first twenty)."""
    if study.client is None or study.client.set_aside.empty:
        return show_notice("note", _("No record had to be set aside."), _("Records set aside"))
    table = study.client.set_aside.head(20).copy()
    table["why"] = [_why(str(reason)) for reason in table["reason"]]
    table["text"] = [_shortened(common.masked(study, str(r)), 100) for r in table["record"]]
    return show_table(
        table,
        _("Records that were set aside"),
        [
            Column("source_file", _("File")),
            Column("source_row", _("Row"), str, "right"),
            Column("why", _("Why")),
            Column("text", _("Record")),
        ],
        note=_("{n} records in all. Phone numbers and names of reps are hidden.").format(
            n=languages.number(len(study.client.set_aside))
        ),
    )


def by_month(study: Study) -> Shown:
    """Deals created and contacts made by month."""
    tables = {} if study.client is None else study.client.tables
    series = {}
    if "deals" in tables and tables["deals"]["created_at"].notna().any():
        series["deals"] = _months(tables["deals"]["created_at"], study.engagement.zone)
    if "activities" in tables:
        series["activities"] = _months(tables["activities"]["started_at"], study.engagement.zone)
    if not tables:
        return show_notice("note", _("No files were read, so there is nothing to count."), None)
    if not series:
        return show_notice("note", _("The files have no dates to count by month."), None)
    table = pd.DataFrame(series).fillna(0.0).sort_index().tail(36)
    labels = {"deals": _("deals created"), "activities": _("contacts and attempts")}
    return charts.data_by_month(table, [(name, labels[name]) for name in series])


def _months(instants: pd.Series, zone: str) -> pd.Series:
    local = instants.dropna().dt.tz_convert(zone).dt.strftime("%Y-%m")
    return local.value_counts().astype(float)


def can_compute_rows(study: Study) -> pd.DataFrame:
    """What can be computed, in words: ``what``, ``state``, ``why``, ``next``."""
    table = study.readiness.copy()
    table["what"] = [_(DIAGNOSTICS[name]) for name in table["diagnostic"]]
    table["state"] = [_(STATUS[name]) for name in table["status"]]
    table["why"] = [common.reason_text(str(reason)) for reason in table["reason"]]
    table["next"] = [_(ASKS[ask]) if ask else "" for ask in table["ask"]]
    return table


def can_compute(study: Study) -> Shown:
    """What can be computed, with what method, and what would help."""
    return show_table(
        can_compute_rows(study),
        _("What can be computed from these data"),
        [
            Column("what", _("Question")),
            Column("state", _("Answer")),
            Column("why", _("Why"), common.text_or_blank, "left"),
            Column("next", _("What would help"), common.text_or_blank, "left"),
        ],
    )


def _why(reason: str) -> str:
    """The reason of a record set aside, in the language in use."""
    for pattern, text in SET_ASIDE.items():
        found = re.match(pattern, reason)
        if found:
            return _(text).format(**found.groupdict())
    return reason


#: Import rules in the reader's words; the door's own messages name rows and files.
RULES: dict[str, str] = {
    "activity_kind_unknown": noop("Kinds of contact that are not known"),
    "band_reversed": noop("Target bands upside down"),
    "billing_rows": noop("Billing rows among the calls"),
    "bulk_move": noop("Deals moved in bulk, a clean-up"),
    "call_listed_twice": noop("Calls that stand in two lists"),
    "cell_unreadable": noop("Cells that could not be read"),
    "choice_unknown": noop("Words that are not in the list of their column"),
    "close_date_disagrees": noop("Closing date differs from the stage history; history wins"),
    "closed_after_as_of": noop("Closed after the instant of the data"),
    "closed_before_created": noop("Closed before it was created"),
    "closed_without_date": noop("Closed without a date"),
    "connected_from_duration": noop("Calls counted as answered by their length"),
    "currency_assumed": noop("Currency assumed"),
    "currency_missing": noop("Currency missing"),
    "currency_without_rate": noop("Currency without an exchange rate"),
    "customer_name_ambiguous": noop("Name of several customers"),
    "customer_only_in_files": noop("Customers not in the customer list"),
    "date_order_unclear": noop("Order of day and month not known"),
    "date_order_unproven": noop("Order of day and month not proven"),
    "deal_not_listed": noop("Deals that are not in the deal list"),
    "doc_kind_unknown": noop("Kinds of document that are not known"),
    "duplicate": noop("Probable duplicates"),
    "duplicate_key": noop("Rows that repeat a key"),
    "duration_too_long": noop("Contacts longer than half a day"),
    "fact_from_parts": noop("KPI values calculated from numerator and denominator"),
    "fact_parts_differ": noop("KPI values that are not numerator divided by denominator"),
    "fact_repeated": noop("KPIs with several values for one period"),
    "file_unreadable": noop("File that could not be read"),
    "heading_missing": noop("Headings that are needed and not there"),
    "heading_unknown": noop("Columns with a heading that is not known"),
    "import_created_after_close": noop("Created after it was closed, an import"),
    "import_first_record": noop("History begins with an import"),
    "import_minute": noop("Loaded in one minute, an import"),
    "invoice_lines_differ": noop("Invoices whose lines add up to another amount"),
    "invoice_lines_disagree": noop("Lines that contradict each other within an invoice"),
    "invoice_not_listed": noop("Invoices that are not in the list of invoices"),
    "invoices_from_lines": noop("Invoices made from order lines"),
    "join_duplicate_key": noop("Joined rows that repeat a key"),
    "join_overwrites": noop("Values replaced by those of a later file"),
    "join_unmatched": noop("Rows that match none of the table they join"),
    "key_from_row": noop("Rows without an id, numbered by their place"),
    "kpi_name_ambiguous": noop("Name of several KPIs"),
    "kpi_named_twice": noop("KPIs that are listed twice under one name"),
    "kpi_not_listed": noop("KPIs that are not in the list of KPIs"),
    "kpi_value_unknown": noop("Properties of KPIs that are not known"),
    "later_than_as_of": noop("Later than the instant of the data"),
    "line_repeated": noop("Order lines that repeat an earlier one"),
    "lines_without_invoice": noop("Order lines without date or customer"),
    "missing_mark": noop("Marks for a missing value"),
    "negative_amount": noop("Negative amounts"),
    "negative_units": noop("Negative units outside returns"),
    "number_form_unclear": noop("Decimal mark not known"),
    "open_with_close_date": noop("Open deals with a closing date"),
    "product_rows": noop("Product rows joined to one deal"),
    "read_note": noop("Remark on how the file was read"),
    "rep_name_ambiguous": noop("Name of several reps"),
    "rep_only_in_files": noop("Reps not on the staff list"),
    "return_sign": noop("Returns given as positive amounts"),
    "row_unusable": noop("Rows that lack what they need"),
    "score_outside_scale": noop("Survey scores outside the scale"),
    "sheet_unknown": noop("Sheets that are not known and not read"),
    "spreadsheet_damage": noop("Damage by a spreadsheet program"),
    "stage_unknown": noop("Stages that are not in the stage list"),
    "status_against_history": noop("Status differs from the stage history"),
    "status_from_stage": noop("Status taken from the stage"),
    "test_amount": noop("Test deals by their amount"),
    "test_amount_habit": noop("Amount of a test on too many deals to be one"),
    "test_customer": noop("Test deals by their customer"),
    "test_habit": noop("Sign of a test on too many deals to be one"),
    "test_lifetime": noop("Won within a minute of creation"),
    "test_name": noop("Test deals by their name"),
    "test_name_habit": noop("Name of a test on too many deals to be one"),
    "unpaired_rows": noop("Start or end of a work item missing"),
    "value_not_mapped": noop("Values that the column map does not name"),
    "weight_not_a_share": noop("Weights that are not between 0 and 100 %"),
    "workbook_empty": noop("Workbook without a filled sheet"),
    "wrong_field_count": noop("Records with a wrong number of fields"),
}
SET_ASIDE: dict[str, str] = {
    r"the record has (?P<found>\d+) fields, the header (?P<header>\d+)": noop(
        "{found} fields instead of {header}"
    ),
    r"rows repeat a key": noop("repeats the key of an earlier row"),
    r"\w+ is not in the table it joins": noop("matches no row of the table it joins"),
    r"no .* follows directly, or no .* precedes": noop("start or end of the work item is missing"),
    r"later than .*": noop("later than the instant of the data"),
    r"\w+_on is before \w+_on": noop("ends before it begins"),
    r"(?P<column>\w+) is missing or unreadable": noop("{column} is missing or unreadable"),
}
