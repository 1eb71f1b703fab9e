"""Forecasts of short histories, their back-test, and the law of a total."""

import math

import numpy as np
import pytest
from scipy.stats import t

from kpikit.diagnosis.back_test import back_test, mase_scale
from kpikit.diagnosis.forecast import forecast_total, per_working_day, scaled_forecast
from kpikit.diagnosis.forecast_methods import (
    DAMPING,
    damped_ets,
    drift,
    forecasts_of_all,
    seasonal_growth,
    seasonal_index,
    seasonal_naive,
    seasonal_naive_drift,
    theta,
)
from kpikit.diagnosis.predictive import law_of_total
from kpikit.errors import InputDataError

# EX-10.3: 24 months; EX-10.2: 8 quarters.
# fmt: off
MONTHS = np.array([
    80.0, 89.8, 102.5, 103.8, 99.4, 100.0, 96.7, 100.4, 108.7, 115.3, 123.7, 131.8,
    88.4, 94.0, 113.9, 121.7, 105.5, 112.4, 98.4, 99.4, 113.3, 128.8, 126.9, 144.5,
])
# fmt: on
QUARTERS = np.array([10.0, 10.4, 10.9, 12.0, 10.8, 11.3, 11.9, 13.1])


def client(rng, months, growth=0.07, noise=0.06, wander=0.0, season=None):
    """Months of a client, and the total of the three months after them."""
    at = np.arange(months + 3)
    if season is None:
        season = np.exp(0.2 * rng.standard_normal(12))
    level = np.cumsum(rng.normal(0.0, wander, months + 3)) + growth / 12 * at
    sales = 100 * np.exp(level + noise * rng.standard_normal(months + 3)) * season[at % 12]
    return sales[:months], float(sales[months:].sum())


# --------------------------------------------------------------------------
# Methods
# --------------------------------------------------------------------------
def test_last_year_again():
    """By hand: the quarter ahead repeats 10.8, 11.3; then it starts over."""
    assert seasonal_naive(QUARTERS, 5, 4).tolist() == [10.8, 11.3, 11.9, 13.1, 10.8]


def test_last_year_with_growth():
    """EX-10.3: growth ratio 1.07595; 318.80 for the next quarter."""
    assert seasonal_growth(MONTHS, 12) == pytest.approx(1.07595, abs=1e-5)
    assert seasonal_naive_drift(MONTHS, 3, 12).sum() == pytest.approx(318.80, abs=0.01)


def test_second_year_grows_twice():
    """By hand: 8 quarters doubling every year: 4, then 8 times the first year's quarter."""
    year = np.array([1.0, 2.0, 3.0, 4.0])
    ahead = seasonal_naive_drift(np.r_[year, 2 * year], 8, 4)

    assert ahead == pytest.approx(np.r_[4 * year, 8 * year])


def test_line_goes_on():
    """By hand: from 2 to 8 in three steps is 2 a step: 10, 12."""
    assert drift(np.array([2.0, 9.0, 1.0, 8.0]), 2, 12).tolist() == [10.0, 12.0]


def test_theta_worked_example():
    """EX-10.3: Theta gives 315.6 for the quarter."""
    assert theta(MONTHS, 3, 12).sum() == pytest.approx(315.6, abs=0.05)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("months", [24, 31, 36])
