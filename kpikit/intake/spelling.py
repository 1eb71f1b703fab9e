"""
How people and spreadsheets write ids, shares and the values of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from kpikit.intake.filemap import FileMap
from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.labels import label_key
from kpikit.intake.values import Reading, clean

_PERCENT = re.compile(r"%|процент|per ?cent|százalék", re.I)


def value_finder(table: Mapping[str, object]) -> Callable[[str], tuple[object] | None]:
    """
    What the values of a map say about a cell.

    Parameters
    ----------
    table : mapping
        Value in the file -> canonical value. ``*`` in a value stands for any text; values
        named in full come first, then the patterns in their order.

    Returns
    -------
    callable
        Gives the canonical value in a tuple of one, or None where no value fits. An empty
        cell fits no pattern.
    """
    named = {label_key(str(raw)): value for raw, value in table.items()}
    patterns = [
        (re.compile(".*".join(map(re.escape, key.split("*"))), re.S), value)
        for key, value in named.items()
        if "*" in key
    ]

    def find(cell: str) -> tuple[object] | None:
        key = label_key(cell)
        if key in named:
            return (named[key],)
        fits = (value for pattern, value in patterns if key and pattern.fullmatch(key))
        return next(((value,) for value in fits), None)

    return find


def plain_ids(text: pd.Series, missing: dict[str, int]) -> Reading:
    """
    Ids without the ``.0`` that a table program adds to whole numbers.

    ``17850.0`` becomes ``17850`` only when every id of the column ends so: then the
    program did it, and other files write the same ids without it.
    """
    written = pd.Series(text.dropna().unique(), dtype="str")
    notes: tuple[str, ...] = ()
    if len(written) and written.str.fullmatch(r"\d+\.0").all():
        text = text.str.removesuffix(".0")
        notes = (f"ids such as {written.iloc[0]!r} are read without their '.0'",)
    return Reading(text, text.iloc[:0], missing, "", notes)


def percent_as_share(reading: Reading, cells: pd.Series, label: str, largest: float) -> Reading:
    """
    Numbers below a label in percent as shares.

    Parameters
    ----------
    reading : Reading
        Numbers in which a percent sign already divided by 100.
    cells : Series of str
        The cells as written.
    label : str
        Label of the column.
    largest : float
        The largest number that still is a share: a workbook shows a cell of 0.2 as 20 %,
        so numbers below a percent label are percent only if one of them is above. [share]
    """
    bare = reading.values.notna() & ~cells.fillna("").map(clean).str.endswith("%")
    if not _PERCENT.search(label) or not reading.values[bare].abs().gt(largest).any():
        return reading
    note = "numbers without a percent sign are read as percent, as their label says"
    values = reading.values.where(~bare, reading.values / 100)
    return replace(reading, values=values, notes=(*reading.notes, note))


def damage_issues(cells: pd.Series, name: str, file_map: FileMap, source_file: str) -> list[Issue]:
    """Ids and phones that a spreadsheet turned into rounded numbers."""
    text = cells.dropna()
    rounded = text.str.fullmatch(r"\d{1,2}([.,]\d+)?[eE]\+?\d{1,2}").astype(bool)
    long = text.str.fullmatch(r"\d{16,}").astype(bool)
    ends = text.str.endswith("0") & long
    # one long id in ten ends in 0 by chance; a spreadsheet makes all of them do so
    if ends.sum() > long.sum() / 2 and ends.sum() > 1:
        rounded |= ends
    if not rounded.any():
        return []
    count = int(rounded.sum())
    return [
        Issue("spreadsheet_damage", "warning",
              f"Values of {name} were rounded by a spreadsheet; ask for the original export.",
              file_map.table, name, count, share_of(count, len(text)),
              examples(text[rounded]), source_file)
    ]  # fmt: skip
