"""
Values of one row in a formula of the client's own: columns, numbers, conditions.

A formula is read as a tree and every node that is not listed here is refused; nothing
of it is ever executed. Each value has a kind (number, text, moment or truth) that is
known before an engine sees it, so a wrong comparison is refused with its position and
not by a database.

A missing value makes a comparison neither true nor false, and the row does not count;
``is None`` and ``is not None`` ask for it.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kpikit.kpis.engine import Deferred, _, constant, days, instant, number, ratio, seconds
from kpikit.vocabulary import TABLES

NUMBER, TEXT, MOMENT, TRUTH = "number", "text", "moment", "truth"
AGGREGATES = ("sum", "count", "mean", "count_distinct")
LONGEST_TEXT = 200
_KINDS = {
    "id": TEXT, "text": TEXT, "instant": MOMENT, "date": MOMENT, "int": NUMBER, "float": NUMBER,
    "bool": TRUTH,
}  # fmt: skip
#: Words for one thing that two tables name differently.
_SAME = {"rep_id": "owner_id", "owner_id": "rep_id", "amount": "amount_base"}


class Refused(Exception):
    """A node that is not allowed, and the sentence that says why."""

    def __init__(self, node: ast.expr | ast.keyword, sentence: str):
        self.node = node
        super().__init__(sentence)


@dataclass(frozen=True, eq=False)
class Term:
    """
    A value of a row.

    Parameters
    ----------
    kind : str
        ``number``, ``text``, ``moment`` or ``truth``.
    value : deferred expression, float, str or bool
        A plain Python value where no column is named.
    columns : frozenset of (str, str)
        Tables and columns that it names.
    """

    kind: str
    value: Any
    columns: frozenset[tuple[str, str]] = frozenset()


def term(node: ast.expr) -> Term:
    """
    The value that a node stands for.

    Raises
    ------
    Refused
        If the node or anything in it is not allowed.
    """
    if isinstance(node, ast.Compare | ast.BoolOp):
        return _compared(node) if isinstance(node, ast.Compare) else _combined(node)
    if isinstance(node, ast.Attribute):
        return column(node)
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.BinOp):
        return _computed(node)
    if isinstance(node, ast.UnaryOp):
        return _signed(node)
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Name):
        return _named(node)
    raise Refused(node, "this is not allowed; write columns, numbers, texts and comparisons")


def condition(node: ast.expr) -> Term:
    """A value that is true or false for each row and names a column."""
    found = _of_kind(node, TRUTH)
    if not found.columns:
        raise Refused(node, "a condition must name a column")
    return found


def column(node: ast.expr) -> Term:
    """The column that ``table.column`` names."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        raise Refused(node, "a column is written table.column")
    home = table_name(node.value)
    kind = TABLES[home].get(node.attr)
    if kind is None:
        other = _SAME.get(node.attr, "")
        near = [other] if other in TABLES[home] else None
        hint = suggestion(node.attr, TABLES[home]) if near is None else _did_you_mean(near)
        raise Refused(node, f"{home} has no column {node.attr!r}{hint}")
    value = _[node.attr]
    return Term(
        _KINDS[kind],
        number(value) if _KINDS[kind] == NUMBER else value,
        frozenset({(home, node.attr)}),
    )


def table_name(node: ast.Name) -> str:
    """The canonical table that a name stands for."""
    if node.id not in TABLES:
        raise Refused(node, f"there is no table {node.id!r}{suggestion(node.id, TABLES)}")
    return node.id


def plain_number(value: float | int, node: ast.expr) -> float:
    """A number literal as a float, refused where a float cannot hold it."""
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Refused(node, "the number is too large")
    return found


