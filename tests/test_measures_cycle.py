"""
K45 to K47: worked examples by hand, and a second computation in pandas on a made-up client.

The calendar of the examples has 8 h of work from Monday to Friday; 2026-01-05 is a Monday.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from measure_oracle import (
    DEAL,
    STAGES,
    TALK,
    calendar,
    events,
    frame,
    grouped,
    kaplan_meier,
    local,
    sale_deals,
    same,
    talks,
    values,
)

from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

BYS = ((), ("segment", "quarter"))


@pytest.fixture(scope="module", params=(1, 2))
def client(request) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), local(tables)


# ---- time -------------------------------------------------------------------------------------


def cycle_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        (*DEAL, "deal_kind"),
        ("d1", "c1", "won", "2026-01-05 09:00", "2026-01-09 17:00", "new"),
        ("d2", "c2", "lost", "2026-01-09 13:00", "2026-01-12 13:00", "new"),
        ("d3", "c3", "won", "2026-01-05 09:00", "2026-01-23 17:00", "new"),
        ("d4", "c4", "open", "2026-06-29 09:00", None, "new"),
        ("d5", "c5", "won", "2026-01-06 09:00", "2026-01-05 09:00", "new"),
        ("d6", "c6", "lost", "2026-01-06 09:00", None, "new"),
    )
    contacts = frame(
        TALK,
        ("a1", "meeting", None, "d1", "2026-01-07 09:00"),
        ("a2", "meeting", None, "d1", "2026-01-08 09:00"),
        ("a3", "meeting", None, "d3", "2026-01-12 09:00"),
        ("a4", "meeting", "c2", None, "2026-01-09 13:00"),
    )
    return {"deals": deals, "activities": contacts, "calendar": calendar()}


def test_k45_runs_on_working_time_and_counts_what_has_no_length():
    """
    By hand in working days of 8 h: d1 5, d2 Friday 13:00 to Monday 13:00 1, d3 15, d4 open 2.
    Survival after 1 day 3/4, after 5 days 3/4 x 1/2 = 3/8: the median is 5. On the clock d1 takes
    4 1/3 days, d2 3, d3 18 1/3, d4 1 5/8 open: 2/3 after 3, 1/3 after 4 1/3. d5 ends before it
    begins, d6 ends on an unknown day.
    """
    found = measure(store_of(cycle_tables()), "K45").set_index("part")
    assert found.loc["", "value"] == pytest.approx(5.0)
    assert found.loc["", "unit"] == "working_days"
    assert (found.loc["", "n"], found.loc["", "n_censored"]) == (4, 1)
    assert found.loc["", "mean_over"] == pytest.approx((5 + 1 + 15) / 3)
    assert found.loc["clock", "value"] == pytest.approx(4 + 1 / 3)
    assert found.loc["left_out", "value"] == 2


def test_k45_from_the_first_contact():
    """
    By hand: d1 from Wednesday morning 3 working days, d3 from the 12th 10 days; d2 has no contact
    of its own. Of two the median is the first: 3. Four deals are left out.
    """
    store = store_of(cycle_tables())
    beside = values(measure(store, "K45"))
    found = values(measure(store, "K45", cycle_start="first_contact"))
    assert found[""] == beside["first_contact"] == pytest.approx(3.0)
    assert found["created"] == beside[""]
    assert found["left_out"] == 4


def test_k45_without_working_time_says_so():
    """By hand: the clock's median, 4 1/3 days, under the name of the KPI but in days."""
    tables = cycle_tables()
    tables["calendar"] = tables["calendar"].assign(
        work_s=np.nan, start_s=np.nan, end_s=np.nan, before_s=np.nan
    )
    found = measure(store_of(tables), "K45").set_index("part")
    assert found.loc["", "value"] == pytest.approx(4 + 1 / 3)
    assert found.loc["", "unit"] == "days"
    assert found.loc["", "status"] == "degraded"
    tables.pop("calendar")
    assert values(measure(store_of(tables), "K45"))[""] == pytest.approx(4 + 1 / 3)


