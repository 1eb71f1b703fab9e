"""The whole door: files of one client to checked tables. Expected values: by hand."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from kpikit.errors import EngagementError
from kpikit.intake.filemap import FileMap, Pair
from kpikit.intake.flags import Thresholds
from kpikit.intake.read import read_client
from kpikit.report.views.readiness import RULES
from kpikit.vocabulary import PROVENANCE, TABLES

AS_OF = pd.Timestamp("2025-07-01", tz="UTC")
STAGES = pd.DataFrame(
    {
        "pipeline_id": "0",
        "stage_id": ["NEW", "EXECUTING", "WON", "LOSE"],
        "stage_name": ["Новая", "В работе", "Сделка успешна", "Сделка провалена"],
        "stage_order": [1, 2, 3, 4],
        "semantic": ["open", "open", "won", "lost"],
    }
)


def _read(root, *maps, **options):
    settings = {"as_of": AS_OF, "tz": "Europe/Moscow", "base_currency": "RUB", **options}
    data = read_client(maps, root=root, **settings)
    log = data.import_log
    total = log["rows_kept"] + log["rows_filtered"] + log["rows_set_aside"]
    assert log["rows_read"].tolist() == total.tolist()  # no record is lost
    for name, table in data.tables.items():
        assert list(table.columns) == [*TABLES[name], *PROVENANCE]
    assert set(data.issues["rule"]) <= set(RULES)  # the report has words for each
    return data


def _rule(data, rule):
    found = data.issues[data.issues["rule"] == rule]
    assert len(found), f"no issue {rule} among {sorted(set(data.issues['rule']))}"
    return found.iloc[0]


def _rules(data):
    return set(data.issues["rule"])


def _csv(root, name, *lines, encoding="utf-8"):
    (root / name).write_bytes("\n".join(lines).encode(encoding) + b"\n")
    return name


def _bitrix(root, name, header, *rows, encoding="utf-8-sig"):
    """A list export as the CRM writes it: all quoted, `;`, one more `;` at the end."""
    lines = ["".join(f'"{cell}";' for cell in row) for row in (header, *rows)]
    return _csv(root, name, *lines, encoding=encoding)


DEAL_HEADER = (
    "ID",
    "Название заявки",
    "Стадия заявки",
    "Группа стадий",
    "Сумма",
    "Валюта",
    "Компания",
    "Ответственный",
    "Дата создания",
    "Предполагаемая дата закрытия",
    "Заявка закрыта",
)
DEALS = (
    (
        "1",
        "Трубы",
        "Новая",
        "В работе",
        "1000.50",
        "RUB",
        "ООО Ромашка",
        "Иванов Пётр",
        "13.01.2025 10:00:00",
        "30.06.2025",
        "нет",
    ),
    (
        "2",
        "Кран",
        "Сделка успешна",
        "Успешные",
        "500.00",
        "RUB",
        "ООО Ромашка",
        "Петров Иван",
        "14.01.2025 11:00:00",
        "20.02.2025",
        "да",
    ),
    (
        "3",
        "Насос",
        "Сделка провалена",
        "Проваленные",
        "70.00",
        "RUB",
        "АО Лютик",
        "Иванов Пётр",
        "15.01.2025 12:00:00",
        "01.02.2025",
        "да",
    ),
)
HISTORY = (
    "ID,TYPE_ID,OWNER_ID,CREATED_TIME,CATEGORY_ID,STAGE_ID,STAGE_SEMANTIC_ID",
    "1,1,1,2025-01-13T10:00:00+03:00,0,NEW,P",
    "2,1,2,2025-01-14T11:00:00+03:00,0,NEW,P",
    "3,3,2,2025-02-10T23:30:00+03:00,0,WON,S",
    "4,1,3,2025-01-15T12:00:00+03:00,0,NEW,P",
    "5,3,3,2025-02-01T09:00:00+03:00,0,LOSE,F",
)


def _deals_map(name, **options):
    return FileMap(name, "deals", preset="bitrix24_deals", **options)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_close_dates_come_from_the_history_and_a_plan_is_never_one(tmp_path, encoding):
    """T4: deal 1 is open with a planned date; deal 2's field is 10 days off its history."""
    data = _read(
        tmp_path,
        _deals_map(_bitrix(tmp_path, "deals.csv", DEAL_HEADER, *DEALS, encoding=encoding)),
        FileMap(_csv(tmp_path, "h.csv", *HISTORY), "stage_events", preset="bitrix24_stage_history"),
        stages=STAGES,
    )
    deals = data.tables["deals"].set_index("deal_id")
    assert deals["status"].to_dict() == {"1": "open", "2": "won", "3": "lost"}
    assert pd.isna(deals.loc["1", "closed_at"])
    assert deals.loc["1", "expected_close_on"] == pd.Timestamp("2025-06-30")
    assert deals.loc["2", "closed_at"] == pd.Timestamp("2025-02-10T20:30Z")
    assert deals["closed_at_quality"].tolist() == ["none", "history", "history"]
    assert deals["stage_id"].tolist() == ["NEW", "WON", "LOSE"]
    assert deals["amount_base"].tolist() == [1000.5, 500.0, 70.0]
    assert deals.loc["1", "created_at"] == pd.Timestamp("2025-01-13T07:00Z")
    issue = _rule(data, "close_date_disagrees")
    assert issue["rows"] == 1 and issue["example"] == "2"
    assert data.tables["stage_events"]["kind"].tolist() == [
        "created",
        "created",
        "close",
        "created",
        "close",
    ]


