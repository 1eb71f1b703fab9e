"""
What a result earns: the payout curve of one KPI, and several KPIs together.

A payout curve turns the attainment of a target into a share of the target
bonus: nothing below a threshold, faster above the target, no more above a cap.
What it is worth when results vary is in :mod:`kpikit.diagnosis.payout_odds`.

References
----------
.. [1] A. Basu, R. Lal, V. Srinivasan, R. Staelin, Salesforce compensation plans:
   an agency theoretic perspective, Marketing Science 4 (1985) 267-291.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]
EXAMPLE = "0.8:0.5, 1.0:1.0, 1.2:1.5"
#: Written at the end of a curve without a cap: its last slope goes on.
NO_CAP = "..."


@dataclass(frozen=True)
class PayoutCurve:
    """
    Piecewise linear share of the target bonus by attainment.

    Below the first point nothing is paid. From the last point on the payout stays
    (a cap), or rises with the last slope where ``is_capped`` is false. Two points
    with the same attainment make a jump; the second one counts there.

    Parameters
    ----------
    points : tuple of (attainment, payout)
        In order of attainment, at least one. [share], [share of the target bonus]
    is_capped : bool
        A property of the client's rule.
    """

    points: tuple[tuple[float, float], ...]
    is_capped: bool = True

    def __post_init__(self) -> None:
        _check_points(self.points, self.is_capped)

    @property
    def threshold(self) -> float:
        """Attainment below which nothing is paid. [share]"""
        for (at, paid), (_, later) in itertools.pairwise(self.points):
            if paid > 0 or later > 0:
                # From a zero the payout rises, unless it jumps at the same place.
                return at
        return self.points[-1][0]

    @property
    def cap_from(self) -> float | None:
        """Attainment from which more results earn nothing more; None without a cap. [share]"""
        if not self.is_capped:
            return None
        level = self.points[-1][1]
        first = len(self.points) - 1
        while first > 0 and self.points[first - 1][1] == level:
            first -= 1
        return self.points[first][0]


def parse_curve(text: str) -> PayoutCurve:
    """
    Read a curve such as ``0.8:0.5, 1.0:1.0, 1.2:1.5``.

    Percent signs are understood (``80%:50%``), and commas as decimal marks when the
    points are separated by semicolons (``0,8:0,5; 1,0:1,0``). A last point ``...``
    says that there is no cap.

    Raises
    ------
    InputDataError
        The message names the point and the rule.
    """
    separator = ";" if ";" in text else ","
    parts = [part.strip() for part in text.split(separator) if part.strip()]
    is_capped = not (parts and parts[-1] in (NO_CAP, "…"))
    parts = parts if is_capped else parts[:-1]
    points = []
    for part in parts:
        sides = part.split(":")
        if len(sides) != 2:
            raise InputDataError(
                f"payout curve '{text}': '{part}' is not attainment:payout; "
                f"write it like {EXAMPLE}."
            )
        points.append((_number(sides[0], part, text), _number(sides[1], part, text)))
    if not points:
        raise InputDataError(f"payout curve '{text}' has no points; write it like {EXAMPLE}.")
    try:
        return PayoutCurve(tuple(points), is_capped)
    except InputDataError as error:
        raise InputDataError(f"payout curve '{text}': {error}") from None


def format_curve(curve: PayoutCurve) -> str:
    """Write the curve in the form that :func:`parse_curve` reads."""
    parts = [f"{_plain(at)}:{_plain(paid)}" for at, paid in curve.points]
    return ", ".join(parts if curve.is_capped else [*parts, NO_CAP])


def settled(attainment: npt.ArrayLike) -> FloatArray:
    """
    Attainments without the last bits: 2.4 of 3 reaches 80 %, also in binary fractions.

    Without this a bonus could be lost at a threshold by 1e-16. [share]
    """
    return np.round(np.asarray(attainment, dtype=float), 9)


def payout(curve: PayoutCurve, attainment: npt.ArrayLike) -> FloatArray:
    """
    Payout at each attainment; missing stays missing.

    Parameters
    ----------
    attainment : array_like
        [share]

    Returns
    -------
    ndarray
        [share of the target bonus]
    """
    reached = settled(attainment)
    start, level, slope = pieces_of(curve)
    piece = np.searchsorted(start, reached, side="right") - 1
    # Missing attainments sort behind everything; they are put back below.
    paid = level[piece] + slope[piece] * (reached - np.where(piece == 0, reached, start[piece]))
    return np.where(np.isnan(reached), np.nan, paid)


def slope(curve: PayoutCurve, attainment: npt.ArrayLike) -> FloatArray:
    """Payout gained per unit of attainment at each position; jumps not counted. [1]"""
    reached = settled(attainment)
    start, _, slopes = pieces_of(curve)
    found = slopes[np.searchsorted(start, reached, side="right") - 1]
    return np.where(np.isnan(reached), np.nan, found)


def money_per_unit(
    curve: PayoutCurve, attainment: npt.ArrayLike, *, target: float, weight: float, bonus: float
) -> FloatArray:
    """
    Money that one more unit of the KPI (a call, a contract) earns at each position.

    Parameters
    ----------
    attainment : array_like
        [share]
    target : float
        Target of the KPI, above 0. [units]
    weight : float
        Weight of the KPI in the bonus. [share]
    bonus : float
        Target bonus. [money]

    Returns
    -------
    ndarray
        [money/unit]
    """
    if not target > 0:
        raise InputDataError(f"the target of the KPI must be above 0, got {target:g}.")
    return slope(curve, attainment) * weight * bonus / target


def additive(payouts: npt.ArrayLike, weights: npt.ArrayLike) -> FloatArray:
    """Weighted sum of the KPI payouts: hides a zero on one KPI. [share of the bonus]"""
    paid, shares = _matrix(payouts, weights)
    return paid[..., shares > 0] @ shares[shares > 0]


def geometric(payouts: npt.ArrayLike, weights: npt.ArrayLike) -> FloatArray:
    """Product of the KPI payouts to the power of their weights. [share of the bonus]"""
    paid, shares = _matrix(payouts, weights)
    return np.prod(paid**shares, axis=-1)


def product(payouts: npt.ArrayLike, weights: npt.ArrayLike) -> FloatArray:
    """Product of the KPI payouts; a KPI without weight is left out. [share of the bonus]"""
    paid, shares = _matrix(payouts, weights)
    return np.prod(paid[..., shares > 0], axis=-1)


#: How the payouts of several KPIs become one (`pay_rules.combination`).
COMBINATIONS: Mapping[str, Callable[[npt.ArrayLike, npt.ArrayLike], FloatArray]] = MappingProxyType(
    {"additive": additive, "geometric": geometric, "product": product}
)


def _matrix(payouts: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    paid, shares = np.asarray(payouts, dtype=float), np.asarray(weights, dtype=float)
    if paid.shape[-1:] != shares.shape or not (shares >= 0).all() or (paid < 0).any():
        raise InputDataError(
            f"a KPI matrix needs one weight of 0 or more per KPI and payouts of 0 or more; got "
            f"{shares.tolist()} for payouts of shape {paid.shape}."
        )
    return paid, shares


def pieces_of(curve: PayoutCurve) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    The straight pieces of the curve, from minus infinity on.

    Returns
    -------
    start, level, slope : ndarray
        Attainment where the piece starts, payout there, and its slope; the first
        piece lies below the first point and pays nothing.
    """
    at = np.array([point[0] for point in curve.points])
    paid = np.array([point[1] for point in curve.points])
    # A jump is a piece without width; it is dropped, its second point starts the next piece.
    width = np.diff(at)
    rise = np.divide(np.diff(paid), width, out=np.zeros(len(width)), where=width > 0)
    last = 0.0 if curve.is_capped else float(rise[-1])
    keep = np.r_[width > 0, True]
    return (
        np.r_[-np.inf, at[keep]],
        np.r_[0.0, paid[keep]],
        np.r_[0.0, np.r_[rise, last][keep]],
    )


