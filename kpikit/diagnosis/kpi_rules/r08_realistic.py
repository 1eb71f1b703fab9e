"""R08: the target is neither out of reach nor there for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, by_kpi, number, text
from kpikit.diagnosis.kpi_rules.known import verdict_facts
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown

MESSAGES = {
    "targets_missing": "What are the targets of the KPIs? Ask for them with their period.",
    "no_target": "It has no target.",
    "period_unknown": "To which period does the target belong?",
    "odds_unknown": "The odds of this target are not known. Ask for a history of at least eight "
    "periods.",
    "base_not_named": "More than what? Ask on which period the growth is counted.",
    "too_high": "The target is reached with a probability of {probability}: it discourages.",
    "beyond_capacity": "The people at hand can carry it with a probability of {probability}: "
    "it is out of reach whatever customers want.",
    "too_low": "The target is reached with a probability of {probability}: it asks for nothing.",
    "within_reach": "The target is reached with a probability of {probability}.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Target and period by the list, odds by the history and the capacity."""
    facts = verdict_facts(inputs)
    in_facts = set() if facts is None else set(facts.loc[facts["target"].notna(), "kpi_id"])
    odds = by_kpi(inputs.targets) if inputs.targets is not None else {}
    asked = inputs.states("target", "target_low", "target_high") or in_facts or odds
    if not asked:
        if inputs.rows:
            yield unknown("targets_missing")
        return
    for row in inputs.rows:
        kpi = str(row["kpi_id"])
        named = any(text(row, name) for name in ("target", "target_low", "target_high"))
        if not named and kpi not in in_facts and kpi not in odds:
            yield failed("no_target", **about(row))
            continue
        if not text(row, "cadence"):
            yield unknown("period_unknown", **about(row))
        yield _judged(inputs, row, odds.get(kpi, {}))


def _judged(inputs: AuditInput, row: dict[str, Any], odds: dict[str, Any]) -> Verdict:
    demand, capacity = number(odds, "probability"), number(odds, "capacity_probability")
    known = [p for p in (demand, capacity) if p is not None]
    if text(odds, "verdict") == "base_not_named":
        return unknown("base_not_named", **about(row))
    if demand is None and not (capacity is not None and capacity < inputs.limits.probability_low):
        return unknown("odds_unknown", **about(row))
    probability = min(known)
    if probability < inputs.limits.probability_low:
        beyond = capacity is not None and (demand is None or capacity < demand)
        code = "beyond_capacity" if beyond else "too_high"
        return failed(code, **about(row), probability=probability)
    if probability > inputs.limits.probability_high:
        return failed("too_low", **about(row), probability=probability)
    return passed("within_reach", **about(row), probability=probability)


RULE = Rule(
    "R08", "realistic_target", "The target is ambitious and within reach", MAJOR,
    ("kpis.target", "kpis.cadence", "targets"), MESSAGES,
    judge,
    advice="Set targets from the reps' own history: one that every second to fourth month "
    "reaches moves people.",
)  # fmt: skip
