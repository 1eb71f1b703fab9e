"""
Traps in the tables: what makes a real CRM export lie.

Test deals, duplicates, a mass import, a clean-up that closes old deals within
one minute, closed deals without a date, and closing dates that disagree with
the history. The truth of the client is that of its laws: a diagnosis has to
leave these records out or treat them as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kpikit.sample import names
from kpikit.sample.laws import SimConfig
from kpikit.sample.streams import stream

Tables = dict[str, pd.DataFrame]
Planted = dict[str, list[str]]

IMPORT_DAY, IMPORT_HOUR = 72, 10.0 + 2 / 60
BULK_BEFORE_END, BULK_HOUR = 96, 17.0 + 40 / 60
_TEST_TITLES = ("тест", "test", "asdf", "проверка", "Тест Тестович", "ааа")
_TEST_AMOUNTS = (0.0, 1.0, 123.0, 111111.0)


def plant_traps(
    config: SimConfig, tables: Mapping[str, pd.DataFrame], seed: int
) -> tuple[Tables, Planted]:
    """
    Plant the traps of the config into copies of the tables.

    Parameters
    ----------
    config : SimConfig
        ``config.traps`` says how many of each.
    tables : mapping of str to DataFrame
    seed : int

    Returns
    -------
    tables : dict of str to DataFrame
        With known flags (``is_test``, ``is_duplicate``, ``is_imported``, ``is_bulk``) set.
    planted : dict of str to list of str
        Deal ids by trap.
    """
    made = {name: frame.copy() for name, frame in tables.items()}
    planted: Planted = {}
    rng = stream(seed, "traps")
    planted["bulk_closed"] = _close_in_bulk(config, made, rng)
    free = made["deals"]["deal_kind"].eq("new") & ~made["deals"]["deal_id"].isin(
        planted["bulk_closed"]
    )
    planted["undated"] = _remove_closing_dates(config, made, free, rng)
    free &= ~made["deals"]["deal_id"].isin(planted["undated"])
    planted["other_close_date"] = _move_closing_dates(config, made, free, rng)
    free &= ~made["deals"]["deal_id"].isin(planted["other_close_date"])
    planted["duplicates"] = _duplicate(config, made, free, rng)
    planted["test_deals"] = _add_tests(config, made, rng)
    planted["imported"] = _import(config, made, rng)
    new_ids = _renumber(made)
    return made, {trap: [new_ids[one] for one in found] for trap, found in planted.items()}


def _moment(config: SimConfig, day: float) -> pd.Timestamp:
    local = pd.Timestamp(config.history_start) + pd.Timedelta(seconds=round(day * 86400))
    return (local - pd.Timedelta(hours=config.utc_offset_h)).tz_localize("UTC").as_unit("us")


def _local_date(config: SimConfig, moment: pd.Timestamp) -> pd.Timestamp:
    naive = moment.tz_localize(None) + pd.Timedelta(hours=config.utc_offset_h)
    return naive.normalize().as_unit("us")


def _add(frame: pd.DataFrame, rows: list[dict]) -> pd.DataFrame:
    """Append rows; columns that a row does not name are missing."""
    if not rows:
        return frame
    new = pd.DataFrame(
        {
            column: pd.Series([row.get(column) for row in rows]).astype(frame[column].dtype)
            for column in frame.columns
        }
    )
    return pd.concat([frame, new], ignore_index=True)


def _event(
    deal_id: str, stage_id: str, at: pd.Timestamp, seq: int, kind: str, **more: object
) -> dict:
    return {
        "event_id": "",
        "deal_id": deal_id,
        "pipeline_id": "0",
        "stage_id": stage_id,
        "entered_at": at,
        "seq": seq,
        "kind": kind,
        "is_bulk": False,
        "origin": "history",
        **more,
    }


def _deal(config: SimConfig, deal_id: str, created: pd.Timestamp, **more: object) -> dict:
    return {
        "deal_id": deal_id,
        "pipeline_id": "0",
        "created_at": created,
        "currency": config.currency,
        "deal_kind": "new",
        "is_test": False,
        "is_duplicate": False,
        "is_imported": False,
        **more,
    }


def _close_in_bulk(config: SimConfig, tables: Tables, rng: np.random.Generator) -> list[str]:
    """One user closes the oldest open deals as lost within one minute."""
    deals, events, activities = tables["deals"], tables["stage_events"], tables["activities"]
    day = config.as_of_day - BULK_BEFORE_END
    while _local_date(config, _moment(config, day)).day_of_week > 4:
        day -= 1
    moment = _moment(config, day + BULK_HOUR / 24)
    open_then = (
        deals["deal_kind"].eq("new")
        & (deals["created_at"] < moment)
        & deals["status"].ne("won")
        & (deals["closed_at"].isna() | (deals["closed_at"] > moment))
    )
    chosen = deals[open_then].nsmallest(config.traps.bulk_closed, "created_at")["deal_id"]
    ids = chosen.tolist()
    later = events["deal_id"].isin(ids) & (events["entered_at"] >= moment)
    events = events[~later]
    tables["activities"] = activities[
        ~(activities["deal_id"].isin(ids) & (activities["started_at"] >= moment))
    ]
    seconds = np.sort(rng.integers(0, 55, size=len(ids)))
    last = events.groupby("deal_id")["seq"].max()
    rows = [
        _event(
            one,
            "LOSE",
            moment + pd.Timedelta(seconds=int(second)),
            int(last.get(one, 0)) + 1,
            "close",
            is_bulk=True,
            actor_id=config.reps[1].rep_id,
        )
        for one, second in zip(ids, seconds, strict=True)
    ]
    tables["stage_events"] = _add(events, rows)
    when = {row["deal_id"]: row["entered_at"] for row in rows}
    mine = deals["deal_id"].isin(ids)
    closed = deals.loc[mine, "deal_id"].map(when)
    deals.loc[mine, "stage_id"] = "LOSE"
    deals.loc[mine, "status"] = "lost"
    deals.loc[mine, "closed_at"] = closed.astype(deals["closed_at"].dtype)
    deals.loc[mine, "closed_at_quality"] = "history"
    deals.loc[mine, "expected_close_on"] = _local_date(config, moment)
    deals.loc[mine, "lost_reason"] = "Неактуально"
    return ids


def _remove_closing_dates(
    config: SimConfig, tables: Tables, free: pd.Series, rng: np.random.Generator
) -> list[str]:
    deals, events = tables["deals"], tables["stage_events"]
    ids = choose(deals[free & deals["status"].ne("open")], config.traps.undated, rng)
    final = events["deal_id"].isin(ids) & events["kind"].eq("close")
    tables["stage_events"] = events[~final]
    mine = deals["deal_id"].isin(ids)
    deals.loc[mine, "closed_at"] = pd.NaT
    deals.loc[mine, "expected_close_on"] = pd.NaT
    deals.loc[mine, "closed_at_quality"] = "none"
    return ids


def _move_closing_dates(
    config: SimConfig, tables: Tables, free: pd.Series, rng: np.random.Generator
) -> list[str]:
    deals = tables["deals"]
    ids = choose(deals[free & deals["status"].eq("won")], config.traps.other_close_date, rng)
    for one in ids:
        mine = deals["deal_id"].eq(one)
        shift = pd.Timedelta(days=int(rng.integers(5, 40)))
        deals.loc[mine, "expected_close_on"] = deals.loc[mine, "expected_close_on"] + shift
    return ids


def _duplicate(
    config: SimConfig, tables: Tables, free: pd.Series, rng: np.random.Generator
) -> list[str]:
    deals = tables["deals"]
    recent = deals["created_at"] < _moment(config, config.as_of_day - 30)
    known = free & recent & deals["amount"].notna() & (deals["created_at"] > _moment(config, 5))
    originals = (
        deals[known]
        .set_index("deal_id", drop=False)
        .loc[choose(deals[known], config.traps.duplicates, rng)]
    )
    rows, moves = [], []
    for place, original in enumerate(originals.to_dict("records")):
        one = f"duplicate-{place}"
        created = original["created_at"] + pd.Timedelta(hours=int(rng.integers(20, 120)))
        closed = created + pd.Timedelta(hours=int(rng.integers(48, 200)))
        copy = {
            key: original[key]
            for key in ("title", "customer_id", "source", "segment", "amount", "amount_base")
        }
        rows.append(
            _deal(
                config,
                one,
                created,
                **copy,
                stage_id="LOSE",
                status="lost",
                closed_at=closed,
                owner_id=str(rng.choice([rep.rep_id for rep in config.reps[:5]])),
                expected_close_on=_local_date(config, closed),
                lost_reason="Дубль",
                closed_at_quality="history",
                is_duplicate=True,
                duplicate_of_id=original["deal_id"],
            )
        )
        moves += [
            _event(one, config.stages[0].stage_id, created, 1, "created"),
            _event(one, "LOSE", closed, 2, "close"),
        ]
    tables["deals"] = _add(deals, rows)
    tables["stage_events"] = _add(tables["stage_events"], moves)
    return [row["deal_id"] for row in rows]


def _add_tests(config: SimConfig, tables: Tables, rng: np.random.Generator) -> list[str]:
    rows, moves = [], []
    for place in range(config.traps.test_deals):
        one = f"test-{place}"
        created = _moment(config, float(int(rng.integers(10, int(config.as_of_day) - 10))) + 0.5)
        closed = created + pd.Timedelta(seconds=int(rng.integers(15, 50)))
        won = place % 2 == 0
        rows.append(
            _deal(
                config,
                one,
                created,
                title=_TEST_TITLES[place % len(_TEST_TITLES)],
                stage_id="WON" if won else "LOSE",
                status="won" if won else "lost",
                closed_at=closed,
                owner_id=config.reps[place % 3].rep_id,
                amount=_TEST_AMOUNTS[place % 4],
                amount_base=_TEST_AMOUNTS[place % 4],
                closed_at_quality="history",
                is_test=True,
                expected_close_on=_local_date(config, closed),
            )
        )
        moves += [
            _event(one, config.stages[0].stage_id, created, 1, "created"),
            _event(one, "WON" if won else "LOSE", closed, 2, "close"),
        ]
    tables["deals"] = _add(tables["deals"], rows)
    tables["stage_events"] = _add(tables["stage_events"], moves)
    return [row["deal_id"] for row in rows]


def _import(config: SimConfig, tables: Tables, rng: np.random.Generator) -> list[str]:
    """Old deals of a former CRM, all created within one minute, with one history record each."""
    minute = _moment(config, IMPORT_DAY + IMPORT_HOUR / 24)
    count = config.traps.imported
    companies = tables["customers"]
    used = set(companies["name"])
    new_names = [name for name in names.company_names(3000, 1) if name not in used][:count]
    first_id = companies["customer_id"].astype(int).max() + 1
    segments = [law.name for law in config.segments]
    values = {law.name: law.deal_value for law in config.segments}
    people, rows, moves = [], [], []
    for place in range(count):
        one, customer = f"import-{place}", str(first_id + place)
        created = minute + pd.Timedelta(seconds=int(rng.integers(0, 60)))
        segment = str(rng.choice(segments))
        kind = place % 6
        stage, status = (
            (("EXECUTING", "open"), ("WON", "won"), ("WON", "won"))[kind]
            if kind < 3
            else ("LOSE", "lost")
        )
        old = _local_date(config, created - pd.Timedelta(days=int(rng.integers(90, 700))))
        amount = float(np.round(values[segment] * rng.lognormal(0, 0.5), -2))
        people.append(
            {
                "customer_id": customer,
                "name": new_names[place],
                "segment": segment,
                "region": names.REGIONS[place % len(names.REGIONS)],
                "is_internal": False,
                "phone": f"+7902{5550000 + place:07d}",
                "first_order_on": old if status == "won" else pd.NaT,
            }
        )
        rows.append(
            _deal(
                config,
                one,
                created,
                title=names.PRODUCTS[place % len(names.PRODUCTS)],
                customer_id=customer,
                stage_id=stage,
                status=status,
                segment=segment,
                amount=amount,
                amount_base=amount,
                owner_id=config.reps[place % 5].rep_id,
                closed_at=pd.NaT if status == "open" else _moment_of_date(config, old),
                expected_close_on=old,
                closed_at_quality=None if status == "open" else "close_field",
                lost_reason="Неактуально" if status == "lost" else None,
                is_imported=True,
            )
        )
        moves.append(_event(one, stage, created, 1, "created"))
    tables["customers"] = _add(companies, people)
    tables["deals"] = _add(tables["deals"], rows)
    tables["stage_events"] = _add(tables["stage_events"], moves)
    return [row["deal_id"] for row in rows]


def _moment_of_date(config: SimConfig, day: pd.Timestamp) -> pd.Timestamp:
    return (day - pd.Timedelta(hours=config.utc_offset_h)).tz_localize("UTC")


def choose(deals: pd.DataFrame, count: int, rng: np.random.Generator) -> list[str]:
    """Ids of ``count`` random deals, or of all when there are fewer, in the order of the table."""
    places = np.sort(rng.choice(len(deals), size=min(count, len(deals)), replace=False))
    return deals["deal_id"].iloc[places].tolist()


def _renumber(tables: Tables) -> dict[str, str]:
    """Give ids in order of creation, events in order of time."""
    deals = tables["deals"].sort_values("created_at", kind="stable", ignore_index=True)
    new = {old: str(1001 + 2 * place) for place, old in enumerate(deals["deal_id"])}
    deals["deal_id"] = deals["deal_id"].map(new)
    deals["duplicate_of_id"] = deals["duplicate_of_id"].map(new).astype("str")
    tables["deals"] = deals
    events = tables["stage_events"].sort_values(
        ["entered_at", "seq"], kind="stable", ignore_index=True
    )
    events["deal_id"] = events["deal_id"].map(new)
    events["event_id"] = pd.Series([str(70001 + place) for place in range(len(events))])
    tables["stage_events"] = events
    activities = tables["activities"].reset_index(drop=True)
    activities["deal_id"] = activities["deal_id"].map(new).astype("str")
    tables["activities"] = activities
    return new
