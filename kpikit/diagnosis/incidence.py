"""
Cumulative incidence: what share is won, lost and still open at each age.

The Aalen-Johansen estimator [1]_ uses every deal as long as it was watched: an
open deal says "not closed before this age" and nothing more. Ages are in days,
but any unit works as long as it is one unit.

References
----------
.. [1] O. Aalen, S. Johansen, An empirical transition matrix for non-homogeneous
   Markov chains based on censored observations, Scand. J. Statist. 5 (1978).
.. [2] E. Marubini, M. G. Valsecchi, Analysing survival data from clinical trials
   and observational studies, Wiley, 1995, section 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: One second in days: the time resolution of a CRM.
ONE_SECOND = 1 / 86_400


class IncidenceAt(NamedTuple):
    """The curve at one age: shares, and the deals watched just before it."""

    survival: float
    won: float
    lost: float
    at_risk: int


@dataclass(frozen=True, eq=False)
class Incidence:
    """
    Shares won, lost and still open by age.

    Attributes
    ----------
    times : ndarray, shape (k,)
        Distinct ages at which at least one deal was closed. [days]
    at_risk : ndarray, shape (k,)
        Deals watched and still open just before each age. [deals]
    won_events, lost_events : ndarray, shape (k,)
        Deals closed at each age. [deals]
    survival, won, lost : ndarray, shape (k,)
        Shares still open, won and lost by each age; they sum to 1. [share]
    n, n_won, n_lost, n_open : int
        Deals. [deals]
    entry_ages, exit_ages : ndarray, shape (n,)
        Sorted ages at which watching began and ended. [days]
    """

    times: FloatArray
    at_risk: IntArray
    won_events: IntArray
    lost_events: IntArray
    survival: FloatArray
    won: FloatArray
    lost: FloatArray
    n: int
    n_won: int
    n_lost: int
    n_open: int
    entry_ages: FloatArray
    exit_ages: FloatArray

    def won_at(self, age: npt.ArrayLike) -> FloatArray:
        """Share won by each age, same shape as ``age``. [share]"""
        return self._step(self.won, 0.0, age)

    def lost_at(self, age: npt.ArrayLike) -> FloatArray:
        """Share lost by each age, same shape as ``age``. [share]"""
        return self._step(self.lost, 0.0, age)

    def survival_at(self, age: npt.ArrayLike) -> FloatArray:
        """Share still open after each age, same shape as ``age``. [share]"""
        return self._step(self.survival, 1.0, age)

    def at_risk_at(self, age: npt.ArrayLike) -> IntArray:
        """Deals watched and open just before each age. [deals]"""
        return count_at_risk(self.entry_ages, self.exit_ages, np.asarray(age, dtype=float))

    def at(self, age: float) -> IncidenceAt:
        """The curve at one age."""
        return IncidenceAt(
            float(self.survival_at(age)),
            float(self.won_at(age)),
            float(self.lost_at(age)),
            int(self.at_risk_at(age)),
        )

    def bracket(self, age: float) -> tuple[float, float]:
        """Limits of the eventual share won, whatever the deals open at ``age`` do."""
        point = self.at(age)
        return point.won, min(1.0, point.won + point.survival)

    def _step(self, values: FloatArray, before: float, age: npt.ArrayLike) -> FloatArray:
        steps = np.concatenate([[before], values])
        position = np.searchsorted(self.times, np.asarray(age, dtype=float), side="right")
        return np.asarray(steps[position], dtype=float)


def cumulative_incidence(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    entry_age: npt.ArrayLike | None = None,
    *,
    resolution: float = ONE_SECOND,
) -> Incidence:
    """
    Estimate the shares won and lost by age with open deals (Aalen-Johansen).

    Closings come before open deals of the same age; several closings at one
    age are handled together and exactly, so the result depends neither on the
    order of the rows nor on a seed.

    Parameters
    ----------
    exit_age : array_like, shape (n,)
        Age at closing, or age now for an open deal. [days]
    outcome : array_like, shape (n,)
        ``vocabulary.OPEN``, ``WON`` or ``LOST``.
    entry_age : array_like, shape (n,), optional
        Age at which the deal began to be watched (0 from its start): a deal
        that is already old when the history starts is watched only from then
        on. [days]
    resolution : float
        Step of the clock. A deal closed the moment it was opened gets half of
        it, otherwise it would never be watched. [days]

    Returns
    -------
    Incidence

    Raises
    ------
    InputDataError
        If an age is missing or negative, a deal ends before it is watched, or
        an outcome is unknown. The message names the first row.
    """
    entry, exits, outcomes = checked_ages(exit_age, outcome, entry_age, resolution)
    closed = outcomes != OPEN
    times = np.unique(exits[closed])
    position = np.searchsorted(times, exits)
    won_events = np.bincount(position[outcomes == WON], minlength=len(times)).astype(np.int64)
    lost_events = np.bincount(position[outcomes == LOST], minlength=len(times)).astype(np.int64)
    entries, ends = np.sort(entry), np.sort(exits)
    at_risk = count_at_risk(entries, ends, times)
    leaving = (won_events + lost_events) / at_risk
    survival = np.asarray(np.cumprod(1.0 - leaving), dtype=float)
    before = np.concatenate([[1.0], survival[:-1]])
    return Incidence(
        times=times,
        at_risk=at_risk,
        won_events=won_events,
        lost_events=lost_events,
        survival=survival,
        won=np.cumsum(before * won_events / at_risk),
        lost=np.cumsum(before * lost_events / at_risk),
        n=len(exits),
        n_won=int(won_events.sum()),
        n_lost=int(lost_events.sum()),
        n_open=int((~closed).sum()),
        entry_ages=entries,
        exit_ages=ends,
    )


def checked_ages(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    entry_age: npt.ArrayLike | None,
    resolution: float = ONE_SECOND,
) -> tuple[FloatArray, FloatArray, IntArray]:
    """
    Check and copy ages and outcomes; lengthen zero durations to half a clock step.

    Returns
    -------
    tuple of ndarray
        Entry ages, exit ages (above the entry ages) and outcomes.

    Raises
    ------
    InputDataError
        See :func:`cumulative_incidence`.
    """
    exits = np.array(exit_age, dtype=float).reshape(-1)
    outcomes = np.array(outcome, dtype=np.int64).reshape(-1)
    entry = (
        np.zeros_like(exits) if entry_age is None else np.array(entry_age, dtype=float).reshape(-1)
    )
    if not len(exits) == len(outcomes) == len(entry):
        raise InputDataError(
            "exit_age, outcome and entry_age must have one value per deal; "
            f"got {len(exits)}, {len(outcomes)} and {len(entry)}."
        )
    problems = [
        ("exit_age must be a number; leave deals without a time out", ~np.isfinite(exits)),
        ("entry_age must be a number of at least 0", ~(np.isfinite(entry) & (entry >= 0))),
        ("exit_age must not be below entry_age", exits < entry),
        ("outcome must be 0 (open), 1 (won) or 2 (lost)", ~np.isin(outcomes, (OPEN, WON, LOST))),
    ]
    found = [
        f"{text} (rows: {int(bad.sum())}, first: {int(np.argmax(bad))})"
        for text, bad in problems
        if bad.any()
    ]
    if found:
        raise InputDataError("; ".join(found) + ".")
    shortest = np.maximum(entry + resolution / 2, np.nextafter(entry, np.inf))
    return entry, np.where(exits <= entry, shortest, exits), outcomes


def count_at_risk(entries: FloatArray, exits: FloatArray, ages: FloatArray) -> IntArray:
    """Deals with entry below and exit at or above each age (sorted inputs). [deals]"""
    entered = np.searchsorted(entries, ages, side="left")
    left = np.searchsorted(exits, ages, side="left")
    return np.asarray(entered - left, dtype=np.int64)


def at_risk_horizon(
    incidence: Incidence, client_horizon: float | None = None, least: int = 10, share: float = 0.05
) -> float | None:
    """
    Age up to which the *curve* is drawn and its quantiles are read.

    The largest age at which at least ``least`` deals and ``share`` of all deals
    are still watched and open, and not beyond the client's horizon.

    Returns
    -------
    float or None
        [days]; None when no age qualifies.
    """
    needed = max(least, share * incidence.n)
    watched = incidence.at_risk_at(incidence.exit_ages) >= needed
    return _last(incidence.exit_ages, watched, client_horizon)


def follow_up_horizon(
    incidence: Incidence, client_horizon: float | None = None, least: int = 10, share: float = 0.05
) -> float | None:
    """
    Age up to which the *share won* is read.

    Few deals left because the others were closed is knowledge, few left because
    the others are too young is ignorance. Deals watched at an age, divided by
    the share that is still open there, is the number of deals old enough to
    tell; this number must be at least ``least`` and ``share`` of all deals.
    Then no single closing counts for more than ``1 / share`` deals. When all
    deals are closed the whole curve is read, and the share won is won / all.

    Returns
    -------
    float or None
        [days]; None when no age qualifies.
    """
    ages = incidence.exit_ages
    steps = np.concatenate([[1.0], incidence.survival])
    open_before = steps[np.searchsorted(incidence.times, ages, side="left")]
    needed = max(least, share * incidence.n)
    # Compare products: the open share may be 0.
    old_enough = incidence.at_risk_at(ages) >= needed * open_before * (1 - 1e-12)
    return _last(ages, old_enough, client_horizon)


def has_thin_start(incidence: Incidence, horizon: float, least: int = 10) -> bool:
    """
    Whether fewer than ``least`` deals are watched at an early closing.

    It happens when most deals were already old as the history began. One
    closing then moves the whole later curve.
    """
    early = incidence.times <= horizon
    open_before = np.concatenate([[1.0], incidence.survival[:-1]])
    return bool(np.any(early & (incidence.at_risk < least * open_before * (1 - 1e-12))))


def residual_win_probability(
    incidence: Incidence, age: npt.ArrayLike, delta: npt.ArrayLike
) -> FloatArray:
    """
    Probability that a deal still open at ``age`` is won within ``delta``.

    ``(F(age + delta) - F(age)) / S(age)``. Old open deals are worth less than
    the conversion of a new one.

    Parameters
    ----------
    incidence : Incidence
    age, delta : array_like
        Age now and time ahead, broadcast against each other. [days]

    Returns
    -------
    ndarray
        [share]; null where nobody was watched open at that age, so that the
        data cannot tell.
    """
    start = np.asarray(age, dtype=float)
    gain = incidence.won_at(start + np.asarray(delta, dtype=float)) - incidence.won_at(start)
    still_open = np.broadcast_to(incidence.survival_at(start), gain.shape)
    last = incidence.exit_ages[-1] if incidence.n else -np.inf
    known = (still_open > 1e-12) & np.broadcast_to(start < last, gain.shape)
    return np.divide(gain, still_open, out=np.full(gain.shape, np.nan), where=known)


def delta_variance(incidence: Incidence) -> FloatArray:
    """
    Variance of the share won at each of ``incidence.times`` (delta method [2]_).

    Deals are taken as independent; with several deals per customer use
    :func:`kpikit.diagnosis.resampling.clustered_error`.

    Returns
    -------
    ndarray, shape (k,)
        [share^2]
    """
    n = incidence.at_risk.astype(float)
    gone = (incidence.won_events + incidence.lost_events).astype(float)
    wins = incidence.won_events.astype(float)
    before = np.concatenate([[1.0], incidence.survival[:-1]])
    share = incidence.won
    # Where everybody leaves, nothing follows: the weight F(t) - F(t_j) is 0 afterwards.
    hazard = np.divide(gone, n * (n - gone), out=np.zeros_like(n), where=n > gone)
    cross = before * wins / n**2
    # sum_j (F - F_j)^2 h_j - 2 (F - F_j) c_j, expanded in powers of F = F(t).
    squares = (
        share**2 * np.cumsum(hazard)
        - 2 * share * np.cumsum(share * hazard)
        + np.cumsum(share**2 * hazard)
    )
    mixed = share * np.cumsum(cross) - np.cumsum(share * cross)
    own = np.cumsum(before**2 * wins * (n - wins) / n**3)
    return np.maximum(squares - 2 * mixed + own, 0.0)


def _last(ages: FloatArray, qualifies: npt.NDArray[np.bool_], limit: float | None) -> float | None:
    if not qualifies.any():
        return None
    last = float(ages[qualifies][-1])
    return last if limit is None else min(last, limit)
