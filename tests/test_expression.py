"""
KPIs of the client's own: formulas by hand, against pandas, against the catalogue, refused.

The second computation is written from what the formula says, over plain pandas tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_client import AS_OF, make_client, store_of
from measure_oracle import DEAL, events, frame, grouped, local, quotient, sale_deals, same

from kpikit.client_store import client_store
from kpikit.diagnosis.chain_input import Refusal
from kpikit.engagement import read_engagement
from kpikit.errors import EngagementError, InputDataError
from kpikit.intake.columns import complete
from kpikit.kpis import engine, own
from kpikit.kpis.expression import parse_kpi
from kpikit.kpis.measuring import measure, measure_many
from kpikit.kpis.own import check_expressions, measure_from, own_measures
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.queries import Job, query
from kpikit.kpis.store import Store

WON = 'deals.status == "won"'
TALK = (
    'activities.kind == "call" and activities.is_connected == true'
    " and (activities.duration_s >= 20 or activities.duration_s is None)"
)
#: The KPI list of a sales department in plain words.
DEPARTMENT = {
    "calls": f"count(activities, where={TALK})",
    "meetings": 'count(activities, where=activities.kind in ("meeting", "visit", "demo")'
    " and activities.is_completed)",
    "deals": f"count(deals, where={WON}, at=deals.closed_at)",
    "won_to_lost": f"count(deals, where={WON}, at=deals.closed_at)"
    ' / count(deals, where=deals.status == "lost", at=deals.closed_at)',
    "win_rate": f"count(deals, where={WON}, at=deals.closed_at)"
    ' / count(deals, where=deals.status in ("won", "lost"), at=deals.closed_at)',
    "revenue": f"sum(deals.amount_base, where={WON}, at=deals.closed_at)",
    "revenue_per_seller": f"sum(deals.amount_base, where={WON}, at=deals.closed_at)"
    " / count_distinct(deals.owner_id)",
    "repeat_sales": f'count(deals, where={WON} and deals.deal_kind != "new")'
    f" / count(deals, where={WON})",
    "customer_score": "mean(surveys.score)",
    "average_deal": f"mean(deals.amount_base, where={WON}, at=deals.closed_at)",
    "cost_recovery": "sum(invoices.amount_base) / sum(costs.amount_base)",
    "share_paid": "sum(payments.amount_base) / sum(invoices.amount_base)",
    "cycle": f"mean(days(deals.created_at, deals.closed_at), where={WON}, at=deals.closed_at)",
    "profitability": 'sum(profits.amount_base, where=profits.level == "net")'
    ' / sum(profits.revenue_base, where=profits.level == "net")',
    "sales_to_plan": f"100 * sum(deals.amount_base, where={WON}, at=deals.closed_at)"
    ' / sum(plans.value, where=plans.metric == "revenue")',
    "talks_per_win": f"count(activities, where={TALK})"
    f" / count(deals, where={WON}, at=deals.closed_at)",
}
SAME_AS = {"calls": ("K52", ""), "deals": ("K43", ""), "won_to_lost": ("K42", ""),
           "win_rate": ("K42", "win_rate"), "revenue": ("K01", ""),
           "average_deal": ("K19", ""), "meetings": ("K53", "")}  # fmt: skip
ENGAGEMENT = """\
client: Example
zone: Europe/Budapest
currency: EUR
as_of: 2026-07-01
kpis:
  own:
    - {id: OWN1, name: Wins, unit: wins, expression: 'count(deals, where=deals.status == "won")'}