def test_k45_dates_without_an_hour_on_one_day_are_no_error():
    """By hand: created at noon, closed on the date of that day (midnight): no time, not minus."""
    deals = frame(DEAL, ("d", "c", "won", "2026-01-05 12:00", "2026-01-05"))
    found = values(measure(store_of({"deals": deals, "calendar": calendar()}), "K45"))
    assert found[""] == 0.0 and found["left_out"] == 0


def test_k46_first_contact_to_first_payment():
    """
    By hand: c1 pays on Friday 9 January 0:00, spoken to on Wednesday 9:00: 2 working days. c2 is
    lost on Monday 12 January: unfinished after 1. c3 pays on the 26th, from the 12th: 10 days.
    Survival after 2 days 1/2: the median is 2. The refund of c1 before is no payment.
    """
    tables = cycle_tables() | {
        "payments": pd.DataFrame(
            {"payment_id": ["p1", "p2", "p3", "p4"], "customer_id": ["c1", "c1", "c1", "c3"],
             "paid_on": pd.to_datetime(["2026-01-08", "2026-01-09", "2026-03-01", "2026-01-26"]),
             "amount_base": [50.0, 10.0, 10.0, 10.0], "is_refund": [True, False, False, False]}
        )
    }  # fmt: skip
    found = measure(store_of(tables), "K46").set_index("part")
    assert found.loc["", "value"] == pytest.approx(2.0)
    assert (found.loc["", "n"], found.loc["", "n_censored"]) == (3, 1)
    assert found.loc["", "mean_over"] == pytest.approx((2 + 10) / 2)


def test_k46_without_payments_ends_with_the_first_won_deal():
    """By hand: c1 from Wednesday 9:00 to Friday 17:00, 3 days; c3 10 days; c2 lost after 1."""
    found = measure(store_of(cycle_tables()), "K46").set_index("part")
    assert found.loc["", "value"] == pytest.approx(3.0)
    assert found.loc["", "status"] == "degraded"


def test_k47_offer_to_contract_with_losses_unfinished():
    """
    By hand: d1 offer Monday 5, contract Wednesday 7 January (9:00 each): 2 days. d2 lost 1 day
    after the offer: unfinished. d3 won 5 days after the offer without a contract stage. d4 open.
    At risk at 2 days: d1, d3, d4: 2/3; at 5 days d3, d4: 1/3: the median is 5.
    """
    deals = frame(
        DEAL,
        ("d1", "c1", "won", "2026-01-01", "2026-02-02"),
        ("d2", "c2", "lost", "2026-01-01", "2026-01-06 09:00"),
        ("d3", "c3", "won", "2026-01-01", "2026-01-12 09:00"),
        ("d4", "c4", "open", "2026-01-01", None),
    ).assign(pipeline_id="P")
    history = events(
        ("d1", "2", "2026-01-05 09:00"), ("d1", "3", "2026-01-07 09:00"),
        ("d1", "2", "2026-01-08 09:00"), ("d1", "3", "2026-01-30 09:00"),
        ("d2", "2", "2026-01-05 09:00"), ("d3", "2", "2026-01-05 09:00"),
        ("d4", "2", "2026-01-05 09:00"),
    )  # fmt: skip
    tables = {"deals": deals, "stages": STAGES, "stage_events": history, "calendar": calendar()}
    found = measure(store_of(tables), "K47").set_index("part")
    assert found.loc["", "value"] == pytest.approx(5.0)
    assert (found.loc["", "n"], found.loc["", "n_censored"]) == (4, 2)
    assert found.loc["clock", "value"] == pytest.approx(7.0)


def working(t: dict[str, pd.DataFrame], moments: pd.Series) -> pd.Series:
    """Working seconds from the start of the calendar: 8 h spread over 9 to 18 on weekdays."""
    days = t["calendar"].set_index("date")
    midnight = moments.dt.normalize()
    share = ((moments - midnight).dt.total_seconds() - 9 * 3600).clip(0, 9 * 3600) / (9 * 3600)
    return midnight.map(days["before_s"]) + share * midnight.map(days["work_s"])