def test_html_xlsx_and_csv_of_one_list_give_one_table(tmp_path):
    """T1: only the file name differs."""
    import xlsxwriter

    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
        for row in (DEAL_HEADER, *DEALS)
    )
    _csv(tmp_path, "deals.xls", f"<html><body><table border=1>{cells}</table></body></html>")
    book = xlsxwriter.Workbook(str(tmp_path / "deals.xlsx"))
    sheet = book.add_worksheet()
    stamp = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
    for row, record in enumerate((DEAL_HEADER, *DEALS)):
        for column, cell in enumerate(record):
            if row and column == 8:
                when = pd.to_datetime(cell, format="%d.%m.%Y %H:%M:%S").to_pydatetime()
                sheet.write_datetime(row, column, when, stamp)
            elif row and column in (0, 4):
                sheet.write_number(row, column, float(cell))
            else:
                sheet.write_string(row, column, cell)
    book.close()
    _bitrix(tmp_path, "deals.csv", DEAL_HEADER, *DEALS)
    tables = [
        _read(tmp_path, _deals_map(name), stages=STAGES).tables["deals"].drop(columns="source_file")
        for name in ("deals.csv", "deals.xls", "deals.xlsx")
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[2])


def test_product_rows_are_one_deal(tmp_path):
    """T3: 100 + 200 + 300 = 600 in one deal; two deals in all."""
    header = ("ID", "Название сделки", "Товар", "Сумма", "Сделка закрыта", "Дата создания")
    rows = [
        ("7", "Трубы", f"Труба {n}", f"{n}00.00", "нет", "13.01.2025 10:00:00") for n in (1, 2, 3)
    ]
    rows.append(("8", "Кран", "Кран", "50.00", "нет", "14.01.2025 10:00:00"))
    data = _read(tmp_path, _deals_map(_bitrix(tmp_path, "d.csv", header, *rows)))
    deals = data.tables["deals"]
    assert dict(zip(deals["deal_id"], deals["amount"], strict=True)) == {"7": 600.0, "8": 50.0}
    assert data.import_log["rows_kept"].tolist() == [4]
    assert _rule(data, "product_rows")["rows"] == 2


CALL_HEADER = ("Сотрудник", "Номер телефона", "Тип звонка", "Время звонка", "Дата вызова", "Статус")


def test_calls_reach_deals_through_the_phone(tmp_path):
    """One open deal is the answer; of two the latest is taken and marked; none stays none."""
    _bitrix(tmp_path, "deals.csv", DEAL_HEADER, *DEALS)
    _bitrix(
        tmp_path,
        "companies.csv",
        ("ID", "Название компании", "Рабочий телефон", "Мобильный телефон"),
        ("10", "ООО Ромашка", "8 (495) 111-22-33", "+7 916 000-00-01"),
        ("11", "АО Лютик", "+7 495 444-55-66", ""),
    )
    _bitrix(
        tmp_path,
        "calls.csv",
        CALL_HEADER,
        (
            "Пётр Иванов",
            "+74951112233",
            "Исходящий",
            "1 мин 5 сек",
            "13.01.2025 12:00:00",
            "Успешный звонок",
        ),
        (
            "Иван Петров",
            "84951112233",
            "Исходящий",
            "40 сек",
            "20.01.2025 12:00:00",
            "Успешный звонок",
        ),
        ("—", "+79160000001", "Входящий", "0 сек", "21.03.2025 09:00:00", "Пропущенный звонок"),
        (
            "Петр Иванов",
            "+74951119999",
            "Исходящий",
            "30 сек",
            "20.01.2025 13:00:00",
            "Успешный звонок",
        ),
        ("", "", "Биллинг", "", "21.01.2025 00:00:00", ""),
    )
    data = _read(
        tmp_path,
        _deals_map("deals.csv"),
        FileMap("companies.csv", "customers", preset="bitrix24_companies"),
        FileMap("calls.csv", "activities", preset="bitrix24_calls"),
        FileMap(_csv(tmp_path, "h.csv", *HISTORY), "stage_events", preset="bitrix24_stage_history"),
        stages=STAGES,
    )
    calls = data.tables["activities"]
    assert calls["attribution"].tolist() == [
        "by_phone_and_time",
        "ambiguous",
        "by_phone_and_time",
        "none",
    ]
    assert calls["deal_id"].tolist()[:3] == ["1", "2", "1"]
    assert calls["duration_s"].tolist() == [65.0, 40.0, 0.0, 30.0]
    assert calls["is_connected"].tolist() == [True, True, False, True]
    assert calls["direction"].tolist() == ["out", "out", "in", "out"]
    assert calls["rep_id"].isna().tolist() == [False, False, True, False]
    deals = data.tables["deals"].set_index("deal_id")
    assert calls["rep_id"].iloc[0] == deals.loc["1", "owner_id"] == calls["rep_id"].iloc[3]
    assert data.import_log.set_index("source_file").loc["calls.csv", "rows_filtered"] == 1
    assert len(data.tables["reps"]) == 2


