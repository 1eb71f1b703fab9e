"""
The golden cases, from the engagement file to the published figures.

G4 and G9 are computed by hand in the docstrings; EX-5.6, EX-5.11 and EX-5.12 are
the worked example of renewals, cross-sales and new business.
"""

import pytest

from kpikit.diagnosis import odds
from kpikit.diagnosis.chain import ChainResult, run_chain
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.scenarios import Change, apply_changes
from kpikit.figures import pick
from kpikit.places import sample_dir
from kpikit.study import run_study

GOLDEN = sample_dir() / "golden"
#: Figures that say how many people are needed or whether the plan can be met.
PEOPLE_FIGURES = {
    "required_hours", "required_fte", "required_reps", "resource_coverage", "plan_probability",
    "reps_for_80pct", "largest_target_80pct", "binding_constraint", "contact_norm_per_day",
    "contact_norm_per_week", "contact_norm_per_hour", "contact_bound_per_day", "hires_needed",
    "hire_by", "available_fte", "capacity_won_deals_per_month", "bottleneck_utilisation",
    "expected_money", "plan_attainment", "hours_per_day",
}  # fmt: skip


# --------------------------------------------------------------------------
# G4: four reps and a market to capture
# --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def g4():
    return run_study(GOLDEN / "g4_four_reps")


@pytest.fixture(scope="module")
def g4_figure(g4):
    return lambda name, **keys: pick(g4.figures, name, **keys)["value"]


def test_g4_money_to_contracts(g4_figure):
    """60 m - 80 x 250k - 40 x 150k = 34 m; at 200k each that is 170 contracts."""
    assert g4_figure("renewal_money") == pytest.approx(20e6)
    assert g4_figure("cross_sell_money") == pytest.approx(6e6)
    assert g4_figure("new_business_gap") == pytest.approx(34e6)
    assert g4_figure("required_new_wins") == pytest.approx(170)


def test_g4_deals_by_stage(g4):
    """170 / (.40 .50 .60 .35 = .042) = 4,047.6 leads; then x .4, x .5, x .6, x .35."""
    assert g4.chain.stages["deals"].to_list() == pytest.approx(
        [4047.62, 1619.05, 809.52, 485.71, 170.0], abs=0.01
    )


def test_g4_contacts_and_hours(g4_figure):
    """
    Contacts 3, 4, 1.5, 5, 4 for each deal in the stage: 22,941.9; with 100 x (12 + 6): 24,741.9.
    Minutes 10, 15, 120, 38, 30: 7,949.52 h; with 100 x (12 x 30 + 6 x 40) min = 1,000 h: 8,949.52.
    """
    assert g4_figure("required_contacts") == pytest.approx(24_741.9, abs=0.1)
    assert g4_figure("required_hours") == pytest.approx(8_949.52, abs=0.01)
    assert g4_figure("required_hours", kind="retention") == pytest.approx(600)
    assert g4_figure("required_hours", kind="cross_sell") == pytest.approx(400)
    assert g4_figure("hours_per_won_deal", segment="Customers", kind="norm") == pytest.approx(
        7_949.52 / 170, abs=1e-3
    )


def test_g4_hours_to_people(g4_figure):
    """(247 - 20) days x 8 h x .45 = 817.2 h; 8,949.52 / 817.2 = 10.951, so 11 people."""
    assert g4_figure("hours_per_fte", role="rep") == pytest.approx(817.2)
    assert g4_figure("required_fte") == pytest.approx(10.951, abs=1e-3)
    assert g4_figure("required_reps") == 11
    assert g4_figure("available_fte") == pytest.approx(4)
    assert g4_figure("resource_coverage") == pytest.approx(4 * 817.2 / 8949.52, abs=1e-5)
    assert g4_figure("resource_coverage") == pytest.approx(0.365, abs=5e-4)
    assert g4_figure("binding_constraint") == "hours"


