"""Targets and pay of the sample client, and the worked examples through the whole assembly."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, store_of

from kpikit.client_store import client_store
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.pay_schemes import Commission, KpiMatrix, Together, pay_by_period
from kpikit.diagnosis.payout import payout
from kpikit.diagnosis.targets import ABSOLUTE, SAME_PERIOD_LAST_YEAR, Target, judge_target
from kpikit.engagement import Engagement
from kpikit.figures import figure_table
from kpikit.pay_panel import months_of_pay, of_length, scheme_of
from kpikit.places import notebooks_dir, sample_dir
from kpikit.published_targets import targets_and_pay_rows
from kpikit.report.views import pay as view_pay
from kpikit.report.views import targets_and_pay as view_targets
from kpikit.sales_history import history_of
from kpikit.target_questions import judged
from kpikit.targets_and_pay import TargetsAndPay, kpi_target_odds, targets_and_pay

QUARTERS = [10.0, 10.4, 10.9, 12.0, 10.8, 11.3, 11.9, 13.1]
MONTHS = [
    80.0, 89.8, 102.5, 103.8, 99.4, 100.0, 96.7, 100.4, 108.7, 115.3, 123.7, 131.8, 88.4, 94.0,
    113.9, 121.7, 105.5, 112.4, 98.4, 99.4, 113.3, 128.8, 126.9, 144.5,
]  # fmt: skip
NO_CHAIN = Refusal(())
CURVE = "0.8:0.5, 1.0:1.0, 1.2:1.5"


def engagement(**changes: object) -> Engagement:
    settings = {
        "client": "Test", "as_of": datetime(2026, 7, 1), "zone": "Europe/Moscow", "currency": "EUR",
        "languages": ("en",),
    }  # fmt: skip
    return Engagement(**(settings | changes))


def deals(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Won deals: rep, day, amount."""
    table = pd.DataFrame(rows, columns=["owner_id", "day", "amount"])
    day = pd.to_datetime(table["day"]).dt.tz_localize("Europe/Moscow").dt.tz_convert("UTC")
    return pd.DataFrame(
        {
            "deal_id": [f"d{k}" for k in range(len(table))],
            "status": "won",
            "owner_id": table["owner_id"],
            "created_at": day - pd.Timedelta(days=30),
            "closed_at": day + pd.Timedelta(hours=12),
            "amount": table["amount"],
            "amount_base": table["amount"],
            "segment": "A",
            "source": "site",
        }
    )


def sold_by_month(values: list[float], step: int = 1) -> pd.DataFrame:
    """One deal on the fifth day of every ``step``-th month, the last period just over."""
    first = pd.Timestamp(AS_OF) - pd.DateOffset(months=step * len(values))
    days = [first + pd.DateOffset(months=step * k, days=4) for k in range(len(values))]
    return deals([("a", f"{day:%Y-%m-%d}", value) for day, value in zip(days, values, strict=True)])


def found_of(tables: dict[str, pd.DataFrame], **changes: object) -> TargetsAndPay:
    return targets_and_pay(
        engagement(**changes), tables, store_of(tables), NO_CHAIN, np.random.default_rng(1)
    )


def question(found: TargetsAndPay, name: str) -> pd.Series:
    return found.answers.table.set_index("question").loc[name]


# --------------------------------------------------------------------------
# Targets
# --------------------------------------------------------------------------
def test_months_reach_the_answer_unchanged():
    """EX-10.3 through files and store: 440.22 is impossible, 325.93 a stretch."""
    found = found_of({"deals": sold_by_month(MONTHS)})
    core = judge_target(MONTHS, Target(SAME_PERIOD_LAST_YEAR, growth=0.1), horizon=3, season=12)

    assert found.history.table["value"].tolist() == pytest.approx(MONTHS)
    previous = question(found, "ten_on_previous_quarter")
    same = question(found, "ten_on_same_quarter")
    assert (previous["amount"], same["amount"]) == pytest.approx((440.22, 325.93))
    assert previous["probability"] < 0.01
    assert same["probability"] == pytest.approx(core.probability, rel=1e-9)
    assert 0.1267 < same["probability"] < 0.20
    assert (previous["verdict"], same["verdict"]) == ("unrealistic", "stretch")
    assert previous["yearly_growth"] == pytest.approx(0.4641)


