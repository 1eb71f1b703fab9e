"""Two run folders side by side: what is told, what is refused, and the three languages."""

import hashlib
import json
import re
import sys

import pandas as pd
import pytest

from kpikit import languages
from kpikit.cli import main
from kpikit.comparison import CHANGE_COLUMNS, compare_runs, write_changes
from kpikit.errors import EngagementError
from kpikit.figures import figure, figure_table, write_figures
from kpikit.report.run import write_run
from kpikit.report.tables import TABLE_MIME
from kpikit.report.views import comparison as view

LANGUAGES = ("en", "ru", "hu")
ENGAGEMENT = {
    "client": "Acme", "currency": "EUR", "zone": "Europe/Budapest",
    "thresholds": {"level": 0.9}, "team": {"reps": 6},
    "segments": [{"name": "A", "renewal": {"rate": {"value": 0.7, "grade": "B"}}}],
    "privacy": {"rep_names": False},
}  # fmt: skip
FIGURES = (
    figure("plan_probability", 0.30),
    figure("required_reps", 9),
    figure("cycle_days_median", 50.0, low=48.0, high=52.0, level=0.9),
    figure("conversion_eventual", 0.20, low=0.18, high=0.22, level=0.9),
    figure("stage_conversion", 0.5, stage="s1", low=0.45, high=0.55, level=0.9),
    figure("rep_conversion", 0.2, rep="anna.kiss", low=0.15, high=0.25, level=0.9),
    figure("kpi_value", 100.0, kind="K01", unit="money", period="2026-05", low=90.0, high=110.0,
           level=0.9),
)  # fmt: skip
ACTIONS = (("hire", 1, 500.0), ("conversion", 2, 300.0), ("minutes", 3, 100.0))


