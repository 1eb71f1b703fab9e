"""Intensity: calls, meetings, contact norm, response, staff (K52-K59)."""

from __future__ import annotations

from dataclasses import replace

from kpikit.kpis.engine import (
    Deferred,
    Table,
    _,
    cases,
    coalesce,
    instant,
    joined,
    least,
    no_number,
    number,
    period_start,
    ratio,
    stacked,
    table,
    text,
)
from kpikit.kpis.lives import durations
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import MEETING_KINDS, activities, both, created_deals

CONTACTS = {"activities": ("kind", "started_at", "rep_id")}
STAFF = {"reps": ("rep_id",), "calendar": ("date", "work_s")}
STAFF_HELPS = {"reps": ("hired_on", "fte"), "absences": ("date",)}
WRITTEN_KINDS = ("chat", "email")
CONTACT_RULE = ("contact_seconds",)


# ---- calls and meetings -----------------------------------------------------------------------


@measures("K52", {"activities": ("kind", "started_at")}, parameters=CONTACT_RULE)
def calls_made(p: Parameters) -> Parts:
    """Connected calls long enough to be a talk; all dials beside."""
    rows = activities(p)
    return {
        "": Reduction(rows, "count", where=_.is_call),
        "dials": Reduction(rows, "count", where=_.kind == "call"),
    }


@measures("K53", {"activities": ("kind", "started_at", "is_completed")})
def meetings_held(p: Parameters) -> Parts:
    """Meetings, visits and demonstrations ticked off as held or with a result; all entered."""
    rows = activities(p)
    is_written = _.is_completed.fill_null(False) | (_.result.notnull() & _.is_completed.isnull())
    return {
        "": Reduction(rows, "count", where=_.is_meeting & is_written),
        "entered": Reduction(rows, "count", where=_.kind.isin(MEETING_KINDS)),
    }


# ---- the norm ---------------------------------------------------------------------------------


@measures(
    "K54",
    {
        "workload": ("month_start_on", "required_contacts"),
        "capacity": ("month_start_on", "required_fte", "work_days"),
    },
    helps={"workload": ("required_h",), "capacity": ("fte", "hours_per_fte")},
)
def contact_norm(p: Parameters) -> Parts:
    """
    Contacts the plan needs over the full-time working days its work takes.

    ``present_team`` divides by the days of the people that are there, ``limit`` by the days
    that the hours of the contacts fill.
    """
    rows = _role_months()
    days = {
        "": _.required_fte * _.work_days,
        "present_team": _.fte * _.work_days,
        "limit": ratio(_.required_h, _.hours_per_fte) * _.work_days,
    }
    # contacts of a role whose people are not known would raise the norm of the others
    return {
        part: Reduction(rows, "given", x=_.contacts, y=y, where=y.notnull())
        for part, y in days.items()
    }


@measures(
    "K55",
    {
        **CONTACTS,
        **STAFF,
        "workload": ("required_contacts",),
        "capacity": ("required_fte", "work_days"),
    },
    helps=STAFF_HELPS,
    parameters=CONTACT_RULE,
)
def norm_attainment(p: Parameters) -> Parts:
    """Contacts of the reps whose role has a norm over the norm times the days they were there."""
    norms = _norm_of_roles()
    here = _here(p)
    made = _own_contacts(p).mutate(role_key=coalesce(_.role, ""))
    made = made.join(norms.select("role_key"), "role_key").mutate(x=number(1))
    asked = here.mutate(role_key=coalesce(_.role, "")).join(norms, "role_key")
    rows = both(made, asked.mutate(y=_.norm * _.present), ["rep_id"])
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y)}


@measures(
    "K59",
    {"activities": (*CONTACTS["activities"], "duration_s"), **STAFF},
    helps=STAFF_HELPS,
    parameters=(*CONTACT_RULE, "contact_minutes_extra", "meeting_minutes_extra"),
)
def selling_time_share(p: Parameters) -> Parts:
    """Minutes of contacts with their preparation over the paid minutes of the reps' days there."""
    spent = _own_contacts(p).mutate(x=_.minutes)
    paid = _here(p).mutate(y=_.present * _.work_s / 60.0)
    return {"": Reduction(both(spent, paid, ["rep_id"]), "quotient", x=_.x, y=_.y)}


