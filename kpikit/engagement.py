"""
The engagement file: one client, one audit.

``engagement.yml`` is read safely, checked as a whole, and becomes a frozen
:class:`Engagement`. Every problem is reported at once, in words that name the
place, the value and the remedy. A number may be written plainly, or with the
evidence behind it::

    selling_share: 0.55
    selling_share: {value: 0.55, grade: B, source: "time study, March"}

Grades: A measured, B stated by the client, C benchmark, D assumed. A plain
number has grade B.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from kpikit.errors import EngagementError, InputDataError
from kpikit.kpis.parameters import NOT_A_SETTING, Parameters

if TYPE_CHECKING:
    from kpikit.diagnosis.kpi_rules.limits import AuditLimits

FILE_NAME = "engagement.yml"
Grade = Literal["A", "B", "C", "D"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Given(_Part):
    """A number with the evidence behind it."""

    value: float
    grade: Grade = "B"
    source: str = ""
    n: float | None = Field(default=None, gt=0)


def _as_given(raw: Any) -> Any:
    return {"value": raw} if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


def _a_share(given: Given) -> Given:
    if not 0 <= given.value <= 1:
        hint = f"; for {given.value:g} % write {given.value / 100:g}" if given.value > 1 else ""
        raise ValueError(f"must be a share from 0 to 1{hint}")
    return given


def _not_negative(given: Given) -> Given:
    if given.value < 0:
        raise ValueError("must not be negative")
    return given


def _minutes(given: Given) -> Given:
    if not 0 <= given.value <= 600:
        raise ValueError("must be minutes of one contact, from 0 to 600")
    return given


Share = Annotated[Given, BeforeValidator(_as_given), AfterValidator(_a_share)]
Amount = Annotated[Given, BeforeValidator(_as_given), AfterValidator(_not_negative)]
Minutes = Annotated[Given, BeforeValidator(_as_given), AfterValidator(_minutes)]


def _month(raw: Any) -> str:
    if isinstance(raw, date):
        return f"{raw.year:04d}-{raw.month:02d}"
    text = str(raw).strip()
    try:
        parsed = datetime.strptime(text, "%Y-%m")
    except ValueError:
        raise ValueError("must be a month written as 2026-07") from None
    return f"{parsed.year:04d}-{parsed.month:02d}"


Month = Annotated[str, BeforeValidator(_month)]
Count = Annotated[float, Field(gt=0)]


def _zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, sorted(available_timezones()), 1)
        raise ValueError("is not a time zone" + (f"; did you mean {near[0]}?" if near else ""))
    return name


class Plan(_Part):
    """What must be earned, and when."""

    start: Month
    months: int = Field(default=12, ge=1, le=36)
    target: float | None = Field(default=None, gt=0)
    target_by_month: dict[Month, dict[str, float]] | None = None
    from_table: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Plan:
        given = [self.target is not None, self.target_by_month is not None, self.from_table]
        if sum(given) != 1:
            raise ValueError(
                "give exactly one of `target` (money of the whole period), "
                "`target_by_month`, or `from_table: true` (a file mapped to the table `plans`)"
            )
        if self.target_by_month is not None:
            period = set(self.month_names)
            outside = sorted(set(self.target_by_month) - period)
            absent = sorted(period - set(self.target_by_month))
            if outside or absent:
                raise ValueError(
                    f"`target_by_month` must name the {self.months} months from {self.start} on; "
                    + "; ".join(
                        f"{what}: {', '.join(names)}"
                        for what, names in (("missing", absent), ("outside", outside))
                        if names
                    )
                )
        return self

    @property
    def month_names(self) -> tuple[str, ...]:
        """Months of the plan period, as ``2026-07``."""
        year, month = map(int, self.start.split("-"))
        steps = range(month - 1, month - 1 + self.months)
        return tuple(f"{year + step // 12:04d}-{step % 12 + 1:02d}" for step in steps)


class Team(_Part):
    """The people, when no staff list is read, and what happens to new ones."""

    reps: float | None = Field(default=None, gt=0)
    roles: dict[str, Count] = Field(default_factory=dict)
    ramp: tuple[float, ...] = (1.0,)
    attrition_per_month: float = Field(default=0.0, ge=0, lt=1)
    hiring_lead_months: int = Field(default=2, ge=0, le=24)

    @model_validator(mode="after")
    def _ramp(self) -> Team:
        if not self.ramp or any(not 0 <= r <= 1 for r in self.ramp) or self.ramp[-1] != 1.0:
            raise ValueError("`ramp` lists shares from 0 to 1 by month and ends with 1.0")
        if self.reps is not None and self.roles:
            raise ValueError("give `reps` (one role) or `roles` (head count by role), not both")
        return self


class WorkingTime(_Part):
    """How many hours a full-time rep can sell."""

    calendar: str | None = None
    hours_per_day: float = Field(default=8.0, gt=0, le=24)
    day_start: str = "09:00"
    day_end: str = "18:00"
    selling_share: Share | None = None
    leave_days: float = Field(default=0, ge=0, le=120)
    sick_days: float = Field(default=0, ge=0, le=120)
    training_days: float = Field(default=0, ge=0, le=120)
    pre_holiday_cut_hours: float | None = Field(default=None, ge=0, le=8)
    overrides: dict[date, Annotated[float, Field(ge=0, le=24)]] = Field(default_factory=dict)


class Renewal(_Part):
    """Contracts that end in the plan period."""

    due: float | None = Field(default=None, ge=0)
    rate: Share
    value: Amount


class CrossSell(_Part):
    """Sales of further products to existing customers."""

    base: float | None = Field(default=None, ge=0)
    rate: Share
    value: Amount


class Touches(_Part):
    """Planned attention for an existing customer."""

    contacts_per_year: Amount
    minutes: Minutes


class SegmentPlan(_Part):
    """One customer segment."""

    name: str
    customers: float | None = Field(default=None, ge=0)
    renewal: Renewal | None = None
    cross_sell: CrossSell | None = None
    retention: Touches | None = None
    cross_sell_contacts: Touches | None = None
    new_deal_value: Amount | None = None
    new_deal_value_cv: float = Field(default=0.0, ge=0, le=5)
    new_share: float | None = Field(default=None, ge=0, le=1)


class Stage(_Part):
    """One stage of the funnel, in order."""

    id: str
    name: str = ""
    role: str = "rep"
    semantic: Literal["open", "won", "lost"] = "open"
    conversion: Share | None = None
    contacts: Amount | None = None
    minutes: Minutes | None = None
    days: Amount | None = None


class FunnelPlan(_Part):
    """The way from a new lead to a contract."""

    stages: tuple[Stage, ...] = ()
    evidence: float | None = Field(default=None, gt=0)
    lag_months: tuple[float, ...] | None = None
    pipeline_id: str | None = None
    reopened: Literal["first_close", "final"] = "final"
    horizon_days: float | None = Field(default=None, gt=0)
    leads_limit_per_month: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _check(self) -> FunnelPlan:
        names = [stage.id for stage in self.stages]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"stage id used twice: {', '.join(repeated)}")
        if self.lag_months is not None and not all(0 <= x <= 1 for x in self.lag_months):
            raise ValueError("`lag_months` lists shares from 0 to 1 by month")
        if self.lag_months is not None and abs(sum(self.lag_months) - 1) > 1e-6:
            raise ValueError(
                f"`lag_months` is the share of wins by months since the first contact; "
                f"it adds up to {sum(self.lag_months):g}, not to 1"
            )
        return self


class Thresholds(_Part):
    """Limits on which sources disagree; each is a parameter, never a constant."""

    plan_probability: float = Field(default=0.8, gt=0, lt=1)
    level: float = Field(default=0.9, gt=0, lt=1)
    utilisation: float = Field(default=0.85, gt=0, le=1)
    contact_seconds: float = Field(default=20.0, ge=0)
    wrap_minutes: float = Field(default=4.0, ge=0)
    attempt_minutes: float = Field(default=0.7, ge=0)
    meeting_extra_minutes: float = Field(default=30.0, ge=0)
    n_min: int = Field(default=5, ge=1)
    kpi_limit: int = Field(default=5, ge=1)
    kpi_aim: int = Field(default=3, ge=1)
    min_weight: float = Field(default=0.2, gt=0, lt=1)
    bulk_moves: int = Field(default=20, ge=2)
    import_minute: int = Field(default=20, ge=2)


class Privacy(_Part):
    """Who may be named."""

    rep_names: bool = False


class OwnKpi(_Part):
    """A KPI of the client's own, as an expression over canonical columns."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")
    name: str = Field(min_length=1)
    expression: str = Field(min_length=1, max_length=1000)
    unit: str = "count"
    direction: Literal["higher", "lower", "band", "norm"] = "higher"


