"""
Who is who: one rep behind the spellings of a name.

Exports write the same person as "Иванов Пётр", "Пётр Иванов", "Иванов П." or
"Петр Иванов". Two names are one person when their words are the same in any order, or
when the shorter one (fewer words, initials) fits exactly one person. Extension
numbers keep two people with the same name apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from kpikit.intake.issues import Issue, examples
from kpikit.intake.labels import label_key

_EXTENSION = re.compile(
    r"[\s,]*(?:[\[(]\s*(?:доб\.?|вн\.?|ext\.?|mellék)?\s*№?\s*(\d{2,6})\s*[\])]"
    r"|(?:доб\.?|вн\.?|ext\.?|mellék)\s*№?\s*(\d{2,6}))\s*$",
    re.I,
)
_ROBOT = re.compile(
    r"(?<![^\W\d])(?:робот|роботы|бот|автомат|автоматически|интеграция|виджет|система|техподдержка"
    r"|robot|bot|system|integration|api|webhook|service account|rendszer|automata)(?![^\W\d])",
    re.I,
)


@dataclass(frozen=True)
class Person:
    """A rep with the words of one spelling of the name and an extension, if known."""

    rep_id: str
    words: frozenset[str]
    extension: str = ""


def split_extension(name: str) -> tuple[str, str]:
    """Name and the extension number written behind it (empty if none)."""
    match = _EXTENSION.search(name)
    if not match:
        return name.strip(), ""
    return name[: match.start()].strip(), match[1] or match[2]


def name_words(name: str) -> frozenset[str]:
    """Words of a name; initials are single letters, order and case do not matter."""
    spaced = re.sub(r"[.,;_]", " ", label_key(name))
    return frozenset(spaced.split())


def is_robot(name: str) -> bool:
    """Whether a name is that of a program (робот, bot, integration, ...)."""
    return bool(_ROBOT.search(name))


def whole_names(reps: pd.DataFrame) -> pd.DataFrame:
    """Staff lists that write first and last name in columns of their own: both as one name."""
    if "last_name" not in reps:
        return reps
    parts = reps[[name for name in ("first_name", "last_name") if name in reps]].fillna("")
    joined = parts.agg(" ".join, axis=1).str.strip().replace("", None).astype("str")
    own = reps.get("full_name", joined)
    return reps.assign(full_name=own.fillna(joined))


def known_people(reps: pd.DataFrame, aliases: pd.DataFrame | None = None) -> list[Person]:
    """
    People of the rep list and their aliases.

    Parameters
    ----------
    reps : DataFrame
        ``rep_id``, ``full_name``.
    aliases : DataFrame, optional
        ``rep_id``, ``alias``, ``alias_kind``; kind ``extension`` is an extension
        number, any other a further spelling.
    """
    extensions: dict[str, list[str]] = {}
    spellings: list[tuple[str, str]] = [
        (rep_id, name)
        for rep_id, name in zip(reps["rep_id"], reps["full_name"], strict=True)
        if isinstance(name, str)
    ]
    if aliases is not None:
        kinds = aliases["alias_kind"] if "alias_kind" in aliases else [""] * len(aliases)
        for rep_id, alias, kind in zip(aliases["rep_id"], aliases["alias"], kinds, strict=True):
            if kind == "extension":
                extensions.setdefault(rep_id, []).append(str(alias))
            else:
                spellings.append((rep_id, str(alias)))
    people = []
    for rep_id, name in spellings:
        bare, extension = split_extension(name)
        for number in extensions.get(rep_id, [extension]):
            people.append(Person(rep_id, name_words(bare), number))
    return people


def match_name(words: frozenset[str], extension: str, people: Iterable[Person]) -> set[str]:
    """
    Ids of the people that a spelling may mean; exactly one is an answer.

    An equal name beats a fitting one. A different extension rules a person
    out; the same extension decides between people of one name.
    """
    possible = [
        person
        for person in people
        if not (extension and person.extension and extension != person.extension)
    ]
    for fits in (lambda person: person.words == words, lambda person: _fits(words, person.words)):
        found = [person for person in possible if fits(person)]
        same_extension = [p for p in found if extension and p.extension == extension]
        if found:
            return {person.rep_id for person in same_extension or found}
    return set()


def _fits(words: frozenset[str], other: frozenset[str]) -> bool:
    """One name is a shorter form of the other: fewer words or initials, one full word shared."""
    short, long = sorted((words, other), key=lambda name: (len(name), sum(map(len, name))))
    shared = short & long
    if not any(len(word) > 1 for word in shared):
        return False
    rest, left = short - shared, set(long - shared)
    for word in sorted(rest):
        partner = next((w for w in sorted(left) if w[0] == word[0] and 1 in (len(w), len(word))),
                       None)  # fmt: skip
        if partner is None:
            return False
        left.remove(partner)
    # a lone surname is too little: it needs an initial or a second word
    return len(short) > 1


def resolve_names(
    mentions: Sequence[tuple[str, str]], people: Sequence[Person]
) -> tuple[dict[tuple[str, str], str | None], list[tuple[str, str]], list[Issue]]:
    """
    Find the rep behind every spelling.

    Parameters
    ----------
    mentions : sequence of (name, extension)
        As written in the files; the extension is empty where unknown.
    people : sequence of Person
        Known reps.

    Returns
    -------
    dict
        Mention -> rep_id, None where several people are possible.
    list of (rep_id, full_name)
        People that only the files know; their id is the fullest spelling.
    list of Issue
    """
    registry = list(people)
    distinct = {}
    for name, extension in mentions:
        bare, own = split_extension(name)
        distinct[(name, extension)] = (bare, extension or own)
    # the fullest spellings first, so that short forms find them
    order = sorted(
        set(distinct.values()),
        key=lambda spelling: (
            not spelling[1], -len(name_words(spelling[0])),
            -sum(map(len, name_words(spelling[0]))), spelling,
        ),
    )  # fmt: skip
    order.sort(key=lambda spelling: any(len(word) == 1 for word in name_words(spelling[0])))
    answer: dict[tuple[str, str], str | None] = {}
    fresh: list[tuple[str, str]] = []
    unclear = []
    for bare, extension in order:
        words = name_words(bare)
        found = match_name(words, extension, registry)
        if len(found) == 1:
            answer[(bare, extension)] = next(iter(found))
        elif found:
            answer[(bare, extension)] = None
            unclear.append(bare)
        else:
            twin = any(person.words == words for person in registry)
            rep_id = f"{bare} ({extension})" if twin and extension else bare
            registry.append(Person(rep_id, words, extension))
            fresh.append((rep_id, bare))
            answer[(bare, extension)] = rep_id
    issues = []
    if unclear:
        issues.append(
            Issue("rep_name_ambiguous", "warning",
                  "These names fit several reps and are left without one; add an alias or an "
                  "extension for each.", "reps", "full_name", len(unclear), None,
                  examples(sorted(unclear)))
        )  # fmt: skip
    return {mention: answer[spelling] for mention, spelling in distinct.items()}, fresh, issues
