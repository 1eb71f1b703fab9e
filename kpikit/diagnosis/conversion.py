"""
Conversion with open deals: of a stage, of the whole way, by cohort and by month.

Ratios of counts mislead while deals are open: they mix cohorts, or count open
deals as failures, or see only the fast ones (:func:`naive_ratios` shows by how
much). Here each deal counts for as long as it was watched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.cohorts import NaiveRatios, cohort_table, naive_ratios
from kpikit.diagnosis.incidence import (
    ONE_SECOND,
    Incidence,
    at_risk_horizon,
    cumulative_incidence,
    delta_variance,
    follow_up_horizon,
    has_thin_start,
    residual_win_probability,
)
from kpikit.diagnosis.lags import WinLagLaw, win_lag_law
from kpikit.diagnosis.resampling import (
    IncidenceDraws,
    bootstrap_incidence,
    clustered_error,
    pseudo_values,
    win_influence,
)
from kpikit.diagnosis.shares import LEVEL, effective_trials, wilson
from kpikit.diagnosis.spells import customers, usable
from kpikit.vocabulary import LOST, WON

__all__ = [
    "ConversionEstimate", "Incidence", "IncidenceDraws", "NaiveRatios", "WinLagLaw",
    "at_risk_horizon", "bootstrap_incidence", "cohort_table", "conversion", "cumulative_incidence",
    "deal_incidence", "delta_variance", "eventual_conversion", "follow_up_horizon", "naive_ratios",
    "pseudo_values", "residual_win_probability", "stage_conversion",
    "stage_conversion_by_segment", "win_lag_law",
]  # fmt: skip

#: Fewer closings than this make no percentage for a headline.
FEW_CLOSINGS = 10
#: More open deals than this at the reading age: the eventual share is a guess.
MUCH_OPEN = 0.10

NO_DEALS = "no deal can be followed from its start"
FEW_DEALS = "fewer than ten deals were followed long enough: counts only"
FEW_EVENTS = "fewer than ten deals were closed"
STILL_OPEN = "more than a tenth of the deals is still open at the oldest age seen"
THIN_START = "few deals were watched from their start: most were already running"


@dataclass(frozen=True)
class ConversionEstimate:
    """
    A conversion with all that is needed to judge it.

    Attributes
    ----------
    value : float or None
        Share won by the age ``horizon``; None when it cannot be told. [share]
    low, high : float or None
        Interval of the share. [share]
    level : float
        Level of the interval. [share]
    horizon : float or None
        Age at which the curve is read. [days]
    bracket_low, bracket_high : float or None
        The eventual conversion lies between them whatever the deals do that are
        open at the last age with enough deals to look at. [share]
    n, n_won, n_lost, n_open : int
        Deals used. [deals]
    n_left_out : int
        Deals that no estimator may use. [deals]
    n_effective : float or None
        Independent, fully followed deals that would give the same interval. [deals]
    method, status, reason : str
        ``status`` is one of ``vocabulary.STATUSES``; ``reason`` is empty when ok.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    horizon: float | None
    bracket_low: float | None
    bracket_high: float | None
    n: int
    n_won: int
    n_lost: int
    n_open: int
    n_left_out: int
    n_effective: float | None
    method: str
    status: str
    reason: str


