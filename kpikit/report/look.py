"""
The look of a chart: dark ink on white, one accent, readable in grey and in print.

Charts are vector graphics with real text in Roboto: the text can be searched
and read aloud, and a page of twenty charts stays small. Axes speak the
language in use. A dollar sign in a client's label is a dollar sign, not a
formula.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib import dates as mdates
from matplotlib import font_manager, ticker
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from kpikit import languages
from kpikit.report.templates import fonts_dir

INK = "#1b2733"
MUTED = "#5c6b7a"
GRID = "#dfe4e8"
ACCENT = "#12597f"
GOOD = "#2f7d5b"
WARN = "#b7791f"
BAD = "#b3402e"

#: Five colours whose lightness differs by steps, so that they stay apart in a
#: grey copy: accent, ochre, pale blue, dark red, grey.
PALETTE = (ACCENT, "#c98a1b", "#9cc3da", "#74261b", "#6f7a85")
#: Goes with the palette where lines could be mistaken for each other.
DASHES = ("", (4, 1.6), (6, 1.6, 1, 1.6), (1, 1.2), (5, 1, 1, 1, 1, 1))
#: Colormap from nearly white to the accent, registered under this name.
SEQUENTIAL = "kpikit"

_CM_PER_INCH = 2.54
_FONT = "Roboto"

_STYLE: Any = {
    "font.family": [_FONT, "DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.labelsize": 9.0,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=list(PALETTE)),
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "xtick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "lines.solid_capstyle": "round",
    "patch.linewidth": 0.0,
    "patch.edgecolor": "white",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "image.cmap": SEQUENTIAL,
    "svg.fonttype": "none",
    "svg.hashsalt": "kpikit",
}


@cache
def apply_look() -> None:
    """Register the fonts and the colormap and make the look the default of this process."""
    for path in sorted(fonts_dir().glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    shades = LinearSegmentedColormap.from_list(
        SEQUENTIAL, ["#f3f7fa", "#8fb8d0", ACCENT, "#0b2e45"]
    )
    if SEQUENTIAL not in mpl.colormaps:
        mpl.colormaps.register(shades)
    mpl.rcParams.update(_STYLE)


def new_figure(
    width_cm: float = 16.0, height_cm: float = 7.5, rows: int = 1, cols: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """
    Start a chart in the house look.

    Parameters
    ----------
    width_cm, height_cm : float
        Size on paper; 16 cm is the width of a page's text. [cm]
    rows, cols : int
        Panels.
    **subplots
        Passed to ``Figure.subplots`` (``sharex``, ``width_ratios`` ...).

    Returns
    -------
    Figure
        Not known to pyplot, so that a notebook shows it once.
    Axes or ndarray of Axes
        One axes, or the array of them for several panels.
    """
    apply_look()
    size = (width_cm / _CM_PER_INCH, height_cm / _CM_PER_INCH)
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, cols, **subplots)


class _Localised(ticker.Formatter):
    """Tick labels in the language in use, with as many decimals as the ticks need."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Any) -> list[str]:
        decimals = _decimals_needed([float(value) for value in values])
        return [languages.number(value, decimals) for value in values]


class _Month(ticker.Formatter):
    """Month and year, from matplotlib's day numbers."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return languages.month_short(mdates.num2date(x))


class _Day(ticker.Formatter):
    """Day, month and year, from matplotlib's day numbers."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return languages.date_short(mdates.num2date(x))


def _decimals_needed(values: list[float]) -> int:
    scale = max((abs(value) for value in values), default=0.0) or 1.0
    for decimals in range(7):
        if all(abs(round(value, decimals) - value) <= 1e-9 * scale for value in values):
            return decimals
    return 6


def number_axis(axis: Axis, decimals: int | None = None) -> None:
    """Label an axis with numbers; decimals as needed unless given."""
    if decimals is None:
        axis.set_major_formatter(_Localised())
    else:
        axis.set_major_formatter(ticker.FuncFormatter(lambda x, pos: languages.number(x, decimals)))


def share_axis(axis: Axis, decimals: int = 0) -> None:
    """Label an axis of shares (0 to 1) with per cent."""
    axis.set_major_formatter(ticker.FuncFormatter(lambda x, pos: languages.share(x, decimals)))


def money_axis(axis: Axis, currency: str) -> None:
    """Label an axis with money, in millions where it is that much."""
    axis.set_major_formatter(
        ticker.FuncFormatter(lambda x, pos: languages.money_compact(x, currency))
    )


def month_axis(axis: Axis, max_ticks: int = 8) -> None:
    """Label an axis of dates with months."""
    axis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=max_ticks))
    axis.set_major_formatter(_Month())


def localise(figure: Figure) -> None:
    """Replace matplotlib's own tick labels, which speak only English, on every axis."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _localise_axis(axis)


def _localise_axis(axis: Axis) -> None:
    formatter = axis.get_major_formatter()
    dated = (mdates.AutoDateFormatter, mdates.ConciseDateFormatter, mdates.DateFormatter)
    if isinstance(formatter, dated):
        low, high = axis.get_view_interval()
        axis.set_major_formatter(_Month() if high - low > 60 else _Day())
    elif isinstance(formatter, ticker.LogFormatter):
        axis.set_major_formatter(_Localised())
        axis.set_minor_formatter(ticker.NullFormatter())
    elif isinstance(formatter, ticker.ScalarFormatter):
        axis.set_major_formatter(_Localised())


def figure_svg(figure: Figure) -> str:
    """
    Draw a chart as an SVG element, equal byte for byte for equal charts.

    Ids that nothing refers to, dates, and the style rule that matplotlib puts on
    every element of the surrounding page are taken out.
    """
    apply_look()
    localise(figure)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return _tidy(stream.getvalue())


_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.S)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.S)
_STYLE_RULE = re.compile(r"\s*<defs>\s*<style[^>]*>\*\{[^}]*\}</style>\s*</defs>", re.S)
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(?:url\(#|href="#)([^")]+)')


def _tidy(svg: str) -> str:
    svg = _PROLOGUE.sub("", svg)
    svg = _STYLE_RULE.sub("", _METADATA.sub("", svg))
    used = set(_REFERENCE.findall(svg))
    svg = _ID.sub(lambda found: found[0] if found[1] in used else "", svg)
    # Where Roboto is not installed, a face of about its width keeps the labels in place.
    svg = svg.replace("'Roboto', 'DejaVu Sans'", "Roboto, Arial, Helvetica, 'DejaVu Sans'")
    # The rule taken out above, on the drawing alone.
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    return svg.strip()
