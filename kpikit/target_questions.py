"""
The targets a client asks about, held against the history and the people at hand.

Four kinds of questions are answered side by side: the plan of the period, its first
quarter, "ten per cent more a quarter" on both bases it can mean, and the targets that
the client stated in the engagement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpikit.assemble import plan_money, plan_months
from kpikit.diagnosis.forecast import Forecast
from kpikit.diagnosis.targets import (
    ABSOLUTE,
    PREVIOUS_PERIOD,
    SAME_PERIOD_LAST_YEAR,
    Target,
    TargetJudgement,
    TargetRefusal,
    judge_target,
    judge_target_by_workday,
    verdict_of,
)
from kpikit.engagement import GROWTH_BASES, Engagement, StatedTarget
from kpikit.kpis.store import Store
from kpikit.sales_history import QUARTER, REVENUE, YEAR, History, history_of

#: The question of the practice: is this growth a quarter within reach? [share]
ASKED_GROWTH = 0.10
#: A forecast whose 80 % interval spans more than this factor judges no target (assumption).
WIDEST = 6.0
QUESTION_COLUMNS = (
    "question", "of", "base", "growth", "start", "months", "amount", "demand_probability",
    "capacity_probability", "probability", "binding", "verdict", "reach", "on_previous_period",
    "on_last_year", "yearly_growth", "percentile", "expected", "low", "high", "level", "method",
    "unit", "n", "status", "reason", "values",
)  # fmt: skip
_NUMBERS = (
    "growth", "amount", "demand_probability", "capacity_probability", "probability",
    "on_previous_period", "on_last_year", "yearly_growth", "percentile", "expected", "low", "high",
    "level",
)  # fmt: skip


def judged(
    history: History, target: Target, months: int, capacity_probability: float | None = None
) -> TargetJudgement | TargetRefusal:
    """
    The target of the next months, counted per working day where the calendar is known.

    Parameters
    ----------
    history : History
    target : Target
    months : int
        Length of the target. [months]
    capacity_probability : float, optional
        [share]
    """
    if target.base is not None and months % history.months:
        return TargetRefusal(
            "no_sales_in_base",
            "Single months without sales: only targets of whole quarters can be judged.",
            {},
        )
    horizon = max(months // history.months, 1)
    shape = {
        "horizon": horizon,
        "season": history.season,
        "capacity_probability": capacity_probability,
    }
    ahead = pd.DatetimeIndex(
        [history.next_start + pd.DateOffset(months=history.months * k) for k in range(horizon)]
    )
    days = history.work_days.reindex(pd.DatetimeIndex(history.table["start"]).append(ahead))
    values = history.table["value"].to_numpy(float)
    if len(days) and days.gt(0).all() and (values > 0).all():
        return judge_target_by_workday(values, target, work_days=days.to_numpy(float), **shape)  # type: ignore[arg-type]
    return judge_target(values, target, **shape)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Answers:
    """
    Questions and what was found.

    Attributes
    ----------
    table : DataFrame
        One row per question, columns ``QUESTION_COLUMNS``: ``start`` and ``months`` of
        the target; ``amount`` and its growth on both bases; probabilities by demand and
        by capacity and the smaller one that decides; ``binding`` (``demand``, ``capacity``,
        ``demand_only``, ``capacity_only``); ``expected`` with ``low`` and ``high`` of the forecast;
        ``status`` and ``reason`` (codes of :class:`~kpikit.diagnosis.targets.TargetRefusal`
        and of :class:`History`, ``too_uncertain`` where the forecast spans too much,
        ``plan_not_next`` where it does not begin with the history's end); ``values`` for
        the sentence of the refusal.
    forecasts : mapping of str to Forecast
        By question.
    """

    table: pd.DataFrame
    forecasts: Mapping[str, Forecast]


def target_questions(
    engagement: Engagement,
    plans: pd.DataFrame | None,
    store: Store,
    history: History,
    capacity_probability: float | None,
) -> Answers:
    """
    Ask all questions that this client's targets raise.

    Parameters
    ----------
    engagement : Engagement
        Plan, and stated targets.
    plans : DataFrame or None
        Canonical table, where the plan is read from it.
    store : Store
    history : History
        Of the revenue.
    capacity_probability : float or None
        That the people at hand carry the plan, from the chain. [share]
    """
    rows, forecasts = [], {}
    for name, of, target, start, months, capacity in _questions(
        engagement, plans, history, capacity_probability
    ):
        own = history if of == REVENUE else history_of(store, of)
        row, forecast = _row(own, target, start, months, capacity)
        rows.append({"question": name, "of": of} | row)
        if forecast is not None:
            forecasts[name] = forecast
    table = pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))
    return Answers(table.astype({name: float for name in _NUMBERS}), forecasts)


Question = tuple[str, str, Target, pd.Timestamp | None, int, float | None]


def _questions(
    engagement: Engagement, plans: pd.DataFrame | None, history: History, capacity: float | None
) -> Iterator[Question]:
    by_month = plan_money(engagement, plan_months(engagement), plans)[0]
    if engagement.plan is not None and sum(by_month) > 0:
        start = pd.Timestamp(engagement.plan.start)
        whole = Target(ABSOLUTE, amount=float(sum(by_month)))
        yield "plan", REVENUE, whole, start, len(by_month), capacity
        # The amount of a year spread evenly is nobody's target of a quarter.
        if engagement.plan.target is None and len(by_month) > QUARTER:
            first = Target(ABSOLUTE, amount=float(sum(by_month[:QUARTER])))
            yield "plan_quarter", REVENUE, first, start, QUARTER, None
    for name, base in (
        ("ten_on_previous_quarter", PREVIOUS_PERIOD),
        ("ten_on_same_quarter", SAME_PERIOD_LAST_YEAR),
    ):
        yield name, REVENUE, Target(base, growth=ASKED_GROWTH), None, QUARTER, None
    for place, stated in enumerate(engagement.targets, 1):
        target, months = stated_target(stated)
        yield f"stated_{place}", stated.of, target, None, months, None


def stated_target(stated: StatedTarget) -> tuple[Target, int]:
    """A target of the engagement, and its length. [months]"""
    if stated.amount is not None:
        return Target(ABSOLUTE, amount=stated.amount), stated.months
    if stated.base is None:
        return Target(None, growth=stated.growth), stated.months
    months, on_last_year = GROWTH_BASES[stated.base]
    base = SAME_PERIOD_LAST_YEAR if on_last_year else PREVIOUS_PERIOD
    return Target(base, growth=stated.growth), months


def _row(
    history: History,
    target: Target,
    start: pd.Timestamp | None,
    months: int,
    capacity: float | None,
) -> tuple[dict[str, Any], Forecast | None]:
    row: dict[str, Any] = {
        "base": target.base, "growth": target.growth, "start": start, "months": months,
        "amount": target.amount, "capacity_probability": capacity, "unit": history.unit,
        "n": len(history.table), "status": "not_computable", "values": {},
    }  # fmt: skip
    if target.base is None:
        answer = judged(history, target, months) if len(history.table) else _unnamed(target, months)
        assert isinstance(answer, TargetRefusal)
        return row | {"reason": answer.reason, "values": answer.values}, None
    if history.reason:
        return row | {"reason": history.reason} | _by_capacity(capacity), None
    begins = history.next_start
    row |= {"start": begins if start is None else start}
    if start is not None and start != begins:
        # Half-known periods lie between the records and the plan.
        return row | {"reason": "plan_not_next"} | _by_capacity(capacity), None
    answer = judged(history, target, months, capacity)
    if isinstance(answer, TargetRefusal):
        growth = _growth_on_last_year(history, target, months)
        found = {"reason": answer.reason, "values": answer.values, "on_last_year": growth}
        return row | found | _by_capacity(capacity), None
    low, high = answer.forecast.law.interval()
    if high > WIDEST * low:
        found = {"reason": "too_uncertain", "on_last_year": answer.on_last_year}
        return row | {"amount": answer.amount} | found | _by_capacity(capacity), None
    same = (
        "amount", "demand_probability", "probability", "binding", "verdict", "reach",
        "on_previous_period", "on_last_year", "percentile", "status",
    )  # fmt: skip
    repeated = answer.yearly_growth if target.base == PREVIOUS_PERIOD else None
    return row | {name: getattr(answer, name) for name in same} | {
        "yearly_growth": repeated,
        "expected": answer.forecast.law.centre, "low": low, "high": high, "level": 0.8,
        "method": answer.forecast.method, "reason": "; ".join(answer.reasons),
    }, answer.forecast  # fmt: skip


def _unnamed(target: Target, months: int) -> TargetJudgement | TargetRefusal:
    """A growth without a base needs no history to be asked about."""
    return judge_target(np.ones(YEAR), target, horizon=months, season=YEAR)


def _by_capacity(capacity: float | None) -> dict[str, Any]:
    """What the people at hand alone say of a target that the history cannot judge."""
    if capacity is None:
        return {}
    return {
        "probability": capacity,
        "binding": "capacity_only",
        "verdict": verdict_of(capacity),
        "status": "degraded",
    }


def _growth_on_last_year(history: History, target: Target, months: int) -> float | None:
    """Growth of an amount on the same months of last year, where all of these are known."""
    periods, season = months // history.months, history.season
    if target.amount is None or len(history.table) < season or periods > season:
        return None
    values = history.table["value"].to_numpy(float)
    first = len(values) - season
    base = float(values[first : first + periods].sum())
    return target.amount / base - 1.0 if base > 0 else None
