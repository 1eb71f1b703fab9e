"""
Did the money follow the KPI?

A KPI written into the pay rules is in the pay only if the bonus of a rep went up and
down with it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.diagnosis.correlation import correlation_interval, minimum_detectable_rho
from kpikit.diagnosis.scheme_comparison import correlation
from kpikit.diagnosis.shares import LEVEL

#: Fewer attainments have neither quantiles nor a correlation.
LEAST_FACTS = 5
#: A link smaller than this need not be seen to call the pay unmoved (assumption).
ORDINARY_LINK = 0.5


def pay_link(
    facts: pd.DataFrame, payroll: pd.DataFrame, level: float = LEVEL
) -> tuple[float | None, float | None, float | None, int, str]:
    """
    Did the bonus of a rep go along with the KPI of that rep?

    Differences between reps are taken out: a good rep with a good salary is no link.

    Parameters
    ----------
    facts : DataFrame
        ``rep_id period attainment`` of one KPI. [share]
    payroll : DataFrame
        ``rep_id period bonus_paid``. [money]

    Returns
    -------
    link, low, high : float or None
    n : int
        Pairs.
    code : str
        ``moved``: the interval lies above 0. ``moved_against``: below 0.
        ``did_not_move``: the bonus was the same in all periods of each rep, or a link
        of 0.5 would have been seen. ``unproven``: too few pairs or a KPI that did not
        vary.
    """
    both = facts.merge(payroll.dropna(subset=["bonus_paid"]), on=["rep_id", "period"])
    n = len(both)
    if n < LEAST_FACTS:
        return None, None, None, n, "unproven"
    net = both[["attainment", "bonus_paid"]].astype(float)
    net = net - net.groupby(both["rep_id"]).transform("mean")
    size = both[["attainment", "bonus_paid"]].abs().max()
    # What rounding leaves of a constant is no variation.
    net = net.where(net.abs() > 1e-12 * size, 0.0)
    if not net["attainment"].any():
        return None, None, None, n, "unproven"
    if not net["bonus_paid"].any():
        return 0.0, None, None, n, "did_not_move"
    link = correlation(net["attainment"].to_numpy(), net["bonus_paid"].to_numpy())
    # One pair per rep is spent on the rep's own level.
    free = n - both["rep_id"].nunique() + 1
    low, high = (float(end) for end in correlation_interval(link, float(free), level))
    if np.isnan(low):
        return link, None, None, n, "unproven"
    if low > 0:
        code = "moved"
    elif high < 0:
        code = "moved_against"
    else:
        seen = float(minimum_detectable_rho(free)) <= ORDINARY_LINK
        code = "did_not_move" if seen else "unproven"
    return link, low, high, n, code
