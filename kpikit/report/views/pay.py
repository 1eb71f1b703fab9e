"""Chapter 7, second half: does the pay drive the target?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.pay_facts import PayFacts
from kpikit.languages import gettext as _
from kpikit.pay_curves import matrix_of
from kpikit.pay_results import RolePay
from kpikit.report import pay_charts
from kpikit.report.tables import Column, Shown, show_notice, show_table, show_text, verbatim
from kpikit.report.targets_and_pay_words import PRIZES, PROBLEMS, SCHEMES, reason_text
from kpikit.report.views import common
from kpikit.report.views.targets_and_pay import MOST_ROWS, kpi_name, results
from kpikit.study import Study


def pay_rules(study: Study) -> Shown:
    """What is wrong with the rules of pay."""
    found = results(study)
    if found.audit is None:
        return show_notice("refused", reason_text(found.refusals.get("pay", "")), _("Pay"))
    problems = found.audit.problems
    unread = {key: code for key, code in found.refusals.items() if key.startswith("pay.")}
    lines = [
        "- " + _of_role(study, str(row["role"]), _problem(study, row))
        for row in problems.to_dict("records")
    ]
    lines += [
        "- " + _of_role(study, key.removeprefix("pay."), reason_text(code))
        for key, code in unread.items()
    ]
    if not lines:
        return show_text(_("The rules of pay have no fault that the facts would show."))
    return show_text("\n".join(dict.fromkeys(lines)))


def _of_role(study: Study, role: str, text: str) -> str:
    roles = set(results(study).audit.roles["role"])  # type: ignore[union-attr]
    if len(roles) < 2 or not role:
        return text
    return _("{role}: {text}").format(role=verbatim(common.role_label(role)), text=text)


def _problem(study: Study, row: dict[str, Any]) -> str:
    kpi = verbatim(kpi_name(study, row["kpi_id"])) if isinstance(row["kpi_id"], str) else ""
    return _(PROBLEMS[row["code"]]).format(
        kpi=kpi,
        value=languages.share(row["value"], 1),
        limit=languages.share(row["limit"]),
    )


def payout_charts(study: Study) -> Shown:
    """The payout curves, with the results that really occurred."""
    panels = [
        (kpi_name(study, part.kpi_id), part.curve, _reached(role.facts, part.kpi_id))
        for role in results(study).roles
        for part in (_matrix_parts(role))
        if role.facts.attainment[part.kpi_id].notna().any()
    ]
    if not panels:
        return show_text("")
    return pay_charts.payout_panels(panels[:6])


def _matrix_parts(role: RolePay) -> tuple[Any, ...]:
    matrix = matrix_of(role.scheme)
    return matrix.parts if matrix is not None else ()


def _reached(facts: PayFacts, kpi: str) -> Any:
    return facts.attainment[kpi].to_numpy(dtype=float)


def payout_table(study: Study) -> Shown:
    """Payout to expect against payout at the average, and where more result earns nothing."""
    found = results(study)
    tables = [role.curves.assign(role=role.role) for role in found.roles]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    table = table[table["n"] > 0] if len(table) else table
    if table.empty:
        return show_text("")
    currency = study.engagement.currency
    table["name"] = [kpi_name(study, kpi) for kpi in table["kpi_id"]]
    return show_table(
        table.head(MOST_ROWS),
        _("What the payout curves pay for the results that occurred"),
        [
            Column("name", _("KPI")),
            Column("weight", _("Weight in pay"), "share"),
            Column("mean", _("Average attainment"), "share"),
            Column("at_mean", _("Payout there"), "share"),
            Column("expected", _("Paid on average"), "share"),
            Column(("dead", "dead_low", "dead_high"), _("Nothing more to earn (90 % interval)"),
                   lambda x, low, high: languages.estimate(x, low, high, languages.share),
                   align="right"),
            Column("per_unit", _("Pay for one more unit"),
                   lambda x: languages.money(x, currency), align="right"),
            Column("n", _("Cases"), "integer"),
        ],
        note=_(
            "Because the curves have corners, the payout of the average result is not the average "
            "payout. A budget made with the former is wrong by the difference."
        ),
    )  # fmt: skip


def budget_text(study: Study) -> Shown:
    """The bonus to expect, the naive answer, the payroll, and what a year costs."""
    currency = study.engagement.currency
    parts = []
    for role in results(study).roles:
        said = []
        if role.bonus is not None and role.bonus_at_mean is not None:
            said.append(
                _(
                    "A rep earned a bonus of {mean} a pay period on average; at the average result "
                    "the rule would have paid {naive}."
                ).format(
                    mean=languages.money(role.bonus, currency),
                    naive=languages.money(role.bonus_at_mean, currency),
                )
            )
        said.append(_check_text(role, currency))
        if role.cost is not None:
            said.append(
                _(
                    "The same team costs {mean} a year, and in nine of ten years no more than "
                    "{p90}, without contributions."
                ).format(
                    mean=languages.money_compact(role.cost.mean, currency),
                    p90=languages.money_compact(role.cost.p90, currency),
                )
            )
        parts.append(_of_role(study, role.role, " ".join(part for part in said if part)))
    return show_text("\n\n".join(parts))


def _check_text(role: RolePay, currency: str) -> str:
    check = role.check
    if check is None:
        return reason_text(role.refusals.get("check", ""))
    if check.agrees and not check.n_different:
        return _(
            "The rules reproduce the payroll: {n} bonuses computed again agree with those paid."
        ).format(n=languages.number(check.n))
    if check.agrees:
        return _(
            "In sum the rules reproduce the payroll, but {different} of {n} single bonuses differ "
            "by more than 1 %."
        ).format(different=languages.number(check.n_different), n=languages.number(check.n))
    return _(
        "The rules do not reproduce the payroll: computed {computed}, paid {paid}. Ask which rules "
        "were really applied before using any number below."
    ).format(
        computed=languages.money_compact(check.computed, currency),
        paid=languages.money_compact(check.paid, currency),
    )


def cases(study: Study) -> Shown:
    """Pay in the four cases: KPIs met or missed, plan met or missed."""
    role = _with(study, "cases")
    if role is None:
        return _missing(study, "cases", _("What a rep earns in a period in the four cases"))
    currency = study.engagement.currency
    assert role.cases is not None
    return pay_charts.four_cases(role.cases.table, lambda x: languages.money(x, currency))


def cases_text(study: Study) -> Shown:
    """Whether the scheme buys activity or results."""
    role = _with(study, "cases")
    if role is None or role.cases is None:
        return show_text("")
    text = [_(PRIZES[role.cases.code])]
    table = role.cases.table.set_index(["kpis", "plan"])["n"]
    text.append(
        _(
            "KPIs met and the plan missed: {a} cases; the plan met and a KPI missed: {b}, of {all}."
        ).format(
            a=languages.number(table["met", "missed"]),
            b=languages.number(table["missed", "met"]),
            all=languages.number(table.sum()),
        )
    )
    return show_text(" ".join(text))


def _with(study: Study, part: str) -> RolePay | None:
    """The largest role that has a part."""
    having = [role for role in results(study).roles if getattr(role, part) is not None]
    return max(having, key=lambda role: len(role.facts.periods)) if having else None


def _missing(study: Study, part: str, title: str) -> Shown:
    found = results(study)
    if not found.roles:
        return show_text("")
    codes = {role.refusals[part] for role in found.roles if part in role.refusals}
    return show_notice("refused", reason_text("; ".join(sorted(codes))), title)


def schemes(study: Study) -> Shown:
    """Other ways to pay on the same facts, brought to the same cost."""
    role = _with(study, "comparison")
    if role is None or role.comparison is None:
        return _missing(study, "comparison", _("Other ways to pay"))
    currency = study.engagement.currency
    table = role.comparison.copy()
    table["name"] = [_(SCHEMES[name]) for name in table["scheme"]]
    return show_table(
        table,
        _("Ways to pay on last year's facts, at the same cost"),
        [
            Column("name", _("Scheme")),
            Column(("scheme", "level"), _("Salary, rate or target bonus"),
                   lambda name, x: languages.share(x, 1) if name == "commission"
                   else languages.money(x, currency), align="right"),
            Column("sd_pay", _("Spread of pay"), lambda x: languages.money(x, currency),
                   align="right"),
            Column("plan_correlation", _("Goes with the plan"), "number2"),
            Column("dead", _("Bonus that more result would not move"), "share"),
            Column("better", _("Reps better off"), "integer"),
            Column("worse", _("Reps worse off"), "integer"),
        ],
        note=_(
            "All cost {total} for the same {n} cases of a rep and a period. How people would have "
            "worked under another scheme nobody knows: the facts are held fixed."
        ).format(
            total=languages.money_compact(table["total_cost"].iloc[0], currency),
            n=languages.number(table["n"].iloc[0]),
        ),
        strong_rows=[0],
    )  # fmt: skip


def rep_pay(study: Study) -> Shown:
    """Who would gain and who would lose under each scheme."""
    role = _with(study, "rep_pay")
    if role is None or role.rep_pay is None:
        return show_text("")
    currency = study.engagement.currency
    periods = role.facts.periods.groupby("rep_id").size()
    enough = role.rep_pay["rep_id"].map(periods) >= study.engagement.thresholds.n_min
    table = role.rep_pay[enough].copy()
    if table.empty:
        return show_text("")
    names = [name for name in SCHEMES if name in table.columns and name != "as_is"]
    for name in names:
        table[name] = table[name] - table["as_is"]
    table["name"] = [common.rep_label(study, str(rep)) for rep in table["rep_id"]]
    return show_table(
        table.sort_values("as_is", ascending=False, kind="stable").head(MOST_ROWS),
        _("Pay of each rep in a pay period, and its change under other schemes"),
        [
            Column("name", _("Rep")),
            Column("as_is", _("Today"), lambda x: languages.money(x, currency), align="right"),
            *[
                Column(name, _(SCHEMES[name]),
                       lambda x: ("+" if x > 0 else "") + languages.money(x, currency),
                       align="right")
                for name in names
            ],
        ],
    )  # fmt: skip


def fairness(study: Study) -> Shown:
    """Whether territory and luck earn the bonus."""
    found = results(study)
    if not found.roles:
        return show_text("")
    role = _with(study, "fairness") or found.roles[0]
    parts = []
    fair = role.fairness
    if fair is None:
        parts.append(reason_text(role.refusals.get("fairness", "")))
    else:
        if role.potential_basis == "leads":
            parts.append(
                _(
                    "The potential of the territories is not stated; in its place stands what "
                    "colleagues would have earned with the leads of each rep."
                )
            )
        if fair.attainment_correlation is not None:
            around = ""
            if fair.low is not None:
                around = languages.interval(fair.low, fair.high, lambda x: languages.number(x, 2))
            parts.append(
                _(
                    "Attainment goes with the potential at a correlation of {value} ({interval}); "
                    "near 0 is fair. With a plan fitted to the potential it would be {fitted}."
                ).format(
                    value=languages.number(fair.attainment_correlation, 2),
                    interval=around or languages.MISSING,
                    fitted=languages.number(fair.fitted_correlation, 2),
                )
            )
            if fair.low is not None and fair.high is not None and fair.low <= 0 <= fair.high:
                parts.append(_("So few reps can show neither fairness nor its absence."))
        if fair.bonus_share is not None:
            parts.append(
                _("The potential explains {share} of the differences in bonus.").format(
                    share=languages.share(fair.bonus_share)
                )
            )
    if role.luck is not None:
        parts.append(
            _(
                "Of the differences between the reps' average bonuses {share} is luck: in other "
                "months the order would be another."
            ).format(share=languages.share(role.luck))
        )
    elif "luck" in role.refusals:
        parts.append(reason_text(role.refusals["luck"]))
    return show_text(" ".join(part for part in parts if part))
