"""R21: the list is adapted from time to time, and not all the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, day
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "review_unknown": "When was this KPI last reviewed?",
    "review_overdue": "Last reviewed {months} months ago (at most {limit}).",
    "reviewed": "Reviewed {months} months ago.",
    "versions_missing": "Which KPIs were added, removed or redefined in the last year? Ask for "
    "the earlier lists.",
    "churned": "{changes} changes in a year to a list of {length} KPIs ({churn} of the list, at "
    "most {limit}): nobody can get used to it.",
    "steady": "{changes} changes in a year to a list of {length} KPIs.",
}
#: Mean month. [days]
MONTH = 30.4375


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Last review of each KPI, and changes of the list in a year."""
    limit = inputs.limits.review_months
    for row in inputs.rows:
        dates = [day(row, name) for name in ("reviewed_on", "redefined_on")]
        known = [date for date in dates if date is not None and date <= inputs.today]
        if not known:
            yield unknown("review_unknown", **about(row))
            continue
        months = (inputs.today - max(known)).days / MONTH
        if months > limit:
            yield warned("review_overdue", **about(row), months=months, limit=limit)
        else:
            yield passed("reviewed", **about(row), months=months)
    changes = changes_in_a_year(inputs)
    if changes is None:
        yield unknown("versions_missing")
        return
    added, removed, redefined = (changes[name] for name in ("added", "removed", "redefined"))
    length = len(inputs.current) + (removed - added) / 2
    total = added + removed + redefined
    if not length > 0:
        return
    churn = total / length
    numbers: dict[str, Any] = {"changes": total, "length": length, "churn": churn}
    if churn > inputs.limits.churn:
        yield warned("churned", **numbers, limit=inputs.limits.churn)
    else:
        yield passed("steady", **numbers)


def changes_in_a_year(inputs: AuditInput) -> dict[str, int] | None:
    """KPIs added, removed and redefined in the last twelve months; None if nobody kept dates."""
    start = inputs.today - pd.DateOffset(years=1)
    if inputs.versions is not None:
        dates = pd.to_datetime(inputs.versions["changed_on"])
        recent = inputs.versions[(dates > start) & (dates <= inputs.today)]
        return {
            name: int((recent["change"] == name).sum())
            for name in ("added", "removed", "redefined")
        }
    columns = {"added": "valid_from_on", "removed": "valid_to_on", "redefined": "redefined_on"}
    dates_of = {name: pd.to_datetime(inputs.listed[col]) for name, col in columns.items()}
    if dates_of["added"].isna().all():
        return None
    return {
        name: int(((dates > start) & (dates <= inputs.today)).sum())
        for name, dates in dates_of.items()
    }


RULE = Rule(
    "R21", "adapted_not_churned", "The list is adapted, not churned", MINOR,
    ("kpis.reviewed_on", "kpis.valid_from_on", "versions"), MESSAGES,
    judge,
    advice="Review the list once a year, try a new KPI for a quarter without pay, and leave "
    "the rest alone.",
)  # fmt: skip
