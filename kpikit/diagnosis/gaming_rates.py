"""
Signs that are shares: so many hits out of so many cases, rep by rep and month by month.

A fixed limit ("more than 30 % short calls") accuses whoever makes few calls. Here
a rep is compared with the habits of the others (:mod:`gaming_team`), and, where
the calendar says what to expect, the whole team with the calendar: when everybody
plays, nobody stands out.

References
----------
.. [1] A. Cameron, J. Gelbach, D. Miller, Bootstrap-based improvements for
   inference with clustered errors, Review of Economics and Statistics 90 (2008)
   (few clusters: t law with clusters - 1 degrees of freedom).
.. [2] P. Oyer, Fiscal year ends and nonlinear incentive contracts, Quarterly
   Journal of Economics 113 (1998) 149-185 (spike, then dip).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from kpikit.diagnosis.gaming_signs import (
    SIGNS,
    period_span,
    require_columns,
    require_counts,
    sign_row,
    sign_table,
)
from kpikit.diagnosis.gaming_team import LEAST_REPS, binomial_tail, clustering, team_tail
from kpikit.errors import InputDataError

#: What :func:`rate_signs` reads; ``chance`` and ``evidence`` may be left out.
RATE_COLUMNS = ("sign", "rep_id", "period", "n", "hits")
#: What :func:`pull_forward_signs` reads.
PERIOD_END_COLUMNS = (
    "rep_id", "period", "wins", "wins_first", "wins_last", "first_days", "last_days", "work_days",
)  # fmt: skip
#: Level at which the spike, and the dip, must each show alone. [share]
EACH_HALF = 0.10
#: Clusters from which the spread between clusters can be seen.
LEAST_CLUSTERS = 3


def rate_signs(counts: pd.DataFrame) -> pd.DataFrame:
    """
    Test every rate sign of every rep against the team, and of the team against the calendar.

    Parameters
    ----------
    counts : DataFrame
        One row per sign, rep and month (rows without a rep are not used):

        - ``sign``: a key of :data:`kpikit.diagnosis.gaming.SIGNS`, which says
          what is counted;
        - ``rep_id``, ``period``: the month, text that sorts, as ``2025-03``;
        - ``n``: cases, ``hits``: those that show the sign; 0 <= hits <= n;
        - ``chance``, optional: share of hits that the calendar alone gives, such
          as last days / working days; missing where nothing is known [share];
        - ``evidence``, optional: ids of the hits.

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``, one row per sign and rep over all its months, and one
        row without ``rep_id`` per sign whose ``chance`` is known throughout.

    Raises
    ------
    InputDataError
        If a column is missing, a count or chance impossible, or a sign unknown.
    """
    table = _checked(counts)
    rows: list[dict[str, Any]] = []
    for sign, part in table.groupby("sign", sort=True):
        rows += _rep_rows(str(sign), part)
        if part["chance"].notna().all():
            rows.append(_team_row(str(sign), part))
    return sign_table(rows)


def pull_forward_signs(months: pd.DataFrame) -> pd.DataFrame:
    """
    Find sales moved into the old month: a spike at its end *and* a dip after it [2]_.

    A spike alone may be the customers' budget. The last days of each month are
    set against the first days of the next, rep against team and team against
    calendar. Each half has to show by itself as well, at 10 %; where one does
    not, its p-value is given.

    Parameters
    ----------
    months : DataFrame
        One row per rep and month: ``rep_id``, ``period`` (``2025-03``), ``wins``,
        of these ``wins_first`` in the first ``first_days`` and ``wins_last`` in
        the last ``last_days`` of the ``work_days``. [deals, working days]

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``, one row per rep and one for the team: ``n`` sales on both
        sides of the month ends, ``observed`` before them. Only months that follow
        each other are used.

    Raises
    ------
    InputDataError
        If a column is missing or a count impossible.
    """
    name = "period ends"
    require_columns(months, PERIOD_END_COLUMNS, name)
    table = months[months["rep_id"].notna()].reset_index(drop=True)
    require_counts(table, PERIOD_END_COLUMNS[2:], name)
    if (table["first_days"] + table["last_days"] >= table["work_days"]).any():
        raise InputDataError(
            "first_days + last_days must be below work_days in the table of period ends; "
            "count fewer days at each end."
        )
    if (table["wins_first"] + table["wins_last"] > table["wins"]).any():
        raise InputDataError(
            "wins_first + wins_last must not exceed wins in the table of period ends."
        )
    table["rep_id"] = table["rep_id"].astype(str)
    table["month"] = _months(table["period"])
    following = table.assign(month=table["month"] - 1)
    ends = table.merge(following, on=["rep_id", "month"], suffixes=("", "_next"))
    base = ends[["rep_id", "period"]].assign(sign="pull_forward")
    pair = rate_signs(
        base.assign(
            n=ends["wins_last"] + ends["wins_first_next"],
            hits=ends["wins_last"],
            chance=ends["last_days"] / (ends["last_days"] + ends["first_days_next"]),
        )
    )
    spike = rate_signs(
        base.assign(
            n=ends["wins"], hits=ends["wins_last"], chance=ends["last_days"] / ends["work_days"]
        )
    )
    # A dip is an excess of sales outside the first days.
    dip = rate_signs(
        base.assign(
            n=ends["wins_next"],
            hits=ends["wins_next"] - ends["wins_first_next"],
            chance=1 - ends["first_days_next"] / ends["work_days_next"],
        )
    )
    halves = pd.concat([spike["p_value"], dip["p_value"]], axis=1).max(axis=1, skipna=False)
    both = pair["p_value"].where(halves <= EACH_HALF, np.maximum(halves, pair["p_value"]))
    rows = pair.assign(
        p_value=both,
        status=np.where(both.notna(), "ok", "not_computable"),
        reason=pair["reason"].where((pair["reason"] != "") | both.notna(), "no_cases"),
    ).to_dict("records")
    for rep in sorted(set(table["rep_id"]) - set(ends["rep_id"])):
        mine = table[table["rep_id"] == rep]
        rows.append(
            sign_row(
                "pull_forward",
                rep_id=rep,
                period=period_span(mine["period"]),
                n=float(mine["wins_last"].sum() + mine["wins_first"].sum()),
                observed=float(mine["wins_last"].sum()),
                expected=None,
                p_value=None,
                reason="no_months_in_a_row",
            )
        )
    return sign_table(rows)


def _months(periods: pd.Series) -> pd.PeriodIndex:
    try:
        return pd.PeriodIndex(periods.astype(str), freq="M")
    except ValueError as problem:
        raise InputDataError(
            "period must name a month, such as 2025-03, in the table of period ends; "
            f"got {periods.iloc[0]!r}."
        ) from problem


def _checked(counts: pd.DataFrame) -> pd.DataFrame:
    name = "rates"
    require_columns(counts, RATE_COLUMNS, name)
    table = counts[counts["rep_id"].notna()].copy()
    require_counts(table, ("n", "hits"), name)
    unknown = sorted(set(table["sign"]) - set(SIGNS))
    if unknown:
        raise InputDataError(
            f"unknown sign {', '.join(map(repr, unknown))} in the table of rates; "
            f"known are {', '.join(SIGNS)}."
        )
    wrong = table.index[table["hits"] > table["n"]]
    if len(wrong):
        raise InputDataError(
            f"hits must not exceed n in the table of rates; check row(s) "
            f"{', '.join(map(str, wrong[:5]))}."
        )
    table["chance"] = table["chance"].astype(float) if "chance" in table else np.nan
    if ((table["chance"] <= 0) | (table["chance"] >= 1)).any():
        raise InputDataError("chance in the table of rates must be above 0 and below 1.")
    if "evidence" not in table:
        table["evidence"] = [()] * len(table)
    table["rep_id"] = table["rep_id"].astype(str)
    return table


def _rep_rows(sign: str, part: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per rep, compared with the others."""
    totals = part.assign(due=part["n"] * part["chance"]).groupby("rep_id", sort=True)
    n = totals["n"].sum().to_numpy(dtype=float)
    hits = totals["hits"].sum().to_numpy(dtype=float)
    reps = list(totals.groups)
    active = n > 0
    share = np.full(len(n), np.nan)
    p_value = np.full(len(n), np.nan)
    if active.sum() >= LEAST_REPS:
        effect = clustering(part["hits"], part["n"], part["rep_id"])
        due = totals["due"].sum(min_count=1).to_numpy(dtype=float)[active]
        chance = due / n[active] if part["chance"].notna().all() else None
        tail = team_tail(hits[active] / effect, n[active] / effect, chance)
        share[active], p_value[active] = tail.share, tail.p_value
    rows = []
    for place, rep in enumerate(reps):
        mine = part[part["rep_id"] == rep]
        known = not math.isnan(p_value[place])
        reason = "" if known else ("no_cases" if n[place] == 0 else "fewer_than_three_reps")
        rows.append(
            sign_row(
                sign,
                rep_id=rep,
                period=period_span(mine["period"]),
                n=n[place],
                observed=hits[place],
                expected=float(share[place] * n[place]) if known else None,
                p_value=float(p_value[place]) if known else None,
                reason=reason,
                evidence=_ids(mine["evidence"]),
            )
        )
    return rows


