"""The page engine: a small chapter goes through kernel, HTML and PDF in three languages."""

import datetime as dt
import io
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from kpikit import languages
from kpikit.errors import ReportError
from kpikit.report import document, html, look, markup, notebooks, pdf, prose, tables
from kpikit.report.templates import fonts_dir, templates_dir

HOSTILE = '<script>alert(1)</script> #panic() $x$ *b* ] \\ "q" {{7*7}} ООО «Ёлка» ő 😀'

CELLS = [
    ("md", "# Staffing\n\nAre there enough people?", ()),
    (
        "code",
        'client: str = "Client"  # name of the client\nrate: float = 0.37  # conversion [share]\n'
        'as_of: str = "2026-07-01"  # date of the data\nlang: str = "en"  # language',
        ("parameters",),
    ),
    (
        "code",
        "import pandas as pd\nfrom kpikit import languages\nfrom kpikit.report.look import *\n"
        "from kpikit.report.tables import *\nlanguages.use(lang);",
        ("hide-input",),
    ),
    ("code", 'show_headline("Not feasible", client, tone="bad")', ("page-one",)),
    (
        "code",
        'show_tiles([Tile("Probability", languages.share(rate), "n", "bad"),\n'
        '            Tile("Plan", languages.money_compact(48_850_000, "RUB"))])',
        ("page-one",),
    ),
    ("md", "## Why\n\nThe team **covers** 3 of 4 hours.\n\n1. first\n2. second", ()),
    (
        "code",
        'df = pd.DataFrame({"s": ["A", client], "v": [1234.5, None], "p": [0.0825, 0.5]})\n'
        'show_table(df, "Deals", [Column("s", "Segment"), Column("v", "Count", "number1"),\n'
        '                         Column("p", "Share", "share1")], note="n = 2")',
        ("hide-input",),
    ),
    (
        "code",
        'fig, ax = new_figure(12, 5)\nax.plot([0, 0.5, 1], [0.05, 0.1, 0.15], marker="o")\n'
        'ax.set_title(client)\nshow_chart(fig, "Rising", "The share rises")',
        ("hide-input",),
    ),
    (
        "code",
        'fig, ax = new_figure(12, 5)\nax.plot([0, 0.5, 1], [0.05, 0.1, 0.15], marker="o")\n'
        'ax.set_title(client)\nshow_chart(fig, "Rising again", "The share rises")',
        ("hide-input",),
    ),
    ("code", 'show_notice("refused", "Ask for the calls.")', ("hide-input",)),
    ("code", 'show_text(f"Client {verbatim(client)} has *12* deals.")', ("hide-input",)),
    ("code", 'import sys\nprint("not for the client")', ("hide",)),
    ("code", 'print("noise of a library", file=sys.stderr)', ()),
]


def make_notebook(path, cells=CELLS):
    """Write a notebook as it is committed: no outputs, no kernel named, fixed ids."""
    made = []
    for place, (kind, source, tags) in enumerate(cells):
        new = nbformat.v4.new_markdown_cell if kind == "md" else nbformat.v4.new_code_cell
        cell = new(source, id=f"cell-{place:02d}")
        cell.metadata["tags"] = list(tags)
        made.append(cell)
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


@pytest.fixture(autouse=True)
def english():
    with languages.use("en"):
        yield


@pytest.fixture(scope="session")
def executed(tmp_path_factory):
    """The chapter, executed once in each language, with a hostile client name."""
    folder = tmp_path_factory.mktemp("chapters")
    source = make_notebook(folder / "06_staffing.ipynb")
    parameters = {"client": HOSTILE, "as_of": dt.date(2026, 7, 1)}
    jobs = [
        notebooks.ChapterJob(source, folder / lang / source.name, parameters, lang)
        for lang in languages.LANGUAGES
    ]
    seen = []
    chapters = notebooks.run_chapters(jobs, seen.append)
    return dict(zip(languages.LANGUAGES, chapters, strict=True)), seen


def meta(lang, **changes):
    return document.ReportMeta(
        title="Sales audit", client=HOSTILE, as_of=dt.date(2026, 7, 1), lang=lang, **changes
    )


@pytest.fixture(scope="session")
def page(executed):
    """HTML text by language."""
    return {
        lang: html.page(document.assemble([chapter], meta(lang)))
        for lang, chapter in executed[0].items()
    }


@pytest.fixture(scope="session")
def pdf_text(executed):
    """Extracted text of each PDF page by language."""
    pypdf = pytest.importorskip("pypdf")
    texts = {}
    for lang, chapter in executed[0].items():
        made = pdf.pages(document.assemble([chapter], meta(lang)))
        texts[lang] = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(made)).pages]
    return texts


