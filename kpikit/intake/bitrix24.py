"""
Known exports of Bitrix24: their labels and their habits.

Labels are matched by stems, because a portal can rename "сделка" to "заявка" or
"заказ". The exports give names instead of ids, repeat a deal for each product, print
call durations as words, and mix balance operations with calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from kpikit.intake.filemap import FileMap
from kpikit.intake.files import TextGrid
from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.labels import label_key
from kpikit.intake.values import no_text


@dataclass(frozen=True, eq=False)
class Finished:
    """Rows after a preset's own rules, the records left out on purpose, and the issues."""

    rows: pd.DataFrame
    filtered: int = 0
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Preset:
    """
    One known export.

    Parameters
    ----------
    table : str
        Canonical table that it fills.
    labels : mapping
        Canonical or helper column -> patterns of its label (lower case, е for ё),
        the better ones first.
    constants : mapping
        Canonical column -> value for every row.
    finish : callable
        The export's own rules, applied to the typed rows.
    """

    table: str
    labels: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, object] = field(default_factory=dict)
    finish: Callable[[pd.DataFrame], Finished] = Finished


def expand_preset(file_map: FileMap, preset: Preset, header: Iterable[str]) -> FileMap:
    """
    The map with the preset's columns that this file has.

    The map's own columns and constants win over those of the preset.
    """
    keys = {label: label_key(label) for label in header}
    columns: dict[str, str] = {}
    for name, patterns in preset.labels.items():
        for pattern in patterns:
            found = [label for label, key in keys.items() if re.fullmatch(pattern, key)]
            if found:
                columns[name] = found[0]
                break
    columns = {name: label for name, label in columns.items() if name not in file_map.constants}
    return replace(
        file_map,
        columns={**columns, **file_map.columns},
        constants={**preset.constants, **file_map.constants},
    )


def label_test(file_map: FileMap, preset: Preset | None) -> Callable[[str], bool]:
    """Function that says whether a cell is a label that the map or its preset expects."""
    wanted = {label_key(label) for label in (*file_map.columns.values(), *file_map.rows)}
    patterns = [p for group in preset.labels.values() for p in group] if preset else []
    known = re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")

    def is_label(cell: str) -> bool:
        key = label_key(cell)
        return bool(key) and (key in wanted or known.fullmatch(key) is not None)

    return is_label


def phone_columns(grid: TextGrid) -> TextGrid:
    """A contact list's phones (work, mobile, ...) gathered into its first phone column."""
    phones = [label for label in grid.header if re.search(r"телефон|phone", label_key(label))]
    if len(phones) < 2:
        return grid
    joined = grid.rows[phones].apply(
        lambda row: "; ".join(cell for cell in row if isinstance(cell, str) and cell.strip()),
        axis=1,
    )
    return replace(grid, rows=grid.rows.assign(**{phones[0]: joined.astype("str")}))


_WON = r"успе|выигр|заключ|продан|\bwon\b|success"
_LOST = r"провал|проигр|неусп|не усп|не реализ|отказ|\blose\b|\blost\b|fail|apology"
_OPEN = r"в работе|нов|процесс|progress|process|open"


def group_semantic(group: object) -> str | None:
    """Outcome that a stage group or code (``Успешные``, ``S``, ``C9:WON``) stands for."""
    if not isinstance(group, str):
        return None
    text = label_key(group)
    if text in ("p", "s", "f"):
        return {"p": "open", "s": "won", "f": "lost"}[text]
    code = text.rpartition(":")[2]
    if code in ("won", "lose", "apology"):
        return "won" if code == "won" else "lost"
    for pattern, outcome in ((_LOST, "lost"), (_WON, "won"), (_OPEN, "open")):
        if re.search(pattern, text):
            return outcome
    return None


def finish_deals(rows: pd.DataFrame) -> Finished:
    """
    One row per deal, with the outcome that the export states.

    Product rows of a deal become one row with the summed amount. The outcome comes
    from the stage group; an unclosed deal without one is open. A closed one
    without one waits for its stage's meaning.
    """
    issues: list[Issue] = []
    rows = rows.copy()
    if "product" in rows and rows["deal_id"].duplicated().any():
        rows, lines = _sum_products(rows)
        issues.append(
            Issue("product_rows", "info",
                  "The export has one line per product; the lines of a deal were added up.",
                  "deals", "amount", lines, share_of(lines, lines + len(rows)))
        )  # fmt: skip
    status = no_text(rows.index)
    if "stage_group" in rows:
        status = rows["stage_group"].map(group_semantic).astype("str")
    if "is_closed" in rows:
        status = status.mask(status.isna() & rows["is_closed"].eq(False).fillna(False), "open")
    if "status" not in rows:
        rows["status"] = status
    if "deal_kind" not in rows:
        rows["deal_kind"] = _deal_kind(rows)
    return Finished(rows, 0, tuple(issues))


