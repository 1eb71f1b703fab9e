"""
Reps compared fairly: few deals are drawn towards the team, open deals are censored.

A rep with 0 of 3 is not a rep with 0 %. Each rep's own rate is weighted by how
much it says; when the differences are no larger than chance makes them, there
is one number for the whole team and no ranking.

References
----------
.. [1] J. Kleinman, Proportions with extraneous variance: single and independent
   samples, JASA 68 (1973) 46-54.
.. [2] J. Klein, P. Andersen, Biometrics 61 (2005) (pseudo-values).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betainc, betaln, chdtrc, ndtr, ndtri

from kpikit.diagnosis.cycle import cycle_of_wins
from kpikit.diagnosis.incidence import FloatArray, cumulative_incidence, follow_up_horizon
from kpikit.diagnosis.resampling import clustered_error, pseudo_values, win_influence
from kpikit.diagnosis.shares import LEVEL, Beta, interval_from_error, wilson
from kpikit.diagnosis.spells import customers, usable
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

#: Twice the log-likelihood gain that chance exceeds in 5 % of teams without
#: differences; half of the chi-square mass sits on the boundary.
BOUNDARY_5_PERCENT = 2.71
#: Cohorts with fewer open deals than this count as finished.
MATURE_OPEN_SHARE = 0.05

TABLE_COLUMNS = (
    "rep_id", "n", "n_won", "n_lost", "n_open", "own", "value", "low", "high", "weight",
    "p_best", "p_below_median",
)  # fmt: skip


@dataclass(frozen=True)
class TeamSpread:
    """
    How the true conversions of reps are spread around the team's.

    Attributes
    ----------
    law : Beta
        Spread of the true conversions.
    pool : float
        Conversion of the whole team. [share]
    likelihood_ratio : float
        Twice the gain in log-likelihood over one rate for all.
    detectable : bool
        Whether the reps differ by more than chance makes them.
    """

    law: Beta
    pool: float
    likelihood_ratio: float
    detectable: bool


@dataclass(frozen=True, eq=False)
class RepComparison:
    """
    Conversion by rep, and whether the reps may be compared at all.

    Attributes
    ----------
    table : DataFrame
        One row per rep: ``rep_id n n_won n_lost n_open own value low high weight
        p_best p_below_median``. ``own`` is the rep's own estimate, ``value`` the
        one to publish, ``weight`` what the own estimate counts in it (0 when no
        difference is detectable). ``p_best`` and ``p_below_median`` are null when
        no difference is detectable: do not rank. [share]
    detectable : bool
    pool : float or None
        Conversion of the whole team. [share]
    p_value : float or None
        Probability of differences this large among equal reps.
    level : float
    horizon : float or None
        Age at which open deals are read; None for finished cohorts. [days]
    method, status, reason : str
    """

    table: pd.DataFrame
    detectable: bool
    pool: float | None
    p_value: float | None
    level: float
    horizon: float | None
    method: str
    status: str
    reason: str


def team_spread(won: npt.ArrayLike, n: npt.ArrayLike) -> TeamSpread:
    """
    Fit the spread of the reps' true conversions (beta-binomial) [1]_.

    Parameters
    ----------
    won, n : array_like, shape (reps,)
        Won deals and finished deals of each rep. [deals]

    Returns
    -------
    TeamSpread
        Without a detectable spread the law is as good as a single point.

    Raises
    ------
    InputDataError
        If a count is impossible or there are fewer than two reps with deals.
    """
    x, m = _counts(won, n)
    pool = float(x.sum() / m.sum())
    if pool in (0.0, 1.0):
        # Nobody won, or everybody: there is nothing to tell reps apart by.
        certain = Beta(max(pool * 1e5, 0.5), max((1 - pool) * 1e5, 0.5))
        return TeamSpread(certain, pool, 0.0, False)

    def log_likelihood(mean: float, precision: float) -> float:
        a, b = mean * precision, (1 - mean) * precision
        return float(np.sum(betaln(a + x, b + m - x) - betaln(a, b)))

    def loss(point: FloatArray) -> float:
        return -log_likelihood(1 / (1 + math.exp(-point[0])), math.exp(point[1]))

    bounds = [(-12.0, 12.0), (math.log(1e-2), math.log(1e5))]
    start = math.log(pool / (1 - pool))
    fits = [
        minimize(loss, [start, math.log(precision)], bounds=bounds, method="L-BFGS-B")
        for precision in (2.0, 30.0, 1000.0)
    ]
    best = min(fits, key=lambda fit: fit.fun)
    mean, precision = 1 / (1 + math.exp(-best.x[0])), math.exp(best.x[1])
    pooled = float(np.sum(x * np.log(pool) + (m - x) * np.log1p(-pool)))
    ratio = max(0.0, 2 * (-float(best.fun) - pooled))
    law = Beta(mean * precision, (1 - mean) * precision)
    return TeamSpread(law, pool, ratio, ratio >= BOUNDARY_5_PERCENT)


def shrunken_shares(won: npt.ArrayLike, n: npt.ArrayLike, law: Beta) -> list[Beta]:
    """What is known of each rep's conversion, given the spread of the team."""
    x, m = np.asarray(won, dtype=float), np.asarray(n, dtype=float)
    return [Beta(law.alpha + a, law.beta + b - a) for a, b in zip(x, m, strict=True)]


