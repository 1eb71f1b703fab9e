"""What to do first: money by effort, priced by the same chain."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kpikit.diagnosis.chain import expected_money, quick_probability, run_chain, with_reps
from kpikit.diagnosis.chain_input import (
    ChainInput,
    Funnel,
    OpenDeal,
    RolePool,
    SegmentInput,
    StageWork,
)
from kpikit.diagnosis.priorities import (
    CONFIDENCE,
    EFFORT_DAYS,
    Action,
    Coaching,
    effect_of,
    priority_score,
    rank_actions,
    rank_stability,
)
from kpikit.diagnosis.scenarios import Change, apply_changes

#: Two reps of three raised halfway: five per cent more conversion for the team.
COACHING = Coaching(reps=2, now=0.08, then=0.09, gain=0.05)


#: Two reps at 8 % halfway up to 10 %: a twentieth more for the whole team.
COACHING = Coaching(reps=2, now=0.08, then=0.09, gain=0.05)


@pytest.fixture
def plan():
    """Three reps for a plan that needs four to five of them; 30 renewals, 10 open deals."""
    stages = (
        StageWork("lead", "Lead", "rep", 0.4, 2.0, 15.0),
        StageWork("offer", "Offer", "rep", 0.25, 3.0, 40.0),
    )
    segment = SegmentInput(
        "S", renewals_due=(2.5,) * 12, renewal_rate=0.8, renewal_value=1000.0,
        funnel=Funnel(stages, evidence=300.0), new_value=1000.0, new_share=1.0,
        pipeline=tuple(OpenDeal(str(n), 1000.0, 0.3) for n in range(10)),
        pipeline_wins=(1.0,) * 3 + (0.0,) * 9, pipeline_hours=(("rep", 60.0),),
    )  # fmt: skip
    pool = RolePool("rep", 3, (3.0,) * 12, (60.0,) * 12, (20.0,) * 12)
    months = tuple(f"2026-{m:02d}" for m in range(1, 13))
    return ChainInput(months, (22_000.0,) * 12, (segment,), (pool,), selling_share=0.5)


@cache
def ranked(plan, **evidence):
    """The actions; the plan is frozen, so that equal questions are answered once."""
    return rank_actions(plan, run_chain(plan), **evidence)


def action(name, money, effort, confidence):
    return Action(name, money, money, money, effort, "none", confidence, "director", 30, ())


# --------------------------------------------------------------------------
# The score
# --------------------------------------------------------------------------
def test_worked_example():
    """EX-8.11: hire 75,000, norms 200,000, drop KPIs 280,000 a day."""
    assert priority_score(6e6, 0.5, 40) == pytest.approx(75_000)
    assert priority_score(2.5e6, 0.8, 10) == pytest.approx(200_000)
    assert priority_score(0.8e6, 0.7, 2) == pytest.approx(280_000)


def test_an_action_is_scored_by_its_confidence():
    """A million for ten days: 80,000, 50,000 and 30,000 a day."""
    scores = [action("a", 1e6, 10, c).priority for c in ("measured", "modelled", "expert")]

    assert scores == pytest.approx([80_000, 50_000, 30_000])


def test_an_action_that_costs_money_has_no_priority():
    assert action("a", -5.0, 10, "measured").priority == 0.0


# --------------------------------------------------------------------------
# The effects
# --------------------------------------------------------------------------
def test_the_effect_is_the_chains_difference(plan):
    changed = apply_changes(plan, {"minutes.offer": Change("scale", 0.9)})
    money, low, high = effect_of(plan, changed)

    assert money == pytest.approx(expected_money(changed) - expected_money(plan))
    assert low < money < high


def test_the_interval_is_the_conversions(plan):
    """Freed hours are worth leads x conversion x value: the interval scales with the rate."""
    from scipy.stats import beta

    changed = apply_changes(plan, {"minutes": Change("scale", 0.9)})
    money, low, high = effect_of(plan, changed)

    assert low / money == pytest.approx(beta.ppf(0.1, 30, 270) / 0.1, rel=0.02)
    assert high / money == pytest.approx(beta.ppf(0.9, 30, 270) / 0.1, rel=0.02)


def test_known_rates_leave_no_interval(plan):
    segment = plan.segments[0]
    known = replace(
        plan, segments=(replace(segment, funnel=replace(segment.funnel, evidence=None)),)
    )
    changed = apply_changes(known, {"minutes": Change("scale", 0.9)})

    money, low, high = effect_of(known, changed)
    assert low == money == high


# --------------------------------------------------------------------------
# The list
# --------------------------------------------------------------------------
def test_the_best_money_per_effort_comes_first(plan):
    """After the agreement on the plan, which brings nothing by itself but decides the rest."""
    first, *others = ranked(plan)

    assert first.id == "agree_target"
    scores = [item.priority for item in others]
    assert scores == sorted(scores, reverse=True)
    assert {"hire", "selling_share", "conversion", "minutes", "renewal"} <= {a.id for a in others}


def test_hiring_reaches_the_goal(plan):
    """The people to hire are those that the goal needs; their effort is counted for each."""
    (hire,) = [item for item in ranked(plan) if item.id == "hire"]

    assert hire.values["needed"] == run_chain(plan).reps_needed
    assert hire.values["hires"] == hire.values["needed"] - 3
    assert hire.effort_days == EFFORT_DAYS["hire"] * hire.values["hires"]
    assert quick_probability(with_reps(plan, hire.values["needed"])) >= 0.8


def test_a_plan_that_is_met_needs_no_hiring(plan):
    easy = replace(plan, target=tuple(m / 2 for m in plan.target))
    ids = {item.id for item in ranked(easy)}

    assert not ids & {"hire", "agree_target"}


def test_stale_deals_free_their_hours(plan):
    """40 of the 60 hours in open deals: 40 h / .9 h a lead x 10 % x 1,000."""
    (stale,) = [a for a in ranked(plan, stale_hours=40.0, stale_deals=6) if a.id == "close_stale"]
    per_lead = (2 * 15 + 0.4 * 3 * 40) / 60

    assert stale.money == pytest.approx(40 / per_lead * 0.1 * 1000, rel=0.01)
    assert stale.values == {"deals": 6.0, "hours": 40.0}
    assert "close_stale" not in {a.id for a in ranked(plan)}


def test_reps_are_raised_only_where_they_differ(plan):
    assert "reps_to_median" not in {a.id for a in ranked(plan)}
    (raise_,) = [a for a in ranked(plan, coaching=COACHING) if a.id == "reps_to_median"]

    assert raise_.confidence == "measured"
    assert raise_.values == {"reps": 2, "now": 0.08, "then": 0.09}
    wider = apply_changes(plan, {"conversion": Change("scale", 1.05)})
    assert raise_.money == pytest.approx(expected_money(wider) - expected_money(plan))


def test_more_leads_only_where_leads_are_the_limit(plan):
    limited = replace(plan, leads_limit_per_month=60.0)

    assert "leads" in {a.id for a in ranked(limited)}
    assert "leads" not in {a.id for a in ranked(plan)}


def test_the_list_is_short(plan):
    result = run_chain(plan)

    assert len(rank_actions(plan, result, most=3)) == 3
    assert len(rank_actions(plan, result)) <= 10


def test_every_action_can_be_acted_on(plan):
    """An owner, evidence, a day to check back and an effort for each."""
    for item in ranked(plan, stale_hours=40.0, stale_deals=6, coaching=COACHING):
        assert item.owner
        assert item.evidence
        assert item.check_back_days > 0
        assert item.effort_days > 0
        assert item.confidence in CONFIDENCE
        assert item.money_low <= item.money <= item.money_high


def test_the_input_is_left_alone(plan):
    before = repr(plan)
    ranked(plan, stale_hours=40.0, stale_deals=6, coaching=COACHING)

    assert repr(plan) == before


# --------------------------------------------------------------------------
# How firm the order is
# --------------------------------------------------------------------------
def test_a_clear_order_is_firm():
    """Four actions a hundred times apart: the first three are there in every draw."""
    items = [action(str(n), 10.0 ** (8 - 2 * n), 10, "modelled") for n in range(4)]
    shares = rank_stability(items, np.random.default_rng(1))

    assert shares.to_list() == [1.0, 1.0, 1.0, 0.0]


def test_equal_actions_share_the_places():
    """Six with the same money and spread: each among the first three in half of the draws."""
    items = [Action(str(n), 1e6, 5e5, 1.5e6, 10, "none", "modelled", "x", 1, ()) for n in range(6)]
    draws = 4000
    shares = rank_stability(items, np.random.default_rng(2), draws)

    assert shares.sum() == pytest.approx(3.0)
    assert shares.to_numpy() == pytest.approx(np.full(6, 0.5), abs=4 * (0.25 / draws) ** 0.5)


def test_nothing_to_do_is_an_empty_list():
    assert rank_stability([], np.random.default_rng(1)).empty
