"""National working calendars against official month totals."""

import pandas as pd
import pytest

from kpikit.errors import InputDataError
from kpikit.intake.calendars import working_calendar, years_without_moved_days


def _day(table: pd.DataFrame, text: str) -> pd.Series:
    return table.set_index("date").loc[pd.Timestamp(text)]


def test_russian_year_2025_by_month():
    """EX: Russia 2025 has 17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22 working days (G11)."""
    table = working_calendar("RU", "2025-01-01", "2025-12-31")
    months = table.groupby(table["date"].dt.month)["is_workday"].sum()
    assert months.tolist() == [17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22]
    assert table["is_workday"].sum() == 247


def test_moved_working_saturdays():
    """G11: Hungary works on 10 Jan and 8 Aug 2026, Russia on 1 Nov 2025."""
    hungary = working_calendar("HU", "2026-01-01", "2026-12-31")
    assert _day(hungary, "2026-01-10")["is_workday"]
    assert _day(hungary, "2026-08-08")["is_workday"]
    assert not _day(hungary, "2026-01-02")["is_workday"]
    russia = working_calendar("RU", "2025-11-01", "2025-11-30")
    assert _day(russia, "2025-11-01")["is_workday"]


@pytest.mark.parametrize(("year", "hours"), [(2024, 1979), (2025, 1972), (2026, 1972)])
def test_russian_hours_of_the_40_hour_week(year, hours):
    """The official production calendars of the years: 1,979, 1,972 and 1,972 hours."""
    table = working_calendar("RU", f"{year}-01-01", f"{year}-12-31")
    assert table["work_hours"].sum() == hours


def test_shortened_days_can_be_left_out():
    """By hand: 247 full days of 8 hours are 1,976 hours."""
    table = working_calendar("RU", "2025-01-01", "2025-12-31", pre_holiday_cut_h=0)
    assert table["work_hours"].sum() == 247 * 8


def test_override_replaces_the_official_day():
    """A day off on 24 December and a half day on the 23rd are the client's own rules."""
    table = working_calendar(
        "RU", "2025-12-22", "2025-12-26", overrides={"2025-12-24": 0, "2025-12-23": 4}
    )
    assert table["work_hours"].tolist() == [8, 4, 0, 8, 8]
    assert table["is_workday"].tolist() == [True, True, False, True, True]


def test_table_has_midnight_dates_and_no_missing_text_but_none():
    table = working_calendar("HU", "2026-04-01", "2026-04-07")
    assert str(table["date"].dtype) == "datetime64[us]"
    names = dict(zip(table["date"].dt.day, table["name"], strict=True))
    assert names[1] is None
    assert names[6] == "Easter Monday"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("XX", "2025-01-01", "2025-01-31"), "no working calendar for country 'XX'"),
        (("RU", "2025-02-01", "2025-01-31"), "ends before it begins"),
        (("RU", "soon", "2025-01-31"), "start_on: 'soon' is not a date"),
    ],
)
def test_unusable_requests_are_named(arguments, text):
    with pytest.raises(InputDataError, match=text):
        working_calendar(*arguments)


def test_unknown_region_lists_the_known_ones():
    with pytest.raises(InputDataError, match=r"no region 'QQ'; known: .*BY"):
        working_calendar("DE", "2025-01-01", "2025-01-31", subdivision="QQ")


def test_far_years_are_marked_as_provisional():
    """Nobody has moved the days of 2049 yet; Germany moves none."""
    assert years_without_moved_days("HU", [2025, 2049]) == [2049]
    assert years_without_moved_days("RU", [2025, 2049]) == [2049]
    assert years_without_moved_days("DE", [2025, 2049]) == []
