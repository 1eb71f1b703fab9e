"""
Can the rep influence the KPI: how much of its spread stays with the rep.

A KPI that a rep controls differs between reps and stays different. What moves
everybody in a month (season) is taken out, as are conditions the client names,
such as the potential of the territory. Where little stays with the rep, the KPI
is weather: paying for it pays luck.

References
----------
.. [1] P. Shrout, J. Fleiss, Intraclass correlations: uses in assessing rater
   reliability, Psychological Bulletin 86 (1979) 420-428.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.kpi_panel import FACT_KEYS, PLAN_KEYS, checked
from kpikit.diagnosis.shares import LEVEL
from kpikit.diagnosis.variance import VarianceOfReps, basis_of, variance_of_reps
from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

FEWEST_REPS, FEWEST_PERIODS = 2, 3
#: Fewer reps give a number, but a wide interval.
FEW_REPS = 5
#: At least this share of the spread stays with the rep: controllable, assumed.
CONTROLLED = 0.2
#: Below this share at the lowest or highest value the KPI still tells reps apart.
BOUND_SHARE = 0.4

CONTROLLABLE, TERRITORY, NOT_INFORMATIVE = "controllable", "territory", "not_informative"
TOO_NOISY, UNCERTAIN = "too_noisy", "uncertain"
READINGS = {
    CONTROLLABLE: "At least {low} of the spread stays with the rep.",
    TERRITORY: "The reps differ ({icc_raw}), but most of it goes with the named conditions: "
    "territory, not skill.",
    NOT_INFORMATIVE: "{bound_share} of the values lie at the lowest or highest value: the KPI "
    "cannot tell reps apart.",
    TOO_NOISY: "Little of the spread stays with the rep: judge it by the quarter, or take it out "
    "of monthly pay.",
    UNCERTAIN: "Between {low} and {high} of the spread stays with the rep: too wide to say.",
}
REASONS = {
    "too_few_reps": "Fewer than 2 reps have values; collect the KPI by rep.",
    "too_few_periods": "Fewer than 3 periods have values; collect more periods.",
    "confounded": "Reps cannot be told apart from periods and conditions; collect more periods "
    "for each rep or name fewer conditions.",
    "few_reps": "Fewer than 5 reps: the interval is wide.",
}


@dataclass(frozen=True)
class Controllability:
    """
    Share of a KPI's spread that stays with the rep.

    Attributes
    ----------
    icc, low, high : float or None
        Intraclass correlation of one period's value, periods and conditions
        taken out, never below 0, with its interval. [share]
    raw : float or None
        The same before it is cut at 0. [share]
    icc_raw : float or None
        With the periods taken out only: what it is before the conditions are.
        [share]
    reliability : float or None
        Of the mean over ``periods_per_rep`` periods. [share]
    periods_per_rep : float or None
        Effective periods of a rep (k0 of an unbalanced table). [periods]
    between, within : float or None
        Mean squares between and within reps. [KPI squared]
    rep_share, period_share, condition_share, noise_share : float or None
        Where the spread of the KPI comes from; they sum to 1. [share]
    skill_ceiling : float or None
        Most that can be skill given the counts behind the values. [share]
    bound_share : float or None
        Values at the lowest or highest value, where two or more lie. [share]
    reading : str or None
        Key of ``READINGS``.
    n, reps, periods : int
    level : float
    status, reason : str
        ``ok``, ``degraded`` or ``not_computable``; ``reason`` is a key of
        ``REASONS`` or empty.
    """

    icc: float | None
    low: float | None
    high: float | None
    raw: float | None
    icc_raw: float | None
    reliability: float | None
    periods_per_rep: float | None
    between: float | None
    within: float | None
    rep_share: float | None
    period_share: float | None
    condition_share: float | None
    noise_share: float | None
    skill_ceiling: float | None
    bound_share: float | None
    reading: str | None
    n: int
    reps: int
    periods: int
    level: float
    status: str
    reason: str


def controllability(
    panel: pd.DataFrame, conditions: Sequence[str] = (), level: float = LEVEL
) -> Controllability:
    """
    Judge how much of one KPI's spread stays with the rep.

    Parameters
    ----------
    panel : DataFrame
        ``rep_id period attainment`` and the columns of ``conditions``; one row
        per rep and period. Rows without a value or a condition are left out.
        An optional column ``count`` holds the number of deals or other events
        that a value stands on, and limits what can be skill.
    conditions : sequence of str
        Columns, numbers or text, that the rep does not choose. [any]
    level : float
        [share]

    Raises
    ------
    InputDataError
        If a column is missing or a rep has two values for one period.
    """
    panel = panel.reset_index(drop=True)
    rows = checked(panel, PLAN_KEYS, "attainment", "the values of the KPI")
    counts = ["count"] if "count" in panel.columns else []
    rows = rows.join(_named(panel, [*conditions, *counts]))
    rows = rows.dropna(subset=["attainment", *conditions])
    y = rows["attainment"].to_numpy(float)
    empty = replace(
        _EMPTY, n=len(rows), reps=rows["rep_id"].nunique(), periods=rows["period"].nunique(),
        level=level,
    )  # fmt: skip
    if empty.reps < FEWEST_REPS:
        return replace(empty, reason="too_few_reps")
    if empty.periods < FEWEST_PERIODS:
        return replace(empty, reason="too_few_periods")
    months = pd.get_dummies(rows["period"], dtype=float).to_numpy()
    named = _columns(rows, conditions)
    try:
        plain = variance_of_reps(y, rows["rep_id"], months, level)
        net = variance_of_reps(y, rows["rep_id"], np.column_stack([months, named]), level)
    except InputDataError:
        return replace(empty, reason="confounded")
    bound = _bound_share(y)
    status, reason = ("degraded", "few_reps") if empty.reps < FEW_REPS else ("ok", "")
    if math.isnan(net.icc):
        return replace(
            empty, bound_share=bound, reading=NOT_INFORMATIVE, between=0.0, within=0.0,
            status=status, reason=reason,
        )  # fmt: skip
    season = variance_of_reps(y, rows["period"], _indicator(rows["rep_id"]), level)
    by_rep = max(net.variance, 0.0)
    by_period = max(season.variance, 0.0)
    by_condition = max(max(plain.variance, 0.0) - by_rep + plain.within - net.within, 0.0)
    spread = by_rep + by_period + by_condition + net.within
    icc = max(net.icc, 0.0)
    found = replace(
        empty,
        # Where conditions go along with reps the two methods weigh the reps differently, and
        # the exact interval may miss the estimate: it is widened, never moved.
        icc=icc, low=min(net.low, icc), high=max(net.high, icc), raw=net.icc,
        icc_raw=max(plain.icc, 0.0) if not math.isnan(plain.icc) else None,
        reliability=max(0.0, 1 - net.within / net.between) if net.between > 0 else 0.0,
        periods_per_rep=net.per_rep, between=net.between, within=net.within,
        rep_share=by_rep / spread, period_share=by_period / spread,
        condition_share=by_condition / spread, noise_share=net.within / spread,
        skill_ceiling=_ceiling_from_counts(rows, plain), bound_share=bound,
        status=status, reason=reason,
    )  # fmt: skip
    return replace(found, reading=_reading(found))


def controllability_by_kpi(
    facts: pd.DataFrame, conditions: Sequence[str] = (), level: float = LEVEL
) -> pd.DataFrame:
    """
    :func:`controllability` of every KPI.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id period attainment`` and the columns named there.
    conditions, level
        As there.

    Returns
    -------
    DataFrame
        ``kpi_id`` and the attributes of :class:`Controllability`.
    """
    checked(facts, FACT_KEYS, "attainment", "the KPI facts")
    named = facts.loc[facts["rep_id"].notna()]
    rows = [
        {"kpi_id": kpi_id, **vars(controllability(panel, conditions, level))}
        for kpi_id, panel in named.groupby("kpi_id", sort=True)
    ]
    return pd.DataFrame(rows, columns=["kpi_id", *vars(_EMPTY)])


def share_under_control(
    panel: pd.DataFrame, conditions: Sequence[str] = (), effort: str = "effort"
) -> float:
    """
    Share of a KPI's spread that rep and effort explain together.

    Lasting differences between reps, and what a rep's own ups and downs in
    effort move. The effect of effort is cleared of its own error, so unrelated
    effort adds nothing on average.

    Parameters
    ----------
    panel : DataFrame
        As for :func:`controllability`, with the column ``effort``.
    conditions : sequence of str
    effort : str
        Hours or contacts of the rep in the period.

    Returns
    -------
    float
        [share]

    Raises
    ------
    InputDataError
        If a column is missing or the table is too small.
    """
    panel = panel.reset_index(drop=True)
    rows = checked(panel, PLAN_KEYS, "attainment", "the values of the KPI")
    rows = rows.join(_named(panel, [*conditions, effort])).dropna()
    months = pd.get_dummies(rows["period"], dtype=float).to_numpy()
    others = np.column_stack([months, _columns(rows, conditions)])
    y = rows["attainment"].to_numpy(float)
    net = variance_of_reps(y, rows["rep_id"], others)
    basis = basis_of(np.column_stack([np.ones(len(y)), others, _indicator(rows["rep_id"])]))
    hours = rows[effort].to_numpy(float)
    rest_y, rest_h = y - basis @ (basis.T @ y), hours - basis @ (basis.T @ hours)
    squares = float(rest_h @ rest_h)
    total = max(net.variance, 0.0) + net.within
    if squares <= 1e-12 * float(hours @ hours) or total == 0:
        return max(net.variance, 0.0) / total if total else 0.0
    slope = float(rest_h @ rest_y) / squares
    freedom = max(net.freedom_within - 1, 1)
    error = float(((rest_y - slope * rest_h) ** 2).sum()) / freedom / squares
    moved = max(slope**2 - error, 0.0) * squares / net.freedom_within
    return min(1.0, (max(net.variance, 0.0) + moved) / total)


def skill_ceiling(mean_count: float, variance: float) -> float:
    """
    Most of the spread of counts that can be skill: counts scatter by themselves.

    Parameters
    ----------
    mean_count : float
        Mean number of wins or other events in a period. [count]
    variance : float
        Their variance over reps and periods. [count squared]

    Returns
    -------
    float
        ``1 - mean / variance``, not below 0. [share]

    Raises
    ------
    InputDataError
        If the mean is negative or the variance is not above 0.
    """
    if mean_count < 0 or not variance > 0:
        raise InputDataError(
            f"mean_count must be 0 or more and variance above 0, got {mean_count:g} and "
            f"{variance:g}."
        )
    return max(0.0, 1 - mean_count / variance)


def periods_for_reliability(icc: float, reliability: float = 0.7) -> float:
    """
    Periods whose mean is as reliable as wanted (Spearman-Brown); infinite at an icc of 0.

    Parameters
    ----------
    icc, reliability : float
        [share]
    """
    if not (0 <= icc <= 1 and 0 < reliability < 1):
        raise InputDataError(f"icc must be 0 to 1 and reliability between, got {icc:g}.")
    return math.inf if icc == 0 else reliability / (1 - reliability) * (1 - icc) / icc


_EMPTY = Controllability(
    **dict.fromkeys(
        (
            "icc", "low", "high", "raw", "icc_raw", "reliability", "periods_per_rep", "between",
            "within", "rep_share", "period_share", "condition_share", "noise_share",
            "skill_ceiling", "bound_share", "reading",
        )
    ),
    n=0, reps=0, periods=0, level=LEVEL, status="not_computable", reason="",
)  # fmt: skip


def _reading(found: Controllability) -> str:
    icc, low, high = found.icc or 0.0, found.low or 0.0, found.high or 0.0
    before = found.icc_raw or 0.0
    if icc < CONTROLLED and (found.bound_share or 0.0) > BOUND_SHARE:
        return NOT_INFORMATIVE
    if before >= CONTROLLED and icc <= before / 2:
        return TERRITORY
    if low >= CONTROLLED:
        return CONTROLLABLE
    scattered = found.skill_ceiling is not None and found.skill_ceiling < CONTROLLED
    # Sure of little, not merely unsure: the interval stays below a half.
    return TOO_NOISY if scattered or (icc < CONTROLLED and high < 0.5) else UNCERTAIN


def _named(panel: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    lacking = [name for name in names if name not in panel.columns]
    if lacking:
        raise InputDataError(f"the KPI has no column {', '.join(lacking)}; add it.")
    return panel[names]


def _columns(rows: pd.DataFrame, names: Sequence[str]) -> FloatArray:
    """Conditions as numbers, one column for each word of a text."""
    if not names:
        return np.empty((len(rows), 0))
    return pd.get_dummies(rows[list(names)], dtype=float).to_numpy(float)


def _indicator(labels: pd.Series) -> FloatArray:
    return pd.get_dummies(labels, dtype=float).to_numpy()


def _bound_share(values: FloatArray) -> float:
    """Share of values at the lowest or the highest, counted where two or more lie."""
    ends = [int((values == end).sum()) for end in {values.min(), values.max()}]
    return sum(count for count in ends if count > 1) / len(values)


def _ceiling_from_counts(rows: pd.DataFrame, plain: VarianceOfReps) -> float | None:
    """
    Skill ceiling where each value stands on a count and is proportional to it.

    A count scatters with its own size, so the value scatters with
    ``value^2 / count``.
    """
    if "count" not in rows:
        return None
    known = rows.loc[rows["count"].notna()]
    counts = known["count"].to_numpy(float)
    spread = plain.variance + plain.within
    if not len(known) or spread <= 0:
        return None
    values = known["attainment"].to_numpy(float)
    noise = np.divide(values**2, counts, out=np.zeros(len(counts)), where=counts > 0)
    return skill_ceiling(float(noise.mean()), spread)
