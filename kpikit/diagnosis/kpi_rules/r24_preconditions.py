"""R24: before the reps are judged, leads, prices and the product are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, number, records, text
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

#: Condition, a limit of the audit -> who has to act, and whether more is better.
CONDITIONS = {
    "target_leads": ("marketing", True),
    "loss_making": ("finance", False),
    "refunds": ("operations", False),
    "complaints": ("operations", False),
}

MESSAGES = {
    "condition_unknown": "{condition} is not known. Ask for the data.",
    "broken": "{condition}: {value} against a limit of {limit}. The cause is not with the reps "
    "but with {owner}.",
    "perhaps_broken": "{condition}: {value} against a limit of {limit}, {low} to {high} is "
    "possible. Look at {owner} before the reps are judged.",
    "fine": "{condition}: {value}, within the limit of {limit}.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Each condition against its limit, with its interval where there is one."""
    table = inputs.preconditions
    found = {} if table is None else {text(row, "condition"): row for row in records(table)}
    for condition, (owner, more_is_better) in CONDITIONS.items():
        row = found.get(condition, {})
        value, limit = number(row, "value"), float(getattr(inputs.limits, condition))
        if value is None:
            yield unknown("condition_unknown", condition=condition, owner=owner)
            continue
        low, high = number(row, "low"), number(row, "high")
        numbers: dict[str, Any] = {
            "condition": condition,
            "value": value,
            "limit": limit,
            "owner": owner,
        }
        best = high if more_is_better else low
        best = value if best is None else best
        if value >= limit if more_is_better else value <= limit:
            yield passed("fine", **numbers)
        elif best < limit if more_is_better else best > limit:
            yield failed("broken", **numbers)
        else:
            yield warned("perhaps_broken", **numbers, low=low, high=high)


RULE = Rule(
    "R24", "preconditions", "Leads, prices and product let the reps succeed", MAJOR,
    ("preconditions",), MESSAGES,
    judge,
    advice="Repair leads, prices and product first; they bind the reps' results.",
)  # fmt: skip