def _kpi_parameters(raw: Any) -> Any:
    """The settings of the measures, by name; the type of each is that of its field."""
    if not isinstance(raw, Mapping):
        raise ValueError("must hold `name: value` lines")
    kinds = get_type_hints(Parameters)
    open_to_the_client = [name for name in kinds if name not in NOT_A_SETTING]
    problems = []
    settings = {}
    for name, value in raw.items():
        if name not in open_to_the_client:
            near = difflib.get_close_matches(str(name), open_to_the_client, 1)
            problems.append(
                f"`{name}` is not a parameter" + (f"; did you mean `{near[0]}`?" if near else "")
            )
            continue
        try:
            settings[name] = TypeAdapter(kinds[name]).validate_python(value)
        except ValidationError as error:
            problems.append(f"`{name}`: {error.errors()[0]['msg'].lower()}, not {value!r}")
    if problems:
        raise ValueError("; ".join(problems))
    return settings


class Kpis(_Part):
    """How the KPIs are measured."""

    parameters: Annotated[dict[str, Any], BeforeValidator(_kpi_parameters)] = Field(
        default_factory=dict
    )
    own: tuple[OwnKpi, ...] = ()

    @model_validator(mode="after")
    def _ids(self) -> Kpis:
        names = [kpi.id for kpi in self.own]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"own KPI named twice: {', '.join(repeated)}")
        return self


