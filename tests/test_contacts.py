"""Contacts: what counts, what a deal takes, what a norm may be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpikit.diagnosis.contacts import (
    add_handling,
    contacts_per_stage_visit,
    contacts_per_stage_visit_by_segment,
    contacts_per_won_deal,
    countable_contacts,
    labour_kernel,
    naive_contacts_per_won_deal,
)
from kpikit.diagnosis.norms import (
    HandlingTime,
    best_contact_number,
    calibrate_effort_response,
    check_loss,
    contact_bound_per_day,
    contact_value,
    contacts_per_won,
    gamma_poisson_rate,
    minutes_per_contact,
    quantile_by_check_loss,
    standard_time,
    visits_per_day,
    work_sampling_size,
)
from kpikit.diagnosis.practice import (
    contacts_per_customer_year,
    contacts_per_rep_week,
    fit_gamma_poisson,
    judge_norm,
    measured_contact_minutes,
    practice_norm,
)
from kpikit.errors import InputDataError
from kpikit.vocabulary import LOST, OPEN, WON

AS_OF = pd.Timestamp("2026-07-01", tz="UTC")
DAY = pd.Timedelta(days=1)


# --- norms -----------------------------------------------------------------


def test_ex_4_1_standard_time_by_convention():
    """EX-4.1: 12 min, rating 1.10, 15 %: NT 13.2; ST 15.18 or 15.529."""
    by_task = standard_time(12, 1.10, 0.15, "normal_time")
    by_shift = standard_time(12, 1.10, 0.15, "shift")
    assert by_task.normal_min == pytest.approx(13.2)
    assert by_task.standard_min == pytest.approx(15.18)
    assert by_shift.standard_min == pytest.approx(15.529, abs=5e-4)
    assert (by_task.base, by_shift.base) == ("normal_time", "shift")


def test_ex_4_2_work_sampling():
    """EX-4.2: p = .4, 3 points, 95 %: 1,025 observations."""
    assert work_sampling_size(0.4, 0.03) == 1025


def test_ex_4_3_minutes_and_contacts_a_day():
    """EX-4.3: 11.3 min a contact, 30.37 contacts a day."""
    minutes = minutes_per_contact(6, HandlingTime(wrap_min=4, reach_share=0.35, attempt_min=0.7))
    assert minutes == pytest.approx(11.3)
    assert contact_bound_per_day(480, 90, 0.12, minutes) == pytest.approx(30.37, abs=5e-3)


def test_visits_a_day():
    """By hand: (480 - 60) / (45 + 25 + 10) = 5.25, so 5 visits."""
    assert visits_per_day(480, 60, 45, 25, 10) == 5


def test_ex_4_4_and_trap_7_contacts_per_won_deal():
    """EX-4.4: 36 contacts per won deal; the won deals' own are 11, a third."""
    per_visit = [1.5, 3, 2.5, 4]
    assert contacts_per_won([10, 4, 2, 1], per_visit) == pytest.approx(36)
    assert sum(per_visit) == 11


def test_ex_4_5_short_records_are_drawn_to_the_team():
    """EX-4.5: Gamma(36, 2): 75 in 3 days 22.2; 1,500 in 60 days 24.77."""
    assert gamma_poisson_rate(36, 2, [75, 1500], [3, 60]) == pytest.approx([22.2, 24.77], abs=5e-3)


def test_ex_4_6_quantile_between_reps_not_days():
    """
    EX-4.6: means 14 .. 22, day sd 5: 20 between reps. Pooled days as normal with
    variance 5^2 + 8 give 21.87, which the average rep meets on 21.9 % of the days.
    """
    from scipy.stats import norm

    rows = [(f"r{i}", w, 5.0, 0.0, 5.0 * m, 0.0, True) for i, m in enumerate((14, 16, 18, 20, 22))
            for w in range(400)]  # fmt: skip
    columns = ["rep_id", "week_on", "present_days", "idle_days", "contacts", "minutes"]
    weeks = pd.DataFrame(rows, columns=[*columns, "is_counted"])
    assert practice_norm(weeks).per_day == pytest.approx(20, abs=0.01)
    pooled = norm.ppf(0.75, 18, np.sqrt(5**2 + 8))
    assert pooled == pytest.approx(21.87, abs=5e-3)
    assert norm.sf(pooled, 18, 5) == pytest.approx(0.219, abs=1e-3)


