"""The same month last year: working days count, and noise is no growth."""

import math

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.seasons import seasonal_comparison, seasonal_comparison_of_levels
from kpikit.errors import InputDataError


def months(values, days=None, start="2024-01-01"):
    table = pd.DataFrame(
        {"month": pd.date_range(start, periods=len(values), freq="MS"), "value": values}
    )
    return table if days is None else table.assign(work_days=days)


def two_years(growths, days=20):
    """Twelve months of 100 and those after them that grew by exp(growth)."""
    values = [100.0] * 12 + [100 * math.exp(g) for g in growths]
    return months(values, [days] * len(values))


def test_interval_by_hand():
    """
    Log ratios .02 .04 .06 .08, equal days. For .08 the others have mean .04 and sd .02 with
    2 degrees of freedom, t(.95) = 2.9200: exp(.08 -+ .0584) = 1.02184, 1.14844.
    """
    found = seasonal_comparison(two_years([0.02, 0.04, 0.06, 0.08])).iloc[-1]
    assert found["ratio"] == pytest.approx(math.exp(0.08))
    assert (found["low"], found["high"]) == pytest.approx((1.02184, 1.14844), abs=1e-4)
    assert found["differs"] and found["n_pairs"] == 4 and found["status"] == "ok"


def test_a_month_with_more_working_days_did_not_grow():
    """210 in 21 days against 200 in 20 days: 10 a day both times."""
    values, days = [200.0] * 12 + [210.0, 190.0, 205.0, 206.0], [20] * 12 + [21, 20, 20, 20]
    found = seasonal_comparison(months(values, days))
    january = found.loc[found["month"] == "2025-01-01"].iloc[0]
    assert january["ratio"] == pytest.approx(1.0) and not january["differs"]
    assert january["per_day"] == january["per_day_before"] == pytest.approx(10.0)


def test_an_incomplete_month_is_compared_by_its_days_and_says_less():
    """5 of 20 days elapsed: variance 1/5 + 1/20 against 2/20, so the log interval is 1.58 wide."""
    growths = [0.02, 0.04, 0.06, 0.03, 0.05]
    whole = two_years(growths)
    part = whole.copy()
    part.loc[part.index[-1], ["value", "work_days"]] = [whole["value"].iloc[-1] / 4, 5]
    a, b = (seasonal_comparison(t).iloc[-1] for t in (whole, part))
    assert a["ratio"] == pytest.approx(b["ratio"])
    width = [math.log(row["high"] / row["low"]) for row in (a, b)]
    assert width[1] / width[0] == pytest.approx(math.sqrt(0.25 / 0.10))


def test_stocks_and_shares_are_not_divided_by_working_days():
    """40 open deals are 40 open deals, however short the month; .2 against .25 is .8."""
    levels = months([40.0] * 12 + [40.0, 42.0, 38.0, 41.0, 0.2])
    levels.loc[4, "value"] = 0.25
    found = seasonal_comparison_of_levels(levels)
    assert found.loc[12, "ratio"] == 1.0 and found.loc[16, "ratio"] == pytest.approx(0.8)
    assert "per_day" not in found and "work_days" not in found


def test_months_without_a_pair_say_why():
    values = [100.0, np.nan, 0.0, 100.0, 100.0] + [100.0] * 7 + [110.0, 120.0, 130.0, 0.0, -5.0]
    table = months(values, [20] * 17).drop(index=6)
    table.loc[15, "work_days"] = 0
    table.loc[17] = [pd.Timestamp("2025-06-01"), 90.0, 20]
    table.loc[18] = [pd.Timestamp("2025-07-01"), 90.0, 20]
    found = seasonal_comparison(table).set_index("month")
    reason = found["reason"]
    assert reason["2024-01-01"] == "the same month last year is not in the data"
    assert reason["2024-02-01"] == "the value of the month is not known"
    assert reason["2025-02-01"] == "the value of the same month last year is not known"
    assert reason["2025-03-01"] == "the value of the same month last year is not above 0"
    assert reason["2025-04-01"] == "the working days of the month are not known or 0"
    assert reason["2025-05-01"] == "the value of the month is below 0"
    assert reason["2025-07-01"] == "the same month last year is not in the data"
    bad = found.loc[found["status"] == "not_computable"]
    assert bad[["ratio", "low", "high"]].isna().all().all() and bad["differs"].isna().all()
    # January and June of 2025 have a pair: a ratio, but too few of them for an interval.
    assert found["status"]["2025-01-01"] == "degraded"
    assert "2 months have a pair" in reason["2025-01-01"]
    assert found["ratio"]["2025-06-01"] == pytest.approx(0.9)


def test_growth_is_covered_nine_times_of_ten_and_the_month_before_misleads():
    """
    Season of +-40 %, growth of 10 %, noise by working day, the last month cut to 5 days.

    4,800 ratios of 400 clients: coverage .87 to .93. Against the month before, the same
    client "grows" or "shrinks" by more than 10 % in most months.
    """
    rng = np.random.default_rng(21)
    covered, naive = [], []
    season = 1 + 0.4 * np.sin(np.arange(24) * np.pi / 6)
    for _ in range(400):
        days = rng.integers(18, 24, 24)
        days[-1] = 5
        noise = rng.normal(0, 0.5 / np.sqrt(days))
        values = days * 100 * season * 1.1 ** (np.arange(24) // 12) * np.exp(noise)
        found = seasonal_comparison(months(values, days)).iloc[12:]
        covered.append((found["low"] <= 1.1) & (found["high"] >= 1.1))
        naive.append(np.abs(values[1:] / values[:-1] - 1) > 0.10)
    assert 0.87 <= np.mean(covered) <= 0.93
    assert np.mean(naive) > 0.5


def test_a_special_month_stands_out_although_it_is_in_the_data():
    growths = [0.02, 0.04, 0.01, 0.03, 0.05, 0.02, 0.60]
    found = seasonal_comparison(two_years(growths)).iloc[12:]
    overall = np.median(found["ratio"])
    special = found.iloc[-1]
    assert special["low"] > overall, "judged by the others, its own jump does not hide it"
    assert (found.iloc[:-1]["low"] < overall).all()


def test_bad_tables_are_refused_and_the_input_is_left_alone():
    table = two_years([0.1, 0.2])
    before = table.copy()
    seasonal_comparison(table.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(table, before)
    with pytest.raises(InputDataError, match=r"lacks the column\(s\) work_days"):
        seasonal_comparison(table.drop(columns="work_days"))
    with pytest.raises(InputDataError, match="more than once: 2024-03"):
        seasonal_comparison(pd.concat([table, table.iloc[[2]]]))
    with pytest.raises(InputDataError, match="value is infinite in 2024-01"):
        seasonal_comparison(table.assign(value=[np.inf, *table["value"].iloc[1:]]))
    with pytest.raises(InputDataError, match="level must be above 0 and below 1"):
        seasonal_comparison(table, level=90)
