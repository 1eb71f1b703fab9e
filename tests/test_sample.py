"""The sample client: its laws, its truth, its planted traps and its raw files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kpikit.errors import InputDataError
from kpikit.sample import (
    SEED,
    plain_config,
    sample_config,
    simulate_client,
    true_values,
    write_client,
)
from kpikit.sample.__main__ import main
from kpikit.sample.clock import work_clock
from kpikit.sample.contacts import MEETING, simulate_contacts
from kpikit.sample.laws import RepLaw, SegmentLaw, SimConfig, StageLaw, TimeLaw, TrapCounts
from kpikit.sample.paths import simulate_leads, simulate_visits
from kpikit.sample.staffing import plan_need
from kpikit.vocabulary import TABLES

COMMITTED = Path(__file__).parents[1] / "sample_data" / "client"


@pytest.fixture(scope="module")
def client():
    return simulate_client(sample_config(), SEED)


@pytest.fixture(scope="module")
def folder(client, tmp_path_factory):
    target = tmp_path_factory.mktemp("client")
    write_client(client, target)
    return target


@pytest.fixture(scope="module")
def followed():
    """About 120,000 leads of the sample client's laws, each followed to its end."""
    config = replace(sample_config(), lead_rate=5000.0, warmup_months=0, traps=TrapCounts())
    leads = simulate_leads(config, 5)
    visits = simulate_visits(config, leads, 5)
    return config, leads, visits, simulate_contacts(config, leads, visits, 5)


def two_stages(**changes) -> SimConfig:
    week = TimeLaw("lognormal", 7, 0.5)
    first = StageLaw("S1", "One", 0.5, week, week, 1.0)
    second = StageLaw("S2", "Two", 0.4, week, week, 2.0)
    return SimConfig(
        stages=(
            replace(first, **changes.get("first", {})),
            replace(second, **changes.get("second", {})),
        ),
        segments=(SegmentLaw("A", 1.0, 1000.0, 0.5),),
        reps=(RepLaw("1", "Первый", "Иван"),),
    )


