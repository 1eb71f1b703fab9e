"""
Shares with honest intervals: counts, small samples, prior knowledge.

A share is between 0 and 1. "0 of 8" does not mean 0 %, and an interval never
leaves the range: Wilson and Jeffreys intervals keep both promises, the usual
plus-minus two standard errors keeps neither [1]_.

References
----------
.. [1] L. Brown, T. Cai, A. DasGupta, Interval estimation for a binomial
   proportion, Statistical Science 16 (2001) 101-133.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, ndtri

from kpikit.errors import InputDataError

LEVEL = 0.90


@dataclass(frozen=True)
class ShareInterval:
    """A share with its interval: ``value``, ``low``, ``high``, ``level`` [share]."""

    value: float
    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Beta:
    """
    Beta law of an uncertain share.

    Parameters
    ----------
    alpha, beta : float
        Both above 0; read as successes and failures seen so far. [deals]
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.beta > 0):
            raise InputDataError(
                f"alpha and beta of a Beta law must be above 0, got {self.alpha:g} and "
                f"{self.beta:g}; a share of exactly 0 or 1 has no Beta law."
            )

    @property
    def mean(self) -> float:
        """Expected share. [share]"""
        return self.alpha / (self.alpha + self.beta)

    @property
    def sd(self) -> float:
        """Standard deviation of the share. [share]"""
        total = self.alpha + self.beta
        return math.sqrt(self.alpha * self.beta / (total * total * (total + 1)))

    def quantile(self, probability: float) -> float:
        """Share that is not exceeded with the given probability. [share]"""
        return float(betaincinv(self.alpha, self.beta, probability))

    def probability_below(self, share: float) -> float:
        """Probability that the true share is at most ``share``. [share]"""
        return float(betainc(self.alpha, self.beta, min(max(share, 0.0), 1.0)))

    def interval(self, level: float = LEVEL) -> ShareInterval:
        """Mean with the central interval of the given level."""
        tail = tail_of(level)
        return ShareInterval(self.mean, self.quantile(tail), self.quantile(1 - tail), level)

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Draw ``size`` shares."""
        return rng.beta(self.alpha, self.beta, size)


def wilson(successes: float, trials: float, level: float = LEVEL) -> ShareInterval:
    """
    Wilson score interval of a share.

    Parameters
    ----------
    successes, trials : float
        ``0 <= successes <= trials`` and ``trials > 0``. Fractions are allowed:
        an effective number of deals is rarely whole. [deals]
    level : float
        Probability that the interval holds the true share. [share]

    Returns
    -------
    ShareInterval

    Raises
    ------
    InputDataError
        If the counts are impossible.
    """
    _check_counts(successes, trials)
    low, high = wilson_limits(np.array([successes]), np.array([trials]), level)
    return ShareInterval(successes / trials, float(low[0]), float(high[0]), level)


def wilson_limits(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = LEVEL
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    Wilson limits of many shares at once.

    Parameters
    ----------
    successes, trials : array_like
        Counts of the same shape. [deals]
    level : float
        Probability that an interval holds its true share. [share]

    Returns
    -------
    tuple of ndarray
        Lower and upper limits; null where there was no trial. [share]
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    z = float(ndtri(1 - tail_of(level)))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        shrink = 1 + z * z / n
        centre = share + z * z / (2 * n)
        # Exactly 0 and 1 at the ends, where rounding would leave 1e-18 or 1 - 1e-16.
        low = np.where(k == 0, 0.0, np.maximum(0.0, (centre - spread) / shrink))
        high = np.where(k == n, 1.0, np.minimum(1.0, (centre + spread) / shrink))
    tried = n > 0
    return np.where(tried, low, np.nan), np.where(tried, high, np.nan)


def jeffreys(successes: float, trials: float, level: float = LEVEL) -> ShareInterval:
    """
    Jeffreys interval: quantiles of Beta(x + 1/2, n - x + 1/2).

    The lower end is 0 when nothing succeeded, the upper end is 1 when
    everything did. Parameters and errors as in :func:`wilson`.
    """
    _check_counts(successes, trials)
    tail = tail_of(level)
    law = Beta(successes + 0.5, trials - successes + 0.5)
    low = 0.0 if successes == 0 else law.quantile(tail)
    high = 1.0 if successes == trials else law.quantile(1 - tail)
    return ShareInterval(successes / trials, low, high, level)


def interval_from_error(
    share: float, standard_error: float, most_trials: float, level: float = LEVEL
) -> ShareInterval:
    """
    Interval of a share estimated with open and clustered deals.

    The standard error is turned into the number of independent, fully followed
    deals that would give the same error, ``share (1 - share) / error^2``, and
    the Wilson interval of that number is taken [2]_. Without open deals and
    with one deal per customer this is the plain Wilson interval.

    Parameters
    ----------
    share : float
        Estimate. [share]
    standard_error : float
        Its standard error, customers resampled as a whole. [share]
    most_trials : float
        Upper limit for the effective number, normally the number of deals;
        it also serves when the error is 0 (nobody won, or everybody). [deals]
    level : float
        [share]

    References
    ----------
    .. [2] E. Korn, B. Graubard, Confidence intervals for proportions with small
       expected number of positive counts, Survey Methodology 24 (1998) 193-201.
    """
    trials = effective_trials(share, standard_error, most_trials)
    return wilson(min(max(share, 0.0), 1.0) * trials, trials, level)


def effective_trials(share: float, standard_error: float, most_trials: float) -> float:
    """Independent, fully followed deals that would give the same error. [deals]"""
    if most_trials <= 0:
        raise InputDataError(f"most_trials must be above 0, got {most_trials:g}.")
    if standard_error <= 0 or not 0 < share < 1:
        return most_trials
    return min(share * (1 - share) / standard_error**2, most_trials)


def beta_posterior(successes: float, trials: float, prior: Beta | None = None) -> Beta:
    """
    What is known of a share after counting.

    Parameters
    ----------
    successes, trials : float
        [deals]
    prior : Beta, optional
        Knowledge before counting; Jeffreys' Beta(1/2, 1/2) when left out.
    """
    if successes != 0 or trials != 0:
        _check_counts(successes, trials)
    before = prior or Beta(0.5, 0.5)
    return Beta(before.alpha + successes, before.beta + trials - successes)


def beta_from_mean_sd(mean: float, sd: float) -> Beta:
    """
    Beta law with a given mean and standard deviation (matching of moments).

    Parameters
    ----------
    mean : float
        Above 0 and below 1. [share]
    sd : float
        Above 0 and below ``sqrt(mean (1 - mean))``. [share]

    Raises
    ------
    InputDataError
        If no Beta law has these moments.
    """
    if not 0 < mean < 1:
        raise InputDataError(f"mean must be above 0 and below 1, got {mean:g}.")
    most = math.sqrt(mean * (1 - mean))
    if not 0 < sd < most:
        raise InputDataError(
            f"sd must be above 0 and below {most:.4g} for a mean of {mean:g}, got {sd:g}."
        )
    precision = mean * (1 - mean) / sd**2 - 1
    return Beta(mean * precision, (1 - mean) * precision)


def tail_of(level: float) -> float:
    """Probability left on each side of an interval of this level. [share]"""
    if not 0 < level < 1:
        raise InputDataError(f"level must be above 0 and below 1, got {level:g}.")
    return (1 - level) / 2


def _check_counts(successes: float, trials: float) -> None:
    if not (trials > 0 and 0 <= successes <= trials):
        raise InputDataError(
            "successes must lie between 0 and trials, and trials must be above 0; "
            f"got {successes:g} of {trials:g}."
        )
