"""Contradictions inside the canonical tables: reported, never repaired in silence."""

from __future__ import annotations

import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.vocabulary import CONTACT_KINDS, DEAL_STATUS, REQUIRED_COLUMNS, STAGE_SEMANTIC

_KEYS = {
    "reps": ["rep_id"], "customers": ["customer_id"], "stages": ["stage_id", "pipeline_id"],
    "deals": ["deal_id"], "stage_events": ["event_id"], "activities": ["activity_id"],
    "invoices": ["invoice_id"], "payments": ["payment_id"], "plans": ["plan_id"],
    "absences": ["rep_id", "date", "kind"], "order_lines": ["line_id", "invoice_id"],
    "costs": ["cost_id"], "profits": ["profit_id"], "surveys": ["survey_id"],
    "tickets": ["ticket_id"], "deliveries": ["delivery_id"], "markets": ["market_id"],
    "kpis": ["kpi_id"], "kpi_facts": ["fact_id"], "pay_rules": ["rule_id"],
    "payroll": ["payment_key"],
}  # fmt: skip
#: The column that dates a row; later than the as-of instant means not known yet.
WHEN = {
    "deals": "created_at", "stage_events": "entered_at", "activities": "started_at",
    "invoices": "issued_on", "payments": "paid_on", "order_lines": "issued_on",
    "surveys": "sent_on", "tickets": "opened_at", "costs": "period_start_on",
    "profits": "period_start_on", "kpi_facts": "period_start_on", "payroll": "period_start_on",
}  # fmt: skip
#: A second date that makes a row unknown at the as-of instant.
_ALSO_WHEN = {"kpi_facts": "reported_at"}
#: Ends that may still lie ahead of a row that began: table, column, key.
_ENDS = (("tickets", "resolved_at", "ticket_id"), ("deliveries", "delivered_on", "delivery_id"))
_PERIODS = (("period_start_on", "period_end_on"), ("valid_from_on", "valid_to_on"))
#: Tables whose rows mean nothing when their period runs backwards.
_DATED = ("costs", "profits", "plans", "kpi_facts", "payroll", "pay_rules")
_SCORES = (0, 10)
_ALLOWED = {
    ("deals", "status"): DEAL_STATUS,
    ("stages", "semantic"): STAGE_SEMANTIC,
}
_ACTIVITY_KINDS = (*CONTACT_KINDS, "email", "task", "other")


def unusable_rows(rows: pd.DataFrame, table: str) -> pd.Series:
    """
    Reason why a row cannot be used, null for usable ones.

    A row needs its required columns and values from the vocabulary.
    """
    reason = pd.Series(None, index=rows.index, dtype="object")
    for (where, column), allowed in _ALLOWED.items():
        if where == table and column in rows:
            strange = rows[column].notna() & ~rows[column].isin(allowed)
            text = column + " " + rows[column].map(repr) + " is not one of " + ", ".join(allowed)
            reason = reason.where(~strange | reason.notna(), text)
    for column in REQUIRED_COLUMNS[table]:
        empty = rows[column].isna() if column in rows else pd.Series(True, index=rows.index)
        reason = reason.where(~empty | reason.notna(), f"{column} is missing or unreadable")
    for start, end in _PERIODS if table in _DATED else ():
        if start in rows and end in rows:
            reversed_ = rows[end].lt(rows[start])
            reason = reason.where(~reversed_ | reason.notna(), f"{end} is before {start}")
    return reason


def repeated_keys(rows: pd.DataFrame, table: str) -> pd.Series:
    """Rows whose key an earlier row has."""
    keys = [key for key in _KEYS.get(table, []) if key in rows]
    if not keys:
        return pd.Series(False, index=rows.index)
    return rows.duplicated(keys) & rows[keys[0]].notna()


def later_than(rows: pd.DataFrame, table: str, as_of: pd.Timestamp, tz: str) -> pd.Series:
    """Rows that happen after the as-of instant."""
    later = pd.Series(False, index=rows.index)
    for column in (WHEN.get(table), _ALSO_WHEN.get(table)):
        if column is not None and column in rows:
            later |= _is_later(rows[column], as_of, tz)
    return later


def _is_later(when: pd.Series, as_of: pd.Timestamp, tz: str) -> pd.Series:
    is_instant = isinstance(when.dtype, pd.DatetimeTZDtype)
    limit = as_of if is_instant else as_of.tz_convert(tz).tz_localize(None).normalize()
    return (when > limit).fillna(False).astype(bool)


def rewind_ends(
    tables: dict[str, pd.DataFrame], as_of: pd.Timestamp, tz: str
) -> tuple[dict[str, pd.DataFrame], list[Issue]]:
    """Tickets solved and goods delivered after the as-of instant were open at it."""
    tables = dict(tables)
    issues: list[Issue] = []
    for table, column, key in _ENDS:
        rows = tables.get(table)
        if rows is None:
            continue
        later = _is_later(rows[column], as_of, tz)
        if later.any():
            tables[table] = rows.assign(**{column: rows[column].mask(later)})
            count = int(later.sum())
            issues.append(
                Issue("closed_after_as_of", "warning",
                      "What ended after the as-of instant was open at it and is taken as open.",
                      table, column, count, share_of(count, len(rows)),
                      examples(rows.loc[later, key]))
            )  # fmt: skip
    return tables, issues


