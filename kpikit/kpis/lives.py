"""
Lives of deals: decided or not, the stages reached, the contacts, the time between two events.

Nothing later than the as-of instant is known: a deal closed after it is still open here.
"""

from __future__ import annotations

from datetime import datetime

from kpikit.kpis.engine import (
    Deferred,
    Table,
    _,
    cases,
    coalesce,
    following,
    greatest,
    instant,
    joined,
    later,
    number,
    numbered,
    period_start,
    seconds,
    stacked,
    table,
    text,
    with_working_seconds,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction
from kpikit.kpis.rows import activities, deals, leads, stage_orders

#: Above every stage order: a won deal has passed all stages.
WON_ORDER = 1_000_000
#: Length of a working day where no calendar tells it. [s]
WORKDAY_S = 28_800.0
#: What a duration can be split by; few columns keep the query short.
_DIMENSIONS = ("rep_id", "customer_id", "segment", "source", "status", "deal_kind")
#: Outside of all data: the end of a window, and the end of what has none.
_LONG_AGO, _FAR = datetime(1970, 1, 1), datetime(2200, 1, 1)


# ---- states ------------------------------------------------------------------------------------


def is_decided(p: Parameters) -> Deferred:
    """Won or lost, and not after the as-of instant."""
    future = (_.closed_at > instant(p.as_of)).fill_null(False)
    return _.status.isin(("won", "lost")) & ~future


def is_won(p: Parameters) -> Deferred:
    """Won, and not after the as-of instant."""
    return is_decided(p) & (_.status == "won")


def is_mature(p: Parameters) -> Deferred:
    """At least ``maturity_days`` old at the as-of instant, counted from ``at``."""
    return later(_.at, days=round(p.maturity_days or 0)) <= instant(p.as_of)


def with_end(rows: Table) -> Table:
    """
    Deals with ``gone_at``, the moment from which a deal is no longer in work.

    A date far ahead for open deals, which keeps joins over time free of "or"; null for
    deals decided on an unknown day.
    """
    return rows.mutate(gone_at=cases((_.status == "open", instant(_FAR)), else_=_.closed_at))


# ---- stages ------------------------------------------------------------------------------------


def moves(p: Parameters) -> Table:
    """
    Entries of the stage history with their stage.

    Columns ``deal_id``, ``pipeline`` (empty text where the client has one without a name),
    ``stage_id``, ``stage_order``, ``semantic``, ``entered_at``, ``seq``, and ``rank``: the
    order of an open stage, :data:`WON_ORDER` for the won one, null for others. Moves in
    pipelines whose wins are no sales are left out.
    """
    events = table("stage_events").filter(
        _.entered_at.notnull(), _.entered_at <= instant(p.as_of), _.deal_id.notnull()
    )
    if p.sale_pipelines is not None:
        events = events.filter(_.pipeline_id.isin(p.sale_pipelines) | _.pipeline_id.isnull())
    events = events.select(
        "deal_id", "stage_id", "entered_at", pipeline=coalesce(_.pipeline_id, text("")),
        seq=coalesce(_.seq, 0),
    )  # fmt: skip
    stages = stage_orders(p).select(
        "stage_id", "stage_order", "semantic", pipeline=coalesce(_.pipeline_id, text(""))
    )
    rank = cases((_.semantic == "open", _.stage_order), (_.semantic == "won", WON_ORDER))
    return joined(events, stages, ("pipeline", "stage_id")).mutate(rank=rank)


def reached_orders(p: Parameters) -> Table:
    """
    How far each deal with a history ever came: ``deal_id``, ``best_order``.

    ``best_order`` is the highest order of an open stage entered, :data:`WON_ORDER` once the
    won stage was, and 0 where no open stage was.
    """
    best = moves(p).group_by("deal_id").agg(best_order=_.rank.max())
    return best.mutate(best_order=coalesce(_.best_order, 0))


def stage_cohort(p: Parameters) -> Table:
    """
    One row per deal and open stage reached, by the moment it was reached.

    A stage is reached with the first entry into it or a later one: who skips a stage has
    passed it, who comes back to it does not enter again. ``is_passed`` once a later stage
    or the contract was reached. Deals without a history have no rows.
    """
    own = leads(p).drop("at").mutate(is_sold=is_won(p)).rename(open_stage_id="stage_id")
    events = moves(p).semi_join(own, "deal_id")
    events = events.select("deal_id", "pipeline", "entered_at", "rank")
    # a win without an entry into a won stage is a move as well
    homes = events.group_by("deal_id").agg(pipeline=_.pipeline.max())
    wins = (
        own.filter(_.is_sold, _.closed_at.notnull())
        .select("deal_id", entered_at="closed_at")
        .inner_join(homes, "deal_id")
        .select("deal_id", "pipeline", "entered_at", rank=number(WON_ORDER).cast("int64"))
    )
    ways = stacked(events, wins).filter(_.rank.notnull())
    stages = (
        stage_orders(p)
        .filter(_.semantic == "open", _.stage_order.notnull())
        .select(
            "stage_id", "stage_order", stage=coalesce(_.stage_name, _.stage_id),
            pipeline_key=coalesce(_.pipeline_id, text("")),
        )
    )  # fmt: skip
    names = ("pipeline_key", "stage_order", "stage_id", "stage")
    stages = numbered(stages.distinct(), [], names).rename(place="position")
    met = ways.join(stages, [ways.pipeline == stages.pipeline_key, ways.rank >= stages.stage_order])
    # a number in place of the names: millions of spells are grouped by it
    spells = met.group_by("deal_id", "place").agg(at=_.entered_at.min(), best=_.rank.max())
    rows = spells.inner_join(own, "deal_id").inner_join(stages, "place")
    return rows.mutate(is_passed=_.is_sold | (_.best > _.stage_order)).drop("best", "pipeline_key")


def stage_stays(p: Parameters) -> Table:
    """
    Stays in open stages: ``deal_id``, ``stage_order``, ``entered_at``, ``left_at``.

    ``left_at`` is a date far ahead for the last stay of a deal.
    """
    rows = moves(p)
    order = ["entered_at", "seq", "stage_order"]
    left_at = following(rows.entered_at, instant(_LONG_AGO), ["deal_id"], order)
    return (
        rows.mutate(left_at=coalesce(left_at, instant(_FAR)))
        .filter(_.semantic == "open")
        .select("deal_id", "stage_order", "entered_at", "left_at")
    )


def stays_of_today(p: Parameters) -> Table:
    """The stage of each deal as of today, as a stay since the deal was created."""
    stages = table("stages").filter(_.semantic == "open")
    stages = stages.select("stage_id", "stage_order", pipeline=coalesce(_.pipeline_id, text("")))
    own = deals(p).select(
        "deal_id", "stage_id", entered_at="created_at", pipeline=coalesce(_.pipeline_id, text(""))
    )
    return own.inner_join(stages, ("pipeline", "stage_id")).select(
        "deal_id", "stage_order", "entered_at", left_at=instant(_FAR)
    )


# ---- contacts ----------------------------------------------------------------------------------


def contacts(p: Parameters) -> Table:
    """
    Contacts with ``customer_id``, through the deal where the contact names only that.

    ``of_kind`` is the kind of that deal.
    """
    rows = activities(p).filter(_.is_contact)
    rows = rows.select(
        "activity_id", "at", "rep_id", "customer_id", "deal_id", "purpose", "minutes"
    )
    if not p.holds("deals"):
        return rows.mutate(of_kind=text(None))
    owners = table("deals").select("deal_id", deal_customer="customer_id", of_kind="deal_kind")
    rows = joined(rows, owners, "deal_id")
    return rows.mutate(customer_id=coalesce(_.customer_id, _.deal_customer)).drop("deal_customer")


# ---- time --------------------------------------------------------------------------------------


def durations(rows: Table, p: Parameters) -> Parts:
    """
    Time from one event to another in working days and in clock days.

    ``rows`` have ``begun_at``, ``until_at`` (the end, or the moment up to which an unfinished
    row was watched) and ``is_over``. An end earlier on the day of the begin is no time at
    all: dates without an hour stand at midnight. What has an unknown begin or end, or ends
    on a day before it begins, has no length; the part ``left_out`` counts it.
    """
    same_day = period_start(_.begun_at, "day") == period_start(_.until_at, "day")
    until_at = cases((same_day, greatest(_.begun_at, _.until_at)), else_=_.until_at)
    dimensions = [name for name in _DIMENSIONS if name in rows.columns]
    rows = rows.select("at", "begun_at", "is_over", *dimensions, until_at=until_at)
    length = seconds(_.begun_at, _.until_at)
    rows = rows.mutate(clock_s=cases((length >= 0, length)))
    if not p.has_calendar:
        return {
            "": Reduction(
                rows, "duration", seconds=_.clock_s, is_over=_.is_over, unit_s=86_400.0,
                unit="days", note="no working calendar: clock time",
            ),
            "clock": _on_the_clock(rows),
            "left_out": Reduction(rows, "count", where=_.clock_s.isnull(), unit="count"),
        }  # fmt: skip
    timed = with_working_seconds(rows, "begun_at", "begun_s")
    timed = with_working_seconds(timed, "until_at", "until_s")
    timed = timed.mutate(worked_s=cases((_.clock_s.notnull(), _.until_s - _.begun_s)))
    return {
        "": Reduction(
            timed, "duration", seconds=_.worked_s, is_over=_.is_over,
            unit_s=p.workday_s or WORKDAY_S,
        ),
        # over the same rows, so that one scan answers all three
        "clock": _on_the_clock(timed),
        "left_out": Reduction(timed, "count", where=_.worked_s.isnull(), unit="count"),
    }  # fmt: skip


def _on_the_clock(rows: Table) -> Reduction:
    return Reduction(
        rows, "duration", seconds=_.clock_s, is_over=_.is_over, unit_s=86_400.0, unit="days"
    )
