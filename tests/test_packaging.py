"""pyproject.toml is the only place with dependencies; locks, conda file and wheel agree with it."""

import ast
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
HASHED, PLAIN, SPARK = "requirements.lock", "requirements-conda.lock", "requirements-spark.lock"
#: Extras of the engines that no test environment needs as a whole; Spark has a lock of its own.
BEYOND_THE_LOCK = ("spark", "clickhouse")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")


def locked_lines(name: str) -> list[str]:
    """Requirement lines of a lock, with continuations, hashes and comments removed."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = (line.split(" --hash=")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def locked_for(name: str, python: str) -> dict[str, Version]:
    """Versions that the lock installs on Linux with this Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.6"}
    versions = {}
    for requirement in map(Requirement, locked_lines(name)):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            versions[canonicalize_name(requirement.name)] = Version(pin.version)
    return versions


def all_dependencies() -> list[Requirement]:
    """The package's own dependencies and those of every extra that is locked with it."""
    groups = PROJECT["optional-dependencies"]
    extras = [group for name, group in groups.items() if name not in BEYOND_THE_LOCK]
    return [Requirement(text) for group in (PROJECT["dependencies"], *extras) for text in group]


def conda_dependencies() -> list:
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", [HASHED, PLAIN])
def test_every_dependency_is_locked_within_its_range(lock, python):
    locked = locked_for(lock, python)
    wrong = [
        f"{wanted}: locked {locked.get(canonicalize_name(wanted.name))}"
        for wanted in all_dependencies()
        if not wanted.specifier.contains(
            str(locked.get(canonicalize_name(wanted.name), "0.dev0")), prereleases=True
        )
    ]
    assert wrong == []


def test_spark_has_a_lock_of_its_own_within_its_range():
    """Half a gigabyte: only the tests on Spark need it, and they skip without it."""
    wanted = {r.name: r for r in map(Requirement, PROJECT["optional-dependencies"]["spark"])}
    locked = locked_for(SPARK, "3.11")
    assert set(locked) == {"pyspark", "py4j"}
    assert wanted["pyspark"].specifier.contains(str(locked["pyspark"]))
    assert "pyspark" not in locked_for(HASHED, "3.11")


def test_the_engines_of_the_extras_are_the_one_of_the_package():
    """Two versions of Ibis cannot live side by side."""
    pins = {
        str(requirement.specifier)
        for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
        for requirement in map(Requirement, group)
        if requirement.name == "ibis-framework"
    }
    assert pins == {"==12.0.*"}


def test_both_locks_install_the_same():
    assert locked_lines(HASHED) == locked_lines(PLAIN)
    assert len(locked_lines(HASHED)) > 100


def test_only_condas_lock_has_no_hashes_and_in_the_others_every_package_has_one():
    """pip refuses `-e .` beside hashed lines (environment.yml) and a mix of both elsewhere."""
    for name in (HASHED, SPARK):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8"))
        pinned = [block for block in blocks if not block.startswith("#")]
        assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []
    assert "--hash" not in (ROOT / PLAIN).read_text("utf-8")


def imported_libraries(part: Path) -> dict[str, str]:
    """Top-level name of every library that a module or folder imports, and one place of it."""
    found = {}
    for module in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            found |= {name.split(".")[0]: f"{module.name}:{node.lineno}" for name in names}
    return {
        name: place
        for name, place in found.items()
        if name != "kpikit" and name not in sys.stdlib_module_names
    }


def test_every_imported_library_is_declared():
    """One that comes along with another package today may be gone tomorrow."""
    distributions = packages_distributions()
    declared = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    # writing the sample client's raw files is a developer's command
    for_sample = declared | {"xlsxwriter"}
    # each engine's driver is the extra of its name; its distribution may not be installed here
    for_engines = declared | {"psycopg"}
    drivers = {"pyspark"}
    undeclared = {}
    parts = [path for path in (ROOT / "kpikit").iterdir() if path.is_dir() or path.suffix == ".py"]
    for part in sorted(parts):
        allowed = {"sample": for_sample, "kpis": for_engines}.get(part.name, declared)
        undeclared |= {
            name: f"{part.name}: {place}"
            for name, place in imported_libraries(part).items()
            if not (part.name == "kpis" and name in drivers)
            and not allowed & {canonicalize_name(owner) for owner in distributions.get(name, [])}
        }
    assert undeclared == {}


