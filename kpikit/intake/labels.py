"""Compare column labels and names the way a person does: case, spaces and ё do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kpikit.intake.values import clean


def label_key(label: str) -> str:
    """A label without case, extra spaces and the dots of ё."""
    return clean(label).casefold().replace("ё", "е")


def name_key(name: str) -> str:
    """A company's name without case, quotation marks and extra spaces."""
    return clean(re.sub(r"[\"'«»“”„’]", "", label_key(name)))


def find_label(label: str, header: Iterable[str]) -> str | None:
    """The label of the header that is meant, or None."""
    wanted = label_key(label)
    return next((name for name in header if label_key(name) == wanted), None)


def nearest(word: str, choices: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` with the closest choice, or nothing if none is close."""
    from rapidfuzz import fuzz, process

    by_key: Mapping[str, str] = {label_key(choice): choice for choice in choices}
    found = process.extractOne(label_key(word), list(by_key), scorer=fuzz.WRatio, score_cutoff=60)
    return f" (did you mean {by_key[found[0]]!r}?)" if found else ""
