"""
What a notebook cell shows: tables, charts, tiles, notices and prose.

Each of these writes itself several times into the cell's output: as HTML for
JupyterLab, as plain text, and as data from which the page, the PDF and every
other document are made. Whatever comes from the client is text, never markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kpikit import languages
from kpikit.errors import ReportError
from kpikit.languages import gettext as _
from kpikit.report import markup

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

TABLE_MIME = "application/vnd.kpikit.table+json"
FIGURE_MIME = "application/vnd.kpikit.figure+json"
TILES_MIME = "application/vnd.kpikit.tiles+json"
HEADLINE_MIME = "application/vnd.kpikit.headline+json"
NOTICE_MIME = "application/vnd.kpikit.notice+json"

#: Enough style to read tiles, verdicts and notices in a notebook; pages bring their own.
IN_NOTEBOOK = """<style>
.kk-tiles { display: grid !important; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); }
.kk-tile { padding: .3rem 1rem .3rem 0; }
.kk-tile dt, .kk-tile dd { float: none !important; width: auto !important; margin: 0 !important; }
.kk-value { display: block; font-size: 1.5rem; font-weight: 700; }
.kk-remark { display: block; }
.kk-verdict { font-size: 1.2rem; font-weight: 700; }
.kk-notice { padding-left: .8rem; border-left: 3px solid #12597f; }
</style>"""

TONES = ("neutral", "good", "warn", "bad")
NOTICES = ("refused", "degraded", "assumption", "note")


def _text(value: Any) -> str:
    return languages.MISSING if languages.formats.is_missing(value) else str(value)


FORMATS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "integer": languages.number,
    "number1": partial(languages.number, decimals=1),
    "number2": partial(languages.number, decimals=2),
    "share": languages.share,
    "share1": partial(languages.share, decimals=1),
    "date": languages.date_short,
    "month": languages.month_short,
}


@dataclass(frozen=True)
class Column:
    """
    One column of a shown table.

    Parameters
    ----------
    key : str or tuple of str
        Column of the data; several are handed to ``format`` together, which is
        how a value gets its interval.
    label : str
        Heading, already translated.
    format : str or callable
        A name in ``FORMATS`` or a function from the value(s) to text.
    align : str, optional
        ``"left"`` or ``"right"``; by default right unless the format is text.
    """

    key: str | tuple[str, ...]
    label: str
    format: str | Callable[..., str] = "text"
    align: str | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether the cells are set to the right in figures of equal width."""
        return self.align == "right" if self.align else self.format != "text"


@dataclass(frozen=True)
class Shown:
    """A cell output in several forms; notebooks display it by returning it."""

    bundle: dict[str, Any]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.bundle


@dataclass(frozen=True)
class Tile:
    """A number of page one: what it is, the number as text, a remark, and its tone."""

    label: str
    value: str
    note: str = ""
    tone: str = "neutral"


def show_table(
    df: pd.DataFrame,
    caption: str,
    columns: Sequence[Column] | None = None,
    note: str | None = None,
    strong_rows: Collection[int] = (),
) -> Shown:
    """
    Show a table.

    Parameters
    ----------
    df : DataFrame
        One row per row shown; left alone.
    caption : str
        What the table says, without a number.
    columns : sequence of Column, optional
        What is shown and how; all columns as text by default.
    note : str, optional
        Line below the table: method, n, what was left out.
    strong_rows : collection of int
        Positions of rows in bold, such as totals.

    Raises
    ------
    ReportError
        If a column or format does not exist.
    """
    if columns is None:
        columns = [Column(name, str(name)) for name in df.columns]
    payload = {
        "caption": caption,
        "columns": [{"label": column.label, "numeric": column.is_numeric} for column in columns],
        "rows": [list(row) for row in zip(*(_cells(df, c) for c in columns), strict=True)],
        "strong": sorted(int(row) for row in strong_rows),
        "note": note or "",
    }
    return Shown(
        {
            TABLE_MIME: payload,
            "text/html": markup.table(payload),
            "text/plain": _plain_table(payload),
        }
    )


def _cells(df: pd.DataFrame, column: Column) -> list[str]:
    keys = (column.key,) if isinstance(column.key, str) else column.key
    absent = [key for key in keys if key not in df.columns]
    if absent:
        raise ReportError(
            f"the table has no column {', '.join(map(repr, absent))}; "
            f"it has {', '.join(map(str, df.columns))}"
        )
    form = column.format
    if isinstance(form, str):
        if form not in FORMATS:
            raise ReportError(f"unknown table format {form!r}; use one of {', '.join(FORMATS)}")
        form = FORMATS[form]
    return [form(*values) for values in zip(*(df[key] for key in keys), strict=True)]


def _plain_table(payload: dict[str, Any]) -> str:
    rows = [[column["label"] for column in payload["columns"]], *payload["rows"]]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    numeric = [column["numeric"] for column in payload["columns"]]
    lines = [payload["caption"]]
    for row in rows:
        cells = zip(row, widths, numeric, strict=True)
        lines.append("  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in cells).rstrip())
    return "\n".join([*lines, payload["note"]]).rstrip()


def show_chart(fig: Figure, caption: str, alt: str, note: str | None = None) -> Shown:
    """
    Show a chart.

    Parameters
    ----------
    fig : Figure
        From ``look.new_figure``.
    caption : str
        What the chart shows, without a number.
    alt : str
        What a reader who cannot see it must know: the message, not the shape.
    note : str, optional
        Line below the chart.

    Raises
    ------
    ReportError
        If the alternative text is empty.
    """
    from kpikit.report.look import figure_svg

    if not alt.strip():
        raise ReportError(f"the chart {caption!r} has no alternative text; say what it shows")
    payload = {"caption": caption, "alt": alt, "note": note or ""}
    svg = figure_svg(fig)
    return Shown(
        {
            FIGURE_MIME: payload,
            "image/svg+xml": svg,
            "text/html": markup.chart(payload, svg),
            "text/plain": f"{caption}\n{alt}",
        }
    )


def show_text(markdown: str) -> Shown:
    """
    Show prose written from figures.

    Parameters
    ----------
    markdown : str
        Markdown; client text inside it goes through ``verbatim``.
    """
    return Shown({"text/markdown": markdown, "text/plain": markdown})


_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&:])")


