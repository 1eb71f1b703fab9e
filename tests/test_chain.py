"""The chain: money, customers, work, people, and back to the odds of the money."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpikit.diagnosis.chain import quick_probability, run_chain, with_reps
from kpikit.diagnosis.chain_input import (
    ChainInput,
    Funnel,
    OpenDeal,
    Refusal,
    RolePool,
    SegmentInput,
    StageWork,
    Touch,
    missing_inputs,
)
from kpikit.diagnosis.ledgers import conversion, hours_per_primary, share_in_time
from kpikit.errors import InputDataError

MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))
#: Work of EX-3.3: 100 leads, 40, 20 and 10 go on; 0.6, 2, 1.5 and 1 hours for each visit.
EX_3_3 = (
    StageWork("lead", "Lead", "sdr", 0.4, 1.0, 36.0),
    StageWork("meeting", "Meeting", "ae", 0.5, 1.0, 120.0),
    StageWork("proposal", "Proposal", "ae", 0.5, 1.0, 90.0),
    StageWork("contract", "Contract", "ae", 1.0, 1.0, 60.0),
)


def pool(role, reps, hours=100.0, months=12):
    """People who are there all the time, with the same selling hours each month."""
    return RolePool(role, reps, (float(reps),) * months, (hours,) * months, (20.0,) * months)


def one_role(stages):
    return tuple(replace(stage, role="rep") for stage in stages)


@pytest.fixture
def plan():
    """One segment, 12 months, 4 reps: 120 contracts at 1,000 from a 10 % funnel of 1.8 h a lead."""
    segment = SegmentInput(
        name="New",
        funnel=Funnel(one_role(EX_3_3), evidence=400.0),
        new_value=1000.0,
        new_value_cv=0.5,
        new_share=1.0,
    )
    return ChainInput(MONTHS, (10_000.0,) * 12, (segment,), (pool("rep", 4, 45.0),),
                      selling_share=0.3)  # fmt: skip


def new_segment(inputs, **changes):
    """The input with its first segment changed."""
    first, *others = inputs.segments
    return replace(inputs, segments=(replace(first, **changes), *others))


def new_funnel(inputs, **changes):
    return new_segment(inputs, funnel=replace(inputs.segments[0].funnel, **changes))


# --------------------------------------------------------------------------
# The ledgers
# --------------------------------------------------------------------------
def test_worked_example(plan):
    """By hand: 120 wins / .1 = 1,200 leads x 1.8 h = 2,160 h; 4 x 12 x 45 = 2,160 h."""
    chain = run_chain(plan)

    assert chain.segments.loc["New", "wins"] == pytest.approx(120)
    assert chain.segments.loc["New", "leads"] == pytest.approx(1200)
    assert chain.roles.loc["rep", "required_hours"] == pytest.approx(2160)
    assert chain.coverage == pytest.approx(1.0)
    assert chain.expected_money == pytest.approx(120_000, rel=1e-3)


def test_four_ledgers_agree(plan):
    """Money, customers, work and people are rebuilt from the other end to a millionth."""
    rich = new_segment(
        new_funnel(plan, lag=(0.2, 0.5, 0.3), labour_lag=(0.6, 0.4), timed=True),
        customers=50.0,
        renewals_due=(2.0,) * 12,
        renewal_rate=0.8,
        renewal_value=1500.0,
        cross_sell_base=30.0,
        cross_sell_rate=0.1,
        cross_sell_value=700.0,
        retention=Touch(6.0, 20.0),
        cross_sell_touch=Touch(2.0, 30.0),
        pipeline=(OpenDeal("1", 900.0, 0.4),),
        pipeline_wins=(0.4, *(0.0,) * 11),
        pipeline_hours=(("rep", 8.0),),
    )

    for inputs in (plan, rich):
        table = run_chain(inputs).identities.set_index("ledger")
        assert list(table.index) == ["money", "customers", "work", "people"]
        assert (table["difference"].abs() <= 1e-6 * table["plan"].clip(lower=1)).all()
    assert table.loc["money", "plan"] == pytest.approx(120_000)
    # 50 x 6 x 20 min + 50 x 2 x 30 min = 150 h, 8 h in open deals, the rest for new contracts.
    left = 120_000 - 24 * 0.8 * 1500 - 30 * 0.1 * 700 - 0.4 * 900
    leads = left / 1000 / (0.1 * share_in_time((0.2, 0.5, 0.3), 12))
    expected = 158 + leads * 1.8 * share_in_time((0.6, 0.4), 12)
    assert table.loc["work", "plan"] == pytest.approx(expected)


def test_lost_deals_cost_labour(plan):
    """Trap 7: 18 h for each contract (EX-3.3), not the 5.1 h of the won deals' own visits."""
    row = run_chain(plan).segments.loc["New"]

    assert row["hours_per_lead"] / row["conversion"] == pytest.approx(18.0)