def rep_means(values: npt.ArrayLike, rep: npt.ArrayLike) -> pd.DataFrame:
    """
    Mean pseudo-value of each rep with the standard error of its own spread.

    Returns
    -------
    DataFrame
        Index: rep. ``n``, ``mean`` and ``se`` [share]; ``se`` is null for a
        single deal.
    """
    groups = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(rep, dtype=object))
    table = pd.DataFrame({"n": groups.size(), "mean": groups.mean(), "se": groups.sem()})
    table.index.name = "rep_id"
    return table


def compare_reps(
    deal_spells: pd.DataFrame,
    *,
    adjust_for: Sequence[str] = (),
    client_horizon: float | None = None,
    level: float = LEVEL,
) -> RepComparison:
    """
    Compare the conversion of reps.

    Finished cohorts (old enough that fewer than 5 % of the deals are open) are
    counted: beta-binomial. Otherwise each deal gets a pseudo-value [2]_, the
    reps' means are drawn towards the team by a normal model, with one spread
    within reps for all of them, because the spread of three deals is no guide.

    Parameters
    ----------
    deal_spells : DataFrame
        From :func:`kpikit.diagnosis.spells.deal_spells`; deals without a rep
        are not used.
    adjust_for : sequence of str
        Columns, such as ``segment``, whose mix is taken out before comparing.
    client_horizon : float, optional
        [days]
    level : float
        [share]

    Returns
    -------
    RepComparison
    """
    used = usable(deal_spells)
    used = used.loc[used["rep_id"].notna()]
    if used["rep_id"].nunique() < 2:
        return _refused(used, level, "fewer than two reps have deals to compare")
    late = bool((used["entry_age_days"] > 0).any())
    if not adjust_for and not late and client_horizon is None:
        mature = _mature(used)
        if mature is not None:
            return _compare_counts(mature, level)
    return _compare_pseudo_values(used, list(adjust_for), client_horizon, level)


