"""Actual over expected: equal reps are equal whatever deals they were given."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpikit.diagnosis.mix_index import expected_money_by_mix, expected_wins_by_mix
from kpikit.errors import InputDataError

KINDS = ["easy", "middle", "hard"]
CHANCES = np.array([0.50, 0.25, 0.08])
VALUES = np.array([100.0, 300.0, 1000.0])
MIXES = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6],
     [0.5, 0.4, 0.1]]
)  # fmt: skip

HAND = pd.DataFrame(
    [("a", "easy", 40, 20), ("a", "hard", 10, 1), ("b", "easy", 10, 5), ("b", "hard", 40, 4),
     ("c", "easy", 20, 8), ("c", "hard", 20, 4)],
    columns=["rep_id", "segment", "n", "won"],
)  # fmt: skip


def wins(rng, per_rep, skill):
    rows = []
    for i, factor in enumerate(skill):
        for kind, n, chance in zip(KINDS, rng.multinomial(per_rep, MIXES[i]), CHANCES, strict=True):
            rows.append((f"r{i}", kind, n, rng.binomial(n, chance * factor)))
    return pd.DataFrame(rows, columns=["rep_id", "segment", "n", "won"])


def money(rng, per_rep, skill, sigma=0.8):
    """Won deals with lognormal amounts around the value of their kind."""
    rows = []
    for row in wins(rng, per_rep, skill).itertuples(index=False):
        value = VALUES[KINDS.index(row.segment)]
        amounts = value * rng.lognormal(-(sigma**2) / 2, sigma, row.won)
        rows.append((row.rep_id, row.segment, row.n, amounts.sum(), (amounts**2).sum()))
    return pd.DataFrame(rows, columns=["rep_id", "segment", "n", "amount", "amount_squares"])


def holds_one(table, low, high):
    return ((table[low] <= 1) & (table[high] >= 1)).mean()


def test_expected_by_hand():
    """
    a: colleagues won 13 of 30 easy and 8 of 60 hard, 40 * 13/30 + 10 * 8/60 = 18.6667, 21 won:
    1.125. b: 28 of 60 and 5 of 30, 10 * 28/60 + 40 * 5/30 = 11.3333, 9 won: .7941.
    c: 25 of 50 and 5 of 50, 20 * .5 + 20 * .1 = 12, 12 won: 1.
    """
    found = expected_wins_by_mix(HAND, ["segment"])
    table = found.table.set_index("rep_id")
    assert table["actual"].to_dict() == {"a": 21, "b": 9, "c": 12}
    assert table["expected"].to_dict() == pytest.approx({"a": 18.66667, "b": 11.33333, "c": 12.0})
    assert table["own"].to_dict() == pytest.approx({"a": 1.125, "b": 0.7941176, "c": 1.0})
    assert ((table["own_low"] < table["own"]) & (table["own"] < table["own_high"])).all()
    # Drawn towards 1, and as nothing is detectable nobody is ranked.
    assert (abs(table["value"] - 1) <= abs(table["own"] - 1) + 1e-12).all()
    assert not found.detectable and table["rank_first"].isna().all()
    assert table["p_best"].isna().all()


def test_test_of_equal_reps_agrees_with_statsmodels():
    """statsmodels StratifiedTable(...).test_null_odds(correction=False) for two reps."""
    contingency = pytest.importorskip("statsmodels.stats.contingency_tables")
    pair = HAND.loc[HAND["rep_id"] != "c"]
    tables = [
        np.array([[r.won, r.n - r.won] for r in pair.loc[pair["segment"] == s].itertuples()])
        for s in ("easy", "hard")
    ]
    expected = contingency.StratifiedTable(tables).test_null_odds(correction=False).pvalue
    assert expected_wins_by_mix(pair, ["segment"]).p_value == pytest.approx(expected, abs=1e-10)


def test_rare_wins_have_the_exact_poisson_interval():
    """
    7 wins in 1,000 deals against 1 % of a million: Jeffreys' interval of a Poisson mean,
    scipy.stats.gamma.ppf((.05, .95), 7.5) / 10; variance .99 of Poisson's, so 1 %.
    """
    cells = pd.DataFrame(
        {"rep_id": ["a", "all others"], "n": [1_000, 1_000_000], "won": [7, 10_000]}
    )
    row = expected_wins_by_mix(cells, []).table.set_index("rep_id").loc["a"]
    assert row["own"] == pytest.approx(0.7)
    expected = stats.gamma.ppf((0.05, 0.95), 7.5) / 10
    assert (row["own_low"], row["own_high"]) == pytest.approx(tuple(expected), rel=0.01)


def test_money_of_equal_deals_is_the_index_of_wins():
    """Every deal is worth 50: amount 50 a win, squares 2,500 a win; the same index and interval."""
    as_money = HAND.assign(amount=HAND["won"] * 50.0, amount_squares=HAND["won"] * 2500.0)
    a = expected_wins_by_mix(HAND, ["segment"])
    b = expected_money_by_mix(as_money, ["segment"])
    for column in ("own", "own_low", "own_high", "value", "low", "high"):
        assert a.table[column].tolist() == pytest.approx(b.table[column].tolist()), column
    assert a.p_value == pytest.approx(b.p_value)


def test_equal_reps_with_different_deals_are_equal_and_the_naive_ranking_is_not():
    """
    Six equal reps, 120 deals each, mixes from mostly easy to mostly hard, 200 teams.

    The index covers 1 in .87 to .93 (1,200 intervals); a difference is detected in about 5 % of
    teams. The plain conversion calls the same reps different in nearly every team.
    """
    rng = np.random.default_rng(41)
    own, shrunk, detected, naive = [], [], [], []
    for _ in range(200):
        cells = wins(rng, 120, np.ones(6))
        found = expected_wins_by_mix(cells, ["segment"])
        own.append(holds_one(found.table, "own_low", "own_high"))
        shrunk.append(holds_one(found.table, "low", "high"))
        detected.append(found.detectable)
        total = cells.groupby("rep_id")[["n", "won"]].sum()
        table = np.array([total["won"], total["n"] - total["won"]])
        naive.append(stats.chi2_contingency(table).pvalue < 0.05)
    assert 0.87 <= np.mean(own) <= 0.93
    assert np.mean(shrunk) >= 0.90, "drawn towards 1, it covers 1 more often"
    assert np.mean(detected) <= 0.09
    assert np.mean(naive) > 0.9


def test_money_covers_one_although_big_deals_come_by_chance():
    """Six equal reps, 150 deals each, lognormal amounts: 1,200 intervals, .86 to .94."""
    rng = np.random.default_rng(42)
    own, detected = [], []
    for _ in range(200):
        found = expected_money_by_mix(money(rng, 150, np.ones(6)), ["segment"])
        own.append(holds_one(found.table, "own_low", "own_high"))
        detected.append(found.detectable)
    assert 0.86 <= np.mean(own) <= 0.94
    assert np.mean(detected) <= 0.10


def test_planted_skill_is_found_behind_the_hardest_deals():
    """
    The rep with 70 % hard deals wins 1.6 times as many as the others would.

    Detected in nearly every team of 300 deals a rep, and ranked first; the plain conversion puts
    the same rep near the bottom.
    """
    rng = np.random.default_rng(43)
    skill = np.array([1.0, 1.6, 1.0, 1.0, 1.0, 1.0])
    detected, first, covered, plain_place = [], [], [], []
    for _ in range(60):
        cells = wins(rng, 300, skill)
        found = expected_wins_by_mix(cells, ["segment"])
        table = found.table.set_index("rep_id")
        detected.append(found.detectable)
        first.append(table["value"].idxmax() == "r1")
        covered.append(table.loc["r1", "own_low"] <= 1.6 <= table.loc["r1", "own_high"])
        total = cells.groupby("rep_id")[["n", "won"]].sum()
        plain_place.append((total["won"] / total["n"]).rank(ascending=False)["r1"])
        if found.detectable:
            assert table.loc["r1", "p_best"] == table["p_best"].max() or not first[-1]
    assert np.mean(detected) > 0.9 and np.mean(first) > 0.95
    assert np.mean(covered) >= 0.80
    assert np.mean(plain_place) > 3


def test_shrinking_is_closer_to_the_truth_and_says_how_close():
    """
    Reps differ by 20 % (gamma), 60 deals each, 200 teams. The truth is the rep's skill over that
    of the colleagues, weighted as they share the rep's kinds of deal.

    The published index has a smaller mean squared error than the own one, and its interval covers
    the truth in .87 to .93 of 1,200 cases.
    """
    rng = np.random.default_rng(44)
    own, shrunk, covered = [], [], []
    for _ in range(200):
        skill = np.minimum(rng.gamma(1 / 0.2**2, 0.2**2, 6), 1.9)
        cells = wins(rng, 60, skill)
        table = expected_wins_by_mix(cells, ["segment"]).table
        n = cells.pivot(index="rep_id", columns="segment", values="n")[KINDS].to_numpy(dtype=float)
        others = ((n * skill[:, None]).sum(axis=0) - n * skill[:, None]) / (n.sum(axis=0) - n)
        truth = skill * (n * CHANCES).sum(axis=1) / (n * CHANCES * others).sum(axis=1)
        own.append(((table["own"] - truth) ** 2).mean())
        shrunk.append(((table["value"] - truth) ** 2).mean())
        covered.append(((table["low"] <= truth) & (table["high"] >= truth)).mean())
    assert np.mean(shrunk) < 0.7 * np.mean(own)
    assert 0.87 <= np.mean(covered) <= 0.93


def test_ranks_overlap_where_the_intervals_do():
    """Two stars, two middling reps: the ranks say 1 to 2 and 3 to 4, not 1, 2, 3, 4."""
    cells = pd.DataFrame(
        {"rep_id": list("abcd"), "n": [1000] * 4, "won": [405, 400, 205, 200]}
    )  # fmt: skip
    found = expected_wins_by_mix(cells, [])
    table = found.table.set_index("rep_id")
    assert found.detectable
    assert table["rank_first"].to_dict() == {"a": 1, "b": 1, "c": 3, "d": 3}
    assert table["rank_last"].to_dict() == {"a": 2, "b": 2, "c": 4, "d": 4}
    assert table["p_best"].sum() == pytest.approx(1.0) and table.loc["c", "p_best"] < 1e-6


def test_few_deals_are_hidden_but_count_as_colleagues():
    """d has 3 deals: no result is shown; c is compared with d's wins all the same (by hand)."""
    cells = pd.concat(
        [HAND, pd.DataFrame([("d", "easy", 3, 3)], columns=HAND.columns)], ignore_index=True
    )
    table = expected_wins_by_mix(cells, ["segment"]).table.set_index("rep_id")
    hidden = table.loc["d"]
    assert hidden["status"] == "not_computable" and hidden["reason"] == "fewer than 5 deals"
    assert hidden[["actual", "expected", "own", "low", "high", "value"]].isna().all()
    assert table.loc["c", "expected"] == pytest.approx(20 * 28 / 53 + 20 * 0.1)


