"""Linked, not linked or not proven: chance, seasons, persistent reps and long lists."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpikit.diagnosis.linkage import REASONS, VERDICTS, judge_registry
from kpikit.diagnosis.multiplicity import benjamini_hochberg
from kpikit.errors import InputDataError

LIST = 39
DECLARED = ["linked", "opposed"]


def facts_of(values):
    """Tidy facts from an array (kpis, periods, reps)."""
    kpi, period, rep = np.indices(values.shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "kpi_id": [f"K{i:02d}" for i in kpi],
            "rep_id": [f"r{i}" for i in rep],
            "period": period,
            "attainment": values.ravel(),
        }
    )


def plan_of(values):
    """Tidy plan from an array (periods, reps)."""
    return facts_of(values[None]).drop(columns="kpi_id")


def judge(facts, plan, seed=1, **options):
    return judge_registry(
        facts_of(facts), plan_of(plan), np.random.default_rng(seed), **options
    ).table


def mixed(rng, share, shape):
    """Values of which ``share`` of the variance stays with the rep."""
    *front, _, reps = shape
    lasting = rng.normal(size=(*front, 1, reps))
    return np.sqrt(share) * lasting + np.sqrt(1 - share) * rng.normal(size=shape)


def test_ex_8_4_eight_reps_one_period():
    """EX-8.4 of METHODS: rho .9286, exact two-sided p = 90/40,320."""
    kpi = np.array([0.72, 0.85, 0.90, 0.95, 1.02, 1.05, 1.10, 1.20])
    plan = np.array([0.60, 0.80, 0.70, 0.95, 0.90, 1.00, 1.15, 1.05])
    row = judge(kpi[None, None], plan[None]).loc[0]
    assert row["rho"] == pytest.approx(0.9286, abs=1e-4)
    assert row["p_value"] == pytest.approx(90 / 40_320, abs=1e-12)
    assert (row["orders"], row["n"], row["shuffled"]) == (40_320, 8, "cells")


def test_rho_is_spearman_with_ties_and_missing_values():
    """scipy.stats.spearmanr of each period on the pairs that are there; mean by reps less one."""
    rng = np.random.default_rng(3)
    kpi = np.round(rng.normal(size=(1, 7, 9)), 1).clip(-0.5, 0.5)
    plan = np.round(rng.normal(size=(7, 9)), 1)
    kpi[0, 2, :4] = np.nan
    plan[5, 7:] = np.nan
    rhos, weights = [], []
    for x, y in zip(kpi[0], plan, strict=True):
        both = ~np.isnan(x) & ~np.isnan(y)
        rhos.append(stats.spearmanr(x[both], y[both]).statistic)
        weights.append(both.sum() - 1)
    row = judge(kpi, plan).loc[0]
    assert row["rho"] == pytest.approx(np.average(rhos, weights=weights), abs=1e-12)
    assert row["n"] == sum(weights) + 7


def test_four_reps_in_one_period_prove_nothing():
    """1/24 is the smallest one-sided p of 4! orders: unproven, never useless (trap 17)."""
    perfect = np.array([0.7, 0.8, 0.9, 1.0])
    table = judge(np.tile(perfect, (5, 1, 1)), perfect[None])
    assert set(table["verdict"]) == {"unproven"}
    assert table["smallest_p"].to_numpy() == pytest.approx(1 / 24, abs=1e-12)
    text = REASONS[table.loc[0, "reason"]].format(**table.loc[0])
    assert "only 24.0 orders" in text and "Nothing can be proven" in text


def test_a_shared_season_is_no_link():
    """Trap 16: everybody sells in December; a spreadsheet over all rows sees a strong link."""
    rng = np.random.default_rng(8)
    season = 2.5 * np.sin(np.arange(24) / 12 * 2 * np.pi)[:, None]
    kpi = season + rng.normal(size=(1, 24, 8))
    plan = season + rng.normal(size=(24, 8))
    row = judge(kpi, plan).loc[0]
    assert row["rho_all"] > 0.6  # what the spreadsheet reports
    assert row["rho_over_time"] > 0.6  # nor do the reps' own histories help
    # sd of the mean within 24 months of 8 reps: 1/sqrt(24*7) = .077; four of them
    assert abs(row["rho"]) < 4 / np.sqrt(24 * 7)
    assert row["verdict"] == "not_linked"


def test_a_component_is_tagged_and_not_celebrated():
    """Revenue is the plan: tagged, no p-value, and it takes no part in the correction."""
    rng = np.random.default_rng(4)
    plan = rng.normal(size=(12, 6))
    facts = np.stack([plan, rng.normal(size=(12, 6))])
    table = judge(facts, plan, components=["K00"]).set_index("kpi_id")
    assert table.loc["K00", "verdict"] == "component"
    assert table.loc["K00", "rho"] == pytest.approx(1.0)
    assert table.loc["K00", ["p_value", "q_value", "p_holm", "rho_pooled"]].isna().all()
    assert table.loc["K01", "q_value"] == table.loc["K01", "p_value"]


def test_a_harmful_kpi_is_opposed():
    """Reps ahead in it are behind in the plan: rewarding it works against the plan."""
    rng = np.random.default_rng(5)
    plan = rng.normal(size=(12, 6))
    row = judge(-plan[None] + rng.normal(size=(1, 12, 6)), plan).loc[0]
    assert (row["verdict"], row["reason"]) == ("opposed", "opposite_link")
    assert row["rho"] < 0


def test_a_link_shows_only_at_its_lag():
    """Calls of this month move the plan of two months later; sd by chance 1/sqrt(14*5) = .12."""
    rng = np.random.default_rng(6)
    kpi = rng.normal(size=(1, 14, 6))
    plan = rng.normal(size=(14, 6))
    plan[2:] += 2 * kpi[0, :-2]
    at_once, later = judge(kpi, plan).loc[0], judge(kpi, plan, lags={"K00": 2}).loc[0]
    assert later["verdict"] == "linked" and later["n"] == 12 * 6
    assert abs(at_once["rho"]) < 4 / np.sqrt(14 * 5) < 0.6 < later["rho"]


def test_missing_facts_change_the_count_and_not_the_link():
    """Null is not zero: rows of null and rows that are not there give the same answer."""
    rng = np.random.default_rng(7)
    kpi, plan = rng.normal(size=(2, 12, 6)), rng.normal(size=(12, 6))
    kpi[0, 3:6, 2] = np.nan
    facts = facts_of(kpi)
    nulls = judge_registry(facts, plan_of(plan), np.random.default_rng(1)).table
    gone = judge_registry(facts.dropna(), plan_of(plan), np.random.default_rng(1)).table
    pd.testing.assert_frame_equal(nulls, gone)
    assert nulls["n"].tolist() == [69, 72]


def test_what_cannot_be_judged_says_why():
    """All reps alike, or nobody measured: no number and no verdict on the KPI."""
    rng = np.random.default_rng(9)
    plan = rng.normal(size=(12, 6))
    facts = np.stack([np.ones((12, 6)), np.full((12, 6), np.nan), plan])
    table = judge(facts, plan)
    assert table["verdict"].tolist() == ["cannot_judge", "cannot_judge", "linked"]
    assert table["reason"].tolist()[:2] == ["no_differences", "no_pairs"]
    assert table.loc[:1, ["rho", "low", "p_value", "q_value"]].isna().to_numpy().all()


def test_few_data_are_unproven_and_never_not_linked():
    """6 reps in 3 months show only correlations above .60: nothing found is no proof of absence."""
    rng = np.random.default_rng(10)
    table = judge(rng.normal(size=(20, 3, 6)), rng.normal(size=(3, 6)))
    assert "not_linked" not in set(table["verdict"])
    assert table["detectable_rho"].min() > 0.4


def test_order_of_rows_and_names_change_nothing():
    """Exact enumeration needs no random numbers, and nothing depends on the order of rows."""
    rng = np.random.default_rng(11)
    facts, plan = facts_of(rng.normal(size=(4, 3, 4))), plan_of(rng.normal(size=(3, 4)))
    before = facts.copy()
    first = judge_registry(facts, plan, np.random.default_rng(1)).table
    shuffled = facts.sample(frac=1, random_state=3)
    second = judge_registry(shuffled, plan.iloc[::-1], np.random.default_rng(2)).table
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(facts, before)
    assert set(first["verdict"]) <= set(VERDICTS)
    assert set(first["reason"]) <= set(REASONS)


def test_sentences_use_columns_only():
    """Every reason can be filled in from its row."""
    row = judge(np.ones((1, 2, 2)), np.ones((2, 2))).loc[0]
    assert all(sentence.format(**row) for sentence in REASONS.values())


# --------------------------------------------------------------------------
# Long lists
# --------------------------------------------------------------------------
def any_declared(registries, seed, lasting_kpi=0.0, lasting_plan=0.0):
    """Share of registries of null KPIs with a declared link; the same without whole reps; and
    the mean number of KPIs below 5 % when nothing is corrected."""
    rng = np.random.default_rng(seed)
    found = np.zeros(3)
    for _ in range(registries):
        facts = mixed(rng, lasting_kpi, (LIST, 12, 6))
        plan = mixed(rng, lasting_plan, (12, 6))
        table = judge_registry(facts_of(facts), plan_of(plan), rng, random_orders=1_999).table
        found += [
            table["verdict"].isin(DECLARED).any(),
            (benjamini_hochberg(table["p_cells"]) <= 0.10).any(),
            (table["p_cells"] <= 0.05).sum(),
        ]
    return found / registries


def most(registries):
    """10 % and three standard errors of a share seen in so many registries."""
    return 0.10 + 3 * np.sqrt(0.09 / registries)


def test_39_kpis_without_effect():
    """Trap 18: at most 10 % of lists with any declared link; uncorrected 39 x 5 % = 1.95 KPIs."""
    declared, _, naive = any_declared(100, 12)
    assert declared <= most(100)
    # sd of the count in one list sqrt(39*.05*.95) = 1.36; of the mean of 100 lists .136
    assert naive == pytest.approx(1.95, abs=4 * 0.136)


@pytest.mark.slow
def test_39_kpis_without_effect_in_500_registries():
    """Trap 18 with a tighter tolerance."""
    declared, _, naive = any_declared(500, 13)
    assert declared <= most(500)
    assert naive == pytest.approx(1.95, abs=4 * 1.36 / np.sqrt(500))


def test_reps_who_are_always_ahead_are_no_twelve_proofs():
    """Good territories give KPIs and plan a lasting edge; shuffling months alone is deceived."""
    declared, by_months, _ = any_declared(60, 14, lasting_kpi=0.5, lasting_plan=0.5)
    assert declared <= most(60)
    assert by_months > 0.5


def test_links_are_found_among_reps_who_are_always_ahead():
    """
    Half of every spread stays with the rep; a link of the months is found by the months.

    Whole reps alone give at best 1/720 with six reps and find few of them.
    """
    rng = np.random.default_rng(16)
    found = alone = 0
    for _ in range(20):
        plan = mixed(rng, 0.5, (18, 6))
        facts = mixed(rng, 0.5, (LIST, 18, 6))
        facts[:3] += 0.8 * plan
        table = judge_registry(facts_of(facts), plan_of(plan), rng, random_orders=1_999).table
        found += table["verdict"].isin(DECLARED)[:3].sum()
        alone += (benjamini_hochberg(table["p_reps"]) <= 0.10)[:3].sum()
    assert found / 60 > 0.6
    assert alone < found


def test_reps_who_drift_prove_nothing_by_their_months():
    """KPIs and plan are slow random walks of each rep: months are no experiments."""
    rng = np.random.default_rng(17)
    declared = naive = 0
    for _ in range(40):
        walks = rng.normal(size=(LIST + 1, 12, 6))
        for month in range(1, 12):
            walks[:, month] = 0.9 * walks[:, month - 1] + np.sqrt(0.19) * walks[:, month]
        table = judge_registry(
            facts_of(walks[1:]), plan_of(walks[0]), rng, random_orders=1_999
        ).table
        declared += table["verdict"].isin(DECLARED).any()
        naive += (benjamini_hochberg(table["p_cells"]) <= 0.10).any()
    assert declared / 40 <= most(40)
    assert naive / 40 > 0.5


def test_planted_links_are_found_in_a_long_list():
    """3 of 39 KPIs with a rank correlation near .5, 6 reps and 12 months: most are found."""
    rng = np.random.default_rng(15)
    found = wrong = 0
    for _ in range(40):
        plan = rng.normal(size=(12, 6))
        facts = rng.normal(size=(LIST, 12, 6))
        facts[:3] += 0.62 * plan
        table = judge_registry(facts_of(facts), plan_of(plan), rng, random_orders=1_999).table
        declared = table["verdict"].isin(DECLARED).to_numpy()
        found += declared[:3].sum()
        wrong += declared[3:].sum()
    assert found / 120 > 0.7
    # 10 % of false discoveries are allowed; three standard errors of 120 discoveries
    assert wrong / (found + wrong) <= 0.10 + 3 * np.sqrt(0.09 / 120)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="period"), "no column period"),
        (lambda f: pd.concat([f, f.head(2)]), "2 rows whose kpi_id, period, rep_id stand there"),
        (lambda f: f.assign(attainment="80 %"), "must be numbers"),
        (lambda f: f.assign(attainment=np.inf), "must be finite"),
        (lambda f: f.assign(period=None), "rows without"),
    ],
)
def test_facts_that_cannot_be_laid_out(change, message):
    facts, plan = facts_of(np.ones((1, 2, 2))), plan_of(np.ones((2, 2)))
    with pytest.raises(InputDataError, match=message):
        judge_registry(change(facts), plan, np.random.default_rng(1))


def test_lags_must_fit_the_facts():
    facts, plan = facts_of(np.ones((1, 2, 2))), plan_of(np.ones((2, 2)))
    with pytest.raises(InputDataError, match="check K00: -1, K99: 1"):
        judge_registry(facts, plan, np.random.default_rng(1), lags={"K00": -1, "K99": 1})
