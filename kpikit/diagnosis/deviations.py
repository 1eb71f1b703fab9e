"""
Plan against fact: which deviations deserve a meeting.

A table of red and green cells turns red for half of all KPIs whose plan is met
exactly on average. A deviation is reported only when the plan lies outside the
interval of the fact and the KPI did not just behave as it always does; the rest
is noise and is marked so. What is real is ranked by money.

References
----------
.. [1] D. J. Wheeler, Understanding Variation: The Key to Managing Chaos, 2nd ed.,
   SPC Press, 2000, chapters 1-3 (comparing with a specification is no analysis).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError
from kpikit.vocabulary import KPI_DIRECTIONS

REQUIRED = ("kpi_id", "value", "low", "high", "direction")
OPTIONAL_NUMBERS = (
    "plan", "plan_low", "plan_high", "money_per_unit", "limit_low", "limit_high",
)  # fmt: skip
#: Directions that are met between two ends, not on one side of one number.
TWO_SIDED = ("band", "norm")

RESULT_COLUMNS = (
    "deviation", "deviation_low", "deviation_high", "deviation_share", "money", "money_low",
    "money_high", "size", "verdict", "is_noise", "rank", "status", "reason",
)  # fmt: skip


def rank_deviations(table: pd.DataFrame) -> pd.DataFrame:
    """
    Rank the deviations of facts from the plan, noise last.

    A deviation is noise when the plan lies in the interval of the fact, or when
    plan and fact both lie within the natural process limits of the KPI's history:
    the KPI did what it always does. At level 0.9, of 10 KPIs that meet their plan
    on average, about one is reported all the same: read a long list accordingly.

    Parameters
    ----------
    table : DataFrame
        One row per KPI, or per KPI and rep, with columns

        - ``kpi_id``, and whatever else names the row (``rep_id``, ``unit``, ...).
        - ``value``, ``low``, ``high``: fact and its interval, null where unknown.
        - ``direction``: ``higher``, ``lower``, ``band`` or ``norm``.
        - ``plan``; for a band ``plan_low`` and ``plan_high``, either may be null.
          A norm is missed on both sides.
        - ``money_per_unit``: what one unit nearer to the plan is worth, at
          least 0, null where unknown; optional. [money/unit]
        - ``limit_low``, ``limit_high``: natural process limits, see
          :func:`kpikit.diagnosis.trends.xmr`; optional.

    Returns
    -------
    DataFrame
        The rows in order of ``rank``, with their columns and

        - ``deviation``, ``deviation_low``, ``deviation_high``: above 0 is better
          than the plan, below 0 worse, whatever the direction; 0 inside a band.
          [unit of the KPI]
        - ``deviation_share``: part of the plan, null where the plan is 0. [share]
        - ``money``, ``money_low``, ``money_high``: what it is worth. [money]
        - ``size``: deviation over half the width of the interval, or of the limits
          where there is no interval. [1]
        - ``verdict``: ``better``, ``worse``, ``noise``, ``on_plan`` (inside a band)
          or ``unknown``; ``is_noise``, null where unknown.
        - ``rank``: 1 is first; real ones by money, then by size; null for others.
        - ``status``, ``reason``.

    Raises
    ------
    InputDataError
        With all problems at once: missing columns, unknown directions, ends of
        an interval in the wrong order, negative money.
    """
    data = _checked(table)
    low_end, high_end = _plan_ends(data)
    value, low, high = (data[c] for c in ("value", "low", "high"))
    deviation = _better(value, low_end, high_end, data["direction"])
    one, other = (_better(end, low_end, high_end, data["direction"]) for end in (low, high))
    # Inside the interval a band may be met although both of its ends miss it.
    holds_plan = (low <= high_end) & (high >= low_end)
    nearest = pd.concat([one, other], axis=1).max(axis=1, skipna=False)
    best = nearest.mask(data["direction"].isin(TWO_SIDED) & holds_plan, 0.0)
    worst = pd.concat([one, other], axis=1).min(axis=1, skipna=False)

    has_interval = low.notna() & high.notna()
    has_limits = data["limit_low"].notna() & data["limit_high"].notna()
    usual = has_limits & value.between(data["limit_low"], data["limit_high"])
    usual &= (data["limit_low"] <= high_end) & (data["limit_high"] >= low_end)
    plan_missing = low_end.isna() | high_end.isna()
    unknown = value.isna() | plan_missing | ~(has_interval | has_limits)
    noise = (has_interval & holds_plan) | usual

    half = ((high - low) / 2).where(has_interval, (data["limit_high"] - data["limit_low"]) / 2)
    on_plan = data["direction"].isin(TWO_SIDED) & (deviation == 0)
    verdict = np.select(
        [unknown, on_plan, noise, deviation > 0], ["unknown", "on_plan", "noise", "better"], "worse"
    )
    plan_size = (low_end.where(value < low_end, high_end)).abs()
    plan_size = plan_size.where(np.isfinite(plan_size) & (plan_size > 0))
    result = table.assign(
        deviation=deviation,
        deviation_low=worst,
        deviation_high=best,
        deviation_share=deviation / plan_size,
        money=deviation * data["money_per_unit"],
        money_low=worst * data["money_per_unit"],
        money_high=best * data["money_per_unit"],
        size=(deviation / half).where(half > 0),
        verdict=verdict,
        is_noise=(pd.Series(noise, dtype="boolean") & ~on_plan).mask(unknown),
        reason=_reasons(value, plan_missing, has_interval, has_limits),
    )
    result["status"] = np.select([unknown, ~has_interval], ["not_computable", "degraded"], "ok")
    return _ranked(result)


def _better(
    value: pd.Series, low_end: pd.Series, high_end: pd.Series, direction: pd.Series
) -> pd.Series:
    """Distance to the plan, above 0 where the value is better than it."""
    outside = (value - low_end).clip(upper=0.0) + (high_end - value).clip(upper=0.0)
    return outside.mask(direction == "higher", value - low_end).mask(
        direction == "lower", high_end - value
    )


def _plan_ends(data: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The plan as a range: one number, or a band that may be open on one side."""
    band = data["direction"] == "band"
    given = data["plan_low"].notna() | data["plan_high"].notna()
    low_end = data["plan"].mask(band & given, data["plan_low"].fillna(-np.inf))
    high_end = data["plan"].mask(band & given, data["plan_high"].fillna(np.inf))
    return low_end, high_end


