"""
One rep against the habits of the others.

Reps differ honestly: one opens with short calls, another writes meetings down on
Fridays. A rep stands out only where the count is too high for the spread of such
habits *and* for the number of cases. The spread is learned from the other reps,
with its own uncertainty: three colleagues prove little, whatever the share is.

Model: the log-odds of a rep's share are normal around the team's; each of the
others may also lie far above it, with a small probability, so that two people
who inflate their calls do not make each other look usual [1]_.

References
----------
.. [1] D. Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 5 (hierarchical
   binomial model), ch. 17 (contaminated normal law); predictive tails ch. 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, chdtri, expit, log_expit, logit

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

#: Fewest reps that can be compared: two others give a first idea of a spread.
LEAST_REPS = 3
#: Shares of outliers among the reps that are considered, equally likely beforehand,
#: and how far above the team an outlier may lie (half-normal). [share], [log-odds]
OUTLIER_SHARES = np.array([0.0, 0.05, 0.1, 0.2, 0.3])
OUTLIER_SPREAD = 2.0
#: Scale of the half-Cauchy prior of the spread of honest habits: wide, so that a
#: small team leaves much open. These are assumptions, checked by simulation: honest
#: teams are flagged in about the nominal share at most. [log-odds]
HABIT_SPREAD = 0.7
#: Spreads that are considered; close enough for what 300 reps can tell apart. [log-odds]
SPREADS = np.geomspace(0.06, 2.6, 26)


@dataclass(frozen=True, eq=False)
class TeamTail:
    """
    How unusual each rep is among the others.

    Attributes
    ----------
    share : ndarray, shape (reps,)
        Share expected of the rep from the habits of the others. [share]
    p_value : ndarray, shape (reps,)
        Probability that a rep with honest habits has as many hits or more.
    """

    share: FloatArray
    p_value: FloatArray


def team_tail(
    hits: npt.ArrayLike, trials: npt.ArrayLike, chance: npt.ArrayLike | None = None
) -> TeamTail:
    """
    Compare each rep with the law of the other reps' shares.

    Parameters
    ----------
    hits, trials : array_like, shape (reps,)
        ``0 <= hits <= trials``; fractions are allowed (effective numbers).
    chance : array_like, shape (reps,), optional
        Share that the calendar alone gives each rep, above 0 and below 1; reps
        with other months then compare fairly. [share]

    Returns
    -------
    TeamTail

    Raises
    ------
    InputDataError
        If a count is impossible or there are fewer than three reps.
    """
    x, n = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    if len(x) < LEAST_REPS or np.any(x < 0) or np.any(x > n) or np.any(n <= 0):
        raise InputDataError(
            f"hits must lie between 0 and trials, for {LEAST_REPS} reps or more with trials "
            f"above 0; got {len(x)} rep(s)."
        )
    offset = np.zeros(len(x)) if chance is None else logit(np.asarray(chance, dtype=float))
    grid = _grid()
    centre = _weighted_median(logit((x + 0.5) / (n + 1)) - offset, n)
    log_odds = centre + grid.place[None, :] + offset[:, None]
    fit = _likelihood(x, n, log_odds)
    usual = fit @ grid.laws.T
    apart = np.repeat(fit @ grid.outliers.T, len(SPREADS), axis=1)
    mixed = OUTLIER_SHARES[:, None, None]
    evidence = np.log((1 - mixed) * usual + mixed * apart + 1e-300)
    whole = grid.log_prior + evidence.sum(axis=1)
    share, p_value = np.empty(len(x)), np.empty(len(x))
    for rep in range(len(x)):
        others = whole - evidence[:, rep]
        weight = np.exp(others - others.max()).sum(axis=0)
        law = (weight / weight.sum()) @ grid.laws
        chances = expit(log_odds[rep])
        share[rep] = law @ chances
        p_value[rep] = law @ binomial_tail(x[rep], n[rep], chances)
    return TeamTail(share, np.clip(p_value, 0.0, 1.0))


def binomial_tail(hits: float, trials: float, share: npt.ArrayLike) -> FloatArray:
    """Probability of at least so many hits, exact; fractions of a hit are allowed."""
    p = np.asarray(share, dtype=float)
    if hits <= 0:
        return np.ones_like(p)
    return np.asarray(betainc(hits, trials - hits + 1, p), dtype=float)


def clustering(hits: npt.ArrayLike, trials: npt.ArrayLike, rep: npt.ArrayLike) -> float:
    """
    How many times more a rep's months vary than independent cases would.

    Short calls come in rows, meetings are entered together: 100 such cases say
    less than 100 independent ones. The median over reps is taken, so that a few
    who changed their ways do not make everybody look erratic.

    Parameters
    ----------
    hits, trials : array_like, shape (rep-months,)
    rep : array_like, shape (rep-months,)

    Returns
    -------
    float
        Design effect, at least 1. Divide hits and trials by it.
    """
    x, n = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    names, place = np.unique(np.asarray(rep, dtype=str), return_inverse=True)
    effects = []
    for number in range(len(names)):
        mine = (place == number) & (n > 0)
        total, freedom = n[mine].sum(), int(mine.sum()) - 1
        share = x[mine].sum() / total if total else 0.0
        if freedom < 1 or not 0 < share < 1:
            continue
        pearson = np.sum((x[mine] - n[mine] * share) ** 2 / (n[mine] * share * (1 - share)))
        effects.append(pearson / chdtri(freedom, 0.5))
    return max(1.0, float(np.median(effects))) if effects else 1.0


@dataclass(frozen=True, eq=False)
class _Grid:
    """
    Every law of honest habits that is considered, around the middle of the team.

    Attributes
    ----------
    place : ndarray, shape (places,)
        [log-odds from the middle]
    laws : ndarray, shape (means x spreads, places)
        Weights of the places for a usual rep; rows sum to 1.
    outliers : ndarray, shape (means, places)
        The same for an outlier.
    log_prior : ndarray, shape (means x spreads,)
    """

    place: FloatArray
    laws: FloatArray
    outliers: FloatArray
    log_prior: FloatArray


@cache
def _grid() -> _Grid:
    place = np.arange(-5.0, 5.0001, 0.04)
    # Fine steps in the middle, where a large team pins its mean down, wide ones outside.
    means = 3.0 * np.sinh(np.linspace(-4, 4, 61)) / np.sinh(4.0)
    mean, spread = (part.ravel() for part in np.meshgrid(means, SPREADS, indexing="ij"))
    width = np.outer(np.gradient(means), np.gradient(SPREADS)).ravel()
    return _Grid(
        place,
        _normal_laws(place, mean, spread),
        _outlier_laws(place, means),
        np.log(width / (1 + (spread / HABIT_SPREAD) ** 2)),
    )


def _normal_laws(place: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    law = np.exp(-0.5 * ((place - mean[:, None]) / spread[:, None]) ** 2)
    return np.asarray(law / law.sum(axis=1, keepdims=True))


def _outlier_laws(place: FloatArray, mean: FloatArray) -> FloatArray:
    """Half-normal laws above the mean."""
    law = np.exp(-0.5 * ((place - mean[:, None]) / OUTLIER_SPREAD) ** 2)
    law = np.where(place >= mean[:, None], law, 0.0)
    return np.asarray(law / law.sum(axis=1, keepdims=True))


def _likelihood(x: FloatArray, n: FloatArray, log_odds: FloatArray) -> FloatArray:
    """Binomial likelihood of each rep over the grid, scaled to a maximum of 1."""
    log = x[:, None] * log_expit(log_odds) + (n - x)[:, None] * log_expit(-log_odds)
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)))


def _weighted_median(values: FloatArray, weights: FloatArray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
