"""Which few KPIs to keep: against all subsets, and by the sentences a consultant would say."""

import itertools

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.kpi_rules import AuditInput, AuditLimits, ChainFacts
from kpikit.diagnosis.kpi_rules.calendar import role_card
from kpikit.diagnosis.kpi_rules.selection import (
    GAPS,
    REASONS,
    select_kpis,
    selections,
)
from kpikit.errors import InputDataError

GROUPS = ("money", "customers", "labour_per_customer", "intensity")
AS_OF = pd.Timestamp("2026-06-30", tz="UTC")
LIMITS = AuditLimits()


def table(**kpis):
    """``name=(score, group, changes)``."""
    rows = []
    for place, (name, (score, group, *changed)) in enumerate(kpis.items()):
        row = {"kpi_id": name, "score": score, "measurable": 0.5, "goal_group": group,
               "parent_kpi_id": "", "cluster": place, "is_preferred": False, "is_plan": False,
               "is_proven": False, "excluded": ""}  # fmt: skip
        rows.append(row | (changed[0] if changed else {}))
    return pd.DataFrame(rows)


FOUR = {group: (0.5, group) for group in GROUPS}


def proposal(found, kpi):
    row = found.proposals.set_index("kpi_id").loc[kpi]
    return row["proposal"], row["reason"], row["other_kpi_id"]


def test_as_few_as_cover_the_four_groups():
    """Aim three, limit five, four groups: four are kept, though a fifth would score."""
    found = select_kpis(table(**FOUR, extra=(0.4, "money")), LIMITS)
    assert sorted(found.kept) == sorted(GROUPS)
    assert found.status == "ok"
    assert proposal(found, "extra") == ("drop", "weaker", None)


def test_the_plan_itself_is_always_kept():
    """The plan scores worst of all, and two KPIs are allowed: the plan is one of them."""
    rows = table(plan=(0.05, "money", {"is_plan": True}), best=(0.9, "money"), good=(0.8, "money"))
    found = select_kpis(rows, AuditLimits(kpi_aim=2, kpi_limit=2), covered=GROUPS[1:])
    assert set(found.kept) == {"plan", "best"}
    assert proposal(found, "plan") == ("keep", "the_plan", None)


def test_of_two_plans_one_is_kept():
    """Two KPIs that both are the plan: the better one is enough."""
    plan = {"is_plan": True}
    rows = table(old=(0.2, "money", plan), new=(0.4, "money", plan))
    assert select_kpis(rows, LIMITS, covered=GROUPS[1:]).kept == ("new",)


def test_what_is_proven_is_kept_as_far_as_the_limit_allows():
    """Three are the aim and would cover the group; the two proven ones stay, though weak."""
    proven = {"is_proven": True}
    rows = table(
        a=(0.9, "money"), b=(0.8, "money"), c=(0.7, "money"), d=(0.6, "money"),
        p=(0.2, "money", proven), q=(0.1, "money", proven),
    )  # fmt: skip
    found = select_kpis(rows, LIMITS, covered=GROUPS[1:])
    assert {"p", "q", "a"} == set(found.kept)
    assert proposal(found, "p") == ("keep", "proven", None)
    five = table(**{f"p{i}": (0.1, "money", proven) for i in range(7)})
    assert len(select_kpis(five, LIMITS, covered=GROUPS[1:]).kept) == LIMITS.kpi_limit


def test_a_group_whose_kpis_are_all_excluded_is_not_called_empty():
    """The list has a KPI of intensity; that it serves no goal is another advice than adding one."""
    rows = table(
        a=(0.5, "money"), b=(0.5, "intensity", {"excluded": "way_without_goal"})
    )  # fmt: skip
    found = select_kpis(rows, LIMITS, covered=("customers", "labour_per_customer"))
    assert found.gaps == {"intensity": "not_usable"}


def test_norms_cover_their_groups():
    """With norms for labour and intensity three KPIs are enough, the best three."""
    found = select_kpis(
        table(**FOUR, best=(0.9, "money"), good=(0.8, "money")), LIMITS,
        covered=("labour_per_customer", "intensity"),
    )  # fmt: skip
    assert found.kept == ("best", "good", "customers")


def test_a_group_without_a_candidate_is_named():
    found = select_kpis(table(m=(0.9, "money"), c=(0.8, "customers")), LIMITS)
    assert found.status == "incomplete"
    assert found.gaps == {"labour_per_customer": "no_candidate", "intensity": "no_candidate"}
    assert set(found.gaps.values()) <= set(GAPS)


def test_a_group_that_does_not_fit_is_named():
    """Two KPIs at most cannot cover four groups; the best two groups are covered."""
    found = select_kpis(table(**FOUR), AuditLimits(kpi_aim=1, kpi_limit=2))
    assert len(found.kept) == 2
    assert set(found.gaps.values()) == {"crowded_out"}


def test_one_of_those_that_move_together():
    """The better of two copies is kept, the other merged into it."""
    pair = {"one": (0.9, "money", {"cluster": 99}), "two": (0.8, "money", {"cluster": 99})}
    found = select_kpis(table(**FOUR, **pair), AuditLimits(kpi_aim=5))
    assert "one" in found.kept
    assert proposal(found, "two") == ("merge", "moves_with_kept", "one")


