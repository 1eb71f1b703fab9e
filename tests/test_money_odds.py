"""Odds of the money: contracts, renewals, open deals and deal sizes together."""

import math

import numpy as np
import pytest
from scipy.stats import binom, gamma

from kpikit.diagnosis.money_odds import Chance, NewBusiness, plan_money, sized_sum
from kpikit.diagnosis.odds import SegmentWins, money_distribution, win_distribution

KNOWN = 1e9
DRAWS = 200_000


def wins(leads, rate, evidence=KNOWN, in_time=1.0, value=1000.0):
    return SegmentWins(leads, rate * evidence, (1 - rate) * evidence, in_time, value)


def drawn_money(rng, new, existing, deals):
    """The same money with random numbers: rate, wins, size of each deal, renewals, open deals."""
    money = np.zeros(DRAWS)
    for item in new:
        part = item.wins
        rate = rng.beta(part.p_alpha, part.p_beta, DRAWS) * part.share_in_time
        won = rng.binomial(part.n_primaries, rate)
        if item.value_cv == 0:
            money += won * part.value
        else:
            shape = 1 / item.value_cv**2
            money += np.where(
                won > 0, rng.gamma(np.maximum(won, 1) * shape, part.value / shape), 0.0
            )
    for chance in existing:
        money += rng.binomial(int(chance.n), chance.rate, DRAWS) * chance.value
    for amount, probability in deals:
        money += amount * (rng.random(DRAWS) < probability)
    return money


