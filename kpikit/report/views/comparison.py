"""Two audits side by side: what changed for real, what is noise, and what we changed ourselves."""

from __future__ import annotations

import json
from typing import Any

from kpikit import languages
from kpikit.comparison import Comparison
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import narrative
from kpikit.report.tables import Column, Shown, show_headline, show_notice, show_table
from kpikit.report.views import changed_figures, common

STATES = {
    "new": noop("new"),
    "gone": noop("gone"),
    "changed": noop("changed"),
    "moved": noop("other rank"),
    "repriced": noop("other money"),
    "kept": noop("as before"),
}


def shown(found: Comparison) -> list[Shown]:
    """Everything that is told about a comparison, in reading order."""
    maybe = (
        changed_figures.rewritten(found),
        actions(found),
        settings(found),
        inputs(found),
        versions(found),
    )
    return [
        headline(found),
        *warnings(found),
        changed_figures.answer(found),
        changed_figures.real_changes(found),
        *(part for part in maybe if part is not None),
        rest(found),
    ]


def headline(found: Comparison) -> Shown:
    """How much changed for real, and what became of the plan."""
    real = int(found.changes["verdict"].eq("real").sum())
    tested = int(found.changes["p"].notna().sum())
    before, after = changed_figures.run_names(found, languages.date)
    if not tested:
        text = _("No figure can be tested for change.")
    elif not real:
        text = _("Nothing changed by more than noise; figures tested: {tested}.")
    else:
        text = _("Changes larger than noise: {real} of {tested} figures tested.")
    text = text.format(real=languages.number(real), tested=languages.number(tested))
    return show_headline(f"{before} → {after}: {text}", " ".join(_detail(found)), "neutral")


def _detail(found: Comparison) -> list[str]:
    told = []
    chance = changed_figures.key_rows(found)
    chance = chance[chance["figure"] == "plan_probability"]
    if len(chance) and chance["side"].iloc[0] == "both":
        before, after = (chance[f"value_{side}"].iloc[0] for side in ("before", "after"))
        if isinstance(before, float) and isinstance(after, float):
            told.append(
                _("Probability of the plan: {before} then, {after} now.").format(
                    before=narrative.chance(before), after=narrative.chance(after)
                )
            )
    if len(found.settings):
        told.append(
            _(
                "Settings of the audit that differ: {n}. What they cause is our change, not the "
                "client's."
            ).format(n=languages.number(len(found.settings)))
        )
    return told


def warnings(found: Comparison) -> list[Shown]:
    """Runs that are not what the computer wrote, or cannot prove it."""
    notices = []
    for run in (found.before, found.after):
        if run.edited:
            notices.append(
                show_notice(
                    "degraded",
                    _(
                        "Changed by hand after the run was written: {files} in {folder}. The "
                        "digest differs from the one in the manifest; write the run again before "
                        "you rely on this comparison."
                    ).format(files=languages.join(run.edited), folder=run.folder),
                )
            )
        if run.unsealed:
            notices.append(
                show_notice(
                    "note",
                    _(
                        "Without a digest in the manifest: {files} in {folder}. Nobody can tell "
                        "whether it was changed after the run was written."
                    ).format(files=languages.join(run.unsealed), folder=run.folder),
                )
            )
    chapters = [run.manifest.get("chapters") for run in (found.before, found.after)]
    if chapters[0] != chapters[1]:
        notices.append(
            show_notice(
                "note",
                _(
                    "The runs hold different chapters. Figures and actions of a chapter that was "
                    "made once appear as new or gone; make both runs whole to compare them."
                ),
            )
        )
    return notices


# --------------------------------------------------------------------------
# What we changed, what came in, what to do
# --------------------------------------------------------------------------
def actions(found: Comparison) -> Shown | None:
    """Actions of both runs: what is new, what is gone, what moved."""
    if found.actions.empty:
        return None
    lang = languages.current()
    texts = {
        str(item.get("id")): str((item.get("texts") or {}).get(lang, item.get("id")))
        for run in (found.before, found.after)
        for item in run.findings
    }
    currency = found.after.engagement["currency"]

    def money(x: Any) -> str:
        # an action without a price says so in findings.json by a money of zero
        return languages.money_compact(x or None, currency)

    def rank(x: Any) -> str:
        return languages.number(x)

    table = found.actions.assign(
        text=[texts[name] for name in found.actions["id"]],
        state_text=[_(STATES[state]) for state in found.actions["state"]],
    )
    return show_table(
        table,
        _("Actions then and now"),
        [
            Column("text", _("Action")),
            Column("state_text", _("State")),
            Column("rank_before", _("Rank then"), rank, "right"),
            Column("rank_after", _("Rank now"), rank, "right"),
            Column("money_before", _("Money then"), money, "right"),
            Column("money_after", _("Money now"), money, "right"),
        ],
        note=_("Gone: it was done, or it no longer pays. Ask which."),
    )


def settings(found: Comparison) -> Shown | None:
    """What the consultant changed in the engagement file."""
    if found.settings.empty:
        return None
    return show_table(
        found.settings,
        _("Settings that we changed"),
        [
            Column("key", _("Setting")),
            Column("before", _("Then"), _setting, "right"),
            Column("after", _("Now"), _setting, "right"),
        ],
        note=_("A figure may have moved because of these, with nothing new at the client."),
    )


def _setting(value: Any) -> str:
    if value is None:
        return languages.MISSING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def inputs(found: Comparison) -> Shown | None:
    """Raw files that differ."""
    if found.inputs.empty:
        return None
    table = found.inputs.assign(text=[_(STATES[state]) for state in found.inputs["state"]])
    return show_table(
        table, _("Raw files that differ"), [Column("file", _("File")), Column("text", _("State"))]
    )


def versions(found: Comparison) -> Shown | None:
    """Software that differs: the same data may give other figures."""
    if found.versions.empty:
        return None
    return show_table(
        found.versions,
        _("Software that differs"),
        [Column("name", _("Program")), Column("before", _("Then")), Column("after", _("Now"))],
        note=_("To rule the software out, write the earlier run again with the present version."),
    )


def rest(found: Comparison) -> Shown:
    """How many figures are noise, the same, not to be judged, new and gone."""
    table = found.changes.assign(
        remark=[reason or verdict for verdict, reason in
                found.changes[["verdict", "reason"]].itertuples(index=False)]
    )  # fmt: skip
    counts = table.groupby(["verdict", "remark"], sort=False).size().reset_index(name="count")
    order = {name: place for place, name in enumerate(VERDICT_LABELS)}
    counts = counts.sort_values("verdict", key=lambda names: names.map(order), kind="stable")
    counts["text"] = [_(VERDICT_LABELS[name]) for name in counts["verdict"]]
    remarks = changed_figures.REMARKS
    counts["why"] = [
        "" if code == verdict else _(remarks.get(code, code))
        for verdict, code in counts[["verdict", "remark"]].itertuples(index=False)
    ]
    return show_table(
        counts,
        _("All figures of both runs"),
        [
            Column("text", _("Verdict")),
            Column("why", _("Why"), common.text_or_blank, "left"),
            Column("count", _("Figures"), "integer"),
        ],
    )


VERDICT_LABELS = {
    "real": noop("Real change"),
    "noise": noop("Within noise"),
    "same": noop("The same"),
    "cannot_judge": noop("Cannot be judged"),
    "new": noop("In the later run only"),
    "gone": noop("In the earlier run only"),
}
