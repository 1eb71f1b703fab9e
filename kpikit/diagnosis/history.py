"""
The history of each deal, cleaned for counting: ordered, ranked, closed once.

A *track* is one deal in one pipeline. Stages get a rank by ``stage_order``
within their pipeline; the won side ranks after the last open stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError
from kpikit.vocabulary import DEAL_STATUS, LOST, OPEN, STAGE_SEMANTIC, WON

Reopened = Literal["first_close", "final"]

#: How pandas writes a missing instant as an integer.
NEVER = int(np.iinfo(np.int64).min)
CODES = {"open": OPEN, "won": WON, "lost": LOST}


@dataclass(frozen=True, eq=False)
class History:
    """
    Deals, their events, and the ladder of stages.

    Attributes
    ----------
    deals : DataFrame
        One row per deal in the caller's order: ``deal_id customer_id segment
        owner_id pipeline_id is_imported created_us first_event_us outcome
        closed_us is_bulk is_undated``. Instants are UTC microseconds.
    events : DataFrame
        One row per stage entered, by deal and time: ``deal track rank top
        base_row semantic entered_us next_us is_last_open is_bulk is_undated``.
    order : DataFrame
        Open stages by pipeline and rank: ``pipeline_id stage_id stage_order``.
    as_of_us : int
    """

    deals: pd.DataFrame
    events: pd.DataFrame
    order: pd.DataFrame
    as_of_us: int


def deal_history(
    deals: pd.DataFrame,
    stage_events: pd.DataFrame | None,
    stages: pd.DataFrame | None,
    as_of: pd.Timestamp,
    reopened: Reopened = "final",
) -> History:
    """
    Clean the history of the deals; parameters as in ``spells.stage_spells``.

    The history wins over the fields of the deal: a closing date of the deal is
    used only where the history shows no closing. A repeated row of the stage a
    deal is in already is no move. With ``final``, a closing that was undone in
    the same pipeline is dropped; with ``first_close``, everything after it.
    """
    as_of_us = _as_of_us(as_of)
    facts = _deal_facts(deals)
    ladder, order = _ladder(stages)
    events = _known_events(facts, stage_events, ladder, as_of_us)
    events = _drop_repeats(events)
    events = _with_missing_closings(events, facts, as_of_us)
    events = _closed_once(events, as_of_us, reopened)
    facts = _with_outcomes(facts, events, as_of_us)
    return History(facts, events, order, as_of_us)


def microseconds(instant: pd.Timestamp) -> int:
    """An instant with a time zone as UTC microseconds."""
    # Timestamp.value counts nanoseconds whatever the unit of the instant.
    return int(pd.Timestamp(instant).value // 1000)


def record_events(history: History) -> pd.DataFrame:
    """
    Events by which a track reached a higher rank than ever before.

    Returns
    -------
    DataFrame
        ``deal track rank top base_row entered_us highest_before left_us outcome
        event_bulk exit_bulk exit_undated begun_us is_imported``: ``left_us`` and
        ``outcome`` tell how and when the rank reached was left.
    """
    events = history.events
    ranks = events["rank"]
    highest = ranks.groupby(events["track"]).cummax()
    before = highest.groupby(events["track"]).shift(fill_value=-1)
    last = events.drop_duplicates("track", keep="last").set_index("track")
    is_record = (ranks > before).to_numpy()
    records = events.loc[is_record].assign(highest_before=before[is_record])
    following = records.groupby("track")[["entered_us", "is_bulk", "is_undated"]].shift(-1)
    advanced = following["entered_us"].notna().to_numpy()
    # The integer of the next record; the shift alone would round it to a float.
    next_us = np.append(records["entered_us"].to_numpy()[1:], 0)
    end = last.loc[records["track"]]
    lost = (end["semantic"] == LOST).to_numpy()
    moved_on = (end["moved_on"]).to_numpy(dtype=bool)
    handed_over = moved_on & end["is_qualification"].to_numpy(dtype=bool)
    end_us = np.where(lost, end["entered_us"], np.where(moved_on, end["next_us"], history.as_of_us))
    outcome = np.select([advanced, lost, handed_over], [WON, LOST, WON], default=OPEN)
    closed = advanced | lost
    facts = history.deals.iloc[records["deal"].to_numpy()]
    created = facts["created_us"].to_numpy()
    begun = np.where(created == NEVER, facts["first_event_us"].to_numpy(), created)
    return records.assign(
        left_us=np.where(advanced, next_us, end_us),
        outcome=outcome,
        event_bulk=records["is_bulk"],
        exit_bulk=closed & np.where(advanced, _flag(following["is_bulk"]), end["is_bulk"]),
        exit_undated=closed & np.where(advanced, _flag(following["is_undated"]), end["is_undated"]),
        begun_us=begun,
        is_imported=facts["is_imported"].to_numpy(),
    ).reset_index(drop=True)


def _as_of_us(as_of: pd.Timestamp) -> int:
    instant = pd.Timestamp(as_of)
    if instant is pd.NaT or instant.tzinfo is None:
        raise InputDataError(
            f"as_of must be an instant with a time zone, got {as_of!s}; "
            "give the instant of the data, such as 2026-07-01T00:00+03:00."
        )
    return microseconds(instant)


def _deal_facts(deals: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in ("deal_id", "status") if column not in deals]
    if missing:
        raise InputDataError(f"table deals lacks the column(s) {', '.join(missing)}.")
    strange = ~deals["status"].isin(DEAL_STATUS)
    if strange.any():
        values = ", ".join(sorted({str(v) for v in deals.loc[strange, "status"]})[:5])
        raise InputDataError(
            f"deals.status must be open, won or lost; {int(strange.sum())} rows hold {values}."
        )
    doubled = deals["deal_id"].duplicated()
    if doubled.any():
        raise InputDataError(
            f"deals.deal_id must be unique; {int(doubled.sum())} rows repeat an id, "
            f"such as {deals.loc[doubled, 'deal_id'].iloc[0]}."
        )
    text = {
        name: deals[name] if name in deals else pd.Series(None, index=deals.index, dtype=object)
        for name in ("customer_id", "segment", "owner_id", "pipeline_id")
    }
    return pd.DataFrame(
        {
            "deal_id": deals["deal_id"],
            **text,
            "status_code": deals["status"].map(CODES).astype("int64"),
            "created_us": _us(deals, "created_at"),
            "stated_close_us": _us(deals, "closed_at"),
            "is_imported": _flag(deals["is_imported"]) if "is_imported" in deals else False,
        }
    ).reset_index(drop=True)


def _ladder(stages: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All stages with rank and top rank, and the open ones in order."""
    columns = ["pipeline_id", "stage_id", "stage_order", "semantic"]
    if stages is None:
        return pd.DataFrame(columns=[*columns, "rank"]), pd.DataFrame(columns=columns[:3])
    missing = [c for c in ("stage_id", "stage_order", "semantic") if c not in stages]
    if missing:
        raise InputDataError(f"table stages lacks the column(s) {', '.join(missing)}.")
    strange = ~stages["semantic"].isin(STAGE_SEMANTIC)
    if strange.any():
        raise InputDataError(
            "stages.semantic must be open, won or lost; check stage "
            f"{stages.loc[strange, 'stage_id'].iloc[0]!s}."
        )
    table = stages.assign(pipeline_id=_pipeline(stages))
    table = table.drop_duplicates(["pipeline_id", "stage_id"])
    table = table.sort_values(["pipeline_id", "stage_order", "stage_id"], kind="stable")
    if "pipeline_role" not in table:
        table = table.assign(pipeline_role=None)
    is_open = table["semantic"] == "open"
    order = table.loc[is_open, columns[:3]].reset_index(drop=True)
    rank = order.groupby("pipeline_id").cumcount()
    tops = order.groupby("pipeline_id").size()
    bases = pd.Series(order.index, index=order["pipeline_id"]).groupby(level=0).min()
    top = table["pipeline_id"].map(tops).fillna(0).astype("int64")
    ladder = table.assign(
        code=table["semantic"].map(CODES).astype("int64"),
        top=top,
        base_row=table["pipeline_id"].map(bases).fillna(0).astype("int64"),
        rank=np.where(table["semantic"] == "won", top, -1),
        is_qualification=(table["pipeline_role"] == "qualification").to_numpy(dtype=bool),
        is_sale=(table["pipeline_role"] == "sale").to_numpy(dtype=bool),
    )
    ladder.loc[is_open, "rank"] = rank.to_numpy()
    return ladder, order


