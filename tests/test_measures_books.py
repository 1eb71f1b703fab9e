# ruff: noqa: E501  tiny tables read better on one line
"""Cash, profit, selling costs, receivables, refunds: by hand, in pandas, against naive definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from money_checks import FREQUENCY, agrees, column_of, per, quotient, value_of, with_customer, won

from kpikit.errors import InputDataError
from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

SEEDS = (3, 4)
DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module", params=SEEDS)
def made(request: pytest.FixtureRequest) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), tables


def bill(
    name: str,
    issued: str,
    amount: float,
    due: str | None = None,
    kind: str = "invoice",
    **rest: object,
) -> dict:
    return {"invoice_id": name, "customer_id": "c1", "rep_id": "r1", "doc_kind": kind, "issued_on": pd.Timestamp(issued),
            "due_on": pd.Timestamp(due) if due else pd.NaT, "amount_base": amount} | rest  # fmt: skip


def paid(name: str | None, on: str, amount: float, **rest: object) -> dict:
    return {"payment_id": f"{name}{on}", "invoice_id": name, "customer_id": "c1", "paid_on": pd.Timestamp(on),
            "amount_base": amount, "is_refund": False} | rest  # fmt: skip


def span(start: str, end: str, amount: float, **rest: object) -> dict:
    return {"period_start_on": pd.Timestamp(start), "period_end_on": pd.Timestamp(end), "amount_base": amount} | rest  # fmt: skip


def sold(closed: str, amount: float, cost: float, customer: str = "c1") -> dict:
    stamp = pd.Timestamp(closed, tz="Europe/Moscow").tz_convert("UTC")
    return {"deal_id": closed + customer, "status": "won", "created_at": stamp, "closed_at": stamp, "amount_base": amount,
            "cost_base": cost, "customer_id": customer, "owner_id": "r1", "segment": "A"}  # fmt: skip


def store_with(**tables: list[dict]) -> Store:
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    days = pd.date_range("2025-01-01", "2026-12-31")
    frames["calendar"] = pd.DataFrame(
        {"date": days, "work_s": 28800.0, "start_s": 32400.0, "end_s": 64800.0,
         "before_s": 28800.0 * np.arange(len(days))}
    )  # fmt: skip
    return store_of(frames)


class TestByHand:
    def test_cash_is_net_of_money_paid_back(self) -> None:
        """1000 + 500 - 50: paid back whichever sign the file gives it (here + 50)."""
        rows = [
            paid("a", "2026-02-01", 1000.0),
            paid("b", "2026-03-01", 500.0),
            paid("a", "2026-03-05", 50.0, is_refund=True),
        ]
        store = store_with(payments=rows)
        assert value_of(store, "K03") == 1450.0
        assert column_of(store, "K03", "month")["2026-03-01"] == 450.0

    def test_profit_to_revenue(self) -> None:
        """(600 + 100) of (8000 + 2000) is 7 %; the gross profit and the month that goes on do not count."""
        rows = [span("2026-01-01", "2026-03-31", 600.0, level="net", revenue_base=8000.0), span("2026-04-01", "2026-06-30", 100.0, level="net", revenue_base=2000.0),
                span("2026-01-01", "2026-03-31", 2000.0, level="gross", revenue_base=8000.0), span("2026-07-01", "2026-09-30", 9000.0, level="net", revenue_base=9000.0)]  # fmt: skip
        store = store_with(profits=rows)
        assert value_of(store, "K11") == pytest.approx(0.07)
        assert value_of(store, "K11", profit_level="gross") == 0.25
        assert column_of(store, "K11", "month") == {
            "2026-01-01": pytest.approx(float("nan"), nan_ok=True),
            "2026-04-01": pytest.approx(float("nan"), nan_ok=True),
        }

    def test_profit_of_segments_is_not_added_to_that_of_the_company(self) -> None:
        """Segments 10 of 100 and 30 of 100 beside the company's 40 of 200: numerator 40, not 80."""
        rows = [
            span("2026-01-01", "2026-03-31", a, level="net", segment=s, revenue_base=r)
            for s, a, r in (("A", 10.0, 100.0), ("B", 30.0, 100.0), (None, 40.0, 200.0))
        ]
        found = measure(store_with(profits=rows), "K11")
        assert (found["value"].iloc[0], found["numerator"].iloc[0]) == (pytest.approx(0.2), 40.0)
        assert column_of(store_with(profits=rows), "K11", "segment") == {
            "A": 0.1,
            "B": pytest.approx(0.3),
        }

    def test_profit_goal_needs_every_month_of_its_span(self) -> None:
        """First quarter 100 + 200 + 300 of 800; of the second one month is missing: no attainment of it, and none of its goal in the sum."""
        months = [
            span(f"2026-0{m}-01", f"2026-0{m}-{d}", a, level="net")
            for m, d, a in (
                (1, 31, 100.0),
                (2, 28, 200.0),
                (3, 31, 300.0),
                (4, 30, 400.0),
                (5, 31, 500.0),
            )
        ]
        goals = [{"plan_id": s, "scope": "company", "metric": "profit", "version": "1", "period_start_on": pd.Timestamp(s), "period_end_on": pd.Timestamp(e), "value": 800.0}
                 for s, e in (("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"))]  # fmt: skip
        store = store_with(profits=months, plans=goals)
        assert value_of(store, "K15") == 0.75
        by = column_of(store, "K15", "quarter")
        assert by["2026-01-01"] == 0.75
        assert np.isnan(by["2026-04-01"])

    def test_payback_and_share_of_selling_costs(self) -> None:
        """
        January to March: gross profit (3000 - 1200) = 1800, costs 1200: (1800 - 1200) / 1200 = 0.5; a month earns
        600, so two months; costs are 1200 / 3000 = 40 % of sales. April's sales have no costs in the file: left out.
        """
        deals = [
            sold("2026-01-10 12:00", 1000.0, 400.0),
            sold("2026-03-31 23:00", 2000.0, 800.0),
            sold("2026-04-10 12:00", 5000.0, 0.0),
        ]
        store = store_with(
            deals=deals, costs=[span("2026-01-01", "2026-03-31", 1200.0, kind="sales")]
        )
        assert column_of(store, "K13", "quarter") == {"2026-01-01": 0.5}
        assert column_of(store, "K13", "quarter", "months") == {"2026-01-01": 2.0}
        assert value_of(store, "K14") == pytest.approx(0.4)
        # the whole span is 90 days, 90 / 30.4375 mean months
        assert value_of(store, "K13", "months") == pytest.approx(1200 * 90 / 30.4375 / 1800)

    def test_costs_of_a_quarter_say_nothing_about_a_month(self) -> None:
        store = store_with(
            deals=[sold("2026-01-10 12:00", 1000.0, 400.0)],
            costs=[span("2026-01-01", "2026-03-31", 1200.0, kind="sales")],
        )
        assert measure(store, "K14", ["month"])["status"].tolist() == ["not_computable"]

    def test_channel_without_costs_of_its_own_is_not_free(self) -> None:
        """Direct: 100 of 1000. Dealers have no costs in the file: their 500 stand against the 60 of no channel."""
        store = store_with(
            deals=[
                sold("2026-01-10 12:00", 1000.0, 0.0),
                sold("2026-01-11 12:00", 500.0, 0.0, "c2"),
            ],
            customers=[
                {"customer_id": "c1", "channel": "direct"},
                {"customer_id": "c2", "channel": "dealer"},
            ],
            costs=[
                span("2026-01-01", "2026-01-31", 100.0, channel="direct"),
                span("2026-01-01", "2026-01-31", 60.0, channel=None),
            ],
        )
        assert column_of(store, "K14", "channel") == {"direct": 0.1, None: 0.12}

    def test_kinds_of_cost(self) -> None:
        """Of 300 + 500 only the kind `sales` counts: 300 / 1000."""
        store = store_with(deals=[sold("2026-01-10 12:00", 1000.0, 0.0)],
                           costs=[span("2026-01-01", "2026-01-31", 300.0, kind="sales"), span("2026-01-01", "2026-01-31", 500.0, kind="rent")])  # fmt: skip
        assert value_of(store, "K14", cost_kinds=("sales",)) == 0.3

    def test_receivables_month_by_month(self) -> None:
        """
        1000 billed on 10 January, due on 31 January, 600 paid on 20 February, nothing after: the balance is 1000, 400,
        400 ... also in months without a row; overdue is 0 at the end of 31 January, then 400.
        """
        store = store_with(
            invoices=[bill("a", "2026-01-10", 1000.0, "2026-01-31")],
            payments=[paid("a", "2026-02-20", 600.0)],
        )
        assert list(column_of(store, "K16", "month").values()) == [
            1000.0,
            400.0,
            400.0,
            400.0,
            400.0,
            400.0,
        ]
        assert list(column_of(store, "K16", "month", "overdue").values()) == [400.0] * 5
        assert value_of(store, "K16") == 400.0

    def test_money_paid_early_is_never_overdue(self) -> None:
        """Of 1000 due on 28 February 300 came in January: 700 are overdue in March, and never -300."""
        store = store_with(
            invoices=[bill("a", "2026-01-10", 1000.0, "2026-02-28")],
            payments=[paid("a", "2026-01-20", 300.0)],
        )
        assert column_of(store, "K16", "month", "overdue") == {
            f"2026-0{m}-01": 700.0 for m in (3, 4, 5, 6)
        }

    def test_overdue_is_not_known_where_payments_name_no_bill(self) -> None:
        store = store_with(
            invoices=[bill("a", "2026-01-10", 1000.0, "2026-02-28")],
            payments=[paid(None, "2026-01-20", 300.0)],
        )
        assert value_of(store, "K16") == 700.0
        assert np.isnan(value_of(store, "K16", "overdue"))

    def test_days_of_sales_outstanding(self) -> None:
        """At the end of June 1800 open of 9000 billed, of which 5400 in the last 90 days (2 April on): 1800 / 5400 * 90 = 30 days."""
        bills = [bill("a", "2026-01-10", 3600.0), bill("b", "2026-04-02", 5400.0)]
        store = store_with(
            invoices=bills,
            payments=[paid("a", "2026-02-01", 3600.0), paid("b", "2026-05-01", 3600.0)],
        )
        assert column_of(store, "K16", "quarter", "dso")["2026-04-01"] == 30.0

    def test_payments_on_time(self) -> None:
        """
        Due in June: 1000 paid a day early and 500 of which 200 came on the day and 300 four days late: 1200 of 1500
        in time, 300 * 4 / 1500 = 0.8 days late. Per bill it would be the mean of 100 % and 40 %. Due in July: not yet.
        """
        bills = [
            bill("a", "2026-05-10", 1000.0, "2026-06-10"),
            bill("b", "2026-05-10", 500.0, "2026-06-11"),
            bill("c", "2026-06-10", 900.0, "2026-07-10"),
        ]
        payments = [
            paid("a", "2026-06-09", 1000.0),
            paid("b", "2026-06-11", 200.0),
            paid("b", "2026-06-15", 300.0),
        ]
        store = store_with(invoices=bills, payments=payments)
        assert column_of(store, "K17", "month") == {"2026-06-01": 0.8}
        assert value_of(store, "K17", "days_late") == 0.8

    def test_unpaid_money_is_late_until_now(self) -> None:
        """Half of 100 paid in time, half unpaid from 21 June to 1 July: 50 * 10 / 100 = 5 days, not 0 days of the paid half."""
        store = store_with(
            invoices=[bill("a", "2026-06-01", 100.0, "2026-06-21")],
            payments=[paid("a", "2026-06-20", 50.0)],
        )
        assert value_of(store, "K17") == 0.5
        assert value_of(store, "K17", "days_late") == 5.0

    def test_refunds_belong_to_the_sale(self) -> None:
        """
        1000 sold in January, 400 in February, 100 back in March: the last sale before it was February's, so February has
        25 %, January 0 % and March nothing. Sales of June are too young. Divided by the month of the return, March would
        show a rate without sales.
        """
        bills = [
            bill("a", "2026-01-10", 1000.0),
            bill("b", "2026-02-10", 400.0),
            bill("r", "2026-03-05", -100.0, kind="return"),
            bill("d", "2026-06-10", 700.0),
        ]
        store = store_with(invoices=bills)
        assert column_of(store, "K18", "month") == {"2026-01-01": 0.0, "2026-02-01": 0.25}
        assert value_of(store, "K18") == pytest.approx(100 / 1400)

    def test_return_after_the_window_does_not_count(self) -> None:
        """Back 60 days after the sale: counts within 90 days, not within 30; old sales and young ones have the same time."""
        store = store_with(
            invoices=[
                bill("a", "2026-01-01", 1000.0),
                bill("r", "2026-03-02", -100.0, kind="return"),
            ]
        )
        assert value_of(store, "K18") == 0.1
        assert value_of(store, "K18", refund_days=30) == 0.0

    def test_refunds_by_product(self) -> None:
        """Product x: 20 of 100 back. Product y: 0 of 300. The return of z was sold before the data begin."""
        rows = [
            ("x", 100.0, "invoice", "2026-01-10"),
            ("y", 300.0, "invoice", "2026-01-20"),
            ("x", -20.0, "return", "2026-02-10"),
            ("z", -70.0, "return", "2026-02-11"),
        ]
        lines = [{"line_id": str(k), "invoice_id": str(k), "customer_id": "c1", "product_id": x, "amount_base": a, "doc_kind": kind, "issued_on": pd.Timestamp(on)}
                 for k, (x, a, kind, on) in enumerate(rows)]  # fmt: skip
        store = store_with(invoices=[bill("a", "2026-01-10", 400.0)], order_lines=lines)
        assert column_of(store, "K18", "product", refund_of="line") == {"x": 0.2, "y": 0.0}

    def test_refunds_by_payment(self) -> None:
        """50 paid back on the January bill of 1000."""
        rows = [paid("a", "2026-01-20", 1000.0), paid("a", "2026-02-20", 50.0, is_refund=True)]
        store = store_with(invoices=[bill("a", "2026-01-10", 1000.0)], payments=rows)
        assert column_of(store, "K18", "month", refund_of="payment") == {"2026-01-01": 0.05}

    def test_kind_of_refund_that_is_not_known(self) -> None:
        with pytest.raises(
            InputDataError, match="refund_of 'card' is not known; use document, line or payment"
        ):
            measure(store_with(invoices=[bill("a", "2026-01-10", 1.0)]), "K18", refund_of="card")


