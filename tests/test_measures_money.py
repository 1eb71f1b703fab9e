# ruff: noqa: E501  tiny tables read better on one line
"""Volume, plan, growth, margin, check: by hand, in pandas, and against naive definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, REPS, make_client, store_of
from money_checks import agrees, column_of, per, quotient, value_of, won

from kpikit.errors import InputDataError
from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

SEEDS = (3, 4)
GRAINS = (["rep", "month"], ["segment", "quarter"])


@pytest.fixture(scope="module", params=SEEDS)
def made(request: pytest.FixtureRequest) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), tables


def deal(name: str, closed: str | None, amount: float | None, **rest: object) -> dict:
    status = "won" if closed else "open"
    stamp = pd.Timestamp(closed, tz="Europe/Moscow").tz_convert("UTC") if closed else pd.NaT
    created = pd.Timestamp("2025-12-01", tz="UTC")
    return {"deal_id": name, "status": status, "created_at": created, "closed_at": stamp, "amount_base": amount,
            "owner_id": "r1", "segment": "A"} | rest  # fmt: skip


def plan(scope: str, whose: str | None, start: str, end: str, value: float, **rest: object) -> dict:
    return {"plan_id": f"{scope}{whose}{start}{end}{value}", "scope": scope, "scope_id": whose, "metric": "revenue",
            "period_start_on": pd.Timestamp(start), "period_end_on": pd.Timestamp(end), "value": value,
            "version": "1"} | rest  # fmt: skip


def store_with(deals: list[dict], **tables: list[dict]) -> Store:
    frames = {"deals": pd.DataFrame(deals)} | {n: pd.DataFrame(r) for n, r in tables.items()}
    if "plans" in frames:
        frames["plans"]["approved_at"] = pd.to_datetime(
            frames["plans"].get("approved_at"), utc=True
        )
    days = pd.date_range("2025-01-01", "2026-12-31")
    frames["calendar"] = pd.DataFrame(
        {"date": days, "work_s": 28800.0, "start_s": 32400.0, "end_s": 64800.0,
         "before_s": 28800.0 * np.arange(len(days))}
    )  # fmt: skip
    return store_of(frames)


SOLD = [
    deal("d1", "2026-01-10 12:00", 300.0),
    deal("d2", "2026-01-31 23:30", 100.0),
    deal("d3", "2026-02-10 12:00", 200.0, owner_id="r2", segment="B"),
    deal("d4", "2026-03-05 12:00", None),
    deal("d5", "2026-03-06 12:00", 500.0, is_test=True),
    deal("d6", None, 900.0),
]


class TestByHand:
    def test_sales_volume(self) -> None:
        """300 + 100 in January (23:30 of 31 January is January in Moscow), 200 in February; tests, open deals do not count."""
        store = store_with(SOLD)
        assert value_of(store, "K01") == 600.0
        found = column_of(store, "K01", "month")
        assert found["2026-01-01"] == 400.0
        assert found["2026-02-01"] == 200.0

    def test_units_less_those_that_came_back(self) -> None:
        """10 + 5 - 2 = 13 units."""
        lines = [{"line_id": str(k), "invoice_id": "i", "units": u, "issued_on": pd.Timestamp("2026-02-01"), "doc_kind": kind,
                  "amount_base": u} for k, (u, kind) in enumerate([(10.0, "invoice"), (5.0, "invoice"), (-2.0, "return")])]  # fmt: skip
        assert value_of(store_with(SOLD, order_lines=lines), "K02") == 13.0

    def test_attainment_is_sums_over_sums(self) -> None:
        """r1: 400 of 500 is 80 %; r2: 200 of 100 is 200 %; together 600 of 600, not the mean of 140 %."""
        store = store_with(SOLD, plans=[plan("rep", "r1", "2026-01-01", "2026-03-31", 500.0),
                                        plan("rep", "r2", "2026-01-01", "2026-03-31", 100.0)])  # fmt: skip
        assert column_of(store, "K04", "rep") == {"r1": 0.8, "r2": 2.0}
        assert value_of(store, "K04") == 1.0

    def test_plan_of_the_company_is_not_added_to_those_of_its_reps(self) -> None:
        """Plans of 500 and 100 for reps beside 600 for the company: 600 of 600, not of 1,200."""
        store = store_with(SOLD, plans=[plan("rep", "r1", "2026-01-01", "2026-03-31", 500.0),
                                        plan("rep", "r2", "2026-01-01", "2026-03-31", 100.0),
                                        plan("company", None, "2026-01-01", "2026-03-31", 800.0)])  # fmt: skip
        assert value_of(store, "K04") == 1.0
        assert value_of(store, "K04", plan_scope="company") == 0.75

    def test_quarter_in_a_list_of_months_is_their_sum(self) -> None:
        """Months 200 + 200 + 200 beside their quarter 600: sales 600 of 600."""
        months = [
            plan("company", None, f"2026-0{m}-01", end, 200.0)
            for m, end in ((1, "2026-01-31"), (2, "2026-02-28"), (3, "2026-03-31"))
        ]
        store = store_with(
            SOLD, plans=[*months, plan("company", None, "2026-01-01", "2026-03-31", 600.0)]
        )
        assert value_of(store, "K04") == 1.0
        assert column_of(store, "K04", "month") == {
            "2026-01-01": 2.0,
            "2026-02-01": 1.0,
            "2026-03-01": 0.0,
        }

    def test_retroactive_version_is_not_used_and_the_last_of_the_others_is(self) -> None:
        """Of 500 (December), 800 (later in December) and 400 (approved in February) the 800 counts: 400 of 800."""
        versions = [
            (500.0, "2025-12-01", "1"),
            (800.0, "2025-12-20", "2"),
            (400.0, "2026-02-15", "3"),
        ]
        rows = [
            plan("company", None, "2026-01-01", "2026-01-31", v, approved_at=at, version=n)
            for v, at, n in versions
        ]
        assert value_of(store_with(SOLD, plans=rows), "K04") == 0.5

    def test_unfinished_plan_does_not_count(self) -> None:
        """A plan to the end of July has not ended on 1 July; January's 400 of 400 is left."""
        rows = [
            plan("company", None, "2026-01-01", "2026-01-31", 400.0),
            plan("company", None, "2026-07-01", "2026-07-31", 400.0),
        ]
        assert value_of(store_with(SOLD, plans=rows), "K04") == 1.0

    def test_plan_of_a_quarter_says_nothing_about_a_month(self) -> None:
        """By quarter 600 of 1,200; by month there is no value rather than the quarter's in January."""
        store = store_with(SOLD, plans=[plan("company", None, "2026-01-01", "2026-03-31", 1200.0)])
        assert column_of(store, "K04", "quarter") == {"2026-01-01": 0.5}
        by_month = measure(store, "K04", ["month"])
        assert by_month["status"].tolist() == ["not_computable"]
        assert by_month["value"].isna().all()

    def test_plan_of_a_segment(self) -> None:
        """Segment A sold 400 of 1,000, B 200 of 100."""
        store = store_with(SOLD, plans=[plan("segment", "A", "2026-01-01", "2026-03-31", 1000.0),
                                        plan("segment", "B", "2026-01-01", "2026-03-31", 100.0)])  # fmt: skip
        assert column_of(store, "K04", "segment") == {"A": 0.4, "B": 2.0}

    def test_plan_of_a_rep_for_a_segment(self) -> None:
        """
        r1 sold 400 in A and 50 in B against plans of 500 and 100 beside his whole 600: 80 % and 50 %, together
        450 of 600.
        """
        sold = [*SOLD, deal("d7", "2026-01-12 12:00", 50.0, segment="B")]
        rows = [
            plan("rep", "r1", "2026-01-01", "2026-03-31", v, segment=s)
            for s, v in (("A", 500.0), ("B", 100.0), (None, 600.0))
        ]
        store = store_with(sold, plans=rows)
        assert column_of(store, "K04", "segment") == {"A": 0.8, "B": 0.5}
        assert value_of(store, "K04") == 0.75

    def test_plan_of_a_team(self) -> None:
        """Team north is r1: 400 of 500."""
        store = store_with(SOLD, plans=[plan("team", "north", "2026-01-01", "2026-03-31", 500.0)],
                           reps=[{"rep_id": "r1", "team": "north"}, {"rep_id": "r2", "team": "south"}])  # fmt: skip
        assert column_of(store, "K04", "team", plan_scope="team") == {"north": 0.8}

    def test_scope_that_is_not_known(self) -> None:
        store = store_with(SOLD, plans=[plan("team", "north", "2026-01-01", "2026-03-31", 500.0)])
        with pytest.raises(
            InputDataError, match="plan_scope 'firm' is not known; use one of rep, team"
        ):
            measure(store, "K04", plan_scope="firm")

    def test_won_value_has_a_plan_of_its_own(self) -> None:
        """Deals won 600 of the 750 planned for deals, whatever the plan of invoiced sales says."""
        store = store_with(SOLD, plans=[plan("company", None, "2026-01-01", "2026-03-31", 100.0),
                                        plan("company", None, "2026-01-01", "2026-03-31", 750.0, metric="deal_value")])  # fmt: skip
        assert value_of(store, "K44", deals_plan="deal_value") == 0.8
        assert value_of(store, "K44") == 6.0

    def test_growth_against_plan(self) -> None:
        """February: (200 - 240) / 400 = -0.1: sales fell by 50 % where the plan asked for a fall of 40 %."""
        store = store_with(SOLD, plans=[plan("company", None, "2026-02-01", "2026-02-28", 240.0)])
        assert column_of(store, "K05", "month") == {"2026-02-01": pytest.approx(-0.1)}
        assert measure(store, "K05")["reason"].tolist() == [
            "the KPI compares periods: add month, quarter or year"
        ]

    def test_growth(self) -> None:
        """January to February 400 to 200 is -50 %, March after 200 sold nothing that has an amount: -100 %."""
        found = column_of(store_with(SOLD), "K06", "month")
        assert np.isnan(found.pop("2026-01-01"))
        assert found == {"2026-02-01": -0.5, "2026-03-01": -1.0}

    def test_running_period_is_not_a_fall(self) -> None:
        """On 1 July the quarter from July on has just begun, and there is no growth of it yet."""
        sold = [deal("d1", "2026-05-10", 100.0), deal("d2", "2026-07-01", 1.0)]
        assert "2026-07-01" not in column_of(store_with(sold), "K06", "quarter")

    def test_growth_from_last_year(self) -> None:
        """February 2026 sold 200, February 2025 had 100: +100 %; the month before had 400."""
        sold = [
            *SOLD,
            deal("d0", "2025-02-28", 100.0, created_at=pd.Timestamp("2025-01-01", tz="UTC")),
        ]
        assert column_of(store_with(sold), "K06", "month", growth_from="year")["2026-02-01"] == 1.0

    def test_sales_per_rep_counts_time_employed(self) -> None:
        """
        January to March 2026 sold 600; r1 full-time all the quarter, r2 half-time from 1 March to the 31st:
        3 + 0.5 = 3.5 full-time months, 600 / 3.5 * 3 = 514.2857; divided by two heads it would be 300.
        """
        reps = [{"rep_id": "r1", "hired_on": pd.Timestamp("2025-01-01"), "fte": 1.0},
                {"rep_id": "r2", "hired_on": pd.Timestamp("2026-03-01"), "fte": 0.5}]  # fmt: skip
        found = measure(store_with(SOLD, reps=reps), "K07", ["quarter"])
        row = found[found["quarter"] == pd.Timestamp("2026-01-01")].iloc[0]
        assert row["value"] == pytest.approx(600 / 3.5 * 3)
        assert row["denominator"] == pytest.approx(3.5 / 3)

    def test_last_day_at_work_counts(self) -> None:
        """r1 left on 15 January: 15 of 31 days, so 400 / (15 / 31) = 826.67 for January."""
        reps = [
            {
                "rep_id": "r1",
                "hired_on": pd.Timestamp("2025-01-01"),
                "left_on": pd.Timestamp("2026-01-15"),
                "fte": 1.0,
            }
        ]
        found = column_of(store_with(SOLD, reps=reps), "K07", "month")
        assert found["2026-01-01"] == pytest.approx(400 * 31 / 15)

    def test_share_of_rep(self) -> None:
        """r1 400 and r2 200 of 600."""
        assert column_of(store_with(SOLD), "K08", "rep") == {
            "r1": pytest.approx(2 / 3),
            "r2": pytest.approx(1 / 3),
        }

    def test_share_of_rep_against_what_such_leads_bring(self) -> None:
        """
        Segment A: three leads brought 300 + 100 + 0, 133.33 each. r1 had two of them and 300: 300 / 266.67 = 1.125;
        r2 one and 100: 0.75. Both had the same kind of leads, so nothing else explains the difference.
        """
        leads = [deal("a", "2026-01-10", 300.0), deal("b", "2026-01-20", 100.0, owner_id="r2"),
                 deal("c", "2026-01-20", None, status="lost")]  # fmt: skip
        found = column_of(store_with(leads), "K08", "rep", "adjusted", maturity_days=0.0)
        assert found == {"r1": pytest.approx(1.125), "r2": pytest.approx(0.75)}

    def test_margin_is_not_a_mean_of_margins(self) -> None:
        """(1000 - 900) and (100 - 10): 190 of 1,100 is 17.3 %; the mean of 10 % and 90 % is 50 %. A sale without cost is left out."""
        sold = [deal("a", "2026-01-10", 1000.0, cost_base=900.0), deal("b", "2026-01-10", 100.0, cost_base=10.0),
                deal("c", "2026-01-10", 500.0)]  # fmt: skip
        assert value_of(store_with(sold), "K09") == pytest.approx(190 / 1100)

    def test_high_margin_lines(self) -> None:
        """Margins 30 % (the limit counts), 20 %, unknown: 100 of 300 known."""
        lines = [{"line_id": str(k), "invoice_id": "i", "units": 1.0, "issued_on": pd.Timestamp("2026-02-01"), "doc_kind": "invoice",
                  "amount_base": a, "cost_base": c} for k, (a, c) in enumerate([(100.0, 70.0), (200.0, 160.0), (50.0, None)])]  # fmt: skip
        store = store_with(SOLD, order_lines=lines)
        assert value_of(store, "K10") == 100.0
        assert value_of(store, "K10", "share") == pytest.approx(1 / 3)

    def test_profit_per_deal(self) -> None:
        """100, 90 and -50: mean 140 / 3, one of three lost money; the deal without cost counts in neither."""
        sold = [deal("a", "2026-01-10", 1000.0, cost_base=900.0), deal("b", "2026-01-10", 100.0, cost_base=10.0),
                deal("c", "2026-01-10", 500.0, cost_base=550.0), deal("d", "2026-01-10", 500.0)]  # fmt: skip
        store = store_with(sold)
        assert value_of(store, "K12") == pytest.approx(140 / 3)
        assert value_of(store, "K12", "loss_making") == pytest.approx(1 / 3)
        assert measure(store, "K12")["median"].iloc[0] == 90.0

    def test_average_check_leaves_returns_out(self) -> None:
        """By deals 600 / 3 (one has no amount); by invoices (100 + 300) / 2, the return is no sale of -50."""
        bills = [{"invoice_id": str(k), "customer_id": "c", "doc_kind": kind, "issued_on": pd.Timestamp("2026-02-01"), "amount_base": a}
                 for k, (a, kind) in enumerate([(100.0, "invoice"), (300.0, "invoice"), (-50.0, "return")])]  # fmt: skip
        store = store_with(SOLD, invoices=bills)
        assert value_of(store, "K19") == 200.0
        assert value_of(store, "K19", revenue_basis="invoice") == 200.0
        assert value_of(store, "K01", revenue_basis="invoice") == 350.0


