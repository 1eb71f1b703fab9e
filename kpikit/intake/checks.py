"""Contradictions inside the canonical tables: reported, never repaired in silence."""

from __future__ import annotations

import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.vocabulary import CONTACT_KINDS, DEAL_STATUS, REQUIRED_COLUMNS, STAGE_SEMANTIC

_KEYS = {
    "reps": ["rep_id"], "customers": ["customer_id"], "stages": ["stage_id", "pipeline_id"],
    "deals": ["deal_id"], "stage_events": ["event_id"], "activities": ["activity_id"],
    "invoices": ["invoice_id"], "payments": ["payment_id"], "plans": ["plan_id"],
    "absences": ["rep_id", "date", "kind"],
}  # fmt: skip
#: The column that dates a row; later than the as-of instant means not known yet.
WHEN = {
    "deals": "created_at", "stage_events": "entered_at", "activities": "started_at",
    "invoices": "issued_on", "payments": "paid_on",
}  # fmt: skip
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
    return reason


def repeated_keys(rows: pd.DataFrame, table: str) -> pd.Series:
    """Rows whose key an earlier row has."""
    keys = [key for key in _KEYS.get(table, []) if key in rows]
    if not keys:
        return pd.Series(False, index=rows.index)
    return rows.duplicated(keys) & rows[keys[0]].notna()


def later_than(rows: pd.DataFrame, table: str, as_of: pd.Timestamp, tz: str) -> pd.Series:
    """Rows that happen after the as-of instant."""
    column = WHEN.get(table)
    if column is None or column not in rows:
        return pd.Series(False, index=rows.index)
    limit = as_of if column.endswith("_at") else as_of.tz_convert(tz).tz_localize(None).normalize()
    return (rows[column] > limit).fillna(False)


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


def orphan_issues(tables: dict[str, pd.DataFrame]) -> list[Issue]:
    """Events and activities of deals that the deal table does not have."""
    issues: list[Issue] = []
    if "deals" not in tables:
        return issues
    known = set(tables["deals"]["deal_id"])
    for table in ("stage_events", "activities", "invoices"):
        rows = tables.get(table)
        if rows is None:
            continue
        orphan = rows["deal_id"].notna() & ~rows["deal_id"].isin(known)
        if orphan.any():
            count = int(orphan.sum())
            issues.append(
                Issue("deal_not_listed", "warning",
                      "Rows belong to deals that the deal list does not have (deleted, merged or "
                      "not visible to the person who exported).", table, "deal_id", count,
                      share_of(count, len(rows)), examples(rows.loc[orphan, "deal_id"]))
            )  # fmt: skip
    return issues
