"""Cycle time: Kaplan-Meier, wins only, laws, and the mistakes that look like a cycle time."""

import math

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.cycle import (
    bulk_share,
    cycle_of_wins,
    fit_laws,
    heaping_by_rep,
    kaplan_meier,
    length_biased_mean,
    right_truncated_mean,
    seen_open_mean,
    stage_stays,
    win_cycle_quantiles,
)
from kpikit.diagnosis.incidence import cumulative_incidence
from kpikit.diagnosis.spells import STAGE_SPELL_COLUMNS, deal_spells
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

STAYS = [5, 8, 12, 12, 20, 21, 30, 33, 40, 45]
OVER = [1, 1, 1, 0, 1, 0, 1, 1, 0, 0]
AS_OF = pd.Timestamp("2026-07-01", tz="UTC")


def table_of(exits, outcome, **columns):
    """A deal-spell table with the columns the estimators read."""
    n = len(exits)
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "customer_id": [f"c{i}" for i in range(n)],
            "exit_age_days": np.asarray(exits, dtype=float),
            "entry_age_days": 0.0,
            "outcome": outcome,
            "is_bulk": False,
            "is_undated": False,
            "left_out": None,
        }
    ).assign(**columns)


def stage_table(exits, outcome, **columns):
    n = len(exits)
    plain = {
        "customer_id": [f"c{i}" for i in range(n)], "segment": "s", "rep_id": "r",
        "pipeline_id": "P", "stage_id": "z", "stage_order": 1, "entered_at": AS_OF,
        "left_at": AS_OF, "visits": 1, "is_current": np.asarray(outcome) == OPEN,
        "skipped": False, "is_bulk": False, "is_bulk_entry": False, "is_undated": False,
        "is_imported": False, "left_out": None, "entry_age_days": 0.0,
    }  # fmt: skip
    table = pd.DataFrame({
        "deal_id": [f"d{i}" for i in range(n)], "exit_age_days": np.asarray(exits, float),
        "days_in_stage": np.asarray(exits, float), "outcome": outcome,
    })  # fmt: skip
    return table.assign(**{**plain, **columns})[list(STAGE_SPELL_COLUMNS)]


def test_ex_2_1_kaplan_meier():
    """EX-2.1 of METHODS."""
    curve = kaplan_meier(STAYS, OVER)
    assert curve.times.tolist() == [5, 8, 12, 20, 30, 33]
    assert curve.survival == pytest.approx([0.9, 0.8, 0.7, 0.5833, 0.4375, 0.2917], abs=1e-4)
    assert curve.quantile(0.5) == 30
    assert curve.quantile(0.8) is None, "not reached"
    assert curve.restricted_mean(40) == pytest.approx(25.6875)
    # What the usual averages say.
    assert np.mean(np.array(STAYS)[np.array(OVER) == 1]) == pytest.approx(18.0)
    assert np.mean(STAYS) == pytest.approx(22.6)


def test_ex_2_2_laws():
    """EX-2.2 of METHODS, tolerance 1e-2."""
    fits = {fit.law: fit for fit in fit_laws(STAYS, OVER)}
    weibull, lognormal = fits["weibull"], fits["lognormal"]
    assert weibull.parameters == pytest.approx((1.3975, 34.755), abs=1e-2)
    assert (weibull.median, weibull.mean) == pytest.approx((26.74, 31.69), abs=1e-2)
    assert weibull.log_likelihood == pytest.approx(-27.358, abs=1e-2)
    assert lognormal.parameters == pytest.approx((3.2202, 0.9493), abs=1e-2)
    assert (lognormal.median, lognormal.mean) == pytest.approx((25.03, 39.28), abs=1e-2)
    assert lognormal.log_likelihood == pytest.approx(-27.107, abs=1e-2)
    assert fit_laws(STAYS, OVER)[0].law == "lognormal", "lowest AIC first"
    # By hand: exp(-(45 / 34.755)^1.3975).
    assert weibull.extrapolated == pytest.approx(math.exp(-((45 / 34.755) ** 1.3975)), abs=1e-3)


def test_ex_2_2_closed_deals_alone_are_wrong_by_40_percent():
    closed = np.array(STAYS)[np.array(OVER) == 1]
    fit = {f.law: f for f in fit_laws(closed, np.ones(len(closed)))}["weibull"]
    assert fit.parameters[1] == pytest.approx(20.29, abs=1e-2)


def test_ex_2_3_length_bias():
    """EX-2.3 of METHODS."""
    assert seen_open_mean(30, 0.8) == pytest.approx((49.2, 24.6))
    assert length_biased_mean([10, 20, 90]) == pytest.approx(71.67, abs=1e-2)
    assert np.mean([10, 20, 90]) == 40


