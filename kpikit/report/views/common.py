"""Pieces that several chapters use: rows of figures, labels, short sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.report.tables import Shown, show_notice
from kpikit.study import Study
from kpikit.vocabulary import FIGURE_KEYS

Format = Callable[[Any], str]


def rows(study: Study, name: str, **keys: str) -> pd.DataFrame:
    """Rows of a figure; keys not named may hold anything."""
    table = study.figures[study.figures["figure"] == name]
    for key, value in keys.items():
        table = table[table[key] == value]
    return table


def one(study: Study, name: str, **keys: str) -> pd.Series | None:
    """The single row with exactly these keys (all others empty); None without."""
    full = dict.fromkeys(FIGURE_KEYS[1:], "") | keys
    table = rows(study, name, **full)
    return None if table.empty else table.iloc[0]


def value(study: Study, name: str, **keys: str) -> Any:
    """The number of a figure, None where it is missing or not computable."""
    row = one(study, name, **keys)
    return None if row is None else row["value"]


def with_interval(row: pd.Series | None, write: Format) -> str:
    """``0.37 (0.31-0.44)`` in the language in use; a dash without a value."""
    if row is None or row["value"] is None:
        return languages.MISSING
    return languages.estimate(row["value"], row["low"], row["high"], write)


def stage_names(study: Study) -> dict[str, str]:
    """Stage id to the name the client uses, in funnel order."""
    return dict(study.stage_names)


def segment_label(name: str) -> str:
    """A segment's name; the empty one stands for all."""
    return name or _("all segments")


def one_decimal(x: Any) -> str:
    """A number with one decimal."""
    return languages.number(x, 1)


def one_decimal_share(x: Any) -> str:
    """A share with one decimal of a per cent."""
    return languages.share(x, 1)


def not_computable(study: Study, name: str, title: str) -> Shown:
    """A refusal in place of a table: what is missing, in the reader's words."""
    table = rows(study, name)
    reason = "" if table.empty else str(table.iloc[0]["reason"] or "")
    text = reason_text(reason) if reason else _("The data for this are missing.")
    return show_notice("refused", text, title)


def reason_text(code: str) -> str:
    """Reasons of figures, in the language in use; several are joined."""
    parts = [part for part in code.split("; ") if part]
    return " ".join(_(REASONS.get(part, part)) for part in parts)


REASONS: dict[str, str] = {}
