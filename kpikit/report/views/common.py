"""Pieces that several chapters use: rows of figures, labels, short sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import narrative
from kpikit.report.tables import Shown, show_notice
from kpikit.study import Study
from kpikit.vocabulary import FIGURE_KEYS

Format = Callable[[Any], str]
#: The one stage of a client without stage history.
WHOLE_DEAL = "deal"


def rows(study: Study, name: str, **keys: str) -> pd.DataFrame:
    """Rows of a figure; keys not named may hold anything."""
    table = study.figures[study.figures["figure"] == name]
    for key, value in keys.items():
        table = table[table[key] == value]
    return table


def one(study: Study, name: str, **keys: str) -> pd.Series | None:
    """The single row with exactly these keys (all others empty); None without."""
    full = dict.fromkeys(FIGURE_KEYS[1:], "") | keys
    table = rows(study, name, **full)
    return None if table.empty else table.iloc[0]


def value(study: Study, name: str, **keys: str) -> Any:
    """The number of a figure, None where it is missing or not computable."""
    row = one(study, name, **keys)
    return None if row is None else row["value"]


def with_interval(row: pd.Series | None, write: Format) -> str:
    """``0.37 (0.31-0.44)`` in the language in use; a dash without a value."""
    if row is None or row["value"] is None:
        return languages.MISSING
    return languages.estimate(row["value"], row["low"], row["high"], write)


def stage_names(study: Study) -> dict[str, str]:
    """Stage id to the name the client uses, in funnel order."""
    names = dict(study.stage_names)
    if names.get(WHOLE_DEAL) == WHOLE_DEAL:
        names[WHOLE_DEAL] = _("from creation to closing")
    return names


def segment_label(name: str) -> str:
    """A segment's name; the empty one stands for all."""
    return name or _("all segments")


#: Roles that kpikit itself names; others are the client's words.
ROLES = {"rep": noop("reps"), "head": noop("heads of sales"), "support": noop("support")}


def role_label(role: str) -> str:
    """A role in the language in use, or as the client calls it."""
    return _(ROLES[role]) if role in ROLES else role


def one_decimal(x: Any) -> str:
    """A number with one decimal."""
    return languages.number(x, 1)


def one_decimal_share(x: Any) -> str:
    """A share with one decimal of a per cent."""
    return languages.share(x, 1)


def not_computable(study: Study, name: str, title: str) -> Shown:
    """A refusal in place of a table: what is missing, in the reader's words."""
    table = rows(study, name)
    reason = "" if table.empty else str(table.iloc[0]["reason"] or "")
    text = reason_text(reason) or _("The data for this are missing.")
    return show_notice("refused", text, title)


def reason_text(code: str) -> str:
    """Reasons of figures in the language in use; several are joined by semicolons."""
    if not code or code in ("None", "nan"):
        return ""
    if code.startswith("missing: "):
        names = [_(narrative.MISSING.get(name, name)) for name in code[9:].split(", ")]
        return _("Missing: {names}.").format(names=languages.join(names))
    parts = [part.strip() for part in code.split("; ")]
    return " ".join(_reason(part) for part in parts if part)


def _reason(part: str) -> str:
    if part in REASONS:
        return _(REASONS[part])
    for pattern, text in REASON_PATTERNS.items():
        found = re.fullmatch(pattern, part)
        if found:
            return _(text).format(
                **{k: languages.number(float(v)) for k, v in found.groupdict().items()}
            )
    return part


def text_or_blank(text: Any) -> str:
    """A remark; nothing, rather than a dash, where there is none."""
    return "" if text is None or text != text else str(text)


#: Reasons as the core writes them, and as a reader should see them.
#: Phone numbers in free text: nine digits and more, with the usual marks between.
PHONE = re.compile(r"\+?\d(?:[ ()-]{0,2}\d){8,}")

