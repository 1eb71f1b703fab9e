"""What an extract asks of the store before it starts, and the rows of its period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kpikit.kpis.engine import Table, _, instant, table
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store, run


def lacking(store: Store, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """
    What the store does not hold of these tables and columns.

    A column that no row fills is lacking like one that is not there.

    Returns
    -------
    list of str
        ``invoices``, ``invoices.due_on``; empty where nothing is lacking.
    """
    lacks = []
    for name, columns in wanted.items():
        if name not in store.tables:
            lacks.append(name)
            continue
        there = [column for column in columns if column in store.tables[name]]
        rows = table(name)
        counted = run(store, rows.agg(**{column: rows[column].count() for column in there}))
        lacks += [f"{name}.{c}" for c in columns if c not in there or not counted[c].iloc[0]]
    return lacks


def within(rows: Table, p: Parameters) -> Table:
    """Rows whose ``at`` lies in the period and not after the as-of instant."""
    rows = rows.filter(_.at <= instant(p.as_of))
    if p.start is not None:
        rows = rows.filter(_.at >= instant(p.start))
    return rows if p.end is None else rows.filter(_.at < instant(p.end))


def empty(columns: Sequence[str]) -> pd.DataFrame:
    """A table with these columns and no rows."""
    return pd.DataFrame(columns=list(columns))
