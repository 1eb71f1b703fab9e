"""
What each way to pay would have cost last year, whom it would have paid, and for what.

Schemes are compared on the same rep-periods, and can be brought to the same total
cost first, so that a dearer scheme is not mistaken for a better one. How people would
have worked under another scheme nobody knows: the facts are held fixed.

References
----------
.. [1] D. Chung, T. Steenburgh, K. Sudhir, Do bonuses enhance sales productivity?,
   Marketing Science 33 (2014) 165-187.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.pay_facts import FloatArray, PayFacts
from kpikit.diagnosis.pay_schemes import SalaryOnly, Scheme, pay_by_period
from kpikit.errors import InputDataError

#: The best and the weakest quarter of the reps are compared.
QUARTER = 0.25
COMPARED = (
    "scheme", "total_cost", "cost_of_sales", "pay_per_margin", "mean_pay", "sd_pay",
    "variable_share", "pay_top", "pay_bottom", "margin_correlation", "dead_share", "n",
    "n_left_out",
)  # fmt: skip


def at_cost(scheme: Scheme, facts: PayFacts, total: float) -> Scheme:
    """
    Bring a scheme to a total cost by its variable part.

    Parameters
    ----------
    scheme : Scheme
    facts : PayFacts
    total : float
        Pay of all rows for which the scheme can be computed. [money]

    Raises
    ------
    InputDataError
        If the fixed pay alone costs more, or nothing variable was earned.
    """
    bonus = scheme.bonus(facts)
    rows = int(np.isfinite(bonus).sum())
    fixed = scheme.base_pay * rows
    variable = float(np.nansum(bonus))
    if isinstance(scheme, SalaryOnly):
        fixed, variable = 0.0, fixed
    if not (variable > 0 and total >= fixed):
        raise InputDataError(
            f"scheme '{scheme.name}' cannot cost {total:,.0f}: its fixed pay is {fixed:,.0f} and "
            f"its variable pay {variable:,.0f}; change its base pay."
        )
    return scheme.times((total - fixed) / variable)


def compare_schemes(schemes: Sequence[Scheme], facts: PayFacts) -> pd.DataFrame:
    """
    Compare schemes on the rep-periods that all of them can be computed for.

    Returns
    -------
    DataFrame
        One row per scheme: ``total_cost`` [money]; ``cost_of_sales`` pay over sales
        and ``pay_per_margin`` pay over margin [share], null where these are not
        known; ``mean_pay`` and ``sd_pay`` per rep and period [money];
        ``variable_share`` of pay [share]; ``pay_top`` and ``pay_bottom``, mean pay of
        the best and the weakest quarter of reps by margin, or by sales where
        margin is not known [money]; ``margin_correlation`` of pay with the same
        amount over rep-periods, null where either is constant; ``dead_share`` of
        rep-periods where a little more result earns nothing [share]; ``n`` and
        ``n_left_out`` rep-periods.
    """
    if not schemes:
        raise InputDataError("no scheme to compare; name at least one.")
    tables = [pay_by_period(scheme, facts) for scheme in schemes]
    usable = np.logical_and.reduce([np.isfinite(table["pay"].to_numpy()) for table in tables])
    if not usable.any():
        raise InputDataError(
            "no rep-period has all the facts that these schemes need; give the KPI attainments, "
            "sales and plans, or compare fewer schemes."
        )
    kept = facts.among(usable)
    measure = "margin" if kept.periods["margin"].notna().all() else "sales"
    worth = kept.periods[measure].to_numpy(float)
    top, bottom = _top_and_bottom(kept.periods, measure)
    sold, margin = (float(kept.periods[name].sum(skipna=False)) for name in ("sales", "margin"))
    rows = []
    for scheme, table in zip(schemes, tables, strict=True):
        own = table[usable]
        pay = own["pay"].to_numpy(float)
        total = float(pay.sum())
        rows.append(
            (
                scheme.name, total, _ratio(total, sold), _ratio(total, margin), pay.mean(),
                pay.std(), _ratio(float(own["bonus"].sum()), total), _mean(pay[top]),
                _mean(pay[bottom]), correlation(pay, worth), own["is_dead"].mean(), len(own),
                int((~usable).sum()),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMPARED))


def correlation(left: FloatArray, right: FloatArray) -> float:
    """Pearson correlation; NaN (null) where one side does not vary or fewer than 3 pairs exist."""
    both = np.isfinite(left) & np.isfinite(right)
    x, y = left[both], right[both]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _top_and_bottom(
    periods: pd.DataFrame, measure: str
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows of the best and of the weakest quarter of reps; nobody when there is only one rep."""
    by_rep = periods.groupby("rep_id")[measure].mean().sort_values(kind="stable")
    size = int(np.ceil(QUARTER * len(by_rep))) if len(by_rep) > 1 else 0
    best, weakest = by_rep.index[len(by_rep) - size :], by_rep.index[:size]
    return periods["rep_id"].isin(best).to_numpy(), periods["rep_id"].isin(weakest).to_numpy()


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
