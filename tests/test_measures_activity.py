"""
K52 to K59: worked examples by hand, and a second computation in pandas on a made-up client.

The calendar of the examples has 8 h of work from 9 to 17 on Monday to Friday; 2026-01-05 is a
Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client, store_of
from measure_oracle import grouped, local, sale_deals, same

from kpikit.kpis.measuring import measure, measure_many
from kpikit.kpis.store import Store

SEEDS = (1, 2)
BYS = ((), ("rep", "month"), ("role", "quarter"))


def frame(columns: Sequence[str], *rows: Sequence[object]) -> pd.DataFrame:
    """A table; columns that end in _at are wall times, in _on and date days."""
    table = pd.DataFrame(rows, columns=list(columns))
    for name in table:
        if name.endswith("_at"):
            table[name] = pd.to_datetime(table[name]).dt.tz_localize(ZONE)
        elif name.endswith("_on") or name == "date":
            table[name] = pd.to_datetime(table[name])
    return table


def calendar(first: str = "2026-01-05", last: str = "2026-01-16") -> pd.DataFrame:
    days = pd.date_range(first, last)
    work_s = np.where(days.day_of_week < 5, 8 * 3600.0, 0.0)
    return pd.DataFrame(
        {"date": days, "work_s": work_s, "start_s": 9 * 3600.0, "end_s": 17 * 3600.0,
         "before_s": np.concatenate([[0.0], np.cumsum(work_s)[:-1]])}
    )  # fmt: skip


def answer(store: Store, kpi: str, part: str = "", **changes: object) -> pd.Series:
    found = measure(store, kpi, **changes)
    return found[found["part"] == part].iloc[0]


CALL = ("kind", "rep_id", "started_at", "duration_s", "is_connected", "is_automatic")
MEETING = ("kind", "rep_id", "started_at", "is_completed", "result")
WORK = ("role", "segment", "kind", "month_start_on", "required_h", "required_contacts")
TEAM = ("role", "month_start_on", "available_h", "hours_per_fte", "fte", "required_fte",
        "work_days")  # fmt: skip


# ---- by hand ----------------------------------------------------------------------------------


def test_a_call_counts_when_it_was_answered_and_long_enough_to_be_a_talk():
    """Of 6 dials 4 were answered, one of these for 10 s: 4 - 1 = 3; a robot's call is none."""
    calls = frame(
        CALL,
        ("call", "r1", "2026-01-05 10:00", 60, True, False),
        ("call", "r1", "2026-01-05 10:10", 20, True, False),
        ("call", "r1", "2026-01-05 10:20", 300, True, False),
        ("call", "r1", "2026-01-05 10:30", 10, True, False),
        ("call", "r1", "2026-01-05 10:40", 45, False, False),
        ("call", "r1", "2026-01-05 10:50", None, False, False),
        ("call", "r1", "2026-01-05 11:00", 90, True, True),
        ("email", "r1", "2026-01-05 11:10", None, None, False),
    )
    store = store_of({"activities": calls})
    assert answer(store, "K52")["value"] == 3
    assert answer(store, "K52", "dials")["value"] == 6
    assert answer(store, "K52", contact_seconds=5.0)["value"] == 4


def test_a_meeting_counts_when_it_is_known_to_have_taken_place():
    """Of 5 meetings one was cancelled and nothing is known of another: 5 - 1 - 1 = 3."""
    meetings = frame(
        MEETING,
        ("meeting", "r1", "2026-01-05 10:00", True, None),
        ("visit", "r1", "2026-01-06 10:00", True, "offer asked"),
        ("demo", "r1", "2026-01-07 10:00", None, "not interested"),
        ("meeting", "r1", "2026-01-08 10:00", None, None),
        ("meeting", "r1", "2026-01-09 10:00", False, None),
    )
    store = store_of({"activities": meetings})
    assert answer(store, "K53")["value"] == 3
    assert answer(store, "K53", "entered")["value"] == 5


