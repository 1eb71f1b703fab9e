"""
What one report costs: ``python benchmarks/report_cost.py [--rounds 3]``.

Two rows, each from cold processes: ``kpikit report`` on the sample client (HTML,
PDF and tables), and the usual way to run the same notebooks, one ``papermill``
and one ``jupyter nbconvert`` command for each (HTML only). Both run in a copy
of the folders, taken in turns so that a busy minute hits both.

Wall time is the clock's. CPU is user plus system time of the whole process
tree, orphans included. Peak memory is that of the largest single process: it
counts a page shared by several processes once and leaves out the other ones.
Linux and macOS; orphans are counted on Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("jupyterlab", "ipykernel", "papermill", "nbconvert", "jsonschema", "pandas", "seaborn")
PR_SET_CHILD_SUBREAPER = 36
# ru_maxrss is in KiB on Linux and in bytes on macOS
MAXRSS_PER_MIB = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What one run took: wall and CPU time [s], largest process [MiB]."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends first, so that their CPU is counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure(commands: list[list[str]], folder: Path, log: Path) -> Cost:
    """Run commands one after the other in ``folder``; stop with their words if one fails."""
    cpu_s = peak = 0.0
    started = time.perf_counter()
    for command in commands:
        with log.open("wb") as output:
            # this process waits by itself: wait4 tells the use of each child, subprocess does not
            child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            words = log.read_text("utf-8", errors="replace").strip()[-2000:]
            sys.exit(f"exit {child.returncode}: {' '.join(command)}\n{words}")
        cpu_s += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
    wall_s = time.perf_counter() - started
    orphans_s, largest = reap_orphans()
    return Cost(wall_s, cpu_s + orphans_s, max(peak, largest) / MAXRSS_PER_MIB)


def reap_orphans() -> tuple[float, float]:
    """Wait for adopted processes: their CPU time [s] and largest memory [ru_maxrss]."""
    cpu_s = peak = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return cpu_s, peak
        cpu_s += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)


def kpikit_commands(folder: Path) -> list[list[str]]:
    """The report of the sample client in one language, as a user orders it."""
    client, out = folder / "sample_data/client", folder / "kpikit-run"
    return [[str(BIN / "kpikit"), "report", str(client), "--out", str(out), "--lang", "en"]]


def loop_commands(folder: Path) -> list[list[str]]:
    """The same chapters as they are, by the command lines of papermill and nbconvert."""
    out = folder / "loop-run"
    out.mkdir()
    commands = []
    for notebook in sorted((folder / "notebooks").glob("[0-9]*.ipynb")):
        done = out / notebook.name
        papermill = [str(BIN / "papermill"), "--kernel", "python3", "--cwd", str(notebook.parent)]
        commands += [
            [*papermill, str(notebook), str(done)],
            [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(done)],
        ]
    return commands


WAYS: dict[str, Callable[[Path], list[list[str]]]] = {
    "`kpikit report --lang en`": kpikit_commands,
    "papermill and nbconvert commands, one pair a notebook": loop_commands,
}


def run_once(commands_in: Callable[[Path], list[list[str]]]) -> Cost:
    """Copy the folders, run one way there from cold, and tell its cost."""
    with tempfile.TemporaryDirectory(prefix="kpikit-bench-") as name:
        folder = Path(name)
        for part in ("notebooks", "sample_data", "templates"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("runs"))
        return measure(commands_in(folder), folder, folder / "output.log")


def row(way: str, costs: list[Cost]) -> str:
    """One line of the table: medians, with the lowest and highest in brackets."""

    def cell(values: list[float], decimals: int) -> str:
        middle, low, high = statistics.median(values), min(values), max(values)
        return f"{middle:.{decimals}f} [{low:.{decimals}f}-{high:.{decimals}f}]"

    wall = cell([cost.wall_s for cost in costs], 1)
    cpu = cell([cost.cpu_s for cost in costs], 1)
    peak = cell([cost.peak_mib for cost in costs], 0)
    return f"| {way} | {len(costs)} | {wall} | {cpu} | {peak} |"


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return (
        f"{system}, Python {platform.python_version()}, {packages}; load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Measure every way, in turns, and print the table."""
    parser = argparse.ArgumentParser(description="Measure what one report costs.")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way (default 3)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be 1 or more")
    adopt_orphans()
    where = machine()
    costs: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for number in range(1, rounds + 1):
        for way, commands_in in WAYS.items():
            costs[way].append(run_once(commands_in))
            wall_s = costs[way][-1].wall_s
            print(f"round {number} of {rounds}: {way} {wall_s:.1f} s", file=sys.stderr, flush=True)
    print(f"{where}\n")
    print("| way | runs | wall [s] | CPU of the process tree [s] | largest process [MiB] |")
    print("| --- | --- | --- | --- | --- |")
    for way in WAYS:
        print(row(way, costs[way]))


if __name__ == "__main__":
    main()
