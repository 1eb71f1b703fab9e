"""
K35 to K43: worked examples by hand, and a second computation in pandas on a made-up client.

The calendar of the examples has 8 h of work from Monday to Friday; 2026-01-05 is a Monday.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from measure_oracle import (
    DEAL,
    GRAINS,
    STAGES,
    TALK,
    calendar,
    events,
    frame,
    grouped,
    local,
    quotient,
    sale_deals,
    same,
    talks,
    values,
)

from kpikit.kpis.measuring import measure, measure_many
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store

SEEDS = (1, 2)
BYS = ((), ("rep", "month"), ("segment", "quarter"))


@pytest.fixture(scope="module", params=SEEDS)
def client(request) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), local(tables)


# ---- stocks -----------------------------------------------------------------------------------


def test_k35_counts_customers_open_at_the_end_of_each_month():
    """
    By hand. End of January: d1 (c1), d2 (c1), d3 (c2) are open: 2 customers, 3 deals. End of
    February: d1 was lost on the 10th; d2 and d3: 2 customers, 2 deals. As of July: d2 only.
    The won deal d4 without a date is in work at no moment.
    """
    deals = frame(
        DEAL,
        ("d1", "c1", "lost", "2026-01-05", "2026-02-10"),
        ("d2", "c1", "open", "2026-01-06", None),
        ("d3", "c2", "won", "2026-01-07", "2026-03-01"),
        ("d4", "c3", "won", "2026-01-07", None),
    )
    store = store_of({"deals": deals, "calendar": calendar()})

    found = measure(store, "K35", ["month"]).set_index(["part", "month"])["value"]
    assert found["", "2026-01-01"] == 2 and found["deals", "2026-01-01"] == 3
    assert found["", "2026-02-01"] == 2 and found["deals", "2026-02-01"] == 2
    assert values(measure(store, "K35")) == {"": 1, "deals": 1}


@pytest.mark.parametrize("by", BYS)
def test_k35_again_in_pandas(client, by):
    store, t = client
    deals = sale_deals(t)
    moments = [pd.Timestamp(AS_OF)]
    if by:
        days = t["calendar"]["date"]
        ends = days.dt.to_period(GRAINS[by[1]]).drop_duplicates().dt.end_time.dt.floor("s")
        started = days.dt.to_period(GRAINS[by[1]]).drop_duplicates().dt.start_time
        moments = [min(e, pd.Timestamp(AS_OF)) for e, s in zip(ends, started, strict=True)
                   if s < pd.Timestamp(AS_OF)]  # fmt: skip
    cases = []
    for moment in moments:
        alive = deals[(deals["created_at"] <= moment) & (
            deals["status"].eq("open") | (deals["closed_at"] > moment))]  # fmt: skip
        cases.append(alive.assign(at=moment))
    cases = pd.concat(cases)

    def different(column):
        return lambda rows: pd.Series({"value": float(rows[column].nunique()),
                                       "n": float(rows[column].nunique())})  # fmt: skip

    found = measure(store, "K35", by)
    same(found, "", grouped(cases, by, different("customer_id")), by)
    same(found, "deals", grouped(cases, by, different("deal_id")), by)


def ready_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        (*DEAL, "amount_base", "pipeline_id", "stage_id"),
        ("d1", "c1", "open", "2026-05-04", None, 100.0, "P", "3"),
        ("d2", "c2", "open", "2026-05-04", None, 200.0, "P", "3"),
        ("d3", "c3", "open", "2026-05-04", None, 400.0, "P", "1"),
        ("d4", "c4", "lost", "2026-05-04", "2026-06-20", 800.0, "P", "L"),
        ("d5", "c5", "open", "2026-05-04", None, 1600.0, "P", "3"),
    )
    history = events(
        ("d1", "1", "2026-05-04"), ("d1", "3", "2026-05-20"),
        ("d2", "1", "2026-05-04"), ("d2", "3", "2026-05-20"),
        ("d3", "3", "2026-05-04"), ("d3", "1", "2026-06-10"),
        ("d4", "3", "2026-05-04"), ("d4", "L", "2026-06-20"),
        ("d5", "3", "2026-05-20"),
    )  # fmt: skip
    contacts = frame(
        TALK,
        ("a1", "meeting", None, "d1", "2026-05-25"),
        ("a2", "meeting", None, "d1", "2026-06-25"),
        ("a3", "meeting", None, "d2", "2026-06-01"),
        ("a4", "meeting", "c3", None, "2026-05-28"),
        ("a5", "meeting", "c5", None, "2026-06-20"),
        ("a6", "email", None, "d2", "2026-06-30"),
    )
    return {"deals": deals, "stages": STAGES, "stage_events": history, "activities": contacts,
            "calendar": calendar()}  # fmt: skip


def test_k37_ready_to_close_at_the_end_of_each_month():
    """
    By hand, stage 3, 14 days. End of May: d1 (25 May); d3 was in stage 3 then and its customer was
    met on the 28th: 2 deals, 500. End of June: d1 (25 June) and d5 through its customer (20 June);
    d2 was last spoken to on 1 June, an e-mail is no talk; d3 went back; d4 is lost: 2 deals, 1,700.
    """
    found = measure(store_of(ready_tables()), "K37", ["month"]).set_index(["part", "month"])
    assert found.loc[("", "2026-05-01"), "value"] == 2
    assert found.loc[("money", "2026-05-01"), "value"] == 500.0
    assert found.loc[("", "2026-06-01"), "value"] == 2
    assert found.loc[("money", "2026-06-01"), "value"] == 1700.0


def test_k37_without_a_history_knows_only_today():
    """By hand: the stages of today are the same as at the end of June above; no May."""
    tables = ready_tables()
    tables.pop("stage_events")
    found = measure(store_of(tables), "K37", ["month"])
    assert found[found["part"] == ""][["month", "value"]].to_numpy().tolist() == [
        [pd.Timestamp("2026-07-01"), 2.0]
    ]
    assert set(found["status"]) == {"degraded"}


@pytest.mark.parametrize("by", BYS)
def test_k37_again_in_pandas(client, by):
    """Stage 2 and 200 days, so that there is something to count."""
    store, t = client
    deals = sale_deals(t).set_index("deal_id")
    history = t["stage_events"].sort_values(["deal_id", "entered_at", "seq"])
    spoken = talks(t)
    moments = [pd.Timestamp(AS_OF)]
    if by:
        periods = t["calendar"]["date"].dt.to_period(GRAINS[by[1]]).drop_duplicates()
        moments = [min(x.end_time.floor("s"), pd.Timestamp(AS_OF)) for x in periods
                   if x.start_time < pd.Timestamp(AS_OF)]  # fmt: skip
    by_deal = spoken.dropna(subset=["deal_id"]).groupby("deal_id")["at"].apply(list)
    free = spoken[spoken["deal_id"].isna() & spoken["customer_id"].notna()]
    by_customer = free.groupby("customer_id")["at"].apply(list)
    orders = {"S1": 1, "S2": 2, "S3": 3}
    cases = []
    for deal_id, own in history.groupby("deal_id"):
        if deal_id not in deals.index:
            continue
        deal = deals.loc[deal_id].to_dict()
        entered, stages = own["entered_at"].tolist(), own["stage_id"].tolist()
        when = by_deal.get(deal_id, []) + by_customer.get(deal["customer_id"], [])
        for moment in moments:
            past = bisect_right(entered, moment)
            if not past or orders.get(stages[past - 1], 0) < 2:
                continue
            if not (deal["status"] == "open" or deal["closed_at"] > moment):
                continue
            if any(moment - pd.Timedelta(days=200) < w <= moment for w in when):
                cases.append({**deal, "deal_id": deal_id, "at": moment})

    def count(rows):
        return pd.Series({"value": float(len(rows)), "n": float(len(rows))})

    found = measure(store, "K37", by, ready_order=2, ready_days=200)
    same(found, "", grouped(pd.DataFrame(cases), by, count), by)

    def money(rows):
        return pd.Series({"value": rows["amount_base"].sum(min_count=1), "n": float(len(rows))})

    same(found, "money", grouped(pd.DataFrame(cases), by, money), by)


# ---- required ---------------------------------------------------------------------------------


def required_tables() -> dict[str, pd.DataFrame]:
    rows = [
        (f"{s}{k}", None, "won" if k < won else "lost", "2026-01-05", "2026-01-20", s, kind)
        for s, n, won, kind in (("A", 10, 2, "new"), ("B", 20, 10, None), ("A", 7, 7, "renewal"))
        for k in range(n)
    ]
    deals = frame((*DEAL, "segment", "deal_kind"), *rows)
    needs = pd.DataFrame(
        {"segment": ["A", "A", "B"], "new_wins": [2.0, 3.0, 4.0],
         "month_start_on": pd.to_datetime(["2026-08-01", "2026-09-01", "2026-09-01"])}
    )  # fmt: skip
    return {"deals": deals, "needs": needs}


def test_k36_takes_the_need_of_the_month_and_the_conversion_of_the_past():
    """
    By hand: segment A won 2 of 10 new leads (renewals left out), B 10 of 20. The need of A is 2
    in August and 3 in September: 5 for both; of the firm 9 from 30 leads with 12 wins.
    """
    store = store_of(required_tables())
    columns = ["n", "numerator", "denominator"]

    firm = measure(store, "K36")[columns].to_numpy()
    assert firm.tolist() == [[30.0, 12.0, pytest.approx(9.0)]]
    by_segment = measure(store, "K36", ["segment"]).set_index("segment")[columns]
    assert by_segment.loc["A"].tolist() == pytest.approx([10.0, 2.0, 5.0])
    months = measure(store, "K36", ["segment", "month"])
    september = months[months["month"] == "2026-09-01"].set_index("segment")
    assert september.loc["A", columns].tolist() == pytest.approx([10.0, 2.0, 3.0])


def test_k36_reaches_the_goal_and_one_case_less_does_not():
    """By simulation of the promise: p ~ Beta(2.5, 8.5), wins ~ Binomial; 80 % within 4 sigma."""
    needed = measure(store_of(required_tables()), "K36", ["segment"]).set_index("segment")
    cases = int(needed.loc["A", "value"])
    assert cases > 5 / 0.2, "a division is not enough"
    rng = np.random.default_rng(36)
    rates = rng.beta(2.5, 8.5, 200_000)
    reached = [(rng.binomial(n, rates) >= 5).mean() for n in (cases, cases - 1)]
    sigma = np.sqrt(0.8 * 0.2 / 200_000)
    assert reached[0] >= 0.8 - 4 * sigma
    assert reached[1] < 0.8 + 4 * sigma
    low, high = needed.loc["A", ["low", "high"]]
    assert low < cases < high


def test_k36_without_segments_in_the_plan_uses_all_leads():
    tables = required_tables()
    tables["needs"] = tables["needs"].assign(segment=None)
    found = measure(store_of(tables), "K36").iloc[0]
    assert (found["n"], found["numerator"]) == (30.0, 12.0)
    assert found["denominator"] == pytest.approx(9.0)


# ---- shares -----------------------------------------------------------------------------------


def funnel_tables() -> dict[str, pd.DataFrame]:
    deals = frame(
        (*DEAL, "source"),
        ("d1", "c1", "won", "2026-01-05", "2026-02-01", "cold"),
        ("d2", "c2", "lost", "2026-01-05", "2026-02-01", "cold"),
        ("d3", "c3", "lost", "2026-01-06", "2026-01-20", "cold"),
        ("d4", "c4", "open", "2026-01-07", None, "site"),
        ("d5", "c5", "won", "2026-06-25", "2026-06-28", "cold"),
        ("d6", "c6", "lost", "2026-01-08", "2026-01-12", "site"),
    ).assign(pipeline_id="P", stage_id=None)
    history = events(
        ("d1", "1", "2026-01-05"), ("d1", "3", "2026-01-12"), ("d1", "1", "2026-01-15"),
        ("d2", "1", "2026-01-05"), ("d2", "2", "2026-01-09"), ("d2", "L", "2026-02-01"),
        ("d3", "1", "2026-01-06"), ("d3", "L", "2026-01-20"),
        ("d4", "1", "2026-01-07"), ("d4", "2", "2026-02-07"), ("d4", "1", "2026-03-01"),
        ("d5", "1", "2026-06-25"), ("d5", "W", "2026-06-28"),
    )  # fmt: skip
    contacts = frame(
        TALK,
        ("a1", "meeting", "c1", None, "2026-01-05"),
        ("a2", "meeting", None, "d2", "2026-01-06"),
        ("a3", "meeting", "c3", None, "2026-01-07"),
        ("a4", "meeting", "c4", None, "2026-01-07"),
        ("a5", "meeting", "c5", None, "2026-06-25"),
        ("a6", "email", "c6", None, "2026-01-08"),
    ).assign(rep_id=["r1", "r2", "r1", "r1", "r1", "r1"])
    return {"deals": deals, "stages": STAGES, "stage_events": history, "activities": contacts}


def test_k38_counts_leads_that_ever_were_qualified():
    """
    By hand, stage 2, 30 days: old enough are d1 to d4 and d6; d6 has no history and is not known.
    d1 (stage 3), d2 and d4 (came back, counts): 3 of 4.
    """
    found = measure(store_of(funnel_tables(), maturity_days=30.0), "K38").iloc[0]
    assert (found["value"], found["n"]) == (0.75, 4)


def test_k39_a_young_win_does_not_make_up_for_young_open_leads():
    """By hand: of the 5 leads older than 30 days 1 is won: 0.2. All leads give 2/6, closed 2/5."""
    store = store_of(funnel_tables(), maturity_days=30.0)
    assert measure(store, "K39")["value"].tolist() == [0.2]
    assert values(measure(store, "K42"))["win_rate"] == pytest.approx(2 / 5)


def test_k39_a_deal_won_after_the_as_of_instant_is_not_won_yet():
    """By hand: on 31 January nothing is won, d3 and d6 are lost; 5 leads, 0 wins."""
    store = store_of(funnel_tables(), maturity_days=0.0)
    found = measure(store, "K39", as_of=pd.Timestamp("2026-01-31").to_pydatetime()).iloc[0]
    assert (found["value"], found["n"]) == (0.0, 5)


def test_k40_skipped_stages_are_passed_and_nobody_enters_twice():
    """
    By hand, 30 days: First talk was reached by d1 to d4, left forward by d1, d2, d4: 3/4. Offer by
    d1 (skipped on the way to 3), d2, d4: only d1 went on: 1/3. Contract by d1, which won: 1/1.
    Counting rows of the history instead would put 6 entries into First talk.
    """
    found = measure(store_of(funnel_tables(), maturity_days=30.0), "K40", ["stage"])
    found = found.set_index("stage")
    assert found["value"].to_dict() == pytest.approx(
        {"First talk": 3 / 4, "Offer": 1 / 3, "Contract": 1.0}
    )
    assert found["n"].to_dict() == {"First talk": 4, "Offer": 3, "Contract": 1}


def test_k40_a_return_to_a_lower_stage_later_lost_is_no_second_try():
    """By hand: the deal goes 2, 1, lost. It reached 1 and passed it with 2, and never passed 2."""
    deals = frame(DEAL, ("d", "c", "lost", "2026-01-05", "2026-02-01")).assign(pipeline_id="P")
    history = events(("d", "2", "2026-01-05"), ("d", "1", "2026-01-10"), ("d", "L", "2026-02-01"))
    store = store_of({"deals": deals, "stages": STAGES, "stage_events": history}, maturity_days=9)
    found = measure(store, "K40", ["stage"]).set_index("stage")["value"]
    assert found.to_dict() == {"First talk": 1.0, "Offer": 0.0}


def test_k41_of_the_cold_customers_spoken_to():
    """
    By hand, stage 2, 30 days: cold and spoken to c1, c2, c3 (c5 too young, c6 only an e-mail):
    c1 and c2 came to stage 2: 2/3. With r1: c1 and c3: 1/2. Wins alone would give 1/3.
    """
    store = store_of(funnel_tables(), maturity_days=30.0)
    assert measure(store, "K41")["value"].tolist() == [pytest.approx(2 / 3)]
    by_rep = measure(store, "K41", ["rep"]).set_index("rep")["value"]
    assert by_rep.to_dict() == {"r1": 0.5, "r2": 1.0}


def test_k42_and_k43_won_and_lost_in_the_month_of_the_decision():
    """By hand: in February d1 won, d2 lost: 1.0; January only lost: 0; June only won: no ratio."""
    found = measure_many(store_of(funnel_tables()), ["K42", "K43"], ["month"])
    ratio = found[(found["kpi"] == "K42") & (found["part"] == "")].set_index("month")["value"]
    assert ratio["2026-01-01"] == 0.0 and ratio["2026-02-01"] == 1.0
    assert np.isnan(ratio["2026-06-01"])
    won = found[found["kpi"] == "K43"].set_index("month")["value"]
    assert won.to_dict() == {pd.Timestamp("2026-02-01"): 1, pd.Timestamp("2026-06-01"): 1}


def test_k42_of_several_reps_is_no_mean_of_their_ratios():
    """By hand: 3 won to 1 lost, and 1 won to 9 lost: 4/10; the mean of 3 and 1/9 is 1.56."""
    rows = [("r1", "won")] * 3 + [("r1", "lost")] + [("r2", "won")] + [("r2", "lost")] * 9
    deals = frame(
        ("deal_id", "owner_id", "status", "created_at", "closed_at"),
        *[(f"d{k}", r, s, "2026-01-05", "2026-02-01") for k, (r, s) in enumerate(rows)],
    )
    assert values(measure(store_of({"deals": deals}), "K42"))[""] == pytest.approx(0.4)


def warm(t: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Sale deals with the best stage they ever reached, 9 when won."""
    ranks = {"S1": 1, "S2": 2, "S3": 3, "WON": 9, "LOST": 0}
    best = t["stage_events"].assign(r=t["stage_events"]["stage_id"].map(ranks))
    best = best.groupby("deal_id")["r"].max()
    deals = sale_deals(t)
    return deals.assign(best=deals["deal_id"].map(best), at=deals["created_at"])


