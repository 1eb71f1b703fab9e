"""
Values and intervals from sums.

The engine gives for each group only counts and sums: rows ``n``, numerators ``x``,
denominators ``y`` and the sums of their squares and products. That is enough for a
count, a total, a share, a mean, a ratio and their intervals, whatever the number of
event rows behind them.

References
----------
.. [1] F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936) 437-442.
.. [2] W. G. Cochran, Sampling Techniques, 3rd ed., Wiley, 1977, ch. 6 (ratio estimates).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtri, ndtri, stdtrit

from kpikit.diagnosis.shares import wilson

FloatArray = npt.NDArray[np.float64]
Bounds = tuple[FloatArray, FloatArray]


def _floats(values: npt.ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def poisson_interval(count: npt.ArrayLike, level: float) -> Bounds:
    """
    Exact interval of a Poisson mean given a count [1]_.

    Parameters
    ----------
    count : array_like
        Events counted. [count]
    level : float
        Level of the interval. [share]

    Returns
    -------
    tuple of ndarray
        Lower and upper limits. [count]
    """
    n = _floats(count)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(n > 0, chdtri(2 * np.maximum(n, 0.5), 1 - tail) / 2, 0.0)
        high = chdtri(2 * (n + 1), tail) / 2
    return np.where(np.isnan(n), np.nan, low), high


def total_interval(total: npt.ArrayLike, squares: npt.ArrayLike, level: float) -> Bounds:
    """
    Interval of a sum whose number and sizes of terms both vary.

    The sum of a Poisson number of independent amounts has the variance ``sum of
    squares`` (compound Poisson law), estimated without knowing either law.

    Parameters
    ----------
    total, squares : array_like
        Sum of the amounts and of their squares.
    level : float
        Level of the interval. [share]

    Returns
    -------
    tuple of ndarray
        Normal limits; below 0 is possible only where amounts below 0 occur.
    """
    x, xx = _floats(total), _floats(squares)
    reach = ndtri(0.5 + level / 2) * np.sqrt(xx)
    # a sum of positive amounts cannot be negative
    floor = np.where(x >= 0, np.minimum(0.0, x), -np.inf)
    return np.maximum(x - reach, floor), x + reach


def mean_interval(
    n: npt.ArrayLike, total: npt.ArrayLike, squares: npt.ArrayLike, level: float
) -> Bounds:
    """
    Student interval of a mean from the count, the sum and the sum of squares.

    Null where fewer than two rows leave the spread unknown.
    """
    count, x, xx = _floats(n), _floats(total), _floats(squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = x / count
        variance = np.maximum(xx - count * mean * mean, 0.0) / (count - 1)
        reach = stdtrit(np.maximum(count - 1, 1), 0.5 + level / 2) * np.sqrt(variance / count)
    known = count >= 2
    return np.where(known, mean - reach, np.nan), np.where(known, mean + reach, np.nan)


def ratio_interval(sums: pd.DataFrame, level: float) -> Bounds:
    """
    Interval of ``x / y`` where both vary from row to row, by linearisation [2]_.

    Parameters
    ----------
    sums : DataFrame
        Columns ``n``, ``x``, ``y``, ``xx``, ``xy``, ``yy``: the number of rows, the sums, and the
        sums of squares and products.
    level : float
        Level of the interval. [share]

    Returns
    -------
    tuple of ndarray
        Limits; null below two rows.
    """
    n, x, y, xx, xy, yy = (_floats(sums[name]) for name in ("n", "x", "y", "xx", "xy", "yy"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / y
        spread = np.maximum(xx - 2 * ratio * xy + ratio * ratio * yy, 0.0)
        error = np.sqrt(spread * n / (n - 1)) / np.abs(y)
        reach = stdtrit(np.maximum(n - 1, 1), 0.5 + level / 2) * error
    known = (n >= 2) & (y != 0)
    return np.where(known, ratio - reach, np.nan), np.where(known, ratio + reach, np.nan)


@dataclass(frozen=True)
class Duration:
    """
    Time to an end, unfinished rows counted as unfinished.

    Parameters
    ----------
    median, low, high, p90 : float
        Kaplan-Meier median with its interval, and the 90 % quantile; null where the curve does
        not come so far down.
    mean_over : float
        Mean of the finished rows alone: too short while long ones are unfinished.
    n, n_over : int
        Rows, and finished ones.
    """

    median: float
    low: float
    high: float
    p90: float
    mean_over: float
    n: int
    n_over: int


def duration(
    bins: npt.ArrayLike, over: npt.ArrayLike, unfinished: npt.ArrayLike, total_over: float,
    level: float,
) -> Duration:  # fmt: skip
    """
    Median time to an end from a life table.

    Parameters
    ----------
    bins : array_like
        Length of the rows of each line, ascending or not, in any unit.
    over, unfinished : array_like
        Rows of this length that ended, and rows still unfinished at it.
    total_over : float
        Summed lengths of the finished rows, in the same unit.
    level : float
        Level of the interval (log-log Greenwood limits). [share]

    Returns
    -------
    Duration
    """
    order = np.argsort(_floats(bins), kind="stable")
    t, d, c = _floats(bins)[order], _floats(over)[order], _floats(unfinished)[order]
    n, ended = float(d.sum() + c.sum()), float(d.sum())
    mean = total_over / ended if ended else math.nan
    if not ended:
        return Duration(math.nan, math.nan, math.nan, math.nan, mean, int(n), 0)
    at_risk = n - np.concatenate([[0.0], np.cumsum(d + c)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1.0 - d / at_risk)
        greenwood = np.cumsum(d / (at_risk * (at_risk - d)))
        spread = ndtri(0.5 + level / 2) * np.sqrt(greenwood) / np.abs(np.log(survival))
        upper = survival ** np.exp(-spread)
        lower = survival ** np.exp(spread)
    upper = np.where(survival <= 0, 0.0, np.where(np.isnan(upper), 1.0, upper))
    lower = np.where(survival <= 0, 0.0, np.where(np.isnan(lower), 1.0, lower))
    return Duration(
        median=_first(t, survival, 0.5),
        low=_first(t, lower, 0.5),
        high=_first(t, upper, 0.5),
        p90=_first(t, survival, 0.1),
        mean_over=mean,
        n=int(n),
        n_over=int(ended),
    )


def _first(t: FloatArray, curve: npt.NDArray[np.floating], height: float) -> float:
    below = np.flatnonzero(curve <= height + 1e-12)
    return float(t[below[0]]) if len(below) else math.nan


def agreement(both: float, first: float, second: float, n: float, level: float) -> tuple[
    float, float, float, float
]:  # fmt: skip
    """
    How much more often the second holds when the first does, and phi.

    Parameters
    ----------
    both, first, second, n : float
        Rows where both hold, where the first holds, where the second holds, and all rows.
    level : float
        Level of the interval (Newcombe's, from two Wilson intervals). [share]

    Returns
    -------
    tuple of float
        Difference of the two shares, its limits [share], and phi (-1 to 1); null where one of
        the two groups is empty.
    """
    without = n - first
    if first <= 0 or without <= 0:
        return math.nan, math.nan, math.nan, math.nan
    p = wilson(both, first, level)
    q = wilson(second - both, without, level)
    share, rest = both / first, (second - both) / without
    low = (share - rest) - math.hypot(share - p.low, q.high - rest)
    high = (share - rest) + math.hypot(p.high - share, rest - q.low)
    spread = first * without * second * (n - second)
    phi = (both * n - first * second) / math.sqrt(spread) if spread > 0 else math.nan
    return share - rest, low, high, phi
