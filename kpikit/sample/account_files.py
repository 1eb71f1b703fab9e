"""
The documents of the accounts as files: what a Russian accounting program and its users send.

Registers are text in the Windows code page with a decimal comma, spaces between the
thousands and title lines; lists that people keep are workbooks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.sample import pay, service
from kpikit.sample.cells import day
from kpikit.sample.ledger import Ledger
from kpikit.sample.quotas import PROFIT_GOAL, quota_table
from kpikit.sample.sheets import open_workbook
from kpikit.sample.world import SimulatedClient

_KINDS = {"invoice": "Реализация товаров и услуг", "return": "Возврат от покупателя"}
_COSTS = {"payroll": "Оплата труда", "marketing": "Маркетинг", "other": "Прочее"}
_LEVELS = {"gross": "Валовая прибыль", "net": "Чистая прибыль"}
_TICKETS = {"complaint": "Жалоба", "service": "Вопрос"}


def money(value: float) -> str:
    """Money as an accounting program prints it: ``1 234 567,89`` with narrow gaps."""
    return "" if pd.isna(value) else f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")


def number(value: float) -> str:
    """A number with a decimal comma and no more places than it has; empty when missing."""
    return "" if pd.isna(value) else f"{value:.10g}".replace(".", ",")


def write_register(
    path: Path, titles: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write title lines, a header and rows: code page 1251, semicolons, Windows line ends."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for title in titles:
        writer.writerow([title])
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("cp1251"))


def write_sheet(book: Any, name: str, rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """Write one sheet; the first row is the header, a title stands two rows above it."""
    sheet = book.add_worksheet(name)
    date = book.add_format({"num_format": "dd.mm.yyyy"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    first = 0
    if title:
        sheet.write_string(0, 0, title)
        first = 2
    for place, row in enumerate(rows, first):
        for column, value in enumerate(row):
            if value is None or pd.isna(value):
                continue
            if isinstance(value, pd.Timestamp):
                form = date if value == value.normalize() else moment
                sheet.write_datetime(place, column, value.to_pydatetime(), form)
            elif isinstance(value, str):
                sheet.write_string(place, column, value)
            else:
                sheet.write_number(place, column, float(value))


def month_end(month: pd.Timestamp) -> pd.Timestamp:
    """Last day of the month."""
    return month + pd.offsets.MonthEnd(0)


def _names(client: SimulatedClient) -> tuple[dict[str, str], dict[str, str]]:
    customers = client.tables["customers"].set_index("customer_id")["name"].to_dict()
    return customers, client.tables["reps"].set_index("rep_id")["full_name"].to_dict()


def write_documents(client: SimulatedClient, ledger: Ledger, raw: Path) -> None:
    """Write invoices with returns, their lines, the costs of deals, and the payments."""
    customers, people = _names(client)
    first, last = ledger.invoices["issued_on"].min(), ledger.invoices["issued_on"].max()
    span = f"за период {day(first)} - {day(last)}"
    write_register(
        raw / "invoices.csv",
        ("Северный комплект", f"Реестр документов «Реализация» {span}"),
        ("Документ", "Вид документа", "Дата", "Контрагент", "Менеджер", "ID сделки",
         "Сумма, руб.", "Себестоимость, руб.", "Срок оплаты", "Пометка удаления"),
        (
            (one["invoice_id"], _KINDS[one["doc_kind"]], day(one["issued_on"]),
             customers[one["customer_id"]], people[one["rep_id"]], one["deal_id"],
             money(one["amount"]), money(one["cost_base"]), day(one["due_on"]),
             "Да" if one["is_cancelled"] else "Нет")
            for one in ledger.invoices.to_dict("records")
        ),
    )  # fmt: skip
    write_register(
        raw / "order_lines.csv",
        ("Северный комплект", f"Товары и услуги документов {span}"),
        ("Документ", "Код", "Номенклатура", "Группа", "Количество", "Сумма, руб.",
         "Себестоимость, руб."),
        (
            (one["invoice_id"], one["product_id"],
             f"{one['product_group']}, программа {int(one['product_id'][-2:])}",
             one["product_group"], one["units"], money(one["amount"]), money(one["cost_base"]))
            for one in ledger.lines.to_dict("records")
        ),
    )  # fmt: skip
    write_register(
        raw / "deal_costs.csv", (), ("ID сделки", "Себестоимость, руб."),
        ((one["deal_id"], money(one["cost_base"])) for one in ledger.deal_costs.to_dict("records")),
    )  # fmt: skip
    rows: list[Sequence[Any]] = [
        ("Номер", "Дата", "Контрагент", "Документ", "Вид операции", "Сумма, руб.")
    ]
    rows += [
        (one["payment_id"], one["paid_on"], customers[one["customer_id"]], one["invoice_id"],
         "Возврат покупателю" if one["is_refund"] else "Оплата от покупателя",
         one["amount_base"])
        for one in ledger.payments.to_dict("records")
    ]  # fmt: skip
    with open_workbook(raw / "payments.xlsx") as book:
        write_sheet(book, "Поступления", rows, "Движения по расчётному счёту")


def write_quotas(client: SimulatedClient, months: pd.DataFrame, path: Path) -> None:
    """Write last year's plan of the reps in thousands."""
    people = _names(client)[1]
    plan: list[Sequence[Any]] = [
        ("Месяц", "Конец месяца", "Менеджер", "План, тыс. руб.", "Версия", "Утверждён")
    ]
    plan += [
        (one["month"], month_end(one["month"]), people[one["rep_id"]], one["value"] / 1000,
         one["version"], one["approved_on"])
        for one in quota_table(client, months).to_dict("records")
    ]  # fmt: skip
    with open_workbook(path) as book:
        write_sheet(book, "План менеджеров", plan, "План продаж по менеджерам, тыс. руб.")


