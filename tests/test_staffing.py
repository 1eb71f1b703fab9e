"""From work to people, and the odds of the plan."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kpikit.diagnosis.plan_simulation import NewSource, RepeatSource, simulate_money, uniforms
from kpikit.diagnosis.staffing import (
    ExistingSegment,
    FunnelStep,
    NewBusiness,
    SegmentWins,
    attention_plan,
    breakdown_reps,
    incremental_reps,
    money_distribution,
    primaries_for_wins,
    primaries_within,
    probability_of_wins,
    reps_for_probability,
    required_conversion,
    static_cascade,
    win_distribution,
    workload_hours,
    workload_reps,
)
from kpikit.errors import InputDataError

KNOWN = 1e9
FUNNEL = NewBusiness(
    (
        FunnelStep(1.5, 15, 0.4),
        FunnelStep(3, 40, 0.5),
        FunnelStep(2.5, 60, 0.5),
        FunnelStep(4, 45, 1),
    ),
    value=120_000,
)
EXISTING = (
    ExistingSegment("A", 20, 20, 0.90, 500e3, 20, 0.30, 200e3, 24, 45, 4, 60),
    ExistingSegment("B", 60, 60, 0.80, 150e3, 60, 0.15, 60e3, 12, 30, 2, 45),
    ExistingSegment("C", 200, 200, 0.65, 40e3, 200, 0.05, 20e3, 4, 15, 1, 20),
)
HOURS_PER_FTE = 959.2


def _plan(target: float):
    return static_cascade(target, EXISTING, FUNNEL, HOURS_PER_FTE)


def _chance(reps: int, target: float, alpha: float = 50, beta: float = 450) -> float:
    plan = _plan(target)
    return probability_of_wins(plan.wins, primaries_within(reps, plan), alpha, beta)


# --- classical sizing ------------------------------------------------------


def test_ex_5_1_and_g5_workload():
    """EX-5.1, G5: 1,000 x 36 + 2,000 x 12 = 60,000 calls / 1,000 = 60 reps."""
    assert workload_reps([1000, 2000], [36, 12], 1000) == pytest.approx(60)


def test_ex_5_2_workload_in_hours():
    """EX-5.2: (300 x 24 x 0.75 + 700 x 12 x 0.5) / 1,100 = 8.727, so 9."""
    reps = workload_hours([300, 700], [24, 12], [0.75, 0.5]) / 1100
    assert reps == pytest.approx(8.727, abs=5e-4)
    assert math.ceil(reps) == 9


def test_ex_5_3_breakdown():
    """EX-5.3: 12.0 m / 0.6 m = 20; with 15 % turnover 23."""
    assert breakdown_reps(12e6, 0.6e6) == pytest.approx(20)
    assert breakdown_reps(12e6, 0.6e6, 0.15) == pytest.approx(23)


def test_ex_5_4_incremental():
    """EX-5.4 (Semlow): gains +250, +130, +10, -80 k; 7 reps."""
    best, gains = incremental_reps(4, [10e6, 11.5e6, 12.6e6, 13.3e6, 13.7e6], 0.3, 0.2e6)
    assert best == 7
    assert gains == pytest.approx([250e3, 130e3, 10e3, -80e3])


def _saturating(height: float, speed: float) -> list[float]:
    return [height * (1 - math.exp(-speed * k)) for k in range(13)]


def test_ex_5_5_attention_plan():
    """EX-5.5 (CALLPLAN): (3, 2, 7) and 205.44; equal shares give 194.33."""
    responses = [_saturating(100, 0.5), _saturating(60, 0.3), _saturating(200, 0.1)]
    plan, result = attention_plan(responses, 12)
    assert plan.tolist() == [3, 2, 7]
    assert result == pytest.approx(205.44, abs=5e-3)
    assert sum(r[4] for r in responses) == pytest.approx(194.33, abs=5e-3)


def test_attention_plan_sees_over_the_foot_of_an_s_curve():
    """Nothing comes of the first two contacts with B, so step-by-step greed would take A only."""
    plan, result = attention_plan([[0, 3, 5, 6], [0, 0, 0, 20]], 3)
    assert plan.tolist() == [0, 3]
    assert result == 20


def test_attention_plan_respects_the_cost_of_a_contact():
    """By hand: 4 hours; a visit to B takes 3 of them and brings 10, two calls to A bring 5."""
    plan, result = attention_plan([[0, 3, 5, 6, 7], [0, 10]], 4, cost=[1, 3])
    assert plan.tolist() == [1, 1]
    assert result == 13


# --- the static cascade ----------------------------------------------------


def test_ex_5_6_funnel():
    """EX-5.6: conversion 0.10, 3.6 contacts and 1.975 h per lead."""
    assert FUNNEL.conversion == pytest.approx(0.10)
    assert FUNNEL.contacts_per_primary == pytest.approx(3.6)
    assert FUNNEL.hours_per_primary == pytest.approx(1.975)


@pytest.mark.parametrize(
    ("target", "gap", "wins", "primaries", "hours", "fte"),
    [
        (36e6, 12.66e6, 105.5, 1055, 3240.3, 3.378),
        (60e6, 36.66e6, 305.5, 3055, 7190.3, 7.496),
    ],
)
def test_ex_5_6_static_cascade(target, gap, wins, primaries, hours, fte):
    """EX-5.6: renewals 21.40 m, cross-sales 1.94 m, regular work 1,156.67 h."""
    plan = _plan(target)
    assert plan.renewal_money == pytest.approx(21.40e6)
    assert plan.cross_sell_money == pytest.approx(1.94e6)
    assert plan.existing_hours == pytest.approx(920 + 236.67, abs=5e-3)
    assert plan.new_money == pytest.approx(gap)
    assert plan.wins == pytest.approx(wins)
    assert plan.primaries == pytest.approx(primaries)
    assert plan.hours == pytest.approx(hours, abs=0.05)
    assert plan.fte == pytest.approx(fte, abs=5e-4)


def test_g4_market_capture_with_four_sellers():
    """G4: 8,950 h, 24,742 contacts, 46.8 h per contract, 10.95 FTE, 4 sellers cover 36.5 %."""
    funnel = NewBusiness(
        (
            FunnelStep(3, 10, 0.40),
            FunnelStep(4, 15, 0.50),
            FunnelStep(1.5, 120, 0.60),
            FunnelStep(5, 38, 0.35),
            FunnelStep(4, 30, 1.0),
        ),
        value=200e3,
    )
    existing = (ExistingSegment("all", 100, 80, 1, 250e3, 40, 1, 150e3, 12, 30, 6, 40),)
    plan = static_cascade(60e6, existing, funnel, 227 * 8 * 0.45)
    assert plan.wins == pytest.approx(170)
    entries = plan.primaries * funnel.reach
    assert [round(x) for x in entries] == [4048, 1619, 810, 486, 170]
    assert plan.hours == pytest.approx(8950, abs=1)
    assert plan.contacts == pytest.approx(24_742, abs=1)
    assert plan.new_hours / plan.wins == pytest.approx(46.8, abs=0.05)
    assert plan.hours_per_fte == pytest.approx(817, abs=0.5)
    assert plan.fte == pytest.approx(10.95, abs=5e-3)
    assert plan.reps == 11
    assert plan.contacts_per_day(plan.fte, 227) == pytest.approx(10, abs=0.06)
    assert plan.contacts_per_day(4, 227) == pytest.approx(27, abs=0.3)
    assert plan.hours_per_day(4, 227) == pytest.approx(9.9, abs=0.05)
    assert plan.coverage(4) == pytest.approx(0.365, abs=5e-4)


@given(target=st.floats(24e6, 200e6))
def test_enough_people_cover_the_work_and_one_fewer_do_not(target):
    plan = _plan(target)
    assert plan.coverage(plan.reps) >= 1 - 1e-9
    assert plan.coverage(plan.reps - 1) < 1


def test_trap_13_nothing_is_divided_by_a_missing_conversion():
    """No conversion, no head count."""
    with pytest.raises(InputDataError, match="the conversion of the funnel must be above 0"):
        static_cascade(1e6, [], NewBusiness((FunnelStep(1, 10, 0.0),), 1e5), 900)


# --- odds of contracts -----------------------------------------------------


def test_ex_5_11_leads_within_the_hours():
    """EX-5.11: 4 x 959.2 - 1,156.67 = 2,680.1 h are 1,357 leads."""
    assert primaries_within(4, _plan(36e6)) == 1357


def test_ex_5_11_probability_with_four_sellers():
    """EX-5.11: 0.9976 with p known, 0.9290 with Beta(50, 450); three sellers 0.1081."""
    assert _chance(4, 36e6, 0.1 * KNOWN, 0.9 * KNOWN) == pytest.approx(0.9976, abs=1e-4)
    assert _chance(4, 36e6) == pytest.approx(0.9290, abs=1e-4)
    assert _chance(3, 36e6) == pytest.approx(0.1081, abs=1e-4)
    assert _chance(4, 60e6) < 1e-4


def test_ex_7_1_two_sources_of_spread():
    """EX-7.1: sd 11.05 with p known, 21.28 with Beta(50, 450)."""
    assert win_distribution(1357, 0.1 * KNOWN, 0.9 * KNOWN).sd == pytest.approx(11.05, abs=5e-3)
    assert win_distribution(1357, 50, 450).sd == pytest.approx(21.28, abs=5e-3)


def test_ex_5_12_and_trap_10_expectation_is_not_enough():
    """EX-5.12: N = 7 .27, 8 .69 (the expected-value answer), 9 .92: nine are needed."""
    found = [_chance(n, 60e6) for n in (7, 8, 9)]
    assert found == pytest.approx([0.27, 0.69, 0.92], abs=5e-3)
    assert _plan(60e6).reps == 8
    assert reps_for_probability(lambda n: _chance(n, 60e6), 0.8) == 9


@pytest.mark.parametrize(("wins", "conversion"), [(105.5, 0.0841), (305.5, 0.2348)])
def test_ex_5_12_required_conversion(wins, conversion):
    """EX-5.12: conversion that four sellers need, luck included."""
    assert required_conversion(wins, 1357, 0.8) == pytest.approx(conversion, abs=1e-4)


def test_g9_volumes_for_twenty_deals():
    """G9: 242 leads give 54 %; 80 % 284, 90 % 310, 95 % 333; learned from 20 of 242: 306, 350."""
    p = 0.30 * 0.67 * 0.58 * 0.71
    known = (p * KNOWN, (1 - p) * KNOWN)
    assert math.ceil(20 / p) == 242
    assert probability_of_wins(20, 242, *known) == pytest.approx(0.54, abs=5e-3)
    assert [primaries_for_wins(20, g, *known) for g in (0.8, 0.9, 0.95)] == [284, 310, 333]
    learned = (20.5, 222.5)
    assert [primaries_for_wins(20, g, *learned) for g in (0.8, 0.9)] == [306, 350]


def test_beta_binomial_agrees_with_scipy():
    """scipy.stats.betabinom(300, 3, 20).pmf."""
    found = win_distribution(300, 3, 20)
    expected = stats.betabinom(300, 3, 20).pmf(found.wins)
    assert found.probabilities == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 0.5), (3, 20), (50, 450), (5000, 45000)])
def test_quadrature_agrees_with_the_closed_form(alpha, beta):
    """A share in time of almost 1 is the beta-binomial, through the other way of computing."""
    exact = win_distribution(400, alpha, beta).probabilities
    mixed = win_distribution(400, alpha, beta, 1 - 1e-12).probabilities
    assert mixed == pytest.approx(exact, abs=1e-9)


def test_share_in_time_thins_the_wins():
    """Mean n p s; variance n ps(1-ps) + n(n-1) s^2 Var(p), by hand."""
    n, s, mean = 500, 0.6, 0.1
    var_p = mean * 0.9 / 501
    found = win_distribution(n, 50, 450, s)
    assert found.mean == pytest.approx(n * mean * s)
    variance = n * mean * s * (1 - mean * s) + n * (n - 1) * s**2 * var_p
    assert found.sd**2 == pytest.approx(variance)


def test_very_large_numbers_keep_their_mean():
    """100,000 leads: only a window of the distribution is computed."""
    found = win_distribution(100_000, 500, 4500, 0.9)
    assert found.mean == pytest.approx(9000, rel=1e-6)
    assert len(found.probabilities) < 20_000


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(0, 400), more=st.integers(0, 100), need=st.integers(0, 60),
    alpha=st.floats(0.5, 60), beta=st.floats(0.5, 300), share=st.floats(0.1, 1),
)  # fmt: skip
def test_trap_11_more_leads_never_hurt(n, more, need, alpha, beta, share):
    """More leads, better evidence of winning or a lower need never lower the odds."""
    base = probability_of_wins(need, n, alpha, beta, share)
    assert probability_of_wins(need, n + more, alpha, beta, share) >= base - 1e-9
    assert probability_of_wins(need, n, alpha + 5, beta, share) >= base - 1e-9
    assert probability_of_wins(need + 1, n, alpha, beta, share) <= base + 1e-12


def test_impossible_goal_has_no_number():
    assert primaries_for_wins(5, 0.8, 0.0, 10.0, most=10_000) is None
    assert required_conversion(10, 5, 0.8) is None
    assert reps_for_probability(lambda n: 0.3, 0.8, most=50) is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((-1, 1, 1), "must be whole and not negative"),
        ((2.5, 1, 1), "must be whole and not negative"),
        ((10, 0, 0), "needs evidence"),
        ((10, 1, 1, 1.2), "share_in_time must be between 0 and 1"),
    ],
)
def test_unusable_numbers_are_named(arguments, text):
    with pytest.raises(InputDataError, match=text):
        win_distribution(*arguments)


# --- odds of money ---------------------------------------------------------


def test_money_of_one_segment_is_its_contracts():
    """EX-5.11 through the money grid: 12.66 m of 120 k contracts."""
    found = money_distribution(
        [SegmentWins(1357, 50, 450, 1.0, 120e3)], certain_money=23.34e6, scale=36e6
    )
    assert found.probability_at_least(36e6) == pytest.approx(_chance(4, 36e6), abs=1e-12)
    assert found.mean == pytest.approx(23.34e6 + 135.7 * 120e3, rel=1e-6)


def test_money_at_exactly_the_value_of_a_whole_contract():
    """The grid may not lose the contract that just reaches the plan."""
    found = money_distribution([SegmentWins(200, 20, 180, 1.0, 33_333.33)], scale=1e6)
    for count in (1, 10, 20, 30):
        assert found.probability_at_least(count * 33_333.33) == pytest.approx(
            probability_of_wins(count, 200, 20, 180), abs=1e-12
        )


def _open_deals(rng: np.random.Generator, count: int = 300) -> list[tuple[float, float]]:
    return list(zip(rng.lognormal(12, 0.8, count), rng.random(count), strict=True))


SEGMENTS = (
    SegmentWins(1357, 50, 450, 0.8, 120e3),
    SegmentWins(800, 20, 150, 0.7, 250e3),
    SegmentWins(300, 10, 50, 0.6, 600e3),
)


def test_money_agrees_with_monte_carlo():
    """200,000 draws; the tolerance is four Monte Carlo errors."""
    rng = np.random.default_rng(5)
    deals = _open_deals(rng)
    found = money_distribution(SEGMENTS, deals, certain_money=20e6, scale=90e6)
    draws = 200_000
    money = np.full(draws, 20e6)
    for s in SEGMENTS:
        p = rng.beta(s.p_alpha, s.p_beta, draws) * s.share_in_time
        money += s.value * rng.binomial(s.n_primaries, p)
    for amount, chance in deals:
        money += amount * (rng.random(draws) < chance)
    assert found.mean == pytest.approx(money.mean(), abs=4 * money.std() / math.sqrt(draws))
    for quantile in (0.1, 0.5, 0.8, 0.95):
        x = np.quantile(money, quantile)
        error = math.sqrt(quantile * (1 - quantile) / draws)
        assert found.probability_at_least(x) == pytest.approx(1 - quantile, abs=4 * error)
        assert found.quantile(quantile) == pytest.approx(x, rel=0.01)


def test_many_equal_open_deals_do_not_drift_on_the_grid():
    """300 deals of 10,001 each, rounded together: the mean is exact to half a cell."""
    found = money_distribution([], [(10_001.0, 0.5)] * 300, scale=60e6)
    assert found.mean == pytest.approx(150 * 10_001, abs=0.5 * found.step)


def test_money_is_quick_enough_for_a_slider():
    """Three segments and 300 open deals; the limit is generous for a busy machine."""
    deals = _open_deals(np.random.default_rng(6))
    money_distribution(SEGMENTS, deals, scale=90e6)
    start = time.perf_counter()
    for _ in range(5):
        money_distribution(SEGMENTS, deals, scale=90e6)
    assert (time.perf_counter() - start) / 5 < 0.25


@settings(max_examples=25, deadline=None)
@given(
    first=st.integers(0, 200), more=st.integers(0, 50),
    deals=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1)), max_size=8),
    target=st.floats(0, 2e7),
)  # fmt: skip
def test_money_odds_rise_with_leads_and_fall_with_the_target(first, more, deals, target):
    """A bigger plan is never likelier; more leads or a further open deal never hurt."""
    base = money_distribution([SegmentWins(first, 5, 45, 0.8, 1e5)], deals, scale=1e7)
    richer = money_distribution([SegmentWins(first + more, 5, 45, 0.8, 1e5)], deals, scale=1e7)
    longer = money_distribution(
        [SegmentWins(first, 5, 45, 0.8, 1e5)], [*deals, (5e5, 0.5)], scale=1e7
    )
    at = base.probability_at_least(target)
    assert base.probability_at_least(target + 1e5) <= at
    # Rounding of the amounts to cells of 500 may move a target by a few cells.
    eased = target - 20 * base.step
    assert richer.probability_at_least(eased) >= at - 1e-9
    assert longer.probability_at_least(eased) >= at - 1e-9
    assert base.probabilities.sum() == pytest.approx(1.0)


def test_money_without_any_source_is_certain():
    found = money_distribution([], certain_money=5e6, scale=1e7)
    assert found.probability_at_least(5e6) == 1.0
    assert found.probability_at_least(5.01e6) == 0.0
    assert found.mean == 5e6


def test_wrong_open_deal_is_named():
    with pytest.raises(InputDataError, match=r"an open deal of 100 has the probability 1\.5"):
        money_distribution([], [(100.0, 1.5)], scale=1e6)


# --- simulation with every source of luck ----------------------------------

REPEAT = [
    RepeatSource(f"{kind} {s.name}", int(count), rate, value)
    for s in EXISTING
    for kind, count, rate, value in (
        ("renewals", s.renewals_due, s.renewal_rate, s.renewal_value),
        ("cross-sales", s.cross_sell_base, s.cross_sell_rate, s.cross_sell_value),
    )
]


def _sample(reps: int, target: float, draws: int = 20_000, seed: int = 11, **changes: float):
    leads = primaries_within(reps, _plan(target))
    values = {"p_alpha": 50, "p_beta": 450, "value": 120e3, "value_cv": 0.8} | changes
    return simulate_money(REPEAT, [NewSource("new", leads, **values)], seed=seed, draws=draws)


def test_ex_5_11_all_noise():
    """EX-5.11: 0.894 and a mean of 39.62 m (tolerance .01 and four errors of the mean)."""
    sample = _sample(4, 36e6)
    assert sample.probability_at_least(36e6).value == pytest.approx(0.894, abs=0.01)
    error = sample.money.std() / math.sqrt(len(sample.money))
    assert sample.mean == pytest.approx(39.62e6, abs=4 * error + 5e3)


@pytest.mark.parametrize(("reps", "probability"), [(7, 0.281), (8, 0.676), (9, 0.906)])
def test_ex_5_12_all_noise(reps, probability):
    """EX-5.12: full simulation .281, .676, .906 (tolerance .01 and two Monte Carlo errors)."""
    found = _sample(reps, 60e6).probability_at_least(60e6)
    assert found.value == pytest.approx(probability, abs=0.01 + 2 * found.mcse)


def test_ex_5_12_largest_target():
    """EX-5.12: with four sellers 80 % reach 37.1 m (tolerance 0.2)."""
    assert _sample(4, 36e6).quantile(0.2) == pytest.approx(37.1e6, abs=0.2e6)


def test_trap_11_exact_monotony_under_common_numbers():
    """In each single replicate more reps or a better conversion bring no less money."""
    base = _sample(5, 40e6, draws=2000)
    for better in (
        _sample(6, 40e6, draws=2000),
        _sample(5, 40e6, draws=2000, p_alpha=52, p_beta=448),
        _sample(5, 40e6, draws=2000, value=125e3),
    ):
        assert (better.money >= base.money).all()


def test_trap_23_chunks_do_not_change_the_numbers():
    """The same seed gives the same money, whatever is computed at a time."""
    source = [NewSource("new", 500, 50, 450, 1e5, 0.8)]
    whole = simulate_money(REPEAT, source, seed=3, draws=1000, chunk=1000)
    parts = simulate_money(REPEAT, source, seed=3, draws=1000, chunk=7)
    assert (whole.money == parts.money).all()


def test_trap_23_another_seed_moves_the_odds_by_luck_only():
    one, two = (_sample(8, 60e6, draws=4000, seed=s).probability_at_least(60e6) for s in (1, 2))
    assert one.value != two.value
    assert abs(one.value - two.value) < 4 * math.hypot(one.mcse, two.mcse)


def test_named_streams_do_not_disturb_each_other():
    """A further source of money leaves the luck of the others as it was."""
    new = NewSource("new", 500, 50, 450, 1e5, 0.8)
    alone = simulate_money([], [new], seed=3, draws=500)
    both = simulate_money([RepeatSource("extra", 10, 0.5, 1.0)], [new], seed=3, draws=500)
    assert (both.wins == alone.wins).all()
    assert (uniforms(3, "a", 0, 5) != uniforms(3, "b", 0, 5)).all()


def test_binomial_draws_have_the_right_distribution():
    """20,000 draws of Bin(20, .3) against scipy.stats.binom; chi-square at 0.1 %."""
    sample = simulate_money([RepeatSource("x", 20, 0.3, 1.0)], [], seed=1, draws=20_000)
    counts = np.bincount(sample.money.astype(int), minlength=21)
    expected = stats.binom(20, 0.3).pmf(np.arange(21)) * 20_000
    some = expected > 5
    statistic = ((counts - expected)[some] ** 2 / expected[some]).sum()
    assert statistic < stats.chi2(some.sum() - 1).ppf(0.999)


def test_common_numbers_make_comparisons_sharp():
    """Section 7: the difference of two scenarios varies less than with luck of its own."""
    base, more = _sample(5, 40e6, draws=4000), _sample(5, 40e6, draws=4000, value=122.4e3)
    own = _sample(5, 40e6, draws=4000, seed=99, value=122.4e3)
    assert (more.money - base.money).var() < 0.01 * (own.money - base.money).var()


def test_two_sources_of_one_name_are_refused():
    with pytest.raises(InputDataError, match="two money sources are called 'x'"):
        simulate_money([RepeatSource("x", 1, 0.5, 1), RepeatSource("x", 1, 0.5, 1)], [], seed=1)


def test_borderline_probability_is_told():
    """By hand: 0.795 of 10,000 has an error of .0040, so 0.80 is inside 1.96 errors."""
    sample = simulate_money([RepeatSource("x", 1, 0.795, 1.0)], [], seed=2, draws=10_000)
    found = sample.probability_at_least(1.0)
    assert found.mcse == pytest.approx(0.0040, abs=2e-4)
    assert found.is_borderline(found.value + found.mcse)
    assert not found.is_borderline(found.value + 3 * found.mcse)
