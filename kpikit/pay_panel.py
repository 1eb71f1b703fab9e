"""
The rules of pay in force, and the facts of each rep and pay period that they apply to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from kpikit.diagnosis.kpi_attainment import newest, with_attainment
from kpikit.diagnosis.pay_facts import FACT_COLUMNS, PayFacts, pay_facts
from kpikit.diagnosis.pay_schemes import (
    COMMISSION_BASES,
    Commission,
    Gate,
    KpiMatrix,
    KpiPart,
    Scheme,
    Together,
)
from kpikit.diagnosis.payout import COMBINATIONS, parse_curve
from kpikit.errors import InputDataError
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.store import Store
from kpikit.vocabulary import TABLES

#: Months of a pay period by what the rules call it.
PERIODS = {"month": 1, "monthly": 1, "quarter": 3, "quarterly": 3}
AS_IS = "as_is"


def canonical(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A table with all its columns; without rows where the client has none."""
    found = tables.get(name)
    rows = pd.DataFrame(columns=list(TABLES[name])) if found is None else found
    absent = [column for column in TABLES[name] if column not in rows.columns]
    return rows.reindex(columns=[*rows.columns, *absent])


def rules_in_force(tables: Mapping[str, pd.DataFrame], today: pd.Timestamp) -> pd.DataFrame:
    """Pay rules valid on the day, the role filled in: ``""`` stands for everybody."""
    rules = canonical(tables, "pay_rules")
    since, until = pd.to_datetime(rules["valid_from_on"]), pd.to_datetime(rules["valid_to_on"])
    kept = rules[(since.isna() | (since <= today)) & (until.isna() | (until >= today))]
    return kept.assign(role=kept["role"].astype("object").where(kept["role"].notna(), ""))


def months_of_pay(rules: pd.DataFrame) -> int | None:
    """Length of the pay period of some rules; None where they disagree or it is not known."""
    named = {str(name).strip().lower() for name in rules["period"].dropna()}
    lengths = {PERIODS.get(name) for name in named} or {1}
    return lengths.pop() if len(lengths) == 1 else None


def of_length(table: pd.DataFrame, months: int) -> pd.DataFrame:
    """Rows whose span is exactly one pay period, with ``period``, its first day."""
    start = pd.to_datetime(table["period_start_on"])
    end = pd.to_datetime(table["period_end_on"])
    last = start + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    whole = start.dt.day.eq(1) & end.eq(last)
    return table[whole].assign(period=start[whole].astype("datetime64[us]"))


def kpi_table(tables: Mapping[str, pd.DataFrame], months: int) -> pd.DataFrame:
    """
    KPI facts of single pay periods, with attainments, and the role of each rep.

    Returns
    -------
    DataFrame
        ``kpi_id role rep_id period value target attainment is_met``.
    """
    facts = with_attainment(canonical(tables, "kpi_facts"), canonical(tables, "kpis"))
    facts = newest(of_length(facts, months))
    roles = canonical(tables, "reps").drop_duplicates("rep_id").set_index("rep_id")["role"]
    known = facts["role"].astype("object")
    role = known.where(known.notna(), facts["rep_id"].map(roles).astype("object"))
    columns = ["kpi_id", "rep_id", "period", "value", "target", "attainment", "is_met"]
    return facts[columns].assign(role=role.where(role.notna(), ""))


def payroll_of(tables: Mapping[str, pd.DataFrame], months: int) -> pd.DataFrame:
    """``rep_id period base_paid bonus_paid`` of single pay periods, payments added up. [money]"""
    rows = of_length(canonical(tables, "payroll"), months)
    by = rows.groupby(["rep_id", "period"], as_index=False)
    return by[["base_paid", "bonus_paid"]].sum(min_count=1)


def rep_periods(store: Store, months: int, start: datetime, end: datetime) -> pd.DataFrame:
    """
    Sales, plan and margin of each rep and pay period.

    Returns
    -------
    DataFrame
        ``rep_id period sales plan margin`` [money], one row per rep and period with sales or
        a plan. A rep with a plan who sold nothing sold 0; the margin is null where the cost of
        a sale is not known.
    """
    grain = "month" if months == 1 else "quarter"
    try:
        found = measure_many(store, ["K01", "K04", "K09"], ["rep", grain], start=start, end=end)
    except InputDataError:
        return pd.DataFrame(columns=list(FACT_COLUMNS))
    found = found[found["part"].eq("") & found["rep"].notna() & found[grain].notna()]
    of = {kpi: rows.set_index(["rep", grain]) for kpi, rows in found.groupby("kpi")}
    keys = pd.MultiIndex.from_tuples([], names=["rep", grain])
    for rows in of.values():
        keys = keys.union(rows.index)
    table = pd.DataFrame(index=keys)
    empty = pd.DataFrame(columns=["value", "n", "numerator", "denominator"], index=keys[:0])
    sales, plan, margin = (of.get(kpi, empty).reindex(keys) for kpi in ("K01", "K04", "K09"))
    table["sales"] = sales["value"].astype(float).fillna(0.0) if "K01" in of else np.nan
    table["plan"] = plan["denominator"].astype(float)
    complete = margin["n"].eq(sales["n"])
    table["margin"] = margin["numerator"].astype(float).where(complete)
    if "K09" in of:
        table["margin"] = table["margin"].mask(table["sales"].eq(0.0), 0.0)
    table = table.rename_axis(["rep_id", "period"]).reset_index()
    return table.assign(period=pd.to_datetime(table["period"]).astype("datetime64[us]"))


