"""
Two scores: each KPI on its own, and the list of a role as a system.

A KPI that is sensible alone may be useless in its list, so both are shown, each with
the share of its rules that could be checked. The weights and the gates are those of
:mod:`kpikit.diagnosis.kpi_score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis import linkage
from kpikit.diagnosis.gaming import hard_to_game
from kpikit.diagnosis.kpi_rules.inputs import (
    AuditInput,
    by_kpi,
    number,
    records,
    says_none,
    text,
)
from kpikit.diagnosis.kpi_rules.known import (
    GROUPS,
    agreement_of,
    coverage_of,
    covered_groups,
    empty_fields,
    goal_group,
    has_formula,
    is_mandatory,
    pay_weights,
    verdict_facts,
    wording_of,
)
from kpikit.diagnosis.kpi_score import (
    WEIGHTS,
    kpi_scores,
    representative_scores,
    system_score,
)
from kpikit.diagnosis.redundancy import representatives

POINT_COLUMNS = ("kpi_id", "role", "points", "coverage", "gate")
LIST_COLUMNS = (
    "role", "points", "quality", "coverage", "kpis", "clusters", "unscored", "fewness", "native",
    "completeness", "cells_known", "empty_cells", "unknown_cells", "status", "reason",
)  # fmt: skip

#: KPI of the catalogue that is the sales plan itself.
PLAN_KPI = "K04"
#: KPIs of the catalogue that split the customers: renewals, cross-sales, new ones, segments.
CUSTOMER_CELLS = {
    "renewals": ("K22", "K28"), "cross_sales": ("K23", "K24"), "new_customers": ("K20",),
    "segments": ("K33",),
}  # fmt: skip
#: Odds of a target against its score: nothing at 5 %, full at 40 to 80 %, 0.3 from 99 % on.
_ODDS = (0.05, 0.40, 0.80, 0.99), (0.0, 1.0, 1.0, 0.3)
#: KPIs that all are followed, and from which on none is.
_ALL_FOLLOWED, _NONE_FOLLOWED = 5, 15


def rule_scores(inputs: AuditInput) -> pd.DataFrame:
    """
    Score of each KPI in each weighted rule.

    Returns
    -------
    DataFrame
        ``kpi_id rule score``; null where the rule could not be checked. [share]
    """
    checks = {
        "measurable": _measurable(inputs), "linked": _linked(inputs),
        "controllable": _from(inputs.controllability, "icc"), "in_pay": _in_pay(inputs),
        "realistic": _realistic(inputs),
        "own_language": {str(row["kpi_id"]): wording_of(inputs, row) for row in inputs.rows},
        "understood": _understood(inputs), "simple": _simple(inputs),
        "not_redundant": _not_redundant(inputs), "not_gamed": _not_gamed(inputs),
    }  # fmt: skip
    rows = [
        (str(row["kpi_id"]), rule, checks[rule].get(str(row["kpi_id"])))
        for row in inputs.rows
        for rule in WEIGHTS
    ]
    table = pd.DataFrame(rows, columns=["kpi_id", "rule", "score"])
    return table.astype({"score": float})


def kpi_points(inputs: AuditInput, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """
    Score every KPI on its own.

    Returns
    -------
    DataFrame
        ``POINT_COLUMNS``: ``points`` 0 to 100, null where nothing could be checked,
        ``coverage`` share of the weight that could be, and the rule that capped it.
    """
    scored = kpi_scores(rule_scores(inputs), weights)
    roles = {str(row["kpi_id"]): text(row, "role") for row in inputs.rows}
    found = scored.assign(
        role=scored["kpi_id"].map(roles), points=100 * scored["score"].astype(float)
    )
    return found[list(POINT_COLUMNS)]


def list_points(inputs: AuditInput, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """
    Score the list of each role as a system.

    Returns
    -------
    DataFrame
        ``LIST_COLUMNS``: ``points`` 0 to 100; ``quality``, ``coverage``, ``fewness``
        (1 up to five KPIs, 0 from fifteen on), ``native`` names in the working
        language and ``completeness`` [share]; ``cells_known`` of the cells of
        completeness [share], and the names of those that are empty or not known.
    """
    rules = rule_scores(inputs)
    scored = kpi_scores(rules, weights)
    worth = representative_scores(rules) if len(rules) else {}
    clusters = cluster_of(inputs)
    rows = []
    for role, own in inputs.roles.items():
        mandatory = [str(row["kpi_id"]) for row in own if is_mandatory(row)]
        cells = completeness(inputs, own)
        few = fewness(inputs, own)
        groups = {kpi: clusters[kpi] for kpi in mandatory}
        system = system_score(
            role, scored, groups, representatives(groups, worth) if groups else set(),
            cells.share or 0.0, few,
        )  # fmt: skip
        known = cells.share is not None
        points = None if system.score is None or not known else 100 * system.score
        rows.append(
            {
                "role": role, "points": points, "quality": system.quality,
                "coverage": system.coverage, "kpis": len(own), "clusters": system.clusters,
                "unscored": system.unscored, "fewness": few, "native": native_share(inputs, own),
                "completeness": cells.share, "cells_known": cells.known,
                "empty_cells": cells.empty, "unknown_cells": cells.unknown,
                "status": system.status if known else "not_computable",
                "reason": system.reason if known else "no cell of completeness is known",
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(LIST_COLUMNS))


@dataclass(frozen=True)
class Completeness:
    """
    Which cells of a KPI system are filled.

    Attributes
    ----------
    share : float or None
        Filled among the known cells. [share]
    known : float
        Known among all cells. [share]
    empty, unknown : tuple of str
    """

    share: float | None
    known: float
    empty: tuple[str, ...]
    unknown: tuple[str, ...]


def completeness(inputs: AuditInput, rows: Sequence[Mapping[str, Any]]) -> Completeness:
    """
    Goal groups, the split of the customers, norm and cycle of a role.

    A cell that a KPI not yet sorted may fill is not known.
    """
    groups = {str(row["kpi_id"]): goal_group(inputs, row) for row in rows}
    matched = inputs.catalogue_ids
    ids = {matched.get(kpi) for kpi in groups}
    cells: dict[str, bool | None] = {}
    covered = covered_groups(inputs, rows)
    for group in GROUPS:
        cells[group] = group in covered or (None if "" in groups.values() else False)
    open_ = any(kpi not in matched for kpi, group in groups.items() if group in ("", "customers"))
    for cell, wanted in CUSTOMER_CELLS.items():
        cells[cell] = bool(ids & set(wanted)) or (None if open_ else False)
    cells["contact_norm"] = inputs.chain.has_norms
    cells["cycle"] = inputs.chain.has_cycle
    known = [filled for filled in cells.values() if filled is not None]
    return Completeness(
        sum(known) / len(known) if known else None,
        len(known) / len(cells),
        tuple(name for name, filled in cells.items() if filled is False),
        tuple(name for name, filled in cells.items() if filled is None),
    )


def fewness(inputs: AuditInput, rows: Sequence[Mapping[str, Any]]) -> float:
    """
    How close a list is to what can be followed: 1 up to five KPIs, 0 from fifteen on. [share]

    Counted are the mandatory KPIs, or the fullest cadence where that is more. Some
    optional KPIs of a cadence are let off, if ranking and cadence are stated for all.
    """
    mandatory = sum(is_mandatory(row) for row in rows)
    tiers = pd.Series([text(row, "cadence") or "monthly" for row in rows], dtype=object)
    stated = all(text(row, "obligation") and text(row, "cadence") for row in rows)
    let_off = inputs.limits.optional_limit if stated else 0
    most = max(mandatory, int(tiers.value_counts().max()) - let_off) if rows else 0
    return float(np.clip((_NONE_FOLLOWED - most) / (_NONE_FOLLOWED - _ALL_FOLLOWED), 0.0, 1.0))


def native_share(inputs: AuditInput, rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Names in the working language, translated ones by half, where the language is known."""
    known = [share for row in rows if (share := wording_of(inputs, row)) is not None]
    return float(np.mean(known)) if known else None