"""
BYS = ((), ("rep", "month"), ("segment", "quarter"))
COLUMNS = ["value", "low", "high", "n", "numerator", "denominator", "median"]


def with_own(store: Store, **formulas: str) -> Store:
    return own.with_own(store, [(k, f, "count") for k, f in formulas.items()])


@pytest.fixture(scope="module", params=(1, 2))
def client(request) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return with_own(store_of(tables), **DEPARTMENT), local(tables)


# ---- by hand -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Store:
    """Four deals of two reps and five calls; d4 is a duplicate of d3."""
    deals = frame(
        (*DEAL, "owner_id", "amount_base", "is_duplicate", "source"),
        ("d1", "c1", "won", "2026-01-05", "2026-01-15", "r1", 100.0, False, "Site"),
        ("d2", "c2", "lost", "2026-01-06", "2026-02-05", "r1", 900.0, False, "SITE"),
        ("d3", "c3", "won", "2026-02-02", "2026-02-22", "r2", 300.0, False, None),
        ("d4", "c3", "won", "2026-02-02", "2026-02-22", "r2", 300.0, True, None),
        ("d5", "c4", "open", "2026-02-03", None, "r2", None, False, "cold"),
    )
    activities = frame(
        ("activity_id", "kind", "rep_id", "customer_id", "started_at", "duration_s"),
        ("a1", "call", "r1", "c1", "2026-01-05 10:00", 60.0),
        ("a2", "call", "r1", "c1", "2026-01-06 10:00", 10.0),
        ("a3", "call", "r1", "c2", "2026-01-07 10:00", 120.0),
        ("a4", "call", "r2", "c3", "2026-02-02 10:00", 30.0),
        ("a5", "meeting", "r2", "c3", "2026-02-03 10:00", None),
    )
    return store_of({"deals": deals, "activities": activities})


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        # d1, d3; the duplicate d4 is no deal
        (f"count(deals, where={WON})", 2),
        # who asks for duplicates gets them: d1, d3, d4
        (f"count(deals, where={WON} and (deals.is_duplicate or not deals.is_duplicate))", 3),
        # 100 + 300
        (f"sum(deals.amount_base, where={WON})", 400),
        # (100 + 300) / 2 won deals, d5 has no amount
        (f"sum(deals.amount_base, where={WON}) / count(deals, where={WON})", 200),
        # d5 has no amount: (100 + 900 + 300) / 3, not / 4
        ("mean(deals.amount_base)", 1300 / 3),
        # 2 of d1, d2, d3, d5
        (f"count(deals, where={WON}) / count(deals)", 0.5),
        (f"100 * count(deals, where={WON}) / count(deals)", 50),
        (f"100 - 100 * (count(deals, where={WON}) / count(deals))", 50),
        (f"count(deals, where={WON}) / 4 + 1", 1.5),
        # 10 days and 20 days
        (f"mean(days(deals.created_at, deals.closed_at), where={WON})", 15),
        (f"mean(hours(deals.created_at, deals.closed_at), where={WON})", 360),
        # a1, a3, a4
        ('count(activities, where=activities.kind == "call" and activities.duration_s >= 20)', 3),
        # the same three calls over the two reps r1, r2
        ('count(activities, where=activities.kind == "call" and activities.duration_s >= 20)'
         " / count_distinct(activities.rep_id)", 1.5),
        # customers c1, c2, c3 over two reps
        ("count_distinct(activities.customer_id) / count_distinct(activities.rep_id)", 1.5),
        # five contacts over two won deals
        (f"count(activities) / count(deals, where={WON})", 2.5),
        # a meeting has no length: it is not shorter than a minute
        ("count(activities, where=activities.duration_s < 60)", 2),
        ("count(activities, where=not (activities.duration_s >= 60))", 2),
        ("count(activities, where=activities.duration_s is None)", 1),
        ('count(activities, where=activities.kind not in ("call", "email"))', 1),
        ("count(activities, where=10 < activities.duration_s <= 60)", 2),
        # d1, d2 were entered with another spelling
        ('count(deals, where=lower(deals.source) == "site")', 2),
        ('count(deals, where=deals.created_at >= "2026-02-01")', 2),
        ("count(deals, where=month(deals.created_at) == 1 and year(deals.created_at) == 2026)", 2),
        # (60-20 + 10-20 + 120-20 + 30-20) / 60
        ("sum((activities.duration_s - 20) / 60)", 140 / 60),
        # |60-40| + |10-40| + |120-40| + |30-40|
        ("sum(abs(activities.duration_s - 40))", 140),
        ("-sum(deals.amount_base) / 1000", -1.3),
    ],
)  # fmt: skip
def test_formulas_by_hand(small: Store, formula: str, value: float):
    """The arithmetic stands beside each formula."""
    found = measure(with_own(small, OWN1=formula), "OWN1").iloc[0]

    assert found["value"] == pytest.approx(value)
    assert found["status"] in ("ok", "degraded")


def test_the_moment_decides_the_month(small: Store):
    """By hand: d1 was created and won in January, d3 in February; created: d1, d2 | d3, d5."""
    store = with_own(
        small, WON=f"count(deals, where={WON}, at=deals.closed_at)", NEW="count(deals)"
    )
    found = measure_many(store, ["WON", "NEW"], ["month"])

    assert found.groupby("kpi", sort=False)["value"].agg(list).to_dict() == {
        "WON": [1, 1], "NEW": [2, 2]
    }  # fmt: skip


def test_a_team_is_not_the_mean_of_its_reps(small: Store):
    """By hand: won of decided is 1/2 for r1 and 1/1 for r2; the team's is 2/3, not 3/4."""
    store = with_own(small, RATE=DEPARTMENT["win_rate"])
    reps = measure(store, "RATE", ["rep"])

    assert reps["value"].to_list() == [0.5, 1.0]
    assert measure(store, "RATE")["value"].iloc[0] == pytest.approx(2 / 3)


