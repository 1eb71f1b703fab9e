"""
From a formula of the client's own to a measure like those of the catalogue.

Own KPIs leave out what the catalogue leaves out: tests and duplicates, deals of other
pipelines than those of sales, what a program did, cancelled documents and documents of
another basis than that of revenue. A formula that names the column which tells them
(``deals.is_duplicate``, ``deals.pipeline_id``, ``invoices.doc_kind`` ...) decides
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kpikit.errors import EngagementError, InputDataError
from kpikit.kpis.aggregates import Aggregate
from kpikit.kpis.engine import (
    Deferred,
    Table,
    _,
    cases,
    coalesce,
    instant,
    number,
    one,
    stacked,
    table,
    text,
)
from kpikit.kpis.expression import Parsed, parse_kpi
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.queries import DIMENSIONS, with_dimensions
from kpikit.kpis.reduction import Measure, Parts, Reduction
from kpikit.kpis.rows import both
from kpikit.kpis.store import Store

#: Settings that decide which rows of a table count.
_SETTINGS = {
    "deals": ("sale_pipelines", "segment_of"),
    "stage_events": ("sale_pipelines", "segment_of"),
    "invoices": ("revenue_basis",),
    "order_lines": ("revenue_basis",),
}
#: Dimensions whose column means another thing in each table.
_OF_ITS_TABLE = ("kind", "stage", "outcome")


def measure_from(parsed: Parsed, kpi: str, unit: str = "") -> Measure:
    """
    The measure of a formula.

    Parameters
    ----------
    parsed : Parsed
        See :func:`~kpikit.kpis.expression.parse_kpi`.
    kpi : str
        Id under which it is asked for.
    unit : str
        Unit of the value.

    Returns
    -------
    Measure
    """

    def build(p: Parameters) -> Parts:
        found = _reduction(parsed, p)
        return {"": replace(found, scale=parsed.scale, shift=parsed.shift, unit=unit)}

    settings = [name for side in parsed.sides for name in _SETTINGS.get(side.table, ())]
    return Measure(kpi, build, parsed.columns, parameters=tuple(dict.fromkeys(settings)))


def own_measures(items: Sequence[tuple[str, str, str]]) -> dict[str, Measure]:
    """
    Measures of the client's own KPIs.

    Parameters
    ----------
    items : sequence of (id, formula, unit)

    Returns
    -------
    dict of str to Measure

    Raises
    ------
    EngagementError
        With the problems of all formulas.
    """
    problems = [f"kpis.own: {line}" for line in check_expressions([i[:2] for i in items])]
    ids = [kpi for kpi, _formula, _unit in items]
    for kpi in dict.fromkeys(ids):
        if kpi in MEASURES:
            problems.append(f"kpis.own: {kpi} is a KPI of the catalogue; choose another id")
        if ids.count(kpi) > 1:
            problems.append(f"kpis.own: {kpi} is there twice; give each KPI an id of its own")
    if problems:
        raise EngagementError(problems)
    return {kpi: measure_from(parse_kpi(formula), kpi, unit) for kpi, formula, unit in items}


def with_own(store: Store, items: Sequence[tuple[str, str, str]]) -> Store:
    """
    The store with the client's own KPIs beside those of the catalogue; see `own_measures`.

    What was found of the columns is forgotten: the new formulas may name others.
    """
    return replace(store, own=own_measures(items), filled={})


def check_expressions(items: Iterable[tuple[str, str]]) -> list[str]:
    """
    What is wrong with formulas, one sentence each: ``<id>: position 7: ...``.

    Parameters
    ----------
    items : iterable of (id, formula)

    Returns
    -------
    list of str
        Empty if every formula can be read.
    """
    problems = []
    for kpi, formula in items:
        try:
            parse_kpi(formula)
        except InputDataError as error:
            problems.append(f"{kpi}: {error}")
    return problems


# ---- sums --------------------------------------------------------------------------------------


def _reduction(parsed: Parsed, p: Parameters) -> Reduction:
    top, bottom = parsed.top, parsed.bottom
    if bottom is not None:
        return _quotient(parsed, top, bottom, p)
    rows = _counting(top, parsed, p)
    if top.function == "count":
        return Reduction(rows, "count")
    if top.function == "count_distinct":
        return Reduction(rows, "distinct", who="who")
    if top.function == "mean":
        return Reduction(rows, "mean", x=_.x, with_median=True)
    return Reduction(rows, "total", x=_.x)


def _quotient(parsed: Parsed, top: Aggregate, bottom: Aggregate, p: Parameters) -> Reduction:
    if "count_distinct" in (top.function, bottom.function):
        return _heads(parsed, top, bottom, p)
    if (top.table, top.at) != (bottom.table, bottom.at):
        above, below = _counting(top, parsed, p), _counting(bottom, parsed, p)
        above, below = _like(above, below, p), _like(below, above, p)
        dims = _common(above, below, top, bottom)
        return Reduction(
            both(above, below.mutate(y=_.x), dims), "quotient", x=_.x, y=_.y
        )  # fmt: skip
    if top.function == bottom.function == "count" and top.is_among(bottom):
        rows = _with_amounts(bottom, _base(bottom, parsed, p), x=one(_holds(top)))
        return Reduction(_only(rows), "share", x=_.x)
    rows = _base(top, parsed, p)
    amounts = {
        name: cases((_holds(side), _amount(side)), else_=number(0.0))
        for name, side in (("x", top), ("y", bottom))
    }
    counts = one(_holds(top)) + one(_holds(bottom)) > 0
    found = rows.mutate(at=_[top.at], counts=counts, **amounts)
    return Reduction(_only(found), "ratio", x=_.x, y=_.y)


def _heads(parsed: Parsed, top: Aggregate, bottom: Aggregate, p: Parameters) -> Reduction:
    """A quotient with the number of different values on at least one side."""
    above, below = _counting(top, parsed, p), _counting(bottom, parsed, p)
    if top.table != bottom.table:
        above, below = _like(above, below, p), _like(below, above, p)
    dims = _common(above, below, top, bottom)
    rows = stacked(
        above.select("at", *dims, "x", "who", y=number(0.0), per=text(None)),
        below.select("at", *dims, x=number(0.0), who=text(None), y=_.x, per=_.who),
    )
    return Reduction(
        rows, "heads", x=_.x, y=_.y,
        who="who" if top.who else "", per="per" if bottom.who else "",
    )  # fmt: skip


# ---- rows --------------------------------------------------------------------------------------


def _counting(side: Aggregate, parsed: Parsed, p: Parameters) -> Table:
    """Rows that count on one side: ``at``, dimensions, ``x``, ``who``."""
    return _only(_with_amounts(side, _base(side, parsed, p), x=_amount(side)))


def _with_amounts(side: Aggregate, rows: Table, x: Deferred) -> Table:
    who = _[side.who] if side.who else text(None)
    return rows.mutate(at=_[side.at], x=x, who=who, counts=_holds(side))


def _only(rows: Table) -> Table:
    """The rows that count, with what is summed and the columns of dimensions."""
    columns = [column for column, _home, _key in DIMENSIONS.values() if column in rows.columns]
    amounts = [name for name in ("x", "y", "who") if name in rows.columns]
    return rows.filter(_.counts).select("at", *dict.fromkeys(columns), *amounts)


def _holds(side: Aggregate) -> Deferred:
    # the moment is there for every row that can lie in a period
    return _[side.at].notnull() if side.where is None else side.where


def _amount(side: Aggregate) -> Deferred:
    return number(1.0) if side.value is None else side.value


def _common(above: Table, below: Table, top: Aggregate, bottom: Aggregate) -> list[str]:
    """Columns of the dimensions that both sides have and mean alike."""
    own = {DIMENSIONS[name][0] for name in _OF_ITS_TABLE} if top.table != bottom.table else set()
    columns = dict.fromkeys(column for column, _home, _key in DIMENSIONS.values())
    return [
        name
        for name in columns
        if name in above.columns and name in below.columns and name not in own
    ]


def _like(rows: Table, other: Table, p: Parameters) -> Table:
    """The rows with each dimension that the other side carries and a join can bring."""
    for name, (column, home, key) in DIMENSIONS.items():
        wanted = column in other.columns and column not in rows.columns
        if wanted and home and key in rows.columns and p.holds(home):
            rows = with_dimensions(rows, [name], "")
    return rows


def _base(side: Aggregate, parsed: Parsed, p: Parameters) -> Table:
    """Rows of a table that count in any KPI, with the rep under its common name."""
    named = parsed.columns[side.table]
    rows = table(side.table)
    if side.table == "deals":
        return _deals(rows, named, p)
    if side.table == "stage_events" and p.holds("deals"):
        own = _deals(table("deals"), named, p).select(
            "deal_id", "rep_id", "customer_id", "source", "status", "deal_kind",
            *(["segment"] if p.segment_of == "deal" else []),
        )  # fmt: skip
        return rows.inner_join(own, "deal_id")
    if side.table == "activities":
        return rows if "is_automatic" in named else rows.filter(~_.is_automatic.fill_null(False))
    if side.table in ("invoices", "order_lines"):
        return _documents(rows, side.table, named, p)
    if side.table == "payments":
        back = -_.amount_base.abs()
        return rows.mutate(amount_base=cases((_.is_refund, back), else_=_.amount_base))
    return rows


def _deals(rows: Table, named: Sequence[str], p: Parameters) -> Table:
    for flag in ("is_test", "is_duplicate"):
        if flag not in named:
            rows = rows.filter(~_[flag].fill_null(False))
    if p.sale_pipelines is not None and "pipeline_id" not in named:
        rows = rows.filter(_.pipeline_id.isin(p.sale_pipelines) | _.pipeline_id.isnull())
    rows = rows.filter(_.created_at.isnull() | (_.created_at <= instant(p.as_of)))
    rows = rows.mutate(rep_id=_.owner_id)
    if p.segment_of == "customer" and "segment" not in named:
        # the dimension is then the customer's segment, joined when it is asked for
        rows = rows.drop("segment")
    return rows


def _documents(rows: Table, name: str, named: Sequence[str], p: Parameters) -> Table:
    if name == "invoices" and "is_cancelled" not in named:
        rows = rows.filter(~_.is_cancelled.fill_null(False))
    if "doc_kind" in named:
        return rows
    if name == "order_lines" and p.revenue_basis == "contract":
        return rows.filter(coalesce(_.doc_kind, "") != "cancelled")
    kind = "invoice" if p.revenue_basis == "contract" else p.revenue_basis
    return rows.filter(coalesce(_.doc_kind, "invoice").isin((kind, "return")))
