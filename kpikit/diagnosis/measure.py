"""
What a client's data say: one pass over the canonical tables.

The estimators of this package are applied in the order of the chain, and every
result keeps its interval, its counts and its status. Whatever cannot be told
is recorded with its reason; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kpikit.diagnosis import cycle as time
from kpikit.diagnosis.capacity import LittleCheck, littles_law_check
from kpikit.diagnosis.chain_input import OpenDeal, StageWork, Touch
from kpikit.diagnosis.conversion import (
    ConversionEstimate,
    NaiveRatios,
    deal_incidence,
    eventual_conversion,
    naive_ratios,
    residual_win_probability,
    stage_conversion,
    stage_conversion_by_segment,
    win_lag_law,
)
from kpikit.diagnosis.incidence import Incidence
from kpikit.diagnosis.labour import Labour, measure_labour, still_customers
from kpikit.diagnosis.reps import RepComparison, compare_reps
from kpikit.diagnosis.settings import MONTH_DAYS, Settings
from kpikit.diagnosis.spells import countable_deals, deal_spells, stage_spells
from kpikit.vocabulary import OPEN, WON

Tables = Mapping[str, pd.DataFrame]

#: A segment with fewer wins is measured together with the others.
LEAST_WINS = 20
#: Largest difference of the share of deals with a rep between won and other deals [share].
OWNER_GAP = 0.2
#: Period on which flow, stay and deals in work are compared, and the shortest one.
LITTLE_WINDOW = pd.Timedelta(days=182)
LEAST_WINDOW = pd.Timedelta(days=28)
#: Longest lag law [months].
LAG_MONTHS = 18


@dataclass(frozen=True)
class MeasuredFunnel:
    """What one segment's data give to the chain; see ``chain.Funnel``."""

    segment: str
    stages: tuple[StageWork, ...]
    evidence: float | None
    calibration: float
    lag: tuple[float, ...]
    labour_lag: tuple[float, ...]
    timed: bool
    n_won: int
    deal_value: float | None
    value_cv: float
    lead_share: float
    open_deals: tuple[OpenDeal, ...]
    pipeline_wins: tuple[float, ...]
    pipeline_hours: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Share:
    """A measured share with the money of one success and the occasions behind it."""

    rate: float
    value: float
    n: int


@dataclass(frozen=True)
class CustomerBase:
    """Existing customers of a segment and the attention they get."""

    segment: str
    customers: float
    renewals_due: tuple[float, ...]
    retention: Touch | None
    cross_sell_touch: Touch | None
    renewal: Share | None = None
    cross_sell: Share | None = None


@dataclass(frozen=True)
class Measured:
    """All measurements of one client."""

    deals: pd.DataFrame
    excluded: pd.DataFrame
    spells: pd.DataFrame
    deal_spells: pd.DataFrame
    stages: pd.DataFrame
    stages_by_segment: pd.DataFrame
    stays: pd.DataFrame
    eventual: Mapping[str, ConversionEstimate]
    incidences: Mapping[str, Incidence]
    cycles: Mapping[str, tuple[time.CycleEstimate, ...]]
    naive: NaiveRatios | None
    with_flagged: ConversionEstimate | None
    reps: RepComparison | None
    open_deals: pd.DataFrame
    labour: Labour
    little: Mapping[str, LittleCheck]
    leads_per_month: float | None
    funnels: tuple[MeasuredFunnel, ...]
    customers: tuple[CustomerBase, ...]
    has_reps: bool

    def funnel_of(self, segment: str) -> MeasuredFunnel | None:
        """The segment's funnel, None where it has no deals."""
        return next((f for f in self.funnels if f.segment == segment), None)

    def customers_of(self, segment: str) -> CustomerBase | None:
        """The segment's customers, None where there are none."""
        return next((c for c in self.customers if c.segment == segment), None)