def test_g4_intensity(g4_figure):
    """
    24,741.9 contacts in 10.951 x 227 days are 9.95 a day; four reps would need 27.2
    contacts and 8,949.52 / (4 x 227) = 9.86 selling hours a day, and have 8 x .45 = 3.6.
    """
    assert g4_figure("contact_norm_per_day", kind="balanced") == pytest.approx(9.953, abs=1e-3)
    assert g4_figure("contact_norm_per_day", kind="present_team") == pytest.approx(27.249, abs=1e-3)
    assert g4_figure("hours_per_day", kind="present_team") == pytest.approx(9.856, abs=1e-3)
    assert g4_figure("hours_per_day", kind="balanced") == pytest.approx(3.6)
    assert g4_figure("contact_bound_per_day") == pytest.approx(9.953, abs=1e-3)
    assert g4_figure("contact_norm_per_week", kind="balanced") == pytest.approx(
        5 * 9.9526, abs=0.01
    )


def test_g4_is_impossible_with_four(g4):
    """Hours cover a third of the work: the probability is nil, and 11 people are the least."""
    assert g4.chain.probability < 1e-9
    assert g4.chain.reps_needed >= 11


def test_g4_twelve_meet_it_and_eleven_do_not(g4):
    """170 contracts of Binomial(n, .042); n from the hours of 11 and of 12 people (by hand)."""
    from scipy.stats import binom

    for reps in (11, 12):
        leads = int((reps * 817.2 - 1000) / 1.964)
        expected = binom.sf(169, leads, 0.042)
        row = pick(g4.figures, "plan_probability", kind=f"reps_{reps:03d}")
        assert row["value"] == pytest.approx(expected, abs=1e-6)
    assert g4.chain.reps_needed == 12


def test_g4_says_what_its_answer_lacks(g4):
    """Rates without evidence and no cycle: the probability is published as degraded."""
    row = pick(g4.figures, "plan_probability")

    assert row["status"] == "degraded"
    assert set(row["reason"].split("; ")) == {"cycle", "evidence"}


# --------------------------------------------------------------------------
# EX-5.6, EX-5.11, EX-5.12: renewals, cross-sales and new business
# --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ex5():
    return run_study(GOLDEN / "ex5_cascade")


@pytest.fixture(scope="module")
def smaller_plan(ex5):
    """The same client with a plan of 36 million."""
    return apply_changes(ex5.inputs, {"target": Change("set", 36e6)})


def reps(count, inputs):
    return run_chain(apply_changes(inputs, {"team.reps": Change("set", count)}))


def test_ex_5_6_existing_customers(ex5):
    """Renewals 21.40 m, cross-sales 1.94 m, retention 920 h, cross-selling 236.67 h."""
    table = ex5.chain.segments
    assert table["renewal_money"].sum() == pytest.approx(21.40e6)
    assert table["cross_sell_money"].sum() == pytest.approx(1.94e6)
    assert table["retention_hours"].sum() == pytest.approx(920)
    assert table["cross_sell_hours"].sum() == pytest.approx(236.67, abs=0.01)


def test_ex_5_6_large_plan(ex5):
    """60 m: gap 36.66 m, 305.5 wins, 3,055 leads, 7,190.3 h, 7.496 people."""
    figure = {
        name: pick(ex5.figures, name)["value"]
        for name in ("new_business_gap", "required_new_wins", "required_primary_contacts",
                     "required_hours", "required_fte", "required_reps")
    }  # fmt: skip
    assert figure["new_business_gap"] == pytest.approx(36.66e6)
    assert figure["required_new_wins"] == pytest.approx(305.5)
    assert figure["required_primary_contacts"] == pytest.approx(3055)
    assert figure["required_hours"] == pytest.approx(7190.3, abs=0.05)
    assert figure["required_fte"] == pytest.approx(7.496, abs=5e-4)
    assert figure["required_reps"] == 8


