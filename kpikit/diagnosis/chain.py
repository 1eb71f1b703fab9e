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

import numpy as np
import pandas as pd

from kpikit.diagnosis import odds
from kpikit.diagnosis.money_odds import Chance, NewBusiness, plan_money
from kpikit.errors import InputDataError

#: Evidence of a rate that is taken as known [deals].
KNOWN = 1e9


@dataclass(frozen=True)
class StageWork:
    """
    One stage of the funnel.

    ``conversion`` is the share of the visitors that go on (the last stage: that
    are won) [share]; ``contacts`` per deal visiting [contacts]; ``minutes`` per
    contact, preparation and wrap-up included [min]. None means not known.
    """

    stage: str
    name: str
    role: str
    conversion: float | None
    contacts: float | None
    minutes: float | None


@dataclass(frozen=True)
class Funnel:
    """
    The way from a new lead to a contract.

    ``evidence`` is the number of decided deals that the conversion is worth
    (None: taken as known). ``calibration`` is the direct conversion divided by
    the product of the stages. ``lag`` is the share of wins by months since the
    lead was taken into work, ``labour_lag`` the same for hours; both sum to 1.
    ``timed`` says whether the lag is known or everything is taken as immediate.
    """

    stages: tuple[StageWork, ...]
    evidence: float | None = None
    calibration: float = 1.0
    lag: tuple[float, ...] = (1.0,)
    labour_lag: tuple[float, ...] = (1.0,)
    timed: bool = False


@dataclass(frozen=True)
class Touch:
    """Planned attention: contacts per customer and year, minutes of each."""

    contacts_per_year: float
    minutes: float


@dataclass(frozen=True)
class OpenDeal:
    """An open deal: amount [money] and probability to be won in the period [share]."""

    deal_id: str
    amount: float
    probability: float


@dataclass(frozen=True)
class SegmentInput:
    """
    One customer segment over the plan period.

    ``renewals_due`` by month [contracts]; ``cross_sell_base`` customers that are
    offered something further in the period; ``pipeline_wins`` by month [deals];
    ``pipeline_hours`` by role [h]; ``target`` by month [money] or None when the
    plan names no segments; ``new_share`` of the new-business leads when it does not.
    """

    name: str
    customers: float = 0.0
    renewals_due: tuple[float, ...] = ()
    renewal_rate: float = 0.0
    renewal_value: float = 0.0
    cross_sell_base: float = 0.0
    cross_sell_rate: float = 0.0
    cross_sell_value: float = 0.0
    retention: Touch | None = None
    cross_sell_touch: Touch | None = None
    funnel: Funnel | None = None
    new_value: float | None = None
    new_value_cv: float = 0.0
    new_share: float = 0.0
    target: tuple[float, ...] | None = None
    pipeline: tuple[OpenDeal, ...] = ()
    pipeline_wins: tuple[float, ...] = ()
    pipeline_hours: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class RolePool:
    """
    The people of one role.

    ``reps`` heads at the start; by month: ``fte`` effective full-time people,
    ``hours_per_fte`` selling hours of one of them [h], ``days_per_fte`` days
    present.
    """

    role: str
    reps: float
    fte: tuple[float, ...]
    hours_per_fte: tuple[float, ...]
    days_per_fte: tuple[float, ...]


@dataclass(frozen=True)
class ChainInput:
    """Everything the answer depends on; frozen."""

    months: tuple[str, ...]
    target: tuple[float, ...]
    segments: tuple[SegmentInput, ...]
    roles: tuple[RolePool, ...]
    base_role: str = "rep"
    probability_goal: float = 0.8
    leads_limit_per_month: float | None = None
    selling_share: float | None = None


@dataclass(frozen=True)
class Missing:
    """An input without which a link cannot be computed, and what to ask for."""

    what: str
    where: str
    ask: str


@dataclass(frozen=True)
class Refusal:
    """The chain cannot be computed; no head count is given."""

    missing: tuple[Missing, ...]


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


