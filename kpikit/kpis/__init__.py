"""
The KPI catalogue: for each of the 68 KPIs a passport in three languages and a measure.

``measure(store, "K19", by=["rep", "month"])`` gives a tidy table. Nothing heavy is imported
before the first question: the engine comes with the first measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpikit.kpis.measuring import measure as measure
    from kpikit.kpis.measuring import measure_many as measure_many
    from kpikit.kpis.parameters import Parameters as Parameters
    from kpikit.kpis.passport import Passport as Passport
    from kpikit.kpis.passport import catalogue as catalogue
    from kpikit.kpis.store import Store as Store
    from kpikit.kpis.store import open_store as open_store
    from kpikit.kpis.store import write_tables as write_tables

_HOME = {
    "Passport": "passport",
    "catalogue": "passport",
    "measure": "measuring",
    "measure_many": "measuring",
    "Parameters": "parameters",
    "Store": "store",
    "open_store": "store",
    "write_tables": "store",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
