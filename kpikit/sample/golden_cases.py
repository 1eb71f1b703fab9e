"""
Numbers of the golden cases of a KPI system: 39 KPIs, 12 of 26, met without the plan, a split deal.

Every count that a case is named after is exact. What is left open, such as which KPIs an
ordinary month missed, is drawn from a named stream.
"""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pandas as pd

from kpikit.sample.account_files import number
from kpikit.sample.cells import write_csv
from kpikit.sample.golden_files import (
    ListWords,
    RepMonth,
    Reported,
    in_parts,
    listed_targets,
    months_from,
    not_measured,
    reported,
    write_invoices,
    write_plans,
    write_reports,
)
from kpikit.sample.streams import stream

_HUNGARIAN = ListWords("Mutató", "Cél", "Irány", "Mértékegység", "kevesebb", ("db",))
_RUSSIAN = ListWords("Показатель", "Цель", "Направление", "Ед. изм.", "Меньше", ("шт.",))
_ENGLISH = ListWords("KPI", "Target", "Better when", "Unit", "lower", ("count",))


def write_39_kpis(raw: Path) -> None:
    """
    G1: the plan of 100 million reached to 60 %.

    The report of one rep-month has 12 KPIs met, 14 missed and 13 never measured, its plan
    being reached to 97 %; that of another has all 26 met and the plan reached to 60 %.
    """
    names = ("Kovács Anna", "Szabó Péter", "Tóth Eszter", "Varga Gábor", "Horváth Nóra")
    months = months_from("2025-01-01", 12)
    near, far = (names[0], months[9]), (names[1], months[10])
    # Swings that add up to nothing over the ten months with the same plan.
    swings = (0.08, -0.08, 0.05, -0.05, 0.10, -0.10, 0.03, -0.03, 0.06, -0.06)
    rows = []
    for place, rep in enumerate(names):
        for month in months:
            plan = 2_000_000.0 if month.month > 10 else 1_600_000.0
            share = 0.60
            if rep == near[0]:
                sales = round(plan * share)
                # Her good October is taken from January to August: 592,000 = 8 x 74,000.
                sales += 592_000 if month == near[1] else -74_000 if month.month <= 8 else 0
            else:
                swing = swings[(month.month - 1 + place) % 10] if month.month <= 10 else 0.0
                sales = round(plan * (share + swing))
            rows.append(RepMonth(rep, month, plan, in_parts(sales)))
    span = ("Hónap kezdete", "Hónap vége")
    write_plans(raw / "terv.csv", ("Értékesítő", *span, "Terv (Ft)"), rows)
    write_invoices(
        raw / "szamlak.csv",
        ("Számla", "Kelte", "Vevőkód", "Értékesítő", "Nettó összeg (Ft)"),
        rows,
        cycle(f"V{code}" for code in range(101, 131)),
    )
    kpis = listed_targets(raw / "mutatok.csv", _HUNGARIAN)
    facts = []
    for (rep, month), met in ((near, 12), (far, 26)):
        for place, kpi in enumerate(kpis):
            if kpi.target is None:
                facts.append(not_measured(kpi, rep, month))
            else:
                facts.append(reported(kpi, rep, month, 0.05 if place < met else -0.15))
    write_reports(
        raw / "tenyek.csv", ("Mutató", "Értékesítő", *span, "Cél", "Tény", "Teljesítés (%)"), facts
    )


def write_12_of_26(raw: Path) -> None:
    """
    G2: four reps and six months; on average 12 of 26 KPIs are met and 97 % of the plan.

    In September Orlova has exactly 12 met and 14 missed, the met ones on their target, the
    missed ones at nine tenths of it (counts at least one short), and 97 % of her plan.
    """
    plans = {
        "Орлова Марина": 1_000_000.0, "Никитин Денис": 1_200_000.0, "Зайцева Ольга": 900_000.0,
        "Баранов Илья": 1_100_000.0,
    }  # fmt: skip
    # By month, moved on by one month from rep to rep: 72 of 156 met, 97 % of the plan.
    met_of_month = (11, 13, 12, 10, 14, 12)
    plan_of_month = (1.01, 0.96, 0.99, 0.92, 0.97, 0.97)
    months = months_from("2025-04-01", 6)
    rng = stream(26, "golden 12 of 26")
    kpis = listed_targets(raw / "pokazateli.csv", _RUSSIAN)
    rows, facts = [], []
    for place, (rep, plan) in enumerate(plans.items()):
        for step, month in enumerate(months):
            turn = (step - place) % 6
            rows.append(RepMonth(rep, month, plan, in_parts(plan * plan_of_month[turn])))
            is_story = place == 0 and step == 5
            count = met_of_month[turn]
            order = list(range(26)) if is_story else [int(one) for one in rng.permutation(26)]
            met = set(order[:count])
            for kpi_place, kpi in enumerate(kpis):
                luck = 0.0 if is_story else float(rng.uniform(0, 0.2))
                over = luck if kpi_place in met else -0.10 - luck / 2
                facts.append(reported(kpi, rep, month, over))
    write_plans(raw / "plan.csv", ("Менеджер", "Начало", "Конец", "План, руб."), rows)
    write_invoices(
        raw / "nakladnye.csv",
        ("Накладная", "Дата", "Код клиента", "Менеджер", "Сумма, руб."),
        rows,
        cycle(f"К{code}" for code in range(1001, 1041)),
    )
    write_reports(
        raw / "fakty.csv",
        ("Показатель", "Менеджер", "Начало", "Конец", "Цель", "Факт", "Выполнение, %"),
        facts,
    )


