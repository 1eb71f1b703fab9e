"""
What a sign of gaming is: what it counts, what may lie behind it, and how it is written down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kpikit.errors import InputDataError

#: One row per sign and rep; a missing ``rep_id`` means the whole team.
SIGN_COLUMNS = (
    "sign", "rep_id", "kpi_id", "period", "n", "observed", "expected", "ratio", "p_value",
    "basis", "status", "reason", "evidence", "benign",
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """
    What a sign counts, and what may lie behind it harmlessly.

    Attributes
    ----------
    hits, trials : str
        What is counted, and out of what.
    benign : str
        Code of the harmless explanation.
    explanation : str
        That explanation, as a sentence to check with the client.
    """

    hits: str
    trials: str
    benign: str
    explanation: str


# fmt: off
SIGNS: dict[str, Sign] = {
    "short_calls": Sign(
        "connected calls shorter than 20 s", "connected calls",
        "reminders_or_bad_list",
        "Short calls may be reminders, call-backs that were agreed, or a bad list of numbers."),
    "same_number": Sign(
        "numbers called more than three times on one day", "numbers called, per day",
        "line_drops_or_switchboard",
        "The line may drop, or several people may share one switchboard number."),
    "own_numbers": Sign(
        "calls to internal or own numbers", "calls",
        "work_with_colleagues",
        "Calls to colleagues may belong to the work on a customer."),
    "late_meetings": Sign(
        "meetings entered more than 24 h after they began", "meetings",
        "entered_after_a_trip",
        "Meetings of a business trip are often entered together afterwards."),
    "meetings_without_trace": Sign(
        "meetings with no deal moved and no later contact", "meetings old enough to leave a trace",
        "service_visit",
        "Visits that keep up a relation or give service need not move a deal."),
    "stage_jumps": Sign(
        "deals closed through three or more stages within 60 s", "closed deals",
        "entered_after_the_sale",
        "Sales made at once, or entered after the fact, pass all stages in one go."),
    "backdated_moves": Sign(
        "stage moves entered more than 24 h after their date", "stage moves",
        "entered_after_a_trip",
        "Moves may be entered together after days without access to the CRM."),
    "closed_after_period": Sign(
        "deals whose closing date was changed after the period had ended", "closed deals",
        "correction_by_accounts",
        "The date may have been corrected to that of the contract or the invoice."),
    "amount_lowered": Sign(
        "paid-out deals whose amount was lowered later", "paid-out deals",
        "change_by_customer",
        "The customer may have reduced the order, or a return was booked."),
    "returned_next_period": Sign(
        "sales returned or cancelled in the next period", "sales",
        "quality_or_delivery",
        "Returns may come from quality or delivery."),
    "late_discounts": Sign(
        "discounted sales of the last working days", "discounted sales",
        "promotion_calendar",
        "A promotion may have ended with the month."),
    "last_days": Sign(
        "sales of the last working days of the period", "sales",
        "customers_budget_and_paydays",
        "Customers may sign when their own budget or payday comes."),
    "pull_forward": Sign(
        "sales of the last working days, missing in the first days of the next period", "sales",
        "holidays_or_price_rise",
        "Holidays at the start of the period or an announced price rise have the same effect."),
    "deal_splits": Sign(
        "customers with several deals closed by one rep on one day", "customers served, per day",
        "separate_orders",
        "The customer may order for several branches, products or budgets."),
    "lost_and_recreated": Sign(
        "lost deals made again for the same customer", "lost deals",
        "customer_came_back",
        "The customer may have come back, or the first record was a mistake."),
    "bunching": Sign(
        "results just above the threshold", "results close to the threshold",
        "last_effort_for_the_bonus",
        "A bonus is meant to bring the last effort before the threshold."),
    "round_numbers": Sign(
        "reported values ending in 0 or 5", "reported values",
        "packs_or_price_list",
        "Goods sold in packs of ten and round prices give round numbers."),
    "kpi_without_result": Sign(
        "result in the last third of the months", "result in the first third of the months",
        "new_market_or_new_reps",
        "A new market, weaker leads or new reps raise activity and lower conversion."),
    "retroactive_plan": Sign(
        "plan approved after its period began", "plan before the change",
        "late_approval",
        "The plan may have been agreed in time and signed late."),
}
# fmt: on


def sign_row(
    sign: str,
    *,
    rep_id: str | None,
    period: str,
    n: float,
    observed: float,
    expected: float | None,
    p_value: float | None,
    kpi_id: str | None = None,
    basis: str = "test",
    reason: str = "",
    evidence: Sequence[str] = (),
) -> dict[str, Any]:
    """
    One row of ``SIGN_COLUMNS``.

    ``ratio`` is observed / expected, missing where nothing is expected. A test
    without a ``p_value`` cannot be judged and gives its ``reason``.
    """
    known = expected is not None and math.isfinite(expected) and expected > 0
    judged = basis == "record" or p_value is not None
    return {
        "sign": sign,
        "rep_id": rep_id,
        "kpi_id": kpi_id,
        "period": period,
        "n": n,
        "observed": observed,
        "expected": expected,
        "ratio": observed / expected if known and expected is not None else None,
        "p_value": p_value,
        "basis": basis,
        "status": "ok" if judged else "not_computable",
        "reason": reason,
        "evidence": tuple(evidence),
        "benign": SIGNS[sign].benign,
    }


def sign_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of :func:`sign_row` as a table with ``SIGN_COLUMNS``, numbers as floats."""
    table = pd.DataFrame(list(rows), columns=list(SIGN_COLUMNS))
    numbers = ["n", "observed", "expected", "ratio", "p_value"]
    texts = ["rep_id", "kpi_id", "evidence"]
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(texts, object))


