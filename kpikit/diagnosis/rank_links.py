"""
Ranks of the reps inside each period, and how two of them go together.

A month in which everybody sells much lifts the KPI and the plan of everybody.
Comparing the reps only with each other inside each month takes the season and
every company-wide shock out [1]_.

References
----------
.. [1] C. Spearman, The proof and measurement of association between two things,
   American Journal of Psychology 15 (1904) 72-101.
.. [2] M. S. Bartlett, Some aspects of the time-correlation problem in regard to
   tests of significance, JRSS 98 (1935) 536-543 (effective number of pairs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class WithinPeriod:
    """
    Rank correlation of two blocks inside each period.

    Attributes
    ----------
    rho : ndarray, shape (blocks,)
        Mean over the periods, each counting with its reps less one; null where
        no period can be judged.
    n, periods, reps : ndarray of int, shape (blocks,)
        Pairs, periods and reps behind it.
    freedom : ndarray of int, shape (blocks,)
        Sum over the periods of the reps less one; the mean of unrelated ranks
        has the variance ``1 / freedom``.
    left, right : ndarray, shape (blocks, periods, reps)
        Scores whose sum of products is ``rho``: ranks centred and scaled inside
        the period, those of ``left`` also weighted. 0 where a pair is missing.
    paired : ndarray of bool, shape (blocks, periods, reps)
        The pairs that were used.
    """

    rho: FloatArray
    n: npt.NDArray[np.int64]
    periods: npt.NDArray[np.int64]
    reps: npt.NDArray[np.int64]
    freedom: npt.NDArray[np.int64]
    left: FloatArray
    right: FloatArray
    paired: BoolArray


def within_period(facts: FloatArray, other: FloatArray) -> WithinPeriod:
    """
    Mean over the periods of the rank correlation among the reps of one period.

    Spearman's correlation with mean ranks for ties. A period in which either
    side is the same for all reps says nothing and does not count.

    Parameters
    ----------
    facts : ndarray, shape (blocks, periods, reps)
    other : ndarray, shape (periods, reps) or (blocks, periods, reps)
        Null where missing; a pair needs both.
    """
    paired = np.asarray(~np.isnan(facts) & ~np.isnan(other), dtype=bool)
    left = unit_ranks(np.where(paired, facts, np.nan))
    right = unit_ranks(np.where(paired, other, np.nan))
    judged = np.asarray(left.any(axis=-1) & right.any(axis=-1))
    paired &= judged[..., None]
    freedom = np.where(judged, paired.sum(axis=-1) - 1, 0)
    total = freedom.sum(axis=-1)
    left = left * (freedom / np.maximum(total, 1)[:, None])[..., None]
    right = right * judged[..., None]
    rho = np.where(total > 0, np.einsum("ktr,ktr->k", left, right), np.nan)
    return WithinPeriod(
        np.clip(rho, -1, 1),
        paired.sum(axis=(1, 2)),
        judged.sum(axis=-1),
        paired.any(axis=1).sum(axis=-1),
        total,
        left,
        right,
        paired,
    )


def unit_ranks(values: FloatArray) -> FloatArray:
    """
    Ranks along the last axis, mean 0 and length 1; mean ranks for ties.

    Missing values get 0, as does everything where all values are equal.
    """
    flat = pd.DataFrame(values.reshape(-1, values.shape[-1]))
    ranks = flat.rank(axis=1).to_numpy().reshape(values.shape)
    seen = ~np.isnan(ranks)
    count = np.maximum(seen.sum(axis=-1, keepdims=True), 1)
    centred = np.where(seen, ranks, 0.0)
    centred = np.where(seen, centred - centred.sum(axis=-1, keepdims=True) / count, 0.0)
    length = np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)


def inflation(link: WithinPeriod) -> FloatArray:
    """
    Variance of the mean correlation over that of unrelated months [2]_.

    Months repeat each other where the same reps stay ahead on both sides; then
    twelve months of four reps are closer to four observations than to 48. 1
    where months are new experiments. shape (blocks,)
    """
    first, per_rep = _persistence(link.left, link.paired)
    second, _ = _persistence(link.right, link.paired)
    return 1 + np.maximum(per_rep - 1, 0) * np.maximum(first, 0) * np.maximum(second, 0)


def serial_inflation(link: WithinPeriod) -> FloatArray:
    """
    Variance that drifts add to the co-movement of months [2]_; 1 without drifts.

    A rep who slowly rises in the KPI and slowly rises in the plan shows one
    rise, not twelve months. From the correlation of neighbouring months on both
    sides, reps' means taken out. shape (blocks,)
    """
    first, second = (_neighbours(own_months(side, link.paired), link.paired)
                     for side in (link.left, link.right))  # fmt: skip
    both = np.clip(np.maximum(first, 0) * np.maximum(second, 0), 0, 0.99)
    return (1 + both) / (1 - both)


def own_months(scores: FloatArray, paired: BoolArray) -> FloatArray:
    """Scores of a rep's months as differences from the rep's own mean; 0 where missing."""
    months = np.maximum(paired.sum(axis=1, keepdims=True), 1)
    return np.where(paired, scores - scores.sum(axis=1, keepdims=True) / months, 0.0)


def own_months_rho(link: WithinPeriod) -> FloatArray:
    """Correlation of the reps' months with their own means taken out; null without spread."""
    left, right = own_months(link.left, link.paired), own_months(link.right, link.paired)
    size = np.sqrt((left**2).sum(axis=(1, 2)) * (right**2).sum(axis=(1, 2)))
    products = (left * right).sum(axis=(1, 2))
    return np.divide(products, size, out=np.full(len(left), np.nan), where=size > 1e-12)


