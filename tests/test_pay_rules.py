"""Is a KPI really in the pay, and is the bonus earned or given by territory and luck."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.pay_fairness import luck_share, territory_fairness
from kpikit.diagnosis.pay_link import pay_link
from kpikit.diagnosis.pay_rules import audit_pay_rules
from kpikit.errors import InputDataError

CURVE = "0.8:0.5, 1.0:1.0, 1.2:1.5"
NO_FACTS = pd.DataFrame(columns=["role", "kpi_id", "rep_id", "period", "attainment"])
NO_PAYROLL = pd.DataFrame(columns=["rep_id", "period", "bonus_paid"])


def rule(kpi_id, weight, **changes):
    return {
        "role": "hunter", "kpi_id": kpi_id, "curve": CURVE, "weight": weight, "base_pay": 700.0,
        "target_bonus": 300.0, "combination": "additive", "penalty": None,
    } | changes  # fmt: skip


def audit(*rules, facts=NO_FACTS, payroll=NO_PAYROLL, **settings):
    return audit_pay_rules(pd.DataFrame(list(rules)), facts, payroll, **settings)


def codes(found):
    return sorted(found.problems["code"])


def facts_of(values, kpi_id="calls", role="hunter"):
    """Attainments, one row per rep and one column per period."""
    return pd.DataFrame(
        [
            {"role": role, "kpi_id": kpi_id, "rep_id": f"r{rep}", "period": period, "attainment": v}
            for rep, row in enumerate(np.atleast_2d(values))
            for period, v in enumerate(row)
        ]
    )


def payroll_of(values):
    return pd.DataFrame(
        [
            {"rep_id": f"r{rep}", "period": period, "bonus_paid": value}
            for rep, row in enumerate(np.atleast_2d(values))
            for period, value in enumerate(row)
        ]
    )


# --------------------------------------------------------------------------
# Rules
# --------------------------------------------------------------------------
def test_sound_rules_have_no_problems():
    found = audit(rule("calls", 0.6), rule("offers", 0.4))

    assert found.problems.empty
    assert found.roles.loc[0, ["weights_total", "smallest_weight", "variable_share"]].tolist() == (
        pytest.approx([1.0, 0.4, 0.3])
    )
    assert found.links["score"].tolist() == [1.0, 1.0]


def test_weights_that_do_not_add_up():
    found = audit(rule("calls", 0.6), rule("offers", 0.3))

    assert codes(found) == ["weights_not_100"]
    assert found.problems.loc[0, "message"] == (
        "Role hunter: the weights add to 90%, not to 100 %."
    )


def test_smallest_weight_is_a_parameter():
    """20 % by default, 10 % where the client sees it that way."""
    rules = rule("calls", 0.85), rule("offers", 0.15)

    assert codes(audit(*rules)) == ["weight_too_small"]
    assert codes(audit(*rules, min_weight=0.10)) == []


def test_roles_are_judged_apart():
    found = audit(rule("calls", 1.0), rule("calls", 0.5, role="farmer"))

    assert found.problems[["role", "code"]].to_numpy().tolist() == [["farmer", "weights_not_100"]]


def test_penalties_are_for_the_lawyer():
    found = audit(rule("calls", 1.0, penalty="500 for a missed report"))

    assert codes(found) == ["penalty_ask_lawyer"]
    assert "'500 for a missed report'" in found.problems.loc[0, "message"]
    assert "ask the client's lawyer" in found.problems.loc[0, "message"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"curve": None}, "curve_missing"),
        ({"curve": "a lot"}, "curve_unreadable"),
        ({"combination": "by feeling"}, "combination_unknown"),
        ({"weight": None}, "weight_unknown"),
        ({"curve": "0.5:0, 2:0"}, "pays_nothing"),
        ({"curve": "0:1"}, "nothing_to_lose"),
        ({"kpi_id": None}, "no_kpi_in_pay"),
    ],
)
def test_each_defect_is_named(changes, code):
    assert code in codes(audit(rule("calls", 1.0) | changes))


def test_all_problems_at_once():
    """Nothing stops at the first defect."""
    found = audit(
        rule("calls", 0.5, curve="x"), rule("offers", 0.1, penalty="fine"), rule("visits", None)
    )

    assert codes(found) == [
        "curve_unreadable", "penalty_ask_lawyer", "weight_too_small", "weight_unknown",
        "weights_not_100",
    ]  # fmt: skip


# --------------------------------------------------------------------------
# Effect on pay
# --------------------------------------------------------------------------
def test_effect_of_a_good_month_by_hand():
    """
    Attainments .8, .85, .9, .95, 1: P20 .84 and P80 .96 pay .6 and .9. Weight .6 of 300 in a
    pay of 1000: .3 x .6 x .3 = .054, above 3 %.
    """
    facts = facts_of([0.8, 0.85, 0.9, 0.95, 1.0])
    found = audit(rule("calls", 0.6), rule("offers", 0.4), facts=facts)

    assert found.links.loc[0, "effect"] == pytest.approx(0.054)
    assert found.links.loc[0, "n_facts"] == 5
    assert np.isnan(found.links.loc[1, "effect"])
    assert codes(found) == []


def test_small_effect_is_immaterial():
    """By hand: the same KPI with a bonus of 30 in a pay of 730: .3 x .6 x 30/730 = .7 %."""
    facts = facts_of([0.8, 0.85, 0.9, 0.95, 1.0])
    small = {"target_bonus": 30.0}
    found = audit(rule("calls", 0.6, **small), rule("offers", 0.4, **small), facts=facts)

    assert codes(found) == ["immaterial"]
    assert found.problems.loc[0, "value"] == pytest.approx(0.18 * 30 / 730)
    assert found.links["score"].tolist() == [0.5, 1.0]


def test_kpi_in_the_dead_zone_scores_nothing():
    """A threshold nobody comes near: the KPI is written into the pay and not in it."""
    facts = facts_of([0.1, 0.2, 0.3, 0.4, 0.5])
    found = audit(rule("calls", 0.6), rule("offers", 0.4), facts=facts)

    assert found.links["score"].tolist() == [0.0, 1.0]


def test_effect_in_a_product():
    """By hand: in a product with the other KPI at target, .6 to .9 of 300 over 1000 is .09."""
    facts = facts_of([0.8, 0.85, 0.9, 0.95, 1.0])
    parts = {"combination": "product"}
    found = audit(rule("calls", 0.6, **parts), rule("offers", 0.4, **parts), facts=facts)

    assert found.links.loc[0, "effect"] == pytest.approx(0.09)


# --------------------------------------------------------------------------
# Pay that followed
# --------------------------------------------------------------------------
def test_bonus_that_follows_the_kpi():
    kpi = np.random.default_rng(1).uniform(0.7, 1.2, (4, 12))
    link, low, _, n, code = pay_link(facts_of(kpi), payroll_of(100 * kpi + 7))

    assert link == pytest.approx(1.0)
    assert low > 0.9
    assert (n, code) == (48, "moved")
    assert pay_link(facts_of(kpi), payroll_of(200 - 100 * kpi))[4] == "moved_against"


def test_good_reps_with_good_salaries_are_no_link():
    """Rep levels of KPI and bonus agree perfectly, within a rep the bonus never moves."""
    kpi = np.array([[0.6], [0.8], [1.0], [1.2]]) + np.random.default_rng(2).normal(0, 0.02, (4, 12))
    flat = np.repeat([[60.1], [80.3], [100.7], [120.9]], 12, axis=1)

    assert np.corrcoef(kpi.ravel(), flat.ravel())[0, 1] > 0.95
    assert pay_link(facts_of(kpi), payroll_of(flat))[4] == "did_not_move"


def test_interval_pays_for_the_levels_of_the_reps():
    """
    Three reps with three months each: nine pairs, of which the levels of the reps take two:
    tanh(atanh(r) - 1.6449 sqrt((1 + r^2/2)/(7 - 3))).
    """
    kpi = np.array([[0.7, 0.9, 1.1], [0.8, 1.0, 0.9], [1.2, 0.9, 0.9]])
    paid = np.array([[5.0, 9.0, 10.0], [6.0, 7.0, 9.0], [8.0, 7.0, 6.0]])
    r, low, *_ = pay_link(facts_of(kpi), payroll_of(paid))

    within = [x - x.mean(axis=1, keepdims=True) for x in (kpi, paid)]
    assert r == pytest.approx(np.corrcoef(within[0].ravel(), within[1].ravel())[0, 1])
    assert low == pytest.approx(
        np.tanh(np.arctanh(r) - 1.6449 * np.sqrt((1 + r**2 / 2) / 4)), abs=1e-4
    )


def test_few_months_prove_nothing():
    kpi = np.array([[0.7, 0.9, 1.1]])

    assert pay_link(facts_of(kpi), payroll_of(kpi))[4] == "unproven"
    many = np.ones((4, 12))
    moving = payroll_of(np.random.default_rng(3).uniform(0, 1, (4, 12)))
    assert pay_link(facts_of(many), moving)[4] == "unproven"


def test_unrelated_pay_is_seldom_called_moved():
    """
    Level .9 leaves 5 % on the upper side: of 200 unrelated KPIs at most 5 % + 3 standard
    errors (.046) are called moved; the others are known not to move at n = 48.
    """
    rng = np.random.default_rng(4)
    found = [
        pay_link(facts_of(rng.normal(1, 0.2, (4, 12))), payroll_of(rng.normal(9, 1, (4, 12))))[4]
        for _ in range(200)
    ]

    assert found.count("moved") / 200 < 0.05 + 0.046
    assert found.count("did_not_move") / 200 > 0.8


def test_unmoved_pay_is_a_problem():
    """In the rules, not in the money: the KPI keeps half of its score."""
    rng = np.random.default_rng(5)
    facts = facts_of(rng.uniform(0.8, 1.2, (4, 12)))
    found = audit(rule("calls", 1.0), facts=facts, payroll=payroll_of(np.full((4, 12), 300.0)))

    assert codes(found) == ["pay_did_not_move"]
    assert found.links.loc[0, "score"] == 0.5


# --------------------------------------------------------------------------
# Fairness
# --------------------------------------------------------------------------
POTENTIAL = [50.0, 60.0, 80.0, 100.0, 120.0, 140.0]
SALES = [40.0, 46.0, 55.0, 62.0, 70.0, 75.0]


def territories(**changes):
    return pd.DataFrame(
        {
            "rep_id": list("abcdef"), "potential": POTENTIAL, "sales": SALES, "target": 58.0,
            "bonus": np.nan,
        } | changes
    )  # fmt: skip


def test_territories_worked_example():
    """EX-9.3: correlation .994 with the equal plan, .151 with slope .3879, intercept 22.44."""
    found = territory_fairness(territories())

    assert found.attainment_correlation == pytest.approx(0.994, abs=5e-4)
    assert (found.slope, found.intercept) == pytest.approx((0.3879, 22.44), abs=5e-3)
    assert found.fitted_correlation == pytest.approx(0.151, abs=5e-4)
    assert found.low > 0.9
    assert found.targets["fitted_target"].sum() == pytest.approx(sum(SALES))
    assert found.bonus_correlation is None


def test_bonus_explained_by_the_territory():
    """A bonus in proportion to the potential is explained by it entirely."""
    found = territory_fairness(territories(bonus=[2 * p for p in POTENTIAL]))

    assert found.bonus_share == pytest.approx(1.0)


def test_territories_need_their_numbers():
    with pytest.raises(InputDataError, match="rep b: potential, sales and a target above 0"):
        territory_fairness(territories(potential=[50.0, np.nan, 80.0, 100.0, 120.0, 140.0]))
    with pytest.raises(InputDataError, match="different potentials"):
        territory_fairness(territories(potential=50.0))
    with pytest.raises(InputDataError, match="lacks bonus"):
        territory_fairness(territories().drop(columns="bonus"))


def test_luck_by_hand():
    """
    Rows 10 12 11 / 15 14 16 / 9 8 10 / 13 12 14 (EX-8.1). Period means 11.75, 11.5, 12.75 of
    12 take 3.5 of the 8 squares within: 4.5 over 6 is .75, over MSB 20 is 3.75 % luck.
    """
    rows = [[10, 12, 11], [15, 14, 16], [9, 8, 10], [13, 12, 14]]

    assert luck_share(facts_of(rows)) == pytest.approx(0.0375)


def test_equal_reps_are_all_luck():
    """
    With equal reps MSW/MSB has its median at 1, so half of the tables say luck alone; a
    large difference says hardly any. 60 tables: .5 - 3 x .065.
    """
    rng = np.random.default_rng(6)
    equal = [luck_share(facts_of(rng.normal(1, 0.2, (8, 12)))) for _ in range(60)]
    skilled = rng.normal(1, 0.05, (8, 12)) + np.linspace(0, 1, 8)[:, None]

    assert np.mean(np.array(equal) == 1.0) > 0.3
    assert luck_share(facts_of(skilled)) < 0.05


def test_luck_needs_reps_and_periods():
    assert luck_share(facts_of([[1.0, 2.0, 3.0]])) is None
    assert luck_share(facts_of([[1.0], [2.0]])) is None
    assert luck_share(facts_of(np.ones((3, 4)))) is None
