"""
KPI facts as a block of numbers: KPI by period by rep, with the plan beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

#: Column order of a block: KPI, period, rep.
FACT_KEYS = ("kpi_id", "period", "rep_id")
PLAN_KEYS = ("period", "rep_id")
EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class KpiPanel:
    """
    The facts of a list of KPIs beside the attainment of the plan.

    Attributes
    ----------
    kpi_ids, periods, rep_ids : Index
        What the axes stand for, sorted; periods and reps of both tables.
    facts : ndarray, shape (kpis, periods, reps)
        Null where nothing was measured.
    plan : ndarray, shape (periods, reps)
        Null where there is no plan or no result.
    """

    kpi_ids: pd.Index
    periods: pd.Index
    rep_ids: pd.Index
    facts: FloatArray
    plan: FloatArray


def kpi_panel(
    facts: pd.DataFrame, plan: pd.DataFrame | None = None, column: str = "attainment"
) -> KpiPanel:
    """
    Lay out tidy KPI facts, and the plan beside them, by period and rep.

    The periods of both tables together are the calendar: a month that stands in
    neither does not exist. Facts without a rep are left out.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id``, ``rep_id``, ``period`` (anything that sorts) and ``column``;
        one row per KPI, rep and period.
    plan : DataFrame, optional
        ``rep_id``, ``period`` and ``column``.
    column : str
        What to lay out.

    Raises
    ------
    InputDataError
        If a column is missing, a period is empty, a number is infinite or a KPI
        has two values for one rep and period.
    """
    facts = checked(facts, FACT_KEYS, column, "the KPI facts")
    other = facts.iloc[:0] if plan is None else checked(plan, PLAN_KEYS, column, "the plan")
    kpi_ids = pd.Index(sorted(facts["kpi_id"].unique()), dtype=object)
    periods = pd.Index(facts["period"].unique()).union(pd.Index(other["period"].unique()))
    reps = pd.Index(sorted({*facts["rep_id"], *other["rep_id"]}), dtype=object)
    axes = {"period": periods, "rep_id": reps}
    return KpiPanel(
        kpi_ids,
        periods,
        reps,
        _block(facts, column, {"kpi_id": kpi_ids, **axes}),
        _block(other, column, axes),
    )


def checked(table: pd.DataFrame, keys: tuple[str, ...], column: str, what: str) -> pd.DataFrame:
    """Rows that name a rep, with one finite or missing number per key; else InputDataError."""
    lacking = [name for name in (*keys, column) if name not in table.columns]
    if lacking:
        raise InputDataError(f"{what} have no column {', '.join(lacking)}; add it.")
    kept = table.loc[table["rep_id"].notna(), [*keys, column]]
    if kept[list(keys)].isna().to_numpy().any():
        raise InputDataError(f"{what} have rows without {' or '.join(keys)}; fill them in.")
    try:
        kept = kept.assign(**{column: kept[column].astype(float)})
    except (TypeError, ValueError) as error:
        raise InputDataError(f"{column} of {what} must be numbers: {error}.") from None
    if np.isinf(kept[column]).any():
        bad = kept.loc[np.isinf(kept[column]), list(keys)].head(EXAMPLES).to_dict("records")
        raise InputDataError(f"{column} of {what} must be finite; check {bad}.")
    twice = kept.duplicated(list(keys))
    if twice.any():
        bad = kept.loc[twice, list(keys)].head(EXAMPLES).to_dict("records")
        raise InputDataError(
            f"{what} have {int(twice.sum())} rows whose {', '.join(keys)} stand there "
            f"already; keep one of each, for example of {bad}."
        )
    return kept


def _block(table: pd.DataFrame, column: str, axes: Mapping[str, pd.Index]) -> FloatArray:
    block = np.full([len(index) for index in axes.values()], np.nan)
    places = tuple(index.get_indexer(table[name]) for name, index in axes.items())
    block[places] = table[column].to_numpy(float)
    return block
