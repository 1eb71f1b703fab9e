"""Case B1 of ``kpi_engine.py`` in pandas: only the columns that are used, texts as categories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

NOW = pd.Timestamp("2026-01-01")
OLD = NOW - pd.Timedelta(days=38)
FAR = pd.Timestamp("2200-01-01")
MEETINGS = ["meeting", "visit", "demo"]
BY = ["month", "rep", "segment"]


def runner(case: str) -> Callable[[Path], list[Any]]:
    """What answers case B1 from the files of a folder, as frames of sums."""
    import pyarrow  # noqa: F401

    def run(folder: Path) -> list[Any]:
        deals = _deals(folder)
        return [_activities(folder), *_closed(deals), _created(deals), *_customers(folder, deals)]

    return run


def _month(moment: pd.Series) -> pd.Series:
    return moment.to_numpy().astype("datetime64[M]").astype("datetime64[s]")


def _sums(rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    return rows.groupby(BY, observed=True).agg(**columns).reset_index()


def _activities(folder: Path) -> pd.DataFrame:
    columns = ["kind", "rep_id", "customer_id", "started_at", "duration_s", "is_connected",
               "is_completed", "is_automatic", "result"]  # fmt: skip
    rows = pd.read_parquet(folder / "activities.parquet", columns=columns)
    rows["kind"], rows["rep_id"] = (
        rows["kind"].astype("category"),
        rows["rep_id"].astype("category"),
    )
    rows = rows[rows["is_automatic"].ne(True) & (rows["started_at"] <= NOW)]
    segments = pd.read_parquet(folder / "customers.parquet", columns=["customer_id", "segment"])
    segment = rows["customer_id"].map(segments.set_index("customer_id")["segment"])
    call, entered = rows["kind"].eq("call"), rows["kind"].isin(MEETINGS)
    written = rows["is_completed"].eq(True) | (rows["is_completed"].isna() & rows["result"].notna())
    flags = pd.DataFrame(
        {
            "month": _month(rows["started_at"]), "rep": rows["rep_id"].to_numpy(),
            "segment": segment.astype("category").to_numpy(),
            "K52": (call & rows["is_connected"].eq(True)
                    & rows["duration_s"].fillna(20).ge(20)).to_numpy(),
            "K52.dials": call.to_numpy(), "K53": (entered & written).to_numpy(),
            "K53.entered": entered.to_numpy(),
        }
    )  # fmt: skip
    names = ("K52", "K52.dials", "K53", "K53.entered")
    return _sums(flags, **{f"{name}_n": (name, "sum") for name in names})


def _deals(folder: Path) -> pd.DataFrame:
    columns = ["deal_id", "customer_id", "owner_id", "status", "created_at", "closed_at",
               "amount_base", "cost_base", "segment", "deal_kind", "is_test",
               "is_duplicate"]  # fmt: skip
    rows = pd.read_parquet(folder / "deals.parquet", columns=columns)
    odd = rows["is_test"].eq(True) | rows["is_duplicate"].eq(True)
    return rows[~odd & (rows["created_at"] <= NOW)].rename(columns={"owner_id": "rep"})


def _closed(deals: pd.DataFrame) -> list[pd.DataFrame]:
    rows = deals[deals["status"].isin(["won", "lost"]) & (deals["closed_at"] <= NOW)]
    profit = rows["amount_base"] - rows["cost_base"]
    known = rows["amount_base"].where(profit.notna())
    rows = rows.assign(
        month=_month(rows["closed_at"]), one=1, profit=profit, xx=rows["amount_base"] ** 2,
        pp=profit**2, loss=profit < 0, known=known, yy=known**2, xy=profit * known,
        won=rows["status"].eq("won"), lost=rows["status"].eq("lost"),
    )  # fmt: skip
    won = _sums(
        rows[rows["won"]],
        K43_n=("one", "sum"), K01_n=("one", "sum"), K01_x=("amount_base", "sum"),
        K01_xx=("xx", "sum"), K19_n=("one", "sum"), K19_x=("amount_base", "sum"),
        K19_filled=("amount_base", "count"), K19_median=("amount_base", "median"),
        K12_n=("profit", "count"), K12_x=("profit", "sum"), K12_filled=("profit", "count"),
        K12_xx=("pp", "sum"), K12_median=("profit", "median"), K09_n=("profit", "count"),
        K09_x=("profit", "sum"), K09_y=("known", "sum"), K09_yy=("yy", "sum"),
        K09_xy=("xy", "sum"),
        **{"K12.loss_making_n": ("profit", "count"), "K12.loss_making_x": ("loss", "sum")},
    )  # fmt: skip
    decided = _sums(
        rows, K42_n=("one", "sum"), K42_x=("won", "sum"), K42_y=("lost", "sum"),
        **{"K42.win_rate_n": ("one", "sum"), "K42.win_rate_x": ("won", "sum")},
    )  # fmt: skip
    return [won, decided]


def _created(deals: pd.DataFrame) -> pd.DataFrame:
    leads = deals["deal_kind"].fillna("new").isin(["new", "unknown"])
    rows = deals[leads & (deals["created_at"] <= OLD)]
    sold = rows["status"].eq("won") & (rows["closed_at"] <= NOW)
    rows = rows.assign(month=_month(rows["created_at"]), sold=sold)
    return _sums(rows, K39_n=("sold", "size"), K39_x=("sold", "sum"))


def _customers(folder: Path, deals: pd.DataFrame) -> list[pd.DataFrame]:
    sold = deals["status"].eq("won") & (deals["closed_at"] <= NOW) & deals["customer_id"].notna()
    first = deals[sold].sort_values(["closed_at", "deal_id"]).drop_duplicates("customer_id")
    known = pd.read_parquet(folder / "customers.parquet", columns=["customer_id", "first_order_on"])
    earlier = first["customer_id"].map(known.set_index("customer_id")["first_order_on"])
    moment = first["closed_at"].where(~(earlier < first["closed_at"]), earlier)
    firsts = _sums(first.assign(month=_month(moment)), K20_n=("deal_id", "size"))
    gone = deals["closed_at"].where(deals["status"] != "open", FAR)
    months = pd.date_range("2023-01-01", NOW, freq="MS", inclusive="left")
    found = []
    for month in months:
        moment = month + pd.offsets.MonthBegin() - pd.Timedelta(seconds=1)
        here = deals[(deals["created_at"] <= moment) & (gone > moment)]
        counts = here.groupby(["rep", "segment"])[["customer_id", "deal_id"]].nunique()
        found.append(counts.reset_index().assign(month=month))
    in_work = pd.concat(found, ignore_index=True)
    names = {"customer_id": "K35_n", "deal_id": "K35.deals_n"}
    return [firsts, in_work.rename(columns=names)]