REASONS: dict[str, str] = {
    "no deal can be followed from its start": noop("No deal can be followed from its start."),
    "fewer than ten deals were followed long enough: counts only": noop(
        "Fewer than ten deals were followed long enough: only counts can be given."
    ),
    "fewer than ten deals were closed": noop("Fewer than ten deals were closed."),
    "more than a tenth of the deals is still open at the oldest age seen": noop(
        "More than a tenth of the deals is still open at the oldest age seen."
    ),
    "few deals were watched from their start: most were already running": noop(
        "Few deals were watched from their start: most were already running."
    ),
    "no deal has a start date and none is closed": noop(
        "No deal has a start date and none is closed."
    ),
    "no start dates: the share of closed deals depends on how fast each kind closes": noop(
        "There are no start dates: the share of closed deals depends on how fast each kind closes."
    ),
    "no deal was won": noop("No deal was won."),
    "too few deals were followed": noop("Too few deals were followed."),
    "not reached by enough deals": noop("Not reached by enough deals."),
    "fewer than ten stays ended": noop("Fewer than ten stays ended."),
    "no deal was won in the period: nothing to divide by": noop(
        "No deal was won in the period: there is nothing to divide by."
    ),
    "no deal with known dates": noop("No deal has known dates."),
    "no contact is linked to these deals": noop("No contact is linked to these deals."),
    "no contacts in the data": noop("There are no contacts in the data."),
    "no activity is a contact": noop("No activity in the data is a contact."),
    "contacts are not linked to deals": noop("The contacts are not linked to deals."),
    "no week with three days present and a contact": noop(
        "There is no week with three days present and a contact."
    ),
    "no number of reps reaches the probability": noop(
        "No number of reps reaches the agreed probability."
    ),
    "no detectable difference between reps": noop("The reps cannot be told apart."),
    "little_gap": noop("Flow and stay do not match the deals counted."),
    "no_kpi_list": noop("There is no list of KPIs."),
    "no_kpi_facts": noop("There are no values of KPIs."),
    "no_rep_plans": noop("Plans of single reps are not known."),
    "no_pay_rules": noop("There are no rules of pay."),
    "no_payroll": noop("What was paid is not known: the rules are judged, not checked."),
    "stated_rates": noop("The rates are stated by the client, not measured."),
    "stated_norms": noop("The norms are stated by the client, not measured."),
    "stated_cycle": noop("The cycle is stated by the client, not measured."),
    "no_deals": noop("No deals were read."),
    "no_dates": noop("The deals have no creation and closing dates."),
    "no_stage_history": noop("There is no stage history: only from creation to closing."),
    "no_owners": noop("The deals name fewer than two responsible reps."),
    "current_owner": noop("Only the present responsible rep of a deal is known."),
    "contacts_partly_linked": noop("Only a part of the contacts is linked to deals."),
    "contacts_not_linked": noop("The contacts are not linked to deals."),
    "counted_contacts": noop("The source counted the contacts; their length is not known."),
    "no_contacts": noop("There are no contacts in the data."),
    "no_plan": noop("There is no plan."),
    "no_norms": noop("There are no contact norms."),
    "no_selling_time": noop("The share of the day spent selling is not known."),
    "chain_refused": noop("An input of the chain is missing."),
    "no_contract_ends": noop("There are no contracts of existing customers in the data."),
    "won deals name their rep and the others do not": noop(
        "Won deals name their rep and the others do not: reps cannot be compared."
    ),
    "no staff list: presence is taken from the first to the last contact": noop(
        "There is no staff list: presence is taken from the first to the last contact."
    ),
    "cycle": noop("The length of the sales cycle is not known."),
    "retention_norms": noop("There is no contact norm for existing customers."),
    "evidence": noop("The rates are stated without the number of deals behind them."),
    "naive ratio, for comparison": noop("A usual ratio, for comparison only."),
}
#: Reasons that carry numbers.
REASON_PATTERNS: dict[str, str] = {
    r"only (?P<n>\d+) contacts": noop("Only {n} contacts."),
    r"(?P<share>\d+)% of the deals are still open after (?P<days>\d+) days, the longest that was "
    r"watched": noop(
        "{share} % of the deals are still open after {days} days, the longest watched."
    ),
    r"(?P<n>\d+) contacts were left open: they count with the mean length": noop(
        "{n} contacts were left open: they count with the mean length."
    ),
    r"only (?P<n>\d+) reps: no quarter of them can be told from chance": noop(
        "Only {n} reps: a best quarter of them cannot be told from chance."
    ),
}


def masked(study: Study, text: str) -> str:
    """A client's record without phone numbers and names of reps, unless names are allowed."""
    text = PHONE.sub("•••", text)
    if study.engagement.privacy.rep_names or study.client is None:
        return text
    reps = study.client.tables.get("reps")
    for name in () if reps is None else reps["full_name"].dropna():
        # One name is written with ё in one export and with е in the next.
        words = [
            re.sub("[её]", "[её]", re.escape(word), flags=re.IGNORECASE)
            for word in str(name).split()
            if len(word) > 2
        ]
        for order in (words, words[::-1]):
            text = re.sub(r"\s+".join(order), "•••", text, flags=re.IGNORECASE) if order else text
    return text


def rep_label(study: Study, rep: str) -> str:
    """The rep's name, or a pseudonym unless the engagement allows names."""
    if study.engagement.privacy.rep_names and study.client is not None:
        table = study.client.tables.get("reps")
        if table is not None:
            names = dict(zip(table["rep_id"], table["full_name"], strict=True))
            return str(names.get(rep, rep))
    known = sorted(set(study.figures["rep"]) - {""})
    return _("Rep {n}").format(n=languages.number(known.index(rep) + 1))
