"""
The report as one HTML file that loads nothing: styles, fonts and charts are inside.

nbconvert fills the template ``client_report``; a consultancy can bring its own
template folder of that name.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from kpikit.report import markup, prose
from kpikit.report.document import Block, Document, ReportMeta, assemble
from kpikit.report.fonts import embedded_faces
from kpikit.report.notebooks import ExecutedChapter
from kpikit.report.templates import templates_dir

_HEADINGS_OF_PAGE_ONE = 2
_HEADINGS_OF_CHAPTER = 3


def write_html(chapters: Sequence[ExecutedChapter], meta: ReportMeta, out: Path) -> Path:
    """
    Write the report as a single page.

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
    """
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(assemble(chapters, meta)), encoding="utf-8")
    return out


def page(document: Document) -> str:
    """Write a document as HTML text."""
    exporter = _exporter()
    exporter.register_filter("block", _cell_html)
    resources: dict[str, Any] = {"kpikit": {"document": document, "meta": document.meta}}
    body, _ = exporter.from_notebook_node(_as_notebook(document), resources=resources)
    # The fonts need to know the whole text, so they come last.
    return str(body).replace("/*fonts*/", embedded_faces(unescape(body)), 1)


def _exporter() -> Any:
    """
    nbconvert's template machinery for HTML.

    Its own HTML exporter would parse and rewrite the finished page, charts
    included, to look for pictures without alternative text.
    """
    from nbconvert.exporters import TemplateExporter

    return TemplateExporter(
        template_name="client_report",
        template_extension=".html.j2",
        file_extension=".html",
        extra_template_basedirs=[str(templates_dir())],
    )


def _as_notebook(document: Document) -> NotebookNode:
    """One cell per block, which says where its section begins and ends."""
    cells = []
    for section in document.sections:
        top = _HEADINGS_OF_CHAPTER if section.number else _HEADINGS_OF_PAGE_ONE
        blocks = section.blocks or (Block("prose", {"markdown": ""}),)
        for place, block in enumerate(blocks):
            cell = nbformat.v4.new_markdown_cell(block.data.get("markdown", ""))
            cell.metadata["kpikit"] = {
                "html": _block_html(block, top),
                "opens": section if place == 0 else None,
                "closes": section if place == len(blocks) - 1 else None,
            }
            cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def _cell_html(cell: NotebookNode) -> str:
    return str(cell.metadata["kpikit"]["html"])


def _block_html(block: Block, top_level: int) -> str:
    data = block.data
    if block.kind == "prose":
        return f'<div class="kk-prose">{prose.to_html(data["markdown"], top_level)}</div>'
    if block.kind == "table":
        return markup.table(data, block.number, block.anchor)
    if block.kind == "chart":
        return markup.chart(data, data["svg"], block.number, block.anchor)
    if block.kind == "output":
        return f'<pre class="kk-output">{escape(data["text"])}</pre>'
    return {"tiles": markup.tiles, "headline": markup.headline, "notice": markup.notice}[
        block.kind
    ](data)
