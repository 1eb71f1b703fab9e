"""
Values of the client's KPIs by rep and month: counted from the events, or drawn with known links.

Planted: three KPIs that go along with the plan, one pair that is the same thing, one
KPI that follows the season alone, one whose reports of one rep stand just above the target,
and mandatory KPIs that are easily met while the plan is missed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.sample import kpi_system as names
from kpikit.sample.ledger import Ledger, local_days
from kpikit.sample.quotas import deal_months, rep_months
from kpikit.sample.streams import stream
from kpikit.sample.world import SimulatedClient

#: Correlation of normal scores with the plan attainment inside each month.
LINKED = {names.COVERAGE: 0.80, names.FOLLOW_UP: 0.75, names.DECIDERS: 0.75}
GAMER = "21"
CONTACT_S = 20.0
#: Largest attainment that the report shows. [share]
MOST = 5.0
#: Targets of the KPIs that are drawn, in the unit of the list.
TARGETS = {
    names.PLAN: 100.0, names.COVERAGE: 3.0, names.FOLLOW_UP: 80.0, names.DECIDERS: 20.0,
    names.PROPOSALS: 60.0, names.QUOTES: 60.0, names.INBOUND: 40.0, names.HYGIENE: 90.0,
    names.SLA: 90.0, names.CSAT: 8.0, names.OVERDUE: 30.0, names.NEW_DEALS: 2.0,
    names.CROSS: 1.0, names.RETENTION: 80.0, names.WIN_RATE: 25.0, names.NPS: 50.0,
    names.FORECAST: 85.0,
}  # fmt: skip
#: Targets set so that this share of the rep-months reaches them.
REACHED = {
    names.CALLS: 0.85, names.MEETINGS: 0.85, names.TALK: 0.5, names.CHECK: 0.4,
    names.RESPONSE: 0.5,
}  # fmt: skip
LOWER = (names.RESPONSE, names.OVERDUE)
UNMEASURED = (names.NPS, names.FORECAST)
_KEYS = ["rep_id", "month"]


def fact_table(client: SimulatedClient, ledger: Ledger, survey: pd.DataFrame) -> pd.DataFrame:
    """
    The facts as the client reports them.

    Parameters
    ----------
    client : SimulatedClient
    ledger : Ledger
    survey : DataFrame
        From :func:`kpikit.sample.service.survey_table`.

    Returns
    -------
    DataFrame
        ``name``, ``rep_id``, ``month``, ``value``, ``target`` (unit of the KPI) and
        ``attainment`` [share], null where nothing was measured.
    """
    panel = rep_months(client)
    values = {
        **_counted(client, panel),
        names.CSAT: _mean_score(panel, survey),
        names.OVERDUE: _overdue(panel, ledger),
        **_drawn(client, panel),
        **{name: np.full(len(panel), np.nan) for name in UNMEASURED},
    }
    listed = [kpi.name for kpi in names.KPIS if kpi.name in values]
    parts = []
    for name in listed:
        value = np.round(np.asarray(values[name], dtype=float), 2)
        target = _target(name, value)
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = target / value if name in LOWER else value / target
        # the report shows percent with one place, and no more than MOST
        shown = np.round(np.minimum(np.where(np.isnan(value), np.nan, reached), MOST), 3)
        parts.append(panel[_KEYS].assign(name=name, value=value, target=target, attainment=shown))
    return pd.concat(parts, ignore_index=True)


def _target(name: str, value: np.ndarray) -> float:
    if name in TARGETS:
        return TARGETS[name]
    share = REACHED[name] if name in LOWER else 1 - REACHED[name]
    found = float(np.nanquantile(value, share))
    step = 5000.0 if name == names.CHECK else 5.0 if name == names.CALLS else 1.0
    return max(step, step * np.floor(found / step))


# ---- counted from the events --------------------------------------------------------------------


def _counted(client: SimulatedClient, panel: pd.DataFrame) -> dict[str, np.ndarray]:
    acts = client.tables["activities"]
    acts = acts[~acts["is_automatic"].fillna(False).astype(bool) & acts["rep_id"].notna()]
    month = local_days(client, acts["started_at"]).dt.to_period("M").dt.to_timestamp()
    acts = acts.assign(month=month.astype("datetime64[us]"))
    talked = acts["is_connected"].fillna(False).astype(bool) & acts["duration_s"].ge(CONTACT_S)
    calls = acts[acts["kind"].eq("call") & talked]
    held = acts[acts["kind"].eq("meeting") & acts["is_completed"].fillna(False).astype(bool)]
    closed = deal_months(client, "closed_at").rename(columns={"owner_id": "rep_id"})
    won = closed[closed["status"].eq("won")]
    renewals = closed[closed["deal_kind"].eq("renewal") & closed["status"].ne("open")]
    decided = closed[closed["status"].ne("open")]
    wins = _count(panel, won)
    with np.errstate(divide="ignore", invalid="ignore"):
        retention = _count(panel, renewals[renewals["status"].eq("won")]) / _count(panel, renewals)
        win_rate = wins / _count(panel, decided)
        check = panel["sales"].to_numpy() / wins
    return {
        names.PLAN: 100 * panel["attainment"].to_numpy(),
        names.CALLS: _count(panel, calls),
        names.TALK: _sum(panel, calls, "duration_s") / 3600.0,
        names.MEETINGS: _count(panel, held),
        names.CHECK: np.where(wins > 0, check, np.nan),
        names.RESPONSE: _response(client, panel, calls),
        names.WIN_RATE: 100 * win_rate,
        names.NEW_DEALS: _count(panel, won[won["deal_kind"].eq("new")]),
        names.CROSS: _count(panel, won[won["deal_kind"].eq("cross_sell")]),
        names.RETENTION: 100 * retention,
    }


def _on(panel: pd.DataFrame, found: pd.Series) -> np.ndarray:
    return found.reindex(pd.MultiIndex.from_frame(panel[_KEYS])).to_numpy(dtype=float)


def _count(panel: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    return np.nan_to_num(_on(panel, rows.groupby(_KEYS).size()))


def _sum(panel: pd.DataFrame, rows: pd.DataFrame, column: str) -> np.ndarray:
    return np.nan_to_num(_on(panel, rows.groupby(_KEYS)[column].sum()))


def _response(client: SimulatedClient, panel: pd.DataFrame, calls: pd.DataFrame) -> np.ndarray:
    """Median hours from a new deal to the first talk about it."""
    made = deal_months(client, "created_at")
    made = made[made["deal_kind"].eq("new")].rename(columns={"owner_id": "rep_id"})
    first = calls.groupby("deal_id")["started_at"].min()
    hours = (made["deal_id"].map(first) - made["created_at"]).dt.total_seconds() / 3600
    made = made.assign(hours=hours)[hours.gt(0)]
    return _on(panel, made.groupby(_KEYS)["hours"].median())


def _mean_score(panel: pd.DataFrame, survey: pd.DataFrame) -> np.ndarray:
    month = survey["sent_on"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return _on(panel, survey.assign(month=month).groupby(_KEYS)["score"].mean())


def _overdue(panel: pd.DataFrame, ledger: Ledger) -> np.ndarray:
    """Percent of the open invoices of the rep that are past due when the month ends."""
    bills = ledger.invoices
    bills = bills[bills["doc_kind"].eq("invoice") & ~bills["is_cancelled"]]
    found: dict[tuple[str, pd.Timestamp], float] = {}
    for month in panel["month"].unique():
        end = pd.Timestamp(month) + pd.offsets.MonthBegin(1)
        own = bills[bills["issued_on"] < end]
        paid = ledger.payments[ledger.payments["paid_on"] < end]
        rest = own["amount"] - own["invoice_id"].map(
            paid.groupby("invoice_id")["amount_base"].sum()
        ).fillna(0.0)
        past = rest.where(own["due_on"] < end - pd.Timedelta(days=1), 0.0)
        share = 100 * past.groupby(own["rep_id"]).sum() / rest.groupby(own["rep_id"]).sum()
        found |= {(rep, month): value for rep, value in share.items()}
    return _on(panel, pd.Series(found))


# ---- drawn ------------------------------------------------------------------------------------


def normal_scores(values: pd.Series, groups: pd.Series) -> np.ndarray:
    """Ranks inside each group as standard normal quantiles."""
    from scipy.special import ndtri

    by_group = values.groupby(groups)
    place = (by_group.rank() - 0.5) / by_group.transform("size")
    return np.asarray(ndtri(place.to_numpy()), dtype=float)


def _drawn(client: SimulatedClient, panel: pd.DataFrame) -> dict[str, np.ndarray]:
    n = len(panel)

    def noise(name: str) -> np.ndarray:
        return stream(client.seed, f"kpi {name}").standard_normal(n)

    plan = normal_scores(panel["attainment"], panel["month"])
    linked = {name: rho * plan + np.sqrt(1 - rho**2) * noise(name) for name, rho in LINKED.items()}
    proposals = np.maximum(np.round(58 + 11 * noise(names.PROPOSALS)), 5)
    few = stream(client.seed, "kpi quotes").integers(0, 3, size=n)
    season = np.array([client.config.season[month.month - 1] for month in panel["month"]])
    sla = np.minimum(92.5 + 2.2 * noise(names.SLA), 100.0)
    at_target = TARGETS[names.SLA] + stream(client.seed, "kpi reports").uniform(0, 0.9, size=n)
    return {
        names.COVERAGE: np.maximum(2.8 + 0.55 * linked[names.COVERAGE], 0.5),
        names.FOLLOW_UP: np.clip(76 + 8 * linked[names.FOLLOW_UP], 20, 100),
        names.DECIDERS: np.maximum(np.round(18 + 5 * linked[names.DECIDERS]), 0),
        names.PROPOSALS: proposals,
        names.QUOTES: proposals + few,
        names.INBOUND: np.round(40 * season * (1 + 0.04 * noise(names.INBOUND))),
        names.HYGIENE: np.minimum(94.0 + 3.0 * noise(names.HYGIENE), 100.0),
        names.SLA: np.where(panel["rep_id"].eq(GAMER), at_target, sla),
    }
