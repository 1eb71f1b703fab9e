"""R02: every KPI belongs to a function that its role really has."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, number, records, text
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

MESSAGES = {
    "function_unknown": "Which function of the role does this KPI measure?",
    "functions_unknown": "Which functions does each role have? Ask for the job descriptions.",
    "role_unknown": "What are the functions of the role {role_name}?",
    "not_a_function": "{function} is no function of the role {role_name}.",
    "function_without_contacts": "No contacts are recorded for {function}: the KPI measures "
    "work that does not show.",
    "function_mapped": "{function} is a function of the role.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Does each KPI measure a function of its role, and is there work for it?"""
    if inputs.functions is None:
        if inputs.rows:
            yield unknown("functions_unknown")
        return
    have: dict[str, dict[str, float | None]] = {}
    for row in records(inputs.functions):
        own = have.setdefault(text(row, "role").casefold(), {})
        own[text(row, "function").casefold()] = number(row, "contacts")
    everybody = {name: made for own in have.values() for name, made in own.items()}
    for row in inputs.rows:
        function, role = text(row, "function"), text(row, "role")
        own = have.get(role.casefold(), {}) if role else everybody
        if not function:
            yield unknown("function_unknown", **about(row))
        elif not own:
            yield unknown("role_unknown", **about(row), role_name=role)
        elif function.casefold() not in own:
            yield failed("not_a_function", **about(row), function=function, role_name=role)
        elif own[function.casefold()] == 0:
            yield warned("function_without_contacts", **about(row), function=function)
        else:
            yield passed("function_mapped", **about(row), function=function)


RULE = Rule(
    "R02", "functions_mapped", "Each KPI measures a function of its role", MAJOR,
    ("kpis.function", "functions"), MESSAGES,
    judge,
    advice="Write down the three to five functions of each role and drop KPIs that measure "
    "none of them.",
)  # fmt: skip