class TestTruth:
    def test_two_stages(self):
        """By hand: p = .5 x .4 = .2; contacts 1 + .5 x 2 = 2 per lead, 2/.2 = 10 per won deal."""
        truth = true_values(two_stages())

        assert truth.conversion_eventual == pytest.approx(0.2)
        assert truth.visits_per_lead == pytest.approx({"S1": 1.0, "S2": 0.5})
        assert truth.contacts_per_primary_contact == pytest.approx(2.0)
        assert truth.contacts_per_won_deal == pytest.approx(10.0)
        assert truth.stage_days_median == pytest.approx({"S1": 7.0, "S2": 7.0})

    def test_moves_back(self):
        """By hand: S2 goes back with .2, so visits S2 = .5/(1-.2 x .5) = .5556, S1 1.1111;
        won = .5556 x .8 x .4 = .1778."""
        truth = true_values(two_stages(second={"back": 0.2}))

        assert truth.visits_per_lead == pytest.approx({"S1": 10 / 9, "S2": 5 / 9})
        assert truth.conversion_eventual == pytest.approx(0.16 / 0.9)
        assert truth.stage_conversion["S1"] == pytest.approx(0.5)

    def test_skips(self):
        """By hand: 10 % of advances from S1 are won at once: .5 x .1 + .5 x .9 x .4 = .23;
        beyond S2 gets .23 of the .5 that reach it or skip it."""
        truth = true_values(two_stages(first={"skip": 0.1}))

        assert truth.conversion_eventual == pytest.approx(0.23)
        assert truth.stage_conversion == pytest.approx({"S1": 0.5, "S2": 0.46})

    def test_hours(self):
        """By hand: a call is 6 + 4 min, reached at the second dial in 85 % (outgoing) of cases
        0.7 min more: 6 + 4 + .85 x (1/.5 - 1) x .7 = 10.595 min; 2 contacts a lead."""
        truth = true_values(two_stages(first={"reach": 0.5}, second={"reach": 0.5}))

        assert truth.minutes_per_contact["call"] == pytest.approx(10.595)
        assert truth.hours_per_won_deal == pytest.approx(10 * 10.595 / 60)

    def test_mean_stay(self):
        """By hand: lognormal mean 7 exp(.125) = 7.932; Weibull exponent 1 is exponential with
        mean median/ln 2 = 10.099."""
        assert TimeLaw("lognormal", 7, 0.5).mean_days == pytest.approx(7.932, abs=1e-3)
        assert TimeLaw("weibull", 7, 1.0).mean_days == pytest.approx(10.099, abs=1e-3)

    def test_conversions_agree_with_a_large_simulation(self, followed):
        """Share of leads won, and of leads beyond each stage: within 4 standard errors."""
        config, leads, visits, _ = followed
        truth, n = true_values(config), len(leads.arrived)
        furthest = np.zeros(n, dtype=int)
        np.maximum.at(furthest, visits.deal, np.maximum(visits.next_stage, visits.stage))
        reached = 1.0
        for position, stage in enumerate(config.stages):
            reached *= truth.stage_conversion[stage.stage_id]
            share = np.mean(furthest > position)
            assert share == pytest.approx(reached, abs=4 * np.sqrt(reached * (1 - reached) / n))
        assert reached == pytest.approx(truth.conversion_eventual)

    def test_contacts_agree_with_a_large_simulation(self, followed):
        """All contacts over all won deals when every deal is followed to its end; the standard
        error of the ratio by the delta method."""
        config, leads, visits, touches = followed
        truth, n = true_values(config), len(leads.arrived)
        contacts = np.bincount(touches.deal[touches.connected], minlength=n)
        won = np.zeros(n)
        won[visits.deal[visits.next_stage == len(config.stages)]] = 1
        ratio = contacts.mean() / won.mean()
        error = np.std(contacts - ratio * won) / won.mean() / np.sqrt(n)

        assert ratio == pytest.approx(truth.contacts_per_won_deal, abs=4 * error)
        assert error / ratio < 0.02

    def test_hours_agree_with_a_large_simulation(self, followed):
        """Minutes of calls, meetings and attempts added up, over won deals: within 4 errors."""
        config, leads, visits, touches = followed
        handling, n = config.handling, len(leads.arrived)
        extra = np.where(touches.kind == MEETING, handling.meeting_extra_min, handling.wrap_min)
        minutes = np.where(touches.connected, touches.minutes + extra, handling.attempt_min)
        hours = np.bincount(touches.deal, weights=minutes / 60, minlength=n)
        won = np.zeros(n)
        won[visits.deal[visits.next_stage == len(config.stages)]] = 1
        ratio = hours.mean() / won.mean()
        error = np.std(hours - ratio * won) / won.mean() / np.sqrt(n)

        assert ratio == pytest.approx(true_values(config).hours_per_won_deal, abs=4 * error)

    def test_stays_agree_with_a_large_simulation(self, followed):
        """Half of the visits are shorter than the true median: 4 binomial errors."""
        config, _, visits, _ = followed
        medians = true_values(config).stage_days_median
        for position, stage in enumerate(config.stages):
            stays = (visits.left - visits.entered)[visits.stage == position]
            share = np.mean(stays < medians[stage.stage_id])
            assert share == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(len(stays)))

    def test_cycle_agrees_with_another_seed(self, followed):
        """Half of the won deals are won before the median and 80 % before the p80; the truth is
        itself a sample of about 1,000,000 x 12 % wins, so both errors count."""
        config, leads, visits, _ = followed
        truth = true_values(config)
        won = visits.next_stage == len(config.stages)
        cycle = visits.left[won] - leads.arrived[visits.deal[won]]
        error = 0.5 * np.sqrt(1 / len(cycle) + 1 / 20_000)

        assert np.mean(cycle < truth.cycle_days_median) == pytest.approx(0.5, abs=4 * error)
        assert np.mean(cycle < truth.cycle_days_p80) == pytest.approx(0.8, abs=4 * error)


