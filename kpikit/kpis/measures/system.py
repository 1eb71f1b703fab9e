"""The KPI system itself: fulfilment, agreement with the plan, load, wording, control (K60-K67)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kpikit.kpis.engine import (
    Deferred,
    Table,
    _,
    cases,
    coalesce,
    greatest,
    instant,
    joined,
    later,
    least,
    no_number,
    number,
    numbered,
    one,
    period_start,
    ratio,
    seconds,
    stacked,
    table,
    text,
)
from kpikit.kpis.measures.money import PLANS, ROUNDING, SALES
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.reduction import Parts, Reduction, measures
from kpikit.kpis.rows import sales, seconds_before, with_segment
from kpikit.kpis.spans import in_plans, plans
from kpikit.vocabulary import CADENCES

FACTS = {"kpi_facts": ("kpi_id", "period_start_on", "period_end_on")}
#: Within how many days a KPI of each cadence must have been checked; a week-end may lie between
#: two checks that are due every day. [days]
CHECKED_WITHIN = {"daily": 3, "weekly": 7, "monthly": 31, "quarterly": 92}
YEAR = timedelta(days=365)


# ---- facts ------------------------------------------------------------------------------------


@measures("K60", FACTS)
def kpis_met(p: Parameters) -> Parts:
    """Facts of finished periods that met their target over those with a verdict."""
    rows = _due_facts(p)
    parts = {
        "": Reduction(rows, "share", x=_.met, where=_.met.notnull()),
        "unmeasured": Reduction(rows, "share", x=one(_.met.isnull()), unit="share"),
    }
    if p.holds("kpis"):
        known = _.met.notnull() & (_.weight > 0)
        parts["weighted"] = Reduction(
            rows, "ratio", x=_.weight * _.met, y=_.weight, where=known, unit="share"
        )
    return parts


@measures(
    "K61",
    {**SALES, **PLANS, "kpi_facts": (*FACTS["kpi_facts"], "rep_id")},
    parameters=("revenue_basis", "sales_plan"),
)
def agreement_with_plan(p: Parameters) -> Parts:
    """
    Correlation of "KPI met" and "plan met"; beside it the difference of the shares of plans met.

    A case is a KPI of a rep in a period for which the rep has a plan. In the part ``all`` it is
    a rep's period, and the KPIs are met if every mandatory one is.
    """
    rows = _facts_with_plan(p)
    return {
        "": Reduction(rows, "phi", x=_.met, y=_.plan_met, where=_.met.notnull()),
        "difference": Reduction(rows, "agreement", x=_.met, y=_.plan_met, where=_.met.notnull(),
                                unit="pp"),
        "all": Reduction(_all_mandatory(rows), "agreement", x=_.met, y=_.plan_met, unit="pp"),
    }  # fmt: skip


# ---- the list ---------------------------------------------------------------------------------


@measures("K62", {"kpis": ("name",)}, helps={"kpis": ("role", "cadence")})
def kpi_load(p: Parameters) -> Parts:
    """
    KPIs in force over the roles that have any; apart for each cadence.

    ``smallest_weight`` is the smallest weight in pay of a role, mean of the roles.
    """
    listed = _in_force(p)
    # the first KPI of a role counts the role
    rows = numbered(listed, ["role"], ["name", "kpi_id"]).select(
        "at", "role", "cadence", x=_.each, y=one(_.position == 0)
    )
    least_weights = (
        listed.filter(_.weight_in_pay > 0)
        .group_by("role", "at")
        .agg(x=_.weight_in_pay.min(), y=_.each.max())
    )
    parts = {"": Reduction(rows, "given", x=_.x, y=_.y)}
    for cadence in CADENCES:
        parts[cadence] = Reduction(rows, "given", x=one(_.cadence == cadence), y=_.y)
    parts["smallest_weight"] = Reduction(least_weights, "given", x=_.x, y=_.y, unit="share")
    return parts


@measures("K63", {"kpis": ("name", "name_lang")}, parameters=("working_language",))
def native_wording(p: Parameters) -> Parts:
    """KPIs named in the language people work in over those whose language is known."""
    is_native = (_.name_lang == p.working_language) | _.local_name.notnull()
    known = _.name_lang.notnull() | _.local_name.notnull()
    return {"": _of_list(_in_force(p), is_native.fill_null(False), known)}


@measures("K64", {"kpis": ("name",)})
def computable(p: Parameters) -> Parts:
    """KPIs with a formula that runs on the data over all in force."""
    return {"": _of_list(_in_force(p), _.formula_expr.notnull())}


@measures("K65", {"kpis": ("name", "weight_in_pay")})
def pay_coverage(p: Parameters) -> Parts:
    """KPIs with a weight in pay above zero over all in force; no weight is no pay."""
    return {"": _of_list(_in_force(p), (_.weight_in_pay > 0).fill_null(False))}


@measures(
    "K66",
    {"kpis": ("name", "checker", "check_routine", "last_checked_on")},
    helps={"kpis": ("cadence",)},
)
def control_coverage(p: Parameters) -> Parts:
    """
    KPIs with a checker and a routine that were checked within their cadence over all in force.

    A KPI without a cadence has the longest one. ``named`` asks for the checker alone.
    """
    limits = [
        (_.cadence == cadence, later(_.last_checked_on, days=days))
        for cadence, days in CHECKED_WITHIN.items()
    ]
    due_on = cases(*limits, else_=later(_.last_checked_on, days=max(CHECKED_WITHIN.values())))
    in_time = (_.last_checked_on <= _.at) & (due_on >= period_start(_.at, "day"))
    is_checked = _.checker.notnull() & _.check_routine.notnull() & in_time
    rows = _in_force(p)
    return {
        "": _of_list(rows, is_checked.fill_null(False)),
        "named": _of_list(rows, _.checker.notnull()),
    }


@measures(
    "K67",
    {"kpis": ("name", "valid_from_on")},
    helps={"kpis": ("valid_to_on", "redefined_on")},
)
def metric_churn(p: Parameters) -> Parts:
    """KPIs added, removed and redefined in the last year over the mean length of the list."""
    end = _moment(p) + seconds_before()
    first, last = instant(end - YEAR), instant(end)
    gone_at = later(_.valid_to_on, days=1)
    changes = (
        one((_.valid_from_on >= first) & (_.valid_from_on < last))
        + one((gone_at > first) & (gone_at <= last))
        + one((_.redefined_on >= first) & (_.redefined_on < last))
    )
    begun = greatest(coalesce(_.valid_from_on, first), first)
    gone = least(coalesce(gone_at, last), last)
    in_force_s = greatest(seconds(begun, gone), number(0))
    rows = table("kpis").filter(_.name.notnull()).mutate(at=instant(_moment(p)))
    return {
        "": Reduction(rows, "given", x=changes, y=in_force_s / YEAR.total_seconds()),
    }


# ---- rows of these measures -------------------------------------------------------------------


def _moment(p: Parameters) -> datetime:
    """Last second before the as-of instant or the end of the period: when the list is looked at."""
    return (p.as_of if p.end is None else min(p.as_of, p.end)) - seconds_before()


def _in_force(p: Parameters) -> Table:
    """The client's KPIs in force at the moment ``at``; ``each`` is 1."""
    at = instant(_moment(p))
    return (
        table("kpis")
        .filter(
            _.name.notnull(),
            _.valid_from_on.isnull() | (_.valid_from_on <= at),
            _.valid_to_on.isnull() | (later(_.valid_to_on, days=1) > at),
        )
        .mutate(at=at, each=number(1))
    )


