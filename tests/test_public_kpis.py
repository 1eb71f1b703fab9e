"""
Public data sets through the registry: their check figures asked for by K-id.

Expected values are the published check figures of each data set, recounted from its files; they
stand in the README beside the data. The data are not part of the project: without them the tests
are skipped.

What no KPI of the catalogue says, and why:

- Olist: goods that the won sellers sold later (676,851.48 of 842, or 1,781.19 of each active one)
  are the sellers' money, not the marketplace's, and have no date; they are not mapped. The first
  contact's range and the number of qualifiers are facts about the files.
- Olist: the mean of 48.44 days holds one lead signed two days before its first contact. A
  duration below nothing is left out and counted (part ``left_out``), so the KPI's whole days give
  40,789 / 841; with the -2 they are 40,787 / 842 = 48.44.
- Maven: 500 opportunities in prospecting have no engage date. They lie in no period and in no
  cohort, so 94.3 % (engaged of all) has no KPI; 80.9 % is decided over the leads of K39.
- Maven: revenue over won and lost (the published "average deal" of 1,490.9) is K01 over the
  decided deals of K42, and not an average check.
- Online Retail: 9,747,747.93 holds three adjustments for bad debt, which are no sales: K01 is
  11,062.06 higher. That sum, customers with any document, and cancellations by document are the
  client's own formulas OWN1 to OWN4 of the engagement. Lines (9,288 cancelled, 5,268 repeated) are
  a matter of the files; the door's tests count them. Countries are not mapped.
- Online Retail: 65.57 % came again in all. K26 gives every customer the same time, so it is another
  figure; the published one is the customers of K27 over those of K20.
- AdventureWorks: a fiscal year is no grain of time. It is asked for by its first and last day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from test_public_data import engagement_with_data

from kpikit.client_store import client_store
from kpikit.diagnosis.chain_input import Refusal
from kpikit.engagement import read_engagement
from kpikit.kpis import extracts
from kpikit.kpis.measuring import measure
from kpikit.kpis.settle import settled
from kpikit.kpis.store import Store
from kpikit.study import read_files


class Asked(NamedTuple):
    """A client's store, and the tables and issues it was made from."""

    store: Store
    tables: dict[str, pd.DataFrame]
    issues: pd.DataFrame


def open_client(name: str, folder: Any) -> Asked:
    engagement = read_engagement(engagement_with_data(name, folder))
    client = read_files(engagement)
    store = client_store(engagement, client.tables, Refusal(missing=()))
    return Asked(store, client.tables, client.issues)


@pytest.fixture(scope="module")
def olist(tmp_path_factory) -> Asked:
    return open_client("olist_funnel", tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="module")
def maven(tmp_path_factory) -> Asked:
    return open_client("maven_crm", tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="module")
def retail(tmp_path_factory) -> Asked:
    return open_client("uci_online_retail", tmp_path_factory.mktemp("public"))


@pytest.fixture(scope="module")
def quota(tmp_path_factory) -> Asked:
    return open_client("adventureworks_quota", tmp_path_factory.mktemp("public"))


def whole(client: Asked, kpi: str, part: str = "", **changes: Any) -> pd.Series:
    """The one row of a part of a KPI."""
    rows = measure(client.store, kpi, **changes)
    return rows[rows["part"] == part].squeeze()


def split(client: Asked, kpi: str, by: str, part: str = "", **changes: Any) -> pd.DataFrame:
    """A part of a KPI by one dimension or grain, where it is known."""
    rows = measure(client.store, kpi, by=[by], **changes)
    return rows[(rows["part"] == part) & rows[by].notna()].set_index(by)


def by_month(rows: pd.DataFrame) -> dict[str, float]:
    return {f"{month:%Y-%m}": value for month, value in rows["value"].items()}


# ---- Olist: leads and signatures --------------------------------------------------------------


