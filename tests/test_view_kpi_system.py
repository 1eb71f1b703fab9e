"""The chapter on the KPI system: numbers in words, one line per statement, missing parts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kpikit import kpi_audit, languages
from kpikit.diagnosis.kpi_rules import AuditInput, ChainFacts, messages, run_rules
from kpikit.diagnosis.kpi_rules.calendar import CARD_COLUMNS, kpi_calendar
from kpikit.diagnosis.kpi_rules.scores import kpi_points, list_points
from kpikit.diagnosis.kpi_rules.selection import selections
from kpikit.errors import InputDataError
from kpikit.places import notebooks_dir
from kpikit.report import audit_charts, audit_texts, audit_words, look
from kpikit.report.tables import (
    FIGURE_MIME,
    HEADLINE_MIME,
    NOTICE_MIME,
    TABLE_MIME,
    TILES_MIME,
    Shown,
)
from kpikit.report.views import kpi_against_plan as facts
from kpikit.report.views import kpi_names as wording
from kpikit.report.views import kpi_system as view
from kpikit.report.views import kpi_verdicts as verdicts
from kpikit.study import Study
from kpikit.vocabulary import CONTROLLERS, TABLES

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")
ID = re.compile(r"\bKPI-\d+")
VIEWS = [
    *[
        (view, name)
        for name in ("headline", "overview", "scores", "selection", "gaps", "kpi_scores",
                     "calendar", "card")
    ],
    *[
        (verdicts, name)
        for name in ("rules_table", "strip", "passed", "failures", "warnings", "questions")
    ],
    *[
        (facts, name)
        for name in ("calendar", "contradictions", "links", "links_text", "controllability",
                     "copies", "copies_text")
    ],
    *[
        (wording, name)
        for name in ("names", "time_text", "ambiguous", "matches", "review", "unmatched",
                     "recomputed", "not_recomputed")
    ],
]  # fmt: skip
#: Nothing but the list itself.
NO_VALUES = dict.fromkeys(
    ("facts", "plan_attainment", "linkage", "way_links", "controllability", "redundancy",
     "recomputed", "gaming", "targets", "pay_audit")
)  # fmt: skip
NO_EVIDENCE = NO_VALUES | dict.fromkeys(
    ("pay_rules", "payroll", "functions", "wording", "matches", "preconditions")
)


@pytest.fixture(scope="module")
def study(client_study: Study) -> Study:
    """The sample client with its audit."""
    return client_study


def shown(answer: Shown) -> dict[str, Any]:
    return answer._repr_mimebundle_()


def rows(answer: Shown) -> list[list[str]]:
    return shown(answer)[TABLE_MIME]["rows"]


def changed(study: Study, **parts: Any) -> Study:
    """The study judged again with parts of the evidence replaced."""
    audit = study.audit
    assert audit is not None
    inputs = replace(audit.inputs, **parts)
    cases, frequency = kpi_audit._agreement(inputs)
    again = replace(
        audit,
        inputs=inputs,
        verdicts=run_rules(inputs),
        points=kpi_points(inputs),
        lists=list_points(inputs),
        selections=tuple(selections(inputs)),
        calendar=kpi_calendar(inputs),
        linkage=audit.linkage if inputs.linkage is not None else None,
        cases=cases,
        frequency=frequency,
        not_recomputed=audit.not_recomputed if inputs.recomputed is not None else {},
    )
    return replace(study, audit=again)


def bare(study: Study) -> pd.DataFrame:
    """The list with names alone."""
    assert study.audit is not None
    listed = study.audit.inputs.kpis
    return listed[["kpi_id", "name"]].reindex(columns=[*TABLES["kpis"]])


def all_text(study: Study) -> dict[str, str]:
    """Everything a reader sees, by view; drawings aside."""
    kinds = (TABLE_MIME, FIGURE_MIME, TILES_MIME, HEADLINE_MIME, NOTICE_MIME, "text/markdown")
    found = {}
    for module, name in VIEWS:
        bundle = shown(getattr(module, name)(study))
        told = [bundle[kind] for kind in kinds if kind in bundle]
        found[f"{module.__name__}.{name}"] = json.dumps(told, ensure_ascii=False)
    return found


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are made but not drawn: drawing takes longest and other tests look at it."""
    monkeypatch.setattr(look, "figure_svg", lambda figure: "<svg/>")


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "Only 71–89% of the due values exist (at least 95% are needed)."), ("ru", "71–89 %")],
)
def test_several_kpis_share_one_sentence_with_a_range(study, lang, text):
    """By hand: shares of 71 and 89 % under one limit of 95 %."""
    values = [{"share": 0.71, "limit": 0.95}, {"share": 0.89, "limit": 0.95}]
    with languages.use(lang):
        said = audit_texts.common_sentence(study, "R06.gaps", values)
    assert text in said.replace("\N{NO-BREAK SPACE}", " ")


