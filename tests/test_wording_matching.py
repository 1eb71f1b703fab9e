"""Which KPI of the catalogue is meant, against names labelled by hand and the catalogue itself."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from kpi_names import FIRST, LATER

from kpikit.errors import InputDataError
from kpikit.kpis.passport import LANGUAGES, catalogue
from kpikit.vocabulary import TABLES
from kpikit.wording.concepts import concepts_of
from kpikit.wording.matching import SURE, match_kpis, unit_kind
from kpikit.wording.proposal import propose_passport


def matched(*names: str, **columns: object) -> pd.DataFrame:
    kpis = pd.DataFrame({"kpi_id": [f"N{n}" for n in range(len(names))], "name": names, **columns})
    return match_kpis(kpis)


def judged(names: pd.DataFrame) -> pd.DataFrame:
    found = match_kpis(names).drop(columns="kpi_id")
    table = names.join(found)
    right = [
        code in label.split("/")
        for code, label in zip(table["catalogue_id"], table["kpi"], strict=True)
    ]
    return table.assign(right=right)


@pytest.fixture(scope="module")
def first():
    return judged(FIRST)


@pytest.fixture(scope="module")
def later():
    return judged(LATER)


def precision(table: pd.DataFrame) -> float:
    return float(table.loc[~table["review"], "right"].mean())


def recall(table: pd.DataFrame) -> float:
    known = table[table["kpi"].ne("-")]
    return float((known["right"] & ~known["review"]).mean())


def test_a_match_without_review_is_right(first, later):
    """Labelled by hand: at least 95 of 100 in both sets; a fifth of the names fits nothing."""
    assert len(FIRST) + len(LATER) > 400
    for table in (first, later):
        assert table["kpi"].eq("-").sum() >= 25
        assert precision(table) >= 0.95, table[~table["review"] & ~table["right"]].to_string()


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_in_each_language(first, later, language):
    table = pd.concat([first, later])
    assert precision(table[table["language"] == language]) >= 0.95


def test_most_names_need_no_reader(first, later):
    """Three quarters of usual names; of the harder ones, written afterwards, over a half."""
    assert recall(first) >= 0.75
    assert recall(later) >= 0.55


def test_names_that_fit_nothing_are_shown_to_a_reader(first, later):
    table = pd.concat([first, later])
    strangers = table[table["kpi"].eq("-")]
    assert len(strangers) >= 80
    assert strangers["review"].mean() >= 0.97


def test_plain_likeness_of_letters_does_worse(first, later):
    """rapidfuzz: process.extractOne(name, labels, scorer=fuzz.WRatio); as many as ours."""
    from rapidfuzz import fuzz, process

    labels = [
        (text.casefold(), kpi)
        for kpi, p in catalogue().items()
        for text in (*p.name.values(), *p.abbreviations)
    ]
    table = pd.concat([first, later], ignore_index=True)
    best = [
        process.extractOne(name.casefold(), [text for text, _ in labels], scorer=fuzz.WRatio)
        for name in table["name"]
    ]
    naive = pd.DataFrame(
        {
            "score": [found[1] for found in best],
            "right": [
                labels[found[2]][1] == k for found, k in zip(best, table["kpi"], strict=True)
            ],
        }
    )
    many = int((~table["review"]).sum())
    assert naive.nlargest(many, "score")["right"].mean() < precision(table) - 0.05


def test_confidence_is_the_share_that_is_right():
    """
    Each label of the catalogue is matched without itself. Among those with a stated chance the
    share that is right is no smaller, up to three standard errors.
    """
    rng = np.random.default_rng(11)
    codes = sorted(catalogue())
    rows = []
    # one label is taken away at a time, the rest of the catalogue stays
    for code in rng.choice(codes, 40, replace=False):
        kpi = catalogue()[code]
        label = str(rng.choice(kpi.abbreviations))
        less = dataclasses.replace(
            kpi, abbreviations=tuple(text for text in kpi.abbreviations if text != label)
        )
        names = pd.DataFrame({"kpi_id": ["N"], "name": [label]})
        found = match_kpis(names, {**catalogue(), code: less}).iloc[0]
        rows.append((found["confidence"], found["catalogue_id"] == code))
    stated = np.array([chance for chance, _ in rows])
    right = np.array([ok for _, ok in rows])
    for low, high in ((0.3, 0.8), (0.8, 1.01)):
        chosen = (stated >= low) & (stated < high)
        if chosen.sum() < 5:
            continue
        expected = stated[chosen].mean()
        error = np.sqrt(expected * (1 - expected) / chosen.sum())
        assert right[chosen].mean() >= expected - 3 * error


def test_every_label_of_the_catalogue_finds_its_kpi():
    labels = [
        (code, t) for code, p in catalogue().items() for t in (*p.name.values(), *p.abbreviations)
    ]
    found = matched(*[text for _, text in labels])
    wrong = [
        (code, text, got)
        for (code, text), got in zip(labels, found["catalogue_id"], strict=True)
        if got != code
    ]
    assert wrong == []
    assert set(found["method"]) == {"exact", "abbreviation"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("СРЕДНИЙ ЧЕК", "K19"),
        ("чек средний", "K19"),
        ("Uj ugyfelek", "K20"),
        ("цикл сделки", "K45"),
        ("AOV", "K19"),
        ("AOV (csatolt magyarázat)", "K19"),
        ("Показатель X — средний чек", "K19"),
        ("удовлетворенность клиентов", "K30"),
    ],
)
def test_case_accents_order_and_brackets_do_not_matter(name, code):
    row = matched(name).iloc[0]
    assert (row["catalogue_id"], row["review"]) == (code, False)


@pytest.mark.parametrize(
    "name",
    ["Number of", "Количество", "száma", "Average", "Number of parcels", "Доля рынка труда",
     "Share of remote work", "Customers", "Клиенты", "Deals", "Products",
     "Sales", "Total", "Átlagos hőmérséklet"],
)  # fmt: skip
def test_one_common_word_is_no_match(name):
    row = matched(name).iloc[0]
    assert row["review"]
    assert row["confidence"] < SURE


@pytest.mark.parametrize("name", ["CR", "GM", "AR", "ROI", "WIP"])
def test_an_abbreviation_with_several_meanings_goes_to_review(name):
    row = matched(name).iloc[0]
    assert row["method"] == "abbreviation" and row["review"]


def test_an_explained_abbreviation_needs_no_review():
    assert not matched("CR", local_name=["Конверсия заявки в продажу"]).iloc[0]["review"]
    assert not matched("CR (конверсия заявки в продажу)").iloc[0]["review"]


def test_share_and_number_are_kept_apart():
    """A share of won deals is not their number."""
    share, number = matched("Share of deals won", "Number of deals won")["catalogue_id"]
    assert (share, number) != ("K43", "K42")
    assert number == "K43"


def test_formula_and_unit_help():
    """The formula is that of the catalogue in other words; the name says nothing."""
    formula = "Sum of the amounts of won deals / number of won deals"
    row = matched("Indicator 7", formula_text=[formula]).iloc[0]
    assert (row["catalogue_id"], row["method"], row["review"]) == ("K19", "formula", True)
    fits, clashes = matched("New clients won", "New clients won", unit=["db", "%"])["confidence"]
    assert clashes < fits


def test_units():
    assert [unit_kind(unit) for unit in ("%", "руб.", "nap", "db", "?")] == [
        "share", "money", "time", "count", "",
    ]  # fmt: skip


def test_runner_up_is_another_kpi(first):
    both = first.dropna(subset=["runner_up", "catalogue_id"])
    assert (both["runner_up"] != both["catalogue_id"]).all()
    assert (both["runner_up_confidence"] <= both["confidence"]).all()


def test_words_of_three_languages_are_one_concept():
    assert concepts_of("Új vevők") == concepts_of("новые клиенты") == concepts_of("New customers")
    assert {"customer", "meeting"} <= concepts_of("ügyféltalálkozók")


def test_input_is_left_alone_and_the_index_kept():
    kpis = pd.DataFrame({"kpi_id": ["a"], "name": ["Средний чек"]}, index=[5])
    before = kpis.copy()
    assert list(match_kpis(kpis).index) == [5]
    pd.testing.assert_frame_equal(kpis, before)
    with pytest.raises(InputDataError, match="no column name; add it"):
        match_kpis(kpis.drop(columns="name"))


def test_names_that_are_missing_match_nothing():
    row = matched(None).iloc[0]
    assert row["catalogue_id"] is None and row["method"] == "none" and row["review"]


def test_an_empty_list():
    assert len(match_kpis(pd.DataFrame({"kpi_id": [], "name": []}))) == 0


# --------------------------------------------------------------------------
# Proposals
# --------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_proposed_in_the_language(language):
    kpi = {"kpi_id": "N0", "name": "AOV", "unit": "EUR", "definition": " ", "example": None}
    proposed = propose_passport(kpi, {"catalogue_id": "K19"}, language)
    assert proposed["definition"] == catalogue()["K19"].definition[language]
    assert proposed["local_name"] == catalogue()["K19"].name[language]
    assert set(proposed) == {
        "local_name", "definition", "formula_text", "example", "direction", "cadence",
    }  # fmt: skip
    assert set(proposed) <= set(TABLES["kpis"])


def test_no_match_no_proposal():
    assert propose_passport({"name": "x"}, matched("Dress code").iloc[0], "en") == {}


def test_proposals_refuse_what_there_is_not():
    with pytest.raises(InputDataError, match="no passports in 'de'"):
        propose_passport({}, {"catalogue_id": "K19"}, "de")
    with pytest.raises(InputDataError, match="There is no KPI 'K99'"):
        propose_passport({}, {"catalogue_id": "K99"}, "en")
