"""What the books say: cash, profit, selling costs, receivables, refunds (K03, K11, K13-K18)."""

from __future__ import annotations

from kpikit.errors import InputDataError
from kpikit.kpis.engine import (
    Table,
    _,
    cases,
    coalesce,
    days,
    greatest,
    instant,
    joined,
    later,
    least,
    number,
    one,
    period_start,
    running,
    stacked,
    table,
    text,
)
from kpikit.kpis.measures.money import SALES
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import both, instants, sales, with_segment
from kpikit.kpis.spans import (
    COST_IDS,
    costs,
    months_between,
    months_of,
    plans,
    profits,
    where_costs_are,
    without_segments,
    without_totals,
)

RECEIVED = {"payments": ("paid_on", "amount_base")}
BILLED = {"invoices": ("issued_on", "amount_base")}
COSTS = {
    "costs": ("period_start_on", "period_end_on", "amount_base"),
    "calendar": ("date",),
}
PROFITS = {"profits": ("period_start_on", "period_end_on", "amount_base")}


@measures("K03", RECEIVED)
def cash_received(p: Parameters) -> Parts:
    """Sum of the payments received less those paid back."""
    return {"": Reduction(_receipts(), "total", x=_.amount_base)}


# ---- profit and the costs of selling ----------------------------------------------------------


@measures("K11", {"profits": (*PROFITS["profits"], "revenue_base")}, parameters=("profit_level",))
def profit_to_revenue(p: Parameters) -> Parts:
    """Profit of the finished spans over their revenue."""
    rows = without_totals(profits(p).filter(_.revenue_base.notnull()), ["level"], "part")
    rows = rows.mutate(
        segment=_.part.nullif(""),
        x=_.amount_base * one(_.fits),
        y=_.revenue_base * one(_.fits),
    )
    return {"": Reduction(rows, "given", x=_.x, y=_.y)}


@measures(
    "K15", {**PROFITS, "plans": ("period_start_on", "period_end_on", "value", "metric")},
    parameters=("goal_metric", "profit_level"),
)  # fmt: skip
def profit_goal(p: Parameters) -> Parts:
    """Profit of the company over its goal, in the finished spans whose profit is known wholly."""
    goals = plans(p, p.goal_metric, "company").select("at", "until", "fits", "value")
    made = without_totals(without_segments(profits(p)), ["level"], "part")
    inside = goals.select(goal_at=_.at, goal_until=_.until)
    found = made.join(inside, [made.at >= inside.goal_at, made.until <= inside.goal_until])
    # segments of one span add their profits but not their days
    by_span = (
        found.group_by("goal_at", "goal_until", "at", "until")
        .agg(profit=_.amount_base.sum())
        .select("profit", length=days(_.at, _.until), at=_.goal_at, until=_.goal_until)
    )
    known = by_span.group_by("at", "until").agg(profit=_.profit.sum(), known_days=_.length.sum())
    whole = _.fits & (_.known_days >= days(_.at, _.until))
    rows = joined(goals, known, ["at", "until"]).mutate(
        x=cases((whole, _.profit), else_=number(0.0)), y=cases((whole, _.value), else_=number(0.0))
    )
    return {"": Reduction(rows, "given", x=_.x, y=_.y)}


@measures(
    "K13", {"sales": ("amount_base", "cost_base"), **COSTS}, helps={"costs": ("kind",)},
    parameters=("revenue_basis", "cost_kinds"),
)  # fmt: skip
def selling_cost_payback(p: Parameters) -> Parts:
    """Gross profit less the costs of selling over these costs; the months to earn them."""
    spent = costs(p)
    rows = where_costs_are(_with_cost_ids(sales(p), p), spent)
    earned = rows.filter(_.amount_base.notnull(), _.cost_base.notnull()).select(
        "at", *COST_IDS, profit=_.amount_base - _.cost_base, cost=number(0.0)
    )
    paid = _usable(spent).select("at", *COST_IDS, profit=number(0.0), cost=_.amount)
    rows = stacked(earned, paid)
    # costs of the whole span over the profit of one of its months
    if p.period is None:
        span = _usable(spent).filter(_.fits).agg(start=_.at.min(), end=_.until.max())
        rows = rows.cross_join(span.select(months=months_between(_.start, _.end)))
    else:
        rows = rows.mutate(months=months_of(p.period))
    return {
        "": Reduction(rows, "given", x=_.profit - _.cost, y=_.cost),
        "months": Reduction(rows, "given", x=_.cost * _.months, y=_.profit, unit="months"),
    }


@measures(
    "K14", {**SALES, **COSTS}, helps={"costs": ("kind",)},
    parameters=("revenue_basis", "cost_kinds"),
)  # fmt: skip
def selling_cost_share(p: Parameters) -> Parts:
    """Costs of selling over the sales of the days whose costs are known."""
    spent = costs(p)
    sold = where_costs_are(_with_cost_ids(sales(p), p), spent)
    rows = both(_usable(spent).mutate(x=_.amount), sold.mutate(y=_.amount_base), COST_IDS)
    return {"": Reduction(rows, "given", x=_.x, y=_.y)}


