"""Conversion with open deals: worked examples, independent libraries, properties, coverage."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpikit.diagnosis.conversion import (
    bootstrap_incidence,
    cohort_table,
    conversion,
    cumulative_incidence,
    deal_incidence,
    delta_variance,
    eventual_conversion,
    follow_up_horizon,
    naive_ratios,
    pseudo_values,
    residual_win_probability,
    stage_conversion,
    stage_conversion_by_segment,
    win_lag_law,
)
from kpikit.diagnosis.incidence import at_risk_horizon
from kpikit.diagnosis.resampling import clustered_error, win_influence
from kpikit.diagnosis.shares import wilson
from kpikit.diagnosis.spells import deal_spells, stage_spells
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

AGES = [10, 15, 20, 25, 30, 35, 40, 50, 60, 70]
OUTCOMES = [2, 1, 2, 0, 1, 2, 0, 1, 0, 0]
AS_OF = pd.Timestamp("2026-07-01", tz="UTC")


def deals_of(age_days, follow_up_days, is_won, customer=None):
    """Canonical deals from true closing ages and the time each was followed."""
    n = len(age_days)
    closed = np.asarray(age_days) <= follow_up_days
    created = AS_OF - pd.to_timedelta(np.round(np.asarray(follow_up_days) * 86_400), unit="s")
    ends = created + pd.to_timedelta(np.round(np.asarray(age_days) * 86_400), unit="s")
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "status": np.where(closed, np.where(is_won, "won", "lost"), "open"),
            "created_at": created,
            "closed_at": pd.Series(ends).where(closed).to_numpy(),
            "customer_id": [f"c{i}" for i in (range(n) if customer is None else customer)],
        }
    )


def growing_client(rng, n, p, win_days, loss_days, monthly_growth, period_days):
    """Plain competing risks: exponential lags, entries growing exponentially."""
    rate = math.log1p(monthly_growth) / 30
    start = np.log1p(rng.random(n) * math.expm1(rate * period_days)) / rate
    won = rng.random(n) < p
    age = np.where(won, rng.exponential(win_days, n), rng.exponential(loss_days, n))
    return age, period_days - start, won


def observed(age, follow_up, won):
    outcome = np.where(age <= follow_up, np.where(won, WON, LOST), OPEN)
    return np.minimum(age, follow_up), outcome


# ---------------------------------------------------------------- worked examples


def test_ex_1_1_flow_ratio_of_a_growing_client():
    """
    EX-1.1 of METHODS: p / (1 + r 90) for 0, 5, 10 % growth; p exp(-r 90) for a fixed lag.

    Checked on the naive ratio itself: deals created evenly in e^(rt), all of them
    with the exponential win lag, flow of the last 30 days.
    """
    p, mean = 0.25, 90.0
    for growth, expected, fixed in ((0.05, 0.2181, 0.2160), (0.10, 0.1944, 0.1878)):
        rate = math.log1p(growth) / 30
        assert p / (1 + rate * mean) == pytest.approx(expected, abs=1e-4)
        assert p * math.exp(-rate * mean) == pytest.approx(fixed, abs=1e-4)
        # Quantiles in place of draws: entries by inverse law, a win lag per entry.
        rng = np.random.default_rng(1)
        age, follow_up, won = growing_client(rng, 200_000, p, mean, 1e-3, growth, 900.0)
        spells = deal_spells(deals_of(age, follow_up, won), AS_OF)
        flow = naive_ratios(spells, AS_OF, window_days=30).flow
        created = (follow_up <= 30).sum()
        assert flow == pytest.approx(expected, abs=4 * math.sqrt(0.25 / created))


def test_ex_1_2_aalen_johansen():
    """EX-1.2 of METHODS."""
    curve = cumulative_incidence(AGES, OUTCOMES)
    assert curve.times.tolist() == [10, 15, 20, 30, 35, 50]
    assert curve.at_risk.tolist() == [10, 9, 8, 6, 5, 3]
    assert curve.survival == pytest.approx([0.9, 0.8, 0.7, 0.5833, 0.4667, 0.3111], abs=1e-4)
    assert curve.won == pytest.approx([0, 0.1, 0.1, 0.2167, 0.2167, 0.3722], abs=1e-4)
    assert curve.lost == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.3167, 0.3167], abs=1e-4)
    assert curve.at(70).won == pytest.approx(0.3722, abs=1e-4)
    assert curve.bracket(70) == pytest.approx((0.3722, 0.6833), abs=1e-4)


def test_ex_1_2_standard_error():
    """EX-1.2: SE 0.1737, by the delta method and, independent deals, by influence."""
    curve = cumulative_incidence(AGES, OUTCOMES)
    assert math.sqrt(delta_variance(curve)[-1]) == pytest.approx(0.1737, abs=1e-4)
    influence = win_influence(AGES, OUTCOMES, 70)
    assert influence.sum() == pytest.approx(0, abs=1e-12)
    # The sum of squares without the n / (n - 1) correction of the clustered error.
    assert clustered_error(influence) * math.sqrt(0.9) == pytest.approx(0.1737, abs=1e-4)


def test_ex_1_2_wrong_answers():
    """EX-1.2: won/all .300, closed-only .500, 1 - KM .5062."""
    deals = pd.DataFrame(
        {
            "deal_id": [str(i) for i in range(10)],
            "status": [("open", "won", "lost")[o] for o in OUTCOMES],
            "created_at": [AS_OF - pd.Timedelta(days=a) for a in AGES],
            "closed_at": [AS_OF if o else pd.NaT for o in OUTCOMES],
        }
    )
    ratios = naive_ratios(deal_spells(deals, AS_OF), AS_OF, window_days=90)
    assert ratios.won_of_all == pytest.approx(0.3)
    assert ratios.closed_only == pytest.approx(0.5)
    assert ratios.kaplan_meier == pytest.approx(0.5062, abs=1e-4)
    assert ratios.flow == pytest.approx(0.3)


def test_ex_1_3_left_truncation():
    """EX-1.3 of METHODS."""
    curve = cumulative_incidence(AGES, OUTCOMES, [0, 0, 0, 0, 0, 0, 12, 18, 28, 45])
    assert curve.at_risk.tolist() == [6, 6, 6, 5, 4, 3]
    point = curve.at(70)
    assert (point.won, point.lost, point.survival) == pytest.approx(
        (0.3704, 0.3981, 0.2315), abs=1e-4
    )


def test_ex_1_4_residual_probability():
    """EX-1.4 of METHODS: (.3722 - .2167) / .5833."""
    curve = cumulative_incidence(AGES, OUTCOMES)
    assert residual_win_probability(curve, 30, 30) == pytest.approx(0.2667, abs=1e-4)
    several = residual_win_probability(curve, [0, 30, 80], 30)
    assert several[0] == pytest.approx(0.2167, abs=1e-4)
    assert np.isnan(several[2]), "nobody was watched at 80 days: unknown, not 0"


def test_ex_1_8_pseudo_values():
    """EX-1.8 of METHODS, horizon 60."""
    values = pseudo_values(AGES, OUTCOMES, 60)
    expected = [0, 1, 0, 0.3889, 1.1222, -0.0778, 0.3222, 1.5222, -0.2778, -0.2778]
    assert values == pytest.approx(expected, abs=1e-4)
    assert values.mean() == pytest.approx(0.3722, abs=1e-4)


# ---------------------------------------------------------------- independent oracles


def test_curve_agrees_with_lifelines_on_untied_data():
    """lifelines.AalenJohansenFitter(calculate_variance=False).fit(T, E, event_of_interest=1)."""
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(3)
    ages, outcome = rng.exponential(50, 400), rng.integers(0, 3, 400)
    fitter = lifelines.AalenJohansenFitter(calculate_variance=False)
    fitter.fit(ages, outcome, event_of_interest=WON)
    theirs = fitter.cumulative_density_.iloc[:, 0]
    ours = cumulative_incidence(ages, outcome).won_at(theirs.index.to_numpy())
    assert ours == pytest.approx(theirs.to_numpy(), abs=1e-12)


def test_delta_variance_agrees_with_lifelines():
    """lifelines.AalenJohansenFitter(calculate_variance=True), 90 untied deals."""
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(4)
    ages, outcome = rng.exponential(50, 90), rng.integers(0, 3, 90)
    fitter = lifelines.AalenJohansenFitter(calculate_variance=True)
    fitter.fit(ages, outcome, event_of_interest=WON)
    curve = cumulative_incidence(ages, outcome)
    theirs = fitter.variance_.reindex(curve.times).to_numpy()
    assert delta_variance(curve) == pytest.approx(theirs, rel=1e-6, abs=1e-12)


def test_survival_agrees_with_scipy_with_ties():
    """scipy.stats.ecdf(CensoredData).sf, whole days."""
    from scipy import stats

    rng = np.random.default_rng(5)
    ages, outcome = rng.integers(1, 30, 300).astype(float), rng.integers(0, 3, 300)
    data = stats.CensoredData(uncensored=ages[outcome > 0], right=ages[outcome == 0])
    theirs = stats.ecdf(data).sf
    ours = cumulative_incidence(ages, outcome).survival_at(theirs.quantiles)
    assert ours == pytest.approx(theirs.probabilities, abs=1e-12)


@pytest.mark.parametrize("late", [False, True])
def test_pseudo_values_are_the_curves_without_each_deal(late):
    """Brute force: n F - (n - 1) F without the deal, one curve per deal, with ties."""
    rng = np.random.default_rng(6)
    n = 60
    entry = np.where(rng.random(n) < 0.4, rng.integers(0, 8, n), 0) * float(late)
    ages, outcome = entry + rng.integers(1, 12, n), rng.integers(0, 3, n)
    for horizon in (0.5, 5.0, 9.0, 30.0):
        whole = float(cumulative_incidence(ages, outcome, entry).won_at(horizon))
        expected = [
            n * whole
            - (n - 1)
            * float(
                cumulative_incidence(*(np.delete(a, i) for a in (ages, outcome, entry))).won_at(
                    horizon
                )
            )
            for i in range(n)
        ]
        assert pseudo_values(ages, outcome, horizon, entry) == pytest.approx(expected, abs=1e-10)


def test_influence_is_the_effect_of_one_more_copy_of_a_deal():
    """Numerical derivative: 200 copies of the data, one of which has a deal more."""
    rng = np.random.default_rng(7)
    entry = np.where(rng.random(30) < 0.3, 2.0, 0.0)
    ages, outcome = entry + rng.integers(1, 9, 30), rng.integers(0, 3, 30)
    influence = win_influence(ages, outcome, 6.0, entry)
    base = float(cumulative_incidence(ages, outcome, entry).won_at(6.0))
    for i in range(30):
        copies = np.concatenate([np.tile(np.arange(30), 200), [i]])
        moved = float(
            cumulative_incidence(ages[copies], outcome[copies], entry[copies]).won_at(6.0)
        )
        assert (moved - base) * 200 == pytest.approx(influence[i], abs=5e-3)


def test_bootstrap_curves_are_the_curves_of_the_drawn_customers():
    """Redraw by hand: repeat the rows of each drawn customer and fit again."""
    rng = np.random.default_rng(8)
    n = 50
    customer = rng.integers(0, 20, n)
    entry = np.where(rng.random(n) < 0.3, rng.integers(0, 5, n), 0).astype(float)
    ages, outcome = entry + rng.integers(1, 12, n), rng.integers(0, 3, n)
    drawn = bootstrap_incidence(
        ages, outcome, np.random.default_rng(9), entry_age=entry, cluster=customer, draws=5
    )
    codes = np.unique(customer, return_inverse=True)[1]
    groups = codes.max() + 1
    chosen = np.random.default_rng(9).integers(0, groups, size=(5, groups))
    for row, picks in enumerate(chosen):
        rows = np.concatenate([np.flatnonzero(codes == c) for c in picks])
        curve = cumulative_incidence(ages[rows], outcome[rows], entry[rows])
        assert drawn.won[row] == pytest.approx(curve.won_at(drawn.ages), abs=1e-12)
        assert drawn.lost[row] == pytest.approx(curve.lost_at(drawn.ages), abs=1e-12)
        assert drawn.survival[row] == pytest.approx(curve.survival_at(drawn.ages), abs=1e-12)


def test_clustered_error_agrees_with_the_bootstrap_by_customer():
    """Two estimates of one error; the bootstrap's own error at 1,000 draws is 2.2 %."""
    rng = np.random.default_rng(10)
    customer = rng.integers(0, 150, 600)
    chance = rng.beta(1, 3, 150)
    won = rng.random(600) < chance[customer]
    ages, outcome = observed(rng.exponential(40, 600), rng.uniform(0, 200, 600), won)
    drawn = bootstrap_incidence(
        ages, outcome, rng, cluster=customer, ages=[120.0], draws=1000
    ).won.std()
    influence = win_influence(ages, outcome, 120.0)
    assert clustered_error(influence, customer) == pytest.approx(drawn, rel=0.10)
    assert clustered_error(influence, customer) > 1.15 * clustered_error(influence)


