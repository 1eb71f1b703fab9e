"""Numbers, durations and yes/no as people write them. Expected values: by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit.intake.values import read_booleans, read_durations, read_numbers, scale_in


def _numbers(*cells, **options):
    return read_numbers(pd.Series(list(cells), dtype="str"), **options)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234 567,89", 1234567.89),
        ("1\u00a0234\u00a0567,89", 1234567.89),
        ("1\u202f234,5", 1234.5),
        ("1\u2009234,5", 1234.5),
        ("1'234,50", 1234.5),
        ("(1 234)", -1234.0),
        ("1 234-", -1234.0),
        ("\u22125,5", -5.5),
        ("1 000 руб.", 1000.0),
        ("12,10 ₽", 12.1),
        ("1 234,50 р.", 1234.5),
        ("5 тыс. руб.", 5000.0),
        ("1,2 млн", 1.2e6),
        ("100 000 Ft", 100000.0),
        ("€ 12,5", 12.5),
        ("$1,234.50", 1234.5),
        ("45 %", 0.45),
        ("1.234.567", 1234567.0),
        ("0,125", 0.125),
        ("7,9E+10", 7.9e10),
        ("1.234,5", 1234.5),
    ],
)
def test_forms_of_a_number(cell, value):
    """Each form stands alone in its column and still has only one meaning (by hand)."""
    assert _numbers(cell).values.iloc[0] == pytest.approx(value)


def test_decimal_mark_is_decided_by_the_column():
    """``2.500`` alone is unclear; beside ``1.234,5`` the point can only group."""
    assert _numbers("2.500", "1.234,5").values.tolist() == [2500.0, 1234.5]
    assert _numbers("2.500", "7.25").values.tolist() == [2.5, 7.25]


def test_unclear_thousands_are_asked_not_guessed():
    reading = _numbers("1.234", "12.500", "7")
    assert reading.values.isna().all()
    assert "decimal" in reading.problem and "1.234" in reading.problem
    assert _numbers("1.234", "12.500", decimal=",").values.tolist() == [1234.0, 12500.0]
    assert _numbers("1.234", "12.500", decimal=".").values.tolist() == [1.234, 12.5]


def test_two_marks_in_one_column_are_asked():
    reading = _numbers("1,5", "2.5")
    assert reading.values.isna().all() and "decimal commas" in reading.problem
    declared = _numbers("1,5", "2.5", decimal=",")
    assert declared.values.iloc[0] == 1.5 and declared.unreadable.tolist() == ["2.5"]


def test_missing_marks_are_null_and_counted_and_rubbish_is_unreadable():
    reading = _numbers("5", "—", "н/д", "#N/A", "", "н/д", "12 34", "abc")
    assert reading.values.notna().tolist() == [True] + [False] * 7
    assert reading.missing == {"—": 1, "н/д": 2, "#N/A": 1}
    assert reading.unreadable.tolist() == ["12 34", "abc"]


def test_workbook_numbers_are_exact_and_dates_in_them_are_damage():
    """A real number cell needs no proof; a date in a money column was changed by Excel."""
    cells = pd.Series(["1.234", "2025-10-12"], dtype="str")
    kinds = pd.Series(["number", "date"], dtype="str")
    reading = read_numbers(cells, kinds=kinds)
    assert reading.values.iloc[0] == 1.234 and math.isnan(reading.values.iloc[1])
    assert any("look like dates" in note for note in reading.notes)


def test_scale_applies_once():
    """тыс. in the title multiplies cells without their own unit, and only those."""
    assert scale_in("Отчёт о продажах, тыс. руб.") == 1000.0
    assert scale_in("План, млн ₽") == 1e6
    assert scale_in("Тысячелистник") == 1.0
    assert _numbers("5", "6 тыс.", scale=1000.0).values.tolist() == [5000.0, 6000.0]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_a_russian_sum_reads_back(amount):
    """A sum printed with spaces and a decimal comma is read as the same sum."""
    text = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert _numbers(text).values.iloc[0] == pytest.approx(float(amount))


def test_durations():
    cells = ["1 мин 5 сек", "0:01:05", "65", "2 ч 3 мин", "1 perc 5 mp", "5 сек.", "—", "долго"]
    reading = read_durations(pd.Series(cells, dtype="str"))
    assert reading.values.iloc[:6].tolist() == [65.0, 65.0, 65.0, 7380.0, 65.0, 5.0]
    assert reading.values.iloc[6:].isna().all()
    assert reading.unreadable.tolist() == ["долго"]


def test_two_part_durations_need_proof():
    assert "0:01:05" in read_durations(pd.Series(["01:05"], dtype="str")).problem
    proven = read_durations(pd.Series(["01:05", "75:00"], dtype="str"))
    assert proven.values.tolist() == [65.0, 4500.0]


def test_booleans_of_three_languages():
    cells = pd.Series(["да", "Нет", "igen", "nem", "Y", "N", "1", "0", "?", ""], dtype="str")
    reading = read_booleans(cells)
    assert reading.values.iloc[:8].tolist() == [True, False] * 4
    assert reading.unreadable.tolist() == ["?"]


def test_input_is_left_alone():
    cells = pd.Series(["1 000", "н/д"], dtype="str")
    before = cells.copy()
    read_numbers(cells)
    pd.testing.assert_series_equal(cells, before)