def test_a_rep_without_a_win_has_no_talks_per_win(small: Store):
    """By hand: r1 has 3 contacts and 1 win in January; r2 has none; February is r2's alone."""
    store = with_own(small, PER="count(activities) / count(deals, where=deals.status == \"won\""
                                " and deals.amount_base > 200)")  # fmt: skip
    found = measure(store, "PER", ["rep"]).set_index("rep")

    assert found.loc["r1", "status"] == "not_computable"
    assert found.loc["r1", "reason"] == "nothing to divide by"
    assert found.loc["r2", "value"] == pytest.approx(2.0)


def test_moves_of_duplicates_do_not_count_and_have_the_rep_of_their_deal():
    """By hand: d1 of r1 moved twice and d2 of r2 once; d3 is a duplicate."""
    deals = frame(
        (*DEAL, "owner_id", "is_duplicate"),
        ("d1", "c1", "open", "2026-01-05", None, "r1", False),
        ("d2", "c2", "open", "2026-01-05", None, "r2", False),
        ("d3", "c2", "open", "2026-01-05", None, "r2", True),
    )
    moves = events(
        ("d1", "1", "2026-01-05"), ("d1", "2", "2026-01-06"), ("d2", "1", "2026-01-05"),
        ("d3", "1", "2026-01-05"),
    )  # fmt: skip
    store = store_of({"deals": deals, "stage_events": moves})
    found = measure(with_own(store, MOVES="count(stage_events)"), "MOVES", ["rep"])

    assert dict(zip(found["rep"], found["value"], strict=True)) == {"r1": 2, "r2": 1}


def test_money_paid_back_is_taken_off():
    """By hand: 100 + 50 - 30 = 120, whichever sign the refund was entered with."""
    day = pd.Timestamp("2026-03-02")
    payments = frame(
        ("payment_id", "customer_id", "paid_on", "amount_base", "is_refund"),
        ("a", "c1", day, 100.0, False), ("b", "c1", day, 50.0, None), ("c", "c1", day, 30.0, True),
    )  # fmt: skip
    store = with_own(store_of({"payments": payments}), PAID="sum(payments.amount_base)")

    assert measure(store, "PAID")["value"].iloc[0] == 120


def test_customers_are_counted_by_the_date_that_the_formula_names():
    """By hand: c1 first bought in January, c2 in March; nobody knows when c3 did."""
    customers = frame(
        ("customer_id", "segment", "first_order_on"),
        ("c1", "A", pd.Timestamp("2026-01-10")), ("c2", "A", pd.Timestamp("2026-03-10")),
        ("c3", "A", None),
    )  # fmt: skip
    store = store_of({"customers": customers})
    store = with_own(store, FIRST="count(customers, at=customers.first_order_on)")
    found = measure(store, "FIRST", ["segment", "month"])

    assert found["value"].to_list() == [1, 1]
    assert found["month"].dt.month.to_list() == [1, 3]


