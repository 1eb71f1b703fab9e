"""Where notebooks, workbooks and sample data are, in a source tree and in an installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kpikit.errors import KpikitError


@cache
def _folder(name: str, sign: str) -> Path:
    package = Path(__file__).resolve().parent
    for folder in (package / name, package.parent / name):
        if (folder / sign).exists():
            return folder
    raise KpikitError(
        f"the folder {name} is missing: neither {package / name} nor {package.parent / name} "
        f"holds {sign}; install kpikit again"
    )


def notebooks_dir() -> Path:
    """Folder with the chapter notebooks."""
    return _folder("notebooks", "06_staffing.ipynb")


def workbook_dir() -> Path:
    """Folder with the fill-in workbooks of a client's KPI system."""
    return _folder("templates", "kpi_workbook.en.xlsx")


def sample_dir() -> Path:
    """Folder with the sample client and the golden cases."""
    return _folder("sample_data", "golden")
