"""K60 to K67: worked examples by hand, and a second computation in pandas on a made-up client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from made_client import AS_OF, make_client, store_of
from measure_oracle import grouped, local, sale_deals, same

from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

SEEDS = (1, 2)


def frame(columns: Sequence[str], *rows: Sequence[object]) -> pd.DataFrame:
    """A table; columns that end in _on are days, in _at wall times of Moscow."""
    table = pd.DataFrame(rows, columns=list(columns))
    for name in table:
        if name.endswith("_on"):
            table[name] = pd.to_datetime(table[name])
        elif name.endswith("_at"):
            table[name] = pd.to_datetime(table[name]).dt.tz_localize("Europe/Moscow")
    return table


def answer(store: Store, kpi: str, part: str = "", **changes: object) -> pd.Series:
    found = measure(store, kpi, **changes)
    return found[found["part"] == part].iloc[0]


FACT = ("kpi_id", "rep_id", "period_start_on", "period_end_on", "is_met", "attainment")


# ---- by hand ----------------------------------------------------------------------------------


def facts_of(*verdicts: bool | None, rep: str = "r1") -> pd.DataFrame:
    return frame(FACT, *[
        (f"k{i}", rep, "2026-05-01", "2026-05-31", verdict, None)
        for i, verdict in enumerate(verdicts)
    ])  # fmt: skip


def test_what_was_not_measured_is_neither_met_nor_missed():
    """14 KPIs, 12 measured, 9 of them met: 9 / 12 = 75 %, not 9 / 14; 2 / 14 without a verdict."""
    store = store_of({"kpi_facts": facts_of(*[True] * 9, *[False] * 3, None, None)})
    found = answer(store, "K60")
    assert found["value"] == pytest.approx(0.75)
    assert (found["numerator"], found["denominator"], found["n"]) == (9, 12, 12)
    assert answer(store, "K60", "unmeasured")["value"] == pytest.approx(2 / 14)


def test_the_second_golden_case_meets_12_of_26():
    """12 met and 14 missed are 46.2 %; 13 of the 39 on the list have no verdict."""
    store = store_of({"kpi_facts": facts_of(*[True] * 12, *[False] * 14, *[None] * 13)})
    assert round(answer(store, "K60")["value"], 3) == 0.462
    assert answer(store, "K60", "unmeasured")["value"] == pytest.approx(13 / 39)


def test_a_fact_is_judged_by_its_attainment_and_only_when_its_period_is_over():
    """Attained 1.05 and 0.9 in May: one of two met; the fact of all July is not due on 1 July."""
    facts = frame(
        FACT,
        ("k0", "r1", "2026-05-01", "2026-05-31", None, 1.05),
        ("k1", "r1", "2026-05-01", "2026-05-31", None, 0.90),
        ("k1", "r1", "2026-07-01", "2026-07-31", True, None),
    )
    found = answer(store_of({"kpi_facts": facts}), "K60")
    assert (found["value"], found["n"]) == (0.5, 2)


def test_the_weighted_form_lets_the_heavy_kpi_count_more():
    """Met with weight 0.6, missed with 0.4: 60 %; unweighted one of two. k2 carries no weight."""
    kpis = frame(("kpi_id", "name", "weight_in_pay"), ("k0", "A", 0.6), ("k1", "B", 0.4),
                 ("k2", "C", None))  # fmt: skip
    store = store_of({"kpi_facts": facts_of(True, False, None), "kpis": kpis})
    assert answer(store, "K60", "weighted")["value"] == pytest.approx(0.6)
    assert answer(store, "K60")["value"] == pytest.approx(0.5)


def agreeing(cells: Sequence[Sequence[int]]) -> Store:
    """One KPI and one plan a month for as many reps as the 2 x 2 table counts, KPI by rows."""
    facts, deals, plans = [], [], []
    place = 0
    for met in (1, 0):
        for planned in (1, 0):
            for _ in range(cells[1 - met][1 - planned]):
                rep, place = f"r{place}", place + 1
                facts.append(facts_of(bool(met), rep=rep))
                deals.append((rep, rep, "won", "2026-05-02", "2026-05-20", 90 + 10 * planned))
                plans.append(("rep", rep, "revenue", "2026-05-01", "2026-05-31", 100.0))
    return store_of(
        {
            "kpi_facts": pd.concat(facts),
            "deals": frame(
                ("deal_id", "owner_id", "status", "created_at", "closed_at", "amount_base"), *deals
            ),
            "plans": frame(
                ("scope", "scope_id", "metric", "period_start_on", "period_end_on", "value"), *plans
            ),
        }
    )


def test_kpis_and_plan_agree_as_the_phi_of_the_two_verdicts_says():
    """EX-8.7: [[18, 9], [14, 15]]: 18/27 - 14/29 = .667 - .483 = .184, phi .186, n 56."""
    table = agreeing([[18, 9], [14, 15]])
    phi_of_all = answer(table, "K61")
    assert round(phi_of_all["value"], 3) == 0.186
    assert (phi_of_all["n"], phi_of_all["unit"]) == (56, "index")
    found = answer(table, "K61", "difference")
    assert found["value"] == pytest.approx(18 / 27 - 14 / 29)
    assert found["low"] < 0 < found["high"]


def test_a_plan_is_met_by_the_sales_of_its_own_rep_and_period():
    """[[8, 2], [2, 8]]: phi (64 - 4) / 100 = 0.6, and the plan is met at 100 of 100, not at 90."""
    found = answer(agreeing([[8, 2], [2, 8]]), "K61")
    assert found["value"] == pytest.approx(0.6)


def test_all_mandatory_kpis_together_are_one_case_and_an_optional_one_is_none():
    """
    Of three reps r0 meets both mandatory KPIs and the plan; r1 misses one and the plan; r2 has
    one without a verdict: no case. One of one less none of one: 100 points over 2 cases.
    """
    facts = pd.concat(
        [facts_of(True, True, False, rep="r0"), facts_of(True, False, True, rep="r1"),
         facts_of(True, None, True, rep="r2")]
    )  # fmt: skip
    month = ("2026-05-01", "2026-05-31")
    store = store_of(
        {
            "kpi_facts": facts,
            "kpis": frame(("kpi_id", "name", "obligation"), ("k0", "A", "mandatory"),
                          ("k1", "B", None), ("k2", "C", "optional")),
            "deals": frame(
                ("deal_id", "owner_id", "status", "created_at", "closed_at", "amount_base"),
                ("d0", "r0", "won", "2026-05-02", "2026-05-20", 100.0),
                ("d1", "r1", "won", "2026-05-02", "2026-05-20", 99.0),
                ("d2", "r2", "won", "2026-05-02", "2026-05-20", 100.0),
            ),
            "plans": frame(
                ("scope", "scope_id", "metric", "period_start_on", "period_end_on", "value"),
                *[("rep", f"r{i}", "revenue", *month, 100.0) for i in range(3)],
            ),
        }
    )  # fmt: skip
    found = answer(store, "K61", "all")
    assert (found["value"], found["phi"], found["n"]) == (1.0, 1.0, 2)
    # single KPIs: met 3 times with the plan and twice without it, missed once each
    single = answer(store, "K61", "difference")
    assert (single["value"], single["n"]) == (pytest.approx(4 / 6 - 1 / 2), 8)


LISTED = ("kpi_id", "name", "role", "cadence", "weight_in_pay", "valid_from_on", "valid_to_on")


def test_load_is_counted_per_role_and_only_for_kpis_in_force():
    """
    Rep: 3 daily, 4 weekly, 5 monthly = 12; head: 2 monthly: mean (12 + 2) / 2 = 7. One ended on
    31 May, one begins on 1 August. Smallest weights 0.1 and 0.5: mean 0.3.
    """
    rows = [
        (f"r{i}", f"R{i}", "rep", cadence, 0.1 if i == 0 else None, "2025-01-01", None)
        for i, cadence in enumerate(["daily"] * 3 + ["weekly"] * 4 + ["monthly"] * 5)
    ]
    rows += [(f"h{i}", f"H{i}", "head", "monthly", 0.5, None, None) for i in range(2)]
    rows += [("old", "Old", "rep", "daily", 0.01, "2025-01-01", "2026-05-31"),
             ("new", "New", "rep", "daily", 0.01, "2026-08-01", None)]  # fmt: skip
    store = store_of({"kpis": frame(LISTED, *rows)})
    assert answer(store, "K62")["value"] == 7.0
    roles = measure(store, "K62", ["role"])
    roles = roles[roles["part"].eq("")].set_index("role")["value"]
    assert roles.to_dict() == {"rep": 12.0, "head": 2.0}
    parts = measure(store, "K62").set_index("part")["value"]
    assert parts[["daily", "weekly", "monthly", "quarterly"]].tolist() == [1.5, 2.0, 3.5, 0.0]
    assert parts["smallest_weight"] == pytest.approx(0.3)


def test_a_list_without_roles_is_one_role():
    """Three KPIs, nobody said whose: 3 / 1."""
    kpis = frame(("kpi_id", "name"), ("a", "A"), ("b", "B"), ("c", "C"))
    assert answer(store_of({"kpis": kpis}), "K62")["value"] == 3.0


def test_wording_of_the_first_golden_case():
    """38 of 39 names are English where people speak Hungarian: 1 / 39 = 2.6 %."""
    kpis = frame(
        ("kpi_id", "name", "name_lang"),
        *[(f"k{i}", f"KPI {i}", "en" if i else "hu") for i in range(39)],
    )
    found = answer(store_of({"kpis": kpis}, working_language="hu"), "K63")
    assert round(found["value"], 3) == 0.026
    assert (found["numerator"], found["denominator"]) == (1, 39)
    assert np.isnan(found["low"]), "a whole list is no sample"


def test_wording_counts_a_local_name_and_not_an_unknown_language():
    """English with a local name, Russian, unknown: 1 of the 2 whose language is known."""
    kpis = frame(
        ("kpi_id", "name", "name_lang", "local_name"),
        ("a", "Deals", "en", "Ügyletek"), ("b", "Сделки", "ru", None), ("c", "X", None, None),
    )  # fmt: skip
    found = answer(store_of({"kpis": kpis}, working_language="hu"), "K63")
    assert (found["value"], found["n"]) == (0.5, 2)


CHECKED = ("kpi_id", "name", "cadence", "checker", "check_routine", "last_checked_on",
           "formula_expr", "weight_in_pay")  # fmt: skip
CONTROL = frame(
    CHECKED,
    ("k0", "A", "daily", "head", "stand-up", "2026-06-29", "count(deals)", 0.4),
    ("k1", "B", "daily", "head", "stand-up", "2026-06-20", "count(deals)", 0.0),
    ("k2", "C", "weekly", "head", "review", "2026-06-24", "sum(x)", None),
    ("k3", "D", "monthly", "head", None, "2026-06-24", None, 0.2),
    ("k4", "E", "monthly", None, "review", "2026-06-24", None, None),
    ("k5", "F", "quarterly", "head", "review", "2026-03-01", None, None),
    ("k6", "G", None, "head", "review", "2026-05-01", None, None),
    ("k7", "H", "weekly", "head", "review", None, None, None),
)


def test_a_kpi_is_controlled_if_its_check_took_place_in_time():
    """
    On 1 July: k0 checked 2 days ago, k2 a week ago, k6 (no cadence) within a quarter: 3 of 8.
    k1 and k5 are late, k3 has no routine, k4 no checker, k7 no check; 7 of 8 name a checker.
    """
    store = store_of({"kpis": CONTROL})
    assert answer(store, "K66")["value"] == pytest.approx(3 / 8)
    assert answer(store, "K66", "named")["value"] == pytest.approx(7 / 8)


def test_formula_and_pay_are_counted_over_the_whole_list():
    """Three of eight have a formula; two of eight a weight above zero, and a zero is none."""
    store = store_of({"kpis": CONTROL})
    assert answer(store, "K64")["value"] == pytest.approx(3 / 8)
    assert answer(store, "K65")["value"] == pytest.approx(2 / 8)


def test_churn_is_changes_of_a_year_over_the_mean_length_of_the_list():
    """
    The year before 1 July 2026 has 365 days. Eight KPIs stand all year (one redefined), two were
    added with 73 days to go, two removed after 73 days: (1 + 2 + 2) / (8 + 0.4 + 0.4) = 0.568.
    The list of today has ten: 5 / 10 would be wrong. What is older changes nothing.
    """
    rows = [
        (f"k{i}", f"K{i}", "2024-01-01", None, "2025-12-01" if i == 0 else None) for i in range(8)
    ]
    rows += [(f"a{i}", f"A{i}", "2026-04-19", None, None) for i in range(2)]
    rows += [(f"d{i}", f"D{i}", "2024-01-01", "2025-09-11", None) for i in range(2)]
    rows += [("o", "O", "2024-01-01", "2025-03-01", "2024-05-01")]
    store = store_of(
        {"kpis": frame(("kpi_id", "name", "valid_from_on", "valid_to_on", "redefined_on"), *rows)}
    )
    found = answer(store, "K67")
    assert (found["numerator"], found["denominator"]) == (5.0, pytest.approx(8.8))
    assert found["value"] == pytest.approx(5 / 8.8)


def test_the_list_is_looked_at_when_the_period_asked_for_ends():
    """Until the end of May the third KPI was still in force: 3 then, 2 now."""
    kpis = frame(("kpi_id", "name", "valid_to_on"), ("a", "A", None), ("b", "B", None),
                 ("c", "C", "2026-05-31"))  # fmt: skip
    store = store_of({"kpis": kpis})
    assert answer(store, "K62")["value"] == 2.0
    assert answer(store, "K62", end=datetime(2026, 6, 1))["value"] == 3.0
    assert answer(store, "K62", end=AS_OF)["value"] == 2.0


# ---- a second computation ---------------------------------------------------------------------


@pytest.fixture(scope="module", params=SEEDS)
def client(request: pytest.FixtureRequest) -> tuple[Store, dict[str, pd.DataFrame]]:
    tables = make_client(request.param)
    return store_of(tables), local(tables)


def sums(cases: pd.DataFrame) -> pd.Series:
    x, y = cases["x"].sum(), cases["y"].sum()
    return pd.Series(
        {"value": x / y if y else np.nan, "n": float(len(cases)), "numerator": x, "denominator": y}
    )


def due(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    facts = tables["kpi_facts"].drop(columns="role")
    facts = facts[facts["period_end_on"] < AS_OF]
    facts = facts.merge(tables["reps"][["rep_id", "role"]], on="rep_id", how="left")
    facts = facts.merge(tables["kpis"][["kpi_id", "weight_in_pay", "obligation"]], on="kpi_id")
    return facts.assign(at=facts["period_start_on"], kpi=facts["kpi_id"])


@pytest.mark.parametrize("by", ((), ("rep", "month"), ("role", "quarter"), ("kpi",)))
def test_fulfilment_again(client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]):
    store, tables = client
    facts = due(tables)
    got = measure(store, "K60", by)
    judged = facts[facts["is_met"].notna()]
    met = judged["is_met"].astype(bool).astype(float)
    same(got, "", grouped(judged.assign(x=met, y=1.0), by, sums), by)
    unknown = facts.assign(x=facts["value"].isna().astype(float), y=1.0)
    same(got, "unmeasured", grouped(unknown, by, sums), by)
    heavy = judged.assign(x=met * judged["weight_in_pay"], y=judged["weight_in_pay"])
    same(got, "weighted", grouped(heavy.dropna(subset="y"), by, sums), by)


def phi(cases: pd.DataFrame) -> pd.Series:
    """Difference of two group means, and numpy's correlation of the two columns."""
    groups = cases.groupby("x")["y"].mean()
    known = len(groups) == 2
    varies = known and cases["y"].nunique() == 2
    return pd.Series(
        {"value": groups[1.0] - groups[0.0] if known else np.nan, "n": float(len(cases)),
         "phi": np.corrcoef(cases["x"], cases["y"])[0, 1] if varies else np.nan}
    )  # fmt: skip


