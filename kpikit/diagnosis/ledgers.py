"""
The ledgers of the chain: money, customers, work and people.

Each link is a table; the identities between them are checked, and a chain
whose ledgers do not agree is not published.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from kpikit.diagnosis.chain_input import ChainInput, Funnel, SegmentInput
from kpikit.errors import InputDataError


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


def money_ledger(inputs: ChainInput) -> pd.DataFrame:
    """Money expected without new business, by segment: renewals, cross-sales, open deals."""
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


def work_ledgers(inputs: ChainInput, money: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Customers, leads, contacts and hours that the plan needs.

    Returns
    -------
    segments : DataFrame
        Index segment: the money ledger with gap [money], wins, leads [deals],
        contacts, hours [h] by purpose.
    stages : DataFrame
        One row per segment and stage: deals entering, contacts, hours [h].
    """
    count = len(inputs.months)
    gap = gap_by_segment(inputs, money)
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
        segments["retention_contacts"]
        + segments["cross_sell_contacts"]
        + segments["funnel_contacts"]
    )
    segments["hours"] = (
        segments["retention_hours"] + segments["cross_sell_hours"]
        + segments["pipeline_hours"] + segments["funnel_hours"]
    )  # fmt: skip
    return segments, pd.DataFrame(stage_rows)


def gap_by_segment(inputs: ChainInput, money: pd.DataFrame) -> dict[str, float]:
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
        own = {s.name: shares[s.name] * float(s.new_value or 0.0) for s in sellers}
    total = sum(own.values())
    if total <= 0:
        own, total = dict.fromkeys(own, 1.0), float(len(own))
    scaled = {name: gap * part / total for name, part in own.items()}
    return {s.name: scaled.get(s.name, 0.0) for s in inputs.segments}


def people_ledgers(inputs: ChainInput, segments: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    People that the hours need and people there, by role and by role and month.

    Hours of existing customers are even over the months, those of open deals
    follow their expected wins, those of new leads the labour law of a level
    intake. [h], [fte]
    """
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


def identities(
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
