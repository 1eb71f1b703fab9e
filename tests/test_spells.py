"""Spells: first passages, jumps, backward moves, reopening, clean-ups, late watching."""

import time

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.spells import (
    DEAL_SPELL_COLUMNS,
    STAGE_SPELL_COLUMNS,
    countable_deals,
    deal_spells,
    stage_spells,
)
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

AS_OF = pd.Timestamp("2026-03-01", tz="UTC")


def day(number):
    """Midnight UTC of a day in January 2026 and after."""
    return pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=number)


@pytest.fixture
def stages():
    """Names sort against the order on purpose."""
    return pd.DataFrame(
        {
            "pipeline_id": "P",
            "stage_id": ["z", "y", "x", "won", "lost"],
            "stage_order": [10, 20, 30, 40, 50],
            "semantic": ["open", "open", "open", "won", "lost"],
        }
    )


def client(paths, status=None, closed=None, **columns):
    """Deals d0, d1, ... from lists of (day, stage)."""
    ends = {"won": "won", "lost": "lost"}
    status = status or [ends.get(path[-1][1], "open") for path in paths]
    closed = closed or [path[-1][0] if path[-1][1] in ends else None for path in paths]
    deals = pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(len(paths))],
            "status": status,
            "created_at": [day(path[0][0]) for path in paths],
            "closed_at": pd.Series(
                [pd.NaT if c is None else day(c) for c in closed], dtype="datetime64[us, UTC]"
            ),
            "pipeline_id": "P",
            "customer_id": "c",
            "owner_id": "r",
            **columns,
        }
    )
    rows = [
        (f"d{i}", "P", stage, day(when)) for i, path in enumerate(paths) for when, stage in path
    ]
    events = pd.DataFrame(rows, columns=["deal_id", "pipeline_id", "stage_id", "entered_at"])
    return deals, events.assign(is_bulk=False)


def rows_of(table, deal="d0"):
    return table.loc[table["deal_id"] == deal].set_index("stage_id")


