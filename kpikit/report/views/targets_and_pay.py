"""Chapter 7, first half: is the target realistic?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.errors import InputDataError
from kpikit.languages import gettext as _
from kpikit.report import pay_charts
from kpikit.report.tables import (
    Column,
    Shown,
    Tile,
    show_headline,
    show_notice,
    show_table,
    show_text,
    show_tiles,
)
from kpikit.report.targets_and_pay_words import (
    ASSIGNED,
    BASES,
    BINDING,
    METHODS,
    QUESTIONS,
    TONES,
    VERDICTS,
    chance_text,
    reason_text,
)
from kpikit.report.views import common
from kpikit.report.views.kpi_results import label, writer
from kpikit.study import Study
from kpikit.targets_and_pay import TargetsAndPay

MOST_ROWS = 12


def results(study: Study) -> TargetsAndPay:
    """Targets and pay of a study of files."""
    found: TargetsAndPay | None = study.targets_and_pay
    if found is None:
        raise InputDataError(
            "There is nothing to judge targets and pay with: the engagement names no files. "
            "Map at least the deals in engagement.yml."
        )
    return found


def kpi_name(study: Study, kpi: str) -> str:
    """Name of a KPI of the client's list, or of the catalogue."""
    table = None if study.client is None else study.client.tables.get("kpis")
    if table is not None:
        names = table.dropna(subset=["name"]).drop_duplicates("kpi_id").set_index("kpi_id")["name"]
        if kpi in names.index:
            return str(names[kpi])
    return label(study, kpi)


# ---- the page's first lines ---------------------------------------------------------------------


def headline(study: Study) -> Shown:
    """The verdict on the plan in one sentence."""
    found = results(study)
    row = _question(found, "plan")
    if row is None or pd.isna(row["probability"]):
        first = _question(found, "plan_quarter")
        row = first if first is not None and pd.notna(first["probability"]) else row
    if row is None:
        return show_headline(_("There is no plan whose odds could be given."))
    if pd.isna(row["probability"]):
        return show_headline(_("The odds of the plan cannot be given."), reason_text(row["reason"]))
    text = _("The plan of {amount} is {verdict}: its probability is {chance}.").format(
        amount=languages.money_compact(row["amount"], study.engagement.currency),
        verdict=_(VERDICTS[row["verdict"]]),
        chance=chance_text(row["probability"]),
    )
    details = [_("Decided by: {side}.").format(side=_(BINDING[row["binding"]]))]
    if pd.notna(row["on_last_year"]):
        details.append(
            _("It is {growth} against the same months of last year.").format(
                growth=_signed(row["on_last_year"])
            )
        )
    return show_headline(text, " ".join(details), TONES[row["verdict"]])


def _signed(growth: float) -> str:
    return ("+" if growth > 0 else "") + languages.share(growth)


def _question(found: TargetsAndPay, name: str) -> pd.Series | None:
    rows = found.answers.table[found.answers.table["question"] == name]
    return None if rows.empty else rows.iloc[0]


def overview(study: Study) -> Shown:
    """The plan from both sides, luck in the bonus, and where more result earns nothing."""
    found = results(study)
    tiles = [_demand_tile(found), _capacity_tile(found)]
    role = found.roles[0] if found.roles else None
    many = _("largest of {n} roles").format(n=languages.number(len(found.roles)))
    if role is not None:
        role = max(found.roles, key=lambda item: len(item.facts.periods))
    note = many if len(found.roles) > 1 else ""
    tiles.append(
        Tile(
            _("Luck in the bonus"),
            languages.MISSING if role is None or role.luck is None else languages.share(role.luck),
            note or _("the same reps in other months would have earned otherwise"),
            "neutral" if role is None or role.luck is None else _bad_from(role.luck, 0.3, 0.6),
        )
    )
    dead = None if role is None else role.dead
    tiles.append(
        Tile(
            _("Bonus that more result would not move"),
            languages.MISSING if dead is None else languages.share(dead.value),
            note or _("below the threshold or above the cap, by weight"),
            "neutral" if dead is None else _bad_from(dead.value, 0.3, 0.6),
        )
    )
    return show_tiles(tiles)


def _bad_from(value: float, warn: float, bad: float) -> str:
    return "bad" if value >= bad else "warn" if value >= warn else "good"


def _demand_tile(found: TargetsAndPay) -> Tile:
    row = _question(found, "plan")
    title = _("Plan, by what customers buy")
    if row is None or pd.isna(row["demand_probability"]):
        first = _question(found, "plan_quarter")
        if first is not None and pd.notna(first["demand_probability"]):
            row, title = first, _("First quarter of the plan, by what customers buy")
    if row is None:
        return Tile(title, languages.MISSING, _("there is no plan"))
    if pd.isna(row["demand_probability"]):
        return Tile(title, languages.MISSING, reason_text(row["reason"]))
    note = _("probability by the course of {n} periods").format(n=languages.number(row["n"]))
    return Tile(
        title, chance_text(row["demand_probability"]), note, _tone(row["demand_probability"])
    )


