"""Deviations: what is real is ranked by money, noise is marked and last."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpikit.diagnosis.deviations import rank_deviations
from kpikit.diagnosis.trends import xmr
from kpikit.errors import InputDataError


def facts(*rows):
    """Rows of kpi_id, direction, value, low, high, plan, money_per_unit."""
    names = ["kpi_id", "direction", "value", "low", "high", "plan", "money_per_unit"]
    return pd.DataFrame(rows, columns=names)


def by_kpi(table):
    return rank_deviations(table).set_index("kpi_id")


def test_worked_example():
    """
    By hand.

    wins: 40 of 50, 10 short, 2,000 each: -20,000; half width 5, size -2.
    refunds (lower): .08 against .05: .03 worse, 1,000,000 a unit: -30,000; 60 % of the plan.
    check: 210 against 200, better by 10, money unknown, after those with money.
    calls: 95 against 100, interval 85..105 holds the plan: noise.
    """
    table = facts(
        ("calls", "higher", 95.0, 85.0, 105.0, 100.0, 50.0),
        ("wins", "higher", 40.0, 35.0, 45.0, 50.0, 2_000.0),
        ("check", "higher", 210.0, 205.0, 215.0, 200.0, np.nan),
        ("refunds", "lower", 0.08, 0.06, 0.10, 0.05, 1_000_000.0),
    )
    found = rank_deviations(table)
    assert found["kpi_id"].tolist() == ["refunds", "wins", "check", "calls"]
    assert found["rank"].tolist()[:3] == [1, 2, 3] and found["rank"].isna().tolist()[3]
    assert found["verdict"].tolist() == ["worse", "worse", "better", "noise"]
    assert found["is_noise"].tolist() == [False, False, False, True]
    assert found["deviation"].tolist() == pytest.approx([-0.03, -10, 10, -5])
    assert found["deviation_share"].tolist() == pytest.approx([-0.6, -0.2, 0.05, -0.05])
    assert found["money"].tolist()[:2] == pytest.approx([-30_000, -20_000])
    assert found["money"].isna().tolist() == [False, False, True, False]
    assert found["size"].tolist() == pytest.approx([-1.5, -2, 2, -0.5])
    wins = found.iloc[1]
    assert (wins["deviation_low"], wins["deviation_high"]) == (-15, -5)
    assert (wins["money_low"], wins["money_high"]) == (-30_000, -10_000)


def test_lower_is_better_is_the_mirror_of_higher_is_better():
    up = facts(("k", "higher", 40.0, 35.0, 45.0, 50.0, 3.0))
    down = facts(("k", "lower", -40.0, -45.0, -35.0, -50.0, 3.0))
    numbers = ["deviation", "deviation_low", "deviation_high", "money", "money_low", "money_high"]
    assert rank_deviations(up)[numbers].iloc[0].tolist() == pytest.approx(
        rank_deviations(down)[numbers].iloc[0].tolist()
    )


def test_a_band_is_met_inside_and_missed_outside():
    """Band 20..30: 25 on plan; 31 with 29..33 noise; 35 with 33..37 misses by 5; 10 +- 1 by 10."""
    rows = [("in", 25, 24, 26), ("near", 31, 29, 33), ("over", 35, 33, 37), ("under", 10, 9, 11)]
    table = pd.DataFrame(rows, columns=["kpi_id", "value", "low", "high"]).assign(
        direction="band", plan_low=20.0, plan_high=30.0
    )
    found = by_kpi(table)
    assert found["verdict"].to_dict() == {
        "in": "on_plan", "near": "noise", "over": "worse", "under": "worse",
    }  # fmt: skip
    assert found.loc[["in", "near", "over", "under"], "deviation"].tolist() == [0, -1, -5, -10]
    assert found.loc["over", ["deviation_low", "deviation_high"]].tolist() == [-7, -3]
    assert found.loc["near", ["deviation_low", "deviation_high"]].tolist() == [-3, 0]
    assert found.loc["under", "deviation_share"] == pytest.approx(-0.5), "of the end it misses"
    assert found.index.tolist() == ["under", "over", "near", "in"]


def test_an_open_band_has_one_end_and_a_norm_is_missed_on_both_sides():
    band = pd.DataFrame(
        {"kpi_id": ["a", "b"], "direction": "band", "value": [90.0, 5.0], "low": [85.0, 4.0],
         "high": [95.0, 6.0], "plan_low": [20.0, 20.0], "plan_high": [np.nan, np.nan]}
    )  # fmt: skip
    assert by_kpi(band)["verdict"].to_dict() == {"a": "on_plan", "b": "worse"}
    norm = facts(
        ("few", "norm", 8.0, 7.0, 9.0, 12.0, np.nan), ("many", "norm", 16.0, 15.0, 17.0, 12.0, 1.0)
    )
    found = by_kpi(norm)
    assert found["verdict"].tolist() == ["worse", "worse"]
    assert found.loc[["few", "many"], "deviation"].tolist() == [-4, -4]


def test_history_calls_the_usual_usual_and_the_unusual_real():
    """Limits 80..120. Plan 105 and fact 90: as always; fact 60: not so; plan 130: out of reach."""
    table = facts(
        ("usual", "higher", 90.0, 85.0, 95.0, 105.0, 1.0),
        ("fallen", "higher", 60.0, 55.0, 65.0, 105.0, 1.0),
        ("unreachable", "higher", 95.0, 90.0, 100.0, 130.0, 1.0),
    ).assign(limit_low=80.0, limit_high=120.0)
    verdict = by_kpi(table)["verdict"]
    assert verdict.to_dict() == {"fallen": "worse", "unreachable": "worse", "usual": "noise"}
    alone = by_kpi(table.assign(low=np.nan, high=np.nan))
    assert alone["verdict"].equals(verdict) and set(alone["status"]) == {"degraded"}
    assert alone.loc["fallen", "size"] == pytest.approx(-45 / 20)


def test_what_cannot_be_judged_says_why_and_is_never_green():
    table = facts(
        ("no fact", "higher", np.nan, np.nan, np.nan, 10.0, 1.0),
        ("no plan", "higher", 9.0, 8.0, 10.0, np.nan, 1.0),
        ("no interval", "higher", 9.0, np.nan, np.nan, 10.0, 1.0),
    )
    found = by_kpi(table)
    assert set(found["verdict"]) == {"unknown"} and found["is_noise"].isna().all()
    assert found["status"].eq("not_computable").all() and found["rank"].isna().all()
    assert found["reason"].to_dict() == {
        "no fact": "the fact is not known",
        "no plan": "there is no plan",
        "no interval": "neither an interval nor a history tells noise from change",
    }


def test_plans_that_are_met_on_average_are_rarely_news_and_red_green_is_a_coin():
    """
    4,000 KPIs whose plan is exactly the true mean; 12 weeks each, t interval at .9.

    Reported as real: 10 % (standard error .5 points) by the interval, fewer with the limits of
    24 months of history. A red and green table is red for half.
    """
    rng = np.random.default_rng(31)
    count, weeks = 4_000, 12
    plan = rng.uniform(50, 500, count)
    weekly = rng.normal(plan[:, None], 0.2 * plan[:, None], (count, weeks))
    value = weekly.mean(axis=1)
    half = stats.t.ppf(0.95, weeks - 1) * weekly.std(axis=1, ddof=1) / np.sqrt(weeks)
    table = pd.DataFrame(
        {"kpi_id": np.arange(count).astype(str),
         "direction": rng.choice(["higher", "lower"], count), "value": value,
         "low": value - half, "high": value + half, "plan": plan}
    )  # fmt: skip
    found = rank_deviations(table)
    real = found["verdict"].isin(["better", "worse"])
    assert real.mean() == pytest.approx(0.10, abs=0.02)
    red = np.where(table["direction"] == "higher", value < plan, value > plan)
    assert red.mean() == pytest.approx(0.5, abs=0.03)
    some = table.iloc[:300].copy()
    past = rng.normal(plan[:300, None], 0.2 / np.sqrt(weeks) * plan[:300, None], (300, 24))
    charts = [xmr(row) for row in past]
    some["limit_low"], some["limit_high"] = zip(*[(c.lower, c.upper) for c in charts], strict=True)
    with_history = rank_deviations(some)["verdict"].isin(["better", "worse"])
    assert with_history.mean() < 0.04


def test_a_real_shortfall_is_found():
    """Planted: 15 % below plan with 6 % standard error, by the t law seen 4 times of 5."""
    rng = np.random.default_rng(32)
    weekly = rng.normal(85.0, 20.0, (400, 12))
    value = weekly.mean(axis=1)
    half = stats.t.ppf(0.95, 11) * weekly.std(axis=1, ddof=1) / np.sqrt(12)
    table = pd.DataFrame(
        {"kpi_id": "k", "direction": "higher", "value": value, "low": value - half,
         "high": value + half, "plan": 100.0}
    )  # fmt: skip
    assert (rank_deviations(table)["verdict"] == "worse").mean() > 0.7


def test_order_of_rows_and_other_columns_are_kept():
    table = facts(
        ("a", "higher", 40.0, 35.0, 45.0, 50.0, 1.0), ("b", "higher", 20.0, 15.0, 25.0, 50.0, 1.0)
    ).assign(rep_id=["r1", "r2"], unit="deals")
    before = table.copy()
    found, turned = rank_deviations(table), rank_deviations(table.iloc[::-1])
    pd.testing.assert_frame_equal(found, turned)
    pd.testing.assert_frame_equal(table, before)
    assert found["rep_id"].tolist() == ["r2", "r1"] and found["unit"].tolist() == ["deals"] * 2


def test_all_problems_come_at_once():
    table = facts(
        ("a", "upwards", 1.0, 0.0, 2.0, 1.0, 1.0), ("b", "lower", 5.0, 6.0, 7.0, 1.0, -2.0)
    )
    with pytest.raises(InputDataError) as caught:
        rank_deviations(table)
    text = str(caught.value)
    assert "direction must be one of higher, lower, band, norm; check a." in text
    assert "low must be at most value" in text and "money_per_unit must be at least 0" in text
    with pytest.raises(InputDataError, match=r"lacks the column\(s\) plan"):
        rank_deviations(table.drop(columns="plan"))
