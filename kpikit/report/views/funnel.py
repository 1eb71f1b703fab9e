"""Chapter 4: conversion with open deals, cycle, comparison of reps, capacity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import charts, narrative
from kpikit.report.tables import Column, Shown, show_notice, show_table
from kpikit.report.views import common
from kpikit.study import Study


def conversion(study: Study) -> Shown:
    """Eventual conversion by segment, with the range left by the open deals."""
    table = common.rows(study, "conversion_eventual", kind="")
    if table.empty or table["value"].isna().all():
        return common.not_computable(study, "conversion_eventual", _("Conversion"))
    ranges = common.rows(study, "conversion_bracket").set_index("segment")
    table = table.sort_values("segment").reset_index(drop=True)
    table["name"] = [common.segment_label(s) for s in table["segment"]]
    table["bracket"] = [
        languages.interval(ranges.loc[s, "low"], ranges.loc[s, "high"], common.one_decimal_share)
        if s in ranges.index
        else languages.MISSING
        for s in table["segment"]
    ]
    return show_table(
        table,
        _("Share of new deals that are won in the end"),
        [
            Column("name", _("Segment")),
            Column(("value", "low", "high"), _("Conversion (90 % interval)"), _estimate1),
            Column("bracket", _("Whatever the open deals do"), align="right"),
            Column("n", _("Deals followed"), "integer"),
            Column("n_events", _("Decided"), "integer"),
            Column("n_censored", _("Still open"), "integer"),
        ],
        note=_(
            "Open deals are counted as not decided yet, neither as lost nor as won "
            "(Aalen-Johansen estimate)."
        ),
        strong_rows=[i for i, s in enumerate(table["segment"]) if not s],
    )


def _estimate1(value: object, low: object, high: object) -> str:
    return languages.estimate(value, low, high, common.one_decimal_share)


NAIVE = {
    "": noop("Open deals counted as undecided (used here)"),
    "with_flagged": noop("The same with tests and duplicates included"),
    "naive_closed_only": noop("Won / (won + lost)"),
    "naive_won_of_all": noop("Won / all deals"),
    "naive_flow": noop("Won / created in the last 90 days"),
}


def naive(study: Study) -> Shown:
    """The same question answered by the usual ratios."""
    table = common.rows(study, "conversion_eventual", segment="")
    table = table[table["kind"].isin(NAIVE)].copy()
    if len(table) < 2:
        return show_notice("note", _("There is nothing to compare the conversion with."), None)
    table["name"] = [_(NAIVE[kind]) for kind in table["kind"]]
    table["order"] = [list(NAIVE).index(kind) for kind in table["kind"]]
    table = table.sort_values("order")
    return show_table(
        table,
        _("The same data, the usual ratios"),
        [
            Column("name", _("Method")),
            Column(("value", "low", "high"), _("Conversion"), _estimate1),
        ],
        note=_("The usual ratios mix young and old deals and depend on who tidies up the CRM."),
        strong_rows=[0],
    )


def win_curves(study: Study) -> Shown:
    """Share won by age, all segments."""
    measured = study.measured
    if measured is None or not len(measured.incidences[""].times):
        return common.not_computable(study, "conversion_eventual", _("Share won by age"))
    frames = []
    for name, curve in measured.incidences.items():
        estimate = measured.eventual[name]
        if estimate.horizon is None or (name and estimate.n_won < 20):
            continue
        ages = np.unique(np.r_[0.0, curve.times[curve.times <= estimate.horizon]])
        frames.append(
            pd.DataFrame(
                {
                    "label": common.segment_label(name),
                    "age_days": ages,
                    "won": curve.won_at(ages),
                    "upper": curve.won_at(ages) + curve.survival_at(ages),
                }
            )
        )
    if not frames:
        return common.not_computable(study, "conversion_eventual", _("Share won by age"))
    return charts.win_curves(pd.concat(frames, ignore_index=True))


def stages(study: Study) -> Shown:
    """Conversion and stay by stage."""
    table = common.rows(study, "stage_conversion", segment="").set_index("stage")
    if table.empty:
        return show_notice(
            "refused",
            _("Without stage history nothing can be said about single stages."),
            _("Conversion by stage"),
        )
    names = common.stage_names(study)
    median = common.rows(study, "stage_days_median").set_index("stage")
    late = common.rows(study, "stage_days_p80").set_index("stage")
    rows = []
    for stage, row in table.loc[[s for s in names if s in table.index]].iterrows():
        rows.append(
            {
                "name": names[str(stage)],
                "value": row["value"],
                "low": row["low"],
                "high": row["high"],
                "n": row["n"],
                "open": row["n_censored"],
                "median": _cell(median, str(stage)),
                "p80": _cell(late, str(stage)),
            }
        )
    return show_table(
        pd.DataFrame(rows),
        _("Stages of the funnel"),
        [
            Column("name", _("Stage")),
            Column(("value", "low", "high"), _("Go on (90 % interval)"), _share_estimate),
            Column("n", _("Deals"), "integer"),
            Column("open", _("Still there"), "integer"),
            Column("median", _("Half have left after, days"), "number1"),
            Column("p80", _("80 % have left after, days"), "number1"),
        ],
        note=_(
            "Calendar days, waiting for the customer included; "
            "deals still there are counted so far."
        ),
    )


def _share_estimate(value: object, low: object, high: object) -> str:
    return languages.estimate(value, low, high, languages.share)


def _cell(table: pd.DataFrame, stage: str) -> object:
    return table.loc[stage, "value"] if stage in table.index else None


def stage_chart(study: Study) -> Shown:
    """Stage conversions with their intervals."""
    table = common.rows(study, "stage_conversion", segment="")
    table = table[table["value"].notna()]
    if table.empty:
        return show_notice("note", _("No stage conversions to draw."), None)
    names = common.stage_names(study)
    order = [stage for stage in names if stage in set(table["stage"])]
    shown = table.set_index("stage").loc[order].reset_index()
    shown["label"] = [names[stage] for stage in shown["stage"]]
    return charts.ranges(
        shown,
        _("share of the deals that go on"),
        _("Share of the deals that go on from each stage"),
        _(
            "One line for each stage: the share that goes on as a point, "
            "the 90 % interval as a bar."
        ),
        shares=True,
    )


def cycle(study: Study) -> Shown:
    """Days from the first contact to the contract, open deals included."""
    median = common.rows(study, "cycle_days_median").set_index("segment")
    late = common.rows(study, "cycle_days_p80").set_index("segment")
    if median.empty or median["value"].isna().all():
        return common.not_computable(study, "cycle_days_median", _("Length of the sales cycle"))
    rows = [
        {
            "name": common.segment_label(str(segment)),
            "median": common.with_interval(row, languages.number),
            "p80": common.with_interval(late.loc[segment], languages.number)
            if segment in late.index
            else languages.MISSING,
            "n": row["n_events"],
        }
        for segment, row in median.sort_index().iterrows()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("Length of the sales cycle of won deals, days"),
        [
            Column("name", _("Segment")),
            Column("median", _("Half of the wins come within"), align="right"),
            Column("p80", _("80 % of the wins come within"), align="right"),
            Column("n", _("Wins"), "integer"),
        ],
        note=_("Money comes at the end of this road: work of a month pays in the months after it."),
        strong_rows=[0],
    )


def open_deals(study: Study) -> Shown:
    """What today's open deals are worth."""
    table = common.rows(study, "open_deal_win_probability").set_index("segment")
    if study.measured is None:
        return show_notice("note", _("No deals were read."), None)
    if table.empty:
        return show_notice("note", _("There are no open deals."), None)
    wins = common.rows(study, "open_pipeline_wins").set_index("segment")
    rows = [
        {
            "name": common.segment_label(str(segment)),
            "n": row["n"],
            "share": row["value"],
            "wins": wins.loc[segment, "value"],
        }
        for segment, row in table.sort_index().iterrows()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("Today's open deals"),
        [
            Column("name", _("Segment")),
            Column("n", _("Open deals"), "integer"),
            Column("share", _("Probability to be won, mean"), "share"),
            Column("wins", _("Wins to be expected"), "number1"),
        ],
        note=_(
            "An old open deal is worth less than a new one: each has the probability of its age."
        ),
    )


