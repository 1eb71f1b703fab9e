"""A KPI that shows in the plan a cycle later is found there, at no price in false links."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.lagged_links import judge_at_lags
from kpikit.diagnosis.linkage import LINKED, OPPOSED, judge_registry
from kpikit.errors import InputDataError


def tidy(block, name=None):
    """A block (periods, reps) as rows."""
    rows = [
        {"rep_id": f"r{rep}", "period": period, "attainment": value}
        for (period, rep), value in np.ndenumerate(block)
    ]
    table = pd.DataFrame(rows)
    return table if name is None else table.assign(kpi_id=name)


def planted(rng, lag, periods=18, reps=8):
    """A KPI that makes most of the plan ``lag`` periods later, and one that does nothing."""
    way, idle = rng.normal(size=(2, periods, reps))
    plan = rng.normal(size=(periods, reps))
    plan[lag:] = 0.8 * way[: periods - lag] + 0.6 * plan[lag:]
    facts = pd.concat([tidy(way, "way"), tidy(idle, "idle")])
    return facts, tidy(plan)


def test_a_link_two_months_later_is_found_with_its_lag():
    """At once there is nothing to see; two months later there is."""
    facts, plan = planted(np.random.default_rng(1), 2)
    lags = {"way": (0, 2), "idle": (0, 2)}
    found = judge_at_lags(facts, plan, np.random.default_rng(2), lags).table.set_index("kpi_id")
    assert found.loc["way", ["verdict", "lag"]].tolist() == [LINKED, 2]
    assert found.loc["idle", "verdict"] != LINKED
    at_once = judge_registry(facts, plan, np.random.default_rng(2)).table.set_index("kpi_id")
    assert at_once.loc["way", "verdict"] != LINKED


def test_without_lags_it_is_the_plain_audit():
    """The same table, the same random numbers."""
    facts, plan = planted(np.random.default_rng(3), 0)
    plain = judge_registry(facts, plan, np.random.default_rng(4)).table
    lagged = judge_at_lags(facts, plan, np.random.default_rng(4), {}).table
    pd.testing.assert_frame_equal(
        plain.sort_values("kpi_id", ignore_index=True), lagged, check_dtype=False
    )


def test_every_lag_counts_as_a_question():
    """Two KPIs at two lags are four questions: q is at least the p of the best one."""
    facts, plan = planted(np.random.default_rng(5), 0)
    found = judge_at_lags(
        facts, plan, np.random.default_rng(6), {"way": (0, 1), "idle": (0, 1)}
    ).table.set_index("kpi_id")
    assert found.loc["way", "p_holm"] >= 4 * found.loc["way", "p_value"] * (1 - 1e-9)


def test_a_kpi_without_a_lag_is_named():
    """An empty list of lags is a mistake, not a silent omission."""
    facts, plan = planted(np.random.default_rng(7), 0)
    with pytest.raises(InputDataError, match="no lag is named for idle"):
        judge_at_lags(facts, plan, np.random.default_rng(8), {"idle": ()})


def test_null_lists_at_two_lags_rarely_declare_a_link():
    """
    39 KPIs without effect, 6 reps, 12 months, each asked at once and two months later: a list
    with any link or opposite link should happen in at most 10 % of lists; 60 lists allow 12
    (the binomial 99 % point at .10).
    """
    wrong = 0
    for child in np.random.SeedSequence(9).spawn(60):
        rng = np.random.default_rng(child)
        facts = pd.concat([tidy(rng.normal(size=(12, 6)), f"k{i:02d}") for i in range(39)])
        lags = {f"k{i:02d}": (0, 2) for i in range(39)}
        found = judge_at_lags(facts, tidy(rng.normal(size=(12, 6))), rng, lags, random_orders=999)
        wrong += bool(found.table["verdict"].isin([LINKED, OPPOSED]).any())
    assert wrong <= 12
