"""A run folder: whole or not there, the same numbers in every language, a manifest of it all."""

import hashlib
import json
import os
import re
import shutil
import time

import nbformat
import pytest

from kpikit.errors import EngagementError, ReportError
from kpikit.figures import pick, read_figures
from kpikit.places import notebooks_dir, sample_dir
from kpikit.report import run as run_module
from kpikit.report.run import BOOKLET, CHAPTERS, STALE_SECONDS, write_run
from kpikit.report.tables import HEADLINE_MIME, TABLE_MIME, TILES_MIME

#: A golden case whose study takes no time.
GOLDEN = sample_dir() / "golden" / "g9_funnel"
LANGUAGES = ("en", "ru", "hu")


@pytest.fixture(scope="module")
def made(client_study, tmp_path_factory):
    """The sample client in three languages, written once; the study is the session's."""
    out = tmp_path_factory.mktemp("runs") / "sample"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "run_study", lambda folder: client_study)
        steps = []
        run = write_run(sample_dir() / "client", out, tell=lambda *step: steps.append(step))
    return run, steps


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --------------------------------------------------------------------------
# What is in the folder
# --------------------------------------------------------------------------
def test_everything_is_there_and_nothing_else(made):
    folder = made[0].folder
    expected = {"figures.csv", "findings.json", "manifest.json"}
    expected |= {
        f"{name}.{lang}.{kind}"
        for name in ("report", BOOKLET)
        for lang in LANGUAGES
        for kind in ("html", "pdf")
    }
    chapters = {f"{name}.{lang}.ipynb" for name in (*CHAPTERS, BOOKLET) for lang in LANGUAGES}

    assert {path.name for path in folder.iterdir() if path.is_file()} == expected
    assert {path.name for path in (folder / "notebooks").iterdir()} == chapters
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert all(path.stat().st_size > 10_000 for path in made[0].reports)


def test_figures_are_the_studys(made, client_study):
    back = read_figures(made[0].folder / "figures.csv")

    assert len(back) == len(client_study.figures)
    for name in ("plan_probability", "required_fte", "contacts_per_won_deal"):
        assert pick(back, name)["value"] == pytest.approx(
            pick(client_study.figures, name)["value"], rel=1e-11
        )


def test_findings_are_ranked_and_speak_all_languages(made):
    document = json.loads((made[0].folder / "findings.json").read_text(encoding="utf-8"))
    text = json.dumps(document)

    assert '"en"' in text
    assert '"ru"' in text
    assert '"hu"' in text


def test_the_manifest_names_what_went_in(made, client_study):
    """The hash of every input and of the figures, seed, versions and languages."""
    folder = made[0].folder
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    root = client_study.engagement.folder

    names = {"engagement.yml"} | {raw.path for raw in client_study.engagement.files}
    assert manifest["inputs_sha256"] == {name: sha256(root / name) for name in names}
    assert manifest["figures_sha256"] == sha256(folder / "figures.csv")
    assert manifest["findings_sha256"] == sha256(folder / "findings.json")
    assert manifest["stages"] == dict(client_study.stage_names)
    assert manifest["seed"] == client_study.engagement.seed
    assert manifest["languages"] == list(LANGUAGES)
    assert manifest["chapters"] == [*CHAPTERS, BOOKLET]
    assert {"numpy", "pandas", "scipy"} <= set(manifest["packages"])
    assert str(root) not in json.dumps(manifest)


def test_progress_is_told_from_start_to_end(made):
    steps = made[1]
    done = [step[0] for step in steps]

    assert steps[0][2] == "reading and measuring"
    # every chapter and the booklet, then two files of two documents, in each language
    total = (len(CHAPTERS) + 1 + 2 * 2) * len(LANGUAGES)
    assert steps[-1] == (total, total, "done")
    assert done[1:] == sorted(done[1:])


def test_the_headline_answers_the_question(made):
    assert "%" in made[0].headline


def test_reports_load_nothing_from_outside(made):
    """No script, style, font or picture of a report comes from another place."""
    for path in made[0].reports:
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", text)
            assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", text)


def test_no_kept_state_and_no_machine_path_in_the_pages(made):
    folder = made[0].folder

    assert not list(folder.rglob("*.pickle"))
    for path in folder.glob("*.html"):
        assert str(folder.parent) not in path.read_text(encoding="utf-8")


