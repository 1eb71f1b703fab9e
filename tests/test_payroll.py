"""The cost of pay, and computed bonuses against the books."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.payroll import check_bonus, payroll_cost
from kpikit.errors import InputDataError


def tables(pay, sales, margin=0.2):
    """Pay and sales, one row per period and one column per rep."""
    rows = [(f"r{rep}", period) for period in range(len(pay)) for rep in range(pay.shape[1])]
    keys = pd.DataFrame(rows, columns=["rep_id", "period"])
    facts = keys.assign(sales=sales.ravel(), margin=margin * sales.ravel())
    return keys.assign(pay=pay.ravel()), facts


def test_cost_by_hand():
    """Equal months of 30 over 12 months: 360, nothing to spread; sales 300: 10 %, margin 50 %."""
    pay, facts = tables(np.full((4, 3), 10.0), np.full((4, 3), 100.0))
    found = payroll_cost(pay, facts, np.random.default_rng(1), draws=50)

    assert (found.mean, found.p90, found.sd) == pytest.approx((360.0, 360.0, 0.0))
    assert (found.cost_of_sales, found.cost_of_sales_p90) == pytest.approx((0.1, 0.1))
    assert found.pay_per_margin == pytest.approx(0.5)
    assert (found.n_periods, found.n, found.n_left_out) == (4, 12, 0)


def test_common_months_do_not_cancel_out():
    """
    Theory: sums over 12 draws of period sums have variance 12 Var(sum). When all ten reps
    share the month, that is ten times the variance of drawing rep-months one by one
    (12 x 10 Var(pay)), which would make the budget look safe. Tolerance 5 % for 20,000 draws
    (sd of an sd: 1/sqrt(2 n) = .5 %).
    """
    month = np.random.default_rng(5).normal(100.0, 20.0, 24)
    pay, facts = tables(np.repeat(month[:, None], 10, axis=1), np.full((24, 10), 1000.0))
    found = payroll_cost(pay, facts, np.random.default_rng(6), draws=20_000)

    assert found.sd == pytest.approx(np.sqrt(12) * (10 * month).std(), rel=0.05)
    one_by_one = np.sqrt(12 * 10) * month.std()
    assert found.sd > 2.5 * one_by_one
    assert found.p90 == pytest.approx(found.mean + 1.2816 * found.sd, rel=0.02)


def test_same_seed_same_budget():
    rng = np.random.default_rng(8)
    pay, facts = tables(rng.uniform(5, 15, (12, 4)), rng.uniform(50, 150, (12, 4)))
    first, second = (payroll_cost(pay, facts, np.random.default_rng(3)) for _ in range(2))

    assert first == second


def test_unknown_pay_and_sales_are_not_zero():
    """A rep-month without pay is counted apart; unknown sales give no cost of sales."""
    pay, facts = tables(np.full((4, 3), 10.0), np.full((4, 3), 100.0))
    pay.loc[0, "pay"] = np.nan
    facts.loc[5, "sales"] = np.nan
    found = payroll_cost(pay, facts, np.random.default_rng(1), draws=50)

    assert (found.n, found.n_left_out) == (11, 1)
    assert found.cost_of_sales is None
    assert found.pay_per_margin is not None


def test_too_few_periods_are_refused():
    pay, facts = tables(np.full((2, 3), 10.0), np.full((2, 3), 100.0))
    with pytest.raises(InputDataError, match="at least 3 periods with pay, got 2"):
        payroll_cost(pay, facts, np.random.default_rng(1))


def bonuses(column, rows):
    return pd.DataFrame(rows, columns=["rep_id", "period", column])


def test_bonus_within_one_per_cent():
    """By hand: 300 computed, 302 paid: -.66 %; the row of 102 against 100 differs by 2 %."""
    computed = bonuses("bonus", [("a", 1, 100.0), ("b", 1, 200.0), ("c", 1, 7.0)])
    paid = bonuses("bonus_paid", [("a", 1, 102.0), ("b", 1, 200.0), ("d", 1, 5.0)])
    found = check_bonus(computed, paid)

    assert found.gap == pytest.approx(300 / 302 - 1)
    assert found.agrees
    assert (found.n, found.n_different, found.only_computed, found.only_paid) == (2, 1, 1, 1)
    assert found.differences[["rep_id", "difference"]].to_numpy().tolist() == [["a", -2.0]]


def test_errors_that_cancel_are_still_listed():
    """By hand: +50 and -50 agree in the sum and in no row; the larger error comes first."""
    computed = bonuses("bonus", [("a", 1, 150.0), ("b", 1, 40.0), ("c", 1, 100.0)])
    paid = bonuses("bonus_paid", [("a", 1, 100.0), ("b", 1, 90.0), ("c", 1, 100.0)])
    found = check_bonus(computed, paid)

    assert found.agrees
    assert found.differences["rep_id"].tolist() == ["a", "b"]


def test_bonus_off_by_more_does_not_agree():
    found = check_bonus(
        bonuses("bonus", [("a", 1, 98.0)]), bonuses("bonus_paid", [("a", 1, 100.0)])
    )

    assert not found.agrees
    assert found.gap == pytest.approx(-0.02)


def test_bonus_check_needs_common_rows():
    one, other = bonuses("bonus", [("a", 1, 1.0)]), bonuses("bonus_paid", [("b", 1, 1.0)])
    with pytest.raises(InputDataError, match="no rep and period is in both"):
        check_bonus(one, other)
    with pytest.raises(InputDataError, match="payroll: rep b stands twice in 1"):
        check_bonus(one, pd.concat([other, other]))
    unknown = bonuses("bonus_paid", [("a", 1, np.nan)])
    with pytest.raises(InputDataError, match="no rep and period is in both"):
        check_bonus(one, unknown)
