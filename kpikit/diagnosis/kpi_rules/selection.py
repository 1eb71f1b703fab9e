"""
Three from a thousand: the few KPIs of a role that do most together.

The best KPIs one by one may all measure the same or leave a goal group empty. A small
integer programme takes as few as cover the four groups, at most one of those that move
together, no way without its goal, and among these the best scores. What is not taken is
merged or dropped, each with its reason. Without a strategy nothing is selected.

References
----------
.. [1] L. Wolsey, Integer Programming, 2nd ed., Wiley, 2020, ch. 1 (covering and
   packing constraints).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis import linkage
from kpikit.diagnosis.kpi_rules.goal_path import ENDS_AT_GOAL, goal_path
from kpikit.diagnosis.kpi_rules.inputs import AuditInput, by_kpi, text, words
from kpikit.diagnosis.kpi_rules.known import GROUPS, covered_groups, goal_group
from kpikit.diagnosis.kpi_rules.limits import AuditLimits
from kpikit.diagnosis.kpi_rules.scores import PLAN_KPI, cluster_of, kpi_points, rule_scores
from kpikit.errors import InputDataError
from kpikit.vocabulary import CONTROLLERS

FloatArray = npt.NDArray[np.float64]

KEEP, REPAIR, MERGE, DROP = "keep", "repair", "merge", "drop"
#: What a proven link with the plan is worth beside the score: more than any score. [share]
PROOF = 1.0
#: What a KPI of a family that the strategy asks for is worth beside its score. [share]
PREFERENCE = 0.10

CANDIDATE_COLUMNS = (
    "kpi_id", "score", "measurable", "goal_group", "parent_kpi_id", "cluster", "is_preferred",
    "is_plan", "is_proven", "excluded",
)  # fmt: skip
PROPOSAL_COLUMNS = ("kpi_id", "proposal", "reason", "other_kpi_id")
#: Sentence for each reason; ``other`` is the column ``other_kpi_id``.
REASONS = {
    "chosen": "Among the few that do most together.",
    "proven": "Proven to go with the plan.",
    "the_plan": "The plan itself: everything else serves it.",
    "moved_by_others": "By the list, somebody else moves it: it belongs in that person's list.",
    "moves_with_kept": "It moves together with {other}; one of the two is enough.",
    "goal_not_kept": "A way to {other}, which is not kept.",
    "way_without_goal": "A way that serves no goal.",
    "does_not_move_plan": "More of it does not bring more of the plan; a link of use would have "
    "shown.",
    "works_against_plan": "Who is ahead in it is behind in the plan.",
    "not_scored": "None of its rules could be checked.",
    "weaker": "Weaker than those kept.",
    "needs_formula": "It goes with the plan, but nobody can compute it again: write down formula "
    "and source, then keep it.",
}
#: Why a goal group stays empty.
GAPS = {
    "no_candidate": "No KPI of the list belongs to the group {group}; add one.",
    "not_usable": "The KPIs of the group {group} cannot be kept as they are; repair or replace "
    "one.",
    "crowded_out": "The KPIs of the group {group} do not fit beside the others; raise the limit "
    "or replace one.",
}


@dataclass(frozen=True, eq=False)
class Selection:
    """
    What to keep of the KPIs of one role.

    Attributes
    ----------
    role : str
    kept : tuple of str
        Best first.
    proposals : DataFrame
        ``kpi_id proposal reason other_kpi_id`` of every KPI of the role; ``proposal``
        keep, repair, merge or drop, ``reason`` a key of ``REASONS``. Empty when blocked.
    gaps : mapping
        Goal group that stays empty -> key of ``GAPS``.
    status : str
        ``ok``, ``incomplete`` (a group stays empty), ``blocked``.
    reason : str
        ``no_strategy`` or ``no_candidates`` when blocked.
    """

    role: str
    kept: tuple[str, ...]
    proposals: pd.DataFrame
    gaps: dict[str, str]
    status: str
    reason: str = ""


def selections(inputs: AuditInput) -> list[Selection]:
    """
    Select the KPIs of every role.

    A norm of the chain covers its goal group, so no KPI is needed for it.
    """
    found = []
    for role in inputs.roles:
        if inputs.strategy in (None, "ST0"):
            found.append(Selection(role, (), _no_proposals(), {}, "blocked", "no_strategy"))
            continue
        covered = covered_groups(inputs, [])
        chosen = select_kpis(candidates(inputs, role), inputs.limits, role=role, covered=covered)
        found.append(replace(chosen, proposals=_with_repairs(inputs, chosen.proposals)))
    return found


def _with_repairs(inputs: AuditInput, proposals: pd.DataFrame) -> pd.DataFrame:
    """A KPI that moves the plan is not thrown away because nobody wrote its formula down."""
    if inputs.linkage is None or proposals.empty:
        return proposals
    links = inputs.linkage
    linked = set(links.loc[links["verdict"] == linkage.LINKED, "kpi_id"])
    points = kpi_points(inputs)
    capped = set(points.loc[points["gate"] == "measurable", "kpi_id"])
    rows = proposals["proposal"].eq(DROP) & proposals["kpi_id"].isin(linked & capped)
    repaired = proposals.copy()
    repaired.loc[rows, ["proposal", "reason"]] = [REPAIR, "needs_formula"]
    return repaired


def candidates(inputs: AuditInput, role: str) -> pd.DataFrame:
    """
    The KPIs of a role as the selection sees them.

    Returns
    -------
    DataFrame
        ``CANDIDATE_COLUMNS``: ``score`` and ``measurable`` [share] or null, ``is_plan``
        for the sales plan itself, ``is_proven`` for a KPI that goes with the plan and can
        be computed again, ``excluded`` a key of ``REASONS`` or empty.
    """
    scored = kpi_points(inputs).set_index("kpi_id")
    points = scored["points"] / 100
    capped = set(scored.index[scored["gate"] == "measurable"])
    rules = rule_scores(inputs)
    measurable = rules[rules["rule"] == "measurable"].set_index("kpi_id")["score"]
    links = {} if inputs.linkage is None else by_kpi(inputs.linkage)
    clusters = cluster_of(inputs)
    rows = []
    for row in inputs.roles[role]:
        kpi = str(row["kpi_id"])
        excluded = ""
        own = role if role in CONTROLLERS else "rep"
        is_way = text(row, "purpose") == "way"
        if text(row, "controller") not in ("", own):
            excluded = "moved_by_others"
        elif text(links.get(kpi, {}), "verdict") == linkage.OPPOSED:
            excluded = "works_against_plan"
        elif is_way and text(links.get(kpi, {}), "verdict") == linkage.NOT_LINKED:
            excluded = "does_not_move_plan"
        elif is_way and goal_path(inputs, row)[0] != ENDS_AT_GOAL:
            excluded = "way_without_goal"
        families = words(inputs.match_of.get(kpi, {}), "strategies")
        rows.append(
            (
                kpi, points[kpi], measurable[kpi], goal_group(inputs, row),
                text(row, "parent_kpi_id") if is_way else "",
                clusters[kpi], inputs.strategy in families,
                inputs.catalogue_ids.get(kpi) == PLAN_KPI,
                text(links.get(kpi, {}), "verdict") == linkage.LINKED and kpi not in capped,
                excluded,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))


def select_kpis(
    table: pd.DataFrame,
    limits: AuditLimits,
    *,
    role: str = "",
    covered: Collection[str] = (),
) -> Selection:
    """
    Choose few KPIs that cover the goal groups and score highest together.

    The plan itself is always among them, and what is proven to go with it as far as the
    limit allows. As few as ``kpi_aim`` if these cover and prove what ``kpi_limit`` would,
    else more. Equal scores (to 0.001) go by measurability,
    then by the order of the table.

    Parameters
    ----------
    table : DataFrame
        ``CANDIDATE_COLUMNS``, one row per KPI.
    limits : AuditLimits
    role : str
    covered : collection of str
        Goal groups that need no KPI.

    Raises
    ------
    InputDataError
        If a column is missing, a KPI stands twice or a score is outside 0 to 1.
    """
    _check(table)
    usable = table[table["excluded"] == ""].reset_index(drop=True)
    if usable.empty:
        return Selection(
            role, (), _proposals(table, usable.iloc[:0]), {}, "blocked", "no_candidates"
        )
    wanted = [group for group in GROUPS if group not in covered]
    chosen, gaps = _solve(usable, limits.kpi_limit, wanted)
    for most in range(limits.kpi_aim, limits.kpi_limit):
        fewer, open_ = _solve(usable, most, wanted)
        as_proven = usable["is_proven"][fewer].sum() == usable["is_proven"][chosen].sum()
        if len(open_) == len(gaps) and as_proven:
            chosen, gaps = fewer, open_
            break
    kept = usable[chosen].sort_values("score", ascending=False, kind="stable", na_position="last")
    there, listed = set(usable["goal_group"]), set(table["goal_group"])
    named = {
        group: "crowded_out" if group in there else
        "not_usable" if group in listed else "no_candidate"
        for group in gaps
    }  # fmt: skip
    return Selection(
        role, tuple(kept["kpi_id"]), _proposals(table, kept), named,
        "incomplete" if named else "ok",
    )  # fmt: skip


def _solve(
    table: pd.DataFrame, most: int, groups: list[str]
) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """The chosen rows, and the groups that stay empty."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, size = len(table), len(table) + len(groups)
    # A variable for each KPI, then one for each group that stays empty, at a price above
    # whatever KPIs can bring.
    score = table["score"].astype(float).fillna(0.0).round(3)
    worth = 1e4 * (
        score
        + PREFERENCE * table["is_preferred"].astype(float)
        + PROOF * table["is_proven"].astype(float)
    )
    tie = table["measurable"].astype(float).fillna(0.0).round(2)
    order = 1e-3 * (1 - np.arange(n) / n)
    price = np.r_[-(worth + tie + order).to_numpy(), np.full(len(groups), 3e4 * (most + 1))]
    rows: list[FloatArray] = []
    low: list[float] = []
    high: list[float] = []

    def add(places: npt.NDArray[np.bool_], at_least: float, at_most: float) -> FloatArray:
        line = np.zeros(size)
        line[:n][places] = 1.0
        rows.append(line)
        low.append(at_least)
        high.append(at_most)
        return line

    add(np.ones(n, dtype=bool), 0, most)
    # of two KPIs that are the plan one is enough
    plan = table["is_plan"].to_numpy(dtype=bool)
    if plan.any():
        add(plan, 1, 1)
    for place, group in enumerate(groups):
        add((table["goal_group"] == group).to_numpy(), 1, np.inf)[n + place] = 1.0
    for _, own in table.groupby("cluster"):
        if len(own) > 1:
            add(table.index.isin(own.index), 0, 1)
    places = {kpi: place for place, kpi in enumerate(table["kpi_id"])}
    for way, parent in zip(table["kpi_id"], table["parent_kpi_id"], strict=True):
        if parent in places and parent != way:
            line = add(np.zeros(n, dtype=bool), -np.inf, 0)
            line[places[way]], line[places[parent]] = 1.0, -1.0
    found = milp(
        price, integrality=np.ones(size), bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), low, high), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    if found.x is None:
        raise InputDataError(f"the KPIs could not be selected: {found.message}.")
    taken = found.x > 0.5
    return taken[:n], [group for group, open_ in zip(groups, taken[n:], strict=True) if open_]


