"""
HTML fragments of the page: from the data of a cell output to safe markup.

Every text is escaped here and nowhere else. JupyterLab shows the same
fragments without the page's style sheet.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

#: A longer value is set smaller, so that it stays on one line of its tile.
_LONGEST_BIG_NUMBER = 11

#: A table with more columns is set smaller.
_MOST_AIRY_COLUMNS = 7

_ID = re.compile(r'(\sid=")([^"]+)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^")]+)')
_SIZE = re.compile(r'^(<svg[^>]*?)\swidth="[^"]*"', re.S)
_HEIGHT = re.compile(r'^(<svg[^>]*?)\sheight="[^"]*"', re.S)


def table(payload: dict[str, Any], number: str = "", anchor: str = "") -> str:
    """A table with its caption and column headings; ``number`` is "Table 3"."""
    numeric = [column["numeric"] for column in payload["columns"]]
    heads = "".join(
        f'<th scope="col"{_numeric(n)}>{escape(column["label"])}</th>'
        for column, n in zip(payload["columns"], numeric, strict=True)
    )
    strong = set(payload.get("strong", ()))
    rows = []
    for place, row in enumerate(payload["rows"]):
        cells = "".join(
            _cell(text, n, first=k == 0)
            for k, (text, n) in enumerate(zip(row, numeric, strict=True))
        )
        rows.append(f"<tr{' class=kk-strong' if place in strong else ''}>{cells}</tr>")
    return (
        f'<figure class="kk-table{_dense(numeric)}"{_anchor(anchor)}>'
        '<div class="kk-scroll" role="region" tabindex="0" '
        f'aria-label="{escape(payload["caption"])}">'
        f"<table><caption>{_caption(payload, number)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f"{_note(payload)}</figure>"
    )


def _dense(columns: list[bool]) -> str:
    return " kk-dense" if len(columns) > _MOST_AIRY_COLUMNS else ""


def _cell(text: str, numeric: bool, first: bool) -> str:
    tag, scope = ("th", ' scope="row"') if first and not numeric else ("td", "")
    return f"<{tag}{scope}{_numeric(numeric)}>{escape(text)}</{tag}>"


def _numeric(numeric: bool) -> str:
    return ' class="kk-num" style="text-align:right"' if numeric else ' style="text-align:left"'


def _anchor(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _caption(payload: dict[str, Any], number: str) -> str:
    lead = f'<span class="kk-number">{escape(number)}.</span> ' if number else ""
    return lead + escape(payload["caption"])


def _note(payload: dict[str, Any]) -> str:
    return f'<p class="kk-note">{escape(payload["note"])}</p>' if payload.get("note") else ""


def chart(payload: dict[str, Any], svg: str, number: str = "", anchor: str = "") -> str:
    """A chart with its caption; ``anchor`` keeps its ids apart from other charts'."""
    return (
        f'<figure class="kk-chart"{_anchor(anchor)}>'
        f"{labelled_svg(svg, payload['alt'], anchor)}"
        f"<figcaption>{_caption(payload, number)}</figcaption>{_note(payload)}</figure>"
    )


def labelled_svg(svg: str, alt: str, prefix: str) -> str:
    """An SVG with ids of its own, a text for screen readers, and the width of its column."""
    if prefix:
        svg = _ID.sub(rf'\g<1>{prefix}-\g<2>"', svg)
        svg = _REFERENCE.sub(rf"\g<1>{prefix}-\g<2>", svg)
    width = re.search(r'width="([\d.]+)pt"', svg)
    # A chart as wide as the text on paper (16 cm) fills the column on a screen.
    limit = (
        f' style="width:100%;max-width:{float(width[1]) / 7.2:.1f}rem;height:auto;overflow:visible"'
        if width
        else ""
    )
    svg = _HEIGHT.sub(r"\1", _SIZE.sub(r"\1", svg))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}"{limit} ', 1)


def tiles(payload: dict[str, Any]) -> str:
    """A row of big numbers."""
    inside = "".join(
        f'<div class="kk-tile kk-{escape(tile["tone"])}"><dt>{escape(tile["label"])}</dt>'
        f'<dd><span class="kk-value{_long(tile["value"])}">{escape(tile["value"])}</span>'
        + (f'<span class="kk-remark">{escape(tile["note"])}</span>' if tile["note"] else "")
        + "</dd></div>"
        for tile in payload["tiles"]
    )
    return f'<dl class="kk-tiles">{inside}</dl>'


def _long(value: str) -> str:
    return " kk-long" if len(value) > _LONGEST_BIG_NUMBER else ""


def headline(payload: dict[str, Any]) -> str:
    """The verdict and what supports it."""
    detail = f"<p>{escape(payload['detail'])}</p>" if payload["detail"] else ""
    return (
        f'<div class="kk-headline kk-{escape(payload["tone"])}">'
        f'<p class="kk-verdict">{escape(payload["text"])}</p>{detail}</div>'
    )


def notice(payload: dict[str, Any]) -> str:
    """A framed remark."""
    return (
        f'<aside class="kk-notice kk-{escape(payload["kind"])}" role="note">'
        f"<strong>{escape(payload['title'])}</strong><p>{escape(payload['text'])}</p></aside>"
    )