CASES = {
    "equal sizes": ([NewBusiness(wins(300, 0.1, 200))], [Chance(20, 0.8, 500.0)], []),
    "different sizes": ([NewBusiness(wins(300, 0.1, 200), 0.8)], [Chance(20, 0.8, 500.0)], []),
    "few large deals": ([NewBusiness(wins(12, 0.2, 30, value=9000.0), 1.5)], [], [(4e3, 0.3)]),
    "partly in time": ([NewBusiness(wins(400, 0.12, 80, in_time=0.6), 0.5)], [], []),
    "everything": (
        [
            NewBusiness(wins(150, 0.1, 100), 0.8),
            NewBusiness(wins(80, 0.2, 60, value=700.0)),
            NewBusiness(wins(40, 0.3, value=2500.0), 0.4),
        ],
        [Chance(30, 0.9, 800.0), Chance(50, 0.05, 300.0)],
        [(5000.0, 0.5), (5000.0, 0.25), (1200.0, 0.9)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_random_draws(case):
    """
    Probabilities within 4 standard errors of 200,000 draws, at nine levels of money.

    The levels lie between two sums that can occur: a cell of the grid is 2 wide.
    """
    new, existing, deals = CASES[case]
    money = drawn_money(np.random.default_rng(7), new, existing, deals)
    exact = plan_money(new, existing, deals, scale=float(money.mean()))

    assert exact.mean == pytest.approx(money.mean(), abs=4 * money.std() / math.sqrt(DRAWS))
    for level in np.quantile(money, np.linspace(0.1, 0.9, 9)) + 117.0:
        drawn = float((money >= level).mean())
        error = math.sqrt(drawn * (1 - drawn) / DRAWS)
        assert exact.probability_at_least(float(level)) == pytest.approx(drawn, abs=4 * error)


def test_equal_sizes_are_the_plain_odds():
    """Without different sizes nothing but the contracts' and renewals' own law is left."""
    segment, deals = wins(300, 0.1, 200), [(4000.0, 0.3)]
    plain = money_distribution(
        [segment, SegmentWins(20, 0.8e9, 0.2e9, 1.0, 500.0)], deals, scale=40_000.0
    )
    money = plan_money([NewBusiness(segment)], [Chance(20, 0.8, 500.0)], deals, scale=40_000.0)

    for level in (20e3, 30e3, 38e3, 45e3, 60e3):
        assert money.probability_at_least(level) == pytest.approx(
            plain.probability_at_least(level), abs=1e-9
        )


def test_nearly_equal_sizes_are_nearly_the_plain_odds():
    """Sizes that differ by a thousandth leave the odds between two contracts as they are."""
    equal = plan_money([NewBusiness(wins(300, 0.1, 200))], [], [], scale=30_000.0)
    nearly = plan_money([NewBusiness(wins(300, 0.1, 200), 1e-3)], [], [], scale=30_000.0)

    for level in (20_500.0, 29_500.0, 40_500.0):
        assert nearly.probability_at_least(level) == pytest.approx(
            equal.probability_at_least(level), abs=1e-6
        )


def test_renewals_are_binomial():
    """Seven of ten contracts at 80 %: scipy's binom.sf(6, 10, .8) = .8791."""
    money = plan_money([], [Chance(10, 0.8, 100.0)], [], scale=1000.0)

    assert money.probability_at_least(700.0) == pytest.approx(binom.sf(6, 10, 0.8), abs=1e-9)


def test_certain_money_is_certain():
    """A rate of 100 % has no luck in it, and half a contract is half its money."""
    money = plan_money([], [Chance(12.5, 1.0, 100.0), Chance(3, 0.0, 9e9)], [], scale=1000.0)

    assert money.mean == pytest.approx(1250.0)
    assert money.probability_at_least(1250.0) == 1.0
    assert money.probability_at_least(1251.0) == 0.0


@pytest.mark.parametrize("number", [0.4, 3.4, 3.6, 27.5])
def test_a_fractional_number_of_renewals_keeps_its_money(number):
    money = plan_money([], [Chance(number, 0.7, 100.0)], [], scale=1000.0)

    assert money.mean == pytest.approx(number * 70.0, rel=1e-4)


def test_a_target_in_the_wrong_unit_is_answered_too():
    """A plan of 60 instead of 60 million is met for sure, in no more memory than the right one."""
    money = plan_money(
        [NewBusiness(wins(300, 0.1, 200, value=1e5), 0.8)], [Chance(50, 0.8, 1e6)], [], scale=60.0
    )

    assert money.probability_at_least(60.0) == pytest.approx(1.0, abs=1e-9)
    assert money.mean == pytest.approx(43e6, rel=1e-3)
    assert len(money.probabilities) < 200_000


def test_no_business_is_no_money():
    money = plan_money([], [], [], scale=1000.0)

    assert money.mean == 0.0
    assert money.probability_at_least(1.0) == 0.0


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.5])
def test_one_deal_is_gamma(cv):
    """A single certain deal: scipy's gamma with shape 1 / cv**2, to what lies beyond the grid."""
    one = win_distribution(1, 1e9, 0.0)
    law = sized_sum(one, 100.0, cv, 1.0)
    above = law[::-1].cumsum()[::-1]

    for level in (50, 120, 300):
        exact = gamma.sf(level - 0.5, 1 / cv**2, scale=100.0 * cv**2)
        assert above[level] == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize("cv", [0.2, 0.8, 2.0])
def test_sizes_keep_the_mean_and_add_their_spread(cv):
    """Mean N v; variance v**2 (Var N + N cv**2), by hand (a random sum)."""
    law = win_distribution(300, 20.0, 180.0)
    total = sized_sum(law, 1000.0, cv, 10.0)
    money = np.arange(len(total)) * 10.0
    mean = float(total @ money)
    variance = float(total @ (money - mean) ** 2)

    assert total.sum() == pytest.approx(1.0, abs=1e-9)
    assert mean == pytest.approx(1000 * law.mean, rel=1e-3)
    assert variance == pytest.approx(1e6 * (law.sd**2 + law.mean * cv**2), rel=1e-2)


def test_different_sizes_make_the_plan_less_sure():
    """With the same expected money, the odds of four fifths of it fall as sizes differ more."""
    chances = [
        plan_money([NewBusiness(wins(200, 0.1), cv)], [], [], scale=16_000.0)
        .probability_at_least(16_000.0)
        for cv in (0.0, 0.5, 1.0, 2.0)
    ]  # fmt: skip

    assert chances == sorted(chances, reverse=True)
    assert chances[0] - chances[-1] > 0.1
