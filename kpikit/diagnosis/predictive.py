"""
The law of an amount to come, from the errors made on past ones.

References
----------
.. [1] F. Satterthwaite, An approximate distribution of estimates of variance
   components, Biometrics Bulletin 2 (1946) 110-114.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from kpikit.errors import InputDataError

#: Fewer errors than this have no spread to speak of.
LEAST_ERRORS = 3
LEVEL = 0.80


@dataclass(frozen=True)
class LogLaw:
    """
    Predictive law of an amount: its logarithm is Student-t around ``centre``.

    Attributes
    ----------
    centre : float
        Median of the amount. [money]
    spread : float
        Scale of the logarithm, the uncertainty of its mean included. [log]
    df : float
        Degrees of freedom.
    n : int
        Number of past errors behind it.
    """

    centre: float
    spread: float
    df: float
    n: int

    def probability_at_least(self, amount: float) -> float:
        """Probability of this amount or more. [share]"""
        if amount <= 0:
            return 1.0
        distance = math.log(amount / self.centre)
        if self.spread == 0:
            return 1.0 if distance <= 0 else 0.0
        return float(stdtr(self.df, -distance / self.spread))

    def quantile(self, share: float) -> float:
        """Amount that is not exceeded with this probability. [money]"""
        return self.centre * math.exp(self.spread * float(stdtrit(self.df, share)))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Central interval of the given level. [money]"""
        tail = (1.0 - level) / 2.0
        return self.quantile(tail), self.quantile(1.0 - tail)


def law_of_total(total: float, ratios: npt.ArrayLike, overlap: int = 1) -> LogLaw:
    """
    Predictive law of a total from past ratios of actual to forecast.

    The next log ratio is drawn from the same normal law as the past ones, with
    mean and spread unknown: Student-t with n - 1 degrees of freedom and the
    factor sqrt(1 + 1/n). Trials one period apart on totals of ``overlap``
    periods share periods and resemble each other, so that seven of them know
    as much as about three apart: neighbours k periods apart are taken to
    correlate by 1 - k/overlap, the sample variance is freed of its bias and the
    degrees of freedom are those of Satterthwaite [1]_.

    Parameters
    ----------
    total : float
        Forecast, above 0. [money]
    ratios : array_like
        At least three, above 0, in order of time. [ratio]
    overlap : int
        Periods in one total when the trials are one period apart; 1 for
        independent trials. [periods]
    """
    seen = np.asarray(ratios, dtype=float)
    if len(seen) < LEAST_ERRORS or not (seen > 0).all() or not total > 0:
        raise InputDataError(
            f"a forecast needs at least {LEAST_ERRORS} past ratios above 0 and a total above 0; "
            f"got {len(seen)} ratios and a total of {total:g}."
        )
    logs = np.log(seen)
    n = len(logs)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    alike = np.maximum(1.0 - apart / overlap, 0.0)
    deviation = (np.eye(n) - 1.0 / n) @ alike
    bias = float(np.trace(deviation)) / (n - 1)
    of_mean = float(alike.sum()) / n**2
    return LogLaw(
        centre=total * math.exp(float(logs.mean())),
        spread=float(logs.std(ddof=1)) * math.sqrt((1.0 + of_mean) / bias),
        df=float(np.trace(deviation) ** 2 / np.trace(deviation @ deviation)),
        n=n,
    )
