"""Chapter 3: the KPIs in numbers - level, dynamics, plan, people, time, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.errors import InputDataError
from kpikit.kpi_results import KpiResults
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.passport import catalogue
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import charts, kpi_charts, passports
from kpikit.report.tables import (
    Column,
    Shown,
    Tile,
    show_notice,
    show_table,
    show_text,
    show_tiles,
)
from kpikit.report.views import common
from kpikit.study import Study

Write = Callable[[Any], str]

#: What the control charts show first, where the data allow it.
SHOWN_FIRST = (
    ("K01", ""), ("K43", ""), ("K19", ""), ("K42", "win_rate"), ("K20", ""), ("K52", ""),
    ("K53", ""), ("K39", ""), ("K35", ""), ("K59", ""), ("K09", ""), ("K16", "overdue"),
    ("K17", ""), ("K56", ""),
)  # fmt: skip
MOST_PANELS = 8
#: Parts that a reader does not ask for; they stay in figures.csv.
HIDDEN = (
    "resolve_clock_hours",
    "left_out",
    "limit",
    "per_role",
    "created",
    "entered",
    "all",
    "named",
)
#: A change whose interval spans more than this factor says nothing.
WIDEST = 6.0
#: Units that the written value shows itself.
WRITTEN = ("money", "share", "pp", "ratio", "index")
#: Tables that speak of the plan period.
AHEAD = {"workload", "capacity", "needs"}
#: Parts of a KPI beside its main value.
PARTS = {
    "share": noop("share"),
    "deals": noop("deals"),
    "dials": noop("all dials"),
    "win_rate": noop("won of decided"),
    "overdue": noop("overdue"),
    "dso": noop("days of sales"),
    "days_late": noop("days late"),
    "loss_making": noop("sold at a loss"),
    "months": noop("months to pay back"),
    "count": noop("number"),
    "amount": noop("amount"),
    "money": noop("money"),
    "per_customer": noop("per customer"),
    "per_won": noop("per won deal"),
    "response_rate": noop("answered"),
    "new": noop("new ones"),
    "potential": noop("potential"),
    "clock": noop("clock time"),
    "first_contact": noop("from the first contact"),
    "unmeasured": noop("not measured"),
    "smallest_weight": noop("smallest weight in pay"),
    "resolve_hours": noop("hours to resolve"),
    "present_team": noop("present team"),
    "within_hour": noop("within an hour"),
    "adjusted": noop("the mix taken out"),
    "per_deal": noop("per deal"),
    "weighted": noop("weighted by pay"),
    "difference": noop("difference of the shares of plans met"),
    "daily": noop("checked daily"),
    "weekly": noop("checked weekly"),
    "monthly": noop("checked monthly"),
    "quarterly": noop("checked quarterly"),
}
#: Parts that have a name of their own.
LABELS = {
    ("K42", "win_rate"): noop("Win rate"),
    ("K16", "overdue"): noop("Overdue receivables"),
    ("K16", "dso"): noop("Days of sales outstanding"),
    ("K17", "days_late"): noop("Days of late payment"),
    ("K12", "loss_making"): noop("Deals sold at a loss"),
    ("K68", "resolve_hours"): noop("Hours to resolve a ticket"),
}
RULES = {
    "beyond_limits": noop("outside its natural limits"),
    "run_of_eight": noop("eight months in a row on one side of its middle"),
    "three_of_four_nearer_limit": noop("three of four months close to a limit"),
}


def results(study: Study) -> KpiResults:
    """The KPI results of a study of files."""
    if study.kpis is None:
        raise InputDataError(
            "There are no KPI results: the engagement names no files to measure. "
            "Map at least the deals in engagement.yml."
        )
    return study.kpis


def label(study: Study, kpi: str, part: str = "") -> str:
    """Name of a KPI, of the catalogue or the client's own, with its part."""
    return named(kpi, part, {item.id: item.name for item in study.engagement.kpis.own})


def named(kpi: str, part: str, own: Mapping[str, str]) -> str:
    """Name of a KPI with its part; ``own`` names those of the client by their id."""
    known = catalogue().get(kpi)
    text = passports.name(known) if known else own.get(kpi, kpi)
    if (kpi, part) in LABELS:
        return _(LABELS[kpi, part])
    return f"{text}: {part_label(part)}" if part else text


def part_label(part: str) -> str:
    """A part of a KPI in the language in use."""
    return _(PARTS[part]) if part in PARTS else part.replace("_", " ")


def writer(study: Study, unit: str) -> Write:
    """How values of a unit are written in the language in use."""
    return unit_writer(unit, study.engagement.currency)


