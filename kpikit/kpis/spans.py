"""
Rows that stand for a span of time: plans, costs and profits.

Such a row is a number for all days from ``period_start_on`` to ``period_end_on``. It lies at the
first of them, is used once the last one is over, and says nothing about a grain shorter
than itself. Files often hold months and their quarter, or segments and their sum, in one list:
the sums are left out, so that no money is added twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kpikit.errors import InputDataError
from kpikit.kpis.engine import (
    Table,
    _,
    cases,
    coalesce,
    days,
    instant,
    joined,
    last_of,
    later,
    number,
    one,
    period_start,
    stacked,
    table,
    text,
)
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import both

#: Whose plan it is, the finest first.
SCOPES = ("rep", "team", "segment", "company")
#: Whole months or days of a grain of time; a year ago is the same weekday for days and weeks.
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}
YEAR_DAYS = 364
#: Mean month. [days]
MONTH_DAYS = 30.4375


# ---- spans ------------------------------------------------------------------------------------


def spans(rows: Table, p: Parameters) -> Table:
    """
    Rows of finished spans, with ``at``, ``until`` (first moment after the span) and ``fits``.

    ``fits`` is false where the span is not inside one period of the grain asked for.
    """
    rows = rows.filter(_.period_start_on.notnull(), _.period_end_on >= _.period_start_on).mutate(
        at=_.period_start_on, until=later(_.period_end_on, days=1)
    )
    rows = rows.filter(_.until <= instant(p.as_of))
    if p.period is None:
        return rows.mutate(fits=_.at.notnull())
    return rows.mutate(fits=period_start(_.at, p.period) == period_start(_.period_end_on, p.period))


def without_totals(rows: Table, keys: Sequence[str], detail: str) -> Table:
    """
    The rows that are not the sum of others.

    Parameters
    ----------
    rows : Table
        Spans; a key or detail that a row does not have is ``""``.
    keys : sequence of str
        What the parts of a sum have in common with it.
    detail : str
        Column by which a sum may be split; the sum has ``""`` there.
    """
    inner = rows.view()
    shorter = (inner.at > rows.at) | (inner.until < rows.until)
    finer = (rows[detail] == "") & (inner[detail] != "")
    sums = rows.join(
        inner,
        [
            *[rows[key] == inner[key] for key in keys],
            inner.at >= rows.at,
            inner.until <= rows.until,
            (rows[detail] == "") | (rows[detail] == inner[detail]),
            shorter | finer,
        ],
        rname="inner_{name}",
    )
    names = [*keys, detail, "at", "until"]
    return _without(rows, sums.select(*names), names)


def _without(rows: Table, found: Table, names: list[str]) -> Table:
    """Rows whose names are not among those found."""
    marked = joined(rows, found.distinct().mutate(is_found=number(1)), names)
    return marked.filter(_.is_found.isnull()).drop("is_found")


# ---- growth -----------------------------------------------------------------------------------


def earlier_now(rows: Table, p: Parameters) -> Table:
    """The rows moved forward to the period that is compared with theirs."""
    period = p.period or "month"
    if p.growth_from not in ("previous", "year"):
        raise InputDataError(f"growth_from {p.growth_from!r} is not known; use previous or year.")
    if p.growth_from == "year":
        step = {"days": YEAR_DAYS} if period in DAYS else {"months": 12}
    else:
        step = {"days": DAYS[period]} if period in DAYS else {"months": MONTHS[period]}
    return rows.mutate(at=later(_.at, **step))


def finished(rows: Table, p: Parameters) -> Table:
    """Rows of periods that are over: the running one would always look like a fall."""
    period = p.period or "month"
    step = {"days": DAYS[period]} if period in DAYS else {"months": MONTHS[period]}
    return rows.filter(later(period_start(_.at, period), **step) <= instant(p.as_of))


# ---- plans ------------------------------------------------------------------------------------


def plans(p: Parameters, metric: str, scope: str | None = None) -> Table:
    """
    Plan values of a metric that count: one for each scope, segment and span.

    A version approved after its span began is not used; of the others the last one
    is. Where plans of several scopes or lengths overlap, the finest scope that fits the
    grain counts, so a plan of the company is not added to those of its reps. ``scope``, or the
    parameter ``plan_scope``, takes the plans of one scope alone.

    Returns
    -------
    Table
        ``scope``, ``key`` (rep, team or segment; empty for the company), ``part`` (segment of the
        plan, empty for all), ``at``, ``until``, ``fits``, ``value``.
    """
    only = scope or p.plan_scope
    if only is not None and only not in SCOPES:
        raise InputDataError(f"plan_scope {only!r} is not known; use one of {', '.join(SCOPES)}.")
    rows = table("plans").filter(
        coalesce(_.metric, "revenue") == metric,
        _.value.notnull(),
        _.approved_at.isnull() | (_.approved_at <= _.period_start_on),
    )
    rows = rows.mutate(scope=coalesce(_.scope, "company")).filter(
        _.scope == only if only else _.scope.isin(("rep", "segment", "company"))
    )
    rows = rows.mutate(
        key=cases(
            (_.scope == "company", text("")),
            (_.scope == "segment", coalesce(_.scope_id, _.segment, "")),
            else_=coalesce(_.scope_id, ""),
        ),
        part=cases((_.scope == "segment", text("")), else_=coalesce(_.segment, "")),
        approved=coalesce(_.approved_at, instant(datetime(1970, 1, 1))),
        edition=coalesce(_.version, ""),
        name=coalesce(_.plan_id, ""),
    )
    rows = spans(rows, p)
    rows = last_of(rows, ["scope", "key", "part", "at", "until"], ["approved", "edition", "name"])
    rows = rows.select("scope", "key", "part", "at", "until", "fits", "value")
    return _finest(without_totals(rows, ["scope", "key"], "part"))


def _finest(rows: Table) -> Table:
    """Plans that no plan of a finer scope overlaps; one that fits the grain is finer."""
    order = cases(*[(_.scope == scope, number(k)) for k, scope in enumerate(SCOPES)])
    rows = rows.mutate(rank=order + 10.0 * (1.0 - one(_.fits)))
    other = rows.view()
    coarse = rows.join(
        other,
        [other["rank"] < rows["rank"], other.at < rows.until, other.until > rows.at],
        rname="other_{name}",
    )
    names = ["rank", "at", "until"]
    return _without(rows, coarse.select(*names), names).drop("rank")


def in_plans(rows: Table, chosen: Table, p: Parameters) -> Table:
    """
    Sales in the span and scope of a plan: ``at`` and the ids are the plan's.

    Parameters
    ----------
    rows : Table
        ``at``, ``rep_id``, ``segment``, ``amount_base``, and ``team`` for plans of teams.
    chosen : Table
        From :func:`plans`.
    """
    keys = {
        "rep": _.rep_id,
        "segment": _.segment,
        "company": text(""),
    }
    if p.plan_scope is not None:
        keys = {p.plan_scope: _.team if p.plan_scope == "team" else keys[p.plan_scope]}
    sold = stacked(
        *[
            rows.select(
                sold_at=_.at, x=_.amount_base, scope=text(scope), key=key, own_part=_.segment
            )
            for scope, key in keys.items()
        ]
    )
    usable = chosen.filter(_.fits)
    found = sold.join(
        usable,
        [
            sold.scope == usable.scope,
            sold.key == usable.key,
            sold.sold_at >= usable.at,
            sold.sold_at < usable.until,
            (usable.part == "") | (usable.part == sold.own_part),
        ],
        rname="plan_{name}",
    )
    return with_plan_ids(found, p)


def with_plan_ids(rows: Table, p: Parameters) -> Table:
    """Whose plan it is as columns: ``rep_id`` and ``segment``, or ``team``."""
    if p.plan_scope == "team":
        return rows.mutate(team=_.key)
    return rows.mutate(
        rep_id=cases((_.scope == "rep", _.key), else_=text(None)),
        segment=cases((_.scope == "segment", _.key), else_=_.part.nullif("")),
    )


def plan_ids(p: Parameters) -> list[str]:
    """Names of the columns that :func:`with_plan_ids` adds."""
    return ["team"] if p.plan_scope == "team" else ["rep_id", "segment"]


def against_plan(rows: Table, p: Parameters, metric: str) -> Table:
    """Sales (``x``) and the plans they belong to (``y``); a plan too long for the grain is 0."""
    chosen = plans(p, metric)
    planned = with_plan_ids(chosen, p).mutate(y=cases((_.fits, _.value), else_=number(0.0)))
    return both(in_plans(rows, chosen, p), planned, plan_ids(p))


# ---- costs and profits ------------------------------------------------------------------------

COST_IDS = ("channel", "segment", "rep_id")


def costs(p: Parameters) -> Table:
    """Costs of sales: ``at``, ``until``, ``fits``, ``amount_base`` and whose they are."""
    rows = table("costs").filter(_.amount_base.notnull())
    if p.cost_kinds:
        rows = rows.filter(_.kind.isin(p.cost_kinds))
    rows = spans(rows, p).mutate(**{name: coalesce(_[name], "") for name in ("kind", *COST_IDS)})
    rows = without_totals(rows, ["kind", "channel", "rep_id"], "segment")
    return rows.select(
        "at", "until", "fits", "amount_base", **{name: _[name].nullif("") for name in COST_IDS}
    )


def where_costs_are(rows: Table, found: Table) -> Table:
    """
    Sales of the days whose costs are known, split no further than the costs are.

    A period without costs in the file is one whose costs are not known, not one that
    cost nothing; so is a channel, segment or rep, whose sales go to those of nobody.
    """
    on = table("calendar").select(day="date")
    usable = found.filter(_.fits)
    known = on.join(usable, [on.day >= usable["at"], on.day < usable["until"]]).select(
        "day", *COST_IDS
    )
    rows = rows.mutate(day=period_start(_.at, "day"))
    rows = rows.join(known.select("day").distinct(), "day")
    for name in COST_IDS:
        own = known.filter(_[name].notnull()).select("day", name).distinct()
        rows = joined(rows, own.mutate(is_own=number(1)), ["day", name])
        rows = rows.mutate(**{name: cases((_.is_own.notnull(), _[name]), else_=text(None))}).drop(
            "is_own"
        )
    return rows.drop("day")


def months_of(period: str) -> float:
    """Months of one day, week, month, quarter or year, days and weeks in mean months."""
    return DAYS[period] / MONTH_DAYS if period in DAYS else float(MONTHS[period])


def months_between(start: Any, end: Any) -> Any:
    """Mean months from one moment to another."""
    return days(start, end) / MONTH_DAYS


def profits(p: Parameters) -> Table:
    """Profit of the chosen level: ``at``, ``until``, ``fits``, ``part`` (segment or empty)."""
    rows = table("profits").filter(
        coalesce(_.level, p.profit_level) == p.profit_level, _.amount_base.notnull()
    )
    return spans(rows, p).mutate(part=coalesce(_.segment, ""), level=text(p.profit_level))


def without_segments(rows: Table) -> Table:
    """Profits of the company; those of segments only where no span of the company overlaps."""
    whole = rows.filter(_.part == "").select(whole_at=_.at, whole_until=_.until)
    parts = rows.filter(_.part != "")
    covered = parts.join(whole, [whole.whole_at < parts.until, whole.whole_until > parts.at])
    names = ["part", "at", "until"]
    return _without(rows, covered.select(*names), names)
