"""
Targets of single reps: do they add up to the company's, and can they be met?

A rep's own history is short and noisy, and most of its ups and downs are the
season of the whole company. So each past period is first brought to the level
that the company expects for the target period; what still varies is the rep.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr

from kpikit.diagnosis.predictive import LogLaw
from kpikit.diagnosis.targets import REACH_BAND, share_below, verdict_of
from kpikit.errors import InputDataError

#: Over-assignment up to here is usual practice; it has to be said openly (assumption).
USUAL_OVER_ASSIGNMENT = 0.10
#: Rounding of single targets, not over-assignment.
ROUNDING = 0.005
#: Fewer periods of a rep say nothing about the next one.
LEAST_PERIODS = 5


@dataclass(frozen=True)
class Assignment:
    """
    The reps' targets against the company's.

    Attributes
    ----------
    total : float
        Sum of the reps' targets. [money]
    company : float
        [money]
    over : float
        Sum over company target minus 1; negative when something is left over. [share]
    code : str
        ``equal``, ``under_assigned``, ``over_assigned_as_stated``,
        ``over_assigned_hidden`` (nobody said so) or ``over_assigned_too_much``
        (above 10 %).
    """

    total: float
    company: float
    over: float
    code: str


def assignment_of(
    rep_targets: pd.Series, company_target: float, stated_over: float | None = None
) -> Assignment:
    """
    Compare the sum of the reps' targets with the company target.

    Parameters
    ----------
    rep_targets : Series
        One target per rep, none missing. [money]
    company_target : float
        Above 0. [money]
    stated_over : float, optional
        Over-assignment that the client has named. [share]
    """
    missing = rep_targets.index[rep_targets.isna()]
    if len(missing) or not company_target > 0 or not len(rep_targets):
        names = ", ".join(str(rep) for rep in missing[:5]) or "none missing"
        raise InputDataError(
            f"the company target must be above 0 and every rep needs a target; got "
            f"{company_target:g} and reps without a target: {names}."
        )
    total = float(rep_targets.sum())
    over = total / company_target - 1.0
    if over < -ROUNDING:
        code = "under_assigned"
    elif over <= ROUNDING:
        code = "equal"
    elif over > USUAL_OVER_ASSIGNMENT + ROUNDING:
        code = "over_assigned_too_much"
    elif stated_over is not None and abs(over - stated_over) <= ROUNDING:
        code = "over_assigned_as_stated"
    else:
        code = "over_assigned_hidden"
    return Assignment(total, company_target, over, code)


def judge_rep_targets(
    history: pd.DataFrame, rep_targets: pd.Series, company_law: LogLaw
) -> pd.DataFrame:
    """
    Probability that each rep meets the target.

    Parameters
    ----------
    history : DataFrame
        One row per rep and past period of the target's length, with ``rep_id``,
        ``period`` and ``value`` [money]; only whole periods of work.
    rep_targets : Series
        Indexed by ``rep_id``. [money]
    company_law : LogLaw
        Of the company's total in the target period. [money]

    Returns
    -------
    DataFrame
        Indexed by ``rep_id``: ``target`` and ``expected`` [money], ``percentile``
        in the rep's own past periods [share], ``probability`` [share],
        ``verdict``, ``reach`` (``too_high``, ``within``, ``too_low``), ``n``
        [periods], ``status`` and ``reason`` (``few_periods``). A rep with fewer
        than five periods gets no probability.
    """
    known = history.dropna(subset=["value"])
    company = known.groupby("period")["value"].transform("sum")
    if (company <= 0).any():
        periods = known.loc[company <= 0, "period"].astype(str).unique()
        raise InputDataError(
            f"the company sold nothing in {', '.join(periods[:5])}; leave these periods out."
        )
    level = known["value"] / company * company_law.centre
    low, high = company_law.interval(0.68)
    company_error = (high - low) / 2.0 / company_law.centre
    rows = []
    for rep, target in rep_targets.items():
        own = known["rep_id"] == rep
        rows.append(
            {"rep_id": rep, "target": float(target)}
            | _judged(
                known.loc[own, "value"].to_numpy(dtype=float),
                level[own].to_numpy(dtype=float),
                float(target),
                company_error,
            )
        )
    numbers = {name: float for name in ("target", "expected", "percentile", "probability")}
    return pd.DataFrame(rows).astype(numbers).set_index("rep_id")


def _judged(
    past: np.ndarray, level: np.ndarray, target: float, company_error: float
) -> dict[str, object]:
    n = len(past)
    result: dict[str, object] = {
        "expected": None,
        "percentile": share_below(past, target) if n else None,
        "probability": None,
        "verdict": None,
        "reach": None,
        "n": n,
        "status": "not_computable",
        "reason": "few_periods",
    }
    if n < LEAST_PERIODS:
        return result
    expected = float(level.mean())
    own_error = float(level.std(ddof=1)) * np.sqrt(1.0 + 1.0 / n)
    spread = float(np.hypot(own_error, expected * company_error))
    if spread > 0:
        probability = float(stdtr(n - 1, (expected - target) / spread))
    else:
        probability = 1.0 if expected >= target else 0.0
    least, most = REACH_BAND
    return result | {
        "expected": expected,
        "probability": probability,
        "verdict": verdict_of(probability),
        "reach": "too_high"
        if probability < least
        else "too_low"
        if probability > most
        else "within",
        "status": "ok",
        "reason": None,
    }
