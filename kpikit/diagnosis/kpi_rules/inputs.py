"""
What the audit looks at: the list of KPIs, what they measured, and the evidence.

Everything but the list may be missing. What is missing is not judged, and the rules
that need it say what to ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from kpikit.diagnosis.kpi_rules.limits import AuditLimits
from kpikit.diagnosis.pay_rules import PayAudit
from kpikit.diagnosis.redundancy import Redundancy
from kpikit.errors import InputDataError
from kpikit.vocabulary import TABLES

STRATEGIES = ("ST0", "ST1", "ST2", "ST3", "ST4", "ST5", "ST6", "ST7")
#: Pay for the result of each rep, or one common goal for all.
INDIVIDUAL, TEAM = "individual", "team"
#: Days from one look to the next, and looks a month.
CADENCE_DAYS = {"daily": 1.0, "weekly": 7.0, "monthly": 30.4375, "quarterly": 91.3125}
LOOKS_A_MONTH = {"daily": 21.0, "weekly": 4.35, "monthly": 1.0, "quarterly": 1 / 3}
#: What people write who mean that there is none.
NONE_WORDS = frozenset(
    {"-", "no", "none", "nobody", "no one", "nothing", "n/a", "нет", "никто", "не", "ничего",
     "nincs", "senki", "semmi"}
)  # fmt: skip

#: Columns that each table of evidence must have; further ones may be there.
EVIDENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "facts": ("kpi_id", "rep_id", "period_start_on"),
    "plan_attainment": ("rep_id", "period", "attainment"),
    "pay_rules": ("role", "kpi_id", "weight"),
    "payroll": ("rep_id", "period_start_on", "bonus_paid"),
    "functions": ("role", "function"),
    "wording": ("kpi_id", "language", "is_native", "half", "plainness", "minutes_to_explain",
                "unexplained", "ambiguous"),
    "matches": ("kpi_id", "catalogue_id", "confidence", "review"),
    "catalogue": ("catalogue_id", "goal_group", "purpose", "controller", "strategies", "horizon"),
    "recomputed": ("kpi_id", "period", "rep_id", "reported", "recomputed"),
    "linkage": ("kpi_id", "verdict", "reason", "rho", "low", "high", "n"),
    "way_links": ("kpi_id", "lag", "rho", "low", "high"),
    "controllability": ("kpi_id", "icc", "low", "high", "reading", "reason"),
    "targets": ("kpi_id", "probability", "verdict", "capacity_probability"),
    "gaming": ("kpi_id", "sign", "verdict", "observed", "expected", "benign", "evidence"),
    "preconditions": ("condition", "value"),
    "versions": ("kpi_id", "change", "changed_on"),
}  # fmt: skip


@dataclass(frozen=True)
class ChainFacts:
    """
    What the chain from money to people has got; None is not known.

    Attributes
    ----------
    has_norms, has_attention_plan, has_cycle : bool or None
        Norms of contacts, planned attention for a customer or deal, cycle times.
    cycle_days : float or None
        Sales cycle. [days]
    """

    has_norms: bool | None = None
    has_attention_plan: bool | None = None
    has_cycle: bool | None = None
    cycle_days: float | None = None


@dataclass(frozen=True, eq=False)
class AuditInput:
    """
    The KPI system of a client and the evidence on it; None is not available.

    Attributes
    ----------
    kpis : DataFrame
        Table ``kpis``; columns that are missing count as empty.
    as_of : Timestamp
    working_language : str
        ``en``, ``ru`` or ``hu``.
    strategy : str or None
        ``ST0`` (none stated) to ``ST7``; None was not asked.
    main_goal, goal_horizon : str
        In the client's words.
    pay_scheme : str
        ``individual`` or ``team`` (one common goal); empty follows from the strategy.
    facts, pay_rules, payroll : DataFrame, optional
        Tables ``kpi_facts``, ``pay_rules``, ``payroll``.
    plan_attainment : DataFrame, optional
        ``rep_id period attainment``; the period is the first day, as in the facts. [share]
    functions : DataFrame, optional
        ``role function``, and ``contacts`` made for it, if known.
    wording : DataFrame, optional
        How each KPI is worded; ``unexplained`` and ``ambiguous`` are lists of words,
        ``quiz`` the share of reps who computed it right, if asked.
    matches, catalogue : DataFrame, optional
        KPIs of the catalogue that the client's are, and what these are.
    recomputed : DataFrame, optional
        Values reported and computed again.
    linkage, controllability : DataFrame, optional
        Of :func:`~kpikit.diagnosis.linkage.judge_registry` (its table) and
        :func:`~kpikit.diagnosis.controllability.controllability_by_kpi`.
    way_links : DataFrame, optional
        Correlation of each way with its goal, ``lag`` periods later.
    redundancy : Redundancy, optional
    targets : DataFrame, optional
        Odds of each target. [share]
    gaming : DataFrame, optional
        Of :func:`~kpikit.diagnosis.gaming.judge_signs`.
    pay_audit : PayAudit, optional
    chain : ChainFacts
    preconditions : DataFrame, optional
        ``condition value`` and ``low high n``, if known. [share]
    versions : DataFrame, optional
        ``kpi_id change changed_on``; ``change`` is added, removed or redefined.
    limits : AuditLimits
    """

    kpis: pd.DataFrame
    as_of: pd.Timestamp
    working_language: str
    strategy: str | None = None
    main_goal: str = ""
    goal_horizon: str = ""
    pay_scheme: str = ""
    facts: pd.DataFrame | None = None
    plan_attainment: pd.DataFrame | None = None
    pay_rules: pd.DataFrame | None = None
    payroll: pd.DataFrame | None = None
    functions: pd.DataFrame | None = None
    wording: pd.DataFrame | None = None
    matches: pd.DataFrame | None = None
    catalogue: pd.DataFrame | None = None
    recomputed: pd.DataFrame | None = None
    linkage: pd.DataFrame | None = None
    way_links: pd.DataFrame | None = None
    controllability: pd.DataFrame | None = None
    redundancy: Redundancy | None = None
    targets: pd.DataFrame | None = None
    gaming: pd.DataFrame | None = None
    pay_audit: PayAudit | None = None
    chain: ChainFacts = field(default_factory=ChainFacts)
    preconditions: pd.DataFrame | None = None
    versions: pd.DataFrame | None = None
    limits: AuditLimits = field(default_factory=AuditLimits)

    def __post_init__(self) -> None:
        problems = _problems(self)
        if problems:
            raise InputDataError(f"the input of the KPI audit: {'; '.join(problems)}.")

    @cached_property
    def today(self) -> pd.Timestamp:
        """The day of the data, without a zone, as dates are."""
        return pd.Timestamp(self.as_of).tz_localize(None).normalize()

    @cached_property
    def listed(self) -> pd.DataFrame:
        """The whole list with all columns of the table ``kpis``."""
        names = [*TABLES["kpis"], *(set(self.kpis.columns) - set(TABLES["kpis"]))]
        return self.kpis.reindex(columns=names).reset_index(drop=True)

    @cached_property
    def current(self) -> pd.DataFrame:
        """The KPIs in use on the day of the data."""
        since = pd.to_datetime(self.listed["valid_from_on"])
        until = pd.to_datetime(self.listed["valid_to_on"])
        kept = (since.isna() | (since <= self.today)) & (until.isna() | (until >= self.today))
        return self.listed[kept].reset_index(drop=True)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The KPIs in use as records."""
        return [{str(k): v for k, v in row.items()} for row in self.current.to_dict("records")]

    @cached_property
    def roles(self) -> Mapping[str, list[dict[str, Any]]]:
        """Records by role; a KPI without a role counts for every role, or for the role ''."""
        names = sorted({text(row, "role") for row in self.rows} - {""}) or [""]
        return {
            role: [row for row in self.rows if text(row, "role") in ("", role)] for role in names
        }

    def states(self, *columns: str) -> bool:
        """Tell whether the list fills one of these columns for any KPI in use."""
        return any(text(row, column) for row in self.rows for column in columns)

    @cached_property
    def catalogue_ids(self) -> Mapping[str, str]:
        """KPI of the catalogue for each KPI whose match needs no review."""
        rows = [] if self.matches is None else records(self.matches)
        return {
            str(row["kpi_id"]): text(row, "catalogue_id")
            for row in rows
            if text(row, "catalogue_id") and truth(row, "review") is False
        }

    @cached_property
    def match_of(self) -> Mapping[str, dict[str, Any]]:
        """What the catalogue says of each KPI whose match needs no review."""
        rows = [] if self.catalogue is None else records(self.catalogue)
        entries = {text(row, "catalogue_id"): row for row in rows}
        found = self.catalogue_ids.items()
        return {kpi: entries[entry] for kpi, entry in found if entry in entries}


