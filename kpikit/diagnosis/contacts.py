"""
Contacts: conversations that took place, and what a deal costs of them.

Lost deals cost labour too: the contacts of a won deal are those of every deal
that was needed to win one. Deals that are still open have made a part of their
contacts only, which :mod:`kpikit.diagnosis.mean_count` takes into account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kpikit.diagnosis.mean_count import (
    MeanCount,
    WatchedSpells,
    bootstrap_mean_count,
    mean_count,
)
from kpikit.diagnosis.norms import HandlingTime
from kpikit.errors import InputDataError
from kpikit.vocabulary import CONTACT_KINDS, OPEN, WON

#: Talk time from which a call is a conversation. [s]
THRESHOLD_S = 20.0
#: Contacts below which a number is marked as weak.
FEW_CONTACTS = 10
MICROSECONDS_PER_DAY = 86_400e6
HALF_SECOND = 0.5 / 86_400
#: One mean month. [days]
MONTH_DAYS = 30.4375

STAGE_COLUMNS = (
    "stage_id", "stage_order", "n", "n_open", "n_contacts", "contacts", "contacts_low",
    "contacts_high", "minutes", "minutes_low", "minutes_high", "minutes_per_contact",
    "horizon_days", "tail_share", "method", "status", "reason",
)  # fmt: skip


def countable_contacts(activities: pd.DataFrame, threshold_s: float = THRESHOLD_S) -> pd.DataFrame:
    """
    Keep the activities that are contacts.

    A contact is a connected call of at least the threshold, a held meeting,
    visit or demo, or a chat in both directions. Robots make none. A call known
    to be connected, whose length nobody recorded, counts.

    Parameters
    ----------
    activities : DataFrame
        Canonical table.
    threshold_s : float
        Shortest call that is a conversation. [s]

    Returns
    -------
    DataFrame
        The rows kept, same columns, with ``talk_min`` [min] (the mean of its
        kind where the length is missing), ``talk_known``, ``minutes`` =
        ``talk_min``, which :func:`add_handling` raises to the whole work, and
        ``attempts``, the calls to the deal that nobody answered since the last
        one that was (null where that cannot be told).
    """
    if threshold_s < 0:
        raise InputDataError(f"the call threshold must not be negative, it is {threshold_s} s.")
    kind = activities["kind"].astype(object)
    duration = pd.to_numeric(_column(activities, "duration_s")).astype(float)
    connected, completed = _known(activities, "is_connected"), _known(activities, "is_completed")
    said_no = _known(activities, "is_connected", missing=True)
    robot = _known(activities, "is_automatic")
    long_enough = (duration >= threshold_s) & said_no
    call = (kind == "call") & (long_enough | (connected & duration.isna()))
    held = kind.isin(["meeting", "visit", "demo"]) & (completed | connected)
    chat = (kind == "chat") & connected
    kept = activities[(call | held | chat) & ~robot].copy()
    talk = duration.loc[kept.index] / 60.0
    kept["talk_known"] = talk.notna()
    kept["talk_min"] = talk.fillna(talk.groupby(kept["kind"].astype(object)).transform("mean"))
    kept["minutes"] = kept["talk_min"]
    kept["attempts"] = _attempts_before(activities[(kind == "call") & ~robot], kept.index)
    return kept


def add_handling(contacts: pd.DataFrame, handling: Mapping[str, HandlingTime]) -> pd.DataFrame:
    """
    Add to each contact what it takes besides talking.

    Parameters
    ----------
    contacts : DataFrame
        From :func:`countable_contacts`.
    handling : mapping of kind to HandlingTime
        Kinds left out keep the talk time.

    Returns
    -------
    DataFrame
        A copy with ``minutes`` = talk + wrap-up, preparation, travel, waiting and
        the attempts that nobody answered. [min]

    Notes
    -----
    The reach tells how many attempts there were in all. Those noted at a deal count
    with its next outgoing contact: first calls take more of them than calls to a
    customer who waits. The others, at no deal or never followed by a contact, are
    shared alike by all outgoing contacts. Incoming ones take none.
    """
    unknown = sorted(set(handling) - set(CONTACT_KINDS))
    if unknown:
        raise InputDataError(
            f"handling time for '{unknown[0]}', which is no contact; known: "
            f"{', '.join(CONTACT_KINDS)}."
        )
    table = contacts.copy()
    kind = table["kind"].astype(object)
    outgoing = _column(table, "direction").astype(object) != "in"
    table["minutes"] = table["talk_min"]
    for name, time in handling.items():
        mine = kind == name
        table.loc[mine, "minutes"] += replace(time, reach_share=1.0).minutes_besides_talk
        tried = mine & outgoing
        attempts = _attempts(_column(table, "attempts")[tried], 1 / time.reach_share - 1)
        table.loc[tried, "minutes"] += time.attempt_min * attempts
    return table


def _attempts(noted: pd.Series, mean: float) -> pd.Series:
    """Attempts of each contact: the noted ones, and the rest up to the mean shared alike."""
    own = noted.fillna(0.0)
    total = mean * len(own)
    if own.sum() >= total:
        return own * (total / own.sum() if own.sum() > 0 else 0.0)
    return own + (mean - own.mean())


def _attempts_before(calls: pd.DataFrame, contacts: pd.Index) -> pd.Series:
    """Unanswered outgoing calls of a deal since its last answered one, by contact."""
    known = _column(calls, "deal_id").notna() & _column(calls, "started_at").notna()
    made = calls[known & (_column(calls, "direction").astype(object) != "in")]
    if made.empty:
        return pd.Series(np.nan, index=contacts)
    table = pd.DataFrame(
        {
            "deal": made["deal_id"].astype(str),
            "at": _microseconds(made["started_at"]),
            "failed": ~made.index.isin(contacts),
        }
    )
    # A contact comes before an attempt of the same instant.
    table = table.sort_values(["deal", "at", "failed"], kind="stable")
    table["so_far"] = table["failed"].groupby(table["deal"]).cumsum()
    answered = table[~table["failed"]]
    before = answered["so_far"].groupby(answered["deal"]).shift(fill_value=0)
    return (answered["so_far"] - before).astype(float).reindex(contacts)


def contacts_per_stage_visit(
    spells: pd.DataFrame,
    contacts: pd.DataFrame,
    rng: np.random.Generator,
    *,
    as_of: pd.Timestamp,
    recorded_from: pd.Timestamp | None = None,
    recorded_to: pd.Timestamp | None = None,
    level: float = 0.9,
    draws: int = 400,
) -> pd.DataFrame:
    """
    Contacts and minutes per deal that visits a stage, open deals included.

    Parameters
    ----------
    spells : DataFrame
        Stage spells: ``deal_id``, ``customer_id``, ``stage_id``, ``stage_order``,
        ``entered_at``, ``left_at``, ``outcome``, ``entry_age_days``,
        ``exit_age_days``. Skipped stages and rows left out are not counted.
    contacts : DataFrame
        From :func:`countable_contacts`: ``deal_id``, ``started_at``, ``minutes``.
    rng : numpy.random.Generator
    as_of : Timestamp
        Instant of the data.
    recorded_from, recorded_to : Timestamp, optional
        Period of the contact records where it is shorter than the stage history.
    level : float
        Of the intervals, from resampled customers on the log scale. [share]
    draws : int

    Returns
    -------
    DataFrame
        One row per stage, columns ``STAGE_COLUMNS``: ``contacts`` [contacts] and
        ``minutes`` [min] per visit up to ``horizon_days``, where ``tail_share``
        of the visits still goes on. Null where nothing can be said, with the
        reason.
    """
    placed = _place(spells, contacts)
    rows = []
    for (order, stage), group in placed.spells.groupby(["stage_order", "stage_id"]):
        watched = _watched(group, placed.contacts, as_of, recorded_from, recorded_to)
        rows.append(
            {"stage_id": stage, "stage_order": order, **_estimate(watched, rng, level, draws)}
        )
    return pd.DataFrame(rows, columns=list(STAGE_COLUMNS))


def contacts_per_stage_visit_by_segment(
    spells: pd.DataFrame,
    contacts: pd.DataFrame,
    rng: np.random.Generator,
    *,
    as_of: pd.Timestamp,
    recorded_from: pd.Timestamp | None = None,
    recorded_to: pd.Timestamp | None = None,
    level: float = 0.9,
    draws: int = 400,
) -> pd.DataFrame:
    """
    The same for each ``segment`` of the spells; deals without one are left out.

    Parameters and columns as in :func:`contacts_per_stage_visit`, with
    ``segment`` in front.
    """
    frames = []
    for segment, group in spells.dropna(subset=["segment"]).groupby("segment"):
        table = contacts_per_stage_visit(
            group, contacts, rng, as_of=as_of, recorded_from=recorded_from,
            recorded_to=recorded_to, level=level, draws=draws,
        )  # fmt: skip
        table.insert(0, "segment", segment)
        frames.append(table)
    if not frames:
        return pd.DataFrame(columns=["segment", *STAGE_COLUMNS])
    return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True)
class ContactsPerWon:
    """
    Contacts and hours of a won deal, lost and open deals included.

    ``contacts`` per won deal and its interval; ``hours`` likewise [h];
    ``contacts_per_primary`` and ``hours_per_primary`` per deal taken into work;
    ``conversion`` by ``horizon_days`` and the ``tail_share`` still open there
    [share]. None where ``status`` is not_computable.
    """

    level: float
    n: int
    n_won: int
    n_open: int
    n_contacts: int
    method: str
    status: str
    reason: str | None
    contacts: float | None = None
    contacts_low: float | None = None
    contacts_high: float | None = None
    hours: float | None = None
    hours_low: float | None = None
    hours_high: float | None = None
    contacts_per_primary: float | None = None
    contacts_per_primary_low: float | None = None
    contacts_per_primary_high: float | None = None
    hours_per_primary: float | None = None
    hours_per_primary_low: float | None = None
    hours_per_primary_high: float | None = None
    conversion: float | None = None
    horizon_days: float | None = None
    tail_share: float | None = None


def contacts_per_won_deal(
    spells: pd.DataFrame,
    contacts: pd.DataFrame,
    rng: np.random.Generator,
    *,
    as_of: pd.Timestamp,
    recorded_from: pd.Timestamp | None = None,
    recorded_to: pd.Timestamp | None = None,
    horizon_days: float | None = None,
    level: float = 0.9,
    draws: int = 400,
) -> ContactsPerWon:
    """
    Contacts and hours that it takes to win one deal.

    The expected contacts of a deal taken into work, whatever becomes of it,
    divided by the share that is won. Both come from the same deals up to the
    same age, so that open deals distort neither.

    Parameters
    ----------
    spells : DataFrame
        Deal spells, one row per deal, with the columns of the stage spells.
    contacts, rng, as_of, recorded_from, recorded_to, level, draws
        As in :func:`contacts_per_stage_visit`.
    horizon_days : float, optional
        Age up to which to count. [days]

    Returns
    -------
    ContactsPerWon
    """
    placed = _place(spells, contacts)
    watched = _watched(placed.spells, placed.contacts, as_of, recorded_from, recorded_to)
    counts = {
        "n": len(watched.exit),
        "n_won": int((watched.outcome == WON).sum()),
        "n_open": int((watched.outcome == OPEN).sum()),
        "n_contacts": len(watched.age),
    }
    reason = _refusal(counts)
    if reason is None:
        found = mean_count(watched, horizon_days)
        if found.won <= 0:
            reason = "no deal was won in the period: nothing to divide by"
    if reason is not None:
        return ContactsPerWon(
            level=level, **counts, method=METHOD, status="not_computable", reason=reason
        )
    redrawn = bootstrap_mean_count(watched, found.horizon, rng, draws)
    per_won = redrawn.contacts[redrawn.won > 0] / redrawn.won[redrawn.won > 0]
    hours_won = redrawn.minutes[redrawn.won > 0] / redrawn.won[redrawn.won > 0] / 60.0
    hours = found.mean_minutes / 60.0
    low, high = _interval(found.mean_contacts / found.won, per_won, level)
    hours_low, hours_high = _interval(hours / found.won, hours_won, level)
    primary_low, primary_high = _interval(found.mean_contacts, redrawn.contacts, level)
    effort_low, effort_high = _interval(hours, redrawn.minutes / 60.0, level)
    weak = _weakness(counts, found)
    if counts["n_won"] < FEW_CONTACTS:
        weak = f"only {counts['n_won']} deals won"
    return ContactsPerWon(
        contacts=found.mean_contacts / found.won,
        contacts_low=low,
        contacts_high=high,
        hours=_number(hours / found.won),
        hours_low=hours_low,
        hours_high=hours_high,
        contacts_per_primary=found.mean_contacts,
        contacts_per_primary_low=primary_low,
        contacts_per_primary_high=primary_high,
        hours_per_primary=_number(hours),
        hours_per_primary_low=effort_low,
        hours_per_primary_high=effort_high,
        conversion=found.won,
        horizon_days=found.horizon,
        tail_share=found.tail,
        level=level,
        **counts,
        method=METHOD,
        status="ok" if weak is None else "degraded",
        reason=weak,
    )


@dataclass(frozen=True)
class NaiveContacts:
    """
    Two common wrong answers, shown beside the right one.

    ``won_only``: mean contacts of the won deals themselves; ``window_ratio``:
    contacts of the period divided by its wins. None without wins.
    """

    won_only: float | None
    window_ratio: float | None


def naive_contacts_per_won_deal(spells: pd.DataFrame, contacts: pd.DataFrame) -> NaiveContacts:
    """
    Divide as a spreadsheet would.

    Counting won deals' own contacts forgets the work on the lost ones; dividing
    the period's contacts by its wins charges today's open deals to yesterday's
    wins.
    """
    placed = _place(spells, contacts)
    won = placed.spells["outcome"] == WON
    wins = int(won.sum())
    if not wins:
        return NaiveContacts(None, None)
    own = placed.contacts["row"].isin(placed.spells.index[won]).sum()
    return NaiveContacts(float(own / wins), float(len(placed.contacts) / wins))


def labour_kernel(
    spells: pd.DataFrame,
    contacts: pd.DataFrame,
    months: int,
    *,
    as_of: pd.Timestamp,
    recorded_from: pd.Timestamp | None = None,
    recorded_to: pd.Timestamp | None = None,
) -> np.ndarray:
    """
    Hours that a deal taken into work costs by month of its age, lost ones included.

    Parameters
    ----------
    spells : DataFrame
        Deal spells.
    months : int
        Length; what comes later is added to the last month.
    contacts, as_of, recorded_from, recorded_to
        As in :func:`contacts_per_stage_visit`.

    Returns
    -------
    ndarray, shape (months,)
        Sums to the hours of a deal taken into work. [h]
    """
    if months < 1:
        raise InputDataError(f"the labour kernel needs at least one month, not {months}.")
    placed = _place(spells, contacts)
    watched = _watched(placed.spells, placed.contacts, as_of, recorded_from, recorded_to)
    if not len(watched.exit):
        return np.zeros(months)
    found = mean_count(watched)
    month = np.minimum((found.ages / MONTH_DAYS).astype(int), months - 1)
    return np.bincount(month, weights=found.minutes / 60.0, minlength=months)


METHOD = "mean cumulative count with a terminal event, bootstrap by customer"


@dataclass(frozen=True, eq=False)
class _Placed:
    """Spells that count and, for each contact inside one, its ``row`` and ``minutes``."""

    spells: pd.DataFrame
    contacts: pd.DataFrame


def _place(spells: pd.DataFrame, contacts: pd.DataFrame) -> _Placed:
    """Put each contact into the spell of its deal that it falls in."""
    usable = spells["exit_age_days"].notna() & spells["entered_at"].notna()
    if "left_out" in spells:
        usable &= spells["left_out"].isna()
    if "skipped" in spells:
        usable &= ~spells["skipped"].astype("boolean").fillna(False).astype(bool)
    kept = spells[usable].reset_index(drop=True)
    made = contacts.loc[
        contacts["deal_id"].notna() & contacts["started_at"].notna(),
        ["deal_id", "started_at", "minutes"],
    ]
    if kept.empty or made.empty:
        empty = pd.DataFrame({"row": pd.Series(dtype="int64"), "age": pd.Series(dtype=float),
                              "minutes": pd.Series(dtype=float)})  # fmt: skip
        return _Placed(kept, empty)
    starts = pd.DataFrame(
        {
            "deal_id": kept["deal_id"].astype(str),
            "entered": _microseconds(kept["entered_at"]),
            "row": np.arange(len(kept)),
        }
    ).sort_values("entered", kind="stable")
    events = pd.DataFrame(
        {
            "deal_id": made["deal_id"].astype(str),
            "at": _microseconds(made["started_at"]),
            "minutes": pd.to_numeric(made["minutes"]).astype(float),
        }
    ).sort_values("at", kind="stable")
    found = pd.merge_asof(events, starts, left_on="at", right_on="entered", by="deal_id")
    found = found[found["row"].notna()].copy()
    found["row"] = found["row"].astype("int64")
    left = _microseconds(kept["left_at"], missing=np.iinfo(np.int64).max)
    # A contact after the deal was closed belongs to the customer, not to the deal.
    found = found[found["at"].to_numpy() <= left[found["row"].to_numpy()]]
    age = (found["at"] - found["entered"]) / MICROSECONDS_PER_DAY
    found["age"] = np.maximum(age, HALF_SECOND)
    return _Placed(kept, found[["row", "age", "minutes"]].reset_index(drop=True))


def _watched(
    spells: pd.DataFrame,
    contacts: pd.DataFrame,
    as_of: pd.Timestamp,
    recorded_from: pd.Timestamp | None,
    recorded_to: pd.Timestamp | None,
) -> WatchedSpells:
    rows = spells.index.to_numpy()
    mine = contacts[contacts["row"].isin(rows)]
    position = pd.Series(np.arange(len(rows)), index=rows)
    entered = spells["entered_at"]
    until = as_of if recorded_to is None else min(as_of, recorded_to)
    seen_from = np.zeros(len(rows))
    if recorded_from is not None:
        seen_from = np.maximum(_days(recorded_from - entered), 0.0)
    customer = spells["customer_id"] if "customer_id" in spells else spells["deal_id"]
    # A deal without a customer is a customer of its own.
    customer = customer.astype(object).where(
        customer.notna(), "deal " + spells["deal_id"].astype(str)
    )
    row = position.loc[mine["row"]].to_numpy(dtype=np.int64)
    exits = spells["exit_age_days"].to_numpy(dtype=float)
    seen_to = _days(until - entered)
    return WatchedSpells(
        entry=spells["entry_age_days"].fillna(0.0).to_numpy(dtype=float),
        exit=exits,
        outcome=spells["outcome"].to_numpy(dtype=np.int64),
        cluster=pd.factorize(customer)[0].astype(np.int64),
        recorded_from=seen_from,
        # The half second given to a stay of no length is watched as well.
        recorded_to=np.maximum(seen_to, np.where(exits <= HALF_SECOND, exits, 0.0)),
        spell=row,
        age=np.minimum(mine["age"].to_numpy(dtype=float), exits[row]),
        minutes=mine["minutes"].to_numpy(dtype=float),
    )


def _estimate(
    watched: WatchedSpells, rng: np.random.Generator, level: float, draws: int
) -> dict[str, object]:
    counts = {
        "n": len(watched.exit),
        "n_open": int((watched.outcome == OPEN).sum()),
        "n_contacts": len(watched.age),
    }
    reason = _refusal(counts)
    if reason is not None:
        return {**counts, "method": METHOD, "status": "not_computable", "reason": reason}
    found = mean_count(watched)
    redrawn = bootstrap_mean_count(watched, found.horizon, rng, draws)
    low, high = _interval(found.mean_contacts, redrawn.contacts, level)
    minutes_low, minutes_high = _interval(found.mean_minutes, redrawn.minutes, level)
    weak = _weakness(counts, found)
    return {
        **counts,
        "contacts": found.mean_contacts,
        "contacts_low": low,
        "contacts_high": high,
        "minutes": _number(found.mean_minutes),
        "minutes_low": minutes_low,
        "minutes_high": minutes_high,
        "minutes_per_contact": _number(found.mean_minutes / found.mean_contacts),
        "horizon_days": found.horizon,
        "tail_share": found.tail,
        "method": METHOD,
        "status": "ok" if weak is None else "degraded",
        "reason": weak,
    }


def _refusal(counts: Mapping[str, int]) -> str | None:
    if not counts["n"]:
        return "no deal with known dates"
    if not counts["n_contacts"]:
        return "no contact is linked to these deals"
    return None


def _weakness(counts: Mapping[str, int], found: MeanCount) -> str | None:
    if counts["n_contacts"] < FEW_CONTACTS:
        return f"only {counts['n_contacts']} contacts"
    if found.tail > 0.2:
        return (
            f"{found.tail:.0%} of the deals are still open after {found.horizon:.0f} days, "
            "the longest that was watched"
        )
    return None


def _interval(
    estimate: float, redrawn: np.ndarray, level: float
) -> tuple[float | None, float | None]:
    """
    Interval from the spread of the redrawn values on the log scale.

    It stays above 0, contains the estimate, and covers the truth a little more
    often than the percentiles of the draws do.
    """
    from scipy.special import ndtri

    values = redrawn[redrawn > 0]
    if not (estimate > 0 and len(values) > 1 and np.isfinite(values).all()):
        return None, None
    factor = float(np.exp(ndtri((1 + level) / 2) * np.log(values).std()))
    return estimate / factor, estimate * factor


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _microseconds(values: pd.Series, missing: int = 0) -> np.ndarray:
    instants = pd.to_datetime(values, utc=True).dt.tz_localize(None).astype("datetime64[us]")
    numbers = instants.astype("int64").to_numpy(copy=True)
    numbers[instants.isna().to_numpy()] = missing
    return numbers


def _days(duration: pd.Series) -> np.ndarray:
    return duration.dt.total_seconds().to_numpy(dtype=float) / 86_400


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    return table[name] if name in table else pd.Series(np.nan, index=table.index)


def _known(table: pd.DataFrame, name: str, *, missing: bool = False) -> pd.Series:
    if name not in table:
        return pd.Series(missing, index=table.index)
    return table[name].astype("boolean").fillna(missing).astype(bool)
