"""One score for each KPI and for a role's system: weights, gates, coverage, copies."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.kpi_score import (
    WEIGHTS,
    kpi_scores,
    representative_scores,
    score_sensitivity,
    system_score,
)
from kpikit.diagnosis.redundancy import redundancy
from kpikit.errors import InputDataError


def rules_of(**kpis):
    return pd.DataFrame(
        [
            {"kpi_id": kpi, "rule": rule, "score": score}
            for kpi, rules in kpis.items()
            for rule, score in rules.items()
        ]
    )


def full(score):
    return dict.fromkeys(WEIGHTS, score)


def test_fixed_example():
    """
    By hand, weights .20 .20 .15 .10 .05: a: (.16 + .10 + .03 + .10 + .05) / .70 = .44/.70,
    coverage .70; b: .20*.5 + .15*1 = .25 / .35, coverage .35.
    """
    rules = rules_of(
        a={
            "measurable": 0.8, "linked": 0.5, "controllable": 0.2, "in_pay": 1.0, "simple": 1.0,
            "realistic": None,
        },
        b={"linked": 0.5, "controllable": 1.0},
    )  # fmt: skip
    table = kpi_scores(rules).set_index("kpi_id")
    assert table["score"].to_dict() == pytest.approx(
        {"a": 0.44 / 0.70, "b": 0.25 / 0.35}, abs=1e-12
    )
    assert table["coverage"].to_dict() == pytest.approx({"a": 0.70, "b": 0.35}, abs=1e-12)
    assert sum(WEIGHTS.values()) == pytest.approx(1, abs=1e-12)


def test_unknown_is_neither_good_nor_bad():
    """A rule that could not be checked changes the coverage and not the score."""
    known = {"measurable": 0.6, "linked": 0.6}
    table = kpi_scores(rules_of(a=known, b=known | {"controllable": None})).set_index("kpi_id")
    assert table.loc["a", "score"] == table.loc["b", "score"] == pytest.approx(0.6)
    nothing = kpi_scores(rules_of(a={"linked": None})).loc[0]
    assert np.isnan(nothing["score"]) and nothing["coverage"] == 0


def test_gates():
    """What cannot be measured stays at .30, what cannot be moved at .50, unknown is no gate."""
    rules = rules_of(
        unmeasured=full(1.0) | {"measurable": 0.24},
        unmoved=full(1.0) | {"controllable": 0.04},
        unknown=full(1.0) | {"measurable": None, "controllable": None},
        both=full(1.0) | {"measurable": 0.1, "controllable": 0.0},
        at_limit=full(1.0) | {"measurable": 0.25, "controllable": 0.05},
        low=full(0.2),
    )
    table = kpi_scores(rules).set_index("kpi_id")
    assert table.loc["unmeasured", ["score", "gate"]].tolist() == [0.30, "measurable"]
    assert table.loc["unmoved", ["score", "gate"]].tolist() == [0.50, "controllable"]
    assert table.loc["unknown", "score"] == pytest.approx(1.0)
    assert table.loc["both", "score"] == 0.30
    assert table.loc["low", "score"] == pytest.approx(0.2)
    assert table.loc[["unknown", "at_limit", "low"], "gate"].isna().all()
    assert table.loc["unmeasured", "ungated"] == pytest.approx(1 - 0.2 * 0.76)


def test_system_of_a_role():
    """By hand: clusters {a, b} and {c}: (.8 + .4)/2 * (1 + .5)/2 * (1 + .6)/2 = .36."""
    scores = kpi_scores(rules_of(a=full(0.8), b=full(0.7), c=full(0.4)))
    found = system_score("rep", scores, {"a": 0, "b": 0, "c": 1}, {"a", "c"}, 0.5, 0.6)
    assert found.score == pytest.approx(0.36, abs=1e-12)
    assert found.quality == pytest.approx(0.6, abs=1e-12)
    assert (found.clusters, found.unscored, found.status) == (2, 0, "ok")


def test_copies_add_nothing():
    """Trap 19: a good KPI copied four times raises the system no more than the original."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2, 12, 6))

    def judged(copies):
        blocks = np.concatenate([values[:1].repeat(1 + copies, axis=0), values[1:]])
        kpi, period, rep = np.indices(blocks.shape).reshape(3, -1)
        facts = pd.DataFrame(
            {"kpi_id": kpi.astype(str), "rep_id": rep.astype(str), "period": period}
        ).assign(attainment=blocks.ravel())
        last = str(1 + copies)
        rules = rules_of(**{k: full(0.3 if k == last else 0.9) for k in facts["kpi_id"].unique()})
        groups = redundancy(facts, representative_scores(rules)).kpis
        chosen = set(groups.loc[groups["is_representative"], "kpi_id"])
        clusters = dict(zip(groups["kpi_id"], groups["cluster"], strict=True))
        scores = kpi_scores(rules)
        return system_score("rep", scores, clusters, chosen, 1.0, 1.0).score, scores

    alone, _ = judged(0)
    copied, scores = judged(4)
    assert alone == pytest.approx(0.6)
    assert copied == pytest.approx(alone, abs=1e-12)
    assert scores["score"].mean() > alone + 0.1  # the plain mean would reward copying