def test_an_interval_of_several_kpis_reaches_from_the_lowest_to_the_highest_end(study):
    """By hand: -0.1 to 0.3 and -0.3 to 0.2 lie inside -0.30 to 0.30; correlations in digits."""
    values = [
        {"rho": 0.1, "low": -0.1, "high": 0.3, "n": 60},
        {"rho": -0.05, "low": -0.3, "high": 0.2, "n": 60},
    ]
    assert audit_texts.common_sentence(study, "R03.not_linked", values) == (
        "This KPI does not move the plan: a link of use would have shown (-0.30 to 0.30)."
    )


def test_what_a_number_is_decides_how_it_is_written(study):
    """By hand: a difference in points, a weight in per cent, minutes plain, nothing as a dash."""
    said = {
        code: audit_texts.sentence(study, {"code": code, "values": values})
        for code, values in {
            "R16.separates": {"difference": 0.31, "low": 0.12, "high": 0.5},
            "R05.moved_by_others": {"controller": "finance", "weight": None},
            "R13.too_light": {"weight": 0.055, "limit": 0.1},
            "R27.takes_long": {"minutes": 5.5, "limit": 5.0},
            "R21.churned": {"changes": 9, "length": 12.5, "churn": 0.72, "limit": 0.5},
        }.items()
    }
    assert "+31 pp (+12 pp to +50 pp)" in said["R16.separates"]
    assert "finance moves this KPI" in said["R05.moved_by_others"]
    assert f"weight in pay {languages.MISSING}" in said["R05.moved_by_others"]
    assert said["R13.too_light"] == "A weight of 5.5% is not felt (at least 10%)."
    assert said["R27.takes_long"] == "Explaining it takes 5.5 minutes (at most 5)."
    assert "a list of 13 KPIs (72% of the list, at most 50%)" in said["R21.churned"]


def test_fields_that_only_some_kpis_lack_are_counted(study):
    """By hand: both lack the formula, one of them the unit."""
    values = [{"fields": ("formula_text", "unit")}, {"fields": ("formula_text",)}]
    assert audit_texts.common_sentence(study, "R06.fields_missing", values) == (
        "It cannot be measured as described; missing: formula and unit (1)."
    )


