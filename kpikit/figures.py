"""
Published numbers: one row each, in ``figures.csv``.

A figure is written by the code that computed it and only formatted by pages.
Floats are written with twelve significant digits, so that the same input and
seed give the same file, byte for byte.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.vocabulary import FIGURE_COLUMNS, FIGURE_KEYS, FIGURES, GRADES, STATUSES

Row = dict[str, Any]


def figure(name: str, value: float | str | None, **fields: Any) -> Row:
    """
    One published number.

    Parameters
    ----------
    name : str
        Figure id of the vocabulary.
    value : number, text or None
        In the unit of the vocabulary; shares 0 to 1. None only with a status
        of ``not_computable`` and a reason.
    **fields
        Further columns: keys (segment, stage, role, rep, kind, period), interval
        (low, high, level), counts (n, n_events, n_censored), method, status,
        reason, grade, source.

    Raises
    ------
    InputDataError
        Unknown id, column, status or grade; a missing value without a reason.
    """
    if name not in FIGURES:
        raise InputDataError(f"figure '{name}' is not in the vocabulary")
    unknown = set(fields) - set(FIGURE_COLUMNS)
    if unknown:
        raise InputDataError(f"figure '{name}' has unknown columns {sorted(unknown)}")
    row: Row = dict.fromkeys(FIGURE_COLUMNS)
    row |= {"figure": name, "unit": FIGURES[name].unit, "status": "ok", **fields}
    for key in FIGURE_KEYS[1:]:
        row[key] = "" if row[key] is None else str(row[key])
    row["value"] = _cleaned(value)
    row["low"], row["high"] = _cleaned(row["low"]), _cleaned(row["high"])
    if row["status"] not in STATUSES:
        raise InputDataError(f"figure '{name}': status '{row['status']}' is none of {STATUSES}")
    if row["grade"] is not None and row["grade"] not in GRADES:
        raise InputDataError(f"figure '{name}': grade '{row['grade']}' is none of {list(GRADES)}")
    if row["value"] is None and (row["status"] != "not_computable" or not row["reason"]):
        raise InputDataError(f"figure '{name}' has no value and no reason")
    return row


def _cleaned(value: float | str | None) -> float | str | None:
    """Infinity and nan are not numbers that a report may print."""
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def figure_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """
    All figures as a table in vocabulary columns, sorted by their keys.

    Raises
    ------
    InputDataError
        If two rows share their keys: a number is published once.
    """
    table = pd.DataFrame(list(rows), columns=list(FIGURE_COLUMNS))
    keys = list(FIGURE_KEYS)
    table[keys] = table[keys].fillna("")
    repeated = table[table.duplicated(keys, keep=False)]
    if len(repeated):
        shown = repeated[keys].drop_duplicates().to_dict("records")[:3]
        raise InputDataError(f"published twice: {shown}")
    order = {name: position for position, name in enumerate(FIGURES)}
    ranked = table.assign(_order=table["figure"].map(order))
    return (
        ranked.sort_values(["_order", *keys[1:]], kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def write_figures(table: pd.DataFrame, path: Path) -> None:
    """Write the table as CSV, the same bytes for the same numbers."""
    text = table.copy()
    for column in ("value", "low", "high", "level", "n", "n_events", "n_censored"):
        text[column] = [_text(item) for item in table[column]]
    text.fillna("").to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else f"{float(value):.12g}"


def read_figures(path: Path) -> pd.DataFrame:
    """Read ``figures.csv`` back; numbers are floats where they are numbers."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in ("low", "high", "level", "n", "n_events", "n_censored"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    numbers = pd.to_numeric(table["value"], errors="coerce")
    table["value"] = numbers.astype(object).where(numbers.notna(), table["value"])
    return table


def pick(table: pd.DataFrame, name: str, **keys: str) -> pd.Series:
    """
    The one row of a figure.

    Raises
    ------
    InputDataError
        If there is none, or more than one.
    """
    rows = table[table["figure"] == name]
    for key in FIGURE_KEYS[1:]:
        rows = rows[rows[key] == keys.get(key, "")]
    if len(rows) != 1:
        raise InputDataError(f"figure '{name}' {keys or ''}: {len(rows)} rows instead of one")
    return rows.iloc[0]
