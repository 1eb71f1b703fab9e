"""
The SQL of every KPI on every engine is the one that was looked at and kept.

A difference is not wrong by itself: ``python tools/write_measure_sql.py`` writes the files
anew, and the change is read before it is kept. No server and no driver is needed.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOL = runpy.run_path(str(ROOT / "tools" / "write_measure_sql.py"))
GOLDEN: Path = TOOL["GOLDEN"]
ENGINES = ("duckdb", "postgresql", "spark", "clickhouse")
PARTS: list[tuple[str, str]] = TOOL["parts"]()


@pytest.mark.parametrize(("kpi", "part"), PARTS)
def test_the_sql_is_the_kept_one(kpi, part):
    """Origin of the files: `tools/write_measure_sql.py`; their answers, `test_engines.py`."""
    name = TOOL["name_of"](kpi, part)
    for engine, text in TOOL["queries"](kpi, part):
        path = GOLDEN / engine / name
        assert path.exists(), f"{engine}/{name} is not there: run tools/write_measure_sql.py"
        assert path.read_text("utf-8") == text, f"{engine}/{name} differs"


def test_no_file_without_its_kpi():
    names = {TOOL["name_of"](kpi, part) for kpi, part in PARTS}
    for engine in ENGINES:
        assert {path.name for path in (GOLDEN / engine).iterdir()} == names
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(ENGINES)


def test_the_sql_needs_no_driver():
    """Compiling for Spark or ClickHouse must not import what only their extras install."""
    program = (
        "import runpy, sys\n"
        f"tool = runpy.run_path({str(ROOT / 'tools/write_measure_sql.py')!r})\n"
        "assert len(dict(tool['queries']('K45', ''))) == 4\n"
        "print(sorted({'pyspark', 'clickhouse_connect', 'psycopg', 'duckdb'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
