"""
One study: the engagement's files read, measured, and put through the chain.

This is the only place where door, core and settings meet. Notebooks and
commands take the result; nothing after it computes a number.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kpikit.assemble import chain_input, plan_months
from kpikit.client_store import calendar_hours, client_store
from kpikit.diagnosis import scenarios
from kpikit.diagnosis.cascade import back_cast
from kpikit.diagnosis.chain import ChainResult, run_chain
from kpikit.diagnosis.chain_input import ChainInput, Refusal
from kpikit.diagnosis.hiring import hire_by
from kpikit.diagnosis.ledgers import conversion
from kpikit.diagnosis.measure import Measured, measure
from kpikit.diagnosis.people import MonthTime, headcount_table, time_by_role
from kpikit.diagnosis.priorities import Action, Coaching, one_list, rank_actions, rank_stability
from kpikit.diagnosis.settings import Settings
from kpikit.diagnosis.system_actions import system_actions
from kpikit.engagement import Engagement, RawFile, read_engagement
from kpikit.errors import EngagementError
from kpikit.figures import figure_table
from kpikit.intake.calendars import working_calendar
from kpikit.kpi_audit import KpiAudit, audit_kpis
from kpikit.kpi_results import KpiResults, kpi_results
from kpikit.published import publish
from kpikit.published_audit import audit_rows
from kpikit.published_kpis import kpi_rows
from kpikit.published_targets import targets_and_pay_rows
from kpikit.readiness import readiness_table
from kpikit.targets_and_pay import TargetsAndPay, kpi_target_odds, targets_and_pay

#: Open deals whose probability is below this are almost certainly lost [share].
ALMOST_LOST = 0.01
#: No team takes in more than this many times its level number of leads in a month.
MOST_INTAKE = 2.0


@dataclass(frozen=True, eq=False)
class Study:
    """
    Everything known about one client after one run.

    ``client`` tables, issues and import log of the files (None without files);
    ``measured`` what they say; ``inputs`` the chain's frozen input; ``chain`` its
    answer or refusal; ``late`` wins that come too late by segment and month;
    ``hires`` people to decide on by month; ``flips`` assumptions that reverse the
    answer; ``actions`` ranked steps and how firm their order is (``stability``);
    ``readiness`` what can be computed; ``assumptions`` every input with its grade;
    ``figures`` all published numbers; ``kpis`` the results of the KPI catalogue
    (None until :func:`with_kpis`); ``audit`` of the client's own KPI list (None until
    :func:`with_audit`, and without a list); ``targets_and_pay`` (None until
    :func:`with_targets_and_pay`).
    """

    engagement: Engagement
    client: Any
    measured: Measured | None
    inputs: ChainInput
    chain: ChainResult | Refusal
    late: pd.DataFrame
    hires: pd.DataFrame
    flips: pd.DataFrame
    actions: tuple[Action, ...]
    stability: Mapping[str, float]
    readiness: pd.DataFrame
    assumptions: pd.DataFrame
    figures: pd.DataFrame
    stage_names: Mapping[str, str]
    kpis: KpiResults | None = None
    audit: KpiAudit | None = None
    targets_and_pay: TargetsAndPay | None = None

    def check_back(self, action: Action) -> pd.Timestamp:
        """Day on which the client looks whether the action worked."""
        return pd.Timestamp(self.engagement.as_of.date()) + timedelta(days=action.check_back_days)


def run_study(folder: str | Path) -> Study:
    """
    Read an engagement folder and answer its questions.

    Parameters
    ----------
    folder : path
        With ``engagement.yml`` and the raw files it names.

    Returns
    -------
    Study

    Raises
    ------
    EngagementError
        If the settings or the file maps do not fit; all problems at once.
    """
    engagement = read_engagement(folder)
    client = read_files(engagement)
    tables = {} if client is None else client.tables
    months = plan_months(engagement)
    measured = None
    if "deals" in tables and len(tables["deals"]):
        measured = measure(tables, _settings(engagement, months, tables))
    inputs, assumptions = chain_input(
        engagement, _team_time(engagement, months, tables), measured, tables.get("plans")
    )
    chain = run_chain(inputs)
    late = _late(inputs, chain)
    hires = _hires(engagement, chain)
    actions: tuple[Action, ...] = ()
    if isinstance(chain, ChainResult):
        actions = rank_actions(inputs, chain, **_evidence(measured))
    study = Study(
        engagement=engagement,
        client=client,
        measured=measured,
        inputs=inputs,
        chain=chain,
        late=late,
        hires=hires,
        flips=scenarios.flip_points(inputs),
        actions=(),
        stability={},
        readiness=readiness_table(tables, measured, inputs, chain),
        assumptions=assumptions,
        figures=publish(engagement, inputs, chain, measured, late, hires),
        stage_names=_stage_names(engagement, tables, inputs),
    )
    return _ranked(study, actions)


def with_kpis(study: Study) -> Study:
    """
    The study with the results of the KPI catalogue, and their figures.

    They cost as much as all the rest, so they are measured where they are shown. A
    study without files stays as it is.
    """
    if study.kpis is not None or study.client is None or not study.client.tables:
        return study
    engagement = study.engagement
    rng = np.random.default_rng(np.random.SeedSequence([engagement.seed, 3]))
    store = client_store(engagement, study.client.tables, study.chain)
    kpis = kpi_results(store, engagement.zone, rng)
    rows = [*study.figures.to_dict("records"), *kpi_rows(kpis)]
    return replace(study, kpis=kpis, figures=figure_table(rows))


def with_audit(study: Study) -> Study:
    """
    The study with the audit of the client's KPI list, and its figures.

    A study without a list stays as it is.
    """
    if study.audit is not None or study.client is None or "kpis" not in study.client.tables:
        return study
    engagement, tables = study.engagement, study.client.tables
    rng = np.random.default_rng(np.random.SeedSequence([engagement.seed, 4]))
    store = client_store(engagement, tables, study.chain)
    odds = kpi_target_odds(engagement, tables)
    audit = audit_kpis(
        engagement, tables, store, study.inputs, figures=study.figures, targets=odds, rng=rng
    )
    if audit is None:
        return study
    priced = study.inputs if isinstance(study.chain, ChainResult) else None
    system = system_actions(audit.inputs, audit.verdicts, audit.selections, chain=priced)
    figures = figure_table([*study.figures.to_dict("records"), *audit_rows(audit)])
    return _ranked(replace(study, audit=audit, figures=figures), one_list(study.actions, system))


def with_targets_and_pay(study: Study) -> Study:
    """
    The study with the odds of the targets and what the pay rewards, and their figures.

    A study without files stays as it is.
    """
    if study.targets_and_pay is not None or study.client is None or not study.client.tables:
        return study
    engagement, tables = study.engagement, study.client.tables
    rng = np.random.default_rng(np.random.SeedSequence([engagement.seed, 5]))
    store = client_store(engagement, tables, study.chain)
    found = targets_and_pay(engagement, tables, store, study.chain, rng)
    rows = [*study.figures.to_dict("records"), *targets_and_pay_rows(found)]
    return replace(study, targets_and_pay=found, figures=figure_table(rows))


def _ranked(study: Study, actions: tuple[Action, ...]) -> Study:
    """The study with these actions and how firm their order is."""
    rng = np.random.default_rng(np.random.SeedSequence([study.engagement.seed, 2]))
    stability = {str(k): float(v) for k, v in rank_stability(actions, rng).items()}
    return replace(study, actions=actions, stability=stability)


def open_study(folder: str | Path, state: str = "") -> Study:
    """
    The study of a folder, or the one that a run has computed already.

    ``state`` is the file in which a report run keeps its study while it lasts; it
    is written by kpikit itself into the run's own folder.
    """
    # An executed notebook outlives the run that kept the study for it.
    if not state or not Path(state).is_file():
        return run_study(folder)
    with Path(state).open("rb") as file:
        study: Study = pickle.load(file)
    return study


def what_if(study: Study, settings: Mapping[str, str]) -> pd.DataFrame:
    """
    Run the chain on a changed copy and put both answers side by side.

    Parameters
    ----------
    study : Study
    settings : mapping of lever to change
        ``{"team.reps": "6", "conversion.proposal": "+10%"}``.

    Returns
    -------
    DataFrame
        ``figure``, ``base``, ``scenario``, ``difference``.

    Raises
    ------
    InputDataError
        For a misspelt lever, with a suggestion, or a change that cannot be.
    """
    changes = {name: scenarios.parse_change(text) for name, text in settings.items()}
    changed = run_chain(scenarios.apply_changes(study.inputs, changes))
    if isinstance(study.chain, Refusal) or isinstance(changed, Refusal):
        missing = study.chain if isinstance(study.chain, Refusal) else changed
        assert isinstance(missing, Refusal)
        raise EngagementError(
            [f"{item.what} is missing ({item.where}): {item.ask}" for item in missing.missing],
            "what-if needs a chain that can be computed",
        )
    return scenarios.compare_scenarios(study.chain, changed)


def read_files(engagement: Engagement) -> Any:
    """Canonical tables, issues and import log of the engagement's files; None without files."""
    if not engagement.files:
        return None
    from kpikit.intake.flags import Thresholds
    from kpikit.intake.read import read_client

    limits = engagement.thresholds
    rates = None
    if engagement.fx_rates:
        rates = pd.DataFrame(
            [{"currency": k, "rate_to_base": v} for k, v in engagement.fx_rates.items()]
        )
    return read_client(
        [_file_map(raw) for raw in engagement.files],
        root=engagement.folder,
        as_of=pd.Timestamp(engagement.as_of_utc),
        tz=engagement.zone,
        base_currency=engagement.currency,
        stages=_stage_list(engagement),
        robots=engagement.robots,
        fx_rates=rates,
        thresholds=Thresholds(
            bulk_min_deals=limits.bulk_moves, import_min_deals=limits.import_minute
        ),
    )