def test_sales_of_single_quarters_are_judged_by_quarters():
    """EX-10.2: one sale a quarter; 2.4e-5 on the previous, .0695 on the same quarter."""
    found = found_of({"deals": sold_by_month(QUARTERS, step=3)})

    assert found.history.months == 3
    assert question(found, "ten_on_previous_quarter")["probability"] == pytest.approx(2.4e-5, 0.1)
    assert question(found, "ten_on_same_quarter")["probability"] == pytest.approx(0.0695, abs=1e-4)


def test_growth_without_a_base_is_refused_and_says_what_each_base_means():
    """Trap 22: no probability before the base is named; +10 % four times is +46.4 %."""
    tables = {"deals": sold_by_month(MONTHS)}
    row = question(found_of(tables, targets=[{"growth": 0.10}]), "stated_1")

    assert np.isnan(row["probability"])
    assert (row["status"], row["reason"]) == ("not_computable", "base_not_named")
    assert row["values"]["compounded"] == pytest.approx(0.4641)

    named = {"growth": 0.10, "base": "same_quarter_last_year"}
    answered = found_of(tables, targets=[named])
    assert question(answered, "stated_1")["probability"] == pytest.approx(
        question(answered, "ten_on_same_quarter")["probability"]
    )


def test_a_kpi_that_is_counted_can_have_a_target_and_a_share_cannot():
    tables = {"deals": sold_by_month(MONTHS)}
    asked = [
        {"of": "K43", "amount": 3}, {"of": "K42", "amount": 3}, {"of": "visits", "amount": 3},
    ]  # fmt: skip
    table = found_of(tables, targets=asked).answers.table.set_index("question")

    assert table.loc["stated_1", "reason"] != "not_counted"
    assert table.loc["stated_2", "reason"] in ("not_counted", "no_sales")
    assert table.loc["stated_3", "reason"] == "not_known"


def test_a_first_month_that_the_export_cuts_off_is_left_out():
    """The first sale on the 25th: nobody knows what was sold before it."""
    whole = sold_by_month(MONTHS)
    cut = deals([("a", "2024-06-25", 5.0)])
    cut["deal_id"] = "cut"

    history = history_of(store_of({"deals": pd.concat([cut, whole], ignore_index=True)}))
    assert history.table["value"].tolist() == pytest.approx(MONTHS)


def test_a_forecast_that_spans_everything_judges_nothing():
    """Eighteen months say nothing about a year: the people alone are asked."""
    tables = {"deals": sold_by_month(MONTHS[:18])}
    plan = {"start": "2026-07", "months": 12, "target": 1500.0}
    row = question(found_of(tables, plan=plan), "plan")

    assert row["reason"] in ("too_uncertain", "not_forecastable")
    assert np.isnan(row["demand_probability"]) and np.isnan(row["probability"])
    assert row["on_last_year"] == pytest.approx(1500.0 / sum(MONTHS[6:18]) - 1)


def test_fewer_working_days_lower_the_odds():
    """A quarter with half the working days sells half: the same target becomes impossible."""
    tables = {"deals": sold_by_month(MONTHS)}
    history = history_of(store_of(tables))
    starts = pd.date_range("2024-07-01", periods=27, freq="MS", unit="us")
    target = Target(ABSOLUTE, amount=300.0)
    usual = replace(history, work_days=pd.Series(20.0, index=starts))
    short = replace(history, work_days=pd.Series([20.0] * 24 + [10.0] * 3, index=starts))

    assert judged(usual, target, 3).probability > 0.5
    assert judged(short, target, 3).probability < 0.01