#: Limits of the audit that stand under `thresholds`, because the measures use them too.
_SHARED_LIMITS = ("kpi_limit", "kpi_aim", "min_weight")


def _audit_limits(raw: Any) -> Any:
    """Limits of the audit by name; what they mean together is checked by the audit itself."""
    if not isinstance(raw, Mapping):
        raise ValueError("must hold `name: value` lines")
    from kpikit.diagnosis.kpi_rules.limits import SOURCES

    known = list(SOURCES)
    problems = []
    for name, value in raw.items():
        if name in _SHARED_LIMITS:
            problems.append(f"`{name}` stands under `thresholds`")
        elif name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            problems.append(
                f"`{name}` is not a limit" + (f"; did you mean `{near[0]}`?" if near else "")
            )
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            problems.append(f"`{name}`: must be a number, not {value!r}")
    if problems:
        raise ValueError("; ".join(problems))
    return dict(raw)


def _rule_ids(raw: Any) -> Any:
    """Rules of the audit that exist."""
    from kpikit.diagnosis.kpi_rules.registry import RULES

    known = [rule.id for rule in RULES]
    strange = [str(name) for name in raw or () if name not in known]
    if strange:
        raise ValueError(f"no rule {', '.join(strange)}; there are {known[0]} to {known[-1]}")
    return raw


class AuditSettings(_Part):
    """What the audit of the KPI system is told beside the KPI list."""

    limits: Annotated[dict[str, float], BeforeValidator(_audit_limits)] = Field(
        default_factory=dict
    )
    switched_off: Annotated[tuple[str, ...], BeforeValidator(_rule_ids)] = ()
    pay_scheme: Literal["individual", "team"] | None = None
    functions: dict[str, tuple[str, ...]] = Field(default_factory=dict)