def folded(node: ast.BinOp, left: float, right: float) -> float:
    """Result of a calculation between two plain numbers."""
    if isinstance(node.op, ast.Add):
        return plain_number(left + right, node)
    if isinstance(node.op, ast.Sub):
        return plain_number(left - right, node)
    if isinstance(node.op, ast.Mult):
        return plain_number(left * right, node)
    if isinstance(node.op, ast.Div):
        if right == 0:
            raise Refused(node, "division by 0")
        return plain_number(left / right, node)
    raise Refused(node, "only + - * / are allowed between numbers")


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name nearest to one that is not, else all of them."""
    names = list(known)
    near = difflib.get_close_matches(name[:40], names, 1)
    return _did_you_mean(near) if near else f"; there are {', '.join(names)}"


def _did_you_mean(names: list[str]) -> str:
    return f"; did you mean {names[0]!r}?"


def _of_kind(node: ast.expr, kind: str) -> Term:
    found = term(node)
    if found.kind != kind:
        raise Refused(node, f"a {kind} is needed here, and this is a {found.kind}")
    return found


def _constant(node: ast.Constant) -> Term:
    value = node.value
    if isinstance(value, bool):
        return Term(TRUTH, value)
    if isinstance(value, int | float):
        return Term(NUMBER, plain_number(value, node))
    if value is None:
        raise Refused(node, "None stands only after `is` or `is not`")
    if not isinstance(value, str):
        raise Refused(node, "this kind of value is not allowed; write a number or a text")
    if len(value) > LONGEST_TEXT:
        raise Refused(node, f"the text is longer than {LONGEST_TEXT} characters")
    # engines disagree on what a backslash inside a text means
    if "\\" in value or not value.isprintable():
        raise Refused(node, "a text must not hold a backslash or a control character")
    return Term(TEXT, value)


def _named(node: ast.Name) -> Term:
    if node.id in ("true", "false"):
        return Term(TRUTH, node.id == "true")
    if node.id in TABLES:
        raise Refused(
            node, f"name a column of {node.id}, as {node.id}.{next(iter(TABLES[node.id]))}"
        )
    raise Refused(node, f"the name {node.id!r} is not known; a column is written table.column")


def _computed(node: ast.BinOp) -> Term:
    left, right = term(node.left), term(node.right)
    if left.kind == right.kind == MOMENT:
        raise Refused(node, "the time between two moments is written days(a, b) or hours(a, b)")
    for side, found in ((node.left, left), (node.right, right)):
        if found.kind != NUMBER:
            raise Refused(side, f"a number is needed here, and this is a {found.kind}")
    if not left.columns and not right.columns:
        return Term(NUMBER, folded(node, left.value, right.value))
    a, b = expression_of(left), expression_of(right)
    if isinstance(node.op, ast.Add):
        value = a + b
    elif isinstance(node.op, ast.Sub):
        value = a - b
    elif isinstance(node.op, ast.Mult):
        value = a * b
    elif isinstance(node.op, ast.Div):
        value = ratio(a, b)
    else:
        raise Refused(node, "only + - * / are allowed between numbers")
    return Term(NUMBER, value, left.columns | right.columns)


def _signed(node: ast.UnaryOp) -> Term:
    if isinstance(node.op, ast.Not):
        found = condition(node.operand)
        return Term(TRUTH, ~found.value, found.columns)
    if isinstance(node.op, ast.USub | ast.UAdd):
        found = _of_kind(node.operand, NUMBER)
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return Term(NUMBER, found.value * sign, found.columns)
    raise Refused(node, "`~` is not allowed; write `not`")


def _combined(node: ast.BoolOp) -> Term:
    parts = [condition(part) for part in node.values]
    value = parts[0].value
    for part in parts[1:]:
        value = value & part.value if isinstance(node.op, ast.And) else value | part.value
    return Term(TRUTH, value, frozenset().union(*(part.columns for part in parts)))


def _compared(node: ast.Compare) -> Term:
    left = node.left
    parts = []
    for sign, right in zip(node.ops, node.comparators, strict=True):
        parts.append(_pair(left, sign, right))
        left = right
    value = parts[0].value
    for part in parts[1:]:
        value = value & part.value
    return Term(TRUTH, value, frozenset().union(*(part.columns for part in parts)))


def _pair(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Term:
    if isinstance(sign, ast.Is | ast.IsNot):
        return _missing(left, sign, right)
    if isinstance(sign, ast.In | ast.NotIn):
        return _listed(left, sign, right)
    a, b = term(left), term(right)
    if not a.columns and not b.columns:
        raise Refused(left, "a comparison must name a column")
    if a.kind == MOMENT and b.kind == TEXT:
        b = _moment(b, right)
    elif a.kind == TEXT and b.kind == MOMENT:
        a = _moment(a, left)
    if a.kind != b.kind:
        raise Refused(right, f"a {a.kind} cannot be compared with a {b.kind}")
    # the order of texts depends on the engine's alphabet
    if a.kind in (TEXT, TRUTH) and not isinstance(sign, ast.Eq | ast.NotEq):
        raise Refused(right, f"a {a.kind} is compared with == or != only")
    compare = _COMPARE[type(sign)]
    return Term(TRUTH, compare(expression_of(a), expression_of(b)), a.columns | b.columns)


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


def _missing(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Term:
    if not (isinstance(right, ast.Constant) and right.value is None):
        raise Refused(right, "`is` is followed by None or not None; values are compared with ==")
    found = term(left)
    if not found.columns:
        raise Refused(left, "a comparison must name a column")
    value = found.value.isnull() if isinstance(sign, ast.Is) else found.value.notnull()
    return Term(TRUTH, value, found.columns)


def _listed(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Term:
    found = term(left)
    if not found.columns or found.kind not in (TEXT, NUMBER):
        raise Refused(left, "`in` needs a column of texts or numbers before it")
    if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
        raise Refused(right, '`in` is followed by a list in brackets, as ("a", "b")')
    values = []
    for item in right.elts:
        value = _of_kind(item, found.kind)
        if value.columns:
            raise Refused(item, "the list after `in` holds plain values only")
        values.append(value.value)
    inside = found.value.isin(tuple(values))
    return Term(TRUTH, inside if isinstance(sign, ast.In) else ~inside, found.columns)


def _moment(found: Term, node: ast.expr) -> Term:
    """A text literal such as ``"2026-01-31"`` as a moment."""
    if not found.columns:
        try:
            moment = datetime.fromisoformat(found.value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is None:
            return Term(MOMENT, moment)
    raise Refused(node, 'a moment is compared with another moment or a date as "2026-01-31"')


def _called(node: ast.Call) -> Term:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in AGGREGATES:
        raise Refused(node, f"{name} cannot stand inside another {' or '.join(AGGREGATES[:2])}")
    if name not in _FUNCTIONS:
        what = f"there is no function {name!r}" if name else "only named functions can be called"
        raise Refused(node, what + suggestion(name, [*AGGREGATES, *_FUNCTIONS]))
    kinds, result, build = _FUNCTIONS[name]
    if node.keywords or len(node.args) != len(kinds):
        raise Refused(node, f"{name} takes {len(kinds)} value{'s' * (len(kinds) > 1)}")
    found = [_of_kind(a, kind) for a, kind in zip(node.args, kinds, strict=True)]
    columns: frozenset[tuple[str, str]] = frozenset().union(*(part.columns for part in found))
    if not columns:
        raise Refused(node, f"{name} must be given a column")
    return Term(result, build(*(part.value for part in found)), columns)


_FUNCTIONS: dict[str, tuple[tuple[str, ...], str, Callable[..., Deferred]]] = {
    "days": ((MOMENT, MOMENT), NUMBER, days),
    "hours": ((MOMENT, MOMENT), NUMBER, lambda a, b: seconds(a, b) / 3600.0),
    "lower": ((TEXT,), TEXT, lambda x: x.lower()),
    "abs": ((NUMBER,), NUMBER, lambda x: x.abs()),
    "year": ((MOMENT,), NUMBER, lambda x: number(x.year())),
    "month": ((MOMENT,), NUMBER, lambda x: number(x.month())),
}


def expression_of(found: Term) -> Deferred:
    """The value as an expression of the engine."""
    if found.columns:
        return found.value
    if found.kind == NUMBER:
        return constant(found.value)
    return instant(found.value) if found.kind == MOMENT else found.value
