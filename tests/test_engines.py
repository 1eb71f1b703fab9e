"""
Every KPI answers the same on each engine: DuckDB, PostgreSQL, Spark.

The tables are those of a client made at random (``made_client``), awkward on purpose; the
servers are private ones on the loopback address. DuckDB's answers are compared with a second
computation in pandas in ``test_measures_*.py``.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client
from servers import LOOPBACK, Absent, postgresql, spark_cluster

from kpikit.errors import InputDataError
from kpikit.kpis.engine import schema_in, table
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import dimensions_of, measure
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store, open_store, run, write_tables
from kpikit.vocabulary import TABLES

SETTINGS = Parameters(as_of=AS_OF, new_groups=("g0",), hourly_cost=1000.0)
COMPARED = ["value", "low", "high", "n", "numerator", "denominator", "median", "p90"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return make_client(7)


@pytest.fixture(scope="module")
def duckdb(tables) -> Store:
    return write_tables(open_store(SETTINGS), tables, ZONE)


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    try:
        with postgresql() as address:
            yield address
    except Absent as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def on_postgresql(tables, postgresql_address) -> Store:
    store = open_store(SETTINGS, engine_name="postgresql", address=postgresql_address)
    return write_tables(store, tables, ZONE)


@pytest.fixture(scope="module")
def on_spark(tables) -> Iterator[Store]:
    try:
        with pytest.MonkeyPatch.context() as patch, spark_cluster() as address:
            # driver and workers must find each other: the machine's name may lead elsewhere
            patch.setenv("SPARK_LOCAL_IP", LOOPBACK)
            patch.setenv("PYSPARK_PYTHON", sys.executable)
            store = open_store(SETTINGS, engine_name="spark", address=address)
            store.backend.raw_sql("SET spark.sql.shuffle.partitions = 2")
            yield write_tables(store, tables, ZONE)
            store.backend.disconnect()
    except Absent as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def on_clickhouse(tables) -> Iterator[Store]:
    """ClickHouse inside this process: its driver speaks to chdb as to a server."""
    pytest.importorskip("chdb", reason="chdb (ClickHouse as a library, 0.5 GB) is not installed")
    driver = pytest.importorskip("clickhouse_connect")
    served = driver.get_client
    of_servers = {"host", "port", "user", "username", "password", "secure", "compress", "database",
                  "client_name", "query_limit"}  # fmt: skip

    def embedded(**settings):
        return served(
            interface="chdb", **{k: v for k, v in settings.items() if k not in of_servers}
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "get_client", embedded)
        store = open_store(SETTINGS, engine_name="clickhouse", address="clickhouse://localhost")
        yield write_tables(store, tables, ZONE)


def grains(store: Store, kpi: str) -> list[tuple[str, ...]]:
    """The whole, and the finest usual split that the KPI's rows allow."""
    allowed = dimensions_of(store, kpi, settled(store, SETTINGS))
    fine = next((name for name in ("rep", "segment") if name in allowed), None)
    return [(), (fine, "month") if fine else ("month",)]


