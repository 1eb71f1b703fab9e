"""R07: the KPI is easy to compute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import LOOKS_A_MONTH, AuditInput, about, number, text
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

#: ``deals.amount``: a column of a table, as formulas name it.
_COLUMN = re.compile(r"\b[a-z_]+\.[a-z_]+\b")

MESSAGES = {
    "many_inputs": "Its formula takes {count} inputs; {limit} are easy.",
    "many_sources": "It takes data from {count} sources; {limit} are easy.",
    "many_manual_steps": "It takes {count} steps by hand; {limit} is easy.",
    "takes_long": "Collecting it takes {hours} hours a month; {limit} are bearable.",
    "effort_unknown": "How many sources, steps by hand and minutes does it take?",
    "easy": "It is easy to compute.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Inputs, sources, steps by hand and hours a month."""
    for row in inputs.rows:
        found = list(_burdens(inputs, row))
        if found:
            yield from found
        elif number(row, "source_count") is None or number(row, "manual_steps") is None:
            yield unknown("effort_unknown", **about(row))
        else:
            yield passed("easy", **about(row))


def _burdens(inputs: AuditInput, row: dict[str, Any]) -> Iterator[Verdict]:
    limits = inputs.limits
    columns = len(set(_COLUMN.findall(text(row, "formula_expr"))))
    if columns > limits.inputs:
        yield warned("many_inputs", **about(row), count=columns, limit=limits.inputs)
    sources, steps = number(row, "source_count"), number(row, "manual_steps")
    if sources is not None and sources > limits.sources:
        yield warned("many_sources", **about(row), count=int(sources), limit=limits.sources)
    if steps is not None and steps > limits.manual_steps:
        yield warned("many_manual_steps", **about(row), count=int(steps), limit=limits.manual_steps)
    minutes, looks = number(row, "minutes_to_collect"), LOOKS_A_MONTH.get(text(row, "cadence"))
    if minutes is not None and looks is not None and minutes * looks / 60 > limits.collect_hours:
        yield warned(
            "takes_long", **about(row), hours=minutes * looks / 60, limit=limits.collect_hours
        )


RULE = Rule(
    "R07", "easy_to_compute", "The KPI is easy to compute", MINOR,
    ("kpis.source_count", "kpis.manual_steps", "kpis.minutes_to_collect", "kpis.cadence"),
    MESSAGES,
    judge,
    advice="Compute the KPI from what the CRM holds anyway; what costs hours of collecting "
    "is looked at once a quarter or not at all.",
)  # fmt: skip
