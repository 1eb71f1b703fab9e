"""
The frozen input of the chain, and what it cannot do without.

Everything the answer depends on is in one :class:`ChainInput`; a scenario is a
changed copy of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpikit.errors import InputDataError


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
    elif any(_wins_nothing(s.funnel) for s in selling if s.funnel):
        found.append(
            Missing("conversion", "funnel", "A conversion above zero: so far no deal was won.")
        )
    if inputs.months and any(_comes_too_late(s.funnel, inputs) for s in selling if s.funnel):
        found.append(Missing("time", "plan.months", "A plan that is longer than the sales cycle."))
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
    if not inputs.roles or any(r.reps <= 0 for r in inputs.roles):
        found.append(Missing("team", "team", "The list of reps with role and hire date."))
    unasked = not inputs.roles and inputs.selling_share is None
    if unasked or any(sum(r.hours_per_fte) <= 0 for r in inputs.roles):
        found.append(
            Missing(
                "selling time",
                "working_time",
                "Which share of the working day a rep spends with customers: a one-week "
                "diary of the team is enough.",
            )
        )
    return tuple(found)


def _wins_nothing(funnel: Funnel) -> bool:
    rates = [float(stage.conversion or 0.0) for stage in funnel.stages]
    return funnel.calibration <= 0 or min(rates, default=0.0) <= 0


def _comes_too_late(funnel: Funnel, inputs: ChainInput) -> bool:
    """Whether no lead of the plan period can be won within it."""
    return sum(funnel.lag[: len(inputs.months)]) <= 0


def check_lengths(inputs: ChainInput) -> None:
    """Refuse monthly tuples that disagree with the months of the plan, all at once."""
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
