"""Hiring plan, attrition, hire-by month."""

import itertools

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.hiring import (
    expected_headcount,
    hire_by,
    hires_without_delay,
    hiring_plan,
)
from kpikit.errors import InputDataError

NEED = [600, 700, 800, 900, 1000, 1000]
COSTS = {"wage": 100, "hire_cost": 150, "shortage_cost": 2}


def test_ex_5_10_attrition():
    """EX-5.10: 4 people, 2 % a month: 3.139 after a year, 3.588 on average at month starts."""
    staff = expected_headcount(4, 0.02, 12)
    assert staff[12] == pytest.approx(3.139, abs=5e-4)
    assert staff[:12].mean() == pytest.approx(3.588, abs=5e-4)


def test_ex_5_13_hiring_plan():
    """EX-5.13: four in month 0, nobody later; cost 3,216; shortage 120, 76, 32, 0, 40, 40."""
    plan = hiring_plan(NEED, 120, 4, ramp=(0.3, 0.6, 1.0), lead_months=1, **COSTS)
    assert plan.hires.tolist() == [4, 0, 0, 0, 0, 0]
    assert plan.cost == pytest.approx(3216)
    assert plan.shortage == pytest.approx([120, 76, 32, 0, 40, 40])


def test_ex_5_13_is_the_best_of_all_plans():
    """Every plan of up to 5 hires in each of the first three months, priced by hand."""

    def cost(hires):
        total, hours = 0.0, np.full(6, 480.0)
        for month, count in enumerate(hires):
            total += 150 * count
            for age, at in enumerate(range(month + 1, 6)):
                total += 100 * count
                hours[at] += count * 120 * (0.3, 0.6, 1, 1, 1)[age]
        return total + 2 * np.maximum(np.array(NEED) - hours, 0).sum()

    best = min(cost(hires) for hires in itertools.product(range(6), repeat=3))
    plan = hiring_plan(NEED, 120, 4, ramp=(0.3, 0.6, 1.0), lead_months=1, **COSTS)
    assert plan.cost == pytest.approx(best)


def test_static_answer_ignores_lead_and_ramp():
    """EX-5.13: ceil(D/120) - 4 = 1, 2, 3, 4, 5, 5."""
    assert hires_without_delay(NEED, 120, 4).tolist() == [1, 2, 3, 4, 5, 5]


def test_trap_12_a_hire_has_no_effect_before_its_lead_time():
    plan = hiring_plan(NEED, 120, 4, ramp=(0.3,), lead_months=2, **COSTS)
    assert plan.hours[:2] == pytest.approx([480, 480])


def test_attrition_leaves_fewer_hours():
    """The hours of those who are there fall by the attrition before anybody can come."""
    plan = hiring_plan(NEED, 120, 4, lead_months=2, monthly_attrition=0.02, **COSTS)
    assert plan.hours[:2] == pytest.approx([480, 480 * 0.98])


def test_limits_are_kept():
    """One hire a month; and no money, no hires."""
    one = hiring_plan(NEED, 120, 4, max_hires_per_month=1, **COSTS)
    assert one.hires.max() <= 1
    none = hiring_plan(NEED, 120, 4, budget=0, **COSTS)
    assert none.hires.sum() == 0
    assert none.shortage == pytest.approx(np.array(NEED) - 480)


def test_hire_by_counts_back_ramp_and_recruiting():
    """By hand: full in October, two months of learning, one of recruiting: July."""
    assert hire_by("2026-10-15", 1, (0.3, 0.6, 1.0)) == pd.Timestamp("2026-07-01")
    assert hire_by("2026-02-01", 3) == pd.Timestamp("2025-11-01")


def test_negative_need_is_refused():
    with pytest.raises(InputDataError, match="need_hours must be hours by month"):
        hiring_plan([-1.0], 120, 4, **COSTS)