def conversion(
    exit_age: npt.ArrayLike,
    outcome: npt.ArrayLike,
    entry_age: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
    client_horizon: float | None = None,
    level: float = LEVEL,
    n_left_out: int = 0,
) -> ConversionEstimate:
    """
    Share of deals won, open deals censored, with an interval by customer.

    The cumulative incidence is read at
    :func:`~kpikit.diagnosis.incidence.follow_up_horizon`. Its standard error
    keeps the deals of a customer together; the interval is the Wilson interval
    of the number of independent deals with that error, so it stays in 0..1 and
    holds for few deals and for conversions near 0.

    Parameters
    ----------
    exit_age, outcome, entry_age
        As in :func:`~kpikit.diagnosis.incidence.cumulative_incidence`. [days]
    cluster : array_like, shape (n,), optional
        Customer of each deal.
    client_horizon : float, optional
        The client's own limit: "won within so many days". [days]
    level : float
        [share]
    n_left_out : int
        Deals not passed, for the record. [deals]

    Returns
    -------
    ConversionEstimate
    """
    curve = cumulative_incidence(exit_age, outcome, entry_age)
    counts = {
        "n": curve.n, "n_won": curve.n_won, "n_lost": curve.n_lost, "n_open": curve.n_open,
        "n_left_out": n_left_out,
    }  # fmt: skip
    if curve.n == 0:
        return ConversionEstimate(
            None, None, None, level, None, None, None, **counts, n_effective=None,
            method="aalen_johansen", status="not_computable", reason=NO_DEALS,
        )  # fmt: skip
    horizon = follow_up_horizon(curve, client_horizon)
    if horizon is None:
        # The widest honest statement: all open deals lost, or all of them won.
        low = wilson(curve.n_won, curve.n, level).low
        high = wilson(curve.n_won + curve.n_open, curve.n, level).high
        return ConversionEstimate(
            None, low, high, level, None, curve.n_won / curve.n,
            (curve.n_won + curve.n_open) / curve.n, **counts, n_effective=None,
            method="counts", status="not_computable", reason=FEW_DEALS,
        )  # fmt: skip
    point = curve.at(horizon)
    influence = win_influence(exit_age, outcome, horizon, entry_age)
    error = clustered_error(influence, cluster)
    trials = effective_trials(point.won, error, _most_trials(curve, horizon, cluster))
    share = min(max(point.won, 0.0), 1.0)
    interval = wilson(share * trials, trials, level)
    # The last few deals watched can end the curve at 0 open by chance: take the
    # bracket where enough deals are watched, unless nothing is open at all.
    drawn = at_risk_horizon(curve, client_horizon) if curve.n_open else None
    bracket = curve.bracket(min(horizon, drawn) if drawn is not None else horizon)
    reasons = [
        text
        for text, applies in (
            (THIN_START, has_thin_start(curve, horizon)),
            (STILL_OPEN, point.survival > MUCH_OPEN),
            (FEW_EVENTS, curve.n_won + curve.n_lost < FEW_CLOSINGS),
        )
        if applies
    ]
    return ConversionEstimate(
        share, interval.low, interval.high, level, horizon, *bracket, **counts,
        n_effective=trials, method="aalen_johansen",
        status="degraded" if reasons else "ok", reason="; ".join(reasons),
    )  # fmt: skip


def eventual_conversion(
    deal_spells: pd.DataFrame, *, client_horizon: float | None = None, level: float = LEVEL
) -> ConversionEstimate:
    """
    Share of new deals that are won in the end.

    Deals closed in a clean-up count: that they are lost is known, only the
    instant is not, and the share won does not depend on it.

    Parameters
    ----------
    deal_spells : DataFrame
        From :func:`kpikit.diagnosis.spells.deal_spells`.
    client_horizon : float, optional
        [days]
    level : float
        [share]

    Returns
    -------
    ConversionEstimate
        Without any start date only the share of the closed deals remains, with
        the method ``closed_only`` and the status ``degraded``.
    """
    used = usable(deal_spells)
    left_out = len(deal_spells) - len(used)
    if not len(used) and (deal_spells["left_out"] == "no_time").any():
        return _closed_only(deal_spells, level)
    return conversion(
        used["exit_age_days"],
        used["outcome"],
        used["entry_age_days"],
        cluster=customers(used),
        client_horizon=client_horizon,
        level=level,
        n_left_out=left_out,
    )


