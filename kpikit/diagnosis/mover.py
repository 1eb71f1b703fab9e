"""
The change between two estimates that come with intervals.

Only the arms that face each other can close the gap between two values, so they
alone carry the test, and lopsided intervals are respected (MOVER [1]_ [2]_). Where
a quantity has a natural scale, the arms are measured there: shares by their
log-odds, positive quantities by their logarithm.

References
----------
.. [1] R. G. Newcombe, Interval estimation for the difference between independent
   proportions: comparison of eleven methods, Statistics in Medicine 17 (1998)
   873-890, method 10.
.. [2] G. Y. Zou, A. Donner, Construction of confidence limits about effect
   measures: a general approach, Statistics in Medicine 27 (2008) 1693-1702.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from kpikit.diagnosis.shares import LEVEL

FloatArray = npt.NDArray[np.float64]
Transform = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Estimates:
    """
    Estimates of one run with their intervals, arrays of one length.

    ``value``, ``low`` and ``high`` in the unit of the figure, null where missing;
    ``z`` half width of the interval in standard errors.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    z: FloatArray

    @classmethod
    def at_level(
        cls, value: FloatArray, low: FloatArray, high: FloatArray, level: FloatArray
    ) -> Estimates:
        """Estimates with limits at a level [share]; limits on the wrong side are left out."""
        usable = (level > 0) & (level < 1)
        z = np.where(usable, ndtri((1.0 + np.where(usable, level, 0.5)) / 2.0), np.nan)
        return cls(
            value, np.where(low <= value, low, np.nan), np.where(high >= value, high, np.nan), z
        )

    def on(self, scale: Transform) -> Estimates:
        """The same estimates on another scale."""
        return replace(self, value=scale(self.value), low=scale(self.low), high=scale(self.high))


def standardised(before: Estimates, after: Estimates, scale: npt.ArrayLike) -> FloatArray:
    """
    Change in its own standard errors, each from the arms that face each other.

    When a figure rose, the upper arm of the earlier interval and the lower arm of
    the later one lie between the two values: only they can close the gap.

    Parameters
    ----------
    before, after : Estimates
    scale : array_like of str
        ``logit``, ``log`` or ``linear`` for each pair. A value that the scale does
        not hold (a share of 0, a money amount below 0) is taken as it is.

    Returns
    -------
    ndarray
        Null where a facing arm is missing or neither has a width.
    """
    wanted = np.asarray(scale, dtype=object)
    z = _facing(before, after)
    for name, transform, holds in SCALES:
        fits = (wanted == name) & holds(before) & holds(after)
        z = np.where(fits, _facing(before.on(transform), after.on(transform)), z)
    return z


@np.errstate(divide="ignore", invalid="ignore")  # pairs that the scale does not hold
def _facing(before: Estimates, after: Estimates) -> FloatArray:
    change = after.value - before.value
    rose = change >= 0
    earlier = np.where(rose, before.high - before.value, before.value - before.low) / before.z
    later = np.where(rose, after.value - after.low, after.high - after.value) / after.z
    error = np.hypot(earlier, later)
    z = change / error
    return np.where(error > 0, z, np.nan)


def mover_limits(
    before: Estimates, after: Estimates, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """
    Interval of the change, in the unit of the figure.

    Parameters
    ----------
    before, after : Estimates
    level : float
        Of the interval. [share]

    Returns
    -------
    tuple of ndarray
        Lower and upper limit; null where an arm is missing.
    """
    width = ndtri((1.0 + level) / 2.0)
    change = after.value - before.value
    down = np.hypot((after.value - after.low) / after.z, (before.high - before.value) / before.z)
    up = np.hypot((after.high - after.value) / after.z, (before.value - before.low) / before.z)
    return change - width * down, change + width * up


def _logit(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(x) - np.log1p(-x))


def _log(x: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(x))


def _is_share(item: Estimates) -> npt.NDArray[np.bool_]:
    inside = (item.value > 0) & (item.value < 1)
    return inside & ~(item.low < 0) & ~(item.high > 1)


def _is_positive(item: Estimates) -> npt.NDArray[np.bool_]:
    return (item.value > 0) & ~(item.low < 0)


#: Name, transform, and which estimates it can hold.
SCALES = (("logit", _logit, _is_share), ("log", _log, _is_positive))