def _known_events(
    facts: pd.DataFrame, stage_events: pd.DataFrame | None, ladder: pd.DataFrame, as_of_us: int
) -> pd.DataFrame:
    """Events of these deals and known stages up to as_of, in order of time."""
    if stage_events is None or not len(stage_events) or not len(ladder):
        return _no_events()
    missing = [c for c in ("deal_id", "stage_id", "entered_at") if c not in stage_events]
    if missing:
        raise InputDataError(f"table stage_events lacks the column(s) {', '.join(missing)}.")
    events = pd.DataFrame(
        {
            "deal": pd.Index(facts["deal_id"]).get_indexer(pd.Index(stage_events["deal_id"])),
            "stage_id": stage_events["stage_id"].to_numpy(),
            "entered_us": _us(stage_events, "entered_at"),
            "seq": stage_events["seq"].fillna(0).to_numpy() if "seq" in stage_events else 0,
            "is_bulk": _flag(stage_events["is_bulk"]) if "is_bulk" in stage_events else False,
        }
    )
    events["pipeline_id"] = _event_pipeline(events, stage_events, facts, ladder)
    known = (events["deal"] >= 0) & (events["entered_us"] != NEVER)
    events = events.loc[known & (events["entered_us"] <= as_of_us)]
    stage = ladder[["pipeline_id", "stage_id", "rank", "top", "base_row", "code",
                    "is_qualification", "is_sale"]]  # fmt: skip
    events = events.merge(stage, on=["pipeline_id", "stage_id"], how="inner")
    events = events.rename(columns={"code": "semantic"})
    # Clicked through in one second without a sequence number: funnel order, losses last.
    step = np.where(events["semantic"] == LOST, np.iinfo(np.int32).max, events["rank"])
    events = events.assign(step=step, is_undated=False)
    events = events.sort_values(["deal", "entered_us", "seq", "step", "stage_id"], kind="stable")
    pipeline = pd.factorize(events["pipeline_id"])[0]
    events["track"] = events["deal"].to_numpy() * (int(pipeline.max(initial=0)) + 1) + pipeline
    return events.drop(columns=["step", "seq"]).reset_index(drop=True)