def rewind_deals(deals: pd.DataFrame, as_of: pd.Timestamp) -> tuple[pd.DataFrame, list[Issue]]:
    """Deals closed after the as-of instant were open at it: they are set back, with a flag."""
    later = (deals["closed_at"] > as_of).fillna(False)
    if not later.any():
        return deals, []
    table = deals.copy()
    table.loc[later, "status"] = "open"
    table.loc[later, "closed_at"] = pd.NaT
    table.loc[later, "closed_at_quality"] = "none"
    flags = table["flags"].fillna("")
    table["flags"] = flags.where(~later, (flags + ";closed_after_as_of").str.strip(";"))
    count = int(later.sum())
    issue = Issue(
        "closed_after_as_of", "warning",
        "Deals closed after the as-of instant were open at it and are taken as open.",
        "deals", "closed_at", count, share_of(count, len(deals)),
        examples(deals.loc[later, "deal_id"]),
    )  # fmt: skip
    return table, [issue]


def deal_issues(deals: pd.DataFrame) -> list[Issue]:
    """Contradictions between the status and the dates of deals."""
    closed = deals["status"].isin(["won", "lost"])
    rules = (
        ("closed_without_date", "warning", closed & deals["closed_at"].isna(), "closed_at",
         "Closed deals without a closing date are kept; they closed some time before the as-of "
         "instant."),
        ("open_with_close_date", "warning",
         deals["status"].eq("open") & deals["closed_at"].notna(), "closed_at",
         "Open deals have a closing date; one of the two is wrong and nothing was changed."),
        ("closed_before_created", "warning",
         (deals["closed_at"] < deals["created_at"]).fillna(False), "closed_at",
         "Deals are closed before they were created; nothing was changed."),
        ("negative_amount", "warning", deals["amount"].lt(0), "amount",
         "Deals have a negative amount; nothing was changed."),
    )  # fmt: skip
    return [
        Issue(rule, severity, message, "deals", column, int(found.sum()),
              share_of(int(found.sum()), len(deals)), examples(deals.loc[found, "deal_id"]))
        for rule, severity, found, column, message in rules
        if found.any()
    ]  # fmt: skip


def activity_issues(activities: pd.DataFrame) -> list[Issue]:
    """Activity kinds outside the vocabulary and impossible durations."""
    strange = ~activities["kind"].isin(_ACTIVITY_KINDS)
    long = activities["duration_s"].gt(12 * 3600)
    rules = (
        ("activity_kind_unknown", strange, "kind",
         f"These kinds are not known; translate them to {', '.join(_ACTIVITY_KINDS)}.",
         sorted(activities.loc[strange, "kind"].dropna().unique())),
        ("duration_too_long", long, "duration_s",
         "Activities last longer than 12 hours, most likely left open; nothing was changed.",
         activities.loc[long, "activity_id"]),
    )  # fmt: skip
    return [
        Issue(rule, "warning", message, "activities", column, int(found.sum()),
              share_of(int(found.sum()), len(activities)), examples(shown))
        for rule, found, column, message, shown in rules
        if found.any()
    ]  # fmt: skip


def service_issues(tables: dict[str, pd.DataFrame]) -> list[Issue]:
    """Impossible dates and scores of tickets and surveys."""
    issues: list[Issue] = []
    tickets, surveys = tables.get("tickets"), tables.get("surveys")
    if tickets is not None:
        early = tickets["resolved_at"].lt(tickets["opened_at"]).fillna(False).astype(bool)
        if early.any():
            count = int(early.sum())
            issues.append(
                Issue("closed_before_created", "warning",
                      "Tickets are solved before they were opened; nothing was changed.",
                      "tickets", "resolved_at", count, share_of(count, len(tickets)),
                      examples(tickets.loc[early, "ticket_id"]))
            )  # fmt: skip
    if surveys is not None:
        strange = surveys["score"].notna() & ~surveys["score"].between(*_SCORES)
        if strange.any():
            count = int(strange.sum())
            issues.append(
                Issue("score_outside_scale", "warning",
                      f"Scores of a survey lie outside {_SCORES[0]} to {_SCORES[1]}; nothing was "
                      "changed.", "surveys", "score", count, share_of(count, len(surveys)),
                      examples(surveys.loc[strange, "score"]))
            )  # fmt: skip
    return issues


#: Rule, table and key of the list, tables whose rows refer to it, and what the reader is told.
_REFERENCES = (
    ("deal_not_listed", "deals", "deal_id", ("stage_events", "activities", "invoices"),
     "Rows belong to deals that the deal list does not have (deleted, merged or not visible to the "
     "person who exported)."),
    ("invoice_not_listed", "invoices", "invoice_id", ("order_lines", "payments", "deliveries"),
     "Rows belong to invoices that the list of invoices does not have (another period, deleted, or "
     "another numbering)."),
    ("kpi_not_listed", "kpis", "kpi_id", ("kpi_facts", "pay_rules"),
     "Rows belong to KPIs that the list of KPIs does not have; add them, or write the same name or "
     "id."),
)  # fmt: skip


def orphan_issues(tables: dict[str, pd.DataFrame]) -> list[Issue]:
    """Rows that refer to a deal, an invoice or a KPI that its table does not have."""
    issues: list[Issue] = []
    for rule, parent, key, children, message in _REFERENCES:
        if parent not in tables:
            continue
        known = set(tables[parent][key])
        for table in children:
            rows = tables.get(table)
            if rows is None:
                continue
            orphan = rows[key].notna() & ~rows[key].isin(known)
            if orphan.any():
                count = int(orphan.sum())
                issues.append(
                    Issue(rule, "warning", message, table, key, count,
                          share_of(count, len(rows)), examples(rows.loc[orphan, key]))
                )  # fmt: skip
    return issues
