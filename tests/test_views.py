"""What the chapters show: no raw codes, no empty promises, the same content in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpikit import languages
from kpikit.diagnosis.chain_input import Refusal
from kpikit.figures import pick
from kpikit.places import sample_dir
from kpikit.report import narrative
from kpikit.report.tables import HEADLINE_MIME, NOTICE_MIME, TABLE_MIME
from kpikit.report.views import common, funnel, norms, priorities, readiness, scenario, staffing
from kpikit.study import Study, run_study

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")
VIEWS = [
    (module, name)
    for module, names in {
        readiness: ("can_compute", "files", "by_month", "issues", "set_aside"),
        funnel: ("conversion", "naive", "win_curves", "stages", "stage_chart", "cycle",
                 "open_deals", "reps", "capacity", "little"),
        norms: ("per_won_deal", "stages", "stage_hours", "existing", "norms", "by_rep", "kinds"),
        staffing: ("in_words", "cautions", "ledger", "purposes", "by_month", "probability",
                   "probability_text", "volumes", "hiring", "late_wins", "identities"),
        priorities: ("headline", "tiles", "gap_picture", "actions", "reversing_assumptions",
                     "rank_stability", "assumption_ledger"),
        scenario: ("levers",),
    }.items()
    for name in names
]  # fmt: skip


@pytest.fixture(scope="module", params=["client", "golden/g4_four_reps", "golden/g9_funnel"])
def study(request: pytest.FixtureRequest, client_study: Study) -> Study:
    if request.param == "client":
        return client_study
    return run_study(sample_dir() / request.param)


@pytest.mark.parametrize("lang", languages.LANGUAGES)
@pytest.mark.parametrize(("module", "name"), VIEWS, ids=lambda x: getattr(x, "__name__", x))
def test_every_view_speaks_without_codes(
    study: Study, module: object, name: str, lang: str
) -> None:
    """No raw code, no ``nan`` and no untouched placeholder reaches a reader."""
    with languages.use(lang):
        shown = getattr(module, name)(study)._repr_mimebundle_()
    text = shown.get("text/plain", "")
    if TABLE_MIME in shown:
        table = shown[TABLE_MIME]
        assert table["rows"], f"{name} shows an empty table"
        text = " ".join([table["caption"], table["note"], *(c["label"] for c in table["columns"])])
        if name not in ("set_aside", "issues", "files", "levers"):
            text += " ".join(cell for row in table["rows"] for cell in row)
    assert not re.search(r"\bnan\b|\bNone\b|\{|\}", text), text
    codes = [code for code in CODE.findall(text) if code not in ("engagement.yml",)]
    assert not codes, codes


@pytest.mark.parametrize("name", ["g4_four_reps", "ex5_cascade"])
def test_the_verdict_names_probability_people_and_constraint(name: str) -> None:
    """Page one is the product: one probability, how many people, and why."""
    study = run_study(sample_dir() / "golden" / name)
    text = narrative.headline_text(study)

    assert "below 1%" in text
    assert "the binding constraint is hours" in text
    people = int(pick(study.figures, "required_reps")["value"])
    assert f"{people} reps are needed for the work" in text


def test_a_refusal_asks_for_what_is_missing_and_gives_no_number() -> None:
    """Without norms there is no head count, but a list of what to collect (trap 13)."""
    study = run_study(sample_dir() / "golden" / "g9_funnel")
    assert isinstance(study.chain, Refusal)
    shown = priorities.gap_picture(study)._repr_mimebundle_()["text/plain"]

    assert "contact norms" in shown and "sales cycle" in shown
    assert not re.search(r"\d+ (reps|people) (is|are) needed", shown)


def test_reps_are_pseudonyms_unless_the_engagement_allows_names(client_study: Study) -> None:
    names = set(client_study.client.tables["reps"]["full_name"].dropna())
    shown = funnel.reps(client_study)._repr_mimebundle_()

    assert not any(name in str(shown) for name in names)
    assert "Rep 1" in str(shown) or "Rep 2" in str(shown)


def test_a_reason_with_numbers_is_written_in_the_language() -> None:
    with languages.use("ru"):
        text = common.reason_text("only 7 contacts; no deal was won")

    assert "7" in text and "only" not in text


def test_all_rules_of_the_door_have_a_name() -> None:
    """A rule id is code: each one that the door can raise has words for the reader."""
    source = Path(readiness.__file__).parents[2] / "intake"
    found: set[str] = set()
    for path in source.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'Issue\(\s*"([a-z_]+)"', text))
        found |= set(re.findall(r'rule="([a-z_]+)"', text))
    assert len(found) > 15
    assert sorted(found - set(readiness.RULES)) == []


def test_notices_are_not_empty(study: Study) -> None:
    for module, name in VIEWS:
        shown = getattr(module, name)(study)._repr_mimebundle_()
        if NOTICE_MIME in shown:
            assert shown[NOTICE_MIME]["text"].strip(), name
        if HEADLINE_MIME in shown:
            assert shown[HEADLINE_MIME]["text"].strip(), name
