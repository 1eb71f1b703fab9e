"""
``measure(store, "K19", by=["rep", "month"])``: a KPI as a tidy table.

The engine reduces the event rows to one line of sums per group; values and intervals
are computed from those. KPIs over the same rows are computed in one scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kpikit.errors import InputDataError
from kpikit.kpis.answers import RESULT_COLUMNS as RESULT_COLUMNS
from kpikit.kpis.answers import refused, split_sums, tidy
from kpikit.kpis.available import missing, partly
from kpikit.kpis.engine import Table
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.queries import DIMENSIONS as DIMENSIONS
from kpikit.kpis.queries import Job, available, grain, query, same_rows
from kpikit.kpis.reduction import Measure
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store, run

_NEEDS_PERIOD = "the KPI compares periods: add month, quarter or year"


def measure(store: Store, kpi: str, by: Sequence[str] = (), **changes: Any) -> pd.DataFrame:
    """
    Compute one KPI.

    Parameters
    ----------
    store : Store
        Where the client's tables are.
    kpi : str
        ``K01`` to ``K68``, or the id of a KPI of the client's own.
    by : sequence of str
        Dimensions (:data:`DIMENSIONS`) and at most one grain of time: day, week, month, quarter
        or year.
    **changes
        Fields of :class:`~kpikit.kpis.parameters.Parameters` that differ from the store's.

    Returns
    -------
    DataFrame
        One row per group and part: ``kpi``, ``part``, the columns of ``by``, and
        :data:`RESULT_COLUMNS`. Where the data do not allow the KPI, one row with status
        ``not_computable`` and the reason.

    Raises
    ------
    InputDataError
        If the KPI, a dimension or a parameter is not known, or the KPI's rows do not have the
        dimension.
    """
    return measure_many(store, [kpi], by, **changes)


def measure_many(
    store: Store, kpis: Sequence[str], by: Sequence[str] = (), **changes: Any
) -> pd.DataFrame:
    """Compute several KPIs at one grain, those over the same rows in one scan; see `measure`."""
    dimensions, period = grain(by)
    p = settled(store, replace(store.parameters, **{**_checked(changes), "period": period}))
    answers, jobs = _jobs(store, kpis, by, p)
    answers += _run(store, jobs, dimensions, p, by)
    return _in_order(answers)


def expression(kpi: str, by: Sequence[str], p: Parameters, part: str = "") -> Table:
    """The query of one part of a KPI, without an engine: what the golden SQL is made from."""
    dimensions, period = grain(by)
    p = replace(p, period=period)
    reduction = MEASURES[kpi].build(p)[part]
    return query([Job(0, kpi, part, reduction, "")], dimensions, p, kpi)


def dimensions_of(store: Store, kpi: str, p: Parameters) -> tuple[str, ...]:
    """Dimensions by which a KPI can be split, in the order of :data:`DIMENSIONS`."""
    common = set(DIMENSIONS)
    for reduction in measure_of(store, kpi).build(p).values():
        common &= set(available(reduction.rows))
    return tuple(name for name in DIMENSIONS if name in common)


def measure_of(store: Store, kpi: str) -> Measure:
    """How a KPI of the catalogue or of the client is computed."""
    found = store.own.get(kpi) or MEASURES.get(kpi)
    if found is None:
        raise InputDataError(f"There is no KPI {kpi!r}; `kpikit kpis` lists them.")
    return found


Answers = list[tuple[int, pd.DataFrame]]


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(changes) - set(Parameters.__dataclass_fields__))
    if unknown:
        raise InputDataError(
            f"{', '.join(unknown)}: not a parameter of the KPIs; they are "
            f"{', '.join(Parameters.__dataclass_fields__)}."
        )
    return changes


def _jobs(
    store: Store, kpis: Sequence[str], by: Sequence[str], p: Parameters
) -> tuple[Answers, list[Job]]:
    """What can be asked of the engine, and the refusals of what cannot."""
    answers: Answers = []
    jobs: list[Job] = []
    for position, kpi in enumerate(kpis):
        found = measure_of(store, kpi)
        reason = missing(store, found, p)
        if not reason and found.needs_period and p.period is None:
            reason = _NEEDS_PERIOD
        if reason:
            answers.append((position, refused(kpi, by, reason)))
            continue
        weak = partly(store, found, p)
        for part, reduction in found.build(p).items():
            jobs.append(
                Job(position, kpi, part, reduction, "; ".join(filter(None, (reduction.note, weak))))
            )
    return answers, jobs


def _run(
    store: Store, jobs: list[Job], dimensions: list[str], p: Parameters, by: Sequence[str]
) -> Answers:
    answers: Answers = []
    for group in same_rows(jobs):
        frame = run(store, query(group, dimensions, p, group[0].kpi))
        for job, sums in zip(group, split_sums(frame, group), strict=True):
            answers.append((job.position, tidy(job, sums, p, by)))
    return answers


def _in_order(answers: Answers) -> pd.DataFrame:
    answers.sort(key=lambda pair: pair[0])
    return pd.concat([found for _position, found in answers], ignore_index=True)
