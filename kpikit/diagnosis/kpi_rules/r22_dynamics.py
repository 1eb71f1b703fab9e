"""R22: a KPI is watched over time, not as a single picture."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about
from kpikit.diagnosis.kpi_rules.known import verdict_facts
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "facts_missing": "Is the history of the KPIs kept? Ask for values of at least {limit} periods.",
    "no_history": "No history is kept.",
    "short_history": "{n} periods are kept; at least {limit} show a movement.",
    "history": "{n} periods are kept.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Periods with a value."""
    if not inputs.rows:
        return
    facts, limit = verdict_facts(inputs), inputs.limits.history_periods
    if facts is None:
        yield unknown("facts_missing", limit=limit)
        return
    measured = facts[facts["value"].notna() | facts["is_met"].notna()]
    periods = measured.groupby("kpi_id")["period"].nunique()
    for row in inputs.rows:
        n = int(periods.get(str(row["kpi_id"]), 0))
        if n == 0:
            yield warned("no_history", **about(row))
        elif n < limit:
            yield warned("short_history", **about(row), n=n, limit=limit)
        else:
            yield passed("history", **about(row), n=n)


RULE = Rule(
    "R22",
    "dynamics_watched",
    "The KPI is watched over time",
    MINOR,
    ("facts",),
    MESSAGES,
    judge,
    advice="Keep at least eight periods of each KPI and look at the curve, not at the last value.",
)
