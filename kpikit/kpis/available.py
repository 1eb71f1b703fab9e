"""What the data allow: which KPIs can be computed, in full, in part, or not."""

from __future__ import annotations

from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Measure, columns_of
from kpikit.kpis.store import Store, coverage

#: Columns filled in less than this share of rows make the KPI partly computable.
FULL = 0.95


def missing(store: Store, found: Measure, p: Parameters) -> str:
    """What the KPI lacks, empty if nothing: ``missing: invoices.due_on, payments``."""
    lacks = []
    for name, columns in columns_of(found.needs, p).items():
        if name not in store.tables:
            lacks.append(name)
            continue
        filled = coverage(store, name)
        lacks += [f"{name}.{column}" for column in columns if not filled.get(column, 0.0) > 0]
    return "missing: " + ", ".join(lacks) if lacks else ""


def partly(store: Store, found: Measure, p: Parameters) -> str:
    """Which columns behind the KPI are filled only in part, empty if none."""
    weak = []
    for wanted in (found.needs, found.helps):
        for name, columns in columns_of(wanted, p).items():
            if name not in store.tables:
                weak.append(name)
                continue
            filled = coverage(store, name)
            weak += [
                f"{name}.{column} {filled.get(column, 0.0):.0%}"
                for column in columns
                if filled.get(column, 0.0) < FULL and not _empty_by_nature(name, column)
            ]
    return "partly filled: " + ", ".join(dict.fromkeys(weak)) if weak else ""


def _empty_by_nature(name: str, column: str) -> bool:
    """Columns that are rightly null for many rows: an open deal has no close."""
    return (name, column) in {
        ("deals", "closed_at"), ("deals", "amount_base"), ("deals", "cost_base"),
        ("activities", "duration_s"), ("activities", "deal_id"), ("activities", "is_connected"),
        ("activities", "is_completed"), ("reps", "left_on"), ("tickets", "resolved_at"),
        ("surveys", "score"), ("deliveries", "delivered_on"), ("kpis", "valid_to_on"),
        ("kpis", "redefined_on"), ("kpi_facts", "value"), ("customers", "contract_end_on"),
        ("invoices", "contract_end_on"), ("payments", "invoice_id"), ("kpis", "weight_in_pay"),
        ("kpis", "checker"), ("kpis", "check_routine"), ("kpis", "last_checked_on"),
    }  # fmt: skip
