"""Targets against history and capacity, and the targets of single reps."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from test_forecast import MONTHS, QUARTERS, client

from kpikit.diagnosis.forecast import forecast_total
from kpikit.diagnosis.predictive import LogLaw
from kpikit.diagnosis.rep_targets import assignment_of, judge_rep_targets
from kpikit.diagnosis.targets import (
    Target,
    TargetJudgement,
    TargetRefusal,
    compounded,
    growth_odds,
    judge_target,
    judge_target_by_workday,
    share_below,
    verdict_of,
)
from kpikit.errors import InputDataError

PREVIOUS = Target("previous_period", growth=0.10)
LAST_YEAR = Target("same_period_last_year", growth=0.10)


# --------------------------------------------------------------------------
# The base
# --------------------------------------------------------------------------
def test_growth_without_base_is_refused():
    """Trap 22: refused, with what the two readings mean: 1.1**4 = 1.4641."""
    found = judge_target(MONTHS, Target(None, growth=0.10), horizon=3, season=12)

    assert isinstance(found, TargetRefusal)
    assert found.reason == "base_not_named"
    assert found.values["compounded"] == pytest.approx(0.4641)
    assert "repeated 4 times a year, it is 46.4% a year" in found.text


def test_amount_without_base_is_refused():
    found = judge_target(MONTHS, Target(None, amount=400.0), horizon=3, season=12)

    assert isinstance(found, TargetRefusal)
    assert found.reason == "base_not_named"


def test_unknown_base_is_an_error():
    with pytest.raises(InputDataError, match=r"'last month'.*use one of previous_period"):
        judge_target(MONTHS, Target("last month", growth=0.1), horizon=3, season=12)
    with pytest.raises(InputDataError, match="an amount for the last"):
        judge_target(MONTHS, Target("absolute", growth=0.1), horizon=3, season=12)


def test_compounding():
    """By hand: four quarters of +10 % are +46.41 %."""
    assert compounded(0.10, 4) == pytest.approx(0.4641)


def test_less_than_a_year_is_refused():
    found = judge_target(MONTHS[:11], LAST_YEAR, horizon=3, season=12)

    assert isinstance(found, TargetRefusal)
    assert found.reason == "too_short"
    assert "11 periods" in found.text


def test_growth_on_nothing_is_refused():
    """No growth on a quarter without sales, and the refusal says to give an amount."""
    sales = MONTHS.copy()
    sales[-3:] = 0.0
    found = judge_target(sales, PREVIOUS, horizon=3, season=12)

    assert isinstance(found, TargetRefusal)
    assert found.reason == "no_sales_in_base"
    assert "Give the target as an amount" in found.text


# --------------------------------------------------------------------------
# Probabilities
# --------------------------------------------------------------------------
def test_growth_odds_worked_example():
    """EX-10.1: .0278 for one quarter, .0034 for four in a row."""
    growths = [0.03, 0.05, -0.02, 0.06, 0.04, 0.01, 0.02]

    assert growth_odds(growths, 0.10) == pytest.approx(0.0278, abs=1e-4)
    assert growth_odds(growths, 0.10, periods=4) == pytest.approx(0.0034, abs=1e-4)


def test_quarters_worked_example():
    """EX-10.2: 2.4e-5 on the previous quarter (14.41), .0695 on the same quarter (11.88)."""
    previous = judge_target(QUARTERS, PREVIOUS, horizon=1, season=4)
    last_year = judge_target(QUARTERS, LAST_YEAR, horizon=1, season=4)

    assert (previous.amount, last_year.amount) == pytest.approx((14.41, 11.88))
    assert previous.probability == pytest.approx(2.4e-5, abs=1e-6)
    assert last_year.probability == pytest.approx(0.0695, abs=1e-4)
    assert (previous.verdict, last_year.verdict) == ("unrealistic", "stretch")
    assert previous.yearly_growth == pytest.approx(0.4641)
    assert previous.on_last_year == pytest.approx(14.41 / 10.8 - 1)
    assert last_year.reach == "too_high"


def test_view_without_season_is_fooled():
    """EX-10.2: quarter on quarter (+3.9 %, sd 6.8 %) the first target looks plausible."""
    growths = np.diff(np.log(QUARTERS))

    assert (growths.mean(), growths.std(ddof=1)) == pytest.approx((0.039, 0.068), abs=1e-3)
    assert growth_odds(growths, 0.10) > 0.2


def test_months_worked_example():
    """
    EX-10.3: the first target impossible, the second a stretch. Its 5.8e-5 and
    .1267 take seven overlapping trials as independent (test_forecast); with about three
    independent ones the first stays below 1 % and the second below 20 %.
    """
    previous = judge_target(MONTHS, PREVIOUS, horizon=3, season=12)
    last_year = judge_target(MONTHS, LAST_YEAR, horizon=3, season=12)

    assert (previous.amount, last_year.amount) == pytest.approx((440.22, 325.93))
    assert previous.probability < 0.01
    assert 0.1267 < last_year.probability < 0.20
    assert (previous.verdict, last_year.verdict) == ("unrealistic", "stretch")


def test_absolute_target_is_the_same_question():
    asked = judge_target(MONTHS, LAST_YEAR, horizon=3, season=12)
    amount = judge_target(MONTHS, Target("absolute", amount=asked.amount), horizon=3, season=12)

    assert amount.probability == pytest.approx(asked.probability)
    assert amount.on_last_year == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0, "unrealistic"), (0.049, "unrealistic"), (0.05, "stretch"), (0.199, "stretch"),
        (0.2, "ambitious"), (0.599, "ambitious"), (0.6, "realistic"), (0.92, "realistic"),
        (0.95, "realistic"), (0.951, "trivial"), (1.0, "trivial"),
    ],
)  # fmt: skip
def test_words(probability, word):
    """The five words and their limits; between 90 and 95 % is still realistic."""
    assert verdict_of(probability) == word


def test_low_target_is_flagged_too():
    """A target that is reached anyway is trivial and too low."""
    found = judge_target(MONTHS, Target("absolute", amount=200.0), horizon=3, season=12)

    assert (found.verdict, found.reach) == ("trivial", "too_low")
    assert found.percentile == 0.0


def test_the_side_that_binds_decides():
    """Customers would buy it, four reps cannot carry it: the people decide, and the reverse."""
    target = Target("absolute", amount=290.0)
    alone = judge_target(MONTHS, target, horizon=3, season=12)
    few = judge_target(MONTHS, target, horizon=3, season=12, capacity_probability=0.02)
    many = judge_target(MONTHS, target, horizon=3, season=12, capacity_probability=0.999)

    assert (alone.binding, few.binding, many.binding) == ("demand_only", "capacity", "demand")
    assert (few.probability, few.verdict) == (0.02, "unrealistic")
    assert many.probability == alone.probability == few.demand_probability
    with pytest.raises(InputDataError, match=r"between 0 and 1, not 1\.2"):
        judge_target(MONTHS, target, horizon=3, season=12, capacity_probability=1.2)


def test_percentile_in_own_history():
    """By hand: of eight quarters 11.88 exceeds 6 (not 12.0 and 13.1; 11.9 is above too): 5/8."""
    found = judge_target(QUARTERS, LAST_YEAR, horizon=1, season=4)

    assert found.percentile == pytest.approx(5 / 8)
    # Yearly growths 8.0, 8.7, 9.2, 9.2 %: none reached 10 %.
    assert found.growth_percentile == 1.0
    assert share_below([1.0, 2.0, 2.0, 3.0], 2.0) == 0.5


def test_two_years_have_no_same_period_last_year():
    """By hand: eight quarters ahead; +21 % on the previous eight is 10 % a year."""
    sales = np.tile(QUARTERS[:4], 6)
    amount = 1.21 * sales[-8:].sum()
    found = judge_target(sales, Target("absolute", amount=amount), horizon=8, season=4)

    assert found.on_last_year is None
    assert found.yearly_growth == pytest.approx(0.10)


def test_short_quarter_lowers_the_odds():
    """With a tenth less working days ahead the same amount is harder to reach, by that tenth."""
    same = np.full(27, 20.0)
    short = np.r_[same[:24], 18.0, 18.0, 18.0]
    target = Target("absolute", amount=310.0)
    plain = judge_target(MONTHS, target, horizon=3, season=12)
    even = judge_target_by_workday(MONTHS, target, work_days=same, horizon=3, season=12)
    less = judge_target_by_workday(MONTHS, target, work_days=short, horizon=3, season=12)

    assert even.probability == pytest.approx(plain.probability)
    assert less.probability < even.probability
    assert less.forecast.total == pytest.approx(0.9 * even.forecast.total)
    with pytest.raises(InputDataError, match="24 periods of the history and the 3 of the target"):
        judge_target_by_workday(MONTHS, target, work_days=same[:24], horizon=3, season=12)


def test_higher_targets_are_less_likely():
    amounts = np.linspace(200, 500, 31)
    odds = [
        judge_target(MONTHS, Target("absolute", amount=a), horizon=3, season=12).probability
        for a in amounts
    ]

    assert (np.diff(odds) < 0).all()


def test_probabilities_mean_what_they_say():
    """
    Of the targets given a probability around p, p are reached: 240 simulated clients with a
    season, two years of months, targets on the same quarter of last year. Tolerance three
    standard errors of each bin and .05 for the choice of the method.
    """
    rng = np.random.default_rng(11)
    said, came = [], []
    for _ in range(240):
        sales, actual = client(rng, 24, wander=0.01)
        found = judge_target(
            sales,
            Target("same_period_last_year", growth=rng.uniform(-0.1, 0.25)),
            horizon=3,
            season=12,
        )
        assert isinstance(found, TargetJudgement)
        said.append(found.probability)
        came.append(actual >= found.amount)
    said, came = np.array(said), np.array(came)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        rows = (said >= low) & (said <= high)
        mean = said[rows].mean()
        error = math.sqrt(mean * (1 - mean) / rows.sum())
        assert abs(came[rows].mean() - mean) < 3 * error + 0.05, (low, rows.sum())


def test_quarter_on_quarter_misjudges_seasonal_clients():
    """
    After the strong quarter nobody sells 10 % more: the season (December twice January)
    makes it impossible. The view of quarterly growths promises more than a tenth of it.
    """
    season = np.array([0.7, 0.7, 0.8, 0.9, 1, 1, 0.9, 0.9, 1.1, 1.2, 1.3, 1.5])
    rng = np.random.default_rng(3)
    ours, naive, came = [], [], []
    for _ in range(40):
        sales, actual = client(rng, 24, season=season)
        found = judge_target(sales, PREVIOUS, horizon=3, season=12)
        ours.append(found.probability)
        naive.append(growth_odds(np.diff(np.log(sales.reshape(8, 3).sum(axis=1))), 0.10))
        came.append(actual >= found.amount)

    assert not any(came)
    assert np.mean(ours) < 0.02
    assert np.mean(naive) > 0.1


def test_history_is_left_alone():
    before = MONTHS.copy()
    judge_target(MONTHS, PREVIOUS, horizon=3, season=12)

    assert (before == MONTHS).all()


# --------------------------------------------------------------------------
# Reps
# --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("targets", "stated", "over", "code"),
    [
        ([50.0, 50.0], None, 0.0, "equal"),
        ([50.0, 40.0], None, -0.1, "under_assigned"),
        ([50.0, 57.0], None, 0.07, "over_assigned_hidden"),
        ([50.0, 57.0], 0.07, 0.07, "over_assigned_as_stated"),
        ([70.0, 57.0], 0.27, 0.27, "over_assigned_too_much"),
    ],
)
def test_sum_of_rep_targets(targets, stated, over, code):
    """By hand, company target 100; up to 10 % may be added, when it is said."""
    found = assignment_of(pd.Series(targets, index=["a", "b"]), 100.0, stated)

    assert found.over == pytest.approx(over)
    assert found.code == code


def test_rep_without_target_is_named():
    with pytest.raises(InputDataError, match="without a target: b"):
        assignment_of(pd.Series([1.0, np.nan], index=["a", "b"]), 100.0)


def rep_history(values):
    return pd.DataFrame(
        [
            {"rep_id": rep, "period": period, "value": value}
            for rep, row in values.items()
            for period, value in enumerate(row)
        ]
    )


def test_rep_targets_take_the_season_out():
    """
    By hand: a always sells 60 % and b 40 % of a company that swings between 100 and 200.
    For a quarter of 150 they are expected to sell 90 and 60, without any error of their own;
    what is left is the company's. So the target equal to the expectation has P = 1/2.
    """
    company = np.array([100.0, 200.0, 100.0, 200.0, 150.0, 120.0])
    law = LogLaw(centre=150.0, spread=0.05, df=1e9, n=9)
    found = judge_rep_targets(
        rep_history({"a": 0.6 * company, "b": 0.4 * company}),
        pd.Series({"a": 90.0, "b": 75.0, "c": 10.0}),
        law,
    )

    assert found.loc[["a", "b"], "expected"].tolist() == pytest.approx([90.0, 60.0])
    assert found.loc["a", "probability"] == pytest.approx(0.5)
    assert found.loc["b", "reach"] == "too_high"
    # Of b's quarters 40, 80, 40, 80, 60, 48 four lie below 75.
    assert found.loc["b", "percentile"] == pytest.approx(4 / 6)
    assert found.loc["c", "reason"] == "few_periods"
    assert np.isnan(found.loc["c", "probability"])


def test_rep_probability_by_hand():
    """
    scipy t.sf: a sells 40 50 60 50 40 60 of a steady 100: mean 50, sd 8.944, with
    sqrt(7/6) 9.661; the target 60 is 1.0351 of these above, 5 degrees of freedom.
    """
    sold = np.array([40.0, 50, 60, 50, 40, 60])
    law = LogLaw(centre=100.0, spread=0.0, df=5.0, n=6)
    history = rep_history({"a": sold, "b": 100 - sold})
    found = judge_rep_targets(history, pd.Series({"a": 60.0}), law)

    assert found.loc["a", "probability"] == pytest.approx(t.sf(1.0351, 5), abs=1e-5)


def test_rep_targets_are_calibrated():
    """
    Reps with steady shares and noise of their own: of targets with P around p, p are
    reached (three standard errors of each half and .04 for the few periods).
    """
    rng = np.random.default_rng(2)
    said, came = [], []
    for _ in range(60):
        share = rng.dirichlet(np.full(5, 20.0))
        company = 1000 * np.exp(0.25 * rng.standard_normal(9))
        noise = rng.normal(1.0, 0.15, (9, 5))
        sold = company[:, None] * share * noise
        names = list("abcde")
        history = rep_history({rep: sold[:8, i] for i, rep in enumerate(names)})
        law = LogLaw(float(sold[8].sum()), 0.0, 5.0, 6)
        targets = pd.Series(sold[:8].mean(axis=0) * rng.uniform(0.7, 1.3, 5), index=names)
        targets *= law.centre / sold[:8].sum(axis=1).mean()
        found = judge_rep_targets(history, targets, law)
        said += found["probability"].tolist()
        came += (sold[8] >= targets.to_numpy()).tolist()
    said, came = np.array(said), np.array(came)
    for rows in (said < 0.3, (said >= 0.3) & (said < 0.7), said >= 0.7):
        mean = said[rows].mean()
        error = math.sqrt(mean * (1 - mean) / rows.sum())
        assert abs(came[rows].mean() - mean) < 3 * error + 0.04


def test_company_forecast_feeds_the_reps():
    """The forecast's law is what the reps' targets are judged with."""
    law = forecast_total(MONTHS, 3, 12).law
    quarters = MONTHS.reshape(8, 3).sum(axis=1)
    found = judge_rep_targets(rep_history({"a": quarters}), pd.Series({"a": law.centre}), law)

    assert found.loc["a", "expected"] == pytest.approx(law.centre)
