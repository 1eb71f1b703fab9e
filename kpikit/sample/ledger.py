"""
What the accounts of a simulated client hold: invoices, order lines, payments, costs of deals.

Every won deal is billed in one or two invoices. Each product group has its margin;
customers pay on time, late, in part or never with known probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.sample.streams import stream
from kpikit.sample.world import SimulatedClient

#: Mean margin of each product group. [share]
MARGINS = {
    "ДМС": 0.22, "Имущество": 0.34, "КАСКО парка": 0.16, "Ответственность": 0.38, "Грузы": 0.30,
    "НС сотрудников": 0.42,
}  # fmt: skip
_CODES = {
    "ДМС": "DMS", "Имущество": "IM", "КАСКО парка": "KP", "Ответственность": "OT", "Грузы": "GR",
    "НС сотрудников": "NS",
}  # fmt: skip
SKUS_PER_GROUP = 5
#: Margins of deals and of lines vary around their group. [share]
DEAL_MARGIN_SD, LINE_MARGIN_SD = 0.05, 0.02
TWO_INVOICES, FIRST_PART, PART_DAYS = 0.3, 0.6, 30
MAIN_GROUP = 0.75
TERMS = (14, 30)
#: How an invoice is paid, and how often. [share]
PAYING = {"in_time": 0.70, "late": 0.21, "in_part": 0.05, "never": 0.04}
RETURNS, RETURN_WITHIN = 12, (10, 60)


@dataclass(frozen=True, eq=False)
class Ledger:
    """
    The documents up to the as-of instant, as data frames of canonical columns.

    ``deal_costs`` holds the cost of each won deal; ``ways`` how each invoice is paid
    (a key of :data:`PAYING`), by invoice id.
    """

    invoices: pd.DataFrame
    lines: pd.DataFrame
    payments: pd.DataFrame
    deal_costs: pd.DataFrame
    ways: pd.Series


def local_days(client: SimulatedClient, at: pd.Series) -> pd.Series:
    """Local day of each UTC instant."""
    shift = pd.Timedelta(hours=client.config.utc_offset_h)
    return (at.dt.tz_localize(None) + shift).dt.normalize()


def sold_deals(client: SimulatedClient) -> pd.DataFrame:
    """Won deals of the history without test, double and imported ones, with their ``day``."""
    deals = client.tables["deals"]
    unreal = {
        one
        for trap in ("test_deals", "duplicates", "imported")
        for one in client.planted.get(trap, ())
    }
    won = deals[deals["status"].eq("won") & deals["amount"].notna() & deals["closed_at"].notna()]
    won = won[~won["deal_id"].isin(unreal)]
    won = won.assign(day=local_days(client, won["closed_at"]))
    start = pd.Timestamp(client.config.history_start)
    return won[won["day"] >= start].sort_values(["day", "deal_id"]).reset_index(drop=True)


def simulate_ledger(client: SimulatedClient) -> Ledger:
    """
    Bill the won deals and let the customers pay.

    Parameters
    ----------
    client : SimulatedClient

    Returns
    -------
    Ledger
    """
    as_of = pd.Timestamp(client.config.as_of_local)
    heads, lines = _bills(client)
    costs = lines.groupby("deal_id", sort=False)["cost_base"].sum().round(2).reset_index()
    heads = heads[heads["issued_on"] < as_of].reset_index(drop=True)
    # the accounts number their documents in the order of their dates
    heads = heads.sort_values(["issued_on", "key"]).reset_index(drop=True)
    heads["invoice_id"] = [f"СК00-{place + 1:06d}" for place in range(len(heads))]
    names = heads.set_index("key")["invoice_id"]
    lines = lines[lines["key"].isin(heads["key"])]
    lines = lines.assign(invoice_id=lines["key"].map(names)).drop(columns=["key", "deal_id"])
    heads = heads.drop(columns="key").assign(doc_kind="invoice", is_cancelled=False)
    rng = stream(client.seed, "payments")
    ways = pd.Series(
        rng.choice(list(PAYING), size=len(heads), p=list(PAYING.values())),
        index=heads["invoice_id"],
    )
    payments = _payments(heads, ways, as_of, rng)
    returned, returned_lines, refunds = _returns(client, heads, lines, payments)
    cancelled = heads.iloc[[len(heads) // 2]].assign(
        invoice_id=f"СК00-{len(heads) + 1:06d}", is_cancelled=True
    )
    invoices = pd.concat([heads, cancelled, returned], ignore_index=True)
    invoices = invoices.sort_values(["issued_on", "invoice_id"]).reset_index(drop=True)
    payments = pd.concat([payments, refunds], ignore_index=True)
    payments = payments.sort_values(["paid_on", "invoice_id"]).reset_index(drop=True)
    payments["payment_id"] = [f"ПП-{place + 1:05d}" for place in range(len(payments))]
    every_line = pd.concat([lines, returned_lines], ignore_index=True)
    return Ledger(invoices, every_line, payments, costs, ways)


def _bills(client: SimulatedClient) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Invoices and lines of all won deals, later ones included, with ``key`` for their id."""
    rng = stream(client.seed, "invoices")
    heads: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    groups = list(MARGINS)
    for deal in sold_deals(client).to_dict("records"):
        total = float(deal["amount"])
        shares = [FIRST_PART, 1 - FIRST_PART] if rng.random() < TWO_INVOICES else [1.0]
        main = deal["title"] if deal["title"] in MARGINS else groups[int(rng.integers(6))]
        discount = rng.normal(0, DEAL_MARGIN_SD)
        issued = deal["day"] + pd.Timedelta(days=int(rng.integers(0, 5)))
        term = int(rng.choice(TERMS))
        for part, share in enumerate(shares):
            key = f"{deal['deal_id']}/{part}"
            own = _lines(key, deal["deal_id"], total * share, main, discount, rng)
            lines += own
            heads.append(
                {
                    "key": key, "deal_id": deal["deal_id"], "customer_id": deal["customer_id"],
                    "rep_id": deal["owner_id"], "issued_on": issued,
                    "due_on": issued + pd.Timedelta(days=term),
                    "amount": round(sum(line["amount"] for line in own), 2),
                    "cost_base": round(sum(line["cost_base"] for line in own), 2),
                }
            )  # fmt: skip
            issued += pd.Timedelta(days=PART_DAYS)
    return pd.DataFrame(heads), pd.DataFrame(lines)


