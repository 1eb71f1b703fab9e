"""
Public data sets, read by the engagements of ``sample_data/public``.

Expected values are the published check figures of each data set, recounted from its files; they
stand in the README beside the data. The data are not part of the project: without them the tests
are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from kpikit.diagnosis.chain_input import Refusal
from kpikit.figures import pick
from kpikit.report.run import write_run
from kpikit.study import Study, run_study, with_audit
from kpikit.vocabulary import WON

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PUBLIC = ROOT / "sample_data" / "public"


def engagement_with_data(name: str, folder: Path) -> Path:
    """A folder with the engagement, what stands beside it, and the raw files that it names."""
    if not (DATA / name).is_dir():
        pytest.skip(f"the public data set {name} is not on this machine")
    target = folder / name
    (target / "raw").mkdir(parents=True)
    for file in (PUBLIC / name).glob("*.*"):
        shutil.copy(file, target)
    for file in (DATA / name).glob("*.csv*"):
        shutil.copyfile(file, target / "raw" / file.name)
    return target


@pytest.fixture(scope="module")
def olist(tmp_path_factory) -> Study:
    return run_study(engagement_with_data("olist_funnel", tmp_path_factory.mktemp("public")))


@pytest.fixture(scope="module")
def maven(tmp_path_factory) -> Study:
    return run_study(engagement_with_data("maven_crm", tmp_path_factory.mktemp("public")))


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> Study:
    return run_study(engagement_with_data("uci_bank_marketing", tmp_path_factory.mktemp("public")))


@pytest.fixture(scope="module")
def loans(tmp_path_factory) -> Study:
    return run_study(engagement_with_data("bpic2012_loans", tmp_path_factory.mktemp("public")))


@pytest.fixture(scope="module")
def retail(tmp_path_factory) -> Study:
    return run_study(engagement_with_data("uci_online_retail", tmp_path_factory.mktemp("public")))


@pytest.fixture(scope="module")
def quota(tmp_path_factory) -> Study:
    return run_study(
        engagement_with_data("adventureworks_quota", tmp_path_factory.mktemp("public"))
    )


def missing(study: Study) -> list[str]:
    assert isinstance(study.chain, Refusal)
    return [item.what for item in study.chain.missing]


def verdict(study: Study, diagnostic: str) -> tuple[str, str]:
    row = study.readiness.set_index("diagnostic").loc[diagnostic]
    return row["status"], row["reason"]


def local_days(instants: pd.Series, study: Study) -> pd.Series:
    return instants.dt.tz_convert(study.engagement.zone).dt.tz_localize(None)


# ---- Olist: leads of a marketplace, only won deals have an end --------------------------------


def test_olist_conversion(olist):
    """8,000 leads, 842 signatures: 10.525 % of all; README, also in many published notebooks."""
    figures = olist.figures

    assert pick(figures, "deals")["value"] == 8000
    assert (olist.measured.deal_spells["outcome"] == WON).sum() == 842
    naive = pick(figures, "conversion_eventual", kind="naive_won_of_all")
    assert naive["value"] == pytest.approx(0.10525, abs=1e-9)


def test_olist_open_leads_are_not_lost_leads(olist):
    """Won / all counts open leads as lost; what may still be won can only raise it."""
    row = pick(olist.figures, "conversion_eventual")

    assert 0.10525 < row["value"] < 0.13
    assert row["low"] < 0.10525 < row["high"]
    assert row["n_censored"] == 7158


def test_olist_conversion_by_origin(olist):
    """Won of all by origin, README and a published table of the same data."""
    spells = olist.measured.deal_spells
    won = (spells["outcome"] == WON).groupby(spells["segment"]).agg(["sum", "size"])
    published = {
        "organic_search": (271, 2296), "paid_search": (195, 1586), "social": (75, 1350),
        "unknown": (179, 1099), "direct_traffic": (56, 499), "email": (15, 493),
        "referral": (24, 284),
    }  # fmt: skip

    assert {name: tuple(won.loc[name]) for name in published} == published
    assert spells["segment"].isna().sum() == 60
    for name, (wins, leads) in published.items():
        assert pick(olist.figures, "conversion_eventual", segment=name)["value"] >= (
            wins / leads - 0.001
        )


def test_olist_days_to_signature(olist):
    """Whole days: median 14, mean 48.44, 65.9 % within 30 days, one negative; README."""
    deals = olist.client.tables["deals"]
    won = deals[deals["status"] == "won"]
    days = (won["closed_at"] - won["created_at"]).dt.days

    assert days.median() == 14
    assert days.mean() == pytest.approx(48.44, abs=0.005)
    assert (days <= 30).mean() == pytest.approx(0.659, abs=0.0005)
    assert (days < 0).sum() == 1
    assert "closed_before_created" in set(olist.client.issues["rule"])


def test_olist_wins_by_month_and_rep(olist):
    """Wins of 2018-01..06: 73, 113, 147, 207, 122, 57; 22 reps, the best 133, five 49.4 %."""
    deals = olist.client.tables["deals"]
    won = deals[deals["status"] == "won"]
    months = local_days(won["closed_at"], olist).dt.strftime("%Y-%m").value_counts()
    by_rep = won["owner_id"].value_counts()

    wanted = [f"2018-{month:02d}" for month in range(1, 7)]
    assert [months[month] for month in wanted] == [73, 113, 147, 207, 122, 57]
    assert len(by_rep) == 22
    assert by_rep.iloc[0] == 133
    assert by_rep.iloc[:5].sum() / 842 == pytest.approx(0.494, abs=0.0005)


def test_olist_reps_cannot_be_compared(olist):
    """Only won deals name the rep (README, traps): his deals are his wins."""
    assert olist.measured.reps is None
    assert verdict(olist, "reps") == (
        "not_computable",
        "won deals name their rep and the others do not",
    )


def test_olist_refuses_a_number_of_people(olist):
    """No plan, contacts, money or staff list among the files; the conversion is known."""
    assert missing(olist) == ["plan", "norms", "deal value", "team", "selling time"]


# ---- Maven: a CRM's present state -------------------------------------------------------------


def test_maven_stages_and_money(maven):
    """Won 4,238, lost 2,473, engaging 1,589, prospecting 500; revenue 10,005,534; README."""
    deals = maven.client.tables["deals"]
    won = deals[deals["status"] == "won"]

    assert deals["stage_id"].value_counts().to_dict() == {
        "Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500,
    }  # fmt: skip
    assert won["amount_base"].sum() == 10_005_534
    assert won["amount_base"].mean() == pytest.approx(2360.91, abs=0.005)
    assert won.groupby("segment")["amount_base"].sum().to_dict() == {
        "Central": 3_346_293, "East": 3_090_594, "West": 3_568_647,
    }  # fmt: skip


def test_maven_win_rates(maven):
    """63.15 % of the decided; 94.3 % engaged; 80.9 % of the engaged are decided; README."""
    deals = maven.client.tables["deals"]
    count = deals["status"].value_counts()
    decided = count["won"] + count["lost"]
    engaged = deals["created_at"].notna().sum()

    assert count["won"] / decided == pytest.approx(0.6315, abs=5e-5)
    assert engaged / len(deals) == pytest.approx(0.943, abs=5e-4)
    assert decided / engaged == pytest.approx(0.809, abs=5e-4)
    # Amounts stand on won deals only, so that copies cannot be told: none is left out.
    whole = pick(maven.figures, "conversion_eventual")
    assert (whole["n"], whole["n_events"]) == (8300, 6711)
    assert whole["value"] < 0.6315


def test_maven_days_to_close(maven):
    """Engage to close: 51.78 days for won deals, 47.99 for all closed ones; README."""
    deals = maven.client.tables["deals"]
    closed = deals[deals["status"].isin(["won", "lost"])]
    days = local_days(closed["closed_at"], maven) - local_days(closed["created_at"], maven)

    assert days[closed["status"] == "won"].dt.days.mean() == pytest.approx(51.78, abs=0.005)
    assert days.dt.days.mean() == pytest.approx(47.99, abs=0.005)


def test_maven_reps(maven):
    """35 on the list, 5 without deals; the best has 349 wins worth 1,153,214; README."""
    deals, reps = maven.client.tables["deals"], maven.client.tables["reps"]
    won = deals[deals["status"] == "won"].groupby("owner_id")["amount_base"].agg(["size", "sum"])

    assert len(reps) == 35
    assert len(set(reps["rep_id"]) - set(deals["owner_id"])) == 5
    assert won["sum"].idxmax() == "Darcel Schlecht"
    assert tuple(won.loc["Darcel Schlecht"]) == (349, 1_153_214)


def test_maven_no_rep_beats_the_best_share_of_decided_deals(maven):
    """Regions are sold by their own reps; taking them out would invent differences."""
    table = maven.measured.reps.table
    decided = table["n_won"] / (table["n_won"] + table["n_lost"])

    assert table["value"].max() < decided.max()
    assert table["value"].max() - table["value"].min() < 0.15


def test_maven_knows_its_team_without_a_plan(maven):
    """The staff list is there; plan, contacts and the selling share are not."""
    assert [pool.reps for pool in maven.inputs.roles] == [35]
    assert missing(maven) == ["plan", "norms", "selling time"]


# ---- Bank: outcomes and counted contacts, no dates --------------------------------------------


def test_bank_conversion(bank):
    """4,640 of 41,188 = 11.265 %; cellular 14.74 %, telephone 5.23 %; README."""
    row = pick(bank.figures, "conversion_eventual")

    assert (row["n"], row["n_events"]) == (41_188, 41_188)
    assert row["value"] == pytest.approx(4640 / 41_188, abs=1e-9)
    by_channel = {"cellular": 0.1474, "telephone": 0.0523}
    for segment, share in by_channel.items():
        found = pick(bank.figures, "conversion_eventual", segment=segment)["value"]
        assert found == pytest.approx(share, abs=5e-5)


def test_bank_contacts_per_sale(bank):
    """105,754 contacts / 4,640 sales = 22.79, 2.5676 a client, lost ones included; README."""
    row = pick(bank.figures, "contacts_per_won_deal")

    assert row["value"] == pytest.approx(105_754 / 4640, abs=1e-9)
    assert (row["status"], row["reason"]) == ("degraded", "counted_contacts")
    assert bank.measured.labour.contacts_per_primary == pytest.approx(2.5676, abs=5e-5)
    assert bank.client.tables["deals"]["contacts_count"].sum() == 105_754


def test_bank_conversion_by_attempt_and_history(bank):
    """Contacts 1..5 and 6+; outcome of the campaign before; README."""
    deals = bank.client.tables["deals"]
    won = deals["status"] == "won"
    attempts = won.groupby(deals["contacts_count"].clip(upper=6)).mean()
    before = won.groupby(deals["source"]).agg(["mean", "size"])

    assert attempts.tolist() == pytest.approx(
        [0.1304, 0.1146, 0.1075, 0.0939, 0.0750, 0.0549], abs=5e-5
    )
    assert before["size"].to_dict() == {"failure": 4252, "nonexistent": 35_563, "success": 1373}
    assert before["mean"].to_dict() == pytest.approx(
        {"failure": 0.1423, "nonexistent": 0.0883, "success": 0.6511}, abs=5e-5
    )


def test_bank_has_no_cycle(bank):
    """Deals were won, but nobody knows when: that is the reason, not a lack of wins."""
    assert verdict(bank, "cycle") == ("not_computable", "no deal with known dates")
    assert verdict(bank, "reps")[0] == "not_computable"
    assert missing(bank) == [
        "plan", "norms", "cycle", "deal value", "team", "selling time",
    ]  # fmt: skip


def test_bank_report(bank, tmp_path):
    """A report is written; nothing that is missing shows as a number."""
    folder = engagement_with_data("uci_bank_marketing", tmp_path)
    run = write_run(folder, tmp_path / "run", languages=("en",))
    page = (run.folder / "report.en.html").read_text(encoding="utf-8")

    assert "money plan" in run.headline
    assert "22.8" in page
    for trace in (">nan<", ">None<", ">NaT<", "Traceback"):
        assert trace not in page


# ---- Loans: an event log with work items ------------------------------------------------------


@pytest.mark.slow
def test_loans_stages_reached(loans):
    """Cases reaching a state, as the log's own header counts them; README."""
    events, deals = loans.client.tables["stage_events"], loans.client.tables["deals"]
    cases = events.groupby("stage_id")["deal_id"].nunique()

    assert cases.to_dict() == {
        "A_SUBMITTED": 13_087, "A_PREACCEPTED": 7367, "A_ACCEPTED": 5113, "O_SENT": 5015,
        "O_SENT_BACK": 3254, "A_APPROVED": 2246, "A_DECLINED": 7635, "A_CANCELLED": 2807,
    }  # fmt: skip
    assert events["stage_id"].value_counts()[["O_SENT", "O_SENT_BACK"]].tolist() == [7030, 3454]
    assert deals["status"].value_counts().to_dict() == {"lost": 10_442, "won": 2246, "open": 399}


