"""
Who is flagged for gaming: ``python benchmarks/gaming.py [--teams 200]``.

Teams of twelve reps are simulated, honest ones first. Honest reps differ: in how
much they do, in their habits, and from month to month; two of them have just
begun and have few cases. Then the same teams with two reps who game one measure,
by the stated size. A fixed limit, as in a spreadsheet, is applied beside.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from kpikit.diagnosis.gaming import judge_signs
from kpikit.diagnosis.gaming_numbers import bunching_signs, round_number_signs
from kpikit.diagnosis.gaming_rates import pull_forward_signs, rate_signs
from kpikit.diagnosis.gaming_records import recreated_counts, recreated_pairs
from kpikit.diagnosis.gaming_splits import deal_groups, split_counts
from kpikit.diagnosis.gaming_trends import opposite_trend_signs

REPS, MONTHS = 12, 12
#: Spread of honest habits between reps, and of one rep's months. [log-odds]
HABITS, MOODS = 0.35, 0.25
WORK_DAYS, LAST_DAYS, FIRST_DAYS = 21, 3, 6
NAMES = [f"rep{number:02d}" for number in range(REPS)]
PERIODS = [str(month) for month in pd.period_range("2024-01", periods=MONTHS, freq="M")]
AS_OF = pd.Timestamp("2025-03-01", tz="UTC")

Gaming = frozenset[int]
#: Simulated signs of one team, and the reps that a fixed limit names.
Seen = tuple[pd.DataFrame, set[str]]


@dataclass(frozen=True)
class Scenario:
    """One way to game: what gaming reps do, and how a team of either kind is simulated."""

    size: str
    limit: str
    simulate: Callable[[np.random.Generator, Gaming], Seen]


def habits(rng: np.random.Generator, usual: float, gaming: Gaming, share: float) -> np.ndarray:
    """Share of hits by rep and month; gaming reps have ``share`` on average."""
    middle = np.full(REPS, logit(usual))
    middle[list(gaming)] = logit(share)
    own = middle + HABITS * rng.standard_normal(REPS)
    return np.asarray(expit(own[:, None] + MOODS * rng.standard_normal((REPS, MONTHS))))


def cases(rng: np.random.Generator, monthly: float, gaming: Gaming) -> np.ndarray:
    """Cases by rep and month: reps differ in volume, two honest ones have just begun."""
    volume = monthly * np.exp(0.4 * rng.standard_normal(REPS))
    newcomers = [rep for rep in range(REPS - 1, -1, -1) if rep not in gaming][:2]
    found = rng.poisson(volume[:, None], (REPS, MONTHS))
    found[newcomers, :-1] = 0
    found[newcomers, -1] = np.minimum(found[newcomers, -1], 6)
    return np.asarray(found)


def rates(
    sign: str, monthly: float, usual: float, share: float, chance: float | None = None
) -> Scenario:
    """A sign that is a share of cases; the limit is twice the usual share."""

    def simulate(rng: np.random.Generator, gaming: Gaming) -> Seen:
        n = cases(rng, monthly, gaming)
        hits = rng.binomial(n, habits(rng, usual, gaming, share))
        table = rate_table(sign, n, hits)
        if chance is not None:
            table["chance"] = chance
        return rate_signs(table), above(hits.sum(axis=1), n.sum(axis=1), 2 * usual)

    size = f"{share:.0%} instead of {usual:.0%}, {monthly:g} cases a month"
    return Scenario(size, f"above {2 * usual:.0%}", simulate)


def rate_table(sign: str, n: np.ndarray, hits: np.ndarray) -> pd.DataFrame:
    """Reduced input of ``rate_signs``."""
    return pd.DataFrame(
        {
            "sign": sign,
            "rep_id": np.repeat(NAMES, MONTHS),
            "period": np.tile(PERIODS, REPS),
            "n": n.ravel(),
            "hits": hits.ravel(),
        }
    )


def above(hits: Iterable[float], trials: Iterable[float], limit: float) -> set[str]:
    """Reps whose plain share lies above a limit."""
    return {name for name, x, n in zip(NAMES, hits, trials, strict=True) if n > 0 and x / n > limit}


def split_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Won deals of customers; 3 % honestly order twice a day, gaming reps split 40 %."""
    n = cases(rng, 12, gaming)
    several = rng.binomial(n, habits(rng, 0.03, gaming, 0.40))
    rows = []
    for rep, month in np.argwhere(n > 0):
        days = rng.integers(1, 28, n[rep, month])
        for visit, day in enumerate(days):
            closed = pd.Timestamp(f"{PERIODS[month]}-{day:02d} 12:00", tz="UTC")
            parts = 2 if visit < several[rep, month] else 1
            rows += [(NAMES[rep], f"{rep}.{month}.{visit}", closed)] * parts
    deals = pd.DataFrame(rows, columns=["owner_id", "customer_id", "closed_at"])
    deals = deals.assign(
        deal_id=[f"d{number}" for number in range(len(deals))], status="won", amount_base=100.0
    )
    counts = split_counts(deal_groups(deals, "UTC"))
    by_rep = counts.groupby("rep_id")[["hits", "n"]].sum().reindex(NAMES, fill_value=0.0)
    return rate_signs(counts), above(by_rep["hits"], by_rep["n"], 0.06)