@pytest.mark.parametrize("by", ((), ("role", "quarter"), ("rep",)))
def test_agreement_again(client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]):
    store, tables = client
    deals = sale_deals(tables)
    won = deals[deals["status"].eq("won") & deals["closed_at"].le(AS_OF)]
    month = won["closed_at"].dt.to_period("M").dt.start_time
    sold = won.groupby(["rep_id", month])["amount_base"].sum()
    plans = tables["plans"]
    plans = plans[plans["scope"].eq("rep") & plans["period_end_on"].lt(AS_OF)]
    y = [
        float(sold.get((r.scope_id, r.period_start_on), 0.0) >= r.value) for r in plans.itertuples()
    ]
    verdicts = plans.assign(rep_id=plans["scope_id"], at=plans["period_start_on"], y=y)
    cases = due(tables).merge(verdicts[["rep_id", "at", "y"]], on=["rep_id", "at"])
    got = measure(store, "K61", by)
    judged = cases[cases["is_met"].notna()]
    judged = judged.assign(x=judged["is_met"].astype(bool).astype(float))
    same(got, "difference", grouped(judged, by, phi), by)
    phis = grouped(judged, by, phi)
    same(got, "", phis.assign(value=phis["phi"]) if "phi" in phis else phis, by)
    rows = []
    bound = cases[cases["obligation"].eq("mandatory")]
    for (rep, at), part in bound.groupby(["rep_id", "at"]):
        states = [None if pd.isna(v) else bool(v) for v in part["is_met"]]
        if False in states or None not in states:
            rows.append((rep, part["role"].iloc[0], at, float(False not in states),
                         part["y"].iloc[0]))  # fmt: skip
    together = pd.DataFrame(rows, columns=["rep_id", "role", "at", "x", "y"])
    same(got, "all", grouped(together, by, phi), by)


