"""The small tables of the results chapter: by hand, and a second time in pandas."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from measure_oracle import local, sale_deals

from kpikit.errors import InputDataError
from kpikit.kpis import extracts
from kpikit.kpis.measuring import measure
from kpikit.kpis.settle import settled

START = datetime(2025, 7, 1)


def asked(store, start=START, end=AS_OF):
    return settled(store, replace(store.parameters, start=start, end=end))


@pytest.fixture(scope="module", params=[1, 2])
def client(request):
    tables = make_client(request.param)
    store = store_of(tables)
    return local(tables), store, asked(store)


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


# ---- deals --------------------------------------------------------------------------------------


def test_a_rep_has_one_cell_for_each_kind_of_deal():
    """By hand: r1 finished two A/site deals, one won for 30 and one lost; r2 won one unpriced."""
    deals = pd.DataFrame(
        {
            "deal_id": ["d1", "d2", "d3", "d4"],
            "owner_id": ["r1", "r1", "r2", "r2"],
            "status": ["won", "lost", "won", "open"],
            "closed_at": [day("2026-02-01"), day("2026-02-02"), day("2026-03-01"), None],
            "created_at": day("2026-01-01"),
            "segment": "A",
            "source": "site",
            "amount_base": [30.0, 70.0, np.nan, 10.0],
        }
    )
    store = store_of({"deals": deals})
    cells = extracts.rep_cells(store, asked(store))
    assert cells.to_dict("records") == [
        {"rep_id": "r1", "segment": "A", "source": "site", "n": 2.0, "won": 1.0,
         "without_amount": 0.0, "amount": 30.0, "amount_squares": 900.0},
        {"rep_id": "r2", "segment": "A", "source": "site", "n": 1.0, "won": 1.0,
         "without_amount": 1.0, "amount": 0.0, "amount_squares": 0.0},
    ]  # fmt: skip


def test_cells_of_the_made_client_are_those_of_pandas(client):
    tables, store, p = client
    deals = sale_deals(tables)
    done = deals[
        deals["status"].isin(["won", "lost"])
        & (deals["closed_at"] >= p.start)
        & (deals["closed_at"] < p.end)
    ]
    for by in (["segment", "source"], ["deal_kind"]):
        cells = extracts.rep_cells(store, p, by).set_index(["rep_id", *by])
        want = done.assign(
            won=done["status"].eq("won").astype(float),
            amount=done["amount_base"].where(done["status"].eq("won")).fillna(0.0),
        )
        want["amount_squares"] = want["amount"] ** 2
        sums = want.groupby(["rep_id", *by], dropna=False)
        want = sums[["won", "amount", "amount_squares"]].sum().assign(n=sums.size())
        got = cells.sort_index()[list(want)].reset_index(drop=True).astype(float)
        want = want.sort_index().reset_index(drop=True).astype(float)
        pd.testing.assert_frame_equal(got, want, rtol=1e-9)


def test_deals_have_no_colour(client):
    _tables, store, p = client
    with pytest.raises(InputDataError, match="the deals have no colour"):
        extracts.rep_cells(store, p, ["colour"])


def test_a_cohort_shows_no_age_that_some_of_its_deals_have_not_reached():
    """
    By hand, as of 2026-07-01: of two deals of April one is won after 10 days. Created on 1 (at
    midnight in Moscow) and 20 April, both are 2 months old; only the first
    is 3 months old, so that age is null.
    """
    deals = pd.DataFrame(
        {
            "deal_id": ["d1", "d2"],
            "status": ["won", "open"],
            "created_at": [day("2026-03-31 21:00"), day("2026-04-20")],
            "closed_at": [day("2026-04-11"), None],
        }
    )
    store = store_of({"deals": deals})
    found = extracts.cohorts(store, asked(store))
    assert found["age_months"].tolist() == [1, 2]
    assert found["won_by_age"].tolist() == [0.5, 0.5]
    more = pd.DataFrame(
        {
            "deal_id": ["d3"],
            "status": ["open"],
            "created_at": [day("2026-03-05")],
            "closed_at": None,
        }
    )
    store = store_of({"deals": pd.concat([deals, more])})
    found = extracts.cohorts(store, asked(store))
    april = found[found["cohort"] == pd.Timestamp("2026-04-01")].set_index("age_months")
    assert np.isnan(april.loc[3, "won_by_age"])
    assert april.loc[3, "n_old_enough"] == 1


def test_cohorts_of_the_made_client_are_those_of_pandas(client):
    tables, store, p = client
    deals = sale_deals(tables)
    deals = deals[deals["deal_kind"].eq("new") & (deals["created_at"] < p.end)].assign(
        cohort=lambda t: t["created_at"].dt.to_period("M").dt.start_time
    )
    found = extracts.cohorts(store, p)
    assert len(found) > 50
    for row in found[found["age_months"].isin([1, 2, 5, 12])].itertuples():
        own = deals[deals["cohort"] == row.cohort]
        reached = own["created_at"] + pd.DateOffset(months=row.age_months)
        assert row.n == len(own)
        assert row.n_old_enough == (reached <= AS_OF).sum()
        won = own["status"].eq("won") & (own["closed_at"] < reached)
        want = won.mean() if (reached <= AS_OF).all() else np.nan
        assert row.won_by_age == pytest.approx(want, nan_ok=True)


def test_the_quality_of_a_source_is_that_of_its_mature_leads(client):
    """Won of all leads of a source would count those that had no time to be won."""
    tables, store, p = client
    deals = sale_deals(tables)
    deals = deals[deals["deal_kind"].eq("new")]
    deals = deals[(deals["created_at"] >= p.start) & (deals["created_at"] < p.end)]
    old = deals["created_at"] + pd.Timedelta(days=round(p.maturity_days)) <= AS_OF
    found = extracts.lead_quality(store, p)
    assert found["source"].isna().sum() == 1
    for row in found.itertuples():
        mine = deals["source"].eq(row.source) if isinstance(row.source, str) else (
            deals["source"].isna())  # fmt: skip
        ripe = deals[mine & old]
        won = ripe[ripe["status"].eq("won")]
        assert (row.leads, row.mature) == (mine.sum(), len(ripe))
        assert row.won == len(won)
        assert row.won_share == pytest.approx(len(won) / len(ripe))
        assert row.won_low < row.won_share < row.won_high
        assert row.amount == pytest.approx(won["amount_base"].sum())
        priced = len(ripe) - won["amount_base"].isna().sum()
        assert row.amount_per_lead == pytest.approx(won["amount_base"].sum() / priced)


# ---- money owed ---------------------------------------------------------------------------------


def test_receivables_by_age_by_hand():
    """
    As of 2026-07-01: 100 due 30 June is 1 day late, 40 paid: 60; 200 due 1 June is 30 days late;
    300 due 31 May is 31 days late; 50 due 1 July is not late; 70 of January is settled; 5 were paid
    on a bill nobody knows, and a return of 20 is still to be paid back.
    """
    invoices = pd.DataFrame(
        {
            "invoice_id": ["a", "b", "c", "d", "e", "r"],
            "doc_kind": ["invoice"] * 5 + ["return"],
            "customer_id": ["x", "x", "y", "z", "z", "z"],
            "issued_on": pd.to_datetime(["2026-05-01"] * 4 + ["2026-01-01", "2026-05-05"]),
            "due_on": pd.to_datetime(
                ["2026-06-30", "2026-06-01", "2026-05-31", "2026-07-01", "2026-01-15", None]
            ),
            "amount_base": [100.0, 200.0, 300.0, 50.0, 70.0, -20.0],
        }
    )
    payments = pd.DataFrame(
        {
            "payment_id": ["1", "2", "3"],
            "invoice_id": ["a", "e", "unknown"],
            "customer_id": ["x", "z", "y"],
            "paid_on": pd.to_datetime(["2026-06-10", "2026-02-01", "2026-06-01"]),
            "amount_base": [40.0, 70.0, 5.0],
            "is_refund": False,
        }
    )
    store = store_of({"invoices": invoices, "payments": payments})
    found = extracts.receivables_ageing(store, asked(store)).set_index("bucket")
    assert found["amount"].to_dict() == {
        "not_due": 50.0, "1_30": 260.0, "31_60": 300.0, "61_90": 0.0, "over_90": 0.0,
        "unassigned": -25.0,
    }  # fmt: skip
    assert found["invoices"].to_dict()["1_30"] == 2
    assert found["customers"].to_dict()["1_30"] == 1
    assert found.loc["over_90", "invoices"] == 0


def test_ages_add_up_to_the_balance_and_its_overdue_part(client):
    _tables, store, p = client
    found = extracts.receivables_ageing(store, p).set_index("bucket")["amount"]
    whole = measure(store, "K16").set_index("part")["value"]
    assert found.sum() == pytest.approx(whole[""])
    assert found[["1_30", "31_60", "61_90", "over_90"]].sum() == pytest.approx(whole["overdue"])
    months = extracts.receivables_by_month(store, p)
    assert months["month"].iloc[-1] == pd.Timestamp("2026-06-01")
    assert months["month"].is_monotonic_increasing
    assert months["balance"].iloc[-1] == pytest.approx(whole[""])


# ---- hours --------------------------------------------------------------------------------------


def test_hours_of_a_month_by_hand():
    """
    Two working days of 8 h, one of them half absent: 16 paid, 4 absent. A call of 30 min and its 4
    min of notes, a meeting of 60 min and its 30 min: 16 - 4 - 0.5 - 1 - 34/60 = 9.9333 h left.
    """
    days = pd.to_datetime(["2026-06-01", "2026-06-02"])
    calendar = pd.DataFrame(
        {"date": days, "work_s": 28800.0, "start_s": 32400.0, "end_s": 64800.0,
         "before_s": [0.0, 28800.0]}
    )  # fmt: skip
    activities = pd.DataFrame(
        {
            "activity_id": ["1", "2"],
            "kind": ["call", "meeting"],
            "rep_id": "r1",
            "started_at": [day("2026-06-01 08:00"), day("2026-06-02 08:00")],
            "duration_s": [1800.0, 3600.0],
            "is_connected": [True, None],
            "is_completed": [None, True],
        }
    )
    tables = {
        "reps": pd.DataFrame({"rep_id": ["r1"], "full_name": ["R"], "fte": [1.0]}),
        "calendar": calendar,
        "activities": activities,
    }
    away = pd.DataFrame({"rep_id": ["r1"], "date": days[1:], "kind": "leave", "share": [0.5]})
    store = store_of({**tables, "absences": away})
    row = extracts.time_budget(store, asked(store)).iloc[0]
    assert (row["paid_h"], row["absent_h"], row["call_h"], row["meeting_h"]) == (
        16.0,
        4.0,
        0.5,
        1.0,
    )
    assert row["unexplained_h"] == pytest.approx(16 - 4 - 0.5 - 1 - 34 / 60)
    assert not row["is_over"]
    store = store_of(tables)
    assert np.isnan(extracts.time_budget(store, asked(store)).iloc[0]["absent_h"])


def test_more_hours_entered_than_paid_are_shown_and_not_cut():
    """8 paid hours, a meeting of 12 h and its 30 min: -4.5 h."""
    tables = {
        "reps": pd.DataFrame({"rep_id": ["r1"], "full_name": ["R"], "fte": [1.0]}),
        "calendar": pd.DataFrame(
            {"date": pd.to_datetime(["2026-06-01"]), "work_s": 28800.0, "start_s": 32400.0,
             "end_s": 64800.0, "before_s": 0.0}
        ),
        "activities": pd.DataFrame(
            {"activity_id": ["1"], "kind": "meeting", "rep_id": "r1",
             "started_at": [day("2026-06-01 06:00")], "duration_s": 43200.0, "is_completed": True}
        ),
    }  # fmt: skip
    store = store_of(tables)
    row = extracts.time_budget(store, asked(store)).iloc[0]
    assert row["unexplained_h"] == pytest.approx(-4.5)
    assert row["is_over"]


def test_contact_hours_are_the_numerator_of_selling_time(client):
    """K59 counts contacts with their preparation; calls without a talk are seen besides."""
    _tables, store, p = client
    budget = extracts.time_budget(store, p)
    k59 = measure(store, "K59", start=p.start, end=p.end).iloc[0]
    present = (budget["paid_h"] - budget["absent_h"]).sum()
    assert present * 60 == pytest.approx(k59["denominator"])
    seen = budget[["call_h", "meeting_h", "other_contact_h", "preparation_h"]].sum().sum()
    assert seen * 60 > k59["numerator"]


# ---- plans, and what is not there ---------------------------------------------------------------


def test_plans_of_kpis_inside_the_period():
    plans = pd.DataFrame(
        {
            "plan_id": ["1", "2", "3", "4"],
            "scope": ["rep", "rep", "company", "rep"],
            "scope_id": ["r1", "r1", None, "r1"],
            "metric": ["K52", "K52", "revenue", "K52"],
            "period_start_on": pd.to_datetime(["2026-01-01"] * 3 + ["2024-01-01"]),
            "period_end_on": pd.to_datetime(["2026-01-31"] * 3 + ["2024-01-31"]),
            "value": [100.0, 120.0, 5.0, 80.0],
            "approved_at": [None, day("2025-12-20"), None, None],
        }
    )  # fmt: skip
    found = extracts.kpi_plans(store_of({"plans": plans}), START, AS_OF)
    assert found[["metric", "scope", "scope_id", "value"]].to_numpy().tolist() == [
        ["K52", "rep", "r1", 120.0]
    ]


def test_without_tables_every_extract_is_empty_with_its_columns():
    store = store_of({"customers": pd.DataFrame({"customer_id": ["c"]})})
    p = replace(store.parameters, start=START, end=AS_OF)
    for found in (
        extracts.rep_cells(store, p), extracts.cohorts(store, p), extracts.lead_quality(store, p),
        extracts.receivables_ageing(store, p), extracts.receivables_by_month(store, p),
        extracts.time_budget(store, p), extracts.calendar_days(store),
        extracts.kpi_plans(store, START, AS_OF),
    ):  # fmt: skip
        assert found.empty
        assert len(found.columns) >= 2
