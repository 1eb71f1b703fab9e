"""
What to do first: actions priced by the same chain, ranked by money per effort.

Each action is a change of the chain's input; its money effect is the expected
money of the changed chain less that of the present one, at the measured
conversion and at both ends of its interval. Effort in person-days and the
confidence class are judgements (grade D) and parameters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import special

from kpikit.diagnosis.chain import ChainResult, expected_money, with_reps
from kpikit.diagnosis.chain_input import ChainInput
from kpikit.diagnosis.ledgers import conversion, reach
from kpikit.diagnosis.scenarios import Change, apply_changes

#: Confidence by where the effect comes from (METHODS: measured, modelled, expert).
CONFIDENCE = {"measured": 0.8, "modelled": 0.5, "expert": 0.3}

#: Person-days of the client's people to carry an action through: judgement.
EFFORT_DAYS = {
    "hire": 15.0,  # for each hire: search, interviews, first weeks
    "selling_share": 20.0,
    "conversion": 25.0,
    "minutes": 15.0,
    "renewal": 15.0,
    "reps_to_median": 30.0,
    "close_stale": 2.0,
    "agree_target": 2.0,
    "collect": 5.0,
    "leads": 20.0,
}

#: What must be settled before the rest can be right.
FIRST = ("set_strategy", "agree_target", "collect_norms")

NO_NEW_MONEY, SOME_MONEY, NEW_MONEY = "no_new_money", "some_money", "new_money"


@dataclass(frozen=True)
class Action:
    """
    One proposed step.

    ``money`` a year [money] with ``money_low``/``money_high``; ``effort_days``
    person-days; ``priority`` money x confidence / effort [money per day];
    ``values`` fill the sentence that the page writes.
    """

    id: str
    money: float
    money_low: float
    money_high: float
    effort_days: float
    cost_class: str
    confidence: str
    owner: str
    check_back_days: int
    evidence: tuple[str, ...]
    values: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def priority(self) -> float:
        """Money expected per person-day of effort, weighted by confidence."""
        return max(0.0, self.money) * CONFIDENCE[self.confidence] / self.effort_days


@dataclass(frozen=True)
class Coaching:
    """
    Reps below the middle, halfway up to it.

    ``reps`` of them, their mean conversion ``now`` and ``then`` [share], and the
    relative ``gain`` of the team's conversion [share].
    """

    reps: int
    now: float
    then: float
    gain: float


def priority_score(money: float, confidence: float, effort_days: float) -> float:
    """Money x confidence / effort [money per person-day] (EX-8.11)."""
    return money * confidence / effort_days


def effect_of(
    inputs: ChainInput, changed: ChainInput, level: float = 0.8
) -> tuple[float, float, float]:
    """
    Expected money of a change: middle, low, high. [money]

    The ends come from the conversion's own uncertainty: both chains are
    evaluated at the same lower and upper quantile of the conversion, so that
    what the two have in common cancels.
    """
    tail = (1.0 - level) / 2.0
    middle = expected_money(changed) - expected_money(inputs)
    ends = []
    for quantile in (tail, 1.0 - tail):
        factor = _conversion_factor(inputs, quantile)
        shifted = apply_changes(inputs, {"conversion": Change("scale", factor)})
        moved = apply_changes(changed, {"conversion": Change("scale", factor)})
        ends.append(expected_money(moved) - expected_money(shifted))
    return middle, min(middle, *ends), max(middle, *ends)


def _conversion_factor(inputs: ChainInput, quantile: float) -> float:
    """The conversion's quantile divided by its mean, over the largest seller segment."""
    funnels = [s.funnel for s in inputs.segments if s.funnel is not None and s.funnel.evidence]
    if not funnels:
        return 1.0
    funnel = max(funnels, key=lambda f: f.evidence or 0.0)
    rate, evidence = conversion(funnel), float(funnel.evidence or 0.0)
    if not 0 < rate < 1:
        return 1.0
    return float(special.betaincinv(rate * evidence, (1 - rate) * evidence, quantile)) / rate


