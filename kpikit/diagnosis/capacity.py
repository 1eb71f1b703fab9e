"""
Capacity: how many won deals a month the team can carry, and what limits it.

The bottleneck is where the hours run out, not where the conversion is lowest.

References
----------
.. [1] J. D. C. Little, "Little's law as viewed on its 50th anniversary",
   Operations Research 59, 2011.
.. [2] W. J. Hopp and M. L. Spearman, Factory Physics, 3rd ed., Waveland Press, 2011.
.. [3] H. Sakasegawa, "An approximation formula Lq = a p^b / (1-p)", Annals of the
   Institute of Statistical Mathematics 29, 1977.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.errors import InputDataError

#: Planned utilisation of the people. [share]
UTILISATION = 0.85
#: Gap of Little's law from which records or flow are not sound. [share]
LARGEST_GAP = 0.10


def visits_per_won(entries: npt.ArrayLike, won: float) -> np.ndarray:
    """
    Visits of each stage per won deal, those of lost deals included.

    Parameters
    ----------
    entries : array_like
        Deals entering each stage, visits after a return included. [deals]
    won : float
        Deals won of them. [deals]
    """
    if not won > 0:
        raise InputDataError("no deal was won: visits per won deal cannot be computed.")
    return np.asarray(entries, dtype=float) / won


def hours_per_won(visits: npt.ArrayLike, hours_per_visit: npt.ArrayLike) -> float:
    """Hours per won deal over all stages, lost deals included. [h]"""
    return float(np.dot(np.asarray(visits, dtype=float), np.asarray(hours_per_visit, dtype=float)))


def pool_capacity(
    stages: pd.DataFrame,
    pool_hours: Mapping[str, float],
    *,
    demand: float | None = None,
    utilisation: float = UTILISATION,
) -> pd.DataFrame:
    """
    Won deals a month that each pool of people can carry.

    A pool has its selling hours, of which a part is planned, and each won deal
    takes so many of them. The pool that carries the fewest is the bottleneck [2]_.

    Parameters
    ----------
    stages : DataFrame
        ``role`` (the pool), ``visits`` per won deal, ``hours`` per visit [h].
    pool_hours : mapping of role to float
        Selling hours a month. [h]
    demand : float, optional
        Deals to be won a month. [deals]
    utilisation : float
        Planned utilisation. [share]

    Returns
    -------
    DataFrame
        By ``role``: ``hours_available``, ``hours_per_won`` [h], ``won_deals``
        [deals/month], ``utilisation`` at the demand [share, null without one],
        ``is_bottleneck``.

    Raises
    ------
    InputDataError
        If a stage has no people or numbers are negative.
    """
    if not 0 < utilisation <= 1:
        raise InputDataError(f"utilisation must be above 0 and up to 1, not {utilisation}.")
    nobody = sorted(set(stages["role"]) - set(pool_hours))
    if nobody:
        raise InputDataError(f"role '{nobody[0]}' has work but no hours; add its people.")
    if (stages[["visits", "hours"]] < 0).any().any():
        raise InputDataError("visits and hours of a stage must not be negative.")
    work = (stages["visits"] * stages["hours"]).groupby(stages["role"]).sum()
    table = pd.DataFrame({"hours_available": pd.Series(pool_hours, dtype=float)})
    table["hours_per_won"] = work.reindex(table.index).fillna(0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["won_deals"] = np.where(
            table["hours_per_won"] > 0,
            utilisation * table["hours_available"] / table["hours_per_won"],
            np.inf,
        )
        used = np.nan if demand is None else demand * table["hours_per_won"]
        table["utilisation"] = used / table["hours_available"]
    # Pools that tie are bottlenecks together.
    least = table["won_deals"].min()
    table["is_bottleneck"] = np.isfinite(least) & (table["won_deals"] <= least * (1 + 1e-12))
    return table.rename_axis("role").reset_index()


def deals_in_process(deals_per_day: float, days: float) -> float:
    """Little's law: deals in work = deals a day x days in work [1]_. [deals]"""
    return deals_per_day * days


