"""Languages: formats by the CLDR, plural forms, and catalogues that keep up with the source."""

import datetime as dt

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit import languages
from kpikit.errors import ReportError
from kpikit.languages import messages, prose

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def english():
    with languages.use("en"):
        yield


def in_all(write):
    """What a formatter writes in English, Russian and Hungarian."""
    written = []
    for lang in languages.LANGUAGES:
        with languages.use(lang):
            written.append(write().replace(NBSP, " ").replace("\u202f", " "))
    return written


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda: languages.number(1234567.5), ["1,234,568", "1 234 568", "1 234 568"]),
        (lambda: languages.number(0.05, 2), ["0.05", "0,05", "0,05"]),
        (lambda: languages.number(1250, -2), ["1,300", "1 300", "1 300"]),
        (lambda: languages.share(0.37), ["37%", "37 %", "37%"]),
        (
            lambda: languages.money(1851850.5, "RUB"),
            ["RUB 1,851,851", "1 851 851 ₽", "1 851 851 RUB"],
        ),
        (
            lambda: languages.money_compact(48_850_000, "RUB"),
            ["RUB 48.9M", "48,9 млн ₽", "48,9 M RUB"],
        ),
        (lambda: languages.money_compact(48_500, "EUR"), ["€48,500", "48 500 €", "48 500 EUR"]),
        (
            lambda: languages.date("2026-07-01"),
            ["1 July 2026", "1 июля 2026 г.", "2026. július 1."],
        ),
        (lambda: languages.date_short("2026-07-01"), ["1 Jul 2026", "01.07.2026", "2026. 07. 01."]),
        (lambda: languages.month("2026-07-01"), ["July 2026", "июль 2026", "2026. július"]),
        (lambda: languages.interval(0.31, 0.44, languages.share), ["31–44%", "31–44 %", "31–44%"]),
        (lambda: languages.join(["A", "B", "C"]), ["A, B and C", "A, B и C", "A, B és C"]),
        (
            lambda: languages.percent_points(-0.051, 1),
            ["-5.1 pp", "-5,1 п. п.", "-5,1 százalékpont"],
        ),
    ],
)
def test_formats_follow_the_language(write, expected):
    """Expected texts: Unicode CLDR 48 patterns for en-GB, ru and hu, spaces made plain."""
    assert in_all(write) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(8.25, 1, "8.3"), (2.675, 2, "2.68"), (-2.5, 0, "-3"), (0.5, 0, "1"), (-0.4, 0, "0")],
)
def test_rounds_half_away_from_zero_like_a_spreadsheet(value, decimals, expected):
    """By hand: 2.675 shows as 2.68 in a spreadsheet although its binary value lies below."""
    assert languages.number(value, decimals) == expected


def test_share_of_eight_and_a_quarter_per_cent_rounds_up():
    """By hand: 8.25 % to one decimal, half up, is 8.3 %."""
    assert languages.share(0.0825, 1) == "8.3%"


def test_rounding_up_to_a_billion_changes_the_word():
    """By hand: 999.96 million to one decimal is 1,000.0 million, that is 1 billion."""
    assert in_all(lambda: languages.money_compact(999_960_000, "RUB"))[1] == "1,0 млрд ₽"


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NaT, pd.NA, ""])
@pytest.mark.parametrize(
    "write",
    [
        languages.number,
        languages.share,
        languages.percent_points,
        languages.date,
        languages.month,
        lambda x: languages.money(x, "RUB"),
        lambda x: languages.money_compact(x, "RUB"),
        lambda x: languages.estimate(x, x, x),
        lambda x: languages.interval(x, x),
    ],
)
def test_missing_is_a_dash_never_a_zero(write, nothing):
    assert write(nothing) == "—"


@pytest.mark.parametrize(
    "same", [dt.date(2026, 7, 1), pd.Timestamp("2026-07-01"), np.datetime64("2026-07-01")]
)
def test_every_kind_of_date_reads_the_same(same):
    assert languages.date(same) == "1 July 2026"


def test_interval_below_zero_keeps_dash_and_minus_apart():
    assert languages.interval(-3, 5) == "-3 – 5"


@given(st.integers(-(10**12), 10**12))
def test_digits_are_the_same_in_every_language(n):
    """The language changes the marks between digits, never a digit."""
    digits = {
        "".join(c for c in text if c.isdigit()) for text in in_all(lambda: languages.number(n))
    }
    assert digits == {str(abs(n))}


def test_unknown_language_is_refused():
    with pytest.raises(
        ReportError, match="language 'de' is not available; choose one of en, ru, hu"
    ):
        languages.use("de")


def test_language_is_restored_after_with():
    languages.use("hu")
    with languages.use("ru"):
        assert languages.current() == "ru"
    assert languages.current() == "hu"


@pytest.fixture
def catalogue_with(monkeypatch):
    """A small catalogue in place of the package's own."""

    def put(lang, one=None, many=None):
        real = languages.catalogue.catalogue
        book = languages.catalogue.Catalogue(one or {}, many or {}, real(lang).plural)
        for module in (languages.catalogue, messages):
            monkeypatch.setattr(module, "catalogue", lambda asked: book)

    return put


@pytest.mark.parametrize(
    ("n", "form"), [(1, "оператор"), (2, "оператора"), (5, "операторов"), (11, "операторов"),
                    (21, "оператор"), (112, "операторов"), (0, "операторов"), (2.5, "оператора")]
)  # fmt: skip
def test_russian_plurals(catalogue_with, n, form):
    """Russian grammar: 1, 21 nominative; 2-4 and fractions genitive; 0, 5-20 genitive plural."""
    forms = ("{n} оператор", "{n} оператора", "{n} операторов")
    catalogue_with("ru", many={"{n} operator": forms})
    with languages.use("ru"):
        assert languages.ngettext("{n} operator", "{n} operators", n).endswith(" " + form)