def test_ex_4_7_check_loss():
    """EX-4.7: 10, 12, 14, 16, 30 at .75: 16."""
    values = [10, 12, 14, 16, 30]
    assert quantile_by_check_loss(values, 0.75) == 16
    assert check_loss(values, 16, 0.75) == pytest.approx(0.75 * 14 + 0.25 * (6 + 4 + 2))


def test_ex_4_8_best_number_of_contacts():
    """EX-4.8: k* = 3.794; 11,037 / 11,293 / 10,858 for 3 / 4 / 5."""
    exact, best = best_contact_number(0.4, 0.5, 50_000, 1_500)
    assert exact == pytest.approx(3.794, abs=5e-4)
    assert best == 4
    values = [contact_value(k, 0.4, 0.5, 50_000, 1_500) for k in (3, 4, 5)]
    assert values == pytest.approx([11_037, 11_293, 10_858], abs=1)


def test_contact_that_costs_more_than_it_can_bring():
    """By hand: the first contact brings less than .1 x .1 x 1,000 = 10 and costs 50."""
    assert best_contact_number(0.1, 0.1, 1_000, 50) == (0.0, 0)


def test_ex_4_9_effort_response():
    """EX-4.9: delta 0.6, gamma 2.3566; and the four answers come out again."""
    found = calibrate_effort_response(0.5, 1, 1.15, 1.3)
    assert found.delta == pytest.approx(0.6)
    assert found.gamma == pytest.approx(2.3566, abs=1e-4)
    assert [found.at(x) for x in (0, 1, 1.5)] == pytest.approx([0.5, 1.0, 1.15])


def test_effort_must_help():
    with pytest.raises(InputDataError, match="sales must rise with the effort"):
        calibrate_effort_response(0.5, 0.4, 1.15, 1.3)


# --- what counts -----------------------------------------------------------


def _activities() -> pd.DataFrame:
    rows = [
        ("call", 120.0, True, None, False),  # counts
        ("call", 19.0, True, None, False),  # too short
        ("call", 60.0, False, None, False),  # ringing is no talk
        ("call", None, True, None, False),  # connected, length not recorded: counts
        ("call", None, None, None, False),  # nothing known
        ("meeting", 3600.0, None, True, False),  # counts
        ("meeting", 3600.0, None, False, False),  # planned only
        ("chat", None, True, None, False),  # counts
        ("email", 60.0, True, True, False),  # no contact
        ("task", 60.0, True, True, False),  # no contact
        ("call", 300.0, True, None, True),  # a robot
    ]
    columns = ["kind", "duration_s", "is_connected", "is_completed", "is_automatic"]
    return pd.DataFrame(rows, columns=columns).assign(
        deal_id="d", rep_id="r", direction="out", started_at=AS_OF - DAY
    )


def test_what_is_a_contact():
    found = countable_contacts(_activities())
    assert found.index.tolist() == [0, 3, 5, 7]
    assert found["talk_min"].iloc[:3].tolist() == [2.0, 2.0, 60.0]
    assert found["talk_known"].tolist() == [True, False, True, False]
    # No chat has a length: unknown stays unknown.
    assert np.isnan(found["talk_min"].iloc[3])


def test_threshold_is_a_parameter():
    """At 10 s the call of 19 s counts as well."""
    assert 1 in countable_contacts(_activities(), 10).index


def test_activities_are_left_alone():
    table = _activities()
    before = table.copy(deep=True)
    add_handling(countable_contacts(table), {"call": HandlingTime(wrap_min=4)})
    pd.testing.assert_frame_equal(table, before)


