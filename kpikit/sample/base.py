"""
Existing customers: contracts that end, renewals, cross-sales and care.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpikit.sample.contacts import NO_DEAL, Touches, join_touches, touches_of
from kpikit.sample.laws import SimConfig
from kpikit.sample.streams import stream

YEAR = 365.0
RENEWAL, CROSS_SELL = "renewal", "cross_sell"
#: A renewal is opened this long before the contract ends. [days]
RENEWAL_LEAD = 45.0
CROSS_SELL_SUCCESS = 0.5
CARE_REACH = 0.7


@dataclass(frozen=True)
class Customer:
    """A company with a contract; times in days since the history start."""

    company: int
    segment: int
    rep: int
    first_order: float
    contract_end: float
    yearly_value: float


@dataclass(frozen=True)
class BaseDeal:
    """A renewal or cross-sale; ``second`` is the entry of the second stage."""

    company: int
    segment: int
    rep: int
    kind: str
    created: float
    second: float | None
    closed: float
    won: bool
    amount: float


@dataclass(frozen=True)
class Base:
    """Customers with their last contract end, their deals and their contacts."""

    customers: list[Customer]
    deals: list[BaseDeal]
    care: Touches
    deal_touches: Touches


def opening_customers(config: SimConfig, seed: int) -> list[Customer]:
    """Customers at the start of the simulation, contract ends spread over a year."""
    rng = stream(seed, "opening customers")
    begin = float((config.month_starts[0] - config.history_start.date()).days)
    present = [
        i for i, rep in enumerate(config.reps) if rep.hired_on <= config.month_starts[0].isoformat()
    ]
    customers: list[Customer] = []
    for segment, law in enumerate(config.segments):
        for _ in range(law.customers_at_start):
            end = begin + YEAR * rng.random()
            first = end - YEAR * int(rng.integers(1, 6))
            value = law.deal_value * rng.lognormal(0, 0.3)
            rep = int(rng.choice(present))
            customers.append(Customer(len(customers), segment, rep, first, end, value))
    return customers


def simulate_base(config: SimConfig, customers: list[Customer], seed: int) -> Base:
    """
    Follow the customers to the as-of instant.

    Parameters
    ----------
    config : SimConfig
    customers : list of Customer
        Opening customers and won deals, with the end of their first contract.
    seed : int

    Returns
    -------
    Base
        Deals and contacts may lie after the as-of instant; tables cut them.
    """
    rng = stream(seed, "base")
    finished, deals, care = [], [], []
    for customer in customers:
        law = config.segments[customer.segment]
        begin, end = customer.contract_end - YEAR, customer.contract_end
        begin = max(begin, float((config.month_starts[0] - config.history_start.date()).days))
        while end - RENEWAL_LEAD < config.as_of_day:
            renewal = _renewal(customer, end, law.renewal_rate, rng)
            deals.append(renewal)
            if renewal.closed >= config.as_of_day or not renewal.won:
                break
            end += YEAR
        until = min(end, config.as_of_day)
        finished.append(
            Customer(
                customer.company,
                customer.segment,
                customer.rep,
                customer.first_order,
                end,
                customer.yearly_value,
            )
        )
        years = max(until - begin, 0) / YEAR
        for _ in range(rng.poisson(law.cross_sales_per_year / CROSS_SELL_SUCCESS * years)):
            deals.append(
                _cross_sale(
                    customer, begin + years * YEAR * rng.random(), law.cross_sell_value, rng
                )
            )
        for _ in range(rng.poisson(law.retention_contacts_per_year * years)):
            meets = rng.random() < law.retention_meeting_share
            care.append(
                (customer.company, customer.rep, meets, begin + years * YEAR * rng.random())
            )
    deals.sort(key=lambda deal: deal.created)
    return Base(
        finished, deals, _care_touches(config, care, seed), _deal_touches(config, deals, rng, seed)
    )


def _renewal(customer: Customer, end: float, rate: float, rng: np.random.Generator) -> BaseDeal:
    created = end - RENEWAL_LEAD - 10 * rng.random()
    stay = 35 * rng.lognormal(0, 0.35)
    won = bool(rng.random() < rate)
    second = created + stay * (0.3 + 0.3 * rng.random())
    reaches = won or rng.random() < 0.7
    amount = customer.yearly_value * rng.lognormal(0, 0.1)
    return BaseDeal(
        customer.company,
        customer.segment,
        customer.rep,
        RENEWAL,
        created,
        second if reaches else None,
        created + stay,
        won,
        amount,
    )


def _cross_sale(
    customer: Customer, created: float, value: float, rng: np.random.Generator
) -> BaseDeal:
    stay = 22 * rng.lognormal(0, 0.5)
    won = bool(rng.random() < CROSS_SELL_SUCCESS)
    reaches = won or rng.random() < 0.6
    return BaseDeal(
        customer.company,
        customer.segment,
        customer.rep,
        CROSS_SELL,
        created,
        created + stay * 0.4 if reaches else None,
        created + stay,
        won,
        value * rng.lognormal(-0.08, 0.4),
    )


def _care_touches(config: SimConfig, care: list[tuple], seed: int) -> Touches:
    company = np.array([row[0] for row in care], dtype=int)
    rep = np.array([row[1] for row in care], dtype=int)
    meeting = np.array([row[2] for row in care], dtype=bool)
    at = np.array([row[3] for row in care], dtype=float)
    reach = np.where(meeting, 1.0, CARE_REACH)
    deal = np.full(len(at), NO_DEAL)
    return touches_of(config, seed, "care", deal, company, rep, meeting, at, at - 1.0, reach)


def _deal_touches(
    config: SimConfig, deals: list[BaseDeal], rng: np.random.Generator, seed: int
) -> Touches:
    counts = 2 + rng.poisson(1.0, size=len(deals))
    which = np.repeat(np.arange(len(deals)), counts)
    created = np.array([deal.created for deal in deals])[which]
    closed = np.array([deal.closed for deal in deals])[which]
    at = created + (closed - created) * rng.random(len(which))
    meeting = rng.random(len(which)) < 0.1
    company = np.array([deal.company for deal in deals], dtype=int)[which]
    rep = np.array([deal.rep for deal in deals], dtype=int)[which]
    reach = np.where(meeting, 1.0, CARE_REACH)
    return touches_of(config, seed, "base deals", which, company, rep, meeting, at, created, reach)


def no_base() -> Base:
    """A client without existing customers."""
    empty = np.zeros(0, dtype=int)
    touches = Touches(
        empty,
        empty,
        empty,
        empty,
        empty.astype(bool),
        empty.astype(bool),
        empty.astype(float),
        empty.astype(float),
    )
    return Base([], [], touches, join_touches([touches]))
