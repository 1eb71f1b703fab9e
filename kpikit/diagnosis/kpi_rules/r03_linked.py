"""R03: improving the KPI brings the goal closer, on paper and in the facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis import linkage
from kpikit.diagnosis.kpi_rules.agreement_facts import missed_when_met
from kpikit.diagnosis.kpi_rules.goal_path import ENDS_AT_GOAL, NO_GOAL, goal_path
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, by_kpi, text
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown
from kpikit.diagnosis.shares import wilson

#: Fewer rep-periods in which the KPI was met say nothing about the plan.
FEWEST_MET = 5

MESSAGES = {
    "path": "The KPI leads to a goal.",
    "no_path": "No goal is named that this KPI serves.",
    "path_broken": "The goal that this KPI is said to serve is not in the list, or the list goes "
    "in a circle: {path}.",
    "purpose_unknown": "Is this KPI a goal or a way to one, and to which goal?",
    "linkage_missing": "Whether the KPIs move the plan is not known. Ask for KPI values and plan "
    "attainment by rep and month.",
    "linked": "Who is ahead in this KPI is ahead in the plan: rank correlation {rho} "
    "({low} to {high}).",
    "part_of_plan": "Part of the plan by its formula: it need not be proven.",
    "opposed": "Who is ahead in this KPI is behind in the plan: rank correlation {rho} "
    "({low} to {high}).",
    "not_linked": "This KPI does not move the plan: a link of use would have shown "
    "({low} to {high}).",
    "unproven": "{n} pairs of KPI and plan prove neither a link nor its absence. Collect more "
    "months.",
    "link_unknown": "There are no values of this KPI beside the plan. Ask for them by rep and "
    "month.",
    "met_without_plan": "The KPI was met in {n} rep-periods and the plan missed in {missed} of "
    "them, {share} ({low} to {high}).",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Path to a goal by the list, link to the plan by the facts."""
    if not inputs.rows:
        return
    for row in inputs.rows:
        yield _on_paper(inputs, row)
    counts = missed_when_met(inputs)
    for row in inputs.rows:
        met, missed = counts.get(str(row["kpi_id"]), (0, 0))
        if met < FEWEST_MET:
            continue
        share = wilson(missed, met)
        if share.low > 0.5:
            yield failed(
                "met_without_plan", **about(row), n=met, missed=missed, share=share.value,
                low=share.low, high=share.high,
            )  # fmt: skip
    if inputs.linkage is None:
        yield unknown("linkage_missing")
        return
    links = by_kpi(inputs.linkage)
    for row in inputs.rows:
        yield _in_facts(row, links.get(str(row["kpi_id"])))


def _on_paper(inputs: AuditInput, row: dict[str, Any]) -> Verdict:
    if text(row, "purpose") == "goal" or text(row, "goal"):
        return passed("path", **about(row))
    end, path = goal_path(inputs, row)
    if end == ENDS_AT_GOAL:
        return passed("path", **about(row), evidence=path)
    if end != NO_GOAL:
        return failed("path_broken", **about(row), path=path, evidence=path)
    if not text(row, "purpose"):
        return unknown("purpose_unknown", **about(row))
    return failed("no_path", **about(row))


def _in_facts(row: dict[str, Any], link: dict[str, Any] | None) -> Verdict:
    where = about(row)
    if link is None or link["verdict"] == linkage.CANNOT_JUDGE:
        return unknown("link_unknown", **where)
    numbers = {name: link[name] for name in ("rho", "low", "high", "n")}
    if link["verdict"] == linkage.LINKED:
        return passed("linked", **where, **numbers)
    if link["verdict"] == linkage.COMPONENT:
        return passed("part_of_plan", **where)
    if link["verdict"] == linkage.OPPOSED:
        return failed("opposed", **where, **numbers)
    if link["verdict"] == linkage.NOT_LINKED:
        return failed("not_linked", **where, **numbers)
    return unknown("unproven", **where, n=link["n"])


RULE = Rule(
    "R03", "linked_to_goal", "Improving the KPI brings the goal closer", MAJOR,
    ("kpis.purpose", "kpis.goal", "kpis.parent_kpi_id", "linkage", "facts", "plan_attainment"),
    MESSAGES,
    judge,
    advice="Keep the KPIs that move the plan, stop demanding those that do not, and give the"
    " open ones three more months of values.",
)  # fmt: skip