def rank_actions(
    inputs: ChainInput,
    result: ChainResult,
    *,
    stale_hours: float = 0.0,
    stale_deals: int = 0,
    coaching: Coaching | None = None,
    effort_days: Mapping[str, float] = EFFORT_DAYS,
    most: int = 10,
) -> tuple[Action, ...]:
    """
    At most ``most`` actions, best money per effort first.

    Parameters
    ----------
    inputs, result
        The chain and its answer.
    stale_hours, stale_deals
        Hours [h] and number of open deals whose probability is below one per
        cent: closing them frees the hours.
    coaching
        Reps below the middle, where differences between reps are detectable.
    """
    found: list[Action] = []

    def add(name: str, changed: ChainInput, cost: str, confidence: str, owner: str, days: int,
            evidence: tuple[str, ...], effort: float | None = None,
            **values: float | str) -> None:  # fmt: skip
        money, low, high = effect_of(inputs, changed)
        if money <= 0:
            return
        effort = effort_days[name.partition(".")[0]] if effort is None else effort
        found.append(
            Action(name, money, low, high, effort, cost, confidence, owner, days, evidence, values)
        )

    gap = result.probability < inputs.probability_goal
    if gap and result.reps_needed is not None and result.reps_needed > result.reps_now:
        hires = math.ceil(result.reps_needed - result.reps_now)
        add("hire", with_reps(inputs, float(result.reps_needed)), NEW_MONEY, "modelled",
            "director", 120, ("required_fte", "reps_for_80pct"), effort_days["hire"] * hires,
            hires=hires, needed=result.reps_needed, now=result.reps_now,
            goal=inputs.probability_goal)  # fmt: skip
    if inputs.selling_share is not None and inputs.selling_share <= 0.9:
        raised = inputs.selling_share + 0.05
        add("selling_share", apply_changes(inputs, {"selling_share": Change("add", 0.05)}),
            NO_NEW_MONEY, "expert", "head_of_sales", 60, ("hours_per_fte", "resource_coverage"),
            now=inputs.selling_share, then=raised)  # fmt: skip
    stages = _stages(inputs)
    best = _best_conversion(inputs, stages)
    if best is not None:
        stage, label, rate = best
        change = {f"conversion.{stage}": Change("scale", min(1.1, 1.0 / rate))}
        add("conversion", apply_changes(inputs, change), NO_NEW_MONEY, "modelled",
            "head_of_sales", 90, ("stage_conversion",), stage=label, now=rate,
            then=min(1.0, rate * 1.1))  # fmt: skip
    heavy = _heaviest_stage(result)
    if heavy is not None:
        stage, label, minutes = heavy
        add("minutes", apply_changes(inputs, {f"minutes.{stage}": Change("scale", 0.9)}),
            NO_NEW_MONEY, "modelled", "head_of_sales", 60,
            ("hours_per_stage_visit", "minutes_per_contact"), stage=label, now=minutes,
            then=0.9 * minutes)  # fmt: skip
    rates = [s.renewal_rate for s in inputs.segments if sum(s.renewals_due) > 0]
    if rates and min(rates) < 0.97:
        change = {"renewal_rate": Change("scale", 1.02)}
        add("renewal", apply_changes(inputs, change), NO_NEW_MONEY, "modelled",
            "head_of_sales", 180, ("renewal_money",))  # fmt: skip
    if coaching is not None and coaching.gain > 0:
        change = {"conversion": Change("scale", 1.0 + coaching.gain)}
        add("reps_to_median", apply_changes(inputs, change), NO_NEW_MONEY, "measured",
            "head_of_sales", 120, ("rep_conversion",), reps=coaching.reps,
            now=coaching.now, then=coaching.then)  # fmt: skip
    if stale_hours > 0 and stale_deals > 0:
        add("close_stale", _without_stale(inputs, stale_hours), NO_NEW_MONEY, "measured",
            "head_of_sales", 30, ("open_deal_win_probability",), deals=float(stale_deals),
            hours=stale_hours)  # fmt: skip
    if inputs.leads_limit_per_month is not None and result.binding == "leads":
        add("leads", apply_changes(inputs, {"leads": Change("scale", 1.1)}), SOME_MONEY,
            "modelled", "marketing", 90, ("leads_per_month",),
            now=inputs.leads_limit_per_month, then=1.1 * inputs.leads_limit_per_month)  # fmt: skip
    ranked = sorted(found, key=lambda action: (-action.priority, action.id))
    if gap and result.largest_target < result.target:
        agree = Action("agree_target", 0.0, 0.0, 0.0, effort_days["agree_target"], NO_NEW_MONEY,
                       "modelled", "director", 14, ("largest_target_80pct", "plan_probability"),
                       {"largest": result.largest_target, "target": result.target})  # fmt: skip
        ranked = [agree, *ranked]
    return tuple(ranked[:most])


