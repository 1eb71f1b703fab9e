"""
Response: how many people answer fast enough.

References
----------
.. [1] N. Gans, G. Koole and A. Mandelbaum, "Telephone call centers", M&SOM 5, 2003.
.. [2] A. Mandelbaum and S. Zeltyn, "The Palm/Erlang-A queue", 2005.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kpikit.errors import InputDataError


@dataclass(frozen=True)
class ServiceLevel:
    """
    What a number of people achieves.

    ``within`` share answered within the time [share], ``wait_s`` mean wait [s],
    ``occupancy`` share of the time talking [share]. Unstable when the work
    exceeds the people: the wait is infinite.
    """

    agents: int
    within: float
    wait_s: float
    occupancy: float

    @property
    def is_stable(self) -> bool:
        """Whether the queue comes to rest."""
        return math.isfinite(self.wait_s)


def erlang_c(
    calls_per_hour: float, handling_s: float, agents: int, target_s: float
) -> ServiceLevel:
    """
    Service level when everybody waits (Erlang C) [1]_.

    Parameters
    ----------
    calls_per_hour : float
    handling_s : float
        Mean time of a call with its wrap-up. [s]
    agents : int
        People on the line.
    target_s : float
        Answer within. [s]

    Returns
    -------
    ServiceLevel
    """
    _check(calls_per_hour, handling_s, agents)
    load = calls_per_hour * handling_s / 3600.0
    if agents <= load:
        return ServiceLevel(agents, 0.0, math.inf, 1.0)
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    waits = agents * blocked / (agents - load * (1 - blocked))
    within = 1 - waits * math.exp(-(agents - load) * target_s / handling_s)
    return ServiceLevel(agents, within, waits * handling_s / (agents - load), load / agents)


@dataclass(frozen=True)
class LineStaffing:
    """
    People on the line and on the roster.

    ``agents`` by service level alone; ``agents_by_occupancy`` so that nobody
    talks more than the occupancy limit; ``positions`` the larger of both;
    ``scheduled_exact`` = positions / (1 - shrinkage), ``scheduled`` rounded up.
    """

    agents: int
    agents_by_occupancy: float
    positions: float
    scheduled_exact: float
    scheduled: int
    service: ServiceLevel


def line_staffing(
    calls_per_hour: float,
    handling_s: float,
    target_s: float,
    goal: float,
    *,
    shrinkage: float = 0.0,
    largest_occupancy: float = 1.0,
) -> LineStaffing:
    """
    Smallest number of people that answers fast enough.

    People are rounded up where they sit on the line; the roster, which includes
    absences and breaks, is rounded up once more.

    Parameters
    ----------
    calls_per_hour, handling_s, target_s
        As in :func:`erlang_c`.
    goal : float
        Share to be answered within the time. [share]
    shrinkage : float
        Share of the paid time not on the line. [share]
    largest_occupancy : float
        Most of the time that people should talk. [share]

    Returns
    -------
    LineStaffing
    """
    if not (0 < goal < 1 and 0 <= shrinkage < 1 and 0 < largest_occupancy <= 1):
        raise InputDataError("goal, shrinkage and largest_occupancy must be shares.")
    load = calls_per_hour * handling_s / 3600.0
    agents = math.floor(load) + 1
    while erlang_c(calls_per_hour, handling_s, agents, target_s).within < goal:
        agents += 1
    by_occupancy = load / largest_occupancy
    positions = max(float(agents), by_occupancy)
    exact = positions / (1 - shrinkage)
    return LineStaffing(
        agents, by_occupancy, positions, exact, math.ceil(exact - 1e-9),
        erlang_c(calls_per_hour, handling_s, agents, target_s),
    )  # fmt: skip


def abandonment(calls_per_hour: float, handling_s: float, patience_s: float, agents: int) -> float:
    """
    Share of the callers that give up (Erlang A) [2]_.

    Parameters
    ----------
    calls_per_hour, handling_s, agents
        As in :func:`erlang_c`; any number of people is stable here.
    patience_s : float
        Mean time after which a caller gives up. [s]

    Returns
    -------
    float
        [share]
    """
    _check(calls_per_hour, handling_s, agents)
    if not patience_s > 0:
        raise InputDataError(f"patience must be above 0 s, not {patience_s}.")
    arrivals, served, given_up = calls_per_hour / 3600.0, 1 / handling_s, 1 / patience_s
    logs, waiting = [0.0], 0
    while True:
        waiting += 1
        death = served * min(waiting, agents) + given_up * max(0, waiting - agents)
        logs.append(logs[-1] + math.log(arrivals / death))
        if waiting > agents and logs[-1] < max(logs) - 45:
            break
    weights = np.exp(np.array(logs) - max(logs))
    queue = np.maximum(np.arange(len(logs)) - agents, 0)
    return float(given_up * (weights @ queue) / weights.sum() / arrivals)


def _check(calls_per_hour: float, handling_s: float, agents: int) -> None:
    if not (calls_per_hour > 0 and handling_s > 0 and agents >= 1):
        raise InputDataError(
            "calls an hour and handling time must be above 0, and somebody must be on the line."
        )
