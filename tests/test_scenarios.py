"""What-if: every lever moves what it names and nothing else; flip points reverse the verdict."""

from dataclasses import replace

import numpy as np
import pytest

from kpikit.diagnosis.chain import quick_probability, run_chain
from kpikit.diagnosis.chain_input import (
    ChainInput,
    Funnel,
    RolePool,
    SegmentInput,
    StageWork,
    Touch,
)
from kpikit.diagnosis.scenarios import (
    Change,
    apply_changes,
    compare_scenarios,
    flip_points,
    levers,
    parse_change,
    stretch,
)
from kpikit.errors import InputDataError


@pytest.fixture
def base():
    """Two segments, two roles, a cycle, renewals, cross-sales, a limit of leads."""
    stages = (
        StageWork("lead", "Lead", "sdr", 0.4, 2.0, 10.0),
        StageWork("offer", "Offer", "rep", 0.25, 3.0, 30.0),
    )
    funnel = Funnel(stages, None, 1.0, (0.2, 0.5, 0.3), (0.7, 0.3), timed=True)
    a = SegmentInput(
        "A", customers=30.0, renewals_due=(2.0,) * 12, renewal_rate=0.8, renewal_value=900.0,
        cross_sell_base=30.0, cross_sell_rate=0.2, cross_sell_value=400.0,
        retention=Touch(6.0, 20.0), cross_sell_touch=Touch(2.0, 30.0), funnel=funnel,
        new_value=1000.0, new_value_cv=0.5, new_share=0.5,
    )  # fmt: skip
    b = SegmentInput("B", funnel=funnel, new_value=500.0, new_value_cv=0.5, new_share=0.5)
    pools = (
        RolePool("sdr", 1, (1.0,) * 12, (80.0,) * 12, (20.0,) * 12),
        RolePool("rep", 3, (3.0,) * 12, (80.0,) * 12, (20.0,) * 12),
    )
    months = tuple(f"2026-{m:02d}" for m in range(1, 13))
    return ChainInput(
        months, (17_000.0,) * 12, (a, b), pools, "rep", 0.8, leads_limit_per_month=300.0,
        selling_share=0.5,
    )  # fmt: skip


def changed(inputs, **settings):
    """Levers with dots written as double underscores."""
    return apply_changes(
        inputs, {k.replace("__", "."): parse_change(v) for k, v in settings.items()}
    )


# --------------------------------------------------------------------------
# Changes
# --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "result"),
    [("6", 6), ("+10%", 44), ("-5 %", 38), ("-1", 39), ("+2", 42), ("1,5", 1.5), ("20%", 0.2),
     (" + 2.5 ", 42.5), ("-100%", 0)],
)  # fmt: skip
def test_a_change_of_40(text, result):
    assert parse_change(text).of(40.0) == pytest.approx(result)


@pytest.mark.parametrize("text", ["", "six", "10%%", "+-3", "1e3", "nan", "6 reps"])
def test_other_words_are_no_change(text):
    with pytest.raises(InputDataError, match=r"is not a change; write 6, \+2, -1, \+10% or -5%"):
        parse_change(text)


# --------------------------------------------------------------------------
# Levers
# --------------------------------------------------------------------------
def stage_values(inputs, field):
    return [[getattr(s, field) for s in seg.funnel.stages] for seg in inputs.segments]


def test_every_lever_is_listed_with_its_present_value(base):
    table = levers(base)

    assert table["team.reps"] == 4
    assert (table["team.sdr"], table["team.rep"]) == (1, 3)
    assert table["target"] == 204_000
    assert table["conversion.offer"] == 0.25
    assert (table["value.A"], table["value.B"]) == (1000, 500)
    assert table["renewal_rate.A"] == 0.8
    assert "renewal_rate.B" not in table
    assert table["leads"] == 300
    assert table["cycle"] == 1


