"""
Contacts with prospects: calls, meetings and the attempts nobody answered.

The number of contacts of a visit does not depend on the as-of instant: a deal
that is still open has made only a part of its contacts. Ratios that forget
this are wrong, which the tests of the estimators use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpikit.sample.laws import SimConfig
from kpikit.sample.paths import Leads, Visits
from kpikit.sample.streams import stream

CALL, MEETING = 0, 1
NO_DEAL = -1


@dataclass(frozen=True)
class Touches:
    """
    Calls, attempts and meetings as arrays of equal length.

    ``deal`` is -1 for the care of existing customers; ``at`` in days since the
    history start; ``minutes`` is the recorded duration, 0 for an attempt that
    nobody answered; ``incoming`` and ``connected`` are booleans.
    """

    deal: np.ndarray
    company: np.ndarray
    rep: np.ndarray
    kind: np.ndarray
    connected: np.ndarray
    incoming: np.ndarray
    at: np.ndarray
    minutes: np.ndarray


def join_touches(parts: list[Touches]) -> Touches:
    """Put several sets of touches together, ordered by time."""
    names = Touches.__dataclass_fields__
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.argsort(joined["at"], kind="stable")
    return Touches(**{name: values[order] for name, values in joined.items()})


def expected_contacts(config: SimConfig, leads: Leads, visits: Visits) -> np.ndarray:
    """Expected number of contacts of each visit, given its stay. [contacts]"""
    base = np.array([law.contacts_per_visit for law in config.stages])[visits.stage]
    rate = np.array([law.contacts_per_day for law in config.stages])[visits.stage]
    factor = np.array([segment.contact_factor for segment in config.segments])
    return factor[leads.segment[visits.deal]] * (base + rate * (visits.left - visits.entered))


def simulate_contacts(config: SimConfig, leads: Leads, visits: Visits, seed: int) -> Touches:
    """
    Draw the contacts of every visit and the unanswered attempts before them.

    Parameters
    ----------
    config : SimConfig
    leads : Leads
    visits : Visits
    seed : int

    Returns
    -------
    Touches
        Followed to the end of every deal; ``company`` equals ``deal``.
    """
    rng = stream(seed, "contacts")
    counts = rng.poisson(expected_contacts(config, leads, visits))
    visit = np.repeat(np.arange(len(counts)), counts)
    start = visits.entered[visit]
    at = start + rng.random(len(visit)) * (visits.left - visits.entered)[visit]
    stage = visits.stage[visit]
    meeting = rng.random(len(visit)) < np.array([s.meeting_share for s in config.stages])[stage]
    deal = visits.deal[visit]
    reach = np.where(meeting, 1.0, np.array([s.reach for s in config.stages])[stage])
    return touches_of(
        config, seed, "contacts", deal, deal, leads.rep[deal], meeting, at, start, reach
    )


def touches_of(
    config: SimConfig,
    seed: int,
    purpose: str,
    deal: np.ndarray,
    company: np.ndarray,
    rep: np.ndarray,
    meeting: np.ndarray,
    at: np.ndarray,
    earliest: np.ndarray,
    reach: np.ndarray,
) -> Touches:
    """
    Give contacts a duration and put the unanswered attempts before them.

    A call is answered with probability ``reach``; the attempts before the
    answered one lie between ``earliest`` and the contact.

    Returns
    -------
    Touches
        Contacts and attempts, ordered by time.
    """
    talk_rng = stream(seed, f"{purpose}/talk")
    handling = config.handling
    mean = np.where(meeting, handling.meeting_min, handling.talk_min)
    sigma = np.where(meeting, handling.meeting_sigma, handling.talk_sigma)
    minutes = mean * np.exp(sigma * talk_rng.standard_normal(len(at)) - sigma**2 / 2)
    incoming = (talk_rng.random(len(at)) < handling.incoming_share) & ~meeting
    contacts = Touches(
        deal,
        company,
        rep,
        np.where(meeting, MEETING, CALL),
        np.ones(len(at), bool),
        incoming,
        at,
        minutes,
    )
    attempt_rng = stream(seed, f"{purpose}/attempts")
    failures = np.where(incoming, 0, attempt_rng.geometric(reach) - 1)
    which = np.repeat(np.arange(len(at)), failures)
    when = earliest[which] + attempt_rng.random(len(which)) * (at - earliest)[which]
    attempts = Touches(
        deal[which],
        company[which],
        rep[which],
        np.full(len(which), CALL),
        np.zeros(len(which), bool),
        np.zeros(len(which), bool),
        when,
        np.zeros(len(which)),
    )
    return join_touches([contacts, attempts])
