"""Signs of gaming counted in the store: by hand, against pandas, planted and honest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client, store_of
from measure_oracle import local, sale_deals

from kpikit.kpis import gaming_counts
from kpikit.kpis.gaming_rows import DETECTORS
from kpikit.kpis.settle import settled

START = datetime(2025, 7, 1)
BY_SIGN = {detector.sign: detector for detector in DETECTORS}


def asked(store):
    return settled(store, replace(store.parameters, start=START, end=AS_OF))


def counts(store, sign: str) -> pd.DataFrame:
    return gaming_counts.rate_counts(store, BY_SIGN[sign], asked(store))


def found_in(tables) -> pd.DataFrame:
    store = store_of(tables)
    return gaming_counts.gaming_signs(store, asked(store), ZONE, np.random.default_rng(7))


def at(*texts: str | None) -> list[pd.Timestamp | None]:
    return [None if text is None else pd.Timestamp(text, tz=ZONE) for text in texts]


@pytest.fixture(scope="module", params=[1, 2])
def client(request):
    tables = make_client(request.param)
    return local(tables), store_of(tables)


def as_pairs(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[float, float]]:
    return {(r.rep_id, r.period): (float(r.n), float(r.hits)) for r in rows.itertuples()}


def grouped(rows: pd.DataFrame, day: pd.Series, hit: pd.Series) -> dict:
    table = rows.assign(period=day.dt.strftime("%Y-%m"), hit=hit.astype(float))
    sums = table.groupby(["rep_id", "period"])["hit"].agg(["size", "sum"])
    return {key: (float(n), float(hits)) for key, n, hits in sums.itertuples()}


# ---- against pandas -----------------------------------------------------------------------------


def done_by_hand(tables) -> pd.DataFrame:
    rows = tables["activities"]
    inside = (rows["started_at"] >= START) & (rows["started_at"] < AS_OF)
    return rows[inside & ~rows["is_automatic"].astype(bool) & rows["rep_id"].notna()]


def test_short_calls_are_those_of_pandas(client):
    tables, store = client
    rows = done_by_hand(tables)
    talked = rows[rows["kind"].eq("call") & rows["is_connected"].fillna(False).astype(bool)]
    want = grouped(talked, talked["started_at"], talked["duration_s"] < 20)
    assert as_pairs(counts(store, "short_calls")) == want


def test_late_meetings_are_those_of_pandas(client):
    tables, store = client
    rows = done_by_hand(tables)
    held = rows[rows["kind"].eq("meeting") & rows["is_completed"].astype(bool)]
    late = held["created_at"] - held["started_at"] > pd.Timedelta(hours=24)
    assert as_pairs(counts(store, "late_meetings")) == grouped(held, held["started_at"], late)


def test_month_ends_are_those_of_pandas(client):
    """Wins on free days have no place among the working days and are left out."""
    tables, store = client
    deals = sale_deals(tables)
    won = deals[deals["status"].eq("won") & deals["closed_at"].between(START, AS_OF)]
    days = won["closed_at"].dt.normalize()
    won, days = won[days.dt.day_of_week < 5], days[days.dt.day_of_week < 5]
    last = [
        day >= pd.bdate_range(day.replace(day=1), day + pd.offsets.MonthEnd(0))[-3] for day in days
    ]
    got = counts(store, "last_days")
    assert as_pairs(got) == grouped(won, days, pd.Series(last, index=won.index))
    june = got[got["period"] == "2026-06"]
    assert june["chance"].to_numpy() == pytest.approx(3 / 22)


def test_splits_are_those_of_pandas(client):
    tables, store = client
    deals = sale_deals(tables)
    won = deals[deals["status"].eq("won") & deals["closed_at"].between(START, AS_OF)]
    won = won[won["customer_id"].notna()].assign(day=won["closed_at"].dt.normalize())
    groups = won.groupby(["rep_id", "customer_id", "day"]).size().rename("n").reset_index()
    assert as_pairs(counts(store, "deal_splits")) == grouped(groups, groups["day"], groups["n"] > 1)


# ---- by hand ------------------------------------------------------------------------------------


def test_a_number_called_four_times_on_a_day():
    """Four calls to one number are one hit of two numbers; an incoming one does not count."""
    calls = pd.DataFrame(
        {
            "activity_id": list("abcdef"),
            "kind": "call",
            "direction": ["out"] * 5 + ["in"],
            "rep_id": "r1",
            "phone": ["+1"] * 4 + ["+2"] * 2,
            "started_at": at(*[f"2026-03-02 1{k}:00" for k in range(6)]),
        }
    )
    row = counts(store_of({"activities": calls}), "same_number").iloc[0]
    assert (row["n"], row["hits"], row["evidence"]) == (2, 1.0, ("a",))


def test_a_meeting_leaves_a_trace_when_the_deal_moves_or_the_customer_is_spoken_to():
    """
    m1: the deal moved 3 days later. m2: a call after 5 days. m3: a call after 15 days is too late.
    m4: a move at midnight of the same day counts. m5: too young to be judged.
    """
    met = pd.DataFrame(
        {
            "activity_id": ["m1", "m2", "m3", "m4", "m5", "c2", "c3"],
            "kind": ["meeting"] * 5 + ["call"] * 2,
            "rep_id": ["r1"] * 5 + ["r2"] * 2,
            "customer_id": ["k1", "k2", "k3", "k4", "k5", "k2", "k3"],
            "started_at": at(
                *["2026-02-02 10:00"] * 4, "2026-06-25 10:00", "2026-02-07", "2026-02-17 11:00"
            ),
            "is_completed": True,
            "is_connected": True,
            "duration_s": 600.0,
        }
    )
    deals = pd.DataFrame(
        {
            "deal_id": ["d1", "d4"],
            "customer_id": ["k1", "k4"],
            "status": "open",
            "created_at": at("2026-01-05", "2026-01-05"),
        }
    )
    moved = pd.DataFrame(
        {
            "event_id": ["e1", "e4"],
            "deal_id": ["d1", "d4"],
            "stage_id": "S2",
            "entered_at": at("2026-02-05", "2026-02-02"),
        }
    )
    store = store_of({"activities": met, "deals": deals, "stage_events": moved})
    row = counts(store, "meetings_without_trace").iloc[0]
    assert (row["rep_id"], row["n"], row["hits"], row["evidence"]) == ("r1", 4, 1.0, ("m3",))


def test_three_stages_in_a_minute_are_a_jump():
    """d1: S1, S2, WON within 40 s. d2: the same with a day between. d3: as d1 but set in bulk."""
    stages = pd.DataFrame(
        {"pipeline_id": "P", "stage_id": ["S1", "S2", "WON"], "stage_name": ["a", "b", "c"],
         "stage_order": [1, 2, 3], "semantic": ["open", "open", "won"], "pipeline_role": "sale"}
    )  # fmt: skip
    quick = ["2026-03-02 10:00:00", "2026-03-02 10:00:20", "2026-03-02 10:00:40"]
    slow = ["2026-03-01 10:00:00", "2026-03-02 10:00:20", "2026-03-02 10:00:40"]
    events = pd.DataFrame(
        {"deal_id": ["d1"] * 3 + ["d2"] * 3 + ["d3"] * 3, "pipeline_id": "P",
         "stage_id": ["S1", "S2", "WON"] * 3, "entered_at": at(*quick, *slow, *quick),
         "seq": [0, 1, 2] * 3, "is_bulk": [False] * 6 + [True] * 3}
    )  # fmt: skip
    deals = pd.DataFrame(
        {"deal_id": ["d1", "d2", "d3"], "pipeline_id": "P", "owner_id": "r1", "status": "won",
         "created_at": at(*["2026-03-01"] * 3), "closed_at": at(*["2026-03-02 10:00:40"] * 3)}
    )  # fmt: skip
    store = store_of({"deals": deals, "stages": stages, "stage_events": events})
    row = counts(store, "stage_jumps").iloc[0]
    assert (row["n"], row["hits"], row["evidence"]) == (2, 1.0, ("d1",))


def test_a_return_counts_when_it_comes_in_the_month_after_the_sale():
    """i1 of March came back in April, i2 of January only in March, i3 of June is too young."""
    invoices = pd.DataFrame(
        {
            "invoice_id": ["i1", "i2", "i3", "x1", "x2"],
            "doc_kind": ["invoice"] * 3 + ["return"] * 2,
            "customer_id": ["a", "b", "c", "a", "b"],
            "rep_id": "r1",
            "issued_on": pd.to_datetime(
                ["2026-03-10", "2026-01-20", "2026-06-05", "2026-04-02", "2026-03-15"]
            ),
            "amount_base": [100.0, 100.0, 100.0, -100.0, -100.0],
        }
    )
    rows = counts(store_of({"invoices": invoices}), "returned_next_period")
    assert as_pairs(rows) == {("r1", "2026-01"): (1.0, 0.0), ("r1", "2026-03"): (1.0, 1.0)}


def test_a_lost_deal_made_again_is_listed_with_both_ids():
    deals = pd.DataFrame(
        {
            "deal_id": ["d1", "d2", "d3"],
            "customer_id": ["k", "k", "q"],
            "owner_id": "r1",
            "status": ["lost", "open", "lost"],
            "created_at": at("2026-01-10", "2026-03-05", "2026-01-10"),
            "closed_at": at("2026-03-01", None, "2026-03-02"),
            "amount_base": 100.0,
        }
    )
    found = found_in({"deals": deals})
    row = found[found["sign"].eq("lost_and_recreated") & found["basis"].eq("record")].iloc[0]
    assert (row["verdict"], row["evidence"]) == ("to_check", ("d1", "d2"))
    rate = found[found["sign"].eq("lost_and_recreated") & found["basis"].eq("test")].iloc[0]
    assert (rate["n"], rate["observed"]) == (2.0, 1.0)


def test_a_plan_lowered_in_its_own_month_is_listed():
    plans = pd.DataFrame(
        {
            "plan_id": ["p1", "p2"],
            "scope": "rep",
            "scope_id": "r1",
            "metric": "revenue",
            "period_start_on": pd.Timestamp("2026-03-01"),
            "period_end_on": pd.Timestamp("2026-03-31"),
            "value": [100.0, 60.0],
            "approved_at": at("2026-02-20", "2026-03-11"),
        }
    )
    found = found_in({"plans": plans})
    row = found[found["sign"] == "retroactive_plan"].iloc[0]
    assert (row["reason"], row["n"], row["evidence"]) == ("lowered", 10.0, ("p2",))


# ---- what cannot be judged, what is planted, what is honest -------------------------------------


def test_what_the_tables_lack_is_said_and_never_clears_anybody():
    found = found_in({"customers": pd.DataFrame({"customer_id": ["c"]})})
    assert set(found["verdict"]) == {"cannot_judge"}
    reasons = found.drop_duplicates("sign").set_index("sign")["reason"]
    assert reasons["short_calls"] == "missing: activities"
    assert reasons["backdated_moves"] == "not_recorded"
    assert {"own_numbers", "pull_forward", "kpi_without_result"} <= set(reasons.index)


def test_planted_gaming_is_found_through_the_store():
    """r1 fills up with calls of 5 s, r2 enters the meetings of a week at once, r3 splits a deal."""
    tables = make_client(3, n_deals=300)
    done = tables["activities"].copy()
    rng = np.random.default_rng(5)
    call = done["kind"].eq("call")
    done.loc[call & done["rep_id"].eq("r1"), "is_connected"] = True
    padded = call & done["rep_id"].eq("r1") & (rng.random(len(done)) < 0.7)
    done.loc[padded, "duration_s"] = 5.0
    meeting = done["kind"].eq("meeting")
    done.loc[meeting, "created_at"] = done["started_at"] + pd.Timedelta(hours=1)
    done.loc[meeting & done["rep_id"].eq("r2"), "created_at"] = done["started_at"] + pd.Timedelta(
        days=6
    )
    deals = tables["deals"].copy()
    parts = deals.index[deals["status"].eq("won") & deals["pipeline_id"].eq("P1")][:3]
    deals.loc[parts, ["is_test", "is_duplicate"]] = False
    deals.loc[parts, ["owner_id", "customer_id"]] = ["r3", "c1"]
    deals.loc[parts, "closed_at"] = pd.Timestamp("2026-03-10 10:00", tz=ZONE)
    found = found_in({**tables, "activities": done, "deals": deals})
    flagged = found[found["verdict"] == "flagged"]
    assert {("short_calls", "r1"), ("late_meetings", "r2")} <= set(
        zip(flagged["sign"], flagged["rep_id"], strict=True)
    )
    split = found[found["sign"].eq("deal_splits") & found["verdict"].eq("to_check")]
    assert split["rep_id"].tolist() == ["r3"]
    assert set(split["evidence"].iloc[0]) == set(deals.loc[parts, "deal_id"])


@pytest.mark.slow
def test_an_honest_client_is_flagged_no_more_often_than_stated():
    """Eight clients without gaming: 5 % of the families may hold a false flag, so at most two."""
    dirty = 0
    for seed in range(11, 19):
        found = found_in(make_client(seed, n_deals=250))
        assert (found["verdict"] != "cannot_judge").sum() > 40
        dirty += found["verdict"].eq("flagged").any()
    assert dirty <= 2