def one_list(*chapters: Sequence[Action], most: int = 10) -> tuple[Action, ...]:
    """
    The actions of several chapters in one order, at most ``most``.

    First what everything else waits for (``FIRST``), then money per effort, then what has
    no money, in the order in which the chapters name it.
    """
    found = [action for actions in chapters for action in actions]
    ranked = sorted(found, key=lambda action: (action.id not in FIRST, -action.priority))
    return tuple(ranked[:most])


def rank_stability(
    actions: Sequence[Action], rng: np.random.Generator, draws: int = 2000
) -> pd.Series:
    """
    Share of draws in which each action is among the first three.

    Money is drawn from a normal law through the action's interval (80 %),
    confidence and effort stay.
    """
    scores = []
    for action in actions:
        spread = max(action.money_high - action.money_low, 0.0) / 2.563
        money = rng.normal(action.money, spread, draws)
        scores.append(
            priority_score(1.0, CONFIDENCE[action.confidence], action.effort_days) * money
        )
    if not scores:
        return pd.Series(dtype=float)
    order = np.argsort(-np.asarray(scores), axis=0)[:3]
    counts = [(order == i).any(axis=0).mean() for i in range(len(actions))]
    return pd.Series(counts, index=[action.id for action in actions])


def _stages(inputs: ChainInput) -> list[tuple[str, str, float]]:
    """Stage, name and conversion of all segments together, by the deals that get there."""
    names: dict[str, str] = {}
    passed: dict[str, float] = {}
    visits: dict[str, float] = {}
    for segment in inputs.segments:
        if segment.funnel is None:
            continue
        share = segment.new_share or 1.0
        for reached, stage in zip(reach(segment.funnel), segment.funnel.stages, strict=True):
            if stage.conversion is None:
                continue
            names.setdefault(stage.stage, stage.name or stage.stage)
            visits[stage.stage] = visits.get(stage.stage, 0.0) + share * reached
            passed[stage.stage] = passed.get(stage.stage, 0.0) + share * reached * stage.conversion
    return [
        (stage, name, passed[stage] / visits[stage])
        for stage, name in names.items()
        if visits[stage] > 0
    ]


def _best_conversion(
    inputs: ChainInput, stages: list[tuple[str, str, float]]
) -> tuple[str, str, float] | None:
    """The stage where ten per cent more going on brings most money."""
    best, gain = None, 0.0
    base = expected_money(inputs)
    for stage, label, rate in stages:
        if rate >= 0.95 or rate <= 0:
            continue
        change = {f"conversion.{stage}": Change("scale", min(1.1, 1.0 / rate))}
        try:
            money = expected_money(apply_changes(inputs, change)) - base
        except ValueError:
            continue
        if money > gain:
            best, gain = (stage, label, rate), money
    return best


def _heaviest_stage(result: ChainResult) -> tuple[str, str, float] | None:
    """The stage that takes most hours."""
    if not len(result.stages):
        return None
    grouped = result.stages.groupby("stage", sort=False).agg(
        hours=("hours", "sum"), name=("name", "first"), minutes=("minutes", "first")
    )
    stage = str(grouped["hours"].idxmax())
    row = grouped.loc[stage]
    if not row["hours"] > 0:
        return None
    return stage, str(row["name"] or stage), float(row["minutes"])


def _without_stale(inputs: ChainInput, hours: float) -> ChainInput:
    """The same input with ``hours`` fewer hours bound in open deals."""
    bound = sum(h for s in inputs.segments for _, h in s.pipeline_hours)
    if bound <= 0:
        return inputs
    keep = max(0.0, 1.0 - hours / bound)
    return replace(
        inputs,
        segments=tuple(
            replace(s, pipeline_hours=tuple((role, h * keep) for role, h in s.pipeline_hours))
            for s in inputs.segments
        ),
    )