def test_meetings_of_the_activity_list(tmp_path):
    _bitrix(tmp_path, "deals.csv", DEAL_HEADER, *DEALS)
    _bitrix(
        tmp_path,
        "acts.csv",
        ("Тип", "Название", "Сделка/Лид", "Клиент", "Начало", "Ответственный", "Статус"),
        (
            "Встреча",
            "Показ",
            "Трубы",
            "ООО Ромашка",
            "20.01.2025 12:00:00",
            "Иванов Пётр",
            "Выполнено",
        ),
        (
            "Письмо (отправленное)",
            "КП",
            "",
            "АО Лютик",
            "20.01.2025 13:00:00",
            "Иванов Пётр",
            "Не выполнено",
        ),
    )
    data = _read(
        tmp_path,
        _deals_map("deals.csv"),
        FileMap("acts.csv", "activities", preset="bitrix24_activities"),
        stages=STAGES,
    )
    acts = data.tables["activities"]
    assert acts["kind"].tolist() == ["meeting", "email"]
    assert acts["deal_id"].iloc[0] == "1" and acts["attribution"].iloc[0] == "explicit"
    assert acts["is_completed"].tolist() == [True, False]
    assert acts["is_connected"].iloc[0] and pd.isna(acts["is_connected"].iloc[1])


def test_a_call_in_both_lists_is_one(tmp_path):
    """The telephony list has the talk time; the activity list repeats the call without it."""
    _bitrix(
        tmp_path,
        "acts.csv",
        ("Тип", "Начало", "Ответственный", "Статус"),
        ("Звонок (исходящий)", "20.01.2025 12:00:00", "Иванов Пётр", "Выполнено"),
        ("Встреча", "20.01.2025 15:00:00", "Иванов Пётр", "Выполнено"),
    )
    _bitrix(
        tmp_path,
        "calls.csv",
        CALL_HEADER,
        (
            "Пётр Иванов",
            "+74951112233",
            "Исходящий",
            "65",
            "20.01.2025 12:00:00",
            "Успешный звонок",
        ),
    )
    acts = FileMap("acts.csv", preset="bitrix24_activities")
    data = _read(tmp_path, acts, FileMap("calls.csv", preset="bitrix24_calls"))
    assert data.tables["activities"]["kind"].tolist() == ["meeting", "call"]
    assert _rule(data, "call_listed_twice")["rows"] == 1
    alone = _read(tmp_path, acts).tables["activities"]
    assert alone["kind"].tolist() == ["call", "meeting"]


def test_declared_robots_are_no_people(tmp_path):
    name = _csv(
        tmp_path, "a.csv", "who;kind;at", "112;call;2025-01-01 10:00", "Олег;call;2025-01-01"
    )
    file_map = FileMap(
        name, "activities", columns={"rep_id": "who", "kind": "kind", "started_at": "at"}
    )
    data = _read(tmp_path, file_map, robots=["112"])
    reps = data.tables["reps"].set_index("rep_id")
    assert reps["is_human"].to_dict() == {"112": False, "Олег": True}
    assert reps["is_active"].isna().all()
    assert data.tables["activities"]["is_automatic"].iloc[0]
    assert _rule(data, "rep_only_in_files")["rows"] == 2


def test_absences_by_name(tmp_path):
    """Two people may be away on one day; one person's day told twice is a repeat."""
    name = _csv(
        tmp_path,
        "abs.csv",
        "ФИО;Дата;Вид;Доля",
        "Иванов Пётр;13.01.2025;leave;1",
        "Петров Иван;13.01.2025;leave;0,5",
        "Пётр Иванов;13.01.2025;leave;1",
    )
    columns = {"rep_name": "ФИО", "date": "Дата", "kind": "Вид", "share": "Доля"}
    data = _read(tmp_path, FileMap(name, "absences", columns=columns))
    assert data.tables["absences"]["share"].tolist() == [1.0, 0.5]
    assert data.set_aside["source_row"].tolist() == [4]


PLAIN = {
    "deal_id": "id",
    "status": "status",
    "created_at": "created",
    "closed_at": "closed",
    "amount": "amount",
    "currency": "cur",
    "customer_name": "customer",
    "title": "title",
}


def _plain(root, *rows, name="p.csv", title=()):
    header = "id;title;status;created;closed;amount;cur;customer"
    return FileMap(_csv(root, name, *title, header, *rows), "deals", columns=PLAIN, tz="UTC")


