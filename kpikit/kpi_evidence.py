"""
The evidence for the audit of a KPI list: what the words, the tables and the facts say.

Each function gives one table that the rules of :mod:`kpikit.diagnosis.kpi_rules` read, or
None where the client's tables do not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.kpi_attainment import newest, with_attainment
from kpikit.diagnosis.lead_mix import lead_quality_by_period
from kpikit.errors import InputDataError
from kpikit.kpis.expression import parse_kpi
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import dimensions_of, measure_many, measure_of
from kpikit.kpis.own import check_expressions, with_own
from kpikit.kpis.passport import catalogue
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store
from kpikit.pay_panel import canonical
from kpikit.wording.matching import unit_kind
from kpikit.wording.plainness import plainness, unexplained_abbreviations
from kpikit.wording.terms import ambiguous_terms

Tables = Mapping[str, pd.DataFrame]

#: Days of a period -> the grain it is.
GRAINS = {"week": (6, 8), "month": (27, 32), "quarter": (88, 93), "year": (360, 367)}
PANDAS_GRAIN = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
#: Sums of money and what they are made of: their link with a plan in money is arithmetic.
PLAN_PARTS = ("K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K19", "K20", "K27", "K43",
              "K44")  # fmt: skip
#: Tables whose amounts are sales.
SALES_TABLES = ("deals", "invoices", "order_lines")
#: Condition of success -> KPI of the catalogue and its part.
CONDITIONS = {
    "target_leads": ("K38", ""),
    "loss_making": ("K12", "loss_making"),
    "refunds": ("K18", ""),
    "complaints": ("K31", ""),
}


def own_list(tables: Tables) -> pd.DataFrame | None:
    """The client's list with all columns of the table ``kpis``; None without one."""
    listed = canonical(tables, "kpis")
    return None if listed.empty else listed


def grain_of(tables: Tables) -> str:
    """The period of most facts, else of most plans of reps, else a month."""
    plans = tables.get("plans")
    if plans is not None:
        plans = plans[plans["scope"].eq("rep")]
    for table in (tables.get("kpi_facts"), plans):
        if table is None or table.empty:
            continue
        days = (table["period_end_on"] - table["period_start_on"]).dt.days + 1
        counts = {name: int(days.between(*span).sum()) for name, span in GRAINS.items()}
        best = max(counts, key=lambda name: counts[name])
        if counts[best]:
            return best
    return "month"


def facts_of(tables: Tables, kpis: pd.DataFrame, grain: str) -> pd.DataFrame | None:
    """
    Facts of one grain with their attainment, one row per KPI, rep and period.

    Of several values for one period the one reported last stands. Facts of people without
    a name stay: they are those of the team.
    """
    facts = canonical(tables, "kpi_facts")
    if facts.empty:
        return None
    days = (facts["period_end_on"] - facts["period_start_on"]).dt.days + 1
    kept = with_attainment(facts[days.between(*GRAINS[grain])], kpis)
    starts = kept["period_start_on"].dt.to_period(PANDAS_GRAIN[grain]).dt.start_time
    one = newest(kept.assign(period_start_on=starts))
    return one.drop_duplicates(["kpi_id", "rep_id", "period_start_on"]).reset_index(drop=True)


