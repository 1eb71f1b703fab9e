"""
Turn the text grid of one file into typed canonical rows.

Every record of the file ends in the rows, is filtered by the map, or is set aside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from kpikit.intake.dates import read_dates, read_exact_instants, read_instants
from kpikit.intake.filemap import (
    MONEY_COLUMNS,
    SHARE_COLUMNS,
    SYNTHETIC_KEYS,
    FileMap,
    column_kinds,
)
from kpikit.intake.files import TextGrid
from kpikit.intake.issues import Issue, examples, row_list, share_of
from kpikit.intake.labels import find_label, label_key
from kpikit.intake.spelling import damage_issues, percent_as_share, plain_ids, value_finder
from kpikit.intake.values import (
    Reading,
    clean,
    map_unique,
    read_booleans,
    read_durations,
    read_numbers,
    scale_in,
    tidy,
)
from kpikit.vocabulary import REQUIRED_COLUMNS


@dataclass(frozen=True, eq=False)
class MappedRows:
    """
    Typed rows of one file before they meet the others.

    Parameters
    ----------
    rows : DataFrame
        Canonical and helper columns, ``source_file``, ``source_row`` and
        ``source_rows`` (how many records of the file made this row).
    issues : tuple of Issue
    set_aside : DataFrame
        Columns of :data:`kpikit.vocabulary.SET_ASIDE_COLUMNS`.
    rows_read, rows_filtered : int
        Records of the file, and those that the map leaves out on purpose.
    records : DataFrame
        The text cells by ``source_row``, for rows set aside later.
    """

    rows: pd.DataFrame
    issues: tuple[Issue, ...]
    set_aside: pd.DataFrame
    rows_read: int
    rows_filtered: int
    records: pd.DataFrame


def apply_map(grid: TextGrid, file_map: FileMap, *, source_file: str, tz: str) -> MappedRows:
    """
    Turn a text grid into typed canonical rows.

    Parameters
    ----------
    grid : TextGrid
    file_map : FileMap
        Already checked with :func:`declaration_problems` and :func:`map_problems`.
    source_file : str
        Path written into the rows and issues.
    tz : str
        Zone of times without offset where the map declares none.

    Returns
    -------
    MappedRows
        Every record of the file is in ``rows``, filtered, or set aside.
    """
    tz = file_map.tz or tz
    issues: list[Issue] = []
    aside = [_named(grid.set_aside, source_file, file_map.table)]
    if len(grid.set_aside):
        issues.append(
            Issue(
                "wrong_field_count", "warning",
                "Records with a wrong number of fields are set aside, not shifted; "
                "export the file again or correct them.",
                file_map.table, "", len(grid.set_aside),
                share_of(len(grid.set_aside), grid.rows_read),
                row_list(grid.set_aside["source_row"].tolist()), source_file,
            )
        )  # fmt: skip
    issues += [
        Issue("read_note", "info", f"{note[:1].upper()}{note[1:]}.", file_map.table,
              source_file=source_file)
        for note in grid.notes
    ]  # fmt: skip
    cells = grid.rows
    for label, wanted in file_map.rows.items():
        kept = {label_key(value) for value in wanted}
        column = find_label(label, grid.header)
        raw = [cell for cell in cells[column].dropna().unique() if label_key(cell) in kept]
        cells = cells[cells[column].isin(raw)]
    filtered = len(grid.rows) - len(cells)
    records = cells
    durations = None
    if file_map.pair is not None:
        cells, durations, lonely = _pair_rows(cells, file_map, tz)
        if len(lonely):
            reason = (
                f"no {file_map.pair.end} follows directly, or no {file_map.pair.start} precedes"
            )
            aside.append(aside_rows(lonely, records, reason, source_file, file_map.table))
            issues.append(
                Issue("unpaired_rows", "warning",
                      "Start or end rows of a work item without their other half are set aside.",
                      file_map.table, "", len(lonely),
                      share_of(len(lonely), len(records)), row_list(lonely), source_file)
            )  # fmt: skip
    rows = pd.DataFrame(index=cells.index)
    kinds = column_kinds(file_map.table)
    for name, label in file_map.columns.items():
        column = find_label(label, grid.header)
        cell_kinds = grid.kinds.loc[cells.index, column] if grid.kinds is not None else None
        source, mapped_issues = _translate(cells[column], file_map, name, source_file)
        reading = _read_column(
            source, kinds[name], name, file_map, tz, cell_kinds,
            _scale(name, label, file_map.table, grid),
        )  # fmt: skip
        largest = SHARE_COLUMNS.get(file_map.table, {}).get(name)
        if largest is not None:
            reading = percent_as_share(reading, source, label, largest)
        rows[name] = reading.values
        issues += mapped_issues + _column_issues(reading, name, file_map, source_file, len(cells))
        if kinds[name] == "id" or name == "phone":
            issues += damage_issues(reading.values, name, file_map, source_file)
    for name, constant in file_map.constants.items():
        text = pd.Series(str(constant), index=rows.index, dtype="str")
        rows[name] = _read_column(text, kinds[name], name, file_map, tz, None, 1.0).values
    if durations is not None:
        rows["duration_s"] = durations.reindex(rows.index)
    if "unit_price" in rows:
        worth = rows["units"] * rows["unit_price"]
        rows["amount"] = rows["amount"].fillna(worth) if "amount" in rows else worth
    rows["source_file"] = source_file
    rows["source_row"] = rows.index.astype("int64")
    rows["source_rows"] = 2 if file_map.pair is not None else 1
    key = SYNTHETIC_KEYS.get(file_map.table)
    if key and key not in rows and file_map.join is None:
        stem = PurePath(source_file).name
        rows[key] = [f"{stem}:{row}" for row in rows.index]
        if key in REQUIRED_COLUMNS[file_map.table]:
            issues.append(
                Issue("key_from_row", "info",
                      f"The file has no {key}; its row numbers are used, so other files "
                      "cannot refer to these rows.", file_map.table, key, len(rows), 1.0,
                      "", source_file)
            )  # fmt: skip
    return MappedRows(
        rows.reset_index(drop=True),
        tuple(issues),
        pd.concat(aside, ignore_index=True),
        grid.rows_read,
        filtered,
        records,
    )


def record_texts(records: pd.DataFrame, rows: Sequence[int]) -> list[str]:
    """Records word for word, each as a JSON object of label and cell."""
    wanted = records.reindex(list(rows))
    return [
        json.dumps(
            {label: cell if isinstance(cell, str) else None
             for label, cell in zip(records.columns, row, strict=True)},
            ensure_ascii=False,
        )
        for row in wanted.itertuples(index=False, name=None)
    ]  # fmt: skip


def _named(part: pd.DataFrame, source_file: str, table: str) -> pd.DataFrame:
    return part.assign(source_file=source_file, table=table)


def aside_rows(
    rows: Sequence[int], records: pd.DataFrame, reason: str, source_file: str, table: str
) -> pd.DataFrame:
    """Rows of the set-aside table for records of one file, with one reason."""
    part = pd.DataFrame({"source_row": list(rows), "reason": reason})
    part["record"] = record_texts(records, rows)
    return _named(part, source_file, table)


def _scale(name: str, label: str, table: str, grid: TextGrid) -> float:
    """Unit stated in the column's label, else in a title line; never both."""
    if name not in MONEY_COLUMNS.get(table, ()):
        return 1.0
    own = scale_in(label)
    return own if own != 1.0 else scale_in(" ".join(grid.title_lines))


