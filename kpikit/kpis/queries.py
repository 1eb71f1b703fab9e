"""From the KPIs asked for to one query per set of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpikit.errors import InputDataError
from kpikit.kpis.engine import (
    PERIODS,
    Table,
    _,
    cases,
    instant,
    joined,
    no_number,
    number,
    period_start,
    stacked,
    table,
    whole_number,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Reduction

#: Dimension -> its column, and the table that brings it where the rows do not carry it.
DIMENSIONS: dict[str, tuple[str, str, str]] = {
    "rep": ("rep_id", "", ""),
    "customer": ("customer_id", "", ""),
    "segment": ("segment", "customers", "customer_id"),
    "region": ("region", "customers", "customer_id"),
    "channel": ("channel", "customers", "customer_id"),
    "team": ("team", "reps", "rep_id"),
    "role": ("role", "reps", "rep_id"),
    "source": ("source", "", ""),
    "stage": ("stage", "", ""),
    "outcome": ("status", "", ""),
    "deal_kind": ("deal_kind", "", ""),
    "kind": ("kind", "", ""),
    "product_group": ("product_group", "", ""),
    "product": ("product_id", "", ""),
    "kpi": ("kpi_id", "", ""),
}
#: Kinds whose rows may lie after the as-of instant: what is planned.
AHEAD = ("given", "required", "agreement", "phi")


@dataclass(frozen=True, eq=False)
class Job:
    """One part of a KPI to be computed; ``position`` is the place of the KPI in the answer."""

    position: int
    kpi: str
    part: str
    reduction: Reduction
    weakness: str


def grain(by: Sequence[str]) -> tuple[list[str], str | None]:
    """Dimensions and grain of time that ``by`` names."""
    periods = [name for name in by if name in PERIODS]
    if len(periods) > 1:
        raise InputDataError(f"by: give one grain of time, not {' and '.join(periods)}.")
    unknown = [name for name in by if name not in PERIODS and name not in DIMENSIONS]
    if unknown:
        raise InputDataError(
            f"by: {', '.join(unknown)} is not a dimension; they are "
            f"{', '.join([*DIMENSIONS, *PERIODS])}."
        )
    return [name for name in by if name in DIMENSIONS], periods[0] if periods else None


def same_rows(jobs: list[Job]) -> list[list[Job]]:
    """Jobs that one scan can answer: sums together, life tables with plain counts beside them."""
    groups: list[list[Job]] = []
    for job in jobs:
        for group in groups:
            first = group[0].reduction
            if (
                _go_together(first.kind, job.reduction.kind)
                and first.over == job.reduction.over
                and first.rows.equals(job.reduction.rows)
            ):
                group.append(job)
                break
        else:
            groups.append([job])
    return groups


def _go_together(first: str, kind: str) -> bool:
    if first == "duration":
        return kind in ("duration", "count")
    return kind != "duration" and (first in AHEAD) == (kind in AHEAD)


def query(jobs: list[Job], dimensions: list[str], p: Parameters, kpi: str) -> Table:
    """One line of sums per group, for jobs over the same rows."""
    rows = jobs[0].reduction.rows
    wanted = list(dict.fromkeys([*dimensions, *(j.reduction.over for j in jobs)]))
    rows = with_dimensions(rows, [name for name in wanted if name], kpi)
    if p.start is not None:
        rows = rows.filter(_.at >= instant(p.start))
    if p.end is not None:
        rows = rows.filter(_.at < instant(p.end))
    if jobs[0].reduction.kind not in AHEAD:
        rows = rows.filter(_.at <= instant(p.as_of))
    keys: dict[str, Any] = {f"by_{name}": _[DIMENSIONS[name][0]] for name in wanted if name}
    if p.period is not None:
        keys["by_period"] = period_start(_.at, p.period)
    if jobs[0].reduction.kind == "duration":
        if len(jobs) == 1:
            return life_table(rows, jobs[0].reduction, keys)
        # each through a view of its own: otherwise every table repeats the query of the rows
        lines = [life_table(rows.view(), job.reduction, keys) for job in jobs]
        return stacked(*[one.mutate(job=number_of) for number_of, one in enumerate(lines)])
    sums: dict[str, Any] = {}
    for number_of, job in enumerate(jobs):
        for name, value in sums_of(job.reduction).items():
            sums[f"{name}_{number_of}"] = value
    return rows.group_by(**keys).agg(**sums) if keys else rows.agg(**sums)


def life_table(rows: Table, reduction: Reduction, keys: dict[str, Any]) -> Table:
    """
    Rows that ended and rows unfinished, by their length, for each group.

    Of a plain count, the rows that count stand as ended, without a length.
    """
    if reduction.kind == "count":
        counted = {"over": _.count(where=reduction.where)}
        counts = rows.group_by(**keys).agg(**counted) if keys else rows.agg(**counted)
        return counts.select(
            *keys, "over", bin=whole_number(None), unfinished=whole_number(0),
            total=number(0), total_over=number(0),
        ).select(*keys, "bin", "over", "unfinished", "total", "total_over")  # fmt: skip
    if reduction.where is not None:
        rows = rows.filter(reduction.where)
    rows = rows.mutate(length=reduction.seconds, ended=reduction.is_over.fill_null(False)).filter(
        _.length.notnull(), _.length >= 0
    )
    return rows.group_by(
        **keys, bin=(_.length / reduction.bin_s).floor().cast("int64")
    ).agg(
        over=_.count(where=_.ended), unfinished=_.count(where=~_.ended),
        total=_.length.sum(), total_over=_.length.sum(where=_.ended),
    )  # fmt: skip


def sums_of(reduction: Reduction) -> dict[str, Any]:
    """Only the sums that the kind's value and interval need."""
    where = reduction.where
    kind = reduction.kind
    if kind in ("distinct", "stock"):
        return {"n": _[reduction.who].nunique(where=where)}
    sums = {"n": _.count(where=where)}
    if kind == "count":
        return sums
    if kind == "heads":
        return sums | _head_sums(reduction)
    x = number(reduction.x)
    sums["x"] = x.sum(where=where)
    if kind in ("total", "mean", "ratio", "quotient", "portion"):
        sums["xx"] = (x * x).sum(where=where)
    if kind in ("ratio", "quotient", "given", "agreement", "phi", "required"):
        y = number(reduction.y)
        sums["y"] = y.sum(where=where)
        if kind == "ratio":
            sums["yy"] = (y * y).sum(where=where)
        if kind in ("ratio", "agreement", "phi"):
            sums["xy"] = (x * y).sum(where=where)
    if kind == "mean":
        sums["filled"] = x.count(where=where)
    if reduction.with_median:
        # Spark refuses a condition of its own beside a median
        counted = x if where is None else cases((where, x), else_=no_number())
        sums["median"] = counted.median()
    return sums


def _head_sums(reduction: Reduction) -> dict[str, Any]:
    where = reduction.where
    x, y = number(reduction.x), number(reduction.y)
    sums = {
        "x": _[reduction.who].nunique(where=where) if reduction.who else x.sum(where=where),
        "y": _[reduction.per].nunique(where=where) if reduction.per else y.sum(where=where),
    }
    return sums if reduction.who else {**sums, "xx": (x * x).sum(where=where)}


def with_dimensions(rows: Table, wanted: list[str], kpi: str) -> Table:
    """The rows with the columns of the dimensions that they do not carry themselves."""
    for name in wanted:
        column, home, key = DIMENSIONS[name]
        if column in rows.columns:
            continue
        if not home or key not in rows.columns:
            have = available(rows)
            raise InputDataError(
                f"{kpi} cannot be split by {name}; "
                f"its rows have {', '.join(have) or 'no dimension'}."
            )
        rows = joined(rows, table(home).select(key, column), key)
    return rows


def available(rows: Table) -> list[str]:
    """Dimensions by which rows can be split."""
    columns = rows.columns
    return [
        name
        for name, (column, home, key) in DIMENSIONS.items()
        if column in columns or (home and key in columns)
    ]
