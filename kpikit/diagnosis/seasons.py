"""
This month against the same month last year.

December against November says little; December against December says how the
business grew, once both are counted per working day. How far such a ratio moves
by itself is read from the other months: a month that grew by 12 % while the
others grew by anything between -10 % and +30 % did not do anything special.

References
----------
.. [1] R. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed.,
   OTexts, 2021, sections 3.1 (calendar adjustments) and 5.2 (seasonal naive).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.diagnosis.incidence import FloatArray
from kpikit.diagnosis.shares import LEVEL, tail_of
from kpikit.errors import InputDataError

#: Year-on-year ratios needed before one of them gets an interval.
MIN_PAIRS = 4
MONTHS_OF_A_YEAR = 12

COMPARISON_COLUMNS = (
    "month", "value", "work_days", "per_day", "value_before", "work_days_before",
    "per_day_before", "ratio", "low", "high", "level", "differs", "n_pairs", "status", "reason",
)  # fmt: skip


def seasonal_comparison(monthly: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """
    Compare each month with the same month last year, per working day.

    For sums (money, deals, contacts). An incomplete last month takes part with the
    working days elapsed, and its interval is wider, as fewer days say less. It
    stands for the whole month only if sales do not gather at the month's end.

    Parameters
    ----------
    monthly : DataFrame
        One row per month, any order, with columns

        - ``month``: date inside the month.
        - ``value``: sum of the month, null where unknown.
        - ``work_days``: working days of the month, or elapsed of it. [days]
    level : float
        [share]

    Returns
    -------
    DataFrame
        In order of time: ``month`` (its first day), ``value``, ``work_days``,
        ``per_day`` [value / day]; the same ``..._before`` for the year before;
        ``ratio`` of the values per day with ``low`` and ``high``, the range of
        growth that the noise of the other ``n_pairs`` ratios leaves open;
        ``differs`` whether that range leaves out 1; ``status`` and ``reason``.
        A month without a pair is null and says why.

    Raises
    ------
    InputDataError
        If a column is missing, a month appears twice or a value is infinite.
    """
    table = _by_month(monthly, ("month", "value", "work_days"))
    return _compared(table, table["work_days"].where(table["work_days"] > 0), level)


def seasonal_comparison_of_levels(monthly: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """
    Compare each month with the same month last year, as it stands.

    For stocks (open deals, receivables), shares and averages, which do not grow
    with the number of working days.

    Parameters
    ----------
    monthly : DataFrame
        ``month`` and ``value`` as in :func:`seasonal_comparison`.
    level : float
        [share]

    Returns
    -------
    DataFrame
        As in :func:`seasonal_comparison` without the columns of working days and
        values per day.
    """
    table = _by_month(monthly, ("month", "value"))
    found = _compared(table, pd.Series(1.0, index=table.index), level)
    return found.drop(columns=["work_days", "per_day", "work_days_before", "per_day_before"])


def _by_month(monthly: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    missing = [column for column in columns if column not in monthly]
    if missing:
        raise InputDataError(f"the monthly table lacks the column(s) {', '.join(missing)}.")
    months = pd.to_datetime(monthly["month"]).dt.to_period("M")
    if months.isna().any():
        rows = ", ".join(str(label) for label in monthly.index[months.isna()][:5])
        raise InputDataError(f"month is empty in row(s) {rows}; fill it in or leave the row out.")
    twice = months[months.duplicated()].astype(str).unique()
    if len(twice):
        raise InputDataError(
            f"month appears more than once: {', '.join(twice[:5])}; add its rows up first."
        )
    table = pd.DataFrame(index=pd.PeriodIndex(months, name="month"))
    for column in columns[1:]:
        table[column] = pd.to_numeric(monthly[column]).to_numpy(dtype="float64")
        endless = table.index[np.isinf(table[column])].astype(str)
        if len(endless):
            raise InputDataError(f"{column} is infinite in {', '.join(endless[:5])}.")
    if "work_days" not in table:
        table["work_days"] = np.nan
    return table.sort_index()


def _compared(table: pd.DataFrame, days: pd.Series, level: float) -> pd.DataFrame:
    """``days``: what the values are divided by, and how much each of them says."""
    found = table.assign(per_day=table["value"] / days, days=days)
    year_before = found.index - MONTHS_OF_A_YEAR
    before = found.reindex(year_before).set_axis(found.index)
    found = found.join(before.add_suffix("_before"))
    now, then = found["per_day"], found["per_day_before"]
    found["ratio"] = (now / then).where((then > 0) & (now >= 0))
    has_pair = (found["ratio"] > 0).to_numpy()
    log_ratio = np.log(found["ratio"].where(has_pair).to_numpy(dtype=float))
    variance = (1 / found["days"] + 1 / found["days_before"]).to_numpy(dtype=float)
    half = _half_widths(log_ratio, variance, tail_of(level))
    found["low"], found["high"] = np.exp(log_ratio - half), np.exp(log_ratio + half)
    found["level"] = level
    # Rounding must not call two equal values different.
    differs = (found["low"] > 1 + 1e-9) | (found["high"] < 1 - 1e-9)
    found["differs"] = differs.astype("boolean").where(found["low"].notna())
    found["n_pairs"] = int(has_pair.sum())
    found["reason"] = _reasons(found, year_before.isin(found.index), int(has_pair.sum()))
    found["status"] = np.select(
        [found["ratio"].isna(), found["low"].isna()], ["not_computable", "degraded"], "ok"
    )
    found = found.reset_index()
    found["month"] = found["month"].dt.to_timestamp()
    return found[list(COMPARISON_COLUMNS)]


def _half_widths(log_ratio: FloatArray, variance: FloatArray, tail: float) -> FloatArray:
    """
    Half widths of the intervals of the log ratios.

    Each month is judged by the spread of the others, so a real change does not
    hide in the noise that it makes itself. With k others: Student-t, k - 1 df.
    """
    from scipy.special import stdtrit

    half = np.full(len(log_ratio), np.nan)
    pairs = np.flatnonzero(np.isfinite(log_ratio))
    if len(pairs) < MIN_PAIRS:
        return half
    for i in pairs:
        others = pairs[pairs != i]
        weight = 1 / variance[others]
        centre = np.average(log_ratio[others], weights=weight)
        free = len(others) - 1
        unit = (weight * (log_ratio[others] - centre) ** 2).sum() / free
        half[i] = stdtrit(free, 1 - tail) * np.sqrt(unit * variance[i])
    return half


def _reasons(found: pd.DataFrame, listed_before: np.ndarray, pairs: int) -> np.ndarray:
    few = f"{pairs} months have a pair, at least {MIN_PAIRS} are needed for an interval"
    value, before = found["value"], found["value_before"]
    return np.select(
        [
            value.isna().to_numpy(),
            found["days"].isna().to_numpy(),
            ~listed_before,
            before.isna().to_numpy(),
            found["days_before"].isna().to_numpy(),
            (before <= 0).to_numpy(),
            (value < 0).to_numpy(),
            (value == 0).to_numpy(),
            np.full(len(found), pairs < MIN_PAIRS),
        ],
        [
            "the value of the month is not known",
            "the working days of the month are not known or 0",
            "the same month last year is not in the data",
            "the value of the same month last year is not known",
            "the working days of the same month last year are not known or 0",
            "the value of the same month last year is not above 0",
            "the value of the month is below 0",
            "a month with 0 has a ratio but no interval",
            few,
        ],
        "",
    )
