"""
Practice: contacts that reps really make, and the norm this supports.

A norm is the level that the better quarter of the reps keeps up over weeks, not
the best days of anybody: the average rep reaches a quantile of pooled days on a
fifth of the days only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from kpikit.diagnosis.norms import gamma_poisson_rate
from kpikit.errors import InputDataError

#: A week counts with at least so many days present. [days]
MIN_DAYS = 3.0
#: A norm must be kept up over so many counted weeks.
SUSTAINED_WEEKS = 8
#: Likelihood ratio below which reps do not differ (5 %, boundary mixture).
NO_DIFFERENCE = 2.71

WEEK_COLUMNS = (
    "rep_id", "week_on", "present_days", "idle_days", "contacts", "minutes", "is_counted",
)  # fmt: skip


def contacts_per_rep_week(
    contacts: pd.DataFrame,
    reps: pd.DataFrame,
    calendar: pd.DataFrame,
    absences: pd.DataFrame | None = None,
    *,
    timezone: str,
) -> pd.DataFrame:
    """
    Count the contacts of each rep in each week, and the days present.

    A day without contacts is either an absence or a day present and idle; only
    the calendar and the absences tell them apart.

    Parameters
    ----------
    contacts : DataFrame
        ``rep_id``, ``started_at``, ``minutes``.
    reps : DataFrame
        ``rep_id``, ``hired_on``, ``left_on`` (missing: here all the time).
    calendar : DataFrame
        ``date``, ``work_hours`` [h]; its period is the period counted.
    absences : DataFrame, optional
        ``rep_id``, ``date``, ``share`` (missing: whole day).
    timezone : str
        IANA zone of the working day.

    Returns
    -------
    DataFrame
        Columns ``WEEK_COLUMNS``; ``week_on`` is the Monday, ``is_counted`` a week
        with at least three days present. Contacts on days off are kept.
    """
    days = calendar[["date", "work_hours"]].copy()
    days["is_workday"] = days["work_hours"] > 0
    grid = reps[["rep_id"]].astype(str).drop_duplicates().merge(days, how="cross")
    for column, outside in (("hired_on", np.less), ("left_on", np.greater)):
        if column in reps:
            limit = grid["rep_id"].map(
                pd.Series(pd.to_datetime(reps[column]).to_numpy(), index=reps["rep_id"].astype(str))
            )
            grid = grid[~(limit.notna() & outside(grid["date"], limit))]
    away = pd.Series(0.0, index=grid.index)
    if absences is not None and len(absences):
        share = absences["share"].fillna(1.0) if "share" in absences else 1.0
        missed = (
            absences.assign(
                rep_id=absences["rep_id"].astype(str),
                date=pd.to_datetime(absences["date"]).astype(grid["date"].dtype),
                away=share,
            )
            .groupby(["rep_id", "date"])["away"]
            .max()
        )
        away = (
            pd.Series(
                missed.reindex(pd.MultiIndex.from_frame(grid[["rep_id", "date"]])).to_numpy(),
                index=grid.index,
            )
            .astype(float)
            .fillna(0.0)
            .clip(0.0, 1.0)
        )
    grid["present_days"] = np.where(grid["is_workday"], 1.0 - away, 0.0)

    local = contacts["started_at"].dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()
    made = (
        contacts.assign(
            rep_id=contacts["rep_id"].astype(object),
            date=local.astype(grid["date"].dtype),
            contacts=1.0,
        )
        .dropna(subset=["rep_id"])
        .groupby(["rep_id", "date"], as_index=False)[["contacts", "minutes"]]
        .sum()
    )
    made["rep_id"] = made["rep_id"].astype(str)
    table = grid.merge(made, on=["rep_id", "date"], how="left")
    table[["contacts", "minutes"]] = table[["contacts", "minutes"]].fillna(0.0)
    table["idle_days"] = np.where(table["contacts"] == 0, table["present_days"], 0.0)
    table["week_on"] = table["date"] - pd.to_timedelta(table["date"].dt.day_of_week, unit="D")
    weeks = (
        table.groupby(["rep_id", "week_on"])[["present_days", "idle_days", "contacts", "minutes"]]
        .sum()
        .reset_index()
    )
    weeks["is_counted"] = weeks["present_days"] >= MIN_DAYS
    return weeks[list(WEEK_COLUMNS)]


@dataclass(frozen=True, eq=False)
class PracticeNorm:
    """
    What the reps keep up.

    ``per_day`` the level of the better quarter [contacts/day present],
    ``team_per_day`` the team, ``attainability`` predicted share of rep-weeks
    that meet ``per_day`` [share], ``dispersion`` variance of the weekly counts
    over what pure chance gives, ``detectable`` whether reps differ at all;
    ``reps``: one row per rep with the raw and the shrunken rate.
    """

    per_day: float | None
    team_per_day: float | None
    attainability: float | None
    dispersion: float
    detectable: bool
    n_reps: int
    n_weeks: int
    reps: pd.DataFrame
    status: str
    reason: str | None


def practice_norm(weeks: pd.DataFrame, tau: float = 0.75) -> PracticeNorm:
    """
    Level of contacts per day that the better quarter of the reps keeps up.

    Rates of reps with a short record are drawn towards the team; when the reps
    do not differ by more than chance, the team's rate stands for all.

    Parameters
    ----------
    weeks : DataFrame
        From :func:`contacts_per_rep_week`.
    tau : float
        Quantile between reps. [share]

    Returns
    -------
    PracticeNorm
    """
    counted = weeks[weeks["is_counted"].astype(bool)]
    totals = counted.groupby("rep_id").agg(
        contacts=("contacts", "sum"), days=("present_days", "sum"), weeks=("week_on", "size")
    )
    if totals.empty or totals["contacts"].sum() == 0:
        return PracticeNorm(
            None, None, None, 1.0, False, len(totals), len(counted),
            totals.assign(raw=np.nan, rate=np.nan), "not_computable",
            "no week with three days present and a contact",
        )  # fmt: skip
    team = float(totals["contacts"].sum() / totals["days"].sum())
    totals["raw"] = totals["contacts"] / totals["days"]
    dispersion = _dispersion(counted, totals["raw"])
    # Weekly counts vary more than chance: each contact is worth less evidence.
    contacts = (totals["contacts"] / dispersion).to_numpy()
    days = (totals["days"] / dispersion).to_numpy()
    alpha, beta, detectable = fit_gamma_poisson(contacts, days)
    totals["rate"] = gamma_poisson_rate(alpha, beta, contacts, days) if detectable else team
    level = float(np.quantile(totals["rate"], tau))
    expected = counted["present_days"] * level
    weak = None
    if len(totals) < 4:
        weak = f"only {len(totals)} reps: no quarter of them can be told from chance"
    elif not detectable:
        weak = "reps do not differ by more than chance: the level is that of the team"
    return PracticeNorm(
        per_day=level,
        team_per_day=team,
        attainability=float((counted["contacts"] >= expected).mean()),
        dispersion=dispersion,
        detectable=detectable,
        n_reps=len(totals),
        n_weeks=len(counted),
        reps=totals.reset_index(),
        status="ok" if weak is None else "degraded",
        reason=weak,
    )


def fit_gamma_poisson(
    contacts: Sequence[float] | np.ndarray, days: Sequence[float] | np.ndarray
) -> tuple[float, float, bool]:
    """
    Fit how far reps differ in contacts per day.

    Parameters
    ----------
    contacts, days : array_like
        Totals of each rep.

    Returns
    -------
    alpha, beta : float
        Gamma distribution of the rates: mean ``alpha`` / ``beta`` [contacts/day].
    detectable : bool
        Whether the reps differ by more than chance (likelihood ratio 2.71).
    """
    from scipy.optimize import minimize_scalar

    count, time = np.asarray(contacts, dtype=float), np.asarray(days, dtype=float)
    if not len(count) or (time <= 0).any() or count.sum() <= 0:
        raise InputDataError("contacts and days present must be above 0 to compare reps.")

    def log_likelihood(alpha: float) -> tuple[float, float]:
        # For a given spread the best mean follows by a few fixed-point steps.
        mean = count.sum() / time.sum()
        for _ in range(50):
            weight = alpha / (alpha + mean * time)
            mean = float((weight * count).sum() / (weight * time).sum())
        beta = alpha / mean
        terms = (
            gammaln(alpha + count) - gammaln(alpha)
            + alpha * np.log(beta / (beta + time)) + count * np.log(time / (beta + time))
        )  # fmt: skip
        return float(terms.sum()), beta

    found = minimize_scalar(
        lambda log_alpha: -log_likelihood(float(np.exp(log_alpha)))[0],
        bounds=(np.log(1e-2), np.log(1e6)), method="bounded",
    )  # fmt: skip
    alpha = float(np.exp(found.x))
    value, beta = log_likelihood(alpha)
    pooled = log_likelihood(1e9)[0]
    return alpha, beta, bool(2 * (value - pooled) >= NO_DIFFERENCE)


@dataclass(frozen=True)
class NormVerdict:
    """Whether a number of contacts may become a norm, and each reason against it."""

    is_accepted: bool
    share_of_reps: float
    objections: tuple[str, ...]


def judge_norm(
    per_day: float,
    weeks: pd.DataFrame,
    quality: pd.DataFrame,
    bound_per_day: float | None,
) -> NormVerdict:
    """
    Accept a norm only if it is kept up, costs no quality, and fits into the day.

    Parameters
    ----------
    per_day : float
        Candidate. [contacts/day present]
    weeks : DataFrame
        From :func:`contacts_per_rep_week`.
    quality : DataFrame
        One row per rep: ``rep_id``, ``conversion`` [share], ``talk_min`` [min],
        and their standard errors ``conversion_se``, ``talk_se`` (missing: the
        number is taken as it is).
    bound_per_day : float, optional
        From :func:`kpikit.diagnosis.norms.contact_bound_per_day`.

    Returns
    -------
    NormVerdict
    """
    counted = weeks[weeks["is_counted"].astype(bool)]
    totals = counted.groupby("rep_id").agg(
        contacts=("contacts", "sum"), days=("present_days", "sum"), weeks=("week_on", "size")
    )
    long_enough = totals["weeks"] >= SUSTAINED_WEEKS
    keeps = long_enough & (totals["contacts"] >= per_day * totals["days"] - 1e-9)
    share = float(keeps.sum() / len(totals)) if len(totals) else 0.0
    objections = []
    if share < 0.25:
        objections.append(
            f"only {keeps.sum()} of {len(totals)} reps keep it up over {SUSTAINED_WEEKS} weeks"
        )
    who = quality.set_index(quality["rep_id"].astype(str))
    better, others = (
        who[who.index.isin(totals.index[keeps])],
        who[~who.index.isin(totals.index[keeps])],
    )
    for column, error, name in (
        ("conversion", "conversion_se", "conversion"),
        ("talk_min", "talk_se", "talk time"),
    ):
        if _is_worse(better, others, column, error):
            objections.append(f"the reps who keep it up have a lower {name} than the others")
    if bound_per_day is None:
        objections.append("the physical bound of a day is not known")
    elif per_day > bound_per_day:
        objections.append(f"it exceeds the {bound_per_day:.1f} contacts that fit into a day")
    return NormVerdict(not objections, share, tuple(objections))


def measured_contact_minutes(activities: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """
    Talk time and reach from the records, by kind of contact.

    Parameters
    ----------
    activities : DataFrame
        All activities, attempts included.
    contacts : DataFrame
        The ones that count.

    Returns
    -------
    DataFrame
        By ``kind``: ``n`` contacts, ``talk_min`` mean [min], ``talk_known``
        [share], ``attempts`` of outgoing calls, ``reach_share`` of them that
        became a contact and ``attempt_min``, mean length of one that did not
        (null where not recorded).
    """
    table = contacts.groupby(contacts["kind"].astype(object)).agg(
        n=("kind", "size"), talk_min=("talk_min", "mean"), talk_known=("talk_known", "mean")
    )
    table["attempts"], table["reach_share"], table["attempt_min"] = 0, np.nan, np.nan
    calls = activities[activities["kind"].astype(object) == "call"]
    if "is_automatic" in calls:
        # A robot's call that nobody answers costs no rep's time.
        robot = calls["is_automatic"].astype("boolean").fillna(False)
        calls = calls[~robot.to_numpy(dtype=bool)]
    if "direction" in calls:
        calls = calls[calls["direction"].astype(object) == "out"]
    if len(calls) and "call" in table.index:
        reached = calls.index.isin(contacts.index)
        table.loc["call", "attempts"] = len(calls)
        table.loc["call", "reach_share"] = reached.mean()
        lengths = pd.to_numeric(calls.loc[~reached, "duration_s"]).astype(float) / 60.0
        table.loc["call", "attempt_min"] = lengths.mean()
    return table.rename_axis("kind").reset_index()


CUSTOMER_YEAR_COLUMNS = (
    "segment", "purpose", "customers", "customer_years", "contacts", "per_year", "low", "high",
    "minutes_per_contact", "minutes_per_year",
)  # fmt: skip


def contacts_per_customer_year(
    contacts: pd.DataFrame,
    customers: pd.DataFrame,
    deals: pd.DataFrame,
    start_at: pd.Timestamp,
    end_at: pd.Timestamp,
    level: float = 0.9,
) -> pd.DataFrame:
    """
    Contacts that an existing customer gets in a year, by segment and purpose.

    A contact is retention or cross-selling by its own ``purpose``, else by the
    kind of its deal; without a deal it is retention. Work on new business with
    the same customer is left out, and so is the time before the first order.

    Parameters
    ----------
    contacts : DataFrame
        ``customer_id``, ``deal_id``, ``started_at``, ``minutes``, ``purpose``.
    customers : DataFrame
        ``customer_id``, ``segment``, ``first_order_on``; without it nobody is an
        existing customer.
    deals : DataFrame
        ``deal_id``, ``deal_kind``.
    start_at, end_at : Timestamp
        Period of the records.
    level : float
        Of the interval, by the spread between customers. [share]

    Returns
    -------
    DataFrame
        Columns ``CUSTOMER_YEAR_COLUMNS``. [contacts per customer and year]
    """
    from scipy.special import ndtri

    if not end_at > start_at:
        raise InputDataError(f"the period ends ({end_at}) before it begins ({start_at}).")
    first = pd.to_datetime(customers["first_order_on"]).astype("datetime64[us]")
    since = first.dt.tz_localize(start_at.tz)
    since = since.mask(since < start_at, start_at)
    base = pd.DataFrame(
        {
            "customer_id": customers["customer_id"].astype(str),
            "segment": customers["segment"].astype(object).where(customers["segment"].notna(), ""),
            "since": since,
            "years": ((end_at - since) / pd.Timedelta(days=365.25)).astype(float),
        }
    )
    base = base[base["since"].notna() & (base["years"] > 0)].drop_duplicates("customer_id")
    kinds = deals.drop_duplicates("deal_id").set_index("deal_id")["deal_kind"].astype(object)
    deal = contacts["deal_id"].astype(object)
    by_deal = deal.map(kinds).map({"renewal": "retention", "cross_sell": "cross_sell"})
    by_deal = by_deal.where(deal.notna(), "retention")
    stated = contacts.get("purpose", pd.Series(None, index=contacts.index, dtype=object))
    table = contacts.assign(
        purpose=stated.astype(object).where(stated.notna(), by_deal),
        customer_id=contacts["customer_id"].astype(object),
    ).dropna(subset=["customer_id", "purpose"])
    table = table[table["purpose"].isin(["retention", "cross_sell"])]
    table["customer_id"] = table["customer_id"].astype(str)
    table = table.merge(base, on="customer_id")
    table = table[(table["started_at"] >= table["since"]) & (table["started_at"] <= end_at)]

    z = float(ndtri((1 + level) / 2))
    rows = []
    for segment, group in base.groupby("segment"):
        for purpose in ("retention", "cross_sell"):
            made = table[(table["segment"] == segment) & (table["purpose"] == purpose)]
            by_customer = made.groupby("customer_id").size()
            count = group["customer_id"].map(by_customer).fillna(0).to_numpy(dtype=float)
            years = group["years"].to_numpy()
            rate, total = count.sum() / years.sum(), len(group)
            spread = np.sqrt(np.sum((count - rate * years) ** 2) * total / max(total - 1, 1))
            error = spread / years.sum() if total > 1 else np.nan
            # On the log scale the interval stays above 0.
            factor = np.exp(z * error / rate) if rate > 0 else np.nan
            minutes = made["minutes"].mean() if len(made) else np.nan
            rows.append(
                (segment or None, purpose, total, years.sum(), int(count.sum()), rate,
                 rate / factor, rate * factor, minutes, rate * minutes)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CUSTOMER_YEAR_COLUMNS))


def _dispersion(weeks: pd.DataFrame, rates: pd.Series) -> float:
    """Pearson dispersion of weekly counts around each rep's own rate, at least 1."""
    expected = weeks["rep_id"].map(rates) * weeks["present_days"]
    used = expected > 0
    freedom = int(used.sum()) - int((rates > 0).sum())
    if freedom < 1:
        return 1.0
    squares = (weeks["contacts"] - expected)[used] ** 2 / expected[used]
    return max(1.0, float(squares.sum() / freedom))


def _is_worse(better: pd.DataFrame, others: pd.DataFrame, column: str, error: str) -> bool:
    """Whether the mean is lower by more than 1.64 standard errors."""
    if column not in better or better.empty or others.empty:
        return False
    ours, theirs = better[column].dropna(), others[column].dropna()
    if ours.empty or theirs.empty:
        return False
    gap = ours.mean() - theirs.mean()
    variance = 0.0
    if error in better:
        for group in (better[error].dropna(), others[error].dropna()):
            variance += float((group**2).sum()) / max(len(group), 1) ** 2
    # Equal means differ by rounding only.
    return bool(gap < -1.64 * np.sqrt(variance) - 1e-9 * abs(theirs.mean()))
