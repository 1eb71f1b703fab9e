"""Customer KPIs K20-K34 and K68: by hand, and against pandas on a made-up client."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, ZONE, make_client, store_of

from kpikit.kpis.measuring import measure

CALENDAR = pd.DataFrame({"date": pd.date_range("2025-01-01", "2026-12-31")})
NOTHING = float("nan")


def won(*sales: tuple[object, ...]) -> pd.DataFrame:
    """Won deals from (customer, day, amount, rep, source); the last three may be left out."""
    names = ["customer_id", "closed_at", "amount_base", "owner_id", "source"]
    rows = pd.DataFrame([dict(zip(names, sale, strict=False)) for sale in sales])
    noon = pd.to_datetime(rows["closed_at"]) + pd.Timedelta(hours=12)
    ids = [f"d{i}" for i in range(len(rows))]
    return rows.assign(deal_id=ids, status="won", closed_at=noon.dt.tz_localize("UTC"))


def dated(rows: dict[str, list[object]], *days: str) -> pd.DataFrame:
    """A table with these columns as dates."""
    table = pd.DataFrame(rows)
    return table.assign(**{day: pd.to_datetime(table[day]) for day in days})


def line(*lines: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Order lines from (invoice, customer, day, product, group)."""
    names = ["invoice_id", "customer_id", "issued_on", "product_id", "product_group"]
    rows = pd.DataFrame(lines, columns=names)
    ids = [f"l{i}" for i in range(len(rows))]
    return rows.assign(line_id=ids, issued_on=pd.to_datetime(rows["issued_on"]), amount_base=10.0)


def ask(tables: dict[str, pd.DataFrame], kpi: str, by: tuple[str, ...] = (), part: str = "", **p):
    """Rows of one part of a KPI over these tables."""
    found = measure(store_of({**tables, "calendar": CALENDAR}), kpi, by, **p)
    return found[found["part"] == part].reset_index(drop=True)


def only(tables: dict[str, pd.DataFrame], kpi: str, part: str = "", **p) -> tuple[float, ...]:
    """Value, numerator and denominator of one part without a split."""
    row = ask(tables, kpi, (), part, **p).iloc[0]
    return float(row["value"]), float(row["numerator"]), float(row["denominator"])


def by_period(found: pd.DataFrame, grain: str, column: str = "value") -> dict[str, float]:
    return {f"{key:%Y-%m}": value for key, value in zip(found[grain], found[column], strict=True)}


# ---- by hand ----------------------------------------------------------------------------------


def test_new_customers_by_hand():
    """
    March has purchases of a, b and c; a bought in January, c ordered in 2020 by the customer list.

    So only b is new in March; counting first purchases inside March would say 3.
    """
    deals = won(("a", "2026-01-10"), ("a", "2026-03-02"), ("b", "2026-03-05"), ("c", "2026-03-07"))
    customers = dated(
        {"customer_id": ["a", "b", "c"], "first_order_on": [None, "2026-04-01", "2020-05-05"]},
        "first_order_on",
    )

    found = ask({"deals": deals, "customers": customers}, "K20", ("month",))

    assert by_period(found, "month") == {"2020-05": 1, "2026-01": 1, "2026-03": 1}
    march = {"start": datetime(2026, 3, 1), "end": datetime(2026, 4, 1)}
    assert only({"deals": deals, "customers": customers}, "K20", **march)[0] == 1


def test_active_customers_by_hand():
    """
    With 30 days the window of June opens after 31 May, 23:59:59, the second in which a bought.

    End of May: a. End of June: b (twice) and c; a is out by that second. With 90 days: a, b, c.
    """
    deals = won(("a", "2026-05-31"), ("b", "2026-06-01"), ("b", "2026-06-09"), ("c", "2026-06-30"))
    deals.loc[0, "closed_at"] = pd.Timestamp("2026-05-31 23:59:59", tz=ZONE).tz_convert("UTC")

    found = ask({"deals": deals}, "K21", ("month",), active_days=30)

    assert by_period(found, "month") == {"2026-05": 1, "2026-06": 2}
    assert by_period(ask({"deals": deals}, "K21", ("month",)), "month")["2026-06"] == 3


def test_renewals_by_hand():
    """
    Ends: a 10 March (renewal won 20 March), b 15 March (an ordinary invoice only), c 20 March (a
    document with a later end issued 1 February), d 25 June (the month of grace is not over), e 10
    April (signed for six weeks on 1 March: a contract does not renew itself).

    2 of 4; with a window of 5 days after the end a's contract is lost and its renewal belongs to
    another contract that no list holds any more: c and that one, 2 of 6 (d's is over then).
    """
    tables = {
        "deals": won(("a", "2026-03-20")).assign(deal_kind="renewal"),
        "customers": dated(
            {"customer_id": ["a", "b", "d"],
             "contract_end_on": ["2026-03-10", "2026-03-15", "2026-06-25"]},
            "contract_end_on",
        ),
        "invoices": dated(
            {"invoice_id": ["i1", "i2", "i3", "i4"], "customer_id": ["b", "c", "c", "e"],
             "issued_on": ["2026-03-01", "2025-03-20", "2026-02-01", "2026-03-01"],
             "contract_end_on": [None, "2026-03-20", "2027-03-20", "2026-04-10"]},
            "issued_on", "contract_end_on",
        ),
    }  # fmt: skip

    assert only(tables, "K22") == (0.5, 2, 4)
    assert only(tables, "K22", "count")[0] == 2
    assert only(tables, "K22", renewal_after_days=5) == (pytest.approx(1 / 3), 2, 6)


