"""R25: KPIs look at this month and at next year."""

from __future__ import annotations

from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, text
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "horizon_unknown": "Do these KPIs look at the short or the long run: {kpis}?",
    "only_short": "All KPIs look at the short run: next year is nobody's task.",
    "only_long": "All KPIs look at the long run: nothing shows this month.",
    "both": "KPIs of the short and of the long run are there.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """Short and long horizon for each role, by the list or else by the catalogue."""
    for role, rows in inputs.roles.items():
        if not rows:
            continue
        horizons = {
            str(row["kpi_id"]): text(row, "horizon")
            or text(inputs.match_of.get(str(row["kpi_id"]), {}), "horizon")
            for row in rows
        }
        known = set(horizons.values()) & {"short", "long"}
        open_ = tuple(kpi for kpi, horizon in horizons.items() if horizon not in ("short", "long"))
        if len(known) == 2:
            yield passed("both", role=role)
        elif open_:
            yield unknown("horizon_unknown", role=role, kpis=open_, evidence=open_)
        else:
            yield warned("only_short" if known == {"short"} else "only_long", role=role)


RULE = Rule(
    "R25", "both_horizons", "Short and long run are both watched", MINOR,
    ("kpis.horizon", "matches"), MESSAGES,
    judge,
    advice="Put a KPI for this month beside one for the next years.",
)  # fmt: skip