class TestStudyClient:
    def test_same_seed_same_client(self):
        one, two = (simulate_client(plain_config(), 3) for _ in range(2))
        for name, frame in one.tables.items():
            pd.testing.assert_frame_equal(frame, two.tables[name])
        other = simulate_client(plain_config(), 4)
        assert not one.tables["deals"]["created_at"].equals(other.tables["deals"]["created_at"])

    def test_deal_values_do_not_move_arrivals(self):
        """Named streams: dearer deals arrive, move and are called at the same instants."""
        config = plain_config()
        dear = replace(config, segments=(replace(config.segments[0], deal_value=900_000.0),))
        one, two = simulate_client(config, 3).tables, simulate_client(dear, 3).tables

        pd.testing.assert_frame_equal(one["stage_events"], two["stage_events"])
        pd.testing.assert_frame_equal(one["activities"], two["activities"])
        assert two["deals"]["amount"].sum() > 3 * one["deals"]["amount"].sum()

    def test_contact_laws_do_not_move_deals(self):
        config = plain_config()
        busy = replace(
            config, stages=tuple(replace(s, contacts_per_visit=9.0) for s in config.stages)
        )
        one, two = simulate_client(config, 3).tables, simulate_client(busy, 3).tables

        pd.testing.assert_frame_equal(one["deals"], two["deals"])
        assert len(two["activities"]) > 2 * len(one["activities"])

    @pytest.mark.parametrize("name", ["plain", "sample"])
    def test_canonical_columns(self, name, client):
        tables = (client if name == "sample" else simulate_client(plain_config(), 3)).tables
        for table, frame in tables.items():
            assert list(frame.columns) == list(TABLES[table])
            for column, kind in TABLES[table].items():
                dtype = str(frame[column].dtype)
                if kind == "instant":
                    assert dtype == "datetime64[us, UTC]", (table, column)
                elif kind == "date":
                    assert dtype == "datetime64[us]", (table, column)
                elif kind in ("id", "text"):
                    assert dtype == "str", (table, column)

    def test_nothing_outside_the_history(self):
        """Nothing is known after the as-of instant, and no deal of the CRM ended before."""
        config = replace(plain_config(), warmup_months=6)
        tables = simulate_client(config, 3).tables
        as_of = pd.Timestamp("2026-06-30T21:00:00Z")
        start = pd.Timestamp("2024-12-31T21:00:00Z")

        for table, column in (("stage_events", "entered_at"), ("activities", "started_at")):
            assert tables[table][column].between(start, as_of, inclusive="left").all()
        deals = tables["deals"]
        assert (deals["created_at"] < as_of).all()
        assert (deals["created_at"] < start).sum() > 20
        assert not (deals["closed_at"] < start).any()
        assert (deals["closed_at"].isna() == deals["status"].eq("open")).all()

    def test_history_agrees_with_deals(self):
        """The last history record of a deal is its present stage; a closed one ended then."""
        tables = simulate_client(plain_config(), 3).tables
        last = tables["stage_events"].groupby("deal_id").last()
        deals = tables["deals"].set_index("deal_id").loc[last.index]

        assert (deals["stage_id"] == last["stage_id"]).all()
        closed = deals["status"].ne("open")
        assert (deals.loc[closed, "closed_at"] == last.loc[closed, "entered_at"]).all()
        first = tables["stage_events"].groupby("deal_id").first()
        assert (first["entered_at"] == deals["created_at"]).all()

    def test_naive_ratios_are_wrong(self):
        """In a growing funnel won/all is too low, and contacts over wins too high, by more than
        10 %; the mean of 8 clients of 1,500 deals has an error of about 2 %."""
        config = plain_config()
        truth = true_values(config)
        won_share, contacts_ratio = [], []
        for seed in range(8):
            tables = simulate_client(config, seed).tables
            won = tables["deals"]["status"].eq("won").sum()
            won_share.append(won / len(tables["deals"]))
            contacts_ratio.append(tables["activities"]["is_connected"].sum() / won)

        assert np.mean(won_share) < 0.9 * truth.conversion_eventual
        assert np.mean(contacts_ratio) > 1.1 * truth.contacts_per_won_deal

    def test_unusable_config_names_every_problem(self):
        config = plain_config()
        with pytest.raises(InputDataError, match=r"shares must add up to 1, not to 0.5.*back must"):
            replace(
                config,
                segments=(replace(config.segments[0], share=0.5),),
                stages=(replace(config.stages[0], back=0.1), *config.stages[1:]),
            )


