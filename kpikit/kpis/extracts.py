"""
Small tables of the results chapter that are no KPI of their own.

Each function sums up in the engine and returns a few rows: reps by kind of deal, months
by age, sources, ages of the receivables, hours of the reps. Where the client's tables
do not hold what is needed, the answer is an empty table with the same columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpis.engine import (
    _,
    coalesce,
    instant,
    later,
    period_start,
    table,
)
from kpikit.kpis.held import empty, lacking, within
from kpikit.kpis.hours import time_budget as time_budget
from kpikit.kpis.lives import is_mature, is_won
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.owed import receivables_ageing as receivables_ageing
from kpikit.kpis.owed import receivables_by_month as receivables_by_month
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import closed_deals, leads, with_segment
from kpikit.kpis.store import Store, run

#: Ages up to which cohorts are followed. [months]
LAST_AGE = 24
COHORT_COLUMNS = ("cohort", "age_months", "n", "won_by_age", "n_old_enough")
SOURCE_COLUMNS = (
    "source", "leads", "mature", "qualified", "qualified_of", "qualified_share", "qualified_low",
    "qualified_high", "won", "won_share", "won_low", "won_high", "amount", "amount_per_lead",
)  # fmt: skip
PLAN_COLUMNS = ("metric", "scope", "scope_id", "value", "period_start_on", "period_end_on")


# ---- deals --------------------------------------------------------------------------------------


def rep_cells(
    store: Store, p: Parameters, by: Sequence[str] = ("segment", "source")
) -> pd.DataFrame:
    """
    Deals finished in the period by rep and kind of deal.

    Parameters
    ----------
    store : Store
    p : Parameters
        Settled; ``start`` and ``end`` of the period.
    by : sequence of str
        Columns of the deals, or ``segment``.

    Returns
    -------
    DataFrame
        ``rep_id``, the columns ``by``, ``n``, ``won`` and ``without_amount`` [deals], ``amount``
        of the won deals [money] and ``amount_squares`` [money^2]. A won deal whose amount is
        not known is counted in ``without_amount`` and adds nothing to the amounts.

    Raises
    ------
    InputDataError
        If the deals do not have a column of ``by``.
    """
    names = ["n", "won", "without_amount", "amount", "amount_squares"]
    if lacking(store, {"deals": ("status", "closed_at", "owner_id")}):
        return empty(["rep_id", *by, *names])
    rows = with_segment(within(closed_deals(p), p), p)
    unknown = [name for name in by if name not in rows.columns]
    if unknown:
        raise InputDataError(
            f"by: the deals have no {', '.join(unknown)}; they have {', '.join(rows.columns)}."
        )
    won = _.status == "won"
    found = run(
        store,
        rows.group_by("rep_id", *by).agg(
            n=_.count(),
            won=_.count(where=won),
            without_amount=_.count(where=won & _.amount_base.isnull()),
            amount=_.amount_base.sum(where=won),
            amount_squares=(_.amount_base * _.amount_base).sum(where=won),
        ),
    )
    # no won deal with an amount in the cell: its sum is nothing
    found[names] = found[names].astype("float64").fillna(0.0)
    return found.sort_values(["rep_id", *by], kind="stable", ignore_index=True)


def cohorts(store: Store, p: Parameters) -> pd.DataFrame:
    """
    Share of the deals created in a month that were won by each age.

    All months up to the end of the period are followed. Deals decided on an unknown day
    belong to no age and are left out.

    Returns
    -------
    DataFrame
        ``cohort`` first moment of the month, ``age_months`` 1, 2, ...; ``n`` deals,
        ``n_old_enough`` of them that have reached the age, and ``won_by_age`` [share], null
        until all of them have.
    """
    if lacking(store, {"deals": ("status", "created_at", "closed_at")}):
        return empty(COHORT_COLUMNS)
    p = replace(p, start=None)
    rows = within(leads(p), p).filter(~_.status.isin(("won", "lost")) | _.closed_at.notnull())
    sums: dict[str, Any] = {"n": _.count()}
    for age in range(1, LAST_AGE + 1):
        reached = later(_.at, months=age)
        sums[f"old_{age}"] = _.count(where=reached <= instant(p.as_of))
        sums[f"won_{age}"] = _.count(where=is_won(p) & (_.closed_at < reached))
    wide = run(store, rows.group_by(cohort=period_start(_.at, "month")).agg(**sums))
    found = [
        pd.DataFrame(
            {
                "cohort": wide["cohort"],
                "age_months": age,
                "n": wide["n"].astype("int64"),
                "won_by_age": (wide[f"won_{age}"] / wide["n"]).where(
                    wide[f"old_{age}"] == wide["n"]
                ),
                "n_old_enough": wide[f"old_{age}"].astype("int64"),
            }
        )
        for age in range(1, LAST_AGE + 1)
        if (wide[f"old_{age}"] == wide["n"]).any()
    ]
    if not found:
        return empty(COHORT_COLUMNS)
    long = pd.concat(found, ignore_index=True)[list(COHORT_COLUMNS)]
    return long.sort_values(["cohort", "age_months"], ignore_index=True)


def lead_quality(store: Store, p: Parameters) -> pd.DataFrame:
    """
    What became of the leads of each source.

    Shares and money are of the leads of the period that are old enough to be decided
    (K38, K39); the money of a lead whose won amount is not known is not averaged.

    Returns
    -------
    DataFrame
        ``source`` (null where not given), ``leads`` of the period and ``mature`` ones;
        ``qualified`` of ``qualified_of`` whose history is known, ``won`` [leads]; both as
        shares with interval [share]; ``amount`` and ``amount_per_lead`` [money].
    """
    if lacking(store, {"deals": ("status", "created_at", "source")}):
        return empty(SOURCE_COLUMNS)
    known = ~(is_won(p) & _.amount_base.isnull())
    sums = run(
        store,
        within(leads(p), p).group_by("source").agg(
            leads=_.count(),
            mature=_.count(where=is_mature(p)),
            priced=_.count(where=is_mature(p) & known),
            amount=_.amount_base.sum(where=is_mature(p) & is_won(p)),
            wins=_.count(where=is_mature(p) & is_won(p)),
            priced_wins=_.count(where=is_mature(p) & is_won(p) & _.amount_base.notnull()),
        ),
    )  # fmt: skip
    # without a win nothing was earned; without a known amount nobody knows what was
    sums["amount"] = sums["amount"].astype("float64").mask(sums["wins"] == 0, 0.0)
    known_wins = (sums["priced_wins"] > 0) | (sums["wins"] == 0)
    sums["amount"] = sums["amount"].where(known_wins & (sums["priced"] > 0))
    sums["amount_per_lead"] = sums["amount"] / sums["priced"].where(sums["priced"] > 0)
    sums["key"] = _text_key(sums["source"])
    shares = measure_many(replace(store, parameters=p), ["K38", "K39"], ["source"])
    for kpi, name in (("K38", "qualified"), ("K39", "won")):
        part = shares[shares["kpi"].eq(kpi) & shares["value"].notna()]
        part = part.set_index(_text_key(part["source"]))
        columns = {name: "numerator", f"{name}_of": "denominator", f"{name}_share": "value",
                   f"{name}_low": "low", f"{name}_high": "high"}  # fmt: skip
        for column, of in columns.items():
            sums[column] = sums["key"].map(part[of].astype("float64"))
    found = sums[list(SOURCE_COLUMNS)]
    return found.sort_values("leads", ascending=False, kind="stable", ignore_index=True)


def _text_key(names: pd.Series) -> pd.Series:
    """The names, with a text of its own for those not given: nulls do not match each other."""
    return names.astype("object").where(names.notna(), "\0")


# ---- calendar and plans -------------------------------------------------------------------------


def calendar_days(store: Store) -> pd.DataFrame:
    """Days of the calendar and their working time: ``date``, ``work_s`` (null if unknown) [s]."""
    if lacking(store, {"calendar": ("date",)}) or "work_s" not in store.tables["calendar"]:
        return pd.DataFrame(
            {"date": pd.Series(dtype="datetime64[us]"), "work_s": pd.Series(dtype="float64")}
        )
    found = run(store, table("calendar").select("date", "work_s"))
    return found.sort_values("date", ignore_index=True)


def kpi_plans(store: Store, start: datetime, end: datetime) -> pd.DataFrame:
    """
    Plans for KPIs of the catalogue whose period lies inside the given one.

    Returns
    -------
    DataFrame
        ``metric`` (a K-id), ``scope``, ``scope_id``, ``value``, ``period_start_on``,
        ``period_end_on``. Of several versions of one plan the last approved one counts, and
        none that was approved after its period began.
    """
    needs = ("metric", "value", "period_start_on", "period_end_on")
    if lacking(store, {"plans": needs}):
        return empty(PLAN_COLUMNS)
    rows = table("plans").filter(
        _.metric.re_search("^K[0-9][0-9]$"), _.value.notnull(),
        _.period_start_on >= instant(start), later(_.period_end_on, days=1) <= instant(end),
        _.approved_at.isnull() | (_.approved_at <= _.period_start_on),
    )  # fmt: skip
    rows = rows.select(
        "metric", "scope_id", "value", "period_start_on", "period_end_on", "segment",
        "approved_at", scope=coalesce(_.scope, "company"), version=coalesce(_.version, ""),
    )  # fmt: skip
    found = run(store, rows).sort_values(["approved_at", "version"], na_position="first")
    keys = ["metric", "scope", "scope_id", "segment", "period_start_on", "period_end_on"]
    found = found.drop_duplicates(keys, keep="last").sort_values(keys, ignore_index=True)
    return found[list(PLAN_COLUMNS)]