def test_straight_way(stages):
    """By hand: z day 0-4, y 4-10, x 10-12, won."""
    deals, events = client([[(0, "z"), (4, "y"), (10, "x"), (12, "won")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.index.tolist() == ["z", "y", "x"]
    assert table["exit_age_days"].tolist() == [4, 6, 2]
    assert table["days_in_stage"].tolist() == [4, 6, 2]
    assert table["outcome"].tolist() == [WON] * 3
    assert table["entry_age_days"].tolist() == [0] * 3
    assert not table[["skipped", "is_bulk", "is_undated", "is_current"]].to_numpy().any()


def test_columns_are_the_promised_ones(stages):
    deals, events = client([[(0, "z"), (4, "won")]])
    assert tuple(stage_spells(deals, events, stages, AS_OF).columns) == STAGE_SPELL_COLUMNS
    assert tuple(deal_spells(deals, AS_OF, events, stages).columns) == DEAL_SPELL_COLUMNS
    empty = stage_spells(deals, events.iloc[:0], stages, AS_OF)
    assert tuple(empty.columns) == STAGE_SPELL_COLUMNS and not len(empty)


def test_open_deal_is_censored_at_as_of(stages):
    """By hand: 1 March is day 59; in y since day 20."""
    deals, events = client([[(0, "z"), (20, "y")]])
    last = rows_of(stage_spells(deals, events, stages, AS_OF)).loc["y"]
    assert (last["outcome"], last["exit_age_days"], last["is_current"]) == (OPEN, 39.0, True)
    assert last["left_at"] is pd.NaT


def test_a_lost_deal_leaves_its_highest_stage_lost(stages):
    deals, events = client([[(0, "z"), (4, "y"), (9, "lost")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table["outcome"].to_dict() == {"z": WON, "y": LOST}
    assert table["exit_age_days"].to_dict() == {"z": 4, "y": 5}


def test_a_jump_has_reached_the_stage_between_for_an_unknown_time(stages):
    """z -> x: y was reached and left by the won side; its duration is unknown, not zero."""
    deals, events = client([[(0, "z"), (5, "x"), (9, "lost")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.loc["y", "skipped"] and table.loc["y", "outcome"] == WON
    assert np.isnan(table.loc["y", "exit_age_days"]) and np.isnan(table.loc["y", "days_in_stage"])
    assert table.loc["y", "visits"] == 0
    assert table["outcome"].to_dict() == {"z": WON, "y": WON, "x": LOST}


def test_a_jump_to_won_has_reached_every_stage(stages):
    deals, events = client([[(0, "z"), (5, "won")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table["skipped"].to_dict() == {"z": False, "y": True, "x": True}


def test_a_backward_move_does_not_undo_an_advance(stages):
    """By hand: z 0-3, y 3-5, z again 5-8, y again 8-10, lost: visits are added up."""
    deals, events = client([[(0, "z"), (3, "y"), (5, "z"), (8, "y"), (10, "lost")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table["outcome"].to_dict() == {"z": WON, "y": LOST}
    assert table["exit_age_days"].to_dict() == {"z": 3, "y": 7}
    assert table["visits"].to_dict() == {"z": 2, "y": 2}
    assert table["days_in_stage"].to_dict() == {"z": 6, "y": 4}


def test_a_repeated_row_of_the_same_stage_is_no_move(stages):
    deals, events = client([[(0, "z"), (2, "z"), (3, "z"), (6, "y"), (7, "lost")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.loc["z", "visits"] == 1 and table.loc["z", "exit_age_days"] == 6


def test_reopened_policy(stages):
    """Lost on day 5, reopened on day 9 into y, won on day 20."""
    path = [(0, "z"), (2, "y"), (5, "lost"), (9, "y"), (20, "won")]
    deals, events = client([path])
    final = rows_of(stage_spells(deals, events, stages, AS_OF, reopened="final"))
    assert final.loc["y", "outcome"] == WON and final.loc["y", "exit_age_days"] == 18
    assert final.loc["y", "days_in_stage"] == 14, "the four days closed are not a stay"
    first = rows_of(stage_spells(deals, events, stages, AS_OF, reopened="first_close"))
    assert first.loc["y", "outcome"] == LOST and first.loc["y", "exit_age_days"] == 3
    whole = [
        deal_spells(deals, AS_OF, events, stages, reopened=policy).iloc[0]
        for policy in ("final", "first_close")
    ]
    assert [(w["outcome"], w["exit_age_days"]) for w in whole] == [(WON, 20.0), (LOST, 5.0)]


def test_zero_durations_are_half_a_second(stages):
    """One second is the step of the clock: half of it in days."""
    deals, events = client([[(0, "z"), (0, "y"), (0, "lost")]])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table["exit_age_days"].tolist() == pytest.approx([0.5 / 86_400] * 2)
    assert deal_spells(deals, AS_OF)["exit_age_days"].tolist() == pytest.approx([0.5 / 86_400])


def test_trap_4_a_clean_up_is_marked(stages):
    deals, events = client([[(0, "z"), (30, "lost")], [(0, "z"), (30, "lost")]])
    events["is_bulk"] = (events["stage_id"] == "lost") & (events["deal_id"] == "d1")
    table = stage_spells(deals, events, stages, AS_OF)
    assert table["is_bulk"].tolist() == [False, True]
    assert table["outcome"].tolist() == [LOST, LOST], "that it is lost is known"
    assert deal_spells(deals, AS_OF, events, stages)["is_bulk"].tolist() == [False, True]


def test_history_that_starts_late_means_late_entry(stages):
    """By hand: history starts on day 10; z since day 0 -> watched from age 10."""
    deals, events = client([[(0, "z"), (15, "y")], [(0, "z"), (5, "lost")], [(12, "z")]])
    table = stage_spells(deals, events, stages, AS_OF, history_start_at=day(10))
    table = table.set_index(["deal_id", "stage_id"])
    assert table.loc[("d0", "z"), "entry_age_days"] == 10
    assert table.loc[("d0", "y"), "entry_age_days"] == 0
    assert table.loc[("d1", "z"), "left_out"] == "before_history"
    assert table.loc[("d2", "z"), "entry_age_days"] == 0
    whole = deal_spells(deals, AS_OF, events, stages, history_start_at=day(10))
    assert whole["entry_age_days"].tolist()[0] == 10
    assert whole["left_out"].isna().tolist() == [True, False, True]


def test_stages_before_the_history_are_not_invented(stages):
    """A deal first seen in x, created before the history: it survived z and y unseen."""
    deals, events = client([[(20, "x"), (30, "won")]])
    deals["created_at"] = day(-200)
    late = stage_spells(deals, events, stages, AS_OF, history_start_at=day(0))
    assert late["stage_id"].tolist() == ["x"]
    seen = stage_spells(deals, events, stages, AS_OF)
    assert seen["stage_id"].tolist() == ["z", "y", "x"]


def test_imported_deals_have_no_known_start(stages):
    deals, events = client([[(0, "y"), (9, "x"), (12, "won")]], is_imported=True)
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.index.tolist() == ["y", "x"]
    assert table.loc["y", "left_out"] == "start_unknown"
    assert table.loc["x", "exit_age_days"] == 3 and pd.isna(table.loc["x", "left_out"])
    whole = deal_spells(deals, AS_OF, events, stages).iloc[0]
    assert whole["left_out"] == "start_unknown" and np.isnan(whole["exit_age_days"])
    deals["created_at"] = day(-40)
    known = deal_spells(deals, AS_OF, events, stages).iloc[0]
    assert pd.isna(known["left_out"])
    assert (known["entry_age_days"], known["exit_age_days"]) == (40.0, 52.0)


def test_closed_without_a_date_is_counted_in_the_middle(stages):
    """By hand: last event day 9, as-of day 59: the middle is day 34."""
    deals, events = client([[(0, "z"), (9, "y")]], status=["lost"])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.loc["y", "is_undated"] and table.loc["y", "outcome"] == LOST
    assert table.loc["y", "exit_age_days"] == 25
    whole = deal_spells(deals, AS_OF, events, stages).iloc[0]
    assert whole["is_undated"] and whole["exit_age_days"] == 34


def test_the_history_wins_over_the_closing_date_of_the_deal(stages):
    deals, events = client([[(0, "z"), (9, "lost")]], closed=[40])
    assert deal_spells(deals, AS_OF, events, stages)["exit_age_days"].tolist() == [9]
    assert deal_spells(deals, AS_OF)["exit_age_days"].tolist() == [40]


def test_a_closing_missing_in_the_history_comes_from_the_deal(stages):
    deals, events = client([[(0, "z"), (9, "y")]], status=["won"], closed=[20])
    table = rows_of(stage_spells(deals, events, stages, AS_OF))
    assert table.loc["y", "outcome"] == WON and table.loc["y", "exit_age_days"] == 11


def test_nothing_after_as_of_is_known(stages):
    deals, events = client([[(0, "z"), (70, "won")], [(65, "z")]])
    table = stage_spells(deals, events, stages, AS_OF)
    assert table["deal_id"].tolist() == ["d0"] and table["outcome"].tolist() == [OPEN]
    whole = deal_spells(deals, AS_OF, events, stages)
    assert whole["outcome"].tolist() == [OPEN, OPEN]
    assert whole["left_out"].tolist()[1] == "after_as_of"


def test_two_pipelines(stages):
    """A win in qualification hands the deal over; a delivery pipeline does not undo a win."""
    both = pd.concat([
        stages.assign(pipeline_role="sale"),
        pd.DataFrame({
            "pipeline_id": "Q", "stage_id": ["q", "won", "lost"], "stage_order": [1, 2, 3],
            "semantic": ["open", "won", "lost"], "pipeline_role": "qualification",
        }),
        pd.DataFrame({
            "pipeline_id": "S", "stage_id": ["s"], "stage_order": [1],
            "semantic": ["open"], "pipeline_role": "service",
        }),
    ])  # fmt: skip
    deals, events = client(
        [[(0, "q"), (3, "won"), (3.5, "z"), (8, "won"), (9, "s")]], status=["won"], closed=[8]
    )
    events["pipeline_id"] = ["Q", "Q", "P", "P", "S"]
    whole = deal_spells(deals, AS_OF, events, both).iloc[0]
    assert (whole["outcome"], whole["exit_age_days"]) == (WON, 8.0)
    table = stage_spells(deals, events, both, AS_OF).set_index(["pipeline_id", "stage_id"])
    assert table.loc[("Q", "q"), "outcome"] == WON
    assert table.loc[("Q", "q"), "exit_age_days"] == 3
    assert table.loc[("P", "z"), "exit_age_days"] == 4.5
    lost = events.iloc[:3]
    moved = deals.assign(status="lost", closed_at=day(30))
    assert deal_spells(moved, AS_OF, lost, both)["outcome"].tolist() == [LOST]


def test_rows_in_any_order_give_the_same_table(stages):
    rng = np.random.default_rng(1)
    paths = [[(i, "z"), (i + 2, "y"), (i + 5, rng.choice(["x", "lost", "won"]))] for i in range(30)]
    deals, events = client(paths)
    table = stage_spells(deals, events, stages, AS_OF)
    mixed = stage_spells(deals, events.sample(frac=1, random_state=2), stages, AS_OF)
    pd.testing.assert_frame_equal(table, mixed)


def test_countable_deals_leaves_out_tests_and_duplicates():
    deals = pd.DataFrame(
        {
            "deal_id": list("abcd"),
            "is_test": pd.array([True, False, None, False], dtype="boolean"),
            "is_duplicate": [False, True, False, False],
            "is_imported": [False, False, False, True],
        }
    )
    assert countable_deals(deals)["deal_id"].tolist() == ["c", "d"]
    assert countable_deals(deals[["deal_id"]])["deal_id"].tolist() == list("abcd")


def test_input_is_left_alone(stages):
    deals, events = client([[(0, "z"), (4, "y")], [(1, "z"), (3, "lost")]])
    copies = deals.copy(), events.copy(), stages.copy()
    stage_spells(deals, events, stages, AS_OF)
    deal_spells(deals, AS_OF, events, stages)
    for now, then in zip((deals, events, stages), copies, strict=True):
        pd.testing.assert_frame_equal(now, then)


def test_user_errors_are_explained(stages):
    deals, events = client([[(0, "z"), (4, "y")]])
    with pytest.raises(InputDataError, match="as_of must be an instant with a time zone"):
        deal_spells(deals, pd.Timestamp("2026-03-01"))
    with pytest.raises(InputDataError, match=r"stage_events lacks the column\(s\) entered_at"):
        stage_spells(deals, events.drop(columns="entered_at"), stages, AS_OF)
    with pytest.raises(InputDataError, match=r"deals\.status must be open, won or lost; 1 rows"):
        deal_spells(deals.assign(status="closed"), AS_OF)
    with pytest.raises(InputDataError, match="reopened must be first_close or final"):
        stage_spells(deals, events, stages, AS_OF, reopened="never")


def test_a_large_client_takes_seconds(stages):
    """300,000 events in less than 3 s of processor time."""
    rng = np.random.default_rng(0)
    n, m = 60_000, 300_000
    deals = pd.DataFrame({
        "deal_id": np.arange(n).astype(str), "status": "open", "created_at": day(-300),
        "pipeline_id": "P",
    })  # fmt: skip
    events = pd.DataFrame(
        {
            "deal_id": rng.integers(0, n, m).astype(str),
            "pipeline_id": "P",
            "stage_id": rng.choice(
                ["z", "y", "x", "won", "lost"], m, p=[0.4, 0.3, 0.2, 0.05, 0.05]
            ),
            "entered_at": day(-300) + pd.to_timedelta(rng.integers(0, 25_000_000, m), unit="s"),
        }
    )
    start = time.process_time()
    table = stage_spells(deals, events, stages, AS_OF)
    assert time.process_time() - start < 3
    assert table["deal_id"].nunique() > 0.95 * n