def _event_pipeline(
    events: pd.DataFrame, stage_events: pd.DataFrame, facts: pd.DataFrame, ladder: pd.DataFrame
) -> pd.Series:
    """Pipeline of each event: its own, else the only one with that stage, else the deal's."""
    if "pipeline_id" in stage_events:
        own = stage_events["pipeline_id"].reset_index(drop=True).astype(object)
    else:
        own = pd.Series(None, index=events.index, dtype=object)
    if (ladder["pipeline_id"] == "").all():
        return pd.Series("", index=events.index, dtype=object)
    gaps = own.isna()
    if gaps.any():
        single = ladder.drop_duplicates("stage_id", keep=False).set_index("stage_id")
        by_stage = events["stage_id"].map(single["pipeline_id"]).astype(object)
        by_deal = facts["pipeline_id"].astype(object).reindex(events["deal"]).reset_index(drop=True)
        own = own.where(~gaps, by_stage)
        own = own.where(own.notna(), by_deal)
    return own


def _drop_repeats(events: pd.DataFrame) -> pd.DataFrame:
    same = (
        (events["track"] == events["track"].shift())
        & (events["stage_id"] == events["stage_id"].shift())
        & (events["deal"] == events["deal"].shift())
    )
    return events.loc[~same].reset_index(drop=True)


def _with_missing_closings(
    events: pd.DataFrame, facts: pd.DataFrame, as_of_us: int
) -> pd.DataFrame:
    """Add the closing stated on the deal where its history ends in an open stage."""
    if not len(events):
        return events
    last = events.drop_duplicates("deal", keep="last")
    last = last.loc[last["semantic"] == OPEN]
    deal = facts.iloc[last["deal"].to_numpy()]
    stated = deal["stated_close_us"].to_numpy()
    undated = stated == NEVER
    add = (deal["status_code"].to_numpy() != OPEN) & (undated | (stated <= as_of_us))
    middle = last["entered_us"].to_numpy() // 2 + as_of_us // 2
    when = np.where(undated, middle, np.maximum(stated, last["entered_us"].to_numpy()))
    closing = last.assign(
        stage_id=None,
        semantic=deal["status_code"].to_numpy(),
        entered_us=when,
        is_bulk=False,
        is_undated=undated,
        rank=np.where(deal["status_code"] == WON, last["top"], -1),
    ).loc[add]
    if not len(closing):
        return events
    position = np.concatenate([np.arange(len(events)), closing.index.to_numpy() + 0.5])
    both = pd.concat([events, closing], ignore_index=True)
    return both.iloc[np.argsort(position, kind="stable")].reset_index(drop=True)


