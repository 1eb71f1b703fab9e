"""
The client's KPI system as files: the list with the pay rules, the facts, the payroll.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.sample import pay
from kpikit.sample.account_files import money, month_end, number, write_register, write_sheet
from kpikit.sample.cells import day
from kpikit.sample.kpi_system import HYGIENE, IN_PAY, KPIS
from kpikit.sample.sheets import open_workbook
from kpikit.sample.world import SimulatedClient

ROLE = "Менеджер по продажам"
FINE = "Штраф 1000 руб. за пустую карточку"
_WORDS = {
    "higher": "Больше", "lower": "Меньше", "mandatory": "Обязательный",
    "optional": "Дополнительный", "daily": "День", "weekly": "Неделя", "monthly": "Месяц",
    "quarterly": "Квартал", "goal": "Цель", "way": "Способ", "rep": "Менеджер",
    "finance": "Бухгалтерия", "marketing": "Маркетинг", "money": "Деньги", "customers": "Клиенты",
    "intensity": "Интенсивность",
}  # fmt: skip
_LABELS = (
    "Показатель", "Язык", "Перевод", "Определение", "Формула", "Выражение", "Ед. изм.",
    "Направление", "Должность", "Обязательность", "Период", "Цель/способ", "Группа",
    "Кто влияет", "Источник", "Кто проверяет", "Как проверяет", "Последняя проверка",
    "Ради чего", "Цель", "В оплате", "Вес, %", "Минут на сбор", "Минут на объяснение",
    "Действует с",
)  # fmt: skip


def write_kpi_system(path: Path) -> None:
    """Write the list of KPIs as its author left it, and the rules of pay."""
    listed: list[Sequence[Any]] = [_LABELS]
    listed += [
        (kpi.name, kpi.lang, kpi.local_name, kpi.definition, kpi.formula, kpi.expression,
         kpi.unit, _WORDS.get(kpi.direction, ""), ROLE, _WORDS[kpi.obligation],
         _WORDS[kpi.cadence], _WORDS.get(kpi.purpose, ""), _WORDS.get(kpi.group, ""),
         _WORDS.get(kpi.controller, ""), kpi.source, kpi.checker, kpi.routine,
         pd.Timestamp(kpi.checked_on) if kpi.checked_on else None, kpi.parent, kpi.target,
         "Да" if kpi.weight else "Нет", 100 * kpi.weight if kpi.weight else None,
         kpi.collect_min, kpi.explain_min, pd.Timestamp(kpi.valid_from))
        for kpi in KPIS
    ]  # fmt: skip
    rules: list[Sequence[Any]] = [
        ("Должность", "Показатель", "Вес, %", "Шкала (выполнение:выплата)", "Оклад, руб.",
         "Премия при 100 %, руб.", "Удержание", "Действует с")
    ]  # fmt: skip
    rules += [
        (ROLE, name, 100 * weight, pay.curve_text(), pay.BASE_PAY, pay.TARGET_BONUS,
         FINE if name == HYGIENE else "", pd.Timestamp("2025-07-01"))
        for name, weight in IN_PAY.items()
    ]  # fmt: skip
    with open_workbook(path) as book:
        write_sheet(book, "Показатели", listed, "Система KPI отдела продаж")
        write_sheet(book, "Мотивация", rules, "Положение о премировании")


def write_facts(client: SimulatedClient, facts: pd.DataFrame, path: Path) -> None:
    """Write plan, fact and percent of each KPI, rep and month."""
    people = client.tables["reps"].set_index("rep_id")["full_name"].to_dict()
    write_register(
        path, ("Отчёт «Показатели менеджеров»",),
        ("Показатель", "Менеджер", "Начало", "Конец", "План", "Факт", "Выполнение, %"),
        (
            (one["name"], people[one["rep_id"]], day(one["month"]), day(month_end(one["month"])),
             number(one["target"]), number(one["value"]),
             number(round(100 * one["attainment"], 1)))
            for one in facts.to_dict("records")
        ),
    )  # fmt: skip


def write_payroll(client: SimulatedClient, payroll: pd.DataFrame, path: Path) -> None:
    """Write what each rep was paid each month."""
    people = client.tables["reps"].set_index("rep_id")["full_name"].to_dict()
    write_register(
        path, ("Расчётная ведомость, отдел продаж",),
        ("Сотрудник", "Начало", "Конец", "Оклад, руб.", "Премия, руб."),
        (
            (people[one["rep_id"]], day(one["month"]), day(month_end(one["month"])),
             money(one["base_paid"]), money(one["bonus_paid"]))
            for one in payroll.to_dict("records")
        ),
    )  # fmt: skip
