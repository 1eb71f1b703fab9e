"""
The facts that pay depends on: sales, plan and KPIs of each rep and period, side by side.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

FACT_COLUMNS = ("rep_id", "period", "sales", "plan", "margin")


@dataclass(frozen=True, eq=False)
class PayFacts:
    """
    What the pay of a period depends on.

    Attributes
    ----------
    periods : DataFrame
        One row per rep and period: ``rep_id``, ``period``, ``sales``, ``plan`` and
        ``margin`` [money]; missing where not known.
    attainment : DataFrame
        Same rows, one column per KPI. [share]
    """

    periods: pd.DataFrame
    attainment: pd.DataFrame

    def among(self, rows: npt.NDArray[np.bool_]) -> PayFacts:
        """The facts of some rows."""
        return PayFacts(self.periods[rows], self.attainment[rows])


def pay_facts(
    rep_periods: pd.DataFrame, kpi_facts: pd.DataFrame, kpi_ids: Collection[str] = ()
) -> PayFacts:
    """
    Lay the attainments of the KPIs beside the sales of each rep and period.

    Parameters
    ----------
    rep_periods : DataFrame
        ``rep_id period sales plan margin``, one row per rep and period. [money]
    kpi_facts : DataFrame
        ``kpi_id rep_id period attainment``, one row per KPI, rep and period. [share]
    kpi_ids : collection of str
        KPIs that must have a column even where nothing was measured.

    Raises
    ------
    InputDataError
        If a column is missing or a rep has two rows for one period.
    """
    absent = [name for name in FACT_COLUMNS if name not in rep_periods.columns]
    if absent:
        raise InputDataError(
            f"the facts of the reps lack {', '.join(absent)}; missing values may be null, "
            "the columns must be there."
        )
    keys = ["rep_id", "period"]
    for table, own, what in (
        (rep_periods, keys, "sales"),
        (kpi_facts, ["kpi_id", *keys], "KPI facts"),
    ):
        twice = table[table.duplicated(own)]
        if len(twice):
            row = twice.iloc[0]
            raise InputDataError(
                f"{what}: {len(twice)} rows repeat a rep and period, such as rep "
                f"{row['rep_id']} in {row['period']}; keep one row each."
            )
    periods = rep_periods[list(FACT_COLUMNS)].reset_index(drop=True)
    wide = kpi_facts.pivot(index=keys, columns="kpi_id", values="attainment")
    wide = wide.reindex(columns=sorted(set(wide.columns) | set(kpi_ids)))
    wide = wide.reindex(pd.MultiIndex.from_frame(periods[keys])).reset_index(drop=True)
    return PayFacts(periods, wide.astype(float))


def team_attainment(facts: PayFacts) -> FloatArray:
    """Sales over plan of the whole team in the period of each row (sums, not means). [share]"""
    table = facts.periods
    known = table[["sales", "plan"]].notna().all(axis=1)
    sums = table[["sales", "plan"]].where(known, 0.0).groupby(table["period"]).transform("sum")
    sold, asked = sums["sales"].to_numpy(float), sums["plan"].to_numpy(float)
    return np.divide(sold, asked, out=np.full(len(table), np.nan), where=asked > 0)


def plan_attainment(facts: PayFacts) -> FloatArray:
    """Sales over plan of each row; null without a plan. [share]"""
    sold = facts.periods["sales"].to_numpy(float)
    asked = facts.periods["plan"].to_numpy(float)
    return np.divide(sold, asked, out=np.full(len(sold), np.nan), where=asked > 0)
