"""Working time between instants, and selling time by rep and month."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit.diagnosis.selling_time import (
    RepGroup,
    capacity_hours_by_month,
    effective_reps,
    selling_hours_per_year,
)
from kpikit.diagnosis.workdays import workdays_by_month, working_days, working_hours_between
from kpikit.errors import InputDataError
from kpikit.intake.calendars import working_calendar

ZONE = "Europe/Moscow"


@pytest.fixture(scope="module")
def year():
    return working_calendar("RU", "2025-01-01", "2025-12-31", pre_holiday_cut_h=0)


def _at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz=ZONE).tz_convert("UTC")


def _hours(start: str, end: str, calendar: pd.DataFrame, **options: str) -> float:
    return float(working_hours_between(_at(start), _at(end), calendar, timezone=ZONE, **options)[0])


def test_weekend_does_not_count(year):
    """G10: Friday 16:30 to Monday 09:30 with 9 to 17 is one hour."""
    assert _hours("2025-02-14 16:30", "2025-02-17 09:30", year) == pytest.approx(1.0)


def test_working_hours_become_days_of_eight():
    """G12: 32 working hours are 4.0 days, not 1.33."""
    assert working_days(32.0, 8.0) == 4.0


def test_holidays_before_and_after_work_do_not_count(year):
    """By hand: 30 April 17:00 to 5 May 09:00 2025 has no working minute."""
    assert _hours("2025-04-30 20:00", "2025-05-05 07:00", year) == 0.0


def test_lunch_hour_slows_the_clock(year):
    """By hand: with 9 to 18 and 8 hours of work a whole day is 8, half of the window 4."""
    clock = {"day_start": "09:00", "day_end": "18:00"}
    assert _hours("2025-02-12 08:00", "2025-02-12 19:00", year, **clock) == pytest.approx(8.0)
    assert _hours("2025-02-12 09:00", "2025-02-12 13:30", year, **clock) == pytest.approx(4.0)


def test_missing_instant_gives_no_duration(year):
    starts = pd.Series([_at("2025-02-14 10:00"), pd.NaT])
    ends = pd.Series([_at("2025-02-14 12:00"), _at("2025-02-14 12:00")])
    found = working_hours_between(starts, ends, year, timezone=ZONE)
    assert found[0] == pytest.approx(2.0)
    assert np.isnan(found[1])


def test_outside_the_calendar_is_refused(year):
    with pytest.raises(InputDataError, match="outside the calendar"):
        _hours("2024-12-30 10:00", "2025-02-14 12:00", year)


minutes = st.integers(min_value=0, max_value=300 * 24 * 60)


@given(a=minutes, b=minutes, c=minutes)
def test_time_adds_up_over_any_stop(a, b, c):
    """From A to C takes as long as from A to B and from B to C."""
    calendar = working_calendar("RU", "2025-01-01", "2025-12-31")
    origin = _at("2025-01-01 00:00")
    stops = [pd.Series([origin + pd.Timedelta(minutes=m)]) for m in (a, b, c)]
    between = [
        working_hours_between(x, y, calendar, timezone=ZONE)[0]
        for x, y in ((stops[0], stops[1]), (stops[1], stops[2]), (stops[0], stops[2]))
    ]
    assert between[0] + between[1] == pytest.approx(between[2], abs=1e-9)


def test_months_of_the_year(year):
    """January 2025 has 17 of July's 23 working days; twelve months are one year."""
    months = workdays_by_month(year)
    assert months["workdays"].tolist() == [17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22]
    assert months["years"].sum() == pytest.approx(1.0)


def test_hours_of_one_rep_in_a_year():
    """EX-5.6: (247 - 20 - 5 - 4) = 218 days x 8 h x 0.55 = 959.2 h."""
    hours = selling_hours_per_year(
        247, leave_days=20, sick_days=5, training_days=4, selling_share=0.55
    )
    assert hours == pytest.approx(959.2)


def _team(**columns: list) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"rep_id": [f"r{i}" for i in range(count)], **columns})


def test_months_sum_to_the_year(year):
    """EX-5.6 spread over real months is 959.2 h again; January is 17/23 of July (EX-5.4)."""
    table = capacity_hours_by_month(year, _team(fte=[1.0]), None, selling_share=0.55)
    assert table["hours"].sum() == pytest.approx(959.2)
    by_month = table.set_index("month_on")["hours"]
    assert by_month["2025-01-01"] / by_month["2025-07-01"] == pytest.approx(17 / 23)