def test_a_renewed_contract_is_not_forgotten_when_the_list_shows_its_new_end():
    """
    The list holds running contracts only: a and b were renewed and show next year's ends, c was
    lost and shows the old one. 2 of 3 renewed, not 0 of 1.
    """
    tables = {
        "deals": won(("a", "2026-03-20"), ("b", "2026-04-02")).assign(deal_kind="renewal"),
        "customers": dated(
            {"customer_id": ["a", "b", "c"],
             "contract_end_on": ["2027-03-10", "2027-04-10", "2026-03-15"]},
            "contract_end_on",
        ),
    }  # fmt: skip

    assert only(tables, "K22") == (pytest.approx(2 / 3), 2, 3)


def test_renewals_without_documents():
    """Contracts of the customer list and renewal deals are enough: 1 of 2."""
    tables = {
        "deals": won(("a", "2026-03-20")).assign(deal_kind="renewal"),
        "customers": dated(
            {"customer_id": ["a", "b"], "contract_end_on": ["2026-03-10", "2026-03-15"]},
            "contract_end_on",
        ),
    }

    assert only(tables, "K22") == (0.5, 1, 2)


GROUPS = line(
    ("i1", "a", "2026-01-10", "p1", "saws"),
    ("i2", "b", "2026-02-10", "p1", "saws"),
    ("i3", "a", "2026-05-10", "p2", "glue"),
    ("i4", "b", "2026-05-11", "p3", "saws"),
    ("i5", "c", "2026-05-12", "p1", "saws"),
    ("i6", "c", "2026-06-12", "p2", "glue"),
)


def test_cross_sales_by_hand():
    """
    Second quarter: a and b had bought before; a bought glue for the first time: 1 of 2.

    c became a customer in the quarter, so its two groups count for nothing; b's saws are not new.
    """
    found = ask({"order_lines": GROUPS}, "K23", ("quarter",))

    assert by_period(found, "quarter") == {"2026-04": 0.5}
    assert found["denominator"].tolist() == [2]
    count = ask({"order_lines": GROUPS}, "K23", ("quarter",), "count")
    assert by_period(count, "quarter") == {"2026-04": 1}


def test_cross_sales_need_periods():
    found = measure(store_of({"order_lines": GROUPS, "calendar": CALENDAR}), "K23")

    assert found.loc[0, "reason"] == "the KPI compares periods: add month, quarter or year"


def test_group_reach_by_hand():
    """
    Active at the end of June (90 days): a, b, c; glue first bought in the quarter by a and c: 2/3.

    Saws for the first time by c: 1/3. Both groups together: 3 of 6.
    """
    tables = {
        "order_lines": GROUPS,
        "deals": won(("a", "2026-05-10"), ("b", "2026-05-11"), ("c", "2026-06-12")),
    }

    found = ask(tables, "K24", ("quarter", "product_group"))
    second = found[found["quarter"] == pd.Timestamp("2026-04-01")].set_index("product_group")

    assert second["value"].to_dict() == pytest.approx({"glue": 2 / 3, "saws": 1 / 3})
    whole = ask(tables, "K24", start=datetime(2026, 4, 1))
    assert (whole["numerator"][0], whole["denominator"][0]) == (3, 6)
    assert only(tables, "K24", start=datetime(2026, 4, 1), new_groups=("glue",))[0] == 2 / 3


def test_products_per_order_by_hand():
    """
    Orders with 3, 1 and 1 different products (p1 twice counts once): 5/3.

    Customer a bought p1, p2, p3 in two orders, b p1: 4/2 = 2, not the mean of 3, 1 and 1.
    """
    lines = line(
        ("i1", "a", "2026-05-01", "p1", "g"), ("i1", "a", "2026-05-01", "p1", "g"),
        ("i1", "a", "2026-05-01", "p2", "g"), ("i1", "a", "2026-05-01", "p3", "g"),
        ("i2", "a", "2026-05-09", "p1", "g"), ("i3", "b", "2026-05-09", "p1", "g"),
    )  # fmt: skip

    assert only({"order_lines": lines}, "K25") == pytest.approx((5 / 3, 5, 3))
    assert only({"order_lines": lines}, "K25", "per_customer") == (2, 4, 2)


def test_customers_who_buy_again_by_hand():
    """
    With 60 days: a again after 59 days, b after 61, c never, d first bought on 1 June: too young.

    1 of 3; counting d as one who never came back would say 1 of 4.
    """
    deals = won(
        ("a", "2026-01-01"), ("a", "2026-03-01"), ("b", "2026-01-01"), ("b", "2026-03-03"),
        ("c", "2026-02-01"), ("d", "2026-06-01"),
    )  # fmt: skip

    assert only({"deals": deals}, "K26", repeat_days=60) == pytest.approx((1 / 3, 1, 3))
    assert only({"deals": deals}, "K26", repeat_days=61) == pytest.approx((2 / 3, 2, 3))