def test_handling_adds_the_attempts():
    """By hand: 2 min talk + 4 wrap-up + (1/.5 - 1) x 1 = 7; a meeting keeps its hour."""
    found = add_handling(
        countable_contacts(_activities()),
        {"call": HandlingTime(wrap_min=4, reach_share=0.5, attempt_min=1)},
    )
    assert found["minutes"].iloc[:3].tolist() == [7.0, 7.0, 60.0]


def test_nobody_had_to_try_before_an_incoming_call():
    """By hand: talk + 4 wrap-up + (1/.2 - 1) x 0.5 = talk + 6 for ours, talk + 4 for theirs."""
    table = countable_contacts(_activities().iloc[[0, 3]].assign(direction=["out", "in"]))
    found = add_handling(
        table, {"call": HandlingTime(wrap_min=4, reach_share=0.2, attempt_min=0.5)}
    )
    assert (found["minutes"] - found["talk_min"]).tolist() == pytest.approx([6.0, 4.0])


def test_attempts_cost_time_where_they_were_made():
    """
    By hand: (1/.25 - 1) x 3 = 9 attempts, 3 noted at x and 0 at y, which was reached at
    once; the other 6 are shared: 3 + 2, 0 + 2, and 2 where no deal is noted. With a reach of
    2/3 there were only 1.5, all of x. The incoming contact takes none.
    """
    rows = [
        ("x", 1, "out", None), ("x", 2, "out", None), ("x", 2, "out", None),
        ("x", 3, "out", 120.0), ("y", 1, "out", 120.0), ("y", 2, "in", 120.0),
        (None, 1, "out", 120.0),
    ]  # fmt: skip
    calls = pd.DataFrame(rows, columns=["deal_id", "day", "direction", "duration_s"]).assign(
        kind="call", started_at=lambda t: AS_OF - DAY * (9 - t["day"])
    )
    calls["is_connected"] = calls["duration_s"].notna()
    made = countable_contacts(calls)
    assert made["attempts"].tolist() == pytest.approx([3, 0, np.nan, np.nan], nan_ok=True)
    for reach, expected in ((0.25, [5, 2, 0, 2]), (2 / 3, [1.5, 0, 0, 0])):
        found = add_handling(made, {"call": HandlingTime(reach_share=reach, attempt_min=1)})
        assert (found["minutes"] - 2).tolist() == pytest.approx(expected)


def test_handling_of_something_else_is_refused():
    with pytest.raises(InputDataError, match="handling time for 'letter'"):
        add_handling(countable_contacts(_activities()), {"letter": HandlingTime()})


def test_minutes_measured_by_kind():
    """By hand: 2 of 5 outgoing calls of people became contacts; the robot's is nobody's attempt."""
    activities = _activities()
    found = measured_contact_minutes(activities, countable_contacts(activities)).set_index("kind")
    assert found.loc["call", "n"] == 2
    assert found.loc["call", "reach_share"] == pytest.approx(2 / 5)
    assert found.loc["meeting", "talk_min"] == 60


# --- contacts per deal -----------------------------------------------------


def _deals(rows: list[tuple[float, float, int]]) -> pd.DataFrame:
    """Deals by (days ago entered, days watched, outcome)."""
    entered = [AS_OF - ago * DAY for ago, _, _ in rows]
    left = [
        pd.NaT if outcome == OPEN else start + stay * DAY
        for start, (_, stay, outcome) in zip(entered, rows, strict=True)
    ]
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in range(len(rows))],
            "customer_id": [f"c{i}" for i in range(len(rows))],
            "segment": "A",
            "stage_id": "s",
            "stage_order": 1,
            "entered_at": pd.to_datetime(pd.Series(entered), utc=True),
            "left_at": pd.to_datetime(pd.Series(left), utc=True),
            "outcome": [outcome for *_, outcome in rows],
            "entry_age_days": 0.0,
            "exit_age_days": [float(stay) for _, stay, _ in rows],
        }
    )


