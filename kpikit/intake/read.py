"""
Read a whole client: files in, canonical tables, issues and import log out.

The same files and settings give the same tables, whatever the clock says. Every
record of every file is kept, filtered by the map, or set aside with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from kpikit.errors import EngagementError, InputDataError
from kpikit.intake import checks, settle
from kpikit.intake.bitrix24 import PRESETS, Preset, expand_preset, label_test, phone_columns
from kpikit.intake.columns import canonical, complete
from kpikit.intake.filemap import FileMap, declaration_problems, map_problems, zone_problems
from kpikit.intake.files import read_grid
from kpikit.intake.flags import Thresholds
from kpikit.intake.identity import resolve_customers, resolve_reps, resolve_stages
from kpikit.intake.issues import Issue, issue_table, set_aside_table
from kpikit.intake.kpi_list import resolve_kpis
from kpikit.intake.kpi_workbook import KPI_WORKBOOK, read_workbook, workbook_problems
from kpikit.intake.ledger import complete_lines
from kpikit.intake.mapped import MappedRows, apply_map
from kpikit.intake.stack import Source, Stack
from kpikit.vocabulary import TABLES


@dataclass(frozen=True, eq=False)
class ClientData:
    """
    Everything that was read of one client.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables with the columns of :data:`kpikit.vocabulary.TABLES` and
        their provenance; a table that no file fills is absent.
    issues : DataFrame
        Every problem met, the gravest first.
    import_log : DataFrame
        One row per file map: what was read, kept, filtered and set aside, and the period.
    set_aside : DataFrame
        The records that could not be used, word for word, with the reason.
    """

    tables: dict[str, pd.DataFrame]
    issues: pd.DataFrame
    import_log: pd.DataFrame
    set_aside: pd.DataFrame


def read_client(
    file_maps: Sequence[FileMap],
    *,
    root: Path | str,
    as_of: pd.Timestamp,
    tz: str,
    base_currency: str,
    stages: pd.DataFrame | None = None,
    reps: pd.DataFrame | None = None,
    fx_rates: pd.DataFrame | None = None,
    robots: Sequence[str] = (),
    thresholds: Thresholds | None = None,
) -> ClientData:
    """
    Read all files of a client into checked canonical tables.

    Parameters
    ----------
    file_maps : sequence of FileMap
        In the order in which joins build on earlier files.
    root : Path
        The engagement's folder; no file outside it is opened.
    as_of : Timestamp
        Instant of the data, with a zone; later rows are not used.
    tz : str
        IANA zone of the business and of times without an offset.
    base_currency : str
        Code of the currency of ``amount_base``.
    stages, reps : DataFrame, optional
        Lists of the engagement, columns of the canonical tables.
    fx_rates : DataFrame, optional
        ``currency``, ``rate_to_base`` and optionally ``date``.
    robots : sequence of str, optional
        Names or ids of reps that are programs.
    thresholds : Thresholds, optional
        Limits of the flag rules.

    Returns
    -------
    ClientData

    Raises
    ------
    EngagementError
        If maps do not fit the files; all problems at once. Files that are
        damaged are an issue of severity error, and their rows are absent.
    """
    if as_of.tzinfo is None:
        raise InputDataError(
            f"as_of {as_of} has no time zone; write for example 2025-06-30T23:59Z."
        )
    as_of = as_of.tz_convert("UTC")
    limits = thresholds or Thresholds()
    sources, issues = _read_files(file_maps, Path(root), tz)
    stack = Stack(sources, issues)
    stack.add_rows(stages, reps)
    stack.join()
    stack.tables = complete_lines(stack.tables)
    _drop_twice_listed_calls(stack)
    stack.drop(
        f"later than {as_of.isoformat()}",
        lambda rows, table: checks.later_than(rows, table, as_of, tz),
        "later_than_as_of",
        "Rows later than the as-of instant are set aside: they were not known yet.",
    )
    tables, found = resolve_reps(stack.tables, robots)
    tables, parties, more = resolve_customers(tables)
    tables, stage_issues = resolve_stages(tables)
    tables, kpi_issues = resolve_kpis(tables)
    tables, end_issues = checks.rewind_ends(tables, as_of, tz)
    stack.tables = {name: complete(rows, name) for name, rows in tables.items()}
    stack.issues += [*found, *more, *stage_issues, *kpi_issues, *end_issues]
    stack.drop(
        "the row repeats the key of an earlier one",
        checks.repeated_keys,
        "duplicate_key",
        "Rows repeat the key of an earlier one and are set aside.",
    )
    moves = settle.order_history(stack)
    settle.settle_deals(stack, moves, tz, as_of)
    settle.settle_facts(stack)
    stack.drop_unusable()
    settle.convert(stack, base_currency, fx_rates, tz)
    settle.make_invoices(stack)
    settle.flag(stack, limits, tz)
    settle.attribute(stack, parties)
    settle.contradictions(stack)
    return ClientData(
        tables={
            name: canonical(stack.tables[name], name) for name in TABLES if name in stack.tables
        },
        issues=issue_table(stack.issues),
        import_log=stack.log(tz),
        set_aside=set_aside_table(stack.aside),
    )


def _drop_twice_listed_calls(stack: Stack) -> None:
    """The portal lists a call in its telephony and again among the activities: count it once."""
    presets = [source.file_map.preset for source in stack.sources]
    if "bitrix24_calls" not in presets:
        return
    again = [number for number, name in enumerate(presets) if name == "bitrix24_activities"]
    stack.drop(
        "the call is in the telephony list as well",
        lambda rows, table: (
            rows["from_map"].isin(again) & rows["kind"].eq("call")
            if table == "activities"
            else pd.Series(False, index=rows.index)
        ),
        "call_listed_twice",
        "Calls of the activity list are set aside: the telephony list has them with their length.",
    )


# ---- files ------------------------------------------------------------------------------------


def _read_files(
    file_maps: Sequence[FileMap], root: Path, tz: str
) -> tuple[list[Source], list[Issue]]:
    problems = zone_problems(tz, "engagement")
    sources: list[Source] = []
    issues: list[Issue] = []
    for declared in file_maps:
        if declared.preset == KPI_WORKBOOK:
            wrong = workbook_problems(declared)
            path, path_problem = inside(root, declared.path)
            problems += [*wrong, path_problem] if path_problem else wrong
            if not problems:
                filled, told = _read_workbook(path, declared, root, tz)
                sources += filled
                issues += told
            continue
        preset = PRESETS.get(declared.preset or "")
        table = declared.table or (preset.table if preset else "")
        file_map = replace(declared, table=table)
        wrong = declaration_problems(file_map, PRESETS)
        path, path_problem = inside(root, file_map.path)
        if path_problem:
            wrong.append(path_problem)
        if wrong:
            problems += wrong
            continue
        if preset is not None and preset.table != file_map.table:
            problems.append(
                f"{file_map.path}: preset {file_map.preset!r} fills table {preset.table!r}, "
                f"not {file_map.table!r}"
            )
            continue
        source_file = path.relative_to(root.resolve()).as_posix()
        try:
            grid = read_grid(
                path,
                encoding=file_map.encoding,
                delimiter=file_map.delimiter,
                sheet=file_map.sheet,
                is_label=label_test(file_map, preset),
            )
        except InputDataError as error:
            issues.append(Issue("file_unreadable", "error", str(error), file_map.table,
                                source_file=source_file))  # fmt: skip
            continue
        if preset is not None:
            if preset.table == "customers":
                grid = phone_columns(grid)
            file_map = expand_preset(file_map, preset, grid.header)
        wrong = map_problems(file_map, grid)
        problems += wrong
        if not wrong and not problems:
            mapped = apply_map(grid, file_map, source_file=source_file, tz=tz)
            sources.append(Source(file_map, source_file, grid, _finish(mapped, preset)))
    if problems:
        raise EngagementError(problems, "files")
    return sources, issues


def _read_workbook(
    path: Path, declared: FileMap, root: Path, tz: str
) -> tuple[list[Source], list[Issue]]:
    source_file = path.relative_to(root.resolve()).as_posix()
    try:
        return read_workbook(path, declared, source_file=source_file, tz=tz)
    except InputDataError as error:
        table = declared.table or "kpis"
        return [], [Issue("file_unreadable", "error", str(error), table, source_file=source_file)]


def _finish(mapped: MappedRows, preset: Preset | None) -> MappedRows:
    if preset is None:
        return mapped
    finished = preset.finish(mapped.rows)
    where = mapped.rows["source_file"].iloc[0] if len(mapped.rows) else ""
    issues = tuple(replace(issue, source_file=where) for issue in finished.issues)
    return replace(
        mapped,
        rows=finished.rows.reset_index(drop=True),
        issues=mapped.issues + issues,
        rows_filtered=mapped.rows_filtered + finished.filtered,
    )


def inside(root: Path, name: str) -> tuple[Path, str]:
    """Path of a file inside the folder, and what is wrong with it (empty if nothing)."""
    base = root.resolve()
    path = base / name
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path, f"{name}: the path cannot be followed"
    if Path(name).is_absolute() or ".." in Path(name).parts or not real.is_relative_to(base):
        return path, f"{name}: the file must lie inside the engagement's folder"
    if not real.is_file():
        return path, f"{name}: there is no such file in the engagement's folder"
    return real, ""
