"""
Many tests at once: of 39 KPIs without any effect two look proven at 5 %.

Benjamini and Hochberg's step-up keeps the share of false discoveries, Holm's
step-down the chance of even one [1]_ [2]_.

References
----------
.. [1] Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, JRSS B 57
   (1995) 289-300.
.. [2] S. Holm, A simple sequentially rejective multiple test procedure,
   Scandinavian Journal of Statistics 6 (1979) 65-70.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kpikit.errors import InputDataError

FloatArray = npt.NDArray[np.float64]


def benjamini_hochberg(p_values: npt.ArrayLike) -> FloatArray:
    """
    P-values adjusted so that a bound on them bounds the share of false discoveries.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        Null where nothing was tested: it stays null and does not count. [share]

    Returns
    -------
    ndarray, shape (n,)
        [share]

    Raises
    ------
    InputDataError
        If a p-value lies outside 0 to 1.
    """
    return _adjusted(p_values, _step_up)


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """
    P-values adjusted so that a bound on them bounds the chance of one false discovery.

    Parameters, result and errors as in :func:`benjamini_hochberg`.
    """
    return _adjusted(p_values, _step_down)


def _adjusted(p_values: npt.ArrayLike, rule: Callable[[FloatArray], FloatArray]) -> FloatArray:
    p = np.array(p_values, dtype=float)
    tested = ~np.isnan(p)
    if ((p[tested] < 0) | (p[tested] > 1)).any():
        raise InputDataError("p-values must lie between 0 and 1.")
    order = np.flatnonzero(tested)[np.argsort(p[tested], kind="stable")]
    if len(order):
        p[order] = np.minimum(rule(p[order]), 1.0)
    return p


def _step_up(p: FloatArray) -> FloatArray:
    scaled = p * len(p) / np.arange(1, len(p) + 1)
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _step_down(p: FloatArray) -> FloatArray:
    return np.maximum.accumulate(p * np.arange(len(p), 0, -1))
