"""
What can be computed from the data there are, and what to ask the client for.

One row for each diagnostic: ``ok`` as specified, ``degraded`` with a stated
weaker method, ``not_computable`` with the reason. The texts are keys that the
page writes out in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kpikit.diagnosis.chain import ChainResult
from kpikit.diagnosis.chain_input import ChainInput, Refusal
from kpikit.diagnosis.measure import Measured, owners_follow_wins

COLUMNS = ("diagnostic", "status", "reason", "ask")

Tables = Mapping[str, pd.DataFrame]


def readiness_table(
    tables: Tables,
    measured: Measured | None,
    inputs: ChainInput,
    chain: ChainResult | Refusal,
) -> pd.DataFrame:
    """
    Judge every diagnostic of the report.

    Parameters
    ----------
    tables : mapping
        Canonical tables that were read; may be empty.
    measured : Measured or None
    inputs, chain
        The chain and its answer.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``; reason and ask are keys or empty.
    """
    rows = [
        _conversion(tables, measured, inputs),
        _cycle(tables, measured, inputs),
        _reps(measured),
        _contacts(tables, measured, inputs),
        _capacity(inputs),
        _staffing(chain),
        _renewals(inputs),
        _kpi_list(tables),
        _kpi_links(tables),
        _pay(tables),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


#: Why reps cannot be compared although deals name them.
OWNERS_OF_WINS = "won deals name their rep and the others do not"

Verdict = tuple[str, str, str, str]


def _stated(inputs: ChainInput, field: str) -> bool:
    stages = [s for seg in inputs.segments if seg.funnel for s in seg.funnel.stages]
    return bool(stages) and all(getattr(stage, field) is not None for stage in stages)


def _conversion(tables: Tables, measured: Measured | None, inputs: ChainInput) -> Verdict:
    name = "conversion"
    if measured is None:
        if _stated(inputs, "conversion"):
            return name, "degraded", "stated_rates", "stage_history"
        return name, "not_computable", "no_deals", "deals"
    whole = measured.eventual[""]
    if whole.value is None:
        return name, "not_computable", whole.reason, "deals"
    if "stage_events" not in tables:
        return name, "degraded", "no_stage_history", "stage_history"
    return name, whole.status, whole.reason, "" if whole.status == "ok" else "stage_history"


def _cycle(tables: Tables, measured: Measured | None, inputs: ChainInput) -> Verdict:
    name = "cycle"
    if measured is None:
        timed = any(s.funnel and s.funnel.timed for s in inputs.segments)
        if timed:
            return name, "degraded", "stated_cycle", "stage_history"
        return name, "not_computable", "no_deals", "deals"
    median = measured.cycles[""][0]
    if median.value is None:
        return name, "not_computable", median.reason or "no_dates", "closing_dates"
    if "stage_events" not in tables:
        return name, "degraded", "no_stage_history", "stage_history"
    return name, median.status, median.reason, ""


def _reps(measured: Measured | None) -> Verdict:
    name = "reps"
    if measured is None:
        return name, "not_computable", "no_deals", "deals"
    if measured.reps is None:
        reason = OWNERS_OF_WINS if owners_follow_wins(measured.deal_spells) else "no_owners"
        return name, "not_computable", reason, "owners"
    if measured.reps.status == "ok":
        return name, "degraded", "current_owner", "owner_history"
    return name, measured.reps.status, measured.reps.reason, "owner_history"


def _contacts(tables: Tables, measured: Measured | None, inputs: ChainInput) -> Verdict:
    name = "contacts"
    labour = None if measured is None else measured.labour
    if labour is not None and labour.per_won is not None and labour.per_won.contacts is not None:
        if (labour.linked or 0.0) < 0.7:
            return name, "degraded", "contacts_partly_linked", "contact_links"
        return name, labour.per_won.status, labour.per_won.reason or "", ""
    if labour is not None and labour.counted is not None:
        return name, "degraded", "counted_contacts", "telephony"
    if _stated(inputs, "contacts"):
        return name, "degraded", "stated_norms", "telephony"
    if labour is not None and labour.n_contacts:
        return name, "degraded", "contacts_not_linked", "contact_links"
    return name, "not_computable", "no_contacts", "telephony"


def _capacity(inputs: ChainInput) -> Verdict:
    name = "capacity"
    if not inputs.months:
        return name, "not_computable", "no_plan", "plan"
    if not _stated(inputs, "contacts") or not _stated(inputs, "minutes"):
        return name, "not_computable", "no_norms", "norms"
    if not any(sum(pool.hours_per_fte) > 0 for pool in inputs.roles):
        return name, "not_computable", "no_selling_time", "diary"
    return name, "ok", "", ""


def _staffing(chain: ChainResult | Refusal) -> Verdict:
    name = "staffing"
    if isinstance(chain, Refusal):
        return name, "not_computable", "chain_refused", "chain_refused"
    if chain.degradations:
        return name, "degraded", "; ".join(chain.degradations), ""
    return name, "ok", "", ""


def _renewals(inputs: ChainInput) -> Verdict:
    name = "renewals"
    if not inputs.months:
        return name, "not_computable", "no_plan", "plan"
    if any(sum(s.renewals_due) > 0 for s in inputs.segments):
        return name, "ok", "", ""
    return name, "not_computable", "no_contract_ends", "contract_ends"


def _rows(tables: Tables, name: str) -> pd.DataFrame:
    found = tables.get(name)
    return pd.DataFrame() if found is None else found


def _kpi_list(tables: Tables) -> Verdict:
    name = "kpi_list"
    if _rows(tables, "kpis").empty:
        return name, "not_computable", "no_kpi_list", "kpi_list"
    return name, "ok", "", ""


def _kpi_links(tables: Tables) -> Verdict:
    name = "kpi_links"
    facts, plans = _rows(tables, "kpi_facts"), _rows(tables, "plans")
    if facts.empty:
        return name, "not_computable", "no_kpi_facts", "kpi_facts"
    if plans.empty or not plans["scope"].eq("rep").any():
        return name, "degraded", "no_rep_plans", "rep_plans"
    return name, "ok", "", ""


def _pay(tables: Tables) -> Verdict:
    name = "pay"
    if _rows(tables, "pay_rules").empty:
        return name, "not_computable", "no_pay_rules", "pay_rules"
    if _rows(tables, "payroll").empty:
        return name, "degraded", "no_payroll", "payroll"
    return name, "ok", "", ""