def unit_writer(unit: str, currency: str) -> Write:
    """As :func:`writer`, for money of this currency."""
    if unit == "money":
        return lambda x: languages.money_compact(x, currency)
    if unit == "share":
        return common.one_decimal_share
    if unit == "pp":
        return lambda x: languages.percent_points(x, 1)
    if unit in (
        "deals",
        "customers",
        "calls",
        "meetings",
        "count",
        "units",
        "regions",
        "contacts",
        "contracts",
    ):
        return _counted
    if unit in ("ratio", "index"):
        return lambda x: languages.number(x, 2)
    return common.one_decimal


def _counted(x: Any) -> str:
    """A count; a decimal only where it is a mean of counts."""
    if x is None or pd.isna(x):
        return languages.MISSING
    return languages.number(x, 0 if float(x) == round(float(x)) or abs(float(x)) >= 100 else 1)


def _cell(study: Study) -> Callable[[Any, Any, Any, Any], str]:
    return lambda unit, value, low, high: languages.estimate(value, low, high, writer(study, unit))


def overview(study: Study) -> Shown:
    """How many KPIs could be computed, and the three numbers to start from."""
    found = results(study)
    listed = found.level[found.level["kpi"].isin(MEASURES)]
    status = listed.groupby("kpi", sort=False)["status"].agg(_best)
    counts = status.value_counts()
    attained = _level_of(found, "K04")
    signals = _recent(found)
    tiles = [
        Tile(
            _("KPIs computed"),
            languages.number(counts.get("ok", 0)),
            _("of {n}; {partly} more in part").format(
                n=languages.number(len(status)),
                partly=languages.number(counts.get("degraded", 0)),
            ),
        ),
        Tile(
            _("Sales plan of the year attained"),
            languages.share(attained["value"]) if attained is not None else languages.MISSING,
            languages.interval(attained["low"], attained["high"], languages.share)
            if attained is not None
            else _("no plan for months that are over"),
            _tone(attained),
        ),
        Tile(
            _("KPIs that really moved"),
            languages.number(signals["kpi"].nunique()),
            _("signals in the last three months; everything else is noise"),
        ),
    ]
    return show_tiles(tiles)


def _tone(attained: pd.Series | None) -> str:
    if attained is None or pd.isna(attained["value"]):
        return "neutral"
    return "good" if attained["value"] >= 1 else "warn" if attained["value"] >= 0.9 else "bad"


def _best(states: pd.Series) -> str:
    for state in ("ok", "degraded"):
        if states.eq(state).any():
            return state
    return "not_computable"


def _level_of(found: KpiResults, kpi: str, part: str = "") -> pd.Series | None:
    rows = found.level[found.level["kpi"].eq(kpi) & found.level["part"].eq(part)]
    rows = rows[rows["value"].notna()]
    return None if rows.empty else rows.iloc[0]


def _recent(found: KpiResults) -> pd.DataFrame:
    """Signals complete in the last three months."""
    since = pd.Timestamp(found.end) - pd.DateOffset(months=3)
    if found.signals.empty:
        return found.signals
    return found.signals[pd.to_datetime(found.signals["index"]) >= since]


def plan_chart(study: Study) -> Shown:
    """Plan and fact in money by month."""
    table = results(study).plan_months
    if table.empty and len(results(study).deviations):
        # a plan of quarters or years has no months; the deviations below tell it
        return show_text("")
    if table.empty:
        return show_notice(
            "refused",
            _(
                "There is no plan for months that are over. Ask the client for last year's "
                "plan by rep and month, with the day it was approved."
            ),
            _("Plan and fact"),
        )
    return kpi_charts.plan_and_fact(table, study.engagement.currency)


def deviations(study: Study) -> Shown:
    """Where fact and plan differ by more than noise."""
    table = results(study).deviations
    if table.empty:
        return show_text("")
    table = table[table["verdict"] != "unknown"].copy()
    currency = study.engagement.currency
    table["name"] = [
        label(study, row.kpi_id)
        + (f", {common.rep_label(study, row.rep_id)}" if isinstance(row.rep_id, str) else "")
        for row in table.itertuples()
    ]
    table["verdict_text"] = [_(VERDICTS[v]) for v in table["verdict"]]
    return show_table(
        table.head(15),
        _("Deviations from plan, the dearest real ones first"),
        [
            Column("name", _("KPI")),
            Column(("unit", "value", "low", "high"), _("Fact (90 % interval)"), _cell(study),
                   align="right"),
            Column(("unit", "plan"), _("Plan"), lambda u, p: writer(study, u)(p), align="right"),
            Column("money", _("Worth"), lambda x: languages.money_compact(x, currency)),
            Column("verdict_text", _("Verdict")),
        ],
        note=_(
            "A deviation is noise when the plan lies inside the interval of the fact: with so few "
            "deals the same team would land on either side of the plan by chance."
        ),
    )  # fmt: skip