# --------------------------------------------------------------------------
# The same numbers in every language
# --------------------------------------------------------------------------
def shown(folder, name, lang):
    """Tables, tiles and headlines of an executed chapter, in order."""
    notebook = nbformat.read(folder / "notebooks" / f"{name}.{lang}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for mime in (TABLE_MIME, TILES_MIME, HEADLINE_MIME):
                if mime in data:
                    yield mime, data[mime]


ENGLISH_DATE = re.compile(r"\b(\d{1,2})\s([A-Z][a-z]{2,3})\s(\d{4})\b")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


def digits(text):
    """The digits of a cell in order of size: separators, order of dates and words differ."""
    text = ENGLISH_DATE.sub(
        lambda m: f"{int(m[1]):02d} {MONTHS.index(m[2][:3]) + 1:02d} {m[3]}", text
    )
    return sorted(re.sub(r"\D", "", text))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_tables_have_the_same_numbers_in_every_language(made, chapter):
    """Rows, columns and digits of every cell agree; there is at least one table to compare."""
    folder = made[0].folder
    english = list(shown(folder, chapter, "en"))
    assert any(mime == TABLE_MIME for mime, _ in english)
    for lang in ("ru", "hu"):
        other = list(shown(folder, chapter, lang))
        assert [mime for mime, _ in other] == [mime for mime, _ in english]
        for (mime, a), (_, b) in zip(english, other, strict=True):
            if mime != TABLE_MIME:
                continue
            assert len(a["rows"]) == len(b["rows"])
            assert len(a["columns"]) == len(b["columns"])
            for row_a, row_b in zip(a["rows"], b["rows"], strict=True):
                for cell_a, cell_b in zip(row_a, row_b, strict=True):
                    assert digits(cell_a) == digits(cell_b), (a["caption"], cell_a, cell_b)


def test_languages_differ_in_words(made):
    folder = made[0].folder
    captions = {
        lang: {table["caption"] for mime, table in shown(folder, CHAPTERS[1], lang)
               if mime == TABLE_MIME}
        for lang in LANGUAGES
    }  # fmt: skip

    assert not captions["en"] & captions["ru"]
    assert not captions["en"] & captions["hu"]


# --------------------------------------------------------------------------
# Whole or not at all
# --------------------------------------------------------------------------
@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Writes one short chapter of a golden case in English; its notebook can be broken."""
    place = tmp_path / "notebooks"
    place.mkdir()
    chapter = place / f"{CHAPTERS[0]}.ipynb"
    shutil.copyfile(notebooks_dir() / chapter.name, chapter)
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells = [
        cell for cell in notebook.cells
        if cell.cell_type == "markdown" or "parameters" in cell.metadata.get("tags", [])
    ]  # fmt: skip
    nbformat.write(notebook, chapter)
    monkeypatch.setattr(run_module, "notebooks_dir", lambda: place)

    def write(source=None, out=tmp_path / "out" / "run"):
        if source is not None:
            broken = nbformat.read(chapter, as_version=4)
            broken.cells.append(nbformat.v4.new_code_cell(source))
            nbformat.write(broken, chapter)
        return write_run(GOLDEN, out, languages=("en",), only=("01",))

    return write


def test_a_failing_chapter_leaves_nothing(quick, tmp_path):
    with pytest.raises(ReportError, match=r"01_data_readiness(.|\n)*no such month"):
        quick('raise ValueError("no such month")')

    assert list((tmp_path / "out").iterdir()) == []


def test_a_failing_run_keeps_the_old_one(quick, tmp_path):
    old = quick().folder
    before = {path: sha256(path) for path in old.rglob("*") if path.is_file()}

    with pytest.raises(ReportError):
        quick("1 / 0")

    assert {path: sha256(path) for path in old.rglob("*") if path.is_file()} == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run"]


def test_a_new_run_replaces_the_old_one_and_what_a_killed_one_left(quick, tmp_path):
    """Only parts that nothing was written to for hours are swept away."""
    folder = quick().folder
    (folder / "notes.txt").write_text("from the old run")
    dead = folder.parent / ".run.999999999.part"
    alive = folder.parent / ".run.1.part"
    dead.mkdir()
    alive.mkdir()
    long_ago = time.time() - 2 * STALE_SECONDS
    os.utime(dead, (long_ago, long_ago))

    quick()

    assert not (folder / "notes.txt").exists()
    assert not dead.exists()
    assert alive.exists()


def test_a_foreign_folder_is_not_touched(quick, tmp_path):
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter1.txt").write_text("mine")

    with pytest.raises(ReportError, match="exists and is not an earlier run; name another folder"):
        quick(out=foreign)

    assert [path.name for path in foreign.iterdir()] == ["chapter1.txt"]


def test_a_file_in_the_place_is_not_touched(quick, tmp_path):
    (tmp_path / "run.txt").write_text("mine")

    with pytest.raises(ReportError, match="is not an earlier run"):
        quick(out=tmp_path / "run.txt")

    assert (tmp_path / "run.txt").read_text() == "mine"


def test_the_same_figures_from_two_runs(quick, tmp_path):
    first = quick(out=tmp_path / "a").folder
    second = quick(out=tmp_path / "b").folder

    for name in ("figures.csv", "findings.json"):
        assert sha256(first / name) == sha256(second / name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"languages": ("de",)}, "no language 'de'; there are en, ru, hu"),
        ({"only": ("09",)}, "no chapter '09'; there are 01_data_readiness, "),
        ({"only": ("staffing", "sales")}, "no chapter 'sales'"),
    ],
)
def test_unknown_language_or_chapter(tmp_path, options, message):
    with pytest.raises(EngagementError, match=re.escape(message)):
        write_run(GOLDEN, tmp_path / "run", **options)

    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["06", "staffing", "06_staffing"])
def test_a_chapter_may_be_named_in_short(name):
    assert run_module._chosen((name,), CHAPTERS, "chapter") == ("06_staffing",)