def _file_map(raw: RawFile) -> Any:
    from kpikit.intake.filemap import FileMap, Pair

    fields = raw.model_dump() | {"table": raw.table or ""}
    if raw.pair is not None:
        fields["pair"] = Pair(**raw.pair.model_dump())
    return FileMap(**fields)


def _stage_list(engagement: Engagement) -> pd.DataFrame | None:
    """Stages of the engagement as a canonical table; None when a file brings them."""
    files = [raw.table for raw in engagement.files] + [raw.preset for raw in engagement.files]
    if "stages" in files or "bitrix24_stages" in files or not engagement.funnel.stages:
        return None
    rows = [
        {
            "pipeline_id": engagement.funnel.pipeline_id or "main",
            "stage_id": stage.id,
            "stage_name": stage.name or stage.id,
            "stage_order": order,
            "semantic": stage.semantic,
            "pipeline_role": "sale",
            "role": stage.role,
        }
        for order, stage in enumerate(engagement.funnel.stages, 1)
    ]
    return pd.DataFrame(rows)


def _settings(
    engagement: Engagement, months: tuple[str, ...], tables: Mapping[str, pd.DataFrame]
) -> Settings:
    limits = engagement.thresholds
    start = None
    if engagement.history_start is not None:
        start = pd.Timestamp(engagement.history_start, tz=engagement.zone).tz_convert("UTC")
    return Settings(
        as_of=pd.Timestamp(engagement.as_of_utc),
        months=months,
        history_start_at=start,
        reopened=engagement.funnel.reopened,
        horizon_days=engagement.funnel.horizon_days,
        level=limits.level,
        contact_seconds=limits.contact_seconds,
        wrap_minutes=limits.wrap_minutes,
        attempt_minutes=limits.attempt_minutes,
        meeting_extra_minutes=limits.meeting_extra_minutes,
        stage_roles={stage.id: stage.role for stage in engagement.funnel.stages},
        calendar=_past_calendar(engagement, tables.get("activities")),
        timezone=engagement.zone,
        seed=engagement.seed,
    )


