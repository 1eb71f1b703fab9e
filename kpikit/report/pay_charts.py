"""Charts of the chapter on targets and pay: forecast, payout curves, the four cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpikit import languages
from kpikit.diagnosis.concordance import MET, MISSED
from kpikit.diagnosis.forecast import Forecast
from kpikit.diagnosis.payout import PayoutCurve, payout
from kpikit.languages import gettext as _
from kpikit.report import look
from kpikit.report.charts import month_labels
from kpikit.report.tables import Shown, show_chart

Write = Callable[[Any], str]
#: Results above this attainment are drawn at the edge. [share]
EDGE = 2.0


def forecast_fan(
    history: pd.DataFrame, forecast: Forecast, months: int, target: float, currency: str
) -> Shown:
    """
    The history, its course over the next periods, and what the target asks of them.

    Parameters
    ----------
    history : DataFrame
        ``start`` and ``value`` of each period. [money]
    forecast : Forecast
    months : int
        Length of a period. [months]
    target : float
        Money of all periods ahead together; drawn along the course of the forecast.
    currency : str
    """
    figure, axes = look.new_figure(16, 5.4)
    past = history["value"].to_numpy(dtype=float)
    ahead = forecast.path * forecast.law.centre / forecast.total
    low, high = np.quantile(forecast.paths, [0.1, 0.9], axis=0)
    low, high = np.minimum(low, ahead), np.maximum(high, ahead)
    at, to = np.arange(len(past)), len(past) - 1 + np.arange(len(ahead) + 1)
    axes.plot(at, past, color=look.ACCENT, marker="o", markersize=3.5, markeredgewidth=0,
              label=_("sold"))  # fmt: skip
    axes.fill_between(to, np.r_[past[-1], low], np.r_[past[-1], high], color=look.PALETTE[2],
                      alpha=0.55, linewidth=0, label=_("four of five courses"))  # fmt: skip
    axes.plot(to, np.r_[past[-1], ahead], color=look.ACCENT, linestyle="--", linewidth=1.3,
              label=_("expected"))  # fmt: skip
    axes.plot(to[1:], target * forecast.path / forecast.total, color=look.BAD, marker="D",
              markersize=4, linewidth=1.6, label=_("target"))  # fmt: skip
    starts = [*history["start"]]
    starts += [starts[-1] + pd.DateOffset(months=months * k) for k in range(1, len(ahead) + 1)]
    axes.set_xticks(np.arange(len(starts)), month_labels([f"{day:%Y-%m}" for day in starts], 12))
    look.money_axis(axes.yaxis, currency)
    axes.set_ylim(0, float(max(past.max(), high.max())) * 1.28)
    axes.set_ylabel("")
    axes.legend(ncols=4, loc="upper left")
    return show_chart(
        figure,
        _("Sales by month, their course, and the target of the next quarter"),
        _(
            "Line of past sales, a band of possible courses over the next months, and the target "
            "drawn along the expected course."
        ),
        note=_(
            "The band holds single months. What is asked is the sum: months miss in both "
            "directions, so the sum is known better than any of them."
        ),
    )


def payout_panels(
    panels: Sequence[tuple[str, PayoutCurve, np.ndarray]],
) -> Shown:
    """
    Payout curves with the results that really occurred.

    Each panel is a title, the curve and the attainments of the rep-periods [share].
    """
    lines = -(-len(panels) // 2)
    figure, grid = look.new_figure(16, 4.4 * lines + 0.4, rows=lines, cols=min(2, len(panels)))
    places = list(np.atleast_1d(grid).ravel())
    for axes, (title, curve, reached) in zip(places, panels, strict=False):
        top = max(EDGE, curve.points[-1][0] + 0.2)
        line = np.linspace(0.0, top, 801)
        paid = payout(curve, line)
        seen = np.minimum(reached[~np.isnan(reached)], top)
        counts, edges = np.histogram(seen, bins=np.linspace(0.0, top, 21))
        height = float(paid.max()) * 0.5
        axes.bar(edges[:-1], counts / max(counts.max(), 1) * height, width=np.diff(edges) * 0.92,
                 align="edge", color=look.PALETTE[2], label=_("results"))  # fmt: skip
        axes.plot(line, paid, color=look.ACCENT, linewidth=1.8, label=_("payout"))
        mean = float(np.nanmean(reached))
        axes.plot([min(mean, top)], [float(payout(curve, mean))], "D", color=look.WARN,
                  markersize=6, label=_("at the average result"))  # fmt: skip
        expected = float(np.nanmean(payout(curve, reached)))
        axes.axhline(expected, color=look.BAD, linestyle=":", linewidth=1.4,
                     label=_("paid on average"))  # fmt: skip
        axes.set_title(title, fontsize=8.5, fontweight="normal", color=look.INK, pad=4, loc="left")
        axes.set_xlim(0, top)
        axes.set_ylim(0, float(paid.max()) * 1.15)
        axes.tick_params(labelsize=7.5)
        look.share_axis(axes.xaxis)
        look.share_axis(axes.yaxis)
    for axes in places[len(panels) :]:
        axes.set_visible(False)
    handles, names = places[0].get_legend_handles_labels()
    figure.legend(handles, names, ncols=4, loc="outside lower center", fontsize=8)
    return show_chart(
        figure,
        _("What each KPI pays, and where the results lie"),
        _(
            "Panels with a payout curve over bars of the results that occurred; a diamond marks "
            "the payout at the average result, a dotted line what was paid on average."
        ),
        note=_(
            "Across: attainment of the target. Up: share of the target bonus. Where the curve is "
            "level, one more sale earns the rep nothing. Results off the scale stand at its edge."
        ),
    )


def four_cases(table: pd.DataFrame, write: Write) -> Shown:
    """
    Mean pay in the four cases: ``kpis``, ``plan``, ``n``, ``mean_pay``, ``example_pay``.
    """
    figure, axes = look.new_figure(13, 5.2)
    shown = table.assign(pay=table["mean_pay"].fillna(table["example_pay"]))
    cells = shown.set_index(["kpis", "plan"])
    pays = cells["pay"].astype(float)
    least, most = float(pays.min()), float(pays.max())
    for down, kpis in enumerate((MET, MISSED)):
        for right, plan in enumerate((MET, MISSED)):
            cell = cells.loc[(kpis, plan)]
            weight = 0.0 if most == least else (float(cell["pay"]) - least) / (most - least)
            axes.add_patch(_patch(right, 1 - down, 0.12 + 0.5 * weight))
            axes.annotate(write(cell["pay"]), (right + 0.5, 1.58 - down), ha="center",
                          fontsize=13, fontweight="bold")  # fmt: skip
            said = (
                _("cases: {n}").format(n=languages.number(cell["n"]))
                if cell["n"]
                else _("did not occur; a stated example")
            )
            axes.annotate(said, (right + 0.5, 1.32 - down), ha="center", fontsize=8.5,
                          color=look.MUTED)  # fmt: skip
    axes.set_xlim(0, 2)
    axes.set_ylim(0, 2)
    axes.set_xticks([0.5, 1.5], [_("plan met"), _("plan missed")])
    axes.set_yticks([1.5, 0.5], [_("KPIs met"), _("a KPI missed")])
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return show_chart(
        figure,
        _("What a rep earns in a period in the four cases"),
        _(
            "Square of four cells, mandatory KPIs met or missed against the plan met or missed, "
            "with the mean pay and the number of rep-periods in each."
        ),
    )


def _patch(x: float, y: float, strength: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.015, y + 0.02), 0.97, 0.96, facecolor=look.PALETTE[2],
                     alpha=strength, edgecolor="none")  # fmt: skip
