"""
How plainly a KPI is written down, and how long it takes to explain the list.

The more has to be told by word of mouth, the less the KPI steers: a definition, a formula,
an example and a unit stand in the list or are asked for in every conversation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpis.passport import LANGUAGES
from kpikit.wording.language import detect_language, native_credit
from kpikit.wording.terms import ambiguous_terms
from kpikit.wording.words import abbreviations, fold, split_gloss, words

PLAINNESS_COLUMNS = (
    "kpi_id", "score", "fields", "own_language", "language", "minutes", "minutes_from", "reasons",
)  # fmt: skip
#: What must stand in the list; a field with several columns is there if one of them is.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "definition": ("definition",),
    "formula": ("formula_text", "formula_expr"),
    "unit": ("unit",),
    "direction": ("direction",),
    "period": ("cadence",),
    "source": ("data_source",),
    "owner": ("controller", "checker"),
    "example": ("example",),
}
#: Weight of each part in the score; an assumption. [share]
WEIGHTS = {"fields": 0.55, "own_language": 0.20, "sentences": 0.10, "abbreviations": 0.15}
#: Words of a sentence that are read at once, and that nobody reads to the end.
SHORT_SENTENCE, LONG_SENTENCE = 15, 30
#: Minutes to explain a KPI; assumptions, set so that a list of names alone, in a foreign
#: language, takes about six minutes each: four hours for 39.
MINUTES_BASE, MINUTES_PER_INPUT, MINUTES_FOREIGN, MINUTES_ABBREVIATION = 1.0, 0.5, 0.5, 0.5
MINUTES_MISSING: Mapping[str, float] = {
    "definition": 1.0, "formula": 1.0, "example": 0.5, "unit": 0.25, "direction": 0.25,
    "period": 0.25, "source": 0.25, "owner": 0.25,
}  # fmt: skip
#: Inputs that are assumed of a formula that nobody wrote down.
USUAL_INPUTS = 2
#: What is wrong, in words.
REASONS: Mapping[str, str] = {
    "no_definition": "It is not said what the KPI means.",
    "no_formula": "There is no formula.",
    "no_unit": "The unit is missing.",
    "no_direction": "It is not said whether more or less is better.",
    "no_period": "It is not said how often it is counted.",
    "no_source": "It is not said where the numbers come from.",
    "no_owner": "Nobody is named who moves or checks it.",
    "no_example": "There is no example.",
    "foreign_name": "The name is in another language and is not explained.",
    "partly_foreign_name": "The name is partly in another language.",
    "foreign_text": "The definition is in another language.",
    "unexplained_abbreviation": "An abbreviation is not explained.",
    "long_sentences": "The sentences are too long.",
    "ambiguous_term": "A term of the name can be understood in several ways.",
}
_OPERATORS = re.compile(
    r"[-+*/÷×−:()=]|\b(?:divided by|times|minus|plus|per|делённ\w+|разделить|умнож\w+|минус|плюс"
    r"|osztva|szorozva|mínusz|plusz)\b",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"\b[a-z_][a-z_0-9]*\b")
_EXPRESSION_WORDS = frozenset(
    {"sum", "count", "mean", "count_distinct", "and", "or", "not", "in", "is", "none", "if", "else"}
)
_NAMED_BY_ALL = frozenset({"KPI", "CRM"})


@dataclass(frozen=True)
class ExplainTime:
    """
    Time to explain a whole list of KPIs.

    Attributes
    ----------
    kpis : int
    hours : float
        For all of them. [h]
    longest_min : float
        For the hardest one. [min]
    estimated : int
        KPIs whose time is an estimate; the client stated the others.
    """

    kpis: int
    hours: float
    longest_min: float
    estimated: int


def plainness(kpis: pd.DataFrame, working_language: str) -> pd.DataFrame:
    """
    Judge how plainly each KPI is written down.

    Parameters
    ----------
    kpis : DataFrame
        The table ``kpis``; only ``kpi_id`` and ``name`` have to be there, a column
        that is missing counts as empty.
    working_language : str
        ``en``, ``ru`` or ``hu``.

    Returns
    -------
    DataFrame
        One row per KPI: ``score`` [share], ``fields`` (share of the eight that are filled
        in), ``own_language`` (1, a half or 0; null if nobody can tell), ``language`` of the
        name, ``minutes`` to explain it [min], ``minutes_from`` (``stated`` or
        ``estimated``) and ``reasons``, a tuple of keys of `REASONS`.

    Raises
    ------
    InputDataError
        If ``kpi_id`` or ``name`` is missing, or the language is not one of the three.
    """
    lacking = [column for column in ("kpi_id", "name") if column not in kpis.columns]
    if lacking:
        raise InputDataError(f"The list of KPIs has no column {', '.join(lacking)}; add it.")
    if working_language not in LANGUAGES:
        raise InputDataError(
            f"The working language is {working_language!r}; choose one of {', '.join(LANGUAGES)}."
        )
    rows = [_judge(row, working_language) for row in kpis.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(PLAINNESS_COLUMNS))
    table["own_language"] = table["own_language"].astype(float)
    return table.set_axis(kpis.index)


def explain_time(table: pd.DataFrame) -> ExplainTime:
    """
    Add up the minutes of the table of `plainness`.

    Source: a list of 39 foreign names took its owner four hours, 6.15 minutes each.
    """
    return ExplainTime(
        kpis=len(table),
        hours=float(table["minutes"].sum() / 60),
        longest_min=float(table["minutes"].max()) if len(table) else 0.0,
        estimated=int(table["minutes_from"].eq("estimated").sum()),
    )


def _judge(row: Mapping[str, object], working_language: str) -> tuple[object, ...]:
    name, local = _text(row, "name"), _text(row, "local_name")
    definition = _text(row, "definition")
    filled = {field: any(_text(row, c) for c in columns) for field, columns in FIELDS.items()}
    fields = sum(filled.values()) / len(filled)
    found = detect_language(name, working_language)
    credit = native_credit(found, working_language)
    if credit is not None and credit < 1:
        credit = max(credit, _local_credit(local, definition, working_language))
    reasons = [f"no_{field}" for field, there in filled.items() if not there]
    if credit is not None and credit < 1:
        reasons.append("partly_foreign_name" if credit else "foreign_name")
    told = detect_language(definition, working_language).language
    if told not in (working_language, "unknown"):
        reasons.append("foreign_text")
    unexplained = unexplained_abbreviations(row)
    if unexplained:
        reasons.append("unexplained_abbreviation")
    longest = max(map(_longest_sentence, (definition, _text(row, "formula_text"))))
    if longest > SHORT_SENTENCE:
        reasons.append("long_sentences")
    if ambiguous_terms(name) and not definition:
        reasons.append("ambiguous_term")
    parts = {
        "fields": fields,
        "own_language": 0.5
        if credit is None
        else credit * (0.5 if "foreign_text" in reasons else 1),
        "sentences": _ease(longest) if longest else 0.0,
        "abbreviations": 1.0 / (1 + len(unexplained)),
    }
    score = sum(WEIGHTS[part] * value for part, value in parts.items())
    stated = row.get("minutes_to_explain")
    if isinstance(stated, int | float) and not pd.isna(stated):
        minutes, minutes_from = float(stated), "stated"
    else:
        minutes, minutes_from = _minutes(row, filled, credit, len(unexplained)), "estimated"
    return (
        row["kpi_id"], round(score, 4), fields, credit, found.language, minutes, minutes_from,
        tuple(reasons),
    )  # fmt: skip


def _text(row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""


def _local_credit(local: str, definition: str, working_language: str) -> float:
    """A local name stands in for the foreign one; a local definition explains it by half."""
    if detect_language(local, working_language).language == working_language:
        return 1.0
    return 0.5 * (detect_language(definition, working_language).language == working_language)


def unexplained_abbreviations(row: Mapping[str, object]) -> list[str]:
    """
    Abbreviations of the name, definition and formula that the texts nowhere spell out.

    Brackets behind the name spell it out, and so do words in a row that begin with its letters.

    >>> unexplained_abbreviations({"name": "AOV"})
    ['AOV']
    >>> unexplained_abbreviations({"name": "AOV", "definition": "Average order value"})
    []
    """
    texts = [_text(row, c) for c in ("name", "local_name", "definition", "formula_text")]
    everything = [fold(word) for text in texts for word in words(text)]
    initials = "".join(word[0] for word in everything)
    parts = split_gloss(texts[0])
    glossed = set(abbreviations(parts.name)) if len(words(parts.gloss)) > 1 else set()
    # "Conversion (CR)": here the name explains what stands in the brackets
    glossed |= set(abbreviations(parts.gloss)) - set(abbreviations(parts.name))
    found = dict.fromkeys(word for text in texts for word in abbreviations(text))
    return [
        word for word in found
        if word not in _NAMED_BY_ALL | glossed and fold(word) not in initials
    ]  # fmt: skip


def _longest_sentence(text: str) -> int:
    return max((len(words(part)) for part in re.split(r"[.!?;]\s", text)), default=0)


def _ease(longest: int) -> float:
    """1 up to a short sentence, falling to 0 at a long one. [share]"""
    over = (longest - SHORT_SENTENCE) / (LONG_SENTENCE - SHORT_SENTENCE)
    return min(1.0, max(0.0, 1 - over))


def _minutes(
    row: Mapping[str, object], filled: Mapping[str, bool], credit: float | None, unexplained: int
) -> float:
    missing = sum(MINUTES_MISSING[field] for field, there in filled.items() if not there)
    foreign = MINUTES_FOREIGN * (1 - (1.0 if credit is None else credit))
    return (
        MINUTES_BASE
        + MINUTES_PER_INPUT * formula_inputs(row)
        + missing
        + foreign
        + MINUTES_ABBREVIATION * unexplained
    )


def formula_inputs(row: Mapping[str, object]) -> int:
    """
    Numbers that go into the formula; two where nobody wrote it down.

    >>> formula_inputs({"formula_text": "won deals / (won deals + lost deals)"})
    3
    """
    expression, text = _text(row, "formula_expr"), _text(row, "formula_text")
    if expression:
        return max(1, len(set(_COLUMN.findall(expression)) - _EXPRESSION_WORDS))
    if text:
        right = text.rsplit("=", 1)[-1]
        return max(1, sum(bool(words(part)) for part in _OPERATORS.split(right)))
    return USUAL_INPUTS
