"""
What changed between two audits, and which of it exceeds noise.

Two printed numbers are nearly always different. A change is called real only
when it is larger than the uncertainty of both estimates together. The two
intervals are combined as :mod:`kpikit.diagnosis.mover` says. With a hundred figures
ten would look changed at 10 %, so the p-values are adjusted by Benjamini and
Hochberg's rule.

The test takes the two estimates as independent. Audits of one client usually
share records: the second export holds most of what the first one held. Then the
estimates move together, the spread of their difference is smaller than assumed
here, and the test is cautious: it calls real too seldom, not too often. If the
second sample contains the whole first one and has ``k`` times its cases, the
true variance of the change is ``(k - 1) / (k + 1)`` of the assumed one. Estimates
shrunken to a common mean are judged cautiously too, since shrinking brings them
closer to each other than their intervals tell.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from kpikit.diagnosis.mover import Estimates, mover_limits, standardised
from kpikit.diagnosis.multiplicity import benjamini_hochberg
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError
from kpikit.vocabulary import FIGURE_KEYS

#: Share of the changes called real that may be noise. [share]
FALSE_SHARE = 0.10
#: Values closer than this are the same number, written twice. [share of the value]
SAME = 1e-9
VERDICTS = ("real", "noise", "same", "cannot_judge", "new", "gone")
#: Their range is that of the outcome of a year, not of the estimate.
PREDICTIONS = ("expected_money", "plan_attainment", "sales_forecast", "payroll_year")
#: May be above or below zero whatever they are today.
SIGNED_FIGURES = (
    "kpi_deviation", "ledger_difference", "little_law_gap", "kpi_link", "target_growth",
    "bonus_check_gap", "attainment_by_potential", "scheme_plan_link",
)  # fmt: skip
SIGNED_UNITS = ("pp",)
_SIDES = ("value", "low", "high", "level", "unit", "method", "status", "n")
_MONTH = re.compile(r"\d{4}-\d{2}")


def pair_figures(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """
    Put the figures of two runs side by side.

    Parameters
    ----------
    before, after : DataFrame
        Figures in vocabulary columns; keys are unique.

    Returns
    -------
    DataFrame
        One row per key of either run, the later run's order first: the keys,
        ``value_before``, ``value_after`` and so on for low, high, level, unit,
        method, status and n, and ``side`` (``both``, ``before`` or ``after``).

    Raises
    ------
    InputDataError
        If a figure stands twice in a run.
    """
    keys = list(FIGURE_KEYS)
    for name, table in (("earlier", before), ("later", after)):
        repeated = table[table.duplicated(keys)]
        if len(repeated):
            shown = "; ".join(" ".join(filter(None, map(str, row))) for row in
                              repeated[keys].head(3).itertuples(index=False))  # fmt: skip
            raise InputDataError(
                f"the {name} run publishes a figure twice ({shown}); write that run again"
            )
    columns = [*keys, *_SIDES]
    merged = after[columns].merge(
        before[columns], on=keys, how="outer", suffixes=("_after", "_before"), indicator="side"
    )
    merged["side"] = (
        merged["side"].astype(str).replace({"left_only": "after", "right_only": "before"})
    )
    order = {key: place for place, key in enumerate(
        dict.fromkeys([*_keys_of(after), *_keys_of(before)]))}  # fmt: skip
    place = [order[key] for key in _keys_of(merged)]
    return merged.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _keys_of(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(table[list(FIGURE_KEYS)].itertuples(index=False, name=None))


def judge_changes(
    pairs: pd.DataFrame,
    first_open_month: str,
    level: float = LEVEL,
    false_share: float = FALSE_SHARE,
) -> pd.DataFrame:
    """
    Tell real changes from noise.

    A figure of a month that was over at the earlier audit describes the same
    month in both runs: when it differs, records were edited or came late, which
    is no change of the department and is not tested.

    Parameters
    ----------
    pairs : DataFrame
        From :func:`pair_figures`.
    first_open_month : str
        First month that was not over at the earlier audit, as ``2026-07``.
    level : float
        Of the interval of the change. [share]
    false_share : float
        Share of the changes called real that may be noise. [share]

    Returns
    -------
    DataFrame
        The pairs with ``change``, ``change_low``, ``change_high`` (unit of the
        figure), ``z`` (change in its standard errors, with its sign), ``p``,
        ``p_adjusted``, ``verdict`` (one of ``VERDICTS``) and ``reason``:
        ``no_interval``, ``prediction``, ``restated``, ``method`` or ``unit`` where
        it cannot be judged; ``not_computable`` or ``other_period`` where a figure
        is new or gone for that reason.

    Raises
    ------
    InputDataError
        If a level is not between 0 and 1.
    """
    for name, number in (("level", level), ("false_share", false_share)):
        if not 0 < number < 1:
            raise InputDataError(f"{name} must lie between 0 and 1, got {number:g}")
    before, after = (_estimates(pairs, side) for side in ("before", "after"))
    verdict, reason, never = _without_test(pairs, first_open_month)
    z = standardised(before, after, _scales(pairs))
    untold = (verdict == "") & np.isnan(z)
    verdict[untold], reason[untold] = "cannot_judge", "no_interval"
    # An equal value is a test too: left out, the others would look surer than they are.
    tested = (verdict == "") | ((verdict == "same") & ~never)
    p = np.where(tested, 2.0 * ndtr(-np.abs(z)), np.nan)
    adjusted = benjamini_hochberg(p)
    judged = verdict == ""
    verdict[judged] = np.where(adjusted[judged] <= false_share, "real", "noise")
    low, high = mover_limits(before, after, level)
    shown = {
        "change_low": low, "change_high": high, "z": z, "p": p, "p_adjusted": adjusted
    }  # fmt: skip
    return pairs.assign(
        change=after.value - before.value,
        **{name: np.where(judged, column, np.nan) for name, column in shown.items()},
        verdict=verdict,
        reason=reason,
    )


def _estimates(pairs: pd.DataFrame, side: str) -> Estimates:
    """The numbers of one side (``before`` or ``after``)."""
    return Estimates.at_level(
        *(
            pd.to_numeric(pairs[f"{name}_{side}"], errors="coerce").to_numpy(float)
            for name in ("value", "low", "high", "level")
        )
    )


def _scales(pairs: pd.DataFrame) -> npt.NDArray[np.object_]:
    unit = pairs["unit_after"]
    signed = pairs["figure"].isin(SIGNED_FIGURES) | unit.isin(SIGNED_UNITS)
    return np.where(signed, "linear", np.where(unit.eq("share"), "logit", "log")).astype(object)


def _without_test(
    pairs: pd.DataFrame, first_open_month: str
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Verdict and reason of what needs no test, empty for the rest; what is never tested."""
    missing = {side: _missing(pairs, side) for side in ("before", "after")}
    both = (pairs["side"] == "both").to_numpy()
    month = pairs["period"].astype(str)
    monthly = month.str.fullmatch(_MONTH).to_numpy(bool)
    closed = monthly & (month < first_open_month).to_numpy(bool)
    prediction = pairs["figure"].isin(PREDICTIONS).to_numpy(bool)
    same = both & _same(pairs)
    unit = (pairs["unit_before"] != pairs["unit_after"]).to_numpy(bool)
    # What follows a semicolon is a remark on the result, not the method.
    ways = [pairs[f"method_{side}"].fillna("").astype(str).str.split(";").str[0]
            for side in ("before", "after")]  # fmt: skip
    method = (ways[0] != ways[1]).to_numpy(bool)
    rules = (
        (missing["before"] & missing["after"], "cannot_judge", "not_computable"),
        ((pairs["side"] == "after").to_numpy(), "new", ""),
        ((pairs["side"] == "before").to_numpy(), "gone", ""),
        (missing["before"], "new", "not_computable"),
        (missing["after"], "gone", "not_computable"),
        (unit, "cannot_judge", "unit"),
        (same, "same", ""),
        (method, "cannot_judge", "method"),
        (closed, "cannot_judge", "restated"),
        (prediction, "cannot_judge", "prediction"),
    )
    verdict = np.full(len(pairs), "", dtype=object)
    reason = np.full(len(pairs), "", dtype=object)
    for holds, name, why in rules:
        free = holds & (verdict == "")
        verdict[free], reason[free] = name, why
    reason[~both & monthly & _elsewhere(pairs) & (reason == "")] = "other_period"
    return verdict, reason, closed | prediction


def _elsewhere(pairs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the other run has the figure for other months."""
    keys = [key for key in FIGURE_KEYS if key != "period"]
    sides = [pairs["side"].isin(["both", side]).groupby([pairs[k] for k in keys]).transform("any")
             for side in ("before", "after")]  # fmt: skip
    return (sides[0] & sides[1]).to_numpy(bool)


def _missing(pairs: pd.DataFrame, side: str) -> npt.NDArray[np.bool_]:
    value = pairs[f"value_{side}"]
    return (value.isna() | value.eq("")).to_numpy(bool)


def _same(pairs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    before, after = (pd.to_numeric(pairs[f"value_{side}"], errors="coerce").to_numpy(float)
                     for side in ("before", "after"))  # fmt: skip
    close = np.abs(after - before) <= SAME * np.maximum(np.abs(after), np.abs(before))
    texts = (pairs["value_before"].astype(str) == pairs["value_after"].astype(str)).to_numpy(bool)
    return close | texts
