"""
How good the leads of a rep were, judged by what colleagues made of such leads.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kpikit.errors import InputDataError

#: Decided deals of colleagues that weigh as much as the firm's win rate.
PRIOR_DEALS = 10.0


def lead_quality_by_period(deals: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """
    Win rate to be expected from the leads that a rep got in a period.

    Each deal counts with the win rate of its cell (segment, source ...) among the decided
    deals of all other reps, drawn to the firm's rate where the cell is small. What a rep
    makes of the leads does not enter, so it is a condition and no result.

    Parameters
    ----------
    deals : DataFrame
        ``rep_id period status`` and the dimensions; one row per deal, ``period`` that of
        its creation.
    dimensions : sequence of str
        Columns that tell leads apart; a missing value is a cell of its own.

    Returns
    -------
    DataFrame
        ``rep_id period lead_quality`` [share].

    Raises
    ------
    InputDataError
        If a column is missing.
    """
    needed = ["rep_id", "period", "status", *dimensions]
    lacking = [name for name in needed if name not in deals.columns]
    if lacking:
        raise InputDataError(f"the deals lack the columns {', '.join(lacking)}.")
    rows = deals.loc[deals["rep_id"].notna() & deals["period"].notna(), needed].copy()
    for name in dimensions:
        rows[name] = rows[name].astype("object").where(rows[name].notna(), "")
    rows["decided"] = rows["status"].isin(["won", "lost"]).astype(float)
    rows["won"] = rows["status"].eq("won").astype(float)
    cell = rows.groupby(list(dimensions), sort=False)[["decided", "won"]].transform("sum")
    own = rows.groupby(["rep_id", *dimensions], sort=False)[["decided", "won"]].transform("sum")
    of_rep = rows.groupby("rep_id", sort=False)[["decided", "won"]].transform("sum")
    others = rows[["decided", "won"]].sum() - of_rep
    firm = others["won"] / others["decided"].where(others["decided"] > 0)
    rest = cell - own
    expected = (rest["won"] + PRIOR_DEALS * firm) / (rest["decided"] + PRIOR_DEALS)
    rows["lead_quality"] = expected
    found = rows.groupby(["rep_id", "period"], sort=True)["lead_quality"].mean()
    return found.dropna().reset_index()
