"""``findings.json``: the ranked findings with evidence, money, effort and texts."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from kpikit import languages
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.kpi_rules.rule import PASS, SEVERITIES
from kpikit.diagnosis.priorities import CONFIDENCE
from kpikit.languages import gettext as _
from kpikit.report import audit_texts, narrative
from kpikit.study import Study


def findings_document(study: Study) -> dict[str, Any]:
    """All findings of a study; texts in every language, numbers once."""
    found = [_verdict(study)]
    if isinstance(study.chain, Refusal):
        found += [_missing(study, position) for position in range(len(study.chain.missing))]
    found += [_action(study, position) for position in range(len(study.actions))]
    found += [_flip(study, position) for position in range(min(3, len(study.flips)))]
    if study.audit is not None:
        found += _audit(study)
    return {
        "client": study.engagement.client,
        "as_of": study.engagement.as_of.isoformat(),
        "currency": study.engagement.currency,
        "findings": found,
    }


def _texts(write: Any) -> dict[str, str]:
    texts = {}
    for lang in languages.LANGUAGES:
        with languages.use(lang):
            texts[lang] = write()
    return texts


def _verdict(study: Study) -> dict[str, Any]:
    if isinstance(study.chain, Refusal):
        severity = "blocker"
    else:
        met = study.chain.probability >= study.inputs.probability_goal
        severity = "info" if met else "critical"
    return {
        "id": "verdict",
        "rule": "feasibility",
        "severity": severity,
        "evidence": ["plan_probability", "resource_coverage", "required_fte", "binding_constraint"],
        "texts": _texts(lambda: narrative.headline_text(study)),
    }


def _missing(study: Study, position: int) -> dict[str, Any]:
    assert isinstance(study.chain, Refusal)
    item = study.chain.missing[position]
    return {
        "id": f"missing-{item.what.replace(' ', '_')}",
        "rule": "inputs_of_the_chain",
        "severity": "blocker",
        "evidence": ["required_fte"],
        "owner": "consultant",
        "texts": _texts(lambda: _(narrative.ASKS[item.what])),
    }


def _action(study: Study, position: int) -> dict[str, Any]:
    action = study.actions[position]
    currency = study.engagement.currency
    return {
        "id": f"action-{action.id}",
        "rule": "priorities",
        "rank": position + 1,
        "severity": "warning",
        "evidence": list(action.evidence),
        "money": {
            "value": round(action.money, 2),
            "low": round(action.money_low, 2),
            "high": round(action.money_high, 2),
        },
        "effort_days": action.effort_days,
        "cost_class": action.cost_class,
        "confidence": {"class": action.confidence, "weight": CONFIDENCE[action.confidence]},
        "owner": action.owner,
        "check_back_on": study.check_back(action).strftime("%Y-%m-%d"),
        "texts": _texts(lambda: narrative.action_text(action, currency)),
    }


def _flip(study: Study, position: int) -> dict[str, Any]:
    row = study.flips.iloc[position]

    def text() -> str:
        return _("The answer reverses when this changes by {change}: {assumption}.").format(
            change=narrative.percent_change(float(row["factor"]) - 1.0),
            assumption=_(narrative.LEVERS[str(row["lever"])]),
        )

    return {
        "id": f"flip-{row['lever']}",
        "rule": "flip_points",
        "severity": "info",
        "evidence": ["plan_probability"],
        "factor": round(float(row["factor"]), 6),
        "texts": _texts(text),
    }


def _audit(study: Study) -> list[dict[str, Any]]:
    """Every demand on the KPI list that is not met, and the questions to ask, gravest first."""
    verdicts = audit_texts.audit_of(study).verdicts
    open_ones = verdicts[verdicts["verdict"] != PASS]
    order = {severity: place for place, severity in enumerate(reversed(SEVERITIES))}
    found: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    for code, rows in audit_texts.statements(open_ones):
        seen[code] += 1
        worst = min((str(row["severity"]) for row in rows), key=order.__getitem__)
        rule, verdict = str(rows[0]["rule"]), str(rows[0]["verdict"])
        found.append(
            {
                "id": f"audit-{code}" + (f"-{seen[code]}" if seen[code] > 1 else ""),
                "rule": rule,
                "severity": worst,
                "verdict": verdict,
                "evidence": [f"rule_verdicts:{rule}.{verdict}"],
                "kpis": sorted({str(row["kpi_id"]) for row in rows if row["kpi_id"]}),
                "rows": sorted({str(item) for row in rows for item in row["evidence"]}),
                "texts": _texts(partial(_statement, study, code, rows)),
                "advice": _texts(partial(audit_texts.advice, rule)),
            }
        )
    return sorted(found, key=lambda item: order[str(item["severity"])])


def _statement(study: Study, code: str, rows: list[dict[str, Any]]) -> str:
    told = audit_texts.common_sentence(study, code, [row["values"] for row in rows])
    return f"{audit_texts.title(str(rows[0]['rule']))}: {told}"