def receipts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = tables["payments"].copy()
    rows["amount"] = np.where(
        rows["is_refund"].astype(bool), -rows["amount_base"].abs(), rows["amount_base"]
    )
    return rows.assign(at=rows["paid_on"])


def bills(tables: dict[str, pd.DataFrame], *kinds: str) -> pd.DataFrame:
    rows = tables["invoices"]
    rows = rows[~rows["is_cancelled"].astype(bool) & rows["doc_kind"].isin(kinds)]
    return rows.assign(at=rows["issued_on"])


@pytest.mark.parametrize("by", [[], ["segment", "quarter"]], ids=str)
class TestByCustomerInPandas:
    def test_cash(self, made, by) -> None:
        store, tables = made
        rows = with_customer(receipts(tables), tables, "segment").assign(
            customer=lambda t: t["customer_id"]
        )
        agrees(store, "K03", by, per(rows, by, {"value": "amount"}))

    def test_payments_on_time(self, made, by) -> None:
        store, tables = made
        rows = bills(tables, "invoice")
        rows = rows[(rows["amount_base"] > 0) & (rows["due_on"] < AS_OF)].assign(at=rows["due_on"])
        late, early = [], []
        money = receipts(tables)
        for one in rows.itertuples():
            own = money[money["invoice_id"] == one.invoice_id]
            early.append(
                min(own.loc[own["paid_on"] <= one.due_on, "amount"].sum(), one.amount_base)
            )
            days = ((own["paid_on"] - one.due_on) / DAY).clip(lower=0)
            open_days = (pd.Timestamp(AS_OF) - one.due_on) / DAY
            late.append(
                (own["amount"] * days).sum()
                + max(one.amount_base - own["amount"].sum(), 0) * open_days
            )
        rows = rows.assign(early=early, late=late, customer=rows["customer_id"])
        rows = with_customer(rows, tables, "segment")
        agrees(
            store,
            "K17",
            by,
            quotient(per(rows, by, {"numerator": "early", "denominator": "amount_base"})),
        )
        sums = per(rows, by, {"numerator": "late", "denominator": "amount_base"})
        agrees(store, "K17", by, quotient(sums), "days_late")

    def test_refunds(self, made, by) -> None:
        store, tables = made
        trade = bills(tables, "invoice", "return")
        sales = trade[(trade["doc_kind"] == "invoice") & (trade["amount_base"] > 0)]
        rows = [sales.assign(sold=sales["amount_base"], back=0.0)]
        for one in trade[trade["doc_kind"] == "return"].itertuples():
            before = sales[(sales["customer_id"] == one.customer_id) & (sales["at"] <= one.at)]
            if len(before) and one.at - before["at"].max() <= 90 * DAY:
                last = before.sort_values("at").iloc[[-1]]
                rows.append(last.assign(sold=0.0, back=-one.amount_base))
        both = pd.concat(rows)
        both = both[both["at"] + 90 * DAY <= AS_OF].assign(customer=lambda t: t["customer_id"])
        both = with_customer(both, tables, "segment")
        agrees(
            store, "K18", by, quotient(per(both, by, {"numerator": "back", "denominator": "sold"}))
        )


