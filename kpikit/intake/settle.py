"""
What follows from the tables together: history, outcome, money, flags, attribution.

Each step takes the stack of tables, replaces those it completes, and adds the issues it met.
"""

from __future__ import annotations

import pandas as pd

from kpikit.intake import checks
from kpikit.intake.calls import customer_phones, link_activities
from kpikit.intake.columns import complete
from kpikit.intake.flags import (
    Thresholds,
    flag_bulk_moves,
    flag_duplicates,
    flag_imports,
    flag_tests,
)
from kpikit.intake.history import close_deals, last_moves, order_events
from kpikit.intake.identity import deals_by_title
from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.kpi_list import kpi_issues, values_from_parts
from kpikit.intake.ledger import invoices_from_lines, ledger_issues, sign_returns
from kpikit.intake.money import convert_amounts
from kpikit.intake.stack import Stack


def _stage_semantics(stack: Stack) -> pd.Series:
    stages = stack.tables.get("stages")
    if stages is None:
        return pd.Series(dtype="str")
    meant = stages.dropna(subset=["stage_id", "semantic"]).drop_duplicates("stage_id")
    return meant.set_index("stage_id")["semantic"]


def order_history(stack: Stack) -> pd.DataFrame | None:
    events = stack.tables.get("stage_events")
    if events is None:
        return None
    usable = checks.unusable_rows(events, "stage_events").isna()
    ordered = order_events(events[usable], _stage_semantics(stack))
    ordered["origin"] = ordered["origin"].fillna("history")
    stack.tables["stage_events"] = pd.concat([ordered, events[~usable]], ignore_index=True)
    return last_moves(ordered)


def settle_deals(stack: Stack, moves: pd.DataFrame | None, tz: str, as_of: pd.Timestamp) -> None:
    """Status, stage and closing time of each deal from its best witness."""
    deals = stack.tables.get("deals")
    if deals is None:
        return
    deals = deals.copy()
    meaning = _stage_semantics(stack)
    if moves is not None:
        for column in ("stage_id", "pipeline_id"):
            deals[column] = deals[column].fillna(deals["deal_id"].map(moves[column]).astype("str"))
    for witness, told in (
        (deals["stage_id"].map(meaning).astype("str"), "the meaning of the deal's stage"),
        (deals["deal_id"].map(moves["semantic"]).astype("str") if moves is not None else None,
         "the stage history"),
    ):  # fmt: skip
        if witness is None:
            continue
        filled = deals["status"].isna() & witness.notna()
        if filled.any():
            count = int(filled.sum())
            stack.issues.append(
                Issue("status_from_stage", "info", f"The status follows from {told}.", "deals",
                      "status", count, share_of(count, len(deals)))
            )  # fmt: skip
            deals["status"] = deals["status"].fillna(witness)
    if moves is not None:
        seen = deals["deal_id"].map(moves["semantic"])
        against = seen.isin(["open", "won", "lost"]) & deals["status"].notna()
        against &= seen != deals["status"]
        if against.any():
            count = int(against.sum())
            stack.issues.append(
                Issue("status_against_history", "warning",
                      "The status in the deal list differs from the last stage of the history; "
                      "nothing was changed.", "deals", "status", count,
                      share_of(count, len(deals)), examples(deals.loc[against, "deal_id"]))
            )  # fmt: skip
    deals, issues = close_deals(deals, moves, tz)
    stack.issues += issues
    deals, issues = checks.rewind_deals(deals, as_of)
    stack.issues += issues
    stack.tables["deals"] = deals


def convert(stack: Stack, base_currency: str, fx_rates: pd.DataFrame | None, tz: str) -> None:
    """Returns negative, and every amount in the base currency."""
    for table in ("deals", "invoices", "order_lines"):
        rows = stack.tables.get(table)
        if rows is None:
            continue
        if table == "deals":
            at = rows["closed_at"].fillna(rows["created_at"])
            day = at.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
        else:
            rows, issues = sign_returns(rows, table)
            stack.issues += issues
            day = rows["issued_on"]
        stack.tables[table], issues = convert_amounts(rows, table, day, base_currency, fx_rates)
        stack.issues += issues


def make_invoices(stack: Stack) -> None:
    """Invoices from their lines where no file lists them, and what contradicts in them."""
    stack.tables, issues = invoices_from_lines(stack.tables)
    stack.issues += [*issues, *ledger_issues(stack.tables)]


def settle_facts(stack: Stack) -> None:
    """Values of KPIs that the file gives in parts."""
    facts = stack.tables.get("kpi_facts")
    if facts is not None:
        stack.tables["kpi_facts"], issues = values_from_parts(facts)
        stack.issues += issues


def contradictions(stack: Stack) -> None:
    """What the finished tables say against each other."""
    stack.issues += [
        *checks.service_issues(stack.tables),
        *kpi_issues(stack.tables),
        *checks.orphan_issues(stack.tables),
    ]


def flag(stack: Stack, limits: Thresholds, tz: str) -> None:
    events = stack.tables.get("stage_events")
    if events is not None:
        stack.tables["stage_events"], issues = flag_bulk_moves(
            events,
            min_deals=limits.bulk_min_deals,
            within_s=limits.bulk_within_s,
            times_usual=limits.bulk_times_usual,
        )
        stack.issues += issues
    deals = stack.tables.get("deals")
    if deals is None:
        return
    deals, imported = flag_imports(deals, events, tz, min_deals=limits.import_min_deals)
    deals, tests = flag_tests(
        deals,
        stack.tables.get("customers"),
        tz,
        amounts=limits.test_amounts,
        lifetime_s=limits.test_lifetime_s,
        habit_share=limits.habit_share,
    )
    deals, copies = flag_duplicates(
        deals, days=limits.duplicate_days, tolerance=limits.duplicate_tolerance
    )
    stack.tables["deals"] = deals
    stack.issues += [*checks.deal_issues(deals), *imported, *tests, *copies]


def attribute(stack: Stack, parties: pd.DataFrame) -> None:
    """Calls and meetings to customers and deals; what a program did is marked as automatic."""
    activities = stack.tables.get("activities")
    if activities is None:
        return
    deals = stack.tables.get("deals")
    if deals is None:
        deals = complete(pd.DataFrame(index=pd.RangeIndex(0)), "deals")
    customers = stack.tables.get("customers")
    phones = pd.DataFrame({"customer_id": [], "phone_key": []}, dtype="str")
    if customers is not None:
        phones = customer_phones(customers)
    named = deals_by_title(activities, deals)
    activities = link_activities(named, deals, parties, phones)
    unknown = activities["is_connected"].isna() & activities["kind"].eq("call")
    derived = unknown & activities["duration_s"].notna()
    if derived.any():
        count = int(derived.sum())
        stack.issues.append(
            Issue("connected_from_duration", "info",
                  "The files do not say which calls were answered; those with a talk time are "
                  "taken as answered.", "activities", "is_connected", count,
                  share_of(count, len(activities)))
        )  # fmt: skip
        talked = activities["duration_s"].gt(0).astype("boolean")
        activities["is_connected"] = activities["is_connected"].mask(derived, talked)
    reps = stack.tables.get("reps")
    if reps is not None:
        programs = reps.loc[reps["is_human"].eq(False).fillna(False), "rep_id"]
        by_program = activities["rep_id"].isin(programs)
        activities["is_automatic"] = activities["is_automatic"].mask(by_program, True)
    stack.tables["activities"] = activities
    stack.issues += checks.activity_issues(activities)
