"""R20: one KPI shows one thing; copies only add weight to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, records, text
from kpikit.diagnosis.kpi_rules.known import has_formula
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "same_name": "Another KPI of the role has the same name: {kpis}.",
    "same_formula": "Another KPI of the role has the same formula: {kpis}.",
    "same_meaning": "Another KPI of the role means the same: {kpis}.",
    "formula_unknown": "What is its formula? Without it nobody can tell whether it is a copy.",
    "different": "No other KPI of the role has its name, formula or meaning.",
    "values_missing": "Whether KPIs move together is not known. Ask for values by rep and month.",
    "moves_with": "It moves with {kpi}: rank correlation {rho} ({low} to {high}).",
    "moves_alone": "It moves on its own.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """The same name, formula or meaning inside a role; the same movement in the facts."""
    for row in inputs.rows:
        yield from _texts(inputs, row)
    if not inputs.rows:
        return
    if inputs.redundancy is None:
        yield unknown("values_missing")
        return
    yield from _movements(inputs)


def _texts(inputs: AuditInput, row: dict[str, Any]) -> Iterator[Verdict]:
    kpi, role = str(row["kpi_id"]), text(row, "role")
    peers = [
        other
        for other in inputs.rows
        if str(other["kpi_id"]) != kpi and text(other, "role") in ("", role)
    ]
    keys = {
        "same_name": lambda other: _plain(text(other, "name")),
        "same_formula": lambda other: _plain(
            text(other, "formula_expr") or text(other, "formula_text")
        ),
        "same_meaning": lambda other: inputs.catalogue_ids.get(str(other["kpi_id"]), ""),
    }
    found = False
    for code, key in keys.items():
        own = key(row)
        copies = tuple(str(other["kpi_id"]) for other in peers if own and key(other) == own)
        if copies:
            found = True
            yield warned(code, **about(row), kpis=copies, evidence=copies)
    if not found and not has_formula(row) and kpi not in inputs.catalogue_ids:
        yield unknown("formula_unknown", **about(row))
    elif not found:
        yield passed("different", **about(row))


def _plain(written: str) -> str:
    return "".join(written.casefold().split())


def _movements(inputs: AuditInput) -> Iterator[Verdict]:
    assert inputs.redundancy is not None
    pairs = inputs.redundancy.pairs
    listed = {str(row["kpi_id"]): row for row in inputs.rows}
    measured = pairs[pairs["rho"].notna()]
    copied: set[str] = set()
    for pair in records(measured[measured["is_duplicate"]]):
        first, second = str(pair["kpi_a"]), str(pair["kpi_b"])
        for own, other in ((first, second), (second, first)):
            if own in listed:
                copied.add(own)
                yield warned(
                    "moves_with", **about(listed[own]), kpi=other, rho=pair["rho"],
                    low=pair["low"], high=pair["high"], evidence=(other,),
                )  # fmt: skip
    seen = {*measured["kpi_a"], *measured["kpi_b"]}
    for kpi, row in listed.items():
        if kpi in copied:
            continue
        if kpi in seen:
            yield passed("moves_alone", **about(row))
        else:
            yield unknown("values_missing", **about(row))


RULE = Rule(
    "R20", "no_duplicates", "One KPI shows one thing", MINOR,
    ("kpis.name", "kpis.formula_text", "kpis.formula_expr", "matches", "redundancy"), MESSAGES,
    judge,
    advice="Keep one KPI of each group that moves together.",
)  # fmt: skip
