"""
Uncertainty of an incidence curve when deals of one customer move together.

Three views of the same curve: the influence of each deal (for fast standard
errors), the curve redrawn with whole customers (for anything that is not a
share at one age), and pseudo-values (one number per deal, for comparisons).

References
----------
.. [1] J. Klein, P. Andersen, Regression modeling of competing risks data based
   on pseudovalues of the cumulative incidence function, Biometrics 61 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpikit.diagnosis.incidence import (
    FloatArray,
    IntArray,
    checked_ages,
    cumulative_incidence,
)
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

#: Cells of one block of draws; keeps the memory of a bootstrap near 100 MB.
BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, eq=False)
class IncidenceDraws:
    """
    Incidence curves of resampled customers.

    Attributes
    ----------
    ages : ndarray, shape (m,)
        [days]
    won, lost, survival : ndarray, shape (draws, m)
        [share]
    """

    ages: FloatArray
    won: FloatArray
    lost: FloatArray
    survival: FloatArray


def win_influence(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    age: float,
    entry_age: npt.ArrayLike | None = None,
) -> FloatArray:
    """
    How much each deal moves the share won by ``age``.

    The derivative of the estimate with respect to the weight of the deal; the
    values sum to 0, and the sum of their squares is the variance of the
    estimate (infinitesimal jackknife).

    Returns
    -------
    ndarray, shape (n,)
        [share]
    """
    entry, exits, outcomes = checked_ages(exit_age, outcome, entry_age)
    curve = cumulative_incidence(exits, outcomes, entry)
    used = curve.times <= age
    times = curve.times[used]
    n = curve.at_risk[used].astype(float)
    win_rate = curve.won_events[used] / n
    leave_rate = win_rate + curve.lost_events[used] / n
    before = np.concatenate([[1.0], curve.survival[used]])[:-1] if used.any() else n
    # Share of the deals open after each closing age that is still won by `age`.
    ahead = _share_won_ahead(win_rate, leave_rate)
    scale = before / n
    compensator = np.concatenate([[0.0], np.cumsum(scale * (win_rate - ahead * leave_rate))])
    first = np.searchsorted(times, entry, side="right")
    last = np.searchsorted(times, exits, side="right")
    influence = compensator[first] - compensator[last]
    inside = (outcomes != OPEN) & (exits <= age)
    own = last[inside] - 1
    influence[inside] += scale[own] * ((outcomes[inside] == WON) - ahead[own])
    return influence


def clustered_error(influence: FloatArray, cluster: npt.ArrayLike | None = None) -> float:
    """
    Standard error when deals of one customer move together.

    Parameters
    ----------
    influence : ndarray, shape (n,)
        From :func:`win_influence`. [share]
    cluster : array_like of int, shape (n,), optional
        Customer number of each deal; each deal on its own when left out.

    Returns
    -------
    float
        [share]
    """
    sums = influence if cluster is None else np.bincount(_codes(cluster), weights=influence)
    groups = len(sums)
    if groups < 2:
        return float("inf")
    return float(np.sqrt(np.sum(sums**2) * groups / (groups - 1)))


def bootstrap_incidence(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    entry_age: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    ages: npt.ArrayLike | None = None,
    draws: int = 1000,
) -> IncidenceDraws:
    """
    Redraw the incidence curve with whole customers, drawn with replacement.

    The deals are sorted once; each draw only changes their weights.

    Parameters
    ----------
    exit_age, outcome, entry_age
        As in :func:`kpikit.diagnosis.incidence.cumulative_incidence`.
    rng : numpy.random.Generator
    cluster : array_like of int, shape (n,), optional
        Customer number of each deal; each deal on its own when left out.
    ages : array_like, shape (m,), optional
        Ages at which the curves are wanted; all closing ages when left out. [days]
    draws : int
        Number of curves.

    Returns
    -------
    IncidenceDraws
    """
    entry, exits, outcomes = checked_ages(exit_age, outcome, entry_age)
    codes = np.arange(len(exits)) if cluster is None else _codes(cluster)
    if len(codes) != len(exits):
        raise InputDataError(f"cluster must have one value per deal; got {len(codes)}.")
    order = np.argsort(exits, kind="stable")
    times = np.unique(exits[outcomes != OPEN])
    wanted = times if ages is None else np.atleast_1d(np.asarray(ages, dtype=float))
    column = np.searchsorted(times, wanted, side="right")
    late = np.flatnonzero(entry > 0)
    late = late[np.argsort(entry[late], kind="stable")]
    plan = _DrawPlan(
        customers=codes[order],
        is_won=(outcomes[order] == WON),
        is_lost=(outcomes[order] == LOST),
        first=np.searchsorted(exits[order], times, side="left"),
        last=np.searchsorted(exits[order], times, side="right"),
        late_customers=codes[late],
        not_entered=np.searchsorted(entry[late], times, side="left"),
    )
    groups = int(codes.max()) + 1 if len(codes) else 0
    block = max(1, BLOCK_CELLS // max(len(exits), groups, 1))
    parts = []
    for start in range(0, draws, block):
        size = min(block, draws - start)
        weights = _customer_weights(rng, size, groups)
        parts.append(_weighted_curves(weights, plan, column))
    won, lost, survival = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return IncidenceDraws(wanted, won, lost, survival)


def pseudo_values(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    age: float,
    entry_age: npt.ArrayLike | None = None,
) -> FloatArray:
    """
    One number per deal that stands for "won by ``age``", open deals included.

    ``n F - (n - 1) F_without_the_deal`` [1]_. For a deal followed to its end it
    is close to 1 or 0, for an open deal it is what the others suggest. Values
    may leave 0..1; their mean is the share won when nobody entered late.

    Returns
    -------
    ndarray, shape (n,)
        [share]

    Notes
    -----
    Leaving a deal out changes the steps of the curve between its entry and its
    exit (one deal fewer at risk) and at its own closing, nothing else. Products
    of steps over such stretches come from a doubling table, so the cost is
    O(n log n) instead of n curves.
    """
    entry, exits, outcomes = checked_ages(exit_age, outcome, entry_age)
    count = len(exits)
    curve = cumulative_incidence(exits, outcomes, entry)
    used = curve.times <= age
    times = curve.times[used]
    n = curve.at_risk[used].astype(float)
    wins = curve.won_events[used].astype(float)
    gone = wins + curve.lost_events[used]
    as_is = _stretches(1 - gone / n, wins / n)
    fewer = np.maximum(n - 1, 1)
    without = _stretches(1 - np.minimum(gone, fewer) / fewer, wins / fewer)

    start = np.searchsorted(times, entry, side="right")
    stop = np.searchsorted(times, exits, side="left")
    stop = np.maximum(stop, start)
    own = stop.copy()
    closes = (outcomes != OPEN) & (exits <= age)
    # The step at which the deal itself closes, without it.
    open_, won = _over(as_is, np.zeros(count, dtype=np.int64), start)
    open_, won = _then((open_, won), _over(without, start, stop))
    step = np.minimum(stop, max(len(times) - 1, 0))
    others = np.maximum(n[step] - 1, 1) if len(times) else np.ones(count)
    shares = (
        (gone[step] - 1) / others if len(times) else np.zeros(count),
        (wins[step] - (outcomes == WON)) / others if len(times) else np.zeros(count),
    )
    open_, won = _then(
        (open_, won), (np.where(closes, 1 - shares[0], 1.0), np.where(closes, shares[1], 0.0))
    )
    own = np.where(closes, stop + 1, stop)
    # An open deal whose age equals a closing age was watched there too.
    ties = ~closes & (stop < len(times))
    tied = np.zeros(count, dtype=bool)
    tied[ties] = times[stop[ties]] == exits[ties]
    open_, won = _then((open_, won), _over(without, stop, np.where(tied, stop + 1, stop)))
    own = np.where(tied, stop + 1, own)
    open_, won = _then((open_, won), _over(as_is, own, np.full(count, len(times))))
    return count * float(curve.won_at(age)) - (count - 1) * won


@dataclass(frozen=True, eq=False)
class _DrawPlan:
    customers: IntArray
    is_won: npt.NDArray[np.bool_]
    is_lost: npt.NDArray[np.bool_]
    first: IntArray
    last: IntArray
    late_customers: IntArray
    not_entered: IntArray


def _customer_weights(rng: np.random.Generator, draws: int, groups: int) -> FloatArray:
    """How often each customer is drawn, shape (draws, groups)."""
    if groups == 0:
        return np.zeros((draws, 0))
    chosen = rng.integers(0, groups, size=(draws, groups))
    chosen += np.arange(draws)[:, None] * groups
    counts = np.bincount(chosen.ravel(), minlength=draws * groups)
    return counts.reshape(draws, groups).astype(float)


def _weighted_curves(
    weights: FloatArray, plan: _DrawPlan, column: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    deals = weights[:, plan.customers]
    ended = _running(deals)
    at_risk = ended[:, -1:] - ended[:, plan.first]
    if len(plan.late_customers):
        entered = _running(weights[:, plan.late_customers])
        at_risk -= entered[:, -1:] - entered[:, plan.not_entered]
    wins = _running(deals * plan.is_won)
    losses = _running(deals * plan.is_lost)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A closing age that no drawn deal reaches is no step.
        win_rate = np.where(at_risk > 0, (wins[:, plan.last] - wins[:, plan.first]) / at_risk, 0.0)
        lose_rate = np.where(
            at_risk > 0, (losses[:, plan.last] - losses[:, plan.first]) / at_risk, 0.0
        )
    survival = np.ones((len(weights), len(plan.first) + 1))
    np.cumprod(1.0 - win_rate - lose_rate, axis=1, out=survival[:, 1:])
    won = _running(survival[:, :-1] * win_rate)
    lost = _running(survival[:, :-1] * lose_rate)
    return won[:, column], lost[:, column], survival[:, column]


def _running(values: FloatArray) -> FloatArray:
    """Running sums along the rows, with a leading zero."""
    out = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def _codes(cluster: npt.ArrayLike) -> IntArray:
    return np.unique(np.asarray(cluster), return_inverse=True)[1].reshape(-1).astype(np.int64)


def _share_won_ahead(win_rate: FloatArray, leave_rate: FloatArray) -> FloatArray:
    """Of deals open after step j, the share won at a later step (backwards)."""
    ahead = np.zeros(len(win_rate))
    value = 0.0
    for j in range(len(win_rate) - 1, 0, -1):
        value = win_rate[j] + (1.0 - leave_rate[j]) * value
        ahead[j - 1] = value
    return ahead


def _stretches(keep: FloatArray, win: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Doubling table: entry k holds (open, won) over 2**k steps from each start."""
    table = [(keep, win)]
    while 2 ** len(table) <= len(keep):
        half = 2 ** (len(table) - 1)
        open_, won = table[-1]
        table.append((open_[:-half] * open_[half:], won[:-half] + open_[:-half] * won[half:]))
    return table


def _over(
    table: list[tuple[FloatArray, FloatArray]], start: IntArray, stop: IntArray
) -> tuple[FloatArray, FloatArray]:
    """(open, won) over the steps start..stop-1 of each deal."""
    open_, won = np.ones(len(start)), np.zeros(len(start))
    position, left = start.copy(), stop - start
    for power in range(len(table) - 1, -1, -1):
        size = 2**power
        while True:
            # The highest power may be needed twice; lower ones once.
            rows = np.flatnonzero(left >= size)
            if not len(rows):
                break
            at = position[rows]
            won[rows] += open_[rows] * table[power][1][at]
            open_[rows] *= table[power][0][at]
            position[rows] += size
            left[rows] -= size
    return open_, won


def _then(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    return first[0] * second[0], first[1] + first[0] * second[1]
