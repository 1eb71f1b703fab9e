"""
Invoices and their lines: one document told in two tables, or in its lines only.

Lines and invoices complete each other, returns take money back whatever sign
the file gives them, and where no file lists the invoices they are the sums of their lines.
"""

from __future__ import annotations

import pandas as pd

from kpikit.intake.columns import complete, typed_null
from kpikit.intake.filemap import column_kinds
from kpikit.intake.issues import Issue, examples, share_of

Tables = dict[str, pd.DataFrame]

#: What a document says once for all of its lines.
_HEAD = ("customer_id", "customer_name", "rep_id", "rep_name", "issued_on", "doc_kind", "currency")
#: Money or goods that a return gives back.
_SIGNED = ("units", "amount", "amount_base", "cost_base")
#: Sums of lines and of their invoice may differ by this much.
_ROUNDING = 0.01
DOC_KINDS = ("order", "invoice", "shipment", "return", "adjustment")
_SALES = ("order", "invoice", "shipment")


def complete_lines(tables: Tables) -> Tables:
    """Lines take customer, rep, date, kind and currency of their invoice where they have none."""
    if "order_lines" not in tables or "invoices" not in tables:
        return tables
    invoices = tables["invoices"].dropna(subset=["invoice_id"]).drop_duplicates("invoice_id")
    heads = invoices.set_index("invoice_id")
    lines = tables["order_lines"].copy()
    kinds = column_kinds("order_lines")
    for column in heads.columns.intersection(list(_HEAD)):
        own = lines[column] if column in lines else typed_null(kinds[column], lines.index)
        if own.isna().any():
            found = lines["invoice_id"].map(heads[column])
            lines[column] = own.fillna(found.astype(own.dtype))
    return {**tables, "order_lines": lines}