def _pair_rows(
    cells: pd.DataFrame, file_map: FileMap, tz: str
) -> tuple[pd.DataFrame, pd.Series, list[int]]:
    """Start rows that have an end, their durations [s], and the rows without their half."""
    pair = file_map.pair
    assert pair is not None
    header = list(cells.columns)
    step = map_unique(cells[find_label(pair.label, header)].fillna(""), label_key)
    within = [find_label(label, header) for label in pair.within]
    when = read_exact_instants(
        cells[find_label(file_map.columns["started_at"], header)], tz=tz, order=file_map.date_order
    ).values
    ordered = pd.DataFrame({"step": step, "when": when})
    ordered["group"] = cells.groupby(within, sort=False, dropna=False).ngroup() if within else 0
    ordered = ordered.sort_values(["group", "when"], kind="stable")
    same = ordered["group"] == ordered["group"].shift(-1)
    is_start = (ordered["step"] == label_key(pair.start)) & same
    paired = is_start & (ordered["step"].shift(-1) == label_key(pair.end))
    seconds = (ordered["when"].shift(-1) - ordered["when"]).dt.total_seconds()
    starts = ordered.index[paired]
    ends = ordered.index[paired.shift(1, fill_value=False)]
    lonely = sorted(set(ordered.index) - set(starts) - set(ends))
    starts = starts.sort_values()
    return cells.loc[starts], seconds[paired].reindex(starts), [int(row) for row in lonely]