def test_no_sales_no_numbers():
    found = found_of({"reps": pd.DataFrame({"rep_id": ["a"], "full_name": ["A"]})})

    assert found.refusals["history"] == "no_sales"
    assert found.answers.table["probability"].isna().all()
    assert found.rep_targets is None


# --------------------------------------------------------------------------
# Targets of the reps
# --------------------------------------------------------------------------
def rep_client(targets: dict[str, float], company: float | None) -> dict[str, pd.DataFrame]:
    """Two reps with eight equal quarters, b twice as good; plans for July to September 2026."""
    months = pd.date_range("2024-07-05", periods=24, freq="MS") + pd.Timedelta(days=4)
    rows = []
    for k, day in enumerate(months):
        rows += [("a", f"{day:%Y-%m-%d}", 100.0 + k % 3), ("b", f"{day:%Y-%m-%d}", 200.0 - k % 3)]
    ahead = pd.date_range("2026-07-01", periods=3, freq="MS")
    plans = [("rep", rep, day, value) for rep, value in targets.items() for day in ahead]
    plans += [("company", None, day, company) for day in ahead] if company else []
    table = pd.DataFrame(plans, columns=["scope", "scope_id", "period_start_on", "value"])
    table["period_end_on"] = table["period_start_on"] + pd.offsets.MonthEnd(0)
    table["plan_id"] = [f"p{k}" for k in range(len(table))]
    table["metric"], table["version"] = "revenue", "1"
    people = pd.DataFrame(
        {"rep_id": ["a", "b"], "full_name": ["A", "B"], "hired_on": pd.Timestamp("2020-01-01")}
    )
    return {"deals": deals(rows), "plans": table, "reps": people}


def test_rep_targets_against_the_companys():
    """By hand: 3 x (150 + 150) = 900 against 3 x 270 = 810: 11.1 % over, more than usual."""
    reps = found_of(rep_client({"a": 150.0, "b": 150.0}, 270.0)).rep_targets

    assert reps.assignment.over == pytest.approx(900 / 810 - 1)
    assert reps.assignment.code == "over_assigned_too_much"
    assert reps.same_for_all
    odds = reps.table.set_index("rep_id")["probability"]
    assert odds["a"] < 0.05 and odds["b"] > 0.95


def test_stated_over_assignment_is_as_agreed():
    """By hand: 3 x 105 x 3 = 945 against 900: 5 % over."""
    tables = rep_client({"a": 105.0, "b": 210.0}, 300.0)
    stated = found_of(tables, pay={"over_assignment": 0.05}).rep_targets

    assert stated.assignment.code == "over_assigned_as_stated"
    assert not stated.same_for_all
    assert found_of(tables).rep_targets.assignment.code == "over_assigned_hidden"


def test_a_rep_of_half_a_quarter_is_not_judged_by_it():
    """Rep a began in May 2026: no whole quarter, no probability; the company keeps them."""
    tables = rep_client({"a": 150.0, "b": 150.0}, None)
    tables["reps"]["hired_on"] = pd.to_datetime(["2026-05-10", "2020-01-01"])
    reps = found_of(tables).rep_targets

    assert reps.table.set_index("rep_id")["reason"].to_dict()["a"] == "few_periods"
    assert reps.reason == "no_company_plan"


# --------------------------------------------------------------------------
# Pay
# --------------------------------------------------------------------------
def rules(*rows: dict[str, object]) -> pd.DataFrame:
    base = {
        "role": "rep", "curve": CURVE, "weight": 1.0, "base_pay": 700.0, "target_bonus": 300.0,
        "combination": "additive", "period": "month",
    }  # fmt: skip
    table = pd.DataFrame([base | row for row in rows])
    return table.assign(rule_id=[f"rule{k}" for k in range(len(table))])