def test_money_that_comes_anyway_needs_nobody(plan):
    """Renewals above the plan: no contracts, no leads, no hours for new business."""
    covered = new_segment(plan, renewals_due=(20.0,) * 12, renewal_rate=1.0, renewal_value=1000.0)
    chain = run_chain(covered)

    assert chain.segments["wins"].sum() == 0
    assert chain.roles["required_hours"].sum() == 0
    assert chain.probability == pytest.approx(1.0)
    assert chain.binding == "none"


def test_the_gap_goes_to_the_segments_by_their_plan(plan):
    """A: 60 k less 20 k of renewals; B: 60 k; the gap of 100 k is shared 40 to 60."""
    a = replace(
        plan.segments[0], name="A", target=(5000.0,) * 12,
        renewals_due=(20 / 12,) * 12, renewal_rate=1.0, renewal_value=1000.0,
    )  # fmt: skip
    b = replace(plan.segments[0], name="B", target=(5000.0,) * 12)
    gap = run_chain(replace(plan, segments=(a, b))).segments["gap"]

    assert gap.to_dict() == pytest.approx({"A": 40_000, "B": 60_000})


def test_the_input_is_left_alone(plan):
    before = repr(plan)
    run_chain(plan)
    with_reps(plan, 9)
    assert repr(plan) == before


# --------------------------------------------------------------------------
# Level intake with a lag law
# --------------------------------------------------------------------------
@pytest.mark.parametrize("lag", [(1.0,), (0.1, 0.3, 0.3, 0.2, 0.1), (0.0,) * 5 + (1.0,),
                                 (0.05,) * 20])  # fmt: skip
def test_level_intake_month_by_month(plan, lag):
    """Taking in leads month after month and winning each by the lag law brings the plan's wins."""
    labour = (0.5, 0.3, 0.2)
    chain = run_chain(new_funnel(plan, lag=lag, labour_lag=labour, timed=True))
    leads = chain.segments.loc["New", "leads"]
    won, hours = np.zeros(12), np.zeros(12)
    for start in range(12):
        for later, share in enumerate(lag):
            if start + later < 12:
                won[start + later] += leads / 12 * 0.1 * share
        for later, share in enumerate(labour):
            if start + later < 12:
                hours[start + later] += leads / 12 * 1.8 * share

    assert won.sum() == pytest.approx(120)
    assert chain.months["required_hours"].to_numpy() == pytest.approx(hours)
    assert chain.roles.loc["rep", "required_hours"] == pytest.approx(hours.sum())


def test_a_longer_cycle_needs_more_leads(plan):
    """Trap 8: the law sums to one, the wins to leads x conversion x share in time."""
    quick = run_chain(new_funnel(plan, lag=(1.0,), timed=True)).segments.loc["New"]
    slow = run_chain(new_funnel(plan, lag=(0.0, 0.0, 1.0), timed=True)).segments.loc["New"]

    assert slow["leads"] / quick["leads"] == pytest.approx(12 / 10)
    for row in (quick, slow):
        assert row["leads"] * row["conversion"] * row["share_in_time"] == pytest.approx(120)


