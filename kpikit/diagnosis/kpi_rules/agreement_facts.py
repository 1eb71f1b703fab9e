"""
KPIs and plan side by side, role by role, as the rules on agreement need them.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit.diagnosis.concordance import concordance_by_kpi, kpi_cases
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, by_kpi, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory, of_reps, verdict_facts


def facts_and_plan(inputs: AuditInput, role: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """
    Facts of the mandatory KPIs of a role, and the plan of the same reps.

    Returns
    -------
    facts : DataFrame
        ``kpi_id rep_id period is_met``, KPIs without any verdict left out.
    plan : DataFrame
        ``rep_id period is_met``.
    """
    facts = verdict_facts(inputs)
    if facts is None or inputs.plan_attainment is None:
        return None
    if role:
        facts = facts[facts["role"].isna() | (facts["role"] == role)]
        named = {str(r["kpi_id"]) for r in inputs.roles[role] if text(r, "role")}
        own = facts.loc[facts["kpi_id"].isin(named), "rep_id"].unique()
        facts = facts[facts["rep_id"].isin(own)]
    mandatory = [str(row["kpi_id"]) for row in inputs.roles[role] if is_mandatory(row)]
    facts = facts[facts["kpi_id"].isin(mandatory)]
    measured = facts.loc[facts["is_met"].notna(), "kpi_id"].unique()
    facts = facts.loc[facts["kpi_id"].isin(measured), ["kpi_id", "rep_id", "period", "is_met"]]
    plan = of_reps(inputs.plan_attainment)
    plan = plan[plan["rep_id"].isin(facts["rep_id"].unique())]
    reached = plan["attainment"].astype(float)
    met = (reached >= inputs.limits.plan_met).astype(float).where(reached.notna())
    return facts, plan[["rep_id", "period"]].assign(is_met=met)


def cases_of(inputs: AuditInput, role: str) -> pd.DataFrame | None:
    """:func:`kpi_cases` of a role; None without facts or plan."""
    found = facts_and_plan(inputs, role)
    if found is None or found[0].empty or found[1].empty:
        return None
    return kpi_cases(*found)


def missed_when_met(inputs: AuditInput) -> dict[str, tuple[int, int]]:
    """By KPI: rep-periods in which it was met, and those of them that missed the plan."""
    counts: dict[str, tuple[int, int]] = {}
    for role in inputs.roles:
        found = facts_and_plan(inputs, role)
        if found is None:
            continue
        facts, plan = found
        both = facts[facts["is_met"] == 1].merge(
            plan.dropna(subset=["is_met"]), on=["rep_id", "period"], suffixes=("", "_of_plan")
        )
        for kpi, own in both.groupby("kpi_id"):
            counts[str(kpi)] = len(own), int((own["is_met_of_plan"] == 0).sum())
    return counts


def kpis_against_plan(inputs: AuditInput) -> dict[str, dict[str, Any]]:
    """:func:`concordance_by_kpi` of every role, by KPI; empty without facts or plan."""
    rows: dict[str, dict[str, Any]] = {}
    for role in inputs.roles:
        found = facts_and_plan(inputs, role)
        if found is not None and len(found[0]) and len(found[1]):
            rows |= by_kpi(concordance_by_kpi(*found))
    return rows
