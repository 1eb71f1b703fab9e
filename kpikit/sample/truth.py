"""
What is true of a simulated client, computed from its laws.

The stages form an absorbing Markov chain for each segment and rep; visits,
conversions, contacts and hours follow in closed form from its fundamental
matrix [1]_. Only the cycle of won deals, a sum of unlike stays, comes from a
large simulation with its own fixed seed.

References
----------
.. [1] J. G. Kemeny and J. L. Snell, Finite Markov Chains, Van Nostrand, 1960,
   ch. 3 (fundamental matrix, absorption probabilities).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kpikit.sample.laws import SimConfig
from kpikit.sample.paths import (
    Leads,
    advance_probability,
    expected_leads,
    rep_shares,
    simulate_visits,
)

CYCLE_SAMPLE = 1_000_000
CYCLE_SEED = 20_000


@dataclass(frozen=True)
class Truth:
    """
    True values of a simulated client; keys are stage ids, segments or rep ids.

    Parameters
    ----------
    stage_conversion : mapping
        Share of the deals that reach a stage and later get beyond it. [share]
    stage_conversion_by_segment : mapping of mapping
        The same by segment, then stage. [share]
    conversion_eventual : float
        Share of new leads that are won in the end. [share]
    conversion_by_segment, conversion_by_rep : mapping
        The same in one segment or for one rep. [share]
    stage_days_median : mapping
        Median stay of a visit, whatever its end. [calendar days]
    stage_days_median_advance : mapping
        Median stay of visits that advance. [calendar days]
    cycle_days_median, cycle_days_p80 : float
        Quantiles of creation to won among won deals. [calendar days]
    visits_per_lead : mapping
        Expected visits of a stage per new lead, rework included. [visits]
    reach_of_stage : mapping
        Share of new leads that get to a stage or beyond. [share]
    contacts_per_stage_visit : mapping
        Expected contacts of one visit, followed to its end. [contacts]
    contacts_per_deal_in_stage : mapping
        The same over all visits of a deal that visits the stage at all. [contacts]
    contacts_per_primary_contact, contacts_per_won_deal : float
        Per new lead and per won deal, lost deals included. [contacts]
    contacts_per_won_deal_by_segment : mapping
    meetings_per_won_deal, attempts_per_won_deal : float
        Held meetings and unanswered attempts. [per won deal]
    minutes_per_contact : mapping
        ``call`` and ``meeting`` with wrap-up, unanswered attempts and travel. [min]
    recorded_minutes_per_contact : mapping
        ``call`` and ``meeting`` as recorded. [min]
    hours_per_stage_visit : mapping
        Working time of one visit. [h]
    hours_per_primary_contact, hours_per_won_deal : float
        Working time per new lead and per won deal. [h]
    deal_value : mapping
        Mean value of a new contract by segment. [base currency]
    renewal_rate, cross_sales_per_customer_year, retention_contacts_per_customer_year : mapping
        The care of existing customers by segment.
    """

    stage_conversion: Mapping[str, float]
    stage_conversion_by_segment: Mapping[str, Mapping[str, float]]
    conversion_eventual: float
    conversion_by_segment: Mapping[str, float]
    conversion_by_rep: Mapping[str, float]
    stage_days_median: Mapping[str, float]
    stage_days_median_advance: Mapping[str, float]
    cycle_days_median: float
    cycle_days_p80: float
    visits_per_lead: Mapping[str, float]
    reach_of_stage: Mapping[str, float]
    contacts_per_stage_visit: Mapping[str, float]
    contacts_per_deal_in_stage: Mapping[str, float]
    contacts_per_primary_contact: float
    contacts_per_won_deal: float
    contacts_per_won_deal_by_segment: Mapping[str, float]
    meetings_per_won_deal: float
    attempts_per_won_deal: float
    minutes_per_contact: Mapping[str, float]
    recorded_minutes_per_contact: Mapping[str, float]
    hours_per_stage_visit: Mapping[str, float]
    hours_per_primary_contact: float
    hours_per_won_deal: float
    deal_value: Mapping[str, float]
    renewal_rate: Mapping[str, float]
    cross_sales_per_customer_year: Mapping[str, float]
    retention_contacts_per_customer_year: Mapping[str, float]


@dataclass(frozen=True)
class _Chain:
    """Expected values per lead for every segment and rep, stage first where it applies."""

    weight: np.ndarray  # segments x reps
    visits: np.ndarray  # stages x segments x reps
    visited: np.ndarray  # stages x segments x reps, probability of at least one visit
    reach: np.ndarray  # stages + won, x segments x reps
    lost_share: np.ndarray  # stages x segments x reps, of visits
    contacts: np.ndarray  # stages x segments x reps, per visit


@lru_cache(maxsize=64)
def true_values(config: SimConfig) -> Truth:
    """
    Compute the true values of a config.

    Reps and segments are weighted with the leads expected within the history,
    without the warm-up.

    Parameters
    ----------
    config : SimConfig

    Returns
    -------
    Truth
    """
    chain = _chain(config)
    ids = [law.stage_id for law in config.stages]
    segments = [segment.name for segment in config.segments]
    per_lead = _mix(chain.visits, chain.weight)
    reach = _mix(chain.reach, chain.weight)
    contacts = _mix(chain.visits * chain.contacts, chain.weight)
    won = reach[-1]
    meeting = np.array([law.meeting_share for law in config.stages])
    calls_min, meeting_min, attempts = _minutes(config)
    minutes = (1 - meeting) * calls_min + meeting * meeting_min
    hours = contacts * minutes / 60
    by_segment = chain.weight / chain.weight.sum(axis=1, keepdims=True)
    by_rep = chain.weight / chain.weight.sum(axis=0, keepdims=True)
    reach_segment = (chain.reach * by_segment).sum(axis=2)
    won_rep = (chain.reach[-1] * by_rep).sum(axis=0)
    contacts_segment = (chain.visits * chain.contacts * by_segment).sum(axis=(0, 2))
    cycle = _won_cycles(config)
    handling = config.handling
    lead_minutes = contacts * (1 - meeting) * calls_min
    return Truth(
        stage_conversion=_named(ids, reach[1:] / reach[:-1]),
        stage_conversion_by_segment={
            name: _named(ids, reach_segment[1:, i] / reach_segment[:-1, i])
            for i, name in enumerate(segments)
        },
        conversion_eventual=float(won),
        conversion_by_segment=_named(segments, reach_segment[-1]),
        conversion_by_rep=_named([rep.rep_id for rep in config.reps], won_rep),
        stage_days_median=_named(ids, _stay_medians(config, chain)),
        stage_days_median_advance=_named(ids, [s.advance.median_days for s in config.stages]),
        cycle_days_median=float(np.quantile(cycle, 0.5)),
        cycle_days_p80=float(np.quantile(cycle, 0.8)),
        visits_per_lead=_named(ids, per_lead),
        reach_of_stage=_named(ids, reach[:-1]),
        contacts_per_stage_visit=_named(ids, contacts / per_lead),
        contacts_per_deal_in_stage=_named(ids, contacts / _mix(chain.visited, chain.weight)),
        contacts_per_primary_contact=float(contacts.sum()),
        contacts_per_won_deal=float(contacts.sum() / won),
        contacts_per_won_deal_by_segment=_named(segments, contacts_segment / reach_segment[-1]),
        meetings_per_won_deal=float(contacts @ meeting / won),
        attempts_per_won_deal=float(contacts @ ((1 - meeting) * attempts) / won),
        minutes_per_contact={
            "call": float(lead_minutes.sum() / (contacts @ (1 - meeting))),
            "meeting": handling.meeting_min + handling.meeting_extra_min,
        },
        recorded_minutes_per_contact={
            "call": handling.talk_min,
            "meeting": handling.meeting_min,
        },
        hours_per_stage_visit=_named(ids, hours / per_lead),
        hours_per_primary_contact=float(hours.sum()),
        hours_per_won_deal=float(hours.sum() / won),
        deal_value={segment.name: segment.deal_value for segment in config.segments},
        renewal_rate={segment.name: segment.renewal_rate for segment in config.segments},
        cross_sales_per_customer_year={s.name: s.cross_sales_per_year for s in config.segments},
        retention_contacts_per_customer_year={
            s.name: s.retention_contacts_per_year for s in config.segments
        },
    )


def lead_weights(config: SimConfig) -> np.ndarray:
    """Share of the leads of the history by segment and rep, segments x reps. [share]"""
    leads = expected_leads(config)[config.warmup_months :]
    reps = leads @ rep_shares(config)[config.warmup_months :]
    segments = np.array([segment.share for segment in config.segments])
    return np.outer(segments, reps / reps.sum())


def _chain(config: SimConfig) -> _Chain:
    advance = advance_probability(config)
    n, n_segments, n_reps = advance.shape
    visits, visited = np.zeros(advance.shape), np.zeros(advance.shape)
    reach = np.ones((n + 1, n_segments, n_reps))
    back = np.array([law.back for law in config.stages])[:, None, None]
    lost = (1 - back) * (1 - advance)
    for segment in range(n_segments):
        for rep in range(n_reps):
            moves = _moves(config, advance[:, segment, rep])
            fundamental = np.linalg.inv(np.eye(n) - moves[:, :n])
            visits[:, segment, rep] = fundamental[0]
            visited[:, segment, rep] = fundamental[0] / np.diag(fundamental)
            for stage in range(1, n + 1):
                # the stages before `stage` are left, for good, either to it and beyond, or lost
                inner = np.linalg.inv(np.eye(stage) - moves[:stage, :stage])[0]
                reach[stage, segment, rep] = inner @ moves[:stage, stage:].sum(axis=1)
    base = np.array([law.contacts_per_visit for law in config.stages])[:, None, None]
    rate = np.array([law.contacts_per_day for law in config.stages])[:, None, None]
    slow = np.array([law.lost.mean_days for law in config.stages])[:, None, None]
    quick = np.array([law.advance.mean_days for law in config.stages])[:, None, None]
    factor = np.array([segment.contact_factor for segment in config.segments])[None, :, None]
    contacts = factor * (base + rate * (lost * slow + (1 - lost) * quick))
    return _Chain(lead_weights(config), visits, visited, reach, lost, contacts)


def _moves(config: SimConfig, advance: np.ndarray) -> np.ndarray:
    """Transition probabilities from the open stages to the open stages and won."""
    n = len(config.stages)
    moves = np.zeros((n, n + 1))
    for stage, law in enumerate(config.stages):
        ahead = (1 - law.back) * advance[stage]
        moves[stage, stage + 1] += ahead * (1 - law.skip)
        if law.skip:
            moves[stage, stage + 2] += ahead * law.skip
        if law.back:
            moves[stage, stage - 1] += law.back
    return moves


def _mix(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return (values * weight).sum(axis=(1, 2))


def _minutes(config: SimConfig) -> tuple[np.ndarray, float, np.ndarray]:
    """Minutes of a call by stage, minutes of a meeting, attempts per call by stage."""
    handling = config.handling
    reach = np.array([law.reach for law in config.stages])
    attempts = (1 - handling.incoming_share) * (1 / reach - 1)
    calls = handling.talk_min + handling.wrap_min + attempts * handling.attempt_min
    return calls, handling.meeting_min + handling.meeting_extra_min, attempts


def _stay_medians(config: SimConfig, chain: _Chain) -> list[float]:
    visits = _mix(chain.visits, chain.weight)
    lost = _mix(chain.visits * chain.lost_share, chain.weight) / visits
    medians = []
    for share, law in zip(lost, config.stages, strict=True):
        low, high = 0.0, 10 * max(law.lost.median_days, law.advance.median_days)
        for _ in range(60):
            middle = (low + high) / 2
            left = share * law.lost.cdf(middle) + (1 - share) * law.advance.cdf(middle)
            low, high = (middle, high) if left < 0.5 else (low, middle)
        medians.append(middle)
    return medians


def _won_cycles(config: SimConfig) -> np.ndarray:
    """Cycles of won deals in a large sample of the mix of segments and reps. [days]"""
    weight = lead_weights(config)
    counts = np.round(weight * CYCLE_SAMPLE).astype(int).ravel()
    kind = np.repeat(np.arange(weight.size), counts)
    segment, rep = np.unravel_index(kind, weight.shape)
    visits = simulate_visits(config, Leads(np.zeros(len(kind)), segment, rep), CYCLE_SEED)
    return visits.left[visits.next_stage == len(config.stages)]


def _named(keys: Iterable[str], values: Iterable[float]) -> dict[str, float]:
    return {key: float(value) for key, value in zip(keys, values, strict=True)}
