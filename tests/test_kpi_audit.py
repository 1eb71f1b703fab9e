"""What the audit of a KPI list finds again; the study itself is ``benchmarks/kpi_audit.py``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "kpi_audit.py"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("kpi_audit_study", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_planted_facts_are_found_again(study):
    """20 lists: 60 links of rank correlation .5, 80 copies, and contradictions with gaps."""
    found = study.study("fresh", study.Size(39, 6, 12, 0.1), 20, 5)
    links, sheet = (found["links", way] for way in (study.OURS, study.SPREADSHEET))
    assert links.right / links.planted > 0.65
    # 10 % of false discoveries are allowed; three standard errors of 50
    assert links.right / links.declared > 0.9 - 3 * 0.042
    assert sheet.right / sheet.declared < 0.2  # the season makes everything move together
    copies = found["duplicates", study.OURS]
    assert (copies.right, copies.declared) == (copies.planted, copies.planted)
    # an unmeasured KPI hides some contradictions and never makes one
    gaps, sheet = (found["contradictions", way] for way in (study.OURS, study.SPREADSHEET))
    assert gaps.right == gaps.declared
    assert sheet.right < 0.9 * sheet.declared


def test_prints_a_table(study, capsys):
    study.main(["--registries", "1", "--kpis", "11", "--months", "6"])
    text = capsys.readouterr().out
    assert "1 lists of 11 KPIs, 6 reps, 6 months, seed 1" in text
    assert text.count("| contradictions |") == 4
    with pytest.raises(SystemExit):
        study.main(["--kpis", "5"])