# ---- response ---------------------------------------------------------------------------------


@measures(
    "K56",
    {"deals": ("created_at",), "activities": ("kind", "started_at", "direction")},
    helps={
        "deals": ("customer_id",),
        "activities": ("is_connected", "customer_id"),
        "calendar": ("work_s",),
    },
    parameters=("request",),
)
def response_time(p: Parameters) -> Parts:
    """Working minutes from the request to our first answer; unanswered ones are unfinished."""
    asked = _answered_leads(p) if p.request == "lead" else _answered_messages(p)
    rows = asked.mutate(
        begun_at=_.at,
        until_at=coalesce(_.answered_at, instant(p.as_of)),
        is_over=_.answered_at.notnull(),
    )
    return {
        name: replace(part, unit_s=60.0, bin_s=60.0, unit="minutes")
        if part.kind == "duration"
        else part
        for name, part in durations(rows, p).items()
    }


# ---- staff ------------------------------------------------------------------------------------


@measures(
    "K57",
    {
        "workload": ("month_start_on", "required_h"),
        "capacity": ("month_start_on", "hours_per_fte"),
    },
)
def required_staff(p: Parameters) -> Parts:
    """
    Hours of the plan over the hours of one full-time rep, added up over the roles, mean month.

    Hours of different roles have different divisors, so a sum over the roles is no quotient of
    sums: the whole is a row of its own, and ``per_role`` is meant for a split by role.
    """
    rows = _role_months().mutate(staff=ratio(_.required_h, _.hours_per_fte))
    unknown = _.staff.isnull() & (_.required_h > 0)
    whole = rows.group_by("at").agg(staff=_.staff.sum(), unknown=_.count(where=unknown))
    whole = whole.select(
        "at", role=text(None), x=cases((_.unknown == 0, _.staff)), y=number(1)
    ).filter(_.x.notnull())
    return {
        "": Reduction(whole, "given", x=_.x, y=_.y),
        "per_role": Reduction(
            rows, "given", x=_.required_h, y=_.hours_per_fte, where=_.hours_per_fte.notnull()
        ),
    }


@measures(
    "K58",
    {
        "workload": ("month_start_on", "required_h"),
        "capacity": ("month_start_on", "available_h"),
    },
)
def resource_coverage(p: Parameters) -> Parts:
    """Hours the team has over the hours the plan needs."""
    return {"": Reduction(_role_months(), "given", x=_.available_h, y=_.required_h)}


# ---- rows of these measures -------------------------------------------------------------------

_WORK = {"contacts": "required_contacts", "required_h": "required_h"}
_HAVE = ("available_h", "hours_per_fte", "fte", "required_fte", "work_days")


def _role_months() -> Table:
    """
    Work and people of each role and month, one row each.

    The kinds and segments of the work are added up before the people of the role come to it,
    or these would count once for each of them.
    """
    nothing = no_number()
    work = table("workload").select(
        "role", at=_.month_start_on, **{k: _[v] for k, v in _WORK.items()},
        **dict.fromkeys(_HAVE, nothing),
    )  # fmt: skip
    people = table("capacity").select(
        "role", at=_.month_start_on, **dict.fromkeys(_WORK, nothing), **{k: _[k] for k in _HAVE}
    )
    return (
        stacked(work, people)
        .group_by("role", "at")
        .agg(**{name: _[name].sum() for name in (*_WORK, *_HAVE)})
    )


def _norm_of_roles() -> Table:
    """Contacts a day of each role over the whole plan: ``role_key``, ``norm``."""
    rows = _role_months().mutate(
        role_key=coalesce(_.role, ""), needed_days=_.required_fte * _.work_days
    )
    sums = rows.group_by("role_key").agg(contacts=_.contacts.sum(), days=_.needed_days.sum())
    return sums.select("role_key", norm=ratio(_.contacts, _.days)).filter(_.norm.notnull())


def _people() -> Table:
    return (
        table("reps")
        .filter(_.is_human.fill_null(True), _.rep_id.notnull())
        .select("rep_id", "role", "hired_on", "left_on", fte=coalesce(_.fte, 1.0))
    )


