"""Payout curves, their value under uncertainty, and KPI matrices."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from kpikit.diagnosis.payout import (
    PayoutCurve,
    additive,
    format_curve,
    geometric,
    money_per_unit,
    parse_curve,
    payout,
    product,
    slope,
)
from kpikit.diagnosis.payout_odds import (
    dead_zones,
    expected_payout_normal,
    expected_payout_observed,
)
from kpikit.errors import InputDataError

CURVE = parse_curve("0.8:0.5, 1.0:1.0, 1.2:1.5")


# --------------------------------------------------------------------------
# Curves
# --------------------------------------------------------------------------
def test_worked_curve():
    """EX-9.1: f(.95) = .875; by hand: 0 below .8, .5 at .8, 1.5 from 1.2 on."""
    paid = payout(CURVE, [0.95, 0.79, 0.8, 1.0, 1.2, 3.0, 0.0])

    assert paid == pytest.approx([0.875, 0.0, 0.5, 1.0, 1.5, 1.5, 0.0])
    assert (CURVE.threshold, CURVE.cap_from) == (0.8, 1.2)


def test_threshold_is_not_lost_in_the_last_bit():
    """2.4 of 3 is 80 %, though 2.4/3 is below .8 in binary fractions."""
    assert 2.4 / 3 < 0.8
    assert float(payout(CURVE, 2.4 / 3)) == pytest.approx(0.5)


def test_missing_attainment_is_not_zero():
    assert np.isnan(payout(CURVE, [np.nan])).all()
    assert np.isnan(slope(CURVE, [np.nan])).all()


def test_lump_sum():
    """A jump at the target: nothing just below, all from the target on."""
    lump = parse_curve("1:0, 1:1")

    assert payout(lump, [0.999, 1.0, 2.0]).tolist() == [0.0, 1.0, 1.0]
    assert (lump.threshold, lump.cap_from) == (1.0, 1.0)


def test_curve_without_cap():
    """By hand: 0 to 1 at slope 1, then slope 2 goes on: 3 at 2."""
    curve = parse_curve("0:0, 1:1, 1.5:2, ...")

    assert curve.cap_from is None
    assert payout(curve, [0.5, 1.25, 2.0]) == pytest.approx([0.5, 1.5, 3.0])


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0.8:0.5, 1.0:1.0", ((0.8, 0.5), (1.0, 1.0))),
        ("80%:50%,100%:100%", ((0.8, 0.5), (1.0, 1.0))),
        ("0,8:0,5; 1,0:1", ((0.8, 0.5), (1.0, 1.0))),
        ("80 % : 50 % ; 100 % : 100 %;", ((0.8, 0.5), (1.0, 1.0))),
    ],
)
def test_ways_to_write_a_curve(text, points):
    """Percent signs and decimal commas are how Hungarian and Russian clients write."""
    assert np.array(parse_curve(text).points) == pytest.approx(np.array(points))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no points"),
        ("0.8", "'0.8' is not attainment:payout"),
        ("0.8:x", "'x' in '0.8:x' is not a number"),
        ("1:1, 0.8:0.5", "attainment 0.8 comes after 1"),
        ("1:0, 1:1, 1:2", "attainment 1 has three points"),
        ("0.8:-0.5", "0.8:-0.5 must hold two numbers of 0 or more"),
        ("nan:1", "two numbers of 0 or more"),
        ("0.8:0.5, ...", "needs two points of different attainment"),
        ("0,8:0,5, 1,0:1", "'0' is not attainment:payout"),
    ],
)
def test_unreadable_curves_say_why(text, message):
    with pytest.raises(InputDataError, match=message):
        parse_curve(text)


@st.composite
def curves(draw):
    at = sorted(draw(st.lists(st.integers(0, 200), min_size=2, max_size=6, unique=True)))
    paid = draw(st.lists(st.integers(0, 300), min_size=len(at), max_size=len(at)))
    points = tuple((a / 100, p / 100) for a, p in zip(at, paid, strict=True))
    return PayoutCurve(points, draw(st.booleans()))


@given(curves())
def test_written_curve_reads_the_same(curve):
    assert parse_curve(format_curve(curve)) == curve


@given(curves(), st.floats(0.0, 2.5))
def test_slope_is_the_gain_of_a_little_more(curve, reached):
    """Between two points the slope times a small step is what the step pays."""
    step = 1e-4
    corners = np.array([at for at, _ in curve.points])
    if np.abs(corners - reached).min() > 2 * step:
        gain = payout(curve, reached + step) - payout(curve, reached)
        assert float(gain) == pytest.approx(float(slope(curve, reached)) * step, abs=1e-7)


# --------------------------------------------------------------------------
# Under uncertainty
# --------------------------------------------------------------------------
def test_expected_payout_worked_example():
    """EX-9.1: A ~ N(.95, .15): E .8195, sd .4374, P(A < .8) .1587, P(cap) .0478."""
    found = expected_payout_normal(CURVE, 0.95, 0.15)

    assert found.mean == pytest.approx(0.8195, abs=5e-5)
    assert found.sd == pytest.approx(0.4374, abs=5e-5)
    assert found.below_threshold == pytest.approx(0.1587, abs=5e-5)
    assert found.at_cap == pytest.approx(0.0478, abs=5e-5)


def test_bonus_of_the_mean_is_not_the_mean_bonus():
    """Trap 20: paying by the expected result would budget .875 instead of .8195."""
    assert float(payout(CURVE, 0.95)) - expected_payout_normal(CURVE, 0.95, 0.15).mean > 0.05


@settings(max_examples=30, deadline=None)
@given(curves(), st.floats(0.2, 1.6), st.floats(0.05, 0.5))
def test_closed_form_is_the_integral(curve, mean, sd):
    """scipy quad of payout times density, piece by piece."""
    law = norm(mean, sd)
    inner = sorted({at for at, _ in curve.points})
    edges = [min(mean - 12 * sd, inner[0]), *inner, max(mean + 12 * sd, inner[-1])]

    def moment(power):
        parts = []
        for low, high in itertools.pairwise(edges):
            # The value at the right edge may belong to the next piece (a jump).
            top = np.nextafter(high, low)
            near = [x for x in (mean - 3 * sd, mean, mean + 3 * sd) if low < x < top]
            parts.append(
                quad(
                    lambda x: float(payout(curve, x)) ** power * law.pdf(x), low, top,
                    points=near or None, limit=100,
                )[0]
            )  # fmt: skip
        return sum(parts)

    found = expected_payout_normal(curve, mean, sd)
    first = moment(1)
    assert found.mean == pytest.approx(first, abs=1e-6)
    assert found.sd**2 == pytest.approx(moment(2) - first**2, abs=1e-5)


def test_observed_agrees_with_the_normal_law():
    """100,000 normal attainments: mean and sd within five standard errors."""
    reached = np.random.default_rng(1).normal(0.95, 0.15, 100_000)
    drawn, exact = (
        expected_payout_observed(CURVE, reached),
        expected_payout_normal(CURVE, 0.95, 0.15),
    )
    error = exact.sd / math.sqrt(len(reached))

    assert drawn.mean == pytest.approx(exact.mean, abs=5 * error)
    assert drawn.sd == pytest.approx(exact.sd, abs=5 * error)
    assert drawn.below_threshold == pytest.approx(exact.below_threshold, abs=5 * error)


def test_unknown_attainments_are_left_out():
    """By hand: 1.0 and 0.8 pay 1 and .5; the missing month changes nothing."""
    assert expected_payout_observed(CURVE, [1.0, np.nan, 0.8]).mean == pytest.approx(0.75)
    with pytest.raises(InputDataError, match="no attainment is known"):
        expected_payout_observed(CURVE, [np.nan])


def test_dead_zones():
    """By hand: .7 and .75 below the threshold, 1.2 and 1.4 at the cap, 1 of 6 in between."""
    found = dead_zones(CURVE, [0.7, 0.75, 0.9, 1.2, 1.4, 1.1, np.nan])

    assert found.below_threshold == pytest.approx(2 / 6)
    assert found.at_cap == pytest.approx(2 / 6)
    assert (found.flat, found.n) == (0.0, 6)
    assert found.total == pytest.approx(4 / 6)


def test_steps_are_dead_between_the_jumps():
    """A staircase is level everywhere: between its steps nothing is gained."""
    stairs = parse_curve("0.8:0.5, 1:0.5, 1:1")
    found = dead_zones(stairs, [0.7, 0.9, 1.1])

    assert (found.below_threshold, found.flat, found.at_cap) == pytest.approx((1 / 3,) * 3)


# --------------------------------------------------------------------------
# Money per unit, matrices
# --------------------------------------------------------------------------
def test_one_more_contact_in_money():
    """By hand: slope 2.5 x weight .4 x bonus 600 over a target of 200 calls = 3 a call."""
    found = money_per_unit(CURVE, [0.5, 0.9, 1.3], target=200, weight=0.4, bonus=600)

    assert found == pytest.approx([0.0, 3.0, 0.0])
    with pytest.raises(InputDataError, match="target of the KPI must be above 0, got 0"):
        money_per_unit(CURVE, [1.0], target=0, weight=0.4, bonus=600)


def test_matrix_worked_example():
    """EX-9.2: .900, .8744, .660."""
    paid, weights = [1.0, 0.6, 1.1], [0.5, 0.3, 0.2]

    assert float(additive(paid, weights)) == pytest.approx(0.900)
    assert float(geometric(paid, weights)) == pytest.approx(0.8744, abs=5e-5)
    assert float(product(paid, weights)) == pytest.approx(0.660)


def test_only_the_sum_hides_a_zero():
    paid, weights = [[1.2, 0.0]], [0.8, 0.2]

    assert additive(paid, weights)[0] == pytest.approx(0.96)
    assert geometric(paid, weights)[0] == product(paid, weights)[0] == 0.0


@pytest.mark.parametrize("combine", [additive, geometric, product])
def test_missing_kpi_makes_the_bonus_unknown(combine):
    """A KPI in pay that was not measured gives no bonus figure; one without weight is no loss."""
    paid = combine([[1.0, np.nan]], [0.5, 0.5])
    spared = combine([[1.0, np.nan]], [1.0, 0.0])

    assert np.isnan(paid).all()
    assert spared == pytest.approx([1.0])


def test_matrix_needs_one_weight_per_kpi():
    with pytest.raises(InputDataError, match="one weight of 0 or more per KPI"):
        additive([1.0, 1.0], [1.0])
    with pytest.raises(InputDataError, match="one weight of 0 or more per KPI"):
        additive([1.0], [-1.0])
