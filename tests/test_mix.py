"""Mix: the parts add up, and Simpson's paradox is named for what it is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit.diagnosis.mix import amount_shift, mix_shift
from kpikit.errors import InputDataError


def period(**groups):
    """Table of one period from group=(numerator, denominator)."""
    rows = [(name, x, n) for name, (x, n) in groups.items()]
    return pd.DataFrame(rows, columns=["segment", "numerator", "denominator"])


def test_simpsons_paradox_by_hand():
    """
    Easy deals 40/100 -> 22/50, hard ones 10/100 -> 30/250: both conversions rise (.40 to .44,
    .10 to .12), the total falls from 50/200 = .25 to 52/300 = .17333.

    Weights .5 .5 -> .16667 .83333. Rate: .33333*.04 + .66667*.02 = .02667. Mix, from the mean
    ratio .21167: -.33333*(.42-.21167) + .33333*(.11-.21167) = -.06944 - .03389 = -.10333.
    """
    found = mix_shift(
        period(easy=(40, 100), hard=(10, 100)), period(easy=(22, 50), hard=(30, 250)), ["segment"]
    )
    assert (found.before, found.after) == pytest.approx((0.25, 52 / 300))
    assert (found.rate_effect, found.mix_effect) == pytest.approx((0.0266667, -0.1033333), abs=1e-6)
    groups = found.groups.set_index("segment")
    assert (groups["rate_after"] > groups["rate_before"]).all() and found.change < 0
    assert groups["mix_effect"].to_dict() == pytest.approx(
        {"easy": -0.0694444, "hard": -0.0338889}, abs=1e-6
    )
    assert groups["rate_effect"].to_dict() == pytest.approx(
        {"easy": 0.0133333, "hard": 0.0133333}, abs=1e-6
    )


def test_volume_price_and_mix_by_hand():
    """
    10 at 100 and 10 at 20 (1,200) -> 12 at 110 and 18 at 20 (1,680), +480.

    Volume +10 units at the mean price 58: 580. Price .45 * 10 * 25 units = 112.5. Mix
    (-.1 * (105 - 58) + .1 * (20 - 58)) * 25 = -212.5.
    """
    found = amount_shift(
        period(a=(1000, 10), b=(200, 10)), period(a=(1320, 12), b=(360, 18)), ["segment"]
    )
    assert found.change == 480
    assert (found.volume_effect, found.price_effect, found.mix_effect) == pytest.approx(
        (580, 112.5, -212.5)
    )


cells = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.floats(-1e4, 1e6), st.floats(0.5, 1e4)),
    min_size=1,
)


@given(cells, cells)
def test_the_parts_add_up_whatever_groups_come_and_go(old, new):
    found = mix_shift(period(**old), period(**new), ["segment"])
    scale = 1e-9 * (1 + sum(abs(x) / n for x, n in [*old.values(), *new.values()]))
    assert found.rate_effect + found.mix_effect == pytest.approx(found.change, abs=scale)
    assert found.groups["effect"].sum() == pytest.approx(found.change, abs=scale)
    assert set(found.groups["segment"]) == set(old) | set(new)
    amounts = amount_shift(period(**old), period(**new), ["segment"])
    parts = amounts.volume_effect + amounts.price_effect + amounts.mix_effect
    assert parts == pytest.approx(amounts.change, abs=scale * 1e5)


@given(cells, cells)
def test_reading_it_backwards_turns_the_signs_and_nothing_else(old, new):
    there = mix_shift(period(**old), period(**new), ["segment"])
    back = mix_shift(period(**new), period(**old), ["segment"])
    scale = 1e-9 * (1 + sum(abs(x) / n for x, n in [*old.values(), *new.values()]))
    assert there.rate_effect == pytest.approx(-back.rate_effect, abs=scale)
    assert there.mix_effect == pytest.approx(-back.mix_effect, abs=scale)


def test_the_same_weights_have_no_mix_effect_and_the_same_rates_no_rate_effect():
    old = period(a=(20, 100), b=(60, 200))
    same_weights = mix_shift(old, period(a=(15, 50), b=(20, 100)), ["segment"])
    same_rates = mix_shift(old, period(a=(40, 200), b=(15, 50)), ["segment"])
    assert same_weights.mix_effect == pytest.approx(0) and same_weights.rate_effect != 0
    assert same_rates.rate_effect == pytest.approx(0) and same_rates.mix_effect != 0


def test_a_new_group_is_mix_and_has_no_rate_before():
    """By hand: 20/100 -> 20/100 and 50/100: total .2 -> .35, all of it mix."""
    found = mix_shift(period(a=(20, 100)), period(a=(20, 100), b=(50, 100)), ["segment"])
    assert (found.rate_effect, found.mix_effect) == pytest.approx((0.0, 0.15))
    new = found.groups.set_index("segment").loc["b"]
    assert np.isnan(new["rate_before"]) and new["rate_after"] == 0.5 and new["share_before"] == 0


def test_rows_are_added_up_and_an_empty_name_is_a_group():
    old = period(a=(10, 50), b=(5, 50))
    rows = pd.concat([old, old]).assign(numerator=lambda t: t["numerator"] / 2)
    rows["denominator"] = rows["denominator"] / 2
    new = period(a=(20, 50), b=(5, 50)).assign(segment=["a", None])
    found = mix_shift(rows, new, ["segment"])
    assert found.before == pytest.approx(0.15) and len(found.groups) == 3
    assert found.groups["segment"].isna().sum() == 1
    assert found.rate_effect + found.mix_effect == pytest.approx(found.change)


def test_bad_tables_are_refused_and_the_input_is_left_alone():
    old, new = period(a=(1, 10), b=(2, 10)), period(a=(1, 10))
    before = old.copy()
    mix_shift(old, new, ["segment"])
    pd.testing.assert_frame_equal(old, before)
    with pytest.raises(InputDataError, match=r"table after lacks the column\(s\) denominator"):
        mix_shift(old, new.drop(columns="denominator"), ["segment"])
    with pytest.raises(InputDataError, match=r"needs a denominator above 0; check group\(s\) b"):
        mix_shift(period(a=(1, 10), b=(2, 0)), new, ["segment"])
    with pytest.raises(InputDataError, match=r"must be numbers; check row\(s\) 0 of table before"):
        mix_shift(old.assign(numerator=[np.nan, 1]), new, ["segment"])
    with pytest.raises(InputDataError, match="table after has no denominator above 0"):
        mix_shift(old, period(a=(0, 0)), ["segment"])
    with pytest.raises(InputDataError, match="groups is empty"):
        mix_shift(old, new, [])
