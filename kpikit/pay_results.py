"""
What the rules of pay really do: for whom, for what, and at which price.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.concordance import kpi_cases
from kpikit.diagnosis.pay_cases import CasePay, pay_in_cases
from kpikit.diagnosis.pay_facts import PayFacts, plan_attainment
from kpikit.diagnosis.pay_fairness import TerritoryFairness, luck_share, territory_fairness
from kpikit.diagnosis.pay_schemes import Scheme, pay_by_period
from kpikit.diagnosis.payout import settled
from kpikit.diagnosis.payroll import BonusCheck, PayrollCost, check_bonus, payroll_cost
from kpikit.diagnosis.shares import ShareInterval
from kpikit.errors import InputDataError
from kpikit.pay_comparison import schemes_at_cost
from kpikit.pay_curves import dead_part, payout_curves


@dataclass(frozen=True, eq=False)
class RolePay:
    """
    The pay of one role on last year's facts.

    Attributes
    ----------
    role : str
        Empty where the rules name none.
    months : int
        Length of a pay period. [months]
    scheme : Scheme
        As the rules describe it.
    facts : PayFacts
    curves : DataFrame
        One row per KPI in pay: the curve, where the rep-periods lie on it (``n``, ``mean``,
        ``sd`` of the attainment [share]), ``expected`` payout over them, payout ``at_mean``,
        the one if they were normal (``expected_normal``) [share of the target bonus],
        shares of rep-periods ``below_threshold``, ``at_cap``, ``flat`` and ``dead`` in all, and
        ``per_unit``, what one more unit earns on average [money/unit], null for a KPI
        of which less is better.
    dead : ShareInterval or None
        Part of the bonus that a little more result would not move, by weight, over the
        rep-periods. [share of the target bonus]
    bonus, bonus_at_mean : float or None
        Bonus of a rep and period: mean of what was earned, and what the rule pays at the
        mean result. [money]
    cases : CasePay or None
    comparison : DataFrame or None
        Of :func:`~kpikit.diagnosis.scheme_comparison.compare_schemes` at equal cost, with
        ``level`` (rate, salary or target bonus that costs as much), ``unchanged_cost`` at the
        present target bonus [money], ``plan_correlation`` of pay with plan attainment,
        ``dead`` part of the bonus that more result would not move [share], ``better`` and
        ``worse`` off reps.
    rep_pay : DataFrame or None
        Mean pay of each rep (``rep_id``) by scheme. [money]
    check : BonusCheck or None
    cost : PayrollCost or None
    fairness : TerritoryFairness or None
    potential_basis : str
        ``stated`` or ``leads``: what the rep's leads bring in the hands of colleagues.
    luck : float or None
        Share of the differences between the reps' mean bonuses that is luck. [share]
    refusals : mapping of str to str
        Part -> why it is missing.
    """

    role: str
    months: int
    scheme: Scheme
    facts: PayFacts
    curves: pd.DataFrame
    dead: ShareInterval | None
    bonus: float | None
    bonus_at_mean: float | None
    cases: CasePay | None
    comparison: pd.DataFrame | None
    rep_pay: pd.DataFrame | None
    check: BonusCheck | None
    cost: PayrollCost | None
    fairness: TerritoryFairness | None
    potential_basis: str
    luck: float | None
    refusals: Mapping[str, str]


def role_pay(
    role: str,
    months: int,
    scheme: Scheme,
    facts: PayFacts,
    kpi_facts: pd.DataFrame,
    payroll: pd.DataFrame,
    *,
    mandatory: Collection[str],
    lower_is_better: Collection[str],
    potential: pd.Series,
    potential_basis: str,
    level: float,
    rng: np.random.Generator,
) -> RolePay:
    """
    Put the scheme of one role on the facts.

    Parameters
    ----------
    role, months, scheme, facts
        See :class:`RolePay`.
    kpi_facts : DataFrame
        ``kpi_id rep_id period value target attainment``, of the role.
    payroll : DataFrame
        ``rep_id period bonus_paid``. [money]
    mandatory : collection of str
        KPIs of which all must be met.
    lower_is_better : collection of str
        KPIs of which less is better.
    potential : Series
        Of the territory of each rep, by ``rep_id``. [any unit]
    potential_basis : str
    level : float
        [share]
    rng : Generator
    """
    refusals: dict[str, str] = {}
    pay = pay_by_period(scheme, facts)
    paid = pay["bonus"].notna()
    if not paid.any():
        refusals["bonus"] = "facts_missing"
    compared = schemes_at_cost(scheme, facts)
    if compared is None:
        refusals["comparison"] = "facts_missing"
    return RolePay(
        role=role,
        months=months,
        scheme=scheme,
        facts=facts,
        curves=payout_curves(scheme, facts, kpi_facts, lower_is_better, level),
        dead=dead_part(scheme, facts, pay, level),
        bonus=float(pay["bonus"].mean()) if paid.any() else None,
        bonus_at_mean=_at_mean(scheme, facts, paid.to_numpy(bool)),
        cases=_cases(scheme, facts, kpi_facts, mandatory, refusals),
        comparison=None if compared is None else compared[0],
        rep_pay=None if compared is None else compared[1],
        check=_check(pay, payroll, refusals),
        cost=_cost(pay, facts, months, rng, refusals),
        fairness=_fairness(pay, facts, potential, level, refusals),
        potential_basis=potential_basis,
        luck=_luck(pay, refusals),
        refusals=refusals,
    )


def _at_mean(scheme: Scheme, facts: PayFacts, paid: np.ndarray) -> float | None:
    """What the rule pays at the mean result: the naive forecast of the bonus."""
    if not paid.any():
        return None
    kept = facts.among(paid)
    numbers = ["sales", "plan", "margin"]
    mean = kept.periods[numbers].mean().to_frame().T.assign(rep_id="mean", period="mean")
    one = PayFacts(mean, kept.attainment.mean().to_frame().T)
    found = float(scheme.bonus(one)[0])
    return found if np.isfinite(found) else None


def _cases(
    scheme: Scheme,
    facts: PayFacts,
    kpi_facts: pd.DataFrame,
    mandatory: Collection[str],
    refusals: dict[str, str],
) -> CasePay | None:
    """Pay in the four cases, all mandatory KPIs against the plan."""
    named = kpi_facts[kpi_facts["rep_id"].notna() & kpi_facts["kpi_id"].isin(mandatory)]
    stated = named["is_met"].map({True: 1.0, False: 0.0}).astype(float)
    at = pd.Series(settled(named["attainment"]), index=named.index)
    named = named.assign(is_met=stated.fillna((at >= 1).astype(float).where(at.notna())))
    plan = plan_attainment(facts)
    if named["is_met"].isna().all() or np.isnan(plan).all():
        refusals["cases"] = "no_verdicts" if named["is_met"].isna().all() else "no_rep_plans"
        return None
    judged = facts.periods[["rep_id", "period"]].assign(
        is_met=np.where(np.isnan(plan), np.nan, settled(plan) >= 1)
    )
    used = named.dropna(subset=["is_met"])["kpi_id"].unique()
    return pay_in_cases(scheme, facts, kpi_cases(named[named["kpi_id"].isin(used)], judged))


def _check(pay: pd.DataFrame, payroll: pd.DataFrame, refusals: dict[str, str]) -> BonusCheck | None:
    if payroll.empty:
        refusals["check"] = "no_payroll"
        return None
    try:
        return check_bonus(pay, payroll)
    except InputDataError:
        refusals["check"] = "nothing_in_both"
        return None


def _cost(
    pay: pd.DataFrame,
    facts: PayFacts,
    months: int,
    rng: np.random.Generator,
    refusals: dict[str, str],
) -> PayrollCost | None:
    try:
        return payroll_cost(pay, facts.periods, rng, periods=12 // months)
    except InputDataError:
        refusals["cost"] = "few_periods"
        return None


def _fairness(
    pay: pd.DataFrame,
    facts: PayFacts,
    potential: pd.Series,
    level: float,
    refusals: dict[str, str],
) -> TerritoryFairness | None:
    """Mean sales, plan and bonus of a period of each rep against the potential."""
    rows = facts.periods.assign(bonus=pay["bonus"].to_numpy(float))
    rows = rows[rows["plan"].gt(0) & rows["sales"].notna()]
    means = rows.groupby("rep_id")[["sales", "plan", "bonus"]].mean().rename_axis("rep_id")
    table = means.assign(potential=means.index.map(potential)).rename(columns={"plan": "target"})
    table = table[table["potential"].notna()].reset_index()
    if table.empty:
        refusals["fairness"] = "no_potential" if potential.empty else "no_rep_plans"
        return None
    try:
        return territory_fairness(table, level)
    except InputDataError:
        refusals["fairness"] = "few_territories"
        return None


def _luck(pay: pd.DataFrame, refusals: dict[str, str]) -> float | None:
    known = pay[pay["bonus"].notna()]
    if known.empty:
        return None
    found = luck_share(known.rename(columns={"bonus": "attainment"})[["rep_id", "period",
                                                                     "attainment"]])  # fmt: skip
    if found is None:
        refusals["luck"] = "reps_alike"
    return found
