"""
The report as an accessible PDF (PDF/UA-1), set by Typst.

The document travels to the template as data: no text of a client is ever read
as markup. Fonts come with the package, so the pages look the same on every
machine, and the time stamp is that of the data, so equal reports are equal
files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kpikit.errors import ReportError
from kpikit.report import prose
from kpikit.report.document import Block, Document, ReportMeta, Section, assemble
from kpikit.report.fonts import covered_characters, text_width
from kpikit.report.notebooks import ExecutedChapter
from kpikit.report.templates import fonts_dir, templates_dir

#: Width of the text on the page. [pt]
TEXT_WIDTH = 487.0
_FONT_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
#: Width of a chart that fills the page: 16 cm. [pt]
_FULL_WIDTH_CHART = 453.0
#: White space left and right in a cell together. [em]
_PADDING = 1.1
#: A word of a heading or text wider than this may be hyphenated. [em]
_LONGEST_WORD = 9.0
#: Text of a cell may run to this many lines before the type gets smaller.
_LINES = 2.5
#: A text column asks for at most this much on one line. [em]
_LONGEST_LINE = 24.0
_NARROWEST = 2.0


def write_pdf(chapters: Sequence[ExecutedChapter], meta: ReportMeta, out: Path) -> Path:
    """
    Write the report as PDF.

    Parameters
    ----------
    chapters : sequence of ExecutedChapter
        In reading order, in ``meta.lang``.
    meta : ReportMeta
    out : Path
        File to write.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ReportError
        If the pages cannot be set, for instance because they would not be
        accessible.
    """
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(pages(assemble(chapters, meta)))
    return out


def pages(document: Document) -> bytes:
    """Set a document as PDF."""
    import typst

    template = templates_dir() / "client_report" / "report.typ"
    data = json.dumps(_printable(_as_data(document)), ensure_ascii=False)
    try:
        made = typst.compile(
            template,
            root=template.parent,
            font_paths=[fonts_dir()],
            ignore_system_fonts=True,
            sys_inputs={"document": data},
            pdf_standards=["ua-1"],
            timestamp=_timestamp(document.meta.as_of),
        )
    except typst.TypstError as error:
        raise ReportError(f"the PDF could not be set: {error.message}") from None
    assert isinstance(made, bytes)
    return made


def _timestamp(as_of: dt.date) -> dt.datetime:
    if isinstance(as_of, dt.datetime):
        return as_of.replace(tzinfo=as_of.tzinfo or dt.UTC).astimezone(dt.UTC)
    return dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=dt.UTC)


def _as_data(document: Document) -> dict[str, Any]:
    meta = document.meta
    page_one = [_block(block, 1) for block in document.page_one.blocks]
    _close_gaps(page_one, 0)
    return {
        "title": meta.title,
        "client": meta.client,
        "subtitle": meta.subtitle,
        "lang": meta.lang,
        "labels": document.labels,
        "page_one": page_one,
        "chapters": [_chapter(section) for section in document.chapters],
    }


def _chapter(section: Section) -> dict[str, Any]:
    blocks = [_block(block, 2) for block in section.blocks]
    _close_gaps(blocks, 1)
    return {"title": section.title, "number": section.number, "blocks": blocks}


def _block(block: Block, top_level: int) -> dict[str, Any]:
    shown = {"kind": block.kind, "number": block.number, **block.data}
    if block.kind == "prose":
        shown["nodes"] = prose.to_tree(block.data["markdown"], top_level)
        for node in shown["nodes"]:
            if node["type"] == "table":
                node["columns"] = _prose_columns(node)
    elif block.kind == "table":
        shown |= _layout(block.data)
    elif block.kind == "chart":
        shown["share"] = _share_of_page(block.data["svg"])
    return shown


def _share_of_page(svg: str) -> float:
    """Part of the text width that a chart takes; one of 16 cm fills it. [share]"""
    width = re.search(r'width="([\d.]+)pt"', svg)
    return min(1.0, float(width[1]) / _FULL_WIDTH_CHART) if width else 1.0


def _close_gaps(blocks: list[dict[str, Any]], above: int) -> None:
    """PDF/UA: a heading may be one level below the one before it, not two."""
    for block in blocks:
        for node in block.get("nodes", ()):
            if node["type"] == "heading":
                node["level"] = above = min(node["level"], above + 1)


def _prose_columns(node: dict[str, Any]) -> int:
    return len(node["children"][0]["children"])


def _layout(payload: dict[str, Any]) -> dict[str, Any]:
    """
    Choose the size of type and the column widths of a table.

    The largest size wins at which the numbers stand on one line and the texts
    on a few. Whatever is left of the page goes to columns that could use it. At
    the smallest size the columns share the page and the cells wrap, so that
    nothing is ever cut off.
    """
    least, most = [], []
    for place, column in enumerate(payload["columns"]):
        cells = [row[place] for row in payload["rows"]]
        low, high = _column_needs(column["label"], cells, column["numeric"])
        least.append(low)
        most.append(high)
    size = next(
        (s for s in _FONT_SIZES if (sum(least) + _PADDING * len(least)) * s <= TEXT_WIDTH),
        _FONT_SIZES[-1],
    )
    padding = min(_PADDING * size, TEXT_WIDTH / 2 / len(least))
    room = TEXT_WIDTH / size - padding / size * len(least)
    if sum(least) > room:
        ems = _squeezed(least, [column["numeric"] for column in payload["columns"]], room)
    else:
        wanted = sum(most) - sum(least)
        given = min(1.0, (room - sum(least)) / wanted) if wanted > 0 else 0.0
        ems = [low + given * (high - low) for low, high in zip(least, most, strict=True)]
        # A table that nearly fills the page fills it; a small one gets some air.
        target = min(room, max(sum(ems) * 1.3, room * 0.5))
        ems = _widened(ems, [_longest(payload, n) for n in range(len(ems))], target)
    words = (
        (word, width)
        for row in [[column["label"] for column in payload["columns"]], *payload["rows"]]
        for cell, width in zip(row, ems, strict=True)
        for word in re.split(r"[ \-/]", cell)
    )
    return {
        "hyphenate": any(text_width(word) > width + 1e-9 for word, width in words),
        "size": size,
        "inset": padding / 2,
        "widths": [round(width * size + padding, 2) for width in ems],
        "rows": [
            [_breakable(cell, width) for cell, width in zip(row, ems, strict=True)]
            for row in payload["rows"]
        ],
        "columns": [
            {**column, "label": _breakable(column["label"], width)}
            for column, width in zip(payload["columns"], ems, strict=True)
        ],
    }


def _longest(payload: dict[str, Any], place: int) -> float:
    """Width of the longest cell of a column on one line. [em]"""
    return max((text_width(row[place]) for row in payload["rows"]), default=0.0)


def _widened(ems: list[float], longest: list[float], target: float) -> list[float]:
    """Spare room goes first to cells that would wrap, then to all columns alike. [em]"""
    short = [max(0.0, need - width) for need, width in zip(longest, ems, strict=True)]
    spare = target - sum(ems)
    if sum(short) > 0 and spare > 0:
        part = min(1.0, spare / sum(short))
        ems = [width + part * lack for width, lack in zip(ems, short, strict=True)]
    return [width * target / sum(ems) for width in ems]


def _squeezed(least: list[float], numeric: list[bool], room: float) -> list[float]:
    """Take what is too much from the texts first: a number broken in two misleads. [em]"""
    over = sum(least) - room
    texts = [0.0 if n else max(0.0, w - _NARROWEST) for w, n in zip(least, numeric, strict=True)]
    part = min(1.0, over / sum(texts)) if sum(texts) else 0.0
    ems = [width - part * text for width, text in zip(least, texts, strict=True)]
    return [width * min(1.0, room / sum(ems)) for width in ems]


def _column_needs(label: str, cells: list[str], numeric: bool) -> tuple[float, float]:
    """Least width with which a column reads well, and the width it could use. [em]"""
    words = [text_width(word) for word in re.split(r"[ \-/]", label)]
    heading = min(max(words, default=0.0), _LONGEST_WORD)
    longest = max(map(text_width, cells), default=0.0)
    if numeric:
        least = max(heading, longest)
    else:
        inside = [text_width(word) for cell in cells for word in re.split(r"[ \-/]", cell)]
        word = min(max(inside, default=0.0), _LONGEST_WORD)
        least = max(heading, word, min(longest, _LONGEST_LINE * _LINES) / _LINES)
        longest = min(longest, _LONGEST_LINE)
    least = max(least, _NARROWEST)
    return least, max(least, longest, min(text_width(label), 1.6 * least))


def _breakable(text: str, width: float) -> str:
    """Let a word that is wider than its column break inside."""
    if text_width(text) <= width:
        return text
    parts = []
    for word in re.split(r"([\s\-]+)", text):
        if text_width(word) > max(width, _LONGEST_WORD) or _no_letters(word, width):
            step = max(1, int(len(word) * width / text_width(word)))
            word = "\u200b".join(word[k : k + step] for k in range(0, len(word), step))
        parts.append(word)
    return "".join(parts)


def _no_letters(word: str, width: float) -> bool:
    """Whether hyphenation cannot help a word that is too wide: a number or a code."""
    return text_width(word) > width and not any(sign.isalpha() for sign in word)


def _printable(value: Any) -> Any:
    """
    Replace what the report's fonts do not have by a white square.

    PDF/UA forbids characters without a glyph, and control characters say
    nothing to a reader.
    """
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value
        return "".join(_shown(sign) for sign in value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value


def _shown(sign: str) -> str:
    if sign in "\n\u200b" or ord(sign) in covered_characters():
        return sign
    category = unicodedata.category(sign)
    if category in ("Cf", "Mn", "Me"):  # joiners, direction marks, variation selectors
        return ""
    return " " if category.startswith(("C", "Z")) else "□"
