"""
Labour: contacts and hours behind deals and customers, as far as the data tell.

Brings the estimators of contacts together: per stage visited, per deal taken
into work, per won deal, per customer and year, per rep and day. Without a link
between contacts and deals only the last is possible; where the source itself
counted the contacts of each deal, those counts are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kpikit.diagnosis.contacts import (
    ContactsPerWon,
    NaiveContacts,
    add_handling,
    contacts_per_stage_visit,
    contacts_per_won_deal,
    countable_contacts,
    labour_kernel,
    naive_contacts_per_won_deal,
)
from kpikit.diagnosis.incidence import Incidence
from kpikit.diagnosis.norms import HandlingTime
from kpikit.diagnosis.practice import (
    PracticeNorm,
    contacts_per_customer_year,
    contacts_per_rep_week,
    measured_contact_minutes,
    practice_norm,
)
from kpikit.diagnosis.settings import MONTH_DAYS, Settings
from kpikit.vocabulary import WON

Tables = Mapping[str, pd.DataFrame]

#: Share of the contacts with a deal below which stages cannot be told apart.
LEAST_LINKED = 0.2
#: A contact recorded as longer was left open: its length is not known [s].
LEFT_OPEN_S = 12 * 3600.0
#: Why presence is a stand-in, for the reader.
NO_STAFF_LIST = "no staff list: presence is taken from the first to the last contact"
#: The first contact itself was recorded.
CLOCK_STEP = pd.Timedelta(seconds=1)
#: Length of the labour law [months].
LABOUR_MONTHS = 18


@dataclass(frozen=True, eq=False)
class Labour:
    """
    What contacts cost.

    ``by_stage`` as of ``contacts.STAGE_COLUMNS``; ``per_won`` and ``naive`` for
    deals; ``kernel`` hours per deal by month of its age [h]; ``kinds`` minutes by
    kind of contact; ``practice`` contacts per day present; ``customer_years`` by
    segment and purpose; ``linked`` share of the contacts with a deal [share];
    ``counted`` contacts that the source itself counted, per won deal, and their n.
    """

    by_stage: pd.DataFrame
    per_won: ContactsPerWon | None
    naive: NaiveContacts | None
    kernel: np.ndarray
    kinds: pd.DataFrame
    practice: PracticeNorm | None
    customer_years: pd.DataFrame
    n_contacts: int
    linked: float | None
    counted: tuple[float, int, int] | None
    reason: str

    @property
    def contacts_per_primary(self) -> float | None:
        """Contacts per deal taken into work, whatever becomes of it."""
        if self.per_won is not None:
            return self.per_won.contacts_per_primary
        if self.counted is None:
            return None
        per_won, deals, wins = self.counted
        return per_won * wins / deals

    @property
    def minutes_per_primary(self) -> float | None:
        """Minutes of one of these contacts. [min]"""
        if self.per_won is None or not self.per_won.contacts_per_primary:
            return None
        hours = self.per_won.hours_per_primary
        return None if hours is None else 60.0 * hours / self.per_won.contacts_per_primary

    @property
    def lag(self) -> tuple[float, ...]:
        """Share of the hours of a deal by month of its age; empty when not known."""
        total = float(self.kernel.sum())
        return tuple(float(x) / total for x in self.kernel) if total > 0 else ()

    def contacts_at(self, stage: str) -> float | None:
        """Contacts per deal visiting a stage."""
        return self._at(stage, "contacts")

    def minutes_at(self, stage: str) -> float | None:
        """Minutes of one contact in a stage. [min]"""
        return self._at(stage, "minutes_per_contact")

    def _at(self, stage: str, column: str) -> float | None:
        if self.by_stage.empty:
            return None
        rows = self.by_stage[self.by_stage["stage_id"] == stage]
        if rows.empty:
            return None
        value = rows[column].iloc[0]
        if pd.isna(value):
            # No contact in all the visits of a stage is a measurement: none is needed.
            seen = rows["n"].iloc[0] > 0 and self.n_contacts > 0
            return 0.0 if seen else None
        return float(value)

    def customer_year(self, segment: str, purpose: str) -> tuple[float | None, float]:
        """Contacts per existing customer and year for a purpose, and their minutes."""
        table = self.customer_years
        if table.empty:
            return None, 0.0
        rows = table[(table["segment"] == segment) & (table["purpose"] == purpose)]
        if rows.empty or not rows["contacts"].iloc[0] or pd.isna(rows["per_year"].iloc[0]):
            return None, 0.0
        minutes = rows["minutes_per_contact"].iloc[0]
        return float(rows["per_year"].iloc[0]), 0.0 if pd.isna(minutes) else float(minutes)

    def pipeline_hours(
        self, open_deals: pd.DataFrame, curve: Incidence, role: str
    ) -> tuple[tuple[str, float], ...]:
        """
        Hours that today's open deals still take.

        A deal open at age ``a`` has the hours of the kernel beyond ``a`` ahead of
        it, divided by the share that is still open then; never more than a new
        deal takes in all. [h]
        """
        total = float(self.kernel.sum())
        if total <= 0 or open_deals.empty:
            return ()
        months = np.arange(len(self.kernel) + 1)
        spent = np.concatenate([[0.0], np.cumsum(self.kernel)])
        ages = open_deals["age_days"].to_numpy(dtype=float)
        ahead = total - np.interp(ages / MONTH_DAYS, months, spent)
        still_open = np.maximum(curve.survival_at(ages), 1e-9)
        hours = np.minimum(ahead / still_open, total)
        # A deal older than anything that was followed costs no planned hours.
        oldest = curve.exit_ages[-1] if curve.n else 0.0
        return ((role, float(hours[ages < oldest].sum())),)


def measure_labour(
    tables: Tables,
    spells: pd.DataFrame,
    deal_spells: pd.DataFrame,
    settings: Settings,
    rng: np.random.Generator,
) -> Labour:
    """
    Measure contacts and hours.

    Parameters
    ----------
    tables : mapping
        Canonical tables; ``activities`` is what matters.
    spells, deal_spells : DataFrame
        From :mod:`kpikit.diagnosis.spells`; ``spells`` may be empty.
    settings : Settings
    rng : numpy.random.Generator

    Returns
    -------
    Labour
        Empty parts where the data cannot tell, with a ``reason``.
    """
    counted = _counted(tables["deals"], deal_spells)
    activities = tables.get("activities")
    if activities is None or activities.empty:
        reason = "no contacts in the data" if counted is None else ""
        return _nothing(counted, reason)
    activities, left_open = _with_known_lengths(activities)
    raw = countable_contacts(activities, settings.contact_seconds)
    if raw.empty:
        return _nothing(counted, "no activity is a contact")
    kinds = measured_contact_minutes(activities, raw)
    contacts = add_handling(raw, handling(kinds, settings))
    kinds = kinds.merge(
        contacts.groupby(contacts["kind"].astype(object))["minutes"].mean(), on="kind", how="left"
    )
    kinds["left_open"] = kinds["kind"].map(left_open).fillna(0).astype("int64")
    human = _of_people(contacts, tables)
    linked = float(contacts["deal_id"].notna().mean())
    by_stage, per_won, naive, kernel = pd.DataFrame(), None, None, np.zeros(LABOUR_MONTHS)
    reason = ""
    if linked >= LEAST_LINKED and len(deal_spells):
        first = activities["started_at"].min() - CLOCK_STEP
        period = {"as_of": settings.as_of, "recorded_from": first}
        usable = deal_spells[deal_spells["left_out"].isna()]
        per_won = contacts_per_won_deal(usable, contacts, rng, level=settings.level, **period)
        naive = naive_contacts_per_won_deal(usable, contacts)
        kernel = labour_kernel(usable, contacts, LABOUR_MONTHS, **period)
        if len(spells):
            by_stage = contacts_per_stage_visit(
                spells, contacts, rng, level=settings.level, draws=200, **period
            )
    else:
        reason = "contacts are not linked to deals"
    return Labour(
        by_stage=by_stage,
        per_won=per_won,
        naive=naive,
        kernel=np.nan_to_num(kernel),
        kinds=kinds,
        practice=_practice(human, tables, settings),
        customer_years=_customer_years(contacts, tables, settings),
        n_contacts=len(contacts),
        linked=linked,
        counted=counted,
        reason=reason,
    )


def handling(kinds: pd.DataFrame, settings: Settings) -> dict[str, HandlingTime]:
    """
    What each kind of contact takes besides talking.

    Calls: wrap-up and the unanswered attempts that the reach rate implies.
    Meetings and visits: preparation and travel.
    """
    found: dict[str, HandlingTime] = {}
    for row in kinds.itertuples():
        if row.kind == "call":
            reach = 1.0 if pd.isna(row.reach_share) else max(float(row.reach_share), 0.01)
            found["call"] = HandlingTime(
                wrap_min=settings.wrap_minutes,
                reach_share=reach,
                attempt_min=settings.attempt_minutes,
            )
        elif row.kind in ("meeting", "visit", "demo"):
            found[str(row.kind)] = HandlingTime(prep_min=settings.meeting_extra_minutes)
        else:
            found[str(row.kind)] = HandlingTime(wrap_min=settings.wrap_minutes)
    return found


def _nothing(counted: tuple[float, int, int] | None, reason: str) -> Labour:
    return Labour(
        pd.DataFrame(), None, None, np.zeros(LABOUR_MONTHS), pd.DataFrame(), None,
        pd.DataFrame(), 0, None, counted, reason,
    )  # fmt: skip


def _counted(deals: pd.DataFrame, deal_spells: pd.DataFrame) -> tuple[float, int, int] | None:
    """Contacts per won deal from counts in the source: all contacts / all wins."""
    if "contacts_count" not in deals or deals["contacts_count"].isna().all():
        return None
    won = int((deal_spells["outcome"] == WON).sum())
    used = deals[deals["deal_id"].isin(deal_spells["deal_id"])]
    if won == 0:
        return None
    return float(used["contacts_count"].sum()) / won, len(used), won


def _of_people(contacts: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Contacts of reps that are people; robots call too."""
    known = contacts[contacts["rep_id"].notna()]
    reps = tables.get("reps")
    if reps is None or "is_human" not in reps:
        return known
    robots = set(
        reps.loc[~reps["is_human"].astype("boolean").fillna(True).to_numpy(dtype=bool), "rep_id"]
    )
    return known[~known["rep_id"].isin(robots)]


