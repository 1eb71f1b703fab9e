"""Amounts in the base currency; two currencies without rates refuse their sum."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpikit.intake.issues import Issue, examples, share_of
from kpikit.intake.labels import label_key
from kpikit.intake.values import map_unique

_NAMES = {
    "₽": "RUB", "р": "RUB", "руб": "RUB", "rur": "RUB", "рубль": "RUB", "рубли": "RUB",
    "российский рубль": "RUB", "ft": "HUF", "forint": "HUF", "magyar forint": "HUF",
    "€": "EUR", "евро": "EUR", "euro": "EUR", "$": "USD", "доллар сша": "USD",
    "us dollar": "USD", "£": "GBP", "₸": "KZT", "тенге": "KZT", "₴": "UAH",
}  # fmt: skip


def currency_code(text: str) -> str:
    """Currency code behind a sign or a name; an unknown text stays, in capitals."""
    key = label_key(text).strip(" .")
    return _NAMES.get(key, key.upper())


def convert_amounts(
    rows: pd.DataFrame,
    table: str,
    day: pd.Series,
    base_currency: str,
    rates: pd.DataFrame | None,
) -> tuple[pd.DataFrame, list[Issue]]:
    """
    Fill ``amount_base`` and put currency codes in order.

    Parameters
    ----------
    rows : DataFrame
        ``amount``, ``currency``, ``amount_base`` (kept where a file gives it).
    table : str
        For messages.
    day : Series
        Naive date at which each amount is converted.
    base_currency : str
        Code of the engagement's currency.
    rates : DataFrame or None
        ``currency``, ``rate_to_base`` and, for rates that change, ``date``; the last
        rate up to the day applies.

    Returns
    -------
    DataFrame, list of Issue
        If a currency has no rate the whole ``amount_base`` is null with an error:
        the sum of the rest would look complete and not be.
    """
    table_rows = rows.copy()
    codes = map_unique(table_rows["currency"], currency_code).astype("str")
    table_rows["currency"] = codes
    given = table_rows["amount_base"]
    needed = table_rows["amount"].notna() & given.isna()
    if not needed.any():
        return table_rows, []
    issues: list[Issue] = []
    if codes[needed].isna().all():
        issues.append(
            Issue("currency_assumed", "info",
                  f"No currency is given; all amounts are taken as {base_currency}.", table,
                  "currency", int(needed.sum()), share_of(int(needed.sum()), len(rows)))
        )  # fmt: skip
        codes = codes.fillna(base_currency)
    rate = _rates_for(codes, day, base_currency, rates)
    unnamed = needed & codes.isna()
    if unnamed.any():
        count = int(unnamed.sum())
        issues.append(
            Issue("currency_missing", "warning",
                  "Amounts without a currency beside others with one are not converted.", table,
                  "currency", count, share_of(count, len(rows)),
                  examples(table_rows.loc[unnamed, "source_row"]))
        )  # fmt: skip
    lacking = needed & codes.notna() & rate.isna()
    if lacking.any():
        names = sorted(codes[lacking].unique())
        count = int(lacking.sum())
        issues.append(
            Issue("currency_without_rate", "error",
                  f"Amounts in {', '.join(names)} have no rate to {base_currency}, so no sum of "
                  "money is given; add the rates to the engagement.", table, "amount_base",
                  count, share_of(count, len(rows)), examples(names))
        )  # fmt: skip
        table_rows["amount_base"] = np.nan
        return table_rows, issues
    table_rows["amount_base"] = given.fillna(table_rows["amount"] * rate)
    return table_rows, issues


def _rates_for(
    codes: pd.Series, day: pd.Series, base_currency: str, rates: pd.DataFrame | None
) -> pd.Series:
    rate = pd.Series(np.nan, index=codes.index).mask(codes.eq(base_currency), 1.0)
    if rates is None or rates.empty:
        return rate
    listed = rates.assign(currency=rates["currency"].map(currency_code))
    if "date" not in listed:
        fixed = listed.drop_duplicates("currency", keep="last").set_index("currency")
        return rate.fillna(codes.map(fixed["rate_to_base"]))
    listed = listed.assign(date=pd.to_datetime(listed["date"]).astype("datetime64[us]"))
    wanted = pd.DataFrame({"currency": codes, "date": day.astype("datetime64[us]")})
    wanted = wanted.dropna().reset_index().sort_values("date", kind="stable")
    found = pd.merge_asof(
        wanted, listed[["currency", "date", "rate_to_base"]].sort_values("date", kind="stable"),
        on="date", by="currency",
    ).set_index("index")["rate_to_base"]  # fmt: skip
    return rate.fillna(found.reindex(codes.index))
