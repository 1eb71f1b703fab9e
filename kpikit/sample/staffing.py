"""
What the plan of a simulated client really needs, by the static cascade.

Money to contracts to leads to hours to people, with the true rates in place of
estimates and without timing: the benchmark that a diagnosis of the sample
client must come near.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from kpikit.sample.base import CARE_REACH
from kpikit.sample.laws import SimConfig
from kpikit.sample.truth import Truth

HOURS_PER_DAY = 8.0
#: Working days away per rep and year as drawn in the simulation: two fortnights of leave,
#: two sick spells of 3.5 calendar days, four half days of training.
AWAY_DAYS = 20.0 + 5.0 + 2.0
#: Contacts and share of meetings of a renewal or cross-sale, as drawn in the simulation.
BASE_DEAL_CONTACTS, BASE_DEAL_MEETINGS = 3.0, 0.1


@dataclass(frozen=True)
class PlanNeed:
    """
    True needs of the plan year; money in the base currency.

    Parameters
    ----------
    target, renewals, cross_sales, pipeline, gap : float
        Plan, expected renewals and cross-sales, expected value of the open new
        deals, and what is left for new business.
    wins, leads : float
        New contracts and the new leads they need.
    hours_new, hours_base : float
        Working time for new business and for existing customers. [h/year]
    hours_per_fte : float
        Selling time of one full-time rep. [h/year]
    required_fte, available_fte : float
    utilisation_by_quarter : mapping
        Working time over selling time of the reps present, by quarter. [share]
    """

    target: float
    renewals: float
    cross_sales: float
    pipeline: float
    gap: float
    wins: float
    leads: float
    hours_new: float
    hours_base: float
    hours_per_fte: float
    required_fte: float
    available_fte: float
    utilisation_by_quarter: Mapping[str, float]


def plan_need(config: SimConfig, tables: Mapping[str, pd.DataFrame], truth: Truth) -> PlanNeed:
    """
    Work out the plan of the year after the as-of instant with the true rates.

    Parameters
    ----------
    config : SimConfig
    tables : mapping of str to DataFrame
    truth : Truth

    Returns
    -------
    PlanNeed
    """
    start = pd.Timestamp(config.as_of_local)
    end = start + pd.DateOffset(years=1)
    customers, deals = tables["customers"], tables["deals"]
    active = customers[customers["contract_end_on"] > start]
    target = float(tables["plans"]["value"].sum())
    open_new = deals[(deals["status"] == "open") & (deals["deal_kind"] == "new")]
    renewals = cross_sales = pipeline = gap_total = wins = leads = hours_base = 0.0
    hours_per_win = truth.hours_per_won_deal
    call = _call_minutes(config)
    meeting = config.handling.meeting_min + config.handling.meeting_extra_min
    deal_minutes = (1 - BASE_DEAL_MEETINGS) * call + BASE_DEAL_MEETINGS * meeting
    hours_new = 0.0
    for law in config.segments:
        mine = active[active["segment"] == law.name]
        due = int((mine["contract_end_on"] < end).sum())
        renewal = due * law.renewal_rate * law.deal_value
        cross = len(mine) * law.cross_sales_per_year * law.cross_sell_value
        stages = open_new.loc[open_new["segment"] == law.name, "stage_id"].value_counts()
        by_stage = truth.stage_conversion_by_segment[law.name]
        ahead = np.cumprod(list(by_stage.values())[::-1])[::-1]
        expected = float(
            sum(stages.get(stage, 0) * share for stage, share in zip(by_stage, ahead, strict=True))
        )
        gap = max(law.plan_for_year - renewal - cross - expected * law.deal_value, 0.0)
        wins_here = gap / law.deal_value
        ratio = truth.contacts_per_won_deal_by_segment[law.name] / truth.contacts_per_won_deal
        renewals, cross_sales = renewals + renewal, cross_sales + cross
        pipeline, gap_total = pipeline + expected * law.deal_value, gap_total + gap
        wins += wins_here
        leads += wins_here / truth.conversion_by_segment[law.name]
        hours_new += wins_here * hours_per_win * ratio
        care = (1 - law.retention_meeting_share) * call + law.retention_meeting_share * meeting
        base_deals = due + len(mine) * law.cross_sales_per_year * 2
        hours_base += (
            len(mine) * law.retention_contacts_per_year * care
            + base_deals * BASE_DEAL_CONTACTS * deal_minutes
        ) / 60
    hours_per_fte = selling_hours(config, start.date(), end.date()) * (
        1 - AWAY_DAYS / work_days(config, start.date(), end.date())
    )
    return PlanNeed(
        target,
        renewals,
        cross_sales,
        pipeline,
        gap_total,
        wins,
        leads,
        hours_new,
        hours_base,
        hours_per_fte,
        (hours_new + hours_base) / hours_per_fte,
        float(sum(not rep.left_on for rep in config.reps)),
        utilisation(config, tables),
    )


def _call_minutes(config: SimConfig) -> float:
    """Minutes of one answered call with an existing customer, attempts and wrap-up included."""
    handling = config.handling
    attempts = (1 - handling.incoming_share) * (1 / CARE_REACH - 1)
    return handling.talk_min + handling.wrap_min + attempts * handling.attempt_min


def work_days(config: SimConfig, first: date, end: date) -> int:
    """Working days of the country from ``first`` up to, not including, ``end``."""
    import holidays

    free = holidays.country_holidays(config.calendar, years=range(first.year, end.year + 1))
    days = (first + timedelta(days=step) for step in range((end - first).days))
    return sum(day.weekday() < 5 and day not in free for day in days)


def selling_hours(config: SimConfig, first: date, end: date) -> float:
    """Selling time of one full-time rep who is never away. [h]"""
    return work_days(config, first, end) * HOURS_PER_DAY * config.selling_share


def utilisation(config: SimConfig, tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """
    Working time with customers over the selling time of the reps present.

    Returns
    -------
    dict
        Quarter, e.g. ``'2025Q1'``, to share.
    """
    activities, absences = tables["activities"], tables["absences"]
    handling = config.handling
    connected = activities["is_connected"].to_numpy(dtype=bool)
    is_meeting = (activities["kind"] == "meeting").to_numpy()
    extra = np.where(is_meeting, handling.meeting_extra_min, handling.wrap_min)
    minutes = np.where(
        connected, activities["duration_s"].fillna(0) / 60 + extra, handling.attempt_min
    )
    local = activities["started_at"].dt.tz_localize(None) + pd.Timedelta(hours=config.utc_offset_h)
    worked = pd.Series(minutes / 60).groupby(local.dt.to_period("Q")).sum()
    away = absences.groupby(absences["date"].dt.to_period("Q"))["share"].sum()
    shares = {}
    for quarter, hours in zip(worked.index, worked, strict=True):
        first, end = quarter.start_time.date(), (quarter + 1).start_time.date()
        days = sum(
            work_days(
                config,
                max(first, date.fromisoformat(rep.hired_on)),
                min(end, date.fromisoformat(rep.left_on or "9999-12-31")),
            )
            for rep in config.reps
        )
        present = (days - away.get(quarter, 0.0)) * HOURS_PER_DAY * config.selling_share
        shares[str(quarter)] = float(hours / present)
    return shares
