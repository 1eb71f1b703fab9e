"""
One score for each KPI and for the KPI system of a role.

A KPI's score is the weighted mean of the rules that could be checked, always
with the share of the weight that could be: an unknown rule is neither good nor
bad. A KPI that cannot be measured, or that the rep cannot move, stays low
whatever else is right about it. Copies of a KPI add nothing to the system.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

#: Weight of each rule in the score of a KPI. [share]
WEIGHTS = {
    "measurable": 0.20, "linked": 0.20, "controllable": 0.15, "in_pay": 0.10, "realistic": 0.10,
    "own_language": 0.05, "understood": 0.05, "simple": 0.05, "not_redundant": 0.05,
    "not_gamed": 0.05,
}  # fmt: skip
#: Rule, limit, cap: below the limit the score cannot exceed the cap. [share]
GATES = (("measurable", 0.25, 0.30), ("controllable", 0.05, 0.50))
#: A representative of a cluster is chosen by these rules.
BEST_OF_CLUSTER = ("measurable", "controllable", "linked")
#: Weights are tried at these multiples.
WEIGHT_CHANGES = (0.5, 1.5)

SCORE_COLUMNS = ("kpi_id", "score", "coverage", "ungated", "gate")


@dataclass(frozen=True)
class SystemScore:
    """
    Score of the KPI system of one role.

    Attributes
    ----------
    role : str
    score : float or None
        ``quality * (1 + completeness) / 2 * (1 + fewness) / 2``. [share]
    quality : float or None
        Mean score of the representatives of the clusters. [share]
    coverage : float or None
        Mean share of the weight that could be checked. [share]
    clusters, unscored : int
        Clusters of mandatory KPIs, and those none of whose rules could be
        checked: they are left out of the mean.
    completeness, fewness : float
        Rules on the whole list: required cells that are covered, and how close
        the number of KPIs is to five. [share]
    status, reason : str
    """

    role: str
    score: float | None
    quality: float | None
    coverage: float | None
    clusters: int
    unscored: int
    completeness: float
    fewness: float
    status: str
    reason: str


def kpi_scores(rules: pd.DataFrame, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """
    Score every KPI.

    Parameters
    ----------
    rules : DataFrame
        ``kpi_id rule score``, one row per KPI and rule; null where the rule
        could not be checked. Rules without a weight are not used. [share]
    weights : mapping of str to float, optional
        ``WEIGHTS`` when left out.

    Returns
    -------
    DataFrame
        ``kpi_id score coverage ungated gate``: score with the gates applied, null
        where no rule could be checked, the share of the weight behind it, the
        score before the gates and the rule that capped it.

    Raises
    ------
    InputDataError
        If a score is outside 0 to 1, a rule stands twice or the weights are
        unusable.
    """
    grid = _grid(rules, _checked_weights(weights))
    return _scored(grid, np.array(list(_checked_weights(weights).values())))


def representative_scores(rules: pd.DataFrame) -> dict[str, float]:
    """
    Worth of each KPI as representative of its cluster.

    Measurability, controllability and linkage multiplied, as the geometric mean
    of those that could be checked; null where none could.
    """
    grid = _grid(rules, dict.fromkeys(BEST_OF_CLUSTER, 1.0))
    known = grid.notna().sum(axis=1)
    product = grid.fillna(1.0).prod(axis=1)
    worth = (product ** (1 / known.clip(lower=1))).where(known > 0)
    return {str(kpi): float(value) for kpi, value in worth.items()}


def system_score(
    role: str,
    scores: pd.DataFrame,
    clusters: Mapping[str, int],
    representatives: set[str],
    completeness: float,
    fewness: float,
) -> SystemScore:
    """
    Score the KPI system of a role.

    Parameters
    ----------
    role : str
    scores : DataFrame
        ``kpi_id score coverage`` of :func:`kpi_scores`.
    clusters : mapping of str to int
        Cluster of each mandatory KPI of the role.
    representatives : set of str
        One KPI of each cluster.
    completeness, fewness : float
        As in :class:`SystemScore`. [share]

    Raises
    ------
    InputDataError
        If a cluster has no representative or two, a mandatory KPI has no row in
        ``scores``, or a share is outside 0 to 1.
    """
    for name, share in (("completeness", completeness), ("fewness", fewness)):
        if not 0 <= share <= 1:
            raise InputDataError(f"{name} of role {role!r} must be 0 to 1, got {share:g}.")
    lacking = sorted(set(clusters) - set(scores["kpi_id"]))
    if lacking:
        raise InputDataError(f"no score for {', '.join(lacking)} of role {role!r}; score them.")
    chosen = sorted(set(clusters) & representatives)
    if sorted(clusters[kpi] for kpi in chosen) != sorted(set(clusters.values())):
        raise InputDataError(
            f"each cluster of role {role!r} needs exactly one representative; got "
            f"{', '.join(chosen) or 'none'}."
        )
    rows = scores.set_index("kpi_id").loc[chosen]
    known = rows["score"].dropna()
    unscored = len(rows) - len(known)
    coverage = float(rows["coverage"].mean()) if len(rows) else None
    found = SystemScore(
        role, None, None, coverage, len(rows), unscored, completeness, fewness,
        "not_computable", "no mandatory KPI could be scored",
    )  # fmt: skip
    if known.empty:
        return found
    quality = float(known.mean())
    return SystemScore(
        role, quality * (0.5 + 0.5 * completeness) * (0.5 + 0.5 * fewness), quality, coverage,
        len(rows), unscored, completeness, fewness,
        "degraded" if unscored else "ok",
        f"{unscored} clusters have no rule that could be checked" if unscored else "",
    )  # fmt: skip


def score_sensitivity(
    rules: pd.DataFrame, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """
    How much scores and ranks depend on the weights.

    Every weight is halved or raised by half, in all combinations. A score is a
    weighted mean, so no weights in between give a more extreme one.

    Parameters
    ----------
    rules, weights
        As for :func:`kpi_scores`.

    Returns
    -------
    DataFrame
        ``kpi_id score score_low score_high rank rank_best rank_worst
        same_rank``, best first: ``rank`` 1 is the best, equal scores share the
        better rank, ``same_rank`` is the share of the combinations that leave
        the rank as it is. Null where no rule could be checked.
    """
    given = _checked_weights(weights)
    grid = _grid(rules, given)
    base = _scored(grid, np.array(list(given.values())))
    factors = np.array(list(itertools.product(WEIGHT_CHANGES, repeat=len(given))))
    trials = (factors * np.array(list(given.values())))[:, None, :]
    tried = pd.DataFrame(_capped(grid, _weighted(grid.to_numpy(float), trials)).T)
    # Rounded, so that 1e-16 between equal KPIs makes no rank.
    ranks = tried.round(12).rank(ascending=False, method="min")
    rank = base["score"].round(12).rank(ascending=False, method="min")
    table = pd.DataFrame(
        {
            "kpi_id": base["kpi_id"], "score": base["score"], "score_low": tried.min(axis=1),
            "score_high": tried.max(axis=1), "rank": rank, "rank_best": ranks.min(axis=1),
            "rank_worst": ranks.max(axis=1),
            "same_rank": ranks.eq(rank, axis=0).mean(axis=1).where(rank.notna()),
        }
    )  # fmt: skip
    return table.sort_values(["rank", "kpi_id"]).reset_index(drop=True)


def _checked_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    given = dict(WEIGHTS if weights is None else weights)
    bad = [f"{name}: {weight}" for name, weight in given.items() if not 0 <= weight < np.inf]
    if bad or not sum(given.values()) > 0:
        raise InputDataError(
            "weights must be 0 or more with a sum above 0; "
            f"check {', '.join(bad) or 'that one of them is above 0'}."
        )
    return given


def _grid(rules: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Scores, KPI by rule; every KPI that has a row, whether its rules have a weight or not."""
    twice = rules.duplicated(["kpi_id", "rule"])
    if twice.any():
        bad = rules.loc[twice, ["kpi_id", "rule"]].head(3).to_dict("records")
        raise InputDataError(f"each KPI and rule must stand once; check {bad}.")
    score = rules["score"].astype(float)
    outside = score.notna() & ~score.between(0, 1)
    if outside.any():
        bad = rules.loc[outside, ["kpi_id", "rule", "score"]].head(3).to_dict("records")
        raise InputDataError(f"scores must lie between 0 and 1; check {bad}.")
    table = rules.assign(score=score).pivot(index="kpi_id", columns="rule", values="score")
    return table.sort_index().reindex(columns=list(weights))


