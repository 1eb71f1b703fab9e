"""
Typed columns with proof: instants and dates.

The order of day and month is decided once per column from the values that prove
it (a part above 12), never per cell. Local times become UTC with the declared
zone; hours that a clock change doubles or skips are handled in one way and counted.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from kpikit.intake.values import Reading, tidy

UTC_TYPE = pd.DatetimeTZDtype("us", "UTC")
DATE_TYPE = np.dtype("datetime64[us]")

_YEARS = (1900, 2100)  # anything else is a slip of the pen
_SERIALS = (20000.0, 80000.0)  # Excel day numbers of 1954 to 2119
_EXCEL_ZERO = pd.Timestamp("1899-12-30")

_TIME = (
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:-|/|\. ?)(?P<month>\d{1,2})(?:-|/|\. ?)(?P<day>\d{1,2})\.?" + _TIME
)
_DOTTED = re.compile(
    r"(?P<first>\d{1,2})\. ?(?P<other>\d{1,2})\. ?(?P<year>\d{4}|\d{2})(?: ?г\.?)?" + _TIME
)
_SLASHED = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME
)
_OFFSET = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)", re.I
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_MONTH_YEAR = re.compile(
    r"(?P<word>[^\W\d]{3,})\.?[ .'’-]*(?P<year>\d{4}|\d{2})(?: ?(?:г|год|year)\.?)?"
)
_YEAR_MONTH = re.compile(
    r"(?P<year>\d{4})\.? (?P<word>[^\W\d]{3,})\.?(?: (?P<day>\d{1,2})\.?)?" + _TIME
)
_DAY_MONTH = re.compile(
    r"(?P<day>\d{1,2})\.?[ -](?P<word>[^\W\d]{3,})\.?[ -](?P<year>\d{4}|\d{2})(?: ?г\.?)?" + _TIME
)
_MONTH_DAY = re.compile(r"(?P<word>[^\W\d]{3,})\.? (?P<day>\d{1,2}), ?(?P<year>\d{4})" + _TIME)

_MONTHS = {
    **dict.fromkeys(("янв", "jan", "jan"), 1), **dict.fromkeys(("фев", "feb"), 2),
    **dict.fromkeys(("мар", "mar", "már"), 3), **dict.fromkeys(("апр", "apr", "ápr"), 4),
    **dict.fromkeys(("май", "мая", "may", "maj", "máj"), 5),
    **dict.fromkeys(("июн", "jun", "jún"), 6), **dict.fromkeys(("июл", "jul", "júl"), 7),
    **dict.fromkeys(("авг", "aug"), 8), **dict.fromkeys(("сен", "sep", "sze"), 9),
    **dict.fromkeys(("окт", "oct", "okt"), 10), **dict.fromkeys(("ноя", "nov"), 11),
    **dict.fromkeys(("дек", "dec"), 12),
}  # fmt: skip


def read_instants(
    cells: pd.Series, *, tz: str, order: str | None = None, kinds: pd.Series | None = None
) -> Reading:
    """
    Read a column of instants to whole seconds of UTC.

    Parameters
    ----------
    cells : Series of str
    tz : str
        IANA zone of times that state no offset.
    order : {"dmy", "mdy", "ymd"}, optional
        Declared order of slashed dates; proven from the column where None.
    kinds : Series of str, optional
        Kind of each cell of a workbook.

    Returns
    -------
    Reading
        ``datetime64[us, UTC]`` values, parts of a second cut off.
    """
    reading = read_exact_instants(cells, tz=tz, order=order, kinds=kinds)
    whole = reading.values.dt.floor("s")
    return Reading(whole, reading.unreadable, reading.missing, reading.problem, reading.notes)


def read_exact_instants(
    cells: pd.Series, *, tz: str, order: str | None = None, kinds: pd.Series | None = None
) -> Reading:
    """The same as :func:`read_instants`, with parts of a second (for durations)."""
    text, missing = tidy(cells)
    unique = pd.Series(text.dropna().unique(), dtype="str")
    numbers = _typed_numbers(text, kinds)
    has_offset = unique.str.fullmatch(_OFFSET).astype(bool)
    spelled = unique.where(has_offset).str.replace(
        r"([+-]\d\d):?(\d\d)?$", lambda match: f"{match[1]}:{match[2] or '00'}", regex=True
    )
    absolute = pd.to_datetime(spelled, format="ISO8601", utc=True, errors="coerce").astype(UTC_TYPE)
    local, problem = _local_times(unique.where(~has_offset), order, numbers)
    utc, notes = _to_utc(local, tz)
    stamps = absolute.where(has_offset, utc)
    table = pd.Series(stamps.to_numpy(dtype="datetime64[us]"), index=unique)
    naive = text.map(table.to_dict())
    values = pd.to_datetime(naive).astype(DATE_TYPE).dt.tz_localize("UTC").astype(UTC_TYPE)
    return _finish(text, values, missing, problem, notes)


def read_dates(
    cells: pd.Series, *, order: str | None = None, kinds: pd.Series | None = None
) -> Reading:
    """
    Read a column of calendar dates; a time of day is cut off.

    Parameters
    ----------
    cells, order, kinds
        As in :func:`read_instants`.

    Returns
    -------
    Reading
        Naive ``datetime64[us]`` values at midnight.
    """
    text, missing = tidy(cells)
    # a date keeps the day that its writer saw, whatever the offset
    bare = text.str.replace(r"(?<=:\d\d)(\.\d+)? ?(Z|[+-]\d\d(:?\d\d)?)$", "", regex=True)
    unique = pd.Series(bare.dropna().unique(), dtype="str")
    local, problem = _local_times(unique, order, _typed_numbers(bare, kinds))
    table = pd.Series(local.to_numpy(dtype="datetime64[us]"), index=unique)
    values = pd.to_datetime(bare.map(table.to_dict())).astype(DATE_TYPE).dt.normalize()
    return _finish(text, values, missing, problem, ())


def _finish(
    text: pd.Series,
    values: pd.Series,
    missing: dict[str, int],
    problem: str,
    notes: tuple[str, ...],
) -> Reading:
    if problem:
        nothing = pd.Series(pd.NaT, index=values.index, dtype=values.dtype)
        return Reading(nothing, text.iloc[:0], missing, problem, notes)
    return Reading(values, text[text.notna() & values.isna()], missing, "", notes)


def _typed_numbers(text: pd.Series, kinds: pd.Series | None) -> set[str]:
    if kinds is None:
        return set()
    return set(text[(kinds.reindex(text.index) == "number") & text.notna()])


def _local_times(unique: pd.Series, order: str | None, numbers: set[str]) -> tuple[pd.Series, str]:
    """Naive times of distinct texts, and the question to the user if the order is unclear."""
    result = pd.Series(pd.NaT, index=unique.index, dtype=DATE_TYPE)
    left = unique.dropna()

    def take(pattern: re.Pattern[str]) -> pd.DataFrame:
        nonlocal left
        fits = left.str.fullmatch(pattern).astype(bool)
        parts = left[fits].str.extract(pattern)
        left = left[~fits]
        return parts

    iso = take(_YEAR_FIRST)
    result.loc[iso.index] = _build(iso, iso["year"], iso["month"], iso["day"])
    problem = ""
    for pattern, usual in ((_DOTTED, "dmy"), (_SLASHED, None)):
        parts = take(pattern)
        if parts.empty:
            continue
        first, other = parts["first"].astype(int), parts["other"].astype(int)
        column_order, question = _day_month_order(first, other, order, usual, unique)
        problem = problem or question
        day, month = (other, first) if column_order == "mdy" else (first, other)
        result.loc[parts.index] = _build(parts, parts["year"], month, day)
    for pattern in (_DAY_MONTH, _MONTH_DAY, _YEAR_MONTH, _MONTH_YEAR):
        parts = take(pattern)
        if parts.empty:
            continue
        named = parts["word"].str.lower().str[:3].map(_MONTHS)
        of_month = parts["day"].fillna("1") if "day" in parts else named.notna().map({True: "1"})
        result.loc[parts.index] = _build(parts, parts["year"], named, of_month)
    serial = left[left.str.fullmatch(_SERIAL).astype(bool) | left.isin(list(numbers))]
    days = pd.to_numeric(serial.str.replace(",", "."), errors="coerce")
    days = days[days.between(*_SERIALS)]
    # a serial is a binary fraction of a day: without rounding 12:00:00 becomes 11:59:59.999
    stamps = _EXCEL_ZERO + pd.to_timedelta((days * 86400).round(), unit="s")
    result.loc[days.index] = stamps.astype(DATE_TYPE)
    return result, problem


def _day_month_order(
    first: pd.Series, other: pd.Series, declared: str | None, usual: str | None, unique: pd.Series
) -> tuple[str, str]:
    """Order of one column's numeric dates; ``usual`` is the convention of its separator."""
    if declared in ("dmy", "mdy"):
        return declared, ""
    day_first, month_first = first > 12, other > 12
    if day_first.any() and month_first.any():
        if usual:
            return usual, ""  # the few that do not fit are unreadable and counted
        return "dmy", (
            f"the column has day-first dates ({unique[first.index[day_first][0]]!r}) and "
            f"month-first dates ({unique[first.index[month_first][0]]!r}); declare the order "
            "(date_order: dmy or mdy), the others are then refused"
        )
    if day_first.any():
        return "dmy", ""
    if month_first.any():
        return "mdy", ""
    if usual or (first == other).all():
        return usual or "dmy", ""
    example = unique[first.index[first != other][0]]
    return "dmy", (
        f"no day above 12 shows whether {example!r} has the day or the month first; "
        "declare the order of this file (date_order: dmy or mdy)"
    )


