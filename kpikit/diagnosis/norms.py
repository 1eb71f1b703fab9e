"""
Norms: how long a contact takes, how many fit into a day, how many are usual.

Three views that must agree before a number becomes a norm: the clock (time
study and the physical bound of a day), the practice (what the better quarter of
the team keeps up), and the quality (more contacts must not mean worse ones).

References
----------
.. [1] G. Kanawaty (ed.), Introduction to Work Study, 4th ed., ILO, 1992.
.. [2] R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46, 1978.
.. [3] J. D. C. Little, "Models and managers: the concept of a decision
   calculus", Management Science 16, 1970.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError

AllowanceBase = Literal["normal_time", "shift"]


@dataclass(frozen=True)
class StandardTime:
    """
    Time of a task with allowances, and the convention it was computed by.

    ``normal_min`` observed time x rating [min], ``standard_min`` with the
    ``allowance`` as a share of ``base``.
    """

    normal_min: float
    standard_min: float
    allowance: float
    base: AllowanceBase


def standard_time(
    observed_min: float, rating: float, allowance: float, base: AllowanceBase
) -> StandardTime:
    """
    Time that a trained person needs for a task, pauses included [1]_.

    Parameters
    ----------
    observed_min : float
        Mean observed time. [min]
    rating : float
        Pace of the person watched, 1 is normal.
    allowance : float
        For rest and delays. [share]
    base : {"normal_time", "shift"}
        What the allowance is a share of; the two differ by several per cent.

    Returns
    -------
    StandardTime
    """
    if not 0 <= allowance < 1:
        raise InputDataError(f"the allowance must be a share below 1, not {allowance}.")
    if base not in ("normal_time", "shift"):
        raise InputDataError(f"the allowance is a share of 'normal_time' or 'shift', not '{base}'.")
    normal = observed_min * rating
    standard = normal * (1 + allowance) if base == "normal_time" else normal / (1 - allowance)
    return StandardTime(normal, standard, allowance, base)


def work_sampling_size(share: float, error: float, level: float = 0.95) -> int:
    """
    Random moments to look at somebody to know a share of the time [1]_.

    Parameters
    ----------
    share : float
        Expected share of the activity. [share]
    error : float
        Half the width of the interval wanted. [share]
    level : float
        [share]
    """
    from scipy.special import ndtri

    if not (0 < share < 1 and error > 0):
        raise InputDataError("share must be between 0 and 1, error above 0.")
    z = float(ndtri((1 + level) / 2))
    return math.ceil(z * z * share * (1 - share) / error**2)


@dataclass(frozen=True)
class HandlingTime:
    """
    What a contact takes besides talking.

    ``wrap_min`` and ``prep_min`` after and before, ``travel_min`` per contact,
    ``waiting_min``, ``reach_share`` of the attempts that succeed [share] and
    ``attempt_min`` of one that does not.
    """

    wrap_min: float = 0.0
    prep_min: float = 0.0
    travel_min: float = 0.0
    waiting_min: float = 0.0
    reach_share: float = 1.0
    attempt_min: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.reach_share <= 1:
            raise InputDataError(
                f"reach_share must be above 0 and up to 1, not {self.reach_share}; it is the "
                "share of the attempts that become a conversation."
            )
        if min(self.wrap_min, self.prep_min, self.travel_min, self.waiting_min,
               self.attempt_min) < 0:  # fmt: skip
            raise InputDataError("the minutes of a contact must not be negative.")

    @property
    def minutes_besides_talk(self) -> float:
        """Wrap-up, preparation, travel, waiting and unanswered attempts. [min]"""
        attempts = (1 / self.reach_share - 1) * self.attempt_min
        return self.wrap_min + self.prep_min + self.travel_min + self.waiting_min + attempts


def minutes_per_contact(talk_min: float, handling: HandlingTime) -> float:
    """Minutes of one successful contact, unanswered attempts included. [min]"""
    return talk_min + handling.minutes_besides_talk


def contact_bound_per_day(
    shift_min: float, fixed_losses_min: float, allowance: float, contact_min: float
) -> float:
    """
    Most contacts that fit into a day.

    Parameters
    ----------
    shift_min : float
        Length of the working day. [min]
    fixed_losses_min : float
        Meetings, reports, breaks. [min]
    allowance : float
        Share of the rest for recovery and delays. [share]
    contact_min : float
        Minutes of one successful contact. [min]
    """
    if not contact_min > 0:
        raise InputDataError(f"a contact must take time; it is given as {contact_min} minutes.")
    if not (0 <= allowance < 1 and 0 <= fixed_losses_min <= shift_min):
        raise InputDataError(
            "the allowance must be a share, and the losses must fit into the shift."
        )
    return (shift_min - fixed_losses_min) * (1 - allowance) / contact_min


def visits_per_day(
    day_min: float, base_travel_min: float, visit_min: float, leg_min: float, wrap_min: float
) -> int:
    """
    Visits to customers that fit into a day.

    Parameters
    ----------
    day_min : float
        Time for visiting. [min]
    base_travel_min : float
        Way to the area and back. [min]
    visit_min, leg_min, wrap_min : float
        A visit, the way to the next one, the notes. [min]
    """
    one = visit_min + leg_min + wrap_min
    if not one > 0:
        raise InputDataError("a visit must take time.")
    return max(0, math.floor((day_min - base_travel_min) / one + 1e-9))


def contacts_per_won(visits_per_won: npt.ArrayLike, contacts_per_visit: npt.ArrayLike) -> float:
    """
    Contacts per won deal from stage norms, lost deals included.

    Parameters
    ----------
    visits_per_won : array_like
        By stage, visits per won deal, those of lost deals included. [deals]
    contacts_per_visit : array_like
        By stage. [contacts]
    """
    return float(np.dot(np.asarray(visits_per_won), np.asarray(contacts_per_visit)))


def gamma_poisson_rate(
    alpha: float, beta: float, contacts: npt.ArrayLike, days: npt.ArrayLike
) -> np.ndarray:
    """
    Contacts per day of a rep, drawn towards the team where the record is short.

    Parameters
    ----------
    alpha, beta : float
        The team: ``alpha`` contacts in ``beta`` days.
    contacts, days : array_like
        Record of each rep.

    Returns
    -------
    ndarray
        [contacts/day]
    """
    return (alpha + np.asarray(contacts, dtype=float)) / (beta + np.asarray(days, dtype=float))


def check_loss(values: npt.ArrayLike, candidate: float, tau: float) -> float:
    """
    Loss whose minimum is the ``tau`` quantile [2]_.

    Values above the candidate weigh ``tau``, values below ``1 - tau``.
    """
    distance = np.asarray(values, dtype=float) - candidate
    return float(np.sum(distance * (tau - (distance < 0))))


def quantile_by_check_loss(values: npt.ArrayLike, tau: float) -> float:
    """Smallest observed value with the least check loss. [unit of the values]"""
    table = np.unique(np.asarray(values, dtype=float))
    if not len(table) or not 0 < tau < 1:
        raise InputDataError("a quantile needs values and a share between 0 and 1.")
    losses = np.array([check_loss(values, candidate, tau) for candidate in table])
    return float(table[np.flatnonzero(losses <= losses.min() + 1e-12)[0]])


def best_contact_number(
    p_max: float, speed: float, margin: float, cost: float
) -> tuple[float, int]:
    """
    Number of contacts after which one more costs more than it brings.

    The chance to win saturates: ``p_max`` (1 - exp(-``speed`` k)).

    Parameters
    ----------
    p_max : float
        Chance with endless contacts. [share]
    speed : float
        [1/contact]
    margin : float
        Contribution of a won deal. [money]
    cost : float
        Of one contact. [money]

    Returns
    -------
    exact : float
        Where marginal value and cost meet. [contacts]
    best : int
        Whole number with the highest value.
    """
    if not (0 < p_max <= 1 and speed > 0 and margin > 0 and cost > 0):
        raise InputDataError("p_max must be a share; speed, margin and cost must be above 0.")
    exact = (
        max(0.0, math.log(p_max * speed * margin / cost) / speed)
        if (p_max * speed * margin > cost)
        else 0.0
    )
    candidates = [math.floor(exact), math.floor(exact) + 1]
    values = [contact_value(k, p_max, speed, margin, cost) for k in candidates]
    return exact, candidates[int(np.argmax(values))]


def contact_value(contacts: float, p_max: float, speed: float, margin: float, cost: float) -> float:
    """Expected margin less the cost of so many contacts. [money]"""
    return p_max * (1 - math.exp(-speed * contacts)) * margin - cost * contacts


@dataclass(frozen=True)
class EffortResponse:
    """
    Sales by effort, both relative to today: S-shaped for ``gamma`` above 1 [3]_.

    ``low`` without effort, ``high`` with endless effort.
    """

    low: float
    high: float
    delta: float
    gamma: float

    def at(self, effort: float) -> float:
        """Relative sales at a relative effort."""
        power = effort**self.gamma
        return self.low + (self.high - self.low) * power / (self.delta + power)


def calibrate_effort_response(
    low: float, same: float, half_more: float, high: float
) -> EffortResponse:
    """
    Fit the response to four answers of the client [3]_.

    Parameters
    ----------
    low, same, half_more, high : float
        Relative sales with no effort, the same, 50 % more, and endless effort.
    """
    if not low < same < half_more < high:
        raise InputDataError(
            f"sales must rise with the effort; the answers are {low}, {same}, {half_more}, {high}."
        )
    delta = (high - low) / (same - low) - 1
    ratio = (half_more - low) / (high - low)
    gamma = math.log(delta * ratio / (1 - ratio)) / math.log(1.5)
    return EffortResponse(low, high, delta, gamma)
