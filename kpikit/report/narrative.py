"""
Sentences that follow the numbers.

Every sentence with a number is built from figures here, in the language in use;
the thresholds decide the wording. Nothing is computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from kpikit import languages
from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.priorities import Action
from kpikit.languages import gettext as _
from kpikit.languages import ngettext, noop
from kpikit.report.system_steps import STEPS
from kpikit.study import Study

BINDING = {
    "hours": noop("hours"),
    "leads": noop("the number of new leads"),
    "luck": noop("chance: the team is just large enough on average"),
    "none": noop("none"),
}

LEVERS = {
    "conversion": noop("conversion from lead to contract"),
    "value": noop("money per new contract"),
    "minutes": noop("minutes per contact"),
    "contacts": noop("contacts per deal"),
    "selling_share": noop("share of the day spent selling"),
    "renewal_rate": noop("share of contracts renewed"),
    "cross_sell_rate": noop("share of customers who buy something further"),
    "cycle": noop("length of the sales cycle"),
    "target": noop("the plan itself"),
    "team.reps": noop("number of reps"),
    "retention_contacts": noop("contacts with existing customers"),
    "retention_minutes": noop("minutes per contact with existing customers"),
    "leads": noop("new leads a month"),
}

INPUTS = {
    "target": noop("Plan"),
    "selling_share": noop("Share of the day spent selling"),
    "customers": noop("Existing customers"),
    "renewal_rate": noop("Share of contracts renewed"),
    "renewal_value": noop("Money per renewal"),
    "cross_sell_rate": noop("Share of customers who buy something further"),
    "cross_sell_value": noop("Money per cross-sale"),
    "retention_contacts": noop("Contacts per existing customer and year, to keep them"),
    "retention_minutes": noop("Minutes of such a contact"),
    "cross_sell_contacts_contacts": noop("Contacts per existing customer and year, to sell more"),
    "cross_sell_contacts_minutes": noop("Minutes of a contact to sell more"),
    "value": noop("Money per new contract"),
    "conversion": noop("Share of deals that go on from the stage"),
    "contacts": noop("Contacts per deal in the stage"),
    "minutes": noop("Minutes per contact in the stage"),
    "cycle": noop("Months from first contact to contract, mean"),
    "team.reps": noop("Reps"),
    "leads": noop("Most new leads a month"),
}

OWNERS = {
    "director": noop("director"),
    "head_of_sales": noop("head of sales"),
    "marketing": noop("head of marketing"),
    "consultant": noop("consultant"),
}

COSTS = {
    "no_new_money": noop("none"),
    "some_money": noop("some"),
    "new_money": noop("yes"),
}

CONFIDENCE = {
    "measured": noop("measured"),
    "modelled": noop("modelled"),
    "expert": noop("judgement"),
}

MISSING = {
    "plan": noop("the money plan"),
    "conversion": noop("conversion by stage"),
    "norms": noop("contact norms"),
    "cycle": noop("the length of the sales cycle"),
    "time": noop("a plan longer than the sales cycle"),
    "deal value": noop("money per new contract"),
    "team": noop("the list of reps"),
    "selling time": noop("the share of the day spent selling"),
}

ASKS = {
    "plan": noop("The money plan by month, and by segment if there is one."),
    "conversion": noop(
        "The stage history of the deals, or the share that goes on from each stage."
    ),
    "norms": noop(
        "Contacts per deal and minutes per contact for each stage: from telephony and calendars, "
        "or by a time study of two weeks."
    ),
    "cycle": noop("Creation and closing dates of last year's deals."),
    "time": noop("A plan period that is longer than the sales cycle, or leads of earlier months."),
    "deal value": noop("Money of a typical new contract, by segment."),
    "team": noop("The list of reps with role and hire date."),
    "selling time": noop(
        "A one-week diary of the team: how much of the day is spent with customers."
    ),
}

DEGRADED = {
    "cycle": noop(
        "The length of the sales cycle is not known, so money is counted in the month of the work. "
        "Real money comes later."
    ),
    "retention_norms": noop(
        "There is no contact norm for existing customers, so their hours are missing and the "
        "number of people is a lower bound."
    ),
    "evidence": noop(
        "The rates are stated without the number of deals behind them, so they are taken as exact "
        "and the probability is too sure of itself."
    ),
}

#: Levers shown as a factor of today, because they move several numbers at once.
_RELATIVE = (
    "conversion", "value", "minutes", "contacts", "renewal_rate", "cross_sell_rate", "cycle",
    "retention_contacts", "retention_minutes",
)  # fmt: skip


def money(value: float, currency: str) -> str:
    """Money as a headline writes it."""
    return languages.money_compact(value, currency)


def chance(p: float) -> str:
    """A probability without false precision at the ends."""
    if p < 0.005:
        return _("below {share}").format(share=languages.share(0.01))
    if p > 0.995:
        return _("above {share}").format(share=languages.share(0.99))
    return languages.share(p)


def reps_text(count: float) -> str:
    """``four reps`` with the right plural form."""
    if abs(count - round(count)) > 1e-9:
        return _("{n} reps").format(n=languages.number(count, 1))
    whole = round(count)
    return ngettext("{n} rep", "{n} reps", whole).format(n=languages.number(whole))


def verdict(result: ChainResult, goal: float) -> tuple[str, str]:
    """The headline and its tone: feasible, doubtful, not feasible."""
    reps = reps_text(result.reps_now)
    if result.probability >= goal:
        return _("Feasible: {reps} can make the plan").format(reps=reps), "good"
    if result.probability >= 0.2:
        return _("Doubtful: {reps} may make the plan").format(reps=reps), "warn"
    return _("Not feasible: {reps} cannot make the plan").format(reps=reps), "bad"


def verdict_detail(result: ChainResult, currency: str, goal: float) -> str:
    """Probability, coverage, people and the binding constraint in three sentences."""
    parts = [
        _("The probability of reaching {target} is {chance}.").format(
            target=money(result.target, currency), chance=chance(result.probability)
        )
    ]
    needed = result.reps_needed
    if math.isfinite(result.coverage):
        parts.append(
            _("The team's hours cover {share} of the work the plan needs.").format(
                share=languages.share(result.coverage)
            )
        )
    constraint = _(BINDING[result.binding])
    if needed is None:
        parts.append(
            _("No number of reps would do; the binding constraint is {constraint}.").format(
                constraint=constraint
            )
        )
    elif needed > result.reps_now:
        people = math.ceil(float(result.roles["required_fte"].sum()) - 1e-9)
        parts.append(
            ngettext(
                "{n} rep is needed for the work, {safe} to be {goal} sure; "
                "the binding constraint is {constraint}.",
                "{n} reps are needed for the work, {safe} to be {goal} sure; "
                "the binding constraint is {constraint}.",
                people,
            ).format(
                n=languages.number(people),
                safe=languages.number(needed),
                goal=languages.share(goal),
                constraint=constraint,
            )
        )
    return " ".join(parts)


def headline_text(study: Study) -> str:
    """Page one in one line, for the command line."""
    if isinstance(study.chain, Refusal):
        return refusal_summary(study.chain)
    goal = study.inputs.probability_goal
    title, _tone = verdict(study.chain, goal)
    return f"{title}. {verdict_detail(study.chain, study.engagement.currency, goal)}"


def refusal_summary(refusal: Refusal) -> str:
    """What is missing, in one sentence."""
    names = languages.join([_(MISSING[item.what]) for item in refusal.missing])
    return _("No number of people is given, because these are missing: {names}.").format(
        names=names
    )


def probability_text(study: Study, result: ChainResult) -> str:
    """Smallest team and largest plan at the agreed probability, and the plan's own odds."""
    currency, goal = study.engagement.currency, languages.share(study.inputs.probability_goal)
    needed = result.reps_needed
    parts = []
    if needed is None:
        parts.append(
            _("No number of reps reaches the agreed probability of {goal}.").format(goal=goal)
        )
    else:
        fte = float(result.roles["required_fte"].sum())
        parts.append(
            _("On average {fte} full-time reps do the work; to keep the promise with a probability "
              "of {goal}, {reps} are needed, because conversion and deal sizes vary.").format(
                fte=languages.number(fte, 1), goal=goal, reps=languages.number(needed))
        )  # fmt: skip
    parts.append(
        _("The largest plan that today's team keeps with this probability is {money}.").format(
            money=money(result.largest_target, currency)
        )
    )
    parts.append(
        _("With today's team {low} to {high} can be expected (eight cases of ten).").format(
            low=money(result.money_low, currency), high=money(result.money_high, currency)
        )
    )
    return " ".join(parts)