def stage_conversion(
    spells: pd.DataFrame, *, client_horizon: float | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """
    Share of the deals reaching each stage that leave it by the won side.

    Skipped stages count as left by the won side the moment they were reached:
    the share won at the end is then exactly the mixture of skipped and visited
    deals. Time estimates do not use them.

    Parameters
    ----------
    spells : DataFrame
        From :func:`kpikit.diagnosis.spells.stage_spells`.
    client_horizon : float, optional
        Longest stay to look at. [days]
    level : float
        [share]

    Returns
    -------
    DataFrame
        One row per pipeline and stage in funnel order: ``pipeline_id stage_id
        stage_order``, the fields of :class:`ConversionEstimate`, ``n_skipped``.
    """
    return _conversion_by(spells, [], client_horizon, level)


def stage_conversion_by_segment(
    spells: pd.DataFrame, *, client_horizon: float | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """As :func:`stage_conversion`, one row per segment and stage, ``segment`` first."""
    return _conversion_by(spells, ["segment"], client_horizon, level)


def deal_incidence(deal_spells: pd.DataFrame) -> Incidence:
    """Curve of all usable deals of :func:`kpikit.diagnosis.spells.deal_spells`."""
    used = usable(deal_spells)
    return cumulative_incidence(used["exit_age_days"], used["outcome"], used["entry_age_days"])


def _conversion_by(
    spells: pd.DataFrame, by: list[str], client_horizon: float | None, level: float
) -> pd.DataFrame:
    keys = [*by, "pipeline_id", "stage_order", "stage_id"]
    rows = []
    for key, group in spells.groupby(keys, sort=True, dropna=False):
        skipped = group["skipped"].to_numpy(dtype=bool)
        kept = group["left_out"].isna().to_numpy()
        used = group.loc[kept]
        jumped = skipped[kept]
        estimate = conversion(
            np.where(jumped, ONE_SECOND / 2, used["exit_age_days"]),
            used["outcome"],
            np.where(jumped, 0.0, used["entry_age_days"]),
            cluster=customers(used),
            client_horizon=client_horizon,
            level=level,
            n_left_out=int((~kept).sum()),
        )
        named = dict(zip(keys, key, strict=True))
        rows.append({**named, **vars(estimate), "n_skipped": int(jumped.sum())})
    first = [*by, "pipeline_id", "stage_id", "stage_order"]
    fields = list(ConversionEstimate.__dataclass_fields__)
    table = pd.DataFrame(rows, columns=[*first, *fields, "n_skipped"])
    numbers = ["value", "low", "high", "horizon", "bracket_low", "bracket_high", "n_effective"]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _most_trials(curve: Incidence, horizon: float, cluster: npt.ArrayLike | None) -> float:
    """Deals whose fate by the horizon is known, in customers where these are given."""
    young = int(np.searchsorted(curve.exit_ages, horizon, side="left")) - int(
        (curve.won_events + curve.lost_events)[curve.times < horizon].sum()
    )
    known = max(curve.n - young, 1)
    if 0 < float(curve.won_at(horizon)) < 1 or cluster is None:
        return float(known if cluster is not None else curve.n)
    # Nobody won, or everybody: the error is no guide, customers are the independent units.
    groups = len(np.unique(np.asarray(cluster)))
    return max(known * groups / curve.n, 1.0)


def _closed_only(deal_spells: pd.DataFrame, level: float) -> ConversionEstimate:
    outcome = deal_spells["outcome"]
    won, lost = int((outcome == WON).sum()), int((outcome == LOST).sum())
    n_open = len(outcome) - won - lost
    counts = {"n": len(outcome), "n_won": won, "n_lost": lost, "n_open": n_open, "n_left_out": 0}
    if won + lost == 0:
        return ConversionEstimate(
            None, None, None, level, None, None, None, **counts, n_effective=None,
            method="closed_only", status="not_computable",
            reason="no deal has a start date and none is closed",
        )  # fmt: skip
    interval = wilson(won, won + lost, level)
    return ConversionEstimate(
        interval.value, interval.low, interval.high, level, None, won / len(outcome),
        (won + n_open) / len(outcome), **counts, n_effective=float(won + lost),
        method="closed_only", status="degraded",
        reason="no start dates: the share of closed deals depends on how fast each kind closes",
    )  # fmt: skip
