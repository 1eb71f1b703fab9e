"""The team month by month: who is there, and for how many hours."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.people import headcount_table, time_by_role


@pytest.fixture
def calendar():
    """Monday to Friday of 2026, eight hours: 261 days."""
    days = pd.date_range("2026-01-01", "2026-12-31", unit="us")
    hours = np.where(days.day_of_week < 5, 8.0, 0.0)
    return pd.DataFrame({"date": days, "work_hours": hours})


ALLOWANCES = {"leave_days": 0, "sick_days": 0, "training_days": 0, "hours_per_day": 8.0}


def staff(**columns):
    size = len(next(iter(columns.values())))
    table = pd.DataFrame(
        {
            "rep_id": [str(n) for n in range(size)],
            "role": ["rep"] * size,
            "fte": [1.0] * size,
            "hired_on": [pd.NaT] * size,
            "left_on": [pd.NaT] * size,
        }
        | columns
    )
    return table.astype({"hired_on": "datetime64[us]", "left_on": "datetime64[us]"})


def test_head_count_is_full_time_people(calendar):
    """Four and a half reps: 4.5 people all year; 22 working days of 8 hours in January 2026."""
    (team,) = time_by_role(calendar, headcount_table({"rep": 4.5}), None, **ALLOWANCES)

    assert team.fte == pytest.approx((4.5,) * 12)
    assert team.hours_per_fte[0] == pytest.approx(22 * 8)
    assert sum(team.days_per_fte) == pytest.approx(261)
    assert team.reps == 5  # heads, one of them part-time


def test_yearly_allowances_leave_the_rest(calendar):
    """261 less 20, 5 and 4 days are 232."""
    days = {"leave_days": 20, "sick_days": 5, "training_days": 4, "hours_per_day": 8.0}
    (team,) = time_by_role(calendar, headcount_table({"rep": 1}), None, **days)

    assert sum(team.days_per_fte) == pytest.approx(232)
    assert sum(team.hours_per_fte) == pytest.approx(232 * 8)


def test_months_differ(calendar):
    """Trap 12: February has 20 working days, July 23."""
    (team,) = time_by_role(calendar, headcount_table({"rep": 1}), None, **ALLOWANCES)

    assert team.days_per_fte[1] == pytest.approx(20)
    assert team.days_per_fte[6] == pytest.approx(23)


def test_a_hire_has_no_effect_before_the_first_day(calendar):
    """Trap 12: hired on 1 July with .3, .6, 1: nothing before, then learning month by month."""
    people = staff(hired_on=["2026-07-01"])
    (team,) = time_by_role(calendar, people, None, ramp=(0.3, 0.6, 1.0), **ALLOWANCES)

    assert team.fte[:6] == (0.0,) * 6
    assert team.fte[6:] == pytest.approx((0.3, 0.6, 1.0, 1.0, 1.0, 1.0))


def test_leavers_are_gone(calendar):
    """One leaves at the end of March; who left before the year is nobody's capacity."""
    people = staff(left_on=[pd.NaT, "2026-03-31", "2025-12-31"])
    (team,) = time_by_role(calendar, people, None, **ALLOWANCES)

    assert team.fte[:2] == pytest.approx((2.0, 2.0))
    assert team.fte[4:] == pytest.approx((1.0,) * 8)
    assert team.reps == 2


def test_attrition_thins_the_team(calendar):
    """EX-5.10 counts the starts of months (mean 3.588); half a month later it is x sqrt(.98)."""
    (team,) = time_by_role(
        calendar, headcount_table({"rep": 4}), None, attrition_per_month=0.02, **ALLOWANCES
    )

    assert np.mean(team.fte) == pytest.approx(3.588 * 0.98**0.5, abs=1e-3)
    assert team.fte[11] == pytest.approx(4 * 0.98**11.5)


def test_dated_absences_count_in_their_month(calendar):
    """A rep who is away for the ten working days from 1 June works 12 of the 22 days of June."""
    away = pd.date_range("2026-06-01", "2026-06-12", freq="B", unit="us")
    absences = pd.DataFrame({"rep_id": "0", "date": away, "kind": "leave", "share": 1.0})
    (team,) = time_by_role(calendar, staff(fte=[1.0]), absences, **ALLOWANCES)

    assert team.fte[5] == pytest.approx(12 / 22)
    assert team.fte[4] == pytest.approx(1.0)


def test_roles_keep_their_order_and_their_people(calendar):
    roles = time_by_role(calendar, headcount_table({"sdr": 1, "ae": 3}), None, **ALLOWANCES)

    assert [(team.role, team.reps) for team in roles] == [("sdr", 1.0), ("ae", 3.0)]


def test_the_staff_list_is_left_alone(calendar):
    people = staff(hired_on=["2026-07-01", None])
    before = people.copy()
    time_by_role(calendar, people, None, ramp=(0.5, 1.0), **ALLOWANCES)

    pd.testing.assert_frame_equal(people, before)
