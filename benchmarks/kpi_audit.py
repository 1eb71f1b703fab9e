"""
What the audit of a KPI list finds again: ``python benchmarks/kpi_audit.py [--registries 200]``.

Lists of KPIs are simulated in which it is known which KPIs move the plan, which
are copies of others and in which months a rep met all mandatory KPIs and missed
the plan, or the reverse. All KPIs and the plan share a season. Counted are the
answers of kpikit and those of a spreadsheet: a correlation over all rows below
5 %, a correlation over all rows above 0.9, and a KPI without a value read as a
missed one.

Two kinds of team: ``fresh``, where every month is a new start, and ``lasting``,
where 40 % of the spread of each KPI and of the plan stays with the same reps.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from kpikit.diagnosis.concordance import kpi_cases
from kpikit.diagnosis.linkage import LINKED, OPPOSED, judge_registry
from kpikit.diagnosis.multiplicity import FloatArray
from kpikit.diagnosis.redundancy import DUPLICATE_RHO, redundancy

OURS, SPREADSHEET = "kpikit", "a spreadsheet"
#: Share of the spread that stays with the rep, by kind of team. [share]
LASTING = {"fresh": 0.0, "lasting": 0.4}
#: KPIs that move the plan, and the rank correlation they have with it.
LINKS, LINK_RHO = 3, 0.5
#: KPIs that are copied once, and the noise of the copy. [standard deviations]
COPIES, COPY_NOISE = 4, 0.1
#: Height of the shared season. [standard deviations]
SEASON = 2.0
#: Mandatory KPIs, and how often each is met. [share]
MANDATORY, MET_SHARE = 5, 0.85


@dataclass(frozen=True)
class Size:
    """
    Size of a simulated list: KPIs, reps and months.

    ``unmeasured`` of the facts of the mandatory KPIs are missing; ``false_discoveries``
    among the links declared are accepted. [share]
    """

    kpis: int
    reps: int
    months: int
    unmeasured: float
    false_discoveries: float = 0.1


@dataclass
class Tally:
    """Counts of one way to answer one question, over all lists."""

    right: int = 0
    declared: int = 0
    planted: int = 0
    lists_with_error: int = 0
    lists: int = 0

    def add(self, declared: set[object], planted: set[object]) -> None:
        """Count the answers of one list."""
        right = len(declared & planted)
        self.right += right
        self.declared += len(declared)
        self.planted += len(planted)
        self.lists_with_error += len(declared) > right
        self.lists += 1


def study(kind: str, size: Size, registries: int, seed: int) -> dict[tuple[str, str], Tally]:
    """
    Simulate lists and count the answers.

    Returns
    -------
    dict
        Tally by question (``links``, ``links among none``, ``duplicates``,
        ``contradictions``) and way.
    """
    found: dict[tuple[str, str], Tally] = {}

    def add(question: str, way: str, declared: set[object], planted: set[object]) -> None:
        found.setdefault((question, way), Tally()).add(declared, planted)

    for child in np.random.SeedSequence(seed).spawn(registries):
        rng = np.random.default_rng(child)
        plan = _panel(rng, LASTING[kind], (size.months, size.reps))
        season = SEASON * np.sin(np.arange(size.months) * math.tau / 12)[:, None]
        null = _panel(rng, LASTING[kind], (size.kpis, size.months, size.reps))
        for question, links in (("links", LINKS), ("links among none", 0)):
            values, copies = _planted(rng, null, plan, links)
            facts, target = _facts(values + season), _plan(plan + season)
            planted: set[object] = {_name(place) for place in range(links)}
            planted |= {copy for original, copy in copies if original in planted}
            rate = size.false_discoveries
            table = judge_registry(facts, target, rng, false_discoveries=rate).table
            declared = table.loc[table["verdict"].isin([LINKED, OPPOSED]), "kpi_id"]
            add(question, OURS, set(declared), planted)
            add(question, SPREADSHEET, _correlated(values + season, plan + season), planted)
            if links:
                pairs = redundancy(facts).pairs
                same = pairs.loc[pairs["is_duplicate"], ["kpi_a", "kpi_b"]]
                add("duplicates", OURS, set(same.itertuples(index=False, name=None)), set(copies))
                add("duplicates", SPREADSHEET, _alike(values + season), set(copies))
        for way, (listed, truth) in _contradictions(rng, size).items():
            add("contradictions", way, listed, truth)
    return found


def _panel(rng: np.random.Generator, lasting: float, shape: tuple[int, ...]) -> FloatArray:
    """Standard normal values of which the share ``lasting`` stays with the rep."""
    own = rng.normal(size=(*shape[:-2], 1, shape[-1]))
    return math.sqrt(lasting) * own + math.sqrt(1 - lasting) * rng.normal(size=shape)


def _planted(
    rng: np.random.Generator, null: FloatArray, plan: FloatArray, links: int
) -> tuple[FloatArray, list[tuple[object, object]]]:
    """The first KPIs linked to the plan; the last ones copies of those before them."""
    values = null.copy()
    # Pearson's correlation of normal values whose rank correlation is LINK_RHO
    r = 2 * math.sin(math.pi * LINK_RHO / 6)
    values[:links] = r * plan + math.sqrt(1 - r * r) * null[:links]
    first = len(values) - 2 * COPIES
    originals = values[first : first + COPIES]
    values[first + COPIES :] = originals + COPY_NOISE * rng.normal(size=originals.shape)
    pairs = [(_name(first + place), _name(first + COPIES + place)) for place in range(COPIES)]
    return values, [(original, copy) for original, copy in pairs]


def _correlated(values: FloatArray, plan: FloatArray) -> set[object]:
    """KPIs whose correlation with the plan over all rows is below 5 %."""
    rows = np.vstack([values.reshape(len(values), -1), plan.reshape(1, -1)])
    flat = np.asarray(np.corrcoef(rows))[-1, :-1]
    limit = float(ndtri(0.975)) / math.sqrt(plan.size - 3)
    return {_name(int(place)) for place in np.flatnonzero(np.abs(np.arctanh(flat)) > limit)}


def _alike(values: FloatArray) -> set[object]:
    """Pairs of KPIs whose correlation over all rows is above 0.9."""
    matrix = np.asarray(np.corrcoef(values.reshape(len(values), -1)))
    first, second = np.triu_indices(len(matrix), k=1)
    alike = np.abs(matrix[first, second]) > DUPLICATE_RHO
    pairs = zip(first[alike].tolist(), second[alike].tolist(), strict=True)
    return {(_name(a), _name(b)) for a, b in pairs}


def _contradictions(
    rng: np.random.Generator, size: Size
) -> dict[str, tuple[set[object], set[object]]]:
    """Contradictions listed by each way, and those of the verdicts before any went missing."""
    met = rng.random((MANDATORY, size.months, size.reps)) < MET_SHARE
    reached = rng.random((size.months, size.reps)) < 0.5
    gone = rng.random(met.shape) < size.unmeasured
    plan = _plan(reached.astype(float)).rename(columns={"attainment": "is_met"})

    def listed(values: FloatArray) -> set[object]:
        facts = _facts(values).rename(columns={"attainment": "is_met"})
        cases = kpi_cases(facts, plan)
        rows = cases.loc[cases["contradiction"].notna(), ["rep_id", "period", "contradiction"]]
        return set(rows.itertuples(index=False, name=None))

    truth = listed(met.astype(float))
    return {
        OURS: (listed(np.where(gone, np.nan, met)), truth),
        SPREADSHEET: (listed((met & ~gone).astype(float)), truth),
    }


def _name(place: int) -> str:
    return f"K{place + 1:02d}"


def _facts(values: FloatArray) -> pd.DataFrame:
    kpi, period, rep = np.indices(values.shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "kpi_id": np.array([_name(place) for place in range(len(values))])[kpi],
            "rep_id": np.array([f"r{place}" for place in range(values.shape[2])])[rep],
            "period": period,
            "attainment": values.ravel(),
        }
    )


def _plan(values: FloatArray) -> pd.DataFrame:
    return _facts(values[None]).drop(columns="kpi_id")


def markdown(parts: dict[str, dict[tuple[str, str], Tally]]) -> str:
    """One row per team, question and way."""
    lines = [
        "| team | question | answer of | precision | recall | lists with a wrong answer |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    for kind, found in parts.items():
        for (question, way), tally in found.items():
            wrong = f"{tally.lists_with_error / tally.lists:.1%}"
            cells = [_share(tally.right, tally.declared), _share(tally.right, tally.planted), wrong]
            lines.append(f"| {kind} | {question} | {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and print the table."""
    parser = argparse.ArgumentParser(description="What does the audit of a KPI list find again?")
    parser.add_argument("--registries", type=int, default=200, help="lists (default 200)")
    parser.add_argument("--kpis", type=int, default=39, help="KPIs of a list (default 39)")
    parser.add_argument("--reps", type=int, default=6, help="(default 6)")
    parser.add_argument("--months", type=int, default=12, help="(default 12)")
    parser.add_argument(
        "--unmeasured", type=float, default=0.1, help="share of the facts missing (default 0.1)"
    )
    parser.add_argument(
        "--false-discoveries", type=float, default=0.1, help="accepted share (default 0.1)"
    )
    parser.add_argument("--seed", type=int, default=1, help="start of all randomness (default 1)")
    given = parser.parse_args(arguments)
    if given.registries < 1 or given.kpis < LINKS + 2 * COPIES or given.reps < 2:
        parser.error(
            f"--registries must be 1 or more, --kpis {LINKS + 2 * COPIES} or more, --reps 2 or more"
        )
    size = Size(given.kpis, given.reps, given.months, given.unmeasured, given.false_discoveries)
    parts = {kind: study(kind, size, given.registries, given.seed) for kind in LASTING}
    print(
        f"{given.registries} lists of {size.kpis} KPIs, {size.reps} reps, {size.months} months, "
        f"seed {given.seed}: {LINKS} KPIs with a rank correlation of {LINK_RHO} to the plan, "
        f"{COPIES} copies, {MANDATORY} mandatory KPIs each unmeasured in {size.unmeasured:.0%}, "
        f"false discoveries held to {size.false_discoveries:.0%}\n"
    )
    print(markdown(parts))


if __name__ == "__main__":
    main()