#: A value of each kind for every placeholder of the rules.
PLAUSIBLE: dict[str, Any] = {
    "strategy": "ST1", "missing": ("main_goal", "goal_horizon"), "role_name": "rep",
    "function": "renewals", "path": ("KPI-02", "KPI-01"), "rho": 0.45, "low": 0.1, "high": 0.6,
    "n": 75, "share": 0.43, "missed": 40, "parent": "KPI-01", "lag": 2, "controller": "marketing",
    "weight": 0.2, "reason": "too_few_reps", "icc": 0.12, "fields": ("data_source",),
    "limit": 0.5, "same": 37, "count": 12, "hours": 2.5, "probability": 0.03, "language": "mixed",
    "terms": ("SLA",), "plainness": 0.4, "mandatory": 4, "aim": 3, "kpis": ("KPI-03", "KPI-04"),
    "cadence": "weekly", "days": 30.4, "cycle": 52.0, "link": 0.05, "effect": 0.006,
    "checker": "Head", "cadence_days": 7.0, "cases": 32, "met": 19, "judged": 28,
    "met_share": 0.68, "difference": -0.1, "groups": ("intensity", "labour_per_customer"),
    "reps": 7, "kpi": "KPI-02", "changes": 3, "length": 20, "churn": 0.15, "minutes": 12.0,
    "months": 14.2, "condition": "target_leads", "value": 0.3, "owner": "operations",
    "sign": "stage_jumps", "observed": 41, "expected": 20.5, "benign": "made_at_once",
}  # fmt: skip


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_every_message_is_written_without_codes(study, lang):
    """Whatever a rule says, a reader sees no placeholder, no code and no id."""
    with languages.use(lang):
        for code, template in messages().items():
            values = {name: PLAUSIBLE[name] for name in re.findall(r"\{(\w+)\}", template)}
            said = audit_texts.sentence(study, {"code": code, "values": values})
            assert said, code
            assert not re.search(r"[{}]", said), code
            assert not CODE.search(said), code
            assert not ID.search(said), code


def test_every_code_of_the_rules_has_a_word():
    """Controllers, groups and conditions as the vocabulary and the rules name them."""
    from kpikit.diagnosis.controllability import READINGS, REASONS
    from kpikit.diagnosis.kpi_rules.inputs import STRATEGIES
    from kpikit.diagnosis.kpi_rules.r24_preconditions import CONDITIONS
    from kpikit.diagnosis.kpi_rules.registry import RULES
    from kpikit.diagnosis.kpi_rules.rule import SEVERITIES, VERDICTS
    from kpikit.diagnosis.linkage import VERDICTS as LINKS
    from kpikit.report import passports

    assert set(passports.CONTROLLERS) == set(CONTROLLERS)
    assert set(audit_words.CONDITIONS) == set(CONDITIONS)
    assert set(audit_words.SPREAD_REASONS) == {*REASONS, "no_values"}
    assert set(audit_words.READINGS) == set(READINGS) == set(facts.READING_ORDER)
    assert set(audit_words.STRATEGIES) == set(STRATEGIES)
    assert set(audit_words.LINKS) == set(LINKS) == set(audit_charts.LINK_MARKS)
    assert set(audit_words.VERDICTS) == set(VERDICTS) == set(verdicts.WORST_FIRST)
    assert set(audit_words.SEVERITIES) == set(SEVERITIES) == set(verdicts.SEVEREST_FIRST)
    assert list(audit_words.RULE_NAMES) == [rule.id for rule in RULES]
    assert all(audit_texts.advice(rule.id) for rule in RULES)


# ---------------------------------------------------------------- grouping


def verdict_row(code: str, kpi_id: str, /, **values: Any) -> dict[str, Any]:
    return {
        "rule": code[:3], "kpi_id": kpi_id, "role": "rep", "verdict": "fail", "severity": "major",
        "code": code, "values": values, "evidence": (),
    }  # fmt: skip


def test_one_statement_is_one_line():
    """Two movers are two statements; two KPIs of one mover are one; a pair is named once."""
    said = pd.DataFrame(
        [
            verdict_row("R05.moved_by_others", "A", controller="finance", weight=0.1),
            verdict_row("R05.moved_by_others", "B", controller="finance", weight=0.2),
            verdict_row("R05.moved_by_others", "C", controller="marketing", weight=0.0),
            verdict_row("R20.moves_with", "A", kpi="B", rho=0.95, low=0.9, high=0.98),
            verdict_row("R20.moves_with", "B", kpi="A", rho=0.95, low=0.9, high=0.98),
        ]
    )
    found = [(code, [row["kpi_id"] for row in own]) for code, own in audit_texts.statements(said)]
    assert found == [
        ("R05.moved_by_others", ["A", "B"]),
        ("R05.moved_by_others", ["C"]),
        ("R20.moves_with", ["A"]),
    ]