#: Base of a growth -> length of the target in months, and whether last year is meant.
GROWTH_BASES = {
    "previous_month": (1, False),
    "same_month_last_year": (1, True),
    "previous_quarter": (3, False),
    "same_quarter_last_year": (3, True),
    "previous_year": (12, False),
}


class StatedTarget(_Part):
    """A target as the client says it: a growth on a named base, or an amount over months."""

    of: str = Field(default="revenue", min_length=1)
    growth: float | None = Field(default=None, gt=-1, lt=10)
    base: (
        Literal[
            "previous_month", "same_month_last_year", "previous_quarter",
            "same_quarter_last_year", "previous_year",
        ]
        | None
    ) = None  # fmt: skip
    amount: float | None = Field(default=None, gt=0)
    months: int = Field(default=3, ge=1, le=36)

    @model_validator(mode="after")
    def _one_kind(self) -> StatedTarget:
        if (self.growth is None) == (self.amount is None):
            raise ValueError(
                "give either `growth` with its `base` (0.10 for +10 %), or `amount` with `months`"
            )
        if self.amount is not None and self.base is not None:
            raise ValueError("`base` belongs to a `growth`; an `amount` has none")
        return self


class Pay(_Part):
    """What the pay is judged with beside the pay rules."""

    potential: dict[str, Count] = Field(default_factory=dict)
    over_assignment: float | None = Field(default=None, ge=0, le=1)


_ENGINES = ("duckdb", "postgresql", "clickhouse", "spark")


def _store(raw: Any) -> str:
    text = str(raw).strip()
    if text in _ENGINES or text.startswith(("spark://", "local[")):
        return text
    if "://" in text:
        raise ValueError(
            "must not hold an address with a password; write the engine's name "
            "(postgresql or clickhouse) and put the address into the environment variable "
            "KPIKIT_STORE_URL"
        )
    if text.endswith("/") and not text.startswith("/") and ".." not in text:
        return text
    raise ValueError(
        f"must be {', '.join(_ENGINES)}, spark://host:port, or a folder of Parquet files inside "
        "the engagement, written with a slash at its end"
    )


class PairRows(_Part):
    """Two rows of an event log, start and end, that are one activity."""

    label: str
    start: str
    end: str
    within: tuple[str, ...]


class RawFile(_Part):
    """One raw file and how its columns become canonical ones."""

    path: str
    table: str | None = None
    preset: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    values: dict[str, dict[str, Any]] = Field(default_factory=dict)
    rows: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    join: str | None = None
    pair: PairRows | None = None
    tz: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[",", "."] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    sheet: str | None = None


