"""Chapter 2, the rules: which demands are met, which are not, and what to ask."""

from __future__ import annotations

import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.report import audit_charts
from kpikit.report import audit_words as words
from kpikit.report.audit_texts import (
    advice,
    audit_of,
    common_sentence,
    concerned,
    plain_name,
    short_title,
    statements,
    title,
)
from kpikit.report.tables import (
    Column,
    Shown,
    show_notice,
    show_table,
    show_text,
)
from kpikit.report.views import common
from kpikit.report.views.kpi_system import MOST_ROWS, cut_note
from kpikit.study import Study

#: Longest tables of findings.
MOST_FAILURES, MOST_WARNINGS = 12, 8
#: KPIs named in a line of them.
MOST_CONCERNED = 6
#: The worst first; a demand of which a part cannot be judged is not met.
WORST_FIRST = ("fail", "warn", "cannot_judge", "pass")
#: Questions of one rule on one line.
MOST_QUESTIONS = 2
SEVEREST_FIRST = ("blocker", "critical", "major", "minor", "info")


def strip(study: Study) -> Shown:
    """KPIs against rules."""
    audit = audit_of(study)
    table = _worst(audit.verdicts)
    table = table[table["kpi_id"].ne("")]
    if table.empty:
        return show_text("")
    wide = table.pivot_table(index="kpi_id", columns="rule", values="verdict", aggfunc="first")
    order = [str(row["kpi_id"]) for row in audit.inputs.rows]
    wide = wide.reindex([kpi for kpi in order if kpi in wide.index]).fillna("")
    if len(wide) > audit_charts.MOST_KPIS:
        # a long list shows its worst part
        wide = wide.loc[
            wide.eq("fail").sum(axis=1).sort_values(ascending=False, kind="stable").index
        ]
    return audit_charts.rule_strip(
        wide.set_axis([plain_name(study, kpi) for kpi in wide.index]).set_axis(
            [f"{short_title(rule)} ({rule})" for rule in wide.columns], axis=1
        )
    )


def _worst(verdicts: pd.DataFrame) -> pd.DataFrame:
    """One row per rule and what it judged: the worst verdict and the highest severity."""
    table = verdicts.assign(
        _verdict=verdicts["verdict"].map(WORST_FIRST.index),
        _severity=verdicts["severity"].map(SEVEREST_FIRST.index),
    )
    table = table.sort_values(["_verdict", "_severity"], kind="stable")
    return table.drop_duplicates(["rule", "kpi_id", "role"]).sort_index()


def rules_table(study: Study) -> Shown:
    """Demands that are not met or need a look, the most serious first."""
    table = _rule_counts(audit_of(study).verdicts)
    open_ = table[table["fail"].gt(0) | table["warn"].gt(0)]
    if open_.empty:
        return show_notice("note", _("No demand on the KPI system is broken."), None)
    open_ = open_.sort_values(["_severity", "fail"], ascending=[True, False], kind="stable")
    open_ = open_.assign(
        demand=[f"{rule}  {title(rule)}" for rule in open_["rule"]],
        severity_text=[_(words.SEVERITIES[s]) for s in open_["severity"]],
        advice=[advice(rule) for rule in open_["rule"]],
    )
    return show_table(
        open_.head(MOST_ROWS),
        _("Demands on the KPI system that are not met, and what to do"),
        [
            Column("demand", _("Demand")),
            Column("fail", _("Not met"), "integer"),
            Column("warn", _("To look at"), "integer"),
            Column("cannot_judge", _("Not known"), "integer"),
            Column("pass", _("Met"), "integer"),
            Column("severity_text", _("Weight")),
            Column("advice", _("What to do"), common.text_or_blank, align="left"),
        ],
        note=" ".join(
            part
            for part in (
                _("Counted are KPIs, or roles where the demand is on the whole list."),
                cut_note(len(open_)),
            )
            if part
        ),
    )


