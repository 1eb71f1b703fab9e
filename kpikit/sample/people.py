"""
Reps, customers, plan and absences of a simulated client as canonical tables.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.sample import names
from kpikit.sample.base import Base, Customer
from kpikit.sample.clock import Absence
from kpikit.sample.laws import SimConfig
from kpikit.sample.paths import Leads
from kpikit.sample.streams import stream
from kpikit.sample.tables import dates, table, texts


def rep_table(config: SimConfig) -> pd.DataFrame:
    """Staff list, the rep who left included."""
    reps = config.reps
    left = [np.datetime64(rep.left_on or "NaT", "us") for rep in reps]
    return table(
        "reps",
        {
            "rep_id": texts([rep.rep_id for rep in reps]),
            "full_name": texts([rep.full_name for rep in reps]),
            "role": texts(["rep"] * len(reps)),
            "hired_on": pd.Series(np.array([rep.hired_on for rep in reps], dtype="datetime64[us]")),
            "left_on": pd.Series(np.array(left)),
            "is_active": pd.Series([not rep.left_on for rep in reps]),
            "fte": pd.Series(np.ones(len(reps))),
            "is_human": pd.Series(np.ones(len(reps), dtype=bool)),
        },
        len(reps),
    )


def customer_table(
    config: SimConfig,
    leads: Leads,
    base: Base,
    opening: list[Customer],
    deals: pd.DataFrame,
    customer_ids: np.ndarray,
    phone: np.ndarray,
    seed: int,
) -> pd.DataFrame:
    """Companies with a deal in the CRM, and customers whose contract has not ended before."""
    n = len(customer_ids)
    segment = np.concatenate([np.array([c.segment for c in opening], dtype=int), leads.segment])
    first_order, contract_end = np.full(n, np.nan), np.full(n, np.nan)
    for customer in base.customers:
        first_order[customer.company] = customer.first_order
        contract_end[customer.company] = customer.contract_end
    keep = np.isin(customer_ids, deals["customer_id"].to_numpy(dtype=object)) | (contract_end > 0)
    regions = stream(seed, "regions").choice(np.array(names.REGIONS, dtype=object), size=n)
    segment_names = np.array([s.name for s in config.segments], dtype=object)
    return table(
        "customers",
        {
            "customer_id": texts(customer_ids[keep]),
            "name": texts(np.array(names.company_names(n, seed), dtype=object)[keep]),
            "segment": texts(segment_names[segment[keep]]),
            "region": texts(regions[keep]),
            "first_order_on": dates(config, first_order[keep]),
            "contract_end_on": dates(config, contract_end[keep]),
            "is_internal": pd.Series(np.zeros(keep.sum(), dtype=bool)),
            "phone": texts(phone[keep]),
        },
        int(keep.sum()),
    )


def plan_table(config: SimConfig) -> pd.DataFrame:
    """The plan of the twelve months after the as-of instant, by month and segment."""
    first = pd.Timestamp(config.as_of_local)
    starts = pd.date_range(first, periods=12, freq="MS")
    rows = [
        (start, segment.name, round(segment.plan_for_year * factor / sum(config.season), -3))
        for start, factor in zip(starts, _season_from(config, first.month), strict=True)
        for segment in config.segments
        if segment.plan_for_year
    ]
    n = len(rows)
    start = pd.Series(pd.DatetimeIndex([row[0] for row in rows])).astype("datetime64[us]")
    return table(
        "plans",
        {
            "plan_id": texts([f"plan-{place + 1}" for place in range(n)]),
            "scope": texts(["segment"] * n),
            "scope_id": texts([row[1] for row in rows]),
            "metric": texts(["revenue"] * n),
            "segment": texts([row[1] for row in rows]),
            "period_start_on": start,
            "period_end_on": (start + pd.offsets.MonthEnd(0)).astype("datetime64[us]"),
            "value": pd.Series([float(row[2]) for row in rows], dtype=float),
            "unit": texts(["money"] * n),
            "version": texts(["1"] * n),
        },
        n,
    )


def _season_from(config: SimConfig, month: int) -> list[float]:
    return [config.season[(month - 1 + step) % 12] for step in range(12)]


def absence_table(config: SimConfig, absences: list[Absence]) -> pd.DataFrame:
    """Working days on which a rep was away."""
    return table(
        "absences",
        {
            "rep_id": texts([config.reps[absence.rep].rep_id for absence in absences]),
            "date": dates(config, np.array([absence.day for absence in absences], dtype=float)),
            "kind": texts([absence.kind for absence in absences]),
            "share": pd.Series([absence.share for absence in absences], dtype=float),
        },
        len(absences),
    )
