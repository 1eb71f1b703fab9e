"""The cases of ``kpi_engine.py`` in polars: lazy, streaming."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2026, 1, 1)
OLD = NOW - timedelta(days=38)
MEETINGS = ["meeting", "visit", "demo"]
STAGES = range(1, 7)


def runner(case: str) -> Callable[[Path], list[Any]]:
    """What answers a case from the files of a folder, as frames of sums."""
    import pandas  # noqa: F401
    import polars as pl
    import pyarrow  # noqa: F401

    def run(folder: Path) -> list[Any]:
        tables = {path.stem: pl.scan_parquet(path) for path in folder.glob("*.parquet")}
        return [frame.collect(engine="streaming").to_pandas() for frame in _CASES[case](pl, tables)]

    return run


def _deals(pl: Any, tables: Any) -> Any:
    odd = pl.col("is_test").fill_null(False) | pl.col("is_duplicate").fill_null(False)
    return tables["deals"].filter(~odd, pl.col("created_at") <= NOW)


def _leads(pl: Any, tables: Any) -> Any:
    kind = pl.col("deal_kind").fill_null("new")
    return _deals(pl, tables).filter(kind.is_in(["new", "unknown"]))


def _by(pl: Any, moment: str, *names: str) -> list[Any]:
    return [pl.col(moment).dt.truncate("1mo").alias("month"), *names]


def _ends(pl: Any, tables: Any) -> Any:
    days = tables["calendar"].filter(pl.col("date") < NOW)
    last = pl.col("date").max().dt.offset_by("1d") - timedelta(seconds=1)
    return days.group_by(pl.col("date").dt.truncate("1mo").alias("month")).agg(moment=last)


def _b1(pl: Any, tables: Any) -> list[Any]:
    c = pl.col
    rep = c("owner_id").alias("rep")
    talked = (c("kind") == "call") & c("is_connected") & (c("duration_s").fill_null(20) >= 20)
    entered = c("kind").is_in(MEETINGS)
    held = entered & (c("is_completed") | (c("is_completed").is_null() & c("result").is_not_null()))
    segments = tables["customers"].select("customer_id", "segment")
    activities = (
        tables["activities"]
        .filter(~c("is_automatic").fill_null(False), c("started_at") <= NOW)
        .join(segments, on="customer_id", how="left")
        .group_by(_by(pl, "started_at", c("rep_id").alias("rep"), "segment"))
        .agg(
            talked.sum().alias("K52_n"),
            (c("kind") == "call").sum().alias("K52.dials_n"),
            held.sum().alias("K53_n"),
            entered.sum().alias("K53.entered_n"),
        )
    )
    deals = _deals(pl, tables)
    closed = deals.filter(c("status").is_in(["won", "lost"]), c("closed_at") <= NOW)
    won = closed.filter(c("status") == "won")
    profit, amount = c("amount_base") - c("cost_base"), c("amount_base")
    known = profit.is_not_null()
    sales = won.group_by(_by(pl, "closed_at", rep, "segment")).agg(
        pl.len().alias("K43_n"), pl.len().alias("K01_n"), amount.sum().alias("K01_x"),
        (amount * amount).sum().alias("K01_xx"), pl.len().alias("K19_n"),
        amount.sum().alias("K19_x"), amount.count().alias("K19_filled"),
        amount.median().alias("K19_median"), profit.count().alias("K12_n"),
        profit.sum().alias("K12_x"), profit.count().alias("K12_filled"),
        (profit * profit).sum().alias("K12_xx"), profit.median().alias("K12_median"),
        profit.count().alias("K12.loss_making_n"), (profit < 0).sum().alias("K12.loss_making_x"),
        profit.count().alias("K09_n"), profit.sum().alias("K09_x"),
        amount.filter(known).sum().alias("K09_y"),
        (amount * amount).filter(known).sum().alias("K09_yy"),
        (profit * amount).sum().alias("K09_xy"),
    )  # fmt: skip
    is_won, is_lost = (c("status") == "won").sum(), (c("status") == "lost").sum()
    decided = closed.group_by(_by(pl, "closed_at", rep, "segment")).agg(
        pl.len().alias("K42_n"), is_won.alias("K42_x"), is_lost.alias("K42_y"),
        pl.len().alias("K42.win_rate_n"), is_won.alias("K42.win_rate_x"),
    )  # fmt: skip
    leads = _leads(pl, tables).filter(c("created_at") <= OLD)
    sold = ((c("status") == "won") & (c("closed_at") <= NOW)).sum()
    created = leads.group_by(_by(pl, "created_at", rep, "segment")).agg(
        pl.len().alias("K39_n"), sold.alias("K39_x")
    )
    first = won.filter(c("customer_id").is_not_null()).group_by("customer_id").agg(
        c("closed_at", "owner_id", "segment").sort_by("closed_at", "deal_id").first()
    ).join(tables["customers"].select("customer_id", "first_order_on"), on="customer_id",
           how="left")  # fmt: skip
    first = first.with_columns(at=pl.min_horizontal("closed_at", "first_order_on"))
    firsts = first.group_by(_by(pl, "at", rep, "segment")).agg(pl.len().alias("K20_n"))
    gone = pl.when(c("status") == "open").then(datetime(2200, 1, 1)).otherwise(c("closed_at"))
    own = deals.select("created_at", "customer_id", "deal_id", "segment", rep, gone=gone)
    held_at = own.join_where(
        _ends(pl, tables), c("created_at") <= c("moment"), c("gone") > c("moment")
    )
    in_work = held_at.group_by("month", "rep", "segment").agg(
        c("customer_id").n_unique().alias("K35_n"), c("deal_id").n_unique().alias("K35.deals_n")
    )
    return [activities, sales, decided, created, firsts, in_work]


def _b2(pl: Any, tables: Any) -> list[Any]:
    c = pl.col
    sold = (c("status") == "won") & (c("closed_at") <= NOW)
    own = _leads(pl, tables).select("deal_id", "segment", "closed_at", sold=sold)
    rank = pl.when(c("semantic") == "open").then(c("stage_order"))
    rank = rank.when(c("semantic") == "won").then(1_000_000)
    stages = tables["stages"].select("stage_id", rank=rank)
    ways = (
        tables["stage_events"]
        .filter(c("entered_at") <= NOW)
        .join(own.select("deal_id"), on="deal_id", how="semi")
        .join(stages, on="stage_id")
        .filter(c("rank").is_not_null())
        .group_by("deal_id")
        .agg(
            best=c("rank").max(),
            **{f"at_{k}": c("entered_at").filter(c("rank") >= k).min() for k in STAGES},
        )
    )
    rows = own.join(ways, on="deal_id")
    signed = pl.when(c("sold")).then(c("closed_at"))
    found = [
        rows.select(
            "segment", stage=pl.lit(f"Stage {k}"), moment=pl.min_horizontal(f"at_{k}", signed),
            passed=c("sold") | (c("best") > k),
        )
        for k in STAGES
    ]  # fmt: skip
    old = pl.concat(found).filter(c("moment") <= OLD)
    return [
        old.group_by("stage", "segment").agg(
            pl.len().alias("K40_n"), c("passed").sum().alias("K40_x")
        )
    ]


def _b3(pl: Any, tables: Any) -> list[Any]:
    c = pl.col
    asked = _deals(pl, tables).select("deal_id", "customer_id", "owner_id", "created_at")
    asked = asked.sort("created_at")
    called = (c("kind") == "call") & c("is_connected")
    wrote = c("kind").is_in(["chat", "email"]) & c("is_completed").fill_null(True)
    met = c("kind").is_in(MEETINGS) & c("is_completed").fill_null(True)
    moves = (
        tables["activities"]
        .filter(~c("is_automatic").fill_null(False), c("started_at") <= NOW)
        .filter(((c("direction") == "out") & (called | wrote)) | met)
        .select("deal_id", "customer_id", "started_at")
        .sort("started_at")
    )
    rows = asked
    for key in ("deal_id", "customer_id"):
        later = moves.select(key, pl.col("started_at").alias(f"by_{key}"))
        rows = rows.join_asof(
            later, left_on="created_at", right_on=f"by_{key}", by=key, strategy="forward"
        )
    answered = pl.min_horizontal("by_deal_id", "by_customer_id")
    rows = rows.select(
        c("owner_id").alias("rep"), "created_at", over=answered.is_not_null(),
        ended_at=answered.fill_null(NOW),
    )  # fmt: skip
    for moment in ("created_at", "ended_at"):
        days = tables["calendar"].select("date", "work_s", "start_s", "end_s", "before_s")
        rows = rows.with_columns(date=c(moment).dt.truncate("1d")).join(days, on="date", how="left")
        clock = (c(moment) - c("date")).dt.total_seconds().cast(pl.Float64)
        inside = pl.max_horizontal(pl.min_horizontal(clock, "end_s") - c("start_s"), 0.0)
        width = c("end_s") - c("start_s")
        share = pl.when(width != 0).then(c("work_s") / width).fill_null(0.0)
        rows = rows.with_columns((c("before_s") + inside * share).alias(f"{moment}_s"))
        rows = rows.drop("date", "work_s", "start_s", "end_s", "before_s")
    spans = rows.select(
        *_by(pl, "created_at", "rep"), "over",
        clock=(c("ended_at") - c("created_at")).dt.total_seconds().cast(pl.Float64),
        worked=c("ended_at_s") - c("created_at_s"),
    ).collect(engine="streaming").lazy()  # fmt: skip
    found = [
        spans.filter(c(length) >= 0)
        .group_by("month", "rep", bin=(c(length) / 60).floor().cast(pl.Int64))
        .agg(
            over=c("over").sum().cast(pl.Int64), unfinished=(~c("over")).sum().cast(pl.Int64),
            total=c(length).sum(), total_over=c(length).filter("over").sum(),
        )
        .with_columns(part=pl.lit(part))
        for part, length in (("", "worked"), ("clock", "clock"))
    ]  # fmt: skip
    left = spans.group_by("month", "rep").agg(
        bin=pl.lit(None, pl.Int64), over=c("worked").is_null().sum().cast(pl.Int64),
        unfinished=pl.lit(0, pl.Int64), total=pl.lit(0.0), total_over=pl.lit(0.0),
    )  # fmt: skip
    return [pl.concat([*found, left.with_columns(part=pl.lit("left_out"))])]


def _b4(pl: Any, tables: Any) -> list[Any]:
    c = pl.col
    won = _deals(pl, tables).filter(
        c("status") == "won", c("closed_at") <= NOW, c("customer_id").is_not_null()
    )
    won = won.select(
        "customer_id", "segment", "closed_at", until=c("closed_at").dt.offset_by("90d")
    )
    seen = won.join_where(
        _ends(pl, tables), c("closed_at") <= c("moment"), c("until") > c("moment")
    )
    buyers = pl.col("customer_id").n_unique().alias("K21_n")
    return [seen.group_by("month", "segment").agg(buyers)]


_CASES: dict[str, Callable[..., list[Any]]] = {"B1": _b1, "B2": _b2, "B3": _b3, "B4": _b4}
