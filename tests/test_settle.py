"""What the measures find in the data: stages, pipelines, maturity, the calendar, tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_client import ZONE, make_client, store_of

from kpikit.kpis.parameters import Parameters
from kpikit.kpis.settle import settled


def settle(tables: dict[str, pd.DataFrame], **parameters: object) -> Parameters:
    store = store_of(tables, **parameters)
    return settled(store, store.parameters)


def deals_of(*rows: tuple) -> pd.DataFrame:
    """Deals from status, created and closed day; as of 2026-07-01."""
    table = pd.DataFrame(rows, columns=["status", "created_at", "closed_at"])
    for name in ("created_at", "closed_at"):
        table[name] = pd.to_datetime(table[name]).dt.tz_localize(ZONE)
    return table.assign(deal_id=[f"d{k}" for k in range(len(table))])


def stages_of(*rows: tuple) -> pd.DataFrame:
    columns = ["pipeline_id", "stage_id", "stage_order", "semantic", "pipeline_role"]
    return pd.DataFrame(rows, columns=columns)


def test_orders_come_from_the_open_stages_of_the_sale():
    """By hand: orders 10, 20, 30 of the sale; the service pipeline's 5 and 40 say nothing."""
    stages = stages_of(
        ("P", "a", 10, "open", "sale"),
        ("P", "b", 20, "open", "sale"),
        ("P", "c", 30, "open", "sale"),
        ("P", "w", 50, "won", "sale"),
        ("R", "r", 10, "open", "renewal"),
        ("S", "s", 5, "open", "service"),
        ("S", "t", 40, "open", "service"),
    )
    p = settle({"stages": stages})
    assert (p.qualified_order, p.warm_order) == (20, 20)
    assert (p.ready_order, p.offer_order, p.contract_order) == (30, 20, 30)
    assert p.sale_pipelines == ("P", "R")


def test_what_the_engagement_says_is_kept():
    stages = stages_of(("P", "a", 1, "open", "sale"), ("P", "b", 2, "open", "sale"),
                       ("S", "s", 5, "open", "service"))  # fmt: skip
    given = {"ready_order": 1, "maturity_days": 7.0, "sale_pipelines": ("S",), "workday_s": 3600.0}
    p = settle({"stages": stages, **make_client(1, 30)}, **given)
    assert {name: getattr(p, name) for name in given} == given


def test_one_open_stage_says_nothing_about_order():
    p = settle({"stages": stages_of(("P", "a", 1, "open", "sale"), ("P", "w", 2, "won", "sale"))})
    assert p.qualified_order is None and p.ready_order is None
    assert p.sale_pipelines is None


def test_maturity_is_the_day_by_which_nine_of_ten_are_decided():
    """By hand: ten deals decided after 1 to 10 days: nine of them after 9."""
    days = pd.date_range("2026-01-02", "2026-01-11")
    rows = [("lost" if k % 2 else "won", "2026-01-01", day) for k, day in enumerate(days)]
    assert settle({"deals": deals_of(*rows)}).maturity_days == 9.0


def test_open_deals_make_maturity_later():
    """
    By hand: ten deals decided after 1 to 10 days and one open for 5: when the sixth is decided it
    is no longer at risk. Survival after 5 days 6/11, then 5/11 ... over 5 remaining; below 0.1 only
    with the last: 10 days.
    """
    days = pd.date_range("2026-01-02", "2026-01-11")
    rows = [("lost" if k % 2 else "won", "2026-01-01", day) for k, day in enumerate(days)]
    open_since = pd.Timestamp("2026-06-26")
    assert settle({"deals": deals_of(*rows, ("open", open_since, None))}).maturity_days == 10.0


def test_where_many_stay_open_maturity_is_that_of_the_decided():
    """By hand: ten decided after 1 to 10 days, ten open for half a year: 9 of the 10 after 9."""
    days = pd.date_range("2026-01-02", "2026-01-11")
    rows = [("lost" if k % 2 else "won", "2026-01-01", day) for k, day in enumerate(days)]
    rows += [("open", "2026-01-01", None)] * 10
    assert settle({"deals": deals_of(*rows)}).maturity_days == 9.0


@pytest.mark.parametrize("lost", [[], [("lost", "2026-01-01", None)]])
def test_without_dates_of_losses_every_deal_counts(lost):
    rows = [("won", "2026-01-01", "2026-01-20"), ("open", "2026-01-01", None), *lost]
    assert settle({"deals": deals_of(*rows)}).maturity_days == 0.0


def test_a_decision_after_the_as_of_instant_is_not_known_yet():
    """By hand: of d0 (3 days) and d1 (later than the as-of day) only d0 is decided: 3."""
    rows = [("lost", "2026-01-01", "2026-01-04"), ("lost", "2026-01-01", "2026-03-01")]
    tables = {"deals": deals_of(*rows)}
    as_of = pd.Timestamp("2026-01-03 12:00").to_pydatetime()
    store = store_of(tables)
    early = settled(store, Parameters(as_of=as_of))
    assert early.maturity_days == 0.0, "nobody has lost anything yet"
    assert settled(store, store.parameters).maturity_days == 59.0


def test_segments_come_from_the_customer_where_deals_have_none():
    tables = make_client(1, 30)
    assert settle(tables).segment_of == "deal"
    bare = tables | {"deals": tables["deals"].assign(segment=None)}
    assert settle(bare).segment_of == "customer"
    bare.pop("customers")
    assert settle(bare).segment_of == "deal"


def test_a_calendar_counts_only_with_working_time():
    """By hand: Monday to Friday of 8 h, one Friday of 7 h: the usual day has 8 h."""
    days = pd.date_range("2026-01-05", "2026-01-18")
    hours = np.where(days.day_of_week < 5, 8.0, 0.0)
    hours[4] = 7.0
    calendar = pd.DataFrame(
        {"date": days, "work_s": hours * 3600, "start_s": 32400.0, "end_s": 61200.0,
         "before_s": np.concatenate([[0.0], np.cumsum(hours * 3600)[:-1]])}
    )  # fmt: skip
    p = settle({"calendar": calendar})
    assert p.has_calendar and p.workday_s == 8 * 3600.0
    unknown = calendar.assign(work_s=np.nan, start_s=np.nan, end_s=np.nan, before_s=np.nan)
    p = settle({"calendar": unknown})
    assert not p.has_calendar and p.workday_s is None
    assert not settle({}).has_calendar


def test_empty_tables_are_not_held():
    tables = make_client(1, 30)
    p = settle(tables | {"payments": tables["payments"].head(0)})
    assert p.holds("deals") and p.holds("stage_events")
    assert not p.holds("payments") and not p.holds("order_linez")


def test_before_the_store_is_asked_everything_is_expected():
    p = Parameters(as_of=pd.Timestamp("2026-01-01").to_pydatetime())
    assert p.has_calendar and p.holds("payments")
