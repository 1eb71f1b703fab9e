"""
Markdown of the page: safe HTML, and a tree for the PDF.

Raw HTML is text, a picture is its alternative text, and a link is its text
with the address behind it: a report in an e-mail loads nothing and leads
nowhere by accident.
"""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import mistune
from mistune.renderers.html import HTMLRenderer

_PLUGINS = ["table"]


class _PageRenderer(HTMLRenderer):
    """mistune's HTML without anything that loads or leads elsewhere."""

    def __init__(self, top_level: int):
        super().__init__(escape=True)
        self.top_level = top_level

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        level = min(6, self.top_level + max(level, 2) - 2)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = _address(url)
        return text if not address or address == text else f"{text} ({escape(address)})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def inline_html(self, html: str) -> str:
        return escape(html)

    def block_html(self, html: str) -> str:
        return f"<p>{escape(html.strip())}</p>\n"


def _address(url: str) -> str:
    return url if url.startswith(("http://", "https://", "mailto:")) else ""


@cache
def _html_markdown(top_level: int) -> mistune.Markdown:
    return mistune.create_markdown(renderer=_PageRenderer(top_level), plugins=_PLUGINS)


@cache
def _tree_markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer="ast", plugins=_PLUGINS)


def to_html(markdown: str, top_level: int) -> str:
    """
    Write Markdown as HTML.

    Parameters
    ----------
    markdown : str
    top_level : int
        Heading level of ``#`` and ``##``, which both open a part of a chapter.
    """
    return str(_html_markdown(top_level)(markdown))


def to_tree(markdown: str, top_level: int) -> list[dict[str, Any]]:
    """
    Write Markdown as a tree of plain nodes for the PDF template.

    Each node has a ``type`` and either ``text`` or ``children``; headings have a
    ``level``, lists ``ordered`` and ``start``, tables ``align`` per column.
    """
    tokens = _tree_markdown()(markdown)
    assert isinstance(tokens, list)
    return [node for token in tokens if (node := _node(token, top_level))]


def _node(token: dict[str, Any], top_level: int) -> dict[str, Any] | None:
    kind = token["type"]
    attributes = token.get("attrs", {})
    if kind == "blank_line":
        return None
    if kind in ("text", "codespan", "block_code", "inline_html", "block_html"):
        plain = {"inline_html": "text", "block_html": "paragraph_text"}.get(kind, kind)
        return {"type": plain, "text": token["raw"].strip("\n")}
    children = [n for child in token.get("children", ()) if (n := _node(child, top_level))]
    node: dict[str, Any] = {"type": kind, "children": children}
    if kind == "heading":
        node["level"] = top_level + max(attributes["level"], 2) - 2
    elif kind == "list":
        node |= {"ordered": attributes["ordered"], "start": attributes.get("start") or 1}
    elif kind == "table_cell":
        node["align"] = attributes.get("align") or "left"
    elif kind == "link":
        address = _address(attributes["url"])
        shown = "".join(child.get("text", "") for child in children)
        node = {"type": "span", "children": children}
        if address and address != shown:
            children.append({"type": "text", "text": f" ({address})"})
    elif kind == "image":
        node["type"] = "span"
    return node