def new_business(rows: pd.DataFrame) -> pd.DataFrame:
    """Without renewals and further sales to existing customers."""
    return rows[rows["deal_kind"].isna() | rows["deal_kind"].isin(["new", "unknown"])]


def old(rows: pd.DataFrame, days: float) -> pd.DataFrame:
    return rows[rows["at"] + pd.Timedelta(days=days) <= AS_OF]


@pytest.mark.parametrize("by", BYS)
def test_k38_k39_again_in_pandas(client, by):
    store, t = client
    rows = new_business(old(warm(t), 30))
    found = measure_many(store, ["K38", "K39"], by, maturity_days=30.0)
    qualified = rows.assign(x=(rows["best"] >= 2).astype(float))
    same(found[found["kpi"] == "K38"], "", grouped(qualified, by, quotient), by)
    won = rows.assign(x=rows["status"].eq("won").astype(float))
    same(found[found["kpi"] == "K39"], "", grouped(won, by, quotient), by)


@pytest.mark.parametrize("by", [("stage",), ("stage", "rep"), ("segment", "quarter")])
def test_k40_again_in_pandas(client, by):
    store, t = client
    deals = new_business(warm(t)).set_index("deal_id")
    cases = []
    for deal_id, own in t["stage_events"].groupby("deal_id"):
        if deal_id not in deals.index:
            continue
        best = deals.loc[deal_id, "best"]
        for order in (1, 2, 3):
            beyond = {f"S{k}" for k in range(order, 4)} | {"WON"}
            reached = own[own["stage_id"].isin(beyond)]
            if len(reached):
                first = reached["entered_at"].min()
                cases.append({**deals.loc[deal_id], "stage": f"S{order}", "at": first,
                              "x": float(best > order)})  # fmt: skip
    cases = old(pd.DataFrame(cases), 30)
    found = measure(store, "K40", by, maturity_days=30.0)
    same(found, "", grouped(cases, by, quotient), by)