def test_the_store_of_an_engagement_has_its_own_kpis(tmp_path):
    """`kpis: own:` of engagement.yml becomes a KPI like any other, in its own unit."""
    (tmp_path / "engagement.yml").write_text(ENGAGEMENT, encoding="utf-8")
    deals = frame(DEAL, ("d1", "c1", "won", "2026-01-05", "2026-01-15"))
    tables = {"deals": complete(deals, "deals")}
    store = client_store(read_engagement(tmp_path), tables, Refusal(()))
    found = measure(store, "OWN1").iloc[0]

    assert (found["value"], found["unit"]) == (1, "wins")


# ---- a second computation ----------------------------------------------------------------------


@pytest.mark.parametrize("by", BYS)
def test_a_share_in_pandas(client, by: Sequence[str]):
    """Won over decided deals by the day they were closed."""
    store, tables = client
    rows = sale_deals(tables)
    rows = rows[rows["status"].isin(["won", "lost"]) & (rows["created_at"] <= AS_OF)]
    rows = rows[rows["closed_at"] <= AS_OF]
    rows = rows.assign(at=rows["closed_at"], x=rows["status"].eq("won").astype(float))

    same(measure(store, "win_rate", by), "", grouped(rows, by, quotient), by)


@pytest.mark.parametrize("by", BYS)
def test_a_quotient_of_two_tables_in_pandas(client, by: Sequence[str]):
    """Talks of the customers in the segment over their won deals."""
    store, tables = client
    calls = tables["activities"]
    calls = calls[calls["kind"].eq("call") & calls["is_connected"].eq(True)]
    calls = calls[~calls["is_automatic"].eq(True) & ~(calls["duration_s"] < 20)]
    segments = tables["customers"].set_index("customer_id")["segment"]
    calls = calls.assign(at=calls["started_at"], segment=calls["customer_id"].map(segments))
    won = sale_deals(tables)
    won = won[won["status"].eq("won")].assign(at=lambda t: t["closed_at"])
    columns = ["at", "rep_id", "segment"]
    rows = pd.concat([calls[columns].assign(x=1.0, y=0.0), won[columns].assign(x=0.0, y=1.0)])
    rows = rows[rows["at"] <= AS_OF]

    def answer(part: pd.DataFrame) -> pd.Series:
        x, y = part["x"].sum(), part["y"].sum()
        value = x / y if y else np.nan
        return pd.Series({"value": value, "n": len(part), "numerator": x, "denominator": y})

    same(measure(store, "talks_per_win", by), "", grouped(rows, by, answer), by)


@pytest.mark.parametrize("by", BYS)
def test_an_amount_per_seller_in_pandas(client, by: Sequence[str]):
    """Won amounts by the day of closing over the different owners of deals by day of creation."""
    store, tables = client
    rows = sale_deals(tables)
    won = rows[rows["status"].eq("won")].assign(
        at=rows["closed_at"], x=rows["amount_base"], who=None
    )
    made = rows.assign(at=rows["created_at"], x=0.0, who=rows["rep_id"])
    cases = pd.concat([won, made])
    cases = cases[cases["at"] <= AS_OF]

    def answer(part: pd.DataFrame) -> pd.Series:
        x, y = part["x"].sum(), part["who"].nunique()
        value = x / y if y else np.nan
        return pd.Series({"value": value, "n": len(part), "numerator": x, "denominator": y})

    found = measure(store, "revenue_per_seller", by)
    same(found.fillna({"numerator": 0.0}), "", grouped(cases, by, answer), by)


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("name", SAME_AS)
def test_plain_formulas_give_what_the_catalogue_gives(client, name: str, by: Sequence[str]):
    """A KPI written by the client and the KPI of the catalogue agree, limits included."""
    store, _tables = client
    kpi, part = SAME_AS[name]
    want = measure(store, kpi, by)
    want = want[want["part"].eq(part)].reset_index(drop=True)

    got = measure(store, name, by)
    pd.testing.assert_frame_equal(got[[*by, *COLUMNS]], want[[*by, *COLUMNS]], rtol=1e-9)


def test_every_kpi_of_the_department_has_a_value(client):
    store, _tables = client
    found = measure_many(store, list(DEPARTMENT)).set_index("kpi")

    assert found["value"].notna().all()
    assert found.loc["sales_to_plan", "law"] == "scaled"


