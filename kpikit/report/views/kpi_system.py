"""Chapter 2: the KPI system - what can steer, what to repair, merge and drop, and what to ask."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules.known import is_mandatory
from kpikit.diagnosis.kpi_rules.selection import GAPS, REASONS, Selection
from kpikit.diagnosis.linkage import COMPONENT, LINKED, NOT_LINKED
from kpikit.kpi_audit import KpiAudit
from kpikit.languages import gettext as _
from kpikit.languages import ngettext, noop
from kpikit.report import audit_words as words
from kpikit.report import passports
from kpikit.report.audit_texts import (
    audit_of,
    kpi_name,
    kpi_names,
    plain_name,
)
from kpikit.report.tables import (
    Column,
    Shown,
    Tile,
    show_headline,
    show_notice,
    show_table,
    show_text,
    show_tiles,
    verbatim,
)
from kpikit.report.views import common
from kpikit.study import Study

#: Longest table of a page.
MOST_ROWS = 15
#: KPIs whose scores are shown.
MOST_SCORES = 8


def headline(study: Study) -> Shown:
    """The sentence that a director takes away."""
    audit = audit_of(study)
    count = len(audit.inputs.rows)
    if not count:
        return show_headline(_("There is no KPI in use to look at."), tone="bad")
    listed = ngettext("{n} KPI", "{n} KPIs", count).format(n=languages.number(count))
    chosen = [found for found in audit.selections if found.status != "blocked"]
    if not chosen:
        return show_headline(
            _("{kpis} in the list, and nobody can say which of them matter.").format(kpis=listed),
            " ".join(dict.fromkeys(_blocked(found) for found in audit.selections)),
            "bad",
        )
    kept = list(dict.fromkeys(kpi for found in chosen for kpi in found.kept))
    verdicts = _link_verdicts(audit)
    sure = [kpi for kpi in kept if verdicts.get(kpi) in (LINKED, COMPONENT)]
    trial = [kpi for kpi in kept if verdicts.get(kpi) not in (LINKED, COMPONENT, NOT_LINKED)]
    repaired = {kpi for found in chosen for kpi in _proposed(found, "repair")} - set(kept)
    if sure and repaired:
        text = _(
            "{kpis} in the list: {kept} can steer as they are, {repaired} more once their formula "
            "and source are written down."
        )
    elif sure:
        text = _("{kpis} in the list: {kept} can steer.")
    elif repaired:
        text = _(
            "{kpis} in the list: none can steer as it is, {repaired} could once their formula and "
            "source are written down."
        )
    else:
        text = _("{kpis} in the list, and none of them is proven to steer.")
    parts = [_worth_a_trial(study, trial), _met_and_missed(audit), _nobody(audit)]
    return show_headline(
        text.format(
            kpis=listed, kept=languages.number(len(sure)), repaired=languages.number(len(repaired))
        ),
        " ".join(part for part in parts if part),
        "good" if len(sure) == count else "warn" if 2 * len(sure) >= count else "bad",
    )


def _link_verdicts(audit: KpiAudit) -> dict[str, str]:
    table = audit.inputs.linkage
    return {} if table is None else dict(zip(table["kpi_id"], table["verdict"], strict=True))


def _worth_a_trial(study: Study, kpis: list[str]) -> str:
    if not kpis:
        return ""
    return _("Worth a trial, but not proven: {kpis}.").format(kpis=kpi_names(study, kpis))


def _proposed(found: Selection, proposal: str) -> list[str]:
    table = found.proposals
    return [str(kpi) for kpi in table.loc[table["proposal"].eq(proposal), "kpi_id"]]


def _blocked(found: Selection) -> str:
    if found.reason == "no_strategy":
        return _(
            "No strategy is stated. What a KPI is worth depends on what the company wants: agree "
            "on the strategy first, then on the KPIs."
        )
    return _("No KPI of the role {role} can be kept as it is.").format(
        role=common.role_label(found.role) or _("all roles")
    )


def _met_and_missed(audit: KpiAudit) -> str:
    row = total_of(audit, "A")
    if row is None or not row["cases"]:
        return ""
    return _("All KPIs met and the plan missed: {cases} of {n} cases.").format(
        cases=languages.number(row["cases"]), n=languages.number(row["n"])
    )


def _nobody(audit: KpiAudit) -> str:
    n = audit.verdicts["code"].eq("R15.nobody_checks").sum()
    return _("KPIs that nobody checks: {n}.").format(n=languages.number(n)) if n else ""


def total_of(audit: KpiAudit, kind: str) -> dict[str, float] | None:
    """Cases of a contradiction over all roles; the interval only where there is one role."""
    if audit.frequency.empty:
        return None
    own = audit.frequency[
        audit.frequency["rep_id"].isna() & audit.frequency["contradiction"].eq(kind)
    ]
    if own.empty or not own["n"].sum():
        return None
    total = {"cases": float(own["cases"].sum()), "n": float(own["n"].sum())}
    total["share"] = total["cases"] / total["n"]
    if len(own) == 1:
        total |= {"low": float(own["low"].iloc[0]), "high": float(own["high"].iloc[0])}
    return total


def overview(study: Study) -> Shown:
    """Numbers to start from."""
    audit = audit_of(study)
    return show_tiles(
        [
            _listed_tile(audit), _native_tile(audit), _linked_tile(audit), _agreement_tile(audit),
            _alone_tile(study), _together_tile(audit),
        ]
    )  # fmt: skip


def _listed_tile(audit: KpiAudit) -> Tile:
    rows, limits = audit.inputs.rows, audit.inputs.limits
    most = max((len(own) for own in audit.inputs.roles.values()), default=0)
    return Tile(
        _("KPIs in the list"),
        languages.number(len(rows)),
        _("mandatory: {n}; a rep can follow {limit}").format(
            n=languages.number(sum(is_mandatory(row) for row in rows)),
            limit=languages.number(limits.kpi_limit),
        ),
        "bad" if most > limits.critical_above else "warn" if most > limits.kpi_limit else "good",
    )


def _native_tile(audit: KpiAudit) -> Tile:
    table = current_wording(audit)
    if table is None:
        return Tile(_("Named in the team's language"), languages.MISSING, _("no names to read"))
    native = int(table["is_native"].eq(True).sum())
    half = int(table["half"].eq(True).sum())
    return Tile(
        _("Named in the team's language"),
        languages.number(native),
        (_("of {n}; {half} more with a translation") if half else _("of {n}")).format(
            n=languages.number(len(table)), half=languages.number(half)
        ),
        "good" if native == len(table) else "warn" if 2 * native >= len(table) else "bad",
    )


def current_wording(audit: KpiAudit) -> pd.DataFrame | None:
    """How the KPIs in use are worded."""
    table = audit.inputs.wording
    if table is None:
        return None
    return table[table["kpi_id"].isin([str(row["kpi_id"]) for row in audit.inputs.rows])]


def _linked_tile(audit: KpiAudit) -> Tile:
    label = _("Proven to go with the plan")
    if audit.linkage is None:
        return Tile(label, languages.MISSING, _("no KPI values beside a plan by rep"))
    verdicts = audit.linkage.table["verdict"]
    linked, parts = int(verdicts.eq(LINKED).sum()), int(verdicts.eq(COMPONENT).sum())
    note = _("of {n} with values")
    if parts:
        note = _("of {n} with values; {parts} more are the plan itself or its parts")
    return Tile(
        label,
        languages.number(linked),
        note.format(n=languages.number(len(verdicts)), parts=languages.number(parts)),
        "neutral" if linked else "warn",
    )


def _agreement_tile(audit: KpiAudit) -> Tile:
    label, row = _("All KPIs met, plan missed"), total_of(audit, "A")
    if row is None:
        return Tile(label, languages.MISSING, _("no values of KPIs and plan side by side"))
    share = languages.estimate(row["share"], row.get("low"), row.get("high"), languages.share)
    often = row.get("low", row["share"]) > audit.inputs.limits.contradiction
    return Tile(
        label,
        _("{cases} of {n}").format(
            cases=languages.number(row["cases"]), n=languages.number(row["n"])
        ),
        _("{share}; a case is one rep in one period").format(share=share),
        "bad" if often else "warn" if row["cases"] else "good",
    )


def _alone_tile(study: Study) -> Tile:
    table = audit_of(study).well_scored
    label = _("A KPI on its own, median")
    if table.empty:
        return Tile(label, languages.MISSING, _("nothing could be scored"))
    best = table.loc[table["points"].idxmax()]
    return Tile(
        label,
        languages.number(table["points"].median()),
        _("of 100; best: {kpi}, {points}").format(
            kpi=kpi_name(study, best["kpi_id"]), points=languages.number(best["points"])
        ),
        _tone(float(table["points"].median())),
    )


def _together_tile(audit: KpiAudit) -> Tile:
    label = _("The list as a system")
    table = audit.lists.dropna(subset=["points"])
    if table.empty:
        return Tile(label, languages.MISSING, _("nothing could be scored"))
    worst = table.loc[table["points"].idxmin()]
    note = _("of 100; {share} of the rules could be checked").format(
        share=languages.share(worst["coverage"])
    )
    if len(table) > 1:
        note += "; " + _("the weakest role: {role}").format(role=common.role_label(worst["role"]))
    return Tile(label, languages.number(worst["points"]), note, _tone(float(worst["points"])))


def _tone(points: float) -> str:
    return "good" if points >= 70 else "warn" if points >= 40 else "bad"


def scores(study: Study) -> Shown:
    """Both scores of every role, where there are several."""
    audit = audit_of(study)
    if len(audit.lists) < 2:
        return show_text("")
    middle = audit.points.groupby("role")["points"].median()
    table = audit.lists.assign(
        name=[common.role_label(role) or _("all roles") for role in audit.lists["role"]],
        alone=audit.lists["role"].map(middle),
    )
    return show_table(
        table.head(MOST_ROWS),
        _("Scores of 100 by role"),
        [
            Column("name", _("Role")),
            Column("kpis", _("KPIs"), "integer"),
            Column("alone", _("A KPI on its own, median"), "integer"),
            Column("points", _("The list as a system"), "integer"),
            Column("coverage", _("Rules that could be checked"), "share"),
        ],
        note=cut_note(len(table)),
    )


#: A rule that holds the score down whatever the others say.
CAPS = {
    "measurable": noop("nobody can compute it again: 30 at most"),
    "controllable": noop("no rep moves it: 50 at most"),
}


def kpi_scores(study: Study) -> Shown:
    """The best KPIs on their own, and how far score and place hang on our weights."""
    audit = audit_of(study)
    if audit.sensitivity.empty:
        return show_text("")
    known = audit.sensitivity.dropna(subset=["score"]).merge(
        audit.points[["kpi_id", "coverage", "gate"]], on="kpi_id"
    )
    table = known.sort_values("rank", kind="stable")
    table = table.assign(
        name=[plain_name(study, kpi) for kpi in table["kpi_id"]],
        cap=[_(CAPS[gate]) if gate in CAPS else "" for gate in table["gate"]],
    )
    return show_table(
        table.head(MOST_SCORES),
        _("The best KPIs on their own"),
        [
            Column("name", _("KPI")),
            Column(("score", "score_low", "score_high"), _("Score of 100 (other weights)"),
                   _points_with_range, "right"),
            Column(("rank", "rank_best", "rank_worst"), _("Place (other weights)"),
                   _place_with_range, "right"),
            Column("coverage", _("Rules checked"), "share"),
            Column("cap", _("Held down by"), common.text_or_blank),
        ],
        note=_(
            "The weights of the rules are ours. In brackets: what comes out when each is halved "
            "or raised by half."
        ),
    )  # fmt: skip


def _points_with_range(score: Any, low: Any, high: Any) -> str:
    return languages.estimate(100 * score, 100 * low, 100 * high, languages.number)


def _place_with_range(rank: Any, best: Any, worst: Any) -> str:
    return languages.estimate(rank, best, worst, languages.number)


def cut_note(rows: int, most: int = MOST_ROWS) -> str | None:
    """How many rows a page leaves out."""
    if rows <= most:
        return None
    return _("{n} more rows are in the findings of this run.").format(
        n=languages.number(rows - most)
    )


def selection(study: Study) -> Shown:
    """What to keep, repair, merge and drop."""
    audit = audit_of(study)
    chosen = [found for found in audit.selections if found.status != "blocked"]
    if not chosen:
        reasons = dict.fromkeys(_blocked(found) for found in audit.selections)
        return show_notice("refused", " ".join(reasons), _("What to keep and what to drop"))
    rows = [row for found in chosen for row in _selection_rows(study, found)]
    roles = [Column("role", _("Role"))] if len(audit.inputs.roles) > 1 else []
    strong = [place for place, row in enumerate(rows[:MOST_ROWS]) if row["proposal"] == "keep"]
    return show_table(
        pd.DataFrame(rows).head(MOST_ROWS),
        _("What to keep, repair, merge and drop"),
        [
            *roles,
            Column("proposal_text", _("Proposal")),
            Column("kpis", _("KPIs")),
            Column("reason", _("Why")),
        ],
        note=cut_note(len(rows)),
        strong_rows=strong,
    )


def _selection_rows(study: Study, found: Selection) -> list[dict[str, Any]]:
    table = found.proposals.assign(other=found.proposals["other_kpi_id"].fillna(""))
    rows = []
    for proposal in words.PROPOSALS:
        own = table[table["proposal"].eq(proposal)]
        for (reason, other), same in own.groupby(["reason", "other"], sort=False):
            text = _(REASONS[str(reason)])
            if other:
                text = text.format(other=kpi_name(study, str(other)))
            rows.append(
                {
                    "role": common.role_label(found.role),
                    "proposal": proposal,
                    "proposal_text": _(words.PROPOSALS[proposal]),
                    "kpis": kpi_names(study, same["kpi_id"], 14),
                    "reason": text,
                }
            )
    return rows


def gaps(study: Study) -> Shown:
    """Goal groups for which the list has nothing to keep, and roles that cannot be judged."""
    audit = audit_of(study)
    several = len(audit.inputs.roles) > 1
    lines = []
    for found in audit.selections:
        role = verbatim(common.role_label(found.role)) if several else ""
        for group, code in found.gaps.items():
            text = _(GAPS[code]).format(group=_(passports.GROUPS[group]))
            lines.append(f"- {role}: {text}" if role else f"- {text}")
        if found.status == "blocked" and any(s.status != "blocked" for s in audit.selections):
            lines.append(f"- {verbatim(_blocked(found))}")
    return show_text("\n".join(lines))


def calendar(study: Study) -> Shown:
    """When each KPI is looked at, against what can be followed."""
    audit = audit_of(study)
    table = audit.calendar
    if table.empty:
        return show_text("")
    table = table.assign(
        name=[common.role_label(role) for role in table["role"]],
        when=[_(words.CADENCES[cadence]) for cadence in table["cadence"]],
        names=[kpi_names(study, kpis, 14) for kpis in table["kpis"]],
        needed=[len(kpis) for kpis in table["mandatory"]],
        over=[_("too many") if over else "" for over in table["is_over"]],
    )
    roles = [Column("name", _("Role"))] if len(audit.inputs.roles) > 1 else []
    return show_table(
        table.head(MOST_ROWS),
        _("The KPI calendar: what is looked at when"),
        [
            *roles,
            Column("when", _("Looked at")),
            Column("names", _("KPIs")),
            Column("count", _("Number"), "integer"),
            Column("needed", _("Mandatory"), "integer"),
            Column("limit", _("Limit"), "integer"),
            Column("over", _("Remark"), common.text_or_blank, align="left"),
        ],
        note=cut_note(len(table)),
    )


def card(study: Study) -> Shown:
    """The plan of a rep in words of a day, a week or a month."""
    audit = audit_of(study)
    if audit.cards.empty:
        return show_notice(
            "refused",
            _(
                "There is no norm of contacts, so a rep's day cannot be written down. Agree on "
                "contacts and minutes for each stage, or measure them for two weeks."
            ),
            _("A rep's plan"),
        )
    lines = []
    for role, own in audit.cards.groupby("role", sort=False):
        own = own[own["count"].gt(0)]
        parts = [
            _(words.SPANS[row["span"]]).format(
                contacts=_(words.CONTACTS.get(row["kind"], words.CONTACTS["contact"])),
                n=languages.number(row["count"]),
            )
            for row in own.to_dict("records")
        ]
        if not parts:
            continue
        told = _("The plan of one rep: {norms}.").format(norms="; ".join(parts))
        several = audit.cards["role"].nunique() > 1 and str(role)
        lines.append(f"**{verbatim(common.role_label(str(role)))}**: {told}" if several else told)
    return show_text("\n\n".join(lines))
