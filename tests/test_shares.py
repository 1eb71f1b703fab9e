"""Shares: intervals that keep their promise for few deals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpikit.diagnosis.shares import (
    Beta,
    beta_from_mean_sd,
    beta_posterior,
    interval_from_error,
    jeffreys,
    wilson,
)
from kpikit.errors import InputDataError


@pytest.mark.parametrize(
    ("won", "n", "low", "high"),
    [(3, 12, 0.0889, 0.5323), (0, 8, 0.0, 0.3244), (30, 100, 0.2189, 0.3958)],
)
def test_ex_1_9_wilson(won, n, low, high):
    """EX-1.9 of METHODS, 95 %."""
    interval = wilson(won, n, level=0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("won", "n", "low", "high"), [(3, 12, 0.0759, 0.5292), (0, 8, 0.0, 0.2622)]
)
def test_ex_1_9_jeffreys(won, n, low, high):
    """EX-1.9 of METHODS, 95 %."""
    interval = jeffreys(won, n, level=0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)


def test_wilson_agrees_with_statsmodels():
    """statsmodels.stats.proportion.proportion_confint(7, 31, 0.1, "wilson" / "jeffreys")."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for ours, name in ((wilson, "wilson"), (jeffreys, "jeffreys")):
        expected = proportion.proportion_confint(7, 31, alpha=0.1, method=name)
        interval = ours(7, 31)
        assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 500), st.data())
def test_an_interval_never_leaves_the_range_and_holds_the_share(n, data):
    won = data.draw(st.integers(0, n))
    for interval in (wilson(won, n), jeffreys(won, n)):
        assert 0 <= interval.low <= interval.value <= interval.high <= 1
        if won == 0:
            assert interval.low == 0 and interval.high > 0
        if won == n:
            assert interval.high == 1 and interval.low < 1


def test_wilson_90_covers_the_truth_about_as_often_as_promised():
    """Exact coverage by the binomial law, averaged over true shares 1 % .. 99 %, n = 40."""
    n = 40
    counts = np.arange(n + 1)
    intervals = [wilson(int(x), n) for x in counts]
    cover = []
    for p in np.linspace(0.01, 0.99, 197):
        inside = np.array([i.low <= p <= i.high for i in intervals])
        cover.append(stats.binom.pmf(counts, n, p)[inside].sum())
    assert np.mean(cover) == pytest.approx(0.90, abs=0.015)


def test_interval_from_error_is_wilson_for_closed_independent_deals():
    """By hand: 12 of 40, error sqrt(.3 * .7 / 40), so the effective number is 40."""
    interval = interval_from_error(0.3, math.sqrt(0.3 * 0.7 / 40), most_trials=40)
    plain = wilson(12, 40)
    assert (interval.low, interval.high) == pytest.approx((plain.low, plain.high), abs=1e-12)


def test_interval_from_error_widens_with_the_error():
    """Twice the error is a quarter of the deals: Wilson of 3 of 10."""
    interval = interval_from_error(0.3, 2 * math.sqrt(0.3 * 0.7 / 40), most_trials=40)
    quarter = wilson(3, 10)
    assert (interval.low, interval.high) == pytest.approx((quarter.low, quarter.high), abs=1e-12)


def test_beta_posterior_with_a_known_prior():
    """EX-1.5 of METHODS: Beta(6, 14)."""
    prior = Beta(6, 14)
    means = [
        beta_posterior(x, n, prior).mean for x, n in ((2, 4), (30, 100), (8, 40), (0, 3), (12, 30))
    ]
    assert means == pytest.approx([0.3333, 0.3000, 0.2333, 0.2609, 0.3600], abs=1e-4)


def test_beta_agrees_with_scipy():
    """scipy.stats.beta(3.5, 8): sd, ppf, cdf."""
    ours, theirs = Beta(3.5, 8.0), stats.beta(3.5, 8.0)
    assert ours.sd == pytest.approx(theirs.std())
    assert ours.quantile(0.2) == pytest.approx(theirs.ppf(0.2))
    assert ours.probability_below(0.4) == pytest.approx(theirs.cdf(0.4))


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.95))
def test_beta_from_mean_sd_has_the_mean_and_sd_asked_for(mean, part):
    sd = part * math.sqrt(mean * (1 - mean))
    law = beta_from_mean_sd(mean, sd)
    assert (law.mean, law.sd) == pytest.approx((mean, sd), rel=1e-9)


def test_impossible_numbers_are_refused():
    with pytest.raises(InputDataError, match="successes must lie between 0 and trials"):
        wilson(5, 4)
    with pytest.raises(InputDataError, match=r"got 0 of 0"):
        jeffreys(0, 0)
    with pytest.raises(InputDataError, match=r"sd must be above 0 and below 0\.4"):
        beta_from_mean_sd(0.2, 0.4)
    with pytest.raises(InputDataError, match="level must be above 0 and below 1"):
        wilson(1, 4, level=90)
    with pytest.raises(InputDataError, match="has no Beta law"):
        Beta(0.0, 3.0)
