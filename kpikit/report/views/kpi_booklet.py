"""The hand-out after the KPI audit: a card for each role, the calendar, and the passports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.kpi_rules.inputs import text
from kpikit.diagnosis.kpi_rules.selection import REPAIR
from kpikit.kpi_audit import KpiAudit
from kpikit.languages import gettext as _
from kpikit.languages import ngettext, noop
from kpikit.report import client_passports, passports
from kpikit.report.audit_texts import audit_of, listing
from kpikit.report.client_passports import Chosen, chosen_kpis
from kpikit.report.tables import Column, Shown, show_headline, show_notice, show_table
from kpikit.report.target_words import target_words
from kpikit.report.views import common
from kpikit.study import Study

#: Why no KPI was selected, in the words of the reader.
WHY = {
    "no_strategy": noop(
        "Nothing was selected, because no strategy is stated: without it nobody can say which "
        "KPIs serve it. Shown are the KPIs of the list whose meaning is certain."
    ),
    "no_candidates": noop(
        "Nothing was selected, because no KPI of the list can stay as it is. Shown are the KPIs "
        "of the list whose meaning is certain."
    ),
}
SPANS = {
    "day": noop("{what} a day"),
    "week": noop("{what} a week"),
    "month": noop("{what} a month"),
}
#: Roles that the contact norm of the sales team does not concern.
NOT_SELLING = ("head", "support")
#: Names of one cell of the calendar.
MOST_NAMES = 15


def overview(study: Study) -> Shown:
    """How many KPIs have a passport here, and what to do with the booklet."""
    audit = audit_of(study)
    chosen = chosen_kpis(audit)
    listed = len(audit.inputs.rows)
    of_all = ngettext("The list has {n} KPI today.", "The list has {n} KPIs today.", listed)
    detail = [of_all.format(n=languages.number(listed))]
    if chosen.why:
        n = len(chosen.decisions)
        said = ngettext("{n} KPI with its passport", "{n} KPIs with their passports", n)
        detail.append(_(WHY[chosen.why]))
        if chosen.left_out:
            left = ngettext("{n} more is left out.", "{n} more are left out.", chosen.left_out)
            detail.append(left.format(n=languages.number(chosen.left_out)))
    else:
        repaired = sum(said[0] == REPAIR for said in chosen.decisions.values())
        n = len(chosen.decisions) - repaired
        said = ngettext("{n} KPI stays", "{n} KPIs stay", n)
        if repaired:
            said = _("{stay}, {n} more after a repair").format(
                stay=said, n=languages.number(repaired)
            )
    detail.append(
        _(
            "Each line of a passport says where it is taken from. What is marked as a proposal is "
            "to be agreed with the people who work with it."
        )
    )
    text_ = said.replace("{n}", languages.number(n))
    return show_headline(text_, " ".join(detail))


def role_cards(study: Study) -> Iterator[Shown]:
    """For each role: its plan of contacts in words, then its KPIs with their targets."""
    audit = audit_of(study)
    chosen = chosen_kpis(audit)
    for role, rows in audit.inputs.roles.items():
        yield from _plan_of(study, audit, role)
        own = [row for row in rows if row["kpi_id"] in chosen.decisions]
        if own:
            yield _targets(study, audit, chosen, role, own)


def calendar(study: Study) -> Shown:
    """Which KPI is looked at when, beside the number that can be followed."""
    audit = audit_of(study)
    kept = chosen_kpis(audit)
    rows = [_calendar_row(study, audit, kept, row) for row in audit.calendar.to_dict("records")]
    if not rows:
        return show_notice("refused", _("No KPI of the list is in use on the day of the data."))
    columns = [
        Column("when", _("Looked at")),
        Column("kept", _("With a passport here")),
        Column("others", _("Others of the list")),
        Column("count", _("KPIs"), "integer"),
        Column("limit", _("At most"), "integer"),
    ]
    if len(audit.inputs.roles) > 1:
        columns.insert(0, Column("role", _("Role")))
    over = [place for place, row in enumerate(rows) if row["is_over"]]
    return show_table(
        pd.DataFrame(rows),
        _("When each KPI is looked at"),
        columns,
        note=_("In bold: more KPIs than can be followed in that rhythm.") if over else None,
        strong_rows=over,
    )


def kpi_passports(study: Study) -> Iterator[Shown]:
    """One passport for each KPI that stays or is repaired."""
    audit = audit_of(study)
    chosen = chosen_kpis(audit)
    if not chosen.decisions:
        yield show_notice(
            "refused",
            _(
                "No KPI of the list is known for sure. Write down for each what it tells, its "
                "formula and its unit, then the passports can be made."
            ),
            _("Passports"),
        )
    for kpi, decision in chosen.decisions.items():
        lines = client_passports.passport_lines(study, audit, kpi, decision)
        if len(audit.inputs.roles) > 1:
            role = text(client_passports.record(audit, kpi), "role")
            known = common.role_label(role) if role else _("all roles")
            lines.insert(0, client_passports.Line(_("Role"), known, ""))
        yield show_table(
            pd.DataFrame([vars(line) for line in lines]),
            client_passports.shown_name(study, audit, kpi),
            [
                Column("label", _("Line")),
                Column("text", _("Text")),
                Column("source", _("Taken from"), common.text_or_blank, align="left"),
            ],
            note=client_passports.match_note(audit, kpi, lines),
        )


def _plan_of(study: Study, audit: KpiAudit, role: str) -> Iterator[Shown]:
    """A role's norms as one sentence; which inputs are missing where there are none."""
    cards = audit.cards
    own = cards[cards["role"].eq(role)]
    if own.empty and role not in NOT_SELLING:
        own = cards[cards["role"].eq("")]
    several = len(audit.inputs.roles) > 1
    name = _("Role: {role}.").format(role=common.role_label(role)) if several and role else ""
    if len(own):
        plan = _("Your plan: {norms}.").format(norms=card_words(own))
        source = _(
            "The contact norm of a team that can keep the plan, in last year's mix of contacts."
        )
        yield show_headline(plan, f"{name} {source}".strip())
    elif role not in NOT_SELLING:
        yield show_notice(
            "refused",
            f"{name} {_missing_norms(study)}".strip(),
            _("The number of contacts cannot be said"),
        )


