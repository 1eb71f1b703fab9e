"""R15: somebody checks the KPI, in a set way, and did so lately."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, day, says_none, text
from kpikit.diagnosis.kpi_rules.known import cadence_days
from kpikit.diagnosis.kpi_rules.rule import (
    CRITICAL,
    MAJOR,
    Rule,
    Verdict,
    failed,
    passed,
    unknown,
    warned,
)

MESSAGES = {
    "checker_unknown": "Who checks the KPIs, how, and when was the last time?",
    "nobody_checks": "Nobody checks it.",
    "no_routine": "{checker} checks it, but it is not said how and when.",
    "last_check_unknown": "When was it last checked?",
    "overdue": "Last checked {days} days ago; it is due every {cadence_days} days.",
    "cadence_unknown": "Last checked {days} days ago. How often is it due?",
    "checked": "{checker} checks it, {days} days ago for the last time.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Checker, routine and last check."""
    asked = inputs.states("checker", "check_routine", "last_checked_on")
    if not asked:
        if inputs.rows:
            yield unknown("checker_unknown")
        return
    for row in inputs.rows:
        yield _checked(inputs, row)


def _checked(inputs: AuditInput, row: dict[str, Any]) -> Verdict:
    where, checker, last = about(row), text(row, "checker"), day(row, "last_checked_on")
    if not checker or says_none(checker):
        return failed("nobody_checks", **where, severity=CRITICAL)
    if not text(row, "check_routine") or says_none(text(row, "check_routine")):
        return warned("no_routine", **where, checker=checker)
    if last is None:
        return unknown("last_check_unknown", **where)
    days, cadence = (inputs.today - last).days, cadence_days(row)
    if cadence is None:
        return unknown("cadence_unknown", **where, days=days)
    if days > cadence * inputs.limits.check_cadences:
        return failed("overdue", **where, days=days, cadence_days=cadence)
    return passed("checked", **where, checker=checker, days=days)


RULE = Rule(
    "R15", "controlled", "Somebody checks the KPI", MAJOR,
    ("kpis.checker", "kpis.check_routine", "kpis.last_checked_on"), MESSAGES,
    judge,
    advice="Name one person and one day on which each KPI is checked; what nobody checks "
    "leaves the list.",
)  # fmt: skip