def sign_returns(rows: pd.DataFrame, table: str) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Returns with negative money and goods.

    Some programs list the amounts of a return as positive numbers. A document of
    returns whose sum is positive is turned as a whole, so that a fee inside
    a return keeps its sign against the rest.
    """
    is_return = rows["doc_kind"].eq("return").fillna(False).astype(bool)
    if not is_return.any():
        return rows, []
    table_rows = rows.copy()
    changed = pd.Series(False, index=rows.index)
    document = rows["invoice_id"].fillna("")
    for column in rows.columns.intersection(list(_SIGNED)):
        total = rows[column].where(is_return).groupby(document).transform("sum")
        turned = is_return & total.gt(0)
        table_rows[column] = rows[column].mask(turned, -rows[column])
        changed |= turned & rows[column].notna() & rows[column].ne(0)
    if not changed.any():
        return table_rows, []
    count = int(changed.sum())
    return table_rows, [
        Issue("return_sign", "info",
              "Returns that the file gives as positive numbers count as negative: they take money "
              "back.", table, "amount", count, share_of(count, len(rows)),
              examples(rows.loc[changed, "invoice_id"].dropna()))
    ]  # fmt: skip


def invoices_from_lines(tables: Tables) -> tuple[Tables, list[Issue]]:
    """
    Invoices as the sums of their lines, where no file lists them.

    Lines must say date and customer themselves. The date of an invoice is that of its
    first line; customer and rep are those that its lines name first. An invoice is a
    return when all of its lines are, or when a sale adds up to less than nothing.

    Returns
    -------
    dict, list of Issue
        Without ``invoices`` where lines have no date; else the lines carry the
        kind that their invoice turned out to be.
    """
    lines = tables.get("order_lines")
    if lines is None or lines.empty or "invoices" in tables:
        return tables, []
    if lines["issued_on"].isna().all() or lines["customer_id"].isna().all():
        return tables, [
            Issue("lines_without_invoice", "warning",
                  "Order lines have no date or no customer, and no file lists their invoices; map "
                  "these columns, or the file of the invoices.", "order_lines", "invoice_id",
                  len(lines), 1.0)
        ]  # fmt: skip
    by_invoice = lines.groupby("invoice_id", sort=False)
    invoices = by_invoice[
        ["customer_id", "rep_id", "currency", "source_file", "source_row"]
    ].first()
    invoices["issued_on"] = by_invoice["issued_on"].min()
    for column in ("amount", "amount_base", "cost_base"):
        whole = lines[column].notna().groupby(lines["invoice_id"], sort=False).all()
        invoices[column] = by_invoice[column].sum().where(whole)
    mixed = by_invoice["currency"].nunique().gt(1)
    invoices["amount"] = invoices["amount"].mask(mixed)
    invoices["currency"] = invoices["currency"].mask(mixed)
    invoices["doc_kind"] = _kind_of(lines, invoices["amount"].fillna(invoices["amount_base"]))
    invoices = complete(invoices.reset_index(), "invoices")
    invoices["from_map"], invoices["source_rows"] = -1, 0
    made = complete_lines({**tables, "invoices": invoices})
    difference = abs(float(invoices["amount"].sum() - lines["amount"].sum()))
    said = (
        "their sums are equal"
        if difference <= _ROUNDING
        else "amounts of invoices in several currencies are not added up"
    )
    issues = [
        Issue("invoices_from_lines", "info",
              f"No file lists the invoices; they were made from the order lines, and {said}.",
              "invoices", "", len(invoices), None,
              f"{len(invoices)} invoices, {len(lines)} lines, "
              f"{float(lines['amount'].sum()):.2f} in all")
    ]  # fmt: skip
    return made, issues + _disagreements(lines)


def _kind_of(lines: pd.DataFrame, total: pd.Series) -> pd.Series:
    """Kind of each document, index ``invoice_id``."""
    is_return = lines["doc_kind"].eq("return").fillna(False).astype(bool)
    other = lines.loc[~is_return].groupby("invoice_id", sort=False)["doc_kind"].first()
    kind = other.reindex(total.index).fillna("invoice")
    only_returns = is_return.groupby(lines["invoice_id"], sort=False).all()
    back = only_returns.reindex(total.index) | (total.lt(0) & kind.isin(_SALES))
    return kind.mask(back, "return")


def _disagreements(lines: pd.DataFrame) -> list[Issue]:
    """Invoices whose lines name several customers, reps, days or currencies."""
    by_invoice = lines.groupby("invoice_id", sort=False)
    issues = []
    for column in ("customer_id", "rep_id", "issued_on", "currency"):
        several = by_invoice[column].nunique().gt(1)
        if several.any():
            count = int(several.sum())
            issues.append(
                Issue("invoice_lines_disagree", "warning",
                      f"Lines of one invoice have several values of {column}; the first is that "
                      "of the invoice.", "order_lines", column, count,
                      share_of(count, len(several)), examples(several.index[several]))
            )  # fmt: skip
    return issues


def ledger_issues(tables: Tables) -> list[Issue]:
    """Contradictions between documents, their lines and their kinds."""
    issues: list[Issue] = []
    for table in ("invoices", "order_lines"):
        if table in tables:
            kind = tables[table]["doc_kind"]
            strange = kind.notna() & ~kind.isin(DOC_KINDS)
            issues += _issues_of(
                "doc_kind_unknown", f"These kinds of document are not known; translate them to "
                f"{', '.join(DOC_KINDS)}.", table, "doc_kind", strange, kind[strange])  # fmt: skip
    lines = tables.get("order_lines")
    if lines is None:
        return issues
    sold = ~lines["doc_kind"].isin(["return", "adjustment"])
    for rule, found, column, message in (
        ("negative_units", sold & lines["units"].lt(0), "units",
         "Lines of sales have negative units; nothing was changed."),
        ("negative_amount", sold & lines["amount"].lt(0), "amount",
         "Lines of sales have a negative amount (a discount, or a return that is not marked); "
         "nothing was changed."),
    ):  # fmt: skip
        issues += _issues_of(rule, message, "order_lines", column, found,
                             lines.loc[found, "invoice_id"])  # fmt: skip
    again = lines.duplicated(["invoice_id", "product_id", "units", "amount"])
    again &= lines["product_id"].notna()
    issues += _issues_of(
        "line_repeated", "Lines repeat an earlier one of their invoice in product, units and "
        "amount: sold twice, or exported twice; nothing was changed.", "order_lines", "line_id",
        again, lines.loc[again, "invoice_id"])  # fmt: skip
    if "invoices" in tables:
        issues += _sum_issues(lines, tables["invoices"])
    return issues


def _sum_issues(lines: pd.DataFrame, invoices: pd.DataFrame) -> list[Issue]:
    added = lines.groupby("invoice_id")["amount"].sum()
    told = invoices.set_index("invoice_id")["amount"]
    gap = (told - added.reindex(told.index)).abs()
    differ = gap.gt(_ROUNDING).to_numpy()
    return _issues_of(
        "invoice_lines_differ",
        "The lines of these invoices add up to another amount than the invoice (tax or discount, "
        "or lines missing); nothing was changed.", "invoices", "amount",
        pd.Series(differ, index=invoices.index), invoices.loc[differ, "invoice_id"],
    )  # fmt: skip


def _issues_of(
    rule: str, message: str, table: str, column: str, found: pd.Series, shown: pd.Series
) -> list[Issue]:
    count = int(found.sum())
    if not count:
        return []
    return [Issue(rule, "warning", message, table, column, count, share_of(count, len(found)),
                  examples(shown))]  # fmt: skip