@pytest.mark.slow
def test_loans_conversion(loans):
    """2,246 of 13,087 approved = 17.16 %, 399 still open, each stage as counted; README."""
    row = pick(loans.figures, "conversion_eventual", kind="with_flagged")

    assert (row["n"], row["n_censored"]) == (13_087, 399)
    assert 2246 / 13_087 < row["value"] < (2246 + 399) / 13_087
    accepted = pick(loans.figures, "stage_conversion", stage="A_SUBMITTED")
    assert accepted["value"] == pytest.approx(7367 / 13_087, abs=2e-4)
    returned = pick(loans.figures, "stage_conversion", stage="O_SENT")
    assert returned["n"] == 5015
    assert returned["value"] > 3254 / 5015


@pytest.mark.slow
def test_loans_hands_on_time(loans):
    """14,357.3 h; medians of the work items in minutes; README."""
    items = loans.client.tables["activities"]
    minutes = items.groupby("result")["duration_s"].median() / 60

    assert items["duration_s"].sum() / 3600 == pytest.approx(14_357.3, abs=0.05)
    assert minutes.drop("W_Beoordelen fraude").to_dict() == pytest.approx(
        {
            "W_Nabellen offertes": 1.69, "W_Nabellen incomplete dossiers": 2.11,
            "W_Afhandelen leads": 1.91, "W_Completeren aanvraag": 2.67,
            "W_Valideren aanvraag": 12.04,
        },
        abs=0.005,
    )  # fmt: skip


