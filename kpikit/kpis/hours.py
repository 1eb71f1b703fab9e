"""Where the paid hours of the reps went, as far as the data tell."""

from __future__ import annotations

import pandas as pd

from kpikit.kpis.engine import (
    _,
    number,
    one,
    period_start,
    stacked,
)
from kpikit.kpis.held import empty, lacking, within
from kpikit.kpis.measures.activity import _here, _is_employed, _people
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import activities
from kpikit.kpis.store import Store, run

HOUR_COLUMNS = (
    "paid_h", "absent_h", "call_h", "meeting_h", "other_contact_h", "preparation_h",
    "unexplained_h",
)  # fmt: skip
BUDGET_COLUMNS = ("rep_id", "month", *HOUR_COLUMNS, "is_over", "without_length")
_SEEN = ("call_h", "meeting_h", "other_contact_h", "preparation_h", "without_length")


def time_budget(store: Store, p: Parameters) -> pd.DataFrame:
    """
    Paid hours of each rep and month, and what is known of where they went.

    Paid are the working days while employed, after the first activity in the data. Seen are
    the lengths that the calls, meetings and other contacts have in the data, and the agreed
    preparation of the contacts. What is left is not explained; below 0 (``is_over``), more
    was entered than there was time.

    Returns
    -------
    DataFrame
        ``rep_id``, ``month``, ``paid_h``, ``absent_h`` (null without a table of absences),
        ``call_h``, ``meeting_h``, ``other_contact_h``, ``preparation_h``, ``unexplained_h`` [h],
        ``is_over``, and ``without_length``: contacts whose length nobody wrote down.
    """
    needs = {"reps": ("rep_id",), "calendar": ("date", "work_s"),
             "activities": ("kind", "started_at", "rep_id")}  # fmt: skip
    if lacking(store, needs):
        return empty(BUDGET_COLUMNS)
    here = within(_here(p), p)
    paid = here.select(
        "rep_id", "at", paid_h=_.fte * _.work_s / 3600.0,
        absent_h=(_.fte - _.present) * _.work_s / 3600.0, **dict.fromkeys(_SEEN, number(0)),
    )  # fmt: skip
    done = within(activities(p), p)
    people = _people().rename(person="rep_id")
    day = period_start(done.at, "day")
    own = done.join(people, [done.rep_id == people.person, _is_employed(people, day)])
    length = _.duration_s.fill_null(0.0) / 3600.0
    is_call = _.kind == "call"
    seen = own.select(
        "rep_id", "at", paid_h=number(0), absent_h=number(0),
        call_h=length * one(is_call), meeting_h=length * one(_.is_meeting),
        other_contact_h=length * one(~is_call & _.is_contact & ~_.is_meeting),
        preparation_h=_.minutes / 60.0 - length,
        without_length=one(_.is_contact & _.duration_s.isnull()),
    )  # fmt: skip
    names = ("paid_h", "absent_h", *_SEEN)
    rows = stacked(*[side.select("rep_id", "at", *names) for side in (paid, seen)])
    sums = rows.group_by("rep_id", month=period_start(_.at, "month")).agg(
        **{name: _[name].sum() for name in names}
    )
    found = run(store, sums)
    explained = found[["absent_h", *_SEEN[:-1]]].sum(axis=1)
    found["unexplained_h"] = found["paid_h"] - explained
    found["is_over"] = found["unexplained_h"] < 0
    if not p.holds("absences"):
        found["absent_h"] = float("nan")
    found["without_length"] = found["without_length"].astype("int64")
    return found[list(BUDGET_COLUMNS)].sort_values(["rep_id", "month"], ignore_index=True)
