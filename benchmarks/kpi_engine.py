"""
The measure layer against queries written by hand: ``python benchmarks/kpi_engine.py``.

Every way answers the same questions from the same Parquet files on two threads, each time
in a fresh process, and the ways take turns. The queries by hand are in
``kpi_engine_sql.py``, ``kpi_engine_polars.py`` and ``kpi_engine_pandas.py``; they know
this client's stages and settings, as a query written for one client does. Every answer is
compared with the measure layer's (rtol 1e-9) before a figure is printed.

CPU is user plus system time of the process after its imports, all threads; memory is its
high-water mark. polars and pandas run under ``--peer-python``, an interpreter that has them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RTOL = 1e-9
THREADS = 2
#: Settled by hand, because the queries written by hand cannot find it in the data. [days]
MATURITY_DAYS = 38
LAYER, SQL, POLARS, PANDAS = "measure layer", "SQL by hand", "polars", "pandas"
MODULES = {SQL: "kpi_engine_sql", POLARS: "kpi_engine_polars", PANDAS: "kpi_engine_pandas"}
MAXRSS_PER_MIB = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Case:
    """A question: K-ids and dimensions, and what is compared of the answer."""

    title: str
    kpis: tuple[str, ...]
    by: tuple[str, ...]
    compared: tuple[str, ...] = ("value", "n")


CASES = {
    "B1": Case(
        "activities and deals by month, rep, segment",
        ("K52", "K53", "K01", "K43", "K19", "K12", "K09", "K42", "K39", "K20", "K35"),
        ("month", "rep", "segment"),
    ),
    "B2": Case("stage conversion by stage, segment", ("K40",), ("stage", "segment")),
    "B3": Case("response time by month, rep", ("K56",), ("month", "rep"),
               ("n", "n_censored", "mean_over")),
    "B4": Case("active customers by month, segment", ("K21",), ("month", "segment")),
    "B5 month": Case("every KPI by month", (), ("month",)),
    "B5 whole": Case("every KPI, one line", (), ()),
}  # fmt: skip


# ---- one process ------------------------------------------------------------------------------


def cpu_s() -> float:
    """CPU time of this process so far, all threads. [s]"""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def answer(case: str, way: str, folder: Path, out: Path) -> dict[str, float]:
    """Answer one case in this process, keep the answer in ``out``, and tell the cost."""
    run = _layer(CASES[case]) if way == LAYER else import_module(MODULES[way]).runner(case)
    before, started = cpu_s(), time.perf_counter()
    found = run(folder)
    cost = {
        "start_s": before,
        "cpu_s": cpu_s() - before,
        "wall_s": time.perf_counter() - started,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MAXRSS_PER_MIB,
    }
    if way != LAYER:
        found = import_module("kpi_engine_peers").as_answer(case, found)
    if out.suffix == ".csv":
        found.to_csv(out, index=False, date_format="%Y-%m-%d", float_format="%.17g")
    return cost


def _layer(case: Case) -> Callable[[Path], Any]:
    from datetime import datetime

    from kpikit.kpis.measures import MEASURES
    from kpikit.kpis.measuring import measure_many
    from kpikit.kpis.parameters import Parameters
    from kpikit.kpis.store import open_store

    settings = Parameters(as_of=datetime(2026, 1, 1), maturity_days=MATURITY_DAYS)

    def run(folder: Path) -> Any:
        store = open_store(settings, folder=folder)
        store.backend.con.execute(f"SET threads = {THREADS}")
        return measure_many(store, case.kpis or sorted(MEASURES), case.by)

    return run


# ---- all processes ----------------------------------------------------------------------------


def in_process(case: str, way: str, folder: Path, out: Path, python: str) -> dict[str, float]:
    """Run :func:`answer` in a fresh process."""
    command = [python, str(HERE / "kpi_engine.py"), "--answer", case, way, str(folder), str(out)]
    limits = {"POLARS_MAX_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS)}
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **limits}, check=False
    )
    if done.returncode:
        raise SystemExit(f"{case}, {way}: exit {done.returncode}\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout))


def compare(case: str, want: Path, got: Path) -> int:
    """Numbers of an answer that agree with the measure layer's; stops where one does not."""
    import numpy as np
    import pandas as pd

    keys = ["kpi", "part", *CASES[case].by]
    compared = list(CASES[case].compared)
    kept = {*keys, *compared, "n", "value"}
    sides = []
    for path in (want, got):
        rows = pd.read_csv(path, dtype={"part": "string"}, usecols=kept.__contains__)
        rows["part"] = rows["part"].fillna("")
        rows = rows[rows["n"] > 0]
        sides.append(rows.set_index(keys)[compared].astype("float64").sort_index())
    if not sides[0].index.equals(sides[1].index):
        odd = sides[0].index.symmetric_difference(sides[1].index)
        raise SystemExit(f"{case}: {len(odd)} groups are in one answer only: {list(odd[:3])}")
    want_numbers, got_numbers = (side.to_numpy() for side in sides)
    close = np.isclose(want_numbers, got_numbers, rtol=RTOL, atol=0, equal_nan=True)
    if not close.all():
        bad = ~close.all(axis=1)
        raise SystemExit(f"{case}: answers differ\n{sides[0][bad].head()}\n{sides[1][bad].head()}")
    return int(np.isfinite(sides[0].to_numpy()).sum())