def reps(study: Study) -> Shown:
    """Reps compared fairly, or the statement that they cannot be told apart."""
    table = common.rows(study, "rep_conversion")
    verdict = study.readiness.set_index("diagnostic").loc["reps"]
    if verdict["status"] == "not_computable":
        return show_notice("refused", common.reason_text(str(verdict["reason"])), _("Reps"))
    least = study.engagement.thresholds.n_min
    table = table[table["n"] >= least]
    if len(table) < 2:
        return show_notice(
            "refused", _("Fewer than two reps have deals enough to be compared."), _("Reps")
        )
    result = None if study.measured is None else study.measured.reps
    if result is not None and not result.detectable:
        return show_notice(
            "note",
            _(
                "The {n} reps cannot be told apart: differences of this size arise by chance among "
                "equal reps. Team conversion: {share}."
            ).format(n=languages.number(len(table)), share=languages.share(result.pool, 1)),
            _("Comparison of reps"),
        )
    shown = table.sort_values("value", ascending=False).copy()
    shown["label"] = [common.rep_label(study, rep) for rep in shown["rep"]]
    pool = None if result is None else result.pool
    return charts.ranges(
        shown,
        _("conversion to won"),
        _("Conversion by rep, drawn towards the team"),
        _(
            "One line for each rep: conversion as a point, "
            "90 % interval as a bar, team as dashed line."
        ),
        shares=True,
        reference=pool,
        reference_label=_("team {share}").format(share=languages.share(pool, 1)),
    )


