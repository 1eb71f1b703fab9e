"""R23: the rep sees the own value while it can still be changed."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, number, truth
from kpikit.diagnosis.kpi_rules.known import cadence_days
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "visibility_unknown": "Does the rep see the own value?",
    "hidden": "The rep does not see the own value.",
    "delay_unknown": "The rep sees the own value. How many days later, and how often is it due?",
    "late": "The rep sees the value {days} days later; it is due every {cadence_days} days.",
    "visible": "The rep sees the own value {days} days later.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Visibility, and the delay against the cadence."""
    for row in inputs.rows:
        seen, days = truth(row, "is_visible_to_rep"), number(row, "delay_days")
        cadence = cadence_days(row)
        if seen is None:
            yield unknown("visibility_unknown", **about(row))
        elif not seen:
            yield warned("hidden", **about(row))
        elif days is None or cadence is None:
            yield unknown("delay_unknown", **about(row))
        elif days > cadence:
            yield warned("late", **about(row), days=days, cadence_days=cadence)
        else:
            yield passed("visible", **about(row), days=days)


RULE = Rule(
    "R23", "visible", "The rep sees the own value in time", MINOR,
    ("kpis.is_visible_to_rep", "kpis.delay_days", "kpis.cadence"), MESSAGES,
    judge,
    advice="Show each rep the own values no later than the KPI's own rhythm.",
)  # fmt: skip