def test_a_way_brings_its_goal_along():
    """The way at .9 needs its goal at .1; alone with one place, neither is worth it."""
    rows = table(goal=(0.1, "money"), way=(0.9, "money", {"parent_kpi_id": "goal"}),
                 other=(0.3, "money"))  # fmt: skip
    alone = select_kpis(rows, AuditLimits(kpi_aim=1, kpi_limit=1), covered=GROUPS[1:])
    assert alone.kept == ("other",)
    assert proposal(alone, "way") == ("drop", "goal_not_kept", "goal")
    both = select_kpis(rows, AuditLimits(kpi_aim=2, kpi_limit=2), covered=GROUPS[1:])
    assert both.kept == ("way", "goal")


def test_the_strategy_decides_between_near_equals():
    """A family that the strategy asks for is worth .1: .55 beats .6, but .4 does not."""
    one = AuditLimits(kpi_aim=1, kpi_limit=1)
    rest = GROUPS[1:]
    near = table(a=(0.6, "money"), b=(0.55, "money", {"is_preferred": True}))
    far = table(a=(0.6, "money"), b=(0.4, "money", {"is_preferred": True}))
    assert select_kpis(near, one, covered=rest).kept == ("b",)
    assert select_kpis(far, one, covered=rest).kept == ("a",)


def test_ties_go_by_measurability():
    one = AuditLimits(kpi_aim=1, kpi_limit=1)
    rows = table(a=(0.6, "money", {"measurable": 0.4}), b=(0.6, "money", {"measurable": 0.9}))
    assert select_kpis(rows, one, covered=GROUPS[1:]).kept == ("b",)


def test_excluded_kpis_are_dropped_with_their_reason():
    bad = {"bad": (1.0, "money", {"excluded": "works_against_plan"})}
    found = select_kpis(table(**FOUR, **bad), LIMITS)
    assert proposal(found, "bad") == ("drop", "works_against_plan", None)
    assert set(found.proposals["reason"]) <= set(REASONS)


def test_a_kpi_without_a_score_is_kept_only_for_its_group():
    rows = table(**FOUR | {"money": (np.nan, "money")}, blank=(np.nan, "customers"))
    found = select_kpis(rows, LIMITS)
    assert "money" in found.kept
    assert proposal(found, "blank") == ("drop", "not_scored", None)


def brute_force(rows, most):
    """Best value over all subsets: fewest empty groups first, then the sum of the scores."""
    best = None
    records = rows.to_dict("records")
    for size in range(most + 1):
        for subset in itertools.combinations(records, size):
            ids = {row["kpi_id"] for row in subset}
            clusters = [row["cluster"] for row in subset]
            if len(set(clusters)) < len(clusters):
                continue
            if any(row["parent_kpi_id"] and row["parent_kpi_id"] not in ids for row in subset):
                continue
            empty = len(set(GROUPS) - {row["goal_group"] for row in subset})
            value = (-empty, sum(round(r["score"], 3) + 0.1 * r["is_preferred"] for r in subset))
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_against_all_subsets(seed):
    """METHODS S4 by enumeration: 11 candidates, at most 5, all 1,024 subsets of that size."""
    rng = np.random.default_rng(seed)
    n = 11
    rows = pd.DataFrame(
        {
            "kpi_id": [f"k{i:02d}" for i in range(n)],
            "score": rng.uniform(size=n).round(3),
            "measurable": rng.uniform(size=n),
            "goal_group": rng.choice([*GROUPS, ""], size=n),
            "parent_kpi_id": [
                f"k{rng.integers(i):02d}" if i and rng.uniform() < 0.3 else "" for i in range(n)
            ],
            "cluster": rng.integers(7, size=n),
            "is_preferred": rng.uniform(size=n) < 0.3,
            "is_plan": False,
            "is_proven": False,
            "excluded": "",
        }
    )
    # Aim equal to the limit: the programme alone, without the step to fewer KPIs.
    found = select_kpis(rows, AuditLimits(kpi_aim=5, kpi_limit=5))
    own = rows[rows["kpi_id"].isin(found.kept)]
    value = float((own["score"] + 0.1 * own["is_preferred"]).sum())
    empty, best = brute_force(rows, 5)
    assert len(found.gaps) == -empty
    assert value == pytest.approx(best, abs=1e-9)
    assert len(found.kept) <= 5
    assert not own["cluster"].duplicated().any()
    assert set(own["parent_kpi_id"]) - {""} <= set(found.kept)


