"""
Working time: hours between two instants, workdays of a month.

A clock on the wall says that an answer on Monday to a question of Friday took
three days. The working clock runs only while somebody is at work. Everything
here reads a calendar table: one row per day with ``date`` and ``work_hours``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError

HOUR = np.timedelta64(3_600_000_000, "us")


def working_hours_between(
    start_at: pd.Series | pd.Timestamp,
    end_at: pd.Series | pd.Timestamp,
    calendar: pd.DataFrame,
    *,
    timezone: str,
    day_start: str = "09:00",
    day_end: str = "17:00",
) -> np.ndarray:
    """
    Count the working hours between two instants.

    The clock runs from ``day_start`` to ``day_end`` on the calendar's working
    days. A full day counts its ``work_hours``: with a lunch hour (9 to 18, 8
    hours) the clock runs evenly at 8/9. A shortened day ends earlier.

    Parameters
    ----------
    start_at, end_at : instants
        Zone-aware, of equal length. Missing values give NaN: not known.
    calendar : DataFrame
        ``date`` (every day, no gaps) and ``work_hours`` [h].
    timezone : str
        IANA zone in which the working day is meant.
    day_start, day_end : str
        Wall-clock times, such as ``09:00``.

    Returns
    -------
    ndarray
        Working hours; negative when the end is before the start. [h]

    Raises
    ------
    InputDataError
        If an instant lies outside the calendar or the calendar has gaps.
    """
    opens, closes = _clock(day_start, "day_start"), _clock(day_end, "day_end")
    if closes <= opens:
        raise InputDataError(f"day_end {day_end} is not after day_start {day_start}.")
    first, hours = _hours_by_day(calendar)
    full = _full_day_hours(hours)
    window = (closes - opens) * np.where(full > 0, hours / full, 0.0)
    before = np.concatenate([[0.0], np.cumsum(hours)])

    def clock(values: pd.Series | pd.Timestamp, name: str) -> np.ndarray:
        local = _local(values, timezone, name)
        missing = np.isnat(local)
        day = local.astype("datetime64[D]")
        index = np.where(missing, 0, (day - first).astype(int))
        outside = ~missing & ((index < 0) | (index >= len(hours)))
        if outside.any():
            raise InputDataError(
                f"{name}: {local[outside][0].astype('datetime64[m]')} lies outside the calendar "
                f"({first} to {first + len(hours) - 1}); extend the calendar."
            )
        since_midnight = np.where(missing, 0.0, (local - day) / HOUR)
        open_hours = window[index]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip((since_midnight - opens) / open_hours, 0.0, 1.0)
        result = before[index] + np.where(open_hours > 0, part, 0.0) * hours[index]
        return np.where(missing, np.nan, result)

    return clock(end_at, "end_at") - clock(start_at, "start_at")


def working_days(hours: np.ndarray | float, hours_per_day: float = 8.0) -> np.ndarray | float:
    """
    Turn working hours into working days: 32 hours are four days of eight.

    Parameters
    ----------
    hours : array or float
        Working hours. [h]
    hours_per_day : float
        Hours of a full working day. [h]
    """
    if not hours_per_day > 0:
        raise InputDataError(f"hours_per_day must be above 0, not {hours_per_day}.")
    return hours / hours_per_day


def workdays_by_month(calendar: pd.DataFrame) -> pd.DataFrame:
    """
    Count the workdays and working hours of each month.

    Parameters
    ----------
    calendar : DataFrame
        ``date`` and ``work_hours`` [h].

    Returns
    -------
    DataFrame
        ``month_on`` (first of the month), ``days`` in the calendar, ``workdays``,
        ``work_hours`` [h] and ``years``, the part of a year covered: the days
        covered of each month over its length, twelfths.
    """
    table = calendar[["date", "work_hours"]].copy()
    table["month_on"] = table["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    table["is_workday"] = table["work_hours"] > 0
    months = (
        table.groupby("month_on")
        .agg(
            days=("date", "size"),
            workdays=("is_workday", "sum"),
            work_hours=("work_hours", "sum"),
        )
        .reset_index()
    )
    months["years"] = months["days"] / months["month_on"].dt.days_in_month / 12.0
    return months


def _hours_by_day(calendar: pd.DataFrame) -> tuple[np.datetime64, np.ndarray]:
    if calendar.empty:
        raise InputDataError("the calendar has no days; give it a period.")
    days = calendar["date"].to_numpy().astype("datetime64[D]")
    order = np.argsort(days)
    days = days[order]
    if (np.diff(days).astype(int) != 1).any():
        gap = days[:-1][np.diff(days).astype(int) != 1][0]
        raise InputDataError(f"the calendar is not one row per day after {gap}; fill the gap.")
    return days[0], calendar["work_hours"].to_numpy(dtype=float)[order]


def _full_day_hours(hours: np.ndarray) -> float:
    """Hours of a full day: the most frequent of the working days."""
    worked = hours[hours > 0]
    if not len(worked):
        return 0.0
    values, counts = np.unique(worked, return_counts=True)
    return float(values[counts.argmax()])


def _local(values: pd.Series | pd.Timestamp, timezone: str, name: str) -> np.ndarray:
    series = values if isinstance(values, pd.Series) else pd.Series([values])
    if not isinstance(series.dtype, pd.DatetimeTZDtype):
        if series.isna().all():
            return np.full(len(series), np.datetime64("NaT", "us"))
        raise InputDataError(f"{name} must be instants with a time zone; they have none.")
    wall = series.dt.tz_convert(timezone).dt.tz_localize(None)
    return wall.to_numpy().astype("datetime64[us]")


def _clock(text: str, name: str) -> float:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError:
        hour, minute = -1, 0
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        raise InputDataError(f"{name}: '{text}' is not a time of day; write it as 09:00.")
    return hour + minute / 60.0
