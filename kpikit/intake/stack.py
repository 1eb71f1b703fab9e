"""
The rows of all files put together, with an account of every record lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from kpikit.intake import checks
from kpikit.intake.columns import complete
from kpikit.intake.dates import DATE_TYPE
from kpikit.intake.filemap import FileMap
from kpikit.intake.files import TextGrid
from kpikit.intake.identity import Tables
from kpikit.intake.issues import Issue, examples, row_list, share_of
from kpikit.intake.mapped import MappedRows, aside_rows
from kpikit.vocabulary import IMPORT_LOG_COLUMNS, PROVENANCE


@dataclass(frozen=True, eq=False)
class Source:
    """One file after reading."""

    file_map: FileMap
    source_file: str
    grid: TextGrid
    mapped: MappedRows


class Stack:
    """The tables while they are put together, with what was lost on the way."""

    def __init__(self, sources: Sequence[Source], issues: Sequence[Issue]):
        self.sources = list(sources)
        self.tables: Tables = {}
        self.issues = [*issues, *(issue for source in sources for issue in source.mapped.issues)]
        self.aside = [source.mapped.set_aside for source in sources]
        self.lost = [len(source.mapped.set_aside) for source in sources]
        self.joined = [0] * len(sources)

    def add_rows(self, stages: pd.DataFrame | None, reps: pd.DataFrame | None) -> None:
        """Rows of all files of a table, one below the other; the engagement's lists first."""
        parts: dict[str, list[pd.DataFrame]] = {}
        for table, given in (("stages", stages), ("reps", reps)):
            if given is not None:
                rows = complete(given.reset_index(drop=True), table)
                rows["from_map"], rows["source_rows"] = -1, 0
                parts[table] = [rows]
        for number, source in enumerate(self.sources):
            if source.file_map.join is None:
                rows = complete(source.mapped.rows, source.file_map.table)
                parts.setdefault(source.file_map.table, []).append(rows.assign(from_map=number))
        self.tables = {
            table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()
        }

    def join(self) -> None:
        """Add the columns of joining files; their values win over those read before."""
        for number, source in enumerate(self.sources):
            key = source.file_map.join
            if key is None:
                continue
            table = source.file_map.table
            added = source.mapped.rows
            base = self.tables.get(table)
            known = base[key] if base is not None else pd.Series(dtype="str")
            repeated = added[key].duplicated() & added[key].notna()
            lonely = ~added[key].isin(known.dropna()) & ~repeated
            for found, reason, rule in (
                (repeated, f"{key} stands in the file twice", "join_duplicate_key"),
                (lonely, f"{key} is not in the table it joins", "join_unmatched"),
            ):
                self._set_aside(number, added[found], reason)
                self._tell(rule, table, key, found, len(added), added[key],
                           f"Rows are set aside: {reason}.", source.source_file)  # fmt: skip
            used = added[~repeated & ~lonely].set_index(key)
            self.joined[number] = int(used["source_rows"].sum())
            if base is None:
                continue
            rows = base.copy()
            for column in used.columns.difference([*PROVENANCE, "source_rows"], sort=False):
                fresh = rows[key].map(used[column])
                old = rows.get(column)
                if column in source.file_map.columns and old is not None:
                    changed = fresh.notna() & old.notna() & (fresh != old).fillna(False)
                    self._tell("join_overwrites", table, column, changed, len(rows), rows[key],
                               "Values of this file replace others read before.",
                               source.source_file)  # fmt: skip
                if old is not None:
                    fresh = fresh.astype(old.dtype).where(fresh.notna(), old)
                rows[column] = fresh
            self.tables[table] = rows

    def drop(
        self,
        reason: str,
        find: Callable[[pd.DataFrame, str], pd.Series],
        rule: str,
        message: str,
    ) -> None:
        """Set aside, for one reason, the rows that ``find(rows, table)`` marks."""
        for table, rows in self.tables.items():
            found = find(rows, table)
            if found.any():
                self._remove(table, found, pd.Series(reason, index=rows.index))
                self._tell(rule, table, "", found, len(rows), None, message, "", rows)

    def drop_unusable(self) -> None:
        """Set rows aside that lack what their table requires."""
        for table, rows in self.tables.items():
            reasons = checks.unusable_rows(rows, table)
            found = reasons.notna()
            if not found.any():
                continue
            self._remove(table, found, reasons)
            for reason, group in rows[found].groupby(reasons[found], sort=True):
                members = pd.Series(rows.index.isin(group.index), index=rows.index)
                self._tell("row_unusable", table, "", members, len(rows), None,
                           f"Rows are set aside: {reason}.", "", rows)  # fmt: skip

    def _remove(self, table: str, found: pd.Series, reasons: pd.Series) -> None:
        rows = self.tables[table]
        self.tables[table] = rows[~found].reset_index(drop=True)
        gone = rows[found]
        for number in sorted(gone["from_map"].unique().tolist()):
            group = gone[gone["from_map"] == number]
            for reason, part in group.groupby(reasons[group.index], sort=True):
                if number >= 0:  # the engagement's own lists have no records
                    self._set_aside(number, part, str(reason))

    def _set_aside(self, number: int, rows: pd.DataFrame, reason: str) -> None:
        if rows.empty:
            return
        source = self.sources[number]
        part = aside_rows(rows["source_row"].astype("int64").tolist(), source.mapped.records,
                          reason, source.source_file, source.file_map.table)  # fmt: skip
        self.aside.append(part)
        self.lost[number] += int(rows["source_rows"].sum())

    def _tell(
        self,
        rule: str,
        table: str,
        column: str,
        found: pd.Series,
        total: int,
        shown: pd.Series | None,
        message: str,
        source_file: str,
        rows: pd.DataFrame | None = None,
    ) -> None:
        count = int(found.sum())
        if not count:
            return
        if shown is not None:
            example = examples(shown[found])
        else:
            assert rows is not None
            example = row_list(rows.loc[found, "source_row"].fillna(0).astype("int64").tolist())
            files = rows.loc[found, "source_file"].dropna().unique()
            source_file = ", ".join(sorted(files))
        severity = "info" if rule == "join_overwrites" else "warning"
        self.issues.append(
            Issue(rule, severity, message, table, column, count, share_of(count, total), example,
                  source_file)
        )  # fmt: skip

    def log(self, tz: str) -> pd.DataFrame:
        """The import log: records read = kept + filtered + set aside, for every file."""
        lines = []
        for number, source in enumerate(self.sources):
            table = source.file_map.table
            rows = self.tables.get(table)
            mine = rows[rows["from_map"] == number] if rows is not None else pd.DataFrame()
            kept = int(mine["source_rows"].sum()) if len(mine) else 0
            when = checks.WHEN.get(table)
            dates = (
                mine[when].dropna() if len(mine) and when in mine else pd.Series(dtype=DATE_TYPE)
            )
            if isinstance(dates.dtype, pd.DatetimeTZDtype):
                dates = dates.dt.tz_convert(tz)
            lines.append(
                {
                    "source_file": source.source_file,
                    "sha256": source.grid.sha256,
                    "format": source.grid.format,
                    "encoding": source.grid.encoding,
                    "table": table,
                    "rows_read": source.mapped.rows_read,
                    "rows_kept": kept + self.joined[number],
                    "rows_filtered": source.mapped.rows_filtered,
                    "rows_set_aside": self.lost[number],
                    "period_start": dates.min().date().isoformat() if len(dates) else None,
                    "period_end": dates.max().date().isoformat() if len(dates) else None,
                }
            )
        return pd.DataFrame(lines, columns=list(IMPORT_LOG_COLUMNS))
