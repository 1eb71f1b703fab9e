"""
The only module that knows Ibis: tables, helpers and connections of the measures.

A measure is an expression over *unbound* canonical tables: it names columns, not
an engine. The same expression is compiled for DuckDB, PostgreSQL, ClickHouse or
Spark when it is run. Some constructs give another number on another engine, so the
measures use the helpers below in their place:

- ``ratio(a, b)`` never divides integers: PostgreSQL would answer 0 for 1 / 2.
- ``seconds(a, b)`` subtracts epoch seconds: the difference of two timestamps has
  another type on each engine, and "days between" counts midnights on one and whole
  days on another.
- the n-th row of a group is ``row_number() == n``: ``first(order_by=...)`` does not
  run everywhere.
- a column is hidden behind ``nullif`` before ``lead()``: ClickHouse fills the end of
  the window of a column without nulls with 0.

All instants in the store are the client's wall time in whole seconds, so a month is
the client's month on every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import ibis
from ibis import _ as _
from ibis.common.deferred import const
from ibis.expr.types import Table as Table
from ibis.expr.types import Value as Value

from kpikit.errors import InputDataError
from kpikit.vocabulary import DERIVED_TABLES, TABLES

Deferred = Any  # an expression over `_`, bound to the rows when the measure is put together

_TYPES = {
    "id": "string",
    "text": "string",
    "instant": "timestamp",
    "date": "timestamp",
    "int": "int64",
    "float": "float64",
    "bool": "boolean",
}
PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


# ---- tables -----------------------------------------------------------------------------------


def schema(name: str) -> dict[str, str]:
    """Column types of a canonical or derived table, as the engine names them."""
    columns = TABLES.get(name) or DERIVED_TABLES.get(name)
    if columns is None:
        raise InputDataError(
            f"There is no table {name!r}; the tables are {', '.join([*TABLES, *DERIVED_TABLES])}."
        )
    return {column: _TYPES[kind] for column, kind in columns.items()}


def table(name: str) -> Table:
    """A canonical table without an engine: only its name and columns."""
    return ibis.table(schema(name), name=name)


# ---- the helpers that make an expression the same on every engine ------------------------------


def ratio(a: Any, b: Any) -> Any:
    """Quotient of two numbers, null where the divisor is 0."""
    return a.cast("float64") / b.cast("float64").nullif(0.0)


def number(x: Any) -> Any:
    """The value as a float; a literal where a plain number is given."""
    return ibis.literal(float(x), "float64") if isinstance(x, int | float) else x.cast("float64")


def whole_number(value: int | None) -> Any:
    """A literal of a long integer, or a null of that type."""
    return ibis.literal(value, "int64") if value is not None else ibis.null("int64")


def constant(x: float) -> Deferred:
    """A number that stands before a column: 0 + column, where a plain literal cannot."""
    return const(number(x))


def one(flag: Any) -> Any:
    """1.0 where the condition holds, else 0.0; null counts as no."""
    # PostgreSQL does not turn a truth value into a long integer
    return ibis.cases((flag, number(1.0)), else_=number(0.0))


def text(value: str | None) -> Any:
    """A text literal, or a null of the type text."""
    return ibis.literal(value, "string") if value is not None else ibis.null("string")


def instant(value: date | datetime) -> Any:
    """A moment as a literal."""
    moment = datetime(value.year, value.month, value.day) if type(value) is date else value
    return ibis.literal(moment, "timestamp")


def no_instant() -> Any:
    """A missing moment."""
    return ibis.null("timestamp")


def no_number() -> Any:
    """A missing number, for the side of a stack that has none: 0 would count."""
    return ibis.null("float64")


def seconds(start: Any, end: Any) -> Any:
    """Clock seconds from one moment to another, as a float."""
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64")


def days(start: Any, end: Any) -> Any:
    """Clock days from one moment to another, with decimals."""
    return seconds(start, end) / 86400.0


def later(moment: Any, *, days: int = 0, months: int = 0) -> Any:
    """The moment moved by whole days or months."""
    if months:
        return moment + ibis.interval(months=months)
    return moment + ibis.interval(days=days)


def period_start(moment: Any, period: str) -> Any:
    """First moment of the day, week (Monday), month, quarter or year."""
    if period not in PERIODS:
        raise InputDataError(f"{period!r} is not a period; use one of {', '.join(PERIODS)}.")
    return moment.truncate(PERIODS[period]).cast("timestamp")


def least(*values: Any) -> Any:
    """Smallest of several columns of a row."""
    return ibis.least(*values)


def greatest(*values: Any) -> Any:
    """Largest of several columns of a row."""
    return ibis.greatest(*values)


def cases(*branches: tuple[Any, Any], else_: Any = None) -> Any:
    """First result whose condition holds."""
    return ibis.cases(*branches, else_=else_)


def coalesce(*values: Any) -> Any:
    """First value that is not missing."""
    return ibis.coalesce(*values)


def numbered(rows: Table, within: Sequence[str], order: Sequence[str]) -> Table:
    """The rows with ``position``: 0 for the first of each group in this order."""
    window = ibis.window(group_by=list(within), order_by=list(order))
    return rows.mutate(position=ibis.row_number().over(window))


def last_of(rows: Table, within: Sequence[str], order: Sequence[str]) -> Table:
    """
    The last row of each group in this order.

    The columns of the order must be filled: engines put nulls at different ends.
    """
    window = ibis.window(group_by=list(within), order_by=[ibis.desc(name) for name in order])
    ranked = rows.mutate(place_from_end=ibis.row_number().over(window))
    return ranked.filter(_.place_from_end == 0).drop("place_from_end")


def running(value: Any, within: Sequence[str], order: Sequence[str]) -> Any:
    """The value summed up to and with the row, within each group."""
    return value.over(ibis.cumulative_window(group_by=list(within), order_by=list(order)))


def following(column: Any, sentinel: Any, within: Sequence[str], order: Sequence[str]) -> Any:
    """The column's value in the next row of the group; null in the last row."""
    window = ibis.window(group_by=list(within), order_by=list(order))
    return column.nullif(sentinel).lead().over(window)


