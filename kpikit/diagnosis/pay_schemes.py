"""
Ways to pay reps: salary only, a share of sales or margin, a KPI matrix, one team goal.

Each scheme is a rule that turns the facts of a rep and a period into pay.

References
----------
.. [1] B. Holmström, P. Milgrom, Multitask principal-agent analyses, Journal of
   Law, Economics and Organization 7 (1991) 24-52.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpikit.diagnosis.pay_facts import FloatArray, PayFacts, team_attainment
from kpikit.diagnosis.payout import COMBINATIONS, PayoutCurve, payout, settled, slope
from kpikit.errors import InputDataError

COMMISSION_BASES = ("sales", "margin")


class Scheme(Protocol):
    """
    A way to pay.

    ``name``; ``base_pay`` per rep and period [money]; ``bonus(facts)`` the variable
    part of each row [money], null where a fact is missing; ``is_dead(facts)`` whether
    a little more result would earn nothing there; ``times(factor)`` the scheme with
    another level of its variable part.
    """

    @property
    def name(self) -> str: ...
    @property
    def base_pay(self) -> float: ...
    def bonus(self, facts: PayFacts) -> FloatArray: ...
    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]: ...
    def times(self, factor: float) -> Self: ...


@dataclass(frozen=True)
class SalaryOnly:
    """The same pay whatever happens. ``base_pay`` [money/period]"""

    base_pay: float
    name: str = "salary"

    def bonus(self, facts: PayFacts) -> FloatArray:
        """Nothing."""
        return np.zeros(len(facts.periods))

    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]:
        """Everywhere."""
        return np.ones(len(facts.periods), dtype=bool)

    def times(self, factor: float) -> SalaryOnly:
        """The salary is what can be changed."""
        return replace(self, base_pay=self.base_pay * factor)


@dataclass(frozen=True)
class Commission:
    """A ``rate`` [share] of the ``of`` column (sales or margin), above ``base_pay`` [money]."""

    rate: float
    base_pay: float = 0.0
    of: str = "sales"
    name: str = "commission"

    def __post_init__(self) -> None:
        if self.of not in COMMISSION_BASES or not 0 <= self.rate < 1:
            raise InputDataError(
                f"commission of {self.rate:g} on '{self.of}': the rate is a share from 0 to below "
                f"1 and the base one of {', '.join(COMMISSION_BASES)}."
            )

    def bonus(self, facts: PayFacts) -> FloatArray:
        """Rate times the amount; a negative amount takes nothing back."""
        amount = facts.periods[self.of].to_numpy(dtype=float)
        return self.rate * np.maximum(amount, 0.0)

    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]:
        """Nowhere, unless the rate is zero."""
        return np.full(len(facts.periods), self.rate == 0)

    def times(self, factor: float) -> Commission:
        """Another rate."""
        return replace(self, rate=self.rate * factor)


@dataclass(frozen=True)
class KpiPart:
    """One KPI of a matrix: ``weight`` [share] and payout ``curve``."""

    kpi_id: str
    weight: float
    curve: PayoutCurve


@dataclass(frozen=True)
class Gate:
    """A KPI that must reach ``level`` [share], or no bonus is paid at all."""

    kpi_id: str
    level: float = 1.0


@dataclass(frozen=True)
class KpiMatrix:
    """
    A target bonus [money] by several KPIs.

    ``combination`` is ``additive``, ``geometric`` or ``product``.
    """

    target_bonus: float
    parts: tuple[KpiPart, ...]
    base_pay: float = 0.0
    combination: str = "additive"
    gate: Gate | None = None
    name: str = "kpi_matrix"

    def __post_init__(self) -> None:
        if self.combination not in COMBINATIONS or not self.parts:
            raise InputDataError(
                f"KPI matrix with {len(self.parts)} KPIs and combination '{self.combination}': "
                f"it needs a KPI and one of {', '.join(COMBINATIONS)}."
            )

    def bonus(self, facts: PayFacts) -> FloatArray:
        """Target bonus times the combined payout; null where a KPI or the gate is missing."""
        paid = self.target_bonus * COMBINATIONS[self.combination](
            self._payouts(facts), [part.weight for part in self.parts]
        )
        return paid * self._opened(facts)

    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]:
        """Where no KPI moves the bonus: level curves, a closed gate, a zero that voids the rest."""
        paid = self._payouts(facts)
        rises = np.column_stack(
            [slope(part.curve, _kpi(facts, part.kpi_id)) * part.weight for part in self.parts]
        )
        moves = rises != 0
        if self.combination != "additive":
            weights = np.array([part.weight for part in self.parts])
            void = (paid == 0) & (weights > 0)
            moves &= void.sum(axis=1, keepdims=True) - void == 0
        return ~moves.any(axis=1) | (self._opened(facts) == 0) | (self.target_bonus == 0)

    def times(self, factor: float) -> KpiMatrix:
        """Another target bonus."""
        return replace(self, target_bonus=self.target_bonus * factor)

    def _payouts(self, facts: PayFacts) -> FloatArray:
        columns = [payout(part.curve, _kpi(facts, part.kpi_id)) for part in self.parts]
        return np.column_stack(columns)

    def _opened(self, facts: PayFacts) -> FloatArray:
        """1 behind an open gate, 0 behind a closed one, null where unknown."""
        if self.gate is None:
            return np.ones(len(facts.periods))
        reached = settled(_kpi(facts, self.gate.kpi_id))
        return np.where(np.isnan(reached), np.nan, reached >= self.gate.level)


@dataclass(frozen=True)
class TeamGoal:
    """The same bonus for everybody, by what the team sold of its plan. [money]"""

    target_bonus: float
    curve: PayoutCurve
    base_pay: float = 0.0
    name: str = "team_goal"

    def bonus(self, facts: PayFacts) -> FloatArray:
        """Target bonus times the payout of the team's attainment in the period."""
        return self.target_bonus * payout(self.curve, team_attainment(facts))

    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]:
        """Where the curve is level at the team's attainment."""
        return (slope(self.curve, team_attainment(facts)) == 0) | (self.target_bonus == 0)

    def times(self, factor: float) -> TeamGoal:
        """Another target bonus."""
        return replace(self, target_bonus=self.target_bonus * factor)


