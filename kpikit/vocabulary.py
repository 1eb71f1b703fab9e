"""
Every table, column, figure, unit and status of kpikit, named once.

One word per idea: a ``rep`` sells, ``as_of`` is the instant of the data, a
``contact`` is a conversation that took place, a ``norm`` is a planned number of
contacts or minutes, a ``spell`` is one deal's stay in one stage, a ``figure``
is a published number, a ``finding`` is a ranked statement with evidence, a
``scenario`` is a changed copy of the chain's input, an ``engagement`` is one
client's audit.

Names end in their unit where a column has one: ``_at`` instant (UTC), ``_on``
date, ``_s`` seconds, ``_min`` minutes, ``_h`` hours, ``_days`` calendar days.
Shares are 0 to 1. Missing is null, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass

# --------------------------------------------------------------------------
# Canonical tables: column -> kind. Kinds: id text instant date int float bool
# --------------------------------------------------------------------------
PROVENANCE = {"source_file": "text", "source_row": "int"}

# fmt: off
TABLES: dict[str, dict[str, str]] = {
    "reps": {
        "rep_id": "id", "full_name": "text", "team": "text", "role": "text",
        "hired_on": "date", "left_on": "date", "is_active": "bool",
        "fte": "float", "is_human": "bool",
    },
    "rep_aliases": {"rep_id": "id", "alias": "text", "alias_kind": "text"},
    "customers": {
        "customer_id": "id", "name": "text", "segment": "text",
        "channel": "text", "region": "text", "first_order_on": "date",
        "contract_end_on": "date", "is_internal": "bool", "phone": "text",
    },
    "stages": {
        "pipeline_id": "id", "stage_id": "id", "stage_name": "text",
        "stage_order": "int", "semantic": "text", "pipeline_role": "text",
        "role": "text",
    },
    "deals": {
        "deal_id": "id", "title": "text", "customer_id": "id",
        "pipeline_id": "id", "stage_id": "id", "status": "text",
        "owner_id": "id", "created_at": "instant", "closed_at": "instant",
        "expected_close_on": "date", "amount": "float", "currency": "text",
        "amount_base": "float", "source": "text", "segment": "text",
        "deal_kind": "text", "lost_reason": "text",
        "cost_base": "float", "closed_at_quality": "text",
        "contacts_count": "float",
        "is_test": "bool", "is_duplicate": "bool", "is_imported": "bool",
        "duplicate_of_id": "id", "flags": "text",
    },
    "stage_events": {
        "event_id": "id", "deal_id": "id", "pipeline_id": "id",
        "stage_id": "id", "entered_at": "instant", "seq": "int",
        "kind": "text", "actor_id": "id", "is_bulk": "bool", "origin": "text",
    },
    "activities": {
        "activity_id": "id", "kind": "text", "direction": "text",
        "rep_id": "id", "customer_id": "id", "deal_id": "id",
        "attribution": "text", "started_at": "instant", "duration_s": "float",
        "is_completed": "bool", "is_connected": "bool", "result": "text",
        "phone": "text", "is_automatic": "bool", "created_at": "instant",
        "purpose": "text",
    },
    "invoices": {
        "invoice_id": "id", "doc_kind": "text", "customer_id": "id",
        "deal_id": "id", "rep_id": "id", "issued_on": "date",
        "due_on": "date", "amount": "float", "currency": "text",
        "amount_base": "float", "cost_base": "float",
        "contract_end_on": "date", "is_cancelled": "bool",
    },
    "order_lines": {
        "line_id": "id", "invoice_id": "id", "customer_id": "id",
        "rep_id": "id", "issued_on": "date", "doc_kind": "text",
        "product_id": "id", "product_group": "text", "units": "float",
        "amount": "float", "currency": "text", "amount_base": "float",
        "cost_base": "float",
    },
    "payments": {
        "payment_id": "id", "invoice_id": "id", "customer_id": "id",
        "paid_on": "date", "amount_base": "float", "is_refund": "bool",
    },
    "plans": {
        "plan_id": "id", "scope": "text", "scope_id": "text", "metric": "text",
        "segment": "text", "period_start_on": "date", "period_end_on": "date",
        "value": "float", "unit": "text", "version": "text",
        "approved_at": "instant",
    },
    "absences": {
        "rep_id": "id", "date": "date", "kind": "text", "share": "float",
    },
    "costs": {
        "cost_id": "id", "period_start_on": "date", "period_end_on": "date",
        "kind": "text", "channel": "text", "segment": "text", "rep_id": "id",
        "amount_base": "float",
    },
    "profits": {
        "profit_id": "id", "period_start_on": "date", "period_end_on": "date",
        "level": "text", "segment": "text", "amount_base": "float",
        "revenue_base": "float",
    },
    "surveys": {
        "survey_id": "id", "customer_id": "id", "rep_id": "id",
        "sent_on": "date", "score": "float",
    },
    "tickets": {
        "ticket_id": "id", "kind": "text", "customer_id": "id",
        "rep_id": "id", "product_group": "text", "opened_at": "instant",
        "resolved_at": "instant",
    },
    "deliveries": {
        "delivery_id": "id", "invoice_id": "id", "customer_id": "id",
        "promised_on": "date", "delivered_on": "date",
    },
    "markets": {
        "market_id": "id", "segment": "text", "region": "text",
        "target_firms": "float", "potential_base": "float",
    },
    "kpis": {
        "kpi_id": "id", "name": "text", "name_lang": "text",
        "local_name": "text", "definition": "text", "formula_text": "text",
        "formula_expr": "text", "example": "text", "unit": "text",
        "direction": "text", "role": "text", "function": "text",
        "behaviour": "text", "purpose": "text", "goal": "text",
        "parent_kpi_id": "id", "goal_group": "text", "obligation": "text",
        "cadence": "text", "horizon": "text", "data_source": "text",
        "source_count": "int", "manual_steps": "int", "controller": "text",
        "checker": "text", "check_routine": "text",
        "last_checked_on": "date", "reviewed_on": "date",
        "valid_from_on": "date", "valid_to_on": "date",
        "redefined_on": "date", "target": "float", "target_low": "float",
        "target_high": "float", "target_base": "text", "in_pay": "bool",
        "weight_in_pay": "float", "reward": "text", "consequence": "text",
        "minutes_to_collect": "float", "minutes_to_explain": "float",
        "is_visible_to_rep": "bool", "delay_days": "float",
    },
    "kpi_facts": {
        "fact_id": "id", "kpi_id": "id", "rep_id": "id", "role": "text",
        "period_start_on": "date", "period_end_on": "date",
        "value": "float", "target": "float", "numerator": "float",
        "denominator": "float", "attainment": "float", "is_met": "bool",
        "reported_at": "instant",
    },
    "pay_rules": {
        "rule_id": "id", "role": "text", "kpi_id": "id", "curve": "text",
        "weight": "float", "base_pay": "float", "target_bonus": "float",
        "combination": "text", "commission_rate": "float",
        "commission_base": "text", "gate_kpi_id": "id", "penalty": "text",
        "period": "text", "valid_from_on": "date", "valid_to_on": "date",
    },
    "payroll": {
        "payment_key": "id", "rep_id": "id", "period_start_on": "date",
        "period_end_on": "date", "base_paid": "float",
        "bonus_paid": "float",
    },
}

#: Tables that kpikit makes itself and hands to the measures of the KPIs.
DERIVED_TABLES: dict[str, dict[str, str]] = {
    # one row per day: working seconds of the day, its start and end as seconds after midnight,
    # and the working seconds of all days before it
    "calendar": {
        "date": "date", "work_s": "float", "start_s": "float",
        "end_s": "float", "before_s": "float",
    },
    # what the plan asks for, from the chain
    "workload": {
        "role": "text", "segment": "text", "kind": "text",
        "month_start_on": "date", "required_h": "float",
        "required_contacts": "float",
    },
    # what the team has, from the chain
    "capacity": {
        "role": "text", "month_start_on": "date", "available_h": "float",
        "hours_per_fte": "float", "fte": "float", "required_fte": "float",
        "work_days": "float",
    },
    # new contracts the plan needs, from the chain
    "needs": {
        "segment": "text", "month_start_on": "date", "new_wins": "float",
    },
}
# fmt: on

REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "reps": ("rep_id", "full_name"),
    "rep_aliases": ("rep_id", "alias"),
    "customers": ("customer_id",),
    "stages": ("stage_id", "stage_order", "semantic"),
    "deals": ("deal_id", "status"),
    "stage_events": ("deal_id", "stage_id", "entered_at"),
    "activities": ("kind", "started_at"),
    "invoices": ("invoice_id", "customer_id", "issued_on", "amount"),
    "payments": ("payment_id", "customer_id", "paid_on", "amount_base"),
    "plans": ("period_start_on", "period_end_on", "value"),
    "absences": ("rep_id", "date"),
    "order_lines": ("invoice_id", "amount"),
    "costs": ("period_start_on", "period_end_on", "amount_base"),
    "profits": ("period_start_on", "period_end_on", "amount_base"),
    "surveys": ("sent_on",),
    "tickets": ("opened_at",),
    "deliveries": ("promised_on",),
    "markets": ("target_firms",),
    "kpis": ("name",),
    "kpi_facts": ("kpi_id", "period_start_on", "period_end_on"),
    "pay_rules": ("role",),
    "payroll": ("rep_id", "period_start_on", "period_end_on"),
}

#: The four goal groups of the chain, and what measures the KPI system itself.
GOAL_GROUPS = ("money", "customers", "labour_per_customer", "intensity", "system")
KPI_DIRECTIONS = ("higher", "lower", "band", "norm")
KPI_PURPOSES = ("goal", "way")
CADENCES = ("daily", "weekly", "monthly", "quarterly")
OBLIGATIONS = ("mandatory", "optional")
HORIZONS = ("short", "long")
CONTROLLERS = ("rep", "head", "marketing", "finance", "operations", "top")

DEAL_STATUS = ("open", "won", "lost")
STAGE_SEMANTIC = ("open", "won", "lost")
CONTACT_KINDS = ("call", "meeting", "visit", "demo", "chat")

#: Import issues: what was read, flagged, set aside, and why.
ISSUE_COLUMNS = (
    "rule",
    "severity",
    "table",
    "column",
    "rows",
    "share",
    "example",
    "message",
    "source_file",
)
IMPORT_LOG_COLUMNS = (
    "source_file",
    "sha256",
    "format",
    "encoding",
    "table",
    "rows_read",
    "rows_kept",
    "rows_filtered",
    "rows_set_aside",
    "period_start",
    "period_end",
)
#: Records that could not be used, kept word for word.
SET_ASIDE_COLUMNS = ("source_file", "source_row", "table", "reason", "record")
SEVERITIES = ("info", "warning", "error")

#: Spell outcomes, used as integers by the estimators.
OPEN, WON, LOST = 0, 1, 2

# --------------------------------------------------------------------------
# Figures
# --------------------------------------------------------------------------
FIGURE_KEYS = ("figure", "segment", "stage", "role", "rep", "kind", "period")
FIGURE_COLUMNS = (
    *FIGURE_KEYS,
    "value",
    "low",
    "high",
    "level",
    "unit",
    "n",
    "n_events",
    "n_censored",
    "method",
    "status",
    "reason",
    "grade",
    "source",
)
STATUSES = ("ok", "degraded", "not_computable")

#: How an input became known.
GRADES = {"A": "measured", "B": "stated by the client", "C": "benchmark", "D": "assumed"}


@dataclass(frozen=True)
class FigureKind:
    """What a figure id means: label (English source text) and unit."""

    label: str
    unit: str


#: Units: share, money, deals, contacts, hours, days, fte, reps, per_day,
#: per_month, date, count.
FIGURES: dict[str, FigureKind] = {
    "deals": FigureKind("Deals", "count"),
    "conversion_eventual": FigureKind("Conversion from first contact to won", "share"),
    "conversion_bracket": FigureKind("Range that holds whatever the open deals do", "share"),
    "stage_conversion": FigureKind("Conversion of the stage", "share"),
    "stage_days_median": FigureKind("Median stay in the stage", "days"),
    "stage_days_p80": FigureKind("80 % have left the stage after", "days"),
    "cycle_days_median": FigureKind("Median sales cycle of won deals", "days"),
    "cycle_days_p80": FigureKind("80 % of wins come within", "days"),
    "open_deal_win_probability": FigureKind("Probability that an open deal is won", "share"),
    "open_pipeline_wins": FigureKind("Wins expected from today's open deals", "deals"),
    "rep_conversion": FigureKind("Conversion of the rep, shrunken to the team", "share"),
    "contacts_per_won_deal": FigureKind("Contacts per won deal, lost deals included", "contacts"),
    "contacts_per_stage_visit": FigureKind("Contacts per deal visiting the stage", "contacts"),
    "hours_per_won_deal": FigureKind("Hours per won deal, lost deals included", "hours"),
    "hours_per_stage_visit": FigureKind("Hours per deal visiting the stage", "hours"),
    "hours_per_primary_contact": FigureKind("Hours per new lead taken into work", "hours"),
    "contacts_per_customer_year": FigureKind("Contacts per existing customer and year", "contacts"),
    "minutes_per_contact": FigureKind("Minutes per contact", "minutes"),
    "contact_norm_per_hour": FigureKind("Contact norm per selling hour", "contacts"),
    "contact_norm_per_day": FigureKind("Contact norm per rep and working day", "contacts"),
    "contact_norm_per_week": FigureKind("Contact norm per rep and week", "contacts"),
    "hours_per_day": FigureKind("Selling hours per rep and day the plan asks for", "hours"),
    "ledger_difference": FigureKind("Difference between two ledgers that must agree", "count"),
    "contact_bound_per_day": FigureKind("Physical bound of contacts per day", "contacts"),
    "contacts_per_day": FigureKind("Contacts made per rep and day present", "contacts"),
    "contact_practice_per_day": FigureKind(
        "Contacts per day kept up by the best quarter of reps", "contacts"
    ),
    "capacity_won_deals_per_month": FigureKind(
        "Won deals per month that the team can carry", "deals"
    ),
    "bottleneck_utilisation": FigureKind("Utilisation of the bottleneck", "share"),
    "little_law_gap": FigureKind("Gap between counted and implied deals in work", "share"),
    "deals_in_work": FigureKind("Deals in work, average", "deals"),
    "plan_target": FigureKind("Plan", "money"),
    "renewal_money": FigureKind("Renewals expected", "money"),
    "cross_sell_money": FigureKind("Cross-sales expected", "money"),
    "pipeline_money": FigureKind("Expected from today's open deals", "money"),
    "new_business_gap": FigureKind("Still to be won with new business", "money"),
    "required_new_wins": FigureKind("New contracts needed", "deals"),
    "required_primary_contacts": FigureKind("New leads that must be taken into work", "deals"),
    "required_contacts": FigureKind("Contacts the plan needs", "contacts"),
    "required_hours": FigureKind("Hours the plan needs", "hours"),
    "available_hours": FigureKind("Selling hours the team has", "hours"),
    "hours_per_fte": FigureKind("Selling hours of one full-time rep", "hours"),
    "required_fte": FigureKind("Full-time reps needed", "fte"),
    "required_reps": FigureKind("People needed, rounded up once", "reps"),
    "available_fte": FigureKind("Full-time reps available", "fte"),
    "resource_coverage": FigureKind("Share of the work that the team's hours cover", "share"),
    "unreachable_wins": FigureKind("Wins that come too late whatever is done", "deals"),
    "plan_probability": FigureKind("Probability of meeting the plan", "share"),
    "expected_money": FigureKind("Money expected with the present team", "money"),
    "plan_attainment": FigureKind("Expected attainment of the plan", "share"),
    "reps_for_80pct": FigureKind("Reps needed to meet the plan with 80 % probability", "reps"),
    "largest_target_80pct": FigureKind(
        "Largest plan that the team meets with 80 % probability", "money"
    ),
    "binding_constraint": FigureKind("Binding constraint", "text"),
    "hire_by": FigureKind("Hire by", "date"),
    "hires_needed": FigureKind("Reps to hire", "reps"),
    "leads_per_month": FigureKind("New leads a month", "deals"),
    "kpi_value": FigureKind("Value of a KPI", "count"),
    "kpi_deviation": FigureKind("Fact of a KPI less its plan", "count"),
    "rep_index": FigureKind("Wins of the rep over what colleagues would have won", "ratio"),
    "target_amount": FigureKind("Target", "money"),
    "target_growth": FigureKind("Growth of the target on the same period last year", "share"),
    "target_demand_probability": FigureKind("Probability that customers buy the target", "share"),
    "target_capacity_probability": FigureKind(
        "Probability that the people carry the target", "share"
    ),
    "target_probability": FigureKind("Probability of reaching the target", "share"),
    "sales_forecast": FigureKind("Sales expected by the course of the history", "money"),
    "forecast_error": FigureKind("Error of a forecast over the change on last year", "ratio"),
    "forecast_coverage": FigureKind("Past totals inside the 80 % interval of a forecast", "share"),
    "over_assignment": FigureKind("Targets of the reps over that of the company", "share"),
    "rep_target_probability": FigureKind("Probability that the rep meets the target", "share"),
    "kpi_target_probability": FigureKind("Probability that a KPI reaches its target", "share"),
    "payout_expected": FigureKind("Payout of a KPI on average over the results", "share"),
    "payout_at_mean": FigureKind("Payout of a KPI at the average result", "share"),
    "pay_dead_share": FigureKind("Part of the bonus that more result would not move", "share"),
    "pay_per_unit": FigureKind("Pay for one more unit of a KPI", "money"),
    "bonus_mean": FigureKind("Bonus of a rep and pay period, on average", "money"),
    "bonus_at_mean": FigureKind("Bonus at the average result", "money"),
    "bonus_check_gap": FigureKind("Computed bonus over the bonus paid, less 1", "share"),
    "bonus_luck_share": FigureKind("Differences in bonus that are luck", "share"),
    "bonus_territory_share": FigureKind("Differences in bonus explained by the potential", "share"),
    "attainment_by_potential": FigureKind("Correlation of attainment with potential", "ratio"),
    "case_pay": FigureKind("Pay by KPIs and plan met or missed", "money"),
    "payroll_year": FigureKind("Pay of a year, without contributions", "money"),
    "rep_pay": FigureKind("Pay of the rep in a pay period, on average", "money"),
    "scheme_cost": FigureKind("Cost of a pay scheme on the same facts", "money"),
    "scheme_plan_link": FigureKind("Correlation of pay with plan attainment", "ratio"),
    "scheme_spread": FigureKind("Spread of pay between reps and periods", "money"),
    "gaming_signs": FigureKind("Signs of gaming to look at", "count"),
    "kpis_listed": FigureKind("KPIs in the client's list", "count"),
    "kpis_kept": FigureKind("KPIs of the list to keep, or to keep after repair", "count"),
    "kpi_points": FigureKind("Score of the KPI on its own, of 100", "points"),
    "list_points": FigureKind("Score of the list as a system, of 100", "points"),
    "rule_verdicts": FigureKind("Verdicts of a rule of the KPI audit", "count"),
    "kpi_link": FigureKind("Link of the KPI with plan attainment", "ratio"),
    "kpi_controllable": FigureKind("Part of the KPI's spread that stays with the rep", "share"),
    "kpi_reproduced": FigureKind("Reported values of the KPI that come out again", "share"),
    "contradiction_share": FigureKind("Rep-periods in which KPIs and plan disagree", "share"),
}