def _past_calendar(engagement: Engagement, activities: pd.DataFrame | None) -> pd.DataFrame | None:
    """Working days of the period with contacts."""
    country = engagement.working_time.calendar
    if country is None or activities is None or activities.empty:
        return None
    local = activities["started_at"].dt.tz_convert(engagement.zone)
    first, last = local.min().date(), min(local.max().date(), engagement.as_of.date())
    return working_calendar(country, first, last, **calendar_hours(engagement))


def _team_time(
    engagement: Engagement, months: tuple[str, ...], tables: Mapping[str, pd.DataFrame]
) -> tuple[MonthTime, ...]:
    time, team = engagement.working_time, engagement.team
    people = _people(engagement, tables)
    if people.empty:
        return ()
    if not months:
        # Without a plan there is no period to count hours over, but the people are known.
        heads = people["role"].value_counts(sort=False)
        return tuple(MonthTime(str(role), float(n), (), (), ()) for role, n in heads.items())
    if time.calendar is None:
        raise EngagementError(
            ["working_time.calendar is missing: name the country of the working calendar, e.g. RU"]
        )
    first = pd.Period(months[0], "M").start_time.date()
    last = pd.Period(months[-1], "M").end_time.date()
    calendar = working_calendar(time.calendar, first, last, **calendar_hours(engagement))
    return time_by_role(
        calendar,
        people,
        tables.get("absences") if team.reps is None and not team.roles else None,
        leave_days=time.leave_days,
        sick_days=time.sick_days,
        training_days=time.training_days,
        hours_per_day=time.hours_per_day,
        ramp=team.ramp,
        attrition_per_month=team.attrition_per_month,
    )


