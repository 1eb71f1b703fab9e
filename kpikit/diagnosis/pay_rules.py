"""
Is a KPI really in the pay: weights, size, direction, and what happened last year.

A KPI that is "in the pay" with 5 % of a bonus that is 10 % of the pay is not in it.
Each rule is judged by what the rep can feel: the pay between a weak and a good
month, and whether the money paid went along with the KPI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpikit.diagnosis.pay_link import LEAST_FACTS, pay_link
from kpikit.diagnosis.payout import COMBINATIONS, PayoutCurve, parse_curve, payout
from kpikit.diagnosis.shares import LEVEL
from kpikit.errors import InputDataError

#: Defaults of the audit, assumptions to be replaced by the engagement.
MIN_WEIGHT = 0.20
MATERIALITY = 0.03
#: Rounding of percentages that should add to 100.
ROUNDING = 0.005

PAY_LINK_COLUMNS = (
    "role", "kpi_id", "weight", "pays", "loses", "effect", "n_facts", "link", "link_low",
    "link_high", "n_paid", "moved", "score",
)  # fmt: skip
ROLE_COLUMNS = ("role", "weights_total", "smallest_weight", "variable_share", "kpis")
PROBLEM_COLUMNS = ("code", "role", "kpi_id", "value", "limit", "message")


@dataclass(frozen=True, eq=False)
class PayAudit:
    """
    The pay rules against what they should do.

    Attributes
    ----------
    links : DataFrame
        One row per role and KPI in pay: ``weight`` [share]; ``pays`` the curve pays
        something from the target on; ``loses`` missing the target costs pay;
        ``effect`` of a rise of the KPI from its 20 % to its 80 % quantile on pay,
        others at target [share of pay], null with fewer than five facts
        (``n_facts``); ``link`` correlation within reps of the KPI with the bonus
        paid and its interval, ``n_paid`` pairs; ``moved`` (``moved``,
        ``did_not_move``, ``moved_against``, ``unproven``); ``score`` 1, 0.5 or 0.
    roles : DataFrame
        ``weights_total``, ``smallest_weight``, ``variable_share`` of pay at target
        [share], ``kpis``.
    problems : DataFrame
        ``code role kpi_id value limit message``.
    """

    links: pd.DataFrame
    roles: pd.DataFrame
    problems: pd.DataFrame


def audit_pay_rules(
    rules: pd.DataFrame,
    kpi_facts: pd.DataFrame,
    payroll: pd.DataFrame,
    *,
    min_weight: float = MIN_WEIGHT,
    materiality: float = MATERIALITY,
    level: float = LEVEL,
) -> PayAudit:
    """
    Judge the KPIs in the pay of each role.

    Parameters
    ----------
    rules : DataFrame
        Rows of ``pay_rules`` valid now: ``role kpi_id curve weight base_pay target_bonus
        combination penalty`` [share], [money per pay period]. Base pay and target
        bonus belong to the role: they may stand in one row only.
    kpi_facts : DataFrame
        ``role kpi_id rep_id period attainment``; may be empty. [share]
    payroll : DataFrame
        ``rep_id period bonus_paid``; may be empty. [money]
    min_weight : float
        Smallest weight that is still felt. [share]
    materiality : float
        Smallest effect on pay that is still felt. [share]
    level : float
        [share]

    Returns
    -------
    PayAudit
        Rules that cannot be read are problems, not errors: all of them are named.
    """
    links: list[dict[str, object]] = []
    roles: list[dict[str, object]] = []
    problems: list[dict[str, object]] = []
    for role, own in rules.groupby("role", sort=True):
        _penalties(str(role), own, problems)
        parts = own[own["kpi_id"].notna()].reset_index(drop=True)
        parts["weight"] = parts["weight"].astype(float)
        base, bonus = _of_role(own, "base_pay"), _of_role(own, "target_bonus")
        weights = parts["weight"].to_numpy(float)
        roles.append(
            {
                "role": role,
                "weights_total": float(weights.sum()) if len(weights) else None,
                "smallest_weight": float(weights.min()) if len(weights) else None,
                "variable_share": bonus / (base + bonus) if base + bonus > 0 else None,
                "kpis": len(parts),
            }
        )
        _weights(str(role), parts, min_weight, problems)
        combination = _combination(str(role), own, problems)
        for place, rule in parts.iterrows():
            curve = _curve(str(role), rule, problems)
            if curve is None:
                continue
            facts = kpi_facts[
                (kpi_facts["kpi_id"] == rule["kpi_id"]) & (kpi_facts["role"] == role)
            ].dropna(subset=["attainment"])
            links.append(
                {"role": role, "kpi_id": rule["kpi_id"], "weight": float(rule["weight"])}
                | _directions(curve)
                | _effect(curve, facts, weights, int(place), combination, base, bonus)
                | _moved(facts, payroll, level)
            )
            _link_problems(links[-1], materiality, problems)
    table = pd.DataFrame(links, columns=list(PAY_LINK_COLUMNS))
    numbers = ["weight", "effect", "link", "link_low", "link_high", "score"]
    table[numbers] = table[numbers].astype(float)
    return PayAudit(
        links=table,
        roles=pd.DataFrame(roles, columns=list(ROLE_COLUMNS)),
        problems=pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)),
    )


def _moved(facts: pd.DataFrame, payroll: pd.DataFrame, level: float) -> dict[str, object]:
    link, low, high, n, code = pay_link(facts, payroll, level)
    return {"link": link, "link_low": low, "link_high": high, "n_paid": n, "moved": code}


def _directions(curve: PayoutCurve) -> dict[str, object]:
    """Whether the target pays, and whether missing it costs anything."""
    at_target = float(payout(curve, 1.0))
    best = max([at_target, *(paid for at, paid in curve.points if at >= 1.0)])
    return {"pays": best > 0, "loses": at_target > float(payout(curve, 0.0))}


def _effect(
    curve: PayoutCurve,
    facts: pd.DataFrame,
    weights: np.ndarray,
    place: int,
    combination: str,
    base: float,
    bonus: float,
) -> dict[str, object]:
    reached = facts["attainment"].to_numpy(float)
    pay = base + bonus
    if len(reached) < LEAST_FACTS or not pay > 0 or not (weights >= 0).all():
        return {"effect": None, "n_facts": len(reached)}
    ends = payout(curve, np.quantile(reached, [0.2, 0.8]))
    # Others at target pay 1; this KPI moves from its weak to its good month.
    rows = np.ones((2, len(weights)))
    rows[:, place] = ends
    low, high = COMBINATIONS[combination](rows, weights)
    return {"effect": abs(float(high - low)) * bonus / pay, "n_facts": len(reached)}


def _link_problems(
    link: dict[str, object], materiality: float, problems: list[dict[str, object]]
) -> None:
    role, kpi = str(link["role"]), str(link["kpi_id"])
    effect, moved = link["effect"], link["moved"]
    found: list[tuple[str, float | None, float | None, str]] = []
    if not link["pays"]:
        found.append(("pays_nothing", None, None, "the curve pays nothing at any attainment"))
    elif not link["loses"]:
        found.append(("nothing_to_lose", None, None, "missing the target costs no pay"))
    if isinstance(effect, float) and effect < materiality:
        text = f"a good month instead of a weak one moves pay by {effect:.1%} only"
        found.append(("immaterial", effect, materiality, text))
    if moved in ("did_not_move", "moved_against"):
        value = link["link"] if isinstance(link["link"], float) else None
        found.append((f"pay_{moved}", value, 0.0, "the bonus paid did not go along with the KPI"))
    for code, value, limit, text in found:
        problems.append(_problem(code, role, kpi, value, limit, text))
    # Judged on what is known: an effect or a link that is not known does not cost points.
    if not link["pays"] or _is_weightless(link["weight"]) or effect == 0.0:
        link["score"] = 0.0
    else:
        link["score"] = 0.5 if found else 1.0


def _is_weightless(weight: object) -> bool:
    """Tell whether a weight is missing or zero."""
    return not (isinstance(weight, float) and weight > 0)


def _weights(
    role: str, parts: pd.DataFrame, min_weight: float, problems: list[dict[str, object]]
) -> None:
    if parts.empty:
        problems.append(
            _problem("no_kpi_in_pay", role, None, None, None, "no KPI is part of the pay")
        )
        return
    for _, rule in parts.iterrows():
        weight = float(rule["weight"])
        if not weight >= 0:
            text = f"the weight is {weight:g}; give a share from 0 to 1"
            problems.append(_problem("weight_unknown", role, rule["kpi_id"], None, None, text))
        elif weight < min_weight - 1e-9:
            text = f"a weight of {weight:.0%} is below {min_weight:.0%} and hardly felt"
            problems.append(
                _problem("weight_too_small", role, rule["kpi_id"], weight, min_weight, text)
            )
    total = float(parts["weight"].sum())
    if abs(total - 1.0) > ROUNDING:
        text = f"the weights add to {total:.0%}, not to 100 %"
        problems.append(_problem("weights_not_100", role, None, total, 1.0, text))


def _penalties(role: str, own: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    given = own["penalty"].astype("string").str.strip()
    for _, rule in own[given.fillna("") != ""].iterrows():
        text = (
            f"the rule '{str(rule['penalty']).strip()}' takes money away; in several countries "
            "the labour code forbids it: ask the client's lawyer"
        )
        problems.append(_problem("penalty_ask_lawyer", role, rule["kpi_id"], None, None, text))


def _curve(role: str, rule: pd.Series, problems: list[dict[str, object]]) -> PayoutCurve | None:
    text = rule["curve"]
    if not isinstance(text, str) or not text.strip():
        problems.append(
            _problem("curve_missing", role, rule["kpi_id"], None, None, "no payout curve is given")
        )
        return None
    try:
        return parse_curve(text)
    except InputDataError as error:
        problems.append(
            _problem("curve_unreadable", role, rule["kpi_id"], None, None, str(error).rstrip("."))
        )
        return None


def _combination(role: str, own: pd.DataFrame, problems: list[dict[str, object]]) -> str:
    given = own["combination"].dropna().astype(str).str.strip().str.lower().unique()
    if len(given) == 1 and given[0] in COMBINATIONS:
        return str(given[0])
    if len(given):
        text = (
            f"the combination is '{', '.join(given)}'; one of {', '.join(COMBINATIONS)} is "
            "understood, additive was taken"
        )
        problems.append(_problem("combination_unknown", role, None, None, None, text))
    return "additive"


def _of_role(own: pd.DataFrame, column: str) -> float:
    """The amount of the role; 0 where none is given."""
    known = own[column].dropna()
    return float(known.iloc[0]) if len(known) else 0.0


def _problem(
    code: str,
    role: str,
    kpi_id: object,
    value: float | None,
    limit: float | None,
    text: str,
) -> dict[str, object]:
    kpi = kpi_id if isinstance(kpi_id, str) else None
    where = f"Role {role}, KPI {kpi}" if kpi else f"Role {role}"
    return {
        "code": code,
        "role": role,
        "kpi_id": kpi,
        "value": value,
        "limit": limit,
        "message": f"{where}: {text}.",
    }
