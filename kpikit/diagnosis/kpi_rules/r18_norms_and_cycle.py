"""R18: without norms, attention for each customer and the cycle nobody can count people."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput
from kpikit.diagnosis.kpi_rules.rule import BLOCKER, Rule, Verdict, failed, passed, unknown

MESSAGES = {
    "no_norms": "There is no norm of contacts: the number of people cannot be computed. Measure "
    "or agree contacts and minutes by stage.",
    "norms_unknown": "Is there a norm of contacts by kind and stage?",
    "norms": "There is a norm of contacts.",
    "no_attention_plan": "There is no planned attention for a customer or a deal: the number of "
    "people cannot be computed. Agree contacts for each segment.",
    "attention_plan_unknown": "How much attention is planned for a customer or a deal?",
    "attention_plan": "Attention for a customer or a deal is planned.",
    "no_cycle": "There is no cycle time: when the money comes cannot be computed. Set stage "
    "dates in the CRM.",
    "cycle_unknown": "How long does it take to win a customer?",
    "cycle": "The cycle time is known.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Norms, attention plan and cycle, one by one."""
    for name in ("norms", "attention_plan", "cycle"):
        present = getattr(inputs.chain, f"has_{name}")
        if present is None:
            yield unknown(f"{name}_unknown")
        elif present:
            yield passed(name)
        else:
            yield failed(f"no_{name}")


RULE = Rule(
    "R18", "norms_and_cycle", "Norms of contacts and cycle times exist", BLOCKER,
    ("chain.has_norms", "chain.has_attention_plan", "chain.has_cycle"), MESSAGES,
    judge,
    advice="Measure contacts and minutes for each stage and the time from the first contact "
    "to the money; two weeks of records are enough to begin.",
)  # fmt: skip
