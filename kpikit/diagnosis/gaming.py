"""
Signs of gaming: numbers that move for the measure and not for the customer.

A sign is evidence, never an accusation. Every sign comes with the records behind
it and with the harmless explanation to check first. Two kinds of evidence are
kept apart:

- ``test``: more of something than chance and the habits of the team explain. It
  is flagged after the false discovery rate over all reps and signs is held [1]_.
- ``record``: the records themselves show it (five deals of one customer on one
  day). There is no probability; it is listed to be checked.

The detectors live beside this module: :mod:`gaming_rates` (habits against the
team and the calendar), :mod:`gaming_numbers` (thresholds, round numbers),
:mod:`gaming_trends` (a KPI up, its result down), :mod:`gaming_splits` (deals in
parts) and :mod:`gaming_records` (deals lost and made again, late plans).

References
----------
.. [1] Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, Journal of
   the Royal Statistical Society B 57 (1995) 289-300.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kpikit.diagnosis.gaming_signs import SIGN_COLUMNS, require_columns, sign_table
from kpikit.diagnosis.multiplicity import benjamini_hochberg
from kpikit.errors import InputDataError

#: Share of false signs among the flagged ones that is accepted. [share]
FALSE_DISCOVERY = 0.05
#: A flagged sign differs from the expected at least by this factor: with ten
#: thousand calls even a difference that nobody would mention is certain.
LEAST_RATIO = 1.25
#: What a record without a probability counts as evidence in the score of a KPI.
RECORD_EVIDENCE = 0.5

JUDGED_COLUMNS = (*SIGN_COLUMNS, "q_value", "verdict")
VERDICTS = ("flagged", "to_check", "clear", "cannot_judge")


def judge_signs(
    tables: Sequence[pd.DataFrame], false_discovery: float = FALSE_DISCOVERY
) -> pd.DataFrame:
    """
    Put the signs of all detectors together and say which stand out.

    Hand over everything that was tested, also what looks clean: the number of
    looks decides how much one of them has to show.

    Parameters
    ----------
    tables : sequence of DataFrame
        Tables with ``SIGN_COLUMNS`` from the detectors.
    false_discovery : float
        Accepted share of false ones among the flagged. [share]

    Returns
    -------
    DataFrame
        Columns ``JUDGED_COLUMNS``. ``verdict`` is ``flagged`` (tested, and at
        least ``LEAST_RATIO`` away from the expected), ``to_check`` (a record to be
        looked at), ``clear`` or ``cannot_judge``. Flagged rows come first, the
        clearest on top.

    Raises
    ------
    InputDataError
        If ``false_discovery`` is no share above 0 and below 1, or a table lacks
        columns.
    """
    if not 0 < false_discovery < 1:
        raise InputDataError(
            f"false_discovery must be above 0 and below 1, got {false_discovery:g}; usual is 0.05."
        )
    for table in tables:
        require_columns(table, SIGN_COLUMNS, "signs")
    rows = [row for table in tables for row in table[list(SIGN_COLUMNS)].to_dict("records")]
    found = sign_table(rows)
    found["q_value"] = benjamini_hochberg(found["p_value"].to_numpy())
    ratio = found["ratio"].to_numpy()
    with np.errstate(divide="ignore"):
        far = np.isnan(ratio) | (np.maximum(ratio, 1 / ratio) >= LEAST_RATIO)
    certain = (found["status"] == "ok") & (found["q_value"] <= false_discovery)
    found.loc[certain & ~far, "reason"] = "too_small_to_matter"
    found["verdict"] = np.select(
        [
            found["basis"] == "record",
            found["status"] != "ok",
            certain & far,
        ],
        ["to_check", "cannot_judge", "flagged"],
        default="clear",
    )
    place = found["verdict"].map({name: rank for rank, name in enumerate(VERDICTS)})
    order = found.assign(place=place).sort_values(
        ["place", "q_value", "sign", "rep_id"], kind="stable"
    )
    return found.loc[order.index, list(JUDGED_COLUMNS)].reset_index(drop=True)


def hard_to_game(judged: pd.DataFrame) -> float | None:
    """
    Score of a KPI that is hard to game: 1 less the strongest evidence. [share]

    A flagged sign counts ``1 - q_value``, a record to be checked a half.

    Parameters
    ----------
    judged : DataFrame
        From :func:`judge_signs`, the rows that concern the KPI.

    Returns
    -------
    float or None
        None if nothing could be judged: that is no clean record.
    """
    require_columns(judged, JUDGED_COLUMNS, "judged signs")
    usable = judged[judged["verdict"] != "cannot_judge"]
    if usable.empty:
        return None
    evidence = np.select(
        [usable["verdict"] == "flagged", usable["verdict"] == "to_check"],
        [1 - usable["q_value"], np.full(len(usable), RECORD_EVIDENCE)],
        default=0.0,
    )
    return float(1 - evidence.max())
