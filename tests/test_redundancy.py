"""How many different things a list of KPIs measures."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from kpikit.diagnosis.redundancy import (
    clusters_of,
    effective_number,
    redundancy,
    representatives,
    variance_inflation,
)
from kpikit.errors import InputDataError

THREE = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]])


def facts_of(values):
    """Tidy facts from an array (kpis, periods, reps)."""
    kpi, period, rep = np.indices(values.shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "kpi_id": [f"K{i}" for i in kpi],
            "rep_id": [f"r{i}" for i in rep],
            "period": period,
            "attainment": values.ravel(),
        }
    )


def test_ex_8_8():
    """EX-8.8 of METHODS."""
    assert effective_number(THREE) == pytest.approx((1.931, 2.147), abs=5e-4)
    assert variance_inflation(THREE) == pytest.approx([5.266, 5.266, 1.011], abs=5e-4)
    assert clusters_of(THREE).tolist() == [0, 0, 1]


def test_numbers_at_the_ends():
    """Copies of one KPI are one KPI; unrelated ones are as many as they are."""
    assert effective_number(np.ones((5, 5))) == pytest.approx((1, 1))
    assert effective_number(np.eye(5)) == pytest.approx((5, 5))
    assert variance_inflation(np.ones((3, 3))).tolist() == [np.inf] * 3
    assert variance_inflation(np.eye(3)) == pytest.approx([1, 1, 1])


def test_vif_of_another_library():
    """statsmodels variance_inflation_factor on standardised columns."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 4))
    x[:, 3] += x[:, 0] + 0.5 * x[:, 1]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = [variance_inflation_factor(x, i) for i in range(4)]
    assert variance_inflation(np.corrcoef(x.T)) == pytest.approx(theirs)


def test_copies_are_found_and_a_season_makes_none():
    """K1 copies K0 but for noise; K2 to K4 share only the season, which is not redundancy."""
    rng = np.random.default_rng(2)
    season = 5 * np.sin(np.arange(24))[:, None]
    values = rng.normal(size=(5, 24, 6))
    values[1] = values[0] + 0.1 * rng.normal(size=(24, 6))
    found = redundancy(facts_of(values + season))
    assert found.kpis["cluster"].tolist() == [0, 0, 1, 2, 3]
    assert found.kpis["cluster_size"].tolist() == [2, 2, 1, 1, 1]
    top = found.pairs.iloc[0]
    assert (top["kpi_a"], top["kpi_b"], top["is_duplicate"]) == ("K0", "K1", True)
    assert found.pairs["is_duplicate"].sum() == 1
    # two copies and three others: eigenvalues 2, 1, 1, 1, 0, so 25/7, less what chance adds
    assert found.effective == pytest.approx(25 / 7, abs=0.3)
    flat = (values + season).reshape(5, -1)
    assert effective_number(np.corrcoef(flat))[0] < 1.5  # forgetting the months


def test_the_other_direction_is_a_copy_too():
    """A KPI and its complement (share won, share lost) measure the same."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(3, 12, 6))
    values[2] = -values[0]
    found = redundancy(facts_of(values))
    assert found.matrix.loc["K0", "K2"] == pytest.approx(-1)
    assert found.kpis["cluster"].tolist() == [0, 1, 0]
    assert found.kpis.loc[0, ["closest_kpi", "closest_rho"]].tolist() == ["K2", pytest.approx(-1)]


def test_best_of_a_cluster_represents_it():
    """Highest score first, then ids in order; a KPI without a score comes last."""
    clusters = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    assert representatives(clusters, {"a": 0.2, "b": 0.7, "d": 0.1}) == {"b", "d", "e"}
    assert representatives(clusters, {}) == {"a", "c", "e"}
    values = np.random.default_rng(4).normal(size=(1, 12, 6)).repeat(2, axis=0)
    found = redundancy(facts_of(values), {"K1": 0.9, "K0": 0.3})
    assert found.kpis["is_representative"].tolist() == [False, True]


def test_fewer_observations_than_kpis():
    """4 reps in 3 months are 9 observations: 12 KPIs get pairs with intervals and no more."""
    found = redundancy(facts_of(np.random.default_rng(5).normal(size=(12, 3, 4))))
    assert (found.status, found.reason, found.observations) == ("degraded", "few_observations", 9)
    assert found.effective is None
    assert found.kpis[["cluster", "vif"]].isna().to_numpy().all()
    assert len(found.pairs) == 66 and found.pairs["low"].notna().all()


def test_pairs_use_what_both_have():
    """Gaps in one KPI: 2 months less for its pairs; a constant KPI stands alone with null."""
    values = np.random.default_rng(6).normal(size=(3, 12, 6))
    values[0, :2] = np.nan
    values[2] = 1.0
    found = redundancy(facts_of(values))
    pairs = found.pairs.set_index(["kpi_a", "kpi_b"])
    assert pairs.loc[("K0", "K1"), "n"] == 60
    assert pairs.loc[("K0", "K2"), ["rho", "low"]].isna().all()
    assert found.kpis["cluster"].tolist() == [0, 1, 2]
    assert found.kpis.loc[2, "closest_kpi"] is None or pd.isna(found.kpis.loc[2, "closest_kpi"])


def test_chance_makes_no_duplicates():
    """39 unrelated KPIs, 6 reps, 12 months: sd of rho .13, so |rho| > .9 is seven of them away."""
    found = redundancy(facts_of(np.random.default_rng(7).normal(size=(39, 12, 6))))
    assert not found.pairs["is_duplicate"].any()
    assert found.kpis["cluster"].nunique() == 39


def test_one_kpi_and_a_bad_matrix():
    found = redundancy(facts_of(np.random.default_rng(8).normal(size=(1, 12, 6))))
    assert (found.status, found.reason, len(found.pairs)) == ("not_computable", "few_kpis", 0)
    with pytest.raises(InputDataError, match="symmetric square"):
        effective_number([[1, 0.5], [0.4, 1]])
