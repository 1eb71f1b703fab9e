"""What the chapter on targets and pay calls its codes, in words that are translated."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report.narrative import chance

VERDICTS = {
    "unrealistic": noop("unrealistic"),
    "stretch": noop("a stretch"),
    "ambitious": noop("ambitious"),
    "realistic": noop("realistic"),
    "trivial": noop("asks for nothing"),
    "base_not_named": noop("the base is not named"),
}
TONES = {"unrealistic": "bad", "stretch": "bad", "ambitious": "warn", "realistic": "good",
         "trivial": "warn"}  # fmt: skip
BINDING = {
    "demand": noop("what customers buy"),
    "capacity": noop("the people"),
    "demand_only": noop("what customers buy; the people were not asked"),
    "capacity_only": noop("the people; the history cannot judge it"),
}
QUESTIONS = {
    "plan": noop("The plan of the period"),
    "plan_quarter": noop("The first quarter of the plan"),
    "ten_on_previous_quarter": noop("10 % above the previous quarter"),
    "ten_on_same_quarter": noop("10 % above the same quarter last year"),
}
BASES = {
    "previous_month": noop("{growth} above the previous month"),
    "same_month_last_year": noop("{growth} above the same month last year"),
    "previous_quarter": noop("{growth} above the previous quarter"),
    "same_quarter_last_year": noop("{growth} above the same quarter last year"),
    "previous_year": noop("{growth} above the previous year"),
}
REASONS = {
    "no_sales": noop("There are no sales with a date."),
    "not_counted": noop("The KPI does not add up over months: its target has no total."),
    "not_known": noop("There is no KPI of this name."),
    "base_not_named": noop("It is not said on what the growth is counted."),
    "too_short": noop("Less than a year of sales is known; ask for earlier sales."),
    "no_sales_in_base": noop("The period it is counted on sold nothing."),
    "not_forecastable": noop("The history is too short for a target of this length."),
    "too_uncertain": noop("The history is too short: the forecast spans too much to judge it."),
    "plan_not_next": noop("The plan does not begin where the sales end."),
    "below_two_years": noop("Less than two years of sales: growth and season cannot be told "
                            "apart."),
    "few_trials": noop("The forecast could be tried only a few times."),
    "season_unknown": noop("The season is not known."),
    "no_rep_plans": noop("There are no targets of the reps."),
    "no_rep_sales": noop("The sales do not name their reps."),
    "no_company_plan": noop("There is no plan of the company for the months of the reps' plans."),
    "few_periods": noop("Fewer than eight periods are known."),
    "no_target": noop("There is no target."),
    "no_kpi_facts": noop("There are no KPI values by rep and month."),
    "no_pay_rules": noop("There are no pay rules. Ask for the bonus scheme: KPI, weight, payout "
                         "curve, base pay, target bonus."),
    "pay_period_unknown": noop("The pay period of the rules is not known."),
    "curve_unreadable": noop("A payout curve cannot be read."),
    "weight_unknown": noop("The weight of a KPI is not known."),
    "bonus_unknown": noop("The target bonus is not known."),
    "commission_base_unknown": noop("It is not known what the commission is paid on."),
    "nothing_variable": noop("The rules pay nothing variable."),
    "facts_missing": noop("The results that the rules pay for are missing."),
    "no_verdicts": noop("No mandatory KPI was measured."),
    "no_payroll": noop("There is no payroll."),
    "nothing_in_both": noop("Payroll and computed bonuses have no rep and period in common."),
    "no_potential": noop("The potential of the territories is not known; name it under `pay`."),
    "few_territories": noop("Fewer than three reps with different potential can be compared."),
    "reps_alike": noop("The reps' bonuses do not differ by more than their months do."),
}  # fmt: skip
PROBLEMS = {
    "no_kpi_in_pay": noop("No KPI is part of the pay."),
    "weight_unknown": noop("{kpi}: the weight is not known."),
    "weight_too_small": noop("{kpi}: a weight of {value} is below {limit} and hardly felt."),
    "weights_not_100": noop("The weights add up to {value}, not to 100 %."),
    "penalty_ask_lawyer": noop("{kpi}: a rule takes money away. In several countries the labour "
                               "code forbids it: a question for the client's lawyer."),
    "curve_missing": noop("{kpi}: there is no payout curve."),
    "curve_unreadable": noop("{kpi}: the payout curve cannot be read."),
    "combination_unknown": noop("It is not clear how the KPIs are combined; their sum was taken."),
    "pays_nothing": noop("{kpi}: the curve pays nothing at any attainment."),
    "nothing_to_lose": noop("{kpi}: missing the target costs no pay."),
    "immaterial": noop("{kpi}: a good month instead of a weak one moves the pay by {value} only."),
    "pay_did_not_move": noop("{kpi}: the bonus paid did not go along with it."),
    "pay_moved_against": noop("{kpi}: the bonus paid went against it."),
}  # fmt: skip
SCHEMES = {
    "as_is": noop("as it is"),
    "salary": noop("salary only"),
    "commission": noop("share of sales"),
    "kpi_straight": noop("same KPIs, no dead zones"),
    "team_goal": noop("one goal of the team"),
}
METHODS = {
    "seasonal_naive": noop("last year again"),
    "seasonal_naive_drift": noop("last year with the growth of the year"),
    "drift": noop("straight line"),
    "damped_ets": noop("smoothing with a trend that fades"),
    "theta": noop("Theta"),
    "combination": noop("median of all"),
}
PRIZES = {
    "pays_activity": noop(
        "Meeting the KPIs and missing the plan earns more than meeting the plan and missing a "
        "KPI: the scheme buys activity."
    ),
    "pays_result": noop(
        "Meeting the plan and missing a KPI earns more than the reverse: the scheme buys results."
    ),
    "indifferent": noop(
        "The two contradictory cases earn the same: the scheme does not say what matters."
    ),
}
ASSIGNED = {
    "equal": noop("Together the targets of the reps are the company's."),
    "under_assigned": noop("The targets of the reps leave {share} of the company's to nobody."),
    "over_assigned_as_stated": noop(
        "The targets of the reps are {share} above the company's, as was agreed."
    ),
    "over_assigned_hidden": noop(
        "The targets of the reps are {share} above the company's, and nobody has said so."
    ),
    "over_assigned_too_much": noop(
        "The targets of the reps are {share} above the company's: more than the usual 10 %."
    ),
}


def reason_text(codes: Any) -> str:
    """Reasons in the language in use; several are joined by semicolons."""
    parts = [part.strip() for part in str(codes or "").split(";")]
    return " ".join(_(REASONS[part]) if part in REASONS else part for part in parts if part)


def chance_text(value: Any) -> str:
    """A probability without false precision; a dash where there is none."""
    return languages.MISSING if value is None or pd.isna(value) else chance(float(value))