def _closed_once(events: pd.DataFrame, as_of_us: int, reopened: Reopened) -> pd.DataFrame:
    """Apply the policy for reopened deals, per track; add the end of each visit."""
    following = events["deal"].shift(-1) == events["deal"]
    next_us = np.append(events["entered_us"].to_numpy(), 0)[1:]
    events = events.assign(
        next_us=np.where(following, next_us, as_of_us).astype("int64"),
        is_last_open=(~following & (events["semantic"] == OPEN)).to_numpy(dtype=bool),
    )
    closing = (events["semantic"] != OPEN).astype("int64")
    if reopened == "first_close":
        closed_before = closing.astype("int64").groupby(events["track"]).cumsum() - closing.astype(
            "int64"
        )
        events = events.loc[closed_before == 0]
    elif reopened == "final":
        is_last = ~events["track"].duplicated(keep="last")
        events = events.loc[(closing == 0) | is_last]
    else:
        raise InputDataError(f"reopened must be first_close or final, got {reopened!r}.")
    # A track that ends open although the deal went on elsewhere was moved on.
    last = ~events["track"].duplicated(keep="last")
    moved_on = last & (events["semantic"] == OPEN) & ~events["is_last_open"]
    return events.assign(moved_on=moved_on.to_numpy(dtype=bool)).reset_index(drop=True)


def _with_outcomes(facts: pd.DataFrame, events: pd.DataFrame, as_of_us: int) -> pd.DataFrame:
    """Outcome of each deal: from its history, else from its own fields."""
    stated = facts["stated_close_us"].to_numpy()
    status = facts["status_code"].to_numpy()
    created = facts["created_us"].to_numpy()
    undated = (status != OPEN) & (stated == NEVER)
    outcome = np.where(stated > as_of_us, OPEN, status)
    middle = created // 2 + as_of_us // 2
    guess = np.where((created == NEVER) | (created > as_of_us), as_of_us, middle)
    closed = np.where(undated, guess, stated)
    bulk = np.zeros(len(facts), dtype=bool)
    first = np.full(len(facts), NEVER)
    if len(events):
        begins = events.drop_duplicates("deal", keep="first")
        first[begins["deal"].to_numpy()] = begins["entered_us"].to_numpy()
        ends = _deal_ends(events)
        row = ends["deal"].to_numpy()
        outcome[row] = ends["semantic"].to_numpy()
        closed[row] = ends["entered_us"].to_numpy()
        bulk[row] = ends["is_bulk"].to_numpy(dtype=bool)
        undated[row] = ends["is_undated"].to_numpy(dtype=bool)
    undated &= outcome != OPEN
    return facts.assign(
        outcome=outcome,
        closed_us=np.where(outcome == OPEN, NEVER, closed),
        first_event_us=first,
        is_bulk=bulk & (outcome != OPEN),
        is_undated=undated,
    )


def _deal_ends(events: pd.DataFrame) -> pd.DataFrame:
    """
    The event that decides each deal.

    Tracks in sale pipelines decide where the deal has one; a win counts from
    its instant on even if the deal then moves to a delivery pipeline. A win in a
    qualification pipeline that the deal leaves is a hand-over, not a win.
    """
    has_sale = events["is_sale"].groupby(events["deal"]).transform("any")
    counted = events.loc[events["is_sale"] | ~has_sale]
    goes_on = counted["deal"].duplicated(keep="last")
    handed_over = counted["is_qualification"] & (counted["semantic"] == WON) & goes_on
    counted = counted.loc[~handed_over]
    wins = counted.loc[counted["semantic"] == WON].drop_duplicates("deal", keep="first")
    lasts = counted.drop_duplicates("deal", keep="last")
    return pd.concat([wins, lasts.loc[~lasts["deal"].isin(wins["deal"])]], ignore_index=True)


def _pipeline(stages: pd.DataFrame) -> pd.Series:
    if "pipeline_id" not in stages:
        return pd.Series("", index=stages.index, dtype=object)
    return stages["pipeline_id"].astype(object).where(stages["pipeline_id"].notna(), "")


def _us(table: pd.DataFrame, column: str) -> np.ndarray:
    """Instants as UTC microseconds; a missing one is NEVER."""
    if column not in table:
        return np.full(len(table), NEVER)
    instants = pd.to_datetime(table[column], utc=True).dt.as_unit("us")
    return np.asarray(instants.dt.tz_localize(None).to_numpy().astype("int64"))


def _flag(values: pd.Series) -> np.ndarray:
    """Flags as plain booleans; unknown is not flagged."""
    return np.asarray(values.astype("boolean").fillna(False), dtype=bool)


def _no_events() -> pd.DataFrame:
    whole = ("deal", "track", "rank", "top", "base_row", "semantic", "entered_us")
    flags = ("is_bulk", "is_undated", "is_qualification", "is_sale")
    return pd.DataFrame(
        {
            **{name: pd.Series(dtype="int64") for name in whole},
            **{name: pd.Series(dtype=bool) for name in flags},
            "stage_id": pd.Series(dtype=object),
            "pipeline_id": pd.Series(dtype=object),
        }
    )
