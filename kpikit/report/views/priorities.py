"""Page one and chapter 8: the verdict, the gap, what to do, what would reverse it."""

from __future__ import annotations

import math

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import Refusal
from kpikit.diagnosis.priorities import NO_NEW_MONEY, Action
from kpikit.languages import gettext as _
from kpikit.report import charts, narrative
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
from kpikit.report.views import common
from kpikit.study import Study

#: Money of the action list is shown in millions.
MILLION = 1e6
#: Column of what holds for all segments; no segment can have this name.
TOTAL = ""
#: Between two parts of a label; no line break before it.
DOT = "\N{NO-BREAK SPACE}· "


def headline(study: Study) -> Shown:
    """The one sentence of page one."""
    if isinstance(study.chain, Refusal):
        return show_headline(
            _("Cannot be told yet: the number of people this plan needs"),
            narrative.refusal_summary(study.chain),
            "warn",
        )
    goal = study.inputs.probability_goal
    text, tone = narrative.verdict(study.chain, goal)
    return show_headline(
        text, narrative.verdict_detail(study.chain, study.engagement.currency, goal), tone
    )


def tiles(study: Study) -> Shown:
    """Probability, coverage, people, contacts a day."""
    chain, currency = study.chain, study.engagement.currency
    if isinstance(chain, Refusal):
        found = [
            Tile(_("Deals read"), languages.number(common.value(study, "deals"))),
            Tile(
                _("Conversion to won"),
                common.with_interval(common.one(study, "conversion_eventual"), languages.share),
            ),
            Tile(
                _("Sales cycle, median"),
                _days(common.value(study, "cycle_days_median")),
            ),
            Tile(
                _("Contacts per won deal"),
                languages.number(common.value(study, "contacts_per_won_deal"), 1),
            ),
        ]
        return show_tiles(found)
    met = chain.probability >= study.inputs.probability_goal
    norm = common.value(study, "contact_norm_per_day", kind="present_team")
    bound = common.value(study, "contact_bound_per_day")
    over = norm is not None and bound is not None and norm > bound
    fte = float(chain.roles["required_fte"].sum())
    return show_tiles(
        [
            Tile(
                _("Probability of the plan"),
                narrative.chance(chain.probability),
                _("plan {target}").format(target=narrative.money(chain.target, currency)),
                "good" if met else "bad",
            ),
            Tile(
                _("Work covered by the team"),
                languages.share(min(chain.coverage, 9.99), 0),
                _("{have} of {need} hours").format(
                    have=languages.number(float(chain.roles["available_hours"].sum())),
                    need=languages.number(float(chain.roles["required_hours"].sum())),
                ),
                "good" if chain.coverage >= 1 else "bad",
            ),
            Tile(
                _("People needed"),
                languages.number(math.ceil(fte - 1e-9)),
                _("{fte} full-time; {now} today").format(
                    fte=languages.number(fte, 1), now=narrative.reps_text(chain.reps_now)
                ),
                "good" if chain.reps_now >= fte else "warn",
            ),
            Tile(
                _("Contacts a day for each rep"),
                languages.number(norm, 0),
                _("at most {bound} fit into a day").format(bound=languages.number(bound, 0)),
                "bad" if over else "neutral",
            ),
        ]
    )


def _days(count: float | None) -> str:
    if count is None:
        return languages.MISSING
    return _("{n} days").format(n=languages.number(count))


def gap_picture(study: Study) -> Shown:
    """The one picture of page one: people needed and there, by month."""
    if isinstance(study.chain, Refusal):
        return show_text(narrative.refusal_text(study.chain))
    return charts.people_by_month(study.chain.months)


def actions(study: Study) -> Shown:
    """At most ten actions, best money per effort first."""
    currency = study.engagement.currency
    if not study.actions:
        return show_notice(
            "note", _("No action could be priced: the chain is not computable yet."), None
        )
    rows = [
        {
            "rank": position,
            "action": narrative.action_text(action, currency),
            "money": (
                languages.MISSING
                if not action.money
                else languages.estimate(
                    action.money / MILLION,
                    action.money_low / MILLION,
                    action.money_high / MILLION,
                    common.one_decimal,
                )
            ),
            "effort": action.effort_days,
            "cost": _(narrative.COSTS[action.cost_class]),
            "confidence": _(narrative.CONFIDENCE[action.confidence]),
            "owner": _(narrative.OWNERS[action.owner]),
        }
        for position, action in enumerate(study.actions, 1)
    ]
    return show_table(
        pd.DataFrame(rows),
        _("What to do first"),
        [
            Column("rank", "№" if languages.current() == "ru" else "#", "integer"),
            Column("action", _("Action")),
            Column(
                "money",
                _("Money, {currency} m").format(currency=languages.currency_symbol(currency)),
                align="right",
            ),
            Column("effort", _("Person-days"), "integer"),
            Column("cost", _("New money")),
            Column("owner", _("Owner")),
        ],
        note=_(
            "By money per person-day; what the rest waits for first, what has no price last. "
            "Amounts do not add up."
        ),
    )