def test_scaling_moves_value_and_limits_alike(client):
    """In per cent everything is a hundred times as large; what is missing to 1 turns the limits."""
    store, _tables = client
    share = DEPARTMENT["win_rate"]
    store = with_own(store, S=share, P=f"100 * ({share})", M=f"1 - ({share})")
    found = measure_many(store, ["S", "P", "M"]).set_index("kpi")
    s, p, m = (found.loc[k, ["value", "low", "high"]].astype(float).to_numpy() for k in "SPM")

    np.testing.assert_allclose(p, 100 * s)
    np.testing.assert_allclose(m, [1 - s[0], 1 - s[2], 1 - s[1]])
    assert found["numerator"].nunique() == 1


def test_documents_of_one_sale_are_counted_once(client):
    """An order, its invoice and its shipment are one sale: only invoices and returns add up."""
    store, tables = client
    rows = tables["invoices"]
    rows = rows[~rows["is_cancelled"].eq(True) & (rows["issued_on"] <= AS_OF)]
    ordered = 'sum(invoices.amount_base, where=invoices.doc_kind == "order")'
    store = with_own(store, BILLED="sum(invoices.amount_base)", ORDERED=ordered)
    found = measure_many(store, ["BILLED", "ORDERED"]).set_index("kpi")["value"]

    kinds = rows.groupby("doc_kind")["amount_base"].sum()
    assert found["BILLED"] == pytest.approx(kinds[["invoice", "return"]].sum())
    assert found["ORDERED"] == pytest.approx(kinds["order"])


# ---- what the data do not allow ----------------------------------------------------------------


def test_an_empty_column_is_named(small: Store):
    store = with_own(small, OWN1="sum(deals.cost_base)", OWN2="mean(surveys.score)")
    found = measure_many(store, ["OWN1", "OWN2"])

    assert found["status"].eq("not_computable").all()
    assert found["reason"].to_list() == ["missing: deals.cost_base", "missing: surveys"]


def test_a_dimension_that_one_side_lacks_is_refused(small: Store):
    """A plan has no rep of its own, so won amounts per plan cannot be split by rep."""
    first, last = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-31")
    plans = frame(
        ("plan_id", "metric", "period_start_on", "period_end_on", "value"),
        ("p", "revenue", first, last, 100.0),
    )
    deals = frame((*DEAL, "amount_base"), ("d", "c", "won", "2026-01-05", "2026-01-15", 5.0))
    store = with_own(store_of({"plans": plans, "deals": deals}), PLAN=DEPARTMENT["sales_to_plan"])

    assert measure(store, "PLAN")["value"].iloc[0] == pytest.approx(5.0)
    with pytest.raises(InputDataError, match="PLAN cannot be split by rep"):
        measure(store, "PLAN", ["rep"])


@pytest.mark.parametrize("name", ["duckdb", "postgresql", "clickhouse", "spark"])
def test_each_engine_can_be_asked(name: str):
    """The formulas compile to SQL of every engine that a client may have."""
    p = Parameters(as_of=AS_OF, period="month")
    for kpi, formula in DEPARTMENT.items():
        reduction = measure_from(parse_kpi(formula), kpi).build(p)[""]
        sql = engine.compiled(query([Job(0, kpi, "", reduction, "")], [], p, kpi), name)
        assert "SELECT" in sql


def test_a_quotation_mark_in_a_text_stays_a_text(small: Store):
    """A text that looks like SQL is compared with, not run."""
    store = with_own(small, OWN1='count(deals, where=deals.source == "x\' OR 1=1 --")')

    assert measure(store, "OWN1")["value"].iloc[0] == 0


# ---- refusals ----------------------------------------------------------------------------------