@pytest.mark.parametrize("by", ((), ("role",), ("role", "year")))
def test_the_list_again(client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]):
    store, tables = client
    kpis = tables["kpis"]
    here = kpis["valid_to_on"].isna() | kpis["valid_to_on"].ge(AS_OF - pd.Timedelta(days=1))
    kpis = kpis[here & kpis["valid_from_on"].lt(AS_OF)].assign(
        at=AS_OF - pd.Timedelta(seconds=1), y=1.0
    )

    def check(kpi: str, x: pd.Series, part: str = "") -> None:
        same(measure(store, kpi, by), part, grouped(kpis.assign(x=x.astype(float)), by, sums), by)

    check("K63", kpis["name_lang"].eq("en"))
    check("K64", kpis["formula_expr"].notna())
    check("K65", kpis["weight_in_pay"].fillna(0).gt(0))
    age = (pd.Timestamp(AS_OF) - kpis["last_checked_on"]).dt.days
    limit = kpis["cadence"].map({"daily": 3, "weekly": 7, "monthly": 31, "quarterly": 92})
    check("K66", kpis["checker"].notna() & kpis["check_routine"].notna() & age.le(limit))
    check("K66", kpis["checker"].notna(), "named")
    first = ~kpis.sort_values(["name", "kpi_id"]).duplicated("role").reindex(kpis.index)
    kpis["y"] = first.astype(float)
    check("K62", pd.Series(1.0, kpis.index))
    check("K62", kpis["cadence"].eq("weekly"), "weekly")


@pytest.mark.parametrize("by", ((), ("role",)))
def test_churn_again(client: tuple[Store, dict[str, pd.DataFrame]], by: tuple[str, ...]):
    """Day by day over the 365 days: how long the list was, and what changed on the day."""
    store, tables = client
    kpis = tables["kpis"]
    days = pd.date_range(end=pd.Timestamp(AS_OF) - pd.Timedelta(days=1), periods=365)
    rows = []
    for kpi in kpis.itertuples():
        last = kpi.valid_to_on if pd.notna(kpi.valid_to_on) else pd.Timestamp.max
        length = sum(kpi.valid_from_on <= day <= last for day in days)
        dates = (kpi.valid_from_on, kpi.valid_to_on, kpi.redefined_on)
        rows.append((kpi.role, sum(date in days for date in dates if pd.notna(date)), length / 365))
    cases = pd.DataFrame(rows, columns=["role", "x", "y"])
    same(measure(store, "K67", by), "", grouped(cases, by, sums), by)