def facts(values: dict[tuple[str, str], float], kpi_id: str = "calls") -> pd.DataFrame:
    """Attainments by rep and month (2026-05)."""
    table = pd.DataFrame(
        [(rep, pd.Timestamp(month), value) for (rep, month), value in values.items()],
        columns=["rep_id", "period_start_on", "attainment"],
    )
    return table.assign(
        fact_id=[f"{kpi_id}{k}" for k in range(len(table))],
        kpi_id=kpi_id,
        role="rep",
        period_end_on=table["period_start_on"] + pd.offsets.MonthEnd(0),
        value=10.0 * table["attainment"],
        target=10.0,
    )


def test_payout_under_uncertainty_reaches_the_answer_unchanged():
    """EX-9.1: attainments with mean .95 and sd .15: E = .8195, the naive answer .875."""
    half = 0.15 / np.sqrt(2)
    seen = facts({("a", "2026-05"): 0.95 - half, ("a", "2026-06"): 0.95 + half})
    role = found_of({"pay_rules": rules({"kpi_id": "calls"}), "kpi_facts": seen}).roles[0]
    curve = role.curves.iloc[0]

    assert (curve["mean"], curve["sd"]) == pytest.approx((0.95, 0.15))
    assert curve["expected_normal"] == pytest.approx(0.8195, abs=1e-4)
    assert curve["at_mean"] == pytest.approx(0.875)
    at = (0.5 + 2.5 * (0.15 - half) + 0.5 + 2.5 * (0.15 + half)) / 2
    assert curve["expected"] == pytest.approx(at)


def test_naive_bonus_differs_from_the_bonus_to_expect():
    """By hand: .5 and 1.5 pay 0 and 450, 225 on average; their mean 1.0 would pay 300."""
    seen = facts({("a", "2026-05"): 0.5, ("a", "2026-06"): 1.5})
    role = found_of({"pay_rules": rules({"kpi_id": "calls"}), "kpi_facts": seen}).roles[0]

    assert (role.bonus, role.bonus_at_mean) == pytest.approx((225.0, 300.0))
    assert role.dead.value == 1.0


def test_territories_reach_the_answer_unchanged():
    """EX-9.3: correlation .994 under one plan for all, .151 under the fitted one."""
    potential = dict(zip("abcdef", [50.0, 60, 80, 100, 120, 140], strict=True))
    sold = dict(zip("abcdef", [40.0, 46, 55, 62, 70, 75], strict=True))
    rows = deals([(rep, "2026-06-10", value) for rep, value in sold.items()])
    plans = pd.DataFrame(
        {"plan_id": list("abcdef"), "scope": "rep", "scope_id": list("abcdef"), "value": 58.0,
         "metric": "revenue", "period_start_on": pd.Timestamp("2026-06-01"),
         "period_end_on": pd.Timestamp("2026-06-30")}
    )  # fmt: skip
    seen = facts({(rep, "2026-06"): value / 58.0 for rep, value in sold.items()})
    tables = {
        "deals": rows, "plans": plans, "kpi_facts": seen, "pay_rules": rules({"kpi_id": "calls"}),
    }  # fmt: skip
    fair = found_of(tables, pay={"potential": potential}).roles[0].fairness

    assert fair.attainment_correlation == pytest.approx(0.994, abs=5e-4)
    assert fair.fitted_correlation == pytest.approx(0.151, abs=5e-4)
    assert (fair.slope, fair.intercept) == pytest.approx((0.3879, 22.44), abs=5e-3)


