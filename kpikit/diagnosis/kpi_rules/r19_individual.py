"""R19: the KPIs are made for the role and the territory, not copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, text
from kpikit.diagnosis.kpi_rules.known import verdict_facts
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "one_role": "The list names one role only; what do the KPIs of other departments look like?",
    "copied": "Word for word the KPI of another role: {kpis}.",
    "own": "No other role has the same text.",
    "targets_missing": "Which target does each rep have? Ask for them by rep.",
    "same_target": "All {reps} reps have the same target in every period, whatever their "
    "customers and territory.",
    "own_targets": "The reps have targets of their own.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Texts of other roles, and targets of other reps."""
    if not inputs.rows:
        return
    named = {text(row, "role") for row in inputs.rows} - {""}
    if len(named) < 2:
        yield unknown("one_role")
    same = defaultdict(list)
    for row in inputs.rows:
        same[_wording(row)].append(row)
    for row in inputs.rows if len(named) >= 2 else []:
        others = tuple(
            str(other["kpi_id"])
            for other in same[_wording(row)]
            if text(other, "role") != text(row, "role")
        )
        if others:
            yield warned("copied", **about(row), kpis=others, evidence=others)
        else:
            yield passed("own", **about(row))
    yield from _targets(inputs)


def _wording(row: dict[str, Any]) -> tuple[str, ...]:
    """The text of a KPI, spaces and capitals aside."""
    return tuple(
        " ".join(text(row, name).casefold().split())
        for name in ("name", "definition", "formula_text")
    )


def _targets(inputs: AuditInput) -> Iterator[Verdict]:
    facts = verdict_facts(inputs)
    known = None if facts is None else facts[facts["target"].notna()]
    if known is None or known.empty:
        yield unknown("targets_missing")
        return
    for row in inputs.rows:
        own = known[known["kpi_id"] == row["kpi_id"]]
        reps = int(own["rep_id"].nunique())
        if reps < inputs.limits.few_reps_same_target:
            continue
        if own.groupby("period")["target"].nunique().max() == 1:
            yield warned("same_target", **about(row), reps=reps)
        else:
            yield passed("own_targets", **about(row))


RULE = Rule(
    "R19", "individual", "The KPI is made for role and territory, not copied", MINOR,
    ("kpis.name", "kpis.definition", "kpis.formula_text", "facts.target"), MESSAGES,
    judge,
    advice="Set targets by segment and territory; a target copied from elsewhere fits "
    "nobody.",
)  # fmt: skip
