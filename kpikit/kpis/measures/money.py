"""Money from selling: volume, plan, growth, margin, check (K01, K02, K04-K10, K12, K19, K44)."""

from __future__ import annotations

from kpikit.kpis.engine import (
    Table,
    _,
    coalesce,
    days,
    instant,
    joined,
    later,
    number,
    one,
    period_start,
    ratio,
    stacked,
    table,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import both, created_deals, lines, sales, with_segment, won_deals
from kpikit.kpis.spans import (
    DAYS,
    MONTHS,
    against_plan,
    earlier_now,
    finished,
    in_plans,
    plan_ids,
    plans,
    with_plan_ids,
)

SALES = {"sales": ("amount_base",)}
PLANS = {"plans": ("period_start_on", "period_end_on", "value")}
#: Quotients of rounded numbers may miss a threshold by this much.
ROUNDING = 1e-9


@measures("K01", SALES, parameters=("revenue_basis",))
def sales_volume(p: Parameters) -> Parts:
    """Sum of the amounts sold."""
    return {"": Reduction(sales(p), "total", x=_.amount_base)}


@measures("K02", {"order_lines": ("units", "issued_on")}, parameters=("revenue_basis",))
def units_sold(p: Parameters) -> Parts:
    """Sum of the units on the order lines, less those that came back."""
    return {"": Reduction(lines(p), "total", x=_.units)}


@measures(
    "K04", {**SALES, **PLANS},
    parameters=("revenue_basis", "sales_plan", "plan_scope"),
)  # fmt: skip
def plan_attainment(p: Parameters) -> Parts:
    """Sales in the span and scope of the finished plans over the sum of these plans."""
    rows = against_plan(_scoped(sales(p), p), p, p.sales_plan)
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y)}


@measures(
    "K44", {"deals": ("status", "closed_at", "amount_base"), **PLANS},
    parameters=("deals_plan", "plan_scope"),
)  # fmt: skip
def won_value_to_plan(p: Parameters) -> Parts:
    """Amounts of the deals won in the span and scope of the finished plans over these plans."""
    rows = against_plan(_scoped(won_deals(p), p), p, p.deals_plan)
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y)}


@measures(
    "K05", {**SALES, **PLANS},
    parameters=("revenue_basis", "sales_plan", "plan_scope", "growth_from"), needs_period=True,
)  # fmt: skip
def growth_to_plan(p: Parameters) -> Parts:
    """Sales less the plan over the sales before: by how much growth missed the planned growth."""
    sold = _scoped(sales(p), p)
    chosen = plans(p, p.sales_plan)
    ids = plan_ids(p)
    now = in_plans(sold, chosen, p).select("at", *ids, "x")
    asked = with_plan_ids(chosen.filter(_.fits), p).select("at", *ids, x=-_.value)
    before = in_plans(earlier_now(sold, p), chosen, p).select("at", *ids, y=_.x)
    too_long = with_plan_ids(chosen.filter(~_.fits), p).select("at", *ids, y=number(0.0))
    rows = both(stacked(now, asked), stacked(before, too_long), ids)
    # the plan is given, and the interval of a quotient would take it for one more sale
    return {"": Reduction(rows, "given", x=_.x, y=_.y)}


@measures("K06", SALES, parameters=("revenue_basis", "growth_from"), needs_period=True)
def growth(p: Parameters) -> Parts:
    """Sales of the period less those of the period before, over those before."""
    sold = sales(p).filter(_.amount_base.notnull(), _.at <= instant(p.as_of))
    amount = number(_.amount_base)
    now = sold.mutate(x=amount, y=number(0.0))
    before = earlier_now(sold, p).mutate(x=-amount, y=amount)
    return {"": Reduction(finished(stacked(now, before), p), "ratio", x=_.x, y=_.y)}


@measures(
    "K07", {**SALES, "reps": ("hired_on",), "calendar": ("date",)}, helps={"reps": ("fte",)},
    parameters=("revenue_basis",),
)  # fmt: skip
def sales_per_rep(p: Parameters) -> Parts:
    """Sales of the reps over the full-time periods they were employed."""
    people = table("reps").filter(_.is_human.fill_null(True))
    sold = sales(p).filter(_.at <= instant(p.as_of))
    own = sold.join(people.select("rep_id").distinct(), "rep_id")
    rows = both(own.mutate(x=_.amount_base), _employed(people, sold, p), ["rep_id"])
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y)}


@measures("K08", {"sales": ("amount_base", "rep_id")}, parameters=("revenue_basis",))
def share_of_rep(p: Parameters) -> Parts:
    """Sales of the rep over the sales of all; beside it over what the rep's leads usually bring."""
    parts = {"": Reduction(sales(p), "portion", x=_.amount_base, over="rep")}
    if p.revenue_basis == "contract":
        parts["adjusted"] = Reduction(
            _expected(p), "quotient", x=_.brought, y=_.usual, unit="ratio"
        )
    return parts


