"""
Last year's plan of each rep and month, and the sales it is held against.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.sample.ledger import local_days, sold_deals
from kpikit.sample.world import SimulatedClient

MONTHS = 12
#: Sales of the year over the plan of the year for the whole team. [share]
TEAM_ATTAINMENT = 0.90
#: How hard the plan of each rep is, relative to the team: sales over plan. [share]
EASE = {"11": 1.00, "12": 1.02, "15": 0.97, "17": 0.98, "14": 0.95, "24": 0.75, "21": 0.62}
OVER_PLANNED = "21"
#: The plan of this rep and month was lowered when the month was over. [share]
LOWERED = ("21", -4, 0.6)
#: Goal of the company's net profit. [money per quarter]
PROFIT_GOAL = 900_000.0


def past_months(client: SimulatedClient) -> pd.DatetimeIndex:
    """First days of the twelve months before the as-of instant."""
    return pd.date_range(end=pd.Timestamp(client.config.as_of_local), periods=MONTHS + 1,
                         freq="MS")[:-1]  # fmt: skip


def rep_months(client: SimulatedClient) -> pd.DataFrame:
    """
    Rep and month of everybody employed, with sales and plan.

    Returns
    -------
    DataFrame
        ``rep_id``, ``month`` (its first day), ``sales``, ``plan``, ``attainment``; sorted by month
        and rep. [money, share]
    """
    months = past_months(client)
    sold = sold_deals(client)
    sold = sold.assign(month=sold["day"].dt.to_period("M").dt.to_timestamp())
    sales = sold.groupby(["owner_id", "month"])["amount"].sum()
    season = client.config.season
    rows = [
        (rep.rep_id, month, float(sales.get((rep.rep_id, month), 0.0)), season[month.month - 1])
        for month in months
        for rep in client.config.reps
        if _employed(rep.hired_on, rep.left_on, month)
    ]
    table = pd.DataFrame(rows, columns=["rep_id", "month", "sales", "season"])
    table["month"] = table["month"].astype("datetime64[us]")
    by_rep = table.groupby("rep_id")
    ease = table["rep_id"].map(EASE).fillna(1.0)
    wished = by_rep["sales"].transform("sum") / ease
    share = table["season"] / by_rep["season"].transform("sum")
    hard = table["sales"].sum() / TEAM_ATTAINMENT / (wished * share).sum()
    table["plan"] = np.maximum((wished * share * hard).round(-3), 10_000.0)
    table["attainment"] = table["sales"] / table["plan"]
    return table.drop(columns="season")


def _employed(hired: str, left: str, month: pd.Timestamp) -> bool:
    return pd.Timestamp(hired) <= month and (not left or pd.Timestamp(left) > month)


def quota_table(client: SimulatedClient, months: pd.DataFrame) -> pd.DataFrame:
    """
    The plan as it was approved: version 1 ahead of the year, one version 2 after its month.

    Returns
    -------
    DataFrame
        ``rep_id``, ``month``, ``value``, ``version``, ``approved_on``.
    """
    table = months[["rep_id", "month", "plan"]].rename(columns={"plan": "value"})
    approved = past_months(client)[0] - pd.Timedelta(days=11)
    hired = {rep.rep_id: pd.Timestamp(rep.hired_on) for rep in client.config.reps}
    own = table["rep_id"].map(hired) - pd.Timedelta(days=3)
    table = table.assign(version="1", approved_on=own.clip(lower=approved))
    rep, place, factor = LOWERED
    month = past_months(client)[place]
    lowered = table[table["rep_id"].eq(rep) & table["month"].eq(month)].assign(
        version="2", approved_on=month + pd.offsets.MonthEnd(0) + pd.Timedelta(days=4)
    )
    lowered = lowered.assign(value=(lowered["value"] * factor).round(-3))
    return pd.concat([table, lowered], ignore_index=True)


def deal_months(client: SimulatedClient, column: str) -> pd.DataFrame:
    """Deals of the records that are real, with the local month of an instant."""
    deals = client.tables["deals"]
    unreal = {
        one
        for trap in ("test_deals", "duplicates", "imported")
        for one in client.planted.get(trap, ())
    }
    deals = deals[deals[column].notna() & ~deals["deal_id"].isin(unreal)]
    month = local_days(client, deals[column]).dt.to_period("M").dt.to_timestamp()
    return deals.assign(month=month.astype("datetime64[us]"))
