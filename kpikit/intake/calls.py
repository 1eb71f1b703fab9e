"""
Give calls and meetings to deals.

A telephony list knows numbers, not deals. The number leads to customers, the
customers to the deals open at that instant: exactly one is the answer, of several the
latest is taken and marked as ambiguous.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd


def phone_key(phone: str) -> str | None:
    """
    National part of a phone number, equal for all ways of writing it.

    ``+7 (495) 123-45-67`` and ``8 495 1234567`` give one key, as do ``+36 20 123 4567``
    and ``06 20 123 4567``. Short internal numbers give None.
    """
    digits = re.sub(r"\D", "", phone).removeprefix("00")
    if len(digits) < 7:
        return None
    if len(digits) == 11 and digits[0] in "78":
        return digits[1:]
    if len(digits) == 10:
        # a ten-digit number is either Russian without its 8 or Hungarian landline with 06 or 36
        return digits[2:] if digits.startswith(("06", "361")) else digits
    if digits.startswith(("36", "06")) and len(digits) == 11:
        return digits[2:]
    return digits[-9:]


def customer_phones(customers: pd.DataFrame) -> pd.DataFrame:
    """
    Phone keys of customers, several per customer possible.

    Returns
    -------
    DataFrame
        ``customer_id``, ``phone_key``.
    """
    listed = customers.loc[customers["phone"].notna(), ["customer_id", "phone"]]
    parts = listed.assign(phone=listed["phone"].str.split(r"[;,/|\n]| доб", regex=True))
    single = parts.explode("phone").dropna()
    keys = single["phone"].map(phone_key).astype("str")
    table = pd.DataFrame({"customer_id": single["customer_id"], "phone_key": keys})
    return table.dropna().drop_duplicates().reset_index(drop=True)


def link_activities(
    activities: pd.DataFrame, deals: pd.DataFrame, parties: pd.DataFrame, phones: pd.DataFrame
) -> pd.DataFrame:
    """
    Attribute activities to deals by number and time.

    Parameters
    ----------
    activities : DataFrame
        ``deal_id``, ``customer_id``, ``phone``, ``started_at``.
    deals : DataFrame
        ``deal_id``, ``created_at``, ``closed_at``.
    parties : DataFrame
        ``deal_id``, ``customer_id``: all customers and contacts of each deal.
    phones : DataFrame
        From :func:`customer_phones`.

    Returns
    -------
    DataFrame
        The activities with ``deal_id``, ``customer_id`` and ``attribution``:
        ``explicit`` (the file named the deal), ``by_phone_and_time`` (exactly one deal
        of the customer was open), ``ambiguous`` (the most recently created of several), ``none``.
    """
    table = activities.copy()
    explicit = table["deal_id"].notna()
    table["attribution"] = pd.Series(
        np.where(explicit, "explicit", "none"), index=table.index
    ).astype("str")
    loose = table[~explicit]
    keys = loose["phone"].map(
        {phone: phone_key(phone) for phone in loose["phone"].dropna().unique()}
    )
    named = pd.DataFrame({"row": loose.index, "customer_id": loose["customer_id"].to_numpy()})
    dialled = pd.DataFrame({"row": loose.index, "phone_key": keys.astype("str")}).dropna()
    reached = pd.concat(
        [named.dropna(), dialled.merge(phones, on="phone_key")[["row", "customer_id"]]]
    ).drop_duplicates()
    only = reached[~reached["row"].duplicated(keep=False)].set_index("row")["customer_id"]
    table["customer_id"] = table["customer_id"].fillna(only.reindex(table.index))
    spans = parties.merge(deals[["deal_id", "created_at", "closed_at"]], on="deal_id")
    pairs = reached.merge(spans, on="customer_id")
    when = pairs["row"].map(table["started_at"])
    open_then = (pairs["created_at"] <= when) & (
        pairs["closed_at"].isna() | (pairs["closed_at"] >= when)
    )
    pairs = pairs[open_then].drop_duplicates(["row", "deal_id"])
    pairs = pairs.sort_values(["row", "created_at", "deal_id"], kind="stable")
    latest = pairs.groupby("row")["deal_id"].last()
    count = pairs.groupby("row")["deal_id"].size()
    table["deal_id"] = table["deal_id"].fillna(latest.reindex(table.index)).astype("str")
    table.loc[count.index[count == 1], "attribution"] = "by_phone_and_time"
    table.loc[count.index[count > 1], "attribution"] = "ambiguous"
    return table
