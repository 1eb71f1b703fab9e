"""What the chapter on targets and pay says, and what it does not say without a reason."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from test_targets_and_pay import (
    MONTHS,
    deals,
    engagement,
    facts,
    found_of,
    rep_client,
    rules,
    sold_by_month,
)

from kpikit import rep_plans, sales_history, target_questions, targets_and_pay
from kpikit.diagnosis import pay_rules as core_rules
from kpikit.errors import InputDataError
from kpikit.figures import figure_table
from kpikit.published_targets import targets_and_pay_rows
from kpikit.report import targets_and_pay_words
from kpikit.report.views import pay
from kpikit.report.views import targets_and_pay as view


def study_of(tables: dict[str, pd.DataFrame], **changes: object) -> SimpleNamespace:
    found = found_of(tables, **changes)
    return SimpleNamespace(
        engagement=engagement(**changes),
        client=SimpleNamespace(tables=tables),
        figures=figure_table(targets_and_pay_rows(found)),
        targets_and_pay=found,
    )


def said(shown: object) -> str:
    return str(shown._repr_mimebundle_()["text/plain"])


def test_ten_per_cent_is_two_targets():
    """EX-10.3 on the page: below 1 % on the previous quarter, a stretch on last year's."""
    text = said(view.base_text(study_of({"deals": sold_by_month(MONTHS)})))

    assert "it is +46% a year; on the same quarter of last year it stays +10%" in text
    assert "the first is unrealistic (below 1%), the second a stretch" in text


def test_no_odds_before_the_base_is_named():
    """Trap 22: the sentence asks back, and the table has no probability for it."""
    study = study_of({"deals": sold_by_month(MONTHS)}, targets=[{"growth": 0.25}])

    assert "Asked for was +25% without saying of what. No odds are given" in said(
        view.base_text(study)
    )
    row = next(r for r in said(view.targets_table(study)).splitlines() if r.startswith("Sales: "))
    assert "25%, of what is not said" in row and "below" not in row
    assert row.count("\N{EM DASH}") >= 4


def test_without_pay_rules_the_page_says_what_to_ask_for():
    study = study_of({"deals": sold_by_month(MONTHS)})

    assert "Ask for the bonus scheme" in said(pay.pay_rules(study))
    assert said(pay.payout_charts(study)) == said(pay.schemes(study)) == ""


def test_a_plan_that_nobody_can_judge_is_not_called_anything():
    study = study_of({"deals": sold_by_month(MONTHS[:8])},
                     plan={"start": "2026-07", "months": 12, "target": 900.0})  # fmt: skip

    assert "The odds of the plan cannot be given." in said(view.headline(study))


def test_a_plan_over_the_top_is_named_in_the_headline():
    plan = {"start": "2026-07", "months": 3, "target": 600.0}
    text = said(view.headline(study_of({"deals": sold_by_month(MONTHS)}, plan=plan)))

    assert "is unrealistic: its probability is below 1%" in text


def test_over_assignment_is_said_openly():
    study = study_of(rep_client({"a": 150.0, "b": 150.0}, 270.0))

    text = said(view.rep_text(study))
    assert "11.1% above the company's: more than the usual 10 %" in text
    assert "All reps have the same target" in text
    assert "Rep 1" in said(view.rep_table(study))


def test_names_of_the_client_are_no_markup():
    """A KPI called like a link stays text in the list of problems."""
    name = "[calls](http://x)"
    tables = {
        "deals": deals([("a", "2026-06-10", 100.0)]),
        "kpi_facts": facts({("a", "2026-06"): 1.0}),
        "pay_rules": rules({"kpi_id": "calls", "weight": 0.1}),
        "kpis": pd.DataFrame({"kpi_id": ["calls"], "name": [name]}),
    }

    text = said(pay.pay_rules(study_of(tables)))
    assert "](" not in text and "calls" in text


def test_reps_with_few_months_are_not_compared_in_pay():
    """Two months are fewer than the five of n_min: their pay is nobody's business."""
    tables = {
        "deals": deals([(r, f"2026-0{m}-10", 9_000.0) for r in "ab" for m in (5, 6)]),
        "kpi_facts": facts({(r, f"2026-0{m}"): 1.0 for r in "ab" for m in (5, 6)}),
        "pay_rules": rules({"kpi_id": "calls"}),
    }

    assert said(pay.rep_pay(study_of(tables))) == ""


def test_a_study_without_files_says_so():
    with pytest.raises(InputDataError, match="the engagement names no files"):
        view.headline(SimpleNamespace(targets_and_pay=None))


def test_every_problem_of_the_core_has_words():
    codes = set(re.findall(r'_problem\(\s*"(\w+)"', Path(core_rules.__file__).read_text()))
    codes |= set(re.findall(r'found\.append\(\("(\w+)"', Path(core_rules.__file__).read_text()))

    assert len(codes) > 8
    assert codes <= set(targets_and_pay_words.PROBLEMS)


def test_every_refusal_has_words():
    """Codes that the assembly writes down, read from its source."""
    source = "".join(
        Path(module.__file__).read_text()
        for module in (rep_plans, sales_history, target_questions, targets_and_pay)
    )
    codes = set(re.findall(r'(?:reason=|"reason": |return |refusals\[[^]]+\] = )"(\w+)"', source))

    assert len(codes) > 8
    assert codes <= set(targets_and_pay_words.REASONS)
