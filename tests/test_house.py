"""House rules that no single module can keep: imports, notebooks, addresses, start-up cost."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kpikit"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# --------------------------------------------------------------------------
# Imports run one way
# --------------------------------------------------------------------------
# Which parts of kpikit a part may import; parts not named here may import everything.
MAY_IMPORT = {
    "vocabulary": set(),
    "errors": set(),
    "diagnosis": {"vocabulary", "errors", "diagnosis"},
    "intake": {"vocabulary", "errors", "intake"},
    "languages": {"vocabulary", "errors", "languages"},
    "wording": {"vocabulary", "errors", "kpis", "wording"},
}
# What the core may import from outside: numbers and tables, and of the standard library all but
# what reaches a file, the screen, the network, the clock, the machine or a global random state.
CORE_LIBRARIES = {"numpy", "pandas", "scipy"}
NOT_IN_CORE = set(
    """
    asyncio concurrent configparser csv ctypes email fileinput getpass gettext glob gzip http
    importlib inspect io json linecache locale logging marshal mmap multiprocessing os pathlib
    pickle platform pprint pty random resource select shelve shutil signal smtplib socket sqlite3
    ssl subprocess sys tarfile tempfile threading time tomllib traceback urllib webbrowser xml
    zipfile
    """.split()  # noqa: SIM905  a list of words reads better
)
CORE_CALLS = {"open", "print", "input", "breakpoint", "exec", "eval"}
CORE_METHODS = {"now", "today", "utcnow", "read_text", "write_text", "to_csv", "read_csv"}


def imported_names(source: str, package: tuple[str, ...]) -> set[tuple[int, str]]:
    """
    Line and dotted name of every import, relative ones resolved.

    ``package`` is the package that holds the module, as a tuple of names.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            # `from kpikit import charts` names a module only in its second half
            names = {f"{module}.{alias.name}" for alias in node.names}
            found |= {(node.lineno, name) for name in names}
    return found


def is_for_the_core(library: str) -> bool:
    """Tell whether the core may import this library from outside kpikit."""
    standard = library in sys.stdlib_module_names and library not in NOT_IN_CORE
    return standard or library in CORE_LIBRARIES


def import_problems(source: str, package: tuple[str, ...], part: str) -> list[str]:
    """Sentences on imports that this part of kpikit may not have."""
    problems = []
    for line, name in sorted(imported_names(source, package)):
        first, *rest = name.split(".")
        if first == "kpikit":
            target = rest[0] if rest else ""
            if part in MAY_IMPORT and target not in MAY_IMPORT[part]:
                problems.append(f"line {line}: {part} imports kpikit.{target}")
        elif part == "diagnosis" and not is_for_the_core(first):
            problems.append(f"line {line}: diagnosis imports {first}")
    return problems