REFUSED = [
    ("count(deal)", r"position 7: there is no table 'deal'; did you mean 'deals'\?"),
    ("sum(deals.amount_bas)", r"deals has no column 'amount_bas'; did you mean 'amount_base'"),
    ("count_distinct(deals.rep_id)", r"position 16: .* did you mean 'owner_id'\?"),
    ("cuont(deals)", r"position 1: there is no 'cuont' of rows; did you mean 'count'\?"),
    ("sum(day(deals.created_at))", r"there is no function 'day'; did you mean 'days'\?"),
    ("median(deals.amount_base)", "there is no median; mean"),
    ("deals.amount_base", "position 1: a formula is one sum, count, mean or count_distinct"),
    ("5", "position 1: nothing is counted"),
    ("", "position 1: this cannot be read"),
    ("count(deals", "position 6: this cannot be read"),
    ("count(deals) # all of them", "position 14: a formula holds no `#` comment"),
    ("count(deals) - count(activities)", "position 1: two sums or counts can only be divided"),
    ("count(deals) / count(deals) / count(deals)", "only one quotient is allowed"),
    ("5 / count(deals)", "a plain number cannot be divided by"),
    ("count(deals) ** 2", "position 1: a formula is"),
    ("count(deals) / 0", "division by 0"),
    ("0 * count(deals)", "times 0 leaves nothing"),
    ("1e999 * count(deals)", "position 1: the number is too large"),
    (f"{'9' * 400} * count(deals)", "position 1: the number is too large"),
    ("mean(deals.amount_base) / count(deals)", "a mean cannot be part of a quotient"),
    ("sum(count(deals))", "position 5: count cannot stand inside another sum or count"),
    ("count(deals.deal_id)", "position 7: count takes a table"),
    ("count(customers)", "customers has no moment of its own; add at=customers.column"),
    ("sum(deals.status)", "sum takes numbers, and this is a text"),
    ("count_distinct(deals.amount_base)", "count_distinct takes a column of ids or texts"),
    ("sum(5)", "sum must be given a column"),
    ("count(deals, where=true)", "a condition must name a column"),
    ("count(deals, where=1 < 2)", "a comparison must name a column"),
    ("count(deals, where=deals.amount_base)", "a truth is needed here, and this is a number"),
    ('count(deals, where=deals.amount_base > "5")', "a number cannot be compared with a text"),
    ('count(deals, where=deals.status > "a")', "a text is compared with == or != only"),
    ('count(deals, where=deals.created_at > "soon")', "a date as"),
    ("count(deals, where=deals.status == None)", "None stands only after `is`"),
    ('count(deals, where=deals.status is "won")', "`is` is followed by None"),
    ("count(deals, where=deals.status in deals.source)", "`in` is followed by a list"),
    ("count(deals, at=deals.status)", "at= needs a column with a date, and this is a text"),
    ("count(deals, where=activities.duration_s > 5)", "reads one table; activities cannot be used"),
    ("count(deals, deals)", "count takes one value, then where= and at="),
    ("count(deals, by=deals.owner_id)", "count takes where= and at=, not by"),
    ("sum(deals.closed_at - deals.created_at)", r"is written days\(a, b\)"),
    ("sum(days(deals.created_at))", "days takes 2 values"),
    (f'count(deals, where=deals.source == "{"x" * 201}")', "longer than 200 characters"),
    (f"sum(deals.amount_base{' + 1' * 300})", r"1\d\d\d characters; 1000 are allowed"),
    (f"sum({'(' * 150}deals.amount_base{')' * 150} {'+ deals.amount_base' * 21})", "nested deeper"),
    ("-" * 900 + "count(deals)", "nested deeper|cannot be read"),
    ('count(deals, where=deals.source == "Венгрия" and deals.stat == "x")', "position 50: .*stat"),
]  # fmt: skip

HOSTILE = [
    "__import__('os').system('true')",
    "count(deals.__class__)",
    "sum(deals.amount_base.__class__)",
    "count(deals, where=deals.status.lower() == 'a')",
    "deals.__class__.__bases__[0].__subclasses__()",
    "(lambda: count(deals))()",
    "count(*deals)",
    "count(**deals)",
    "count(deals, **{'where': true})",
    "[count(deals) for x in (1, 2)]",
    "sum(x for x in deals)",
    "sum(deals['amount_base'])",
    "sum(deals.amount_base[0])",
    "count(deals, where=f'{deals.status}' == 'a')",
    "count(deals, where=deals.status == b'a')",
    "count(deals, where=deals.amount_base == 1j)",
    "count(deals, where=deals.status == ...)",
    "count(deals, where=(x := deals.status) == 'a')",
    "count(deals, where=deals.is_test if deals.is_test else deals.is_test)",
    "count(deals, where=~deals.is_test)",
    "count(deals, where=deals.status == 'a\\\\')",
    "count(deals, where=deals.status == 'a\\x00')",
    "sum(deals.amount_base ** 9 ** 9)",
    "sum(deals.amount_base @ deals.amount)",
    "sum(deals.amount_base // 2)",
    "sum(eval('1'))",
    "open('/etc/passwd').read()",
    "count(deals); count(deals)",
    "import os",
    "x = 1",
    "await count(deals)",
    "yield",
    "sum.__globals__",
    "parse_kpi('x')",
    "count(deals\x00)",
    "count(\ud800)",
    "deals",
    "None",
    "True + count(deals)",
]


