"""
Sentences of the KPI audit in the language in use.

The rules hand over a template and its values; here every value is written as what it is:
a share in per cent, a correlation with two digits, a KPI by the client's own name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from kpikit import languages
from kpikit.diagnosis.kpi_rules import messages
from kpikit.diagnosis.kpi_rules.registry import RULES
from kpikit.diagnosis.kpi_rules.rule import Rule
from kpikit.errors import InputDataError
from kpikit.kpi_audit import KpiAudit
from kpikit.languages import gettext as _
from kpikit.languages import noop
from kpikit.report import audit_words as words
from kpikit.report import passports
from kpikit.report.views import common
from kpikit.report.views.kpi_results import BENIGN, SIGN_NAMES
from kpikit.study import Study

Write = Callable[[Any], str]

#: More names than this are counted and not listed.
MOST_NAMES = 8
_QUOTES = {"en": "“{}”", "ru": "«{}»", "hu": "„{}”"}

#: Codes whose ``rho link low high`` are correlations; elsewhere they are shares.
_CORRELATIONS = frozenset(
    {"R03.linked", "R03.opposed", "R03.not_linked", "R04.way_moves_goal", "R04.way_against_goal",
     "R04.way_unproven", "R13.pay_did_not_move", "R13.pay_moved_against", "R13.pay_moved",
     "R13.pay_unproven", "R20.moves_with"}
)  # fmt: skip
#: Codes whose ``difference low high`` are differences of shares.
_DIFFERENCES = frozenset({"R16.separates", "R16.inverted", "R16.does_not_separate"})
#: Codes whose ``limit`` is a share.
_SHARE_LIMITS = frozenset(
    {"R06.gaps", "R09.computed_wrong", "R13.too_light", "R13.light", "R13.immaterial",
     "R21.churned", "R24.broken", "R24.perhaps_broken", "R24.fine"}
)  # fmt: skip
_SHARES = frozenset(
    {"share", "met_share", "weight", "probability", "icc", "effect", "churn", "value"}
)
#: Values that make two verdicts of one code two statements.
_APART = ("controller", "sign", "condition", "parent", "strategy", "function", "role_name",
          "cadence", "reason", "language", "checker")  # fmt: skip


def audit_of(study: Study) -> KpiAudit:
    """The audit of a study with a list of KPIs."""
    if study.audit is None:
        raise InputDataError(
            "There is no audit of the KPI system: the client gave no list of KPIs. "
            "Put the list into the engagement as the table kpis."
        )
    return study.audit


def quoted(text: str) -> str:
    """Client text in the quotation marks of the language in use."""
    return _QUOTES[languages.current()].format(" ".join(text.split()))


def plain_name(study: Study, kpi: str) -> str:
    """The client's own name of a KPI; with its role where another role has the same name."""
    listed = audit_of(study).inputs.kpis
    own = listed[listed["kpi_id"].eq(kpi)]
    if own.empty:
        return kpi
    name = own["name"].iloc[0]
    if not isinstance(name, str) or not name.strip():
        return kpi
    role = own["role"].iloc[0]
    shared = listed["name"].eq(name).sum() > 1
    named = " ".join(common.masked(study, name).split())
    if shared and isinstance(role, str) and role:
        return f"{named} ({common.role_label(role)})"
    return named


def kpi_name(study: Study, kpi: str) -> str:
    """The client's own name of a KPI in quotation marks."""
    return quoted(plain_name(study, kpi))


def kpi_names(study: Study, kpis: Iterable[str], most: int = MOST_NAMES) -> str:
    """Several KPIs as running text; what is too many is counted."""
    return listing([kpi_name(study, kpi) for kpi in dict.fromkeys(kpis)], most)


def listing(texts: Sequence[str], most: int = MOST_NAMES) -> str:
    """A list as running text; what is too many is counted."""
    if len(texts) <= most + 1:
        return languages.join(texts)
    more = _("{n} more").format(n=languages.number(len(texts) - most))
    return languages.join([*texts[:most], more])


def rep_name(study: Study, rep: Any) -> str:
    """The rep as the report calls people, on one line; values of nobody are the team's."""
    return _rep(study, rep).replace(" ", "\u00a0")


def _rep(study: Study, rep: Any) -> str:
    if not isinstance(rep, str) or rep == "team":
        return _("the team")
    known = set(study.figures["rep"]) - {""}
    if rep in known or study.engagement.privacy.rep_names:
        return common.rep_label(study, rep)
    # people that only the client's own list of values knows come after the others
    further = sorted({*audit_of(study).cases.get("rep_id", ())} - known)
    place = further.index(rep) if rep in further else len(further)
    return _("Rep {n}").format(n=languages.number(len(known) + place + 1))


def title(rule: str) -> str:
    """The demand of a rule as a sentence."""
    found = _rules().get(rule)
    return _(found.title) if found else rule


def advice(rule: str) -> str:
    """What to do where the demand is not met."""
    found = _rules().get(rule)
    return _(found.advice) if found and found.advice else ""


def short_title(rule: str) -> str:
    """The demand of a rule in two or three words."""
    return _(words.RULE_NAMES[rule]) if rule in words.RULE_NAMES else rule


@cache
def _rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in RULES}


@cache
def _templates() -> dict[str, str]:
    return messages()


def sentence(study: Study, row: Mapping[str, Any]) -> str:
    """
    What a verdict says, in the language in use.

    Parameters
    ----------
    study : Study
        With its audit.
    row : mapping
        A row of the table of verdicts; ``code`` and ``values`` are read.
    """
    return common_sentence(study, str(row["code"]), [row["values"]])


