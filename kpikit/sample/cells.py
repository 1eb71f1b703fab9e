"""
How values look in the exports of a Russian portal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from kpikit.sample.world import SimulatedClient

#: The user behind automatic records.
ROBOT = "Робот Битрикс24"


def quoted(lines: Iterable[Sequence[str]]) -> str:
    """Records with every field quoted and a semicolon at the line end."""
    return "".join(
        ";".join('"' + cell.replace('"', '""') + '"' for cell in line) + ";\n" for line in lines
    )


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a plain semicolon file in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def shifted(client: SimulatedClient, moment: pd.Timestamp) -> pd.Timestamp:
    """UTC instant as local time without offset."""
    return moment.tz_localize(None) + pd.Timedelta(hours=client.config.utc_offset_h)


def local(client: SimulatedClient, moment: pd.Timestamp | None) -> str:
    """Local time as ``dd.mm.yyyy HH:MM:SS``; empty when missing."""
    if moment is None or pd.isna(moment):
        return ""
    return shifted(client, moment).strftime("%d.%m.%Y %H:%M:%S")


def day(day: pd.Timestamp) -> str:
    """Date as ``dd.mm.yyyy``; empty when missing."""
    return "" if pd.isna(day) else day.strftime("%d.%m.%Y")


def text(value: object) -> str:
    """Text; empty when missing."""
    return value if isinstance(value, str) else ""


def amount(value: float) -> str:
    """Money with a decimal point and two places; empty when missing."""
    return "" if pd.isna(value) else f"{value:.2f}"


def duration(seconds: int) -> str:
    """Seconds as words: ``1 мин 5 сек``."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} мин {rest} сек" if minutes else f"{rest} сек"


def phone(number: str) -> str:
    """Phone with brackets and hyphens, as a person types it."""
    return f"{number[:2]} ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}"