def test_a_kind_that_nobody_else_works_is_left_out_and_counted():
    cells = pd.concat(
        [HAND, pd.DataFrame([("a", "own kind", 30, 30), ("e", "own too", 30, 9)],
                            columns=HAND.columns)], ignore_index=True
    )  # fmt: skip
    table = expected_wins_by_mix(cells, ["segment"]).table.set_index("rep_id")
    assert table.loc["a", ["n", "n_compared", "actual"]].tolist() == [80, 50, 21]
    assert "too few deals of the same kinds" in table.loc["e", "reason"]
    assert np.isnan(table.loc["e", "value"])


def test_nobody_won_is_not_an_index_of_zero_for_sure():
    cells = pd.DataFrame({"rep_id": list("abc"), "n": [12, 60, 60], "won": [0, 12, 12]})
    row = expected_wins_by_mix(cells, []).table.set_index("rep_id").loc["a"]
    assert row["own"] == 0 and row["own_low"] == 0 and row["own_high"] > 0.5
    assert row["value"] > 0.3 and row["low"] > 0 and row["high"] > 1, "12 deals prove little"


def test_order_of_rows_does_not_matter_and_the_input_is_left_alone():
    before = HAND.copy()
    a = expected_wins_by_mix(HAND, ["segment"])
    b = expected_wins_by_mix(HAND.iloc[::-1], ["segment"])
    pd.testing.assert_frame_equal(a.table, b.table)
    pd.testing.assert_frame_equal(HAND, before)


def test_impossible_input_is_refused():
    with pytest.raises(InputDataError, match=r"between 0 and n; check row\(s\) 1 \(rep a\)"):
        expected_wins_by_mix(HAND.assign(won=[1, 99, 1, 1, 1, 1]), ["segment"])
    with pytest.raises(InputDataError, match=r"lacks the column\(s\) source"):
        expected_wins_by_mix(HAND, ["source"])
    with pytest.raises(InputDataError, match="amount squared over n"):
        expected_money_by_mix(HAND.assign(amount=100.0, amount_squares=1.0), ["segment"])
    alone = expected_wins_by_mix(HAND.loc[HAND["rep_id"] == "a"], ["segment"])
    assert alone.status == "not_computable" and "fewer than two reps" in alone.reason
    with pytest.raises(InputDataError, match="level must be above 0 and below 1"):
        expected_wins_by_mix(HAND, ["segment"], level=90)
    alike = expected_wins_by_mix(HAND.assign(won=HAND["n"]), ["segment"]).table
    assert alike["own"].isna().all() and alike["reason"].str.contains("ended alike").all()
