"""
Forward simulation of the money of a plan with given people.

The grid of :mod:`kpikit.diagnosis.odds` takes the money of existing customers
and the size of a contract as certain. Here every source of luck is drawn:
renewals, cross-sales, the conversion that was learned from few deals, the
contracts, and their sizes. Each draw is the quantile at one uniform number of a
named stream, so that two scenarios differ by the scenario only: with more reps,
a better conversion or a lower target the probability never falls, in any single
replicate.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpikit.diagnosis.odds import KNOWN_EVIDENCE
from kpikit.errors import InputDataError


@dataclass(frozen=True)
class RepeatSource:
    """
    Customers that may buy once more: renewals or cross-sales of a segment.

    ``offers`` customers asked, ``rate`` [share], ``value`` of one [money].
    """

    name: str
    offers: int
    rate: float
    value: float


@dataclass(frozen=True)
class NewSource:
    """
    New business of a segment.

    ``n_primaries`` leads, Beta(``p_alpha``, ``p_beta``) conversion,
    ``share_in_time`` of the wins inside the period, ``value`` of a contract
    [money] and its coefficient of variation ``value_cv``.
    """

    name: str
    n_primaries: int
    p_alpha: float
    p_beta: float
    value: float
    value_cv: float = 0.0
    share_in_time: float = 1.0


@dataclass(frozen=True)
class SimulatedProbability:
    """A probability from a simulation and its Monte Carlo error. [share]"""

    value: float
    mcse: float
    draws: int

    def is_borderline(self, goal: float) -> bool:
        """Say whether the 95 % simulation interval contains the goal."""
        return abs(self.value - goal) <= 1.96 * self.mcse


@dataclass(frozen=True, eq=False)
class MoneySample:
    """
    Simulated money, one entry per replicate. [money]

    ``wins`` new contracts of each replicate.
    """

    money: np.ndarray
    wins: np.ndarray
    seed: int

    def probability_at_least(self, target: float) -> SimulatedProbability:
        """Share of the replicates that reach the target."""
        share = float((self.money >= target).mean())
        count = len(self.money)
        return SimulatedProbability(share, math.sqrt(share * (1 - share) / count), count)

    @property
    def mean(self) -> float:
        """Mean money. [money]"""
        return float(self.money.mean())

    def quantile(self, share: float) -> float:
        """Amount not exceeded in this share of the replicates. [money]"""
        return float(np.quantile(self.money, share, method="inverted_cdf"))

    def expected_shortfall(self, target: float) -> float:
        """Money missing on average where the target is missed. [money]"""
        missed = self.money[self.money < target]
        return float(target - missed.mean()) if len(missed) else 0.0


def uniforms(seed: int, stream: str, start: int, stop: int) -> np.ndarray:
    """
    Uniform numbers ``start`` to ``stop`` of a named stream.

    The same numbers come whichever part is asked for and in whatever order, and
    a further stream does not change the others.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(zlib.crc32(stream.encode()),))
    source = np.random.PCG64(sequence).advance(start)
    return np.random.Generator(source).random(stop - start)


def simulate_money(
    repeat: Sequence[RepeatSource],
    new: Sequence[NewSource],
    *,
    seed: int,
    draws: int = 10_000,
    chunk: int = 10_000,
    certain_money: float = 0.0,
) -> MoneySample:
    """
    Draw the money of a period many times.

    Contract sizes have a gamma distribution: the sum of any number of contracts
    is gamma again and is drawn at once.

    Parameters
    ----------
    repeat : sequence of RepeatSource
    new : sequence of NewSource
    seed : int
    draws : int
        Replicates.
    chunk : int
        Replicates computed at a time; does not change the result.
    certain_money : float
        Added to every replicate. [money]

    Returns
    -------
    MoneySample

    Raises
    ------
    InputDataError
        If a name is used twice or a number breaks its limits.
    """
    _check(repeat, new, draws, chunk)
    money, wins = np.empty(draws), np.empty(draws)
    for start in range(0, draws, chunk):
        stop = min(draws, start + chunk)
        part, count = np.full(stop - start, certain_money), np.zeros(stop - start)
        for source in repeat:
            luck = uniforms(seed, f"{source.name}/again", start, stop)
            part += _binomial(luck, source.offers, source.rate) * source.value
        for business in new:
            won = _wins(business, seed, start, stop)
            count += won
            part += _worth(business, won, seed, start, stop)
        money[start:stop], wins[start:stop] = part, count
    return MoneySample(money, wins, seed)


def _wins(source: NewSource, seed: int, start: int, stop: int) -> np.ndarray:
    from scipy.special import betaincinv

    evidence = source.p_alpha + source.p_beta
    if evidence >= KNOWN_EVIDENCE or min(source.p_alpha, source.p_beta) == 0:
        rate = np.full(stop - start, source.p_alpha / evidence)
    else:
        luck = uniforms(seed, f"{source.name}/rate", start, stop)
        rate = betaincinv(source.p_alpha, source.p_beta, luck)
    luck = uniforms(seed, f"{source.name}/wins", start, stop)
    return _binomial(luck, source.n_primaries, rate * source.share_in_time)


def _worth(source: NewSource, won: np.ndarray, seed: int, start: int, stop: int) -> np.ndarray:
    if source.value_cv == 0:
        return won * source.value
    from scipy.special import gammaincinv

    luck = uniforms(seed, f"{source.name}/value", start, stop)
    variance = source.value_cv**2
    worth = np.zeros(len(won))
    some = won > 0
    worth[some] = gammaincinv(won[some] / variance, luck[some]) * source.value * variance
    return worth


def _binomial(luck: np.ndarray, trials: int, rate: float | np.ndarray) -> np.ndarray:
    from scipy.special import bdtr, bdtrik

    rates = np.broadcast_to(np.asarray(rate, dtype=float), luck.shape)
    if trials == 0:
        return np.zeros(len(luck))
    inner = np.clip(rates, 1e-15, 1 - 1e-15)
    # bdtrik inverts on the real line; the smallest whole number whose
    # distribution function reaches the uniform is at most one step from there.
    near = np.nan_to_num(np.ceil(bdtrik(luck, trials, inner)), nan=0.0)
    count = np.clip(near, 0, trials)
    below = np.maximum(count - 1, 0)
    count = np.where((count > 0) & (bdtr(below, trials, inner) >= luck), below, count)
    count = np.where(bdtr(count, trials, inner) < luck, np.minimum(count + 1, trials), count)
    return np.where(rates <= 0, 0.0, np.where(rates >= 1, float(trials), count))


def _check(
    repeat: Sequence[RepeatSource], new: Sequence[NewSource], draws: int, chunk: int
) -> None:
    if draws < 1 or chunk < 1:
        raise InputDataError("draws and chunk must be at least 1.")
    names = [source.name for source in repeat] + [source.name for source in new]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputDataError(
            f"two money sources are called '{twice[0]}'; each needs a name of its own, "
            "because its random numbers are found by it."
        )
    for source in repeat:
        if not (0 <= source.rate <= 1 and source.offers >= 0):
            raise InputDataError(
                f"source '{source.name}': rate must be a share, offers not below 0."
            )
    for business in new:
        if not (
            business.n_primaries >= 0
            and business.p_alpha >= 0
            and business.p_beta >= 0
            and business.p_alpha + business.p_beta > 0
            and business.value_cv >= 0
            and 0 <= business.share_in_time <= 1
        ):
            raise InputDataError(
                f"source '{business.name}': leads, evidence and value_cv must not be negative, "
                "share_in_time must be a share."
            )
