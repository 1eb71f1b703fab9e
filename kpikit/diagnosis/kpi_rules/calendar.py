"""
When each KPI is looked at, and what a rep has to do in a day, a week or a month.
"""

from __future__ import annotations

import pandas as pd

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory
from kpikit.errors import InputDataError
from kpikit.vocabulary import CADENCES

CALENDAR_COLUMNS = ("role", "cadence", "kpis", "mandatory", "count", "limit", "is_over")
CARD_COLUMNS = ("role", "kind", "count", "span", "exact_per_day")
WORK_DAYS_A_WEEK = 5.0
#: What a card may lose or add by whole numbers. [share]
ROUNDING = 0.10


def kpi_calendar(inputs: AuditInput) -> pd.DataFrame:
    """
    KPIs of each role by day, week, month and quarter, against the limit.

    Returns
    -------
    DataFrame
        ``CALENDAR_COLUMNS``, one row per role and cadence in use, the shortest first;
        KPIs without a cadence under ``unknown``. ``kpis`` and ``mandatory`` are tuples
        of ids, ``mandatory`` those that nobody calls optional.
    """
    rows = []
    for role, own in inputs.roles.items():
        for cadence in (*CADENCES, "unknown"):
            looked = [row for row in own if _tier(text(row, "cadence")) == cadence]
            if looked:
                rows.append(
                    (
                        role, cadence, tuple(str(row["kpi_id"]) for row in looked),
                        tuple(str(row["kpi_id"]) for row in looked if is_mandatory(row)),
                        len(looked), inputs.limits.kpi_limit,
                        len(looked) > inputs.limits.kpi_limit,
                    )
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CALENDAR_COLUMNS))


def role_card(norms: pd.DataFrame, work_days_a_month: float = 21.0) -> pd.DataFrame:
    """
    Norms in words of a working day: "10 contacts a day, 2 meetings a week".

    Parameters
    ----------
    norms : DataFrame
        ``role kind per_day``: planned number of each kind of contact for a rep and
        working day. [1/day]
    work_days_a_month : float
        [days]

    Returns
    -------
    DataFrame
        ``CARD_COLUMNS``: whole ``count`` in a ``span`` (day, week or month), the
        shortest span whose whole number is within ``ROUNDING`` of the norm, and the norm
        as it was.

    Raises
    ------
    InputDataError
        If a norm is missing, negative or infinite.
    """
    per_day = pd.to_numeric(norms["per_day"], errors="coerce").astype(float)
    bad = norms[~per_day.between(0, float("inf"), inclusive="left")]
    if len(bad):
        names = [f"{row['role']}: {row['kind']}" for row in bad.head(5).to_dict("records")]
        raise InputDataError(
            f"a norm must be a number of 0 or more a day; check {', '.join(names)}."
        )
    rows = []
    for role, kind, rate in zip(norms["role"], norms["kind"], per_day, strict=True):
        spans = {"day": 1.0, "week": WORK_DAYS_A_WEEK, "month": work_days_a_month}
        # Halves go up: a card that rounds down plans to miss.
        whole = {name: int(rate * days + 0.5) for name, days in spans.items()}
        near = (
            name
            for name, days in spans.items()
            if whole[name] and abs(whole[name] / (rate * days) - 1) <= ROUNDING
        )
        span = next(near, "month")
        rows.append((role, kind, whole[span], span, rate))
    return pd.DataFrame(rows, columns=list(CARD_COLUMNS))


def _tier(cadence: str) -> str:
    return cadence if cadence in CADENCES else "unknown"