# ---------------------------------------------------------------- properties

DEALS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from([OPEN, WON, LOST])),
    min_size=1,
    max_size=60,
)


@given(DEALS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_trap_3_shares_sum_to_one_whatever_the_rows_and_their_order(rows, random):
    """Trap 3: ties, zero durations and delayed entry; independent of row order, to the bit."""
    entry, stay, outcome = (np.array(c) for c in zip(*rows, strict=True))
    curve = cumulative_incidence(entry + stay, outcome, entry)
    assert curve.won + curve.lost + curve.survival == pytest.approx(1.0, abs=1e-12)
    mixed = list(rows)
    random.shuffle(mixed)
    entry, stay, outcome = (np.array(c) for c in zip(*mixed, strict=True))
    again = cumulative_incidence(entry + stay, outcome, entry)
    for name in ("times", "at_risk", "won", "lost", "survival"):
        assert np.array_equal(getattr(curve, name), getattr(again, name))


@given(DEALS)
@settings(deadline=None)
def test_trap_2_yesterdays_open_deals_say_nothing_about_conversion(rows):
    """Trap 2: 100 deals created yesterday leave the curve as it is, and lower won/all."""
    _, stay, outcome = (np.array(c) for c in zip(*rows, strict=True))
    ages = stay + 2.0
    before = cumulative_incidence(ages, outcome)
    after = cumulative_incidence(
        np.append(ages, np.ones(100)), np.append(outcome, np.zeros(100, int))
    )
    grid = np.linspace(0, 30, 61)
    assert after.won_at(grid) == pytest.approx(before.won_at(grid), abs=1e-9)
    if (outcome == WON).any():
        assert after.n_won / after.n < before.n_won / before.n


@given(DEALS)
@settings(deadline=None)
def test_pseudo_values_average_to_the_conversion(rows):
    """Complete entry: the mean of all pseudo-values is the share won."""
    _, stay, outcome = (np.array(c) for c in zip(*rows, strict=True))
    values = pseudo_values(stay, outcome, 10.0)
    if not (outcome == OPEN).any():
        won = (outcome == WON) & (stay <= 10)
        assert values == pytest.approx(won.astype(float), abs=1e-9)


def test_input_is_left_alone():
    ages, outcome, entry = np.array([3.0, 3.0, 5.0]), np.array([1, 0, 2]), np.array([0, 3.0, 0])
    copies = ages.copy(), outcome.copy(), entry.copy()
    cumulative_incidence(ages, outcome, entry)
    pseudo_values(ages, outcome, 4.0, entry)
    for now, then in zip((ages, outcome, entry), copies, strict=True):
        assert np.array_equal(now, then)


def test_impossible_ages_are_named():
    with pytest.raises(InputDataError, match=r"exit_age must be a number.*rows: 1, first: 1"):
        cumulative_incidence([1.0, np.nan], [1, 0])
    with pytest.raises(InputDataError, match=r"exit_age must not be below entry_age"):
        cumulative_incidence([1.0, 2.0], [1, 0], [0.0, 3.0])
    with pytest.raises(InputDataError, match=r"outcome must be 0 \(open\), 1 \(won\) or 2"):
        cumulative_incidence([1.0], [3])


# ---------------------------------------------------------------- reading the curve


def test_horizons():
    """By hand: of 100 deals, 50 open ones aged 20; 10 closings a day at days 1..5."""
    ages = np.concatenate([np.repeat(np.arange(1, 6), 10), np.full(50, 20)])
    outcome = np.concatenate([np.tile([1, 2], 25), np.zeros(50, int)])
    curve = cumulative_incidence(ages, outcome)
    assert at_risk_horizon(curve) == 20
    assert follow_up_horizon(curve) == 20
    assert follow_up_horizon(curve, client_horizon=3.5) == 3.5


def test_finished_deals_are_read_to_the_end():
    """30 of 100 closed deals won: 30 %, however few are left near the end."""
    rng = np.random.default_rng(11)
    outcome = np.repeat([1, 2], [30, 70])
    estimate = conversion(rng.exponential(50, 100), outcome)
    plain = wilson(30, 100)
    assert estimate.value == pytest.approx(0.30)
    assert (estimate.low, estimate.high) == pytest.approx((plain.low, plain.high), rel=5e-3)
    assert estimate.status == "ok" and estimate.reason == ""


def test_few_deals_give_counts_and_the_widest_interval():
    """By hand: 2 of 6 won, 1 open: Wilson low of 2/6, Wilson high of 3/6."""
    estimate = conversion([5, 6, 7, 8, 9, 10], [1, 1, 2, 2, 2, 0])
    assert estimate.value is None and estimate.status == "not_computable"
    assert estimate.low == pytest.approx(wilson(2, 6).low)
    assert estimate.high == pytest.approx(wilson(3, 6).high)
    assert (estimate.bracket_low, estimate.bracket_high) == pytest.approx((2 / 6, 3 / 6))
    assert "fewer than ten" in estimate.reason


def test_no_win_is_not_zero_percent():
    """20 lost, none won: the interval is Wilson's of 0 of 20."""
    estimate = conversion(np.arange(1, 21), np.full(20, LOST), cluster=np.arange(20))
    assert estimate.value == 0.0
    assert estimate.high == pytest.approx(wilson(0, 20).high)


def test_nothing_to_see_is_refused_without_an_exception():
    estimate = conversion([], [])
    assert estimate.status == "not_computable" and estimate.value is None and estimate.n == 0


def test_mostly_open_deals_are_flagged():
    rng = np.random.default_rng(12)
    ages, outcome = observed(rng.exponential(300, 400), rng.uniform(0, 60, 400), np.ones(400))
    estimate = conversion(ages, outcome)
    assert estimate.status == "degraded" and "still open" in estimate.reason
    assert estimate.bracket_low <= estimate.value and estimate.bracket_high > 0.9


def test_customers_that_move_together_widen_the_interval():
    """30 customers with 20 deals of one fate each: as good as 30 deals."""
    customer = np.repeat(np.arange(30), 20)
    outcome = np.where(customer < 9, WON, LOST)
    estimate = conversion(np.arange(600) + 1.0, outcome, cluster=customer)
    alone = wilson(9, 30)
    assert estimate.value == pytest.approx(0.3)
    assert (estimate.low, estimate.high) == pytest.approx((alone.low, alone.high), rel=0.05)


def test_the_bracket_does_not_shut_because_the_oldest_deal_closed():
    """By hand: 100 open deals aged 50, 10 wins and 10 losses before, one loss at 60."""
    ages = np.concatenate([np.arange(1, 21), np.full(100, 50), [60]])
    outcome = np.concatenate([np.tile([WON, LOST], 10), np.full(100, OPEN), [LOST]])
    estimate = conversion(ages, outcome)
    assert estimate.bracket_low == pytest.approx(10 / 121)
    assert estimate.bracket_high == pytest.approx(111 / 121)


def test_conversion_within_a_client_horizon():
    """By hand: 10 wins at day 10, 10 at day 90, 20 losses: 25 % within 30 days."""
    ages = np.repeat([10.0, 90.0, 20.0], [10, 10, 20])
    estimate = conversion(ages, np.repeat([WON, WON, LOST], [10, 10, 20]), client_horizon=30)
    assert estimate.value == pytest.approx(0.25)
    assert estimate.horizon == 30


# ---------------------------------------------------------------- tables


def ladder():
    return pd.DataFrame(
        {
            "pipeline_id": "P",
            "stage_id": ["a", "b", "w", "l"],
            "stage_order": [10, 20, 30, 40],
            "semantic": ["open", "open", "won", "lost"],
        }
    )


def finished_history(paths):
    """Deals with one day per step; each path ends in w or l."""
    rows, deals = [], []
    start = pd.Timestamp("2026-01-01", tz="UTC")
    for i, path in enumerate(paths):
        for step, stage in enumerate(path):
            rows.append((f"d{i}", "P", stage, start + pd.Timedelta(days=step)))
        deals.append((f"d{i}", "won" if path[-1] == "w" else "lost", start, rows[-1][3]))
    events = pd.DataFrame(rows, columns=["deal_id", "pipeline_id", "stage_id", "entered_at"])
    table = pd.DataFrame(deals, columns=["deal_id", "status", "created_at", "closed_at"])
    return table.assign(segment="s", pipeline_id="P", customer_id=table["deal_id"]), events


def test_stage_conversions_of_finished_deals_are_counts():
    """By hand: a: 40 reached, 24 advanced (4 by a jump to won); b: 24 reached, 10 won."""
    paths = ["al"] * 16 + ["abl"] * 14 + ["abw"] * 6 + ["aw"] * 4
    deals, events = finished_history(paths)
    table = stage_conversion(stage_spells(deals, events, ladder(), AS_OF)).set_index("stage_id")
    assert table["value"].to_dict() == pytest.approx({"a": 24 / 40, "b": 10 / 24})
    assert table["n_skipped"].to_dict() == {"a": 0, "b": 4}
    assert table["n"].to_dict() == {"a": 40, "b": 24}
    whole = eventual_conversion(deal_spells(deals, AS_OF, events, ladder()))
    assert whole.value == pytest.approx(table["value"].prod())


def test_stage_conversion_by_segment_splits_the_deals():
    paths = ["al"] * 20 + ["aw"] * 20
    deals, events = finished_history(paths)
    deals["segment"] = np.where(np.arange(40) < 30, "A", "B")
    spells = stage_spells(deals, events, ladder(), AS_OF)
    table = stage_conversion_by_segment(spells)
    first = table.loc[table["stage_id"] == "a"].set_index("segment")
    assert first["value"].to_dict() == pytest.approx({"A": 10 / 30, "B": 1.0})
    assert first["n"].sum() == stage_conversion(spells).set_index("stage_id")["n"]["a"]


def test_trap_24_conversion_works_with_less():
    """Trap 24: no history, no closing dates, no start dates, no deals at all."""
    rng = np.random.default_rng(13)
    deals = deals_of(rng.exponential(20, 80), rng.uniform(0, 300, 80), rng.random(80) < 0.4)
    assert eventual_conversion(deal_spells(deals, AS_OF)).status == "ok"
    without_start = deals.drop(columns="created_at")
    estimate = eventual_conversion(deal_spells(without_start, AS_OF))
    assert estimate.method == "closed_only" and estimate.status == "degraded"
    assert estimate.value == pytest.approx(
        (deals["status"] == "won").sum() / (deals["status"] != "open").sum()
    )
    undated = eventual_conversion(deal_spells(deals.drop(columns="closed_at"), AS_OF))
    assert undated.n_won == (deals["status"] == "won").sum()
    nothing = deals.iloc[:0]
    assert eventual_conversion(deal_spells(nothing, AS_OF)).status == "not_computable"
    empty = pd.DataFrame({"deal_id": [], "stage_id": [], "entered_at": []})
    assert not len(stage_conversion(stage_spells(deals, empty, ladder(), AS_OF)))
    assert naive_ratios(deal_spells(nothing, AS_OF), AS_OF).flow is None


def test_cohort_table_leaves_young_cells_blank():
    """By hand: 2 deals of January (1 won after 10 days), 1 of June, too young for 60 days."""
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2", "3"],
            "status": ["won", "open", "open"],
            "created_at": pd.to_datetime(["2026-01-05", "2026-01-20", "2026-06-15"], utc=True),
            "closed_at": pd.to_datetime(["2026-01-15", None, None], utc=True),
        }
    )
    table = cohort_table(deal_spells(deals, AS_OF), AS_OF, ages_days=(5, 60))
    assert table["n"].tolist() == [2, 1]
    assert table[60.0].iloc[0] == pytest.approx(0.5)
    assert table[5.0].tolist() == [0.0, 0.0]
    assert np.isnan(table[60.0].iloc[1])