def test_olist_lead_conversion(olist):
    """842 of 8,000 = 10.525 %."""
    row = whole(olist, "K39")

    assert (row["numerator"], row["denominator"]) == (842, 8000)
    assert row["value"] == pytest.approx(0.10525, abs=1e-12)
    assert row["status"] == "ok"


def test_olist_lead_conversion_by_origin(olist):
    """Seven origins, published twice; 60 leads have none and stand in a line of their own."""
    rows = split(olist, "K39", "segment")
    published = {
        "organic_search": (271, 2296, 0.1180), "paid_search": (195, 1586, 0.1230),
        "social": (75, 1350, 0.0556), "unknown": (179, 1099, 0.1629),
        "direct_traffic": (56, 499, 0.1122), "email": (15, 493, 0.0304),
        "referral": (24, 284, 0.0845),
    }  # fmt: skip
    everything = measure(olist.store, "K39", by=["segment"])

    for name, (won, leads, share) in published.items():
        assert tuple(rows.loc[name, ["numerator", "denominator"]]) == (won, leads)
        assert rows.loc[name, "value"] == pytest.approx(share, abs=5e-5)
    assert everything.loc[everything["segment"].isna(), "denominator"].tolist() == [60]
    assert (everything["numerator"].sum(), everything["denominator"].sum()) == (842, 8000)


def test_olist_without_the_setting_nothing_is_left_out_either(olist):
    """Nobody wrote down a loss, so no age tells that a lead is decided: every lead counts."""
    assert whole(olist, "K39", maturity_days=None)["denominator"] == 8000


def test_olist_wins_by_month(olist):
    """2018-01..06: 73, 113, 147, 207, 122, 57 of 842."""
    months = by_month(split(olist, "K43", "month"))

    assert [months[f"2018-0{month}"] for month in range(1, 7)] == [73, 113, 147, 207, 122, 57]
    assert sum(months.values()) == whole(olist, "K43")["value"] == 842


def test_olist_wins_by_rep(olist):
    """22 people signed, the best 133 times, the five best 49.4 % of all."""
    wins = split(olist, "K43", "rep")["value"].sort_values(ascending=False)

    assert len(wins) == 22
    assert wins.iloc[0] == 133
    assert wins.iloc[:5].sum() / 842 == pytest.approx(0.494, abs=5e-4)


def test_olist_days_to_the_signature(olist):
    """
    Whole days: median 14, 65.9 % within 30, mean 48.44 with the one of -2 days.

    Each winner is a customer of its own, so the split by customer gives single durations.
    """
    lengths = split(olist, "K45", "customer", part="clock")["value"]
    left_out = whole(olist, "K45", part="left_out")["value"]
    days = np.floor(lengths)

    assert (len(days), left_out) == (841, 1)
    assert np.median(days) == 14
    assert (days.sum() - 2) / 842 == pytest.approx(48.44, abs=0.005)
    assert ((days <= 30).sum() + 1) / 842 == pytest.approx(0.659, abs=5e-4)


def test_olist_most_leads_are_still_open(olist):
    """7,158 of 8,000 leads have no end: the median of all is not known, that of the won is."""
    every = whole(olist, "K45", part="clock")
    won = split(olist, "K45", "outcome", part="clock").loc["won"]

    assert (every["n"], every["n_censored"], every["status"]) == (7999, 7158, "not_computable")
    assert 14 <= won["value"] < 15
    # hours of the day are part of the clock: half a day more than the whole days
    assert won["mean_over"] == pytest.approx(40_789 / 841 + 0.5, abs=0.2)


def test_olist_money_is_refused(olist):
    """No amount stands on any deal."""
    for kpi in ("K01", "K19", "K08"):
        row = whole(olist, kpi)
        assert row["status"] == "not_computable"
        assert "deals.amount_base" in row["reason"]


