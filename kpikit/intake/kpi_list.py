"""
The client's own list of KPIs and what refers to it: numbers for those without, ids for names.
"""

from __future__ import annotations

import pandas as pd

from kpikit.intake.identity import Tables
from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.labels import label_key, name_key
from kpikit.intake.values import map_unique, no_text
from kpikit.vocabulary import (
    CADENCES,
    CONTROLLERS,
    GOAL_GROUPS,
    HORIZONS,
    KPI_DIRECTIONS,
    KPI_PURPOSES,
    OBLIGATIONS,
)

#: Table, id column, name column, for every place that names a KPI.
_PLACES = (
    ("kpis", "parent_kpi_id", "parent_kpi_name"),
    ("kpi_facts", "kpi_id", "kpi_name"),
    ("pay_rules", "kpi_id", "kpi_name"),
    ("pay_rules", "gate_kpi_id", "gate_kpi_name"),
)
_CLOSED = {
    "direction": KPI_DIRECTIONS,
    "purpose": KPI_PURPOSES,
    "cadence": CADENCES,
    "goal_group": GOAL_GROUPS,
    "controller": CONTROLLERS,
    "obligation": OBLIGATIONS,
    "horizon": HORIZONS,
}
#: A stated value and the quotient of its parts are the same up to rounding [share].
_RATIO_TOLERANCE = 0.01


def number_kpis(kpis: pd.DataFrame) -> pd.DataFrame:
    """KPIs without an id are called ``KPI-01``, ``KPI-02`` ... by their place in the list."""
    if kpis["kpi_id"].notna().all():
        return kpis
    taken = set(kpis["kpi_id"].dropna())
    width = max(2, len(str(len(kpis))))
    ids: list[str] = []
    for place, own in enumerate(kpis["kpi_id"], start=1):
        name, number = own, place
        while not isinstance(name, str):
            candidate = f"KPI-{number:0{width}d}"
            name, number = (candidate if candidate not in taken else None), number + len(kpis)
        taken.add(name)
        ids.append(name)
    return kpis.assign(kpi_id=pd.Series(ids, index=kpis.index, dtype="str"))


def resolve_kpis(tables: Tables) -> tuple[Tables, list[Issue]]:
    """
    KPI ids for names, and the closed lists of the KPI table in their own words.

    A name that several KPIs share is told apart by the role of the row. A name that the
    list does not have is its own id.
    """
    tables = dict(tables)
    issues: list[Issue] = []
    by_name: dict[str, set[str]] = {}
    by_role: dict[tuple[str, str], set[str]] = {}
    if "kpis" in tables:
        kpis, issues = _closed_lists(number_kpis(tables["kpis"]))
        tables["kpis"] = kpis
        for column in ("name", "local_name"):
            listed = kpis[kpis[column].notna()]
            for kpi_id, name, role in zip(
                listed["kpi_id"], listed[column], listed["role"], strict=True
            ):
                by_name.setdefault(name_key(name), set()).add(kpi_id)
                by_role.setdefault((name_key(name), _role_key(role)), set()).add(kpi_id)
    unclear: set[str] = set()

    def find(name: str, role: str) -> str | None:
        key = name_key(name)
        own = by_role.get((key, role), set())
        ids = own if len(own) == 1 else by_name.get(key, {name})
        if len(ids) > 1:
            unclear.add(name)
            return None
        return next(iter(ids))

    for table, column, name in _PLACES:
        rows = tables.get(table)
        if rows is None or name not in rows:
            continue
        roles = rows["role"] if "role" in rows else no_text(rows.index)
        pairs = pd.DataFrame({"name": rows[name], "role": [_role_key(role) for role in roles]})
        known = pairs.dropna(subset=["name"]).drop_duplicates()
        answer = {(who, role): find(who, role) for who, role in known.itertuples(index=False)}
        found = [answer.get(pair) for pair in zip(pairs["name"], pairs["role"], strict=True)]
        own = rows[column].fillna(pd.Series(found, index=rows.index, dtype="str"))
        tables[table] = rows.assign(**{column: own})
    if unclear:
        issues.append(
            Issue("kpi_name_ambiguous", "warning",
                  "These names fit several KPIs of the list and are left without one; give the "
                  "role or the id of the KPI.", "kpis", "name", len(unclear), None,
                  examples(sorted(unclear)))
        )  # fmt: skip
    return tables, issues


