"""
Chapters: notebooks executed with a client's parameters, in one language.

A chapter is translated before it runs, so the executed notebook is localised
and every document made from it is too. It runs in a fresh kernel of the
running interpreter, whatever kernels the machine has registered.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from kpikit.errors import ReportError
from kpikit.languages import translate_notebook

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: These say in a sentence what is wrong; their class name adds nothing.
_CLEAR_ERRORS = frozenset({"KpikitError", "EngagementError", "InputDataError", "ReportError"})
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_PLAIN_TYPES = (str, bool, int, float, type(None))


@dataclass(frozen=True)
class ExecutedChapter:
    """
    A chapter with its outputs.

    Parameters
    ----------
    name : str
        File name without extension, e.g. ``04_funnel_capacity``.
    lang : str
    path : Path
        The executed notebook.
    notebook : NotebookNode
    seconds : float
        Wall time of the execution; 0 for a chapter read from a file. [s]
    """

    name: str
    lang: str
    path: Path
    notebook: NotebookNode = field(repr=False)
    seconds: float = 0.0

    @property
    def title(self) -> str:
        """The first heading of the notebook, else its name."""
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                for line in cell.source.splitlines():
                    if line.startswith("# "):
                        return str(line[2:].strip())
        return self.name


@dataclass(frozen=True)
class ChapterJob:
    """One chapter to run: which notebook, into which file, with what, in which language."""

    notebook: Path
    out: Path
    parameters: Mapping[str, Any]
    lang: str


@dataclass(frozen=True)
class ChapterProgress:
    """One chapter is finished: ``done`` of ``total``, its name, time and whether it worked."""

    done: int
    total: int
    name: str
    lang: str
    seconds: float
    ok: bool


def chapter_parameters(notebook_path: Path) -> dict[str, Any]:
    """
    List the parameters that a chapter takes.

    Returns
    -------
    dict
        Name -> papermill's description (type, default, help), from the cell
        tagged ``parameters``.
    """
    import papermill

    notebook = _read(notebook_path)
    # A notebook committed without metadata does not name its kernel.
    notebook.metadata.setdefault("kernelspec", dict(_KERNEL))
    return dict(papermill.inspect_notebook(notebook))


def run_chapter(
    notebook_path: Path,
    out_path: Path,
    parameters: Mapping[str, Any],
    lang: str,
    timeout_s: int = 600,
) -> ExecutedChapter:
    """
    Execute one chapter.

    Parameters
    ----------
    notebook_path : Path
        English notebook with a cell tagged ``parameters``; left alone.
    out_path : Path
        Where the executed notebook goes.
    parameters : mapping
        Values for that cell. Dates and paths are handed over as text.
    lang : str
        Language of the prose; also handed over as ``lang`` where the notebook
        declares it.
    timeout_s : int
        Longest run of one cell. [s]

    Raises
    ------
    ReportError
        If a parameter is unknown or cannot be handed over, or a cell fails.
        The message names the chapter and the cell.
    """
    started = time.perf_counter()
    name = Path(notebook_path).stem
    known = chapter_parameters(notebook_path)
    values = _checked_parameters(name, known, parameters)
    if "lang" in known:
        values["lang"] = lang
    source = _read(notebook_path)
    _execute(name, translate_notebook(source, lang), Path(out_path), values, timeout_s)
    executed = _without_timings(Path(out_path))
    seconds = time.perf_counter() - started
    return ExecutedChapter(name, lang, Path(out_path), executed, seconds)


def run_chapters(
    jobs: Sequence[ChapterJob],
    on_progress: Callable[[ChapterProgress], None] | None = None,
    workers: int = 2,
) -> list[ExecutedChapter]:
    """
    Execute several chapters side by side.

    Parameters
    ----------
    jobs : sequence of ChapterJob
        They must not need each other's results.
    on_progress : callable, optional
        Called in this thread after each chapter.
    workers : int
        Chapters at a time.

    Returns
    -------
    list of ExecutedChapter
        In the order of the jobs.

    Raises
    ------
    ReportError
        With the problems of all failed chapters, after all have run.
    """
    _import_runner()  # two threads must not import it at the same time
    finished: dict[int, ExecutedChapter] = {}
    problems: dict[int, str] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        started = time.perf_counter()
        futures = {
            pool.submit(run_chapter, job.notebook, job.out, job.parameters, job.lang): place
            for place, job in enumerate(jobs)
        }
        for done, future in enumerate(as_completed(futures), 1):
            place = futures[future]
            seconds = time.perf_counter() - started
            try:
                finished[place] = future.result()
                seconds = finished[place].seconds
            except ReportError as error:
                problems[place] = str(error)
            if on_progress:
                job = jobs[place]
                on_progress(
                    ChapterProgress(
                        done, len(jobs), job.notebook.stem, job.lang, seconds, place in finished
                    )
                )
    if problems:
        raise ReportError("\n".join(problems[place] for place in sorted(problems)))
    return [finished[place] for place in range(len(jobs))]


def read_chapter(path: Path, lang: str) -> ExecutedChapter:
    """Read a chapter that was executed before."""
    path = Path(path)
    return ExecutedChapter(path.stem, lang, path, _read(path))


def _read(path: Path) -> NotebookNode:
    path = Path(path)
    if not path.is_file():
        raise ReportError(f"the notebook {path} does not exist")
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        raise ReportError(f"{path} is not a Jupyter notebook") from None


def _checked_parameters(
    name: str, known: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    problems = []
    values = {}
    for key, value in parameters.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it takes {', '.join(known)}"
            problems.append(f"chapter {name} has no parameter {key!r}{hint}")
        else:
            try:
                values[key] = _portable(value)
            except TypeError:
                problems.append(
                    f"chapter {name}: parameter {key!r} is a {type(value).__name__}, which a "
                    "notebook cannot take; use text, numbers, lists or mappings"
                )
    if problems:
        raise ReportError("\n".join(problems))
    return values


def _portable(value: Any) -> Any:
    """A value as papermill can write it into a cell: dates and paths become text."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, _PLAIN_TYPES):
        return value
    if isinstance(value, Mapping):
        return {str(key): _portable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_portable(item) for item in value]
    raise TypeError(value)