def test_olist_money_per_lead_is_unknown_and_not_nothing(olist):
    """A landing page with signatures of unknown worth did not bring 0 per lead."""
    found = extracts.lead_quality(olist.store, settled(olist.store, olist.store.parameters))
    brought = found[found["won"] > 0]

    assert found["leads"].sum() == 8000
    assert brought["won"].sum() == 842
    assert brought["amount_per_lead"].isna().all()
    assert (found.loc[found["won"] == 0, "amount_per_lead"] == 0).all()


# ---- Maven: the pipeline of a CRM -------------------------------------------------------------


def test_maven_revenue(maven):
    """10,005,534 won; 4,238 won and 2,473 lost; on average 2,360.91."""
    check = whole(maven, "K19")

    assert whole(maven, "K01")["value"] == 10_005_534
    assert (check["numerator"], check["denominator"]) == (10_005_534, 4238)
    assert check["value"] == pytest.approx(2360.91, abs=0.005)
    assert whole(maven, "K43")["value"] == 4238


def test_maven_won_and_lost(maven):
    """4,238 : 2,473, that is 63.15 % of the decided; 10,005,534 / 6,711 = 1,490.9."""
    ratio, rate = whole(maven, "K42"), whole(maven, "K42", part="win_rate")

    assert (ratio["numerator"], ratio["denominator"]) == (4238, 2473)
    assert (rate["numerator"], rate["denominator"]) == (4238, 6711)
    assert rate["value"] == pytest.approx(0.6315, abs=5e-5)
    assert whole(maven, "K01")["value"] / rate["denominator"] == pytest.approx(1490.9, abs=0.05)


def test_maven_decided_of_the_engaged(maven):
    """6,711 of 8,300 engaged = 80.9 %; the 500 in prospecting have no date."""
    engaged = whole(maven, "K39", maturity_days=0.0)["denominator"]

    assert engaged == 8800 - 500
    assert whole(maven, "K42")["n"] / engaged == pytest.approx(0.809, abs=5e-4)


def test_maven_young_cohorts_do_not_count_as_lost(maven):
    """Won of all engaged is 51.06 %; of those old enough to be decided no more than 63.15 %."""
    naive = whole(maven, "K39", maturity_days=0.0)["value"]
    mature = whole(maven, "K39")

    assert naive == pytest.approx(4238 / 8300, abs=1e-9)
    assert mature["denominator"] < 8300
    assert mature["value"] < 4238 / 6711


def test_maven_days_to_close(maven):
    """Engage to close: 51.78 days of the won, 47.99 of all closed; 1,589 still run."""
    by_outcome = split(maven, "K45", "outcome", part="clock")
    every = whole(maven, "K45", part="clock")

    assert by_outcome.loc["won", "mean_over"] == pytest.approx(51.78, abs=0.005)
    assert every["mean_over"] == pytest.approx(47.99, abs=0.005)
    assert (every["n"], every["n_censored"]) == (8300, 1589)
    # deals still open are long ones: with them half are decided later than the closed ones say
    assert every["value"] > every["mean_over"]


def test_maven_revenue_by_quarter(maven):
    """2017 Q1..Q4: 1,134,672; 3,086,111; 2,982,255; 2,802,496."""
    rows = split(maven, "K01", "quarter")

    assert [f"{q:%Y-%m}" for q in rows.index] == ["2017-01", "2017-04", "2017-07", "2017-10"]
    assert rows["value"].tolist() == [1_134_672, 3_086_111, 2_982_255, 2_802_496]


def test_maven_win_rate_saws(maven):
    """About 82 % in March and June 2017, 49 % in April and July; traps of the README."""
    rate = by_month(split(maven, "K42", "month", part="win_rate"))

    assert [rate[m] for m in ("2017-03", "2017-06")] == pytest.approx([0.82, 0.82], abs=0.02)
    assert [rate[m] for m in ("2017-04", "2017-07")] == pytest.approx([0.49, 0.49], abs=0.02)


