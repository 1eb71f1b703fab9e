"""Labour: contacts per customer and per deal, hours per customer (K48-K51)."""

from __future__ import annotations

from kpikit.kpis.buyers import at_each, bought, in_order, inside, with_period
from kpikit.kpis.engine import (
    Table,
    _,
    cases,
    coalesce,
    instant,
    joined,
    last_of,
    later,
    number,
    one,
    period_start,
    table,
)
from kpikit.kpis.lives import contacts, with_end
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import closed_deals, created_deals, instants

TALKS = {"activities": ("kind", "started_at")}


@measures(
    "K48",
    {
        **TALKS,
        "deals": ("status", "closed_at", "customer_id"),
        "sales": ("customer_id",),
        "calendar": ("date",),
    },
    helps={"activities": ("customer_id", "purpose"), "deals": ("deal_kind",)},
    parameters=("revenue_basis", "contact_seconds"),
)
def contacts_to_keep(p: Parameters) -> Parts:
    """Contacts with existing customers that are not about a new sale, over those customers."""
    here = at_each(instants(p).select(moment="at"), bought(p)).rename(at="moment")
    counts = _count(_to_keep(p), "customer_id", p)
    rows = joined(with_period(here, p), counts, ("customer_id", "of"))
    return {"": Reduction(rows, "mean", x=coalesce(_.contacts, 0))}


def _to_keep(p: Parameters) -> Table:
    """Contacts with customers who had bought, for retention by purpose, deal or lack of both."""
    rows = joined(contacts(p), _first_purchases(p), "customer_id").filter(_.at > _.first_at)
    news = created_deals(p).filter(coalesce(_.deal_kind, "new") != "renewal")
    news = with_end(news).select("created_at", "gone_at", buyer="customer_id")
    free = rows.filter(_.purpose.isnull(), _.deal_id.isnull())
    busy = free.join(
        news,
        [
            free.customer_id == news.buyer,
            news.created_at <= free.at,
            news.gone_at > free.at,
        ],
    )
    busy = busy.group_by("activity_id").agg(deals=_.count())
    rows = joined(rows, busy, "activity_id")
    of_renewal = (_.of_kind == "renewal").fill_null(False)
    unasked = _.purpose.isnull() & (of_renewal | (_.deal_id.isnull() & _.deals.isnull()))
    return rows.filter((_.purpose == "retention").fill_null(False) | unasked)


def _first_purchases(p: Parameters) -> Table:
    first = in_order(p).group_by("customer_id").agg(
        first_at=_.at.min(), known_at=_.first_order_on.min()
    )  # fmt: skip
    earlier = cases((_.known_at < _.first_at, _.known_at), else_=_.first_at)
    return first.select("customer_id", first_at=earlier)


def _count(rows: Table, key: str, p: Parameters) -> Table:
    """Contacts of each key and period."""
    rows = with_period(inside(rows, p), p).filter(_[key].notnull())
    return rows.group_by(key, "of").agg(contacts=_.count())


@measures(
    "K49",
    {**TALKS, "deals": ("status", "created_at", "customer_id", "deal_kind"),
     "calendar": ("date",)},
    helps={"activities": ("deal_id",), "deals": ("closed_at",)},
    parameters=("contact_seconds",),
)  # fmt: skip
def contacts_to_sell_more(p: Parameters) -> Parts:
    """Contacts about cross-sell deals over the customers who had one in work in the period."""
    offers = with_end(created_deals(p).drop("at")).filter(_.deal_kind == "cross_sell")
    moments = instants(p)
    when = [offers.created_at <= moments.at]
    if p.period is not None:
        when.append(offers.gone_at > period_start(moments.at, p.period))
    elif p.start is not None:
        when.append(offers.gone_at > instant(p.start))
    alive = with_period(offers.join(moments, when), p)
    talks = contacts(p)
    about = (talks.of_kind == "cross_sell").fill_null(False)
    talks = talks.filter(
        about | (talks.deal_id.isnull() & (talks.purpose == "cross_sell").fill_null(False))
    )
    asked = alive.filter(_.customer_id.notnull())
    asked = last_of(asked, ["customer_id", "at"], ["created_at", "deal_id"])
    asked = asked.select("customer_id", "rep_id", "at", "of")
    per_customer = joined(asked, _count(talks, "customer_id", p), ("customer_id", "of"))
    per_deal = joined(alive, _count(talks, "deal_id", p), ("deal_id", "of"))
    return {
        "": Reduction(per_customer, "mean", x=coalesce(_.contacts, 0)),
        "per_deal": Reduction(per_deal, "mean", x=coalesce(_.contacts, 0)),
    }


@measures(
    "K50", {"deals": ("status", "closed_at")}, helps={"activities": ("started_at", "deal_id")},
    parameters=("contact_seconds",),
)  # fmt: skip
def contacts_per_deal(p: Parameters) -> Parts:
    """Contacts of the deals closed in the period, won and lost, over those deals."""
    rows, note = closed_deals(p), ""
    if p.holds("activities"):
        rows = _with_contacts(rows, p)
    else:
        note = "no activities: contacts as the source counted them"
        counted = table("deals").select("deal_id", contacts="contacts_count")
        rows = joined(rows, counted, "deal_id").mutate(is_seen=_.contacts.notnull())
    return {
        "": Reduction(rows, "mean", x=_.contacts, where=_.is_seen, note=note),
        "per_won": Reduction(
            rows, "ratio", x=_.contacts, y=one(_.status == "won"), where=_.is_seen, note=note
        ),
    }


def _with_contacts(rows: Table, p: Parameters) -> Table:
    """
    Closed deals with their contacts, up to the day they were closed.

    A deal closed before the first contact about any deal was written down has an unknown
    number of contacts, not none.
    """
    talks = contacts(p).filter(_.deal_id.notnull()).select(talk_deal="deal_id", talked_at="at")
    begun = talks.agg(log_at=_.talked_at.min())
    ends = rows.select("deal_id", end_at=later(period_start(_.at, "day"), days=1))
    own = ends.join(
        talks, [ends.deal_id == talks.talk_deal, talks.talked_at < ends.end_at]
    ).group_by("deal_id").agg(contacts=_.count())  # fmt: skip
    rows = joined(rows, own, "deal_id").cross_join(begun)
    return rows.mutate(
        contacts=coalesce(_.contacts, 0),
        is_seen=later(period_start(_.at, "day"), days=1) > _.log_at,
    )


@measures(
    "K51", TALKS, helps={"activities": ("customer_id", "duration_s")},
    parameters=("contact_seconds", "contact_minutes_extra", "meeting_minutes_extra",
                "hourly_cost"),
)  # fmt: skip
def labour_per_customer(p: Parameters) -> Parts:
    """Hours of contacts and their preparation over the customers who had a contact."""
    talks = contacts(p).filter(_.customer_id.notnull())
    talks = with_period(inside(talks, p), p)
    hours = talks.group_by("customer_id", "of").agg(hours=_.minutes.sum() / 60.0)
    # a customer of several reps stands with the one who spoke last, so that nobody counts twice
    last = last_of(talks, ["customer_id", "of"], ["at", "activity_id"])
    last = last.select("customer_id", "of", "rep_id", "at")
    rows = joined(last, hours, ("customer_id", "of"))
    parts = {"": Reduction(rows, "mean", x=_.hours)}
    if p.hourly_cost is not None:
        cost = number(p.hourly_cost)
        parts["money"] = Reduction(rows, "mean", x=_.hours * cost, unit="money")
    return parts
