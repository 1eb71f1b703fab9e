"""
The report as data: executed chapters become sections of numbered blocks.

HTML, PDF and every other document are made from this one form, so they hold
the same things in the same order under the same numbers. What a cell's tags
hide is left out here, and the cells of page one come first.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from kpikit import languages
from kpikit.errors import ReportError
from kpikit.languages import gettext as _
from kpikit.report.notebooks import ExecutedChapter
from kpikit.report.tables import (
    FIGURE_MIME,
    HEADLINE_MIME,
    NOTICE_MIME,
    TABLE_MIME,
    TILES_MIME,
)

PAGE_ONE = "page-one"
HIDDEN_TAGS = frozenset({"parameters", "injected-parameters", "hide"})

_KINDS = {
    TABLE_MIME: "table",
    FIGURE_MIME: "chart",
    TILES_MIME: "tiles",
    HEADLINE_MIME: "headline",
    NOTICE_MIME: "notice",
}
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class ReportMeta:
    """
    What stands on the cover.

    Parameters
    ----------
    title, client : str
    as_of : date or datetime
        Instant of the data.
    lang : str
    subtitle : str
        Kind of document.
    prepared_by : str
        Firm or consultant.
    confidential : bool
        Whether every page says so.
    """

    title: str
    client: str
    as_of: dt.date
    lang: str
    subtitle: str = ""
    prepared_by: str = ""
    confidential: bool = True


@dataclass(frozen=True)
class Block:
    """
    One thing on the page.

    Parameters
    ----------
    kind : str
        ``prose`` ``table`` ``chart`` ``tiles`` ``headline`` ``notice`` ``output``.
    data : dict
        The cell's data; ``markdown`` for prose, ``text`` for output, ``svg``
        beside the data of a chart.
    number : str
        "Table 3" or "Figure 2" in the language of the report, else empty.
    anchor : str
        Unique name in the document, empty where nothing is numbered.
    """

    kind: str
    data: dict[str, Any]
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Section:
    """Page one (without title) or a chapter."""

    anchor: str
    title: str
    number: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The whole report; ``labels`` are the words of the page itself."""

    meta: ReportMeta
    labels: dict[str, str]
    sections: tuple[Section, ...] = field(repr=False)

    @property
    def page_one(self) -> Section:
        """The section a director reads."""
        return self.sections[0]

    @property
    def chapters(self) -> tuple[Section, ...]:
        """Everything after page one."""
        return self.sections[1:]


def assemble(chapters: Sequence[ExecutedChapter], meta: ReportMeta) -> Document:
    """
    Bring executed chapters into one document.

    Parameters
    ----------
    chapters : sequence of ExecutedChapter
        In reading order, all in ``meta.lang``.
    meta : ReportMeta

    Returns
    -------
    Document
        Its first section is page one: the cells tagged ``page-one`` of all
        chapters; then come the chapters that still show something.
    """
    with languages.use(meta.lang):
        opening: list[Block] = []
        bodies: list[tuple[str, list[Block]]] = []
        for chapter in chapters:
            body: list[Block] = []
            for cell in _speaking(chapter.notebook.cells):
                target = opening if PAGE_ONE in _tags(cell) else body
                target.extend(_cell_blocks(cell))
            body = _without_title(body, chapter.title)
            if body:
                bodies.append((chapter.title, body))
        count = {"table": itertools.count(1), "chart": itertools.count(1)}
        sections = [Section("page-one", "", 0, tuple(_numbered(opening, count)))]
        for number, (title, body) in enumerate(bodies, 1):
            blocks = tuple(_numbered(body, count))
            sections.append(Section(f"chapter-{number}", title, number, blocks))
        return Document(meta, _labels(meta), tuple(sections))


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _speaking(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """
    The cells that show something, without headings over nothing.

    A section whose code cells all stay silent has no answer on this client's data.
    """
    sections: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if _tags(cell) & HIDDEN_TAGS:
            continue
        if cell.cell_type == "markdown" and cell.source.lstrip().startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    kept = sections[0]
    for section in sections[1:]:
        code = [cell for cell in section if cell.cell_type == "code"]
        if not code or any(True for cell in code for _block in _cell_blocks(cell)):
            kept = [*kept, *section]
    return kept


def _cell_blocks(cell: NotebookNode) -> Iterator[Block]:
    if cell.cell_type == "markdown":
        if cell.source.strip():
            yield Block("prose", {"markdown": cell.source})
        return
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            if output.name == "stdout" and output.text.strip():
                yield Block("output", {"text": _ANSI.sub("", output.text).rstrip()})
        elif output.output_type in ("display_data", "execute_result"):
            block = _output_block(output.data)
            if block:
                yield block


def _output_block(data: dict[str, Any]) -> Block | None:
    for mime, kind in _KINDS.items():
        if mime in data:
            payload = dict(data[mime])
            if kind == "chart":
                payload["svg"] = data["image/svg+xml"]
            return Block(kind, payload)
    if "text/markdown" in data:
        said = data["text/markdown"]
        return Block("prose", {"markdown": said}) if said.strip() else None
    if any(mime.startswith("image/") for mime in data):
        raise ReportError(
            "a chart was shown without caption and alternative text; return show_chart(...)"
        )
    plain = _ANSI.sub("", data.get("text/plain", "")).strip()
    # The echo of an object ("<Axes: ...>") says nothing to a reader.
    return Block("output", {"text": plain}) if plain and not plain.startswith("<") else None


def _without_title(blocks: list[Block], title: str) -> list[Block]:
    """Drop the chapter's first heading: the section carries it."""
    for place, block in enumerate(blocks):
        if block.kind == "prose":
            lines = block.data["markdown"].split("\n")
            for row, line in enumerate(lines):
                if line.startswith("# ") and line[2:].strip() == title:
                    rest = "\n".join(lines[:row] + lines[row + 1 :]).strip()
                    kept = [Block("prose", {"markdown": rest})] if rest else []
                    return [*blocks[:place], *kept, *blocks[place + 1 :]]
    return blocks


def _numbered(blocks: list[Block], count: Mapping[str, Iterator[int]]) -> Iterator[Block]:
    words = {"table": _("Table {n}"), "chart": _("Figure {n}")}
    for block in blocks:
        if block.kind in words:
            n = next(count[block.kind])
            number = words[block.kind].format(n=n)
            yield Block(block.kind, block.data, number, f"{block.kind}-{n}")
        else:
            yield block


def _labels(meta: ReportMeta) -> dict[str, str]:
    return {
        "contents": _("Contents"),
        "as_of": _("Data as of {date}").format(date=languages.date(meta.as_of)),
        "prepared_by": _("Prepared by {name}").format(name=meta.prepared_by)
        if meta.prepared_by
        else "",
        "confidential": _("Confidential") if meta.confidential else "",
        "page": _("page {n} of {total}"),
        "summary": _("Summary"),
    }
