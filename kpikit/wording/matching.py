"""
Which KPI of the catalogue a client's own name means.

Words become concepts, whatever their language: *client*, *клиент* and *vevő* are one. Two
names are alike when the concepts that tell KPIs apart are; "number", "share" and "average"
tell little. What is doubtful goes to the reader: a wrong match is worse than none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpis.passport import Passport, catalogue
from kpikit.wording.concepts import concepts_of, concepts_of_word, known_concepts
from kpikit.wording.terms import abbreviated_terms
from kpikit.wording.words import fold, folded_words, is_abbreviation, split_gloss, words

MATCH_COLUMNS = (
    "kpi_id", "catalogue_id", "confidence", "method", "runner_up", "runner_up_confidence", "review",
)  # fmt: skip
#: Below it a match is shown for review. [share]
SURE = 0.85
#: Below it no match is proposed. [share]
WORTH_SHOWING = 0.30
#: Concepts that stand in many names and say little about which KPI is meant: their weight.
WEAK = {
    "the": 0.0, "period": 0.0, "per": 0.2, "total": 0.2, "number": 0.3, "share": 0.3,
    "average": 0.3, "amount": 0.4, "gross": 0.6, "net": 0.6, "time": 0.6,
}  # fmt: skip
#: Concepts that make another KPI of a name: the norm and its attainment, sales and their growth.
TURNING = frozenset({"attain", "growth", "need", "cost", "cross", "new", "repeat"})
TURNING_FACTOR = 1.4
#: A word of no concept counts as much as a rare concept.
UNKNOWN_WEIGHT = 1.6
#: Likeness of two words of no concept from which they are taken for one, per cent.
SAME_WORD = 85
#: A concept of about five KPIs or more of the 68 weighs less.
COMMON_WEIGHT = 1.45
#: What is left of the likeness when one word, or one common word, is all that two names share.
ONE_WORD = 0.7
#: What is left of the likeness when a share meets a count.
WRONG_KIND = 0.7
#: What agreement of the formulas adds to a name's likeness, and of the units. [share]
FORMULA_BONUS, UNIT_PENALTY = 0.10, 0.25


@dataclass(frozen=True)
class _Label:
    """One name under which the catalogue knows a KPI."""

    kpi: str
    text: str
    concepts: frozenset[str]


@dataclass(frozen=True)
class _Found:
    kpi: str
    score: float
    method: str


def match_kpis(kpis: pd.DataFrame, names: Mapping[str, Passport] | None = None) -> pd.DataFrame:
    """
    Match a client's list of KPIs to the catalogue.

    Parameters
    ----------
    kpis : DataFrame
        The table ``kpis``; ``kpi_id`` and ``name`` are needed, ``local_name``,
        ``formula_text`` and ``unit`` help.
    names : mapping, optional
        K-id -> passport; the whole catalogue by default.

    Returns
    -------
    DataFrame
        One row per KPI with ``catalogue_id`` (null if there is none), ``confidence``
        [share], ``method`` (``exact``, ``abbreviation``, ``fuzzy``, ``formula`` or
        ``none``), ``runner_up`` with ``runner_up_confidence`` and ``review``: a person
        has to look before the match is used.

    Raises
    ------
    InputDataError
        If ``kpi_id`` or ``name`` is missing.
    """
    lacking = [column for column in ("kpi_id", "name") if column not in kpis.columns]
    if lacking:
        raise InputDataError(f"The list of KPIs has no column {', '.join(lacking)}; add it.")
    chosen = catalogue() if names is None else names
    index = _index(chosen)
    rows = [(row["kpi_id"], *_match(row, index)) for row in kpis.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(MATCH_COLUMNS))
    return table.set_axis(kpis.index)


@dataclass(frozen=True)
class _Index:
    labels: tuple[_Label, ...]
    exact: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, float]
    formulas: Mapping[str, tuple[frozenset[str], ...]]
    units: Mapping[str, str]


def _index(passports: Mapping[str, Passport]) -> _Index:
    labels = []
    exact: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()
    for kpi, passport in passports.items():
        own: set[str] = set()
        for text in (*passport.name.values(), *passport.abbreviations):
            concepts = concepts_of(text)
            labels.append(_Label(kpi, text, concepts))
            exact.setdefault(_key(text), set()).add(kpi)
            own |= concepts
        seen.update(own)
    size = len(passports)
    weights = {
        concept: WEAK.get(concept, 0.5 + math.log(size / count) / math.log(size) * 1.5)
        for concept, count in seen.items()
    } if size > 1 else dict.fromkeys(seen, 1.0)  # fmt: skip
    formulas = {
        kpi: tuple(_formula_concepts(text) for text in passport.formula.values())
        for kpi, passport in passports.items()
    }
    return _Index(
        tuple(labels),
        {key: tuple(sorted(found)) for key, found in exact.items()},
        weights,
        formulas,
        {kpi: passport.unit for kpi, passport in passports.items()},
    )


def _key(text: str) -> str:
    """A name without case, accents, signs, stop words and the order of its words."""
    stop = {"the", "period"}
    kept = [word for word in folded_words(text) if not set(concepts_of_word(word)) & stop]
    return " ".join(sorted(kept)) or fold(text)


def _match(row: Mapping[str, object], index: _Index) -> tuple[object, ...]:
    texts = [text for text in (row.get("name"), row.get("local_name")) if isinstance(text, str)]
    parts = [part for text in texts for part in _readings(text)]
    unit, formula = row.get("unit"), row.get("formula_text")
    best: dict[str, _Found] = {}
    for part in parts:
        for found in _candidates(part, index):
            if found.kpi not in best or found.score > best[found.kpi].score:
                best[found.kpi] = found
    if isinstance(formula, str) and words(formula):
        best = _with_formula(best, _formula_concepts(formula), index)
    if isinstance(unit, str):
        best = {kpi: _with_unit(found, unit, index.units[kpi]) for kpi, found in best.items()}
    ranked = sorted(best.values(), key=lambda found: (-found.score, found.kpi))
    if not ranked:
        return None, 0.0, "none", None, 0.0, True
    first = ranked[0]
    second = ranked[1] if len(ranked) > 1 else _Found("", 0.0, "none")
    confidence = _confidence(first.score, second.score)
    other = _confidence(second.score, first.score) if second.kpi else 0.0
    shown = (second.kpi or None, round(other, 3))
    if confidence < WORTH_SHOWING:
        return None, round(confidence, 3), "none", first.kpi, round(confidence, 3), True
    doubtful = first.method == "formula" or all(_is_ambiguous(text) for text in texts)
    told = unit_kind(unit) if isinstance(unit, str) else ""
    other_kind = told != "" and told != unit_kind(index.units[first.kpi])
    review = confidence < SURE or doubtful or other_kind
    return first.kpi, round(confidence, 3), first.method, *shown, review


def _readings(text: str) -> list[str]:
    """The name, its explanation, and both together."""
    parts = split_gloss(text)
    return [part for part in (parts.name, parts.gloss) if words(part)]


def _is_ambiguous(text: str) -> bool:
    """An abbreviation with several meanings and nothing that explains it."""
    found = words(text)
    return len(found) == 1 and is_abbreviation(found[0]) and found[0].upper() in _UNCLEAR


#: Abbreviations of the terms whose meanings are different KPIs.
_UNCLEAR = frozenset({"CR", "AR", "GM", "ROI", "SQL", "MQL", "WIP", "TAM"}) & abbreviated_terms()


def _candidates(text: str, index: _Index) -> list[_Found]:
    own = concepts_of(text)
    alike = index.exact.get(_key(text), ())
    share = "share" in own or "%" in text
    method = "abbreviation" if all(is_abbreviation(word) for word in words(text)) else "exact"
    found = [_Found(kpi, 1.0, method) for kpi in alike]
    unknown = own - set(known_concepts())
    for label in index.labels:
        if not unknown and own.isdisjoint(label.concepts):
            continue
        score = _likeness(own, label.concepts, index.weights)
        if score > 0:
            fits = _fits(own, share, label, index.units[label.kpi])
            found.append(_Found(label.kpi, (0.97 if fits else 0.97 * WRONG_KIND) * score, "fuzzy"))
    return found


def _fits(own: frozenset[str], share: bool, label: _Label, unit: str) -> bool:
    """A name that asks for a share means no count, and the other way round."""
    is_share = unit in ("share", "ratio", "pp")
    if share and "share" not in label.concepts and not is_share:
        return False
    return not ("number" in own and not share and "number" not in label.concepts and is_share)


def _likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Weighted share of the concepts that two names have in common. [share]"""
    same = {concept: concept for concept in one & other}
    for word in one - other:
        twin = _twin(word, other - one)
        if twin:
            same[word] = twin
    shared = sum(_weight(word, weights) for word in same)
    strong = [word for word in same if word not in WEAK]
    if not strong:
        return 0.0
    everything = one | (other - set(same.values()))
    likeness = shared / sum(_weight(word, weights) for word in everything)
    unlike = everything - set(same)
    alone = len(strong) == 1 and any(word not in WEAK for word in unlike)
    common = len(strong) == 1 and bool(unlike) and weights.get(strong[0], 0.0) < COMMON_WEIGHT
    return likeness * (ONE_WORD if alone or common else 1)


