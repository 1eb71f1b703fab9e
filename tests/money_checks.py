"""Second computations of the money KPIs in pandas, and the comparison with the measures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made_client import AS_OF, ZONE

from kpikit.kpis.measuring import measure
from kpikit.kpis.store import Store

Tables = dict[str, pd.DataFrame]
FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}


def value_of(store: Store, kpi: str, part: str = "", **changes: object) -> float:
    """The KPI of the whole store."""
    found = measure(store, kpi, **changes)
    return float(found.loc[found["part"] == part, "value"].iloc[0])


def column_of(
    store: Store, kpi: str, by: str, part: str = "", name: str = "value", **changes: object
) -> dict:
    """Value of each group of one dimension or period; null groups under None, periods as text."""
    found = measure(store, kpi, [by], **changes)
    found = found[found["part"] == part]
    keys = [
        None if pd.isna(k) else (str(k)[:10] if isinstance(k, pd.Timestamp) else k)
        for k in found[by]
    ]
    return dict(zip(keys, found[name].tolist(), strict=True))


def wall(instants: pd.Series) -> pd.Series:
    """Local wall time."""
    return instants.dt.tz_convert(ZONE).dt.tz_localize(None)


def won(tables: Tables) -> pd.DataFrame:
    """Won deals of the sale pipelines that are no tests or duplicates."""
    deals = tables["deals"]
    real = ~(deals["is_test"].astype(bool) | deals["is_duplicate"].astype(bool))
    rows = deals[real & (deals["status"] == "won") & (deals["pipeline_id"] == "P1")].copy()
    rows["at"] = wall(rows["closed_at"])
    return rows[rows["at"] <= AS_OF].rename(columns={"owner_id": "rep"})


def with_customer(rows: pd.DataFrame, tables: Tables, column: str) -> pd.DataFrame:
    """The rows with a column of their customer."""
    home = tables["customers"].set_index("customer_id")[column]
    return rows.assign(**{column: rows["customer_id"].map(home)})


def per(rows: pd.DataFrame, by: list[str], sums: dict[str, str]) -> pd.DataFrame:
    """Sums of columns by dimensions and the period of ``at``; ``n`` counts rows."""
    keys = [
        rows["at"].dt.to_period(FREQUENCY[name]).dt.start_time.rename(name)
        if name in FREQUENCY
        else rows[name].rename(name)
        for name in by
    ]
    taken = rows[list(dict.fromkeys(sums.values()))].assign(n=1.0)
    if not by:
        grouped = taken.sum(min_count=1).to_frame().T
    else:
        grouped = taken.groupby(keys, dropna=False).sum(min_count=1).reset_index()
    for name, column in sums.items():
        grouped[name] = grouped[column]
    return grouped[[*by, "n", *sums]]


def agrees(
    store: Store, kpi: str, by: list[str], expected: pd.DataFrame, part: str = "", **changes: object
) -> None:
    """Fails unless the measure has the same groups and the same numbers to 1e-9."""
    found = measure(store, kpi, by, **changes)
    found = found[found["part"] == part].reset_index(drop=True)
    assert len(found) == len(expected), f"{kpi} {part} {by}: other groups"
    if by:
        keys = [name + "_key" for name in by]
        for table in (found, expected):
            for name, key in zip(by, keys, strict=True):
                table[key] = table[name].map(lambda v: "" if pd.isna(v) else str(v))
        found = found.sort_values(keys).reset_index(drop=True)
        expected = expected.sort_values(keys).reset_index(drop=True)
        assert found[keys].equals(expected[keys]), f"{kpi} {part} {by}: other groups"
    for name in ("value", "n", "numerator", "denominator"):
        if name in expected:
            np.testing.assert_allclose(
                found[name].astype("float64"), expected[name].astype("float64"),
                rtol=1e-9, atol=1e-9, err_msg=f"{kpi} {part} {by} {name}",
            )  # fmt: skip
    assert found["value"].notna().any(), f"{kpi} {part} {by}: nothing was compared"


def quotient(sums: pd.DataFrame) -> pd.DataFrame:
    """``value`` from ``numerator`` and ``denominator``, null where nothing divides."""
    below = sums["denominator"].where(sums["denominator"] != 0)
    return sums.assign(value=sums["numerator"] / below)
