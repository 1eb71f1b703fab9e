"""
From the engagement and what was measured to the chain's frozen input.

A value written in the engagement wins over a measured one (the consultant has
decided); what is not written is taken from the measurement. Every value that
enters the chain is listed in the assumption ledger with its grade and source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.chain_input import (
    ChainInput,
    Funnel,
    RolePool,
    SegmentInput,
    StageWork,
    Touch,
)
from kpikit.diagnosis.measure import CustomerBase, Measured, MeasuredFunnel
from kpikit.diagnosis.people import MonthTime
from kpikit.engagement import Engagement, Given, SegmentPlan, Stage
from kpikit.errors import EngagementError

#: Metric of the plan that the chain works with, and whose plan counts first.
PLAN_METRIC = "revenue"
PLAN_SCOPES = ("segment", "company", "team", "rep")
ASSUMPTION_COLUMNS = ("input", "segment", "stage", "value", "unit", "grade", "source", "n")


@dataclass
class Ledger:
    """Collects the assumptions while the input is put together."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def note(self, name: str, value: float | None, unit: str, grade: str, source: str = "",
             segment: str = "", stage: str = "", n: float | None = None) -> None:  # fmt: skip
        """Write one input down; a missing value is not an input."""
        if value is None:
            return
        row = (name, segment, stage, float(value), unit, grade, source, n)
        self.rows.append(dict(zip(ASSUMPTION_COLUMNS, row, strict=True)))

    def given(self, name: str, given: Given | None, unit: str, segment: str = "",
              stage: str = "") -> float | None:  # fmt: skip
        """Write a stated number down and return its value."""
        if given is None:
            return None
        self.note(name, given.value, unit, given.grade, given.source, segment, stage, given.n)
        return given.value

    def table(self) -> pd.DataFrame:
        """The ledger, in the order of the chain."""
        return pd.DataFrame(self.rows, columns=list(ASSUMPTION_COLUMNS))


def plan_months(engagement: Engagement) -> tuple[str, ...]:
    """Months of the plan period as ``2026-07``; empty without a plan."""
    if engagement.plan is None:
        return ()
    first = pd.Period(engagement.plan.start, "M")
    return tuple(str(first + step) for step in range(engagement.plan.months))


def chain_input(
    engagement: Engagement,
    months_time: Sequence[MonthTime],
    measured: Measured | None = None,
    plans: pd.DataFrame | None = None,
) -> tuple[ChainInput, pd.DataFrame]:
    """
    Put the chain's input together.

    Parameters
    ----------
    engagement : Engagement
        Stated values, plan, team.
    months_time : sequence of MonthTime
        Working time of each plan month, by role.
    measured : Measured, optional
        What the client's data say.
    plans : DataFrame, optional
        Canonical table ``plans``, used when the engagement says so.

    Returns
    -------
    inputs : ChainInput
    assumptions : DataFrame
        One row per value that entered the chain.
    """
    ledger = Ledger()
    months = plan_months(engagement)
    target, by_segment = plan_money(engagement, months, plans)
    if target:
        ledger.note("target", sum(target), "money", "B", "plan")
    share = ledger.given("selling_share", engagement.working_time.selling_share, "share")
    stages = engagement.funnel.stages
    segments = tuple(
        _segment(engagement, plan, months, by_segment.get(plan.name), measured, ledger)
        for plan in _segment_plans(engagement, measured, by_segment)
    )
    pools = tuple(
        RolePool(
            role=item.role,
            reps=item.reps,
            fte=item.fte,
            hours_per_fte=tuple(h * (share or 0.0) for h in item.hours_per_fte),
            days_per_fte=item.days_per_fte,
        )
        for item in months_time
    )
    for pool in pools:
        grade = "A" if measured is not None and measured.has_reps else "B"
        ledger.note("team.reps", pool.reps, "reps", grade, "team", stage=pool.role)
    limit = engagement.funnel.leads_limit_per_month
    ledger.note("leads", limit, "deals", "B", "funnel.leads_limit_per_month")
    roles = [pool.role for pool in pools]
    working_roles = [stage.role for stage in stages if stage.semantic == "open"]
    base_role = next((r for r in roles if r not in working_roles), roles[0] if roles else "rep")
    inputs = ChainInput(
        months=months,
        target=target,
        segments=segments,
        roles=pools,
        base_role=base_role,
        probability_goal=engagement.thresholds.plan_probability,
        leads_limit_per_month=limit,
        selling_share=share,
    )
    return inputs, ledger.table()