def _capacity_tile(found: TargetsAndPay) -> Tile:
    row = _question(found, "plan")
    title = _("Plan, by the people at hand")
    if row is None or pd.isna(row["capacity_probability"]):
        return Tile(title, languages.MISSING, _("the chain from money to people is not complete"))
    value = float(row["capacity_probability"])
    return Tile(title, chance_text(value), _("probability with the present team"), _tone(value))


def _tone(probability: float) -> str:
    return "bad" if probability < 0.2 else "warn" if probability < 0.6 else "good"


# ---- targets ------------------------------------------------------------------------------------


def targets_table(study: Study) -> Shown:
    """Every target asked about, from both sides."""
    found = results(study)
    table = found.answers.table.head(MOST_ROWS).copy()
    table["name"] = [_target_name(study, row) for row in table.to_dict("records")]
    table["verdict_text"] = [_(VERDICTS.get(v, "")) if isinstance(v, str) else
                             languages.MISSING for v in table["verdict"]]  # fmt: skip
    named = table["verdict"].notna()
    table["remark"] = [
        "" if known and row["status"] == "ok" else reason_text(row["reason"])
        for known, row in zip(named, table.to_dict("records"), strict=True)
    ]
    return show_table(
        table,
        _("Targets against the history and against the people"),
        [
            Column("name", _("Target")),
            Column(("unit", "amount"), _("Amount"), lambda u, x: writer(study, u)(x),
                   align="right"),
            Column("on_last_year", _("On last year"),
                   lambda x: languages.MISSING if pd.isna(x) else _signed(x), align="right"),
            Column("demand_probability", _("By demand"), chance_text, align="right"),
            Column("capacity_probability", _("By people"), chance_text, align="right"),
            Column("verdict_text", _("Verdict")),
            Column("remark", _("Remark"), common.text_or_blank, align="left"),
        ],
        note=_(
            "The smaller probability decides: below 5 % unrealistic, to 20 % a stretch, to 60 % "
            "ambitious, to 95 % realistic. A target outside of 20 to 80 % moves nobody."
        ),
    )  # fmt: skip


def _target_name(study: Study, row: dict[str, Any]) -> str:
    if row["question"] in QUESTIONS:
        return _(QUESTIONS[row["question"]])
    stated = study.engagement.targets[int(str(row["question"]).removeprefix("stated_")) - 1]
    of = _("Sales") if stated.of == "revenue" else kpi_name(study, stated.of)
    if stated.amount is not None:
        asked = _("an amount in {n} months").format(n=languages.number(stated.months))
    elif stated.base is None:
        asked = _("{growth}, of what is not said").format(growth=languages.share(stated.growth))
    else:
        asked = _(BASES[stated.base]).format(growth=languages.share(stated.growth))
    return _("{of}: {asked}").format(of=of, asked=asked)


def base_text(study: Study) -> Shown:
    """What ten per cent more a quarter means on each base, and what is asked back."""
    found = results(study)
    parts = [
        _(
            "Ten per cent more a quarter is two targets. On the previous quarter, four times in a "
            "row, it is {compounded} a year; on the same quarter of last year it stays {stays}."
        ).format(compounded=_signed(1.1**4 - 1), stays=_signed(0.1))
    ]
    odds = [_question(found, f"ten_on_{name}_quarter") for name in ("previous", "same")]
    if all(row is not None and pd.notna(row["probability"]) for row in odds):
        previous, same = odds
        assert previous is not None and same is not None
        parts.append(
            _(
                "For the next quarter the first is {previous_word} ({previous}), the second "
                "{same_word} ({same})."
            ).format(
                previous_word=_(VERDICTS[previous["verdict"]]),
                previous=chance_text(previous["probability"]),
                same_word=_(VERDICTS[same["verdict"]]),
                same=chance_text(same["probability"]),
            )
        )
    open_questions = found.answers.table["reason"].eq("base_not_named")
    for row in found.answers.table[open_questions].to_dict("records"):
        values = row["values"]
        parts.append(
            _(
                "Asked for was {growth} without saying of what. No odds are given before the base "
                "is named: the previous period, which compounds to {compounded} a year, or the "
                "same period of last year."
            ).format(growth=_signed(values["growth"]), compounded=_signed(values["compounded"]))
        )
    return show_text(" ".join(parts))


def forecast_chart(study: Study) -> Shown:
    """The course of the sales and the target of the next quarter."""
    found = results(study)
    names = ("plan_quarter", "ten_on_same_quarter")
    name = next((n for n in names if n in found.answers.forecasts), None)
    if name is None:
        row = _question(found, "ten_on_same_quarter")
        reason = found.refusals.get("history", "" if row is None else str(row["reason"]))
        return show_notice("refused", reason_text(reason), _("Forecast of the sales"))
    row = _question(found, name)
    assert row is not None
    return pay_charts.forecast_fan(
        found.history.table, found.answers.forecasts[name], found.history.months,
        float(row["amount"]), study.engagement.currency,
    )  # fmt: skip


