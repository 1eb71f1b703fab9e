"""
The cascade by month: contracts needed, leads to take, hours they cost.

Leads turn into contracts months later, and only a share of them does. Asking
which leads bring a given stream of contracts is therefore no division but the
inversion of a delay. Solved month by month it explodes into huge and negative
numbers; here it is a linear programme that takes no negative leads, says
openly which contracts come too late whatever is done, and keeps the load even.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError


@dataclass(frozen=True, eq=False)
class BackCast:
    """
    Leads to take by month, and the contracts that come too late.

    ``primaries`` [deals] over the months of the need; ``wins`` those leads bring
    by month, ``late`` contracts missing against the cumulated need at the end of
    each month [deals], ``primaries_beyond`` the months added against the end
    effect.
    """

    primaries: np.ndarray
    wins: np.ndarray
    late: np.ndarray
    primaries_beyond: np.ndarray

    @property
    def shortfall(self) -> float:
        """Contracts that come too late, at worst. [deals]"""
        return float(self.late.max(initial=0.0))

    @property
    def never(self) -> float:
        """Contracts still missing at the end of the period. [deals]"""
        return float(self.late[-1]) if len(self.late) else 0.0

    @property
    def unreachable_months(self) -> np.ndarray:
        """Months (from 0) at whose end contracts are missing."""
        return np.flatnonzero(self.late > 1e-6)


def naive_back_cast(
    need_by_month: Sequence[float],
    pipeline_by_month: Sequence[float],
    lag_increments: Sequence[float],
) -> np.ndarray:
    """
    Invert the delay month by month; shown only to warn of it.

    Parameters
    ----------
    need_by_month, pipeline_by_month, lag_increments
        As in :func:`back_cast`.

    Returns
    -------
    ndarray
        "Leads" by month; soon negative and without bound. [deals]
    """
    net, lag = _net_need(need_by_month, pipeline_by_month), _lag(lag_increments)
    if lag[0] == 0:
        raise InputDataError("no lead is won in its first month: there is nothing to divide by.")
    taken = np.zeros(len(net))
    for month in range(len(net)):
        past = sum(lag[k] * taken[month - k] for k in range(1, min(month, len(lag) - 1) + 1))
        taken[month] = (net[month] - past) / lag[0]
    return taken


def back_cast(
    need_by_month: Sequence[float],
    pipeline_by_month: Sequence[float],
    lag_increments: Sequence[float],
    *,
    cap: float | Sequence[float] | None = None,
    smoothness: float | None = None,
    extend: int | None = None,
) -> BackCast:
    """
    Find the leads to take each month so that the contracts come when needed.

    The need is cumulated: a contract that comes early counts later, one that
    comes late repairs the rest of the period. Four aims follow each other, none
    at the expense of the one before: least lateness (contracts missing, summed
    over the months), lowest peak of leads, fewest leads, least up and down.

    Parameters
    ----------
    need_by_month : sequence of float
        Contracts needed. [deals]
    pipeline_by_month : sequence of float
        Contracts expected from today's open deals; may be shorter. [deals]
    lag_increments : sequence of float
        Share of the leads won in the same month, the next, ...; sums to the
        conversion, not to 1.
    cap : float or sequence of float, optional
        Most leads in a month. [deals]
    smoothness : float, optional
        Most change from a month to the next. [deals]
    extend : int, optional
        Months by which the last month's need is carried on, so that the end of
        the plan does not look like the end of the business; the length of the
        lag by default.

    Returns
    -------
    BackCast

    Raises
    ------
    InputDataError
        If the lag law is not usable or the numbers are negative.
    """
    net, lag = _net_need(need_by_month, pipeline_by_month), _lag(lag_increments)
    months = len(net)
    further = len(lag) - 1 if extend is None else extend
    needed = np.concatenate([net, np.full(further, float(need_by_month[-1]))])
    count = len(needed)
    most = _cap(cap, months, count)
    solution = _four_aims(np.cumsum(needed), _delay(lag, count), most, smoothness)
    primaries = np.where(solution < 1e-9, 0.0, solution)
    wins = _delay(lag, count) @ primaries
    late = np.maximum(np.cumsum(needed) - np.cumsum(wins), 0.0)[:months]
    return BackCast(
        primaries=primaries[:months],
        wins=wins[:months],
        late=np.where(late < 1e-7, 0.0, late),
        primaries_beyond=primaries[months:],
    )


def _four_aims(
    cumulated: np.ndarray, delay: np.ndarray, most: np.ndarray, smoothness: float | None
) -> np.ndarray:
    """Leads by month: a linear programme solved once for each aim."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, diags, hstack, identity, vstack

    count = len(cumulated)
    moves = count - 1
    eye = identity(count, format="csr")
    change = diags([-1.0, 1.0], [0, 1], shape=(moves, count), format="csr")
    size = identity(moves, format="csr")

    def empty(rows: int, columns: int) -> csr_matrix:
        return csr_matrix((rows, columns))

    # Unknowns: leads by month, lateness by month, peak, size of each change.
    wins = csr_matrix(np.cumsum(delay, axis=0))
    matrix = vstack(
        [
            hstack([-wins, -eye, empty(count, 1), empty(count, moves)]),
            hstack([eye, empty(count, count), -np.ones((count, 1)), empty(count, moves)]),
            hstack([change, empty(moves, count + 1), -size]),
            hstack([-change, empty(moves, count + 1), -size]),
        ],
        format="csr",
    )
    # The solver's tolerances are absolute: the need of all months together is its unit.
    unit = float(cumulated.max()) or 1.0
    most = most / unit
    side = np.concatenate([-cumulated / unit, np.zeros(count + 2 * moves)])
    late = np.r_[np.zeros(count), np.ones(count), np.zeros(1 + moves)]
    peak = np.r_[np.zeros(2 * count), 1.0, np.zeros(moves)]
    # A lead counts by the part of its contracts that falls inside the months:
    # counted in full, late leads would look dear and be put off for ever.
    leads = np.r_[delay.sum(axis=0) / delay[:, 0].sum(), np.zeros(count + 1 + moves)]
    motion = np.r_[np.zeros(2 * count + 1), np.ones(moves)]
    largest = np.inf if smoothness is None else smoothness / unit
    upper = np.r_[most, np.full(count + 1, np.inf), np.full(moves, largest)]
    bounds = np.column_stack([np.zeros(len(upper)), upper])

    result = np.zeros(len(upper))
    for aim in (late, peak, leads, motion):
        solved = linprog(aim, A_ub=matrix, b_ub=side, bounds=bounds, method="highs")
        if solved.x is None:
            raise InputDataError(f"no stream of leads keeps to the limits: {solved.message}")
        result = solved.x
        # The aim reached is kept by all that follow, up to rounding.
        matrix = vstack([matrix, csr_matrix(aim)], format="csr")
        side = np.append(side, float(aim @ result) * (1 + 1e-9) + 1e-9)
    return result[:count] * unit


