"""
What the client's columns mean: the description of one raw file and its application.

A :class:`FileMap` names, for one file, the canonical table, the label behind each
canonical column, constants, value translations, a row filter, and how the
file joins others. :func:`map_problems` checks it against a file and collects
everything that is wrong; :func:`apply_map` turns the text grid into typed rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpikit.intake.files import TextGrid
from kpikit.intake.labels import find_label, nearest
from kpikit.vocabulary import REQUIRED_COLUMNS, TABLES

#: Columns that a map may fill besides the canonical ones; resolved to ids later.
HELPER_COLUMNS: dict[str, dict[str, str]] = {
    "reps": {"rep_extension": "text", "first_name": "text", "last_name": "text"},
    "deals": {
        "owner_name": "text", "rep_extension": "text", "customer_name": "text",
        "contact_name": "text", "pipeline_name": "text", "stage_name": "text",
        "stage_changed_at": "instant", "stage_group": "text", "is_closed": "bool",
        "product": "text", "type_name": "text", "is_repeat": "bool",
    },
    "stage_events": {
        "pipeline_name": "text", "stage_name": "text", "semantic": "text",
        "actor_name": "text", "type_code": "text",
    },
    "activities": {
        "rep_name": "text", "rep_extension": "text", "customer_name": "text",
        "deal_title": "text", "type_name": "text",
    },
    "invoices": {"customer_name": "text", "rep_name": "text"},
    "order_lines": {"customer_name": "text", "rep_name": "text", "unit_price": "float"},
    "payments": {"customer_name": "text"},
    "plans": {"rep_name": "text"},
    "absences": {"rep_name": "text"},
    "stages": {"pipeline_name": "text"},
    "costs": {"rep_name": "text"},
    "surveys": {"customer_name": "text", "rep_name": "text"},
    "tickets": {"customer_name": "text", "rep_name": "text"},
    "deliveries": {"customer_name": "text"},
    "kpis": {"parent_kpi_name": "text"},
    "kpi_facts": {"kpi_name": "text", "rep_name": "text"},
    "pay_rules": {"kpi_name": "text", "gate_kpi_name": "text"},
    "payroll": {"rep_name": "text"},
}  # fmt: skip

#: Keys that are numbered by file and row where the file has none.
SYNTHETIC_KEYS = {
    "deals": "deal_id", "stage_events": "event_id", "activities": "activity_id",
    "payments": "payment_id", "plans": "plan_id", "order_lines": "line_id", "costs": "cost_id",
    "profits": "profit_id", "surveys": "survey_id", "tickets": "ticket_id",
    "deliveries": "delivery_id", "markets": "market_id", "kpi_facts": "fact_id",
    "pay_rules": "rule_id", "payroll": "payment_key",
}  # fmt: skip
#: Names that may stand in for a required id.
STAND_INS = {
    "customer_id": "customer_name", "rep_id": "rep_name", "stage_id": "stage_name",
    "status": "stage_name", "full_name": "last_name", "kpi_id": "kpi_name",
    "amount": "unit_price",
}  # fmt: skip

#: Money by table: a unit such as thousands in the title or the label multiplies it.
MONEY_COLUMNS: dict[str, tuple[str, ...]] = {
    "deals": ("amount", "amount_base", "cost_base"),
    "invoices": ("amount", "amount_base", "cost_base"),
    "order_lines": ("unit_price", "amount", "amount_base", "cost_base"),
    "payments": ("amount_base",), "plans": ("value",), "costs": ("amount_base",),
    "profits": ("amount_base", "revenue_base"), "markets": ("potential_base",),
    "pay_rules": ("base_pay", "target_bonus"), "payroll": ("base_paid", "bonus_paid"),
}  # fmt: skip
#: Shares that people write as percent, and the largest number that still is a share [share].
SHARE_COLUMNS: dict[str, dict[str, float]] = {
    "absences": {"share": 1.0},
    "kpis": {"weight_in_pay": 1.0},
    "kpi_facts": {"attainment": 5.0},
    "pay_rules": {"weight": 1.0, "commission_rate": 1.0},
}
_DATE_ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class Pair:
    """
    Two event rows that are the start and the end of one work item.

    Parameters
    ----------
    label : str
        Source label of the column that says which of the two a row is.
    start, end : str
        Its values, for example ``START`` and ``COMPLETE``.
    within : tuple of str
        Source labels that both rows share (case, work item). A start belongs to the end
        that follows it directly among these rows.
    """

    label: str
    start: str
    end: str
    within: tuple[str, ...]


@dataclass(frozen=True)
class FileMap:
    """
    Description of one raw file.

    Parameters
    ----------
    path : str
        Relative to the engagement's folder.
    table : str
        Canonical table that it fills; empty takes the preset's.
    preset : str or None
        Name of a known export (:data:`kpikit.intake.bitrix24.PRESETS`) that brings
        its own columns; ``columns`` then overrides single ones.
    columns : mapping
        Canonical (or helper) column -> label in the file.
    constants : mapping
        Canonical column -> the same value for every row.
    values : mapping
        Canonical column -> {value in the file: canonical value, None for missing}. A value
        with ``*`` stands for every text in its place (``C*``: begins with C); a value that is
        named in full comes first, then the patterns in their order.
    rows : mapping
        Label in the file -> values to keep; other rows are counted as filtered.
    join : str or None
        Canonical key: the file adds columns to the table's rows read before.
    pair : Pair or None
        Start and end rows make one row with ``started_at`` and ``duration_s``.
    tz : str or None
        Zone of times without offset; None takes the engagement's.
    encoding, delimiter, decimal, date_order, sheet : str or None
        Declared form of the file; None finds or proves it.
    """

    path: str
    table: str = ""
    preset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    join: str | None = None
    pair: Pair | None = None
    tz: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    sheet: str | None = None


def column_kinds(table: str) -> dict[str, str]:
    """Kind of every column that a map of this table may fill."""
    return {**TABLES[table], **HELPER_COLUMNS.get(table, {})}


def declaration_problems(file_map: FileMap, presets: Mapping[str, object]) -> list[str]:
    """Everything wrong with a map that shows without opening its file, one sentence each."""
    problems: list[str] = []
    where = file_map.path
    if file_map.preset is not None and file_map.preset not in presets:
        problems.append(
            f"{where}: preset {file_map.preset!r} is not known{nearest(file_map.preset, presets)}"
        )
    if file_map.table not in TABLES:
        problems.append(
            f"{where}: table {file_map.table!r} is not known{nearest(file_map.table, TABLES)}; "
            f"the tables are {', '.join(TABLES)}"
        )
        return problems
    kinds = column_kinds(file_map.table)
    for part in ("columns", "constants", "values"):
        problems += [
            f"{where}: {part}: table {file_map.table!r} has no column {name!r}"
            f"{nearest(name, kinds)}"
            for name in getattr(file_map, part)
            if name not in kinds
        ]
    if file_map.join is not None and file_map.join not in file_map.columns:
        problems.append(f"{where}: join key {file_map.join!r} must be one of its columns")
    if file_map.decimal not in (None, ".", ","):
        problems.append(f"{where}: decimal must be '.' or ',', not {file_map.decimal!r}")
    if file_map.date_order not in (None, *_DATE_ORDERS):
        problems.append(
            f"{where}: date_order must be one of {', '.join(_DATE_ORDERS)}, "
            f"not {file_map.date_order!r}"
        )
    if file_map.tz is not None:
        problems += zone_problems(file_map.tz, where)
    if file_map.pair is not None and "started_at" not in file_map.columns:
        problems.append(f"{where}: pair needs the column started_at (the time of the events)")
    return problems


def zone_problems(tz: str, where: str) -> list[str]:
    """A sentence if a time zone does not exist."""
    try:
        ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [f"{where}: time zone {tz!r} is not known; write for example Europe/Moscow"]
    return []


def map_problems(file_map: FileMap, grid: TextGrid) -> list[str]:
    """Labels that the map names and the file does not have, and required columns left out."""
    used = [(f"columns: {name}", label) for name, label in file_map.columns.items()]
    used += [("rows", label) for label in file_map.rows]
    if file_map.pair is not None:
        used += [("pair", label) for label in (file_map.pair.label, *file_map.pair.within)]
    problems = [
        f"{file_map.path}: {part}: the file has no column {label!r}{nearest(label, grid.header)}"
        for part, label in used
        if find_label(label, grid.header) is None
    ]
    filled = {*file_map.columns, *file_map.constants}
    if "unit_price" in filled and "units" not in filled:
        problems.append(
            f"{file_map.path}: unit_price alone is no amount; name the column of units too"
        )
    if file_map.join is not None:
        return problems
    for name in REQUIRED_COLUMNS[file_map.table]:
        stand_in = STAND_INS.get(name)
        if name in filled or stand_in in filled or SYNTHETIC_KEYS.get(file_map.table) == name:
            continue
        if file_map.table == "deals" and name == "status":
            continue  # may follow from the stage history
        problems.append(
            f"{file_map.path}: table {file_map.table!r} needs {name!r}; "
            "name its column or give it as a constant"
        )
    return problems
