"""
What each forecast would have said at earlier times, and how wrong it was.

References
----------
.. [1] R. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice,
   3rd ed., 2021, ch. 5.8-5.10 (accuracy, rolling origin).
.. [2] R. Hyndman, A. Koehler, Another look at measures of forecast accuracy,
   International Journal of Forecasting 22 (2006) 679-688 (MASE).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpikit.diagnosis.forecast_methods import (
    COMBINATION,
    METHODS,
    FloatArray,
    forecasts_of_all,
)
from kpikit.diagnosis.predictive import LEAST_ERRORS, LEVEL, law_of_total
from kpikit.errors import InputDataError


@dataclass(frozen=True, eq=False)
class BackTest:
    """
    What one method would have said at earlier times.

    Attributes
    ----------
    method : str
    origins : ndarray, shape (n,)
        Periods known at each trial.
    forecast, actual : ndarray, shape (n, horizon)
        [unit of the values]
    mase : float or None
        Mean absolute error over the change on one season ago, below 1 is better; None
        with one season or less, or where nothing changed. [ratio]
    coverage : float or None
        Share of trials whose total fell into the 80 % interval made from trials
        that share no period with it; None where too few are left. [share]
    n_coverage : int
        Trials behind ``coverage``.
    """

    method: str
    origins: npt.NDArray[np.int64]
    forecast: FloatArray
    actual: FloatArray
    mase: float | None
    coverage: float | None
    n_coverage: int

    @property
    def ratios(self) -> FloatArray:
        """Actual over forecast total of each trial. [ratio]"""
        return self.actual.sum(axis=1) / self.forecast.sum(axis=1)


def mase_scale(values: npt.ArrayLike, season: int) -> float:
    """
    Mean absolute change on one season ago: the unit in which errors are counted.

    [unit of the values] Raises `InputDataError` when nothing can be compared.
    """
    amounts = checked_history(values)
    if len(amounts) <= season:
        raise InputDataError(
            f"the scale of the errors needs more than {season} periods, got {len(amounts)}."
        )
    return float(np.abs(amounts[season:] - amounts[:-season]).mean())


def back_test(values: npt.ArrayLike, horizon: int, season: int) -> dict[str, BackTest]:
    """
    Put every method back to each earlier period and compare with what came.

    Parameters
    ----------
    values : array_like, shape (n,)
        One value per period in order of time. [money]
    horizon : int
        Length of the target. [periods]
    season : int
        Periods of a year: 12 for months, 4 for quarters.

    Returns
    -------
    dict of str to BackTest
        Only methods with at least three trials whose totals are above 0.
    """
    amounts = checked_history(values)
    check_lengths(horizon, season)
    tried: dict[str, list[tuple[int, FloatArray]]] = {}
    for origin in range(1, len(amounts) - horizon + 1):
        known = amounts[:origin]
        for name, path in forecasts_of_all(known, horizon, season).items():
            # The median of one method is that method; it is a combination from two on.
            if name == COMBINATION and origin < METHODS["seasonal_naive_drift"].least(season):
                continue
            tried.setdefault(name, []).append((origin, path))
    scale = mase_scale(amounts, season) if len(amounts) > season else None
    tests = {}
    for name, trials in tried.items():
        # Early trials without sales, or forecasts below 0, have no log ratio.
        kept = [
            (origin, path)
            for origin, path in trials
            if path.sum() > 0 and amounts[origin : origin + horizon].sum() > 0
        ]
        if len(kept) >= LEAST_ERRORS:
            tests[name] = _back_test_of(name, kept, amounts, horizon, scale)
    return tests


def _back_test_of(
    name: str,
    trials: list[tuple[int, FloatArray]],
    amounts: FloatArray,
    horizon: int,
    scale: float | None,
) -> BackTest:
    origins = np.array([origin for origin, _ in trials], dtype=np.int64)
    forecast = np.stack([path for _, path in trials])
    actual = np.stack([amounts[origin : origin + horizon] for origin in origins])
    error = float(np.abs(actual - forecast).mean())
    ratios = actual.sum(axis=1) / forecast.sum(axis=1)
    inside = _covered(origins, ratios, horizon)
    return BackTest(
        method=name,
        origins=origins,
        forecast=forecast,
        actual=actual,
        mase=error / scale if scale else None,
        coverage=float(np.mean(inside)) if inside else None,
        n_coverage=len(inside),
    )


def _covered(origins: npt.NDArray[np.int64], ratios: FloatArray, horizon: int) -> list[bool]:
    """Whether each ratio lies in the interval of the trials without a common period."""
    inside = []
    for origin, ratio in zip(origins, ratios, strict=True):
        others = ratios[np.abs(origins - origin) >= horizon]
        if len(others) >= LEAST_ERRORS:
            low, high = law_of_total(1.0, others, horizon).interval(LEVEL)
            inside.append(bool(low <= ratio <= high))
    return inside


def checked_history(values: npt.ArrayLike) -> FloatArray:
    """The values as numbers; none may be missing."""
    amounts = np.asarray(values, dtype=float)
    if amounts.ndim != 1 or not len(amounts):
        raise InputDataError("the history has no periods; give one value per period.")
    missing = np.flatnonzero(~np.isfinite(amounts))
    if len(missing):
        places = ", ".join(str(place + 1) for place in missing[:5])
        raise InputDataError(
            f"{len(missing)} of {len(amounts)} periods of the history have no value "
            f"(period {places}); a missing period is not zero: fill it or start later."
        )
    return amounts


def check_lengths(horizon: int, season: int) -> None:
    """Refuse lengths below one period."""
    if horizon < 1 or season < 1:
        raise InputDataError(
            f"horizon and season must be at least 1 period, got {horizon} and {season}."
        )
