"""What stays with the rep, what goes with the season, the territory or chance."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.controllability import (
    READINGS,
    REASONS,
    controllability,
    controllability_by_kpi,
    periods_for_reliability,
    share_under_control,
    skill_ceiling,
)
from kpikit.errors import InputDataError


def panel_of(values, **columns):
    """Tidy panel from an array (reps, periods)."""
    rep, period = np.indices(values.shape).reshape(2, -1)
    table = {"rep_id": [f"r{i}" for i in rep], "period": period, "attainment": values.ravel()}
    return pd.DataFrame(table | {name: np.ravel(v) for name, v in columns.items()})


def team(rng, reps, periods, icc):
    own = np.sqrt(icc) * rng.normal(size=(reps, 1))
    return own + np.sqrt(1 - icc) * rng.normal(size=(reps, periods))


def test_ex_8_1_with_periods_taken_out():
    """
    The panel of EX-8.1. Month means 11.75, 11.5, 12.75 about 12: 4*(.0625+.25+.5625) = 3.5 of
    the 8 within reps, 6 degrees of freedom left: MSW .75, ICC 19.25/21.5 = .8953,
    reliability of three months 19.25/20 = .9625.
    """
    values = np.array([[10, 12, 11], [15, 14, 16], [9, 8, 10], [13, 12, 14]], dtype=float)
    found = controllability(panel_of(values))
    assert (found.between, found.within) == pytest.approx((20, 0.75))
    assert found.icc == pytest.approx(19.25 / 21.5)
    assert found.reliability == pytest.approx(0.9625)
    assert (found.status, found.reason) == ("degraded", "few_reps")
    assert (found.n, found.reps, found.periods) == (12, 4, 3)


def test_ex_8_2():
    """EX-8.2 of METHODS: 4 wins a month with variance 5: at most 20 % can be skill."""
    assert skill_ceiling(4, 5) == pytest.approx(0.20)
    assert skill_ceiling(4, 3) == 0.0
    with pytest.raises(InputDataError, match="variance above 0"):
        skill_ceiling(4, 0)


def test_counts_limit_what_can_be_skill():
    """Wins of equal reps, Poisson with mean 4: nothing is skill; sd of a variance ratio .13."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(4, size=(10, 12))
    found = controllability(panel_of(counts / 5, count=counts))
    assert found.skill_ceiling < 0.4
    assert found.reading == "too_noisy"
    skilled = rng.poisson(np.linspace(10, 60, 10)[:, None], size=(10, 12))
    assert controllability(panel_of(skilled / 30, count=skilled)).skill_ceiling > 0.6


def test_negative_estimates_are_reported_as_zero_with_the_raw_value():
    """By hand: rep means alike and months unlike: MSB 0, so raw = -MSW/((k-1) MSW) = -1/2."""
    values = np.array([[1, 2, 3], [2, 3, 1], [3, 1, 2]], dtype=float)
    found = controllability(panel_of(values))
    assert found.icc == 0.0 and found.low == 0.0
    assert found.raw == pytest.approx(-0.5)
    assert found.reliability == 0.0


def test_a_season_is_not_the_reps():
    """The same large season for all changes neither the ICC nor its interval."""
    values = team(np.random.default_rng(2), 8, 12, 0.5)
    plain = controllability(panel_of(values))
    seasonal = controllability(panel_of(values + 10 * np.sin(np.arange(12))))
    assert seasonal.icc == pytest.approx(plain.icc)
    assert seasonal.high == pytest.approx(plain.high)
    assert seasonal.period_share > 0.9 > plain.period_share


def test_territory_is_not_skill():
    """Reps differ because their territories do: high before the adjustment, low after it."""
    rng = np.random.default_rng(3)
    potential = np.repeat(rng.normal(size=(12, 1)), 12, axis=1)
    values = 2 * potential + rng.normal(size=(12, 12))
    found = controllability(panel_of(values, potential=potential), ["potential"])
    assert found.icc_raw > 0.5 > 2 * found.icc
    assert found.reading == "territory"
    assert found.condition_share > found.rep_share
    skill = controllability(panel_of(team(rng, 12, 12, 0.7), potential=potential), ["potential"])
    assert skill.reading == "controllable"


def test_values_at_the_ceiling_tell_nobody_apart():
    """70 % of the values at 100 %: not informative, rather than a verdict on the reps."""
    rng = np.random.default_rng(4)
    values = np.minimum(rng.normal(1.05, 0.1, size=(8, 12)), 1.0)
    found = controllability(panel_of(values))
    assert found.bound_share > 0.4
    assert found.reading == "not_informative"
    same = controllability(panel_of(np.ones((8, 12))))
    assert (same.reading, same.icc, same.bound_share) == ("not_informative", None, 1.0)