def require_columns(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Raise an InputDataError that names the columns the table lacks."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputDataError(
            f"the table of {name} lacks {', '.join(missing)}; it needs {', '.join(columns)}."
        )


def require_counts(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Raise an InputDataError unless the columns hold counts of 0 or more, none missing."""
    for column in columns:
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
        wrong = np.flatnonzero(~(values >= 0) | ~np.isfinite(values))
        if len(wrong):
            rows = ", ".join(str(table.index[place]) for place in wrong[:5])
            raise InputDataError(
                f"{column} in the table of {name} must be a count of 0 or more; "
                f"check row(s) {rows}, first value {table[column].iloc[wrong[0]]!r}."
            )


def period_span(periods: pd.Series) -> str:
    """First and last period as one text: ``2025-01/2025-06``."""
    names = sorted(periods.astype(str))
    if not names:
        return ""
    return names[0] if names[0] == names[-1] else f"{names[0]}/{names[-1]}"


def month_counts(
    sign: str, rep: pd.Series, day: pd.Series, hit: pd.Series, evidence: pd.Series
) -> pd.DataFrame:
    """
    Count records per rep and month in the shape that ``rate_signs`` reads.

    Parameters
    ----------
    sign : str
        Key of ``SIGNS``.
    rep, day, hit, evidence : Series
        Per record: the rep, the local day, whether it shows the sign, and the
        tuple of ids to list for it.

    Returns
    -------
    DataFrame
        ``rep_id period n hits evidence sign``.
    """
    table = pd.DataFrame(
        {
            "rep_id": rep,
            "period": day.dt.strftime("%Y-%m"),
            "hits": hit.astype(float),
            "evidence": evidence,
        }
    )
    grouped = table.groupby(["rep_id", "period"], sort=True)
    counts = pd.DataFrame({"n": grouped.size().astype(float), "hits": grouped["hits"].sum()})
    counts["evidence"] = grouped["evidence"].agg(lambda ids: tuple(i for one in ids for i in one))
    return counts.reset_index().assign(sign=sign)