def _scored(grid: pd.DataFrame, weights: FloatArray) -> pd.DataFrame:
    known = grid.notna().to_numpy()
    ungated = _weighted(grid.to_numpy(float), weights)
    score = _capped(grid, ungated)
    gate = np.full(len(grid), None, dtype=object)
    for rule, _, cap in GATES:
        if rule in grid.columns:
            gate[(score < ungated) & (score == cap)] = rule
    return pd.DataFrame(
        {
            "kpi_id": grid.index, "score": score, "coverage": (known * weights).sum(axis=1)
            / weights.sum(), "ungated": ungated, "gate": gate,
        },
        columns=list(SCORE_COLUMNS),
    )  # fmt: skip


def _weighted(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted mean of the known scores; ``weights`` of shape (rules,) or (trials, 1, rules)."""
    known = ~np.isnan(values)
    behind = (known * weights).sum(axis=-1)
    total = (np.where(known, values, 0.0) * weights).sum(axis=-1)
    return np.divide(total, behind, out=np.full(behind.shape, np.nan), where=behind > 0)


def _capped(grid: pd.DataFrame, scores: FloatArray) -> FloatArray:
    """Scores, KPIs along the last axis, with the gates applied."""
    for rule, limit, cap in GATES:
        if rule in grid.columns:
            scores = np.where((grid[rule] < limit).to_numpy(), np.minimum(scores, cap), scores)
    return scores
