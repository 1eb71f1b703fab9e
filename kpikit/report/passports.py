"""
Passports of the KPIs in words: what a KPI means, how it is computed, who moves it.

The names, definitions, formulas and examples come from the catalogue in the language
in use; units, directions and the like are named here, once for all pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpikit import languages
from kpikit.kpis.measures import MEASURES
from kpikit.kpis.parameters import SOURCES, Parameters
from kpikit.kpis.passport import Passport
from kpikit.languages import gettext as _
from kpikit.languages import noop

UNITS = {
    "money": noop("money"),
    "share": noop("per cent"),
    "count": noop("number"),
    "deals": noop("deals"),
    "customers": noop("customers"),
    "contacts": noop("contacts"),
    "contracts": noop("contracts"),
    "calls": noop("calls"),
    "meetings": noop("meetings"),
    "hours": noop("hours"),
    "minutes": noop("minutes"),
    "days": noop("days"),
    "working_days": noop("working days"),
    "working_hours": noop("working hours"),
    "months": noop("months"),
    "points": noop("points"),
    "ratio": noop("ratio"),
    "pp": noop("percentage points"),
    "index": noop("index"),
    "fte": noop("full-time reps"),
    "units": noop("pieces"),
    "skus": noop("products"),
    "regions": noop("regions"),
}
DIRECTIONS = {
    "higher": noop("more is better"),
    "lower": noop("less is better"),
    "band": noop("inside a band"),
    "norm": noop("close to the norm"),
}
GROUPS = {
    "money": noop("money"),
    "customers": noop("customers in work"),
    "labour_per_customer": noop("labour per customer"),
    "intensity": noop("intensity of the reps"),
    "system": noop("the KPI system itself"),
}
CONTROLLERS = {
    "rep": noop("the rep"),
    "head": noop("the head of sales"),
    "marketing": noop("marketing"),
    "finance": noop("finance"),
    "operations": noop("operations"),
    "top": noop("top management"),
}
CADENCES = {
    "daily": noop("daily"),
    "weekly": noop("weekly"),
    "monthly": noop("monthly"),
    "quarterly": noop("quarterly"),
}
SALES = {"sales": "deals | invoices"}
PURPOSES = {"goal": noop("goal"), "way": noop("way to a goal")}


def name(passport: Passport) -> str:
    """Name of the KPI in the language in use."""
    return passport.name[languages.current()]


def passport_rows(passport: Passport) -> list[tuple[str, str]]:
    """Label and text of each line of a passport, in the language in use."""
    lang = languages.current()
    rows = [
        (_("What it tells"), passport.definition[lang]),
        (_("Formula"), passport.formula[lang]),
        (_("Example"), passport.example[lang]),
        (_("Unit"), _(UNITS[passport.unit])),
        (_("Good when"), _(DIRECTIONS[passport.direction])),
        (_("Group"), _(GROUPS[passport.group])),
        (_("Goal or way"), _purpose(passport)),
        (_("Moved by"), moved_by(passport)),
        (_("Looked at"), _(CADENCES[passport.cadence])),
        (_("Needs"), needs_text(passport.kpi)),
    ]
    settings = parameter_text(passport.kpi)
    return [*rows, (_("Settings"), settings)] if settings else rows


def moved_by(passport: Passport) -> str:
    """Who moves the KPI."""
    who = languages.join([_(CONTROLLERS[c]) for c in passport.controller])
    return _("{who} (the rep only in part)").format(who=who) if passport.partly else who


def _purpose(passport: Passport) -> str:
    text = _(PURPOSES[passport.purpose])
    return f"{text}: {passport.goal}" if passport.goal else text


def needs_text(kpi: str) -> str:
    """Tables and columns behind the KPI, as the vocabulary names them."""
    # "sales" are the rows of the revenue basis
    needs = {SALES.get(name, name): columns for name, columns in MEASURES[kpi].needs.items()}
    return "; ".join(f"{table} ({', '.join(columns)})" if columns else table
                     for table, columns in needs.items())  # fmt: skip


def parameter_text(kpi: str) -> str:
    """Parameters of the KPI with their default values."""
    defaults = Parameters.__dataclass_fields__
    parts = []
    for field in MEASURES[kpi].parameters:
        value = defaults[field].default
        text = _("found in the data") if value is None or value == () else _setting(value)
        parts.append(f"{field} = {text}" + (f" ({SOURCES[field]})" if field in SOURCES and
                     languages.current() == "en" else ""))  # fmt: skip
    return "; ".join(parts)


def _setting(value: Any) -> str:
    if isinstance(value, float):
        return languages.number(value, 0 if value == int(value) else 2)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
