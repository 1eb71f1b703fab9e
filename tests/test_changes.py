"""Which changes between two audits are real: worked pairs, other formulas, and simulated truth."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from kpikit.diagnosis.changes import judge_changes, pair_figures
from kpikit.diagnosis.mover import Estimates, mover_limits, standardised
from kpikit.diagnosis.shares import wilson_limits
from kpikit.errors import InputDataError
from kpikit.vocabulary import FIGURE_COLUMNS, FIGURE_KEYS

Z90 = ndtri(0.95)


def run_of(*rows: dict) -> pd.DataFrame:
    """A table of figures; text columns empty where not named."""
    empty = dict.fromkeys(FIGURE_COLUMNS) | dict.fromkeys(FIGURE_KEYS, "")
    plain = {"unit": "days", "method": "m", "status": "ok", "level": 0.9}
    return pd.DataFrame([empty | plain | row for row in rows], columns=list(FIGURE_COLUMNS))


def judged(before: dict, after: dict, **options) -> pd.Series:
    common = {"figure": "cycle_days_median"}
    pairs = pair_figures(run_of(common | before), run_of(common | after))
    return judge_changes(pairs, "2026-07", **options).iloc[0]


def estimates(value, low, high, level=0.9) -> Estimates:
    arrays = [np.atleast_1d(np.asarray(x, dtype=float)) for x in (value, low, high)]
    return Estimates.at_level(*arrays, np.full(len(arrays[0]), level))


# --------------------------------------------------------------------------
# The noise test
# --------------------------------------------------------------------------
def test_interval_of_a_difference_of_shares_is_newcombes():
    """
    Newcombe 1998, method 10, example (a): 56/70 and 48/80 give 0.2, 95 % from 0.0524 to 0.3339.
    """
    low, high = wilson_limits(np.array([48.0, 56.0]), np.array([80.0, 70.0]), 0.95)
    before = estimates(48 / 80, low[0], high[0], 0.95)
    after = estimates(56 / 70, low[1], high[1], 0.95)

    found = mover_limits(before, after, 0.95)

    assert [x.item() for x in found] == pytest.approx([0.0524, 0.3339], abs=5e-5)


def test_symmetric_intervals_give_the_usual_z():
    """By hand: errors 3 and 4, change 10: z = 10 / 5 = 2; p = 2 (1 - Phi(2)) = 0.0455."""
    row = judged(
        {"value": 20.0, "low": 20 - 3 * Z90, "high": 20 + 3 * Z90, "unit": "pp"},
        {"value": 30.0, "low": 30 - 4 * Z90, "high": 30 + 4 * Z90, "unit": "pp"},
    )

    assert row["z"] == pytest.approx(2.0)
    assert row["p"] == pytest.approx(2 * norm.sf(2.0))
    assert row["change"] == 10.0
    assert (row["change_low"], row["change_high"]) == pytest.approx((10 - 5 * Z90, 10 + 5 * Z90))


def test_intervals_of_different_levels_are_put_on_one_footing():
    """The same errors 3 and 4 as before, written at 80 % and 95 %."""
    z80, z95 = ndtri(0.9), ndtri(0.975)
    row = judged(
        {"value": 20.0, "low": 20 - 3 * z80, "high": 20 + 3 * z80, "level": 0.8, "unit": "pp"},
        {"value": 30.0, "low": 30 - 4 * z95, "high": 30 + 4 * z95, "level": 0.95, "unit": "pp"},
    )

    assert row["z"] == pytest.approx(2.0)


def test_only_the_facing_arms_count():
    """From 10 up to 20: the lower arm of 10 and the upper arm of 20 could be anything."""
    near = standardised(estimates(10, 9, 14), estimates(20, 17, 22), ["linear"])
    far = standardised(estimates(10, -50, 14), estimates(20, 17, 90), ["linear"])

    assert near.item() == far.item() == pytest.approx(10 / (5 / Z90))


def test_down_is_up_mirrored():
    up = standardised(estimates(10, 8, 14), estimates(20, 17, 29), ["log"])
    down = standardised(estimates(20, 17, 29), estimates(10, 8, 14), ["log"])

    assert down.item() == pytest.approx(-up.item())


@pytest.mark.parametrize(
    ("scale", "back"),
    [("log", np.exp), ("logit", lambda x: 1 / (1 + np.exp(-x)))],
)
def test_on_its_scale_a_lopsided_interval_is_a_plain_one(scale, back):
    """Errors 0.3 and 0.4 on the scale, change 1: z = 1 / 0.5 = 2 exactly."""
    before = estimates(*back(np.array([-2, -2 - 0.3 * Z90, -2 + 0.3 * Z90])))
    after = estimates(*back(np.array([-1, -1 - 0.4 * Z90, -1 + 0.4 * Z90])))

    assert standardised(before, after, [scale]).item() == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("before", "after", "scale"),
    [
        ((0.0, 0.0, 0.05), (0.1, 0.06, 0.15), "logit"),  # nobody was won: no log-odds
        ((1.1, 1.0, 1.2), (0.7, 0.6, 0.8), "logit"),  # a plan attained above 100 %
        ((-5.0, -8.0, -2.0), (4.0, 1.0, 7.0), "log"),  # profit after a loss
    ],
)
def test_what_a_scale_cannot_hold_is_taken_as_it_is(before, after, scale):
    pair = estimates(*before), estimates(*after)

    found = standardised(*pair, [scale]).item()

    assert math.isfinite(found)
    assert found == standardised(*pair, ["linear"]).item()


def test_a_missing_far_arm_does_not_matter_and_a_missing_facing_arm_does():
    """The upper limit of a median cycle is often unknown: too many deals are still open."""
    open_end = {"value": 60.0, "low": 50.0, "high": None}
    short = {"value": 30.0, "low": 28.0, "high": 33.0}

    rose = judged(short, open_end)
    fell = judged(open_end | {"value": 20.0, "low": 18.0}, short)

    assert rose["verdict"] == "real"
    assert math.isnan(rose["change_high"]) and rose["change_low"] > 0
    assert (fell["verdict"], fell["reason"]) == ("cannot_judge", "no_interval")


# --------------------------------------------------------------------------
# Verdicts
# --------------------------------------------------------------------------
KNOWN = {"value": 20.0, "low": 19.0, "high": 21.0}
MOVED = {"value": 40.0, "low": 38.0, "high": 42.0}


@pytest.mark.parametrize(
    ("before", "after", "verdict", "reason"),
    [
        (KNOWN, MOVED, "real", ""),
        (KNOWN, KNOWN | {"value": 20.1}, "noise", ""),
        (KNOWN, KNOWN, "same", ""),
        (KNOWN, MOVED | {"method": "other"}, "cannot_judge", "method"),
        (KNOWN, MOVED | {"unit": "hours"}, "cannot_judge", "unit"),
        (KNOWN, {"value": 40.0}, "cannot_judge", "no_interval"),
        (KNOWN, MOVED | {"level": None}, "cannot_judge", "no_interval"),
        (KNOWN, MOVED | {"low": 41.0}, "cannot_judge", "no_interval"),
        ({"value": None, "status": "not_computable"}, MOVED, "new", "not_computable"),
        (KNOWN, {"value": None, "status": "not_computable"}, "gone", "not_computable"),
        ({"value": "hours"}, {"value": "hours"}, "same", ""),
        ({"value": "hours"}, {"value": "leads"}, "cannot_judge", "no_interval"),
    ],
)
def test_verdicts(before, after, verdict, reason):
    row = judged(before, after)

    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_the_range_of_a_year_is_not_the_error_of_an_estimate():
    name = {"figure": "expected_money", "unit": "money"}

    row = judged(KNOWN | name, MOVED | name)

    assert (row["verdict"], row["reason"]) == ("cannot_judge", "prediction")


def test_a_remark_behind_the_method_is_not_another_method():
    row = judged(
        KNOWN | {"method": "fact less plan; noise"}, MOVED | {"method": "fact less plan; worse"}
    )

    assert row["verdict"] == "real"


def test_a_month_that_was_over_cannot_change_only_be_rewritten():
    """Both runs speak of May 2026; the earlier one was made in July."""
    may, july = ({"period": month, "figure": "kpi_value"} for month in ("2026-05", "2026-07"))

    assert judged(KNOWN | may, MOVED | may)["reason"] == "restated"
    assert judged(KNOWN | may, KNOWN | may)["verdict"] == "same"
    assert judged(KNOWN | july, MOVED | july)["verdict"] == "real"


def test_months_that_only_moved_on_are_not_news():
    """A plan of July to August, then of August to September; headcount is really new."""
    months = [{"figure": "required_fte", "value": 5.0, "period": f"2026-0{m}"} for m in (7, 8, 9)]
    extra = {"figure": "leads_per_month", "value": 80.0}

    found = judge_changes(
        pair_figures(run_of(*months[:2]), run_of(*months[1:], extra)), "2026-07"
    ).set_index(["figure", "period"])

    assert found.loc[("required_fte", "2026-07"), ["verdict", "reason"]].tolist() == [
        "gone", "other_period"
    ]  # fmt: skip
    assert found.loc[("required_fte", "2026-08"), "verdict"] == "same"
    assert found.loc[("required_fte", "2026-09"), "reason"] == "other_period"
    assert found.loc[("leads_per_month", ""), ["verdict", "reason"]].tolist() == ["new", ""]


def test_a_month_seen_in_one_run_only_is_new_when_the_figure_is():
    found = judge_changes(
        pair_figures(run_of(), run_of({"figure": "kpi_value", "value": 1.0, "period": "2026-05"})),
        "2026-07",
    )

    assert found[["verdict", "reason"]].to_numpy().tolist() == [["new", ""]]


def test_a_figure_published_twice_is_refused():
    with pytest.raises(InputDataError, match=r"later run publishes a figure twice \(deals\)"):
        pair_figures(run_of(), run_of({"figure": "deals"}, {"figure": "deals"}))


@pytest.mark.parametrize("wrong", [{"level": 1.0}, {"false_share": 0.0}])
def test_levels_outside_0_and_1_are_refused(wrong):
    with pytest.raises(InputDataError, match="must lie between 0 and 1"):
        judged(KNOWN, MOVED, **wrong)


def test_inputs_are_left_alone():
    before = run_of(KNOWN | {"figure": "deals"})
    after = run_of(MOVED | {"figure": "deals"})
    copies = before.copy(), after.copy()
    pairs = pair_figures(before, after)
    kept = pairs.copy()

    judge_changes(pairs, "2026-07")

    pd.testing.assert_frame_equal(before, copies[0])
    pd.testing.assert_frame_equal(after, copies[1])
    pd.testing.assert_frame_equal(pairs, kept)


# --------------------------------------------------------------------------
# Simulated truth: 60 shares of one department, measured twice
# --------------------------------------------------------------------------
STAGES, LISTS = 60, 250
TRUTH = np.linspace(0.08, 0.85, STAGES)
N_BEFORE, N_AFTER = 300, 200


NAMES = run_of(*(
    {"figure": "stage_conversion", "stage": f"{i:02d}", "unit": "share", "value": 0.5}
    for i in range(STAGES)
))  # fmt: skip
EMPTY = pair_figures(NAMES, NAMES)


def audits(truth: np.ndarray, later: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Two runs: the conversion of each stage with its Wilson interval, judged."""
    columns = {}
    for side, share, n in (("before", truth, N_BEFORE), ("after", later, N_AFTER)):
        won = rng.binomial(n, share).astype(float)
        low, high = wilson_limits(won, np.full(STAGES, float(n)), 0.9)
        columns |= {f"value_{side}": won / n, f"low_{side}": low, f"high_{side}": high}
    return judge_changes(EMPTY.assign(**columns), "2026-07")


