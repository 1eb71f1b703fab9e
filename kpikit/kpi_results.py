"""
The client's KPIs in numbers: level, dynamics, plan, people, and what to switch on.

Everything the results chapter shows is computed here once, from the store, and
handed to the pages as small tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.deviations import rank_deviations
from kpikit.diagnosis.mix import MixShift, mix_shift
from kpikit.diagnosis.mix_index import MixIndex, expected_money_by_mix, expected_wins_by_mix
from kpikit.diagnosis.seasons import seasonal_comparison, seasonal_comparison_of_levels
from kpikit.diagnosis.trends import RateChart, XmrChart, trend_slope, xmr, xmr_rates, xmr_shares
from kpikit.errors import InputDataError
from kpikit.kpis import extracts
from kpikit.kpis.gaming_counts import gaming_signs
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import RESULT_COLUMNS, dimensions_of, measure_many, measure_of
from kpikit.kpis.passport import passport
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store

#: Months of the level, and of the dynamics.
YEAR, HISTORY = 12, 36
#: KPIs shown rep by rep.
BY_REP = ("K01", "K04", "K19", "K42", "K43", "K45", "K52", "K53", "K55", "K59")
#: Laws whose months add up, so that a year is compared per working day.
ADDING = ("count", "total", "distinct")
#: Laws of months that are counts: their limits follow the working days.
COUNTED = ("count",)


@dataclass(frozen=True, eq=False)
class KpiResults:
    """
    Results of all KPIs that the data allow.

    Parameters
    ----------
    start, end : datetime
        The year looked at: the last twelve whole months, ``start <= t < end``.
    confidence : float
        Level of the intervals. [share]
    level : DataFrame
        One row per KPI and part over that year, with interval, n, status, reason and
        ``covers``: ``year``, or ``all`` where only the whole history is long enough.
    months : DataFrame
        By month, up to 36 whole months back.
    reps : DataFrame
        By rep over the year.
    charts : DataFrame
        ``kpi``, ``part``, ``month``, ``value``, ``centre``, ``lower``, ``upper``, ``signal``.
    signals : DataFrame
        One row per signal of a control chart, the latest first.
    seasons : DataFrame
        Each month against the same month last year.
    trends : DataFrame
        Change per month with its interval, and whether it exceeds noise.
    deviations : DataFrame
        Plan against fact, noise last; see :func:`kpikit.diagnosis.deviations.rank_deviations`.
    plan_months : DataFrame
        Plan and fact in money by month.
    wins_index, money_index : MixIndex or None
        Fair comparison of the reps.
    shifts : mapping
        Dimension -> change of the win rate between the halves of the year, taken apart.
    cohorts, sources, ageing, receivables, time_budget, gaming : DataFrame
    """

    start: datetime
    end: datetime
    confidence: float
    level: pd.DataFrame
    months: pd.DataFrame
    reps: pd.DataFrame
    charts: pd.DataFrame
    signals: pd.DataFrame
    seasons: pd.DataFrame
    trends: pd.DataFrame
    deviations: pd.DataFrame
    plan_months: pd.DataFrame
    wins_index: MixIndex | None
    money_index: MixIndex | None
    shifts: Mapping[str, MixShift]
    cohorts: pd.DataFrame
    sources: pd.DataFrame
    ageing: pd.DataFrame
    receivables: pd.DataFrame
    time_budget: pd.DataFrame
    gaming: pd.DataFrame


def kpi_results(store: Store, zone: str, rng: np.random.Generator) -> KpiResults:
    """
    Measure every KPI of the catalogue, and the client's own ones.

    Parameters
    ----------
    store : Store
        With the client's tables.
    zone : str
        IANA zone of the business.
    rng : Generator
        For the permutations of the gaming signs.

    Returns
    -------
    KpiResults
    """
    span = last_year(store)
    start, end = pd.Timestamp(span["start"]), pd.Timestamp(span["end"])
    kpis = [*sorted(MEASURES), *store.own]
    level = _level(store, kpis, span)
    known = level.loc[level["status"].ne("not_computable"), "kpi"].unique()
    months = _by(store, known, "month", start=end - pd.DateOffset(months=HISTORY), end=end)
    reps = _by(store, [kpi for kpi in BY_REP if kpi in known], "rep", **span)
    days = work_days(store)
    charts, signals = control_charts(months, days, end)
    p = settled(store, replace(store.parameters, **span))
    deviations, plan_months = plan_and_fact(store, months, charts, span)
    cells = extracts.rep_cells(store, p)
    return KpiResults(
        start=start.to_pydatetime(),
        end=end.to_pydatetime(),
        confidence=store.parameters.level,
        level=level,
        months=months,
        reps=reps,
        charts=charts,
        signals=signals,
        seasons=_seasons(months, days),
        trends=_trends(charts, p.level),
        deviations=deviations,
        plan_months=plan_months,
        wins_index=_index(expected_wins_by_mix, cells, p.level),
        money_index=_index(expected_money_by_mix, _priced(cells), p.level),
        shifts=_shifts(store, p),
        cohorts=extracts.cohorts(store, p),
        sources=extracts.lead_quality(store, p),
        ageing=extracts.receivables_ageing(store, p),
        receivables=extracts.receivables_by_month(store, p),
        time_budget=extracts.time_budget(store, p),
        gaming=gaming_signs(store, p, zone, rng),
    )


def last_year(store: Store) -> dict[str, Any]:
    """``start`` and ``end`` of the twelve whole months before the as-of instant."""
    end = pd.Timestamp(store.parameters.as_of).to_period("M").start_time
    start = end - pd.DateOffset(months=YEAR)
    return {"start": start.to_pydatetime(), "end": end.to_pydatetime()}


def _level(store: Store, kpis: Sequence[str], span: Mapping[str, datetime]) -> pd.DataFrame:
    """The year's values; the whole history where no case of the year is old enough."""
    comparing = [kpi for kpi in kpis if measure_of(store, kpi).needs_period]
    plain = [kpi for kpi in kpis if kpi not in comparing]
    year = measure_many(store, plain, [], **span).assign(covers="year")
    if comparing:
        year = pd.concat([year, _last_quarter(store, comparing, span)], ignore_index=True)
        place = year["kpi"].map({kpi: position for position, kpi in enumerate(kpis)})
        year = year.loc[place.sort_values(kind="stable").index].reset_index(drop=True)
    empty = year["status"].eq("not_computable") & ~year["reason"].str.startswith("missing: ")
    again = list(dict.fromkeys(year.loc[empty, "kpi"]))
    if not again:
        return year
    whole = measure_many(store, again, []).assign(covers="all")
    keys = ["kpi", "part"]
    better = whole[whole["status"].ne("not_computable")].set_index(keys)
    replaced = [
        better.loc[[key]].reset_index() if is_empty and key in better.index else year.iloc[[i]]
        for i, (key, is_empty) in enumerate(
            zip(year[keys].itertuples(index=False, name=None), empty, strict=True)
        )
    ]
    return pd.concat(replaced, ignore_index=True)[year.columns]