def test_the_norm_divides_by_people_once_however_many_kinds_of_contact_there_are():
    """
    1,600 contacts in 4 lines of 400; 5 full-time reps needed, 4 there, 20 days: 1,600 / 100 = 16,
    with the people there 1,600 / 80 = 20. A contact takes 16 minutes and a day has 320: 20 fit.
    Joining the people to each of the four lines would give 1,600 / 400 = 4.
    """
    work = frame(WORK, *[
        ("rep", segment, kind, "2026-08-01", 400 * 16 / 60, 400.0)
        for segment in "AB" for kind in ("call", "meeting")
    ])  # fmt: skip
    team = frame(TEAM, ("rep", "2026-08-01", 400.0, 20 * 320 / 60, 4.0, 5.0, 20.0))
    store = store_of({"workload": work, "capacity": team})
    parts = measure(store, "K54").set_index("part")
    norm = parts.loc[""]
    assert norm["value"] == pytest.approx(16.0)
    assert norm["value"] != pytest.approx(4.0)
    assert (norm["numerator"], norm["denominator"]) == (1600.0, 100.0)
    assert parts.loc["present_team", "value"] == pytest.approx(20.0)
    assert parts.loc["limit", "value"] == pytest.approx(20.0)


def test_the_norm_leaves_out_contacts_of_a_role_without_people():
    """Hunters: 1,600 / (5 x 20) = 16. Nobody knows the farmers' staff: their 300 do not count."""
    work = frame(
        WORK,
        ("hunter", None, None, "2026-08-01", 400.0, 1600.0),
        ("farmer", None, None, "2026-08-01", 80.0, 300.0),
    )
    team = frame(TEAM, ("hunter", "2026-08-01", 400.0, 100.0, 4.0, 5.0, 20.0))
    assert answer(store_of({"workload": work, "capacity": team}), "K54")["value"] == 16.0


def norm_of_16(**rep: object) -> dict[str, pd.DataFrame]:
    """One rep, a norm of 16 a day, ten working days of which one is free."""
    return {
        "reps": pd.DataFrame([{"rep_id": "r1", "role": "rep", "is_human": True} | rep]),
        "absences": frame(("rep_id", "date", "share"), ("r1", "2026-01-07", 1.0)),
        "calendar": calendar(),
        "workload": frame(WORK, ("rep", None, None, "2026-08-01", 400.0, 1600.0)),
        "capacity": frame(TEAM, ("rep", "2026-08-01", 400.0, 100.0, 4.0, 5.0, 20.0)),
    }


def contacts(n: int, start: str = "2026-01-05 09:00", rep: str = "r1") -> pd.DataFrame:
    return frame(CALL, *[
        ("call", rep, moment, 120, True, False)
        for moment in pd.date_range(start, periods=n, freq="1h")
    ])  # fmt: skip


def test_attainment_counts_the_days_at_work_and_not_those_of_the_calendar():
    """Norm 16, ten working days less one of leave: 126 / (16 x 9) = 87.5 %, not 126 / 160."""
    found = answer(store_of(norm_of_16() | {"activities": contacts(126)}), "K55")
    assert found["value"] == pytest.approx(0.875)
    assert found["value"] != pytest.approx(126 / 160)
    assert (found["numerator"], found["denominator"]) == (126.0, 144.0)


def test_half_a_post_owes_half_the_norm_from_its_first_day_to_its_last():
    """Half time, 6 to 14 January: 7 working days less one: 30 / (16 x 0.5 x 6) = 62.5 %."""
    rep = {
        "fte": 0.5,
        "hired_on": pd.Timestamp("2026-01-06"),
        "left_on": pd.Timestamp("2026-01-14"),
    }
    made = pd.concat([contacts(1), contacts(30, "2026-01-06 00:00"), contacts(5, rep="r9")])
    found = answer(store_of(norm_of_16(**rep) | {"activities": made}), "K55")
    assert (found["numerator"], found["denominator"]) == (30.0, 48.0)
    assert found["value"] == pytest.approx(0.625)


def test_attainment_without_a_list_of_absences_says_so():
    """All ten days count: 126 / 160; the reason names the table that would tell them apart."""
    tables = norm_of_16() | {"activities": contacts(126)}
    tables.pop("absences")
    found = answer(store_of(tables), "K55")
    assert found["value"] == pytest.approx(126 / 160)
    assert (found["status"], "absences" in found["reason"]) == ("degraded", True)


