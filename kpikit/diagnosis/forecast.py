"""
Forecast of a sales total with the error the method really made before.

The error bars of a model fitted to two years are not to be trusted. Here each
method is put back to earlier months, forecasts what then happened, and the
errors it made on the *total* of the period are the uncertainty of the next
total. The method is chosen by these errors, before the target is looked at.

A total is forecast as a total: months have errors of both signs, and adding up
their upper bounds exaggerates what a quarter can bring.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.back_test import BackTest, back_test, check_lengths, checked_history
from kpikit.diagnosis.forecast_methods import (
    COMBINATION,
    METHODS,
    FloatArray,
    forecasts_of_all,
)
from kpikit.diagnosis.predictive import LEAST_ERRORS, LogLaw, law_of_total
from kpikit.errors import InputDataError

#: A method that was tried fewer times than this cannot be chosen over others.
LEAST_ORIGINS = 5


@dataclass(frozen=True, eq=False)
class Forecast:
    """
    The total of the next ``horizon`` periods.

    Attributes
    ----------
    method : str
        Chosen by the back-test.
    path : ndarray, shape (horizon,)
        Forecast of each period. [unit of the values]
    total : float
        Sum of the path, without the correction by past errors. [unit of the values]
    law : LogLaw
        Of the total.
    ratios : ndarray, shape (trials,)
        Actual over forecast total of each trial of the method. [ratio]
    paths : ndarray, shape (trials, horizon)
        The path moved by each past error; one row is one possible course.
    trials : DataFrame
        One row per method: ``method``, ``total``, ``origins``, ``mase``,
        ``error_common`` (mean absolute error on the trials that all methods have)
        [unit of the values], ``coverage`` [share], ``n_coverage``, ``is_chosen``.
    status : str
        ``ok`` or ``degraded``.
    reasons : tuple of str
        Codes: ``below_two_years``, ``few_trials``, ``season_unknown``.
    """

    method: str
    path: FloatArray
    total: float
    law: LogLaw
    ratios: FloatArray
    paths: FloatArray
    trials: pd.DataFrame
    status: str
    reasons: tuple[str, ...]


def per_working_day(values: npt.ArrayLike, work_days: npt.ArrayLike) -> FloatArray:
    """
    Values as if every period had the mean number of working days.

    Parameters
    ----------
    values : array_like, shape (n,)
        [money]
    work_days : array_like, shape (n,)
        Working days of each period, above 0. [days]

    Returns
    -------
    ndarray, shape (n,)
        [money]
    """
    amounts, days = checked_history(values), np.asarray(work_days, dtype=float)
    if days.shape != amounts.shape or not (days > 0).all():
        raise InputDataError(
            f"work_days must hold one number above 0 for each of the {len(amounts)} periods."
        )
    return amounts / days * days.mean()


def forecast_total(values: npt.ArrayLike, horizon: int, season: int) -> Forecast:
    """
    Forecast the total of the next periods, with the errors of the past.

    With two years or more every method competes on the same trials and the one
    with the smallest mean error is taken. With one to two years growth and
    season cannot be told apart: last year again is used where it was tried three
    times, else the straight line, and the answer is degraded. Parameters as in
    :func:`back_test`.

    Returns
    -------
    Forecast

    Raises
    ------
    InputDataError
        With less than a year, or when no method could be tried.
    """
    amounts = checked_history(values)
    check_lengths(horizon, season)
    if len(amounts) < season:
        raise InputDataError(
            f"a forecast needs at least one year ({season} periods), got {len(amounts)}; "
            "ask the client for the sales of earlier periods."
        )
    tests = back_test(amounts, horizon, season)
    ahead = forecasts_of_all(amounts, horizon, season)
    usable = {name: test for name, test in tests.items() if name in ahead and ahead[name].sum() > 0}
    if len(amounts) < 2 * season:
        # Drift of a few months' growth is worse than none.
        usable = {n: t for n, t in usable.items() if n in ("seasonal_naive", "drift")}
    if not usable:
        needed = season + horizon + LEAST_ERRORS - 1
        if len(amounts) >= needed:
            raise InputDataError(
                f"no method could be tried {LEAST_ERRORS} times: too many totals of {horizon} "
                "periods are 0 or negative; check these periods or forecast longer ones."
            )
        raise InputDataError(
            f"no method could be tried {LEAST_ERRORS} times on {len(amounts)} periods with a "
            f"horizon of {horizon}; give at least {needed} periods or a shorter target."
        )
    chosen, common = _chosen(usable)
    test = usable[chosen]
    path = ahead[chosen]
    reasons = []
    if len(amounts) < 2 * season:
        reasons.append("below_two_years")
    if len(test.origins) < LEAST_ORIGINS:
        reasons.append("few_trials")
    if chosen == "drift" and season > 1 and len(amounts) < 2 * season:
        reasons.append("season_unknown")
    return Forecast(
        method=chosen,
        path=path,
        total=float(path.sum()),
        law=law_of_total(float(path.sum()), test.ratios, horizon),
        ratios=test.ratios,
        paths=path * _step_errors(test),
        trials=_trial_table(tests, ahead, common, chosen),
        status="degraded" if reasons else "ok",
        reasons=tuple(reasons),
    )


def scaled_forecast(forecast: Forecast, factor: float) -> Forecast:
    """The same forecast in another unit, such as periods with more working days."""
    law = forecast.law
    return replace(
        forecast,
        path=forecast.path * factor,
        total=forecast.total * factor,
        law=replace(law, centre=law.centre * factor),
        paths=forecast.paths * factor,
        trials=forecast.trials.assign(
            total=forecast.trials["total"] * factor,
            error_common=forecast.trials["error_common"] * factor,
        ),
    )


def _chosen(tests: dict[str, BackTest]) -> tuple[str, dict[str, float]]:
    """The method with the smallest error, and the errors on the common trials."""
    enough = {n: t for n, t in tests.items() if len(t.origins) >= LEAST_ORIGINS}
    knows_season = {n: t for n, t in enough.items() if _is_seasonal(n)}
    if not knows_season:
        # A method blind to the season wins no contest just because nobody else could run.
        rest = {n: t for n, t in tests.items() if _is_seasonal(n)} or tests
        best = max(rest, key=lambda name: len(rest[name].origins))
        return best, {}
    shared = set.intersection(*(set(t.origins.tolist()) for t in enough.values()))
    if len(shared) < LEAST_ERRORS:
        enough = knows_season
        shared = set.intersection(*(set(t.origins.tolist()) for t in enough.values()))
    common = {}
    for name, test in enough.items():
        rows = np.isin(test.origins, list(shared))
        common[name] = float(np.abs(test.actual[rows] - test.forecast[rows]).mean())
    return min(common, key=lambda name: common[name]), common


def _is_seasonal(name: str) -> bool:
    return name == COMBINATION or METHODS[name].is_seasonal


def _step_errors(test: BackTest) -> FloatArray:
    """Ratio of actual to forecast by trial and step; steps without sales keep the forecast."""
    ok = (test.actual > 0) & (test.forecast > 0)
    return np.where(ok, test.actual / np.where(ok, test.forecast, 1.0), 1.0)


def _trial_table(
    tests: dict[str, BackTest], ahead: dict[str, FloatArray], common: dict[str, float], chosen: str
) -> pd.DataFrame:
    rows = []
    for name, path in ahead.items():
        test = tests.get(name)
        rows.append(
            {
                "method": name,
                "total": float(path.sum()),
                "origins": len(test.origins) if test else 0,
                "mase": test.mase if test else None,
                "error_common": common.get(name),
                "coverage": test.coverage if test else None,
                "n_coverage": test.n_coverage if test else 0,
                "is_chosen": name == chosen,
            }
        )
    kinds = {"mase": float, "error_common": float, "coverage": float}
    return pd.DataFrame(rows).astype(kinds)
