"""The evidence for the audit: read from the tables as they are, and nothing made up."""

import json

import numpy as np
import pandas as pd
import pytest

from kpikit import kpi_evidence as evidence
from kpikit.diagnosis.linkage import LINKED
from kpikit.places import sample_dir
from kpikit.study import run_study, with_audit
from kpikit.vocabulary import TABLES
from kpikit.wording.matching import match_kpis


def rows(name, *records):
    """Rows of a canonical table, all columns there."""
    table = pd.DataFrame(list(records)).reindex(columns=list(TABLES[name]))
    for column, kind in TABLES[name].items():
        if kind == "date":
            table[column] = pd.to_datetime(table[column])
    return table


def fact(start, end, **values):
    return {"kpi_id": "a", "rep_id": "r1", "period_start_on": start, "period_end_on": end, **values}


LIST = rows("kpis", {"kpi_id": "a", "name": "Calls", "direction": "higher"})


def test_grain_is_that_of_most_facts():
    """Two quarters outvote one month; without facts the plans of the reps decide."""
    facts = rows(
        "kpi_facts", fact("2025-01-01", "2025-03-31"), fact("2025-04-01", "2025-06-30"),
        fact("2025-07-01", "2025-07-31"),
    )  # fmt: skip
    plans = rows("plans", {"scope": "rep", "period_start_on": "2025-01-06",
                           "period_end_on": "2025-01-12"})  # fmt: skip
    assert evidence.grain_of({"kpi_facts": facts}) == "quarter"
    assert evidence.grain_of({"plans": plans}) == "week"
    assert evidence.grain_of({"plans": plans.assign(scope="company")}) == "month"
    assert evidence.grain_of({}) == "month"


def test_of_two_values_the_one_reported_last_stands():
    """A correction of 12 comes after the first report of 10; a quarter is another grain."""
    told = pd.to_datetime(["2025-02-10", "2025-02-03", None], utc=True)
    facts = rows(
        "kpi_facts", fact("2025-01-01", "2025-01-31", value=12.0),
        fact("2025-01-01", "2025-01-31", value=10.0), fact("2025-01-01", "2025-03-31", value=99.0),
    ).assign(reported_at=told)  # fmt: skip
    found = evidence.facts_of({"kpi_facts": facts}, LIST, "month")
    assert found["value"].tolist() == [12.0]


def test_facts_of_the_team_stay():
    """A fact without a rep is one of the team, not an error."""
    facts = rows(
        "kpi_facts", fact("2025-01-01", "2025-01-31", value=5.0, target=4.0) | {"rep_id": None}
    )
    found = evidence.facts_of({"kpi_facts": facts}, LIST, "month")
    assert found["rep_id"].isna().all()
    assert found["attainment"].tolist() == [1.25]


def listed(*records):
    return rows("kpis", *[{"kpi_id": f"k{n}", **record} for n, record in enumerate(records)])


def test_parts_of_the_plan_are_known_by_name_or_by_formula():
    """Revenue and the average deal by name, sold money and won deals by formula; calls are none."""
    kpis = listed(
        {"name": "Sales in money"}, {"name": "Average deal value"},
        {"name": "Our pot", "formula_expr": "sum(invoices.amount_base, at=invoices.issued_on)"},
        {"name": "Catch", "formula_expr":
         'count(deals, where=deals.status == "won", at=deals.closed_at)'},
        {"name": "Calls", "formula_expr":
         'count(activities, where=activities.kind == "call", at=activities.started_at)'},
        {"name": "Hit share", "formula_expr":
         'count(deals, where=deals.status == "won", at=deals.closed_at) '
         "/ count(deals, at=deals.closed_at)"},
    )  # fmt: skip
    assert evidence.plan_components(kpis, match_kpis(kpis)) == ["k0", "k1", "k2", "k3"]


def test_only_ways_are_asked_a_cycle_later():
    """A cycle of 61 days is two months; five months of facts are too few to look two ahead."""
    kpis = listed({"name": "Calls", "purpose": "way"}, {"name": "Sales", "purpose": "goal"})
    facts = pd.DataFrame({"period": range(12)})
    assert evidence.ways_at_lags(kpis, facts, 61.0, "month") == {"k0": (0, 2)}
    assert evidence.ways_at_lags(kpis, facts.head(5), 61.0, "month") == {}
    assert evidence.ways_at_lags(kpis, facts, None, "month") == {}
    assert evidence.ways_at_lags(kpis, facts, 10.0, "month") == {}


