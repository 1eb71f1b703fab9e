"""R14: meeting the KPI brings something, missing it costs something, and both happen."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, records, says_none, text
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "not_asked": "What does a rep get for meeting this KPI, and what follows when it is missed?",
    "neither": "Nothing follows, whether it is met or missed.",
    "reward_only": "Meeting it is rewarded, missing it has no consequence.",
    "consequence_only": "Missing it has a consequence, meeting it brings nothing.",
    "both": "Meeting it is rewarded and missing it has a consequence.",
    "application_unknown": "Are reward and consequence applied when due? Ask for last quarter's "
    "cases.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Both sides by the list or by the payout curve."""
    curves = {} if inputs.pay_audit is None else {
        str(link["kpi_id"]): link for link in records(inputs.pay_audit.links)
    }  # fmt: skip
    asked = inputs.states("reward", "consequence")
    for row in inputs.rows:
        curve = curves.get(str(row["kpi_id"]))
        if curve is None and not asked:
            yield unknown("not_asked", **about(row))
            continue
        written = {
            name: bool(text(row, name)) and not says_none(text(row, name))
            for name in ("reward", "consequence")
        }
        reward = written["reward"] or (curve is not None and bool(curve["pays"]))
        consequence = written["consequence"] or (curve is not None and bool(curve["loses"]))
        if reward and consequence:
            yield passed("both", **about(row))
        elif reward:
            yield warned("reward_only", **about(row))
        elif consequence:
            yield warned("consequence_only", **about(row))
        else:
            yield warned("neither", **about(row))
    if inputs.rows and inputs.pay_audit is None:
        yield unknown("application_unknown")


RULE = Rule(
    "R14", "reward_and_consequence", "Meeting the KPI pays, missing it costs", MINOR,
    ("kpis.reward", "kpis.consequence", "pay_audit"), MESSAGES,
    judge,
    advice="Say for each KPI what a rep gains by reaching it and what does not come by "
    "missing it.",
)  # fmt: skip
