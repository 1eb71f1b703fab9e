"""The fill-in workbook of a KPI system: written, filled in, read. Expected values: by hand."""

import runpy
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import python_calamine
import xlsxwriter

from kpikit.engagement import read_engagement
from kpikit.errors import EngagementError
from kpikit.intake.filemap import FileMap
from kpikit.intake.kpi_form import LANGUAGES, heading_key, kpi_form
from kpikit.intake.labels import label_key
from kpikit.intake.read import read_client
from kpikit.intake.spelling import value_finder
from kpikit.intake.values import scale_in
from kpikit.places import workbook_dir
from kpikit.report.views.readiness import RULES
from kpikit.starter import write_starter
from kpikit.vocabulary import (
    CADENCES,
    CONTROLLERS,
    GOAL_GROUPS,
    HORIZONS,
    KPI_DIRECTIONS,
    KPI_PURPOSES,
    OBLIGATIONS,
    PROVENANCE,
    REQUIRED_COLUMNS,
    TABLES,
)

ROOT = Path(__file__).resolve().parent.parent
TOOL = runpy.run_path(str(ROOT / "tools" / "write_kpi_workbook.py"))
FORM = kpi_form()
AS_OF = pd.Timestamp("2026-07-01", tz="UTC")
NAME = "kpi_workbook.xlsx"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

#: A small KPI system in canonical words, every table and every closed list in it.
CONTENT = {
    "kpis": [
        {"name": "Plan", "role": "rep", "direction": "higher", "purpose": "goal",
         "goal_group": "money", "obligation": "mandatory", "cadence": "monthly",
         "horizon": "short", "controller": "rep", "in_pay": "yes", "weight_in_pay": 0.8,
         "target": 100, "source_count": 2, "last_checked_on": date(2026, 6, 5),
         "name_lang": "en", "is_visible_to_rep": "no", "formula_text": "=won / planned"},
        {"name": "Calls", "role": "rep", "direction": "band", "target_low": 20, "target_high": 40,
         "purpose": "way", "goal_group": "intensity", "obligation": "optional",
         "cadence": "daily", "horizon": "long", "controller": "head",
         "parent_kpi_name": "Plan", "in_pay": "yes", "weight_in_pay": 0.2},
        {"name": "Debt", "role": "head", "direction": "lower", "goal_group": "customers",
         "cadence": "weekly", "controller": "finance"},
        {"name": "Visits", "role": "head", "direction": "norm", "cadence": "quarterly",
         "goal_group": "labour_per_customer", "controller": "operations"},
        {"name": "Leads", "role": "head", "goal_group": "system", "controller": "marketing"},
        {"name": "Price", "role": "head", "controller": "top"},
    ],
    "kpi_facts": [
        {"kpi_name": "Calls", "rep_name": "Anna Smith", "period_start_on": date(2026, 2, 1),
         "target": 30, "value": 27, "reported_at": date(2026, 3, 2)},
        {"kpi_name": "Calls", "rep_name": "Anna Smith", "period_start_on": date(2026, 3, 1),
         "period_end_on": date(2026, 3, 31), "target": 30, "value": 0},
        {"kpi_name": "Plan", "rep_name": "Anna Smith", "period_start_on": date(2026, 3, 1),
         "target": 100, "attainment": 0.93},
    ],
    "plans": [
        {"period_start_on": date(2026, 2, 1), "value": 1000, "metric": "revenue",
         "rep_name": "Anna Smith"},
        {"period_start_on": date(2026, 1, 1), "period_end_on": date(2026, 3, 31), "value": 300,
         "metric": "profit", "approved_at": date(2025, 12, 15)},
        {"period_start_on": date(2026, 2, 1), "value": 700, "segment": "A"},
        {"period_start_on": date(2026, 2, 1), "value": 900, "scope_id": "North", "version": "2"},
    ],
    "pay_rules": [
        {"role": "rep", "kpi_name": "Plan", "weight": 0.8, "curve": "80%:50%; 100%:100%",
         "base_pay": 80000, "target_bonus": 50000, "combination": "product", "period": "month",
         "gate_kpi_name": "Calls", "commission_rate": 0.02, "commission_base": "cash",
         "valid_from_on": date(2025, 1, 1)},
        {"role": "rep", "kpi_name": "Calls", "weight": 0.2, "combination": "geometric",
         "period": "quarter", "commission_base": "margin"},
        {"role": "head", "combination": "additive", "period": "year",
         "commission_base": "revenue"},
    ],
    "payroll": [
        {"rep_name": "Anna Smith", "period_start_on": date(2026, 2, 1), "base_paid": 80000,
         "bonus_paid": 0},
    ],
}  # fmt: skip


