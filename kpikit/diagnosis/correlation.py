"""
How exact a correlation is: what n pairs can show, intervals, and luck taken out.

References
----------
.. [1] R. A. Fisher, On the "probable error" of a coefficient of correlation
   deduced from a small sample, Metron 1 (1921) 3-32.
.. [2] D. Bonett, T. Wright, Sample size requirements for estimating Pearson,
   Kendall and Spearman correlations, Psychometrika 65 (2000) 23-28.
.. [3] R. DerSimonian, N. Laird, Meta-analysis in clinical trials, Controlled
   Clinical Trials 7 (1986) 177-188 (spread by moments).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from kpikit.diagnosis.shares import LEVEL

FloatArray = npt.NDArray[np.float64]

POOLED_COLUMNS = ("rho_pooled", "pooled_low", "pooled_high")


def minimum_detectable_rho(n: npt.ArrayLike, power: float = 0.8, alpha: float = 0.05) -> FloatArray:
    """
    Smallest correlation that ``n`` pairs show with the given power (two-sided) [1]_.

    Parameters
    ----------
    n : array_like
        Pairs; null gives null, 3 or fewer give 1: nothing can be shown.
    power, alpha : float
        [share]
    """
    pairs = np.asarray(n, dtype=float)
    needed = float(ndtri(1 - alpha / 2) + ndtri(power))
    usable = np.where(pairs > 3, pairs - 3, 1.0)
    return np.where(pairs > 3, np.tanh(needed / np.sqrt(usable)), np.where(pairs <= 3, 1.0, np.nan))


@dataclass(frozen=True, eq=False)
class PooledLinks:
    """
    Links drawn to their common mean.

    Attributes
    ----------
    table : DataFrame
        ``rho_pooled pooled_low pooled_high``; null where the link is unknown.
    pool, spread : float or None
        Mean and standard deviation of the true links as Fisher's z.
    """

    table: pd.DataFrame
    pool: float | None
    spread: float | None


def pool_links(rho: npt.ArrayLike, effective_n: npt.ArrayLike, level: float = LEVEL) -> PooledLinks:
    """
    Draw the links of a list of KPIs to their common mean.

    The best of 39 correlations is high by luck; this is what to expect of it
    next year. Fisher's z with variance ``1 / (n - 3)``, spread by moments [3]_.

    Parameters
    ----------
    rho : array_like, shape (kpis,)
        Null: not used.
    effective_n : array_like, shape (kpis,)
        Effective number of pairs; not used at 4 or fewer.
    level : float
        [share]
    """
    r, n = np.asarray(rho, dtype=float), np.asarray(effective_n, dtype=float)
    used = ~np.isnan(r) & (n > 4) & (np.abs(r) < 1)
    out = pd.DataFrame(np.nan, index=range(len(r)), columns=list(POOLED_COLUMNS))
    if used.sum() < 2:
        return PooledLinks(out, None, None)
    z, variance = np.arctanh(r[used]), 1 / (n[used] - 3)
    weight = 1 / variance
    mean = float(np.average(z, weights=weight))
    excess = float(np.sum(weight * (z - mean) ** 2)) - (len(z) - 1)
    between = max(0.0, excess / float(weight.sum() - (weight**2).sum() / weight.sum()))
    mean = float(np.average(z, weights=1 / (variance + between)))
    mean_variance = 1 / float(np.sum(1 / (variance + between)))
    own = between / (between + variance)
    centre = mean + own * (z - mean)
    # What is left of the KPI's own error, and the error of the mean it is drawn to.
    error = np.sqrt(own * variance + (1 - own) ** 2 * mean_variance)
    half = float(ndtri((1 + level) / 2)) * error
    out.loc[used] = np.tanh(np.column_stack([centre, centre - half, centre + half]))
    return PooledLinks(out, mean, math.sqrt(between))


def correlation_interval(
    rho: npt.ArrayLike, effective_n: npt.ArrayLike, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """
    Interval of rank correlations [2]_.

    Parameters
    ----------
    rho, effective_n : array_like, same shape
        Null, or 4 pairs or fewer, gives null.
    level : float
        [share]

    Returns
    -------
    low, high : ndarray
    """
    r, n = np.asarray(rho, dtype=float), np.asarray(effective_n, dtype=float)
    error = np.sqrt((1 + r**2 / 2) / np.where(n > 4, n - 3, np.nan))
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    half = float(ndtri((1 + level) / 2)) * error
    return np.tanh(z - half), np.tanh(z + half)
