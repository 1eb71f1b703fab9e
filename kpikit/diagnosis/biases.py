"""
What usual averages of cycle time really measure.

References
----------
.. [1] D. Cox, Some sampling problems in technology, in New Developments in
   Survey Sampling, 1969 (length bias).
.. [2] S. Lagakos, L. Barraj, V. De Gruttola, Nonparametric analysis of truncated
   survival data, Biometrika 75 (1988) (right truncation).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError


def seen_open_mean(mean: float, cv: float) -> tuple[float, float]:
    """
    Mean whole duration and mean age of deals found open on a given day [1]_.

    Long deals are found more often: ``mean (1 + cv^2)`` and half of it. Neither
    is the mean duration.

    Parameters
    ----------
    mean : float
        True mean duration. [days]
    cv : float
        Its sd / mean.

    Returns
    -------
    tuple of float
        [days]
    """
    whole = mean * (1 + cv**2)
    return whole, whole / 2


def length_biased_mean(durations: npt.ArrayLike) -> float:
    """Mean duration of a deal picked among those open on a random day. [days]"""
    days = np.asarray(durations, dtype=float)
    return float((days**2).sum() / days.sum())


def right_truncated_mean(mean: float, window: float) -> tuple[float, float]:
    """
    Mean of deals both created and closed inside a window, and their share [2]_.

    For exponential durations and even arrivals: what is found when the average
    is taken over deals that were created and closed in the same period.

    Parameters
    ----------
    mean : float
        True mean duration. [days]
    window : float
        [days]

    Returns
    -------
    tuple of float
        Mean of the deals seen [days] and share of the deals seen [share].
    """
    if not (mean > 0 and window > 0):
        raise InputDataError(f"mean and window must be above 0, got {mean:g} and {window:g}.")
    rate = window / mean
    decay = math.exp(-rate)
    seen = 1 - (1 - decay) / rate
    # Integral of x (1 - x / w) exp(-x / m) / m over 0..w.
    first = mean * (1 - decay * (1 + rate))
    second = mean**2 / window * (2 - decay * (2 + 2 * rate + rate**2))
    return (first - second) / seen, seen
