"""Customers: new, active, renewed, repeated, kept, satisfied (K20-K34), operations (K68)."""

from __future__ import annotations

from dataclasses import replace

from kpikit.kpis.buyers import (
    active_customers,
    active_purchases,
    at_each,
    bought,
    bought_lines,
    contracts,
    first_of_group,
    in_order,
    inside,
    last_in_period,
    new_customers,
    periods_on,
    with_period,
)
from kpikit.kpis.engine import (
    Table,
    _,
    coalesce,
    greatest,
    instant,
    joined,
    later,
    least,
    number,
    numbered,
    one,
    seconds,
    table,
    with_working_seconds,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import both, instants, sales, with_segment, won_deals

Columns = dict[str, tuple[str, ...]]
BOUGHT: Columns = {"sales": ("customer_id",)}
PRICED: Columns = {"sales": ("customer_id", "amount_base")}
LINES: Columns = {"order_lines": ("issued_on", "customer_id", "product_group")}
FIRST: Columns = {"customers": ("first_order_on",)}
KNOWN: Columns = {"customers": ("customer_id",)}
DAYS: Columns = {"calendar": ("date",)}


@measures("K20", BOUGHT, helps=FIRST, parameters=("revenue_basis",))
def customers_won(p: Parameters) -> Parts:
    """Customers whose first purchase ever falls in the period."""
    return {"": Reduction(new_customers(p), "count")}


@measures("K21", BOUGHT | DAYS, parameters=("revenue_basis", "active_days"))
def customers_active(p: Parameters) -> Parts:
    """Customers with a purchase in the window that ends with the period."""
    return {"": Reduction(active_purchases(p), "stock", who="customer_id")}


@measures(
    "K22",
    BOUGHT | KNOWN,
    helps={
        "customers": ("contract_end_on",),
        "invoices": ("contract_end_on",),
        "deals": ("deal_kind",),
    },
    parameters=("revenue_basis", "renewal_before_days", "renewal_after_days"),
)
def contracts_renewed(p: Parameters) -> Parts:
    """Renewed contracts over those that ended in the period and whose window is over."""
    rows = contracts(p)
    over = _.known_since <= instant(p.as_of)
    return {
        "": Reduction(rows, "share", x=_.is_renewed, where=over),
        "count": Reduction(rows, "count", where=over & (_.is_renewed > 0), unit="contracts"),
    }


@measures("K23", LINES | DAYS, parameters=("revenue_basis",), needs_period=True)
def customers_cross_sold(p: Parameters) -> Parts:
    """Customers who bought from a group new to them, over those who had bought before."""
    moments = with_period(instants(p), p).select(end="at", moment=_began(p))
    had = at_each(moments.select("moment"), bought_lines(p))
    had = joined(had, moments, "moment").select("customer_id", "rep_id", at="end")
    new = with_period(inside(first_of_group(p), p), p)
    new = new.select("customer_id", "of").distinct().mutate(is_new=number(1.0))
    rows = joined(with_period(had, p), new, ["customer_id", "of"])
    rows = rows.mutate(is_new=_.is_new.fill_null(0.0))
    return {
        "": Reduction(rows, "share", x=_.is_new),
        "count": Reduction(rows, "count", where=_.is_new > 0, unit="customers"),
    }


def _began(p: Parameters) -> object:
    """First moment of the part of the period that is looked at."""
    return _.of if p.start is None else greatest(_.of, instant(p.start))


@measures("K24", BOUGHT | LINES | DAYS, parameters=("revenue_basis", "active_days", "new_groups"))
def group_reach(p: Parameters) -> Parts:
    """
    Active customers with a first purchase from the group, over active customers.

    Several groups without a split by them give the mean over the groups.
    """
    groups = table("order_lines").filter(_.product_group.notnull())
    if p.new_groups:
        groups = groups.filter(_.product_group.isin(p.new_groups))
    groups = groups.select("product_group").distinct()
    rows = with_period(active_customers(p), p).cross_join(groups)
    new = with_period(inside(first_of_group(p), p), p).drop("at").mutate(is_new=number(1.0))
    rows = joined(rows, new, ["customer_id", "product_group", "of"])
    return {"": Reduction(rows.mutate(is_new=_.is_new.fill_null(0.0)), "share", x=_.is_new)}


@measures(
    "K25",
    {"order_lines": ("issued_on", "invoice_id", "product_id")},
    helps={"order_lines": ("customer_id",)},
    parameters=("revenue_basis",),
)
def products_per_order(p: Parameters) -> Parts:
    """Different products of each order over orders; of each customer over customers beside."""
    lines = inside(bought_lines(p).filter(_.product_id.notnull()), p)
    orders = lines.filter(_.invoice_id.notnull()).group_by("invoice_id").agg(
        at=_.at.min(), customer_id=_.customer_id.min(), rep_id=_.rep_id.min(),
        products=_.product_id.nunique(),
    )  # fmt: skip
    known = with_period(lines.filter(_.customer_id.notnull()), p)
    counted = known.group_by("customer_id", "of").agg(products=_.product_id.nunique())
    last = last_in_period(known, p).select("customer_id", "of", "rep_id", "at")
    return {
        "": Reduction(orders, "mean", x=_.products),
        "per_customer": Reduction(
            joined(last, counted, ["customer_id", "of"]), "mean", x=_.products
        ),
    }


@measures("K26", BOUGHT, helps=FIRST, parameters=("revenue_basis", "repeat_days"))
def customers_repeating(p: Parameters) -> Parts:
    """Customers with a second purchase in time, over those whose time is over."""
    rows = in_order(p)
    second = rows.filter(_.position == 1).select("customer_id", second_at="at")
    # where the history begins before the data, the second purchase is not known
    first = joined(rows.filter(_.position == 0, ~_.began_before), second, "customer_id")
    deadline = later(_.at, days=p.repeat_days)
    return {
        "": Reduction(
            first, "share", x=one(_.second_at <= deadline), where=deadline <= instant(p.as_of)
        )
    }


@measures(
    "K27", PRICED, helps=FIRST,
    parameters=("revenue_basis",),
)  # fmt: skip
def sales_repeated(p: Parameters) -> Parts:
    """Purchases after the customer's first one; their amounts beside."""
    rows = in_order(p)
    repeated = (_.position > 0) | _.began_before
    return {
        "": Reduction(rows, "count", where=repeated),
        "amount": Reduction(rows, "total", x=_.amount_base, where=repeated, unit="money"),
    }


@measures("K28", BOUGHT, parameters=("revenue_basis",), needs_period=True)
def customers_kept(p: Parameters) -> Parts:
    """Customers who bought in both periods over those of the previous one."""
    rows = bought(p)
    before = last_in_period(rows, p).mutate(at=periods_on(_.of, p, 1), over=periods_on(_.of, p, 2))
    before = before.filter(_.over <= instant(p.as_of)).select("customer_id", "rep_id", "at")
    again = with_period(rows, p).select("customer_id", at="of").distinct()
    kept = joined(before, again.mutate(is_kept=number(1.0)), ["customer_id", "at"])
    return {"": Reduction(kept.mutate(is_kept=_.is_kept.fill_null(0.0)), "share", x=_.is_kept)}


@measures(
    "K29", {**BOUGHT, "deals": ("status", "closed_at", "customer_id", "source")}, helps=FIRST,
    parameters=("revenue_basis", "referral_sources"),
)  # fmt: skip
def customers_referred(p: Parameters) -> Parts:
    """New customers who came by recommendation over new customers whose source is known."""
    rows = new_customers(p)
    if "source" not in rows.columns:
        deals = numbered(won_deals(p), ["customer_id"], ["at", "deal_id"]).filter(_.position == 0)
        rows = joined(rows, deals.select("customer_id", "source"), "customer_id")
    referred = one(_.source.isin(spellings(p.referral_sources)))
    return {"": Reduction(rows, "share", x=referred, where=_.source.notnull())}


def spellings(words: tuple[str, ...]) -> list[str]:
    """The words in small letters, capitals and with an initial capital, as people type them."""
    ways = [word for w in words for word in (w, w.lower(), w.upper(), w.capitalize(), w.title())]
    return list(dict.fromkeys(ways))


@measures("K30", {"surveys": ("sent_on", "score")})
def rating(p: Parameters) -> Parts:
    """Sum of the scores over the answers; the share who answered beside."""
    rows = table("surveys").mutate(at=_.sent_on).select("at", "customer_id", "rep_id", "score")
    return {
        "": Reduction(rows, "mean", x=_.score, where=_.score.notnull()),
        "response_rate": Reduction(rows, "share", x=one(_.score.notnull()), unit="share"),
    }


@measures(
    "K31",
    BOUGHT | {"tickets": ("kind", "opened_at")} | DAYS,
    parameters=("revenue_basis", "active_days"),
)
def complaints(p: Parameters) -> Parts:
    """Complaints of the period over customers active at its end."""
    came = table("tickets").filter(_.kind == "complaint").mutate(at=_.opened_at, x=number(1.0))
    active = active_customers(p).mutate(y=number(1.0))
    rows = both(came, active, ["customer_id", "rep_id"])
    return {"": Reduction(rows, "quotient", x=_.x, y=_.y)}


@measures(
    "K32",
    BOUGHT | {"customers": ("region",)} | DAYS,
    parameters=("revenue_basis", "active_days", "region_customers"),
)
def regions_served(p: Parameters) -> Parts:
    """Regions with enough active customers at the end of the period; newly won ones beside."""
    home = table("customers").filter(_.region.notnull()).select("customer_id", "region")
    active = active_customers(p).join(home, "customer_id").group_by("region", "at").agg(
        customers=_.customer_id.nunique()
    )  # fmt: skip
    enough = active.filter(_.customers >= p.region_customers).mutate(x=number(1.0))
    firsts = new_customers(p).select("customer_id", "at").join(home, "customer_id")
    reached = numbered(firsts, ["region"], ["at", "customer_id"])
    return {
        "": Reduction(enough, "level", x=_.x),
        "new": Reduction(
            reached.select("region", "at", "position"), "count",
            where=_.position == p.region_customers - 1,
        ),
    }  # fmt: skip


@measures(
    "K33",
    PRICED,
    helps={"customers": ("segment",)},
    parameters=("revenue_basis", "segment_of"),
)
def segment_structure(p: Parameters) -> Parts:
    """Customers who bought in each segment over all of them; the same of the money."""
    who = last_in_period(inside(bought(p), p), p).mutate(x=number(1.0))
    return {
        "": Reduction(with_segment(who, p), "portion", x=_.x, over="segment"),
        "money": Reduction(with_segment(sales(p), p), "portion", x=_.amount_base, over="segment"),
    }


@measures(
    "K34",
    BOUGHT | KNOWN | {"markets": ("target_firms",)} | DAYS,
    helps={"customers": ("segment",), "markets": ("potential_base",)},
    parameters=("revenue_basis", "active_days"),
)
def market_coverage(p: Parameters) -> Parts:
    """Active customers of the markets listed over their target firms; the potential beside."""
    firms = table("markets").select("segment", "region", "target_firms", "potential_base")
    wanted = firms.filter(_.target_firms.notnull())
    # before the first sale that is known, nobody can say how many were customers
    known = instants(p).cross_join(bought(p).agg(first_at=_.at.min()))
    moments = known.filter(_.at >= _.first_at).select("at")
    targets = wanted.cross_join(moments).mutate(y=_.target_firms)
    rows = both(_in_markets(p, wanted), targets, ["segment", "region"])
    money = targets.mutate(potential=_.target_firms * _.potential_base)
    return {
        "": Reduction(rows, "given", x=_.x, y=_.y),
        "potential": Reduction(
            money.drop("y"), "level", x=_.potential, where=_.potential.notnull(), unit="money"
        ),
    }


def _in_markets(p: Parameters, markets: Table) -> Table:
    """Active customers with the segment and region of the market that they belong to."""
    home = table("customers").select("customer_id", home_segment="segment", home_region="region")
    who = joined(active_customers(p), home, "customer_id")
    found = who.cross_join(markets.select("segment", "region").distinct()).filter(
        _.segment.isnull() | (_.segment == _.home_segment),
        _.region.isnull() | (_.region == _.home_region),
    )
    return found.select("at", "customer_id", "segment", "region").mutate(x=number(1.0))


@measures("K68", {"deliveries": ("promised_on",)}, helps={"deliveries": ("delivered_on",)})
def operations(p: Parameters) -> Parts:
    """Deliveries made by the promised day over those promised; hours to settle a request beside."""
    rows = table("deliveries").mutate(at=_.promised_on)
    due = later(_.at, days=1) <= instant(p.as_of)
    parts = {
        "": Reduction(
            rows.select("at", "customer_id", "delivered_on"), "share",
            x=one(_.delivered_on <= _.at), where=due,
        )
    }  # fmt: skip
    return {**parts, **_settled_requests(p)} if p.holds("tickets") else parts


def _settled_requests(p: Parameters) -> Parts:
    """Time from the opening of a service request to its end, open ones as not finished."""
    rows = table("tickets").filter(_.kind == "service", _.opened_at <= instant(p.as_of))
    rows = rows.mutate(
        at=_.opened_at,
        is_over=_.resolved_at <= instant(p.as_of),
        stopped_at=least(coalesce(_.resolved_at, instant(p.as_of)), instant(p.as_of)),
    ).select("at", "customer_id", "rep_id", "stopped_at", "is_over")
    clock = Reduction(
        rows, "duration", seconds=seconds(_.at, _.stopped_at), is_over=_.is_over, unit_s=3600.0,
        unit="hours",
    )  # fmt: skip
    if not p.has_calendar:
        return {"resolve_hours": replace(clock, note="no working calendar: clock time")}
    work = with_working_seconds(with_working_seconds(rows, "at", "from_s"), "stopped_at", "to_s")
    return {
        "resolve_hours": replace(clock, rows=work, seconds=_.to_s - _.from_s),
        "resolve_clock_hours": clock,
    }
