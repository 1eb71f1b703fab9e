"""
Recognise a file by its first bytes and unpack it within limits.

The extension is only a hint: CRMs export an HTML page as ``.xls``. Archives and
workbooks are measured before they are opened, so that a small hostile file cannot fill the
memory.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from kpikit.errors import InputDataError

MAX_BYTES = 2 * 1024**3  # unpacked size [byte]
MAX_RATIO = 200  # unpacked size / packed size
RATIO_FREE_BYTES = 1024**2  # smaller contents are harmless whatever their ratio [byte]
MAX_CELLS = 50_000_000  # rows x columns of one worksheet

_CHUNK = 1024**2
_CELL = re.compile(rb'<c\s[^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


def sniff_format(data: bytes) -> str:
    """
    Kind of a file: xlsx, ods, zip, xls, gz, parquet, html or text.

    Parameters
    ----------
    data : bytes
        The whole file (an archive's directory stands at its end).
    """
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if data.startswith(b"\x1f\x8b"):
        return "gz"
    if data.startswith(b"PAR1"):
        return "parquet"
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\x00", b"").lower()
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if (
        re.match(rb"<(!doctype|html|head|meta|table|body|\?xml)", start)
        and b"<t" in data.replace(b"\x00", b"")[:_CHUNK].lower()
    ):
        return "html"
    return "text"


def _zip_kind(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return "zip"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    return "ods" if "content.xml" in names and "mimetype" in names else "zip"


def gunzip(data: bytes, name: str) -> bytes:
    """
    Unpack a gzip file, stopping as soon as it passes a limit.

    Raises
    ------
    InputDataError
        If it is damaged or larger than the limits.
    """
    parts: list[bytes] = []
    size = 0
    rest = data
    try:
        while rest:
            engine = zlib.decompressobj(wbits=31)
            pending = rest
            while pending and not engine.eof:
                part = engine.decompress(pending, _CHUNK)
                size += len(part)
                _check_size(size, len(data), name)
                parts.append(part)
                pending = engine.unconsumed_tail
            if not engine.eof:
                raise InputDataError(f"{name}: the gzip file ends too early; ask for it again.")
            rest = engine.unused_data.lstrip(b"\x00")
    except zlib.error:
        raise InputDataError(f"{name}: the gzip file is damaged; ask for it again.") from None
    return b"".join(parts)


def unzip_single(data: bytes, name: str) -> tuple[bytes, str]:
    """
    The one file inside a zip archive and its name.

    Raises
    ------
    InputDataError
        If the archive is damaged, encrypted, too large, or holds more or less than one file.
    """
    archive = _checked_archive(data, name)
    members = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX")
    ]
    if len(members) != 1:
        inside = ", ".join(entry.filename for entry in members[:5]) or "nothing"
        raise InputDataError(
            f"{name}: the archive must hold exactly one file, it holds {len(members)} "
            f"({inside}); unpack it and name the files one by one."
        )
    if members[0].flag_bits & 1:
        raise InputDataError(f"{name}: the archive is protected by a password; unpack it first.")
    return archive.read(members[0]), members[0].filename


def check_workbook(data: bytes, name: str) -> None:
    """
    Measure an xlsx or ods file before it is opened.

    Raises
    ------
    InputDataError
        If it is damaged, larger than the limits, or spans too many cells.
    """
    archive = _checked_archive(data, name)
    for entry in archive.infolist():
        if re.match(r"xl/worksheets/[^/]+\.xml$", entry.filename):
            _check_cells(archive, entry, name)


def _checked_archive(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise InputDataError(
            f"{name}: the archive or workbook is damaged; ask for it again."
        ) from None
    _check_size(sum(entry.file_size for entry in archive.infolist()), len(data), name)
    # sizes in the directory may lie: reading each member through compares size and checksum
    try:
        damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        damaged = "a member"
    except RuntimeError:
        raise InputDataError(
            f"{name}: the file is protected by a password; save it without one."
        ) from None
    if damaged:
        raise InputDataError(f"{name}: {damaged} inside is damaged; ask for the file again.")
    return archive


def _check_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """A sheet with one cell in its far corner would be laid out with all cells before it."""
    last_row = last_column = 0
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            for letters, digits in _CELL.findall(tail + chunk):
                last_row = max(last_row, int(digits))
                column = 0
                for letter in letters:
                    column = column * 26 + letter - 64
                last_column = max(last_column, column)
            tail = chunk[-64:]
    if last_row * last_column > MAX_CELLS:
        raise InputDataError(
            f"{name}: a sheet spans {last_row:,} rows x {last_column:,} columns, more than "
            f"{MAX_CELLS:,} cells; delete the empty rows and columns and save it again."
        )


def _check_size(unpacked: int, packed: int, name: str) -> None:
    if unpacked > MAX_BYTES:
        raise InputDataError(
            f"{name}: it unpacks to more than {MAX_BYTES // 1024**3} GiB; split the export."
        )
    if unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * packed:
        raise InputDataError(
            f"{name}: it unpacks to more than {MAX_RATIO} times its size, which no export does; "
            "it is not opened. Unpack and check it by hand."
        )
