"""
Find the character set of a text file that does not say it.

A file without a byte order mark that is not valid UTF-8 is read with each code
page that Russian and Hungarian offices still use. The letters of the right one
belong to one alphabet, do not change script inside a word and do not jump to a
capital in the middle of one; the code page with the best sum of letter scores
wins. A column heading and a few names are enough.
"""

from __future__ import annotations

import codecs

from kpikit.errors import InputDataError

#: Tried in this order; an earlier one wins a tie.
CODE_PAGES = ("cp1251", "cp1250", "cp1252", "cp866", "koi8-r", "iso8859-2", "cp852")

_RUSSIAN = {
    **dict.fromkeys("оеаинтсрвлк", 1.0),
    **dict.fromkeys("мдпуяыьгзбчйхжш", 0.8),
    **dict.fromkeys("юцщэфъё", 0.5),
}
_HUNGARIAN = dict.fromkeys("áéíóöőúüű", 1.0)
_SIGNS = dict.fromkeys("«»—–…№€°§„”“’‘•\u00a0©®±", 0.3)
_SCORES = {**_SIGNS, **_HUNGARIAN, **_RUSSIAN}
_STRANGER = -1.5  # a letter or sign that neither language uses
_BREAK = -1.2  # a capital after a small letter, or two scripts in one word

_SAMPLE = 65536  # characters beyond this change nothing


def sniff_encoding(data: bytes) -> str:
    """
    Name the character set of a text file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    str
        A codec name. ``utf-8`` is also answered for a UTF-8 file with a few
        damaged bytes (at most 1 % of its national letters).
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return name
    head = data[:4096]
    # ASCII written as UTF-16 is valid UTF-8 full of zero bytes: look at these first
    if head.count(0) > len(head) // 8:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd >= even else "utf-16-be"
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    if damaged == 0:
        return "utf-8"
    national = sum(character > "\x7f" for character in text) - damaged
    if damaged <= national / 100:
        return "utf-8"
    scored = []
    for rank, name in enumerate(CODE_PAGES):
        try:
            sample = data.decode(name)[:_SAMPLE]
        except UnicodeDecodeError:
            continue
        scored.append((letter_score(sample), -rank, name))
    return max(scored)[2] if scored else "latin-1"


def letter_score(text: str) -> float:
    """Sum of the letter scores of a text; higher is more like Russian or Hungarian."""
    score, before = 0.0, " "
    for character in text:
        small = character.lower()
        if character > "\x7f":
            score += _SCORES.get(small, _STRANGER)
            if before.isalpha():
                if character != small and before == before.lower():
                    score += _BREAK
                if (small in _RUSSIAN) != (before.lower() in _RUSSIAN):
                    score += _BREAK
        elif character.isalpha() and before.lower() in _RUSSIAN:
            score += _BREAK
        before = character
    return score


def decode_text(data: bytes, encoding: str | None, name: str) -> tuple[str, str, int]:
    """
    Text of a file, the character set it was read with, and the damaged letters.

    Parameters
    ----------
    data : bytes
    encoding : str or None
        As declared by the user; found by :func:`sniff_encoding` when None.
    name : str
        File name for messages.

    Returns
    -------
    (str, str, int)
        Text, codec name, number of letters that could not be read.

    Raises
    ------
    InputDataError
        If the declared encoding does not exist or does not fit.
    """
    codec = encoding or sniff_encoding(data)
    try:
        return data.decode(codec), codec, 0
    except LookupError:
        raise InputDataError(
            f"{name}: the encoding {codec!r} is not known; write utf-8, cp1251 or cp1250."
        ) from None
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise InputDataError(
                f"{name}: the file is not {encoding}: byte {error.start} cannot be read; "
                f"it looks like {sniff_encoding(data)}. Correct or remove `encoding`."
            ) from None
    text = data.decode(codec, errors="replace")
    return text, codec, text.count("\ufffd")
