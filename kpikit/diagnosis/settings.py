"""What every measurement needs to know besides the client's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

#: Days of a mean month.
MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class Settings:
    """
    What the measurement needs to know besides the tables.

    ``months`` of the plan (2026-07); ``history_start_at`` instant from which the
    stage history is complete; ``horizon_days`` the client's own limit [days];
    ``contact_seconds`` shortest call that is a contact [s]; minutes that a contact
    takes besides talking [min]; ``stage_roles`` who works which stage;
    ``calendar`` of the period with contacts (``date``, ``work_hours`` [h]).
    """

    as_of: pd.Timestamp
    months: tuple[str, ...] = ()
    history_start_at: pd.Timestamp | None = None
    reopened: str = "final"
    horizon_days: float | None = None
    level: float = 0.9
    contact_seconds: float = 20.0
    wrap_minutes: float = 4.0
    attempt_minutes: float = 0.7
    meeting_extra_minutes: float = 30.0
    stage_roles: Mapping[str, str] = field(default_factory=dict)
    calendar: pd.DataFrame | None = None
    timezone: str = "UTC"
    seed: int = 1
