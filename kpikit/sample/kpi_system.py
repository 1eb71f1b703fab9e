"""
The KPI system that the sample client hands over: 26 KPIs with uneven descriptions.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ListedKpi:
    """
    One line of the client's list; an empty text is an empty cell.

    ``target`` is the monthly target of a rep, None where the list names none; ``weight`` the
    weight in pay [share].
    """

    name: str
    lang: str = "en"
    local_name: str = ""
    definition: str = ""
    formula: str = ""
    expression: str = ""
    unit: str = ""
    direction: str = ""
    obligation: str = "optional"
    cadence: str = "monthly"
    purpose: str = ""
    controller: str = ""
    source: str = ""
    checker: str = ""
    routine: str = ""
    checked_on: str = ""
    parent: str = ""
    group: str = ""
    target: float | None = None
    weight: float = 0.0
    collect_min: float | None = None
    explain_min: float | None = None
    valid_from: str = "2024-01-01"


PLAN = "Выполнение плана продаж"
CALLS, MEETINGS, CHECK = "Call volume", "Meetings held", "AOV"
RESPONSE, WIN_RATE, NEW_DEALS = "Lead response time", "Win rate", "New deals won"
CROSS, RETENTION, TALK = "Cross-sell deals", "Retention rate", "Talk time"
CSAT, OVERDUE, COVERAGE = "CSAT", "Просроченная дебиторка", "Pipeline coverage"
FOLLOW_UP, DECIDERS, PROPOSALS = "Follow-up rate", "Встречи с ЛПР", "Proposals sent"
QUOTES, INBOUND, HYGIENE, SLA = "Quotes issued", "Inbound leads (MQL)", "CRM hygiene", "SLA"
NPS, FORECAST = "NPS", "Forecast accuracy"
MANDATORY = (CALLS, MEETINGS, HYGIENE, SLA)
IN_PAY = {PLAN: 0.5, CALLS: 0.2, NEW_DEALS: 0.2, HYGIENE: 0.1}

KPIS = (
    ListedKpi(
        PLAN, "ru", definition="Доля плана месяца, закрытая подписанными договорами",
        formula="сумма выигранных сделок / план", unit="%", direction="higher", purpose="goal",
        controller="rep", source="CRM, план", checker="Руководитель отдела продаж",
        routine="Сверка с бухгалтерией 5-го числа", checked_on="2026-06-05", group="money",
        target=100.0, weight=0.5, collect_min=20, explain_min=2,
    ),
    ListedKpi(
        CALLS, definition="Состоявшиеся звонки за месяц", formula="число звонков с разговором",
        expression='count(activities, where=activities.kind == "call" and '
        "activities.duration_s >= 20, at=activities.started_at)",
        unit="шт.", direction="higher", obligation="mandatory", cadence="daily", purpose="way",
        controller="rep", source="Телефония", checker="Супервайзер", routine="Отчёт телефонии",
        checked_on="2026-06-29", group="intensity", weight=0.2, collect_min=0, explain_min=5,
    ),
    ListedKpi(
        MEETINGS, definition="Проведённые встречи",
        expression='count(activities, where=activities.kind == "meeting", '
        "at=activities.started_at)",
        unit="шт.", direction="higher", obligation="mandatory", cadence="weekly", purpose="way",
        controller="rep", source="CRM", group="intensity", explain_min=5,
    ),
    ListedKpi(
        CHECK, local_name="Средний чек", formula="сумма / число выигранных сделок", unit="руб.",
        direction="higher", purpose="goal", parent=PLAN, source="CRM", group="money",
        collect_min=10, explain_min=10,
    ),
    ListedKpi(
        RESPONSE, unit="ч", direction="lower", cadence="daily", purpose="way", controller="rep",
        source="CRM", explain_min=15,
    ),
    ListedKpi(
        WIN_RATE, formula="won / (won + lost)",
        expression='count(deals, where=deals.status == "won", at=deals.closed_at) / '
        'count(deals, where=deals.status != "open", at=deals.closed_at)',
        unit="%", direction="higher", purpose="way", parent=PLAN, source="CRM", explain_min=15,
    ),
    ListedKpi(
        NEW_DEALS, definition="Выигранные сделки с новыми клиентами",
        expression='count(deals, where=deals.status == "won" and deals.deal_kind == "new", '
        "at=deals.closed_at)",
        unit="шт.", direction="higher", purpose="goal", controller="rep", source="CRM",
        checker="Руководитель отдела продаж", group="customers", weight=0.2, collect_min=5,
        explain_min=3,
    ),
    ListedKpi(CROSS, unit="шт.", direction="higher", purpose="goal", group="customers"),
    ListedKpi(
        RETENTION, local_name="Продление договоров", unit="%", direction="higher", purpose="goal",
        group="customers", target=80.0, explain_min=10,
    ),
    ListedKpi(TALK, unit="ч", cadence="weekly", source="Телефония", explain_min=10),
    ListedKpi(CSAT, unit="балл", direction="higher", source="Опрос", explain_min=20),
    ListedKpi(
        OVERDUE, "ru", definition="Доля просроченной задолженности клиентов менеджера",
        formula="просрочено / задолженность", unit="%", direction="lower", controller="finance",
        source="1С", checker="Бухгалтерия", group="money", collect_min=40,
    ),
    ListedKpi(COVERAGE, unit="x", direction="higher", cadence="weekly", explain_min=25,
              collect_min=30),
    ListedKpi(FOLLOW_UP, unit="%", direction="higher", cadence="daily", purpose="way",
              collect_min=60),
    ListedKpi(
        DECIDERS, "ru", definition="Встречи с лицом, принимающим решение", unit="шт.",
        direction="higher", cadence="weekly", purpose="way", parent=PLAN, controller="rep",
        source="CRM", explain_min=5,
    ),
    ListedKpi(PROPOSALS, unit="шт.", direction="higher", cadence="weekly", collect_min=20),
    ListedKpi(QUOTES, unit="шт.", direction="higher", cadence="weekly", collect_min=20),
    ListedKpi(INBOUND, unit="шт.", direction="higher", controller="marketing", source="Сайт",
              explain_min=15),
    ListedKpi(
        HYGIENE, definition="Доля карточек сделок без пустых полей", unit="%", direction="higher",
        obligation="mandatory", cadence="weekly", purpose="way", controller="rep", source="CRM",
        checker="Супервайзер", routine="Выборка 20 карточек", checked_on="2025-11-10",
        target=90.0, weight=0.1, collect_min=45, explain_min=10,
    ),
    ListedKpi(SLA, unit="%", direction="higher", obligation="mandatory", cadence="daily",
              target=90.0, collect_min=30, explain_min=20),
    ListedKpi(NPS, unit="балл", direction="higher", cadence="quarterly", explain_min=20),
    ListedKpi(FORECAST, unit="%", direction="higher", explain_min=30),
    ListedKpi("LTV", cadence="quarterly", valid_from="2026-01-01"),
    ListedKpi("CR", valid_from="2026-01-01"),
    ListedKpi("Social selling index", cadence="weekly", valid_from="2026-01-01"),
    ListedKpi("Share of wallet", unit="%", valid_from="2026-01-01"),
)  # fmt: skip