# ---------------------------------------------------------------- lag law


def test_lag_law_of_a_fixed_delay_of_one_month():
    """By hand: every win after exactly one month falls into the next month."""
    curve = cumulative_incidence(
        np.repeat([30.4375, 5.0], [10, 30]), np.repeat([WON, LOST], [10, 30])
    )
    law = win_lag_law(curve, months=4)
    assert law.increments == pytest.approx([0, 0.25, 0, 0], abs=1e-12)
    assert law.law == pytest.approx([0, 1, 0, 0], abs=1e-12)


def test_lag_law_of_half_a_month_is_split():
    """By hand: half of the deals entered in the first half of their month."""
    curve = cumulative_incidence(np.full(20, 30.4375 / 2), np.full(20, WON))
    assert win_lag_law(curve, months=3).increments == pytest.approx([0.5, 0.5, 0], abs=1e-12)


def test_trap_8_lag_law_sums_to_the_conversion():
    """Trap 8: the sub-density sums to F_won at the horizon, the law to 1."""
    rng = np.random.default_rng(14)
    ages, outcome = observed(
        rng.exponential(60, 500), rng.uniform(0, 500, 500), rng.random(500) < 0.3
    )
    curve = cumulative_incidence(ages, outcome)
    for months in (1, 3, 24):
        law = win_lag_law(curve, months)
        assert law.increments.sum() == pytest.approx(float(curve.won_at(law.horizon)), abs=1e-12)
        assert law.law.sum() == pytest.approx(1.0)
        assert (law.increments >= -1e-12).all()
    assert win_lag_law(curve, 1).moved > 0.5 > win_lag_law(curve, 24).moved