def test_a_cluster_without_any_score():
    """It is left out of the mean, counted, and the system is marked degraded."""
    scores = kpi_scores(rules_of(a=full(0.8), b={"linked": None}))
    found = system_score("rep", scores, {"a": 0, "b": 1}, {"a", "b"}, 1.0, 1.0)
    assert (found.score, found.unscored, found.status) == (pytest.approx(0.8), 1, "degraded")
    none = system_score("rep", scores, {"b": 0}, {"b"}, 1.0, 1.0)
    assert (none.score, none.status) == (None, "not_computable")


def test_representative_worth():
    """By hand: (.5 * .8)^(1/2) of the two known rules; null where none is known."""
    worth = representative_scores(
        rules_of(a={"measurable": 0.5, "linked": 0.8, "simple": 0.0}, b={"simple": 1.0})
    )
    assert worth["a"] == pytest.approx(np.sqrt(0.4))
    assert np.isnan(worth["b"])


def test_sensitivity_bounds_every_weighting():
    """500 random weightings inside +-50 % stay inside the bounds; equal rules do not move."""
    rng = np.random.default_rng(2)
    rules = rules_of(
        **{f"k{i}": dict(zip(WEIGHTS, rng.random(10).tolist(), strict=True)) for i in range(6)},
        flat=full(0.5),
    )
    table = score_sensitivity(rules).set_index("kpi_id")
    flat = table.loc["flat"]
    assert (flat["score_low"], flat["score_high"]) == pytest.approx((0.5, 0.5))
    for _ in range(500):
        weights = {rule: weight * rng.uniform(0.5, 1.5) for rule, weight in WEIGHTS.items()}
        tried = kpi_scores(rules, weights).set_index("kpi_id")["score"].loc[table.index]
        assert (tried >= table["score_low"] - 1e-12).all()
        assert (tried <= table["score_high"] + 1e-12).all()
    assert (table["rank_best"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_worst"]).all()


def test_a_kpi_that_is_better_in_everything_keeps_its_rank():
    table = score_sensitivity(rules_of(best=full(0.9), worst=full(0.1))).set_index("kpi_id")
    assert table["same_rank"].tolist() == [1.0, 1.0]
    assert table["rank_worst"].to_dict() == {"best": 1, "worst": 2}


@pytest.mark.parametrize(
    ("rules", "weights", "message"),
    [
        (rules_of(a={"linked": 1.2}), None, "scores must lie between 0 and 1"),
        (pd.concat([rules_of(a={"linked": 1.0})] * 2), None, "must stand once"),
        (rules_of(a={"linked": 1.0}), {"linked": -1}, "check linked: -1"),
        (rules_of(a={"linked": 1.0}), {"linked": 0}, "one of them is above 0"),
    ],
)
def test_unusable_rules_and_weights(rules, weights, message):
    with pytest.raises(InputDataError, match=message):
        kpi_scores(rules, weights)


def test_unusable_systems():
    scores = kpi_scores(rules_of(a=full(0.5), b=full(0.5)))
    with pytest.raises(InputDataError, match="exactly one representative"):
        system_score("rep", scores, {"a": 0, "b": 0}, {"a", "b"}, 1, 1)
    with pytest.raises(InputDataError, match="no score for c"):
        system_score("rep", scores, {"c": 0}, {"c"}, 1, 1)
    with pytest.raises(InputDataError, match="fewness of role 'rep' must be 0 to 1"):
        system_score("rep", scores, {"a": 0}, {"a"}, 1, 2)


def test_input_is_left_alone():
    rules = rules_of(a=full(0.5), b={"linked": None})
    before = rules.copy()
    kpi_scores(rules)
    score_sensitivity(rules)
    pd.testing.assert_frame_equal(rules, before)