def _role_key(role: object) -> str:
    return label_key(role) if isinstance(role, str) else ""


def _closed_lists(kpis: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """Values outside a closed list count as missing: nothing could be made of them."""
    table = kpis.copy()
    issues = []
    for column, allowed in _CLOSED.items():
        words = map_unique(table[column], label_key).astype("str")
        strange = words.notna() & ~words.isin(allowed)
        table[column] = words.mask(strange)
        if strange.any():
            count = int(strange.sum())
            issues.append(
                Issue("kpi_value_unknown", "warning",
                      f"These values of {column} are not known and count as missing; translate "
                      f"them to {', '.join(allowed)}.", "kpis", column, count,
                      share_of(count, len(kpis)), examples(kpis.loc[strange, column]))
            )  # fmt: skip
    return table, issues


def values_from_parts(facts: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """Facts that give only their numerator and denominator get the quotient as value."""
    quotient = facts["numerator"] / facts["denominator"].where(facts["denominator"].ne(0))
    derived = facts["value"].isna() & quotient.notna()
    if not derived.any():
        return facts, []
    count = int(derived.sum())
    issue = Issue(
        "fact_from_parts", "info",
        "Facts without a value get it from their numerator and denominator.", "kpi_facts", "value",
        count, share_of(count, len(facts)), examples(facts.loc[derived, "kpi_id"]),
    )  # fmt: skip
    return facts.assign(value=facts["value"].fillna(quotient)), [issue]


def kpi_issues(tables: Tables) -> list[Issue]:
    """Contradictions of the KPI list, its facts and the pay rules; nothing is changed."""
    found: list[tuple[str, str, str, pd.Series, pd.Series, str]] = []
    if "kpis" in tables:
        kpis = tables["kpis"]
        found += [
            ("band_reversed", "kpis", "target_low", kpis["target_low"].gt(kpis["target_high"]),
             kpis["kpi_id"], "The lower end of the target band lies above the upper one."),
            ("weight_not_a_share", "kpis", "weight_in_pay", _no_share(kpis["weight_in_pay"]),
             kpis["kpi_id"], "A weight must lie between 0 and 1; write 20 % or 0.2."),
            ("kpi_named_twice", "kpis", "name", _named_twice(kpis), kpis["name"],
             "The list has KPIs of one name for one role; give each a name of its own, or take out "
             "the lines that are too many."),
        ]  # fmt: skip
    if "pay_rules" in tables:
        rules = tables["pay_rules"]
        found.append(
            ("weight_not_a_share", "pay_rules", "weight", _no_share(rules["weight"]),
             rules["rule_id"], "A weight must lie between 0 and 1; write 20 % or 0.2.")
        )  # fmt: skip
    if "kpi_facts" in tables:
        facts = tables["kpi_facts"]
        quotient = facts["numerator"] / facts["denominator"].where(facts["denominator"].ne(0))
        off = (facts["value"] - quotient).abs().gt(_RATIO_TOLERANCE * quotient.abs() + 1e-9)
        same = ["kpi_id", "rep_id", "role", "period_start_on", "period_end_on"]
        found += [
            ("fact_parts_differ", "kpi_facts", "value", off, facts["kpi_id"],
             "The value is not its numerator divided by its denominator; periods are added up "
             "from these parts."),
            ("fact_repeated", "kpi_facts", "value", facts.duplicated(same, keep=False),
             facts["kpi_id"], "One KPI of one rep has several values for the same period."),
        ]  # fmt: skip
    return [
        Issue(rule, "warning", f"{message} Nothing was changed.", table, column, int(rows.sum()),
              share_of(int(rows.sum()), len(rows)), examples(shown[rows]))
        for rule, table, column, rows, shown, message in found
        if rows.any()
    ]  # fmt: skip


def _named_twice(kpis: pd.DataFrame) -> pd.Series:
    """KPIs whose name stands in the list before or after for the same role."""
    keys = pd.DataFrame(
        {"name": map_unique(kpis["name"], name_key), "role": [_role_key(r) for r in kpis["role"]]}
    )
    return kpis["name"].notna() & keys.duplicated(keep=False)


def _no_share(values: pd.Series) -> pd.Series:
    return values.notna() & ~values.between(0, 1)