class TestSampleClient:
    def test_size(self, client):
        assert 1500 <= len(client.tables["deals"]) <= 2600
        assert 15_000 <= client.tables["activities"]["kind"].eq("call").sum() <= 25_000

    def test_plan_needs_more_people_than_there_are(self, client):
        """The brief of the sample: six reps, nearly full, and a plan for eight or nine."""
        need = plan_need(client.config, client.tables, client.truth)

        assert need.available_fte == 6
        assert 8 <= need.required_fte <= 9
        assert 0.85 <= np.mean(list(need.utilisation_by_quarter.values())[-2:]) <= 0.95
        money = need.renewals + need.cross_sales + need.pipeline + need.gap
        assert money == pytest.approx(need.target, rel=1e-4)

    def test_calls_lie_in_working_hours(self, client):
        activities = client.tables["activities"]
        local = activities["started_at"].dt.tz_localize(None) + pd.Timedelta(hours=3)
        free_days = pd.to_datetime(["2025-05-01", "2025-06-12", "2026-01-05", "2026-03-09"])

        assert local.dt.hour.between(9, 17).all()
        assert (local.dt.day_of_week < 5).all()
        assert not local.dt.normalize().isin(free_days).any()

    def test_a_rep_does_one_thing_at_a_time(self, client):
        activities = client.tables["activities"].sort_values(["rep_id", "started_at"])
        ends = activities["started_at"] + pd.to_timedelta(activities["duration_s"].fillna(0), "s")
        next_start = activities.groupby("rep_id")["started_at"].shift(-1)

        assert not (ends > next_start).any()

    def test_nobody_works_while_away(self, client):
        """Work that a queue pushes into the next day is all that may fall on an absence."""
        activities, away = client.tables["activities"], client.tables["absences"]
        local = activities["started_at"].dt.tz_localize(None) + pd.Timedelta(hours=3)
        key = activities["rep_id"] + local.dt.strftime("%Y-%m-%d")
        full = away[away["share"] == 1]
        absent = key.isin(full["rep_id"] + full["date"].dt.strftime("%Y-%m-%d"))
        left = (activities["rep_id"] == "14") & (local >= "2025-12-01")
        early = (activities["rep_id"] == "24") & (local < "2025-09-01")

        assert len(full) > 150
        assert absent.mean() < 0.001
        assert (left | early).mean() < 0.001

    def test_working_hours_keep_order_and_length(self):
        """Instants moved into working hours keep their order; stays keep their mean length:
        an instant moves by at most half of the longest holidays (12 days) and 15 hours."""
        clock = work_clock(sample_config())
        at = np.sort(np.random.default_rng(1).uniform(0, 500, 20_000))
        moved = clock.into_working_hours(at)
        hours = clock.hours_at(moved)

        assert (np.diff(moved) > 0).all()
        assert np.abs(moved - at).max() < 6 + 15 / 24
        assert np.mean(moved - at) == pytest.approx(0, abs=0.1)
        assert clock.instant_of(hours) == pytest.approx(moved, abs=1e-6)

    def test_contacts_keep_to_their_deals(self, client):
        """A contact lies in the life of its deal, but for the wait until the rep is free."""
        tables = client.tables
        known = tables["activities"].dropna(subset="deal_id")
        deals = tables["deals"].set_index("deal_id")
        life = deals.loc[known["deal_id"]]
        started = known["started_at"].to_numpy()
        late = life["closed_at"].notna().to_numpy() & (started > life["closed_at"].to_numpy())

        assert not (started < life["created_at"].to_numpy()).any()
        assert late.mean() < 0.03


