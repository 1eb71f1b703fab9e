"""
Spells: how long each deal was on its way, in each stage and as a whole.

Event rows are reduced once to one row per deal and stage reached
(:func:`stage_spells`) and one row per deal (:func:`deal_spells`). All
estimators of conversion and cycle start from these tables.

Rules
-----
* The order of stages is ``stages.stage_order``, never a name.
* *Reached is monotone.* A deal that jumps from stage 1 to 3 has reached stage 2
  and left it by the won side; how long stage 2 took is unknown, not zero. Such
  a row has ``skipped`` and no ages: it counts in the share, not in the time. A
  deal created in stage 3 has in this sense reached 1 and 2 as well, so that
  stage conversions multiply to the overall one.
* A spell is the *first passage*: from reaching the stage to reaching a later
  one. Backward moves do not undo an advance; ``visits`` and ``days_in_stage``
  count every visit.
* A deal watched from the middle (created before the history starts, or
  imported) enters late: ``entry_age_days`` is its age when watching began, and
  stages it passed before are not invented for it.
* Nothing is dropped silently: a row that no estimator may use says why in
  ``left_out``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.history import (
    NEVER,
    History,
    Reopened,
    deal_history,
    microseconds,
    record_events,
)
from kpikit.vocabulary import OPEN, WON

__all__ = [
    "LEFT_OUT",
    "Reopened",
    "countable_deals",
    "customers",
    "deal_spells",
    "stage_spells",
    "usable",
]

MICROSECONDS_PER_DAY = 86_400 * 1_000_000

#: Why a spell is used by no estimator.
LEFT_OUT: dict[str, str] = {
    "start_unknown": "imported while already running: its true start is unknown",
    "before_history": "closed before the history starts",
    "after_as_of": "begins after the as-of instant",
    "no_time": "has no start date",
    "ends_before_start": "closed before it was created",
}

STAGE_SPELL_COLUMNS = (
    "deal_id", "customer_id", "segment", "rep_id", "pipeline_id", "stage_id", "stage_order",
    "entered_at", "left_at", "outcome", "entry_age_days", "exit_age_days", "visits",
    "days_in_stage", "is_current", "skipped", "is_bulk", "is_bulk_entry", "is_undated",
    "is_imported", "left_out",
)  # fmt: skip
DEAL_SPELL_COLUMNS = (
    "deal_id", "customer_id", "segment", "rep_id", "pipeline_id", "entered_at", "left_at",
    "outcome", "entry_age_days", "exit_age_days", "is_bulk", "is_undated", "is_imported",
    "left_out",
)  # fmt: skip


def countable_deals(deals: pd.DataFrame) -> pd.DataFrame:
    """
    Deals that count: neither a test nor a duplicate.

    Parameters
    ----------
    deals : DataFrame
        Canonical table; a missing flag column flags nothing.

    Returns
    -------
    DataFrame
        The rows kept, same columns. Imported deals stay: spells know when
        watching them began.
    """
    keep = np.ones(len(deals), dtype=bool)
    for flag in ("is_test", "is_duplicate"):
        if flag in deals:
            keep &= ~_truth(deals[flag])
    return deals.loc[keep]


def stage_spells(
    deals: pd.DataFrame,
    stage_events: pd.DataFrame,
    stages: pd.DataFrame,
    as_of: pd.Timestamp,
    history_start_at: pd.Timestamp | None = None,
    *,
    reopened: Reopened = "final",
    time_resolution_s: float = 1.0,
) -> pd.DataFrame:
    """
    One row per deal and stage reached: when, how long, and how it was left.

    Parameters
    ----------
    deals, stage_events, stages : DataFrame
        Canonical tables; pass the deals that count (:func:`countable_deals`).
        Events of other deals, of unknown stages and after ``as_of`` are not used.
    as_of : Timestamp
        Instant of the data, with a time zone. Deals open then are censored.
    history_start_at : Timestamp, optional
        Instant from which the stage history is complete.
    reopened : {"final", "first_close"}
        Whether a reopened deal goes on, or ended at its first closing.
    time_resolution_s : float
        Step of the clock; zero durations become half of it. [s]

    Returns
    -------
    DataFrame
        Columns ``STAGE_SPELL_COLUMNS``, ordered by deal, pipeline and stage.

        - ``entered_at``, ``left_at``: instants; ``left_at`` is null while the
          deal is in the stage. A skipped stage is entered and left by one event.
        - ``outcome``: OPEN, WON (reached a later stage or won) or LOST.
        - ``entry_age_days``, ``exit_age_days``: age in the stage when watching
          began and ended; null where unknown. [calendar days]
        - ``visits``: visits of the stage, later ones included. [count]
        - ``days_in_stage``: time of all visits up to ``as_of``; null for a stage
          never visited. [calendar days]
        - ``is_current``: the deal is in the stage at ``as_of``.
        - ``is_bulk``, ``is_bulk_entry``: left or entered in a bulk change, so
          the instant is that of a clean-up, not of the customer's decision.
        - ``is_undated``: closed, nobody knows when; the middle between the last
          event and ``as_of`` stands in.
        - ``left_out``: key of ``LEFT_OUT``, or null.

    Raises
    ------
    InputDataError
        If a table lacks a column it cannot do without, or ``as_of`` has no zone.
    """
    history = deal_history(deals, stage_events, stages, as_of, reopened)
    if not len(history.events):
        return _empty(STAGE_SPELL_COLUMNS)
    start_us = _instant(history_start_at)
    passages = _first_passages(history, start_us)
    visits = _visits(history)
    spells = passages.merge(visits, on=["track", "rank"], how="left")

    entered = spells["entered_us"].to_numpy()
    left = spells["left_us"].to_numpy()
    skipped = spells["skipped"].to_numpy(dtype=bool)
    entry_age, exit_age = _ages(entered, left, start_us, time_resolution_s)
    imported = spells["is_imported"].to_numpy(dtype=bool)
    # When an imported deal came into the stage it was imported in, nobody knows.
    unknown = imported & spells["is_first"].to_numpy(dtype=bool)
    left_out = _reasons(len(spells))
    if start_us is not None:
        left_out[left <= start_us] = "before_history"
    left_out[unknown] = "start_unknown"
    hide = skipped | (left_out == "start_unknown")

    order = history.order
    keys = order.iloc[spells["stage_row"].to_numpy()]
    outcome = spells["outcome"].to_numpy()
    deal_rows = history.deals.iloc[spells["deal"].to_numpy()]
    table = pd.DataFrame(
        {
            **_who(deal_rows),
            "pipeline_id": keys["pipeline_id"].to_numpy(),
            "stage_id": keys["stage_id"].to_numpy(),
            "stage_order": keys["stage_order"].to_numpy(),
            "entered_at": _instants(entered),
            "left_at": _instants(np.where(outcome == OPEN, NEVER, left)),
            "outcome": outcome,
            "entry_age_days": np.where(hide, np.nan, entry_age),
            "exit_age_days": np.where(hide, np.nan, exit_age),
            "visits": spells["visits"].fillna(0).astype("int64").to_numpy(),
            "days_in_stage": np.maximum(
                spells["visited_us"].to_numpy(dtype=float) / MICROSECONDS_PER_DAY,
                time_resolution_s / 2 / 86_400,
            ),
            "is_current": _truth(spells["is_current"]),
            "skipped": skipped,
            "is_bulk": spells["is_bulk"].to_numpy(dtype=bool),
            "is_bulk_entry": spells["is_bulk_entry"].to_numpy(dtype=bool),
            "is_undated": spells["is_undated"].to_numpy(dtype=bool),
            "is_imported": imported,
            "left_out": left_out,
        }
    )
    table = table.assign(_deal=spells["deal"].to_numpy())
    table = table.sort_values(["_deal", "pipeline_id", "stage_order", "stage_id"], kind="stable")
    return table[list(STAGE_SPELL_COLUMNS)].reset_index(drop=True)


def deal_spells(
    deals: pd.DataFrame,
    as_of: pd.Timestamp,
    stage_events: pd.DataFrame | None = None,
    stages: pd.DataFrame | None = None,
    history_start_at: pd.Timestamp | None = None,
    *,
    reopened: Reopened = "final",
    time_resolution_s: float = 1.0,
) -> pd.DataFrame:
    """
    One row per deal: from its creation to won, lost, or still open.

    Without ``stage_events`` the closing dates of the deals are used. A deal
    without a start date keeps its outcome and has no ages: only closed shares
    can be told from it. Parameters as in :func:`stage_spells`.

    Returns
    -------
    DataFrame
        Columns ``DEAL_SPELL_COLUMNS`` in the order of ``deals``; the meaning is
        that of :func:`stage_spells` with the whole deal as the spell.
    """
    history = deal_history(deals, stage_events, stages, as_of, reopened)
    facts = history.deals
    created = facts["created_us"].to_numpy()
    first = facts["first_event_us"].to_numpy()
    entered = np.where(created != NEVER, created, first)
    outcome = facts["outcome"].to_numpy()
    as_of_us = history.as_of_us
    left = np.where(outcome == OPEN, as_of_us, facts["closed_us"].to_numpy())
    imported = facts["is_imported"].to_numpy(dtype=bool)
    start_us = _instant(history_start_at)

    watched = np.where(imported & (first != NEVER), np.maximum(first, entered), entered)
    if start_us is not None:
        watched = np.maximum(watched, start_us)
    entry_age, exit_age = _ages(entered, left, None, time_resolution_s)
    entry_age = (watched - entered) / MICROSECONDS_PER_DAY
    # Created and first seen on one day: the import wrote the creation date itself.
    unknown = imported & (entry_age < 1.0)

    left_out = _reasons(len(facts))
    left_out[left <= watched] = "before_history"
    left_out[(left <= watched) & (watched == entered)] = None
    left_out[unknown] = "start_unknown"
    left_out[left < entered] = "ends_before_start"
    left_out[entered > as_of_us] = "after_as_of"
    left_out[entered == NEVER] = "no_time"
    blank = np.isin(left_out.astype(str), ["start_unknown", "no_time", "ends_before_start",
                                           "after_as_of"])  # fmt: skip
    return pd.DataFrame(
        {
            **_who(facts),
            "pipeline_id": facts["pipeline_id"].to_numpy(),
            "entered_at": _instants(entered),
            "left_at": _instants(np.where(outcome == OPEN, NEVER, left)),
            "outcome": outcome,
            "entry_age_days": np.where(blank, np.nan, entry_age),
            "exit_age_days": np.where(blank, np.nan, exit_age),
            "is_bulk": facts["is_bulk"].to_numpy(dtype=bool),
            "is_undated": facts["is_undated"].to_numpy(dtype=bool),
            "is_imported": imported,
            "left_out": left_out,
        }
    )[list(DEAL_SPELL_COLUMNS)]


def usable(spells: pd.DataFrame) -> pd.DataFrame:
    """Rows that an estimator of time and share may use."""
    return spells.loc[spells["left_out"].isna() & spells["exit_age_days"].notna()]


def customers(spells: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Customer number of each row; a deal without a customer is its own."""
    known = spells["customer_id"].astype(object)
    alone = "deal " + spells["deal_id"].astype(str)
    return np.asarray(pd.factorize(known.where(known.notna(), alone))[0], dtype=np.int64)