def recreated_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Lost deals; 4 % of the customers honestly come back within days, gaming 45 %."""
    n = cases(rng, 10, gaming)
    again = rng.binomial(n, habits(rng, 0.04, gaming, 0.45))
    rows = []
    for rep, month in np.argwhere(n > 0):
        for loss, day in enumerate(rng.integers(1, 28, n[rep, month])):
            closed = pd.Timestamp(f"{PERIODS[month]}-{day:02d} 12:00", tz="UTC")
            customer = f"{rep}.{month}.{loss}"
            rows.append((NAMES[rep], customer, "lost", closed - pd.Timedelta(days=30), closed))
            if loss < again[rep, month]:
                made = closed + pd.Timedelta(days=float(rng.uniform(0.1, 10)))
                rows.append((NAMES[rep], customer, "open", made, pd.NaT))
    deals = pd.DataFrame(
        rows, columns=["owner_id", "customer_id", "status", "created_at", "closed_at"]
    ).assign(amount_base=100.0)
    deals["deal_id"] = [f"d{number}" for number in range(len(deals))]
    counts = recreated_counts(recreated_pairs(deals, AS_OF), "UTC")
    by_rep = counts.groupby("rep_id")[["hits", "n"]].sum().reindex(NAMES, fill_value=0.0)
    return rate_signs(counts), above(by_rep["hits"], by_rep["n"], 0.08)


def pull_forward_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Gaming reps close 90 % of the sales of the first six days in the month before."""
    wins = cases(rng, 20, gaming)
    ends = [FIRST_DAYS / WORK_DAYS, LAST_DAYS / WORK_DAYS]
    first = np.empty((REPS, MONTHS), int)
    last = np.empty((REPS, MONTHS), int)
    for rep in range(REPS):
        early, late = expit(logit(ends) + HABITS * rng.standard_normal(2))
        parts = rng.multinomial(wins[rep], [early, late, 1 - early - late])
        first[rep], last[rep] = parts[:, 0], parts[:, 1]
    for rep in gaming:
        moved = rng.binomial(first[rep], 0.9)
        moved[0] = 0
        first[rep] -= moved
        last[rep, :-1] += moved[1:]
        wins[rep] += np.append(moved[1:], 0) - moved
    table = rate_table("pull_forward", wins, last).rename(
        columns={"n": "wins", "hits": "wins_last"}
    )
    table = table.assign(
        wins_first=first.ravel(),
        first_days=FIRST_DAYS,
        last_days=LAST_DAYS,
        work_days=WORK_DAYS,
    )
    return pull_forward_signs(table), above(last.sum(axis=1), wins.sum(axis=1), 2 * ends[1])


