"""The command line: what a consultant types, and what he reads when it goes wrong."""

import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import kpikit
from kpikit.cli import app, main
from kpikit.errors import EngagementError, KpikitError
from kpikit.places import sample_dir

GOLDEN = sample_dir() / "golden" / "ex5_cascade"
#: Has no norms, so that its study takes no time; its levers are as good as others.
REFUSED = sample_dir() / "golden" / "g9_funnel"
COMMANDS = ("audit", "demo", "new", "check", "report", "whatif", "compare", "kpis", "lab")


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *args: CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def typed(monkeypatch, capsys):
    """The program as it is typed: exit status, output, error text."""

    def call(*args):
        monkeypatch.setattr(sys, "argv", ["kpikit", *map(str, args)])
        monkeypatch.delenv("KPIKIT_DEBUG", raising=False)
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return call


# --------------------------------------------------------------------------
# Help
# --------------------------------------------------------------------------
def test_all_commands_are_tried_here():
    assert {command.callback.__name__ for command in app.registered_commands} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run, command):
    result = run(command, "--help")

    assert result.exit_code == 0
    assert "Example: " in result.output
    assert f"kpikit {command}" in result.output


def test_without_a_command_the_commands_are_listed(run):
    output = run().output

    assert all(command in output for command in COMMANDS)


def test_version(run):
    assert run("--version").output.strip() == kpikit.__version__


# --------------------------------------------------------------------------
# new
# --------------------------------------------------------------------------
def test_new_makes_a_folder_and_says_what_comes_next(run, tmp_path):
    result = run("new", tmp_path / "acme")

    assert result.exit_code == 0
    assert (tmp_path / "acme" / "engagement.yml").is_file()
    assert (tmp_path / "acme" / "raw").is_dir()
    assert "kpikit check" in result.output


def test_new_overwrites_nothing(typed, tmp_path):
    (tmp_path / "engagement.yml").write_text("mine")
    code, _, err = typed("new", tmp_path)

    assert code == 2
    assert "exists already; edit it or name another folder" in err
    assert "Traceback" not in err
    assert (tmp_path / "engagement.yml").read_text() == "mine"


# --------------------------------------------------------------------------
# check
# --------------------------------------------------------------------------
def test_check_says_what_can_be_computed(run):
    result = run("check", GOLDEN)

    assert result.exit_code == 0
    for words in ("Conversion by", "sales cycle", "Contacts and", "People needed", "Renewals"):
        assert words in result.output
    assert "weaker method" in result.output
    assert "not_computable" not in result.output  # words, no codes


def test_the_starter_can_be_checked_as_it_is(run, tmp_path):
    """Nothing measured, nothing stated: every row says why, and what to ask for."""
    run("new", tmp_path)
    result = run("check", tmp_path)

    assert result.exit_code == 0
    assert "not computable" in result.output


# --------------------------------------------------------------------------
# whatif
# --------------------------------------------------------------------------
def test_whatif_shows_both_sides(run):
    """EX-5.12: 8 reps instead of 4 meet the plan of 60 million with 68 %."""
    result = run("whatif", GOLDEN, "--set", "team.reps=8")

    assert result.exit_code == 0
    assert re.search(r"\b6(8|7\.6)%", result.output)
    assert "team.reps=8" in result.output


def test_whatif_takes_several_changes(run):
    """36 million with 3 reps instead of 4: nobody is missing for the expected money, but luck."""
    result = run("whatif", GOLDEN, "--set", "target=36000000", "--set", "team.reps=-1")

    assert result.exit_code == 0
    assert "3.4" in result.output  # 3.378 people are needed


def test_whatif_lists_the_levers(run):
    result = run("whatif", GOLDEN, "--levers")

    assert result.exit_code == 0
    for lever in ("team.reps", "conversion.proposal", "selling_share", "retention_minutes"):
        assert lever in result.output


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("team.rep=6", "no lever 'team.rep'; did you mean team.reps"),
        ("team.reps=six", "'six' is not a change; write 6, +2, -1, +10% or -5%"),
        ("team.reps", "--set team.reps: write LEVER=CHANGE, for example team.reps=6"),
        ("conversion=0.3", "moves every conversion at once; give a change such as +10%"),
    ],
)
def test_a_mistake_is_a_sentence_and_status_2(typed, setting, message):
    code, out, err = typed("whatif", REFUSED, "--set", setting)

    assert code == 2
    assert message in err
    assert "Traceback" not in err + out


