"""
What the words of a name mean, whatever their language.

*Client*, *клиент* and *vevő* are one concept. A long Hungarian word is several words
written as one and is taken apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from kpikit.wording.words import fold, folded_words

#: A Hungarian compound is taken apart from this length on; a rest of this many letters that is
#: no ending is a word of its own.
COMPOUND, REST = 7, 6


@cache
def known_concepts() -> Mapping[str, tuple[str, ...]]:
    read = yaml.safe_load(Path(__file__).with_name("concepts.yml").read_text("utf-8"))
    return {concept: tuple(fold(text).split()) for concept, text in read.items()}


@cache
def _stems() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Concepts by whole word and by beginning."""
    whole: dict[str, list[str]] = {}
    begins: dict[str, list[str]] = {}
    for concept, stems in known_concepts().items():
        for stem in stems:
            (whole if stem.endswith(".") else begins).setdefault(stem.rstrip("."), []).append(
                concept
            )
    return (
        {word: tuple(found) for word, found in whole.items()},
        {word: tuple(found) for word, found in begins.items()},
    )


def concepts_of(text: str) -> frozenset[str]:
    """
    Concepts of a text; a word of no concept stands for itself.

    >>> sorted(concepts_of("Új vevők száma")) == sorted(concepts_of("Количество новых клиентов"))
    True
    """
    return frozenset(concept for word in folded_words(text) for concept in concepts_of_word(word))


@cache
def concepts_of_word(word: str) -> tuple[str, ...]:
    whole, begins = _stems()
    if word in whole:
        return whole[word]
    found: list[str] = []
    place, rest = 0, ""
    while place < len(word):
        stem = _stem_at(word, place, begins)
        if stem is None:
            if place == 0 or len(word) < COMPOUND:
                break
            rest += word[place]
            place += 1
            continue
        found += begins[stem]
        place += len(stem)
        if word[:1] > "z":
            break  # only Hungarian writes several words as one
    return (*found, *([rest] if len(rest) >= REST else [])) or (word,)


def _stem_at(word: str, place: int, begins: Mapping[str, tuple[str, ...]]) -> str | None:
    """The longest known beginning at a place; inside a word it has four letters or more."""
    shortest = 2 if place == 0 else 4
    ends = range(len(word), place + shortest - 1, -1)
    return next((word[place:end] for end in ends if word[place:end] in begins), None)