def _weight(concept: str, weights: Mapping[str, float]) -> float:
    weight = weights.get(concept, WEAK.get(concept, UNKNOWN_WEIGHT))
    return weight * (TURNING_FACTOR if concept in TURNING else 1)


def _twin(word: str, others: frozenset[str]) -> str | None:
    """The word among others that is this one but for its ending or a slip."""
    from rapidfuzz import fuzz, process

    if word in known_concepts() or not others:
        return None
    open_words = [other for other in others if other not in known_concepts()]
    if not open_words:
        return None
    found = process.extractOne(word, open_words, scorer=fuzz.ratio, score_cutoff=SAME_WORD)
    return found[0] if found else None


def _with_formula(
    best: Mapping[str, _Found], own: frozenset[str], index: _Index
) -> dict[str, _Found]:
    """Names whose formula agrees gain; a formula alone proposes, and is always looked at."""
    agreeing = {
        kpi: max(_likeness(own, text, index.weights) for text in texts)
        for kpi, texts in index.formulas.items()
    }
    combined = {}
    for kpi, agreement in agreeing.items():
        named = best.get(kpi, _Found(kpi, 0.0, "none"))
        by_name = min(1.0, named.score + FORMULA_BONUS * agreement * (named.score > 0))
        if by_name >= agreement * 0.8:
            combined[kpi] = _Found(kpi, by_name, named.method)
        elif agreement > 0:
            combined[kpi] = _Found(kpi, agreement * 0.8, "formula")
    return combined