def test_bulk_moves(tmp_path):
    """T11: 20 deals in 57 s by one actor are bulk, 19 others spread over days are not."""
    bulk = [f"b{n},EXECUTING,2025-03-01T10:00:{n * 3:02d}Z,7" for n in range(20)]
    slow = [f"s{n},EXECUTING,2025-03-{n + 2:02d}T10:00:00Z,7" for n in range(19)]
    begin = [
        f"{row.split(',')[0]},NEW,2025-01-{n % 28 + 1:02d}T10:00:00Z,7"
        for n, row in enumerate(bulk + slow)
    ]
    name = _csv(tmp_path, "e.csv", "deal,stage,at,who", *begin, *bulk, *slow)
    columns = {"deal_id": "deal", "stage_id": "stage", "entered_at": "at", "actor_id": "who"}
    file_map = FileMap(name, "stage_events", columns=columns)
    data = _read(tmp_path, file_map, stages=STAGES)
    events = data.tables["stage_events"]
    assert set(events.loc[events["is_bulk"], "deal_id"]) == {f"b{n}" for n in range(20)}
    assert _rule(data, "bulk_move")["rows"] == 20
    strict = _read(tmp_path, file_map, stages=STAGES, thresholds=Thresholds(bulk_min_deals=21))
    assert not strict.tables["stage_events"]["is_bulk"].any()


def test_imports(tmp_path):
    """T12: 20 deals of one minute, and one created after it was closed; 5 others are normal."""
    rows = [f"i{n};;open;2025-02-01 10:00:{n:02d};;10{n};RUB;c{n}" for n in range(20)]
    rows += [f"n{n};;open;2025-02-0{n + 2} 10:00:00;;10{n};RUB;d{n}" for n in range(5)]
    rows.append("late;;won;2025-02-09 10:00:00;2025-02-01 09:00:00;50;RUB;e")
    data = _read(tmp_path, _plain(tmp_path, *rows))
    deals = data.tables["deals"].set_index("deal_id")
    assert deals.index[deals["is_imported"]].tolist() == [f"i{n}" for n in range(20)] + ["late"]
    assert deals.loc["late", "flags"] == "import_created_after_close"
    assert _rule(data, "closed_before_created")["example"] == "late"


def test_bare_dates_are_not_a_mass_import(tmp_path):
    """30 leads of one day with no time of day: the minute is an artefact."""
    rows = [f"{n};;open;2025-02-01;;10{n};RUB;c{n}" for n in range(30)]
    assert (
        not _read(tmp_path, _plain(tmp_path, *rows), tz="UTC").tables["deals"]["is_imported"].any()
    )


def test_test_deals(tmp_path):
    """T13: a test word, a keyboard amount, won in 30 s; «Тестомес» is a machine, not a test."""
    rows = [
        f"n{n};Тестомес {n};open;2025-02-{n % 27 + 1:02d} 10:0{n % 10}:00;;5{n};RUB;c{n}"
        for n in range(60)
    ]
    rows += [
        "t1;тест заявка;open;2025-03-01 10:00:00;;77;RUB;x",
        "t2;Кран;open;2025-03-02 10:00:00;;111111;RUB;y",
        "t3;Насос;won;2025-03-03 10:00:00;2025-03-03 10:00:30;88;RUB;z",
    ]
    data = _read(tmp_path, _plain(tmp_path, *rows))
    deals = data.tables["deals"].set_index("deal_id")
    assert len(deals) == 63  # nothing is deleted
    assert deals.index[deals["is_test"]].tolist() == ["t1", "t2", "t3"]
    assert deals.loc[["t1", "t2", "t3"], "flags"].tolist() == [
        "test_name",
        "test_amount",
        "test_lifetime",
    ]


def test_a_habit_is_no_test(tmp_path):
    """When half of the deals have amount 0, 0 only means that nobody fills it in."""
    rows = [
        f"{n};;open;2025-02-{n % 27 + 1:02d} 10:00:00;;{0 if n % 2 else 50 + n};RUB;c{n}"
        for n in range(40)
    ]
    data = _read(tmp_path, _plain(tmp_path, *rows))
    assert not data.tables["deals"]["is_test"].any()
    assert _rule(data, "test_amount_habit")["rows"] == 20


def test_duplicates(tmp_path):
    """T14: 1000 and 1009 differ by 0.9 %, six days apart; 1020 by 2 %; 8 days is too late."""
    rows = [
        "a;;open;2025-02-01 10:00:00;;1000;RUB;Ромашка",
        "b;;open;2025-02-07 10:00:00;;1009;RUB;«РОМАШКА»",
        "c;;open;2025-02-02 10:00:00;;1020;RUB;Ромашка",
        "d;;open;2025-02-02 11:00:00;;1000;RUB;Лютик",
        "e;;open;2025-02-10 11:00:00;;1000;RUB;Лютик",
    ]
    deals = _read(tmp_path, _plain(tmp_path, *rows)).tables["deals"].set_index("deal_id")
    assert deals.loc[["a", "d", "e"], "is_duplicate"].tolist() == [False] * 3
    assert deals.loc["b", "duplicate_of_id"] in {"a"}
    assert not deals.loc["c", "is_duplicate"]


