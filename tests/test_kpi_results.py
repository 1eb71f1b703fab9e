"""Level, dynamics and plan of all KPIs, from hand-made months and the made client."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client, store_of

from kpikit.kpi_results import _level, _priced, control_charts, kpi_results, plan_and_fact
from kpikit.kpis.measuring import measure, measure_many

SPAN = {"start": datetime(2025, 7, 1), "end": AS_OF}
END = pd.Timestamp("2026-07-01")
NO_DAYS = pd.Series(dtype="float64")


def months(values, law, *, first="2025-07-01", n=None) -> pd.DataFrame:
    """Rows of a measure by month; a month whose value is None has no row."""
    table = pd.DataFrame(
        {
            "kpi": "K00",
            "part": "",
            "month": pd.date_range(first, periods=len(values), freq="MS"),
            "value": values,
            "law": law,
        }
    )
    table["denominator"] = np.nan if n is None else n
    table["numerator"] = table["value"] * table["denominator"]
    return table[table["value"].notna()].reset_index(drop=True)


@pytest.fixture(scope="module")
def store():
    return store_of(make_client(1, n_deals=200))


def test_limits_of_a_level_are_the_mean_and_its_moving_range():
    """By hand: 10 and 12 in turn, mean 11, moving range 2: 11 -+ 2.66 * 2 = 5.68 and 16.32."""
    points, signals = control_charts(months([10.0, 12.0] * 6, "mean"), NO_DAYS, END)
    assert points["centre"].to_numpy() == pytest.approx(11.0)
    assert points["lower"].to_numpy() == pytest.approx(5.68)
    assert points["upper"].to_numpy() == pytest.approx(16.32)
    assert signals.empty


def test_limits_of_a_share_follow_the_number_of_deals():
    """50 % of 100, and of 10 in the last month: it may swing further there."""
    n = np.array([100.0] * 11 + [10.0])
    table = months([0.5, 0.52] * 5 + [0.5, 0.5], "share", n=n)
    points, _signals = control_charts(table, NO_DAYS, END)
    reach = points["upper"] - points["centre"]
    assert reach.iloc[-1] > 2 * reach.iloc[0]


def test_the_running_month_is_left_out():
    """A month that is half over would always look like a fall."""
    table = months([10.0, 12.0] * 6 + [1.0], "mean")
    points, signals = control_charts(table, NO_DAYS, END)
    assert points["month"].max() == pd.Timestamp("2026-06-01")
    assert signals.empty


def test_a_month_without_a_row_is_nothing_sold_but_no_mean():
    values = [10.0, 12.0, None, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0, 11.0, 10.0, 12.0]
    march = pd.Timestamp("2025-09-01")
    for law, want in (("total", 0.0), ("mean", np.nan)):
        points, _signals = control_charts(months(values, law), NO_DAYS, END)
        value = points.set_index("month").loc[march, "value"]
        assert value == pytest.approx(want, nan_ok=True)
        assert len(points) == 12


def test_limits_of_a_count_follow_the_working_days():
    """10 a day throughout: half the days, half the limit line, and no signal."""
    days = pd.Series([20.0] * 11 + [10.0], index=pd.date_range("2025-07-01", periods=12, freq="MS"))
    points, signals = control_charts(months([200.0] * 11 + [100.0], "count"), days, END)
    assert points["centre"].tolist() == pytest.approx([200.0] * 11 + [100.0])
    assert signals.empty


def test_a_month_far_outside_is_a_signal():
    points, signals = control_charts(months([10.0, 12.0] * 5 + [11.0, 60.0], "mean"), NO_DAYS, END)
    last = signals[signals["index"] == pd.Timestamp("2026-06-01")]
    assert last["rule"].tolist() == ["beyond_limits"]
    assert last["side"].tolist() == ["above"]
    assert points["signal"].iloc[-1] == "beyond_limits"


def test_too_few_months_have_no_limits_but_a_reason():
    points, signals = control_charts(months([1.0] * 3, "mean", first="2026-04-01"), NO_DAYS, END)
    assert points["centre"].isna().all()
    assert "3 points are known" in points["reason"].iloc[0]
    assert signals.empty


def test_no_months_no_charts():
    points, signals = control_charts(months([], "mean"), NO_DAYS, END)
    assert points.empty
    assert signals.empty


def test_the_level_falls_back_to_the_whole_history():
    """One lead, created before the year and won: K39 of the year has no case, all of history 1."""
    deals = pd.DataFrame(
        {
            "deal_id": ["d1"],
            "status": ["won"],
            "created_at": [pd.Timestamp("2025-01-10", tz="UTC")],
            "closed_at": [pd.Timestamp("2025-02-10", tz="UTC")],
        }
    )
    level = _level(store_of({"deals": deals}), ["K39", "K03"], SPAN).set_index("kpi")
    assert (level.loc["K39", "covers"], level.loc["K39", "value"]) == ("all", 1.0)
    assert level.loc["K03", "covers"] == "year"
    assert level.loc["K03", "reason"].startswith("missing: ")


def test_money_attainment_by_month_is_that_of_the_kpi(store):
    """K04 of each rep is worth its plan; fact is attainment times plan."""
    table = measure_many(store, ["K04"], ["month"])
    deviations, by_month = plan_and_fact(store, table, pd.DataFrame(), SPAN)
    want = measure(store, "K04", ["month"], **SPAN)
    assert by_month["value"].tolist() == pytest.approx(want["value"].tolist())
    assert (by_month["fact"] / by_month["plan"]).tolist() == pytest.approx(want["value"].tolist())
    assert by_month["plan"].to_numpy() == pytest.approx(1_200_000.0)
    whole = deviations[deviations["rep_id"].isna()].iloc[0]
    assert whole["money"] == pytest.approx(by_month["fact"].sum() - by_month["plan"].sum())
    assert set(deviations["rep_id"].dropna()) == {f"r{k}" for k in range(1, 7)}


def test_plan_and_fact_without_plans_is_empty():
    deals = pd.DataFrame({"deal_id": ["d1"], "status": ["open"]})
    bare = store_of({"deals": deals})
    deviations, by_month = plan_and_fact(
        bare, measure_many(bare, ["K04"], ["month"]), pd.DataFrame(), SPAN
    )
    assert deviations.empty
    assert by_month.empty


def test_a_won_deal_without_an_amount_is_not_worth_nothing():
    """Ten deals, four won, one of these without an amount: nine are compared in money."""
    cells = pd.DataFrame({"rep_id": ["r1"], "n": [10.0], "won": [4.0], "without_amount": [1.0]})
    assert _priced(cells)["n"].tolist() == [9.0]


@pytest.mark.slow
def test_the_made_client_end_to_end(store):
    found = kpi_results(store, ZONE, np.random.default_rng(1))
    assert (found.start, found.end) == (SPAN["start"], SPAN["end"])
    assert set(found.level["kpi"]) >= {f"K{k:02d}" for k in range(1, 69)}
    assert found.charts["month"].max() < END
    assert found.wins_index is not None
    assert set(found.shifts) == {"segment", "source", "rep"}
    for table in (found.cohorts, found.sources, found.ageing, found.receivables,
                  found.time_budget, found.gaming, found.plan_months):  # fmt: skip
        assert len(table)