def test_ex_5_6_small_plan(smaller_plan):
    """36 m: 105.5 wins, 1,055 leads, 3,240.3 h, 3.378 people."""
    chain = run_chain(smaller_plan)
    assert chain.segments["wins"].sum() == pytest.approx(105.5)
    assert chain.segments["leads"].sum() == pytest.approx(1055)
    assert chain.roles["required_hours"].sum() == pytest.approx(3240.3, abs=0.05)
    assert chain.roles["required_fte"].sum() == pytest.approx(3.378, abs=5e-4)


def test_ex_5_11_small_plan_with_four(smaller_plan):
    """
    New contracts alone .9290; with renewals, cross-sales and deal sizes .894 and 39.62 m
    (worked example, Monte Carlo, tolerance .01).
    """
    chain = run_chain(smaller_plan)
    assert chain.wins_only_probability == pytest.approx(0.9290, abs=1e-3)
    assert chain.probability == pytest.approx(0.894, abs=0.01)
    assert chain.expected_money == pytest.approx(39.62e6, rel=1e-3)
    assert chain.reps_needed == 4


def test_ex_5_11_three_reps_are_too_few(smaller_plan):
    """.1081 with new contracts alone."""
    assert reps(3, smaller_plan).wins_only_probability == pytest.approx(0.1081, abs=1e-4)


def test_ex_5_11_known_rates_look_safer(ex5, smaller_plan):
    """.9976 when the conversion is taken as known instead of learned from 500 leads."""
    from dataclasses import replace

    sure = replace(
        smaller_plan,
        segments=tuple(
            s if s.funnel is None else replace(s, funnel=replace(s.funnel, evidence=None))
            for s in smaller_plan.segments
        ),
    )
    assert run_chain(sure).wins_only_probability == pytest.approx(0.9976, abs=1e-4)


@pytest.mark.parametrize(
    ("count", "contracts", "everything"), [(7, 0.27, 0.281), (8, 0.69, 0.676), (9, 0.92, 0.906)]
)
def test_ex_5_12_large_plan(ex5, count, contracts, everything):
    """The worked example's probabilities; the second from Monte Carlo (tolerance .01)."""
    chain = reps(count, ex5.inputs)
    assert chain.wins_only_probability == pytest.approx(contracts, abs=5e-3)
    assert chain.probability == pytest.approx(everything, abs=0.01)
    row = pick(ex5.figures, "plan_probability", kind=f"reps_{count:03d}")
    assert row["value"] == pytest.approx(chain.probability, abs=1e-12)


def test_ex_5_12_nine_not_eight(ex5):
    """Trap 10: expectations say 8 people (7.496), the plan is met with 80 % only by 9."""
    assert pick(ex5.figures, "required_reps")["value"] == 8
    assert pick(ex5.figures, "reps_for_80pct")["value"] == 9
    assert 0.5 < reps(8, ex5.inputs).probability < 0.8


def test_ex_5_12_largest_target(ex5, smaller_plan):
    """37.1 m with four people, whichever plan is asked about (tolerance .2 m)."""
    assert pick(ex5.figures, "largest_target_80pct")["value"] == pytest.approx(37.1e6, abs=0.2e6)
    assert run_chain(smaller_plan).largest_target == pytest.approx(37.1e6, abs=0.2e6)
    assert ex5.chain.probability < 1e-4


def test_ex_5_8_leads_cost_1_975_hours(ex5):
    """1.5 x 15 + .4 x 3 x 40 + .2 x 2.5 x 60 + .1 x 4 x 45 min = 1.975 h; 3.6 contacts a lead."""
    row = ex5.chain.segments.loc["New customers"]
    assert row["hours_per_lead"] == pytest.approx(1.975)
    assert row["contacts_per_lead"] == pytest.approx(3.6)
    per_win = pick(ex5.figures, "contacts_per_won_deal", segment="New customers", kind="norm")[
        "value"
    ]
    assert per_win == pytest.approx(36)  # EX-4.4: not the 11 of the won deals alone


