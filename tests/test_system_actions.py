"""Steps that follow from the audit of a KPI list: priced where money is known, never invented."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.kpi_rules import AuditInput, ChainFacts, run_rules
from kpikit.diagnosis.kpi_rules.selection import selections
from kpikit.diagnosis.priorities import Action, one_list
from kpikit.diagnosis.system_actions import bonus_at_risk, collecting_hours, system_actions

AS_OF = pd.Timestamp("2026-07-01")


def kpis(*rows):
    """``(id, weight, changes)`` of KPIs of the role rep."""
    return pd.DataFrame(
        [
            {"kpi_id": name, "name": f"KPI {name}", "role": "rep", "weight_in_pay": weight,
             "cadence": "monthly"} | changes
            for name, weight, changes in rows
        ]
    )  # fmt: skip


def linked(**verdicts):
    rows = [
        {"kpi_id": kpi, "verdict": verdict, "reason": "", "rho": 0.0, "low": 0.0, "high": 0.0,
         "n": 60}
        for kpi, verdict in verdicts.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def payroll(*months, bonus=1000.0):
    return pd.DataFrame(
        {"rep_id": "r1", "period_start_on": pd.to_datetime(list(months)), "bonus_paid": bonus}
    )


def audit(listed, **evidence):
    return AuditInput(kpis=listed, as_of=AS_OF, working_language="en", **evidence)


def test_bonus_at_risk_by_hand():
    """
    12,000 paid in the last twelve months (the payment of May 2025 is older); weights .5 linked,
    .3 not linked, .2 open: 30 % is lost for sure, up to 50 % may be: 3,600 to 6,000, middle 4,800.
    """
    months = [f"2025-{m:02d}-01" for m in range(7, 13)] + [f"2026-{m:02d}-01" for m in range(1, 7)]
    inputs = audit(
        kpis(("a", 0.5, {}), ("b", 0.3, {}), ("c", 0.2, {})),
        payroll=payroll("2025-05-01", *months),
        linkage=linked(a="linked", b="not_linked", c="unproven"),
    )
    found = bonus_at_risk(inputs)
    assert found["paid"] == 12_000
    assert [found[name] for name in ("low", "value", "high")] == pytest.approx([3600, 4800, 6000])
    assert (found["kpis"], found["unproven"]) == (1, 1)


def test_pay_for_what_others_move_is_at_risk_whatever_its_link():
    """Marketing makes the leads; their link with the plan is no merit of the rep."""
    inputs = audit(
        kpis(("a", 0.5, {}), ("leads", 0.5, {"controller": "marketing"})),
        payroll=payroll("2026-01-01"), linkage=linked(a="linked", leads="linked"),
    )  # fmt: skip
    assert bonus_at_risk(inputs)["low"] == pytest.approx(500)


@pytest.mark.parametrize("absent", ["payroll", "linkage"])
def test_no_money_is_invented(absent):
    """Without what was paid, or without a judged link, there is no amount at risk."""
    evidence = {"payroll": payroll("2026-01-01"), "linkage": linked(a="not_linked")}
    assert bonus_at_risk(audit(kpis(("a", 1.0, {})), **(evidence | {absent: None}))) is None


def test_hours_of_collecting_by_hand():
    """30 min a month make 6 h a year; 10 min a week 8.7 h; what is kept costs nothing here."""
    inputs = audit(
        kpis(("a", 0, {"minutes_to_collect": 30}), ("k", 0, {"minutes_to_collect": 600}),
             ("b", 0, {"minutes_to_collect": 10, "cadence": "weekly"}))
    )  # fmt: skip
    proposals = pd.DataFrame({"kpi_id": ["a", "b", "k"], "proposal": ["drop", "merge", "keep"]})
    assert collecting_hours(inputs, proposals) == pytest.approx(6 + 12 * 4.35 * 10 / 60)


def acts(inputs):
    return system_actions(inputs, run_rules(inputs), selections(inputs))


def test_each_failure_has_its_step():
    """No strategy, no norms, a foreign name, nobody who checks: four steps, strategy first."""
    inputs = audit(
        kpis(("a", 0, {"checker": "nobody", "name_lang": "ru"})),
        strategy="ST0",
        chain=ChainFacts(has_norms=False, has_attention_plan=True, has_cycle=False),
    )
    found = {action.id: action for action in acts(inputs)}
    assert list(found)[:2] == ["set_strategy", "collect_norms"]
    assert found["collect_norms"].values["missing"] == "norms,cycle"
    assert found["name_checkers"].values["kpis"] == 1
    assert found["plain_words"].values["kpis"] == 1
    assert all(action.money == 0 for action in found.values())


def test_contradictions_are_told_with_their_months():
    """All KPIs met and the plan missed in every one of 24 rep-months."""
    rows = [
        (rep, month)
        for rep in ("r1", "r2")
        for month in pd.date_range("2025-01-01", periods=12, freq="MS")
    ]
    facts = pd.DataFrame(rows, columns=["rep_id", "period_start_on"]).assign(
        kpi_id="a", attainment=1.1
    )
    plan = facts.rename(columns={"period_start_on": "period"})[["rep_id", "period"]]
    inputs = audit(kpis(("a", 1.0, {})), facts=facts, plan_attainment=plan.assign(attainment=0.7))
    found = {action.id: action for action in acts(inputs)}["agree_with_plan"]
    assert (found.values["cases"], found.values["n"]) == (24, 24)
    assert found.values["contradiction"] == "met_plan_missed"


def test_a_sound_list_asks_for_nothing():
    """A KPI that is checked, written down and in the team's language gives none of these steps."""
    inputs = audit(
        kpis(("a", 1.0, {"checker": "head", "check_routine": "Monday", "name_lang": "en",
                         "last_checked_on": AS_OF, "formula_text": "x", "unit": "x",
                         "definition": "x", "data_source": "CRM"}))
    )  # fmt: skip
    assert not {"name_checkers", "plain_words", "set_strategy"} & {a.id for a in acts(inputs)}