def _filled(root, content, language="en"):
    TOOL["write_workbook"](root / NAME, language, content)
    return root


def _read(root, **options):
    file_map = FileMap(NAME, preset="kpi_workbook", **options)
    data = read_client([file_map], root=root, as_of=AS_OF, tz="UTC", base_currency="EUR")
    log = data.import_log
    total = log["rows_kept"] + log["rows_filtered"] + log["rows_set_aside"]
    assert log["rows_read"].tolist() == total.tolist()  # no row is lost
    assert set(data.issues["rule"]) <= set(RULES)  # the report has words for each
    return data


def _problems(data):
    return data.issues[data.issues["severity"] != "info"]


def _issue(data, rule):
    found = data.issues[data.issues["rule"] == rule]
    assert len(found) == 1, f"{len(found)} issues {rule} among {sorted(data.issues['rule'])}"
    return found.iloc[0]


def _retouched(path, member, old, new):
    """The workbook with one piece of text inside changed, as a client would change a cell."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[member].decode()
    assert old in text
    parts[member] = text.replace(old, new).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def _cells(path):
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def _sheet_xml(path):
    """Sheet name -> its XML, in the order of the workbook."""
    with zipfile.ZipFile(path) as archive:
        return {
            name: ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for number, name in enumerate(_cells(path), 1)
        }


def _validations(page):
    return {
        rule.get("sqref"): (rule.get("type"), rule.findtext(f"{MAIN}formula1"))
        for rule in page.iter(f"{MAIN}dataValidation")
    }


# ---- reading ------------------------------------------------------------------------------------


def test_the_same_answers_give_the_same_tables_in_every_language(tmp_path):
    """Only the place of a row tells the languages apart: the names of the sheets."""
    per_place = [*PROVENANCE, "fact_id", "plan_id", "rule_id", "payment_key"]
    read = {}
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        data = _read(_filled(tmp_path / language, CONTENT, language))
        assert _problems(data).empty
        read[language] = {
            name: table.drop(columns=per_place, errors="ignore")
            for name, table in data.tables.items()
        }
    assert {*CONTENT, "reps"} == set(read["en"])
    for language in ("ru", "hu"):
        for name, table in read["en"].items():
            pd.testing.assert_frame_equal(table, read[language][name])


def test_what_was_filled_in_is_what_is_read(tmp_path):
    data = _read(_filled(tmp_path, CONTENT, "ru"))
    kpis, facts = data.tables["kpis"].set_index("name"), data.tables["kpi_facts"]

    for rows in CONTENT["kpis"]:
        for column in ("direction", "purpose", "goal_group", "obligation", "cadence", "horizon",
                       "controller", "name_lang"):  # fmt: skip
            assert kpis[column].astype(object).where(kpis[column].notna(), None)[
                rows["name"]
            ] == rows.get(column)
    assert kpis.loc["Calls", "parent_kpi_id"] == kpis.loc["Plan", "kpi_id"]
    assert kpis.loc["Plan", "weight_in_pay"] == 0.8 and kpis.loc["Plan", "in_pay"]
    assert not kpis.loc["Plan", "is_visible_to_rep"]
    assert kpis.loc["Plan", "formula_text"] == "=won / planned"  # text, not a formula
    assert kpis.loc["Plan", "last_checked_on"] == pd.Timestamp("2026-06-05")
    assert (kpis.loc["Calls", "target_low"], kpis.loc["Calls", "target_high"]) == (20, 40)
    # February ends on the 28th; zero is a result and a missing value stays missing
    assert facts["period_end_on"].dt.strftime("%m-%d").tolist() == ["02-28", "03-31", "03-31"]
    assert facts["value"].tolist()[:2] == [27, 0] and pd.isna(facts["value"].iloc[2])
    assert facts["attainment"].iloc[2] == 0.93
    assert facts["kpi_id"].tolist() == [kpis.loc[name, "kpi_id"] for name in
                                        ("Calls", "Calls", "Plan")]  # fmt: skip


def test_whose_plan_it_is_follows_from_who_is_named(tmp_path):
    plans = _read(_filled(tmp_path, CONTENT)).tables["plans"]
    anna = plans["scope_id"].iloc[0]
    assert plans["scope"].tolist() == ["rep", "company", "segment", "team"]
    assert anna == "Anna Smith" and plans["scope_id"].iloc[3] == "North"
    assert plans["metric"].tolist()[:2] == ["revenue", "profit"]
    assert plans["period_end_on"].iloc[1] == pd.Timestamp("2026-03-31")


def test_pay_rules_and_payroll(tmp_path):
    data = _read(_filled(tmp_path, CONTENT))
    rules, paid = data.tables["pay_rules"], data.tables["payroll"]
    ids = data.tables["kpis"].set_index("name")["kpi_id"]
    assert rules["weight"].tolist()[:2] == [0.8, 0.2]
    assert rules["combination"].tolist() == ["product", "geometric", "additive"]
    assert rules["gate_kpi_id"].iloc[0] == ids["Calls"]
    assert rules["period"].tolist() == ["month", "quarter", "year"]
    assert rules["commission_base"].tolist() == ["cash", "margin", "revenue"]
    assert paid["period_end_on"].iloc[0] == pd.Timestamp("2026-02-28")
    assert (paid["base_paid"].iloc[0], paid["bonus_paid"].iloc[0]) == (80000, 0)


def test_roles_of_the_client_are_translated(tmp_path):
    root = _filled(tmp_path, {"kpis": [{"name": "Calls", "role": "Менеджер"}]}, "ru")
    data = _read(root, values={"role": {"Менеджер": "rep"}})
    assert data.tables["kpis"]["role"].tolist() == ["rep"]


def test_one_table_alone(tmp_path):
    data = _read(_filled(tmp_path, CONTENT), table="payroll")
    assert set(data.tables) == {"payroll", "reps"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_that_nobody_filled_in(tmp_path, language):
    """No error and no table; the examples are not read."""
    (tmp_path / NAME).write_bytes((workbook_dir() / f"kpi_workbook.{language}.xlsx").read_bytes())
    data = _read(tmp_path)
    assert data.tables == {}
    assert data.issues["rule"].tolist() == ["workbook_empty"]


def test_an_empty_sheet_is_no_error(tmp_path):
    data = _read(_filled(tmp_path, {"kpis": CONTENT["kpis"]}))
    assert set(data.tables) == {"kpis"} and data.issues.empty


def test_a_renamed_sheet_is_known_by_its_title(tmp_path):
    """The tab says 2025, the first cell still says KPI facts; a renamed example stays unread."""
    _filled(tmp_path, CONTENT)
    _retouched(tmp_path / NAME, "xl/workbook.xml", 'name="KPI facts"', 'name="2025"')
    _retouched(tmp_path / NAME, "xl/workbook.xml", 'name="Example"', 'name="Help"')
    data = _read(tmp_path)
    assert len(data.tables["kpi_facts"]) == 3 and len(data.tables["kpis"]) == 6
    assert _problems(data).empty


# ---- what clients do to a form ------------------------------------------------------------------


def test_a_word_that_is_not_in_the_list(tmp_path):
    rows = [{"name": "Calls", "direction": "Upwards"}, {"name": "Debt", "direction": "lower"}]
    data = _read(_filled(tmp_path, {"kpis": rows}, "hu"))
    issue = _issue(data, "choice_unknown")
    assert data.tables["kpis"]["direction"].isna().tolist() == [True, False]
    assert issue["example"] == "'Upwards' (row 5)" and issue["column"] == "direction"
    assert "'Irány'" in issue["message"] and "A magasabb a jobb, " in issue["message"]
    assert issue["source_file"] == f"{NAME}: Mutatók"


def test_a_kpi_that_is_not_in_the_list(tmp_path):
    facts = [{**CONTENT["kpi_facts"][0], "kpi_name": "Called"}]
    data = _read(_filled(tmp_path, {**CONTENT, "kpi_facts": facts}))
    issue = _issue(data, "kpi_not_listed")
    assert (issue["table"], issue["example"]) == ("kpi_facts", "Called")
    assert data.tables["kpi_facts"]["value"].tolist() == [27]  # kept


def test_a_kpi_named_twice(tmp_path):
    """Another role may have a KPI of the same name; the same role may not."""
    rows = [{"name": "Calls", "role": "rep"}, {"name": " calls", "role": "Rep"},
            {"name": "Calls", "role": "head"}]  # fmt: skip
    data = _read(_filled(tmp_path, {"kpis": rows}))
    issue = _issue(data, "kpi_named_twice")
    assert issue["rows"] == 2 and issue["example"] == "Calls, calls"
    assert "a name of its own" in issue["message"] and len(data.tables["kpis"]) == 3


def test_text_in_a_cell_for_a_number(tmp_path):
    facts = [{**CONTENT["kpi_facts"][0], "value": "about thirty"}]
    data = _read(_filled(tmp_path, {**CONTENT, "kpi_facts": facts}))
    issue = _issue(data, "cell_unreadable")
    assert issue["example"] == "'about thirty' (row 5)" and issue["column"] == "value"
    assert data.tables["kpi_facts"]["value"].isna().all()


def test_a_renamed_heading_is_named_with_the_one_it_was(tmp_path):
    _filled(tmp_path, CONTENT)
    _retouched(tmp_path / NAME, "xl/sharedStrings.xml", "<t>How often</t>", "<t>How oft</t>")
    data = _read(tmp_path)
    issue = _issue(data, "heading_unknown")
    assert issue["example"] == "'How oft' (did you mean 'How often'?)"
    assert (issue["table"], issue["rows"]) == ("kpis", 6) and "as in the empty workbook" in issue[
        "message"
    ]
    assert data.tables["kpis"]["cadence"].isna().all() and len(data.tables["kpis"]) == 6


def test_rows_without_a_heading_they_need_are_set_aside_word_for_word(tmp_path):
    _filled(tmp_path, {"payroll": CONTENT["payroll"]})
    _retouched(tmp_path / NAME, "xl/sharedStrings.xml", "<t>Rep *</t>", "<t>Person</t>")
    data = _read(tmp_path)
    issue = _issue(data, "heading_missing")
    assert (issue["severity"], issue["example"]) == ("error", "Rep")
    assert '"Person": "Anna Smith"' in data.set_aside["record"].iloc[0]
    assert data.tables["payroll"].empty


def test_an_added_sheet_is_reported(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / NAME))
    page = book.add_worksheet("KPI list")
    page.write_row(0, 0, ["KPI *", "Unit"])  # without title and hints
    page.write_row(1, 0, ["Calls", "pieces"])
    book.add_worksheet("Notes").write(3, 2, "a table of our own")
    book.add_worksheet("Blank")
    book.close()
    data = _read(tmp_path)
    assert data.tables["kpis"]["unit"].tolist() == ["pieces"]
    assert _issue(data, "sheet_unknown")["example"] == "Notes"


def test_words_behind_an_equals_sign_are_text(tmp_path):
    """A spreadsheet saves #NAME? for =calls/meetings; a computed cell gives its saved value."""
    book = xlsxwriter.Workbook(str(tmp_path / NAME))
    page = book.add_worksheet("Показатели")
    page.write_row(0, 0, ["Показатель", "Как считается", "Цель", "Коридор от"])
    page.write_string(1, 0, "Calls")
    page.write_formula(1, 1, "=calls/meetings", None, "#NAME?")
    page.write_formula(1, 2, "=20+10", None, 30)
    page.write_formula(1, 3, "=about/that", None, "#NAME?")
    book.close()
    data = _read(tmp_path)
    assert data.tables["kpis"]["formula_text"].tolist() == ["=calls/meetings"]
    assert data.tables["kpis"]["target"].tolist() == [30]
    assert _issue(data, "cell_unreadable")["example"] == "'=about/that' (row 2)"