def capacity(study: Study) -> Shown:
    """Won deals that the team can carry, and the bottleneck."""
    table = common.rows(study, "capacity_won_deals_per_month")
    if table.empty:
        return show_notice(
            "refused",
            _("Without contact norms and selling time the capacity cannot be computed."),
            _("Capacity"),
        )
    load = common.rows(study, "bottleneck_utilisation").set_index("role")
    hours = common.rows(study, "available_hours", period="").set_index("role")
    rows = [
        {
            "role": common.role_label(row.role),
            "wins": row.value,
            "hours": hours.loc[row.role, "value"] / len(study.inputs.months),
            "load": load.loc[row.role, "value"] if row.role in load.index else None,
        }
        for row in table.itertuples()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("Capacity of the team"),
        [
            Column("role", _("Role")),
            Column("hours", _("Selling hours a month"), "integer"),
            Column("wins", _("New contracts a month it can carry"), "number1"),
            Column("load", _("Utilisation at the plan"), "share"),
        ],
        note=_(
            "The role with the fewest contracts is the bottleneck. Planned utilisation: {share}; "
            "waiting grows steeply above it."
        ).format(share=languages.share(study.engagement.thresholds.utilisation)),
    )


def little(study: Study) -> Shown:
    """Little's law as a check of the stage data."""
    table = common.rows(study, "little_law_gap")
    if table.empty:
        return show_notice(
            "note", _("Little's law could not be checked without stage history."), None
        )
    names = common.stage_names(study)
    counted = common.rows(study, "deals_in_work").set_index("stage")
    order = {stage: position for position, stage in enumerate(["", *names])}
    table = table.assign(_order=table["stage"].map(order)).sort_values("_order")
    rows = [
        {
            "name": names.get(row.stage, row.stage) or _("whole funnel"),
            "counted": counted.loc[row.stage, "value"],
            "gap": row.value,
            "verdict": _("in balance")
            if abs(row.value) <= 0.1
            else _("history missing or growing"),
        }
        for row in table.itertuples()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("Check of the stage data by Little's law"),
        [
            Column("name", _("Stage")),
            Column("counted", _("Deals in work, mean"), "number1"),
            Column("gap", _("Implied by flow and stay, difference"), narrative.percent_change),
            Column("verdict", _("Verdict")),
        ],
    )
