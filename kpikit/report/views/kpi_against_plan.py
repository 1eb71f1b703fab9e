"""Chapter 2, the facts: do the KPIs go with the plan, and can a rep move them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules.known import pay_weights
from kpikit.diagnosis.linkage import COMPONENT, LINKED, NOT_LINKED, OPPOSED, UNPROVEN
from kpikit.languages import gettext as _
from kpikit.report import audit_charts
from kpikit.report import audit_words as words
from kpikit.report.audit_texts import (
    audit_of,
    kpi_name,
    kpi_names,
    listing,
    plain_name,
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
from kpikit.report.views import common
from kpikit.report.views.kpi_system import MOST_ROWS, cut_note
from kpikit.study import Study

#: Periods drawn at most; the last ones.
MOST_PERIODS = 24
#: Months named in one cell at most.
MOST_MONTHS = 12
#: What pays luck is told before what is fine, and what is open comes last.
READING_ORDER = ("territory", "too_noisy", "not_informative", "controllable", "uncertain")


def period_name(grain: str, day: Any) -> str:
    """A period as short as a table has it."""
    start = pd.Timestamp(day)
    if grain == "year":
        return str(start.year)
    if grain == "quarter":
        return _("Q{quarter} {year}").format(quarter=start.quarter, year=start.year)
    return languages.date_short(start) if grain == "week" else languages.month_short(start)


def calendar(study: Study) -> Shown:
    """KPIs met and plan met for each rep and period."""
    audit = audit_of(study)
    if audit.cases.empty:
        return _no_agreement()
    cases = audit.cases.assign(state=[_state(row) for row in audit.cases.to_dict("records")])
    wide = cases.pivot_table(index="rep_id", columns="period", values="state", aggfunc="first")
    wide = wide.fillna("").iloc[:, -MOST_PERIODS:]
    if len(wide) > audit_charts.MOST_REPS:
        hits = (wide.eq("A") | wide.eq("B")).sum(axis=1)
        wide = wide.loc[hits.sort_values(ascending=False, kind="stable").index]
    names = [rep_name(study, rep) for rep in wide.index]
    return audit_charts.case_calendar(
        wide.set_axis(names).set_axis(_headings(audit.grain, list(wide.columns)), axis=1)
    )


def _headings(grain: str, periods: list[Any]) -> list[str]:
    if grain != "month":
        return [period_name(grain, period) for period in periods]
    from kpikit.report.charts import month_labels

    return month_labels([f"{pd.Timestamp(period):%Y-%m}" for period in periods])


def _state(row: dict[str, Any]) -> str:
    if isinstance(row["contradiction"], str):
        return str(row["contradiction"])
    if "not_measured" in (row["kpis"], row["plan"]):
        return "unknown"
    return "both_met" if row["plan"] == "met" else "both_missed"


def _no_agreement() -> Shown:
    return show_notice(
        "refused",
        _(
            "Whether who meets the KPIs meets the plan is not known: ask the client for KPI values "
            "with their targets and for plan attainment, both by rep and month."
        ),
        _("KPIs against the plan"),
    )


def contradictions(study: Study) -> Shown:
    """Who met the KPIs and missed the plan, or the reverse, and when."""
    audit = audit_of(study)
    if audit.cases.empty:
        return show_text("")
    hits = audit.cases[audit.cases["contradiction"].notna()]
    if hits.empty:
        return show_notice("note", _("KPIs and plan never contradict each other."), None)
    rows = []
    found = audit.frequency[audit.frequency["rep_id"].notna()]
    for (role, rep), own in found.groupby(["role", "rep_id"], sort=True):
        mine = hits[hits["rep_id"].eq(rep) & hits["role"].eq(role)]
        if mine.empty:
            continue
        kinds = own.set_index("contradiction").to_dict("index")
        rows.append(
            {
                "who": rep_name(study, rep), "n": len(mine),
                "a": _frequency(kinds.get("A")), "b": _frequency(kinds.get("B")),
                "a_when": _when(study, mine[mine["contradiction"].eq("A")]),
                "b_when": _when(study, mine[mine["contradiction"].eq("B")]),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values("n", ascending=False, kind="stable")
    return show_table(
        table.head(MOST_ROWS),
        _("Where KPIs and plan contradict each other, by name and period"),
        [
            Column("who", _("Who")),
            Column("a", _("All KPIs met, plan missed"), align="right"),
            Column("a_when", _("When"), common.text_or_blank, align="left"),
            Column("b", _("A KPI missed, plan met"), align="right"),
            Column("b_when", _("When, and which KPI"), common.text_or_blank, align="left"),
        ],
        note=cut_note(len(table)),
    )


def _frequency(row: dict[str, Any] | None) -> str:
    if row is None:
        return languages.MISSING
    counted = _("{cases} of {n}").format(
        cases=languages.number(row["cases"]), n=languages.number(row["n"])
    )
    if not row["cases"]:
        return counted
    return f"{counted} ({languages.interval(row['low'], row['high'], languages.share)})"


def _when(study: Study, cases: pd.DataFrame) -> str:
    grain = audit_of(study).grain
    texts = []
    for row in cases.sort_values("period").to_dict("records"):
        text = period_name(grain, row["period"])
        if row["missed_kpis"]:
            text += f" ({kpi_names(study, row['missed_kpis'], 3)})"
        texts.append(text)
    if len(texts) > MOST_MONTHS:
        left = _("{n} more").format(n=languages.number(len(texts) - MOST_MONTHS))
        texts = [*texts[:MOST_MONTHS], left]
    return ", ".join(texts)


def links(study: Study) -> Shown:
    """How each KPI goes with the plan."""
    audit = audit_of(study)
    if audit.linkage is None:
        return show_notice(
            "refused",
            _(
                "Whether the KPIs move the plan is not known: ask the client for KPI values and "
                "plan attainment by rep and month."
            ),
            _("Links with the plan"),
        )
    table = audit.linkage.table.dropna(subset=["rho", "low", "high"])
    if table.empty:
        return show_notice(
            "refused",
            _("No KPI has enough values beside the plan to compare reps."),
            _("Links with the plan"),
        )
    table = table.sort_values("rho", ascending=False, kind="stable")
    table = table.assign(
        label=[audit_charts.short(plain_name(study, kpi)) for kpi in table["kpi_id"]]
    )
    return audit_charts.link_forest(table, audit.linkage.relevant_rho)


def links_text(study: Study) -> Shown:
    """What the links allow to say, and what they leave open."""
    found = audit_of(study).linkage
    if found is None or found.table.empty:
        return show_text("")
    table = found.table
    counts = table["verdict"].value_counts()
    parts = [
        _("Proven to go with the plan: {kpis}.").format(kpis=_named(study, table, LINKED))
        if counts.get(LINKED, 0)
        else _("No KPI is proven to go with the plan."),
    ]
    if counts.get(OPPOSED, 0):
        parts.append(
            _("Proven to go against it: {kpis}.").format(kpis=_named(study, table, OPPOSED))
        )
    if counts.get(NOT_LINKED, 0):
        parts.append(
            _("Do not move it, a link of use would have shown: {kpis}.").format(
                kpis=_named(study, table, NOT_LINKED)
            )
        )
    if counts.get(UNPROVEN, 0):
        parts.append(
            _("Open, neither useful nor useless: {kpis}. More months decide it.").format(
                kpis=_named(study, table, UNPROVEN)
            )
        )
    if counts.get(COMPONENT, 0):
        parts.append(
            _("Parts of the plan itself, which need no proof: {kpis}.").format(
                kpis=_named(study, table, COMPONENT)
            )
        )
    tested = table[~table["is_component"].astype(bool)].dropna(subset=["detectable_rho"])
    if len(tested):
        parts.append(
            _(
                "With {n} pairs of rep and period a correlation of {rho} is found four times out "
                "of five; weaker ones are often missed."
            ).format(
                n=languages.number(tested["n"].median()),
                rho=languages.number(tested["detectable_rho"].median(), 2),
            )
        )
    return show_text("\n".join(f"- {part}" for part in parts))


def _named(study: Study, table: pd.DataFrame, verdict: str) -> str:
    own = table.loc[table["verdict"].eq(verdict), "kpi_id"]
    return verbatim(listing([kpi_name(study, kpi) for kpi in own], 12))


def controllability(study: Study) -> Shown:
    """Share of each KPI's spread that stays with the rep."""
    audit = audit_of(study)
    table = audit.inputs.controllability
    known = None if table is None else table[table["reading"].isin(READING_ORDER)]
    if known is None or known.empty:
        return show_notice(
            "refused",
            _(
                "How much of each KPI a rep moves is not known: ask the client for KPI values by "
                "rep, at least three periods of several reps."
            ),
            _("Can the rep move it"),
        )
    weights = pay_weights(audit.inputs)
    known = known.assign(
        name=[plain_name(study, kpi) for kpi in known["kpi_id"]],
        text=[_(words.READINGS[reading]) for reading in known["reading"]],
        weight=[weights.get(str(kpi)) for kpi in known["kpi_id"]],
        order=[READING_ORDER.index(reading) for reading in known["reading"]],
    ).sort_values(["order", "weight"], ascending=[True, False], kind="stable")
    return show_table(
        known.head(MOST_ROWS),
        _("Share of the differences between values that stays with the rep"),
        [
            Column("name", _("KPI")),
            Column(("icc", "low", "high"), _("Share (90 % interval)"), _share, align="right"),
            Column("weight", _("Weight in pay"), "share"),
            Column("text", _("What it means")),
        ],
        note=" ".join(
            part
            for part in (
                _(
                    "The rest is season, territory, leads and chance. Who is paid for a KPI with a "
                    "small share is paid for luck."
                ),
                cut_note(len(known)),
            )
            if part
        ),
    )


