"""Chance by shuffling: exact where few orders exist, never zero where they are drawn."""

import math
from itertools import permutations, product

import numpy as np
import pytest
from scipy import stats

from kpikit.diagnosis.permutations import (
    shuffled_inside_periods,
    shuffled_months,
    shuffled_reps,
)
from kpikit.diagnosis.rank_links import (
    inflation,
    own_months_rho,
    serial_inflation,
    unit_ranks,
    within_period,
)


def test_ex_8_5_two_periods_of_three_reps():
    """EX-8.5 of METHODS: mean rho .75, exact one-sided p = 5/36."""
    kpi = np.array([[[0.7, 0.9, 1.1], [0.8, 1.0, 0.9]]])
    plan = np.array([[0.6, 0.8, 1.0], [0.7, 0.9, 0.95]])
    link = within_period(kpi, plan)
    chance = shuffled_inside_periods(link, np.random.default_rng(1))
    assert link.rho[0] == pytest.approx(0.75, abs=1e-12)
    assert chance.p_greater[0] == pytest.approx(5 / 36, abs=1e-12)
    assert chance.orders[0] == 36
    assert chance.smallest_p[0] == pytest.approx(1 / 36, abs=1e-12)


def test_exact_p_is_that_of_scipy():
    """scipy.stats.permutation_test(permutation_type="pairings"), 6 reps, ties in both."""
    x = np.array([1.0, 2.0, 2.0, 4.0, 5.0, 6.0])
    y = np.array([2.0, 1.0, 3.0, 3.0, 6.0, 5.0])
    mine = shuffled_inside_periods(within_period(x[None, None], y[None]), np.random.default_rng(1))
    theirs = stats.permutation_test(
        (x,),
        lambda first: stats.spearmanr(first, y).statistic,
        permutation_type="pairings",
        n_resamples=np.inf,
        alternative="greater",
    )
    assert mine.p_greater[0] == pytest.approx(theirs.pvalue, abs=1e-12)


def test_random_orders_agree_with_all_orders():
    """Two periods of six reps, all 720 x 720 orders by brute force; 4 standard errors of 9,999."""
    rng = np.random.default_rng(2)
    link = within_period(rng.normal(size=(1, 2, 6)), rng.normal(size=(2, 6)))
    sums = []
    for period in range(2):
        orders = np.array(list(permutations(range(6))))
        sums.append(link.right[0, period][orders] @ link.left[0, period])
    total = np.abs(sums[0][:, None] + sums[1][None, :])
    truth = (total >= abs(link.rho[0]) - 1e-9).mean()
    found = shuffled_inside_periods(link, rng).p_value[0]
    assert found == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / 9_999))


def test_whole_reps_by_brute_force():
    """5 reps, 3 periods: every one of the 120 orders of reps, counted in a loop."""
    rng = np.random.default_rng(3)
    kpi, plan = rng.normal(size=(1, 3, 5)), rng.normal(size=(3, 5))
    link = within_period(kpi, plan)
    seen = [within_period(kpi, plan[:, list(order)]).rho[0] for order in permutations(range(5))]
    chance = shuffled_reps(link, unit_ranks(plan)[None], rng)
    assert chance.p_value[0] == pytest.approx(
        np.mean(np.abs(seen) >= abs(link.rho[0]) - 1e-9), abs=1e-12
    )
    assert chance.orders[0] == 120


def test_whole_months_by_brute_force():
    """3 reps, 5 months: every one of the 120 orders of months, each rep's mean taken out."""
    rng = np.random.default_rng(13)
    kpi, plan = rng.normal(size=(1, 5, 3)), rng.normal(size=(5, 3))
    link = within_period(kpi, plan)
    own = unit_ranks(kpi[0]) - unit_ranks(kpi[0]).mean(axis=0)
    sums = [(own * unit_ranks(plan[list(order)])).sum() for order in permutations(range(5))]
    chance = shuffled_months(link, unit_ranks(plan)[None], rng)
    assert chance.p_value[0] == pytest.approx(np.mean(np.abs(sums) >= abs(sums[0]) - 1e-9))