def methods_table(study: Study) -> Shown:
    """How each way to forecast would have done in the past."""
    forecast = results(study).answers.forecasts.get("ten_on_same_quarter")
    if forecast is None:
        return show_text("")
    table = forecast.trials.copy()
    table["name"] = [_(METHODS[method]) for method in table["method"]]
    currency = study.engagement.currency
    return show_table(
        table,
        _("Ways to forecast the next quarter, tried on the past"),
        [
            Column("name", _("Method")),
            Column("total", _("Next quarter"), lambda x: languages.money_compact(x, currency),
                   align="right"),
            Column("origins", _("Trials"), "integer"),
            Column("mase", _("Error (MASE)"), "number2"),
            Column("coverage", _("Inside the 80 % interval"), "share"),
        ],
        note=_(
            "In bold the method chosen by its past errors, before the target was looked at. The "
            "error is counted in usual changes on last year: below 1 is better than repeating it."
        ),
        strong_rows=[place for place, chosen in enumerate(table["is_chosen"]) if chosen],
    )  # fmt: skip


def rep_table(study: Study) -> Shown:
    """Odds of each rep's target for the next quarter."""
    found = results(study)
    reps = found.rep_targets
    if reps is None:
        return show_notice("refused", reason_text(found.refusals.get("rep_targets", "")),
                           _("Targets of the reps"))  # fmt: skip
    table = reps.table.copy()
    table["name"] = [common.rep_label(study, str(rep)) for rep in table["rep_id"]]
    table["verdict_text"] = [
        _(VERDICTS[v]) if isinstance(v, str) else reason_text(r)
        for v, r in zip(table["verdict"], table["reason"], strict=True)
    ]
    currency = study.engagement.currency
    caption = (
        _("Targets of the reps for the next quarter")
        if reps.basis == "plan"
        else _("Targets of the reps, if those of the same quarter last year were set again")
    )
    return show_table(
        table.sort_values("probability", kind="stable").head(MOST_ROWS),
        caption,
        [
            Column("name", _("Rep")),
            Column("target", _("Target"), lambda x: languages.money_compact(x, currency)),
            Column("expected", _("Expected sales"), lambda x: languages.money_compact(x, currency)),
            Column("probability", _("Probability"), chance_text, align="right"),
            Column("verdict_text", _("Verdict")),
            Column("n", _("Quarters known"), "integer"),
        ],
        note=_(
            "Each rep's past quarters are brought to the level expected of the company; what "
            "still varies is the rep."
        ),
    )  # fmt: skip


def rep_text(study: Study) -> Shown:
    """Whether the reps' targets add up, and whether all have the same one."""
    reps = results(study).rep_targets
    if reps is None:
        return show_text("")
    parts = []
    if reps.assignment is not None:
        share = languages.share(abs(reps.assignment.over), 1)
        parts.append(_(ASSIGNED[reps.assignment.code]).format(share=share))
    else:
        parts.append(reason_text(reps.reason))
    if reps.same_for_all:
        parts.append(_("All reps have the same target, whatever their territory can give."))
    return show_text(" ".join(part for part in parts if part))


def kpi_table(study: Study) -> Shown:
    """KPIs whose target is out of reach or asks for nothing, the others after them."""
    found = results(study)
    table = found.kpi_targets[found.kpi_targets["verdict"].notna()].copy()
    if table.empty:
        reason = found.refusals.get("kpi_targets", "few_periods")
        return show_notice("refused", reason_text(reason), _("Targets of the KPIs"))
    table["name"] = [kpi_name(study, str(kpi)) for kpi in table["kpi_id"]]
    table["verdict_text"] = [_(VERDICTS[v]) for v in table["verdict"]]
    table["order"] = (table["probability"] - 0.5).abs().fillna(1.0)
    shown = table.sort_values("order", ascending=False, kind="stable").head(MOST_ROWS)
    moving = int(table["reach"].eq("within").sum())
    return show_table(
        shown,
        _("Targets of the KPIs: probability that a rep reaches them in a period"),
        [
            Column("name", _("KPI")),
            Column(("probability", "low", "high"), _("Probability (90 % interval)"),
                   lambda p, low, high: languages.estimate(p, low, high, languages.share),
                   align="right"),
            Column("verdict_text", _("Verdict")),
            Column("n", _("Cases"), "integer"),
        ],
        note=_(
            "{moving} of {all} targets lie between 20 and 80 %, where a target moves people. "
            "Past periods are held against the target of today."
        ).format(moving=languages.number(moving), all=languages.number(len(table))),
    )  # fmt: skip
