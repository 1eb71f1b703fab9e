"""Spread between and within reps, against METHODS, statsmodels and simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from kpikit.diagnosis.variance import variance_of_reps
from kpikit.errors import InputDataError

FOUR_REPS = np.array([[10, 12, 11], [15, 14, 16], [9, 8, 10], [13, 12, 14]], dtype=float)


def dummies(labels):
    return pd.get_dummies(pd.Series(labels), dtype=float).to_numpy()


def test_ex_8_1():
    """EX-8.1 of METHODS: MSB 20, MSW 1, ICC .8636; F interval of Shrout and Fleiss by hand."""
    found = variance_of_reps(FOUR_REPS.ravel(), np.repeat(list("abcd"), 3), level=0.95)
    assert (found.between, found.within) == pytest.approx((20, 1))
    assert found.icc == pytest.approx(0.8636, abs=1e-4)
    assert found.per_rep == pytest.approx(3)
    # F = 20 with 3 and 8 degrees of freedom
    low = 20 / stats.f.ppf(0.975, 3, 8)
    high = 20 * stats.f.ppf(0.975, 8, 3)
    assert found.low == pytest.approx((low - 1) / (low + 2), abs=1e-9)
    assert found.high == pytest.approx((high - 1) / (high + 2), abs=1e-9)


def test_k0_of_unbalanced_panels():
    """By hand: 2, 3 and 5 values: k0 = (10 - 38/10) / 2 = 3.1."""
    rep = np.repeat(list("abc"), [2, 3, 5])
    found = variance_of_reps(np.random.default_rng(1).normal(size=10), rep)
    assert found.per_rep == pytest.approx(3.1)


def test_mean_squares_after_periods_are_those_of_statsmodels():
    """anova_lm(ols("y ~ C(month) + C(rep)"), typ=2), with gaps in the table."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {"rep": np.repeat(np.arange(6), 8), "month": np.tile(np.arange(8), 6)}
    ).sample(37, random_state=1)
    table["y"] = table["rep"] + 2 * table["month"] + rng.normal(size=37)
    anova = sm.stats.anova_lm(smf.ols("y ~ C(month) + C(rep)", table).fit(), typ=2)
    found = variance_of_reps(table["y"], table["rep"], dummies(table["month"]))
    assert found.between == pytest.approx(anova.loc["C(rep)", "sum_sq"] / 5)
    assert found.freedom_within == anova.loc["Residual", "df"]
    assert found.within == pytest.approx(
        anova.loc["Residual", "sum_sq"] / anova.loc["Residual", "df"]
    )


def test_balanced_variance_is_that_of_a_mixed_model():
    """statsmodels MixedLM by REML agrees with the moments on balanced data."""
    rng = np.random.default_rng(3)
    rep, month = np.repeat(np.arange(8), 6), np.tile(np.arange(6), 8)
    y = np.repeat(rng.normal(0, 2, 8), 6) + month + rng.normal(size=48)
    model = smf.mixedlm("y ~ C(m)", pd.DataFrame({"y": y, "m": month}), groups=rep).fit(reml=True)
    found = variance_of_reps(y, rep, dummies(month))
    assert found.variance == pytest.approx(float(model.cov_re.iloc[0, 0]), rel=1e-3)
    assert found.within == pytest.approx(model.scale, rel=1e-3)


@pytest.mark.parametrize("icc", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("gaps", [0, 30])
def test_intervals_cover(icc, gaps):
    """90 % intervals of 1,000 simulated teams of 8 reps in 9 months, 0 or 30 of 72 values gone."""
    rng = np.random.default_rng(4)
    rep, month = np.repeat(np.arange(8), 9), np.tile(np.arange(9), 8)
    # gaps of an uneven kind: some reps have two months, some all
    kept = np.sort(np.argsort(rep + rng.random(72) * 4, kind="stable")[gaps:])
    rep, month = rep[kept], month[kept]
    season = dummies(month)
    covered = 0
    for _ in range(1_000):
        y = np.sqrt(icc) * rng.normal(size=8)[rep] + np.sqrt(1 - icc) * rng.normal(size=len(rep))
        found = variance_of_reps(y + 5 * month, rep, season, level=0.90)
        covered += found.low <= icc <= found.high
    # at 0 the lower end is cut at 0, so only the upper 5 % can miss
    wanted = 0.95 if icc == 0 else 0.90
    assert covered / 1_000 == pytest.approx(wanted, abs=4 * np.sqrt(0.09 / 1_000))


def test_values_without_spread():
    """All alike: no correlation at all. Each rep constant: everything stays with the rep."""
    rep = np.repeat(list("abc"), 4)
    assert np.isnan(variance_of_reps(np.full(12, 7.3), rep).icc)
    lasting = variance_of_reps(np.repeat([0.1, 0.2, 0.4], 4), rep)
    assert (lasting.icc, lasting.low, lasting.high) == (1.0, 1.0, 1.0)


def test_reps_that_other_effects_swallow():
    """A condition that differs between all reps leaves nothing to compare."""
    rep = np.repeat(list("abc"), 4)
    with pytest.raises(InputDataError, match="cannot be split into reps and 3 other effects"):
        variance_of_reps(np.arange(12.0), rep, dummies(rep))