# ---------------------------------------------------------------- simulated clients


def test_trap_1_growing_client():
    """
    Trap 1: p .25, win lag 90 d, loss lag 20 d, growth 10 % a month, 4,000 deals, 720 days.

    True F_won(360) = .25 (1 - e^-4) = .2454; sd over seeds .007, of a mean of 30 .0013.
    The naive ratios average .210, .192 and .186.
    """
    seeds = np.random.SeedSequence(1).spawn(30)
    found, closed, flow, whole = [], [], [], []
    for seed in seeds:
        age, follow_up, won = growing_client(
            np.random.default_rng(seed), 4000, 0.25, 90, 20, 0.10, 720
        )
        exits, outcome = observed(age, follow_up, won)
        found.append(float(cumulative_incidence(exits, outcome).won_at(360)))
        closed.append((outcome == WON).sum() / (outcome != OPEN).sum())
        whole.append((outcome == WON).mean())
        recent = follow_up - exits < 90
        flow.append(((outcome == WON) & recent).sum() / (follow_up < 90).sum())
    assert np.mean(found) == pytest.approx(0.2454, abs=4 * 0.007 / math.sqrt(30))
    assert np.std(found) == pytest.approx(0.007, abs=0.003)
    assert np.mean(closed) == pytest.approx(0.210, abs=0.006)
    assert np.mean(flow) == pytest.approx(0.192, abs=0.008)
    assert np.mean(whole) == pytest.approx(0.186, abs=0.006)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "p", "deals_per_customer"),
    [(600, 0.25, 1), (600, 0.05, 1), (120, 0.25, 1), (900, 0.2, 4)],
)
def test_intervals_cover_the_truth_and_naive_ratios_do_not(n, p, deals_per_customer):
    """
    90 % intervals of 300 simulated clients hold the true conversion in 86..94 %.

    Binomial sd of the coverage at 300 clients: 1.7 %, so 86..94 are 2.3 sd.
    """
    covered = {"found": 0, "closed": 0, "all": 0}
    for seed in np.random.SeedSequence([n, int(p * 100)]).spawn(300):
        rng = np.random.default_rng(seed)
        age, follow_up, won = growing_client(rng, n, p, 60, 25, 0.06, 540)
        customer = rng.integers(0, max(n // deals_per_customer, 1), n)
        if deals_per_customer == 1:
            customer = np.arange(n)
        else:
            chance = rng.beta(p * 4, (1 - p) * 4, n)
            won = rng.random(n) < chance[customer]
            age = np.where(won, rng.exponential(60, n), rng.exponential(25, n))
        exits, outcome = observed(age, follow_up, won)
        estimate = conversion(exits, outcome, cluster=customer)
        x, closed = (outcome == WON).sum(), (outcome != OPEN).sum()
        for name, interval in (
            ("found", estimate),
            ("closed", wilson(x, closed)),
            ("all", wilson(x, n)),
        ):
            covered[name] += interval.low <= p <= interval.high
    assert 0.86 <= covered["found"] / 300 <= 0.94
    assert covered["all"] < covered["found"] - 30


def test_open_pipeline_is_worth_what_the_residual_probabilities_say():
    """Deals open today, followed to their end: wins = sum of residual probabilities."""
    rng = np.random.default_rng(15)
    n = 20_000
    won = rng.random(n) < 0.3
    age = np.where(won, rng.exponential(60, n), rng.exponential(30, n))
    follow_up = rng.uniform(0, 600, n)
    exits, outcome = observed(age, follow_up, won)
    curve = cumulative_incidence(exits, outcome)
    is_open = outcome == OPEN
    expected = np.nansum(residual_win_probability(curve, exits[is_open], 10_000.0))
    actual = won[is_open].sum()
    assert expected == pytest.approx(actual, abs=4 * math.sqrt(actual) + 0.05 * actual)


def test_deal_incidence_reads_the_table():
    deals = deals_of(np.array(AGES, float), np.full(10, 100.0), np.array(OUTCOMES) == WON)
    curve = deal_incidence(deal_spells(deals, AS_OF))
    assert curve.n == 10 and curve.n_open == 0
    assert curve.times == pytest.approx(AGES)