LEAD = ("deal_id", "customer_id", "status", "created_at")
TOUCH = ("kind", "direction", "customer_id", "deal_id", "started_at", "is_connected", "duration_s",
         "is_completed")  # fmt: skip
LEADS = frame(
    LEAD,
    ("d1", "c1", "open", "2026-01-09 16:56"),
    ("d2", "c2", "open", "2026-01-12 09:00"),
    ("d3", "c3", "open", "2026-01-12 09:10"),
    ("d4", None, "open", "2026-01-12 09:20"),
    ("d5", "c5", "open", "2026-01-12 09:00"),
)
MONDAY = datetime(2026, 1, 12, 10, 30)


def answered_leads() -> Store:
    """Replies after 4 + 8 working minutes over the week-end, then 4, 9 and 40; d5 has none."""
    touches = frame(
        TOUCH,
        ("call", "out", "c1", None, "2026-01-12 09:08", True, 5, None),
        ("email", "out", None, "d2", "2026-01-12 09:04", None, None, True),
        ("call", "out", "c3", "d3", "2026-01-12 09:15", False, 5, None),
        ("meeting", None, "c3", "d3", "2026-01-12 09:19", None, 600, True),
        ("chat", "out", None, "d4", "2026-01-12 10:00", None, None, None),
        ("call", "out", "c5", "d5", "2026-01-09 10:00", True, 60, None),
        ("chat", "in", "c5", "d5", "2026-01-12 09:30", None, None, None),
    )
    days = calendar("2026-01-01", "2026-01-31")
    return store_of({"deals": LEADS, "activities": touches, "calendar": days})


def test_response_runs_in_working_minutes_and_counts_the_unanswered():
    """
    4, 9, 12 and 40 minutes, the fifth unanswered after 90: the third of five is 12. The clock
    has 4, 9, 40 first. The mean of the answered alone is (4 + 9 + 12 + 40) / 4 = 16.25.
    """
    parts = measure(answered_leads(), "K56", as_of=MONDAY).set_index("part")
    found = parts.loc[""]
    assert found["value"] == pytest.approx(12.0)
    assert (found["n"], found["n_censored"], found["unit"]) == (5, 1, "minutes")
    assert found["mean_over"] == pytest.approx(16.25)
    assert parts.loc["clock", "value"] == pytest.approx(40.0)


def test_response_runs_on_the_clock_where_no_calendar_is_known():
    """The same replies without a calendar: the clock's median, said so."""
    tables = {"deals": LEADS, "activities": frame(
        TOUCH,
        ("call", "out", "c1", None, "2026-01-12 09:08", True, 5, None),
        ("email", "out", None, "d2", "2026-01-12 09:04", None, None, True),
        ("meeting", None, "c3", "d3", "2026-01-12 09:50", None, 600, True),
    )}  # fmt: skip
    found = answer(store_of(tables), "K56", as_of=MONDAY)
    assert found["status"] == "degraded"
    # 4, 40, then 70 and 90 unanswered, 64 h 12 min: 2 of 5 do not make a half, the fifth does
    assert found["value"] == pytest.approx(64 * 60 + 12)


def test_a_missed_call_and_a_message_ask_for_a_reply_and_an_answered_call_does_not():
    """Missed 10:00 answered 10:06; chat 10:00 by mail 10:30; chat 11:00 never: half is 30 min."""
    touches = frame(
        TOUCH,
        ("call", "in", "c1", None, "2026-01-12 10:00", False, 0, None),
        ("call", "in", "c1", None, "2026-01-12 10:06", True, 60, None),
        ("chat", "in", "c2", None, "2026-01-12 10:00", None, None, True),
        ("email", "out", "c2", None, "2026-01-12 10:30", None, None, True),
        ("chat", "in", "c3", None, "2026-01-12 11:00", None, None, True),
        ("call", "in", None, None, "2026-01-12 11:00", False, 0, None),
    )
    store = store_of(
        {"deals": LEADS, "activities": touches, "calendar": calendar("2026-01-01", "2026-01-31")}
    )
    found = answer(store, "K56", request="message", as_of=datetime(2026, 1, 12, 12))
    assert (found["n"], found["n_censored"]) == (3, 1)
    assert found["value"] == pytest.approx(30.0)


