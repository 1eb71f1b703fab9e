"""Charts of the KPI system: KPIs against rules, KPIs against the plan, copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.report import audit_words as words
from kpikit.report import look
from kpikit.report.tables import Shown, show_chart

#: More lines than this cannot be read on a page.
MOST_KPIS = 40
MOST_REPS = 24
MOST_LINKS = 30
MOST_PAIRS = 15
#: Longer names are cut. [letters]
LONGEST, LONGEST_OF_TWO = 34, 22


@dataclass(frozen=True)
class Mark:
    """How a cell of a grid is drawn: fill, sign and the colour of the sign."""

    fill: str
    sign: str
    ink: str


#: Shade and sign both tell the verdict, so that a grey copy can be read.
VERDICT_MARKS = {
    "fail": Mark(look.PALETTE[3], "×", "white"),
    "warn": Mark("#dca64a", "!", look.INK),
    "pass": Mark("#d5e5ee", "+", look.MUTED),
    "cannot_judge": Mark("white", "?", look.MUTED),
    "": Mark("white", "", look.MUTED),
}
CASE_MARKS = {
    "A": Mark(look.PALETTE[3], "A", "white"),
    "B": Mark("#dca64a", "B", look.INK),
    "both_met": Mark("#d5e5ee", "+", look.MUTED),
    "both_missed": Mark("#b9c2c9", "-", look.INK),
    "unknown": Mark("white", "?", look.MUTED),
    "": Mark("white", "", look.MUTED),
}
#: Marker and fill of a link by its verdict.
LINK_MARKS = {
    "linked": ("o", look.ACCENT, look.ACCENT),
    "opposed": ("D", look.BAD, look.BAD),
    "not_linked": ("s", "white", look.INK),
    "unproven": ("o", "white", look.ACCENT),
    "component": ("^", look.PALETTE[2], look.MUTED),
    "cannot_judge": ("x", look.MUTED, look.MUTED),
}


def short(name: str, longest: int = LONGEST) -> str:
    """A name that fits beside a chart."""
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def rule_strip(table: pd.DataFrame) -> Shown:
    """
    Verdict of each rule on each KPI.

    Parameters
    ----------
    table : DataFrame
        One row per KPI and one column per rule, both named as shown; cells are keys of
        ``VERDICT_MARKS``.
    """
    everyone = len(table)
    table = table.head(MOST_KPIS)
    figure, axes = look.new_figure(16, 0.36 * len(table) + 4.4)
    _grid(axes, table, VERDICT_MARKS)
    axes.xaxis.tick_top()
    axes.set_xticklabels(axes.get_xticklabels(), rotation=60, ha="left", rotation_mode="anchor")
    axes.tick_params(axis="both", labelsize=7.5, length=0)
    labels = {name: _(words.VERDICTS[name]) for name in words.VERDICTS}
    _grid_legend(axes, VERDICT_MARKS, labels)
    note = _("The worst verdict of each rule on the KPI. An empty cell: the rule does not apply.")
    if everyone > len(table):
        note += " " + _("{n} more KPIs are not shown.").format(
            n=languages.number(everyone - len(table))
        )
    return show_chart(
        figure,
        _("Which KPI meets which demand"),
        _(
            "Grid of KPIs against rules: a cross marks a demand that is not met, an exclamation "
            "mark something to look at, a plus a demand that is met, a question mark what cannot "
            "be judged."
        ),
        note=note,
    )


def case_calendar(table: pd.DataFrame) -> Shown:
    """
    KPIs met and plan met, rep by rep and period by period.

    Parameters
    ----------
    table : DataFrame
        One row per rep and one column per period, both named as shown; cells are keys of
        ``CASE_MARKS``.
    """
    everyone = len(table)
    table = table.head(MOST_REPS)
    figure, axes = look.new_figure(16, 0.62 * len(table) + 2.9)
    _grid(axes, table, CASE_MARKS)
    axes.tick_params(axis="both", length=0)
    labels = {
        "A": _("all KPIs met, plan missed"),
        "B": _("a KPI missed, plan met"),
        "both_met": _("both met"),
        "both_missed": _("both missed"),
        "unknown": _("no verdict"),
    }
    shown = {state for own in table.to_numpy() for state in own}
    _grid_legend(axes, CASE_MARKS, {k: text for k, text in labels.items() if k in shown}, 2)
    note = None
    if everyone > len(table):
        note = _("{n} more reps are not shown.").format(n=languages.number(everyone - len(table)))
    return show_chart(
        figure,
        _("KPIs met and plan met, rep by rep"),
        _(
            "Calendar of reps and periods: A marks a period in which all KPIs were met and the "
            "plan was missed, B one in which a KPI was missed and the plan was met."
        ),
        note=note,
    )


def _grid(axes: Axes, table: pd.DataFrame, marks: Mapping[str, Mark]) -> None:
    """Cells with a shade and a sign, the first row on top."""
    states = list(marks)
    numbers = [[states.index(state) for state in row] for row in table.to_numpy(dtype=object)]
    axes.pcolormesh(
        np.array(numbers, dtype=float).reshape(table.shape),
        cmap=ListedColormap([mark.fill for mark in marks.values()]),
        vmin=-0.5, vmax=len(states) - 0.5, edgecolors=look.GRID, linewidth=0.6,
    )  # fmt: skip
    for (line, place), state in np.ndenumerate(table.to_numpy(dtype=object)):
        mark = marks[str(state)]
        if mark.sign:
            axes.text(place + 0.5, line + 0.5, mark.sign, ha="center", va="center",
                      fontsize=7.5, color=mark.ink)  # fmt: skip
    axes.set_xticks(np.arange(table.shape[1]) + 0.5, [str(name) for name in table.columns])
    axes.set_yticks(np.arange(len(table)) + 0.5, [short(str(name)) for name in table.index])
    axes.invert_yaxis()
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _grid_legend(
    axes: Axes, marks: Mapping[str, Mark], labels: Mapping[str, str], columns: int = 4
) -> None:
    handles = [
        Patch(facecolor=marks[key].fill, edgecolor=look.MUTED, linewidth=0.6,
              label=f"{marks[key].sign}  {text}")
        for key, text in labels.items()
    ]  # fmt: skip
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=columns)


def link_forest(table: pd.DataFrame, relevant: float) -> Shown:
    """
    Link of each KPI with the plan, with its interval.

    Parameters
    ----------
    table : DataFrame
        ``label rho low high verdict``, the strongest first.
    relevant : float
        A weaker correlation is of no use for steering.
    """
    everyone = len(table)
    table = table.head(MOST_LINKS)
    figure, axes = look.new_figure(16, 0.5 * len(table) + 3.3)
    places = np.arange(len(table))[::-1]
    _whiskers(axes, table, places)
    for place, row in zip(places, table.to_dict("records"), strict=True):
        marker, fill, edge = LINK_MARKS[row["verdict"]]
        axes.plot([row["rho"]], [place], marker, markersize=6, markerfacecolor=fill,
                  markeredgecolor=edge, markeredgewidth=1.2, zorder=3)  # fmt: skip
    axes.axvline(0, color=look.INK, linewidth=1.0)
    axes.axvline(relevant, color=look.MUTED, linewidth=0.9, linestyle="--")
    axes.set_xlim(min(-0.5, float(np.nanmin(table["low"])) - 0.05), 1.05)
    look.number_axis(axes.xaxis, 1)
    axes.set_xlabel(_("rank correlation of KPI and plan inside the same periods"))
    handles = [
        Line2D([], [], linestyle="", marker=marker, markersize=6, markerfacecolor=fill,
               markeredgecolor=edge, markeredgewidth=1.2, label=_(words.LINKS[name]))
        for name, (marker, fill, edge) in LINK_MARKS.items()
        if table["verdict"].eq(name).any()
    ]  # fmt: skip
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=3)
    note = _("Dashed: a weaker link than {rho} is of no use for steering.").format(
        rho=languages.number(relevant, 1)
    )
    if everyone > len(table):
        note += " " + _("{n} more KPIs are not shown.").format(
            n=languages.number(everyone - len(table))
        )
    return show_chart(
        figure,
        _("Do reps who are ahead in a KPI come out ahead in the plan"),
        _(
            "One line for each KPI: the correlation with the plan and its interval; filled dots "
            "are proven, open ones are not, triangles are parts of the plan itself."
        ),
        note=note,
    )


def copies(table: pd.DataFrame) -> Shown:
    """
    Pairs of KPIs that move together: ``label rho low high``, the closest first.
    """
    table = table.head(MOST_PAIRS)
    figure, axes = look.new_figure(16, 0.6 * len(table) + 1.9)
    places = np.arange(len(table))[::-1]
    _whiskers(axes, table, places)
    axes.plot(table["rho"].astype(float), places, "o", color=look.ACCENT, zorder=3)
    axes.set_xlim(min(0.5, float(np.nanmin(table["low"])) - 0.05), 1.01)
    look.number_axis(axes.xaxis, 1)
    axes.set_xlabel(_("rank correlation inside the same periods"))
    return show_chart(
        figure,
        _("KPIs that move together: one of each pair is enough"),
        _("One line for each pair of KPIs: their correlation, close to one, and its interval."),
    )


def _whiskers(axes: Axes, table: pd.DataFrame, places: Sequence[int] | Any) -> None:
    axes.hlines(places, table["low"].astype(float), table["high"].astype(float),
                color=look.PALETTE[2], linewidth=4)  # fmt: skip
    axes.set_yticks(places, [str(name) for name in table["label"]])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_ylim(-0.7, len(table) - 0.3)
