"""
Mean number of contacts per spell when some spells are still going on.

A deal that is still open has made only a part of its contacts, so dividing
contacts by deals counts too few, and counting won deals only leaves out the
work on those that were lost. The estimator here adds, over the age ``t`` of the
spell, the share still open before ``t`` times the contacts at ``t`` per spell
watched at ``t`` [1]_ [2]_. Each spell counts as long as it was watched, and
leaving ends the contacts.

References
----------
.. [1] D. Ghosh and D. Y. Lin, "Nonparametric analysis of recurrent events and
   death", Biometrics 56, 2000, 554-562.
.. [2] R. J. Cook and J. F. Lawless, "Marginal analysis of recurrent events and a
   terminating event", Statistics in Medicine 16, 1997, 911-924.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError
from kpikit.vocabulary import OPEN, WON

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Cells of one block of draws; keeps the memory of a bootstrap near 100 MB.
BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class WatchedSpells:
    """
    Spells and the contacts made in them.

    By spell: ``entry`` and ``exit`` age when watching began and ended [days],
    ``outcome`` (OPEN, WON, LOST), ``cluster`` number of the customer,
    ``recorded_from`` and ``recorded_to`` the ages between which contacts were
    recorded [days]. By contact: ``spell`` row, ``age`` [days], ``minutes``.
    """

    entry: FloatArray
    exit: FloatArray
    outcome: IntArray
    cluster: IntArray
    recorded_from: FloatArray
    recorded_to: FloatArray
    spell: IntArray
    age: FloatArray
    minutes: FloatArray


@dataclass(frozen=True, eq=False)
class MeanCount:
    """
    Expected contacts and minutes of a spell up to ``horizon`` [days].

    ``ages`` of the contacts with the ``contacts`` and ``minutes`` that each adds
    to the mean of a spell; ``won`` and ``lost`` shares by the horizon, ``tail``
    the share still open there. [share]
    """

    ages: FloatArray
    contacts: FloatArray
    minutes: FloatArray
    won: float
    lost: float
    tail: float
    horizon: float

    @property
    def mean_contacts(self) -> float:
        """Contacts per spell."""
        return float(self.contacts.sum())

    @property
    def mean_minutes(self) -> float:
        """Minutes per spell. [min]"""
        return float(self.minutes.sum())


@dataclass(frozen=True, eq=False)
class MeanCountDraws:
    """Contacts and minutes per spell and the share won, of resampled customers."""

    contacts: FloatArray
    minutes: FloatArray
    won: FloatArray


def mean_count(spells: WatchedSpells, horizon: float | None = None) -> MeanCount:
    """
    Estimate the contacts and minutes of a spell, open spells included correctly.

    Parameters
    ----------
    spells : WatchedSpells
    horizon : float, optional
        Age up to which to count; the longest watched by default. Stopping earlier
        cuts off late wins, while the few spells left there weigh little. [days]

    Returns
    -------
    MeanCount
    """
    plan = _plan(spells, _horizon(spells, horizon))
    weights = np.ones((1, plan.clusters))
    part, survival, won = _weighted(plan, weights)
    tail = float(survival[0, -1])
    return MeanCount(
        ages=plan.mark_age,
        contacts=part[0],
        minutes=part[0] * plan.mark_minutes,
        won=float(won[0]),
        lost=max(0.0, 1.0 - tail - float(won[0])),
        tail=tail,
        horizon=plan.horizon,
    )


def bootstrap_mean_count(
    spells: WatchedSpells, horizon: float, rng: np.random.Generator, draws: int = 400
) -> MeanCountDraws:
    """
    Redraw the means with whole customers, drawn with replacement.

    Parameters
    ----------
    spells : WatchedSpells
    horizon : float
        Age up to which to count, kept the same in every draw. [days]
    rng : numpy.random.Generator
    draws : int

    Returns
    -------
    MeanCountDraws
        Arrays of shape (draws,).
    """
    plan = _plan(spells, horizon)
    size = max(len(plan.mark_age), len(plan.leave_first), len(plan.exit_cluster), 1)
    block = max(1, BLOCK_CELLS // size)
    contacts, minutes, won = np.empty(draws), np.empty(draws), np.empty(draws)
    for start in range(0, draws, block):
        stop = min(draws, start + block)
        weights = rng.multinomial(
            plan.clusters, np.full(plan.clusters, 1 / plan.clusters), size=stop - start
        ).astype(float)
        part, _, wins = _weighted(plan, weights)
        contacts[start:stop] = part.sum(axis=1)
        minutes[start:stop] = part @ plan.mark_minutes
        won[start:stop] = wins
    return MeanCountDraws(contacts, minutes, won)


@dataclass(frozen=True, eq=False)
class _Plan:
    """Everything sorted once; a draw only changes the weights of the customers."""

    clusters: int
    horizon: float
    exit_cluster: IntArray
    entry_cluster: IntArray
    leave_cluster: IntArray
    leave_won: FloatArray
    leave_first: IntArray
    leave_after_exit: IntArray
    leave_after_entry: IntArray
    seen_to_cluster: IntArray
    seen_from_cluster: IntArray
    mark_age: FloatArray
    mark_minutes: FloatArray
    mark_cluster: IntArray
    mark_after_exit: IntArray
    mark_after_entry: IntArray
    mark_step: IntArray


def _plan(spells: WatchedSpells, horizon: float) -> _Plan:
    if not len(spells.exit):
        raise InputDataError("there is no spell to count contacts in.")
    by_exit, by_entry = np.argsort(spells.exit), np.argsort(spells.entry)
    left = np.flatnonzero((spells.outcome != OPEN) & (spells.exit <= horizon))
    left = left[np.argsort(spells.exit[left], kind="stable")]
    times, first = np.unique(spells.exit[left], return_index=True)
    seen_from = np.maximum(spells.entry, spells.recorded_from)
    seen_to = np.minimum(spells.exit, spells.recorded_to)
    seen = np.flatnonzero(seen_to > seen_from)
    by_to, by_from = seen[np.argsort(seen_to[seen])], seen[np.argsort(seen_from[seen])]
    row = spells.spell
    kept = (spells.age > seen_from[row]) & (spells.age <= seen_to[row]) & (spells.age <= horizon)
    marks = np.flatnonzero(kept)
    marks = marks[np.argsort(spells.age[marks], kind="stable")]
    age = spells.age[marks]
    return _Plan(
        clusters=int(spells.cluster.max()) + 1,
        horizon=float(horizon),
        exit_cluster=spells.cluster[by_exit],
        entry_cluster=spells.cluster[by_entry],
        leave_cluster=spells.cluster[left],
        leave_won=(spells.outcome[left] == WON).astype(float),
        leave_first=first.astype(np.int64),
        leave_after_exit=np.searchsorted(spells.exit[by_exit], times, side="left"),
        leave_after_entry=np.searchsorted(spells.entry[by_entry], times, side="left"),
        seen_to_cluster=spells.cluster[by_to],
        seen_from_cluster=spells.cluster[by_from],
        mark_age=age,
        mark_minutes=spells.minutes[marks],
        mark_cluster=spells.cluster[row[marks]],
        mark_after_exit=np.searchsorted(seen_to[by_to], age, side="left"),
        mark_after_entry=np.searchsorted(seen_from[by_from], age, side="left"),
        mark_step=np.searchsorted(times, age, side="left"),
    )


def _weighted(plan: _Plan, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What each contact adds to the mean, the share open, and the share won, by draw."""
    draws = len(weights)
    at_risk = _at_risk(
        weights, plan.exit_cluster, plan.entry_cluster, plan.leave_after_exit,
        plan.leave_after_entry,
    )  # fmt: skip
    survival, won = np.ones((draws, 1)), np.zeros(draws)
    if len(plan.leave_first):
        leaving = weights[:, plan.leave_cluster]
        gone = np.add.reduceat(leaving, plan.leave_first, axis=1)
        wins = np.add.reduceat(leaving * plan.leave_won, plan.leave_first, axis=1)
        # A leaving age at which no drawn spell is watched is no step.
        rate = np.divide(gone, at_risk, out=np.zeros_like(gone), where=at_risk > 0)
        steps = np.cumprod(1.0 - rate, axis=1)
        survival = np.concatenate([survival, steps], axis=1)
        share = np.divide(wins, at_risk, out=np.zeros_like(wins), where=at_risk > 0)
        won = (survival[:, :-1] * share).sum(axis=1)
    watched = _at_risk(
        weights, plan.seen_to_cluster, plan.seen_from_cluster, plan.mark_after_exit,
        plan.mark_after_entry,
    )  # fmt: skip
    part = weights[:, plan.mark_cluster] * survival[:, plan.mark_step]
    part = np.divide(part, watched, out=np.zeros_like(part), where=watched > 0)
    return part, survival, won


def _at_risk(
    weights: FloatArray, exits: IntArray, entries: IntArray, after_exit: IntArray,
    after_entry: IntArray,
) -> FloatArray:  # fmt: skip
    """Weight of the spells that entered before and have not left before each age."""
    entered = _running(weights[:, entries])[:, after_entry]
    return entered - _running(weights[:, exits])[:, after_exit]


def _running(values: FloatArray) -> FloatArray:
    """Running sums along the rows, with a leading zero."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def _horizon(spells: WatchedSpells, wanted: float | None) -> float:
    if not len(spells.exit):
        raise InputDataError("there is no spell to count contacts in.")
    longest = float(spells.exit.max())
    return longest if wanted is None else min(longest, wanted)