# --------------------------------------------------------------------------
# Roles
# --------------------------------------------------------------------------
def in_roles(plan, sdr, ae):
    """EX-3.3 with 15 contracts a month and 120 hours a head."""
    roles = (pool("sdr", sdr, 120.0), pool("ae", ae, 120.0))
    inputs = new_funnel(plan, stages=EX_3_3)
    return replace(inputs, target=(15_000.0,) * 12, roles=roles, base_role="ae")


def test_bottleneck_moves_with_the_people(plan):
    """EX-3.3, 15 wins a month: 1 + 3 people are busy .75 and .50, 2 + 2 people .375 and .75."""
    split = {}
    for sdr, ae in ((1, 3), (2, 2)):
        roles = run_chain(in_roles(plan, sdr, ae)).roles
        split[sdr] = (roles["required_hours"] / roles["available_hours"]).to_dict()

    assert split[1] == pytest.approx({"sdr": 0.75, "ae": 0.50})
    assert split[2] == pytest.approx({"sdr": 0.375, "ae": 0.75})


def test_time_away_from_the_bottleneck_adds_nothing(plan):
    """With one SDR who is the bottleneck, a fourth AE changes neither money nor odds."""
    tight = replace(in_roles(plan, 1, 3), target=(22_000.0,) * 12)
    more = replace(tight, roles=(tight.roles[0], pool("ae", 4, 120.0)))
    other = replace(tight, roles=(pool("sdr", 2, 120.0), tight.roles[1]))

    assert run_chain(more).expected_money == run_chain(tight).expected_money
    assert run_chain(other).expected_money > run_chain(tight).expected_money


def test_further_people_join_the_weakest_role(plan):
    tight = replace(in_roles(plan, 1, 3), target=(22_000.0,) * 12)

    assert [p.reps for p in with_reps(tight, 5).roles] == [2, 3]
    assert [p.reps for p in with_reps(tight, 2).roles] == [0.5, 1.5]


def test_a_stage_without_people_is_named(plan):
    inputs = replace(new_funnel(plan, stages=EX_3_3), roles=(pool("ae", 3),), base_role="ae")

    with pytest.raises(InputDataError, match="role 'sdr' works on a stage but has no people"):
        run_chain(inputs)


# --------------------------------------------------------------------------
# Limits
# --------------------------------------------------------------------------
def test_leads_can_be_the_limit(plan):
    """50 of the 100 leads a month: half the money, and no number of people helps."""
    limited = replace(plan, leads_limit_per_month=50.0)
    chain = run_chain(limited)

    assert chain.lead_coverage == pytest.approx(0.5)
    assert chain.binding == "leads"
    assert chain.reps_needed is None
    assert chain.expected_money == pytest.approx(60_000, rel=1e-3)
    assert run_chain(with_reps(limited, 20)).expected_money == chain.expected_money


def test_coverage_is_the_weakest_role(plan):
    """2 + 2 people at 30 wins a month: SDR 240 / 180 h, AE 240 / 360 h; two thirds are covered."""
    inputs = replace(in_roles(plan, 2, 2), target=(30_000.0,) * 12)

    assert run_chain(inputs).coverage == pytest.approx(2 / 3)


def test_existing_customers_come_first(plan):
    """540 h for existing customers leave (2,160 - 540) / 1.8 = 900 leads instead of 1,200."""
    busy = new_segment(plan, customers=90.0, retention=Touch(12.0, 30.0))

    assert run_chain(busy).expected_money == pytest.approx(90_000, rel=1e-3)


def test_open_deals_are_money_and_work(plan):
    """Ten open deals of 5,000 at 40 %: 20 k less to win, and their hours are not free."""
    deals = tuple(OpenDeal(str(n), 5000.0, 0.4) for n in range(10))
    wins = (1.0,) * 4 + (0.0,) * 8
    chain = run_chain(
        new_segment(plan, pipeline=deals, pipeline_wins=wins, pipeline_hours=(("rep", 36.0),))
    )

    assert chain.segments.loc["New", "gap"] == pytest.approx(100_000)
    assert chain.roles.loc["rep", "required_hours"] == pytest.approx(1000 * 1.8 + 36)
    months = chain.months["required_hours"].to_numpy()
    assert months[:4] - months[4:8] == pytest.approx(np.full(4, 9.0))
    # 20,000 + (2,160 - 36) / 1.8 x .1 x 1,000
    assert chain.expected_money == pytest.approx(20_000 + 118_000, rel=1e-3)