# --------------------------------------------------------------------------
# Errors
# --------------------------------------------------------------------------
def test_a_missing_folder(typed, tmp_path):
    code, _, err = typed("check", tmp_path / "nowhere")

    assert code == 2
    assert "no engagement.yml in" in err
    assert "kpikit new" in err
    assert "Traceback" not in err


def test_square_brackets_of_a_message_are_shown(typed, tmp_path):
    """The place `files[1]` is text, not markup that disappears."""
    (tmp_path / "engagement.yml").write_text(
        "client: A\nas_of: 2026-01-01\nzone: Europe/Budapest\ncurrency: EUR\n"
        "files: [{path: raw/deals.csv, table: deals}]\n"
    )
    code, _, err = typed("check", tmp_path)

    assert code == 2
    assert "files[1] raw/deals.csv: no such file" in err


def test_an_unknown_language_or_chapter_is_named(typed, tmp_path):
    code, _, err = typed("report", REFUSED, "--out", tmp_path / "run", "--lang", "de")
    assert code == 2
    assert "no language 'de'; there are en, ru, hu" in err

    code, _, err = typed("report", REFUSED, "--out", tmp_path / "run", "--only", "09")
    assert code == 2
    assert "no chapter '09'; there are 01_data_readiness" in err
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["kpikit", "check", str(tmp_path), "--debug"])
    monkeypatch.setenv("KPIKIT_DEBUG", "")

    with pytest.raises(EngagementError, match=r"no engagement\.yml"):
        main()


def test_the_installed_program_ends_with_status_2_and_no_traceback(tmp_path):
    """The real process, as a scheduler would start it."""
    done = subprocess.run(
        [sys.executable, "-m", "kpikit.cli", "check", str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"COLUMNS": "80"},
    )  # fmt: skip

    assert done.returncode == 2
    assert "no engagement.yml" in done.stderr
    assert "Traceback" not in done.stderr


# --------------------------------------------------------------------------
# report, demo
# --------------------------------------------------------------------------
class FakeRun:
    """Takes the place of the report, which has tests of its own."""

    def __init__(self, tmp_path):
        self.calls = []
        self.folder = tmp_path
        self.reports = (tmp_path / "report.en.html",)
        self.headline = "The plan is not feasible."

    def __call__(self, folder, out=None, **options):
        self.calls.append((folder, out, options["languages"], options["only"]))
        options["tell"](1, 2, "half way")
        return self


@pytest.fixture
def fake(monkeypatch, tmp_path):
    made = FakeRun(tmp_path)
    monkeypatch.setattr("kpikit.report.run.write_run", made)
    return made


def test_report_hands_its_options_over(run, fake, tmp_path):
    result = run(
        "report", GOLDEN, "--out", tmp_path, "--lang", "ru", "--lang", "hu", "--only", "06"
    )

    assert result.exit_code == 0
    assert fake.calls == [(GOLDEN, tmp_path, ("ru", "hu"), ("06",))]
    assert "The plan is not feasible." in result.output
    assert "report.en.html" in result.output
    assert "figures.csv" in result.output


def test_demo_is_the_sample_client(run, fake):
    result = run("demo", "--lang", "en")

    assert result.exit_code == 0
    ((folder, out, languages, _),) = fake.calls
    assert folder == sample_dir() / "client"
    assert out.parts[-2:] == ("runs", "demo")
    assert languages == ("en",)


def test_an_interrupted_run_says_so(typed, monkeypatch):
    def stopped(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("kpikit.report.run.write_run", stopped)
    code, _, err = typed("report", GOLDEN)

    assert code == 130
    assert "no half report was left behind" in err


def test_errors_of_the_user_have_one_base():
    assert issubclass(EngagementError, KpikitError)


# --------------------------------------------------------------------------
# kpis
# --------------------------------------------------------------------------
def test_kpis_prints_passports_in_the_language_asked_for(run):
    result = run("kpis", "k19", "K39", "--lang", "hu")

    assert result.exit_code == 0
    assert "K19 Átlagos ügyletérték" in result.output
    assert "Számítás" in result.output and "K39" in result.output


def test_kpis_lists_all_sixty_eight(run):
    result = run("kpis", "--brief")
    lines = result.output.strip().splitlines()

    assert result.exit_code == 0, result.exception
    assert [line.split()[0] for line in lines] == [f"K{n:02d}" for n in range(1, 69)]


def test_kpis_of_an_unknown_id_or_language_say_what_there_is(typed):
    assert typed("kpis", "K99")[0] == 2
    code, _out, err = typed("kpis", "--lang", "de")
    assert code == 2 and "en, ru, hu" in err
