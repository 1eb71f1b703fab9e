"""
What a payout curve is worth when results vary, and where it moves nobody.

Because a curve has corners, the bonus to expect is not the bonus of the expected
result: below a threshold a bad month costs nothing more, above a cap a good one
earns nothing more. So the curve is weighed with the whole law of attainments.

References
----------
.. [1] S. Misra, H. Nair, A structural model of sales-force compensation dynamics,
   Quantitative Marketing and Economics 9 (2011) 211-257 (caps and thresholds).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from kpikit.diagnosis.payout import PayoutCurve, payout, pieces_of, settled, slope
from kpikit.errors import InputDataError


@dataclass(frozen=True)
class ExpectedPayout:
    """
    The payout under uncertainty.

    ``mean`` and ``sd`` [share of the target bonus]; ``below_threshold`` and
    ``at_cap``: probability that nothing is paid because the threshold is missed,
    and that more would earn nothing (0 without a cap) [share].
    """

    mean: float
    sd: float
    below_threshold: float
    at_cap: float


def expected_payout_normal(curve: PayoutCurve, mean: float, sd: float) -> ExpectedPayout:
    """
    Exact payout when attainments are normal.

    Parameters
    ----------
    mean, sd : float
        Of the attainment; sd above 0. [share]
    """
    if not (math.isfinite(mean) and sd > 0):
        raise InputDataError(f"the attainment needs a finite mean and an sd above 0, got {sd:g}.")
    start, level, rise = pieces_of(curve)
    edges = (np.r_[start, np.inf] - mean) / sd
    weight = np.diff(ndtr(edges))
    # Moments of a normal law between two edges [z phi(z) -> 0 at the infinite ends].
    height = np.exp(-0.5 * edges**2) / math.sqrt(2.0 * math.pi)
    lever = np.where(np.isfinite(edges), edges, 0.0) * height
    first = -np.diff(height)
    second = weight - np.diff(lever)
    # On a piece the payout is a + b z.
    b = rise * sd
    a = level + rise * (mean - np.where(np.isfinite(start), start, mean))
    expected = float((a * weight + b * first).sum())
    square = float((a * a * weight + 2.0 * a * b * first + b * b * second).sum())
    cap = curve.cap_from
    return ExpectedPayout(
        mean=expected,
        sd=math.sqrt(max(square - expected * expected, 0.0)),
        below_threshold=float(ndtr((curve.threshold - mean) / sd)),
        at_cap=0.0 if cap is None else float(ndtr((mean - cap) / sd)),
    )


def expected_payout_observed(curve: PayoutCurve, attainment: npt.ArrayLike) -> ExpectedPayout:
    """
    Payout over the attainments that occurred; missing ones are left out.

    Parameters
    ----------
    attainment : array_like
        At least one known. [share]
    """
    reached = settled(attainment)
    reached = reached[~np.isnan(reached)]
    if not len(reached):
        raise InputDataError("no attainment is known; the payout has nothing to be weighed with.")
    paid = payout(curve, reached)
    cap = curve.cap_from
    return ExpectedPayout(
        mean=float(paid.mean()),
        sd=float(paid.std()),
        below_threshold=float((reached < curve.threshold).mean()),
        at_cap=0.0 if cap is None else float((reached >= cap).mean()),
    )


@dataclass(frozen=True)
class DeadZones:
    """
    Where one more sale earns nothing.

    Shares of the known attainments: ``below_threshold``, ``at_cap``, ``flat`` (on a
    level stretch between), ``total`` their sum [share]; ``n`` known attainments.
    """

    below_threshold: float
    at_cap: float
    flat: float
    total: float
    n: int


def dead_zones(curve: PayoutCurve, attainment: npt.ArrayLike) -> DeadZones:
    """Share of attainments at which the curve is level. [share]"""
    reached = settled(attainment)
    reached = reached[~np.isnan(reached)]
    if not len(reached):
        raise InputDataError("no attainment is known; dead zones cannot be counted.")
    level = slope(curve, reached) == 0.0
    low = level & (reached < curve.threshold)
    high = level & (reached >= (math.inf if curve.cap_from is None else curve.cap_from)) & ~low
    return DeadZones(
        below_threshold=float(low.mean()),
        at_cap=float(high.mean()),
        flat=float((level & ~low & ~high).mean()),
        total=float(level.mean()),
        n=len(reached),
    )