@measures("K09", {"sales": ("amount_base", "cost_base")}, parameters=("revenue_basis",))
def gross_margin(p: Parameters) -> Parts:
    """Amounts less costs over the amounts, of the sales whose cost is known."""
    known = _.amount_base.notnull() & _.cost_base.notnull()
    return {
        "": Reduction(
            sales(p), "ratio", x=_.amount_base - _.cost_base, y=_.amount_base, where=known
        )
    }


@measures(
    "K10", {"order_lines": ("issued_on", "amount_base", "cost_base")},
    parameters=("revenue_basis", "high_margin"),
)  # fmt: skip
def high_margin_sales(p: Parameters) -> Parts:
    """Sum of the lines whose margin reaches the limit; its share of all whose cost is known."""
    known = _.amount_base.notnull() & _.cost_base.notnull()
    margin = ratio(_.amount_base - _.cost_base, _.amount_base)
    is_high = (margin >= p.high_margin - ROUNDING).fill_null(False)
    rows = lines(p)
    return {
        "": Reduction(rows, "total", x=_.amount_base, where=known & is_high),
        "share": Reduction(
            rows, "ratio", x=_.amount_base * one(is_high), y=_.amount_base, where=known,
            unit="share",
        ),
    }  # fmt: skip


@measures("K12", {"deals": ("status", "closed_at", "amount_base", "cost_base")})
def profit_per_deal(p: Parameters) -> Parts:
    """Amounts less costs over the number of won deals whose cost is known."""
    known = _.amount_base.notnull() & _.cost_base.notnull()
    profit = _.amount_base - _.cost_base
    rows = won_deals(p)
    return {
        "": Reduction(rows, "mean", x=profit, where=known, with_median=True),
        "loss_making": Reduction(rows, "share", x=one(profit < 0), where=known, unit="share"),
    }


@measures("K19", SALES, parameters=("revenue_basis",))
def average_check(p: Parameters) -> Parts:
    """Sum of the amounts over the number of sales that have one; the median beside."""
    sold = None if p.revenue_basis == "contract" else coalesce(_.doc_kind, "") != "return"
    return {"": Reduction(sales(p), "mean", x=_.amount_base, where=sold, with_median=True)}


# ---- rows of these measures -------------------------------------------------------------------


def _scoped(rows: Table, p: Parameters) -> Table:
    """Sales with what a plan may be made for."""
    rows = with_segment(rows.filter(_.at <= instant(p.as_of)), p)
    if p.plan_scope == "team":
        return joined(rows, table("reps").select("rep_id", "team"), "rep_id")
    return rows


def _employed(people: Table, sold: Table, p: Parameters) -> Table:
    """
    Full-time periods worked: ``at``, ``rep_id``, ``y``, one row per rep and period.

    Without a grain of time the period is a month. Days before the month of the first sale
    are left out, whoever was employed then: nobody's sales of that time are known.
    """
    first = sold.agg(first_at=_.at.min())
    every = table("calendar").select(day="date").filter(_.day < instant(p.as_of))
    every = every.cross_join(first).filter(_.day >= period_start(_.first_at, "month"))
    if p.start is not None:
        every = every.filter(_.day >= instant(p.start))
    if p.end is not None:
        every = every.filter(_.day < instant(p.end))
    staff = people.select("rep_id", "hired_on", "left_on", "fte")
    worked = staff.join(
        every,
        [
            staff.hired_on.isnull() | (staff.hired_on <= every.day),
            staff.left_on.isnull() | (staff.left_on >= every.day),
        ],
    )
    grain = p.period or "month"
    month = period_start(_.day, "month")
    length = (
        number(float(DAYS[grain]))
        if grain in DAYS
        else days(month, later(month, months=1)) * float(MONTHS[grain])
    )
    worked = worked.mutate(y=coalesce(_.fte, 1.0) / length, of=period_start(_.day, grain))
    return worked.group_by("rep_id", "of").agg(at=_.day.min(), y=_.y.sum())


def _expected(p: Parameters) -> Table:
    """
    Leads old enough to be decided, with what they brought and what their like usually bring.

    Leads are alike if segment and source are the same.
    """
    old = later(_.created_at, days=round(p.maturity_days or 0)) <= instant(p.as_of)
    rows = created_deals(p).filter(old, (_.status != "won") | _.amount_base.notnull())
    if p.start is not None:
        rows = rows.filter(_.at >= instant(p.start))
    if p.end is not None:
        rows = rows.filter(_.at < instant(p.end))
    rows = with_segment(rows, p).mutate(
        brought=_.amount_base.fill_null(0.0) * one(_.status == "won"),
        like_segment=coalesce(_.segment, ""),
        like_source=coalesce(_.source, ""),
    )
    usual = rows.group_by("like_segment", "like_source").agg(usual=_.brought.mean())
    return joined(rows, usual, ["like_segment", "like_source"])
