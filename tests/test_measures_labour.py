"""K48 to K51: worked examples by hand, and a second computation in pandas on a made-up client."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from measure_oracle import DEAL as PLAIN_DEAL
from measure_oracle import GRAINS, frame, grouped, local, quotient, sale_deals, same, talks, values
from measure_oracle import TALK as PLAIN_TALK

from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

BYS = ((), ("rep", "month"), ("segment", "quarter"))
DEAL = (*PLAIN_DEAL, "deal_kind")
TALK = (*PLAIN_TALK, "duration_s", "purpose")


def days_alone() -> pd.DataFrame:
    days = pd.date_range("2026-01-01", "2026-08-31")
    return pd.DataFrame({"date": days}).assign(
        work_s=np.nan, start_s=np.nan, end_s=np.nan, before_s=np.nan
    )


@pytest.fixture(scope="module", params=(1, 2))
def client(request) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), local(tables)


# ---- by hand ----------------------------------------------------------------------------------


def kept_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        DEAL,
        ("d1", "c1", "won", "2026-01-05", "2026-01-20", "new"),
        ("d2", "c2", "won", "2026-01-05", "2026-01-25", "new"),
        ("d3", "c2", "lost", "2026-02-10", "2026-02-20", "cross_sell"),
        ("d4", "c3", "open", "2026-01-05", None, "new"),
        ("d5", "c1", "open", "2026-03-01", None, "renewal"),
    )
    contacts = frame(
        TALK,
        ("a1", "meeting", "c1", None, "2026-01-10", None, None),  # not a customer yet
        ("a2", "meeting", "c1", None, "2026-02-05", None, None),  # counts
        ("a3", "meeting", "c2", None, "2026-02-05", None, None),  # counts
        ("a4", "meeting", "c2", None, "2026-02-15", None, None),  # a new sale is under way
        ("a5", "meeting", "c2", None, "2026-02-16", None, "retention"),  # counts: it says so
        ("a6", "meeting", "c3", None, "2026-02-16", None, "retention"),  # never bought
        ("a7", "meeting", None, "d5", "2026-03-05", None, None),  # counts: a renewal
        ("a8", "meeting", "c1", None, "2026-03-06", None, "acquisition"),
        ("a9", "email", "c1", None, "2026-03-07", None, "retention"),
    )
    return {"deals": deals, "activities": contacts, "calendar": days_alone()}


def test_k48_contacts_that_keep_existing_customers():
    """
    By hand: two existing customers from the end of January. January 0 contacts; February a2, a3,
    a5: 3/2; March a7: 1/2; from January to June 4/2 = 2. All 8 talks over all 3 customers
    would say 2.7.
    """
    store = store_of(kept_tables())
    months = measure(store, "K48", ["month"]).set_index("month")
    assert months["value"].head(4).to_list() == [0.0, 1.5, 0.5, 0.0]
    assert (months["n"] == 2).all()
    firm = measure(store, "K48").iloc[0]
    assert (firm["value"], firm["numerator"], firm["n"]) == (2.0, 4.0, 2.0)


def test_k48_looks_at_the_period_alone():
    """By hand: in February 3 contacts with 2 customers."""
    start, end = (pd.Timestamp(d).to_pydatetime() for d in ("2026-02-01", "2026-03-01"))
    found = measure(store_of(kept_tables()), "K48", start=start, end=end).iloc[0]
    assert (found["value"], found["n"]) == (1.5, 2.0)


def offer_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        DEAL,
        ("d1", "c1", "lost", "2026-01-05", "2026-02-10", "cross_sell"),
        ("d2", "c1", "open", "2026-02-05", None, "cross_sell"),
        ("d3", "c2", "open", "2026-02-05", None, "cross_sell"),
        ("d4", "c3", "open", "2026-01-05", None, "new"),
    )
    contacts = frame(
        TALK,
        ("a1", "meeting", None, "d1", "2026-01-10", None, None),
        ("a2", "meeting", None, "d1", "2026-02-05", None, None),
        ("a3", "meeting", "c1", "d2", "2026-02-06", None, None),
        ("a4", "meeting", "c2", None, "2026-02-07", None, "cross_sell"),
        ("a5", "meeting", "c2", None, "2026-02-08", None, None),
        ("a6", "meeting", None, "d4", "2026-02-08", None, None),
    )
    return {"deals": deals, "activities": contacts, "calendar": days_alone()}


def test_k49_contacts_of_offers_over_the_customers_who_got_one():
    """
    By hand. January: c1, one contact. February: c1 with two offers is one customer (a2, a3), c2
    (a4): 3/2; per deal a2 and a3 over d1, d2, d3: 2/3. March: no contact, c1 and c2. In all 4/2.
    """
    store = store_of(offer_tables())
    found = measure(store, "K49", ["month"]).set_index(["part", "month"])["value"]
    assert found["", "2026-01-01"] == 1.0
    assert found["", "2026-02-01"] == 1.5
    assert found["per_deal", "2026-02-01"] == pytest.approx(2 / 3)
    assert found["", "2026-03-01"] == 0.0
    assert values(measure(store, "K49")) == {"": 2.0, "per_deal": 1.0}


def closed_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        (*DEAL, "contacts_count"),
        ("d0", "c0", "won", "2025-01-05", "2025-02-01", "new", 9.0),
        ("d1", "c1", "won", "2026-01-05", "2026-01-20", "new", 4.0),
        ("d2", "c2", "lost", "2026-01-05", "2026-01-20", "new", 2.0),
        ("d3", "c3", "lost", "2026-01-05", "2026-01-20", "new", None),
        ("d4", "c4", "open", "2026-01-05", None, "new", 7.0),
    )
    contacts = frame(
        TALK,
        ("a1", "call", None, "d1", "2026-01-06", 60.0, None),
        ("a2", "call", None, "d1", "2026-01-20 18:00", 60.0, None),  # on the day of the close
        ("a3", "call", None, "d1", "2026-01-21", 60.0, None),  # after it
        ("a4", "call", None, "d1", "2026-01-07", 5.0, None),  # too short for a talk
        ("a5", "meeting", None, "d2", "2026-01-08", None, None),
        ("a6", "meeting", None, "d4", "2026-01-08", None, None),
    ).assign(is_connected=True)
    return {"deals": deals, "activities": contacts, "calendar": days_alone()}


def test_k50_lost_deals_cost_contacts_too():
    """
    By hand: a1, a2 with d1, a5 with d2, none with d3: 3 contacts over 3 closed deals = 1; 3 per won
    deal, where the won deal alone would show 2. d0 was closed before anything was written down.
    """
    assert values(measure(store_of(closed_tables()), "K50")) == {"": 1.0, "per_won": 3.0}


def test_k50_without_activities_takes_the_count_of_the_source():
    """By hand: 9 + 4 + 2 over the three closed deals that have a count; 15 over two won."""
    tables = closed_tables()
    tables.pop("activities")
    found = measure(store_of(tables), "K50").set_index("part")
    assert found["value"].to_dict() == {"": 5.0, "per_won": 7.5}
    assert set(found["status"]) == {"degraded"}


def test_k51_hours_and_money_per_customer_served():
    """
    By hand: c1 a call of 26 min and 4 min of notes, and a meeting of 90 min and 30 min: 2.5 h in
    January. c2 a call of 56 + 4 min: 1 h, in February. 3.5 h over 2 customers = 1.75 h; at 2,000 an
    hour 3,500. The dial that nobody answered and the talk with an unknown caller count nowhere.
    """
    contacts = frame(
        TALK,
        ("a1", "call", "c1", None, "2026-01-06", 26 * 60.0, None),
        ("a2", "meeting", "c1", None, "2026-01-07", 90 * 60.0, None),
        ("a3", "call", "c2", None, "2026-02-06", 56 * 60.0, None),
        ("a4", "call", "c3", None, "2026-02-06", 0.0, None),
        ("a5", "call", None, None, "2026-02-06", 600.0, None),
    ).assign(is_connected=[True, None, True, False, True])
    deals = frame(DEAL, ("d1", "c1", "open", "2026-01-05", None, "new"))
    store = store_of({"activities": contacts, "deals": deals})

    assert values(measure(store, "K51")) == {"": 1.75}
    assert values(measure(store, "K51", hourly_cost=2000.0)) == {"": 1.75, "money": 3500.0}
    months = measure(store, "K51", ["month"]).set_index("month")["value"]
    assert months.to_list() == [2.5, 1.0]


# ---- in pandas --------------------------------------------------------------------------------


def moments_of(t: dict[str, pd.DataFrame], by: Sequence[str]) -> list[tuple]:
    """First and last moment of each period; all time without a grain."""
    if not by:
        return [(pd.Timestamp("1970-01-01"), pd.Timestamp(AS_OF))]
    periods = t["calendar"]["date"].dt.to_period(GRAINS[by[1]]).drop_duplicates()
    spans = [(x.start_time, min(x.end_time.floor("s"), pd.Timestamp(AS_OF))) for x in periods]
    return [span for span in spans if span[0] < pd.Timestamp(AS_OF)]


def of_customer(t: dict[str, pd.DataFrame], who: pd.Series) -> pd.Series:
    return who.map(t["customers"].set_index("customer_id")["segment"])


@pytest.mark.parametrize("by", BYS)
def test_k48_again_in_pandas(client, by):
    store, t = client
    deals = sale_deals(t).dropna(subset=["customer_id"])
    bought = deals[deals["status"].eq("won")].sort_values(["closed_at", "deal_id"])
    first = bought.groupby("customer_id")["closed_at"].min()
    news = deals[deals["deal_kind"].ne("renewal")]
    spoken = talks(t)
    spoken = spoken[spoken["customer_id"].isin(first.index)]
    spoken = spoken[spoken["at"] > spoken["customer_id"].map(first)]

    def keeps(talk) -> bool:
        if pd.notna(talk.purpose):
            return talk.purpose == "retention"
        if pd.notna(talk.deal_id):
            return talk.of_kind == "renewal"
        own = news[news["customer_id"].eq(talk.customer_id) & (news["created_at"] <= talk.at)]
        return not (own["status"].eq("open") | (own["closed_at"] > talk.at)).any()

    spoken = spoken[[keeps(talk) for talk in spoken.itertuples()]]
    cases = []
    for begin, end in moments_of(t, by):
        here = bought[bought["closed_at"] < end].drop_duplicates("customer_id", keep="last")
        inside = spoken[spoken["at"].between(begin, end)]
        count = inside.groupby("customer_id").size()
        cases.append(here[["customer_id", "rep_id"]].assign(
            at=end, x=here["customer_id"].map(count).fillna(0.0)))  # fmt: skip
    cases = pd.concat(cases)
    cases["segment"] = of_customer(t, cases["customer_id"])
    cases["at"] = cases["at"] - pd.Timedelta(seconds=1)
    same(measure(store, "K48", by), "", grouped(cases, by, quotient), by)


@pytest.mark.parametrize("by", BYS)
def test_k49_again_in_pandas(client, by):
    store, t = client
    offers = sale_deals(t)
    offers = offers[offers["deal_kind"].eq("cross_sell")].sort_values(["created_at", "deal_id"])
    spoken = talks(t)
    linked = spoken[spoken["of_kind"].eq("cross_sell")]
    free = spoken[spoken["deal_id"].isna() & spoken["purpose"].eq("cross_sell")]
    customers, deals = [], []
    for begin, end in moments_of(t, by):
        alive = offers["status"].eq("open") | (offers["closed_at"] > begin)
        alive = offers[(offers["created_at"] <= end) & alive].assign(at=end)
        own = linked[linked["at"].between(begin, end)]
        about = pd.concat([own, free[free["at"].between(begin, end)]])
        deals.append(alive.assign(
            x=alive["deal_id"].map(own.groupby("deal_id").size()).fillna(0.0)))  # fmt: skip
        asked = alive.dropna(subset=["customer_id"]).drop_duplicates("customer_id", keep="last")
        count = about.groupby("customer_id").size()
        customers.append(asked.assign(x=asked["customer_id"].map(count).fillna(0.0)))
    customers, deals = pd.concat(customers), pd.concat(deals)
    customers["segment"] = of_customer(t, customers["customer_id"])
    found = measure(store, "K49", by)
    same(found, "", grouped(customers, by, quotient), by)
    same(found, "per_deal", grouped(deals, by, quotient), by)


@pytest.mark.parametrize("by", BYS)
def test_k50_again_in_pandas(client, by):
    store, t = client
    closed = sale_deals(t).dropna(subset=["closed_at"])
    spoken = talks(t).dropna(subset=["deal_id"])
    ends = closed.set_index("deal_id")["closed_at"].dt.normalize() + pd.Timedelta(days=1)
    count = spoken[spoken["at"] < spoken["deal_id"].map(ends)].groupby("deal_id").size()
    x = closed["deal_id"].map(count).fillna(0.0)
    cases = closed.assign(at=closed["closed_at"], x=x)
    cases = cases[closed["deal_id"].map(ends) > spoken["at"].min()]

    def per_won(rows):
        won = float(rows["status"].eq("won").sum())
        return pd.Series({"value": rows["x"].sum() / won if won else np.nan,
                          "n": float(len(rows)), "numerator": rows["x"].sum(),
                          "denominator": won})  # fmt: skip

    found = measure(store, "K50", by)
    same(found, "", grouped(cases, by, quotient), by)
    same(found, "per_won", grouped(cases, by, per_won), by)


@pytest.mark.parametrize("by", BYS)
def test_k51_again_in_pandas(client, by):
    store, t = client
    spoken = talks(t).dropna(subset=["customer_id"]).sort_values(["at", "activity_id"])
    grain = GRAINS[by[1]] if by else "Y"
    spoken["of"] = spoken["at"].dt.to_period(grain).dt.start_time if by else 0
    hours = spoken.groupby(["customer_id", "of"])["minutes"].sum() / 60
    cases = spoken.drop_duplicates(["customer_id", "of"], keep="last").set_index(
        ["customer_id", "of"]
    )
    cases = cases.assign(x=hours).reset_index()
    cases["segment"] = of_customer(t, cases["customer_id"])
    same(measure(store, "K51", by), "", grouped(cases, by, quotient), by)