def probabilities_of_rank(
    cumulative: Sequence[Callable[[FloatArray], FloatArray]], grid: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """
    Probability of each rep to be the best one, and to be below the median rep.

    Parameters
    ----------
    cumulative : sequence of callable
        Cumulative law of each rep's true conversion; reps are independent.
    grid : array_like
        Conversions, ascending, wide enough for all laws. [share]

    Returns
    -------
    tuple of ndarray, shape (reps,)
        ``p_best`` and ``p_below_median``. [share]
    """
    edges = np.asarray(grid, dtype=float)
    below = np.stack([law(edges) for law in cumulative])
    mass = np.diff(below, axis=1)
    inside = (below[:, 1:] + below[:, :-1]) / 2
    reps = len(below)
    needed = (reps + 1) // 2
    best, low = np.empty(reps), np.empty(reps)
    for i in range(reps):
        # Law of the number of other reps who are above, at each conversion.
        above = np.zeros((reps, inside.shape[1]))
        above[0] = 1.0
        for j in range(reps):
            if j != i:
                above[1:] = above[1:] * inside[j] + above[:-1] * (1 - inside[j])
                above[0] *= inside[j]
        best[i] = mass[i] @ above[0]
        low[i] = mass[i] @ above[needed:].sum(axis=0)
    return best / best.sum(), low


def _compare_counts(used: pd.DataFrame, level: float) -> RepComparison:
    table = _counted(used)
    table["n"] = table["n_won"] + table["n_lost"]
    won, n = table["n_won"].to_numpy(dtype=float), table["n"].to_numpy(dtype=float)
    spread = team_spread(won, n)
    table["own"] = np.divide(won, n, out=np.full(len(n), np.nan), where=n > 0)
    p_value = 0.5 * float(chdtrc(1, spread.likelihood_ratio)) if spread.likelihood_ratio else 1.0
    if not spread.detectable:
        pool = wilson(won.sum(), n.sum(), level)
        table = _one_number(table, pool.value, pool.low, pool.high)
    else:
        laws = shrunken_shares(won, n, spread.law)
        intervals = [law.interval(level) for law in laws]
        precision = spread.law.alpha + spread.law.beta
        grid = np.linspace(0.0, 1.0, 4001)
        curves = [_beta_curve(law) for law in laws]
        best, low = probabilities_of_rank(curves, grid)
        table = table.assign(
            value=[i.value for i in intervals],
            low=[i.low for i in intervals],
            high=[i.high for i in intervals],
            weight=n / (n + precision),
            p_best=best,
            p_below_median=low,
        )
    return RepComparison(
        table[list(TABLE_COLUMNS)], spread.detectable, spread.pool, p_value, level, None,
        "beta_binomial", "ok", "",
    )  # fmt: skip


def _compare_pseudo_values(
    used: pd.DataFrame, adjust_for: list[str], client_horizon: float | None, level: float
) -> RepComparison:
    exits, outcome = used["exit_age_days"].to_numpy(), used["outcome"].to_numpy()
    entry = used["entry_age_days"].to_numpy()
    curve = cumulative_incidence(exits, outcome, entry)
    horizon = follow_up_horizon(curve, client_horizon)
    if horizon is None:
        return _refused(used, level, "too few deals were followed long enough")
    pool = float(curve.won_at(horizon))
    values = pseudo_values(exits, outcome, horizon, entry)
    if adjust_for:
        values = _without_mix(values, used, adjust_for)
    table = _counted(used).set_index("rep_id")
    means = rep_means(values, used["rep_id"].to_numpy()).reindex(table.index)
    own, n = means["mean"].to_numpy(), means["n"].to_numpy(dtype=float)
    variance = _variance_within(values, used) / n
    between, heterogeneity = _between(own, variance)
    p_value = float(chdtrc(len(own) - 1, heterogeneity))
    detectable = p_value < 0.05 and between > 0
    table = table.assign(n=n.astype("int64"), own=own).reset_index()
    if not detectable:
        error = clustered_error(win_influence(exits, outcome, horizon, entry), customers(used))
        interval = interval_from_error(pool, error, curve.n, level)
        table = _one_number(table, pool, interval.low, interval.high)
    else:
        weight = between / (between + variance)
        inverse = 1 / (between + variance)
        centre = float((own * inverse).sum() / inverse.sum())
        value = centre + weight * (own - centre)
        # The centre is estimated too: Var = A(1-w) + (1-w)^2 Var(centre).
        spread = np.sqrt(between * (1 - weight) + (1 - weight) ** 2 / inverse.sum())
        z = float(ndtri((1 + level) / 2))
        grid = np.linspace(
            float((value - 6 * spread).min()), float((value + 6 * spread).max()), 4001
        )
        curves = [_normal_curve(v, s) for v, s in zip(value, spread, strict=True)]
        best, low = probabilities_of_rank(curves, grid)
        table = table.assign(
            value=np.clip(value, 0, 1), low=np.clip(value - z * spread, 0, 1),
            high=np.clip(value + z * spread, 0, 1), weight=weight, p_best=best,
            p_below_median=low,
        )  # fmt: skip
    return RepComparison(
        table[list(TABLE_COLUMNS)], bool(detectable), pool, p_value, level, horizon,
        "pseudo_values", "ok", "",
    )  # fmt: skip


def _between(own: FloatArray, variance: FloatArray) -> tuple[float, float]:
    """Variance of the true conversions (by moments, at least 0) and Cochran's Q."""
    weight = 1 / variance
    centre = (own * weight).sum() / weight.sum()
    q = float((weight * (own - centre) ** 2).sum())
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, (q - (len(own) - 1)) / float(scale)), q