def _share(value: Any, low: Any, high: Any) -> str:
    return languages.estimate(value, low, high, languages.share)


def copies(study: Study) -> Shown:
    """KPIs that move together, if there are any."""
    found = audit_of(study).inputs.redundancy
    if found is None:
        return show_text("")
    pairs = found.pairs[found.pairs["rho"].notna() & found.pairs["is_duplicate"].astype(bool)]
    if pairs.empty:
        return show_text(_("No two KPIs move together so closely that one of them is enough."))
    sides = (
        [
            audit_charts.short(plain_name(study, kpi), audit_charts.LONGEST_OF_TWO)
            for kpi in pairs[side]
        ]
        for side in ("kpi_a", "kpi_b")
    )
    pairs = pairs.assign(label=[" – ".join(pair) for pair in zip(*sides, strict=True)])
    # a negative link is a copy too: its mirror image
    turned = pairs["rho"] < 0
    low, high = (
        pairs["low"].where(~turned, -pairs["high"]),
        pairs["high"].where(~turned, -pairs["low"]),
    )
    pairs = pairs.assign(rho=pairs["rho"].abs(), low=low, high=high)
    return audit_charts.copies(pairs.sort_values("rho", ascending=False, kind="stable"))


def copies_text(study: Study) -> Shown:
    """How many different things the list measures."""
    found = audit_of(study).inputs.redundancy
    if found is None or found.effective is None:
        return show_text("")
    return show_text(
        _(
            "By their movements the {n} KPIs with values measure about {different} different "
            "things."
        ).format(n=languages.number(len(found.kpis)), different=languages.number(found.effective))
    )