def _proposals(table: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    clusters = dict(zip(kept["cluster"], kept["kpi_id"], strict=True))
    ids = set(kept["kpi_id"])
    rows: list[tuple[str, str, str, str | None]] = []
    for row in table.to_dict("records"):
        kpi, parent = row["kpi_id"], row["parent_kpi_id"]
        if kpi in ids:
            why = "the_plan" if row["is_plan"] else "proven" if row["is_proven"] else "chosen"
            rows.append((kpi, KEEP, why, None))
        elif row["excluded"]:
            rows.append((kpi, DROP, row["excluded"], None))
        elif row["cluster"] in clusters:
            rows.append((kpi, MERGE, "moves_with_kept", clusters[row["cluster"]]))
        elif parent and parent in set(table["kpi_id"]) - ids:
            rows.append((kpi, DROP, "goal_not_kept", parent))
        else:
            rows.append((kpi, DROP, "not_scored" if pd.isna(row["score"]) else "weaker", None))
    return pd.DataFrame(rows, columns=list(PROPOSAL_COLUMNS))


def _no_proposals() -> pd.DataFrame:
    return pd.DataFrame(columns=list(PROPOSAL_COLUMNS))


def _check(table: pd.DataFrame) -> None:
    lacking = [name for name in CANDIDATE_COLUMNS if name not in table.columns]
    if lacking:
        raise InputDataError(f"the candidates lack the columns {', '.join(lacking)}.")
    twice = table.loc[table["kpi_id"].duplicated(), "kpi_id"]
    if len(twice):
        raise InputDataError(f"candidates stand twice: {', '.join(map(str, twice[:5]))}.")
    score = table["score"].astype(float)
    bad = table.loc[score.notna() & ~score.between(0, 1), "kpi_id"]
    if len(bad):
        raise InputDataError(
            f"scores of candidates must lie between 0 and 1; check {', '.join(map(str, bad[:5]))}."
        )