# ---------------------------------------------------------------- the runner


def test_progress_counts_every_chapter(executed):
    _, seen = executed
    assert [(step.done, step.total, step.ok) for step in seen] == [
        (1, 3, True),
        (2, 3, True),
        (3, 3, True),
    ]


def test_executed_notebook_carries_data_beside_html(executed):
    outputs = [
        output.data
        for cell in executed[0]["en"].notebook.cells
        for output in cell.get("outputs", ())
        if "data" in output
    ]
    table = next(data[tables.TABLE_MIME] for data in outputs if tables.TABLE_MIME in data)
    assert table["rows"] == [["A", "1,234.5", "8.3%"], [HOSTILE, "—", "50.0%"]]
    assert [column["numeric"] for column in table["columns"]] == [False, True, True]
    figure = next(data for data in outputs if tables.FIGURE_MIME in data)
    assert figure[tables.FIGURE_MIME]["alt"] == "The share rises"
    assert figure["image/svg+xml"].startswith("<svg ")
    assert any(tables.TILES_MIME in data for data in outputs)
    assert any(tables.NOTICE_MIME in data for data in outputs)


def test_dates_travel_as_text_and_language_is_filled_in(executed):
    cells = executed[0]["hu"].notebook.cells
    given = next(c.source for c in cells if "injected-parameters" in c.metadata.get("tags", ()))
    assert 'as_of = "2026-07-01"' in given
    assert 'lang = "hu"' in given


def test_equal_runs_give_equal_files(executed, tmp_path):
    """No clock time, path or random id stays in an executed notebook."""
    first = executed[0]["en"]
    source = make_notebook(tmp_path / "06_staffing.ipynb")
    again = notebooks.run_chapter(
        source, tmp_path / "out.ipynb", {"client": HOSTILE, "as_of": "2026-07-01"}, "en"
    )
    assert again.path.read_text(encoding="utf-8") == first.path.read_text(encoding="utf-8")


def test_unknown_parameters_are_refused_with_a_suggestion(tmp_path):
    source = make_notebook(tmp_path / "06_staffing.ipynb")
    with pytest.raises(ReportError) as error:
        notebooks.run_chapter(source, tmp_path / "o.ipynb", {"rte": 1, "client": object()}, "en")
    assert "chapter 06_staffing has no parameter 'rte'; did you mean 'rate'?" in str(error.value)
    assert "parameter 'client' is a object, which a notebook cannot take" in str(error.value)
    assert not (tmp_path / "o.ipynb").exists()


def test_failing_cells_are_named_without_traceback(tmp_path):
    bad = [*CELLS[:2], ("code", "# explains\nrate / 0", ())]
    source = make_notebook(tmp_path / "04_bad.ipynb", bad)
    worse = make_notebook(
        tmp_path / "05_worse.ipynb",
        [*CELLS[:2], ("code", "from kpikit.errors import InputDataError\n"
                              "raise InputDataError('hours must be above 0; check stage X')", ())],
    )  # fmt: skip
    jobs = [
        notebooks.ChapterJob(path, tmp_path / "out" / path.name, {}, "en")
        for path in (source, worse)
    ]
    with pytest.raises(ReportError) as error:
        notebooks.run_chapters(jobs)
    message = str(error.value)
    assert "chapter 04_bad, cell 3 (rate / 0): ZeroDivisionError" in message
    assert message.endswith("hours must be above 0; check stage X")
    assert "Traceback" not in message
    assert "InputDataError:" not in message


def test_a_killed_kernel_is_an_error_not_a_hang(tmp_path):
    cells = [*CELLS[:2], ("code", "import os\nos._exit(9)", ())]
    source = make_notebook(tmp_path / "killed.ipynb", cells)
    with pytest.raises(ReportError, match="chapter killed: its process was killed"):
        notebooks.run_chapter(source, tmp_path / "o.ipynb", {}, "en")