def cluster_of(inputs: AuditInput) -> dict[str, int]:
    """
    Redundancy cluster of every KPI in use; a KPI that was not compared is its own.

    A goal stands apart from its ways, and the plan from everything: that a way moves with
    what it serves makes it useful, not needless.
    """
    found: dict[str, float | None] = {}
    if inputs.redundancy is not None:
        found = {k: number(row, "cluster") for k, row in by_kpi(inputs.redundancy.kpis).items()}
    numbers = {kpi: int(cluster) for kpi, cluster in found.items() if cluster is not None}
    free = max(numbers.values(), default=-1) + 1
    for row in inputs.rows:
        if str(row["kpi_id"]) not in numbers:
            numbers[str(row["kpi_id"])] = free
            free += 1
    goals = {kpi for kpi, entry in inputs.catalogue_ids.items() if entry == PLAN_KPI}
    for row in inputs.rows:
        parent = text(row, "parent_kpi_id")
        if numbers.get(parent) == numbers[str(row["kpi_id"])] and parent != row["kpi_id"]:
            goals.add(parent)
    for goal in sorted(goals & set(numbers)):
        numbers[goal] = free
        free += 1
    return numbers


def _from(table: pd.DataFrame | None, column: str) -> dict[str, float | None]:
    return {} if table is None else {k: number(row, column) for k, row in by_kpi(table).items()}


