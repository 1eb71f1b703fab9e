"""Capacity, bottleneck, Little's law and waiting."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit.diagnosis.capacity import (
    bottleneck_evidence,
    deals_in_process,
    hours_per_won,
    littles_law_check,
    littles_law_exact,
    pool_capacity,
    visits_per_won,
    wait_approximate,
    wait_in_queue,
    wait_single_server,
)
from kpikit.errors import InputDataError

HOURS = [0.6, 2.0, 1.5, 1.0]


def _stages(roles: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"role": roles, "visits": visits_per_won([100, 40, 20, 10], 10), "hours": HOURS}
    )


def _by_role(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("role")


def test_ex_3_1_deals_in_process():
    """EX-3.1: 40 deals a month x 18 days = 23.66 deals."""
    assert deals_in_process(40 / 30.4375, 18) == pytest.approx(23.66, abs=5e-3)


def test_ex_3_2_littles_law_on_a_window():
    """EX-3.2: intervals [0,10], [2,6], [5,20] in a window of 20."""
    found = littles_law_exact([0, 2, 5], [10, 6, 20], 0, 20)
    assert found == pytest.approx((1.45, 0.15, 9.6667), abs=1e-4)


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 60)), min_size=1, max_size=20),
)
def test_littles_law_is_an_identity(stays):
    """Deals in work are deals a day times days in work, whatever the history."""
    came = np.array([a for a, _ in stays])
    average, rate, stay = littles_law_exact(came, came + [b for _, b in stays], 0, 30)
    assert average == pytest.approx(rate * stay)


def test_ex_3_3_one_pool():
    """EX-3.3: 18 h per won deal; 4 people x 120 h carry 22.67 a month."""
    assert hours_per_won(visits_per_won([100, 40, 20, 10], 10), HOURS) == pytest.approx(18.0)
    table = pool_capacity(_stages(["rep"] * 4), {"rep": 480})
    assert table["won_deals"].tolist() == pytest.approx([22.6667], abs=1e-4)


def test_ex_3_3_the_bottleneck_moves_with_the_people():
    """EX-3.3: 1 + 3 people: 17.0 and 25.5; 2 + 2 people: 34.0 and 17.0."""
    roles = ["sdr", "ae", "ae", "ae"]
    first = _by_role(pool_capacity(_stages(roles), {"sdr": 120, "ae": 360}, demand=15))
    assert first["won_deals"].to_dict() == pytest.approx({"sdr": 17.0, "ae": 25.5})
    assert first["utilisation"].to_dict() == pytest.approx({"sdr": 0.75, "ae": 0.50})
    assert first["is_bottleneck"].to_dict() == {"sdr": True, "ae": False}
    second = _by_role(pool_capacity(_stages(roles), {"sdr": 240, "ae": 240}))
    assert second["won_deals"].to_dict() == pytest.approx({"sdr": 34.0, "ae": 17.0})
    assert second["is_bottleneck"].to_dict() == {"sdr": False, "ae": True}


@given(extra=st.floats(0, 500))
def test_time_away_from_the_bottleneck_adds_nothing(extra):
    roles = ["sdr", "ae", "ae", "ae"]
    table = pool_capacity(_stages(roles), {"sdr": 120, "ae": 360 + extra})
    assert table["won_deals"].min() == pytest.approx(17.0)


def test_role_without_people_is_named():
    with pytest.raises(InputDataError, match="role 'ae' has work but no hours"):
        pool_capacity(_stages(["sdr", "ae", "ae", "ae"]), {"sdr": 120})


def test_ex_3_4_waiting_explodes():
    """EX-3.4: M/M/1 2.33, 4, 9, 19; M/M/4 0.357, 0.746, 1.969, 4.457."""
    loads = (0.7, 0.8, 0.9, 0.95)
    one = [wait_single_server(u) for u in loads]
    assert one == pytest.approx([2.3333, 4, 9, 19], abs=1e-4)
    four = [wait_in_queue(u, 4) for u in loads]
    assert four == pytest.approx([0.357, 0.746, 1.969, 4.457], abs=5e-4)


def test_ex_3_5_waiting_with_variability():
    """EX-3.5: 4.977 h by approximation, 3.939 h exactly for M/M/4."""
    assert wait_approximate(0.9, 4, 1.5, 1.0, 2.0) == pytest.approx(4.977, abs=1e-3)
    assert 2 * wait_in_queue(0.9, 4) == pytest.approx(3.939, abs=1e-3)


def test_full_queue_never_ends():
    assert wait_in_queue(1.0, 4) == math.inf
    assert wait_approximate(1.2, 4, 1, 1, 1) == math.inf


AS_OF = pd.Timestamp("2026-07-01", tz="UTC")


def _spells(rng: np.random.Generator, days: int, growth: float) -> pd.DataFrame:
    """Stays of 10 days on average, entered evenly or with growth, up to 200 days ago."""
    age = days * rng.random(3000) ** (1 + growth)
    stay = rng.exponential(10, 3000)
    is_open = stay > age
    entered = AS_OF - pd.to_timedelta(age, unit="D")
    left = pd.Series(entered + pd.to_timedelta(stay, unit="D")).mask(is_open)
    return pd.DataFrame(
        {
            "entered_at": entered,
            "left_at": left,
            "outcome": np.where(is_open, 0, 2),
            "entry_age_days": 0.0,
            "exit_age_days": np.minimum(age, stay),
        }
    )


def test_little_check_passes_in_balance():
    """15 entries a day of 10 days: 150 deals; the gap is within 4 standard errors (5 %)."""
    spells = _spells(np.random.default_rng(1), 200, 0.0)
    check = littles_law_check(spells, AS_OF - pd.Timedelta(days=150), AS_OF)
    assert check.status == "ok"
    assert abs(check.gap) < 0.05
    assert check.stay == pytest.approx(10, rel=0.08)


def test_little_check_warns_when_history_is_missing():
    """If every second deal has lost its entry, flow implies half of the deals in work."""
    spells = _spells(np.random.default_rng(1), 200, 0.0)
    before = AS_OF - pd.Timedelta(days=150)
    late = spells["entered_at"] > before
    odd = np.arange(len(spells)) % 2 == 0
    # Their true start is lost: the record puts it before the window.
    spells.loc[late & odd, "entered_at"] = before - pd.Timedelta(days=1)
    check = littles_law_check(spells, before, AS_OF)
    assert check.status == "degraded"
    assert "history is missing" in check.reason


def test_bottleneck_needs_more_than_one_fact():
    """The stage that leads in three of four facts is named; a lone fact is not enough."""
    stages = pd.DataFrame(
        {
            "utilisation": [0.6, 0.95, 0.7],
            "wip_growth": [0.0, 0.4, 0.1],
            "first_action_wait_h": [30.0, 5.0, 2.0],
            "age_over_norm": [0.9, 2.0, 1.1],
        },
        index=["lead", "meeting", "offer"],
    )
    found = bottleneck_evidence(stages)
    assert found["facts"].to_dict() == {"lead": 1, "meeting": 3, "offer": 0}
    assert found["is_bottleneck"].to_dict() == {"lead": False, "meeting": True, "offer": False}
    alone = bottleneck_evidence(stages[["utilisation"]])
    assert not alone["is_bottleneck"].any()