def test_maven_revenue_by_manager_and_region(maven):
    """Six managers and three regions; published tables."""
    assert split(maven, "K01", "team")["value"].to_dict() == {
        "Melvin Marxen": 2_251_930, "Summer Sewald": 1_964_750, "Rocco Neubert": 1_960_545,
        "Celia Rouche": 1_603_897, "Cara Losch": 1_130_049, "Dustin Brinkmann": 1_094_363,
    }  # fmt: skip
    assert split(maven, "K01", "segment")["value"].to_dict() == {
        "Central": 3_346_293, "East": 3_090_594, "West": 3_568_647,
    }  # fmt: skip


def test_maven_opportunities_in_work_by_manager(maven):
    """Sewald 414, Rouche 334, Losch 219, Marxen 215, Neubert 214, Brinkmann 193: 1,589 engaging."""
    assert split(maven, "K35", "team", part="deals")["value"].to_dict() == {
        "Summer Sewald": 414, "Celia Rouche": 334, "Cara Losch": 219,
        "Melvin Marxen": 215, "Rocco Neubert": 214, "Dustin Brinkmann": 193,
    }  # fmt: skip
    assert whole(maven, "K35", part="deals")["value"] == 1589


def test_maven_best_agent(maven):
    """Darcel Schlecht: 1,153,214 from 349 wins; 30 of 35 agents have deals."""
    money, wins = split(maven, "K01", "rep")["value"], split(maven, "K43", "rep")["value"]
    shares = split(maven, "K08", "rep")["value"]

    assert (money.idxmax(), money.max()) == ("Darcel Schlecht", 1_153_214)
    assert wins["Darcel Schlecht"] == wins.max() == 349
    assert len(money) == 30
    assert shares["Darcel Schlecht"] == pytest.approx(1_153_214 / 10_005_534, abs=1e-9)
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)


# ---- Online Retail: invoices and cancellations ------------------------------------------------


def test_retail_sums(retail):
    """9,747,747.93 in all documents; three adjustments of -11,062.06 in all are no sales."""
    sold, every = whole(retail, "K01"), whole(retail, "OWN1")

    assert (sold["n"], every["n"]) == (25_897, 25_900)
    assert every["value"] == pytest.approx(9_747_747.93, abs=0.005)
    assert sold["value"] == pytest.approx(9_747_747.93 + 11_062.06, abs=0.005)


def test_retail_sales_of_known_customers(retail):
    """18,536 invoices of 4,339 clients, 8,911,407.90: sales only."""
    rows = split(retail, "K19", "customer")
    firsts, later = whole(retail, "K20"), whole(retail, "K27")

    assert len(rows) == firsts["value"] == 4339
    assert rows["numerator"].sum() == pytest.approx(8_911_407.90, abs=0.005)
    assert rows["denominator"].sum() == firsts["value"] + later["value"] == 18_536


def test_retail_customers_who_came_again(retail):
    """2,845 of 4,339 = 65.57 % have two invoices or more."""
    again = split(retail, "K27", "customer")

    assert (again["value"] > 0).sum() == 2845
    assert 2845 / whole(retail, "K20")["value"] == pytest.approx(0.6557, abs=5e-5)


def test_retail_repeat_share_gives_every_customer_the_same_time(retail):
    """
    A second purchase within 90 days, of the customers who had 90 days; counted in pandas.

    The share of all hides that the customers of the last weeks had no time to come again.
    """
    invoices = retail.tables["invoices"]
    sales = invoices[
        invoices["customer_id"].notna()
        & (invoices["doc_kind"] == "invoice")
        & (invoices["amount_base"] >= 0)
    ].sort_values(["issued_on", "invoice_id"])
    at = sales.groupby("customer_id")["issued_on"]
    first, second = at.nth(0).to_numpy(), at.shift(-1)
    begun = sales.assign(second=second).drop_duplicates("customer_id")
    deadline = begun["issued_on"] + pd.Timedelta(days=90)
    old = deadline <= pd.Timestamp("2011-12-10")
    row = whole(retail, "K26")

    assert len(first) == len(begun) == 4339
    assert row["denominator"] == old.sum()
    assert row["numerator"] == (old & (begun["second"] <= deadline)).sum()


