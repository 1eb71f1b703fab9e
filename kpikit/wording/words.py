"""
Words of a short text, compared the way a person does.

Case, accents, the dots of ё and the order of words do not matter; brackets are kept
apart, because what stands in them usually explains the name before them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_DASH_GLOSS = re.compile(r"^(?P<name>.+?)\s+[–—-]\s+(?P<gloss>.+)$")
#: Letters in an abbreviation.
SHORTEST, LONGEST = 2, 6
#: Letters that lose nothing but their accent; й is a letter of its own.
_KEEP = {"й": "й"}
_NOT_ACCENTS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "ё": "е"})


@dataclass(frozen=True)
class NameParts:
    """A name, and what explains it: the brackets or what follows a dash."""

    name: str
    gloss: str


def fold(text: str) -> str:
    """
    Text without case, accents and the dots of ё.

    >>> fold("Átlagos kosárérték"), fold("Средний чёк")
    ('atlagos kosarertek', 'средний чек')
    """
    lowered = text.casefold().translate(_NOT_ACCENTS)
    return "".join(_KEEP.get(letter) or _bare(letter) for letter in lowered)


def _bare(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """
    Words of a text as they are written; digits and signs are none.

    >>> words("Lead-to-win (SQL), 2024")
    ['Lead', 'to', 'win', 'SQL']
    """
    return _WORD.findall(unicodedata.normalize("NFC", text))


def folded_words(text: str) -> list[str]:
    """Words of a text without case and accents."""
    return [fold(word) for word in words(text)]


def split_gloss(text: str) -> NameParts:
    """
    Part a name from its explanation.

    >>> split_gloss("AOV (средний чек)")
    NameParts(name='AOV', gloss='средний чек')
    """
    glosses = [part.strip() for part in _BRACKETS.findall(text)]
    name = " ".join(_BRACKETS.sub(" ", text).split())
    if not words(name) and glosses:
        return NameParts(" ".join(glosses), "")
    gloss = "; ".join(part for part in glosses if words(part))
    dashed = _DASH_GLOSS.match(name)
    if not gloss and dashed and len(words(dashed["name"])) and len(words(dashed["gloss"])):
        return NameParts(dashed["name"], dashed["gloss"])
    return NameParts(name, gloss)


def is_abbreviation(word: str) -> bool:
    """
    Two to six capitals, one small letter among them allowed.

    >>> [is_abbreviation(word) for word in ("AOV", "ДЗ", "YoY", "Deal", "ARPU", "I")]
    [True, True, True, False, True, False]
    """
    capitals = sum(letter.isupper() for letter in word)
    fits = SHORTEST <= len(word) <= LONGEST and word[0].isupper()
    return fits and capitals >= 2 and len(word) - capitals <= 1


def abbreviations(text: str) -> list[str]:
    """
    Abbreviations of a text, once each; none in a text that is written in capitals throughout.

    >>> abbreviations("Доля SQL и MQL в CRM"), abbreviations("WIN RATE")
    (['SQL', 'MQL', 'CRM'], [])
    """
    found = words(text)
    if len(found) > 1 and all(word.isupper() for word in found) and max(map(len, found)) > 3:
        return []
    return list(dict.fromkeys(word for word in found if is_abbreviation(word)))
