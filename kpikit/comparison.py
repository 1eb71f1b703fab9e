"""
Two run folders of one client: what changed between the audits, and what we changed.

What the world changed (figures,
raw files) is kept apart from what the consultant changed (settings) and from
what the software changed (versions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kpikit.diagnosis.changes import judge_changes, pair_figures
from kpikit.engagement import FILE_NAME
from kpikit.errors import EngagementError
from kpikit.saved_run import SavedRun, read_run, refused
from kpikit.vocabulary import FIGURE_KEYS

#: Say when and for whom, not how it was computed.
NOT_SETTINGS = ("as_of", "languages", "client", "currency")
#: Rules of findings that ask somebody to do something.
TO_DO = ("priorities", "inputs_of_the_chain")
#: Columns of the table that ``--out`` writes.
CHANGE_COLUMNS = (
    *FIGURE_KEYS,
    "unit_before",
    "unit_after",
    "value_before",
    "low_before",
    "high_before",
    "n_before",
    "value_after",
    "low_after",
    "high_after",
    "n_after",
    "change",
    "change_low",
    "change_high",
    "z",
    "p",
    "p_adjusted",
    "verdict",
    "reason",
)


@dataclass(frozen=True)
class Comparison:
    """
    What changed between two runs.

    Parameters
    ----------
    before, after : SavedRun
    changes : DataFrame
        From :func:`kpikit.diagnosis.changes.judge_changes`.
    settings : DataFrame
        ``key``, ``before``, ``after`` of every setting that differs.
    inputs : DataFrame
        ``file`` and ``state`` (``changed``, ``new``, ``gone``) of raw files.
    versions : DataFrame
        ``name``, ``before``, ``after`` of software that differs.
    actions : DataFrame
        ``id``, ``state`` (``new``, ``gone``, ``moved`` in rank, ``repriced``, ``kept``),
        ``rank_before``, ``rank_after``, ``money_before``, ``money_after`` [currency].
    level : float
        Of the intervals of changes. [share]
    """

    before: SavedRun
    after: SavedRun
    changes: pd.DataFrame
    settings: pd.DataFrame
    inputs: pd.DataFrame
    versions: pd.DataFrame
    actions: pd.DataFrame
    level: float


def compare_runs(first: Path, second: Path) -> Comparison:
    """
    Compare an earlier run with a later one.

    Parameters
    ----------
    first, second : path
        Run folders, the earlier as-of instant first; equal instants compare two
        sets of settings.

    Raises
    ------
    EngagementError
        If a folder is no run, or the two cannot be compared; all reasons at once.
    """
    if Path(first).resolve() == Path(second).resolve():
        raise refused([f"{first} is given twice; name two different run folders"])
    runs, problems = [], []
    for folder in (first, second):
        try:
            runs.append(read_run(folder))
        except EngagementError as error:
            problems += error.problems
    if problems:
        raise refused(problems)
    before, after = runs
    problems = list(_obstacles(before, after))
    if problems:
        raise refused(problems)
    level = float(after.engagement.get("thresholds", {}).get("level", 0.9))
    return Comparison(
        before,
        after,
        judge_changes(
            pair_figures(before.figures, after.figures), f"{before.as_of:%Y-%m}", level=level
        ),
        _differences(_settings(before), _settings(after)),
        _files(before.manifest["inputs_sha256"], after.manifest["inputs_sha256"]),
        _differences(_versions(before), _versions(after)).rename(columns={"key": "name"}),
        _actions(before, after),
        level,
    )


def write_changes(table: pd.DataFrame, path: Path) -> None:
    """
    Write every compared figure as CSV, with ids and plain numbers.

    Raises
    ------
    EngagementError
        If the file exists and is not an earlier comparison, or cannot be written.
    """
    path = Path(path)
    header = ",".join(CHANGE_COLUMNS)
    try:
        if path.exists():
            with path.open("rb") as file:
                first = file.readline(2 * len(header)).decode("utf-8", "replace").strip()
            if first != header:
                raise refused(
                    [f"{path} exists and is not a comparison; name another file with --out"]
                )
        columns = list(CHANGE_COLUMNS)
        table[columns].to_csv(
            path, index=False, lineterminator="\n", encoding="utf-8", float_format="%.12g"
        )
    except OSError:
        raise refused(
            [f"--out {path} cannot be written; name a file in a folder that exists"]
        ) from None


def _obstacles(before: SavedRun, after: SavedRun) -> Iterator[str]:
    for name, remedy in (
        ("client", "compare runs of one client"),
        ("currency", "write one of the runs again in the other currency"),
    ):
        one, other = before.engagement[name], after.engagement[name]
        if one != other:
            yield (
                f"the {name} differs: '{one}' in {before.folder}, '{other}' in {after.folder}; "
                f"{remedy}"
            )
    if before.as_of > after.as_of:
        yield (
            f"{before.folder} is the later run (as of {before.as_of:%Y-%m-%d %H:%M}), "
            f"{after.folder} the earlier one (as of {after.as_of:%Y-%m-%d %H:%M}); give the "
            f"earlier first: kpikit compare {after.folder} {before.folder}"
        )


# --------------------------------------------------------------------------
# Differences
# --------------------------------------------------------------------------
def _settings(run: SavedRun) -> dict[str, Any]:
    kept = {name: part for name, part in run.engagement.items() if name not in NOT_SETTINGS}
    return dict(_flat(kept, ""))


def _flat(part: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Leaves of nested settings with the path to each; named rows go by their name."""
    if isinstance(part, Mapping) and part:
        for name, inner in part.items():
            # `rate: {value, grade}` is the setting `rate` with remarks beside it.
            below = place if name == "value" and "grade" in part else f"{place}.{name}"
            yield from _flat(inner, below.lstrip("."))
    elif isinstance(part, list) and part and all(isinstance(item, Mapping) for item in part):
        for name, item in zip(_row_names(part), part, strict=True):
            yield from _flat(item, f"{place}.{name}")
    elif not _is_empty(part):
        yield place, part


