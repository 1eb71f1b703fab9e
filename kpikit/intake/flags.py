"""
Rows that would mislead a diagnosis: tests, duplicates, imports, bulk moves.

Nothing is deleted. Each rule writes its id into ``flags`` and sets its
column, so that a diagnosis can leave the rows out and show the effect. A sign that is common
in the department (an amount of 0 in every second deal) is a habit and no sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.values import no_text

_TEST_WORDS = re.compile(
    r"(?<![^\W\d_])(?:тест|тестов(?:ый|ая|ое|ые)|test|testing|teszt|проверка|asdf\w*|qwerty|йцукен"
    r"|а{3,}|a{3,})(?![^\W\d_])",
    re.I,
)


#: Equal deals won on one day by one customer, from which on they are parts of one sale.
SPLIT_PARTS = 3


@dataclass(frozen=True)
class Thresholds:
    """
    Limits of the flag rules; all are assumptions that an engagement may change.

    Parameters
    ----------
    bulk_min_deals : int
        Deals moved within ``bulk_within_s`` seconds by one actor.
    bulk_within_s : float
        [s]
    bulk_times_usual : float
        Moves in one hour against the actor's median busy hour.
    import_min_deals : int
        Deals with the same creation minute.
    test_amounts : tuple of float
    test_lifetime_s : float
        Won deals that lived shorter. [s]
    habit_share : float
        A test sign on more deals than this is a habit. [share]
    duplicate_days : float
        Between the creations of two duplicates. [days]
    duplicate_tolerance : float
        Difference of their amounts. [share]
    """

    bulk_min_deals: int = 20
    bulk_within_s: float = 60.0
    bulk_times_usual: float = 5.0
    import_min_deals: int = 20
    test_amounts: tuple[float, ...] = (0.0, 1.0, 123.0, 111111.0)
    test_lifetime_s: float = 60.0
    habit_share: float = 0.05
    duplicate_days: float = 7.0
    duplicate_tolerance: float = 0.01


def flag_bulk_moves(
    events: pd.DataFrame,
    *,
    min_deals: int = 20,
    within_s: float = 60.0,
    times_usual: float = 5.0,
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Mark stage moves that nobody made one by one.

    The first record of a deal is its beginning and no move; mass beginnings are
    found by :func:`flag_imports`. A move is bulk when at least ``min_deals`` deals enter
    stages within ``within_s`` seconds by one actor, or when the actor moves more than
    ``times_usual`` times as many deals in that hour as in a usual (median) busy hour,
    and at least ``min_deals``.

    Parameters
    ----------
    events : DataFrame
        ``deal_id``, ``seq``, ``entered_at``, ``actor_id`` (null = unknown, one group).

    Returns
    -------
    DataFrame, list of Issue
        The events with ``is_bulk``.
    """
    table = events.copy()
    moves = table[table["seq"] > 1]
    actor = moves["actor_id"].fillna("")
    burst = pd.Series(False, index=table.index)
    rate = pd.Series(False, index=table.index)
    for name, rows in moves.groupby(actor, sort=True):
        ordered = rows.sort_values("entered_at", kind="stable")
        times = ordered["entered_at"].dt.tz_localize(None).to_numpy("datetime64[us]")
        seconds = times.astype("int64") / 1e6
        burst.loc[ordered.index] = _in_burst(seconds, ordered["deal_id"], min_deals, within_s)
        if name:
            hour = np.floor(seconds / 3600)
            per_hour = pd.Series(hour).groupby(hour).size()
            limit = max(times_usual * per_hour.median(), min_deals - 1)
            rate.loc[ordered.index] = pd.Series(hour).map(per_hour).to_numpy() > limit
    table["is_bulk"] = burst | rate
    count = int(table["is_bulk"].sum())
    if not count:
        return table, []
    return table, [
        Issue("bulk_move", "warning",
              "Deals moved in bulk: these moves say when somebody tidied up, not when the deals "
              "moved, and are left out of cycle times.", "stage_events", "is_bulk", count,
              share_of(count, len(table)), examples(table.loc[table["is_bulk"], "deal_id"]))
    ]  # fmt: skip


def _in_burst(seconds: np.ndarray, deals: pd.Series, min_deals: int, within_s: float) -> np.ndarray:
    """Members of any window of ``within_s`` that holds enough different deals."""
    ends = np.searchsorted(seconds, seconds + within_s, side="right")
    codes = pd.factorize(deals)[0]
    member = np.zeros(len(seconds) + 1, dtype=int)
    for start in np.flatnonzero(ends - np.arange(len(seconds)) >= min_deals):
        if len(np.unique(codes[start : ends[start]])) >= min_deals:
            member[start] += 1
            member[ends[start]] -= 1
    return np.cumsum(member)[:-1] > 0