def _problems(inputs: AuditInput) -> list[str]:
    problems = []
    if "kpi_id" not in inputs.kpis.columns:
        problems.append("the list has no column kpi_id")
    else:
        ids = inputs.kpis["kpi_id"]
        twice = sorted(set(ids[ids.duplicated()].dropna().astype(str)))
        if ids.isna().any():
            problems.append(f"{int(ids.isna().sum())} KPIs of the list have no kpi_id")
        if twice:
            problems.append(f"kpi_id must stand once in the list, check {', '.join(twice[:5])}")
    if inputs.strategy is not None and inputs.strategy not in STRATEGIES:
        problems.append(f"strategy {inputs.strategy!r} is none of {', '.join(STRATEGIES)}")
    if inputs.pay_scheme not in ("", INDIVIDUAL, TEAM):
        problems.append(f"pay_scheme {inputs.pay_scheme!r} is neither {INDIVIDUAL} nor {TEAM}")
    for name, columns in EVIDENCE_COLUMNS.items():
        table = getattr(inputs, name)
        lacking = [] if table is None else [c for c in columns if c not in table.columns]
        if lacking:
            problems.append(f"{name} lacks the columns {', '.join(lacking)}")
    return problems


def records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows of a table as dictionaries."""
    return ({str(k): v for k, v in row.items()} for row in table.to_dict("records"))


def by_kpi(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows of a table with one row per KPI, by its id."""
    return {str(row["kpi_id"]): row for row in records(table)}


