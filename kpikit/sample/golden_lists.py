"""
Numbers of the golden lists: ``python -m kpikit.sample.golden_lists sample_data/golden``.

The largest list has 39 KPIs in Hungarian; what five reps reached in fourteen months is drawn
with known truth: two ways that go along with the plan, one KPI reported under two names, two
that nobody in sales can move, one that follows the season.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.sample import golden_cases
from kpikit.sample.cells import write_csv
from kpikit.sample.golden_files import (
    ListedTarget,
    ListWords,
    RepMonth,
    Reported,
    in_parts,
    invoice_days,
    listed_targets,
    months_from,
    write_invoices,
    write_plans,
    write_reports,
)
from kpikit.sample.streams import stream

FloatArray = npt.NDArray[np.float64]

SEED = 39
#: Customers of each rep before the first month, and how often an invoice goes to a new one.
BOOK, NEW_SHARE = 25, 0.3
FIRST_MONTH, MONTHS = "2024-11-01", 14
#: Usual plan of a rep. [HUF/month]
PLANS = {
    "Balogh Katalin": 9_000_000.0, "Fekete Márton": 11_000_000.0, "Gulyás Ágnes": 8_000_000.0,
    "Lukács Bence": 12_000_000.0, "Simon Judit": 10_000_000.0,
}  # fmt: skip
#: Plan and inbound leads by calendar month against the usual month. [share]
SEASON = (0.85, 0.90, 1.05, 1.05, 1.00, 0.95, 0.80, 0.75, 1.10, 1.20, 1.20, 1.15)
#: Attainment of the plan: mean, spread of the months that all reps share, and of the rest. [share]
ATTAINMENT, SHARED, OWN = 0.90, 0.03, 0.12

PLAN, SALES, MEAN_DEAL = (
    "Értékesítési terv teljesítése",
    "Értékesítési forgalom",
    "Átlagos ügyletérték",
)
MEETINGS, CALL_BACK = "Ügyféltalálkozók száma", "Visszahívás 24 órán belül"
OFFERS, QUOTES = "Kiküldött ajánlatok száma", "Kiadott árajánlatok száma"
OVERDUE, MARGIN = "Lejárt kintlévőség aránya", "Fedezet"
INBOUND = "Bejövő megkeresések száma"
NEW, AGAIN = "Új ügyfelek száma", "Ismételt eladások száma"
CALLS, RECORDS = "Létrejött hívások száma", "Hiánytalan adatlapok aránya"


@dataclass(frozen=True)
class Law:
    """
    How a KPI is drawn: ``centre`` and ``spread`` in its unit.

    ``link`` correlation with the plan inside each month, ``lasting`` share of the rest that
    stays with the rep, ``common`` share that all reps have in common in a month.
    """

    centre: float
    spread: float
    link: float = 0.0
    lasting: float = 0.0
    common: float = 0.0


LAWS: dict[str, Law] = {
    MEETINGS: Law(21.0, 4.0, link=0.75, lasting=0.5),
    CALL_BACK: Law(76.0, 8.0, link=0.70, lasting=0.5),
    MARGIN: Law(23.0, 1.6, common=0.95),
    OVERDUE: Law(20.0, 4.0, common=0.95),
    CALLS: Law(350.0, 45.0, lasting=0.7),
    RECORDS: Law(90.0, 4.0, lasting=0.7),
    OFFERS: Law(27.0, 6.0, lasting=0.3),
    "Szerződés-meghosszabbítások aránya": Law(78.0, 7.0, lasting=0.3),
    "Keresztértékesítés meglévő ügyfeleknek": Law(3.6, 1.4, lasting=0.3),
    "Kapcsolattartási norma teljesítése": Law(94.0, 10.0, lasting=0.4),
    "Első válasz ideje": Law(50.0, 12.0, lasting=0.4),
    "Ajánlatból szerződés aránya": Law(24.0, 5.0, lasting=0.2),
    "Szerződéskötés előtt álló ügyletek száma": Law(8.5, 2.2, lasting=0.2),
    "Ügyfelek értékelése az értékesítőről": Law(8.4, 0.5, lasting=0.5),
}
_WORDS = ListWords("Mutató", "Célérték", "Irány", "Mértékegység", "kevesebb", ("db",))
_SPAN = ("Hónap kezdete", "Hónap vége")


def sold_months() -> list[RepMonth]:
    """Plans and invoices of the reps, month by month."""
    rng = stream(SEED, "golden attainment")
    months = months_from(FIRST_MONTH, MONTHS)
    shared = SHARED * rng.standard_normal((MONTHS, 1))
    luck = shared + OWN * rng.standard_normal((MONTHS, len(PLANS)))
    reached = np.clip(ATTAINMENT + luck - luck.mean(), 0.45, 1.40)
    rows = []
    for step, month in enumerate(months):
        for place, (rep, usual) in enumerate(PLANS.items()):
            plan = float(round(usual * SEASON[month.month - 1], -4))
            shares = rng.dirichlet(np.full(int(rng.integers(4, 10)), 6.0))
            rows.append(
                RepMonth(rep, month, plan, in_parts(plan * reached[step, place], shares.tolist()))
            )
    return rows


def buyers(rows: Sequence[RepMonth]) -> tuple[list[tuple[str, bool]], dict[str, str]]:
    """
    Who buys, invoice by invoice.

    Returns
    -------
    list of tuple
        Customer of each invoice in the order of the rows, and whether it is the first one.
    dict
        First day of purchase of every customer.
    """
    rng = stream(SEED, "golden buyers")
    books: dict[str, list[str]] = {}
    since: dict[str, str] = {}

    def enter(rep: str, day: str) -> str:
        code = f"P{len(since) + 301}"
        since[code] = day
        books.setdefault(rep, []).append(code)
        return code

    for rep in PLANS:
        for _ in range(BOOK):
            day = pd.Timestamp("2023-01-09") + pd.Timedelta(days=int(rng.integers(0, 600)))
            enter(rep, day.date().isoformat())
    found = []
    for one in rows:
        for day in invoice_days(one):
            is_new = bool(rng.uniform() < NEW_SHARE)
            own = books[one.rep]
            who = enter(one.rep, day) if is_new else own[int(rng.integers(0, len(own)))]
            found.append((who, is_new))
    return found, since


def drawn_facts(rows: Sequence[RepMonth], kpis: Sequence[ListedTarget]) -> list[Reported]:
    """
    The report of the KPIs that are measured, in the order of the list.

    Parameters
    ----------
    rows : sequence of RepMonth
        Month by month, the same reps in each.
    kpis : sequence of ListedTarget
        The list with all KPIs that are drawn; others have no lines.
    """
    values = _values(rows)
    found = []
    for kpi in kpis:
        if kpi.name not in values or kpi.target is None:
            continue
        own = values[kpi.name]
        for place, one in enumerate(rows):
            value = float(round(own[place]) if kpi.whole else round(own[place], 2))
            share = kpi.target / value if kpi.lower else value / kpi.target
            found.append(
                Reported(kpi.name, one.rep, one.month, kpi.target, value, round(100 * share, 1))
            )
    return found


def _values(rows: Sequence[RepMonth]) -> dict[str, FloatArray]:
    sales = np.array([one.sales for one in rows])
    reached = sales / np.array([one.plan for one in rows])
    ahead = _standard(reached.reshape(MONTHS, len(PLANS)), axis=1).ravel()
    season = np.array([SEASON[one.month.month - 1] for one in rows])
    owner = np.repeat(np.arange(len(rows)), [len(one.invoices) for one in rows])
    is_new = np.array([first for _, first in buyers(rows)[0]])
    values = {
        NEW: np.bincount(owner, is_new, len(rows)),
        AGAIN: np.bincount(owner, ~is_new, len(rows)),
        PLAN: 100 * reached,
        SALES: sales,
        MEAN_DEAL: sales / np.array([len(one.invoices) for one in rows]),
        INBOUND: 40 * season * (1 + 0.03 * _noise(INBOUND, MONTHS, len(PLANS)).ravel()),
    } | {name: _drawn(name, law, ahead) for name, law in LAWS.items()}
    again = stream(SEED, f"golden {QUOTES}").integers(0, 3, size=len(rows))
    # The same offers, counted once more by another program a little later.
    values[QUOTES] = np.round(values[OFFERS]) + again
    return values


def _drawn(name: str, law: Law, ahead: FloatArray) -> FloatArray:
    reps = len(PLANS)
    rest = (
        np.sqrt(law.lasting) * _standard(_noise(f"{name} lasting", 1, reps), axis=1)
        + np.sqrt(law.common) * _noise(f"{name} common", MONTHS, 1)
        + np.sqrt(1 - law.lasting - law.common) * _noise(name, MONTHS, reps)
    ).ravel()
    score = law.link * ahead + np.sqrt(1 - law.link**2) * rest
    # No value so low that a quotient would lose its meaning.
    return np.maximum(law.centre + law.spread * score, law.centre / 5)


def _noise(name: str, months: int, reps: int) -> FloatArray:
    return stream(SEED, f"golden {name}").standard_normal((months, reps))


def _standard(values: FloatArray, axis: int) -> FloatArray:
    centred = values - values.mean(axis=axis, keepdims=True)
    found: FloatArray = centred / centred.std(axis=axis, keepdims=True)
    return found


def write_hungarian_list(raw: Path) -> None:
    """Write plans, invoices, customers and KPI report of the list with 39 KPIs in Hungarian."""
    rows = sold_months()
    bought, since = buyers(rows)
    write_plans(raw / "terv.csv", ("Értékesítő", *_SPAN, "Terv (Ft)"), rows)
    write_invoices(
        raw / "szamlak.csv",
        ("Számla", "Kelte", "Vevőkód", "Értékesítő", "Nettó összeg (Ft)"),
        rows,
        (who for who, _ in bought),
    )
    write_csv(raw / "ugyfelek.csv", ("Vevőkód", "Első vásárlás"), since.items())
    write_reports(
        raw / "tenyek.csv",
        ("Mutató", "Értékesítő", *_SPAN, "Cél", "Tény", "Teljesítés (%)"),
        drawn_facts(rows, listed_targets(raw / "mutatok.csv", _WORDS)),
    )


WRITERS = {
    "g1_39_kpis": golden_cases.write_39_kpis,
    "g2_12_of_26": golden_cases.write_12_of_26,
    "g3_met_plan_missed": golden_cases.write_met_plan_missed,
    "g13_split_deals": golden_cases.write_split_deals,
    "hu_39_kpis": write_hungarian_list,
}


def main(arguments: list[str]) -> int:
    """Write the numbers of every golden list under the folder that is named."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Name the folder: python -m kpikit.sample.golden_lists FOLDER\n")
        return 2
    for case, write in WRITERS.items():
        write(Path(arguments[0]) / case / "raw")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
