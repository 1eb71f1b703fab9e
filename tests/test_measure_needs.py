"""A KPI is refused where a table is missing that it reads: what it needs is all that it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import ibis.expr.operations as ops
import pandas as pd
import pytest

from kpikit.intake.columns import complete
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.measuring import measure
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import columns_of
from kpikit.kpis.store import open_store, write_tables

BASES = ("contract", "order", "invoice", "shipment")


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("kpi", sorted(MEASURES))
def test_a_kpi_reads_only_what_it_needs(kpi, basis):
    """A store that holds just the tables named in ``needs`` can answer."""
    found = MEASURES[kpi]
    period = "month" if found.needs_period else None
    p = Parameters(
        as_of=datetime(2026, 1, 1),
        revenue_basis=basis,
        period=period,
        maturity_days=0.0,
        workday_s=28_800.0,
    )
    needed = frozenset(columns_of(found.needs, p))

    for part, reduction in found.build(replace(p, tables=needed)).items():
        read = {table.name for table in reduction.rows.op().find(ops.UnboundTable)}
        assert read <= needed, f"{kpi} {part}: {read - needed} is read and not asked for"


def test_value_of_deals_needs_deals_whatever_the_basis_of_sales():
    """Orders and a plan, no deals: K44 is refused in words, K04 is 80 of 100 by hand."""
    day = pd.Timestamp("2025-11-10")
    orders = pd.DataFrame(
        {"invoice_id": ["1"], "customer_id": ["c"], "rep_id": ["r"], "issued_on": [day],
         "doc_kind": ["order"], "amount_base": [80.0]}
    )  # fmt: skip
    plans = pd.DataFrame(
        {"scope": ["rep"], "scope_id": ["r"], "metric": ["revenue"], "value": [100.0],
         "period_start_on": [pd.Timestamp("2025-11-01")],
         "period_end_on": [pd.Timestamp("2025-11-30")]}
    )  # fmt: skip
    store = write_tables(
        open_store(Parameters(as_of=datetime(2026, 1, 1), revenue_basis="order")),
        {"invoices": complete(orders, "invoices"), "plans": complete(plans, "plans")},
        "UTC",
    )

    assert measure(store, "K04")["value"].item() == pytest.approx(0.8)
    refused = measure(store, "K44").iloc[0]
    assert (refused["status"], refused["reason"]) == ("not_computable", "missing: deals")
