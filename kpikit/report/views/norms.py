"""Chapter 5: contacts and hours behind deals and customers, and what a day can hold."""

from __future__ import annotations

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.chain_input import Refusal
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import charts
from kpikit.report.tables import Column, Shown, show_notice, show_table
from kpikit.report.views import common
from kpikit.study import Study

KINDS = {
    "call": noop("call"),
    "meeting": noop("meeting"),
    "visit": noop("visit"),
    "demo": noop("demonstration"),
    "chat": noop("chat"),
}


def per_won_deal(study: Study) -> Shown:
    """Contacts and hours per won deal, and the usual wrong answers beside."""
    right = common.one(study, "contacts_per_won_deal")
    if right is None or right["value"] is None:
        stated = common.rows(study, "contacts_per_won_deal", kind="norm")
        if len(stated):
            return _per_won_deal_as_stated(study, stated)
        return common.not_computable(study, "contacts_per_won_deal", _("Contacts per won deal"))
    rows = [
        {
            "name": _("All deals that were needed, lost ones included (used here)"),
            "contacts": common.with_interval(right, common.one_decimal),
            "hours": common.with_interval(
                common.one(study, "hours_per_won_deal"), common.one_decimal
            ),
        }
    ]
    wrong = {
        "naive_won_only": _("Own contacts of the won deals only"),
        "naive_window_ratio": _("Contacts of the period / wins of the period"),
    }
    for kind, name in wrong.items():
        found = common.value(study, "contacts_per_won_deal", kind=kind)
        if found is not None:
            rows.append(
                {
                    "name": name,
                    "contacts": languages.number(found, 1),
                    "hours": languages.MISSING,
                }
            )
    return show_table(
        pd.DataFrame(rows),
        _("Contacts and hours behind one won deal"),
        [
            Column("name", _("Counted how")),
            Column("contacts", _("Contacts (90 % interval)"), align="right"),
            Column("hours", _("Hours (90 % interval)"), align="right"),
        ],
        strong_rows=[0],
    )


def _per_won_deal_as_stated(study: Study, contacts: pd.DataFrame) -> Shown:
    hours = common.rows(study, "hours_per_won_deal", kind="norm").set_index("segment")["value"]
    return show_table(
        contacts.assign(hours=contacts["segment"].map(hours)),
        _("Contacts and hours behind one won deal, by the stated norms"),
        [
            Column("segment", _("Segment")),
            Column("value", _("Contacts"), "number1"),
            Column("hours", _("Hours"), "number1"),
        ],
        note=_("Deals that are lost on the way are included."),
    )


def stages(study: Study) -> Shown:
    """The regulation of work with a new customer: contacts and minutes by stage."""
    table = common.rows(study, "contacts_per_stage_visit").set_index("stage")
    names = common.stage_names(study)
    hours = common.rows(study, "hours_per_stage_visit").set_index("stage")
    rows = []
    for stage, name in names.items():
        if stage in table.index:
            contacts = table.loc[stage]
            rows.append(
                {
                    "name": name,
                    "contacts": common.with_interval(contacts, common.one_decimal),
                    "hours": common.with_interval(hours.loc[stage], common.one_decimal),
                    "n": contacts["n"],
                }
            )
    if rows:
        return show_table(
            pd.DataFrame(rows),
            _("Regulation of work with a new customer, as practised"),
            [
                Column("name", _("Stage")),
                Column("contacts", _("Contacts per deal (90 % interval)"), align="right"),
                Column("hours", _("Hours per deal (90 % interval)"), align="right"),
                Column("n", _("Deals"), "integer"),
            ],
            note=_("Per deal that reaches the stage; preparation, wrap-up and attempts included."),
        )
    stated = _stated_stages(study)
    if stated.empty:
        return show_notice(
            "refused",
            _("There are no contact norms: neither measured nor stated by the client."),
            _("Regulation of work with a new customer"),
        )
    return show_table(
        stated,
        _("Regulation of work with a new customer, as stated"),
        [
            Column("name", _("Stage")),
            Column("contacts", _("Contacts per deal"), "number1"),
            Column("minutes", _("Minutes per contact"), "integer"),
        ],
    )


def _stated_stages(study: Study) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for segment in study.inputs.segments:
        for stage in segment.funnel.stages if segment.funnel else ():
            if stage.contacts is not None and all(r["name"] != stage.name for r in rows):
                rows.append(
                    {"name": stage.name, "contacts": stage.contacts, "minutes": stage.minutes}
                )
    return pd.DataFrame(rows)


def stage_hours(study: Study) -> Shown:
    """Where the hours behind one won deal are spent."""
    if isinstance(study.chain, Refusal) or study.chain.stages.empty:
        return show_notice("note", _("Hours by stage need contact norms and conversions."), None)
    work = study.chain.stages
    wins = float(study.chain.segments["wins"].sum())
    grouped = work.groupby("stage", sort=False).agg(hours=("hours", "sum"), label=("name", "first"))
    if wins <= 0:
        return show_notice("note", _("The plan needs no new contracts."), None)
    return charts.stage_work(grouped.assign(hours=grouped["hours"] / wins).reset_index())


