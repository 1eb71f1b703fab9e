"""
What a measure is: event rows and the sums to take over them.

Every KPI is ``sum(x) / sum(y)`` over rows of the events behind it, never a mean of
ratios; so a team's value is the sum of its reps' numerators over the sum of their
denominators. A :class:`Reduction` names the rows, ``x``, ``y`` and which rows count; the
engine takes the sums once, and everything after that is a small table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kpikit.errors import InputDataError
from kpikit.kpis.engine import Deferred, Table
from kpikit.kpis.parameters import Parameters

#: What is summed, and what the interval rests on.
#:
#: count      number of rows; Poisson
#: total      sum of x; compound Poisson (number and size of the rows vary)
#: share      x is 0 or 1, one row per trial; Wilson
#: mean       sum of x per row; the spread of x
#: ratio      sum of x per sum of y, both vary from row to row; linearised
#: quotient   sum of x (compound Poisson) per sum of y that is given
#: given      sum of x per sum of y, both given (plans, staff): no interval
#: distinct   number of different ``who``; Poisson
#: portion    share of the sum of x among the groups of ``over``
#: duration   time from ``at`` to the end of the row, unfinished rows censored; Kaplan-Meier
#: stock      number of different ``who`` at the end of each period
#: level      sum of x at the end of each period: no interval
#: agreement  x and y are 0 or 1 for each row; share of y where x holds less the share elsewhere
#: phi        the same rows, as the correlation of the two answers: no interval
#: heads      sum of x or number of different ``who``, per sum of y or number of different ``per``,
#:            which is taken as given; no interval where ``who`` is counted
#: required   trials (rows) and wins (x) of the past, y wins wanted: cases that must be taken in
KINDS = (
    "count", "total", "share", "mean", "ratio", "quotient", "given", "distinct", "portion",
    "duration", "stock", "level", "agreement", "phi", "required", "heads",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reduction:
    """
    Rows and sums of one part of a KPI.

    Parameters
    ----------
    rows : Table
        One row per event, with ``at`` (moment that puts it into a period) and the columns of the
        dimensions (``rep_id``, ``customer_id``, ``segment``, ``source`` ...). Two KPIs over equal
        rows are computed in one scan.
    kind : str
        One of :data:`KINDS`.
    x, y : deferred expression, optional
        Numerator and denominator of a row, written over ``_``.
    where : deferred condition, optional
        Rows that count; null is no.
    who : str, optional
        Column whose different values are counted (``distinct``, ``stock``, ``heads``).
    per : str, optional
        Column whose different values divide (``heads``).
    over : str, optional
        Dimension whose groups add up to 1 (``portion``).
    seconds : deferred expression, optional
        Length of the row (``duration``), of unfinished rows until the as-of instant. [s]
    is_over : deferred condition, optional
        The row is finished (``duration``).
    unit_s : float
        Seconds of the unit of a duration: 86400 for days, 28800 for working days of 8 h.
    bin_s : float
        Grain of the life table of a duration. [s]
    with_median : bool
        Median of ``x`` beside the mean.
    scale, shift : float
        The value is shown as ``scale * value + shift``: 100 for per cents.
    unit : str
        Unit of the part where it differs from the KPI's.
    note : str
        Why the value is weaker than the KPI asks for; the status is then ``degraded``.
    """

    rows: Table
    kind: str
    x: Deferred = None
    y: Deferred = None
    where: Deferred = None
    who: str = ""
    per: str = ""
    over: str = ""
    seconds: Deferred = None
    is_over: Deferred = None
    unit_s: float = 86400.0
    bin_s: float = 3600.0
    with_median: bool = False
    scale: float = 1.0
    shift: float = 0.0
    unit: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputDataError(f"{self.kind!r} is not a kind; use one of {', '.join(KINDS)}.")


Parts = Mapping[str, Reduction]


@dataclass(frozen=True)
class Measure:
    """
    How one KPI is computed.

    Parameters
    ----------
    kpi : str
        ``K19``.
    build : callable
        Parameters -> parts; the part named ``""`` is the KPI itself.
    needs : mapping
        Table -> columns without which the KPI cannot be computed.
    helps : mapping
        Table -> columns whose absence weakens it.
    parameters : tuple of str
        Fields of :class:`~kpikit.kpis.parameters.Parameters` that change its value.
    needs_period : bool
        The KPI compares periods and has no value without a grain of time.
    """

    kpi: str
    build: Callable[[Parameters], Parts]
    needs: Mapping[str, tuple[str, ...]]
    helps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    needs_period: bool = False


#: ``sales`` in the needs of a measure stands for the rows of the revenue basis in use.
_SALES = {"contract": ("deals", ("status", "closed_at")), "": ("invoices", ("issued_on",))}


def columns_of(wanted: Mapping[str, tuple[str, ...]], p: Parameters) -> dict[str, tuple[str, ...]]:
    """Tables and columns that a measure names, ``sales`` replaced by the table of the basis."""
    found: dict[str, tuple[str, ...]] = {}
    for name, columns in wanted.items():
        if name == "sales":
            name, own = _SALES["contract" if p.revenue_basis == "contract" else ""]
            owner = "owner_id" if name == "deals" else "rep_id"
            columns = (*own, *(owner if c == "rep_id" else c for c in columns))
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *columns)))
    return found


#: Every measure, by K-id; filled by the modules of :mod:`kpikit.kpis.measures`.
MEASURES: dict[str, Measure] = {}


def measures(
    kpi: str,
    needs: Mapping[str, tuple[str, ...]],
    *,
    helps: Mapping[str, tuple[str, ...]] | None = None,
    parameters: tuple[str, ...] = (),
    needs_period: bool = False,
) -> Callable[[Callable[[Parameters], Parts]], Callable[[Parameters], Parts]]:
    """Enter a function into the registry as the measure of a KPI."""

    def enter(build: Callable[[Parameters], Parts]) -> Callable[[Parameters], Parts]:
        if kpi in MEASURES:
            raise InputDataError(f"{kpi} has two measures: {MEASURES[kpi].build} and {build}.")
        MEASURES[kpi] = Measure(kpi, build, needs, helps or {}, parameters, needs_period)
        return build

    return enter