def _check_points(points: tuple[tuple[float, float], ...], is_capped: bool) -> None:
    if not points:
        raise InputDataError(f"a payout curve needs at least one point, such as {EXAMPLE}.")
    for at, paid in points:
        if not (math.isfinite(at) and math.isfinite(paid)) or at < 0 or paid < 0:
            raise InputDataError(
                f"the point {at:g}:{paid:g} must hold two numbers of 0 or more, "
                "attainment and payout."
            )
    for (before, _), (after, _) in itertools.pairwise(points):
        if after < before:
            raise InputDataError(
                f"attainment {after:g} comes after {before:g}; write the points in rising order."
            )
    for first, third in zip(points, points[2:], strict=False):
        if first[0] == third[0]:
            raise InputDataError(
                f"attainment {first[0]:g} has three points; two are enough for a jump."
            )
    if not is_capped and (len(points) < 2 or points[-1][0] == points[-2][0]):
        raise InputDataError(
            "a curve without a cap needs two points of different attainment at its end, "
            "from which its last slope is read."
        )


def _number(text: str, part: str, whole: str) -> float:
    plain = text.strip().replace(",", ".")
    is_percent = plain.endswith("%")
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        raise InputDataError(
            f"payout curve '{whole}': '{text.strip()}' in '{part}' is not a number; "
            f"write it like {EXAMPLE}."
        ) from None
    return value / 100.0 if is_percent else value


def _plain(value: float) -> str:
    return repr(float(value))
