"""R10: a rep can follow three KPIs, at most five; the rest is noise."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory
from kpikit.diagnosis.kpi_rules.rule import (
    CRITICAL,
    MAJOR,
    Rule,
    Verdict,
    failed,
    passed,
    warned,
)

MESSAGES = {
    "far_too_many": "{count} KPIs for one role; at most {limit} can be followed.",
    "too_many": "{count} KPIs for one role; at most {limit} can be followed.",
    "many_optional": "{count} optional KPIs beside {mandatory} mandatory ones; more than "
    "{limit} distract.",
    "within_limit": "{count} KPIs for one role: within the limit of {limit}, more than the "
    "{aim} to aim at.",
    "few": "{count} KPIs for one role.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Count the KPIs of each role; optional ones are let off where all are ranked and spread."""
    limits = inputs.limits
    for role, rows in inputs.roles.items():
        if not rows:
            continue
        ranked = all(text(row, "obligation") and text(row, "cadence") for row in rows)
        mandatory = [row for row in rows if is_mandatory(row)]
        counted = mandatory if ranked else rows
        count, optional = len(counted), len(rows) - len(counted)
        ids = tuple(str(row["kpi_id"]) for row in counted)
        if count > limits.kpi_limit:
            far = count > limits.critical_above
            yield failed(
                "far_too_many" if far else "too_many", role=role,
                severity=CRITICAL if far else MAJOR, count=count, limit=limits.kpi_limit,
                evidence=ids,
            )  # fmt: skip
        elif optional > limits.optional_limit:
            yield warned(
                "many_optional", role=role, count=optional, mandatory=count,
                limit=limits.optional_limit,
            )  # fmt: skip
        elif count > limits.kpi_aim:
            yield passed(
                "within_limit", role=role, count=count, limit=limits.kpi_limit, aim=limits.kpi_aim
            )
        else:
            yield passed("few", role=role, count=count)


RULE = Rule(
    "R10", "few", "Few KPIs for each role", MAJOR,
    ("kpis.role", "kpis.obligation", "kpis.cadence"), MESSAGES,
    judge,
    advice="Cut the list to three to five KPIs for each role; keep the rest for the analyst.",
)  # fmt: skip