def _last_quarter(store: Store, kpis: Sequence[str], span: Mapping[str, datetime]) -> pd.DataFrame:
    """KPIs that compare periods: the latest whole quarter against the one before."""
    found = measure_many(store, kpis, ["quarter"], **span)
    ends = pd.to_datetime(found["quarter"]) + pd.DateOffset(months=3)
    whole = found[found["quarter"].isna() | (ends <= pd.Timestamp(span["end"]))]
    last = whole.sort_values("quarter", na_position="first").groupby(["kpi", "part"]).tail(1)
    return last.drop(columns="quarter").assign(covers="quarter")


def _by(store: Store, kpis: Sequence[str], name: str, **span: datetime) -> pd.DataFrame:
    """All KPIs that can be split so; those that cannot are left out."""
    chosen = list(kpis)
    if name != "month":
        p = settled(store, store.parameters)
        chosen = [kpi for kpi in kpis if name in dimensions_of(store, kpi, p)]
    if not chosen:
        return pd.DataFrame(columns=["kpi", "part", name, *RESULT_COLUMNS])
    return measure_many(store, chosen, [name], **span)


def work_days(store: Store) -> pd.Series:
    """Working days by month; empty without a working calendar. [days]"""
    days = extracts.calendar_days(store)
    worked = days[days["work_s"] > 0]
    return worked.groupby(worked["date"].dt.to_period("M").dt.start_time).size().astype("float64")