def _deal_kind(rows: pd.DataFrame) -> pd.Series:
    """Renewal or cross-sale by the deal's type; new unless it is marked as a repeated one."""
    names = rows.get("type_name", no_text(rows.index))
    kinds = {name: _kind_word(name) for name in names.dropna().unique()}
    kind = names.map(kinds).astype("str")
    if "is_repeat" not in rows:
        return kind
    first = rows["is_repeat"].eq(False).fillna(False).astype(bool)
    again = rows["is_repeat"].fillna(False).astype(bool)
    return kind.mask(kind.isna() & first, "new").mask(kind.isna() & again, "unknown")


def _kind_word(name: str) -> str | None:
    text = label_key(name)
    if re.search(r"продлен|пролонг|renew", text):
        return "renewal"
    return "cross_sell" if re.search(r"допродаж|кросс|cross", text) else None


def _sum_products(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    groups = rows.groupby("deal_id", sort=False, dropna=False)
    first = rows[~rows["deal_id"].duplicated() | rows["deal_id"].isna()].copy()
    sums = groups[["source_rows"]].sum()
    first["source_rows"] = (
        first["deal_id"].map(sums["source_rows"]).fillna(first["source_rows"]).astype("int64")
    )
    if "amount" in rows:
        # a deal whose products all have no price has no amount, not zero
        amounts = groups["amount"].sum(min_count=1)
        first["amount"] = first["deal_id"].map(amounts).fillna(first["amount"])
    return first.reset_index(drop=True), len(rows) - len(first)


def finish_history(rows: pd.DataFrame) -> Finished:
    """Stage meanings from their letters (P, S, F) and kinds of moves from their codes."""
    rows = rows.copy()
    if "semantic" in rows:
        rows["semantic"] = rows["semantic"].map(group_semantic).astype("str")
    if "type_code" in rows and "kind" not in rows:
        kinds = {"1": "created", "2": "move", "3": "close", "5": "pipeline_change"}
        rows["kind"] = rows["type_code"].map(kinds).astype("str")
    rows["origin"] = "history"
    return Finished(rows)


_CALL = r"исход|вход|обрат|информ|инфо|callback|in|out"


def finish_calls(rows: pd.DataFrame) -> Finished:
    """
    Calls only, with direction and whether somebody was reached.

    Balance operations (billing lines, no number and no call type) are left out
    and counted. Lost incoming calls have no employee.
    """
    kind = rows.get("type_name", no_text(rows.index))
    key = kind.fillna("").map(label_key)
    phone = rows.get("phone", no_text(rows.index))
    status = rows.get("result", no_text(rows.index))
    billing = key.str.contains("биллинг|billing") | (
        phone.isna() & ~key.str.contains(_CALL, regex=True)
    )
    calls = rows[~billing].copy()
    key, status = key[~billing], status[~billing]
    inward, outward = key.str.contains("вход|incoming"), key.str.contains("исход|обрат|outgoing")
    calls["direction"] = no_text(calls.index).mask(outward, "out").mask(inward, "in")
    calls["is_automatic"] = key.str.contains("информ|инфо")
    text = status.fillna("").map(label_key)
    reached = text.str.contains(r"^успеш|^200\b|состоял|answered|success")
    # without a status the length of the talk is the only witness
    talked = calls["duration_s"].gt(0) if "duration_s" in calls else pd.Series(False, calls.index)
    calls["is_connected"] = reached.where(status.notna(), talked).astype("boolean")
    issues = []
    if billing.any():
        count = int(billing.sum())
        issues.append(
            Issue("billing_rows", "info",
                  "Balance operations in the call list are no calls; they were left out.",
                  "activities", "", count, share_of(count, len(rows)),
                  examples(kind[billing].dropna()))
        )  # fmt: skip
    return Finished(calls, int(rows.loc[billing, "source_rows"].sum()), tuple(issues))


_KINDS = (
    ("звон|call", "call"), ("встреч|meeting", "meeting"), ("визит|visit", "visit"),
    ("письм|mail", "email"), ("чат|сообщ|chat", "chat"), ("презент|демо|demo", "demo"),
    ("задач|дело|task|todo", "task"),
)  # fmt: skip


def finish_activities(rows: pd.DataFrame) -> Finished:
    """Kind, direction and completion of the activity list ("Дела")."""
    rows = rows.copy()
    key = rows["type_name"].fillna("").map(label_key)
    kinds = {
        text: next((kind for stem, kind in _KINDS if re.search(stem, text)), "other")
        for text in key.unique()
    }
    rows["kind"] = key.map(kinds).astype("str")
    rows["direction"] = (
        key.map({text: "in" if re.search("вход|получ", text) else "out"
                 if re.search("исход|отправ", text) else None for text in key.unique()})
        .astype("str")
    )  # fmt: skip
    if "result" in rows:
        done = rows["result"].fillna("").map(label_key)
        rows["is_completed"] = done.str.match("выполнен|заверш|done|completed|да$")
    if "is_completed" in rows:
        held = rows["kind"].isin(["meeting", "visit", "demo"])
        rows["is_connected"] = rows["is_completed"].astype("boolean").where(held).astype("boolean")
    return Finished(rows)


def _finish_customers(prefix: str) -> Callable[[pd.DataFrame], Finished]:
    """Contacts and companies are numbered apart: their ids get the list's name."""

    def finish(rows: pd.DataFrame) -> Finished:
        return Finished(rows.assign(customer_id=prefix + rows["customer_id"]))

    return finish


_NOUN = r"(?: (?!компани|контакт)\w+)?"
_CUSTOMER_LABELS = {
    "customer_id": ("id",),
    "phone": (r"телефон", r".*телефон.*", "phone"),
    "segment": (r"сегмент.*", r"тип (?:компании|контакта|клиента)"),
    "region": (r"регион", r"город"),
}
PRESETS: dict[str, Preset] = {
    "bitrix24_deals": Preset(
        "deals",
        {
            "deal_id": ("id",),
            "title": (rf"название{_NOUN}",),
            "type_name": (rf"тип{_NOUN}",),
            "is_repeat": (r"повторная \w+",),
            "pipeline_name": (rf"воронка{_NOUN}", rf"направление{_NOUN}"),
            "stage_name": (rf"стадия{_NOUN}", rf"этап{_NOUN}", rf"статус{_NOUN}"),
            "stage_group": (r"группа стадий.*",),
            "amount": ("сумма", "возможная сумма"),
            "currency": ("валюта",),
            "customer_name": ("компания", "клиент", "контакт"),
            "contact_name": ("контакт",),
            "owner_name": (r"ответственн\w+",),
            "created_at": (r"дата создания",),
            "stage_changed_at": (r"дата изменения (?:стадии|статуса).*",),
            "expected_close_on": (r"предполагаемая дата закрытия", r"дата (?:завершения|закрытия)"),
            "is_closed": (r"\w+ закрыт[аоы]?",),
            "source": ("источник",),
            "product": ("товар",),
            "lost_reason": (r"причина (?:отказа|провала|проигрыша)",),
        },
        {},
        finish_deals,
    ),
    "bitrix24_stage_history": Preset(
        "stage_events",
        {
            "event_id": ("id",),
            "type_code": ("type_id",),
            "deal_id": ("owner_id", "deal_id"),
            "entered_at": ("created_time", "date_create"),
            "pipeline_id": ("category_id",),
            "stage_id": ("stage_id", "status_id"),
            "semantic": ("stage_semantic_id", "stage_semantic", "status_semantic_id"),
        },
        {},
        finish_history,
    ),
    "bitrix24_calls": Preset(
        "activities",
        {
            "rep_name": (r"сотрудник", r"менеджер"),
            "phone": (r"номер телефона", r"телефон"),
            "type_name": (r"тип звонка",),
            "duration_s": (r"время звонка", r"длительность.*"),
            "started_at": (r"дата (?:вызова|звонка)",),
            "result": (r"статус",),
        },
        {"kind": "call"},
        finish_calls,
    ),
    "bitrix24_activities": Preset(
        "activities",
        {
            "activity_id": ("id",),
            "type_name": ("тип",),
            "deal_title": (r"сделка ?/ ?лид", r"сделка", r"заявка", r"заказ"),
            "customer_name": ("клиент", "компания", "контакт"),
            "started_at": (r"(?:дата )?начал[оа]",),
            "rep_name": (r"ответственн\w+",),
            "result": ("статус",),
            "created_at": ("дата создания",),
        },
        {"kind": "other"},
        finish_activities,
    ),
    "bitrix24_contacts": Preset(
        "customers",
        {
            **_CUSTOMER_LABELS,
            "name": (r"контакт", r"полное имя", r"фио", r"название", r"имя"),
        },
        {},
        _finish_customers("contact:"),
    ),
    "bitrix24_companies": Preset(
        "customers",
        {**_CUSTOMER_LABELS, "name": (r"название компании", r"компания", r"название")},
        {},
        _finish_customers("company:"),
    ),
}