def test_retail_months(retail):
    """2010-12 748,957.02 / 948; 2011-09 1,019,687.62 / 1,302; 2011-11 1,461,756.25 / 1,711."""
    months = ("2010-12", "2011-09", "2011-11")
    money = by_month(split(retail, "K01", "month"))
    clients = by_month(split(retail, "OWN2", "month"))

    assert [money[m] for m in months] == pytest.approx(
        [748_957.02, 1_019_687.62, 1_461_756.25], abs=0.005
    )
    assert [clients[m] for m in months] == [948, 1302, 1711]
    assert whole(retail, "OWN2")["value"] == 4372


def test_retail_active_customers_bought(retail):
    """Who only sent goods back that month is no active customer; counted in pandas."""
    invoices = retail.tables["invoices"]
    december = invoices[
        invoices["issued_on"].between("2010-12-01", "2010-12-31")
        & (invoices["doc_kind"] == "invoice")
    ]
    # the last 31 days before the end of December are December
    active = by_month(split(retail, "K21", "month", active_days=31))

    assert active["2010-12"] == december["customer_id"].nunique() < 948


def test_retail_cancellations(retail):
    """3,836 documents of -896,812.49; 3,654 of the 22,190 of known clients = 16.47 %."""
    money, share = whole(retail, "OWN4"), whole(retail, "OWN3")

    assert money["n"] == 3836
    assert money["value"] == pytest.approx(-896_812.49, abs=0.005)
    assert (share["numerator"], share["denominator"]) == (3654, 22_190)
    assert share["value"] == pytest.approx(0.1647, abs=5e-5)


def test_retail_average_check_counts_no_cancellation(retail):
    """By hand from the README: (9,747,747.93 + 11,062.06 + 896,812.49) / (25,900 - 3 - 3,836)."""
    row = whole(retail, "K19")

    assert row["denominator"] == 25_900 - 3 - 3836
    assert row["numerator"] == pytest.approx(10_655_622.48, abs=0.005)


def test_retail_has_no_people(retail):
    """No invoice names a rep: sales of a rep are refused, not zero."""
    row = whole(retail, "K08")

    assert (row["status"], row["reason"]) == ("not_computable", "missing: invoices.rep_id")


# ---- AdventureWorks: quota and sales ----------------------------------------------------------


def test_quota_sales(quota):
    """80,977,720.21 in 3,796 orders of 635 resellers."""
    row = whole(quota, "K01")

    assert row["value"] == pytest.approx(80_977_720.21, abs=0.005)
    assert row["n"] == 3796
    assert whole(quota, "K20")["value"] == 635


def test_quota_sales_by_fiscal_year(quota):
    """From July on: 16,429,042.60 / 739; 27,979,779.53 / 1,255; 33,139,748.07 / 1,622 to May."""
    published = {
        (datetime(2017, 7, 1), datetime(2018, 7, 1)): (16_429_042.60, 739),
        (datetime(2018, 7, 1), datetime(2019, 7, 1)): (27_979_779.53, 1255),
        (datetime(2019, 7, 1), datetime(2020, 6, 1)): (33_139_748.07, 1622),
        (datetime(2017, 7, 1), datetime(2020, 6, 1)): (77_548_570.20, 3616),
    }
    for (start, end), (money, orders) in published.items():
        row = whole(quota, "K01", start=start, end=end)
        assert row["value"] == pytest.approx(money, abs=0.005)
        assert row["n"] == orders


