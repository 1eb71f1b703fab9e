"""
Write a simulated client into a folder: raw files and what is true of them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kpikit.sample import bitrix24, sheets, telephony
from kpikit.sample.books import write_books
from kpikit.sample.staffing import plan_need
from kpikit.sample.world import SimulatedClient


def write_client(client: SimulatedClient, folder: str | Path) -> None:
    """
    Write the raw files and ``truth.json``; the same client gives the same bytes.

    Parameters
    ----------
    client : SimulatedClient
        With a plan and a working calendar.
    folder : path
        Gets ``truth.json`` and the sub-folder ``raw``.
    """
    root = Path(folder)
    raw = root / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    planted = dict(client.planted)
    planted |= bitrix24.write_deals(client, raw / "deals.csv")
    planted |= telephony.write_calls(client, raw / "calls.csv.gz")
    planted |= telephony.write_meetings(client, raw / "meetings.xls")
    bitrix24.write_stage_history(client, raw / "stage_history.csv")
    bitrix24.write_stages(client, raw / "stages.csv")
    bitrix24.write_customers(client, raw / "customers.csv")
    sheets.write_staff(client, raw / "staff.xlsx")
    sheets.write_plan(client, raw / "plan.xlsx")
    sheets.write_plan_rows(client, raw / "plan.csv")
    deals = client.tables["deals"]
    planted["expected_close_on_open"] = deals.loc[
        (deals["status"] == "open") & deals["expected_close_on"].notna(), "deal_id"
    ].tolist()
    config = client.config
    content = {
        "as_of": f"{config.as_of}+{config.utc_offset_h:02d}:00",
        "history_start": config.history_start.date().isoformat(),
        "seed": client.seed,
        "selling_share": config.selling_share,
        "handling": asdict(config.handling),
        "truth": asdict(client.truth),
        "plan": asdict(plan_need(config, client.tables, client.truth)),
        "planted": planted,
        **write_books(client, raw),
    }
    text = json.dumps(_rounded(content), ensure_ascii=False, indent=1)
    (root / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _rounded(value: Any) -> Any:
    """Numbers to ten digits: the last bits differ between processors."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value
