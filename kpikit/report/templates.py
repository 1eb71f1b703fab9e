"""Where the page templates and fonts are, in a source tree and in an installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kpikit.errors import ReportError


@cache
def templates_dir() -> Path:
    """
    Folder with ``client_report/`` and ``fonts/``.

    Raises
    ------
    ReportError
        If the installation lacks it.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "client_report").is_dir():
            return folder
    raise ReportError(
        f"the report templates are missing: neither {package / 'templates'} nor "
        f"{package.parent / 'templates'} exists; install kpikit again"
    )


def fonts_dir() -> Path:
    """Folder with the Roboto font files, which PDF, charts and pages share."""
    return templates_dir() / "fonts"