@pytest.mark.slow
def test_loans_calls_per_person_day(loans):
    """
    53 people, 2,040 person-days, median 8, mean 14.56; README.

    The README counts 33,806 starts; two of them were never ended and are set aside.
    """
    items = loans.client.tables["activities"]
    calls = items[items["kind"] == "call"]
    known = calls[calls["rep_id"].notna()]
    days = local_days(known["started_at"], loans).dt.normalize()
    per_day = known.groupby([known["rep_id"], days]).size()

    assert len(calls) == 33_806 - 2
    assert known["rep_id"].nunique() == 53
    assert len(per_day) == 2040
    assert per_day.median() == 8
    assert per_day.mean() == pytest.approx(14.56, abs=0.005)


@pytest.mark.slow
def test_loans_robot_makes_no_contacts(loans):
    """Resource 112 is the system (README, traps)."""
    reps = loans.client.tables["reps"]

    assert reps.loc[~reps["is_human"], "rep_id"].tolist() == ["112"]
    assert "112" not in set(loans.measured.labour.practice.reps["rep_id"])


@pytest.mark.slow
def test_loans_calls_left_open_do_not_count_as_talk(loans):
    """
    99 calls of more than 12 hours hold over half of all call hours (README: left overnight).

    By hand: the other 33,705 calls last 2,719.1 h, or 4.84 minutes each; with 4 minutes of
    wrap-up and the attempts below 20 seconds a contact takes about 10, with them 16 minutes.
    """
    row = pick(loans.figures, "minutes_per_contact", kind="call")

    assert row["value"] < 10.5
    assert "99 contacts were left open" in row["reason"]