def stacked(*tables: Table) -> Table:
    """Rows of several tables with the same columns, one below the other."""
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def joined(left: Table, right: Table, keys: str | Sequence[str]) -> Table:
    """Left join; the keys of the right side do not come twice."""
    names = [keys] if isinstance(keys, str) else list(keys)
    return left.left_join(right, names).drop(*[f"{name}_right" for name in names])


# ---- working time -----------------------------------------------------------------------------


def with_working_seconds(rows: Table, moment: str, name: str) -> Table:
    """
    The rows with the working seconds of the calendar before a moment.

    The difference of two such columns is working time: nights, week-ends and
    holidays count nothing, shortened days count what they hold. Null where the
    calendar does not reach.
    """
    calendar = table("calendar").select(
        calendar_day="date", work_s="work_s", start_s="start_s", end_s="end_s", before_s="before_s"
    )
    on = rows.mutate(calendar_day=period_start(rows[moment], "day"))
    found = joined(on, calendar, "calendar_day")
    clock = seconds(found.calendar_day, found[moment])
    inside = greatest(least(clock, found.end_s) - found.start_s, ibis.literal(0.0))
    worked = inside * ratio(found.work_s, found.end_s - found.start_s).fill_null(0.0)
    return found.mutate(**{name: found.before_s + worked}).drop(
        "calendar_day", "work_s", "start_s", "end_s", "before_s"
    )


# ---- connections ------------------------------------------------------------------------------


def connect(engine: str, address: str = "") -> Any:
    """
    Open a connection.

    Parameters
    ----------
    engine : str
        ``duckdb``, ``postgresql``, ``clickhouse`` or ``spark``.
    address : str
        URL of the server or of the Spark master; empty for DuckDB.

    Returns
    -------
    ibis backend

    Raises
    ------
    InputDataError
        If the engine is not known, its package is missing, or it does not answer. The message
        never holds the address: it may carry a password.
    """
    if engine not in _CONNECT:
        raise InputDataError(f"Engine {engine!r} is not known; use one of {', '.join(_CONNECT)}.")
    try:
        return _CONNECT[engine](address)
    except ImportError as error:
        raise InputDataError(
            f"Engine {engine!r} needs a package that is not installed ({error.name}); "
            f"install kpikit[{engine}]."
        ) from None
    except Exception as error:
        raise InputDataError(
            f"Engine {engine!r} does not answer ({type(error).__name__}); check that the server "
            "runs and that its address is right."
        ) from None


def _duckdb(address: str) -> Any:
    return ibis.duckdb.connect(address or ":memory:")


def _postgresql(address: str) -> Any:
    import psycopg
    from psycopg.sql import SQL, Identifier

    server, schema = schema_in(address)
    con = psycopg.connect(server, autocommit=True)
    # asked first: a user without the right to create schemas may still use one that is there
    known = con.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone()
    if known is None:
        con.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    con.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
    # compiling a query to machine code takes longer than most of these queries
    con.execute("SET jit = off")
    return ibis.postgres.from_connection(con)


def schema_in(address: str) -> tuple[str, str]:
    """
    Address of a PostgreSQL server without its ``schema`` parameter, and that schema.

    Everything is read and written in this one schema, so the rest of the client's
    database is not touched.
    """
    from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

    parts = urlsplit(address)
    given = parse_qsl(parts.query)
    schema = dict(given).get("schema", "kpikit")
    rest = urlencode([pair for pair in given if pair[0] != "schema"])
    return urlunsplit(parts._replace(query=rest)), schema


def _clickhouse(address: str) -> Any:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return ibis.clickhouse.connect(
        host=parts.hostname or "localhost",
        port=parts.port or 8123,
        user=parts.username or "default",
        password=parts.password or "",
        database=parts.path.strip("/") or "default",
        # without this a left join answers 0 and 1970 in place of null
        settings={"join_use_nulls": 1, "session_timezone": "UTC"},
    )


def _spark(address: str) -> Any:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(address or "local[2]")
        .appName("kpikit")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    return ibis.pyspark.connect(session)


_CONNECT = {
    "duckdb": _duckdb,
    "postgresql": _postgresql,
    "clickhouse": _clickhouse,
    "spark": _spark,
}


class _SparkOptions(ibis.config.Config):
    treat_nan_as_null: bool = False


_COMPILERS = {
    "duckdb": "DuckDBCompiler",
    "postgresql": "PostgresCompiler",
    "clickhouse": "ClickHouseCompiler",
    "spark": "PySparkCompiler",
}


def compiled(expression: Table, engine: str) -> str:
    """SQL text of an expression for an engine; needs neither a server nor its driver."""
    from ibis.backends.sql import compilers
    from sqlglot import ErrorLevel, expressions

    if ibis.options.pyspark is None:
        # the driver would set it; the compiler of Spark asks for it without a driver too
        ibis.options.pyspark = _SparkOptions()
    compiler = getattr(compilers, _COMPILERS[engine])()
    query = compiler.to_sqlglot(expression)
    for star in query.find_all(expressions.Star):
        # ClickHouse drops columns by a list whose order would differ from run to run
        star.set("except_", sorted(star.args.get("except_") or [], key=lambda item: item.name))
    return str(
        query.sql(
            compiler.dialect, pretty=True, pad=1, indent=1, unsupported_level=ErrorLevel.RAISE
        )
    )