def _rule_counts(verdicts: pd.DataFrame) -> pd.DataFrame:
    worst = _worst(verdicts)
    counts = worst.groupby(["rule", "verdict"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(WORST_FIRST), fill_value=0)
    said = verdicts[verdicts["verdict"].isin(["fail", "warn"])]
    level = said["severity"].map(SEVEREST_FIRST.index).groupby(said["rule"]).min()
    counts["_severity"] = level.reindex(counts.index).fillna(len(SEVEREST_FIRST) - 1).astype(int)
    counts["severity"] = [SEVEREST_FIRST[place] for place in counts["_severity"]]
    return counts.reset_index()


def failures(study: Study) -> Shown:
    """What exactly is not met, and by which KPIs."""
    table = _statement_table(study, "fail")
    if table.empty:
        return show_text("")
    return _shown_statements(table, _("What is not met, and where"), MOST_FAILURES)


def warnings(study: Study) -> Shown:
    """What else to look at."""
    table = _statement_table(study, "warn")
    if table.empty:
        return show_text("")
    return _shown_statements(table, _("What else to look at"), MOST_WARNINGS)


def _statement_table(study: Study, verdict: str) -> pd.DataFrame:
    verdicts = audit_of(study).verdicts
    rows = []
    for code, same in statements(verdicts[verdicts["verdict"].eq(verdict)]):
        level = min(SEVEREST_FIRST.index(row["severity"]) for row in same)
        rows.append(
            {
                "rule": same[0]["rule"],
                "level": level,
                "severity": _(words.SEVERITIES[SEVEREST_FIRST[level]]),
                "n": len(same),
                "what": common_sentence(study, code, [row["values"] for row in same]),
                "who": concerned(study, same, MOST_CONCERNED),
            }
        )
    if not rows:
        return pd.DataFrame()
    return pd.DataFrame(rows).sort_values(
        ["level", "n", "rule"], ascending=[True, False, True], kind="stable"
    )


def _shown_statements(table: pd.DataFrame, caption: str, most: int) -> Shown:
    shown = table.head(most)
    return show_table(
        shown.assign(demand=[short_title(rule) for rule in shown["rule"]]),
        caption,
        [
            Column("demand", _("Demand")),
            Column("what", _("What was found")),
            Column("n", _("KPIs"), "integer"),
            Column("who", _("Where")),
            Column("severity", _("Weight")),
        ],
        note=cut_note(len(table), most),
    )


def passed(study: Study) -> Shown:
    """Demands that were checked and are met."""
    table = _rule_counts(audit_of(study).verdicts)
    fine = table[table[["fail", "warn", "cannot_judge"]].eq(0).all(axis=1)]
    if fine.empty:
        return show_text(_("There is no demand that was checked wholly and is met."))
    lines = [f"- {title(rule)}" for rule in fine["rule"]]
    return show_text("\n".join([_("Checked and fine:"), "", *lines]))


def questions(study: Study) -> Shown:
    """What to ask the client, a line for each demand that cannot be judged."""
    verdicts = audit_of(study).verdicts
    open_ = verdicts[verdicts["verdict"].eq("cannot_judge")]
    asked: set[str] = set()
    rows = []
    for rule, own in open_.groupby("rule", sort=True):
        # goal or way is asked by two rules in the same words
        fresh = [found for found in statements(own) if _question(found[0]) not in asked]
        asked |= {_question(code) for code in own["code"]}
        most = sorted(fresh, key=lambda found: -len(found[1]))[:MOST_QUESTIONS]
        texts = [common_sentence(study, code, [r["values"] for r in same]) for code, same in most]
        kpis = {row["kpi_id"] for _code, same in most for row in same} - {""}
        if texts:
            rows.append(
                {
                    "rule": title(str(rule)),
                    "n": len(kpis),
                    "what": " ".join(dict.fromkeys(texts)),
                    "who": languages.number(len(kpis)) if kpis else _("the list"),
                }
            )
    if not rows:
        return show_notice("note", _("There is nothing left to ask: all rules could be judged."))
    table = pd.DataFrame(rows).sort_values("n", ascending=False, kind="stable")
    return show_table(
        table.head(MOST_ROWS),
        _("Questions to the client"),
        [
            Column("rule", _("Demand")),
            Column("what", _("What is not known, and what to ask")),
            Column("who", _("KPIs"), align="right"),
        ],
        note=cut_note(len(table)),
    )


def _question(code: str) -> str:
    return code.partition(".")[2]