def other_orders(study: Study) -> Shown:
    """The same actions by money alone, and those that need no new money."""
    priced = [action for action in study.actions if action.money > 0]
    if not priced:
        return show_text("")
    currency = study.engagement.currency

    def told(actions: list[Action]) -> str:
        return "\n".join(
            f"{place}. {narrative.action_text(action, currency)}"
            for place, action in enumerate(actions, 1)
        )

    largest = sorted(priced, key=lambda action: -action.money)[:3]
    free = [action for action in study.actions if action.cost_class == NO_NEW_MONEY]
    parts = ["**" + _("By money alone, whatever the effort:") + "**", told(largest)]
    if len(free) < len(study.actions):
        parts += ["**" + _("Without new money, in the same order:") + "**", told(free)]
    return show_text("\n\n".join(parts))


def reversing_assumptions(study: Study) -> Shown:
    """The three assumptions that would reverse the answer, decisions left out."""
    table = study.flips
    shown = table[~table["lever"].isin(["target", "team.reps"])].head(3)
    if shown.empty:
        return show_notice(
            "note",
            _("No single assumption reverses the answer, even if it is off four times over.")
            if not isinstance(study.chain, Refusal)
            else _("The answer is not computable yet, so nothing can reverse it."),
            _("What would reverse this answer"),
        )
    rows = [
        {
            "assumption": _(narrative.LEVERS[row.lever]),
            "today": narrative.lever_value(study, row.lever, row.value),
            "flips": narrative.lever_value(study, row.lever, row.flips_at),
            "move": narrative.percent_change(row.factor - 1.0),
        }
        for row in shown.itertuples()
    ]
    return show_table(
        pd.DataFrame(rows),
        _("What would reverse this answer"),
        [
            Column("assumption", _("Assumption")),
            Column("today", _("Taken as"), align="right"),
            Column("flips", _("Reverses at"), align="right"),
            Column("move", _("Change"), align="right"),
        ],
    )


def assumption_ledger(study: Study) -> Shown:
    """Every input of the chain with its grade, one column for each segment."""
    table = study.assumptions.copy()
    names = common.stage_names(study)
    segments = [name for name in dict.fromkeys(table["segment"]) if name]
    rows = []
    for (name, stage, unit), part in table.groupby(["input", "stage", "unit"], sort=False):
        label = _(narrative.INPUTS.get(str(name), str(name)))
        single_role = name == "team.reps" and len(study.inputs.roles) == 1
        where = names.get(str(stage)) or common.role_label(str(stage))
        row = {"label": f"{label}{DOT}{where}" if stage and not single_role else label}
        for line in part.itertuples():
            key = line.segment or TOTAL
            row[key] = narrative.input_value(study, str(name), str(unit), line.value)
        row["known"] = ", ".join(dict.fromkeys(part["grade"]))
        rows.append(row)
    shown = pd.DataFrame(rows)
    keys = [key for key in [TOTAL, *segments] if key in shown]
    labels = {TOTAL: _("All")} | {name: name for name in segments}
    return show_table(
        shown,
        _("Assumption ledger: what went into the answer"),
        [
            Column("label", _("Input")),
            *[Column(key, labels[key], common.text_or_blank, "right") for key in keys],
            Column("known", _("Grade")),
        ],
        note=_("Grades: A measured, B stated by the client, C benchmark, D assumed."),
    )


def rank_stability(study: Study) -> Shown:
    """How often each action is among the first three when money is uncertain."""
    ranked = [action for action in study.actions if action.money > 0]
    if not ranked or not isinstance(study.chain, ChainResult):
        return show_text("")
    rows = [
        {
            "action": narrative.action_text(action, study.engagement.currency),
            "priority": action.priority,
            "check": study.check_back(action),
            "confidence": _(narrative.CONFIDENCE[action.confidence]),
            "top": study.stability.get(action.id),
        }
        for action in ranked
    ]
    currency = study.engagement.currency
    return show_table(
        pd.DataFrame(rows),
        _("How firm the order is"),
        [
            Column("action", _("Action")),
            Column("confidence", _("Effect is")),
            Column("priority", _("Money per person-day"), lambda x: narrative.money(x, currency)),
            Column("top", _("Among the first three"), "share"),
            Column("check", _("Check on"), "date"),
        ],
        note=_(
            "Among the first three: share of random draws of the money effects. "
            "Effort is a judgement of ours; money is computed by the chain."
        ),
    )
