"""
The language in use and the look-up of translated sentences.

Catalogues are plain gettext ``.po`` files in ``kpikit/locale``, read at run
time. The language is chosen per thread, so that pages in two languages can be
written side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from types import TracebackType
from typing import cast

from kpikit.errors import ReportError

LANGUAGES = ("en", "ru", "hu")
SOURCE_LANGUAGE = "en"

#: Number of plural forms and gettext's rule for which goes with n. Hungarian
#: uses the singular after every number.
PLURALS = {
    "ru": (
        3,
        "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2",
    ),
    "hu": (1, "0"),
}

_thread = threading.local()


class _Selection:
    """What ``use`` returns: restores the earlier language on leaving ``with``."""

    def __init__(self, earlier: str):
        self._earlier = earlier

    def __enter__(self) -> _Selection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _thread.lang = self._earlier


def use(lang: str) -> _Selection:
    """
    Choose the language of this thread.

    ``use("ru")`` holds until the next call; ``with use("ru"): ...`` gives the
    earlier language back at the end.

    Parameters
    ----------
    lang : str
        One of ``LANGUAGES``.

    Raises
    ------
    ReportError
        If the language is not one of them.

    Examples
    --------
    >>> with use("ru"):
    ...     current()
    'ru'
    """
    if lang not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ReportError(f"language {lang!r} is not available; choose one of {known}")
    selection = _Selection(current())
    _thread.lang = lang
    return selection


def current() -> str:
    """Language of this thread, ``"en"`` until one was chosen."""
    return cast(str, getattr(_thread, "lang", SOURCE_LANGUAGE))


def noop(text: str) -> str:
    """Mark a text that is data so that the catalogues contain it."""
    return text


def gettext(text: str) -> str:
    """
    Translate a sentence into the language in use.

    A sentence without translation comes back as it is. Values are filled in
    afterwards: ``gettext("{n} deals").format(n=number(5))``.
    """
    lang = current()
    if lang == SOURCE_LANGUAGE or not text:
        return text
    return catalogue(lang).one.get(text, text)


def ngettext(one: str, many: str, n: float) -> str:
    """
    Translate a sentence that counts something, in the form that goes with ``n``.

    Parameters
    ----------
    one, many : str
        English singular and plural, with the number as a placeholder.
    n : float
        The count. A fraction takes the form of the numbers 2 to 4 in Russian
        ("2,5 сделки") and the plural in English.
    """
    lang = current()
    whole = float(n).is_integer()
    if lang != SOURCE_LANGUAGE:
        book = catalogue(lang)
        forms = book.many.get(one)
        if forms:
            return forms[book.plural(abs(int(n)) if whole else 2)]
    return one if whole and abs(int(n)) == 1 else many


@dataclass(frozen=True)
class Catalogue:
    """The translations of one language: sentences, counted sentences, plural rule."""

    one: dict[str, str]
    many: dict[str, tuple[str, ...]]
    plural: Callable[[int], int]


def catalogue_path(lang: str) -> Path:
    """Where the ``.po`` file of a language is kept."""
    return Path(__file__).resolve().parent.parent / "locale" / f"{lang}.po"


@cache
def catalogue(lang: str) -> Catalogue:
    """Read the catalogue of a language once; an absent file is an empty one."""
    from babel.messages.pofile import read_po

    plural = c2py(PLURALS[lang][1])
    one: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    path = catalogue_path(lang)
    if not path.is_file():
        return Catalogue(one, many, plural)
    with path.open("rb") as file:
        for entry in read_po(file, locale=lang, abort_invalid=True):
            if not entry.id or "fuzzy" in entry.flags:
                continue
            if isinstance(entry.id, str):
                if entry.string:
                    one[entry.id] = str(entry.string)
            else:
                found = entry.string or ""
                forms = (found,) if isinstance(found, str) else tuple(found)
                if all(forms):
                    many[entry.id[0]] = forms
    return Catalogue(one, many, plural)
