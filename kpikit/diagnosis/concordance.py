"""
Do the KPIs and the plan agree: all KPIs met and the plan missed, or the reverse.

Each rep and period falls into one of four cells. Two of them contradict the
KPIs: A, all mandatory KPIs met and the plan missed; B, a KPI missed and the
plan met. A KPI that nobody measured is a third state and not a missed one.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import pandas as pd

from kpikit.diagnosis.agreement import Concordance, concordance_of_counts
from kpikit.diagnosis.kpi_panel import FACT_KEYS, PLAN_KEYS, FloatArray, checked, kpi_panel
from kpikit.diagnosis.multiplicity import benjamini_hochberg
from kpikit.diagnosis.resampling import clustered_error
from kpikit.diagnosis.shares import LEVEL, ShareInterval, interval_from_error, wilson, wilson_limits
from kpikit.errors import InputDataError

MET, MISSED, NOT_MEASURED = "met", "missed", "not_measured"
#: A: KPIs met, plan missed. B: a KPI missed, plan met.
CONTRADICTION_A, CONTRADICTION_B = "A", "B"
CASE_COLUMNS = (
    "rep_id", "period", "met", "missed", "not_measured", "kpis", "plan", "contradiction",
    "missed_kpis",
)  # fmt: skip
FREQUENCY_COLUMNS = ("rep_id", "contradiction", "cases", "n", "share", "low", "high")


def kpi_cases(
    facts: pd.DataFrame, plan: pd.DataFrame, mandatory: Collection[str] | None = None
) -> pd.DataFrame:
    """
    Verdicts of KPIs and plan for every rep and period.

    Parameters
    ----------
    facts : DataFrame
        ``kpi_id rep_id period is_met``; null where nobody could say.
    plan : DataFrame
        ``rep_id period is_met``.
    mandatory : collection of str, optional
        KPIs that must all be met; every KPI of the facts when left out. One
        that has no facts at all was not measured.

    Returns
    -------
    DataFrame
        One row per rep and period of either table: ``met missed not_measured``
        [KPIs], ``kpis`` (missed if any KPI is missed, else not_measured if any
        has no verdict, else met), ``plan``, ``contradiction`` (A, B or null) and
        ``missed_kpis`` (tuple of ids).

    Raises
    ------
    InputDataError
        If the tables cannot be laid out or ``is_met`` is no verdict.
    """
    panel = kpi_panel(_verdicts(facts, FACT_KEYS), _verdicts(plan, PLAN_KEYS), "is_met")
    wanted = sorted(panel.kpi_ids if mandatory is None else set(mandatory))
    if not wanted:
        raise InputDataError("no KPI to judge: there are no facts and none is named mandatory.")
    places = panel.kpi_ids.get_indexer(wanted)
    verdicts = np.where((places >= 0)[:, None, None], panel.facts[places], np.nan)
    named = np.array(wanted, dtype=object)
    rows = []
    for (period, rep), kept in np.ndenumerate(_present(facts, plan, panel.periods, panel.rep_ids)):
        if not kept:
            continue
        own, reached = verdicts[:, period, rep], panel.plan[period, rep]
        met, missed = int((own == 1).sum()), int((own == 0).sum())
        unknown = len(wanted) - met - missed
        kpis = MISSED if missed else NOT_MEASURED if unknown else MET
        state = NOT_MEASURED if math.isnan(reached) else MET if reached else MISSED
        contradiction = {
            (MET, MISSED): CONTRADICTION_A, (MISSED, MET): CONTRADICTION_B,
        }.get((kpis, state))  # fmt: skip
        rows.append(
            (
                panel.rep_ids[rep], panel.periods[period], met, missed, unknown, kpis, state,
                contradiction, tuple(named[own == 0]),
            )
        )  # fmt: skip
    return (
        pd.DataFrame(rows, columns=list(CASE_COLUMNS))
        .sort_values(["rep_id", "period"])
        .reset_index(drop=True)
    )


def concordance(cases: pd.DataFrame, level: float = LEVEL) -> Concordance:
    """Agreement of the whole set of KPIs with the plan, from :func:`kpi_cases`."""
    counts = cases.groupby(["kpis", "plan"]).size()
    cells = [int(counts.get((kpis, plan), 0)) for kpis in (MET, MISSED) for plan in (MET, MISSED)]
    unknown = len(cases) - sum(cells)
    return concordance_of_counts(cells[0], cells[1], cells[2], cells[3], unknown, level)


def contradictions(cases: pd.DataFrame) -> pd.DataFrame:
    """
    The rep-periods that contradict the KPIs, by name and month.

    Returns
    -------
    DataFrame
        The rows of :func:`kpi_cases` with a contradiction, A first.
    """
    found = cases.loc[cases["contradiction"].notna()]
    return found.sort_values(["contradiction", "rep_id", "period"]).reset_index(drop=True)


def contradiction_frequency(cases: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """
    How often A and B happen: "in 7 of 9 months".

    Parameters
    ----------
    cases : DataFrame
        From :func:`kpi_cases`.
    level : float
        [share]

    Returns
    -------
    DataFrame
        ``rep_id contradiction cases n share low high`` for every rep with a
        period in which both verdicts are known, and with a null rep for all
        of them; that interval resamples whole reps, because a rep's months
        repeat each other.
    """
    known = cases.loc[(cases["kpis"] != NOT_MEASURED) & (cases["plan"] != NOT_MEASURED)]
    rows: list[tuple[object, ...]] = []
    for kind in (CONTRADICTION_A, CONTRADICTION_B):
        hits = (known["contradiction"] == kind).to_numpy(float)
        if not len(hits):
            continue
        found = clustered_share(hits, known["rep_id"], level)
        rows.append((None, kind, int(hits.sum()), len(hits), found.value, found.low, found.high))
        for rep_id, own in pd.Series(hits).groupby(known["rep_id"].to_numpy(object)):
            own_share = wilson(float(own.sum()), len(own), level)
            rows.append(
                (
                    rep_id, kind, int(own.sum()), len(own), own_share.value, own_share.low,
                    own_share.high,
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(FREQUENCY_COLUMNS))


def concordance_by_kpi(
    facts: pd.DataFrame, plan: pd.DataFrame, level: float = LEVEL
) -> pd.DataFrame:
    """
    Agreement of each KPI on its own with the plan.

    Parameters
    ----------
    facts, plan : DataFrame
        As for :func:`kpi_cases`.
    level : float
        [share]

    Returns
    -------
    DataFrame
        ``kpi_id``, the attributes of :class:`Concordance` (shares with their
        intervals as ``..._low`` and ``..._high``), and ``q_value``: Fisher's p
        corrected for the number of KPIs. The cell ``met_missed`` counts
        contradictions A, ``missed_met`` contradictions B.
    """
    panel = kpi_panel(_verdicts(facts, FACT_KEYS), _verdicts(plan, PLAN_KEYS), "is_met")
    present = _present(facts, plan, panel.periods, panel.rep_ids)
    rows = []
    for kpi_id, own in zip(panel.kpi_ids, panel.facts, strict=True):
        cells = [
            int(((own == kpi) & (panel.plan == reached)).sum())
            for kpi in (1, 0)
            for reached in (1, 0)
        ]
        unknown = int(present.sum()) - sum(cells)
        found = concordance_of_counts(cells[0], cells[1], cells[2], cells[3], unknown, level)
        rows.append({"kpi_id": kpi_id} | _flat(found))
    names = ["kpi_id", *_flat(concordance_of_counts(0, 0, 0, 0))]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(q_value=benjamini_hochberg(table["p_value"].astype(float)))


def kpis_met(cases: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """
    Tally of KPIs by rep and period: "12 met, 14 missed, 13 without verdict".

    Returns
    -------
    DataFrame
        ``rep_id period met missed not_measured total`` [KPIs] and ``share``
        with ``low`` and ``high``: met among those with a verdict; null where
        none has one. [share]
    """
    judged = cases["met"] + cases["missed"]
    low, high = wilson_limits(cases["met"], judged, level)
    return cases[list(CASE_COLUMNS[:5])].assign(
        total=judged + cases["not_measured"],
        share=cases["met"] / judged.where(judged > 0),
        low=low,
        high=high,
    )


def _verdicts(table: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """The table with ``is_met`` as 1, 0 and null."""
    what = "the KPI facts" if "kpi_id" in keys else "the plan"
    kept = checked(table, keys, "is_met", what)
    bad = kept.loc[kept["is_met"].notna() & ~kept["is_met"].isin([0.0, 1.0]), "is_met"]
    if len(bad):
        raise InputDataError(
            f"is_met of {what} must be true, false or empty; check {bad.unique()[:3].tolist()}."
        )
    return kept


def _present(
    facts: pd.DataFrame, plan: pd.DataFrame, periods: pd.Index, reps: pd.Index
) -> np.ndarray:
    """Whether a rep-period stands in either table, shape (periods, reps)."""
    seen = np.zeros((len(periods), len(reps)), dtype=bool)
    for table in (facts, plan):
        rows = table.loc[table["rep_id"].notna()]
        seen[periods.get_indexer(rows["period"]), reps.get_indexer(rows["rep_id"])] = True
    return seen


def clustered_share(hits: FloatArray, reps: pd.Series, level: float = LEVEL) -> ShareInterval:
    """Share of hits (1 or 0) with an interval that resamples whole reps. [share]"""
    share = float(hits.mean())
    if reps.nunique() < 2:
        return wilson(float(hits.sum()), len(hits), level)
    error = clustered_error((hits - share) / len(hits), pd.factorize(reps)[0])
    return interval_from_error(share, error, len(hits), level)


def _flat(found: Concordance) -> dict[str, object]:
    """Attributes as columns, a share with its interval as three of them."""
    row: dict[str, object] = {}
    for name, value in vars(found).items():
        if name in ("plan_if_met", "plan_if_missed", "discordant"):
            row[name] = value.value if value else None
            row[f"{name}_low"] = value.low if value else None
            row[f"{name}_high"] = value.high if value else None
        else:
            row[name] = value
    return row
