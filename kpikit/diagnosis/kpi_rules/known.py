"""
Readings of the input that several rules and the scores share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpikit.diagnosis.kpi_rules.inputs import (
    CADENCE_DAYS,
    TEAM,
    AuditInput,
    by_kpi,
    number,
    text,
    truth,
)
from kpikit.vocabulary import GOAL_GROUPS

Record = Mapping[str, Any]
#: The groups every role needs; the fifth is about the KPI system itself.
GROUPS = GOAL_GROUPS[:4]


def is_mandatory(row: Record) -> bool:
    """A KPI counts as mandatory unless it is said to be optional."""
    return text(row, "obligation") != "optional"


def cadence_days(row: Record) -> float | None:
    """Days from one look at the KPI to the next; None if the cadence is not known. [days]"""
    return CADENCE_DAYS.get(text(row, "cadence"))


def goal_group(inputs: AuditInput, row: Record) -> str:
    """Goal group by the list, else by the catalogue; empty if not known."""
    return text(row, "goal_group") or text(
        inputs.match_of.get(str(row["kpi_id"]), {}), "goal_group"
    )


def covered_groups(inputs: AuditInput, rows: Sequence[Record]) -> set[str]:
    """Goal groups that a KPI or a norm of the chain covers."""
    found = {goal_group(inputs, row) for row in rows}
    if inputs.chain.has_attention_plan:
        found.add("labour_per_customer")
    if inputs.chain.has_norms:
        found.add("intensity")
    return found & set(GROUPS)


def has_formula(row: Record) -> bool:
    """Tell whether a formula is written down, in words or to be computed."""
    return bool(text(row, "formula_text") or text(row, "formula_expr"))


def is_team_scheme(inputs: AuditInput) -> bool:
    """One common goal for all, stated or by the strategy."""
    return inputs.pay_scheme == TEAM or (not inputs.pay_scheme and inputs.strategy == "ST6")


def pay_weights(inputs: AuditInput) -> dict[str, float]:
    """
    Weight of each KPI in the pay, by the pay rules and else by the list. [share]

    A KPI that the rules of its role leave out weighs 0; one without any word on pay
    is left out.
    """
    rules = _rules_in_force(inputs)
    found: dict[str, float] = {}
    for row in inputs.rows:
        kpi, role = str(row["kpi_id"]), text(row, "role")
        own = rules if not role else rules[rules["role"].isna() | (rules["role"] == role)]
        weight = number(row, "weight_in_pay")
        if len(own):
            weights = own.loc[own["kpi_id"] == kpi, "weight"].dropna().astype(float)
            found[kpi] = float(weights.max()) if len(weights) else 0.0
        elif weight is not None:
            found[kpi] = weight
        elif truth(row, "in_pay") is False:
            found[kpi] = 0.0
    return found


def _rules_in_force(inputs: AuditInput) -> pd.DataFrame:
    if inputs.pay_rules is None:
        return pd.DataFrame(columns=["role", "kpi_id", "weight"])
    rules = inputs.pay_rules.reindex(
        columns=[*{*inputs.pay_rules.columns, "valid_from_on", "valid_to_on"}]
    )
    since, until = pd.to_datetime(rules["valid_from_on"]), pd.to_datetime(rules["valid_to_on"])
    kept = (since.isna() | (since <= inputs.today)) & (until.isna() | (until >= inputs.today))
    return rules[kept]


def verdict_facts(inputs: AuditInput) -> pd.DataFrame | None:
    """
    Facts as ``kpi_id rep_id period is_met value attainment``; None without facts.

    ``is_met`` is taken from the attainment where nobody stated it. Values of the team
    stand for all reps where there are none of reps.
    """
    if inputs.facts is None:
        return None
    facts = inputs.facts.reindex(
        columns=[*{*inputs.facts.columns, "is_met", "value", "attainment", "role", "target"}]
    ).rename(columns={"period_start_on": "period"})
    attained = facts["attainment"].astype(float)
    met = facts["is_met"].map({True: 1.0, False: 0.0}).astype(float)
    reached = (attained >= 1).astype(float).where(attained.notna())
    facts = facts.assign(is_met=met.fillna(reached), attainment=attained)
    return of_reps(facts)


def of_reps(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of reps; where there are none, those of the team as one rep named ``team``."""
    named = table[table["rep_id"].notna()]
    return named if len(named) else table.assign(rep_id="team")


def coverage_of(facts: pd.DataFrame, kpi: str) -> float | None:
    """
    Share of due rep-periods of a KPI that have a value.

    Due is each of its reps in each of its periods in which the rep has a value of any
    KPI: who came in May owes nothing for April.

    Parameters
    ----------
    facts : DataFrame
        Of all KPIs, ``kpi_id rep_id period value is_met``.
    kpi : str
    """
    known = facts[facts["value"].notna() | facts["is_met"].notna()]
    own = facts[facts["kpi_id"] == kpi]
    keys = ["rep_id", "period"]
    here = pd.concat([known[keys], own[keys]]).drop_duplicates()
    due = here[here["rep_id"].isin(own["rep_id"]) & here["period"].isin(own["period"])]
    there = known.loc[known["kpi_id"] == kpi, keys].drop_duplicates()
    return len(there) / len(due) if len(due) else None


def agreement_of(recomputed: pd.DataFrame, tolerance: float) -> tuple[int, int]:
    """
    Rep-periods whose value can be reproduced, and those where both values are known.

    Parameters
    ----------
    recomputed : DataFrame
        Of one KPI, ``reported recomputed``.
    tolerance : float
        Of the reported value. [share]
    """
    both = recomputed[["reported", "recomputed"]].astype(float).dropna()
    off = (both["reported"] - both["recomputed"]).abs()
    # Rounding to whole numbers or to the second digit is no difference.
    near = off <= np.maximum(tolerance * both["reported"].abs(), 0.005 + 1e-12)
    return int(near.sum()), len(both)


def minutes_to_explain(inputs: AuditInput) -> dict[str, float]:
    """Minutes that each KPI takes to explain: measured ones, else estimated ones. [min]"""
    estimates = by_kpi(inputs.wording) if inputs.wording is not None else {}
    found = {}
    for row in inputs.rows:
        kpi = str(row["kpi_id"])
        stated = number(row, "minutes_to_explain")
        minutes = number(estimates.get(kpi, {}), "minutes_to_explain") if stated is None else stated
        if minutes is not None:
            found[kpi] = minutes
    return found


def wording_of(inputs: AuditInput, row: Record) -> float | None:
    """1 for a name in the working language, a half for a foreign one with a translation, else 0."""
    found = {} if inputs.wording is None else by_kpi(inputs.wording).get(str(row["kpi_id"]), {})
    native = truth(found, "is_native")
    if native is None:
        language = text(row, "name_lang")
        if not language:
            return None
        native = language == inputs.working_language
        half = bool(text(row, "local_name"))
    else:
        half = bool(truth(found, "half"))
    return 1.0 if native else 0.5 if half else 0.0


def empty_fields(row: Record, columns: Sequence[str]) -> tuple[str, ...]:
    """The fields of a KPI that are not filled in."""
    return tuple(column for column in columns if not text(row, column))
