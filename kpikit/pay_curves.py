"""
Where the results of the reps lie on the payout curves of their KPIs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from kpikit.diagnosis.concordance import clustered_share
from kpikit.diagnosis.pay_facts import PayFacts
from kpikit.diagnosis.pay_schemes import KpiMatrix, Scheme, Together
from kpikit.diagnosis.payout import PayoutCurve, format_curve, money_per_unit, payout
from kpikit.diagnosis.payout_odds import (
    dead_zones,
    expected_payout_normal,
    expected_payout_observed,
)
from kpikit.diagnosis.shares import ShareInterval

CURVE_COLUMNS = (
    "kpi_id", "weight", "curve", "threshold", "cap_from", "n", "mean", "sd", "expected",
    "at_mean", "expected_normal", "below_threshold", "at_cap", "flat", "dead", "dead_low",
    "dead_high", "per_unit", "target",
)  # fmt: skip


def matrix_of(scheme: Scheme) -> KpiMatrix | None:
    """The KPI part of a scheme."""
    parts = scheme.parts if isinstance(scheme, Together) else (scheme,)
    return next((part for part in parts if isinstance(part, KpiMatrix)), None)


def payout_curves(
    scheme: Scheme,
    facts: PayFacts,
    kpi_facts: pd.DataFrame,
    lower_is_better: Collection[str],
    level: float,
) -> pd.DataFrame:
    """Where the rep-periods lie on each payout curve; columns of :class:`RolePay`.curves."""
    matrix = matrix_of(scheme)
    rows = []
    for part in matrix.parts if matrix else ():
        reached = facts.attainment[part.kpi_id]
        known = reached.notna()
        row: dict[str, object] = {
            "kpi_id": part.kpi_id, "weight": part.weight, "curve": format_curve(part.curve),
            "threshold": part.curve.threshold, "cap_from": part.curve.cap_from,
            "n": int(known.sum()),
        }  # fmt: skip
        if known.any():
            row |= _position(part.curve, reached[known], facts.periods.loc[known, "rep_id"], level)
            own = kpi_facts[kpi_facts["kpi_id"] == part.kpi_id]
            if part.kpi_id not in lower_is_better and matrix is not None:
                row |= _per_unit(part.curve, own, part.weight, matrix.target_bonus)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(CURVE_COLUMNS))
    numbers = [name for name in CURVE_COLUMNS if name not in ("kpi_id", "curve", "n")]
    return table.astype(dict.fromkeys(numbers, float))


def _position(
    curve: PayoutCurve, reached: pd.Series, reps: pd.Series, level: float
) -> dict[str, object]:
    seen = expected_payout_observed(curve, reached)
    mean, sd = float(reached.mean()), float(reached.std(ddof=1)) if len(reached) > 1 else 0.0
    zones = dead_zones(curve, reached)
    is_dead = np.array([dead_zones(curve, [at]).total for at in reached])
    around = clustered_share(is_dead, reps, level)
    return {
        "mean": mean, "sd": sd, "expected": seen.mean, "at_mean": float(payout(curve, mean)),
        "expected_normal": expected_payout_normal(curve, mean, sd).mean if sd > 0 else None,
        "below_threshold": zones.below_threshold, "at_cap": zones.at_cap, "flat": zones.flat,
        "dead": zones.total, "dead_low": around.low, "dead_high": around.high,
    }  # fmt: skip


def dead_part(
    scheme: Scheme, facts: PayFacts, pay: pd.DataFrame, level: float
) -> ShareInterval | None:
    """Weight of the KPIs that stand still, over the rep-periods with a bonus."""
    paid = pay["bonus"].notna().to_numpy(bool)
    if not paid.any():
        return None
    matrix = matrix_of(scheme)
    still = pay["is_dead"].to_numpy(float)
    if matrix is not None and matrix is scheme:
        weights = np.array([part.weight for part in matrix.parts])
        alone = [replace(matrix, parts=(part,)).is_dead(facts) for part in matrix.parts]
        # A closed gate or a zero that voids the rest stops all KPIs at once.
        still = np.maximum(np.column_stack(alone) @ (weights / weights.sum()), still)
    return clustered_share(still[paid], pay.loc[paid, "rep_id"], level)


def _per_unit(
    curve: PayoutCurve, own: pd.DataFrame, weight: float, bonus: float
) -> dict[str, object]:
    """Money of one more unit, on average over the rep-periods whose target is known."""
    own = own[own["attainment"].notna() & own["target"].gt(0)]
    if own.empty:
        return {}
    each = [
        float(money_per_unit(curve, at, target=target, weight=weight, bonus=bonus))
        for at, target in zip(own["attainment"], own["target"].astype(float), strict=True)
    ]
    return {"per_unit": float(np.mean(each)), "target": float(own["target"].median())}
