"""
Spread between reps and spread within reps, in tables with gaps and other effects.

References
----------
.. [1] P. Shrout, J. Fleiss, Intraclass correlations: uses in assessing rater
   reliability, Psychological Bulletin 86 (1979) 420-428.
.. [2] C. R. Henderson, Estimation of variance and covariance components,
   Biometrics 9 (1953) 226-252 (method 3, for unbalanced tables).
.. [3] J. Seely, Y. El-Bassiouni, Applying Wald's variance component test,
   Annals of Statistics 11 (1983) 197-201 (interval exact for any table).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.special import fdtri

from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class VarianceOfReps:
    """
    Analysis of variance of reps after other effects.

    Attributes
    ----------
    between, within : float
        Mean squares. [squared]
    freedom_between, freedom_within : int
    per_rep : float
        Weight of the variance of reps in ``between`` (k0). [values]
    variance : float
        Variance of reps; negative where chance makes reps more alike than
        they can be. [squared]
    icc, low, high : float
        Raw intraclass correlation and its interval, cut at 0. [share]
    """

    between: float
    within: float
    freedom_between: int
    freedom_within: int
    per_rep: float
    variance: float
    icc: float
    low: float
    high: float


def variance_of_reps(
    values: npt.ArrayLike,
    rep: npt.ArrayLike,
    others: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> VarianceOfReps:
    """
    Split the spread of values into between and within reps [1]_ [2]_.

    The interval is exact for normal values, also in unbalanced tables [3]_; in
    balanced ones it is the F interval of the textbooks.

    Parameters
    ----------
    values : array_like, shape (n,)
    rep : array_like, shape (n,)
    others : array_like, shape (n, columns), optional
        Effects that are taken out first, such as one column per period.
    level : float
        [share]

    Raises
    ------
    InputDataError
        If the other effects leave no reps to compare or no spread within them.
    """
    y = np.asarray(values, dtype=float)
    codes = pd.factorize(np.asarray(rep, dtype=object))[0]
    units = np.eye(codes.max() + 1)[codes]
    taken = np.ones((len(y), 1)) if others is None else np.column_stack([np.ones(len(y)), others])
    basis = basis_of(taken)
    net, net_units = y - basis @ (basis.T @ y), units - basis @ (basis.T @ units)
    # Rotated into coordinates with variance within + weight * variance of reps.
    weights, turn = np.linalg.eigh(net_units.T @ net_units)
    kept = weights > 1e-8 * len(y)
    weights = weights[kept]
    squares = ((net_units @ turn[:, kept]).T @ net) ** 2 / weights
    freedom_between = int(kept.sum())
    freedom_within = len(y) - basis.shape[1] - freedom_between
    if freedom_between < 1 or freedom_within < 1:
        raise InputDataError(
            f"{len(y)} values of {units.shape[1]} reps cannot be split into reps and "
            f"{basis.shape[1]} other effects; give more periods or fewer effects."
        )
    scale = float(y @ y) * 1e-14
    total = max(float(net @ net), 0.0)
    between = float(squares.sum()) / freedom_between
    within = max(total - float(squares.sum()), 0.0) / freedom_within
    if total <= scale:
        between = within = 0.0
    elif within * freedom_within <= scale:
        within = 0.0
    per_rep = float(weights.mean())
    variance = (between - within) / per_rep
    spread = variance + within
    tail = (1 - level) / 2
    low, high = (
        _icc_at(squares, weights, within, float(fdtri(freedom_between, freedom_within, p)))
        for p in (1 - tail, tail)
    )
    icc = variance / spread if spread > 0 else math.nan
    return VarianceOfReps(
        between, within, freedom_between, freedom_within, per_rep, variance, icc, low, high
    )


def _icc_at(squares: FloatArray, weights: FloatArray, within: float, quantile: float) -> float:
    """Intraclass correlation at which the F ratio of reps equals ``quantile``; 0 at least."""
    if within == 0:
        return 1.0 if squares.sum() > 0 else 0.0

    def above(share: float) -> float:
        ratio = share / (1 - share)
        return float((squares / (1 + ratio * weights)).mean()) / within - quantile

    if above(0.0) <= 0:
        return 0.0
    most = 1 - 1e-12
    return most if above(most) >= 0 else float(brentq(above, 0.0, most, xtol=1e-12))


def basis_of(columns: FloatArray) -> FloatArray:
    """Orthonormal basis of what the columns span."""
    length = np.sqrt((columns**2).sum(axis=0))
    scaled = columns[:, length > 0] / length[length > 0]
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return left[:, size > 1e-9 * size[0]]