@pytest.mark.parametrize(
    ("shape", "reason"), [((1, 12), "too_few_reps"), ((6, 2), "too_few_periods")]
)
def test_refuses_small_panels_with_a_reason(shape, reason):
    found = controllability(panel_of(np.random.default_rng(5).normal(size=shape)))
    assert (found.status, found.reason, found.icc) == ("not_computable", reason, None)
    assert reason in REASONS


def test_a_condition_of_its_own_for_every_rep_is_confounded():
    """If each rep has another region, region and rep are the same thing."""
    values = np.random.default_rng(6).normal(size=(4, 6))
    region = np.repeat([["n"], ["s"], ["e"], ["w"]], 6, axis=1)
    found = controllability(panel_of(values, region=region), ["region"])
    assert (found.status, found.reason) == ("not_computable", "confounded")


def test_shares_sum_to_one_and_match_the_planted_ones():
    """Planted: reps 4, months 1, chance 4 of 9; 40 reps and 40 months, tolerance 4 sd ~ .12."""
    rng = np.random.default_rng(7)
    values = 2 * rng.normal(size=(40, 1)) + rng.normal(size=(1, 40)) + 2 * rng.normal(size=(40, 40))
    found = controllability(panel_of(values))
    shares = (found.rep_share, found.period_share, found.condition_share, found.noise_share)
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx((4 / 9, 1 / 9, 0, 4 / 9), abs=0.2)


def test_interval_covers_with_gaps():
    """90 % of 500 teams of 6 reps whose later months are missing unevenly; 4 se = .054."""
    rng = np.random.default_rng(8)
    gone = np.array([0, 1, 2, 4, 6, 8])
    covered = 0
    for _ in range(500):
        values = team(rng, 6, 12, 0.4)
        values[np.arange(12)[None, :] >= 12 - gone[:, None]] = np.nan
        found = controllability(panel_of(values))
        covered += found.low <= 0.4 <= found.high
    assert covered / 500 == pytest.approx(0.90, abs=0.054)


def test_missing_values_change_the_count_only():
    """Null is not zero: a row of null is the same as no row, and the input stays as it was."""
    values = team(np.random.default_rng(9), 6, 8, 0.5)
    values[2, 3] = np.nan
    panel = panel_of(values)
    before = panel.copy()
    assert controllability(panel) == controllability(panel.dropna())
    pd.testing.assert_frame_equal(panel, before)


def test_effort_that_the_rep_chooses_counts_as_control():
    """Half of what varies within reps follows their hours; unrelated hours add nothing (4 sd)."""
    rng = np.random.default_rng(10)
    hours = rng.normal(40, 5, size=(12, 24))
    values = (hours - 40) / 5 + rng.normal(size=(12, 24))
    own = share_under_control(panel_of(values, effort=hours))
    assert own == pytest.approx(0.5, abs=4 * 0.05)
    other = share_under_control(panel_of(values, effort=rng.normal(40, 5, size=(12, 24))))
    assert other < 0.1
    assert controllability(panel_of(values)).icc < 0.1


def test_periods_for_reliability():
    """Spearman-Brown by hand: .7/.3 * .8/.2 = 9.33 months at an icc of .2; never at 0."""
    assert periods_for_reliability(0.2) == pytest.approx(28 / 3)
    assert periods_for_reliability(0.0) == np.inf


def test_every_kpi_of_a_list():
    """One row per KPI; a KPI of one rep is refused and not dropped."""
    rng = np.random.default_rng(11)
    facts = pd.concat(
        [
            panel_of(team(rng, 6, 12, 0.6)).assign(kpi_id="K2"),
            panel_of(team(rng, 1, 12, 0.6)).assign(kpi_id="K1"),
        ]
    )
    table = controllability_by_kpi(facts)
    assert table["kpi_id"].tolist() == ["K1", "K2"]
    assert table["status"].tolist() == ["not_computable", "ok"]
    assert READINGS[table.loc[1, "reading"]].format(**table.loc[1])


def test_a_rep_with_two_values_for_a_month():
    panel = panel_of(np.ones((2, 3)))
    with pytest.raises(InputDataError, match="1 rows whose period, rep_id stand there already"):
        controllability(pd.concat([panel, panel.head(1)]))
    with pytest.raises(InputDataError, match="no column potential"):
        controllability(panel, ["potential"])


def test_the_interval_holds_the_estimate():
    """Conditions that go along with the reps: the interval reaches the estimate."""
    rng = np.random.default_rng(11)
    outside = 0
    for _ in range(60):
        reps = np.repeat(np.arange(6), 12)
        leads = 0.8 * rng.normal(size=6)[reps] + 0.3 * rng.normal(size=72)
        value = 2.0 * rng.normal(size=6)[reps] + leads + 0.4 * rng.normal(size=72)
        panel = pd.DataFrame(
            {"rep_id": reps.astype(str), "period": np.tile(np.arange(12), 6), "attainment": value,
             "leads": leads}
        )  # fmt: skip
        kept = panel[rng.random(72) < 0.9]
        found = controllability(kept, ["leads"])
        outside += not found.low <= found.icc <= found.high
    assert outside == 0