def study(
    folder: Path, cases: list[str], ways: list[str], rounds: int, peer: str
) -> dict[tuple[str, str], list[dict[str, float]]]:
    """Costs by case and way, rounds in turns; the first round's answers are compared."""
    costs: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="kpi-engine-") as name:
        for round_of in range(rounds):
            for case in cases:
                for way in _asked(case, ways):
                    first = round_of == 0 and bool(CASES[case].kpis)
                    out = Path(name) / f"{case}-{way}{'.csv' if first else ''}"
                    python = peer if way in (POLARS, PANDAS) else sys.executable
                    cost = in_process(case, way, folder, out, python)
                    costs.setdefault((case, way), []).append(cost)
                    words = f"{cost['cpu_s']:.2f} s CPU, {cost['peak_mib']:.0f} MiB"
                    if first and way != LAYER:
                        equal = compare(case, Path(name) / f"{case}-{LAYER}.csv", out)
                        words += f"; {equal} numbers equal"
                    print(f"round {round_of + 1}: {case}, {way}: {words}", file=sys.stderr)
    return costs


def _asked(case: str, ways: list[str]) -> list[str]:
    """Every KPI in one call has no peer; the pandas peer answers the widest case alone."""
    if not CASES[case].kpis:
        return [LAYER]
    return [way for way in ways if way != PANDAS or case == "B1"]


def table(costs: dict[tuple[str, str], list[dict[str, float]]]) -> str:
    """Markdown: medians with the lowest in brackets, and CPU over that of the SQL by hand."""
    lines = [
        "| case | way | CPU [s] | wall [s] | peak [MiB] | CPU / SQL by hand |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for (case, way), found in costs.items():

        def cell(name: str, decimals: int, found: list[dict[str, float]] = found) -> str:
            values = [cost[name] for cost in found]
            return f"{statistics.median(values):.{decimals}f} [{min(values):.{decimals}f}]"

        by_hand = costs.get((case, SQL))
        times = f"{_lowest(found) / _lowest(by_hand):.2f}" if by_hand else ""
        lines.append(
            f"| {case} | {way} | {cell('cpu_s', 2)} | {cell('wall_s', 2)} | {cell('peak_mib', 0)} "
            f"| {times} |"
        )
    shared = [case for case in CASES if (case, SQL) in costs and (case, LAYER) in costs]
    if shared:
        ours = sum(_lowest(costs[case, LAYER]) for case in shared)
        hand = sum(_lowest(costs[case, SQL]) for case in shared)
        lines.append(f"| {', '.join(shared)} | {LAYER} | {ours:.2f} | | | {ours / hand:.2f} |")
    return "\n".join(lines)


def _lowest(found: list[dict[str, float]]) -> float:
    """Other work on the machine only adds: the lowest is nearest to what it costs."""
    return min(cost["cpu_s"] for cost in found)


def start_cost(code: str) -> float:
    """Lowest CPU time of five fresh processes that run the code. [s]"""
    told = f"import resource; {code}; u = resource.getrusage(0); print(u.ru_utime + u.ru_stime)"
    return min(
        float(subprocess.check_output([sys.executable, "-c", told], text=True)) for _ in range(5)
    )


def main() -> None:
    """Generate the data where they are missing, measure every way, and print the table."""
    parser = argparse.ArgumentParser(description="The measure layer against queries by hand.")
    parser.add_argument("--activities", type=int, default=1_000_000, help="rows (1000000)")
    parser.add_argument("--folder", type=Path, help="data; made there where it is missing")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way (3)")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--ways", nargs="+", choices=[SQL, POLARS, PANDAS],
                        default=[SQL, POLARS, PANDAS])  # fmt: skip
    parser.add_argument("--peer-python", default="", help="interpreter with polars and pandas")
    parser.add_argument("--answer", nargs=4, help=argparse.SUPPRESS)
    settings = parser.parse_args()
    if settings.answer:
        case, way, folder, out = settings.answer
        print(json.dumps(answer(case, way, Path(folder), Path(out))))
        return
    ways = [LAYER, *settings.ways]
    if not settings.peer_python and {POLARS, PANDAS} & set(ways):
        print("no --peer-python: polars and pandas are left out", file=sys.stderr)
        ways = [way for way in ways if way in (LAYER, SQL)]
    with tempfile.TemporaryDirectory(prefix="kpi-data-") as name:
        folder = settings.folder or Path(name)
        if not (folder / "calendar.parquet").exists():
            generate = [sys.executable, str(HERE / "kpi_data.py"), str(folder)]
            subprocess.check_call([*generate, "--activities", str(settings.activities)])
        load = os.getloadavg()[0]
        costs = study(folder, settings.cases, ways, settings.rounds, settings.peer_python)
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{system}, Python {platform.python_version()}; load {load:.1f}; median [lowest]\n")
    print(table(costs))
    bare, ready = start_cost("import kpikit"), start_cost(_START)
    print(f"\nCPU of a start: import kpikit {bare:.2f} s, ready to measure {ready:.2f} s")


_START = "import kpikit.kpis.measuring, kpikit.kpis.store"

if __name__ == "__main__":
    main()