def saved(folder, as_of="2026-07-01T00:00:00+02:00", *, rows=FIGURES, actions=ACTIONS,
          engagement=None, **manifest):  # fmt: skip
    """A run folder as the report writes it, without its pages."""
    folder.mkdir(parents=True)
    write_figures(figure_table(rows), folder / "figures.csv")
    found = [
        {"id": f"action-{name}", "rule": "priorities", "rank": rank, "money": {"value": money},
         "texts": {lang: f"{name} in {lang}" for lang in LANGUAGES}}
        for name, rank, money in actions
    ]  # fmt: skip
    (folder / "findings.json").write_text(json.dumps({"findings": found}), encoding="utf-8")
    document = {
        "as_of": as_of, "kpikit": "0.1.0", "python": "3.11.9", "packages": {"numpy": "2.4"},
        "engagement": ENGAGEMENT | (engagement or {}) | {"as_of": as_of},
        "inputs_sha256": {"engagement.yml": "e", "raw/deals.csv": "1"},
        "stages": {"s1": "Meeting"},
    }  # fmt: skip
    for name in ("figures.csv", "findings.json"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        document[f"{name.partition('.')[0]}_sha256"] = digest
    (folder / "manifest.json").write_text(json.dumps(document | manifest), encoding="utf-8")
    return folder


def replaced(**values):
    """The figures with some of them changed by name: value, low and high."""
    rows = []
    for row in FIGURES:
        new = values.get(row["figure"])
        rows.append(row | dict(zip(("value", "low", "high"), new, strict=True)) if new else row)
    return tuple(rows)


@pytest.fixture
def pair(tmp_path):
    """Conversion rose for real, the cycle only in print; one action is gone, two changed places."""
    before = saved(tmp_path / "july")
    after = saved(
        tmp_path / "october", "2026-10-01T00:00:00+02:00",
        rows=replaced(conversion_eventual=(0.30, 0.27, 0.33), cycle_days_median=(51.0, 49.0, 53.0),
                      plan_probability=(0.55, None, None), kpi_value=(130.0, 120.0, 140.0)),
        actions=(("conversion", 1, 350.0), ("hire", 2, 200.0), ("leads", 3, 90.0)),
        engagement={"team": {"reps": 7}, "segments": [
            {"name": "A", "renewal": {"rate": {"value": 0.75, "grade": "A"}}}]},
        inputs_sha256={"engagement.yml": "f", "raw/deals.csv": "2", "raw/calls.csv": "3"},
        packages={"numpy": "2.5"},
    )  # fmt: skip
    return before, after


def told(found, lang="en"):
    with languages.use(lang):
        return "\n".join(part.bundle["text/plain"] for part in view.shown(found))


# --------------------------------------------------------------------------
# What is found
# --------------------------------------------------------------------------
def test_the_world_is_kept_apart_from_what_we_changed(pair):
    found = compare_runs(*pair)
    verdicts = found.changes.set_index("figure")["verdict"].to_dict()

    assert verdicts["conversion_eventual"] == "real"
    assert verdicts["cycle_days_median"] == "noise"
    assert verdicts["plan_probability"] == "cannot_judge"
    assert verdicts["required_reps"] == "same"
    assert found.changes.set_index("figure").loc["kpi_value", "reason"] == "restated"
    assert found.settings.to_numpy().tolist() == [
        ["team.reps", 6, 7],
        ["segments.A.renewal.rate", 0.7, 0.75],
        ["segments.A.renewal.rate.grade", "B", "A"],
    ]
    assert found.inputs.to_numpy().tolist() == [
        ["raw/deals.csv", "changed"], ["raw/calls.csv", "new"]
    ]  # fmt: skip
    assert found.versions.to_numpy().tolist() == [["numpy", "2.4", "2.5"]]


def test_actions_that_came_went_and_changed_places(pair):
    states = compare_runs(*pair).actions.set_index("id")["state"].to_dict()

    assert states == {
        "action-conversion": "moved", "action-hire": "moved",
        "action-leads": "new", "action-minutes": "gone",
    }  # fmt: skip


def test_two_rows_that_changed_places_are_no_changed_setting(tmp_path):
    """Segments go by their names, whatever their order."""
    rows = [{"name": name, "customers": n} for name, n in (("A", 1), ("B", 2))]
    runs = [
        saved(tmp_path / name, engagement={"segments": segments})
        for name, segments in (("a", rows), ("b", rows[::-1]))
    ]

    assert compare_runs(*runs).settings.empty


def test_the_same_run_twice_says_that_nothing_changed(tmp_path):
    found = compare_runs(saved(tmp_path / "a"), saved(tmp_path / "b"))

    assert set(found.changes["verdict"]) == {"same"}
    assert found.settings.empty and found.inputs.empty and found.versions.empty
    assert "First run → Second run" in told(found)
    assert "No figure can be tested for change." in told(found)


# --------------------------------------------------------------------------
# Edited runs
# --------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["figures.csv", "findings.json"])
def test_a_file_changed_by_hand_is_named(pair, name):
    path = pair[1] / name
    path.write_text(path.read_text("utf-8").replace("0.3,", "0.9,") + "\n", encoding="utf-8")

    found = compare_runs(*pair)

    assert (found.before.edited, found.after.edited) == ((), (name,))
    assert f"Changed by hand after the run was written: {name} in {pair[1]}" in told(found)


def test_a_run_without_digests_is_compared_and_named(tmp_path, pair):
    path = pair[0] / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["findings_sha256"]
    path.write_text(json.dumps(manifest), encoding="utf-8")

    text = told(compare_runs(*pair))

    assert f"Without a digest in the manifest: findings.json in {pair[0]}" in text
    assert "Changed by hand" not in text


def test_runs_of_different_chapters_say_so(tmp_path):
    """What only one run looked into is no news."""
    runs = [saved(tmp_path / n, chapters=[n]) for n in ("03_kpi_results", "06_staffing")]

    assert "The runs hold different chapters." in told(compare_runs(*runs))


# --------------------------------------------------------------------------
# Refusals
# --------------------------------------------------------------------------
def refusal(*folders):
    with pytest.raises(EngagementError) as caught:
        compare_runs(*folders)
    return str(caught.value)


def test_the_same_folder_twice(pair):
    assert "is given twice; name two different run folders" in refusal(
        pair[0], pair[0] / ".." / pair[0].name
    )


def test_folders_that_are_no_runs_are_both_named(tmp_path):
    text = refusal(tmp_path / "x", tmp_path)

    assert "kpikit compare: 2 problems" in text
    assert f"{tmp_path / 'x'} is not a run folder: it has no manifest.json" in text


def test_the_later_run_first_is_refused_with_the_right_call(pair):
    text = refusal(*pair[::-1])

    assert f"{pair[1]} is the later run (as of 2026-10-01 00:00)" in text
    assert f"kpikit compare {pair[0]} {pair[1]}" in text


def test_another_client_and_currency_are_both_named(tmp_path):
    other = {"client": "Other", "currency": "HUF"}
    text = refusal(saved(tmp_path / "a"), saved(tmp_path / "b", engagement=other))

    assert "the client differs: 'Acme'" in text and "'Other'" in text
    assert "the currency differs: 'EUR'" in text and "'HUF'" in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("manifest.json", "{", "manifest.json is damaged: it is not JSON text"),
        ("manifest.json", "[]", "manifest.json is damaged: it holds no names"),
        ("manifest.json", '{"as_of": "2026-07-01"}', "lacks `engagement`, `inputs_sha256`"),
        ("findings.json", "\x00", "findings.json is damaged"),
        ("figures.csv", "", "figures.csv is damaged: it is not the table of figures"),
        ("figures.csv", "figure,value\n", "figures.csv is damaged"),
        ("figures.csv", None, "figures.csv is missing or cannot be opened"),
    ],
)
def test_damaged_files(pair, name, content, message):
    path = pair[0] / name
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert message in refusal(*pair)


