"""R04: goals and the ways to them are kept apart and belong together."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.goal_path import CIRCLE, PARENT_UNKNOWN, goal_path
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, by_kpi, number, text
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "purpose_unknown": "Is this KPI a goal or a way to one?",
    "way_without_goal": "A way without a goal: which KPI does it serve?",
    "parent_unknown": "The goal it names, {parent}, is not in the list.",
    "circle": "The KPIs serve each other in a circle: {path}.",
    "goal_without_way": "A goal without a way: what is a rep to do for it tomorrow?",
    "goal_and_way": "Goal and way are told apart and belong together.",
    "way_links_missing": "Whether the ways move their goals is not known. Ask for both by rep "
    "and month.",
    "way_moves_goal": "More of it brings more of its goal {lag} periods later: {rho} "
    "({low} to {high}).",
    "way_against_goal": "More of it brings less of its goal {lag} periods later: {rho} "
    "({low} to {high}).",
    "way_unproven": "It is open whether it moves its goal: {low} to {high}. Collect more months.",
    "way_link_unknown": "There are no values of this way beside its goal.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Each way has a goal, each goal a way, and the way moves the goal."""
    parents = {text(row, "parent_kpi_id") for row in inputs.rows}
    ways = [row for row in inputs.rows if text(row, "purpose") == "way"]
    for row in inputs.rows:
        where, purpose = about(row), text(row, "purpose")
        end, path = goal_path(inputs, row)
        if not purpose:
            yield unknown("purpose_unknown", **where)
        elif purpose == "goal":
            if str(row["kpi_id"]) in parents:
                yield passed("goal_and_way", **where)
            else:
                yield warned("goal_without_way", **where)
        elif end == CIRCLE:
            yield warned("circle", **where, path=path, evidence=path)
        elif end == PARENT_UNKNOWN:
            yield warned("parent_unknown", **where, parent=path[-1])
        elif not text(row, "parent_kpi_id") and not text(row, "goal"):
            yield warned("way_without_goal", **where)
        else:
            yield passed("goal_and_way", **where)
    if inputs.way_links is None:
        if ways:
            yield unknown("way_links_missing")
        return
    links = by_kpi(inputs.way_links)
    for row in ways:
        link = links.get(str(row["kpi_id"]), {})
        low, high = number(link, "low"), number(link, "high")
        if low is None or high is None:
            yield unknown("way_link_unknown", **about(row))
            continue
        numbers = {name: link[name] for name in ("lag", "rho", "low", "high")}
        if low > 0:
            yield passed("way_moves_goal", **about(row), **numbers)
        elif high < 0:
            yield warned("way_against_goal", **about(row), **numbers)
        else:
            yield unknown("way_unproven", **about(row), **numbers)


RULE = Rule(
    "R04", "goal_and_way", "Goal and way are kept apart", MINOR,
    ("kpis.purpose", "kpis.parent_kpi_id", "way_links"), MESSAGES,
    judge,
    advice="Name for each activity the result it serves, and for each result what a rep does"
    " for it tomorrow.",
)  # fmt: skip
