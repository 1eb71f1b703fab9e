"""
Write the SQL of every KPI for every engine into ``tests/golden_sql``.

    python tools/write_measure_sql.py

The files show what a change of a measure, of Ibis or of sqlglot does to the queries that run
at clients'; ``tests/test_measure_sql.py`` compares them with what is compiled now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kpikit.kpis.engine import compiled
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import expression
from kpikit.kpis.parameters import Parameters

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden_sql"
ENGINES = ("duckdb", "postgresql", "spark", "clickhouse")
#: The grain of the files: sums by month hold every construct of a KPI.
BY = ("month",)
#: What a store would find in the data is given, so that no store is needed.
SETTINGS = Parameters(
    as_of=datetime(2026, 7, 1),
    qualified_order=2,
    warm_order=2,
    ready_order=3,
    offer_order=2,
    contract_order=3,
    maturity_days=60.0,
    sale_pipelines=("P1",),
    new_groups=("g0",),
    hourly_cost=1000.0,
    workday_s=28800.0,
)


def parts() -> list[tuple[str, str]]:
    """Every KPI with each of its parts."""
    p = replace(SETTINGS, period=BY[0])
    return [(kpi, part) for kpi in sorted(MEASURES) for part in MEASURES[kpi].build(p)]


def name_of(kpi: str, part: str) -> str:
    """Name of the file of a part: ``K19.sql``, ``K08.adjusted.sql``."""
    return ".".join(filter(None, (kpi, part, "sql")))


def queries(kpi: str, part: str) -> Iterator[tuple[str, str]]:
    """Engine and text of the query of one part."""
    asked = expression(kpi, BY, SETTINGS, part)
    for engine in ENGINES:
        yield engine, compiled(asked, engine) + "\n"


def main() -> None:
    """Write all files and remove those of parts that are gone."""
    written = set()
    for kpi, part in parts():
        for engine, text in queries(kpi, part):
            path = GOLDEN / engine / name_of(kpi, part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.add(path)
    for path in set(GOLDEN.rglob("*.sql")) - written:
        path.unlink()
    sys.stdout.write(f"{len(written)} files in {GOLDEN}\n")


if __name__ == "__main__":
    main()
