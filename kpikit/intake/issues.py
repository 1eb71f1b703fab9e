"""One problem met while reading, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from kpikit.vocabulary import ISSUE_COLUMNS, SET_ASIDE_COLUMNS, SEVERITIES


@dataclass(frozen=True)
class Issue:
    """
    A problem of the client's data, told once with its size and an example.

    Parameters
    ----------
    rule : str
        Short id of the rule that found it.
    severity : str
        ``info``, ``warning`` or ``error``.
    message : str
        What is wrong and what to do, one or two English sentences.
    table, column, source_file : str
        Where; empty where it does not apply.
    rows : int
        Number of rows concerned. [count]
    share : float or None
        The same as a share of the rows looked at. [share]
    example : str
        Values and row numbers to find it again.
    """

    rule: str
    severity: str
    message: str
    table: str = ""
    column: str = ""
    rows: int = 0
    share: float | None = None
    example: str = ""
    source_file: str = ""


def share_of(rows: int, total: int) -> float | None:
    """Share of ``rows`` in ``total``, None where nothing was looked at. [share]"""
    return rows / total if total else None


def examples(values: Iterable[object], most: int = 5) -> str:
    """The first few distinct values as one readable text."""
    seen = list(dict.fromkeys(str(value) for value in values))
    text = ", ".join(seen[:most])
    return f"{text}, ... ({len(seen)} in all)" if len(seen) > most else text


def row_list(rows: Sequence[int] | pd.Index, most: int = 5) -> str:
    """Row numbers of a file as ``rows 4, 9, 12, ...``."""
    numbers = [int(row) for row in rows[:most]]
    text = ", ".join(str(number) for number in numbers)
    word = "row" if len(rows) == 1 else "rows"
    return f"{word} {text}" + (", ..." if len(rows) > most else "")


def issue_table(issues: Iterable[Issue]) -> pd.DataFrame:
    """
    All issues as a table, the gravest first, then in the order they were met.

    Returns
    -------
    DataFrame
        The columns of :data:`kpikit.vocabulary.ISSUE_COLUMNS`.
    """
    ordered = sorted(issues, key=lambda issue: -SEVERITIES.index(issue.severity))
    table = pd.DataFrame([asdict(issue) for issue in ordered], columns=list(ISSUE_COLUMNS))
    return table.astype({"rows": "int64", "share": "float64"})


def set_aside_table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Records that could not be used, of all files, word for word."""
    columns = list(SET_ASIDE_COLUMNS)
    filled = [part[columns] for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    return pd.concat(filled, ignore_index=True)
