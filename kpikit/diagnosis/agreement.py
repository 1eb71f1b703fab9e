"""
Two verdicts side by side: does meeting the KPIs go with meeting the plan.

References
----------
.. [1] R. Newcombe, Interval estimation for the difference between independent
   proportions: comparison of eleven methods, Statistics in Medicine 17 (1998)
   873-890 (method 10).
.. [2] J. Haldane, The estimation and significance of the logarithm of a ratio of
   frequencies, Annals of Human Genetics 20 (1956) 309-311.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from scipy.special import ndtri

from kpikit.diagnosis.shares import LEVEL, ShareInterval, wilson
from kpikit.errors import InputDataError

#: Fewer rep-periods with both verdicts are only counted.
FEWEST_CASES = 12

SEPARATES, INVERTED = "separates", "inverted"
DOES_NOT_SEPARATE, CANNOT_JUDGE = "does_not_separate", "cannot_judge"
READINGS = {
    SEPARATES: "Who meets the KPIs meets the plan more often: by {difference}.",
    INVERTED: "Who meets the KPIs meets the plan less often: by {difference}.",
    DOES_NOT_SEPARATE: "The KPIs do not separate success from failure: the difference lies "
    "between {difference_low} and {difference_high}.",
    CANNOT_JUDGE: "{n} rep-periods with both verdicts, or one side empty: counted, not judged.",
}


@dataclass(frozen=True)
class Concordance:
    """
    Agreement of KPIs and plan over rep-periods.

    Attributes
    ----------
    met_met, met_missed, missed_met, missed_missed : int
        First word the KPIs, second the plan. [rep-periods]
    not_measured : int
        Rep-periods without a verdict on KPIs or plan. [rep-periods]
    n : int
        Rep-periods with both verdicts.
    plan_if_met, plan_if_missed : ShareInterval or None
        Share of the plan met where the KPIs were met, and where not. [share]
    difference, difference_low, difference_high : float or None
        Of the two, with Newcombe's interval [1]_. [share]
    phi : float or None
        Correlation of the two verdicts.
    odds_ratio, odds_low, odds_high : float or None
        Half a case is added to every cell where one is empty, and always for
        the interval [2]_.
    p_value : float or None
        Fisher's exact test, two-sided. [share]
    discordant : ShareInterval or None
        Contradictions among the rep-periods with both verdicts. [share]
    reading : str
        Key of ``READINGS``.
    level : float
    """

    met_met: int
    met_missed: int
    missed_met: int
    missed_missed: int
    not_measured: int
    n: int
    plan_if_met: ShareInterval | None = None
    plan_if_missed: ShareInterval | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    phi: float | None = None
    odds_ratio: float | None = None
    odds_low: float | None = None
    odds_high: float | None = None
    p_value: float | None = None
    discordant: ShareInterval | None = None
    reading: str = CANNOT_JUDGE
    level: float = LEVEL


def concordance_of_counts(
    met_met: int,
    met_missed: int,
    missed_met: int,
    missed_missed: int,
    not_measured: int = 0,
    level: float = LEVEL,
) -> Concordance:
    """
    Agreement of KPIs and plan from the four counts.

    Rep-periods are taken as independent, so intervals are somewhat too short
    where the same reps contradict again and again; for intervals that know the
    reps see :func:`kpikit.diagnosis.concordance.contradiction_frequency`.

    Parameters
    ----------
    met_met, met_missed, missed_met, missed_missed, not_measured : int
        As the attributes of :class:`Concordance`. [rep-periods]
    level : float
        [share]

    Raises
    ------
    InputDataError
        If a count is negative.
    """
    from scipy.stats import fisher_exact

    cells = (met_met, met_missed, missed_met, missed_missed)
    if min(*cells, not_measured) < 0:
        raise InputDataError(f"counts must be 0 or more, got {(*cells, not_measured)}.")
    n, met, missed = sum(cells), met_met + met_missed, missed_met + missed_missed
    counted = Concordance(
        met_met, met_missed, missed_met, missed_missed, not_measured, n, level=level
    )
    if n == 0:
        return counted
    counted = replace(counted, discordant=wilson(met_missed + missed_met, n, level))
    if met:
        counted = replace(counted, plan_if_met=wilson(met_met, met, level))
    if missed:
        counted = replace(counted, plan_if_missed=wilson(missed_met, missed, level))
    if counted.plan_if_met is None or counted.plan_if_missed is None:
        return counted
    difference, low, high = _newcombe(counted.plan_if_met, counted.plan_if_missed)
    odds, odds_low, odds_high = _odds_ratio(cells, level)
    reading = DOES_NOT_SEPARATE
    if n < FEWEST_CASES:
        reading = CANNOT_JUDGE
    elif low > 0 or high < 0:
        reading = SEPARATES if low > 0 else INVERTED
    return replace(
        counted,
        difference=difference, difference_low=low, difference_high=high,
        phi=_phi(cells), odds_ratio=odds, odds_low=odds_low, odds_high=odds_high,
        p_value=float(fisher_exact([cells[:2], cells[2:]]).pvalue), reading=reading,
    )  # fmt: skip


def _newcombe(first: ShareInterval, second: ShareInterval) -> tuple[float, float, float]:
    difference = first.value - second.value
    down = math.hypot(first.value - first.low, second.high - second.value)
    up = math.hypot(first.high - first.value, second.value - second.low)
    return difference, difference - down, difference + up


def _odds_ratio(cells: tuple[int, ...], level: float) -> tuple[float, float, float]:
    added = [cell + 0.5 for cell in cells]
    a, b, c, d = added if 0 in cells else cells
    centre = math.log(added[0] * added[3] / (added[1] * added[2]))
    half = float(ndtri((1 + level) / 2)) * math.sqrt(sum(1 / cell for cell in added))
    return a * d / (b * c), math.exp(centre - half), math.exp(centre + half)


def _phi(cells: tuple[int, ...]) -> float | None:
    a, b, c, d = cells
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    return (a * d - b * c) / math.sqrt(margins) if margins else None
