"""
Numbers, shares, money and dates as a reader of the language expects them.

One rule of rounding holds everywhere: half away from zero on the shortest
decimal that stands for the number, as a spreadsheet does it. A missing value
is a dash, never a zero. English follows British habits (1 July 2026), so that
no reader can take the day for the month.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import (
    format_compact_currency,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)

from kpikit.languages.catalogue import current, gettext, noop

MISSING = "—"

_CLDR = {"en": "en_GB", "ru": "ru", "hu": "hu"}
_DAY_SHORT = {"en": "d MMM y", "ru": "dd.MM.y", "hu": "y. MM. dd."}
_MONTH = {"en": "MMMM y", "ru": "LLLL y", "hu": "y. MMMM"}
_MONTH_SHORT = {"en": "MMM y", "ru": "LLL y", "hu": "y. MMM"}
_NO_BREAK_SPACE = "\u00a0"
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_POINTS = noop("{points} pp")


@cache
def _cldr(lang: str) -> Locale:
    return Locale.parse(_CLDR[lang])


def _locale() -> Locale:
    return _cldr(current())


def is_missing(x: Any) -> bool:
    """Whether a value is absent: None, NaN, NaT, ``pandas.NA`` or an empty text."""
    if x is None or (isinstance(x, str) and not x):
        return True
    try:
        return bool(x != x)
    except (TypeError, ValueError):  # pandas.NA has no truth value
        return True


def _decimal(x: Any, decimals: int) -> Decimal:
    """Round half up on the shortest decimal text of the number."""
    exact = x if isinstance(x, Decimal) else Decimal(repr(_plain(x)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return rounded if rounded else abs(rounded)  # no "-0"


def _plain(x: Any) -> int | float:
    """A Python number from a Python or numpy one."""
    return (
        int(x) if isinstance(x, int) or type(x).__name__.startswith(("int", "uint")) else float(x)
    )


def _digits(decimals: int) -> str:
    return "." + "0" * decimals if decimals > 0 else ""


def _infinite(x: Any) -> str | None:
    if isinstance(x, float) and math.isinf(x):
        return "∞" if x > 0 else "-∞"
    return None


def number(x: Any, decimals: int = 0) -> str:
    """
    Write a number with grouped thousands.

    Parameters
    ----------
    x : number or missing
    decimals : int
        Digits after the decimal mark; negative rounds to tens, hundreds, ...

    Examples
    --------
    >>> number(1234567.5)
    '1,234,568'
    >>> number(None)
    '—'
    """
    if is_missing(x):
        return MISSING
    if (text := _infinite(x)) is not None:
        return text
    with localcontext(_EXACT):
        return str(
            format_decimal(
                _decimal(x, decimals), format="#,##0" + _digits(decimals), locale=_locale()
            )
        )


def share(x: Any, decimals: int = 0) -> str:
    """
    Write a share as per cent.

    Parameters
    ----------
    x : number or missing
        Share, 0 to 1. [share]
    decimals : int
        Digits after the decimal mark of the percentage.

    Examples
    --------
    >>> share(0.0825, 1)
    '8.3%'
    """
    if is_missing(x):
        return MISSING
    if (text := _infinite(x)) is not None:
        return text
    locale = _locale()
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0" + _digits(decimals))
    with localcontext(_EXACT):
        return str(format_percent(_decimal(x, decimals + 2), format=pattern, locale=locale))


def percent_points(x: Any, decimals: int = 0) -> str:
    """
    Write the difference of two shares in percentage points, with its sign.

    Parameters
    ----------
    x : number or missing
        Difference of two shares, -1 to 1. [share]
    decimals : int
        Digits after the decimal mark of the points.
    """
    if is_missing(x):
        return MISSING
    points = _decimal(x, decimals + 2).scaleb(2)
    sign = "+" if points > 0 else ""
    return gettext(_POINTS).format(points=sign + number(points, decimals))


def money(x: Any, currency: str, decimals: int = 0) -> str:
    """
    Write an amount with its currency.

    Parameters
    ----------
    x : number or missing
        Amount. [currency]
    currency : str
        ISO 4217 code.
    decimals : int
        Digits after the decimal mark; whole units by default.

    Examples
    --------
    >>> money(1851850.5, "EUR")
    '€1,851,851'
    """
    if is_missing(x):
        return MISSING
    if (text := _infinite(x)) is not None:
        return text
    locale = _locale()
    pattern = locale.currency_formats["standard"].pattern.replace(".00", _digits(decimals))
    with localcontext(_EXACT):
        text = format_currency(
            _decimal(x, decimals), currency, format=pattern, locale=locale, currency_digits=False
        )
    return _spaced(text)


def currency_symbol(currency: str) -> str:
    """Sign or code of a currency as the language in use writes it: ₽, Ft, RUB."""
    return str(get_currency_symbol(currency, locale=_locale()))


def money_compact(x: Any, currency: str, decimals: int = 1) -> str:
    """
    Write an amount in millions or billions; below a million, in full.

    Parameters
    ----------
    x : number or missing
        Amount. [currency]
    currency : str
        ISO 4217 code.
    decimals : int
        Digits after the decimal mark of the millions.

    Examples
    --------
    >>> money_compact(48_850_000, "EUR")
    '€48.9M'
    """
    if is_missing(x) or _infinite(x) is not None:
        return money(x, currency)
    power = 6
    rounded = _decimal(x, decimals - power)
    while abs(rounded) >= Decimal(10) ** (power + 3) and power < 12:
        power += 3
        rounded = _decimal(x, decimals - power)
    if abs(rounded) < 10**6:
        return money(x, currency)
    with localcontext(_EXACT):
        text = format_compact_currency(
            rounded, currency, locale=_locale(), fraction_digits=decimals
        )
    # Babel drops a zero after the mark: "9.1-19 m" reads as two precisions.
    digits = number(abs(rounded).scaleb(-power), decimals)
    return _spaced(re.sub(r"\d[\d.,\s]*(?<=\d)", digits, text, count=1))


def _spaced(text: str) -> str:
    """A currency code made of letters keeps a space from the digits: EUR 5."""
    for position in range(len(text) - 1):
        if text[position].isascii() and text[position].isalpha() and text[position + 1].isdigit():
            return text[: position + 1] + _NO_BREAK_SPACE + text[position + 1 :]
    return text


def _day(x: Any) -> dt.date:
    if isinstance(x, str):
        return dt.datetime.fromisoformat(x).date()
    if hasattr(x, "astype") and not isinstance(x, dt.date):  # numpy.datetime64
        return dt.date.fromisoformat(str(x.astype("datetime64[D]")))
    return x.date() if isinstance(x, dt.datetime) else x


def date(x: Any) -> str:
    """Write a day with its month in words: 1 July 2026."""
    return MISSING if is_missing(x) else str(format_date(_day(x), "long", locale=_locale()))


def date_short(x: Any) -> str:
    """Write a day for a table: 1 Jul 2026, 01.07.2026, 2026. 07. 01."""
    if is_missing(x):
        return MISSING
    return _unbroken(format_date(_day(x), _DAY_SHORT[current()], locale=_locale()))


def month(x: Any) -> str:
    """Write a month and its year: July 2026."""
    if is_missing(x):
        return MISSING
    return str(format_date(_day(x), _MONTH[current()], locale=_locale()))


def month_short(x: Any) -> str:
    """Write a month and its year, the month shortened: Jul 2026."""
    if is_missing(x):
        return MISSING
    return _unbroken(format_date(_day(x), _MONTH_SHORT[current()], locale=_locale()))


def _unbroken(text: str) -> str:
    """A date in a narrow column stays on one line."""
    return text.replace(" ", _NO_BREAK_SPACE)


def month_name(x: Any) -> str:
    """Write the short name of a month alone, as an axis has it: Jul."""
    if is_missing(x):
        return MISSING
    return str(format_date(_day(x), "LLL", locale=_locale())).rstrip(".")


def interval(low: Any, high: Any, format: Callable[[Any], str] = number) -> str:
    """
    Write an interval; a unit that both ends share is written once.

    Parameters
    ----------
    low, high : number or missing
    format : callable
        Writes one end.

    Examples
    --------
    >>> interval(0.31, 0.44, share)
    '31–44%'
    """
    if is_missing(low) and is_missing(high):
        return MISSING
    first, last = format(low), format(high)
    if is_missing(low) or is_missing(high):
        return f"{first} – {last}"
    tail = _unit(first)
    if tail and tail == _unit(last):
        first = first[: -len(tail)]
    # A dash before a minus sign reads as one stroke without spaces.
    return f"{first} – {last}" if "-" in first + last else f"{first}–{last}"


def _unit(text: str) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    return text[digits[-1] + 1 :] if digits else ""


def estimate(value: Any, low: Any, high: Any, format: Callable[[Any], str] = number) -> str:
    """Write a value with its interval: 37 % (31-44 %)."""
    if is_missing(value):
        return MISSING
    if is_missing(low) and is_missing(high):
        return format(value)
    shown = format(value)
    if format(low) == shown == format(high):
        return shown  # an interval narrower than the last digit tells nothing
    return f"{shown} ({interval(low, high, format)})"


def join(items: Iterable[str]) -> str:
    """Write a list as running text: a, b and c."""
    return str(format_list(list(items), locale=_locale()))