def existing(study: Study) -> Shown:
    """Attention that existing customers get, by segment."""
    rows = []
    for segment in study.inputs.segments:
        if not segment.customers:
            continue
        row = {"name": segment.name, "customers": segment.customers}
        for kind, touch in (("keep", segment.retention), ("sell", segment.cross_sell_touch)):
            row[kind] = None if touch is None else touch.contacts_per_year
            row[f"{kind}_minutes"] = None if touch is None else touch.minutes
        rows.append(row)
    if not rows:
        return show_notice("note", _("Existing customers are neither listed nor stated."), None)
    return show_table(
        pd.DataFrame(rows),
        _("Attention for existing customers"),
        [
            Column("name", _("Segment")),
            Column("customers", _("Customers"), "integer"),
            Column("keep", _("Contacts a year, to keep them"), "number1"),
            Column("keep_minutes", _("Minutes of each"), "integer"),
            Column("sell", _("Contacts a year, to sell more"), "number1"),
            Column("sell_minutes", _("Minutes of each"), "integer"),
        ],
        note=_("A dash means that there is no norm and nothing was measured: it is not a zero."),
    )


def norms(study: Study) -> Shown:
    """The contact norm by hour, day and week, beside today's practice and the bound."""
    if isinstance(study.chain, Refusal):
        return common.not_computable(study, "required_fte", _("Contact norm"))
    rows = []

    def add(name: str, figure: str, note: str, **keys: str) -> None:
        found = common.value(study, figure, **keys)
        if found is not None:
            rows.append({"name": name, "value": found, "note": note})

    add(_("Norm an hour of selling"), "contact_norm_per_hour", "", kind="balanced")
    add(_("Norm a day, with as many people as the plan needs"), "contact_norm_per_day",
        _("this is the norm to agree on"), kind="balanced")  # fmt: skip
    add(_("Norm a week, with as many people as the plan needs"), "contact_norm_per_week", "",
        kind="balanced")  # fmt: skip
    add(_("The plan asks of today's team, a day"), "contact_norm_per_day", "",
        kind="present_team")  # fmt: skip
    add(_("Most contacts that fit into a day"), "contact_bound_per_day",
        _("selling hours of a day / minutes per contact"))  # fmt: skip
    add(_("Today's practice of the team, a day present"), "contacts_per_day", _("measured"))
    add(_("Kept up by the best quarter of the reps"), "contact_practice_per_day", _("measured"))
    add(_("Selling hours a day that the plan asks of today's team"), "hours_per_day", "",
        kind="present_team")  # fmt: skip
    return show_table(
        pd.DataFrame(rows),
        _("Contacts by hour, day and week"),
        [
            Column("name", _("Contacts of one rep")),
            Column("value", _("Value"), "number1"),
            Column("note", _("Remark"), common.text_or_blank, "left"),
        ],
    )


def by_rep(study: Study) -> Shown:
    """Contacts per day present by rep, against norm and bound."""
    table = common.rows(study, "contacts_per_day")
    table = table[table["rep"] != ""]
    if len(table) < 2:
        return show_notice(
            "note", _("Contacts by rep need a call list with the reps' names."), None
        )
    shown = table.sort_values("value", ascending=False).copy()
    shown["label"] = [common.rep_label(study, rep) for rep in shown["rep"]]
    norm = common.value(study, "contact_norm_per_day", kind="balanced")
    return charts.ranges(
        shown,
        _("contacts per day present"),
        _("Contacts per day present, by rep"),
        _("One point for each rep: contacts per day present; the norm is a dashed line."),
        shares=False,
        reference=norm,
        reference_label=_("norm {n}").format(n=languages.number(norm, 1)) if norm else "",
    )


def kinds(study: Study) -> Shown:
    """Minutes of one contact by kind."""
    table = common.rows(study, "minutes_per_contact")
    table = table[table["kind"].isin(KINDS)].copy()
    if table.empty:
        return show_notice("note", _("Minutes per contact were not measured."), None)
    table["name"] = [_(KINDS[kind]) for kind in table["kind"]]
    limits = study.engagement.thresholds
    return show_table(
        table,
        _("Minutes of one contact"),
        [
            Column("name", _("Kind")),
            Column("n", _("Contacts"), "integer"),
            Column("value", _("Minutes, everything included"), "number1"),
        ],
        note=_(
            "Talk time is measured. Added for a call: {wrap} minutes of wrap-up and the attempts "
            "nobody answers; for a meeting {extra} minutes of preparation and travel."
        ).format(
            wrap=languages.number(limits.wrap_minutes, 0),
            extra=languages.number(limits.meeting_extra_minutes, 0),
        ),
    )