def test_a_sale_split_into_equal_parts_is_not_taken_for_copies(tmp_path):
    """Five equal deals won on one day stay, for the gaming sign to see; a pair is a copy still."""
    rows = [
        f"s{n};;won;2025-02-0{n} 10:00:00;2025-02-07 1{n}:00:00;200;RUB;Ромашка"
        for n in range(1, 6)
    ]
    rows += [
        "a;;won;2025-02-01 10:00:00;2025-02-07 10:00:00;500;RUB;Лютик",
        "b;;won;2025-02-02 10:00:00;2025-02-07 11:00:00;500;RUB;Лютик",
        "x;;won;2025-02-01 10:00:00;2025-02-05 10:00:00;300;RUB;Роза",
        "y;;won;2025-02-02 10:00:00;2025-02-06 10:00:00;300;RUB;Роза",
        "z;;won;2025-02-03 10:00:00;2025-02-07 10:00:00;300;RUB;Роза",
    ]
    deals = _read(tmp_path, _plain(tmp_path, *rows)).tables["deals"].set_index("deal_id")

    copies = set(deals.index[deals["is_duplicate"]])
    assert not copies & {f"s{n}" for n in range(1, 6)}
    assert {"b", "y", "z"} <= copies


def test_closed_without_a_date_is_kept(tmp_path):
    """T15."""
    data = _read(tmp_path, _plain(tmp_path, "a;;won;2025-02-01 10:00:00;не закрыта;5;RUB;x"))
    deal = data.tables["deals"].iloc[0]
    assert deal["status"] == "won" and pd.isna(deal["closed_at"])
    assert deal["closed_at_quality"] == "none"
    assert _rule(data, "closed_without_date")["rows"] == 1
    assert _rule(data, "missing_mark")["example"] == "'не закрыта' 1 x"


def test_reopened_deal(tmp_path):
    """T16: lost, reopened, still open: the closing stays an event, the deal is open."""
    events = (
        "deal,stage,at",
        "a,NEW,2025-01-01T00:00:00Z",
        "a,LOSE,2025-02-01T00:00:00Z",
        "a,EXECUTING,2025-03-01T00:00:00Z",
        "b,NEW,2025-01-01T00:00:00Z",
        "b,LOSE,2025-02-01T00:00:00Z",
        "b,NEW,2025-03-01T00:00:00Z",
        "b,WON,2025-04-01T00:00:00Z",
    )
    columns = {"deal_id": "deal", "stage_id": "stage", "entered_at": "at"}
    data = _read(
        tmp_path,
        FileMap(
            _csv(tmp_path, "d.csv", "id,created", "a,2025-01-01", "b,2025-01-01"),
            "deals",
            columns={"deal_id": "id", "created_at": "created"},
        ),
        FileMap(_csv(tmp_path, "e.csv", *events), "stage_events", columns=columns),
        stages=STAGES,
    )
    assert data.tables["stage_events"]["kind"].tolist() == [
        "created",
        "close",
        "reopen",
        "created",
        "close",
        "reopen",
        "close",
    ]
    deals = data.tables["deals"].set_index("deal_id")
    assert deals["status"].tolist() == ["open", "won"]
    assert pd.isna(deals.loc["a", "closed_at"])
    assert deals.loc["b", "closed_at"] == pd.Timestamp("2025-04-01T00:00Z")


def test_two_currencies_without_rates_refuse_the_sum(tmp_path):
    """T18; with a rate of 90, 10 USD are 900 RUB."""
    file_map = _plain(
        tmp_path, "a;;open;2025-02-01 10:00:00;;100;руб.;x", "b;;open;2025-02-01 10:00:00;;10;USD;y"
    )
    data = _read(tmp_path, file_map)
    assert data.tables["deals"]["amount_base"].isna().all()
    assert _rule(data, "currency_without_rate")["severity"] == "error"
    rates = pd.DataFrame({"currency": ["USD"], "rate_to_base": [90.0]})
    deals = _read(tmp_path, file_map, fx_rates=rates).tables["deals"]
    assert deals["amount_base"].tolist() == [100.0, 900.0]


@pytest.mark.parametrize("label", ["Сумма", "Сумма, тыс. руб."])
def test_thousands_in_the_title_multiply_once(tmp_path, label):
    """T18: 5 тыс. руб. are 5000 whether the title, the label or both say so."""
    name = _csv(
        tmp_path, "a.csv", "Продажи, тыс. руб.", f"Код;Статус;{label}", "1;open;5", "2;won;7"
    )
    columns = {"deal_id": "Код", "status": "Статус", "amount": label}
    deals = _read(tmp_path, FileMap(name, "deals", columns=columns)).tables["deals"]
    assert deals["amount"].tolist() == [5000.0, 7000.0]