@pytest.fixture(scope="module")
def unchanged() -> list[pd.DataFrame]:
    """The same truth twice, many times."""
    rng = np.random.default_rng(8)
    return [audits(TRUTH, TRUTH, rng) for _ in range(LISTS)]


def test_without_a_change_at_most_a_tenth_of_the_lists_has_a_real_one(unchanged):
    """Benjamini-Hochberg at 10 %; three standard errors of 250 lists are 5.7 points."""
    false = np.mean([(table["verdict"] == "real").any() for table in unchanged])

    assert false <= 0.10 + 3 * math.sqrt(0.1 * 0.9 / LISTS)


def test_without_a_change_one_figure_in_twenty_is_below_five_per_cent(unchanged):
    """15 000 tests: the share with p below 0.05 is 0.05 but for counts being whole numbers."""
    p = np.concatenate([table["p"].dropna().to_numpy() for table in unchanged])

    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.008)
    real = np.mean(np.concatenate([table["verdict"] == "real" for table in unchanged]))
    assert real <= 0.05


def test_the_naive_answer_calls_nearly_everything_a_change(unchanged):
    """Whoever compares the printed numbers sees a change in nine figures out of ten."""
    differs = np.mean(np.concatenate([table["change"].abs() >= 0.001 for table in unchanged]))

    assert differs > 0.9


