"""
What was sold in whole months up to the as-of instant: the history that targets are held against.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpi_results import ADDING, work_days
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.store import Store

REVENUE = "revenue"
QUARTER, YEAR = 3, 12
#: A first month whose first sale comes later than this day may be cut off by the export. [day]
FULL_MONTH_BY = 10


@dataclass(frozen=True, eq=False)
class History:
    """
    What was sold or done in whole periods up to the as-of instant.

    Attributes
    ----------
    of : str
        ``revenue`` or the id of a KPI.
    months : int
        Length of one period: 1, or 3 where single months have no sales. [months]
    table : DataFrame
        ``start`` (first day) and ``value`` of each period. [unit]
    work_days : Series
        Working days of all periods, those to come too, by first day; empty where the
        working calendar is not known. [days]
    unit : str
    reason : str
        Why there is none: ``no_sales``, ``not_counted`` (the KPI does not add up over
        months) or ``not_known`` (there is no such KPI); empty otherwise.
    """

    of: str
    months: int
    table: pd.DataFrame
    work_days: pd.Series
    unit: str
    reason: str = ""

    @property
    def season(self) -> int:
        """Periods of a year."""
        return YEAR // self.months

    @property
    def next_start(self) -> pd.Timestamp:
        """First day after the history."""
        return pd.Timestamp(self.table["start"].iloc[-1]) + pd.DateOffset(months=self.months)


def history_of(store: Store, of: str = REVENUE) -> History:
    """
    Whole months of the sales, or of a KPI that adds up over months.

    A month without any sale within the history sold nothing. Where that happens the history
    is laid out by quarters: a month of the year without sales has no season. The
    first month counts if something was sold in its first days.

    Parameters
    ----------
    store : Store
    of : str
        ``revenue`` (on the revenue basis of the store) or the id of a KPI.
    """
    end = pd.Timestamp(store.parameters.as_of).to_period("M").start_time
    nothing = pd.DataFrame({"start": pd.Series(dtype="datetime64[us]"), "value": []})
    none = History(of, 1, nothing, pd.Series(dtype="float64"), "money", "no_sales")
    kpi = "K01" if of == REVENUE else of
    try:
        found = measure_many(store, [kpi], ["month"], end=end.to_pydatetime())
    except InputDataError:
        return replace(none, reason="not_known")
    found = found[found["part"].eq("") & found["month"].notna() & found["value"].notna()]
    if found.empty:
        return none
    if not found["law"].isin(ADDING).all():
        return replace(none, reason="not_counted")
    series = found.set_index(pd.to_datetime(found["month"]))["value"].astype(float)
    first = series.index.min()
    if not _begins_early(store, kpi, first):
        first = first + pd.DateOffset(months=1)
    months = pd.date_range(first, end - pd.DateOffset(months=1), freq="MS", unit="us")
    if months.empty:
        return none
    series = series.reindex(months).fillna(0.0)
    days = work_days(store)
    unit = str(found["unit"].iloc[0])
    if (series > 0).all():
        return History(of, 1, _table(series), days, unit)
    return History(of, QUARTER, _table(_by_quarter(series, end)), _by_quarter(days, None), unit)


def _begins_early(store: Store, kpi: str, first: pd.Timestamp) -> bool:
    """Whether the first month with sales is in the records from its beginning."""
    span = {"start": first.to_pydatetime(), "end": (first + pd.DateOffset(months=1))}
    days = measure_many(store, [kpi], ["day"], start=span["start"], end=span["end"].to_pydatetime())
    days = days[days["part"].eq("") & days["day"].notna() & days["value"].notna()]
    return bool(len(days)) and pd.Timestamp(days["day"].min()).day <= FULL_MONTH_BY


def _table(series: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"start": series.index, "value": series.to_numpy(float)})


def _by_quarter(months: pd.Series, end: pd.Timestamp | None) -> pd.Series:
    """Sums of whole quarters; those of the history end where the as-of month begins."""
    if months.empty:
        return months
    last = months.index.max() if end is None else end - pd.DateOffset(months=1)
    gone = (last.year - months.index.year) * YEAR + last.month - months.index.month
    group = gone // QUARTER if end is not None else None
    if group is None:
        # days of the calendar: quarters of every phase, by their first month
        rolled = months[::-1].rolling(QUARTER).sum()[::-1]
        return rolled.dropna()
    whole = pd.Series(group, index=months.index)
    size = whole.map(whole.value_counts())
    kept = months[size.eq(QUARTER).to_numpy()]
    starts = pd.Series(kept.index, index=kept.index).groupby(whole[kept.index].to_numpy()).min()
    sums = kept.groupby(whole[kept.index].to_numpy()).sum()
    return pd.Series(sums.to_numpy(), index=pd.DatetimeIndex(starts.to_numpy())).sort_index()
