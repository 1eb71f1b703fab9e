"""
Values and intervals from sums: against scipy, statsmodels and lifelines, and by simulation.

A simulated interval of level 90 % must hold the truth in 90 % of many draws. With N draws the
share has a standard error of sqrt(0.9 x 0.1 / N); the tolerance is three of them, plus what the
method is known to give away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import DescrStatsW

from kpikit.diagnosis.reduced import (
    agreement,
    duration,
    mean_interval,
    poisson_interval,
    ratio_interval,
    total_interval,
)

LEVEL = 0.90
DRAWS = 4000
#: Three standard errors of a share of 90 % in so many draws. [share]
NOISE = 3 * math.sqrt(0.9 * 0.1 / DRAWS)


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> float:
    return float(np.mean((low <= truth) & (truth <= high)))


# ---- counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", (0.8, 0.9, 0.95))
def test_limits_of_a_count_are_the_exact_poisson_ones(level: float):
    """scipy: chi2.ppf(a/2, 2n)/2 and chi2.ppf(1-a/2, 2n+2)/2; each tail has (1 - level)/2."""
    n = np.array([1, 2, 5, 17, 240, 10_000])
    low, high = poisson_interval(n, level)
    tail = (1 - level) / 2
    np.testing.assert_allclose(low, stats.chi2.ppf(tail, 2 * n) / 2, rtol=1e-9)
    np.testing.assert_allclose(high, stats.chi2.ppf(1 - tail, 2 * n + 2) / 2, rtol=1e-9)
    np.testing.assert_allclose(stats.poisson.sf(n - 1, low), tail, rtol=1e-7)
    np.testing.assert_allclose(stats.poisson.cdf(n, high), tail, rtol=1e-7)


def test_nothing_counted_does_not_mean_that_nothing_happens():
    """0 events at 90 %: 0 to -ln(0.05) = 2.996 by hand; a missing count has no limits."""
    low, high = poisson_interval([0, np.nan], LEVEL)
    assert low[0] == 0.0
    assert high[0] == pytest.approx(-math.log(0.05))
    assert np.isnan(low[1]) and np.isnan(high[1])


@pytest.mark.parametrize("truth", (0.7, 4.0, 60.0))
def test_limits_of_a_count_hold_the_truth_at_least_as_often_as_they_say(truth: float):
    """Exact limits are never too narrow; the probability is summed, not drawn."""
    n = np.arange(0, 400)
    low, high = poisson_interval(n, LEVEL)
    held = stats.poisson.pmf(n, truth)[(low <= truth) & (truth <= high)].sum()
    assert held >= LEVEL - 1e-9
    assert held <= 1.0 if truth < 10 else held <= 0.93


# ---- totals -----------------------------------------------------------------------------------


def test_interval_of_a_total_comes_from_the_sum_of_squares():
    """By hand: 3, 4, 12: total 19, root of 9 + 16 + 144 is 13; 19 +- 1.6449 x 13, not below 0."""
    low, high = total_interval([19.0], [169.0], LEVEL)
    assert high[0] == pytest.approx(19 + 1.6448536 * 13)
    assert low[0] == 0.0
    low, _high = total_interval([100.0], [169.0], LEVEL)
    assert low[0] == pytest.approx(100 - 1.6448536 * 13)


def test_a_total_below_zero_keeps_its_lower_limit():
    """-50 with squares of 2,500: -50 - 1.6449 x 50 lies below it; returns can outweigh sales."""
    low, high = total_interval([-50.0], [2500.0], LEVEL)
    assert low[0] == pytest.approx(-50 - 1.6448536 * 50)
    assert high[0] == pytest.approx(-50 + 1.6448536 * 50)


def test_interval_of_a_total_holds_the_truth_when_number_and_size_of_sales_vary():
    """
    200 sales of lognormal size expected: mean total 200 x exp(0.18). Compound Poisson; the sizes
    alone, as if 200 were certain, would give an interval that misses more often.
    """
    rng = np.random.default_rng(11)
    counts = rng.poisson(200, DRAWS)
    sizes = rng.lognormal(0.0, 0.6, counts.sum())
    owner = np.repeat(np.arange(DRAWS), counts)
    totals = np.bincount(owner, sizes, DRAWS)
    squares = np.bincount(owner, sizes**2, DRAWS)
    truth = 200 * math.exp(0.18)
    low, high = total_interval(totals, squares, LEVEL)
    assert covered(low, high, truth) == pytest.approx(LEVEL, abs=NOISE)
    spread = 1.645 * np.sqrt(squares - totals**2 / counts)
    assert covered(totals - spread, totals + spread, truth) < 0.70


# ---- means ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", (2, 5, 60))
def test_interval_of_a_mean_is_students(n: int):
    """statsmodels: DescrStatsW(x).tconfint_mean(0.1)."""
    x = np.random.default_rng(n).lognormal(3, 1, n)
    low, high = mean_interval([n], [x.sum()], [(x**2).sum()], LEVEL)
    want = DescrStatsW(x).tconfint_mean(1 - LEVEL)
    np.testing.assert_allclose([low[0], high[0]], want, rtol=1e-7)


def test_one_sale_has_a_mean_and_no_interval():
    """The spread of one is not known; a line of equal sales has none."""
    low, high = mean_interval([1, 0, 3], [5.0, 0.0, 15.0], [25.0, 0.0, 75.0], LEVEL)
    assert np.isnan(low[:2]).all() and np.isnan(high[:2]).all()
    assert (low[2], high[2]) == (5.0, 5.0)


# ---- ratios -----------------------------------------------------------------------------------


def ratio_sums(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Sums over the last axis, one line for each draw."""
    x, y = np.atleast_2d(x), np.atleast_2d(y)
    return pd.DataFrame(
        {"n": float(x.shape[1]), "x": x.sum(1), "y": y.sum(1), "xx": (x * x).sum(1),
         "xy": (x * y).sum(1), "yy": (y * y).sum(1)}
    )  # fmt: skip


