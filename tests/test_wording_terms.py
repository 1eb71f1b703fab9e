"""Terms that people translate differently."""

import pytest

from kpikit.wording.language import detect_language
from kpikit.wording.terms import ambiguous_terms, terms
from kpikit.wording.words import fold

ASKED_FOR = """
CR CPA SLA LTV AR GM lead pipeline churn target conversion forecast AOV CSAT NPS cost margin ROI
ACV MRR SQL MQL prospect opportunity deal account quota activity
""".split()  # noqa: SIM905  a list of words reads better


def named(text: str) -> list[str]:
    return [hit.term for hit in ambiguous_terms(text)]


def test_list_has_what_consultants_argue_about():
    assert len(terms()) >= 60
    assert set(ASKED_FOR) <= set(terms())
    assert {"win rate", "average check"} <= set(terms())


@pytest.mark.parametrize("term", terms().values(), ids=lambda term: term.term)
def test_translations_compete(term):
    """Two different meanings and translations at least, or nothing has to be decided."""
    for texts in (term.means, *term.translations.values()):
        assert len({fold(text) for text in texts}) == len(texts) >= 2
    assert all(detect_language(text, "ru").language == "ru" or "CRM" in text
               for text in term.translations["ru"])  # fmt: skip


def test_most_terms_have_three_translations():
    """A foreign wording can be translated in at least three ways."""
    three = [t for t in terms().values() if all(len(x) >= 3 for x in t.translations.values())]
    assert len(three) >= 45


@pytest.mark.parametrize("term", terms())
def test_every_term_finds_itself(term):
    assert named(f"x {term}, y") == [term]
    for form in terms()[term].forms:
        assert named(form) == [term]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leads by account", ["lead", "account"]),
        ("Opportunities and activities", ["opportunity", "activity"]),
        ("Доля лидов без маржи", ["lead", "margin"]),
        ("количество лида, лиду, лидом, лидами", ["lead"] * 4),
        ("средним чеком новых клиентов", ["average check", "new customer"]),
        ("Leadek konverziója", ["lead", "conversion"]),
        ("kvótájának teljesítése", ["quota"]),
        ("a profitból, árréssel", ["profit", "margin"]),
        ("SLA-t és NPS-t", ["SLA", "NPS"]),
        ("Conversion rate, win rates", ["conversion", "win rate"]),
    ],
)
def test_plural_and_case(text, expected):
    """By hand."""
    assert [t for t in named(text) if t in expected] == expected


@pytest.mark.parametrize(
    "text",
    ["leadership", "leader", "dealer", "accountant", "costume", "marginal note", "goalkeeper",
     "лидер", "лидерство", "at the bar", "ar", "sla", "gm", "touching", "salesman", "", None],
)  # fmt: skip
def test_whole_words_only(text):
    assert named(text) == []


def test_places_are_those_of_the_text():
    text = "Большая ё: доля лидов, ßß leads"
    assert [text[hit.start : hit.end] for hit in ambiguous_terms(text)] == ["лидов", "leads"]
    assert all(text[h.start : h.end] == h.found for h in ambiguous_terms(text))
