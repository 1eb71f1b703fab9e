"""
Typed columns with proof: numbers, durations, yes and no.

The decimal mark is decided once per column from the values that prove it, never
per cell. Where no value proves it, nothing is read and the user is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

#: Texts that mean "no value", compared in lower case.
MISSING_MARKS = frozenset(
    {
        "", "-", "--", "—", "–", "n/a", "na", "#n/a", "#н/д", "н/д", "null", "none", "nan", "nat",
        "не закрыта", "не закрыт", "не закрыто", "нет данных", "не указано", "не указан",
        "не указана", "не задано", "(пусто)", "nincs adat", "nincs megadva", "#value!", "#знач!",
        "#div/0!", "#дел/0!", "#zéróosztó!", "#hiányzik", "#ref!", "#ссылка!", "0000-00-00",
        "0000-00-00 00:00:00", "00.00.0000", "00.00.0000 00:00:00",
    }
)  # fmt: skip

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007\ufeff]+")
_MULTIPLIERS = (
    (re.compile(r"(?<![^\W\d])(млрд|mrd|bn|milliárd)\.?(?![^\W\d])", re.I), 1e9),
    (re.compile(r"(?<![^\W\d])(млн|mio|mln|millió)\.?(?![^\W\d])", re.I), 1e6),
    (re.compile(r"(?<![^\W\d])(тыс|тысяч|ezer|thousand)\.?(?![^\W\d])", re.I), 1e3),
)
_UNITS = re.compile(
    r"(?<![^\W\d])(руб|рубл[а-я]+|р|rub|usd|eur|huf|ft|forint|шт|db|pcs)\.?(?![^\W\d])|[₽€$£¥₴₸]",
    re.I,
)
_SPACED = re.compile(r"\d{1,3}([ '’]\d{3})+([.,]\d+)?")
_PLAIN = re.compile(r"\d+")
_EXPONENT = re.compile(r"(\d+(?:[.,]\d+)?)e([+-]?\d+)", re.I)
_DATE_LIKE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}[.-][^\W\d]{3,}")


@dataclass(frozen=True, eq=False)
class Reading:
    """
    One column after reading.

    Parameters
    ----------
    values : Series
        Typed values, null where the cell is missing or unreadable.
    unreadable : Series
        The cells (as written) that are not missing and could not be read.
    missing : dict of str to int
        Written marks such as ``н/д`` that were read as missing, and how often.
    problem : str
        Why the whole column was left unread and what to declare; else empty.
    notes : tuple of str
        What was decided or adjusted.
    """

    values: pd.Series
    unreadable: pd.Series
    missing: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()


def clean(cell: str) -> str:
    """A cell with every kind of space made plain and none at its ends."""
    return _SPACES.sub(" ", cell).strip()


def tidy(cells: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """
    Cleaned cells with missing marks as null, and the count of each mark written.

    Parameters
    ----------
    cells : Series of str
    """
    unique = cells.dropna().unique()
    cleaned = {cell: clean(cell) for cell in unique}
    kept = {cell: text for cell, text in cleaned.items() if text.lower() not in MISSING_MARKS}
    marks = Counter(
        {cleaned[cell]: int(count) for cell, count in cells.value_counts().items()
         if cell not in kept and cleaned[cell]}
    )  # fmt: skip
    return cells.map(kept).astype("str"), dict(marks)


def scale_in(text: str) -> float:
    """Multiplier that a title or a label states (``тыс. руб.`` is 1000), else 1."""
    for pattern, factor in _MULTIPLIERS:
        if pattern.search(text):
            return factor
    return 1.0


@dataclass(frozen=True)
class _Number:
    """A number as written: sign and factor known, the role of its one mark perhaps not."""

    whole: str
    mark: str  # the decimal mark or the mark in question; empty when there is none
    fraction: str
    proven: str  # "." or "," when this value proves the decimal mark of its column
    factor: float
    percent: bool
    exponent: int = 0
    own_factor: bool = False


def _parse_number(cell: str) -> _Number | None:
    text = cell.replace("\u2212", "-").replace("–", "-")
    factor, own = 1.0, False
    for pattern, size in _MULTIPLIERS:
        text, count = pattern.subn("", text)
        if count:
            factor, own = factor * size, True
    text = _UNITS.sub("", text).strip()
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    sign = 1.0
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1.0, text[1:-1].strip()
    if text.endswith("-") or text.startswith("-"):
        sign, text = -sign, text.strip("-").strip()
    text = text.removeprefix("+").strip()
    signed = sign * factor
    if match := _EXPONENT.fullmatch(text):
        whole, mark, fraction = _split(match[1])
        return _Number(whole, mark, fraction, mark, signed, percent, int(match[2]), own)
    if _SPACED.fullmatch(text):
        text = re.sub(r"[ '’]", "", text)
        whole, mark, fraction = _split(text)
        # groups are written with spaces, so the mark can only be the decimal one
        return _Number(whole, mark, fraction, mark, signed, percent, own_factor=own)
    if _PLAIN.fullmatch(text):
        return _Number(text, "", "", "", signed, percent, own_factor=own)
    return _marked_number(text, signed, percent, own)


def _marked_number(text: str, signed: float, percent: bool, own: bool) -> _Number | None:
    dots, commas = text.count("."), text.count(",")
    if not dots + commas or not re.fullmatch(r"\d*(?:[.,]\d+)+", text):
        return None
    if dots and commas:
        decimal = max(".,", key=text.rfind)
        group = "," if decimal == "." else "."
        whole, _, fraction = text.rpartition(decimal)
        if decimal in whole or not re.fullmatch(rf"\d{{1,3}}(\{group}\d{{3}})+", whole):
            return None
        return _Number(whole.replace(group, ""), decimal, fraction, decimal, signed, percent,
                       own_factor=own)  # fmt: skip
    mark = "." if dots else ","
    other = "," if dots else "."
    if dots + commas > 1:
        if not re.fullmatch(rf"\d{{1,3}}(\{mark}\d{{3}})+", text):
            return None
        return _Number(text.replace(mark, ""), "", "", other, signed, percent, own_factor=own)
    whole, _, fraction = text.partition(mark)
    # only one group of exactly three digits may be a thousand or a fraction
    unclear = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return _Number(whole or "0", mark, fraction, "" if unclear else mark, signed, percent,
                   own_factor=own)  # fmt: skip


def _split(text: str) -> tuple[str, str, str]:
    mark = "." if "." in text else "," if "," in text else ""
    whole, _, fraction = text.partition(mark) if mark else (text, "", "")
    return whole, mark, fraction


def _number_value(number: _Number, decimal: str | None) -> float:
    if not number.mark:
        text = number.whole
    elif number.mark == decimal or (decimal is None and number.proven == number.mark):
        text = f"{number.whole}.{number.fraction}"
    elif number.proven:
        return np.nan  # written with the other decimal mark
    else:
        text = number.whole + number.fraction
    value = float(f"{text}e{number.exponent}") * number.factor
    return value / 100 if number.percent else value


def read_numbers(
    cells: pd.Series,
    *,
    decimal: str | None = None,
    kinds: pd.Series | None = None,
    scale: float = 1.0,
) -> Reading:
    """
    Read a column of numbers as people write them.

    Thousands may be grouped by spaces, apostrophes, dots or commas; brackets
    and a trailing minus are negative; currency signs are ignored; ``тыс.`` and ``млн``
    multiply; a percent sign divides by 100.

    Parameters
    ----------
    cells : Series of str
    decimal : {".", ","}, optional
        Declared decimal mark; proven from the column where None.
    kinds : Series of str, optional
        Kind of each cell of a workbook; ``number`` cells are exact.
    scale : float
        Factor stated in the title or label, applied to each number that does
        not state its own.

    Returns
    -------
    Reading
        float64 values. Where several cells such as ``1.234`` may be thousands or
        fractions and no other proves the mark, or two marks are proven, nothing
        is read and ``problem`` asks for the decimal mark.
    """
    text, missing = tidy(cells)
    typed = kinds.reindex(cells.index) == "number" if kinds is not None else None
    exact = typed & text.notna() if typed is not None else pd.Series(False, index=cells.index)
    written = text[~exact & text.notna()]
    if kinds is not None:
        dated = kinds.reindex(written.index).isin(["date", "instant"])
        written = written[~dated]
    parsed = {cell: _parse_number(cell) for cell in written.unique()}
    proofs = {number.proven for number in parsed.values() if number and number.proven}
    unclear = [cell for cell, number in parsed.items() if number and number.mark
               and not number.proven]  # fmt: skip
    values = pd.Series(np.nan, index=cells.index, dtype="float64")
    problem = ""
    if decimal is None and len(proofs) > 1:
        problem = _two_marks(parsed)
    elif decimal is None and unclear and not proofs:
        problem = (
            f"nothing in the column shows whether {unclear[0]!r} is a thousand or a fraction; "
            "declare the decimal mark of this file (decimal: ',' or '.')"
        )
    notes: list[str] = []
    if not problem:
        mark = decimal or next(iter(proofs), None)
        read = {cell: _number_value(number, mark) if number else np.nan
                for cell, number in parsed.items()}  # fmt: skip
        own = {cell for cell, number in parsed.items() if number and number.own_factor}
        percents = {cell for cell, number in parsed.items() if number and number.percent}
        factors = np.where(written.isin(list(own | percents)), 1.0, scale)
        values.loc[written.index] = written.map(read).astype("float64") * factors
        if exact.any():
            values.loc[exact] = text[exact].astype("float64") * scale
        if percents and len(percents) < len(parsed):
            notes.append("some cells have a percent sign and some have not")
    unreadable = text[text.notna() & values.isna()] if not problem else text.iloc[:0]
    damaged = unreadable[unreadable.str.contains(_DATE_LIKE)]
    if len(damaged):
        notes.append(
            f"{len(damaged)} numbers look like dates (for example {damaged.iloc[0]!r}): a "
            "spreadsheet changed them when the file was saved; ask for the original export"
        )
    return Reading(values, unreadable, missing, problem, tuple(notes))


def _two_marks(parsed: dict[str, _Number | None]) -> str:
    first: dict[str, str] = {}
    for cell, number in parsed.items():
        if number and number.proven:
            first.setdefault(number.proven, cell)
    return (
        f"the column has decimal commas ({first[',']!r}) and decimal points ({first['.']!r}); "
        "declare the decimal mark of this file (decimal: ',' or '.'), the others are then refused"
    )


_UNIT_SECONDS = (
    (re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:час\w*|ч|óra|ó|hours?|hrs?|h)\b\.?", re.I), 3600.0),
    (re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:мин\w*|м|perc|p|minutes?|mins?|m)\b\.?", re.I), 60.0),
    (re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:сек\w*|с|mp|másodperc|seconds?|secs?|s)\b\.?", re.I), 1.0),
    (re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:дн\w*|день|дня|nap|days?|d)\b\.?", re.I), 86400.0),
)


def _parse_duration(cell: str) -> float | None:
    if re.fullmatch(r"\d+(?:[.,]\d+)?", cell):
        return float(cell.replace(",", "."))
    if match := re.fullmatch(r"(\d+):([0-5]?\d):([0-5]?\d)(?:\.\d+)?", cell):
        return int(match[1]) * 3600.0 + int(match[2]) * 60.0 + int(match[3])
    rest, total, found = cell, 0.0, 0
    for pattern, seconds in _UNIT_SECONDS:
        match = pattern.search(rest)
        if match:
            total += float(match[1].replace(",", ".")) * seconds
            rest = rest[: match.start()] + " " + rest[match.end() :]
            found += 1
    return total if found and not rest.strip(" ,") else None


def read_durations(cells: pd.Series, *, kinds: pd.Series | None = None) -> Reading:
    """
    Read a column of durations in seconds.

    ``1 мин 5 сек``, ``0:01:05`` and plain seconds are understood. ``01:05`` may be
    minutes and seconds or hours and minutes: it is read as the former only if
    some first part is above 23, else the user is asked.

    Parameters
    ----------
    cells : Series of str
    kinds : Series of str, optional
        Kind of each cell of a workbook.

    Returns
    -------
    Reading
        float64 values [s].
    """
    text, missing = tidy(cells)
    if kinds is not None:
        clock = (kinds.reindex(cells.index) == "time") & text.notna()
        text = text.where(~clock, text.str.partition(".")[0])
    pairs = [cell for cell in text.dropna().unique() if re.fullmatch(r"\d+:[0-5]\d", cell)]
    problem = ""
    read: dict[str, float | None] = {cell: _parse_duration(cell) for cell in text.dropna().unique()}
    if pairs and max(int(cell.partition(":")[0]) for cell in pairs) > 23:
        for cell in pairs:
            minutes, _, seconds = cell.partition(":")
            read[cell] = int(minutes) * 60.0 + int(seconds)
    elif pairs:
        problem = (
            f"{pairs[0]!r} may be minutes and seconds or hours and minutes; write hours, minutes "
            "and seconds (0:01:05) or plain seconds"
        )
    values = text.map(read).astype("float64")
    if problem:
        return Reading(values * np.nan, text.iloc[:0], missing, problem)
    return Reading(values, text[text.notna() & values.isna()], missing)


_TRUE = {"да", "yes", "y", "1", "igen", "i", "true", "истина", "igaz", "+", "ja"}
_FALSE = {"нет", "no", "n", "0", "nem", "false", "ложь", "hamis"}


def read_booleans(cells: pd.Series) -> Reading:
    """
    Read a column of yes and no in English, Russian or Hungarian.

    Returns
    -------
    Reading
        Nullable ``boolean`` values.
    """
    text, missing = tidy(cells)
    words: dict[str, bool] = {
        cell: cell.lower() in _TRUE
        for cell in text.dropna().unique()
        if cell.lower() in _TRUE | _FALSE
    }
    values = text.map(words).astype("boolean")
    return Reading(values, text[text.notna() & values.isna()], missing)


def no_text(index: pd.Index) -> pd.Series:
    """A text column with nothing in it."""
    return pd.Series([None] * len(index), index=index, dtype="str")


def map_unique(cells: pd.Series, change: Callable[[str], str | None]) -> pd.Series:
    """Apply a function to each distinct text once."""
    return cells.map({cell: change(cell) for cell in cells.dropna().unique()})
