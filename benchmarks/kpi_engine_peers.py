"""From the sums of a query by hand to the same tidy answer, so that all can be compared."""

from __future__ import annotations

import pandas as pd

#: How the value of a part follows from its sums; the number of rows where nothing is said.
VALUES = {
    "K01": ("x", ""), "K19": ("x", "filled"), "K12": ("x", "filled"), "K12.loss_making": ("x", "n"),
    "K09": ("x", "y"), "K42": ("x", "y"), "K42.win_rate": ("x", "n"), "K39": ("x", "n"),
    "K40": ("x", "n"),
}  # fmt: skip
KEYS = ("month", "rep", "segment", "stage")


def as_answer(case: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The answer with ``kpi``, ``part``, the keys and the numbers that are compared."""
    if case == "B3":
        return _lives(frames[0])
    found = []
    for frame in frames:
        keys = [name for name in KEYS if name in frame]
        for name in [c[:-2] for c in frame.columns if c.endswith("_n")]:
            over, under = VALUES.get(name, ("n", ""))
            value = frame[f"{name}_{over}"].astype("float64")
            if under:
                divisor = frame[f"{name}_{under}"].astype("float64")
                value = value / divisor.where(divisor != 0)
            kpi, _dot, part = name.partition(".")
            rows = frame[keys].assign(kpi=kpi, part=part, value=value, n=frame[f"{name}_n"])
            if f"{name}_median" in frame:
                rows["median"] = frame[f"{name}_median"]
            found.append(rows[rows["n"] > 0])
    return pd.concat(found, ignore_index=True)


def _lives(lines: pd.DataFrame) -> pd.DataFrame:
    """Rows, unfinished rows and mean length of the finished ones, from life tables."""
    sums = lines.groupby(["part", "month", "rep"])[["over", "unfinished", "total_over"]].sum()
    rows = pd.DataFrame(
        {
            "kpi": "K56",
            "n": sums["over"] + sums["unfinished"],
            "n_censored": sums["unfinished"].astype("float64"),
            "mean_over": sums["total_over"] / sums["over"].where(sums["over"] > 0),
        }
    ).reset_index()
    rows["mean_over"] /= 60.0  # minutes
    is_count = rows["part"] == "left_out"
    rows.loc[is_count, ["n_censored", "mean_over"]] = float("nan")
    return rows[rows["n"] > 0]
