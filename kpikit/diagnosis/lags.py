"""When the wins of one month's new deals come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpikit.diagnosis.incidence import FloatArray, Incidence, follow_up_horizon
from kpikit.errors import InputDataError

MEAN_MONTH_DAYS = 30.4375


@dataclass(frozen=True, eq=False)
class WinLagLaw:
    """
    When the wins of one month's new deals come.

    Attributes
    ----------
    increments : ndarray, shape (months,)
        Share of a month's new deals won in the same month, the next, ... They
        sum to ``conversion``, not to 1. [share]
    law : ndarray, shape (months,)
        The same for deals that are won; sums to 1, or is all 0 without a win.
    conversion : float
        [share]
    horizon : float
        Age up to which the curve was read. [days]
    moved : float
        Share of the wins that came after the last month and was put into it. [share]
    """

    increments: FloatArray
    law: FloatArray
    conversion: float
    horizon: float
    moved: float


def win_lag_law(
    incidence: Incidence,
    months: int = 12,
    *,
    horizon: float | None = None,
    month_days: float = MEAN_MONTH_DAYS,
) -> WinLagLaw:
    """
    Share of a month's new deals that is won 0, 1, 2, ... months later.

    Deals arrive evenly over their month, so a win at an age of one month falls
    into the next calendar month, at half a month partly into the same one.

    Parameters
    ----------
    incidence : Incidence
    months : int
        Length of the law, at least 1. [months]
    horizon : float, optional
        Age up to which wins are counted; the reading age of the conversion when
        left out. [days]
    month_days : float
        [days]

    Returns
    -------
    WinLagLaw
    """
    if months < 1:
        raise InputDataError(f"months must be at least 1, got {months}.")
    end = horizon if horizon is not None else follow_up_horizon(incidence)
    if end is None:
        raise InputDataError("No lag law: fewer than ten deals were followed long enough.")
    ages = incidence.times[incidence.times <= end]
    jumps = np.diff(np.concatenate([[0.0], incidence.won[: len(ages)]]))
    # Integral of the curve up to each month's end; the entry day averages over it.
    ends = month_days * np.arange(-1, months + 1)
    area = np.maximum(ends[:, None] - ages[None, :], 0.0) @ jumps
    increments = np.diff(area, n=2) / month_days
    share = float(jumps.sum())
    tail = max(share - float(increments.sum()), 0.0)
    increments[-1] += tail
    law = increments / share if share > 0 else np.zeros(months)
    return WinLagLaw(increments, law, share, float(end), tail / share if share > 0 else 0.0)