def plan_money(
    engagement: Engagement, months: tuple[str, ...], plans: pd.DataFrame | None
) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Money of the plan by month, in all and by segment; empty without a plan. [money]"""
    plan = engagement.plan
    if plan is None:
        return (), {}
    if plan.target is not None:
        return (plan.target / len(months),) * len(months), {}
    if plan.target_by_month is not None:
        given = {month: dict(parts) for month, parts in plan.target_by_month.items()}
    else:
        if plans is None or plans.empty:
            raise EngagementError(["plan.from_table is true, but no plan rows could be read"])
        table = _money_plans(plans)
        grouped = table.groupby(["month", "segment"])["value"].sum()
        given = {}
        for (month, segment), value in grouped.items():
            given.setdefault(str(month), {})[str(segment)] = float(value)
    absent = [month for month in months if month not in given]
    if absent:
        raise EngagementError(
            [f"the plan has no money for {', '.join(absent)}; add them or shorten plan.months"]
        )
    names = list(dict.fromkeys(name for month in months for name in given[month]))
    by_segment = {n: tuple(given[m].get(n, 0.0) for m in months) for n in names if n}
    total = tuple(sum(given[month].values()) for month in months)
    return total, by_segment


def _money_plans(plans: pd.DataFrame) -> pd.DataFrame:
    """
    Plan rows whose money may be added up: one scope for each month, revenue only.

    Files hold the plan of the segments beside that of the reps, goals of profit, and
    later versions of a plan: the same money must not count twice.
    """
    metric = plans["metric"].fillna(PLAN_METRIC)
    table = plans[plans["value"].notna() & metric.eq(PLAN_METRIC)].copy()
    table["month"] = table["period_start_on"].dt.strftime("%Y-%m")
    told = table["scope"].fillna(table["segment"].notna().map({True: "segment", False: "company"}))
    rank = told.map({scope: place for place, scope in enumerate(PLAN_SCOPES)})
    rank = rank.fillna(len(PLAN_SCOPES))
    table = table[rank.eq(rank.groupby(table["month"]).transform("min"))]
    table["segment"] = table["segment"].fillna("")
    of = ["scope", "scope_id", "segment", "period_start_on", "period_end_on"]
    ordered = table.sort_values(["approved_at", "version"], kind="stable", na_position="first")
    newest = ordered.drop_duplicates(of, keep="last")[[*of, "version"]]
    return table.merge(newest, on=[*of, "version"])


def _segment_plans(
    engagement: Engagement,
    measured: Measured | None,
    by_segment: dict[str, tuple[float, ...]],
) -> tuple[SegmentPlan, ...]:
    stated = {segment.name: segment for segment in engagement.segments}
    seen = [] if measured is None else [funnel.segment for funnel in measured.funnels]
    names = list(dict.fromkeys([*stated, *seen, *by_segment]))
    return tuple(stated.get(name, SegmentPlan(name=name)) for name in names)


def _segment(
    engagement: Engagement,
    plan: SegmentPlan,
    months: tuple[str, ...],
    target: tuple[float, ...] | None,
    measured: Measured | None,
    ledger: Ledger,
) -> SegmentInput:
    name, count = plan.name, len(months)
    found = None if measured is None else measured.funnel_of(name)
    base = None if measured is None else measured.customers_of(name)
    customers = plan.customers if plan.customers is not None else (base.customers if base else 0.0)
    ledger.note("customers", customers or None, "customers",
                "B" if plan.customers is not None else "A", "customers", name)  # fmt: skip
    segment = SegmentInput(name=name, customers=customers, target=target)
    segment = _with_renewals(segment, plan, base, count, ledger)
    segment = _with_cross_sales(segment, plan, base, count, ledger)
    segment = replace(
        segment,
        retention=_touch("retention", plan, name, ledger, base),
        cross_sell_touch=_touch("cross_sell_contacts", plan, name, ledger, base),
    )
    value = ledger.given("value", plan.new_deal_value, "money", name)
    if value is None and found is not None and found.deal_value is not None:
        value = found.deal_value
        ledger.note("value", value, "money", "A", "deals", name, n=found.n_won)
    if value is None and (found is None or not found.n_won):
        return segment
    share = plan.new_share
    if share is None:
        share = found.lead_share if found is not None else 1.0
    return replace(
        segment,
        new_value=value,
        new_value_cv=plan.new_deal_value_cv or (found.value_cv if found else 0.0),
        new_share=share,
        funnel=_funnel(engagement, name, found, ledger),
        pipeline=found.open_deals if found else (),
        pipeline_wins=found.pipeline_wins if found else (),
        pipeline_hours=found.pipeline_hours if found else (),
    )


def _with_renewals(
    segment: SegmentInput, plan: SegmentPlan, base: CustomerBase | None, count: int, ledger: Ledger
) -> SegmentInput:
    """Contracts that end in the period: stated, else counted; and what renews of them."""
    name, measured_due = segment.name, base.renewals_due if base is not None else ()
    if plan.renewal is not None:
        rate = ledger.given("renewal_rate", plan.renewal.rate, "share", name)
        value = ledger.given("renewal_value", plan.renewal.value, "money", name)
        due = plan.renewal.due
    elif base is not None and base.renewal is not None:
        found, due = base.renewal, None
        rate, value = found.rate, found.value
        ledger.note("renewal_rate", rate, "share", "A", "deals", name, n=found.n)
        ledger.note("renewal_value", value, "money", "A", "deals", name, n=found.n)
    else:
        return segment
    if due is None and sum(measured_due) > 0:
        by_month = measured_due
    else:
        total = segment.customers if due is None else due
        by_month = (total / count,) * count if count else ()
    return replace(
        segment, renewals_due=by_month, renewal_rate=rate or 0.0, renewal_value=value or 0.0
    )


def _with_cross_sales(
    segment: SegmentInput, plan: SegmentPlan, base: CustomerBase | None, count: int, ledger: Ledger
) -> SegmentInput:
    """Customers offered something further in the period, and what they buy."""
    name, years = segment.name, count / 12.0
    offered = segment.customers * years
    if plan.cross_sell is not None:
        rate = ledger.given("cross_sell_rate", plan.cross_sell.rate, "share", name)
        value = ledger.given("cross_sell_value", plan.cross_sell.value, "money", name)
        offered = plan.cross_sell.base if plan.cross_sell.base is not None else offered
    elif base is not None and base.cross_sell is not None:
        found = base.cross_sell
        rate, value = found.rate, found.value
        ledger.note("cross_sell_rate", rate, "share", "A", "deals", name, n=found.n)
        ledger.note("cross_sell_value", value, "money", "A", "deals", name, n=found.n)
    else:
        return segment
    return replace(
        segment, cross_sell_base=offered, cross_sell_rate=rate or 0.0, cross_sell_value=value or 0.0
    )


def _touch(
    which: str, plan: SegmentPlan, name: str, ledger: Ledger, base: CustomerBase | None
) -> Touch | None:
    stated = getattr(plan, which)
    if stated is not None:
        contacts = ledger.given(f"{which}_contacts", stated.contacts_per_year, "contacts", name)
        minutes = ledger.given(f"{which}_minutes", stated.minutes, "minutes", name)
        return Touch(contacts or 0.0, minutes or 0.0)
    if base is None:
        return None
    found = base.retention if which == "retention" else base.cross_sell_touch
    if found is not None:
        known = ("A", "activities", name)
        ledger.note(f"{which}_contacts", found.contacts_per_year, "contacts", *known)
        ledger.note(f"{which}_minutes", found.minutes, "minutes", *known)
    return found


def _funnel(
    engagement: Engagement, segment: str, found: MeasuredFunnel | None, ledger: Ledger
) -> Funnel:
    stated = [stage for stage in engagement.funnel.stages if stage.semantic == "open"]
    known = {} if found is None else {stage.stage: stage for stage in found.stages}
    if not stated and found is not None:
        stated = [Stage(id=s.stage, name=s.name, role=s.role) for s in found.stages]
    stages = tuple(_stage(stage, known.get(stage.id), segment, ledger) for stage in stated)
    lag = engagement.funnel.lag_months
    all_stated = all(stage.conversion is not None for stage in stated)
    evidence = engagement.funnel.evidence
    law: tuple[float, ...] = (1.0,)
    labour: tuple[float, ...] = (1.0,)
    calibration, timed = 1.0, False
    if found is not None and not all_stated:
        evidence = evidence or found.evidence
        calibration = found.calibration
    if lag is not None:
        law, labour, timed = lag, lag, len(lag) > 1
        ledger.note("cycle", float(np.dot(range(len(lag)), lag)), "months", "B",
                    "funnel.lag_months", segment)  # fmt: skip
    elif found is not None and found.timed:
        law, labour, timed = found.lag, found.labour_lag, True
        ledger.note("cycle", float(np.dot(range(len(law)), law)), "months", "A", "stage_events",
                    segment, n=found.n_won)  # fmt: skip
    return Funnel(stages, evidence, calibration, law, labour, timed)


def _stage(stage: Stage, found: StageWork | None, segment: str, ledger: Ledger) -> StageWork:
    values: dict[str, float | None] = {}
    for field_name, unit in (("conversion", "share"), ("contacts", "contacts"),
                             ("minutes", "minutes")):  # fmt: skip
        value = ledger.given(field_name, getattr(stage, field_name), unit, segment, stage.id)
        if value is None and found is not None:
            value = getattr(found, field_name)
            source = "stage_events" if field_name == "conversion" else "activities"
            ledger.note(field_name, value, unit, "A", source, segment, stage.id)
        values[field_name] = value
    return StageWork(
        stage=stage.id,
        name=stage.name or stage.id,
        role=stage.role,
        conversion=values["conversion"],
        contacts=values["contacts"],
        minutes=values["minutes"],
    )