def test_quota_attainment(quota):
    """80,977,720.21 / 95,714,000 = 84.6 %; by quarter 81.4 % to 89.1 %."""
    row, quarters = whole(quota, "K04"), split(quota, "K04", "quarter")["value"]

    assert row["denominator"] == 95_714_000
    assert row["value"] == pytest.approx(0.846, abs=5e-4)
    assert len(quarters) == 12
    assert [quarters.min(), quarters.max()] == pytest.approx([0.814, 0.891], abs=5e-4)


def test_quota_attainment_by_person(quota):
    """295 Rachel Valdez 79.5 %, 286 Pamela Ansman-Wolfe 94.0 %, 282 Linda Mitchell 88.6 %."""
    rows = split(quota, "K04", "rep")
    names = quota.tables["reps"].set_index("rep_id")["full_name"]
    best = rows.loc[rows["numerator"].idxmax()]

    assert len(rows) == 17
    assert (rows["value"].idxmin(), rows["value"].idxmax()) == ("295", "286")
    assert (names["295"], names["286"]) == ("Rachel Valdez", "Pamela Ansman-Wolfe")
    assert [rows["value"].min(), rows["value"].max()] == pytest.approx([0.795, 0.940], abs=5e-4)
    assert names[best.name] == "Linda Mitchell"
    assert best["numerator"] == pytest.approx(10_444_575.00, abs=0.005)
    assert best["denominator"] == 11_786_000
    assert best["value"] == pytest.approx(0.886, abs=5e-4)


def test_quota_person_quarters(quota):
    """9 of 163 reach their quota; their sums are those of the people and of the quarters."""
    cells = measure(quota.store, "K04", by=["rep", "quarter"])

    assert cells["value"].notna().sum() == len(cells) == 163
    assert (cells["value"] >= 1).sum() == 9
    people = cells.groupby("rep")[["numerator", "denominator"]].sum()
    assert people.to_numpy() == pytest.approx(
        split(quota, "K04", "rep")[["numerator", "denominator"]].to_numpy()
    )


def test_quota_is_no_monthly_plan(quota):
    """A quarter's quota says nothing about its months: no month is measured against it."""
    months = measure(quota.store, "K04", by=["month"])

    assert months["value"].isna().all()
    assert (months["status"] == "not_computable").all()


def test_quota_managers_sell_too(quota):
    """Three sales managers have orders of their own: the sum of 272, 290 and 294 by team."""
    teams, reps = split(quota, "K01", "team")["value"], split(quota, "K01", "rep")["value"]
    heads = reps[["272", "290", "294"]].sum()

    assert teams.sum() == pytest.approx(80_977_720.21, abs=0.005)
    assert teams["Heads"] == pytest.approx(heads, abs=0.005)


def test_quota_units_and_margin(quota):
    """
    Units of all 60,855 lines, and the margin of the orders whose cost is known in every line.

    76 lines write NULL as their cost; counted in pandas.
    """
    lines = quota.tables["order_lines"]
    unknown = lines.loc[lines["cost_base"].isna(), "invoice_id"].unique()
    known = lines[~lines["invoice_id"].isin(unknown)]
    margin = 1 - known["cost_base"].sum() / known["amount_base"].sum()
    units, row = whole(quota, "K02"), whole(quota, "K09")
    marks = quota.issues.set_index("rule").loc["missing_mark"]

    assert (units["n"], units["value"]) == (60_855, lines["units"].sum())
    assert (marks["table"], marks["rows"]) == ("order_lines", 76)
    assert lines["cost_base"].isna().sum() == 76
    assert row["n"] == 3796 - len(unknown)
    assert row["value"] == pytest.approx(margin, abs=1e-9)


def test_quota_has_no_deals(quota):
    """Orders are no deals: win rate, cycle and the value of deals won are refused by name."""
    for kpi in ("K42", "K43", "K44", "K45"):
        row = whole(quota, kpi)
        assert (row["status"], row["reason"]) == ("not_computable", "missing: deals")