def by_period(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts with their first day as ``period``, as the core names it."""
    return facts.rename(columns={"period_start_on": "period"})


def plan_by_rep(store: Store, grain: str) -> pd.DataFrame | None:
    """Attainment of the sales plan by rep and period, else of the company; None without one."""
    for by in (["rep", grain], [grain]):
        try:
            found = measure_many(store, ["K04"], by)
        except InputDataError:
            continue
        found = found[found["part"].eq("") & found["value"].notna()]
        if found.empty:
            continue
        rep = found["rep"] if "rep" in found else pd.Series(None, found.index, dtype="object")
        table = pd.DataFrame(
            {"rep_id": rep, "period": pd.to_datetime(found[grain]), "attainment": found["value"]}
        )
        ends = table["period"].dt.to_period(PANDAS_GRAIN[grain]).dt.end_time
        over = table[ends < pd.Timestamp(store.parameters.as_of)]
        return over.reset_index(drop=True) if len(over) else None
    return None


def plan_from_facts(facts: pd.DataFrame | None, matches: pd.DataFrame) -> pd.DataFrame | None:
    """Attainment of the sales plan as the client reports it among the KPIs."""
    if facts is None:
        return None
    told = matches.loc[matches["catalogue_id"].eq("K04") & ~matches["review"].astype(bool)]
    own = facts[facts["kpi_id"].isin(told["kpi_id"].head(1)) & facts["attainment"].notna()]
    if own.empty:
        return None
    return by_period(own)[["rep_id", "period", "attainment"]].reset_index(drop=True)


def wording_table(kpis: pd.DataFrame, language: str) -> pd.DataFrame:
    """How each KPI is worded, as rule R09 reads it."""
    judged = plainness(kpis, language)
    credit = judged["own_language"]
    return pd.DataFrame(
        {
            "kpi_id": kpis["kpi_id"],
            "language": judged["language"],
            "is_native": credit.map({1.0: True, 0.5: False, 0.0: False}).astype("object"),
            "half": credit.eq(0.5),
            "plainness": judged["score"],
            "minutes_to_explain": judged["minutes"],
            "minutes_from": judged["minutes_from"],
            "unexplained": [unexplained_abbreviations(row) for row in kpis.to_dict("records")],
            "ambiguous": [
                [hit.term for hit in ambiguous_terms(row["name"])]
                for row in kpis.to_dict("records")
            ],
            "reasons": judged["reasons"],
        }
    ).reset_index(drop=True)


def catalogue_table() -> pd.DataFrame:
    """What the catalogue says of its KPIs, as the rules read it."""
    return pd.DataFrame(
        [
            {
                "catalogue_id": kpi, "goal_group": item.group, "purpose": item.purpose,
                "controller": item.controller, "strategies": item.strategies,
                "horizon": item.horizon,
            }
            for kpi, item in catalogue().items()
        ]
    )  # fmt: skip


def measured_values(
    store: Store, kpis: pd.DataFrame, matches: pd.DataFrame, grain: str, by_rep: bool
) -> tuple[pd.DataFrame, dict[str, str]]:
    """
    The client's KPIs computed from the records, in finished periods.

    A formula of the client's own goes before the formula of the catalogue's KPI that the
    name means for sure.

    Returns
    -------
    tuple
        ``kpi_id period rep_id value``, and for each KPI that cannot be computed why.
    """
    formulas, reasons = _formulas(kpis, matches)
    own = {kpi: text for kpi, (kind, text) in formulas.items() if kind == "own"}
    names = {kpi: f"LIST_{place}" for place, kpi in enumerate(own)}
    extended = with_own(store, [(names[kpi], text, "") for kpi, text in own.items()])
    parts = []
    for kpi, (kind, text) in formulas.items():
        found = _measured(extended, names[kpi] if kind == "own" else text, grain, by_rep)
        if isinstance(found, str):
            reasons[kpi] = found
        else:
            parts.append(found.assign(kpi_id=kpi))
    columns = ["kpi_id", "period", "rep_id", "value"]
    if not parts:
        return pd.DataFrame(columns=columns), reasons
    table = pd.concat(parts, ignore_index=True)
    ends = table["period"].dt.to_period(PANDAS_GRAIN[grain]).dt.end_time
    return table.loc[ends < pd.Timestamp(store.parameters.as_of), columns], reasons


def recomputed_values(
    measured: pd.DataFrame, kpis: pd.DataFrame, facts: pd.DataFrame | None
) -> pd.DataFrame | None:
    """
    What the client reports beside what the records give.

    Returns
    -------
    DataFrame or None
        ``kpi_id period rep_id reported recomputed``; None where nothing meets.
    """
    if facts is None or measured.empty:
        return None
    reported = by_period(facts[facts["value"].notna()])
    both = reported[["kpi_id", "rep_id", "period", "value"]].merge(
        measured, on=["kpi_id", "rep_id", "period"], suffixes=("", "_found")
    )
    if both.empty:
        return None
    units = kpis.drop_duplicates("kpi_id").set_index("kpi_id")["unit"]
    scaled = [
        own.assign(
            value_found=own["value_found"] * (100.0 if _in_per_cent(units[kpi], own) else 1.0)
        )
        for kpi, own in both.groupby("kpi_id", sort=False)
    ]
    table = pd.concat(scaled, ignore_index=True)
    return table.rename(columns={"value": "reported", "value_found": "recomputed"})


def _formulas(
    kpis: pd.DataFrame, matches: pd.DataFrame
) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """For each KPI ``("own", formula)`` or ``("catalogue", K-id)``, or why there is none."""
    sure = matches[~matches["review"].astype(bool) & matches["catalogue_id"].notna()]
    named = dict(zip(sure["kpi_id"], sure["catalogue_id"], strict=True))
    found: dict[str, tuple[str, str]] = {}
    reasons: dict[str, str] = {}
    for kpi, formula in zip(kpis["kpi_id"], kpis["formula_expr"], strict=True):
        if isinstance(formula, str) and formula.strip():
            problems = check_expressions([("formula", formula)])
            if not problems:
                found[kpi] = ("own", formula)
                continue
            reasons[kpi] = problems[0]
        if named.get(kpi) in MEASURES:
            found[kpi] = ("catalogue", str(named[kpi]))
        elif kpi not in reasons:
            reasons[kpi] = "no_formula"
    return found, reasons


def _measured(store: Store, kpi: str, grain: str, by_rep: bool) -> pd.DataFrame | str:
    """``rep_id period value``, or why the KPI cannot be computed so."""
    p = settled(store, store.parameters)
    try:
        if by_rep and "rep" not in dimensions_of(store, kpi, p):
            return "not_by_rep"
        if measure_of(store, kpi).needs_period and grain == "year":
            return "needs_shorter_periods"
        table = measure_many(store, [kpi], ["rep", grain] if by_rep else [grain])
    except InputDataError as error:
        return str(error)
    table = table[table["part"].eq("")]
    known = table[table["value"].notna()]
    if known.empty:
        return str(table["reason"].iloc[0]) if len(table) else "no_rows"
    rep = known["rep"] if by_rep else pd.Series(None, known.index, dtype="object")
    period = pd.to_datetime(known[grain])
    return pd.DataFrame({"period": period, "rep_id": rep, "value": known["value"]})


def _in_per_cent(unit: Any, both: pd.DataFrame) -> bool:
    """A share that the client writes as 27 and not as 0.27."""
    if not isinstance(unit, str) or unit_kind(unit) != "share" or both.empty:
        return False
    told, found = both["value"].abs().median(), both["value_found"].abs().median()
    return bool(told > 1.5 * max(found, 0.015))


def plan_components(kpis: pd.DataFrame, matches: pd.DataFrame) -> list[str]:
    """KPIs that a plan in money is made of, by their catalogue KPI or their own formula."""
    sure = matches[~matches["review"].astype(bool)]
    found = list(sure.loc[sure["catalogue_id"].isin(PLAN_PARTS), "kpi_id"])
    for kpi, formula in zip(kpis["kpi_id"], kpis["formula_expr"], strict=True):
        if isinstance(formula, str) and _sums_sales(formula):
            found.append(kpi)
    return list(dict.fromkeys(found))


def _sums_sales(formula: str) -> bool:
    """A sum of sold money or a number of won deals; a quotient is a result of its own."""
    try:
        parsed = parse_kpi(formula)
    except InputDataError:
        return False
    if parsed.bottom is not None:
        return False
    if parsed.top.function == "sum":
        return any(f"{table}.amount" in formula for table in SALES_TABLES)
    return parsed.top.table == "deals" and '"won"' in formula


def ways_at_lags(
    kpis: pd.DataFrame, facts: pd.DataFrame, cycle_days: float | None, grain: str
) -> dict[str, tuple[int, ...]]:
    """
    Lags at which each KPI may show in the plan: at once, and for ways a sales cycle later.

    A lag that takes away more than a third of the periods is not asked for.
    """
    if cycle_days is None:
        return {}
    days = np.mean(GRAINS[grain])
    cycle = round(cycle_days / days)
    periods = facts["period"].nunique()
    if not 1 <= cycle <= periods / 3:
        return {}
    ways = kpis.loc[kpis["purpose"].eq("way"), "kpi_id"]
    return {kpi: (0, cycle) for kpi in ways}


def lead_quality(tables: Tables, zone: str, grain: str) -> pd.DataFrame | None:
    """Quality of the leads that each rep got; None where leads cannot be told apart."""
    deals = tables.get("deals")
    if deals is None or not {"created_at", "owner_id", "status"} <= set(deals.columns):
        return None
    names = [c for c in ("segment", "source") if c in deals and deals[c].notna().any()]
    if not names:
        return None
    local = deals["created_at"].dt.tz_convert(zone).dt.tz_localize(None)
    rows = deals[[*names, "status"]].assign(
        rep_id=deals["owner_id"],
        period=local.dt.to_period(PANDAS_GRAIN[grain]).dt.start_time,
    )
    return lead_quality_by_period(rows, names)


def precondition_table(level: pd.DataFrame) -> pd.DataFrame:
    """Leads, prices and product, from the year's level of the catalogue's KPIs."""
    rows = []
    for condition, (kpi, part) in CONDITIONS.items():
        own = level[level["kpi"].eq(kpi) & level["part"].eq(part) & level["value"].notna()]
        if len(own):
            row = own.iloc[0]
            rows.append({"condition": condition, "value": row["value"], "low": row["low"],
                         "high": row["high"], "n": row["n"]})  # fmt: skip
    return pd.DataFrame(rows, columns=["condition", "value", "low", "high", "n"])


def function_table(functions: Mapping[str, Sequence[str]]) -> pd.DataFrame | None:
    """Functions of the roles as the engagement names them; None if it names none."""
    rows = [(role, name) for role, names in functions.items() for name in names]
    return pd.DataFrame(rows, columns=["role", "function"]) if rows else None