def _first_passages(history: History, start_us: int | None) -> pd.DataFrame:
    """One row per track and open stage reached, skipped ones included."""
    records = record_events(history)
    # Stages reached by one record event: from the previous highest plus one.
    low = records["highest_before"].to_numpy() + 1
    first = low == 0
    imported = records["is_imported"].to_numpy(dtype=bool)
    late = imported.copy()
    if start_us is not None:
        late |= records["begun_us"].to_numpy() < start_us
    rank = records["rank"].to_numpy()
    # A deal watched from the middle did not show us its earlier stages.
    low = np.where(first & late, np.minimum(rank, records["top"].to_numpy()), low)
    # A win is the rank after the last open stage and is no stage to stay in.
    high = np.minimum(rank, records["top"].to_numpy() - 1)
    count = np.maximum(high - low + 1, 0)
    rows = np.repeat(np.arange(len(records)), count)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    reached = low[rows] + offset
    picked = records.iloc[rows].reset_index(drop=True)
    skipped = reached < picked["rank"].to_numpy()
    picked["skipped"] = skipped
    picked["stage_row"] = picked["base_row"].to_numpy() + reached
    picked["rank"] = reached
    picked["is_first"] = first[rows]
    picked["is_bulk_entry"] = picked["event_bulk"].to_numpy(dtype=bool)
    picked["left_us"] = np.where(skipped, picked["entered_us"], picked["left_us"])
    picked["outcome"] = np.where(skipped, WON, picked["outcome"])
    picked["is_bulk"] = np.where(skipped, picked["event_bulk"], picked["exit_bulk"])
    picked["is_undated"] = np.where(skipped, False, picked["exit_undated"])
    columns = ["deal", "track", "rank", "stage_row", "entered_us", "left_us", "outcome",
               "skipped", "is_first", "is_bulk", "is_bulk_entry", "is_undated",
               "is_imported"]  # fmt: skip
    return picked[columns]


