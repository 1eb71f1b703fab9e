"""
How each engine takes a table: Parquet for DuckDB, rows for PostgreSQL, ClickHouse and Spark.

Every column may be null and every instant is wall time without a zone, as the files in
front of DuckDB are; otherwise the same query would answer differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.vocabulary import DERIVED_TABLES, TABLES


def open_parquet(backend: Any, engine: str, folder: Path) -> None:
    """Make each ``<table>.parquet`` of a folder readable under its name."""
    for name in [*TABLES, *DERIVED_TABLES]:
        path = folder / f"{name}.parquet"
        if not path.exists():
            continue
        if engine == "duckdb":
            files = str(path / "*.parquet" if path.is_dir() else path)
            quoted = files.replace("'", "''")
            backend.raw_sql(f"CREATE OR REPLACE VIEW \"{name}\" AS FROM read_parquet('{quoted}')")
        else:
            backend.read_parquet(str(path), table_name=name)


_LISTED = {
    "duckdb": "SELECT table_name, column_name FROM information_schema.columns",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema()",
    "clickhouse": "SELECT table, name FROM system.columns WHERE database = currentDatabase()",
}


def held(backend: Any, engine: str) -> dict[str, set[str]]:
    """Tables of the store and their columns."""
    if engine == "spark":
        known = {*TABLES, *DERIVED_TABLES} & set(backend.list_tables())
        return {name: set(backend.table(name).columns) for name in known}
    # Ibis 12 lists tables with a call that DuckDB 2 no longer has
    if engine == "clickhouse":
        listed = backend.con.query(_LISTED[engine]).result_rows
    else:
        listed = backend.con.execute(_LISTED[engine]).fetchall()
    found: dict[str, set[str]] = {}
    for name, column in listed:
        found.setdefault(name, set()).add(column)
    return found


def write(
    backend: Any,
    engine: str,
    name: str,
    rows: pd.DataFrame,
    types: Mapping[str, str],
    place: Path | None,
) -> None:
    """Write one table; see :func:`kpikit.kpis.store.write_tables`."""
    _WRITERS[engine](backend, name, rows, types, place)


_DUCKDB_TYPES = {
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
}


def _duckdb(
    backend: Any, name: str, rows: pd.DataFrame, types: Mapping[str, str], place: Path | None
) -> None:
    con = backend.con
    con.register("incoming", rows)
    columns = ", ".join(f'"{c}"::{_DUCKDB_TYPES[t]} AS "{c}"' for c, t in types.items())
    con.execute(f'DROP VIEW IF EXISTS "{name}"')
    if place is None:
        con.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT {columns} FROM incoming')
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        quoted = str(place).replace("'", "''")
        con.execute(f"COPY (SELECT {columns} FROM incoming) TO '{quoted}' (FORMAT parquet)")
        con.execute(f"CREATE VIEW \"{name}\" AS FROM read_parquet('{quoted}')")
    con.unregister("incoming")


def _arrow(rows: pd.DataFrame, types: Mapping[str, str]) -> Any:
    """The rows as an Arrow table of the store's types; missing values are null."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "timestamp": pa.timestamp("us"),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "boolean": pa.bool_(),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in types.items()])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False)


_POSTGRESQL_TYPES = {
    "string": "text",
    "timestamp": "timestamp",
    "int64": "bigint",
    "float64": "double precision",
    "boolean": "boolean",
}
#: Rows of one block of CSV on the way to PostgreSQL.
_BLOCK = 200_000


def _postgresql(
    backend: Any, name: str, rows: pd.DataFrame, types: Mapping[str, str], place: Path | None
) -> None:
    from io import BytesIO

    from psycopg.sql import SQL, Identifier
    from pyarrow import csv

    named = Identifier(name)
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(c), SQL(_POSTGRESQL_TYPES[t])) for c, t in types.items()
    )
    headless = csv.WriteOptions(include_header=False)
    con = backend.con
    # in one transaction: somebody who asks meanwhile sees the old table or the new one
    with con.transaction(), con.cursor() as cursor:
        cursor.execute(SQL("DROP TABLE IF EXISTS {}").format(named))
        cursor.execute(SQL("CREATE TABLE {} ({})").format(named, columns))
        # an empty field without quotes is null, with quotes it is an empty text: both sides agree
        with cursor.copy(SQL("COPY {} FROM STDIN (FORMAT csv)").format(named)) as copy:
            for batch in _arrow(rows, types).to_batches(max_chunksize=_BLOCK):
                block = BytesIO()
                csv.write_csv(batch, block, headless)
                copy.write(block.getvalue())
        cursor.execute(SQL("ANALYZE {}").format(named))


_CLICKHOUSE_TYPES = {
    "string": "Nullable(String)",
    "timestamp": "Nullable(DateTime64(6))",
    "int64": "Nullable(Int64)",
    "float64": "Nullable(Float64)",
    "boolean": "Nullable(Bool)",
}


def _clickhouse(
    backend: Any, name: str, rows: pd.DataFrame, types: Mapping[str, str], place: Path | None
) -> None:
    columns = ", ".join(f"`{c}` {_CLICKHOUSE_TYPES[t]}" for c, t in types.items())
    backend.con.command(
        f"CREATE OR REPLACE TABLE `{name}` ({columns}) ENGINE = MergeTree ORDER BY tuple()"
    )
    if len(rows):
        backend.con.insert_arrow(name, _arrow(rows, types))


def _spark(
    backend: Any, name: str, rows: pd.DataFrame, types: Mapping[str, str], place: Path | None
) -> None:
    from pyspark.sql import SparkSession
    from pyspark.sql import types as kinds

    names = {
        "string": kinds.StringType(),
        "timestamp": kinds.TimestampNTZType(),
        "int64": kinds.LongType(),
        "float64": kinds.DoubleType(),
        "boolean": kinds.BooleanType(),
    }
    schema = kinds.StructType([kinds.StructField(c, names[t], True) for c, t in types.items()])
    # rows travel through the driver: the workers of a cluster do not see its files
    session = SparkSession.active()
    session.createDataFrame(_arrow(rows, types), schema=schema).createOrReplaceTempView(name)


_WRITERS = {
    "duckdb": _duckdb,
    "postgresql": _postgresql,
    "clickhouse": _clickhouse,
    "spark": _spark,
}
