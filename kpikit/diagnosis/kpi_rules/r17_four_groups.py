"""R17: money, customers, labour per customer and intensity are all covered."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput
from kpikit.diagnosis.kpi_rules.known import GROUPS, covered_groups, goal_group
from kpikit.diagnosis.kpi_rules.rule import CRITICAL, MAJOR, Rule, Verdict, failed, passed, unknown

#: Without these two nobody can compute how many people the plan needs.
RESOURCES = GROUPS[2:]

MESSAGES = {
    "groups_unknown": "To which goal group do these KPIs belong: {kpis}? They may cover {groups}.",
    "not_covered": "No KPI and no norm covers: {groups}.",
    "resources_not_covered": "No KPI and no norm covers: {groups}. The people that the plan "
    "needs cannot be computed.",
    "covered": "All four goal groups are covered.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """A KPI or a norm in each goal group, role by role."""
    for role, rows in inputs.roles.items():
        if not rows:
            continue
        groups = {str(row["kpi_id"]): goal_group(inputs, row) for row in rows}
        covered = covered_groups(inputs, rows)
        empty = tuple(group for group in GROUPS if group not in covered)
        open_ = tuple(kpi for kpi, group in groups.items() if not group)
        if not empty:
            yield passed("covered", role=role)
        elif open_:
            yield unknown("groups_unknown", role=role, kpis=open_, groups=empty, evidence=open_)
        elif set(empty) & set(RESOURCES):
            yield failed("resources_not_covered", role=role, severity=CRITICAL, groups=empty)
        else:
            yield failed("not_covered", role=role, groups=empty)


RULE = Rule(
    "R17", "four_groups", "The four goal groups are covered", MAJOR,
    ("kpis.goal_group", "matches", "chain"), MESSAGES,
    judge,
    advice="Add one KPI or norm to every empty group: money, customers, labour for a "
    "customer, intensity.",
)  # fmt: skip