def test_percent_typed_without_the_sign(tmp_path):
    """80 and 20 below a heading in percent are 0.8 and 0.2."""
    rows = [{"role": "rep", "weight": 80}, {"role": "rep", "weight": 20}]
    assert _read(_filled(tmp_path, {"pay_rules": rows})).tables["pay_rules"]["weight"].tolist() == [
        0.8,
        0.2,
    ]


def test_a_file_that_is_no_workbook(tmp_path):
    (tmp_path / NAME).write_text("KPI;Unit\nCalls;pieces\n", encoding="utf-8")
    data = _read(tmp_path)
    issue = _issue(data, "file_unreadable")
    assert issue["severity"] == "error" and "not a workbook; save it as xlsx" in issue["message"]


def test_a_broken_sheet_is_a_finding_and_no_traceback(tmp_path):
    """The XML of one sheet is cut off in the middle."""
    _filled(tmp_path, CONTENT)
    _retouched(tmp_path / NAME, "xl/worksheets/sheet3.xml", "</sheetData>", "<<#NAME?")
    data = _read(tmp_path)
    assert _issue(data, "file_unreadable")["severity"] == "error"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": {"name": "KPI"}}, "leave out `columns`, or leave out the preset"),
        ({"sheet": "KPI list"}, "leave out `sheet`"),
        ({"table": "deals"}, "has no table 'deals'; it has kpis, kpi_facts, plans"),
        ({"values": {"rolle": {"a": "b"}}}, "the workbook has no column 'rolle'"),
        ({"decimal": ";"}, "decimal must be '.' or ','"),
    ],
)
def test_a_map_that_contradicts_the_workbook(tmp_path, options, words):
    with pytest.raises(EngagementError) as caught:
        _read(_filled(tmp_path, CONTENT), **options)
    assert words in str(caught.value)


