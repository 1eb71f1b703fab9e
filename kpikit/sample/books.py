"""
Books, last year's plan and KPI system of the sample client: all their files, and their truth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.sample import account_files, kpi_facts, kpi_files, ledger, pay, quotas, service
from kpikit.sample import kpi_system as names
from kpikit.sample.world import SimulatedClient


def write_books(client: SimulatedClient, raw: Path) -> dict[str, Any]:
    """
    Write the files into ``raw``.

    Parameters
    ----------
    client : SimulatedClient
    raw : Path
        Folder that exists.

    Returns
    -------
    dict
        What is true of the files, for ``truth.json``.
    """
    documents = ledger.simulate_ledger(client)
    months = quotas.rep_months(client)
    survey = service.survey_table(client)
    facts = kpi_facts.fact_table(client, documents, survey)
    payroll = pay.payroll_table(facts)
    costs = pay.cost_table(client, payroll)
    profits = pay.profit_table(client, documents, costs)
    account_files.write_documents(client, documents, raw)
    account_files.write_quotas(client, months, raw / "plan_reps.xlsx")
    account_files.write_finance(client, costs, profits, raw / "finance.xlsx")
    account_files.write_service(client, documents, survey, raw / "service.xlsx")
    account_files.write_market(client, raw / "market.csv")
    kpi_files.write_kpi_system(raw / "kpi.xlsx")
    kpi_files.write_facts(client, facts, raw / "kpi_facts.csv")
    kpi_files.write_payroll(client, payroll, raw / "payroll.csv")
    return {
        "accounts": _account_truth(documents),
        "rep_plan": _plan_truth(client, months),
        "kpi_system": _kpi_truth(months, facts),
        "pay": {
            "base_pay": pay.BASE_PAY,
            "target_bonus": pay.TARGET_BONUS,
            "curve": pay.curve_text(),
            "weights": names.IN_PAY,
            "bonus_paid": float(payroll["bonus_paid"].sum()),
        },
    }


def _account_truth(documents: ledger.Ledger) -> dict[str, Any]:
    bills = documents.invoices
    return {
        "margin_by_group": ledger.MARGINS,
        "paying": ledger.PAYING,
        "ways": documents.ways.value_counts().sort_index().to_dict(),
        "invoices": int(bills["doc_kind"].eq("invoice").sum()),
        "lines": len(documents.lines),
        "payments": len(documents.payments),
        "returns": bills.loc[bills["doc_kind"].eq("return"), "invoice_id"].tolist(),
        "cancelled": bills.loc[bills["is_cancelled"], "invoice_id"].tolist(),
    }


def _plan_truth(client: SimulatedClient, months: pd.DataFrame) -> dict[str, Any]:
    by_rep = months.groupby("rep_id")[["sales", "plan"]].sum()
    rep, place, _ = quotas.LOWERED
    return {
        "team_attainment": float(months["sales"].sum() / months["plan"].sum()),
        "attainment_by_rep": (by_rep["sales"] / by_rep["plan"]).to_dict(),
        "over_planned": quotas.OVER_PLANNED,
        "lowered_afterwards": {
            "rep_id": rep, "month": quotas.past_months(client)[place].strftime("%Y-%m"),
        },
    }  # fmt: skip


def _kpi_truth(months: pd.DataFrame, facts: pd.DataFrame) -> dict[str, Any]:
    keys = ["rep_id", "month"]
    mandatory = facts[facts["name"].isin(names.MANDATORY)]
    met = mandatory["attainment"].ge(1).groupby([mandatory[key] for key in keys]).all()
    missed = months.set_index(keys)["attainment"].lt(1)
    return {
        "ids": {kpi.name: f"KPI-{place:02d}" for place, kpi in enumerate(names.KPIS, 1)},
        "linked_to_plan": kpi_facts.LINKED,
        "same_thing": [names.PROPOSALS, names.QUOTES],
        "uncontrollable": names.INBOUND,
        "stands_at_target": {"kpi": names.SLA, "rep_id": kpi_facts.GAMER},
        "mandatory": list(names.MANDATORY),
        "met_but_plan_missed": int((met & missed.reindex(met.index)).sum()),
        "rep_months": len(months),
        "never_measured": [
            kpi.name for kpi in names.KPIS
            if not facts.loc[facts["name"].eq(kpi.name), "value"].notna().any()
        ],
    }  # fmt: skip
