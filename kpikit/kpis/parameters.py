"""
What a KPI leaves open: basis, windows, thresholds, start events.

Sources disagree on these, so none of them is a constant in a measure. The
engagement's ``kpis: parameters:`` sets them; the defaults are conventions whose
source :data:`SOURCES` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: Fields that a question or the engagement's other settings fill.
NOT_A_SETTING = (
    "as_of",
    "start",
    "end",
    "period",
    "level",
    "kpi_limit",
    "working_language",
    "tables",
    "losses_known",
)


@dataclass(frozen=True)
class Parameters:
    """
    Settings of the measures.

    Instants are the client's wall time. Fields that are None are found in the data
    when the store is asked: see :func:`kpikit.kpis.measuring.settled`.

    Parameters
    ----------
    as_of : datetime
        Instant of the data.
    start, end : datetime, optional
        The period looked at, ``start <= t < end``; None leaves it open, and nothing after
        ``as_of`` is used.
    period : str, optional
        Grain of time in the answer: day, week, month, quarter or year.
    level : float
        Level of the intervals. [share]
    revenue_basis : str
        ``contract`` (won deals), ``invoice`` or ``shipment`` (documents of that kind).
    growth_from : str
        ``previous`` period or the same period last ``year``.
    high_margin : float
        A line or deal with at least this margin is high-margin. [share]
    active_days, repeat_days, receivable_days, ready_days : int
        Windows: a customer is active, a second purchase counts as repeat, the revenue behind
        days of sales outstanding, a contact makes a deal ready to close. [days]
    renewal_before_days, renewal_after_days : int
        A contract is renewed if its customer signs within this window around its end. [days]
    profit_level : str
        ``gross``, ``contribution`` or ``net``.
    cost_kinds : tuple of str
        Kinds of cost that count as cost of sales; empty counts all.
    referral_sources, cold_sources : tuple of str
        Sources that mean a referral; sources whose customers did not know the firm.
    new_groups : tuple of str
        Product groups whose introduction is followed.
    goal_metric : str
        ``plans.metric`` that holds the profit goal.
    sales_plan, deals_plan : str
        ``plans.metric`` that holds the planned sales; the planned value of deals won.
    plan_scope : str or None
        Whose plans sales are held against: ``rep``, ``team``, ``segment`` or ``company``; None
        takes the finest of rep, segment and company in each span of time.
    refund_of : str
        What tells a refund: a return ``document``, a return ``line`` (can be split by product)
        or a ``payment`` back on a document.
    refund_days : int
        Refunds within this time of the sale count, on sales that are as old. [days]
    region_customers : int
        Active customers from which a region counts.
    qualified_order, warm_order, ready_order : int or None
        Stage order from which a lead is qualified, a cold customer warm, a deal ready to close.
    offer_order, contract_order : int or None
        Stages between which approval time runs.
    maturity_days : float or None
        Age from which the deals of a cohort count as decided. [days]
    sale_pipelines : tuple of str or None
        Pipelines whose wins are sales.
    losses_known : bool
        Some deal is marked as lost; without that nobody wrote losses down.
    segment_of : str
        ``deal`` or ``customer``: whose segment a deal counts in.
    cycle_start : str
        ``created`` or ``first_contact``.
    contact_seconds : float
        Shortest talk that is a contact. [s]
    contact_minutes_extra, meeting_minutes_extra : float
        Preparation and notes per call and per meeting. [min]
    request : str
        What asks for a reply: ``lead`` (a new deal) or ``message`` (an incoming message or a
        missed call).
    hourly_cost : float or None
        Full cost of an hour of a rep. [money/h]
    kpi_limit : int
        KPIs per role from which the list is too long.
    working_language : str
        Language the team works in: en, ru or hu.
    workday_s : float or None
        Working time of a usual day, the unit of durations in working days; the calendar's
        median working day, 8 h where there is no calendar. [s]
    tables : frozenset of str or None
        Tables that have rows in the store; the calendar counts only with its working time.
        Found in the store and not set by hand.
    """

    as_of: datetime
    start: datetime | None = None
    end: datetime | None = None
    period: str | None = None
    level: float = 0.90
    revenue_basis: Literal["contract", "order", "invoice", "shipment"] = "contract"
    growth_from: Literal["previous", "year"] = "previous"
    high_margin: float = 0.30
    active_days: int = 90
    repeat_days: int = 365
    receivable_days: int = 90
    ready_days: int = 14
    renewal_before_days: int = 90
    renewal_after_days: int = 30
    profit_level: Literal["gross", "contribution", "net"] = "net"
    cost_kinds: tuple[str, ...] = ()
    referral_sources: tuple[str, ...] = ("referral", "рекомендация", "ajánlás")
    cold_sources: tuple[str, ...] = ("cold", "холодный звонок", "hideghívás")
    new_groups: tuple[str, ...] = ()
    goal_metric: str = "profit"
    sales_plan: str = "revenue"
    deals_plan: str = "revenue"
    plan_scope: Literal["rep", "team", "segment", "company"] | None = None
    refund_of: Literal["document", "line", "payment"] = "document"
    refund_days: int = 90
    region_customers: int = 1
    qualified_order: int | None = None
    warm_order: int | None = None
    ready_order: int | None = None
    offer_order: int | None = None
    contract_order: int | None = None
    maturity_days: float | None = None
    sale_pipelines: tuple[str, ...] | None = None
    losses_known: bool = True
    segment_of: Literal["deal", "customer"] = "deal"
    cycle_start: Literal["created", "first_contact"] = "created"
    contact_seconds: float = 20.0
    contact_minutes_extra: float = 4.0
    meeting_minutes_extra: float = 30.0
    request: Literal["lead", "message"] = "lead"
    hourly_cost: float | None = None
    kpi_limit: int = 5
    working_language: str = "en"
    workday_s: float | None = None
    tables: frozenset[str] | None = None

    def holds(self, name: str) -> bool:
        """Whether the store has rows of a table; yes before the store is asked."""
        return self.tables is None or name in self.tables

    @property
    def has_calendar(self) -> bool:
        """Whether the calendar knows working time; yes before the store is asked."""
        return self.holds("calendar")


#: Where the defaults come from; shown with the KPI.
SOURCES: dict[str, str] = {
    "revenue_basis": "the contract is the first moment at which the sale is known",
    "growth_from": "the previous period; name the same period last year where seasons matter",
    "high_margin": "assumption: a usual trading margin; ask the client's finance",
    "active_days": "convention: a quarter; better twice the median gap between orders",
    "repeat_days": "convention: one year",
    "receivable_days": "convention: one quarter of revenue",
    "ready_days": "assumption: two weeks",
    "renewal_before_days": "assumption: offers go out a quarter before the end",
    "renewal_after_days": "assumption: a month of grace",
    "deals_plan": "the plan of sales; name another metric where deals have a plan of their own",
    "plan_scope": "the finest plan is the one people work by",
    "refund_days": "assumption: most goods come back within a quarter",
    "profit_level": "the level the owner is paid from",
    "workday_s": "the calendar's median working day; 8 hours without a calendar",
    "contact_seconds": "convention: shorter talks are unanswered or wrong numbers",
    "contact_minutes_extra": "the engagement's threshold for notes after a call",
    "meeting_minutes_extra": "the engagement's threshold for a meeting's preparation",
    "maturity_days": "the day by which 90 % of the deals are decided, open ones included",
    "region_customers": "one customer is a delivery",
    "kpi_limit": "four or five in one source, three in another",
}