def test_interval_of_a_ratio_is_that_of_its_residuals():
    """
    Linearised by hand: margin 40 of 100, 10 of 100, 30 of 50: r = 80 / 250 = 0.32; residuals
    x - r y are 8, -22, 14: squares 744; error sqrt(744 x 3 / 2) / 250 = 0.13363; t(2) 2.91999.
    """
    low, high = ratio_interval(ratio_sums(np.array([40, 10, 30]), np.array([100, 100, 50])), LEVEL)
    assert low[0] == pytest.approx(0.32 - 2.91998558 * math.sqrt(1116) / 250)
    assert high[0] == pytest.approx(0.32 + 2.91998558 * math.sqrt(1116) / 250)


def test_a_ratio_over_rows_of_one_is_the_mean_of_them():
    """With y = 1 in every row the ratio is a mean: Student's interval again."""
    x = np.random.default_rng(3).gamma(2.0, 5.0, 25)
    ratio = ratio_interval(ratio_sums(x, np.ones(25)), LEVEL)
    mean = mean_interval([25], [x.sum()], [(x**2).sum()], LEVEL)
    np.testing.assert_allclose(ratio, mean, rtol=1e-9)


@pytest.mark.parametrize(("deals", "slope"), [(60, 0.03), (200, 0.1)])
def test_interval_of_a_ratio_holds_the_truth_for_deals_of_many_sizes(deals: int, slope: float):
    """
    Deals of gamma size (shape 1.5), margin 30 % plus ``slope`` for each mean size above the mean:
    the sum of margins over the sum of sizes is 0.3 + slope (2.5 / 1.5 - 1). Linearisation is a
    little short for skewed sizes: 1.5 points are allowed. The mean of the margins misses it.
    """
    rng = np.random.default_rng(5)
    y = rng.gamma(1.5, 100.0, (DRAWS, deals))
    margin = 0.3 + slope * (y / 150 - 1) + rng.normal(0, 0.1, y.shape)
    truth = 0.3 + slope * (2.5 / 1.5 - 1)
    low, high = ratio_interval(ratio_sums(margin * y, y), LEVEL)
    assert covered(low, high, truth) == pytest.approx(LEVEL, abs=NOISE + 0.015)
    plain = mean_interval(np.full(DRAWS, deals), margin.sum(1), (margin**2).sum(1), LEVEL)
    assert covered(*plain, truth) < 0.60


def test_a_ratio_of_one_row_or_over_nothing_has_no_interval():
    sums = pd.DataFrame({"n": [1.0, 5.0], "x": [2.0, 3.0], "y": [4.0, 0.0], "xx": [4.0, 9.0],
                         "xy": [8.0, 0.0], "yy": [16.0, 0.0]})  # fmt: skip
    low, high = ratio_interval(sums, LEVEL)
    assert np.isnan(low).all() and np.isnan(high).all()


# ---- durations --------------------------------------------------------------------------------


