"""
The store of one engagement: its tables, its calendar, and what the chain asks for.

This is where the engagement's settings meet the measures: the engine it names, the
parameters of the KPIs, and the derived tables (working calendar, workload, capacity).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import Refusal
from kpikit.engagement import Engagement
from kpikit.errors import EngagementError
from kpikit.intake.calendars import working_calendar
from kpikit.kpis.own import with_own
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store, open_store, write_tables

#: Environment variable with the address of a database server; it may hold a password.
ADDRESS = "KPIKIT_STORE_URL"
#: How far the calendar reaches when nothing else says it. [days]
_BEFORE, _AFTER = 366 * 5, 366 * 2


def client_store(
    engagement: Engagement,
    tables: Mapping[str, pd.DataFrame],
    chain: ChainResult | Refusal,
    folder: Path | None = None,
) -> Store:
    """
    Open the engagement's store and fill it.

    Parameters
    ----------
    engagement : Engagement
    tables : mapping of str to DataFrame
        Canonical tables that were read.
    chain : ChainResult or Refusal
        The chain's answer, for what the plan asks for.
    folder : path, optional
        Where DuckDB keeps its Parquet files; in memory without it.

    Returns
    -------
    Store

    Raises
    ------
    EngagementError
        If a database is named and its address is not in the environment, or a formula of an own
        KPI cannot be read.
    InputDataError
        If the engine does not answer.
    """
    derived = {"calendar": calendar_table(engagement, tables), **_from_chain(chain)}
    filled = {name: rows for name, rows in tables.items() if len(rows)}
    own = [(kpi.id, kpi.expression, kpi.unit) for kpi in engagement.kpis.own]
    store = with_own(_open(engagement), own)
    return write_tables(store, {**filled, **derived}, engagement.zone, folder)


def kpi_parameters(engagement: Engagement) -> Parameters:
    """Settings of the measures: the engagement's thresholds, then its own KPI parameters."""
    limits = engagement.thresholds
    local = pd.Timestamp(engagement.as_of_utc).tz_convert(engagement.zone).tz_localize(None)
    base = Parameters(
        as_of=local.to_pydatetime(),
        level=limits.level,
        contact_seconds=limits.contact_seconds,
        contact_minutes_extra=limits.wrap_minutes,
        meeting_minutes_extra=limits.meeting_extra_minutes,
        kpi_limit=limits.kpi_limit,
        working_language=engagement.language_of_work,
    )
    return replace(base, **engagement.kpis.parameters)


def calendar_table(engagement: Engagement, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Every day from the first event to the end of the plan, with its working seconds.

    Without a country the days are listed and their working time is unknown.
    """
    first, last = _reach(engagement, tables)
    time = engagement.working_time
    if time.calendar is None:
        days = pd.date_range(first, last, freq="D")
        return pd.DataFrame({"date": days}).assign(
            work_s=np.nan, start_s=np.nan, end_s=np.nan, before_s=np.nan
        )
    calendar = working_calendar(time.calendar, first, last, **calendar_hours(engagement))
    work_s = calendar["work_hours"].to_numpy(dtype=float) * 3600.0
    return pd.DataFrame(
        {
            "date": calendar["date"],
            "work_s": work_s,
            "start_s": _seconds(time.day_start),
            "end_s": _seconds(time.day_end),
            "before_s": np.concatenate([[0.0], np.cumsum(work_s)[:-1]]),
        }
    )


def calendar_hours(engagement: Engagement) -> dict[str, Any]:
    """Hours of the working calendar as the engagement sets them."""
    time = engagement.working_time
    return {
        "hours_per_day": time.hours_per_day,
        "pre_holiday_cut_h": time.pre_holiday_cut_hours,
        "overrides": dict(time.overrides) or None,
    }


def _seconds(clock: str) -> float:
    hours, minutes = map(int, clock.split(":"))
    return 3600.0 * hours + 60.0 * minutes


def _reach(engagement: Engagement, tables: Mapping[str, pd.DataFrame]) -> tuple[date, date]:
    """First and last day that any event, plan or document names, within reason."""
    as_of = engagement.as_of.date()
    first, last = as_of, as_of + timedelta(days=1)
    for rows in tables.values():
        for name in rows.columns:
            if not str(rows[name].dtype).startswith("datetime64") or rows[name].isna().all():
                continue
            first = min(first, rows[name].min().date())
            last = max(last, rows[name].max().date())
    if engagement.plan is not None:
        last = max(last, pd.Period(engagement.plan.month_names[-1], "M").end_time.date())
    first = max(first, as_of - timedelta(days=_BEFORE)).replace(day=1)
    last = min(last, as_of + timedelta(days=_AFTER))
    return first, (pd.Timestamp(last) + pd.offsets.MonthEnd(0)).date()


def _open(engagement: Engagement) -> Store:
    parameters = kpi_parameters(engagement)
    named = engagement.store
    if named == "duckdb":
        return open_store(parameters)
    if named.endswith("/"):
        return open_store(parameters, folder=engagement.folder / named)
    if named.startswith(("spark", "local[")):
        address = "local[2]" if named == "spark" else named
        return open_store(parameters, engine_name="spark", address=address)
    address = os.environ.get(ADDRESS, "")
    if not address:
        raise EngagementError(
            [f"store: {named} needs its address in the environment variable {ADDRESS}"]
        )
    return open_store(parameters, engine_name=named, address=address)


def _from_chain(chain: ChainResult | Refusal) -> dict[str, pd.DataFrame]:
    """Work the plan asks for, hours the team has, and contracts needed, by month."""
    if isinstance(chain, Refusal):
        return {}
    months = chain.months.assign(month_start_on=pd.to_datetime(chain.months["month"] + "-01"))
    hours = months["required_hours"]
    contacts = float(chain.segments["contacts"].sum())
    # A contact's length differs by stage, not by month: contacts follow the hours.
    workload = pd.DataFrame(
        {
            "role": months["role"],
            "segment": None,
            "kind": None,
            "month_start_on": months["month_start_on"],
            "required_h": hours,
            "required_contacts": contacts * hours / hours.sum() if hours.sum() else 0.0,
        }
    )
    capacity = pd.DataFrame(
        {
            "role": months["role"],
            "month_start_on": months["month_start_on"],
            "available_h": months["available_hours"],
            "hours_per_fte": months["hours_per_fte"],
            "fte": months["available_fte"],
            "required_fte": months["required_fte"],
            "work_days": months["days"],
        }
    )
    weight = hours.groupby(months["month_start_on"]).sum()
    share = weight / weight.sum() if weight.sum() else weight * 0.0
    needs = pd.DataFrame(
        [
            {"segment": segment, "month_start_on": month, "new_wins": float(row["wins"]) * part}
            for segment, row in chain.segments.iterrows()
            for month, part in share.items()
        ]
    )
    return {"workload": workload, "capacity": capacity, "needs": needs}
