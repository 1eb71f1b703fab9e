"""
The 68 KPIs: what each one means, in three languages, and what it is for.

The texts are data (``passports/*.yml``); the measures stand beside them in
:mod:`kpikit.kpis.measures`. One registry serves the list of KPIs, the results
chapter, the audit, and the matching of a client's own list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from kpikit.errors import InputDataError

LANGUAGES = ("en", "ru", "hu")
_FOLDER = Path(__file__).parent / "passports"


@dataclass(frozen=True)
class Passport:
    """
    What a KPI is.

    Parameters
    ----------
    kpi : str
        ``K19``.
    name, definition, formula, example : mapping
        Language -> text.
    unit : str
        Unit of the value.
    direction : str
        ``higher``, ``lower``, ``band`` or ``norm``.
    group : str
        Goal group: money, customers, labour_per_customer, intensity or system.
    purpose : str
        ``goal``, or ``way`` (an activity that leads to a goal).
    goal : str
        The result KPI that a way serves; empty for goals.
    controller : tuple of str
        Who moves it, the main one first.
    partly : bool
        The rep moves it only in part.
    cadence : str
        daily, weekly, monthly or quarterly.
    strategies : tuple of str
        Strategy types that ask for it.
    horizon : str
        ``short`` or ``long``.
    abbreviations : tuple of str
        Other names that people use.
    seeds : tuple of str
        Source texts that name it.
    """

    kpi: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    formula: Mapping[str, str]
    example: Mapping[str, str]
    unit: str
    direction: str
    group: str
    purpose: str
    goal: str
    controller: tuple[str, ...]
    partly: bool
    cadence: str
    strategies: tuple[str, ...]
    horizon: str
    abbreviations: tuple[str, ...]
    seeds: tuple[str, ...]


@cache
def catalogue() -> Mapping[str, Passport]:
    """All passports, by K-id in ascending order."""
    found: dict[str, Passport] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(_FOLDER.glob("*.yml")):
        for kpi, entry in yaml.load(path.read_text("utf-8"), Loader=loader).items():
            lists = ("controller", "strategies", "abbreviations", "seeds")
            fields = {**entry, **{name: tuple(map(str, entry[name])) for name in lists}}
            found[kpi] = Passport(kpi=kpi, **{"goal": "", **fields})
    return dict(sorted(found.items()))


def passport(kpi: str) -> Passport:
    """
    Passport of one KPI.

    Raises
    ------
    InputDataError
        If there is no such KPI.
    """
    found = catalogue().get(kpi)
    if found is None:
        raise InputDataError(f"There is no KPI {kpi!r}; `kpikit kpis` lists them.")
    return found
