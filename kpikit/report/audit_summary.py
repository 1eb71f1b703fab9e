"""The KPI audit on one screen: the rules, the two scores, the proposals, what to do first."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules.registry import RULES
from kpikit.diagnosis.kpi_rules.rule import (
    CANNOT_JUDGE,
    FAIL,
    PASS,
    SEVERITIES,
    VERDICTS,
    WARN,
)
from kpikit.diagnosis.kpi_rules.selection import DROP, KEEP, MERGE, REPAIR
from kpikit.kpi_audit import KpiAudit
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import audit_texts, audit_words
from kpikit.report.tables import Column, Shown, show_table
from kpikit.report.views import common

#: What is proposed for a KPI, as the heading of its number.
PROPOSALS = {
    KEEP: noop("keep"),
    REPAIR: noop("repair"),
    MERGE: noop("merge"),
    DROP: noop("drop"),
}
FIRST = 3


@dataclass(frozen=True)
class Failure:
    """A demand that is not met: its title, the KPIs or roles concerned, and what to do."""

    rule: str
    title: str
    fails: int
    severity: str
    advice: str


def rule_table(audit: KpiAudit) -> pd.DataFrame:
    """
    Count the verdicts of each rule.

    Returns
    -------
    DataFrame
        One row per rule that was run: ``rule``, the number of each verdict (``pass``,
        ``warn``, ``fail``, ``cannot_judge``), ``severity`` of the worst fault (empty
        without one), and ``title`` in the language in use.
    """
    rows = []
    for rule in RULES:
        own = audit.verdicts[audit.verdicts["rule"].eq(rule.id)]
        if own.empty:
            continue
        counts = own["verdict"].value_counts()
        faults = own.loc[own["verdict"].isin([FAIL, WARN]), "severity"]
        rows.append(
            {
                "rule": rule.id,
                **{verdict: int(counts.get(verdict, 0)) for verdict in VERDICTS},
                "severity": max(faults, key=SEVERITIES.index) if len(faults) else "",
                "title": audit_texts.title(rule.id),
            }
        )
    return pd.DataFrame(rows)


def rules_shown(audit: KpiAudit) -> Shown:
    """The table of the rules, in the language in use."""
    table = rule_table(audit)
    words = audit_words.SEVERITIES
    table["severity"] = [_(words[code]) if code else "" for code in table["severity"]]
    counts = [
        Column(verdict, _(audit_words.VERDICTS[verdict]), _count)
        for verdict in (FAIL, WARN, PASS, CANNOT_JUDGE)
    ]
    return show_table(
        table,
        _("The rules of the KPI audit"),
        [
            Column("title", _("Demand")),
            *counts,
            Column("severity", _("Worst fault"), common.text_or_blank, align="left"),
        ],
    )


def _count(n: int) -> str:
    return languages.number(n) if n else ""


def lines(audit: KpiAudit) -> list[str]:
    """Scores, proposals, and the demands to begin with."""
    failures = [failure_text(item) for item in first_failures(audit)]
    return [*score_lines(audit), *proposal_lines(audit), *failures]


def first_failures(audit: KpiAudit) -> list[Failure]:
    """The demands whose failure weighs most, then those that most KPIs fail."""
    failed = audit.verdicts[audit.verdicts["verdict"].eq(FAIL)]
    found = []
    for rule, own in failed.groupby("rule", sort=True):
        worst = max(own["severity"], key=SEVERITIES.index)
        found.append(
            Failure(
                str(rule), audit_texts.title(str(rule)), len(own), worst,
                audit_texts.advice(str(rule)),
            )
        )  # fmt: skip
    found.sort(key=lambda item: (-SEVERITIES.index(item.severity), -item.fails))
    return found[:FIRST]


def failure_text(failure: Failure) -> str:
    """A failed demand as a sentence with its advice."""
    return _("“{title}”: {severity}, not met: {n}. {advice}").format(
        title=failure.title,
        n=languages.number(failure.fails),
        severity=_(audit_words.SEVERITIES[failure.severity]),
        advice=failure.advice,
    )


def score_lines(audit: KpiAudit) -> list[str]:
    """The scores of the KPIs alone, and of each role's list as a system."""
    points = audit.well_scored["points"].astype(float)
    lines = [_("Each KPI alone: not scored, too little is known.")]
    if len(points):
        lines = [
            _("Each KPI alone: median {median} of 100, best {best} ({n} KPIs scored).").format(
                median=languages.number(points.median()),
                best=languages.number(points.max()),
                n=languages.number(len(points)),
            )
        ]
    for row in audit.lists.to_dict("records"):
        role = common.role_label(str(row["role"])) or _("all roles")
        if pd.isna(row["points"]):
            said = _("The list as a system ({role}): not scored, too little is known.")
            lines.append(said.format(role=role))
        else:
            said = _("The list as a system ({role}): {points} of 100, {coverage} of it checked.")
            lines.append(
                said.format(
                    role=role,
                    points=languages.number(row["points"]),
                    coverage=languages.share(row["coverage"]),
                )
            )
    return lines


def proposal_lines(audit: KpiAudit) -> list[str]:
    """How many KPIs of each role to keep, repair, merge and drop."""
    lines = []
    for selection in audit.selections:
        role = common.role_label(selection.role) or _("all roles")
        if selection.status == "blocked":
            why = (
                _("nothing is selected, because no strategy is stated")
                if selection.reason == "no_strategy"
                else _("nothing is selected, because no KPI can stay as it is")
            )
            lines.append(f"{role}: {why}")
        else:
            counts = selection.proposals["proposal"].value_counts()
            said = [
                f"{_(word)} {languages.number(counts.get(code, 0))}"
                for code, word in PROPOSALS.items()
            ]
            lines.append(f"{role}: {', '.join(said)}")
    return lines
