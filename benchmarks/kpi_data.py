"""
Generate canonical tables of any size as Parquet, for the measure benchmarks.

    python benchmarks/kpi_data.py FOLDER --activities 10000000

Everything follows from row numbers and a hash, so the same size gives the same
tables. Thirty-six months, 40 reps, a tenth as many deals as activities (five million
at most), six open stages, deals still open at the end, skewed customers, invoices of
won deals of which some are paid late, in part or never.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from kpikit.kpis.engine import schema

AS_OF = "2026-01-01 00:00:00"
FIRST = "2023-01-01"
SECONDS = 36 * 30.4375 * 86400
REPS, STAGES = 40, 6
MOST_DEALS = 5_000_000
_TYPES = {"string": "VARCHAR", "timestamp": "TIMESTAMP", "int64": "BIGINT",
          "float64": "DOUBLE", "boolean": "BOOLEAN"}  # fmt: skip


def generate(folder: Path, activities: int) -> None:
    """
    Write the tables.

    Parameters
    ----------
    folder : Path
        Receives one ``<table>.parquet`` each.
    activities : int
        Rows of the table ``activities``; the others follow from it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false; SET threads = 2")
    n_deals = min(activities // 10, MOST_DEALS)
    n_customers = max(n_deals // 4, 10)
    con.execute(_RANDOM)
    for name, text in _texts(activities, n_deals, n_customers).items():
        _write(con, name, text, folder)


#: A number from 0 to 1 for a row and a purpose; the same on every machine.
_RANDOM = (
    "CREATE MACRO u(row_number, purpose) AS "
    "(hash(row_number * 131 + purpose) % 1000003) / 1000003.0"
)


def _texts(activities: int, n_deals: int, n_customers: int) -> dict[str, str]:
    late = f"TIMESTAMP '{AS_OF}'"
    start = f"TIMESTAMP '{FIRST}'"
    deals = f"""
        SELECT *, CASE WHEN ends_at > {late} THEN NULL ELSE ends_at END AS closed_at,
            CASE WHEN ends_at > {late} THEN 'open' WHEN steps = {STAGES} AND u(i, 5) < 0.7
                 THEN 'won' ELSE 'lost' END AS status
        FROM (SELECT i, 'd' || i AS deal_id,
                'c' || CAST(floor({n_customers} * pow(u(i, 1), 2)) AS BIGINT) AS customer_id,
                'r' || CAST(floor({REPS} * u(i, 2)) AS BIGINT) AS owner_id,
                date_trunc('second', {start} + to_seconds(u(i, 3) * {SECONDS})) AS created_at,
                1 + CAST(floor({STAGES} * pow(u(i, 4), 0.7)) AS BIGINT) AS steps,
                date_trunc('second', {start} + to_seconds(u(i, 3) * {SECONDS}
                    + 86400 * exp(2.9 + 1.1 * (u(i, 6) + u(i, 7) + u(i, 8) - 1.5)))) AS ends_at
              FROM range({n_deals}) t(i))"""
    return {
        "reps": f"""SELECT 'r' || i AS rep_id, 'Rep ' || i AS full_name, 'rep' AS role,
            'team ' || (i % 4) AS team, TIMESTAMP '2020-01-01' AS hired_on, 1.0 AS fte,
            TRUE AS is_human, TRUE AS is_active FROM range({REPS}) t(i)""",
        "customers": f"""SELECT 'c' || i AS customer_id,
            ['A', 'B', 'C'][1 + CAST(floor(3 * u(i, 11)) AS BIGINT)] AS segment,
            'region ' || CAST(floor(8 * u(i, 12)) AS BIGINT) AS region, 'direct' AS channel
            FROM range({n_customers}) t(i)""",
        "stages": f"""SELECT 'P' AS pipeline_id, 'S' || i AS stage_id, 'Stage ' || i AS stage_name,
            i AS stage_order, CASE WHEN i <= {STAGES} THEN 'open' WHEN i = {STAGES + 1} THEN 'won'
            ELSE 'lost' END AS semantic, 'sale' AS pipeline_role, 'rep' AS role
            FROM range(1, {STAGES + 3}) t(i)""",
        "deals": f"""SELECT deal_id, customer_id, 'P' AS pipeline_id,
            'S' || steps AS stage_id, status, owner_id, created_at, closed_at,
            round(exp(10 + u(i, 9) + u(i, 10)), 2) AS amount_base,
            round(exp(10 + u(i, 9) + u(i, 10)) * (0.5 + 0.6 * u(i, 13)), 2) AS cost_base,
            ['site', 'referral', 'cold', 'fair'][1 + CAST(floor(4 * u(i, 14)) AS BIGINT)] AS source,
            ['A', 'B', 'C'][1 + CAST(floor(3 * u(i, 15)) AS BIGINT)] AS segment,
            ['new', 'renewal', 'cross_sell'][1 + CAST(floor(3 * u(i, 16)) AS BIGINT)] AS deal_kind,
            u(i, 17) < 0.01 AS is_test, u(i, 18) < 0.01 AS is_duplicate FROM ({deals})""",
        "stage_events": f"""SELECT deal_id || '-' || k AS event_id, deal_id, 'P' AS pipeline_id,
            'S' || k AS stage_id, created_at + (ends_at - created_at) * ((k - 1.0) / steps)
            AS entered_at, k AS seq, 'move' AS kind, FALSE AS is_bulk, 'history' AS origin
            FROM (SELECT *, unnest(range(1, steps + 1)) AS k FROM ({deals}))
            WHERE created_at + (ends_at - created_at) * ((k - 1.0) / steps) <= {late}""",
        "activities": f"""SELECT NULL::VARCHAR AS activity_id,
            ['call', 'call', 'call', 'meeting', 'email'][1 + CAST(floor(5 * u(i, 21)) AS BIGINT)]
            AS kind, CASE WHEN u(i, 22) < 0.2 THEN 'in' ELSE 'out' END AS direction,
            'r' || CAST(floor({REPS} * u(i, 23)) AS BIGINT) AS rep_id,
            'd' || CAST(floor({n_deals} * u(i, 24)) AS BIGINT) AS deal_id,
            'c' || CAST(floor({n_customers} * pow(u(i, 25), 2)) AS BIGINT) AS customer_id,
            date_trunc('second', {start} + to_seconds(u(i, 26) * {SECONDS})) AS started_at,
            floor(900 * pow(u(i, 27), 2)) AS duration_s, TRUE AS is_completed,
            u(i, 28) < 0.6 AS is_connected, FALSE AS is_automatic,
            ['retention', 'cross_sell', 'acquisition'][1 + CAST(floor(3 * u(i, 29)) AS BIGINT)]
            AS purpose FROM range({activities}) t(i)""",
        "invoices": f"""SELECT 'i' || i AS invoice_id, 'invoice' AS doc_kind, customer_id, deal_id,
            owner_id AS rep_id, date_trunc('day', closed_at) AS issued_on,
            date_trunc('day', closed_at) + INTERVAL 30 DAY AS due_on,
            round(exp(10 + u(i, 9) + u(i, 10)), 2) AS amount_base,
            round(exp(10 + u(i, 9) + u(i, 10)) * 0.7, 2) AS cost_base, FALSE AS is_cancelled
            FROM ({deals}) WHERE status = 'won'""",
        "payments": f"""SELECT 'p' || i AS payment_id, 'i' || i AS invoice_id, customer_id,
            date_trunc('day', closed_at) + to_days(CAST(60 * u(i, 31) AS INTEGER)) AS paid_on,
            round(exp(10 + u(i, 9) + u(i, 10)), 2) AS amount_base, FALSE AS is_refund
            FROM ({deals}) WHERE status = 'won' AND u(i, 32) < 0.95
            AND closed_at + to_days(60) < {late}""",
        "plans": f"""SELECT 'plan' || r || '-' || m AS plan_id, 'rep' AS scope,
            'r' || r AS scope_id,
            'revenue' AS metric, TIMESTAMP '{FIRST}' + to_months(CAST(m AS INTEGER))
            AS period_start_on,
            TIMESTAMP '{FIRST}' + to_months(CAST(m AS INTEGER) + 1) - INTERVAL 1 DAY
            AS period_end_on, {n_deals} * 30.0 AS value, 'RUB' AS unit, '1' AS version
            FROM range({REPS}) a(r), range(36) b(m)""",
        "calendar": f"""SELECT day AS date, work_s, 32400.0 AS start_s, 61200.0 AS end_s,
            coalesce(sum(work_s) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING
            AND 1 PRECEDING), 0.0) AS before_s
            FROM (SELECT CAST({start} + to_days(CAST(i AS INTEGER)) AS TIMESTAMP) AS day,
            CASE WHEN isodow({start} + to_days(CAST(i AS INTEGER))) < 6 THEN 28800.0 ELSE 0.0 END
            AS work_s FROM range(1461) t(i))""",
    }  # fmt: skip


def _write(con: duckdb.DuckDBPyConnection, name: str, text: str, folder: Path) -> None:
    """Write a query with exactly the canonical columns, those it lacks as nulls."""
    have = {row[0] for row in con.execute(f"DESCRIBE {text}").fetchall()}
    columns = ", ".join(
        f'CAST({c if c in have else "NULL"} AS {_TYPES[t]}) AS "{c}"'
        for c, t in schema(name).items()
    )
    path = str(folder / f"{name}.parquet").replace("'", "''")
    con.execute(f"COPY (SELECT {columns} FROM ({text})) TO '{path}' (FORMAT parquet)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--activities", type=int, default=1_000_000)
    settings = parser.parse_args()
    generate(settings.folder, settings.activities)
