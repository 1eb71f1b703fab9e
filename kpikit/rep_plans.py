"""
The targets of the reps: do they add up to the company's, and can each of them be met?
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.rep_targets import Assignment, assignment_of, judge_rep_targets
from kpikit.diagnosis.targets import ABSOLUTE, Target, TargetRefusal
from kpikit.errors import InputDataError
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.store import Store
from kpikit.pay_panel import canonical
from kpikit.sales_history import QUARTER, YEAR, History
from kpikit.target_questions import judged

#: Plans of the company, the first that there is.
COMPANY_SCOPES = ("segment", "company")
REP_COLUMNS = (
    "rep_id", "target", "expected", "percentile", "probability", "verdict", "reach", "n",
    "status", "reason",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class RepTargets:
    """
    What the reps are asked for.

    Attributes
    ----------
    table : DataFrame
        One row per rep, columns ``REP_COLUMNS``; see
        :func:`~kpikit.diagnosis.rep_targets.judge_rep_targets`.
    basis : str
        ``plan``: the targets of the next quarter; ``last_year``: those of the same quarter a
        year ago, as if they were set again.
    start : Timestamp
        First day of the quarter judged.
    assignment : Assignment or None
        All rep targets against the company's, over the months that have both.
    same_for_all : bool
        Every rep has the same target.
    reason : str
        Why there is no ``assignment``: ``no_company_plan``; empty otherwise.
    """

    table: pd.DataFrame
    basis: str
    start: pd.Timestamp
    assignment: Assignment | None
    same_for_all: bool
    reason: str


def rep_targets(
    store: Store,
    tables: dict[str, pd.DataFrame],
    history: History,
    stated_over: float | None,
) -> RepTargets | str:
    """
    Judge the targets of the reps for the next quarter.

    Parameters
    ----------
    store : Store
    tables : mapping of str to DataFrame
        Canonical tables.
    history : History
        Of the revenue.
    stated_over : float or None
        Over-assignment that the client has named. [share]

    Returns
    -------
    RepTargets or str
        The code of what is missing: ``no_sales``, ``no_rep_plans``, ``no_rep_sales`` or the
        reason of the forecast.
    """
    if history.reason:
        return history.reason
    plans = _newest(canonical(tables, "plans"), store.parameters.sales_plan)
    of_reps = plans[plans["scope"].eq("rep") & plans["scope_id"].notna()]
    people = canonical(tables, "reps").drop_duplicates("rep_id").set_index("rep_id")
    begins = history.next_start
    basis, start = "plan", begins
    asked = _targets_of(of_reps, start, people, begins)
    if asked.empty:
        basis, start = "last_year", begins - pd.DateOffset(years=1)
        asked = _targets_of(of_reps, start, people, begins)
    if asked.empty:
        return "no_rep_plans"
    forecast = judged(history, Target(ABSOLUTE, amount=1.0), QUARTER)
    if isinstance(forecast, TargetRefusal):
        return forecast.reason
    past = _quarters(store, history, people)
    if past.empty:
        return "no_rep_sales"
    try:
        table = judge_rep_targets(past, asked, forecast.forecast.law)
    except InputDataError:
        return "no_sales"
    assignment, reason = _assignment(plans, of_reps, stated_over)
    return RepTargets(
        table=table.reset_index()[list(REP_COLUMNS)],
        basis=basis,
        start=start,
        assignment=assignment,
        same_for_all=len(asked) > 1 and bool(np.isclose(asked, asked.iloc[0]).all()),
        reason=reason,
    )


def _newest(plans: pd.DataFrame, metric: str) -> pd.DataFrame:
    """
    Plans of sales by month or quarter (``months`` 1 or 3), one row each.

    Of several versions the last one that was approved before its period stands.
    """
    rows = plans[plans["metric"].fillna("revenue").eq(metric) & plans["value"].notna()]
    start = pd.to_datetime(rows["period_start_on"])
    approved = pd.to_datetime(rows["approved_at"], utc=True).dt.tz_localize(None)
    rows = rows.assign(
        start=start.astype("datetime64[us]"), end=pd.to_datetime(rows["period_end_on"])
    )[approved.isna() | (approved <= start)]
    after = rows["end"] + pd.Timedelta(days=1)
    lengths = pd.Series(0, index=rows.index)
    for count in (1, QUARTER):
        lengths[after.eq(rows["start"] + pd.DateOffset(months=count))] = count
    rows = rows.assign(months=lengths)[lengths > 0]
    rows = rows.sort_values(["approved_at", "version"], na_position="first", kind="stable")
    return rows.drop_duplicates(["scope", "scope_id", "segment", "start", "months"], keep="last")


def _targets_of(
    of_reps: pd.DataFrame, start: pd.Timestamp, people: pd.DataFrame, today: pd.Timestamp
) -> pd.Series:
    """
    Target of the quarter from ``start`` on, of each rep still here.

    A plan of the quarter counts, else those of its months if all three are there.
    """
    months = pd.date_range(start, periods=QUARTER, freq="MS", unit="us")
    monthly = of_reps[of_reps["start"].isin(months) & of_reps["months"].eq(1)]
    by = monthly.groupby("scope_id")
    total = by["value"].sum()[by["start"].nunique().eq(QUARTER)]
    whole = of_reps[of_reps["start"].eq(start) & of_reps["months"].eq(QUARTER)]
    total = whole.groupby("scope_id")["value"].sum().combine_first(total)
    left = pd.to_datetime(people["left_on"]).dropna()
    gone = left.index[left <= today]
    return total[~total.index.isin(gone)].rename_axis("rep_id").astype(float)


def _quarters(store: Store, history: History, people: pd.DataFrame) -> pd.DataFrame:
    """
    Sales of each rep in the whole quarters before the next one: ``rep_id period value``.

    A quarter that the rep did not work to the full counts for the company, under another name.
    """
    begins = history.next_start
    months_known = len(history.table) * history.months
    count = months_known // QUARTER
    first = begins - pd.DateOffset(months=QUARTER * count)
    try:
        found = measure_many(
            store, ["K01"], ["rep", "month"],
            start=first.to_pydatetime(), end=begins.to_pydatetime(),
        )  # fmt: skip
    except InputDataError:
        return pd.DataFrame()
    found = found[found["part"].eq("") & found["rep"].notna() & found["value"].notna()]
    if found.empty:
        return pd.DataFrame()
    month = pd.to_datetime(found["month"])
    number = ((month.dt.year - first.year) * 12 + month.dt.month - first.month) // QUARTER
    sums = found["value"].astype(float).groupby([found["rep"], number]).sum()
    places = pd.MultiIndex.from_product([sums.index.levels[0], range(count)])
    rows = sums.reindex(places).rename_axis(["rep_id", "quarter"]).rename("value").reset_index()
    rows["period"] = [first + pd.DateOffset(months=QUARTER * int(q)) for q in rows["quarter"]]
    hired = pd.to_datetime(rows["rep_id"].map(people["hired_on"]))
    left = pd.to_datetime(rows["rep_id"].map(people["left_on"]))
    ends = rows["period"] + pd.DateOffset(months=QUARTER)
    absent = (hired >= ends) | (left <= rows["period"])
    in_part = (hired > rows["period"]) | (left < ends)
    rows["rep_id"] = rows["rep_id"].where(~in_part, rows["rep_id"] + " in part")
    rows["value"] = rows["value"].fillna(0.0)
    return rows.loc[~absent, ["rep_id", "period", "value"]]


def _assignment(
    plans: pd.DataFrame, of_reps: pd.DataFrame, stated_over: float | None
) -> tuple[Assignment | None, str]:
    """The reps' targets against the company's in the latest twelve months that have both."""
    for scope in COMPANY_SCOPES:
        for months in (1, QUARTER):
            same = of_reps[of_reps["months"].eq(months)]
            rows = plans[plans["scope"].eq(scope) & plans["months"].eq(months)]
            company = rows.groupby("start")["value"].sum()
            both = sorted(set(company.index) & set(same["start"]))[-YEAR // months :]
            if both:
                by_rep = same[same["start"].isin(both)].groupby("scope_id")["value"].sum()
                return assignment_of(by_rep, float(company[both].sum()), stated_over), ""
    return None, "no_company_plan"
