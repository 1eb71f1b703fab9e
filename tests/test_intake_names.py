"""One rep behind the spellings of a name (T7). Expected values: by hand."""

import pandas as pd
import pytest

from kpikit.intake.calls import phone_key
from kpikit.intake.names import Person, is_robot, known_people, name_words, resolve_names


def _resolve(*names, people=()):
    return resolve_names([(name, "") for name in names], people)


def test_spellings_of_one_person_are_one_rep():
    spellings = ("Иванов Пётр", "Пётр Иванов", "Иванов П.", "Петр Иванов", "ИВАНОВ  ПЕТР",
                 "П. Иванов", "Иванов Пётр Сергеевич")  # fmt: skip
    answer, fresh, issues = _resolve(*spellings)
    assert len(set(answer.values())) == 1 and len(fresh) == 1 and not issues


def test_equal_names_with_different_extensions_stay_two():
    answer, fresh, _ = resolve_names([("Иванов Пётр", "101"), ("Пётр Иванов", "102")], [])
    assert len(set(answer.values())) == 2 and len(fresh) == 2
    answer, _, _ = _resolve("Иванов Пётр (101)", "Пётр Иванов, доб. 102", "Петр Иванов [101]")
    assert answer[("Иванов Пётр (101)", "")] == answer[("Петр Иванов [101]", "")]
    assert len(set(answer.values())) == 2


def test_an_unclear_name_is_left_without_a_rep():
    answer, fresh, issues = _resolve("Иванов Пётр", "Иванов Павел", "Иванов П.")
    assert answer[("Иванов П.", "")] is None
    assert len(fresh) == 2
    assert issues[0].rule == "rep_name_ambiguous" and issues[0].example == "Иванов П."


def test_different_people_stay_different():
    answer, _, _ = _resolve("Иванов Пётр", "Иванова Пелагея", "Петров Иван", "Kovács Péter")
    assert len(set(answer.values())) == 4


def test_a_surname_alone_is_too_little():
    answer, fresh, _ = _resolve("Иванов Пётр", "Иванов")
    assert len(fresh) == 2 and answer[("Иванов", "")] == "Иванов"


def test_known_reps_and_aliases():
    reps = pd.DataFrame({"rep_id": ["7", "8"], "full_name": ["Иванов Пётр", "Иванов Пётр"]})
    aliases = pd.DataFrame(
        {"rep_id": ["7", "8", "7"], "alias": ["101", "102", "p.ivanov"],
         "alias_kind": ["extension", "extension", "login"]}
    )  # fmt: skip
    people = known_people(reps, aliases)
    answer, fresh, _ = resolve_names(
        [("Пётр Иванов", "102"), ("p.ivanov", ""), ("Иванов Пётр", "")], people
    )
    assert answer == {
        ("Пётр Иванов", "102"): "8", ("p.ivanov", ""): "7", ("Иванов Пётр", ""): None
    }  # fmt: skip
    assert not fresh


@pytest.mark.parametrize("name", ["Робот", "Бот рассылки", "API integration", "system"])
def test_robots(name):
    assert is_robot(name)


@pytest.mark.parametrize("name", ["Роботов Иван", "Botos Anna", "Апина Алёна"])
def test_people_are_no_robots(name):
    """A surname that begins like a robot is still a surname."""
    assert not is_robot(name)


def test_words_ignore_case_and_yo():
    assert name_words("Пётр Иванов") == name_words("ИВАНОВ петр")
    assert Person("1", name_words("А"), "").words == {"а"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("+7 (495) 123-45-67", "8 495 1234567"), ("+36 20 123 4567", "06 20 123 4567"),
     ("0036 1 234 5678", "06 1 234 5678"), ("4951234567", "74951234567")],
)  # fmt: skip
def test_phone_numbers_written_differently_are_one(one, other):
    assert phone_key(one) == phone_key(other) is not None


def test_internal_numbers_are_no_phones():
    assert phone_key("101") is None
