"""How far a KPI reached its target: more is better, and nothing is made up."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.kpi_attainment import newest, with_attainment
from kpikit.errors import InputDataError


def kpis(**rows):
    """``name=(direction, target, low, high)``."""
    return pd.DataFrame(
        [(name, *row) for name, row in rows.items()],
        columns=["kpi_id", "direction", "target", "target_low", "target_high"],
    )


def facts(*rows):
    """``(kpi, value, target, attainment, is_met)``."""
    return pd.DataFrame(rows, columns=["kpi_id", "value", "target", "attainment", "is_met"])


NAN = np.nan


def test_more_is_better_and_less_is_better():
    """18 of 20 calls are 90 %; 3 hours where 2 were asked for are 2 / 3."""
    listed = kpis(calls=("higher", NAN, NAN, NAN), hours=("lower", NAN, NAN, NAN))
    found = with_attainment(facts(("calls", 18, 20, NAN, None), ("hours", 3, 2, NAN, None)), listed)
    assert found["attainment"].tolist() == pytest.approx([0.9, 2 / 3])


def test_target_of_the_list_stands_in_for_that_of_the_fact():
    """The list asks for 50 a month; the fact of 40 names no target."""
    found = with_attainment(facts(("a", 40, NAN, NAN, None)), kpis(a=("higher", 50, NAN, NAN)))
    assert found[["target", "attainment"]].iloc[0].tolist() == [50, 0.8]


def test_what_the_client_states_is_kept():
    """The client says 70 %, the parts say 80 %; a contradiction is reported, not repaired."""
    found = with_attainment(
        facts(("a", 40, 50, 0.7, None), ("a", 40, 50, NAN, True)), kpis(a=("higher", 50, NAN, NAN))
    )
    assert found["attainment"].tolist() == pytest.approx([0.7, 0.8])
    assert found["is_met"].tolist()[1] is True


def test_inside_a_band_there_is_no_more_or_less():
    """5 lies in 4 to 6, 7 does not; an unknown value is neither met nor missed."""
    found = with_attainment(
        facts(("a", 5, NAN, NAN, None), ("a", 7, NAN, NAN, None), ("a", NAN, NAN, NAN, None)),
        kpis(a=("band", NAN, 4, 6)),
    )
    assert found["is_met"].tolist()[:2] == [True, False]
    assert pd.isna(found["is_met"].iloc[2])
    assert found["attainment"].isna().all()


@pytest.mark.parametrize("value, target", [(5, 0), (5, NAN), (NAN, 5), (-3, 5)])
def test_nothing_follows_from_no_target(value, target):
    """A target of zero or none, no value, a negative value: unknown, never zero or infinite."""
    found = with_attainment(facts(("a", value, target, NAN, None)), kpis(a=("higher", *[NAN] * 3)))
    assert found["attainment"].isna().all()


def test_none_of_a_bad_thing_is_no_number():
    """Zero complaints against a target of two: the quotient has no value; it is not invented."""
    found = with_attainment(facts(("a", 0, 2, NAN, None)), kpis(a=("lower", *[NAN] * 3)))
    assert found["attainment"].isna().all()


def test_input_stays_as_it_is_and_lacks_are_named():
    """The caller's tables are left alone; a missing column is named."""
    given, listed = facts(("a", 1, 2, NAN, None)), kpis(a=("higher", *[NAN] * 3))
    before = given.copy()
    with_attainment(given, listed)
    pd.testing.assert_frame_equal(given, before)
    with pytest.raises(InputDataError, match="facts of KPIs lack the columns target"):
        with_attainment(given.drop(columns="target"), listed)


def test_of_several_reports_the_last_one_stands():
    """10 was told on the 3rd, 12 on the 10th, and 9 by somebody who gave no date."""
    table = pd.DataFrame(
        {"kpi_id": "a", "rep_id": "r", "role": None, "value": [12, 9, 10],
         "period_start_on": pd.Timestamp("2025-01-01"),
         "period_end_on": pd.Timestamp("2025-01-31"),
         "reported_at": pd.to_datetime(["2025-02-10", None, "2025-02-03"], utc=True)}
    )  # fmt: skip
    assert newest(table)["value"].tolist() == [12]
    apart = table.assign(rep_id=["r", "s", "t"])
    assert newest(apart)["value"].tolist() == [12, 9, 10]
