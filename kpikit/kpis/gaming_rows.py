"""
Records behind the rate signs of gaming, each with whether it shows the sign.

Every function returns one row per case: ``rep_id``, ``at``, ``id`` of the record and
``hit``. They are counted by rep and month, so the largest tables never leave the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpikit.kpis.engine import (
    Table,
    _,
    cases,
    coalesce,
    instant,
    joined,
    later,
    number,
    numbered,
    period_start,
    running,
    seconds,
    stacked,
    table,
)
from kpikit.kpis.lives import contacts, moves
from kpikit.kpis.measures.books import _trade
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import activities, closed_deals, deals, won_deals

#: Calls to one number on one day up to which nobody wonders.
SAME_NUMBER = 3
#: A record entered later than this after its event was entered late. [s]
LATE_S = 86_400.0
#: A meeting leaves its trace, and a lost deal comes back, within so many days. [days]
TRACE_DAYS, AGAIN_DAYS = 14, 14
#: Stages passed within so many seconds were clicked through. [stages], [s]
JUMPED, JUMP_S = 3, 60.0
#: Working days at each end of a month.
END_DAYS = 3

CALLS = ("kind", "started_at", "rep_id")
WON = {"deals": ("status", "closed_at", "owner_id")}


@dataclass(frozen=True)
class Detector:
    """
    How the cases of a sign are found.

    Parameters
    ----------
    sign : str
        Key of :data:`kpikit.diagnosis.gaming_signs.SIGNS`.
    needs : mapping
        Table -> columns without which it cannot be looked for.
    rows : callable
        Parameters -> rows with ``rep_id``, ``at``, ``id``, ``hit``.
    proof : mapping of str to callable
        What must occur at least once, such as a return: without any the client does not
        record it, and nobody is cleared by that.
    """

    sign: str
    needs: Mapping[str, tuple[str, ...]]
    rows: Callable[[Parameters], Table]
    proof: Mapping[str, Callable[[], Table]] = field(default_factory=dict)


def _case(rows: Table, *, at: Any, record: Any, hit: Any) -> Table:
    return rows.select("rep_id", at=at, id=record, hit=hit)


# ---- calls --------------------------------------------------------------------------------------


def _calls(p: Parameters) -> Table:
    return table("activities").filter(
        ~_.is_automatic.fill_null(False), _.started_at <= instant(p.as_of), _.kind == "call",
        _.rep_id.notnull(),
    )  # fmt: skip


def short_calls(p: Parameters) -> Table:
    """Connected calls; hit: shorter than a contact."""
    rows = _calls(p).filter(_.is_connected.fill_null(False), _.duration_s.notnull())
    return _case(
        rows, at=_.started_at, record=_.activity_id, hit=_.duration_s < p.contact_seconds
    )  # fmt: skip


def same_number(p: Parameters) -> Table:
    """Numbers that a rep called on a day; hit: more than three times."""
    rows = _calls(p).filter(coalesce(_.direction, "out") == "out", _.phone.notnull())
    days = rows.group_by("rep_id", "phone", day=period_start(_.started_at, "day")).agg(
        calls=_.count(), first=_.activity_id.min()
    )
    return _case(days, at=_.day, record=_.first, hit=_.calls > SAME_NUMBER)


def own_numbers(p: Parameters) -> Table:
    """Calls; hit: to a customer record, or the number of one, that is the firm itself."""
    own = table("customers").filter(_.is_internal.fill_null(False))
    by_id = own.filter(_.customer_id.notnull()).select("customer_id", own_id=number(1)).distinct()
    by_phone = own.filter(_.phone.notnull()).select("phone", own_phone=number(1)).distinct()
    rows = joined(joined(_calls(p), by_id, "customer_id"), by_phone, "phone")
    hit = _.own_id.notnull() | _.own_phone.notnull()
    return _case(rows, at=_.started_at, record=_.activity_id, hit=hit)


def _internal() -> Table:
    return table("customers").filter(_.is_internal.fill_null(False)).select("customer_id")


# ---- meetings -----------------------------------------------------------------------------------


def _meetings(p: Parameters) -> Table:
    return activities(p).filter(_.is_meeting, _.rep_id.notnull())


def late_meetings(p: Parameters) -> Table:
    """Meetings held; hit: entered more than a day after they began."""
    rows = _meetings(p).filter(_.created_at.notnull())
    late = seconds(_.started_at, _.created_at) > LATE_S
    return _case(rows, at=_.started_at, record=_.activity_id, hit=late)


def meetings_without_trace(p: Parameters) -> Table:
    """
    Meetings of a known customer or deal, old enough; hit: nothing came after.

    A trace is a move, a new deal or a decision of the deal or of the customer's deals from
    the day of the meeting on, or a later contact.
    """
    through = deals(p).select("deal_id", deal_customer="customer_id")
    met = joined(_meetings(p), through, "deal_id")
    met = met.mutate(customer_id=coalesce(_.customer_id, _.deal_customer)).filter(
        later(_.at, days=TRACE_DAYS) <= instant(p.as_of),
        _.customer_id.notnull() | _.deal_id.notnull(),
    )
    spoken = contacts(p).select("customer_id", "deal_id", since="at", trace_at="at")
    own = deals(p)
    done = [own.select("customer_id", "deal_id", trace_at="created_at"),
            own.select("customer_id", "deal_id", trace_at="closed_at")]  # fmt: skip
    if p.holds("stage_events"):
        events = table("stage_events").filter(_.deal_id.notnull())
        events = events.select("deal_id", trace_at="entered_at")
        done.append(
            joined(events, own.select("deal_id", "customer_id"), "deal_id").select(
                "customer_id", "deal_id", "trace_at"
            )
        )
    # moves often stand at midnight: the whole day of the meeting counts
    later_day = later(period_start(_.trace_at, "day"), days=1)
    moved = stacked(*done).filter(_.trace_at.notnull())
    moved = moved.select("customer_id", "deal_id", "trace_at", since=later_day)
    traces = stacked(
        spoken.select("customer_id", "deal_id", "trace_at", "since"),
        moved.select("customer_id", "deal_id", "trace_at", "since"),
    )
    found = []
    for key in ("customer_id", "deal_id"):
        ours = met.filter(_[key].notnull()).select("activity_id", met_at="at", key=key)
        seen = traces.filter(_[key].notnull()).select("trace_at", "since", key_too=key)
        found.append(
            ours.join(
                seen,
                [ours.key == seen.key_too, seen.since > ours.met_at,
                 seen.trace_at <= later(ours.met_at, days=TRACE_DAYS)],
            ).select("activity_id")
        )  # fmt: skip
    with_trace = stacked(*found).distinct().mutate(has_trace=number(1))
    rows = joined(met, with_trace, "activity_id")
    return _case(rows, at=_.at, record=_.activity_id, hit=_.has_trace.isnull())


# ---- deals --------------------------------------------------------------------------------------


def stage_jumps(p: Parameters) -> Table:
    """Closed deals with a history; hit: three moves or more in the minute of the last one."""
    bulk = table("stage_events").filter(_.is_bulk.fill_null(False))
    bulk = bulk.select("deal_id", is_bulk_deal=number(1)).distinct()
    events = joined(moves(p), bulk, "deal_id").filter(_.is_bulk_deal.isnull())
    ends = events.group_by("deal_id").agg(end_at=_.entered_at.max())
    last = joined(events, ends, "deal_id")
    last = last.group_by("deal_id").agg(
        quick=_.count(where=seconds(_.entered_at, _.end_at) <= JUMP_S)
    )
    rows = closed_deals(p).filter(_.rep_id.notnull()).inner_join(last, "deal_id")
    return _case(rows, at=_.at, record=_.deal_id, hit=_.quick >= JUMPED)


def deal_splits(p: Parameters) -> Table:
    """Customers that a rep closed deals with on a day; hit: several deals."""
    rows = won_deals(p).filter(_.rep_id.notnull(), _.customer_id.notnull())
    days = rows.group_by("rep_id", "customer_id", day=period_start(_.at, "day")).agg(
        deals=_.count(), first=_.deal_id.min()
    )
    return _case(days, at=_.day, record=_.first, hit=_.deals > 1)


def returned_next_period(p: Parameters) -> Table:
    """
    Sales whose next month is over; hit: sent back in that month.

    A return belongs to the last sale before it to the same customer.
    """
    trade = _trade(table("invoices"), p).filter(_.customer_id.notnull())
    # a return has no sale of its own: the null is passed over
    sold_at = cases((_.came_back == 0, _.at))
    back = trade.mutate(last_at=running(sold_at.max(), ["customer_id"], ["at", "came_back"]))
    back = back.filter(
        _.came_back == 1,
        period_start(_.at, "month") == later(period_start(_.last_at, "month"), months=1),
    )
    back = back.select("customer_id", at="last_at", is_back=number(1)).distinct()
    rows = joined(trade.filter(_.came_back == 0, _.rep_id.notnull()), back, ["customer_id", "at"])
    rows = rows.filter(later(period_start(_.at, "month"), months=2) <= instant(p.as_of))
    return _case(rows, at=_.at, record=_.invoice_id, hit=_.is_back.notnull())


def _returns() -> Table:
    return table("invoices").filter(_.doc_kind == "return").select("invoice_id")


def month_ends(p: Parameters) -> Table:
    """
    Deals won on working days of finished months, with their place in the month.

    Beside the columns of a case: ``is_first`` in the first working days, ``work_days`` of the
    month; ``hit`` is in the last ones.
    """
    days = table("calendar").filter(_.work_s > 0).select(
        day="date", month=period_start(_.date, "month")
    )  # fmt: skip
    days = numbered(days, ["month"], ["day"])
    days = joined(days, days.group_by("month").agg(work_days=_.count()), "month")
    days = days.filter(_.work_days > 2 * END_DAYS)
    rows = won_deals(p).filter(_.rep_id.notnull()).mutate(day=period_start(_.at, "day"))
    rows = rows.inner_join(days, "day")
    rows = rows.filter(later(_.month, months=1) <= instant(p.as_of))
    return rows.select(
        "rep_id", "at", "work_days", id=_.deal_id, is_first=_.position < END_DAYS,
        hit=_.position >= _.work_days - END_DAYS,
    )  # fmt: skip


DETECTORS = (
    Detector("short_calls", {"activities": (*CALLS, "duration_s", "is_connected")}, short_calls),
    Detector("same_number", {"activities": (*CALLS, "phone")}, same_number),
    Detector(
        "own_numbers", {"activities": CALLS, "customers": ("is_internal",)}, own_numbers,
        {"customers.is_internal": _internal},
    ),
    Detector("late_meetings", {"activities": (*CALLS, "created_at")}, late_meetings),
    Detector(
        "meetings_without_trace", {"activities": CALLS, "deals": ("created_at", "customer_id")},
        meetings_without_trace,
    ),
    Detector(
        "stage_jumps", {**WON, "stage_events": ("deal_id", "stage_id", "entered_at"),
                        "stages": ("stage_id", "stage_order")}, stage_jumps,
    ),
    Detector("deal_splits", {"deals": (*WON["deals"], "customer_id")}, deal_splits),
    Detector(
        "returned_next_period",
        {"invoices": ("doc_kind", "issued_on", "amount_base", "customer_id", "rep_id")},
        returned_next_period, {"returns in invoices.doc_kind": _returns},
    ),
    Detector("last_days", {**WON, "calendar": ("date", "work_s")}, month_ends),
)  # fmt: skip
