"""R01: the strategy comes first; without one, KPIs are guesses and may harm."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput
from kpikit.diagnosis.kpi_rules.rule import BLOCKER, Rule, Verdict, failed, passed, unknown, warned

MESSAGES = {
    "no_strategy": "No strategy is stated. KPIs without one are guesses: choose it first.",
    "strategy_not_asked": "Which strategy does the company follow? Ask the owner or the head.",
    "goal_not_stated": "The strategy {strategy} is stated, but not: {missing}. Ask for it.",
    "strategy_stated": "Strategy {strategy}, main goal and horizon are stated.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Is there a strategy with a main goal and a horizon?"""
    if inputs.strategy is None:
        yield unknown("strategy_not_asked")
        return
    if inputs.strategy == "ST0":
        yield failed("no_strategy")
        return
    stated = {"main_goal": inputs.main_goal, "goal_horizon": inputs.goal_horizon}
    missing = tuple(name for name, words in stated.items() if not words.strip())
    if missing:
        yield warned("goal_not_stated", strategy=inputs.strategy, missing=missing)
    else:
        yield passed("strategy_stated", strategy=inputs.strategy)


RULE = Rule(
    "R01", "strategy_first", "The strategy is chosen before the KPIs", BLOCKER,
    ("strategy", "main_goal", "goal_horizon"), MESSAGES,
    judge,
    advice="Agree on one strategy, one main goal and its date before any KPI is chosen; "
    "without them no list can be right.",
)  # fmt: skip
