"""From KPI results to published figures; see :mod:`kpikit.published`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kpikit.figures import Row, figure
from kpikit.kpi_results import KpiResults
from kpikit.kpis.measures import MEASURES


def kpi_rows(found: KpiResults) -> Iterator[Row]:
    """
    Every number of the results chapter as a figure.

    ``kind`` is the K-id, with its part behind a dot; ``period`` is empty for the
    year looked at and the month otherwise.
    """
    for row in found.level.to_dict("records"):
        yield _value(row, period="all" if row["covers"] == "all" else "")
    for row in found.months.to_dict("records"):
        if pd.notna(row.get("month")) and pd.notna(row["value"]):
            yield _value(row, period=f"{row['month']:%Y-%m}")
    for row in found.reps.to_dict("records"):
        if pd.notna(row["value"]):
            yield _value(row, rep="unknown" if pd.isna(row["rep"]) else str(row["rep"]))
    for row in found.deviations.to_dict("records"):
        rep = "" if pd.isna(row["rep_id"]) else str(row["rep_id"])
        if pd.notna(row["deviation"]):
            yield figure(
                "kpi_deviation", row["deviation"], low=row["deviation_low"],
                high=row["deviation_high"], level=found.confidence, unit=row["unit"],
                kind=row["kpi_id"], rep=rep,
                n=row["n"], method=f"fact less plan; {row['verdict']}", source="plans",
            )  # fmt: skip
    for kind, index in (("wins", found.wins_index), ("money", found.money_index)):
        if index is None:
            continue
        for row in index.table[index.table["value"].notna()].to_dict("records"):
            yield figure(
                "rep_index", row["value"], low=row["low"], high=row["high"], level=index.level,
                n=row["n"], rep=row["rep_id"], kind=kind, grade="A", source="deals",
                method="actual over expected by segment and source, shrunken",
            )  # fmt: skip
    yield from _gaming(found.gaming)


def _value(row: dict[str, Any], **keys: str) -> Row:
    kpi, part = row["kpi"], row["part"]
    kind = f"{kpi}.{part}" if part else kpi
    missing = pd.isna(row["value"])
    known = MEASURES.get(kpi)
    return figure(
        "kpi_value",
        None if missing else row["value"],
        kind=kind,
        unit=row["unit"],
        low=_or_none(row["low"]),
        high=_or_none(row["high"]),
        level=_or_none(row["level"]),
        n=_or_none(row["n"]),
        n_censored=_or_none(row["n_censored"]),
        method=row["law"],
        status=row["status"],
        reason=row["reason"],
        grade=None if missing else "A",
        source=", ".join(known.needs) if known else "the client's expression",
        **keys,
    )


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _gaming(table: pd.DataFrame) -> Iterator[Row]:
    judged = table[table["verdict"].isin(["flagged", "to_check"])] if len(table) else table
    if judged.empty:
        return
    for (sign, rep), rows in judged.fillna({"rep_id": ""}).groupby(["sign", "rep_id"]):
        yield figure("gaming_signs", len(rows), kind=str(sign), rep=str(rep),
                     method="false discovery rate held at 5 %", source="records")  # fmt: skip
