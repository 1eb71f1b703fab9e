"""
Terms that people translate differently, and where a text uses them.

A foreign term is understood in as many ways as it can be translated. Each has to be
decided once: the list gives the meanings and the translations that compete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from kpikit.wording.words import fold, is_abbreviation

#: Endings of nouns and adjectives that leave the word the same, accents taken off.
_ENGLISH = "s|es|'s"
_RUSSIAN = (
    "а|я|ы|и|у|ю|е|о|й|ь|ой|ей|ем|ом|ам|ям|ами|ями|ах|ях|ов|ев|ия|ии|ию|ией|ий|иям|иями|иях|"
    "ый|ая|ое|ые|ого|его|ому|ему|ую|ых|их|ым|им|ыми|ими|ость|ости|остью"
)
_HUNGARIAN_OWNED = "k|[aeo]k|a|e|i|ai|ei|ja|je|jai|jei|[aeo]s"
_HUNGARIAN_CASE = (
    "t|[aeo]t|n|[oe]n|ban|ben|ba|be|nak|nek|bol|tol|rol|hoz|hez|ra|re|val|vel|ig|ert|kent|"
    "[oe]?nkenti?|s[ae]g|s[ae]ga|s[ae]ge"
)


@dataclass(frozen=True)
class Term:
    """
    A term that has to be decided.

    Attributes
    ----------
    term : str
        As it is listed.
    means : tuple of str
        What is meant by it, in English.
    translations : mapping
        ``ru`` and ``hu`` -> translations that compete.
    forms : tuple of str
        Other spellings and loan words.
    """

    term: str
    means: tuple[str, ...]
    translations: Mapping[str, tuple[str, ...]]
    forms: tuple[str, ...]


@dataclass(frozen=True)
class TermHit:
    """Where a text uses a term: the term, the words as written, and their place."""

    term: str
    found: str
    start: int
    end: int


@cache
def terms() -> Mapping[str, Term]:
    """All listed terms by their name."""
    entries = yaml.safe_load(Path(__file__).with_name("terms.yml").read_text("utf-8"))
    return {
        name: Term(
            name,
            tuple(entry["means"]),
            {language: tuple(entry[language]) for language in ("ru", "hu")},
            tuple(entry.get("forms", ())),
        )
        for name, entry in entries.items()
    }


@cache
def abbreviated_terms() -> frozenset[str]:
    """Abbreviations among the terms, in capitals."""
    spellings = [spelling for term in terms().values() for spelling in (term.term, *term.forms)]
    return frozenset(word.upper() for word in spellings if is_abbreviation(word))


def ambiguous_terms(text: str | None) -> list[TermHit]:
    """
    Find the terms of a text that people understand differently, in order of appearance.

    Whole words only, with the endings of plural and case in the three languages. A longer
    term covers the shorter one inside it: "conversion rate" is one hit.

    >>> [hit.term for hit in ambiguous_terms("Win rate by leads, SLA")]
    ['win rate', 'lead', 'SLA']
    >>> [hit.found for hit in ambiguous_terms("Доля лидов без маржи")]
    ['лидов', 'маржи']
    """
    if not isinstance(text, str):
        return []
    plain, places = _folded(text)
    found: list[TermHit] = []
    for spelling, term, pattern in _patterns():
        whole, cased = (text, True) if is_abbreviation(spelling) else (plain, False)
        for match in pattern.finditer(whole):
            start, end = match.span()
            if not cased:
                start, end = places[start], places[end - 1] + 1
            found.append(TermHit(term, text[start:end], start, end))
    found.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[TermHit] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _folded(text: str) -> tuple[str, list[int]]:
    """A text without accents, and the place in the text of each of its letters."""
    pieces = [fold(letter) for letter in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), places


@cache
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    spellings = [
        (spelling, term.term) for term in terms().values() for spelling in (term.term, *term.forms)
    ]
    return [(spelling, term, _pattern(spelling)) for spelling, term in spellings]


def _pattern(spelling: str) -> re.Pattern[str]:
    if is_abbreviation(spelling):
        return re.compile(rf"(?<!\w){re.escape(spelling)}(?!\w)")
    inflected = [_inflected(word) for word in re.split(r"[ -]", fold(spelling))]
    return re.compile(rf"(?<!\w){'[ -]'.join(inflected)}(?!\w)")


def _inflected(word: str) -> str:
    """A pattern of the forms of one folded word."""
    if re.search("[а-я]", word):
        stem = re.sub("(ость|ый|ий|ия|ая|ое|[аяоеыийь])$", "", word)
        return rf"{stem}(?:{_RUSSIAN})?"
    if word.endswith("y"):
        return rf"{word[:-1]}(?:y|ies|y's)"
    # the last -a and -e of a Hungarian word only get longer: kvóta, kvótát
    # with and into double the last consonant: árrés, árréssel
    with_into = rf"{re.escape(word[-1])}[ae]l?"
    suffixed = rf"-?(?:{_HUNGARIAN_OWNED})?(?:{_HUNGARIAN_CASE}|{with_into})?"
    return rf"{re.escape(word)}(?:{_ENGLISH}|{suffixed})"