class Engagement(_Part):
    """A checked engagement; ``folder`` is where its files are."""

    client: str = Field(min_length=1)
    languages: tuple[Literal["en", "ru", "hu"], ...] = ("en", "ru", "hu")
    working_language: Literal["en", "ru", "hu"] | None = None
    as_of: datetime
    zone: Annotated[str, AfterValidator(_zone)]
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    fiscal_year_start: int = Field(default=1, ge=1, le=12)
    history_start: date | None = None
    strategy: Literal["ST0", "ST1", "ST2", "ST3", "ST4", "ST5", "ST6", "ST7"] = "ST0"
    main_goal: str = ""
    goal_horizon: str = ""
    plan: Plan | None = None
    team: Team = Team()
    working_time: WorkingTime = WorkingTime()
    segments: tuple[SegmentPlan, ...] = ()
    funnel: FunnelPlan = FunnelPlan()
    fx_rates: dict[str, Count] = Field(default_factory=dict)
    thresholds: Thresholds = Thresholds()
    privacy: Privacy = Privacy()
    seed: int = Field(default=1, ge=0)
    robots: tuple[str, ...] = ()
    margin: Share | None = None
    files: tuple[RawFile, ...] = ()
    store: Annotated[str, BeforeValidator(_store)] = "duckdb"
    kpis: Kpis = Kpis()
    targets: tuple[StatedTarget, ...] = ()
    pay: Pay = Pay()
    audit: AuditSettings = AuditSettings()
    folder: Path = Path()

    @model_validator(mode="after")
    def _check(self) -> Engagement:
        try:
            _ = self.audit_limits
        except InputDataError as error:
            raise ValueError(str(error)) from None
        names = [segment.name for segment in self.segments]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"segment named twice: {', '.join(repeated)}")
        if not self.languages:
            raise ValueError("languages: name at least one of en, ru, hu")
        roles = {stage.role for stage in self.funnel.stages if stage.semantic == "open"}
        if self.team.reps is not None and len(roles) > 1:
            raise ValueError(
                "team: `reps` is one role, but the stages are worked by "
                f"{', '.join(sorted(roles))}; give `roles` with the head count of each"
            )
        return self

    @property
    def audit_limits(self) -> AuditLimits:
        """Limits of the KPI audit: the thresholds, then the audit's own."""
        from kpikit.diagnosis.kpi_rules.limits import AuditLimits

        shared = {name: getattr(self.thresholds, name) for name in _SHARED_LIMITS}
        return AuditLimits(**shared, **self.audit.limits)  # type: ignore[arg-type]

    @property
    def language_of_work(self) -> str:
        """Language the team works in: as told, else that of its calendar's country."""
        country = (self.working_time.calendar or "")[:2]
        return self.working_language or {"RU": "ru", "HU": "hu"}.get(country, self.languages[0])

    @property
    def as_of_utc(self) -> datetime:
        """The instant of the data, in UTC."""
        moment = self.as_of
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(self.zone))
        return moment.astimezone(UTC)


def read_engagement(folder: str | Path) -> Engagement:
    """
    Read and check the engagement file of a folder.

    Parameters
    ----------
    folder : path
        The engagement folder, or the YAML file itself.

    Returns
    -------
    Engagement
        Frozen settings; paths of raw files are checked to exist inside the folder.

    Raises
    ------
    EngagementError
        With all problems at once.
    """
    path = Path(folder)
    path = path / FILE_NAME if path.is_dir() else path
    if not path.is_file():
        raise EngagementError(
            [f"no {FILE_NAME} in {path.parent}; `kpikit new {path.parent}` writes a commented one"],
            str(path),
        )
    raw = _read_yaml(path)
    problems = list(_repeated_keys(path))
    engagement = None
    try:
        engagement = Engagement(**{**raw, "folder": path.parent.resolve()})
    except ValidationError as error:
        problems += [_sentence(item) for item in error.errors()]
    problems += _file_problems(raw, path.parent.resolve())
    if problems or engagement is None:
        raise EngagementError(problems, str(path))
    return engagement


