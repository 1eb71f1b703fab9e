"""
A KPI of the client's own, written as a formula over canonical columns.

Examples::

    sum(deals.amount_base, where=deals.status == "won", at=deals.closed_at)
    count(activities, where=activities.kind == "call" and activities.duration_s >= 20)
    mean(days(deals.created_at, deals.closed_at), where=deals.status == "won")
    count(activities) / count_distinct(activities.rep_id)
    100 * count(deals, where=deals.status == "won") / count(deals)

A formula is one sum, count, mean or count_distinct, or the quotient of two that are not
means, times or plus plain numbers. ``where`` says which rows count and ``at`` which
moment puts a row into a period. The two sides of a quotient may come from different
tables. A formula is read, never executed: whatever is not listed here is refused.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kpikit.errors import InputDataError
from kpikit.kpis.aggregates import Aggregate, aggregate
from kpikit.kpis.terms import Refused, folded, plain_number

LONGEST = 1000
DEEPEST = 20
_ALLOWED = (
    "a formula is one sum, count, mean or count_distinct, or the quotient of two that are not "
    "means, times or plus plain numbers"
)


@dataclass(frozen=True, eq=False)
class Parsed:
    """
    A formula that was read: ``scale * top / bottom + shift``.

    Parameters
    ----------
    text : str
        The formula as it was written.
    top : Aggregate
    bottom : Aggregate, optional
        None where nothing is divided.
    scale, shift : float
    """

    text: str
    top: Aggregate
    bottom: Aggregate | None = None
    scale: float = 1.0
    shift: float = 0.0

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """Tables and the columns without which the KPI cannot be computed."""
        found: dict[str, tuple[str, ...]] = {}
        for part in self.sides:
            both = (*found.get(part.table, ()), *part.columns)
            found[part.table] = tuple(dict.fromkeys(both))
        return found

    @property
    def sides(self) -> tuple[Aggregate, ...]:
        """Numerator and, where there is one, denominator."""
        return (self.top,) if self.bottom is None else (self.top, self.bottom)


def parse_kpi(text: str) -> Parsed:
    """
    Read a formula.

    Parameters
    ----------
    text : str
        Formula, at most 1000 characters.

    Returns
    -------
    Parsed

    Raises
    ------
    InputDataError
        If something in it is not allowed or not known; the message has the position, counted
        from 1.
    """
    if len(text) > LONGEST:
        raise InputDataError(
            f"the formula has {len(text)} characters; {LONGEST} are allowed, split it into two KPIs"
        )
    line = re.sub(r"\s", " ", text)
    start = len(line) - len(line.lstrip())
    tree = _tree(line.strip(), start)
    try:
        found = _line(tree)
        if isinstance(found, float):
            raise Refused(tree, f"nothing is counted; {_ALLOWED}")
    except Refused as refusal:
        # the tree counts bytes, a reader counts characters
        before = line.strip().encode()[: refusal.node.col_offset].decode(errors="ignore")
        raise InputDataError(f"position {start + len(before) + 1}: {refusal}") from None
    return replace(found, text=text)


def _tree(line: str, start: int) -> ast.expr:
    without_texts = re.sub(r"\"[^\"]*\"|'[^']*'", lambda found: " " * len(found[0]), line)
    if "#" in without_texts:
        position = start + without_texts.index("#") + 1
        raise InputDataError(f"position {position}: a formula holds no `#` comment")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise InputDataError(
            f"position {start + (error.offset or 1)}: this cannot be read ({error.msg}); {_ALLOWED}"
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise InputDataError(f"position 1: this cannot be read; {_ALLOWED}") from None
    level: list[ast.AST] = [tree]
    for _depth in range(DEEPEST):
        level = [child for node in level for child in _values(node)]
    if level:
        raise InputDataError(f"position 1: the formula is nested deeper than {DEEPEST} levels")
    return tree


def _values(node: ast.AST) -> Iterator[ast.AST]:
    inside = (ast.expr, ast.keyword, ast.comprehension, ast.arguments, ast.arg)
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, inside))


# ---- quotients and plain numbers ---------------------------------------------------------------


def _line(node: ast.expr) -> Parsed | float:
    """A plain number, or ``scale * top / bottom + shift``."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        assert isinstance(node.value, int | float)
        return plain_number(node.value, node)
    if isinstance(node, ast.Call):
        return Parsed("", aggregate(node))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        found = _line(node.operand)
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return sign * found if isinstance(found, float) else _scaled(found, sign, node)
    if not isinstance(node, ast.BinOp):
        raise Refused(node, _ALLOWED)
    left, right = _line(node.left), _line(node.right)
    if isinstance(left, float) and isinstance(right, float):
        return folded(node, left, right)
    if isinstance(left, float):
        assert isinstance(right, Parsed)
        return _number_first(node, left, right)
    if isinstance(right, float):
        return _number_last(node, left, right)
    return _divided(node, left, right)


def _number_first(node: ast.BinOp, left: float, right: Parsed) -> Parsed:
    if isinstance(node.op, ast.Mult):
        return _scaled(right, left, node)
    if isinstance(node.op, ast.Add):
        return _shifted(right, left, node)
    if isinstance(node.op, ast.Sub):
        return _shifted(_scaled(right, -1.0, node), left, node)
    raise Refused(node, f"a plain number cannot be divided by a count or sum; {_ALLOWED}")


def _number_last(node: ast.BinOp, left: Parsed, right: float) -> Parsed:
    if isinstance(node.op, ast.Mult):
        return _scaled(left, right, node)
    if isinstance(node.op, ast.Div):
        if right == 0:
            raise Refused(node, "division by 0")
        return _scaled(left, 1.0 / right, node)
    if isinstance(node.op, ast.Add | ast.Sub):
        return _shifted(left, right if isinstance(node.op, ast.Add) else -right, node)
    raise Refused(node, _ALLOWED)


def _scaled(found: Parsed, factor: float, node: ast.expr) -> Parsed:
    if factor == 0:
        raise Refused(node, "times 0 leaves nothing")
    scale = plain_number(found.scale * factor, node)
    return replace(found, scale=scale, shift=plain_number(found.shift * factor, node))


def _shifted(found: Parsed, by: float, node: ast.expr) -> Parsed:
    return replace(found, shift=plain_number(found.shift + by, node))


def _divided(node: ast.BinOp, left: Parsed, right: Parsed) -> Parsed:
    if not isinstance(node.op, ast.Div):
        raise Refused(
            node,
            "two sums or counts can only be divided; over one table write a single sum, as "
            "sum(deals.amount_base - deals.cost_base)",
        )
    if left.bottom is not None or right.bottom is not None or left.shift or right.shift:
        raise Refused(node, f"only one quotient is allowed; {_ALLOWED}")
    if "mean" in (left.top.function, right.top.function):
        raise Refused(node, "a mean cannot be part of a quotient; divide the sums behind it")
    scale = plain_number(left.scale / right.scale, node)
    return Parsed("", left.top, right.top, scale)