@pytest.mark.parametrize("by", GRAINS, ids=str)
class TestInPandas:
    """The definitions of the catalogue written again over pandas tables."""

    def test_volume_and_check(self, made, by) -> None:
        store, tables = made
        rows = won(tables)
        sums = per(rows, by, {"value": "amount_base"})
        agrees(store, "K01", by, sums)
        filled = rows.assign(one=rows["amount_base"].notna() * 1.0)
        checks = per(filled, by, {"numerator": "amount_base", "denominator": "one"})
        agrees(store, "K19", by, quotient(checks))

    def test_units(self, made, by) -> None:
        store, tables = made
        rows = tables["order_lines"].assign(
            at=tables["order_lines"]["issued_on"], rep=tables["order_lines"]["rep_id"]
        )
        rows["segment"] = rows["customer_id"].map(
            tables["customers"].set_index("customer_id")["segment"]
        )
        agrees(store, "K02", by, per(rows, by, {"value": "units"}))
        sold = rows[rows["doc_kind"].isin(["shipment", "return"])]
        agrees(store, "K02", by, per(sold, by, {"value": "units"}), revenue_basis="shipment")

    def test_margin_and_profit(self, made, by) -> None:
        store, tables = made
        rows = won(tables).dropna(subset=["amount_base", "cost_base"])
        rows["profit"] = rows["amount_base"] - rows["cost_base"]
        rows["loss"] = (rows["profit"] < 0) * 1.0
        rows["one"] = 1.0
        margin = per(rows, by, {"numerator": "profit", "denominator": "amount_base"})
        agrees(store, "K09", by, quotient(margin))
        agrees(
            store, "K12", by, quotient(per(rows, by, {"numerator": "profit", "denominator": "one"}))
        )
        loss = per(rows, by, {"numerator": "loss", "denominator": "one"})
        agrees(store, "K12", by, quotient(loss), "loss_making")

    def test_high_margin(self, made, by) -> None:
        store, tables = made
        rows = tables["order_lines"].assign(
            at=tables["order_lines"]["issued_on"], rep=tables["order_lines"]["rep_id"]
        )
        rows["segment"] = rows["customer_id"].map(
            tables["customers"].set_index("customer_id")["segment"]
        )
        high = 1 - rows["cost_base"] / rows["amount_base"] >= 0.3
        agrees(store, "K10", by, per(rows[high], by, {"value": "amount_base"}))
        rows["high"] = rows["amount_base"].where(high, 0.0)
        share = per(rows, by, {"numerator": "high", "denominator": "amount_base"})
        agrees(store, "K10", by, quotient(share), "share")

    def test_share_of_rep(self, made, by) -> None:
        store, tables = made
        rest = [name for name in by if name != "rep"]
        whole = per(won(tables), rest, {"denominator": "amount_base"}).drop(columns="n")
        sums = per(won(tables), ["rep", *rest], {"numerator": "amount_base"})
        sums = sums.merge(whole, on=rest)
        agrees(store, "K08", ["rep", *rest], quotient(sums))


