"""
Signs in the numbers themselves: results just above a threshold, round numbers.

References
----------
.. [1] H. Kleven, Bunching, Annual Review of Economics 8 (2016) 435-464.
.. [2] J. Mosimann, C. Wiseman, R. Edelman, Data fabrication: can people generate
   random digits?, Accountability in Research 4 (1995) 31-55.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, expit

from kpikit.diagnosis.gaming_signs import require_columns, require_counts, sign_row, sign_table
from kpikit.diagnosis.gaming_team import binomial_tail
from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]

#: Bin 0 is [T, T + width), bin -1 is [T - width, T), and so on.
BUNCHING_COLUMNS = ("rep_id", "kpi_id", "bin", "n")
DIGIT_COLUMNS = ("rep_id", "kpi_id", "digit", "n")
#: How far the slope of one rep's results may lie from the team's. [log ratio per bin]
SLOPE_SPREAD = 0.25
#: Fewest values for the chi-square law of ten digits: five expected in each.
LEAST_DIGITS = 50
SLOPES = np.linspace(-2.0, 2.0, 161)


def bunching_signs(bins: pd.DataFrame) -> pd.DataFrame:
    """
    Find results that pile up just above a threshold and are missing just below it.

    Without other bins a result close to the threshold falls on either side with
    the same chance. Where the store delivers the bins further out as well, their
    slope says what to expect: results of a rep who usually beats the plan rise
    through the threshold without any gaming [1]_.

    Parameters
    ----------
    bins : DataFrame
        Results per rep, KPI and bin: ``rep_id``, ``kpi_id``, ``bin`` (whole
        number, 0 starts at the threshold), ``n`` [results]. A bin that is not
        listed is empty; bins without a partner on the other side are not used.

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``: ``n`` results in the two bins next to the threshold,
        ``observed`` above it; ``p_value`` is two-sided, and 1 where fewer than
        expected lie above.

    Raises
    ------
    InputDataError
        If a column is missing, a count impossible or a bin no whole number.
    """
    name = "bins"
    require_columns(bins, BUNCHING_COLUMNS, name)
    table = bins[bins["rep_id"].notna()].copy()
    require_counts(table, ("n",), name)
    place = table["bin"].to_numpy(dtype=float)
    if np.any(place != np.round(place)):
        raise InputDataError("bin must be a whole number in the table of bins; 0 = at threshold.")
    table["rep_id"] = table["rep_id"].astype(str)
    rows: list[dict[str, Any]] = []
    for kpi, part in table.groupby("kpi_id", sort=True):
        wide = part.pivot_table(
            index="rep_id", columns="bin", values="n", aggfunc="sum", fill_value=0
        )
        reach = int(min(wide.columns.max() + 1, -wide.columns.min()))
        outer = [b for b in range(-reach, reach) if b not in (-1, 0)]
        near = wide.reindex(columns=[-1, 0], fill_value=0).to_numpy(dtype=float)
        far = wide.reindex(columns=outer, fill_value=0).to_numpy(dtype=float)
        laws = _slope_laws(far, np.array(outer, dtype=float) + 0.5)
        for number, rep in enumerate(wide.index):
            rows.append(_bunching_row(str(rep), str(kpi), near[number], laws[number]))
    return sign_table(rows)


def round_number_signs(digits: pd.DataFrame) -> pd.DataFrame:
    """
    Find reported values that end in 0 or 5 too often, or in any digit too unevenly.

    Counted values of two digits and more end in each digit equally often; numbers
    that people make up or round do not [2]_. Only values typed in by hand, counted
    in ones and of 30 or more, tell anything.

    Parameters
    ----------
    digits : DataFrame
        Reported values per rep, KPI and last digit: ``rep_id``, ``kpi_id``,
        ``digit`` (0 to 9), ``n`` [values]. A digit that is not listed never came.

    Returns
    -------
    DataFrame
        ``SIGN_COLUMNS``; ``observed`` values end in 0 or 5, a fifth is expected.
        From 50 values on ``p_value`` is twice the smaller of the exact binomial
        tail and the chi-square of all ten digits, else the binomial tail. Where
        the chi-square is smaller, the most frequent digit is counted instead and
        ``reason`` names it (``digit_7``).

    Raises
    ------
    InputDataError
        If a column is missing, a count impossible or a digit outside 0 to 9.
    """
    name = "digits"
    require_columns(digits, DIGIT_COLUMNS, name)
    table = digits[digits["rep_id"].notna()]
    require_counts(table, ("n",), name)
    if not table["digit"].isin(range(10)).all():
        raise InputDataError("digit must be 0 to 9 in the table of digits; take the last one.")
    rows = []
    for (rep, kpi), part in table.groupby(["rep_id", "kpi_id"], sort=True):
        counts = part.groupby("digit")["n"].sum().reindex(range(10), fill_value=0)
        rows.append(_digit_row(str(rep), str(kpi), counts))
    return sign_table(rows)


def _digit_row(rep: str, kpi: str, counts: pd.Series) -> dict[str, Any]:
    n, observed = float(counts.sum()), float(counts[0] + counts[5])
    expected, reason = 0.2 * n, "" if n > 0 else "no_cases"
    p_value = float(binomial_tail(observed, n, 0.2)) if n > 0 else None
    if p_value is not None and n >= LEAST_DIGITS:
        uneven = float(chdtrc(9, ((counts - n / 10) ** 2).sum() / (n / 10)))
        if uneven < p_value:
            observed, expected = float(counts.max()), n / 10
            reason = f"digit_{counts.idxmax()}"
        p_value = min(1.0, 2 * min(p_value, uneven))
    return sign_row(
        "round_numbers",
        rep_id=rep,
        kpi_id=kpi,
        period="",
        n=n,
        observed=observed,
        expected=expected,
        p_value=p_value,
        reason=reason,
    )


def _bunching_row(rep: str, kpi: str, near: FloatArray, law: FloatArray) -> dict[str, Any]:
    below, above = near
    n = float(below + above)
    chances = expit(SLOPES)
    expected = n * float(law @ chances)
    p_value = None
    if n > 0:
        tail = float(law @ binomial_tail(above, n, chances))
        p_value = min(1.0, 2 * tail) if above > expected else 1.0
    return sign_row(
        "bunching",
        rep_id=rep,
        kpi_id=kpi,
        period="",
        n=n,
        observed=float(above),
        expected=expected,
        p_value=p_value,
        reason="" if n > 0 else "no_cases",
    )


def _slope_laws(counts: FloatArray, place: FloatArray) -> FloatArray:
    """
    What the outer bins say about the slope at the threshold, for each rep.

    The bins lie symmetrically, so that a bend of the density cancels out and the
    slope of the log-density is what carries through the threshold.

    Returns
    -------
    ndarray, shape (reps, slopes)
        Weights over ``SLOPES``, each row sums to 1.
    """
    flat = np.zeros(len(SLOPES))
    flat[len(SLOPES) // 2] = 1.0
    if counts.size == 0 or counts.sum() == 0:
        return np.tile(flat, (len(counts), 1))
    shape = SLOPES[:, None] * place
    log_weight = shape - np.log(np.exp(shape).sum(axis=1, keepdims=True))
    fits = counts @ log_weight.T
    laws = []
    for own in fits:
        team = _normalised(fits.sum(axis=0) - own)
        middle = float(team @ SLOPES)
        spread = math.sqrt(float(team @ (SLOPES - middle) ** 2) + SLOPE_SPREAD**2)
        laws.append(_normalised(own - 0.5 * ((SLOPES - middle) / spread) ** 2))
    return np.array(laws)


def _normalised(log_weights: FloatArray) -> FloatArray:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())