def card_words(card: pd.DataFrame) -> str:
    """A role's norms in words: 7 calls and 1 meeting a day, 2 visits a week."""
    said = []
    for span, own in card.groupby("span", sort=False):
        parts = [
            contacts(str(kind), int(count))
            for kind, count in zip(own["kind"], own["count"], strict=True)
            if count
        ]
        if parts:
            said.append(_(SPANS[str(span)]).format(what=languages.join(parts)))
    return ", ".join(said) or _("less than one contact a month")


def contacts(kind: str, n: int) -> str:
    """A number of contacts of one kind."""
    forms = {
        "call": ngettext("{n} call", "{n} calls", n),
        "meeting": ngettext("{n} meeting", "{n} meetings", n),
        "visit": ngettext("{n} visit", "{n} visits", n),
        "demo": ngettext("{n} demonstration", "{n} demonstrations", n),
        "chat": ngettext("{n} chat", "{n} chats", n),
        "email": ngettext("{n} e-mail", "{n} e-mails", n),
        "task": ngettext("{n} task", "{n} tasks", n),
        "contact": ngettext("{n} contact", "{n} contacts", n),
    }
    other = ngettext("{n} other contact", "{n} other contacts", n)
    return forms.get(kind, other).format(n=languages.number(n))


def _missing_norms(study: Study) -> str:
    if isinstance(study.chain, Refusal):
        names = ", ".join(item.what for item in study.chain.missing)
        return common.reason_text(f"missing: {names}")
    table = common.rows(study, "contact_norm_per_day", kind="balanced")
    reasons = [common.reason_text(str(reason or "")) for reason in table["reason"]]
    return " ".join(dict.fromkeys(filter(None, reasons))) or _(
        "There are no contact norms for this role."
    )


def _targets(
    study: Study, audit: KpiAudit, chosen: Chosen, role: str, own: list[dict[str, Any]]
) -> Shown:
    order = {kpi: place for place, kpi in enumerate(chosen.decisions)}
    rows = []
    for row in sorted(own, key=lambda row: order[row["kpi_id"]]):
        target, source = target_words(audit, row)
        cadence = text(row, "cadence")
        rows.append(
            {
                "name": client_passports.shown_name(study, audit, str(row["kpi_id"])),
                "target": target,
                "source": source,
                "cadence": _cadence(cadence),
            }
        )
    caption = _("KPIs and their targets")
    if len(audit.inputs.roles) > 1 and role:
        caption = _("KPIs and their targets: {role}").format(role=common.role_label(role))
    return show_table(
        pd.DataFrame(rows),
        caption,
        [
            Column("name", _("KPI")),
            Column("target", _("Target")),
            Column("source", _("Taken from"), common.text_or_blank, align="left"),
            Column("cadence", _("Looked at")),
        ],
    )


def _cadence(cadence: str) -> str:
    return _(passports.CADENCES[cadence]) if cadence in passports.CADENCES else _("not stated")


def _calendar_row(
    study: Study, audit: KpiAudit, kept: Chosen, row: Mapping[str, Any]
) -> dict[str, Any]:
    with_passport = [kpi for kpi in row["kpis"] if kpi in kept.decisions]
    others = [kpi for kpi in row["kpis"] if kpi not in kept.decisions]
    return {
        "role": common.role_label(str(row["role"])) or _("all roles"),
        "when": _cadence(str(row["cadence"])),
        "kept": _names(study, audit, with_passport),
        "others": _names(study, audit, others),
        "count": row["count"],
        "limit": row["limit"],
        "is_over": row["is_over"],
    }


def _names(study: Study, audit: KpiAudit, kpis: list[str]) -> str:
    names = [client_passports.shown_name(study, audit, kpi) for kpi in kpis]
    return listing(names, MOST_NAMES)