def flag_imports(
    deals: pd.DataFrame, events: pd.DataFrame | None, tz: str, *, min_deals: int = 20
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Mark deals that came in with a mass import, whose beginning was not seen.

    Signs: ``min_deals`` deals with the same creation minute (bare dates, written
    at local midnight, do not count); created after they were closed; first stage record in the
    minute of a mass of first records, or on that day for a deal created before.

    Parameters
    ----------
    deals : DataFrame
        ``deal_id``, ``created_at``, ``closed_at``, ``flags``.
    events : DataFrame or None
        Ordered stage events.
    tz : str
        Zone in which bare dates are midnights.

    Returns
    -------
    DataFrame, list of Issue
        The deals with ``is_imported`` and ``flags``.
    """
    created = deals["created_at"]
    timed = created.notna() & ~_at_midnight(created, tz)
    minute = created.dt.floor("min").where(timed)
    same_minute = minute.map(minute.value_counts()).ge(min_deals)
    late = (created > deals["closed_at"]).fillna(False)
    signs = {"import_minute": same_minute.fillna(False), "import_created_after_close": late}
    if events is not None and len(events):
        first = events.groupby("deal_id")["entered_at"].min()
        first_at = pd.to_datetime(deals["deal_id"].map(first), utc=True)
        first_minute = first_at.dt.floor("min")
        mass = first_minute.map(first_minute.value_counts()).ge(min_deals).fillna(False)
        days = set(first_at[mass].dt.tz_convert(tz).dt.normalize())
        days |= set(created[same_minute.fillna(False)].dt.tz_convert(tz).dt.normalize())
        day = first_at.dt.tz_convert(tz).dt.normalize()
        before = created.dt.tz_convert(tz).dt.normalize() < day
        signs["import_first_record"] = mass | (day.isin(list(days)) & before)
    return _mark(deals, "is_imported", signs, "warning",
                 "Deals that seem to be imported: their beginning was not recorded.")  # fmt: skip


def flag_tests(
    deals: pd.DataFrame,
    customers: pd.DataFrame | None,
    tz: str,
    *,
    amounts: Sequence[float] = (0.0, 1.0, 123.0, 111111.0),
    lifetime_s: float = 60.0,
    habit_share: float = 0.05,
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Mark deals that somebody made to try the CRM.

    Signs: a test word in the title or the customer's name, an internal customer, a
    keyboard amount, won within ``lifetime_s`` seconds of its creation. Words and amounts on
    more than ``habit_share`` of the deals are habits and reported as such.

    Parameters
    ----------
    deals : DataFrame
        ``title``, ``customer_id``, ``amount``, ``status``, ``created_at``, ``closed_at``,
        ``is_imported``.
    customers : DataFrame or None
        ``customer_id``, ``name``, ``is_internal``.
    tz : str
        Zone in which bare dates are midnights (they show no lifetime).

    Returns
    -------
    DataFrame, list of Issue
        The deals with ``is_test`` and ``flags``.
    """
    names = no_text(deals.index)
    internal = pd.Series(False, index=deals.index)
    if customers is not None and len(customers):
        by_id = customers.drop_duplicates("customer_id").set_index("customer_id")
        names = deals["customer_id"].map(by_id["name"]).astype("str")
        inside = by_id["is_internal"].astype("boolean").fillna(False).astype(bool)
        internal = deals["customer_id"].map(inside).eq(True).fillna(False)
    issues = []
    word = pd.Series(False, index=deals.index)
    for texts in (deals["title"], names):
        word |= texts.fillna("").str.contains(_TEST_WORDS)
    if word.mean() > habit_share:
        issues.append(_habit("test_name", "title", word))
        word = pd.Series(False, index=deals.index)
    keyboard = pd.Series(False, index=deals.index)
    for amount in amounts:
        equal = deals["amount"].eq(amount)
        if equal.mean() > habit_share:
            issues.append(_habit("test_amount", "amount", equal))
        else:
            keyboard |= equal
    timed = ~_at_midnight(deals["created_at"], tz) & ~_at_midnight(deals["closed_at"], tz)
    life = (deals["closed_at"] - deals["created_at"]).dt.total_seconds()
    # an imported deal was created by the import, so its life says nothing
    begun = timed & ~deals["is_imported"].fillna(False).astype(bool)
    short = deals["status"].eq("won") & begun & life.ge(0) & life.lt(lifetime_s)
    signs = {"test_name": word, "internal_customer": internal, "test_amount": keyboard,
             "test_lifetime": short}  # fmt: skip
    marked, found = _mark(deals, "is_test", signs, "warning",
                          "Deals that seem to be tests; nothing is deleted.")  # fmt: skip
    return marked, issues + found


def flag_duplicates(
    deals: pd.DataFrame, *, days: float = 7.0, tolerance: float = 0.01
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Mark later copies of a deal: same customer, pipeline and amount, created soon after.

    Deals without a customer, a positive amount or a creation time are not compared.
    Where amounts stand on won deals only, copies of lost ones cannot be seen, and
    marking the won ones alone would bias every conversion: nothing is marked then.
    Three or more equal deals won on one day are no slip of the pen: they stay, as a sale
    that may have been split.

    Parameters
    ----------
    deals : DataFrame
        ``deal_id``, ``customer_id``, ``pipeline_id``, ``amount``, ``currency``, ``created_at``;
        ``status`` and ``closed_at`` tell split sales from copies.

    Returns
    -------
    DataFrame, list of Issue
        The deals with ``is_duplicate``, ``duplicate_of_id`` (the first of the copies)
        and ``flags``.
    """
    usable = deals["customer_id"].notna() & deals["created_at"].notna() & deals["amount"].gt(0)
    if _amounts_tell_the_outcome(deals):
        usable &= False
    keys = ["customer_id", "pipeline_id", "currency"]
    rows = deals.loc[usable, [*keys, "deal_id", "amount", "created_at"]].copy()
    rows[keys] = rows[keys].fillna("")
    rows = rows.sort_values([*keys, "created_at", "deal_id"], kind="stable")
    group = rows.groupby(keys, sort=False).ngroup().to_numpy()
    amount = rows["amount"].to_numpy()
    age = (
        rows["created_at"].dt.tz_localize(None).to_numpy("datetime64[us]").astype("int64") / 8.64e10
    )
    original = np.full(len(rows), -1)
    for lag in range(1, min(len(rows), 51)):
        near = (group[lag:] == group[:-lag]) & (age[lag:] - age[:-lag] <= days)
        if not near.any():
            break
        larger = np.maximum(amount[lag:], amount[:-lag])
        same = near & (np.abs(amount[lag:] - amount[:-lag]) <= tolerance * larger)
        places = np.flatnonzero(same) + lag
        original[places] = places - lag
    for place in range(len(rows)):  # a copy of a copy points to the first
        if original[place] >= 0 and original[original[place]] >= 0:
            original[place] = original[original[place]]
    found = (original >= 0) & ~_is_split(deals.loc[rows.index], original)
    ids = rows["deal_id"].to_numpy()
    first = pd.Series(ids[original[found]], index=rows.index[found], dtype="str")
    table = deals.copy()
    table["duplicate_of_id"] = first.reindex(deals.index)
    sign = pd.Series(deals.index.isin(rows.index[found]), index=deals.index)
    return _mark(
        table,
        "is_duplicate",
        {"duplicate": sign},
        "warning",
        "Deals that seem to be copies of an earlier one; report with and without them.",
    )


def _is_split(rows: pd.DataFrame, original: np.ndarray) -> np.ndarray:
    """Rows of a set of at least ``SPLIT_PARTS`` equal deals that were all won on one day."""
    if not {"status", "closed_at"} <= set(rows.columns):
        return np.zeros(len(rows), dtype=bool)
    first = pd.Series(np.where(original >= 0, original, np.arange(len(rows))))
    day = rows["closed_at"].dt.floor("D").reset_index(drop=True)
    won = rows["status"].eq("won").fillna(False).reset_index(drop=True) & day.notna()
    size = first.groupby(first).transform("size")
    same_day = day.groupby(first).transform("nunique").eq(1)
    all_won = won.groupby(first).transform("all")
    return (size.ge(SPLIT_PARTS) & same_day & all_won).to_numpy(dtype=bool)


def _amounts_tell_the_outcome(deals: pd.DataFrame, lopsided: float = 0.8) -> bool:
    """Whether amounts are known for most won deals and hardly any other."""
    if "status" not in deals:
        return False
    known, won = deals["amount"].gt(0).fillna(False), deals["status"].eq("won").fillna(False)
    if not won.any() or won.all():
        return False
    return bool(known[won].mean() - known[~won].mean() > lopsided)


def _at_midnight(instants: pd.Series, tz: str) -> pd.Series:
    local = instants.dt.tz_convert(tz).dt.tz_localize(None)
    return local.eq(local.dt.normalize()).fillna(False)


def _habit(rule: str, column: str, found: pd.Series) -> Issue:
    count = int(found.sum())
    return Issue(
        f"{rule}_habit", "info",
        f"This sign of a test deal in {column} is too common here to be one; it is not used.",
        "deals", column, count, share_of(count, len(found)),
    )  # fmt: skip


def _mark(
    deals: pd.DataFrame, column: str, signs: dict[str, pd.Series], severity: str, message: str
) -> tuple[pd.DataFrame, list[Issue]]:
    table = deals.copy()
    issues = []
    flags = table["flags"].fillna("")
    hit = pd.Series(False, index=table.index)
    for rule, found in signs.items():
        found = found.astype(bool)
        flags = flags.where(~found, (flags + ";" + rule).str.strip(";"))
        hit |= found
        if found.any():
            count = int(found.sum())
            issues.append(
                Issue(rule, severity, message, "deals", column, count,
                      share_of(count, len(table)), examples(table.loc[found, "deal_id"]))
            )  # fmt: skip
    table["flags"] = flags.astype("str")
    table[column] = hit
    return table, issues
