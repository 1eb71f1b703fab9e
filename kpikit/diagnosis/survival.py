"""
Time to leave: Kaplan-Meier curves and laws fitted to durations with open deals.

References
----------
.. [1] E. Kaplan, P. Meier, Nonparametric estimation from incomplete
   observations, JASA 53 (1958) 457-481.
.. [2] R. Brookmeyer, J. Crowley, A confidence interval for the median survival
   time, Biometrics 38 (1982) 29-41.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from kpikit.diagnosis.incidence import FloatArray, IntArray, cumulative_incidence
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError
from kpikit.vocabulary import OPEN, WON


@dataclass(frozen=True, eq=False)
class Survival:
    """
    Share still there by age (Kaplan-Meier).

    Attributes
    ----------
    times : ndarray, shape (k,)
        Ages at which someone left. [days]
    at_risk, events : ndarray, shape (k,)
        Watched just before, and leaving at, each age. [deals]
    survival : ndarray, shape (k,)
        [share]
    n, n_events : int
        [deals]
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    survival: FloatArray
    n: int
    n_events: int

    def at(self, age: npt.ArrayLike) -> FloatArray:
        """Share still there after each age. [share]"""
        position = np.searchsorted(self.times, np.asarray(age, dtype=float), side="right")
        return np.asarray(np.concatenate([[1.0], self.survival])[position])

    def quantile(self, share: float) -> float | None:
        """Age by which ``share`` have left; None when that is not reached. [days]"""
        # The rounding of a product must not push 0.5000000001 past a half.
        reached = np.flatnonzero(self.survival <= 1 - share + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else None

    def quantile_interval(
        self, share: float, level: float = LEVEL, design_effect: float = 1.0
    ) -> tuple[float | None, float | None]:
        """
        Interval of :meth:`quantile` from the log-log band of the curve [2]_.

        Parameters
        ----------
        share, level : float
            [share]
        design_effect : float
            Factor on the variance for deals of one customer moving together.

        Returns
        -------
        tuple
            Ends, None where the band does not come down that far. [days]
        """
        lower, upper = self.band(level, design_effect)
        target = 1 - share + 1e-12
        ends = [np.flatnonzero(edge <= target) for edge in (lower, upper)]
        low, high = (float(self.times[i[0]]) if len(i) else None for i in ends)
        return low, high

    def band(
        self, level: float = LEVEL, design_effect: float = 1.0
    ) -> tuple[FloatArray, FloatArray]:
        """Pointwise log-log (Greenwood) band at ``times``. [share]"""
        n, d = self.at_risk.astype(float), self.events.astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            greenwood = np.cumsum(d / (n * (n - d))) * design_effect
            log_s = np.log(self.survival)
            spread = float(ndtri((1 + level) / 2)) * np.sqrt(greenwood) / np.abs(log_s)
            lower = self.survival ** np.exp(spread)
            upper = self.survival ** np.exp(-spread)
        # At the end nobody is left and the variance is unknown: keep the last width.
        over = ~(self.survival > 0)
        lower = np.where(over, 0.0, lower)
        last = upper[~over][-1] if (~over).any() else 1.0
        return lower, np.where(over, last, upper)

    def restricted_mean(self, horizon: float) -> float:
        """Mean time spent up to ``horizon``: the area under the curve. [days]"""
        inside = self.times < horizon
        edges = np.concatenate([[0.0], self.times[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        return float(np.sum(np.diff(edges) * heights))


def kaplan_meier(
    duration: npt.ArrayLike, is_over: npt.ArrayLike, entry_age: npt.ArrayLike | None = None
) -> Survival:
    """
    Share of deals still there by age, open ones censored.

    Parameters
    ----------
    duration : array_like, shape (n,)
        Age when the stay ended, or age now. [days]
    is_over : array_like of bool, shape (n,)
        Whether it ended.
    entry_age : array_like, shape (n,), optional
        Age when watching began. [days]

    Returns
    -------
    Survival
    """
    over = np.asarray(is_over, dtype=bool)
    curve = cumulative_incidence(duration, np.where(over, WON, OPEN), entry_age)
    return Survival(
        curve.times, curve.at_risk, curve.won_events, curve.survival, curve.n, curve.n_won
    )


@dataclass(frozen=True)
class LawFit:
    """
    A law of durations fitted with open deals, for the tail only.

    Attributes
    ----------
    law : str
        ``weibull`` or ``lognormal``.
    parameters : tuple of float
        Weibull: shape, scale [days]; lognormal: mean and sd of log days.
    median, mean : float
        [days]
    log_likelihood, aic : float
        Lower ``aic`` fits better.
    extrapolated : float
        Share of the law beyond the last age seen. [share]
    """

    law: str
    parameters: tuple[float, float]
    median: float
    mean: float
    log_likelihood: float
    aic: float
    extrapolated: float


def fit_laws(duration: npt.ArrayLike, is_over: npt.ArrayLike) -> tuple[LawFit, ...]:
    """
    Fit a Weibull and a lognormal law to durations with open deals.

    Returns
    -------
    tuple of LawFit
        Best (lowest AIC) first. Compare it with Kaplan-Meier before use.

    Raises
    ------
    InputDataError
        If fewer than two different stays ended, or a duration is not above 0.
    """
    from scipy import stats

    days, over = np.asarray(duration, dtype=float), np.asarray(is_over, dtype=bool)
    if not np.all(np.isfinite(days) & (days > 0)):
        raise InputDataError("durations must be above 0; replace 0 by half the clock step.")
    if len(np.unique(days[over])) < 2:
        raise InputDataError("a law needs at least two different stays that ended.")
    data = stats.CensoredData(uncensored=days[over], right=days[~over])
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    sigma, _, log_scale = stats.lognorm.fit(data, floc=0)
    fits = []
    for name, law, parameters in (
        ("weibull", stats.weibull_min(shape, scale=scale), (shape, scale)),
        ("lognormal", stats.lognorm(sigma, scale=log_scale), (math.log(log_scale), sigma)),
    ):
        likelihood = float(law.logpdf(days[over]).sum() + law.logsf(days[~over]).sum())
        fits.append(
            LawFit(
                name,
                (float(parameters[0]), float(parameters[1])),
                float(law.median()),
                float(law.mean()),
                likelihood,
                4 - 2 * likelihood,
                float(law.sf(days.max())),
            )
        )
    return tuple(sorted(fits, key=lambda fit: fit.aic))