def test_customers_with_an_older_history_are_no_cohort():
    """What the customer bought between 2020 and the data is not known: c leaves the cohort."""
    deals = won(("a", "2026-01-01"), ("c", "2026-01-02"), ("c", "2026-01-05"))
    customers = dated(
        {"customer_id": ["a", "c"], "first_order_on": [None, "2020-01-01"]}, "first_order_on"
    )

    found = only({"deals": deals, "customers": customers}, "K26", repeat_days=30)

    assert found == (0, 0, 1)


def test_repeat_sales_by_hand():
    """Five purchases, three of them first ones, c known since 2020: 5 - 3 + 1 = 3; 20 + 30 + 50."""
    deals = won(
        ("a", "2026-01-01", 10.0), ("a", "2026-01-01", 20.0), ("a", "2026-02-01", 30.0),
        ("b", "2026-02-02", 40.0), ("c", "2026-02-03", 50.0),
    )  # fmt: skip
    customers = dated(
        {"customer_id": ["a", "b", "c"], "first_order_on": [None, None, "2020-01-01"]},
        "first_order_on",
    )
    tables = {"deals": deals, "customers": customers}

    assert only(tables, "K27")[0] == 3
    assert only(tables, "K27", "amount")[0] == 100
    assert ask(tables, "K27", (), "amount")["unit"].tolist() == ["money"]


def test_retention_by_hand():
    """
    Bought in the first quarter: a, b, c; of them in the second: a (twice), c; d is new: 2/3.

    Customers now over customers before would say 3/3. The third quarter has just begun.
    """
    deals = won(
        ("a", "2026-01-05"), ("b", "2026-02-05"), ("c", "2026-03-05"),
        ("a", "2026-04-05"), ("a", "2026-05-05"), ("c", "2026-06-05"), ("d", "2026-06-06"),
    )  # fmt: skip

    found = ask({"deals": deals}, "K28", ("quarter",))

    assert by_period(found, "quarter") == pytest.approx({"2026-04": 2 / 3})
    weeks = ask({"deals": won(("a", "2026-06-02"), ("a", "2026-06-09"))}, "K28", ("week",))
    assert weeks["value"].tolist() == [1, 0]  # kept in the week of 8 June, lost in that of 15 June


def test_retention_waits_for_the_end_of_the_period():
    """On 15 June nobody knows who will still buy in June."""
    deals = won(("a", "2026-04-05"), ("a", "2026-05-05"))

    found = ask({"deals": deals}, "K28", ("month",), as_of=datetime(2026, 6, 15))

    assert by_period(found, "month") == {"2026-05": 1}


def test_referrals_by_hand():
    """
    New: a (Рекомендация), b (site), c (source unknown): 1 of the 2 whose source is known.

    a's second deal came from the site and changes nothing.
    """
    deals = won(
        ("a", "2026-01-05", 1.0, "r1", "Рекомендация"), ("a", "2026-02-05", 1.0, "r1", "site"),
        ("b", "2026-02-05", 1.0, "r1", "site"), ("c", "2026-02-05", 1.0, "r1", None),
    )  # fmt: skip

    assert only({"deals": deals}, "K29") == (0.5, 1, 2)


def test_referrals_of_invoiced_customers():
    """On the invoice basis the source is that of the first won deal: b is new and came referred."""
    tables = {
        "deals": won(("b", "2026-02-05", 1.0, "r1", "referral")),
        "invoices": dated(
            {"invoice_id": ["i1", "i2"], "customer_id": ["b", "x"], "amount_base": [5.0, 5.0],
             "issued_on": ["2026-03-01", "2026-03-01"], "doc_kind": "invoice"},
            "issued_on",
        ),
    }  # fmt: skip

    assert only(tables, "K29", revenue_basis="invoice") == (1, 1, 1)


def test_rating_by_hand():
    """8, 9 and 4 of five asked: 21/3 = 7, not 21/5; response 3/5."""
    surveys = dated(
        {"customer_id": list("abcde"), "sent_on": ["2026-05-01"] * 5,
         "score": [8.0, 9.0, 4.0, None, None]},
        "sent_on",
    )  # fmt: skip

    assert only({"surveys": surveys}, "K30") == (7, 21, 3)
    assert only({"surveys": surveys}, "K30", "response_rate") == (0.6, 3, 5)


def test_complaints_by_hand():
    """3 complaints in June (two by a, one by z who has long left) over 4 active: 0.75."""
    noon = pd.to_datetime(["2026-06-02", "2026-06-03", "2026-06-04", "2026-06-04"])
    tables = {
        "deals": won(*[(c, "2026-06-20") for c in "abcd"], ("z", "2025-01-20")),
        "tickets": pd.DataFrame(
            {"ticket_id": list("1234"), "customer_id": list("aazb"),
             "kind": ["complaint", "complaint", "complaint", "service"],
             "opened_at": noon.tz_localize("UTC")}
        ),
    }  # fmt: skip

    found = ask(tables, "K31", ("month",))

    june = found[found["month"] == pd.Timestamp("2026-06-01")].iloc[0]
    assert (june["value"], june["numerator"], june["denominator"]) == (0.75, 3, 4)