#: Lever, change, and what is read afterwards, by hand.
MOVES = {
    "target": ("+10%", lambda i: sum(i.target), 224_400),
    "team.reps": ("-2", lambda i: [p.reps for p in i.roles], [0.5, 1.5]),
    "team.sdr": ("2", lambda i: [p.fte[0] for p in i.roles], [2, 3]),
    "team.rep": ("-1", lambda i: [p.fte[0] for p in i.roles], [1, 2]),
    "selling_share": ("0.6", lambda i: i.roles[0].hours_per_fte[0], 96),
    "leads": ("+50", lambda i: i.leads_limit_per_month, 350),
    "conversion": ("+10%", lambda i: i.segments[1].funnel.calibration, 1.1),
    "conversion.lead": ("0.5", lambda i: stage_values(i, "conversion"), [[0.5, 0.25]] * 2),
    "contacts": ("-50%", lambda i: stage_values(i, "contacts"), [[1, 1.5]] * 2),
    "contacts.offer": ("+1", lambda i: stage_values(i, "contacts"), [[2, 4]] * 2),
    "minutes": ("+20%", lambda i: stage_values(i, "minutes"), [[12, 36]] * 2),
    "minutes.lead": ("15", lambda i: stage_values(i, "minutes"), [[15, 30]] * 2),
    "value": ("+10%", lambda i: [s.new_value for s in i.segments], [1100, 550]),
    "value.B": ("600", lambda i: [s.new_value for s in i.segments], [1000, 600]),
    "renewal_rate": ("+10%", lambda i: i.segments[0].renewal_rate, 0.88),
    "renewal_rate.A": ("0.9", lambda i: i.segments[0].renewal_rate, 0.9),
    "cross_sell_rate": ("-50%", lambda i: i.segments[0].cross_sell_rate, 0.1),
    "cross_sell_rate.A": ("0.3", lambda i: i.segments[0].cross_sell_rate, 0.3),
    "retention_contacts": ("-50%", lambda i: i.segments[0].retention.contacts_per_year, 3),
    "retention_minutes": ("+50%", lambda i: i.segments[0].retention.minutes, 30),
    "cycle": ("+100%", lambda i: len(i.segments[0].funnel.lag), 6),
}


@pytest.mark.parametrize("lever", MOVES)
def test_a_lever_moves_what_it_names(base, lever):
    change, read, expected = MOVES[lever]
    before = repr(base)

    moved = apply_changes(base, {lever: parse_change(change)})

    assert np.asarray(read(moved)) == pytest.approx(np.asarray(expected))
    assert repr(base) == before


def test_all_levers_are_tried_above(base):
    """A lever that is listed and moves nothing would be a trap in the workshop."""
    same_kind = {"conversion.offer", "contacts.lead", "minutes.offer", "value.A"}

    assert set(levers(base)) == set(MOVES) | same_kind


@pytest.mark.parametrize("lever", MOVES)
def test_a_lever_moves_nothing_else(base, lever):
    """Moved and moved back, everything is as it was (a stretched cycle keeps its mean)."""
    there = apply_changes(base, {lever: Change("scale", 0.8)})
    back = apply_changes(there, {lever: Change("scale", 1.25)})

    before, between, after = run_chain(base), run_chain(there), run_chain(back)
    moved = compare_scenarios(before, between)["difference"].abs().sum() > 0
    assert moved or before.lead_coverage != between.lead_coverage
    if lever == "cycle":
        return
    columns = ["wins", "leads", "hours", "contacts", "base_money"]
    assert after.segments[columns].to_numpy() == pytest.approx(before.segments[columns].to_numpy())


def test_changes_add_up(base):
    """Two levers at once are the same as one after the other."""
    both = changed(base, minutes="+10%", conversion__offer="0.3")
    one = changed(changed(base, conversion__offer="0.3"), minutes="+10%")

    assert both == one


# --------------------------------------------------------------------------
# Mistakes
# --------------------------------------------------------------------------
def test_a_misspelt_lever_gets_a_suggestion(base):
    with pytest.raises(InputDataError, match=r"no lever 'team\.rep_s'; did you mean team\.reps"):
        apply_changes(base, {"team.rep_s": Change("set", 6)})


def test_all_mistakes_come_together(base):
    with pytest.raises(InputDataError) as caught:
        changed(base, conversion__ofer="0.3", conversion="0.3", conversion__lead="+200%",
                team__reps="-9", target="0")  # fmt: skip

    text = str(caught.value)
    assert "no lever 'conversion.ofer'; did you mean conversion.offer" in text
    assert "'conversion' moves every conversion at once; give a change such as +10%" in text
    assert "'conversion.lead' would become 120%; a share ends at 100 %" in text
    assert "'team.reps' would become -5; it must stay above 0" in text
    assert "'target' would become 0; it must stay above 0" in text


