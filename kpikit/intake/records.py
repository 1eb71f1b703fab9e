"""
Cut a file into records of text cells: delimited text, HTML, workbook, parquet.

Cells of a workbook or parquet file that are real numbers or dates keep their
exact value as text (``repr`` or ISO) together with their kind, so that nothing is
rounded and nothing has to be guessed again later.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from kpikit.errors import InputDataError
from kpikit.intake.unpack import sniff_format
from kpikit.intake.workbooks import opened, typed_formulas

DELIMITERS = (";", ",", "\t", "|")

#: Kinds of typed cells; text cells have the kind "".
NUMBER, INSTANT, DATE, TIME, DURATION, BOOL = (
    "number", "instant", "date", "time", "duration", "bool",
)  # fmt: skip


@dataclass(frozen=True)
class Records:
    """
    Records of one table as they stand in the file.

    Parameters
    ----------
    cells : list of list of str
        One list per record, blank ones included, so that the place in the
        list + 1 is the row number that a spreadsheet shows.
    kinds : list of list of str or None
        Same shape: kind of each cell; None for formats that hold text only.
    notes : tuple of str
        What had to be chosen while reading.
    """

    cells: list[list[str]]
    kinds: list[list[str]] | None = None
    notes: tuple[str, ...] = ()


def delimited_records(text: str, delimiter: str | None, name: str) -> Records:
    """
    Records of delimited text, with real quoting.

    Parameters
    ----------
    text : str
    delimiter : str or None
        Declared by the user, or found: the one that cuts the first 200 records
        most evenly into the most fields.
    name : str
        File name for messages.

    Raises
    ------
    InputDataError
        If a quoted field never ends or the text is not a table.
    """
    if "\x00" in text[:4096]:
        raise InputDataError(
            f"{name}: this is a binary file, not a table; export it as CSV or xlsx."
        )
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= 5:
        # Excel's own hint line, not a part of the table; the row count keeps it
        delimiter = delimiter or first.strip()[4:] or "\t"
        text = "\n" + rest
    mark = delimiter or _find_delimiter(text)
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise InputDataError(
            f"{name}: the text cannot be cut into records ({error}); most often a quotation "
            "mark is opened and never closed. Export the file again."
        ) from None
    except TypeError:
        raise InputDataError(
            f"{name}: delimiter {mark!r} must be one character, for example ';'."
        ) from None
    if text.count('"') % 2 and any("\n" in cell and mark in cell for cell in cells[-1]):
        raise InputDataError(
            f"{name}: the record that begins in row {len(cells)} opens a quotation mark and never "
            "closes it, so the rows after it cannot be told apart. Export the file again."
        )
    return Records(cells)


def _find_delimiter(text: str) -> str:
    sample = text[: 256 * 1024]
    best, best_score = ",", 0.0
    for mark in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, record in enumerate(
                csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
            ):
                if number >= 200:
                    break
                if record:
                    widths[len(record)] += 1
        except csv.Error:
            pass  # a quotation mark never closed: the records before it still tell
        score = max(((width - 1) * count for width, count in widths.items()), default=0)
        if score > best_score:
            best, best_score = mark, score
    return best


class _TableParser(HTMLParser):
    """Collects the rows of every table; a nested table's text belongs to its outer cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._depth = 0
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.tables[-1]:
                self.tables[-1].append([])
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 500) if span.isdigit() and span != "0" else 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            if self._depth == 1:
                self._end_cell()
            self._depth = max(self._depth - 1, 0)
        elif self._depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.tables[-1][-1].extend(["".join(self._cell).strip(), *[""] * (self._span - 1)])
        self._cell = None


def html_records(text: str, name: str) -> Records:
    """
    Records of the largest table of an HTML page.

    Raises
    ------
    InputDataError
        If the page holds no table.
    """
    parser = _TableParser()
    parser.feed(text)
    parser.close()
    if not any(parser.tables):
        raise InputDataError(f"{name}: the page holds no table; export the list again.")
    largest = max(parser.tables, key=len)
    others = sum(bool(table) for table in parser.tables) - 1
    notes = (f"the page holds {others} more tables; the largest is read",) if others else ()
    return Records(largest, None, notes)


def workbook_records(data: bytes, sheet: str | None, name: str) -> Records:
    """
    Records of one sheet of an xlsx, xls or ods workbook.

    Parameters
    ----------
    data : bytes
    sheet : str or None
        Sheet name; None takes the only sheet with content, or the first of them.
    name : str
        File name for messages.

    Raises
    ------
    InputDataError
        If the workbook is locked or damaged, or has no such sheet.
    """
    with opened(data, name) as book:
        names = list(book.sheet_names)
        if sheet is not None and sheet not in names:
            raise InputDataError(
                f"{name}: there is no sheet {sheet!r}; the workbook has {', '.join(names)}."
            )
        notes: tuple[str, ...] = ()
        if sheet is None:
            filled = [title for title in names if book.get_sheet_by_name(title).total_height > 0]
            if not filled:
                raise InputDataError(f"{name}: the workbook is empty.")
            sheet = filled[0]
            if len(filled) > 1:
                notes = (
                    f"sheet {sheet!r} of {', '.join(filled)} is read; `sheet` chooses another",
                )
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    pairs = [[_typed_cell(cell) for cell in row] for row in rows]
    if sniff_format(data) == "xlsx":
        for (row, column), text in typed_formulas(data, sheet).items():
            if row < len(pairs) and column < len(pairs[row]):
                pairs[row][column] = text, ""
    return Records(
        [[text for text, _ in row] for row in pairs],
        [[kind for _, kind in row] for row in pairs],
        notes,
    )


def parquet_records(path: Path, name: str) -> Records:
    """
    Records of a parquet file, column names first.

    Raises
    ------
    InputDataError
        If it cannot be read.
    """
    import duckdb

    if set("*?[]{}") & set(str(path)):
        raise InputDataError(f"{name}: rename the file without * ? [ ] {{ }} in its path.")
    try:
        with duckdb.connect() as connection:
            # a cursor's time zone would shift instants: read them as UTC
            connection.execute("set timezone = 'UTC'")
            found = connection.execute("select * from read_parquet(?)", [str(path)])
            header = [str(column[0]) for column in found.description or []]
            rows = found.fetchall()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise InputDataError(f"{name}: the parquet file cannot be read ({first}).") from None
    pairs = [[_typed_cell(cell) for cell in row] for row in rows]
    return Records(
        [header, *[[text for text, _ in row] for row in pairs]],
        [[""] * len(header), *[[kind for _, kind in row] for row in pairs]],
    )


def _typed_cell(value: object) -> tuple[str, str]:
    """Exact text of a typed cell, and its kind."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        return ("1" if value else "0"), BOOL
    if isinstance(value, int):
        return str(value), NUMBER
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return (str(int(value)) if whole else repr(value)), NUMBER
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" "), INSTANT
    if isinstance(value, dt.date):
        return value.isoformat(), DATE
    if isinstance(value, dt.time):
        return value.isoformat(), TIME
    if isinstance(value, dt.timedelta):
        return repr(value.total_seconds()), DURATION
    number = str(value)
    plain = number.lstrip("-").replace(".", "", 1).isdigit()
    return number, NUMBER if plain else ""