@pytest.mark.parametrize("by", BYS)
def test_k41_again_in_pandas(client, by):
    store, t = client
    deals = warm(t).dropna(subset=["customer_id"])
    best = deals.groupby("customer_id")["best"].max()
    first = deals.sort_values(["created_at", "deal_id"]).drop_duplicates("customer_id")
    first = first[first["source"].eq("cold")].set_index("customer_id")
    spoken = talks(t).dropna(subset=["customer_id"]).sort_values(["at", "activity_id"])
    spoken = spoken.drop_duplicates("customer_id")
    spoken = spoken[spoken["customer_id"].isin(first.index)]
    cases = spoken[["customer_id", "rep_id", "at"]].assign(
        x=(spoken["customer_id"].map(best) >= 3).astype(float),
        segment=spoken["customer_id"].map(first["segment"]),
    )
    found = measure(store, "K41", by, maturity_days=30.0, warm_order=3)
    same(found, "", grouped(old(cases, 30), by, quotient), by)


@pytest.mark.parametrize("by", BYS)
def test_k42_k43_again_in_pandas(client, by):
    store, t = client
    closed = sale_deals(t).dropna(subset=["closed_at"])
    closed = closed.assign(at=closed["closed_at"])

    def ratio(rows):
        won, lost = rows["status"].eq("won").sum(), rows["status"].eq("lost").sum()
        return pd.Series({"value": won / lost if lost else np.nan, "n": float(len(rows)),
                          "numerator": float(won), "denominator": float(lost)})  # fmt: skip

    def number(rows):
        return pd.Series({"value": float(len(rows)), "n": float(len(rows))})

    found = measure_many(store, ["K42", "K43"], by)
    same(found[found["kpi"] == "K42"], "", grouped(closed, by, ratio), by)
    rate = closed.assign(x=closed["status"].eq("won").astype(float))
    same(found[found["kpi"] == "K42"], "win_rate", grouped(rate, by, quotient), by)
    won = closed[closed["status"].eq("won")]
    same(found[found["kpi"] == "K43"], "", grouped(won, by, number), by)


