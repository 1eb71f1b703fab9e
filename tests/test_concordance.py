"""KPIs met and plan missed, or the reverse; a KPI nobody measured is a third state."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from kpikit.diagnosis.agreement import READINGS, concordance_of_counts
from kpikit.diagnosis.concordance import (
    concordance,
    concordance_by_kpi,
    contradiction_frequency,
    contradictions,
    kpi_cases,
    kpis_met,
)
from kpikit.diagnosis.shares import wilson
from kpikit.errors import InputDataError


def tables(verdicts, plan):
    """Facts and plan of one rep from {period: [KPI verdicts]} and {period: plan}."""
    facts = [
        {"kpi_id": f"K{place + 1}", "rep_id": "anna", "period": period, "is_met": verdict}
        for period, row in verdicts.items()
        for place, verdict in enumerate(row)
    ]
    reached = [{"rep_id": "anna", "period": p, "is_met": met} for p, met in plan.items()]
    return pd.DataFrame(facts), pd.DataFrame(reached)


def test_ex_8_7():
    """
    EX-8.7 of METHODS; by hand P(plan|met) 18/27, P(plan|missed) 14/29, discordant 23/56,
    phi 144/sqrt(27*29*32*24), odds ratio 270/126.
    """
    found = concordance_of_counts(18, 9, 14, 15, level=0.95)
    assert found.plan_if_met.value == pytest.approx(0.667, abs=5e-4)
    assert found.plan_if_missed.value == pytest.approx(14 / 29)
    assert found.discordant.value == pytest.approx(0.411, abs=5e-4)
    assert found.phi == pytest.approx(0.186, abs=5e-4)
    assert found.odds_ratio == pytest.approx(2.143, abs=5e-4)
    assert found.p_value == pytest.approx(0.188, abs=5e-4)
    assert found.reading == "does_not_separate"


def test_other_libraries():
    """statsmodels: confint_proportions_2indep(method="newcomb"); Table2x2 of counts plus 1/2."""
    found = concordance_of_counts(18, 9, 14, 15, level=0.95)
    theirs = confint_proportions_2indep(18, 27, 14, 29, method="newcomb", compare="diff")
    assert (found.difference_low, found.difference_high) == pytest.approx(theirs, abs=1e-9)
    low, high = Table2x2(np.array([[18.5, 9.5], [14.5, 15.5]])).oddsratio_confint(0.05)
    assert (found.odds_low, found.odds_high) == pytest.approx((low, high))
    # an empty cell, by hand: 5.5 * 6.5 / (0.5 * 4.5)
    assert concordance_of_counts(5, 0, 4, 6).odds_ratio == pytest.approx(35.75 / 2.25)


def test_one_side_only_is_not_judged():
    """All KPIs always met: nothing to compare with, and no invented number."""
    found = concordance_of_counts(3, 20, 0, 0)
    assert found.reading == "cannot_judge"
    assert (found.difference, found.phi, found.p_value, found.plan_if_missed) == (None,) * 4
    assert found.discordant.value == pytest.approx(20 / 23)
    nothing = concordance_of_counts(0, 0, 0, 0, not_measured=9)
    assert (nothing.n, nothing.discordant, nothing.not_measured) == (0, None, 9)


def test_few_cases_are_not_judged_and_clear_ones_are():
    assert concordance_of_counts(5, 0, 0, 5).reading == "cannot_judge"
    assert concordance_of_counts(20, 3, 4, 20).reading == "separates"
    assert concordance_of_counts(3, 20, 20, 4).reading == "inverted"
    assert set(READINGS) >= {"separates", "inverted", "does_not_separate", "cannot_judge"}


def test_interval_of_the_difference_covers():
    """Newcombe, 90 %, 27 and 29 rep-periods at .6 and .4: 2,000 draws, 4 se and its own 1 %."""
    rng = np.random.default_rng(1)
    met, missed = rng.binomial(27, 0.6, 2_000), rng.binomial(29, 0.4, 2_000)
    covered = 0
    for a, c in zip(met.tolist(), missed.tolist(), strict=True):
        found = concordance_of_counts(a, 27 - a, c, 29 - c, level=0.90)
        covered += found.difference_low <= 0.2 <= found.difference_high
    assert covered / 2_000 == pytest.approx(0.90, abs=0.01 + 4 * np.sqrt(0.09 / 2_000))


def test_twelve_met_fourteen_missed_thirteen_without_verdict():
    """39 KPIs: 12 + 14 leave 13 without any verdict; 12/26 = 46.2 % of those judged are met."""
    facts, plan = tables({1: [True] * 12 + [False] * 14 + [None] * 13}, {1: True})
    cases = kpi_cases(facts, plan)
    tally = kpis_met(cases).loc[0]
    assert (tally["met"], tally["missed"], tally["not_measured"]) == (12, 14, 13)
    assert tally["total"] == 39
    assert tally["share"] == pytest.approx(0.462, abs=5e-4)
    assert (tally["low"], tally["high"]) == pytest.approx((wilson(12, 26).low, wilson(12, 26).high))
    assert cases.loc[0, "contradiction"] == "B"
    assert len(cases.loc[0, "missed_kpis"]) == 14


def test_rows_that_are_not_there_are_not_measured():
    """Deleting the facts of a KPI is the same as leaving them empty, and never "missed"."""
    facts, plan = tables({1: [True, None], 2: [True, True]}, {1: False, 2: False})
    cases = kpi_cases(facts.dropna(), plan, mandatory=["K1", "K2"])
    pd.testing.assert_frame_equal(cases, kpi_cases(facts, plan))
    assert cases["kpis"].tolist() == ["not_measured", "met"]
    never = kpi_cases(facts, plan, mandatory=["K1", "K9"])
    assert never["kpis"].tolist() == ["not_measured", "not_measured"]


def test_one_missed_kpi_is_enough_whatever_the_others_are():
    facts, plan = tables({1: [False, None]}, {1: True})
    assert kpi_cases(facts, plan).loc[0, "contradiction"] == "B"


def test_all_kpis_met_and_plan_missed_in_seven_of_nine_months():
    """The seed's first contradiction with its Wilson interval for 7 of 9."""
    months = range(1, 10)
    facts, plan = tables({m: [True, True] for m in months}, {m: m > 7 for m in months})
    cases = kpi_cases(facts, plan)
    listed = contradictions(cases)
    assert listed["contradiction"].tolist() == ["A"] * 7
    assert listed["period"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    table = contradiction_frequency(cases).set_index("contradiction")
    often = table.loc["A"].iloc[1]
    assert (often["rep_id"], often["cases"], often["n"]) == ("anna", 7, 9)
    assert (often["low"], often["high"]) == pytest.approx((wilson(7, 9).low, wilson(7, 9).high))
    assert table.loc["B", "cases"].tolist() == [0, 0]
    assert concordance(cases).reading == "cannot_judge"


def test_months_of_one_rep_do_not_count_as_many():
    """Two reps always contradict and two never do: 50 % of 48, known like 50 % of 4."""
    rows = [(f"r{r}", m, r < 2) for r in range(4) for m in range(12)]
    facts = pd.DataFrame(
        [{"kpi_id": "K1", "rep_id": r, "period": m, "is_met": True} for r, m, _ in rows]
    )
    plan = pd.DataFrame([{"rep_id": r, "period": m, "is_met": not bad} for r, m, bad in rows])
    team = contradiction_frequency(kpi_cases(facts, plan)).iloc[0]
    assert pd.isna(team["rep_id"]) and (team["cases"], team["n"]) == (24, 48)
    assert team["high"] - team["low"] > 2 * (wilson(24, 48).high - wilson(24, 48).low)


def test_each_kpi_on_its_own():
    """K1 follows the plan, K2 was never measured, K3 is met whatever happens."""
    plan = {m: m % 2 == 0 for m in range(20)}
    facts, reached = tables({m: [met, None, True] for m, met in plan.items()}, plan)
    table = concordance_by_kpi(facts, reached).set_index("kpi_id")
    assert table.loc["K1", "reading"] == "separates"
    assert table.loc["K1", "p_value"] == pytest.approx(
        stats.fisher_exact([[10, 0], [0, 10]]).pvalue
    )
    assert table.loc["K1", "q_value"] == pytest.approx(table.loc["K1", "p_value"])
    assert table.loc["K2", ["n", "not_measured"]].tolist() == [0, 20]
    assert table.loc["K3", ["met_missed", "reading"]].tolist() == [10, "cannot_judge"]


def test_input_is_left_alone_and_order_does_not_matter():
    rng = np.random.default_rng(2)
    facts, plan = tables(
        {m: (rng.random(4) < 0.7).tolist() for m in range(12)}, {m: m % 3 > 0 for m in range(12)}
    )
    before = facts.copy()
    cases = kpi_cases(facts, plan)
    pd.testing.assert_frame_equal(facts, before)
    pd.testing.assert_frame_equal(cases, kpi_cases(facts.iloc[::-1], plan.sample(frac=1)))


def test_what_is_no_verdict():
    facts, plan = tables({1: [True]}, {1: True})
    with pytest.raises(InputDataError, match=r"is_met of the KPI facts must be true.*check \[0.9"):
        kpi_cases(facts.assign(is_met=0.9), plan)
    with pytest.raises(InputDataError, match="counts must be 0 or more"):
        concordance_of_counts(1, -1, 0, 0)
    with pytest.raises(InputDataError, match="no KPI to judge"):
        kpi_cases(facts.iloc[:0], plan)
