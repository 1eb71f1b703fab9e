"""The booklet after the KPI audit: passports, calendar, cards of the roles, and its command."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from kpikit import languages
from kpikit.cli import app
from kpikit.diagnosis.chain_input import Missing, Refusal
from kpikit.diagnosis.kpi_rules.calendar import kpi_calendar
from kpikit.diagnosis.kpi_rules.selection import PROPOSAL_COLUMNS, Selection
from kpikit.errors import EngagementError
from kpikit.places import sample_dir
from kpikit.report import audit_summary
from kpikit.report import run as run_module
from kpikit.report.run import BOOKLET, audit_parts, write_run
from kpikit.report.tables import HEADLINE_MIME, NOTICE_MIME, TABLE_MIME
from kpikit.report.target_words import target_words
from kpikit.report.views import kpi_booklet as view

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")


@pytest.fixture(scope="module")
def study(client_study):
    return client_study


def audited(study, **changes):
    """The study with parts of its audit replaced."""
    return replace(study, audit=replace(study.audit, **changes))


def with_inputs(study, **changes):
    return audited(study, inputs=replace(study.audit.inputs, **changes))


def unselected(study, reason="no_strategy"):
    nothing = Selection("rep", (), pd.DataFrame(columns=PROPOSAL_COLUMNS), {}, "blocked", reason)
    return audited(study, selections=(nothing,))


def passports_of(study):
    """Passport tables by caption: ``{label: (text, source)}``."""
    shown = [part.bundle[TABLE_MIME] for part in view.kpi_passports(study)]
    return {
        table["caption"]: {label: (text, source) for label, text, source in table["rows"]}
        for table in shown
    }


# --------------------------------------------------------------------------
# Passports
# --------------------------------------------------------------------------
def test_what_is_kept_or_repaired_has_a_passport_and_nothing_else(study):
    (selection,) = study.audit.selections
    proposals = selection.proposals
    wanted = proposals.loc[proposals["proposal"].isin(["keep", "repair"]), "kpi_id"]
    names = study.audit.inputs.kpis.set_index("kpi_id").loc[wanted, "name"]

    assert set(passports_of(study)) == set(names)
    assert 3 <= len(names) < len(proposals)


def test_the_clients_words_stand_and_proposals_are_marked(study):
    """The sample list gives "New deals won" a meaning and no formula; its match is doubtful."""
    passport = passports_of(study)["New deals won"]

    assert passport["What it tells"] == ("Выигранные сделки с новыми клиентами", "your list")
    assert passport["Formula"][1] == "proposal, doubtful"
    assert passport["Moved by"] == ("the rep", "your list")
    assert passport["Checked by"][0] == "Руководитель отдела продаж"
    assert passport["Weight in the pay"] == ("20%", "pay rules")


def test_a_name_foreign_to_the_reader_gets_one_in_the_readers_language(study):
    name = "Выполнение плана продаж"
    assert passports_of(study)[name]["Name in English"] == ("Plan attainment", "proposal")
    with languages.use("ru"):
        labels = {label for lines in passports_of(study).values() for label in lines}
        own = passports_of(study)[name]
        translated = passports_of(study)["Продление договоров"]

    assert "Plan attainment" not in str(own)
    assert labels > set(own)
    # the list itself translates "Retention rate"
    assert any(text == "Retention rate" for text, _ in translated.values())


def test_a_doubtful_match_is_called_doubtful(study):
    notes = {
        part.bundle[TABLE_MIME]["caption"]: part.bundle[TABLE_MIME]["note"]
        for part in view.kpi_passports(study)
    }

    assert "doubtful" in notes["Win rate"]
    assert "doubtful" not in notes["Выполнение плана продаж"]
    assert "nothing is proposed" in notes["Pipeline coverage"]


def test_the_link_is_proven_or_open(study):
    """In the sample the meetings with deciders bring the deals; the plan is itself."""
    found = passports_of(study)

    assert found["Встречи с ЛПР"]["Link with the plan"][0].startswith("Proven. ")
    assert found["Выполнение плана продаж"]["Link with the plan"][0] == "It is the plan itself."
    without = passports_of(with_inputs(study, linkage=None))
    assert without["Встречи с ЛПР"]["Link with the plan"][0].startswith("Open")


def test_who_checks_is_asked_where_nobody_is_named(study):
    assert passports_of(study)["Pipeline coverage"]["Checked by"] == ("nobody is named", "")


def test_a_repair_begins_with_what_the_selection_asks_for(study):
    """A KPI kept after its formula is written down is not sent to another repair first."""
    said = passports_of(study)["Pipeline coverage"]

    assert said["Decision"][0].startswith("Repair, then keep.")
    assert "formula" in said["Repair first"][0]


def facts(*rows):
    table = pd.DataFrame(rows, columns=["kpi_id", "period_start_on", "target"])
    return table.assign(period_start_on=pd.to_datetime(table["period_start_on"]))


@pytest.mark.parametrize(
    ("row", "targets", "words"),
    [
        ({"unit": "%", "direction": "higher", "target": 92.5}, [], "at least 92.5%"),
        ({"unit": "days", "direction": "lower", "target": 3.0}, [], "at most 3 days"),
        ({"unit": "%", "target_low": 20.0, "target_high": 30.0}, [], "from 20% to 30%"),
        ({"unit": "pcs", "direction": "higher"}, [9, 20, 20], "at least 20 pcs in a month"),
        ({"unit": "%", "direction": "higher"}, [9, 80, 80], "at least 80%"),
        (
            {"unit": "pcs", "direction": "higher"},
            [9, 1, 3],
            "from 1 pcs to 3 pcs in a month, not the same for all",
        ),
        ({"unit": "%"}, [], "not stated"),
        ({"unit": "%", "direction": "higher"}, [9, np.nan, np.nan], "at least 9%"),
    ],
)
def test_a_target_in_words(row, targets, words):
    """By hand; of reported targets those of the last month that has any count."""
    days = ["2026-05-01", "2026-06-01", "2026-06-01"]
    table = facts(*[("A", day, float(x)) for day, x in zip(days, targets, strict=False)])
    audit = SimpleNamespace(inputs=SimpleNamespace(facts=table), grain="month")
    said, source = target_words(audit, {"kpi_id": "A", **row})

    assert said.replace("\N{NO-BREAK SPACE}", " ") == words
    if not targets:
        assert source == ("" if words == "not stated" else "your list")
    else:
        month = "May" if np.isnan(targets[-1]) else "June"
        assert source == f"values of {month} 2026"


# --------------------------------------------------------------------------
# Nothing selected
# --------------------------------------------------------------------------
def test_without_a_strategy_the_certain_ones_are_shown_and_why(study):
    """Twelve certain matches: ten passports, two left out."""
    matches = study.audit.inputs.matches.copy()
    matches["review"] = True
    matches.loc[matches.index[:12], ["catalogue_id", "review"]] = ["K53", False]
    plain = unselected(with_inputs(study, matches=matches))
    said = view.overview(plain).bundle[HEADLINE_MIME]

    assert said["text"] == "10 KPIs with their passports"
    assert "no strategy is stated" in said["detail"]
    assert "2 more are left out." in said["detail"]
    found = passports_of(plain)
    assert len(found) == 10
    assert not any("Decision" in lines for lines in found.values())


def test_without_any_certain_match_the_meanings_are_asked_for(study):
    matches = study.audit.inputs.matches.assign(review=True)
    (shown,) = view.kpi_passports(unselected(with_inputs(study, matches=matches)))

    assert "Write down for each what it tells" in shown.bundle[NOTICE_MIME]["text"]


def test_a_list_that_is_out_of_use_makes_no_passports(study):
    """All KPIs ended last year: the norm of contacts is left, and no failure."""
    ended = study.audit.inputs.kpis.assign(valid_to_on=pd.Timestamp("2025-12-31"))
    inputs = replace(study.audit.inputs, kpis=ended)
    old = audited(study, inputs=inputs, calendar=kpi_calendar(inputs), selections=())

    assert view.overview(old).bundle[HEADLINE_MIME]["text"].startswith("0 KPIs")
    (card_,) = view.role_cards(old)
    assert HEADLINE_MIME in card_.bundle
    assert NOTICE_MIME in view.calendar(old).bundle
    assert NOTICE_MIME in next(view.kpi_passports(old)).bundle


# --------------------------------------------------------------------------
# Cards and calendar
# --------------------------------------------------------------------------
def card(*rows):
    columns = ["role", "kind", "count", "span", "exact_per_day"]
    return pd.DataFrame([("", *row, 1.0) for row in rows], columns=columns)


def test_a_card_in_words():
    days = card(("call", 7, "day"), ("meeting", 6, "week"))

    assert view.card_words(days) == "7 calls a day, 6 meetings a week"
    assert view.card_words(card(("call", 7, "day"), ("visit", 1, "day"))) == (
        "7 calls and 1 visit a day"
    )
    assert view.card_words(card(("visit", 0, "month"))) == "less than one contact a month"
    assert view.card_words(card(("letter", 2, "week"))) == "2 other contacts a week"


def test_the_card_is_the_norm_of_the_audit(study):
    text = next(view.role_cards(study)).bundle[HEADLINE_MIME]["text"]
    counts = study.audit.cards.set_index("kind")["count"]

    assert re.findall(r"\d+", text) == [str(counts["call"]), str(counts["meeting"])]
    assert text.startswith("Your plan: ")


def test_without_norms_the_card_says_what_is_missing(study):
    """Trap: a number of contacts is not made up."""
    missing = Refusal((Missing("norms", "", ""), Missing("cycle", "", "")))
    bare = replace(audited(study, cards=study.audit.cards.iloc[:0]), chain=missing)
    first = next(view.role_cards(bare)).bundle[NOTICE_MIME]["text"]

    assert "contact norms" in first and "length of the sales cycle" in first
    assert not re.search(r"\d", first)


def test_a_head_of_sales_has_no_norm_of_contacts(study):
    """A second role: its KPIs and targets are shown, the calls of the reps are not its plan."""
    kpis = study.audit.inputs.kpis.copy()
    kpis.loc[kpis["kpi_id"].isin(["KPI-01", "KPI-09"]), "role"] = "head"
    inputs = replace(study.audit.inputs, kpis=kpis)
    two = audited(study, inputs=inputs, calendar=kpi_calendar(inputs))
    parts = [part.bundle for part in view.role_cards(two)]

    assert [HEADLINE_MIME in part for part in parts] == [False, True, False]
    assert "heads of sales" in parts[0][TABLE_MIME]["caption"]
    assert len(parts[0][TABLE_MIME]["rows"]) == 2
    shown = view.calendar(two).bundle[TABLE_MIME]
    assert shown["columns"][0]["label"] == "Role"
    assert {row[0] for row in shown["rows"]} == {"heads of sales", "reps"}
    assert passports_of(two)["Retention rate"]["Role"][0] == "heads of sales"


def test_the_calendar_counts_against_the_limit(study):
    """The sample looks at 4, 8, 12 and 2 KPIs by day, week, month and quarter; 5 is the limit."""
    table = view.calendar(study).bundle[TABLE_MIME]

    assert [row[-2:] for row in table["rows"]] == [[n, "5"] for n in ("4", "8", "12", "2")]
    assert table["strong"] == [1, 2]
    daily = table["rows"][0]
    assert "Follow-up rate" in daily[1] and "Follow-up rate" not in daily[2]
    assert "Call volume" in daily[2] and "Call volume" not in daily[1]


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_nothing_raw_reaches_a_reader(study, lang):
    with languages.use(lang):
        parts = [
            view.overview(study), *view.role_cards(study), view.calendar(study),
            *view.kpi_passports(study), *view.kpi_passports(unselected(study)),
        ]  # fmt: skip
        text = "\n".join(part.bundle["text/plain"] for part in parts)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|\{|\}|KPI-\d", text), text
    assert CODE.findall(text) == []


def test_targets_weights_and_counts_are_the_same_in_every_language(study):
    """Names and examples are of the language, numbers are of the client."""
    found = {}
    for lang in languages.LANGUAGES:
        with languages.use(lang):
            labels = [languages.gettext(label) for label in ("Target today", "Weight in the pay")]
            found[lang] = [
                [re.findall(r"\d+", lines[label][0]) for label in labels]
                for lines in passports_of(study).values()
            ]
            found[lang] += [re.findall(r"\d", view.overview(study).bundle["text/plain"])]

    assert found["en"] == found["ru"] == found["hu"]
    assert ["20"] in found["en"][0]


# --------------------------------------------------------------------------
# The run and the command
# --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def made(study, tmp_path_factory):
    place = tmp_path_factory.mktemp("audit") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "run_study", lambda folder: study)
        return write_run(sample_dir() / "client", place, languages=("hu",), only=(BOOKLET,))


def test_the_booklet_is_a_document_of_its_own(made):
    assert [path.name for path in made.reports] == ["kpi_booklet.hu.html", "kpi_booklet.hu.pdf"]
    assert not list(made.folder.glob("report.*"))
    page = made.reports[0].read_text(encoding="utf-8")
    assert "Win rate" in page and "New deals won" in page
    assert page.count("<table>") == len(list(view.kpi_passports(made.study))) + 2
    assert made.reports[1].stat().st_size > 10_000


def test_a_client_without_a_list_is_told_how_to_give_one():
    case = sample_dir() / "golden" / "g9_funnel"
    with pytest.raises(EngagementError, match=r"kpi_workbook\.en\.xlsx.*preset: kpi_workbook"):
        write_run(case, only=(BOOKLET,))
    result = CliRunner().invoke(app, ["audit", str(case)])
    assert result.exit_code != 0
    assert isinstance(result.exception, EngagementError)


def test_the_audit_runs_what_is_about_kpis(study):
    parts = audit_parts(study.engagement)

    assert "02_kpi_system" in parts and parts[-1] == BOOKLET
    assert not {"04_funnel_capacity", "06_staffing"} & set(parts)


def test_the_command_prints_rules_scores_and_what_to_do_first(study, made, monkeypatch):
    calls = []

    def written(folder, out, **options):
        calls.append((out, options["languages"]))
        return made

    monkeypatch.setattr("kpikit.report.run.write_run", written)
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["audit", str(sample_dir() / "client")])

    assert result.exit_code == 0, result.exception
    assert calls[0][0].name == f"{study.engagement.as_of:%Y-%m-%d}-audit"
    assert "Somebody checks the KPI" in result.output
    assert "keep 3, repair 4, merge 0, drop 19" in result.output
    assert result.output.count("not met: ") == 3
    assert "kpi_booklet.hu.pdf" in result.output


def verdicts(*rows):
    return SimpleNamespace(
        verdicts=pd.DataFrame(rows, columns=["rule", "kpi_id", "verdict", "severity"])
    )


def test_rules_are_counted():
    """By hand: R06 twice failed, once fine; its worst fault is major; R07 has no fault."""
    audit = verdicts(
        ("R06", "A", "fail", "major"), ("R06", "B", "fail", "minor"), ("R06", "C", "pass", "info"),
        ("R07", "A", "cannot_judge", "info"),
    )  # fmt: skip
    table = audit_summary.rule_table(audit).set_index("rule")

    assert table.loc["R06", ["pass", "warn", "fail", "cannot_judge"]].tolist() == [1, 0, 2, 0]
    assert table["severity"].to_dict() == {"R06": "major", "R07": ""}


def test_the_worst_comes_first_then_the_most_frequent():
    audit = verdicts(
        *[("R09", kpi, "fail", "minor") for kpi in "ABCDE"],
        ("R06", "A", "fail", "major"), *[("R13", kpi, "fail", "major") for kpi in "AB"],
        ("R15", "A", "fail", "critical"), ("R01", "", "warn", "blocker"),
    )  # fmt: skip

    assert [item.rule for item in audit_summary.first_failures(audit)] == ["R15", "R13", "R06"]
