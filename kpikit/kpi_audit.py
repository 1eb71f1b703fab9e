"""
The audit of the client's KPI system: the list, its facts and the rules, put together.

This is where the engagement, the tables, the store of measures and the pure rules meet. The
chapter, the command and the priorities read the result; they compute nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kpikit import kpi_evidence as evidence
from kpikit.diagnosis.chain_input import ChainInput
from kpikit.diagnosis.concordance import contradiction_frequency
from kpikit.diagnosis.controllability import controllability_by_kpi
from kpikit.diagnosis.kpi_rules import AuditInput, ChainFacts, run_rules
from kpikit.diagnosis.kpi_rules.agreement_facts import cases_of
from kpikit.diagnosis.kpi_rules.calendar import kpi_calendar, role_card
from kpikit.diagnosis.kpi_rules.known import agreement_of
from kpikit.diagnosis.kpi_rules.scores import PLAN_KPI, kpi_points, list_points, rule_scores
from kpikit.diagnosis.kpi_rules.selection import Selection, selections
from kpikit.diagnosis.kpi_score import score_sensitivity
from kpikit.diagnosis.kpi_target_odds import kpi_target_odds
from kpikit.diagnosis.lagged_links import judge_at_lags
from kpikit.diagnosis.linkage import LinkageAudit, judge_registry
from kpikit.diagnosis.redundancy import redundancy
from kpikit.engagement import Engagement
from kpikit.kpi_results import last_year
from kpikit.kpis.gaming_counts import gaming_signs
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store
from kpikit.targets_and_pay import pay_audit
from kpikit.vocabulary import CONTACT_KINDS
from kpikit.wording.matching import match_kpis

#: A score that rests on less of the weight is not called the best. [share]
LEAST_COVERAGE = 0.3
#: Values of a KPI below this number are described by no test. [rep-periods]
FEWEST_FACTS = 4


@dataclass(frozen=True, eq=False)
class KpiAudit:
    """
    What the audit of a KPI list found.

    Attributes
    ----------
    inputs : AuditInput
        The list and all evidence, as the rules saw them.
    grain : str
        Period of the facts: week, month, quarter or year.
    verdicts : DataFrame
        Of :func:`~kpikit.diagnosis.kpi_rules.run.run_rules`.
    points, lists : DataFrame
        Score of each KPI alone, and of the list of each role as a system.
    sensitivity : DataFrame
        Of the scores to their weights; empty if nothing could be scored.
    selections : tuple of Selection
        What to keep, merge and drop, by role.
    calendar, cards : DataFrame
        When each KPI is looked at; norms of each role in words of a day or week.
    linkage : LinkageAudit or None
    cases : DataFrame
        Verdicts of KPIs and plan by role, rep and period.
    frequency : DataFrame
        How often each contradiction happens, by role and rep.
    not_recomputed : mapping
        KPI -> why its values could not be computed again.
    """

    inputs: AuditInput
    grain: str
    verdicts: pd.DataFrame
    points: pd.DataFrame
    lists: pd.DataFrame
    sensitivity: pd.DataFrame
    selections: tuple[Selection, ...]
    calendar: pd.DataFrame
    cards: pd.DataFrame
    linkage: LinkageAudit | None
    cases: pd.DataFrame
    frequency: pd.DataFrame
    not_recomputed: Mapping[str, str]

    @property
    def well_scored(self) -> pd.DataFrame:
        """Scores of KPIs alone that rest on enough rules; see :data:`LEAST_COVERAGE`."""
        enough = self.points["coverage"].ge(LEAST_COVERAGE) & self.points["points"].notna()
        return self.points[enough]

    @property
    def reproduced(self) -> pd.DataFrame:
        """``kpi_id same n share`` of the KPIs whose values were computed again. [share]"""
        table = self.inputs.recomputed
        rows = []
        if table is not None:
            for kpi, own in table.groupby("kpi_id", sort=False):
                same, n = agreement_of(own, self.inputs.limits.tolerance)
                if n:
                    rows.append((kpi, same, n, same / n))
        return pd.DataFrame(rows, columns=["kpi_id", "same", "n", "share"])


def audit_kpis(
    engagement: Engagement,
    tables: Mapping[str, pd.DataFrame],
    store: Store,
    chain: ChainInput,
    *,
    figures: pd.DataFrame,
    targets: pd.DataFrame | None,
    rng: np.random.Generator,
) -> KpiAudit | None:
    """
    Audit the client's KPI list.

    Parameters
    ----------
    engagement : Engagement
    tables : mapping
        Canonical tables of the client.
    store : Store
        Of the same tables.
    chain : ChainInput
        Norms, attention and cycle are read from it.
    figures : DataFrame
        Published figures of the chain: cycle and norms are read from them.
    targets : DataFrame, optional
        ``kpi_id probability verdict capacity_probability``.
    rng : Generator
        For the permutations.

    Returns
    -------
    KpiAudit or None
        None if the client gave no list.
    """
    kpis = evidence.own_list(tables)
    if kpis is None:
        return None
    limits = engagement.audit_limits
    language = engagement.language_of_work
    grain = evidence.grain_of(tables)
    facts = evidence.facts_of(tables, kpis, grain)
    matches = match_kpis(kpis)
    plan = evidence.plan_by_rep(store, grain)
    if plan is None:
        plan = evidence.plan_from_facts(facts, matches)
    targets = _with_plan(targets, plan, matches, limits.plan_met)
    chain_facts = _chain_facts(chain, figures)
    by_rep = facts is None or bool(facts["rep_id"].notna().any())
    computed, reasons = evidence.measured_values(store, kpis, matches, grain, by_rep)
    measured = _of_reps(kpis, facts, computed)
    linkage = way_links = controlled = redundant = None
    if measured is not None:
        redundant = redundancy(measured)
        controlled = _controlled(engagement, tables, measured, grain)
        way_links = _way_links(kpis, measured, rng)
        if plan is not None and plan["rep_id"].notna().any():
            linkage = judge_at_lags(
                measured,
                plan[plan["rep_id"].notna()],
                rng,
                evidence.ways_at_lags(kpis, measured, chain_facts.cycle_days, grain),
                components=evidence.plan_components(kpis, matches),
                false_discoveries=limits.false_discoveries,
            )
    inputs = AuditInput(
        kpis=kpis,
        as_of=pd.Timestamp(engagement.as_of_utc).tz_convert(engagement.zone),
        working_language=language,
        strategy=engagement.strategy,
        main_goal=engagement.main_goal,
        goal_horizon=engagement.goal_horizon,
        pay_scheme=engagement.audit.pay_scheme or "",
        facts=facts,
        plan_attainment=plan,
        pay_rules=tables.get("pay_rules"),
        payroll=tables.get("payroll"),
        functions=evidence.function_table(engagement.audit.functions),
        wording=evidence.wording_table(kpis, language),
        matches=matches,
        catalogue=evidence.catalogue_table(),
        recomputed=evidence.recomputed_values(computed, kpis, facts),
        linkage=None if linkage is None else linkage.table,
        way_links=way_links,
        controllability=controlled,
        redundancy=redundant,
        targets=targets,
        gaming=_gaming(store, engagement.zone, rng),
        pay_audit=pay_audit(engagement, tables),
        chain=chain_facts,
        preconditions=_preconditions(store),
        limits=limits,
    )
    cases, frequency = _agreement(inputs)
    return KpiAudit(
        inputs=inputs,
        grain=grain,
        verdicts=run_rules(inputs, engagement.audit.switched_off),
        points=kpi_points(inputs),
        lists=list_points(inputs),
        sensitivity=_sensitivity(inputs),
        selections=tuple(selections(inputs)),
        calendar=kpi_calendar(inputs),
        cards=_cards(tables, figures, engagement),
        linkage=linkage,
        cases=cases,
        frequency=frequency,
        not_recomputed=reasons,
    )


def _with_plan(
    targets: pd.DataFrame | None, plan: pd.DataFrame | None, matches: pd.DataFrame, met: float
) -> pd.DataFrame | None:
    """The odds of the sales plan among those of the KPIs, where the list has it without facts."""
    sure = matches[matches["catalogue_id"].eq(PLAN_KPI) & ~matches["review"].astype(bool)]
    known = set() if targets is None else set(targets["kpi_id"])
    if plan is None or sure.empty or sure["kpi_id"].iloc[0] in known:
        return targets
    kpi = str(sure["kpi_id"].iloc[0])
    facts = plan.assign(kpi_id=kpi, value=plan["attainment"], target=met, is_met=None)
    own = kpi_target_odds(facts, {kpi: "higher"})
    if targets is None or targets.empty:
        return own
    return pd.concat([targets, own], ignore_index=True)


def _of_reps(
    kpis: pd.DataFrame, facts: pd.DataFrame | None, computed: pd.DataFrame
) -> pd.DataFrame | None:
    """
    Attainments of reps of the KPIs that were measured more than a few times.

    A KPI that the client reports without a target, or does not report at all, stands with
    its values: reps of one period are compared, and ranks need no target.
    """
    told = pd.DataFrame(columns=["kpi_id", "rep_id", "period", "value", "attainment"])
    if facts is not None:
        told = evidence.by_period(facts)[told.columns]
    silent = computed[~computed["kpi_id"].isin(told["kpi_id"])].assign(attainment=np.nan)
    rows = pd.concat([part for part in (told, silent[told.columns]) if len(part)] or [told])
    rows = rows[rows["rep_id"].notna()]
    less = kpis.loc[kpis["direction"].eq("lower"), "kpi_id"]
    value = rows["value"].astype(float)
    value = value.where(~rows["kpi_id"].isin(less), -value)
    attained = rows["attainment"].astype(float)
    untold = attained.isna().groupby(rows["kpi_id"]).transform("all")
    rows = rows.assign(attainment=attained.where(~untold, value))
    known = rows[rows["attainment"].notna()]
    counts = known.groupby("kpi_id").size()
    kept = known[known["kpi_id"].isin(counts.index[counts >= FEWEST_FACTS])]
    columns = ["kpi_id", "rep_id", "period", "attainment"]
    return kept[columns].reset_index(drop=True) if len(kept) else None


def _controlled(
    engagement: Engagement, tables: Mapping[str, pd.DataFrame], facts: pd.DataFrame, grain: str
) -> pd.DataFrame:
    """Share of each KPI's spread that stays with the rep, net of the quality of the leads."""
    leads = evidence.lead_quality(tables, engagement.zone, grain)
    if leads is None:
        return controllability_by_kpi(facts)
    known = facts.merge(leads, on=["rep_id", "period"], how="left")
    whole = known.groupby("kpi_id")["lead_quality"].transform(lambda own: own.notna().all())
    found = [
        controllability_by_kpi(known[whole], ["lead_quality"]),
        controllability_by_kpi(known[~whole]),
    ]
    return pd.concat([table for table in found if len(table)], ignore_index=True)