TWO_ROLES = {
    "workload": frame(
        WORK,
        ("hunter", "A", "call", "2026-08-01", 300.0, 900.0),
        ("hunter", "B", "call", "2026-08-01", 250.0, 700.0),
        ("farmer", "A", "call", "2026-08-01", 330.0, 900.0),
        ("hunter", "A", "call", "2026-09-01", 770.0, 900.0),
        ("farmer", "A", "call", "2026-09-01", 330.0, 900.0),
    ),
    "capacity": frame(
        TEAM,
        ("hunter", "2026-08-01", 440.0, 110.0, 4.0, 5.0, 20.0),
        ("farmer", "2026-08-01", 110.0, 110.0, 1.0, 3.0, 20.0),
        ("hunter", "2026-09-01", 440.0, 110.0, 4.0, 7.0, 20.0),
        ("farmer", "2026-09-01", 110.0, 110.0, 1.0, 3.0, 20.0),
    ),
}


def test_people_of_several_roles_add_up_and_months_do_not():
    """
    August 550 / 110 + 330 / 110 = 5 + 3 = 8 people, September 7 + 3 = 10, a mean month 9.
    All hours over all divisors would give 880 / 220 = 4 for August: the mean role.
    """
    store = store_of(TWO_ROLES)
    months = measure(store, "K57", ["month"])
    assert months.loc[months["part"].eq(""), "value"].tolist() == [8.0, 10.0]
    assert answer(store, "K57")["value"] == 9.0
    roles = measure(store, "K57", ["role", "month"])
    roles = roles[roles["part"].eq("per_role")]
    assert dict(zip(roles["role"] + roles["month"].dt.month.astype(str), roles["value"],
                    strict=True)) == {"farmer8": 3.0, "farmer9": 3.0, "hunter8": 5.0,
                                      "hunter9": 7.0}  # fmt: skip


def test_staff_is_not_known_for_a_month_in_which_one_role_has_no_hours():
    """Farmers' work in August without anybody's hours: August has no sum, September has 10."""
    team = TWO_ROLES["capacity"].drop(index=1)
    months = measure(store_of(TWO_ROLES | {"capacity": team}), "K57", ["month"])
    months = months[months["part"].eq("")]
    assert months["month"].dt.month.tolist() == [9]
    assert months["value"].tolist() == [10.0]


def test_coverage_of_a_team_is_hours_over_hours_and_not_a_mean_of_ratios():
    """(440 + 110) / (550 + 330) = 62.5 % in August; the mean of 80 % and 33.3 % is 56.7 %."""
    found = measure(store_of(TWO_ROLES), "K58", ["month"])
    assert found["value"].iloc[0] == pytest.approx(0.625)
    assert found["value"].iloc[0] != pytest.approx((440 / 550 + 110 / 330) / 2)


def test_selling_time_holds_the_preparation_and_leaves_out_the_days_away():
    """
    8 meetings of 90 min with 30 min of preparation are 16 h; ten days of 8 h less one of leave
    are 72 h: 22.2 %. Without preparation it would be 12 / 72.
    """
    meetings = frame(
        ("kind", "rep_id", "started_at", "duration_s", "is_completed"),
        *[("meeting", "r1", f"2026-01-{day:02d} 10:00", 5400, True) for day in range(5, 13)],
    )
    tables = norm_of_16() | {"activities": meetings}
    found = answer(store_of(tables), "K59")
    assert found["value"] == pytest.approx(16 / 72)
    bare = answer(store_of(tables), "K59", meeting_minutes_extra=0.0)
    assert bare["value"] == pytest.approx(12 / 72)


# ---- a second computation ---------------------------------------------------------------------


@pytest.fixture(scope="module", params=SEEDS)
def client(request: pytest.FixtureRequest) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), local(tables)


