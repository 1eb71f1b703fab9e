"""
Reps compared as if all of them had worked the same kind of deals.

What would the team have reached with this rep's deals? Each kind of deal (segment,
source) is priced at the rate of the colleagues, the rep's own deals left out;
actual over expected is the index, 1 is "as the colleagues" [1]_. Few deals say
little, so the published index is drawn towards 1 by as much as chance could have
moved it [2]_, and nobody is ranked unless the reps differ by more than chance [3]_.

References
----------
.. [1] N. Breslow, N. Day, Statistical Methods in Cancer Research II, IARC, 1987,
   chapter 2 (indirect standardisation).
.. [2] C. Christiansen, C. Morris, Hierarchical Poisson regression modeling, JASA 92
   (1997) 618-632; A. Gelman, Prior distributions for variance parameters in
   hierarchical models, Bayesian Analysis 1 (2006) 515-534.
.. [3] A. Agresti, Categorical Data Analysis, 3rd ed., Wiley, 2013, section 8.4
   (generalised Cochran-Mantel-Haenszel tests).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, chdtrc, gammainc, gammaincinv, gammaln

from kpikit.diagnosis.incidence import FloatArray
from kpikit.diagnosis.reps import probabilities_of_rank
from kpikit.diagnosis.shares import LEVEL, tail_of
from kpikit.errors import InputDataError

#: A kind of deal is compared only if the colleagues have at least this many of it.
MIN_OTHERS = 5
#: Deals that the whole of the colleagues counts in the variance of one kind.
VARIANCE_PRIOR = 5.0
#: Reps with fewer deals are not shown.
N_MIN = 5
#: Assumed before looking: half of the teams have reps that differ by less than this. [1]
SPREAD_SCALE = 0.5
#: Spreads of the reps that are weighed against each other.
SPREADS = 40

TABLE_COLUMNS = (
    "rep_id", "n", "n_compared", "actual", "expected", "own", "own_low", "own_high", "value",
    "low", "high", "weight", "rank_first", "rank_last", "p_best", "p_below_median", "status",
    "reason",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class MixIndex:
    """
    Actual over expected of each rep, the mix of deals taken out.

    Attributes
    ----------
    table : DataFrame
        One row per rep: ``n`` deals and ``n_compared``, those of a kind that the
        colleagues have too; ``actual`` and ``expected`` result of these; ``own``
        index with ``own_low`` and ``own_high``; ``value`` to publish, drawn
        towards 1, with ``low`` and ``high``; ``weight`` that the own index counts
        in it [share]; ``rank_first`` and ``rank_last``, the places that the
        intervals leave open; ``p_best``, ``p_below_median`` [share]. Ranks and
        probabilities are null when no difference is detectable: do not rank.
        Below ``n_min`` all results are null.
    detectable : bool
        Whether the reps differ by more than chance makes them.
    p_value : float or None
        Probability of differences this large among equal reps.
    spread : float or None
        Expected standard deviation of the true indices, never 0. [1]
    level : float
    status, reason : str
    """

    table: pd.DataFrame
    detectable: bool
    p_value: float | None
    spread: float | None
    level: float
    status: str
    reason: str


def expected_wins_by_mix(
    cells: pd.DataFrame, by: Sequence[str], level: float = LEVEL, n_min: int = N_MIN
) -> MixIndex:
    """
    Won deals of each rep over what the colleagues would have won with the same deals.

    Parameters
    ----------
    cells : DataFrame
        Finished deals, one row per rep and kind of deal (several are added up)
        with ``rep_id``, the columns ``by``, ``n`` and ``won``. [deals]
    by : sequence of str
        Columns that make a kind of deal, such as segment and source.
    level : float
        [share]
    n_min : int
        Reps with fewer deals are hidden, but count as colleagues. [deals]

    Returns
    -------
    MixIndex

    Raises
    ------
    InputDataError
        If a column is missing or a count is impossible.
    """
    data = _cells(cells, by, ("n", "won"))
    _refuse(data, (data["won"] < 0) | (data["won"] > data["n"]), "won must lie between 0 and n")
    # The square of a 0-or-1 result is the result.
    return _index(data.assign(total=data["won"], squares=data["won"]), level, n_min)


def expected_money_by_mix(
    cells: pd.DataFrame, by: Sequence[str], level: float = LEVEL, n_min: int = N_MIN
) -> MixIndex:
    """
    Money of each rep over what the colleagues would have made of the same deals.

    Large deals come by chance too: the intervals use the squares of the amounts,
    so a rep who lived on one big deal is not called a star.

    Parameters
    ----------
    cells : DataFrame
        As in :func:`expected_wins_by_mix`, with ``n`` finished deals, ``amount``,
        the sum over the won ones [money], and ``amount_squares``, the sum of the
        squared amounts [money^2].
    by, level, n_min
        As in :func:`expected_wins_by_mix`.

    Returns
    -------
    MixIndex
    """
    data = _cells(cells, by, ("n", "amount", "amount_squares"))
    _refuse(data, data["amount"] < 0, "amount must be at least 0")
    # No more deals than n share the amount, so the squares have a least sum.
    least = data["amount"] ** 2 / data["n"].where(data["n"] > 0)
    wrong = (data["amount_squares"] < least * (1 - 1e-9)) | (
        (data["n"] == 0) & (data["amount"] != 0)
    )
    _refuse(data, wrong, "amount_squares must be at least amount squared over n")
    columns = {"total": data["amount"], "squares": data["amount_squares"]}
    return _index(data.assign(**columns), level, n_min)


def _index(data: pd.DataFrame, level: float, n_min: int) -> MixIndex:
    tail = tail_of(level)
    reps = sorted(data["rep_id"].unique(), key=str)
    parts = _Parts.of(data, reps)
    table = pd.DataFrame({"rep_id": reps, "n": parts.n.sum(axis=1)})
    expected, noise, expected_noise, used = parts.expectation()
    table["n_compared"] = used.sum(axis=1)
    table["actual"] = (parts.total * (used > 0)).sum(axis=1)
    table["expected"] = expected
    shown = (table["n_compared"] >= n_min) & (expected > 0) & (noise > 0)
    table["status"] = np.where(shown, "ok", "not_computable")
    table["reason"] = np.select(
        [table["n"] < n_min, table["n_compared"] < n_min, ~shown],
        [
            f"fewer than {n_min} deals",
            f"the colleagues have too few deals of the same kinds to compare {n_min} deals",
            "the deals of these kinds ended alike for all colleagues",
        ],
        "",
    )
    visible = shown.to_numpy()
    for column in ("own", "own_low", "own_high", "value", "low", "high", "weight"):
        table[column] = np.nan
    for column in ("p_best", "p_below_median"):
        table[column] = np.nan
    table["rank_first"] = table["rank_last"] = pd.array([pd.NA] * len(table), dtype="Int64")
    table.loc[~visible, ["actual", "expected"]] = np.nan
    if visible.sum() < 2:
        return MixIndex(
            table[list(TABLE_COLUMNS)], False, None, None, level, "not_computable",
            "fewer than two reps have enough deals to compare",
        )  # fmt: skip
    p_value = parts.p_value_of_equal_reps()
    detectable = p_value < 0.05
    actual = table.loc[visible, "actual"].to_numpy(dtype=float)
    expected, noise = expected[visible], noise[visible]
    own = actual / expected
    exposure = expected**2 / (noise + expected_noise[visible])
    laws = _Laws.of(own, exposure)
    low, high = _own_interval(actual, expected, noise, expected_noise[visible], tail)
    found = {
        "own": own,
        "own_low": low,
        "own_high": high,
        "value": laws.mean,
        "low": laws.quantile(tail),
        "high": laws.quantile(1 - tail),
        "weight": laws.weight,
    }
    if detectable:
        found |= _ranks(laws, found["low"], found["high"])
    for column, values in found.items():
        table.loc[visible, column] = values
    return MixIndex(table[list(TABLE_COLUMNS)], detectable, p_value, laws.spread, level, "ok", "")


@dataclass(frozen=True, eq=False)
class _Parts:
    """Deals, results and squared results by rep and kind, each of shape (reps, kinds)."""

    n: FloatArray
    total: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, data: pd.DataFrame, reps: list[str]) -> _Parts:
        kind = data["kind"].to_numpy()
        rep = pd.Index(reps).get_indexer(data["rep_id"])
        shape = (len(reps), int(kind.max()) + 1 if len(kind) else 0)
        filled = []
        for column in ("n", "total", "squares"):
            grid = np.zeros(shape)
            np.add.at(grid, (rep, kind), data[column].to_numpy(dtype=float))
            filled.append(grid)
        return cls(*filled)

    def expectation(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """
        Expected result of each rep at the colleagues' rates.

        Returns the expectation, the variance that chance gives the actual result,
        the variance of the expectation, and the deals used by rep and kind.
        """
        others = self.n.sum(axis=0) - self.n
        used = np.where(others >= MIN_OTHERS, self.n, 0.0)
        size = np.maximum(others, 1.0)
        mean = (self.total.sum(axis=0) - self.total) / size
        squares = (self.squares.sum(axis=0) - self.squares) / size
        own_kind = np.maximum(squares - mean**2, 0.0) * size / np.maximum(size - 1, 1.0)
        # A kind with 5 lost deals has no variance of its own: lean on all the others.
        everything = np.maximum(others.sum(axis=1), 1.0)
        mean_all = (mean * others).sum(axis=1) / everything
        whole = (squares * others).sum(axis=1) / everything - mean_all**2
        variance = (others * own_kind + VARIANCE_PRIOR * np.maximum(whole, 0.0)[:, None]) / (
            others + VARIANCE_PRIOR
        )
        return (
            (used * mean).sum(axis=1),
            (used * variance).sum(axis=1),
            (used**2 * variance / size).sum(axis=1),
            used,
        )

    def p_value_of_equal_reps(self) -> float:
        """Generalised Mantel-Haenszel test: within a kind, deals are dealt at random."""
        size = self.n.sum(axis=0)
        several = size >= 2
        n, size = self.n[:, several], size[several]
        mean = self.total.sum(axis=0)[several] / size
        spread = self.squares.sum(axis=0)[several] / size - mean**2
        scale = np.maximum(spread, 0.0) * size / (size - 1)
        gap = (self.total[:, several] - n * mean).sum(axis=1)
        covariance = np.diag((scale * n).sum(axis=1)) - (scale * n / size) @ n.T
        values, vectors = np.linalg.eigh(covariance)
        kept = values > 1e-9 * max(float(values.max()), 1e-300)
        if not kept.any():
            return 1.0
        statistic = float((((vectors.T @ gap)[kept]) ** 2 / values[kept]).sum())
        return float(chdtrc(int(kept.sum()), statistic))


def _own_interval(
    actual: FloatArray,
    expected: FloatArray,
    noise: FloatArray,
    expected_noise: FloatArray,
    tail: float,
) -> tuple[FloatArray, FloatArray]:
    """
    Interval of actual over expected, both uncertain: a ratio of two gamma laws.

    ``actual * expected / noise`` is the number of independent equal results that
    would vary as much; for rare wins it is the number of wins, and half a win is
    added as in Jeffreys' interval.
    """
    count = actual * expected / noise + 0.5
    behind = expected**2 / np.maximum(expected_noise, 1e-9 * expected**2)
    unit = noise / expected**2

    def quantile(probability: float) -> FloatArray:
        part = betaincinv(count, behind, probability)
        return np.asarray(part / (1 - part) * behind * unit)

    return np.where(actual > 0, quantile(tail), 0.0), quantile(1 - tail)


@dataclass(frozen=True, eq=False)
class _Laws:
    """
    What is known of each rep's true index: a mixture of gamma laws.

    One gamma law for every possible spread of the reps, weighted by how well the
    spread explains the own indices. Beforehand the standard deviation of the true
    indices has a half-Cauchy law [2]_, so the spread is never settled at 0: "no
    difference seen" is not "no difference".

    Attributes
    ----------
    chances : ndarray, shape (spreads, 1)
    variances : ndarray, shape (spreads, 1)
    shape, rate : ndarray, shape (spreads, reps)
    """

    chances: FloatArray
    variances: FloatArray
    shape: FloatArray
    rate: FloatArray

    @classmethod
    def of(cls, own: FloatArray, exposure: FloatArray) -> _Laws:
        variances = np.exp(np.linspace(np.log(1e-4), np.log(4.0), SPREADS))[:, None]
        prior = 1 / variances
        shape, rate = prior + own * exposure, prior + exposure
        likelihood = gammaln(shape) - gammaln(prior) + prior * np.log(prior) - shape * np.log(rate)
        # The grid is even in the logarithm of the variance.
        before = np.log(variances[:, 0]) / 2 - np.log1p(variances[:, 0] / SPREAD_SCALE**2)
        log_chance = before + likelihood.sum(axis=1)
        chances = np.exp(log_chance - log_chance.max())[:, None]
        return cls(chances / chances.sum(), variances, shape, rate)

    @property
    def mean(self) -> FloatArray:
        return np.asarray((self.chances * self.shape / self.rate).sum(axis=0))

    @property
    def weight(self) -> FloatArray:
        """What the own index counts in the mean. [share]"""
        return np.asarray((self.chances * (1 - 1 / self.variances / self.rate)).sum(axis=0))

    @property
    def spread(self) -> float:
        return float((self.chances * np.sqrt(self.variances)).sum())

    def quantile(self, probability: float) -> FloatArray:
        """Index that is not exceeded with the given probability, by halving."""
        single = gammaincinv(self.shape, probability) / self.rate
        low, high = single.min(axis=0), single.max(axis=0)
        for _ in range(40):
            middle = (low + high) / 2
            reached = (self.chances * gammainc(self.shape, self.rate * middle)).sum(axis=0)
            low = np.where(reached < probability, middle, low)
            high = np.where(reached < probability, high, middle)
        return np.asarray((low + high) / 2)

    def curves(self) -> list[Callable[[FloatArray], FloatArray]]:
        """Cumulative law of each rep."""

        def curve(rep: int) -> Callable[[FloatArray], FloatArray]:
            shape, rate = self.shape[:, rep, None], self.rate[:, rep, None]
            return lambda grid: (self.chances * gammainc(shape, rate * grid)).sum(axis=0)

        return [curve(rep) for rep in range(self.shape.shape[1])]


def _ranks(laws: _Laws, low: FloatArray, high: FloatArray) -> dict[str, FloatArray]:
    edges = np.linspace(0.0, float(laws.quantile(1 - 1e-6).max()), 1001)
    best, below = probabilities_of_rank(laws.curves(), edges)
    return {
        "rank_first": 1 + (low[None, :] > high[:, None]).sum(axis=1),
        "rank_last": len(low) - (high[None, :] < low[:, None]).sum(axis=1),
        "p_best": best,
        "p_below_median": below,
    }


def _cells(cells: pd.DataFrame, by: Sequence[str], numbers: tuple[str, ...]) -> pd.DataFrame:
    """Rows with a rep, and the number of their kind of deal."""
    missing = [column for column in ("rep_id", *by, *numbers) if column not in cells]
    if missing:
        raise InputDataError(f"the table of cells lacks the column(s) {', '.join(missing)}.")
    data = cells.loc[cells["rep_id"].notna()].copy()
    for column in numbers:
        data[column] = pd.to_numeric(data[column]).astype("float64")
        _refuse(data, ~np.isfinite(data[column]), f"{column} must be a number")
    _refuse(data, data["n"] < 0, "n must be at least 0")
    names = data[list(by)].astype(object).where(data[list(by)].notna(), None)
    data["kind"] = names.groupby(list(by), dropna=False).ngroup() if len(by) else 0
    return data


def _refuse(data: pd.DataFrame, wrong: pd.Series, rule: str) -> None:
    if wrong.any():
        rows = ", ".join(
            f"{row} (rep {rep})" for row, rep in data.loc[wrong, "rep_id"].head(5).items()
        )
        raise InputDataError(f"{rule}; check row(s) {rows} of the table of cells.")
