"""R06: the KPI can be computed, is computed, and comes out the same again."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about
from kpikit.diagnosis.kpi_rules.known import (
    agreement_of,
    coverage_of,
    empty_fields,
    has_formula,
    verdict_facts,
)
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown
from kpikit.diagnosis.shares import wilson

MESSAGES = {
    "passport_missing": "How are the KPIs measured? Ask for unit, formula and data source of each.",
    "fields_missing": "It cannot be measured as described; missing: {fields}.",
    "described": "Unit, formula and data source are stated.",
    "facts_missing": "No KPI values were handed over. Ask for them by rep and period.",
    "no_values": "There are no values of this KPI. Is it measured at all?",
    "gaps": "Only {share} of the due values exist (at least {limit} are needed).",
    "complete": "{share} of the due values exist.",
    "not_recomputed": "The reported values could not be checked against the data.",
    "not_reproduced": "Only {same} of {n} reported values come out again from the data, {share} "
    "({low} to {high}).",
    "reproduced": "{same} of {n} reported values come out again from the data.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Description, values and their repetition from the data."""
    if not inputs.rows:
        return
    asked = inputs.states("unit", "formula_text", "formula_expr", "data_source")
    if not asked:
        yield unknown("passport_missing")
    for row in inputs.rows if asked else []:
        lacking = empty_fields(row, ("unit", "data_source"))
        lacking += () if has_formula(row) else ("formula_text",)
        if lacking:
            yield failed("fields_missing", **about(row), fields=lacking)
        else:
            yield passed("described", **about(row))
    yield from _values(inputs)
    yield from _again(inputs)


def _values(inputs: AuditInput) -> Iterator[Verdict]:
    facts = verdict_facts(inputs)
    if facts is None:
        yield unknown("facts_missing")
        return
    for row in inputs.rows:
        share = coverage_of(facts, str(row["kpi_id"]))
        limit = inputs.limits.coverage
        if not share:
            yield failed("no_values", **about(row))
        elif share < limit:
            yield failed("gaps", **about(row), share=share, limit=limit)
        else:
            yield passed("complete", **about(row), share=share)


def _again(inputs: AuditInput) -> Iterator[Verdict]:
    if inputs.recomputed is None:
        yield unknown("not_recomputed")
        return
    for row in inputs.rows:
        own = inputs.recomputed[inputs.recomputed["kpi_id"] == row["kpi_id"]]
        same, n = agreement_of(own, inputs.limits.tolerance)
        if not n:
            yield unknown("not_recomputed", **about(row))
        elif same / n < inputs.limits.agreement:
            share = wilson(same, n)
            yield failed(
                "not_reproduced", **about(row), same=same, n=n, share=share.value, low=share.low,
                high=share.high,
            )  # fmt: skip
        else:
            yield passed("reproduced", **about(row), same=same, n=n)


RULE = Rule(
    "R06", "measurable", "The KPI can be measured, and is", MAJOR,
    ("kpis.unit", "kpis.formula_text", "kpis.data_source", "facts", "recomputed"), MESSAGES,
    judge,
    advice="Write each formula with its source, and report only what somebody else can "
    "compute again.",
)  # fmt: skip