def test_a_long_list_of_names_is_counted():
    """By hand: ten names, eight shown; nine are shown whole, because one more is as long."""
    assert audit_texts.listing([str(n) for n in range(10)]).endswith("7 and 2 more")
    assert audit_texts.listing([str(n) for n in range(9)]).endswith("7 and 8")


# ---------------------------------------------------------------- the sample client


def test_the_headline_counts_what_the_selection_keeps(study):
    """The three numbers are those of the selection and of the list; all kept ones are proven."""
    proposals = study.audit.selections[0].proposals["proposal"].value_counts()
    text = shown(view.headline(study))[HEADLINE_MIME]["text"]
    assert [int(n) for n in re.findall(r"\d+", text)] == [
        len(study.audit.inputs.kpis), proposals["keep"], proposals["repair"],
    ]  # fmt: skip


@pytest.mark.parametrize("verdict", ["not_linked", "unproven"])
def test_a_kept_kpi_that_is_not_proven_cannot_steer(study, verdict):
    """Chosen as the best of a bad list is no proof: the headline says so."""
    links = study.audit.inputs.linkage.assign(verdict=verdict)
    told = shown(view.headline(changed(study, linkage=links)))[HEADLINE_MIME]
    assert told["text"] == "26 KPIs in the list, and none of them is proven to steer."
    assert ("Worth a trial" in told["detail"]) == (verdict == "unproven")


def test_every_kpi_stands_once_in_the_proposal(study):
    """Nobody's KPI is forgotten and none is both kept and dropped."""
    assert len(study.audit.inputs.kpis) == 26
    text = " ".join(row[1] for row in rows(view.selection(study)))
    names = [audit_texts.kpi_name(study, kpi) for kpi in study.audit.inputs.kpis["kpi_id"]]
    assert [text.count(name) for name in names] == [1] * len(names)


def test_failed_rules_come_first_and_the_worst_on_top(study):
    """What fails stands above what is only to be looked at; each advice stands beside."""
    table = rows(verdicts.rules_table(study))
    failed = [int(row[1]) > 0 for row in table]
    assert failed == sorted(failed, reverse=True)
    weights = [row[5] for row in table]
    assert weights == sorted(weights, key=["blocks the rest", "critical", "major", "minor"].index)
    assert all(row[6] for row in table)


def test_contradictions_add_up_to_the_tile(study):
    """The lines by name hold as many cases as the tile and as the calendar's A."""
    cases = study.audit.cases
    listed = [int(row[1].split()[0]) for row in rows(facts.contradictions(study))]
    tile = shown(view.overview(study))[TILES_MIME]["tiles"][3]["value"]
    assert tile == f"{sum(listed)} of {len(cases)}"
    states = [facts._state(row) for row in cases.to_dict("records")]
    assert states.count("A") == sum(listed)


def test_reps_are_pseudonyms_and_kpis_have_names(study, undrawn):
    """No name of a person and no id of a KPI reaches the page."""
    people = study.client.tables["reps"]["full_name"].dropna()
    text = " ".join(all_text(study).values())
    assert not [name for name in people if name in text]
    assert not ID.search(text)
    assert "Rep\N{NO-BREAK SPACE}5" in text


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_no_codes_and_no_long_tables(study, lang, undrawn):
    """A page is read by a director: no snake_case, nothing unformatted, 15 rows at most."""
    with languages.use(lang):
        for name, text in all_text(study).items():
            tables = [
                part for part in json.loads(text) if isinstance(part, dict) and "rows" in part
            ]
            assert all(len(part["rows"]) <= view.MOST_ROWS for part in tables), name
            assert not CODE.search(re.sub(r'"\w+":', "", text)), name
            assert "{" not in re.sub(r'\{"', "", text), name
            assert "nan" not in text.split(), name


