"""R12: KPIs are spread over day, week and month, and looked at when they can have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kpikit.diagnosis.kpi_rules.inputs import AuditInput, about, text
from kpikit.diagnosis.kpi_rules.known import cadence_days
from kpikit.diagnosis.kpi_rules.rule import MINOR, Rule, Verdict, passed, unknown, warned

MESSAGES = {
    "cadence_unknown": "How often is each KPI looked at? Open for: {kpis}.",
    "crowded": "{count} KPIs fall on the same look ({cadence}); at most {limit} can be followed.",
    "one_cadence": "All {count} KPIs are looked at together ({cadence}). Spread them over day, "
    "week and month.",
    "spread": "The KPIs are spread over time.",
    "cycle_unknown": "How long is the sales cycle? Without it nobody knows how often a result "
    "can have moved.",
    "noise": "Looked at every {days} days, while a sale takes {cycle} days: the ups and downs are "
    "chance.",
    "no_early_sign": "No way is looked at more often than every {days} days, half a sales cycle: "
    "bad news comes too late.",
    "early_sign": "Ways are looked at early enough in the sales cycle.",
}


def judge(inputs: AuditInput) -> Iterator[Verdict]:
    """KPIs per cadence, and cadences against the sales cycle."""
    limits = inputs.limits
    for role, rows in inputs.roles.items():
        if not rows:
            continue
        open_ = tuple(str(row["kpi_id"]) for row in rows if cadence_days(row) is None)
        tiers = Counter(text(row, "cadence") for row in rows if cadence_days(row) is not None)
        crowded = {name: count for name, count in tiers.items() if count > limits.kpi_limit}
        for cadence, count in crowded.items():
            yield warned("crowded", role=role, cadence=cadence, count=count, limit=limits.kpi_limit)
        if open_:
            yield unknown("cadence_unknown", role=role, kpis=open_, evidence=open_)
        elif not crowded and len(tiers) == 1 and len(rows) > limits.kpi_aim:
            yield warned("one_cadence", role=role, cadence=next(iter(tiers)), count=len(rows))
        elif not crowded:
            yield passed("spread", role=role)
    yield from _against_cycle(inputs)


def _against_cycle(inputs: AuditInput) -> Iterator[Verdict]:
    cycle = inputs.chain.cycle_days
    if cycle is None:
        if inputs.rows:
            yield unknown("cycle_unknown")
        return
    known = [(row, days) for row in inputs.rows if (days := cadence_days(row)) is not None]
    for row, days in known:
        if text(row, "purpose") == "goal" and days < cycle * inputs.limits.noise_cycle:
            yield warned("noise", **about(row), days=days, cycle=cycle)
    ways = [days for row, days in known if text(row, "purpose") == "way"]
    early = cycle * inputs.limits.early_cycle
    if known and min(ways, default=early) < early:
        yield passed("early_sign")
    elif len(known) == len(inputs.rows) and known:
        yield warned("no_early_sign", days=early)


RULE = Rule(
    "R12", "spread_in_time", "KPIs are spread over day, week and month", MINOR,
    ("kpis.cadence", "kpis.purpose", "chain.cycle_days"), MESSAGES,
    judge,
    advice="Spread the KPIs: activity by day and week, results by month and quarter.",
)  # fmt: skip