@pytest.mark.parametrize("unit, reported, same", [("%", 27.0, True), ("share", 0.27, True),
                                                   ("number", 27.0, False)])  # fmt: skip
def test_27_per_cent_is_0_27(unit, reported, same):
    """A share may be written as 27 or as 0.27; 27 pieces are not 0.27 pieces."""
    kpis = listed({"name": "Win rate", "unit": unit})
    facts = rows("kpi_facts", fact("2025-01-01", "2025-01-31", value=reported) | {"kpi_id": "k0"})
    measured = pd.DataFrame({"kpi_id": ["k0"], "period": pd.to_datetime(["2025-01-01"]),
                             "rep_id": ["r1"], "value": [0.27]})  # fmt: skip
    found = evidence.recomputed_values(measured, kpis, facts).iloc[0]
    assert np.isclose(found["reported"], found["recomputed"]) == same


def test_conditions_come_from_the_level_of_the_catalogue():
    """Refunds of 2 % are known; what has no value is left out, not called zero."""
    level = pd.DataFrame(
        {"kpi": ["K18", "K31", "K12"], "part": ["", "", "loss_making"],
         "value": [0.02, np.nan, 0.1], "low": 0.0, "high": 0.2, "n": 50}
    )  # fmt: skip
    found = evidence.precondition_table(level).set_index("condition")["value"]
    assert found.to_dict() == {"loss_making": 0.1, "refunds": 0.02}


# ---- the whole audit on the sample client ------------------------------------------------------


@pytest.fixture
def sample(client_study):
    return client_study


@pytest.fixture(scope="module")
def truth():
    text = (sample_dir() / "client" / "truth.json").read_text(encoding="utf-8")
    return json.loads(text)["kpi_system"]


def test_planted_links_are_found_and_the_idle_ones_are_not(sample, truth):
    """Three KPIs go along with the plan; the season alone moves the inbound leads."""
    table = sample.audit.linkage.table.set_index("kpi_id")["verdict"]
    for name in truth["linked_to_plan"]:
        assert table[truth["ids"][name]] == LINKED
    for name in (truth["uncontrollable"], *truth["same_thing"]):
        assert table[truth["ids"][name]] != LINKED


def test_planted_contradictions_are_counted(sample, truth):
    """In 32 of 75 rep-months all mandatory KPIs were met and the plan was missed."""
    cases = sample.audit.cases
    assert int(cases["contradiction"].eq("A").sum()) == truth["met_but_plan_missed"]
    assert len(cases) == truth["rep_months"]


def test_the_pair_that_is_one_thing_is_named(sample, truth):
    """Proposals and quotes are the same; nothing else is called a copy of them."""
    pairs = sample.audit.inputs.redundancy.pairs
    twins = {truth["ids"][name] for name in truth["same_thing"]}
    found = pairs.loc[pairs["is_duplicate"], ["kpi_a", "kpi_b"]].to_numpy()
    assert [set(pair) for pair in found if set(pair) & twins] == [twins]


def test_never_measured_kpis_have_no_verdict(sample, truth):
    """Six KPIs of the list were never measured: asked for, neither met nor missed."""
    verdicts = sample.audit.verdicts
    rule = verdicts[verdicts["rule"].eq("R06") & verdicts["code"].eq("R06.no_values")]
    assert set(rule["kpi_id"]) == {truth["ids"][name] for name in truth["never_measured"]}


def test_reported_values_come_out_again(sample, truth):
    """The plan and the average check are what the CRM says; calls were rounded up by hand."""
    found = sample.audit.reproduced.set_index("kpi_id")["share"]
    assert found[truth["ids"]["Выполнение плана продаж"]] == 1.0
    assert found[truth["ids"]["AOV"]] == 1.0
    assert found[truth["ids"]["Call volume"]] < 0.9


def test_every_published_number_of_the_audit_is_a_figure(sample):
    """The list, its scores, each link and each contradiction stand in figures.csv."""
    figures = sample.figures
    kinds = figures["figure"].value_counts()
    assert kinds["kpi_points"] == len(sample.audit.inputs.rows)
    assert kinds["kpi_link"] == sample.audit.linkage.table["rho"].notna().sum()
    link = figures[figures["figure"].eq("kpi_link")]
    assert (link["low"] <= link["value"].astype(float) + 1e-12).all()
    assert kinds["contradiction_share"] == len(sample.audit.frequency)


def test_a_study_without_a_list_stays_as_it_is():
    """G4 names no KPIs: there is nothing to audit and nothing is refused."""
    study = run_study(sample_dir() / "golden" / "g4_four_reps")
    assert with_audit(study) is study