# --------------------------------------------------------------------------
# Refusals, degradations, errors
# --------------------------------------------------------------------------
def lacking(plan, what):
    stages = plan.segments[0].funnel.stages
    return {
        "plan": lambda: replace(plan, target=(0.0,) * 12),
        "conversion": lambda: new_funnel(
            plan, stages=(replace(stages[0], conversion=None), *stages[1:])
        ),
        "norms": lambda: new_funnel(
            plan, stages=(*stages[:3], replace(stages[3], minutes=None)), timed=True
        ),
        "deal value": lambda: new_segment(plan, new_value=None),
        "team": lambda: replace(plan, roles=()),
        "selling time": lambda: replace(plan, roles=(pool("rep", 4, 0.0),), selling_share=None),
    }[what]()


@pytest.mark.parametrize(
    "what", ["plan", "conversion", "norms", "deal value", "team", "selling time"]
)
def test_what_is_missing_is_named_and_asked_for(plan, what):
    answer = run_chain(lacking(plan, what))

    assert isinstance(answer, Refusal)
    assert [item.what for item in answer.missing] == [what]
    assert len(answer.missing[0].ask.split()) > 5
    assert quick_probability(lacking(plan, what)) == 0.0


def test_the_stage_without_norms_is_named(plan):
    (missing,) = missing_inputs(lacking(plan, "norms"))

    assert missing.where == "Contract"


def test_everything_missing_is_listed_at_once():
    empty = ChainInput((), (), (), ())

    assert [item.what for item in missing_inputs(empty)] == [
        "plan", "conversion", "team", "selling time",
    ]  # fmt: skip
    assert isinstance(run_chain(empty), Refusal)


def test_degradations(plan):
    """No cycle: immediate; customers without regulation: no hours; no evidence: rate as known."""
    full = new_funnel(plan, timed=True)
    assert run_chain(full).degradations == ()
    assert run_chain(plan).degradations == ("cycle",)
    assert run_chain(new_funnel(full, evidence=None)).degradations == ("evidence",)
    assert run_chain(new_segment(full, customers=9.0)).degradations == ("retention_norms",)


def test_lengths_are_checked_all_at_once(plan):
    wrong = new_segment(
        replace(plan, target=(1.0,) * 3, roles=(pool("rep", 1, months=11),)),
        renewals_due=(1.0,) * 5,
    )

    with pytest.raises(InputDataError, match="the plan has 12 months") as caught:
        run_chain(wrong)

    for part in ("target has 3", "renewals_due of segment New has 5", "fte of role rep has 11"):
        assert part in str(caught.value)


# --------------------------------------------------------------------------
# Trap 11: exactly monotone
# --------------------------------------------------------------------------
shares = st.floats(0.2, 0.9)