def _made(deals: pd.DataFrame, ages: list[tuple[int, float]], minutes: float = 6.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i, _ in ages],
            "started_at": pd.to_datetime(
                pd.Series([deals["entered_at"].iloc[i] + age * DAY for i, age in ages]), utc=True
            ),
            "minutes": minutes,
        }
    )


def _rng() -> np.random.Generator:
    return np.random.default_rng(20)


def test_contacts_per_won_by_hand():
    """
    Four deals: won after 10 days with contacts at 1 and 9, lost after 4 with one
    at 1, open since 6 days with one at 1 and one at 5, lost after 8 with none.

    By hand: at 1 three contacts of 4 watched, 0.75; S falls to 3/4 at 4; at 5
    one of 3 watched, 0.75/3 = 0.25; the open deal leaves at 6; S falls to 3/8
    at 8; at 9 one of 1, 0.375. Sum 1.375. Won at 10: 3/8. Ratio 3.6667.
    """
    deals = _deals([(90, 10, WON), (90, 4, LOST), (6, 6, OPEN), (90, 8, LOST)])
    made = _made(deals, [(0, 1), (0, 9), (1, 1), (2, 1), (2, 5)])
    found = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    assert found.contacts_per_primary == pytest.approx(1.375)
    assert found.conversion == pytest.approx(0.375)
    assert found.contacts == pytest.approx(1.375 / 0.375)
    assert (found.n, found.n_won, found.n_open, found.status) == (4, 1, 1, "degraded")


def test_all_decided_is_plain_division():
    """Without open deals: all contacts over all wins, 7 / 2, against 4 / 2 of the won ones."""
    deals = _deals([(90, 10, WON), (90, 4, LOST), (90, 10, WON), (90, 10, LOST)])
    made = _made(deals, [(0, 1), (0, 9), (1, 1), (1, 2), (2, 1), (2, 8), (3, 3)])
    found = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    assert found.contacts == pytest.approx(3.5)
    assert found.hours == pytest.approx(0.35)
    assert found.contacts_per_primary == pytest.approx(7 / 4)
    naive = naive_contacts_per_won_deal(deals, made)
    assert naive.won_only == pytest.approx(2.0)
    assert naive.window_ratio == pytest.approx(3.5)


def test_contacts_after_the_close_are_not_the_deals():
    deals = _deals([(90, 10, WON)] * 4)
    made = _made(deals, [(0, 5), (0, 11), (1, 5), (2, 5), (3, 5)])
    found = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    assert found.n_contacts == 4


def test_late_watching_counts_only_what_was_seen():
    """
    Deals of exactly 10 days with a contact each day; a half is watched from day 5 on.

    The mean is 10 in any case; dividing contacts by deals would give 7.5.
    """
    deals = _deals([(90, 10.0, WON)] * 20)
    deals.loc[10:, "entry_age_days"] = 5.0
    ages = [(i, k + 0.5) for i in range(20) for k in range(10)]
    found = contacts_per_won_deal(deals, _made(deals, ages), _rng(), as_of=AS_OF)
    assert found.contacts == pytest.approx(10.0)


def test_records_that_begin_late_are_not_silence():
    """Calls are recorded for the last 30 days only; deals of 10 days have one contact a day."""
    deals = _deals([(float(ago), 10.0, WON) for ago in range(11, 61)])
    start = AS_OF - 30 * DAY
    ages = [(i, k + 0.5) for i in range(50) for k in range(10)]
    made = _made(deals, ages)
    recorded = made[made["started_at"] >= start]
    right = contacts_per_won_deal(deals, recorded, _rng(), as_of=AS_OF, recorded_from=start)
    wrong = contacts_per_won_deal(deals, recorded, _rng(), as_of=AS_OF)
    assert right.contacts == pytest.approx(10.0)
    assert wrong.contacts < 6