def test_charts_tell_the_verdicts_without_colour(study):
    """Every verdict has a sign of its own, and a shade of its own in a grey copy."""
    for marks in (audit_charts.VERDICT_MARKS, audit_charts.CASE_MARKS):
        drawn = [mark for mark in marks.values() if mark.sign]
        assert len({mark.sign for mark in drawn}) == len(drawn)
    svg = shown(verdicts.strip(study))["image/svg+xml"]
    assert svg.count(">×<") > 50


def test_a_list_of_forty_and_more_is_cut_with_a_word():
    """Forty rows fit the page; the other five are counted."""
    table = pd.DataFrame({"a rule": ["fail"] * 45}, index=[f"KPI no. {n}" for n in range(45)])
    answer = shown(audit_charts.rule_strip(table))
    assert "5 more KPIs are not shown." in answer[FIGURE_MIME]["note"]
    assert "KPI no. 39" in answer["image/svg+xml"]
    assert "KPI no. 40" not in answer["image/svg+xml"]


# ---------------------------------------------------------------- missing parts


@pytest.mark.parametrize(
    "parts",
    [
        NO_VALUES,
        dict.fromkeys(("plan_attainment", "linkage", "way_links")),
        dict.fromkeys(("pay_rules", "payroll", "pay_audit")),
        {"strategy": None},
        dict.fromkeys(("wording", "matches")),
        {"chain": ChainFacts()},
    ],
    ids=["no values", "no plan", "no pay", "no strategy", "no words", "no chain"],
)
def test_a_missing_part_is_said_and_breaks_nothing(study, parts, undrawn):
    """Whatever the client did not give, the chapter is written and shows no code."""
    for name, text in all_text(changed(study, **parts)).items():
        assert not CODE.search(re.sub(r'"\w+":', "", text)), name
        assert "nan" not in re.findall(r"\w+", text), name


def test_without_a_strategy_nothing_is_proposed(study):
    """KPIs without a strategy are guesses: the table gives way to the reason."""
    lost = changed(study, strategy="ST0")
    assert "agree on the strategy first" in shown(view.selection(lost))[NOTICE_MIME]["text"]
    headline = shown(view.headline(lost))[HEADLINE_MIME]
    assert headline["text"] == "26 KPIs in the list, and nobody can say which of them matter."
    assert headline["tone"] == "bad"


def test_without_values_the_client_is_asked_for_them(study, undrawn):
    """Facts, links and controllability each say what to ask for."""
    lost = changed(study, **NO_VALUES)
    for ask in (facts.calendar, facts.links, facts.controllability):
        assert "ask the client" in shown(ask(lost))[NOTICE_MIME]["text"]


def test_a_list_of_names_alone_gives_questions(study, undrawn):
    """A list with nothing but names: no rule about facts fails, the questions fill a page."""
    poor = changed(study, kpis=bare(study), **NO_EVIDENCE, chain=ChainFacts())
    all_text(poor)
    assert len(rows(verdicts.questions(poor))) == view.MOST_ROWS
    assert "more rows" in shown(verdicts.questions(poor))[TABLE_MIME]["note"]


def test_two_roles_are_told_apart(study, undrawn):
    """The proposal and the calendar say whose KPIs they speak of; scores stand by role."""
    listed = study.audit.inputs.kpis
    halves = listed.assign(role=["rep", "head"] * 13)
    both = changed(study, kpis=halves)
    all_text(both)
    assert {row[0] for row in rows(view.selection(both))} == {"reps", "heads of sales"}
    assert len(rows(view.scores(both))) == 2
    assert {row[0] for row in rows(view.calendar(both))} == {"reps", "heads of sales"}


def test_kpis_of_one_name_in_two_roles_are_told_apart(study):
    """The role stands behind a name that two roles share."""
    listed = study.audit.inputs.kpis.head(2).assign(name="Звонки", role=["rep", "head"])
    both = changed(study, kpis=listed)
    assert audit_texts.plain_name(both, "KPI-01") == "Звонки (reps)"
    assert audit_texts.plain_name(both, "KPI-02") == "Звонки (heads of sales)"