def _build(parts: pd.DataFrame, year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Naive times from their parts; impossible ones (31 February, hour 25) are null."""
    years = pd.to_numeric(year)
    short = year.str.len() == 2
    years = years.where(~short, years + np.where(years < 70, 2000, 1900))
    frame = pd.DataFrame(
        {"year": years, "month": pd.to_numeric(month), "day": pd.to_numeric(day)},
        index=parts.index,
    )
    whole = frame.dropna().astype("int64")
    dates = pd.to_datetime(whole, errors="coerce").reindex(parts.index)
    dates = dates.where(years.between(*_YEARS))
    if "hour" not in parts:
        return dates.astype(DATE_TYPE)
    hour, minute, second = (
        pd.to_numeric(parts[name]).fillna(0).astype("int64")
        for name in ("hour", "minute", "second")
    )
    half = parts["half"].str.lower()
    possible = (hour < 24) & (minute < 60) & (second < 60) & (half.isna() | hour.between(1, 12))
    hour = hour.where(half.isna(), hour % 12 + 12 * (half == "p"))
    part = pd.to_numeric(parts["part"].str.ljust(6, "0").str[:6]).fillna(0).astype("int64")
    micro = ((hour * 60 + minute) * 60 + second) * 1_000_000 + part
    return (dates + pd.to_timedelta(micro, unit="us")).where(possible).astype(DATE_TYPE)


def _to_utc(local: pd.Series, tz: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Local times as UTC; of a doubled hour the first, a skipped hour moved to its end."""
    notes = []
    strict = local.dt.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward")
    doubled = int((strict.isna() & local.notna()).sum())
    if doubled:
        first_pass = np.ones(len(local), dtype=bool)
        strict = local.dt.tz_localize(tz, ambiguous=first_pass, nonexistent="shift_forward")
        notes.append(f"{doubled} times stand in the hour that a clock change doubles; "
                     "the first of the two is taken")  # fmt: skip
    skipped = int((strict.dt.tz_localize(None) != local)[local.notna()].sum())
    if skipped:
        notes.append(f"{skipped} times stand in the hour that a clock change skips; "
                     "they are moved to its end")  # fmt: skip
    return strict.dt.tz_convert("UTC").astype(UTC_TYPE), tuple(notes)
