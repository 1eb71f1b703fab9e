"""R13: what is demanded shows in the pay, enough to be felt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, number, records, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory, is_team_scheme, pay_weights
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

MESSAGES = {
    "pay_unknown": "Does this KPI show in the pay, and with which weight?",
    "not_in_pay": "It does not show in the pay.",
    "optional_not_in_pay": "An optional KPI that does not show in the pay.",
    "too_light": "A weight of {weight} is not felt (at least {limit}).",
    "light": "A weight of {weight} is hardly felt ({limit} is).",
    "in_pay": "It is in the pay with a weight of {weight}.",
    "common_goal": "Pay follows one common goal; this KPI is rightly outside of it.",
    "personal_beside_common": "Pay is meant to follow one common goal, yet this personal KPI "
    "weighs {weight}.",
    "pay_history_missing": "Whether the pay moved with the KPIs is not known. Ask for last "
    "year's payroll.",
    "pay_did_not_move": "Last year's bonus did not go along with it: link {link} "
    "({low} to {high}, {n} payments).",
    "pay_moved_against": "Last year's bonus went against it: link {link} ({low} to {high}, "
    "{n} payments).",
    "pay_moved": "Last year's bonus went along with it: link {link} ({low} to {high}).",
    "pay_unproven": "{n} payments do not show whether the bonus goes along with it.",
    "immaterial": "A good month instead of a weak one moves the pay by {effect} only "
    "(at least {limit} is felt).",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Weights by the rules, and whether the money followed."""
    weights = pay_weights(inputs)
    for row in inputs.rows:
        yield _weight(inputs, row, weights.get(str(row["kpi_id"])))
    if not inputs.rows or is_team_scheme(inputs):
        return
    if inputs.pay_audit is None:
        yield unknown("pay_history_missing")
        return
    listed = {str(row["kpi_id"]) for row in inputs.rows}
    for link in records(inputs.pay_audit.links):
        if str(link["kpi_id"]) in listed:
            yield from _moved(inputs, link)


def _weight(inputs: AuditInput, row: dict[str, Any], weight: float | None) -> Verdict:
    where, limits = about(row), inputs.limits
    if weight is None:
        return unknown("pay_unknown", **where)
    if is_team_scheme(inputs):
        if weight > 0:
            return warned("personal_beside_common", **where, weight=weight)
        return passed("common_goal", **where)
    if weight <= 0:
        if is_mandatory(row):
            return failed("not_in_pay", **where)
        return warned("optional_not_in_pay", **where)
    if weight < limits.low_weight:
        return failed("too_light", **where, weight=weight, limit=limits.low_weight)
    if weight < limits.min_weight:
        return warned("light", **where, weight=weight, limit=limits.min_weight)
    return passed("in_pay", **where, weight=weight)


def _moved(inputs: AuditInput, link: dict[str, Any]) -> Iterator[Verdict]:
    where = {"kpi_id": str(link["kpi_id"]), "role": text(link, "role")}
    numbers = {
        "link": number(link, "link"), "low": number(link, "link_low"),
        "high": number(link, "link_high"), "n": link["n_paid"],
    }  # fmt: skip
    moved = str(link["moved"])
    if moved in ("did_not_move", "moved_against"):
        yield failed(f"pay_{moved}", **where, **numbers)
    elif moved == "moved":
        yield passed("pay_moved", **where, **numbers)
    else:
        yield unknown("pay_unproven", **where, **numbers)
    effect = number(link, "effect")
    if effect is not None and effect < inputs.limits.material_effect:
        yield warned("immaterial", **where, effect=effect, limit=inputs.limits.material_effect)


RULE = Rule(
    "R13", "in_pay", "What is demanded shows in the pay", MAJOR,
    ("kpis.in_pay", "kpis.weight_in_pay", "pay_rules", "pay_audit", "pay_scheme"), MESSAGES,
    judge,
    advice="Pay for what is demanded, each KPI with a fifth of the bonus at least; take out "
    "of the list what nobody pays for.",
)  # fmt: skip