def verbatim(text: str) -> str:
    """
    Make client text literal for Markdown: no character of it is markup.

    Examples
    --------
    >>> print(verbatim("A*B"))
    A\\*B
    """
    return _MARKS.sub(r"\\\1", re.sub(r"\s+", " ", text))


def show_tiles(tiles: Iterable[Tile]) -> Shown:
    """
    Show a row of big numbers.

    Parameters
    ----------
    tiles : iterable of Tile
        Two to five read best.

    Raises
    ------
    ReportError
        If a tone does not exist.
    """
    rows = []
    for tile in tiles:
        _check("tone", tile.tone, TONES)
        rows.append(
            {"label": tile.label, "value": tile.value, "note": tile.note, "tone": tile.tone}
        )
    payload = {"tiles": rows}
    plain = "\n".join(f"{row['label']}: {row['value']} {row['note']}".rstrip() for row in rows)
    return Shown(
        {TILES_MIME: payload, "text/html": IN_NOTEBOOK + markup.tiles(payload), "text/plain": plain}
    )


def show_headline(text: str, detail: str = "", tone: str = "neutral") -> Shown:
    """
    Show the one sentence that a director takes away.

    Parameters
    ----------
    text : str
        The verdict, one sentence of plain text.
    detail : str
        What supports it, one or two sentences of plain text.
    tone : str
        ``neutral``, ``good``, ``warn`` or ``bad``.
    """
    _check("tone", tone, TONES)
    payload = {"text": text, "detail": detail, "tone": tone}
    return Shown(
        {
            HEADLINE_MIME: payload,
            "text/html": IN_NOTEBOOK + markup.headline(payload),
            "text/plain": f"{text}\n{detail}".rstrip(),
        }
    )


def show_notice(kind: str, text: str, title: str | None = None) -> Shown:
    """
    Show why something is missing, weaker than usual, or taken for granted.

    Parameters
    ----------
    kind : str
        ``refused`` (cannot be judged), ``degraded`` (judged on less),
        ``assumption`` or ``note``.
    text : str
        Plain text: what is so and what to ask the client for.
    title : str, optional
        Heading; each kind has its own.
    """
    _check("notice", kind, NOTICES)
    titles = {
        "refused": _("Cannot be judged"),
        "degraded": _("Judged on incomplete data"),
        "assumption": _("Assumption"),
        "note": _("Note"),
    }
    payload = {"kind": kind, "title": title or titles[kind], "text": text}
    return Shown(
        {
            NOTICE_MIME: payload,
            "text/html": IN_NOTEBOOK + markup.notice(payload),
            "text/plain": f"{payload['title']}: {text}",
        }
    )


def _check(what: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ReportError(f"unknown {what} {value!r}; use one of {', '.join(known)}")