class _Loader(yaml.SafeLoader):
    """Plain data only; a date that is not in the calendar is a problem with a line."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """A date or an instant."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"'{node.value}' is not a date: {error}", node.start_mark
            ) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        raise EngagementError(["the file is not UTF-8 text; save it as UTF-8"], str(path)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", "cannot be read")
        raise EngagementError([f"{place}not valid YAML: {problem}"], str(path)) from None
    except RecursionError:
        raise EngagementError(["the blocks are nested too deeply"], str(path)) from None
    if not isinstance(raw, Mapping):
        raise EngagementError(["the file must hold `key: value` lines"], str(path))
    odd = [key for key in raw if not isinstance(key, str)]
    if odd:
        raise EngagementError(
            [f"the key `{key}` is not text; put it in quotes" for key in odd], str(path)
        )
    return dict(raw)


def _file_problems(raw: Mapping[str, Any], root: Path) -> list[str]:
    """What is wrong with the files, whatever else is wrong with the settings."""
    from kpikit.intake.bitrix24 import PRESETS
    from kpikit.intake.kpi_workbook import KPI_WORKBOOK
    from kpikit.vocabulary import TABLES

    found: list[str] = []
    files = raw.get("files")
    items = [item for item in files if isinstance(item, Mapping)] if isinstance(files, list) else []
    for position, item in enumerate(items, 1):
        path, table, preset = item.get("path"), item.get("table"), item.get("preset")
        if not isinstance(path, str):
            continue
        where = f"files[{position}] {path}"
        target = (root / path).resolve()
        if not target.is_relative_to(root):
            found.append(
                f"{where}: lies outside the engagement folder; copy it into {root.name}/raw"
            )
        elif not target.is_file():
            found.append(f"{where}: no such file in {root}")
        if preset is None and table is None:
            found.append(f"{where}: name a `preset` or a `table`")
        if isinstance(table, str) and table not in TABLES:
            found.append(f"{where}: {_unknown('table', table, TABLES)}")
        if isinstance(preset, str) and preset not in (*PRESETS, KPI_WORKBOOK):
            found.append(f"{where}: {_unknown('preset', preset, (*PRESETS, KPI_WORKBOOK))}")
    plan = raw.get("plan")
    from_table = isinstance(plan, Mapping) and plan.get("from_table") is True
    filled = [item.get("table") or item.get("preset") for item in items]
    if from_table and not {"plans", KPI_WORKBOOK} & set(map(str, filled)):
        found.append("plan.from_table is true, but no file is mapped to the table `plans`")
    return found


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(sorted(known))}"
    return f"unknown {what} `{name}`; {hint}"


def _repeated_keys(path: Path) -> Iterator[str]:
    """YAML lets the last of two equal keys win in silence; a consultant should know."""
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    stack = [node] if node else []
    # A block that is referred to twice is one block, and may hold itself.
    visited: set[int] = set()
    while stack:
        item = stack.pop()
        if id(item) in visited:
            continue
        visited.add(id(item))
        if isinstance(item, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in item.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        line = key.start_mark.line + 1
                        yield f"line {line}: the key `{key.value}` stands twice in one block"
                    seen.add(key.value)
                stack.append(value)
        elif isinstance(item, yaml.SequenceNode):
            stack.extend(item.value)


_PARTS: dict[str, type[BaseModel]] = {
    "plan": Plan, "team": Team, "working_time": WorkingTime, "segments": SegmentPlan,
    "renewal": Renewal, "cross_sell": CrossSell, "retention": Touches,
    "cross_sell_contacts": Touches, "funnel": FunnelPlan, "stages": Stage,
    "targets": StatedTarget, "pay": Pay, "audit": AuditSettings,
    "thresholds": Thresholds, "privacy": Privacy, "files": RawFile, "pair": PairRows,
}  # fmt: skip


def _sentence(error: Any) -> str:
    """One validation error as: where, what, which value, what to do."""
    steps = [s for s in error["loc"] if not (isinstance(s, str) and s.startswith("function"))]
    where = ""
    for step in steps:
        where += f"[{step + 1}]" if isinstance(step, int) else ("." if where else "") + str(step)
    kind, value = error["type"], error.get("input")
    if kind == "extra_forbidden":
        parents = [s for s in steps[:-1] if isinstance(s, str)]
        model = _PARTS.get(parents[-1], Given) if parents else Engagement
        known = {name: None for name in model.model_fields if name != "folder"}
        return f"{where}: {_unknown('key', str(steps[-1]), known)}"
    if kind == "missing":
        return f"{where}: is missing"
    if kind == "value_error":
        message = str(error["ctx"]["error"])
        shown = f" (found {_shown(value)})" if isinstance(value, str | int | float) else ""
        return f"{where}: {message}{shown}" if where else message
    if kind == "string_type":
        return f"{where}: must be text; put it in quotes (found {_shown(value)})"
    message = str(error["msg"]).replace("Input should be", "must be")
    return f"{where}: {message} (found {_shown(value)})"


def _shown(value: Any) -> str:
    """The value as it was written; blocks by their kind, for they may be endless."""
    if isinstance(value, Mapping):
        return "a block of keys"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