def human(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = tables["activities"]
    rows = rows[~rows["is_automatic"].fillna(False).astype(bool) & rows["started_at"].le(AS_OF)]
    rows = rows.merge(tables["reps"][["rep_id", "role"]], on="rep_id", how="left")
    return rows.assign(at=rows["started_at"])


def is_talk(rows: pd.DataFrame) -> pd.Series:
    long = rows["duration_s"].fillna(20) >= 20
    return rows["kind"].eq("call") & rows["is_connected"].fillna(False).astype(bool) & long


def is_held(rows: pd.DataFrame) -> pd.Series:
    return rows["kind"].isin(["meeting", "visit", "demo"]) & rows["is_completed"].astype(bool)


def count(cases: pd.DataFrame) -> pd.Series:
    return pd.Series({"value": float(len(cases)), "n": float(len(cases))})


def sums(cases: pd.DataFrame) -> pd.Series:
    x, y = cases["x"].sum(), cases["y"].sum()
    return pd.Series(
        {"value": x / y if y else np.nan, "n": float(len(cases)), "numerator": x, "denominator": y}
    )


COUNTED = (
    ("K52", "", is_talk),
    ("K52", "dials", lambda rows: rows["kind"].eq("call")),
    ("K53", "", is_held),
    ("K53", "entered", lambda rows: rows["kind"].eq("meeting")),
)


@pytest.mark.parametrize("by", BYS)
def test_calls_and_meetings_again(
    client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]
):
    store, tables = client
    got, rows = measure_many(store, ["K52", "K53"], by), human(tables)
    for kpi, part, counts in COUNTED:
        same(got[got["kpi"] == kpi], part, grouped(rows[counts(rows)], by, count), by)


def role_months(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    work = tables["workload"].groupby(["role", "month_start_on"], as_index=False)[
        ["required_h", "required_contacts"]
    ].sum()  # fmt: skip
    rows = work.merge(tables["capacity"], on=["role", "month_start_on"])
    return rows.assign(at=rows["month_start_on"])


@pytest.mark.parametrize("by", ((), ("role", "month"), ("quarter",)))
def test_norm_and_coverage_again(
    client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]
):
    store, tables = client
    got, rows = measure_many(store, ["K54", "K57", "K58"], by), role_months(tables)
    contacts, needed = rows["required_contacts"], rows["required_h"]
    for kpi, part, x, y in (
        ("K54", "", contacts, rows["required_fte"] * rows["work_days"]),
        ("K54", "present_team", contacts, rows["fte"] * rows["work_days"]),
        ("K54", "limit", contacts, needed / rows["hours_per_fte"] * rows["work_days"]),
        ("K57", "per_role", needed, rows["hours_per_fte"]),
        ("K58", "", rows["available_h"], needed),
    ):
        same(got[got["kpi"] == kpi], part, grouped(rows.assign(x=x, y=y), by, sums), by)


@pytest.mark.parametrize("by", ((), ("month",), ("quarter",)))
def test_required_staff_again(client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]):
    store, tables = client
    rows = role_months(tables)
    rows["x"] = rows["required_h"] / rows["hours_per_fte"]
    months = rows.groupby("at", as_index=False)["x"].sum().assign(y=1.0)
    same(measure(store, "K57", by), "", grouped(months, by, sums), by)


def days_there(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each rep's working days with the share of full time at work, one loop per rep and day."""
    first = tables["activities"]["started_at"].min().normalize()
    days = tables["calendar"]
    days = days[days["work_s"].gt(0) & days["date"].lt(AS_OF) & days["date"].ge(first)]
    away = {(a.rep_id, a.date): a.share for a in tables["absences"].itertuples()}
    rows = []
    for rep in tables["reps"].itertuples():
        for day in days.itertuples():
            if day.date < rep.hired_on or (pd.notna(rep.left_on) and day.date > rep.left_on):
                continue
            present = rep.fte * (1 - away.get((rep.rep_id, day.date), 0.0))
            rows.append((rep.rep_id, rep.role, day.date, present, day.work_s))
    return pd.DataFrame(rows, columns=["rep_id", "role", "at", "present", "work_s"])


def own_contacts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = human(tables)
    chat = rows["kind"].eq("chat") & rows["is_completed"].astype(bool)
    talk, held = is_talk(rows), is_held(rows)
    rows["minutes"] = rows["duration_s"].fillna(0) / 60 + np.where(held, 30.0, 4.0)
    rows = rows[talk | held | chat].merge(
        tables["reps"][["rep_id", "hired_on", "left_on"]], on="rep_id"
    )
    day = rows["at"].dt.normalize()
    return rows[day.ge(rows["hired_on"]) & ~day.gt(rows["left_on"])]


@pytest.mark.parametrize("by", BYS)
def test_attainment_and_selling_time_again(
    client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]
):
    store, tables = client
    there, made = days_there(tables), own_contacts(tables)
    plan = role_months(tables).assign(days=lambda t: t["required_fte"] * t["work_days"])
    plan = plan.groupby("role")[["required_contacts", "days"]].sum()
    norm = plan["required_contacts"] / plan["days"]
    asked = there.assign(x=0.0, y=there["present"] * there["role"].map(norm))
    rows = pd.concat([asked, made.assign(x=1.0, y=0.0)])
    same(measure(store, "K55", by), "", grouped(rows, by, sums), by)
    paid = there.assign(x=0.0, y=there["present"] * there["work_s"] / 60)
    rows = pd.concat([paid, made.assign(x=made["minutes"], y=0.0)])
    same(measure(store, "K59", by), "", grouped(rows, by, sums), by)


