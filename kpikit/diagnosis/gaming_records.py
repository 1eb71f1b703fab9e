"""
Deals lost and made again, and plans changed afterwards.

These are facts, not probabilities; each is listed with its ids to be looked at.
Whether a rep does it more often than the others is a question for
:func:`kpikit.diagnosis.gaming_rates.rate_signs`, which reads the counts made here.
"""

from __future__ import annotations

import pandas as pd

from kpikit.diagnosis.gaming_signs import (
    month_counts,
    require_columns,
    sign_row,
    sign_table,
)
from kpikit.errors import InputDataError

#: A lost deal made again within so many days. [days]
AGAIN_DAYS = 14
#: Amounts that differ by less are the same deal. [share]
SAME_AMOUNT = 0.10

RECREATED_COLUMNS = (
    "deal_id", "customer_id", "owner_id", "status", "created_at", "closed_at", "amount_base",
)  # fmt: skip
PLAN_COLUMNS = (
    "plan_id", "scope", "scope_id", "metric", "period_start_on", "value", "approved_at",
)  # fmt: skip
PAIR_COLUMNS = ("lost_id", "new_id", "rep_id", "lost_at", "days")


def recreated_pairs(
    deals: pd.DataFrame, as_of: pd.Timestamp, within_days: float = AGAIN_DAYS
) -> pd.DataFrame:
    """
    Find lost deals that were made again for the same customer soon afterwards.

    Parameters
    ----------
    deals : DataFrame
        Columns ``RECREATED_COLUMNS`` of the table ``deals``.
    as_of : Timestamp
        Instant of the data; a deal lost less than ``within_days`` before it may
        still be made again and is left out.
    within_days : float
        [days]

    Returns
    -------
    DataFrame
        ``PAIR_COLUMNS``, one row per lost deal old enough: ``rep_id`` who lost it,
        ``new_id`` the first new deal of the customer within the time whose amount
        differs by at most 10 % (or is not known), else missing; ``days`` between
        the two. A new deal belongs to one lost deal only, the latest.
    """
    require_columns(deals, RECREATED_COLUMNS, "deals")
    if not within_days > 0:
        raise InputDataError(f"within_days must be above 0, got {within_days:g}.")
    span = pd.Timedelta(days=within_days)
    lost = deals[
        (deals["status"] == "lost")
        & (deals["closed_at"] <= as_of - span)
        & deals["customer_id"].notna()
        & deals["owner_id"].notna()
    ]
    old = pd.DataFrame(
        {
            "lost_id": lost["deal_id"].astype(str),
            "rep_id": lost["owner_id"].astype(str),
            "customer_id": lost["customer_id"].astype(str),
            "lost_at": lost["closed_at"],
            "before": lost["amount_base"].astype(float),
        }
    )
    new = pd.DataFrame(
        {
            "new_id": deals["deal_id"].astype(str),
            "customer_id": deals["customer_id"],
            "made_at": deals["created_at"],
            "after": deals["amount_base"].astype(float),
        }
    ).dropna(subset=["customer_id", "made_at"])
    new["customer_id"] = new["customer_id"].astype(str)
    both = old.merge(new, on="customer_id")
    wait = both["made_at"] - both["lost_at"]
    change = (both["after"] - both["before"]).abs() - SAME_AMOUNT * both["before"].abs()
    fits = (wait >= pd.Timedelta(0)) & (wait <= span) & ~(change > 0)
    both = both[fits & (both["new_id"] != both["lost_id"])].assign(
        days=wait.dt.total_seconds() / 86_400
    )
    both = both.sort_values(["days", "lost_id", "new_id"], kind="stable")
    both = both.drop_duplicates("new_id").drop_duplicates("lost_id")
    found = old.merge(both[["lost_id", "new_id", "days"]], on="lost_id", how="left")
    return found.sort_values(["lost_at", "lost_id"])[list(PAIR_COLUMNS)].reset_index(drop=True)


def recreated_records(pairs: pd.DataFrame) -> pd.DataFrame:
    """List each lost deal that was made again, with both ids (``SIGN_COLUMNS``, basis record)."""
    require_columns(pairs, PAIR_COLUMNS, "lost deals")
    return sign_table(
        sign_row(
            "lost_and_recreated",
            rep_id=str(row.rep_id),
            period=row.lost_at.date().isoformat(),
            n=1.0,
            observed=1.0,
            expected=0.0,
            p_value=None,
            basis="record",
            reason="made_again",
            evidence=(row.lost_id, row.new_id),
        )
        for row in pairs[pairs["new_id"].notna()].itertuples()
    )


def recreated_counts(pairs: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Lost deals per rep and month, and those made again, for ``rate_signs``."""
    require_columns(pairs, PAIR_COLUMNS, "lost deals")
    again = pairs["new_id"].notna()
    ids = [
        (row.lost_id, row.new_id) if known else ()
        for row, known in zip(pairs.itertuples(), again, strict=True)
    ]
    day = pairs["lost_at"].dt.tz_convert(timezone).dt.tz_localize(None)
    evidence = pd.Series(ids, index=pairs.index, dtype=object)
    return month_counts("lost_and_recreated", pairs["rep_id"], day, again, evidence)


def retroactive_plans(plans: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """
    List plan versions approved after their period had begun.

    Parameters
    ----------
    plans : DataFrame
        Columns ``PLAN_COLUMNS`` of the table ``plans`` and, where the client has
        it, ``segment``. Plans without an approval instant cannot be judged.
    timezone : str
        IANA zone in which a period begins at midnight.

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``, basis ``record``: ``n`` days late, ``observed`` the value,
        ``expected`` the version before it (missing for the first), ``rep_id`` where
        the plan is a rep's, ``evidence`` the plan id. ``reason`` is ``lowered``,
        ``raised`` or ``first_version``.
    """
    require_columns(plans, PLAN_COLUMNS, "plans")
    known = plans[plans["approved_at"].notna()].sort_values("approved_at", kind="stable")
    keys = ["scope", "scope_id", "metric", "period_start_on"]
    keys += ["segment"] if "segment" in known else []
    before = known.groupby(keys, dropna=False)["value"].shift()
    start = pd.to_datetime(known["period_start_on"]).dt.tz_localize(timezone)
    late = (known["approved_at"] - start).dt.total_seconds() / 86_400
    rows = []
    for place, row in enumerate(known.itertuples()):
        if late.iloc[place] <= 0:
            continue
        old = before.iloc[place]
        change = "lowered" if row.value < old else "raised" if row.value > old else "unchanged"
        rows.append(
            sign_row(
                "retroactive_plan",
                rep_id=str(row.scope_id) if row.scope == "rep" else None,
                period=pd.Timestamp(row.period_start_on).date().isoformat(),
                n=float(late.iloc[place]),
                observed=float(row.value),
                expected=None if pd.isna(old) else float(old),
                p_value=None,
                basis="record",
                reason="first_version" if pd.isna(old) else change,
                evidence=(str(row.plan_id),),
            )
        )
    return sign_table(rows)
