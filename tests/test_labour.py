"""Labour: what contacts cost, from tables to norms of the chain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.incidence import cumulative_incidence
from kpikit.diagnosis.labour import LABOUR_MONTHS, Labour, handling, measure_labour
from kpikit.diagnosis.settings import MONTH_DAYS, Settings
from kpikit.diagnosis.spells import deal_spells

AS_OF = pd.Timestamp("2026-07-01", tz="UTC")


def _labour(kernel: list[float]) -> Labour:
    padded = np.zeros(LABOUR_MONTHS)
    padded[: len(kernel)] = kernel
    empty = pd.DataFrame()
    return Labour(empty, None, None, padded, empty, None, empty, 1, 1.0, None, "")


def _open(*ages: float) -> pd.DataFrame:
    return pd.DataFrame({"deal_id": [f"d{a}" for a in ages], "age_days": list(ages)})


def test_open_deals_owe_the_hours_beyond_their_age():
    """
    By hand: 2 h in month 0, 1 h in month 1. Nobody leaves before day 45, so a deal
    aged one month owes 1 h and one aged half a month 2 - 1 + 1 = 2 h.
    """
    curve = cumulative_incidence([45.0, 60.0, 90.0], [1, 2, 0])
    role, hours = _labour([2.0, 1.0]).pipeline_hours(_open(MONTH_DAYS), curve, "rep")[0]

    assert role == "rep"
    assert hours == pytest.approx(1.0)
    assert _labour([2.0, 1.0]).pipeline_hours(_open(MONTH_DAYS / 2), curve, "rep")[0][1] == (
        pytest.approx(2.0)
    )


def test_an_open_deal_never_owes_more_than_a_new_one():
    """Most deals are gone by day 60: what is left is divided by a small share, up to the whole."""
    curve = cumulative_incidence([10.0] * 9 + [80.0, 90.0], [2] * 9 + [1, 0])
    hours = _labour([0.1, 0.1, 2.8]).pipeline_hours(_open(60.0), curve, "rep")[0][1]

    assert hours == pytest.approx(3.0)


def test_a_deal_older_than_anything_followed_owes_nothing():
    curve = cumulative_incidence([45.0, 60.0], [1, 2])

    assert _labour([2.0]).pipeline_hours(_open(400.0), curve, "rep")[0][1] == 0.0


def test_handling_adds_attempts_by_the_reach_rate():
    """By hand: reach 0.35, 0.7 min an attempt: (1/0.35 - 1) x 0.7 = 1.3 min; 4 min wrap-up."""
    kinds = pd.DataFrame({"kind": ["call", "meeting"], "reach_share": [0.35, np.nan]})
    found = handling(kinds, Settings(as_of=AS_OF))

    assert found["call"].minutes_besides_talk == pytest.approx(4.0 + 1.3)
    assert found["meeting"].minutes_besides_talk == pytest.approx(30.0)


def _client() -> dict[str, pd.DataFrame]:
    days = pd.Timedelta(days=1)
    created = AS_OF - 60 * days
    deals = pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(20)],
            "customer_id": [f"c{n}" for n in range(20)],
            "segment": "A",
            "owner_id": ["r1", "r2"] * 10,
            "status": ["won"] * 5 + ["lost"] * 15,
            "created_at": created,
            "closed_at": created + 30 * days,
            "deal_kind": "new",
        }
    )
    # Each deal: two calls of five minutes, made by its owner; r1 makes a third.
    rows = []
    for n in range(20):
        for step in range(3 if n % 2 == 0 else 2):
            rows.append(
                {
                    "activity_id": f"a{n}-{step}",
                    "kind": "call",
                    "direction": "out",
                    "rep_id": ["r1", "r2"][n % 2],
                    "customer_id": f"c{n}",
                    "deal_id": f"d{n}",
                    "started_at": created + (1 + step) * days,
                    "duration_s": 300.0,
                    "is_connected": True,
                    "is_completed": True,
                    "is_automatic": False,
                    "purpose": None,
                }
            )
    return {"deals": deals, "activities": pd.DataFrame(rows)}


def test_contacts_per_won_deal_count_the_lost_deals_too():
    """By hand: 10 x 3 + 10 x 2 = 50 contacts for 5 wins: 10; the won deals' own are 13/5 = 2.6."""
    tables = _client()
    whole = deal_spells(tables["deals"], AS_OF)
    labour = measure_labour(
        tables, pd.DataFrame(), whole, Settings(as_of=AS_OF), np.random.default_rng(1)
    )

    assert labour.per_won is not None and labour.naive is not None
    assert labour.per_won.contacts == pytest.approx(10.0)
    assert labour.naive.won_only == pytest.approx(2.6)
    # 5 min talk + 4 min wrap-up, every attempt answered: 9 min, so 2.5 x 9 / 60 h per deal.
    assert labour.per_won.hours_per_primary == pytest.approx(2.5 * 9 / 60)
    assert sum(labour.lag) == pytest.approx(1.0)


def test_the_team_rate_is_total_over_total():
    """
    Trap of ratios: r1 makes 30 contacts and r2 20 on equal days, but r2 joined
    late; the team's rate is 50 / all days, not the mean of the two rates.
    """
    tables = _client()
    calendar = pd.DataFrame({"date": pd.date_range("2026-04-27", "2026-06-28", unit="us")})
    calendar["work_hours"] = np.where(calendar["date"].dt.day_of_week < 5, 8.0, 0.0)
    tables["reps"] = pd.DataFrame(
        {
            "rep_id": ["r1", "r2"],
            "hired_on": pd.to_datetime(["2026-01-01", "2026-05-01"]).astype("datetime64[us]"),
            "left_on": pd.to_datetime(["2026-12-31", "2026-05-15"]).astype("datetime64[us]"),
        }
    )
    settings = Settings(as_of=AS_OF, calendar=calendar, timezone="UTC")
    whole = deal_spells(tables["deals"], AS_OF)
    labour = measure_labour(tables, pd.DataFrame(), whole, settings, np.random.default_rng(1))

    assert labour.practice is not None
    reps = labour.practice.reps
    total = reps["contacts"].sum() / reps["days"].sum()
    assert labour.practice.team_per_day == pytest.approx(total)
    assert labour.practice.team_per_day != pytest.approx(reps["raw"].mean(), rel=0.05)


def test_counts_of_the_source_stand_in_for_a_call_list():
    """By hand: 4 + 1 + 3 contacts and one win: 8 contacts per won deal, no minutes."""
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b", "c"],
            "status": ["won", "lost", "lost"],
            "contacts_count": [4.0, 1.0, 3.0],
        }
    )
    labour = measure_labour(
        {"deals": deals}, pd.DataFrame(), deal_spells(deals, AS_OF), Settings(as_of=AS_OF),
        np.random.default_rng(1),
    )  # fmt: skip

    assert labour.counted == (8.0, 3, 1)
    assert labour.minutes_per_primary is None
    assert labour.contacts_at("any") is None


def test_without_contacts_the_reason_is_given():
    deals = pd.DataFrame({"deal_id": ["a"], "status": ["won"]})
    labour = measure_labour(
        {"deals": deals}, pd.DataFrame(), deal_spells(deals, AS_OF), Settings(as_of=AS_OF),
        np.random.default_rng(1),
    )  # fmt: skip

    assert labour.reason == "no contacts in the data"
    assert labour.lag == ()