def test_the_future_is_not_used(tmp_path):
    """Created after the as-of instant: set aside. Closed after it: open then."""
    data = _read(
        tmp_path,
        _plain(
            tmp_path,
            "a;;open;2025-07-02 00:00:00;;1;RUB;x",
            "b;;won;2025-06-01 00:00:00;2025-07-02 00:00:00;5;RUB;x",
        ),
    )
    deal = data.tables["deals"].iloc[0]
    assert (deal["deal_id"], deal["status"], deal["flags"]) == ("b", "open", "closed_after_as_of")
    assert pd.isna(deal["closed_at"])
    assert data.set_aside["source_row"].tolist() == [2]
    assert '"id": "a"' in data.set_aside["record"].iloc[0]
    assert {"later_than_as_of", "closed_after_as_of"} <= _rules(data)


def test_every_problem_is_told_at_once(tmp_path):
    name = _csv(tmp_path, "a.csv", "Код сделки;Статус", "1;open")
    (tmp_path / "outside").mkdir()
    inner = tmp_path / "inner"
    inner.mkdir()
    _csv(inner, "a.csv", "Код сделки;Статус", "1;open")
    (inner / "link.csv").symlink_to(tmp_path / name)
    with pytest.raises(EngagementError) as error:
        read_client(
            [
                FileMap(
                    "a.csv",
                    "deals",
                    columns={"deal_id": "Код Сделка", "status": "СТАТУС", "amont": "x"},
                ),
                FileMap("a.csv", "deals", columns={"deal_id": "Код сделка", "status": "СТАТУС"}),
                FileMap("../a.csv", "deals", columns={"status": "Статус"}),
                FileMap("link.csv", "deals", columns={"status": "Статус"}),
                FileMap("gone.csv", "dealz", columns={}),
                FileMap("a.csv", "activities", columns={"kind": "Статус"}, tz="Moscow"),
            ],
            root=inner,
            as_of=AS_OF,
            tz="UTC",
            base_currency="RUB",
        )
    text = str(error.value)
    for part in (
        "no column 'amont' (did you mean 'amount'?)",
        "no column 'Код сделка' (did you mean 'Код сделки'?)",
        "../a.csv: the file must lie inside",
        "link.csv: the file must lie inside",
        "table 'dealz' is not known (did you mean 'deals'?)",
        "gone.csv: there is no such file",
        "time zone 'Moscow' is not known",
    ):
        assert part in text


def test_a_broken_file_is_a_finding(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    data = _read(
        tmp_path,
        FileMap("empty.csv", "customers", columns={"customer_id": "id"}),
        _plain(tmp_path, "a;;open;2025-02-01 10:00:00;;1;RUB;x"),
    )
    assert "empty.csv: the file is empty" in _rule(data, "file_unreadable")["message"]
    assert len(data.tables["deals"]) == 1


def test_unknown_stages_and_statuses_are_listed(tmp_path):
    name = _csv(
        tmp_path,
        "a.csv",
        "id,stage,status",
        "1,Новая,open",
        "2,Согласование,open",
        "3,новая,pending",
        "1,Новая,open",
        ",Новая,open",
    )
    data = _read(
        tmp_path,
        FileMap(
            name, "deals", columns={"deal_id": "id", "stage_name": "stage", "status": "status"}
        ),
        stages=STAGES,
    )
    assert _rule(data, "stage_unknown")["example"] == "Согласование"
    assert data.tables["deals"]["stage_id"].tolist() == ["NEW", "Согласование"]
    reasons = dict(zip(data.set_aside["source_row"], data.set_aside["reason"], strict=True))
    assert reasons[4] == "status 'pending' is not one of open, won, lost"
    assert "repeat" in reasons[5] and reasons[6] == "deal_id is missing or unreadable"


def test_joined_file(tmp_path):
    """A second file adds columns; a repeated and an unknown key are set aside."""
    base = FileMap(
        _csv(tmp_path, "a.csv", "id,created", "1,2025-01-02", "2,2025-01-02"),
        "deals",
        columns={"deal_id": "id", "created_at": "created"},
        constants={"status": "open"},
    )
    more = FileMap(
        _csv(tmp_path, "b.csv", "id,won", "2,2025-02-03", "2,2025-02-04", "9,2025-02-03"),
        "deals",
        join="deal_id",
        columns={"deal_id": "id", "closed_at": "won"},
        constants={"status": "won"},
    )
    data = _read(tmp_path, base, more)
    deals = data.tables["deals"].set_index("deal_id")
    assert deals["status"].tolist() == ["open", "won"]
    assert deals.loc["2", "closed_at"] == pd.Timestamp("2025-02-02T21:00Z")
    assert {"join_duplicate_key", "join_unmatched"} <= _rules(data)
    assert data.import_log["rows_set_aside"].tolist() == [0, 2]


def test_start_and_end_rows_make_one_activity(tmp_path):
    """10:00:00 to 10:01:30 are 90 s; a start without an end is counted."""
    name = _csv(
        tmp_path,
        "e.csv",
        "case,item,step,at",
        "1,call,START,2025-01-01T10:00:00Z",
        "1,call,COMPLETE,2025-01-01T10:01:30Z",
        "1,call,START,2025-01-02T10:00:00Z",
        "2,call,SCHEDULE,2025-01-02T10:00:00Z",
    )
    file_map = FileMap(
        name,
        "activities",
        columns={"deal_id": "case", "kind": "item", "started_at": "at"},
        rows={"step": ["START", "COMPLETE"]},
        pair=Pair("step", "START", "COMPLETE", ("case", "item")),
    )
    data = _read(tmp_path, file_map)
    assert data.tables["activities"]["duration_s"].tolist() == [90.0]
    assert _rule(data, "unpaired_rows")["rows"] == 1
    assert data.import_log[["rows_kept", "rows_filtered", "rows_set_aside"]].values.tolist() == [
        [2, 1, 1]
    ]


def test_reading_twice_gives_the_same(tmp_path):
    file_map = _plain(tmp_path, "a;;open;2025-02-01 10:00:00;;1;RUB;x", "b;;won;x;y;z;RUB;x")
    one, two = _read(tmp_path, file_map), _read(tmp_path, file_map)
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])
    pd.testing.assert_frame_equal(one.issues, two.issues)
    pd.testing.assert_frame_equal(one.import_log, two.import_log)


