"""
Hiring: when how many people must be asked to come.

Somebody hired today starts after a lead time and then learns for some months;
others leave meanwhile. The plan weighs hiring cost and wages against hours that
nobody has, by an integer programme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError


@dataclass(frozen=True, eq=False)
class HiringPlan:
    """
    The cheapest hiring plan.

    By month: ``hires`` decided [reps], ``hours`` of everybody [h],
    ``shortage`` [h]; ``cost`` in all [money].
    """

    hires: np.ndarray
    hours: np.ndarray
    shortage: np.ndarray
    cost: float


def expected_headcount(reps: float, monthly_attrition: float, months: int) -> np.ndarray:
    """
    Expected reps at the start of each month if nobody is replaced.

    Parameters
    ----------
    reps : float
        At the start of month 0.
    monthly_attrition : float
        Probability that a rep leaves within a month. [share]
    months : int

    Returns
    -------
    ndarray, shape (months + 1,)
        Start of months 0, 1, ... and the end of the last. [reps]
    """
    if not 0 <= monthly_attrition < 1:
        raise InputDataError(
            f"monthly_attrition must be at least 0 and below 1, not {monthly_attrition}; "
            "it is the share of the reps that leave in a month."
        )
    return reps * (1.0 - monthly_attrition) ** np.arange(months + 1)


def hires_without_delay(need_hours: Sequence[float], hours_per_rep: float, reps: int) -> np.ndarray:
    """
    Further reps by month if hiring worked at once: a lower bound, not a plan.

    Parameters
    ----------
    need_hours : sequence of float
        By month. [h]
    hours_per_rep : float
        Selling hours of a trained rep in a month. [h]
    reps : int
        Reps now.
    """
    need = np.ceil(np.asarray(need_hours, dtype=float) / hours_per_rep - 1e-9) - reps
    return np.maximum(need, 0.0).astype(int)


def hiring_plan(
    need_hours: Sequence[float],
    hours_per_rep: Sequence[float] | float,
    reps: float,
    *,
    ramp: Sequence[float] = (),
    lead_months: int = 0,
    wage: float,
    hire_cost: float,
    shortage_cost: float,
    max_hires_per_month: int | None = None,
    budget: float | None = None,
    monthly_attrition: float = 0.0,
) -> HiringPlan:
    """
    Find the cheapest hires by month.

    A hire decided in month ``t`` works from ``t + lead_months`` on, at the
    productivity of the ramp, and stays with the probability that attrition
    leaves. Hours that nobody has cost ``shortage_cost`` each.

    Parameters
    ----------
    need_hours : sequence of float
        By month. [h]
    hours_per_rep : float or sequence of float
        Selling hours of a trained rep, the same or by month. [h]
    reps : float
        Trained reps at the start.
    ramp : sequence of float
        Productivity in the 1st, 2nd, ... month of work; 1 afterwards. [share]
    lead_months : int
        Months from the decision to the first day of work.
    wage, hire_cost, shortage_cost : float
        Money per rep and month, per hire, per hour missing. [money]
    max_hires_per_month : int, optional
        What recruiting can manage.
    budget : float, optional
        Most money for hires and their wages. [money]
    monthly_attrition : float
        [share]

    Returns
    -------
    HiringPlan

    Raises
    ------
    InputDataError
        If a number breaks its limits.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    need = np.asarray(need_hours, dtype=float)
    count = len(need)
    if not count or (need < 0).any() or not np.isfinite(need).all():
        raise InputDataError("need_hours must be hours by month, none below 0.")
    if lead_months < 0 or any(not 0 <= step <= 1 for step in ramp):
        raise InputDataError("lead_months must not be below 0, and ramp must be shares.")
    if min(wage, hire_cost, shortage_cost) < 0:
        raise InputDataError("wage, hire_cost and shortage_cost must not be below 0.")
    per_rep = np.broadcast_to(np.asarray(hours_per_rep, dtype=float), (count,))
    staying = expected_headcount(1.0, monthly_attrition, count)[:count]
    work, paid = np.zeros((count, count)), np.zeros(count)
    for decided in range(count):
        for month in range(decided + lead_months, count):
            age = month - decided - lead_months
            learned = ramp[age] if age < len(ramp) else 1.0
            work[month, decided] = learned * staying[age] * per_rep[month]
            paid[decided] += staying[age] * wage
    here = reps * staying * per_rep
    price = np.concatenate([hire_cost + paid, np.full(count, shortage_cost)])
    limits = [LinearConstraint(np.hstack([work, np.eye(count)]), need - here, np.inf)]
    if budget is not None:
        limits.append(
            LinearConstraint(np.concatenate([hire_cost + paid, np.zeros(count)]), -np.inf, budget)
        )
    # More than everybody's hours at the lowest productivity cannot be of use.
    most = math.inf if max_hires_per_month is None else max_hires_per_month
    solution = milp(
        price,
        constraints=limits,
        integrality=np.concatenate([np.ones(count), np.zeros(count)]),
        bounds=Bounds(0, np.concatenate([np.full(count, most), np.full(count, np.inf)])),
    )
    if solution.x is None:
        raise InputDataError(f"no hiring plan keeps to the limits: {solution.message}")
    hires = np.rint(solution.x[:count]).astype(int)
    hours = here + work @ hires
    shortage = np.maximum(need - hours, 0.0)
    cost = float(price[:count] @ hires + shortage_cost * shortage.sum())
    return HiringPlan(hires, hours, shortage, cost)


def hire_by(
    need_month: pd.Timestamp | str, lead_months: int, ramp: Sequence[float] = ()
) -> pd.Timestamp:
    """
    Latest month in which to decide on a hire that is fully productive when needed.

    Parameters
    ----------
    need_month : Timestamp or ISO text
        Month in which the full productivity is needed.
    lead_months : int
        Months from the decision to the first day of work.
    ramp : sequence of float
        Productivity in the 1st, 2nd, ... month of work; 1 afterwards. [share]

    Returns
    -------
    Timestamp
        First of the month. It may lie in the past: then it is too late.
    """
    learning = max((i + 1 for i, step in enumerate(ramp) if step < 1.0), default=0)
    month = pd.Timestamp(need_month).to_period("M") - (learning + lead_months)
    return month.to_timestamp()