class TestTraps:
    def test_counts(self, client):
        traps = client.config.traps
        for name in (
            "bulk_closed",
            "undated",
            "other_close_date",
            "duplicates",
            "test_deals",
            "imported",
        ):
            ids = client.planted[name]
            assert len(set(ids)) == getattr(traps, name)
            assert set(ids) <= set(client.tables["deals"]["deal_id"])

    def test_import_is_one_minute(self, client):
        mine = client.tables["deals"]["deal_id"].isin(client.planted["imported"])
        created = client.tables["deals"].loc[mine, "created_at"]

        assert created.dt.floor("min").nunique() == 1

    def test_clean_up_is_one_minute(self, client):
        events = client.tables["stage_events"]
        bulk = events[events["is_bulk"]]

        assert set(bulk["deal_id"]) == set(client.planted["bulk_closed"])
        assert bulk["entered_at"].max() - bulk["entered_at"].min() < pd.Timedelta(minutes=1)
        assert bulk["actor_id"].nunique() == 1
        last = events.groupby("deal_id")["entered_at"].max()
        assert (last[bulk["deal_id"]].to_numpy() == bulk["entered_at"].to_numpy()).all()

    def test_undated_deals_have_no_date_anywhere(self, client, folder):
        rows = {row["ID"]: row for row in deal_rows(folder)}
        for one in client.planted["undated"]:
            assert rows[one]["Сделка закрыта"] == "да"
            assert rows[one]["Предполагаемая дата закрытия"] == ""
            assert rows[one]["Дата изменения стадии"] == ""

    def test_duplicates_repeat_an_original(self, client):
        deals = client.tables["deals"].set_index("deal_id")
        copies = deals.loc[client.planted["duplicates"]]
        originals = deals.loc[copies["duplicate_of_id"]]

        assert (copies["customer_id"].to_numpy() == originals["customer_id"].to_numpy()).all()
        gap = copies["created_at"].to_numpy() - originals["created_at"].to_numpy()
        assert (gap > pd.Timedelta(0)).all() and (gap < pd.Timedelta(days=7)).all()

    def test_call_file(self, client, folder):
        planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["planted"]
        rows = call_rows(folder)
        expected = {
            "billing_rows": ("Тип звонка", "Биллинг"),
            "missed_without_rep": ("Сотрудник", "—"),
            "robot_calls": ("Сотрудник", "Робот Битрикс24"),
        }
        for trap, (column, value) in expected.items():
            found = [rows[int(number)] for number in planted[trap]]
            assert len(found) == getattr(client.config.traps, trap)
            assert {row[rows[0].index(column)] for row in found} == {value}
        assert [i for i, row in enumerate(rows) if len(row) != len(rows[0])] == [
            int(number) for number in planted["broken_call_rows"]
        ]

    def test_unknown_phones(self, client, folder):
        planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["planted"]
        known = set(client.tables["customers"]["phone"])
        rows = call_rows(folder)
        phones = {rows[int(number)][2] for number in planted["unknown_phones"]}

        assert len(planted["unknown_phones"]) == client.config.traps.unknown_phones
        assert not phones & known

    def test_names_differ_between_files(self, folder):
        """Family name first with ё in the deal list, last with е in the call list."""
        owners = {row["Ответственный"] for row in deal_rows(folder)}
        employees = {row[0] for row in call_rows(folder)[1:]}

        assert "Семёнов Пётр" in owners
        assert "Петр Семенов" in employees
        assert not owners & employees