@pytest.mark.parametrize("by", [[], ["segment", "quarter"]], ids=str)
class TestReceivablesInPandas:
    """Each period end counted from all documents up to it, invoice by invoice."""

    def ends(self, by: list[str]) -> list[tuple[pd.Timestamp | None, pd.Timestamp]]:
        if not by:
            return [(None, pd.Timestamp(AS_OF))]
        periods = pd.period_range("2025-01", "2026-06", freq=FREQUENCY[by[-1]])
        return [(p.start_time, p.end_time.floor("s")) for p in periods]

    def groups(self, rows: pd.DataFrame, tables: dict, by: list[str]) -> pd.DataFrame:
        rows = with_customer(rows, tables, "segment")
        return rows if "segment" in by else rows.assign(segment="all")

    def table(self, tables: dict, by: list[str], amounts) -> pd.DataFrame:
        out = []
        for start, end in self.ends(by):
            cells = amounts(end)
            for segment, value in cells.items():
                row = {"segment": segment, "value": value}
                out.append(row | ({by[-1]: start} if by else {}))
        return pd.DataFrame(out)[[*by, "value"]]

    def test_balance_and_days(self, made, by) -> None:
        store, tables = made
        docs = self.groups(bills(tables, "invoice", "return"), tables, by)
        money = self.groups(receipts(tables), tables, by)

        def balance(end: pd.Timestamp) -> pd.Series:
            both = pd.concat([docs.assign(x=docs["amount_base"]), money.assign(x=-money["amount"])])
            return both[both["at"] <= end].groupby("segment", dropna=False)["x"].sum()

        def outstanding(end: pd.Timestamp) -> pd.Series:
            recent = docs[(docs["at"] <= end) & (docs["at"] + 90 * DAY > end)]
            revenue = recent.groupby("segment", dropna=False)["amount_base"].sum()
            return balance(end) / revenue.reindex(balance(end).index) * 90

        agrees(store, "K16", by, self.table(tables, by, balance))
        agrees(store, "K16", by, self.table(tables, by, outstanding), "dso")

    def test_overdue(self, made, by) -> None:
        store, tables = made
        docs = bills(tables, "invoice")
        docs = self.groups(docs[docs["amount_base"] > 0], tables, by)
        money = receipts(tables)

        def overdue(end: pd.Timestamp) -> pd.Series:
            late = docs[docs["due_on"] + DAY <= end]
            came = money[money["paid_on"] <= end].groupby("invoice_id")["amount"].sum()
            open_ = late["amount_base"] - late["invoice_id"].map(came).fillna(0.0)
            return open_.groupby(late["segment"], dropna=False).sum()

        agrees(store, "K16", by, self.table(tables, by, overdue), "overdue")


