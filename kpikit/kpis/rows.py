"""
Event rows that several KPIs count over: deals, sales, contacts, purchases.

Each function returns one row per event with ``at``, the ids, and the dimensions the
event carries itself. Two KPIs that start from the same rows are computed in one scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kpikit.errors import InputDataError
from kpikit.kpis.engine import (
    Table,
    _,
    cases,
    coalesce,
    instant,
    joined,
    later,
    number,
    period_start,
    stacked,
    table,
    text,
)
from kpikit.kpis.parameters import Parameters

#: Rows are about deals' own columns; what belongs to the customer or the rep is joined on demand.
DEAL_COLUMNS = (
    "deal_id", "customer_id", "rep_id", "pipeline_id", "stage_id", "status", "created_at",
    "closed_at", "amount_base", "cost_base", "source", "segment", "deal_kind", "lost_reason",
)  # fmt: skip
MEETING_KINDS = ("meeting", "visit", "demo")
REVENUE_BASES = ("contract", "order", "invoice", "shipment")


def deals(p: Parameters) -> Table:
    """Deals that count: no tests, no duplicates, only pipelines whose wins are sales."""
    rows = table("deals").rename(rep_id="owner_id")
    rows = rows.filter(
        ~(_.is_test.fill_null(False) | _.is_duplicate.fill_null(False)),
        _.created_at.isnull() | (_.created_at <= instant(p.as_of)),
    )
    if p.sale_pipelines is not None:
        rows = rows.filter(_.pipeline_id.isin(p.sale_pipelines) | _.pipeline_id.isnull())
    columns = [c for c in DEAL_COLUMNS if c != "segment" or p.segment_of == "deal"]
    return rows.select(*columns)


def created_deals(p: Parameters) -> Table:
    """Deals by the moment they were created."""
    return deals(p).mutate(at=_.created_at)


def leads(p: Parameters) -> Table:
    """
    Deals of new business by the moment they were created.

    Renewals and further sales to existing customers are no leads: they are won several
    times as often and would lift every conversion.
    """
    return created_deals(p).filter(coalesce(_.deal_kind, "new").isin(("new", "unknown")))


def closed_deals(p: Parameters) -> Table:
    """Won and lost deals by the moment they were closed."""
    return deals(p).filter(_.status.isin(("won", "lost"))).mutate(at=_.closed_at)


def won_deals(p: Parameters) -> Table:
    """Won deals by the moment they were won."""
    return deals(p).filter(_.status == "won").mutate(at=_.closed_at)


def documents(p: Parameters) -> Table:
    """Posted documents of the revenue basis and the returns against them, by their date."""
    return (
        table("invoices")
        .filter(
            ~_.is_cancelled.fill_null(False),
            coalesce(_.doc_kind, "invoice").isin((p.revenue_basis, "return")),
        )
        .select(
            "invoice_id", "customer_id", "rep_id", "deal_id", "amount_base", "cost_base",
            "doc_kind", at=_.issued_on,
        )
    )  # fmt: skip


def sales(p: Parameters) -> Table:
    """Revenue rows of the chosen basis: ``at``, ids, ``amount_base``, ``cost_base``."""
    if p.revenue_basis not in REVENUE_BASES:
        raise InputDataError(
            f"revenue_basis {p.revenue_basis!r} is not known; use one of "
            f"{', '.join(REVENUE_BASES)}."
        )
    return won_deals(p) if p.revenue_basis == "contract" else documents(p)


def purchases(p: Parameters) -> Table:
    """Purchases of known customers: sales without returns; a free or unpriced one counts."""
    rows = sales(p).filter(_.customer_id.notnull(), _.at.notnull())
    if p.revenue_basis == "contract":
        return rows
    returned = (_.doc_kind == "return") | (_.amount_base < 0)
    return rows.filter(~returned.fill_null(False))


def lines(p: Parameters) -> Table:
    """Order lines by their date, with their product."""
    return (
        table("order_lines")
        .filter(coalesce(_.doc_kind, "invoice").isin((p.revenue_basis, "return"))
                if p.revenue_basis != "contract" else coalesce(_.doc_kind, "") != "cancelled")
        .select(
            "line_id", "invoice_id", "customer_id", "rep_id", "product_id", "product_group",
            "units", "amount_base", "cost_base", "doc_kind", at=_.issued_on,
        )
    )  # fmt: skip


def activities(p: Parameters) -> Table:
    """
    What reps did, with ``is_contact``, ``is_call``, ``is_meeting`` and minutes.

    A contact is a connected call of at least ``contact_seconds`` or a meeting, visit,
    demonstration or chat that took place; what a program did is left out.
    """
    rows = table("activities").filter(
        ~_.is_automatic.fill_null(False), _.started_at <= instant(p.as_of)
    )
    call = _.kind == "call"
    talked = _.is_connected.fill_null(False) & (
        _.duration_s.fill_null(p.contact_seconds) >= p.contact_seconds
    )
    held = _.is_completed.fill_null(True)
    meeting = _.kind.isin(MEETING_KINDS)
    rows = rows.mutate(
        at=_.started_at,
        is_call=call & talked,
        is_meeting=meeting & held,
        is_contact=(call & talked) | (meeting & held) | ((_.kind == "chat") & held),
    )
    extra = cases(
        (_.is_meeting, number(p.meeting_minutes_extra)),
        (_.is_contact, number(p.contact_minutes_extra)),
        else_=number(0.0),
    )
    return rows.mutate(minutes=_.duration_s.fill_null(0.0) / 60.0 + extra).select(
        "activity_id", "kind", "direction", "rep_id", "customer_id", "deal_id", "started_at",
        "created_at", "duration_s", "is_connected", "is_completed", "result", "purpose", "at",
        "is_call", "is_meeting", "is_contact", "minutes",
    )  # fmt: skip


def first_of(rows: Table, key: str, name: str) -> Table:
    """First moment of each key: columns ``key`` and ``name``."""
    return rows.group_by(key).agg(**{name: _.at.min()})


def instants(p: Parameters) -> Table:
    """
    Moments at which a stock is counted: ``at``, the last second of each period.

    Without a grain of time it is the as-of instant alone. The running period
    ends at the as-of instant.
    """
    days = table("calendar").select(at=later(_.date, days=1))
    last = instant(p.as_of if p.end is None else min(p.as_of, p.end - seconds_before()))
    if p.period is None:
        return days.agg(days=_.count()).select(at=last)
    ends = days.filter(_.at > instant(p.start)) if p.start is not None else days
    ends = ends.filter(later(_.at, days=-1) < last)
    inside = ends.mutate(
        at=_.at - seconds_before(), of=period_start(_.at - seconds_before(), p.period)
    )
    ends = inside.group_by("of").agg(at=_.at.max())
    return ends.select(at=cases((_.at > last, last), else_=_.at))


def seconds_before() -> timedelta:
    """What lies between the end of a period and its last moment."""
    return timedelta(seconds=1)


def stage_orders(p: Parameters) -> Table:
    """Order and semantic of each stage."""
    return table("stages").select(
        "pipeline_id", "stage_id", "stage_order", "semantic", "stage_name"
    )


def reached(p: Parameters) -> Table:
    """Highest order of an open stage that each deal ever entered: ``deal_id``, ``best_order``."""
    events = table("stage_events").select("deal_id", "pipeline_id", "stage_id", "entered_at")
    stages = stage_orders(p).filter(_.semantic == "open")
    return (
        joined(events, stages, ("pipeline_id", "stage_id"))
        .group_by("deal_id")
        .agg(best_order=_.stage_order.max())
    )


def with_segment(rows: Table, p: Parameters) -> Table:
    """The rows with the customer's segment where they carry none of their own."""
    if "segment" in rows.columns:
        return rows
    if not p.holds("customers"):
        return rows.mutate(segment=text(None))
    return joined(rows, table("customers").select("customer_id", "segment"), "customer_id")


def both(x: Table, y: Table, dims: Sequence[str]) -> Table:
    """
    Rows of a quotient whose sides come from different tables, one below the other.

    A sum over a join would count a row of one side once for each row of the other.

    Parameters
    ----------
    x, y : Table
        Rows with ``at``, the columns of ``dims``, and their amount in ``x`` or in ``y``.
    dims : sequence of str
        Columns that both sides have.

    Returns
    -------
    Table
        ``at``, ``dims``, ``x``, ``y``; an amount of the other side is 0.
    """
    return stacked(
        x.select("at", *dims, x=number(_.x), y=number(0.0)),
        y.select("at", *dims, x=number(0.0), y=number(_.y)),
    )
