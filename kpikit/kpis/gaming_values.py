"""Values of KPIs by rep, as the detectors of thresholds, round numbers and trends read them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kpikit.kpis.engine import Table, _, coalesce, joined, number, one, ratio, table
from kpikit.kpis.held import lacking, within
from kpikit.kpis.measuring import measure_many
from kpikit.kpis.parameters import Parameters
from kpikit.kpis.store import Store, run

#: Width of a bin of call lengths [s], and of attainment [share]; bins on each side.
CALL_BIN, ATTAINMENT_BIN, BINS = 5.0, 0.05, 4


def call_bins(store: Store, p: Parameters) -> pd.DataFrame:
    """Connected calls by length around the shortest contact, in steps of 5 s."""
    rows = within(table("activities").mutate(at=_.started_at), p).filter(
        _.kind == "call", ~_.is_automatic.fill_null(False), _.is_connected.fill_null(False),
        _.duration_s.notnull(), _.rep_id.notnull(),
    )  # fmt: skip
    place = ((_.duration_s - p.contact_seconds) / CALL_BIN).floor()
    return _binned(store, rows.mutate(kpi_id=number(0)), place).assign(kpi_id="K52")


def attainment_bins(store: Store, p: Parameters) -> pd.DataFrame:
    """Reported attainment of the KPIs that should be high, by rep, in steps of 5 % around 1."""
    rows = within(table("kpi_facts").mutate(at=_.period_start_on), p)
    rows = rows.mutate(reached=coalesce(_.attainment, ratio(_.value, _.target)))
    rows = rows.filter(_.reached.notnull(), _.rep_id.notnull(), _.kpi_id.notnull())
    if not lacking(store, {"kpis": ("kpi_id", "direction")}):
        ways = table("kpis").select("kpi_id", "direction").distinct()
        rows = joined(rows, ways, "kpi_id").filter(coalesce(_.direction, "higher") == "higher")
    # 0.95 must not fall below its bin by rounding
    return _binned(store, rows, ((_.reached - 1.0) / ATTAINMENT_BIN + 1e-9).floor())


def _binned(store: Store, rows: Table, place: object) -> pd.DataFrame:
    rows = rows.mutate(place=place).filter(_.place >= -BINS, _.place < BINS)
    counts = run(store, rows.group_by("rep_id", "kpi_id", "place").agg(n=_.count()))
    return counts.rename(columns={"place": "bin"})


def last_digits(store: Store, p: Parameters) -> pd.DataFrame:
    """Last digits of values counted by hand: whole numbers of 30 and more."""
    by_hand = table("kpis").filter(_.manual_steps > 0).select("kpi_id").distinct()
    rows = within(table("kpi_facts").mutate(at=_.period_start_on), p)
    rows = rows.filter(_.value.notnull(), _.rep_id.notnull()).inner_join(by_hand, "kpi_id")
    broken = rows.group_by("kpi_id").agg(broken=one(_.value != _.value.floor()).sum())
    rows = joined(rows, broken, "kpi_id").filter(_.broken == 0, _.value >= 30)
    digit = _.value.cast("int64") % 10
    return run(store, rows.group_by("rep_id", "kpi_id", digit=digit).agg(n=_.count()))


def kpi_months(store: Store, p: Parameters) -> tuple[pd.DataFrame, list[str]]:
    """
    Activity and what it should lead to, by rep and month.

    Returns
    -------
    tuple
        Rows for ``opposite_trend_signs``: calls (K52) with meetings per call, meetings (K53)
        with the win rate of the deals closed (K42); and what is missing.
    """
    columns = ["rep_id", "kpi_id", "period", "kpi_value", "downstream_value"]
    rows = measure_many(replace(store, parameters=p), ["K52", "K53", "K42"], ["rep", "month"])
    lacks = rows.loc[rows["reason"].str.startswith("missing: "), "reason"]
    if len(lacks):
        return pd.DataFrame(columns=columns), list(lacks.drop_duplicates())
    # the running month is short of calls and of results
    over = rows["month"] + pd.DateOffset(months=1) <= pd.Timestamp(p.as_of)
    rows = rows[over & rows["rep"].notna()]
    rows = rows.assign(name=rows["kpi"] + rows["part"])
    wide = rows.pivot(index=["rep", "month"], columns="name", values="value")
    wide = wide.reindex(columns=["K52", "K53", "K42win_rate"]).astype("float64")
    per_call = wide["K53"].fillna(0.0) / wide["K52"]
    found = []
    for kpi, downstream in (("K52", per_call), ("K53", wide["K42win_rate"])):
        part = pd.DataFrame({"kpi_value": wide[kpi], "downstream_value": downstream})
        part = part.dropna().reset_index().rename(columns={"rep": "rep_id"})
        found.append(part.assign(kpi_id=kpi, period=part["month"].dt.strftime("%Y-%m")))
    return pd.concat(found, ignore_index=True)[columns], []
