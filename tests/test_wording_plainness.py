"""How plainly a KPI is written down."""

import pandas as pd
import pytest

from kpikit.errors import InputDataError
from kpikit.wording.plainness import (
    REASONS,
    explain_time,
    formula_inputs,
    plainness,
    unexplained_abbreviations,
)

WHOLE = {
    "kpi_id": "A", "name": "Средний чек", "unit": "руб.", "direction": "higher",
    "definition": "Сколько в среднем приносит одна сделка.", "cadence": "monthly",
    "formula_text": "сумма сделок / число сделок", "example": "100 / 4 = 25",
    "data_source": "CRM", "controller": "rep",
}  # fmt: skip


def judged(language: str = "ru", **changes: object) -> pd.Series:
    return plainness(pd.DataFrame([WHOLE | changes]), language).iloc[0]


def test_a_kpi_with_everything_is_plain():
    """By hand: every part 1; minutes 1 + 2 inputs * 0.5 = 2."""
    row = judged()
    assert row["score"] == pytest.approx(1.0)
    assert (row["fields"], row["own_language"], row["minutes"]) == (1.0, 1.0, 2.0)
    assert row["reasons"] == ()


@pytest.mark.parametrize(
    ("column", "reason"),
    [("definition", "no_definition"), ("formula_text", "no_formula"), ("unit", "no_unit"),
     ("direction", "no_direction"), ("cadence", "no_period"), ("data_source", "no_source"),
     ("controller", "no_owner"), ("example", "no_example")],
)  # fmt: skip
@pytest.mark.parametrize("empty", [None, "  ", float("nan")])
def test_each_field_that_is_missing_costs_and_is_named(column, reason, empty):
    row = judged(**{column: empty})
    assert reason in row["reasons"]
    assert row["fields"] == 7 / 8
    assert row["score"] < 1 and row["minutes"] > 2.0 - 1e-9


def test_an_expression_is_a_formula_and_a_checker_an_owner():
    row = judged(formula_text=None, formula_expr="sum(amount) / count(deal_id)",
                 controller=None, checker="head")  # fmt: skip
    assert row["fields"] == 1.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "Average check", "definition": "The mean value of a deal."}, "foreign_name"),
        ({"name": "Average check"}, "partly_foreign_name"),
        ({"definition": "The mean value of one deal."}, "foreign_text"),
        ({"definition": "Доля по CTR за месяц."}, "unexplained_abbreviation"),
        ({"definition": " ".join(["слово"] * 40)}, "long_sentences"),
        ({"name": "Доля лидов", "definition": None}, "ambiguous_term"),
    ],
)
def test_what_makes_a_text_hard_is_named_and_costs(changes, reason):
    row = judged(**changes)
    assert reason in row["reasons"]
    assert row["score"] < 1


def test_a_local_name_stands_in_for_the_foreign_one():
    assert judged(name="Average check", local_name="Средний чек")["own_language"] == 1.0
    assert judged(name="Average check")["own_language"] == 0.5  # explained by its definition
    assert judged(name="Average check", definition=None)["own_language"] == 0.0


def test_39_foreign_names_take_about_four_hours():
    """The source: 39 KPIs, 38 of them in English, were explained in four hours."""
    names = ["Win rate"] * 38 + ["Árbevétel"]
    table = plainness(pd.DataFrame({"kpi_id": range(39), "name": names}), "hu")
    total = explain_time(table)
    assert total.hours == pytest.approx(4.0, abs=0.25)
    assert (total.kpis, total.estimated) == (39, 39)
    assert table["own_language"].mean() == pytest.approx(1 / 39)
    assert table["score"].mean() < 0.25


def test_stated_minutes_win():
    """By hand: (10 + 2) / 60 = 0.2 h."""
    rows = pd.DataFrame([WHOLE | {"minutes_to_explain": 10.0}, WHOLE])
    total = explain_time(plainness(rows, "ru"))
    assert (total.hours, total.longest_min, total.estimated) == (pytest.approx(0.2), 10.0, 1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"formula_text": "won / (won + lost)"}, 3),
        ({"formula_text": "CR = won / leads"}, 2),
        ({"formula_text": "сумма сделок, делённая на их число"}, 2),
        ({"formula_text": "ügyletek értéke osztva a számukkal"}, 2),
        ({"formula_expr": "sum(amount_base) / count(deal_id)"}, 2),
        ({"formula_text": "number of calls"}, 1),
        ({}, 2),
    ],
)
def test_inputs_of_a_formula(row, expected):
    """Counted by hand."""
    assert formula_inputs(row) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name": "AOV"}, ["AOV"]),
        ({"name": "AOV", "definition": "Average order value of a month"}, []),
        ({"name": "AOV (средний чек)"}, []),
        ({"name": "Конверсия (CR)"}, []),
        ({"name": "Доля SQL", "formula_text": "SQL / MQL"}, ["SQL", "MQL"]),
        ({"name": "Количество KPI в CRM"}, []),
    ],
)
def test_abbreviations_that_nobody_spells_out(row, expected):
    assert unexplained_abbreviations(row) == expected


def test_every_reason_has_its_sentence():
    table = plainness(pd.DataFrame({"kpi_id": ["A"], "name": ["Lead CTR"]}), "ru")
    assert set(table.at[0, "reasons"]) <= set(REASONS)


def test_errors_and_input_left_alone():
    rows = pd.DataFrame([WHOLE], index=[7])
    before = rows.copy()
    assert list(plainness(rows, "ru").index) == [7]
    pd.testing.assert_frame_equal(rows, before)
    with pytest.raises(InputDataError, match="no column name; add it"):
        plainness(rows.drop(columns="name"), "ru")
    with pytest.raises(InputDataError, match="working language is 'xx'"):
        plainness(rows, "xx")


def test_an_empty_list_takes_no_time():
    table = plainness(pd.DataFrame({"kpi_id": [], "name": []}), "ru")
    assert explain_time(table).hours == 0.0