def wins_from_primaries(
    primaries: Sequence[float], lag_increments: Sequence[float], months: int | None = None
) -> np.ndarray:
    """
    Contracts by month that come of the leads taken.

    Over all months they sum to the leads times the conversion.

    Parameters
    ----------
    primaries : sequence of float
        Leads by month. [deals]
    lag_increments : sequence of float
        Sums to the conversion. [share]
    months : int, optional
        Months to give; by default all until the last lead is decided.
    """
    return _spread(primaries, _lag(lag_increments), months)


def labour_by_month(
    primaries: Sequence[float], labour_kernel: Sequence[float], months: int | None = None
) -> np.ndarray:
    """
    Hours by month that the leads taken cost, lost deals included.

    Parameters
    ----------
    primaries : sequence of float
        Leads by month. [deals]
    labour_kernel : sequence of float
        Hours per lead in the same month, the next, ... [h]
    months : int, optional
        Months to give; by default those of ``primaries``.

    Returns
    -------
    ndarray
        [h]
    """
    return _spread(primaries, _kernel(labour_kernel), len(primaries) if months is None else months)


@dataclass(frozen=True, eq=False)
class LimitedInflow:
    """Leads ``accepted`` by month [deals] and the ``hours`` spent on all leads [h]."""

    accepted: np.ndarray
    hours: np.ndarray


def limited_inflow(
    hours_by_month: Sequence[float],
    wish_by_month: Sequence[float] | float,
    labour_kernel: Sequence[float],
    pipeline_hours: Sequence[float] = (),
) -> LimitedInflow:
    """
    Count the leads that can be taken when the hours are limited.

    Leads taken earlier are served first; new ones get what is left. In the long
    run the inflow is the hours divided by the hours of one lead.

    Parameters
    ----------
    hours_by_month : sequence of float
        Hours for new business. [h]
    wish_by_month : float or sequence of float
        Leads offered. [deals]
    labour_kernel : sequence of float
        Hours per lead in the same month, the next, ... [h]
    pipeline_hours : sequence of float
        Hours that deals open at the start still take, by month. [h]

    Returns
    -------
    LimitedInflow
    """
    hours, kernel = np.asarray(hours_by_month, dtype=float), _kernel(labour_kernel)
    if kernel[0] <= 0:
        raise InputDataError("a lead must cost hours in its first month; check the labour kernel.")
    wish = np.broadcast_to(np.asarray(wish_by_month, dtype=float), hours.shape)
    bound = np.zeros(len(hours) + len(kernel))
    given = np.asarray(pipeline_hours, dtype=float)[: len(hours)]
    bound[: len(given)] = given
    accepted = np.zeros(len(hours))
    for month, available in enumerate(hours):
        free = max(0.0, available - bound[month])
        accepted[month] = min(wish[month], free / kernel[0])
        bound[month : month + len(kernel)] += accepted[month] * kernel
    return LimitedInflow(accepted, bound[: len(hours)])