def test_unclear_numbers_ask_for_a_declaration(tmp_path):
    file_map = _plain(tmp_path, "a;;open;2025-02-01 10:00:00;;1.234;RUB;x")
    data = _read(tmp_path, file_map)
    assert "declare the decimal mark" in _rule(data, "number_form_unclear")["message"]
    assert data.tables["deals"]["amount"].isna().all()


# ---- the sample client ------------------------------------------------------------------------

SAMPLE = Path(__file__).parents[1] / "sample_data" / "client"


@pytest.mark.skipif(not (SAMPLE / "truth.json").is_file(), reason="the sample is not written")
def test_planted_traps_of_the_sample_client_are_found_exactly():
    """Every test, copy, import and bulk move that was planted is flagged, and nothing else."""
    settings = yaml.safe_load((SAMPLE / "engagement.yml").read_text(encoding="utf-8"))
    planted = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["planted"]
    maps = [FileMap(**entry) for entry in settings["files"]]
    data = _read(SAMPLE, *maps, as_of=pd.Timestamp(settings["as_of"]), robots=settings["robots"])
    deals, events = data.tables["deals"], data.tables["stage_events"]
    for trap, column in (
        ("test_deals", "is_test"),
        ("duplicates", "is_duplicate"),
        ("imported", "is_imported"),
    ):
        assert set(deals.loc[deals[column], "deal_id"]) == set(planted[trap]), trap
    assert set(events.loc[events["is_bulk"], "deal_id"]) == set(planted["bulk_closed"])
    undated = deals["status"].ne("open") & deals["closed_at"].isna()
    assert set(deals.loc[undated, "deal_id"]) == set(planted["undated"])
    assert not deals["deal_id"].isin(planted["broken_deal_rows"]).any()
    assert _rule(data, "billing_rows")["rows"] == len(planted["billing_rows"])
    open_deals = deals[deals["status"] == "open"]
    assert open_deals["closed_at"].isna().all() and open_deals["expected_close_on"].notna().any()
    reps = data.tables["reps"]
    assert reps["is_human"].sum() == len(reps) - 1  # people under two name orders, and one robot


# ---- public data, where it is at hand ---------------------------------------------------------

PUBLIC = Path(__file__).parents[1] / ".." / "shared" / "data"
public = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public data sets are not at hand")


@public
def test_olist_funnel():
    """8,000 leads, 842 won, one of them before its first contact (the set's own figures)."""
    leads = FileMap(
        "olist_funnel/olist_marketing_qualified_leads_dataset.csv",
        "deals",
        columns={"deal_id": "mql_id", "created_at": "first_contact_date", "source": "origin"},
        constants={"status": "open"},
    )
    won = FileMap(
        "olist_funnel/olist_closed_deals_dataset.csv",
        "deals",
        join="deal_id",
        columns={"deal_id": "mql_id", "closed_at": "won_date", "owner_id": "sr_id"},
        constants={"status": "won"},
    )
    data = _read(
        PUBLIC,
        leads,
        won,
        as_of=pd.Timestamp("2018-12-01", tz="UTC"),
        tz="America/Sao_Paulo",
        base_currency="BRL",
    )
    deals = data.tables["deals"]
    assert len(deals) == 8000 and deals["status"].eq("won").sum() == 842
    assert deals["source"].isna().sum() == 60
    assert _rule(data, "closed_before_created")["rows"] == 1
    assert len(data.tables["reps"]) == 22
    assert data.import_log["rows_kept"].tolist() == [8000, 842]


