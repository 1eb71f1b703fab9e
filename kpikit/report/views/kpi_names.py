"""Chapter 2, the words: languages, ambiguous terms, the catalogue, and values computed again."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules.known import agreement_of
from kpikit.kpis.passport import catalogue
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import audit_words as words
from kpikit.report import passports
from kpikit.report.audit_texts import (
    audit_of,
    few_digits,
    kpi_names,
    listing,
    plain_name,
    quoted,
    rep_name,
)
from kpikit.report.tables import (
    Column,
    Shown,
    show_notice,
    show_table,
    show_text,
    verbatim,
)
from kpikit.report.views import common, kpi_results
from kpikit.report.views.kpi_against_plan import period_name
from kpikit.report.views.kpi_system import MOST_ROWS, current_wording, cut_note
from kpikit.study import Study
from kpikit.wording.plainness import explain_time
from kpikit.wording.terms import terms

NAMES = {
    "native": noop("in the team's language"),
    "half": noop("foreign, with a translation beside it"),
    "foreign": noop("foreign, not translated"),
    "unknown": noop("language not recognised"),
}
UNKNOWN_FORMULA = noop("its formula cannot be computed from the tables at hand")


def names(study: Study) -> Shown:
    """In which language the KPIs are named."""
    table = current_wording(audit_of(study))
    if table is None or table.empty:
        return show_text("")
    kinds = [_kind(row) for row in table.to_dict("records")]
    rows = [
        {"kind": _(text), "n": kinds.count(kind),
         "kpis": kpi_names(study, table["kpi_id"][[k == kind for k in kinds]], 14)}
        for kind, text in NAMES.items()
        if kind in kinds
    ]  # fmt: skip
    return show_table(
        pd.DataFrame(rows),
        _("Names of the KPIs"),
        [
            Column("kind", _("Name")),
            Column("n", _("KPIs"), "integer"),
            Column("kpis", _("Which")),
        ],
    )


def _kind(row: dict[str, Any]) -> str:
    if row["half"] is True or row["half"] == 1:
        return "half"
    if row["is_native"] is None or pd.isna(row["is_native"]):
        return "unknown"
    return "native" if row["is_native"] else "foreign"


def time_text(study: Study) -> Shown:
    """How long it takes to explain the list."""
    audit = audit_of(study)
    table = current_wording(audit)
    if table is None or table["minutes_to_explain"].isna().all():
        return show_text("")
    found = explain_time(table.rename(columns={"minutes_to_explain": "minutes"}))
    text = _(
        "Explaining all {n} KPIs to a new rep takes {hours} hours, the hardest one {longest} "
        "minutes. A list that people remember fits one meeting of {limit} minutes."
    ).format(
        n=languages.number(found.kpis),
        hours=languages.number(found.hours, 1),
        longest=few_digits(found.longest_min),
        limit=few_digits(audit.inputs.limits.list_minutes),
    )
    if found.estimated:
        text += " " + _("For {n} of them the time is an estimate.").format(
            n=languages.number(found.estimated)
        )
    return show_text(text)


def ambiguous(study: Study) -> Shown:
    """Terms that have to be decided, with what people may understand."""
    table = current_wording(audit_of(study))
    if table is None:
        return show_text("")
    where: dict[str, list[str]] = {}
    for row in table.to_dict("records"):
        for term in row["ambiguous"]:
            where.setdefault(term, []).append(str(row["kpi_id"]))
    if not where:
        return show_text(_("No name holds a term that people understand differently."))
    rows = [
        {"term": term, "n": len(kpis), "meanings": "; ".join(_meanings(term)),
         "kpis": kpi_names(study, kpis, 4)}
        for term, kpis in where.items()
    ]  # fmt: skip
    shown = pd.DataFrame(rows).sort_values("n", ascending=False, kind="stable")
    return show_table(
        shown.head(MOST_ROWS),
        _("Terms that everybody understands differently: decide on one meaning"),
        [
            Column("term", _("Term")),
            Column("meanings", _("What it may mean")),
            Column("kpis", _("In the names of")),
        ],
        note=cut_note(len(shown)),
    )


def _meanings(term: str) -> tuple[str, ...]:
    found = terms()[term]
    return found.translations.get(languages.current(), found.means)


def matches(study: Study) -> Shown:
    """KPIs whose meaning the catalogue knows for sure."""
    table = audit_of(study).inputs.matches
    if table is None:
        return show_text("")
    sure = table[table["catalogue_id"].notna() & ~table["review"].astype(bool)]
    if sure.empty:
        return show_text(_("No name of the list is surely a KPI of the catalogue."))
    pairs = [
        f"{quoted(plain_name(study, row.kpi_id))} = {_catalogue_name(row.catalogue_id)}, "
        f"{languages.share(row.confidence)}"
        for row in sure.itertuples()
    ]
    return show_text(_("Recognised for sure: {pairs}.").format(pairs=verbatim("; ".join(pairs))))


def _catalogue_name(kpi: Any) -> str:
    known = catalogue().get(str(kpi))
    return f"{passports.name(known)} ({known.kpi})" if known else str(kpi)


def review(study: Study) -> Shown:
    """Matches for the consultant to confirm or to reject."""
    table = audit_of(study).inputs.matches
    if table is None:
        return show_text("")
    doubtful = table[table["catalogue_id"].notna() & table["review"].astype(bool)]
    if doubtful.empty:
        return show_text("")
    doubtful = doubtful.sort_values("confidence", ascending=False, kind="stable")
    doubtful = doubtful.assign(
        name=[plain_name(study, kpi) for kpi in doubtful["kpi_id"]],
        known=[_catalogue_name(kpi) for kpi in doubtful["catalogue_id"]],
        how=[_(words.METHODS[method]) for method in doubtful["method"]],
    )
    return show_table(
        doubtful.head(MOST_ROWS),
        _("Matches with the catalogue for the consultant to confirm"),
        [
            Column("name", _("The client's KPI")),
            Column("known", _("Perhaps this KPI of the catalogue")),
            Column("confidence", _("Confidence"), "share"),
            Column("how", _("Found")),
        ],
        note=cut_note(len(doubtful)),
    )


def unmatched(study: Study) -> Shown:
    """KPIs that the catalogue does not know."""
    table = audit_of(study).inputs.matches
    if table is None:
        return show_text("")
    alone = table.loc[table["catalogue_id"].isna(), "kpi_id"]
    if alone.empty:
        return show_text("")
    return show_text(
        _("Nothing in the catalogue is like these; write down meaning and formula: {kpis}.").format(
            kpis=verbatim(kpi_names(study, alone, 20))
        )
    )


def recomputed(study: Study) -> Shown:
    """Reported values against values computed from the records."""
    audit = audit_of(study)
    table = audit.inputs.recomputed
    if table is None or table.empty:
        return show_notice(
            "refused",
            _(
                "No reported value could be computed again from the records: the list needs "
                "formulas, and the records the columns that they name."
            ),
            _("Reported values computed again"),
        )
    rows = []
    for kpi, own in table.groupby("kpi_id", sort=False):
        same, n = agreement_of(own, audit.inputs.limits.tolerance)
        if n:
            rows.append(
                {"name": plain_name(study, str(kpi)), "share": same / n, "same": same, "n": n,
                 "largest": _largest(study, own) if same < n else ""}
            )  # fmt: skip
    if not rows:
        return show_text("")
    shown = pd.DataFrame(rows).sort_values("share", kind="stable")
    return show_table(
        shown.head(MOST_ROWS),
        _("Reported values computed again from the records"),
        [
            Column("name", _("KPI")),
            Column("share", _("Come out again"), "share"),
            Column("same", _("Values"), "integer"),
            Column("n", _("Of"), "integer"),
            Column("largest", _("Largest difference"), common.text_or_blank, align="left"),
        ],
        note=cut_note(len(shown)),
    )


def _largest(study: Study, own: pd.DataFrame) -> str:
    both = own.dropna(subset=["reported", "recomputed"])
    row = both.loc[(both["reported"] - both["recomputed"]).abs().idxmax()]
    return _("reported {reported}, from the records {found} ({who}, {when})").format(
        reported=few_digits(row["reported"]),
        found=few_digits(row["recomputed"]),
        who=rep_name(study, row["rep_id"]),
        when=period_name(audit_of(study).grain, row["period"]),
    )


def not_recomputed(study: Study) -> Shown:
    """Why the other values could not be computed again."""
    reasons = audit_of(study).not_recomputed
    groups: dict[str, list[str]] = {}
    for kpi, reason in reasons.items():
        groups.setdefault(_reason(reason), []).append(kpi)
    if not groups:
        return show_text("")
    lines = [
        f"- {text[:1].upper()}{text[1:]}: {verbatim(kpi_names(study, kpis, 20))}."
        for text, kpis in groups.items()
    ]
    return show_text("\n".join([_("Not computed again:"), "", *lines]))


def _reason(code: str) -> str:
    if code in words.NOT_RECOMPUTED:
        return _(words.NOT_RECOMPUTED[code])
    if code in kpi_results.REASONS:
        return _(kpi_results.REASONS[code])
    tables = [item.split(".")[0].split(" ")[0] for item in code.partition(": ")[2].split(", ")]
    if code.startswith("missing: ") and all(t in kpi_results.TABLE_NAMES for t in tables):
        shown = listing([_(kpi_results.TABLE_NAMES[t]) for t in dict.fromkeys(tables)])
        return _("missing: {columns}").format(columns=shown)
    # a problem of a formula is told by the check of the engagement, in its words
    return _(UNKNOWN_FORMULA)