def percent_change(change: float) -> str:
    """``+12 %`` or ``-8 %``."""
    sign = "+" if change >= 0 else "\N{MINUS SIGN}"
    return f"{sign}{languages.share(abs(change))}"


def today_conversion(result: ChainResult) -> float:
    """Conversion from lead to contract over the segments, by their leads. [share]"""
    table = result.segments[result.segments["conversion"] > 0]
    weights = table["leads"] if table["leads"].sum() > 0 else table["leads"] + 1.0
    return float((table["conversion"] * weights).sum() / weights.sum())


def lever_value(study: Study, lever: str, value: float) -> str:
    """A lever's value in its own unit; factors as a change against today."""
    if lever == "conversion" and isinstance(study.chain, ChainResult):
        return languages.share(value * today_conversion(study.chain), 1)
    if lever in _RELATIVE:
        return _("as today") if abs(value - 1.0) < 1e-9 else percent_change(value - 1.0)
    if lever.startswith(("selling_share", "conversion.", "renewal_rate.", "cross_sell_rate.")):
        return languages.share(value, 1)
    if lever.startswith(("target", "value.")):
        return money(value, study.engagement.currency)
    return languages.number(value, 0 if value >= 10 else 1)


def input_value(study: Study, name: str, unit: str, value: float) -> str:
    """An assumption's value with its unit."""
    if unit == "share":
        return languages.share(value, 1)
    if unit == "money":
        return money(value, study.engagement.currency)
    if unit == "minutes":
        return _("{n} min").format(n=languages.number(value, 0))
    if unit == "months":
        return _("{n} months").format(n=languages.number(value, 1))
    return languages.number(value, 0 if value >= 20 else 1)


