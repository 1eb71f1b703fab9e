"""
Passports of the client's own KPIs: what the list says, what is proposed, what the audit found.

What the client wrote stands as it is. What is missing is proposed from the catalogue and
marked; a doubtful proposal says so. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from kpikit import languages
from kpikit.diagnosis import linkage
from kpikit.diagnosis.kpi_rules.inputs import by_kpi, text
from kpikit.diagnosis.kpi_rules.known import pay_weights
from kpikit.diagnosis.kpi_rules.rule import FAIL, SEVERITIES, WARN
from kpikit.diagnosis.kpi_rules.selection import KEEP, PLAN_KPI, REASONS, REPAIR
from kpikit.kpi_audit import KpiAudit
from kpikit.kpis.passport import catalogue
from kpikit.languages import gettext as _
from kpikit.languages import ngettext, noop
from kpikit.report import audit_texts, passports
from kpikit.report.target_words import target_words
from kpikit.report.views import common
from kpikit.study import Study
from kpikit.wording.proposal import propose_passport

Record = Mapping[str, Any]

#: Passports where nothing was selected: as many as can be agreed in one meeting.
MOST_UNSELECTED = 10
#: Languages of which a name can be said to be foreign to a reader.
TOLD_APART = ("en", "ru", "hu", "other", "mixed")
PROPOSALS = {KEEP: noop("Keep"), REPAIR: noop("Repair, then keep")}
#: First word on the link of a KPI with the plan, where the reason does not say it.
LINKS = {
    linkage.LINKED: noop("Proven."),
    linkage.OPPOSED: noop("Works against the plan."),
    linkage.NOT_LINKED: noop("No link of use."),
    linkage.UNPROVEN: noop("Open."),
    linkage.CANNOT_JUDGE: noop("Open."),
}
#: Counts among the values of a link; the others are correlations and chances.
_COUNTS = ("n", "reps", "periods", "orders")


@dataclass(frozen=True)
class Line:
    """One line of a passport: what it says, the text, and where the text comes from."""

    label: str
    text: str
    source: str


@dataclass(frozen=True)
class Chosen:
    """
    The KPIs that get a passport.

    Attributes
    ----------
    decisions : mapping
        KPI -> ``(proposal, reason, other KPI)`` of the selection; empty texts where nothing
        was selected. Best first.
    why : str
        Why nothing was selected: ``no_strategy``, ``no_candidates``; else empty.
    left_out : int
        KPIs with a sure match that found no place among the unselected.
    """

    decisions: Mapping[str, tuple[str, str, str]]
    why: str = ""
    left_out: int = 0


def chosen_kpis(audit: KpiAudit) -> Chosen:
    """KPIs to keep and to repair; where nothing was selected those known for sure."""
    found: dict[str, tuple[str, str, str]] = {}
    for selection in audit.selections:
        rows = {} if selection.proposals.empty else by_kpi(selection.proposals)
        repaired = [kpi for kpi, row in rows.items() if row["proposal"] == REPAIR]
        for kpi in (*selection.kept, *repaired):
            row = rows[kpi]
            found.setdefault(
                kpi, (str(row["proposal"]), str(row["reason"]), text(row, "other_kpi_id"))
            )
    if found:
        return Chosen(found)
    why = next((s.reason for s in audit.selections if s.reason), "no_candidates")
    sure = [
        str(row["kpi_id"])
        for row in audit.inputs.rows
        if str(row["kpi_id"]) in audit.inputs.catalogue_ids
    ]
    kept = sure[:MOST_UNSELECTED]
    return Chosen(dict.fromkeys(kept, ("", "", "")), why, len(sure) - len(kept))


def record(audit: KpiAudit, kpi: str) -> Record:
    """Row of the list of a KPI in use."""
    return next(row for row in audit.inputs.rows if row["kpi_id"] == kpi)


def match(audit: KpiAudit, kpi: str) -> Record:
    """What a KPI was matched to in the catalogue."""
    matches = audit.inputs.matches
    return {} if matches is None else by_kpi(matches).get(kpi, {})


def shown_name(study: Study, audit: KpiAudit, kpi: str) -> str:
    """The client's name of a KPI: the translated one for readers of the working language."""
    row = record(audit, kpi)
    own = text(row, "local_name")
    spoken = languages.current() == audit.inputs.working_language
    return common.masked(study, own) if own and spoken else audit_texts.plain_name(study, kpi)


def passport_lines(
    study: Study, audit: KpiAudit, kpi: str, decision: tuple[str, str, str]
) -> list[Line]:
    """The passport of one KPI in the language in use."""
    row = record(audit, kpi)
    found = match(audit, kpi)
    proposed = propose_passport(row, found, languages.current())
    taken = _proposal(found)

    def written(label: str, column: str) -> Line:
        own = common.masked(study, text(row, column))
        if own:
            return Line(label, own, _("your list"))
        known = proposed.get(column, "")
        return Line(label, known or _("not stated"), taken if known else "")

    lines = [
        *_name_lines(study, audit, row),
        written(_("What it tells"), "definition"),
        written(_("Formula"), "formula_text"),
        written(_("Example"), "example"),
        _coded(written(_("Unit"), "unit"), passports.UNITS),
        _coded(written(_("Good when"), "direction"), passports.DIRECTIONS),
        _moved_by(row, found),
        _coded(written(_("Looked at"), "cadence"), passports.CADENCES),
        _checked_by(study, row),
        _target_line(audit, row),
        _pay_line(audit, kpi),
        _link_line(audit, kpi),
        _repair_line(study, audit, kpi, decision),
    ]
    if decision[0]:
        said = f"{_(PROPOSALS[decision[0]])}. {_reason(study, audit, decision)}"
        lines.insert(0, Line(_("Decision"), said, _("audit")))
    return lines


