"""
Calls and meetings of a simulated client, as the portal's telephony and activity list export them.

Calls are planted that are none, or that nobody can be credited with: balance
operations, missed calls without an employee, a robot, phones that the CRM does
not know, meetings that did not take place.
"""

from __future__ import annotations

import gzip
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from kpikit.sample.cells import ROBOT, duration, local, quoted, text
from kpikit.sample.streams import stream
from kpikit.sample.traps import Planted
from kpikit.sample.world import SimulatedClient

LINE_NUMBER = "+74950000000"

CALL_COLUMNS = (
    "Сотрудник", "Номер в Битрикс24", "Номер телефона", "Тип звонка", "Время звонка",
    "Дата вызова", "Статус", "Стоимость", "Стоимость расшифровки", "Оценка", "Запись", "Журнал",
    "CRM", "Комментарий",
)  # fmt: skip
MEETING_COLUMNS = (
    "ID", "Тип", "Название", "ID сделки", "Клиент", "Начало", "Длительность", "Ответственный",
    "Статус",
)  # fmt: skip
_UNANSWERED = ("Абонент не ответил", "Занято", "Отклонено", "Временно недоступен")


def write_calls(client: SimulatedClient, path: Path) -> Planted:
    """
    Write the call statistics: gzip, Windows-1251, durations as words, server time.

    Parameters
    ----------
    client : SimulatedClient
    path : Path

    Returns
    -------
    dict of str to list of str
        Numbers of the planted records, counted from 1 below the header.
    """
    rng = stream(client.seed, "call file")
    rows = [*_call_rows(client, rng), *_planted_calls(client, rng)]
    rows.sort(key=lambda row: (row[0], row[2]))
    planted: Planted = {}
    lines: list[Sequence[str]] = [CALL_COLUMNS]
    for number, (_, trap, cells) in enumerate(rows, 1):
        if trap:
            planted.setdefault(trap, []).append(str(number))
        lines.append(cells)
    answered = [n for n, row in enumerate(rows, 1) if not row[1]]
    count = client.config.traps.broken_call_rows
    broken = sorted(
        int(n) for n in rng.choice(answered, size=min(count, len(answered)), replace=False)
    )
    for number in broken:
        lines[number] = [*lines[number][:7], *lines[number][8:]]
    planted["broken_call_rows"] = [str(number) for number in broken]
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as file:
        file.write(quoted(lines).encode("cp1251"))
    path.write_bytes(packed.getvalue())
    return planted


def _call_rows(client: SimulatedClient, rng: np.random.Generator) -> Iterable[tuple]:
    people = _call_names(client)
    companies = client.tables["customers"].set_index("customer_id")["name"].to_dict()
    calls = client.tables["activities"]
    calls = calls[calls["kind"] == "call"]
    reasons = rng.integers(0, len(_UNANSWERED), size=len(calls))
    for call, reason in zip(calls.to_dict("records"), reasons, strict=True):
        answered = call["is_connected"]
        company = companies.get(call["customer_id"])
        yield (
            call["started_at"],
            "",
            _call(
                client,
                people[call["rep_id"]],
                call["phone"],
                "Входящий" if call["direction"] == "in" else "Исходящий",
                call["duration_s"] if answered else 0,
                call["started_at"],
                "Успешный звонок" if answered else _UNANSWERED[reason],
                f"Компания: {company}" if company else "",
            ),
        )


