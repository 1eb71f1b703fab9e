"""Chapter 6: the chain link by link, people by month, probability, hiring."""

from __future__ import annotations

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.chain_input import Refusal
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import charts, narrative
from kpikit.report.tables import Column, Shown, show_notice, show_table, show_text
from kpikit.report.views import common
from kpikit.study import Study

LEDGERS = {
    "money": noop("Money of the plan = renewals + cross-sales + open deals + new contracts"),
    "customers": noop("New contracts = leads x conversion"),
    "work": noop("Hours = sum over stages and customers"),
    "people": noop("Hours = people x hours of one"),
}


def in_words(study: Study) -> Shown:
    """The chain as prose."""
    if isinstance(study.chain, Refusal):
        return show_text(narrative.refusal_text(study.chain))
    return show_text(narrative.chain_in_words(study.chain, study.engagement.currency))


def cautions(study: Study) -> Shown:
    """What weakens the answer."""
    if isinstance(study.chain, Refusal) or not study.chain.degradations:
        return show_text("")
    lines = [_(narrative.DEGRADED[code]) for code in study.chain.degradations]
    return show_notice("degraded", "\n\n".join(lines), _("Read with care"))


def ledger(study: Study) -> Shown:
    """Money, customers, leads, contacts and hours by segment."""
    if isinstance(study.chain, Refusal):
        return _volumes(study)
    table = study.chain.segments.reset_index()
    columns = ["base_money", "gap", "wins", "leads", "contacts", "hours"]
    total = {"segment": _("all segments")} | {c: float(table[c].sum()) for c in columns}
    shown = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    currency = study.engagement.currency

    def compact(x: float) -> str:
        return narrative.money(x, currency)

    return show_table(
        shown,
        _("From money to hours, by segment"),
        [
            Column("segment", _("Segment")),
            Column("base_money", _("Existing customers and open deals"), compact),
            Column("gap", _("New business"), compact),
            Column("wins", _("New contracts"), "integer"),
            Column("leads", _("New leads"), "integer"),
            Column("contacts", _("Contacts"), "integer"),
            Column("hours", _("Hours"), "integer"),
        ],
        strong_rows=[len(shown) - 1],
        note=_(
            "New leads: as many as the contracts need when they are taken evenly over the period."
        ),
    )


def _volumes(study: Study) -> Shown:
    """Leads needed with certainty, when there is no more to say."""
    table = common.rows(study, "required_primary_contacts")
    table = table[table["kind"] != ""]
    if table.empty:
        return show_notice("note", _("Volumes need a plan, a conversion and a deal value."), None)
    parts = table["kind"].str.extract(r"(?P<law>rates_\w+)_p(?P<goal>\d+)")
    shown = pd.DataFrame(
        {
            "segment": table["segment"],
            "law": parts["law"],
            "goal": parts["goal"].astype(int),
            "leads": table["value"].astype(float),
        }
    ).pivot_table(index=["segment", "goal"], columns="law", values="leads", aggfunc="first")
    shown = shown.reset_index()
    columns = [
        Column("segment", _("Segment")),
        Column("goal", _("Probability"), lambda x: languages.share(x / 100)),
    ]
    if "rates_known" in shown:
        columns.append(Column("rates_known", _("Leads, rates taken as known"), "integer"))
    if "rates_learned" in shown:
        columns.append(
            Column("rates_learned", _("Leads, rates learned from past deals"), "integer")
        )
    return show_table(
        shown,
        _("New leads needed for the contracts of the plan"),
        columns,
        note=_("The average is met every second time only; a promise needs more leads."),
    )


def volumes(study: Study) -> Shown:
    """Leads needed at 50, 80, 90 and 95 per cent; a refused chain shows them as its ledger."""
    return show_text("") if isinstance(study.chain, Refusal) else _volumes(study)


def by_month(study: Study) -> Shown:
    """People needed and there, by month."""
    if isinstance(study.chain, Refusal):
        return show_notice("note", _("People by month need the missing inputs named above."), None)
    table = study.chain.months.groupby("month", sort=True).agg(
        required_hours=("required_hours", "sum"), available_hours=("available_hours", "sum"),
        required_fte=("required_fte", "sum"), available_fte=("available_fte", "sum"),
        days=("days", "max"),
    ).reset_index()  # fmt: skip
    table["first"] = pd.to_datetime(table["month"] + "-01")
    table["cover"] = table["available_hours"] / table["required_hours"]
    return show_table(
        table,
        _("Hours and people by month"),
        [
            Column("first", _("Month"), "month", align="left"),
            Column("days", _("Days present"), "number1"),
            Column("required_hours", _("Hours needed"), "integer"),
            Column("available_hours", _("Hours there"), "integer"),
            Column("required_fte", _("People needed"), "number1"),
            Column("available_fte", _("People there"), "number1"),
            Column("cover", _("Cover"), "share"),
        ],
        note=_("Working days, leave, sickness, training, hiring and expected leavers are counted."),
    )