def chain_in_words(result: ChainResult, currency: str) -> str:
    """The chain as a paragraph a director can follow, link by link."""
    table = result.segments
    wins, leads = float(table["wins"].sum()), float(table["leads"].sum())
    hours = float(result.roles["required_hours"].sum())
    fte = float(result.roles["required_fte"].sum())
    days = float(result.roles["days_per_fte"].max())
    contacts = float(table["contacts"].sum())
    parts = [
        _("**Money.** The plan is {target}. Renewals are expected to bring {renewals}, "
          "cross-sales {cross}, and the deals open today {pipeline}. New business must bring "
          "{gap}.").format(
            target=money(result.target, currency),
            renewals=money(float(table["renewal_money"].sum()), currency),
            cross=money(float(table["cross_sell_money"].sum()), currency),
            pipeline=money(float(table["pipeline_money"].sum()), currency),
            gap=money(float(table["gap"].sum()), currency)),
        _("**Customers.** That is {wins} new contracts, and at today's conversion {leads} new "
          "leads must be taken into work.").format(
            wins=languages.number(wins), leads=languages.number(leads)),
        _("**Labour.** With the deals that will be lost, and with the care of existing customers, "
          "this is {contacts} contacts and {hours} hours.").format(
            contacts=languages.number(contacts), hours=languages.number(hours)),
        _("**Intensity and people.** One full-time rep has {per_fte} selling hours in the period, "
          "so {fte} full-time reps are needed, each making {norm} contacts a day.").format(
            per_fte=languages.number(float(result.roles["hours_per_fte"].max())),
            fte=languages.number(fte, 1),
            norm=languages.number(contacts / (fte * days) if fte * days else math.nan, 1)),
        _("**Money again.** With {reps}, as today, {expected} can be expected: "
          "{attainment} of the plan.").format(
            reps=reps_text(result.reps_now), expected=money(result.expected_money, currency),
            attainment=languages.share(result.expected_money / result.target)),
    ]  # fmt: skip
    return "\n\n".join(parts)