@pytest.mark.parametrize("content", ["", "no json", "[1]", '{"a": 1}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match=r"x\.ipynb is not a Jupyter notebook"):
        notebooks.read_chapter(path, "en")


def test_parameters_list_their_help(tmp_path):
    found = notebooks.chapter_parameters(make_notebook(tmp_path / "n.ipynb"))
    assert list(found) == ["client", "rate", "as_of", "lang"]
    assert found["rate"]["help"] == "conversion [share]"


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_page_loads_nothing_and_runs_nothing(page, lang):
    text = page[lang]
    assert not re.search(r"<(script|link|iframe|img|object|embed)\b", text)
    assert not re.search(r'(src|href|action)\s*=\s*["\']?(https?:)?//', text)
    assert set(re.findall(r'url\("?([a-z]+:)', text)) == {"data:"}
    assert not re.search(r"@import|\son\w+=", text)
    assert f'<html lang="{lang}">' in text
    assert len(text.encode()) < 2_000_000


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_client_text_is_text(page, lang):
    text = page[lang]
    assert "<script" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt; #panic() $x$ *b* ]") >= 6
    assert "{{7*7}}" in text


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_code_and_hidden_output_stay_out(page, lang):
    for hidden in ("show_table", "import pandas", "not for the client", "noise of a library"):
        assert hidden not in page[lang]


def test_ids_are_unique_and_every_reference_has_its_target(page):
    """The two charts are equal, so matplotlib gave them equal ids."""
    ids = re.findall(r'\sid="([^"]+)"', page["en"])
    assert len(ids) == len(set(ids))
    targets = re.findall(r'(?:url\(#|href="#)([^)"]+)', page["en"])
    assert len(targets) > 6
    assert set(targets) <= set(ids)


def test_page_one_comes_before_contents_and_chapters(page):
    places = [
        page["en"].index(mark)
        for mark in (
            "Not feasible",
            '<dl class="kk-tiles"',
            'class="kk-contents"',
            'id="chapter-1"',
            "Why</h3>",
        )
    ]
    assert places == sorted(places)


def test_charts_have_a_text_for_those_who_cannot_see_them(page):
    assert page["ru"].count('role="img" aria-label="The share rises"') == 2


def test_numbers_are_the_same_in_every_language(page):
    """Decimal and group marks differ; the digits of every table cell do not."""
    digits = []
    for lang in languages.LANGUAGES:
        cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", page[lang])
        digits.append([re.sub(r"\D", "", cell) for cell in cells])
    assert digits[0] == digits[1] == digits[2]
    assert "12345" in digits[0]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Table 1.", "Figure 2.", "Contents", "8.3%", "1 July 2026", "Cannot be judged"]),
        ("ru", ["Таблица 1.", "Рис. 2.", "Содержание", "8,3\u00a0%", "48,9\u00a0млн\u00a0₽"]),
        ("hu", ["1. táblázat.", "2. ábra.", "Tartalom", "8,3%", "2026. július 1."]),
    ],
)
def test_page_speaks_its_language(page, lang, words):
    missing = [word for word in words if word not in page[lang]]
    assert not missing


def test_axes_speak_the_language_too(page):
    """A Russian and Hungarian axis has decimal commas: 0,05 and not 0.05."""
    for lang, right, wrong in (("en", ".", ","), ("ru", ",", "."), ("hu", ",", ".")):
        ticks = re.findall(r"<text[^>]*>(0\D\d+)</text>", page[lang])
        assert len(ticks) > 6
        assert all(right in tick and wrong not in tick for tick in ticks)


