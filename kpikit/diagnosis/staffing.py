"""
Staffing: from work to people, and from people to the odds of the plan.

The classical sizing methods serve as cross-checks; the static cascade is the
workload build-up from money to people for a period as a whole. The odds of the
plan are in :mod:`kpikit.diagnosis.odds`, whose names are given here as well.

References
----------
.. [1] W. J. Talley, "How to design sales territories", J. Marketing 25, 1961.
.. [2] W. J. Semlow, "How many salesmen do you need?", Harvard Business Review 37, 1959.
.. [3] L. M. Lodish, "CALLPLAN: an interactive salesman's call planning system",
   Management Science 18, 1971.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kpikit.diagnosis.odds import (
    MoneyDistribution,
    SegmentWins,
    WinDistribution,
    money_distribution,
    primaries_for_wins,
    probability_of_wins,
    required_conversion,
    smallest,
    win_distribution,
)
from kpikit.errors import InputDataError

__all__ = [
    "ExistingSegment",
    "FunnelStep",
    "MoneyDistribution",
    "NewBusiness",
    "SegmentWins",
    "StaticCascade",
    "WinDistribution",
    "attention_plan",
    "breakdown_reps",
    "incremental_reps",
    "money_distribution",
    "primaries_for_wins",
    "primaries_within",
    "probability_of_wins",
    "reps_for_probability",
    "required_conversion",
    "static_cascade",
    "win_distribution",
    "workload_hours",
    "workload_reps",
]


def workload_reps(
    customers: Sequence[float], contacts: Sequence[float], contacts_per_rep: float
) -> float:
    """
    Count the reps that a number of calls needs [1]_.

    Parameters
    ----------
    customers : sequence of float
        Customers by segment.
    contacts : sequence of float
        Contacts of each of them in the period.
    contacts_per_rep : float
        Contacts of one rep in the period.

    Returns
    -------
    float
        Reps, not rounded.
    """
    _above_zero(contacts_per_rep, "contacts_per_rep")
    return float(np.dot(customers, contacts)) / contacts_per_rep


def workload_hours(
    customers: Sequence[float], contacts: Sequence[float], hours: Sequence[float]
) -> float:
    """
    Sum the hours of regular work with customers.

    Parameters
    ----------
    customers, contacts, hours : sequence of float
        By segment: customers, contacts of each in the period, hours of a contact. [h]

    Returns
    -------
    float
        [h]
    """
    return float(np.sum(np.asarray(customers) * np.asarray(contacts) * np.asarray(hours)))


def breakdown_reps(sales: float, sales_per_rep: float, turnover: float = 0.0) -> float:
    """
    Divide the plan by what a rep sells; a cross-check only.

    The reasoning is circular, since people cause sales.

    Parameters
    ----------
    sales, sales_per_rep : float
        [money]
    turnover : float
        Share of the reps that leave in the period. [share]
    """
    _above_zero(sales_per_rep, "sales_per_rep")
    return sales / sales_per_rep * (1.0 + turnover)


def incremental_reps(
    first: int, sales: Sequence[float], margin: float, cost_per_rep: float
) -> tuple[int, np.ndarray]:
    """
    Add reps while the margin of one more exceeds the cost [2]_.

    Parameters
    ----------
    first : int
        Number of reps that the first entry of ``sales`` belongs to.
    sales : sequence of float
        Sales with ``first``, ``first + 1``, ... reps. [money]
    margin : float
        Contribution of a unit of sales. [share]
    cost_per_rep : float
        [money]

    Returns
    -------
    best : int
        Number of reps with the highest contribution.
    gains : ndarray
        Contribution of each further rep less the cost. [money]
    """
    gains = np.diff(np.asarray(sales, dtype=float)) * margin - cost_per_rep
    contribution = np.concatenate([[0.0], np.cumsum(gains)])
    return first + int(contribution.argmax()), gains


def attention_plan(
    responses: Sequence[Sequence[float]], budget: int, cost: Sequence[int] | None = None
) -> tuple[np.ndarray, float]:
    """
    Share a number of contacts among customers or segments [3]_.

    Exact for responses of any shape, S-shaped ones included: step by step over
    the segments, the best use of every smaller budget is kept.

    Parameters
    ----------
    responses : sequence of sequences
        For each segment the result of 0, 1, 2, ... contacts. [money]
    budget : int
        Contacts (or units of time) in all.
    cost : sequence of int, optional
        Units of the budget that one contact takes in each segment; 1 by default.

    Returns
    -------
    plan : ndarray of int
        Contacts of each segment.
    result : float
        Sum of the responses. [money]
    """
    units = [1] * len(responses) if cost is None else [int(c) for c in cost]
    if budget < 0 or min(units, default=1) < 1:
        raise InputDataError(
            "the budget must not be negative and each contact must cost at least 1."
        )
    best = np.zeros(budget + 1)
    choices = []
    for response, unit in zip(responses, units, strict=True):
        table = np.full((len(response), budget + 1), -np.inf)
        for count, value in enumerate(response):
            used = count * unit
            if used <= budget:
                table[count, used:] = best[: budget + 1 - used] + value
        choices.append(table.argmax(axis=0))
        best = table.max(axis=0)
    left = int(best.argmax())
    result = float(best[left])
    plan = np.zeros(len(choices), dtype=int)
    for i in range(len(choices) - 1, -1, -1):
        plan[i] = choices[i][left]
        left -= int(plan[i]) * units[i]
    return plan, result


@dataclass(frozen=True)
class ExistingSegment:
    """
    Customers there are: what they bring and the attention they get in a year.

    ``renewals_due`` contracts that end, ``renewal_rate`` [share],
    ``renewal_value`` [money]; ``cross_sell_base`` customers offered more,
    ``cross_sell_rate`` [share], ``cross_sell_value`` [money]; contacts per
    customer and year and minutes of each, for retention and for cross-selling.
    """

    name: str
    customers: float
    renewals_due: float
    renewal_rate: float
    renewal_value: float
    cross_sell_base: float
    cross_sell_rate: float
    cross_sell_value: float
    retention_contacts: float
    retention_minutes: float
    cross_sell_contacts: float
    cross_sell_minutes: float

    @property
    def renewal_money(self) -> float:
        """Money of the renewals expected."""
        return self.renewals_due * self.renewal_rate * self.renewal_value

    @property
    def cross_sell_money(self) -> float:
        """Money of the cross-sales expected."""
        return self.cross_sell_base * self.cross_sell_rate * self.cross_sell_value

    @property
    def contacts(self) -> float:
        """Contacts of a year."""
        return self.customers * (self.retention_contacts + self.cross_sell_contacts)

    @property
    def hours(self) -> float:
        """Hours of a year. [h]"""
        minutes = (
            self.retention_contacts * self.retention_minutes
            + self.cross_sell_contacts * self.cross_sell_minutes
        )
        return self.customers * minutes / 60.0


@dataclass(frozen=True)
class FunnelStep:
    """
    Work on one stage: ``contacts`` of ``minutes`` per deal that gets there.

    ``passed_on`` is the share of them that goes on to the next step; the last
    step of a funnel may be the contract itself, with 1.
    """

    contacts: float
    minutes: float
    passed_on: float


@dataclass(frozen=True)
class NewBusiness:
    """A funnel of new business and the ``value`` of one contract [money]."""

    steps: tuple[FunnelStep, ...]
    value: float

    @property
    def reach(self) -> np.ndarray:
        """Share of the leads that gets to each step."""
        return np.cumprod([1.0, *(step.passed_on for step in self.steps[:-1])])

    @property
    def conversion(self) -> float:
        """Share of the leads that becomes a contract."""
        return math.prod(step.passed_on for step in self.steps)

    @property
    def contacts_per_primary(self) -> float:
        """Contacts per lead taken into work, lost deals included."""
        return float(self.reach @ [step.contacts for step in self.steps])

    @property
    def hours_per_primary(self) -> float:
        """Hours per lead taken into work, lost deals included. [h]"""
        return float(self.reach @ [step.contacts * step.minutes / 60.0 for step in self.steps])


@dataclass(frozen=True)
class StaticCascade:
    """
    The cascade for a period as a whole, rounded nowhere.

    Money [money], ``wins`` and ``primaries`` [deals], ``contacts``, hours [h],
    ``fte`` [full-time reps].
    """

    target: float
    renewal_money: float
    cross_sell_money: float
    new_money: float
    wins: float
    primaries: float
    contacts: float
    existing_hours: float
    new_hours: float
    hours_per_fte: float

    @property
    def hours(self) -> float:
        """All of the work. [h]"""
        return self.existing_hours + self.new_hours

    @property
    def fte(self) -> float:
        """Full-time reps that the work needs."""
        return self.hours / self.hours_per_fte

    @property
    def reps(self) -> int:
        """The same as whole people; the one place where it is rounded."""
        return math.ceil(self.fte - 1e-9)

    def coverage(self, reps: float) -> float:
        """Share of the work that this number of full-time reps has hours for."""
        return reps * self.hours_per_fte / self.hours

    def contacts_per_day(self, reps: float, days_per_fte: float) -> float:
        """Contacts that each of them must make on each day present."""
        return self.contacts / (reps * days_per_fte)

    def hours_per_day(self, reps: float, days_per_fte: float) -> float:
        """Selling hours that each of them must put in on each day present. [h]"""
        return self.hours / (reps * days_per_fte)


def static_cascade(
    target: float,
    existing: Sequence[ExistingSegment],
    new: NewBusiness,
    hours_per_fte: float,
) -> StaticCascade:
    """
    Go from the money of a plan to people.

    What existing customers renew and buy further is taken off the plan; the
    rest must come from new contracts. Contracts are divided by the conversion
    to leads, leads cost contacts and hours whether they are won or lost, and
    the hours, together with the attention for existing customers, are divided
    by the selling hours of one rep.

    Parameters
    ----------
    target : float
        Money of the plan. [money]
    existing : sequence of ExistingSegment
    new : NewBusiness
    hours_per_fte : float
        Selling hours of one full-time rep in the period. [h]

    Returns
    -------
    StaticCascade

    Raises
    ------
    InputDataError
        If the conversion, the value of a contract or the hours are not positive.
    """
    _above_zero(hours_per_fte, "hours_per_fte")
    _above_zero(new.value, "the value of a new contract")
    _above_zero(new.conversion, "the conversion of the funnel")
    renewals = sum(s.renewal_money for s in existing)
    cross = sum(s.cross_sell_money for s in existing)
    gap = max(0.0, target - renewals - cross)
    wins = gap / new.value
    primaries = wins / new.conversion
    return StaticCascade(
        target=target,
        renewal_money=renewals,
        cross_sell_money=cross,
        new_money=gap,
        wins=wins,
        primaries=primaries,
        contacts=primaries * new.contacts_per_primary + sum(s.contacts for s in existing),
        existing_hours=sum(s.hours for s in existing),
        new_hours=primaries * new.hours_per_primary,
        hours_per_fte=hours_per_fte,
    )


def primaries_within(reps: float, cascade: StaticCascade) -> int:
    """
    Count the leads that a number of reps can work after existing customers.

    Existing customers are served first; the lead that does not fit wholly is
    not taken. [deals]
    """
    if cascade.primaries <= 0:
        raise InputDataError("the plan needs no new leads: there is no work to divide by.")
    free = reps * cascade.hours_per_fte - cascade.existing_hours
    return max(0, math.floor(free / (cascade.new_hours / cascade.primaries) + 1e-9))


def reps_for_probability(
    probability: Callable[[int], float], goal: float, most: int = 1000
) -> int | None:
    """
    Smallest number of reps that meets the plan with the probability wanted.

    Parameters
    ----------
    probability : callable
        Probability of the plan with a number of reps; must not fall with it.
    goal : float
        [share]
    most : int
        Where to stop.

    Returns
    -------
    int or None
        None when ``most`` reps are not enough: people are not the constraint.
    """
    return smallest(lambda count: probability(count) >= goal, 0, most)


def _above_zero(value: float, name: str) -> None:
    if not (value > 0 and math.isfinite(value)):
        raise InputDataError(f"{name} must be above 0, not {value}.")
