"""From the audit of a KPI list to published figures; see :mod:`kpikit.published`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kpikit.diagnosis.kpi_rules.selection import KEEP, REPAIR
from kpikit.figures import Row, figure
from kpikit.kpi_audit import KpiAudit


def audit_rows(found: KpiAudit) -> Iterator[Row]:
    """
    Every number of the chapter on the KPI system as a figure.

    ``kind`` is the client's KPI, the contradiction, or the rule with its verdict.
    """
    yield figure("kpis_listed", len(found.inputs.rows), source="kpis", grade="A",
                 method="KPIs in use on the day of the data")  # fmt: skip
    for selection in found.selections:
        kinds = selection.proposals["proposal"].value_counts()
        for kind in (KEEP, REPAIR):
            yield figure("kpis_kept", _or_none(kinds.get(kind, 0), selection.status != "blocked"),
                         role=selection.role, kind=kind, method="integer programme",
                         status="not_computable" if selection.status == "blocked" else "ok",
                         reason=selection.reason, source="kpis")  # fmt: skip
    yield from _scores(found)
    yield from _verdicts(found)
    yield from _evidence(found)
    for row in found.frequency.to_dict("records"):
        yield figure(
            "contradiction_share", row["share"], low=row["low"], high=row["high"], level=0.9,
            n=row["n"], n_events=row["cases"], role=row["role"], kind=row["contradiction"],
            rep=_text(row["rep_id"]), grade="A", source="kpi_facts, plans",
            method="share of rep-periods; reps resampled whole" if _text(row["rep_id"]) == ""
            else "Wilson",
        )  # fmt: skip


def _scores(found: KpiAudit) -> Iterator[Row]:
    for row in found.points.to_dict("records"):
        missing = pd.isna(row["points"])
        yield figure(
            "kpi_points", _or_none(row["points"]), kind=row["kpi_id"],
            status="not_computable" if missing else "ok",
            reason="none of its rules could be checked" if missing else None,
            method=f"weighted rules; {row['coverage']:.0%} of the weight could be checked",
            source="kpis",
        )  # fmt: skip
    for row in found.lists.to_dict("records"):
        missing = row["points"] is None or pd.isna(row["points"])
        yield figure(
            "list_points", _or_none(row["points"]), role=row["role"],
            status="not_computable" if missing else "ok",
            reason=(row["reason"] or "goal groups are not known") if missing else None,
            method="quality x fewness x completeness, one KPI of each cluster", source="kpis",
        )  # fmt: skip


def _verdicts(found: KpiAudit) -> Iterator[Row]:
    counts = found.verdicts.groupby(["rule", "verdict"]).size()
    for (rule, verdict), count in counts.items():
        yield figure("rule_verdicts", int(count), kind=f"{rule}.{verdict}", source="kpis",
                     method="rules of the audit")  # fmt: skip


def _evidence(found: KpiAudit) -> Iterator[Row]:
    inputs = found.inputs
    if found.linkage is not None:
        for row in found.linkage.table.to_dict("records"):
            if pd.notna(row["rho"]):
                yield figure(
                    "kpi_link", row["rho"], low=_or_none(row["low"]), high=_or_none(row["high"]),
                    level=found.linkage.level, n=row["n"], kind=row["kpi_id"], grade="A",
                    method=f"rank correlation inside periods, lag {row['lag']}; {row['verdict']}",
                    source="kpi_facts, plans",
                )  # fmt: skip
    if inputs.controllability is not None:
        for row in inputs.controllability.to_dict("records"):
            if pd.notna(row["icc"]):
                yield figure(
                    "kpi_controllable", row["icc"], low=_or_none(row["low"]),
                    high=_or_none(row["high"]), level=_or_none(row.get("level")),
                    kind=row["kpi_id"], grade="A", source="kpi_facts",
                    method=f"intraclass correlation; {row['reading'] or row['reason']}",
                )  # fmt: skip
    if inputs.recomputed is not None:
        for row in found.reproduced.to_dict("records"):
            yield figure("kpi_reproduced", row["share"], n=row["n"], n_events=row["same"],
                         kind=row["kpi_id"], grade="A", source="kpi_facts",
                         method="reported and recomputed values within the tolerance")  # fmt: skip


def _or_none(value: Any, known: bool = True) -> float | None:
    return float(value) if known and value is not None and pd.notna(value) else None


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