def measure(tables: Tables, settings: Settings) -> Measured:
    """
    Measure everything that the tables allow.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Canonical tables; only ``deals`` is needed.
    settings : Settings

    Returns
    -------
    Measured
    """
    rng = np.random.default_rng(np.random.SeedSequence([settings.seed, 1]))
    every = _new_business(tables["deals"], tables.get("stages"))
    deals = countable_deals(every)
    events, stages = tables.get("stage_events"), tables.get("stages")
    history = events is not None and stages is not None and len(events) > 0
    whole = _deal_spells(deals, tables, settings)
    spells = pd.DataFrame()
    table = by_segment = stays = pd.DataFrame()
    if history:
        assert events is not None and stages is not None
        spells = stage_spells(deals, events, stages, settings.as_of, settings.history_start_at,
                              reopened=settings.reopened)  # type: ignore[arg-type]  # fmt: skip
        table = stage_conversion(spells, level=settings.level)
        named = spells[spells["segment"].notna()]
        by_segment = stage_conversion_by_segment(named, level=settings.level)
        stays = time.stage_stays(spells, level=settings.level)
    segments = _segments(whole)
    parts = {"": whole} | {name: whole[whole["segment"] == name] for name in segments}
    horizon = settings.horizon_days
    eventual = {
        name: eventual_conversion(part, client_horizon=horizon, level=settings.level)
        for name, part in parts.items()
    }
    incidences = {name: deal_incidence(part) for name, part in parts.items()}
    cycles = {name: _cycles(part, rng, settings) for name, part in parts.items()}
    excluded = _excluded(every)
    flagged = None
    if len(deals) < len(every):
        flagged = eventual_conversion(
            _deal_spells(every, tables, settings), client_horizon=horizon, level=settings.level
        )
    open_deals = _open_deals(deals, whole, eventual, incidences, settings)
    labour = measure_labour(tables, spells, whole, settings, rng)
    reps = _reps(whole, settings)
    funnels = _funnels(deals, whole, table, by_segment, eventual, incidences, open_deals, labour,
                       stages, settings)  # fmt: skip
    return Measured(
        deals=deals,
        excluded=excluded,
        spells=spells,
        deal_spells=whole,
        stages=table,
        stages_by_segment=by_segment,
        stays=stays,
        eventual=eventual,
        incidences=incidences,
        cycles=cycles,
        naive=naive_ratios(whole, settings.as_of) if whole["entered_at"].notna().any() else None,
        with_flagged=flagged,
        reps=reps,
        open_deals=open_deals,
        labour=labour,
        little=_little(spells, whole, settings),
        leads_per_month=_leads_per_month(deals, settings),
        funnels=funnels,
        customers=_customers(tables, labour, settings),
        has_reps="reps" in tables and "role" in tables["reps"],
    )


def _new_business(deals: pd.DataFrame, stages: pd.DataFrame | None) -> pd.DataFrame:
    """Deals of the sales funnel: renewals and cross-sales have their own link in the chain."""
    keep = np.ones(len(deals), dtype=bool)
    if "deal_kind" in deals:
        keep &= ~deals["deal_kind"].isin(["renewal", "cross_sell"]).to_numpy(dtype=bool)
    if stages is not None and "pipeline_role" in stages and "pipeline_id" in deals:
        role = stages["pipeline_role"]
        other = stages.loc[role.notna() & (role != "sale"), "pipeline_id"]
        keep &= ~deals["pipeline_id"].isin(set(other)).to_numpy(dtype=bool)
    return deals.loc[keep]


def _deal_spells(deals: pd.DataFrame, tables: Tables, settings: Settings) -> pd.DataFrame:
    return deal_spells(
        deals, settings.as_of, tables.get("stage_events"), tables.get("stages"),
        settings.history_start_at, reopened=settings.reopened,  # type: ignore[arg-type]
    )  # fmt: skip


def _segments(whole: pd.DataFrame) -> list[str]:
    return sorted(str(name) for name in whole["segment"].dropna().unique())


def _excluded(deals: pd.DataFrame) -> pd.Series:
    """Flagged deals by flag, and how many were left out."""
    counts = {
        flag: int(deals[flag].astype("boolean").fillna(False).sum())
        for flag in ("is_test", "is_duplicate", "is_imported")
        if flag in deals
    }
    return pd.Series({name.removeprefix("is_"): count for name, count in counts.items() if count},
                     dtype="int64")  # fmt: skip