# ---- the form -----------------------------------------------------------------------------------


def test_closed_lists_hold_the_words_of_the_vocabulary():
    columns = {column.name: column for column in FORM.sheets[0].columns}
    for name, allowed in (("direction", KPI_DIRECTIONS), ("purpose", KPI_PURPOSES),
                          ("cadence", CADENCES), ("goal_group", GOAL_GROUPS),
                          ("controller", CONTROLLERS), ("obligation", OBLIGATIONS),
                          ("horizon", HORIZONS)):  # fmt: skip
        assert tuple(columns[name].choices) == allowed


@pytest.mark.parametrize("sheet", FORM.sheets, ids=lambda sheet: sheet.table)
def test_a_heading_or_a_word_means_one_thing_in_all_languages(sheet):
    meant = {}
    for column in sheet.columns:
        for language, heading in column.headings.items():
            assert meant.setdefault(heading_key(heading), column.name) == column.name
            assert len(heading) <= 32 and len(column.hints[language]) <= 255  # Excel's limits
        codes = {}
        for code, words in column.choices.items():
            for word in words.values():
                assert codes.setdefault(label_key(word), code) == code and "," not in word
        for language in LANGUAGES:
            inline = ",".join(words[language] for words in column.choices.values())
            assert len(inline) <= 255
            # a unit in a title or heading would multiply the money below it
            assert scale_in(f"{column.headings[language]} {column.hints[language]}") == 1
    assert {name for name in sheet.titles.values()} and scale_in(
        " ".join(sheet.about.values())
    ) == 1


