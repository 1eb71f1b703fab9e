"""
Does a KPI move the plan: linked, not linked, or simply not proven.

A KPI is linked when reps that are ahead in it are ahead in the plan, inside the
same months, more than chance and a list of 39 KPIs explain. "Not linked" needs
data that would have shown a link; with less the KPI is unproven, never useless.
Parts of the plan, such as revenue, are linked by arithmetic and prove nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.correlation import (
    correlation_interval,
    minimum_detectable_rho,
    pool_links,
)
from kpikit.diagnosis.kpi_panel import FloatArray, KpiPanel, kpi_panel
from kpikit.diagnosis.multiplicity import benjamini_hochberg, holm
from kpikit.diagnosis.permutations import (
    RANDOM_ORDERS,
    shuffled_inside_periods,
    shuffled_months,
    shuffled_reps,
)
from kpikit.diagnosis.rank_links import (
    WithinPeriod,
    inflation,
    own_months_rho,
    serial_inflation,
    unit_ranks,
    within_period,
)
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError

#: Share of false discoveries that a list of linked KPIs may hold. [share]
FALSE_DISCOVERIES = 0.10
#: A weaker correlation is of no use for steering, assumed; "not linked" excludes it.
RELEVANT_RHO = 0.4
#: Fewer pairs of rep and period are only described.
FEWEST_PAIRS = 12
#: Fewer units to shuffle are only described.
FEWEST_UNITS = 5
#: Highest p-value of a proof, also for a KPI alone in its list; a design whose smallest
#: two-sided p-value is above it cannot prove anything.
PROOF_P = 0.05
#: From this inflation of the variance on, months of one rep repeat each other.
PERSISTENT = 1.1

#: What is shuffled: reps inside each month, whole reps, or whole reps and whole months.
CELLS, REPS, REPS_AND_MONTHS = "cells", "reps", "reps_and_months"

LINKED, OPPOSED, NOT_LINKED = "linked", "opposed", "not_linked"
UNPROVEN, COMPONENT, CANNOT_JUDGE = "unproven", "component", "cannot_judge"
VERDICTS = (LINKED, OPPOSED, NOT_LINKED, UNPROVEN, COMPONENT, CANNOT_JUDGE)

#: Sentence for each reason; the placeholders are columns of the table.
REASONS = {
    "link": "Reps ahead in this KPI are ahead in the plan: rank correlation {rho}.",
    "opposite_link": "Reps ahead in this KPI are behind in the plan: rank correlation {rho}.",
    "link_of_months": "In a rep's better months in this KPI the rep is better in the plan: rank "
    "correlation {rho_own_months}.",
    "opposite_link_of_months": "In a rep's better months in this KPI the rep is worse in the plan: "
    "rank correlation {rho_own_months}.",
    "no_link_of_use": "A link of use would have shown: {low} to {high} is all that is possible.",
    "too_weak_design": "{n} pairs show only correlations above {detectable_rho}: not proven, "
    "not disproved.",
    "too_few_orders": "With {reps} reps and {periods} periods chance has only {orders} orders: "
    "even a perfect link has a chance of {smallest_p}. Nothing can be proven from this.",
    "too_few_pairs": "Only {n} pairs of rep and period: described, not judged.",
    "too_few_reps": "The same reps stay ahead, or they drift: {reps} reps are too few to prove "
    "a link.",
    "open": "Neither a link nor its absence is proven: {low} to {high} is possible.",
    "part_of_plan": "Part of the plan by its formula: the link is arithmetic and proves nothing.",
    "no_pairs": "No period holds this KPI and the plan for two reps.",
    "no_differences": "The KPI or the plan is the same for all reps in every period.",
}

COLUMNS = (
    "kpi_id", "is_component", "lag", "n", "periods", "reps", "rho", "low", "high", "rho_pooled",
    "pooled_low", "pooled_high", "rho_all", "rho_over_time", "rho_own_months", "effective_n",
    "detectable_rho", "shuffled", "orders", "smallest_p", "p_value", "p_cells", "p_reps",
    "p_months", "q_value", "p_holm", "verdict", "reason",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LinkageAudit:
    """
    Which KPIs of a list move the plan.

    Attributes
    ----------
    table : DataFrame
        One row per KPI with the columns ``COLUMNS``. ``rho`` is the mean rank
        correlation inside periods, ``rho_pooled`` the same drawn to the other
        KPIs, ``rho_over_time`` that inside reps over time (season included),
        ``rho_own_months`` that of a rep's months with season and lasting
        differences between reps taken out, ``rho_all`` what a spreadsheet gives
        when it forgets the periods. ``shuffled`` says which of the two-sided
        ``p_cells``, ``p_reps``, ``p_months`` make the ``p_value``;
        ``smallest_p`` is one-sided. ``reason`` is a key of ``REASONS``.
    pool, spread : float or None
        Mean and standard deviation of the true links over the KPIs that are not
        components, as Fisher's z; None where fewer than two can be judged.
    level, false_discoveries, relevant_rho : float
    random_orders : int
    """

    table: pd.DataFrame
    pool: float | None
    spread: float | None
    level: float
    false_discoveries: float
    relevant_rho: float
    random_orders: int


def judge_registry(
    facts: pd.DataFrame,
    plan: pd.DataFrame,
    rng: np.random.Generator,
    *,
    components: Collection[str] = (),
    lags: Mapping[str, int] | None = None,
    relevant_rho: float = RELEVANT_RHO,
    false_discoveries: float = FALSE_DISCOVERIES,
    level: float = LEVEL,
    random_orders: int = RANDOM_ORDERS,
) -> LinkageAudit:
    """
    Judge for every KPI of a list whether it moves the plan.

    The test shuffles the reps inside each period. Where the same reps stay
    ahead in the KPI and in the plan, that is deceived by any two lasting
    differences; then whole reps are shuffled and, unless the reps drift, whole
    months too (twice the smaller p-value), so that either the reps' order or
    their good and bad months can prove the link.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id period attainment``, higher is better. [share]
    plan : DataFrame
        ``rep_id period attainment`` of the plan. [share]
    rng : Generator
        For designs with more than 100,000 orders.
    components : collection of str
        KPIs that the plan is made of.
    lags : mapping of str to int, optional
        Periods after which a KPI shows in the plan; 0 for KPIs not named.
        A period nobody reported must stand in a table as a row of nulls.
    relevant_rho, false_discoveries, level : float
        [share]
    random_orders : int

    Returns
    -------
    LinkageAudit

    Raises
    ------
    InputDataError
        If the tables cannot be laid out, or a lag is not a whole number of 0 or
        more of a KPI in the facts.
    """
    panel = kpi_panel(facts, plan)
    shifts = _checked_lags(panel, lags or {})
    ahead = _plan_ahead(panel.plan, shifts)
    link = within_period(panel.facts, ahead)
    repeats = inflation(link)
    effective = np.where(link.freedom > 0, 1 + link.freedom / repeats, np.nan)
    tested = _tested(link, unit_ranks(ahead), repeats, rng, random_orders)
    low, high = correlation_interval(link.rho, effective, level)
    component = panel.kpi_ids.isin(list(components))
    table = pd.DataFrame(
        {
            "kpi_id": panel.kpi_ids, "is_component": component, "lag": shifts, "n": link.n,
            "periods": link.periods, "reps": link.reps, "rho": link.rho,
            "low": low, "high": high,
            "rho_all": _spearman_of_all(panel.facts, ahead),
            "rho_over_time": within_period(
                panel.facts.swapaxes(1, 2), ahead.swapaxes(1, 2)
            ).rho,
            "rho_own_months": own_months_rho(link), "effective_n": effective,
            "detectable_rho": minimum_detectable_rho(effective),
        }
    ).join(tested)  # fmt: skip
    table.loc[component, ["p_value", "p_cells", "p_reps", "p_months"]] = np.nan
    table["q_value"] = benjamini_hochberg(table["p_value"])
    table["p_holm"] = holm(table["p_value"])
    pooled = pool_links(np.where(component, np.nan, link.rho), effective, level)
    table = table.join(pooled.table)
    measured = (~np.isnan(panel.facts) & ~np.isnan(ahead)).sum(axis=1).max(axis=1) >= 2
    judged = [
        _verdict(row, bool(seen), relevant_rho, false_discoveries)
        for row, seen in zip(table.to_dict("records"), measured, strict=True)
    ]
    table["verdict"] = [verdict for verdict, _ in judged]
    table["reason"] = [reason for _, reason in judged]
    return LinkageAudit(
        table[list(COLUMNS)], pooled.pool, pooled.spread, level, false_discoveries,
        relevant_rho, random_orders,
    )  # fmt: skip


def _tested(
    link: WithinPeriod,
    other: FloatArray,
    repeats: FloatArray,
    rng: np.random.Generator,
    random_orders: int,
) -> pd.DataFrame:
    """The p-values of each KPI, and which of them its months allow."""
    cells = shuffled_inside_periods(link, rng, random_orders)
    reps = shuffled_reps(link, other, rng, random_orders)
    months = shuffled_months(link, other, rng, random_orders)
    steady = (serial_inflation(link) <= PERSISTENT) & (link.periods >= FEWEST_UNITS)
    shuffled = np.where(repeats <= PERSISTENT, CELLS, np.where(steady, REPS_AND_MONTHS, REPS))
    is_one = [shuffled == CELLS, shuffled == REPS]

    def chosen(cell: FloatArray, rep: FloatArray, month: FloatArray) -> FloatArray:
        # Two chances to be small: twice the smaller one is a p-value again.
        both = np.minimum(1.0, 2 * np.fmin(rep, month))
        return np.select(is_one, [cell, rep], both)

    return pd.DataFrame(
        {
            "shuffled": shuffled,
            "orders": np.select(is_one, [cells.orders, reps.orders], months.orders),
            "smallest_p": chosen(cells.smallest_p, reps.smallest_p, months.smallest_p),
            "p_value": chosen(cells.p_value, reps.p_value, months.p_value),
            "p_cells": cells.p_value, "p_reps": reps.p_value, "p_months": months.p_value,
        }
    )  # fmt: skip


def _verdict(
    row: Mapping[str, float], measured: bool, relevant_rho: float, false_discoveries: float
) -> tuple[str, str]:
    if row["is_component"]:
        return COMPONENT, "part_of_plan"
    if math.isnan(row["rho"]):
        return CANNOT_JUDGE, "no_differences" if measured else "no_pairs"
    if row["n"] < FEWEST_PAIRS:
        too_few = 2 * row["smallest_p"] > PROOF_P
        return UNPROVEN, "too_few_orders" if too_few else "too_few_pairs"
    if row["shuffled"] == REPS and row["reps"] < FEWEST_UNITS:
        return UNPROVEN, "too_few_reps"
    if 2 * row["smallest_p"] > PROOF_P:
        return UNPROVEN, "too_few_orders"
    if row["q_value"] <= false_discoveries and row["p_value"] <= PROOF_P:
        by_months = row["shuffled"] == REPS_AND_MONTHS and row["p_months"] < row["p_reps"]
        if (row["rho_own_months"] if by_months else row["rho"]) > 0:
            return LINKED, "link_of_months" if by_months else "link"
        return OPPOSED, "opposite_link_of_months" if by_months else "opposite_link"
    if row["detectable_rho"] > relevant_rho:
        return UNPROVEN, "too_weak_design"
    if -relevant_rho < row["low"] and row["high"] < relevant_rho:
        return NOT_LINKED, "no_link_of_use"
    return UNPROVEN, "open"


def _checked_lags(panel: KpiPanel, lags: Mapping[str, int]) -> npt.NDArray[np.int64]:
    bad = [
        f"{kpi}: {lag!r}"
        for kpi, lag in lags.items()
        if kpi not in panel.kpi_ids or lag != int(lag) or lag < 0
    ]
    if bad:
        raise InputDataError(
            "lags must be whole periods of 0 or more, of KPIs that have facts; "
            f"check {', '.join(bad)}."
        )
    return np.array([int(lags.get(kpi, 0)) for kpi in panel.kpi_ids], dtype=np.int64)


def _plan_ahead(plan: FloatArray, shifts: npt.NDArray[np.int64]) -> FloatArray:
    """The plan ``lag`` periods after each period, by KPI."""
    ahead = np.full((len(shifts), *plan.shape), np.nan)
    for place, lag in enumerate(shifts):
        ahead[place, : max(len(plan) - lag, 0)] = plan[lag:]
    return ahead


def _spearman_of_all(facts: FloatArray, ahead: FloatArray) -> FloatArray:
    """Rank correlation over all pairs at once, periods forgotten."""
    flat = (len(facts), 1, -1)
    return within_period(facts.reshape(flat), ahead.reshape(flat)).rho
