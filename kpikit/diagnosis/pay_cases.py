"""
What a rep earns in the four cases: KPIs met or missed, plan met or missed.

Two of the cases contradict each other. If KPIs met without the plan pay more than
the plan met without the KPIs, the scheme buys activity; the table shows by how
much, on the months that occurred and on a stated example for cases that did not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.concordance import MET, MISSED
from kpikit.diagnosis.pay_facts import PayFacts
from kpikit.diagnosis.pay_schemes import Scheme, pay_by_period
from kpikit.errors import InputDataError

CASE_TABLE = ("kpis", "plan", "n", "mean_pay", "mean_bonus", "example_pay", "example_bonus")


@dataclass(frozen=True, eq=False)
class CasePay:
    """
    Pay in the four cases.

    Attributes
    ----------
    table : DataFrame
        One row per case: ``kpis`` and ``plan`` (``met`` or ``missed``), ``n``
        rep-periods, ``mean_pay`` and ``mean_bonus`` of them [money], null where none
        occurred; ``example_pay`` and ``example_bonus`` of the stated example [money].
    n_not_measured : int
        Rep-periods without a verdict or without pay.
    code : str
        ``pays_activity``: KPIs met and plan missed pays more than KPIs missed and
        plan met; ``pays_result`` the reverse; ``indifferent``: within 1 % of pay.
    basis : str
        ``observed`` or ``example``: where the code was read.
    """

    table: pd.DataFrame
    n_not_measured: int
    code: str
    basis: str


#: Smaller differences of pay do not steer anybody. [share of pay]
INDIFFERENT = 0.01


def pay_in_cases(
    scheme: Scheme, facts: PayFacts, cases: pd.DataFrame, missed_at: float = 0.8
) -> CasePay:
    """
    Pay in the four cases under a scheme.

    Parameters
    ----------
    scheme : Scheme
    facts : PayFacts
    cases : DataFrame
        ``rep_id period kpis plan`` as :func:`kpikit.diagnosis.concordance.kpi_cases`
        returns them.
    missed_at : float
        Attainment of a missed KPI or plan in the example, an assumption; met is 1.
        [share]
    """
    if not 0 <= missed_at < 1:
        raise InputDataError(f"missed_at is an attainment from 0 to below 1, not {missed_at:g}.")
    pay = pay_by_period(scheme, facts)
    joined = pay.merge(
        cases[["rep_id", "period", "kpis", "plan"]], on=["rep_id", "period"], how="left"
    )
    judged = joined["kpis"].isin([MET, MISSED]) & joined["plan"].isin([MET, MISSED])
    usable = judged & joined["pay"].notna()
    rows = []
    for kpis in (MET, MISSED):
        for plan in (MET, MISSED):
            own = joined[usable & (joined["kpis"] == kpis) & (joined["plan"] == plan)]
            level = {MET: 1.0, MISSED: missed_at}
            bonus = float(scheme.bonus(_example(facts, level[kpis], level[plan]))[0])
            rows.append(
                (
                    kpis, plan, len(own), own["pay"].mean(), own["bonus"].mean(),
                    scheme.base_pay + bonus, bonus,
                )
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(CASE_TABLE))
    activity, result = table.loc[1], table.loc[2]
    basis = "observed" if min(activity["n"], result["n"]) > 0 else "example"
    column = "mean_pay" if basis == "observed" else "example_pay"
    gap = float(activity[column] - result[column])
    size = max(abs(float(activity[column])), abs(float(result[column])))
    if abs(gap) <= INDIFFERENT * size:
        code = "indifferent"
    else:
        code = "pays_activity" if gap > 0 else "pays_result"
    return CasePay(table, int((~usable).sum()), code, basis)


def _example(facts: PayFacts, kpis: float, plan: float) -> PayFacts:
    """One period of an average rep with all KPIs and the plan at the given attainments."""
    known = facts.periods
    asked = float(known["plan"].mean())
    sold = asked * plan
    all_sales = float(known["sales"].sum())
    margin_share = float(known["margin"].sum(skipna=False)) / all_sales if all_sales else np.nan
    period = pd.DataFrame(
        {
            "rep_id": ["example"],
            "period": ["example"],
            "sales": [sold],
            "plan": [asked],
            "margin": [sold * margin_share],
        }
    )
    attainment = pd.DataFrame({name: [kpis] for name in facts.attainment.columns})
    return PayFacts(period, attainment)
