"""
Is the target of each KPI within reach: how often the target of today was reached so far.

The months behind are held against the target that holds now, whatever was asked then:
a target that was raised yesterday is not easy because the old one was met.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from kpikit.diagnosis.concordance import clustered_share
from kpikit.diagnosis.payout import settled
from kpikit.diagnosis.shares import LEVEL, beta_posterior
from kpikit.diagnosis.targets import REACH_BAND, verdict_of

#: Fewer periods say too little on the next one.
LEAST_PERIODS = 8
#: Older periods are another business. [periods]
MOST_PERIODS = 12
ODDS_COLUMNS = (
    "kpi_id", "probability", "low", "high", "verdict", "capacity_probability", "reach", "n",
    "periods", "reps", "status", "reason",
)  # fmt: skip
BASE_NOT_NAMED = "base_not_named"


def kpi_target_odds(
    facts: pd.DataFrame,
    directions: Mapping[str, str],
    *,
    capacity: Mapping[str, float] | None = None,
    unnamed: Collection[str] = (),
    level: float = LEVEL,
) -> pd.DataFrame:
    """
    Probability that a rep reaches the target of a KPI in a period to come.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id period value target attainment is_met``; null where not known.
        Rows without a rep are used where a KPI has no others. [unit of the KPI], [share]
    directions : mapping of str to str
        KPI -> ``higher`` or ``lower``, which is better. Others are judged by what the
        client reported of each period.
    capacity : mapping of str to float, optional
        KPI -> probability that the people at hand can carry the target. [share]
    unnamed : collection of str
        KPIs whose target is a growth on a base that nobody named.
    level : float
        [share]

    Returns
    -------
    DataFrame
        One row per KPI: ``probability`` (of the Jeffreys prior, never quite 0 or 1) and its
        interval, in which whole reps are resampled [share]; ``verdict`` (of
        :func:`~kpikit.diagnosis.targets.verdict_of`, or ``base_not_named``);
        ``capacity_probability`` [share]; ``reach`` (``too_high``, ``within``, ``too_low``);
        ``n`` rep-periods, ``periods``, ``reps``; ``status`` and ``reason``
        (``few_periods``, ``no_target``, ``base_not_named``).
    """
    carried = capacity or {}
    rows = []
    for kpi in sorted(facts["kpi_id"].dropna().unique()):
        own = facts[facts["kpi_id"] == kpi]
        named = own[own["rep_id"].notna()]
        own = named if len(named) else own.assign(rep_id="team")
        rows.append(
            {"kpi_id": kpi, "capacity_probability": carried.get(str(kpi))}
            | _odds(own, directions.get(str(kpi), ""), str(kpi) in unnamed, level)
        )
    table = pd.DataFrame(rows, columns=list(ODDS_COLUMNS))
    numbers = {name: float for name in ("probability", "low", "high", "capacity_probability")}
    return table.astype(numbers)


def _odds(own: pd.DataFrame, direction: str, is_unnamed: bool, level: float) -> dict[str, object]:
    met = reached(own, direction)
    known = own.assign(met=met)[met.notna()]
    last = np.sort(known["period"].unique())[-MOST_PERIODS:]
    known = known[known["period"].isin(last)]
    found: dict[str, object] = {
        "n": len(known),
        "periods": len(last),
        "reps": known["rep_id"].nunique(),
        "status": "not_computable",
    }
    if is_unnamed:
        return found | {"verdict": BASE_NOT_NAMED, "reason": BASE_NOT_NAMED}
    if len(last) < LEAST_PERIODS:
        has_target = own[["target", "attainment"]].notna().any(axis=None)
        return found | {"reason": "few_periods" if has_target else "no_target"}
    hits = known["met"].to_numpy(float)
    around = clustered_share(hits, known["rep_id"], level)
    probability = beta_posterior(float(hits.sum()), len(hits)).mean
    least, most = REACH_BAND
    reach = "too_high" if probability < least else "too_low" if probability > most else "within"
    return found | {
        "probability": probability,
        "low": min(around.low, probability),
        "high": max(around.high, probability),
        "verdict": verdict_of(probability),
        "reach": reach,
        "status": "ok",
        "reason": None,
    }


def reached(own: pd.DataFrame, direction: str) -> pd.Series:
    """
    Whether the target of today was reached, 1, 0 or null, for each row of one KPI.

    The last target of each rep stands for all its periods; without values, a target or a
    known direction the row's own verdict or attainment counts.
    """
    stated = own["is_met"].map({True: 1.0, False: 0.0}).astype(float)
    attained = pd.Series(settled(own["attainment"]), index=own.index)
    met = stated.fillna((attained >= 1).astype(float).where(attained.notna()))
    if direction not in ("higher", "lower"):
        return met
    ordered = own.sort_values("period", kind="stable")
    last = ordered.dropna(subset=["target"]).groupby("rep_id")["target"].last()
    asked = own["rep_id"].map(last).astype(float)
    value = own["value"].astype(float)
    better = value >= asked - 1e-9 if direction == "higher" else value <= asked + 1e-9
    return better.astype(float).where(value.notna() & asked.notna()).fillna(met)
