"""The quality of a rep's leads is judged by what colleagues made of such leads."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.lead_mix import lead_quality_by_period
from kpikit.errors import InputDataError


def test_by_hand():
    """
    Colleague: 6 of 10 hot leads won, 1 of 10 cold ones; 7 of 20 in all = .35. The rep's hot lead
    is worth (6 + 10 x .35) / 20 = .475, the cold one (1 + 3.5) / 20 = .225; their mean is .35.
    """
    rows = [("b", 1, "won" if i < 6 else "lost", "hot") for i in range(10)]
    rows += [("b", 1, "won" if i < 1 else "lost", "cold") for i in range(10)]
    rows += [("a", 1, "open", "hot"), ("a", 1, "open", "cold"), ("a", 2, "open", "hot")]
    deals = pd.DataFrame(rows, columns=["rep_id", "period", "status", "source"])

    found = lead_quality_by_period(deals, ["source"]).set_index(["rep_id", "period"])

    assert found.loc[("a", 1), "lead_quality"] == pytest.approx(0.35)
    assert found.loc[("a", 2), "lead_quality"] == pytest.approx(0.475)


def test_what_the_rep_makes_of_the_leads_does_not_enter():
    """Winning everything oneself does not make one's leads good ones."""
    rng = np.random.default_rng(5)
    deals = pd.DataFrame(
        {"rep_id": rng.choice(["a", "b", "c"], 300), "period": rng.integers(1, 5, 300),
         "status": rng.choice(["won", "lost"], 300), "source": rng.choice(["x", "y"], 300)}
    )  # fmt: skip
    lucky = deals.assign(status=deals["status"].where(deals["rep_id"] != "a", "won"))
    before, after = (lead_quality_by_period(table, ["source"]) for table in (deals, lucky))
    own = before["rep_id"] == "a"
    np.testing.assert_allclose(before.loc[own, "lead_quality"], after.loc[own, "lead_quality"])
    assert (before.loc[~own, "lead_quality"] < after.loc[~own, "lead_quality"]).all()


def test_a_lonely_rep_has_no_colleagues_to_compare_with():
    """Nothing is said rather than the rep's own rate."""
    deals = pd.DataFrame(
        {"rep_id": ["a"] * 4, "period": [1] * 4, "status": ["won"] * 4, "source": [None] * 4}
    )
    assert lead_quality_by_period(deals, ["source"]).empty
    with pytest.raises(InputDataError, match="lack the columns region"):
        lead_quality_by_period(deals, ["region"])
