"""R27: a KPI is explained in minutes, the list of a role in one meeting."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about
from kpikit.diagnosis.kpi_rules.known import minutes_to_explain
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "minutes_unknown": "How long does it take to explain this KPI? Let somebody try.",
    "takes_long": "Explaining it takes {minutes} minutes (at most {limit}).",
    "quick": "Explained in {minutes} minutes.",
    "list_takes_long": "Explaining {count} KPIs takes {minutes} minutes (at most {limit}).",
    "list_quick": "All {count} KPIs are explained in {minutes} minutes.",
    "list_unknown": "{count} KPIs of the role have no time to explain them.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Minutes for each KPI and for all of a role; a part that is too long is enough to say so."""
    minutes, limits = minutes_to_explain(inputs), inputs.limits
    for row in inputs.rows:
        own = minutes.get(str(row["kpi_id"]))
        if own is None:
            yield unknown("minutes_unknown", **about(row))
        elif own > limits.kpi_minutes:
            yield warned("takes_long", **about(row), minutes=own, limit=limits.kpi_minutes)
        else:
            yield passed("quick", **about(row), minutes=own)
    for role, rows in inputs.roles.items():
        known = [minutes[kpi] for row in rows if (kpi := str(row["kpi_id"])) in minutes]
        total, open_ = sum(known), len(rows) - len(known)
        if total > limits.list_minutes:
            yield warned(
                "list_takes_long", role=role, count=len(known), minutes=total,
                limit=limits.list_minutes,
            )  # fmt: skip
        elif open_:
            yield unknown("list_unknown", role=role, count=open_)
        elif rows:
            yield passed("list_quick", role=role, count=len(rows), minutes=total)


RULE = Rule(
    "R27", "explainable_in_time", "The KPIs are explained in minutes", MINOR,
    ("kpis.minutes_to_explain", "wording"), MESSAGES,
    judge,
    advice="Halve the explanation: what takes longer than five minutes to explain is "
    "computed by nobody.",
)  # fmt: skip
