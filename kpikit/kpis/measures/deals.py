"""Deals and leads: conversion, won and lost, cycle (K35-K47)."""

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
    later,
    no_instant,
    numbered,
    one,
    period_start,
    ratio,
    stacked,
    table,
    text,
)
from kpikit.kpis.lives import (
    contacts,
    durations,
    is_decided,
    is_mature,
    is_won,
    moves,
    reached_orders,
    stage_cohort,
    stage_stays,
    stays_of_today,
    with_end,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import (
    closed_deals,
    created_deals,
    deals,
    first_of,
    instants,
    leads,
    with_segment,
    won_deals,
)

STATES = {"deals": ("status", "created_at", "closed_at")}
CLOSED = {"deals": ("status", "closed_at")}
HISTORY = {
    "stage_events": ("stage_id", "entered_at"),
    "stages": ("stage_order", "semantic"),
}
CALENDAR = {"calendar": ("work_s",)}


@measures(
    "K35", {"deals": ("status", "created_at"), "calendar": ("date",)},
    helps={"deals": ("customer_id", "closed_at")},
)  # fmt: skip
def customers_in_work(p: Parameters) -> Parts:
    """Customers with a deal that is open at the moment; the deals beside."""
    rows = with_end(created_deals(p).drop("at"))
    moments = instants(p)
    in_work = rows.join(moments, [rows.created_at <= moments.at, rows.gone_at > moments.at])
    return {
        "": Reduction(in_work, "stock", who="customer_id"),
        "deals": Reduction(in_work, "stock", who="deal_id", unit="deals"),
    }


@measures(
    "K36", {**STATES, "needs": ("month_start_on", "new_wins")}, helps={"deals": ("deal_kind",)},
    parameters=("maturity_days", "segment_of"),
)  # fmt: skip
def cases_required(p: Parameters) -> Parts:
    """Leads that bring the new contracts of the plan, at the conversion of the past leads."""
    trials = leads(p).filter(is_mature(p))
    trials = with_segment(trials, p).select(pool=coalesce(_.segment, text("")), won=one(is_won(p)))
    # a need without a segment is answered by the leads of all segments
    pools = stacked(trials.filter(_.pool != ""), trials.mutate(pool=text("")))
    sizes = pools.group_by("pool").agg(trials=_.count())
    needs = table("needs").mutate(at=_.month_start_on)
    if p.start is not None:
        needs = needs.filter(_.at >= instant(p.start))
    if p.end is not None:
        needs = needs.filter(_.at < instant(p.end))
    keys = {"of": period_start(_.at, p.period)} if p.period is not None else {}
    needs = needs.group_by("segment", **keys).agg(at=_.at.min(), new_wins=_.new_wins.sum())
    pool = coalesce(_.segment, text(""))
    needs = needs.mutate(pool=cases((pool == "all", text("")), else_=pool))
    # every past lead carries its share of the need, so that the sum over leads is the need
    rows = joined(needs.inner_join(sizes, "pool"), pools, "pool")
    rows = rows.mutate(wanted=ratio(_.new_wins, _.trials))
    return {"": Reduction(rows, "required", x=_.won, y=_.wanted)}


@measures(
    "K37",
    {
        "deals": ("status", "created_at"),
        "stages": ("stage_order", "semantic"),
        "activities": ("kind", "started_at"),
        "calendar": ("date",),
    },
    helps={"stage_events": ("entered_at",), "deals": ("amount_base",)},
    parameters=("ready_order", "ready_days", "contact_seconds"),
)
def ready_to_close(p: Parameters) -> Parts:
    """Open deals far enough in the funnel whose customer was spoken to lately."""
    note = ""
    if p.holds("stage_events"):
        moments, stays = instants(p), stage_stays(p)
    else:
        # only today's stage is known, so only today's stock is
        note = "no stage history: only the stages of today are known"
        moments = instants(replace(p, period=None))
        stays = stays_of_today(p)
    if p.ready_order is None:
        stays = stays.filter(_.stage_order.isnull())
    else:
        stays = stays.filter(_.stage_order >= p.ready_order)
    rows = with_end(created_deals(p).drop("at")).inner_join(stays, "deal_id")
    here = rows.join(
        moments,
        [
            rows.created_at <= moments.at,
            rows.entered_at <= moments.at,
            rows.left_at > moments.at,
            rows.gone_at > moments.at,
        ],
    )
    talks = _talks(p)
    lately = here.join(
        talks,
        [
            here.deal_id == talks.talk_deal,
            talks.talked_at <= here.at,
            talks.talked_at > later(here.at, days=-p.ready_days),
        ],
    )
    ready = lately.drop("talk_deal", "talked_at").distinct()
    if p.ready_order is None:
        return {"": Reduction(ready, "level", x=_.stage_order)}
    return {
        "": Reduction(ready, "stock", who="deal_id", note=note),
        "money": Reduction(ready, "level", x=_.amount_base, unit="money", note=note),
    }


def _talks(p: Parameters) -> Table:
    """Contacts about each deal; those that name no deal are about every deal of the customer."""
    rows = contacts(p)
    named = rows.filter(_.deal_id.notnull()).select(talk_deal="deal_id", talked_at="at")
    own = deals(p).filter(_.customer_id.notnull()).select("customer_id", talk_deal="deal_id")
    free = rows.filter(_.deal_id.isnull()).select("customer_id", talked_at="at")
    free = free.inner_join(own, "customer_id").select("talk_deal", "talked_at")
    return stacked(named, free)


@measures(
    "K38", {**STATES, **HISTORY},
    parameters=("qualified_order", "maturity_days"),
)  # fmt: skip
def qualified_share(p: Parameters) -> Parts:
    """Leads that reached the stage of a target lead over all leads old enough to have done so."""
    rows = joined(leads(p), reached_orders(p), "deal_id")
    known = _.best_order.notnull() | is_won(p)
    if p.qualified_order is None:
        return {"": Reduction(rows, "share", x=one(is_won(p)), where=_.best_order < 0)}
    far = (_.best_order >= p.qualified_order).fill_null(False) | is_won(p)
    return {"": Reduction(rows, "share", x=one(far), where=known & is_mature(p))}


@measures("K39", STATES, parameters=("maturity_days",))
def lead_conversion(p: Parameters) -> Parts:
    """Won deals of the leads that came in the period and are old enough to be decided."""
    return {"": Reduction(leads(p), "share", x=one(is_won(p)), where=is_mature(p))}


@measures("K40", {**STATES, **HISTORY}, parameters=("maturity_days",))
def stage_conversion(p: Parameters) -> Parts:
    """Deals that went beyond a stage over the deals that reached it, lost deals included."""
    rows = stage_cohort(p)
    return {"": Reduction(rows, "share", x=one(_.is_passed), where=is_mature(p))}


@measures(
    "K41", {"deals": ("status", "created_at", "customer_id", "source"), **HISTORY,
            "activities": ("kind", "started_at")},
    helps={"deals": ("closed_at",)},
    parameters=("cold_sources", "warm_order", "maturity_days", "contact_seconds"),
)  # fmt: skip
def cold_to_warm(p: Parameters) -> Parts:
    """Cold customers that showed interest over the cold customers spoken to."""
    far = joined(created_deals(p), reached_orders(p), "deal_id").filter(_.customer_id.notnull())
    best = far.mutate(won=one(is_won(p))).group_by("customer_id").agg(
        best_order=_.best_order.max(), won=_.won.max()
    )  # fmt: skip
    first = _first_deals(p).filter(_.source.isin(p.cold_sources))
    talks = contacts(p).filter(_.customer_id.notnull())
    talks = numbered(talks, ["customer_id"], ["at", "activity_id"]).filter(_.position == 0)
    rows = first.drop("rep_id", "at").inner_join(
        talks.select("customer_id", "rep_id", "at"), "customer_id"
    )
    rows = joined(rows, best, "customer_id")
    warm = _.best_order >= p.warm_order if p.warm_order is not None else _.best_order < 0
    where = is_mature(p) if p.warm_order is not None else _.best_order < 0
    return {"": Reduction(rows, "share", x=one(warm.fill_null(False) | (_.won > 0)), where=where)}


def _first_deals(p: Parameters) -> Table:
    """The first deal of each customer."""
    rows = created_deals(p).filter(_.customer_id.notnull(), _.at.notnull())
    rows = numbered(rows, ["customer_id"], ["created_at", "deal_id"])
    return rows.filter(_.position == 0).drop("position")


@measures("K42", CLOSED)
def won_and_lost(p: Parameters) -> Parts:
    """Won deals over lost ones; the win rate is won over decided."""
    rows = closed_deals(p)
    won = one(_.status == "won")
    # where nobody writes losses down every decided deal is a won one: that is no win rate
    decided = None if p.losses_known else _.status == "lost"
    return {
        "": Reduction(rows, "ratio", x=won, y=one(_.status == "lost"), where=decided),
        "win_rate": Reduction(rows, "share", x=won, where=decided, unit="share"),
    }


@measures("K43", CLOSED)
def deals_closed(p: Parameters) -> Parts:
    """Won deals."""
    return {"": Reduction(won_deals(p), "count")}


@measures(
    "K45", STATES, helps=CALENDAR,
    parameters=("cycle_start", "contact_seconds", "workday_s"),
)  # fmt: skip
def deal_duration(p: Parameters) -> Parts:
    """Working time from the start of a deal to its decision, open deals unfinished."""
    rows = created_deals(p).mutate(is_over=is_decided(p))
    rows = rows.mutate(until_at=cases((_.is_over, _.closed_at), else_=instant(p.as_of)))
    starts = {"created": rows.mutate(begun_at=_.created_at)}
    if p.holds("activities"):
        talks = contacts(p).filter(_.deal_id.notnull())
        starts["first_contact"] = joined(rows, first_of(talks, "deal_id", "begun_at"), "deal_id")
    else:
        starts["first_contact"] = rows.mutate(begun_at=no_instant())
    main = starts.pop(p.cycle_start)
    return {
        **durations(main, p),
        **{name: durations(other, p)[""] for name, other in starts.items()},
    }


@measures(
    "K46", {"deals": ("status", "created_at", "customer_id"), "activities": ("kind", "started_at")},
    helps={"payments": ("customer_id", "paid_on"), "deals": ("closed_at", "deal_kind"), **CALENDAR},
    parameters=("contact_seconds", "workday_s"),
)  # fmt: skip
def acquisition_cycle(p: Parameters) -> Parts:
    """Working time from the first contact with a new customer to the first payment."""
    talks = contacts(p).filter(_.customer_id.notnull())
    rows = _first_deals(p).filter(coalesce(_.deal_kind, "new") == "new").drop("at")
    rows = rows.inner_join(first_of(talks, "customer_id", "at"), "customer_id")
    rows = rows.mutate(begun_at=_.at)
    own = created_deals(p).filter(_.customer_id.notnull()).mutate(
        is_lost=is_decided(p) & (_.status == "lost"), is_sold=is_won(p)
    )  # fmt: skip
    states = own.group_by("customer_id").agg(
        alive=_.count(where=~_.is_lost),
        lost_at=_.closed_at.max(where=_.is_lost),
        won_at=_.closed_at.min(where=_.is_sold),
    )
    rows = joined(rows, states, "customer_id")
    note = ""
    if p.holds("payments"):
        rows = joined(rows, _first_payments(p), "customer_id")
    else:
        note = "no payments: up to the first won deal"
        rows = rows.mutate(paid_at=_.won_at)
    watched = cases((_.alive > 0, instant(p.as_of)), else_=_.lost_at)
    rows = rows.mutate(is_over=_.paid_at.notnull(), until_at=coalesce(_.paid_at, watched))
    return {
        name: replace(part, note=part.note or note) for name, part in durations(rows, p).items()
    }


def _first_payments(p: Parameters) -> Table:
    paid = table("payments").filter(
        ~_.is_refund.fill_null(False), _.amount_base > 0, _.customer_id.notnull(),
        _.paid_on <= instant(p.as_of),
    )  # fmt: skip
    return paid.mutate(at=_.paid_on).group_by("customer_id").agg(paid_at=_.at.min())


@measures(
    "K47", {**STATES, **HISTORY}, helps=CALENDAR,
    parameters=("offer_order", "contract_order", "workday_s"),
)  # fmt: skip
def approval_time(p: Parameters) -> Parts:
    """Working time from the offer to the contract, deals lost or open meanwhile unfinished."""
    steps = moves(p).select("deal_id", "entered_at", "rank")
    offers = _entered(steps, _.rank == p.offer_order if p.offer_order is not None else _.rank < 0)
    offers = offers.rename(begun_at="first_at")
    known = p.contract_order is not None
    signs = steps.filter(_.rank >= p.contract_order if known else _.rank < 0)
    after = joined(signs, offers, "deal_id").filter(_.entered_at >= _.begun_at)
    signed = _entered(after, _.entered_at.notnull()).rename(signed_at="first_at")
    rows = joined(created_deals(p).drop("at").inner_join(offers, "deal_id"), signed, "deal_id")
    rows = rows.mutate(at=_.begun_at, is_gone=is_decided(p), is_sold=is_won(p))
    signed_at = coalesce(_.signed_at, cases((_.is_sold, _.closed_at)))
    watched = cases((_.is_gone, _.closed_at), else_=instant(p.as_of))
    rows = rows.mutate(signed_at=signed_at).mutate(
        is_over=_.signed_at.notnull(), until_at=coalesce(_.signed_at, watched)
    )
    return durations(rows, p)


def _entered(steps: Table, which: Deferred) -> Table:
    return steps.filter(which).group_by("deal_id").agg(first_at=_.entered_at.min())
