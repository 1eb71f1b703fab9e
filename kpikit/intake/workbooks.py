"""
Open workbooks: their sheets, and text that a client typed with an equals sign in front.

Cells give the values that were saved with the file; no formula is ever computed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from kpikit.errors import InputDataError
from kpikit.intake.unpack import MAX_BYTES, check_workbook, sniff_format

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: What a spreadsheet shows where a formula names something that does not exist.
_NO_SUCH_NAME = "#NAME?"
_CHUNK = 1024 * 1024


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Any]:
    """
    The workbook, open for reading.

    Raises
    ------
    InputDataError
        If it is locked or damaged, here or while its sheets are read.
    """
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            yield book
    except calamine.PasswordError:
        raise InputDataError(
            f"{name}: the workbook is protected by a password; save it without one."
        ) from None
    except (calamine.CalamineError, OSError) as error:
        raise InputDataError(f"{name}: the workbook cannot be opened ({error}).") from None


def first_cells(path: Path) -> dict[str, str]:
    """
    The first text of each sheet, empty for a blank one.

    Raises
    ------
    InputDataError
        If the file is no workbook, or too large, locked or damaged.
    """
    name = path.name
    if path.stat().st_size > MAX_BYTES:
        raise InputDataError(f"{name}: the file is larger than 2 GiB; split it.")
    data = path.read_bytes()
    kind = sniff_format(data)
    if kind not in ("xlsx", "xls", "ods"):
        raise InputDataError(f"{name}: this is not a workbook; save it as xlsx.")
    if kind != "xls":
        check_workbook(data, name)
    with opened(data, name) as book:
        return {
            str(title): next(
                (
                    str(cell).strip()
                    for row in book.get_sheet_by_name(title).iter_rows()
                    for cell in row
                    if str(cell).strip()
                ),
                "",
            )
            for title in book.sheet_names
        }


def typed_formulas(data: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """
    Cells in which words stand behind an equals sign.

    A spreadsheet takes ``=calls/meetings`` for a formula, finds no such names and
    saves an error. What was typed is still there, and is text.

    Parameters
    ----------
    data : bytes
        A checked xlsx file.
    sheet : str
        Name of the sheet.

    Returns
    -------
    dict
        Row and column, counted from zero -> the text as typed.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    member = _member(archive, sheet)
    if member is None:
        return {}
    if not _holds(archive, member, _NO_SUCH_NAME.encode()):
        return {}
    found: dict[tuple[int, int], str] = {}
    try:
        with archive.open(member) as stream:
            for _, element in ElementTree.iterparse(stream):
                if element.tag == f"{_MAIN}c":
                    found |= _typed(element)
                if element.tag in (f"{_MAIN}c", f"{_MAIN}row"):
                    element.clear()
    except ElementTree.ParseError:
        pass  # what could be read of the sheet was read before; this only adds to it
    return found


def _typed(cell: ElementTree.Element) -> dict[tuple[int, int], str]:
    formula, value = cell.findtext(f"{_MAIN}f"), cell.findtext(f"{_MAIN}v")
    place = _place(cell.get("r", ""))
    is_typed = cell.get("t") == "e" and value == _NO_SUCH_NAME
    return {place: f"={formula}"} if is_typed and formula and place else {}


def _holds(archive: zipfile.ZipFile, member: str, text: bytes) -> bool:
    """Tell whether a file inside holds a text, without unpacking it as a whole."""
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if text in tail + chunk:
                return True
            tail = chunk[-len(text) :]
    return False


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Name of the file inside that holds a sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    link = next((s.get(_LINK) for s in book.iter(f"{_MAIN}sheet") if s.get("name") == sheet), None)
    target = next((one.get("Target") for one in links if one.get("Id") == link), None)
    if not target:
        return None
    member = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    return member if member in archive.namelist() else None


def _place(reference: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([A-Z]+)(\d+)", reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
