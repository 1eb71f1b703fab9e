"""
One deal in several parts: deals of one customer closed by one rep on one day.

Parts raise the number of deals, or keep each of them below the amount from which
an approval is needed. The groups are facts, listed with their ids to be looked
at. Whether a rep does it more often than the others is a question for
:func:`kpikit.diagnosis.gaming_rates.rate_signs`, which reads the counts made here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.diagnosis.gaming_signs import (
    month_counts,
    require_columns,
    sign_row,
    sign_table,
)
from kpikit.errors import InputDataError

#: Deals of one customer on one day from which a split is listed without a threshold.
MANY_PARTS = 3
#: A sum this close below a threshold counts as reaching it. [share]
NEAR = 0.05

SPLIT_COLUMNS = ("deal_id", "customer_id", "owner_id", "status", "closed_at", "amount_base")
GROUP_COLUMNS = ("rep_id", "customer_id", "day", "deal_ids", "n_deals", "amount_base", "largest")


def deal_groups(deals: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """
    Gather the won deals of one customer that one rep closed on one day.

    Parameters
    ----------
    deals : DataFrame
        Columns ``SPLIT_COLUMNS`` of the table ``deals``. Deals that are not won,
        have no closing instant, no customer or no rep cannot be gathered.
    timezone : str
        IANA zone of the client's day.

    Returns
    -------
    DataFrame
        ``GROUP_COLUMNS``, one row per rep, customer and day: ``deal_ids`` tuple,
        ``n_deals``, ``amount_base`` the sum and ``largest`` the largest part
        [money]; both missing where an amount is.
    """
    won = _splittable(deals, timezone)
    grouped = won.sort_values("deal_id").groupby(["rep_id", "customer_id", "day"], sort=True)
    table = pd.DataFrame(
        {
            "deal_ids": grouped["deal_id"].agg(tuple),
            "n_deals": grouped.size(),
            "amount_base": grouped["amount_base"].sum(min_count=1),
            "largest": grouped["amount_base"].max(),
            "n_known": grouped["amount_base"].count(),
        }
    ).reset_index()
    unknown = table["n_known"] < table["n_deals"]
    table.loc[unknown, ["amount_base", "largest"]] = np.nan
    return table[list(GROUP_COLUMNS)]


def de_split(deals: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """
    Count deals as customers would: parts closed by one rep on one day are one deal.

    Parameters
    ----------
    deals : DataFrame
        The table ``deals``, or the part of it to be counted.
    timezone : str
        IANA zone of the client's day.

    Returns
    -------
    DataFrame
        The same columns and ``n_parts``. Of each group only its first deal (by
        closing instant, then id) is kept, with the sum of ``amount_base``, and of
        ``amount`` if there is one currency, else missing. All other deals are
        unchanged; the order of rows is kept.
    """
    won = _splittable(deals, timezone)
    keys = ["rep_id", "customer_id", "day"]
    ordered = won.sort_values(["closed_at", "deal_id"], kind="stable")
    first = ordered.groupby(keys)["row"].transform("first")
    home = pd.Series(np.arange(len(deals)))
    home.loc[ordered["row"].to_numpy()] = first.to_numpy()
    parts = home.groupby(home).transform("size").to_numpy()
    kept = (home == home.index).to_numpy()
    view = deals.assign(n_parts=parts)
    joined = np.flatnonzero(kept & (parts > 1))
    for column in ("amount_base", "amount"):
        if column not in deals:
            continue
        values = pd.Series(deals[column].to_numpy(dtype=float))
        sums = values.groupby(home).sum(min_count=1)
        sums[values.groupby(home).count() < home.groupby(home).size()] = np.nan
        if column == "amount" and "currency" in deals:
            currencies = pd.Series(deals["currency"].to_numpy(dtype=object)).groupby(home)
            sums[currencies.nunique(dropna=False) > 1] = np.nan
        # Assigned by position: the index of a client's table need not be unique.
        new = values.to_numpy(copy=True)
        new[joined] = sums.loc[joined].to_numpy()
        view[column] = new
    return view[kept]


def split_records(groups: pd.DataFrame, threshold: float | None = None) -> pd.DataFrame:
    """
    List the groups that look like one deal in parts.

    Three parts or more are listed; two where a threshold is known, each part lies
    below it and their sum comes near (5 %) or above.

    Parameters
    ----------
    groups : DataFrame
        From :func:`deal_groups`.
    threshold : float, optional
        Amount from which a bonus is paid or an approval needed. [money]

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``, basis ``record``: ``n`` and ``observed`` parts, 1 expected,
        ``period`` the day, ``evidence`` the deal ids.
    """
    require_columns(groups, GROUP_COLUMNS, "deal groups")
    if threshold is not None and not threshold > 0:
        raise InputDataError(f"threshold must be above 0, got {threshold:g}.")
    limit = np.inf if threshold is None else threshold
    crosses = (groups["largest"] < limit) & (groups["amount_base"] >= (1 - NEAR) * limit)
    listed = (groups["n_deals"] >= MANY_PARTS) | ((groups["n_deals"] >= 2) & crosses)
    return sign_table(
        sign_row(
            "deal_splits",
            rep_id=str(row.rep_id),
            period=row.day.date().isoformat(),
            n=float(row.n_deals),
            observed=float(row.n_deals),
            expected=1.0,
            p_value=None,
            basis="record",
            reason="crosses_threshold" if crosses[row.Index] else "many_parts",
            evidence=row.deal_ids,
        )
        for row in groups[listed].itertuples()
    )


def split_counts(groups: pd.DataFrame) -> pd.DataFrame:
    """Customers served per rep, month and day, and those with several deals, for ``rate_signs``."""
    require_columns(groups, GROUP_COLUMNS, "deal groups")
    several = groups["n_deals"] > 1
    return month_counts(
        "deal_splits",
        groups["rep_id"],
        groups["day"],
        several,
        groups["deal_ids"].where(several, pd.Series([()] * len(groups), index=groups.index)),
    )


def _splittable(deals: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Won deals that can be gathered, with the position of their row and their local day."""
    require_columns(deals, SPLIT_COLUMNS, "deals")
    table = pd.DataFrame(
        {
            "row": np.arange(len(deals)),
            "deal_id": deals["deal_id"].astype(str).to_numpy(),
            "rep_id": deals["owner_id"].to_numpy(dtype=object),
            "customer_id": deals["customer_id"].to_numpy(dtype=object),
            "closed_at": pd.Series(deals["closed_at"]).reset_index(drop=True),
            "amount_base": deals["amount_base"].to_numpy(dtype=float),
        }
    )
    won = (deals["status"] == "won").to_numpy()
    table = table[won].dropna(subset=["rep_id", "customer_id", "closed_at"])
    local = table["closed_at"].dt.tz_convert(timezone).dt.tz_localize(None)
    return table.assign(
        rep_id=table["rep_id"].astype(str),
        customer_id=table["customer_id"].astype(str),
        day=local.dt.normalize(),
    )