def purposes(study: Study) -> Shown:
    """Hours by purpose against the hours there."""
    if isinstance(study.chain, Refusal):
        return show_text("")
    names = {
        "new_business": _("new business"),
        "open_deals": _("today's open deals"),
        "retention": _("keeping customers"),
        "cross_sell": _("selling more to customers"),
    }
    hours = [common.value(study, "required_hours", kind=kind) or 0.0 for kind in names]
    table = pd.DataFrame({"label": list(names.values()), "hours": hours})
    table = table[table["hours"] > 0]
    if table.empty:
        return show_text("")
    return charts.hours_by_purpose(table, float(study.chain.roles["available_hours"].sum()))


def probability(study: Study) -> Shown:
    """Probability by number of reps."""
    chain = study.chain
    if isinstance(chain, Refusal):
        return show_notice("note", _("This needs the missing inputs named above."), None)
    return charts.probability_by_reps(
        chain.by_reps, study.inputs.probability_goal, chain.reps_now, chain.reps_needed
    )


def probability_text(study: Study) -> Shown:
    """Smallest number of reps and largest plan, in words."""
    chain = study.chain
    if isinstance(chain, Refusal):
        return show_text("")
    return show_text(narrative.probability_text(study, chain))


def hiring(study: Study) -> Shown:
    """Whom to decide on, and by when."""
    if isinstance(study.chain, Refusal):
        return show_text("")
    if study.hires.empty:
        return show_notice("note", _("No hiring is needed for the hours of the plan."), None)
    table = study.hires.copy()
    table["first"] = pd.to_datetime(table["month"] + "-01")
    table["when"] = pd.to_datetime(table["hire_by"])
    table["late"] = [_("late: decide now") if late else "" for late in table["is_late"]]
    team = study.engagement.team
    return show_table(
        table,
        _("Hiring: the last month to decide"),
        [
            Column("first", _("Fully needed from"), "month", align="left"),
            Column("hires", _("Further people"), "integer"),
            Column("when", _("Decide by"), "month", align="right"),
            Column("late", _("Remark"), common.text_or_blank, "left"),
        ],
        note=_(
            "{lead} months from the decision to the first day, {ramp} months to learn. Counted for "
            "the busiest months and with expected leavers, so more than the average of the period."
        ).format(
            lead=languages.number(team.hiring_lead_months),
            ramp=languages.number(sum(step < 1 for step in team.ramp)),
        ),
    )


def late_wins(study: Study) -> Shown:
    """Wins that come too late whatever is done."""
    table = study.late
    if isinstance(study.chain, Refusal):
        return show_notice("note", _("This needs the missing inputs named above."), None)
    if table.empty:
        return show_notice(
            "note",
            _("Whether money comes too late cannot be told without the length of the sales cycle."),
            None,
        )
    grouped = table.groupby("month", sort=True)[["needed", "late"]].sum().reset_index()
    missing = grouped[grouped["late"] > 0.05]
    if missing.empty:
        return show_notice(
            "note", _("With a level intake of leads no month of the plan is out of reach."), None
        )
    missing = missing.assign(first=pd.to_datetime(missing["month"] + "-01"))
    return show_table(
        missing,
        _("Already too late: contracts missing at the end of the month"),
        [
            Column("first", _("Month"), "month", align="left"),
            Column("needed", _("Contracts needed in the month"), "number1"),
            Column("late", _("Missing in all by its end"), "number1"),
        ],
        note=_("Even if twice the level number of leads is taken into work from now on."),
    )


def identities(study: Study) -> Shown:
    """The four ledgers that must agree."""
    if isinstance(study.chain, Refusal):
        return show_text("")
    table = study.chain.identities.copy()
    table["name"] = [_(LEDGERS[name]) for name in table["ledger"]]
    return show_table(
        table,
        _("Check: four ledgers that must agree"),
        [
            Column("name", _("Ledger")),
            Column("plan", _("One side"), "integer"),
            Column("rebuilt", _("Other side"), "integer"),
            Column("difference", _("Difference"), "integer"),
        ],
    )
