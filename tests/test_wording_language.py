"""Language of short names, against names labelled by hand."""

import subprocess
import sys

import pandas as pd
import pytest
from kpi_names import FIRST, LATER

from kpikit.errors import InputDataError
from kpikit.kpis.passport import LANGUAGES, catalogue
from kpikit.wording.language import Detection, detect_language, native_credit
from kpikit.wording.words import abbreviations, fold, split_gloss, words


def confusion(names: pd.DataFrame, working_language: str) -> pd.DataFrame:
    found = [detect_language(name, working_language).language for name in names["name"]]
    return pd.crosstab(names["language"], pd.Series(found, index=names.index, name="found"))


def right(table: pd.DataFrame) -> int:
    return sum(int(table.at[name, name]) for name in table.index if name in table.columns)


@pytest.mark.parametrize("working_language", LANGUAGES)
def test_names_the_word_lists_were_made_with(working_language):
    """Labelled by hand: 283 names of six kinds, at least 97 of 100 right."""
    table = confusion(FIRST, working_language)
    assert len(FIRST) >= 200
    assert right(table) / len(FIRST) >= 0.97, table.to_string()


@pytest.mark.parametrize("working_language", LANGUAGES)
def test_names_written_afterwards(working_language):
    """Labelled by hand after the word lists stood; another 150."""
    table = confusion(LATER, working_language)
    assert right(table) / len(LATER) >= 0.97, table.to_string()


def test_statistics_of_letters_alone_do_worse():
    """lingua 2.1 with the same three languages: LanguageDetectorBuilder.from_languages(...)."""
    from lingua import Language, LanguageDetectorBuilder

    languages = (Language.ENGLISH, Language.RUSSIAN, Language.HUNGARIAN)
    detector = LanguageDetectorBuilder.from_languages(*languages).build()

    def alone(name: str) -> str:
        best = detector.detect_language_of(name)
        return best.iso_code_639_1.name.lower() if best else "unknown"

    both = pd.concat([FIRST, LATER], ignore_index=True)
    naive = pd.Series([alone(name) for name in both["name"]]) == both["language"]
    ours = pd.Series([detect_language(n, "hu").language for n in both["name"]]) == both["language"]
    assert (~naive).sum() >= (~ours).sum() + 30
    # names in one of the three languages are its home ground; there it is no better either
    home = both["language"].isin(LANGUAGES)
    assert (~naive[home]).sum() >= (~ours[home]).sum()
    # it never says that a name is a mixture
    assert not naive[both["language"] == "mixed"].any()


def test_who_is_sure_is_right():
    both = pd.concat([FIRST, LATER])
    found = [detect_language(name, "ru") for name in both["name"]]
    sure = [
        told.language == label
        for told, label in zip(found, both["language"], strict=True)
        if told.confidence >= 0.9
    ]
    assert len(sure) > 300
    assert sum(sure) / len(sure) >= 0.98


@pytest.mark.parametrize("language", LANGUAGES)
def test_passports_speak_their_language(language):
    """The language is the key under which the passport holds the text."""
    texts = [
        text[language]
        for kpi in catalogue().values()
        for text in (kpi.name, kpi.definition, kpi.formula, kpi.example)
    ]
    wrong = [text for text in texts if detect_language(text, "en").language != language]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "working_language", "language", "credit"),
    [
        ("Средний чек", "ru", "ru", 1.0),
        ("Average check", "ru", "en", 0.0),
        ("AOV", "hu", "en", 0.0),
        ("AOV (средний чек)", "ru", "en", 0.5),
        ("AOV – átlagos kosárérték", "hu", "en", 0.5),
        ("AOV (average order value)", "hu", "en", 0.0),
        ("Средний чек (AOV)", "ru", "ru", 1.0),
        ("CR заявок", "ru", "mixed", 0.5),
        ("KPI-k száma", "hu", "hu", 1.0),
        ("WIN RATE", "en", "en", 1.0),
        ("XQZ", "ru", "unknown", 0.0),
        ("XQZ (доля побед)", "ru", "unknown", 0.5),
        ("2024", "ru", "unknown", None),
    ],
)
def test_half_counts_what_is_explained(name, working_language, language, credit):
    """By hand, from the rule: own language 1, explained or partly own 1/2, foreign 0."""
    found = detect_language(name, working_language)
    assert found.language == language
    assert native_credit(found, working_language) == credit


def test_list_of_39_with_one_native_name():
    """38 of 39 in English: 1 / 39 = 2.6 % in the working language."""
    names = ["Win rate", "Average deal size", "CSAT", "Lead response time"] * 9
    names += ["Pipeline", "Churn", "Árbevétel"]
    credits = [native_credit(detect_language(name, "hu"), "hu") for name in names]
    assert len(names) == 39
    assert sum(credits) / 39 == pytest.approx(0.0256, abs=5e-5)


def test_a_shared_word_counts_for_the_working_language():
    """The catalogue's texts use "minimum" in English and Hungarian alike, or in neither."""
    assert detect_language("konverzió", "hu").language == "hu"
    assert detect_language("Profit (Ft)", "hu").language in ("hu", "unknown")


def test_hungarian_that_lost_its_accents_or_its_encoding():
    assert detect_language("uj ugyfelek szama", "hu").language == "hu"
    assert detect_language("Értékesítõk bevétele", "hu").language == "hu"


@pytest.mark.parametrize("text", [None, "", "   ", "—", "12 %"])
def test_nothing_to_read_is_unknown(text):
    assert detect_language(text, "en") == Detection("unknown", "none", 0.0)


def test_other_working_languages_are_refused():
    with pytest.raises(InputDataError, match=r"'de'; choose one of en, ru, hu"):
        detect_language("Umsatz", "de")


def test_words():
    assert words("Lead-to-win (SQL), 2024") == ["Lead", "to", "win", "SQL"]
    assert fold("Нёсший Й Őű") == "несший й ou"
    assert abbreviations("Доля SQL и MQL в CRM; YoY") == ["SQL", "MQL", "CRM", "YoY"]
    assert split_gloss("(AOV)").name == "AOV"
    assert split_gloss("Follow-up rate").gloss == ""


def test_the_detector_comes_with_the_first_doubt():
    code = (
        "import sys; from kpikit.wording.language import detect_language as d;"
        "d('Средний чек','ru'); d('Win rate','ru'); print('lingua' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
