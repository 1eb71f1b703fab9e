"""
A KPI that rises while the result it should bring falls.

More calls and fewer meetings per call, more offers and fewer contracts per offer:
the measure moves, the goal does not.

References
----------
.. [1] M. Strathern, 'Improving ratings': audit in the British University system,
   European Review 5 (1997) 305-321 (Goodhart's law as it is quoted).
.. [2] R. Berger, Multiparameter hypothesis testing and acceptance sampling,
   Technometrics 24 (1982) 295-300 (both halves have to show).
"""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.gaming_signs import period_span, require_columns, sign_row, sign_table

FloatArray = npt.NDArray[np.float64]

#: What :func:`opposite_trend_signs` reads.
TREND_COLUMNS = ("rep_id", "kpi_id", "period", "kpi_value", "downstream_value")
#: Months below which no trend is looked for.
LEAST_MONTHS = 8
#: Blocks up to which every order is tried: 8! = 40,320.
EXACT_BLOCKS = 8
DRAWS = 9_999
#: From so many months on pairs of months are moved together: neighbouring months
#: are alike, and single months would then make chance look like a trend.
PAIRED_MONTHS = 16


def opposite_trend_signs(months: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Find a KPI going up while its downstream conversion goes down.

    What all the other reps went through in a month (season, price rise) is taken
    out first. Then the months are put in random order: how often do *both* trends
    look as strong as the weaker of the two really is [2]_? Months that resemble
    their neighbours strongly (correlation .6) still give about three times the
    nominal share of false signs: a slow drift and a trend look the same.

    Parameters
    ----------
    months : DataFrame
        One row per rep, KPI and month: ``rep_id``, ``kpi_id``, ``period`` (text
        that sorts), ``kpi_value`` (higher is better), ``downstream_value`` (the
        conversion it should lead to [share]). Missing values are left out.
    rng : Generator
        For the random orders; with eight months all orders are tried.

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``, one row per KPI and rep, and one per KPI for the team
        where there are several reps. ``n`` months, ``observed`` and ``expected``
        the downstream conversion in the last and first third of them.

    Raises
    ------
    InputDataError
        If a column is missing.
    """
    require_columns(months, TREND_COLUMNS, "KPI months")
    table = months.dropna(subset=list(TREND_COLUMNS)).sort_values(["kpi_id", "rep_id", "period"])
    rows: list[dict[str, Any]] = []
    for kpi, part in table.groupby("kpi_id", sort=True):
        reps = part["rep_id"].astype(str)
        lean = pd.DataFrame({"rep_id": reps, "period": part["period"].astype(str)})
        for column in ("kpi_value", "downstream_value"):
            mean = part.groupby(reps)[column].transform("mean")
            lean[column] = part[column] / mean.where(mean != 0)
        for rep, raw in part.groupby(reps, sort=True):
            own = _without_team(lean, str(rep))
            rows.append(_trend_row(str(rep), str(kpi), raw, own, rng))
        if reps.nunique() > 1:
            values = ["kpi_value", "downstream_value"]
            team = lean.groupby("period")[values].mean().reset_index()
            raw = part.groupby("period")[values].mean().reset_index()
            rows.append(_trend_row(None, str(kpi), raw, team, rng))
    return sign_table(rows)


def _without_team(lean: pd.DataFrame, rep: str) -> pd.DataFrame:
    """The rep's months less the mean of the other reps, where two others were seen."""
    mine = lean[lean["rep_id"] == rep].set_index("period")
    others = lean[lean["rep_id"] != rep].groupby("period")
    values = ["kpi_value", "downstream_value"]
    if lean["rep_id"].nunique() < 3:
        return mine[values].reset_index()
    usual = others[values].mean()[others.size() >= 2].reindex(mine.index)
    return (mine[values] - usual).dropna().reset_index()


def _trend_row(
    rep: str | None, kpi: str, raw: pd.DataFrame, own: pd.DataFrame, rng: np.random.Generator
) -> dict[str, Any]:
    own = own.dropna()
    raw = raw[raw["period"].astype(str).isin(set(own["period"].astype(str)))]
    n = len(own)
    third = max(1, n // 3)
    downstream = raw["downstream_value"].to_numpy(dtype=float)
    known = n >= LEAST_MONTHS
    return sign_row(
        "kpi_without_result",
        rep_id=rep,
        kpi_id=kpi,
        period=period_span(raw["period"]),
        n=n,
        observed=float(downstream[-third:].mean()) if n else math.nan,
        expected=float(downstream[:third].mean()) if n else None,
        p_value=opposite_trend_p_value(own["kpi_value"], own["downstream_value"], rng)
        if known
        else None,
        reason="" if known else "fewer_than_8_months",
    )


def opposite_trend_p_value(
    rising: npt.ArrayLike, falling: npt.ArrayLike, rng: np.random.Generator
) -> float:
    """
    Share of the orders of the months in which both trends are as strong as seen.

    The statistic is the weaker of the two rank correlations with time, the rise of
    the first series and the fall of the second. The two series keep their months
    together, so that a KPI which dilutes its own conversion is no proof. From 16
    months on, pairs of neighbouring months are moved as one.

    Parameters
    ----------
    rising, falling : array_like, shape (months,)
    rng : Generator

    Returns
    -------
    float
        Exact for up to eight blocks, else (b + 1) / (9,999 + 1).
    """
    up = _centred_ranks(rising)
    down = -_centred_ranks(falling)
    size = 2 if len(up) >= PAIRED_MONTHS else 1
    blocks = len(up) // size
    # An odd first month has no partner; it is the one left out.
    up, down = up[len(up) - blocks * size :], down[len(down) - blocks * size :]
    exact = blocks <= EXACT_BLOCKS
    orders = (
        np.array(list(permutations(range(blocks))))
        if exact
        else np.argsort(rng.random((DRAWS, blocks)), axis=1)
    )
    places = (orders[:, :, None] * size + np.arange(size)).reshape(len(orders), -1)
    time = np.arange(blocks * size, dtype=float)
    time -= time.mean()
    seen = min(float(up @ time), float(down @ time))
    drawn = np.minimum(up[places] @ time, down[places] @ time)
    beyond = int((drawn >= seen - 1e-9).sum())
    return beyond / len(orders) if exact else (beyond + 1) / (len(orders) + 1)


def _centred_ranks(values: npt.ArrayLike) -> FloatArray:
    """Ranks with ties shared, scaled to a spread of 1; all zero for equal values."""
    ranks = pd.Series(np.asarray(values, dtype=float)).rank().to_numpy()
    centred = ranks - ranks.mean()
    spread = math.sqrt(float((centred**2).sum()))
    return np.asarray(centred / spread if spread else centred)
