"""
The registers that the golden cases have in common: plans, invoices and KPI reports.

The lists of KPIs are the client's own texts and stand beside the engagement; the numbers
are made from them here, so that each case holds exactly what its name says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kpikit.sample.account_files import month_end, number
from kpikit.sample.cells import write_csv

#: How the sales of one month are spread over its invoices, unless a case says otherwise.
THREE_PARTS = (0.5, 0.3, 0.2)


@dataclass(frozen=True)
class ListedTarget:
    """
    A KPI of the client's list as far as its values depend on it.

    ``target`` is in the unit of the list, None where the list names none; ``lower`` less is
    better; ``whole`` it is counted.
    """

    name: str
    target: float | None
    lower: bool
    whole: bool


@dataclass(frozen=True)
class Reported:
    """One line of a KPI report; ``value`` None was not measured, ``attainment`` [%]."""

    name: str
    rep: str
    month: pd.Timestamp
    target: float | None
    value: float | None
    attainment: float | None


@dataclass(frozen=True)
class RepMonth:
    """Plan of one rep in one month, and the invoices in the order of their days. [money]"""

    rep: str
    month: pd.Timestamp
    plan: float
    invoices: tuple[float, ...]

    @property
    def sales(self) -> float:
        """Sum of the invoices. [money]"""
        return sum(self.invoices)


@dataclass(frozen=True)
class ListWords:
    """Headings of a list of KPIs, and the words for "less is better" and for counted units."""

    name: str
    target: str
    direction: str
    unit: str
    less: str
    counted: tuple[str, ...]


def listed_targets(path: Path, said: ListWords) -> list[ListedTarget]:
    """
    Read the list of KPIs as the client keeps it.

    Parameters
    ----------
    path : Path
        Semicolon file in UTF-8 with a header line.
    said : ListWords

    Returns
    -------
    list of ListedTarget
        In the order of the list.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            ListedTarget(
                row[said.name],
                float(row[said.target].replace(",", ".")) if row[said.target] else None,
                row[said.direction] == said.less,
                row[said.unit] in said.counted,
            )
            for row in csv.DictReader(file, delimiter=";")
        ]


def reported(kpi: ListedTarget, rep: str, month: pd.Timestamp, over: float) -> Reported:
    """
    A value that lies ``over`` the target (below it where negative), by the way that is better.

    Counted values are rounded away from the target, so that a miss stays a miss.

    Parameters
    ----------
    kpi : ListedTarget
        With a target.
    rep : str
    month : Timestamp
    over : float
        [share of the target]
    """
    if kpi.target is None:
        raise ValueError(f"{kpi.name} has no target to lie over.")
    value = kpi.target / (1 + over) if kpi.lower else kpi.target * (1 + over)
    if kpi.whole:
        at_least = 1.0 if over < 0 else 0.0
        away = max(at_least, float(round(abs(value - kpi.target))))
        value = kpi.target + (away if value > kpi.target else -away)
        # a count that is to be low cannot fall below one without losing its quotient
        value = max(value, 1.0) if kpi.lower else max(value, 0.0)
    value = round(value, 2)
    share = kpi.target / value if kpi.lower else value / kpi.target
    return Reported(kpi.name, rep, month, kpi.target, value, round(100 * share, 1))


def not_measured(kpi: ListedTarget, rep: str, month: pd.Timestamp) -> Reported:
    """The line of a KPI that stands in the report and has no value."""
    return Reported(kpi.name, rep, month, kpi.target, None, None)


def months_from(first: str, count: int) -> list[pd.Timestamp]:
    """First days of consecutive months."""
    return list(pd.date_range(first, periods=count, freq="MS"))


def write_plans(path: Path, header: Sequence[str], rows: Iterable[RepMonth]) -> None:
    """Write rep, first day, last day and plan."""
    write_csv(
        path,
        header,
        ((one.rep, *_span(one.month), number(one.plan)) for one in rows),
    )


def in_parts(sales: float, shares: Sequence[float] = THREE_PARTS) -> tuple[float, ...]:
    """Sales cut into whole units of money by shares; the last part takes what rounding left."""
    parts = [float(round(sales * share)) for share in shares[:-1]]
    return (*parts, float(round(sales)) - sum(parts))


def write_invoices(
    path: Path, header: Sequence[str], rows: Iterable[RepMonth], customers: Iterable[str]
) -> None:
    """Write number, day, customer, rep and amount; the customers come in the invoices' order."""
    buyer = iter(customers)
    lines: list[Sequence[object]] = []
    for one in rows:
        for day, amount in zip(invoice_days(one), one.invoices, strict=True):
            lines.append(
                (f"SZ-{len(lines) + 1:05d}", day, next(buyer), one.rep, number(amount))
            )  # fmt: skip
    write_csv(path, header, lines)


def invoice_days(one: RepMonth) -> list[str]:
    """Days of the invoices of a month, spread over the 4th to the 26th."""
    count = len(one.invoices)
    days = (one.month + pd.Timedelta(days=3 + 23 * place // count) for place in range(count))
    return [day.date().isoformat() for day in days]


def write_reports(path: Path, header: Sequence[str], rows: Iterable[Reported]) -> None:
    """Write KPI, rep, first day, last day, target, value and attainment."""
    write_csv(
        path,
        header,
        (
            (one.name, one.rep, *_span(one.month), _cell(one.target), _cell(one.value),
             _cell(one.attainment))
            for one in rows
        ),
    )  # fmt: skip


def _span(month: pd.Timestamp) -> tuple[str, str]:
    return month.date().isoformat(), month_end(month).date().isoformat()


def _cell(value: float | None) -> str:
    return "" if value is None else number(value)