def test_theta_as_in_statsmodels(seed, months):
    """statsmodels ThetaModel(y, period=12, method="mul", use_test=False).fit().forecast(6)."""
    theta_model = pytest.importorskip("statsmodels.tsa.forecasting.theta").ThetaModel
    sales, _ = client(np.random.default_rng(seed), months, wander=0.02)
    other = theta_model(sales, period=12, method="multiplicative", use_test=False).fit()

    assert theta(sales, 6, 12) == pytest.approx(np.asarray(other.forecast(6)), rel=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_damped_trend_as_in_statsmodels(seed):
    """
    statsmodels ExponentialSmoothing(..., trend="add", damped_trend=True) on the series without
    season, same range of damping. Where the minimum is flat both stop at different places, so
    our squared error is compared: not above theirs by more than 0.1 %.
    """
    holtwinters = pytest.importorskip("statsmodels.tsa.holtwinters")
    sales, _ = client(np.random.default_rng(seed), 36, growth=0.25, wander=0.03)
    index = seasonal_index(sales, 12)
    plain = sales / index[np.arange(36) % 12]
    other = holtwinters.ExponentialSmoothing(
        plain, trend="add", damped_trend=True, bounds={"damping_trend": DAMPING},
        initialization_method="estimated",
    ).fit()  # fmt: skip

    from kpikit.diagnosis.forecast_methods import _best_damped, _damped_state

    ours = _damped_state(plain, *_best_damped(plain))[0]
    assert ours <= other.sse * 1.001
    if ours >= other.sse * 0.999:
        expected = other.forecast(3) * index[:3]
        assert damped_ets(sales, 3, 12) == pytest.approx(expected, rel=0.01)


def test_season_as_in_statsmodels():
    """statsmodels seasonal_decompose(y, model="multiplicative", period=12).seasonal[:12]."""
    seasonal = pytest.importorskip("statsmodels.tsa.seasonal")
    other = seasonal.seasonal_decompose(MONTHS, model="multiplicative", period=12)

    assert seasonal_index(MONTHS, 12) == pytest.approx(other.seasonal[:12], rel=1e-9)


def test_season_without_noise_is_found():
    """A steady season around a constant level comes back exactly, whatever its length."""
    for season in (np.array([0.5, 1.5]), np.array([0.6, 1.0, 1.4]), np.linspace(0.5, 1.5, 12)):
        sales = 70.0 * np.tile(season, 3)

        assert seasonal_index(sales, len(season)) == pytest.approx(season)


def test_every_method_keeps_a_steady_year():
    """Sales that repeat year after year are forecast to repeat by every method with a season."""
    year = np.array([5.0, 6, 7, 8, 9, 10, 9, 8, 7, 6, 5, 4])
    found = forecasts_of_all(np.tile(year, 3), 12, 12)

    for name in ("seasonal_naive", "seasonal_naive_drift", "damped_ets", "theta"):
        assert found[name] == pytest.approx(year, rel=0.02), name


def test_combination_is_the_median():
    found = forecasts_of_all(MONTHS, 3, 12)
    single = np.stack([path for name, path in found.items() if name != "combination"])

    assert found["combination"] == pytest.approx(np.median(single, axis=0))


def test_month_without_sales_leaves_out_the_season():
    """A month that never sells has no factor; the methods without factors still work."""
    year = np.array([5.0, 6, 7, 8, 9, 10, 9, 0, 7, 6, 5, 4])
    found = forecasts_of_all(np.tile(year, 3), 3, 12)

    assert set(found) == {"seasonal_naive", "seasonal_naive_drift", "drift", "combination"}
    with pytest.raises(InputDataError, match="no sales on average"):
        theta(np.tile(year, 3), 3, 12)


# --------------------------------------------------------------------------
# Back-test
# --------------------------------------------------------------------------
def test_error_scale():
    """EX-10.4: (.8 + .9 + 1.0 + 1.1)/4 = .95."""
    assert mase_scale(QUARTERS, 4) == pytest.approx(0.95)


def test_back_test_of_the_worked_example():
    """EX-10.3: the seven ratios of actual to forecast for origins 15 to 21."""
    test = back_test(MONTHS, 3, 12)["seasonal_naive_drift"]

    assert test.origins.tolist() == list(range(15, 22))
    expected = [1.0293, 0.9611, 0.9484, 0.9207, 0.9637, 0.9835, 1.0044]
    assert test.ratios == pytest.approx(expected, abs=1e-4)


def test_back_test_knows_nothing_of_the_future():
    """Changing the last month changes only trials whose total holds it."""
    changed = MONTHS.copy()
    changed[-1] *= 3
    for name, test in back_test(MONTHS, 3, 12).items():
        other = back_test(changed, 3, 12)[name]

        assert other.forecast == pytest.approx(test.forecast)
        assert other.ratios[:-1] == pytest.approx(test.ratios[:-1])
        assert other.ratios[-1] > test.ratios[-1]


def test_seasonal_naive_has_its_own_error_as_scale():
    """By hand: one step ahead over the whole history, its MASE is 1 by definition."""
    assert back_test(QUARTERS, 1, 4)["seasonal_naive"].mase == pytest.approx(1.0)


# --------------------------------------------------------------------------
# Law of the total
# --------------------------------------------------------------------------
def test_law_of_independent_errors():
    """EX-10.3: P(>= 440.2) 5.8e-5, P(>= 325.9) .1267; and scipy's t by its formula."""
    ratios = back_test(MONTHS, 3, 12)["seasonal_naive_drift"].ratios
    total = seasonal_naive_drift(MONTHS, 3, 12).sum()
    law = law_of_total(total, ratios)

    # The example rounds the targets: +10 % on 400.2 and on 296.3.
    assert law.probability_at_least(440.22) == pytest.approx(5.8e-5, abs=1e-6)
    assert law.probability_at_least(325.93) == pytest.approx(0.1267, abs=1e-4)
    logs = np.log(ratios)
    known = t(6, logs.mean(), logs.std(ddof=1) * math.sqrt(8 / 7))
    assert law.quantile(0.9) == pytest.approx(total * math.exp(known.ppf(0.9)))


def test_overlapping_errors_count_less():
    """
    By hand, n = 3 totals of two periods: correlations 1, 1/2, 0, so the ones sum to 5.
    Trace of (I - J/3)R is 3 - 5/3 = 4/3, over n - 1: bias 2/3; the mean has variance 5/9.
    (I - J/3)R squared has trace tr(R R) - 2/3 * 1'RR1 + (5/3)^2 = 4 - 2/3 * 8.5 + 25/9 = 10/9,
    so the degrees of freedom are (4/3)^2 / (10/9) = 1.6.
    """
    ratios = np.exp([0.0, 0.1, 0.2])
    law = law_of_total(100.0, ratios, overlap=2)

    assert law.spread == pytest.approx(0.1 * math.sqrt((1 + 5 / 9) / (2 / 3)))
    assert law.df == pytest.approx(1.6)
    assert law.centre == pytest.approx(100 * math.exp(0.1))


def test_law_without_spread():
    """A client who never deviates reaches exactly the forecast, and not more."""
    law = law_of_total(50.0, [1.0, 1.0, 1.0])

    assert law.probability_at_least(50.0) == 1.0
    assert law.probability_at_least(50.01) == 0.0
    assert law.interval(0.8) == (50.0, 50.0)


# --------------------------------------------------------------------------
# The forecast
# --------------------------------------------------------------------------
def test_forecast_of_the_worked_example():
    """EX-10.3: seasonal naive with drift has the smallest error; 318.80."""
    found = forecast_total(MONTHS, 3, 12)

    assert (found.method, found.status) == ("seasonal_naive_drift", "ok")
    assert found.total == pytest.approx(318.80, abs=0.01)
    assert found.trials.set_index("method").loc["theta", "total"] == pytest.approx(315.6, abs=0.05)
    assert found.trials["is_chosen"].sum() == 1


def test_eight_quarters_are_year_on_year():
    """EX-10.2: yearly log growth .08386 gives 11.745 for the first quarter; four trials only."""
    found = forecast_total(QUARTERS, 1, 4)

    assert (found.method, found.status, found.reasons) == (
        "seasonal_naive",
        "degraded",
        ("few_trials",),
    )
    assert found.law.centre == pytest.approx(11.745, abs=1e-3)


def test_quarter_is_narrower_than_its_months():
    """
    Trap 21: the 80 % interval of the summed paths is narrower than the monthly bounds added
    up. Months err independently here, so the ratio is near 1/sqrt(3) for many trials.
    """
    ratios = []
    for seed in range(10):
        sales, _ = client(np.random.default_rng(seed), 36)
        paths = forecast_total(sales, 3, 12).paths
        low, high = np.quantile(paths.sum(axis=1), [0.1, 0.9])
        months = np.quantile(paths, [0.1, 0.9], axis=0).sum(axis=1)
        ratios.append((high - low) / (months[1] - months[0]))

    assert np.mean(ratios) < 0.85


def test_less_than_two_years_is_degraded():
    """18 months: last year again, with the reason; the growth of few months is not used."""
    found = forecast_total(MONTHS[:18], 3, 12)

    assert found.method in ("seasonal_naive", "drift")
    assert (found.status, found.reasons[0]) == ("degraded", "below_two_years")


@pytest.mark.parametrize("months", [12, 13, 15])
def test_one_year_has_no_season(months):
    """With a year there is nothing to compare seasons with: the line, and the reason."""
    found = forecast_total(MONTHS[:months], 3, 12)

    assert found.method == "drift"
    assert "season_unknown" in found.reasons


def test_less_than_a_year_is_refused():
    with pytest.raises(InputDataError, match=r"at least one year \(12 periods\), got 11"):
        forecast_total(MONTHS[:11], 3, 12)


def test_missing_month_is_refused():
    sales = MONTHS.copy()
    sales[4] = np.nan
    with pytest.raises(InputDataError, match=r"1 of 24 periods .* \(period 5\).* not zero"):
        forecast_total(sales, 3, 12)


def test_too_long_a_target_is_refused():
    with pytest.raises(InputDataError, match="shorter target"):
        forecast_total(MONTHS[:14], 12, 12)


def test_history_without_sales_is_refused():
    """Enough periods, but nothing was sold: the message does not ask for more periods."""
    with pytest.raises(InputDataError, match="totals of 3 periods are 0 or negative"):
        forecast_total(np.zeros(24), 3, 12)


def test_working_days():
    """By hand: 20 and 25 days, mean 22.5; 100 a month becomes 112.5 and 90."""
    assert per_working_day([100, 100], [20, 25]) == pytest.approx([112.5, 90.0])
    with pytest.raises(InputDataError, match="one number above 0 for each of the 2"):
        per_working_day([100, 100], [20, 0])


def test_units_do_not_matter():
    """Thousands or millions: the probability is the same."""
    plain, thousand = forecast_total(MONTHS, 3, 12), forecast_total(MONTHS * 1000, 3, 12)
    rescaled = scaled_forecast(plain, 1000.0)

    assert thousand.total == pytest.approx(rescaled.total)
    assert thousand.law.quantile(0.2) == pytest.approx(rescaled.law.quantile(0.2))
    assert thousand.paths == pytest.approx(rescaled.paths)


def test_input_is_left_alone():
    before = MONTHS.copy()
    forecast_total(MONTHS, 3, 12)

    assert (before == MONTHS).all()


def shares_held(months, clients):
    """Share of clients whose total fell into the 80 % interval: ours, and without overlap."""
    rng = np.random.default_rng(7)
    held = naive = 0
    for _ in range(clients):
        sales, actual = client(rng, months, wander=0.01)
        found = forecast_total(sales, 3, 12)
        low, high = found.law.interval(0.8)
        held += low <= actual <= high
        low, high = law_of_total(found.total, found.ratios).interval(0.8)
        naive += low <= actual <= high
    return held / clients, naive / clients


def test_intervals_keep_their_promise():
    """
    80 % intervals hold the truth in 80 % of simulated clients with two years, within three
    standard errors of the simulation (.07) and .03 for choosing the method by its luck.
    Intervals that take the overlapping trials as independent hold it so rarely that an
    honest method would do so in one simulation of fifty (two standard errors).
    """
    held, naive = shares_held(24, 300)

    error = math.sqrt(0.8 * 0.2 / 300)
    assert abs(held - 0.8) < 3 * error + 0.03
    assert naive < 0.8 - 2 * error


@pytest.mark.slow
def test_intervals_keep_their_promise_with_three_years():
    """As above with all methods competing: .085 for 200 clients and .03 for the choice."""
    held, _ = shares_held(36, 200)

    assert abs(held - 0.8) < 3 * math.sqrt(0.8 * 0.2 / 200) + 0.03