def _translate(
    source: pd.Series, file_map: FileMap, name: str, source_file: str
) -> tuple[pd.Series, list[Issue]]:
    """Apply the value translations of one column; values without one stay as they are."""
    table = file_map.values.get(name)
    if not table:
        return source, []
    meaning = value_finder(table)
    changes: dict[str, str | None] = {}
    unknown = []
    for cell in source.dropna().unique():
        found = meaning(cell)
        if found is not None:
            value = found[0]
            changes[cell] = None if value is None else str(value)
        else:
            changes[cell] = cell
            if clean(cell):
                unknown.append(cell)
    issues = []
    if unknown:
        rows = source.isin(unknown)
        issues.append(
            Issue("value_not_mapped", "warning",
                  f"These values of {name} have no translation in the map and stay as they are.",
                  file_map.table, name, int(rows.sum()), share_of(int(rows.sum()), len(source)),
                  examples(sorted(unknown)), source_file)
        )  # fmt: skip
    return source.map(changes).astype("str"), issues


def _read_column(
    cells: pd.Series,
    kind: str,
    name: str,
    file_map: FileMap,
    tz: str,
    cell_kinds: pd.Series | None,
    scale: float,
) -> Reading:
    if name == "duration_s":
        return read_durations(cells, kinds=cell_kinds)
    if kind in ("float", "int"):
        reading = read_numbers(cells, decimal=file_map.decimal, kinds=cell_kinds, scale=scale)
        if kind == "float":
            return reading
        whole = reading.values.where(reading.values.mod(1).eq(0))
        lost = cells[reading.values.notna() & whole.isna()]
        unreadable = pd.concat([reading.unreadable, lost])
        return Reading(whole.astype("Int64"), unreadable, reading.missing, reading.problem)
    if kind == "instant":
        return read_instants(cells, tz=tz, order=file_map.date_order, kinds=cell_kinds)
    if kind == "date":
        return read_dates(cells, order=file_map.date_order, kinds=cell_kinds)
    if kind == "bool":
        return read_booleans(cells)
    text, missing = tidy(cells)
    if kind == "id":
        return plain_ids(text, missing)
    return Reading(text, text.iloc[:0], missing)


def _column_issues(
    reading: Reading, name: str, file_map: FileMap, source_file: str, total: int
) -> list[Issue]:
    table = file_map.table
    issues = []
    if reading.problem:
        rule = "date_order_unclear" if "date_order" in reading.problem else "number_form_unclear"
        issues.append(
            Issue(rule, "error", f"{name} was not read: {reading.problem}.", table, name, total,
                  1.0, "", source_file)
        )  # fmt: skip
    if len(reading.unreadable):
        count = len(reading.unreadable)
        example = f"{reading.unreadable.iloc[0]!r} ({row_list(reading.unreadable.index)})"
        issues.append(
            Issue("cell_unreadable", "warning",
                  f"Cells of {name} cannot be read and count as missing; correct them in the file.",
                  table, name, count, share_of(count, total), example, source_file)
        )  # fmt: skip
    if reading.missing:
        count = sum(reading.missing.values())
        marks = ", ".join(f"{mark!r} {times} x" for mark, times in sorted(reading.missing.items()))
        issues.append(
            Issue("missing_mark", "info", f"Marks of {name} that mean no value count as missing.",
                  table, name, count, share_of(count, total), marks, source_file)
        )  # fmt: skip
    issues += [
        Issue("read_note", "info", f"{name}: {note}.", table, name, source_file=source_file)
        for note in reading.notes
    ]
    return issues
