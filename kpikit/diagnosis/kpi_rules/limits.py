"""
Where the audit draws its lines; all are parameters of the engagement.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from kpikit.errors import InputDataError


@dataclass(frozen=True)
class AuditLimits:
    """
    Limits of the audit; ``SOURCES`` says where each comes from.

    Attributes
    ----------
    kpi_limit, kpi_aim, critical_above, optional_limit : int
        KPIs of one role. [KPIs]
    min_weight, low_weight : float
        Weight in pay that is felt, and below which a KPI is not in the pay. [share]
    material_effect : float
        Pay between a weak and a good month that is felt. [share of pay]
    kpi_minutes, list_minutes : float
        To explain one KPI, and all KPIs of a role. [min]
    review_months : float
        [months]
    churn : float
        KPIs added, removed or redefined in a year over the length of the list. [share]
    coverage, agreement, tolerance : float
        Due values that exist; periods whose value can be reproduced, and how closely. [share]
    probability_low, probability_high : float
        Band of a realistic target. [share]
    sources, inputs : int
        Of one formula.
    manual_steps : int
    collect_hours : float
        To collect one KPI in a month. [h]
    plainness, quiz : float
        Least plainness of the text; reps who compute the KPI right. [share]
    history_periods : int
        [periods]
    noise_cycle, early_cycle : float
        A goal looked at more often than this part of the cycle shows noise; an early
        indicator is looked at more often than this part of it. [share of the cycle]
    plan_met : float
        Attainment from which the plan counts as met or almost met. [share]
    contradiction : float
        Rep-periods that contradict the KPIs. [share]
    false_discoveries : float
        [share]
    check_cadences : float
        Cadences after which a check is overdue. [cadences]
    few_reps_same_target : int
        Fewer reps with one target say nothing. [reps]
    target_leads, loss_making, refunds, complaints : float
        Least share of leads that fit, most loss-making deals, refunds and complaints. [share]
    """

    kpi_limit: int = 5
    kpi_aim: int = 3
    critical_above: int = 10
    optional_limit: int = 9
    min_weight: float = 0.20
    low_weight: float = 0.10
    material_effect: float = 0.03
    kpi_minutes: float = 5.0
    list_minutes: float = 30.0
    review_months: float = 12.0
    churn: float = 0.5
    coverage: float = 0.95
    agreement: float = 0.90
    tolerance: float = 0.02
    probability_low: float = 0.20
    probability_high: float = 0.80
    sources: int = 2
    inputs: int = 3
    manual_steps: int = 1
    collect_hours: float = 2.0
    plainness: float = 0.6
    quiz: float = 0.8
    history_periods: int = 8
    noise_cycle: float = 1 / 3
    early_cycle: float = 0.5
    plan_met: float = 0.95
    contradiction: float = 0.10
    false_discoveries: float = 0.05
    check_cadences: float = 2.0
    few_reps_same_target: int = 3
    target_leads: float = 0.5
    loss_making: float = 0.10
    refunds: float = 0.05
    complaints: float = 0.05

    def __post_init__(self) -> None:
        problems = [
            f"{line.name} is {getattr(self, line.name)!r}, must be 0 or more"
            for line in fields(self)
            if not getattr(self, line.name) >= 0
        ]
        if not 1 <= self.kpi_aim <= self.kpi_limit <= self.critical_above:
            problems.append(
                "kpi_aim, kpi_limit and critical_above must rise from 1, got "
                f"{self.kpi_aim}, {self.kpi_limit}, {self.critical_above}"
            )
        if not self.probability_low < self.probability_high <= 1:
            problems.append(
                "probability_low must be below probability_high, and that at most 1, got "
                f"{self.probability_low:g} and {self.probability_high:g}"
            )
        if problems:
            raise InputDataError(f"the limits of the audit: {'; '.join(problems)}.")


_ADVICE, _GUESS = "advice of sales consultants", "assumption, to be agreed with the client"
#: Where each limit comes from.
SOURCES = {
    "kpi_limit": f"{_ADVICE}: at most four or five, more must be ranked",
    "kpi_aim": f"{_ADVICE}: three",
    "critical_above": f"{_GUESS}: twice the limit",
    "optional_limit": f"{_GUESS}: six to nine optional KPIs do no harm where they are ranked",
    "min_weight": f"{_ADVICE}: at most three to five measures, each with a fifth of the variable "
    "pay",
    "low_weight": f"{_ADVICE}: below a tenth nobody feels it",
    "material_effect": f"{_GUESS}: 3 % of pay between a weak and a good month",
    "kpi_minutes": f"{_GUESS}: 39 KPIs took four hours, 6 minutes each",
    "list_minutes": f"{_GUESS}: a list that fits one meeting",
    "review_months": f"{_ADVICE}: adapt KPIs at least once a year",
    "churn": f"{_ADVICE}: do not keep changing KPIs; half the list a year is assumed",
    "coverage": f"{_GUESS}: nineteen of twenty values",
    "agreement": f"{_GUESS}: nine of ten periods",
    "tolerance": f"{_GUESS}: 2 % or rounding",
    "probability_low": "E. Locke, G. Latham, American Psychologist 57 (2002) 705-717: hard, "
    "yet attainable goals; one chance in five is assumed",
    "probability_high": "the same: what four of five reach asks for no effort, assumed",
    "sources": f"{_ADVICE}: easy to compute; two sources are assumed",
    "inputs": f"{_ADVICE}: easy to compute; three inputs are assumed",
    "manual_steps": f"{_ADVICE}: easy to compute; one manual step is assumed",
    "collect_hours": _GUESS,
    "plainness": _GUESS,
    "quiz": f"{_GUESS}: four of five reps",
    "history_periods": f"{_ADVICE}: watch the dynamics; a control chart needs eight points",
    "noise_cycle": f"{_GUESS}: a third of the sales cycle",
    "early_cycle": f"{_GUESS}: half the sales cycle",
    "plan_met": f"{_ADVICE}: a plan reached to 97 % is called almost met",
    "contradiction": f"{_GUESS}: one rep-period in ten",
    "false_discoveries": f"{_GUESS}: one in twenty; held to one in ten, links of simulated lists "
    "were right in 87 % only",
    "check_cadences": f"{_GUESS}: two missed checks",
    "few_reps_same_target": _GUESS,
    "target_leads": f"{_ADVICE}: judge the leads before the reps; half is assumed",
    "loss_making": f"{_ADVICE}: look at loss-making deals; one in ten is assumed",
    "refunds": f"{_ADVICE}: look at refunds; 5 % is assumed",
    "complaints": f"{_ADVICE}: look at complaints; 5 % is assumed",
}