@dataclass(frozen=True)
class LittleCheck:
    """
    Deals in work counted and implied by flow and stay.

    ``counted`` average deals in work [deals], ``rate`` entries a day, ``stay``
    mean days in work of a deal [days], ``implied`` = rate x stay, ``gap`` =
    implied / counted - 1 [share], ``growth`` change of the deals in work from
    the first to the last quarter of the window [share].
    """

    counted: float
    rate: float
    stay: float
    implied: float
    gap: float | None
    growth: float | None
    status: str
    reason: str | None


def littles_law_exact(
    entered: npt.ArrayLike, left: npt.ArrayLike, start: float, end: float
) -> tuple[float, float, float]:
    """
    Little's law on a window, where it is an identity [1]_.

    Parameters
    ----------
    entered, left : array_like
        Times of each item; infinite when it has not left. [days]
    start, end : float
        [days]

    Returns
    -------
    in_process, rate, stay : float
        Average items in process [items], items per day seen in the window
        [1/day], mean days each spent inside it [days]; the first is the product
        of the others.
    """
    if not end > start:
        raise InputDataError("the window must end after it begins.")
    came, went = np.asarray(entered, dtype=float), np.asarray(left, dtype=float)
    inside = np.clip(np.minimum(went, end) - np.maximum(came, start), 0.0, None)
    seen = (came < end) & (went > start)
    count, length = int(seen.sum()), end - start
    if not count:
        return 0.0, 0.0, 0.0
    return float(inside.sum() / length), count / length, float(inside.sum() / count)


def littles_law_check(
    spells: pd.DataFrame, start_at: pd.Timestamp, end_at: pd.Timestamp
) -> LittleCheck:
    """
    Compare the deals in work with what flow and stay imply.

    The deals in work are counted over the window; the flow is the entries of
    the window; the stay is estimated from all spells, open ones included as
    such. A gap above 10 % says that history is missing or that the stage is not
    in balance.

    Parameters
    ----------
    spells : DataFrame
        Of one stage, or whole deals: ``entered_at``, ``left_at``,
        ``entry_age_days``, ``exit_age_days``, ``outcome``.
    start_at, end_at : Timestamp
        Window; the last instant is at most the as-of instant.

    Returns
    -------
    LittleCheck
    """
    used = spells[spells["exit_age_days"].notna() & spells["entered_at"].notna()]
    if "skipped" in used:
        used = used[~used["skipped"].astype(bool)]
    day = pd.Timedelta(days=1)
    came = ((used["entered_at"] - start_at) / day).to_numpy(dtype=float)
    went = ((used["left_at"] - start_at) / day).to_numpy(dtype=float)
    went = np.where(np.isnan(went), np.inf, went)
    length = float((end_at - start_at) / day)
    counted, _, _ = littles_law_exact(came, went, 0.0, length)
    rate = float(((came >= 0) & (came < length)).sum() / length)
    stay = _mean_stay(used)
    implied = deals_in_process(rate, stay)
    if counted == 0:
        return LittleCheck(
            counted, rate, stay, implied, None, None, "not_computable",
            "no deal was in work in the window",
        )  # fmt: skip
    gap = implied / counted - 1.0
    quarter = length / 4
    first, _, _ = littles_law_exact(came, went, 0.0, quarter)
    last, _, _ = littles_law_exact(came, went, length - quarter, length)
    growth = last / first - 1.0 if first > 0 else None
    reason = None
    if abs(gap) > LARGEST_GAP:
        reason = (
            f"{counted:.1f} deals in work were counted, flow and stay imply {implied:.1f}: "
            "history is missing, or the number of deals in work is changing"
        )
    return LittleCheck(
        counted, rate, stay, implied, gap, growth, "ok" if reason is None else "degraded", reason
    )