def test_trap_6_deals_found_open_are_long_ones():
    """
    Trap 6: simulated arrivals over 4,000 days, gamma durations with mean 30 and cv .8,
    seen on one day; repeated on 60 days far apart. The Kaplan-Meier of the same deals
    finds the true median, the mean age of the open ones does not.
    """
    rng = np.random.default_rng(1)
    shape = 1 / 0.8**2
    start = rng.uniform(0, 40_000, 400_000)
    length = rng.gamma(shape, 30 / shape, len(start))
    whole, age = [], []
    for now in np.arange(1_000, 39_000, 600):
        is_open = (start <= now) & (start + length > now)
        whole.append(length[is_open])
        age.append(now - start[is_open])
    whole, age = np.concatenate(whole), np.concatenate(age)
    expected = seen_open_mean(30, 0.8)
    assert whole.mean() == pytest.approx(expected[0], abs=4 * whole.std() / len(whole) ** 0.5)
    assert age.mean() == pytest.approx(expected[1], abs=4 * age.std() / len(age) ** 0.5)


def test_ex_2_4_right_truncation():
    """EX-2.4 of METHODS, and the same by simulation."""
    mean, seen = right_truncated_mean(60, 180)
    assert mean == pytest.approx(36.56, abs=1e-2)
    assert seen == pytest.approx(0.6833, abs=1e-4)
    rng = np.random.default_rng(2)
    start, length = rng.uniform(0, 180, 200_000), rng.exponential(60, 200_000)
    inside = start + length <= 180
    assert inside.mean() == pytest.approx(seen, abs=4 * math.sqrt(0.22 / 200_000))
    assert length[inside].mean() == pytest.approx(mean, abs=4 * 31 / math.sqrt(inside.sum()))


def test_kaplan_meier_and_its_band_agree_with_scipy():
    """scipy.stats.ecdf(CensoredData).sf and .confidence_interval(0.9, method="log-log")."""
    from scipy import stats

    rng = np.random.default_rng(3)
    stays, over = rng.integers(1, 40, 200).astype(float), rng.random(200) < 0.6
    over[np.argmax(stays)] = False
    theirs = stats.ecdf(stats.CensoredData(uncensored=stays[over], right=stays[~over])).sf
    ours = kaplan_meier(stays, over)
    assert ours.at(theirs.quantiles) == pytest.approx(theirs.probabilities, abs=1e-12)
    band = theirs.confidence_interval(0.9, method="log-log")
    low, high = ours.band(0.9)
    at = np.isin(theirs.quantiles, ours.times)
    assert low == pytest.approx(band.low.probabilities[at], abs=1e-10)
    assert high == pytest.approx(band.high.probabilities[at], abs=1e-10)


def test_late_entry_agrees_with_lifelines():
    """lifelines.KaplanMeierFitter().fit(T, E, entry=entry), untied."""
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(4)
    entry = np.where(rng.random(300) < 0.4, rng.uniform(0, 20, 300), 0.0)
    stays, over = entry + rng.exponential(20, 300), rng.random(300) < 0.6
    fitter = lifelines.KaplanMeierFitter().fit(stays, over, entry=entry)
    theirs = fitter.survival_function_.iloc[:, 0]
    ours = kaplan_meier(stays, over, entry)
    late = theirs.index.to_numpy()[theirs.index.to_numpy() > 0]
    assert ours.at(late) == pytest.approx(theirs.loc[late].to_numpy(), abs=1e-12)


def test_median_interval_covers_the_median():
    """300 samples of 80 stays, exponential with half censored: 90 % intervals, sd 1.7 %."""
    rng = np.random.default_rng(5)
    truth, inside = 20 * math.log(2), 0
    for _ in range(300):
        stay, limit = rng.exponential(20, 80), rng.uniform(10, 50, 80)
        curve = kaplan_meier(np.minimum(stay, limit), stay <= limit)
        low, high = curve.quantile_interval(0.5)
        inside += low <= truth and (high is None or truth <= high)
    assert 0.85 <= inside / 300 <= 0.95


def test_cycle_of_wins_is_not_shortened_by_open_deals():
    """
    Wins after exactly 20 or 100 days, half of each; half the deals followed 60 days only.

    By hand: every deal wins; F(20) = 1/2, the rest at 100: the median share at 20 is 1/2.
    Won deals alone would say 2/3 at 20 days.
    """
    stay = np.tile([20.0, 100.0], 200)
    follow_up = np.repeat([60.0, 300.0], 200)
    outcome = np.where(stay <= follow_up, WON, OPEN)
    law = cycle_of_wins(cumulative_incidence(np.minimum(stay, follow_up), outcome))
    assert law.times.tolist() == [20, 100]
    assert law.share == pytest.approx([0.5, 1.0])
    assert law.quantile(0.5) == 20 and law.quantile(0.8) == 100
    assert (outcome == WON)[stay == 20].sum() / (outcome == WON).sum() == pytest.approx(2 / 3)


def test_win_cycle_quantiles_find_the_true_cycle():
    """Median of exponential wins with mean 60: 41.6 days, 80 %: 96.6 days; 60 clients."""
    truth = np.array([60 * math.log(2), 60 * math.log(5)])
    inside = np.zeros(2)
    for seed in np.random.SeedSequence(6).spawn(60):
        rng = np.random.default_rng(seed)
        won = rng.random(600) < 0.3
        stay = np.where(won, rng.exponential(60, 600), rng.exponential(20, 600))
        follow_up = rng.uniform(0, 700, 600)
        outcome = np.where(stay <= follow_up, np.where(won, WON, LOST), OPEN)
        found = win_cycle_quantiles(table_of(np.minimum(stay, follow_up), outcome), rng, draws=200)
        inside += [e.low <= t <= e.high for e, t in zip(found, truth, strict=True)]
    # Binomial sd at 60 clients: 3.9 %.
    assert np.all(inside / 60 >= 0.90 - 3 * 0.039)


