"""
Read the fill-in workbook of a KPI system: one file, several tables, no column map.

Sheets are known by their name or by the title in their first cell, columns by their headings,
in any of the three languages. What is not known is reported and never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.intake.filemap import FileMap, column_kinds, declaration_problems
from kpikit.intake.files import TextGrid, read_grid
from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.kpi_form import Form, FormColumn, FormSheet, heading_key, kpi_form
from kpikit.intake.labels import label_key, nearest
from kpikit.intake.mapped import apply_map
from kpikit.intake.stack import Source
from kpikit.intake.values import tidy
from kpikit.intake.workbooks import first_cells

#: Name of the preset in the engagement's list of files.
KPI_WORKBOOK = "kpi_workbook"
_KNOWN_PRESETS = {KPI_WORKBOOK: None}
#: Parts of a file map that contradict headings which are known.
_NOT_WITH_IT = ("columns", "constants", "rows", "join", "pair", "sheet", "encoding", "delimiter")
#: Where an issue of the whole workbook belongs to.
_FIRST_TABLE = "kpis"


def workbook_problems(declared: FileMap) -> list[str]:
    """Everything wrong with the map of a workbook that shows without opening it."""
    where = declared.path
    problems = [
        f"{where}: preset {KPI_WORKBOOK!r} knows its sheets and headings; leave out `{part}`, or "
        "leave out the preset and map the sheets one by one"
        for part in _NOT_WITH_IT
        if getattr(declared, part)
    ]
    tables = [sheet.table for sheet in kpi_form().sheets]
    if declared.table and declared.table not in tables:
        return [
            *problems,
            f"{where}: preset {KPI_WORKBOOK!r} has no table {declared.table!r}; it has "
            f"{', '.join(tables)}",
        ]
    chosen = [declared.table] if declared.table else tables
    problems += [
        f"{where}: values: the workbook has no column {name!r}"
        for name in declared.values
        if not any(name in column_kinds(table) for table in chosen)
    ]
    bare = replace(declared, table=chosen[0], values={})
    return problems + declaration_problems(bare, _KNOWN_PRESETS)


def read_workbook(
    path: Path, declared: FileMap, *, source_file: str, tz: str
) -> tuple[list[Source], list[Issue]]:
    """
    Read all filled sheets of a workbook.

    Parameters
    ----------
    path : Path
    declared : FileMap
        Checked with :func:`workbook_problems`. Its table, if it names one, is the only one read;
        its ``values`` translate words of the client, such as the names of roles.
    source_file : str
        Path written into the issues, with the name of the sheet.
    tz : str
        Zone of the business.

    Returns
    -------
    sources : list of Source
        One for each sheet with rows; an empty sheet is left out.
    issues : list of Issue

    Raises
    ------
    InputDataError
        If the file is no workbook, damaged or locked.
    """
    form = kpi_form()
    sources: list[Source] = []
    issues: list[Issue] = []
    strange = []
    is_empty = True
    for title, first in first_cells(path).items():
        found = _sheet_of(form, title, first)
        if found is None:
            if first and not _is_explanation(form, title, first):
                strange.append(title)
            continue
        sheet, language = found
        if not first or declared.table not in ("", sheet.table):
            continue
        try:
            grid = read_grid(path, sheet=title, is_label=sheet.is_heading)
        except InputDataError as error:
            issues.append(Issue("file_unreadable", "error", str(error), sheet.table,
                                source_file=f"{source_file}: {title}"))  # fmt: skip
            continue
        if not grid.rows_read:
            continue
        is_empty = False
        read = _read_sheet(grid, sheet, language, declared, title, f"{source_file}: {title}", tz)
        sources.append(read[0])
        issues += read[1]
    if strange:
        issues.append(
            Issue("sheet_unknown", "warning",
                  "These sheets are none of the workbook's and are not read; give them the name "
                  "of the sheet that they stand for, or map them by hand.", _FIRST_TABLE,
                  example=examples(strange), source_file=source_file)
        )  # fmt: skip
    if is_empty and not issues:
        issues.append(
            Issue("workbook_empty", "warning",
                  "No sheet of the workbook is filled in; ask the client for it.", _FIRST_TABLE,
                  source_file=source_file)
        )  # fmt: skip
    return sources, issues


def _sheet_of(form: Form, title: str, first: str) -> tuple[FormSheet, str] | None:
    """The sheet meant by a name or else by the text of its first cell, and its language."""
    for text in (title, first):
        for sheet in form.sheets:
            for language, name in sheet.titles.items():
                if label_key(text) == label_key(name):
                    return sheet, language
    return None


def _is_explanation(form: Form, title: str, first: str) -> bool:
    known = {label_key(t) for t in (*form.start_titles.values(), *form.example_titles.values())}
    return bool(known & {label_key(title), label_key(first)})


def _read_sheet(
    grid: TextGrid,
    sheet: FormSheet,
    language: str,
    declared: FileMap,
    title: str,
    source_file: str,
    tz: str,
) -> tuple[Source, list[Issue]]:
    columns: dict[str, str] = {}
    strange = []
    for label in grid.header:
        column = sheet.column_of(label)
        if column is None or column.name in columns:
            strange.append(label)
        else:
            columns[column.name] = label
    by_name = {column.name: column for column in sheet.columns}
    issues = _heading_issues(sheet, language, columns, strange, grid.rows_read, source_file)
    values: dict[str, Mapping[str, object]] = {}
    for name, label in columns.items():
        own = declared.values.get(name, {})
        column = by_name[name]
        if not column.choices:
            if own:
                values[name] = own
            continue
        words = {**_words(column), **own}
        issues += _choice_issues(grid.rows[label], column, language, words, sheet, source_file)
        # what is in no list counts as missing, and has just been reported
        values[name] = {**words, "*": None}
    file_map = replace(declared, table=sheet.table, columns=columns, values=values, sheet=title)
    mapped = apply_map(grid, file_map, source_file=source_file, tz=tz)
    finish = _FINISH.get(sheet.table)
    if finish is not None:
        mapped = replace(mapped, rows=finish(mapped.rows))
    return Source(file_map, source_file, grid, mapped), issues


def _heading_issues(
    sheet: FormSheet,
    language: str,
    columns: Mapping[str, str],
    strange: list[str],
    rows: int,
    source_file: str,
) -> list[Issue]:
    """Headings that are not those of the workbook, and required ones that are not there."""
    free = [column for column in sheet.columns if column.name not in columns]
    choices = [column.headings[language] for column in free]
    issues = []
    if strange:
        shown = [f"{label!r}{nearest(heading_key(label), choices)}" for label in strange]
        issues.append(
            Issue("heading_unknown", "warning",
                  "Columns with these headings are not read: the workbook has no such headings, "
                  "or has them already. Write the headings as in the empty workbook.",
                  sheet.table, "", rows, share_of(rows, rows), examples(shown), source_file)
        )  # fmt: skip
    lacking = [column for column in free if column.is_required]
    if lacking:
        issues.append(
            Issue("heading_missing", "error",
                  "The sheet lacks headings without which its rows mean nothing; they are set "
                  "aside. Write the headings as in the empty workbook.",
                  sheet.table, lacking[0].name, rows, share_of(rows, rows),
                  examples(column.headings[language] for column in lacking), source_file)
        )  # fmt: skip
    return issues


def _words(column: FormColumn) -> dict[str, object]:
    """Every word of a list, in every language, and the canonical values themselves."""
    words: dict[str, object] = {code: code for code in column.choices}
    for code, by_language in column.choices.items():
        words |= {word: code for word in by_language.values()}
    return words


def _choice_issues(
    cells: pd.Series,
    column: FormColumn,
    language: str,
    words: Mapping[str, object],
    sheet: FormSheet,
    source_file: str,
) -> list[Issue]:
    """Cells of a drop-down column that hold none of its words."""
    known = {label_key(word) for word in words}
    written, _ = tidy(cells)
    written = written.dropna()
    strange = written[~written.map(label_key).isin(known)]
    if strange.empty:
        return []
    allowed = ", ".join(choice[language] for choice in column.choices.values())
    shown = [f"{cell!r} (row {row})" for row, cell in strange.items()]
    return [
        Issue("choice_unknown", "warning",
              f"Cells of {column.headings[language]!r} hold none of the words of its list and "
              f"count as missing; choose from: {allowed}.", sheet.table, column.name,
              len(strange), share_of(len(strange), len(written)), examples(shown), source_file)
    ]  # fmt: skip


def _month_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """A period without an end is the month of its start."""
    start = rows.get("period_start_on")
    if start is None:
        return rows
    ends = start + pd.offsets.MonthEnd(0)
    own = rows.get("period_end_on", pd.Series(pd.NaT, index=rows.index, dtype=ends.dtype))
    return rows.assign(period_end_on=own.fillna(ends))


def _plan_scopes(rows: pd.DataFrame) -> pd.DataFrame:
    """Whose plan it is follows from who is named: a rep, a team, a segment, or nobody."""
    scope = pd.Series("company", index=rows.index, dtype="str")
    for column, name in (("segment", "segment"), ("scope_id", "team"), ("rep_name", "rep")):
        if column in rows:
            scope = scope.mask(rows[column].notna(), name)
    return _month_ends(rows).assign(scope=scope)


#: What follows from the cells of a row, by table.
_FINISH: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "kpi_facts": _month_ends,
    "plans": _plan_scopes,
    "payroll": _month_ends,
}
