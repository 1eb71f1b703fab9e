"""
The cases of ``kpi_engine.py`` in DuckDB SQL as an expert writes it for one client.

One query for each set of rows, with the sums that values and intervals need. Stages, windows
and thresholds of the generated client stand in the text.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

THREADS = 2
NOW = "TIMESTAMP '2026-01-01'"
STAGES = range(1, 7)

_REAL = "NOT (coalesce(is_test, FALSE) OR coalesce(is_duplicate, FALSE))"
_GROUP = "GROUP BY ALL"
_WON = f"status = 'won' AND closed_at <= {NOW}"
_PROFIT = "(amount_base - cost_base)"
_ENDS = f"""SELECT least(max(date + INTERVAL 1 DAY - INTERVAL 1 SECOND), {NOW}) AS moment
    FROM calendar WHERE date < {NOW} GROUP BY date_trunc('month', date)"""

ACTIVITIES = f"""
    SELECT date_trunc('month', started_at) AS month, rep_id AS rep, segment,
        count(*) FILTER (kind = 'call' AND is_connected AND coalesce(duration_s, 20) >= 20)
            AS "K52_n",
        count(*) FILTER (kind = 'call') AS "K52.dials_n",
        count(*) FILTER (kind IN ('meeting', 'visit', 'demo')
            AND (is_completed OR (is_completed IS NULL AND result IS NOT NULL))) AS "K53_n",
        count(*) FILTER (kind IN ('meeting', 'visit', 'demo')) AS "K53.entered_n"
    FROM activities LEFT JOIN customers USING (customer_id)
    WHERE NOT coalesce(is_automatic, FALSE) AND started_at <= {NOW} {_GROUP}"""
WON = f"""
    SELECT date_trunc('month', closed_at) AS month, owner_id AS rep, segment,
        count(*) AS "K43_n", count(*) AS "K01_n", sum(amount_base) AS "K01_x",
        sum(amount_base * amount_base) AS "K01_xx",
        count(*) AS "K19_n", sum(amount_base) AS "K19_x", count(amount_base) AS "K19_filled",
        median(amount_base) AS "K19_median",
        count({_PROFIT}) AS "K12_n", sum({_PROFIT}) AS "K12_x", count({_PROFIT}) AS "K12_filled",
        sum({_PROFIT} * {_PROFIT}) AS "K12_xx", median({_PROFIT}) AS "K12_median",
        count({_PROFIT}) AS "K12.loss_making_n",
        count(*) FILTER ({_PROFIT} < 0) AS "K12.loss_making_x",
        count({_PROFIT}) AS "K09_n", sum({_PROFIT}) AS "K09_x",
        sum(amount_base) FILTER (cost_base IS NOT NULL) AS "K09_y",
        sum(amount_base * amount_base) FILTER (cost_base IS NOT NULL) AS "K09_yy",
        sum({_PROFIT} * amount_base) AS "K09_xy"
    FROM deals WHERE {_REAL} AND created_at <= {NOW} AND {_WON} {_GROUP}"""
CLOSED = f"""
    SELECT date_trunc('month', closed_at) AS month, owner_id AS rep, segment,
        count(*) AS "K42_n", count(*) FILTER (status = 'won') AS "K42_x",
        count(*) FILTER (status = 'lost') AS "K42_y",
        count(*) AS "K42.win_rate_n", count(*) FILTER (status = 'won') AS "K42.win_rate_x"
    FROM deals WHERE {_REAL} AND created_at <= {NOW} AND status IN ('won', 'lost')
        AND closed_at <= {NOW} {_GROUP}"""
CREATED = f"""
    SELECT date_trunc('month', created_at) AS month, owner_id AS rep, segment,
        count(*) AS "K39_n", count(*) FILTER ({_WON}) AS "K39_x"
    FROM deals WHERE {_REAL} AND created_at <= {NOW} - INTERVAL 38 DAY
        AND coalesce(deal_kind, 'new') IN ('new', 'unknown') {_GROUP}"""
FIRST = f"""
    WITH bought AS (SELECT customer_id, min((closed_at, deal_id, owner_id, segment)) AS first
        FROM deals WHERE {_REAL} AND created_at <= {NOW} AND {_WON} AND customer_id IS NOT NULL
        GROUP BY customer_id)
    SELECT date_trunc('month', least(first[1], coalesce(first_order_on, first[1]))) AS month,
        first[3] AS rep, first[4] AS segment, count(*) AS "K20_n"
    FROM bought LEFT JOIN (SELECT customer_id, first_order_on FROM customers) USING (customer_id)
    {_GROUP}"""
IN_WORK = f"""
    SELECT date_trunc('month', moment) AS month, owner_id AS rep, segment,
        count(DISTINCT customer_id) AS "K35_n", count(DISTINCT deal_id) AS "K35.deals_n"
    FROM deals, ({_ENDS}) WHERE {_REAL} AND created_at <= moment
        AND CASE WHEN status = 'open' THEN TIMESTAMP '2200-01-01' ELSE closed_at END > moment
    {_GROUP}"""
#: One row for each deal with the moment each stage was reached, then one for each stage.
STAGE_CONVERSION = f"""
    WITH own AS (SELECT deal_id, segment, {_WON} AS sold, closed_at FROM deals
        WHERE {_REAL} AND created_at <= {NOW}
        AND coalesce(deal_kind, 'new') IN ('new', 'unknown')),
    ways AS (SELECT deal_id, max(rank) AS best,
            {", ".join(f"min(entered_at) FILTER (rank >= {k}) AS at_{k}" for k in STAGES)}
        FROM (SELECT deal_id, entered_at,
                CASE semantic WHEN 'open' THEN stage_order WHEN 'won' THEN 1000000 END AS rank
            FROM stage_events JOIN stages USING (stage_id) WHERE entered_at <= {NOW}
            AND deal_id IN (SELECT deal_id FROM own))
        WHERE rank IS NOT NULL GROUP BY deal_id),
    reached AS (SELECT segment, sold, best, k,
            least(CASE k {" ".join(f"WHEN {k} THEN at_{k}" for k in STAGES)} END,
                CASE WHEN sold THEN closed_at END) AS moment
        FROM own JOIN ways USING (deal_id), range(1, 7) orders(k))
    SELECT 'Stage ' || k AS stage, segment,
        count(*) AS "K40_n", count(*) FILTER (sold OR best > k) AS "K40_x"
    FROM reached WHERE moment <= {NOW} - INTERVAL 38 DAY {_GROUP}"""


def _worked(moment: str, day: str) -> str:
    """Working seconds of the calendar before a moment."""
    return (
        f"{day}.before_s + greatest(least(epoch({moment}) - epoch({day}.date), {day}.end_s)"
        f" - {day}.start_s, 0) * coalesce({day}.work_s / nullif({day}.end_s - {day}.start_s, 0), 0)"
    )


def _life_table(length: str, part: str) -> str:
    return f"""SELECT '{part}' AS part, month, rep, CAST(floor({length} / 60) AS BIGINT) AS bin,
        count(*) FILTER (over) AS over, count(*) FILTER (NOT over) AS unfinished,
        sum({length}) AS total, sum({length}) FILTER (over) AS total_over
        FROM spans WHERE {length} >= 0 {_GROUP}"""


#: The nearest later answer by an ordered join, for deals and customers.
RESPONSE = f"""
    WITH asked AS (SELECT deal_id, customer_id, owner_id, created_at FROM deals
        WHERE {_REAL} AND created_at <= {NOW}),
    moves AS (SELECT deal_id, customer_id, started_at FROM activities
        WHERE NOT coalesce(is_automatic, FALSE) AND started_at <= {NOW}
        AND (direction = 'out' AND (kind = 'call' AND is_connected
                OR kind IN ('chat', 'email') AND coalesce(is_completed, TRUE))
            OR kind IN ('meeting', 'visit', 'demo') AND coalesce(is_completed, TRUE))),
    first AS (SELECT deal_id, min(started_at) AS answered_at FROM (
            SELECT asked.deal_id, started_at FROM asked JOIN moves
                ON asked.deal_id = moves.deal_id AND started_at >= created_at
            UNION ALL
            SELECT asked.deal_id, started_at FROM asked ASOF JOIN moves
                ON asked.customer_id = moves.customer_id AND started_at >= created_at)
        GROUP BY deal_id),
    spans AS (SELECT date_trunc('month', created_at) AS month, owner_id AS rep, over,
            epoch(ended_at) - epoch(created_at) AS clock_s,
            ({_worked("ended_at", "b")}) - ({_worked("created_at", "a")}) AS worked_s
        FROM (SELECT created_at, owner_id, answered_at IS NOT NULL AS over,
                coalesce(answered_at, {NOW}) AS ended_at
            FROM asked LEFT JOIN first USING (deal_id))
        LEFT JOIN calendar a ON a.date = date_trunc('day', created_at)
        LEFT JOIN calendar b ON b.date = date_trunc('day', ended_at))
    {_life_table("worked_s", "")} UNION ALL {_life_table("clock_s", "clock")}
    UNION ALL SELECT 'left_out', month, rep, NULL, count(*) FILTER (worked_s IS NULL), 0, 0, 0
        FROM spans {_GROUP}"""
ACTIVE = f"""
    SELECT date_trunc('month', moment) AS month, segment,
        count(DISTINCT customer_id) AS "K21_n"
    FROM (SELECT customer_id, segment, closed_at FROM deals WHERE {_REAL} AND created_at <= {NOW}
            AND {_WON} AND customer_id IS NOT NULL)
    JOIN ({_ENDS}) ON closed_at <= moment AND closed_at + INTERVAL 90 DAY > moment {_GROUP}"""

QUERIES = {
    "B1": (ACTIVITIES, WON, CLOSED, CREATED, FIRST, IN_WORK),
    "B2": (STAGE_CONVERSION,),
    "B3": (RESPONSE,),
    "B4": (ACTIVE,),
}


def runner(case: str) -> Callable[[Path], list[Any]]:
    """What answers a case from the files of a folder, as frames of sums."""
    import duckdb
    import pandas  # noqa: F401  (its import belongs to the start, not to the first query)

    def run(folder: Path) -> list[Any]:
        con = duckdb.connect()
        con.execute(f"SET threads = {THREADS}")
        for path in folder.glob("*.parquet"):
            con.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{path}')")
        return [con.execute(text).df() for text in QUERIES[case]]

    return run