def _formula_concepts(text: str) -> frozenset[str]:
    return concepts_of(re.sub("[/÷:]", " divided ", text))


def _with_unit(found: _Found, unit: str, expected: str) -> _Found:
    """A share is no amount: a name that fits in another unit is less likely."""
    told = unit_kind(unit)
    if told and told != unit_kind(expected):
        return _Found(found.kpi, found.score * (1 - UNIT_PENALTY), found.method)
    return found


def unit_kind(unit: str) -> str:
    """
    ``share``, ``money``, ``time`` or ``count``; empty if the unit says nothing.

    >>> [unit_kind(unit) for unit in ("%", "руб.", "nap", "db", "points")]
    ['share', 'money', 'time', 'count', '']
    """
    key = fold(unit).strip(" .")
    return next((kind for kind, known in _UNITS.items() if key in known), "")


_UNITS = {
    kind: frozenset(text.split())
    for kind, text in {
        "share": "% share pp percent процент проценты szazalek",
        "money": "money eur usd huf rub gbp € $ ₽ ft руб рубли рублей тыс.руб тыс.руб. forint",
        "time": "hours minutes days working_days h min hour day час часы часов минут минуты дней "
        "дни ora perc nap munkanap",
        "count": "count calls meetings contacts customers deals units skus regions pcs шт штук "
        "db darab fo чел",
    }.items()
}  # fmt: skip


def _confidence(score: float, rival: float) -> float:
    """
    Chance that a match of this likeness is right, given the next best KPI.

    A logistic curve through the catalogue's own labels, each matched without itself and
    then without its KPI: the likeness and the lead over the runner-up both count.
    """
    return 1 / (1 + math.exp(-(-3.1 + 3.8 * score + 5.9 * (score - rival))))
