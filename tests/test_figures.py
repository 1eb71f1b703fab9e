"""figures.csv: every published number once, the same bytes for the same numbers."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpikit.errors import InputDataError
from kpikit.figures import figure, figure_table, pick, read_figures, write_figures
from kpikit.vocabulary import FIGURE_COLUMNS, FIGURES

#: What the audit promises for a client with complete files.
PROMISED = {
    "deals", "conversion_eventual", "stage_conversion", "stage_days_median", "cycle_days_median",
    "open_deal_win_probability", "contacts_per_won_deal", "hours_per_won_deal",
    "contacts_per_customer_year", "contact_norm_per_day", "contact_bound_per_day",
    "capacity_won_deals_per_month", "bottleneck_utilisation", "required_primary_contacts",
    "required_hours", "required_fte", "available_fte", "resource_coverage", "plan_probability",
    "reps_for_80pct", "largest_target_80pct", "hire_by",
}  # fmt: skip


def sample_rows():
    return [
        figure("stage_conversion", 0.5, stage="offer", low=0.4, high=0.6, level=0.9, n=40),
        figure("deals", 120, method="count", grade="A", source="deals"),
        figure("binding_constraint", "hours"),
        figure("required_fte", None, status="not_computable", reason="missing: norms"),
        figure("hire_by", "2026-03-01", period="2026-07", role="rep"),
        figure("stage_conversion", 1 / 3, stage="lead", segment="Крупные, «А»"),
    ]


# --------------------------------------------------------------------------
# Writing and reading
# --------------------------------------------------------------------------
def test_round_trip(tmp_path):
    """What is read is what was written: numbers as numbers, text as text, nothing as nothing."""
    table = figure_table(sample_rows())
    write_figures(table, tmp_path / "figures.csv")
    back = read_figures(tmp_path / "figures.csv")

    assert list(back.columns) == list(FIGURE_COLUMNS)
    assert pick(back, "deals")["value"] == 120.0
    assert pick(back, "binding_constraint")["value"] == "hours"
    assert pick(back, "hire_by", period="2026-07", role="rep")["value"] == "2026-03-01"
    offer = pick(back, "stage_conversion", stage="offer")
    assert (offer["value"], offer["low"], offer["high"], offer["n"]) == (0.5, 0.4, 0.6, 40)
    assert math.isnan(offer["n_events"])
    lead = pick(back, "stage_conversion", stage="lead", segment="Крупные, «А»")
    assert lead["value"] == pytest.approx(1 / 3, abs=1e-12)
    missing = pick(back, "required_fte")
    assert missing["value"] in (None, "")
    assert missing["reason"] == "missing: norms"


@settings(max_examples=60, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_to_twelve_digits(tmp_path_factory, number):
    path = tmp_path_factory.mktemp("figures") / "figures.csv"
    write_figures(figure_table([figure("deals", number)]), path)

    assert pick(read_figures(path), "deals")["value"] == pytest.approx(number, rel=1e-11, abs=0)


def test_the_same_numbers_are_the_same_bytes(tmp_path):
    """Neither the order in which they were published nor a last bit of noise shows."""
    rows = sample_rows()
    noisy = [dict(row) for row in reversed(rows)]
    noisy[0]["value"] = noisy[0]["value"] * (1 + 2e-16)
    write_figures(figure_table(rows), tmp_path / "a.csv")
    write_figures(figure_table(noisy), tmp_path / "b.csv")

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert b"\r" not in (tmp_path / "a.csv").read_bytes()


def test_figures_stand_in_the_order_of_the_vocabulary():
    names = list(figure_table(sample_rows())["figure"].unique())

    assert names == [name for name in FIGURES if name in names]


def test_writing_leaves_the_table_alone(tmp_path):
    table = figure_table(sample_rows())
    before = table.copy()
    write_figures(table, tmp_path / "figures.csv")

    pd.testing.assert_frame_equal(table, before)


# --------------------------------------------------------------------------
# What is refused
# --------------------------------------------------------------------------
def test_a_number_is_published_once():
    with pytest.raises(InputDataError, match=r"published twice: .*'stage': 'offer'"):
        figure_table([*sample_rows(), figure("stage_conversion", 0.51, stage="offer")])


@pytest.mark.parametrize(
    ("name", "value", "fields", "message"),
    [
        ("conversions", 0.5, {}, "figure 'conversions' is not in the vocabulary"),
        ("deals", 1, {"stages": "a"}, r"figure 'deals' has unknown columns \['stages'\]"),
        ("deals", 1, {"status": "fine"}, "figure 'deals': status 'fine' is none of"),
        ("deals", 1, {"grade": "E"}, "figure 'deals': grade 'E' is none of"),
        ("deals", None, {}, "figure 'deals' has no value and no reason"),
        ("deals", None, {"status": "not_computable"}, "figure 'deals' has no value and no reason"),
        ("deals", math.nan, {}, "figure 'deals' has no value and no reason"),
        ("deals", math.inf, {"reason": "no end"}, "figure 'deals' has no value and no reason"),
    ],
)
def test_a_figure_that_says_too_little_is_refused(name, value, fields, message):
    """Nothing unknown, no silent nan, no infinity: a missing number has a status and a reason."""
    with pytest.raises(InputDataError, match=message):
        figure(name, value, **fields)


def test_an_endless_interval_has_no_end():
    row = figure("deals", 5, low=-math.inf, high=math.nan)

    assert (row["low"], row["high"]) == (None, None)


def test_units_come_from_the_vocabulary():
    assert figure("stage_conversion", 0.5)["unit"] == "share"
    assert figure("required_hours", 5)["unit"] == "hours"


@pytest.mark.parametrize(("keys", "count"), [({}, 0), ({"stage": "none"}, 0)])
def test_pick_wants_exactly_one(keys, count):
    with pytest.raises(InputDataError, match=f"figure 'stage_conversion' .*{count} rows instead"):
        pick(figure_table(sample_rows()), "stage_conversion", **keys)


# --------------------------------------------------------------------------
# The sample client
# --------------------------------------------------------------------------
def test_every_promised_figure_is_published(client_study):
    """Each with a value, for a client who hands over everything."""
    rows = client_study.figures
    known = set(rows.loc[rows["value"].notna(), "figure"])

    assert known >= PROMISED


def test_published_numbers_keep_to_their_units(client_study):
    """Shares 0 to 1 (utilisation and attainment may be more), nothing negative, all finite."""
    rows = client_study.figures
    above_one = {"bottleneck_utilisation", "plan_attainment", "resource_coverage", "little_law_gap",
                 "kpi_value", "kpi_deviation", "payout_expected", "payout_at_mean",
                 "target_growth", "over_assignment"}  # fmt: skip
    signed = {"little_law_gap", "ledger_difference", "kpi_value", "kpi_deviation", "kpi_link",
              "target_growth", "bonus_check_gap", "attainment_by_potential",
              "scheme_plan_link"}  # fmt: skip
    for row in rows[rows["value"].notna()].itertuples():
        if row.unit in ("text", "date"):
            assert isinstance(row.value, str)
            continue
        assert math.isfinite(row.value), row
        assert row.value >= 0 or row.figure in signed, row
        if row.unit == "share" and row.figure not in above_one:
            assert row.value <= 1, row


def test_intervals_hold_their_value(client_study):
    """Low <= value <= high, with the level of the interval beside it."""
    rows = client_study.figures.dropna(subset=["low", "high", "value"])
    assert len(rows) > 30
    for row in rows.itertuples():
        assert row.low <= row.value + 1e-12, row
        assert row.value <= row.high + 1e-12, row
        assert row.figure == "conversion_bracket" or 0 < row.level < 1, row


def test_every_number_says_where_it_comes_from(client_study):
    """Method and source stand beside every number that could be computed (drill-down)."""
    rows = client_study.figures[client_study.figures["status"] != "not_computable"]

    assert rows["method"].notna().all()
    assert rows["source"].notna().all()
    degraded = rows[rows["status"] == "degraded"]
    assert (degraded["reason"].fillna("") != "").all()
