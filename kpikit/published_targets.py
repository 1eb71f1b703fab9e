"""From targets and pay to published figures; see :mod:`kpikit.published`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kpikit.figures import Row, figure
from kpikit.pay_results import RolePay
from kpikit.targets_and_pay import TargetsAndPay

_BASIS = {"plan": "targets of the quarter", "last_year": "last year's targets set again"}
_FORECAST = "chosen by back-test; Student-t law of its past errors"


def targets_and_pay_rows(found: TargetsAndPay) -> Iterator[Row]:
    """
    Every number of the chapter on targets and pay as a figure.

    ``kind`` is the question, the KPI of the client, the case or the scheme; ``role`` the role
    whose pay it is.
    """
    for row in found.answers.table.to_dict("records"):
        yield from _question(row)
    yield from _methods(found)
    if found.rep_targets is not None:
        yield from _reps(found)
    for row in found.kpi_targets.to_dict("records"):
        yield figure(
            "kpi_target_probability", _or_none(row["probability"]), kind=row["kpi_id"],
            low=_or_none(row["low"]), high=_or_none(row["high"]), level=found.confidence,
            n=row["n"], method="share of rep-periods at today's target, reps resampled",
            status=row["status"], reason=_text(row["reason"]),
            grade=None if pd.isna(row["probability"]) else "A", source="kpi_facts",
        )  # fmt: skip
    for role in found.roles:
        yield from _role(role, found.confidence)


def _question(row: Mapping[str, Any]) -> Iterator[Row]:
    kind = row["question"]
    common = {"kind": kind, "unit": row["unit"], "n": row["n"], "source": _source(row["of"])}
    if pd.notna(row["amount"]):
        yield figure("target_amount", row["amount"], method=_text(row["base"]),
                     grade="B", **common)  # fmt: skip
    common.pop("unit")
    if pd.notna(row["on_last_year"]):
        yield figure("target_growth", row["on_last_year"], method="target over sales, less 1",
                     grade="A", **common)  # fmt: skip
    for name in ("demand", "capacity"):
        value = row[f"{name}_probability"]
        if pd.notna(value):
            yield figure(
                f"target_{name}_probability", value,
                method=_FORECAST if name == "demand" else "the chain's odds of the plan",
                grade="A" if name == "demand" else "B", **common,
            )  # fmt: skip
    missing = pd.isna(row["probability"])
    yield figure(
        "target_probability", None if missing else row["probability"],
        method=_text(row["binding"]), status=row["status"], reason=_text(row["reason"]),
        grade=None if missing else "A", **common,
    )  # fmt: skip
    if pd.notna(row["expected"]):
        yield figure(
            "sales_forecast", row["expected"], low=row["low"], high=row["high"],
            level=row["level"], unit=row["unit"], method=f"{row['method']}, {_FORECAST}",
            status=row["status"], reason=_text(row["reason"]), grade="A", **common,
        )  # fmt: skip


def _source(of: str) -> str:
    return "sales by month" if of == "revenue" else f"{of} by month"


def _methods(found: TargetsAndPay) -> Iterator[Row]:
    """The back-tests behind the forecast of the next quarter."""
    forecast = found.answers.forecasts.get("ten_on_same_quarter")
    if forecast is None:
        return
    for row in forecast.trials.to_dict("records"):
        common = {"kind": row["method"], "grade": "A", "source": "sales by month"}
        if pd.notna(row["mase"]):
            yield figure("forecast_error", row["mase"], n=row["origins"],
                         method="rolling origin, mean absolute scaled error", **common)  # fmt: skip
        if pd.notna(row["coverage"]):
            yield figure("forecast_coverage", row["coverage"], n=row["n_coverage"],
                         method="rolling origin, trials without a common period",
                         **common)  # fmt: skip


def _reps(found: TargetsAndPay) -> Iterator[Row]:
    reps = found.rep_targets
    assert reps is not None
    if reps.assignment is not None:
        yield figure("over_assignment", reps.assignment.over, n=len(reps.table),
                     method="sum of the targets of the reps over the company's, less 1",
                     reason=reps.assignment.code, grade="B", source="plans")  # fmt: skip
    for row in reps.table.to_dict("records"):
        missing = pd.isna(row["probability"])
        yield figure(
            "rep_target_probability", None if missing else row["probability"],
            rep=str(row["rep_id"]), n=row["n"], method=_BASIS[reps.basis],
            status=row["status"], reason=_text(row["reason"]),
            grade=None if missing else "A", source="sales and plans by rep",
        )  # fmt: skip


def _role(found: RolePay, level: float) -> Iterator[Row]:
    common = {"role": found.role, "grade": "A", "source": "pay_rules, kpi_facts"}
    n = len(found.facts.periods)
    for row in found.curves.to_dict("records"):
        if not row["n"]:
            continue
        of = {"kind": row["kpi_id"], "n": row["n"], **common}
        yield figure("payout_expected", row["expected"], method="mean over rep-periods", **of)
        yield figure("payout_at_mean", row["at_mean"], method="the naive answer", **of)
        yield figure("pay_dead_share", row["dead"], low=row["dead_low"], high=row["dead_high"],
                     level=level, method="level parts of the curve, reps resampled",
                     **of)  # fmt: skip
        if pd.notna(row["per_unit"]):
            yield figure("pay_per_unit", row["per_unit"], method="mean slope over rep-periods",
                         **of)  # fmt: skip
    if found.dead is not None:
        yield figure("pay_dead_share", found.dead.value, low=found.dead.low, high=found.dead.high,
                     level=level, n=n, method="by weight of the KPIs, reps resampled",
                     **common)  # fmt: skip
    for name, value, method in (
        ("bonus_mean", found.bonus, "mean over rep-periods"),
        ("bonus_at_mean", found.bonus_at_mean, "the naive answer"),
        ("bonus_luck_share", found.luck, "1 less the reliability of the reps' mean bonus"),
        ("bonus_check_gap", found.check.gap if found.check else None, "computed over paid"),
    ):
        if value is not None:
            yield figure(name, value, n=n, method=method, **common)
    if found.fairness is not None:
        yield from _fairness(found, level)
    if found.cases is not None:
        for row in found.cases.table.to_dict("records"):
            if row["n"]:
                yield figure("case_pay", row["mean_pay"], kind=f"{row['kpis']}.{row['plan']}",
                             n=row["n"], method="mean over rep-periods; KPIs, then plan",
                             **common)  # fmt: skip
    if found.cost is not None:
        yield figure("payroll_year", found.cost.mean, high=found.cost.p90, level=0.9,
                     n=found.cost.n, method="whole periods redrawn; nine of ten years below",
                     **common)  # fmt: skip
    if found.comparison is not None:
        yield from _schemes(found)
        yield from _rep_pay(found)


def _fairness(found: RolePay, level: float) -> Iterator[Row]:
    fair = found.fairness
    assert fair is not None
    common = {"role": found.role, "n": fair.n, "source": "plans, sales and potential by rep",
              "grade": "B" if found.potential_basis == "stated" else "A"}  # fmt: skip
    if fair.attainment_correlation is not None:
        yield figure("attainment_by_potential", fair.attainment_correlation, low=fair.low,
                     high=fair.high, level=level, method=f"potential: {found.potential_basis}",
                     **common)  # fmt: skip
    if fair.bonus_share is not None:
        yield figure("bonus_territory_share", fair.bonus_share,
                     method=f"squared correlation; potential: {found.potential_basis}",
                     **common)  # fmt: skip


def _schemes(found: RolePay) -> Iterator[Row]:
    assert found.comparison is not None
    for row in found.comparison.to_dict("records"):
        of = {"role": found.role, "kind": row["scheme"], "n": row["n"], "grade": "A",
              "source": "pay_rules, kpi_facts, sales and plans"}  # fmt: skip
        yield figure("scheme_cost", row["total_cost"], method="at the cost of today", **of)
        yield figure("scheme_spread", row["sd_pay"], method="standard deviation of pay", **of)
        if pd.notna(row["plan_correlation"]):
            yield figure("scheme_plan_link", row["plan_correlation"], method="Pearson", **of)


def _rep_pay(found: RolePay) -> Iterator[Row]:
    """Mean pay of each rep under each scheme, on the rep-periods compared."""
    assert found.rep_pay is not None and found.comparison is not None
    periods = found.facts.periods.groupby("rep_id").size()
    for row in found.rep_pay.to_dict("records"):
        for scheme in found.comparison["scheme"]:
            yield figure(
                "rep_pay", row[scheme], role=found.role, rep=str(row["rep_id"]), kind=scheme,
                n=int(periods[row["rep_id"]]), method="mean over pay periods, at today's cost",
                grade="A", source="pay_rules, kpi_facts, sales and plans",
            )  # fmt: skip


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)
