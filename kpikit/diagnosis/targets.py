"""
Whether a target is realistic: against the history and against the capacity.

"Ten per cent more a quarter" is two different targets: on the previous quarter
it compounds to 46 % a year, on the same quarter of last year it stays 10 %. The
base has to be named before anything is judged. The judgement is a probability
with its own past errors behind it, and it has two sides: what customers have
bought so far, and what the people at hand can carry. The smaller one decides.

References
----------
.. [1] E. Locke, G. Latham, Building a practically useful theory of goal setting
   and task motivation, American Psychologist 57 (2002) 705-717 (hard but
   attainable goals; both ends demotivate).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kpikit.diagnosis.forecast import (
    Forecast,
    forecast_total,
    per_working_day,
    scaled_forecast,
)
from kpikit.diagnosis.predictive import LogLaw
from kpikit.errors import InputDataError

PREVIOUS_PERIOD = "previous_period"
SAME_PERIOD_LAST_YEAR = "same_period_last_year"
ABSOLUTE = "absolute"
BASES = (PREVIOUS_PERIOD, SAME_PERIOD_LAST_YEAR, ABSOLUTE)

#: Below this probability the target deserves the word (an assumption of the audit).
VERDICTS = ((0.05, "unrealistic"), (0.20, "stretch"), (0.60, "ambitious"))
#: Above this probability it asks for nothing.
TRIVIAL = 0.95
#: A target outside of this probability moves nobody: too high or too low.
REACH_BAND = (0.20, 0.80)


@dataclass(frozen=True)
class Target:
    """
    What is asked for.

    ``base`` is one of ``BASES`` or None when the client has not said; ``growth``
    is the growth on the base [share], ``amount`` the absolute amount [money].
    """

    base: str | None
    growth: float | None = None
    amount: float | None = None


@dataclass(frozen=True)
class TargetRefusal:
    """
    The target cannot be judged.

    ``reason`` is a code: ``base_not_named``, ``too_short``, ``no_sales_in_base`` or
    ``not_forecastable``; ``message`` a template with named placeholders for ``values``,
    which says what to ask for.
    """

    reason: str
    message: str
    values: dict[str, float | str]

    @property
    def text(self) -> str:
        """The message with its values."""
        return self.message.format_map(self.values)


@dataclass(frozen=True, eq=False)
class TargetJudgement:
    """
    The target against the history and the capacity.

    Attributes
    ----------
    amount : float
        The target. [money]
    on_previous_period, on_last_year : float or None
        Its growth on the two bases; None where the base sold nothing or is not
        in the history. [share]
    yearly_growth : float or None
        What ``on_previous_period`` compounds to when asked for period after period
        for a year. [share]
    demand_probability : float
        That the history's course brings the target. [share]
    capacity_probability : float or None
        That the people can carry it, as given. [share]
    probability : float
        The smaller of the two. [share]
    binding : str
        ``demand``, ``capacity``, or ``demand_only`` when no capacity was given.
    verdict : str
        ``unrealistic``, ``stretch``, ``ambitious``, ``realistic`` or ``trivial``.
    reach : str
        ``too_high`` below a probability of 20 %, ``too_low`` above 80 %, else
        ``within``.
    percentile : float
        Share of past totals of the same length below the target. [share]
    growth_percentile : float or None
        Share of past growths on the same base below the wanted one. [share]
    forecast : Forecast
        Made before the target was looked at.
    status : str
        ``ok`` or ``degraded``.
    reasons : tuple of str
        Codes of the forecast.
    """

    amount: float
    on_previous_period: float | None
    on_last_year: float | None
    yearly_growth: float | None
    demand_probability: float
    capacity_probability: float | None
    probability: float
    binding: str
    verdict: str
    reach: str
    percentile: float
    growth_percentile: float | None
    forecast: Forecast
    status: str
    reasons: tuple[str, ...]


def verdict_of(probability: float) -> str:
    """
    The word for a probability of reaching the target.

    Below 5 % unrealistic, to 20 % stretch, to 60 % ambitious, to 95 % realistic,
    above trivial.
    """
    if not 0.0 <= probability <= 1.0:
        raise InputDataError(f"a probability lies between 0 and 1, not {probability:g}.")
    for limit, word in VERDICTS:
        if probability < limit:
            return word
    return "trivial" if probability > TRIVIAL else "realistic"


def compounded(growth: float, periods: float) -> float:
    """Growth after several periods of ``growth`` on the previous one. [share]"""
    return (1.0 + growth) ** periods - 1.0


def growth_odds(log_growths: npt.ArrayLike, growth: float, periods: int = 1) -> float:
    """
    Probability that growth in every period to come sums to this much or more.

    For series without season. The log growths are draws of one normal law with
    unknown mean and spread.

    Parameters
    ----------
    log_growths : array_like
        Logarithm of each period over the one before, at least three. [log]
    growth : float
        Wanted growth per period; over ``periods`` periods it compounds. [share]
    periods : int

    Returns
    -------
    float
        [share]
    """
    seen = np.asarray(log_growths, dtype=float)
    if len(seen) < 3 or not np.isfinite(seen).all() or not growth > -1 or periods < 1:
        raise InputDataError(
            f"odds of a growth need at least 3 known log growths, a growth above -100 % and a "
            f"number of periods of at least 1; got {len(seen)}, {growth:g} and {periods}."
        )
    n = len(seen)
    law = LogLaw(
        centre=math.exp(periods * float(seen.mean())),
        spread=float(seen.std(ddof=1)) * math.sqrt(periods + periods**2 / n),
        df=n - 1,
        n=n,
    )
    return law.probability_at_least(1.0 + compounded(growth, periods))


def judge_target(
    history: npt.ArrayLike,
    target: Target,
    *,
    horizon: int,
    season: int,
    capacity_probability: float | None = None,
) -> TargetJudgement | TargetRefusal:
    """
    Judge the target of the next ``horizon`` periods from both sides.

    Parameters
    ----------
    history : array_like, shape (n,)
        Sales of consecutive whole periods, returns netted, the last one just
        before the target; at least a year. [money]
    target : Target
    horizon : int
        Length of the target: 3 for a quarter of months. [periods]
    season : int
        Periods of a year: 12 for months, 4 for quarters.
    capacity_probability : float, optional
        Probability that the people can carry the target, from the chain. [share]

    Returns
    -------
    TargetJudgement or TargetRefusal
    """
    return _judged(history, target, horizon, season, capacity_probability, 1.0, history)


def judge_target_by_workday(
    history: npt.ArrayLike,
    target: Target,
    *,
    work_days: npt.ArrayLike,
    horizon: int,
    season: int,
    capacity_probability: float | None = None,
) -> TargetJudgement | TargetRefusal:
    """
    Judge the target with the sales counted per working day.

    A quarter with two days less sells less without anybody having worked less.
    The bases of the target stay the sales as they were; the forecast is made per
    working day and scaled to the days of the target period. Other parameters as
    in :func:`judge_target`.

    Parameters
    ----------
    work_days : array_like, shape (n + horizon,)
        Working days of the periods of the history and of the target. [days]
    """
    amounts = np.asarray(history, dtype=float)
    days = np.asarray(work_days, dtype=float)
    if days.shape != (len(amounts) + horizon,) or not (days > 0).all():
        raise InputDataError(
            f"work_days must hold one number above 0 for each of the {len(amounts)} periods of "
            f"the history and the {horizon} of the target; got {len(days)}."
        )
    known, ahead = days[: len(amounts)], days[len(amounts) :]
    scale = float(ahead.mean() / known.mean())
    return _judged(
        amounts,
        target,
        horizon,
        season,
        capacity_probability,
        scale,
        per_working_day(amounts, known),
    )


def _judged(
    history: npt.ArrayLike,
    target: Target,
    horizon: int,
    season: int,
    capacity_probability: float | None,
    scale: float,
    comparable: npt.ArrayLike,
) -> TargetJudgement | TargetRefusal:
    sold = np.asarray(history, dtype=float)
    if capacity_probability is not None and not 0.0 <= capacity_probability <= 1.0:
        raise InputDataError(
            f"capacity_probability lies between 0 and 1, not {capacity_probability:g}."
        )
    if (refusal := _not_judged(sold, target, horizon, season)) is not None:
        return refusal
    try:
        forecast = scaled_forecast(forecast_total(comparable, horizon, season), scale)
    except InputDataError as error:
        return TargetRefusal("not_forecastable", "{problem}", {"problem": str(error)})

    previous, last_year = _bases(sold, horizon, season)
    amount = _amount(target, previous, last_year)
    if amount is None:
        return TargetRefusal(
            "no_sales_in_base",
            "A growth on {base} has no meaning: these periods sold {sold:.0f}. "
            "Give the target as an amount.",
            {
                "base": str(target.base),
                "sold": float((previous if target.base == PREVIOUS_PERIOD else last_year) or 0.0),
            },
        )
    on_previous, on_last_year = _growth(amount, previous), _growth(amount, last_year)
    demand = forecast.law.probability_at_least(amount)
    if capacity_probability is None:
        probability, binding = demand, "demand_only"
    else:
        probability = min(demand, capacity_probability)
        binding = "capacity" if capacity_probability < demand else "demand"
    low, high = REACH_BAND
    reach = "too_high" if probability < low else "too_low" if probability > high else "within"
    totals = _totals(sold, horizon)
    return TargetJudgement(
        amount=amount,
        on_previous_period=on_previous,
        on_last_year=on_last_year,
        yearly_growth=(None if on_previous is None else compounded(on_previous, season / horizon)),
        demand_probability=demand,
        capacity_probability=capacity_probability,
        probability=probability,
        binding=binding,
        verdict=verdict_of(probability),
        reach=reach,
        percentile=share_below(totals, amount),
        growth_percentile=_growth_percentile(
            totals, target, on_previous, on_last_year, horizon, season
        ),
        forecast=forecast,
        status=forecast.status,
        reasons=forecast.reasons,
    )


def share_below(values: npt.ArrayLike, amount: float) -> float:
    """Share of the values below the amount; equal ones count half. [share]"""
    seen = np.asarray(values, dtype=float)
    if not len(seen):
        raise InputDataError("a percentile needs at least one past value.")
    return float(((seen < amount) + 0.5 * (seen == amount)).mean())


def _not_judged(
    sold: np.ndarray, target: Target, horizon: int, season: int
) -> TargetRefusal | None:
    if target.base is None:
        return _base_not_named(target, horizon, season)
    wanted = target.amount if target.base == ABSOLUTE else target.growth
    if target.base not in BASES or wanted is None or not math.isfinite(wanted):
        raise InputDataError(
            f"base of the target is '{target.base}' with growth {target.growth} and amount "
            f"{target.amount}; use one of {', '.join(BASES)}, with a growth for the first two "
            "and an amount for the last."
        )
    if len(sold) < season:
        return TargetRefusal(
            "too_short",
            "{periods} periods of sales are known, one year ({season}) is the least for a "
            "judgement; ask the client for earlier sales.",
            {"periods": len(sold), "season": season},
        )
    return None


def _base_not_named(target: Target, horizon: int, season: int) -> TargetRefusal:
    if target.growth is None:
        return TargetRefusal(
            "base_not_named", "The target has no base; say whether it is an amount or a growth.", {}
        )
    periods = max(season // horizon, 1)
    return TargetRefusal(
        "base_not_named",
        "A growth of {growth:.1%} has no base. On the previous period, repeated {periods} times "
        "a year, it is {compounded:.1%} a year; on the same period of last year it stays "
        "{growth:.1%}. Ask which one is meant.",
        {
            "growth": target.growth,
            "periods": periods,
            "compounded": compounded(target.growth, periods),
        },
    )


def _bases(sold: np.ndarray, horizon: int, season: int) -> tuple[float | None, float | None]:
    """Sales of the previous period and of the same period last year. [money]"""
    n = len(sold)
    previous = float(sold[-horizon:].sum()) if n >= horizon else None
    if horizon > season:
        # Last year's period has not ended before the target begins.
        return previous, None
    start = n - season
    return previous, float(sold[start : start + horizon].sum())


def _amount(target: Target, previous: float | None, last_year: float | None) -> float | None:
    if target.base == ABSOLUTE:
        return target.amount
    base = previous if target.base == PREVIOUS_PERIOD else last_year
    if base is None or base <= 0 or target.growth is None:
        return None
    return base * (1.0 + target.growth)


def _growth(amount: float, base: float | None) -> float | None:
    return amount / base - 1.0 if base is not None and base > 0 else None


def _totals(sold: np.ndarray, horizon: int) -> np.ndarray:
    """Totals of every run of ``horizon`` periods."""
    return np.convolve(sold, np.ones(horizon), mode="valid")


def _growth_percentile(
    totals: np.ndarray,
    target: Target,
    on_previous: float | None,
    on_last_year: float | None,
    horizon: int,
    season: int,
) -> float | None:
    lag = horizon if target.base == PREVIOUS_PERIOD else season
    wanted = on_previous if target.base == PREVIOUS_PERIOD else on_last_year
    if wanted is None or len(totals) <= lag:
        return None
    before = totals[:-lag]
    growths = totals[lag:][before > 0] / before[before > 0] - 1.0
    return share_below(growths, wanted) if len(growths) else None