VERDICTS = {
    "better": noop("better than plan"),
    "worse": noop("worse than plan"),
    "on_plan": noop("on plan"),
    "noise": noop("noise"),
    "unknown": noop("cannot be judged"),
}


def level_table(study: Study, group: str) -> Shown:
    """KPIs of one goal group over the year."""
    found = results(study)
    kpis = {kpi for kpi, item in catalogue().items() if item.group == group}
    if group == "own":
        kpis = {item.id for item in study.engagement.kpis.own}
    table = found.level[found.level["kpi"].isin(kpis) & found.level["value"].notna()]
    # without its own dimension every portion is the whole
    table = table[~table["part"].isin(HIDDEN) & table["law"].ne("portion")].copy()
    if table.empty:
        return show_notice("note", _("None of the KPIs of this group can be computed."), None)
    table["name"] = [label(study, r.kpi, r.part) for r in table.itertuples()]
    table["id"] = table["kpi"].where(table["part"].eq(""), "")
    table["unit_text"] = [
        "" if unit in WRITTEN else _(passports.UNITS.get(unit, unit)) for unit in table["unit"]
    ]
    table["moved"] = [_movement(found, r.kpi, r.part) for r in table.itertuples()]
    table["remark"] = [_remark(r) for r in table.itertuples()]
    return show_table(
        table,
        _("{group}: the last twelve months").format(group=_(GROUP_TITLES[group])),
        [
            Column("id", _("Id"), common.text_or_blank, align="left"),
            Column("name", _("KPI")),
            Column(("unit", "value", "low", "high"), _("Value (90 % interval)"), _cell(study),
                   align="right"),
            Column("unit_text", _("Unit"), common.text_or_blank, align="left"),
            Column("n", _("n"), "integer"),
            Column("moved", _("Dynamics"), common.text_or_blank, align="left"),
            Column("remark", _("Remark"), common.text_or_blank, align="left"),
        ],
    )  # fmt: skip


GROUP_TITLES = {
    "money": noop("Money"),
    "customers": noop("Customers in work"),
    "labour_per_customer": noop("Labour per customer"),
    "intensity": noop("Intensity of the reps"),
    "system": noop("The KPI system"),
    "own": noop("The client's own KPIs"),
}


def _movement(found: KpiResults, kpi: str, part: str) -> str:
    """What the control chart and the trend say, in two or three words."""
    hits = _recent(found)
    if not hits.empty:
        mine = hits[hits["kpi"].eq(kpi) & hits["part"].eq(part)]
        if not mine.empty:
            above = str(mine.iloc[0]["side"]) == "above"
            return _("signal: up") if above else _("signal: down")
    trend = found.trends
    if not trend.empty:
        mine = trend[trend["kpi"].eq(kpi) & trend["part"].eq(part)]
        if not mine.empty and mine.iloc[0]["exceeds_noise"]:
            return _("rising") if float(mine.iloc[0]["slope"]) > 0 else _("falling")
        if not mine.empty and mine.iloc[0]["status"] == "ok":
            return _("noise")
    return ""


def _remark(row: Any) -> str:
    parts = []
    if row.covers == "all":
        ahead = row.kpi in MEASURES and AHEAD & set(MEASURES[row.kpi].needs)
        parts.append(_("plan period") if ahead else _("whole history"))
    if row.covers == "quarter":
        parts.append(_("last quarter"))
    if pd.notna(row.n_censored) and row.n_censored > 0:
        parts.append(_("{n} not finished").format(n=languages.number(row.n_censored)))
    if row.status == "degraded":
        parts += [reason_text(part) for part in row.reason.split("; ")]
    return "; ".join(parts)


def reason_text(reason: str) -> str:
    """Why a KPI is weak or absent, in the reader's words."""
    if reason.startswith("partly filled: "):
        return _("partly filled: {columns}").format(columns=_columns(reason[15:]))
    if reason.startswith("missing: "):
        return _("missing: {columns}").format(columns=_columns(reason[9:]))
    return _(REASONS[reason]) if reason in REASONS else common.reason_text(reason)


def _columns(text: str) -> str:
    """Tables in words; of partly filled columns the emptiest one, as per cent."""
    found: dict[str, float | None] = {}
    for item in text.split(", "):
        place, _space, filled = item.partition(" ")
        name = _(TABLE_NAMES[place.split(".")[0]])
        share = float(filled.rstrip("%")) / 100 if filled else None
        earlier = found.get(name)
        found[name] = share if earlier is None else min(earlier, share or earlier)
    return "; ".join(
        name if share is None else f"{name} ({languages.share(share)})"
        for name, share in found.items()
    )