@dataclass(frozen=True, eq=False)
class MonthlyCascade:
    """
    The cascade month by month.

    ``table`` has one row per month: ``target``, ``renewals``, ``cross_sell``,
    ``contracted``, ``gap`` [money], ``wins_needed``, ``pipeline_wins``,
    ``primaries``, ``wins``, ``late`` [deals], ``hours_new``, ``hours_pipeline``,
    ``hours_existing``, ``hours`` [h], ``hours_per_fte`` [h], ``fte``.
    """

    table: pd.DataFrame
    back_cast: BackCast


def monthly_cascade(
    money: pd.DataFrame,
    *,
    value: float,
    lag_increments: Sequence[float],
    labour_kernel: Sequence[float],
    cap: float | None = None,
    smoothness: float | None = None,
) -> MonthlyCascade:
    """
    Go from the money of each month to leads, hours and full-time reps.

    Parameters
    ----------
    money : DataFrame
        One row per month: ``target``, ``renewals``, ``cross_sell``,
        ``contracted`` [money], ``pipeline_wins`` [deals], ``hours_pipeline``
        and ``hours_existing`` [h], ``hours_per_fte`` [h].
    value : float
        Money of a new contract. [money]
    lag_increments, labour_kernel : sequence of float
        By months since the lead was taken. [share], [h]
    cap, smoothness : float, optional
        As in :func:`back_cast`.

    Returns
    -------
    MonthlyCascade

    Raises
    ------
    InputDataError
        If a column is missing or a number is not usable.
    """
    columns = [
        "target", "renewals", "cross_sell", "contracted", "pipeline_wins", "hours_pipeline",
        "hours_existing", "hours_per_fte",
    ]  # fmt: skip
    missing = [c for c in columns if c not in money]
    if missing:
        raise InputDataError(f"the money table lacks the columns {', '.join(missing)}.")
    if not value > 0:
        raise InputDataError(f"the value of a new contract must be above 0, not {value}.")
    table = money[columns].astype(float).copy()
    if (table["hours_per_fte"] <= 0).any():
        month = table.index[table["hours_per_fte"] <= 0][0]
        raise InputDataError(f"a rep has no selling hours in month {month}; check the calendar.")
    table["gap"] = (
        table["target"] - table["renewals"] - table["cross_sell"] - table["contracted"]
    ).clip(lower=0.0)
    table["wins_needed"] = table["gap"] / value
    found = back_cast(
        table["wins_needed"].tolist(),
        table["pipeline_wins"].tolist(),
        lag_increments,
        cap=cap,
        smoothness=smoothness,
    )
    table["primaries"], table["wins"], table["late"] = found.primaries, found.wins, found.late
    table["hours_new"] = labour_by_month(found.primaries.tolist(), labour_kernel)
    table["hours"] = table["hours_new"] + table["hours_pipeline"] + table["hours_existing"]
    table["fte"] = table["hours"] / table["hours_per_fte"]
    return MonthlyCascade(table, found)


def _spread(values: Sequence[float], kernel: np.ndarray, months: int | None) -> np.ndarray:
    taken = np.asarray(values, dtype=float)
    if (taken < 0).any() or not np.isfinite(taken).all():
        raise InputDataError("leads by month must be numbers that are not negative.")
    full = np.convolve(taken, kernel)
    if months is None:
        return full
    return np.concatenate([full, np.zeros(max(0, months - len(full)))])[:months]


def _delay(lag: np.ndarray, count: int) -> np.ndarray:
    matrix = np.zeros((count, count))
    for k, share in enumerate(lag[:count]):
        matrix += share * np.eye(count, k=-k)
    return matrix


def _net_need(need: Sequence[float], pipeline: Sequence[float]) -> np.ndarray:
    needed = np.asarray(need, dtype=float)
    if not len(needed) or (needed < 0).any() or not np.isfinite(needed).all():
        raise InputDataError("the need must be contracts by month, none below 0.")
    expected = np.asarray(pipeline, dtype=float)[: len(needed)]
    net = needed.copy()
    net[: len(expected)] -= expected
    return net


def _cap(cap: float | Sequence[float] | None, months: int, count: int) -> np.ndarray:
    if cap is None:
        return np.full(count, np.inf)
    given = np.asarray(cap, dtype=float)
    if (given < 0).any():
        raise InputDataError("the cap of leads must not be below 0.")
    if given.ndim == 0:
        return np.full(count, float(given))
    if len(given) != months:
        raise InputDataError(f"the cap has {len(given)} months, the need {months}.")
    return np.concatenate([given, np.full(count - months, given[-1])])


def _lag(lag_increments: Sequence[float]) -> np.ndarray:
    lag = np.asarray(lag_increments, dtype=float)
    if not len(lag) or (lag < 0).any() or not 0 < lag.sum() <= 1 + 1e-9:
        raise InputDataError(
            "lag_increments must be shares by month that sum to the conversion "
            f"(above 0, at most 1), not {lag.sum():g}."
        )
    return lag


def _kernel(labour_kernel: Sequence[float]) -> np.ndarray:
    kernel = np.asarray(labour_kernel, dtype=float)
    if not len(kernel) or (kernel < 0).any() or not np.isfinite(kernel).all():
        raise InputDataError("labour_kernel must be hours by month, none below 0.")
    return kernel