def _planted_calls(client: SimulatedClient, rng: np.random.Generator) -> Iterable[tuple]:
    traps = client.config.traps
    people = list(_call_names(client).values())[:5]
    known = client.tables["customers"]["phone"].tolist()
    start = pd.Timestamp(client.config.history_start).tz_localize("UTC")
    days = [start + pd.Timedelta(days=day) for day in range(8, int(client.config.as_of_day) - 1)]
    days = [day for day in days if day.day_of_week < 5]

    def moment() -> pd.Timestamp:
        return days[rng.integers(len(days))] + pd.Timedelta(seconds=int(rng.integers(25000, 50000)))

    def stranger() -> str:
        return f"+7901{int(rng.integers(0, 10_000_000)):07d}"

    for _ in range(traps.billing_rows):
        at = moment()
        yield at, "billing_rows", _call(client, "—", "", "Биллинг", 0, at, "Списание", "")
    for _ in range(traps.missed_without_rep):
        at = moment()
        phone = known[rng.integers(len(known))] if rng.random() < 0.5 else stranger()
        yield (
            at,
            "missed_without_rep",
            _call(client, "—", phone, "Входящий", 0, at, "Пропущенный звонок", ""),
        )
    for _ in range(traps.robot_calls):
        at = moment()
        yield (
            at,
            "robot_calls",
            _call(
                client,
                ROBOT,
                known[rng.integers(len(known))],
                "Информационный",
                int(rng.integers(21, 40)),
                at,
                "Успешный звонок",
                "",
            ),
        )
    for _ in range(traps.unknown_phones):
        at = moment()
        yield (
            at,
            "unknown_phones",
            _call(
                client,
                people[rng.integers(len(people))],
                stranger(),
                "Исходящий",
                int(rng.integers(25, 240)),
                at,
                "Успешный звонок",
                "",
            ),
        )


def _call(
    client: SimulatedClient,
    employee: str,
    phone: str,
    kind: str,
    seconds: float,
    at: pd.Timestamp,
    status: str,
    crm: str,
) -> tuple[str, ...]:
    """One record in the order of the columns; cost, rating and record stay empty."""
    return (
        employee,
        LINE_NUMBER,
        phone,
        kind,
        duration(int(seconds)),
        local(client, at),
        status,
        "",
        "",
        "",
        "",
        "",
        crm,
        "",
    )


def _call_names(client: SimulatedClient) -> dict[str, str]:
    """The call statistics print the first name first, and its users spell ё as е."""
    return {
        rep.rep_id: f"{rep.first_name} {rep.last_name}".replace("ё", "е")
        for rep in client.config.reps
    }


def write_meetings(client: SimulatedClient, path: Path) -> Planted:
    """
    Write the meetings of the activity list: an HTML table named ``.xls``.

    Parameters
    ----------
    client : SimulatedClient
    path : Path

    Returns
    -------
    dict of str to list of str
        Ids of the meetings that did not take place.
    """
    rng = stream(client.seed, "meeting file")
    people = client.tables["reps"].set_index("rep_id")["full_name"].to_dict()
    companies = client.tables["customers"].set_index("customer_id")["name"].to_dict()
    activities = client.tables["activities"]
    meetings = activities[activities["kind"] == "meeting"].to_dict("records")
    rows = [
        (one["started_at"], one["activity_id"], text(one["deal_id"]),
         companies.get(one["customer_id"], ""), people[one["rep_id"]], one["duration_s"],
         "Выполнено")
        for one in meetings
    ]  # fmt: skip
    planted = []
    for number in range(client.config.traps.cancelled_meetings if meetings else 0):
        one = meetings[rng.integers(len(meetings))]
        at = one["started_at"] - pd.Timedelta(days=1)
        planted.append(str(900001 + number))
        rows.append(
            (
                at,
                planted[-1],
                text(one["deal_id"]),
                companies.get(one["customer_id"], ""),
                people[one["rep_id"]],
                3600,
                "Не выполнено",
            )
        )
    rows.sort(key=lambda row: (row[0], row[1]))
    lines: list[Sequence[str]] = [MEETING_COLUMNS]
    for at, number, deal, company, rep, seconds, status in rows:
        hours, minutes = divmod(round(seconds / 60), 60)
        lines.append(
            (
                number,
                "Встреча",
                "Встреча с клиентом",
                deal,
                company,
                local(client, at),
                f"{hours:02d}:{minutes:02d}:00",
                rep,
                status,
            )
        )
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>"
        for line in lines
    )
    path.write_text(
        '<meta http-equiv="Content-type" content="text/html;charset=UTF-8" />\n'
        f'<table border="1">\n{body}\n</table>\n',
        encoding="utf-8",
        newline="\n",
    )
    return {"cancelled_meetings": planted}
