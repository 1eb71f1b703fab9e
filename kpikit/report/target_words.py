"""The target of a KPI as a client says it: at least 20 meetings in a month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules.inputs import number, text
from kpikit.kpi_audit import KpiAudit
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import passports
from kpikit.wording.matching import unit_kind

GRAINS = {
    "week": noop("{target} in a week"),
    "month": noop("{target} in a month"),
    "quarter": noop("{target} in a quarter"),
    "year": noop("{target} in a year"),
}


def target_words(audit: KpiAudit, row: Mapping[str, Any]) -> tuple[str, str]:
    """
    Say the target of a KPI, and where it stands.

    That of the list counts; without one those that stand beside the last reported values.
    """
    unit, direction = text(row, "unit"), text(row, "direction")
    low, high = number(row, "target_low"), number(row, "target_high")
    if low is not None and high is not None:
        return _range(low, high, unit), _("your list")
    stated = next((x for x in (number(row, "target"), low, high) if x is not None), None)
    if stated is not None:
        return _bound(in_unit(stated, unit), direction), _("your list")
    facts = audit.inputs.facts
    own = None if facts is None else facts[facts["kpi_id"].eq(row["kpi_id"])]
    own = None if own is None else own[own["target"].notna()]
    if own is None or own.empty:
        return _("not stated"), ""
    last = own["period_start_on"].max()
    targets = own.loc[own["period_start_on"].eq(last), "target"].astype(float)
    source = _("values of {period}").format(period=_period(last, audit.grain))
    low, high = float(targets.min()), float(targets.max())
    said = _range(low, high, unit) if low < high else _bound(in_unit(low, unit), direction)
    # a number of things is one of the whole period, however often it is looked at
    if unit_kind(unit) == "count" and audit.grain in GRAINS:
        said = _(GRAINS[audit.grain]).format(target=said)
    if low < high:
        said = _("{range}, not the same for all").format(range=said)
    return said, source


def _period(start: pd.Timestamp, grain: str) -> str:
    if grain == "month":
        return languages.month(start)
    return _("the period from {date}").format(date=languages.date(start))


def _range(low: float, high: float, unit: str) -> str:
    return _("from {low} to {high}").format(low=in_unit(low, unit), high=in_unit(high, unit))


def _bound(value: str, direction: str) -> str:
    if direction == "higher":
        return _("at least {value}").format(value=value)
    if direction == "lower":
        return _("at most {value}").format(value=value)
    return value


def in_unit(value: float, unit: str) -> str:
    """A number with the unit that the client writes."""
    places = next((n for n in (0, 1) if round(value, n) == value), 2)
    if unit == "%":
        return languages.share(value / 100, places)
    name = passports.UNITS.get(unit)
    said = unit if name is None else _(name)
    written = languages.number(value, places)
    return f"{written}\N{NO-BREAK SPACE}{said}" if said else written
