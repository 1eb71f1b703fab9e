"""What a client's KPI lacks in its list, proposed from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from kpikit.errors import InputDataError
from kpikit.kpis.passport import LANGUAGES, Passport, catalogue

#: Column of the client's list -> field of the passport with a text in each language.
_TEXTS = {
    "local_name": "name",
    "definition": "definition",
    "formula_text": "formula",
    "example": "example",
}
_WORDS = ("unit", "direction", "cadence")


def propose_passport(
    kpi: Mapping[str, object], match: Mapping[str, object], language: str
) -> dict[str, str]:
    """
    Propose the texts that a KPI lacks.

    What the client wrote is never replaced. A match that has to be reviewed is proposed
    too: the reader sees the name it was taken from and decides.

    Parameters
    ----------
    kpi : mapping
        A row of the table ``kpis``.
    match : mapping
        Its row of `kpikit.wording.matching.match_kpis`.
    language : str
        ``en``, ``ru`` or ``hu``: in which to propose.

    Returns
    -------
    dict
        Column of the list -> text; empty if the KPI has no match or lacks nothing.

    Raises
    ------
    InputDataError
        If the language is not one of the three, or the catalogue has no such KPI.
    """
    if language not in LANGUAGES:
        raise InputDataError(
            f"There are no passports in {language!r}; choose one of {', '.join(LANGUAGES)}."
        )
    kpi_id = match.get("catalogue_id")
    if not isinstance(kpi_id, str):
        return {}
    found = catalogue().get(kpi_id)
    if found is None:
        raise InputDataError(f"There is no KPI {kpi_id!r}; `kpikit kpis` lists them.")
    return {
        column: text for column, text in _texts(found, language).items() if _is_empty(kpi, column)
    }


def _texts(passport: Passport, language: str) -> dict[str, str]:
    texts = {column: getattr(passport, field)[language] for column, field in _TEXTS.items()}
    return texts | {column: getattr(passport, column) for column in _WORDS}


def _is_empty(kpi: Mapping[str, object], column: str) -> bool:
    value = kpi.get(column)
    return not (isinstance(value, str) and value.strip())