# ---- receivables and payments -----------------------------------------------------------------


@measures(
    "K16", {**BILLED, **RECEIVED, "calendar": ("date",)}, helps={"invoices": ("due_on",)},
    parameters=("revenue_basis", "receivable_days"),
)  # fmt: skip
def receivables(p: Parameters) -> Parts:
    """
    Invoices less payments up to the end of each period.

    Beside it the part past its due date, and the days of revenue that the balance is worth.
    """
    moments = instants(p)
    billed = _bills(p)
    paid = _receipts()
    events = _standing(
        stacked(
            billed.select("at", "customer_id", x=_.amount_base),
            paid.select("at", "customer_id", x=-_.amount_base),
        ),
        moments,
        p,
    )
    window = float(p.receivable_days)
    recent = billed.select(sold_at=_.at, customer_id=_.customer_id, y=_.amount_base)
    revenue = recent.join(
        moments,
        [recent.sold_at <= moments["at"],
         later(recent.sold_at, days=p.receivable_days) > moments["at"]],
    )  # fmt: skip
    days_of_sales = both(events.mutate(x=_.x * window), revenue, ["customer_id"])
    return {
        "": Reduction(events, "level", x=_.x),
        "overdue": Reduction(_standing(_overdue(p), moments, p), "level", x=_.x),
        "dso": Reduction(days_of_sales, "given", x=_.x, y=_.y, unit="days"),
    }


@measures(
    "K17",
    {
        "invoices": ("due_on", "amount_base"),
        "payments": ("paid_on", "amount_base", "invoice_id"),
    },
    parameters=("revenue_basis",),
)
def payments_on_time(p: Parameters) -> Parts:
    """
    Money paid by the due date over the money that fell due.

    Beside it the mean days late of this money; what is not paid yet is late until the as-of
    instant.
    """
    due = _bills(p).filter(
        _.amount_base > 0, later(_.due_on, days=1) <= instant(p.as_of)
    ).drop("at")  # fmt: skip
    paid = _receipts().select("invoice_id", paid_on=_.at, paid=_.amount_base)
    found = paid.join(due.select("invoice_id", "due_on"), "invoice_id")
    in_time = found.paid_on <= found.due_on
    late_days = greatest(days(found.due_on, found.paid_on), number(0.0))
    sums = found.group_by("invoice_id").agg(
        paid=found.paid.sum(),
        paid_in_time=found.paid.sum(where=in_time),
        late=(found.paid * late_days).sum(),
    )
    rows = joined(due, sums, "invoice_id").mutate(at=_.due_on)
    rows = rows.mutate(
        in_time=least(_.paid_in_time.fill_null(0.0), _.amount_base),
        unpaid=greatest(_.amount_base - _.paid.fill_null(0.0), number(0.0)),
        today=period_start(instant(p.as_of), "day"),
    )
    late = _.late.fill_null(0.0) + _.unpaid * days(_.due_on, _.today)
    return {
        "": Reduction(rows, "ratio", x=_.in_time, y=_.amount_base),
        "days_late": Reduction(rows, "ratio", x=late, y=_.amount_base, unit="days"),
    }


@measures(
    "K18", {"invoices": ("doc_kind", "issued_on", "amount_base", "customer_id")},
    parameters=("revenue_basis", "refund_of", "refund_days"),
)  # fmt: skip
def refunds(p: Parameters) -> Parts:
    """
    Money back within the window on the sales of the period over these sales.

    A return belongs to the last sale before it to the same customer (of the same product for
    lines). Sales younger than the window are left out.
    """
    sold, back = _refunded(p)
    age = later(_.at, days=p.refund_days) <= instant(p.as_of)
    rows = both(back.mutate(x=_.back), sold.mutate(y=_.amount_base), _refund_ids(p))
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y, where=age)}


# ---- rows of these measures -------------------------------------------------------------------


def _receipts() -> Table:
    """Payments by their day; money paid back is below 0 whatever its sign in the file."""
    back = -_.amount_base.abs()
    return (
        table("payments")
        .filter(_.paid_on.notnull())
        .mutate(at=_.paid_on, amount_base=cases((_.is_refund, back), else_=_.amount_base))
        .select("at", "customer_id", "invoice_id", "amount_base")
    )


def _bills(p: Parameters) -> Table:
    """Documents that are to be paid, and returns: shipments where they are the basis."""
    kind = "shipment" if p.revenue_basis == "shipment" else "invoice"
    return (
        table("invoices")
        .filter(
            ~_.is_cancelled.fill_null(False), coalesce(_.doc_kind, "invoice").isin((kind, "return"))
        )
        .select(
            "invoice_id", "customer_id", "rep_id", "due_on", "amount_base", at=_.issued_on,
        )
    )  # fmt: skip


