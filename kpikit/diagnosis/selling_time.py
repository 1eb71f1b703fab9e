"""
Selling time: what is left of the working days of each rep.

Working days differ by month, people take leave, fall ill and are trained, new
ones ramp up, and only a share of the day is spent with customers. Capacity is
counted in the hours that remain, by rep and real month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.workdays import workdays_by_month
from kpikit.errors import InputDataError

HOURS_COLUMNS = (
    "rep_id", "month_on", "workdays", "absent_days", "present_days", "ramp", "fte",
    "effective_fte", "hours", "full_hours",
)  # fmt: skip


@dataclass(frozen=True)
class RepGroup:
    """
    Reps that are alike: ``reps`` heads, each worth the product of the shares.

    ``presence`` attainment or time present, ``ramp`` productivity of the
    learning time, ``fte`` part-time share. [share]
    """

    reps: float
    presence: float = 1.0
    ramp: float = 1.0
    fte: float = 1.0


def effective_reps(groups: Sequence[RepGroup]) -> float:
    """
    Count the reps that the team is worth, and not its heads.

    Twenty at 85 % and five newcomers at 50 % of 70 % are worth 18.75. [reps]
    """
    return float(sum(g.reps * g.presence * g.ramp * g.fte for g in groups))


def selling_hours_per_year(
    workdays: float,
    *,
    leave_days: float = 0.0,
    sick_days: float = 0.0,
    training_days: float = 0.0,
    hours_per_day: float = 8.0,
    selling_share: float,
) -> float:
    """
    Count the selling hours of one full-time rep in a year.

    Parameters
    ----------
    workdays : float
        Working days of the year by the calendar. [days]
    leave_days, sick_days, training_days : float
        Working days not worked. [days]
    hours_per_day : float
        [h]
    selling_share : float
        Part of the working day spent on customers. [share]

    Returns
    -------
    float
        [h]
    """
    present = workdays - leave_days - sick_days - training_days
    if present < 0:
        raise InputDataError(
            f"leave, sickness and training take {workdays - present:g} of {workdays:g} working "
            "days; check the allowances."
        )
    _check_share(selling_share)
    return present * hours_per_day * selling_share


def capacity_hours_by_month(
    calendar: pd.DataFrame,
    reps: pd.DataFrame,
    absences: pd.DataFrame | None,
    *,
    selling_share: float,
    leave_days: float = 20.0,
    sick_days: float = 5.0,
    training_days: float = 4.0,
    hours_per_day: float = 8.0,
    ramp: Sequence[float] = (),
    leave_profile: Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """
    Count the selling hours of each rep in each month.

    Absences that are dated are taken where they are. What is left of the yearly
    allowance is spread over the months: leave by ``leave_profile`` where the
    client knows its peaks, everything else by working days.

    Parameters
    ----------
    calendar : DataFrame
        ``date`` and ``work_hours`` [h], whole period.
    reps : DataFrame
        ``rep_id``, ``hired_on``, ``left_on`` (missing: here all the time) and
        ``fte`` (missing: 1).
    absences : DataFrame, optional
        ``rep_id``, ``date``, ``kind`` (leave, sick, training, other), ``share``
        of the day (missing: 1).
    selling_share : float
        Part of the working day spent on customers. [share]
    leave_days, sick_days, training_days : float
        Yearly allowances of one rep. [working days]
    hours_per_day : float
        What one day of absence takes. [h]
    ramp : sequence of float
        Productivity in the 1st, 2nd, ... month after hiring; 1 afterwards. [share]
    leave_profile : mapping of month (1-12) to share, optional
        Sums to 1.

    Returns
    -------
    DataFrame
        One row per rep and month: ``workdays`` employed, ``absent_days``,
        ``present_days``, ``ramp``, ``fte``, ``effective_fte`` (part of the month
        employed x fte x ramp), ``hours`` selling hours [h], ``full_hours``
        selling hours of a full-time, trained rep in that month [h].

    Raises
    ------
    InputDataError
        If a share or the profile breaks its limits.
    """
    _check_share(selling_share)
    _check_ramp(ramp)
    months = workdays_by_month(calendar)
    allowances = {"leave": leave_days, "sick": sick_days, "training": training_days}
    weights = {kind: _even_weights(months) for kind in allowances}
    if leave_profile is not None:
        weights["leave"] = _profile_weights(months, leave_profile)
    daily = _daily(calendar)
    dated = _dated_absences(daily, absences)
    people = _people(reps, daily)

    spread_full = sum(allowances[kind] * weights[kind] for kind in allowances)
    full_hours = np.maximum(months["work_hours"] - spread_full * hours_per_day, 0.0) * selling_share
    frames = []
    for person in people.itertuples():
        here = (daily["date"] >= person.hired_on) & (daily["date"] <= person.left_on)
        own = daily[here].groupby("month_on")[["is_workday", "work_hours"]].sum()
        own = own.reindex(months["month_on"]).fillna(0.0)
        worked = own["is_workday"].to_numpy(dtype=float)
        presence = worked / months["workdays"].clip(lower=1).to_numpy(dtype=float)
        mine = dated[(dated["rep_id"] == person.rep_id)]
        mine = mine[(mine["date"] >= person.hired_on) & (mine["date"] <= person.left_on)]
        absent = mine.groupby("month_on")["share"].sum().reindex(months["month_on"]).fillna(0.0)
        absent_days = absent.to_numpy(dtype=float)
        for kind, allowance in allowances.items():
            share = weights[kind] * presence
            left = max(0.0, allowance * share.sum() - mine.loc[mine["kind"] == kind, "share"].sum())
            if left > 0:
                absent_days = absent_days + left * share / share.sum()
        absent_days = np.minimum(absent_days, worked)
        hours = np.maximum(own["work_hours"].to_numpy() - absent_days * hours_per_day, 0.0)
        learned = _ramp_by_month(months["month_on"], pd.Timestamp(str(person.hired_on)), ramp)
        frames.append(
            pd.DataFrame(
                {
                    "rep_id": person.rep_id,
                    "month_on": months["month_on"],
                    "workdays": worked,
                    "absent_days": absent_days,
                    "present_days": worked - absent_days,
                    "ramp": learned,
                    "fte": person.fte,
                    "effective_fte": presence * person.fte * learned,
                    "hours": hours * selling_share * person.fte * learned,
                    "full_hours": full_hours,
                }
            )
        )
    if not frames:
        return pd.DataFrame(columns=list(HOURS_COLUMNS))
    return pd.concat(frames, ignore_index=True)[list(HOURS_COLUMNS)]


def _daily(calendar: pd.DataFrame) -> pd.DataFrame:
    daily = calendar[["date", "work_hours"]].copy()
    daily["is_workday"] = (daily["work_hours"] > 0).astype(float)
    daily["month_on"] = daily["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return daily


def _people(reps: pd.DataFrame, daily: pd.DataFrame) -> pd.DataFrame:
    people = pd.DataFrame({"rep_id": reps["rep_id"].astype(str)})
    for column, default in (("hired_on", pd.Timestamp.min), ("left_on", pd.Timestamp.max)):
        given = reps[column] if column in reps else pd.Series(pd.NaT, index=reps.index)
        people[column] = (
            pd.to_datetime(given).astype("datetime64[us]").fillna(default.as_unit("us"))
        )
    fte = reps["fte"] if "fte" in reps else pd.Series(1.0, index=reps.index)
    people["fte"] = pd.to_numeric(fte).astype(float).fillna(1.0)
    wrong = people[(people["fte"] < 0) | (people["fte"] > 1.5)]
    if len(wrong):
        raise InputDataError(
            f"fte must be a share of full time; check rep '{wrong['rep_id'].iloc[0]}' "
            f"with {wrong['fte'].iloc[0]:g}."
        )
    return people


def _dated_absences(daily: pd.DataFrame, absences: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["rep_id", "date", "kind", "share", "month_on"]
    if absences is None or absences.empty:
        return pd.DataFrame({c: pd.Series(dtype=object) for c in columns}).assign(
            date=pd.Series(dtype="datetime64[us]"), share=pd.Series(dtype=float)
        )
    table = pd.DataFrame(
        {
            "rep_id": absences["rep_id"].astype(str),
            "date": pd.to_datetime(absences["date"]).astype("datetime64[us]"),
            "kind": absences.get("kind", "leave"),
            "share": pd.to_numeric(absences["share"]).fillna(1.0) if "share" in absences else 1.0,
        }
    )
    # A holiday inside a leave costs no working day; nobody is away twice.
    workdays = daily.loc[daily["is_workday"] > 0, ["date", "month_on"]]
    table = table.drop_duplicates(["rep_id", "date"]).merge(workdays, on="date")
    return table[columns]


def _even_weights(months: pd.DataFrame) -> np.ndarray:
    total = months["workdays"].sum()
    if total == 0:
        raise InputDataError("the calendar has no working day; check country and overrides.")
    return (months["workdays"] / total * months["years"].sum()).to_numpy(dtype=float)


def _profile_weights(months: pd.DataFrame, profile: Mapping[int, float]) -> np.ndarray:
    if abs(sum(profile.values()) - 1.0) > 1e-6 or min(profile.values()) < 0:
        raise InputDataError(
            f"leave_profile must be shares that sum to 1; they sum to {sum(profile.values()):g}."
        )
    covered = months["years"].to_numpy(dtype=float) * 12.0
    return np.array([profile.get(m, 0.0) for m in months["month_on"].dt.month]) * covered


def _ramp_by_month(months: pd.Series, hired_on: pd.Timestamp, ramp: Sequence[float]) -> np.ndarray:
    age = (months.dt.year - hired_on.year) * 12 + (months.dt.month - hired_on.month)
    if not len(ramp):
        return np.ones(len(months))
    steps = np.asarray([*ramp, 1.0], dtype=float)
    return steps[np.clip(age.to_numpy(), 0, len(ramp))]


def _check_share(selling_share: float) -> None:
    if not 0 < selling_share <= 1:
        raise InputDataError(
            f"selling_share must be above 0 and up to 1, not {selling_share}; "
            "it is the part of the working day spent on customers."
        )


def _check_ramp(ramp: Sequence[float]) -> None:
    if any(not 0 <= step <= 1 for step in ramp):
        raise InputDataError(f"ramp must be shares between 0 and 1, not {tuple(ramp)}.")
