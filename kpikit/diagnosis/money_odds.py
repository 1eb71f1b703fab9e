"""
Odds of the money: contracts, renewals and the sizes of deals together.

The number of new contracts is beta-binomial (:mod:`kpikit.diagnosis.odds`).
Renewals and cross-sales succeed or not, one by one; new deals differ in size.
A sum of deals with gamma-distributed sizes is computed exactly from its
generating function on a grid, without random numbers, so the probability of the
plan rises strictly with people and falls with the target.

References
----------
.. [1] H. H. Panjer, "Recursive evaluation of a family of compound
   distributions", ASTIN Bulletin 12, 1981 (compound distributions on a grid; the
   transform used here gives the same numbers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.special import gammainc

from kpikit.diagnosis.odds import (
    KNOWN_EVIDENCE,
    MoneyDistribution,
    SegmentWins,
    WinDistribution,
    money_distribution,
    win_distribution,
)

#: Cells per scale where deals differ in size; the money is continuous there.
CELLS = 4_000
#: Coarser cells where the money that can come is far above the amounts asked about.
MOST_CELLS = 40_000


@dataclass(frozen=True)
class Chance:
    """``n`` occasions that succeed with ``rate`` [share] and bring ``value`` [money] each."""

    n: float
    rate: float
    value: float


@dataclass(frozen=True)
class NewBusiness:
    """Contracts of a segment, and the coefficient of variation of their size."""

    wins: SegmentWins
    value_cv: float = 0.0


def plan_money(
    new: Sequence[NewBusiness],
    existing: Sequence[Chance],
    open_deals: Sequence[tuple[float, float]],
    scale: float,
) -> MoneyDistribution:
    """
    Distribution of the money of the plan period.

    Parameters
    ----------
    new : sequence of NewBusiness
    existing : sequence of Chance
        Renewals and cross-sales by segment.
    open_deals : sequence of (amount, probability)
        [money], [share]
    scale : float
        Size of the amounts that are asked about, such as the target. [money]
    """
    plain = [item.wins for item in new if item.value_cv <= 0]
    sized = [item for item in new if item.value_cv > 0]
    certain = 0.0
    for chance in existing:
        whole = round(chance.n)
        if chance.rate >= 1.0 or whole == 0 or chance.rate <= 0.0:
            certain += chance.n * chance.rate * chance.value
            continue
        # A fractional number of contracts keeps its expected money.
        value = chance.value * chance.n / whole
        evidence = KNOWN_EVIDENCE * 10
        plain.append(
            SegmentWins(whole, chance.rate * evidence, (1 - chance.rate) * evidence, 1.0, value)
        )
    rest = money_distribution(plain, open_deals, certain_money=certain, scale=scale)
    if not sized:
        return rest
    laws = [_likely_wins(item.wins) for item in sized]
    most = rest.step * len(rest.probabilities)
    most += sum(i.wins.value * float(law.wins[-1]) for i, law in zip(sized, laws, strict=True))
    step = max(scale / CELLS, most / MOST_CELLS)
    current = _rebinned(rest, step)
    for item, law in zip(sized, laws, strict=True):
        current = _convolved(current, sized_sum(law, item.wins.value, item.value_cv, step))
    return MoneyDistribution(rest.start, step, current / current.sum())


def _likely_wins(wins: SegmentWins) -> WinDistribution:
    """The contracts of a segment without numbers that practically never occur."""
    law = win_distribution(wins.n_primaries, wins.p_alpha, wins.p_beta, wins.share_in_time)
    keep = np.flatnonzero(law.probabilities > 1e-13)
    first, last = int(keep[0]), int(keep[-1])
    return WinDistribution(law.first + first, law.probabilities[first : last + 1])


def sized_sum(wins: WinDistribution, value: float, cv: float, step: float) -> np.ndarray:
    """
    Probabilities of the total of a random number of deals, by cells of ``step``.

    The deals are independent gamma-distributed amounts with mean ``value``
    [money] and coefficient of variation ``cv``.
    """
    counts, chances = wins.wins, wins.probabilities
    most = float(counts[-1])
    reach = most * value + 10.0 * math.sqrt(most) * cv * value + 12.0 * cv * value + value
    cells = math.ceil(reach / step) + 1
    size = next_fast_len(cells, real=True)
    shape, spread = 1.0 / cv**2, value * cv**2
    edges = (np.arange(size + 1) - 0.5).clip(min=0.0) * step
    single = np.diff(gammainc(shape, edges / spread))
    single *= 1.0 / single.sum()
    phase = rfft(single, size)
    total = np.zeros_like(phase)
    for chance in chances[::-1]:
        total = total * phase + chance
    total *= phase ** int(counts[0])
    return np.maximum(irfft(total, size), 0.0)


def _rebinned(money: MoneyDistribution, step: float) -> np.ndarray:
    cells = np.rint(np.arange(len(money.probabilities)) * money.step / step).astype(np.int64)
    return np.bincount(cells, weights=money.probabilities)


def _convolved(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    size = len(left) + len(right) - 1
    fast = next_fast_len(size, real=True)
    product = irfft(rfft(left, fast) * rfft(right, fast), fast)[:size]
    return np.maximum(product, 0.0)
