"""
The chain: money -> customers -> labour per customer -> intensity -> people.

One pure function of one frozen input. :class:`ChainInput` holds everything the
answer depends on; :func:`run_chain` goes through the links in their fixed order
and returns every ledger on the way. A scenario is the same function on a
changed copy.

The plan period is worked with a *level intake*: the same number of new leads is
taken into work each month. Of the leads taken ``k`` months before the end, only
the share of the lag law up to ``k`` can be won in time, and only the share of
the labour law up to ``k`` is spent in time. Without a lag law both are at once,
and the chain is the static workload build-up.

References
----------
.. [1] W. J. Talley, "How to design sales territories", J. Marketing 25, 1961
   (workload build-up).
.. [2] A. Zoltners and P. Sinha, "Sales territory design", Marketing Science 24,
   2005.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd

from kpikit.diagnosis import odds
from kpikit.diagnosis.chain_input import (
    ChainInput,
    Refusal,
    RolePool,
    SegmentInput,
    check_lengths,
    missing_inputs,
)
from kpikit.diagnosis.ledgers import (
    hours_per_primary,
    identities,
    money_ledger,
    people_ledgers,
    work_ledgers,
)
from kpikit.diagnosis.money_odds import Chance, NewBusiness, plan_money
from kpikit.errors import InputDataError

#: Evidence of a rate that is taken as known [deals].
KNOWN = 1e9


@dataclass(frozen=True)
class ChainResult:
    """
    Every ledger of the chain.

    ``segments``: one row per segment (money, customers, leads, hours).
    ``stages``: one row per segment and stage (deals entering, contacts, hours).
    ``months``: one row per month and role (hours and people needed, available).
    ``roles``: one row per role over the period.
    ``by_reps``: probability and expected money by number of reps.
    ``identities``: the four ledgers that must agree, with their residuals.
    """

    segments: pd.DataFrame
    stages: pd.DataFrame
    months: pd.DataFrame
    roles: pd.DataFrame
    by_reps: pd.DataFrame
    identities: pd.DataFrame
    probability: float
    wins_only_probability: float
    expected_money: float
    money_low: float
    money_high: float
    reps_now: float
    reps_needed: int | None
    largest_target: float
    coverage: float
    lead_coverage: float | None
    binding: str
    degradations: tuple[str, ...]

    @property
    def method(self) -> str:
        """How the probability was computed."""
        return "beta-binomial contracts, binomial renewals, gamma deal sizes"

    @property
    def target(self) -> float:
        """Money of the plan period."""
        return float(self.segments.attrs["target"])


def run_chain(inputs: ChainInput) -> ChainResult | Refusal:
    """
    Go through the chain once.

    Money of the plan less renewals, cross-sales and open deals is what new
    business must bring. That money is a number of contracts, the contracts a
    number of leads, the leads (and the existing customers) a number of contacts
    and hours, the hours a number of people. Then backwards: the people there
    are, the leads they can work, and the probability that these bring the plan.

    Parameters
    ----------
    inputs : ChainInput
        Left unchanged.

    Returns
    -------
    ChainResult or Refusal
        The refusal names what is missing and what to ask the client for.

    Raises
    ------
    InputDataError
        If lengths of the monthly tuples disagree.
    """
    check_lengths(inputs)
    missing = missing_inputs(inputs)
    if missing:
        return Refusal(missing)
    money = money_ledger(inputs)
    segments, stages = work_ledgers(inputs, money)
    roles, months = people_ledgers(inputs, segments)
    here = _attainable(inputs, segments, roles)
    distribution = _distribution(inputs, segments, here)
    target = float(sum(inputs.target))
    probability = distribution.probability_at_least(target)
    by_reps, needed = _by_reps(inputs, segments, target)
    required, available = roles["required_hours"].sum(), roles["available_hours"].sum()
    coverage = float((roles["available_hours"] / roles["required_hours"]).min())
    lead_coverage = None
    leads = float(segments["leads"].sum())
    if inputs.leads_limit_per_month is not None and leads > 0:
        lead_coverage = inputs.leads_limit_per_month * len(inputs.months) / leads
    result = ChainResult(
        segments=segments,
        stages=stages,
        months=months,
        roles=roles,
        by_reps=by_reps,
        identities=identities(inputs, segments, stages, roles),
        probability=probability,
        wins_only_probability=_wins_only(inputs, segments, here).probability_at_least(target),
        expected_money=distribution.mean,
        money_low=distribution.quantile(0.1),
        money_high=distribution.quantile(0.9),
        reps_now=float(sum(r.reps for r in inputs.roles)),
        reps_needed=needed,
        largest_target=distribution.quantile(1.0 - inputs.probability_goal),
        coverage=coverage if required > 0 else math.inf,
        lead_coverage=lead_coverage,
        binding="",
        degradations=_degradations(inputs),
    )
    result.segments.attrs.update(target=target, available_hours=available)
    return replace(result, binding=_binding(inputs, result))


@dataclass(frozen=True)
class _Attainable:
    leads: dict[str, float]
    base_served: float


def _attainable(inputs: ChainInput, segments: pd.DataFrame, roles: pd.DataFrame) -> _Attainable:
    """Leads that the available hours can carry after existing customers and open deals."""
    mix = segments["leads"].where(segments["conversion"] > 0, 0.0)
    if mix.sum() <= 0:
        mix = (segments["conversion"] > 0).astype(float)
    mix = mix / mix.sum()
    served, leads = 1.0, math.inf
    for role, row in roles.iterrows():
        base = per_lead = 0.0
        for segment in inputs.segments:
            base += sum(hours for name, hours in segment.pipeline_hours if name == role)
            if role == inputs.base_role:
                line = segments.loc[segment.name]
                base += float(line["retention_hours"] + line["cross_sell_hours"])
            if segment.funnel is not None and mix[segment.name] > 0:
                hours = hours_per_primary(segment.funnel).get(role, 0.0)
                labour = float(segments.loc[segment.name, "labour_in_time"])
                per_lead += mix[segment.name] * float(hours) * labour
        free = float(row["available_hours"]) - base
        if base > 0:
            served = min(served, max(0.0, float(row["available_hours"]) / base))
        if per_lead > 0:
            leads = min(leads, max(0.0, free) / per_lead)
    if inputs.leads_limit_per_month is not None:
        leads = min(leads, inputs.leads_limit_per_month * len(inputs.months))
    if not math.isfinite(leads):
        leads = float(segments["leads"].sum())
    return _Attainable({str(name): leads * share for name, share in mix.items()}, min(1.0, served))


def _distribution(
    inputs: ChainInput, segments: pd.DataFrame, attainable: _Attainable
) -> odds.MoneyDistribution:
    """Money of the period: renewals, cross-sales, open deals and new business."""
    parts, existing = [], []
    for segment in inputs.segments:
        served = attainable.base_served
        existing += [
            Chance(sum(segment.renewals_due) * served, segment.renewal_rate, segment.renewal_value),
            Chance(segment.cross_sell_base * served, segment.cross_sell_rate,
                   segment.cross_sell_value),
        ]  # fmt: skip
        part = _new_wins(segment, segments, attainable)
        if part is not None:
            parts.append(NewBusiness(part, segment.new_value_cv))
    deals = [
        (deal.amount, deal.probability * attainable.base_served)
        for segment in inputs.segments
        for deal in segment.pipeline
    ]
    return plan_money(parts, existing, deals, scale=float(sum(inputs.target)))


def _wins_only(
    inputs: ChainInput, segments: pd.DataFrame, attainable: _Attainable
) -> odds.MoneyDistribution:
    """The same with everything but the number of new contracts at its expectation."""
    sure = float(segments["base_money"].sum()) * attainable.base_served
    parts = [_new_wins(segment, segments, attainable) for segment in inputs.segments]
    return odds.money_distribution(
        [part for part in parts if part is not None],
        certain_money=sure,
        scale=float(sum(inputs.target)),
    )


def _new_wins(
    segment: SegmentInput, segments: pd.DataFrame, attainable: _Attainable
) -> odds.SegmentWins | None:
    if segment.funnel is None or not segment.new_value:
        return None
    rate = float(segments.loc[segment.name, "conversion"])
    evidence = segment.funnel.evidence or KNOWN
    return odds.SegmentWins(
        n_primaries=int(attainable.leads[segment.name] + 1e-9),
        p_alpha=rate * evidence,
        p_beta=(1.0 - rate) * evidence,
        share_in_time=float(segments.loc[segment.name, "share_in_time"]),
        value=float(segment.new_value),
    )


def quick_probability(inputs: ChainInput) -> float:
    """Probability of the plan, nothing else; 0 where the chain is refused. [share]"""
    if missing_inputs(inputs):
        return 0.0
    return _money(inputs).probability_at_least(float(sum(inputs.target)))


def expected_money(inputs: ChainInput) -> float:
    """Money expected in the period with the people of the input. [money]"""
    return _money(inputs).mean


def _money(inputs: ChainInput) -> odds.MoneyDistribution:
    """Money of the period with the people of the input."""
    segments, _ = work_ledgers(inputs, money_ledger(inputs))
    return _money_of_team(inputs, segments)


def _money_of_team(inputs: ChainInput, segments: pd.DataFrame) -> odds.MoneyDistribution:
    """The same where the work, which no number of people changes, is known already."""
    roles, _ = people_ledgers(inputs, segments)
    return _distribution(inputs, segments, _attainable(inputs, segments, roles))


def resized(pool: RolePool, heads: float) -> RolePool:
    """A role with other heads: fewer thin it out in proportion, further ones are full-time."""
    extra = heads - pool.reps
    shrinks = extra <= 0 < pool.reps
    fte = tuple(f * heads / pool.reps if shrinks else f + extra for f in pool.fte)
    return replace(pool, reps=heads, fte=fte)


def with_reps(inputs: ChainInput, count: float) -> ChainInput:
    """
    The same input with another number of reps, all trained and there from the start.

    Fewer: every role shrinks in proportion. More: each further rep joins the
    role whose hours cover least of its work.
    """
    pools = list(inputs.roles)
    now = sum(pool.reps for pool in pools)
    if count <= now or len(pools) == 1:
        return replace(inputs, roles=tuple(resized(p, p.reps * count / now) for p in pools))
    missing = missing_inputs(inputs)
    if missing:
        raise InputDataError(f"cannot place further reps: {missing[0].what} is missing")
    segments, _ = work_ledgers(inputs, money_ledger(inputs))
    while now < count - 1e-9:
        step = min(1.0, count - now)
        roles, _ = people_ledgers(replace(inputs, roles=tuple(pools)), segments)
        weakest = str(roles["coverage"].idxmin())
        pools = [resized(p, p.reps + step) if p.role == weakest else p for p in pools]
        now += step
    return replace(inputs, roles=tuple(pools))


def _by_reps(
    inputs: ChainInput, segments: pd.DataFrame, target: float, most: int = 400
) -> tuple[pd.DataFrame, int | None]:
    """Probability by number of reps up to the smallest number that meets the goal."""
    memory: dict[int, odds.MoneyDistribution] = {}

    def chance(count: int) -> float:
        if count not in memory:
            memory[count] = _money_of_team(with_reps(inputs, count), segments)
        return memory[count].probability_at_least(target)

    needed: int | None = None
    low, high = 0, max(1, math.ceil(sum(p.reps for p in inputs.roles)))
    while high <= most and chance(high) < inputs.probability_goal:
        low, high = high, high * 2
    if high <= most:
        while high - low > 1:
            middle = (low + high) // 2
            if middle > 0 and chance(middle) >= inputs.probability_goal:
                high = middle
            else:
                low = middle
        needed = high
    now = round(sum(p.reps for p in inputs.roles))
    first = max(1, min(now, needed or now) - 2)
    last = max(now, needed or now) + 2
    shown = range(first, min(last, first + 24) + 1)
    rows = [{"reps": n, "probability": chance(n), "expected_money": memory[n].mean} for n in shown]
    return pd.DataFrame(rows), needed


def _degradations(inputs: ChainInput) -> tuple[str, ...]:
    found = []
    selling = [s for s in inputs.segments if s.funnel is not None]
    if any(s.funnel and not s.funnel.timed for s in selling):
        found.append("cycle")
    if any(s.customers and s.retention is None for s in inputs.segments):
        found.append("retention_norms")
    if any(s.funnel and s.funnel.evidence is None for s in selling):
        found.append("evidence")
    return tuple(found)


def _binding(inputs: ChainInput, result: ChainResult) -> str:
    """
    Name the constraint that holds the plan back most.

    Hours and leads are compared by the share of the need that each of them
    covers; ``none`` when the probability goal is met.
    """
    if result.probability >= inputs.probability_goal:
        return "none"
    candidates = {"hours": result.coverage}
    if result.lead_coverage is not None:
        candidates["leads"] = result.lead_coverage
    weakest = min(candidates, key=lambda name: candidates[name])
    if candidates[weakest] >= 1.0:
        return "luck"
    return weakest
