"""Replace names by ids: reps, customers, pipelines and stages, deals by title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.labels import label_key, name_key
from kpikit.intake.names import is_robot, known_people, name_words, resolve_names, whole_names
from kpikit.intake.values import no_text

Tables = dict[str, pd.DataFrame]

#: Table, id column, name column, for every place that names a rep.
REP_PLACES = (
    ("deals", "owner_id", "owner_name"),
    ("activities", "rep_id", "rep_name"),
    ("absences", "rep_id", "rep_name"),
    ("invoices", "rep_id", "rep_name"),
    ("order_lines", "rep_id", "rep_name"),
    ("surveys", "rep_id", "rep_name"),
    ("kpi_facts", "rep_id", "rep_name"),
    ("payroll", "rep_id", "rep_name"),
    ("plans", "scope_id", "rep_name"),
    ("costs", "rep_id", "rep_name"),
    ("tickets", "rep_id", "rep_name"),
    ("stage_events", "actor_id", "actor_name"),
)
_CUSTOMER_PLACES = (
    "deals", "activities", "invoices", "order_lines", "payments", "surveys", "tickets",
    "deliveries",
)  # fmt: skip
#: Places whose people sell. An actor of the stage history may be anybody, costs and tickets
#: have people of other departments, and a plan's scope may be a team.
_SELLING_PLACES = REP_PLACES[:8]


def resolve_reps(tables: Tables, robots: Sequence[str] = ()) -> tuple[Tables, list[Issue]]:
    """
    One rep id for every spelling, and a rep table with everybody the files mention.

    Reps that only the files know are added with ``is_active`` null. Names of programs,
    and the names or ids in ``robots``, get ``is_human`` false.
    """
    tables = dict(tables)
    reps = tables.get("reps", pd.DataFrame({"rep_id": [], "full_name": []}, dtype="str"))
    reps = whole_names(reps)
    aliases = _extension_aliases(reps, tables.get("rep_aliases"))
    people = known_people(reps, aliases)
    mentions: list[tuple[str, str]] = []
    for table, _, name in REP_PLACES:
        if table in tables and name in tables[table]:
            mentions += list(_mentions(tables[table], name).dropna().unique())
    answer, fresh, issues = resolve_names(sorted(set(mentions)), people)
    for table, column, name in REP_PLACES:
        if table in tables and name in tables[table]:
            rows = tables[table].copy()
            found = _mentions(rows, name).map(answer)
            rows[column] = _text(rows, column).fillna(found.astype("str"))
            tables[table] = rows
    known = set(reps["rep_id"])
    names = dict(fresh)
    for table, column, _ in _SELLING_PLACES:
        if table in tables and column in tables[table]:
            for rep_id in sorted(set(tables[table][column].dropna()) - known - set(names)):
                names[rep_id] = rep_id
    if names:
        added = pd.DataFrame({"rep_id": sorted(names)}, dtype="str")
        added["full_name"] = added["rep_id"].map(names)
        added["is_human"] = ~added["full_name"].map(is_robot)
        added["source_file"], added["source_row"] = "", 0
        issues.append(
            Issue("rep_only_in_files", "info",
                  "Reps that stand in the files but not in the rep list were added; "
                  "whether they still work is not known.", "reps", "rep_id", len(names),
                  share_of(len(names), len(names) + len(reps)), examples(sorted(names)))
        )  # fmt: skip
        tables["reps"] = pd.concat([reps, added], ignore_index=True)
    elif len(reps):
        tables["reps"] = reps
    if "reps" in tables:
        rows = tables["reps"].copy()
        told = rows["is_human"].astype("boolean") if "is_human" in rows else pd.NA
        told = pd.Series(told, index=rows.index, dtype="boolean")
        programs = [name_words(name) for name in robots]
        declared = rows["rep_id"].isin(list(robots)) | rows["full_name"].fillna("").map(
            lambda name: name_words(name) in programs
        )
        told = told.mask(declared, False)
        human = ~rows["full_name"].fillna("").map(is_robot).astype(bool)
        rows["is_human"] = told.fillna(human.astype("boolean"))
        tables["reps"] = rows
    if aliases is not None:
        tables["rep_aliases"] = aliases
    return tables, issues


def _extension_aliases(reps: pd.DataFrame, aliases: pd.DataFrame | None) -> pd.DataFrame | None:
    if "rep_extension" not in reps or not reps["rep_extension"].notna().any():
        return aliases
    listed = reps.loc[reps["rep_extension"].notna()]
    own = pd.DataFrame(
        {"rep_id": listed["rep_id"], "alias": listed["rep_extension"], "alias_kind": "extension"}
    )
    for column in ("source_file", "source_row"):
        if column in listed:
            own[column] = listed[column]
    return own if aliases is None else pd.concat([aliases, own], ignore_index=True)


def _mentions(rows: pd.DataFrame, name: str) -> pd.Series:
    """(name, extension) of each row, null where there is no name."""
    extension = rows["rep_extension"] if "rep_extension" in rows else pd.Series(None, rows.index)
    pairs = [
        (who, number if isinstance(number, str) else "") if isinstance(who, str) else None
        for who, number in zip(rows[name], extension, strict=True)
    ]
    return pd.Series(pairs, index=rows.index, dtype="object")


def resolve_customers(tables: Tables) -> tuple[Tables, pd.DataFrame, list[Issue]]:
    """
    Customer ids for names, the customer table, and the parties of each deal.

    Returns
    -------
    tables
    DataFrame
        ``deal_id``, ``customer_id``: the customer and the contact person of each deal.
    list of Issue
    """
    tables = dict(tables)
    issues: list[Issue] = []
    customers = tables.get("customers")
    by_name: dict[str, list[str]] = {}
    if customers is not None:
        for customer_id, name in zip(customers["customer_id"], _text(customers, "name"),
                                     strict=True):  # fmt: skip
            if isinstance(name, str) and isinstance(customer_id, str):
                by_name.setdefault(name_key(name), []).append(customer_id)
    unclear: list[str] = []
    fresh: dict[str, str] = {}

    def find(name: str) -> str | None:
        ids = by_name.get(name_key(name), [])
        if len(ids) > 1:
            unclear.append(name)
            return None
        if not ids:
            fresh[name] = name
            by_name[name_key(name)] = ids = [name]
        return ids[0]

    def ids_of(names: pd.Series) -> pd.Series:
        answers = {name: find(name) for name in sorted(names.dropna().unique())}
        return names.map(answers).astype("str")

    for table in _CUSTOMER_PLACES:
        if table in tables and "customer_name" in tables[table]:
            rows = tables[table].copy()
            own = _text(rows, "customer_id")
            rows["customer_id"] = own.fillna(ids_of(rows["customer_name"]))
            tables[table] = rows
    parties = pd.DataFrame({"deal_id": [], "customer_id": []}, dtype="str")
    if "deals" in tables:
        deals = tables["deals"].copy()
        deals["customer_id"] = _text(deals, "customer_id")
        contact = ids_of(deals["contact_name"]) if "contact_name" in deals else None
        parts = [deals[["deal_id", "customer_id"]]]
        if contact is not None:
            parts.append(pd.DataFrame({"deal_id": deals["deal_id"], "customer_id": contact}))
            deals["customer_id"] = deals["customer_id"].fillna(contact)
        parties = pd.concat(parts).dropna().drop_duplicates().reset_index(drop=True)
        tables["deals"] = deals
    for table in _CUSTOMER_PLACES:
        if customers is not None and table in tables and "customer_id" in tables[table]:
            listed = set(customers["customer_id"])
            for customer_id in sorted(set(tables[table]["customer_id"].dropna()) - listed):
                fresh.setdefault(customer_id, customer_id)
    if fresh:
        added = pd.DataFrame({"customer_id": sorted(fresh), "name": sorted(fresh)}, dtype="str")
        added["source_file"], added["source_row"] = "", 0
        if customers is not None:
            issues.append(
                Issue("customer_only_in_files", "info",
                      "Customers that the customer list does not have were added by their name.",
                      "customers", "customer_id", len(fresh),
                      share_of(len(fresh), len(fresh) + len(customers)), examples(sorted(fresh)))
            )  # fmt: skip
            added = pd.concat([customers, added], ignore_index=True)
        tables["customers"] = added
    if unclear:
        issues.append(
            Issue("customer_name_ambiguous", "warning",
                  "These names fit several customers and are left without one.", "customers",
                  "name", len(set(unclear)), None, examples(sorted(set(unclear))))
        )  # fmt: skip
    return tables, parties, issues


def resolve_stages(tables: Tables) -> tuple[Tables, list[Issue]]:
    """Stage and pipeline ids for names, checked against the stage list."""
    tables = dict(tables)
    issues: list[Issue] = []
    stages = tables.get("stages")
    for table in ("deals", "stage_events"):
        if table not in tables:
            continue
        rows = tables[table].copy()
        for column in ("pipeline_id", "stage_id"):
            rows[column] = _text(rows, column)
        if "pipeline_name" in rows:
            rows["pipeline_id"] = rows["pipeline_id"].fillna(
                rows["pipeline_name"].map(_pipeline_ids(stages)).fillna(rows["pipeline_name"])
            )
        if stages is not None and stages["pipeline_id"].nunique() == 1:
            # one pipeline leaves no question which one a row without one belongs to
            rows["pipeline_id"] = rows["pipeline_id"].fillna(stages["pipeline_id"].dropna().iloc[0])
        if "stage_name" in rows:
            rows["stage_id"] = rows["stage_id"].fillna(_stage_ids(rows, stages))
        if stages is not None:
            issues += _unknown_stages(rows, stages, table)
        tables[table] = rows
    return tables, issues


def _pipeline_ids(stages: pd.DataFrame | None) -> Mapping[str, str]:
    if stages is None or "pipeline_name" not in stages:
        return {}
    named = stages.dropna(subset=["pipeline_name", "pipeline_id"])
    return dict(zip(named["pipeline_name"], named["pipeline_id"], strict=True))


def _stage_ids(rows: pd.DataFrame, stages: pd.DataFrame | None) -> pd.Series:
    """Stage ids by name within the row's pipeline, else by a name that only one stage has."""
    names = rows["stage_name"]
    if stages is None:
        return names
    keyed: dict[tuple[str, str], str] = {}
    anywhere: dict[str, set[str]] = {}
    for pipeline, stage, name in zip(
        stages["pipeline_id"], stages["stage_id"], _text(stages, "stage_name"), strict=True
    ):
        for text in (name, stage):
            if isinstance(text, str):
                keyed.setdefault((str(pipeline), label_key(text)), stage)
                anywhere.setdefault(label_key(text), set()).add(stage)
    found: list[str | None] = []
    for pipeline, name in zip(rows["pipeline_id"], names, strict=True):
        if not isinstance(name, str):
            found.append(None)
            continue
        key = label_key(name)
        alone = anywhere.get(key, set())
        fallback = next(iter(alone)) if len(alone) == 1 else name
        found.append(keyed.get((str(pipeline), key), fallback))
    return pd.Series(found, index=rows.index, dtype="str")