def test_leave_profile_moves_hours_not_their_sum(year):
    """All of the leave in August takes 20 of its 21 days (trap 12)."""
    even = capacity_hours_by_month(year, _team(fte=[1.0]), None, selling_share=0.55)
    august = capacity_hours_by_month(
        year, _team(fte=[1.0]), None, selling_share=0.55, leave_profile={8: 1.0}
    )
    assert august["hours"].sum() == pytest.approx(even["hours"].sum())
    assert august["hours"].iloc[7] < 0.1 * even["hours"].iloc[7]


def test_dated_leave_is_taken_where_it_is(year):
    """By hand: five dated days in March leave 15 to be spread; the sum is unchanged."""
    dates = pd.to_datetime(["2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07"])
    away = pd.DataFrame({"rep_id": "r0", "date": dates, "kind": "leave", "share": 1.0})
    table = capacity_hours_by_month(year, _team(fte=[1.0]), away, selling_share=0.55)
    assert table["absent_days"].sum() == pytest.approx(29.0)
    march = table.set_index("month_on").loc["2025-03-01"]
    # 15 + 5 + 4 = 24 days spread over 247, 21 of them in March.
    assert march["absent_days"] == pytest.approx(5 + 24 * 21 / 247)


def test_leave_on_a_holiday_costs_no_working_day(year):
    away = pd.DataFrame(
        {"rep_id": ["r0"], "date": pd.to_datetime(["2025-01-03"]), "kind": ["leave"]}
    )
    table = capacity_hours_by_month(
        year, _team(fte=[1.0]), away, selling_share=0.55, leave_days=0, sick_days=0,
        training_days=0,
    )  # fmt: skip
    assert table["hours"].sum() == pytest.approx(247 * 8 * 0.55)


def test_hire_counts_from_the_first_day_and_learns(year):
    """By hand: nothing before the hire, 30 % in its month, 60 % in the next, then all."""
    team = _team(hired_on=[pd.Timestamp("2025-03-01")], fte=[1.0])
    table = capacity_hours_by_month(year, team, None, selling_share=0.55, ramp=(0.3, 0.6))
    share = (table["hours"] / table["full_hours"]).tolist()
    assert share == pytest.approx([0, 0, 0.3, 0.6, *[1.0] * 8])


def test_leaver_and_part_time(year):
    """By hand: half time until the end of June has half of 117 of 247 working days."""
    team = _team(left_on=[pd.Timestamp("2025-06-30")], fte=[0.5])
    table = capacity_hours_by_month(year, team, None, selling_share=0.55)
    assert table["hours"].sum() == pytest.approx(959.2 * 117 / 247 / 2)


def test_effective_reps():
    """G6: 20 at 85 % and 5 at 50 % x 70 % are 18.75 reps."""
    assert effective_reps(
        [RepGroup(20, presence=0.85), RepGroup(5, presence=0.5, ramp=0.7)]
    ) == pytest.approx(18.75)


def test_effective_reps_carry_a_quota():
    """G7: (7 x 85 % + 3 x 40 %) x 150 k = 1,072.5 k."""
    team = effective_reps([RepGroup(7, presence=0.85), RepGroup(3, ramp=0.4)])
    assert team * 150_000 == pytest.approx(1_072_500)


def test_input_is_left_alone(year):
    team = _team(fte=[1.0, None], hired_on=["2025-02-01", None])
    before = team.copy(deep=True)
    capacity_hours_by_month(year, team, None, selling_share=0.5)
    pd.testing.assert_frame_equal(team, before)


def test_selling_share_of_zero_is_refused(year):
    with pytest.raises(InputDataError, match="selling_share must be above 0"):
        capacity_hours_by_month(year, _team(fte=[1.0]), None, selling_share=0.0)


def test_profile_must_sum_to_one(year):
    with pytest.raises(InputDataError, match="leave_profile must be shares that sum to 1"):
        capacity_hours_by_month(
            year, _team(fte=[1.0]), None, selling_share=0.5, leave_profile={7: 0.5}
        )
