"""
How often the intervals hold the truth: ``python benchmarks/coverage.py [--clients 200]``.

Simulated clients whose true conversions, cycles and contacts are known are
measured through :func:`kpikit.diagnosis.measure.measure`, as the report does.
A 90 % interval should hold the truth for 90 of 100 clients. The answers of a
spreadsheet, each with the interval that belongs to it, are counted beside it.

Two kinds of client: ``whole``, where every deal is seen from its creation, and
``late``, where the history starts when many deals are already running.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import Pool

import numpy as np
import pandas as pd
from scipy.special import bdtr, ndtri

from kpikit.diagnosis.contacts import add_handling, countable_contacts
from kpikit.diagnosis.labour import handling
from kpikit.diagnosis.measure import Measured, measure
from kpikit.diagnosis.practice import measured_contact_minutes
from kpikit.diagnosis.settings import Settings
from kpikit.diagnosis.shares import wilson
from kpikit.sample import SimulatedClient, plain_config, simulate_client
from kpikit.sample.laws import SimConfig
from kpikit.vocabulary import LOST, OPEN, WON

LEVEL = 0.9
OURS = "kpikit"
#: Months simulated before the history of a ``late`` client. [months]
WARMUP_MONTHS = 6


@dataclass(frozen=True)
class Answer:
    """One figure of one client in one way, with its interval and the true value."""

    figure: str
    way: str
    value: float
    low: float
    high: float
    truth: float


def configs() -> dict[str, SimConfig]:
    """The two kinds of client by name."""
    whole = plain_config()
    return {"whole": whole, "late": replace(whole, warmup_months=WARMUP_MONTHS)}


def study(config: SimConfig, clients: int, seed: int, workers: int = 1) -> pd.DataFrame:
    """
    Simulate and measure clients.

    Parameters
    ----------
    config : SimConfig
    clients : int
    seed : int
        Start of all randomness: the first clients of a longer study are those of
        a shorter one.
    workers : int
        Processes.

    Returns
    -------
    DataFrame
        One row per client, figure and way: ``client`` and the fields of
        :class:`Answer`.
    """
    seeds = [int(state) for state in np.random.SeedSequence(seed).generate_state(clients)]
    ask = partial(_answers_of, config)
    if workers == 1:
        found = [ask(number) for number in seeds]
    else:
        with Pool(workers) as pool:
            found = pool.map(ask, seeds, chunksize=1)
    return pd.DataFrame(
        [{"client": place, **vars(one)} for place, part in enumerate(found) for one in part]
    )


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Coverage, bias and width of each figure and way.

    Parameters
    ----------
    rows : DataFrame
        From :func:`study`.

    Returns
    -------
    DataFrame
        ``figure way clients``; ``covered``, ``truth_below`` and ``truth_above``
        the interval [share of the clients; no answer covers nothing]; ``bias``
        mean of value / truth - 1; ``spread`` standard deviation of value / truth;
        ``width`` mean of (high - low) / truth.
    """
    ratio = rows["value"] / rows["truth"]
    table = rows.assign(
        covered=(rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"]),
        truth_below=rows["truth"] < rows["low"],
        truth_above=rows["truth"] > rows["high"],
        bias=ratio - 1,
        spread=ratio,
        width=(rows["high"] - rows["low"]) / rows["truth"],
    )
    grouped = table.groupby(["figure", "way"], sort=False)
    found = grouped[["covered", "truth_below", "truth_above", "bias", "width"]].mean()
    found["spread"] = grouped["spread"].std(ddof=1)
    found.insert(0, "clients", grouped.size())
    return found.reset_index()


def answers(client: SimulatedClient) -> list[Answer]:
    """All figures of one client: ours, then those of a spreadsheet."""
    settings = settings_of(client.config)
    found = measure(client.tables, settings)
    return [
        *_conversions(client, found),
        *_durations(client, found),
        *_labour_of_deals(client, found, settings),
        *_labour_of_stages(client, found),
    ]


def settings_of(config: SimConfig) -> Settings:
    """What an engagement would say about the client."""
    shift = pd.Timedelta(hours=config.utc_offset_h)
    return Settings(
        as_of=(pd.Timestamp(config.as_of_local) - shift).tz_localize("UTC"),
        history_start_at=(pd.Timestamp(config.history_start) - shift).tz_localize("UTC"),
        level=LEVEL,
    )


def _answers_of(config: SimConfig, seed: int) -> list[Answer]:
    return answers(simulate_client(config, seed))


def _conversions(client: SimulatedClient, found: Measured) -> Iterable[Answer]:
    truth = client.truth
    whole, counted = found.eventual[""], found.deal_spells["outcome"]
    name, true = "conversion of a deal", truth.conversion_eventual
    yield _ours(name, true, whole.value, whole.low, whole.high)
    yield from _naive_shares(name, "won", counted, true)
    for row in found.stages.itertuples():
        stage = str(row.stage_id)
        name, true = _at("conversion", client, stage), truth.stage_conversion[stage]
        yield _ours(name, true, row.value, row.low, row.high)
        seen = found.spells.loc[found.spells["stage_id"] == stage, "outcome"]
        yield from _naive_shares(name, "advanced", seen, true)


def _naive_shares(figure: str, success: str, outcome: pd.Series, true: float) -> Iterable[Answer]:
    """Open deals as failures, and open deals left out, both with a Wilson interval."""
    won, lost = int((outcome == WON).sum()), int((outcome == LOST).sum())
    for way, trials in ((f"{success} / all", len(outcome)), (f"{success} / closed", won + lost)):
        interval = wilson(won, trials, LEVEL)
        yield Answer(figure, way, interval.value, interval.low, interval.high, true)


def _durations(client: SimulatedClient, found: Measured) -> Iterable[Answer]:
    truth, deals = client.truth, found.deal_spells
    days = (deals["left_at"] - deals["entered_at"]).dt.total_seconds() / 86_400
    won = days[deals["outcome"] == WON].to_numpy()
    closed = days[deals["outcome"] != OPEN].to_numpy()
    median = found.cycles[""][0]
    figure, true = "median cycle of won deals", truth.cycle_days_median
    yield _ours(figure, true, median.value, median.low, median.high)
    yield _sample_median(figure, "deals won so far", won, true)
    yield _sample_median(figure, "deals closed so far", closed, true)
    for row in found.stays[found.stays["share"] == 0.5].itertuples():
        stage = str(row.stage_id)
        figure, true = _at("median stay", client, stage), truth.stage_days_median[stage]
        yield _ours(figure, true, row.value, row.low, row.high)
        mine = found.spells[(found.spells["stage_id"] == stage) & ~found.spells["skipped"]]
        over = mine.loc[mine["outcome"] != OPEN, "days_in_stage"].to_numpy(dtype=float)
        yield _sample_median(figure, "stays ended so far", over, true)


def _labour_of_deals(
    client: SimulatedClient, found: Measured, settings: Settings
) -> Iterable[Answer]:
    truth, ours = client.truth, found.labour.per_won
    assert ours is not None, "a simulated client links its contacts to deals"
    work = _work(client, settings).reindex(found.deal_spells["deal_id"], fill_value=0.0)
    is_won = (found.deal_spells["outcome"] == WON).to_numpy()
    for unit, per_win, per_deal in (
        ("contacts", truth.contacts_per_won_deal, truth.contacts_per_primary_contact),
        ("hours", truth.hours_per_won_deal, truth.hours_per_primary_contact),
    ):
        every, own = work[unit], work.loc[is_won, unit]
        figure = f"{unit} of a won deal, lost ones included"
        yield _ours(figure, per_win, *(getattr(ours, unit + end) for end in ("", "_low", "_high")))
        # Sum and wins taken as independent, as somebody with the two totals would do.
        error = math.hypot(_error_of_mean(every), 1 / math.sqrt(is_won.sum()))
        yield _around(figure, f"all {unit} / wins", every.sum() / is_won.sum(), error, per_win)
        yield _around(figure, "of the deals won", own.mean(), _error_of_mean(own), per_win)
        figure, name = f"{unit} of a new deal", f"{unit}_per_primary"
        values = (getattr(ours, name + end) for end in ("", "_low", "_high"))
        yield _ours(figure, per_deal, *values)
        yield _around(figure, f"all {unit} / deals", every.mean(), _error_of_mean(every), per_deal)


def _labour_of_stages(client: SimulatedClient, found: Measured) -> Iterable[Answer]:
    truth = client.truth
    for row in found.labour.by_stage.itertuples():
        stage = str(row.stage_id)
        figure, true = _at("contacts a visit", client, stage), truth.contacts_per_stage_visit[stage]
        yield _ours(figure, true, row.contacts, row.contacts_low, row.contacts_high)
        yield _around(figure, "contacts / visits", row.n_contacts / row.n,
                      1 / math.sqrt(row.n_contacts), true)  # fmt: skip
    for row in found.labour.by_stage.itertuples():
        stage = str(row.stage_id)
        figure, true = _at("hours a visit", client, stage), truth.hours_per_stage_visit[stage]
        yield _ours(figure, true, *(m / 60 for m in (row.minutes, row.minutes_low,
                                                     row.minutes_high)))  # fmt: skip


def _work(client: SimulatedClient, settings: Settings) -> pd.DataFrame:
    """Contacts and hours of each deal so far, by deal id."""
    activities = client.tables["activities"]
    raw = countable_contacts(activities, settings.contact_seconds)
    kinds = measured_contact_minutes(activities, raw)
    made = add_handling(raw, handling(kinds, settings))
    grouped = made.groupby(made["deal_id"].astype(object))["minutes"]
    return pd.DataFrame({"contacts": grouped.size().astype(float), "hours": grouped.sum() / 60})


def _sample_median(figure: str, way: str, values: np.ndarray, true: float) -> Answer:
    """Median of a plain sample with the interval of the sign test."""
    ordered = np.sort(values)
    n = len(ordered)
    # Rank below which the median lies with at most (1 - level) / 2; symmetric above.
    below = np.searchsorted(bdtr(np.arange(n), n, 0.5), (1 - LEVEL) / 2, side="right")
    rank = max(int(below) - 1, 0)
    middle = float(np.median(ordered))
    return Answer(figure, way, middle, float(ordered[rank]), float(ordered[n - 1 - rank]), true)


def _error_of_mean(values: pd.Series) -> float:
    """Standard error of a mean over the mean."""
    return float(values.std(ddof=1) / math.sqrt(len(values)) / values.mean())


def _around(figure: str, way: str, value: float, error: float, true: float) -> Answer:
    """Interval of a positive number from its relative standard error."""
    factor = math.exp(float(ndtri((1 + LEVEL) / 2)) * error)
    return Answer(figure, way, float(value), float(value / factor), float(value * factor), true)


def _ours(
    figure: str, true: float, value: float | None, low: float | None, high: float | None
) -> Answer:
    """No answer becomes null, which covers nothing."""
    found = [math.nan if number is None else float(number) for number in (value, low, high)]
    return Answer(figure, OURS, found[0], found[1], found[2], true)


def _at(what: str, client: SimulatedClient, stage: str) -> str:
    names = {law.stage_id: law.name for law in client.config.stages}
    return f"{what}, {names[stage]}"


def markdown(parts: Mapping[str, pd.DataFrame]) -> str:
    """Two tables, ours and the spreadsheet's, the kinds of client side by side."""
    head = " | ".join(f"{kind}: covers | bias | width" for kind in parts)
    rule = " ---: | ---: | ---: |" * len(parts)
    lines = []
    for title, ours in ((OURS, True), ("a spreadsheet", False)):
        # The name of the way tells the spreadsheet's answers apart.
        columns = ["figure"] if ours else ["figure", "answer"]
        lines += ["", f"Answers of {title}:", "", f"| {' | '.join(columns)} | {head} |",
                  "|" + " --- |" * len(columns) + rule]  # fmt: skip
        first = next(iter(parts.values()))
        for place in first.index[(first["way"] == OURS) == ours]:
            cells = [str(first.at[place, column]) for column in ("figure", "way")][: len(columns)]
            for table in parts.values():
                row = table.loc[place]
                cells += [f"{row.covered:.1%}", f"{row.bias:+.1%}", f"{row.width:.1%}"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines[1:])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and print the table."""
    parser = argparse.ArgumentParser(description="How often do the intervals hold the truth?")
    parser.add_argument("--clients", type=int, default=200, help="of each kind (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="start of all randomness (default 1)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    given = parser.parse_args(arguments)
    if given.clients < 2 or given.workers < 1:
        parser.error("--clients must be 2 or more and --workers 1 or more")
    parts = {
        kind: summary(study(config, given.clients, given.seed, given.workers))
        for kind, config in configs().items()
    }
    print(f"{given.clients} clients of each kind, 90 % intervals, seed {given.seed}\n")
    print(markdown(parts))


if __name__ == "__main__":
    main()
