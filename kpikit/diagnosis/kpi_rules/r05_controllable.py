"""R05: the rep can move the KPI; paying for what others move pays luck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis import controllability as spread
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, by_kpi, text, words
from kpikit.diagnosis.kpi_rules.known import pay_weights
from kpikit.diagnosis.kpi_rules.rule import (
    CRITICAL,
    MAJOR,
    Rule,
    Verdict,
    failed,
    passed,
    unknown,
    warned,
)
from kpikit.vocabulary import CONTROLLERS

MESSAGES = {
    "controller_unknown": "Who moves this KPI: the rep, the head, marketing, finance, operations?",
    "moved_by_others": "By the list, {controller} moves this KPI, not the role it is given to "
    "(weight in pay {weight}).",
    "own_controller": "By the list, the role moves it itself.",
    "usually_others": "The list says that the role moves it; usually {controller} does. Check.",
    "spread_missing": "How much of each KPI the reps move is not known. Ask for values by rep and "
    "month.",
    "spread_unknown": "Too few reps or periods to say how much of it the rep moves: {reason}.",
    "controllable": "At least {low} of its spread stays with the rep ({icc}, up to {high}).",
    "too_noisy": "Only {icc} of its spread ({low} to {high}) stays with the rep: paying for it "
    "pays luck (weight in pay {weight}).",
    "territory": "The reps differ, but by their territory or their leads, not by skill "
    "(weight in pay {weight}).",
    "not_informative": "Most values are the lowest or the highest possible: it does not tell "
    "reps apart.",
    "uncertain": "Between {low} and {high} of its spread stays with the rep: too wide to say. "
    "Collect more months.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Controller by the list, and the share of the spread that stays with the rep."""
    weights = pay_weights(inputs)
    for row in inputs.rows:
        yield from _on_paper(inputs, row, weights.get(str(row["kpi_id"])))
    if inputs.controllability is None:
        if inputs.rows:
            yield unknown("spread_missing")
        return
    found = by_kpi(inputs.controllability)
    for row in inputs.rows:
        kpi = str(row["kpi_id"])
        yield _in_facts(row, found.get(kpi), weights.get(kpi))


def _severity(weight: float | None) -> str:
    """What is paid is critical: the pay then follows what others do."""
    return CRITICAL if weight else MAJOR


def _on_paper(inputs: AuditInput, row: dict[str, Any], weight: float | None) -> Iterator[Verdict]:
    controller, role = text(row, "controller"), text(row, "role")
    own = role if role in CONTROLLERS else "rep"
    usual = words(inputs.match_of.get(str(row["kpi_id"]), {}), "controller")
    if not controller:
        yield unknown("controller_unknown", **about(row))
    elif controller != own:
        yield failed(
            "moved_by_others", **about(row), severity=_severity(weight), controller=controller,
            weight=weight,
        )  # fmt: skip
    elif usual and usual[0] != own:
        yield warned("usually_others", **about(row), controller=usual[0])
    else:
        yield passed("own_controller", **about(row))


def _in_facts(row: dict[str, Any], found: dict[str, Any] | None, weight: float | None) -> Verdict:
    where = about(row)
    reading = text(found or {}, "reading")
    if found is None or not reading:
        return unknown("spread_unknown", **where, reason=text(found or {}, "reason") or "no_values")
    numbers = {name: found[name] for name in ("icc", "low", "high")}
    if reading == spread.CONTROLLABLE:
        return passed("controllable", **where, **numbers)
    if reading in (spread.TOO_NOISY, spread.TERRITORY):
        return failed(reading, **where, severity=_severity(weight), **numbers, weight=weight)
    if reading == spread.NOT_INFORMATIVE:
        return warned("not_informative", **where)
    return unknown("uncertain", **where, **numbers)


RULE = Rule(
    "R05", "controllable", "The role can move the KPI", MAJOR,
    ("kpis.controller", "controllability", "pay_rules"), MESSAGES,
    judge,
    advice="Take KPIs that others move out of the reps' pay; pay for noisy ones by the quarter "
    "and not by the month.",
)  # fmt: skip
