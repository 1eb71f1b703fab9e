"""
Signs of gaming in the store: counted in the engine, judged by the detectors.

The engine counts cases and hits by rep and month and hands over the few records behind
them; :mod:`kpikit.diagnosis.gaming` says what stands out. A sign that the data do not
allow to look for comes back as ``cannot_judge`` with what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from kpikit.diagnosis.gaming import judge_signs
from kpikit.diagnosis.gaming_numbers import bunching_signs, round_number_signs
from kpikit.diagnosis.gaming_rates import pull_forward_signs, rate_signs
from kpikit.diagnosis.gaming_records import (
    recreated_counts,
    recreated_pairs,
    recreated_records,
    retroactive_plans,
)
from kpikit.diagnosis.gaming_signs import sign_row, sign_table
from kpikit.diagnosis.gaming_splits import deal_groups, split_records
from kpikit.diagnosis.gaming_trends import opposite_trend_signs
from kpikit.kpis.engine import (
    Table,
    _,
    instant,
    later,
    numbered,
    one,
    period_start,
    stacked,
    table,
)
from kpikit.kpis.gaming_rows import (
    AGAIN_DAYS,
    CALLS,
    DETECTORS,
    END_DAYS,
    Detector,
    month_ends,
)
from kpikit.kpis.gaming_values import attainment_bins, call_bins, kpi_months, last_digits
from kpikit.kpis.held import lacking, within
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.rows import deals, won_deals
from kpikit.kpis.store import Store, run

#: Records of a sign that are listed for each rep.
EVIDENCE = 20
#: Nobody writes these down in the tables that are read.
NOT_RECORDED = ("backdated_moves", "closed_after_period", "amount_lowered", "late_discounts")

DEALS = ("deal_id", "customer_id", "rep_id", "status", "created_at", "closed_at", "amount_base")


def gaming_signs(store: Store, p: Parameters, zone: str, rng: np.random.Generator) -> pd.DataFrame:
    """
    Look for every sign of gaming that the tables allow.

    Parameters
    ----------
    store : Store
    p : Parameters
        Settled; ``start`` and ``end`` of the period looked at.
    zone : str
        IANA zone of the business.
    rng : Generator
        For the permutations of months.

    Returns
    -------
    DataFrame
        ``JUDGED_COLUMNS`` of :mod:`kpikit.diagnosis.gaming`. Signs that cannot be looked for
        have verdict ``cannot_judge`` and the reason ``missing: ...`` or ``not_recorded``.
    """
    refused = [_refused(sign, "not_recorded") for sign in NOT_RECORDED]
    counts = []
    for detector in DETECTORS:
        if reason := _reason(store, detector):
            refused.append(_refused(detector.sign, reason))
        else:
            counts.append(rate_counts(store, detector, p))
    found = []
    for sign, needs, look in _OTHERS:
        lacks = lacking(store, needs)
        if lacks:
            refused.append(_refused(sign, "missing: " + ", ".join(lacks)))
        else:
            found.append(look(store, p, zone))
    if not lacking(store, _LOST):
        pairs = lost_pairs(store, p, zone)
        counts.append(lost_counts(store, p, zone, pairs))
        found.append(recreated_records(pairs))
    else:
        refused.append(
            _refused("lost_and_recreated", "missing: " + ", ".join(lacking(store, _LOST)))
        )
    trends, reasons = kpi_months(store, p)
    refused += [_refused("kpi_without_result", reason) for reason in reasons]
    found.append(opposite_trend_signs(trends, rng))
    if counts:
        found.append(rate_signs(pd.concat(counts, ignore_index=True)))
    return judge_signs([*found, sign_table(refused)])


def _refused(sign: str, reason: str) -> dict[str, object]:
    return sign_row(
        sign, rep_id=None, period="", n=0.0, observed=0.0, expected=None, p_value=None,
        reason=reason,
    )  # fmt: skip


def _reason(store: Store, detector: Detector) -> str:
    lacks = lacking(store, detector.needs)
    if not lacks:
        lacks = [what for what, rows in detector.proof.items()
                 if run(store, rows().limit(1)).empty]  # fmt: skip
    return "missing: " + ", ".join(lacks) if lacks else ""


# ---- shares -------------------------------------------------------------------------------------


def rate_counts(store: Store, detector: Detector, p: Parameters) -> pd.DataFrame:
    """
    Cases and hits of one sign by rep and month, as ``rate_signs`` reads them.

    Returns
    -------
    DataFrame
        ``sign rep_id period n hits chance evidence``; up to 20 records per rep are listed.
    """
    rows = within(detector.rows(p), p).filter(_.rep_id.notnull())
    return _counted(store, detector.sign, rows)


def _counted(store: Store, sign: str, rows: Table) -> pd.DataFrame:
    has_chance = "work_days" in rows.columns
    days = {"work_days": _.work_days.max()} if has_chance else {}
    counts = run(
        store,
        rows.group_by("rep_id", month=period_start(_.at, "month")).agg(
            n=_.count(), hits=one(_.hit).sum(), **days
        ),
    )  # fmt: skip
    hits = numbered(rows.filter(_.hit.fill_null(False)), ["rep_id"], ["at", "id"])
    shown = run(store, hits.filter(_.position < EVIDENCE).select("rep_id", "at", "id"))
    shown["period"] = shown["at"].dt.strftime("%Y-%m")
    ids = shown.sort_values(["at", "id"]).groupby(["rep_id", "period"])["id"].agg(tuple)
    counts["period"] = counts["month"].dt.strftime("%Y-%m")
    counts = counts.sort_values(["rep_id", "period"], ignore_index=True)
    keys = zip(counts["rep_id"], counts["period"], strict=True)
    counts["evidence"] = pd.Series([ids.get(key, ()) for key in keys], dtype="object")
    counts["chance"] = END_DAYS / counts["work_days"] if has_chance else np.nan
    counts["sign"] = sign
    return counts[["sign", "rep_id", "period", "n", "hits", "chance", "evidence"]]


def period_ends(store: Store, p: Parameters) -> pd.DataFrame:
    """Wins at both ends of each month by rep, months without a win included: 0 of them."""
    rows = within(month_ends(p), p)
    months = run(
        store,
        rows.group_by("rep_id", month=period_start(_.at, "month")).agg(
            wins=_.count(), wins_first=one(_.is_first).sum(), wins_last=one(_.hit).sum()
        ),
    )
    days = run(
        store,
        table("calendar").filter(_.work_s > 0).group_by(month=period_start(_.date, "month")).agg(
            work_days=_.count()
        ),
    ).set_index("month")["work_days"]  # fmt: skip
    found = []
    for rep, own in months.groupby("rep_id", sort=True):
        spine = pd.date_range(own["month"].min(), own["month"].max(), freq="MS", name="month")
        full = own.set_index("month").reindex(spine)[["wins", "wins_first", "wins_last"]]
        found.append(full.astype("float64").fillna(0.0).reset_index().assign(rep_id=rep))
    if not found:
        found = [months.assign(rep_id=months["rep_id"].astype("object"))]
    ends = pd.concat(found, ignore_index=True)
    ends["work_days"] = ends["month"].map(days).astype("float64")
    ends = ends[ends["work_days"] > 2 * END_DAYS].assign(first_days=END_DAYS, last_days=END_DAYS)
    return ends.assign(period=ends["month"].dt.strftime("%Y-%m")).drop(columns="month")


# ---- deals and plans ----------------------------------------------------------------------------


def _local_deals(store: Store, rows: Table, zone: str) -> pd.DataFrame:
    """The rows with instants of their zone, as the detectors of records read them."""
    found = run(store, rows.select(*DEALS)).rename(columns={"rep_id": "owner_id"})
    for name in ("created_at", "closed_at"):
        found[name] = _zoned(found[name], zone)
    return found


def _zoned(wall: pd.Series, zone: str) -> pd.Series:
    """Wall time as instants; of an hour that comes twice the first is taken."""
    moments = wall.astype("datetime64[us]")
    return moments.dt.tz_localize(
        zone, ambiguous=np.ones(len(moments), dtype=bool), nonexistent="shift_forward"
    )


def split_deals(store: Store, p: Parameters, zone: str) -> pd.DataFrame:
    """Won deals that share their rep, customer and day with another one."""
    rows = within(won_deals(p), p).filter(_.rep_id.notnull(), _.customer_id.notnull())
    rows = rows.mutate(day=period_start(_.at, "day"))
    keys = ["rep_id", "customer_id", "day"]
    several = rows.group_by(*keys).agg(parts=_.count()).filter(_.parts > 1)
    return _local_deals(store, rows.inner_join(several, keys), zone)


def _lost(p: Parameters) -> Table:
    return within(deals(p).mutate(at=_.closed_at), p).filter(
        _.status == "lost", _.rep_id.notnull(), _.customer_id.notnull(),
        later(_.at, days=AGAIN_DAYS) <= instant(p.as_of),
    )  # fmt: skip


def lost_pairs(store: Store, p: Parameters, zone: str) -> pd.DataFrame:
    """Lost deals of the period whose customer got a new deal within 14 days, with that deal."""
    lost = _lost(p).select(lost_id="deal_id", who="customer_id", lost_at="at")
    new = deals(p).filter(_.customer_id.notnull())
    both = lost.join(
        new,
        [lost.who == new.customer_id, new.created_at >= lost.lost_at,
         new.created_at <= later(lost.lost_at, days=AGAIN_DAYS), new.deal_id != lost.lost_id],
    )  # fmt: skip
    ids = stacked(both.select(deal_id="lost_id"), both.select("deal_id")).distinct()
    found = _local_deals(store, deals(p).inner_join(ids, "deal_id"), zone)
    as_of = pd.Timestamp(p.as_of).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    pairs = recreated_pairs(found, as_of, AGAIN_DAYS)
    inside = set(run(store, both.select("lost_id").distinct())["lost_id"])
    return pairs[pairs["lost_id"].isin(inside)]


def lost_counts(store: Store, p: Parameters, zone: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """Lost deals by rep and month, and those made again."""
    rows = _lost(p).select("rep_id", "at", id=_.deal_id, hit=_.deal_id.isnull())
    counts = _counted(store, "lost_and_recreated", rows)
    again = recreated_counts(pairs[pairs["new_id"].notna()], zone)
    keys = ["rep_id", "period"]
    merged = counts.drop(columns=["hits", "evidence"]).merge(
        again[[*keys, "hits", "evidence"]], on=keys, how="left"
    )
    merged["hits"] = merged["hits"].astype("float64").fillna(0.0)
    merged["evidence"] = [e if isinstance(e, tuple) else () for e in merged["evidence"]]
    return merged


def late_plans(store: Store, p: Parameters, zone: str) -> pd.DataFrame:
    """Plans of the period that were approved after it had begun."""
    rows = within(table("plans").mutate(at=_.period_start_on), p)
    plans = run(store, rows.filter(_.approved_at.notnull(), _.value.notnull()).drop("at"))
    return retroactive_plans(plans.assign(approved_at=_zoned(plans["approved_at"], zone)), zone)


_Look = Callable[[Store, Parameters, str], pd.DataFrame]
_CALL_BINS = {"activities": (*CALLS, "duration_s", "is_connected")}
_LOST = {"deals": ("status", "created_at", "closed_at", "owner_id", "customer_id")}
#: Signs that are no shares: name, needs, and how they are looked for.
_OTHERS: Sequence[tuple[str, Mapping[str, tuple[str, ...]], _Look]] = (
    ("pull_forward", {"deals": ("status", "closed_at", "owner_id"), "calendar": ("work_s",)},
     lambda store, p, zone: pull_forward_signs(period_ends(store, p))),
    ("deal_splits", {"deals": ("status", "closed_at", "owner_id", "customer_id")},
     lambda store, p, zone: split_records(deal_groups(split_deals(store, p, zone), zone))),
    ("retroactive_plan", {"plans": ("value", "period_start_on", "approved_at")}, late_plans),
    ("bunching", _CALL_BINS, lambda store, p, zone: bunching_signs(call_bins(store, p))),
    ("bunching", {"kpi_facts": ("kpi_id", "rep_id", "period_start_on")},
     lambda store, p, zone: bunching_signs(attainment_bins(store, p))),
    ("round_numbers", {"kpi_facts": ("value", "rep_id", "kpi_id"), "kpis": ("manual_steps",)},
     lambda store, p, zone: round_number_signs(last_digits(store, p))),
)  # fmt: skip
