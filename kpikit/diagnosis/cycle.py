"""
How long it takes: stays in a stage and the cycle of won deals.

The age of open deals is not a cycle time, and the average of closed deals is
short of it: long ones are still open. Both are replaced by curves that use open
deals as what they are, "not over yet".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.biases import length_biased_mean, right_truncated_mean, seen_open_mean
from kpikit.diagnosis.incidence import (
    FloatArray,
    Incidence,
    at_risk_horizon,
    cumulative_incidence,
    follow_up_horizon,
)
from kpikit.diagnosis.resampling import bootstrap_incidence, clustered_error, win_influence
from kpikit.diagnosis.shares import LEVEL
from kpikit.diagnosis.spells import customers, usable
from kpikit.diagnosis.survival import LawFit, Survival, fit_laws, kaplan_meier
from kpikit.vocabulary import OPEN, WON

__all__ = [
    "CycleEstimate", "LawFit", "Survival", "WinCycle", "bulk_share", "cycle_of_wins", "fit_laws",
    "heaping_by_rep", "kaplan_meier", "length_biased_mean", "right_truncated_mean",
    "seen_open_mean", "stage_stays", "win_cycle_quantiles",
]  # fmt: skip

#: Stages left sooner than this were clicked through, not worked. [days]
CLICKED_THROUGH = 60 / 86_400
MIN_EVENTS = 10


@dataclass(frozen=True, eq=False)
class WinCycle:
    """
    Time to win among the deals that win: F_won(t) / F_won(horizon).

    Attributes
    ----------
    times : ndarray, shape (k,)
        [days]
    share : ndarray, shape (k,)
        Share of the wins that have come by each age; ends at 1. [share]
    horizon : float or None
        Oldest age read. [days]
    n_won : int
        Wins up to the horizon. [deals]
    """

    times: FloatArray
    share: FloatArray
    horizon: float | None
    n_won: int

    def quantile(self, share: float) -> float | None:
        """Age by which ``share`` of the wins have come; None without wins. [days]"""
        reached = np.flatnonzero(self.share >= share - 1e-12)
        return float(self.times[reached[0]]) if len(reached) else None


def cycle_of_wins(incidence: Incidence, horizon: float | None = None) -> WinCycle:
    """
    Law of the time to win: not Kaplan-Meier of won deals, which knows no open ones.

    Parameters
    ----------
    incidence : Incidence
    horizon : float, optional
        Oldest age to read; that of the conversion when left out. [days]
    """
    end = horizon if horizon is not None else follow_up_horizon(incidence)
    if end is None:
        return WinCycle(np.empty(0), np.empty(0), None, 0)
    wins = (incidence.times <= end) & (incidence.won_events > 0)
    total = float(incidence.won_at(end))
    count = int(incidence.won_events[wins].sum())
    return WinCycle(incidence.times[wins], incidence.won[wins] / (total or 1.0), end, count)


@dataclass(frozen=True)
class CycleEstimate:
    """A quantile of a duration: ``value low high`` [days], counts, and its status."""

    share: float
    value: float | None
    low: float | None
    high: float | None
    level: float
    horizon: float | None
    n: int
    n_events: int
    n_censored: int
    method: str
    status: str
    reason: str


def win_cycle_quantiles(
    deal_spells: pd.DataFrame,
    rng: np.random.Generator,
    shares: tuple[float, ...] = (0.5, 0.8),
    *,
    level: float = LEVEL,
    draws: int = 500,
) -> tuple[CycleEstimate, ...]:
    """
    Median and other quantiles of the cycle of won deals, interval by customer.

    A win booked in a clean-up or without a date says "not won before", its day
    is not used. Losses count as they are: when a deal was lost does not matter
    for the time to win.

    Parameters
    ----------
    deal_spells : DataFrame
        From :func:`kpikit.diagnosis.spells.deal_spells`.
    rng : numpy.random.Generator
    shares : tuple of float
        [share]
    level : float
        [share]
    draws : int
        Bootstrap draws of whole customers.

    Returns
    -------
    tuple of CycleEstimate
        One for each share.
    """
    used = usable(deal_spells)
    timeless = (used["is_bulk"] | used["is_undated"]).to_numpy(dtype=bool)
    outcome = used["outcome"].to_numpy()
    outcome = np.where(timeless & (outcome == WON), OPEN, outcome)
    exits, entry = used["exit_age_days"].to_numpy(), used["entry_age_days"].to_numpy()
    curve = cumulative_incidence(exits, outcome, entry)
    law = cycle_of_wins(curve)
    if law.n_won == 0 or law.horizon is None:
        reason = "no deal was won" if curve.n_won == 0 else "too few deals were followed"
        return tuple(
            CycleEstimate(s, None, None, None, level, law.horizon, curve.n, curve.n_won,
                          curve.n_open, "incidence", "not_computable", reason)
            for s in shares
        )  # fmt: skip
    ages = law.times
    if len(ages) > 600:
        ages = np.unique(np.quantile(ages, np.linspace(0, 1, 600), method="nearest"))
    drawn = bootstrap_incidence(
        exits, outcome, rng, entry_age=entry, cluster=customers(used),
        ages=np.append(ages, law.horizon), draws=draws,
    ).won  # fmt: skip
    drawn = drawn[drawn[:, -1] > 0]
    few = law.n_won < MIN_EVENTS
    results = []
    for share in shares:
        first = np.argmax(drawn >= (share - 1e-12) * drawn[:, -1:], axis=1)
        days = np.append(ages, law.horizon)[first]
        tail = (1 - level) / 2
        low, high = np.quantile(days, [tail, 1 - tail])
        results.append(
            CycleEstimate(
                share,
                law.quantile(share),
                float(low),
                float(high),
                level,
                law.horizon,
                curve.n,
                curve.n_won,
                curve.n_open,
                "incidence",
                "degraded" if few else "ok",
                "fewer than ten deals were won" if few else "",
            )
        )
    return tuple(results)


def stage_stays(
    spells: pd.DataFrame, shares: tuple[float, ...] = (0.5, 0.8), *, level: float = LEVEL
) -> pd.DataFrame:
    """
    How long deals stay in each stage, all visits added, open ones censored.

    Stays that ended in a clean-up are censored there: the clean-up tells when
    somebody tidied, not when the deal left. Stays that began in one, skipped
    stages and closings without a date have no duration and are left out.

    Parameters
    ----------
    spells : DataFrame
        From :func:`kpikit.diagnosis.spells.stage_spells`.
    shares : tuple of float
        [share]
    level : float
        [share]

    Returns
    -------
    DataFrame
        One row per pipeline, stage and share: ``pipeline_id stage_id stage_order
        share value low high level`` [days], ``restricted_mean horizon`` [days],
        ``n n_events n_censored n_bulk n_left_out``, ``heaped`` (share of stays
        under a minute), ``status reason``. ``value`` is null when not reached.
    """
    rows = []
    for (pipeline, order, stage), group in spells.groupby(
        ["pipeline_id", "stage_order", "stage_id"], sort=True, dropna=False
    ):
        timed = (
            group["left_out"].isna() & ~group["skipped"] & ~group["is_bulk_entry"]
            & ~group["is_undated"] & (group["visits"] > 0)
        )  # fmt: skip
        used = group.loc[timed]
        over = (~used["is_current"] & (used["outcome"] != OPEN) & ~used["is_bulk"]).to_numpy()
        entry = used["entry_age_days"].to_numpy()
        # A backward visit before the history began can make the age exceed the stay.
        stay = np.maximum(used["days_in_stage"].to_numpy(), entry)
        head = {"pipeline_id": pipeline, "stage_id": stage, "stage_order": order}
        counts = {
            "n": len(used), "n_events": int(over.sum()), "n_censored": int((~over).sum()),
            "n_bulk": int((used["is_bulk"] & (used["outcome"] != OPEN)).sum()),
            "n_left_out": int((~timed).sum()),
        }  # fmt: skip
        curve = kaplan_meier(stay, over, entry)
        horizon = _stay_horizon(stay, over, entry)
        effect = _design_effect(stay, over, entry, used, curve.quantile(0.5))
        for share in shares:
            value = curve.quantile(share) if counts["n_events"] else None
            low, high = curve.quantile_interval(share, level, effect) if value else (None, None)
            reached = value is not None and horizon is not None and value <= horizon
            few = counts["n_events"] < MIN_EVENTS
            reason = "not reached by enough deals" if not reached else ""
            if reached and few:
                reason = "fewer than ten stays ended"
            rows.append({
                **head, "share": share, "value": value if reached else None,
                "low": low if reached else None, "high": high if reached else None,
                "level": level,
                "restricted_mean": curve.restricted_mean(horizon) if horizon else None,
                "horizon": horizon, **counts,
                "heaped": float((stay[over] < CLICKED_THROUGH).mean()) if over.any() else None,
                "status": "not_computable" if not reached else "degraded" if few else "ok",
                "reason": reason,
            })  # fmt: skip
    columns = ["pipeline_id", "stage_id", "stage_order", "share", "value", "low", "high", "level",
               "restricted_mean", "horizon", "n", "n_events", "n_censored", "n_bulk",
               "n_left_out", "heaped", "status", "reason"]  # fmt: skip
    numbers = ["value", "low", "high", "restricted_mean", "horizon", "heaped"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, "float64"))


def heaping_by_rep(spells: pd.DataFrame) -> pd.DataFrame:
    """
    Share of stage visits under a minute by rep: such stage data are a formality.

    Returns
    -------
    DataFrame
        Index: ``rep_id``. ``n`` stays that ended [deals], ``heaped`` [share].
    """
    over = spells.loc[
        spells["left_out"].isna() & ~spells["skipped"] & (spells["outcome"] != OPEN)
        & spells["rep_id"].notna()
    ]  # fmt: skip
    short = (over["exit_age_days"] < CLICKED_THROUGH).groupby(over["rep_id"])
    return pd.DataFrame({"n": short.size(), "heaped": short.mean()})


def bulk_share(spells: pd.DataFrame) -> float | None:
    """Share of the closings that happened in a clean-up; None without closings. [share]"""
    closed = spells.loc[spells["outcome"] != OPEN]
    return float(closed["is_bulk"].mean()) if len(closed) else None


def _stay_horizon(stay: FloatArray, over: npt.NDArray[np.bool_], entry: FloatArray) -> float | None:
    if not len(stay):
        return None
    curve = cumulative_incidence(stay, np.where(over, WON, OPEN), entry)
    drawn, followed = at_risk_horizon(curve), follow_up_horizon(curve)
    known = [age for age in (drawn, followed) if age is not None]
    return max(known) if known else None


def _design_effect(
    stay: FloatArray,
    over: npt.NDArray[np.bool_],
    entry: FloatArray,
    used: pd.DataFrame,
    age: float | None,
) -> float:
    """Variance with customers kept together / variance of independent deals."""
    if age is None or len(stay) < 2:
        return 1.0
    influence = win_influence(stay, np.where(over, WON, OPEN), age, entry)
    alone = clustered_error(influence)
    together = clustered_error(influence, customers(used))
    if not (alone > 0 and math.isfinite(together)):
        return 1.0
    return max(1.0, (together / alone) ** 2)