def _measurable(inputs: AuditInput) -> dict[str, float | None]:
    """Values that exist and come out again; 0 without a formula or any check of them."""
    facts = verdict_facts(inputs)
    with_formula = inputs.states("formula_text", "formula_expr")
    found: dict[str, float | None] = {}
    for row in inputs.rows:
        kpi, parts = str(row["kpi_id"]), []
        unchecked = says_none(text(row, "checker"))
        if facts is not None:
            parts.append(coverage_of(facts, kpi) or 0.0)
        if inputs.recomputed is not None:
            own = inputs.recomputed[inputs.recomputed["kpi_id"] == kpi]
            same, n = agreement_of(own, inputs.limits.tolerance)
            parts += [same / n] if n else []
            unchecked = unchecked and not n
        if unchecked or (with_formula and not has_formula(row)):
            found[kpi] = 0.0
        else:
            found[kpi] = float(np.mean(parts)) if parts else None
    return found


def _linked(inputs: AuditInput) -> dict[str, float | None]:
    """Unproven is not known: never useless. A part of the plan proves nothing."""
    score = {linkage.LINKED: 1.0, linkage.NOT_LINKED: 0.0, linkage.OPPOSED: 0.0}
    found = {} if inputs.linkage is None else by_kpi(inputs.linkage)
    return {kpi: score.get(str(row["verdict"])) for kpi, row in found.items()}


def _in_pay(inputs: AuditInput) -> dict[str, float | None]:
    """The score of the pay audit; 0 for what the pay leaves out."""
    found: dict[str, float | None] = {
        kpi: 0.0 for kpi, weight in pay_weights(inputs).items() if weight == 0
    }
    if inputs.pay_audit is not None:
        found |= _from(inputs.pay_audit.links.drop_duplicates("kpi_id"), "score")
    return found


def _realistic(inputs: AuditInput) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for row in [] if inputs.targets is None else records(inputs.targets):
        known = [number(row, "probability"), number(row, "capacity_probability")]
        if known[0] is not None:
            least = min(p for p in known if p is not None)
            found[str(row["kpi_id"])] = float(np.interp(least, *_ODDS))
    return found


def _understood(inputs: AuditInput) -> dict[str, float | None]:
    """Fields that explain the KPI, and what reps understood where they were asked."""
    fields = (
        "definition",
        "formula_text",
        "unit",
        "direction",
        "cadence",
        "data_source",
        "checker",
    )
    quiz = {}
    if inputs.wording is not None and "quiz" in inputs.wording.columns:
        quiz = _from(inputs.wording, "quiz")
    if not inputs.states(*fields):
        return quiz
    found: dict[str, float | None] = {}
    for row in inputs.rows:
        parts = [1 - len(empty_fields(row, fields)) / len(fields)]
        asked = quiz.get(str(row["kpi_id"]))
        found[str(row["kpi_id"])] = float(np.mean([*parts, *([] if asked is None else [asked])]))
    return found


def _simple(inputs: AuditInput) -> dict[str, float | None]:
    """1 without steps by hand, else less with every minute, 0 from an hour on."""
    found: dict[str, float | None] = {}
    for row in inputs.rows:
        minutes = number(row, "minutes_to_collect")
        if number(row, "manual_steps") == 0:
            minutes = 0.0
        found[str(row["kpi_id"])] = None if minutes is None else 1 - min(1.0, minutes / 60)
    return found


def _not_redundant(inputs: AuditInput) -> dict[str, float | None]:
    sizes = {} if inputs.redundancy is None else _from(inputs.redundancy.kpis, "cluster_size")
    return {kpi: None if size is None else 1 / size for kpi, size in sizes.items()}


def _not_gamed(inputs: AuditInput) -> dict[str, float | None]:
    if inputs.gaming is None or "q_value" not in inputs.gaming.columns:
        return {}
    named = inputs.gaming[inputs.gaming["kpi_id"].notna()]
    return {str(kpi): hard_to_game(signs) for kpi, signs in named.groupby("kpi_id")}