def facts_of_role(rep_rows: pd.DataFrame, facts: pd.DataFrame, scheme: Scheme) -> PayFacts:
    """
    The facts of the reps of one role, one row for each rep and period.

    Parameters
    ----------
    rep_rows : DataFrame
        From :func:`rep_periods`; a rep-period with KPI facts alone gets sales of 0 where
        sales by rep are known.
    facts : DataFrame
        From :func:`kpi_table`, of the role.
    scheme : Scheme
        Its KPIs get a column even where nothing was measured.
    """
    named = facts[facts["rep_id"].notna()].drop_duplicates(["kpi_id", "rep_id", "period"])
    wanted = kpis_of(scheme)
    named = named[named["kpi_id"].isin(wanted)]
    keys = ["rep_id", "period"]
    known = rep_rows.dropna(subset=["plan"])[keys]
    rows = pd.concat([named[keys], known], ignore_index=True).drop_duplicates()
    rows = rows.sort_values(keys, ignore_index=True).merge(rep_rows, on=keys, how="left")
    if rep_rows["sales"].notna().any():
        rows["sales"] = rows["sales"].fillna(0.0)
    return pay_facts(rows, named, wanted)


def kpis_of(scheme: Scheme) -> list[str]:
    """KPIs that a scheme pays by, the gate too."""
    if isinstance(scheme, Together):
        return list(dict.fromkeys(kpi for part in scheme.parts for kpi in kpis_of(part)))
    if isinstance(scheme, KpiMatrix):
        gate = [scheme.gate.kpi_id] if scheme.gate else []
        return list(dict.fromkeys([*(part.kpi_id for part in scheme.parts), *gate]))
    return []


def scheme_of(rules: pd.DataFrame) -> Scheme | str:
    """
    The scheme that the rules of one role describe, or the code of what is wrong with them.

    Parameters
    ----------
    rules : DataFrame
        Rows of ``pay_rules`` of one role.

    Returns
    -------
    Scheme or str
        ``curve_unreadable``, ``weight_unknown``, ``bonus_unknown``, ``commission_base_unknown``
        or ``nothing_variable``.
    """
    base = _of_role(rules, "base_pay") or 0.0
    rate = _of_role(rules, "commission_rate")
    parts: list[Scheme] = []
    if rules["kpi_id"].notna().any():
        matrix = _matrix(rules, base)
        if isinstance(matrix, str):
            return matrix
        parts.append(matrix)
    if rate:
        of = next(iter(rules["commission_base"].dropna().astype(str).str.strip()), "sales")
        if of not in COMMISSION_BASES:
            return "commission_base_unknown"
        parts.append(Commission(rate, 0.0 if parts else base, of, AS_IS))
    if not parts:
        return "nothing_variable"
    return parts[0] if len(parts) == 1 else Together(tuple(parts), AS_IS)


def _matrix(rules: pd.DataFrame, base: float) -> KpiMatrix | str:
    bonus = _of_role(rules, "target_bonus")
    rows = rules[rules["kpi_id"].notna()]
    if not bonus:
        return "bonus_unknown"
    if rows["weight"].isna().any() or (rows["weight"].astype(float) < 0).any():
        return "weight_unknown"
    try:
        parts = tuple(
            KpiPart(str(row.kpi_id), float(row.weight), parse_curve(str(row.curve)))
            for row in rows.itertuples()
        )
    except InputDataError:
        return "curve_unreadable"
    said = rows["combination"].dropna().astype(str).str.strip().str.lower()
    combination = next((name for name in said if name in COMBINATIONS), "additive")
    gates = rows["gate_kpi_id"].dropna().astype(str)
    gate = Gate(gates.iloc[0]) if len(gates) else None
    return KpiMatrix(bonus, parts, base, combination, gate, AS_IS)


def _of_role(rules: pd.DataFrame, column: str) -> float | None:
    known = rules[column].dropna()
    return float(known.iloc[0]) if len(known) else None
