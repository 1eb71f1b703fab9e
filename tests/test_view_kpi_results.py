"""The results chapter where the data are thin: no people, no months of plan, single records."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kpikit.report.tables import TABLE_MIME
from kpikit.report.views import kpi_results as view


def study_of(**kpis: object) -> SimpleNamespace:
    engagement = SimpleNamespace(
        currency="EUR",
        privacy=SimpleNamespace(rep_names=False),
        thresholds=SimpleNamespace(n_min=5),
        kpis=SimpleNamespace(own=()),
    )
    figures = pd.DataFrame({"rep": [f"r{number:02d}" for number in range(1, 12)]})
    return SimpleNamespace(
        engagement=engagement, figures=figures, client=None, kpis=SimpleNamespace(**kpis)
    )


def sold(*reps: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        {"kpi": "K43", "part": "", "rep": list(reps), "value": 7.0, "unit": "deals", "n": 7}
    )


def shown(answer: object) -> dict:
    return answer._repr_mimebundle_()


def test_sales_that_name_no_rep_give_no_table_of_reps():
    """A shop's invoices have no rep: there is nobody to list, and the report goes on."""
    assert TABLE_MIME not in shown(view.rep_table(study_of(reps=sold(None))))


def test_rep_2_stands_before_rep_10():
    """Pseudonyms are numbers, not words."""
    table = shown(view.rep_table(study_of(reps=sold("r10", "r02", "r11"))))[TABLE_MIME]

    assert [row[0] for row in table["rows"]] == ["Rep 2", "Rep 10", "Rep 11"]


def test_nothing_is_said_about_reps_that_cannot_be_compared():
    """Where the chart refuses the comparison, no sentence judges it."""
    index = SimpleNamespace(table=pd.DataFrame({"value": [np.nan, np.nan]}), detectable=False)

    assert "differ" not in str(shown(view.reps_text(study_of(wins_index=index))))
    assert view.reps_text(study_of(wins_index=None)) is not None


@pytest.mark.parametrize(("deviations", "said"), [(0, True), (1, False)])
def test_a_plan_of_quarters_is_a_plan(deviations, said):
    """A quarter's plan has no months to draw, but nobody is told that there is no plan."""
    thin = study_of(
        plan_months=pd.DataFrame(), deviations=pd.DataFrame({"kpi_id": ["K04"] * deviations})
    )

    assert ("no plan" in str(shown(view.plan_chart(thin)))) == said


def test_records_of_one_person_are_one_line():
    """Three records of one rep and one of another are two lines, 3 and 1, after the tests."""
    signs = pd.DataFrame(
        {
            "sign": ["lost_and_recreated"] * 4 + ["short_calls"],
            "rep_id": ["r02", "r01", "r01", "r01", "r03"],
            "observed": [1.0, 1.0, 1.0, 1.0, 30.0],
            "expected": [0.0, 0.0, 0.0, 0.0, 10.0],
            "n": [1.0, 1.0, 1.0, 1.0, 90.0],
            "basis": ["record"] * 4 + ["poisson"],
            "verdict": ["to_check"] * 4 + ["flagged"],
        }
    )

    rows = shown(view.gaming(study_of(gaming=signs)))[TABLE_MIME]["rows"]
    assert [row[1:3] for row in rows] == [["Rep 3", "30"], ["Rep 1", "3"], ["Rep 2", "1"]]
