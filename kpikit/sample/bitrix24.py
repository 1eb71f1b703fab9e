"""
Deals, stage history and companies of a simulated client, as a Russian Bitrix24 portal exports them.

Traps that live in the file and not in the tables are planted here: deals
repeated for every product, and records with a field left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from kpikit.sample.cells import ROBOT, amount, day, local, phone, quoted, shifted, text, write_csv
from kpikit.sample.streams import stream
from kpikit.sample.traps import Planted, choose
from kpikit.sample.world import SimulatedClient

DEAL_COLUMNS = (
    "ID", "Название сделки", "Тип", "Воронка", "Стадия сделки", "Группа стадий", "Сумма", "Валюта",
    "Компания", "Сегмент", "Ответственный", "Кем создана", "Кто изменил стадию", "Дата создания",
    "Дата изменения стадии", "Предполагаемая дата закрытия", "Сделка закрыта", "Повторная сделка",
    "Источник", "Причина отказа", "Товар", "Цена", "Количество",
)  # fmt: skip
HISTORY_COLUMNS = (
    "ID", "TYPE_ID", "OWNER_ID", "CREATED_TIME", "CATEGORY_ID", "STAGE_ID", "STAGE_SEMANTIC_ID",
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "ID", "Название компании", "Сегмент", "Регион", "Телефон", "Дата первой сделки",
    "Дата окончания договора", "Ответственный",
)  # fmt: skip

_KINDS = {"new": "Продажа", "renewal": "Продление", "cross_sell": "Допродажа"}
_PIPELINES = {"0": "Продажи", "1": "Продления"}
_GROUPS = {"open": "В работе", "won": "Успех", "lost": "Провал"}
_SEMANTICS = {"open": "P", "won": "S", "lost": "F"}
_MOVES = {"created": "1", "move": "2", "close": "3"}


def write_deals(client: SimulatedClient, path: Path) -> Planted:
    """
    Write the deal list export: UTF-8 with BOM, all quoted, a semicolon at the line end.

    Parameters
    ----------
    client : SimulatedClient
    path : Path

    Returns
    -------
    dict of str to list of str
        Deal ids with product rows and with a missing field.
    """
    rng = stream(client.seed, "deal file")
    traps, deals = client.config.traps, client.tables["deals"]
    planted = {one for ids in client.planted.values() for one in ids}
    plain = ~deals["deal_id"].isin(planted) & deals["deal_kind"].eq("new")
    several = choose(deals[plain & (deals["amount"] > 3000)], traps.product_rows, rng)
    plain &= ~deals["deal_id"].isin(several) & deals["status"].eq("open")
    broken = choose(deals[plain], traps.broken_deal_rows, rng)
    lines: list[Sequence[str]] = [DEAL_COLUMNS]
    for record in _deal_records(client):
        if record["ID"] in several:
            lines += [tuple(row[name] for name in DEAL_COLUMNS) for row in _products(record, rng)]
        elif record["ID"] in broken:
            # an unset value that the export leaves out instead of writing it empty
            lines.append(tuple(record[n] for n in DEAL_COLUMNS if n != "Причина отказа"))
        else:
            lines.append(tuple(record[name] for name in DEAL_COLUMNS))
    path.write_bytes(b"\xef\xbb\xbf" + quoted(lines).encode("utf-8"))
    return {"product_rows": several, "broken_deal_rows": broken}


def _deal_records(client: SimulatedClient) -> Iterable[dict[str, str]]:
    tables = client.tables
    stages = tables["stages"].set_index(["pipeline_id", "stage_id"])
    people = tables["reps"].set_index("rep_id")["full_name"].to_dict()
    companies = tables["customers"].set_index("customer_id")["name"].to_dict()
    last = tables["stage_events"].groupby("deal_id")["entered_at"].max()
    movers = tables["stage_events"].dropna(subset="actor_id").set_index("deal_id")["actor_id"]
    first_stages = {client.config.stages[0].stage_id, "C1:NEW"}
    undated = set(client.planted.get("undated", ()))
    for deal in tables["deals"].to_dict("records"):
        stage = stages.loc[(deal["pipeline_id"], deal["stage_id"])]
        owner = people[deal["owner_id"]]
        moved = last.get(deal["deal_id"])
        if moved is None and deal["stage_id"] in first_stages:
            moved = deal["created_at"]
        if deal["deal_id"] in undated:
            moved = None
        yield {
            "ID": deal["deal_id"],
            "Название сделки": deal["title"],
            "Тип": _KINDS[deal["deal_kind"]],
            "Воронка": _PIPELINES[deal["pipeline_id"]],
            "Стадия сделки": stage["stage_name"],
            "Группа стадий": _GROUPS[deal["status"]],
            "Сумма": amount(deal["amount"]),
            "Валюта": "Рубль" if deal["currency"] == "RUB" else deal["currency"],
            "Компания": companies.get(deal["customer_id"], ""),
            "Сегмент": text(deal["segment"]),
            "Ответственный": owner,
            "Кем создана": ROBOT if deal["source"] == "Сайт" else owner,
            "Кто изменил стадию": people.get(movers.get(deal["deal_id"]), owner),
            "Дата создания": local(client, deal["created_at"]),
            "Дата изменения стадии": local(client, moved),
            "Предполагаемая дата закрытия": day(deal["expected_close_on"]),
            "Сделка закрыта": "нет" if deal["status"] == "open" else "да",
            "Повторная сделка": "нет" if deal["deal_kind"] == "new" else "да",
            "Источник": text(deal["source"]),
            "Причина отказа": text(deal["lost_reason"]),
            "Товар": "", "Цена": "", "Количество": "",
        }  # fmt: skip


def _products(record: dict[str, str], rng: np.random.Generator) -> list[dict[str, str]]:
    """One line per product; the amount of the line is price times quantity."""
    total = round(float(record["Сумма"]))
    count = int(rng.integers(2, 4))
    cuts = np.sort(rng.choice(np.arange(1, total // 100), size=count - 1, replace=False)) * 100
    parts = np.diff([0, *cuts, total])
    return [
        {
            **record,
            "Сумма": amount(part),
            "Товар": f"{record['Название сделки']} {place + 1}",
            "Цена": amount(part),
            "Количество": "1",
        }
        for place, part in enumerate(parts)
    ]


def write_stage_history(client: SimulatedClient, path: Path) -> None:
    """Write the stage history as a flat file with the field names of the interface."""
    semantic = client.tables["stages"].set_index("stage_id")["semantic"].map(_SEMANTICS)
    rows = [
        (event["event_id"], _MOVES[event["kind"]], event["deal_id"],
         shifted(client, event["entered_at"]).isoformat(timespec="seconds")
         + f"+{client.config.utc_offset_h:02d}:00",
         event["pipeline_id"], event["stage_id"], semantic[event["stage_id"]])
        for event in client.tables["stage_events"].to_dict("records")
    ]  # fmt: skip
    write_csv(path, HISTORY_COLUMNS, rows)


def write_stages(client: SimulatedClient, path: Path) -> None:
    """Write the list of stages with their order and meaning."""
    rows = [
        (stage["pipeline_id"], stage["stage_id"], stage["stage_name"], stage["stage_order"],
         _SEMANTICS[stage["semantic"]])
        for stage in client.tables["stages"].to_dict("records")
    ]  # fmt: skip
    write_csv(path, ("CATEGORY_ID", "STAGE_ID", "NAME", "SORT", "SEMANTICS"), rows)


def write_customers(client: SimulatedClient, path: Path) -> None:
    """Write the company list."""
    tables = client.tables
    people = tables["reps"].set_index("rep_id")["full_name"].to_dict()
    owners = tables["deals"].dropna(subset="customer_id").groupby("customer_id")["owner_id"].last()
    callers = tables["activities"].groupby("customer_id")["rep_id"].last()  # who looks after it
    lines: list[Sequence[str]] = [CUSTOMER_COLUMNS]
    for one in tables["customers"].to_dict("records"):
        owner = callers.get(one["customer_id"], owners.get(one["customer_id"]))
        lines.append(
            (
                one["customer_id"],
                one["name"],
                one["segment"],
                one["region"],
                phone(one["phone"]),
                day(one["first_order_on"]),
                day(one["contract_end_on"]),
                people.get(owner, ""),
            )
        )
    path.write_bytes(b"\xef\xbb\xbf" + quoted(lines).encode("utf-8"))
