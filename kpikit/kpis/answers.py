"""From the sums of a query to the tidy table of a KPI: value, interval, counts, status."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpikit.diagnosis import reduced
from kpikit.diagnosis.odds import primaries_for_wins
from kpikit.diagnosis.shares import wilson_limits
from kpikit.kpis.engine import PERIODS
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.passport import passport
from kpikit.kpis.queries import Job
from kpikit.kpis.reduction import Reduction

#: What every answer has beside the columns of ``by``.
RESULT_COLUMNS = (
    "value", "low", "high", "level", "unit", "n", "numerator", "denominator", "median", "p90",
    "mean_over", "n_censored", "phi", "law", "status", "reason",
)  # fmt: skip

_TEXTS = ("unit", "law", "status", "reason")


def split_sums(frame: pd.DataFrame, jobs: Sequence[Job]) -> list[pd.DataFrame]:
    """The columns of each job in the answer to their common query, under their plain names."""
    if jobs[0].reduction.kind == "duration":
        return _split_lives(frame, jobs)
    keys = [c for c in frame.columns if c.startswith("by_")]
    found = []
    for number_of in range(len(jobs)):
        names = {
            c: c.rsplit("_", 1)[0]
            for c in frame.columns
            if c.endswith(f"_{number_of}") and c not in keys
        }
        found.append(frame[[*keys, *names]].rename(columns=names))
    return found


def _split_lives(frame: pd.DataFrame, jobs: Sequence[Job]) -> list[pd.DataFrame]:
    if len(jobs) == 1:
        return [frame]
    found = []
    for number_of, job in enumerate(jobs):
        lines = frame[frame["job"] == number_of].drop(columns="job").reset_index(drop=True)
        if job.reduction.kind == "count":
            keys = [c for c in frame.columns if c.startswith("by_")]
            lines = lines[[*keys, "over"]].rename(columns={"over": "n"})
        found.append(lines)
    return found


def tidy(job: Job, sums: pd.DataFrame, p: Parameters, by: Sequence[str]) -> pd.DataFrame:
    """Answer of one job from its sums by group."""
    reduction = job.reduction
    keys = [c for c in sums.columns if c.startswith("by_")]
    if reduction.kind == "duration":
        values = _durations(sums, keys, reduction, p.level)
    else:
        numbers = sums.drop(columns=keys).astype("float64")
        sums = pd.concat([sums[keys], numbers], axis=1)
        if keys and reduction.kind != "portion":
            # a group of the shared scan in which no row of this KPI lies
            sums = sums[sums["n"] > 0].reset_index(drop=True)
        if reduction.kind == "portion":
            sums = _portions(sums, keys, reduction.over, by)
        values = _values(reduction, sums, p)
        values = pd.concat([sums[[k for k in keys if k in sums]], values], axis=1)
    is_moved = (reduction.scale, reduction.shift) != (1.0, 0.0)
    if is_moved:
        values = _moved(values, reduction.scale, reduction.shift)
    table_ = pd.DataFrame({"kpi": job.kpi, "part": job.part}, index=values.index)
    for name in by:
        column = "by_period" if name in PERIODS else f"by_{name}"
        table_[name] = values[column]
    for name in RESULT_COLUMNS:
        # also where no group has a row: object columns would make those of other parts objects
        found = values.get(name, pd.Series(np.nan, index=values.index))
        table_[name] = "" if name in _TEXTS else found.astype("float64")
    # the numerator over the denominator is then not the value: a chart must take the value itself
    table_["law"] = "scaled" if is_moved else reduction.kind
    table_["level"] = np.where(table_["low"].notna(), p.level, np.nan)
    table_["unit"] = reduction.unit or _unit(job.kpi)
    known = table_["value"].notna()
    table_["status"] = np.where(known, "degraded" if job.weakness else "ok", "not_computable")
    table_["reason"] = np.where(known, job.weakness, _why_null(reduction))
    return table_.sort_values(list(by), kind="stable", na_position="last").reset_index(drop=True)


def _moved(values: pd.DataFrame, scale: float, shift: float) -> pd.DataFrame:
    """Value, limits and median times ``scale`` plus ``shift``; the sums stay what they are."""
    moved = values[["value", "low", "high", "median"]] * scale + shift
    if scale < 0:
        moved = moved.rename(columns={"low": "high", "high": "low"})
    return values.assign(**{name: moved[name] for name in moved.columns})


def _why_null(reduction: Reduction) -> str:
    if reduction.kind == "duration":
        return "fewer than half of the rows have ended"
    if reduction.kind in ("count", "distinct", "stock", "total"):
        return "no value among the rows"
    return "nothing to divide by"


def _portions(sums: pd.DataFrame, keys: list[str], over: str, by: Sequence[str]) -> pd.DataFrame:
    """Share of each group of ``over`` in the sum of its period and other dimensions."""
    if over not in by:
        wanted = [k for k in keys if k != f"by_{over}"]
        # without its own dimension the shares add up to 1 by construction
        sums = sums.groupby(wanted, dropna=False, as_index=False).sum() if wanted else (
            sums.drop(columns=[f"by_{over}"]).sum().to_frame().T
        )  # fmt: skip
        return sums.assign(y=sums["x"])
    rest = [k for k in keys if k != f"by_{over}"]
    whole = sums.groupby(rest, dropna=False)["x"].transform("sum") if rest else sums["x"].sum()
    return sums.assign(y=whole)


def _values(reduction: Reduction, sums: pd.DataFrame, p: Parameters) -> pd.DataFrame:
    kind, level = reduction.kind, p.level
    n = sums["n"]
    x = sums.get("x", n)
    nothing = pd.Series(np.nan, index=sums.index)
    y = sums.get("y", nothing)
    low = high = nothing
    value = x
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind in ("count", "distinct", "stock"):
            low, high = reduced.poisson_interval(n, level)
            x = nothing
        elif kind == "total":
            low, high = reduced.total_interval(x, sums["xx"], level)
            x = nothing
        elif kind == "share":
            y = n
            value = x / n.where(n > 0)
            low, high = wilson_limits(x, n, level)
        elif kind == "mean":
            y = sums["filled"]
            value = x / y.where(y > 0)
            low, high = reduced.mean_interval(y, x, sums["xx"], level)
        elif kind == "ratio":
            value = x / y.where(y != 0)
            low, high = reduced.ratio_interval(sums, level)
        elif kind in ("quotient", "portion", "heads"):
            value = x / y.where(y != 0)
            # the number of different values of the numerator has no law of its own
            below, above = reduced.total_interval(x, sums.get("xx", nothing), level)
            if kind != "portion":
                low, high = below / y.where(y > 0), above / y.where(y > 0)
        elif kind == "given":
            value = x / y.where(y != 0)
        elif kind == "agreement":
            return _agreements(sums, level)
        elif kind == "phi":
            found = _agreements(sums, level)
            return found.assign(value=found["phi"], low=np.nan, high=np.nan)
        elif kind == "required":
            return _required(sums)
    return pd.DataFrame(
        {
            "value": value, "low": low, "high": high, "n": n, "numerator": x, "denominator": y,
            "median": sums.get("median", nothing),
        },
        index=sums.index,
    )  # fmt: skip


def _agreements(sums: pd.DataFrame, level: float) -> pd.DataFrame:
    found = [reduced.agreement(row.xy, row.x, row.y, row.n, level) for row in sums.itertuples()]
    columns = ["value", "low", "high", "phi"]
    return pd.DataFrame(found, columns=columns, index=sums.index).assign(n=sums["n"])


def _required(sums: pd.DataFrame) -> pd.DataFrame:
    """Cases to take in so that the wins wanted come with 80 %; at 50 % and 95 % as limits."""
    found = pd.DataFrame(np.nan, index=sums.index, columns=["value", "low", "high"])
    for row in sums[(sums["y"] > 0) & (sums["n"] > 0)].itertuples():
        law = (row.x + 0.5, row.n - row.x + 0.5)
        for name, goal in (("value", 0.8), ("low", 0.5), ("high", 0.95)):
            cases = primaries_for_wins(row.y, goal, *law)
            found.loc[row.Index, name] = np.nan if cases is None else cases
    return found.assign(n=sums["n"], numerator=sums["x"], denominator=sums["y"])


def _durations(
    lines: pd.DataFrame, keys: list[str], reduction: Reduction, level: float
) -> pd.DataFrame:
    """Kaplan-Meier of each group's life table, in the unit of the KPI."""
    over, unfinished, total, total_over = (
        lines[name].to_numpy("float64", na_value=np.nan)
        for name in ("over", "unfinished", "total", "total_over")
    )
    # a bin stands at the mean length of its rows: exact where lengths are whole days
    at = total / (over + unfinished) / reduction.unit_s
    rows = []
    # arrays, not a table for each group: there are thousands by month and rep
    parts = _places(lines, keys)
    for part in parts:
        ended_s = float(np.nansum(total_over[part]))
        found = reduced.duration(
            at[part], over[part], unfinished[part], ended_s / reduction.unit_s, level
        )
        rows.append(
            {
                "value": found.median, "low": found.low, "high": found.high, "p90": found.p90,
                "n": found.n, "n_censored": found.n - found.n_over, "mean_over": found.mean_over,
                "numerator": np.nan, "denominator": np.nan,
            }
        )  # fmt: skip
    columns = ["value", "low", "high", "p90", "n", "n_censored", "mean_over",
               "numerator", "denominator"]  # fmt: skip
    heads = lines[keys].iloc[[part[0] for part in parts if len(part)]].reset_index(drop=True)
    return pd.concat([heads, pd.DataFrame(rows, columns=columns)], axis=1)


def _places(lines: pd.DataFrame, keys: list[str]) -> list[np.ndarray]:
    """Positions of the lines of each group, groups in the order of their first line."""
    if not keys:
        return [np.arange(len(lines))]
    if lines.empty:
        return []
    group = lines.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _unit(kpi: str) -> str:
    """Unit of a KPI of the catalogue; the client's own ones bring theirs with each part."""
    return passport(kpi).unit if kpi in MEASURES else ""


def refused(kpi: str, by: Sequence[str], reason: str) -> pd.DataFrame:
    """One row that says why a KPI has no value."""
    row = {"kpi": kpi, "part": "", **dict.fromkeys(by), **dict.fromkeys(RESULT_COLUMNS, np.nan)}
    row |= {"unit": _unit(kpi), "law": "", "status": "not_computable", "reason": reason}
    return pd.DataFrame([row], columns=["kpi", "part", *by, *RESULT_COLUMNS])