@dataclass(frozen=True)
class Together:
    """Several rules paid side by side, such as a commission beside a KPI bonus."""

    parts: tuple[Scheme, ...]
    name: str = "together"

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputDataError("a scheme of several parts needs at least one.")

    @property
    def base_pay(self) -> float:
        """Fixed pay of all parts. [money/period]"""
        return sum(part.base_pay for part in self.parts)

    def bonus(self, facts: PayFacts) -> FloatArray:
        """Sum of the parts; null where one of them is."""
        return np.sum([part.bonus(facts) for part in self.parts], axis=0)

    def is_dead(self, facts: PayFacts) -> npt.NDArray[np.bool_]:
        """Where no part moves."""
        return np.logical_and.reduce([part.is_dead(facts) for part in self.parts])

    def times(self, factor: float) -> Together:
        """Another level of every part."""
        return replace(self, parts=tuple(part.times(factor) for part in self.parts))


def pay_by_period(scheme: Scheme, facts: PayFacts) -> pd.DataFrame:
    """
    Pay of each rep and period under a scheme.

    Returns
    -------
    DataFrame
        ``rep_id period base bonus pay`` [money] and ``is_dead``; bonus and pay are
        null where a fact is missing.
    """
    bonus = scheme.bonus(facts)
    return facts.periods[["rep_id", "period"]].assign(
        base=scheme.base_pay,
        bonus=bonus,
        pay=scheme.base_pay + bonus,
        is_dead=scheme.is_dead(facts),
    )


def _kpi(facts: PayFacts, kpi_id: str) -> FloatArray:
    if kpi_id not in facts.attainment.columns:
        raise InputDataError(
            f"KPI '{kpi_id}' is in the pay but has no facts; give its attainments or take it out "
            "of the scheme."
        )
    return facts.attainment[kpi_id].to_numpy(dtype=float)
