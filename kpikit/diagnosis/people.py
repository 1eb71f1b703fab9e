"""
The team over the plan period: who is there, month by month, and for how long.

A staff list is taken rep by rep (part-time, hiring, leaving, learning time,
dated absences); a mere head count is taken as that many full-time people.
Expected attrition thins both out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.selling_time import capacity_hours_by_month


@dataclass(frozen=True)
class MonthTime:
    """
    Time of one role by month of the plan.

    ``reps`` heads at the start; ``fte`` effective full-time people; ``hours_per_fte``
    working hours of one of them after leave, sickness and training [h];
    ``days_per_fte`` days present.
    """

    role: str
    reps: float
    fte: tuple[float, ...]
    hours_per_fte: tuple[float, ...]
    days_per_fte: tuple[float, ...]


def headcount_table(roles: Mapping[str, float]) -> pd.DataFrame:
    """A staff list of nameless full-time people from head counts by role."""
    rows = []
    for role, count in roles.items():
        whole = int(count)
        parts = [1.0] * whole + ([count - whole] if count > whole else [])
        rows += [
            {
                "rep_id": f"{role}-{n}",
                "role": role,
                "fte": fte,
                "hired_on": pd.NaT,
                "left_on": pd.NaT,
            }
            for n, fte in enumerate(parts, 1)
        ]
    table = pd.DataFrame(rows, columns=["rep_id", "role", "fte", "hired_on", "left_on"])
    return table.astype({"hired_on": "datetime64[us]", "left_on": "datetime64[us]"})


def time_by_role(
    calendar: pd.DataFrame,
    reps: pd.DataFrame,
    absences: pd.DataFrame | None,
    *,
    leave_days: float,
    sick_days: float,
    training_days: float,
    hours_per_day: float,
    ramp: Sequence[float] = (),
    attrition_per_month: float = 0.0,
) -> tuple[MonthTime, ...]:
    """
    Count people and working time by role and month.

    Parameters
    ----------
    calendar : DataFrame
        ``date`` and ``work_hours`` [h] over the whole plan period.
    reps : DataFrame
        ``rep_id``, ``role``, ``fte`` [share], ``hired_on``, ``left_on``.
    absences : DataFrame, optional
        ``rep_id``, ``date``, ``kind``, ``share``.
    leave_days, sick_days, training_days : float
        Yearly allowances of one rep. [working days]
    hours_per_day : float
        [h]
    ramp : sequence of float
        Productivity by month since hiring. [share]
    attrition_per_month : float
        Share of the people expected to leave each month; half of a month's
        leavers are still there in it. [share]

    Returns
    -------
    tuple of MonthTime
        In the order in which the roles appear.
    """
    found = []
    for role in dict.fromkeys(reps["role"].fillna("rep")):
        people = reps[reps["role"].fillna("rep") == role]
        hours = capacity_hours_by_month(
            calendar,
            people,
            absences,
            selling_share=1.0,
            leave_days=leave_days,
            sick_days=sick_days,
            training_days=training_days,
            hours_per_day=hours_per_day,
            ramp=ramp,
        )
        months = hours.groupby("month_on", sort=True)
        full = months["full_hours"].first()
        worked = months["hours"].sum()
        # Month by month the survivors of attrition; at mid-month for the mean.
        stays = (1.0 - attrition_per_month) ** (np.arange(len(full)) + 0.5)
        fte = np.divide(worked, full, out=np.zeros(len(full)), where=full.to_numpy() > 0) * stays
        here = people[people["left_on"].isna() | (people["left_on"] >= calendar["date"].min())]
        found.append(
            MonthTime(
                role=str(role),
                reps=float(len(here)),
                fte=tuple(float(x) for x in fte),
                hours_per_fte=tuple(float(x) for x in full),
                days_per_fte=tuple(float(x) / hours_per_day for x in full),
            )
        )
    return tuple(found)
