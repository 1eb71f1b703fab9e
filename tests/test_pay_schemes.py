"""Ways to pay, their comparison on one year's facts, and the four cases."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.concordance import kpi_cases
from kpikit.diagnosis.pay_cases import pay_in_cases
from kpikit.diagnosis.pay_facts import PayFacts, pay_facts, plan_attainment, team_attainment
from kpikit.diagnosis.pay_schemes import (
    Commission,
    Gate,
    KpiMatrix,
    KpiPart,
    SalaryOnly,
    TeamGoal,
    pay_by_period,
)
from kpikit.diagnosis.payout import parse_curve
from kpikit.diagnosis.scheme_comparison import at_cost, compare_schemes
from kpikit.errors import InputDataError

CURVE = parse_curve("0.8:0.5, 1.0:1.0, 1.2:1.5")
CALLS = KpiPart("calls", 0.6, CURVE)
OFFERS = KpiPart("offers", 0.4, CURVE)


def facts_of(rows, kpis=("calls", "offers")):
    """Rows of rep, period, sales, plan, margin and one attainment per KPI."""
    names = ["rep_id", "period", "sales", "plan", "margin"]
    table = pd.DataFrame([row[:5] for row in rows], columns=names)
    tidy = pd.DataFrame(
        [
            {"kpi_id": kpi, "rep_id": row[0], "period": row[1], "attainment": value}
            for row in rows
            for kpi, value in zip(kpis, row[5:], strict=True)
        ],
        columns=["kpi_id", "rep_id", "period", "attainment"],
    )
    return pay_facts(table, tidy, kpis)


@pytest.fixture
def facts():
    return facts_of(
        [
            ("a", "2025-01", 120.0, 100.0, 30.0, 1.0, 0.9),
            ("a", "2025-02", 80.0, 100.0, 20.0, 0.7, 1.3),
            ("b", "2025-01", 50.0, 100.0, 10.0, 0.5, 0.6),
            ("b", "2025-02", 60.0, 100.0, 25.0, 1.1, np.nan),
        ]
    )


# --------------------------------------------------------------------------
# Facts
# --------------------------------------------------------------------------
def test_team_attainment_is_a_ratio_of_sums(facts):
    """By hand: January (120 + 50)/200 = .85, February 140/200 = .7, for everybody."""
    assert team_attainment(facts) == pytest.approx([0.85, 0.7, 0.85, 0.7])
    assert plan_attainment(facts) == pytest.approx([1.2, 0.8, 0.5, 0.6])


def test_plan_unknown_for_one_is_left_out_of_the_team():
    """By hand: a's 120 of 100; b's sales without a plan count on neither side."""
    facts = facts_of([("a", 1, 120.0, 100.0, 1.0), ("b", 1, 50.0, np.nan, 1.0)], kpis=())

    assert team_attainment(facts) == pytest.approx([1.2, 1.2])


def test_repeated_facts_are_refused():
    row = ("a", "2025-01", 1.0, 1.0, 1.0, 1.0, 1.0)
    with pytest.raises(InputDataError, match=r"sales: 1 rows repeat .* rep a in 2025-01"):
        facts_of([row, row])
    with pytest.raises(InputDataError, match="lack plan, margin"):
        pay_facts(pd.DataFrame(columns=["rep_id", "period", "sales"]), pd.DataFrame())


# --------------------------------------------------------------------------
# Schemes
# --------------------------------------------------------------------------
def test_pay_by_hand(facts):
    """
    Salary 10; 5 % of sales 6, 4, 2.5, 3; matrix of 100: calls 1, 0, 0, 1.25 and offers .75,
    1.5, 0, unknown give 60 + 30, 0 + 60, 0, unknown; team at .85 pays .625, at .7 nothing.
    """
    assert pay_by_period(SalaryOnly(10.0), facts)["pay"].tolist() == [10.0] * 4
    assert Commission(0.05).bonus(facts) == pytest.approx([6.0, 4.0, 2.5, 3.0])
    assert KpiMatrix(100.0, (CALLS, OFFERS)).bonus(facts)[:3] == pytest.approx([90.0, 60.0, 0.0])
    assert np.isnan(KpiMatrix(100.0, (CALLS, OFFERS)).bonus(facts)[3])
    assert TeamGoal(100.0, CURVE).bonus(facts) == pytest.approx([62.5, 0.0, 62.5, 0.0])
    with_base = pay_by_period(TeamGoal(100.0, CURVE, base_pay=40.0), facts)
    assert with_base["pay"].tolist() == pytest.approx([102.5, 40.0, 102.5, 40.0])


def test_closed_gate_pays_nothing(facts):
    """By hand: calls below 1 in row 2 and 3 shut the bonus; an unknown KPI stays unknown."""
    gated = KpiMatrix(100.0, (OFFERS,), gate=Gate("calls"))

    assert gated.bonus(facts)[:3] == pytest.approx([30.0, 0.0, 0.0])
    assert np.isnan(gated.bonus(facts)[3])
    assert gated.is_dead(facts)[:3].tolist() == [False, True, True]


def test_where_effort_earns_nothing(facts):
    """
    By hand: row 2 has calls below the threshold and offers at the cap, row 3 both below:
    dead in the sum. Row 2 is dead in the product too; so is a zero beside a rising KPI.
    """
    assert KpiMatrix(100.0, (CALLS, OFFERS)).is_dead(facts).tolist()[:3] == [False, True, True]
    mixed = facts_of([("a", 1, 1.0, 1.0, 1.0, 0.9, 0.5)])
    assert not KpiMatrix(1.0, (CALLS, OFFERS)).is_dead(mixed)[0]
    assert KpiMatrix(1.0, (CALLS, OFFERS), combination="product").is_dead(mixed)[0]
    assert SalaryOnly(1.0).is_dead(facts).all()
    assert not Commission(0.1).is_dead(facts).any()
    assert TeamGoal(1.0, CURVE).is_dead(facts).tolist() == [False, True, False, True]


def test_zero_is_no_dead_end_for_the_kpi_itself():
    """In a product the only KPI at zero can rise again: its own zero does not void it."""
    curve = parse_curve("0:0, 1:1")
    facts = facts_of([("a", 1, 1.0, 1.0, 1.0, 0.0, 0.9)])
    parts = (KpiPart("calls", 0.5, curve), KpiPart("offers", 0.5, curve))

    assert not KpiMatrix(1.0, parts, combination="product").is_dead(facts)[0]


def test_impossible_schemes_are_refused(facts):
    with pytest.raises(InputDataError, match="commission of 5 on 'sales'"):
        Commission(5.0)
    with pytest.raises(InputDataError, match="one of additive, geometric, product"):
        KpiMatrix(1.0, (CALLS,), combination="mean")
    with pytest.raises(InputDataError, match="KPI 'visits' is in the pay but has no facts"):
        KpiMatrix(1.0, (KpiPart("visits", 1.0, CURVE),)).bonus(facts)


# --------------------------------------------------------------------------
# Comparison
# --------------------------------------------------------------------------
def test_comparison_by_hand(facts):
    """
    The matrix leaves out row 4, so all schemes are compared on rows 1 to 3: sales 250, margin
    60. Commission of 10 % pays 12, 8, 5: 25 in all, .1 of sales, 25/60 of margin. Best rep by
    mean margin is a (25 against 10).
    """
    found = compare_schemes(
        [SalaryOnly(20.0), Commission(0.1), KpiMatrix(100.0, (CALLS, OFFERS), base_pay=10.0)],
        facts,
    ).set_index("scheme")

    assert found["total_cost"].tolist() == pytest.approx([60.0, 25.0, 180.0])
    assert found.loc["commission", "cost_of_sales"] == pytest.approx(0.1)
    assert found.loc["commission", "pay_per_margin"] == pytest.approx(25 / 60)
    assert found["variable_share"].tolist() == pytest.approx([0.0, 1.0, 150 / 180])
    assert found.loc["kpi_matrix", ["pay_top", "pay_bottom"]].tolist() == pytest.approx([85, 10])
    assert found["dead_share"].tolist() == pytest.approx([1.0, 0.0, 2 / 3])
    assert found.loc["commission", "sd_pay"] == pytest.approx(np.std([12, 8, 5]))
    assert np.isnan(found.loc["salary", "margin_correlation"])
    assert found.loc["commission", "margin_correlation"] == pytest.approx(
        np.corrcoef([12, 8, 5], [30, 20, 10])[0, 1]
    )
    assert found[["n", "n_left_out"]].drop_duplicates().to_numpy().tolist() == [[3, 1]]


def test_unknown_margin_is_not_zero(facts):
    """One unknown margin: no pay per margin, and the reps are ranked by sales."""
    periods = facts.periods.assign(margin=[np.nan, 20.0, 10.0, 25.0])
    found = compare_schemes([Commission(0.1)], PayFacts(periods, facts.attainment))

    assert np.isnan(found.loc[0, "pay_per_margin"])
    assert found.loc[0, "margin_correlation"] == pytest.approx(1.0)


def test_schemes_at_the_same_cost(facts):
    """Every scheme can be brought to 300 on the rows it pays, by its variable part alone."""
    for scheme in (
        SalaryOnly(10.0),
        Commission(0.05, base_pay=20.0),
        TeamGoal(100.0, CURVE, base_pay=20.0),
        KpiMatrix(100.0, (CALLS, OFFERS), base_pay=20.0),
    ):
        same = at_cost(scheme, facts, 300.0)

        assert pay_by_period(same, facts)["pay"].sum() == pytest.approx(300.0)
    assert at_cost(Commission(0.05, base_pay=20.0), facts, 300.0).base_pay == 20.0
    with pytest.raises(InputDataError, match="fixed pay is 400"):
        at_cost(Commission(0.05, base_pay=100.0), facts, 300.0)


def test_team_goal_pays_the_weak_like_the_strong():
    """A common goal does not tell reps apart, a commission does: known from the rules."""
    rng = np.random.default_rng(4)
    rows = [
        (rep, month, sold, 100.0, 0.2 * sold)
        for rep, skill in (("a", 130.0), ("b", 100.0), ("c", 90.0), ("d", 60.0))
        for month, sold in enumerate(skill * rng.uniform(0.9, 1.1, 12))
    ]
    facts = facts_of(rows, kpis=())
    found = compare_schemes([Commission(0.1), TeamGoal(10.0, CURVE)], facts).set_index("scheme")

    assert found.loc["commission", "pay_top"] > 1.8 * found.loc["commission", "pay_bottom"]
    assert found.loc["team_goal", "pay_top"] == pytest.approx(found.loc["team_goal", "pay_bottom"])


def test_nothing_to_compare_is_an_error(facts):
    empty = PayFacts(facts.periods, facts.attainment * np.nan)
    with pytest.raises(InputDataError, match="no rep-period has all the facts"):
        compare_schemes([KpiMatrix(1.0, (CALLS,))], empty)
    with pytest.raises(InputDataError, match="no scheme to compare"):
        compare_schemes([], facts)


def test_facts_are_left_alone(facts):
    before = facts.periods.copy(), facts.attainment.copy()
    compare_schemes([Commission(0.1), KpiMatrix(100.0, (CALLS, OFFERS))], facts)

    pd.testing.assert_frame_equal(facts.periods, before[0])
    pd.testing.assert_frame_equal(facts.attainment, before[1])


# --------------------------------------------------------------------------
# The four cases
# --------------------------------------------------------------------------
def cases_of(facts):
    """Verdicts by the concordance module: a KPI or plan is met from 1 on."""
    tidy = facts.attainment.join(facts.periods[["rep_id", "period"]]).melt(
        id_vars=["rep_id", "period"], var_name="kpi_id", value_name="attainment"
    )
    tidy["is_met"] = (tidy["attainment"] >= 1).where(tidy["attainment"].notna()).astype("boolean")
    plan = facts.periods[["rep_id", "period"]].assign(is_met=plan_attainment(facts) >= 1)
    return kpi_cases(tidy, plan)


@pytest.fixture
def contradictory():
    """a met all KPIs and missed the plan, b missed a KPI and met the plan; c was not measured."""
    return facts_of(
        [
            ("a", 1, 70.0, 100.0, 7.0, 1.1, 1.0),
            ("b", 1, 110.0, 100.0, 11.0, 0.5, 1.0),
            ("c", 1, 110.0, 100.0, 11.0, np.nan, 1.0),
        ]
    )


def test_four_cases_by_hand(contradictory):
    """
    Matrix of 100: a earns 75 + 40 = 115, b 0 + 40. In the example all KPIs at 1 pay 100 and
    at .8 pay 50, whatever the plan does: the scheme buys activity.
    """
    scheme = KpiMatrix(100.0, (CALLS, OFFERS), base_pay=10.0)
    found = pay_in_cases(scheme, contradictory, cases_of(contradictory))
    table = found.table.set_index(["kpis", "plan"])

    assert table["n"].tolist() == [0, 1, 1, 0]
    assert table.loc[("met", "missed"), "mean_pay"] == pytest.approx(125.0)
    assert table.loc[("missed", "met"), "mean_bonus"] == pytest.approx(40.0)
    assert table["example_pay"].tolist() == pytest.approx([110.0, 110.0, 60.0, 60.0])
    assert (found.code, found.basis, found.n_not_measured) == ("pays_activity", "observed", 1)


def test_commission_buys_results(contradictory):
    """By hand: 10 % of 70 against 10 % of 110; example 10 % of the mean plan 100, or of 80."""
    found = pay_in_cases(Commission(0.1), contradictory, cases_of(contradictory))

    assert found.code == "pays_result"
    assert found.table["example_pay"].tolist() == pytest.approx([10.0, 8.0, 10.0, 8.0])


def test_cases_that_did_not_occur_are_read_from_the_example(contradictory):
    """Without a month of one contradiction the stated example speaks, and says so."""
    only = contradictory.among(np.array([True, False, False]))
    found = pay_in_cases(SalaryOnly(50.0), only, cases_of(only))

    assert (found.code, found.basis) == ("indifferent", "example")
    assert found.table["mean_pay"].isna().tolist() == [True, False, True, True]
    with pytest.raises(InputDataError, match="missed_at is an attainment"):
        pay_in_cases(SalaryOnly(50.0), only, cases_of(only), missed_at=1.0)
