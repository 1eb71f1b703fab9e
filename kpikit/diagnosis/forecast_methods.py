"""
Simple forecasts for short sales histories.

Two or three years of months carry little information, so only methods with few
parameters are offered [1]_: last year again, last year with the growth of the
year, the straight line from the first to the last period, exponential smoothing
with a damped trend, and Theta [2]_. Each takes the values in order, the number
of steps and the length of the season, and returns the next values in the unit
of the input.

References
----------
.. [1] R. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice,
   3rd ed., 2021, ch. 5 and 8.
.. [2] V. Assimakopoulos, K. Nikolopoulos, The theta model, International Journal
   of Forecasting 16 (2000) 521-530; R. Hyndman, B. Billah, Unmasking the Theta
   method, the same journal 19 (2003) 287-290.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]
Forecaster = Callable[[FloatArray, int, int], FloatArray]

#: Range of the damping; below, a trend is over within months, above it never ends [1]_.
DAMPING = (0.80, 0.98)
#: A line needs three points before its slope says anything.
LEAST_LINE = 3


@dataclass(frozen=True)
class Method:
    """
    One way to forecast.

    ``forecast(values, steps, season)`` returns the next values; ``is_seasonal``
    tells whether it knows the season; ``least(season)`` is the shortest history
    it can be applied to. [periods]
    """

    name: str
    forecast: Forecaster
    is_seasonal: bool
    least: Callable[[int], int]


def seasonal_naive(values: FloatArray, steps: int, season: int) -> FloatArray:
    """Repeat the values of one season ago. [unit of the values]"""
    _require_length(values, season, "seasonal_naive")
    return np.resize(values[-season:], steps)


def seasonal_growth(values: FloatArray, season: int) -> float:
    """
    Growth of the last season on the one before, as a ratio of sums.

    With less than two full seasons the periods that have a partner one season
    earlier are compared. [ratio]
    """
    pairs = min(season, len(values) - season)
    _require_length(values, season + 1, "seasonal_growth")
    stop = len(values) - season
    before = float(values[stop - pairs : stop].sum())
    if before <= 0:
        raise InputDataError(
            f"the growth cannot be computed: the {pairs} periods before the last season "
            f"sum to {before:g}; check these periods or start the history later."
        )
    return float(values[-pairs:].sum()) / before


def seasonal_naive_drift(values: FloatArray, steps: int, season: int) -> FloatArray:
    """
    Repeat the values of one season ago times the growth of the last season.

    The second season ahead grows once more. [unit of the values]
    """
    growth = seasonal_growth(values, season)
    seasons_ahead = 1 + np.arange(steps) // season
    return seasonal_naive(values, steps, season) * growth**seasons_ahead


def drift(values: FloatArray, steps: int, season: int) -> FloatArray:
    """Go on along the line from the first to the last value. [unit of the values]"""
    _require_length(values, LEAST_LINE, "drift")
    slope = (values[-1] - values[0]) / (len(values) - 1)
    return values[-1] + slope * np.arange(1, steps + 1)


def theta(values: FloatArray, steps: int, season: int) -> FloatArray:
    """
    Theta: simple exponential smoothing plus half the slope of the trend line.

    The season is taken out first and put back afterwards. [unit of the values]
    """
    index = seasonal_index(values, season)
    plain = values / index[np.arange(len(values)) % season]
    slope = float(np.polyfit(np.arange(len(plain)), plain, 1)[0])
    alpha = _best_alpha(plain)
    ahead = np.arange(steps)
    # The line is lifted to where smoothing leaves it: smoothing lags a trend by 1/alpha.
    lag = (1.0 - (1.0 - alpha) ** len(plain)) / alpha if alpha > 0 else 0.0
    level = _smoothed(plain, alpha)[-1]
    forecast = level + 0.5 * slope * (ahead + lag)
    return forecast * index[(len(values) + ahead) % season]


def damped_ets(values: FloatArray, steps: int, season: int) -> FloatArray:
    """
    Exponential smoothing with an additive damped trend on the series without season.

    Smoothing, damping and the starting level and trend minimise the squared
    one-step errors. [unit of the values]
    """
    index = seasonal_index(values, season)
    plain = values / index[np.arange(len(values)) % season]
    alpha, beta, damping = _best_damped(plain)
    level, trend = _damped_state(plain, alpha, beta, damping)[1]
    ahead = np.arange(steps)
    forecast = level + trend * np.cumsum(damping ** np.arange(1, steps + 1))
    return forecast * index[(len(values) + ahead) % season]


def seasonal_index(values: FloatArray, season: int) -> FloatArray:
    """
    Seasonal factors from centred moving averages, mean 1 (multiplicative).

    Parameters
    ----------
    values : ndarray
        At least two seasons.
    season : int
        Periods of a season; 1 stands for no season.

    Returns
    -------
    ndarray, shape (season,)
        Factor of position 0, 1, ... counted from the first value. [ratio]
    """
    if season == 1:
        return np.ones(1)
    _require_length(values, 2 * season, "seasonal_index")
    weights = np.ones(season) if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5]
    centred = np.convolve(values, weights / season, mode="valid")
    first = len(weights) // 2
    if (centred <= 0).any():
        raise InputDataError(
            "the season cannot be taken out: a whole year of values sums to 0 or less; "
            "start the history later."
        )
    ratios = values[first : first + len(centred)] / centred
    position = (first + np.arange(len(ratios))) % season
    index = np.array([ratios[position == place].mean() for place in range(season)])
    if (index <= 0).any():
        raise InputDataError(
            "the season cannot be taken out: a month of the year has no sales on average; "
            "use quarters instead of months."
        )
    return index / index.mean()


#: In the order in which ties are broken.
METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("seasonal_naive", seasonal_naive, True, lambda season: season),
        # A quarter of a season of pairs is the least from which a growth is read.
        Method(
            "seasonal_naive_drift",
            seasonal_naive_drift,
            True,
            lambda season: season + max(1, season // 4),
        ),
        Method("drift", drift, False, lambda season: LEAST_LINE),
        Method("damped_ets", damped_ets, True, lambda season: max(2 * season, 8)),
        Method("theta", theta, True, lambda season: max(2 * season, 8)),
    )
}
COMBINATION = "combination"


def forecasts_of_all(values: FloatArray, steps: int, season: int) -> dict[str, FloatArray]:
    """
    Forecast with every method that this history is long enough for.

    The last entry, ``combination``, is the median of the others, step by step.
    A method that cannot work with the values (a month of the year without any
    sales) is left out.
    """
    found: dict[str, FloatArray] = {}
    for name, method in METHODS.items():
        if len(values) < method.least(season):
            continue
        try:
            found[name] = method.forecast(values, steps, season)
        except InputDataError:
            continue
    if found:
        found[COMBINATION] = np.median(np.stack(list(found.values())), axis=0)
    return found


def _require_length(values: FloatArray, least: int, name: str) -> None:
    if len(values) < least:
        raise InputDataError(
            f"{name} needs at least {least} periods, got {len(values)}; give a longer history."
        )


def _smoothed(values: FloatArray, alpha: float) -> FloatArray:
    """Level before each value and, last, after all; starts at the first value."""
    level = float(values[0])
    levels = [level]
    for value in values.tolist():
        level += alpha * (value - level)
        levels.append(level)
    return np.array(levels)


def _best_alpha(values: FloatArray) -> float:
    from scipy.optimize import minimize_scalar

    def error(alpha: float) -> float:
        return float(((values - _smoothed(values, alpha)[:-1]) ** 2).sum())

    found = minimize_scalar(error, bounds=(1e-4, 1.0), method="bounded", options={"xatol": 1e-7})
    # The search is local and may miss an end of the range.
    return float(min((float(found.x), 1.0, 1e-4), key=error))


def _damped_state(
    values: FloatArray, alpha: float, beta: float, damping: float
) -> tuple[float, tuple[float, float]]:
    """
    Squared error and last (level, trend), with the best start.

    The errors are linear in the starting level and trend, so their best values
    come from least squares instead of a search.
    """
    # Three runs side by side: the data alone, a starting level of 1, a starting trend of 1.
    # Written out, since this loop is most of the time of a forecast.
    level, level_l, level_t = 0.0, 1.0, 0.0
    trend, trend_l, trend_t = 0.0, 0.0, 1.0
    gain = alpha * beta
    rows = []
    for value in values.tolist():
        trend, trend_l, trend_t = damping * trend, damping * trend_l, damping * trend_t
        ahead, ahead_l, ahead_t = level + trend, level_l + trend_l, level_t + trend_t
        error = value - ahead
        rows.append((error, -ahead_l, -ahead_t))
        level, trend = ahead + alpha * error, trend + gain * error
        level_l, trend_l = ahead_l - alpha * ahead_l, trend_l - gain * ahead_l
        level_t, trend_t = ahead_t - alpha * ahead_t, trend_t - gain * ahead_t
    table = np.array(rows)
    start, *_ = np.linalg.lstsq(-table[:, 1:], table[:, 0], rcond=None)
    left = table[:, 0] + table[:, 1:] @ start
    level += level_l * start[0] + level_t * start[1]
    trend += trend_l * start[0] + trend_t * start[1]
    return float(left @ left), (float(level), float(trend))


def _best_damped(values: FloatArray) -> tuple[float, float, float]:
    from scipy.optimize import minimize

    bounds = [(1e-4, 0.9999), (0.0, 0.9999), DAMPING]

    def error(point: FloatArray) -> float:
        return _damped_state(values, *(float(part) for part in point))[0]

    grid = itertools.product((0.05, 0.3, 0.7), (0.0, 0.3), (0.82, 0.95))
    start = min((np.array(point) for point in grid), key=error)
    scale = float(values @ values)
    found = minimize(lambda p: error(p) / scale, start, bounds=bounds, method="L-BFGS-B")
    best = found.x if error(found.x) <= error(start) else start
    return float(best[0]), float(best[1]), float(best[2])