TABLE_NAMES = {
    "activities": noop("contacts"),
    "absences": noop("absences"),
    "calendar": noop("working calendar"),
    "capacity": noop("capacity of the team"),
    "costs": noop("costs of selling"),
    "customers": noop("customers"),
    "deals": noop("deals"),
    "deliveries": noop("deliveries"),
    "invoices": noop("invoices"),
    "kpi_facts": noop("facts of the KPIs"),
    "kpis": noop("KPI list"),
    "markets": noop("market potential"),
    "needs": noop("contracts the plan needs"),
    "order_lines": noop("order lines"),
    "pay_rules": noop("pay rules"),
    "payments": noop("payments"),
    "plans": noop("plans"),
    "profits": noop("profits"),
    "reps": noop("staff list"),
    "stage_events": noop("stage history"),
    "stages": noop("stages"),
    "surveys": noop("customer surveys"),
    "tickets": noop("complaints and service tickets"),
    "workload": noop("work the plan needs"),
}
#: What the client can do so that the KPIs of a table can be computed.
SWITCH_ON = {
    "activities": noop("Export calls and meetings from telephony and CRM, with their length."),
    "absences": noop("Ask personnel for the list of leave and sick days."),
    "calendar": noop("Name the country of the working calendar in the engagement."),
    "capacity": noop("Give a plan, the team and norms: the chain then says what the team has."),
    "costs": noop("Ask finance for the monthly costs of selling, by kind and channel."),
    "customers": noop("Export the customer list with segment, region and contract end."),
    "deals": noop("Export all deals, lost ones included, with dates and amounts."),
    "deliveries": noop("Ask logistics for promised and actual delivery dates."),
    "invoices": noop("Export invoices with due date and cost from accounting."),
    "kpi_facts": noop("Ask for last year's KPI values by rep and month."),
    "kpis": noop("Ask for the KPI list with formula, unit, target and weight in pay."),
    "markets": noop("Estimate target firms and potential for each segment."),
    "needs": noop("Give a plan and deal values: the chain then says how many contracts it needs."),
    "order_lines": noop("Export order lines with product, group and pieces."),
    "pay_rules": noop("Ask for the bonus scheme of each role."),
    "payments": noop("Export payments with the invoice they belong to."),
    "plans": noop("Ask for last year's plan by rep and month."),
    "profits": noop("Ask finance for the monthly profit statement."),
    "reps": noop("Ask for the staff list with hiring dates."),
    "stage_events": noop("Switch on stage history in the CRM and export it."),
    "stages": noop("Export the stages of the pipelines with their order."),
    "surveys": noop("Ask customers for a score after each deal."),
    "tickets": noop("Export complaints and service requests with their dates."),
    "workload": noop("Give a plan and norms: the chain then says what work it needs."),
}
REASONS = {
    "no working calendar: clock time": noop("no working calendar: clock time"),
    "no value among the rows": noop("no value among the rows"),
    "nothing to divide by": noop("nothing to divide by in this period"),
    "fewer than half of the rows have ended": noop("fewer than half have ended"),
}


def control_charts(study: Study) -> Shown:
    """Small control charts of the KPIs that matter most, those with a signal first."""
    found = results(study)
    table = found.charts
    if table.empty:
        return show_notice("note", _("There is no KPI with monthly values."), None)
    have = set(zip(table["kpi"], table["part"], strict=True))
    own = [(item.id, "") for item in study.engagement.kpis.own]
    chosen = [key for key in (*SHOWN_FIRST, *own) if key in have][:MOST_PANELS]
    panels = []
    for kpi, part in chosen:
        rows = table[table["kpi"].eq(kpi) & table["part"].eq(part)].tail(24)
        if rows["value"].notna().sum() < 2:
            continue
        unit = _unit(found, kpi, part)
        panels.append((label(study, kpi, part), rows, _axis_writer(study, unit)))
    if not panels:
        return show_notice("note", _("There is no KPI with monthly values."), None)
    return kpi_charts.control_charts(panels)


def _unit(found: KpiResults, kpi: str, part: str) -> str:
    rows = found.months[found.months["kpi"].eq(kpi) & found.months["part"].eq(part)]
    return str(rows["unit"].iloc[0])


def _axis_writer(study: Study, unit: str) -> Write:
    """Ticks of an axis: whole per cents, and no more decimals than needed."""
    if unit == "share":
        return languages.share
    return _counted if unit not in ("money", "ratio", "index", "pp") else writer(study, unit)


