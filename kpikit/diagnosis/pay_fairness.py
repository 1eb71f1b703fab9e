"""
Is the bonus earned, or given by the territory and by luck?

With one plan for everybody the reps of rich territories meet it without effort and
the others never do. The plan is fair when attainment says nothing about the potential.
What is left after the territory is partly luck: months of the same rep differ.

References
----------
.. [1] A. Zoltners, P. Sinha, Sales territory design: thirty years of modeling and
   implementation, Marketing Science 24 (2005) 313-331.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.correlation import correlation_interval
from kpikit.diagnosis.kpi_panel import PLAN_KEYS, checked
from kpikit.diagnosis.scheme_comparison import correlation
from kpikit.diagnosis.shares import LEVEL
from kpikit.diagnosis.variance import variance_of_reps
from kpikit.errors import InputDataError

LEAST_REPS = 3
TERRITORY_COLUMNS = ("rep_id", "potential", "sales", "target", "bonus")


@dataclass(frozen=True, eq=False)
class TerritoryFairness:
    """
    How much the territory decides.

    Attributes
    ----------
    attainment_correlation : float or None
        Of attainment with potential; near 0 is fair. None where either is constant.
    low, high : float or None
        Its interval; None with four reps or fewer.
    bonus_correlation : float or None
        Of the bonus with potential.
    bonus_share : float or None
        Share of the differences in bonus that the potential explains. [share]
    slope : float
        Sales per unit of potential in a plan fitted on it. [money/unit]
    intercept : float
        Sales of a territory without potential in that plan. [money]
    fitted_correlation : float or None
        Of attainment with potential under the fitted plan.
    targets : DataFrame
        ``rep_id potential sales target fitted_target`` [money], ``attainment
        fitted_attainment`` [share].
    n : int
        Reps.
    """

    attainment_correlation: float | None
    low: float | None
    high: float | None
    bonus_correlation: float | None
    bonus_share: float | None
    slope: float
    intercept: float
    fitted_correlation: float | None
    targets: pd.DataFrame
    n: int


def territory_fairness(territories: pd.DataFrame, level: float = LEVEL) -> TerritoryFairness:
    """
    Compare attainment and bonus with the potential of the territories.

    Parameters
    ----------
    territories : DataFrame
        One row per rep: ``rep_id potential sales target bonus``; the bonus may be
        null. [any unit of potential], [money]
    level : float
        [share]

    Raises
    ------
    InputDataError
        With fewer than three reps, equal potentials, or a missing number.
    """
    absent = [name for name in TERRITORY_COLUMNS if name not in territories.columns]
    if absent:
        raise InputDataError(f"the table of territories lacks {', '.join(absent)}.")
    needed = territories[["potential", "sales", "target"]].astype(float)
    wrong = needed.isna().any(axis=1) | (needed["target"] <= 0)
    if wrong.any():
        names = ", ".join(territories.loc[wrong, "rep_id"].astype(str)[:5])
        raise InputDataError(
            f"rep {names}: potential, sales and a target above 0 are needed; complete the row "
            "or leave the rep out."
        )
    potential, sales = needed["potential"].to_numpy(), needed["sales"].to_numpy()
    if len(needed) < LEAST_REPS or np.ptp(potential) == 0:
        raise InputDataError(
            f"fairness needs at least {LEAST_REPS} reps with different potentials, got "
            f"{len(needed)}; ask the client for the potential of each territory."
        )
    slope, intercept = np.polyfit(potential, sales, 1)
    fitted = intercept + slope * potential
    target = needed["target"].to_numpy()
    attainment = sales / target
    # A fitted target of 0 or less gives no attainment.
    fitted_attainment = np.divide(sales, fitted, out=np.full(len(sales), np.nan), where=fitted > 0)
    link = _known(correlation(attainment, potential))
    bonus_link = _known(correlation(territories["bonus"].to_numpy(float), potential))
    low, high = (None, None)
    if link is not None:
        ends = correlation_interval(link, float(len(needed)), level)
        low, high = (_known(float(end)) for end in ends)
    table = territories[["rep_id", "potential", "sales", "target"]].assign(
        fitted_target=fitted, attainment=attainment, fitted_attainment=fitted_attainment
    )
    return TerritoryFairness(
        attainment_correlation=link,
        low=low,
        high=high,
        bonus_correlation=bonus_link,
        bonus_share=None if bonus_link is None else bonus_link**2,
        slope=float(slope),
        intercept=float(intercept),
        fitted_correlation=_known(correlation(fitted_attainment, potential)),
        targets=table.reset_index(drop=True),
        n=len(needed),
    )


def luck_share(panel: pd.DataFrame) -> float | None:
    """
    Share of the differences between reps' mean results that is luck.

    One minus the reliability of the mean: with few and unsteady months a rep is at the
    top mostly by chance. Common ups and downs of a period are taken out.

    Parameters
    ----------
    panel : DataFrame
        ``rep_id period attainment``; null rows are left out. [share]

    Returns
    -------
    float or None
        [share]; None where reps do not differ at all, or one period or one rep is all
        there is.
    """
    rows = checked(panel, PLAN_KEYS, "attainment", "the results of the reps")
    rows = rows.dropna(subset=["attainment"])
    if rows["rep_id"].nunique() < 2 or rows["period"].nunique() < 2:
        return None
    months = pd.get_dummies(rows["period"], dtype=float).to_numpy()
    try:
        spread = variance_of_reps(rows["attainment"].to_numpy(float), rows["rep_id"], months)
    except InputDataError:
        # Reps who never worked in the same period cannot be compared.
        return None
    if spread.between <= 0:
        return None
    return min(1.0, spread.within / spread.between)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