def action_text(action: Action, currency: str) -> str:
    """One action as an imperative sentence."""
    return _ACTIONS[action.id](action.values, currency)


def _hire(values: Mapping[str, Any], currency: str) -> str:
    hires = int(values["hires"])
    return ngettext(
        "Hire {n} rep, so that there are {needed} and the plan is {goal} sure.",
        "Hire {n} reps, so that there are {needed} and the plan is {goal} sure.",
        hires,
    ).format(
        n=languages.number(hires),
        needed=languages.number(values["needed"]),
        goal=languages.share(float(values["goal"])),
    )


def _selling_share(values: Mapping[str, Any], currency: str) -> str:
    return _("Take paperwork off the reps: {then} of the day for selling, today {now}.").format(
        now=languages.share(values["now"]), then=languages.share(values["then"])
    )


def _conversion(values: Mapping[str, Any], currency: str) -> str:
    return _("Work on the stage “{stage}”: let {then} of its deals go on, today {now}.").format(
        stage=values["stage"],
        now=languages.share(values["now"], 1),
        then=languages.share(values["then"], 1),
    )


def _minutes(values: Mapping[str, Any], currency: str) -> str:
    return _("Shorten contacts in the stage “{stage}” from {now} to {then} minutes.").format(
        stage=values["stage"],
        now=languages.number(values["now"]),
        then=languages.number(values["then"]),
    )


def _renewal(values: Mapping[str, Any], currency: str) -> str:
    return _("Keep two more of every hundred contracts that end.")


def _reps_to_median(values: Mapping[str, Any], currency: str) -> str:
    count = int(values["reps"])
    return ngettext(
        "Coach the {n} rep below the middle: conversion from {now} to {then}.",
        "Coach the {n} reps below the middle: conversion from {now} to {then}.",
        count,
    ).format(
        n=languages.number(count),
        now=languages.share(float(values["now"]), 1),
        then=languages.share(float(values["then"]), 1),
    )


def _close_stale(values: Mapping[str, Any], currency: str) -> str:
    deals = int(values["deals"])
    return ngettext(
        "Close {n} open deal that is almost certainly lost; it binds {hours} hours.",
        "Close {n} open deals that are almost certainly lost; they bind {hours} hours.",
        deals,
    ).format(n=languages.number(deals), hours=languages.number(values["hours"]))


def _leads(values: Mapping[str, Any], currency: str) -> str:
    return _("Bring in more leads: from {now} to {then} a month.").format(
        now=languages.number(values["now"]), then=languages.number(values["then"])
    )


def _agree_target(values: Mapping[str, Any], currency: str) -> str:
    return _("Agree on what this team can promise: {largest}, not {target}.").format(
        largest=money(values["largest"], currency), target=money(values["target"], currency)
    )


_ACTIONS: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "hire": _hire,
    "selling_share": _selling_share,
    "conversion": _conversion,
    "minutes": _minutes,
    "renewal": _renewal,
    "reps_to_median": _reps_to_median,
    "close_stale": _close_stale,
    "leads": _leads,
    "agree_target": _agree_target,
    **STEPS,
}


def refusal_text(refusal: Refusal) -> str:
    """Why there is no head count, and what to collect."""
    lines = [
        refusal_summary(refusal),
        "",
        _("Please collect:"),
        "",
    ]
    for item in refusal.missing:
        lines.append(f"- **{_(MISSING[item.what])}**: {_(ASKS[item.what])}")
    return "\n".join(lines)