def match_note(audit: KpiAudit, kpi: str, lines: Sequence[Line]) -> str:
    """Which KPI of the catalogue the proposals of a passport come from; empty without any."""
    found = match(audit, kpi)
    known = catalogue().get(text(found, "catalogue_id"))
    if known is None:
        return _("No KPI of the catalogue is like it: nothing is proposed.")
    if all(line.source != _proposal(found) for line in lines):
        return ""
    name = passports.name(known)
    if found.get("review"):
        return _(
            "Proposals are taken from “{name}”; that it is the same KPI is doubtful and has to be "
            "confirmed by you."
        ).format(name=name)
    return _("Proposals are taken from “{name}”.").format(name=name)


def _proposal(found: Record) -> str:
    return _("proposal, doubtful") if found.get("review") else _("proposal")


def _coded(line: Line, names: Mapping[str, str]) -> Line:
    """Codes of the vocabulary in words; the client's own words stay."""
    known = names.get(line.text)
    return line if known is None else Line(line.label, _(known), line.source)


def _name_lines(study: Study, audit: KpiAudit, row: Record) -> list[Line]:
    """What the heading does not say: the client's own name, and one in the reader's language."""
    lines: list[Line] = []
    own_name = audit_texts.plain_name(study, str(row["kpi_id"]))
    if own_name != shown_name(study, audit, str(row["kpi_id"])):
        lines.append(Line(_("Name in your list"), own_name, _("your list")))
    # each catalogue names its own language here
    kpi, label = str(row["kpi_id"]), _("Name in English")
    wording = {} if audit.inputs.wording is None else by_kpi(audit.inputs.wording)
    spoken = text(wording.get(kpi, {}), "language") or text(row, "name_lang")
    if spoken not in TOLD_APART or spoken == languages.current():
        return lines
    own = text(row, "local_name")
    if own and languages.current() == audit.inputs.working_language:
        return lines  # the heading
    found = match(audit, kpi)
    proposed = propose_passport({}, found, languages.current()).get("local_name")
    if proposed:
        return [*lines, Line(label, proposed, _proposal(found))]
    return [*lines, Line(label, _("missing: agree one with the team"), "")]


def _moved_by(row: Record, found: Record) -> Line:
    label = _("Moved by")
    own = text(row, "controller")
    if own:
        return _coded(Line(label, own, _("your list")), passports.CONTROLLERS)
    known = catalogue().get(text(found, "catalogue_id"))
    if known is None:
        return Line(label, _("not stated"), "")
    return Line(label, passports.moved_by(known), _proposal(found))


def _checked_by(study: Study, row: Record) -> Line:
    who = common.masked(study, text(row, "checker"))
    if not who:
        return Line(_("Checked by"), _("nobody is named"), "")
    routine = common.masked(study, text(row, "check_routine"))
    return Line(_("Checked by"), f"{who}: {routine}" if routine else who, _("your list"))


def _target_line(audit: KpiAudit, row: Record) -> Line:
    words, source = target_words(audit, row)
    return Line(_("Target today"), words, source)


def _pay_line(audit: KpiAudit, kpi: str) -> Line:
    label = _("Weight in the pay")
    weight = pay_weights(audit.inputs).get(kpi)
    if weight is None:
        return Line(label, _("not stated"), "")
    rules = audit.inputs.pay_rules
    source = _("your list") if rules is None or rules.empty else _("pay rules")
    return Line(label, languages.share(weight) if weight else _("not in the pay"), source)


def _link_line(audit: KpiAudit, kpi: str) -> Line:
    label, source = _("Link with the plan"), _("audit")
    if audit.inputs.catalogue_ids.get(kpi) == PLAN_KPI:
        return Line(label, _("It is the plan itself."), source)
    found = None if audit.inputs.linkage is None else by_kpi(audit.inputs.linkage).get(kpi)
    if found is None:
        return Line(label, _("Open: there are too few values of it beside the plan."), source)
    sentence = linkage.REASONS[str(found["reason"])]
    names = [name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name]
    values = {name: languages.number(found[name], 0 if name in _COUNTS else 2) for name in names}
    reason = _(sentence).format(**values)
    word = LINKS.get(str(found["verdict"]))
    return Line(label, reason if word is None else f"{_(word)} {reason}", source)


def _repair_line(study: Study, audit: KpiAudit, kpi: str, decision: tuple[str, str, str]) -> Line:
    """What the worst verdict on a KPI says, what to do, and how much more there is."""
    label, source = _("Repair first"), _("audit")
    own = audit.verdicts[audit.verdicts["kpi_id"].eq(kpi)]
    faults = own[own["verdict"].isin([FAIL, WARN])]
    if faults.empty:
        return Line(label, _("No check found a fault."), source)
    worst = faults.assign(
        # what the selection asks for comes first
        asked=faults["rule"].eq("R06") & (decision[1] == "needs_formula"),
        fails=faults["verdict"].eq(FAIL),
        weight=faults["severity"].map(SEVERITIES.index),
    ).sort_values(["asked", "fails", "weight"], ascending=False, kind="stable")
    rules = list(dict.fromkeys(worst["rule"]))
    said = [audit_texts.sentence(study, worst.iloc[0]), audit_texts.advice(rules[0])]
    others = len(rules) - 1
    if others:
        more = ngettext(
            "{n} more demand is not fully met.", "{n} more demands are not fully met.", others
        )
        said.append(more.format(n=languages.number(others)))
    return Line(label, " ".join(said), source)


def _reason(study: Study, audit: KpiAudit, decision: tuple[str, str, str]) -> str:
    other = shown_name(study, audit, decision[2]) if decision[2] else ""
    return _(REASONS[decision[1]]).format(other=other)
