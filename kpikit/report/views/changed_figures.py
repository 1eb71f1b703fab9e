"""Figures of two audits side by side: what each is called, then, now, and the change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.comparison import Comparison
from kpikit.diagnosis.changes import FALSE_SHARE
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import audit_words, narrative, passports
from kpikit.report.tables import Column, Shown, show_notice, show_table
from kpikit.report.views import common
from kpikit.report.views.kpi_results import named, unit_writer
from kpikit.vocabulary import FIGURE_KEYS, FIGURES

DOT = " · "
#: What a director asks for first, in this order; the totals, not their parts.
KEY_FIGURES = (
    "plan_target",
    "plan_probability",
    "required_reps",
    "reps_for_80pct",
    "resource_coverage",
    "expected_money",
    "largest_target_80pct",
    "leads_per_month",
    "conversion_eventual",
    "cycle_days_median",
    "contacts_per_won_deal",
    "hours_per_won_deal",
)
#: Units that neither the label nor the number tells.
TOLD_UNITS = ("days", "working_days", "months")
#: Rewritten months that are listed; the file of ``--out`` has all.
MOST_REWRITTEN = 10
#: Figures whose kind is a KPI with its part.
KPI_FIGURES = ("kpi_value", "kpi_deviation")
#: Figures whose kind is a rule of the KPI audit with its verdict.
RULE_FIGURES = ("rule_verdicts",)
KINDS = {
    "A": noop("all KPIs met, plan missed"),
    "B": noop("a KPI missed, plan met"),
    "with_flagged": noop("flagged deals included"),
    "measured_cross_sell": noop("cross-sales"),
    "measured_retention": noop("retention"),
    "retention": noop("retention"),
    "cross_sell": noop("cross-sales"),
    "wins": noop("won deals"),
    "money": noop("money"),
}
REMARKS = {
    "real": noop("real change"),
    "noise": noop("within noise"),
    "same": noop("the same"),
    "new": noop("new"),
    "gone": noop("no longer given"),
    "no_interval": noop("has no interval: see what it is computed from"),
    "prediction": noop("its range is that of the year, not of the estimate"),
    "method": noop("computed by another method"),
    "unit": noop("given in another unit"),
    "restated": noop("a month that was over has been rewritten"),
    "not_computable": noop("could be computed once only"),
    "other_period": noop("another month"),
}


def answer(found: Comparison) -> Shown:
    """The figures of page one, then and now, whatever the verdict."""
    return show_table(
        _texts(found, key_rows(found)),
        _("The answer then and now"),
        [*_figure_columns(found), Column("remark", _("Verdict"))],
    )


def key_rows(found: Comparison) -> pd.DataFrame:
    """The totals that page one shows, in its order."""
    table = found.changes
    total = (table[list(FIGURE_KEYS[1:])] == "").all(axis=1)
    rows = table[total & table["figure"].isin(KEY_FIGURES)]
    place = rows["figure"].map({name: i for i, name in enumerate(KEY_FIGURES)})
    return rows.loc[place.sort_values(kind="stable").index]


def real_changes(found: Comparison) -> Shown:
    """What changed by more than noise, key figures first, then by size in standard errors."""
    table = found.changes[found.changes["verdict"] == "real"]
    if table.empty:
        return show_notice(
            "note",
            _("No figure changed by more than the uncertainty of both runs together."),
            _("Real changes"),
        )
    first = table.index.isin(key_rows(found).index)
    ranked = table.assign(_later=~first, _size=-table["z"].abs())
    ranked = ranked.sort_values(["_later", "_size"], kind="stable")
    texts = _texts(found, ranked)
    return show_table(
        texts,
        _("Real changes"),
        [
            *_figure_columns(found),
            Column("z", _("In standard errors"), lambda z: languages.number(abs(z), 1), "right"),
        ],
        note=_(
            "Of these changes at most {share} are expected to be chance. The two exports usually "
            "share records; the test takes them as independent and is therefore cautious: it "
            "misses small changes rather than inventing any."
        ).format(share=languages.share(FALSE_SHARE)),
    )


def rewritten(found: Comparison) -> Shown | None:
    """Months that were over at the earlier audit and have another number now."""
    table = found.changes[found.changes["reason"] == "restated"]
    if table.empty:
        return None
    relative = (table["change"] / table["value_before"].astype(float)).abs()
    first = relative.sort_values(ascending=False, kind="stable", na_position="last").index
    return show_table(
        _texts(found, table.loc[first[:MOST_REWRITTEN]]),
        _("Months that were over and have other numbers now"),
        _figure_columns(found),
        note=_(
            "Figures: {n}; the largest changes are shown. The month is the same in both runs, so "
            "this is no change of the department: records were edited or came later, as payments "
            "do. Ask which."
        ).format(n=languages.number(len(table))),
    )


def _figure_columns(found: Comparison) -> list[Column]:
    days = run_names(found, languages.date_short)
    return [
        Column("label", _("Figure")),
        Column("before", days[0], align="right"),
        Column("after", days[1], align="right"),
        Column("changed", _("Change ({level} interval)").format(
            level=languages.share(found.level)), align="right"),
    ]  # fmt: skip


def run_names(found: Comparison, write: Callable[[Any], str]) -> tuple[str, str]:
    """What tells the runs apart: their days, or their order if the day is the same."""
    before, after = (write(run.as_of) for run in (found.before, found.after))
    return (before, after) if before != after else (_("First run"), _("Second run"))


def _texts(found: Comparison, rows: pd.DataFrame) -> pd.DataFrame:
    """Labels and numbers of some changes, in the language in use."""
    texts = []
    for row in rows.to_dict("records"):
        write = _writer(found, row)
        sides = [
            languages.estimate(row[f"value_{side}"], row[f"low_{side}"], row[f"high_{side}"], write)
            for side in ("before", "after")
        ]
        code = row["reason"] or row["verdict"]
        change = _change(found, row)
        if sides[0] == sides[1] and row["verdict"] != "real":
            change = languages.MISSING
        texts.append((label(found, row), *sides, change, _(REMARKS.get(code, code))))
    columns = ["label", "before", "after", "changed", "remark"]
    return pd.DataFrame(texts, columns=columns, index=rows.index).assign(z=rows["z"])


def _writer(found: Comparison, row: dict[str, Any]) -> Callable[[Any], str]:
    unit = row["unit_after"] if isinstance(row["unit_after"], str) else row["unit_before"]
    if row["figure"] == "plan_probability":
        return narrative.chance
    if unit == "reps":
        return languages.number
    if unit == "date":
        return languages.date_short
    if unit == "text":
        return str
    return unit_writer(unit, found.after.engagement["currency"])


def _change(found: Comparison, row: dict[str, Any]) -> str:
    """Later less earlier, with its sign; shares in percentage points."""
    if row["verdict"] == "same" or row["reason"] == "unit" or pd.isna(row["change"]):
        return languages.MISSING
    points = row["unit_after"] in ("share", "pp")
    write = unit_writer("pp" if points else row["unit_after"], found.after.engagement["currency"])
    if row["unit_after"] == "reps":
        write = languages.number

    def signed(x: Any) -> str:
        text = write(x)
        return text if points or not x > 0 else f"+{text}"

    return languages.estimate(row["change"], row["change_low"], row["change_high"], signed)


def label(found: Comparison, row: dict[str, Any]) -> str:
    """What a figure is, and of whom: segment, stage, role, rep, KPI, month."""
    name, kind = row["figure"], row["kind"]
    parts = [_(FIGURES[name].label) if name in FIGURES else name]
    if name in KPI_FIGURES:
        kpi, _dot, part = kind.partition(".")
        own = {item["id"]: item["name"] for item in _own_kpis(found)}
        text = named(kpi, part, own)
        parts = [text] if name == "kpi_value" else [*parts, text]
    elif name in RULE_FIGURES:
        rule, _dot, verdict = kind.partition(".")
        parts += [_(audit_words.RULE_NAMES.get(rule, rule)), _(audit_words.VERDICTS[verdict])]
    elif kind:
        kpis = _names(found, "kpis")
        parts.append(_(KINDS[kind]) if kind in KINDS else kpis.get(kind, kind.replace("_", " ")))
    unit = row["unit_after"] if isinstance(row["unit_after"], str) else row["unit_before"]
    if unit in TOLD_UNITS:
        parts[-1] = f"{parts[-1]}, {_(passports.UNITS[unit])}"
    stages = _names(found, "stages")
    if row["segment"]:
        parts.append(_("segment {name}").format(name=row["segment"]))
    if row["stage"]:
        parts.append(str(stages.get(row["stage"], row["stage"])))
    if row["role"]:
        parts.append(common.role_label(row["role"]))
    if row["rep"]:
        parts.append(_rep(found, row["rep"]))
    if row["period"]:
        parts.append(languages.month_short(f"{row['period']}-01")
                     if len(row["period"]) == 7 else row["period"])  # fmt: skip
    return DOT.join(parts)


def _names(found: Comparison, what: str) -> dict[str, str]:
    """Names of stages or of the client's KPIs by id, the later ones where both runs have them."""
    names: dict[str, str] = {}
    for run in (found.before, found.after):
        names |= run.manifest.get(what) or {}
    return names


def _own_kpis(found: Comparison) -> list[dict[str, str]]:
    own: list[dict[str, str]] = (found.after.engagement.get("kpis") or {}).get("own") or []
    return own


def _rep(found: Comparison, rep: str) -> str:
    """The rep's id where names are allowed, else the pseudonym of the later report."""
    allowed = [(run.engagement.get("privacy") or {}).get("rep_names", False)
               for run in (found.before, found.after)]  # fmt: skip
    if all(allowed):
        return rep
    for run, text in (
        (found.after, noop("Rep {n}")),
        (found.before, noop("Rep {n} of the earlier report")),
    ):
        known = sorted(set(run.figures["rep"]) - {""})
        if rep in known:
            return _(text).format(n=languages.number(known.index(rep) + 1))
    return rep