def signals(study: Study) -> Shown:
    """Signals of the last three months as sentences of a table."""
    found = results(study)
    table = _recent(found)
    if table.empty:
        return show_notice(
            "note", _("In the last three months no KPI left its natural limits."), None
        )
    table = table.drop_duplicates(["kpi", "part"]).copy()
    table["name"] = [label(study, r.kpi, r.part) for r in table.itertuples()]
    table["what"] = [_(RULES[rule]) for rule in table["rule"]]
    table["side_text"] = [_("up") if s == "above" else _("down") for s in table["side"]]
    table["month_text"] = [languages.month(m) for m in table["index"]]
    return show_table(
        table.head(15),
        _("Signals of the last three months"),
        [
            Column("name", _("KPI")),
            Column("month_text", _("Month")),
            Column("side_text", _("Direction")),
            Column("what", _("Why it is more than noise")),
        ],
    )


def year_on_year(study: Study) -> Shown:
    """The last quarter's months against the same months last year."""
    found = results(study)
    table = found.seasons
    if table.empty or "ratio" not in table:
        return show_notice("note", _("There are not two years of data to compare."), None)
    table = table[table["ratio"].notna()]
    wanted = pd.Series(
        [key in SHOWN_FIRST for key in zip(table["kpi"], table["part"], strict=True)],
        index=table.index, dtype=bool,
    )  # fmt: skip
    last = pd.Timestamp(found.end) - pd.DateOffset(months=1)
    # a year and a half of months leaves some changes open by a factor of ten and more
    told = table["high"].div(table["low"]).lt(WIDEST)
    table = table[wanted & told & table["month"].eq(last)].copy()
    if table.empty:
        return show_notice("note", _("There are not two years of data to compare."), None)
    table["name"] = [label(study, r.kpi, r.part) for r in table.itertuples()]
    for end in ("ratio", "low", "high"):
        table[f"{end}_change"] = table[end] - 1.0
    table["differs_text"] = [_("yes") if d is True or d == 1 else _("no") for d in table["differs"]]
    return show_table(
        table,
        _("{month} against the same month last year").format(month=languages.month(last)),
        [
            Column("name", _("KPI")),
            Column(
                ("ratio_change", "low_change", "high_change"),
                _("Change (90 % interval)"),
                lambda v, lo, hi: languages.estimate(v, lo, hi, _signed_share),
                align="right",
            ),
            Column("differs_text", _("More than noise")),
        ],
        note=_(
            "Sums and counts are compared per working day. KPIs whose history is too short to say "
            "anything are left out."
        ),
    )


def _signed_share(x: Any) -> str:
    if x is None or pd.isna(x):
        return languages.MISSING
    return ("+" if float(x) > 0 else "") + languages.share(x)


def shift(study: Study) -> Shown:
    """Why the win rate changed: better selling, or another mix of deals."""
    found = results(study).shifts
    if not found:
        return show_text("")
    names = {"segment": _("by segment"), "source": _("by source"), "rep": _("by rep")}
    table = pd.DataFrame(
        [
            {"name": names[key], "before": item.before, "after": item.after,
             "change": item.change, "rate": item.rate_effect, "mix": item.mix_effect}
            for key, item in found.items()
        ]
    )  # fmt: skip
    return show_table(
        table,
        _("Win rate of the second half of the year against the first, taken apart"),
        [
            Column("name", _("Split")),
            Column("before", _("First half"), common.one_decimal_share, align="right"),
            Column("after", _("Second half"), common.one_decimal_share, align="right"),
            Column("change", _("Change"), lambda x: languages.percent_points(x, 1), align="right"),
            Column("rate", _("From winning more often"),
                   lambda x: languages.percent_points(x, 1), align="right"),
            Column("mix", _("From another mix"),
                   lambda x: languages.percent_points(x, 1), align="right"),
        ],
        note=_("The two effects add up to the change."),
    )  # fmt: skip


#: KPIs shown rep by rep, with their part.
REP_COLUMNS = (
    ("K01", ""), ("K04", ""), ("K43", ""), ("K19", ""), ("K42", "win_rate"), ("K52", ""),
    ("K53", ""), ("K59", ""),
)  # fmt: skip


