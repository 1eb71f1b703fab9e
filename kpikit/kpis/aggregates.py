"""
One sum, count, mean or count_distinct of a formula of the client's own.

It takes rows of one table: ``where`` says which of them count, ``at`` which moment puts
a row into a period.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from kpikit.kpis.engine import Deferred
from kpikit.kpis.terms import (
    AGGREGATES,
    MOMENT,
    NUMBER,
    TEXT,
    Refused,
    Term,
    column,
    condition,
    suggestion,
    table_name,
    term,
)

#: Moment that puts a row into a period where ``at`` names none.
MOMENTS = {
    "deals": "created_at",
    "stage_events": "entered_at",
    "activities": "started_at",
    "invoices": "issued_on",
    "order_lines": "issued_on",
    "payments": "paid_on",
    "plans": "period_start_on",
    "absences": "date",
    "costs": "period_start_on",
    "profits": "period_start_on",
    "surveys": "sent_on",
    "tickets": "opened_at",
    "deliveries": "promised_on",
    "kpi_facts": "period_start_on",
    "payroll": "period_start_on",
}


@dataclass(frozen=True, eq=False)
class Aggregate:
    """
    One sum, count, mean or number of different values.

    Parameters
    ----------
    function : str
        ``sum``, ``count``, ``mean`` or ``count_distinct``.
    table : str
        The table whose rows it takes.
    at : str
        Column with the moment of a row.
    value : deferred expression, optional
        What is summed or averaged.
    who : str
        Column whose different values are counted.
    where : deferred condition, optional
        Rows that count.
    columns : tuple of str
        Columns that it names, ``at`` included.
    conditions : tuple of ast.expr
        The parts of ``where`` that must all hold.
    """

    function: str
    table: str
    at: str
    value: Deferred = None
    who: str = ""
    where: Deferred = None
    columns: tuple[str, ...] = ()
    conditions: tuple[ast.expr, ...] = ()

    def is_among(self, other: Aggregate) -> bool:
        """Whether each row that counts here is sure to count in the other."""
        same = (self.table, self.at) == (other.table, other.at)
        return same and all(
            any(_implies(own, wanted) for own in self.conditions) for wanted in other.conditions
        )


def aggregate(node: ast.Call) -> Aggregate:
    """
    The sum, count, mean or number of different values that a call asks for.

    Raises
    ------
    Refused
        If anything in it is not allowed or not known.
    """
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in AGGREGATES:
        if name == "median":
            raise Refused(node, "there is no median; mean() shows the median beside the mean")
        what = f"there is no {name!r} of rows" if name else "only named functions can be called"
        raise Refused(node, what + suggestion(name, AGGREGATES))
    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        raise Refused(node, f"{name} takes one value, then where= and at=")
    home, of_value = _counted(name, node.args[0])
    options = _options(name, node)
    where = condition(options["where"]) if "where" in options else None
    at = MOMENTS.get(home, "")
    if "at" in options:
        at = _at(options["at"])
    elif not at:
        raise Refused(node, f"{home} has no moment of its own; add at={home}.column with a date")
    named = set(of_value.columns) | (where.columns if where is not None else frozenset())
    named |= column(options["at"]).columns if "at" in options else {(home, at)}
    others = sorted({table for table, _column in named} - {home})
    if others:
        raise Refused(
            node, f"{name} reads one table; {others[0]} cannot be used together with {home}"
        )
    return Aggregate(
        name,
        home,
        at,
        value=of_value.value if name in ("sum", "mean") else None,
        who=next(iter(of_value.columns))[1] if name == "count_distinct" else "",
        where=where.value if where is not None else None,
        columns=tuple(sorted(name for _table, name in named)),
        conditions=_conjuncts(options["where"]) if "where" in options else (),
    )


def _counted(name: str, node: ast.expr) -> tuple[str, Term]:
    """Table of an aggregate, and the value that it takes of each row."""
    if name == "count":
        if not isinstance(node, ast.Name):
            raise Refused(node, "count takes a table; say which rows with where=")
        return table_name(node), Term(NUMBER, 1.0)
    if name == "count_distinct":
        found = column(node)
        if found.kind != TEXT:
            raise Refused(node, "count_distinct takes a column of ids or texts")
    else:
        found = term(node)
        if found.kind != NUMBER:
            raise Refused(node, f"{name} takes numbers, and this is a {found.kind}")
        if not found.columns:
            raise Refused(node, f"{name} must be given a column")
    return sorted(found.columns)[0][0], found


def _options(name: str, node: ast.Call) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for option in node.keywords:
        if option.arg not in ("where", "at"):
            raise Refused(option, f"{name} takes where= and at=, not {option.arg or '**'}")
        found[option.arg] = option.value
    return found


def _at(node: ast.expr) -> str:
    found = column(node)
    if found.kind != MOMENT:
        raise Refused(node, f"at= needs a column with a date, and this is a {found.kind}")
    return next(iter(found.columns))[1]


# ---- whether one condition is part of another ---------------------------------------------------


def _conjuncts(node: ast.expr) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return tuple(part for value in node.values for part in _conjuncts(value))
    return (node,)


def _implies(own: ast.expr, wanted: ast.expr) -> bool:
    """Equal conditions, or a value (or list) that is in the wanted list."""
    if ast.dump(own) == ast.dump(wanted):
        return True
    a, b = _choice(own), _choice(wanted)
    return a is not None and b is not None and a[0] == b[0] and a[1] <= b[1]


def _choice(node: ast.expr) -> tuple[str, frozenset[str]] | None:
    """Column and the values it may have, of ``c == v`` or ``c in (v, ...)``."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    right = node.comparators[0]
    if isinstance(node.ops[0], ast.Eq) and isinstance(right, ast.Constant):
        return ast.dump(node.left), frozenset({ast.dump(right)})
    if isinstance(node.ops[0], ast.In) and isinstance(right, ast.Tuple | ast.List | ast.Set):
        return ast.dump(node.left), frozenset(map(ast.dump, right.elts))
    return None
