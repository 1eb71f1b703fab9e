"""
From results to published figures: which number goes out, with what beside it.

Every number that a page shows is written here once, with interval, counts,
method, status and source; pages only format it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from kpikit.diagnosis import capacity, odds
from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import ChainInput, Refusal
from kpikit.diagnosis.ledgers import (
    conversion,
    gap_by_segment,
    money_ledger,
    reach,
    share_in_time,
)
from kpikit.diagnosis.measure import Measured
from kpikit.engagement import Engagement
from kpikit.figures import Row, figure, figure_table

#: Probabilities at which the leads needed are given.
VOLUME_GOALS = (0.5, 0.8, 0.9, 0.95)
DAYS_PER_WEEK = 5.0


def publish(
    engagement: Engagement,
    inputs: ChainInput,
    chain: ChainResult | Refusal,
    measured: Measured | None,
    late: pd.DataFrame,
    hires: pd.DataFrame,
) -> pd.DataFrame:
    """All figures of a study, as the table of ``figures.csv``."""
    rows: list[Row] = []
    if measured is not None:
        rows += _measured(measured, engagement.thresholds.level)
    rows += _volumes(inputs)
    if isinstance(chain, Refusal):
        rows += _refused(chain)
    else:
        rows += _answer(inputs, chain)
        rows += _ledger(inputs, chain)
        rows += _intensity(engagement, inputs, chain, measured)
        rows += _timing(late, hires)
    return figure_table(rows)


def _measured(measured: Measured, level: float) -> Iterator[Row]:
    found = measured.deal_spells
    yield figure("deals", len(measured.deals), method="count", grade="A", source="deals")
    for kind, count in measured.excluded.items():
        yield figure("deals", count, kind=str(kind), method="count", grade="A", source="deals")
    for segment, estimate in measured.eventual.items():
        common = {
            "segment": segment, "level": estimate.level, "n": estimate.n,
            "n_events": estimate.n_won + estimate.n_lost, "n_censored": estimate.n_open,
            "method": estimate.method, "status": estimate.status, "reason": estimate.reason,
            "grade": "A", "source": "deals, stage_events",
        }  # fmt: skip
        yield figure("conversion_eventual", estimate.value, low=estimate.low, high=estimate.high,
                     **common)  # fmt: skip
        if estimate.bracket_low is not None and estimate.value is not None:
            yield figure("conversion_bracket", estimate.value, low=estimate.bracket_low,
                         high=estimate.bracket_high, **{**common, "level": None})  # fmt: skip
    if measured.with_flagged is not None:
        flagged = measured.with_flagged
        yield figure("conversion_eventual", flagged.value, low=flagged.low, high=flagged.high,
                     level=flagged.level, kind="with_flagged", n=flagged.n, grade="A",
                     n_events=flagged.n_won + flagged.n_lost, n_censored=flagged.n_open,
                     method=flagged.method, status=flagged.status, reason=flagged.reason,
                     source="deals, flagged ones included")  # fmt: skip
    if measured.naive is not None:
        for name in ("flow", "closed_only", "won_of_all"):
            value = getattr(measured.naive, name)
            if value is not None:
                yield figure("conversion_eventual", value, kind=f"naive_{name}", method=name,
                             n=len(found), grade="A", status="degraded",
                             reason="naive ratio, for comparison", source="deals")  # fmt: skip
    for table in (measured.stages.assign(segment=""), measured.stages_by_segment):
        for row in table.itertuples():
            yield figure("stage_conversion", row.value, segment=row.segment, stage=row.stage_id,
                         low=row.low, high=row.high, level=row.level, n=row.n,
                         n_events=row.n_won + row.n_lost, n_censored=row.n_open,
                         method=row.method, status=row.status, reason=row.reason, grade="A",
                         source="stage_events")  # fmt: skip
    for row in measured.stays.itertuples():
        name = "stage_days_median" if abs(row.share - 0.5) < 1e-9 else "stage_days_p80"
        yield figure(name, row.value, stage=row.stage_id, low=row.low, high=row.high,
                     level=level, n=row.n, n_events=row.n_events, n_censored=row.n_censored,
                     method="kaplan_meier", status=row.status, reason=row.reason, grade="A",
                     source="stage_events")  # fmt: skip
    for segment, estimates in measured.cycles.items():
        for item in estimates:
            name = "cycle_days_median" if abs(item.share - 0.5) < 1e-9 else "cycle_days_p80"
            yield figure(name, item.value, segment=segment, low=item.low, high=item.high,
                         level=item.level, n=item.n, n_events=item.n_events,
                         n_censored=item.n_censored, method=item.method, status=item.status,
                         reason=item.reason, grade="A", source="deals")  # fmt: skip
    for stage, check in measured.little.items():
        if check.gap is not None:
            common = {"stage": stage, "status": check.status, "grade": "A",
                      "reason": check.reason and "little_gap",
                      "source": "stage_events"}  # fmt: skip
            yield figure("deals_in_work", check.counted, method="time in the window", **common)
            yield figure("little_law_gap", check.gap, method="flow x stay / counted - 1", **common)
    yield from _open_deals(measured)
    yield from _reps(measured)
    yield from _labour(measured)
    if measured.leads_per_month is not None:
        yield figure("leads_per_month", measured.leads_per_month, method="last six full months",
                     grade="A", source="deals")  # fmt: skip


def _open_deals(measured: Measured) -> Iterator[Row]:
    table = measured.open_deals
    if table.empty:
        return
    known = table[table["probability"].notna()]
    named = known[known["segment"] != ""]
    for segment, part in [("", known), *named.groupby("segment", sort=True)]:
        if not len(part):
            continue
        yield figure("open_deal_win_probability", part["probability"].mean(),
                     segment=str(segment), n=len(part), n_censored=len(part),
                     method="residual incidence by age", grade="A", source="deals")  # fmt: skip
        yield figure("open_pipeline_wins", part["probability"].sum(), segment=str(segment),
                     n=len(part), method="sum of residual incidence", grade="A",
                     source="deals")  # fmt: skip


def _reps(measured: Measured) -> Iterator[Row]:
    if measured.reps is None:
        return
    result = measured.reps
    for row in result.table.itertuples():
        if row.value is None or not np.isfinite(row.value):
            continue
        reason = result.reason if result.detectable else (
            result.reason or "no detectable difference between reps")  # fmt: skip
        yield figure("rep_conversion", row.value, rep=row.rep_id, low=row.low, high=row.high,
                     level=result.level, n=row.n, n_events=row.n_won + row.n_lost,
                     n_censored=row.n_open, method=result.method, status=result.status,
                     reason=reason, grade="A", source="deals")  # fmt: skip


def _labour(measured: Measured) -> Iterator[Row]:
    """Contacts and hours: per won deal, per stage, per customer, per day."""
    labour = measured.labour
    known = {"grade": "A", "source": "activities"}
    won = labour.per_won
    if won is not None:
        common = {"level": won.level, "n": won.n, "n_events": won.n_contacts,
                  "n_censored": won.n_open, "method": won.method, "status": won.status,
                  "reason": won.reason or None, **known}  # fmt: skip
        yield figure("contacts_per_won_deal", won.contacts, low=won.contacts_low,
                     high=won.contacts_high, **common)  # fmt: skip
        yield figure("hours_per_won_deal", won.hours, low=won.hours_low, high=won.hours_high,
                     **common)  # fmt: skip
        yield figure(
            "hours_per_primary_contact",
            won.hours_per_primary,
            low=won.hours_per_primary_low,
            high=won.hours_per_primary_high,
            **common,
        )
    elif labour.counted is not None:
        value, deals, wins = labour.counted
        yield figure("contacts_per_won_deal", value, n=deals, n_events=wins,
                     method="contacts counted in the source / wins", status="degraded",
                     reason="counted_contacts", grade="A", source="deals")  # fmt: skip
    else:
        yield figure("contacts_per_won_deal", None, status="not_computable",
                     reason=labour.reason or "no contacts in the data")  # fmt: skip
    if labour.naive is not None:
        for name in ("won_only", "window_ratio"):
            value = getattr(labour.naive, name)
            if value is not None:
                yield figure(
                    "contacts_per_won_deal",
                    value,
                    kind=f"naive_{name}",
                    method=name,
                    status="degraded",
                    reason="naive ratio, for comparison",
                    **known,
                )
    for row in labour.by_stage.itertuples():
        common = {"stage": row.stage_id, "n": row.n, "n_censored": row.n_open,
                  "n_events": row.n_contacts, "method": row.method, "status": row.status,
                  "reason": row.reason or None, **known}  # fmt: skip
        yield figure("contacts_per_stage_visit", row.contacts, low=row.contacts_low,
                     high=row.contacts_high, level=0.9, **common)  # fmt: skip
        yield figure("hours_per_stage_visit", row.minutes / 60.0, low=row.minutes_low / 60.0,
                     high=row.minutes_high / 60.0, level=0.9, **common)  # fmt: skip
    for row in labour.kinds.itertuples():
        note = f"{row.left_open} contacts were left open: they count with the mean length"
        yield figure("minutes_per_contact", row.minutes, kind=row.kind, n=row.n,
                     method="talk and handling", reason=note if row.left_open else None,
                     **known)  # fmt: skip
    for row in labour.customer_years.itertuples():
        if row.contacts:
            yield figure("contacts_per_customer_year", row.per_year, segment=row.segment or "",
                         kind=f"measured_{row.purpose}", low=row.low, high=row.high, level=0.9,
                         n=row.customers, n_events=row.contacts, method="contacts / customer-years",
                         **known)  # fmt: skip
    practice = labour.practice
    if practice is not None:
        reason = practice.reason or None
        common = {"n": practice.n_weeks, "status": practice.status, "reason": reason, **known}
        yield figure("contacts_per_day", practice.team_per_day, method="contacts / days present",
                     **common)  # fmt: skip
        yield figure("contact_practice_per_day", practice.per_day,
                     method="upper quartile of shrunken rates", **common)  # fmt: skip
        for _, row in practice.reps.iterrows():
            if np.isfinite(row["rate"]):
                yield figure("contacts_per_day", row["rate"], rep=row["rep_id"], n=row["days"],
                             method="gamma-poisson", **known)  # fmt: skip


def _volumes(inputs: ChainInput) -> Iterator[Row]:
    """Leads needed for the wins of the plan, on average and with certainty."""
    if not inputs.target or sum(inputs.target) <= 0:
        return
    gaps = gap_by_segment(inputs, money_ledger(inputs))
    for segment in inputs.segments:
        if segment.funnel is None or not segment.new_value:
            continue
        if any(stage.conversion is None for stage in segment.funnel.stages):
            continue
        rate = conversion(segment.funnel)
        in_time = share_in_time(segment.funnel.lag, len(inputs.months))
        wins = math.ceil(gaps[segment.name] / segment.new_value - 1e-9)
        if not 0 < rate < 1 or wins <= 0 or in_time <= 0:
            continue
        laws = {"rates_known": (rate * 1e9, (1 - rate) * 1e9)}
        evidence = segment.funnel.evidence
        if evidence is not None:
            won = rate * evidence
            laws["rates_learned"] = (won + 0.5, evidence - won + 0.5)
        for law, (alpha, beta) in laws.items():
            for goal in VOLUME_GOALS:
                count = odds.primaries_for_wins(wins, goal, alpha, beta, in_time)
                if count is not None:
                    yield figure("required_primary_contacts", count, segment=segment.name,
                                 kind=f"{law}_p{round(100 * goal)}", n=evidence,
                                 method="smallest number with this probability", grade="B",
                                 source="funnel")  # fmt: skip


def _refused(refusal: Refusal) -> Iterator[Row]:
    reason = ", ".join(item.what for item in refusal.missing)
    for name in ("required_hours", "required_fte", "resource_coverage", "plan_probability",
                 "reps_for_80pct", "largest_target_80pct", "binding_constraint"):  # fmt: skip
        yield figure(name, None, status="not_computable", reason=f"missing: {reason}")


def _answer(inputs: ChainInput, chain: ChainResult) -> Iterator[Row]:
    status = "degraded" if chain.degradations else "ok"
    reason = "; ".join(chain.degradations) or None
    common = {"status": status, "reason": reason, "source": "assumptions"}
    yield figure("plan_target", chain.target, method="plan", grade="B", source="plan")
    yield figure("plan_probability", chain.probability, method=chain.method, **common)
    yield figure("plan_probability", chain.wins_only_probability, kind="new_contracts_only",
                 method="beta-binomial", **common)  # fmt: skip
    yield figure("expected_money", chain.expected_money, low=chain.money_low, high=chain.money_high,
                 level=0.8, method=chain.method, **common)  # fmt: skip
    yield figure("plan_attainment", chain.expected_money / chain.target,
                 low=chain.money_low / chain.target, high=chain.money_high / chain.target,
                 level=0.8, method=chain.method, **common)  # fmt: skip
    for row in chain.by_reps.itertuples():
        yield figure("plan_probability", row.probability, kind=f"reps_{row.reps:03d}",
                     method=chain.method, **common)  # fmt: skip
    if chain.reps_needed is None:
        yield figure("reps_for_80pct", None, status="not_computable",
                     reason="no number of reps reaches the probability")  # fmt: skip
    else:
        yield figure("reps_for_80pct", chain.reps_needed, method=chain.method, **common)
    yield figure("largest_target_80pct", chain.largest_target, method=chain.method, **common)
    yield figure("binding_constraint", chain.binding, method="smallest cover", **common)
    if chain.lead_coverage is not None:
        yield figure("resource_coverage", chain.lead_coverage, kind="leads", **common)


def _ledger(inputs: ChainInput, chain: ChainResult) -> Iterator[Row]:
    table = chain.segments
    money = {"renewal_money": "renewal_money", "cross_sell_money": "cross_sell_money",
             "pipeline_money": "pipeline_money", "new_business_gap": "gap",
             "required_new_wins": "wins", "required_primary_contacts": "leads",
             "required_contacts": "contacts", "required_hours": "hours"}  # fmt: skip
    for name, column in money.items():
        yield figure(name, float(table[column].sum()), method="chain", source="assumptions")
        if len(table) > 1:
            for segment, value in table[column].items():
                yield figure(name, float(value), segment=str(segment), method="chain",
                             source="assumptions")  # fmt: skip
    purposes = {"retention": "retention_hours", "cross_sell": "cross_sell_hours",
                "open_deals": "pipeline_hours", "new_business": "funnel_hours"}  # fmt: skip
    for kind, column in purposes.items():
        yield figure("required_hours", float(table[column].sum()), kind=kind, method="chain",
                     source="assumptions")  # fmt: skip
    for segment, row in table.iterrows():
        if row["conversion"] > 0:
            yield figure("hours_per_primary_contact", float(row["hours_per_lead"]),
                         segment=str(segment), method="chain", source="assumptions")  # fmt: skip
            per_win = float(row["hours_per_lead"]) / float(row["conversion"])
            yield figure("hours_per_won_deal", per_win, segment=str(segment), kind="norm",
                         method="chain", source="assumptions")  # fmt: skip
            yield figure("contacts_per_won_deal",
                         float(row["contacts_per_lead"]) / float(row["conversion"]),
                         segment=str(segment), kind="norm", method="chain",
                         source="assumptions")  # fmt: skip
    for role, row in chain.roles.iterrows():
        keys = {"role": str(role), "method": "chain", "source": "assumptions"}
        yield figure("available_hours", float(row["available_hours"]), **keys)
        yield figure("required_hours", float(row["required_hours"]), **keys)
        yield figure("hours_per_fte", float(row["hours_per_fte"]), **keys)
        yield figure("required_fte", float(row["required_fte"]), **keys)
        yield figure("available_fte", float(row["available_fte"]), **keys)
        if np.isfinite(row["coverage"]):
            yield figure("resource_coverage", float(row["coverage"]), **keys)
    fte = float(chain.roles["required_fte"].sum())
    plain = {"method": "chain", "source": "assumptions"}
    yield figure("required_fte", fte, **plain)
    yield figure("required_reps", math.ceil(fte - 1e-9), **plain)
    yield figure("available_fte", float(chain.roles["available_fte"].sum()), **plain)
    yield figure("available_hours", float(chain.roles["available_hours"].sum()), **plain)
    if np.isfinite(chain.coverage):
        yield figure("resource_coverage", chain.coverage, **plain)
    for row in chain.months.itertuples():
        keys = {"role": row.role, "period": row.month, **plain}
        yield figure("required_hours", row.required_hours, **keys)
        yield figure("available_hours", row.available_hours, **keys)
        if np.isfinite(row.required_fte):
            yield figure("required_fte", row.required_fte, **keys)
        yield figure("available_fte", row.available_fte, **keys)
    for row in chain.identities.itertuples():
        yield figure("ledger_difference", row.difference, kind=row.ledger, **plain)


def _intensity(
    engagement: Engagement, inputs: ChainInput, chain: ChainResult, measured: Measured | None
) -> Iterator[Row]:
    """Contacts a day: what the plan asks for, and what a day can hold."""
    roles = chain.roles
    contacts = float(chain.segments["contacts"].sum())
    hours = float(roles["required_hours"].sum())
    days = float((roles["required_fte"] * roles["days_per_fte"]).sum())
    days_there = float((roles["available_fte"] * roles["days_per_fte"]).sum())
    selling_day = float(roles["available_hours"].sum()) / days_there if days_there else math.nan
    plain = {"method": "chain", "source": "assumptions"}
    for kind, total in (("balanced", days), ("present_team", days_there)):
        if total > 0 and contacts > 0:
            yield figure("contact_norm_per_day", contacts / total, kind=kind, **plain)
            yield figure("contact_norm_per_week", DAYS_PER_WEEK * contacts / total, kind=kind,
                         **plain)  # fmt: skip
            yield figure("hours_per_day", hours / total, kind=kind, **plain)
    if contacts > 0 and hours > 0:
        minutes = 60.0 * hours / contacts
        yield figure("minutes_per_contact", minutes, kind="norm", **plain)
        yield figure("contact_norm_per_hour", 60.0 / minutes, kind="balanced", **plain)
        yield figure("contact_bound_per_day", 60.0 * selling_day / minutes, **plain)
    for segment in inputs.segments:
        touches = (("retention", segment.retention), ("cross_sell", segment.cross_sell_touch))
        for kind, item in touches:
            if item is not None:
                yield figure("contacts_per_customer_year", item.contacts_per_year,
                             segment=segment.name, kind=kind, **plain)  # fmt: skip
    months = chain.months.groupby("month")[["required_hours", "available_hours"]].sum()
    mean_wins = float(chain.segments["wins"].sum() + chain.segments["pipeline_wins"].sum())
    yield from _capacity(engagement, inputs, chain, mean_wins / max(len(months), 1))


def _capacity(
    engagement: Engagement, inputs: ChainInput, chain: ChainResult, wins_per_month: float
) -> Iterator[Row]:
    """Won deals a month that each role can carry, and how full the fullest one is."""
    work = _work_per_win(inputs, chain)
    if work.empty:
        return
    count = len(inputs.months)
    existing = float(chain.segments[["retention_hours", "cross_sell_hours"]].to_numpy().sum())
    hours = {
        str(role): max(
            0.0,
            float(row["available_hours"]) / count
            - (existing / count if role == inputs.base_role else 0.0),
        )
        for role, row in chain.roles.iterrows()
    }
    pools = capacity.pool_capacity(
        work, hours, demand=wins_per_month, utilisation=engagement.thresholds.utilisation
    )
    for row in pools.itertuples():
        keys = {"role": row.role, "source": "assumptions"}
        if np.isfinite(row.won_deals):
            yield figure(
                "capacity_won_deals_per_month",
                row.won_deals,
                method="planned share of the hours / hours per won deal",
                **keys,
            )
        if row.is_bottleneck and np.isfinite(row.utilisation):
            yield figure(
                "bottleneck_utilisation",
                row.utilisation,
                method="hours needed for new contracts / hours left for them",
                **keys,
            )


def _work_per_win(inputs: ChainInput, chain: ChainResult) -> pd.DataFrame:
    """Visits per won deal and hours per visit by stage, over the segments that sell."""
    selling = chain.segments[(chain.segments["conversion"] > 0)]
    if selling.empty:
        return pd.DataFrame()
    weights = selling["wins"] if selling["wins"].sum() > 0 else selling["wins"] + 1.0
    rows = []
    for segment in inputs.segments:
        if segment.funnel is None or segment.name not in weights.index:
            continue
        per_win = 1.0 / conversion(segment.funnel)
        share = float(weights[segment.name] / weights.sum())
        for visits, stage in zip(reach(segment.funnel), segment.funnel.stages, strict=True):
            minutes = float(stage.contacts or 0.0) * float(stage.minutes or 0.0)
            rows.append(
                {"role": stage.role, "visits": share * visits * per_win, "hours": minutes / 60.0}
            )
    return pd.DataFrame(rows)


def _timing(late: pd.DataFrame, hires: pd.DataFrame) -> Iterator[Row]:
    for row in late.itertuples():
        yield figure("unreachable_wins", row.late, segment=row.segment, period=row.month,
                     method="linear programme", source="assumptions")  # fmt: skip
    for row in hires.itertuples():
        yield figure("hire_by", row.hire_by, period=row.month, role=row.role,
                     method="need less ramp less lead time", source="assumptions")  # fmt: skip
        yield figure("hires_needed", row.hires, period=row.month, role=row.role,
                     method="need less ramp less lead time", source="assumptions")  # fmt: skip
