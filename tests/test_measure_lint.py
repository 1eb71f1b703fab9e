"""
What no measure may contain: constructs that answer differently from engine to engine.

Two nets. The first reads the code: only the engine's modules know Ibis and the drivers, and
calls that do not run everywhere are named here with what to write in their place. The second
reads the finished queries, where every value has its type: a division of integers or a
difference of two moments cannot be told from the code. Each rule is shown to catch its case.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import ibis
import pytest
from ibis.expr import operations as ops
from made_client import AS_OF

from kpikit.kpis.engine import ratio, seconds, table
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import expression
from kpikit.kpis.parameters import Parameters

PACKAGE = Path(__file__).resolve().parent.parent / "kpikit"
#: Modules that may import these.
KNOWS = {
    "ibis": {"kpis/engine.py"},
    "sqlglot": {"kpis/engine.py"},
    "psycopg": {"kpis/engine.py", "kpis/engine_tables.py"},
    "pyspark": {"kpis/engine.py", "kpis/engine_tables.py"},
    "clickhouse_connect": set(),
}
#: Method -> what to write instead.
FORBIDDEN_CALLS = {
    "delta": "days() or seconds(): engines count midnights or whole days",
    "asof_join": "an inequality join with min(): Spark has no such join",
    "first": "numbered() and position == 0: PostgreSQL has no first()",
    "last": "last_of(): PostgreSQL has no last()",
    "percent_rank": "ranks by row_number(): ClickHouse fails",
    "memtable": "a table written into the store: ClickHouse gets it as external data",
    "approx_nunique": "nunique(): the approximation differs by design",
    "approx_median": "median(): the approximation differs by design",
    "approx_quantile": "median(): the approximation differs by design",
    "hash": "the value itself: engines hash differently",
    "random": "nothing: engines draw differently",
    "quantile": "ranks by row_number(): not on every engine, and a sample on ClickHouse",
    "ln": "a helper that answers null for 0 and less: PostgreSQL raises",
    "log": "a helper that answers null for 0 and less: PostgreSQL raises",
    "log2": "a helper that answers null for 0 and less: PostgreSQL raises",
    "log10": "a helper that answers null for 0 and less: PostgreSQL raises",
}
#: Libraries whose functions of the same name work on numbers that have left the engine.
IN_PYTHON = {"np", "math", "rng", "pd"}


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.split(".")[0]


def wrong_imports(source: str, module: str) -> list[str]:
    return [
        f"{module}:{line}: {name} belongs to {', '.join(sorted(KNOWS[name])) or 'the engine'}"
        for line, name in imports(ast.parse(source))
        if name in KNOWS and module not in KNOWS[name]
    ]


def wrong_calls(source: str, module: str) -> list[str]:
    """Calls that some engine does not run, or runs with another result."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, owner = node.func.attr, node.func.value
        if isinstance(owner, ast.Name) and owner.id in IN_PYTHON:
            continue
        given = {keyword.arg for keyword in node.keywords}
        where = f"{module}:{node.lineno}"
        if name in FORBIDDEN_CALLS:
            found.append(f"{where}: {name}(): use {FORBIDDEN_CALLS[name]}")
        if name == "distinct" and given & {"on", "keep"}:
            found.append(f"{where}: distinct(on=): use last_of()")
        if name == "corr" and "how" not in given:
            found.append(f'{where}: corr() without how: use how="pop"')
        if name == "median" and "where" in given:
            found.append(f"{where}: median(where=): use cases() inside, Spark refuses it")
        if name == "over" and isinstance(owner, ast.Call):
            inner = owner.func
            if isinstance(inner, ast.Attribute) and inner.attr == "nunique":
                found.append(f"{where}: nunique().over(): use a sum by group and a join")
        if name in ("cast", "try_cast") and "decimal" in ast.unparse(node).lower():
            found.append(f"{where}: cast to decimal: use floats, engines round differently")
    return found


