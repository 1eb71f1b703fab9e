"""
The run folder: everything one report consists of, written whole or not at all.

A run is made beside its place and moved there when it is complete, so a crash
leaves no half report. The study is computed once; the chapters of every
language read the same result, so their numbers cannot differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path

import kpikit
from kpikit import languages as lang_module
from kpikit.engagement import Engagement, read_engagement
from kpikit.errors import EngagementError, ReportError
from kpikit.figures import write_figures
from kpikit.intake.kpi_workbook import KPI_WORKBOOK
from kpikit.places import notebooks_dir
from kpikit.report import findings, html, narrative, pdf
from kpikit.report.document import ReportMeta
from kpikit.report.notebooks import ChapterJob, ChapterProgress, ExecutedChapter, run_chapters
from kpikit.study import Study, run_study, with_audit, with_kpis, with_targets_and_pay

CHAPTERS = (
    "01_data_readiness",
    "02_kpi_system",
    "03_kpi_results",
    "04_funnel_capacity",
    "05_contact_norms",
    "06_staffing",
    "07_targets_and_pay",
    "08_priorities",
)
#: Needs the client's list of KPIs.
LIST_CHAPTER = "02_kpi_system"
#: Numbers of the chapters on the KPI system, and on targets and pay.
AUDIT_CHAPTERS = ("02_", "07_")
NO_LIST = (
    "there is no list of KPIs to audit: fill in templates/kpi_workbook.en.xlsx (or .ru, .hu), put "
    "it into raw/ and name it under files with preset: kpi_workbook"
)
#: A document of its own, for the people whose KPIs were audited; needs the list too.
BOOKLET = "kpi_booklet"
#: Need files; the other chapters can be answered from the engagement alone.
KPI_CHAPTER, PAY_CHAPTER = "03_kpi_results", "07_targets_and_pay"
REPORT_TITLE = lang_module.noop("Diagnosis of the sales department")
BOOKLET_TITLE = lang_module.noop("KPIs: what we agree on")
STATE = "state.pickle"
#: A run that has written nothing for so long is dead [s].
STALE_SECONDS = 6 * 3600.0
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class MadeRun:
    """Where the run is, what its page one says (in the first language), and its study."""

    folder: Path
    reports: tuple[Path, ...]
    headline: str
    study: Study


def write_run(
    folder: Path,
    out: Path | None = None,
    *,
    languages: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    tell: Tell = lambda done, total, what: None,
) -> MadeRun:
    """
    Compute the study, execute the chapters, and write the reports.

    Parameters
    ----------
    folder : path
        Engagement folder.
    out : path, optional
        Run folder; by default ``runs/<as-of date>`` in the engagement folder.
        An earlier run there is replaced when the new one is whole.
    languages, only : tuple of str
        Restrict to these languages and chapters; the booklet counts as one.
    tell : callable
        Gets steps done, steps in all, and what is going on.

    Raises
    ------
    EngagementError, ReportError
        Nothing is left behind then.
    """
    started = time.monotonic()
    tell(0, 1, "reading and measuring")
    # A misspelt option should not cost the whole study.
    engagement = read_engagement(folder)
    chosen = _chosen(only, (*CHAPTERS, BOOKLET), "chapter")
    spoken = _chosen(languages, engagement.languages, "language")
    study = run_study(folder)
    if only and BOOKLET in chosen and not _has_list(study):
        raise EngagementError([NO_LIST])
    chosen = _possible(chosen, study)
    if KPI_CHAPTER in chosen:
        study = with_kpis(study)
    if PAY_CHAPTER in chosen:
        study = with_targets_and_pay(study)
    study = with_audit(study)
    place = out or study.engagement.folder / "runs" / f"{study.engagement.as_of:%Y-%m-%d}"
    place = Path(place).resolve()
    _check_place(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place)
    work = place.parent / f".{place.name}.{os.getpid()}.part"
    work.mkdir()
    try:
        made = _fill(work, study, chosen, spoken, tell)
        timings = {"seconds": round(time.monotonic() - started, 1)}
        _write_manifest(work, study, chosen, spoken, timings)
        _move(work, place)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    with lang_module.use(spoken[0]):
        headline = narrative.headline_text(study)
    return MadeRun(place, tuple(place / name for name in made), headline, study)


def audit_parts(engagement: Engagement) -> tuple[str, ...]:
    """
    Chapters of an audit of the client's KPI list, with the booklet.

    Raises
    ------
    EngagementError
        If no file of the engagement can hold a list; it says how to give one.
    """
    if not any(raw.table == "kpis" or raw.preset == KPI_WORKBOOK for raw in engagement.files):
        raise EngagementError([NO_LIST])
    return (*(name for name in CHAPTERS if name.startswith(AUDIT_CHAPTERS)), BOOKLET)


def _possible(chosen: tuple[str, ...], study: Study) -> tuple[str, ...]:
    """The chapters for which the client gave files; one that was asked for alone must say why."""
    absent = set()
    if not _has_list(study):
        absent |= {LIST_CHAPTER, BOOKLET}
    if study.client is None:
        absent |= {KPI_CHAPTER, PAY_CHAPTER}
    return tuple(name for name in chosen if name not in absent) or chosen


def _has_list(study: Study) -> bool:
    return study.client is not None and len(study.client.tables.get("kpis", ())) > 0


def _chosen(wanted: tuple[str, ...], known: tuple[str, ...], what: str) -> tuple[str, ...]:
    if not wanted:
        return tuple(known)
    found = []
    wrong = []
    for name in wanted:
        matches = [k for k in known if k == name or k.partition("_")[0] == name
                   or k.partition("_")[2] == name]  # fmt: skip
        found += matches
        if not matches:
            wrong.append(f"no {what} '{name}'; there are {', '.join(known)}")
    if wrong:
        raise EngagementError(wrong, "command line")
    return tuple(name for name in known if name in found)


def _check_place(place: Path) -> None:
    if not place.exists():
        return
    earlier_run = place.is_dir() and (place / "manifest.json").is_file()
    empty = place.is_dir() and not any(place.iterdir())
    if not (earlier_run or empty):
        raise ReportError(
            f"{place} exists and is not an earlier run; name another folder with --out"
        )


def _sweep(place: Path) -> None:
    """Remove what a killed run of the same place left; one that may be alive is kept."""
    for old in place.parent.glob(f".{place.name}.*.part"):
        if time.time() - old.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _fill(
    work: Path, study: Study, chapters: tuple[str, ...], spoken: tuple[str, ...], tell: Tell
) -> list[str]:
    write_figures(study.figures, work / "figures.csv")
    text = json.dumps(
        findings.findings_document(study), ensure_ascii=False, indent=1, sort_keys=True
    )
    (work / "findings.json").write_text(text + "\n", encoding="utf-8")
    state = work / STATE
    state.write_bytes(pickle.dumps(study))
    jobs = [
        ChapterJob(
            notebooks_dir() / f"{chapter}.ipynb",
            work / "notebooks" / f"{chapter}.{lang}.ipynb",
            {"engagement_dir": str(study.engagement.folder), "state": str(state), "lang": lang},
            lang,
        )
        for lang in spoken
        for chapter in chapters
    ]
    for job in jobs:
        Path(job.out).parent.mkdir(exist_ok=True)
    kinds = _documents(chapters)
    total = len(jobs) + 2 * len(spoken) * len(kinds)
    tell(0, total, "executing chapters")

    def step(progress: ChapterProgress) -> None:
        tell(progress.done, total, f"{progress.name} ({progress.lang})")

    done = run_chapters(jobs, step)
    state.unlink()
    made: list[str] = []
    for lang in spoken:
        for name, (title, parts) in kinds.items():
            mine: list[ExecutedChapter] = [
                chapter for chapter in done if chapter.lang == lang and chapter.name in parts
            ]
            meta = report_meta(study, lang, title)
            for kind, write in (("html", html.write_html), ("pdf", pdf.write_pdf)):
                file = f"{name}.{lang}.{kind}"
                tell(len(jobs) + len(made), total, file)
                write(mine, meta, work / file)
                made.append(file)
    tell(total, total, "done")
    return made


def _documents(chapters: tuple[str, ...]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Title and chapters of each document of a run, by the name of its files."""
    parts = {
        "report": (REPORT_TITLE, tuple(name for name in chapters if name != BOOKLET)),
        BOOKLET: (BOOKLET_TITLE, tuple(name for name in chapters if name == BOOKLET)),
    }
    return {name: (title, mine) for name, (title, mine) in parts.items() if mine}


