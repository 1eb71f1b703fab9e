"""Reps: small numbers are drawn to the team, and no ranking without a detectable difference."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.reps import (
    compare_reps,
    probabilities_of_rank,
    rep_means,
    shrunken_shares,
    team_spread,
)
from kpikit.diagnosis.resampling import pseudo_values
from kpikit.diagnosis.shares import Beta
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

START = pd.Timestamp("2025-01-01", tz="UTC")


def deals_of(rep, stay, follow_up, won, customer=None, segment="s"):
    n = len(rep)
    outcome = np.where(stay <= follow_up, np.where(won, WON, LOST), OPEN)
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(n)],
            "customer_id": [f"c{i}" for i in (range(n) if customer is None else customer)],
            "segment": segment,
            "rep_id": rep,
            "entered_at": START - pd.to_timedelta(follow_up, unit="D"),
            "outcome": outcome,
            "entry_age_days": 0.0,
            "exit_age_days": np.minimum(stay, follow_up),
            "left_out": None,
        }
    )


def finished(counts):
    """Closed deals from {rep: (won, n)}."""
    rep = np.repeat(list(counts), [n for _, n in counts.values()])
    won = np.concatenate([np.arange(n) < x for x, n in counts.values()])
    return deals_of(rep, np.ones(len(rep)), np.full(len(rep), 100.0), won)


def team(rng, chances, per_rep, follow_up_days=250):
    rep = np.repeat([f"r{i}" for i in range(len(chances))], per_rep)
    won = rng.random(len(rep)) < np.repeat(chances, per_rep)
    stay = np.where(won, rng.exponential(60, len(rep)), rng.exponential(25, len(rep)))
    return deals_of(rep, stay, rng.uniform(0, follow_up_days, len(rep)), won)


def test_ex_1_5_known_prior():
    """EX-1.5 of METHODS: Beta(6, 14); 90 % interval of 0 of 3."""
    laws = shrunken_shares((2, 30, 8, 0, 12), (4, 100, 40, 3, 30), Beta(6, 14))
    assert [law.mean for law in laws] == pytest.approx(
        [0.3333, 0.3000, 0.2333, 0.2609, 0.3600], abs=1e-4
    )
    interval = laws[3].interval(0.90)
    assert (interval.low, interval.high) == pytest.approx((0.1260, 0.4198), abs=1e-4)


def test_ex_1_6_no_detectable_difference():
    """EX-1.6 of METHODS: every rep .2938 although raw rates span 0 to .5."""
    spread = team_spread((2, 30, 8, 0, 12), (4, 100, 40, 3, 30))
    assert not spread.detectable and spread.likelihood_ratio < 2.71
    counts = {"a": (2, 4), "b": (30, 100), "c": (8, 40), "d": (0, 3), "e": (12, 30)}
    comparison = compare_reps(finished(counts))
    assert comparison.method == "beta_binomial" and not comparison.detectable
    assert comparison.table["value"].tolist() == pytest.approx([0.2938] * 5, abs=1e-4)
    assert comparison.table["own"].max() == 0.5 and comparison.table["own"].min() == 0
    assert comparison.table["p_best"].isna().all(), "no ranking"


def test_ex_1_7_detectable_difference():
    """EX-1.7 of METHODS: tolerance 1e-2 on a and b."""
    counts = {
        "a": (20, 100), "b": (45, 100), "c": (30, 100), "d": (10, 100), "e": (35, 100),
        "f": (3, 6), "g": (0, 5),
    }  # fmt: skip
    spread = team_spread(*zip(*counts.values(), strict=True))
    assert (spread.law.alpha, spread.law.beta) == pytest.approx((3.6515, 9.5264), abs=1e-2)
    assert spread.likelihood_ratio == pytest.approx(23.50, abs=1e-2)
    comparison = compare_reps(finished(counts))
    assert comparison.detectable
    assert comparison.table["value"].tolist() == pytest.approx(
        [0.2090, 0.4299, 0.2973, 0.1206, 0.3415, 0.3468, 0.2009], abs=1e-4
    )


def test_ex_1_8_means_by_owner():
    """EX-1.8 of METHODS: A .2867 (SE .2146), B .4578 (SE .3614)."""
    values = pseudo_values(
        [10, 15, 20, 25, 30, 35, 40, 50, 60, 70], [2, 1, 2, 0, 1, 2, 0, 1, 0, 0], 60
    )
    table = rep_means(values, list("AABABBABAB"))
    assert table.loc["A", ["mean", "se"]].tolist() == pytest.approx([0.2867, 0.2146], abs=1e-4)
    assert table.loc["B", ["mean", "se"]].tolist() == pytest.approx([0.4578, 0.3614], abs=1e-4)


def test_team_spread_agrees_with_scipy_betabinom():
    """The fitted law is the best of scipy.stats.betabinom.logpmf on a grid around it."""
    from scipy import stats

    x, n = np.array([20, 45, 30, 10, 35, 3, 0]), np.array([100, 100, 100, 100, 100, 6, 5])
    law = team_spread(x, n).law
    best = stats.betabinom.logpmf(x, n, law.alpha, law.beta).sum()
    for da in (-0.3, 0.0, 0.3):
        for db in (-0.8, 0.0, 0.8):
            other = stats.betabinom.logpmf(x, n, law.alpha + da, law.beta + db).sum()
            assert other <= best + 1e-6
    pool = stats.binom.logpmf(x, n, x.sum() / n.sum()).sum()
    assert team_spread(x, n).likelihood_ratio == pytest.approx(2 * (best - pool), abs=1e-4)


@pytest.mark.parametrize("counts", [
    {"a": (0, 3), "b": (30, 100), "c": (25, 90)},
    {"a": (0, 3), "b": (60, 100), "c": (10, 100), "d": (35, 100)},
])  # fmt: skip
def test_trap_5_zero_of_three_is_never_zero_percent(counts):
    """Trap 5, finished cohorts: with and without detectable differences."""
    table = compare_reps(finished(counts)).table.set_index("rep_id")
    assert table.loc["a", "own"] == 0
    assert table.loc["a", "value"] > 0.1
    assert table.loc["a", "low"] < table.loc["a", "value"] < table.loc["a", "high"]


def test_trap_5_zero_of_three_with_open_deals():
    """Trap 5 with open deals: three lost deals do not make 0 %."""
    rng = np.random.default_rng(1)
    spells = team(rng, [0.6, 0.1, 0.4], 150)
    few = deals_of(np.repeat("z", 3), np.full(3, 5.0), np.full(3, 200.0), np.zeros(3, bool))
    comparison = compare_reps(pd.concat([spells, few.assign(deal_id=list("xyz"))]))
    assert comparison.method == "pseudo_values" and comparison.detectable
    row = comparison.table.set_index("rep_id").loc["z"]
    assert row["own"] == pytest.approx(0, abs=0.02)
    assert row["value"] > 0.1 and row["weight"] < 0.7


def test_trap_5_equal_reps_are_rarely_told_apart():
    """
    Trap 5: six equal reps, 200 simulated teams each: "not detectable" in 90 % or more.

    Tested at 5 %; two binomial sd at 200 teams are 3 %.
    """
    found = {"finished": 0, "open": 0}
    for seed in np.random.SeedSequence(2).spawn(200):
        rng = np.random.default_rng(seed)
        n = rng.integers(20, 80, 6)
        found["finished"] += team_spread(rng.binomial(n, 0.25), n).detectable
        found["open"] += compare_reps(team(rng, [0.25] * 6, 50)).detectable
    assert found["finished"] <= 20
    assert found["open"] <= 20


def test_real_differences_are_found_and_shrunken():
    """Six reps between 10 % and 60 %, 150 deals each, many still open; 20 teams."""
    chances = np.linspace(0.1, 0.6, 6)
    inside = close = 0
    for seed in np.random.SeedSequence(3).spawn(20):
        comparison = compare_reps(team(np.random.default_rng(seed), chances, 150))
        assert comparison.detectable and comparison.method == "pseudo_values"
        table = comparison.table
        inside += ((table["low"] <= chances) & (chances <= table["high"])).sum()
        close += (abs(table["value"] - chances) < abs(table["own"] - chances) + 0.05).sum()
        assert table["p_best"].sum() == pytest.approx(1)
        assert table["p_best"].idxmax() in (4, 5)
    # 120 intervals of 90 %: sd 2.7 %.
    assert inside / 120 >= 0.90 - 3 * 0.027
    assert close == 120


def test_trap_27_names_and_order_of_rows_change_nothing():
    """Trap 27: other names in another order, rows shuffled: the same numbers."""
    spells = team(np.random.default_rng(4), [0.5, 0.1, 0.3], 120)
    names = {"r0": "Семёнов Пётр", "r1": "Семенов Петр", "r2": "Азимов"}
    other = spells.assign(rep_id=spells["rep_id"].map(names)).sample(frac=1, random_state=5)
    first, second = compare_reps(spells), compare_reps(other)
    table = second.table.set_index("rep_id").loc[[names[r] for r in first.table["rep_id"]]]
    for column in ("n", "n_won", "own", "value", "low", "high", "p_best", "p_below_median"):
        assert table[column].to_numpy() == pytest.approx(
            first.table[column].to_numpy(dtype=float), abs=1e-9
        )


def test_mix_is_taken_out():
    """Two equal reps, one with the easy segment (60 %) and one with the hard one (20 %)."""
    rng = np.random.default_rng(6)
    n = 900
    easy = np.concatenate([rng.random(n) < 0.8, rng.random(n) < 0.2])
    won = rng.random(2 * n) < np.where(easy, 0.6, 0.2)
    spells = deals_of(
        np.repeat(["a", "b"], n), np.full(2 * n, 10.0), np.full(2 * n, 50.0), won,
        segment=np.where(easy, "easy", "hard"),
    )  # fmt: skip
    assert compare_reps(spells).detectable
    adjusted = compare_reps(spells, adjust_for=["segment"])
    own = adjusted.table["own"].to_numpy()
    # sd of the difference: sqrt(2 * .2 / 900) = .021.
    assert abs(own[0] - own[1]) < 4 * 0.021
    with pytest.raises(InputDataError, match=r"unknown column\(s\): source"):
        compare_reps(spells, adjust_for=["source"])


def test_probabilities_of_rank_agree_with_draws():
    """200,000 draws from the same laws; sd of a share is at most .0011."""
    laws = [Beta(4, 10), Beta(8, 9), Beta(3, 12), Beta(20, 40)]
    from scipy import stats

    frozen = [stats.beta(law.alpha, law.beta) for law in laws]
    best, low = probabilities_of_rank([f.cdf for f in frozen], np.linspace(0, 1, 4001))
    rng = np.random.default_rng(7)
    drawn = np.stack([law.draw(rng, 200_000) for law in laws])
    rank = drawn.argsort(axis=0).argsort(axis=0)
    assert best == pytest.approx((rank == 3).mean(axis=1), abs=0.005)
    assert low == pytest.approx((rank < 2).mean(axis=1), abs=0.005)


def test_one_rep_or_none_cannot_be_compared():
    alone = compare_reps(finished({"a": (3, 10)}))
    assert alone.status == "not_computable" and "fewer than two reps" in alone.reason
    assert alone.table["n"].tolist() == [10]
    nobody = compare_reps(finished({"a": (3, 10), "b": (1, 5)}).iloc[:0])
    assert nobody.status == "not_computable"
    with pytest.raises(InputDataError, match="won must lie between 0 and n"):
        team_spread((5, 1), (4, 4))


def test_nobody_won_is_no_difference():
    comparison = compare_reps(finished({"a": (0, 10), "b": (0, 15)}))
    assert not comparison.detectable and comparison.pool == 0
    assert comparison.table["high"].min() > 0.05