@st.composite
def small_plans(draw):
    """A plan of a dozen to sixty contracts with whatever else there can be."""
    stages = (
        StageWork("a", "A", "rep", draw(shares), draw(st.floats(1, 4)), draw(st.floats(5, 90))),
        StageWork("b", "B", "rep", draw(shares), draw(st.floats(1, 4)), draw(st.floats(5, 90))),
    )
    funnel = Funnel(
        stages,
        evidence=draw(st.sampled_from([None, 40.0, 400.0])),
        lag=draw(st.sampled_from([(1.0,), (0.5, 0.5)])),
        labour_lag=(1.0,),
        timed=True,
    )
    segment = SegmentInput(
        "S",
        renewals_due=(draw(st.floats(0, 3)),) * 6,
        renewal_rate=draw(shares),
        renewal_value=draw(st.floats(100, 5000)),
        funnel=funnel,
        new_value=draw(st.floats(500, 3000)),
        new_value_cv=draw(st.sampled_from([0.0, 0.6])),
        new_share=1.0,
        pipeline=(OpenDeal("1", draw(st.floats(100, 9000)), draw(shares)),),
        pipeline_wins=(0.5,) + (0.0,) * 5,
    )
    wins = draw(st.floats(12, 60))
    hours = float(hours_per_primary(funnel).sum()) / conversion(funnel) * wins
    team = pool("rep", 3, hours / 6 / 3 * draw(st.floats(0.6, 1.6)), months=6)
    target = wins * segment.new_value / 6
    return ChainInput(MONTHS[:6], (target,) * 6, (segment,), (team,))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(inputs=small_plans(), more=st.floats(1.001, 1.5))
def test_more_people_never_hurt(inputs, more):
    """Every number of people has at least the odds of the next smaller one."""
    chances = [quick_probability(with_reps(inputs, n)) for n in (1, 2, 3, 3 * more, 5, 8)]
    ordered = [*chances[:3], *sorted(chances[3:])]

    assert chances[3] >= chances[2] - 1e-12
    assert all(b >= a - 1e-12 for a, b in pairwise(ordered))
    assert chances[5] >= chances[4] - 1e-12


@settings(max_examples=20, deadline=None, derandomize=True)
@given(inputs=small_plans(), better=st.floats(1.0001, 1.3))
def test_a_better_conversion_never_hurts(inputs, better):
    base = quick_probability(inputs)
    raised = quick_probability(new_funnel(inputs, calibration=better))

    assert raised >= base - 1e-12


@settings(max_examples=20, deadline=None, derandomize=True)
@given(inputs=small_plans(), steps=st.lists(st.floats(0.0, 0.2), min_size=2, max_size=4))
def test_a_higher_target_is_never_safer(inputs, steps):
    factors = np.cumsum([0.8, *steps])
    chances = [
        quick_probability(replace(inputs, target=tuple(m * f for m in inputs.target)))
        for f in factors
    ]

    assert all(b <= a + 1e-12 for a, b in pairwise(chances))


# --------------------------------------------------------------------------
# The answer for people
# --------------------------------------------------------------------------
def test_reps_needed_is_the_smallest(plan):
    """The people named reach the goal, and one fewer does not."""
    chain = run_chain(plan)
    needed = chain.reps_needed

    assert quick_probability(with_reps(plan, needed)) >= plan.probability_goal
    assert quick_probability(with_reps(plan, needed - 1)) < plan.probability_goal
    table = chain.by_reps.set_index("reps")
    assert {4, needed, needed - 1} <= set(table.index)
    assert table["probability"].is_monotonic_increasing


def test_the_largest_target_is_met_with_the_goal(plan):
    """Asked about this target, the chain gives the agreed probability (a lead is 1e-3)."""
    largest = run_chain(plan).largest_target
    asked = replace(plan, target=(largest / 12,) * 12)

    assert quick_probability(asked) == pytest.approx(plan.probability_goal, abs=2e-3)


def test_nobody_is_needed_where_nothing_is_missing(plan):
    idle = new_segment(plan, renewals_due=(20.0,) * 12, renewal_rate=1.0, renewal_value=1000.0)

    assert math.isinf(run_chain(idle).coverage)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda p: replace(p, selling_share=0.0, roles=(pool("rep", 4, 0.0),)), "selling time"),
        (lambda p: replace(in_roles(p, 1, 3), roles=(pool("sdr", 0), pool("ae", 3))), "team"),
        (lambda p: new_funnel(p, lag=(0.0,) * 12 + (1.0,), timed=True), "time"),
        (lambda p: new_funnel(p, calibration=0.0), "conversion"),
    ],
)
def test_what_makes_the_plan_impossible_is_named(plan, change, what):
    answer = run_chain(change(plan))
    assert isinstance(answer, Refusal)
    assert what in [item.what for item in answer.missing]