def _is_empty(part: Any) -> bool:
    return part is None or part == "" or (isinstance(part, list | Mapping) and not part)


def _row_names(rows: list[Mapping[str, Any]]) -> list[str]:
    for keys in (("name",), ("id",), ("path",), ("path", "sheet"), ("path", "sheet", "table")):
        names = [" ".join(str(row[key]) for key in keys if row.get(key)) for row in rows]
        if all(names) and len(set(names)) == len(names):
            return names
    return [str(position) for position in range(1, len(rows) + 1)]


def _versions(run: SavedRun) -> dict[str, Any]:
    packages = run.manifest.get("packages")
    own = {name: run.manifest.get(name) for name in ("kpikit", "python")}
    return own | (packages if isinstance(packages, dict) else {})


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    rows = [
        (key, before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
    return pd.DataFrame(rows, columns=["key", "before", "after"], dtype=object)


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name in dict.fromkeys([*before, *after]):
        if name == FILE_NAME or before.get(name) == after.get(name):
            continue
        state = "new" if name not in before else "gone" if name not in after else "changed"
        rows.append((name, state))
    return pd.DataFrame(rows, columns=["file", "state"])


def _actions(before: SavedRun, after: SavedRun) -> pd.DataFrame:
    old, new = ({str(item.get("id")): item for item in run.findings if item.get("rule") in TO_DO}
                for run in (before, after))  # fmt: skip
    rows = []
    for name in dict.fromkeys([*new, *old]):
        ranks = [side.get(name, {}).get("rank") for side in (old, new)]
        money = [(side.get(name, {}).get("money") or {}).get("value") for side in (old, new)]
        if name not in old or name not in new:
            state = "new" if name in new else "gone"
        elif ranks[0] != ranks[1]:
            state = "moved"
        else:
            state = "kept" if money[0] == money[1] else "repriced"
        rows.append((name, state, *ranks, *money))
    columns = ["id", "state", "rank_before", "rank_after", "money_before", "money_after"]
    return pd.DataFrame(rows, columns=columns)
