"""R09: the KPI is named in the language of the people and explained in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, by_kpi, number, text, words
from kpikit.diagnosis.kpi_rules.known import empty_fields, wording_of
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

MESSAGES = {
    "language_unknown": "In which language is this name meant, and what is it called at work?",
    "foreign_name": "The name is not in the language of the people ({language}).",
    "foreign_with_translation": "The name is foreign ({language}); a translation stands beside "
    "it. Use the translation.",
    "unexplained": "Nowhere explained: {terms}.",
    "ambiguous": "Understood in several ways: {terms}.",
    "hard_to_understand": "The text is hard to understand: {plainness} of 1 (at least {limit}).",
    "passport_missing": "What does each KPI mean? Ask for meaning, formula and an example.",
    "passport_incomplete": "Not explained; missing: {fields}.",
    "computed_wrong": "Only {share} of the reps asked computed it right (at least {limit}).",
    "plain": "Named in the language of the people and explained.",
}
_EXPLAINED = ("definition", "formula_text", "example")


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Language, terms, explanation and what the reps understood."""
    asked = inputs.states(*_EXPLAINED)
    if inputs.rows and not asked:
        yield unknown("passport_missing")
    worded = by_kpi(inputs.wording) if inputs.wording is not None else {}
    for row in inputs.rows:
        found = list(_problems(inputs, row, worded.get(str(row["kpi_id"]), {}), asked))
        if found:
            yield from found
        elif asked:
            yield passed("plain", **about(row))


def _problems(
    inputs: AuditInput, row: dict[str, Any], worded: dict[str, Any], asked: bool
) -> Iterator[Verdict]:
    where = about(row)
    native = wording_of(inputs, row)
    language = text(worded, "language") or text(row, "name_lang")
    if native is None:
        yield unknown("language_unknown", **where)
    elif native == 0:
        yield failed("foreign_name", **where, language=language)
    elif native < 1:
        yield warned("foreign_with_translation", **where, language=language)
    if unexplained := words(worded, "unexplained"):
        yield failed("unexplained", **where, terms=unexplained)
    if ambiguous := words(worded, "ambiguous"):
        yield warned("ambiguous", **where, terms=ambiguous)
    plainness, quiz = number(worded, "plainness"), number(worded, "quiz")
    if plainness is not None and plainness < inputs.limits.plainness:
        yield warned(
            "hard_to_understand", **where, plainness=plainness, limit=inputs.limits.plainness
        )
    lacking = empty_fields(row, _EXPLAINED)
    if asked and lacking:
        yield warned("passport_incomplete", **where, fields=lacking)
    if quiz is not None and quiz < inputs.limits.quiz:
        yield failed("computed_wrong", **where, share=quiz, limit=inputs.limits.quiz)


RULE = Rule(
    "R09", "plain_and_native", "The KPI is named and explained in plain native words", MAJOR,
    ("kpis.name_lang", "kpis.definition", "kpis.formula_text", "kpis.example", "wording"),
    MESSAGES,
    judge,
    advice="Give every KPI a name in the language of the team, one sentence of meaning, the "
    "formula and an example.",
)  # fmt: skip
