"""
The laws of a simulated sales department.

A :class:`SimConfig` holds every rate, probability and time law. It is frozen
and hashable: the same config and seed give the same client, and a changed copy
is ``dataclasses.replace(config, ...)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import numpy as np

from kpikit.errors import InputDataError

Days = np.ndarray


@dataclass(frozen=True)
class TimeLaw:
    """
    How long a stay lasts.

    Parameters
    ----------
    kind : {'lognormal', 'weibull'}
    median_days : float
        Half of the stays are shorter. [calendar days]
    shape : float
        Standard deviation of the logarithm, or the Weibull exponent.
    """

    kind: Literal["lognormal", "weibull"]
    median_days: float
    shape: float

    @property
    def mean_days(self) -> float:
        """Expected stay. [calendar days]"""
        if self.kind == "lognormal":
            return self.median_days * math.exp(self.shape**2 / 2)
        return self._scale * math.gamma(1 + 1 / self.shape)

    @property
    def _scale(self) -> float:
        return self.median_days / math.log(2) ** (1 / self.shape)

    def cdf(self, days: float) -> float:
        """Share of stays that end within ``days``."""
        if days <= 0:
            return 0.0
        if self.kind == "lognormal":
            z = math.log(days / self.median_days) / self.shape
            return 0.5 * (1 + math.erf(z / math.sqrt(2)))
        return -math.expm1(-((days / self._scale) ** self.shape))

    def stays(self, normal: np.ndarray, exponential: np.ndarray) -> Days:
        """Stays from standard normal and standard exponential draws. [calendar days]"""
        if self.kind == "lognormal":
            return self.median_days * np.exp(self.shape * normal)
        return self._scale * exponential ** (1 / self.shape)


@dataclass(frozen=True)
class StageLaw:
    """
    What happens to a deal that visits one open stage.

    A visit ends by a move back with probability ``back``; otherwise the deal
    advances with probability ``conversion`` (shifted by segment and rep on the
    logit scale), or is lost. A share ``skip`` of the advances leaves out the
    next stage. Contacts of a visit are Poisson with mean ``contacts_per_visit +
    contacts_per_day * stay``, spread evenly over the stay.
    """

    stage_id: str
    name: str
    conversion: float
    advance: TimeLaw
    lost: TimeLaw
    contacts_per_visit: float
    contacts_per_day: float = 0.0
    meeting_share: float = 0.0
    reach: float = 1.0
    skip: float = 0.0
    back: float = 0.0


@dataclass(frozen=True)
class SegmentLaw:
    """One customer segment; money in the base currency, rates per year."""

    name: str
    share: float
    deal_value: float
    deal_value_cv: float
    logit_shift: float = 0.0
    contact_factor: float = 1.0
    customers_at_start: int = 0
    renewal_rate: float = 0.0
    cross_sales_per_year: float = 0.0
    cross_sell_value: float = 0.0
    retention_contacts_per_year: float = 0.0
    retention_meeting_share: float = 0.0
    plan_for_year: float = 0.0


@dataclass(frozen=True)
class RepLaw:
    """One rep; ``skill`` shifts every stage conversion on the logit scale."""

    rep_id: str
    last_name: str
    first_name: str
    skill: float = 0.0
    hired_on: str = "2020-01-01"
    left_on: str = ""

    @property
    def full_name(self) -> str:
        """Name in the order of a Russian list: family name first."""
        return f"{self.last_name} {self.first_name}"


@dataclass(frozen=True)
class Handling:
    """Minutes of one contact, in the recording and around it, and the share of incoming calls."""

    talk_min: float = 6.0
    talk_sigma: float = 0.6
    meeting_min: float = 60.0
    meeting_sigma: float = 0.3
    wrap_min: float = 4.0
    attempt_min: float = 0.7
    meeting_extra_min: float = 30.0
    incoming_share: float = 0.15


@dataclass(frozen=True)
class TrapCounts:
    """How many records of each planted trap the raw files hold."""

    product_rows: int = 0
    test_deals: int = 0
    duplicates: int = 0
    imported: int = 0
    bulk_closed: int = 0
    undated: int = 0
    other_close_date: int = 0
    broken_deal_rows: int = 0
    broken_call_rows: int = 0
    billing_rows: int = 0
    missed_without_rep: int = 0
    robot_calls: int = 0
    unknown_phones: int = 0
    cancelled_meetings: int = 0


@dataclass(frozen=True)
class SimConfig:
    """
    A whole sales department.

    Parameters
    ----------
    as_of : str
        Instant of the data, ISO local time without offset.
    n_months : int
        Months of complete history before ``as_of``. [months]
    warmup_months : int
        Months simulated before the history, so that deals are open when it
        starts. [months]
    lead_rate : float
        New leads in the first month of history. [deals/month]
    growth_per_month : float
        Growth of the inflow. [share per month]
    season : tuple of 12 float
        Factor on the inflow from January to December.
    calendar : str
        Country code of the working calendar; empty when every minute counts.
    selling_share : float
        Share of the presence that is selling time. [share]
    amount_known_from : int
        Stage position from which a deal has an amount.
    """

    stages: tuple[StageLaw, ...]
    segments: tuple[SegmentLaw, ...]
    reps: tuple[RepLaw, ...]
    as_of: str = "2026-07-01T00:00:00"
    n_months: int = 18
    warmup_months: int = 0
    lead_rate: float = 50.0
    growth_per_month: float = 0.0
    season: tuple[float, ...] = (1.0,) * 12
    handling: Handling = Handling()
    calendar: str = ""
    utc_offset_h: int = 3
    currency: str = "RUB"
    selling_share: float = 0.5
    amount_known_from: int = 0
    traps: TrapCounts = TrapCounts()

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InputDataError("The simulation config is not usable: " + "; ".join(problems))

    @property
    def as_of_local(self) -> datetime:
        """Instant of the data in local time."""
        return datetime.fromisoformat(self.as_of)

    @property
    def month_starts(self) -> tuple[date, ...]:
        """First days of every simulated month and of the one after, warm-up included."""
        end = self.as_of_local.date()
        months = range(-(self.n_months + self.warmup_months), 1)
        return tuple(_add_months(end, step) for step in months)

    @property
    def history_start(self) -> datetime:
        """First instant with complete history, local time."""
        start = self.month_starts[self.warmup_months]
        return datetime(start.year, start.month, start.day)

    @property
    def as_of_day(self) -> float:
        """``as_of`` on the time axis of the simulation, days since the history start."""
        return (self.as_of_local - self.history_start) / timedelta(days=1)


def _problems(config: SimConfig) -> Iterator[str]:
    start = config.as_of_local
    if (start.day, start.hour, start.minute) != (1, 0, 0):
        yield f"as_of must be the first instant of a month, not {config.as_of}"
    if config.n_months < 1 or config.warmup_months < 0:
        yield "n_months must be at least 1 and warmup_months at least 0"
    if len(config.season) != 12:
        yield f"season needs 12 factors, not {len(config.season)}"
    shares = sum(segment.share for segment in config.segments)
    if abs(shares - 1) > 1e-9:
        yield f"the segment shares must add up to 1, not to {shares:g}"
    for position, stage in enumerate(config.stages):
        if not 0 < stage.conversion < 1:
            yield f"the conversion of stage {stage.stage_id} must lie between 0 and 1"
        if not 0 < stage.reach <= 1:
            yield f"the reach of stage {stage.stage_id} must be above 0 and up to 1"
        if position == 0 and stage.back:
            yield f"nothing lies before stage {stage.stage_id}: back must be 0"
        if position == len(config.stages) - 1 and stage.skip:
            yield f"nothing lies after stage {stage.stage_id}: skip must be 0"


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