def missing_inputs(inputs: ChainInput) -> tuple[Missing, ...]:
    """
    List what the staffing answer cannot do without.

    Without contact norms there is no head count (METHODS: the refusal); the
    cycle is named too when norms are missing, since both belong to the same
    regulation of work with customers.
    """
    found: list[Missing] = []
    if not inputs.target or sum(inputs.target) <= 0:
        found.append(
            Missing("plan", "plan", "The money plan by month, and by segment if there is one.")
        )
    selling = [s for s in inputs.segments if s.funnel is not None]
    if not selling:
        found.append(
            Missing("conversion", "funnel", "Stage history of the deals, or rates by stage.")
        )
    stages = [(s, stage) for s in selling if s.funnel for stage in s.funnel.stages]
    if any(stage.conversion is None for _, stage in stages) or (selling and not stages):
        where = ", ".join(dict.fromkeys(g.name for _, g in stages if g.conversion is None))
        found.append(
            Missing("conversion", where or "funnel", "How many of the deals go on from each stage.")
        )
    unknown = [g.name for _, g in stages if g.contacts is None or g.minutes is None]
    if unknown:
        found.append(
            Missing(
                "norms",
                ", ".join(dict.fromkeys(unknown)),
                "Contacts per deal and minutes per contact for each stage: from telephony "
                "and calendars, or by a time study of two weeks.",
            )
        )
        if any(s.funnel and not s.funnel.timed for s in selling):
            found.append(
                Missing(
                    "cycle",
                    "funnel",
                    "How long it takes from the first contact to the contract: creation and "
                    "closing dates of last year's deals.",
                )
            )
    if any(s.new_value is None for s in selling):
        names = ", ".join(s.name for s in selling if s.new_value is None)
        found.append(Missing("deal value", names, "Money of a typical new contract by segment."))
    if not inputs.roles or sum(r.reps for r in inputs.roles) <= 0:
        found.append(Missing("team", "team", "The list of reps with role and hire date."))
    if any(sum(r.hours_per_fte) <= 0 for r in inputs.roles):
        found.append(
            Missing(
                "selling time",
                "working_time",
                "Which share of the working day a rep spends with customers: a one-week "
                "diary of the team is enough.",
            )
        )
    return tuple(found)


def conversion(funnel: Funnel) -> float:
    """Share of new leads that are won: product of the stages, calibrated. [share]"""
    product = math.prod(float(stage.conversion or 0.0) for stage in funnel.stages)
    return min(1.0, product * funnel.calibration)


def reach(funnel: Funnel) -> np.ndarray:
    """Share of new leads that visit each stage; 1 for the first. [share, by stage]"""
    rates = [float(stage.conversion or 0.0) for stage in funnel.stages]
    return np.cumprod([1.0, *rates[:-1]])


def hours_per_primary(funnel: Funnel) -> pd.Series:
    """Hours per new lead by role, deals that are lost included. [h, index role]"""
    hours = [
        share * float(stage.contacts or 0.0) * float(stage.minutes or 0.0) / 60.0
        for share, stage in zip(reach(funnel), funnel.stages, strict=True)
    ]
    return pd.Series(hours, index=[stage.role for stage in funnel.stages]).groupby(level=0).sum()


def contacts_per_primary(funnel: Funnel) -> float:
    """Contacts per new lead, deals that are lost included. [contacts]"""
    visits = reach(funnel)
    return float(
        sum(v * float(s.contacts or 0.0) for v, s in zip(visits, funnel.stages, strict=True))
    )


def share_in_time(law: tuple[float, ...], months: int) -> float:
    """
    Share of a level intake over ``months`` that falls inside the period.

    Of the intake of month ``t`` the law up to ``months - 1 - t`` is inside, so
    the share is the mean of the cumulated law over the months. [share]
    """
    padded = np.zeros(months)
    size = min(months, len(law))
    padded[:size] = law[:size]
    return float(np.cumsum(padded).mean())


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
    _check_lengths(inputs)
    missing = missing_inputs(inputs)
    if missing:
        return Refusal(missing)
    money = _money_ledger(inputs)
    segments, stages = _work_ledgers(inputs, money)
    roles, months = _people_ledgers(inputs, segments, stages)
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
        identities=_identities(inputs, segments, stages, roles),
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


def _check_lengths(inputs: ChainInput) -> None:
    count = len(inputs.months)
    wrong = [f"target has {len(inputs.target)}"] if len(inputs.target) not in (0, count) else []
    for segment in inputs.segments:
        for field in ("renewals_due", "pipeline_wins"):
            size = len(getattr(segment, field))
            if size not in (0, count):
                wrong.append(f"{field} of segment {segment.name} has {size}")
        if segment.target is not None and len(segment.target) != count:
            wrong.append(f"target of segment {segment.name} has {len(segment.target)}")
    for pool in inputs.roles:
        for field in ("fte", "hours_per_fte", "days_per_fte"):
            if len(getattr(pool, field)) != count:
                wrong.append(f"{field} of role {pool.role} has {len(getattr(pool, field))}")
    if wrong:
        raise InputDataError(f"the plan has {count} months, but {'; '.join(wrong)} values")


