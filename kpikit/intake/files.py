"""
Read any file that a client hands over into one grid of text.

The grid has one header row with unique labels and keeps every cell as text, so that
the type of a column is decided once, later and with proof. A record with a
wrong number of fields is set aside, never shifted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.intake.encodings import decode_text
from kpikit.intake.records import (
    Records,
    delimited_records,
    html_records,
    parquet_records,
    workbook_records,
)
from kpikit.intake.unpack import MAX_BYTES, check_workbook, gunzip, sniff_format, unzip_single

_HEADER_WITHIN = 50  # the header stands among the first records
_WIDTH_SAMPLE = 1000  # records that show the usual width
_NUMBER_LIKE = re.compile(r"[\s\d.,:/+\-%()'\u00a0\u202f\u2009]+$")


@dataclass(frozen=True, eq=False)
class TextGrid:
    """
    One table of a raw file, every cell as text.

    Parameters
    ----------
    header : tuple of str
        Unique labels; a repeated one is called ``label (2)``.
    rows : DataFrame
        Text cells, columns = ``header``, index ``source_row`` = the row number
        that a spreadsheet shows.
    kinds : DataFrame or None
        Same shape, kind of each cell of a workbook or parquet file (``number``,
        ``instant``, ``date``, ``time``, ``duration``, ``bool``, empty for text).
    format : str
        How the file was read, for example ``html`` or ``gz+text ;``.
    encoding : str
        Character set, empty where the format has its own.
    sha256 : str
        Of the file as handed over.
    set_aside : DataFrame
        Columns ``source_row``, ``reason``, ``record``: records with a wrong number of
        fields, as JSON lists.
    title_lines : tuple of str
        Text above the header: period, filter, unit.
    notes : tuple of str
        Choices made while reading.
    """

    header: tuple[str, ...]
    rows: pd.DataFrame
    format: str
    encoding: str
    sha256: str
    set_aside: pd.DataFrame
    title_lines: tuple[str, ...]
    kinds: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        """Records below the header that are not blank."""
        return len(self.rows) + len(self.set_aside)


def read_grid(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    is_label: Callable[[str], bool] | None = None,
) -> TextGrid:
    """
    Read one raw file by its content, whatever its extension.

    Parameters
    ----------
    path : Path
    encoding, delimiter, sheet : str, optional
        As declared by the user; found where None.
    is_label : callable, optional
        Says whether a cell is an expected column label; finds the header row
        below title lines with certainty.

    Returns
    -------
    TextGrid

    Raises
    ------
    InputDataError
        If the file is empty, damaged, too large or not a table.
    """
    name = path.name
    if path.stat().st_size > MAX_BYTES:
        raise InputDataError(f"{name}: the file is larger than 2 GiB; split the export.")
    data = path.read_bytes()
    if not data.strip():
        raise InputDataError(f"{name}: the file is empty; export it again.")
    sha256 = hashlib.sha256(data).hexdigest()
    kind = sniff_format(data)
    packed = ""
    if kind == "gz":
        data, packed = gunzip(data, name), "gz+"
    elif kind == "zip":
        (data, _inner), packed = unzip_single(data, name), "zip+"
    if packed:
        kind = sniff_format(data)
        if kind in ("gz", "zip", "parquet"):
            raise InputDataError(f"{name}: a {kind} file inside an archive; unpack it by hand.")
    found_encoding, damaged = "", 0
    if kind == "parquet":
        records = parquet_records(path, name)
    elif kind in ("xlsx", "ods", "xls"):
        if kind != "xls":
            check_workbook(data, name)
        records = workbook_records(data, sheet, name)
    else:
        text, found_encoding, damaged = decode_text(data, encoding, name)
        text = text.removeprefix("\ufeff")
        if kind == "html":
            records = html_records(text, name)
        else:
            records = delimited_records(text, delimiter, name)
    notes = records.notes
    if damaged:
        notes = (*notes, f"{damaged} damaged letters were read as \ufffd")
    header_at = _find_header(records.cells, is_label)
    if header_at is None:
        raise InputDataError(f"{name}: no table was found in the file; export it again.")
    header, rows, kinds, set_aside = _shape(records, header_at)
    titles = [" ".join(cell for cell in record if cell.strip()).strip()
              for record in records.cells[:header_at]]  # fmt: skip
    return TextGrid(
        header=header,
        rows=rows,
        format=packed + kind,
        encoding=found_encoding,
        sha256=sha256,
        set_aside=set_aside,
        title_lines=tuple(title for title in titles if title),
        kinds=kinds,
        notes=notes,
    )


def _find_header(records: list[list[str]], is_label: Callable[[str], bool] | None) -> int | None:
    """Place of the header: the record with most expected labels, else the first wide text one."""
    filled = [sum(bool(cell.strip()) for cell in record) for record in records[:_WIDTH_SAMPLE]]
    if not any(filled):
        return None
    first_records = records[:_HEADER_WITHIN]
    if is_label is not None:
        hits = [sum(map(is_label, record)) for record in first_records]
        if max(hits) > 0:
            return hits.index(max(hits))
    usual = Counter(count for count in filled if count).most_common(1)[0][0]
    wide = [place for place in range(len(first_records)) if filled[place] >= 0.6 * usual]
    for place in wide:
        cells = [cell for cell in records[place] if cell.strip()]
        if sum(not _NUMBER_LIKE.match(cell) for cell in cells) >= 0.8 * len(cells):
            return place
    return wide[0] if wide else filled.index(max(filled))


def _shape(
    records: Records, header_at: int
) -> tuple[tuple[str, ...], pd.DataFrame, pd.DataFrame | None, pd.DataFrame]:
    """Header, rows, kinds and the records with a wrong number of fields."""
    labels = [re.sub(r"\s+", " ", cell).strip() for cell in records.cells[header_at]]
    body = [
        (place, record)
        for place, record in enumerate(records.cells[header_at + 1 :], start=header_at + 1)
        if any(cell.strip() for cell in record)
    ]
    width = _record_width(labels, [record for _, record in body])
    labels = (labels + [""] * width)[:width]
    good: list[tuple[int, list[str]]] = []
    bad: list[tuple[int, list[str]]] = []
    for place, record in body:
        (good if len(record) == width else bad).append((place, record))
    used = [
        column
        for column in range(width)
        if labels[column] or any(record[column].strip() for _, record in good)
    ]
    header = _unique_labels([labels[column] or f"column {column + 1}" for column in used])
    index = pd.Index([place + 1 for place, _ in good], name="source_row", dtype="int64")
    rows = pd.DataFrame(
        {
            label: pd.Series([record[column] for _, record in good], index=index, dtype="str")
            for label, column in zip(header, used, strict=True)
        },
        index=index,
    )
    kinds = None
    if records.kinds is not None:
        source = records.kinds
        kinds = pd.DataFrame(
            {
                label: pd.Series([source[place][column] for place, _ in good],
                                 index=index, dtype="str")
                for label, column in zip(header, used, strict=True)
            },
            index=index,
        )  # fmt: skip
    set_aside = pd.DataFrame(
        [
            {
                "source_row": place + 1,
                "reason": _width_reason(record, width),
                "record": json.dumps(record, ensure_ascii=False),
            }
            for place, record in bad
        ],
        columns=["source_row", "reason", "record"],
    )
    return header, rows, kinds, set_aside


def _record_width(labels: list[str], body: list[list[str]]) -> int:
    """
    Number of fields that a whole record has, phantom last column included.

    Some CRMs end every line with a delimiter: header and records then have one empty
    field more. When only the header or only the records do, all of them decide.
    """
    widths = {len(record) for record in body}
    width = len(labels)
    if width in widths or not body:
        return width
    if not labels[-1] and widths == {width - 1}:
        return width - 1
    if widths == {width + 1} and not any(record[-1].strip() for record in body):
        return width + 1
    return width


def _width_reason(record: list[str], width: int) -> str:
    reason = f"the record has {len(record)} fields, the header {width}"
    longest = max(record, key=len, default="")
    if longest.count("\n") > 20:
        reason += "; a quotation mark is probably opened and never closed"
    return reason


def _unique_labels(labels: list[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    taken = set(labels)
    unique = []
    for label in labels:
        seen[label] += 1
        name = label
        while seen[label] > 1 and (name == label or name in taken):
            name = f"{label} ({seen[label]})"
            if name in taken:
                seen[label] += 1
        taken.add(name)
        unique.append(name)
    return tuple(unique)