def _execute(
    name: str, notebook: NotebookNode, out: Path, values: dict[str, Any], timeout_s: int
) -> None:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    papermill, kernel_manager = _import_runner()
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            notebook,
            str(out),
            parameters=values,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=0,
            request_save_on_cell_execute=False,
            execution_timeout=timeout_s,
            record_timing=False,
            kernel_manager_class=kernel_manager,
            shutdown_kernel="immediate",
        )
    except papermill.PapermillExecutionError as error:
        raise ReportError(_failure(name, notebook, values, error)) from None
    except CellTimeoutError:
        raise ReportError(f"chapter {name}: a cell ran longer than {timeout_s} s") from None
    except DeadKernelError:
        raise ReportError(
            f"chapter {name}: its process was killed; the machine may be short of memory"
        ) from None


def _failure(name: str, notebook: NotebookNode, values: dict[str, Any], error: Any) -> str:
    """Chapter, cell with its first line, and the last line of the error."""
    position = error.cell_index + 1
    declared = [
        place
        for place, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", ())
    ]
    if values and declared and error.cell_index > declared[0]:
        position -= 1  # the executed notebook has one cell more, with the values
    lines = [line.strip() for line in str(error.source).splitlines() if line.strip()]
    shown = next((line for line in lines if not line.startswith("#")), "")[:60]
    reason = _ANSI.sub("", str(error.evalue)).strip() or "no message"
    kind = "" if error.ename in _CLEAR_ERRORS else f"{error.ename}: "
    return f"chapter {name}, cell {position} ({shown}): {kind}{reason}"


def _without_timings(path: Path) -> NotebookNode:
    """Take clock times, paths and random ids out, so that equal runs give equal files."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.metadata["kernelspec"] = dict(_KERNEL)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"  # papermill draws a random one
    nbformat.write(notebook, path)
    return notebook


@cache
def _import_runner() -> tuple[Any, type]:
    """Papermill, and a manager that starts kernels of this very interpreter."""
    # Without its byte code every kernel would compile seaborn anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    import papermill
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(
                argv=[*command, "--IPKernelApp.log_level=ERROR"],
                display_name="Python 3",
                language="python",
                interrupt_mode="signal",
            )

    return papermill, ThisInterpreter