def bunching_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Weekly attainment; gaming reps lift 80 % of the results that miss by up to 8 %."""
    rows, named = [], set()
    for rep in range(REPS):
        weeks = 104 if rep in gaming or rep < REPS - 2 else 6
        result = rng.normal(rng.normal(1.0, 0.06), 0.15, weeks)
        if rep in gaming:
            lifted = (result >= 0.92) & (result < 1) & (rng.random(weeks) < 0.8)
            result[lifted] = 1 + rng.uniform(0, 0.04, lifted.sum())
        place = np.floor((result - 1) / 0.04).astype(int)
        rows += [(NAMES[rep], b, int((place == b).sum())) for b in range(-4, 4)]
        below, over = (place == -1).sum(), (place == 0).sum()
        if over > 2 * below:
            named.add(NAMES[rep])
    table = pd.DataFrame(rows, columns=["rep_id", "bin", "n"]).assign(kpi_id="K01")
    return bunching_signs(table), named


def digit_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Counts reported weekly; gaming reps round 40 % of them to tens and fives."""
    rows, round_ones, totals = [], [], []
    for rep in range(REPS):
        values = rng.poisson(120, 100 if rep in gaming or rep < REPS - 2 else 6)
        if rep in gaming:
            made_up = rng.random(len(values)) < 0.4
            values[made_up] = 5 * np.round(values[made_up] / 5).astype(int)
        digits = np.bincount(values % 10, minlength=10)
        rows += [(NAMES[rep], digit, n) for digit, n in enumerate(digits)]
        round_ones.append(digits[0] + digits[5])
        totals.append(len(values))
    table = pd.DataFrame(rows, columns=["rep_id", "digit", "n"]).assign(kpi_id="K52")
    return round_number_signs(table), above(round_ones, totals, 0.3)


def trend_teams(rng: np.random.Generator, gaming: Gaming) -> Seen:
    """Two years of months, neighbours alike (0.3), a common season; gaming 3 % a month."""
    periods = [str(month) for month in pd.period_range("2023-01", periods=24, freq="M")]
    season = 0.15 * np.sin(2 * np.pi * np.arange(24) / 12)
    rows, named = [], set()
    for rep in range(REPS):
        drift = 0.03 * np.arange(24) if rep in gaming else np.zeros(24)
        kpi = 100 * np.exp(season + alike(rng, 0.15) + drift)
        conversion = 0.2 * np.exp(season + alike(rng, 0.20) - drift)
        rows += list(zip([NAMES[rep]] * 24, periods, kpi, conversion, strict=True))
        if kpi[-8:].mean() > kpi[:8].mean() and conversion[-8:].mean() < conversion[:8].mean():
            named.add(NAMES[rep])
    table = pd.DataFrame(rows, columns=["rep_id", "period", "kpi_value", "downstream_value"])
    return opposite_trend_signs(table.assign(kpi_id="K52"), rng), named


def alike(rng: np.random.Generator, spread: float, likeness: float = 0.3) -> np.ndarray:
    """24 months of noise in which each month resembles the one before."""
    noise = rng.standard_normal(24)
    for month in range(1, 24):
        noise[month] = likeness * noise[month - 1] + np.sqrt(1 - likeness**2) * noise[month]
    return spread * noise


SCENARIOS: dict[str, Scenario] = {
    "short_calls": rates("short_calls", 80, 0.12, 0.55),
    "same_number": rates("same_number", 80, 0.03, 0.20),
    "late_meetings": rates("late_meetings", 12, 0.15, 0.65),
    "meetings_without_trace": rates("meetings_without_trace", 12, 0.20, 0.70),
    "stage_jumps": rates("stage_jumps", 10, 0.05, 0.45),
    "closed_after_period": rates("closed_after_period", 10, 0.04, 0.45),
    "last_days": rates("last_days", 15, LAST_DAYS / WORK_DAYS, 0.65, LAST_DAYS / WORK_DAYS),
    "deal_splits": Scenario(
        "40% of the customers in two deals instead of 3%, 12 a month", "above 6%", split_teams
    ),
    "lost_and_recreated": Scenario(
        "45% of lost deals made again instead of 4%, 10 a month", "above 8%", recreated_teams
    ),
    "pull_forward": Scenario(
        "90% of the first six days' sales closed before, 20 a month",
        "last three days above 29%",
        pull_forward_teams,
    ),
    "bunching": Scenario(
        "80% of misses by up to 8% lifted over the plan, 104 weeks",
        "above : below more than 2",
        bunching_teams,
    ),
    "round_numbers": Scenario("40% of 100 values rounded to 5", "above 30%", digit_teams),
    "kpi_without_result": Scenario(
        "KPI +3%, conversion -3% a month for 24 months", "one up, the other down", trend_teams
    ),
}