def about(row: Mapping[str, Any]) -> dict[str, str]:
    """``kpi_id`` and ``role`` of a KPI, as verdicts name them."""
    return {"kpi_id": str(row["kpi_id"]), "role": text(row, "role")}


def text(row: Mapping[str, Any], column: str) -> str:
    """A field as text; empty if it is missing."""
    value = row.get(column)
    return "" if value is None or is_missing(value) else str(value).strip()


def number(row: Mapping[str, Any], column: str) -> float | None:
    """A field as a number; None if it is missing."""
    value = row.get(column)
    return None if value is None or is_missing(value) else float(value)


def truth(row: Mapping[str, Any], column: str) -> bool | None:
    """A field as yes or no; None if it is missing."""
    value = row.get(column)
    return None if value is None or is_missing(value) else bool(value)


def day(row: Mapping[str, Any], column: str) -> pd.Timestamp | None:
    """A field as a date; None if it is missing."""
    value = row.get(column)
    return None if value is None or is_missing(value) else pd.Timestamp(value)


def words(row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    """A field as a list of words: a list, or text with commas."""
    value = row.get(column)
    if value is None or is_missing(value):
        return ()
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())


def is_missing(value: object) -> bool:
    """Tell whether a single value is null; lists are not."""
    return not isinstance(value, (list, tuple, set)) and bool(
        pd.api.types.is_scalar(value) and pd.isna(value)
    )


def says_none(written: str) -> bool:
    """Tell whether somebody wrote that there is none."""
    return written.casefold().strip(" .!") in NONE_WORDS or written.strip() == "-"
