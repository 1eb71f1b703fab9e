"""
Working time: when things happen, and who is there to do them.

Times are days since the start of the history, local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kpikit.sample.laws import SimConfig
from kpikit.sample.streams import stream

DAY_START_H, DAY_HOURS = 9.0, 9.0
#: Breaks between two things that a rep does. [h]
PAUSE_H = 1 / 60
LEAVE, SICK, TRAINING = "leave", "sick", "training"


@dataclass(frozen=True)
class WorkClock:
    """
    The working days of a country.

    ``days`` are day numbers since the history start; ``edges`` are the instants
    at which one working day's territory ends and the next one's begins: the
    middle of the nights, weekends and holidays between them.
    """

    days: np.ndarray
    edges: np.ndarray

    def into_working_hours(self, at: np.ndarray) -> np.ndarray:
        """
        Move instants into working hours without changing their order.

        Every instant belongs to the nearest working day; the territory of a day
        is compressed into its nine working hours. Stays keep their length on
        average.
        """
        place = np.clip(np.searchsorted(self.edges, at, side="right") - 1, 0, len(self.days) - 1)
        share = (at - self.edges[place]) / (self.edges[place + 1] - self.edges[place])
        return self.days[place] + (DAY_START_H + DAY_HOURS * np.clip(share, 0, 1 - 1e-9)) / 24

    def hours_at(self, at: np.ndarray) -> np.ndarray:
        """Working hours since the first working day, for instants in working hours."""
        place = np.clip(np.searchsorted(self.days, at, side="right") - 1, 0, len(self.days) - 1)
        return place * DAY_HOURS + np.clip((at - self.days[place]) * 24 - DAY_START_H, 0, DAY_HOURS)

    def instant_of(self, hours: np.ndarray) -> np.ndarray:
        """Inverse of :meth:`hours_at`."""
        place = np.clip((hours // DAY_HOURS).astype(int), 0, len(self.days) - 1)
        return self.days[place] + (DAY_START_H + hours - place * DAY_HOURS) / 24


def work_clock(config: SimConfig) -> WorkClock:
    """
    Build the working days of the config's country, with half a year to spare.

    Parameters
    ----------
    config : SimConfig

    Returns
    -------
    WorkClock
    """
    import holidays

    start = config.history_start.date()
    first = (config.month_starts[0] - start).days - 30
    last = int(config.as_of_day) + 183
    years = range(start.year - 2, config.as_of_local.year + 2)
    free = holidays.country_holidays(config.calendar, years=years)
    numbers = [
        number
        for number in range(first, last)
        if (day := start + timedelta(days=number)).weekday() < 5 and day not in free
    ]
    days = np.array(numbers, dtype=float)
    middle = (days[:-1] + 1 + days[1:]) / 2
    edges = np.concatenate([[days[0]], middle, [days[-1] + 1]])
    return WorkClock(days, edges)


@dataclass(frozen=True)
class Absence:
    """One working day on which a rep is away for ``share`` of the day."""

    rep: int
    day: int
    kind: str
    share: float


def simulate_absences(config: SimConfig, clock: WorkClock, seed: int) -> list[Absence]:
    """
    Draw leave (two fortnights a year), sick days and training days.

    Returns
    -------
    list of Absence
        Working days within the history only, by rep and day.
    """
    start = config.history_start.date()
    workdays = {int(day) for day in clock.days if 0 <= day < config.as_of_day}
    found: dict[tuple[int, int], Absence] = {}
    for rep, law in enumerate(config.reps):
        rng = stream(seed, f"absences/{law.rep_id}")
        hired = (_day(law.hired_on) - start).days
        left = (_day(law.left_on) - start).days if law.left_on else int(config.as_of_day)
        blocks = []
        for year_start in range(0, int(config.as_of_day), 365):
            summer, winter = rng.integers(150, 235), rng.integers(20, 120)
            blocks += [(year_start + summer, 14, LEAVE, 1.0), (year_start + winter, 14, LEAVE, 1.0)]
            for begin in rng.integers(0, 365, size=2):
                blocks.append((year_start + begin, int(rng.integers(2, 6)), SICK, 1.0))
            for begin in rng.integers(0, 365, size=4):
                blocks.append((year_start + begin, 1, TRAINING, 0.5))
        for begin, length, kind, share in blocks:
            for day in range(begin, begin + length):
                if day in workdays and max(hired, 0) + 60 <= day < left:
                    found.setdefault((rep, int(day)), Absence(rep, int(day), kind, share))
    return [found[key] for key in sorted(found)]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def substitutes(
    config: SimConfig, rep: np.ndarray, at: np.ndarray, absences: list[Absence], seed: int
) -> np.ndarray:
    """
    Hand work on days of absence, before hiring and after leaving to a present colleague.

    Parameters
    ----------
    config : SimConfig
    rep : ndarray of int
        Wished rep of each piece of work.
    at : ndarray
        Instants in working hours. [day]
    absences : list of Absence
    seed : int

    Returns
    -------
    ndarray of int
        Reps who are there on the day.
    """
    start = config.history_start.date()
    day = np.floor(at).astype(int)
    first, last = int(day.min()), int(day.max())
    there = np.zeros((last - first + 1, len(config.reps)), dtype=bool)
    for column, law in enumerate(config.reps):
        hired = (_day(law.hired_on) - start).days - first
        left = (_day(law.left_on) - start).days - first if law.left_on else len(there)
        there[max(hired, 0) : max(left, 0), column] = True
    for absence in absences:
        if absence.share == 1 and first <= absence.day <= last:
            there[absence.day - first, absence.rep] = False
    order = stream(seed, "substitutes").random((len(rep), len(config.reps)))
    order[np.arange(len(rep)), rep] = 2.0  # the wished rep comes first
    return np.argmax(np.where(there[day - first], order, -1.0), axis=1)


def one_thing_at_a_time(
    clock: WorkClock, rep: np.ndarray, at: np.ndarray, hours: np.ndarray
) -> np.ndarray:
    """
    Let every rep do one thing at a time, in the order of the wished instants.

    A start is delayed while the rep is still busy (Lindley recursion on the
    working-hours axis).

    Parameters
    ----------
    clock : WorkClock
    rep : ndarray of int
    at : ndarray
        Wished instants in working hours. [day]
    hours : ndarray
        Time the rep is busy with it. [h]

    Returns
    -------
    ndarray
        Instants at which the work starts. [day]
    """
    started = np.empty(len(at))
    for one in np.unique(rep):
        mine = np.flatnonzero(rep == one)
        mine = mine[np.argsort(at[mine], kind="stable")]
        wish = clock.hours_at(at[mine])
        busy = hours[mine] + PAUSE_H
        before = np.cumsum(busy) - busy
        started[mine] = clock.instant_of(np.maximum.accumulate(wish - before) + before)
    return started