def _overdue(p: Parameters) -> Table:
    """
    What becomes overdue and what is paid of it: ``at``, ``customer_id``, ``x``.

    A bill enters the day after its due date; a payment on it leaves then or when it comes,
    whichever is later, so that money paid early is never overdue. Null where no payment names
    its bill: all bills would look unpaid.
    """
    bills = _bills(p).filter(_.amount_base > 0, _.due_on.notnull()).mutate(
        from_at=later(_.due_on, days=1)
    )  # fmt: skip
    paid = _receipts().select("invoice_id", paid_at=_.at, paid=_.amount_base)
    on_bills = paid.join(bills.select("invoice_id", "customer_id", "from_at"), "invoice_id")
    rows = stacked(
        bills.select("customer_id", at=_.from_at, x=_.amount_base),
        on_bills.select("customer_id", at=greatest(_.from_at, _.paid_at), x=-_.paid),
    )
    linked = table("payments").agg(links=_.invoice_id.count())
    return (
        rows.cross_join(linked).mutate(x=cases((_.links > 0, _.x))).select("at", "customer_id", "x")
    )


def _standing(events: Table, moments: Table, p: Parameters) -> Table:
    """Each event at the end of every period that it lies in or before."""
    events = events.filter(_.at <= instant(p.as_of))
    if p.period is not None:
        events = events.group_by("customer_id", at=period_start(_.at, p.period)).agg(x=_.x.sum())
    moments = moments.select(end_at=_.at)
    found = events.join(moments, [events["at"] <= moments.end_at])
    return found.drop("at").rename(at="end_at")


def _usable(spent: Table) -> Table:
    """Costs with ``amount``: 0 where the span is too long for the grain."""
    return spent.mutate(amount=_.amount_base * one(_.fits))


def _with_cost_ids(rows: Table, p: Parameters) -> Table:
    """Sales with channel, segment and rep."""
    rows = with_segment(rows, p)
    if not p.holds("customers"):
        return rows.mutate(channel=text(None))
    return joined(rows, table("customers").select("customer_id", "channel"), "customer_id")


def _refund_ids(p: Parameters) -> list[str]:
    ids = ["customer_id", "rep_id"]
    return [*ids, "product_id", "product_group"] if p.refund_of == "line" else ids


def _refunded(p: Parameters) -> tuple[Table, Table]:
    """Sales, and money back on them with the moment and the ids of the sale."""
    if p.refund_of == "payment":
        return _paid_back(p)
    if p.refund_of not in ("document", "line"):
        raise InputDataError(
            f"refund_of {p.refund_of!r} is not known; use document, line or payment."
        )
    home, keys = "invoices", ["customer_id"]
    if p.refund_of == "line":
        home, keys = "order_lines", ["customer_id", "product_id"]
    rows = _trade(table(home), p)
    sold = rows.filter(_.came_back == 0, _.amount_base > 0)
    sold_at = cases(((_.came_back == 0) & (_.amount_base > 0), _.at))
    found = rows.mutate(last_at=running(sold_at.max(), keys, ["at", "came_back"])).filter(
        _.came_back == 1, _.at <= later(_.last_at, days=p.refund_days)
    )
    found = found.select(*keys, at=_.last_at, back=-_.amount_base)
    rest = [name for name in _refund_ids(p) if name not in keys]
    of_sale = sold.group_by(*keys, "at").agg(**{name: _[name].max() for name in rest})
    return sold, joined(found, of_sale, [*keys, "at"])


def _trade(rows: Table, p: Parameters) -> Table:
    """Sales and returns with ``came_back`` 0 or 1; invoices where contracts are the basis."""
    kind = "invoice" if p.revenue_basis == "contract" else p.revenue_basis
    rows = rows.filter(
        coalesce(_.doc_kind, "invoice").isin((kind, "return")), _.amount_base.notnull(),
        _.issued_on <= instant(p.as_of),
    )  # fmt: skip
    if "is_cancelled" in rows.columns:
        rows = rows.filter(~_.is_cancelled.fill_null(False))
    return rows.mutate(at=_.issued_on, came_back=one(_.doc_kind == "return"))


def _paid_back(p: Parameters) -> tuple[Table, Table]:
    sold = _trade(table("invoices"), p).filter(_.came_back == 0, _.amount_base > 0)
    paid = table("payments").filter(_.is_refund.fill_null(False), _.paid_on <= instant(p.as_of))
    paid = paid.select("invoice_id", "paid_on", back=_.amount_base.abs())
    found = paid.join(sold, "invoice_id")
    return sold, found.filter(_.paid_on <= later(_.at, days=p.refund_days))