@public
def test_maven_crm():
    """4,238 won for 10,005,534 and 2,473 lost of 8,800; 30 of 35 agents have deals."""
    deals_map = FileMap(
        "maven_crm/sales_pipeline.csv",
        "deals",
        columns={
            "deal_id": "opportunity_id",
            "owner_name": "sales_agent",
            "customer_name": "account",
            "status": "deal_stage",
            "created_at": "engage_date",
            "closed_at": "close_date",
            "amount": "close_value",
        },
        values={
            "status": {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}
        },
    )
    reps = FileMap(
        "maven_crm/sales_teams.csv",
        "reps",
        columns={"rep_id": "sales_agent", "full_name": "sales_agent", "team": "manager"},
    )
    data = _read(
        PUBLIC,
        deals_map,
        reps,
        as_of=pd.Timestamp("2018-01-01", tz="UTC"),
        tz="UTC",
        base_currency="USD",
    )
    deals = data.tables["deals"]
    assert deals["status"].value_counts().to_dict() == {"won": 4238, "lost": 2473, "open": 2089}
    assert deals.loc[deals["status"] == "won", "amount_base"].sum() == 10_005_534
    assert deals["customer_id"].isna().sum() == 1425
    assert deals["owner_id"].nunique() == 30 and len(data.tables["reps"]) == 35
    assert not deals["is_test"].any() and not deals["is_imported"].any()


@public
def test_uci_bank_marketing():
    """4,640 yes of 41,188, 105,754 contacts, and no date at all."""
    file_map = FileMap(
        "uci_bank_marketing/bank-additional-full.csv.gz",
        "deals",
        columns={"contacts_count": "campaign", "status": "y"},
        values={"status": {"yes": "won", "no": "lost"}},
    )
    data = _read(PUBLIC, file_map, tz="UTC", base_currency="EUR")
    deals = data.tables["deals"]
    assert deals["status"].value_counts().to_dict() == {"lost": 36548, "won": 4640}
    assert deals["contacts_count"].sum() == 105_754
    assert deals["created_at"].isna().all()


@public
def test_bpic2012():
    """2,246 approved, 10,442 declined or cancelled, 399 open; 14,357.3 h of hands-on time."""
    states = [
        "A_SUBMITTED",
        "A_PARTLYSUBMITTED",
        "A_PREACCEPTED",
        "A_ACCEPTED",
        "A_FINALIZED",
        "A_APPROVED",
        "A_REGISTERED",
        "A_ACTIVATED",
        "A_DECLINED",
        "A_CANCELLED",
    ]
    stages = pd.DataFrame(
        {
            "pipeline_id": "loans",
            "stage_id": states,
            "stage_order": range(10),
            "semantic": ["open"] * 5 + ["won"] * 3 + ["lost"] * 2,
        }
    )
    items = {
        "W_Nabellen offertes": "call",
        "W_Nabellen incomplete dossiers": "call",
        "W_Afhandelen leads": "call",
        "W_Completeren aanvraag": "task",
        "W_Valideren aanvraag": "task",
        "W_Beoordelen fraude": "task",
        "W_Wijzigen contractgegevens": "task",
    }
    path, case, name = "bpic2012_loans/bpic2012_events.csv.gz", "case:concept:name", "concept:name"
    when, who, step = "time:timestamp", "org:resource", "lifecycle:transition"
    data = _read(
        PUBLIC,
        FileMap(
            path,
            "deals",
            columns={"deal_id": case, "created_at": "case:REG_DATE", "amount": "case:AMOUNT_REQ"},
            rows={name: ["A_SUBMITTED"]},
        ),
        FileMap(
            path,
            "stage_events",
            columns={"deal_id": case, "stage_id": name, "entered_at": when, "actor_id": who},
            rows={name: states, step: ["COMPLETE"]},
        ),
        FileMap(
            path,
            "activities",
            columns={
                "deal_id": case,
                "rep_id": who,
                "purpose": name,
                "kind": name,
                "started_at": when,
            },
            values={"kind": items},
            rows={name: list(items), step: ["START", "COMPLETE"]},
            pair=Pair(step, "START", "COMPLETE", (case, name)),
        ),
        as_of=pd.Timestamp("2012-03-15", tz="UTC"),
        tz="Europe/Amsterdam",
        base_currency="EUR",
        stages=stages,
        reps=pd.DataFrame({"rep_id": ["112"], "full_name": ["system"]}),
    )
    deals, work = data.tables["deals"], data.tables["activities"]
    assert deals["status"].value_counts().to_dict() == {"lost": 10442, "won": 2246, "open": 399}
    assert work["duration_s"].sum() / 3600 == pytest.approx(14357.3, abs=0.05)
    median = work.groupby("purpose")["duration_s"].median() / 60
    assert median["W_Nabellen offertes"] == pytest.approx(1.69, abs=0.005)
    assert median["W_Valideren aanvraag"] == pytest.approx(12.04, abs=0.005)
    reps = data.tables["reps"].set_index("rep_id")["is_human"]
    assert not reps["112"] and reps.drop("112").all()