def sources() -> list[tuple[str, str]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def test_only_the_engine_knows_ibis_and_the_drivers():
    assert [line for module, text in sources() for line in wrong_imports(text, module)] == []


def test_no_measure_calls_what_differs():
    ours = [(module, text) for module, text in sources() if module.startswith("kpis/")]
    assert len(ours) > 15
    assert [line for module, text in ours for line in wrong_calls(text, module)] == []


@pytest.mark.parametrize("name", ["ibis", "sqlglot", "psycopg", "pyspark", "clickhouse_connect"])
@pytest.mark.parametrize("line", ["import {0}", "from {0} import x", "    import {0}.y as z"])
def test_an_import_elsewhere_is_caught(name, line):
    source = line.format(name)
    source = f"def f():\n{source}" if source.startswith(" ") else source
    assert len(wrong_imports(source, "kpis/measures/money.py")) == 1


@pytest.mark.parametrize(
    "line",
    [
        '_.closed_at.delta(_.created_at, unit="day")',
        "rows.asof_join(other, 'at')",
        "_.amount.first(order_by='at')",
        "_.amount.last()",
        "_.amount.percent_rank().over(w)",
        "engine.memtable({'a': [1]})",
        "_.customer_id.approx_nunique()",
        "_.amount.approx_median()",
        "_.amount.approx_quantile(0.5)",
        "_.deal_id.hash()",
        "ibis.random()",
        "_.amount.quantile(0.9)",
        "_.amount.ln()",
        "_.amount.log()",
        "_.amount.log2()",
        "_.amount.log10()",
        "rows.distinct(on='deal_id', keep='first')",
        "_.amount.corr(_.cost)",
        "_.amount.median(where=_.is_won)",
        "_.customer_id.nunique().over(w)",
        "_.amount.cast('decimal(18,2)')",
    ],
)
def test_a_call_that_differs_is_caught(line):
    assert len(wrong_calls(line, "kpis/x.py")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "_.customer_id.nunique(where=_.amount > 0)",
        "rows.distinct()",
        "np.log(x)",
        "rng.random(5)",
        "_.x.corr(_.y, how='pop')",
        "_.amount.sum().over(w)",
        "_.amount.cast('float64')",
    ],
)
def test_a_call_that_is_alike_everywhere_passes(line):
    assert wrong_calls(line, "kpis/x.py") == []


# ---- the finished queries ---------------------------------------------------------------------

SETTINGS = Parameters(
    as_of=AS_OF, qualified_order=2, warm_order=2, ready_order=3, offer_order=2, contract_order=3,
    maturity_days=60.0, new_groups=("g0",), hourly_cost=1000.0, workday_s=28800.0,
)  # fmt: skip


def wrong_operations(asked: ibis.Table) -> list[str]:
    """Operations whose answer depends on the engine, by the types of their operands."""
    found = []
    for node in asked.op().find(ops.Node):
        name = type(node).__name__
        if isinstance(node, ops.Divide):
            if not (node.left.dtype.is_floating() and node.right.dtype.is_floating()):
                found.append("division of integers: use ratio()")
        elif name in ("TimestampDiff", "DateDiff", "TimestampDelta", "DateDelta"):
            found.append("difference of two moments: use seconds() or days()")
        elif isinstance(node, ops.Cast) and node.to.is_decimal():
            found.append("decimal: use floats")
        elif isinstance(node, ops.InMemoryTable):
            found.append("a table in memory: write it into the store")
        elif isinstance(node, ops.Cast) and node.to.is_integer() and node.arg.dtype.is_boolean():
            found.append("truth value to integer: use one()")
    return found


PARTS = [
    (kpi, part)
    for kpi in sorted(MEASURES)
    for part in MEASURES[kpi].build(replace(SETTINGS, period="month"))
]


@pytest.mark.parametrize(("kpi", "part"), PARTS)
def test_no_query_holds_an_operation_that_differs(kpi, part):
    found = wrong_operations(expression(kpi, ["month"], SETTINGS, part))
    assert found == [], f"{kpi} {part} of {MEASURES[kpi].build.__module__}"


DEALS = table("deals")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("division of integers", lambda: DEALS.count() / DEALS.amount_base.count()),
        ("division of integers", lambda: DEALS.amount_base.sum() / DEALS.count()),
        ("difference of two moments", lambda: (DEALS.closed_at - DEALS.created_at).max()),
        ("decimal", lambda: DEALS.amount_base.cast("decimal(18, 2)").sum()),
        ("truth value", lambda: DEALS.is_test.cast("int64").sum()),
        ("in memory", lambda: ibis.memtable({"a": [1]}).a.sum()),
    ],
)
def test_an_operation_that_differs_is_caught(said: str, value: Callable[[], ibis.Value]):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = wrong_operations(value().as_table())
    assert len(found) == 1 and said in found[0]


def test_the_helpers_pass():
    quotient = ratio(DEALS.count(), DEALS.amount_base.count())
    lasted = seconds(DEALS.created_at, DEALS.closed_at).sum()
    assert wrong_operations(DEALS.agg(quotient=quotient, lasted=lasted)) == []
