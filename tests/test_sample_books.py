"""
Books, past plan and KPI system of the sample client, read back and held against their truth.

Expected values: the laws in ``kpikit.sample`` that the files were drawn from; tolerances are
four standard errors of the sample unless the test says otherwise.
"""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpikit.assemble import chain_input
from kpikit.client_store import client_store
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.concordance import contradictions, kpi_cases
from kpikit.diagnosis.pay_facts import pay_facts
from kpikit.diagnosis.pay_schemes import KpiMatrix, KpiPart, pay_by_period
from kpikit.diagnosis.payout import parse_curve
from kpikit.diagnosis.payroll import check_bonus
from kpikit.engagement import read_engagement
from kpikit.intake.filemap import FileMap
from kpikit.intake.read import read_client
from kpikit.kpis.measuring import measure

CLIENT = Path(__file__).parents[1] / "sample_data" / "client"
NEW_FILES = (
    "invoices.csv", "order_lines.csv", "deal_costs.csv", "payments.xlsx", "plan_reps.xlsx",
    "finance.xlsx", "service.xlsx", "market.csv", "kpi.xlsx", "kpi_facts.csv", "payroll.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def truth():
    return json.loads((CLIENT / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def engagement():
    return read_engagement(CLIENT)


@pytest.fixture(scope="module")
def client(engagement):
    maps = [FileMap(**file.model_dump(exclude_none=True)) for file in engagement.files]
    return read_client(
        maps,
        root=CLIENT,
        as_of=pd.Timestamp(engagement.as_of_utc),
        tz=engagement.zone,
        base_currency=engagement.currency,
        robots=engagement.robots,
    )


@pytest.fixture(scope="module")
def tables(client):
    return client.tables


@pytest.fixture(scope="module")
def months(tables):
    """Sales and approved plan of each rep and month, from the files."""
    plans = tables["plans"]
    plan = plans[plans["scope"].eq("rep") & plans["version"].eq("1")]
    plan = plan.set_index(["scope_id", "period_start_on"])["value"]
    plan.index.names = ["rep_id", "period"]
    deals = tables["deals"]
    won = deals[deals["status"].eq("won") & deals["closed_at"].notna()]
    won = won[~(won["is_test"].astype(bool) | won["is_duplicate"].astype(bool))]
    local = won["closed_at"].dt.tz_convert("Europe/Moscow").dt.tz_localize(None)
    period = local.dt.to_period("M").dt.to_timestamp().rename("period")
    sales = won.groupby([won["owner_id"].rename("rep_id"), period])["amount_base"].sum()
    table = plan.rename("plan").to_frame().assign(sales=sales.reindex(plan.index).fillna(0.0))
    return table.assign(attainment=table["sales"] / table["plan"]).reset_index()


@pytest.fixture(scope="module")
def facts(tables):
    return tables["kpi_facts"].rename(columns={"period_start_on": "period"})


@pytest.fixture(scope="module")
def wide(facts, truth):
    """Attainment by rep and month, one column per KPI, named as in the client's list."""
    names = {number: name for name, number in truth["kpi_system"]["ids"].items()}
    table = facts.pivot(index=["rep_id", "period"], columns="kpi_id", values="attainment")
    return table.rename(columns=names)


def within_month(x, y):
    """Mean over the months of the rank correlation inside each."""
    both = pd.DataFrame({"x": x, "y": y}).dropna()
    found = [
        part["x"].corr(part["y"], method="spearman") for _, part in both.groupby(level="period")
    ]
    return float(np.nanmean(found))


# ---- reading ----------------------------------------------------------------------------------


def test_nothing_of_the_new_files_is_lost(client):
    """Of all their records only questionnaires without an answer may be set aside."""
    log = client.import_log
    log = log[log["source_file"].str.removeprefix("raw/").isin(NEW_FILES)]
    assert set(log["source_file"].str.removeprefix("raw/")) == set(NEW_FILES)
    assert log.loc[log["table"].ne("surveys"), "rows_set_aside"].eq(0).all()
    assert not client.issues["severity"].eq("error").any()
    unwanted = (
        "invoice_lines_differ", "kpi_not_listed", "kpi_name_ambiguous", "kpi_value_unknown",
        "weight_not_a_share", "fact_repeated", "duplicate_key",
    )  # fmt: skip
    assert not set(client.issues["rule"]) & set(unwanted)


def test_plans_are_read_in_roubles_although_written_in_thousands(months, truth):
    assert months["plan"].sum() > 50_000_000
    assert len(months) == truth["kpi_system"]["rep_months"]


# ---- plan -------------------------------------------------------------------------------------


def test_team_attainment(months, truth):
    """The plan was set so that the team reaches nine tenths of it."""
    reached = months["sales"].sum() / months["plan"].sum()
    assert 0.88 <= reached <= 0.92
    assert reached == pytest.approx(truth["rep_plan"]["team_attainment"], rel=0.01)


def test_one_rep_is_over_planned(months, truth):
    by_rep = months.groupby("rep_id")[["sales", "plan"]].sum()
    reached = by_rep["sales"] / by_rep["plan"]
    assert reached.idxmin() == truth["rep_plan"]["over_planned"]
    assert reached.min() < 0.7 < reached.drop(reached.idxmin()).min()


def test_one_plan_was_lowered_when_its_month_was_over(tables, truth):
    plans = tables["plans"]
    late = plans[plans["approved_at"].notna()]
    over = pd.to_datetime(late["period_end_on"]).dt.tz_localize("Europe/Moscow")
    late = late[late["approved_at"] > over]
    lowered = truth["rep_plan"]["lowered_afterwards"]
    assert late["scope_id"].tolist() == [lowered["rep_id"]]
    assert late["period_start_on"].dt.strftime("%Y-%m").tolist() == [lowered["month"]]
    assert late["version"].tolist() == ["2"]


PLAN_OF_TWO_MONTHS = """
client: Two
as_of: 2026-07-01T00:00:00+03:00
zone: Europe/Moscow
currency: RUB
plan: {start: 2026-07, months: 2, from_table: true}
files: [{path: plan.csv, table: plans, columns: {value: v, period_start_on: a, period_end_on: b}}]
"""


def plan_rows(*rows):
    names = ["scope", "scope_id", "segment", "metric", "month", "value", "version", "approved_at"]
    table = pd.DataFrame(rows, columns=names)
    start = pd.to_datetime(table.pop("month"))
    table["approved_at"] = pd.to_datetime(table["approved_at"], utc=True)
    return table.assign(period_start_on=start, period_end_on=start + pd.offsets.MonthEnd(0))


def test_plans_of_reps_and_goals_of_profit_are_not_added_to_the_plan(tmp_path):
    """By hand: 100 + 50 in July and 120 in August whatever else the file holds."""
    (tmp_path / "plan.csv").write_text("a;b;v\n", encoding="utf-8")
    (tmp_path / "engagement.yml").write_text(PLAN_OF_TWO_MONTHS, encoding="utf-8")
    plain = [
        ("segment", None, "A", "revenue", "2026-07", 100.0, "1", "2026-06-01"),
        ("segment", None, "B", None, "2026-07", 50.0, "1", "2026-06-01"),
        ("company", None, None, "revenue", "2026-08", 120.0, None, None),
    ]
    more = [
        ("rep", "11", None, "revenue", "2026-07", 70.0, "1", None),
        ("rep", "12", None, "revenue", "2026-07", 80.0, "1", None),
        ("rep", "12", None, "revenue", "2026-08", 80.0, "1", None),
        ("company", None, None, "profit", "2026-07", 30.0, "1", None),
        ("rep", "11", None, "revenue", "2026-06", 70.0, "1", None),
        ("segment", None, "A", "revenue", "2026-07", 90.0, "0", "2026-05-01"),
    ]
    engagement = read_engagement(tmp_path)
    for rows in (plain, [*more, *plain]):
        inputs, _ = chain_input(engagement, (), None, plan_rows(*rows))
        assert inputs.target == (150.0, 120.0)


# ---- accounts ---------------------------------------------------------------------------------


def test_margin_of_each_product_group(tables, truth):
    """Deals vary by 5 points and lines by 2; a group's share weighs them by money."""
    lines = tables["order_lines"]
    for group, margin in truth["accounts"]["margin_by_group"].items():
        own = lines[lines["product_group"].eq(group) & lines["doc_kind"].eq("invoice")]
        by_bill = own.groupby("invoice_id")[["amount_base", "cost_base"]].sum()
        money = by_bill["amount_base"]
        found = 1 - by_bill["cost_base"].sum() / money.sum()
        # two invoices of one deal share its discount
        error = math.hypot(0.05, 0.02) * math.sqrt(2 * (money**2).sum()) / money.sum()
        assert found == pytest.approx(margin, abs=4 * error), group
        assert error < 0.015  # a margin that is 6 points off would be seen


def test_lines_deals_and_invoices_tell_the_same_cost(tables):
    invoices, deals = tables["invoices"], tables["deals"]
    sold = invoices[invoices["doc_kind"].eq("invoice") & ~invoices["is_cancelled"].astype(bool)]
    costed = deals[deals["cost_base"].notna()].set_index("deal_id")
    billed = sold.groupby("deal_id")[["amount_base", "cost_base"]].sum()
    whole = (billed["amount_base"] - costed["amount_base"].reindex(billed.index)).abs() < 0.05
    assert whole.mean() > 0.9  # of the others the second invoice is still to come
    gap = billed["cost_base"] - costed["cost_base"].reindex(billed.index)
    assert gap[whole].abs().max() < 0.05


def test_how_customers_pay(tables, truth):
    """Shares of the four ways: binomial; nobody pays more than was billed."""
    laws, ways = truth["accounts"]["paying"], truth["accounts"]["ways"]
    n = sum(ways.values())
    for way, share in laws.items():
        error = math.sqrt(share * (1 - share) / n)
        assert ways[way] / n == pytest.approx(share, abs=4 * error), way
    payments, invoices = tables["payments"], tables["invoices"].set_index("invoice_id")
    paid = payments[~payments["is_refund"].astype(bool)]
    by_bill = paid.groupby("invoice_id")["amount_base"].sum()
    assert (by_bill <= invoices["amount_base"].reindex(by_bill.index) + 0.01).all()
    refunds = payments[payments["is_refund"].astype(bool)].set_index("invoice_id")["amount_base"]
    returned = invoices.loc[truth["accounts"]["returns"], "amount_base"]
    assert refunds.sort_index().tolist() == (-returned.sort_index()).tolist()
    cancelled = invoices["is_cancelled"].astype(bool)
    assert invoices.index[cancelled].tolist() == truth["accounts"]["cancelled"]


def test_profit_is_what_invoices_costs_and_overheads_leave(tables):
    """Gross profit of a month: its invoices less its returns, amount less cost."""
    invoices, profits = tables["invoices"], tables["profits"]
    real = invoices[~invoices["is_cancelled"].astype(bool)]
    month = real["issued_on"].dt.to_period("M").dt.to_timestamp()
    made = (real["amount_base"] - real["cost_base"]).groupby(month).sum()
    gross = profits[profits["level"].eq("gross")].set_index("period_start_on")["amount_base"]
    assert gross.to_numpy() == pytest.approx(made.reindex(gross.index).to_numpy(), abs=0.02)
    net = profits[profits["level"].eq("net")].set_index("period_start_on")["amount_base"]
    spent = tables["costs"].groupby("period_start_on")["amount_base"].sum()
    rest = gross - spent - net
    assert rest.between(0.9 * 300_000, 1.1 * 300_000).all()


# ---- KPI system -------------------------------------------------------------------------------


def test_list_of_kpis(tables, truth):
    kpis = tables["kpis"]
    assert len(kpis) == 26
    assert dict(zip(kpis["name"], kpis["kpi_id"], strict=True)) == truth["kpi_system"]["ids"]
    assert kpis["name_lang"].eq("ru").sum() == 3
    assert kpis["weight_in_pay"].sum() == pytest.approx(1.0)
    assert kpis["definition"].isna().mean() > 0.5  # the passports are uneven
    assert set(kpis.loc[kpis["obligation"].eq("mandatory"), "name"]) == set(
        truth["kpi_system"]["mandatory"]
    )


def test_kpis_that_nobody_measured(tables, facts, truth):
    known = set(facts.loc[facts["value"].notna(), "kpi_id"])
    kpis = tables["kpis"]
    silent = kpis.loc[~kpis["kpi_id"].isin(known), "name"]
    assert silent.tolist() == truth["kpi_system"]["never_measured"]
    assert len(silent) == 6


def test_linked_kpis_go_along_with_the_plan(wide, months, truth):
    """Spearman of normal scores with correlation r is 6/pi asin(r/2); 75 pairs in 12 months."""
    plan = months.set_index(["rep_id", "period"])["attainment"]
    freedom = len(plan) - 12
    for name, r in truth["kpi_system"]["linked_to_plan"].items():
        expected = 6 / math.pi * math.asin(r / 2)
        error = (1 - expected**2) / math.sqrt(freedom)
        assert within_month(wide[name], plan) == pytest.approx(expected, abs=4 * error), name
    for name in ("Proposals sent", "CRM hygiene", "Inbound leads (MQL)"):
        assert abs(within_month(wide[name], plan)) < 4 / math.sqrt(freedom), name


def test_one_pair_measures_the_same_thing(wide, truth):
    one, other = truth["kpi_system"]["same_thing"]
    assert wide[one].corr(wide[other], method="spearman") > 0.95


def test_one_kpi_follows_the_season_alone(wide, truth):
    """Without its month effects nothing of the KPI is left that belongs to a rep."""
    values = wide[truth["kpi_system"]["uncontrollable"]]
    rest = values - values.groupby(level="period").transform("mean")
    assert rest.var() < 0.15 * values.var()
    means = rest.groupby(level="rep_id").agg(["mean", "size"])
    error = rest.std() / np.sqrt(means["size"])
    assert (means["mean"].abs() < 4 * error).all()


def test_one_rep_stands_just_above_the_target(facts, truth):
    planted = truth["kpi_system"]["stands_at_target"]
    own = facts[facts["kpi_id"].eq(truth["kpi_system"]["ids"][planted["kpi"]])]
    above = (own["value"] - own["target"]).between(0, 0.9)
    is_planted = own["rep_id"].eq(planted["rep_id"])
    assert above[is_planted].all() and is_planted.sum() == 12
    assert above[~is_planted].mean() < 0.4


def test_mandatory_kpis_are_met_while_the_plan_is_missed(facts, months, truth):
    """The contradiction of the seed case in at least three of ten rep-months."""
    told = truth["kpi_system"]
    known = facts[facts["attainment"].notna()]
    verdicts = known[["kpi_id", "rep_id", "period"]].assign(is_met=known["attainment"].ge(1))
    plan = months[["rep_id", "period"]].assign(is_met=months["attainment"].ge(1))
    cases = kpi_cases(verdicts, plan, [told["ids"][name] for name in told["mandatory"]])
    found = contradictions(cases)
    count = int(found["contradiction"].eq("A").sum())
    assert count == told["met_but_plan_missed"]
    assert count >= 0.3 * told["rep_months"]


# ---- pay --------------------------------------------------------------------------------------


def test_payroll_follows_the_rules(tables, facts, months, truth):
    """The scheme of the pay rules on the facts gives what was paid within 1 %, row by row."""
    rules = tables["pay_rules"]
    assert rules["curve"].eq(truth["pay"]["curve"]).all()
    scheme = KpiMatrix(
        float(rules["target_bonus"].iloc[0]),
        tuple(
            KpiPart(rule.kpi_id, rule.weight, parse_curve(rule.curve))
            for rule in rules.itertuples()
        ),
        float(rules["base_pay"].iloc[0]),
    )
    periods = months[["rep_id", "period", "sales", "plan"]].assign(margin=np.nan)
    pay = pay_by_period(scheme, pay_facts(periods, facts))
    payroll = tables["payroll"].rename(columns={"period_start_on": "period"})
    check = check_bonus(pay, payroll)
    assert check.agrees and check.n_different == 0
    assert (check.n, check.only_computed, check.only_paid) == (len(months), 0, 0)
    assert check.paid == pytest.approx(truth["pay"]["bonus_paid"])
    assert payroll["base_paid"].eq(truth["pay"]["base_pay"]).all()


# ---- measures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kpi", ["K03", "K09", "K16", "K17", "K18", "K29", "K31", "K41", "K68"])
def test_books_and_parameters_make_kpis_computable(store, kpi):
    assert measure(store, kpi)["status"].isin(["ok", "degraded"]).all()


@pytest.fixture(scope="module")
def store(engagement, tables):
    return client_store(engagement, tables, Refusal(()))


def test_referrals_are_counted_under_their_russian_name(store, truth):
    """Fifteen of a hundred new customers come by recommendation; binomial."""
    row = measure(store, "K29").iloc[0]
    error = math.sqrt(0.15 * 0.85 / row["n"])
    assert row["value"] == pytest.approx(0.15, abs=4 * error)