def _open_deals(
    deals: pd.DataFrame,
    whole: pd.DataFrame,
    eventual: Mapping[str, ConversionEstimate],
    incidences: Mapping[str, Incidence],
    settings: Settings,
) -> pd.DataFrame:
    """Open deals with their probability to be won at all, and within the plan period."""
    columns = ["deal_id", "segment", "amount", "age_days", "probability", "in_period", "stage_id"]
    found = whole[(whole["outcome"] == OPEN) & whole["exit_age_days"].notna()]
    if found.empty:
        return pd.DataFrame(columns=columns)
    facts = deals.set_index("deal_id")
    amount = facts["amount_base"] if "amount_base" in facts else facts.get("amount")
    rows = []
    for segment, part in found.groupby(found["segment"].fillna(""), sort=True):
        name = _measured_with(str(segment), eventual)
        curve, horizon = incidences[name], eventual[name].horizon
        ages = part["exit_age_days"].to_numpy(dtype=float)
        last = horizon if horizon is not None else (curve.exit_ages[-1] if curve.n else 0.0)
        ever = residual_win_probability(curve, ages, np.maximum(last - ages, 0.0))
        ahead = len(settings.months) * MONTH_DAYS if settings.months else 365.25
        soon = residual_win_probability(curve, ages, np.clip(last - ages, 0.0, ahead))
        # Older than anything that was followed: the data know no win at that age.
        known = ages < last
        rows.append(
            pd.DataFrame(
                {
                    "deal_id": part["deal_id"].to_numpy(),
                    "segment": str(segment),
                    "amount": facts.loc[part["deal_id"], amount.name].to_numpy(dtype=float)
                    if amount is not None
                    else np.nan,
                    "age_days": ages,
                    "probability": np.where(known, ever, 0.0),
                    "in_period": np.where(known, soon, 0.0),
                    "stage_id": facts.loc[part["deal_id"], "stage_id"].to_numpy()
                    if "stage_id" in facts
                    else None,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)[columns]


def _measured_with(segment: str, eventual: Mapping[str, ConversionEstimate]) -> str:
    """The segment itself where it has wins enough, else all deals together."""
    own = eventual.get(segment)
    return segment if own is not None and own.value is not None and own.n_won >= LEAST_WINS else ""


def _cycles(
    part: pd.DataFrame, rng: np.random.Generator, settings: Settings
) -> tuple[time.CycleEstimate, ...]:
    found = time.win_cycle_quantiles(part, rng, level=settings.level)
    won = part[part["outcome"] == WON]
    if len(won) and won["exit_age_days"].isna().all():
        return tuple(replace(item, reason="no deal with known dates") for item in found)
    return found


def _reps(whole: pd.DataFrame, settings: Settings) -> RepComparison | None:
    if whole["rep_id"].nunique() < 2 or owners_follow_wins(whole):
        return None
    mix = ("segment",) if _tells_segments_from_reps(whole) else ()
    return compare_reps(whole, adjust_for=mix, client_horizon=settings.horizon_days,
                        level=settings.level)  # fmt: skip


def _tells_segments_from_reps(whole: pd.DataFrame) -> bool:
    """
    Whether the mix of segments can be taken out of a comparison of reps.

    Where each rep has a segment of his own, the two effects are one: taking out
    the segment would take out the rep. They are told apart when reps and
    segments hang together through shared deals.
    """
    pairs = whole.loc[whole["rep_id"].notna(), ["rep_id", "segment"]].astype(object)
    pairs = pairs.fillna("").drop_duplicates()
    reps, segments = pairs["rep_id"].nunique(), pairs["segment"].nunique()
    if segments < 2:
        return False
    design = pd.get_dummies(pairs, columns=["rep_id", "segment"], dtype=float)
    return bool(np.linalg.matrix_rank(design.to_numpy()) == reps + segments - 1)


def owners_follow_wins(whole: pd.DataFrame) -> bool:
    """
    Whether won deals name their rep much more often than the others do.

    Then the deals of a rep are his wins and not his work, and his share of wins
    says nothing.
    """
    named = whole["rep_id"].notna()
    won = whole["outcome"] == WON
    if won.all() or not won.any():
        return False
    return bool(named[won].mean() - named[~won].mean() > OWNER_GAP)


def _leads_per_month(deals: pd.DataFrame, settings: Settings) -> float | None:
    """New deals a month over the last six full months; imports are not leads of a month."""
    if "created_at" not in deals or deals["created_at"].isna().all():
        return None
    end = settings.as_of.normalize().replace(day=1)
    start = end - pd.DateOffset(months=6)
    fresh = deals
    if "is_imported" in deals:
        fresh = deals[~deals["is_imported"].astype("boolean").fillna(False).to_numpy(dtype=bool)]
    created = fresh["created_at"]
    if created.min() > start:
        return None
    return float(((created >= start) & (created < end)).sum()) / 6.0


def _funnels(
    deals: pd.DataFrame,
    whole: pd.DataFrame,
    table: pd.DataFrame,
    by_segment: pd.DataFrame,
    eventual: Mapping[str, ConversionEstimate],
    incidences: Mapping[str, Incidence],
    open_deals: pd.DataFrame,
    labour: Labour,
    stages: pd.DataFrame | None,
    settings: Settings,
) -> tuple[MeasuredFunnel, ...]:
    names = _segments(whole) or [""]
    counts = whole["segment"].fillna("").value_counts()
    found = []
    for name in names:
        pool = _measured_with(name, eventual)
        estimate = eventual[pool]
        rates = table
        if pool and len(by_segment):
            rates = by_segment[by_segment["segment"] == pool]
        works = _stage_works(rates, labour, stages, settings)
        if not works and estimate.value is not None:
            role = settings.stage_roles.get("", "rep")
            labours = (labour.contacts_per_primary, labour.minutes_per_primary)
            works = (StageWork("deal", "deal", role, estimate.value, *labours),)
        product = float(np.prod([w.conversion for w in works if w.conversion is not None]))
        calibration = 1.0
        if estimate.value is not None and product > 0:
            calibration = estimate.value / product
        lag: tuple[float, ...] = ()
        if estimate.horizon is not None:
            lag = _law(win_lag_law(incidences[pool], LAG_MONTHS, horizon=estimate.horizon).law)
        won = whole[(whole["outcome"] == WON) & (whole["segment"].fillna("") == name)]
        value, cv = _deal_value(deals, won)
        mine = open_deals[open_deals["segment"] == name] if len(open_deals) else open_deals
        found.append(
            MeasuredFunnel(
                segment=name or "all",
                stages=works,
                evidence=estimate.n_effective,
                calibration=calibration,
                lag=lag or (1.0,),
                labour_lag=labour.lag or lag or (1.0,),
                timed=bool(lag),
                n_won=len(won),
                deal_value=value,
                value_cv=cv,
                lead_share=float(counts.get(name, 0)) / max(1, int(counts.sum())),
                open_deals=_pipeline(mine, value),
                pipeline_wins=_pipeline_by_month(mine, incidences[pool], estimate, settings),
                pipeline_hours=labour.pipeline_hours(
                    mine, incidences[pool], works[0].role if works else "rep"
                ),
            )
        )
    return tuple(found)


def _law(shares: np.ndarray) -> tuple[float, ...]:
    """Shares by month without the rounding noise below 0; they sum to 1, or are none."""
    clean = np.maximum(shares, 0.0)
    return tuple(float(x) for x in clean / clean.sum()) if clean.sum() > 0 else ()


def _stage_works(
    rates: pd.DataFrame, labour: Labour, stages: pd.DataFrame | None, settings: Settings
) -> tuple[StageWork, ...]:
    if rates.empty:
        return ()
    names: dict[str, str] = {}
    if stages is not None and "stage_name" in stages:
        names = dict(zip(stages["stage_id"], stages["stage_name"], strict=True))
    works = []
    for row in rates.sort_values("stage_order").itertuples():
        stage = str(row.stage_id)
        works.append(
            StageWork(
                stage=stage,
                name=str(names.get(stage, stage)),
                role=settings.stage_roles.get(stage, "rep"),
                conversion=None if pd.isna(row.value) else float(row.value),
                contacts=labour.contacts_at(stage),
                minutes=labour.minutes_at(stage),
            )
        )
    return tuple(works)


def _deal_value(deals: pd.DataFrame, won: pd.DataFrame) -> tuple[float | None, float]:
    """Mean money of a won deal and its coefficient of variation."""
    if "amount_base" not in deals or won.empty:
        return None, 0.0
    amounts = deals.set_index("deal_id")["amount_base"].reindex(won["deal_id"]).dropna()
    amounts = amounts[amounts > 0]
    if amounts.empty:
        return None, 0.0
    mean = float(amounts.mean())
    return mean, float(amounts.std(ddof=1) / mean) if len(amounts) > 1 else 0.0


def _pipeline(mine: pd.DataFrame, value: float | None) -> tuple[OpenDeal, ...]:
    deals = []
    for row in mine.itertuples():
        amount = row.amount if pd.notna(row.amount) and row.amount > 0 else value
        if amount is not None and pd.notna(row.in_period) and row.in_period > 0:
            deals.append(OpenDeal(str(row.deal_id), float(amount), min(1.0, float(row.in_period))))
    return tuple(deals)


def _pipeline_by_month(
    mine: pd.DataFrame, curve: Incidence, estimate: ConversionEstimate, settings: Settings
) -> tuple[float, ...]:
    """Wins expected from the open deals in each month of the plan."""
    if mine.empty or not settings.months or estimate.horizon is None:
        return ()
    ages = mine["age_days"].to_numpy(dtype=float)
    known = ages < estimate.horizon
    wins, before = [], np.zeros(len(ages))
    for step in range(1, len(settings.months) + 1):
        ahead = np.clip(estimate.horizon - ages, 0.0, step * MONTH_DAYS)
        until = np.nan_to_num(residual_win_probability(curve, ages, ahead))
        wins.append(float((until - before)[known].sum()))
        before = until
    return tuple(wins)


def _little(
    spells: pd.DataFrame, whole: pd.DataFrame, settings: Settings
) -> dict[str, LittleCheck]:
    """Little's law on the later half of the records, at most half a year; by stage as well."""
    first = whole["entered_at"].min()
    if pd.isna(first) or settings.as_of - first < 2 * LEAST_WINDOW:
        return {}
    start = settings.as_of - min(LITTLE_WINDOW, (settings.as_of - first) / 2)
    found = {"": littles_law_check(whole, start, settings.as_of)}
    if len(spells):
        for stage, part in spells.groupby("stage_id", sort=False):
            found[str(stage)] = littles_law_check(part, start, settings.as_of)
    return found


def _customers(tables: Tables, labour: Labour, settings: Settings) -> tuple[CustomerBase, ...]:
    if "customers" not in tables or "segment" not in tables["customers"]:
        return ()
    table = tables["customers"]
    table = table[still_customers(table, settings.as_of)]
    found = []
    for segment, part in table.groupby("segment", sort=True):
        due: tuple[float, ...] = ()
        if "contract_end_on" in part and settings.months:
            ends = part["contract_end_on"].dt.strftime("%Y-%m")
            due = tuple(float((ends == month).sum()) for month in settings.months)
        found.append(
            CustomerBase(
                str(segment), float(len(part)), due,
                _touch(labour, str(segment), "retention"),
                _touch(labour, str(segment), "cross_sell"),
                _renewal(tables["deals"], str(segment)),
                _cross_sell(tables["deals"], str(segment), part, settings),
            )
        )  # fmt: skip
    return tuple(found)


def _touch(labour: Labour, segment: str, purpose: str) -> Touch | None:
    contacts, minutes = labour.customer_year(segment, purpose)
    return None if contacts is None else Touch(contacts, minutes)


def _renewal(deals: pd.DataFrame, segment: str) -> Share | None:
    """Renewals won of the renewals decided, and the money of one."""
    if "deal_kind" not in deals or "segment" not in deals:
        return None
    mine = deals[(deals["deal_kind"] == "renewal") & (deals["segment"] == segment)]
    closed = mine[mine["status"].isin(["won", "lost"])]
    won = closed[closed["status"] == "won"]
    if won.empty:
        return None
    return Share(len(won) / len(closed), float(won["amount_base"].mean()), len(closed))


def _cross_sell(
    deals: pd.DataFrame, segment: str, customers: pd.DataFrame, settings: Settings
) -> Share | None:
    """Cross-sales won in the last year for each existing customer, and the money of one."""
    if "deal_kind" not in deals or "segment" not in deals or customers.empty:
        return None
    since = settings.as_of - pd.Timedelta(days=365)
    won = deals[
        (deals["deal_kind"] == "cross_sell") & (deals["segment"] == segment)
        & (deals["status"] == "won") & (deals["closed_at"] >= since)
        & deals["customer_id"].isin(customers["customer_id"])
    ]  # fmt: skip
    if won.empty:
        return None
    return Share(min(1.0, len(won) / len(customers)), float(won["amount_base"].mean()),
                 len(customers))  # fmt: skip