def test_three_from_a_thousand():
    """A thousand candidates are decided, and the best of each group can be named by hand."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "kpi_id": [f"k{i}" for i in range(1000)], "score": rng.uniform(0, 0.9, size=1000),
            "measurable": 0.5, "goal_group": np.tile(GROUPS, 250), "parent_kpi_id": "",
            "cluster": range(1000), "is_preferred": False, "is_plan": False,
            "is_proven": False, "excluded": "",
        }
    )  # fmt: skip
    tops = {"k10": "labour_per_customer", "k21": "customers", "k44": "money", "k83": "intensity"}
    rows.loc[rows["kpi_id"].isin(tops), "score"] = 1.0
    assert set(select_kpis(rows, LIMITS).kept) == set(tops)


# --------------------------------------------------------------------------
# From the audit's input
# --------------------------------------------------------------------------
def listed(count, **constant):
    return pd.DataFrame(
        [
            {
                "kpi_id": f"k{n:02d}", "name": f"KPI {n}", "name_lang": "ru" if n == 0 else "en",
                "goal_group": GROUPS[n % 4], **constant,
            }
            for n in range(count)
        ]
    )  # fmt: skip


def test_g1_at_least_34_of_39_are_dropped():
    """SPEC G1: at most five of 39 are kept, so 34 or more go; each with a reason."""
    found = selections(AuditInput(listed(39), AS_OF, "ru", strategy="ST1"))
    assert len(found) == 1
    proposals = found[0].proposals
    assert (proposals["proposal"] == "drop").sum() >= 34
    assert 3 <= len(found[0].kept) <= 5
    assert len(proposals) == 39
    assert (proposals["reason"] != "").all()


@pytest.mark.parametrize("strategy", [None, "ST0"])
def test_without_a_strategy_nothing_is_selected(strategy):
    found = selections(AuditInput(listed(8), AS_OF, "ru", strategy=strategy))[0]
    assert (found.status, found.reason, found.kept) == ("blocked", "no_strategy", ())
    assert found.proposals.empty


def test_each_role_has_its_own_selection():
    kpis = pd.concat([listed(4, role="hunter"), listed(4, role="farmer")], ignore_index=True)
    kpis["kpi_id"] = [f"k{n}" for n in range(8)]
    found = selections(AuditInput(kpis, AS_OF, "ru", strategy="ST1"))
    assert [one.role for one in found] == ["farmer", "hunter"]
    assert set(found[0].kept) == {"k4", "k5", "k6", "k7"}


def test_harmful_kpis_and_orphan_ways_are_never_selected():
    kpis = listed(6)
    kpis["purpose"] = ["goal"] * 5 + ["way"]
    links = pd.DataFrame(
        [{"kpi_id": "k00", "verdict": "opposed", "reason": "", "rho": -0.6, "low": -0.8,
          "high": -0.4, "n": 60}]
    )  # fmt: skip
    found = selections(AuditInput(kpis, AS_OF, "ru", strategy="ST1", linkage=links))[0]
    assert proposal(found, "k00")[:2] == ("drop", "works_against_plan")
    assert proposal(found, "k05")[:2] == ("drop", "way_without_goal")


def test_norms_of_the_chain_need_no_kpi():
    """Money and customers by KPIs, the rest by norms: no group stays empty."""
    chain = ChainFacts(has_norms=True, has_attention_plan=True)
    found = selections(AuditInput(listed(2), AS_OF, "ru", strategy="ST1", chain=chain))[0]
    assert found.status == "ok"
    bare = selections(AuditInput(listed(2), AS_OF, "ru", strategy="ST1"))[0]
    assert set(bare.gaps) == {"labour_per_customer", "intensity"}


def test_the_families_of_the_strategy_come_first():
    """Two equal KPIs of money; the catalogue gives one of them to the strategy."""
    kpis = listed(2, goal_group="money")
    kpis["goal_group"] = "money"
    catalogue = pd.DataFrame(
        [{"catalogue_id": "K20", "goal_group": "customers", "purpose": "goal",
          "controller": "rep", "strategies": ["ST1"], "horizon": "short"}]
    )  # fmt: skip
    match = pd.DataFrame(
        [{"kpi_id": "k01", "catalogue_id": "K20", "confidence": 1.0, "review": False}]
    )
    kpis["name_lang"] = "ru"
    found = selections(
        AuditInput(
            kpis, AS_OF, "ru", strategy="ST1", matches=match, catalogue=catalogue,
            limits=AuditLimits(kpi_aim=1, kpi_limit=1),
        )
    )[0]  # fmt: skip
    assert found.kept == ("k01",)


def test_wrong_candidates_are_told():
    rows = table(**FOUR)
    with pytest.raises(InputDataError, match="lack the columns cluster"):
        select_kpis(rows.drop(columns="cluster"), LIMITS)
    with pytest.raises(InputDataError, match="stand twice: money"):
        select_kpis(pd.concat([rows, rows.head(1)]), LIMITS)
    with pytest.raises(InputDataError, match="between 0 and 1; check money"):
        select_kpis(rows.assign(score=[1.5, 0.5, 0.5, 0.5]), LIMITS)


def test_a_card_does_not_round_work_away():
    """1.29 a day as "1 a day" would lose a fifth: it is told as 6 a week (6.45, 7 % less)."""
    norms = pd.DataFrame({"role": "rep", "kind": ["meeting", "call"], "per_day": [1.29, 7.24]})
    found = role_card(norms).set_index("kind")
    assert found.loc["meeting", ["count", "span"]].tolist() == [6, "week"]
    assert found.loc["call", ["count", "span"]].tolist() == [7, "day"]