def rep_table(study: Study) -> Shown:
    """The year of each rep; values of too few cases are hidden."""
    found = results(study).reps
    shown = [
        key for key in REP_COLUMNS
        if len(found) and (found["kpi"].eq(key[0]) & found["part"].eq(key[1])
                           & found["value"].notna()).any()
    ]  # fmt: skip
    people = found["rep"].dropna().unique() if shown else []
    if not len(people):
        # also where no sale names its rep
        return show_text("")
    rows = []
    for rep in people:
        row = {"name": common.rep_label(study, rep)}
        for kpi, part in shown:
            mine = found[found["rep"].eq(rep) & found["kpi"].eq(kpi) & found["part"].eq(part)]
            row[f"{kpi}{part}"] = _rep_cell(study, mine)
        rows.append(row)
    table = pd.DataFrame(rows).sort_values("name", kind="stable", key=_counted_names)
    return show_table(
        table,
        _("Reps in numbers: the last twelve months"),
        [
            Column("name", _("Rep")),
            *[Column(f"{kpi}{part}", label(study, kpi, part), align="right")
              for kpi, part in shown],
        ],
        note=_(
            "Not a ranking: the reps have different deals. Values of fewer than {n} cases are "
            "hidden. The fair comparison follows."
        ).format(n=languages.number(study.engagement.thresholds.n_min)),
    )  # fmt: skip


def _counted_names(names: pd.Series) -> pd.Series:
    """Sort key that puts Rep 2 before Rep 10."""
    return names.str.replace(r"\d+", lambda found: found[0].zfill(9), regex=True)


def _rep_cell(study: Study, rows: pd.DataFrame) -> str:
    if rows.empty or pd.isna(rows.iloc[0]["value"]):
        return languages.MISSING
    row = rows.iloc[0]
    if row["n"] < study.engagement.thresholds.n_min:
        return languages.MISSING
    return writer(study, row["unit"])(row["value"])


def reps(study: Study) -> Shown:
    """Reps against what the team would have won with the same deals."""
    index = results(study).wins_index
    if index is None or index.table["value"].notna().sum() < 2:
        return show_notice("refused", _("There are too few reps with enough deals to compare."),
                           _("Fair comparison of the reps"))  # fmt: skip
    table = index.table[index.table["value"].notna()].copy()
    table["label"] = [common.rep_label(study, rep) for rep in table["rep_id"]]
    return charts.ranges(
        table.sort_values("value", ascending=False),
        _("won deals ÷ deals the colleagues would have won with the same mix"),
        _("Reps compared fairly: the mix of segments and sources taken out"),
        _("One dot with an interval for each rep around the line of the team."),
        shares=False,
        reference=1.0,
        reference_label=_("the team"),
        decimals=2,
    )


def reps_text(study: Study) -> Shown:
    """What the comparison allows to say."""
    index = results(study).wins_index
    if index is None or index.table["value"].notna().sum() < 2:
        return show_text("")
    if not index.detectable:
        return show_text(
            _(
                "The reps do not differ by more than chance makes equal reps differ. "
                "A ranking of these numbers would be a ranking of luck."
            )
        )
    table = index.table[index.table["value"].notna()]
    sure = table[(table["low"] > 1) | (table["high"] < 1)]
    if sure.empty:
        return show_text(
            _(
                "Taken together the reps differ by more than chance, but no single one stands "
                "clear of the team's level: with so few deals a ranking would be luck in good part."
            )
        )
    return show_text(
        _(
            "The reps differ by more than chance; {sure} of {all} stand clear of the team's level."
        ).format(sure=languages.number(len(sure)), all=languages.number(len(table)))
    )


def cohorts(study: Study) -> Shown:
    """Share won by age for the months in which the deals were created."""
    table = results(study).cohorts
    if table.empty:
        return common.not_computable(study, "conversion_eventual", _("Cohorts"))
    ages = [age for age in (1, 2, 3, 6, 12) if age in set(table["age_months"])]
    wide = table.pivot_table(index=["cohort", "n"], columns="age_months", values="won_by_age")
    wide = wide.reindex(columns=ages).tail(18).reset_index()
    wide.columns = ["cohort", "n", *[f"a{age}" for age in ages]]
    wide["month"] = [languages.month(m) for m in wide["cohort"]]
    return show_table(
        wide,
        _("Share of the deals created in a month that were won by their age"),
        [
            Column("month", _("Created in")),
            Column("n", _("Deals"), "integer"),
            *[
                Column(f"a{age}", _("{n} mo.").format(n=languages.number(age)),
                       common.one_decimal_share, align="right")
                for age in ages
            ],
        ],
        note=_("A dash: not all deals of the month have reached this age."),
    )  # fmt: skip


