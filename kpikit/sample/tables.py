"""
From arrays to canonical tables, cut at the as-of instant.

What lies after ``as_of`` is not known yet; stage history before the history
start is not there, but deals that were still open then are. Columns and their
kinds are those of :data:`kpikit.vocabulary.TABLES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.sample.contacts import MEETING, NO_DEAL, Touches
from kpikit.sample.laws import SimConfig
from kpikit.vocabulary import TABLES

SALE_PIPELINE, BASE_PIPELINE = "0", "1"
#: A missing value for ``numpy.where``.
NOTHING = np.array(None, dtype=object)
BASE_STAGES = (
    ("C1:NEW", "Подготовка продления", "open"),
    ("C1:PREPARATION", "Согласование условий", "open"),
    ("C1:WON", "Продлено", "won"),
    ("C1:LOSE", "Не продлено", "lost"),
)


@dataclass(frozen=True)
class Moves:
    """Entries of deals into stages; ``stage`` is a position in the stage table."""

    deal: np.ndarray
    stage: np.ndarray
    at: np.ndarray


@dataclass(frozen=True)
class DealFacts:
    """What is known of each deal besides its moves, one array element per deal."""

    created: np.ndarray
    company: np.ndarray
    segment: np.ndarray
    rep: np.ndarray
    kind: np.ndarray
    amount: np.ndarray
    source: np.ndarray
    lost_reason: np.ndarray
    title: np.ndarray
    amount_known_from: np.ndarray


def instants(config: SimConfig, days: np.ndarray) -> pd.Series:
    """Days since the history start (local) as UTC instants; NaN becomes NaT."""
    days = np.asarray(days, dtype=float)
    start = np.datetime64(config.history_start, "us")
    known = np.isfinite(days)
    seconds = np.floor(np.where(known, days, 0.0) * 86400 + 1e-6).astype("int64")
    moments = start + (seconds - config.utc_offset_h * 3600).astype("timedelta64[s]")
    moments = moments.astype("datetime64[us]")
    moments[~known] = np.datetime64("NaT")
    return pd.Series(moments).dt.tz_localize("UTC")


def dates(config: SimConfig, days: np.ndarray) -> pd.Series:
    """Days since the history start as calendar dates; NaN becomes NaT."""
    days = np.asarray(days, dtype=float)
    start = np.datetime64(config.history_start.date(), "D")
    known = np.isfinite(days)
    found = start + np.floor(np.where(known, days, 0.0)).astype("timedelta64[D]")
    found = found.astype("datetime64[us]")
    found[~known] = np.datetime64("NaT")
    return pd.Series(found)


def texts(values: Iterable[object]) -> pd.Series:
    """Texts with missing values as null."""
    return pd.Series(list(values), dtype="str")


def table(name: str, columns: Mapping[str, object], rows: int) -> pd.DataFrame:
    """Build a canonical table with every column of the vocabulary, missing ones null."""
    made = {}
    for column, kind in TABLES[name].items():
        made[column] = columns[column] if column in columns else _nulls(kind, rows)
    return pd.DataFrame(made)


def _nulls(kind: str, rows: int) -> pd.Series:
    if kind in ("id", "text"):
        return pd.Series(pd.array([None] * rows, dtype="str"))
    if kind == "instant":
        return pd.Series(np.full(rows, np.datetime64("NaT"), "datetime64[us]")).dt.tz_localize(
            "UTC"
        )
    if kind == "date":
        return pd.Series(np.full(rows, np.datetime64("NaT"), "datetime64[us]"))
    return pd.Series(np.full(rows, np.nan))


def stage_table(config: SimConfig) -> pd.DataFrame:
    """Stages of the sales pipeline, then of the renewals pipeline."""
    rows = [(SALE_PIPELINE, law.stage_id, law.name, "open") for law in config.stages]
    rows += [
        (SALE_PIPELINE, "WON", "Сделка успешна", "won"),
        (SALE_PIPELINE, "LOSE", "Сделка провалена", "lost"),
    ]
    n_sale = len(rows)
    if has_base(config):
        rows += [(BASE_PIPELINE, *stage) for stage in BASE_STAGES]
    roles = ["sale" if row[0] == SALE_PIPELINE else "renewal" for row in rows]
    return table(
        "stages",
        {
            "pipeline_id": texts([row[0] for row in rows]),
            "stage_id": texts([row[1] for row in rows]),
            "stage_name": texts([row[2] for row in rows]),
            "stage_order": pd.Series(
                [10 * (i + 1 if i < n_sale else i - n_sale + 1) for i in range(len(rows))]
            ),
            "semantic": texts([row[3] for row in rows]),
            "pipeline_role": texts(roles),
            "role": texts(["rep"] * len(rows)),
        },
        len(rows),
    )


def has_base(config: SimConfig) -> bool:
    """Whether the client has existing customers to look after."""
    return any(
        s.customers_at_start or s.renewal_rate or s.retention_contacts_per_year
        for s in config.segments
    )


def deal_tables(
    config: SimConfig,
    facts: DealFacts,
    moves: Moves,
    customer_ids: np.ndarray,
    stages: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """
    Cut deals and their moves to what the CRM shows at the as-of instant.

    Returns
    -------
    deals : DataFrame
    stage_events : DataFrame
    shown : ndarray of bool
        Which of the simulated deals are in the CRM.
    """
    known = moves.at < config.as_of_day
    deal, stage, at = moves.deal[known], moves.stage[known], moves.at[known]
    order = np.lexsort((at, deal))
    deal, stage, at = deal[order], stage[order], at[order]
    last = np.flatnonzero(np.diff(deal, append=-1) != 0)
    current = np.full(len(facts.created), -1)
    current[deal[last]] = stage[last]
    entered = np.full(len(facts.created), np.nan)
    entered[deal[last]] = at[last]
    semantic = stages["semantic"].to_numpy(dtype=str)
    status = np.where(current >= 0, semantic[current], "")
    closed = np.where(np.isin(status, ("won", "lost")), entered, np.nan)
    shown = (current >= 0) & ~(closed < 0)
    furthest = np.full(len(facts.created), -1)
    is_open = semantic[stage] == "open"
    np.maximum.at(furthest, deal[is_open], stage[is_open])
    amount_known = (furthest >= facts.amount_known_from) | (status == "won")
    amount = np.where(amount_known, facts.amount, np.nan)
    ids = deal_ids(shown, facts.created)
    rep_ids = np.array([rep.rep_id for rep in config.reps])
    segments = np.array([segment.name for segment in config.segments])
    keep = np.flatnonzero(shown)
    keep = keep[np.argsort(facts.created[keep], kind="stable")]
    n = len(keep)
    is_lost = status[keep] == "lost"
    no = pd.Series(np.zeros(n, dtype=bool))
    deals = table(
        "deals",
        {
            "deal_id": texts(ids[keep]),
            "title": texts(facts.title[keep]),
            "customer_id": texts(customer_ids[facts.company[keep]]),
            "pipeline_id": texts(stages["pipeline_id"].to_numpy()[current[keep]]),
            "stage_id": texts(stages["stage_id"].to_numpy()[current[keep]]),
            "status": texts(status[keep]),
            "owner_id": texts(rep_ids[facts.rep[keep]]),
            "created_at": instants(config, facts.created[keep]),
            "closed_at": instants(config, closed[keep]),
            "expected_close_on": dates(
                config, np.where(np.isnan(closed[keep]), facts.created[keep] + 90, closed[keep])
            ),
            "amount": pd.Series(amount[keep]),
            "currency": texts([config.currency] * n),
            "amount_base": pd.Series(amount[keep]),
            "source": texts(facts.source[keep]),
            "segment": texts(segments[facts.segment[keep]]),
            "deal_kind": texts(facts.kind[keep]),
            "lost_reason": texts(np.where(is_lost, facts.lost_reason[keep], NOTHING)),
            "closed_at_quality": texts(np.where(np.isnan(closed[keep]), NOTHING, "history")),
            "is_test": no,
            "is_duplicate": no.copy(),
            "is_imported": no.copy(),
        },
        n,
    )
    events = _stage_events(config, deal, stage, at, shown, ids, stages, semantic)
    return deals, events, shown


def deal_ids(shown: np.ndarray, created: np.ndarray) -> np.ndarray:
    """Ids in order of creation, as a CRM gives them."""
    ids = np.full(len(created), "", dtype=object)
    keep = np.flatnonzero(shown)
    keep = keep[np.argsort(created[keep], kind="stable")]
    ids[keep] = [str(1001 + 2 * place) for place in range(len(keep))]
    return ids


def _stage_events(
    config: SimConfig,
    deal: np.ndarray,
    stage: np.ndarray,
    at: np.ndarray,
    shown: np.ndarray,
    ids: np.ndarray,
    stages: pd.DataFrame,
    semantic: np.ndarray,
) -> pd.DataFrame:
    first = np.diff(deal, prepend=-1) != 0
    keep = shown[deal] & (at >= 0)
    deal, stage, at, first = deal[keep], stage[keep], at[keep], first[keep]
    starts = np.flatnonzero(np.diff(deal, prepend=-1) != 0)
    lengths = np.diff(np.append(starts, len(deal)))
    seq = np.arange(len(deal)) - np.repeat(starts, lengths) + 1
    kind = np.where(first, "created", np.where(semantic[stage] == "open", "move", "close"))
    order = np.lexsort((seq, at))
    n = len(deal)
    return table(
        "stage_events",
        {
            "event_id": texts([str(70001 + place) for place in range(n)]),
            "deal_id": texts(ids[deal[order]]),
            "pipeline_id": texts(stages["pipeline_id"].to_numpy()[stage[order]]),
            "stage_id": texts(stages["stage_id"].to_numpy()[stage[order]]),
            "entered_at": instants(config, at[order]),
            "seq": pd.Series(seq[order]),
            "kind": texts(kind[order]),
            "is_bulk": pd.Series(np.zeros(n, dtype=bool)),
            "origin": texts(["history"] * n),
        },
        n,
    )


def activity_table(
    config: SimConfig,
    touches: Touches,
    ids: np.ndarray,
    kinds: np.ndarray,
    customer_ids: np.ndarray,
    phone: np.ndarray,
) -> pd.DataFrame:
    """Calls, attempts and meetings within the history, as activities."""
    keep = (touches.at >= 0) & (touches.at < config.as_of_day)
    at, company = touches.at[keep], touches.company[keep]
    deal, connected = touches.deal[keep], touches.connected[keep]
    meeting = touches.kind[keep] == MEETING
    rep_ids = np.array([rep.rep_id for rep in config.reps])
    n = len(at)
    with_deal = deal != NO_DEAL
    deal_id = np.where(with_deal, ids[np.maximum(deal, 0)] if len(ids) else NOTHING, NOTHING)
    purpose = np.where(
        with_deal, kinds[np.maximum(deal, 0)] if len(kinds) else NOTHING, "retention"
    )
    purpose = np.where(purpose == "new", "acquisition", purpose)
    started = instants(config, at)
    seconds = np.round(touches.minutes[keep] * 60)
    return table(
        "activities",
        {
            "activity_id": texts([str(200001 + place) for place in range(n)]),
            "kind": texts(np.where(meeting, "meeting", "call")),
            "direction": texts(np.where(touches.incoming[keep], "in", "out")),
            "rep_id": texts(rep_ids[touches.rep[keep]]),
            "customer_id": texts(customer_ids[company]),
            "deal_id": texts(deal_id),
            "attribution": texts(np.where(with_deal, "explicit", "none")),
            "started_at": started,
            "duration_s": pd.Series(np.where(connected, seconds, np.nan)),
            "is_completed": pd.Series(np.ones(n, dtype=bool)),
            "is_connected": pd.Series(connected),
            "result": texts(np.where(connected, "answered", "no answer")),
            "phone": texts(np.where(meeting, NOTHING, phone[company])),
            "is_automatic": pd.Series(np.zeros(n, dtype=bool)),
            "created_at": started.copy(),
            "purpose": texts(purpose),
        },
        n,
    )