class TestRawFiles:
    def test_deals_read_back(self, client, folder):
        """One record per deal after adding product rows up, with the amounts of the table."""
        deals = client.tables["deals"].set_index("deal_id")
        planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["planted"]
        whole = [row for row in deal_rows(folder) if row["ID"] not in planted["broken_deal_rows"]]
        amounts: dict[str, float] = {}
        for row in whole:
            amounts[row["ID"]] = amounts.get(row["ID"], 0.0) + float(row["Сумма"] or "nan")

        assert set(amounts) | set(planted["broken_deal_rows"]) == set(deals.index)
        assert len(whole) > len(amounts)
        expected = deals["amount"].reindex(list(amounts))
        assert list(amounts.values()) == pytest.approx(expected.tolist(), nan_ok=True)
        for row in whole:
            deal = deals.loc[row["ID"]]
            created = pd.to_datetime(row["Дата создания"], format="%d.%m.%Y %H:%M:%S")
            assert created == deal["created_at"].tz_localize(None) + pd.Timedelta(hours=3)
            assert (row["Сделка закрыта"] == "нет") == (deal["status"] == "open")

    def test_a_missing_field_shifts_the_record(self, folder):
        planted = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["planted"]
        records = deal_records(folder)
        width = len(records[0])

        assert records[0][-1] == ""
        short = [record[0] for record in records if len(record) == width - 1]
        assert short == planted["broken_deal_rows"]

    def test_history_reads_back(self, client, folder):
        text = (folder / "raw" / "stage_history.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        events = client.tables["stage_events"]

        assert [row["OWNER_ID"] for row in rows] == events["deal_id"].tolist()
        assert [row["STAGE_ID"] for row in rows] == events["stage_id"].tolist()
        moments = pd.to_datetime([row["CREATED_TIME"] for row in rows], utc=True)
        assert (moments == pd.DatetimeIndex(events["entered_at"])).all()

    def test_calls_read_back(self, client, folder):
        calls = client.tables["activities"].query("kind == 'call'")
        traps = client.config.traps
        extra = (
            traps.billing_rows + traps.missed_without_rep + traps.robot_calls + traps.unknown_phones
        )
        rows = call_rows(folder)[1:]

        assert len(rows) == len(calls) + extra
        talk = sum(
            seconds_of(row[4])
            for row in rows
            if row[6] == "Успешный звонок"
            and row[0] != "Робот Битрикс24"
            and not row[2].startswith("+7901")
        )
        assert talk == calls["duration_s"].sum()

    def test_meetings_are_an_html_table(self, client, folder):
        text = (folder / "raw" / "meetings.xls").read_text(encoding="utf-8")
        held = client.tables["activities"]["kind"].eq("meeting").sum()

        assert text.startswith("<meta")
        assert text.count("<td>Выполнено</td>") == held
        assert text.count("<td>Не выполнено</td>") == client.config.traps.cancelled_meetings

    def test_workbooks(self, client, folder):
        """Thousands with a totals line in the workbook, roubles in the long list."""
        from python_calamine import CalamineWorkbook

        plan = client.tables["plans"]
        book = CalamineWorkbook.from_path(str(folder / "raw" / "plan.xlsx"))
        rows = book.get_sheet_by_index(0).to_python()
        assert "тыс. руб." in rows[0][0]
        assert rows[-1][0] == "Итого"
        assert rows[-1][-1] * 1000 == pytest.approx(plan["value"].sum())
        text = (folder / "raw" / "plan.csv").read_text(encoding="utf-8")
        long = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        money = sum(float(row["План, руб."].replace(",", ".")) for row in long)
        assert money == pytest.approx(plan["value"].sum())
        staff = CalamineWorkbook.from_path(str(folder / "raw" / "staff.xlsx"))
        assert len(staff.get_sheet_by_name("Сотрудники").to_python()) == 8
        absences = staff.get_sheet_by_name("Отсутствия").to_python()
        assert len(absences) == len(client.tables["absences"]) + 1

    def test_same_bytes_again(self, folder, tmp_path):
        assert main([str(tmp_path)]) == 0
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                assert path.read_bytes() == (tmp_path / path.relative_to(folder)).read_bytes()

    def test_committed_files_are_these(self, folder):
        """The files in the repository are what the command writes; packed ones by content."""
        for path in sorted((folder / "raw").iterdir()):
            if path.suffix == ".xlsx":
                continue
            committed = COMMITTED / "raw" / path.name
            if path.suffix == ".gz":
                assert gzip.decompress(committed.read_bytes()) == gzip.decompress(path.read_bytes())
            else:
                assert committed.read_bytes() == path.read_bytes(), path.name

    def test_small_enough_for_the_repository(self, folder):
        total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        assert total < 3_000_000

    def test_folder_must_be_named(self, capsys):
        assert main([]) == 2
        assert "Name the folder" in capsys.readouterr().err


def deal_records(folder: Path) -> list[list[str]]:
    text = (folder / "raw" / "deals.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def deal_rows(folder: Path) -> list[dict[str, str]]:
    header, *records = deal_records(folder)
    return [dict(zip(header, record, strict=False)) for record in records]


def call_rows(folder: Path) -> list[list[str]]:
    text = gzip.decompress((folder / "raw" / "calls.csv.gz").read_bytes()).decode("cp1251")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def seconds_of(text: str) -> int:
    found = re.fullmatch(r"(?:(\d+) мин )?(\d+) сек", text)
    assert found, text
    return int(found[1] or 0) * 60 + int(found[2])
