"""What customers owe: by days past the due date, and at the end of each month."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kpikit.kpis.engine import (
    _,
    cases,
    days,
    instant,
    joined,
    number,
    period_start,
    stacked,
    text,
)
from kpikit.kpis.held import empty, lacking
from kpikit.kpis.measures.books import _bills, _receipts
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store, run

#: Ages of receivables and their last day overdue; what is older is ``over_90``.
AGES = (("1_30", 30), ("31_60", 60), ("61_90", 90))
#: Shown even where nothing lies in them.
BUCKETS = ("not_due", "1_30", "31_60", "61_90", "over_90")
#: Money of the customers that lowers no invoice; shown where there is some.
UNASSIGNED = "unassigned"

RECEIVABLE_NEEDS = {
    "invoices": ("issued_on", "amount_base"),
    "payments": ("paid_on", "amount_base"),
}


def receivables_ageing(store: Store, p: Parameters) -> pd.DataFrame:
    """
    What customers owe at the as-of instant, by days past the due date.

    An invoice is worth its amount less the payments on it. The rows add up to the balance
    of K16 and the overdue ones to its overdue part.

    Returns
    -------
    DataFrame
        ``bucket``: ``not_due`` (an invoice without a due date is never late, as in K16),
        ``1_30``, ``31_60``, ``61_90``, ``over_90``; where there is some, ``unassigned``:
        payments on no known invoice and returns not paid back, below 0. ``amount`` [money],
        ``invoices`` not settled and ``customers`` who have them.
    """
    columns = ("bucket", "amount", "invoices", "customers")
    needs = {"invoices": (*RECEIVABLE_NEEDS["invoices"], "due_on"),
             "payments": (*RECEIVABLE_NEEDS["payments"], "invoice_id")}  # fmt: skip
    if lacking(store, needs):
        return empty(columns)
    bills = _bills(p).filter(_.at <= instant(p.as_of), _.amount_base.notnull())
    paid = _receipts().filter(_.at <= instant(p.as_of))
    on_bills = paid.group_by("invoice_id").agg(paid=_.amount_base.sum())
    left = joined(bills, on_bills, "invoice_id").mutate(
        left=_.amount_base - _.paid.fill_null(0.0), today=period_start(instant(p.as_of), "day")
    )  # fmt: skip
    left = (
        left.mutate(overdue=days(_.due_on, _.today))
        .mutate(
            bucket=cases(
                (_.amount_base <= 0, text(UNASSIGNED)),
                (_.due_on.isnull(), text("no_due_date")),
                (_.overdue < 1, text("not_due")),
                *[(_.overdue <= last, text(name)) for name, last in AGES],
                else_=text("over_90"),
            )
        )
        .select("bucket", "invoice_id", "customer_id", "left")
    )
    known = bills.select("invoice_id", is_known=number(1)).distinct()
    free = joined(paid, known, "invoice_id").filter(_.is_known.isnull())
    free = free.select(
        "customer_id", bucket=text(UNASSIGNED), invoice_id=text(None), left=-_.amount_base
    ).select("bucket", "invoice_id", "customer_id", "left")
    # half a cent: sums of payments differ from the invoice by rounding
    is_open = _.left.abs() >= 0.005
    found = run(
        store,
        stacked(left, free).group_by("bucket").agg(
            amount=_.left.sum(),
            invoices=_.invoice_id.nunique(where=is_open),
            customers=_.customer_id.nunique(where=is_open),
        ),
    ).set_index("bucket")  # fmt: skip
    order = [*BUCKETS, *([UNASSIGNED] if UNASSIGNED in found.index else [])]
    return found.reindex(order, fill_value=0).rename_axis("bucket").reset_index()[list(columns)]


def receivables_by_month(store: Store, p: Parameters) -> pd.DataFrame:
    """
    What customers owe at the end of each month (K16), from the first one on.

    Returns
    -------
    DataFrame
        ``month``, ``balance``, ``overdue`` [money]; the overdue part is null where due dates
        or the invoices of the payments are not known.
    """
    if lacking(store, {**RECEIVABLE_NEEDS, "calendar": ("date",)}):
        return empty(("month", "balance", "overdue"))
    found = measure_many(replace(store, parameters=replace(p, start=None)), ["K16"], ["month"])
    wide = found.pivot(index="month", columns="part", values="value")
    wide = wide.reindex(columns=["", "overdue"]).set_axis(["balance", "overdue"], axis=1)
    if lacking(store, {"invoices": ("due_on",)}):
        wide["overdue"] = float("nan")
    return wide[wide["balance"].notna()].reset_index()