def _of_list(rows: Table, holds: Deferred, where: Deferred = None) -> Reduction:
    """Share of the list. It is whole and not a sample, so there is no interval."""
    return Reduction(rows, "given", x=one(holds), y=_.each, where=where)


def _due_facts(p: Parameters) -> Table:
    """
    Facts of finished periods: ``at``, ``until``, ids, ``role``, ``met`` (1, 0 or null), ``weight``.

    A fact without a verdict of its own has met its target if it attained it.
    """
    rows = table("kpi_facts").filter(
        _.period_start_on.notnull(), later(_.period_end_on, days=1) <= instant(p.as_of)
    )
    met = cases(
        (_.is_met.notnull(), one(_.is_met)),
        (_.attainment.notnull(), one(_.attainment >= 1 - ROUNDING)),
    )
    rows = rows.select(
        "kpi_id", "rep_id", "role", at=_.period_start_on, until=later(_.period_end_on, days=1),
        met=met,
    )  # fmt: skip
    if p.holds("reps"):
        people = table("reps").select("rep_id", own_role="role")
        rows = joined(rows, people, "rep_id").mutate(role=coalesce(_.role, _.own_role))
        rows = rows.drop("own_role")
    if not p.holds("kpis"):
        return rows.mutate(weight=no_number(), obligation=text(None))
    listed = table("kpis").select("kpi_id", "obligation", weight="weight_in_pay")
    return joined(rows, listed, "kpi_id")


def _plan_verdicts(p: Parameters) -> Table:
    """Reps' plans of finished periods: ``rep_id``, ``at``, ``until``, ``plan_met`` (1 or 0)."""
    own = replace(p, plan_scope="rep", period=None)
    chosen = plans(own, p.sales_plan)
    sold = with_segment(sales(p).filter(_.at <= instant(p.as_of)), p)
    rows = stacked(
        in_plans(sold, chosen, own).select("key", "at", "until", x=number(_.x), y=number(0)),
        chosen.select("key", "at", "until", x=number(0), y=number(_.value)),
    )
    sums = rows.group_by("key", "at", "until").agg(x=_.x.sum(), y=_.y.sum())
    return sums.select(
        "at", "until", rep_id=_.key, plan_met=one(ratio(_.x, _.y) >= 1 - ROUNDING), planned="y"
    ).filter(_.planned > 0)


def _facts_with_plan(p: Parameters) -> Table:
    """Facts of reps beside the plan of the same rep and period."""
    verdicts = _plan_verdicts(p).select("rep_id", "at", "until", "plan_met")
    return _due_facts(p).join(verdicts, ["rep_id", "at", "until"])


def _all_mandatory(rows: Table) -> Table:
    """
    One row per rep and period: every mandatory KPI met (1), one missed (0).

    Nothing is said of a period in which none was missed and one has no verdict. A KPI whose
    obligation nobody wrote down is mandatory.
    """
    bound = rows.filter(coalesce(_.obligation, "mandatory") == "mandatory")
    cases_of = bound.group_by("rep_id", "role", "at", "until", "plan_met").agg(
        missed=_.count(where=_.met == 0), unknown=_.count(where=_.met.isnull())
    )
    return cases_of.filter((_.missed > 0) | (_.unknown == 0)).mutate(
        met=one(_.missed == 0), kpi_id=text(None)
    )
