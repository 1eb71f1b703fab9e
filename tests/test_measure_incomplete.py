"""What :mod:`kpikit.diagnosis.measure` makes of data in which something is not there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.measure import measure, owners_follow_wins
from kpikit.diagnosis.settings import Settings
from kpikit.intake.calendars import working_calendar

AS_OF = pd.Timestamp("2026-01-01", tz="UTC")


def deals_of(count: int, **columns: object) -> pd.DataFrame:
    """Deals created day by day in 2025, closed after 20 days: every second one is won."""
    created = pd.date_range("2025-01-01", periods=count, freq="D", tz="UTC")
    table = pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(count)],
            "status": np.where(np.arange(count) % 2 == 0, "won", "lost"),
            "created_at": created,
            "closed_at": created + pd.Timedelta(days=20),
            "segment": None,
            "owner_id": None,
        }
    )
    return table.assign(**columns)


def test_wins_without_dates_are_not_called_no_wins():
    """100 of 200 won, no date: the share is known, the cycle is not, and not for lack of wins."""
    nothing = pd.Series(pd.NaT, index=range(200)).dt.tz_localize("UTC")
    found = measure({"deals": deals_of(200, created_at=nothing, closed_at=nothing)},
                    Settings(AS_OF))  # fmt: skip

    assert found.eventual[""].value == pytest.approx(0.5)
    assert {item.reason for item in found.cycles[""]} == {"no deal with known dates"}
    funnel = found.funnel_of("all")
    assert funnel is not None
    assert (funnel.timed, funnel.lag) == (False, (1.0,))


def test_contacts_counted_by_the_source_are_work_of_every_deal():
    """By hand: 3 contacts with each deal, half of them won: 3 per deal, 6 per won deal."""
    found = measure({"deals": deals_of(200, contacts_count=3.0)}, Settings(AS_OF))

    assert found.labour.counted == (6.0, 200, 100)
    assert found.labour.contacts_per_primary == pytest.approx(3.0)


def test_reps_named_on_wins_only_are_not_compared():
    """Who is named when a deal is won has won every deal he is named on."""
    deals = deals_of(200)
    names = np.where(np.arange(200) % 4 == 0, "Ada", "Bob")
    of_wins = deals.assign(owner_id=pd.Series(names).where(deals["status"] == "won"))
    of_all = deals.assign(owner_id=np.where(np.arange(200) % 3 == 0, "Ada", "Bob"))

    refused, compared = (measure({"deals": d}, Settings(AS_OF)) for d in (of_wins, of_all))

    assert refused.reps is None
    assert owners_follow_wins(refused.deal_spells)
    assert compared.reps is not None
    assert not owners_follow_wins(compared.deal_spells)


def test_a_rep_keeps_the_results_of_his_own_region():
    """
    Each rep sells in one region only, so region and rep are one effect.

    By hand: North wins 3 of 4, South 1 of 4, with 200 deals each; both reps of a region are
    alike. Without the region taken out their conversions are near 0.75 and 0.25.
    """
    count = np.arange(800)
    north = count % 2 == 0
    won = np.where(north, (count // 4) % 4 != 0, (count // 4) % 4 == 0)
    created = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(count % 300, unit="D")
    deals = deals_of(
        800,
        status=np.where(won, "won", "lost"),
        created_at=created,
        closed_at=created + pd.Timedelta(days=20),
        segment=np.where(north, "North", "South"),
        owner_id=[f"rep{n % 4}" for n in count],
    )

    table = measure({"deals": deals}, Settings(AS_OF)).reps.table.set_index("rep_id")["value"]

    assert table[["rep0", "rep2"]].to_list() == pytest.approx([0.75, 0.75], abs=0.03)
    assert table[["rep1", "rep3"]].to_list() == pytest.approx([0.25, 0.25], abs=0.03)


@pytest.fixture
def called() -> dict[str, pd.DataFrame]:
    """Each deal gets one call of 10 minutes on the day it was created, by one of 4 reps."""
    deals = deals_of(200)
    calls = pd.DataFrame(
        {
            "activity_id": [f"c{n}" for n in range(200)],
            "kind": "call",
            "direction": "out",
            "rep_id": [f"rep{n % 4}" for n in range(200)],
            "customer_id": None,
            "deal_id": deals["deal_id"],
            "started_at": deals["created_at"] + pd.Timedelta(hours=10),
            "duration_s": 600.0,
            "is_completed": True,
            "is_connected": True,
            "is_automatic": False,
            "purpose": None,
        }
    )
    return {"deals": deals, "activities": calls}


def test_a_call_left_open_overnight_is_no_long_talk(called):
    """By hand: 199 calls of 10 minutes and one of 50 hours, left open: 10 minutes each, plus 4."""
    calls = called["activities"]
    called["activities"] = calls.assign(duration_s=calls["duration_s"].where(calls.index > 0, 18e4))

    kinds = measure(called, Settings(AS_OF)).labour.kinds.set_index("kind").loc["call"]

    assert kinds["n"] == 200
    assert kinds["minutes"] == pytest.approx(10 + 4)
    assert kinds["left_open"] == 1
    assert called["activities"]["duration_s"].max() == 18e4, "the input is left alone"


def test_presence_without_a_staff_list_ends_with_the_last_contact(called):
    """
    A rep who made no call after June may have left; idle months would halve the rate.

    By hand: rep0 calls every fourth day in the first 100 days only, the others to day 200:
    over their own working days all of them make about a call in 4 days, 7/20 per working day.
    """
    calls = called["activities"]
    early = ~((calls["rep_id"] == "rep0") & (calls.index >= 100))
    called["activities"] = calls[early].reset_index(drop=True)
    calendar = working_calendar("HU", pd.Timestamp("2025-01-01").date(),
                                pd.Timestamp("2025-12-31").date())  # fmt: skip
    practice = measure(called, Settings(AS_OF, calendar=calendar)).labour.practice

    assert practice.status == "degraded"
    assert "no staff list" in practice.reason
    raw = practice.reps.set_index("rep_id")["raw"]
    assert raw["rep0"] == pytest.approx(raw[["rep1", "rep2", "rep3"]].mean(), rel=0.1)
