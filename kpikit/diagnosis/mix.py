"""
Did the result change, or what it is made of?

A conversion can rise in every segment and fall in total, because more of the
deals came from the segment that was always hard. The change of a ratio is split
into what the groups did (rate) and how their weights moved (mix); the change of
an amount into volume, price and mix. The parts add up to the change exactly.
They are bookkeeping: whether the change is more than noise is asked elsewhere.

References
----------
.. [1] E. M. Kitagawa, Components of a difference between two rates, JASA 50 (1955)
   1168-1194.
.. [2] C. R. Blyth, On Simpson's paradox and the sure-thing principle, JASA 67 (1972)
   364-366.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError


@dataclass(frozen=True, eq=False)
class MixShift:
    """
    The change of a ratio between two periods, taken apart.

    Attributes
    ----------
    before, after, change : float
        The ratio, and after minus before.
    rate_effect, mix_effect : float
        What the groups' own ratios and what their weights did; they add up to
        ``change``.
    groups : DataFrame
        One row per group: its names, ``share_before`` and ``share_after`` of the
        denominator [share], ``rate_before`` and ``rate_after`` (null in a period
        without the group), ``rate_effect``, ``mix_effect``, ``effect``; largest
        effect first.
    """

    before: float
    after: float
    change: float
    rate_effect: float
    mix_effect: float
    groups: pd.DataFrame


@dataclass(frozen=True, eq=False)
class AmountShift:
    """
    The change of an amount between two periods, taken apart.

    ``before``, ``after``, ``change`` [money]; ``volume_effect`` more or fewer
    units at the average price, ``price_effect`` other prices within the groups,
    ``mix_effect`` dearer or cheaper groups gaining weight; the three add up to
    ``change``. ``groups`` as in :class:`MixShift`, effects per unit.
    """

    before: float
    after: float
    change: float
    volume_effect: float
    price_effect: float
    mix_effect: float
    groups: pd.DataFrame


def mix_shift(before: pd.DataFrame, after: pd.DataFrame, groups: Sequence[str]) -> MixShift:
    """
    Split the change of a ratio into rate effect and mix effect [1]_.

    Both periods serve as base, each by half, so that the answer does not depend on
    the direction in which it is read. A group's mix effect is measured from the
    mean ratio: weight that moves to a group below the mean lowers the total. A
    group of one period only has no change of rate; all of it is mix.

    Parameters
    ----------
    before, after : DataFrame
        Rows of each period with the columns ``groups``, ``numerator`` and
        ``denominator`` (won deals and finished deals; money and deals).
        Rows of one group are added up; an empty group name is a group.
    groups : sequence of str
        Columns that make a group.

    Returns
    -------
    MixShift

    Raises
    ------
    InputDataError
        If a column is missing, a number is null or infinite, a denominator is
        below 0, a group has a numerator but no denominator, or a period has no
        denominator at all.
    """
    columns = list(groups)
    old = _added_up(before, columns, "before")
    new = _added_up(after, columns, "after")
    table = old.merge(new, how="outer", on=columns, suffixes=("_before", "_after"))
    for period, total in (("before", old), ("after", new)):
        weight = table[f"denominator_{period}"].fillna(0.0)
        table[f"share_{period}"] = weight / total["denominator"].sum()
        table[f"rate_{period}"] = (table[f"numerator_{period}"] / weight).where(weight > 0)
    start = float(old["numerator"].sum() / old["denominator"].sum())
    end = float(new["numerator"].sum() / new["denominator"].sum())
    # A group that was not there has the ratio it has in the other period.
    rate_old = table["rate_before"].fillna(table["rate_after"]).fillna(0.0)
    rate_new = table["rate_after"].fillna(table["rate_before"]).fillna(0.0)
    mean_share = (table["share_before"] + table["share_after"]) / 2
    moved = table["share_after"] - table["share_before"]
    table["rate_effect"] = mean_share * (rate_new - rate_old)
    table["mix_effect"] = moved * ((rate_old + rate_new) / 2 - (start + end) / 2)
    table["effect"] = table["rate_effect"] + table["mix_effect"]
    shown = [
        *columns, "share_before", "share_after", "rate_before", "rate_after", "rate_effect",
        "mix_effect", "effect",
    ]  # fmt: skip
    largest = table["effect"].abs().sort_values(ascending=False, kind="stable").index
    return MixShift(
        start, end, end - start, float(table["rate_effect"].sum()),
        float(table["mix_effect"].sum()), table.loc[largest, shown].reset_index(drop=True),
    )  # fmt: skip


def amount_shift(before: pd.DataFrame, after: pd.DataFrame, groups: Sequence[str]) -> AmountShift:
    """
    Split the change of an amount into volume, price and mix.

    Parameters
    ----------
    before, after : DataFrame
        As in :func:`mix_shift`, with the amount as ``numerator`` [money] and the
        units (pieces, won deals) as ``denominator``.
    groups : sequence of str

    Returns
    -------
    AmountShift
    """
    price = mix_shift(before, after, groups)
    units = [float(period["denominator"].sum()) for period in (before, after)]
    amounts = [float(period["numerator"].sum()) for period in (before, after)]
    mean_units = (units[0] + units[1]) / 2
    return AmountShift(
        before=amounts[0],
        after=amounts[1],
        change=amounts[1] - amounts[0],
        volume_effect=(units[1] - units[0]) * (price.before + price.after) / 2,
        price_effect=mean_units * price.rate_effect,
        mix_effect=mean_units * price.mix_effect,
        groups=price.groups,
    )


def _added_up(period: pd.DataFrame, groups: list[str], name: str) -> pd.DataFrame:
    missing = [c for c in (*groups, "numerator", "denominator") if c not in period]
    if missing:
        raise InputDataError(f"table {name} lacks the column(s) {', '.join(missing)}.")
    if not groups:
        raise InputDataError("groups is empty; name at least one column to split by.")
    numbers = period[["numerator", "denominator"]].astype("float64")
    wrong = ~np.isfinite(numbers).all(axis=1)
    if wrong.any():
        rows = ", ".join(str(label) for label in period.index[wrong][:5])
        raise InputDataError(
            f"numerator and denominator must be numbers; check row(s) {rows} of table {name}."
        )
    names = period[groups].astype(object).where(period[groups].notna(), None)
    added = pd.concat([names, numbers], axis=1).groupby(groups, dropna=False, sort=True)
    table = added.sum().reset_index()
    problems = {
        "denominator must be at least 0": table["denominator"] < 0,
        "a group with a numerator needs a denominator above 0": (
            (table["denominator"] == 0) & (table["numerator"] != 0)
        ),
    }
    for rule, bad in problems.items():
        if bad.any():
            which = "; ".join(
                ", ".join(str(v) for v in row)
                for row in table.loc[bad, groups].head(5).itertuples(index=False)
            )
            raise InputDataError(f"{rule}; check group(s) {which} of table {name}.")
    if not table["denominator"].sum() > 0:
        raise InputDataError(
            f"table {name} has no denominator above 0; choose a period with deals."
        )
    return table