def write_finance(
    client: SimulatedClient, costs: pd.DataFrame, profits: pd.DataFrame, path: Path
) -> None:
    """Write the monthly costs of selling, the results of the company and their goal."""
    spent: list[Sequence[Any]] = [("Начало", "Конец", "Статья", "Канал", "Сумма, руб.")]
    spent += [
        (one["month"], month_end(one["month"]), _COSTS[one["kind"]], one["channel"],
         one["amount_base"])
        for one in costs.to_dict("records")
    ]  # fmt: skip
    made: list[Sequence[Any]] = [("Начало", "Конец", "Показатель", "Сумма, руб.", "Выручка, руб.")]
    made += [
        (one["month"], month_end(one["month"]), _LEVELS[one["level"]], one["amount_base"],
         one["revenue_base"])
        for one in profits.to_dict("records")
    ]  # fmt: skip
    goals: list[Sequence[Any]] = [("Начало квартала", "Конец квартала", "Чистая прибыль, руб.")]
    goals += [
        (start, start + pd.offsets.QuarterEnd(0), PROFIT_GOAL)
        for start in pay.first_quarters(client)
    ]
    with open_workbook(path) as book:
        write_sheet(book, "Затраты", spent, "Затраты на продажи")
        write_sheet(book, "Прибыль", made, "Управленческий отчёт")
        write_sheet(book, "Цель", goals)


def write_service(
    client: SimulatedClient, ledger: Ledger, survey: pd.DataFrame, path: Path
) -> None:
    """Write the survey, the tickets and the deliveries of documents."""
    customers, people = _names(client)
    asked: list[Sequence[Any]] = [("Отправлено", "Компания", "Менеджер", "Оценка")]
    asked += [
        (one["sent_on"], customers[one["customer_id"]], people[one["rep_id"]], one["score"])
        for one in survey.to_dict("records")
    ]
    tickets: list[Sequence[Any]] = [
        ("Номер", "Тип", "Компания", "Менеджер", "Продукт", "Открыто", "Решено")
    ]
    tickets += [
        (one["ticket_id"], _TICKETS[one["kind"]], customers[one["customer_id"]],
         people[one["rep_id"]], one["product_group"], one["opened_at"], one["resolved_at"])
        for one in service.ticket_table(client).to_dict("records")
    ]  # fmt: skip
    brought: list[Sequence[Any]] = [("Документ", "Компания", "Обещано", "Доставлено")]
    brought += [
        (one["invoice_id"], customers[one["customer_id"]], one["promised_on"],
         one["delivered_on"])
        for one in service.delivery_table(client, ledger).to_dict("records")
    ]  # fmt: skip
    with open_workbook(path) as book:
        write_sheet(book, "Опрос", asked, "Опрос клиентов, оценка от 1 до 10")
        write_sheet(book, "Обращения", tickets)
        write_sheet(book, "Доставка", brought, "Доставка оригиналов договоров")


def write_market(client: SimulatedClient, path: Path) -> None:
    """Write the estimate of the market."""
    write_register(
        path, ("Оценка рынка, 2026",),
        ("Сегмент", "Регион", "Компаний", "Потенциал компании в год, руб."),
        (
            (one["segment"], one["region"], one["target_firms"], money(one["potential_base"]))
            for one in service.market_table(client).to_dict("records")
        ),
    )  # fmt: skip