def test_hungarian_counts_in_the_singular(catalogue_with):
    catalogue_with("hu", many={"{n} rep": ("{n} értékesítő",)})
    with languages.use("hu"):
        assert {languages.ngettext("{n} rep", "{n} reps", n) for n in (0, 1, 2, 5)} == {
            "{n} értékesítő"
        }


def test_english_plural_without_catalogue():
    assert [languages.ngettext("deal", "deals", n) for n in (0, 1, 2, 1.5)] == [
        "deals", "deal", "deals", "deals",
    ]  # fmt: skip


def test_text_without_translation_stays_english(catalogue_with):
    catalogue_with("ru")
    with languages.use("ru"):
        assert languages.gettext("Not there yet") == "Not there yet"


MARKDOWN = """# Title

A paragraph that
goes on.

- an item
  continued
- **bold** item
1. first

> quoted

| Stage | Deals |
|:------|------:|
| a \\| b | 12 |

```python
code = 1
```

---
last"""


@given(st.text(alphabet="ab #-*|>`\n:1.~é", max_size=60))
def test_untranslated_markdown_comes_back_letter_for_letter(text):
    assert languages.translate_markdown(text, "en") == text


def test_markdown_blocks_are_what_a_translator_reads():
    assert list(prose.markdown_messages(MARKDOWN)) == [
        "Title", "A paragraph that goes on.", "an item continued", "**bold** item", "first",
        "quoted", "Stage", "Deals", "a \\| b", "last",
    ]  # fmt: skip


def test_markdown_is_translated_block_by_block(catalogue_with):
    catalogue_with(
        "ru",
        one={
            "A paragraph that goes on.": "Абзац.",
            "Deals": "Сделки",
            "an item continued": "пункт",
            "code = 1": "never",
        },
    )
    russian = languages.translate_markdown(MARKDOWN, "ru")
    assert "\nАбзац.\n" in russian
    assert "- пункт\n- **bold** item" in russian
    assert "| Stage | Сделки |\n|:------|------:|\n" in russian
    assert "code = 1" in russian


def test_translating_a_notebook_leaves_the_source_alone(catalogue_with):
    catalogue_with("hu", one={"Title": "Cím"})
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("Title = 1")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    translated = languages.translate_notebook(notebook, "hu")
    assert [cell.source for cell in translated.cells] == ["# Cím", "Title = 1"]
    assert notebook.cells[0].source == "# Title"


@pytest.fixture
def sources(tmp_path):
    module = tmp_path / "page.py"
    module.write_text(
        'a = _("Deals")\nb = ngettext("{n} rep", "{n} reps", 2)\nc = noop("Label")\n'
        'd = _(variable)\ne = languages.gettext("Two "\n "parts")\n',
        encoding="utf-8",
    )
    notebook = tmp_path / "n.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("# Heading\n\n42"),
        nbformat.v4.new_code_cell('%matplotlib inline\nshow(_("In a cell"))'),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    return [module, notebook]


def test_messages_come_from_code_cells_prose_and_vocabulary(sources):
    found = {m.text: m for m in languages.extract_messages(sources)}
    assert {"Deals", "{n} rep", "Label", "Two parts", "Heading", "In a cell"} <= set(found)
    assert {"Probability of meeting the plan", "measured", "degraded"} <= set(found)
    assert found["{n} rep"].plural == "{n} reps"
    assert found["In a cell"].places == ("n.ipynb",)
    assert "42" not in found


def test_update_keeps_translations_and_drops_obsolete_ones(sources, catalogue_with, tmp_path):
    catalogue_with("ru", one={"Deals": 'Сделки "в работе"', "Gone": "Нет"},
                   many={"{n} rep": ("{n} а", "{n} б", "{n} в")})  # fmt: skip
    messages.catalogue.cache_clear = lambda: None
    found = languages.extract_messages(sources)
    written = messages.update("ru", found, tmp_path / "ru.po").read_text(encoding="utf-8")
    assert 'msgid "Deals"\nmsgstr "Сделки \\"в работе\\""' in written
    assert 'msgstr[2] "{n} в"' in written
    assert 'msgid "Label"\nmsgstr ""' in written
    assert "Gone" not in written
    assert messages.update("ru", found, tmp_path / "2.po").read_text(encoding="utf-8") == written


def test_missing_and_mismatched_are_found(sources, catalogue_with):
    catalogue_with("ru", one={"Label": "Метка", "{n} of {m}": "{n} из"})
    assert "Deals" in languages.missing("ru", sources)
    assert "Label" not in languages.missing("ru", sources)
    assert languages.mismatched("ru") == ["{n} of {m}"]


@pytest.mark.parametrize("lang", messages.translated_languages())
def test_catalogue_is_complete(lang):
    """No sentence of the package is left in English; the message lists those that are."""
    untranslated = languages.missing(lang)
    listed = "\n".join(f"  {text}" for text in untranslated)
    assert not untranslated, f"{len(untranslated)} untranslated in {lang}:\n{listed}"


@pytest.mark.parametrize("lang", messages.translated_languages())
def test_translations_use_the_placeholders_of_their_source(lang):
    assert languages.mismatched(lang) == []


def test_short_dates_stay_on_one_line():
    """In a narrow column a month must not part from its year."""
    for shown in in_all(
        lambda: languages.month_short("2026-09-01").replace("\N{NO-BREAK SPACE}", "_")
    ):
        assert " " not in shown and "_" in shown


def test_a_number_of_any_size_is_written():
    """The orders in which 163 people can stand are no reason to lose a page."""
    with languages.use("en"):
        assert languages.number(1e80).startswith("100,000,000")
        assert languages.number(10**300, 2).endswith(".00")