def test_stage_contact_belongs_to_the_stage_it_fell_in():
    """By hand: two contacts in the first stage, one in the second, none after leaving."""
    first = _deals([(50, 10, WON)] * 4)
    second = _deals([(40, 10, LOST)] * 4).assign(stage_id="t", stage_order=2)
    spells = pd.concat([first, second], ignore_index=True)
    made = _made(first, [(i, age) for i in range(4) for age in (1, 9, 15, 25)])
    found = contacts_per_stage_visit(spells, made, _rng(), as_of=AS_OF).set_index("stage_id")
    assert found["contacts"].to_dict() == pytest.approx({"s": 2.0, "t": 1.0})
    assert found["minutes"].to_dict() == pytest.approx({"s": 12.0, "t": 6.0})


def test_skipped_and_left_out_stages_do_not_count():
    spells = _deals([(50, 10, WON)] * 6)
    spells["skipped"] = [False, False, False, False, True, False]
    spells["left_out"] = [None, None, None, None, None, "no_time"]
    found = contacts_per_stage_visit(
        spells, _made(spells, [(i, 1) for i in range(6)]), _rng(), as_of=AS_OF
    )
    assert found["n"].tolist() == [4]
    assert found["contacts"].tolist() == pytest.approx([1.0])


def test_segments_are_kept_apart():
    spells = _deals([(50, 10, WON)] * 8)
    spells["segment"] = ["A"] * 4 + ["B"] * 4
    made = _made(spells, [(i, 1) for i in range(4)] + [(i, a) for i in range(4, 8) for a in (1, 2)])
    found = contacts_per_stage_visit_by_segment(spells, made, _rng(), as_of=AS_OF)
    assert dict(zip(found["segment"], found["contacts"], strict=True)) == pytest.approx(
        {"A": 1.0, "B": 2.0}
    )


def test_without_contacts_there_is_a_reason_and_no_zero():
    """Missing is not zero."""
    deals = _deals([(50, 10, WON)] * 4)
    none = _made(deals, [])
    found = contacts_per_won_deal(deals, none, _rng(), as_of=AS_OF)
    assert (found.status, found.contacts) == ("not_computable", None)
    assert "no contact is linked" in found.reason
    table = contacts_per_stage_visit(deals, none, _rng(), as_of=AS_OF)
    assert table["contacts"].isna().all()
    lost = contacts_per_won_deal(
        _deals([(50, 10, LOST)] * 4), _made(deals, [(0, 1)]), _rng(), as_of=AS_OF
    )
    assert "no deal was won" in lost.reason


def test_trap_2_fresh_deals_change_nothing():
    """A hundred deals created just now, without a contact yet, leave the mean as it was."""
    deals, made = _world(np.random.default_rng(4), 400)
    before = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    fresh = _deals([(1e-9, 1e-9, OPEN)] * 100)
    fresh["deal_id"] = [f"new{i}" for i in range(100)]
    after = contacts_per_won_deal(
        pd.concat([deals, fresh], ignore_index=True), made, _rng(), as_of=AS_OF
    )
    assert after.contacts == pytest.approx(before.contacts, abs=1e-9)
    naive = naive_contacts_per_won_deal(deals, made)
    assert naive.won_only < before.contacts


def test_row_order_does_not_matter():
    deals, made = _world(np.random.default_rng(4), 300)
    shuffled = contacts_per_won_deal(
        deals.sample(frac=1, random_state=1), made.sample(frac=1, random_state=2), _rng(),
        as_of=AS_OF,
    )  # fmt: skip
    straight = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    assert shuffled.contacts == pytest.approx(straight.contacts, abs=1e-9)


