"""
Where the client's tables lie: DuckDB over Parquet, or the client's own engine.

The measures do not know the engine; they are run here. Files read by the door are
written into the store; a table that no file fills is looked for in it under its
canonical name, so a warehouse that already holds canonical tables is used as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpis import engine, engine_tables
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import MEASURES, Measure, columns_of
from kpikit.vocabulary import DERIVED_TABLES, TABLES

ENGINES = ("duckdb", "postgresql", "clickhouse", "spark")


@dataclass(frozen=True, eq=False)
class Store:
    """
    An open store.

    Parameters
    ----------
    engine : str
        One of :data:`ENGINES`.
    backend : ibis backend
        The connection.
    tables : mapping of str to frozenset
        Canonical and derived tables that it holds, and their columns.
    parameters : Parameters
        Settings of the measures.
    filled : dict
        Coverage found so far, by table; see :func:`coverage`.
    own : mapping of str to Measure
        The client's own KPIs, beside those of the catalogue.
    """

    engine: str
    backend: Any
    tables: Mapping[str, frozenset[str]]
    parameters: Parameters
    filled: dict[str, dict[str, float]] = field(default_factory=dict)
    own: Mapping[str, Measure] = field(default_factory=dict)


def open_store(
    parameters: Parameters,
    *,
    engine_name: str = "duckdb",
    address: str = "",
    folder: Path | str | None = None,
) -> Store:
    """
    Open a store on what it already holds.

    Parameters
    ----------
    parameters : Parameters
        Settings of the measures.
    engine_name : str
        ``duckdb``, ``postgresql``, ``clickhouse`` or ``spark``.
    address : str
        URL of the server or Spark master; not used by DuckDB.
    folder : path, optional
        Folder with ``<table>.parquet`` files (or folders of them), for DuckDB and Spark.

    Returns
    -------
    Store

    Raises
    ------
    InputDataError
        If the engine does not answer.
    """
    if engine_name not in ENGINES:
        raise InputDataError(
            f"store: engine {engine_name!r} is not known; use one of {', '.join(ENGINES)}."
        )
    backend = engine.connect(engine_name, address)
    if folder is not None:
        engine_tables.open_parquet(backend, engine_name, Path(folder))
    known = {*TABLES, *DERIVED_TABLES}
    held = engine_tables.held(backend, engine_name)
    tables = {n: frozenset(c) for n, c in held.items() if n in known}
    return Store(engine_name, backend, tables, parameters)


def write_tables(
    store: Store, tables: Mapping[str, pd.DataFrame], zone: str, folder: Path | str | None = None
) -> Store:
    """
    Write canonical tables into the store.

    Instants become the client's wall time in whole seconds, so a month is the client's
    month on every engine. A table written replaces one of the same name.

    Parameters
    ----------
    store : Store
    tables : mapping of str to DataFrame
        Canonical or derived tables.
    zone : str
        IANA zone of the business.
    folder : path, optional
        Where DuckDB keeps the Parquet files; in memory without it.

    Returns
    -------
    Store
        The same connection with the new tables.
    """
    for name, rows in tables.items():
        kinds = TABLES.get(name) or DERIVED_TABLES.get(name)
        if kinds is None:
            raise InputDataError(f"There is no table {name!r} in the vocabulary.")
        local = wall_time(rows, kinds, zone)
        place = Path(folder) / f"{name}.parquet" if folder is not None else None
        engine_tables.write(store.backend, store.engine, name, local, engine.schema(name), place)
    new = {name: frozenset(engine.schema(name)) for name in tables}
    return replace(store, tables={**store.tables, **new}, filled={})


def wall_time(rows: pd.DataFrame, kinds: Mapping[str, str], zone: str) -> pd.DataFrame:
    """The canonical columns with instants as naive local time in whole seconds."""
    columns = {}
    for name, kind in kinds.items():
        values = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype="object")
        if kind in ("instant", "date"):
            moments = pd.to_datetime(values)
            if getattr(moments.dt, "tz", None) is not None:
                moments = moments.dt.tz_convert(zone).dt.tz_localize(None)
            columns[name] = moments.astype("datetime64[s]").astype("datetime64[us]")
        elif kind == "bool":
            columns[name] = values.astype("boolean")
        elif kind == "int":
            columns[name] = pd.to_numeric(values).astype("Int64")
        elif kind == "float":
            columns[name] = pd.to_numeric(values).astype("float64")
        else:
            columns[name] = values.astype("str").where(values.notna(), None).astype("object")
    return pd.DataFrame(columns, index=rows.index)


def run(store: Store, expression: engine.Table) -> pd.DataFrame:
    """Execute an expression and return its rows."""
    if store.engine == "duckdb":
        # the shortest way: Ibis would pass the same SQL through another table library
        return store.backend.con.execute(store.backend.compile(expression)).df()
    return store.backend.execute(expression)


def coverage(store: Store, name: str) -> dict[str, float]:
    """
    Share of rows that fill each column the measures use.

    Parameters
    ----------
    store : Store
    name : str
        Table in the store.

    Returns
    -------
    dict of str to float
        Column -> share; an empty table gives 0 for each. [share]
    """
    if name not in store.filled:
        have = _used(store, name) & store.tables[name]
        wanted = [column for column in engine.schema(name) if column in have]
        rows = engine.table(name)
        sums = {f"c_{column}": rows[column].count() for column in wanted}
        counted = run(store, rows.agg(rows=rows.count(), **sums)).iloc[0]
        total = float(counted["rows"])
        store.filled[name] = {
            column: float(counted[f"c_{column}"]) / total if total else 0.0 for column in wanted
        }
    return store.filled[name]


def _used(store: Store, name: str) -> set[str]:
    """Columns of a table that some measure names."""
    found: set[str] = set()
    for basis in ("contract", "invoice"):
        p = replace(store.parameters, revenue_basis=basis)
        for entry in (*MEASURES.values(), *store.own.values()):
            for wanted in (entry.needs, entry.helps):
                found |= set(columns_of(wanted, p).get(name, ()))
    return found
