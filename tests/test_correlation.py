"""What n pairs can show, and how luck is taken out of the best of 39."""

import numpy as np
import pytest

from kpikit.diagnosis.correlation import (
    correlation_interval,
    minimum_detectable_rho,
    pool_links,
)


def test_ex_8_3():
    """EX-8.3 of METHODS: .545 for 24 pairs, .395 for 48; 3 pairs show nothing."""
    assert minimum_detectable_rho([24, 48, 3]) == pytest.approx([0.545, 0.395, 1.0], abs=5e-4)
    assert np.isnan(minimum_detectable_rho(np.nan))


def test_the_detectable_link_is_detected_four_times_in_five():
    """Simulated normal pairs: power .8 at two-sided 5 %, 4 standard errors of 4,000."""
    rng = np.random.default_rng(1)
    rho = float(minimum_detectable_rho(48))
    x = rng.normal(size=(4_000, 48))
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=(4_000, 48))
    x, y = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
    r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    found = np.abs(np.arctanh(r)) * np.sqrt(45) > 1.959964
    assert found.mean() == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / 4_000))


def test_interval_of_nothing_and_of_everything():
    """4 pairs or fewer have no interval; a perfect correlation stays below 1 at the low end."""
    low, high = correlation_interval([0.5, 1.0, np.nan], [4, 30, 30])
    assert np.isnan(low[[0, 2]]).all() and np.isnan(high[[0, 2]]).all()
    assert low[1] < 1 and high[1] <= 1


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_interval_covers(rho):
    """Spearman's rho of 40 normal pairs with the known link 6/pi asin(r/2): 90 % +- 4 se."""
    rng = np.random.default_rng(2)
    truth = 6 / np.pi * np.arcsin(rho / 2)
    x = rng.normal(size=(2_000, 40))
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=x.shape)
    rank_x, rank_y = (v.argsort(axis=1).argsort(axis=1) - 19.5 for v in (x, y))
    r = (rank_x * rank_y).sum(axis=1) / (rank_x**2).sum(axis=1)
    low, high = correlation_interval(r, np.full(2_000, 40.0), level=0.90)
    covered = ((low <= truth) & (truth <= high)).mean()
    assert covered == pytest.approx(0.90, abs=4 * np.sqrt(0.09 / 2_000))


def test_equal_links_are_all_drawn_to_the_mean():
    """True links all alike: nothing but luck differs, and the spread is found to be 0."""
    pooled = pool_links([0.30, 0.31, 0.29, 0.30], [40, 40, 40, 40])
    assert pooled.spread == 0
    assert np.ptp(pooled.table["rho_pooled"]) == pytest.approx(0, abs=1e-12)


def test_moments_by_hand():
    """
    z = atanh of .6 and -.2 = .6931 and -.2027, variances 1/9: mean .2452,
    Q = 2*9*.4479^2 = 3.6116, C = 18 - 162/18 = 9, A = 2.6116/9 = .29018;
    weight .29018/(.29018+.11111) = .7231: z = .5691 and -.0787.
    """
    pooled = pool_links([0.6, -0.2, np.nan], [12, 12, 12])
    assert pooled.pool == pytest.approx(0.2452, abs=1e-4)
    assert pooled.spread == pytest.approx(np.sqrt(0.29018), abs=1e-3)
    assert pooled.table["rho_pooled"].to_numpy() == pytest.approx(
        [np.tanh(0.5691), np.tanh(-0.0787), np.nan], abs=2e-4, nan_ok=True
    )


def test_pooled_intervals_cover_and_are_closer_to_the_truth():
    """39 links spread around .1: pooling lowers the error and its 90 % intervals hold."""
    rng = np.random.default_rng(3)
    inside, raw, drawn = [], [], []
    for _ in range(200):
        true = 0.1 + 0.15 * rng.normal(size=39)
        z = true + rng.normal(size=39) / np.sqrt(57)
        table = pool_links(np.tanh(z), np.full(39, 60.0)).table
        low, high = np.arctanh(table["pooled_low"]), np.arctanh(table["pooled_high"])
        inside.append(((low <= true) & (true <= high)).mean())
        raw.append(np.mean((z - true) ** 2))
        drawn.append(np.mean((np.arctanh(table["rho_pooled"]) - true) ** 2))
    # the spread is estimated and its uncertainty left out: up to two points of coverage
    assert np.mean(inside) == pytest.approx(0.90, abs=0.02)
    assert np.mean(drawn) < 0.75 * np.mean(raw)
