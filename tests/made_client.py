# ruff: noqa: E501  the rows of the made-up tables read better on one line
"""A small client with every canonical table, made at random: awkward on purpose, for the KPI measures."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from kpikit.intake.columns import complete
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store, open_store, write_tables
from kpikit.vocabulary import DERIVED_TABLES

AS_OF = datetime(2026, 7, 1)
ZONE = "Europe/Moscow"
FIRST, LAST = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-06-30")
REPS = [f"r{i}" for i in range(1, 7)]
STAGES = [
    ("S1", 1, "open"),
    ("S2", 2, "open"),
    ("S3", 3, "open"),
    ("WON", 4, "won"),
    ("LOST", 5, "lost"),
]


def store_of(tables: dict[str, pd.DataFrame], **parameters: object) -> Store:
    """The tables in a DuckDB store in memory, missing canonical columns null."""
    filled = {n: t if n in DERIVED_TABLES else complete(t, n) for n, t in tables.items()}
    return write_tables(open_store(Parameters(as_of=AS_OF, **parameters)), filled, ZONE)


def make_client(seed: int, n_deals: int = 400) -> dict[str, pd.DataFrame]:
    """
    Canonical tables of a made-up client, instants in UTC as the door gives them.

    There are tests and duplicates among the deals, a qualification pipeline whose wins are
    no sales, deals without customer, amount or segment, customers without a segment, a
    rep who left, returns and cancelled invoices, unpaid and part-paid ones, unanswered
    surveys, open tickets, dials without talk, and rows later than the as-of instant.
    """
    rng = np.random.default_rng(seed)
    n_customers = max(20, n_deals // 4)
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n_customers)],
            "name": [f"Customer {i}" for i in range(n_customers)],
            "segment": rng.choice(["A", "B", "C", None], n_customers, p=[0.3, 0.3, 0.3, 0.1]),
            "channel": rng.choice(["direct", "dealer"], n_customers),
            "region": rng.choice(["North", "South", "East", None], n_customers),
            "contract_end_on": pd.Series(
                _dates(rng, n_customers, FIRST, LAST + pd.Timedelta(days=200))
            ).where(rng.random(n_customers) < 0.6),
            "is_internal": False,
        }
    )
    reps = pd.DataFrame(
        {
            "rep_id": REPS,
            "full_name": [f"Rep {r}" for r in REPS],
            "team": ["north"] * 3 + ["south"] * 3,
            "role": ["hunter"] * 4 + ["farmer"] * 2,
            "hired_on": pd.to_datetime(["2020-01-01"] * 5 + ["2025-10-01"]),
            "left_on": pd.to_datetime([None] * 4 + ["2026-02-15", None]),
            "fte": [1.0, 1.0, 1.0, 0.5, 1.0, 1.0],
            "is_active": [True] * 4 + [False, True],
            "is_human": True,
        }
    )
    stages = pd.DataFrame(
        [
            {"pipeline_id": pipeline, "stage_id": stage, "stage_name": stage, "stage_order": order,
             "semantic": semantic, "pipeline_role": role, "role": "rep"}
            for pipeline, role in (("P1", "sale"), ("P2", "qualification"))
            for stage, order, semantic in STAGES
        ]
    )  # fmt: skip
    deals, events = _deals(rng, n_deals, customers)
    invoices, lines = _documents(rng, n_deals // 2, customers)
    tables = {
        "customers": customers,
        "reps": reps,
        "stages": stages,
        "deals": deals,
        "stage_events": events,
        "activities": _activities(rng, n_deals * 6, deals),
        "invoices": invoices,
        "order_lines": lines,
        "payments": _payments(rng, invoices),
        "plans": _plans(),
        "absences": pd.DataFrame(
            {"rep_id": rng.choice(REPS, 40), "date": _dates(rng, 40, FIRST, LAST),
             "kind": "leave", "share": rng.choice([1.0, 0.5], 40)}
        ).drop_duplicates(["rep_id", "date"]),
        "costs": _costs(rng),
        "profits": _profits(rng),
        "surveys": pd.DataFrame(
            {"survey_id": [f"s{i}" for i in range(90)], "customer_id": rng.choice(customers["customer_id"], 90),
             "rep_id": rng.choice(REPS, 90), "sent_on": _dates(rng, 90, FIRST, LAST),
             "score": np.where(rng.random(90) < 0.6, rng.integers(1, 11, 90), np.nan)}
        ),
        "tickets": _tickets(rng, customers),
        "deliveries": _deliveries(rng, invoices),
        "markets": pd.DataFrame(
            {"market_id": ["m1", "m2", "m3"], "segment": ["A", "B", "C"], "region": None,
             "target_firms": [200.0, 400.0, 900.0], "potential_base": [5e7, 4e7, 3e7]}
        ),
        **_kpi_system(rng),
    }  # fmt: skip
    return {name: complete(rows, name) for name, rows in tables.items()} | _derived()


def _utc(local: pd.DatetimeIndex | pd.Series) -> pd.Series:
    stamps = pd.Series(pd.DatetimeIndex(local)).dt.floor("s")
    return stamps.dt.tz_localize(ZONE).dt.tz_convert("UTC")


def _dates(
    rng: np.random.Generator, n: int, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(
        first + pd.to_timedelta(rng.integers(0, (last - first).days + 1, n), "D")
    )


def _moments(rng: np.random.Generator, n: int) -> pd.DatetimeIndex:
    return _dates(rng, n, FIRST, LAST) + pd.to_timedelta(rng.integers(7 * 3600, 21 * 3600, n), "s")


def _deals(
    rng: np.random.Generator, n: int, customers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    created = _moments(rng, n)
    who = rng.choice(customers["customer_id"], n)
    amount = np.round(rng.lognormal(11, 0.8, n), 2)
    rows, events = [], []
    for i in range(n):
        at, best = created[i], 1
        pipeline = "P2" if rng.random() < 0.15 else "P1"
        moves = [("S1", at)]
        state, closed = "open", None
        while state == "open":
            at = at + pd.Timedelta(seconds=int(rng.exponential(9 * 86400)) + 1)
            if at > LAST:
                break
            step = rng.random()
            if step < 0.3:
                state, closed = "lost", at
                moves.append(("LOST", at))
            elif best < 3:
                best += 1
                moves.append((f"S{best}", at))
            else:
                state, closed = "won", at
                moves.append(("WON", at))
        rows.append(
            {
                "deal_id": f"d{i}", "title": f"Deal {i}", "customer_id": who[i] if rng.random() < 0.95 else None,
                "pipeline_id": pipeline, "stage_id": moves[-1][0], "status": state,
                "owner_id": rng.choice(REPS), "created_at": created[i], "closed_at": closed,
                "amount_base": amount[i] if rng.random() < 0.95 else np.nan,
                "cost_base": np.round(amount[i] * rng.uniform(0.4, 1.1), 2),
                "source": rng.choice(["site", "referral", "cold", None], p=[0.4, 0.2, 0.3, 0.1]),
                "segment": rng.choice(["A", "B", "C", None], p=[0.3, 0.3, 0.35, 0.05]),
                "deal_kind": rng.choice(["new", "renewal", "cross_sell"], p=[0.6, 0.25, 0.15]),
                "is_test": rng.random() < 0.03, "is_duplicate": rng.random() < 0.03, "is_imported": False,
            }
        )  # fmt: skip
        events += [
            {"event_id": f"e{i}-{k}", "deal_id": f"d{i}", "pipeline_id": pipeline, "stage_id": stage,
             "entered_at": moment, "seq": k, "kind": "created" if k == 0 else "move", "is_bulk": False,
             "origin": "history"}
            for k, (stage, moment) in enumerate(moves)
        ]  # fmt: skip
    deals, history = pd.DataFrame(rows), pd.DataFrame(events)
    deals["created_at"] = _utc(deals["created_at"])
    deals["closed_at"] = _utc(deals["closed_at"])
    history["entered_at"] = _utc(history["entered_at"])
    return deals, history


def _activities(rng: np.random.Generator, n: int, deals: pd.DataFrame) -> pd.DataFrame:
    pick = rng.integers(0, len(deals), n)
    kind = rng.choice(
        ["call", "meeting", "email", "chat", "task"], n, p=[0.6, 0.15, 0.1, 0.1, 0.05]
    )
    started = _moments(rng, n)
    linked = rng.random(n) < 0.8
    rows = pd.DataFrame(
        {
            "activity_id": [f"a{i}" for i in range(n)],
            "kind": kind,
            "direction": rng.choice(["in", "out"], n, p=[0.25, 0.75]),
            "rep_id": rng.choice([*REPS, None], n, p=[0.16] * 6 + [0.04]),
            "customer_id": np.where(
                linked, deals["customer_id"].to_numpy(dtype=object)[pick], None
            ),
            "deal_id": np.where(linked, deals["deal_id"].to_numpy(dtype=object)[pick], None),
            "started_at": started,
            "duration_s": np.where(
                np.isin(kind, ["call", "meeting"]), rng.integers(0, 1500, n), np.nan
            ),
            "is_completed": rng.random(n) < 0.93,
            "is_connected": np.where(kind == "call", rng.random(n) < 0.6, None),
            "is_automatic": rng.random(n) < 0.03,
            "created_at": started + pd.to_timedelta(rng.integers(0, 3 * 86400, n), "s"),
            "phone": rng.choice([f"+7900000{k:04d}" for k in range(200)], n),
            "purpose": rng.choice(["retention", "cross_sell", "acquisition", None], n),
        }
    )
    rows["started_at"] = _utc(rows["started_at"])
    rows["created_at"] = _utc(rows["created_at"])
    return rows


def _documents(
    rng: np.random.Generator, n: int, customers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    issued = _dates(rng, n, FIRST, LAST)
    kinds = rng.choice(["invoice", "invoice", "invoice", "shipment", "order", "return"], n)
    invoices = pd.DataFrame(
        {
            "invoice_id": [f"i{i}" for i in range(n)], "doc_kind": kinds,
            "customer_id": rng.choice(customers["customer_id"], n), "rep_id": rng.choice(REPS, n),
            "issued_on": issued, "due_on": issued + pd.to_timedelta(rng.choice([14, 30], n), "D"),
            "contract_end_on": pd.Series(issued + pd.Timedelta(days=365)).where(rng.random(n) < 0.3),
            "is_cancelled": rng.random(n) < 0.04,
        }
    )  # fmt: skip
    lines = []
    for i in range(n):
        for k in range(rng.integers(1, 4)):
            product = int(rng.integers(0, 12))
            units = float(rng.integers(1, 20)) * (-1 if kinds[i] == "return" else 1)
            amount = round(units * float(rng.uniform(100, 3000)), 2)
            lines.append(
                {
                    "line_id": f"l{i}-{k}", "invoice_id": f"i{i}",
                    "customer_id": invoices["customer_id"][i], "rep_id": invoices["rep_id"][i],
                    "issued_on": issued[i], "doc_kind": kinds[i], "product_id": f"p{product}",
                    "product_group": f"g{product % 3}", "units": units, "amount_base": amount,
                    "cost_base": round(amount * float(rng.uniform(0.5, 0.95)), 2),
                }
            )  # fmt: skip
    table = pd.DataFrame(lines)
    sums = table.groupby("invoice_id")[["amount_base", "cost_base"]].sum().round(2)
    invoices = invoices.join(sums, on="invoice_id")
    return invoices, table


def _payments(rng: np.random.Generator, invoices: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in invoices[invoices["doc_kind"].eq("invoice")].itertuples():
        if rng.random() < 0.1:
            continue
        parts = [1.0] if rng.random() < 0.7 else [0.4, 0.6]
        for share in parts:
            paid = row.issued_on + pd.Timedelta(days=int(rng.integers(0, 60)))
            if paid <= LAST:
                rows.append({"invoice_id": row.invoice_id, "customer_id": row.customer_id, "paid_on": paid,
                             "amount_base": round(row.amount_base * share, 2), "is_refund": False})  # fmt: skip
    for row in invoices[invoices["doc_kind"].eq("return")].itertuples():
        if rng.random() < 0.5:
            rows.append({"invoice_id": row.invoice_id, "customer_id": row.customer_id, "paid_on": row.issued_on,
                         "amount_base": row.amount_base, "is_refund": True})  # fmt: skip
    return pd.DataFrame(rows).assign(payment_id=lambda t: [f"pay{i}" for i in range(len(t))])


def _plans() -> pd.DataFrame:
    rows = []
    for month in pd.period_range("2025-01", "2026-12", freq="M"):
        for rep in REPS:
            rows.append({"scope": "rep", "scope_id": rep, "metric": "revenue", "version": "1", "unit": "RUB",
                         "period_start_on": month.start_time, "period_end_on": month.end_time.normalize(),
                         "value": 200_000.0})  # fmt: skip
        rows.append({"scope": "company", "scope_id": None, "metric": "profit", "version": "1", "unit": "RUB",
                     "period_start_on": month.start_time, "period_end_on": month.end_time.normalize(),
                     "value": 900_000.0})  # fmt: skip
    return pd.DataFrame(rows).assign(plan_id=lambda t: [f"plan{i}" for i in range(len(t))])


def _costs(rng: np.random.Generator) -> pd.DataFrame:
    rows = [
        {"period_start_on": m.start_time, "period_end_on": m.end_time.normalize(), "kind": kind,
         "channel": channel, "segment": None, "rep_id": None, "amount_base": float(rng.integers(40_000, 90_000))}
        for m in pd.period_range("2025-01", "2026-06", freq="M")
        for kind in ("sales", "marketing") for channel in ("direct", "dealer")
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(cost_id=lambda t: [f"k{i}" for i in range(len(t))])


def _profits(rng: np.random.Generator) -> pd.DataFrame:
    rows = [
        {"period_start_on": m.start_time, "period_end_on": m.end_time.normalize(), "level": level,
         "segment": None, "revenue_base": 5_000_000.0, "amount_base": float(rng.integers(-200_000, 1_500_000))}
        for m in pd.period_range("2025-01", "2026-06", freq="M") for level in ("gross", "net")
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(profit_id=lambda t: [f"f{i}" for i in range(len(t))])


def _tickets(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    opened = _moments(rng, 120)
    solved = opened + pd.to_timedelta(rng.integers(600, 10 * 86400, 120), "s")
    return pd.DataFrame(
        {
            "ticket_id": [f"t{i}" for i in range(120)],
            "kind": rng.choice(["complaint", "service"], 120),
            "customer_id": rng.choice(customers["customer_id"], 120), "rep_id": rng.choice(REPS, 120),
            "product_group": rng.choice(["g0", "g1", "g2"], 120), "opened_at": _utc(opened),
            "resolved_at": _utc(pd.Series(solved).where((rng.random(120) < 0.8) & (solved <= LAST))),
        }
    )  # fmt: skip


def _deliveries(rng: np.random.Generator, invoices: pd.DataFrame) -> pd.DataFrame:
    sent = invoices[invoices["doc_kind"].isin(["invoice", "shipment"])].reset_index(drop=True)
    promised = sent["issued_on"] + pd.Timedelta(days=7)
    delivered = sent["issued_on"] + pd.to_timedelta(rng.integers(2, 14, len(sent)), "D")
    return pd.DataFrame(
        {"delivery_id": [f"v{i}" for i in range(len(sent))], "invoice_id": sent["invoice_id"],
         "customer_id": sent["customer_id"], "promised_on": promised,
         "delivered_on": delivered.where(delivered <= LAST)}
    )  # fmt: skip


def _kpi_system(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    n = 9
    kpis = pd.DataFrame(
        {
            "kpi_id": [f"k{i}" for i in range(n)], "name": [f"KPI {i}" for i in range(n)],
            "name_lang": ["en"] * 6 + ["ru"] * 3, "role": ["hunter"] * 6 + ["farmer"] * 3,
            "cadence": ["daily", "weekly", "monthly"] * 3, "in_pay": [True] * 4 + [False] * 5,
            "weight_in_pay": [0.4, 0.3, 0.2, 0.1] + [np.nan] * 5,
            "checker": ["head"] * 3 + [None] * 6,
            "check_routine": ["weekly meeting"] * 2 + [None] * 7,
            "last_checked_on": pd.to_datetime(["2026-06-20", "2026-06-01"] + [None] * 7),
            "formula_expr": ["count(deals)"] * 3 + [None] * 6,
            "valid_from_on": pd.to_datetime(["2025-01-01"] * 6 + ["2025-09-01"] * 3),
            "valid_to_on": pd.to_datetime([None] * 8 + ["2026-03-01"]),
            "redefined_on": pd.to_datetime([None] * 7 + ["2026-01-10", None]),
            "obligation": ["mandatory"] * 5 + ["optional"] * 4,
        }
    )  # fmt: skip
    facts = [
        {"kpi_id": f"k{i}", "rep_id": rep, "role": None, "period_start_on": m.start_time,
         "period_end_on": m.end_time.normalize(), "value": value, "target": 100.0,
         "attainment": value / 100.0, "is_met": None if np.isnan(value) else bool(value >= 100.0)}
        for m in pd.period_range("2025-07", "2026-06", freq="M") for rep in REPS for i in range(n)
        for value in [float(rng.normal(100, 15)) if rng.random() < 0.9 else np.nan]
    ]  # fmt: skip
    return {
        "kpis": kpis,
        "kpi_facts": pd.DataFrame(facts).assign(fact_id=lambda t: [f"x{i}" for i in range(len(t))]),
        "pay_rules": pd.DataFrame(
            {"rule_id": ["r1", "r2"], "role": ["hunter", "farmer"], "kpi_id": ["k0", "k6"], "weight": [1.0, 1.0],
             "base_pay": [60_000.0, 70_000.0], "target_bonus": [40_000.0, 20_000.0]}
        ),
    }  # fmt: skip


def _derived() -> dict[str, pd.DataFrame]:
    days = pd.date_range("2024-01-01", "2027-12-31")
    hours = np.where(days.day_of_week < 5, 8.0, 0.0)
    work_s = hours * 3600
    calendar = pd.DataFrame(
        {"date": days, "work_s": work_s, "start_s": 9 * 3600.0, "end_s": 18 * 3600.0,
         "before_s": np.concatenate([[0.0], np.cumsum(work_s)[:-1]])}
    )  # fmt: skip
    months = pd.period_range("2026-07", "2026-12", freq="M").start_time
    workload = pd.DataFrame(
        [{"role": role, "segment": segment, "kind": kind, "month_start_on": m, "required_h": 210.0 + 10 * k,
          "required_contacts": 400.0 + 10 * k}
         for k, m in enumerate(months) for role in ("hunter", "farmer") for segment in ("A", "B") for kind in ("call", "meeting")]
    )  # fmt: skip
    capacity = pd.DataFrame(
        [{"role": role, "month_start_on": m, "available_h": 68.0 * fte, "hours_per_fte": 68.0, "fte": fte, "required_fte": 2 * fte, "work_days": 20.0}
         for m in months for role, fte in (("hunter", 3.5), ("farmer", 2.0))]
    )  # fmt: skip
    needs = pd.DataFrame(
        [
            {"segment": s, "month_start_on": m, "new_wins": w}
            for m in months
            for s, w in (("A", 3.0), ("B", 5.0))
        ]
    )
    return {"calendar": calendar, "workload": workload, "capacity": capacity, "needs": needs}