def test_labour_kernel_sums_to_the_hours_of_a_lead():
    """Trap 8 for labour: months add up to the hours of a deal taken into work."""
    deals, made = _world(np.random.default_rng(4), 600)
    kernel = labour_kernel(deals, made, 6, as_of=AS_OF)
    found = contacts_per_won_deal(deals, made, _rng(), as_of=AS_OF)
    assert kernel.sum() == pytest.approx(found.hours_per_primary)
    assert kernel[0] > kernel[1] > kernel[2]


WIN, FIRST, RATE = 0.25, 1.0, 0.08
TRUE_PER_LEAD = FIRST + RATE * (WIN * 70 + (1 - WIN) * 25)
TRUE_PER_WON = TRUE_PER_LEAD / WIN


def _world(rng: np.random.Generator, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Leads growing 5 % a month over 540 days; 25 % are won after 10 + Exp(60)
    days, the others lost after Exp(25); one contact at once, then 0.08 a day.
    """
    growth = 0.05 / 30
    t = np.log1p(rng.random(count) * np.expm1(growth * 540)) / growth
    wins = rng.random(count) < WIN
    stay = np.where(wins, 10 + rng.exponential(60, count), rng.exponential(25, count))
    is_open = t + stay > 540
    seen = np.minimum(stay, 540 - t)
    deal = np.repeat(np.arange(count), rng.poisson(RATE * stay))
    age = rng.random(len(deal)) * stay[deal]
    deal, age = np.r_[np.arange(count), deal], np.r_[np.full(count, 1e-4), age]
    kept = age <= seen[deal]
    outcome = np.where(is_open, OPEN, np.where(wins, WON, LOST))
    deals = _deals(list(zip(540 - t, seen, outcome.tolist(), strict=True)))
    deals["customer_id"] = rng.integers(0, count // 2, count).astype(str)
    entered = deals["entered_at"].to_numpy()[deal[kept]]
    at = pd.Series(entered) + pd.to_timedelta(age[kept], unit="D")
    made = pd.DataFrame({"deal_id": [f"d{i}" for i in deal[kept]], "started_at": at, "minutes": 6})
    return deals, made


def test_truth_is_found_where_naive_answers_miss():
    """
    40 clients of 1,500 deals, truth 15.6 contacts per won deal.

    The mean of the estimates lies within 4 of its standard errors (and 2 % for
    the little that comes after the horizon); 90 % intervals cover in at least
    75 % (binomial, 0.3 %); dividing by the won deals' own contacts or by the
    wins of the period is more than 8 % off on average.
    """
    found, naive, covered = [], [], 0
    for seed in np.random.SeedSequence(12).spawn(40):
        rng = np.random.default_rng(seed)
        deals, made = _world(rng, 1500)
        estimate = contacts_per_won_deal(deals, made, rng, as_of=AS_OF, draws=200)
        wrong = naive_contacts_per_won_deal(deals, made)
        found.append(estimate.contacts)
        naive.append((wrong.won_only, wrong.window_ratio))
        covered += estimate.contacts_low <= TRUE_PER_WON <= estimate.contacts_high
    error = np.std(found) / np.sqrt(40)
    assert np.mean(found) == pytest.approx(TRUE_PER_WON, abs=4 * error + 0.02 * TRUE_PER_WON)
    assert covered >= 30
    own, window = np.mean(naive, axis=0)
    assert own < 0.5 * TRUE_PER_WON
    assert window > 1.08 * TRUE_PER_WON


# --- practice --------------------------------------------------------------


def _calendar(start: str, days: int) -> pd.DataFrame:
    dates = pd.date_range(start, periods=days, freq="D", unit="us")
    return pd.DataFrame({"date": dates, "work_hours": np.where(dates.day_of_week < 5, 8.0, 0.0)})


def test_weeks_tell_absent_from_idle():
    """By hand: Mon 2 contacts, Tue idle, half of Wed and Thu, Fri away: 2.5 days, 1.5 idle."""
    calendar = _calendar("2026-06-01", 7)
    reps = pd.DataFrame({"rep_id": ["r"], "hired_on": [pd.NaT], "left_on": [pd.NaT]})
    away = pd.DataFrame(
        {
            "rep_id": "r",
            "date": pd.to_datetime(["2026-06-03", "2026-06-04", "2026-06-05"]),
            "share": [0.5, 1.0, None],
        }
    )
    # 22:30 UTC on Sunday is Monday in Moscow.
    made = pd.DataFrame(
        {
            "rep_id": "r",
            "started_at": pd.to_datetime(["2026-05-31 22:30", "2026-06-01 08:00"], utc=True),
            "minutes": [5.0, 7.0],
        }
    )
    week = contacts_per_rep_week(made, reps, calendar, away, timezone="Europe/Moscow").iloc[0]
    assert week["week_on"] == pd.Timestamp("2026-06-01")
    assert (week["contacts"], week["minutes"]) == (2, 12)
    assert week["present_days"] == pytest.approx(2.5)
    assert week["idle_days"] == pytest.approx(1.5)
    assert not week["is_counted"]


def test_weeks_begin_with_the_hire():
    calendar = _calendar("2026-06-01", 14)
    reps = pd.DataFrame({"rep_id": ["r"], "hired_on": [pd.Timestamp("2026-06-08")]})
    made = pd.DataFrame(
        {"rep_id": ["r"], "started_at": pd.to_datetime(["2026-06-09"], utc=True), "minutes": [5.0]}
    )
    weeks = contacts_per_rep_week(made, reps, calendar, timezone="UTC")
    assert weeks["week_on"].tolist() == [pd.Timestamp("2026-06-08")]


def _weeks(rng: np.random.Generator, rates: list[float], weeks: int = 40, extra: float = 0.0):
    """Weekly counts of reps; ``extra`` is the variance of a week's own mood."""
    rows = []
    for i, rate in enumerate(rates):
        mood = np.ones(weeks) if extra == 0 else rng.gamma(1 / extra, extra, weeks)
        for week, count in enumerate(rng.poisson(5 * rate * mood)):
            rows.append((f"r{i}", week, 5.0, 0.0, float(count), 5.0 * count, True))
    return pd.DataFrame(
        rows,
        columns=["rep_id", "week_on", "present_days", "idle_days", "contacts", "minutes",
                 "is_counted"],
    )  # fmt: skip


def test_practice_norm_is_the_better_quarter_of_reps():
    """Rates 14 .. 22 over 40 weeks: the quantile between reps is 20 (EX-4.6), not of the days."""
    found = practice_norm(_weeks(np.random.default_rng(1), [14, 16, 18, 20, 22]))
    # The rate of a rep over 200 days has a standard error of sqrt(20 / 200) = 0.32.
    assert found.per_day == pytest.approx(20, abs=1.0)
    assert found.detectable
    assert 0.25 < found.attainability < 0.5


def test_equal_reps_are_not_ranked():
    """
    Trap 5 for contacts: with one true rate no difference is reported in nine of
    ten simulations, also when weeks vary more than chance.
    """
    detected = 0
    for seed in range(60):
        weeks = _weeks(np.random.default_rng(seed), [18] * 8, extra=0.05)
        detected += practice_norm(weeks).detectable
    # 5 % nominal; 60 x .05 = 3, four standard errors above are 10.
    assert detected <= 10


def test_fit_finds_the_team():
    """2,000 reps drawn from Gamma(36, 2) of 30 days each; tolerance 4 standard errors of shape."""
    rng = np.random.default_rng(3)
    days = np.full(2000, 30.0)
    alpha, beta, detectable = fit_gamma_poisson(rng.poisson(rng.gamma(36, 1 / 2, 2000) * 30), days)
    assert detectable
    assert alpha / beta == pytest.approx(18, abs=4 * np.sqrt((9 + 18 / 30) / 2000))
    assert alpha == pytest.approx(36, rel=0.15)


def test_no_weeks_no_norm():
    weeks = _weeks(np.random.default_rng(1), [18]).assign(is_counted=False)
    found = practice_norm(weeks)
    assert (found.status, found.per_day) == ("not_computable", None)


def _quality(**columns: list[float]) -> pd.DataFrame:
    table = {"conversion": [0.2] * 5, "talk_min": [5.0] * 5} | columns
    return pd.DataFrame({"rep_id": [f"r{i}" for i in range(5)], **table})


def test_norm_is_accepted_when_all_three_conditions_hold():
    weeks = _weeks(np.random.default_rng(1), [14, 16, 18, 20, 22])
    verdict = judge_norm(19.0, weeks, _quality(), 30.0)
    assert verdict.is_accepted
    assert verdict.share_of_reps == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("norm", "quality", "bound", "text"),
    [
        (25.0, {}, 30.0, "only 0 of 5 reps keep it up over 8 weeks"),
        (19.0, {"conversion": [0.2, 0.2, 0.2, 0.1, 0.1]}, 30.0, "a lower conversion"),
        (19.0, {"talk_min": [5, 5, 5, 2, 2]}, 30.0, "a lower talk time"),
        (19.0, {}, 15.0, "exceeds the 15.0 contacts that fit into a day"),
        (19.0, {}, None, "the physical bound of a day is not known"),
    ],
)
def test_norm_is_refused_with_its_reason(norm, quality, bound, text):
    weeks = _weeks(np.random.default_rng(1), [14, 16, 18, 20, 22])
    verdict = judge_norm(norm, weeks, _quality(**quality), bound)
    assert not verdict.is_accepted
    assert any(text in objection for objection in verdict.objections)