def lines(answer: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The answer's numbers in an order that does not depend on how an engine sorts."""
    rows = answer[answer["n"].fillna(0) > 0] if by else answer
    keys = ["part", *by]
    named = rows[keys].astype(object).where(rows[keys].notna(), "-").astype(str)
    found = rows[COMPARED].astype(float).assign(**named).sort_values(keys)
    return found.set_index(keys)


def agree(kpi: str, one: Store, other: Store, at: Sequence[tuple[str, ...]]) -> None:
    """Both stores answer alike, at each of these grains and in each part."""
    where = f"{kpi} of {MEASURES[kpi].build.__module__} on {other.engine}"
    for by in at:
        want, got = measure(one, kpi, by), measure(other, kpi, by)
        assert want["status"].tolist() == got["status"].tolist(), (where, by)
        assert want["reason"].tolist() == got["reason"].tolist(), (where, by)
        pd.testing.assert_frame_equal(
            lines(got, by), lines(want, by), rtol=1e-9, atol=1e-9, obj=f"{where}, by {by}"
        )


@pytest.mark.parametrize("kpi", sorted(MEASURES))
def test_postgresql_answers_like_duckdb(kpi, duckdb, on_postgresql):
    agree(kpi, duckdb, on_postgresql, grains(duckdb, kpi))


def test_the_client_has_something_to_compare(duckdb):
    """Every KPI has a value in some month: equal silence would prove nothing."""
    silent = [
        kpi
        for kpi in sorted(MEASURES)
        if not measure(duckdb, kpi, ["month"])["value"].notna().any()
    ]
    assert silent == []


# ---- PostgreSQL: only its own schema, no address in words ---------------------------------------


def test_only_the_schema_of_the_address_is_touched(tables, postgresql_address):
    """A client's own table of the same name, in the schema people use, stays as it was."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgresql_address, autocommit=True) as con:
        con.execute("CREATE TABLE public.deals (mine int)")
        store = open_store(
            SETTINGS, engine_name="postgresql", address=f"{postgresql_address}?schema=audit_2026"
        )
        assert store.tables == {}
        write_tables(store, {"deals": tables["deals"]}, ZONE)
        columns = con.execute(
            "SELECT table_schema, count(*) FROM information_schema.columns "
            "WHERE table_name = 'deals' AND table_schema IN ('public', 'audit_2026') "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        con.execute("DROP TABLE public.deals")
    assert columns == [("audit_2026", len(TABLES["deals"])), ("public", 1)]


def test_a_store_that_holds_canonical_tables_is_used_as_it_is(tables, postgresql_address):
    """What one connection wrote, the next one finds, empty text and null apart."""
    address = f"{postgresql_address}?schema=again"
    customers = tables["customers"].head(3).assign(name=['with "quotes", and comma', "", None])
    write_tables(
        open_store(SETTINGS, engine_name="postgresql", address=address),
        {"customers": customers},
        ZONE,
    )
    found = open_store(SETTINGS, engine_name="postgresql", address=address)
    assert set(found.tables) == {"customers"}
    names = run(found, table("customers").select("customer_id", "name").order_by("customer_id"))
    assert names["name"].tolist()[:2] == ['with "quotes", and comma', ""]
    assert pd.isna(names["name"][2])


@pytest.mark.parametrize(
    ("address", "server", "schema"),
    [
        ("postgresql://u@h:1/db", "postgresql://u@h:1/db", "kpikit"),
        ("postgresql://u@h/db?schema=x", "postgresql://u@h/db", "x"),
        (
            "postgresql://u@h/db?sslmode=require&schema=x",
            "postgresql://u@h/db?sslmode=require",
            "x",
        ),
    ],
)
def test_the_schema_is_a_parameter_of_the_address(address, server, schema):
    assert schema_in(address) == (server, schema)


@pytest.mark.parametrize(
    "address",
    ["postgresql://auditor:s3cret@127.0.0.1:9/warehouse", "postgresql://auditor:s3cret@[oops/x"],
)
def test_the_address_is_in_no_error(address):
    """It may hold a password, and errors end up in logs and mails."""
    with pytest.raises(InputDataError, match="does not answer") as error:
        open_store(SETTINGS, engine_name="postgresql", address=address)
    said = "".join(traceback.format_exception(error.value))
    assert "s3cret" not in said and "127.0.0.1" not in said and "auditor" not in said


# ---- Spark and ClickHouse -----------------------------------------------------------------------

#: One KPI of each kind and of each construct that engines run differently.
CHOSEN = {
    "K01": "total",
    "K12": "mean with median, share",
    "K16": "level: payments run up to the end of each period; ratio of given sums",
    "K17": "ratio",
    "K33": "portion",
    "K35": "stock at the end of each period",
    "K36": "required",
    "K37": "inequality join",
    "K44": "quotient",
    "K45": "duration in working time, life table",
    "K46": "duration from the first deal of each customer: window",
    "K61": "phi, agreement",
}


@pytest.mark.parametrize("kpi", CHOSEN)
def test_spark_answers_like_duckdb(kpi, duckdb, on_spark):
    """At the finest grain only: each question costs seconds on a cluster."""
    agree(kpi, duckdb, on_spark, grains(duckdb, kpi)[-1:])


@pytest.mark.parametrize("kpi", CHOSEN)
def test_clickhouse_answers_like_duckdb(kpi, duckdb, on_clickhouse):
    agree(kpi, duckdb, on_clickhouse, grains(duckdb, kpi)[-1:])


def test_the_chosen_kpis_are_of_every_kind():
    p = replace(SETTINGS, period="month", qualified_order=2, warm_order=2, ready_order=3)
    p = replace(p, offer_order=2, contract_order=3)
    have = {r.kind for kpi in CHOSEN for r in MEASURES[kpi].build(p).values()}
    used = {r.kind for found in MEASURES.values() for r in found.build(p).values()}
    assert have == used
