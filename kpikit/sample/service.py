"""
What customers say and get: survey, complaints and requests, deliveries, the market.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.sample.ledger import MARGINS, Ledger, sold_deals
from kpikit.sample.names import REGIONS
from kpikit.sample.quotas import past_months
from kpikit.sample.streams import stream
from kpikit.sample.world import SimulatedClient

SURVEYS_PER_MONTH = 36
#: Share of the customers asked who answer. [share]
RESPONSE = 0.55
#: Mean score of the reps. [points of 10]
MEAN_SCORE, SCORE_SD = 8.1, 1.3
TICKETS_PER_MONTH, COMPLAINTS, UNSOLVED = 14, 0.4, 0.04
ON_TIME = 0.88
#: Firms of the market, and what one of them could spend a year, by segment. [firms, money]
MARKET = {"A": (180, 900_000.0), "B": (900, 330_000.0), "C": (3200, 110_000.0)}
REGION_SHARES = (0.5, 0.25, 0.1, 0.08, 0.07)


def _served(client: SimulatedClient) -> pd.DataFrame:
    """Customers that bought in the history, with the rep of their last deal."""
    sold = sold_deals(client).drop_duplicates("customer_id", keep="last")
    return sold[["customer_id", "owner_id", "day"]].reset_index(drop=True)


def survey_table(client: SimulatedClient) -> pd.DataFrame:
    """Questionnaires sent: ``sent_on``, ``customer_id``, ``rep_id``, ``score`` (null: silent)."""
    rng = stream(client.seed, "survey")
    served = _served(client)
    staying = [rep.rep_id for rep in client.config.reps if not rep.left_on]
    parts = []
    for month in past_months(client):
        known = served[served["day"] < month]
        asked = known.iloc[rng.choice(len(known), size=SURVEYS_PER_MONTH, replace=False)]
        reps = asked["owner_id"].where(
            asked["owner_id"].isin(staying), rng.choice(staying, size=len(asked))
        )
        score = np.clip(np.round(rng.normal(MEAN_SCORE, SCORE_SD, len(asked))), 1, 10)
        answers = rng.random(len(asked)) < RESPONSE
        parts.append(
            pd.DataFrame(
                {
                    "sent_on": month + pd.Timedelta(days=14),
                    "customer_id": asked["customer_id"].to_numpy(),
                    "rep_id": reps.to_numpy(),
                    "score": np.where(answers, score, np.nan),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def ticket_table(client: SimulatedClient) -> pd.DataFrame:
    """Complaints and requests with the local times of opening and solving."""
    rng = stream(client.seed, "tickets")
    served = _served(client)
    as_of = pd.Timestamp(client.config.as_of_local)
    rows = []
    for month in past_months(client):
        known = served[served["day"] < month]
        for _ in range(int(rng.poisson(TICKETS_PER_MONTH))):
            who = known.iloc[int(rng.integers(len(known)))]
            days, minutes = int(rng.integers(0, 28)), int(rng.integers(9 * 60, 18 * 60))
            opened = month + pd.Timedelta(days=days, minutes=minutes)
            hours = float(rng.lognormal(np.log(20.0), 0.9))
            solved = (opened + pd.Timedelta(hours=hours)).floor("min")
            unsolved = rng.random() < UNSOLVED or solved >= as_of
            rows.append(
                {
                    "kind": "complaint" if rng.random() < COMPLAINTS else "service",
                    "customer_id": who["customer_id"], "rep_id": who["owner_id"],
                    "product_group": list(MARGINS)[int(rng.integers(len(MARGINS)))],
                    "opened_at": opened, "resolved_at": pd.NaT if unsolved else solved,
                }
            )  # fmt: skip
    table = pd.DataFrame(rows).sort_values("opened_at", kind="stable").reset_index(drop=True)
    return table.assign(ticket_id=[f"ОБР-{place + 1:04d}" for place in range(len(table))])


def delivery_table(client: SimulatedClient, ledger: Ledger) -> pd.DataFrame:
    """Documents brought to the customer in the last year, promised within five days."""
    rng = stream(client.seed, "deliveries")
    bills = ledger.invoices
    bills = bills[bills["doc_kind"].eq("invoice") & ~bills["is_cancelled"]]
    bills = bills[bills["issued_on"] >= past_months(client)[0]]
    promised = bills["issued_on"] + pd.Timedelta(days=5)
    late = np.where(
        rng.random(len(bills)) < ON_TIME, -rng.integers(0, 4, len(bills)),
        rng.integers(1, 9, len(bills)),
    )  # fmt: skip
    delivered = promised + pd.to_timedelta(late, unit="D")
    as_of = pd.Timestamp(client.config.as_of_local)
    return pd.DataFrame(
        {
            "invoice_id": bills["invoice_id"], "customer_id": bills["customer_id"],
            "promised_on": promised, "delivered_on": delivered.where(delivered < as_of),
        }
    ).reset_index(drop=True)  # fmt: skip


def market_table(client: SimulatedClient) -> pd.DataFrame:
    """Firms that could buy, and what one could spend a year, by segment and region."""
    return pd.DataFrame(
        [
            (segment.name, region, round(firms * share), money)
            for segment in client.config.segments
            for firms, money in [MARKET.get(segment.name, (500, segment.deal_value))]
            for region, share in zip(REGIONS, REGION_SHARES, strict=True)
        ],
        columns=["segment", "region", "target_firms", "potential_base"],
    )