@pytest.mark.slow
def test_loans_refusal(loans):
    """Conversions, contacts, minutes and cycle are measured; plan and staff list are not there."""
    assert verdict(loans, "conversion")[0] == "ok"
    assert verdict(loans, "contacts")[0] == "ok"
    assert {"plan", "team"} <= set(missing(loans))
    assert "norms" not in missing(loans)


# ---- Online retail: invoice lines with returns ------------------------------------------------


def cents(amounts: pd.Series) -> float:
    return round(float(amounts.sum()), 2)


def test_retail_lines_and_invoices(retail):
    """541,909 lines, 25,900 invoices, 4,372 customers, 4,070 codes, 9,747,747.93; README."""
    lines, invoices = retail.client.tables["order_lines"], retail.client.tables["invoices"]

    assert len(lines) == 541_909
    assert len(invoices) == 25_900
    assert lines["customer_id"].nunique() == 4372
    assert lines["product_id"].nunique() == 4070
    assert cents(lines["amount_base"]) == cents(invoices["amount_base"]) == 9_747_747.93
    assert cents(lines.loc[lines["amount"] > 0, "amount"]) == 10_666_684.54


def test_retail_lines_without_a_customer_keep_none(retail):
    """135,080 lines have no CustomerID, others are written as 17850.0; README."""
    lines = retail.client.tables["order_lines"]

    assert lines["customer_id"].isna().sum() == 135_080
    assert lines["customer_id"].dropna().str.fullmatch(r"\d{5}").all()
    assert "customers" not in retail.client.tables