def worked(moment: pd.Timestamp) -> float:
    """Working seconds since 2024: 8 h between 9 and 18 on weekdays, so 8 s in 9 count."""
    days = np.busday_count("2024-01-01", moment.date())
    inside = min(max((moment - moment.normalize()).total_seconds() - 9 * 3600, 0), 9 * 3600)
    return days * 28800 + (inside * 8 / 9 if moment.weekday() < 5 else 0)


def waits(asked: pd.DataFrame, moves: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Working seconds from each request to the first later move with the same deal or customer."""
    rows = []
    for case in asked.itertuples():
        match = np.zeros(len(moves), dtype=bool)
        for key in keys:
            own = getattr(case, key)
            match |= (moves[key] == own).to_numpy(dtype=bool) if isinstance(own, str) else False
        later = moves.loc[match & moves["at"].ge(case.at).to_numpy(), "at"]
        over = len(later) > 0
        end = later.min() if over else pd.Timestamp(AS_OF)
        rows.append((worked(end) - worked(case.at), over))
    return asked.assign(**pd.DataFrame(rows, columns=["length", "over"], index=asked.index))


def median_minutes(cases: pd.DataFrame) -> pd.Series:
    """Median by lifelines' Kaplan-Meier at the mean length of each minute."""
    from lifelines import KaplanMeierFitter

    at = cases.groupby(cases["length"] // 60)["length"].transform("mean") / 60
    curve = KaplanMeierFitter().fit(at, cases["over"].astype(float)).survival_function_.iloc[:, 0]
    below = curve.index[curve <= 0.5 + 1e-9]
    return pd.Series(
        {"value": below[0] if len(below) else np.nan, "n": float(len(cases)),
         "n_censored": float((~cases["over"]).sum())}
    )  # fmt: skip


@pytest.mark.parametrize("request_", ("lead", "message"))
def test_response_again(client: tuple[Store, dict[str, pd.DataFrame]], request_: str):
    store, tables = client
    rows = human(tables)
    spoken = rows["kind"].eq("call") & rows["is_connected"].fillna(False).astype(bool)
    written = rows["kind"].isin(["chat", "email"])
    out = rows["direction"].eq("out")
    ours = ((spoken | (written & rows["is_completed"].astype(bool))) & out) | is_held(rows)
    if request_ == "lead":
        deals = sale_deals(tables)
        asked = deals.assign(at=deals["created_at"])
        cases = waits(asked, rows[ours], ("deal_id", "customer_id"))
    else:
        missed = rows["kind"].eq("call") & ~rows["is_connected"].fillna(True).astype(bool)
        known = rows["customer_id"].notna()
        asked = rows[known & rows["direction"].eq("in") & (missed | written)]
        cases = waits(asked, rows[ours | spoken], ("customer_id",))
        cases = cases.merge(tables["customers"][["customer_id", "segment"]], on="customer_id")
    for by in ((), ("segment", "quarter")):
        same(
            measure(store, "K56", by, request=request_), "", grouped(cases, by, median_minutes), by
        )
