"""Find in the data what the parameters leave open: stages, pipelines, the age of a decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kpikit.diagnosis import reduced
from kpikit.kpis.engine import _, cases, instant, seconds, table
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import deals
from kpikit.kpis.store import Store, run

_DAY_S = 86400.0
#: Share of the deals that must be decided by the age of maturity.
_DECIDED = 0.90
#: Tables that may be missing without a KPI being refused, and the column that makes them useful.
_OPTIONAL = {
    "calendar": "work_s",
    "activities": "started_at",
    "customers": "customer_id",
    "payments": "paid_on",
    "stage_events": "entered_at",
}


def settled(store: Store, p: Parameters) -> Parameters:
    """
    The parameters with nothing left open that the data can tell.

    Stage orders: a lead is qualified and a cold customer warm at the second open stage, a
    deal is ready to close at the last one, approval runs over the last two. The maturity of
    a cohort is the day by which 90 % of the deals are decided, open deals counted as open;
    where so many never are, the day by which 90 % of the decided ones were. It is 0 where
    nobody wrote down when deals were lost, and every deal then counts. A working day is the
    median of the calendar's days that are not free.
    """
    p = _stages(store, p)
    both = {"deals", "customers"} <= store.tables.keys()
    if both and p.segment_of == "deal" and not _has(store, "deals", "segment"):
        p = replace(p, segment_of="customer")
    if p.tables is None:
        empty = {name for name, column in _OPTIONAL.items() if not _has(store, name, column)}
        p = replace(p, tables=frozenset(store.tables) - empty)
    if p.workday_s is None and p.has_calendar:
        p = replace(p, workday_s=_usual_day(store))
    if "deals" in store.tables:
        p = replace(p, losses_known=_some_loss(store))
    if p.maturity_days is None and "deals" in store.tables:
        p = replace(p, maturity_days=_decision_days(store, p))
    return p


def _has(store: Store, name: str, column: str) -> bool:
    """Whether a table has a row that fills a column."""
    if name not in store.tables or column not in store.tables[name]:
        return False
    key = f"has:{name}.{column}"
    if key not in store.filled:
        one_row = table(name).filter(_[column].notnull()).select(column).limit(1)
        store.filled[key] = {"rows": float(len(run(store, one_row)))}
    return store.filled[key]["rows"] > 0


def _some_loss(store: Store) -> bool:
    key = "losses"
    if key not in store.filled:
        lost = table("deals").filter(_.status == "lost").select("deal_id").limit(1)
        store.filled[key] = {"rows": float(len(run(store, lost)))}
    return store.filled[key]["rows"] > 0


def _usual_day(store: Store) -> float | None:
    """Median working time of the days that are not free, None where all are. [s]"""
    key = "workday"
    if key not in store.filled:
        worked = table("calendar").filter(_.work_s > 0)
        found = run(store, worked.agg(median=_.work_s.median()))["median"].iloc[0]
        store.filled[key] = {"seconds": float("nan") if pd.isna(found) else float(found)}
    usual = store.filled[key]["seconds"]
    return None if np.isnan(usual) else usual


def _stages(store: Store, p: Parameters) -> Parameters:
    if "stages" not in store.tables:
        return p
    stages = run(store, table("stages"))
    found: dict[str, object] = {}
    sale = stages["pipeline_role"].isna() | stages["pipeline_role"].isin(["sale", "renewal"])
    if p.sale_pipelines is None and not sale.all():
        found["sale_pipelines"] = tuple(sorted(stages.loc[sale, "pipeline_id"].dropna().unique()))
    main = stages["pipeline_role"].isna() | stages["pipeline_role"].eq("sale")
    orders = np.sort(
        stages.loc[main & stages["semantic"].eq("open"), "stage_order"].dropna().unique()
    )
    if len(orders) >= 2:
        guesses = {
            "qualified_order": orders[1],
            "warm_order": orders[1],
            "ready_order": orders[-1],
            "offer_order": orders[-2],
            "contract_order": orders[-1],
        }
        found |= {k: int(v) for k, v in guesses.items() if getattr(p, k) is None}
    return replace(p, **found)  # type: ignore[arg-type]


def _decision_days(store: Store, p: Parameters) -> float:
    """Age by which 90 % of the deals are decided; 0 where losses have no date. [days]"""
    key = f"maturity:{p.as_of}:{p.sale_pipelines}"
    if key not in store.filled:
        rows = deals(replace(p, segment_of="customer")).filter(_.created_at.notnull())
        closed = _.status.isin(("won", "lost"))
        # decided on an unknown day: neither finished then nor unfinished now
        rows = rows.filter(~closed | _.closed_at.notnull())
        over = closed & (_.closed_at <= instant(p.as_of))
        rows = rows.mutate(over=over.fill_null(False))
        end = cases((_.over, _.closed_at), else_=instant(p.as_of))
        length = seconds(_.created_at, end) / _DAY_S
        rows = rows.mutate(length=length.ceil().cast("int64"))
        lines = run(
            store,
            rows.filter(_.length >= 0).group_by("length").agg(
                over=_.count(where=_.over),
                unfinished=_.count(where=~_.over),
                lost=_.count(where=_.over & (_.status == "lost")),
            ),
        )  # fmt: skip
        store.filled[key] = {"days": _ninety(lines, p.level)}
    return store.filled[key]["days"]


def _ninety(lines: pd.DataFrame, level: float) -> float:
    if lines.empty or not lines["lost"].sum():
        return 0.0
    found = reduced.duration(lines["length"], lines["over"], lines["unfinished"], 0.0, level)
    if not np.isnan(found.p90):
        return found.p90
    lines = lines.sort_values("length")
    done = lines["over"].cumsum() >= _DECIDED * lines["over"].sum()
    return float(lines.loc[done, "length"].iloc[0])