def common_sentence(study: Study, code: str, values: Sequence[Mapping[str, Any]]) -> str:
    """
    What several verdicts of one code say together: equal values once, others as a range.

    Parameters
    ----------
    study : Study
    code : str
        ``R05.too_noisy``.
    values : sequence of mapping
        Values of each verdict.
    """
    filled = {
        key: _together(study, code, key, [own[key] for own in values if key in own])
        for key in dict.fromkeys(key for own in values for key in own)
    }
    if "benign" in filled and "sign" in values[0]:
        # the sentence around it brings its own full stop
        filled["benign"] = _sign_word(BENIGN, values[0]["sign"]).rstrip(".")
    text = _(_templates()[code]).format(**filled)
    return text[:1].upper() + text[1:]


def statements(verdicts: pd.DataFrame) -> list[tuple[str, list[dict[str, Any]]]]:
    """
    Verdicts that say the same of several KPIs, together: code and its rows.

    A statement about a pair of KPIs is made once.
    """
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in verdicts.to_dict("records"):
        values = row["values"]
        copies = values.get("kpis") if row["rule"] in ("R19", "R20") else None
        others = [values["kpi"]] if "kpi" in values else list(copies or ())
        pair = tuple(sorted({row["kpi_id"], *others})) if others else ()
        where = "" if row["kpi_id"] else row["role"]
        key = (row["code"], pair, where, *(str(values.get(name, "")) for name in _APART))
        same = found.setdefault(key, [])
        if not (pair and same):
            same.append({str(name): value for name, value in row.items()})
    return [(key[0], rows) for key, rows in found.items()]


def concerned(study: Study, rows: Sequence[Mapping[str, Any]], most: int = MOST_NAMES) -> str:
    """Whom statements are about: KPIs by name, a rep, a role, or the whole list."""
    kpis = [row["kpi_id"] for row in rows if row["kpi_id"]]
    if kpis:
        return kpi_names(study, kpis, most)
    reps = [row["values"]["rep"] for row in rows if row["values"].get("rep")]
    if reps:
        return listing([rep_name(study, rep) for rep in dict.fromkeys(reps)], most)
    role = str(rows[0]["role"])
    if role and len(audit_of(study).inputs.roles) > 1:
        return _("all KPIs of the role: {role}").format(role=common.role_label(role))
    return _("the list as a whole")


def _together(study: Study, code: str, key: str, values: Sequence[Any]) -> str:
    known = [value for value in values if not _is_missing(value)]
    if not known:
        return languages.MISSING
    if all(isinstance(value, (list, tuple)) for value in known):
        return _list_text(study, key, known)
    if any(isinstance(value, (str, list, tuple)) for value in known):
        return listing(list(dict.fromkeys(_word(study, key, str(value)) for value in known)))
    write = _number_format(code, key)
    lowest, highest = min(known), max(known)
    if key == "low":
        return write(lowest)
    if key == "high":
        return write(highest)
    first, last = write(lowest), write(highest)
    return first if first == last else languages.interval(lowest, highest, write)


def _is_missing(value: Any) -> bool:
    return not isinstance(value, (list, tuple)) and languages.formats.is_missing(value)


def _number_format(code: str, key: str) -> Write:
    if key == "difference" or (key in ("low", "high") and code in _DIFFERENCES):
        return languages.percent_points
    if key in ("rho", "link") or (key in ("low", "high") and code in _CORRELATIONS):
        return two_digits
    if key == "limit":
        return short_share if code in _SHARE_LIMITS else few_digits
    if key == "plainness":
        return two_digits
    return short_share if key in _SHARES or key in ("low", "high") else few_digits


def two_digits(x: Any) -> str:
    """A correlation or an index."""
    return languages.number(x, 2)


def few_digits(x: Any) -> str:
    """A number with a decimal only where it is small and has one."""
    value = float(x)
    return languages.number(value, 0 if abs(value) >= 10 or value == round(value) else 1)


def short_share(x: Any) -> str:
    """A share in whole per cents; a small one with a decimal."""
    percent = 100 * abs(float(x))
    whole = percent >= 9.95 or abs(percent - round(percent)) < 0.05
    return languages.share(x, 0 if whole else 1)


def _list_text(study: Study, key: str, values: Sequence[Sequence[str]]) -> str:
    counts = Counter(item for own in values for item in own)
    if key == "path":
        return " → ".join(kpi_name(study, item) for item in values[0])
    texts = []
    for item, n in counts.most_common():
        text = _word(study, key, item)
        # a field that only some of the KPIs lack
        some = key == "fields" and n < len(values)
        texts.append(f"{text} ({languages.number(n)})" if some else text)
    return listing(texts)


#: Where the word for a code of a value stands.
_CODES: dict[str, Mapping[str, str]] = {
    "strategy": words.STRATEGIES, "missing": words.STATED, "fields": words.FIELDS,
    "language": words.LANGUAGES, "condition": words.CONDITIONS, "reason": words.SPREAD_REASONS,
    "controller": passports.CONTROLLERS, "owner": passports.CONTROLLERS,
    "groups": passports.GROUPS, "group": passports.GROUPS, "cadence": passports.CADENCES,
}  # fmt: skip
OTHER = noop("something else")


def _word(study: Study, key: str, value: str) -> str:
    """A code in words, a KPI by its name, client text as it is."""
    if key in ("kpi", "kpis", "parent", "other"):
        return kpi_name(study, value)
    if key == "sign":
        return _sign_word(SIGN_NAMES, value)
    if key in _CODES:
        known = _CODES[key]
        text = _(known[value]) if value in known else _(OTHER)
        return quoted(text) if key == "strategy" else text
    if key == "role_name":
        return common.role_label(value)
    text = common.masked(study, value)
    return quoted(text) if key in ("function", "terms") else text


def _sign_word(table: Mapping[str, str], sign: str) -> str:
    return _(table[sign]) if sign in table else _(OTHER)