def test_regions_by_hand():
    """
    Active at the end of June: North 2, South 1, East 0 (last bought in January): 2 regions.

    With two customers to a region: North alone, reached when b first bought, in May.
    """
    tables = {
        "deals": won(("a", "2026-01-10"), ("b", "2026-05-10"), ("a", "2026-05-11"),
                     ("c", "2026-06-01"), ("d", "2026-01-20")),
        "customers": pd.DataFrame(
            {"customer_id": list("abcd"), "region": ["North", "North", "South", "East"]}
        ),
    }  # fmt: skip

    assert only(tables, "K32")[0] == 2
    assert only(tables, "K32", region_customers=2)[0] == 1
    new = by_period(ask(tables, "K32", ("month",), "new"), "month")
    assert new == {"2026-01": 2, "2026-06": 1}
    again = by_period(ask(tables, "K32", ("month",), "new", region_customers=2), "month")
    assert again == {"2026-05": 1}


def test_segment_structure_by_hand():
    """A: 1 of 4 customers and 300 of 400 in money; a segment's customers are no money."""
    tables = {
        "deals": won(("a", "2026-05-01", 100.0), ("a", "2026-05-02", 200.0),
                     ("b", "2026-05-03", 20.0), ("c", "2026-05-03", 30.0),
                     ("d", "2026-05-04", 50.0)),
        "customers": pd.DataFrame({"customer_id": list("abcd"), "segment": ["A", "B", "B", "B"]}),
    }  # fmt: skip

    clients = ask(tables, "K33", ("segment",)).set_index("segment")["value"]
    money = ask(tables, "K33", ("segment",), "money").set_index("segment")["value"]

    assert clients.to_dict() == {"A": 0.25, "B": 0.75}
    assert money.to_dict() == {"A": 0.75, "B": 0.25}


def test_market_coverage_by_hand():
    """
    Active: a, b in segment A, c in B, d without one. Targets: A 10 firms, B 40 firms.

    A 2/10, B 1/40, together 3/50 (not the mean .1125; d is in no market); 10 * 5 + 40 * 2 = 130.
    """
    tables = {
        "deals": won(*[(c, "2026-06-01") for c in "abcd"]),
        "customers": pd.DataFrame({"customer_id": list("abcd"), "segment": ["A", "A", "B", None]}),
        "markets": pd.DataFrame(
            {"segment": ["A", "B"], "target_firms": [10.0, 40.0], "potential_base": [5.0, 2.0]}
        ),
    }

    assert only(tables, "K34") == pytest.approx((0.06, 3, 50))
    shares = ask(tables, "K34", ("segment",)).set_index("segment")["value"]
    assert shares.to_dict() == pytest.approx({"A": 0.2, "B": 0.025})
    assert only(tables, "K34", "potential")[0] == 130


def test_deliveries_by_hand():
    """
    On time 1, late 1, overdue and not made 1, promised for July 1 (not due): 1/3.

    Leaving out what was never delivered would say 1/2.
    """
    deliveries = dated(
        {"customer_id": list("abcd"),
         "promised_on": ["2026-05-10", "2026-05-10", "2026-05-11", "2026-07-20"],
         "delivered_on": ["2026-05-10", "2026-05-12", None, None]},
        "promised_on", "delivered_on",
    )  # fmt: skip

    assert only({"deliveries": deliveries}, "K68") == pytest.approx((1 / 3, 1, 3))


def test_service_hours_by_hand():
    """
    Opened Friday 16:00, settled Monday 10:00: 2 + 1 = 3 working hours, 66 by the clock.

    The second request is open: with one of two settled the curve stands at one half after 3 hours.
    """
    days = pd.date_range("2026-06-01", "2026-07-31")
    work = np.where(days.day_of_week < 5, 9 * 3600.0, 0.0)
    calendar = pd.DataFrame(
        {"date": days, "work_s": work, "start_s": 9 * 3600.0, "end_s": 18 * 3600.0,
         "before_s": np.cumsum(work) - work}
    )  # fmt: skip
    stamps = pd.to_datetime(["2026-06-05 16:00", "2026-06-08 09:00"]).tz_localize(ZONE)
    solved = pd.to_datetime(["2026-06-08 10:00", None]).tz_localize(ZONE)
    tables = {
        "deliveries": dated({"promised_on": ["2026-05-10"]}, "promised_on"),
        "tickets": pd.DataFrame(
            {"ticket_id": ["1", "2"], "kind": "service", "customer_id": "a",
             "opened_at": stamps.tz_convert("UTC"), "resolved_at": solved.tz_convert("UTC")}
        ),
        "calendar": calendar,
    }  # fmt: skip

    found = measure(store_of(tables), "K68").set_index("part")

    assert found.loc["resolve_hours", ["value", "n", "n_censored"]].tolist() == [3, 2, 1]
    assert found.loc["resolve_clock_hours", "value"] == 66
    assert found.loc["resolve_hours", "unit"] == "hours"
    without = measure(store_of({**tables, "calendar": CALENDAR}), "K68").set_index("part")
    assert without.loc["resolve_hours", "value"] == 66
    assert without.loc["resolve_hours", "reason"] == "no working calendar: clock time"