def _neighbours(own: FloatArray, paired: BoolArray) -> FloatArray:
    """Correlation of neighbouring months, cleared of the bias of short series."""
    both = paired[:, 1:] & paired[:, :-1]
    products = (own[:, 1:] * own[:, :-1] * both).sum(axis=(1, 2))
    pairs, cells = both.sum(axis=(1, 2)), paired.sum(axis=(1, 2))
    squares = (own**2).sum(axis=(1, 2)) * pairs / np.maximum(cells, 1)
    raw = np.divide(products, squares, out=np.zeros(len(own)), where=squares > 1e-12)
    periods = np.maximum(paired.any(axis=2).sum(axis=1), 1)
    return raw + (1 + 4 * raw) / periods


def _persistence(scores: FloatArray, paired: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Intraclass correlation of the reps' scores, and periods per rep, by block."""
    held = paired.sum(axis=-1, keepdims=True)
    length = np.sqrt((scores**2).sum(axis=-1, keepdims=True))
    scaled = np.divide(scores, length, out=np.zeros_like(scores), where=length > 0)
    scaled *= np.sqrt(np.maximum(held - 1, 0))
    months = paired.sum(axis=1)
    n, reps = months.sum(axis=1), (months > 0).sum(axis=1)
    periods = (held[..., 0] > 0).sum(axis=1)
    means = scaled.sum(axis=1) / np.maximum(months, 1)
    between_sum = (months * means**2).sum(axis=1)
    within_sum = (scaled**2).sum(axis=(1, 2)) - between_sum
    freedom = n - reps - periods + 1
    between = between_sum / np.maximum(reps - 1, 1)
    within = within_sum / np.maximum(freedom, 1)
    per_rep = (n - (months**2).sum(axis=1) / np.maximum(n, 1)) / np.maximum(reps - 1, 1)
    total = between + (per_rep - 1) * within
    icc = np.divide(between - within, total, out=np.zeros_like(total), where=total > 1e-12)
    return np.where((freedom > 0) & (reps > 1), icc, 0.0), per_rep