def _with_known_lengths(activities: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Activities without the lengths of those left open, and how many of each kind these were."""
    if "duration_s" not in activities:
        return activities, pd.Series(dtype="int64")
    long = activities["duration_s"].gt(LEFT_OPEN_S).fillna(False).to_numpy(dtype=bool)
    known = activities.assign(duration_s=activities["duration_s"].mask(long))
    return known, activities.loc[long, "kind"].astype(object).value_counts()


def _practice(contacts: pd.DataFrame, tables: Tables, settings: Settings) -> PracticeNorm | None:
    if settings.calendar is None or contacts.empty:
        return None
    days = contacts["started_at"].dt.tz_convert(settings.timezone).dt.tz_localize(None)
    seen = days.dt.normalize().groupby(contacts["rep_id"].astype(str)).agg(["min", "max"])
    people = pd.DataFrame({"rep_id": seen.index, "hired_on": pd.NaT, "left_on": pd.NaT})
    listed = tables.get("reps")
    if listed is not None:
        people = listed[listed["rep_id"].astype(str).isin(seen.index)]
    unlisted = people["hired_on"].isna()
    if "role" in people:
        unlisted &= people["role"].isna()
    for column, contact in (("hired_on", "min"), ("left_on", "max")):
        stand_in = people["rep_id"].astype(str).map(seen[contact])
        gaps = unlisted & people[column].isna()
        people = people.assign(
            **{column: people[column].astype(seen[contact].dtype).mask(gaps, stand_in)}
        )
    weeks = contacts_per_rep_week(
        contacts, people, settings.calendar, tables.get("absences"), timezone=settings.timezone
    )
    if not len(weeks):
        return None
    norm = practice_norm(weeks)
    if unlisted.all() and norm.status != "not_computable":
        reason = NO_STAFF_LIST if norm.reason is None else f"{norm.reason}; {NO_STAFF_LIST}"
        return replace(norm, status="degraded", reason=reason)
    return norm


def _customer_years(contacts: pd.DataFrame, tables: Tables, settings: Settings) -> pd.DataFrame:
    customers = tables.get("customers")
    if customers is None or "first_order_on" not in customers or "segment" not in customers:
        return pd.DataFrame()
    if "customer_id" not in contacts or contacts["customer_id"].isna().all():
        return pd.DataFrame()
    start = max(contacts["started_at"].min(), settings.as_of - pd.Timedelta(days=365))
    here = customers[still_customers(customers, settings.as_of)]
    return contacts_per_customer_year(
        contacts, here, tables["deals"], start, settings.as_of, settings.level
    )


def still_customers(customers: pd.DataFrame, as_of: pd.Timestamp) -> np.ndarray:
    """
    Customers that are there at the as-of instant.

    They have bought, are no company of the client's own, and their contract has
    not run out; without a contract end they are taken to stay. [bool]
    """
    here = np.ones(len(customers), dtype=bool)
    if "is_internal" in customers:
        internal = customers["is_internal"].astype("boolean").fillna(False)
        here &= ~internal.to_numpy(dtype=bool)
    if "first_order_on" in customers and customers["first_order_on"].notna().any():
        here &= customers["first_order_on"].notna().to_numpy(dtype=bool)
    if "contract_end_on" in customers:
        today = as_of.tz_localize(None).normalize()
        ended = customers["contract_end_on"].notna() & (customers["contract_end_on"] < today)
        here &= ~ended.to_numpy(dtype=bool)
    return here