# --------------------------------------------------------------------------
# G9: how many leads for twenty contracts
# --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def g9():
    return run_study(GOLDEN / "g9_funnel")


@pytest.fixture(scope="module")
def volume(g9):
    return lambda kind: pick(
        g9.figures, "required_primary_contacts", segment="New customers", kind=kind
    )["value"]


def test_g9_the_expected_number_is_a_coin_toss():
    """.30 x .67 x .58 x .71 = .08277; 20 / .08277 = 242 leads bring 20 contracts with 54 %."""
    rate = 0.30 * 0.67 * 0.58 * 0.71
    chance = odds.probability_of_wins(20, 242, rate * 1e9, (1 - rate) * 1e9)

    assert chance == pytest.approx(0.54, abs=5e-3)


@pytest.mark.parametrize(("goal", "leads"), [(80, 284), (90, 310), (95, 333)])
def test_g9_known_rates(volume, goal, leads):
    assert volume(f"rates_known_p{goal}") == leads


@pytest.mark.parametrize(("goal", "leads"), [(80, 306), (90, 350)])
def test_g9_learned_rates(volume, goal, leads):
    """
    The worked example learns from exactly 20 wins in 242: Beta(20.5, 222.5). The product
    of the rounded rates is 20.03 wins in 242, one lead less in each case.
    """
    assert odds.primaries_for_wins(20, goal / 100, 20.5, 222.5) == leads
    assert volume(f"rates_learned_p{goal}") == pytest.approx(leads, abs=1)


# --------------------------------------------------------------------------
# Trap 13, S2: no norms, no head count
# --------------------------------------------------------------------------
@pytest.mark.parametrize("case", ["g9_funnel", "four_without_norms"])
def test_without_norms_there_is_no_number_of_people(case, request, engagement_of):
    """The refusal names norms and cycle and what to ask for; no figure gives people or odds."""
    study = request.getfixturevalue("g9") if case == "g9_funnel" else run_study(
        without_norms(engagement_of))  # fmt: skip

    assert isinstance(study.chain, Refusal)
    assert [item.what for item in study.chain.missing] == ["norms", "cycle"]
    assert "minutes per contact" in study.chain.missing[0].ask
    assert "creation and closing dates" in study.chain.missing[1].ask
    rows = study.figures[study.figures["figure"].isin(PEOPLE_FIGURES)]
    assert rows["value"].isna().all()
    assert (rows["status"] == "not_computable").all()
    assert (rows["reason"] == "missing: norms, cycle").all()
    assert {"required_fte", "plan_probability", "reps_for_80pct"} <= set(rows["figure"])
    assert study.actions == ()
    assert study.flips.empty
    assert study.hires.empty
    row = study.readiness.set_index("diagnostic").loc["staffing"]
    assert row["status"] == "not_computable"


def without_norms(engagement_of):
    """EX-5.6 with neither contacts nor minutes by stage."""
    from kpikit.engagement import read_engagement

    settings = read_engagement(GOLDEN / "ex5_cascade").funnel
    stages = [
        {"id": s.id, "name": s.name, "conversion": s.conversion.value} for s in settings.stages
    ]
    return engagement_of("ex5_cascade", funnel={"evidence": 500, "stages": stages})


def test_norms_supplied_later_give_the_numbers(engagement_of, ex5):
    """S2: refused first; with the norms of EX-5.6 7.496 people, 9 for 80 %, 37.1 m at most."""
    refused = run_study(without_norms(engagement_of))
    answered = run_study(engagement_of("ex5_cascade"))

    assert isinstance(refused.chain, Refusal)
    assert isinstance(answered.chain, ChainResult)
    assert pick(answered.figures, "required_fte")["value"] == pytest.approx(7.496, abs=5e-4)
    assert pick(answered.figures, "reps_for_80pct")["value"] == 9
    assert pick(answered.figures, "plan_probability")["value"] < 1e-4