def report_meta(study: Study, lang: str, title: str = REPORT_TITLE) -> ReportMeta:
    """Title page facts of a report, or of another document with its English title."""
    with lang_module.use(lang):
        title = lang_module.gettext(title)
    as_of: date = study.engagement.as_of.date()
    return ReportMeta(title=title, client=study.engagement.client, as_of=as_of, lang=lang)


def _write_manifest(
    work: Path, study: Study, chapters: tuple[str, ...], spoken: tuple[str, ...],
    timings: dict[str, float],
) -> None:  # fmt: skip
    root = study.engagement.folder
    inputs = {"engagement.yml": _sha256(root / "engagement.yml")}
    for raw in study.engagement.files:
        inputs[raw.path] = _sha256(root / raw.path)
    settings = study.engagement.model_dump(mode="json", exclude={"folder"})
    packages = ("numpy", "pandas", "scipy", "papermill", "nbconvert", "typst", "holidays")
    manifest = {
        "kpikit": kpikit.__version__,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in packages},
        "as_of": study.engagement.as_of.isoformat(),
        "seed": study.engagement.seed,
        "languages": list(spoken),
        "chapters": list(chapters),
        "inputs_sha256": inputs,
        "figures_sha256": _sha256(work / "figures.csv"),
        "findings_sha256": _sha256(work / "findings.json"),
        "stages": dict(study.stage_names),
        "kpis": _kpi_names(study),
        "engagement": settings,
        "timings": timings,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (work / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _kpi_names(study: Study) -> dict[str, str]:
    """The client's own names of its KPIs; figures carry their ids."""
    if not _has_list(study):
        return {}
    listed = study.client.tables["kpis"]
    return dict(zip(listed["kpi_id"], listed["name"].astype(str), strict=True))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _move(work: Path, place: Path) -> None:
    old = place.parent / f".{place.name}.{os.getpid()}.old"
    if place.exists():
        place.rename(old)
    try:
        work.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