@pytest.mark.parametrize("by", [[], ["quarter"]], ids=str)
class TestBooksInPandas:
    def test_profit(self, made, by) -> None:
        store, tables = made
        rows = tables["profits"]
        for level in ("net", "gross"):
            own = rows[rows["level"] == level].assign(at=rows["period_start_on"])
            sums = per(own, by, {"numerator": "amount_base", "denominator": "revenue_base"})
            agrees(store, "K11", by, quotient(sums), profit_level=level)
        net = rows[rows["level"] == "net"].assign(at=rows["period_start_on"], goal=900_000.0)
        sums = per(net, by, {"numerator": "amount_base", "denominator": "goal"})
        agrees(store, "K15", by, quotient(sums))

    def test_selling_costs(self, made, by) -> None:
        store, tables = made
        spent = tables["costs"].assign(
            at=tables["costs"]["period_start_on"],
            cost=tables["costs"]["amount_base"],
            profit=0.0,
            sales=0.0,
        )
        deals = won(tables)
        known = deals["amount_base"].notna() & deals["cost_base"].notna()
        deals = deals.assign(
            profit=(deals["amount_base"] - deals["cost_base"]).where(known, 0.0),
            sales=deals["amount_base"],
            cost=0.0,
        )
        sums = per(
            pd.concat([spent, deals]), by, {"cost": "cost", "sales": "sales", "profit": "profit"}
        )
        share = sums.assign(numerator=sums["cost"], denominator=sums["sales"])
        agrees(store, "K14", by, quotient(share))
        back = sums.assign(numerator=sums["profit"] - sums["cost"], denominator=sums["cost"])
        agrees(store, "K13", by, quotient(back).drop(columns="n"))
        months = {"month": 1.0, "quarter": 3.0}.get(by[0] if by else "", 546 / 30.4375)
        weeks = sums.assign(numerator=sums["cost"] * months, denominator=sums["profit"])
        agrees(store, "K13", by, quotient(weeks).drop(columns="n"), "months")

    def test_selling_costs_by_channel(self, made, by) -> None:
        store, tables = made
        spent = tables["costs"].assign(
            at=tables["costs"]["period_start_on"], cost=tables["costs"]["amount_base"], sales=0.0
        )
        deals = with_customer(won(tables), tables, "channel")
        deals = deals.assign(cost=0.0, sales=deals["amount_base"])
        wanted = ["channel", *by]
        sums = per(pd.concat([spent, deals]), wanted, {"numerator": "cost", "denominator": "sales"})
        agrees(store, "K14", wanted, quotient(sums))