def test_page_is_written_to_a_file(executed, tmp_path):
    path = html.write_html([executed[0]["en"]], meta("en"), tmp_path / "run" / "report.en.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_figures_without_caption_are_refused():
    output = nbformat.v4.new_output("display_data", {"image/png": "aGk=", "text/plain": "<Figure>"})
    cell = nbformat.v4.new_code_cell("ax.plot()", outputs=[output])
    chapter = notebooks.ExecutedChapter(
        "x", "en", Path("x.ipynb"), nbformat.v4.new_notebook(cells=[cell])
    )
    with pytest.raises(ReportError, match="without caption and alternative text"):
        document.assemble([chapter], meta("en"))


# ---------------------------------------------------------------- PDF


def test_pdf_has_every_language(pdf_text):
    """Text comes out of the PDF as it went in: Cyrillic, ő, and the localised captions."""
    for lang, words in {
        "en": ["Table 1.", "Why", "page 1 of"],
        "ru": ["Таблица 1.", "Рис. 1.", "Содержание", "стр. 1 из", "«Ёлка»", "1 июля 2026"],
        "hu": ["1. táblázat.", "1. ábra.", "Tartalom", ". oldal", "ő"],
    }.items():
        assert len(pdf_text[lang]) >= 2
        whole = " ".join("".join(pdf_text[lang]).split())
        assert not [word for word in words if word not in whole]


def test_client_text_is_text_in_pdf(pdf_text):
    whole = " ".join("\n".join(pdf_text["en"]).split())
    assert whole.count("<script>alert(1)</script> #panic() $x$ *b* ]") >= 4
    assert "□" in whole  # the emoji, which no font of the report has


def test_pdf_declares_accessibility_language_and_title(executed):
    pypdf = pytest.importorskip("pypdf")
    made = pdf.pages(document.assemble([executed[0]["hu"]], meta("hu")))
    reader = pypdf.PdfReader(io.BytesIO(made))
    catalog = reader.trailer["/Root"]
    assert str(catalog["/Lang"]).startswith("hu")
    assert catalog["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.startswith("Sales audit")
    assert b"pdfuaid:part" in made
    assert reader.outline


def chapter_of(*cells):
    """A chapter of text cells and finished outputs, without running anything."""
    made = []
    for content, tags in cells:
        if isinstance(content, str):
            cell = nbformat.v4.new_markdown_cell(content)
        else:
            output = nbformat.v4.new_output("display_data", content.bundle)
            cell = nbformat.v4.new_code_cell("x", outputs=[output])
        cell.metadata["tags"] = list(tags)
        made.append(cell)
    notebook = nbformat.v4.new_notebook(cells=made)
    return notebooks.ExecutedChapter("made", "en", Path("made.ipynb"), notebook)


def test_any_order_of_headings_and_every_kind_of_prose_is_accessible():
    """PDF/UA wants headings without gaps; authors write them as they like."""
    body = (
        "# Title\n\n#### Deep\n\ntext `code` ~ [link](https://a.b)  \nnew line\n\n- a\n  1. b\n\n"
        "> quote\n\n```\nx = 1\n```\n\n---\n\n| a | b |\n|--|:-:|\n| 1 | 2 |\n\n<div>raw</div>\n\n"
        "## Next\n\n###### Deepest\n\n![picture](https://a.b/c.png)"
    )
    chapter = chapter_of(("### On page one", ["page-one"]), (body, []), ("", []))
    made = pdf.pages(document.assemble([chapter], meta("en", confidential=False)))
    pypdf = pytest.importorskip("pypdf")
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(made)).pages)
    for word in (
        "On page one",
        "Deepest",
        "x = 1",
        "<div>raw</div>",
        "link (https://a.b)",
        "picture",
    ):
        assert word in text


def test_empty_tables_and_empty_page_one_are_set():
    shown = tables.show_table(pd.DataFrame({"a": [], "b": []}), "Nothing found")
    chapter = chapter_of(("# Only", []), (shown, []))
    assembled = document.assemble([chapter], meta("en"))
    assert "Nothing found" in html.page(assembled)
    assert pdf.pages(assembled).startswith(b"%PDF")


def test_equal_documents_give_equal_pdf_bytes(executed):
    assembled = document.assemble([executed[0]["ru"]], meta("ru"))
    assert pdf.pages(assembled) == pdf.pages(assembled)


def as_columns(frame):
    return [
        tables.Column(name, name, "integer" if frame[name].dtype.kind == "f" else "text")
        for name in frame.columns
    ]


@pytest.mark.parametrize("columns", [3, 9, 16])
def test_wide_tables_stay_on_the_page(columns):
    """Every word of a wide table ends before the right margin, however many columns."""
    pypdf = pytest.importorskip("pypdf")
    frame = pd.DataFrame(
        {f"Ratio of month {k}": np.full(3, 1234567.0 * (k + 1)) for k in range(columns)}
    )
    frame.insert(0, "Representative", ["Anna", "Pneumonoultramicroscopic" * 4, "Иванов Иван"])
    shown = tables.show_table(frame, "Wide", as_columns(frame))
    made = pdf.pages(document.assemble([chapter_of((shown, []))], meta("en")))
    right = []
    for sheet in pypdf.PdfReader(io.BytesIO(made)).pages:

        def visit(text, cm, tm, font, size):
            if text.strip() and size:
                x = (tm[4] * cm[0]) + cm[4]
                right.append(x)

        sheet.extract_text(visitor_text=visit)
    layout = pdf._layout(shown.bundle[tables.TABLE_MIME])
    assert sum(layout["widths"]) <= pdf.TEXT_WIDTH + 0.5
    assert max(right) < 595 - 54
    longest = max(len(part) for row in layout["rows"] for part in re.split("[\u200b ]", row[0]))
    assert longest * 0.45 * layout["size"] < layout["widths"][0]


# ---------------------------------------------------------------- tables and prose


