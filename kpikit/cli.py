"""
The command line: one call per command.

Errors that the user can fix are printed as sentences, with exit status 2 and no
traceback; ``--debug`` shows it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import kpikit
from kpikit.errors import KpikitError

if TYPE_CHECKING:
    from kpikit.report.run import MadeRun

app = typer.Typer(
    name="kpikit",
    help="Diagnose a sales department: from raw files to a report in English, Russian, Hungarian.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
out = Console()
err = Console(stderr=True)

Folder = Annotated[Path, typer.Argument(help="Engagement folder.", show_default=False)]
OutFolder = Annotated[
    Path | None, typer.Option("--out", help="Run folder; default: DIR/runs/AS_OF.")
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", help="Only this language; may be repeated.")
]
Chapters = Annotated[
    list[str] | None, typer.Option("--only", help="Only this chapter; may be repeated.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="LEVER=CHANGE, for example team.reps=6.")
]


@app.callback(invoke_without_command=True)
def _start(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    if debug:
        os.environ["KPIKIT_DEBUG"] = "1"
    if version:
        out.print(kpikit.__version__)
        raise typer.Exit


@app.command()
def demo(
    run: OutFolder = None,
    lang: Languages = None,
) -> None:
    """
    Run the sample client to a full report.

    Example: `kpikit demo`
    """
    from kpikit.places import sample_dir

    _report(sample_dir() / "client", run or Path("runs") / "demo", lang, None)


@app.command()
def new(folder: Folder) -> None:
    """
    Make an engagement folder with a commented engagement.yml.

    Example: `kpikit new acme`
    """
    from kpikit.starter import write_starter

    written = write_starter(folder)
    out.print(f"wrote {written}")
    out.print("for the client to fill in: kpi_workbook.en.xlsx, or .ru, or .hu beside it")
    out.print(f"next: put the client's files into {folder / 'raw'}, edit the file, then")
    out.print(f"      kpikit check {folder}")


@app.command()
def check(folder: Folder) -> None:
    """
    Read the files and say what can be computed and what to ask the client for.

    Example: `kpikit check acme`
    """
    from kpikit.report.views.readiness import can_compute_rows
    from kpikit.study import run_study

    with out.status("reading and measuring"):
        study = run_study(folder)
    if study.client is not None and len(study.client.issues):
        table = Table("rows", "table", "what was found, and what becomes of it", "examples")
        for row in study.client.issues.itertuples():
            table.add_row(f"{row.rows:g}", str(row.table), escape(row.message), escape(row.example))
        out.print(table)
    table = Table("question", "answer", "why", "what would help")
    for row in can_compute_rows(study).itertuples():
        table.add_row(row.what, row.state, row.why, row.next)
    out.print(table)


@app.command()
def report(
    folder: Folder,
    run: OutFolder = None,
    lang: Languages = None,
    only: Chapters = None,
) -> None:
    """
    Write the client report: HTML and PDF in every language, figures, notebooks.

    Example: `kpikit report acme --lang ru`
    """
    _report(folder, run, lang, only)


def _report(folder: Path, run: Path | None, lang: list[str] | None, only: list[str] | None) -> None:
    made = _written(folder, run, lang, only)
    for path in made.reports:
        out.print(str(path), soft_wrap=True)
    out.print(f"{made.headline}", soft_wrap=True)
    out.print(f"figures: {made.folder / 'figures.csv'}", soft_wrap=True)


def _written(
    folder: Path, run: Path | None, lang: list[str] | None, only: list[str] | None
) -> MadeRun:
    """Write a run while its steps are told."""
    from kpikit.report.run import write_run

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=not err.is_terminal) as progress:
        task = progress.add_task("starting", total=None)

        def tell(done: int, total: int, what: str) -> None:
            progress.update(task, completed=done, total=total, description=what)

        try:
            return write_run(
                folder, run, languages=tuple(lang or ()), only=tuple(only or ()), tell=tell
            )
        except KeyboardInterrupt:
            err.print("stopped; no half report was left behind")
            raise typer.Exit(130) from None


@app.command()
def audit(
    folder: Folder,
    run: Annotated[
        Path | None, typer.Option("--out", help="Run folder; default: DIR/runs/AS_OF-audit.")
    ] = None,
    lang: Languages = None,
) -> None:
    """
    Audit the client's KPI list: the chapters on KPIs and pay, and a booklet for the team.

    Example: `kpikit audit acme --lang hu`
    """
    from kpikit import languages
    from kpikit.engagement import read_engagement
    from kpikit.report import audit_summary
    from kpikit.report.run import audit_parts

    engagement = read_engagement(folder)
    place = run or engagement.folder / "runs" / f"{engagement.as_of:%Y-%m-%d}-audit"
    made = _written(folder, place, lang, list(audit_parts(engagement)))
    found = made.study.audit
    assert found is not None  # the booklet cannot be written without
    with languages.use(lang[0] if lang else languages.LANGUAGES[0]):
        _print_shown(audit_summary.rules_shown(found).bundle)
        for line in audit_summary.lines(found):
            out.print(escape(line), soft_wrap=True, highlight=False)
    out.print()
    for path in made.reports:
        out.print(str(path), soft_wrap=True)


@app.command()
def whatif(
    folder: Folder,
    settings: Settings = None,
    levers: Annotated[bool, typer.Option("--levers", help="List the levers and stop.")] = False,
) -> None:
    """
    Run the chain again on a changed copy and show both side by side.

    Example: `kpikit whatif acme --set team.reps=6 --set conversion.proposal=+10%`
    """
    from kpikit.diagnosis import scenarios
    from kpikit.errors import EngagementError
    from kpikit.report.views.scenario import compared
    from kpikit.study import run_study

    pairs: dict[str, str] = {}
    wrong = []
    for item in settings or []:
        name, sign, change = item.partition("=")
        if not sign:
            wrong.append(f"--set {item}: write LEVER=CHANGE, for example team.reps=6")
        pairs[name.strip()] = change.strip()
    if wrong:
        raise EngagementError(wrong, "whatif")
    with out.status("running the chain"):
        study = run_study(folder)
    if levers or not pairs:
        table = Table("lever", "today", title="Levers")
        for name, value in scenarios.levers(study.inputs).items():
            table.add_row(name, f"{value:,.4g}" if value < 1000 else f"{value:,.0f}")
        out.print(table)
        return
    shown = compared(study, pairs)
    table = Table("figure", "base", "scenario", "difference", title=", ".join(settings or []))
    for row in shown.itertuples():
        table.add_row(row.label, row.base_text, row.scenario_text, row.difference_text)
    out.print(table)


@app.command()
def compare(
    run_a: Annotated[Path, typer.Argument(help="Run folder of the earlier audit.")],
    run_b: Annotated[Path, typer.Argument(help="Run folder of the later audit.")],
    lang: Annotated[str, typer.Option("--lang", help="en, ru or hu.")] = "en",
    table: Annotated[
        Path | None, typer.Option("--out", help="Write every figure compared to this CSV file.")
    ] = None,
) -> None:
    """
    Compare two runs: what changed by more than noise, and what we changed ourselves.

    Example: `kpikit compare acme/runs/2026-07-01 acme/runs/2026-10-01 --lang ru`
    """
    from kpikit import languages
    from kpikit.comparison import compare_runs, write_changes
    from kpikit.errors import InputDataError
    from kpikit.report.views.comparison import shown

    if lang not in languages.LANGUAGES:
        raise InputDataError(f"--lang {lang}: the languages are {', '.join(languages.LANGUAGES)}.")
    found = compare_runs(run_a, run_b)
    if table is not None:
        write_changes(found.changes, table)
    with languages.use(lang):
        for part in shown(found):
            _print_shown(part.bundle)
    if table is not None:
        out.print(str(table), soft_wrap=True)


def _print_shown(bundle: dict[str, Any]) -> None:
    """What a notebook would show, on the terminal."""
    from kpikit.report.tables import TABLE_MIME

    payload = bundle.get(TABLE_MIME)
    if payload is None:
        out.print(escape(bundle["text/plain"]), soft_wrap=True, highlight=False)
        out.print()
        return
    grid = Table(title=escape(payload["caption"]), title_justify="left")
    for column in payload["columns"]:
        grid.add_column(escape(column["label"]), justify="right" if column["numeric"] else "left")
    for row in payload["rows"]:
        grid.add_row(*map(escape, row))
    out.print(grid)
    if payload["note"]:
        out.print(escape(payload["note"]), soft_wrap=True, highlight=False)
    out.print()


@app.command()
def kpis(
    ids: Annotated[
        list[str] | None, typer.Argument(help="K-ids; all without them.", show_default=False)
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="en, ru or hu.")] = "en",
    brief: Annotated[bool, typer.Option("--brief", help="One line per KPI.")] = False,
) -> None:
    """
    Print the passports of the KPIs: meaning, formula, example, who moves it, what it needs.

    Example: `kpikit kpis K19 K39 --lang hu`
    """
    from kpikit import languages
    from kpikit.errors import InputDataError
    from kpikit.kpis.passport import catalogue, passport
    from kpikit.report import passports

    if lang not in languages.LANGUAGES:
        raise InputDataError(f"--lang {lang}: the languages are {', '.join(languages.LANGUAGES)}.")
    chosen = [passport(kpi.upper()) for kpi in ids] if ids else list(catalogue().values())
    with languages.use(lang):
        for item in chosen:
            title = f"[bold]{item.kpi} {escape(passports.name(item))}[/bold]"
            out.print(title, highlight=False, soft_wrap=brief)
            if brief:
                continue
            grid = Table.grid(padding=(0, 2))
            grid.add_column(style="dim", no_wrap=True)
            grid.add_column()
            for label, text in passports.passport_rows(item):
                grid.add_row(label, escape(text))
            out.print(grid)
            out.print()


@app.command()
def lab(folder: Folder) -> None:
    """
    Open the notebooks of an engagement in JupyterLab.

    Example: `kpikit lab acme`
    """
    import subprocess

    from kpikit.starter import copy_notebooks

    place = copy_notebooks(folder)
    out.print(f"notebooks: {place}")
    subprocess.run([sys.executable, "-m", "jupyterlab", str(place)], check=False)


def main() -> None:
    """Run the command line; turn errors of the user into sentences."""
    if "--debug" in sys.argv:
        sys.argv.remove("--debug")
        os.environ["KPIKIT_DEBUG"] = "1"
    try:
        app(standalone_mode=True)
    except KpikitError as error:
        if os.environ.get("KPIKIT_DEBUG"):
            raise
        err.print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