def test_short_record_does_not_carry_a_norm():
    """Seven weeks are not eight."""
    weeks = _weeks(np.random.default_rng(1), [14, 16, 18, 20, 22], weeks=7)
    assert not judge_norm(15.0, weeks, _quality(), 30.0).is_accepted


def test_attention_to_existing_customers():
    """
    Two customers of segment A over a year, one of them since half a year:
    1.5 customer-years. Retention contacts 2 + 1 (one by its purpose), cross-sell
    1 (by its deal); the call for a new deal and the one before the first order
    do not count.
    """
    start, end = pd.Timestamp("2025-07-01", tz="UTC"), pd.Timestamp("2026-07-01", tz="UTC")
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "n"],
            "segment": ["A", "A", "A"],
            "first_order_on": pd.to_datetime(["2024-01-01", "2025-12-30", None]),
        }
    )
    deals = pd.DataFrame({"deal_id": ["x", "new"], "deal_kind": ["cross_sell", "new"]})
    rows = [
        ("a", None, "2025-08-01", None), ("a", None, "2025-09-01", None),
        ("a", "x", "2025-10-01", None), ("a", "new", "2025-11-01", None),
        ("b", None, "2025-11-01", None), ("b", "new", "2026-02-01", "retention"),
        ("n", None, "2026-02-01", None),
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=["customer_id", "deal_id", "started_at", "purpose"])
    made["started_at"] = pd.to_datetime(made["started_at"], utc=True)
    made["minutes"] = 10.0
    found = contacts_per_customer_year(made, customers, deals, start, end).set_index("purpose")
    assert found["customer_years"].tolist() == pytest.approx([1.5, 1.5], abs=2e-3)
    assert found["contacts"].to_dict() == {"retention": 3, "cross_sell": 1}
    assert found.loc["retention", "per_year"] == pytest.approx(2.0, abs=5e-3)
    assert found.loc["retention", "minutes_per_year"] == pytest.approx(20.0, abs=5e-2)


@given(share=st.floats(0.05, 1.0))
def test_a_lower_reach_makes_contacts_dearer(share):
    """Each conversation pays for the attempts nobody answered."""
    easy = minutes_per_contact(6, HandlingTime(reach_share=1.0, attempt_min=0.7))
    hard = minutes_per_contact(6, HandlingTime(reach_share=share, attempt_min=0.7))
    assert hard >= easy
