"""
What-if: levers on a frozen copy of the chain's input, and the flip points.

A lever is a name such as ``team.reps`` or ``conversion.proposal``; a change is
``6`` (set), ``+10%`` (multiply) or ``+2`` (add). The chain runs again on the
changed copy; nothing else differs.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kpikit.diagnosis.chain import ChainResult, quick_probability, resized, run_chain, with_reps
from kpikit.diagnosis.chain_input import (
    ChainInput,
    Funnel,
    Refusal,
    RolePool,
    SegmentInput,
    StageWork,
    Touch,
)
from kpikit.errors import InputDataError


@dataclass(frozen=True)
class Change:
    """
    How a lever moves: ``set`` to the amount, ``add`` it, or ``scale`` by it.

    ``Change("scale", 1.1)`` is +10 %.
    """

    how: str
    amount: float

    def of(self, value: float) -> float:
        """The changed value."""
        if self.how == "set":
            return self.amount
        return value + self.amount if self.how == "add" else value * self.amount


def parse_change(text: str) -> Change:
    """
    Read ``6``, ``+10%``, ``-5 %`` or ``+2``.

    Raises
    ------
    InputDataError
        If it is none of these.
    """
    match = re.fullmatch(r"\s*([+-]?)\s*(\d+(?:[.,]\d+)?)\s*(%?)\s*", str(text))
    if not match:
        raise InputDataError(f"'{text}' is not a change; write 6, +2, -1, +10% or -5%")
    sign, digits, percent = match.groups()
    number = float(digits.replace(",", "."))
    signed = -number if sign == "-" else number
    if percent:
        return Change("scale", 1 + signed / 100) if sign else Change("set", number / 100)
    return Change("add", signed) if sign else Change("set", number)


def levers(inputs: ChainInput) -> dict[str, float]:
    """
    All levers of this input with their present values.

    Levers without a single present value (a factor on all stages, say) are at 1
    and take relative changes only.
    """
    table: dict[str, float] = {"target": float(sum(inputs.target))}
    table["team.reps"] = float(sum(pool.reps for pool in inputs.roles))
    for pool in inputs.roles:
        if len(inputs.roles) > 1:
            table[f"team.{pool.role}"] = pool.reps
    if inputs.selling_share is not None:
        table["selling_share"] = inputs.selling_share
    sellers = [s for s in inputs.segments if s.funnel is not None]
    if sellers:
        table |= {"conversion": 1.0, "contacts": 1.0, "minutes": 1.0, "value": 1.0}
    for segment in sellers:
        if segment.new_value is not None:
            table[f"value.{segment.name}"] = segment.new_value
        for stage in segment.funnel.stages if segment.funnel else ():
            for name in ("conversion", "contacts", "minutes"):
                value = getattr(stage, name)
                if value is not None:
                    table.setdefault(f"{name}.{stage.stage}", float(value))
    if any(s.funnel and s.funnel.timed for s in sellers):
        table["cycle"] = 1.0
    for segment in inputs.segments:
        if segment.renewals_due and sum(segment.renewals_due):
            table.setdefault("renewal_rate", 1.0)
            table[f"renewal_rate.{segment.name}"] = segment.renewal_rate
        if segment.cross_sell_base:
            table.setdefault("cross_sell_rate", 1.0)
            table[f"cross_sell_rate.{segment.name}"] = segment.cross_sell_rate
        if segment.retention is not None:
            table.setdefault("retention_contacts", 1.0)
            table.setdefault("retention_minutes", 1.0)
    if inputs.leads_limit_per_month is not None:
        table["leads"] = inputs.leads_limit_per_month
    return table


_FACTORS = (
    "conversion", "contacts", "minutes", "value", "cycle", "renewal_rate", "cross_sell_rate",
    "retention_contacts", "retention_minutes",
)  # fmt: skip


#: Levers that are shares.
_SHARES = ("conversion.", "renewal_rate.", "cross_sell_rate.", "selling_share")


def apply_changes(inputs: ChainInput, changes: Mapping[str, Change]) -> ChainInput:
    """
    A changed copy of the input.

    Raises
    ------
    InputDataError
        All misspelt levers and impossible values at once, with suggestions.
    """
    known = levers(inputs)
    problems = []
    for name, change in changes.items():
        if name not in known:
            near = difflib.get_close_matches(name, list(known), 3, 0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "see `kpikit whatif --levers`"
            problems.append(f"no lever '{name}'; {hint}")
        elif name in _FACTORS and change.how != "scale":
            problems.append(f"'{name}' moves every {name} at once; give a change such as +10%")
        else:
            value = change.of(known[name])
            if value < 0 or (name == "target" and value == 0):
                problems.append(f"'{name}' would become {value:g}; it must stay above 0")
            if value > 1 and name.startswith(_SHARES):
                problems.append(f"'{name}' would become {value:.0%}; a share ends at 100 %")
    if problems:
        raise InputDataError("; ".join(problems))
    for name, change in changes.items():
        inputs = _apply(inputs, name, change)
    return inputs


def _apply(inputs: ChainInput, name: str, change: Change) -> ChainInput:
    group, _, item = name.partition(".")
    if name == "target":
        factor = change.of(float(sum(inputs.target))) / float(sum(inputs.target))
        segments = tuple(
            s if s.target is None else replace(s, target=tuple(m * factor for m in s.target))
            for s in inputs.segments
        )
        target = tuple(money * factor for money in inputs.target)
        return replace(inputs, target=target, segments=segments)
    if name == "team.reps":
        return with_reps(inputs, change.of(float(sum(pool.reps for pool in inputs.roles))))
    if group == "team":
        return replace(inputs, roles=tuple(_resize(p, item, change) for p in inputs.roles))
    if name == "selling_share":
        share = change.of(float(inputs.selling_share or 0.0))
        factor = share / float(inputs.selling_share or 1.0)
        pools = tuple(
            replace(p, hours_per_fte=tuple(h * factor for h in p.hours_per_fte))
            for p in inputs.roles
        )
        return replace(inputs, roles=pools, selling_share=share)
    if name == "leads":
        limit = change.of(float(inputs.leads_limit_per_month or 0.0))
        return replace(inputs, leads_limit_per_month=limit)
    if group in ("conversion", "contacts", "minutes") and item:
        return _on_funnels(inputs, lambda f: _on_stage(f, group, item, change))
    if name == "conversion":
        return _on_funnels(inputs, lambda f: replace(f, calibration=change.of(f.calibration)))
    if name in ("contacts", "minutes"):
        return _on_funnels(inputs, lambda f: _on_all_stages(f, name, change))
    if name == "cycle":
        return _on_funnels(inputs, lambda f: stretch(f, change.of(1.0)))
    return replace(
        inputs, segments=tuple(_on_segment(s, group, item, change) for s in inputs.segments)
    )


def _resize(pool: RolePool, role: str, change: Change) -> RolePool:
    return resized(pool, change.of(pool.reps)) if pool.role == role else pool


def _on_funnels(inputs: ChainInput, change: Callable[[Funnel], Funnel]) -> ChainInput:
    return replace(
        inputs,
        segments=tuple(
            s if s.funnel is None else replace(s, funnel=change(s.funnel)) for s in inputs.segments
        ),
    )


def _moved(stage: StageWork, field: str, change: Change) -> StageWork:
    value = getattr(stage, field)
    if value is None:
        return stage
    moved = change.of(float(value))
    if field == "conversion":
        return replace(stage, conversion=min(1.0, moved))
    return replace(stage, contacts=moved) if field == "contacts" else replace(stage, minutes=moved)


def _on_stage(funnel: Funnel, field: str, stage_id: str, change: Change) -> Funnel:
    stages = tuple(_moved(s, field, change) if s.stage == stage_id else s for s in funnel.stages)
    return replace(funnel, stages=stages)


def _on_all_stages(funnel: Funnel, field: str, change: Change) -> Funnel:
    return replace(funnel, stages=tuple(_moved(s, field, change) for s in funnel.stages))


def _on_segment(segment: SegmentInput, group: str, item: str, change: Change) -> SegmentInput:
    if item and segment.name != item:
        return segment
    if group == "value" and segment.new_value is not None:
        return replace(segment, new_value=change.of(segment.new_value))
    if group == "renewal_rate":
        return replace(segment, renewal_rate=min(1.0, change.of(segment.renewal_rate)))
    if group == "cross_sell_rate":
        return replace(segment, cross_sell_rate=min(1.0, change.of(segment.cross_sell_rate)))
    if segment.retention is not None and group in ("retention_contacts", "retention_minutes"):
        touch = segment.retention
        field = "contacts_per_year" if group == "retention_contacts" else "minutes"
        moved: Touch = replace(touch, **{field: change.of(getattr(touch, field))})
        return replace(segment, retention=moved)
    return segment


def stretch(funnel: Funnel, factor: float) -> Funnel:
    """The same funnel with every delay multiplied by ``factor``; the laws still sum to 1."""

    def stretched(law: tuple[float, ...]) -> tuple[float, ...]:
        edges = np.arange(len(law) + 1) * factor
        total = np.concatenate([[0.0], np.cumsum(law)])
        points = np.arange(math.ceil(edges[-1]) + 1)
        cumulated = np.interp(points, edges, total)
        return tuple(float(step) for step in np.diff(cumulated))

    return replace(funnel, lag=stretched(funnel.lag), labour_lag=stretched(funnel.labour_lag))


def compare_scenarios(base: ChainResult, scenario: ChainResult) -> pd.DataFrame:
    """Base and scenario side by side: one row per headline figure, with the difference."""
    rows = []
    for figure, read in _HEADLINES.items():
        before, after = read(base), read(scenario)
        rows.append(
            {"figure": figure, "base": before, "scenario": after, "difference": after - before}
        )
    return pd.DataFrame(rows)


_HEADLINES: dict[str, Callable[[ChainResult], float]] = {
    "plan_target": lambda r: r.target,
    "expected_money": lambda r: r.expected_money,
    "plan_probability": lambda r: r.probability,
    "required_primary_contacts": lambda r: float(r.segments["leads"].sum()),
    "required_contacts": lambda r: float(r.segments["contacts"].sum()),
    "required_hours": lambda r: float(r.roles["required_hours"].sum()),
    "available_hours": lambda r: float(r.roles["available_hours"].sum()),
    "required_fte": lambda r: float(r.roles["required_fte"].sum()),
    "available_fte": lambda r: float(r.roles["available_fte"].sum()),
    "resource_coverage": lambda r: r.coverage,
    "reps_for_80pct": lambda r: math.nan if r.reps_needed is None else float(r.reps_needed),
    "largest_target_80pct": lambda r: r.largest_target,
}

#: Levers whose change could reverse the answer; shares have a ceiling at 1.
FLIP_LEVERS = (
    "conversion", "value", "minutes", "contacts", "selling_share", "renewal_rate",
    "cross_sell_rate", "cycle", "target", "team.reps", "retention_contacts", "leads",
)  # fmt: skip


def flip_points(inputs: ChainInput, widest: float = 4.0) -> pd.DataFrame:
    """
    How far each assumption must move before the verdict reverses.

    The verdict is "the plan is met with the agreed probability". Each lever is
    multiplied until the probability crosses the goal; the smallest move comes
    first. Levers that do not reverse the answer within ``widest`` times up or
    down are left out.

    Returns
    -------
    DataFrame
        ``lever``, ``factor`` [-], ``value`` (today, in the lever's unit),
        ``flips_at``, sorted by the size of the move.
    """
    base = run_chain(inputs)
    if isinstance(base, Refusal):
        return pd.DataFrame(columns=["lever", "factor", "value", "flips_at"])
    goal = inputs.probability_goal
    met = base.probability >= goal
    known = levers(inputs)
    rows = []
    for lever in FLIP_LEVERS:
        if lever not in known:
            continue
        factor = _flip_factor(inputs, lever, met, goal, widest)
        if factor is not None:
            value = known[lever]
            rows.append(
                {"lever": lever, "factor": factor, "value": value, "flips_at": value * factor}
            )
    table = pd.DataFrame(rows, columns=["lever", "factor", "value", "flips_at"])
    order = np.log(table["factor"].astype(float)).abs().sort_values(kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _chance(inputs: ChainInput, lever: str, factor: float) -> float:
    """Probability of the plan with one lever multiplied; nan where that cannot be."""
    try:
        changed = apply_changes(inputs, {lever: Change("scale", factor)})
    except InputDataError:
        return math.nan
    return quick_probability(changed)


def _flip_factor(
    inputs: ChainInput, lever: str, met: bool, goal: float, widest: float
) -> float | None:
    """Bisection on the logarithm of the factor, upwards first, then downwards."""
    for end in (math.log(widest), -math.log(widest)):
        inside, outside = 0.0, end
        chance = _chance(inputs, lever, math.exp(outside))
        if math.isnan(chance) and end > 0:
            outside = _last_possible(inputs, lever, end)
            chance = _chance(inputs, lever, math.exp(outside))
        if math.isnan(chance) or (chance >= goal) == met:
            continue
        for _ in range(18):
            middle = (inside + outside) / 2
            if (_chance(inputs, lever, math.exp(middle)) >= goal) == met:
                inside = middle
            else:
                outside = middle
        return math.exp(outside)
    return None


def _last_possible(inputs: ChainInput, lever: str, end: float) -> float:
    """The largest move that a ceiling (a share of 100 %) still allows."""
    low, high = 0.0, end
    for _ in range(30):
        middle = (low + high) / 2
        if math.isnan(_chance(inputs, lever, math.exp(middle))):
            high = middle
        else:
            low = middle
    return low