def write_met_plan_missed(raw: Path) -> None:
    """
    G3: 60 rep-months; the five mandatory KPIs are met in 50, and 42 of these miss the plan.

    The other ten miss two KPIs each, and the plan too. The plan is met in 8 rep-months.
    """
    names = ("Alice Brown", "Ben Clarke", "Chloe Evans", "David Green", "Emma Hughes")
    plan_met = ((3, 8), (4, 10), (1, 5), (6,), (7,))
    months = months_from("2025-01-01", 12)
    # Swings around 80 % of the plan that add up to nothing over two rep-months.
    swings = (0.08, 0.03, 0.11, 0.05)
    rng = stream(3, "golden met without plan")
    kpis = listed_targets(raw / "kpis.csv", _ENGLISH)
    rows: list[RepMonth] = []
    facts: list[Reported] = []
    missed_so_far = 0
    for place, rep in enumerate(names):
        for step, month in enumerate(months):
            if step in plan_met[place]:
                share = 1.02
            else:
                swing = swings[(missed_so_far // 2) % len(swings)]
                share = 0.80 + (swing if missed_so_far % 2 else -swing)
                missed_so_far += 1
            rows.append(RepMonth(rep, month, 100_000.0, in_parts(100_000 * share)))
            is_weak = step in (place + 2, place + 6)
            for kpi_place, kpi in enumerate(kpis):
                luck = float(rng.uniform(0.0, 0.15))
                is_optional = kpi_place >= 5
                is_missed = (
                    rng.uniform() < 0.5
                    if is_optional
                    else is_weak and kpi_place in (place, (place + 1) % 5)
                )
                facts.append(reported(kpi, rep, month, -0.10 - luck if is_missed else luck))
    span = ("Month start", "Month end")
    write_plans(raw / "plan.csv", ("Rep", *span, "Plan, GBP"), rows)
    write_invoices(
        raw / "invoices.csv",
        ("Invoice", "Date", "Customer code", "Rep", "Net amount, GBP"),
        rows,
        cycle(f"C{code}" for code in range(201, 251)),
    )
    write_reports(
        raw / "kpi_report.csv", ("KPI", "Rep", *span, "Target", "Actual", "Attainment, %"), facts
    )


#: Parts of the split deal of G13: together just above the million from which a bonus is paid.
SPLIT_PARTS = (180_000.0, 223_000.0, 200_000.0, 190_000.0, 212_000.0)


def write_split_deals(raw: Path) -> None:
    """G13: a year of 108 ordinary deals, and one deal that was closed as five on one day."""
    names = ("Nagy Zoltán", "Kiss Réka", "Farkas Dániel")
    rng = stream(13, "golden split deals")
    customers = [f"Vevő {code:02d} Kft." for code in range(1, 46)]
    lines: list[tuple[str, ...]] = []

    def add(title: str, customer: str, rep: str, opened: pd.Timestamp, closed: pd.Timestamp,
            amount: float, outcome: str) -> None:  # fmt: skip
        lines.append(
            (f"U{1001 + len(lines)}", title, customer, rep, opened.strftime("%Y-%m-%d %H:%M"),
             closed.strftime("%Y-%m-%d %H:%M"), number(amount), outcome)
        )  # fmt: skip

    for step, month in enumerate(months_from("2025-01-01", 12)):
        for place, rep in enumerate(names):
            for turn, outcome in enumerate(("Megnyert", "Megnyert", "Elveszett")):
                # Days 3 to 24, one for each rep and deal: nobody closes two deals on one day.
                day = 3 + 8 * turn + 2 * place + int(rng.integers(0, 2))
                closed = month + pd.Timedelta(days=day - 1, hours=9 + int(rng.integers(0, 8)))
                opened = closed - pd.Timedelta(days=int(rng.integers(8, 40)), hours=1)
                amount = 1000.0 * int(rng.integers(300, 900))
                customer = customers[(9 * step + 3 * place + turn) % len(customers)]
                add("Csomagolóanyag-szállítás", customer, rep, opened, closed, amount, outcome)
    opened, closed = pd.Timestamp("2025-09-11 10:15"), pd.Timestamp("2025-09-30 16:05")
    for place, amount in enumerate(SPLIT_PARTS):
        add(
            f"Raktári fóliák, {place + 1}. rész", "Duna Malom Kft.", names[0], opened,
            closed + pd.Timedelta(minutes=7 * place), amount, "Megnyert",
        )  # fmt: skip
    write_csv(
        raw / "uzletek.csv",
        ("Azonosító", "Megnevezés", "Vevő", "Felelős", "Létrehozva", "Lezárva", "Érték (Ft)",
         "Állapot"),
        lines,
    )  # fmt: skip
