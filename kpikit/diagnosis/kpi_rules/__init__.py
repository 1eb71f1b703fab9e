"""
The audit of a KPI system: twenty-seven rules, one small module each.

Each rule says pass, warn, fail or cannot judge. Passed checks are listed too, and
what is missing is a question, never a pass. The scores, the selection and the
calendar stand beside the rules in ``scores``, ``selection`` and ``calendar``.
"""

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, ChainFacts
from kpikit.diagnosis.kpi_rules.limits import SOURCES, AuditLimits
from kpikit.diagnosis.kpi_rules.registry import RULES
from kpikit.diagnosis.kpi_rules.rule import Rule, Verdict
from kpikit.diagnosis.kpi_rules.run import VERDICT_COLUMNS, messages, run_rules

__all__ = [
    "RULES",
    "SOURCES",
    "VERDICT_COLUMNS",
    "AuditInput",
    "AuditLimits",
    "ChainFacts",
    "Rule",
    "Verdict",
    "messages",
    "run_rules",
]