@pytest.mark.parametrize(("formula", "sentence"), REFUSED)
def test_refusals_say_where_and_what(formula: str, sentence: str):
    with pytest.raises(InputDataError, match=sentence):
        parse_kpi(formula)


@pytest.mark.parametrize("formula", HOSTILE)
def test_nothing_but_formulas_is_read(formula: str):
    with pytest.raises(InputDataError, match="position "):
        parse_kpi(formula)


def test_a_formula_may_run_over_several_lines():
    """As YAML's block text gives it; the position counts from the beginning of the text."""
    text = f"\n  count(deals,\n    where={WON})\n  / count(deals)\n"

    assert parse_kpi(text).columns == {"deals": ("created_at", "status")}
    with pytest.raises(InputDataError, match=r"position 10: there is no table 'dels'"):
        parse_kpi("\n  count(dels)")


PIECES = st.sampled_from(
    ["count", "sum", "mean", "count_distinct", "(", ")", "deals", "activities", ".", "status", ",",
     "amount_base", "where", "at", "=", "==", " in ", " is ", "None", "not ", " and ", "'won'", "1",
     "0", "1e300", "+", "-", "*", "/", "**", "[", "]", "lambda", ":", "{", "}", "__class__", "days",
     "created_at", "closed_at", "true", "f'{1}'", "#", "\\", "\n", "é", "lower"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_or_refused(text: str):
    """No text leads to anything but a formula or a sentence for its author."""
    try:
        found = parse_kpi(text)
    except InputDataError as error:
        assert str(error).startswith(("position ", "the formula has"))
    else:
        assert found.top.table in found.columns


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["deals.amount_base", "deals.status", "deals.is_test", "deals.created_at",
                         "1", "'a'", "true", "0"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "/", "==", "<", " and ", " or ", "!="]), inner)
            .map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
            inner.map(lambda t: f"(not {t})"), inner.map(lambda t: f"(-{t})"),
            inner.map(lambda t: f"({t} is None)"), inner.map(lambda t: f"({t} in (1, 2))"),
            st.tuples(inner, inner).map(lambda t: f"days({t[0]}, {t[1]})"),
            inner.map(lambda t: f"lower({t})"), inner.map(lambda t: f"abs({t})"),
        ),
        max_leaves=6,
    ),
    st.sampled_from(["sum({})", "count(deals, where={})", "sum({0}) / count(deals, where={0})"]),
)  # fmt: skip
def test_what_is_read_can_be_compiled(inner: str, frame_: str):
    """A formula that passes is one that an engine understands: kinds fit everywhere."""
    try:
        parsed = parse_kpi(frame_.format(inner))
    except InputDataError:
        return
    p = Parameters(as_of=AS_OF)
    reduction = measure_from(parsed, "OWN1").build(p)[""]
    assert engine.compiled(query([Job(0, "OWN1", "", reduction, "")], [], p, "OWN1"), "duckdb")


def test_all_problems_come_at_once():
    items = [("A", "count(deal)", ""), ("K01", "count(deals)", ""), ("B", "count(deals)", ""),
             ("B", "count(deals)", ""), ("C", "count(deals", "")]  # fmt: skip
    with pytest.raises(EngagementError) as caught:
        own_measures(items)

    assert [line.split(";")[0] for line in caught.value.problems[1:]] == [
        "kpis.own: C: position 6: this cannot be read ('(' was never closed)",
        "kpis.own: K01 is a KPI of the catalogue",
        "kpis.own: B is there twice",
    ]
    assert check_expressions([("OK", "count(deals)")]) == []
