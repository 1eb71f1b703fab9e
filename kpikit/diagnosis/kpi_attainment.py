"""
How far each KPI reached its target, told so that more is better.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError

_FACTS = ("kpi_id", "value", "target", "attainment", "is_met")
_LIST = ("kpi_id", "direction", "target", "target_low", "target_high")


def with_attainment(facts: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """
    Fill in the attainments that the client left to be computed.

    What the client states is kept. Else the attainment is value over target, for a KPI
    of which less is better target over value; the target is that of the fact, else that
    of the list. Inside a band there is no more or less: the KPI is met or not.

    Parameters
    ----------
    facts : DataFrame
        Table ``kpi_facts``; ``kpi_id value target attainment is_met``.
    kpis : DataFrame
        Table ``kpis``; ``kpi_id direction target target_low target_high``.

    Returns
    -------
    DataFrame
        The facts with ``target``, ``attainment`` [share] and ``is_met`` filled where
        they follow; nothing follows from a target of zero.

    Raises
    ------
    InputDataError
        If a column is missing.
    """
    for name, table, columns in (("facts", facts, _FACTS), ("list", kpis, _LIST)):
        lacking = [column for column in columns if column not in table.columns]
        if lacking:
            raise InputDataError(f"the {name} of KPIs lack the columns {', '.join(lacking)}.")
    listed = kpis.drop_duplicates("kpi_id").set_index("kpi_id")
    own = {name: facts["kpi_id"].map(listed[name]) for name in _LIST[1:]}
    value = facts["value"].astype(float)
    target = facts["target"].astype(float).fillna(own["target"].astype(float))
    less = own["direction"].eq("lower")
    top, bottom = value.where(~less, target), target.where(~less, value)
    ratio = (top / bottom).where((top >= 0) & (bottom > 0))
    low, high = own["target_low"].astype(float), own["target_high"].astype(float)
    banded = own["direction"].isin(["band", "norm"]) & (low.notna() | high.notna())
    inside = ((value >= low) | low.isna()) & ((value <= high) | high.isna())
    met = facts["is_met"].astype("boolean")
    met = met.fillna(inside.astype("boolean").where(banded & value.notna()))
    attainment = facts["attainment"].astype(float).fillna(ratio.where(~banded))
    return facts.assign(
        target=target, attainment=attainment.replace([np.inf, -np.inf], np.nan), is_met=met
    )


def newest(facts: pd.DataFrame) -> pd.DataFrame:
    """
    One fact for each KPI, rep, role and period: of several the one reported last.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id role period_start_on period_end_on reported_at``; facts without an
        instant of report come before those with one.
    """
    keys = ["kpi_id", "rep_id", "role", "period_start_on", "period_end_on"]
    ordered = facts.sort_values("reported_at", kind="stable", na_position="first")
    return ordered.drop_duplicates(keys, keep="last").sort_index()
