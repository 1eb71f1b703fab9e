"""Canonical tables: every column there, in its type and place."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit.intake.dates import DATE_TYPE, UTC_TYPE
from kpikit.intake.filemap import column_kinds
from kpikit.intake.values import no_text
from kpikit.vocabulary import PROVENANCE, TABLES

#: Booleans that the door itself decides for every row.
_DECIDED = ["is_test", "is_duplicate", "is_imported", "is_bulk", "is_human"]


_NULLS: dict[str, Any] = {
    "instant": UTC_TYPE, "date": DATE_TYPE, "float": "float64", "int": "Int64", "bool": "boolean",
}  # fmt: skip


def typed_null(kind: str, index: pd.Index) -> pd.Series:
    """A column of one kind with nothing in it."""
    empty = no_text(index)
    return empty.astype("object").astype(_NULLS[kind]) if kind in _NULLS else empty


def complete(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Rows with every canonical column in its type, null where nothing was read."""
    complete = rows.copy()
    for column, kind in TABLES[table].items():
        if column not in complete:
            complete[column] = typed_null(kind, complete.index)
        else:
            complete[column] = _cast(complete[column], kind)
    for column, kind in column_kinds(table).items():
        if column in rows and column not in TABLES[table]:
            complete[column] = _cast(complete[column], kind)
    if "source_file" not in complete:
        complete["source_file"], complete["source_row"] = "", 0
    return complete


def _cast(values: pd.Series, kind: str) -> pd.Series:
    if kind == "instant":
        return pd.to_datetime(values, utc=True).astype(UTC_TYPE)
    if kind == "date":
        return pd.to_datetime(values).astype(DATE_TYPE).dt.normalize()
    if kind == "float":
        return values.astype("float64")
    if kind == "int":
        return values.astype("Int64")
    if kind == "bool":
        return values.astype("boolean")
    return values.astype("str")


def canonical(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    ordered = rows.reset_index(drop=True)[[*TABLES[table], *PROVENANCE]].copy()
    for column in ordered.columns.intersection(_DECIDED):
        if ordered[column].notna().all():
            ordered[column] = ordered[column].astype(bool)
    ordered["source_file"] = ordered["source_file"].fillna("").astype("str")
    ordered["source_row"] = ordered["source_row"].fillna(0).astype("int64")
    return ordered
