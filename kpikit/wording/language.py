"""
Language of a KPI's name: English, Russian, Hungarian, another one, or a mixture.

Names of two words are too short for statistics of letters, so rules come first: the
script, letters that only one language has, words of the trade, abbreviations. Only
a text in which these say too little goes to a statistical detector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kpikit.errors import InputDataError
from kpikit.kpis.passport import LANGUAGES, catalogue
from kpikit.wording.words import fold, is_abbreviation, split_gloss, words

#: What a text can be written in.
ANSWERS = (*LANGUAGES, "other", "mixed", "unknown")
#: How sure each rule is by itself. [share]
CONFIDENCE = {
    "script": 0.98, "letters": 0.97, "glossary": 0.95, "abbreviation": 0.85, "stem": 0.90,
    "mixture": 0.90, "none": 0.0,
}  # fmt: skip
#: From this many words on, the detector is asked when the rules know less than half of them.
DETECTOR_WORDS = 4
#: A shorter text needs this much certainty of the detector. [share]
DETECTOR_CERTAINTY = 0.85
#: One foreign word among this many does not make a text a mixture.
TEXT_WORDS = 6
FOREIGN_SHARE = 0.2
SHORTEST_STEM = 4

_HUNGARIAN = set("őűõû")  # õ and û are ő and ű that went through a wrong encoding
_MOSTLY_HUNGARIAN = set("áéíóöúü")
_OTHER_LATIN = set("ßäñçłąęśźżćńčřšžěůťďňľĺŕôâăîșțşţèêëïœåøæãàùìò")
_OTHER_CYRILLIC = set("іїєґўђјљњћџѓќѕ")
_HUNGARIAN_ENDINGS = (
    "ek", "ok", "ak", "ot", "et", "ban", "ben", "nak", "nek", "bol", "tol", "hoz", "hez", "ra",
    "re", "val", "vel", "nkent", "onkent", "enkent", "je", "ja", "jei", "jai",
)  # fmt: skip


@dataclass(frozen=True)
class Detection:
    """
    The language of a text.

    Attributes
    ----------
    language : str
        ``en``, ``ru``, ``hu``, ``other``, ``mixed`` or ``unknown``.
    method : str
        ``script``, ``letters``, ``glossary``, ``stem``, ``abbreviation``, ``mixture``,
        ``detector`` or ``none``.
    confidence : float
        How sure the rule is. [share]
    gloss : str
        Language of the explanation in brackets or after a dash; empty if there is none.
    """

    language: str
    method: str
    confidence: float
    gloss: str = ""


@dataclass(frozen=True)
class _Lexicon:
    shared: frozenset[str]
    words: Mapping[str, frozenset[str]]
    stems: Mapping[str, frozenset[str]]
    abbreviations: frozenset[str]


def detect_language(text: str | None, working_language: str) -> Detection:
    """
    Tell the language of a KPI's name or text.

    An abbreviation in Latin capitals is English wherever it is not explained: nobody
    reads ``AOV`` as Russian. A word that two languages share counts for the working
    language. Brackets are judged apart and reported as the gloss.

    Parameters
    ----------
    text : str or None
    working_language : str
        ``en``, ``ru`` or ``hu``: what the sales people speak.

    Raises
    ------
    InputDataError
        If the working language is not one of the three.
    """
    if working_language not in LANGUAGES:
        raise InputDataError(
            f"The working language is {working_language!r}; choose one of {', '.join(LANGUAGES)}."
        )
    if not isinstance(text, str) or not words(text):
        return Detection("unknown", "none", 0.0)
    parts = split_gloss(text)
    found = _language_of(parts.name, working_language)
    if not parts.gloss:
        return found
    gloss = _language_of(parts.gloss, working_language).language
    if found.language == "unknown" and gloss not in ("unknown", "mixed"):
        # an unknown abbreviation that is explained speaks the language of nobody
        return Detection("unknown", found.method, found.confidence, gloss)
    return Detection(found.language, found.method, found.confidence, gloss)


def native_credit(found: Detection, working_language: str) -> float | None:
    """
    How far a name is in the working language: 1, a half, or 0; None if nobody can tell.

    Half counts a foreign name that is explained in the working language, and a name that
    mixes languages. An abbreviation that nobody explains is in no one's language: 0.

    >>> native_credit(Detection("en", "glossary", 0.95, gloss="ru"), "ru")
    0.5
    """
    if found.language == working_language:
        return 1.0
    if found.gloss == working_language or found.language == "mixed":
        return 0.5
    if found.language == "unknown" and found.method != "abbreviation":
        return None
    return 0.0


def _language_of(text: str, working_language: str) -> Detection:
    tokens = [word for word in words(text) if len(word) > 1 or not word.isascii()]
    shouted = len(tokens) > 1 and all(word.isupper() for word in tokens)
    judged = [_judge(word, working_language, shouted) for word in tokens]
    if any(set(word.casefold()) & _OTHER_CYRILLIC for word in tokens):
        # one such letter tells the language of the Cyrillic words beside it
        judged = [("other", how) if name == "ru" else (name, how) for name, how in judged]
    votes = {name: [how for told, how in judged if told == name] for name in (*LANGUAGES, "other")}
    told = {name: hows for name, hows in votes.items() if hows}
    abbreviated = [word for word, (name, _) in zip(tokens, judged, strict=True) if name == "abbr"]
    doubtful = sum(name == "" for name, _ in judged)
    if not told:
        return _from_little(text, tokens, abbreviated, doubtful)
    if doubtful > len(tokens) / 2 and len(tokens) >= DETECTOR_WORDS:
        asked = _ask_detector(text)
        if asked.confidence >= DETECTOR_CERTAINTY:
            return asked
    main = max(told, key=lambda name: (len(told[name]), name == working_language))
    strange = sum(len(hows) for name, hows in told.items() if name != main)
    strange += sum(word.isascii() for word in abbreviated) if main == "ru" or main == "hu" else 0
    size = strange + len(told[main])
    if strange and (size < TEXT_WORDS or strange / size > FOREIGN_SHARE):
        if "other" in told and "ru" not in told:
            # groups write "Umsatz per customer"; a foreign word in it is still not local
            return Detection("other", "glossary", CONFIDENCE["mixture"])
        return Detection("mixed", "mixture", CONFIDENCE["mixture"])
    method = max(told[main], key=lambda how: CONFIDENCE[how])
    known = 1 - doubtful / len(tokens)
    return Detection(main, method, round(CONFIDENCE[method] * (0.7 + 0.3 * known), 3))


def _from_little(text: str, tokens: list[str], abbreviated: list[str], doubtful: int) -> Detection:
    """No word of the text is known: abbreviations, or the detector."""
    if doubtful:
        asked = _ask_detector(text)
        longer = len(tokens) >= DETECTOR_WORDS
        if asked.confidence >= (0.5 if longer else DETECTOR_CERTAINTY):
            return asked
        return Detection("unknown", "detector", asked.confidence)
    latin = [word for word in abbreviated if word.isascii()]
    if any(word.upper() in _lexicon().abbreviations for word in latin):
        return Detection("en", "abbreviation", CONFIDENCE["abbreviation"])
    return Detection("unknown", "abbreviation" if abbreviated else "none", 0.0)


def _judge(word: str, working_language: str, shouted: bool) -> tuple[str, str]:
    """Language of one word and the rule; ``abbr`` for abbreviations, ``""`` for a doubt."""
    lowered = word.casefold()
    letters = set(lowered)
    if any("\u0400" <= letter <= "\u04ff" for letter in letters):
        return ("other", "letters") if letters & _OTHER_CYRILLIC else ("ru", "script")
    key, lexicon = fold(word), _lexicon()
    if key in lexicon.shared:
        return "-", "glossary"
    if letters & _HUNGARIAN:
        return "hu", "letters"
    if letters & _OTHER_LATIN:
        return "other", "letters"
    if is_abbreviation(word) and not shouted:
        return "abbr", "abbreviation"
    homes = [name for name, own in lexicon.words.items() if key in own]
    if letters & _MOSTLY_HUNGARIAN:
        return ("other" if homes == ["other"] else "hu"), "letters"
    if working_language in homes:
        return working_language, "glossary"
    if homes:
        return homes[0], "glossary"
    if key.endswith(_HUNGARIAN_ENDINGS) and _without_ending(key) in lexicon.shared:
        return "hu", "stem"
    return _by_stem(key, lexicon)


def _without_ending(key: str) -> str:
    return next(key[: -len(end)] for end in _HUNGARIAN_ENDINGS if key.endswith(end))


def _by_stem(key: str, lexicon: _Lexicon) -> tuple[str, str]:
    """The language whose known words share the longest beginning with this one."""
    for size in range(len(key), max(SHORTEST_STEM, (len(key) + 1) // 2) - 1, -1):
        homes = [name for name, stems in lexicon.stems.items() if key[:size] in stems]
        if len(homes) == 1:
            return homes[0], "stem"
        if homes:
            return "", "none"
    return "", "none"


@cache
def _lexicon() -> _Lexicon:
    """Words of the trade by language, from the file beside this one and from the passports."""
    path = Path(__file__).with_name("lexicon.yml")
    listed = {name: set(text.split()) for name, text in _read(path).items()}
    shared = frozenset(listed.pop("shared"))
    initials: set[str] = set()
    for kpi in catalogue().values():
        for name in ("en", "hu"):
            texts = (kpi.name, kpi.definition, kpi.formula, kpi.example)
            listed[name] |= {fold(word) for text in texts for word in words(text[name])}
        initials |= {
            word.upper() for text in kpi.abbreviations for word in words(text)
            if is_abbreviation(word) and word.isascii()
        }  # fmt: skip
    # imported here: the terms are read with the words of this module
    from kpikit.wording.terms import abbreviated_terms

    initials |= set(abbreviated_terms())
    owned = {name: frozenset(own - shared) for name, own in listed.items()}
    stems = {
        name: frozenset(word[:size] for word in own for size in range(SHORTEST_STEM, len(word) + 1))
        for name, own in owned.items()
        if name != "other"
    }
    return _Lexicon(shared, owned, stems, frozenset(initials))


def _read(path: Path) -> dict[str, str]:
    read: dict[str, str] = yaml.safe_load(path.read_text("utf-8"))
    return read


def _ask_detector(text: str) -> Detection:
    best = _detector().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    return Detection(code, "detector", round(float(best.value), 3))


@cache
def _detector() -> Any:
    """The statistical detector, loaded when the first text needs it."""
    from lingua import Language, LanguageDetectorBuilder

    known = (Language.ENGLISH, Language.RUSSIAN, Language.HUNGARIAN)
    return LanguageDetectorBuilder.from_languages(*known).build()