def _variance_within(values: FloatArray, used: pd.DataFrame) -> float:
    """Variance of one deal's pseudo-value around its rep, customers kept together."""
    reps = pd.factorize(used["rep_id"])[0]
    count = np.bincount(reps)
    rest = values - (np.bincount(reps, weights=values) / count)[reps]
    free = max(len(values) - len(count), 1)
    variance = float((rest**2).sum()) / free
    sums = pd.Series(rest).groupby([reps, customers(used)]).sum().to_numpy()
    together = float((sums**2).sum()) / max(float((rest**2).sum()), 1e-300)
    # Never below one deal in the whole team that went the other way.
    return max(variance * max(together, 1.0), 1.0 / len(values) / 4)


def _without_mix(values: FloatArray, used: pd.DataFrame, columns: list[str]) -> FloatArray:
    """Take out the mix of segments and the like; reps are fitted beside it, not in it."""
    missing = [column for column in columns if column not in used]
    if missing:
        raise InputDataError(f"adjust_for names unknown column(s): {', '.join(missing)}.")
    parts = [used[c].astype(object).where(used[c].notna(), "(none)").astype(str) for c in columns]
    mix = pd.get_dummies(pd.concat(parts, axis=1), drop_first=True, dtype=float).to_numpy()
    if not mix.shape[1]:
        return values
    reps = pd.get_dummies(used["rep_id"], dtype=float).to_numpy()
    effect = np.linalg.lstsq(np.hstack([reps, mix]), values, rcond=None)[0][reps.shape[1] :]
    return np.asarray(values - (mix - mix.mean(axis=0)) @ effect)


def _mature(used: pd.DataFrame) -> pd.DataFrame | None:
    """Deals old enough that their cohort is finished; None when too many are open."""
    curve = cumulative_incidence(used["exit_age_days"], used["outcome"])
    cycle = cycle_of_wins(curve)
    if curve.n_open == 0:
        return used
    q95 = cycle.quantile(0.95)
    if q95 is None:
        return None
    # Age today: the exit age of an open deal, at least that of a closed one.
    as_of = (used["entered_at"] + pd.to_timedelta(used["exit_age_days"], unit="D")).max()
    age = (as_of - used["entered_at"]).dt.total_seconds() / 86_400
    old = used.loc[age >= q95]
    # A cohort is a fair sample only if it is not what is left after throwing most away.
    if len(old) < 0.8 * len(used) or old["rep_id"].nunique() < used["rep_id"].nunique():
        return None
    if (old["outcome"] == OPEN).mean() >= MATURE_OPEN_SHARE:
        return None
    return old


def _counted(used: pd.DataFrame) -> pd.DataFrame:
    groups = used.groupby("rep_id", sort=True)["outcome"]
    return pd.DataFrame(
        {
            "n": groups.size(),
            "n_won": groups.agg(lambda o: int((o == WON).sum())),
            "n_lost": groups.agg(lambda o: int((o == LOST).sum())),
            "n_open": groups.agg(lambda o: int((o == OPEN).sum())),
        }
    ).reset_index()


def _one_number(table: pd.DataFrame, value: float, low: float, high: float) -> pd.DataFrame:
    return table.assign(
        value=value, low=low, high=high, weight=0.0, p_best=np.nan, p_below_median=np.nan
    )


def _refused(used: pd.DataFrame, level: float, reason: str) -> RepComparison:
    table = _counted(used).assign(own=np.nan)
    table = _one_number(table, np.nan, np.nan, np.nan)
    return RepComparison(
        table[list(TABLE_COLUMNS)], False, None, None, level, None, "none", "not_computable", reason
    )


def _beta_curve(law: Beta) -> Callable[[FloatArray], FloatArray]:
    return lambda grid: np.asarray(betainc(law.alpha, law.beta, grid))


def _normal_curve(mean: float, sd: float) -> Callable[[FloatArray], FloatArray]:
    return lambda grid: np.asarray(ndtr((grid - mean) / sd))


def _counts(won: npt.ArrayLike, n: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, m = np.asarray(won, dtype=float).reshape(-1), np.asarray(n, dtype=float).reshape(-1)
    if len(x) != len(m) or not np.all((x >= 0) & (x <= m)):
        raise InputDataError("won must lie between 0 and n for every rep.")
    if (m > 0).sum() < 2:
        raise InputDataError("at least two reps with deals are needed to compare reps.")
    return x, m
