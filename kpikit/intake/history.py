"""
Stage history: the order and kind of each move, and what it says about a deal.

The history is the only source of closing dates that is written by the system
and not by people, so it wins over every date field of the deal list.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.values import no_text

_DAY = pd.Timedelta(days=1)


def order_events(events: pd.DataFrame, semantics: pd.Series) -> pd.DataFrame:
    """
    Number the moves of each deal and name their kind.

    Parameters
    ----------
    events : DataFrame
        ``deal_id``, ``pipeline_id``, ``stage_id``, ``entered_at``, in file order.
    semantics : Series
        ``open``, ``won`` or ``lost`` by stage id (null where unknown).

    Returns
    -------
    DataFrame
        Sorted by deal and time, with ``seq`` from 1, ``kind`` (``created``, ``move``,
        ``close``, ``reopen``, ``pipeline_change``) and ``semantic``. A first
        closing stays an event when the deal is reopened later.
    """
    table = events.sort_values(["deal_id", "entered_at"], kind="stable").reset_index(drop=True)
    groups = table.groupby("deal_id", sort=False)
    table["seq"] = groups.cumcount() + 1
    by_stage = table["stage_id"].map(semantics).astype("str")
    own = table["semantic"] if "semantic" in table else no_text(table.index)
    table["semantic"] = own.fillna(by_stage)
    closed = table["semantic"].isin(["won", "lost"])
    first = table["seq"] == 1
    before_closed = closed.shift(1, fill_value=False) & ~first
    pipeline = table["pipeline_id"]
    changed = (
        ~first & pipeline.notna() & pipeline.shift(1).notna() & (pipeline != pipeline.shift(1))
    )
    kind = np.select(
        [closed, before_closed, first, changed],
        ["close", "reopen", "created", "pipeline_change"],
        "move",
    )
    stated = table["kind"] if "kind" in table else no_text(table.index)
    # a file's own word is kept except where it hides a closing or a reopening
    loud = closed | before_closed
    table["kind"] = pd.Series(kind, index=table.index).where(loud | stated.isna(), stated)
    return table


def last_moves(events: pd.DataFrame) -> pd.DataFrame:
    """
    Current stage of each deal and its last closing, from ordered events.

    Returns
    -------
    DataFrame
        Indexed by deal: ``stage_id``, ``pipeline_id``, ``semantic`` of the last
        event, ``first_at`` of the first one, and ``closed_at``: the entry
        into the present closed stretch, null for deals that are open now.
    """
    groups = events.groupby("deal_id", sort=False)
    last = groups[["stage_id", "pipeline_id", "semantic"]].last(skipna=False)
    last["first_at"] = groups["entered_at"].first()
    closed = events["semantic"].isin(["won", "lost"])
    # moving between closed stages (lost, then lost for another reason) is one closing
    starts = events[closed & ~(closed.shift(1, fill_value=False) & (events["seq"] > 1))]
    closing = starts.groupby("deal_id", sort=False)["entered_at"].last()
    now_closed = last["semantic"].isin(["won", "lost"])
    last["closed_at"] = closing.reindex(last.index).where(now_closed)
    return last


def close_deals(
    deals: pd.DataFrame, moves: pd.DataFrame | None, tz: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Fill ``closed_at`` of closed deals from the best witness and name it.

    In order: stage history, a closing time that the file gives, the time of the
    last stage change, the close date field (for closed deals only; for open ones it is a
    plan). Nothing found leaves it null with quality ``none``.

    Parameters
    ----------
    deals : DataFrame
        With ``status``, ``closed_at``, ``stage_changed_at``, ``expected_close_on``.
    moves : DataFrame or None
        From :func:`last_moves`.
    tz : str
        Zone in which a close date is a day.

    Returns
    -------
    DataFrame, list of Issue
    """
    table = deals.copy()
    closed = table["status"].isin(["won", "lost"])
    issues: list[Issue] = []
    stated = table["closed_at"].copy()
    quality = pd.Series("close_field", index=table.index).where(stated.notna())
    if moves is not None:
        seen = pd.to_datetime(table["deal_id"].map(moves["closed_at"]), utc=True)
        seen = seen.where(closed).astype(table["closed_at"].dtype)
        planned = _midnight(table["expected_close_on"], tz)
        for other, column in ((stated, "closed_at"), (planned, "expected_close_on")):
            apart = _apart(other, seen, tz)
            if apart.any():
                count, both = int(apart.sum()), int((other.notna() & seen.notna()).sum())
                issues.append(
                    Issue("close_date_disagrees", "warning",
                          "The close date of closed deals differs from the stage history by more "
                          "than a day; the history is used.", "deals", column, count,
                          share_of(count, both), examples(table.loc[apart, "deal_id"]))
                )  # fmt: skip
        stated = seen.fillna(stated)
        quality = quality.mask(seen.notna(), "history")
    fallbacks = (
        ("stage_changed_at", "status_time"),
        ("expected_close_on", "close_field"),
    )
    for column, word in fallbacks:
        if column not in table:
            continue
        witness = table[column]
        if column == "expected_close_on":
            witness = _midnight(witness, tz)
        use = closed & stated.isna() & witness.notna()
        stated = stated.where(~use, witness.astype(stated.dtype))
        quality = quality.mask(use, word)
    table["closed_at"] = stated
    table["closed_at_quality"] = quality.fillna("none").astype("str")
    return table, issues


def _midnight(days: pd.Series, tz: str) -> pd.Series:
    """Beginning of each day in the zone, as an instant."""
    first_pass = np.ones(len(days), dtype=bool)
    local = days.dt.tz_localize(tz, ambiguous=first_pass, nonexistent="shift_forward")
    return local.dt.tz_convert("UTC")


def _apart(one: pd.Series, other: pd.Series, tz: str) -> pd.Series:
    """More than one calendar day between the two; a bare date has no time of day."""
    first = one.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
    second = other.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
    return ((first - second).abs() > _DAY).fillna(False)
