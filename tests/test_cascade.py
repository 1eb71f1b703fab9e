"""The cascade by month: back-casting, lag, labour, limited inflow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpikit.diagnosis.cascade import (
    back_cast,
    labour_by_month,
    limited_inflow,
    monthly_cascade,
    naive_back_cast,
    wins_from_primaries,
)
from kpikit.errors import InputDataError

LAG = 0.10 * np.array([0.1, 0.3, 0.3, 0.2, 0.1])
NEED = [10.0] * 12
PIPELINE = [8.0, 6.0, 4.0, 2.0]
KERNEL = [0.8, 0.6, 0.35, 0.15, 0.075]


def test_ex_5_7_naive_inversion_explodes():
    """EX-5.7: 200, -200, 600, -800, 1,800, -3,000, 5,600."""
    found = naive_back_cast(NEED, PIPELINE, LAG)[:7]
    assert found == pytest.approx([200, -200, 600, -800, 1800, -3000, 5600])


def test_ex_5_7_unlimited_leads():
    """EX-5.7: no shortfall, 200 leads in the first month."""
    found = back_cast(NEED, PIPELINE, LAG)
    assert found.shortfall == pytest.approx(0.0, abs=1e-6)
    assert found.primaries[0] == pytest.approx(200, abs=1e-3)


@pytest.mark.parametrize(("cap", "shortfall"), [(150, 0.5), (120, 0.8)])
def test_ex_5_7_capped_leads(cap, shortfall):
    """EX-5.7: a cap of 150 (120) makes 0.5 (0.8) contracts late, all in month 0."""
    found = back_cast(NEED, PIPELINE, LAG, cap=cap)
    assert found.late.sum() == pytest.approx(shortfall, abs=1e-5)
    assert found.unreachable_months.tolist() == [0]
    assert found.primaries.max() <= cap + 1e-6


def test_ex_5_7_flat_inflow():
    """EX-5.7: 100 leads a month and the pipeline bring 9, 10, 11, 11, 10, 10, ... (121)."""
    wins = wins_from_primaries([100] * 12, LAG, 12)
    wins[:4] += PIPELINE
    assert wins[:6] == pytest.approx([9, 10, 11, 11, 10, 10])
    assert wins.sum() == pytest.approx(121)


def test_back_cast_has_no_end_effect():
    """The last months are worked as the others: the business goes on after the plan."""
    found = back_cast(NEED, PIPELINE, LAG, cap=150)
    assert found.primaries[-1] == pytest.approx(found.primaries[5], rel=0.01)


def test_trap_9_contracts_inside_the_lag_are_unreachable():
    """By hand: nothing is won before month 2, so the 5 and 10 of months 0 and 1 come late."""
    found = back_cast([5, 10, 20], [], [0, 0, 0.1])
    assert found.late == pytest.approx([5, 15, 0], abs=1e-5)
    assert found.unreachable_months.tolist() == [0, 1]
    assert found.shortfall == pytest.approx(15, abs=1e-5)
    assert found.never == pytest.approx(0, abs=1e-5)


needs = st.lists(st.floats(0, 50), min_size=1, max_size=10)


@settings(max_examples=25, deadline=None)
@given(need=needs, cap=st.floats(0, 400))
def test_trap_9_never_negative_and_every_contract_accounted_for(need, cap):
    """Leads are not negative; wins plus what is late cover the cumulated need each month."""
    found = back_cast(need, [], LAG, cap=cap)
    assert (found.primaries >= 0).all()
    covered = np.cumsum(found.wins) + found.late
    assert (covered >= np.cumsum(need) - 1e-5).all()


def test_smoothness_limits_the_change():
    found = back_cast(NEED, PIPELINE, LAG, smoothness=20)
    assert np.abs(np.diff(found.primaries)).max() <= 20 + 1e-6


def test_limits_that_cannot_be_kept_are_late_not_an_error():
    """No leads at all: everything is late, and it says so."""
    found = back_cast([10, 10], [], LAG, cap=0)
    assert found.late == pytest.approx([10, 20])


@given(
    leads=st.lists(st.floats(0, 1000), min_size=1, max_size=12),
    lag=st.lists(st.floats(0.001, 0.1), min_size=1, max_size=8),
)
def test_trap_8_wins_are_leads_times_conversion(leads, lag):
    """The lag law sums to the conversion, not to 1."""
    wins = wins_from_primaries(leads, lag)
    assert wins.sum() == pytest.approx(sum(leads) * sum(lag), abs=1e-9)


def test_lag_law_above_one_is_refused():
    with pytest.raises(InputDataError, match="sum to the conversion"):
        wins_from_primaries([100], [0.5, 0.4, 0.3])


def test_ex_5_8_labour_kernel():
    """EX-5.8: 100 leads a month cost 80, 140, 175, 190, 197.5, 197.5 hours."""
    hours = labour_by_month([100] * 6, KERNEL)
    assert hours == pytest.approx([80, 140, 175, 190, 197.5, 197.5])


def test_ex_5_9_limited_inflow():
    """EX-5.9: 320 h a month, 200 leads wished; 162.03 leads and 16.20 wins in the end."""
    found = limited_inflow([320] * 40, 200, KERNEL)
    assert found.accepted[:8] == pytest.approx(
        [200, 200, 162.5, 153.12, 157.81, 165.43, 162.94, 161.47], abs=6e-3
    )
    assert found.accepted[-1] == pytest.approx(320 / 1.975, abs=1e-2)
    wins = wins_from_primaries(found.accepted, LAG, 40)
    assert wins[:6] == pytest.approx([2.00, 8.00, 13.62, 16.41, 17.05, 16.23], abs=6e-3)
    assert wins[-1] == pytest.approx(16.20, abs=5e-3)


@given(
    hours=st.lists(st.floats(0, 500), min_size=1, max_size=15),
    bound=st.lists(st.floats(0, 300), max_size=5),
)
def test_limited_inflow_takes_no_hours_that_are_not_there(hours, bound):
    """New leads never take hours that earlier work has already bound."""
    found = limited_inflow(hours, 1000.0, KERNEL, bound)
    kept = np.maximum(hours, found.hours - KERNEL[0] * found.accepted)
    assert (found.hours <= kept + 1e-9).all()


def _money(months: int = 12) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "target": [2_000_000.0] * months,
            "renewals": [700_000.0] * months,
            "cross_sell": [100_000.0] * months,
            "contracted": [0.0] * months,
            "pipeline_wins": [8.0, 6.0, 4.0, 2.0] + [0.0] * (months - 4),
            "hours_pipeline": [0.0] * months,
            "hours_existing": [96.0] * months,
            "hours_per_fte": [80.0] * months,
        }
    )


def test_monthly_cascade_is_its_parts():
    """By hand: 1.2 m gap a month at 120 k is EX-5.7's need of 10 wins."""
    money = _money()
    before = money.copy(deep=True)
    found = monthly_cascade(money, value=120_000, lag_increments=LAG, labour_kernel=KERNEL, cap=150)
    pd.testing.assert_frame_equal(money, before)
    table = found.table
    assert table["wins_needed"].tolist() == pytest.approx([10.0] * 12)
    assert found.back_cast.shortfall == pytest.approx(0.5, abs=1e-5)
    assert table["hours"].iloc[0] == pytest.approx(150 * 0.8 + 96, abs=1e-3)
    assert table["fte"].iloc[0] == pytest.approx(216 / 80, abs=1e-3)


def test_monthly_cascade_names_missing_columns():
    with pytest.raises(InputDataError, match="lacks the columns renewals"):
        monthly_cascade(
            _money().drop(columns="renewals"), value=1.0, lag_increments=LAG, labour_kernel=KERNEL
        )