def core_call_problems(source: str) -> list[str]:
    """Sentences on calls that reach out of the core: files, terminal, wall clock, global random."""
    problems = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        last = name.rsplit(".", 1)[-1]
        reaches_out = name in CORE_CALLS or ("." in name and last in CORE_METHODS)
        # lower-case names are the global generator; classes such as SeedSequence are not
        global_random = re.match(r"(np|numpy)\.random\.(?!default_rng)[a-z]", name)
        if reaches_out or global_random:
            problems.append(f"line {node.lineno}: the core calls {name}")
    return problems


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(module: Path) -> str:
    """First name below kpikit: the folder, or the module itself at the top."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_run_one_way():
    problems = {}
    for module in modules():
        package = module.parent.relative_to(ROOT).parts
        found = import_problems(module.read_text("utf-8"), package, part_of(module))
        if found:
            problems[str(module.relative_to(ROOT))] = found
    assert problems == {}


def test_core_touches_no_file_no_screen_and_no_clock():
    problems = {}
    for module in sorted((PACKAGE / "diagnosis").rglob("*.py")):
        found = core_call_problems(module.read_text("utf-8"))
        if found:
            problems[module.name] = found
    assert problems == {}


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("diagnosis", "from kpikit.report import tables"),
        ("diagnosis", "from kpikit import engagement"),
        ("diagnosis", "from ..intake.read import read_client"),
        ("diagnosis", "def f():\n    import matplotlib.pyplot as plt"),
        ("diagnosis", "from pathlib import Path"),
        ("intake", "from kpikit.diagnosis.shares import wilson"),
        ("intake", "import kpikit.report.pdf"),
        ("vocabulary", "from .errors import KpikitError"),
    ],
)
def test_import_check_sees_a_planted_import(part, source):
    package = ("kpikit",) if part == "vocabulary" else ("kpikit", part)
    assert len(import_problems(source, package, part)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "print(1)",
        "pd.Timestamp.now()",
        "datetime.date.today()",
        "table.to_csv('x')",
        "np.random.normal()",
    ],
)
def test_call_check_sees_a_planted_call(source):
    assert len(core_call_problems(source)) == 1


def test_allowed_code_passes():
    source = "from kpikit import vocabulary\nfrom . import shares\nfrom scipy import stats\n"
    assert import_problems(source, ("kpikit", "diagnosis"), "diagnosis") == []
    assert core_call_problems("np.random.default_rng(1)\nreopened(x)\nage.today") == []


# --------------------------------------------------------------------------
# Start-up cost
# --------------------------------------------------------------------------
HEAVY = ["numpy", "pandas", "scipy", "matplotlib", "seaborn", "duckdb", "papermill", "nbformat"]


@pytest.mark.parametrize("module", ["kpikit", "kpikit.vocabulary", "kpikit.errors"])
def test_import_brings_nothing_heavy(module):
    code = f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# --------------------------------------------------------------------------
# What stands in the files
# --------------------------------------------------------------------------
FOLDERS = [".ci", "benchmarks", "docs", "kpikit", "notebooks", "sample_data", "templates"]
FOLDERS += ["tests", "tools"]
BINARY = {".gz", ".ods", ".parquet", ".pdf", ".png", ".pyc", ".ttf", ".woff2", ".xlsx", ".zip"}
SKIPPED = {"__pycache__", ".ipynb_checkpoints", "runs"}
MACHINE_PATH = re.compile(
    r"(?<![\w.])(?:/(?:home|Users|root|work|farm|opt|srv)/|[A-Z]:\\Users\\)\w"
)
REGISTRY = re.compile(r"pypi\.(?:org|python)|pythonhosted\.org|anaconda\.(?:org|com)|\w+-index-url")


def text_files() -> list[Path]:
    """Every text file of the project: its own folders and the files beside them."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    below = [path for name in FOLDERS for path in (ROOT / name).rglob("*") if path.is_file()]
    return [
        path
        for path in sorted(top + below)
        if path.suffix not in BINARY and not SKIPPED & set(path.relative_to(ROOT).parts)
    ]


def lines_matching(pattern: re.Pattern) -> list[str]:
    found = []
    for path in text_files():
        lines = path.read_text("utf-8", errors="replace").splitlines()
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(lines, start=1)
            if pattern.search(line)
        ]
    return found


def test_no_path_of_one_machine():
    assert lines_matching(MACHINE_PATH) == []


def test_no_address_of_a_registry():
    assert lines_matching(REGISTRY) == []


def test_patterns_see_what_they_are_for():
    """Written in two halves, so that this file does not find itself."""
    assert MACHINE_PATH.search("see /ho" + "me/anna/data") and MACHINE_PATH.search("'/ro" + "ot/x'")
    assert not MACHINE_PATH.search("docs/wo" + "rk/plan")
    assert REGISTRY.search("files.python" + "hosted.org") and REGISTRY.search(
        "extra-index" + "-url"
    )


# --------------------------------------------------------------------------
# Notebooks
# --------------------------------------------------------------------------
def test_there_are_notebooks():
    if not (ROOT / "notebooks").is_dir():
        pytest.skip("no folder of notebooks here")
    assert NOTEBOOKS


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_notebook_is_valid_and_starts_with_its_question(notebook):
    nbformat.validate(notebook)
    first = notebook.cells[0]
    assert first.cell_type == "markdown" and first.source.startswith("# ")


def test_notebook_is_committed_without_outputs(notebook):
    cells = code_cells(notebook)
    assert [c.id for c in cells if c.outputs or c.execution_count is not None] == []
    assert "widgets" not in notebook.metadata
    assert "papermill" not in notebook.metadata


def test_notebook_keeps_readable_cell_ids(notebook):
    """Ids that are kept make small diffs; papermill and the catalogues need them unique."""
    ids = [cell.get("id", "") for cell in notebook.cells]
    assert all(ids) and len(set(ids)) == len(ids)


def test_notebook_has_one_parameters_cell(notebook):
    tagged = [c for c in code_cells(notebook) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1


def test_notebook_holds_no_logic(notebook):
    """Functions belong into the package, where they are tested."""
    logic = re.compile(r"^\s*(?:def |class |import sys\b|sys\.path)", re.MULTILINE)
    assert [cell.id for cell in code_cells(notebook) if logic.search(cell.source)] == []
