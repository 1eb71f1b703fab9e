"""
Is the target realistic, and does the pay drive it?

Everything that the chapter on targets and pay shows is computed here once. A part that
the client's data do not allow is None, and ``refusals`` says why; a missing number is
never taken as zero.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from kpikit.diagnosis import kpi_target_odds as odds
from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.mix_index import expected_money_by_mix
from kpikit.diagnosis.pay_rules import PayAudit, audit_pay_rules
from kpikit.engagement import Engagement
from kpikit.errors import InputDataError
from kpikit.kpi_results import last_year
from kpikit.kpis import extracts
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store
from kpikit.pay_panel import (
    canonical,
    facts_of_role,
    kpi_table,
    months_of_pay,
    payroll_of,
    rep_periods,
    rules_in_force,
    scheme_of,
)
from kpikit.pay_results import RolePay, role_pay
from kpikit.rep_plans import RepTargets, rep_targets
from kpikit.sales_history import History, history_of
from kpikit.target_questions import Answers, target_questions


@dataclass(frozen=True, eq=False)
class TargetsAndPay:
    """
    What is known about the targets and the pay of a client.

    Attributes
    ----------
    start, end : datetime
        The year whose facts the pay is put on, ``start <= t < end``.
    history : History
        Sales of whole months.
    answers : Answers
        Targets of the company, and the forecasts behind them.
    rep_targets : RepTargets or None
    kpi_targets : DataFrame
        Odds of the target of each KPI; see
        :func:`~kpikit.diagnosis.kpi_target_odds.kpi_target_odds`. Empty without facts.
    audit : PayAudit or None
        The pay rules against what they should do.
    roles : tuple of RolePay
        The pay of each role on the year's facts.
    confidence : float
        Level of the intervals. [share]
    refusals : mapping of str to str
        Part -> code of what is missing: ``history``, ``rep_targets``, ``kpi_targets``, ``pay``,
        and ``pay.<role>`` for a role whose rules cannot be read.
    """

    start: datetime
    end: datetime
    history: History
    answers: Answers
    rep_targets: RepTargets | None
    kpi_targets: pd.DataFrame
    audit: PayAudit | None
    roles: tuple[RolePay, ...]
    confidence: float
    refusals: Mapping[str, str]


def targets_and_pay(
    engagement: Engagement,
    tables: Mapping[str, pd.DataFrame],
    store: Store,
    chain: ChainResult | Refusal,
    rng: np.random.Generator,
) -> TargetsAndPay:
    """
    Judge the targets of the company, the reps and the KPIs, and the pay that should drive them.

    Parameters
    ----------
    engagement : Engagement
        Plan, stated targets, thresholds, potentials of the territories.
    tables : mapping of str to DataFrame
        Canonical tables.
    store : Store
        With the same tables.
    chain : ChainResult or Refusal
        For the probability that the people at hand carry the plan.
    rng : Generator
        For the spread of the payroll.

    Returns
    -------
    TargetsAndPay
    """
    year = last_year(store)
    start, end = pd.Timestamp(year["start"]), pd.Timestamp(year["end"])
    refusals: dict[str, str] = {}
    history = history_of(store)
    if history.reason:
        refusals["history"] = history.reason
    capacity = chain.probability if isinstance(chain, ChainResult) else None
    answers = target_questions(engagement, tables.get("plans"), store, history, capacity)
    of_reps = rep_targets(store, dict(tables), history, engagement.pay.over_assignment)
    if isinstance(of_reps, str):
        refusals["rep_targets"] = of_reps
    of_kpis = kpi_target_odds(engagement, tables)
    if of_kpis.empty:
        refusals["kpi_targets"] = "no_kpi_facts"
    rules = rules_in_force(tables, pd.Timestamp(engagement.as_of.date()))
    audit = None
    roles: list[RolePay] = []
    if rules.empty:
        refusals["pay"] = "no_pay_rules"
    else:
        audit = pay_audit(engagement, tables)
        potential, basis = _potential(engagement, store, start, end)
        for role, own in rules.groupby("role", sort=True):
            found = _role(
                engagement, tables, store, str(role), own, potential, basis,
                (start.to_pydatetime(), end.to_pydatetime()), rng,
            )  # fmt: skip
            if isinstance(found, str):
                refusals[f"pay.{role}"] = found
            else:
                roles.append(found)
    return TargetsAndPay(
        start=start.to_pydatetime(),
        end=end.to_pydatetime(),
        history=history,
        answers=answers,
        rep_targets=None if isinstance(of_reps, str) else of_reps,
        kpi_targets=of_kpis,
        audit=audit,
        roles=tuple(roles),
        confidence=engagement.thresholds.level,
        refusals=refusals,
    )


def kpi_target_odds(
    engagement: Engagement,
    tables: Mapping[str, pd.DataFrame],
    capacity: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """
    Odds of the target of each KPI of the client, for this chapter and for the audit.

    Parameters
    ----------
    engagement : Engagement
        A stated target on a KPI whose growth has no base makes the KPI ``base_not_named``.
    tables : mapping of str to DataFrame
        Canonical tables; ``kpi_facts`` and ``kpis`` are read.
    capacity : mapping of str to float, optional
        KPI -> probability that the people at hand carry its target. [share]

    Returns
    -------
    DataFrame
        ``kpi_id probability verdict capacity_probability`` and the other columns of
        :func:`kpikit.diagnosis.kpi_target_odds.kpi_target_odds`; no rows without facts.
    """
    monthly = kpi_table(tables, 1)
    facts = monthly if len(monthly) else kpi_table(tables, 3)
    listed = canonical(tables, "kpis").drop_duplicates("kpi_id")
    told = listed.dropna(subset=["direction"])
    directions = dict(zip(told["kpi_id"], told["direction"].astype(str), strict=True))
    unnamed = {t.of for t in engagement.targets if t.growth is not None and t.base is None}
    return odds.kpi_target_odds(
        facts, directions, capacity=capacity, unnamed=unnamed, level=engagement.thresholds.level
    )


def pay_audit(engagement: Engagement, tables: Mapping[str, pd.DataFrame]) -> PayAudit | None:
    """The audit of the rules in force, on facts and payroll of their common pay period."""
    rules = rules_in_force(tables, pd.Timestamp(engagement.as_of.date()))
    if rules.empty:
        return None
    months = months_of_pay(rules) or 1
    facts = kpi_table(tables, months)
    limits = engagement.thresholds
    return audit_pay_rules(
        rules,
        facts.assign(role=_role_of(facts, rules))[
            ["role", "kpi_id", "rep_id", "period", "attainment"]
        ],
        payroll_of(tables, months),
        min_weight=limits.min_weight,
        level=limits.level,
    )


def _role_of(facts: pd.DataFrame, rules: pd.DataFrame) -> pd.Series:
    """Role of each fact; where only one role has rules, facts that name none are its own."""
    roles = rules["role"].unique()
    if "" in roles:
        return facts["role"].where(facts["role"].isin(roles), "")
    return facts["role"].mask(facts["role"].eq(""), roles[0]) if len(roles) == 1 else facts["role"]


def _role(
    engagement: Engagement,
    tables: Mapping[str, pd.DataFrame],
    store: Store,
    role: str,
    rules: pd.DataFrame,
    potential: pd.Series,
    basis: str,
    span: tuple[datetime, datetime],
    rng: np.random.Generator,
) -> RolePay | str:
    months = months_of_pay(rules)
    if months is None:
        return "pay_period_unknown"
    scheme = scheme_of(rules)
    if isinstance(scheme, str):
        return scheme
    every = rules_in_force(tables, pd.Timestamp(engagement.as_of.date()))
    facts = kpi_table(tables, months)
    facts = facts[_role_of(facts, every).eq(role)]
    # Facts of a time with other rules say nothing about these.
    since = pd.to_datetime(rules["valid_from_on"]).max()
    first = span[0] if pd.isna(since) else max(pd.Timestamp(span[0]), since).to_pydatetime()
    inside = facts["period"].between(pd.Timestamp(first), pd.Timestamp(span[1]), inclusive="left")
    facts = facts[inside]
    rows = rep_periods(store, months, first, span[1])
    people = canonical(tables, "reps").drop_duplicates("rep_id").set_index("rep_id")["role"]
    of_rep = rows["rep_id"].map(people).astype("object")
    if role and of_rep.notna().any():
        rows = rows[of_rep.eq(role) | rows["rep_id"].isin(facts["rep_id"])]
    payable = facts_of_role(rows, facts, scheme)
    if payable.periods.empty:
        return "facts_missing"
    return role_pay(
        role, months, scheme, payable, facts, payroll_of(tables, months),
        mandatory=_mandatory(canonical(tables, "kpis"), facts),
        lower_is_better=_lower(canonical(tables, "kpis")),
        potential=potential, potential_basis=basis,
        level=engagement.thresholds.level, rng=rng,
    )  # fmt: skip


def _mandatory(kpis: pd.DataFrame, facts: pd.DataFrame) -> Collection[str]:
    """KPIs said to be mandatory; all of the facts where none is."""
    named = kpis.loc[kpis["obligation"].eq("mandatory"), "kpi_id"]
    return set(named) if len(named) else set(facts["kpi_id"])


def _lower(kpis: pd.DataFrame) -> Collection[str]:
    return set(kpis.loc[kpis["direction"].eq("lower"), "kpi_id"])


def _potential(
    engagement: Engagement, store: Store, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[pd.Series, str]:
    """
    Potential of each rep's territory: as stated, else the money of the rep's leads.

    What colleagues would have made of the leads that a rep got is no territory, but it is what
    the rep was given. Per month from the first to the last decided deal.
    """
    if engagement.pay.potential:
        return pd.Series(engagement.pay.potential, dtype=float), "stated"
    none = pd.Series(dtype="float64")
    p = settled(
        store,
        replace(store.parameters, start=start.to_pydatetime(), end=end.to_pydatetime()),
    )
    cells = extracts.rep_cells(store, p)
    cells = cells[cells["rep_id"].notna()]
    if cells["rep_id"].nunique() < 2:
        return none, "leads"
    try:
        priced = cells.assign(n=cells["n"] - cells["without_amount"])
        index = expected_money_by_mix(priced, ["segment", "source"], p.level)
    except InputDataError:
        return none, "leads"
    found = index.table.dropna(subset=["expected"]).set_index("rep_id")["expected"].astype(float)
    months = rep_periods(store, 1, start.to_pydatetime(), end.to_pydatetime())
    return found / months.groupby("rep_id")["period"].nunique().reindex(found.index), "leads"