def test_commission_beside_a_kpi_bonus():
    """By hand: 10 % of 100 sold, and 300 at target: 310 on top of 700."""
    scheme = scheme_of(
        rules({"kpi_id": "calls", "commission_rate": 0.1, "commission_base": "sales"}).reindex(
            columns=[*rules({"kpi_id": "x"}).columns, "commission_rate", "commission_base",
                     "gate_kpi_id"]
        )
    )  # fmt: skip
    tables = {
        "deals": deals([("a", "2026-06-10", 100.0)]),
        "kpi_facts": facts({("a", "2026-06"): 1.0}),
        "pay_rules": rules({"kpi_id": "calls", "commission_rate": 0.1}),
    }
    role = found_of(tables).roles[0]

    assert isinstance(scheme, Together)
    assert [type(part) for part in scheme.parts] == [KpiMatrix, Commission]
    pay = pay_by_period(role.scheme, role.facts)
    assert pay["pay"].tolist() == pytest.approx([1010.0])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"curve": "a lot"}, "curve_unreadable"),
        ({"weight": None}, "weight_unknown"),
        ({"target_bonus": None}, "bonus_unknown"),
        ({"kpi_id": None}, "nothing_variable"),
        ({"period": "week"}, "pay_period_unknown"),
        ({"kpi_id": None, "commission_rate": 0.1, "commission_base": "smiles"},
         "commission_base_unknown"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_read_are_named(change, code):
    tables = {
        "pay_rules": rules({"kpi_id": "calls"} | change),
        "kpi_facts": facts({("a", "2026-06"): 1.0}),
    }
    found = found_of(tables)

    assert found.roles == ()
    assert found.refusals["pay.rep"] == code
    assert found.audit is not None


def test_rules_that_have_ended_pay_nothing():
    old = rules({"kpi_id": "calls", "valid_to_on": pd.Timestamp("2026-01-31")})

    assert found_of({"pay_rules": old}).refusals["pay"] == "no_pay_rules"


def test_spans_that_are_no_pay_period_are_left_out():
    """A quarter, half a month and a month: one of them is a month."""
    table = pd.DataFrame(
        {"period_start_on": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"]),
         "period_end_on": pd.to_datetime(["2026-03-31", "2026-02-14", "2026-03-31"])}
    )  # fmt: skip

    assert of_length(table, 1)["period"].dt.month.tolist() == [3]
    assert of_length(table, 3)["period"].dt.month.tolist() == [1]
    assert months_of_pay(pd.DataFrame({"period": ["month", "quarter"]})) is None


def test_what_would_pay_whom():
    """By hand, two reps: same cost for every scheme, and salary takes from the better one."""
    months = [f"2026-0{k}" for k in range(1, 7)]
    good = {("a", month): 1.2 for month in months}
    weak = {("b", month): 0.9 for month in months}
    plans = pd.DataFrame(
        [{"plan_id": f"{rep}{m}", "scope": "rep", "scope_id": rep, "metric": "revenue",
          "value": 10_000.0, "period_start_on": pd.Timestamp(m),
          "period_end_on": pd.Timestamp(m) + pd.offsets.MonthEnd(0)}
         for rep in "ab" for m in months]
    )  # fmt: skip
    amounts = {"a": 12_000.0, "b": 9_000.0}
    sold = deals([(rep, f"{m}-10", amounts[rep]) for rep in "ab" for m in months])
    tables = {
        "deals": sold, "plans": plans, "pay_rules": rules({"kpi_id": "calls"}),
        "kpi_facts": facts(good | weak),
    }  # fmt: skip
    role = found_of(tables).roles[0]
    table = role.comparison.set_index("scheme")

    # 700 + 450 and 700 + 225, six months each
    assert table["total_cost"].tolist() == pytest.approx([12450.0] * 5)
    assert table.loc["salary", "level"] == pytest.approx(12450.0 / 12)
    assert table.loc["commission", "level"] == pytest.approx((12450 - 8400) / 126_000)
    assert table.loc["kpi_straight", "level"] == pytest.approx((12450 - 8400) / (6 * 2.1))
    assert table.loc["salary", ["better", "worse"]].tolist() == [1, 1]
    assert table.loc["as_is", "dead"] == pytest.approx(0.5)
    assert table.loc["kpi_straight", "dead"] == 0.0
    assert role.cases.table["n"].tolist() == [6, 0, 0, 6]


# --------------------------------------------------------------------------
# The sample client
# --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def sample(client_study):
    """Store of the sample client, its study, and what was planted in it."""
    truth = json.loads((sample_dir() / "client" / "truth.json").read_text(encoding="utf-8"))
    study = client_study
    store = client_store(study.engagement, study.client.tables, study.chain)
    return study, store, truth


def found_in(sample, tables=None) -> TargetsAndPay:
    study, store, _truth = sample
    tables = study.client.tables if tables is None else tables
    if tables is not study.client.tables:
        store = client_store(study.engagement, tables, study.chain)
    return targets_and_pay(study.engagement, tables, store, study.chain, np.random.default_rng(1))


@pytest.fixture(scope="module")
def found(sample):
    return found_in(sample)


def test_scheme_is_the_one_that_was_planted(found, sample):
    _study, _store, truth = sample
    role = found.roles[0]

    assert role.scheme.base_pay == truth["pay"]["base_pay"]
    assert role.scheme.target_bonus == truth["pay"]["target_bonus"]
    names = {v: k for k, v in truth["kpi_system"]["ids"].items()}
    weights = {names[part.kpi_id]: part.weight for part in role.scheme.parts}
    assert weights == pytest.approx(truth["pay"]["weights"])


def test_computed_bonus_is_the_payroll_within_one_per_cent(found, sample):
    """The year's bonus that the sample paid stands in truth.json."""
    check = found.roles[0].check

    assert check.agrees and check.n_different == 0
    assert check.paid == pytest.approx(sample[2]["pay"]["bonus_paid"])
    assert check.computed == pytest.approx(check.paid, rel=0.01)


def test_budget_from_the_average_result_is_wrong(found, sample):
    """Trap 20: the mean of the bonuses paid is known; the naive answer misses it by a tenth."""
    paid = sample[0].client.tables["payroll"]["bonus_paid"].mean()

    assert found.roles[0].bonus == pytest.approx(paid, rel=0.01)
    assert found.roles[0].bonus_at_mean > 1.1 * paid


def test_plan_of_each_rep_is_the_one_approved_in_time(found, sample):
    """The plan that was lowered after its month does not count: attainments as planted."""
    table = found.roles[0].fairness.targets.set_index("rep_id")["attainment"]
    planted = sample[2]["rep_plan"]["attainment_by_rep"]

    assert table.to_dict() == pytest.approx(planted, abs=1e-6)


def test_four_cases_are_those_of_the_files(found, sample):
    """Counted from the file itself: four mandatory KPIs against the plan KPI, by rep and month."""
    tables = sample[0].client.tables
    wide = tables["kpi_facts"].pivot(
        index=["rep_id", "period_start_on"], columns="kpi_id", values="attainment"
    )
    listed = tables["kpis"]
    mandatory = listed.loc[listed["obligation"] == "mandatory", "kpi_id"]
    met = (wide[mandatory] >= 1).all(axis=1)
    # the plan KPI is shown to one place of a per cent
    plan = wide["KPI-01"] >= 1
    expected = [(met & plan).sum(), (met & ~plan).sum(), (~met & plan).sum(), (~met & ~plan).sum()]

    assert found.roles[0].cases.table["n"].tolist() == expected
    assert expected[1] > expected[2]


def test_the_fine_is_a_question_for_a_lawyer(found):
    assert "penalty_ask_lawyer" in set(found.audit.problems["code"])


def test_the_plan_fails_by_the_people(found, sample):
    row = question(found, "plan")

    assert row["capacity_probability"] == sample[0].chain.probability
    assert (row["binding"], row["verdict"]) == ("capacity_only", "unrealistic")
    assert row["amount"] == pytest.approx(sample[2]["plan"]["target"])


def test_an_easy_target_is_found(found):
    """Planted: the SLA KPI lies above its target for nearly everybody in every month."""
    odds = found.kpi_targets.set_index("kpi_id")

    assert odds.loc["KPI-20", "reach"] == "too_low"
    assert odds.loc["KPI-01", "reach"] == "within"
    assert odds.loc["KPI-21", "status"] == "not_computable"


def test_odds_for_the_audit_are_those_of_the_chapter(found, sample):
    study = sample[0]
    alone = kpi_target_odds(study.engagement, study.client.tables, {"KPI-01": 0.4})

    columns = ["kpi_id", "probability", "verdict"]
    pd.testing.assert_frame_equal(alone[columns], found.kpi_targets[columns])
    assert alone.set_index("kpi_id").loc["KPI-01", "capacity_probability"] == 0.4


def test_every_number_is_published_once(found):
    table = figure_table(targets_and_pay_rows(found))
    at = table.set_index(["figure", "kind", "role"])["value"]

    assert at["target_probability", "plan", ""] == question(found, "plan")["probability"]
    assert at["bonus_check_gap", "", "rep"] == pytest.approx(0.0, abs=0.01)
    assert at["pay_dead_share", "", "rep"] == pytest.approx(found.roles[0].dead.value)
    assert table.loc[table["value"].notna(), "grade"].isin(list("ABCD")).all()


def test_the_same_seed_gives_the_same_figures(sample):
    tables = [figure_table(targets_and_pay_rows(found_in(sample))) for _ in range(2)]

    pd.testing.assert_frame_equal(*tables)


#: What the notebook of the chapter calls.
VIEWS = [
    getattr({"view": view_targets, "pay": view_pay}[module], name)
    for module, name in re.findall(
        r"(view|pay)\.(\w+)\(study\)",
        (notebooks_dir() / "07_targets_and_pay.ipynb").read_text(encoding="utf-8"),
    )
]
TABLES = (
    "none", "deals", "reps", "kpis", "kpi_facts", "pay_rules", "payroll", "plans", "invoices",
    "customers",
)  # fmt: skip


@pytest.mark.parametrize("missing", TABLES)
def test_no_table_is_indispensable(sample, missing):
    """Trap 24: without a table its own parts are refused with a reason, and nothing crashes."""
    study = sample[0]
    tables = {name: rows for name, rows in study.client.tables.items() if name != missing}
    if missing == "plans":
        engagement_ = study.engagement.model_copy(update={"plan": None})
        sample = (replace(study, engagement=engagement_), sample[1], sample[2])
    found = found_in(sample, tables)

    if missing == "pay_rules":
        assert (found.roles, found.refusals["pay"]) == ((), "no_pay_rules")
    if missing == "payroll":
        assert found.roles[0].check is None
        assert found.roles[0].refusals["check"] == "no_payroll"
    if missing == "kpi_facts":
        assert found.kpi_targets.empty
    if missing == "deals":
        assert found.refusals["history"] == "no_sales"
    if missing == "plans":
        assert found.rep_targets is None and found.refusals["rep_targets"] == "no_rep_plans"
        assert found.roles[0].refusals["cases"] == "no_rep_plans"
    figures = figure_table(targets_and_pay_rows(found))
    assert len(figures)
    client = SimpleNamespace(tables=tables)
    shown = SimpleNamespace(
        engagement=study.engagement, client=client, figures=figures, targets_and_pay=found
    )
    for view in VIEWS:
        assert view(shown).bundle["text/plain"] is not None


def test_tables_are_left_alone(sample):
    study = sample[0]
    before = {name: rows.copy(deep=True) for name, rows in study.client.tables.items()}
    found_in(sample)

    for name, rows in before.items():
        pd.testing.assert_frame_equal(study.client.tables[name], rows)


def test_curves_are_drawn_from_what_was_computed(found):
    """The table's mean payout is that of the curve over the same attainments."""
    role = found.roles[0]
    for part, row in zip(role.scheme.parts, role.curves.to_dict("records"), strict=True):
        reached = role.facts.attainment[part.kpi_id].to_numpy(float)
        assert float(np.nanmean(payout(part.curve, reached))) == pytest.approx(row["expected"])
        assert re.match(r"\d", row["curve"])