def test_missing_column_and_format_are_errors():
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(ReportError, match="no column 'b'; it has a"):
        tables.show_table(frame, "T", [tables.Column("b", "B")])
    with pytest.raises(ReportError, match="unknown table format 'euro'"):
        tables.show_table(frame, "T", [tables.Column("a", "A", "euro")])


def test_value_with_its_interval_is_one_cell():
    frame = pd.DataFrame({"v": [0.37], "l": [0.31], "h": [0.44]})
    column = tables.Column(
        ("v", "l", "h"),
        "Share",
        lambda v, low, high: languages.estimate(v, low, high, languages.share),
    )
    shown = tables.show_table(frame, "T", [column])
    assert shown.bundle[tables.TABLE_MIME]["rows"] == [["37% (31–44%)"]]
    assert list(frame.columns) == ["v", "l", "h"]


def test_chart_without_alternative_text_is_refused():
    figure, _ = look.new_figure()
    with pytest.raises(ReportError, match="has no alternative text"):
        tables.show_chart(figure, "Caption", " ")


@pytest.mark.parametrize("show", [
    lambda: tables.show_notice("sad", "x"),
    lambda: tables.show_headline("x", tone="sad"),
    lambda: tables.show_tiles([tables.Tile("a", "1", tone="sad")]),
])  # fmt: skip
def test_unknown_tone_is_refused(show):
    with pytest.raises(ReportError, match=r"unknown .* 'sad'; use one of"):
        show()


@pytest.mark.parametrize(
    "text",
    ["*a*", "_b_", "[x](y)", "# h", "1. a", "`c`", "a|b", "<i>", "a\nb", "\\", "![p](q)", "&amp;"],
)
def test_verbatim_client_text_comes_out_as_it_is(text):
    """A client's name in prose is never a heading, a link, emphasis or an entity."""
    from html import unescape

    written = prose.to_html(tables.verbatim(text), 2)
    assert unescape(re.sub(r"^<p>|</p>\n$", "", written)) == text.replace("\n", " ")


def test_prose_has_no_live_markup():
    written = prose.to_html("<b>x</b> [t](https://a.b) ![p](https://c.d) [j](javascript:x)", 2)
    assert "&lt;b&gt;" in written
    assert "t (https://a.b)" in written
    assert "<a" not in written
    assert "<img" not in written
    assert "javascript" not in written


def test_chart_is_real_text_and_reproducible():
    """A dollar sign in a label is no formula, and two drawings are equal."""
    drawn = []
    for _ in range(2):
        figure, axes = look.new_figure(8, 5)
        axes.plot([1, 2], [10_000, 20_000], label="a$b$c")
        axes.legend()
        drawn.append(look.figure_svg(figure))
    assert drawn[0] == drawn[1]
    assert ">a$b$c<" in drawn[0]
    assert ">20,000<" in drawn[0]
    assert "<style" not in drawn[0]


def test_date_and_log_axes_are_localised():
    figure, (dates, logs) = look.new_figure(16, 6, cols=2)
    dates.plot(pd.date_range("2025-01-01", periods=12, freq="MS"), range(12))
    logs.semilogy([1, 2], [10, 10_000])
    with languages.use("ru"):
        drawn = look.figure_svg(figure)
    assert "март\N{NO-BREAK SPACE}2025" in drawn
    assert ">10\u00a0000<" in drawn


def test_palette_stays_apart_in_grey():
    """Neighbouring lightness (L of CIELAB, 0-100) differs by 5 or more when sorted."""
    from matplotlib.colors import to_rgb

    lightness = []
    for colour in look.PALETTE:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        y = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
        lightness.append(116 * y ** (1 / 3) - 16)
    assert min(np.diff(sorted(lightness))) >= 5


def test_ids_of_a_chart_are_prefixed():
    svg = '<svg width="72pt"><path id="a"/><use href="#a"/><g clip-path="url(#a)"/></svg>'
    assert (
        re.findall(r'(?:id="|#)([\w-]+)', markup.labelled_svg(svg, "alt", "chart-1"))
        == ["chart-1-a"] * 3
    )


def test_fonts_have_the_letters_of_all_languages():
    from fontTools.ttLib import TTFont

    fonts = sorted(fonts_dir().glob("*.ttf"))
    assert len(fonts) == 4
    for path in fonts:
        known = TTFont(path, lazy=True).getBestCmap()
        assert not [sign for sign in "ёЁйщőűŐŰ₽№–—…«»„”\u00a0\u202f" if ord(sign) not in known]
    assert "Apache License" in (templates_dir() / "fonts" / "LICENSE.txt").read_text(
        encoding="utf-8"
    )
