"""Trends: the chart finds changes and leaves noise alone; the habits it replaces do not."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kpikit.diagnosis.trends import trend_slope, xmr, xmr_rates, xmr_shares
from kpikit.errors import InputDataError

#: Wheeler's monthly US trade deficits of 1987, 10^9 dollars.
DEFICITS = [10.7, 13.0, 11.4, 11.5, 12.5, 14.1, 14.8, 14.1, 12.6, 16.0, 11.7, 10.6]


def beyond(chart):
    return chart.signals.loc[chart.signals["rule"] == "beyond_limits", "index"].tolist()


# --------------------------------------------------------------------------
# XmR
# --------------------------------------------------------------------------
def test_worked_example_of_the_literature():
    """
    Wheeler, Understanding Variation, trade deficits of 1987, by hand.

    Sum 153.0, mean 12.75. Moving ranges 2.3 1.6 .1 1.0 1.6 .7 .7 1.5 3.4 4.3 1.1, sum 18.3,
    mean 18.3/11 = 1.6636. Limits 12.75 -+ 2.66 * 1.6636 = 8.3247, 17.1753; range limit
    3.268 * 1.6636 = 5.4368. October's 16.0 was news in the papers and is no signal.
    """
    chart = xmr(DEFICITS)
    assert chart.status == "ok" and chart.n == 12
    assert (chart.centre, chart.lower, chart.upper) == pytest.approx(
        (12.75, 8.3247, 17.1753), abs=1e-4
    )
    assert chart.range_limit == pytest.approx(5.4368, abs=1e-4)
    assert chart.points["moving_range"].sum() == pytest.approx(18.3)
    assert chart.signals.empty


def test_a_gap_is_skipped_and_not_bridged():
    """By hand: 1 3 . 9 7 9 7 9 7: the step from 3 to 9 is no moving range; all others are 2."""
    chart = xmr([1, 3, None, 9, 7, 9, 7, 9, 7])
    assert chart.n == 8
    assert chart.points["moving_range"].isna().tolist() == [True, False, True, True] + [False] * 5
    assert chart.centre == pytest.approx(52 / 8)
    assert chart.upper - chart.centre == pytest.approx(2.66 * 2)


def test_the_three_rules_name_the_points():
    """By hand: limits from the first 8 points, 10 and 12 in turn: centre 11, 11 -+ 5.32."""
    base = [10, 12] * 4
    index = [f"m{i}" for i in range(1, 19)]
    later = [17, 11, 14, 14, 10, 14, 11, 10, 10, 10]
    chart = xmr(pd.Series(base + later, index=index), baseline=8)
    assert (chart.lower, chart.upper) == pytest.approx((5.68, 16.32))
    rows = chart.signals.to_dict("records")
    # 17 is outside. Nearer to a limit than to the centre is above 13.66: m9 m11 m12, m14.
    assert rows == [
        {"index": "m9", "rule": "beyond_limits", "side": "above", "first": "m9", "last": "m9"},
        {
            "index": "m12", "rule": "three_of_four_nearer_limit", "side": "above", "first": "m9",
            "last": "m14",
        },
    ]  # fmt: skip


def test_run_of_eight_is_complete_at_the_eighth_point_and_a_gap_ends_it():
    """Eight small steps above the centre of the baseline, 11."""
    base = [10, 12] * 4
    chart = xmr([*base, 11, *[11.5] * 9], baseline=8)
    assert chart.signals.to_dict("records") == [
        {"index": 16, "rule": "run_of_eight", "side": "above", "first": 9, "last": 17}
    ]
    # The 12 before the eight belongs to no run: the point on the centre ends it.
    assert xmr([*base, 11, *[11.5] * 4, None, *[11.5] * 5], baseline=8).signals.empty


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([1.0] * 4 + [None] + [2.0] * 3, "7 points are known, at least 8 are needed"),
        ([5.0] * 12, "the values do not vary"),
        ([1, None] * 8, "no two neighbouring points are known"),
    ],
)
def test_no_limits_without_grounds(values, reason):
    chart = xmr(values)
    assert chart.status == "not_computable" and reason in chart.reason
    assert chart.centre is None and chart.upper is None and chart.signals.empty


def test_noise_is_left_alone_where_the_usual_reading_sees_news():
    """
    Normal noise, 24 months, limits from the same months.

    Beyond the limits 0.3 to 1 % of the points (0.27 % is the law with known limits; 48,000
    points, standard error 0.03 points). "Below the mean" and "below last month" say news in half.
    """
    rng = np.random.default_rng(11)
    noise = rng.normal(100, 10, size=(1500, 24))
    flagged = np.mean([len(beyond(xmr(row))) / 24 for row in noise])
    assert 0.001 < flagged < 0.01
    below_mean = (noise[:, -1] < noise[:, :-1].mean(axis=1)).mean()
    below_last = (noise[:, -1] < noise[:, -2]).mean()
    assert below_mean == pytest.approx(0.5, abs=0.05) and below_last == pytest.approx(0.5, abs=0.05)


def test_a_planted_shift_is_found():
    """
    Three standard deviations up for good after 16 quiet months.

    By theory the next point is outside in half of the cases, so after 8 points hardly any chart
    is silent; a quiet chart is silent beyond the limits in 8 points about 95 times of 100.
    """
    rng = np.random.default_rng(12)
    found = quiet = 0
    for _ in range(300):
        noise = rng.normal(0, 1, 24)
        shifted = noise + np.where(np.arange(24) >= 16, 3.0, 0.0)
        found += any(i >= 16 for i in xmr(shifted, baseline=16).signals["index"])
        quiet += not any(i >= 16 for i in beyond(xmr(noise, baseline=16)))
    assert found / 300 > 0.97
    assert quiet / 300 > 0.88


def test_the_input_is_left_alone_and_bad_input_is_named():
    series = pd.Series(DEFICITS, index=list("abcdefghijkl"))
    before = series.copy()
    xmr(series)
    pd.testing.assert_series_equal(series, before)
    with pytest.raises(InputDataError, match=r"values must be finite.*point\(s\) c \(inf\)"):
        xmr(series.where(series.index != "c", np.inf))
    with pytest.raises(InputDataError, match="baseline must be between 1 and the number of points"):
        xmr(series, baseline=40)


# --------------------------------------------------------------------------
# Shares and rates
# --------------------------------------------------------------------------
def test_share_limits_by_hand():
    """
    200 deals each, won 60 50 60 50 60 50 60 50: centre 440/1600 = .275, sd sqrt(.275*.725/200)
    = .031574. z = +-.025/.031574 = +-.79179, moving range 1.58358 / 1.128 = 1.40388 = sigma_z.
    Limits .275 -+ 3 * .031574 * 1.40388 = .14202, .40798 (at 200 deals the exact law is at most
    half a deal and its rounding farther: .01).
    """
    chart = xmr_shares([60, 50] * 4, [200] * 8)
    assert chart.centre == pytest.approx(0.275)
    assert chart.sigma_z == pytest.approx(1.40388, abs=1e-4)
    assert chart.points["lower"].tolist() == pytest.approx([0.14202] * 8, abs=1e-4)
    assert chart.points["upper"].tolist() == pytest.approx([0.40798] * 8, abs=0.01)


def test_rate_limits_by_hand():
    """
    Contacts 100 and 144 in turn in 10 days: centre 976/80 = 12.2, sd sqrt(12.2/10) = 1.10454,
    z = -+2.2/1.10454 = -+1.99179, moving range 3.98357 / 1.128 = 3.53153. Lower limit
    12.2 - 3 * 1.10454 * 3.53153 = .49800.
    """
    chart = xmr_rates([100, 144] * 4, [10] * 8)
    assert chart.centre == pytest.approx(12.2)
    assert chart.sigma_z == pytest.approx(3.53153, abs=1e-4)
    assert chart.points["lower"].tolist() == pytest.approx([0.498] * 8, abs=1e-3)


def test_a_month_with_five_deals_is_not_judged_like_one_with_500():
    """3 of 5 is no news at 30 %, 300 of 500 is; P(3 or more of 5) = .163 by the binomial law."""
    won, n = [30, 29, 31, 30, 28, 32, 30, 30], [100] * 8
    few = xmr_shares([*won, 3], [*n, 5], baseline=8)
    many = xmr_shares([*won, 300], [*n, 500], baseline=8)
    assert few.signals.empty and beyond(many) == [8]
    assert few.points["upper"].iloc[-1] == 1.0 and few.points["lower"].iloc[-1] == 0.0
    # With the limits of the 100-deal months both would be news.
    assert few.points["upper"].iloc[0] < 0.6


def test_lost_shares_mirror_won_shares():
    """What is beyond the upper limit of won is beyond the lower limit of lost."""
    won = np.array([12, 2, 9, 1, 3, 4, 2, 0, 3, 40])
    n = np.array([90, 20, 60, 8, 30, 40, 9, 5, 33, 70])
    ours, theirs = xmr_shares(won, n, baseline=9), xmr_shares(n - won, n, baseline=9)
    assert ours.points["upper"].tolist() == pytest.approx((1 - theirs.points["lower"]).tolist())
    assert ours.points["lower"].tolist() == pytest.approx((1 - theirs.points["upper"]).tolist())
    assert ours.signals[["index", "side"]].values.tolist() == [[9, "above"]]
    assert theirs.signals[["index", "side"]].values.tolist() == [[9, "below"]]


def test_a_month_without_deals_has_no_share():
    chart = xmr_shares([30, 29, 31, 30, 0, 28, 32, 30, 30], [100, 100, 99, 100, 0, 98, 100, 99, 97])
    assert chart.status == "ok" and chart.n == 8
    assert chart.points.loc[4, ["value", "lower", "upper"]].isna().all()


def test_overdispersed_shares_keep_the_false_alarm_rate_and_a_plain_p_chart_does_not():
    """
    True shares of the months scatter (beta, sd .046), 100 to 600 deals a month, 24 months.

    Laney's limits flag about 0.3 % (7,200 points); the plain p chart flags tenfold and more.
    """
    rng = np.random.default_rng(13)
    laney, plain = [], []
    for _ in range(300):
        n = rng.integers(100, 600, 24)
        won = rng.binomial(n, rng.beta(30, 70, 24))
        laney.append(len(beyond(xmr_shares(won, n))) / 24)
        centre = won.sum() / n.sum()
        plain.append((abs(won / n - centre) > 3 * np.sqrt(centre * (1 - centre) / n)).mean())
    assert np.mean(laney) < 0.01
    assert np.mean(plain) > 0.05


def test_few_deals_raise_few_false_alarms():
    """3 to 11 deals a month at 15 %: at most 0.27 % beyond; runs of the mean would be frequent."""
    rng = np.random.default_rng(14)
    charts, mean_runs = [], 0
    for _ in range(300):
        n = rng.integers(3, 12, 24)
        won = rng.binomial(n, 0.15)
        charts.append(xmr_shares(won, n))
        below = won / n < won.sum() / n.sum()
        mean_runs += any(below[i : i + 8].all() for i in range(17))
    assert np.mean([len(beyond(c)) / 24 for c in charts]) < 0.0027
    runs = np.mean([(c.signals["rule"] == "run_of_eight").any() for c in charts])
    assert runs < 0.04 < mean_runs / 300


def test_a_planted_fall_of_a_share_is_found():
    """25 % of about 200 deals down to 12 %: by the binomial law seen at once 9 times of 10."""
    rng = np.random.default_rng(15)
    seen = 0
    for _ in range(100):
        n = rng.integers(180, 220, 13)
        won = rng.binomial(n, np.where(np.arange(13) == 12, 0.12, 0.25))
        seen += 12 in beyond(xmr_shares(won, n, baseline=12))
    assert seen >= 80


def test_impossible_counts_are_named():
    with pytest.raises(InputDataError, match=r"at most denominator; check the point\(s\) 1 \(12\)"):
        xmr_shares([1, 12], [10, 10])
    with pytest.raises(InputDataError, match=r"whole count from 0; check the point\(s\) 0 \(1.5\)"):
        xmr_rates([1.5, 2], [1, 1])
    with pytest.raises(InputDataError, match="equally long, got 2 and 1"):
        xmr_rates([1, 2], [1])
    assert "every numerator is 0" in xmr_shares([0] * 9, [10] * 9).reason
    assert "7 points are known" in xmr_rates([1] * 7, [10] * 7).reason


# --------------------------------------------------------------------------
# Slope
# --------------------------------------------------------------------------
def test_slope_is_the_median_of_all_pairs_and_its_ends_invert_kendall():
    """Brute force for the median; scipy.stats.kendalltau of what is left at each end."""
    rng = np.random.default_rng(16)
    x = np.arange(20)
    y = 3 + 0.2 * x + rng.normal(0, 1, 20)
    y[7] = np.nan
    found = trend_slope(y)
    known = np.isfinite(y)
    pairs = [
        (y[j] - y[i]) / (j - i) for i in x[known] for j in x[known] if j > i
    ]  # fmt: skip
    assert found.slope == pytest.approx(np.median(pairs))
    assert found.n == 19 and found.low < found.slope < found.high
    for end, inward in ((found.low, 1), (found.high, -1)):
        inside = stats.kendalltau(x[known], y[known] - (end + inward * 0.02) * x[known]).pvalue
        outside = stats.kendalltau(x[known], y[known] - (end - inward * 0.02) * x[known]).pvalue
        assert outside < 0.12 and inside > 0.08 and outside < inside


def test_slope_of_noise_is_noise_nine_times_of_ten_and_one_freak_month_does_not_move_it():
    """90 % interval, 600 series of 18 months: standard error .012."""
    rng = np.random.default_rng(17)
    noise = [trend_slope(rng.normal(0, 1, 18)).exceeds_noise for _ in range(600)]
    assert np.mean(noise) == pytest.approx(0.10, abs=0.037)
    rising = np.arange(18.0)
    rising[17] = -500.0
    found = trend_slope(rising)
    assert found.slope == pytest.approx(1.0) and found.exceeds_noise
    assert np.polyfit(np.arange(18), rising, 1)[0] < 0, "least squares calls it a fall"


def test_slope_of_few_points_is_refused():
    found = trend_slope([1, 2, 3, None, 5, 6, 7, 8])
    assert found.status == "not_computable" and found.slope is None
    assert found.reason == "7 points are known, at least 8 are needed"
    with pytest.raises(InputDataError, match="level must be above 0 and below 1"):
        trend_slope(range(9), level=90)
