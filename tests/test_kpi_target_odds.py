"""How likely the target of a KPI is, from the months behind it."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.kpi_target_odds import kpi_target_odds, reached


def facts_of(values, target=10.0, kpi_id="calls", reps=("a",)):
    """One row per rep and period; ``values`` is one number per period for every rep."""
    values = list(values)
    targets = [target] * len(values) if np.isscalar(target) else list(target)
    return pd.DataFrame(
        [
            {"kpi_id": kpi_id, "rep_id": rep, "period": period, "value": value, "target": asked,
             "attainment": value / asked, "is_met": None}
            for rep in reps
            for period, (value, asked) in enumerate(zip(values, targets, strict=True))
        ]
    )  # fmt: skip


def odds(facts, direction="higher", **settings):
    return kpi_target_odds(facts, {"calls": direction}, **settings).iloc[0]


def test_share_of_months_with_jeffreys_prior():
    """By hand: 9 of 12 months at 10 or more: (9 + 1/2)/(12 + 1) = .7308, realistic."""
    found = odds(facts_of([12] * 9 + [8] * 3))

    assert found["probability"] == pytest.approx(9.5 / 13)
    assert (found["verdict"], found["reach"], found["n"]) == ("realistic", "within", 12)
    assert found["low"] < found["probability"] < found["high"]


def test_a_target_that_was_raised_is_judged_at_its_new_height():
    """By hand: 11 was enough for the old 10 in all 11 months, never for the 12 of today."""
    facts = facts_of([11] * 12, target=[10] * 11 + [12])

    assert odds(facts)["probability"] == pytest.approx(0.5 / 13)
    assert odds(facts)["reach"] == "too_high"


def test_less_can_be_better():
    """A response within 10 hours is met by 8, not by 12."""
    facts = facts_of([8] * 10 + [12] * 2)

    assert odds(facts, "lower")["probability"] == pytest.approx(10.5 / 13)
    assert odds(facts, "higher")["probability"] == pytest.approx(2.5 / 13)


def test_without_a_direction_the_clients_own_verdict_counts():
    facts = facts_of([11] * 12, target=[10] * 11 + [12])

    assert reached(facts, "").tolist() == [1.0] * 11 + [0.0]


def test_an_unknown_month_is_not_a_missed_one():
    """Deleting facts changes n, not the share: 9 of 9 known months."""
    facts = facts_of([12] * 9 + [np.nan] * 3)

    assert odds(facts)["n"] == 9
    assert odds(facts)["probability"] == pytest.approx(9.5 / 10)


def test_fewer_than_eight_periods_say_nothing():
    found = odds(facts_of([12] * 7))

    assert np.isnan(found["probability"])
    assert (found["status"], found["reason"]) == ("not_computable", "few_periods")


def test_a_growth_without_a_base_gets_no_probability():
    found = odds(facts_of([12] * 12), unnamed={"calls"})

    assert np.isnan(found["probability"])
    assert found["verdict"] == "base_not_named"


def test_capacity_is_handed_through():
    assert odds(facts_of([12] * 12), capacity={"calls": 0.3})["capacity_probability"] == 0.3


def test_ninety_per_cent_intervals_hold_the_share_of_other_months():
    """
    Reps differ (beta with mean .6), months of a rep repeat its level. Of 300 teams the interval
    must hold the true share of the team's process; 90 % within 3 binomial standard errors
    would be .85; few clusters cost a little, so .80 is asked for.
    """
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(300):
        level = rng.beta(6, 4, size=8)
        met = rng.random((12, 8)) < level
        facts = pd.concat([facts_of(np.where(met[:, k], 11, 9), reps=(f"r{k}",)) for k in range(8)])
        found = odds(facts)
        hits += found["low"] <= 0.6 <= found["high"]

    assert hits / 300 > 0.80


def test_facts_are_left_alone():
    facts = facts_of([12] * 12)
    before = facts.copy(deep=True)
    odds(facts)

    pd.testing.assert_frame_equal(facts, before)
