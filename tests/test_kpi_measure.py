"""`measure` and `measure_many`: what they refuse and why, and that sums stay sums."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client, store_of
from measure_oracle import local, sale_deals

from kpikit.errors import InputDataError
from kpikit.kpis.measuring import RESULT_COLUMNS, expression, measure, measure_many
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store

MANY = ["K01", "K19", "K39", "K42", "K43", "K45", "K52", "K53", "K58", "K60"]


def deals(*rows: tuple[str, str, str, str | None, float | None]) -> pd.DataFrame:
    """deal, owner, status, day it was closed (created on 1 May), amount."""
    table = pd.DataFrame(rows, columns=["deal_id", "owner_id", "status", "closed_at",
                                        "amount_base"])  # fmt: skip
    table["closed_at"] = pd.to_datetime(table["closed_at"], format="ISO8601").dt.tz_localize(ZONE)
    return table.assign(created_at=pd.Timestamp("2026-05-01", tz=ZONE))


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return make_client(3)


@pytest.fixture(scope="module")
def store(tables: dict[str, pd.DataFrame]) -> Store:
    return store_of(tables)


# ---- questions that cannot be asked -----------------------------------------------------------


def test_an_unknown_kpi_is_refused_with_the_place_to_look(store: Store):
    with pytest.raises(InputDataError, match=r"There is no KPI 'K99'; `kpikit kpis` lists them"):
        measure(store, "K99")


def test_an_unknown_dimension_is_refused_with_the_known_ones(store: Store):
    with pytest.raises(InputDataError, match="by: colour is not a dimension; they are rep, "):
        measure(store, "K01", ["colour"])


def test_two_grains_of_time_are_refused(store: Store):
    with pytest.raises(InputDataError, match="one grain of time, not month and year"):
        measure(store, "K01", ["month", "year"])


def test_a_dimension_that_the_rows_do_not_have_is_refused_with_those_they_have(store: Store):
    with pytest.raises(InputDataError, match=r"K54 cannot be split by rep; its rows have role\."):
        measure(store, "K54", ["rep"])


def test_an_unknown_parameter_is_refused_with_the_known_ones(store: Store):
    with pytest.raises(InputDataError, match="windows: not a parameter of the KPIs; they are "):
        measure(store, "K01", windows=3)


# ---- questions the data cannot answer ---------------------------------------------------------


def test_a_missing_table_and_a_column_never_filled_are_named():
    """No amount in any deal, then no deals at all."""
    bare = store_of({"deals": deals(("d1", "r1", "won", "2026-05-20", None))})
    found = measure(bare, "K01").iloc[0]
    assert found["status"] == "not_computable"
    assert found["reason"] == "missing: deals.amount_base"
    assert np.isnan(found["value"])
    found = measure(bare, "K52", ["rep"]).iloc[0]
    assert (found["status"], found["reason"]) == ("not_computable", "missing: activities")
    assert list(measure(bare, "K52", ["rep"]).columns) == ["kpi", "part", "rep", *RESULT_COLUMNS]


def test_growth_without_a_period_asks_for_one(store: Store):
    found = measure(store, "K06").iloc[0]
    assert found["status"] == "not_computable"
    assert found["reason"].endswith("compares periods: add month, quarter or year")


def test_a_period_without_events_has_no_share_and_is_not_zero(store: Store):
    """Before the first deal nothing was won and nothing was lost: no rate, but a count of 0."""
    early = {"start": datetime(2020, 1, 1), "end": datetime(2020, 2, 1)}
    found = measure(store, "K42", **early)
    rate = found[found["part"] == "win_rate"].iloc[0]
    assert (rate["status"], rate["reason"]) == ("not_computable", "nothing to divide by")
    assert np.isnan(rate["value"])
    assert measure(store, "K43", **early)["value"].tolist() == [0.0]


def test_a_duration_of_which_less_than_half_is_over_has_no_median():
    rows = deals(
        ("d1", "r1", "won", "2026-05-20", 1.0),
        *[(f"o{i}", "r1", "open", None, 1.0) for i in range(3)],
    )
    found = measure(store_of({"deals": rows}), "K45", ["rep"])
    found = found[found["part"] == "clock"].iloc[0]
    assert found["status"] == "not_computable"
    assert found["reason"] == "fewer than half of the rows have ended"
    assert (found["n"], found["n_censored"]) == (4, 3)


def test_a_column_filled_in_part_makes_the_kpi_weaker_and_says_by_how_much():
    """One of two deals has a status, and a status is what the count rests on."""
    rows = deals(("d1", "r1", "won", "2026-05-20", 1.0), ("d2", "r1", None, None, 1.0))
    found = measure(store_of({"deals": rows}), "K43").iloc[0]
    assert (found["value"], found["status"]) == (1.0, "degraded")
    assert found["reason"] == "partly filled: deals.status 50%"


def test_an_open_deal_has_no_close_and_that_is_no_gap():
    rows = deals(("d1", "r1", "won", "2026-05-20", 1.0), ("d2", "r1", "open", None, 1.0))
    assert measure(store_of({"deals": rows}), "K43")["status"].tolist() == ["ok"]


# ---- sums stay sums ---------------------------------------------------------------------------


@pytest.mark.parametrize("by", ([], ["rep"], ["quarter"]))
def test_several_kpis_in_one_scan_are_those_asked_one_by_one(store: Store, by: list[str]):
    chosen = [kpi for kpi in MANY if not (by == ["rep"] and kpi == "K58")]
    together = measure_many(store, chosen, by)
    single = pd.concat([measure(store, kpi, by) for kpi in chosen], ignore_index=True)
    keys = ["kpi", "part", *by]
    pd.testing.assert_frame_equal(
        together.sort_values(keys, ignore_index=True), single.sort_values(keys, ignore_index=True)
    )
    assert list(dict.fromkeys(together["kpi"])) == chosen


@pytest.mark.parametrize("by", (["rep"], ["segment"], ["month"], ["rep", "segment", "month"]))
@pytest.mark.parametrize("kpi", ("K19", "K39", "K42", "K60"))
def test_numerators_and_denominators_of_the_groups_add_up_to_the_whole(
    store: Store, kpi: str, by: list[str]
):
    """Nobody is lost and nobody is counted twice, those without a segment included."""
    if kpi == "K60":
        by = ["kpi" if name == "segment" else name for name in by]
    whole = measure(store, kpi).set_index("part")
    groups = measure(store, kpi, by).groupby("part")[["n", "numerator", "denominator"]].sum()
    for part in groups.index:
        for column in groups:
            assert groups.loc[part, column] == pytest.approx(whole.loc[part, column], rel=1e-9)


@pytest.mark.parametrize("kpi", ("K01", "K43", "K52"))
def test_counts_and_totals_of_the_groups_add_up_to_the_whole(store: Store, kpi: str):
    whole = measure(store, kpi).set_index("part")["value"]
    for by in (["rep"], ["rep", "month"], ["quarter"]):
        groups = measure(store, kpi, by).groupby("part")["value"].sum()
        np.testing.assert_allclose(groups, whole[groups.index], rtol=1e-9)


def test_the_check_of_a_team_is_sum_over_sum_and_not_the_mean_of_its_reps():
    """T20: 100 x 1 deal and 10 x 9 deals: 190 / 10 = 19; the mean of the two checks is 55."""
    rows = deals(
        ("a0", "r1", "won", "2026-05-20", 100.0),
        *[(f"b{i}", "r2", "won", "2026-05-20", 10.0) for i in range(9)],
    )
    reps = pd.DataFrame({"rep_id": ["r1", "r2"], "team": ["north", "north"]})
    store = store_of({"deals": rows, "reps": reps})
    team = measure(store, "K19", ["team"]).iloc[0]
    assert (team["team"], team["value"]) == ("north", 19.0)
    assert team["value"] != measure(store, "K19", ["rep"])["value"].mean() == 55.0


def test_won_over_lost_of_a_team_is_sum_over_sum(store: Store, tables: dict[str, pd.DataFrame]):
    """T20 on the made-up client, counted again in pandas."""
    found = measure(store, "K42", ["team"])
    closed = sale_deals(local(tables)).merge(tables["reps"][["rep_id", "team"]], on="rep_id")
    closed = closed[closed["status"].isin(["won", "lost"]) & closed["closed_at"].le(AS_OF)]
    counts = closed.groupby("team")["status"].value_counts().unstack()
    got = found[found["part"] == ""].set_index("team")["value"]
    np.testing.assert_allclose(got, (counts["won"] / counts["lost"])[got.index], rtol=1e-12)
    reps = measure(store, "K42", ["team", "rep"])
    means = reps[reps["part"] == ""].groupby("team")["value"].mean()
    assert (got - means[got.index]).abs().min() > 1e-6


def test_a_span_counts_its_first_moment_and_not_its_last():
    """Won at midnight of 1 May, 31 May and 1 June: May has two, June one."""
    rows = deals(
        ("d1", "r1", "won", "2026-05-01", 1.0),
        ("d2", "r1", "won", "2026-05-31 23:59:59", 1.0),
        ("d3", "r1", "won", "2026-06-01", 1.0),
    )
    store = store_of({"deals": rows})
    may = {"start": datetime(2026, 5, 1), "end": datetime(2026, 6, 1)}
    assert measure(store, "K43", **may)["value"].tolist() == [2.0]
    assert measure(store, "K43", ["month"])["value"].tolist() == [2.0, 1.0]


def test_nothing_after_the_as_of_instant_is_counted():
    """Won on 20 May and on 20 June; asked as of 1 June the second is not known yet."""
    rows = deals(("d1", "r1", "won", "2026-05-20", 1.0), ("d2", "r1", "won", "2026-06-20", 1.0))
    store = store_of({"deals": rows})
    assert measure(store, "K43")["value"].tolist() == [2.0]
    assert measure(store, "K43", as_of=datetime(2026, 6, 1))["value"].tolist() == [1.0]


def test_the_level_of_the_interval_is_the_one_asked_for(store: Store):
    """A wider promise is a wider interval around the same value."""
    narrow, wide = measure(store, "K39", level=0.5).iloc[0], measure(store, "K39").iloc[0]
    assert narrow["value"] == wide["value"]
    assert wide["low"] < narrow["low"] < narrow["value"] < narrow["high"] < wide["high"]
    assert (narrow["level"], wide["level"]) == (0.5, 0.9)


def test_groups_of_a_kpi_without_rows_are_left_out_in_a_shared_scan():
    """r2 dialled and never talked: a line of dials and none of talks, as when asked alone."""
    calls = pd.DataFrame(
        {"kind": "call", "rep_id": ["r1", "r2"], "is_connected": [True, False],
         "started_at": pd.Timestamp("2026-05-20 10:00", tz=ZONE), "duration_s": [60.0, 0.0]}
    )  # fmt: skip
    found = measure(store_of({"activities": calls}), "K52", ["rep"])
    assert found.loc[found["part"].eq("dials"), "rep"].tolist() == ["r1", "r2"]
    assert found.loc[found["part"].eq(""), "rep"].tolist() == ["r1"]


def test_the_query_of_a_kpi_can_be_had_without_a_store():
    query = expression("K43", ["rep", "month"], Parameters(as_of=AS_OF))
    assert set(query.columns) >= {"by_rep", "by_period"}


def test_the_names_of_the_package_are_never_hidden_by_a_module():
    """``kpis.measure`` stays a function after every module of the package was imported."""
    import importlib
    import pkgutil

    from kpikit import kpis

    for module in pkgutil.iter_modules(kpis.__path__):
        importlib.import_module(f"kpikit.kpis.{module.name}")
    assert all(callable(getattr(kpis, name)) for name in kpis.__all__)