def _money_ledger(inputs: ChainInput) -> pd.DataFrame:
    rows = []
    for segment in inputs.segments:
        renewals = sum(segment.renewals_due) * segment.renewal_rate
        cross = segment.cross_sell_base * segment.cross_sell_rate
        rows.append(
            {
                "segment": segment.name,
                "target": np.nan if segment.target is None else sum(segment.target),
                "customers": segment.customers,
                "renewals": renewals,
                "renewal_money": renewals * segment.renewal_value,
                "cross_sales": cross,
                "cross_sell_money": cross * segment.cross_sell_value,
                "pipeline_wins": sum(deal.probability for deal in segment.pipeline),
                "pipeline_money": sum(d.probability * d.amount for d in segment.pipeline),
            }
        )
    table = pd.DataFrame(rows).set_index("segment")
    table["base_money"] = table[["renewal_money", "cross_sell_money", "pipeline_money"]].sum(axis=1)
    return table


def _work_ledgers(
    inputs: ChainInput, money: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = len(inputs.months)
    gap = _gap_by_segment(inputs, money)
    rows, stage_rows = [], []
    for segment in inputs.segments:
        years = count / 12.0
        row: dict[str, float | str] = {"segment": segment.name, "gap": gap[segment.name]}
        for purpose, touch in (
            ("retention", segment.retention),
            ("cross_sell", segment.cross_sell_touch),
        ):
            contacts = 0.0 if touch is None else segment.customers * touch.contacts_per_year * years
            row[f"{purpose}_contacts"] = contacts
            row[f"{purpose}_hours"] = contacts * (touch.minutes if touch else 0.0) / 60.0
        row["pipeline_hours"] = sum(hours for _, hours in segment.pipeline_hours)
        row |= {"conversion": 0.0, "wins": 0.0, "leads": 0.0, "funnel_contacts": 0.0,
                "funnel_hours": 0.0, "hours_per_lead": 0.0, "contacts_per_lead": 0.0,
                "share_in_time": 1.0, "labour_in_time": 1.0}  # fmt: skip
        if segment.funnel is not None and segment.new_value:
            funnel = segment.funnel
            in_time = share_in_time(funnel.lag, count)
            labour = share_in_time(funnel.labour_lag, count)
            rate = conversion(funnel)
            wins = gap[segment.name] / segment.new_value
            leads = wins / (rate * in_time) if rate * in_time > 0 else math.inf
            if not math.isfinite(leads):
                leads = 0.0 if wins == 0 else math.inf
            hours = hours_per_primary(funnel)
            row |= {
                "conversion": rate,
                "wins": wins,
                "leads": leads,
                "share_in_time": in_time,
                "labour_in_time": labour,
                "hours_per_lead": float(hours.sum()),
                "contacts_per_lead": contacts_per_primary(funnel),
                "funnel_contacts": leads * contacts_per_primary(funnel) * labour,
                "funnel_hours": leads * float(hours.sum()) * labour,
            }
            for share, stage in zip(reach(funnel), funnel.stages, strict=True):
                entering = leads * share
                contacts = entering * float(stage.contacts or 0.0) * labour
                stage_rows.append(
                    {
                        "segment": segment.name,
                        "stage": stage.stage,
                        "name": stage.name,
                        "role": stage.role,
                        "conversion": stage.conversion,
                        "visits_per_lead": share,
                        "deals": entering,
                        "contacts": contacts,
                        "minutes": stage.minutes,
                        "hours": contacts * float(stage.minutes or 0.0) / 60.0,
                    }
                )
        rows.append(row)
    work = pd.DataFrame(rows).set_index("segment")
    segments = money.join(work)
    segments["contacts"] = (
        segments["retention_contacts"] + segments["cross_sell_contacts"] + segments["funnel_contacts"]
    )
    segments["hours"] = (
        segments["retention_hours"] + segments["cross_sell_hours"]
        + segments["pipeline_hours"] + segments["funnel_hours"]
    )  # fmt: skip
    return segments, pd.DataFrame(stage_rows)


def _gap_by_segment(inputs: ChainInput, money: pd.DataFrame) -> dict[str, float]:
    """Money that new business must bring, by segment; the sum is the gap of the plan."""
    gap = max(0.0, float(sum(inputs.target)) - float(money["base_money"].sum()))
    sellers = [s for s in inputs.segments if s.funnel is not None and s.new_value]
    if all(s.target is not None for s in sellers) and sellers:
        own = {
            s.name: max(0.0, sum(s.target or ()) - float(money.loc[s.name, "base_money"]))
            for s in sellers
        }
    else:
        shares = {s.name: s.new_share for s in sellers}
        if sum(shares.values()) <= 0:
            shares = dict.fromkeys(shares, 1.0)
        own = {
            s.name: shares[s.name] * float(s.new_value or 0.0) for s in sellers
        }
    total = sum(own.values())
    if total <= 0:
        own, total = dict.fromkeys(own, 1.0), float(len(own))
    scaled = {name: gap * part / total for name, part in own.items()}
    return {s.name: scaled.get(s.name, 0.0) for s in inputs.segments}


def _people_ledgers(
    inputs: ChainInput, segments: pd.DataFrame, stages: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = len(inputs.months)
    even = np.full(count, 1.0 / count)
    needed = {pool.role: np.zeros(count) for pool in inputs.roles}
    if inputs.base_role not in needed:
        raise InputDataError(
            f"role '{inputs.base_role}' looks after existing customers but has no people; "
            f"known roles: {', '.join(needed)}"
        )
    for segment in inputs.segments:
        row = segments.loc[segment.name]
        base = float(row["retention_hours"] + row["cross_sell_hours"])
        needed[inputs.base_role] += base * even
        for role, hours in segment.pipeline_hours:
            needed[_known_role(role, needed)] += hours * _front_loaded(segment, count)
        if segment.funnel is None or not row["leads"]:
            continue
        spent = np.zeros(count)
        law = segment.funnel.labour_lag[:count]
        spent[: len(law)] = law
        level = np.cumsum(spent) * float(row["leads"]) / count
        for role, hours in hours_per_primary(segment.funnel).items():
            needed[_known_role(str(role), needed)] += float(hours) * level
    rows, role_rows = [], []
    for pool in inputs.roles:
        fte, per_fte = np.asarray(pool.fte), np.asarray(pool.hours_per_fte)
        with np.errstate(divide="ignore", invalid="ignore"):
            required_fte = np.where(per_fte > 0, needed[pool.role] / per_fte, np.nan)
        for t, month in enumerate(inputs.months):
            rows.append(
                {
                    "month": month,
                    "role": pool.role,
                    "required_hours": needed[pool.role][t],
                    "available_hours": fte[t] * per_fte[t],
                    "hours_per_fte": per_fte[t],
                    "required_fte": required_fte[t],
                    "available_fte": fte[t],
                    "days": pool.days_per_fte[t],
                }
            )
        hours, have = float(needed[pool.role].sum()), float((fte * per_fte).sum())
        role_rows.append(
            {
                "role": pool.role,
                "reps": pool.reps,
                "required_hours": hours,
                "available_hours": have,
                "hours_per_fte": float(per_fte.sum()),
                "days_per_fte": float(sum(pool.days_per_fte)),
                "required_fte": hours / float(per_fte.sum()),
                "available_fte": have / float(per_fte.sum()),
                "coverage": have / hours if hours > 0 else math.inf,
            }
        )
    return pd.DataFrame(role_rows).set_index("role"), pd.DataFrame(rows)


def _known_role(role: str, pools: dict[str, np.ndarray]) -> str:
    if role not in pools:
        raise InputDataError(
            f"role '{role}' works on a stage but has no people; known roles: {', '.join(pools)}"
        )
    return role


def _front_loaded(segment: SegmentInput, count: int) -> np.ndarray:
    """Open deals are worked as they close: their hours follow their expected wins."""
    wins = np.asarray(segment.pipeline_wins or (1.0,) + (0.0,) * (count - 1), dtype=float)
    total = wins.sum()
    return wins / total if total > 0 else np.full(count, 1.0 / count)


@dataclass(frozen=True)
class _Attainable:
    leads: dict[str, float]
    base_served: float


def _attainable(
    inputs: ChainInput, segments: pd.DataFrame, roles: pd.DataFrame
) -> _Attainable:
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
    segments, stages = _work_ledgers(inputs, _money_ledger(inputs))
    roles, _ = _people_ledgers(inputs, segments, stages)
    distribution = _distribution(inputs, segments, _attainable(inputs, segments, roles))
    return distribution.probability_at_least(float(sum(inputs.target)))


def expected_money(inputs: ChainInput) -> float:
    """Money expected in the period with the people of the input. [money]"""
    segments, stages = _work_ledgers(inputs, _money_ledger(inputs))
    roles, _ = _people_ledgers(inputs, segments, stages)
    return _distribution(inputs, segments, _attainable(inputs, segments, roles)).mean


def with_reps(inputs: ChainInput, count: float) -> ChainInput:
    """
    The same input with another number of reps, all trained and there from the start.

    Fewer: every role shrinks in proportion. More: each further rep joins the
    role whose hours cover least of its work.
    """
    pools = list(inputs.roles)
    now = sum(pool.reps for pool in pools)
    if count <= now or len(pools) == 1:
        changed = []
        for pool in pools:
            heads = pool.reps * count / now
            extra = heads - pool.reps
            fte = tuple(f * heads / pool.reps if extra <= 0 else f + extra for f in pool.fte)
            changed.append(replace(pool, reps=heads, fte=fte))
        return replace(inputs, roles=tuple(changed))
    missing = missing_inputs(inputs)
    if missing:
        raise InputDataError(f"cannot place further reps: {missing[0].what} is missing")
    money = _money_ledger(inputs)
    segments, stages = _work_ledgers(inputs, money)
    while now < count - 1e-9:
        step = min(1.0, count - now)
        roles, _ = _people_ledgers(replace(inputs, roles=tuple(pools)), segments, stages)
        weakest = str(roles["coverage"].idxmin())
        pools = [
            replace(p, reps=p.reps + step, fte=tuple(f + step for f in p.fte))
            if p.role == weakest
            else p
            for p in pools
        ]
        now += step
    return replace(inputs, roles=tuple(pools))


def _money_with_reps(
    inputs: ChainInput, segments: pd.DataFrame, count: int
) -> odds.MoneyDistribution:
    changed = with_reps(inputs, count)
    roles, _ = _people_ledgers(changed, segments, pd.DataFrame())
    return _distribution(changed, segments, _attainable(changed, segments, roles))


def _by_reps(
    inputs: ChainInput, segments: pd.DataFrame, target: float, most: int = 400
) -> tuple[pd.DataFrame, int | None]:
    """Probability by number of reps up to the smallest number that meets the goal."""
    memory: dict[int, odds.MoneyDistribution] = {}

    def chance(count: int) -> float:
        if count not in memory:
            memory[count] = _money_with_reps(inputs, segments, count)
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
    rows = [
        {"reps": n, "probability": chance(n), "expected_money": memory[n].mean} for n in shown
    ]
    return pd.DataFrame(rows), needed


def _identities(
    inputs: ChainInput, segments: pd.DataFrame, stages: pd.DataFrame, roles: pd.DataFrame
) -> pd.DataFrame:
    """
    The four ledgers that must agree: money, customers, work, people.

    Each row has the two sides and their difference; a report stops when one of
    them differs by more than one part in a million.
    """
    new_money = sum(
        float(segments.loc[s.name, "wins"]) * float(s.new_value or 0.0) for s in inputs.segments
    )
    surplus = max(0.0, float(segments["base_money"].sum()) - float(sum(inputs.target)))
    wins_back = float(
        (segments["leads"] * segments["conversion"] * segments["share_in_time"]).sum()
    )
    stage_hours = float(stages["hours"].sum()) if len(stages) else 0.0
    other = float(
        segments[["retention_hours", "cross_sell_hours", "pipeline_hours"]].to_numpy().sum()
    )
    rows = [
        ("money", float(sum(inputs.target)),
         float(segments["base_money"].sum()) + new_money - surplus),
        ("customers", float(segments["wins"].sum()), wins_back),
        ("work", float(segments["hours"].sum()), stage_hours + other),
        ("people", float(roles["required_hours"].sum()),
         float((roles["required_fte"] * roles["hours_per_fte"]).sum())),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["ledger", "plan", "rebuilt"])
    table["difference"] = table["plan"] - table["rebuilt"]
    broken = table[table["difference"].abs() > 1e-6 * table["plan"].abs().clip(lower=1.0)]
    if len(broken):
        raise InputDataError(
            "the ledgers of the chain do not agree: "
            + "; ".join(f"{r.ledger} {r.plan:g} against {r.rebuilt:g}" for r in broken.itertuples())
        )
    return table


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

    Hours, leads and time are compared by the share of the need that each of
    them covers; ``none`` when the probability goal is met.
    """
    if result.probability >= inputs.probability_goal:
        return "none"
    candidates = {"hours": result.coverage}
    if result.lead_coverage is not None:
        candidates["leads"] = result.lead_coverage
    if not np.isfinite(result.segments["leads"]).all():
        return "time"
    weakest = min(candidates, key=lambda name: candidates[name])
    if candidates[weakest] >= 1.0:
        return "luck"
    return weakest