def _ranked(result: pd.DataFrame) -> pd.DataFrame:
    order = {"worse": 0, "better": 0, "noise": 1, "on_plan": 2, "unknown": 3}
    keys = pd.DataFrame(
        {
            "group": result["verdict"].map(order),
            "money": -result["money"].abs(),
            "size": -result["size"].abs(),
        }
    )
    by_position = keys.reset_index(drop=True)
    places = by_position.sort_values(["group", "money", "size"], na_position="last", kind="stable")
    result = result.iloc[places.index.to_numpy()].copy()
    real = result["verdict"].isin(["worse", "better"]).to_numpy()
    result["rank"] = pd.array(np.where(real, np.arange(1, len(result) + 1), 0), dtype="Int64")
    result["rank"] = result["rank"].mask(~real)
    names = [column for column in result if column not in RESULT_COLUMNS]
    return result[[*names, *RESULT_COLUMNS]].reset_index(drop=True)


def _reasons(
    value: pd.Series, plan_missing: pd.Series, has_interval: pd.Series, has_limits: pd.Series
) -> np.ndarray:
    return np.select(
        [value.isna(), plan_missing, ~has_interval & ~has_limits, ~has_interval],
        [
            "the fact is not known",
            "there is no plan",
            "neither an interval nor a history tells noise from change",
            "judged by the history alone, the fact has no interval",
        ],
        "",
    )


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in REQUIRED if column not in table]
    if not missing and "plan" not in table and "plan_low" not in table:
        missing = ["plan"]
    if missing:
        raise InputDataError(f"the table of facts lacks the column(s) {', '.join(missing)}.")
    data = table[["kpi_id", "direction"]].copy()
    for column in ("value", "low", "high", *OPTIONAL_NUMBERS):
        given = table[column] if column in table else pd.Series(np.nan, index=table.index)
        data[column] = pd.to_numeric(given).astype("float64")
    rules = {
        f"direction must be one of {', '.join(KPI_DIRECTIONS)}": ~data["direction"].isin(
            KPI_DIRECTIONS
        ),
        "low must be at most value, and value at most high": (
            (data["low"] > data["value"]) | (data["value"] > data["high"])
        ),
        "plan_low must be at most plan_high": data["plan_low"] > data["plan_high"],
        "limit_low must be at most limit_high": data["limit_low"] > data["limit_high"],
        "money_per_unit must be at least 0": data["money_per_unit"] < 0,
        "numbers must be finite": np.isinf(data.select_dtypes("number")).any(axis=1),
    }
    problems = [
        f"{rule}; check {', '.join(str(k) for k in data.loc[wrong, 'kpi_id'][:5])}."
        for rule, wrong in rules.items()
        if wrong.any()
    ]
    if problems:
        raise InputDataError("\n".join(problems))
    return data