def test_a_list_that_is_over_has_nothing_to_show(study, undrawn):
    """All KPIs ended years ago: there is none in use."""
    ended = study.audit.inputs.kpis.assign(valid_to_on=pd.Timestamp("2020-01-01"))
    over = changed(study, kpis=ended)
    all_text(over)
    assert "no KPI in use" in shown(view.headline(over))[HEADLINE_MIME]["text"]


def test_without_a_list_the_error_says_what_to_bring(client_study):
    """A chapter on nothing is refused with what to do."""
    with pytest.raises(InputDataError, match="Put the list into the engagement as the table kpis"):
        view.headline(replace(client_study, audit=None))


def test_the_plan_of_a_rep_is_told_in_days_and_weeks(study):
    """Seven calls a day and two meetings a week, in the words of the card; without norms, why."""
    nothing = replace(study, audit=replace(study.audit, cards=study.audit.cards.head(0)))
    assert "two weeks" in shown(view.card(nothing))[NOTICE_MIME]["text"]
    norms = [("rep", "call", 7, "day", 7.2), ("rep", "meeting", 2, "week", 0.4)]
    cards = pd.DataFrame(norms, columns=list(CARD_COLUMNS))
    some = replace(study, audit=replace(study.audit, cards=cards))
    assert shown(view.card(some))["text/markdown"] == (
        "The plan of one rep: calls: 7 a day; meetings: 2 a week."
    )


def test_records_that_cannot_be_recomputed_say_why_in_words(study):
    """Codes, missing tables and problems of a formula are all told in the reader's words."""
    reasons = {
        "KPI-02": "not_by_rep",
        "KPI-03": "missing: invoices.due_on, payments",
        "KPI-04": "formula: unknown_column deals.colour",
    }
    told = replace(study, audit=replace(study.audit, not_recomputed=reasons))
    text = shown(wording.not_recomputed(told))["text/markdown"]
    assert "The records do not name the rep" in text
    assert "Missing: invoices and payments" in text
    assert not CODE.search(text)


@pytest.mark.parametrize(
    ("grain", "lang", "text"),
    [("month", "en", "Apr 2026"), ("quarter", "en", "Q2 2026"), ("year", "hu", "2026")],
)
def test_a_period_is_named_by_its_grain(grain, lang, text):
    """1 April 2026 begins April, the second quarter and lies in 2026."""
    with languages.use(lang):
        said = facts.period_name(grain, pd.Timestamp("2026-04-01"))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == text


def test_the_notebook_shows_every_view():
    """Nothing is written that the chapter does not show."""
    text = Path(notebooks_dir() / "02_kpi_system.ipynb").read_text("utf-8")
    names = {view: "view", verdicts: "verdicts", facts: "facts", wording: "wording"}
    assert [n for module, n in VIEWS if f"{names[module]}.{n}(study)" not in text] == []


def test_inputs_are_left_alone(study, undrawn):
    """Writing the chapter changes nothing in the audit."""
    inputs: AuditInput = study.audit.inputs
    before = inputs.kpis.copy(), study.audit.verdicts.copy()
    all_text(study)
    pd.testing.assert_frame_equal(inputs.kpis, before[0])
    pd.testing.assert_frame_equal(study.audit.verdicts, before[1])


def test_the_scores_say_what_our_weights_do_to_them(study):
    """The score of the sensitivity study, times 100, its range, and the cap of the plan."""
    table = study.audit.sensitivity.set_index("kpi_id")
    shown = rows(view.kpi_scores(study))
    plan = next(row for row in shown if row[0] == "Выполнение плана продаж")

    assert len(shown) == 8
    assert plan[-1] == "no rep moves it: 50 at most"
    best = table["score"].idxmax()
    low, high = (100 * table.loc[best, name] for name in ("score_low", "score_high"))
    assert shown[0][1] == f"{100 * table.loc[best, 'score']:.0f} ({low:.0f}–{high:.0f})"
