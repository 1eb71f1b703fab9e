"""R11: where there are more KPIs than can be followed, it is said which come first."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, text
from kpikit.diagnosis.kpi_rules.known import is_mandatory
from kpikit.diagnosis.kpi_rules.rule import MAJOR, Rule, Verdict, failed, passed, unknown, warned

MESSAGES = {
    "ranking_unknown": "Which KPIs are mandatory, which optional?",
    "not_ranked": "{count} KPIs, more than the {limit} that can be followed, and nobody says "
    "which come first.",
    "partly_ranked": "It is open whether {count} KPIs are mandatory: {kpis}.",
    "too_many_mandatory": "{count} KPIs are mandatory; at most {limit} can come first.",
    "ranked": "Mandatory and optional KPIs are told apart.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Mandatory or optional, stated for all KPIs of a role."""
    limit = inputs.limits.kpi_limit
    for role, rows in inputs.roles.items():
        if not rows:
            continue
        open_ = tuple(str(row["kpi_id"]) for row in rows if not text(row, "obligation"))
        mandatory = sum(is_mandatory(row) for row in rows)
        if len(open_) == len(rows) and len(rows) <= limit:
            yield unknown("ranking_unknown", role=role)
        elif len(open_) == len(rows):
            yield failed("not_ranked", role=role, count=len(rows), limit=limit, evidence=open_)
        elif open_:
            say = failed if mandatory > limit else warned
            yield say("partly_ranked", role=role, count=len(open_), kpis=open_, evidence=open_)
        elif mandatory > limit:
            yield failed("too_many_mandatory", role=role, count=mandatory, limit=limit)
        else:
            yield passed("ranked", role=role)


RULE = Rule(
    "R11", "ranked", "Mandatory and optional KPIs are told apart", MAJOR,
    ("kpis.obligation",), MESSAGES,
    judge,
    advice="Mark each KPI as mandatory or optional, so that a rep knows what comes first.",
)  # fmt: skip
