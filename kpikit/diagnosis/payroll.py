"""
What the pay costs: next year's payroll, and last year's against the books.

A computed bonus is worth nothing until it reproduces what was paid. And a budget
needs the spread, not only the mean: months are redrawn whole, with everybody in
them, because a good month for one rep is usually a good month for all.

References
----------
.. [1] B. Efron, R. Tibshirani, An Introduction to the Bootstrap, Chapman & Hall,
   1993, ch. 8 (resampling of dependent units).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError

DRAWS = 4_000
#: A computed bonus that differs more from the payroll cannot be used.
TOLERANCE = 0.01
#: Fewer periods have no spread worth showing.
LEAST_PERIODS = 3
KEYS = ["rep_id", "period"]


@dataclass(frozen=True)
class PayrollCost:
    """
    Cost of a scheme for the team as it was.

    Attributes
    ----------
    mean, p90 : float
        Pay of the span: mean and the amount not exceeded in nine of ten years. [money]
    sd : float
        [money]
    cost_of_sales, cost_of_sales_p90 : float or None
        Pay over sales. [share]
    pay_per_margin : float or None
        Pay over margin. [share]
    periods : int
        Length of the span. [periods]
    n_periods, n : int
        Periods and rep-periods that were redrawn.
    n_left_out : int
        Rep-periods without pay (a fact was missing).
    draws : int
    """

    mean: float
    p90: float
    sd: float
    cost_of_sales: float | None
    cost_of_sales_p90: float | None
    pay_per_margin: float | None
    periods: int
    n_periods: int
    n: int
    n_left_out: int
    draws: int


def payroll_cost(
    pay: pd.DataFrame,
    rep_periods: pd.DataFrame,
    rng: np.random.Generator,
    *,
    periods: int = 12,
    draws: int = DRAWS,
) -> PayrollCost:
    """
    Spread of the payroll over a span, by redrawing whole periods.

    Parameters
    ----------
    pay : DataFrame
        ``rep_id period pay`` from :func:`kpikit.diagnosis.pay_schemes.pay_by_period`.
        [money]
    rep_periods : DataFrame
        ``rep_id period sales margin``. [money]
    rng : Generator
    periods : int
        Length of the span to be budgeted. [periods]
    draws : int

    Raises
    ------
    InputDataError
        If fewer than three periods have pay.
    """
    known = pay[pay["pay"].notna()].merge(rep_periods[[*KEYS, "sales", "margin"]], on=KEYS)
    sums = known.groupby("period")[["pay", "sales", "margin"]].agg(
        lambda column: column.sum(skipna=False)
    )
    if len(sums) < LEAST_PERIODS:
        raise InputDataError(
            f"the cost of pay needs at least {LEAST_PERIODS} periods with pay, got {len(sums)}."
        )
    # How often each period is drawn; the sums follow.
    times = rng.multinomial(periods, np.full(len(sums), 1.0 / len(sums)), size=draws)
    cost = times @ sums["pay"].to_numpy(float)
    sold = times @ sums["sales"].to_numpy(float)
    total, all_sales, all_margin = (float(sums[name].sum(skipna=False)) for name in sums.columns)
    has_sales = math.isfinite(all_sales) and bool((sold > 0).all())
    return PayrollCost(
        mean=float(sums["pay"].mean()) * periods,
        p90=float(np.quantile(cost, 0.9)),
        sd=float(cost.std()),
        cost_of_sales=total / all_sales if has_sales else None,
        cost_of_sales_p90=float(np.quantile(cost / sold, 0.9)) if has_sales else None,
        pay_per_margin=total / all_margin if all_margin > 0 else None,
        periods=periods,
        n_periods=len(sums),
        n=len(known),
        n_left_out=int(pay["pay"].isna().sum()),
        draws=draws,
    )


@dataclass(frozen=True, eq=False)
class BonusCheck:
    """
    Computed bonuses against paid ones.

    Attributes
    ----------
    computed, paid : float
        Sums over the rep-periods found in both. [money]
    gap : float or None
        Computed over paid minus 1; None where nothing was paid. [share]
    agrees : bool
        Within 1 %.
    differences : DataFrame
        ``rep_id period computed paid difference`` [money] where single rows differ by
        more than 1 % of the paid bonus, largest first. Errors of both signs can
        cancel in the sum, not here.
    n, n_different : int
    only_computed, only_paid : int
        Rep-periods that only one side knows.
    """

    computed: float
    paid: float
    gap: float | None
    agrees: bool
    differences: pd.DataFrame
    n: int
    n_different: int
    only_computed: int
    only_paid: int


def check_bonus(pay: pd.DataFrame, payroll: pd.DataFrame) -> BonusCheck:
    """
    Compare the computed bonus of last year with the payroll.

    Parameters
    ----------
    pay : DataFrame
        ``rep_id period bonus``. [money]
    payroll : DataFrame
        ``rep_id period bonus_paid``, one row per rep and period; a missing amount is
        not known, not zero. [money]

    Raises
    ------
    InputDataError
        If a rep and period stand twice in one table, or nothing is in both.
    """
    left = pay.loc[pay["bonus"].notna(), [*KEYS, "bonus"]]
    right = payroll.loc[payroll["bonus_paid"].notna(), [*KEYS, "bonus_paid"]]
    for table, what in ((left, "computed bonuses"), (right, "payroll")):
        if table.duplicated(KEYS).any():
            row = table[table.duplicated(KEYS)].iloc[0]
            raise InputDataError(
                f"{what}: rep {row['rep_id']} stands twice in {row['period']}; add the rows up."
            )
    both = left.merge(right, on=KEYS)
    if both.empty:
        raise InputDataError(
            "no rep and period is in both the computed bonuses and the payroll; check the "
            "ids of the reps and the periods."
        )
    table = both.rename(columns={"bonus": "computed", "bonus_paid": "paid"})
    table["difference"] = table["computed"] - table["paid"]
    # Half a cent of rounding is no difference either.
    off = table["difference"].abs() > np.maximum(TOLERANCE * table["paid"].abs(), 0.005)
    computed, paid = float(table["computed"].sum()), float(table["paid"].sum())
    order = table.loc[off, "difference"].abs().sort_values(ascending=False, kind="stable").index
    return BonusCheck(
        computed=computed,
        paid=paid,
        gap=computed / paid - 1.0 if paid > 0 else None,
        agrees=abs(computed - paid) <= TOLERANCE * paid if paid > 0 else computed == paid,
        differences=table.loc[order].reset_index(drop=True),
        n=len(both),
        n_different=int(off.sum()),
        only_computed=len(left) - len(both),
        only_paid=len(right) - len(both),
    )
