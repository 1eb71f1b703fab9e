"""
A run folder, read as it was written and checked against its manifest.

The manifest holds the digests of the figures and findings, so that a run that
was edited afterwards is told from one that was computed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from kpikit.errors import EngagementError
from kpikit.figures import read_figures
from kpikit.vocabulary import FIGURE_COLUMNS

MANIFEST, FIGURES_FILE, FINDINGS_FILE = "manifest.json", "figures.csv", "findings.json"
#: File of a run and the manifest entry with its digest.
SEALS = {FIGURES_FILE: "figures_sha256", FINDINGS_FILE: "findings_sha256"}


@dataclass(frozen=True)
class SavedRun:
    """
    A run folder as it was read.

    ``edited`` files differ from what the manifest says was written; ``unsealed``
    ones have no digest there, because an older version wrote the run.
    """

    folder: Path
    as_of: datetime
    manifest: Mapping[str, Any]
    figures: pd.DataFrame
    findings: tuple[Mapping[str, Any], ...]
    edited: tuple[str, ...]
    unsealed: tuple[str, ...]

    @property
    def engagement(self) -> Mapping[str, Any]:
        """The settings the run was made with."""
        found: Mapping[str, Any] = self.manifest["engagement"]
        return found


def refused(problems: list[str]) -> EngagementError:
    """All reasons why runs cannot be compared, as one error."""
    return EngagementError(problems, "kpikit compare")


def read_run(folder: Path) -> SavedRun:
    """
    Read a run folder and check it against its manifest.

    Raises
    ------
    EngagementError
        If a file is missing or cannot be read.
    """
    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        raise refused(
            [
                f"{folder} is not a run folder: it has no {MANIFEST}; name a folder that "
                "`kpikit report` wrote, such as acme/runs/2026-07-01"
            ]
        )
    problems: list[str] = []
    manifest = _json(folder / MANIFEST, problems)
    document = _json(folder / FINDINGS_FILE, problems)
    figures = _figures(folder / FIGURES_FILE, problems)
    as_of = _as_of(manifest, folder / MANIFEST, problems)
    if problems or as_of is None:
        raise refused(problems)
    edited = [
        name
        for name, seal in SEALS.items()
        if seal in manifest and manifest[seal] != _sha256(folder / name)
    ]
    return SavedRun(
        folder,
        as_of,
        manifest,
        figures,
        tuple(item for item in document.get("findings", []) if isinstance(item, dict)),
        tuple(edited),
        tuple(name for name, seal in SEALS.items() if seal not in manifest),
    )


def _json(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        problems.append(f"{path} is missing or cannot be opened; write the run again")
    except ValueError:
        problems.append(f"{path} is damaged: it is not JSON text; write the run again")
    else:
        if isinstance(found, dict):
            return found
        problems.append(f"{path} is damaged: it holds no names; write the run again")
    return {}


def _figures(path: Path, problems: list[str]) -> pd.DataFrame:
    try:
        table = read_figures(path)
    except OSError:
        problems.append(f"{path} is missing or cannot be opened; write the run again")
    except (ValueError, KeyError):  # pandas' parser errors are value errors
        problems.append(f"{path} is damaged: it is not the table of figures; write the run again")
    else:
        absent = [name for name in FIGURE_COLUMNS if name not in table]
        if not absent:
            return table
        problems.append(f"{path} has no column {', '.join(absent)}; write the run again")
    return pd.DataFrame(columns=list(FIGURE_COLUMNS))


def _as_of(manifest: Mapping[str, Any], path: Path, problems: list[str]) -> datetime | None:
    if not manifest:
        return None
    settings = manifest.get("engagement")
    absent = [
        f"`{name}`"
        for name, kind in (("as_of", str), ("engagement", dict), ("inputs_sha256", dict))
        if not isinstance(manifest.get(name), kind)
    ]
    if isinstance(settings, dict):
        absent += [f"`engagement.{name}`" for name in ("client", "currency", "zone")
                   if not isinstance(settings.get(name), str)]  # fmt: skip
    if absent:
        problems.append(f"{path} lacks {', '.join(absent)}; write the run again")
        return None
    try:
        moment = datetime.fromisoformat(manifest["as_of"])
        zone = ZoneInfo(manifest["engagement"]["zone"])
    except (ValueError, OSError, KeyError):
        problems.append(f"{path}: `as_of` or `zone` cannot be read; write the run again")
        return None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
