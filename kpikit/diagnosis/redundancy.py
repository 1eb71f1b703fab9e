"""
How many different things do the KPIs measure: copies, clusters and their number.

Thirty-nine KPIs that rise and fall together are one KPI with 39 names. Reps are
compared inside each period, so a season that all KPIs share makes no copies.

References
----------
.. [1] P. Bretherton et al., The effective number of spatial degrees of freedom
   of a time-varying field, Journal of Climate 12 (1999) 1990-2009.
.. [2] O. Roy, M. Vetterli, The effective rank: a measure of effective
   dimensionality, EUSIPCO 2007 (entropy form).
.. [3] D. Marquardt, Generalized inverses, ridge regression, biased linear
   estimation, Technometrics 12 (1970) 591-612 (variance inflation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.correlation import correlation_interval
from kpikit.diagnosis.kpi_panel import FloatArray, kpi_panel
from kpikit.diagnosis.rank_links import inflation, within_period
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError

#: KPIs whose mean distance 1 - |rho| is at most this belong together.
CUT = 0.2
#: Stronger correlations are duplicates.
DUPLICATE_RHO = 0.9

PAIR_COLUMNS = ("kpi_a", "kpi_b", "rho", "low", "high", "n", "effective_n", "is_duplicate")
KPI_COLUMNS = ("kpi_id", "cluster", "cluster_size", "is_representative", "vif", "closest_kpi",
               "closest_rho")  # fmt: skip
REASONS = {
    "few_observations": "Fewer independent observations than KPIs: pairs are shown, clusters and "
    "the number of different KPIs are not.",
    "few_kpis": "Fewer than two KPIs: nothing to compare.",
}


@dataclass(frozen=True, eq=False)
class Redundancy:
    """
    Which KPIs measure the same.

    Attributes
    ----------
    pairs : DataFrame
        ``kpi_a kpi_b rho low high n effective_n is_duplicate`` of every pair,
        the strongest first; ``rho`` is null where no period can compare them.
    kpis : DataFrame
        ``kpi_id cluster cluster_size is_representative vif closest_kpi
        closest_rho``; cluster, size, representative and vif are null where
        ``status`` is degraded; ``vif`` is infinite for a copy.
    matrix : DataFrame
        Rank correlations, KPI by KPI.
    effective, effective_entropy : float or None
        Number of different KPIs: from the squared eigenvalues [1]_ and from
        their entropy [2]_. [KPIs]
    observations : int
        Sum over the periods of the reps less one, of the KPI with most.
    level : float
    status, reason : str
        ``ok``, ``degraded`` or ``not_computable``; key of ``REASONS`` or empty.
    """

    pairs: pd.DataFrame
    kpis: pd.DataFrame
    matrix: pd.DataFrame
    effective: float | None
    effective_entropy: float | None
    observations: int
    level: float
    status: str
    reason: str


def redundancy(
    facts: pd.DataFrame, scores: Mapping[str, float] | None = None, level: float = LEVEL
) -> Redundancy:
    """
    Find KPIs that measure the same.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id period attainment``. [share]
    scores : mapping of str to float, optional
        Worth of each KPI: the best of a cluster represents it; KPIs without a
        score come last, and equal ones in the order of their ids.
    level : float
        [share]

    Returns
    -------
    Redundancy
    """
    panel = kpi_panel(facts)
    ids, count = panel.kpi_ids, len(panel.kpi_ids)
    rho, n, effective = (np.full((count, count), np.nan) for _ in range(3))
    most = 0
    for place, values in enumerate(panel.facts):
        link = within_period(panel.facts, values)
        rho[place], n[place] = link.rho, link.n
        effective[place] = np.where(link.freedom > 0, 1 + link.freedom / inflation(link), np.nan)
        most = max(most, int(link.freedom[place]))
    np.fill_diagonal(rho, 1.0)
    pairs = _pairs(ids, rho, n, effective, level)
    matrix = pd.DataFrame(rho, index=ids, columns=ids)
    kpis = _closest(ids, rho)
    if count < 2 or most < count:
        reason = "few_kpis" if count < 2 else "few_observations"
        status = "not_computable" if count < 2 else "degraded"
        return Redundancy(pairs, kpis, matrix, None, None, most, level, status, reason)
    cluster = clusters_of(rho)
    kpis["cluster"] = cluster
    kpis["cluster_size"] = kpis.groupby("cluster")["kpi_id"].transform("size")
    kpis["is_representative"] = kpis["kpi_id"].isin(
        representatives(dict(zip(ids, cluster, strict=True)), scores or {})
    )
    filled = np.where(np.isnan(rho), 0.0, rho)
    kpis["vif"] = variance_inflation(filled)
    first, second = effective_number(filled)
    return Redundancy(pairs, kpis, matrix, first, second, most, level, "ok", "")


def clusters_of(rho: npt.ArrayLike, cut: float = CUT) -> npt.NDArray[np.int64]:
    """
    Group KPIs by average linkage on the distance ``1 - |rho|``.

    Parameters
    ----------
    rho : array_like, shape (kpis, kpis)
        Null where two KPIs cannot be compared: then they are kept apart.
    cut : float
        Largest mean distance inside a cluster. [share]

    Returns
    -------
    ndarray of int, shape (kpis,)
        Number of the cluster, from 0 in the order of the KPIs.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    r = _symmetric(rho)
    if len(r) < 2:
        return np.zeros(len(r), dtype=np.int64)
    distance = np.clip(1 - np.abs(np.where(np.isnan(r), 0.0, r)), 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    found = fcluster(tree, t=cut + 1e-12, criterion="distance")
    return pd.factorize(found)[0].astype(np.int64)


def representatives(clusters: Mapping[str, int], scores: Mapping[str, float]) -> set[str]:
    """
    The KPI of each cluster to keep: the one with the best score.

    Parameters
    ----------
    clusters : mapping of str to int
        Cluster of each KPI.
    scores : mapping of str to float
        A KPI without one, or with null, comes last; equal ones by id.
    """
    table = pd.DataFrame({"cluster": clusters})
    table["score"] = [float(scores.get(kpi, np.nan)) for kpi in table.index]
    table = table.sort_index().sort_values("score", ascending=False, kind="stable")
    return set(table.groupby("cluster").head(1).index)


def effective_number(rho: npt.ArrayLike) -> tuple[float, float]:
    """
    Number of different KPIs behind a correlation matrix.

    Parameters
    ----------
    rho : array_like, shape (kpis, kpis)

    Returns
    -------
    squares, entropy : float
        ``(sum of eigenvalues)^2 / sum of their squares`` and the exponential of
        the entropy of their shares; both are 1 for copies of one KPI and the
        number of KPIs for unrelated ones. [KPIs]
    """
    # Correlations of different pairs of rows can give slightly negative eigenvalues.
    values = np.clip(np.linalg.eigvalsh(_symmetric(rho)), 0.0, None)
    share = values / values.sum()
    some = share[share > 0]
    return float(1 / (share**2).sum()), float(np.exp(-(some * np.log(some)).sum()))


def variance_inflation(rho: npt.ArrayLike) -> FloatArray:
    """
    Variance inflation of each KPI: 1 unrelated, infinite if the others give it exactly.

    Parameters
    ----------
    rho : array_like, shape (kpis, kpis)
        From pairs with gaps it need not be a matrix of one table; then a KPI
        that comes out impossible is given as infinite.
    """
    r = _symmetric(rho)
    found = np.full(len(r), np.inf)
    for place in range(len(r)):
        others = np.delete(np.arange(len(r)), place)
        own = r[others, place]
        weights = np.linalg.lstsq(r[np.ix_(others, others)], own, rcond=1e-10)[0]
        left = 1 - float(own @ weights)
        if left > 1e-9:
            found[place] = max(1 / left, 1.0)
    return found


def _pairs(
    ids: pd.Index, rho: FloatArray, n: FloatArray, effective: FloatArray, level: float
) -> pd.DataFrame:
    first, second = np.triu_indices(len(ids), k=1)
    low, high = correlation_interval(rho[first, second], effective[first, second], level)
    table = pd.DataFrame(
        {
            "kpi_a": ids[first], "kpi_b": ids[second], "rho": rho[first, second], "low": low,
            "high": high, "n": n[first, second].astype(np.int64),
            "effective_n": effective[first, second],
            "is_duplicate": np.abs(rho[first, second]) > DUPLICATE_RHO,
        },
        columns=list(PAIR_COLUMNS),
    )  # fmt: skip
    order = table["rho"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _closest(ids: pd.Index, rho: FloatArray) -> pd.DataFrame:
    table = pd.DataFrame({"kpi_id": ids}).reindex(columns=list(KPI_COLUMNS))
    table["closest_kpi"] = table["closest_kpi"].astype(object)
    size = np.where(np.isnan(rho), -1.0, np.abs(rho))
    np.fill_diagonal(size, -1.0)
    for place in range(len(ids)):
        nearest = int(size[place].argmax())
        if size[place, nearest] >= 0:
            table.loc[place, "closest_kpi"] = ids[nearest]
            table.loc[place, "closest_rho"] = rho[place, nearest]
    return table


def _symmetric(rho: npt.ArrayLike) -> FloatArray:
    r = np.asarray(rho, dtype=float)
    if r.ndim != 2 or r.shape[0] != r.shape[1] or not np.allclose(r, r.T, equal_nan=True):
        raise InputDataError(
            "correlations must be a symmetric square matrix; check that both sides name the same "
            "KPIs in the same order."
        )
    return r
