"""
How the reps of the sample client are paid, what they were paid, and the results of the company.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.sample import kpi_system as names
from kpikit.sample.ledger import Ledger
from kpikit.sample.quotas import past_months
from kpikit.sample.streams import stream
from kpikit.sample.world import SimulatedClient

#: Pay of one month. [money]
BASE_PAY, TARGET_BONUS = 80_000.0, 50_000.0
CURVE = ((0.8, 0.5), (1.0, 1.0), (1.2, 1.5))
#: Contributions on top of the pay. [share]
CONTRIBUTIONS = 0.30
#: Costs of one month by kind and channel. [money]
MARKETING = {"Сайт": 120_000.0, "Выставки": 60_000.0, "Обзвон": 35_000.0}
OTHER_COSTS = {"Связь и CRM": 45_000.0, "Поездки": 40_000.0}
OVERHEADS = 300_000.0


def curve_text() -> str:
    """The payout curve as the client writes it."""
    return ", ".join(f"{at:.1f}:{paid:.1f}" for at, paid in CURVE)


def payroll_table(facts: pd.DataFrame) -> pd.DataFrame:
    """
    Pay of each rep and month by the rules, to ten roubles.

    Parameters
    ----------
    facts : DataFrame
        ``name``, ``rep_id``, ``month``, ``attainment`` [share].

    Returns
    -------
    DataFrame
        ``rep_id``, ``month``, ``base_paid``, ``bonus_paid``. [money]
    """
    rules = facts[facts["name"].isin(names.IN_PAY)]
    at, paid = np.array(CURVE).T
    reached = rules["attainment"].to_numpy()
    share = np.where(reached < at[0], 0.0, np.interp(reached, at, paid))
    part = rules.assign(bonus=rules["name"].map(names.IN_PAY) * share * TARGET_BONUS)
    bonus = part.groupby(["month", "rep_id"], as_index=False)["bonus"].sum()
    return bonus.assign(base_paid=BASE_PAY, bonus_paid=bonus["bonus"].round(-1)).drop(
        columns="bonus"
    )


def cost_table(client: SimulatedClient, payroll: pd.DataFrame) -> pd.DataFrame:
    """Costs of selling by month, kind and channel; the payroll of the year is the real one."""
    rng = stream(client.seed, "costs")
    spent = payroll.groupby("month")[["base_paid", "bonus_paid"]].sum().sum(axis=1)
    usual = float(spent.mean())
    rows: list[tuple[pd.Timestamp, str, str | None, float]] = []
    for month in pd.date_range(client.config.history_start, periods=client.config.n_months,
                               freq="MS"):  # fmt: skip
        pay = float(spent.get(month, usual)) * (1 + CONTRIBUTIONS)
        rows.append((month, "payroll", None, round(pay, 2)))
        for kind, table in (("marketing", MARKETING), ("other", OTHER_COSTS)):
            for name, usual_cost in table.items():
                amount = round(usual_cost * rng.uniform(0.8, 1.25), -2)
                rows.append((month, kind, name, amount))
    return pd.DataFrame(rows, columns=["month", "kind", "channel", "amount_base"])


def profit_table(client: SimulatedClient, ledger: Ledger, costs: pd.DataFrame) -> pd.DataFrame:
    """Gross and net profit by month: invoices less returns, their costs, selling, overheads."""
    rng = stream(client.seed, "overheads")
    bills = ledger.invoices[~ledger.invoices["is_cancelled"]]
    sign = np.where(bills["doc_kind"].eq("return"), -1.0, 1.0)
    month = bills["issued_on"].dt.to_period("M").dt.to_timestamp()
    revenue = (bills["amount"] * sign).groupby(month).sum()
    gross = ((bills["amount"] - bills["cost_base"]) * sign).groupby(month).sum()
    selling = costs.groupby("month")["amount_base"].sum()
    rows = []
    for start in selling.index:
        overheads = round(OVERHEADS * rng.uniform(0.9, 1.1), 2)
        made, sold = float(gross.get(start, 0.0)), float(revenue.get(start, 0.0))
        net = made - float(selling[start]) - overheads
        rows += [(start, "gross", round(made, 2), round(sold, 2)),
                 (start, "net", round(net, 2), round(sold, 2))]  # fmt: skip
    return pd.DataFrame(rows, columns=["month", "level", "amount_base", "revenue_base"])


def first_quarters(client: SimulatedClient) -> list[pd.Timestamp]:
    """First days of the four quarters before the as-of instant."""
    return list(past_months(client)[::3])
