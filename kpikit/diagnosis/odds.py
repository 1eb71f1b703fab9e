"""
Odds: how many contracts, how much money, with which probability.

The number of contracts of a number of leads is uncertain twice: by luck, and
because the conversion was itself learned from a finite number of deals. The
first is binomial, the second a Beta distribution of the rate; together they are
the beta-binomial distribution. Money is the sum over segments and open deals,
computed on a fine grid without random numbers, so that it has no noise of its
own and answers at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, expit, gammaln, log_expit

from kpikit.errors import InputDataError

#: Evidence above which the spread of a rate no longer shows. [deals]
KNOWN_EVIDENCE = 1e7
#: Cells per scale of the money grid.
CELLS = 20_000
MOST_CELLS = 400_000
#: Numbers of wins with less than about 1e-30 of probability are left out.
WINDOW_SD = 12.0
FULL_RANGE = 5_000


@dataclass(frozen=True, eq=False)
class WinDistribution:
    """Probabilities of ``first``, ``first + 1``, ... contracts."""

    first: int
    probabilities: np.ndarray

    @property
    def wins(self) -> np.ndarray:
        """Numbers of contracts."""
        return np.arange(self.first, self.first + len(self.probabilities))

    @property
    def mean(self) -> float:
        """Expected number of contracts."""
        return float(self.wins @ self.probabilities)

    @property
    def sd(self) -> float:
        """Standard deviation of the number of contracts."""
        return math.sqrt(float((self.wins - self.mean) ** 2 @ self.probabilities))

    def probability_at_least(self, needed: float) -> float:
        """Probability of ``needed`` contracts or more. [share]"""
        start = max(0, math.ceil(needed - 1e-9) - self.first)
        return min(1.0, float(self.probabilities[start:].sum()))

    def quantile(self, share: float) -> int:
        """Smallest number that is not exceeded with at least this probability."""
        place = int(np.searchsorted(np.cumsum(self.probabilities), share - 1e-12))
        return self.first + min(place, len(self.probabilities) - 1)


def win_distribution(
    n_primaries: int, p_alpha: float, p_beta: float, share_in_time: float = 1.0
) -> WinDistribution:
    """
    Distribution of the contracts that come of a number of leads.

    Parameters
    ----------
    n_primaries : int
        Leads taken into work. [deals]
    p_alpha, p_beta : float
        Beta distribution of the conversion, such as won + 1/2 and not won + 1/2.
        Huge values stand for a known rate.
    share_in_time : float
        Part of the wins that falls inside the period. [share]

    Returns
    -------
    WinDistribution
        Beta-binomial, exactly, when everything comes in time; else the same
        mixture with the rate thinned, by quadrature.

    Raises
    ------
    InputDataError
        If a number breaks its limits.
    """
    _check_primaries(n_primaries)
    if not (p_alpha >= 0 and p_beta >= 0 and p_alpha + p_beta > 0):
        raise InputDataError(
            f"the conversion needs evidence: won {p_alpha} and not won {p_beta} must not be "
            "negative or both 0."
        )
    if not 0 <= share_in_time <= 1:
        raise InputDataError(f"share_in_time must be between 0 and 1, not {share_in_time}.")
    n, evidence = int(n_primaries), p_alpha + p_beta
    rate = p_alpha / evidence * share_in_time
    if n == 0 or rate == 0:
        return WinDistribution(0, np.ones(1))
    if p_beta == 0 or evidence >= KNOWN_EVIDENCE:
        return _tidy(*_known_rate(n, rate))
    first, wins = _window(n, rate, p_alpha, p_beta, share_in_time)
    if share_in_time == 1.0:
        logs = (
            _log_choose(n, wins)
            + betaln(wins + p_alpha, n - wins + p_beta)
            - betaln(p_alpha, p_beta)
        )
        return _tidy(first, np.exp(logs))
    rates, weights = _beta_nodes(p_alpha, p_beta, n, share_in_time)
    thinned = rates * share_in_time
    base = _log_choose(n, wins)
    probabilities = np.zeros(len(wins))
    step = max(1, 2_000_000 // len(wins))
    for start in range(0, len(rates), step):
        part = slice(start, start + step)
        logs = (
            base
            + wins * np.log(thinned[part])[:, None]
            + (n - wins) * np.log1p(-thinned[part])[:, None]
        )
        probabilities += weights[part] @ np.exp(logs)
    return _tidy(first, probabilities)


def probability_of_wins(
    needed: float, n_primaries: int, p_alpha: float, p_beta: float, share_in_time: float = 1.0
) -> float:
    """
    Probability that a number of leads brings the contracts needed. [share]

    Parameters
    ----------
    needed : float
        Contracts; a fraction needs the next whole one. [deals]
    n_primaries, p_alpha, p_beta, share_in_time
        As in :func:`win_distribution`.
    """
    return win_distribution(n_primaries, p_alpha, p_beta, share_in_time).probability_at_least(
        needed
    )


def primaries_for_wins(
    needed: float,
    goal: float,
    p_alpha: float,
    p_beta: float,
    share_in_time: float = 1.0,
    most: int = 10_000_000,
) -> int | None:
    """
    Smallest number of leads that brings the contracts with the probability wanted.

    Parameters
    ----------
    needed : float
        Contracts. [deals]
    goal : float
        Probability wanted. [share]
    p_alpha, p_beta, share_in_time
        As in :func:`win_distribution`.
    most : int
        Where to stop.

    Returns
    -------
    int or None
        None when even ``most`` leads do not reach the goal.
    """
    _check_goal(goal)

    def enough(count: int) -> bool:
        return probability_of_wins(needed, count, p_alpha, p_beta, share_in_time) >= goal

    return smallest(enough, max(0, math.ceil(needed - 1e-9)), most)


def smallest(enough: Callable[[int], bool], low: int, most: int) -> int | None:
    """
    Smallest whole number from ``low`` on for which ``enough`` holds, by bisection.

    ``enough`` must stay true once it is. None if it does not hold up to ``most``.
    """
    if enough(low):
        return low
    step = 1
    while low + step <= most and not enough(low + step):
        low, step = low + step, step * 2
    high = low + step
    if high > most:
        if not enough(most):
            return None
        high = most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def required_conversion(needed: float, n_primaries: int, goal: float) -> float | None:
    """
    Conversion with which a number of leads brings the contracts needed.

    The rate is taken as known: only luck remains. [share]

    Returns
    -------
    float or None
        None when there are fewer leads than contracts needed.
    """
    from scipy.special import betaincinv

    _check_primaries(n_primaries)
    _check_goal(goal)
    count = math.ceil(needed - 1e-9)
    if count <= 0:
        return 0.0
    if count > n_primaries:
        return None
    # P(Bin(n, p) >= k) is the Beta(k, n - k + 1) distribution function at p.
    return float(betaincinv(count, n_primaries - count + 1, goal))


@dataclass(frozen=True)
class SegmentWins:
    """
    New business of one segment.

    ``n_primaries`` leads, Beta(``p_alpha``, ``p_beta``) conversion,
    ``share_in_time`` of the wins inside the period, ``value`` of one contract [money].
    """

    n_primaries: int
    p_alpha: float
    p_beta: float
    share_in_time: float
    value: float


@dataclass(frozen=True, eq=False)
class MoneyDistribution:
    """
    Money on a grid: ``start`` + cell x ``step`` [money] with its probability.

    A cell stands for the amounts up to half a step on either side.
    """

    start: float
    step: float
    probabilities: np.ndarray

    def probability_at_least(self, money: float) -> float:
        """Probability of this much money or more. [share]"""
        cell = math.ceil((money - self.start) / self.step - 0.5 - 1e-9)
        if cell <= 0:
            return 1.0
        return min(1.0, float(self._tail[cell])) if cell < len(self.probabilities) else 0.0

    def quantile(self, share: float) -> float:
        """Smallest amount that is not exceeded with at least this probability. [money]"""
        cell = int(np.searchsorted(np.cumsum(self.probabilities), share - 1e-12))
        return self.start + self.step * min(cell, len(self.probabilities) - 1)

    @property
    def mean(self) -> float:
        """Expected money."""
        cells = np.arange(len(self.probabilities))
        return float(self.start + self.step * (cells @ self.probabilities))

    @property
    def _tail(self) -> np.ndarray:
        return np.cumsum(self.probabilities[::-1])[::-1]


def money_distribution(
    segments: Sequence[SegmentWins],
    open_deals: Sequence[tuple[float, float]] = (),
    *,
    certain_money: float = 0.0,
    scale: float,
) -> MoneyDistribution:
    """
    Distribution of the money of a period.

    The contracts of each segment, every open deal on its own, and money that is
    taken as certain are independent of each other; their sum is computed on a
    grid of ``scale`` / 20,000. No random numbers are used.

    Parameters
    ----------
    segments : sequence of SegmentWins
    open_deals : sequence of (amount, probability)
        [money], [share]
    certain_money : float
        Added to everything. [money]
    scale : float
        Size of the amounts that are asked about, such as the target. [money]

    Returns
    -------
    MoneyDistribution

    Raises
    ------
    InputDataError
        If an amount is negative, a probability is not a share, or ``scale`` is not positive.
    """
    if not (scale > 0 and math.isfinite(scale)):
        raise InputDataError(f"scale must be a positive amount of money, not {scale}.")
    parts = [
        (s.value, win_distribution(s.n_primaries, s.p_alpha, s.p_beta, s.share_in_time))
        for s in segments
        if s.value
    ]
    parts += [(amount, _count_of(chances)) for amount, chances in _by_amount(open_deals)]
    negative = [value for value, _ in parts if value < 0]
    if negative:
        raise InputDataError(f"a contract or an open deal is worth {negative[0]:g}; check it.")
    total = sum(value * int(wins.wins[-1]) for value, wins in parts)
    step = max(scale / CELLS, total / MOST_CELLS)
    many = [_on_grid(value, wins, step) for value, wins in parts if len(wins.probabilities) > 2]
    few = [(value, wins) for value, wins in parts if len(wins.probabilities) <= 2]
    current = np.ones(1)
    for value, wins in few:
        current = _shift_add(current, value, wins, step)
    for grid in many:
        current = _convolve(current, grid)
    return MoneyDistribution(float(certain_money), step, current / current.sum())


def _by_amount(open_deals: Sequence[tuple[float, float]]) -> list[tuple[float, np.ndarray]]:
    """Open deals of the same amount together: their count is rounded once, not each."""
    if not len(open_deals):
        return []
    table = np.asarray(open_deals, dtype=float)
    bad = table[~((table[:, 1] >= 0) & (table[:, 1] <= 1) & np.isfinite(table[:, 0]))]
    if len(bad):
        raise InputDataError(
            f"an open deal of {bad[0, 0]:g} has the probability {bad[0, 1]:g}; "
            "give an amount and a share between 0 and 1."
        )
    table = table[(table[:, 0] != 0) & (table[:, 1] > 0)]
    amounts, place = np.unique(table[:, 0], return_inverse=True)
    return [(float(a), table[place == i, 1]) for i, a in enumerate(amounts)]


def _count_of(chances: np.ndarray) -> WinDistribution:
    """Number of successes of independent trials with different chances."""
    counts = np.ones(1)
    for chance in chances:
        counts = np.append(counts, 0.0) * (1.0 - chance) + np.append(0.0, counts) * chance
    return WinDistribution(0, counts)


def _on_grid(value: float, wins: WinDistribution, step: float) -> np.ndarray:
    cells = np.rint(value * wins.wins / step).astype(np.int64)
    return np.bincount(cells, weights=wins.probabilities, minlength=cells[-1] + 1)


def _shift_add(current: np.ndarray, value: float, wins: WinDistribution, step: float) -> np.ndarray:
    cells = np.rint(value * wins.wins / step).astype(np.int64)
    result = np.zeros(len(current) + int(cells[-1]))
    for cell, probability in zip(cells, wins.probabilities, strict=True):
        result[cell : cell + len(current)] += probability * current
    return result


def _convolve(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    from scipy.fft import irfft, next_fast_len, rfft

    if min(len(left), len(right)) == 1:
        return left * right[0] if len(right) == 1 else right * left[0]
    size = len(left) + len(right) - 1
    fast = next_fast_len(size, real=True)
    product = irfft(rfft(left, fast) * rfft(right, fast), fast)[:size]
    # The transform leaves noise of 1e-17; a probability is not negative.
    return np.maximum(product, 0.0)


def _known_rate(n: int, rate: float) -> tuple[int, np.ndarray]:
    if rate >= 1:
        return n, np.ones(1)
    spread = WINDOW_SD * math.sqrt(n * rate * (1 - rate)) + WINDOW_SD
    first, wins = _range(n, n * rate, spread)
    logs = _log_choose(n, wins) + wins * math.log(rate) + (n - wins) * math.log1p(-rate)
    return first, np.exp(logs)


def _window(
    n: int, rate: float, p_alpha: float, p_beta: float, share: float
) -> tuple[int, np.ndarray]:
    evidence = p_alpha + p_beta
    mean = p_alpha / evidence
    variance = n * rate * (1 - rate) + (n * share) ** 2 * mean * (1 - mean) / (evidence + 1)
    # A Beta distribution of little evidence has long tails: then all of the range.
    if min(p_alpha, p_beta) < 30:
        return 0, np.arange(n + 1)
    return _range(n, n * rate, WINDOW_SD * math.sqrt(variance) + WINDOW_SD)


def _range(n: int, mean: float, spread: float) -> tuple[int, np.ndarray]:
    if n <= FULL_RANGE:
        return 0, np.arange(n + 1)
    first = max(0, math.floor(mean - spread))
    return first, np.arange(first, min(n, math.ceil(mean + spread)) + 1)


def _beta_nodes(
    p_alpha: float, p_beta: float, n: int, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """
    Points and weights of a Beta distribution on the logit scale.

    There the density has no poles and falls exponentially on both sides, where
    the plain trapezoid rule converges faster than any power of the step.
    """
    mean = p_alpha / (p_alpha + p_beta)
    centre = math.log(p_alpha / p_beta)
    width = 10.0 / math.sqrt((p_alpha + p_beta) * mean * (1 - mean))
    wide = np.linspace(centre - width - 45 / p_alpha, centre + width + 45 / p_beta, 4001)
    logs = p_alpha * log_expit(wide) + p_beta * log_expit(-wide)
    kept = wide[logs > logs.max() - 45]
    low, high = kept[0], kept[-1]
    # Two neighbouring points may not be further apart than the luck of the wins.
    finest = 1.0 / math.sqrt(n * share * float(expit(high)) + 1.0)
    count = int(np.clip((high - low) / finest, 200, 4000))
    points = np.linspace(low, high, count)
    logs = p_alpha * log_expit(points) + p_beta * log_expit(-points)
    weights = np.exp(logs - logs.max())
    return np.clip(expit(points), 1e-300, 1 - 1e-16), weights / weights.sum()


def _log_choose(n: int, wins: np.ndarray) -> np.ndarray:
    return gammaln(n + 1.0) - gammaln(wins + 1.0) - gammaln(n - wins + 1.0)


def _tidy(first: int, probabilities: np.ndarray) -> WinDistribution:
    return WinDistribution(first, probabilities / probabilities.sum())


def _check_primaries(n_primaries: float) -> None:
    if not (n_primaries >= 0 and float(n_primaries).is_integer()):
        raise InputDataError(f"the number of leads must be whole and not negative: {n_primaries}.")


def _check_goal(goal: float) -> None:
    if not 0 < goal < 1:
        raise InputDataError(f"the probability wanted must be between 0 and 1, not {goal}.")