# ---- what is missing --------------------------------------------------------------------------


def test_kpis_of_stages_say_that_the_history_is_missing():
    tables = funnel_tables()
    tables.pop("stage_events")
    for kpi in ("K38", "K40", "K41", "K47"):
        found = measure(store_of(tables), kpi).iloc[0]
        assert found["status"] == "not_computable"
        assert "stage_events" in found["reason"]


def test_one_open_stage_leaves_no_order_to_guess():
    """With a single open stage nothing says what is qualified, warm, ready or an offer."""
    tables = ready_tables()
    tables["stages"] = STAGES[STAGES["stage_id"].isin(["3", "W", "L"])]
    store = store_of(tables)
    assert settled(store, store.parameters).ready_order is None
    for kpi in ("K37", "K38", "K47"):
        found = measure(store, kpi)
        assert found.loc[found["part"] == "", "status"].tolist() == ["not_computable"]


def test_k42_says_nothing_where_nobody_writes_losses_down():
    """Two won deals and one open: won of decided would be 100 %, and it is no win rate."""
    deals = frame(
        DEAL,
        ("d1", "c1", "won", "2026-01-05", "2026-02-10"),
        ("d2", "c2", "won", "2026-01-05", "2026-02-12"),
        ("d3", "c3", "open", "2026-01-05", None),
    )
    found = measure(store_of({"deals": deals}), "K42")
    assert found["value"].isna().all()
    assert set(found["status"]) == {"not_computable"}