def test_free_documents_are_purchases_and_returns_are_not():
    """a got a free sample, b returned goods: 1 new customer on the invoice basis."""
    tables = {
        "deals": won(("z", "2026-05-01")),
        "invoices": dated(
            {"invoice_id": ["i1", "i2", "i3"], "customer_id": ["a", "b", "b"],
             "amount_base": [0.0, -5.0, -5.0], "doc_kind": ["invoice", "return", "invoice"],
             "issued_on": ["2026-05-01"] * 3},
            "issued_on",
        ),
    }  # fmt: skip

    assert only(tables, "K20", revenue_basis="invoice")[0] == 1


# ---- a second computation ---------------------------------------------------------------------

FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}


class Client:
    """The made-up client in wall time, and its purchases on one basis."""

    def __init__(self, seed: int, basis: str) -> None:
        tables = make_client(seed, 240)
        known = pd.Series(pd.NaT, index=tables["customers"].index)
        known[::5] = pd.Timestamp("2025-02-01")
        tables["customers"]["first_order_on"] = pd.to_datetime(known)
        self.store = store_of(tables, revenue_basis=basis)
        self.basis = basis
        self.t = {name: self._wall(rows) for name, rows in tables.items()}
        self.home = self.t["customers"].set_index("customer_id")
        self.buys = self._purchases()

    @staticmethod
    def _wall(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.copy()
        for name in rows:
            if isinstance(rows[name].dtype, pd.DatetimeTZDtype):
                rows[name] = rows[name].dt.tz_convert(ZONE).dt.tz_localize(None)
        return rows

    def _purchases(self) -> pd.DataFrame:
        if self.basis == "contract":
            d = self.t["deals"]
            good = d["pipeline_id"].eq("P1") & ~d["is_test"].astype(bool)
            good &= ~d["is_duplicate"].astype(bool) & d["status"].eq("won")
            rows = d[good].rename(columns={"owner_id": "rep_id", "closed_at": "at"})
            rows["event"] = rows["deal_id"]
        else:
            d = self.t["invoices"]
            good = ~d["is_cancelled"].astype(bool) & d["doc_kind"].eq(self.basis)
            rows = d[good & (d["amount_base"] >= 0)].rename(columns={"issued_on": "at"})
            rows["event"] = rows["invoice_id"]
            rows["segment"] = rows["customer_id"].map(self.home["segment"])
        rows = rows[rows["customer_id"].notna() & (rows["at"] <= AS_OF)]
        return rows.sort_values(["at", "event"]).reset_index(drop=True)

    def lines(self) -> pd.DataFrame:
        rows = self.t["order_lines"]
        kinds = ["invoice", "shipment", "order"] if self.basis == "contract" else [self.basis]
        rows = rows[rows["doc_kind"].isin(kinds)].rename(columns={"issued_on": "at"})
        return rows.sort_values(["at", "line_id"]).reset_index(drop=True)

    def ends(self, period: str | None) -> list[tuple[pd.Timestamp | None, pd.Timestamp]]:
        """First and last moment of each period."""
        if period is None:
            return [(None, pd.Timestamp(AS_OF))]
        every = pd.period_range("2025-01", "2026-06", freq="M").asfreq(FREQUENCY[period]).unique()
        return [(e.start_time, (e + 1).start_time - pd.Timedelta(seconds=1)) for e in every]

    def active(self, moment: pd.Timestamp) -> pd.DataFrame:
        """The last purchase of each customer active at a moment."""
        b = self.buys[(self.buys["at"] <= moment)]
        b = b[b["at"] > moment - pd.Timedelta(days=90)]
        return b.groupby("customer_id").tail(1)


def segments(c: Client, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(segment=rows["customer_id"].map(c.home["segment"]))


def k20(c: Client, period: str | None) -> pd.DataFrame:
    rows = c.buys.groupby("customer_id").head(1)
    known = rows["customer_id"].map(c.home["first_order_on"])
    return rows.assign(at=rows["at"].where(~(known < rows["at"]), known))


def k21(c: Client, period: str | None) -> pd.DataFrame:
    found = []
    for _start, end in c.ends(period):
        b = c.buys[(c.buys["at"] <= end) & (c.buys["at"] > end - pd.Timedelta(days=90))]
        found.append(b.assign(at=end))
    return pd.concat(found)


def k22(c: Client, period: str | None) -> pd.DataFrame:
    docs = c.t["invoices"]
    docs = docs[~docs["is_cancelled"].astype(bool) & docs["doc_kind"].ne("return")]
    docs = docs[docs["contract_end_on"].notna()]
    pairs = set(zip(docs["customer_id"], docs["contract_end_on"], strict=True))
    listed = c.home["contract_end_on"].dropna()
    pairs |= set(zip(listed.index, listed, strict=True))
    d = c.t["deals"]
    d = d[d["pipeline_id"].eq("P1") & ~d["is_test"].astype(bool) & ~d["is_duplicate"].astype(bool)]
    talks = d[d["status"].isin(["won", "lost"]) & d["deal_kind"].eq("renewal")]
    d = talks[talks["status"].eq("won")]
    rows = []
    for who, end in sorted(pairs):
        if end.normalize() + pd.Timedelta(days=31) > AS_OF:
            continue
        low, high = end - pd.Timedelta(days=90), end + pd.Timedelta(days=31)
        deal = d[d["customer_id"].eq(who) & (d["closed_at"] >= low) & (d["closed_at"] < high)]
        doc = docs[docs["customer_id"].eq(who) & (docs["contract_end_on"] > end)]
        doc = doc[(doc["issued_on"] >= low) & (doc["issued_on"] < high)]
        before = c.buys[c.buys["customer_id"].eq(who) & (c.buys["at"] < end)]
        rep = before["rep_id"].iloc[-1] if len(before) else None
        rows.append((who, end, rep, float(len(deal) + len(doc) > 0)))
    for talk in talks[talks["customer_id"].notna() & talks["closed_at"].notna()].itertuples():
        own = [end for who, end in pairs if who == talk.customer_id]
        low, high = talk.closed_at - pd.Timedelta(days=31), talk.closed_at + pd.Timedelta(days=90)
        if not any(low < end <= high for end in own):
            won_it = float(talk.status == "won")
            rows.append((talk.customer_id, talk.closed_at, talk.owner_id, won_it))
    return segments(c, pd.DataFrame(rows, columns=["customer_id", "at", "rep_id", "x"]))


def k23(c: Client, period: str | None) -> pd.DataFrame:
    rows = []
    for who, own in c.lines().groupby("customer_id"):
        bought = list(zip(own["at"], own["product_group"], own["rep_id"], strict=True))
        for start, end in c.ends(period):
            before = [item for item in bought if item[0] < start]
            if before:
                now = {group for at, group, _rep in bought if start <= at <= end}
                new = now - {group for _at, group, _rep in before}
                rows.append((who, end, before[-1][2], float(len(new) > 0)))
    return segments(c, pd.DataFrame(rows, columns=["customer_id", "at", "rep_id", "x"]))


def k24(c: Client, period: str | None) -> pd.DataFrame:
    lines, rows = c.lines(), []
    for start, end in c.ends(period):
        for buyer in c.active(end).itertuples():
            own = lines[lines["customer_id"].eq(buyer.customer_id)]
            now = own[(own["at"] <= end) & (own["at"] >= (start or pd.Timestamp("1990-01-01")))]
            old = own[own["at"] < start] if start is not None else own.iloc[:0]
            for group in ("g0", "g1", "g2"):
                new = group in set(now["product_group"]) - set(old["product_group"])
                rows.append((buyer.customer_id, end, buyer.rep_id, group, float(new)))
    names = ["customer_id", "at", "rep_id", "product_group", "x"]
    return segments(c, pd.DataFrame(rows, columns=names))


def k25(c: Client, period: str | None) -> pd.DataFrame:
    rows = [
        (own["customer_id"].iloc[0], own["at"].iloc[0], own["rep_id"].iloc[0],
         float(len(set(own["product_id"]))))
        for _order, own in c.lines().groupby("invoice_id")
    ]  # fmt: skip
    return segments(c, pd.DataFrame(rows, columns=["customer_id", "at", "rep_id", "x"]))


def k25_per_customer(c: Client, period: str | None) -> pd.DataFrame:
    lines = c.lines()
    spans = lines["at"].dt.to_period(FREQUENCY[period]) if period else lines["at"].notna()
    groups = lines.groupby(["customer_id", spans])
    products = groups["product_id"].transform("nunique").astype(float)
    return segments(c, lines.assign(x=products).loc[groups.tail(1).index])


def k26(c: Client, period: str | None) -> pd.DataFrame:
    rows, year = [], pd.Timedelta(days=365)
    for who, own in c.buys.groupby("customer_id"):
        first = own.iloc[0]
        if c.home.loc[who, "first_order_on"] < first["at"].normalize():
            continue
        if first["at"] + year <= AS_OF:
            again = len(own) > 1 and own["at"].iloc[1] - first["at"] <= year
            rows.append((who, first["at"], first["rep_id"], first["segment"], float(again)))
    return pd.DataFrame(rows, columns=["customer_id", "at", "rep_id", "segment", "x"])


def k27(c: Client, period: str | None) -> pd.DataFrame:
    known = c.buys["customer_id"].map(c.home["first_order_on"])
    later = c.buys["customer_id"].duplicated() | (known < c.buys["at"].dt.normalize())
    return c.buys[later].assign(x=c.buys["amount_base"])


def k28(c: Client, period: str | None) -> pd.DataFrame:
    spans, rows = c.ends(period), []
    for (start, end), (later_start, later_end) in pairwise(spans):
        b = c.buys[(c.buys["at"] >= start) & (c.buys["at"] <= end)]
        after = c.buys[(c.buys["at"] >= later_start) & (c.buys["at"] <= later_end)]
        kept = set(after["customer_id"])
        for last in b.groupby("customer_id").tail(1).itertuples():
            x = float(last.customer_id in kept)
            rows.append((last.customer_id, later_start, last.rep_id, x))
    return segments(c, pd.DataFrame(rows, columns=["customer_id", "at", "rep_id", "x"]))


def k29(c: Client, period: str | None) -> pd.DataFrame:
    rows = k20(c, period)
    if c.basis != "contract":
        d = Client._purchases(_as_contract(c)).groupby("customer_id").head(1)
        rows["source"] = rows["customer_id"].map(d.set_index("customer_id")["source"])
    rows = rows[rows["source"].notna()]
    return rows.assign(x=rows["source"].eq("referral").astype(float))


def _as_contract(c: Client) -> Client:
    other = object.__new__(Client)
    other.t, other.home, other.basis = c.t, c.home, "contract"
    return other


def k30(c: Client, period: str | None) -> pd.DataFrame:
    rows = c.t["surveys"].rename(columns={"sent_on": "at", "score": "x"})
    return segments(c, rows[rows["x"].notna()])


def k30_rate(c: Client, period: str | None) -> pd.DataFrame:
    rows = c.t["surveys"].rename(columns={"sent_on": "at"})
    return segments(c, rows.assign(x=rows["score"].notna().astype(float)))


def k31(c: Client, period: str | None) -> pd.DataFrame:
    came = c.t["tickets"].rename(columns={"opened_at": "at"})
    came = came[came["kind"].eq("complaint")].assign(x=1.0, y=0.0)
    active = [c.active(end).assign(at=end, x=0.0, y=1.0) for _start, end in c.ends(period)]
    return segments(c, pd.concat([came, *active]))


def k32(c: Client, period: str | None) -> pd.DataFrame:
    rows = []
    for _start, end in c.ends(period):
        homes = c.active(end)["customer_id"].map(c.home["region"]).dropna()
        rows += [(end, region, 1.0) for region in sorted(set(homes))]
    return pd.DataFrame(rows, columns=["at", "region", "x"])


def k33(c: Client, period: str | None) -> pd.DataFrame:
    spans = c.buys["at"].dt.to_period(FREQUENCY[period]) if period else c.buys["at"].notna()
    return c.buys.groupby(["customer_id", spans]).tail(1).assign(x=1.0)


def k33_money(c: Client, period: str | None) -> pd.DataFrame:
    if c.basis == "contract":
        d = c.t["deals"]
        good = d["pipeline_id"].eq("P1") & ~d["is_test"].astype(bool)
        good &= ~d["is_duplicate"].astype(bool) & d["status"].eq("won")
        rows = d[good].rename(columns={"closed_at": "at", "owner_id": "rep_id"})
    else:
        d = c.t["invoices"]
        good = ~d["is_cancelled"].astype(bool) & d["doc_kind"].isin([c.basis, "return"])
        rows = segments(c, d[good].rename(columns={"issued_on": "at"}))
    return rows.assign(x=rows["amount_base"])


def k34(c: Client, period: str | None) -> pd.DataFrame:
    firms, rows = c.t["markets"], []
    for _start, end in c.ends(period):
        if end < c.buys["at"].min():
            continue
        homes = c.active(end)["customer_id"].map(c.home["segment"])
        for market in firms.itertuples():
            rows += [(end, market.segment, 1.0, 0.0)] * int(homes.eq(market.segment).sum())
            rows.append((end, market.segment, 0.0, market.target_firms))
    return pd.DataFrame(rows, columns=["at", "segment", "x", "y"])


def k68(c: Client, period: str | None) -> pd.DataFrame:
    rows = c.t["deliveries"].rename(columns={"promised_on": "at"})
    rows = rows[rows["at"] + pd.Timedelta(days=1) <= AS_OF]
    late = rows["delivered_on"].isna() | (rows["delivered_on"] > rows["at"])
    return segments(c, rows.assign(x=1.0 - late))


def totals(rows: pd.DataFrame, kind: str) -> dict[str, float]:
    """What the kind of KPI says of a group of rows."""
    n = float(len(rows))
    if kind == "count":
        return {"value": n, "n": n, "numerator": NOTHING, "denominator": NOTHING}
    if kind == "stock":
        n = float(rows["customer_id"].nunique())
        return {"value": n, "n": n, "numerator": NOTHING, "denominator": NOTHING}
    x = rows["x"].sum(min_count=1)
    if kind == "total":
        return {"value": x, "n": n, "numerator": NOTHING, "denominator": NOTHING}
    if kind == "level":
        return {"value": x, "n": n, "numerator": x, "denominator": NOTHING}
    y = rows["y"].sum() if kind == "quotient" else n
    return {"value": x / y if y else NOTHING, "n": n, "numerator": x, "denominator": y}


def expected(rows: pd.DataFrame, kind: str, by: tuple[str, ...]) -> pd.DataFrame:
    """The KPI by group; the key of a missing dimension is a dash."""
    columns = {"rep": "rep_id"}
    keys = {}
    for name in by:
        if name in FREQUENCY:
            keys[name] = rows["at"].dt.to_period(FREQUENCY[name]).dt.start_time.astype(str)
        else:
            keys[name] = rows[columns.get(name, name)].fillna("-").astype(str)
    if not by:
        return pd.DataFrame([totals(rows, kind)])
    frame = rows.assign(**{f"key_{name}": values for name, values in keys.items()})
    groups = frame.groupby([f"key_{name}" for name in by])
    found = {key: totals(part, kind) for key, part in groups}
    return pd.DataFrame.from_dict(found, orient="index").sort_index()


def keyed(answer: pd.DataFrame, part: str, by: tuple[str, ...]) -> pd.DataFrame:
    """One part of an answer, indexed as in :func:`expected`."""
    answer = answer[answer["part"] == part].reset_index(drop=True)
    found = answer[["value", "n", "numerator", "denominator"]].astype("float64")
    if not by:
        return found
    keys = [answer[name].astype("object").where(answer[name].notna(), "-") for name in by]
    found.index = pd.MultiIndex.from_arrays([key.astype(str).str.slice(0, 10) for key in keys])
    return found.sort_index()


REP, SEGMENT = ("rep", "month"), ("segment", "quarter")
CHECKS = {
    "K20": ([("", k20, "count")], [REP, SEGMENT]),
    "K21": ([("", k21, "stock")], [REP, SEGMENT]),
    "K22": ([("", k22, "share")], [REP, SEGMENT]),
    "K23": ([("", k23, "share")], [REP, SEGMENT]),
    "K24": ([("", k24, "share")], [("product_group", "quarter"), REP]),
    "K25": ([("", k25, "mean"), ("per_customer", k25_per_customer, "mean")], [REP, SEGMENT]),
    "K26": ([("", k26, "share")], [REP, SEGMENT]),
    "K27": ([("", k27, "count"), ("amount", k27, "total")], [REP, SEGMENT]),
    "K28": ([("", k28, "share")], [REP, SEGMENT]),
    "K29": ([("", k29, "share")], [REP, SEGMENT]),
    "K30": ([("", k30, "mean"), ("response_rate", k30_rate, "share")], [REP, SEGMENT]),
    "K31": ([("", k31, "quotient")], [REP, SEGMENT]),
    "K32": ([("", k32, "level")], [(), ("region", "quarter")]),
    "K34": ([("", k34, "quotient")], [(), SEGMENT]),
    "K68": ([("", k68, "share")], [(), SEGMENT]),
}


@pytest.fixture(scope="module", params=[(1, "contract"), (2, "invoice")], ids=["1", "2"])
def client(request) -> Client:
    return Client(*request.param)


@pytest.mark.parametrize("kpi", CHECKS)
def test_second_computation(client, kpi):
    """Value, n, numerator and denominator as pandas has them, at several grains."""
    parts, grains = CHECKS[kpi]
    for by in grains:
        period = next((name for name in by if name in FREQUENCY), None)
        answer = measure(client.store, kpi, by)
        for part, rows_of, kind in parts:
            wanted = expected(rows_of(client, period), kind, by)
            found = keyed(answer, part, by)

            assert list(found.index) == list(wanted.index), by
            assert len(found) > 0
            np.testing.assert_allclose(found, wanted, rtol=1e-9, err_msg=f"{kpi} {part} {by}")


def test_second_computation_of_the_structure(client):
    """Each segment's sum over the sum of its quarter, and without quarters."""
    for by, period in ((("segment",), None), (SEGMENT, "quarter")):
        answer = measure(client.store, "K33", by)
        for part, rows_of in (("", k33), ("money", k33_money)):
            rows = rows_of(client, period)
            sums = expected(rows, "total", by)["value"]
            whole = pd.Series(sums.sum(), index=sums.index)
            if period:
                whole = sums.groupby(level=1).transform("sum")
            found = keyed(answer, part, by)

            assert list(found.index) == list(sums.index)
            np.testing.assert_allclose(found["value"], sums / whole, rtol=1e-9)
            np.testing.assert_allclose(found["numerator"], sums, rtol=1e-9)
            np.testing.assert_allclose(found["denominator"], whole, rtol=1e-9)


def worked_hours(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Hours of the calendar between two moments: 8 h spread over 9:00 to 18:00 on weekdays."""
    total = 0.0
    for day in pd.date_range(start.normalize(), end.normalize()):
        if day.day_of_week < 5:
            opens, shuts = day + pd.Timedelta(hours=9), day + pd.Timedelta(hours=18)
            overlap = (min(end, shuts) - max(start, opens)).total_seconds()
            total += max(overlap, 0.0) / 3600 * 8 / 9
    return total


def test_second_computation_of_the_service_hours(client):
    """lifelines.KaplanMeierFitter().fit(hours, ended).median_survival_time_, to the hour."""
    from lifelines import KaplanMeierFitter

    rows = client.t["tickets"]
    rows = rows[rows["kind"].eq("service")]
    ended = rows["resolved_at"].notna()
    end = rows["resolved_at"].fillna(pd.Timestamp(AS_OF))
    hours = [worked_hours(*pair) for pair in zip(rows["opened_at"], end, strict=True)]
    fitted = KaplanMeierFitter().fit(hours, ended)
    found = measure(client.store, "K68").set_index("part")

    assert found.loc["resolve_hours", "value"] == pytest.approx(
        fitted.median_survival_time_, abs=1.0
    )
    assert found.loc["resolve_hours", "n"] == len(rows)
    assert found.loc["resolve_hours", "n_censored"] == (~ended).sum()
    naive = float(np.mean(np.asarray(hours)[ended.to_numpy()]))
    assert found.loc["resolve_hours", "mean_over"] == pytest.approx(naive)
    assert found.loc["resolve_hours", "value"] > naive


def test_the_team_is_not_the_mean_of_its_reps(client):
    """Sum over sum: the share of customers who buy again differs from the mean of the reps'."""
    whole = measure(client.store, "K26")["value"].iloc[0]
    reps = measure(client.store, "K26", ("rep",))

    assert reps["numerator"].sum() / reps["denominator"].sum() == pytest.approx(whole)
    assert abs(reps["value"].mean() - whole) > 1e-3
