"""R26: the number moves for the customer, not for the measure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, number, records, text, words
from kpikit.diagnosis.kpi_rules.known import pay_weights
from kpikit.diagnosis.kpi_rules.rule import MAJOR, MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "signs_missing": "Signs of gaming were not looked for. Ask for activities and deal history.",
    "not_looked_for": "No sign of gaming could be looked for.",
    "flagged": "{sign}: {observed} where {expected} were to be expected. Check first: {benign}.",
    "to_check": "{sign}: records to be looked at. Check first: {benign}.",
    "clear": "{count} signs were looked for; none stands out.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Judged signs of each KPI, and those of the records as a whole."""
    if inputs.gaming is None:
        if inputs.rows:
            yield unknown("signs_missing")
        return
    signs, weights = inputs.gaming, pay_weights(inputs)
    for row in inputs.rows:
        own = signs[signs["kpi_id"] == row["kpi_id"]]
        severity = MAJOR if weights.get(str(row["kpi_id"])) else MINOR
        yield from _signs(own, about(row), severity)
    listed = {str(row["kpi_id"]) for row in inputs.rows}
    rest = signs[~signs["kpi_id"].isin(listed)]
    if len(rest):
        yield from _signs(rest, {}, MINOR)


def _signs(signs: pd.DataFrame, where: dict[str, str], severity: str) -> Iterator[Verdict]:
    if not (signs["verdict"] != "cannot_judge").any():
        yield unknown("not_looked_for", **where)
        return
    shown = [row for row in records(signs) if row["verdict"] in ("flagged", "to_check")]
    for row in shown:
        yield _shown(row, where, severity)
    if not shown:
        yield passed("clear", **where, count=len(signs))


def _shown(row: dict[str, Any], where: dict[str, str], severity: str) -> Verdict:
    flagged = row["verdict"] == "flagged"
    return warned(
        str(row["verdict"]), **where, severity=severity if flagged else MINOR,
        sign=row["sign"], observed=number(row, "observed"), expected=number(row, "expected"),
        benign=text(row, "benign"), rep=text(row, "rep_id"), evidence=words(row, "evidence"),
    )  # fmt: skip


RULE = Rule(
    "R26", "hard_to_game", "The number moves for the customer, not for the measure", MINOR,
    ("gaming", "pay_rules"), MESSAGES,
    judge,
    advice="Talk about the records on the list before the KPI is paid for, and count what "
    "the customer notices.",
)  # fmt: skip
