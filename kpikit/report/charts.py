"""
Charts of the client report: they draw finished tables and compute nothing.

Each returns what the notebook shows. Shapes differ as well as colours, so that
a grey copy can be read; every chart has a text that says what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.report import look
from kpikit.report.tables import Shown, show_chart

#: White plate behind a number that a line may cross.
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
#: More lines than this do not fit on a page.
MOST_LINES = 20


def people_by_month(months: pd.DataFrame) -> Shown:
    """
    Full-time people needed and there, by month.

    ``months`` has ``month`` (2026-07), ``required_fte``, ``available_fte`` [fte].
    """
    table = months.groupby("month", sort=True)[["required_fte", "available_fte"]].sum()
    figure, axes = look.new_figure(16, 3.9)
    places = np.arange(len(table))
    sns.barplot(x=places, y=table["available_fte"].to_numpy(), color=look.PALETTE[2], width=0.62,
                saturation=1.0, label=_("people there"), ax=axes)  # fmt: skip
    sns.lineplot(x=places, y=table["required_fte"].to_numpy(), color=look.ACCENT, marker="o",
                 markeredgewidth=0, label=_("people the plan needs"), ax=axes)  # fmt: skip
    short = table["required_fte"] > table["available_fte"]
    axes.vlines(places[short], table["available_fte"][short], table["required_fte"][short],
                color=look.BAD, linewidth=1.1, linestyle=":", label=_("gap"))  # fmt: skip
    axes.set_xticks(places, month_labels(list(table.index)))
    axes.set_ylabel(_("full-time reps"))
    axes.set_ylim(0, float(table.to_numpy().max()) * 1.08)
    axes.locator_params(axis="y", nbins=4, integer=True)
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return show_chart(
        figure,
        _("People the plan needs and people there, by month"),
        _("Line of full-time reps needed above bars of full-time reps available, month by month."),
    )


def probability_by_reps(
    by_reps: pd.DataFrame, goal: float, now: float, needed: int | None
) -> Shown:
    """
    Probability of the plan by number of reps.

    ``by_reps`` has ``reps`` and ``probability`` [share]; ``goal`` [share].
    """
    figure, axes = look.new_figure(16, 6.6)
    places = np.arange(len(by_reps))
    colours = [
        look.ACCENT if row.reps == needed else look.WARN if row.reps == round(now)
        else look.PALETTE[2]
        for row in by_reps.itertuples()
    ]  # fmt: skip
    sns.barplot(x=places, y=by_reps["probability"].to_numpy(), hue=places, palette=colours,
                saturation=1.0, width=0.66, dodge=False, legend=False, ax=axes)  # fmt: skip
    for bar, chance in zip(axes.containers, by_reps["probability"], strict=True):
        axes.bar_label(bar, [_chance(chance)], padding=2, fontsize=8.5, zorder=5, bbox=PLATE)
    axes.axhline(goal, color=look.INK, linewidth=1.0, linestyle="--")
    axes.annotate(
        _("agreed level {share}").format(share=languages.share(goal)),
        (0.0, goal), (4, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
        fontsize=8.5, color=look.INK,
    )  # fmt: skip
    names = []
    for count in by_reps["reps"]:
        name = languages.number(count)
        if count == round(now):
            name += "\n" + _("today")
        if count == needed:
            name += "\n" + _("needed")
        names.append(name)
    axes.set_xticks(places, names)
    axes.set_ylim(0, 1.12)
    look.share_axis(axes.yaxis)
    axes.set_xlabel(_("reps"))
    axes.set_ylabel(_("probability of the plan"))
    return show_chart(
        figure,
        _("Probability of meeting the plan, by number of reps"),
        _("Bars of probability that rise with the number of reps; a dashed line marks the level."),
    )


def hours_by_purpose(rows: pd.DataFrame, available: float) -> Shown:
    """
    Hours the plan needs by purpose, against the hours there.

    ``rows`` has ``label`` and ``hours`` [h]; ``available`` [h].
    """
    figure, axes = look.new_figure(16, 4.6)
    left = 0.0
    total = float(rows["hours"].sum())
    for position, row in enumerate(rows.itertuples()):
        colour = look.PALETTE[position % len(look.PALETTE)]
        axes.barh([1], [row.hours], left=left, color=colour, height=0.56, label=row.label)
        left += float(row.hours)
    axes.barh([0], [available], color=look.MUTED, height=0.56)
    axes.set_yticks([0, 1], [_("hours there"), _("hours needed")])
    axes.annotate(languages.number(available), (available, 0), (4, 0), va="center",
                  textcoords="offset points", fontsize=8.5)  # fmt: skip
    axes.annotate(languages.number(total), (total, 1), (4, 0), va="center",
                  textcoords="offset points", fontsize=8.5)  # fmt: skip
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlim(0, max(total, available) * 1.12)
    axes.set_xlabel(_("hours in the plan period"))
    axes.set_ylim(-0.5, 2.6)
    axes.legend(ncols=2, loc="upper left", borderaxespad=0.0, columnspacing=1.2)
    return show_chart(
        figure,
        _("Hours of work the plan needs and hours the team has"),
        _("Two bars: hours needed, split by purpose, and the hours of the team below."),
    )


def win_curves(curves: pd.DataFrame) -> Shown:
    """
    Share of deals won by age, with the range left by the open deals.

    ``curves`` has ``label``, ``age_days``, ``won`` [share], ``upper`` [share].
    """
    figure, axes = look.new_figure(16, 7.0)
    labels = list(dict.fromkeys(curves["label"]))
    sns.lineplot(
        data=curves, x="age_days", y="won", hue="label", style="label", estimator=None,
        drawstyle="steps-post", palette=list(look.PALETTE[: len(labels)]),
        dashes=list(look.DASHES[: len(labels)]), linewidth=1.8, ax=axes,
    )  # fmt: skip
    if len(labels) == 1:
        axes.fill_between(curves["age_days"], curves["won"], curves["upper"], step="post",
                          color=look.ACCENT, alpha=0.14,
                          label=_("range left by the open deals"))  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    look.share_axis(axes.yaxis)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(_("days since the deal was created"))
    axes.set_ylabel(_("share won"))
    axes.legend(loc="upper left" if len(labels) > 1 else "upper right")
    return show_chart(
        figure,
        _("Share of deals won, by age of the deal"),
        _("Rising curves of the share of deals won by their age in days."),
    )


def ranges(table: pd.DataFrame, label: str, caption: str, alt: str, shares: bool,
           reference: float | None = None, reference_label: str = "",
           decimals: int = 1) -> Shown:  # fmt: skip
    """
    Values with intervals, one line each.

    ``table`` has ``label``, ``value``, ``low``, ``high``; ``shares`` says whether
    the values are shares.
    """
    everyone = len(table)
    if everyone > MOST_LINES:
        table = pd.concat([table.head(MOST_LINES // 2), table.tail(MOST_LINES // 2)])
        caption = _("{caption}: the first and the last {n} of {all}").format(
            caption=caption, n=languages.number(MOST_LINES // 2), all=languages.number(everyone)
        )
    figure, axes = look.new_figure(16, max(3.4, 0.72 * len(table) + 1.9))
    places = np.arange(len(table))[::-1]
    values = table["value"].astype(float)
    low, high = table["low"].astype(float), table["high"].astype(float)
    axes.hlines(places, low, high, color=look.PALETTE[2], linewidth=5)
    axes.plot(values, places, "o", color=look.ACCENT)
    write = languages.share if shares else (lambda x: languages.number(x, decimals))
    for place, value, top in zip(places, values, high.fillna(values), strict=True):
        axes.annotate(write(value), (max(top, value), place), (6, 0), va="center",
                      textcoords="offset points", fontsize=8.5, zorder=5,
                      bbox=PLATE)  # fmt: skip
    if reference is not None:
        axes.axvline(reference, color=look.INK, linewidth=1.0, linestyle="--")
        axes.annotate(reference_label, (reference, 1.0), (4, 2), fontsize=8.5,
                      xycoords=("data", "axes fraction"), textcoords="offset points")  # fmt: skip
    axes.set_yticks(places, [str(name) for name in table["label"]])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    top = float(np.nanmax([high.max(), values.max(), reference or 0.0]))
    axes.set_xlim(0, min(1.18, top * 1.15) if shares else top * 1.15)
    axes.set_ylim(-0.6, len(table) - 0.4)
    if shares:
        look.share_axis(axes.xaxis)
    axes.set_xlabel(label)
    return show_chart(figure, caption, alt)


def stage_work(table: pd.DataFrame) -> Shown:
    """
    Where the hours of one won deal go: ``label``, ``hours`` [h per won deal].
    """
    figure, axes = look.new_figure(16, max(3.4, 0.72 * len(table) + 1.7))
    sns.barplot(x=table["hours"].to_numpy(), y=[str(name) for name in table["label"]], orient="h",
                color=look.ACCENT, saturation=1.0, width=0.6, ax=axes)  # fmt: skip
    texts = [languages.number(h, 1) for h in table["hours"]]
    axes.bar_label(axes.containers[0], texts, padding=3, fontsize=8.5)
    axes.set_ylabel("")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlim(0, float(table["hours"].max()) * 1.12)
    axes.set_xlabel(_("hours per won deal, lost deals included"))
    return show_chart(
        figure,
        _("Where the hours behind one won deal are spent"),
        _("One bar for each stage: hours spent on it for every deal that is won."),
    )


def data_by_month(table: pd.DataFrame, series: Sequence[tuple[str, str]]) -> Shown:
    """
    How complete the data are over time: one panel per series.

    ``table`` is indexed by month (2026-07); ``series`` pairs column and label.
    """
    figure, panels = look.new_figure(16, 2.6 * len(series) + 0.8, rows=len(series), sharex=True)
    places = np.arange(len(table))
    for axes, (column, label) in zip(np.atleast_1d(panels), series, strict=True):
        sns.barplot(x=places, y=table[column].fillna(0.0).to_numpy(), color=look.ACCENT,
                    saturation=1.0, width=0.7, ax=axes)  # fmt: skip
        axes.set_title(label, fontsize=8.5, fontweight="normal", color=look.MUTED, pad=3)
        axes.set_ylabel("")
    last = np.atleast_1d(panels)[-1]
    last.set_xticks(places, month_labels(list(table.index)))
    return show_chart(
        figure,
        _("Records by month"),
        _("Bars by month for each kind of record; a gap or a spike shows missing or loaded data."),
    )


def month_labels(months: list[str], most: int = 13) -> list[str]:
    """Short month names, the year below January and below the first; thinned where many."""
    step = -(-len(months) // most)
    labels, year = [], ""
    for position, month in enumerate(months):
        shown = position % step == 0
        name = languages.month_name(f"{month}-01") if shown else ""
        if shown and month[:4] != year:
            year = month[:4]
            name = f"{name}\n{year}"
        labels.append(name)
    return labels


def _chance(p: float) -> str:
    """A probability short enough for a bar."""
    if p < 0.005:
        return f"<{languages.share(0.01)}"
    if p > 0.995:
        return f">{languages.share(0.99)}"
    return languages.share(p)