def _team_row(sign: str, part: pd.DataFrame) -> dict[str, Any]:
    """
    The whole team against the calendar.

    The exact binomial tail supposes independent cases. The spread between reps
    and between months is looked at as well [1]_, and the weakest of the three
    answers counts.
    """
    n, hits = float(part["n"].sum()), float(part["hits"].sum())
    due = float((part["n"] * part["chance"]).sum())
    p_value = None
    if n > 0:
        tails = [float(binomial_tail(hits, n, due / n))]
        tails += [
            tail
            for column in ("rep_id", "period")
            if (tail := _clustered_tail(part, column)) is not None
        ]
        p_value = max(tails)
    return sign_row(
        sign,
        rep_id=None,
        period=period_span(part["period"]),
        n=n,
        observed=hits,
        expected=due,
        p_value=p_value,
        reason="" if n > 0 else "no_cases",
        evidence=_ids(part["evidence"]),
    )


def _clustered_tail(part: pd.DataFrame, column: str) -> float | None:
    """Tail of the team's excess when reps, or months, move as a whole; None for too few."""
    sums = (
        part.assign(due=part["n"] * part["chance"])
        .groupby(column)[["n", "hits", "due"]]
        .sum()
        .query("n > 0")
    )
    clusters = len(sums)
    if clusters < LEAST_CLUSTERS:
        return None
    excess = sums["hits"] - sums["due"]
    about = sums["hits"] - sums["due"] * (sums["hits"].sum() / sums["due"].sum())
    variance = clusters / (clusters - 1) * float((about**2).sum())
    if variance == 0:
        return None
    return float(stdtr(clusters - 1, -float(excess.sum()) / math.sqrt(variance)))


def _ids(evidence: pd.Series) -> Sequence[str]:
    return tuple(str(one) for ids in evidence for one in ids)