def test_a_moment_that_is_none(tmp_path, pair):
    strange = saved(tmp_path / "x", as_of="soon")

    assert "`as_of` or `zone` cannot be read" in refusal(strange, pair[1])


# --------------------------------------------------------------------------
# What is shown
# --------------------------------------------------------------------------
def test_the_key_figures_come_first_whatever_their_verdict(pair):
    found = compare_runs(*pair)
    with languages.use("en"):
        parts = view.shown(found)
    table = next(p.bundle[TABLE_MIME] for p in parts if TABLE_MIME in p.bundle)

    assert [row[0] for row in table["rows"]] == [
        "Probability of meeting the plan", "People needed, rounded up once",
        "Conversion from first contact to won", "Median sales cycle of won deals, days",
    ]  # fmt: skip
    assert table["rows"][0][1:4] == ["30%", "55%", "+25.0 pp"]
    assert table["rows"][2][1:] == [
        "20.0% (18.0–22.0%)", "30.0% (27.0–33.0%)", "+10.0 pp (+6.4–+13.6 pp)", "real change"
    ]  # fmt: skip
    assert "1 July 2026 → 1 October 2026: Changes larger than noise: 1 of " in told(found)
    assert "Probability of the plan: 30% then, 55% now." in told(found)


def test_reps_are_pseudonyms_and_stages_have_the_clients_names(pair, tmp_path):
    rows = replaced(rep_conversion=(0.6, 0.5, 0.7), stage_conversion=(0.8, 0.75, 0.85))
    text = told(compare_runs(pair[0], saved(tmp_path / "x", rows=rows)))

    assert "Rep 1" in text and "Conversion of the stage · Meeting" in text
    assert "anna" not in text


def test_names_of_reps_are_shown_only_where_both_runs_allow_it(tmp_path):
    free = {"privacy": {"rep_names": True}}
    rows = replaced(rep_conversion=(0.6, 0.5, 0.7))
    first, second = saved(tmp_path / "a", engagement=free), tmp_path / "b"

    assert "anna.kiss" in told(compare_runs(first, saved(second, rows=rows, engagement=free)))
    assert "anna.kiss" not in told(compare_runs(first, saved(tmp_path / "c", rows=rows)))