def waiting(seed: int, n: int, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Whole days to the end of n cases, unfinished after a random time."""
    rng = np.random.default_rng(seed)
    length = np.ceil(rng.exponential(20.0, n))
    seen = np.ceil(rng.uniform(1.0, limit, n))
    return np.minimum(length, seen), length <= seen


def life_table(days: np.ndarray, over: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bins = np.unique(days)
    ended = np.array([np.sum(over[days == day]) for day in bins])
    return bins, ended, np.array([np.sum(~over[days == day]) for day in bins])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", (25.0, 60.0))
def test_median_and_its_limits_are_those_of_kaplan_and_meier(seed: int, limit: float):
    """lifelines: KaplanMeierFitter(alpha=0.1), median_survival_times of it and of its limits."""
    days, over = waiting(seed, 80, limit)
    found = duration(*life_table(days, over), float(days[over].sum()), LEVEL)
    fitter = KaplanMeierFitter(alpha=1 - LEVEL).fit(days, over)
    limits = median_survival_times(fitter.confidence_interval_).to_numpy()[0]
    want = [fitter.median_survival_time_, *sorted(limits)]
    got = [found.median, found.low, found.high]
    np.testing.assert_allclose(np.nan_to_num(got, nan=np.inf), want)
    assert found.mean_over == pytest.approx(days[over].mean())
    assert (found.n, found.n_over) == (80, int(over.sum()))
    p90 = fitter.percentile(0.1)
    assert found.p90 == p90 or (math.isnan(found.p90) and math.isinf(p90))


def test_lines_of_a_life_table_may_come_in_any_order():
    days, over = waiting(1, 60, 40.0)
    bins, ended, open_ = life_table(days, over)
    turn = np.random.default_rng(0).permutation(len(bins))
    straight = duration(bins, ended, open_, 1.0, LEVEL)
    assert duration(bins[turn], ended[turn], open_[turn], 1.0, LEVEL) == straight


def test_open_deals_make_the_median_longer_than_that_of_the_closed_ones():
    """2, 4 and 6 days closed, 5 and 9 still open: 4 of the closed, 6 with the open ones."""
    found = duration([2, 4, 5, 6, 9], [1, 1, 0, 1, 0], [0, 0, 1, 0, 1], 12.0, LEVEL)
    # 4/5, 3/5, then 1/2 of 3/5 at day 6
    assert found.median == 6.0
    assert found.mean_over == 4.0


def test_nothing_finished_has_no_median_and_few_finished_no_quantile():
    """One of ten ended: the curve stays at 0.9; none ended: no curve."""
    few = duration([3, 8], [1, 0], [0, 9], 3.0, LEVEL)
    assert math.isnan(few.median) and math.isnan(few.p90)
    none = duration([8], [0], [9], 0.0, LEVEL)
    assert math.isnan(none.median) and math.isnan(none.mean_over)
    assert (none.n, none.n_over) == (9, 0)


def test_limits_of_a_median_hold_the_truth_under_censoring():
    """
    Exponential waits with a third unfinished: the median is 20 ln 2 days. 800 draws of 60 cases;
    whole-day steps make the limits a little wide.
    """
    rng = np.random.default_rng(7)
    draws, held = 800, 0
    for _draw in range(draws):
        length, seen = rng.exponential(20.0, 60), rng.uniform(5.0, 60.0, 60)
        table = life_table(np.minimum(length, seen), length <= seen)
        found = duration(*table, 1.0, LEVEL)
        high = math.inf if math.isnan(found.high) else found.high
        held += found.low <= 20 * math.log(2) <= high
    assert held / draws == pytest.approx(LEVEL, abs=3 * math.sqrt(0.09 / draws) + 0.01)


# ---- agreement --------------------------------------------------------------------------------


def test_agreement_of_the_worked_two_by_two_table():
    """EX-8.7: [[18, 9], [14, 15]]: .667 - .483; phi .186; Newcombe's limits by statsmodels."""
    difference, low, high, phi = agreement(18, 27, 32, 56, LEVEL)
    assert difference == pytest.approx(18 / 27 - 14 / 29)
    assert round(phi, 3) == 0.186
    want = confint_proportions_2indep(18, 27, 14, 29, compare="diff", method="newcomb", alpha=0.1)
    np.testing.assert_allclose([low, high], want, rtol=1e-9)


@pytest.mark.parametrize("cells", [(8, 2, 2, 8), (30, 1, 4, 3), (5, 0, 3, 9), (1, 6, 7, 2)])
def test_phi_is_the_correlation_of_the_two_verdicts(cells: Sequence[int]):
    """numpy.corrcoef of the cases written out."""
    a, b, c, d = cells
    first = np.repeat([1, 1, 0, 0], cells)
    second = np.repeat([1, 0, 1, 0], cells)
    difference, low, high, phi = agreement(a, a + b, a + c, a + b + c + d, LEVEL)
    assert phi == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert difference == pytest.approx(second[first == 1].mean() - second[first == 0].mean())
    want = confint_proportions_2indep(
        a, a + b, c, c + d, compare="diff", method="newcomb", alpha=0.1
    )
    np.testing.assert_allclose([low, high], want, rtol=1e-9, atol=1e-12)


def test_agreement_is_unknown_where_all_met_or_none_did():
    assert all(map(math.isnan, agreement(5, 10, 5, 10, LEVEL)))
    assert all(map(math.isnan, agreement(0, 0, 5, 10, LEVEL)))


def test_agreement_with_a_plan_that_everybody_met_has_no_phi():
    """Nothing varies: the difference is 0, a correlation does not exist."""
    difference, _low, _high, phi = agreement(6, 6, 10, 10, LEVEL)
    assert difference == 0.0
    assert math.isnan(phi)


def test_limits_of_an_agreement_hold_the_truth():
    """True shares 0.7 and 0.45 of 30 and 25 cases; Newcombe is known to be up to 2 points wide."""
    rng = np.random.default_rng(9)
    a, c = rng.binomial(30, 0.7, 1500), rng.binomial(25, 0.45, 1500)
    found = np.array([agreement(x, 30, x + y, 55, LEVEL) for x, y in zip(a, c, strict=True)])
    noise = 3 * math.sqrt(0.09 / 1500)
    held = covered(found[:, 1], found[:, 2], 0.25)
    assert LEVEL - noise <= held <= LEVEL + noise + 0.02