def test_retail_cancellations(retail):
    """3,836 invoices and 9,288 lines whose number begins with C: -896,812.49; README."""
    lines, invoices = retail.client.tables["order_lines"], retail.client.tables["invoices"]
    back = invoices[invoices["doc_kind"] == "return"]

    assert len(back) == 3836
    assert back["invoice_id"].str.startswith("C").all()
    assert (lines["doc_kind"] == "return").sum() == 9288
    assert cents(back["amount_base"]) == -896_812.49
    assert (invoices["doc_kind"] == "adjustment").sum() == 3  # bad debt, numbers beginning with A


def test_retail_sales_of_known_customers(retail):
    """397,924 lines, 18,536 invoices, 4,339 clients, 8,911,407.90, 2,845 came again; README."""
    lines = retail.client.tables["order_lines"]
    sold = lines[
        lines["customer_id"].notna() & (lines["doc_kind"] != "return") & (lines["units"] > 0)
    ]
    visits = sold.groupby("customer_id")["invoice_id"].nunique()

    assert len(sold) == 397_924
    assert sold["invoice_id"].nunique() == 18_536
    assert len(visits) == 4339
    assert (visits >= 2).sum() == 2845
    assert cents(sold["amount"]) == 8_911_407.90
    of_month = lines.groupby(lines["issued_on"].dt.strftime("%Y-%m"))["amount"].sum()
    assert of_month[["2010-12", "2011-09", "2011-11"]].tolist() == pytest.approx(
        [748_957.02, 1_019_687.62, 1_461_756.25], abs=0.005
    )
    clients = lines.groupby(lines["issued_on"].dt.strftime("%Y-%m"))["customer_id"].nunique()
    assert clients[["2010-12", "2011-09", "2011-11"]].tolist() == [948, 1302, 1711]


def test_retail_doubts(retail):
    """
    1,336 lines write stock off under invoice numbers; 5,268 rows repeat another one wholly.

    A few more repeat in all but their description or the minute.
    """
    issues = retail.client.issues.set_index("rule")

    assert issues.loc["negative_units", "rows"] == 1336
    assert 5268 <= issues.loc["line_repeated", "rows"] <= 5268 * 1.01
    assert issues.loc["invoices_from_lines", "example"] == (
        "25900 invoices, 541909 lines, 9747747.93 in all"
    )
    assert set(retail.client.import_log["rows_set_aside"]) == {0}


# ---- AdventureWorks: quota and sales of each person -------------------------------------------


def test_quota_orders(quota):
    """57,851 + 3,004 lines, 3,616 + 180 orders, 635 resellers, 80,977,720.21; README."""
    lines, orders = quota.client.tables["order_lines"], quota.client.tables["invoices"]
    june = orders["issued_on"] >= "2020-06-01"

    assert quota.client.import_log.set_index("table").loc["order_lines", "rows_kept"].tolist() == [
        57_851, 3004,
    ]  # fmt: skip
    assert [(~june).sum(), june.sum()] == [3616, 180]
    assert orders["customer_id"].nunique() == 635
    assert cents(lines["amount_base"]) == cents(orders["amount_base"]) == 80_977_720.21
    assert cents(orders.loc[~june, "amount_base"]) == 77_548_570.20


def test_quota_sales_by_fiscal_year(quota):
    """FY2018 16,429,042.60 in 739 orders, FY2019 27,979,779.53 / 1,255; README."""
    orders = quota.client.tables["invoices"]
    year = orders["issued_on"].dt.to_period("Y-JUN").dt.year
    table = orders.groupby(year)["amount_base"].agg(["sum", "size"]).round(2)

    assert table.loc[[2018, 2019]].values.tolist() == [[16_429_042.60, 739], [27_979_779.53, 1255]]


