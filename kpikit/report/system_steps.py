"""The steps that follow from the audit of the KPI list, as imperative sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.languages import ngettext, noop

Values = Mapping[str, Any]

#: What the chain from money to people lacks.
ABSENT = {
    "norms": noop("contact norms"),
    "attention_plan": noop("attention planned for each customer"),
    "cycle": noop("the sales cycle"),
}


def _set_strategy(values: Values, currency: str) -> str:
    return _("Agree on the strategy, the main goal and its date; then choose the KPIs.")


def _collect_norms(values: Values, currency: str) -> str:
    names = [_(ABSENT[name]) for name in str(values["missing"]).split(",")]
    return _("Record what the number of people depends on: {missing}.").format(
        missing=", ".join(names)
    )


def _pay_for_links(values: Values, currency: str) -> str:
    return _(
        "Pay for KPIs that move the plan: this part of the bonus ({bonus} a year) goes to others."
    ).format(bonus=languages.money_compact(values["bonus"], currency))


def _cut_list(values: Values, currency: str) -> str:
    kept, listed = languages.number(values["kept"]), languages.number(values["kpis"])
    if not values["hours"] > 0:
        return _("Cut the KPI list from {kpis} to {kept}.").format(kpis=listed, kept=kept)
    return _("Cut the KPI list from {kpis} to {kept}: it frees {hours} hours a year.").format(
        kpis=listed, kept=kept, hours=languages.number(values["hours"])
    )


def _agree_with_plan(values: Values, currency: str) -> str:
    counts = {name: languages.number(values[name]) for name in ("cases", "n")}
    if values["contradiction"] == "met_plan_missed":
        return _(
            "Replace the mandatory KPIs: met while the plan is missed in {cases} of {n} rep-months."
        ).format(**counts)
    return _(
        "Replace the mandatory KPIs: missed while the plan is met in {cases} of {n} rep-months."
    ).format(**counts)


def _name_checkers(values: Values, currency: str) -> str:
    count = int(values["kpis"])
    return ngettext(
        "Name who checks the KPI and when: {n} is checked by nobody.",
        "Name who checks the KPIs and when: {n} are checked by nobody.",
        count,
    ).format(n=languages.number(count))


def _write_formulas(values: Values, currency: str) -> str:
    count = int(values["kpis"])
    return ngettext(
        "Write down formula, unit and source: {n} KPI lacks them.",
        "Write down formula, unit and source: {n} KPIs lack them.",
        count,
    ).format(n=languages.number(count))


def _plain_words(values: Values, currency: str) -> str:
    count = int(values["kpis"])
    return ngettext(
        "Give the KPIs names in the language of the team: {n} has none.",
        "Give the KPIs names in the language of the team: {n} have none.",
        count,
    ).format(n=languages.number(count))


STEPS = {
    "set_strategy": _set_strategy,
    "collect_norms": _collect_norms,
    "pay_for_links": _pay_for_links,
    "cut_list": _cut_list,
    "agree_with_plan": _agree_with_plan,
    "name_checkers": _name_checkers,
    "write_formulas": _write_formulas,
    "plain_words": _plain_words,
}