def timed(t: dict[str, pd.DataFrame], rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Cases of both clocks; rows that end before they begin have no length."""
    rows = rows.dropna(subset=["begun", "until"])
    until = rows["until"].where(
        rows["until"].dt.date != rows["begun"].dt.date, rows[["until", "begun"]].max(axis=1)
    )
    clock = (until - rows["begun"]).dt.total_seconds()
    work = working(t, until) - working(t, rows["begun"])
    return {"": rows.assign(length=work.where(clock >= 0)), "clock": rows.assign(length=clock)}


def same_durations(found, t, rows, by, parts=("", "clock"), name=""):
    for part, cases in timed(t, rows).items():
        if part in parts:
            want = grouped(cases[cases["length"] >= 0], by, kaplan_meier)
            want["value"] /= 8 * 3600 if part == "" else 86400
            same(found, name or part, want, by)


@pytest.mark.parametrize("by", BYS)
def test_k45_again_in_pandas(client, by):
    store, t = client
    deals = sale_deals(t)
    rows = deals.assign(at=deals["created_at"], begun=deals["created_at"],
                        over=deals["status"].ne("open"),
                        until=deals["closed_at"].fillna(AS_OF))  # fmt: skip
    found = measure(store, "K45", by)
    same_durations(found, t, rows, by)
    first = talks(t).dropna(subset=["deal_id"]).groupby("deal_id")["at"].min()
    spoken = rows.assign(begun=rows["deal_id"].map(first))
    same_durations(found, t, spoken, by, parts=("",), name="first_contact")


@pytest.mark.parametrize("by", BYS)
def test_k46_again_in_pandas(client, by):
    store, t = client
    deals = sale_deals(t).dropna(subset=["customer_id"])
    first = deals.sort_values(["created_at", "deal_id"]).drop_duplicates("customer_id")
    first = first[first["deal_kind"].fillna("new") == "new"]
    spoken = talks(t).dropna(subset=["customer_id"]).groupby("customer_id")["at"].min()
    pays = t["payments"]
    pays = pays[~pays["is_refund"].fillna(False).astype(bool) & (pays["amount_base"] > 0)]
    paid = pays[pays["paid_on"] <= AS_OF].groupby("customer_id")["paid_on"].min()
    alive = deals[deals["status"].ne("lost")]["customer_id"].unique()
    lost = deals[deals["status"].eq("lost")].groupby("customer_id")["closed_at"].max()
    who = first["customer_id"]
    rows = first.assign(begun=who.map(spoken), at=who.map(spoken), over=who.isin(paid.index))
    watched = pd.Series(pd.Timestamp(AS_OF), index=rows.index).where(who.isin(alive), who.map(lost))
    rows["until"] = who.map(paid).where(rows["over"], watched)
    same_durations(measure(store, "K46", by), t, rows, by)


@pytest.mark.parametrize("by", BYS)
def test_k47_again_in_pandas(client, by):
    store, t = client
    deals = sale_deals(t).set_index("deal_id")
    cases = []
    for deal_id, own in t["stage_events"].groupby("deal_id"):
        offer = own.loc[own["stage_id"].eq("S2"), "entered_at"].min()
        if deal_id not in deals.index or pd.isna(offer):
            continue
        deal = deals.loc[deal_id]
        signed = own.loc[own["stage_id"].isin(["S3", "WON"]), "entered_at"].min()
        end = deal["closed_at"] if deal["status"] == "lost" else pd.Timestamp(AS_OF)
        cases.append({**deal, "at": offer, "begun": offer, "over": pd.notna(signed),
                      "until": signed if pd.notna(signed) else end})  # fmt: skip
    same_durations(measure(store, "K47", by), t, pd.DataFrame(cases), by)
