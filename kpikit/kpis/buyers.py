"""
Customers behind the purchases: first ones, repeated ones, active ones, contracts that end.

A row that stands for a purchase has the rep and, where deals have one, the segment of
that purchase. A row that stands for a customer has the rep of the customer's last
purchase, so that nobody is counted twice in a team, and the customer's own segment.
"""

from __future__ import annotations

from datetime import datetime

from kpikit.kpis.engine import (
    Table,
    _,
    coalesce,
    following,
    instant,
    joined,
    last_of,
    later,
    least,
    no_instant,
    number,
    numbered,
    one,
    period_start,
    stacked,
    table,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import closed_deals, instants, lines, purchases, won_deals

_EPOCH, _NEVER = datetime(1970, 1, 1), datetime(2200, 1, 1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


# ---- periods ----------------------------------------------------------------------------------


def inside(rows: Table, p: Parameters) -> Table:
    """Rows of the period looked at, none later than the as-of instant."""
    rows = rows.filter(_.at <= instant(p.as_of))
    if p.start is not None:
        rows = rows.filter(_.at >= instant(p.start))
    return rows.filter(_.at < instant(p.end)) if p.end is not None else rows


def with_period(rows: Table, p: Parameters) -> Table:
    """The rows with ``of``, the first moment of their period; one and the same without a grain."""
    return rows.mutate(of=period_start(_.at, p.period) if p.period else instant(p.as_of))


def periods_on(moment: object, p: Parameters, count: int) -> object:
    """The moment moved by whole periods of the grain."""
    period = p.period or "month"
    if period in _DAYS:
        return later(moment, days=_DAYS[period] * count)
    return later(moment, months=_MONTHS[period] * count)


# ---- purchases --------------------------------------------------------------------------------


def bought(p: Parameters) -> Table:
    """Purchases up to the as-of instant, with ``event``, the id of the deal or document."""
    key = "deal_id" if p.revenue_basis == "contract" else "invoice_id"
    return purchases(p).filter(_.at <= instant(p.as_of)).mutate(event=_[key])


def in_order(p: Parameters) -> Table:
    """
    Purchases with ``position`` (0 for the customer's first) and ``began_before``.

    ``began_before`` says that the customer list knows an earlier first order than the
    purchases do: the history of this customer begins before the data.
    """
    rows = numbered(bought(p), ["customer_id"], ["at", "event"])
    if p.holds("customers"):
        known = table("customers").select("customer_id", "first_order_on")
        rows = joined(rows, known, "customer_id")
    else:
        rows = rows.mutate(first_order_on=no_instant())
    earlier = _.first_order_on < period_start(_.at, "day")
    return rows.mutate(began_before=earlier.fill_null(False))


def new_customers(p: Parameters) -> Table:
    """First purchase of each customer, at the earliest date that is known."""
    rows = in_order(p).filter(_.position == 0)
    return rows.mutate(at=least(_.at, coalesce(_.first_order_on, _.at)))


def last_in_period(rows: Table, p: Parameters) -> Table:
    """The last purchase of each customer in each period."""
    return last_of(with_period(rows, p), ["customer_id", "of"], ["at", "event"])


def until_next(rows: Table) -> Table:
    """Purchases with ``until``, the moment of the customer's next one; null for the last."""
    after = following(_.at, instant(_EPOCH), ["customer_id"], ["at", "event"])
    return rows.mutate(until=after)


def bought_lines(p: Parameters) -> Table:
    """Order lines of known products that were bought, not returned, up to the as-of instant."""
    returned = (_.doc_kind == "return").fill_null(False) | (_.amount_base < 0).fill_null(False)
    return (
        lines(p)
        .filter(~returned, _.at <= instant(p.as_of))
        .mutate(event=coalesce(_.line_id, _.invoice_id, ""))
    )


def first_of_group(p: Parameters) -> Table:
    """First purchase of each customer from each product group: ``at``."""
    rows = bought_lines(p).filter(_.customer_id.notnull(), _.product_group.notnull())
    return rows.group_by("customer_id", "product_group").agg(at=_.at.min())


# ---- customers --------------------------------------------------------------------------------


def active_purchases(p: Parameters) -> Table:
    """Purchases of the last ``active_days`` before the end of each period; ``at`` is that end."""
    rows, moments = bought(p), instants(p).select(moment="at")
    seen = rows.join(
        moments,
        [rows.at <= moments.moment, later(rows.at, days=p.active_days) > moments.moment],
    )
    return seen.mutate(bought_at=_.at, at=_.moment).drop("moment")


def active_customers(p: Parameters) -> Table:
    """Customers active at the end of each period, with the rep of their last purchase."""
    rows = last_of(active_purchases(p), ["customer_id", "at"], ["bought_at", "event"])
    return rows.select("customer_id", "rep_id", "at")


def at_each(moments: Table, rows: Table) -> Table:
    """
    Customers who have bought by each moment, with the rep of their last purchase.

    Parameters
    ----------
    moments : Table
        ``moment`` and, where each customer has moments of its own, ``customer_id``.
    rows : Table
        Purchases: ``at``, ``customer_id``, ``rep_id``, ``event``.

    Returns
    -------
    Table
        ``customer_id``, ``rep_id``, ``moment``: purchases before the moment count.
    """
    rows = until_next(rows.filter(_.customer_id.notnull()))
    # a far date in place of null keeps the join free of "or", which is slow everywhere
    rows = rows.mutate(until=coalesce(_.until, instant(_NEVER)))
    conditions = [rows.at < moments.moment, rows.until >= moments.moment]
    if "customer_id" in moments.columns:
        conditions.append(rows.customer_id == moments.customer_id)
    return rows.join(moments, conditions).select("customer_id", "rep_id", "moment")


# ---- contracts --------------------------------------------------------------------------------


def _signed_documents(p: Parameters) -> Table:
    """Documents that hold a contract: signed on ``at``, until ``contract_end_on``."""
    rows = table("invoices").filter(
        ~_.is_cancelled.fill_null(False),
        coalesce(_.doc_kind, "") != "return",
        _.contract_end_on.notnull(),
        _.customer_id.notnull(),
    )
    return rows.select("customer_id", "contract_end_on", at="issued_on")


def _forgotten(ends: Table, p: Parameters) -> Table:
    """
    Decided renewals of contracts whose end no list holds any more.

    A customer list keeps the running contract only: once it is renewed, the end that
    was due is overwritten, and the ends that are left are those of lost customers.
    """
    talks = closed_deals(p).filter(_.deal_kind == "renewal", _.customer_id.notnull())
    talks = talks.select("deal_id", "customer_id", "rep_id", "at", "status")
    known = ends.select(whose="customer_id", due="at")
    listed = (
        talks.join(
            known,
            [
                talks.customer_id == known.whose,
                known.due > later(talks.at, days=-p.renewal_after_days - 1),
                known.due <= later(talks.at, days=p.renewal_before_days),
            ],
        )
        .select("deal_id")
        .distinct()
    )
    rest = joined(talks, listed.mutate(is_listed=number(1.0)), "deal_id")
    return rest.filter(_.is_listed.isnull()).mutate(
        is_renewed=one(_.status == "won"), known_since=_.at
    )


def contract_ends(p: Parameters) -> Table:
    """Contracts of the customer list and the documents, one per customer and end: ``at``."""
    ends = table("customers").select("customer_id", at="contract_end_on")
    if p.holds("invoices"):
        ends = stacked(ends, _signed_documents(p).select("customer_id", at="contract_end_on"))
    return ends.filter(_.customer_id.notnull(), _.at.notnull()).distinct()


def renewals(p: Parameters) -> Table:
    """Signatures that can renew a contract: ``signed_at``, and ``until`` where it is known."""
    signed = []
    if p.holds("deals"):
        deals = won_deals(p).filter(_.deal_kind == "renewal", _.customer_id.notnull())
        signed.append(deals.select("customer_id", signed_at="at", until=no_instant()))
    if p.holds("invoices") or not signed:
        documents = _signed_documents(p)
        signed.append(documents.select("customer_id", signed_at="at", until="contract_end_on"))
    return stacked(*signed).filter(_.signed_at <= instant(p.as_of))


def contracts(p: Parameters) -> Table:
    """
    Contracts by their end, with ``is_renewed`` (0 or 1) and the rep of the last purchase.

    ``known_since`` is the moment from which the outcome is certain. Renewals decided for
    contracts whose end no list holds any more count by the day of the decision.

    A contract is renewed if a renewal is won within the window around its end, or a document
    with a later end is issued in it. An ordinary invoice renews nothing: customers
    under contract get one every month.
    """
    ends, signed = contract_ends(p), renewals(p)
    found = ends.join(
        signed,
        [
            ends.customer_id == signed.customer_id,
            signed.signed_at >= later(ends.at, days=-p.renewal_before_days),
            signed.signed_at < later(ends.at, days=p.renewal_after_days + 1),
            signed.until.isnull() | (signed.until > ends.at),
        ],
    )
    renewed = found.select("customer_id", "at").distinct().mutate(is_renewed=number(1.0))
    rows = joined(ends, renewed, ["customer_id", "at"])
    rows = rows.mutate(is_renewed=_.is_renewed.fill_null(0.0))
    moments = ends.select("customer_id", moment="at")
    reps = at_each(moments, bought(p)).rename(at="moment")
    rows = joined(rows, reps, ["customer_id", "at"]).mutate(
        known_since=later(_.at, days=p.renewal_after_days + 1)
    )
    if not p.holds("deals"):
        return rows
    columns = ("customer_id", "rep_id", "at", "is_renewed", "known_since")
    return stacked(rows.select(*columns), _forgotten(ends, p).select(*columns))
