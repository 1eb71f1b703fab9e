"""
What chance alone does to a rank correlation: reps shuffled, the rest left as it was.

Three ways of shuffling. Reps inside each period on its own: every month is a new
experiment. Whole reps, the same way in all periods: needed when the same reps
are ahead month after month on both sides, because twelve months of four such
reps are four observations and not 48. Whole months, the same way for all reps:
what remains when lasting differences between reps are taken out. All orders are
tried where they are few; otherwise a random sample in which the observed order
counts as one [1]_.

References
----------
.. [1] B. Phipson, G. Smyth, Permutation p-values should never be zero,
   Statistical Applications in Genetics and Molecular Biology 9 (2010).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from kpikit.diagnosis.rank_links import BoolArray, FloatArray, WithinPeriod, own_months

#: Up to this many orders every one is tried.
MOST_EXACT = 100_000
#: Random orders where there are more.
RANDOM_ORDERS = 9_999
#: Cells of one block of shuffled scores; keeps the memory below 100 MB.
BLOCK_CELLS = 4_000_000
#: Sums that differ by less are equal.
TIE = 1e-9

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChanceOf:
    """
    How often chance gives a correlation as strong as the observed one.

    Attributes
    ----------
    p_value, p_greater : ndarray, shape (blocks,)
        Two-sided, and for a correlation at least as high. [share]
    orders : ndarray, shape (blocks,)
        Orders there are to choose from, however many were tried. [count]
    smallest_p : ndarray, shape (blocks,)
        Smallest one-sided p-value that this design can give at all. [share]
    """

    p_value: FloatArray
    p_greater: FloatArray
    orders: FloatArray
    smallest_p: FloatArray


def shuffled_inside_periods(
    link: WithinPeriod, rng: np.random.Generator, random_orders: int = RANDOM_ORDERS
) -> ChanceOf:
    """
    Shuffle the reps inside each period, every period on its own.

    KPIs with the same missing pairs share their shuffles.
    """
    blocks = len(link.rho)
    found = ChanceOf(*(np.full(blocks, np.nan) for _ in range(4)))
    found.orders[:], found.smallest_p[:] = _design(link)
    groups: dict[bytes, list[int]] = {}
    for block in np.flatnonzero(link.freedom > 0):
        groups.setdefault(link.paired[block].tobytes(), []).append(int(block))
    for group in groups.values():
        members = np.array(group)
        left, right, sizes = _packed(link, members)
        total = math.prod(math.factorial(size) for size in sizes)
        if total <= MOST_EXACT:
            extra, tried = 0, _every_order(left, right, sizes)
        else:
            extra, tried = 1, _random_orders(left, right, sizes, rng, random_orders)
        _count(found, members, link.rho[members], tried, extra)
        if extra:
            floor = 1 / (random_orders + 1)
            found.smallest_p[members] = np.maximum(found.smallest_p[members], floor)
    return found


def shuffled_reps(
    link: WithinPeriod,
    other: FloatArray,
    rng: np.random.Generator,
    random_orders: int = RANDOM_ORDERS,
) -> ChanceOf:
    """
    Shuffle whole reps, the same way in all periods.

    Parameters
    ----------
    link : WithinPeriod
    other : ndarray, shape (blocks, periods, reps)
        Unit ranks of the other side among all reps that have it, so that a
        missing KPI value stays with the rep of the KPI. 0 where missing.
    rng : Generator
    random_orders : int
    """
    products = np.einsum("ktr,kts->krs", link.left, other)
    inside = np.asarray(link.paired.any(axis=1))
    return _shuffled_whole(link, products, inside, rng, random_orders)


def shuffled_months(
    link: WithinPeriod,
    other: FloatArray,
    rng: np.random.Generator,
    random_orders: int = RANDOM_ORDERS,
) -> ChanceOf:
    """
    Shuffle whole periods, the same way for all reps, each rep's mean taken out.

    Does a rep's plan rise in the months in which the rep's KPI does? Lasting
    differences between reps play no part; months must not drift.

    Parameters as of :func:`shuffled_reps`.
    """
    products = np.einsum("ktr,ksr->kts", own_months(link.left, link.paired), other)
    inside = np.asarray(link.paired.any(axis=2))
    return _shuffled_whole(link, products, inside, rng, random_orders)


def _shuffled_whole(
    link: WithinPeriod,
    products: FloatArray,
    inside: BoolArray,
    rng: np.random.Generator,
    random_orders: int,
) -> ChanceOf:
    """Shuffle one axis as a whole; the sum of ``products`` by order is the statistic."""
    blocks = len(link.rho)
    found = ChanceOf(*(np.full(blocks, np.nan) for _ in range(4)))
    drawn: dict[int, IntArray] = {}
    for block in np.flatnonzero(link.freedom > 0):
        kept = np.flatnonzero(inside[block])
        own = products[block][np.ix_(kept, kept)]
        units = len(kept)
        total = math.factorial(units)
        found.orders[block] = float(total) if units <= 150 else math.inf
        extra = int(total > MOST_EXACT)
        if units not in drawn:
            every = np.tile(np.arange(units), (random_orders if extra else 1, 1))
            drawn[units] = rng.permuted(every, axis=1) if extra else _orders(units)
        orders = drawn[units]
        sums = np.zeros((1, len(orders)))
        for unit in range(units):
            sums[0] += own[unit, orders[:, unit]]
        member = np.array([block])
        _count(found, member, np.array([np.trace(own)]), iter([sums]), extra)
        # Equal sums are counted together: the smallest p is that of the highest sum.
        highest = int((sums >= sums.max() - TIE).sum())
        found.smallest_p[block] = (1 if extra else highest) / (len(orders) + extra)
    return found


def _count(
    found: ChanceOf, members: IntArray, seen: FloatArray, tried: Iterator[FloatArray], extra: int
) -> None:
    """Write the p-values of some blocks; ``extra`` counts the observed order as one more."""
    both = np.full(len(members), float(extra))
    greater = both.copy()
    total = extra
    for sums in tried:
        both += (np.abs(sums) >= np.abs(seen)[:, None] - TIE).sum(axis=1)
        greater += (sums >= seen[:, None] - TIE).sum(axis=1)
        total += sums.shape[1]
    found.p_value[members] = both / total
    found.p_greater[members] = greater / total


def _packed(link: WithinPeriod, members: IntArray) -> tuple[FloatArray, FloatArray, list[int]]:
    """Scores of blocks with the same pairs, moved to the front of each period."""
    paired = link.paired[members[0]]
    periods = np.flatnonzero(paired.any(axis=1))
    sizes = [int(size) for size in paired[periods].sum(axis=1)]
    front = np.argsort(~paired[periods], axis=1, kind="stable")[:, : max(sizes)]
    right = np.take_along_axis(link.right[members[0]][periods], front, axis=1)
    left = np.take_along_axis(link.left[members][:, periods], front[None], axis=2)
    return left, right, sizes


def _every_order(left: FloatArray, right: FloatArray, sizes: list[int]) -> Iterator[FloatArray]:
    sums = np.zeros((len(left), 1))
    for period, size in enumerate(sizes):
        orders = right[period][_orders(size)]
        here = left[:, period, :size] @ orders.T
        sums = (sums[:, :, None] + here[:, None, :]).reshape(len(left), -1)
    yield sums


def _random_orders(
    left: FloatArray,
    right: FloatArray,
    sizes: list[int],
    rng: np.random.Generator,
    random_orders: int,
) -> Iterator[FloatArray]:
    flat = left.reshape(len(left), -1).T
    padding = np.arange(right.shape[1])[None, :] >= np.array(sizes)[:, None]
    step = max(1, BLOCK_CELLS // right.size)
    for start in range(0, random_orders, step):
        draws = min(step, random_orders - start)
        if padding.any():
            keys = rng.random((draws, *right.shape))
            keys[:, padding] = 2.0  # the empty places stay at the end
            order = np.argsort(keys, axis=-1)
            shuffled = np.take_along_axis(np.broadcast_to(right, keys.shape), order, axis=-1)
        else:
            shuffled = rng.permuted(np.tile(right, (draws, 1, 1)), axis=-1)
        yield (shuffled.reshape(draws, -1) @ flat).T


@lru_cache(maxsize=8)
def _orders(size: int) -> IntArray:
    orders = np.array(list(permutations(range(size))), dtype=np.int64)
    orders.setflags(write=False)
    return orders


def _design(link: WithinPeriod) -> tuple[FloatArray, FloatArray]:
    """
    Orders of each block, and the smallest one-sided p-value they can give.

    Orders that only swap equal values are the same, so ties make the smallest
    p-value larger.
    """
    log_orders = np.zeros(len(link.rho))
    log_smallest = np.zeros(len(link.rho))
    for period in range(link.paired.shape[1]):
        paired = link.paired[:, period]
        here = gammaln(paired.sum(axis=1) + 1)
        ties = np.maximum(
            _log_ties(link.left[:, period], paired), _log_ties(link.right[:, period], paired)
        )
        log_orders += here
        log_smallest += ties - here
    orders = np.where(link.freedom > 0, np.rint(np.exp(np.minimum(log_orders, 700))), np.nan)
    return orders, np.where(link.freedom > 0, np.exp(log_smallest), np.nan)


def _log_ties(scores: FloatArray, paired: BoolArray) -> FloatArray:
    """Logarithm of the orders that only swap equal scores, by block."""
    equal = np.abs(scores[:, :, None] - scores[:, None, :]) < TIE
    twins = (equal & paired[:, :, None] & paired[:, None, :]).sum(axis=-1)
    return np.where(paired, gammaln(twins + 1) / np.maximum(twins, 1), 0.0).sum(axis=-1)
