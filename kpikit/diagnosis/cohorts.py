"""
Cohorts, and the ratios found in most sales reports.

The cohort table is the visual check of a conversion: cells that nobody can know
yet are blank. The naive ratios are computed to show how far they are off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.incidence import cumulative_incidence
from kpikit.diagnosis.spells import usable
from kpikit.vocabulary import LOST, OPEN, WON


@dataclass(frozen=True)
class NaiveRatios:
    """
    Ratios found in most sales reports, for showing how far they are off.

    Attributes
    ----------
    flow : float or None
        Wins of the window / deals created in the window. [share]
    closed_only : float or None
        Won / (won + lost). [share]
    won_of_all : float or None
        Won / all deals, open ones as failures. [share]
    kaplan_meier : float or None
        1 - Kaplan-Meier with lost deals as censored: "if losing were
        impossible". [share]
    """

    flow: float | None
    closed_only: float | None
    won_of_all: float | None
    kaplan_meier: float | None


def naive_ratios(
    deal_spells: pd.DataFrame, as_of: pd.Timestamp, window_days: float = 90.0
) -> NaiveRatios:
    """
    Compute the ratios of :class:`NaiveRatios`; None where the divisor is 0.

    Parameters
    ----------
    deal_spells : DataFrame
        From :func:`kpikit.diagnosis.spells.deal_spells`.
    as_of : Timestamp
    window_days : float
        Window of the flow ratio before ``as_of``. [days]
    """
    won = (deal_spells["outcome"] == WON).to_numpy()
    lost = (deal_spells["outcome"] == LOST).to_numpy()
    start = as_of - pd.Timedelta(days=window_days)
    created = (deal_spells["entered_at"] > start).to_numpy(dtype=bool)
    closed = (deal_spells["left_at"] > start).to_numpy(dtype=bool)
    used = usable(deal_spells)
    alone: float | None = None
    if len(used):
        only_wins = np.where(used["outcome"] == WON, WON, OPEN)
        curve = cumulative_incidence(used["exit_age_days"], only_wins, used["entry_age_days"])
        alone = float(curve.won_at(np.inf))
    return NaiveRatios(
        flow=_ratio((won & closed).sum(), created.sum()),
        closed_only=_ratio(won.sum(), (won | lost).sum()),
        won_of_all=_ratio(won.sum(), len(won)),
        kaplan_meier=alone,
    )


def cohort_table(
    deal_spells: pd.DataFrame, as_of: pd.Timestamp, ages_days: Sequence[float] = (30, 60, 90, 180)
) -> pd.DataFrame:
    """
    Share won by age for the deals created in each month.

    Parameters
    ----------
    deal_spells : DataFrame
        From :func:`kpikit.diagnosis.spells.deal_spells`.
    as_of : Timestamp
    ages_days : sequence of float
        Columns. [days]

    Returns
    -------
    DataFrame
        Index: month of creation (first day, UTC). ``n`` and one column per age
        [share]. A cell is blank while any deal of the month is younger.
    """
    used = usable(deal_spells)
    # A deal seen late is in its month only if it survived until then.
    used = used.loc[used["entry_age_days"] == 0]
    entered = used["entered_at"].dt.tz_localize(None)
    month = entered.dt.to_period("M").dt.to_timestamp().rename("month")
    young = (as_of - used["entered_at"]).dt.total_seconds() / 86_400
    won = used["outcome"] == WON
    youngest = young.groupby(month).min()
    table = pd.DataFrame({"n": won.groupby(month).size()})
    for age in ages_days:
        share = (won & (used["exit_age_days"] <= age)).groupby(month).mean()
        table[float(age)] = share.where(youngest >= age)
    return table


def _ratio(part: float, whole: float) -> float | None:
    return None if whole == 0 else float(part) / float(whole)