def test_quota_plans(quota):
    """163 quotas of 95,714,000 in all, 10 to 17 people in each of 12 quarters; README."""
    plans = quota.client.tables["plans"]
    people = plans.groupby("period_start_on")["scope_id"].nunique()

    assert len(plans) == 163
    assert plans["value"].sum() == 95_714_000
    assert people.tolist() == [10, 10, 10, 10, 13, 14, 14, 14, 17, 17, 17, 17]
    assert people.index[0] == pd.Timestamp("2017-07-01")
    starts, ends = plans["period_start_on"], plans["period_end_on"]
    assert (ends == starts + pd.offsets.QuarterEnd()).all()
    assert set(plans["scope_id"]) <= set(quota.client.tables["reps"]["rep_id"])


def test_quota_attainment(quota):
    """84.6 % in all; 295 Rachel Valdez 79.5 %, 286 Pamela Ansman-Wolfe 94.0 %; 9 of 163; README."""
    orders, plans = quota.client.tables["invoices"], quota.client.tables["plans"]
    quarter = orders["issued_on"].dt.to_period("Q").dt.start_time.astype("datetime64[us]")
    sold = orders.groupby([orders["rep_id"], quarter])["amount_base"].sum()
    wanted = plans.set_index(["scope_id", "period_start_on"])["value"]
    by_rep = sold.groupby(level=0).sum() / wanted.groupby(level=0).sum()
    names = quota.client.tables["reps"].set_index("rep_id")["full_name"]

    assert set(sold.index) == set(wanted.index)
    assert sold.sum() / wanted.sum() == pytest.approx(0.846, abs=5e-4)
    assert (sold >= wanted.reindex(sold.index)).sum() == 9
    assert (names[by_rep.idxmin()], names[by_rep.idxmax()]) == (
        "Rachel Valdez", "Pamela Ansman-Wolfe",
    )  # fmt: skip
    assert [by_rep.min(), by_rep.max()] == pytest.approx([0.795, 0.940], abs=5e-4)


def test_quota_audit_of_the_list(quota):
    """
    The list beside the quotas: nine of 163 person-quarters reached their quota, so it is out of
    reach; margin and products per order stay with or without the quota being met.
    """
    audit = with_audit(quota).audit
    verdicts = audit.verdicts
    names = audit.inputs.kpis.set_index("kpi_id")["name"]

    def about(code):
        return set(names[verdicts.loc[verdicts["code"].eq(code), "kpi_id"].to_numpy()])

    assert audit.grain == "quarter"
    assert len(audit.inputs.plan_attainment) == 163
    assert about("R08.too_high") == {"Quota attainment"}
    odds = audit.inputs.targets.iloc[0]
    reached = (audit.inputs.plan_attainment["attainment"] >= 0.95).sum()
    # the latest twelve quarters are all there are; Jeffreys' prior adds half a success
    assert odds["probability"] == pytest.approx((reached + 0.5) / 164)
    assert about("R03.not_linked") == {"Gross margin", "Products per order"}
    assert about("R03.part_of_plan") >= {"Quota attainment", "Average order value"}
    assert about("R05.controllable") == {
        "Average order value",
        "New customers",
        "Products per order",
    }
    # nobody said what the firm wants, and there is neither norm nor cycle
    assert audit.selections[0].reason == "no_strategy"
    failed = set(verdicts.loc[verdicts["severity"].eq("blocker"), "code"])
    assert failed == {"R01.no_strategy", "R18.no_norms", "R18.no_attention_plan", "R18.no_cycle"}


def test_quota_costs_and_customers(quota):
    """NULL costs are missing; "Ware House" is Warehouse: 227 + 5; README and the files."""
    lines, customers = quota.client.tables["order_lines"], quota.client.tables["customers"]
    marks = quota.client.issues.set_index("rule").loc["missing_mark"]

    assert lines["cost_base"].isna().sum() == marks["rows"] > 0
    assert customers["segment"].value_counts().to_dict() == {
        "Value Added Reseller": 238, "Warehouse": 232, "Specialty Bike Shop": 231,
    }  # fmt: skip


def test_quota_refuses_a_number_of_people(quota):
    """Eighteen people and no working time, contacts or deals; past quotas are no plan to come."""
    assert [pool.reps for pool in quota.inputs.roles] == [4, 14]
    assert {"plan", "conversion", "selling time"} <= set(missing(quota))