def wait_single_server(utilisation: float) -> float:
    """Wait in a queue with one rep, in units of the service time; infinite when full."""
    return wait_in_queue(utilisation, 1)


def wait_in_queue(utilisation: float, servers: int) -> float:
    """
    Wait for one of several equal reps, in units of the service time (M/M/c) [2]_.

    Parameters
    ----------
    utilisation : float
        [share]
    servers : int
        Reps who take from the same queue.

    Returns
    -------
    float
        Infinite from 100 % on: the queue grows for ever.
    """
    if utilisation < 0 or servers < 1:
        raise InputDataError("utilisation must not be negative, and there must be a rep.")
    if utilisation >= 1:
        return math.inf
    load = utilisation * servers
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    waits = blocked / (1 - utilisation * (1 - blocked))
    return waits / (servers * (1 - utilisation))


def wait_approximate(
    utilisation: float, servers: int, arrival_scv: float, service_scv: float, service_time: float
) -> float:
    """
    Wait in a queue with any arrivals and any service, approximately [3]_.

    Parameters
    ----------
    utilisation : float
        [share]
    servers : int
    arrival_scv, service_scv : float
        Variance over squared mean of the times between arrivals and of the service.
    service_time : float
        Mean, in any unit; the wait has the same.
    """
    if utilisation < 0 or servers < 1:
        raise InputDataError("utilisation must not be negative, and there must be a rep.")
    if utilisation >= 1:
        return math.inf
    power = math.sqrt(2 * (servers + 1)) - 1
    crowd = utilisation**power / (servers * (1 - utilisation))
    return (arrival_scv + service_scv) / 2 * crowd * service_time


def bottleneck_evidence(stages: pd.DataFrame) -> pd.DataFrame:
    """
    Score the stages by four facts that a bottleneck shows.

    Highest utilisation, growing number of deals, longest wait for the first
    action, and oldest deals relative to their own usual stay: no single fact
    proves it.

    Parameters
    ----------
    stages : DataFrame
        By stage: ``utilisation`` [share], ``wip_growth`` [share],
        ``first_action_wait_h`` [h], ``age_over_norm`` (median age of the open
        deals over the usual stay). Missing facts are null.

    Returns
    -------
    DataFrame
        The same rows with ``facts_known``, ``facts`` that point to the stage,
        ``score`` = facts / facts_known, and ``is_bottleneck`` (the highest score
        with at least two facts).
    """
    table = stages.copy()
    points = pd.Series(0, index=table.index)
    known = pd.Series(0, index=table.index)
    for column, least in (
        ("utilisation", 0.0), ("wip_growth", 0.0), ("first_action_wait_h", 0.0),
        ("age_over_norm", 1.0),
    ):  # fmt: skip
        if column not in table:
            continue
        values = pd.to_numeric(table[column]).astype(float)
        known += values.notna().astype(int)
        points += ((values == values.max()) & (values > least)).astype(int)
    table["facts_known"], table["facts"] = known, points
    table["score"] = (points / known).where(known > 0)
    table["is_bottleneck"] = (points >= 2) & (points == points.max())
    return table


def _mean_stay(spells: pd.DataFrame) -> float:
    """Restricted mean stay: area under the share still in, by Kaplan-Meier. [days]"""
    exits = spells["exit_age_days"].to_numpy(dtype=float)
    entries = spells["entry_age_days"].fillna(0.0).to_numpy(dtype=float)
    if not len(exits):
        return 0.0
    gone = spells["outcome"].to_numpy() != 0
    times, events = np.unique(exits[gone], return_counts=True)
    watched = np.searchsorted(np.sort(entries), times, side="left") - np.searchsorted(
        np.sort(exits), times, side="left"
    )
    share = np.concatenate([[1.0], np.cumprod(1.0 - events / np.maximum(watched, 1))])
    grid = np.concatenate([[0.0], times, [exits.max()]])
    return float(np.sum(np.diff(grid) * share))
