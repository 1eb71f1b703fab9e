"""
The rules that tell a signal from noise on a process behaviour chart.

One point beyond a limit, eight points in a row on one side of the centre, or
three of four nearer to a limit than to the centre [1]_. A gap ends a pattern: what
was not observed supports nothing.

References
----------
.. [1] D. J. Wheeler, Understanding Variation: The Key to Managing Chaos, 2nd ed.,
   SPC Press, 2000.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.incidence import FloatArray

BoolArray = npt.NDArray[np.bool_]

SIGNAL_COLUMNS = ("index", "rule", "side", "first", "last")


def signals(index: pd.Index, score: FloatArray, side: FloatArray) -> pd.DataFrame:
    """
    List the signals of a series.

    Parameters
    ----------
    index : Index, length n
        Names of the points, in order of time.
    score : ndarray, shape (n,)
        Distance from the centre in parts of the way to the limit on that side,
        above 0 upwards; null where the point is not known.
    side : ndarray, shape (n,)
        1 above the centre, -1 below, 0 on it.

    Returns
    -------
    DataFrame
        One row per signal: ``index`` of the point at which it was complete,
        ``rule`` (``beyond_limits``, ``run_of_eight``,
        ``three_of_four_nearer_limit``), ``side`` (``above``, ``below``), ``first``
        and ``last`` point that belong to it.
    """
    known = np.isfinite(score)
    rows = []
    for sign, name in ((1, "above"), (-1, "below")):
        outward = np.where(known, sign * score, 0.0)
        for rule, hits, window, needed in (
            ("beyond_limits", outward > 1, 1, 1),
            ("run_of_eight", known & (side == sign), 8, 8),
            ("three_of_four_nearer_limit", outward > 0.5, 4, 3),
        ):
            for found, first, last in _patterns(hits, known, window, needed):
                rows.append((found, rule, name, first, last))
    rows.sort()
    table = pd.DataFrame(rows, columns=list(SIGNAL_COLUMNS))
    for column in ("index", "first", "last"):
        table[column] = index[table[column].to_numpy(dtype=int)]
    return table


def _patterns(
    hits: BoolArray, known: BoolArray, window: int, needed: int
) -> list[tuple[int, int, int]]:
    """Stretches of points whose last ``window`` points hold ``needed`` hits and no gap."""
    if len(hits) < window:
        return []
    view = np.lib.stride_tricks.sliding_window_view
    full = (view(hits, window).sum(axis=1) >= needed) & view(known, window).all(axis=1)
    complete = np.flatnonzero(full)
    # Windows that share points are one signal; a single point is its own.
    stretches = np.split(complete, np.flatnonzero(np.diff(complete) >= window) + 1)
    found = []
    for stretch in stretches:
        if len(stretch):
            members = np.flatnonzero(hits[stretch[0] : stretch[-1] + window]) + stretch[0]
            found.append((int(stretch[0]) + window - 1, int(members[0]), int(members[-1])))
    return found


def no_signals() -> pd.DataFrame:
    """Give a table of signals without rows."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in SIGNAL_COLUMNS})