def sources(study: Study) -> Shown:
    """Quality of the leads by source."""
    table = results(study).sources
    if table.empty:
        return show_notice("refused", _("The deals do not say where they came from."),
                           _("Lead quality by source"))  # fmt: skip
    table = table.sort_values("leads", ascending=False).head(15).copy()
    currency = study.engagement.currency
    table["name"] = [s if isinstance(s, str) and s else _("not given") for s in table["source"]]
    return show_table(
        table,
        _("Lead quality by source"),
        [
            Column("name", _("Source")),
            Column("leads", _("Leads"), "integer"),
            Column(("qualified_share", "qualified_low", "qualified_high"), _("Qualified"), _share,
                   align="right"),
            Column(("won_share", "won_low", "won_high"), _("Won"), _share, align="right"),
            Column("amount_per_lead", _("Money per lead"),
                   lambda x: languages.money_compact(x, currency)),
        ],
        note=_("Only leads old enough to be decided."),
    )  # fmt: skip


def _share(value: Any, low: Any, high: Any) -> str:
    return languages.estimate(value, low, high, languages.share)


def receivables(study: Study) -> Shown:
    """What customers owe over time."""
    table = results(study).receivables
    if table.empty:
        return show_notice(
            "refused", reason_text("missing: invoices.due_on, payments"), _("Receivables")
        )
    return kpi_charts.receivables(table.tail(18), study.engagement.currency)


BUCKETS = {
    "not_due": noop("not due yet"),
    "1_30": noop("1-30 days overdue"),
    "31_60": noop("31-60 days overdue"),
    "61_90": noop("61-90 days overdue"),
    "over_90": noop("more than 90 days overdue"),
    "unassigned": noop("payments and returns without an invoice"),
}


def ageing(study: Study) -> Shown:
    """Receivables by how long they are overdue."""
    table = results(study).ageing
    if table.empty:
        return show_text("")
    currency = study.engagement.currency
    table = table.assign(name=[_(BUCKETS[b]) for b in table["bucket"]])
    return show_table(
        table,
        _("Receivables by age"),
        [
            Column("name", _("Age")),
            Column("amount", _("Amount"), lambda x: languages.money_compact(x, currency)),
            Column("invoices", _("Invoices"), "integer"),
            Column("customers", _("Customers"), "integer"),
        ],
    )


def time_budget(study: Study) -> Shown:
    """Where the paid hours go."""
    table = results(study).time_budget
    if table.empty:
        return show_notice(
            "refused", reason_text("missing: reps, calendar, activities"),
            _("Time budget of the reps"),
        )  # fmt: skip
    found = results(study)
    months = pd.to_datetime(table["month"])
    table = table.assign(absent_h=table["absent_h"].fillna(0.0))
    inside = table[(months >= pd.Timestamp(found.start)) & (months < pd.Timestamp(found.end))]
    parts = ["call_h", "meeting_h", "other_contact_h", "preparation_h", "absent_h",
             "unexplained_h"]  # fmt: skip
    mean = inside.groupby("rep_id", as_index=False)[parts].mean()
    mean["label"] = [common.rep_label(study, rep) for rep in mean["rep_id"]]
    mean["contact_h"] = mean["meeting_h"] + mean["other_contact_h"]
    return kpi_charts.time_budget(
        mean,
        [
            ("call_h", _("calls")),
            ("contact_h", _("meetings and other contacts")),
            ("preparation_h", _("preparation and notes")),
            ("absent_h", _("absence")),
            ("unexplained_h", _("not explained by the data")),
        ],
    )


def gaming(study: Study) -> Shown:
    """Signs that a number moves for the measure and not for the customer."""
    table = results(study).gaming
    if table.empty:
        return show_text("")
    judged = table[table["verdict"].isin(["flagged", "to_check"])].copy()
    looked = table[table["verdict"] != "cannot_judge"]
    if judged.empty:
        return show_notice(
            "note" if len(looked) else "refused",
            _("{n} tests found no sign of gaming.").format(n=languages.number(len(looked)))
            if len(looked)
            else _("The data do not allow to look for signs of gaming."),
            _("Signs of gaming"),
        )
    judged["name"] = [_(SIGN_NAMES[s]) for s in judged["sign"]]
    judged["who"] = [
        common.rep_label(study, r) if isinstance(r, str) else _("the team")
        for r in judged["rep_id"]
    ]
    judged = _records_together(judged)
    judged["check"] = [_(BENIGN[s]) for s in judged["sign"]]
    return show_table(
        judged.head(12),
        _("Signs to look at, with the harmless explanation to check first"),
        [
            Column("name", _("Sign")),
            Column("who", _("Who")),
            Column("observed", _("Seen"), _counted, align="right"),
            Column("expected", _("Expected"), common.one_decimal, align="right"),
            Column("n", _("Of"), "integer"),
            Column("check", _("Check first")),
        ],
        note=_("A sign is evidence to look at, never an accusation."),
    )


