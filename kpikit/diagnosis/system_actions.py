"""
What to do about the KPI system: priced where a model gives money, else ranked by severity.

Two steps have money of their own: the bonus that is paid on KPIs which do not move the
plan, and the hours that collecting needless KPIs takes from selling. The others are named
with what they rest on and without an invented amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kpikit.diagnosis import linkage
from kpikit.diagnosis.chain_input import ChainInput
from kpikit.diagnosis.kpi_rules.inputs import LOOKS_A_MONTH, AuditInput, number, text
from kpikit.diagnosis.kpi_rules.known import pay_weights
from kpikit.diagnosis.kpi_rules.rule import CANNOT_JUDGE, FAIL
from kpikit.diagnosis.kpi_rules.selection import DROP, KEEP, MERGE, REPAIR, Selection
from kpikit.diagnosis.priorities import NO_NEW_MONEY, Action, effect_of
from kpikit.diagnosis.scenarios import Change, apply_changes

#: Person-days of the client's people to carry an action through: judgement.
SYSTEM_EFFORT_DAYS = {
    "set_strategy": 3.0,
    "collect_norms": 10.0,
    "pay_for_links": 10.0,
    "cut_list": 2.0,
    "agree_with_plan": 5.0,
    "name_checkers": 2.0,
    "write_formulas": 5.0,
    "plain_words": 3.0,
}
_OWNERS = {"set_strategy": "director", "pay_for_links": "director"}
_CHECK_BACK_DAYS = {"set_strategy": 30, "pay_for_links": 120, "agree_with_plan": 90}
#: KPIs looked at in no rhythm that is known are collected once a month.
_MONTHLY = 1.0


def system_actions(
    inputs: AuditInput,
    verdicts: pd.DataFrame,
    selected: Sequence[Selection],
    *,
    chain: ChainInput | None = None,
    effort_days: Mapping[str, float] = SYSTEM_EFFORT_DAYS,
) -> tuple[Action, ...]:
    """
    Steps that follow from the audit of a KPI list, the gravest without money last but one.

    Parameters
    ----------
    inputs : AuditInput
    verdicts : DataFrame
        Of :func:`~kpikit.diagnosis.kpi_rules.run.run_rules`.
    selected : sequence of Selection
    chain : ChainInput, optional
        Prices the hours that become free; without it they stay without money.
    effort_days : mapping
        Person-days of each action.

    Returns
    -------
    tuple of Action
        Those without money in the order in which they are to be taken.
    """
    failed = verdicts[verdicts["verdict"] == FAIL]
    codes = failed["code"].value_counts()
    found: list[Action] = []

    def add(name: str, rule: str, money: tuple[float, float, float] = (0.0, 0.0, 0.0),
            **values: float | str) -> None:  # fmt: skip
        # nobody measured that the hours of collecting would become hours of selling
        confidence = "expert" if name == "cut_list" else "modelled"
        found.append(
            Action(name, *money, effort_days[name], NO_NEW_MONEY, confidence,
                   _OWNERS.get(name, "head_of_sales"), _CHECK_BACK_DAYS.get(name, 60), (rule,),
                   values)
        )  # fmt: skip

    if codes.get("R01.no_strategy", 0):
        add("set_strategy", "R01")
    absent = [name for name in ("norms", "attention_plan", "cycle") if codes.get(f"R18.no_{name}")]
    if absent:
        add("collect_norms", "R18", missing=",".join(absent))
    risk = bonus_at_risk(inputs)
    if risk is not None and risk["high"] > 0:
        add("pay_for_links", "R03", (risk["value"], risk["low"], risk["high"]),
            bonus=risk["paid"], kpis=risk["kpis"], unproven=risk["unproven"])  # fmt: skip
    proposals = pd.concat([one.proposals for one in selected]) if selected else pd.DataFrame()
    if len(proposals):
        kinds = proposals["proposal"].value_counts()
        needless = int(kinds.get(DROP, 0) + kinds.get(MERGE, 0))
        if needless:
            hours = collecting_hours(inputs, proposals)
            money = _worth(chain, hours)
            add("cut_list", "R10", money, kpis=float(len(proposals)), hours=hours,
                kept=float(kinds.get(KEEP, 0) + kinds.get(REPAIR, 0)))  # fmt: skip
    for code in ("R16.met_plan_missed", "R16.missed_plan_met"):
        rows = failed[failed["code"] == code]
        if len(rows):
            worst = max(rows["values"], key=lambda values: float(values["share"]))
            add("agree_with_plan", "R16", cases=float(worst["cases"]), n=float(worst["n"]),
                contradiction=code.partition(".")[2])  # fmt: skip
            break
    unchecked = int(codes.get("R15.nobody_checks", 0))
    if unchecked:
        add("name_checkers", "R15", kpis=float(unchecked))
    unwritten = int(codes.get("R06.fields_missing", 0))
    if unwritten:
        add("write_formulas", "R06", kpis=float(unwritten))
    foreign = int(codes.get("R09.foreign_name", 0) + codes.get("R09.unexplained", 0))
    if foreign:
        add("plain_words", "R09", kpis=float(foreign))
    return tuple(found)


def bonus_at_risk(inputs: AuditInput) -> dict[str, float] | None:
    """
    Bonus of the last twelve months that was paid on KPIs which do not move the plan.

    The bonus is divided by the weights in pay. ``low`` counts the KPIs that are shown not to
    move the plan, to work against it or to be moved by others; ``high`` also those whose
    link is open; ``value`` half of these.

    Returns
    -------
    dict or None
        ``paid`` in all, ``value low high`` [money], ``kpis`` and ``unproven`` [KPIs]; None
        without payroll, weights or judged links.
    """
    if inputs.payroll is None or inputs.linkage is None:
        return None
    weights = {kpi: weight for kpi, weight in pay_weights(inputs).items() if weight > 0}
    total = sum(weights.values())
    starts = pd.to_datetime(inputs.payroll["period_start_on"])
    year = (starts >= inputs.today - pd.DateOffset(years=1)) & (starts < inputs.today)
    paid = float(inputs.payroll.loc[year, "bonus_paid"].sum())
    if not total or not paid > 0:
        return None
    verdict = dict(zip(inputs.linkage["kpi_id"], inputs.linkage["verdict"], strict=True))
    others = {
        str(row["kpi_id"])
        for row in inputs.rows
        if text(row, "controller") not in ("", "rep", text(row, "role"))
    }
    idle = {k for k in weights if verdict.get(k) in (linkage.NOT_LINKED, linkage.OPPOSED)}
    idle |= others & set(weights)
    unknown = (linkage.UNPROVEN, CANNOT_JUDGE, None)
    unproven = {k for k in weights if verdict.get(k) in unknown} - idle
    low = paid * sum(weights[k] for k in idle) / total
    high = low + paid * sum(weights[k] for k in unproven) / total
    return {"paid": paid, "value": (low + high) / 2, "low": low, "high": high,
            "kpis": float(len(idle)), "unproven": float(len(unproven))}  # fmt: skip


def collecting_hours(inputs: AuditInput, proposals: pd.DataFrame) -> float:
    """
    Hours a year that the KPIs to be dropped or merged take to collect. [h]

    The minutes are those of the list, for one look at the KPI; where no rhythm is named it
    is looked at once a month.
    """
    dropped = set(proposals.loc[proposals["proposal"].isin([DROP, MERGE]), "kpi_id"])
    minutes = 0.0
    for row in inputs.rows:
        each = number(row, "minutes_to_collect")
        if str(row["kpi_id"]) in dropped and each is not None:
            minutes += 12 * LOOKS_A_MONTH.get(text(row, "cadence"), _MONTHLY) * each
    return minutes / 60


def _worth(chain: ChainInput | None, hours: float) -> tuple[float, float, float]:
    """What the hours bring when they go into selling."""
    if chain is None or not chain.selling_share or not hours > 0:
        return 0.0, 0.0, 0.0
    selling = sum(
        fte * own
        for pool in chain.roles
        for fte, own in zip(pool.fte, pool.hours_per_fte, strict=True)
    )
    if not selling > 0:
        return 0.0, 0.0, 0.0
    more = min(hours * chain.selling_share / selling, 0.9 - chain.selling_share)
    if more <= 0:
        return 0.0, 0.0, 0.0
    return effect_of(chain, apply_changes(chain, {"selling_share": Change("add", more)}))
