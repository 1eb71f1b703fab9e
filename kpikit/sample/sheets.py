"""
The workbooks of a simulated client: staff list with absences, and the director's plan.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.sample.world import SimulatedClient

#: A fixed date of creation, so that the same client gives the same bytes.
_WRITTEN_ON = datetime(2026, 7, 1)
_ABSENCES = {"leave": "Отпуск", "sick": "Больничный", "training": "Обучение"}
_MONTHS = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь",
    "Ноябрь", "Декабрь",
)  # fmt: skip


def write_staff(client: SimulatedClient, path: Path) -> None:
    """Write the staff list; its second sheet holds the absences."""
    people = client.tables["reps"]
    names = people.set_index("rep_id")["full_name"].to_dict()
    with open_workbook(path) as book:
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet("Сотрудники")
        sheet.write_row(
            0,
            0,
            ("Табельный номер", "ФИО", "Должность", "Дата приёма", "Дата увольнения", "Ставка"),
        )
        for row, one in enumerate(people.to_dict("records"), 1):
            sheet.write_row(row, 0, (one["rep_id"], one["full_name"], "Менеджер по продажам"))
            sheet.write_datetime(row, 3, one["hired_on"].to_pydatetime(), date)
            if not pd.isna(one["left_on"]):
                sheet.write_datetime(row, 4, one["left_on"].to_pydatetime(), date)
            sheet.write_number(row, 5, one["fte"])
        sheet = book.add_worksheet("Отсутствия")
        sheet.write_row(0, 0, ("ФИО", "Дата", "Вид", "Доля"))
        for row, one in enumerate(client.tables["absences"].to_dict("records"), 1):
            sheet.write_string(row, 0, names[one["rep_id"]])
            sheet.write_datetime(row, 1, one["date"].to_pydatetime(), date)
            sheet.write_string(row, 2, _ABSENCES[one["kind"]])
            sheet.write_number(row, 3, one["share"])


def write_plan(client: SimulatedClient, path: Path) -> None:
    """Write the plan as its author keeps it: months down, segments across, thousands, totals."""
    plan = client.tables["plans"]
    wide = plan.pivot(index="period_start_on", columns="segment", values="value") / 1000
    segments = list(wide.columns)
    with open_workbook(path) as book:
        sheet = book.add_worksheet("План")
        bold = book.add_format({"bold": True})
        number = book.add_format({"num_format": "# ##0"})
        first, last = wide.index.min(), wide.index.max()
        sheet.write_string(0, 0, f"План продаж {first.year}/{last.year}, тыс. руб.", bold)
        sheet.write_row(2, 0, ("Месяц", *segments, "Итого"), bold)
        for row, month in enumerate(wide.index, 3):
            values = wide.loc[month]
            sheet.write_string(row, 0, f"{_MONTHS[month.month - 1]} {month.year}")
            sheet.write_row(row, 1, (*values, values.sum()), number)
        row = 3 + len(wide)
        sheet.write_string(row, 0, "Итого", bold)
        sheet.write_row(row, 1, (*wide.sum(), wide.to_numpy().sum()), number)
        sheet.set_column(0, 0, 18)


def write_plan_rows(client: SimulatedClient, path: Path) -> None:
    """Write the same plan in roubles, one line per month and segment."""
    lines = ["Период;Конец периода;Сегмент;План, руб."]
    for one in client.tables["plans"].to_dict("records"):
        first, last = (
            one[name].strftime("%d.%m.%Y") for name in ("period_start_on", "period_end_on")
        )
        value = f"{one['value']:.2f}".replace(".", ",")
        lines.append(f"{first};{last};{one['segment']};{value}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def open_workbook(path: Path) -> Any:
    """A new workbook that has the same bytes whenever it is written."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": _WRITTEN_ON})
    return book
