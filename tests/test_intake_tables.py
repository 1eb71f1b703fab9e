"""Order lines, the KPI list and the other tables through the door. Expected values: by hand."""

import pandas as pd
import pytest
import yaml

from kpikit.errors import EngagementError
from kpikit.intake.bitrix24 import PRESETS
from kpikit.intake.filemap import FileMap, declaration_problems
from kpikit.intake.read import read_client
from kpikit.intake.spelling import value_finder
from kpikit.report.views.readiness import RULES
from kpikit.starter import STARTER
from kpikit.vocabulary import PROVENANCE, TABLES

AS_OF = pd.Timestamp("2025-07-01", tz="UTC")


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


def _map(root, table, columns, *lines, name="", **options):
    """A file of these lines and its map."""
    path = name or f"{table}.csv"
    (root / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return FileMap(path, table, columns=columns, **options)


def _issue(data, rule):
    found = data.issues[data.issues["rule"] == rule]
    assert len(found), f"no issue {rule} among {sorted(set(data.issues['rule']))}"
    return found.iloc[0]


# ---- order lines and invoices -------------------------------------------------------------------

LINES = {
    "invoice_id": "Документ", "issued_on": "Дата", "customer_name": "Клиент",
    "rep_name": "Менеджер", "doc_kind": "Вид", "product_id": "Код", "units": "Кол-во",
    "amount": "Сумма", "cost_base": "Себестоимость",
}  # fmt: skip
HEADER = "Документ;Дата;Клиент;Менеджер;Вид;Код;Кол-во;Сумма;Себестоимость"
KINDS = {"doc_kind": {"Реализация": "invoice", "Возврат": "return"}}


def test_invoices_are_the_sums_of_their_lines(tmp_path):
    """T3: 100 + 250.50 = 350.50 and 60 + 150 = 210 of cost; the return of 40 takes money back."""
    lines = _map(
        tmp_path, "order_lines", LINES, HEADER,
        "Р1;05.03.2025;ООО Ромашка;Иванов Пётр;Реализация;A;2;100,00;60",
        "Р1;05.03.2025;«ромашка ооо»;Пётр Иванов;Реализация;B;1;250,50;150",
        "В1;06.03.2025;ООО Ромашка;Иванов Пётр;Возврат;A;-1;-40,00;-25",
        values=KINDS,
    )  # fmt: skip
    customers = _map(
        tmp_path, "customers", {"customer_id": "id", "name": "name"}, "id;name", "10;ООО Ромашка"
    )
    data = _read(tmp_path, customers, lines)
    invoices = data.tables["invoices"].set_index("invoice_id")

    assert invoices["amount"].to_dict() == {"Р1": 350.5, "В1": -40.0}
    assert invoices["cost_base"].to_dict() == {"Р1": 210.0, "В1": -25.0}
    assert invoices["amount_base"].sum() == pytest.approx(310.5, abs=0.01)
    assert invoices["doc_kind"].to_dict() == {"Р1": "invoice", "В1": "return"}
    assert invoices["customer_id"].tolist() == ["10", "10"]
    assert invoices["rep_id"].nunique() == 1
    assert invoices.loc["Р1", "issued_on"] == pd.Timestamp("2025-03-05")
    assert invoices["source_row"].tolist() == [2, 4]
    told = _issue(data, "invoices_from_lines")
    assert (told["severity"], told["rows"]) == ("info", 2)
    assert told["example"] == "2 invoices, 3 lines, 310.50 in all"


def test_lines_that_disagree_about_the_customer_are_told(tmp_path):
    lines = _map(
        tmp_path, "order_lines", {**LINES, "customer_id": "Клиент"}, HEADER,
        "Р1;05.03.2025;c1;Иванов;Реализация;A;2;100;60",
        "Р1;05.03.2025;c2;Иванов;Реализация;B;1;250;150",
        "Р2;05.03.2025;c2;Иванов;Реализация;B;1;250;150",
        values=KINDS,
    )  # fmt: skip
    issue = _issue(_read(tmp_path, lines), "invoice_lines_disagree")
    assert (issue["column"], issue["rows"], issue["share"]) == ("customer_id", 1, 0.5)
    assert issue["example"] == "Р1"


def test_returns_are_negative_whatever_their_sign_in_the_file(tmp_path):
    """T21: a positive return is turned as a whole, -(50 - 5) = -45; a negative one stays."""
    lines = _map(
        tmp_path, "order_lines", LINES, HEADER,
        "Р1;05.03.2025;x;Иванов;Реализация;A;2;100;60",
        "В1;06.03.2025;x;Иванов;Возврат;A;1;50;30",
        "В1;06.03.2025;x;Иванов;Возврат;FEE;1;-5;",
        "В2;06.03.2025;x;Иванов;Возврат;A;-1;-50;-30",
        values=KINDS,
    )  # fmt: skip
    data = _read(tmp_path, lines)
    assert data.tables["order_lines"]["amount"].tolist() == [100.0, -50.0, 5.0, -50.0]
    assert data.tables["order_lines"]["units"].tolist() == [2.0, -1.0, -1.0, -1.0]
    invoices = data.tables["invoices"].set_index("invoice_id")["amount"]
    assert invoices.to_dict() == {"Р1": 100.0, "В1": -45.0, "В2": -50.0}
    assert _issue(data, "return_sign")["rows"] == 2


def test_a_sale_below_zero_is_a_return(tmp_path):
    """No kind in the file: 30 - 100 = -70 takes money back; a discount line does not."""
    header = "doc,day,who,sum"
    columns = {"invoice_id": "doc", "issued_on": "day", "customer_id": "who", "amount": "sum"}
    lines = _map(
        tmp_path, "order_lines", columns, header,
        "a,2025-03-05,x,30", "a,2025-03-05,x,-100", "b,2025-03-05,x,100", "b,2025-03-05,x,-10",
    )  # fmt: skip
    data = _read(tmp_path, lines)
    kinds = data.tables["invoices"].set_index("invoice_id")["doc_kind"]
    assert kinds.to_dict() == {"a": "return", "b": "invoice"}
    assert data.tables["order_lines"]["doc_kind"].tolist() == ["return"] * 2 + ["invoice"] * 2
    assert _issue(data, "negative_amount")["example"] == "b"


def test_lines_take_what_their_invoice_says(tmp_path):
    """Lines carry document and money only; one belongs to an invoice nobody listed."""
    invoices = _map(
        tmp_path, "invoices",
        {"invoice_id": "n", "issued_on": "d", "customer_name": "c", "rep_name": "r",
         "doc_kind": "k", "amount": "a"},
        "n,d,c,r,k,a", "1,2025-03-05,Acme,Ann,invoice,300", "2,2025-03-06,Acme,Bob,return,80",
        "3,2025-08-01,Acme,Bob,invoice,10",
    )  # fmt: skip
    lines = _map(
        tmp_path, "order_lines", {"invoice_id": "n", "units": "u", "amount": "a"},
        "n,u,a", "1,1,100", "1,2,199.5", "2,1,80", "3,1,10", "9,1,7",
    )  # fmt: skip
    data = _read(tmp_path, invoices, lines)
    table = data.tables["order_lines"].set_index("invoice_id")
    assert table["rep_id"].fillna("").tolist() == ["Ann", "Ann", "Bob", ""]
    assert table["customer_id"].fillna("").tolist() == ["Acme", "Acme", "Acme", ""]
    assert table["issued_on"].dt.day.fillna(0).tolist() == [5, 5, 6, 0]
    assert table["amount"].tolist() == [100.0, 199.5, -80.0, 7.0]
    assert data.tables["invoices"]["amount"].tolist() == [300.0, -80.0]
    orphan = _issue(data, "invoice_not_listed")
    assert (orphan["table"], orphan["rows"], orphan["example"]) == ("order_lines", 1, "9")
    differ = _issue(data, "invoice_lines_differ")  # 100 + 199.50 is 0.50 short of 300
    assert (differ["rows"], differ["example"]) == (1, "1")
    # the line of the invoice that came after the as-of instant went with it
    aside = data.set_aside[data.set_aside["table"] == "order_lines"]
    assert aside["source_row"].tolist() == [5]
    assert "invoices_from_lines" not in set(data.issues["rule"])


def test_lines_without_date_and_invoices_say_what_is_missing(tmp_path):
    lines = _map(
        tmp_path, "order_lines", {"invoice_id": "n", "amount": "a"}, "n,a", "1,100", "1,200"
    )
    data = _read(tmp_path, lines)
    assert "invoices" not in data.tables
    assert "no date or no customer" in _issue(data, "lines_without_invoice")["message"]


def test_units_times_price(tmp_path):
    """3 at 2.50 are 7.50; a price without units is refused before reading."""
    columns = {
        "invoice_id": "n", "issued_on": "d", "customer_id": "c", "units": "u", "unit_price": "p",
    }  # fmt: skip
    rows = ("n,d,c,u,p", "1,2025-03-05,7.0,3,2.50", "2,2025-03-05,8.0,-1,4.00")
    data = _read(tmp_path, _map(tmp_path, "order_lines", columns, *rows))
    assert data.tables["order_lines"]["amount"].tolist() == [7.5, -4.0]
    assert data.tables["order_lines"]["customer_id"].tolist() == ["7", "8"]
    assert _issue(data, "read_note")["message"].endswith("are read without their '.0'.")
    del columns["units"]
    with pytest.raises(EngagementError, match="unit_price alone is no amount"):
        _read(tmp_path, _map(tmp_path, "order_lines", columns, *rows))


def test_contradictions_of_lines(tmp_path):
    """A sold line of -1, a kind nobody knows, and a line that stands there twice."""
    columns = {
        "invoice_id": "n", "issued_on": "d", "customer_id": "c", "units": "u", "amount": "a",
        "doc_kind": "k", "product_id": "p",
    }  # fmt: skip
    data = _read(tmp_path, _map(
        tmp_path, "order_lines", columns, "n,d,c,u,a,k,p",
        "1,2025-03-05,x,-1,0,invoice,A", "2,2025-03-05,x,1,10,счёт,A", "2,2025-03-05,x,1,10,счёт,A",
    ))  # fmt: skip
    assert _issue(data, "negative_units")["example"] == "1"
    assert _issue(data, "doc_kind_unknown")["example"] == "счёт"
    assert _issue(data, "line_repeated")["rows"] == 1
    assert len(data.tables["order_lines"]) == 3  # nothing is deleted


def test_lines_in_two_currencies(tmp_path):
    """T18: at 90 RUB, 10 USD + 100 RUB are 1,000 RUB; without the rate there is no sum."""
    columns = {
        "invoice_id": "n", "issued_on": "d", "customer_id": "c", "amount": "a", "currency": "w",
    }  # fmt: skip
    lines = _map(
        tmp_path,
        "order_lines",
        columns,
        "n,d,c,a,w",
        "1,2025-03-05,x,10,USD",
        "1,2025-03-05,x,100,RUB",
    )
    rates = pd.DataFrame({"currency": ["USD"], "rate_to_base": [90.0]})
    invoice = _read(tmp_path, lines, fx_rates=rates).tables["invoices"].iloc[0]
    assert invoice["amount_base"] == 1000.0
    assert pd.isna(invoice["amount"]) and pd.isna(invoice["currency"])
    assert _read(tmp_path, lines).tables["invoices"]["amount_base"].isna().all()


# ---- KPI list, facts, pay -----------------------------------------------------------------------

KPIS = {
    "name": "Показатель", "role": "Роль", "weight_in_pay": "Вес, %", "in_pay": "В оплате",
    "cadence": "Период", "controller": "Кто влияет", "parent_kpi_name": "Цель",
    "target_low": "от", "target_high": "до",
}  # fmt: skip
KPI_HEADER = "Показатель;Роль;Вес, %;В оплате;Период;Кто влияет;Цель;от;до"


def test_kpi_list_without_ids(tmp_path):
    """Numbers by place in the list; 20 below a percent label is 0.2; goals are found by name."""
    data = _read(tmp_path, _map(
        tmp_path, "kpis", KPIS, KPI_HEADER,
        "Средний чек;менеджер;20;да;Monthly;rep;Выручка;5;1",
        "Выручка;менеджер;80;нет;ежегодно;head;;;",
        values={"cadence": {"Monthly": "monthly"}},
    ))  # fmt: skip
    kpis = data.tables["kpis"]
    assert kpis["kpi_id"].tolist() == ["KPI-01", "KPI-02"]
    assert kpis["weight_in_pay"].tolist() == [0.2, 0.8]
    assert kpis["in_pay"].tolist() == [True, False]
    assert kpis["parent_kpi_id"].iloc[0] == "KPI-02" and pd.isna(kpis["parent_kpi_id"].iloc[1])
    assert kpis["cadence"].iloc[0] == "monthly" and pd.isna(kpis["cadence"].iloc[1])
    unknown = _issue(data, "kpi_value_unknown")
    assert unknown["example"] == "ежегодно" and "weekly" in unknown["message"]
    assert _issue(data, "band_reversed")["example"] == "KPI-01"


def test_numbers_of_kpis_step_aside_for_ids_of_the_list(tmp_path):
    """The third KPI is called KPI-02 by the client, so the second cannot be."""
    data = _read(tmp_path, _map(
        tmp_path, "kpis", {"kpi_id": "id", "name": "n"}, "id,n", ",a", ",b", "KPI-02,c",
    ))  # fmt: skip
    assert data.tables["kpis"]["kpi_id"].tolist() == ["KPI-01", "KPI-05", "KPI-02"]


@pytest.mark.parametrize(
    ("label", "cells", "expected"),
    [
        ("Weight", ("20 %", "0.8"), [0.2, 0.8]),
        ("Weight", ("0.2", "0.8"), [0.2, 0.8]),
        ("Weight %", ("20", "80"), [0.2, 0.8]),
        ("Weight %", ("0.2", "0.8"), [0.2, 0.8]),
        ("Weight %", ("20%", "80"), [0.2, 0.8]),
    ],
)
def test_weights_as_people_write_them(tmp_path, label, cells, expected):
    """Twenty per cent is 0.2 however it is written."""
    data = _read(tmp_path, _map(
        tmp_path, "pay_rules", {"role": "role", "weight": label}, f"role;{label}",
        *(f"rep;{cell}" for cell in cells),
    ))  # fmt: skip
    assert data.tables["pay_rules"]["weight"].tolist() == pytest.approx(expected)
    assert "weight_not_a_share" not in set(data.issues["rule"])


def test_a_weight_of_twenty_is_no_share(tmp_path):
    """No percent sign and no percent label: nobody can tell, so it is said."""
    data = _read(tmp_path, _map(
        tmp_path, "pay_rules", {"role": "role", "weight": "w"}, "role;w", "rep;20",
    ))  # fmt: skip
    assert _issue(data, "weight_not_a_share")["rows"] == 1


FACTS = {
    "kpi_name": "kpi", "rep_name": "who", "period_start_on": "from", "period_end_on": "to",
    "value": "value", "numerator": "num", "denominator": "den",
}  # fmt: skip


def test_facts_by_name_and_from_their_parts(tmp_path):
    """T20: 3 of 12 are 0.25; T23: a rep whom the staff list has no more stays in the panel."""
    reps = _map(
        tmp_path, "reps", {"rep_id": "id", "first_name": "first", "last_name": "last"},
        "id,first,last", "7,Пётр,Иванов",
    )  # fmt: skip
    kpis = _map(tmp_path, "kpis", {"kpi_id": "id", "name": "name"}, "id,name", "K9,Доля побед")
    facts = _map(
        tmp_path, "kpi_facts", FACTS, "kpi,who,from,to,value,num,den",
        "доля побед,Иванов Пётр,2025-01-01,2025-01-31,,3,12",
        "Доля побед,Сидорова Анна,2025-01-01,2025-01-31,0.5,1,2",
        "Доля побед,Сидорова Анна,2025-02-01,2025-02-28,0.9,1,2",
        "Звонки,Иванов Пётр,2025-02-01,2025-02-28,40,,",
        "Звонки,Иванов Пётр,2025-02-01,2025-02-28,41,,",
        "Звонки,Иванов Пётр,2025-08-01,2025-08-31,41,,",
        "Звонки,Иванов Пётр,2025-03-31,2025-03-01,41,,",
        "Звонки,Иванов Пётр,2025-03-01,2025-03-31,,4,0",
    )  # fmt: skip
    data = _read(tmp_path, reps, kpis, facts)
    table = data.tables["kpi_facts"]
    assert table["value"].dropna().tolist() == [0.25, 0.5, 0.9, 40.0, 41.0]
    assert table["value"].isna().tolist() == [False] * 5 + [True]  # 4 of 0: not measured, not zero
    assert table["kpi_id"].tolist() == ["K9", "K9", "K9", "Звонки", "Звонки", "Звонки"]
    assert table["rep_id"].iloc[0] == "7" and table["rep_id"].iloc[1] == "Сидорова Анна"
    staff = data.tables["reps"].set_index("rep_id")
    assert staff["full_name"].to_dict() == {"7": "Пётр Иванов", "Сидорова Анна": "Сидорова Анна"}
    assert _issue(data, "fact_from_parts")["rows"] == 1
    assert _issue(data, "fact_parts_differ")["rows"] == 1  # 0.9 is not 1 of 2
    assert _issue(data, "fact_repeated")["rows"] == 2
    assert _issue(data, "kpi_not_listed")["example"] == "Звонки"
    reasons = dict(zip(data.set_aside["source_row"], data.set_aside["reason"], strict=True))
    assert reasons[7].startswith("later than")
    assert reasons[8] == "period_end_on is before period_start_on"
    assert 9 not in reasons


def test_one_name_of_two_kpis_is_told_apart_by_role(tmp_path):
    kpis = _map(
        tmp_path, "kpis", {"kpi_id": "id", "name": "name", "role": "role"},
        "id,name,role", "K1,Revenue,rep", "K2,Revenue,head",
    )  # fmt: skip
    rules = _map(
        tmp_path, "pay_rules", {"kpi_name": "kpi", "role": "role", "gate_kpi_name": "gate"},
        "kpi,role,gate", "Revenue,head,", "Revenue,sdr,Revenue",
    )  # fmt: skip
    data = _read(tmp_path, kpis, rules)
    assert data.tables["pay_rules"]["kpi_id"].fillna("").tolist() == ["K2", ""]
    assert _issue(data, "kpi_name_ambiguous")["example"] == "Revenue"


# ---- the other tables ---------------------------------------------------------------------------


def test_periods_that_run_backwards_are_set_aside(tmp_path):
    """Costs in thousands; a period that ends before it begins has no days to spread them over."""
    columns = {
        "period_start_on": "с", "period_end_on": "по", "amount_base": "Сумма, тыс. руб.",
        "kind": "Статья", "rep_name": "Сотрудник",
    }  # fmt: skip
    data = _read(tmp_path, _map(
        tmp_path, "costs", columns, "с;по;Сумма, тыс. руб.;Статья;Сотрудник",
        "01.01.2025;31.01.2025;12,5;реклама;", "31.01.2025;01.01.2025;1;реклама;Иванов",
        "01.02.2025;28.02.2025;3;аренда;Иванов Пётр",
    ))  # fmt: skip
    costs = data.tables["costs"]
    assert costs["amount_base"].tolist() == [12_500.0, 3000.0]
    assert costs["cost_id"].tolist() == ["costs.csv:2", "costs.csv:4"]
    assert costs["rep_id"].fillna("").tolist() == ["", "Иванов Пётр"]
    assert data.set_aside["source_row"].tolist() == [3]


def test_ends_after_the_as_of_instant_are_not_known(tmp_path):
    """Solved in July: open on 1 July. Opened in July: not there yet. A promise may lie ahead."""
    tickets = _map(
        tmp_path, "tickets",
        {"ticket_id": "id", "customer_name": "c", "opened_at": "o", "resolved_at": "r"},
        "id,c,o,r", "a,Acme,2025-06-01 10:00,2025-07-03 10:00",
        "b,Acme,2025-07-02 10:00,", "c,Acme,2025-06-02 10:00,2025-06-01 10:00",
    )  # fmt: skip
    deliveries = _map(
        tmp_path, "deliveries",
        {"invoice_id": "n", "customer_name": "c", "promised_on": "p", "delivered_on": "d"},
        "n,c,p,d", "1,Acme,2025-07-20,", "1,Acme,2025-06-20,2025-07-20",
        "1,Acme,2025-06-20,2025-06-19",
    )  # fmt: skip
    data = _read(tmp_path, tickets, deliveries)
    table = data.tables["tickets"].set_index("ticket_id")
    assert table.index.tolist() == ["a", "c"]
    assert pd.isna(table.loc["a", "resolved_at"])
    assert data.tables["deliveries"]["delivered_on"].isna().tolist() == [True, True, False]
    found = data.issues[data.issues["rule"] == "closed_after_as_of"]
    assert found["table"].tolist() == ["tickets", "deliveries"]
    assert _issue(data, "closed_before_created")["example"] == "c"
    assert data.tables["customers"]["customer_id"].tolist() == ["Acme"]


def test_every_table_can_be_read(tmp_path):
    """One row each of the tables that ask for little; ids are file and row."""
    maps = [
        _map(tmp_path, "profits", {"period_start_on": "a", "period_end_on": "b",
                                   "amount_base": "c", "level": "l"},
             "a,b,c,l", "2025-01-01,2025-03-31,100,gross"),
        _map(tmp_path, "surveys", {"sent_on": "a", "score": "b", "customer_name": "c",
                                   "rep_name": "r"},
             "a,b,c,r", "2025-01-01,9,Acme,Ann", "2025-01-02,85,Acme,Ann"),
        _map(tmp_path, "markets", {"segment": "s", "target_firms": "n", "potential_base": "p"},
             "s,n,p", "A,120,5000"),
        _map(tmp_path, "payroll", {"rep_name": "r", "period_start_on": "a", "period_end_on": "b",
                                   "base_paid": "x", "bonus_paid": "y"},
             "r,a,b,x,y", "Ann,2025-01-01,2025-01-31,900,100"),
        _map(tmp_path, "plans", {"rep_name": "r", "period_start_on": "a", "period_end_on": "b",
                                 "value": "x"},
             "r,a,b,x", "Ann,2025-01-01,2025-03-31,900", constants={"scope": "rep"}),
    ]  # fmt: skip
    tables = _read(tmp_path, *maps).tables
    ids = {"profits": "profit_id", "surveys": "survey_id", "markets": "market_id",
           "payroll": "payment_key", "plans": "plan_id"}  # fmt: skip
    for name, key in ids.items():
        assert tables[name][key].iloc[0] == f"{name}.csv:2"
    assert tables["surveys"]["rep_id"].tolist() == ["Ann", "Ann"]
    assert tables["payroll"][["rep_id", "base_paid", "bonus_paid"]].values.tolist() == [
        ["Ann", 900.0, 100.0]
    ]
    assert tables["plans"]["scope_id"].tolist() == ["Ann"]
    assert _issue(_read(tmp_path, *maps), "score_outside_scale")["example"] == "85.0"


def test_patterns_of_values():
    """Named in full first, then the patterns in their order; an empty cell fits none."""
    find = value_finder({"C*": "return", "*": "invoice", "C7": None, "*.b*": "never"})
    assert find("c536379") == ("return",)
    assert find("536379") == ("invoice",)
    assert find("C7") == (None,)
    assert find(" ") is None
    assert value_finder({"C*": "return"})("AC1") is None
    assert value_finder({"a.b*": "x"})("axb1") is None  # a dot is a dot


def test_examples_of_the_starter_name_real_columns():
    """Taking away the comment signs of the raw files gives maps that the door accepts."""
    block = STARTER.partition("files: []\n")[2].partition("# Other tables")[0]
    files = yaml.safe_load("\n".join(line.removeprefix("#") for line in block.splitlines()))
    assert {entry.get("table") for entry in files} >= {"deals", "order_lines", "kpis", "kpi_facts"}
    for entry in files:
        if "table" in entry:
            assert declaration_problems(FileMap(**entry), PRESETS) == []
    named = STARTER.partition("# Other tables: ")[2].replace("#", " ").split()
    assert {*named, "deals", "order_lines", "kpis", "kpi_facts", "pay_rules", "payroll"} == set(
        TABLES
    )