def _is_employed(people: Table, day: Deferred) -> Deferred:
    """The day lies between the first and the last day of the rep; open ends count."""
    return (people.hired_on.isnull() | (people.hired_on <= day)) & (
        people.left_on.isnull() | (people.left_on >= day)
    )


def _here(p: Parameters) -> Table:
    """
    Working days of the reps: ``at``, ``rep_id``, ``role``, full-time days ``present``, ``work_s``.

    Days before the first activity of the store are left out: what was done then is not known.
    """
    first = table("activities").agg(first_at=_.started_at.min())
    days = table("calendar").filter(_.work_s > 0, _.date < instant(p.as_of))
    days = days.cross_join(first).filter(_.date >= period_start(_.first_at, "day"))
    days = days.select(day="date", work_s="work_s")
    people = _people()
    rows = people.join(days, _is_employed(people, days.day))
    if p.holds("absences"):
        away = table("absences").group_by("rep_id", day=period_start(_.date, "day"))
        away = away.agg(away=coalesce(_.share, 1.0).max())
        rows = joined(rows, away, ("rep_id", "day"))
        there = 1.0 - least(coalesce(_.away, 0.0), number(1))
    else:
        there = number(1)
    return rows.mutate(at=_.day, present=_.fte * there)


def _own_contacts(p: Parameters) -> Table:
    """Contacts of the reps while employed, with ``role`` and ``minutes``."""
    made = activities(p).filter(_.is_contact).mutate(day=period_start(_.at, "day"))
    people = _people().rename(person="rep_id")
    found = made.join(people, [made.rep_id == people.person, _is_employed(people, made.day)])
    return found.select("at", "rep_id", "role", "minutes")


def _answers(p: Parameters) -> Table:
    """What a rep sent out, a call the customer took, a meeting that was held."""
    is_out = _.direction == "out"
    spoken = (_.kind == "call") & _.is_connected.fill_null(False)
    written = _.kind.isin(WRITTEN_KINDS) & _.is_completed.fill_null(True)
    return activities(p).mutate(
        is_ours=((spoken | written) & is_out).fill_null(False) | _.is_meeting,
        is_talk=spoken | _.is_meeting,
    )


def _answered_leads(p: Parameters) -> Table:
    """Deals with ``answered_at``, our first move towards the deal or its customer after it came."""
    asked = created_deals(p)
    # few columns, seen through views: engines keep these rows for both joins
    ours = _answers(p).filter(_.is_ours).select("deal_id", "customer_id", "at")
    found = []
    for key in ("deal_id", "customer_id"):
        leads = asked.filter(_[key].notnull()).select("at", lead="deal_id", key=key)
        moves = ours.view().filter(_[key].notnull()).select(moved_at="at", key_too=key)
        pairs = leads.join(moves, [leads.key == moves.key_too, moves.moved_at >= leads["at"]])
        found.append(pairs.group_by("lead").agg(moved_at=_.moved_at.min()))
    first = stacked(*found).group_by(deal_id=_.lead).agg(answered_at=_.moved_at.min())
    return joined(asked, first, "deal_id")


def _answered_messages(p: Parameters) -> Table:
    """Messages and missed calls of known customers with ``answered_at``, then our reply."""
    rows = _answers(p).filter(_.customer_id.notnull())
    missed = (_.kind == "call") & ~_.is_connected.fill_null(True)
    asked = rows.filter(_.direction == "in", missed | _.kind.isin(WRITTEN_KINDS)).select(
        "rep_id", "customer_id", "kind", "at"
    )
    moves = rows.filter(_.is_ours | _.is_talk).select(moved_at="at", who="customer_id")
    # an activity need not have an id: the answer follows from who asked and when
    cases_of = asked.select("customer_id", "at").distinct()
    found = cases_of.join(
        moves, [cases_of.customer_id == moves.who, moves.moved_at >= cases_of["at"]]
    )
    first = found.group_by("customer_id", "at").agg(answered_at=_.moved_at.min())
    return joined(asked, first, ("customer_id", "at"))