def _way_links(
    kpis: pd.DataFrame, facts: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame | None:
    """Link of each way with the KPI that it serves."""
    ways = kpis[kpis["purpose"].eq("way") & kpis["parent_kpi_id"].notna()]
    parts = []
    for parent, own in ways.groupby("parent_kpi_id", sort=True):
        goal = facts[facts["kpi_id"].eq(parent)]
        served = facts[facts["kpi_id"].isin(own["kpi_id"]) & ~facts["kpi_id"].eq(parent)]
        if len(goal) and len(served):
            table = judge_registry(served, goal[["rep_id", "period", "attainment"]], rng).table
            parts.append(table[["kpi_id", "lag", "rho", "low", "high"]])
    if not parts:
        return None
    return pd.concat(parts, ignore_index=True)


def _gaming(store: Store, zone: str, rng: np.random.Generator) -> pd.DataFrame | None:
    p = settled(store, replace(store.parameters, **last_year(store)))
    found = gaming_signs(store, p, zone, rng)
    return None if found.empty else found


def _preconditions(store: Store) -> pd.DataFrame:
    kpis = list(dict.fromkeys(kpi for kpi, _ in evidence.CONDITIONS.values()))
    return evidence.precondition_table(measure_many(store, kpis, [], **last_year(store)))


def _chain_facts(inputs: ChainInput, figures: pd.DataFrame) -> ChainFacts:
    """What the files or the engagement say of norms, attention and cycle."""
    cycle = figures.loc[figures["figure"].eq("cycle_days_median"), "value"].dropna()
    days = float(cycle.iloc[0]) if len(cycle) else None
    funnels = [segment.funnel for segment in inputs.segments if segment.funnel is not None]
    stages = [stage for funnel in funnels for stage in funnel.stages]
    norms = bool(stages) and all(s.contacts is not None and s.minutes is not None for s in stages)
    touches = [touch for s in inputs.segments for touch in (s.retention, s.cross_sell_touch)]
    return ChainFacts(
        has_norms=norms,
        has_attention_plan=norms or any(touch is not None for touch in touches),
        has_cycle=days is not None or any(funnel.timed for funnel in funnels),
        cycle_days=days,
    )


def _agreement(inputs: AuditInput) -> tuple[pd.DataFrame, pd.DataFrame]:
    cases, frequency = [], []
    for role in inputs.roles:
        own = cases_of(inputs, role)
        if own is not None:
            cases.append(own.assign(role=role))
            frequency.append(contradiction_frequency(own).assign(role=role))
    if not cases:
        return pd.DataFrame(), pd.DataFrame()
    return pd.concat(cases, ignore_index=True), pd.concat(frequency, ignore_index=True)


def _sensitivity(inputs: AuditInput) -> pd.DataFrame:
    rules = rule_scores(inputs)
    return score_sensitivity(rules) if rules["score"].notna().any() else pd.DataFrame()


def _cards(
    tables: Mapping[str, pd.DataFrame], figures: pd.DataFrame, engagement: Engagement
) -> pd.DataFrame:
    """The contact norm of a balanced team, by the mix of contacts that was really made."""
    norms = figures[figures["figure"].eq("contact_norm_per_day") & figures["kind"].eq("balanced")]
    norms = norms[norms["value"].notna()]
    if norms.empty:
        return role_card(pd.DataFrame(columns=["role", "kind", "per_day"]))
    mix = _mix_of_contacts(tables, engagement)
    rows = [
        {"role": row["role"], "kind": kind, "per_day": float(row["value"]) * share}
        for row in norms.to_dict("records")
        for kind, share in mix.items()
    ]
    return role_card(pd.DataFrame(rows))


def _mix_of_contacts(
    tables: Mapping[str, pd.DataFrame], engagement: Engagement
) -> dict[str, float]:
    """Share of each kind among the contacts of the last year; one kind if nobody recorded any."""
    done = tables.get("activities")
    if done is None or done.empty:
        return {"contact": 1.0}
    end = pd.Timestamp(engagement.as_of_utc)
    year = done[done["started_at"].between(end - pd.DateOffset(years=1), end)]
    spoken = year["kind"].ne("call") | (
        year["duration_s"].astype(float) >= engagement.thresholds.contact_seconds
    )
    counts = year.loc[spoken & year["kind"].isin(CONTACT_KINDS), "kind"].value_counts()
    if counts.empty:
        return {"contact": 1.0}
    return {str(kind): float(n) / float(counts.sum()) for kind, n in counts.items()}
