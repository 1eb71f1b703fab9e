"""
From a way to its goal, parent by parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, text

ENDS_AT_GOAL, NO_GOAL, PARENT_UNKNOWN, CIRCLE = "goal", "no_goal", "parent_unknown", "circle"


def goal_path(inputs: AuditInput, row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """
    Follow the parents of a KPI until a goal.

    Returns
    -------
    end : str
        ``goal``, ``no_goal`` (a KPI that names no parent and is no goal),
        ``parent_unknown`` or ``circle``.
    path : tuple of str
        The KPIs passed, the KPI itself first.
    """
    known = {str(other["kpi_id"]): other for other in inputs.rows}
    path = [str(row["kpi_id"])]
    here = row
    while True:
        if text(here, "purpose") == "goal" or text(here, "goal"):
            return ENDS_AT_GOAL, tuple(path)
        parent = text(here, "parent_kpi_id")
        if not parent:
            return NO_GOAL, tuple(path)
        if parent in path:
            return CIRCLE, (*path, parent)
        path.append(parent)
        if parent not in known:
            return PARENT_UNKNOWN, tuple(path)
        here = known[parent]
