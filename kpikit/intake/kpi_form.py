"""
What the fill-in workbook of a KPI system asks for: its sheets, headings, hints and word lists.

The workbook is written and read from the same description, ``kpi_workbook.yml`` beside this
module, in English, Russian and Hungarian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from kpikit.intake.filemap import SHARE_COLUMNS, column_kinds
from kpikit.intake.labels import label_key

LANGUAGES = ("en", "ru", "hu")
#: Written after a heading that is required; not a part of the heading.
REQUIRED_MARK = " *"
_DESCRIPTION = Path(__file__).with_name("kpi_workbook.yml")


@dataclass(frozen=True)
class FormColumn:
    """
    One column of a sheet.

    Attributes
    ----------
    name : str
        Canonical or helper column.
    kind : str
        Of the column in the vocabulary, or ``share`` for a share that is typed as percent.
    width : int
        [characters]
    is_required : bool
        Without it a row means nothing.
    choices : mapping
        Canonical value -> its word by language; empty where anything may be written.
    of : str
        Sheet whose first column names what this cell refers to; empty for none.
    headings, hints : mapping
        By language.
    """

    name: str
    kind: str
    width: int
    is_required: bool
    choices: Mapping[str, Mapping[str, str]]
    of: str
    headings: Mapping[str, str]
    hints: Mapping[str, str]


@dataclass(frozen=True)
class FormSheet:
    """
    One sheet of the workbook.

    Attributes
    ----------
    table : str
        Canonical table that it fills.
    titles, about : mapping
        Name of the sheet, and its one line of explanation, by language.
    columns : tuple of FormColumn
    examples : tuple of mapping
        Rows that show how it is filled in; texts by language where they differ.
    """

    table: str
    titles: Mapping[str, str]
    about: Mapping[str, str]
    columns: tuple[FormColumn, ...]
    examples: tuple[Mapping[str, Any], ...]

    def column_of(self, heading: str) -> FormColumn | None:
        """The column that a heading of any language means."""
        return self._by_heading.get(heading_key(heading))

    def is_heading(self, cell: str) -> bool:
        """Tell whether a cell is a heading of this sheet."""
        return self.column_of(cell) is not None

    @cached_property
    def _by_heading(self) -> dict[str, FormColumn]:
        return {
            heading_key(heading): column
            for column in self.columns
            for heading in column.headings.values()
        }


@dataclass(frozen=True)
class Form:
    """
    The whole workbook.

    Attributes
    ----------
    sheets : tuple of FormSheet
        That are filled in and read.
    start_titles, example_titles, example_about : mapping
        By language; of the sheets that only explain.
    start_lines : mapping
        Language -> lines of the first sheet.
    required_note : mapping
        What the mark of a heading means, by language.
    """

    sheets: tuple[FormSheet, ...]
    start_titles: Mapping[str, str]
    start_lines: Mapping[str, tuple[str, ...]]
    example_titles: Mapping[str, str]
    example_about: Mapping[str, str]
    required_note: Mapping[str, str]


def heading_key(heading: str) -> str:
    """A heading without the mark of a required one, compared as labels are."""
    return label_key(heading).rstrip("* ")


@cache
def kpi_form() -> Form:
    """The description of the workbook."""
    raw = yaml.safe_load(_DESCRIPTION.read_text(encoding="utf-8"))
    return Form(
        sheets=tuple(
            FormSheet(
                table=table,
                titles=sheet["title"],
                about=sheet["about"],
                columns=tuple(
                    _column(table, name, told, raw["choices"])
                    for name, told in sheet["columns"].items()
                ),
                examples=tuple(sheet["examples"]),
            )
            for table, sheet in raw["sheets"].items()
        ),
        start_titles=raw["start"]["title"],
        start_lines={lang: tuple(lines) for lang, lines in raw["start"]["lines"].items()},
        example_titles=raw["example"]["title"],
        example_about=raw["example"]["about"],
        required_note=raw["required"],
    )


def _column(
    table: str, name: str, told: Mapping[str, Any], choices: Mapping[str, Any]
) -> FormColumn:
    is_share = name in SHARE_COLUMNS.get(table, {})
    return FormColumn(
        name=name,
        kind="share" if is_share else column_kinds(table)[name],
        width=told["width"],
        is_required=told.get("required", False),
        choices=choices[told["choice"]] if "choice" in told else {},
        of=told.get("of", ""),
        headings={lang: told[lang][0] for lang in LANGUAGES},
        hints={lang: told[lang][1] for lang in LANGUAGES},
    )