def test_without_a_change_nine_of_ten_intervals_hold_zero(unchanged):
    """90 % intervals of 15 000 differences."""
    held = np.concatenate(
        [((t["change_low"] <= 0) & (t["change_high"] >= 0))[t["p"].notna()] for t in unchanged]
    )

    assert np.mean(held) == pytest.approx(0.9, abs=0.02)


def test_a_planted_change_is_found_as_often_as_theory_says():
    """
    Ten of sixty figures rise by 3 or by 4 standard errors of the difference.

    A single test at 0.05 finds 3 errors with Phi(3 - 1.96) = 85 % and 4 with 98 %. In the list
    the bound is stricter: at least 50 % and 80 % are found, and no more than a tenth of what is
    called real is false, within three standard errors of 80 lists.
    """
    rng = np.random.default_rng(5)
    moved = np.zeros(STAGES, dtype=bool)
    moved[::6] = True
    error = np.sqrt(TRUTH * (1 - TRUTH) * (1 / N_BEFORE + 1 / N_AFTER))
    for size, single, listed in ((3.0, 0.80, 0.5), (4.0, 0.96, 0.8)):
        later = np.clip(TRUTH + moved * np.where(TRUTH < 0.5, 1, -1) * size * error, 0, 1)
        real, p = [], []
        for _ in range(80):
            table = audits(TRUTH, later, rng)
            real.append((table["verdict"] == "real").to_numpy())
            p.append(table["p"].fillna(1.0).to_numpy())
        found = np.array(real)
        false = found[:, ~moved].sum(axis=1) / np.maximum(found.sum(axis=1), 1)

        assert np.mean(np.array(p)[:, moved] <= 0.05) > single
        assert np.mean(found[:, moved]) > listed
        assert np.mean(false) <= 0.10 + 3 * np.std(false) / math.sqrt(80)


def test_exports_that_share_records_make_the_test_cautious():
    """
    The second sample holds the first and has 5/4 of its cases: the variance of the change is
    (k - 1)/(k + 1) = 1/9 of the assumed one, so z has a standard deviation of 1/3.
    """
    rng = np.random.default_rng(3)
    n, k, rounds = 800, 1.25, 4000
    first = rng.binomial(n, 0.3, rounds).astype(float)
    both = first + rng.binomial(round((k - 1) * n), 0.3, rounds)
    sides = []
    for won, size in ((first, n), (both, k * n)):
        low, high = wilson_limits(won, np.full(rounds, float(size)), 0.9)
        sides.append(estimates(won / size, low, high))

    z = standardised(*sides, np.full(rounds, "logit"))

    assert np.std(z) == pytest.approx(1 / 3, rel=0.05)