def _people(engagement: Engagement, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The staff list of the files, else the head count of the engagement."""
    team = engagement.team
    if team.roles:
        return headcount_table(team.roles)
    roles = {stage.role for stage in engagement.funnel.stages if stage.semantic == "open"}
    if team.reps is not None:
        return headcount_table({next(iter(sorted(roles)), "rep"): team.reps})
    reps = tables.get("reps")
    if reps is None:
        return pd.DataFrame()
    as_of = pd.Timestamp(engagement.as_of.date())
    # People met only in deals and calls are no staff list: some left, some never sold.
    listed = reps["role"].notna() | reps["hired_on"].notna()
    human = reps["is_human"].astype("boolean").fillna(True)
    active = reps["is_active"].astype("boolean").fillna(True)
    here = reps["left_on"].isna() | (reps["left_on"] > as_of)
    found = reps[(listed & human & active & here).to_numpy(dtype=bool)]
    return found.assign(role=found["role"].fillna("rep"))


def _late(inputs: ChainInput, chain: ChainResult | Refusal) -> pd.DataFrame:
    """
    Wins that come too late whatever is done, by segment and month.

    The need of each month is the segment's gap spread like its plan; the linear
    programme of the back-cast finds how much of it cannot be brought in time when
    no month takes in more than ``MOST_INTAKE`` times the level intake.
    """
    columns = ["segment", "month", "needed", "late", "leads"]
    if isinstance(chain, Refusal):
        return pd.DataFrame(columns=columns)
    rows = []
    for segment in inputs.segments:
        if segment.funnel is None or not segment.funnel.timed:
            continue
        wins = float(chain.segments.loc[segment.name, "wins"])
        pipeline = np.asarray(segment.pipeline_wins or (0.0,) * len(inputs.months))
        shape = np.asarray(segment.target if segment.target is not None else inputs.target)
        need = (wins + pipeline.sum()) * shape / shape.sum()
        lag = conversion(segment.funnel) * np.asarray(segment.funnel.lag)
        if wins <= 0 or lag.sum() <= 0:
            continue
        level = float(chain.segments.loc[segment.name, "leads"]) / len(inputs.months)
        answer = back_cast(need.tolist(), pipeline.tolist(), lag.tolist(), cap=MOST_INTAKE * level)
        for month, needed, late, leads in zip(
            inputs.months, need, answer.late, answer.primaries, strict=True
        ):
            rows.append(dict(zip(columns, (segment.name, month, needed, late, leads), strict=True)))
    return pd.DataFrame(rows, columns=columns)


def _hires(engagement: Engagement, chain: ChainResult | Refusal) -> pd.DataFrame:
    """
    Reps to decide on by month, so that they are fully productive when needed.

    Each role's further people are those that its busiest months so far need;
    ``hire_by`` may lie before the as-of date: then it is already late.
    """
    columns = ["month", "role", "hires", "hire_by", "is_late"]
    if isinstance(chain, Refusal):
        return pd.DataFrame(columns=columns)
    team = engagement.team
    as_of = pd.Timestamp(engagement.as_of.date())
    rows = []
    for role, part in chain.months.groupby("role", sort=False):
        have = 0
        for month in part.sort_values("month").itertuples():
            short = int(np.ceil(month.required_fte - month.available_fte - 1e-9))
            if short > have:
                by = hire_by(f"{month.month}-01", team.hiring_lead_months, team.ramp)
                rows.append(
                    {
                        "month": month.month,
                        "role": role,
                        "hires": short - have,
                        "hire_by": by.strftime("%Y-%m-%d"),
                        "is_late": bool(by < as_of),
                    }
                )
                have = short
    return pd.DataFrame(rows, columns=columns)


def _evidence(measured: Measured | None) -> dict[str, Any]:
    """What the actions need from the measurement."""
    if measured is None:
        return {}
    found: dict[str, Any] = {}
    deals = measured.open_deals
    if len(deals):
        stale = deals[deals["probability"] < ALMOST_LOST]
        hours = measured.labour.pipeline_hours(stale, measured.incidences[""], "rep")
        found["stale_deals"] = len(stale)
        found["stale_hours"] = sum(h for _, h in hours)
    reps = measured.reps
    if reps is not None and reps.detectable and reps.pool:
        found["coaching"] = _coaching(reps.table, reps.pool)
    return found


def _coaching(table: pd.DataFrame, pool: float) -> Coaching | None:
    """What it brings if the reps below the median conversion come halfway up to it."""
    middle = float(table["value"].median())
    below = table[table["value"] < middle]
    if below.empty:
        return None
    weights = below["n"] / below["n"].sum()
    now = float((below["value"] * weights).sum())
    share = float(below["n"].sum() / table["n"].sum())
    return Coaching(len(below), now, (now + middle) / 2.0, 0.5 * (middle - now) * share / pool)


def _stage_names(
    engagement: Engagement, tables: Mapping[str, pd.DataFrame], inputs: ChainInput
) -> dict[str, str]:
    names: dict[str, str] = {}
    if "stages" in tables and "stage_name" in tables["stages"]:
        table = tables["stages"].sort_values("stage_order")
        names = {str(i): str(n) for i, n in zip(table["stage_id"], table["stage_name"], strict=True)
                 if pd.notna(n)}  # fmt: skip
    for stage in engagement.funnel.stages:
        if stage.name:
            names[stage.id] = stage.name
    for segment in inputs.segments:
        for work in segment.funnel.stages if segment.funnel else ():
            names.setdefault(work.stage, work.name)
    return names
