"""
Run the rules and put what they say into one table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from kpikit.diagnosis.kpi_rules.inputs import AuditInput
from kpikit.diagnosis.kpi_rules.registry import RULES
from kpikit.diagnosis.kpi_rules.rule import COMMON_MESSAGES, Rule
from kpikit.errors import InputDataError

VERDICT_COLUMNS = (
    "rule", "kpi_id", "role", "verdict", "severity", "code", "values", "evidence",
)  # fmt: skip


def run_rules(
    inputs: AuditInput, switched_off: Collection[str] = (), extra: Sequence[Rule] = ()
) -> pd.DataFrame:
    """
    Judge a KPI system by all rules.

    Parameters
    ----------
    inputs : AuditInput
    switched_off : collection of str
        Ids of rules to leave out.
    extra : sequence of Rule
        Rules of the engagement, judged after the others.

    Returns
    -------
    DataFrame
        ``VERDICT_COLUMNS``, one row per verdict, at least one for every rule; passed
        checks included. ``code`` is a key of :func:`messages`.

    Raises
    ------
    InputDataError
        If a rule to switch off does not exist, or an extra rule has the id of another.
    """
    rules = [*RULES, *extra]
    ids = [rule.id for rule in rules]
    strange = sorted(set(switched_off) - set(ids))
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if strange:
        raise InputDataError(
            f"rules to switch off that do not exist: {', '.join(strange)}; there are "
            f"{ids[0]} to {ids[-1]}."
        )
    if twice:
        raise InputDataError(f"two rules are called {', '.join(twice)}; give extra rules new ids.")
    said = [
        verdict
        for rule in rules
        if rule.id not in switched_off
        for verdict in rule.verdicts(inputs)
    ]
    rows = [[getattr(verdict, name) for name in VERDICT_COLUMNS] for verdict in said]
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))


def messages(extra: Sequence[Rule] = ()) -> dict[str, str]:
    """Template of every code; the placeholders are keys of ``values``."""
    return {
        f"{rule.id}.{code}": template
        for rule in [*RULES, *extra]
        for code, template in {**COMMON_MESSAGES, **rule.messages}.items()
    }
