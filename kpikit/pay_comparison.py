"""
The present way to pay beside others, at the same cost and on the same facts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kpikit.diagnosis.pay_facts import PayFacts, plan_attainment, team_attainment
from kpikit.diagnosis.pay_schemes import (
    Commission,
    KpiMatrix,
    SalaryOnly,
    Scheme,
    TeamGoal,
    pay_by_period,
)
from kpikit.diagnosis.payout import PayoutCurve
from kpikit.diagnosis.scheme_comparison import at_cost, compare_schemes, correlation
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError
from kpikit.pay_curves import dead_part, matrix_of

#: Every result earns something, none earns nothing more: the client's KPIs on one straight line.
STRAIGHT = PayoutCurve(((0.0, 0.0), (1.0, 1.0)), is_capped=False)
#: Smaller differences of pay are nobody's gain or loss. [share of pay]
SAME_PAY = 0.01


def schemes_at_cost(scheme: Scheme, facts: PayFacts) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """
    The present scheme beside a salary, a commission, its KPIs on a straight line and a team goal.

    Parameters
    ----------
    scheme : Scheme
        As the rules describe it; the others are brought to its cost on the rep-periods
        for which sales, plan and KPIs are known.
    facts : PayFacts

    Returns
    -------
    tuple of DataFrame, or None
        The comparison (see :class:`kpikit.pay_results.RolePay`), and the mean pay of each rep
        by scheme [money]; None where no rep-period has all the facts. A scheme that cannot
        cost as much, such as a commission above the sales, is left out.
    """
    usable = np.isfinite(scheme.bonus(facts)) & facts.periods["sales"].notna().to_numpy()
    has_plan = np.isfinite(team_attainment(facts))
    if not usable.any():
        return None
    if has_plan[usable].any():
        usable &= has_plan
    kept = facts.among(usable)
    total = float(pay_by_period(scheme, kept)["pay"].sum())
    schemes, unchanged = [scheme], [np.nan]
    for other in _others(scheme, kept):
        try:
            schemes.append(at_cost(other, kept, total))
        except InputDataError:
            continue
        is_bonus = isinstance(other, (KpiMatrix, TeamGoal))
        unchanged.append(float(pay_by_period(other, kept)["pay"].sum()) if is_bonus else np.nan)
    tables = {one.name: pay_by_period(one, kept) for one in schemes}
    plan = plan_attainment(kept)
    rep_pay = pd.DataFrame({n: t.groupby("rep_id")["pay"].mean() for n, t in tables.items()})
    change = rep_pay.div(rep_pay[scheme.name], axis=0) - 1.0
    found = compare_schemes(schemes, kept)
    found = found.assign(
        # Equal pay differs in its last bits only.
        sd_pay=found["sd_pay"].where(found["sd_pay"] > 1e-9 * found["mean_pay"], 0.0),
        dead=[
            around.value if (around := dead_part(one, kept, tables[one.name], LEVEL)) else np.nan
            for one in schemes
        ],
        level=[_level(one) for one in schemes],
        unchanged_cost=unchanged,
        plan_correlation=[correlation(t["pay"].to_numpy(float), plan) for t in tables.values()],
        better=change.gt(SAME_PAY).sum().to_numpy(),
        worse=change.lt(-SAME_PAY).sum().to_numpy(),
    )
    return found, rep_pay.rename_axis("rep_id").reset_index()


def _others(scheme: Scheme, facts: PayFacts) -> list[Scheme]:
    """What the present scheme is compared with; the salary and the rate are set by the cost."""
    base = scheme.base_pay
    matrix = matrix_of(scheme)
    bonus = matrix.target_bonus if matrix else float(np.nanmean(scheme.bonus(facts)))
    others: list[Scheme] = [SalaryOnly(1.0), Commission(0.01, base)]
    if matrix is not None and matrix is scheme:
        straight = tuple(replace(part, curve=STRAIGHT) for part in matrix.parts)
        others.append(replace(matrix, parts=straight, gate=None, name="kpi_straight"))
    heaviest = max(matrix.parts, key=lambda part: part.weight).curve if matrix else STRAIGHT
    if np.isfinite(team_attainment(facts)).all():
        others.append(TeamGoal(bonus, heaviest, base))
    return others


def _level(scheme: Scheme) -> float:
    """The one number that sets the scheme's cost: salary or target bonus [money], rate [share]."""
    if isinstance(scheme, SalaryOnly):
        return scheme.base_pay
    if isinstance(scheme, Commission):
        return scheme.rate
    if isinstance(scheme, (KpiMatrix, TeamGoal)):
        return scheme.target_bonus
    return float("nan")