def scoped(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per rep and month of the plan: amount won, number of deals, plan."""
    rows = won(tables)
    out = []
    for month in pd.period_range("2025-01", "2026-06", freq="M"):
        for rep in REPS:
            own = rows[(rows["rep"] == rep) & (rows["at"].dt.to_period("M") == month)]
            out.append(
                {
                    "rep": rep,
                    "at": month.start_time,
                    "sold": own["amount_base"].sum(),
                    "deals": len(own),
                    "plan": 200_000.0,
                }
            )
    return pd.DataFrame(out)


@pytest.mark.parametrize("by", [["rep", "month"], ["quarter"]], ids=str)
class TestPlansInPandas:
    def test_attainment(self, made, by) -> None:
        store, tables = made
        cells = scoped(tables)
        sums = per(cells, by, {"numerator": "sold", "denominator": "plan", "deals": "deals"})
        sums["n"] = sums["n"] + sums["deals"]
        agrees(store, "K04", by, quotient(sums))
        agrees(store, "K44", by, quotient(sums))

    def test_growth_to_plan(self, made, by) -> None:
        store, tables = made
        grain = by[-1]
        cells = per(scoped(tables), by, {"sold": "sold", "plan": "plan"})
        before = cells.assign(
            **{grain: cells[grain] + pd.DateOffset(months=1 if grain == "month" else 3)}
        )
        rows = cells.merge(
            before[[*by, "sold"]].rename(columns={"sold": "before"}), on=by, how="left"
        )
        rows = rows.assign(
            numerator=rows["sold"] - rows["plan"], denominator=rows["before"].fillna(0.0)
        )
        agrees(store, "K05", by, quotient(rows[[*by, "numerator", "denominator"]]))

    def test_growth(self, made, by) -> None:
        store, tables = made
        grain = by[-1]
        cells = per(scoped(tables), by, {"sold": "sold"})
        before = cells.assign(
            **{grain: cells[grain] + pd.DateOffset(months=1 if grain == "month" else 3)}
        )
        rows = cells.merge(
            before[[*by, "sold"]].rename(columns={"sold": "before"}), on=by, how="left"
        )
        value = (rows["sold"] / rows["before"] - 1).where(rows["before"] > 0)
        got = measure(store, "K06", by)
        found = rows[by].merge(got[[*by, "value"]], on=by, how="left")["value"].astype("float64")
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9)

    def test_sales_per_rep(self, made, by) -> None:
        """Days employed, day by day, as full-time months of their own length."""
        store, tables = made
        sold = won(tables)
        days = pd.date_range(
            sold["at"].min().to_period("M").start_time, AS_OF - pd.Timedelta(days=1)
        )
        work = []
        for rep in tables["reps"].itertuples():
            here = days[(days >= rep.hired_on) & (pd.isna(rep.left_on) | (days <= rep.left_on))]
            work.append(
                pd.DataFrame(
                    {
                        "rep": rep.rep_id,
                        "at": here,
                        "fte": rep.fte / here.days_in_month,
                        "sold": 0.0,
                    }
                )
            )
        both = pd.concat(
            [*work, sold.assign(sold=sold["amount_base"], fte=0.0)[["rep", "at", "fte", "sold"]]]
        )
        sums = per(both, by, {"numerator": "sold", "denominator": "fte"})
        sums["denominator"] /= 1 if by[-1] == "month" else 3
        agrees(store, "K07", by, quotient(sums.drop(columns="n")))
