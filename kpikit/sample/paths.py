"""
Leads and their way through the stages, followed to the end.

Times are days since the start of the history. Nothing is cut at the as-of
instant here: that is the business of :mod:`kpikit.sample.tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpikit.sample.laws import SimConfig
from kpikit.sample.streams import stream

LOST = -1

#: Share of a full load of leads that a new rep gets in the first months.
NEW_REP_LOAD = (0.4, 0.7)


@dataclass(frozen=True)
class Leads:
    """New leads in order of arrival: time [day], segment and rep positions."""

    arrived: np.ndarray
    segment: np.ndarray
    rep: np.ndarray


@dataclass(frozen=True)
class Visits:
    """
    Stays of deals in stages, ordered by deal and time.

    ``next_stage`` is the stage entered afterwards: the number of stages for
    won, -1 for lost.
    """

    deal: np.ndarray
    stage: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    next_stage: np.ndarray


def month_edges(config: SimConfig) -> np.ndarray:
    """Month starts as days since the history start, one more than months."""
    start = config.history_start.date()
    return np.array([(day - start).days for day in config.month_starts], dtype=float)


def expected_leads(config: SimConfig) -> np.ndarray:
    """Expected leads of every simulated month, warm-up included. [deals/month]"""
    months = np.arange(-config.warmup_months, config.n_months)
    season = np.array([config.season[day.month - 1] for day in config.month_starts[:-1]])
    return config.lead_rate * (1 + config.growth_per_month) ** months * season


def rep_shares(config: SimConfig) -> np.ndarray:
    """Share of each month's leads that each rep gets, months x reps. [share]"""
    weights = np.zeros((len(config.month_starts) - 1, len(config.reps)))
    for row, first in enumerate(config.month_starts[:-1]):
        for column, rep in enumerate(config.reps):
            weights[row, column] = _load(first, rep.hired_on, rep.left_on)
    return weights / weights.sum(axis=1, keepdims=True)


def _load(first: date, hired_on: str, left_on: str) -> float:
    hired = date.fromisoformat(hired_on)
    age = (first.year - hired.year) * 12 + first.month - hired.month
    if age < 0 or (left_on and date.fromisoformat(left_on) <= first):
        return 0.0
    return NEW_REP_LOAD[age] if age < len(NEW_REP_LOAD) else 1.0


def simulate_leads(config: SimConfig, seed: int) -> Leads:
    """
    Draw the new leads: Poisson counts by month, even within the month.

    Parameters
    ----------
    config : SimConfig
    seed : int

    Returns
    -------
    Leads
    """
    rng = stream(seed, "arrivals")
    counts = rng.poisson(expected_leads(config))
    edges = month_edges(config)
    month = np.repeat(np.arange(len(counts)), counts)
    arrived = edges[month] + rng.random(len(month)) * np.diff(edges)[month]
    order = np.lexsort((arrived, month))
    shares = np.cumsum([segment.share for segment in config.segments])
    segment = np.searchsorted(shares, stream(seed, "segment").random(len(month)), side="right")
    cumulative = np.cumsum(rep_shares(config), axis=1)[month]
    rep = (stream(seed, "owner").random(len(month))[:, None] >= cumulative).sum(axis=1)
    return Leads(
        arrived[order],
        np.minimum(segment, len(config.segments) - 1),
        np.minimum(rep, len(config.reps) - 1),
    )


def advance_probability(config: SimConfig) -> np.ndarray:
    """Probability to advance for a visit that does not go back, stages x segments x reps."""
    base = np.array([stage.conversion for stage in config.stages])
    logit = np.log(base / (1 - base))[:, None, None]
    shift = np.array([segment.logit_shift for segment in config.segments])[None, :, None]
    skill = np.array([rep.skill for rep in config.reps])[None, None, :]
    return 1 / (1 + np.exp(-(logit + shift + skill)))


def simulate_visits(config: SimConfig, leads: Leads, seed: int) -> Visits:
    """
    Follow every lead through the stages until it is won or lost.

    Outcome first, stay next: the outcome of a visit is drawn from the stage's
    probabilities, then the stay from the time law of that outcome.

    Parameters
    ----------
    config : SimConfig
    leads : Leads
    seed : int

    Returns
    -------
    Visits
    """
    advance = advance_probability(config)
    outcome_rng, time_rng = stream(seed, "outcome"), stream(seed, "stay")
    deal = np.arange(len(leads.arrived))
    stage = np.zeros(len(deal), dtype=int)
    now = leads.arrived.copy()
    steps = []
    while len(deal):
        target = _next_stage(config, advance, leads, deal, stage, outcome_rng)
        stay = _stays(config, stage, target, time_rng)
        steps.append((deal, stage, now, now + stay, target))
        goes_on = (target != LOST) & (target < len(config.stages))
        deal, stage, now = deal[goes_on], target[goes_on], (now + stay)[goes_on]
    columns = (
        [np.concatenate(parts) for parts in zip(*steps, strict=True)]
        if steps
        else [
            np.zeros(0, dtype=int),
            np.zeros(0, dtype=int),
            np.zeros(0),
            np.zeros(0),
            np.zeros(0, dtype=int),
        ]
    )
    order = np.lexsort((columns[2], columns[0]))
    return Visits(*(column[order] for column in columns))


def _next_stage(
    config: SimConfig,
    advance: np.ndarray,
    leads: Leads,
    deal: np.ndarray,
    stage: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    back = np.array([law.back for law in config.stages])[stage]
    skip = np.array([law.skip for law in config.stages])[stage]
    wins = advance[stage, leads.segment[deal], leads.rep[deal]]
    goes_back = rng.random(len(deal)) < back
    advances = rng.random(len(deal)) < wins
    skips = rng.random(len(deal)) < skip
    target = np.where(advances, stage + 1 + skips, LOST)
    return np.where(goes_back, stage - 1, target)


def _stays(
    config: SimConfig, stage: np.ndarray, target: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    normal, exponential = rng.standard_normal(len(stage)), rng.standard_exponential(len(stage))
    stay = np.empty(len(stage))
    for position, law in enumerate(config.stages):
        for time_law, chosen in (
            (law.lost, (stage == position) & (target == LOST)),
            (law.advance, (stage == position) & (target != LOST)),
        ):
            stay[chosen] = time_law.stays(normal[chosen], exponential[chosen])
    return stay
