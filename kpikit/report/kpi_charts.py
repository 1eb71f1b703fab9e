"""Charts of the results chapter: dynamics, plan and fact, time, receivables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.report import look
from kpikit.report.charts import month_labels
from kpikit.report.tables import Shown, show_chart

Write = Callable[[Any], str]


def control_charts(panels: Sequence[tuple[str, pd.DataFrame, Write]]) -> Shown:
    """
    Months of several KPIs with the limits inside which nothing happened.

    Each panel is a title, a table with ``month``, ``value``, ``centre``, ``lower``, ``upper``,
    ``signal``, and how its values are written.
    """
    lines = -(-len(panels) // 2)
    figure, grid = look.new_figure(16, 3.5 * lines + 0.6, rows=lines, cols=2)
    places = list(np.atleast_1d(grid).ravel())
    for axes, (title, table, write) in zip(places, panels, strict=False):
        at = np.arange(len(table))
        value = table["value"].to_numpy(dtype=float)
        lower, upper, centre = (
            table[c].to_numpy(dtype=float) for c in ("lower", "upper", "centre")
        )
        axes.fill_between(at, lower, upper, color=look.PALETTE[2], alpha=0.35, linewidth=0)
        axes.plot(at, centre, color=look.MUTED, linewidth=1.0, linestyle="--")
        sns.lineplot(x=at, y=value, color=look.ACCENT, marker="o", markersize=3.5,
                     markeredgewidth=0, linewidth=1.4, ax=axes)  # fmt: skip
        hit = table["signal"].notna().to_numpy()
        axes.plot(at[hit], value[hit], "D", color=look.BAD, markersize=5.5)
        axes.set_title(title, fontsize=8.5, fontweight="normal", color=look.INK, pad=4, loc="left")
        axes.set_ylabel("")
        axes.set_xticks(at, month_labels([f"{m:%Y-%m}" for m in table["month"]], most=6))
        axes.tick_params(labelsize=7.5)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.yaxis.set_major_formatter(lambda x, _position, w=write: w(x))
    for axes in places[len(panels) :]:
        axes.set_visible(False)
    return show_chart(
        figure,
        _("KPIs by month with their natural limits"),
        _(
            "Panels of monthly values with a band of natural limits; "
            "a red diamond marks a month that is more than noise."
        ),
        note=_(
            "Inside the band a month differs from another one by chance. A red diamond is a "
            "signal: a month outside the band, or a long run on one side of the middle."
        ),
    )


def plan_and_fact(table: pd.DataFrame, currency: str) -> Shown:
    """Plan and fact in money by month: ``month``, ``plan``, ``fact``."""
    figure, axes = look.new_figure(16, 4.6)
    at = np.arange(len(table))
    sns.barplot(x=at, y=table["fact"].to_numpy(dtype=float), color=look.PALETTE[2], width=0.62,
                saturation=1.0, label=_("fact"), ax=axes)  # fmt: skip
    plan = table["plan"].to_numpy(dtype=float)
    axes.hlines(plan, at - 0.4, at + 0.4, color=look.ACCENT, linewidth=2.2, label=_("plan"))
    top = float(np.nanmax([plan.max(), table["fact"].max()]))
    for place, share, height in zip(at, table["value"], table["fact"], strict=True):
        axes.annotate(languages.share(share), (place, 0), (0, 4), ha="center", va="bottom",
                      textcoords="offset points", fontsize=8,
                      color=look.INK if height > 0.1 * top else look.MUTED)  # fmt: skip
    axes.set_xticks(at, month_labels([f"{m:%Y-%m}" for m in table["month"]]))
    look.money_axis(axes.yaxis, currency)
    axes.set_ylabel("")
    axes.set_xlabel("")
    axes.set_ylim(0, top * 1.25)
    axes.legend(ncols=2, loc="upper left")
    return show_chart(
        figure,
        _("Sales plan and fact by month"),
        _("Bars of sales by month with the plan as a line; the share attained stands in the bar."),
    )


def time_budget(table: pd.DataFrame, parts: Sequence[tuple[str, str]]) -> Shown:
    """
    Hours of each rep by what they went into.

    ``table`` has ``label`` and the columns of ``parts`` [h]; ``parts`` pairs column and label.
    """
    figure, axes = look.new_figure(16, max(3.6, 0.72 * len(table) + 2.2))
    at = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    for position, (column, label) in enumerate(parts):
        hours = table[column].clip(lower=0).to_numpy(dtype=float)
        axes.barh(at, hours, left=left, height=0.6, label=label,
                  color=look.PALETTE[position % len(look.PALETTE)])  # fmt: skip
        left += hours
    axes.set_yticks(at, [str(name) for name in table["label"]])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlabel(_("hours a month"))
    axes.set_ylim(-0.6, len(table) + 1.0)
    axes.legend(ncols=3, loc="upper left", borderaxespad=0.0, columnspacing=1.2)
    return show_chart(
        figure,
        _("Where the paid hours of each rep go"),
        _("One bar for each rep: hours in calls, meetings, preparation, absence, and unexplained."),
    )


def receivables(table: pd.DataFrame, currency: str) -> Shown:
    """Balance and overdue part at the end of each month: ``month``, ``balance``, ``overdue``."""
    figure, axes = look.new_figure(16, 4.2)
    at = np.arange(len(table))
    sns.barplot(x=at, y=table["balance"].to_numpy(dtype=float), color=look.PALETTE[2], width=0.66,
                saturation=1.0, label=_("owed by customers"), ax=axes)  # fmt: skip
    sns.barplot(x=at, y=table["overdue"].to_numpy(dtype=float), color=look.PALETTE[3], width=0.66,
                saturation=1.0, label=_("of it overdue"), ax=axes)  # fmt: skip
    axes.set_xticks(at, month_labels([f"{m:%Y-%m}" for m in table["month"]]))
    look.money_axis(axes.yaxis, currency)
    axes.set_ylabel("")
    axes.set_xlabel("")
    axes.set_ylim(0, float(table["balance"].max()) * 1.3)
    axes.legend(ncols=2, loc="upper left")
    return show_chart(
        figure,
        _("What customers owe, and what is overdue, at the end of each month"),
        _("Bars of receivables by month with the overdue part in a darker colour."),
    )
