"""
Signal or noise: is a KPI that moved from month to month really changing?

A process behaviour chart (XmR) lets a series say how much it moves when nothing
happens. Only what lies outside, or stays on one side too long, is worth a
question; "below last month" and "below the mean" are true of half of all months
in which nothing changed [1]_. For shares and counts per unit the limits follow
the number of deals, so a month with 5 deals may swing more than one with 500,
and they widen when the months differ by more than chance alone makes them [2]_.

References
----------
.. [1] D. J. Wheeler, Understanding Variation: The Key to Managing Chaos, 2nd ed.,
   SPC Press, 2000.
.. [2] D. B. Laney, Improved control charts for attributes, Quality Engineering 14
   (2002) 531-537.
.. [3] P. K. Sen, Estimates of the regression coefficient based on Kendall's tau,
   JASA 63 (1968) 1379-1389.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.incidence import FloatArray
from kpikit.diagnosis.shares import LEVEL, tail_of
from kpikit.diagnosis.signals import BoolArray, no_signals, signals
from kpikit.errors import InputDataError

#: Fewer points than this have no limits, only a table.
MIN_POINTS = 8
#: 3 / 1.128 and the factor for ranges of two (1.128: mean range of two normal values).
LIMIT_FACTOR = 2.66
RANGE_FACTOR = 3.268
MEAN_RANGE_OF_TWO = 1.128
#: Probability beyond three standard deviations of a normal law, on one side. [share]
BEYOND_THREE_SD = 0.00135


@dataclass(frozen=True, eq=False)
class XmrChart:
    """
    A series of values with its natural process limits.

    Attributes
    ----------
    points : DataFrame
        Index of the series; ``value`` and ``moving_range``, the distance to the
        point just before, null where that point is not known.
    centre, lower, upper : float or None
        Mean and natural process limits; None without limits.
    range_limit : float or None
        Largest moving range that noise makes.
    signals : DataFrame
        One row per signal: ``index`` of the point at which it was complete,
        ``rule`` (``beyond_limits``, ``run_of_eight``,
        ``three_of_four_nearer_limit``), ``side`` (``above``, ``below``), ``first``
        and ``last`` point that belong to it.
    n : int
        Points observed.
    status, reason : str
    """

    points: pd.DataFrame
    centre: float | None
    lower: float | None
    upper: float | None
    range_limit: float | None
    signals: pd.DataFrame
    n: int
    status: str
    reason: str


@dataclass(frozen=True, eq=False)
class RateChart:
    """
    A series of shares or rates with limits that follow the number of deals.

    Attributes
    ----------
    points : DataFrame
        Index of the series; ``numerator``, ``denominator``, ``value``, ``lower``,
        ``upper``. Limits are null without limits.
    centre : float or None
        Sum of the numerators over sum of the denominators.
    sigma_z : float or None
        How many times wider than chance alone the points scatter, at least 1.
    signals : DataFrame
        As in :class:`XmrChart`.
    n : int
        Points observed.
    status, reason : str
    """

    points: pd.DataFrame
    centre: float | None
    sigma_z: float | None
    signals: pd.DataFrame
    n: int
    status: str
    reason: str


@dataclass(frozen=True)
class TrendSlope:
    """
    Change per step of a series.

    ``slope`` with ``low`` and ``high`` [unit of the values / step], None when it
    cannot be judged; ``exceeds_noise`` is whether the interval leaves out 0.
    """

    slope: float | None
    low: float | None
    high: float | None
    level: float
    exceeds_noise: bool | None
    n: int
    status: str
    reason: str


def xmr(values: npt.ArrayLike | pd.Series, baseline: int | None = None) -> XmrChart:
    """
    Draw the limits within which a KPI moves when nothing happens [1]_.

    The limits are the mean plus and minus 2.66 times the mean moving range. Nulls
    are skipped, not bridged: a moving range needs two neighbours, and a run ends
    at a gap. Of months in which nothing changed, about 3 in 1,000 lie outside; by all
    three rules together about 1 in 10 charts of two quiet years carries a signal.

    Parameters
    ----------
    values : array_like or Series, shape (n,)
        In order of time, one step apart, null where unknown. The index of a
        Series names the points.
    baseline : int, optional
        Limits from the first points only, so that later ones are judged by what
        was before; all points when left out.

    Returns
    -------
    XmrChart
        Without limits and with a reason for fewer than 8 observed points.

    Raises
    ------
    InputDataError
        If a value is infinite or the baseline is no number of points.
    """
    series = _series(values, "values")
    value = series.to_numpy()
    ranges = np.abs(np.diff(value, prepend=np.nan))
    points = pd.DataFrame({"value": value, "moving_range": ranges}, index=series.index)
    used = _baseline(baseline, len(value))
    n = int(np.isfinite(value).sum())
    reason = _too_few(value[used])
    spread = ranges[used][np.isfinite(ranges[used])]
    if not reason and not len(spread):
        reason = "no two neighbouring points are known"
    elif not reason and np.ptp(value[used][np.isfinite(value[used])]) == 0:
        reason = "the values do not vary"
    if reason:
        return XmrChart(
            points, None, None, None, None, no_signals(), n, "not_computable", reason
        )  # fmt: skip
    centre, mean_range = float(np.nanmean(value[used])), float(spread.mean())
    reach = LIMIT_FACTOR * mean_range
    score = (value - centre) / reach
    return XmrChart(
        points, centre, centre - reach, centre + reach, RANGE_FACTOR * mean_range,
        signals(series.index, score, np.sign(score)), n, "ok", "",
    )  # fmt: skip


def xmr_shares(
    numerator: npt.ArrayLike | pd.Series,
    denominator: npt.ArrayLike | pd.Series,
    baseline: int | None = None,
) -> RateChart:
    """
    Limits of a share (won of finished deals) that follow the number of deals.

    Laney's p' chart [2]_: the reach of each limit is that of the binomial law,
    times ``sigma_z``, how much more the months scatter than chance makes them.
    The reach is three standard deviations, or farther where few deals make the
    binomial law lopsided, so that a side has at most 1.35 in 1,000.

    Parameters
    ----------
    numerator, denominator : array_like or Series, shape (n,)
        Whole counts, ``0 <= numerator <= denominator``, in order of time, null
        where unknown. A step with denominator 0 has no value. [deals]
    baseline : int, optional
        As in :func:`xmr`.

    Returns
    -------
    RateChart
        [share]

    Raises
    ------
    InputDataError
        If a count is impossible; the message names the points.
    """
    x, n = _counts(numerator, denominator)
    _refuse(x, (x > n) | (n != np.round(n)), "numerator must be whole and at most denominator")

    def law(centre: float, size: FloatArray) -> Any:
        from scipy.stats import binom

        return binom(size, min(centre, 1.0))

    return _rate_chart(x, n, baseline, law, ceiling=1.0)


def xmr_rates(
    numerator: npt.ArrayLike | pd.Series,
    denominator: npt.ArrayLike | pd.Series,
    baseline: int | None = None,
) -> RateChart:
    """
    Limits of a count per unit (contacts per working day) that follow the units.

    Laney's u' chart [2]_: as :func:`xmr_shares` with the Poisson law.

    Parameters
    ----------
    numerator : array_like or Series, shape (n,)
        Whole counts in order of time, null where unknown.
    denominator : array_like or Series, shape (n,)
        Units in which they were counted, at least 0; a step with 0 has no value.
    baseline : int, optional
        As in :func:`xmr`.

    Returns
    -------
    RateChart
        [counts / unit]
    """
    x, units = _counts(numerator, denominator)

    def law(centre: float, size: FloatArray) -> Any:
        from scipy.stats import poisson

        return poisson(centre * size)

    return _rate_chart(x, units, baseline, law, ceiling=math.inf)


def trend_slope(values: npt.ArrayLike | pd.Series, level: float = LEVEL) -> TrendSlope:
    """
    Typical change of a KPI per month, and whether it is more than noise.

    Theil-Sen: the median of the slopes between all pairs of points; one freak
    month does not move it. The interval inverts Kendall's test [3]_ and takes the
    months as independent: take the season out first.

    Parameters
    ----------
    values : array_like or Series, shape (n,)
        In order of time, one step apart, null where unknown.
    level : float
        [share]

    Returns
    -------
    TrendSlope
        Not computable for fewer than 8 observed points.
    """
    from scipy.stats import theilslopes

    value = _series(values, "values").to_numpy()
    known = np.isfinite(value)
    n = int(known.sum())
    if reason := _too_few(value):
        return TrendSlope(None, None, None, level, None, n, "not_computable", reason)
    found = theilslopes(value[known], np.flatnonzero(known), alpha=1 - 2 * tail_of(level))
    low, high = float(found.low_slope), float(found.high_slope)
    return TrendSlope(float(found.slope), low, high, level, low > 0 or high < 0, n, "ok", "")


def _rate_chart(
    x: pd.Series,
    size: pd.Series,
    baseline: int | None,
    law: Callable[[float, FloatArray], Any],
    ceiling: float,
) -> RateChart:
    count, units = x.to_numpy(), size.to_numpy()
    known = np.isfinite(count) & np.isfinite(units) & (units > 0)
    value = np.divide(count, units, out=np.full(len(count), np.nan), where=known)
    blank = np.full(len(count), np.nan)
    points = pd.DataFrame(
        {"numerator": count, "denominator": units, "value": value, "lower": blank, "upper": blank},
        index=x.index,
    )
    used = _baseline(baseline, len(count))
    n = int(known.sum())
    reason = _too_few(value[used])
    if not reason and not np.isfinite(np.diff(value[used])).any():
        reason = "no two neighbouring points are known"
    base = known & used
    centre = float(count[base].sum() / units[base].sum()) if base.any() else 0.0
    noise, below, above = (blank.copy() for _ in range(3))
    side = np.zeros(len(count))
    if not reason:
        chance = law(centre, units[known])
        noise[known] = chance.std() / units[known]
        if not (noise[known] > 0).all():
            reason = "every numerator is 0 or equals its denominator"
    if reason:
        return RateChart(points, None, None, no_signals(), n, "not_computable", reason)
    z = ((value - centre) / noise)[used]
    steps = np.abs(np.diff(z))
    # Below 1 is luck: independent deals never scatter less than chance.
    sigma_z = max(1.0, float(np.nanmean(steps)) / MEAN_RANGE_OF_TWO)
    exact_low = chance.ppf(BEYOND_THREE_SD) / units[known]
    exact_high = chance.ppf(1 - BEYOND_THREE_SD) / units[known]
    below[known] = np.maximum(3 * noise[known], centre - exact_low) * sigma_z
    above[known] = np.maximum(3 * noise[known], exact_high - centre) * sigma_z
    score = np.where(value < centre, (value - centre) / below, (value - centre) / above)
    # Sides of the median, not of the mean: with few deals most months win nothing.
    is_below = chance.cdf(count[known]) < 0.5
    is_above = chance.sf(count[known] - 1) < 0.5
    side[known] = is_above.astype(float) - is_below
    shown = points.assign(
        lower=np.maximum(centre - below, 0.0), upper=np.minimum(centre + above, ceiling)
    )
    return RateChart(shown, centre, sigma_z, signals(x.index, score, side), n, "ok", "")


def _series(values: npt.ArrayLike | pd.Series, name: str) -> pd.Series:
    series = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values))
    numbers = pd.to_numeric(series).astype("float64")
    endless = np.isinf(numbers.to_numpy())
    _refuse(numbers, endless, f"{name} must be finite; leave unknown values empty")
    return numbers


def _counts(
    numerator: npt.ArrayLike | pd.Series, denominator: npt.ArrayLike | pd.Series
) -> tuple[pd.Series, pd.Series]:
    x, n = _series(numerator, "numerator"), _series(denominator, "denominator")
    if len(x) != len(n):
        raise InputDataError(
            f"numerator and denominator must be equally long, got {len(x)} and {len(n)} values."
        )
    n = n.set_axis(x.index)
    _refuse(x, (x < 0) | (x != np.round(x)) & x.notna(), "numerator must be a whole count from 0")
    _refuse(n, n < 0, "denominator must be at least 0")
    return x, n


def _refuse(series: pd.Series, wrong: Any, rule: str) -> None:
    bad = np.flatnonzero(np.asarray(wrong) & series.notna().to_numpy())
    if len(bad):
        places = ", ".join(f"{series.index[i]} ({series.iloc[i]:g})" for i in bad[:5])
        raise InputDataError(f"{rule}; check the point(s) {places}.")


def _baseline(baseline: int | None, length: int) -> BoolArray:
    if baseline is not None and not 1 <= baseline <= length:
        raise InputDataError(
            f"baseline must be between 1 and the number of points, {length}; got {baseline}."
        )
    return np.arange(length) < (length if baseline is None else baseline)


def _too_few(value: FloatArray) -> str:
    n = int(np.isfinite(value).sum())
    return "" if n >= MIN_POINTS else f"{n} points are known, at least {MIN_POINTS} are needed"