def test_trap_4_a_clean_up_of_200_stale_deals_does_not_change_the_cycle():
    """Trap 4: closing 200 stale deals in one minute stays inside the interval, and is reported."""
    rng = np.random.default_rng(7)
    n = 1200
    won = rng.random(n) < 0.3
    stay = np.where(won, rng.exponential(40, n), rng.exponential(25, n))
    stay[:200], won[:200] = 5_000, False
    follow_up = rng.uniform(0, 700, n)
    follow_up[:200] = rng.uniform(300, 700, 200)
    outcome = np.where(stay <= follow_up, np.where(won, WON, LOST), OPEN)
    exits = np.minimum(stay, follow_up)
    before = table_of(exits, outcome)
    stale = np.arange(n) < 200
    after = before.assign(outcome=np.where(stale, LOST, outcome), is_bulk=stale)
    median = [
        win_cycle_quantiles(t, np.random.default_rng(1), draws=200)[0] for t in (before, after)
    ]
    assert median[0].low <= median[1].value <= median[0].high
    stage = [
        stage_stays(stage_table(exits, t["outcome"], is_bulk=t["is_bulk"])).iloc[0]
        for t in (before, after)
    ]
    assert stage[0]["value"] == stage[1]["value"]
    assert stage[1]["n_bulk"] == 200
    assert bulk_share(after) == pytest.approx(200 / (after["outcome"] != OPEN).sum())
    # Counted at face value the clean-up would look like long stays.
    naive = [t.loc[t["outcome"] != OPEN, "exit_age_days"].mean() for t in (before, after)]
    assert naive[1] > 2 * naive[0]


def test_stage_stays():
    """EX-2.1 three times over, as a stage: median 30, p80 not reached."""
    stays, over = np.tile(STAYS, 4), np.tile(OVER, 4)
    table = stage_stays(stage_table(stays, np.where(over, WON, OPEN))).set_index("share")
    assert table.loc[0.5, "value"] == 30
    assert table.loc[0.5, "low"] < 30 < table.loc[0.5, "high"]
    assert table.loc[0.5, "status"] == "ok"
    assert np.isnan(table.loc[0.8, "value"])
    assert table.loc[0.8, "status"] == "not_computable"
    assert "not reached" in table.loc[0.8, "reason"]
    assert table.loc[0.5, "n_censored"] == 16


def test_skipped_stages_have_no_duration():
    spells = stage_table([10.0] * 20 + [np.nan] * 5, [WON] * 25, skipped=[False] * 20 + [True] * 5)
    row = stage_stays(spells).iloc[0]
    assert (row["n"], row["n_left_out"], row["value"]) == (20, 5, 10)


def test_heaping():
    """By hand: rep a clicked 3 of 4 stages through within a minute, rep b none of 2."""
    short = 30 / 86_400
    spells = stage_table([short, short, short, 2, 3, 4], [WON] * 6, rep_id=list("aaaabb"))
    assert heaping_by_rep(spells)["heaped"].to_dict() == {"a": 0.75, "b": 0.0}
    assert stage_stays(spells).iloc[0]["heaped"] == pytest.approx(0.5)


def test_nothing_to_measure_is_refused_without_an_exception():
    rng = np.random.default_rng(8)
    no_win = win_cycle_quantiles(table_of([5.0] * 20, [LOST] * 20), rng)[0]
    assert (no_win.status, no_win.value) == ("not_computable", None)
    assert "no deal was won" in no_win.reason
    empty = win_cycle_quantiles(table_of([], []), rng)[0]
    assert empty.status == "not_computable"
    assert not len(stage_stays(stage_table([], [])))
    alone = stage_stays(stage_table([5.0], [OPEN])).iloc[0]
    assert alone["status"] == "not_computable" and np.isnan(alone["value"])
    assert bulk_share(table_of([1.0], [OPEN])) is None
    with pytest.raises(InputDataError, match="at least two different stays"):
        fit_laws([5.0, 5.0, 7.0], [1, 1, 0])
    with pytest.raises(InputDataError, match="durations must be above 0"):
        fit_laws([0.0, 5.0], [1, 1])


def test_deal_spells_feed_the_cycle():
    """Created and closed only: 30 deals won after 1..30 days, median 15, p80 24."""
    created = AS_OF - pd.Timedelta(days=200)
    deals = pd.DataFrame(
        {
            "deal_id": [str(i) for i in range(30)],
            "status": "won",
            "created_at": created,
            "closed_at": [created + pd.Timedelta(days=i + 1) for i in range(30)],
        }
    )
    found = win_cycle_quantiles(deal_spells(deals, AS_OF), np.random.default_rng(9))
    assert [e.value for e in found] == [15, 24]
    assert [e.status for e in found] == ["ok", "ok"]
