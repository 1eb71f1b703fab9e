"""
What a rule of the KPI audit is, and what it may say.

A rule looks at the list of KPIs and at the evidence, and says pass, warn, fail or
cannot judge, about one KPI, one role or the whole list. "Cannot judge" carries the
question to ask; it is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kpikit.errors import InputDataError

if TYPE_CHECKING:
    from kpikit.diagnosis.kpi_rules.inputs import AuditInput

PASS, WARN, FAIL, CANNOT_JUDGE = "pass", "warn", "fail", "cannot_judge"
VERDICTS = (PASS, WARN, FAIL, CANNOT_JUDGE)

INFO, MINOR, MAJOR, CRITICAL, BLOCKER = "info", "minor", "major", "critical", "blocker"
SEVERITIES = (INFO, MINOR, MAJOR, CRITICAL, BLOCKER)

NOTHING = "nothing_to_judge"
#: What every rule may say beside its own messages.
COMMON_MESSAGES = {NOTHING: "There is no KPI in use to look at. Ask for the list of KPIs."}


@dataclass(frozen=True)
class Verdict:
    """
    One statement of one rule.

    Attributes
    ----------
    verdict : str
        One of ``VERDICTS``.
    code : str
        Message of the rule; completed to ``R09.foreign_name`` by the rule.
    kpi_id, role : str
        What it is about; empty for the whole list and for all roles.
    severity : str
        One of ``SEVERITIES``; empty for the default of rule and verdict.
    values : mapping
        Fill the placeholders of the message. Shares are 0 to 1, lists are tuples.
    evidence : tuple of str
        Ids of rows or figures behind it.
    rule : str
        Set by the rule.
    """

    verdict: str
    code: str
    kpi_id: str = ""
    role: str = ""
    severity: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class Rule:
    """
    One check of the audit.

    Attributes
    ----------
    id, title_code : str
        ``R09`` and ``plain_and_native``.
    title : str
        The demand as a consultant says it.
    severity : str
        Of a fail, unless the verdict names another one.
    needs : tuple of str
        Columns of the list and names of evidence that it looks at.
    messages : mapping of str to str
        Template of each code.
    judge : callable
        From :class:`AuditInput` to verdicts.
    advice : str
        What to do where the demand is not met.
    """

    id: str
    title_code: str
    title: str
    severity: str
    needs: tuple[str, ...]
    messages: Mapping[str, str]
    judge: Callable[[AuditInput], Iterable[Verdict]]
    advice: str = ""

    def verdicts(self, inputs: AuditInput) -> list[Verdict]:
        """
        Everything the rule says, at least one verdict.

        Raises
        ------
        InputDataError
            If the rule uses a code without a message.
        """
        said = list(self.judge(inputs)) or [unknown(NOTHING)]
        known = {**COMMON_MESSAGES, **self.messages}
        strange = sorted({verdict.code for verdict in said} - set(known))
        if strange:
            raise InputDataError(
                f"rule {self.id} uses the codes {', '.join(strange)} that have no message; "
                "add them to its messages."
            )
        usual = {PASS: INFO, WARN: MINOR, CANNOT_JUDGE: INFO, FAIL: self.severity}
        return [
            replace(
                verdict, rule=self.id, code=f"{self.id}.{verdict.code}",
                severity=verdict.severity or usual[verdict.verdict],
            )
            for verdict in said
        ]  # fmt: skip


def passed(
    code: str, *, kpi_id: str = "", role: str = "", evidence: Iterable[str] = (), **values: object
) -> Verdict:
    """The check was made and is fine."""
    return Verdict(PASS, code, kpi_id, role, "", values, tuple(evidence))


def warned(
    code: str,
    *,
    kpi_id: str = "",
    role: str = "",
    severity: str = "",
    evidence: Iterable[str] = (),
    **values: object,
) -> Verdict:
    """Something to look at."""
    return Verdict(WARN, code, kpi_id, role, severity, values, tuple(evidence))


def failed(
    code: str,
    *,
    kpi_id: str = "",
    role: str = "",
    severity: str = "",
    evidence: Iterable[str] = (),
    **values: object,
) -> Verdict:
    """The demand is not met."""
    return Verdict(FAIL, code, kpi_id, role, severity, values, tuple(evidence))


def unknown(
    code: str, *, kpi_id: str = "", role: str = "", evidence: Iterable[str] = (), **values: object
) -> Verdict:
    """Cannot be judged; the message asks for what is missing."""
    return Verdict(CANNOT_JUDGE, code, kpi_id, role, "", values, tuple(evidence))
