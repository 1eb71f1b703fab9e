"""R16: who meets the KPIs meets the plan; otherwise, is the rep to be praised or blamed?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kpikit.diagnosis.agreement import CANNOT_JUDGE, DOES_NOT_SEPARATE, INVERTED
from kpikit.diagnosis.concordance import (
    CONTRADICTION_A,
    contradiction_frequency,
)
from kpikit.diagnosis.kpi_rules.agreement_facts import cases_of, facts_and_plan, kpis_against_plan
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, number, records, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

#: Fewer rep-periods without a contradiction do not prove agreement.
FEWEST_CASES = 12

MESSAGES = {
    "results_missing": "Whether KPIs and plan agree is not known. Ask for KPI values and plan "
    "attainment by rep and month.",
    "met_plan_missed": "All KPIs met and the plan missed in {cases} of {n} rep-periods, {share} "
    "({low} to {high}).",
    "missed_plan_met": "KPIs missed and the plan met in {cases} of {n} rep-periods, {share} "
    "({low} to {high}); there {met} of {judged} verdicts were met, {met_share}.",
    "agrees": "KPIs and plan agree in all but {cases} of {n} rep-periods.",
    "few_cases": "{n} rep-periods with verdicts on KPIs and plan are too few to say that they "
    "agree.",
    "never_measured": "{count} mandatory KPIs have no verdict at all: {kpis}. Ask for their "
    "values.",
    "separates": "Who meets it meets the plan more often, by {difference} ({low} to {high}).",
    "inverted": "Who meets it meets the plan less often, by {difference} ({low} to {high}).",
    "does_not_separate": "Meeting it does not separate who meets the plan: {low} to {high}.",
    "too_few_to_separate": "{n} rep-periods do not show whether meeting it goes with the plan.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Contradictions of the whole set by role, and each KPI against the plan."""
    if not inputs.rows:
        return
    for role in inputs.roles:
        cases = cases_of(inputs, role)
        if cases is None:
            yield unknown("results_missing", role=role)
        else:
            yield from _set(inputs, role, cases)
    against = kpis_against_plan(inputs)
    for row in inputs.rows:
        found = against.get(str(row["kpi_id"]))
        if found is not None:
            yield _kpi(inputs, row, found)


def _set(inputs: AuditInput, role: str, cases: pd.DataFrame) -> Iterator[Verdict]:
    measured = facts_and_plan(inputs, role)
    known = set() if measured is None else set(measured[0]["kpi_id"])
    mandatory = [str(row["kpi_id"]) for row in inputs.roles[role] if is_mandatory(row)]
    never = tuple(kpi for kpi in mandatory if kpi not in known)
    if never:
        yield unknown("never_measured", role=role, count=len(never), kpis=never, evidence=never)
    found = contradiction_frequency(cases)
    total = list(records(found[found["rep_id"].isna()]))
    hits, n = 0, 0
    for row in total:
        hits, n = hits + int(row["cases"]), int(row["n"])
        if row["cases"]:
            yield _contradiction(inputs, role, row, cases, tuple(sorted(known)))
    if not hits and n < FEWEST_CASES:
        yield unknown("few_cases", role=role, n=n)
    elif not hits:
        yield passed("agrees", role=role, cases=hits, n=n)


def _contradiction(
    inputs: AuditInput,
    role: str,
    row: dict[str, Any],
    cases: pd.DataFrame,
    measured: tuple[str, ...],
) -> Verdict:
    own = cases[cases["contradiction"] == row["contradiction"]]
    numbers: dict[str, Any] = {name: row[name] for name in ("cases", "n", "share", "low", "high")}
    # One case may be chance; a share that is surely above the limit is not.
    often = row["low"] > inputs.limits.contradiction
    say = failed if often else warned
    if row["contradiction"] == CONTRADICTION_A:
        return say("met_plan_missed", role=role, evidence=measured, **numbers)
    met, judged = int(own["met"].sum()), int((own["met"] + own["missed"]).sum())
    missed = tuple(sorted({kpi for kpis in own["missed_kpis"] for kpi in kpis}))
    return say(
        "missed_plan_met", role=role, evidence=missed, met=met, judged=judged,
        met_share=met / judged, **numbers,
    )  # fmt: skip


def _kpi(inputs: AuditInput, row: dict[str, Any], found: dict[str, Any]) -> Verdict:
    reading, where = text(found, "reading"), about(row)
    if reading == CANNOT_JUDGE:
        return unknown("too_few_to_separate", **where, n=found["n"])
    numbers: dict[str, Any] = {
        "difference": found["difference"], "low": found["difference_low"],
        "high": found["difference_high"],
    }  # fmt: skip
    if reading == DOES_NOT_SEPARATE:
        return warned("does_not_separate", **where, **numbers)
    q_value = number(found, "q_value")
    if q_value is None or q_value > inputs.limits.false_discoveries:
        # Among many KPIs one stands out by chance.
        return unknown("too_few_to_separate", **where, n=found["n"])
    if reading == INVERTED:
        less = {"difference": -numbers["difference"], "low": -numbers["high"],
                "high": -numbers["low"]}  # fmt: skip
        return failed("inverted", **where, **less)
    return passed("separates", **where, **numbers)


RULE = Rule(
    "R16", "agrees_with_plan", "Who meets the KPIs meets the plan", MAJOR,
    ("facts", "plan_attainment", "kpis.obligation"), MESSAGES,
    judge,
    advice="Go through the months on the list with the reps concerned, then replace the KPIs"
    " that say the opposite of the plan.",
)  # fmt: skip