def test_lasting_differences_play_no_part_in_shuffled_months():
    """Reps ahead in all months on both sides, the months themselves unrelated: no proof."""
    edge = 10 * np.arange(6)
    rng = np.random.default_rng(14)
    kpi, plan = edge + rng.normal(size=(20, 12, 6)), edge + rng.normal(size=(12, 6))
    link = within_period(kpi, plan)
    months = shuffled_months(link, unit_ranks(np.broadcast_to(plan, kpi.shape)), rng, 499)
    cells = shuffled_inside_periods(link, rng, 499)
    assert (cells.p_value <= 0.01).all()
    assert not (months.p_value <= 0.01).any()
    assert np.isnan(own_months_rho(link)).all()  # the same order in every month


def test_a_drawn_p_is_never_zero():
    """Phipson and Smyth: the observed order is one of the orders, so p >= 1/(B + 1)."""
    plan = np.arange(20.0)[None]
    link = within_period(plan[None], plan)
    chance = shuffled_inside_periods(link, np.random.default_rng(4), random_orders=99)
    assert chance.p_value[0] == pytest.approx(1 / 100)
    assert chance.smallest_p[0] == pytest.approx(1 / 100)


def test_ties_make_proof_harder():
    """Met or not met, 2 of 4 reps each: 4!/(2! 2!) = 6 different orders, smallest p 1/6."""
    kpi, plan = np.array([[[0.0, 0.0, 1.0, 1.0]]]), np.array([[0.6, 0.7, 0.8, 0.9]])
    chance = shuffled_inside_periods(within_period(kpi, plan), np.random.default_rng(1))
    assert chance.smallest_p[0] == pytest.approx(1 / 6)
    assert chance.p_greater[0] == pytest.approx(1 / 6)


def test_missing_pairs_are_not_shuffled():
    """Two periods of 3 and 2 pairs: 3! x 2! orders, counted by hand in a loop."""
    kpi = np.array([[[1.0, 2.0, 3.0, np.nan], [np.nan, np.nan, 2.0, 1.0]]])
    plan = np.array([[1.0, 3.0, 2.0, 4.0], [1.0, 2.0, 3.0, 4.0]])
    link = within_period(kpi, plan)
    # rho of the periods .5 and -1, weights 2 and 1
    assert link.rho[0] == pytest.approx((2 * 0.5 - 1) / 3)
    first = [stats.spearmanr([1, 2, 3], order).statistic for order in permutations([1, 3, 2])]
    sums = [(2 * one + two) / 3 for one, two in product(first, [1.0, -1.0])]
    chance = shuffled_inside_periods(link, np.random.default_rng(1))
    assert chance.p_greater[0] == pytest.approx(np.mean(np.array(sums) >= link.rho[0] - 1e-9))
    assert chance.orders[0] == 12


@pytest.mark.parametrize("shape", [(3, 4), (12, 6)])
def test_p_values_of_unrelated_kpis_are_at_most_their_level(shape):
    """Valid p-values: no more than 10 % of null KPIs lie at or below .1 (400 of them)."""
    rng = np.random.default_rng(5)
    p = []
    for _ in range(40):
        link = within_period(rng.normal(size=(10, *shape)), rng.normal(size=shape))
        p.extend(shuffled_inside_periods(link, rng, random_orders=499).p_value)
    assert np.mean(np.array(p) <= 0.1) <= 0.1 + 3 * math.sqrt(0.09 / 400)


def test_twelve_months_of_lasting_reps_count_as_one():
    """Each rep the same in all months on both sides: the variance is 12 times as large."""
    lasting = np.tile(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), (12, 1))
    other = np.tile(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), (12, 1))
    assert inflation(within_period(lasting[None], other)) == pytest.approx(12.0)
    fresh = np.random.default_rng(6).normal(size=(12, 5))
    assert inflation(within_period(fresh[None], other))[0] < 4


def test_drifts_are_seen():
    """Neighbouring months alike on both sides (.9) or not at all, 30 KPIs, 8 reps, 24 months."""
    rng = np.random.default_rng(7)
    steps = rng.normal(size=(31, 24, 8))
    drift = steps.copy()
    for month in range(1, 24):
        drift[:, month] = 0.9 * drift[:, month - 1] + np.sqrt(0.19) * steps[:, month]
    assert np.median(serial_inflation(within_period(drift[1:], drift[0]))) > 1.5
    assert np.median(serial_inflation(within_period(steps[1:], steps[0]))) < 1.1
    # one side that does not drift is enough
    assert np.median(serial_inflation(within_period(drift[1:], steps[0]))) < 1.1