@pytest.mark.parametrize("sheet", FORM.sheets, ids=lambda sheet: sheet.table)
def test_every_column_is_one_of_the_table_and_what_it_requires_is_asked(sheet):
    """What follows from another cell, or a name instead of an id, need not be asked."""
    asked = {column.name for column in sheet.columns}
    instead = {"kpi_id": "kpi_name", "rep_id": "rep_name"}
    required = {instead.get(name, name) for name in REQUIRED_COLUMNS[sheet.table]}
    marked = {column.name for column in sheet.columns if column.is_required}
    assert required - {"period_end_on"} == marked
    assert {name for name in asked if not name.endswith("_name")} <= set(TABLES[sheet.table])


def test_patterns_do_not_hide_the_words():
    """Cells with a known word come before the pattern that takes the rest."""
    find = value_finder({"Да": "yes", "*": None})
    assert find("да") == ("yes",) and find("может быть") == (None,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_committed_workbook_is_what_the_command_writes(tmp_path, language):
    """A difference: run tools/write_kpi_workbook.py."""
    committed = workbook_dir() / f"kpi_workbook.{language}.xlsx"
    TOOL["write_workbook"](tmp_path / NAME, language, {})
    assert _cells(committed) == _cells(tmp_path / NAME)
    fresh = _sheet_xml(tmp_path / NAME)
    for name, page in _sheet_xml(committed).items():
        assert _validations(page) == _validations(fresh[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_guides_who_fills_it_in(language):
    """Lists in the language of the workbook, notes, headings that stay in sight, landscape."""
    path = workbook_dir() / f"kpi_workbook.{language}.xlsx"
    pages, cells = _sheet_xml(path), _cells(path)
    assert list(pages) == [FORM.start_titles[language],
                           *(sheet.titles[language] for sheet in FORM.sheets),
                           FORM.example_titles[language]]  # fmt: skip
    assert len(FORM.start_lines[language]) == 8
    for page in pages.values():
        assert page.find(f"{MAIN}pageSetup").get("orientation") == "landscape"
    for sheet in FORM.sheets:
        page, rows = pages[sheet.titles[language]], cells[sheet.titles[language]]
        rules = list(page.iter(f"{MAIN}dataValidation"))
        assert len(rules) == len(sheet.columns) == sum(bool(r.get("prompt")) for r in rules)
        assert page.find(f".//{MAIN}pane").get("topLeftCell") == "B5"
        assert len(rows) == 4 and rows[0][0] == sheet.titles[language]
        for place, (column, rule) in enumerate(zip(sheet.columns, rules, strict=True)):
            needed = " *" if column.is_required else ""
            assert rows[3][place] == column.headings[language] + needed
            assert rows[2][place] == column.hints[language]
            if column.choices:
                words = ",".join(words[language] for words in column.choices.values())
                assert rule.findtext(f"{MAIN}formula1") == f'"{words}"'
        assert min(float(one.get("width")) for one in page.iter(f"{MAIN}col")) >= 10
    names = _validations(pages[FORM.sheets[1].titles[language]])["A5:A20001"]
    assert names == ("list", f"'{FORM.sheets[0].titles[language]}'!$A$5:$A$304")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_no_macro_no_formula_and_no_link(language):
    with zipfile.ZipFile(workbook_dir() / f"kpi_workbook.{language}.xlsx") as archive:
        names = archive.namelist()
        sheets = [archive.read(name) for name in names if name.startswith("xl/worksheets/")]
    assert not [name for name in names if "vba" in name or "external" in name.lower()]
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]


# ---- the engagement -----------------------------------------------------------------------------


def test_a_new_engagement_has_the_workbooks_and_takes_one(tmp_path):
    """The plan may come from the workbook, and no column is mapped."""
    path = write_starter(tmp_path)
    for language in LANGUAGES:
        assert (tmp_path / f"kpi_workbook.{language}.xlsx").is_file()
    _filled(tmp_path / "raw", CONTENT)
    text = path.read_text("utf-8")
    text = text.replace("  target: 1000000  ", "  from_table: true  ")
    entry = f"files:\n  - {{path: raw/{NAME}, preset: kpi_workbook}}\n"
    path.write_text(text.replace("files: []\n", entry), encoding="utf-8")
    (raw,) = read_engagement(tmp_path).files
    assert (raw.preset, raw.table) == ("kpi_workbook", None)

    path.write_text(path.read_text("utf-8").replace("preset: kpi_workbook", "preset: kpi_workbok"))
    with pytest.raises(EngagementError, match="did you mean `kpi_workbook`"):
        read_engagement(tmp_path)


def test_a_workbook_that_is_there_already_stays(tmp_path):
    (tmp_path / "kpi_workbook.en.xlsx").write_bytes(b"filled in")
    write_starter(tmp_path)
    assert (tmp_path / "kpi_workbook.en.xlsx").read_bytes() == b"filled in"