def _records_together(signs: pd.DataFrame) -> pd.DataFrame:
    """Single records as one line per sign and person, the most of them first, after the rest."""
    is_record = signs["basis"].eq("record")
    records = signs[is_record]
    counted = records.groupby(["sign", "rep_id"], dropna=False, sort=False)["observed"]
    records = records.assign(
        observed=counted.transform("sum"), n=float("nan"), expected=float("nan")
    ).drop_duplicates(["sign", "rep_id"])
    records = records.sort_values("observed", ascending=False, kind="stable")
    return pd.concat([signs[~is_record], records], ignore_index=True)


#: Words of the core's signs; a test holds them equal.
SIGN_NAMES = {
    "short_calls": noop("connected calls shorter than 20 s"),
    "same_number": noop("numbers called more than three times on one day"),
    "own_numbers": noop("calls to internal or own numbers"),
    "late_meetings": noop("meetings entered more than 24 h after they began"),
    "meetings_without_trace": noop("meetings with no deal moved and no later contact"),
    "stage_jumps": noop("deals closed through three or more stages within 60 s"),
    "backdated_moves": noop("stage moves entered more than 24 h after their date"),
    "closed_after_period": noop("deals whose closing date was changed after the period had ended"),
    "amount_lowered": noop("paid-out deals whose amount was lowered later"),
    "returned_next_period": noop("sales returned or cancelled in the next period"),
    "late_discounts": noop("discounted sales of the last working days"),
    "last_days": noop("sales of the last working days of the period"),
    "pull_forward": noop(
        "sales of the last working days, missing in the first days of the next period"
    ),
    "deal_splits": noop("customers with several deals closed by one rep on one day"),
    "lost_and_recreated": noop("lost deals made again for the same customer"),
    "bunching": noop("results just above the threshold"),
    "round_numbers": noop("reported values ending in 0 or 5"),
    "kpi_without_result": noop("result in the last third of the months"),
    "retroactive_plan": noop("plan approved after its period began"),
}
BENIGN = {
    "short_calls": noop(
        "Short calls may be reminders, call-backs that were agreed, or a bad list of numbers."
    ),
    "same_number": noop("The line may drop, or several people may share one switchboard number."),
    "own_numbers": noop("Calls to colleagues may belong to the work on a customer."),
    "late_meetings": noop("Meetings of a business trip are often entered together afterwards."),
    "meetings_without_trace": noop(
        "Visits that keep up a relation or give service need not move a deal."
    ),
    "stage_jumps": noop(
        "Sales made at once, or entered after the fact, pass all stages in one go."
    ),
    "backdated_moves": noop("Moves may be entered together after days without access to the CRM."),
    "closed_after_period": noop(
        "The date may have been corrected to that of the contract or the invoice."
    ),
    "amount_lowered": noop("The customer may have reduced the order, or a return was booked."),
    "returned_next_period": noop("Returns may come from quality or delivery."),
    "late_discounts": noop("A promotion may have ended with the month."),
    "last_days": noop("Customers may sign when their own budget or payday comes."),
    "pull_forward": noop(
        "Holidays at the start of the period or an announced price rise have the same effect."
    ),
    "deal_splits": noop("The customer may order for several branches, products or budgets."),
    "lost_and_recreated": noop(
        "The customer may have come back, or the first record was a mistake."
    ),
    "bunching": noop("A bonus is meant to bring the last effort before the threshold."),
    "round_numbers": noop("Goods sold in packs of ten and round prices give round numbers."),
    "kpi_without_result": noop(
        "A new market, weaker leads or new reps raise activity and lower conversion."
    ),
    "retroactive_plan": noop("The plan may have been agreed in time and signed late."),
}


def switch_on(study: Study) -> Shown:
    """KPIs that cannot be computed, grouped by what the client would have to give."""
    level = results(study).level
    refused = level[level["status"].eq("not_computable")]
    refused = refused[refused["reason"].str.startswith("missing: ")]
    if refused.empty:
        return show_notice("note", _("All KPIs of the catalogue can be computed."), None)
    rows: dict[str, list[str]] = {}
    for row in refused.itertuples():
        first = str(row.reason)[9:].split(", ")[0].split(".")[0]
        rows.setdefault(first, []).append(str(row.kpi))
    table = pd.DataFrame(
        [
            {"table": _(TABLE_NAMES[name]), "ask": _(SWITCH_ON[name]), "n": len(set(kpis)),
             "kpis": "; ".join(f"{k} {label(study, k)}" for k in dict.fromkeys(kpis))}
            for name, kpis in rows.items()
        ]
    ).sort_values("n", ascending=False)  # fmt: skip
    return show_table(
        table,
        _("KPIs that cannot be computed yet, and what to switch on"),
        [
            Column("table", _("Missing")),
            Column("ask", _("What to switch on")),
            Column("kpis", _("Then computable")),
        ],
    )