def control_charts(
    months: pd.DataFrame, days: pd.Series, end: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Natural process limits of every monthly series, and the signals in them.

    A month without a row is 0 for counts and sums and unknown for everything else.

    Parameters
    ----------
    months : DataFrame
        Answer of :func:`kpikit.kpis.measure_many` by month.
    days : Series
        Working days by month.
    end : Timestamp
        First moment after the last whole month.

    Returns
    -------
    tuple of DataFrame
        Points and signals.
    """
    points, signals = [], []
    for (kpi, part), rows in months.groupby(["kpi", "part"], sort=False):
        rows = rows[rows["value"].notna() & (rows["month"] < end)].set_index("month")
        if rows.empty:
            continue
        law = str(rows["law"].iloc[0])
        spine = pd.date_range(rows.index.min(), end - pd.DateOffset(months=1), freq="MS")
        series = rows["value"].reindex(spine)
        if law in ADDING:
            series = series.fillna(0.0)
        chart = _chart(law, rows.reindex(spine), series, days)
        found = pd.DataFrame({"kpi": kpi, "part": part, "month": spine, "value": series.to_numpy()})
        found = found.assign(**_limits(chart, days.reindex(spine), law))
        hit = chart.signals.drop_duplicates("index").set_index("index")["rule"]
        found["signal"] = found["month"].map(hit).astype("object")
        found["reason"] = chart.reason
        points.append(found)
        signals.append(chart.signals.assign(kpi=kpi, part=part))
    columns = ["kpi", "part", "month", "value", "centre", "lower", "upper", "signal", "reason"]
    if not points:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["kpi", "part", "index", "rule"])
    seen = pd.concat(signals, ignore_index=True)
    return pd.concat(points, ignore_index=True)[columns], seen.sort_values(
        "index", ascending=False, kind="stable", ignore_index=True
    )


def _chart(
    law: str, rows: pd.DataFrame, series: pd.Series, days: pd.Series
) -> XmrChart | RateChart:
    if law == "share":
        return xmr_shares(rows["numerator"], rows["denominator"].fillna(0.0))
    exposure = days.reindex(series.index)
    if law in COUNTED and exposure.notna().all():
        return xmr_rates(series, exposure)
    return xmr(series)


def _limits(chart: XmrChart | RateChart, days: pd.Series, law: str) -> dict[str, object]:
    """Limits in the unit of the month's value: a rate per working day times its days."""
    if isinstance(chart, XmrChart):
        return {"centre": chart.centre, "lower": chart.lower, "upper": chart.upper}
    per = days.to_numpy() if law in COUNTED else 1.0
    centre = np.nan if chart.centre is None else chart.centre
    lower = chart.points["lower"].to_numpy(dtype=float) * per
    upper = chart.points["upper"].to_numpy(dtype=float) * per
    return {
        "centre": np.where(np.isnan(lower), np.nan, centre * per),
        "lower": lower,
        "upper": upper,
    }


def _seasons(months: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """Every monthly series against the same months last year."""
    found = []
    for (kpi, part), rows in months[months["value"].notna()].groupby(["kpi", "part"], sort=False):
        law = str(rows["law"].iloc[0])
        table = rows[["month", "value"]]
        if law in ADDING and len(days):
            worked = table.assign(work_days=table["month"].map(days))
            answer = seasonal_comparison(worked[worked["work_days"].notna()])
        else:
            answer = seasonal_comparison_of_levels(table)
        found.append(answer.assign(kpi=kpi, part=part))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["kpi", "month"])


def _trends(charts: pd.DataFrame, level: float) -> pd.DataFrame:
    rows = []
    for (kpi, part), table in charts.groupby(["kpi", "part"], sort=False):
        slope = trend_slope(table.set_index("month")["value"], level)
        rows.append({"kpi": kpi, "part": part, "slope": slope.slope, "low": slope.low,
                     "high": slope.high, "exceeds_noise": slope.exceeds_noise, "n": slope.n,
                     "status": slope.status, "reason": slope.reason})  # fmt: skip
    return pd.DataFrame(rows)


# ---- plan and fact ----------------------------------------------------------------------------


def plan_and_fact(
    store: Store, months: pd.DataFrame, charts: pd.DataFrame, span: Mapping[str, datetime]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Fact against plan, by KPI and rep, and money by month.

    Parameters
    ----------
    store : Store
    months, charts : DataFrame
        Monthly values, and their natural process limits.
    span : mapping
        ``start`` and ``end`` of the year.

    Returns
    -------
    tuple of DataFrame
        Ranked deviations, and ``month``, ``plan``, ``fact``, ``value`` (attainment), ``low``,
        ``high``.
    """
    attained = months[months["kpi"].eq("K04") & months["part"].eq("") & months["value"].notna()]
    inside = attained[(attained["month"] >= span["start"]) & (attained["month"] < span["end"])]
    by_month = inside.rename(columns={"numerator": "fact", "denominator": "plan"})
    rows = [*_attainment(store, span), *_planned_kpis(store, span)]
    if not rows:
        return pd.DataFrame(), by_month
    return rank_deviations(pd.DataFrame(rows)), by_month


def _attainment(store: Store, span: Mapping[str, datetime]) -> list[dict[str, object]]:
    """Attainment of the sales plan, of the firm and of each rep, worth its plan in money."""
    rows = []
    for by in ([], ["rep"]):
        try:
            found = measure_many(store, ["K04"], by, **span)
        except InputDataError:
            continue
        found = found[found["part"].eq("") & found["value"].notna()]
        for row in found.to_dict("records"):
            rows.append({"kpi_id": "K04", "rep_id": row.get("rep"), "value": row["value"],
                         "low": row["low"], "high": row["high"], "direction": "higher",
                         "plan": 1.0, "money_per_unit": row["denominator"], "unit": "share",
                         "n": row["n"]})  # fmt: skip
    return rows


def _planned_kpis(store: Store, span: Mapping[str, datetime]) -> list[dict[str, object]]:
    """KPIs of the catalogue for which the client wrote a plan (``plans.metric`` is a K-id)."""
    plans = extracts.kpi_plans(store, span["start"], span["end"])
    rows: list[dict[str, object]] = []
    for (kpi, scope), table in plans.groupby(["metric", "scope"], sort=True):
        by = ["rep"] if scope == "rep" else []
        try:
            found = measure_many(store, [str(kpi)], by, **span)
        except InputDataError:
            continue
        found = found[found["part"].eq("") & found["value"].notna()]
        for row in found.to_dict("records"):
            own = table[table["scope_id"] == row["rep"]] if by else table
            if own.empty:
                continue
            plan = own["value"].sum() if row["law"] in ADDING else own["value"].mean()
            rows.append({"kpi_id": str(kpi), "rep_id": row.get("rep"), "value": row["value"],
                         "low": row["low"], "high": row["high"],
                         "direction": passport(str(kpi)).direction, "plan": float(plan),
                         "money_per_unit": np.nan, "unit": row["unit"], "n": row["n"]})  # fmt: skip
    return rows


# ---- people and mix ---------------------------------------------------------------------------


def _index(compare: object, cells: pd.DataFrame, level: float) -> MixIndex | None:
    known = cells[cells["rep_id"].notna()]
    if known["rep_id"].nunique() < 2:
        return None
    return compare(known, ["segment", "source"], level)  # type: ignore[operator]


def _priced(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells without won deals whose amount nobody wrote down: they are not worth 0."""
    return cells.assign(n=cells["n"] - cells["without_amount"])


def _shifts(store: Store, p: object) -> dict[str, MixShift]:
    """Win rate of the second half of the year against the first, by segment, source and rep."""
    middle = p.start + (p.end - p.start) / 2  # type: ignore[attr-defined]
    middle = pd.Timestamp(middle).to_period("M").start_time.to_pydatetime()
    found = {}
    for name in ("segment", "source", "rep"):
        halves = []
        for start, end in ((p.start, middle), (middle, p.end)):  # type: ignore[attr-defined]
            try:
                half = measure_many(store, ["K42"], [name], start=start, end=end)
            except InputDataError:
                break
            half = half[half["part"].eq("win_rate") & half["denominator"].gt(0)]
            halves.append(half[[name, "numerator", "denominator"]])
        if len(halves) == 2 and all(len(half) for half in halves):
            found[name] = mix_shift(halves[0], halves[1], [name])
    return found