def action(name, money=0.0, effort=10.0):
    return Action(name, money, money, money, effort, "no_new_money", "measured", "x", 30, ())


def test_one_list_of_all_chapters():
    """What blocks comes first, then money per day, then what has no money as it was named."""
    chain = (action("agree_target"), action("hire", 900.0), action("minutes", 100.0))
    system = (action("cut_list", 90.0, 1.0), action("name_checkers"), action("set_strategy"))
    found = [one.id for one in one_list(chain, system)]
    assert found == ["agree_target", "set_strategy", "hire", "cut_list", "minutes", "name_checkers"]
    assert len(one_list(chain, system, most=3)) == 3


def test_price_of_the_freed_hours_is_the_chains():
    """Hours freed are worth what the same share of selling time is worth to the chain."""
    from kpikit.diagnosis.chain import expected_money
    from kpikit.diagnosis.scenarios import Change, apply_changes
    from kpikit.places import sample_dir
    from kpikit.study import run_study

    chain = run_study(sample_dir() / "golden" / "g4_four_reps").inputs
    rows = [(f"k{i}", 0.0, {"minutes_to_collect": 600}) for i in range(8)]
    inputs = audit(kpis(*rows), strategy="ST1")
    verdicts, chosen = run_rules(inputs), selections(inputs)
    cut = next(
        a for a in system_actions(inputs, verdicts, chosen, chain=chain) if a.id == "cut_list"
    )
    hours = cut.values["hours"]
    selling = sum(np.dot(pool.fte, pool.hours_per_fte) for pool in chain.roles)
    more = apply_changes(
        chain, {"selling_share": Change("add", hours * chain.selling_share / selling)}
    )
    assert hours > 0
    assert cut.money == pytest.approx(expected_money(more) - expected_money(chain))
    assert cut.confidence == "expert"