def test_every_language_shows_the_same_numbers(pair):
    """The digits of every cell agree; dates are written in other orders."""
    found = compare_runs(*pair)
    tables = {}
    for lang in LANGUAGES:
        with languages.use(lang):
            tables[lang] = [p.bundle[TABLE_MIME]["rows"] for p in view.shown(found)
                            if TABLE_MIME in p.bundle]  # fmt: skip
    for lang in ("ru", "hu"):
        assert [len(rows) for rows in tables[lang]] == [len(rows) for rows in tables["en"]]
        for one, other in zip(tables["en"], tables[lang], strict=True):
            digits = [[[sorted(re.sub(r"\D", "", cell)) for cell in row[1:]] for row in rows]
                      for rows in (one, other)]  # fmt: skip
            assert digits[0] == digits[1]


def test_the_table_of_all_figures_can_be_read_back(pair, tmp_path):
    found = compare_runs(*pair)
    path = tmp_path / "changes.csv"
    write_changes(found.changes, path)
    write_changes(found.changes, path)  # an earlier comparison may be replaced
    back = pd.read_csv(path)

    assert tuple(back.columns) == CHANGE_COLUMNS
    assert back["verdict"].tolist() == found.changes["verdict"].tolist()


@pytest.mark.parametrize("name", ["notes.csv", "july/figures.csv"])
def test_another_file_is_not_overwritten(pair, tmp_path, name):
    path = tmp_path / name
    if not path.exists():
        path.write_text("mine")
    kept = path.read_bytes()

    with pytest.raises(EngagementError, match="exists and is not a comparison; name another file"):
        write_changes(compare_runs(*pair).changes, path)
    assert path.read_bytes() == kept


def test_a_place_that_cannot_be_written(pair, tmp_path):
    with pytest.raises(EngagementError, match="cannot be written; name a file in a folder that"):
        write_changes(compare_runs(*pair).changes, tmp_path / "nowhere" / "x.csv")


# --------------------------------------------------------------------------
# The command
# --------------------------------------------------------------------------
@pytest.fixture
def typed(monkeypatch, capsys):
    """The program as it is typed: exit status, output, error text."""

    def call(*args):
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.delenv("KPIKIT_DEBUG", raising=False)
        monkeypatch.setattr(sys, "argv", ["kpikit", "compare", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return call


def test_the_command_tells_and_writes(typed, pair, tmp_path):
    code, out, _ = typed(*pair, "--out", tmp_path / "x.csv")

    assert code == 0
    assert "Settings that we changed" in out and "team.reps" in out
    assert (tmp_path / "x.csv").is_file()


def test_the_commands_mistakes_are_sentences(typed, pair):
    assert typed(*pair, "--lang", "de")[::2] == (
        2, "error: --lang de: the languages are en, ru, hu.\n"
    )  # fmt: skip
    code, out, err = typed(*pair[::-1])
    assert code == 2 and "is the later run" in err and "Traceback" not in out + err


@pytest.mark.slow
def test_real_runs_carry_what_the_comparison_needs(tmp_path, engagement_of):
    """A golden case with four reps, then five: our change, and the coverage that follows."""
    one = write_run(engagement_of("ex5_cascade"), tmp_path / "four", languages=("en",),
                    only=("08",)).folder  # fmt: skip
    manifest = json.loads((one / "manifest.json").read_text("utf-8"))
    assert (
        manifest["findings_sha256"]
        == hashlib.sha256((one / "findings.json").read_bytes()).hexdigest()
    )

    team = manifest["engagement"]["team"] | {"reps": 5}
    team = {k: v for k, v in team.items() if v not in (None, {})}
    two = write_run(engagement_of("ex5_cascade", team=team), tmp_path / "five", languages=("en",),
                    only=("08",)).folder  # fmt: skip
    found = compare_runs(one, two)

    assert found.settings.to_numpy().tolist() == [["team.reps", 4.0, 5.0]]
    assert found.before.edited == found.after.edited == found.after.unsealed == ()
    coverage = found.changes[found.changes["figure"].eq("resource_coverage")].iloc[0]
    assert coverage["change"] > 0
    assert (coverage["verdict"], coverage["reason"]) == ("cannot_judge", "no_interval")
