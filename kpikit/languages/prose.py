"""
Translation of Markdown, block by block.

A block is what a translator sees at once: a heading, a paragraph, a list item
or the cell of a table. Code fences, rules and blank lines pass unchanged, and
a text without translations comes back letter for letter.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from kpikit.languages.catalogue import current, gettext, use

_LEAD = re.compile(r"^(\s*(?:(?:#{1,6}|[-*+]|\d+[.)])[ \t]+|>[ \t]?)*)(.*)$", re.S)
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_RAW = re.compile(r"^\s*(\|?[\s:|-]*-[\s:|-]*\|?|[*_\s]{3,}|<!--.*-->)\s*$")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Block:
    """A piece of Markdown: what stands before the text, and the text itself."""

    lead: str
    text: str
    tail: str = ""
    is_text: bool = True


def blocks(markdown: str) -> Iterator[list[Block]]:
    """
    Split Markdown into lines of blocks.

    Joining ``lead + text + tail`` within a line and the lines with a newline
    gives the source back. A paragraph of several lines is one line here.
    """
    lead, fence = "", ""
    buffer: list[str] = []
    for line in markdown.split("\n"):
        opened = _FENCE.match(line)
        raw = bool(fence) or opened or not line.strip() or _RAW.match(line)
        is_row = line.lstrip().startswith("|")
        prefix, text = _LEAD.match(line).groups()  # type: ignore[union-attr]
        starts = raw or is_row or prefix.strip()
        if starts and buffer:
            yield [Block(lead, "\n".join(buffer))]
            lead, buffer = "", []
        if raw:
            if fence:
                fence = "" if line.strip() == fence else fence
            elif opened:
                fence = opened[1]
            yield [Block("", line, is_text=False)]
        elif is_row:
            yield _row(line)
        elif prefix.lstrip().startswith("#"):
            yield [Block(prefix, text)]
        else:
            if prefix.strip():
                lead, buffer = prefix, [text]
            else:
                buffer.append(line)
    if buffer:
        yield [Block(lead, "\n".join(buffer))]


def _row(line: str) -> list[Block]:
    """Split a table row at its bars; a bar after a backslash is text."""
    cells = re.split(r"(?<!\\)\|", line)
    row = []
    for place, cell in enumerate(cells):
        text = cell.strip()
        before = cell[: len(cell) - len(cell.lstrip())] if text else cell
        after = cell[len(before) + len(text) :]
        row.append(Block(("|" if place else "") + before, text, after, bool(text)))
    return row


def message_id(text: str) -> str:
    """The text as the catalogue holds it: one line, single spaces."""
    return re.sub(r"\s+", " ", text).strip()


def markdown_messages(markdown: str) -> Iterator[str]:
    """The translatable texts of a piece of Markdown, in order."""
    for line in blocks(markdown):
        for block in line:
            if block.is_text and _WORD.search(block.text):
                yield message_id(block.text)


def translate_markdown(text: str, lang: str | None = None) -> str:
    """
    Translate Markdown block by block.

    Parameters
    ----------
    text : str
        English Markdown.
    lang : str, optional
        Language; the one in use by default.
    """
    with use(lang or current()):
        return "\n".join(
            "".join(_translated(block, gettext) for block in line) for line in blocks(text)
        )


def _translated(block: Block, translate: Callable[[str], str]) -> str:
    key = message_id(block.text)
    text = translate(key) if block.is_text and key else key
    return block.lead + (block.text if text == key else text) + block.tail


def translate_notebook(nb: NotebookNode, lang: str) -> NotebookNode:
    """
    Return a copy of a notebook with its text cells in another language.

    Parameters
    ----------
    nb : NotebookNode
        English notebook; left alone.
    lang : str
        One of ``LANGUAGES``.
    """
    translated = copy.deepcopy(nb)
    for cell in translated.cells:
        if cell.cell_type == "markdown":
            cell.source = translate_markdown(cell.source, lang)
    return translated