def _unknown_stages(rows: pd.DataFrame, stages: pd.DataFrame, table: str) -> list[Issue]:
    unknown = rows["stage_id"].notna() & ~rows["stage_id"].isin(stages["stage_id"])
    if not unknown.any():
        return []
    count = int(unknown.sum())
    return [
        Issue("stage_unknown", "warning",
              "These stages are not in the stage list; add them with their order and meaning.",
              table, "stage_id", count, share_of(count, len(rows)),
              examples(sorted(rows.loc[unknown, "stage_id"].unique()), most=20))
    ]  # fmt: skip


def deals_by_title(activities: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Deal ids for activities that name the deal by a title that only one deal has."""
    if "deal_title" not in activities:
        return activities
    titles = _text(deals, "title")
    single = ~titles.map(lambda title: label_key(title), na_action="ignore").duplicated(keep=False)
    usable = deals[single & titles.notna()]
    by_title = dict(zip(usable["title"].map(label_key), usable["deal_id"], strict=True))
    found = activities["deal_title"].map(
        lambda title: by_title.get(label_key(title)), na_action="ignore"
    )
    own = _text(activities, "deal_id")
    return activities.assign(deal_id=own.fillna(found.astype("str")))


def _text(rows: pd.DataFrame, column: str) -> pd.Series:
    """A text column, null where the table does not have it."""
    if column in rows:
        return rows[column].astype("str")
    return no_text(rows.index)
