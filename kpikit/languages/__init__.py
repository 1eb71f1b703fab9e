"""
Languages of the report: English, Russian and Hungarian.

English is the source. ``gettext`` looks a sentence up in the catalogue of the
language in use, and the formatters write numbers, money and dates as the CLDR
prescribes for it. Everything that a reader sees passes through here, so a
number looks the same in the page, the PDF and a chart.
"""

from kpikit.languages.catalogue import (
    LANGUAGES,
    current,
    gettext,
    ngettext,
    noop,
    use,
)
from kpikit.languages.formats import (
    MISSING,
    currency_symbol,
    date,
    date_short,
    estimate,
    interval,
    join,
    money,
    money_compact,
    month,
    month_name,
    month_short,
    number,
    percent_points,
    share,
)
from kpikit.languages.messages import (
    Message,
    extract_messages,
    mismatched,
    missing,
)
from kpikit.languages.prose import translate_markdown, translate_notebook

__all__ = [
    "LANGUAGES",
    "MISSING",
    "Message",
    "currency_symbol",
    "current",
    "date",
    "date_short",
    "estimate",
    "extract_messages",
    "gettext",
    "interval",
    "join",
    "mismatched",
    "missing",
    "money",
    "money_compact",
    "month",
    "month_name",
    "month_short",
    "ngettext",
    "noop",
    "number",
    "percent_points",
    "share",
    "translate_markdown",
    "translate_notebook",
    "use",
]