@pytest.mark.parametrize("name", [HASHED, PLAIN, SPARK, "environment.yml", "pyproject.toml"])
def test_no_address_and_no_index_setting(name):
    text = (ROOT / name).read_text("utf-8")
    assert re.findall(r"\w+://\S+|--[\w-]*index\S*|--find-links|--trusted-host| @ ", text) == []


def test_no_second_lock_of_another_tool():
    """uv.lock holds absolute download addresses and would be a second truth."""
    others = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml", "setup.py")
    assert [name for name in others if (ROOT / name).exists()] == []


def test_the_slow_import_stays_out():
    """rfc3987-syntax builds a grammar at import: 2 s in every process that reads a notebook."""
    assert "rfc3987-syntax" not in locked_for(HASHED, "3.11")


def test_conda_brings_python_and_pip_and_nothing_else():
    plain = [entry for entry in conda_dependencies() if isinstance(entry, str)]
    names = sorted(re.split(r"[=<>! ]", entry)[0] for entry in plain)
    (pip_list,) = [entry for entry in conda_dependencies() if not isinstance(entry, str)]
    assert names == ["pip", "python"]
    assert pip_list == {"pip": [f"-r {PLAIN}", "-e ."]}


def test_conda_python_is_one_that_the_package_takes():
    (python,) = [e for e in conda_dependencies() if isinstance(e, str) and e.startswith("python=")]
    version = python.removeprefix("python=")
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_bootstrap_checks_the_python_that_the_package_asks_for():
    """An older Python must be able to parse the file, or it could not say what is wrong."""
    source = (ROOT / "tools/setup_env.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert PROJECT["requires-python"] == ">=3.11"
    assert "sys.version_info < (3, 11)" in source


def test_bootstrap_tells_an_old_python_what_to_do(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"3\.11 or newer, and this is Python 3\.10\. .*PYTHON="):
        runpy.run_path(str(ROOT / "tools/setup_env.py"), run_name="__main__")


def test_bootstrap_starts_anew_when_the_lock_changes(tmp_path):
    """A stamp is good for one lock, one pyproject.toml and one folder."""
    for name in ("pyproject.toml", HASHED):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "tools").mkdir()
    script = tmp_path / "tools/setup_env.py"
    script.write_bytes((ROOT / "tools/setup_env.py").read_bytes())
    bootstrap = runpy.run_path(str(script))

    python = bootstrap["VENV_PYTHON"]
    python.parent.mkdir(parents=True)
    python.touch()
    assert not bootstrap["is_ready"]()
    bootstrap["STAMP"].write_text(bootstrap["fingerprint"]() + "\n")
    assert bootstrap["is_ready"]()
    with (tmp_path / HASHED).open("a") as lock:
        lock.write("# changed\n")
    assert not bootstrap["is_ready"]()


def test_licence_is_the_one_that_is_declared():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert "APPENDIX: How to apply" in text


def test_version_has_an_entry_in_the_changelog():
    import kpikit

    assert f"## {kpikit.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_wheel_carries_templates_notebooks_and_sample(tmp_path):
    """An installed kpikit has beside its modules what a checkout has beside the package."""
    pytest.importorskip("hatchling")
    call = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(call, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    folders = [name for name in ("templates", "notebooks", "sample_data") if (ROOT / name).is_dir()]
    inside = {folder for folder in folders if any(f"kpikit/{folder}/" in name for name in names)}
    assert inside == set(folders)
    assert "kpikit/py.typed" in names
    outside = [name for name in names if not re.match(r"kpikit(-[\w.]+\.dist-info)?/", name)]
    unwanted = [name for name in names if ".ipynb_checkpoints" in name or "/runs/" in name]
    assert outside == [] and unwanted == []