def _lines(
    key: str, deal: str, total: float, main: str, discount: float, rng: np.random.Generator
) -> list[dict]:
    """Lines of one invoice that add up to its total: different products, mostly of one group."""
    count = int(rng.integers(1, 5))
    weights = rng.dirichlet(np.full(count, 3.0))
    amounts = np.round(total * weights, 2)
    amounts[-1] = round(total - float(amounts[:-1].sum()), 2)
    groups = list(MARGINS)
    found: list[dict] = []
    taken: set[str] = set()
    for place, amount in enumerate(amounts):
        other = groups[int(rng.integers(len(groups)))]
        group = main if place == 0 or rng.random() < MAIN_GROUP else other
        free = [n for n in range(1, SKUS_PER_GROUP + 1) if f"{_CODES[group]}-{n:02d}" not in taken]
        product = f"{_CODES[group]}-{int(rng.choice(free)):02d}"
        taken.add(product)
        margin = MARGINS[group] + discount + rng.normal(0, LINE_MARGIN_SD)
        found.append(
            {
                "key": key, "deal_id": deal, "product_id": product, "product_group": group,
                "units": int(rng.integers(1, 41)), "amount": float(amount),
                "cost_base": round(float(amount) * (1 - margin), 2),
            }
        )  # fmt: skip
    return found


def _payments(
    heads: pd.DataFrame, ways: pd.Series, as_of: pd.Timestamp, rng: np.random.Generator
) -> pd.DataFrame:
    rows: list[tuple[str, str, pd.Timestamp, float, bool]] = []
    for bill in heads.to_dict("records"):
        way, due, amount = ways[bill["invoice_id"]], bill["due_on"], bill["amount"]
        early = int(rng.integers(0, (due - bill["issued_on"]).days + 1))
        late = 1 + int(rng.gamma(1.5, 10.0))
        first = round(amount * rng.uniform(0.4, 0.8), 2)
        completes = rng.random() < 0.5
        who = (bill["invoice_id"], bill["customer_id"])
        if way == "in_time":
            rows.append((*who, due - pd.Timedelta(days=early), amount, False))
        elif way == "late":
            rows.append((*who, due + pd.Timedelta(days=late), amount, False))
        elif way == "in_part":
            rows.append((*who, due - pd.Timedelta(days=early), first, False))
            if completes:
                rest = round(amount - first, 2)
                rows.append((*who, due + pd.Timedelta(days=late), rest, False))
    columns = ["invoice_id", "customer_id", "paid_on", "amount_base", "is_refund"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["paid_on"] < as_of].reset_index(drop=True)


def _returns(
    client: SimulatedClient, heads: pd.DataFrame, lines: pd.DataFrame, payments: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """One line of some paid invoices comes back in part and is paid back."""
    rng = stream(client.seed, "returns")
    as_of = pd.Timestamp(client.config.as_of_local)
    paid = payments.groupby("invoice_id")["amount_base"].sum()
    whole = heads["invoice_id"].map(paid).fillna(0).sub(heads["amount"]).abs() < 0.01
    old = heads["issued_on"] < as_of - pd.Timedelta(days=RETURN_WITHIN[1] + 30)
    chosen = heads[whole & old]
    chosen = chosen.iloc[np.sort(rng.choice(len(chosen), size=RETURNS, replace=False))]
    documents, returned, refunds = [], [], []
    by_invoice = lines.groupby("invoice_id")
    for place, bill in enumerate(chosen.to_dict("records")):
        line = by_invoice.get_group(bill["invoice_id"]).iloc[0]
        share = rng.uniform(0.2, 1.0)
        day = bill["issued_on"] + pd.Timedelta(days=int(rng.integers(*RETURN_WITHIN)))
        name = f"ВС00-{place + 1:06d}"
        money = {
            "amount": round(line["amount"] * share, 2),
            "cost_base": round(line["cost_base"] * share, 2),
        }
        documents.append(
            bill | money | {"invoice_id": name, "doc_kind": "return", "issued_on": day,
                            "due_on": pd.NaT}
        )  # fmt: skip
        units = max(1, round(line["units"] * share))
        returned.append({**line.to_dict(), **money, "invoice_id": name, "units": units})
        refunds.append(
            {"invoice_id": name, "customer_id": bill["customer_id"], "is_refund": True,
             "paid_on": day + pd.Timedelta(days=5), "amount_base": money["amount"]}
        )  # fmt: skip
    return pd.DataFrame(documents), pd.DataFrame(returned), pd.DataFrame(refunds)
