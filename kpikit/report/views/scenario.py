"""What if: the levers and a scenario beside the base."""

from __future__ import annotations

import pandas as pd

from kpikit import languages
from kpikit.diagnosis import scenarios
from kpikit.languages import gettext as _
from kpikit.report import narrative
from kpikit.report.tables import Column, Shown, show_notice, show_table
from kpikit.report.views import common
from kpikit.study import Study, what_if
from kpikit.vocabulary import FIGURES


def levers(study: Study) -> Shown:
    """All levers with their present values."""
    rows = [
        {
            "lever": name,
            "label": lever_label(study, name),
            "today": narrative.lever_value(study, name, value),
        }
        for name, value in scenarios.levers(study.inputs).items()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("Levers"),
        [
            Column("lever", _("Lever")),
            Column("label", _("Meaning")),
            Column("today", _("Today"), align="right"),
        ],
    )


def lever_label(study: Study, lever: str) -> str:
    """What a lever moves, with the stage or segment it is limited to."""
    if lever in narrative.LEVERS:
        return _(narrative.LEVERS[lever])
    group, _dot, item = lever.partition(".")
    name = common.stage_names(study).get(item, item)
    label = narrative.INPUTS.get(group) or narrative.LEVERS.get(group, group)
    return f"{_(label)} · {common.role_label(name)}"


def parse_settings(text: str) -> dict[str, str]:
    """``team.reps=6, value=+10%`` as a mapping."""
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): change.strip() for name, _sign, change in pairs}


def side_by_side(study: Study, changes: str) -> Shown:
    """Base and scenario, formatted."""
    settings = parse_settings(changes)
    if not settings:
        return show_notice("note", _("No lever was moved."), None)
    return show_table(
        compared(study, settings),
        _("Base and scenario"),
        [
            Column("label", _("Figure")),
            Column("base_text", _("Base"), align="right"),
            Column("scenario_text", _("Scenario"), align="right"),
            Column("difference_text", _("Difference"), align="right"),
        ],
        note=", ".join(f"{name} = {change}" for name, change in settings.items()),
    )


def compared(study: Study, settings: dict[str, str]) -> pd.DataFrame:
    """The comparison with labels and texts in the language in use."""
    table = what_if(study, settings)
    texts = []
    for row in table.itertuples():
        kind = FIGURES[row.figure]
        write = _write_chance if row.figure == "plan_probability" else _write
        base, scenario = (write(study, kind.unit, x) for x in (row.base, row.scenario))
        sign = "+" if row.difference > 0 else "\N{MINUS SIGN}" if row.difference < 0 else ""
        change = _write_change(study, kind.unit, abs(row.difference))
        texts.append((_(kind.label), base, scenario, f"{sign}{change}" if sign else change))
    columns = ["label", "base_text", "scenario_text", "difference_text"]
    return table.assign(**dict(zip(columns, zip(*texts, strict=True), strict=True)))


def _write_chance(study: Study, unit: str, value: float) -> str:
    return narrative.chance(value)


def _write_change(study: Study, unit: str, value: float) -> str:
    """A difference without its sign; that of shares is in percentage points."""
    if unit == "share":
        return languages.percent_points(value, 1).lstrip("+")
    return _write(study, unit, value)


def _write(study: Study, unit: str, value: float) -> str:
    if unit == "share":
        return languages.share(value, 1)
    if unit == "money":
        return narrative.money(value, study.engagement.currency)
    return languages.number(value, 1 if unit in ("fte", "hours") and value < 1000 else 0)
