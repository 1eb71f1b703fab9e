"""
Links that show at once or only after the sales cycle: each KPI is asked at several lags.

Nobody knows beforehand whether a better month in a KPI shows in the plan of the same month
or a cycle later. Every lag is a question of its own in one family, so the rate of false
discoveries holds over all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.linkage import CANNOT_JUDGE, LINKED, OPPOSED, LinkageAudit, judge_registry
from kpikit.errors import InputDataError

_MARK = "\x1f"


def judge_at_lags(
    facts: pd.DataFrame,
    plan: pd.DataFrame,
    rng: np.random.Generator,
    lags: Mapping[str, Sequence[int]],
    *,
    components: Collection[str] = (),
    **limits: Any,
) -> LinkageAudit:
    """
    :func:`~kpikit.diagnosis.linkage.judge_registry` at every lag of each KPI.

    Parameters
    ----------
    facts, plan, rng, components, limits
        As there.
    lags : mapping of str to sequence of int
        Periods after which a KPI may show in the plan; 0 for KPIs not named.

    Returns
    -------
    LinkageAudit
        One row per KPI: the lag that proves a link, else the one with the smallest
        p-value. ``q_value`` and ``p_holm`` count all lags.

    Raises
    ------
    InputDataError
        If a KPI is named without a lag, or as ``judge_registry`` does.
    """
    empty = sorted(kpi for kpi, own in lags.items() if not len(own))
    if empty:
        raise InputDataError(f"no lag is named for {', '.join(empty)}; name 0 at least.")
    asked = {
        f"{kpi}{_MARK}{lag}": (kpi, int(lag))
        for kpi in facts["kpi_id"].unique()
        for lag in dict.fromkeys(lags.get(kpi, (0,)))
    }
    copies = [facts[facts["kpi_id"] == kpi].assign(kpi_id=name) for name, (kpi, _) in asked.items()]
    found = judge_registry(
        pd.concat(copies) if copies else facts,
        plan,
        rng,
        components=[name for name, (kpi, _) in asked.items() if kpi in set(components)],
        lags={name: lag for name, (_, lag) in asked.items()},
        **limits,
    )
    table = found.table.assign(
        kpi_id=[asked[name][0] for name in found.table["kpi_id"]],
        _rank=found.table["verdict"].map({LINKED: 0, OPPOSED: 0, CANNOT_JUDGE: 2}).fillna(1),
    )
    best = table.sort_values(["kpi_id", "_rank", "p_value", "lag"], kind="stable")
    one = best.drop_duplicates("kpi_id").drop(columns="_rank").reset_index(drop=True)
    return replace(found, table=one)