# --------------------------------------------------------------------------
# Side by side
# --------------------------------------------------------------------------
def test_the_difference_is_the_change(base):
    free = replace(base, leads_limit_per_month=None)
    table = compare_scenarios(
        run_chain(free), run_chain(changed(free, minutes="-10%", retention_minutes="-10%"))
    ).set_index("figure")

    row = table.loc["required_hours"]
    # 30 customers x 2 contacts x 30 min for cross-sales are the only hours that stay.
    assert row["scenario"] - 30 == pytest.approx(0.9 * (row["base"] - 30))
    assert (table["scenario"] - table["base"]).to_numpy() == pytest.approx(
        table["difference"].to_numpy(), nan_ok=True
    )
    assert table.loc["required_contacts", "difference"] == 0
    assert table.loc["plan_probability", "difference"] > 0


# --------------------------------------------------------------------------
# A longer cycle
# --------------------------------------------------------------------------
@pytest.mark.parametrize("factor", [0.25, 0.8, 1.0, 1.3, 3.0])
def test_stretching_keeps_all_wins_and_all_hours(base, factor):
    funnel = stretch(base.segments[0].funnel, factor)

    for law in (funnel.lag, funnel.labour_lag):
        assert sum(law) == pytest.approx(1.0, abs=1e-12)
        assert min(law) >= 0


def test_stretching_by_two(base):
    """Each month's share spreads evenly over two, by hand."""
    assert stretch(base.segments[0].funnel, 2.0).lag == pytest.approx(
        (0.1, 0.1, 0.25, 0.25, 0.15, 0.15)
    )
    assert stretch(base.segments[0].funnel, 1.0).lag == pytest.approx((0.2, 0.5, 0.3))


# --------------------------------------------------------------------------
# Flip points
# --------------------------------------------------------------------------
@pytest.fixture
def simple(base):
    """The first segment alone, everything at once: its odds take milliseconds."""
    first = base.segments[0]
    funnel = replace(first.funnel, evidence=400.0, lag=(1.0,), labour_lag=(1.0,), timed=False)
    return replace(base, segments=(replace(first, funnel=funnel),), leads_limit_per_month=400.0)


@pytest.mark.parametrize("target", [1.3, 1.7])
def test_the_verdict_reverses_at_the_flip(simple, target):
    """
    A hair before the flip the verdict stands, at the flip it has turned.

    The odds there are the agreed ones to what one lead more or less makes: a tenth of
    a contract; their number has an sd of about 20, so three per mille at most.
    """
    plan = replace(simple, target=tuple(m * target for m in simple.target))
    met = quick_probability(plan) >= 0.8
    table = flip_points(plan)
    assert {"target", "conversion", "team.reps"} <= set(table["lever"])
    assert np.log(table["factor"].astype(float)).abs().is_monotonic_increasing
    for row in table.itertuples():
        at = quick_probability(apply_changes(plan, {row.lever: Change("scale", row.factor)}))
        near = 1 + (row.factor - 1) * 0.99
        before = quick_probability(apply_changes(plan, {row.lever: Change("scale", near)}))
        assert at == pytest.approx(0.8, abs=3e-3), row.lever
        assert (before >= 0.8) == met, row.lever
        assert (at >= 0.8 - 1e-9) != met, row.lever
        assert row.flips_at == pytest.approx(row.value * row.factor)


def test_levers_that_cannot_reverse_are_left_out(simple):
    """With a plan of a hundredth, nothing within four times up or down breaks it."""
    easy = replace(simple, target=tuple(m / 100 for m in simple.target))

    assert flip_points(easy).empty


def test_a_share_stops_at_all(simple):
    """No selling share above 100 % is offered as the way out."""
    hard = replace(simple, target=tuple(m * 4 for m in simple.target))
    table = flip_points(hard).set_index("lever")

    assert "selling_share" not in table.index or table.loc["selling_share", "flips_at"] <= 1.0


def test_a_refusal_has_no_flip_points(base):
    assert flip_points(replace(base, roles=())).empty