def _visits(history: History) -> pd.DataFrame:
    """Number and total time of the visits per track and stage."""
    events = history.events
    stays = events.loc[events["semantic"] == OPEN]
    length = stays["next_us"] - stays["entered_us"]
    return (
        stays.assign(length=length)
        .groupby(["track", "rank"], as_index=False, sort=False)
        .agg(
            visits=("length", "size"),
            visited_us=("length", "sum"),
            is_current=("is_last_open", "any"),
        )
    )


def _ages(
    entered: np.ndarray, left: np.ndarray, start_us: int | None, resolution_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Ages in days when watching began and ended; a zero stay is half a clock step."""
    half = resolution_s / 2 * 1e6
    stay = np.maximum((left - entered).astype(float), half)
    entry = np.zeros(len(entered))
    if start_us is not None:
        entry = np.maximum((start_us - entered).astype(float), 0.0)
    return entry / MICROSECONDS_PER_DAY, stay / MICROSECONDS_PER_DAY


def _who(rows: pd.DataFrame) -> dict[str, object]:
    return {
        "deal_id": rows["deal_id"].to_numpy(),
        "customer_id": rows["customer_id"].to_numpy(),
        "segment": rows["segment"].to_numpy(),
        "rep_id": rows["owner_id"].to_numpy(),
    }


def _reasons(count: int) -> np.ndarray:
    return np.full(count, None, dtype=object)


def _truth(flags: pd.Series) -> np.ndarray:
    """Flags as plain booleans; unknown is not flagged."""
    return np.asarray(flags.astype("boolean").fillna(False), dtype=bool)


def _instant(value: pd.Timestamp | None) -> int | None:
    return None if value is None else microseconds(value)


def _instants(microseconds: np.ndarray) -> pd.Series:
    return pd.Series(microseconds.astype("datetime64[us]")).dt.tz_localize("UTC")


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    kinds = {"entered_at": "datetime64[us, UTC]", "left_at": "datetime64[us, UTC]",
             "outcome": "int64", "stage_order": "int64", "visits": "int64",
             "entry_age_days": "float64", "exit_age_days": "float64",
             "days_in_stage": "float64"}  # fmt: skip
    flags = {c: "bool" for c in columns if c.startswith("is_") or c == "skipped"}
    return pd.DataFrame({c: pd.Series(dtype=kinds.get(c, flags.get(c, "object"))) for c in columns})
