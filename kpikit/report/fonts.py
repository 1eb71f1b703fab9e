"""Fonts inside a page: Roboto cut down to the characters that the page uses."""

from __future__ import annotations

import base64
import io
from functools import cache

from kpikit.report.templates import fonts_dir

#: File, CSS weight, CSS style.
_FACES = (
    ("Roboto-Regular.ttf", 400, "normal"),
    ("Roboto-Bold.ttf", 700, "normal"),
    ("Roboto-Italic.ttf", 400, "italic"),
)


def embedded_faces(text: str) -> str:
    """
    Write ``@font-face`` rules that carry the font data.

    Parameters
    ----------
    text : str
        Everything that the page shows.
    """
    characters = "".join(sorted(set(text) | {"\u00a0"}))
    return "\n".join(
        f'@font-face{{font-family:"Roboto";font-weight:{weight};font-style:{style};'
        f'src:url("data:font/woff;base64,{_subset(file, characters)}") format("woff")}}'
        for file, weight, style in _FACES
    )


@cache
def _subset(file: str, characters: str) -> str:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(fonts_dir() / file, recalcTimestamp=False)
    options = Options(layout_features=["kern", "tnum", "ccmp", "locl"], hinting=False)
    cutter = Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def text_width(text: str) -> float:
    """Width of a line of bold text. [em]"""
    widths = _bold_widths()
    return sum(widths.get(ord(sign), 0.6) for sign in text)


@cache
def _bold_widths() -> dict[int, float]:
    from fontTools.ttLib import TTFont

    font = TTFont(fonts_dir() / "Roboto-Bold.ttf", lazy=True)
    em = font["head"].unitsPerEm
    advances = font["hmtx"].metrics
    return {code: advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@cache
def covered_characters() -> frozenset[int]:
    """Code points that the report's fonts can show."""
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(fonts_dir() / "Roboto-Regular.ttf", lazy=True).getBestCmap())