def study(sign: str, teams: int, seed: int = 1, gaming_reps: int = 2) -> pd.DataFrame:
    """
    Simulate honest teams and teams with gaming reps, and flag.

    Returns
    -------
    DataFrame
        One row per team and kind (``honest``, ``gaming``): ``reps`` honest reps,
        ``flagged`` rows flagged (the team's own row included for honest teams),
        ``found`` gaming reps flagged, ``wrong`` honest reps flagged, ``named`` and
        ``wrongly_named`` the same by the fixed limit.
    """
    scenario = SCENARIOS[sign]
    rows = []
    # Same seed, same start, whichever signs are asked for.
    for place, seeds in enumerate(np.random.SeedSequence(seed).spawn(teams)):
        for kind, gaming in (("honest", Gaming()), ("gaming", Gaming(range(gaming_reps)))):
            signs, named = scenario.simulate(np.random.default_rng(seeds), gaming)
            judged = judge_signs([signs])
            flagged = judged[judged["verdict"] == "flagged"]
            reps, guilty = set(flagged["rep_id"].dropna()), {NAMES[rep] for rep in gaming}
            rows.append(
                {
                    "team": place,
                    "kind": kind,
                    "reps": REPS - len(gaming),
                    "gaming": len(gaming),
                    "flagged": len(flagged) if kind == "honest" else len(reps),
                    "found": len(reps & guilty),
                    "wrong": len(reps - guilty),
                    "named": len(named & guilty),
                    "wrongly_named": len(named - guilty),
                }
            )
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> dict[str, float]:
    """
    Shares of one study.

    ``teams_flagged`` honest teams with any flag; ``reps_flagged`` and
    ``reps_named`` honest reps of honest teams flagged and named by the fixed limit;
    ``recall``, ``precision`` of flags in the gaming teams, and ``limit_precision``
    of the fixed limit there. [share]
    """
    honest, gaming = (rows[rows["kind"] == kind] for kind in ("honest", "gaming"))
    named = gaming["named"].sum() + gaming["wrongly_named"].sum()
    flagged = gaming["found"].sum() + gaming["wrong"].sum()
    return {
        "teams_flagged": float((honest["flagged"] > 0).mean()),
        "reps_flagged": float(honest["wrong"].sum() / honest["reps"].sum()),
        "reps_named": float(honest["wrongly_named"].sum() / honest["reps"].sum()),
        "recall": float(gaming["found"].sum() / gaming["gaming"].sum()),
        "precision": float(gaming["found"].sum() / flagged) if flagged else 0.0,
        "limit_precision": float(gaming["named"].sum() / named) if named else 0.0,
    }


def markdown(found: dict[str, dict[str, float]]) -> str:
    """The table of the README."""
    head = (
        "sign", "gaming reps (2 of 12)", "fixed limit", "honest teams flagged",
        "honest reps flagged", "honest reps over the limit", "recall", "precision",
        "precision of the limit",
    )  # fmt: skip
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |" + " ---: |" * 6]
    for sign, shares in found.items():
        cells = [sign, SCENARIOS[sign].size, SCENARIOS[sign].limit]
        cells += [f"{share:.1%}" for share in shares.values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the studies and print the table."""
    parser = argparse.ArgumentParser(description="Who is flagged for gaming?")
    parser.add_argument("--teams", type=int, default=200, help="of each kind (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="start of all randomness (default 1)")
    parser.add_argument("--sign", choices=list(SCENARIOS), help="one sign only")
    given = parser.parse_args(arguments)
    if given.teams < 1:
        parser.error("--teams must be 1 or more")
    signs = [given.sign] if given.sign else list(SCENARIOS)
    found = {sign: summary(study(sign, given.teams, given.seed)) for sign in signs}
    print(f"{given.teams} honest teams and {given.teams} with gaming reps, seed {given.seed}\n")
    print(markdown(found))


if __name__ == "__main__":
    main()
