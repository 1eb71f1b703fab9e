"""The second computation of a KPI: plain pandas over lists of cases, and its comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from made_client import AS_OF, ZONE

GRAINS = {"month": "M", "quarter": "Q", "year": "Y", "week": "W-SUN", "day": "D"}


def local(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Copies of the tables with instants as the client's wall time."""
    found = {}
    for name, rows in tables.items():
        rows = rows.copy()
        for column in rows:
            if isinstance(rows[column].dtype, pd.DatetimeTZDtype):
                rows[column] = rows[column].dt.tz_convert(ZONE).dt.tz_localize(None)
        found[name] = rows
    return found


def sale_deals(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Deals that are no tests, no duplicates and not in the qualification pipeline."""
    deals = tables["deals"].rename(columns={"owner_id": "rep_id"})
    fine = ~(deals["is_test"].astype(bool) | deals["is_duplicate"].astype(bool))
    return deals[fine & deals["pipeline_id"].eq("P1")].reset_index(drop=True)


def talks(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Conversations that took place, with the customer of their deal where only that is named."""
    rows = tables["activities"]
    rows = rows[~rows["is_automatic"].fillna(False).astype(bool) & (rows["started_at"] <= AS_OF)]
    connected = rows["is_connected"].fillna(False).astype(bool)
    held = rows["is_completed"].fillna(True).astype(bool)
    call = rows["kind"].eq("call") & connected & (rows["duration_s"].fillna(20) >= 20)
    meeting = rows["kind"].isin(["meeting", "visit", "demo"]) & held
    rows = rows[call | meeting | (rows["kind"].eq("chat") & held)].copy()
    minutes = rows["duration_s"].fillna(0) / 60
    rows["minutes"] = minutes + np.where(rows["kind"].isin(["call", "chat"]), 4.0, 30.0)
    owners = tables["deals"].set_index("deal_id")
    rows["of_kind"] = rows["deal_id"].map(owners["deal_kind"])
    through = rows["deal_id"].map(owners["customer_id"])
    rows["customer_id"] = rows["customer_id"].where(rows["customer_id"].notna(), through)
    return rows.assign(at=rows["started_at"])


def kaplan_meier(cases: pd.DataFrame) -> pd.Series:
    """Product-limit median of ``length`` [s] and ``over``, at the mean length of each hour."""
    at = cases.groupby(cases["length"] // 3600)["length"].transform("mean").to_numpy()
    over = cases["over"].to_numpy(dtype=bool)
    median, alive = np.nan, 1.0
    for moment in np.unique(at):
        alive *= 1 - (over & (at == moment)).sum() / (at >= moment).sum()
        if alive <= 0.5 + 1e-9:
            median = moment
            break
    return pd.Series({"value": median, "n": float(len(at)), "n_censored": float((~over).sum())})


def grouped(cases: pd.DataFrame, by: Sequence[str], answer) -> pd.DataFrame:
    """``answer(rows)`` of each group of ``by``; the period is that of ``at``."""
    cases = cases.copy()
    names = {"rep": "rep_id"}
    keys = []
    for name in by:
        if name in GRAINS:
            cases[f"key_{name}"] = cases["at"].dt.to_period(GRAINS[name]).dt.start_time
        else:
            cases[f"key_{name}"] = cases[names.get(name, name)].astype(object)
        keys.append(f"key_{name}")
    if not keys:
        return answer(cases).to_frame().T
    rows = []
    for key, part in cases.groupby(keys, dropna=False):
        rows.append({**dict(zip(by, key, strict=True)), **answer(part)})
    return pd.DataFrame(rows)


def quotient(cases: pd.DataFrame) -> pd.Series:
    """Sum of ``x`` over the number of rows."""
    n = float(len(cases))
    x = float(cases["x"].sum())
    value = x / n if n else np.nan
    return pd.Series({"value": value, "n": n, "numerator": x, "denominator": n})


def same(got: pd.DataFrame, part: str, want: pd.DataFrame, by: Sequence[str]) -> None:
    """The measure's part equals the second computation in every group and column."""
    got = got[got["part"] == part]
    got = got[got["n"] > 0] if by else got
    want = want[want["n"] > 0] if by else want
    assert len(want), "nothing to compare"
    columns = [c for c in want.columns if c not in by]

    def lines(rows: pd.DataFrame) -> pd.DataFrame:
        keys = [rows[k].astype(object).where(rows[k].notna(), "-").astype(str) for k in by]
        index = pd.MultiIndex.from_arrays(keys) if keys else pd.RangeIndex(len(rows))
        return rows[columns].astype(float).set_axis(index).sort_index()

    pd.testing.assert_frame_equal(
        lines(got), lines(want), rtol=1e-9, check_names=False, check_exact=False
    )


# ---- tables of the examples by hand ------------------------------------------------------------


def at(*moments: str | None) -> pd.Series:
    """Wall times of the made-up client."""
    return pd.to_datetime(pd.Series(moments), format="ISO8601").dt.tz_localize(ZONE)


def frame(columns: Sequence[str], *rows: Sequence[object]) -> pd.DataFrame:
    """A table; columns that end in _at are wall times."""
    table = pd.DataFrame(rows, columns=list(columns))
    for name in table:
        if name.endswith("_at"):
            table[name] = at(*table[name])
    return table


def calendar() -> pd.DataFrame:
    """Eight hours from Monday to Friday, 9 to 17."""
    days = pd.date_range("2025-12-01", "2026-12-31")
    work_s = np.where(days.day_of_week < 5, 8 * 3600.0, 0.0)
    return pd.DataFrame(
        {"date": days, "work_s": work_s, "start_s": 9 * 3600.0, "end_s": 17 * 3600.0,
         "before_s": np.concatenate([[0.0], np.cumsum(work_s)[:-1]])}
    )  # fmt: skip


STAGES = frame(
    ("pipeline_id", "stage_id", "stage_name", "stage_order", "semantic"),
    ("P", "1", "First talk", 1, "open"),
    ("P", "2", "Offer", 2, "open"),
    ("P", "3", "Contract", 3, "open"),
    ("P", "W", "Won", 4, "won"),
    ("P", "L", "Lost", 5, "lost"),
)
DEAL = ("deal_id", "customer_id", "status", "created_at", "closed_at")
EVENT = ("deal_id", "stage_id", "entered_at")
TALK = ("activity_id", "kind", "customer_id", "deal_id", "started_at")


def events(*rows: Sequence[object]) -> pd.DataFrame:
    """A stage history."""
    table = frame(EVENT, *rows).assign(pipeline_id="P")
    return table.assign(seq=range(len(table)))


def values(found: pd.DataFrame) -> dict[str, float]:
    """Value of each part."""
    return dict(zip(found["part"], found["value"], strict=True))
