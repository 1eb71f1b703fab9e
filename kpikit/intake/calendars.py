"""
National working calendars: holidays, moved days, shortened days.

The official rules come from the ``holidays`` package, including working
Saturdays and days off that a government moved. A client's own rules (an extra
day off, a half day) are overrides by date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from kpikit.errors import InputDataError

#: Hours by which the working day before a public holiday is shorter. [h]
#: Russia: Labour Code, article 95; Belarus: Labour Code, article 116.
PRE_HOLIDAY_CUT_H = {"RU": 1.0, "BY": 1.0}


def working_calendar(
    country: str,
    start_on: dt.date | str,
    end_on: dt.date | str,
    *,
    subdivision: str | None = None,
    hours_per_day: float = 8.0,
    pre_holiday_cut_h: float | None = None,
    overrides: Mapping[dt.date | str, float] | None = None,
) -> pd.DataFrame:
    """
    List every day of a period with its working hours.

    Weekends and public holidays have none; a Saturday that was declared a
    working day in exchange for a bridge day has. Where the law shortens the day
    before a holiday, so does the calendar; a working Saturday takes over the
    hours of the day it was exchanged for.

    Parameters
    ----------
    country : str
        Two-letter code, such as ``RU`` or ``HU``.
    start_on, end_on : date or ISO text
        First and last day, both included.
    subdivision : str, optional
        Code of a region with holidays of its own.
    hours_per_day : float
        Hours of a full working day. [h]
    pre_holiday_cut_h : float, optional
        Hours that the day before a public holiday is shorter; by default what
        the law of the country says, 0 for full days. [h]
    overrides : mapping of date to float, optional
        Working hours of single days, replacing the official ones. [h]

    Returns
    -------
    DataFrame
        One row per day with columns ``date`` (midnight, no zone),
        ``is_workday``, ``work_hours`` [h] and ``name`` (the holiday, or None).

    Raises
    ------
    InputDataError
        If the country, the region, the period or an override is not usable.
    """
    start, end = _date(start_on, "start_on"), _date(end_on, "end_on")
    if end < start:
        raise InputDataError(
            f"the calendar ends before it begins ({start:%Y-%m-%d} to {end:%Y-%m-%d}); "
            "swap the two dates."
        )
    if not 0 < hours_per_day <= 24:
        raise InputDataError(f"hours_per_day must be above 0 and up to 24, not {hours_per_day}.")
    cut = PRE_HOLIDAY_CUT_H.get(country, 0.0) if pre_holiday_cut_h is None else pre_holiday_cut_h
    if not 0 <= cut < hours_per_day:
        raise InputDataError(f"pre_holiday_cut_h must be between 0 and a full day, not {cut}.")

    days = pd.date_range(start, end, freq="D", unit="us")
    official = _official(country, subdivision, range(start.year - 1, end.year + 2))
    hours, names = [], []
    for day in days:
        date = day.date()
        worked = hours_per_day if official.is_working_day(date) else 0.0
        if worked and _is_pre_holiday(official, date):
            worked -= cut
        hours.append(worked)
        names.append(official.get(date))
    table = pd.DataFrame({"date": days, "work_hours": hours, "name": names})
    table["name"] = table["name"].astype(object).where(table["name"].notna(), None)
    for key, value in (overrides or {}).items():
        day = _date(key, "overrides")
        if not 0 <= float(value) <= 24:
            raise InputDataError(
                f"overrides: {value} working hours on {day:%Y-%m-%d}; give 0 to 24."
            )
        table.loc[table["date"] == day, "work_hours"] = float(value)
    table["is_workday"] = table["work_hours"] > 0
    return table[["date", "is_workday", "work_hours", "name"]]


def years_without_moved_days(country: str, years: list[int]) -> list[int]:
    """
    List the years whose moved days are not known.

    Governments move days a year ahead. For a country that does so, a future
    year has the regular holidays only, and its month totals may still change.

    Parameters
    ----------
    country : str
        Two-letter code.
    years : list of int

    Returns
    -------
    list of int
        Empty for countries that move no days.
    """
    official = _official(country, None, years)
    if not getattr(official, "has_substituted_holidays", False):
        return []
    known: set[int] = set()
    for attribute in ("special_public_holidays", "special_holidays"):
        known |= set(getattr(official, attribute, None) or {})
    return [year for year in years if year not in known]


def _official(country: str, subdivision: str | None, years):  # type: ignore[no-untyped-def]
    # holidays is imported here: it loads its country tables, and a calendar is
    # needed by few of the commands.
    import holidays

    try:
        return holidays.country_holidays(
            country, subdiv=subdivision, years=list(years), language="en_US"
        )
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False)
        if country not in known:
            near = ", ".join(sorted(code for code in known if code[:1] == country[:1].upper()))
            raise InputDataError(
                f"no working calendar for country '{country}'; use a two-letter code, "
                f"such as {near or 'RU, HU, DE'}."
            ) from None
        regions = ", ".join(known[country]) or "none"
        raise InputDataError(
            f"country '{country}' has no region '{subdivision}'; known: {regions}."
        ) from None


def _is_pre_holiday(official, date: dt.date) -> bool:  # type: ignore[no-untyped-def]
    moved_to = _exchanged_for(official, date)
    return _is_statutory(official, (moved_to or date) + dt.timedelta(days=1))


def _exchanged_for(official, date: dt.date) -> dt.date | None:  # type: ignore[no-untyped-def]
    """Day off that a working weekend day was exchanged for."""
    if not official.is_weekend(date):
        return None
    mark = f"{date:%m/%d/%Y}"
    return next((day for day, name in official.items() if mark in name), None)


def _is_statutory(official, date: dt.date) -> bool:  # type: ignore[no-untyped-def]
    return date in official and "substituted" not in official.get(date)


def _date(value: dt.date | str, where: str) -> pd.Timestamp:
    day = pd.to_datetime(value, errors="coerce")
    if pd.isna(day):
        raise InputDataError(f"{where}: '{value}' is not a date; write it as 2026-07-01.")
    return pd.Timestamp(day).tz_localize(None).normalize()
