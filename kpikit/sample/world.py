"""
A whole sales department, simulated, as canonical tables with known truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kpikit.sample import clock as working
from kpikit.sample import names
from kpikit.sample.base import (
    YEAR,
    Base,
    Customer,
    no_base,
    opening_customers,
    simulate_base,
)
from kpikit.sample.contacts import MEETING, Touches, join_touches, simulate_contacts
from kpikit.sample.laws import SimConfig, TrapCounts
from kpikit.sample.paths import LOST, Leads, Visits, simulate_leads, simulate_visits
from kpikit.sample.people import absence_table, customer_table, plan_table, rep_table
from kpikit.sample.streams import stream
from kpikit.sample.tables import (
    NOTHING,
    DealFacts,
    Moves,
    activity_table,
    deal_ids,
    deal_tables,
    has_base,
    stage_table,
)
from kpikit.sample.traps import plant_traps
from kpikit.sample.truth import Truth, true_values


@dataclass(frozen=True)
class SimulatedClient:
    """
    A simulated client.

    Parameters
    ----------
    config : SimConfig
    seed : int
    tables : mapping of str to DataFrame
        Canonical tables ``stages``, ``deals``, ``stage_events``, ``activities``,
        ``reps``, ``customers``, ``plans``, ``absences``.
    truth : Truth
        True values computed from the config.
    planted : mapping of str to list of str
        Ids of the records behind each planted trap.
    """

    config: SimConfig
    seed: int
    tables: Mapping[str, pd.DataFrame]
    truth: Truth
    planted: Mapping[str, list[str]] = field(default_factory=dict)


def simulate_client(config: SimConfig, seed: int) -> SimulatedClient:
    """
    Simulate a sales department event by event.

    Parameters
    ----------
    config : SimConfig
    seed : int
        Each purpose has its own stream below this seed, so that a changed law
        leaves all other draws as they were.

    Returns
    -------
    SimulatedClient
    """
    leads = simulate_leads(config, seed)
    visits = simulate_visits(config, leads, seed)
    touches = simulate_contacts(config, leads, visits, seed)
    absences: list[working.Absence] = []
    opening: list[Customer] = []
    base = no_base()
    amounts = _amounts(config, leads, seed)
    if has_base(config):
        opening = opening_customers(config, seed)
        won = _won_customers(config, leads, visits, amounts, len(opening))
        base = simulate_base(config, opening + won, seed)
    n_companies = len(opening) + len(leads.arrived)
    touches = _all_touches(touches, base, len(opening), len(leads.arrived))
    successor = _successors(config, n_companies, seed)
    moves = _moves(config, visits, base, len(leads.arrived))
    created = np.concatenate([leads.arrived, [deal.created for deal in base.deals]])
    touches = replace(touches, rep=_after_leaving(config, touches, successor))
    if config.calendar:
        clock = working.work_clock(config)
        absences = working.simulate_absences(config, clock, seed)
        moves = replace(moves, at=clock.into_working_hours(moves.at))
        created = clock.into_working_hours(created)
        touches = _worked(config, clock, touches, absences, seed)
    facts = _facts(config, leads, base, amounts, created, moves, successor, len(opening), seed)
    stages = stage_table(config)
    customer_ids = np.array([str(5001 + place) for place in range(n_companies)], dtype=object)
    phone = np.array(names.phones(n_companies), dtype=object)
    deals, events, shown = deal_tables(config, facts, moves, customer_ids, stages)
    activities = activity_table(
        config, touches, deal_ids(shown, facts.created), facts.kind, customer_ids, phone
    )
    tables = {
        "stages": stages,
        "deals": deals,
        "stage_events": events,
        "activities": activities,
        "reps": rep_table(config),
        "customers": customer_table(config, leads, base, opening, deals, customer_ids, phone, seed),
        "plans": plan_table(config),
        "absences": absence_table(config, absences),
    }
    planted: dict[str, list[str]] = {}
    if config.traps != TrapCounts():
        tables, planted = plant_traps(config, tables, seed)
    return SimulatedClient(config, seed, tables, true_values(config), planted)


def _amounts(config: SimConfig, leads: Leads, seed: int) -> np.ndarray:
    """Lognormal deal values with the mean and spread of the segment, to 100 currency units."""
    normal = stream(seed, "value").standard_normal(len(leads.arrived))
    mean = np.array([s.deal_value for s in config.segments])[leads.segment]
    cv = np.array([s.deal_value_cv for s in config.segments])[leads.segment]
    sigma = np.sqrt(np.log1p(cv**2))
    return np.maximum(np.round(mean * np.exp(sigma * normal - sigma**2 / 2), -2), 100)


def _won_customers(
    config: SimConfig, leads: Leads, visits: Visits, amounts: np.ndarray, first_company: int
) -> list[Customer]:
    won = (visits.next_stage == len(config.stages)) & (visits.left < config.as_of_day)
    return [
        Customer(
            first_company + int(deal),
            int(leads.segment[deal]),
            int(leads.rep[deal]),
            float(left),
            float(left) + YEAR,
            float(amounts[deal]),
        )
        for deal, left in zip(visits.deal[won], visits.left[won], strict=True)
    ]


def _all_touches(prospects: Touches, base: Base, n_opening: int, n_leads: int) -> Touches:
    """Number companies and deals through: opening customers first, base deals after the leads."""
    prospects = replace(prospects, company=prospects.company + n_opening)
    deals = replace(base.deal_touches, deal=base.deal_touches.deal + n_leads)
    return join_touches([prospects, base.care, deals])


def _successors(config: SimConfig, n_companies: int, seed: int) -> np.ndarray:
    """The rep who takes a company over when its rep leaves."""
    staying = [place for place, rep in enumerate(config.reps) if not rep.left_on]
    return stream(seed, "successors").choice(staying, size=n_companies)


def _left_day(config: SimConfig) -> np.ndarray:
    start = np.datetime64(config.history_start.date(), "D")
    return np.array(
        [
            float((np.datetime64(rep.left_on, "D") - start).astype(int)) if rep.left_on else np.inf
            for rep in config.reps
        ]
    )


def _after_leaving(config: SimConfig, touches: Touches, successor: np.ndarray) -> np.ndarray:
    gone = touches.at >= _left_day(config)[touches.rep]
    return np.where(gone, successor[touches.company], touches.rep)


def _moves(config: SimConfig, visits: Visits, base: Base, n_leads: int) -> Moves:
    """Stage entries; positions follow :func:`kpikit.sample.tables.stage_table`."""
    n = len(config.stages)
    ends = (visits.next_stage == LOST) | (visits.next_stage == n)
    final = np.where(visits.next_stage[ends] == LOST, n + 1, n)
    deal = [visits.deal, visits.deal[ends]]
    stage = [visits.stage, final]
    at = [visits.entered, visits.left[ends]]
    rows = []
    for place, found in enumerate(base.deals):
        rows.append((n_leads + place, n + 2, found.created))
        if found.second is not None:
            rows.append((n_leads + place, n + 3, found.second))
        rows.append((n_leads + place, n + 4 if found.won else n + 5, found.closed))
    if rows:
        columns = list(zip(*rows, strict=True))
        deal.append(np.array(columns[0]))
        stage.append(np.array(columns[1]))
        at.append(np.array(columns[2]))
    return Moves(np.concatenate(deal), np.concatenate(stage), np.concatenate(at))


def _worked(
    config: SimConfig,
    clock: working.WorkClock,
    touches: Touches,
    absences: list[working.Absence],
    seed: int,
) -> Touches:
    """Put the touches into working hours, give them to somebody present, one at a time."""
    wish = clock.into_working_hours(touches.at)
    rep = working.substitutes(config, touches.rep, wish, absences, seed)
    handling = config.handling
    extra = np.where(touches.kind == MEETING, handling.meeting_extra_min, handling.wrap_min)
    minutes = np.where(touches.connected, touches.minutes + extra, handling.attempt_min)
    at = working.one_thing_at_a_time(clock, rep, wish, minutes / 60)
    return join_touches([replace(touches, rep=rep, at=at)])


def _facts(
    config: SimConfig,
    leads: Leads,
    base: Base,
    amounts: np.ndarray,
    created: np.ndarray,
    moves: Moves,
    successor: np.ndarray,
    n_opening: int,
    seed: int,
) -> DealFacts:
    rng = stream(seed, "labels")
    n_leads = len(leads.arrived)
    n = n_leads + len(base.deals)

    def both(of_leads: np.ndarray, attribute: str) -> np.ndarray:
        of_base = [getattr(deal, attribute) for deal in base.deals]
        return np.concatenate([of_leads, np.array(of_base, dtype=of_leads.dtype)])

    company = both(n_opening + np.arange(n_leads), "company")
    rep = both(leads.rep, "rep")
    ends = np.zeros(n)
    np.maximum.at(ends, moves.deal, moves.at)
    gone = ends >= _left_day(config)[rep]
    kind = both(np.full(n_leads, "new", dtype=object), "kind")
    source = np.array(names.SOURCES, dtype=object)[
        rng.choice(len(names.SOURCES), size=n, p=names.SOURCE_SHARES)
    ]
    return DealFacts(
        created=created,
        company=company,
        segment=both(leads.segment, "segment"),
        rep=np.where(gone, successor[company], rep),
        kind=kind,
        amount=np.round(both(amounts, "amount"), -2),
        source=np.where(kind == "new", source, NOTHING),
        lost_reason=rng.choice(np.array(names.LOST_REASONS, dtype=object), size=n),
        title=rng.choice(np.array(names.PRODUCTS, dtype=object), size=n),
        amount_known_from=np.where(kind == "new", config.amount_known_from, 0),
    )
