"""
Write the fill-in workbooks of a KPI system into ``templates``, one in each language.

    python tools/write_kpi_workbook.py

What they ask for stands in ``kpikit/intake/kpi_workbook.yml``; ``tests/test_kpi_workbook.py``
compares the files with what this command writes.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from kpikit.intake.kpi_form import LANGUAGES, REQUIRED_MARK, Form, FormColumn, FormSheet, kpi_form

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
#: Rows of one sheet -> canonical column -> value; texts may be given by language.
Content = Mapping[str, Sequence[Mapping[str, Any]]]

#: A fixed date of creation, so that the same description gives the same bytes.
_WRITTEN_ON = datetime(2026, 7, 1)
_HEADER_ROW = 3
#: How far drop-down lists and input hints reach. [rows]
_LAST_ROW = 20_000
_MOST_KPIS = 300
#: Between which numbers nobody is asked whether they are meant; shares above 10 are typing errors.
_LIMITS = {"share": (0.0, 10.0), "number": (-1e15, 1e15)}
_EXAMPLE_WIDTH = 20
#: Characters that fit across a landscape page and can still be read.
_PAGE_WIDTH = 190
_DATE_FORMAT = {"en": "yyyy-mm-dd", "ru": "dd.mm.yyyy", "hu": "yyyy.mm.dd"}
_INK, _NEEDED, _HELPFUL, _GREY = "#1F2933", "#1F4E79", "#5B7C99", "#6B7280"


def main() -> None:
    """Write the three empty workbooks."""
    for language in LANGUAGES:
        write_workbook(TEMPLATES / f"kpi_workbook.{language}.xlsx", language, {})


def write_workbook(path: Path, language: str, content: Content) -> None:
    """
    Write one workbook.

    Parameters
    ----------
    path : Path
    language : {"en", "ru", "hu"}
    content : mapping
        Table -> rows to fill in; empty for the form as it goes to a client.
    """
    form = kpi_form()
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": _WRITTEN_ON})
    formats = _formats(book, language)
    _write_start(book, form, language, formats)
    for sheet in form.sheets:
        _write_sheet(book, form, sheet, language, formats, content.get(sheet.table, ()))
    _write_example(book, form, language, formats)
    book.close()


def _formats(book: Any, language: str) -> dict[str, Any]:
    cell = {"font_color": _INK, "valign": "top"}
    header = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter",
              "border": 1, "border_color": "#FFFFFF"}  # fmt: skip
    wrapped = {**cell, "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": _INK}),
        "about": book.add_format({"font_color": _INK, "italic": True}),
        "hint": book.add_format({"font_color": _GREY, "font_size": 9, "text_wrap": True,
                                 "valign": "bottom"}),
        "needed": book.add_format({**header, "bg_color": _NEEDED}),
        "helpful": book.add_format({**header, "bg_color": _HELPFUL}),
        "line": book.add_format({**wrapped, "font_size": 12}),
        # a cell in the text form keeps "=calls/meetings" as it was typed
        "text": book.add_format({**wrapped, "num_format": "@"}),
        "number": book.add_format({**cell, "num_format": "General"}),
        "date": book.add_format({**cell, "num_format": _DATE_FORMAT[language]}),
        "share": book.add_format({**cell, "num_format": "0.##%"}),
    }  # fmt: skip


def _write_start(book: Any, form: Form, language: str, formats: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(form.start_titles[language])
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 105)
    sheet.write_string(0, 0, form.start_titles[language], formats["title"])
    for number, line in enumerate(form.start_lines[language], 1):
        sheet.write_number(number + 1, 0, number, formats["line"])
        sheet.write_string(number + 1, 1, line, formats["line"])
        sheet.set_row(number + 1, 18 * _lines(line, 95))
    sheet.hide_gridlines(2)
    _printed(sheet, 1)


def _write_sheet(
    book: Any,
    form: Form,
    sheet: FormSheet,
    language: str,
    formats: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    page = book.add_worksheet(sheet.titles[language])
    page.write_string(0, 0, sheet.titles[language], formats["title"])
    about = f"{sheet.about[language]}   {form.required_note[language]}"
    page.write_string(1, 0, about, formats["about"])
    widths = [_width(column, language) for column in sheet.columns]
    page.set_row(2, 12 * _most_lines(sheet, widths, "hints", language) + 4)
    page.set_row(_HEADER_ROW, 15 * _most_lines(sheet, widths, "headings", language) + 4)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, widths[place], formats[_form_of(column)])
        page.write_string(2, place, column.hints[language], formats["hint"])
        _write_heading(page, _HEADER_ROW, place, column, language, formats)
        page.data_validation(
            _HEADER_ROW + 1, place, _LAST_ROW, place, _validation(form, column, language)
        )
    for number, row in enumerate(rows, _HEADER_ROW + 1):
        _write_row(page, number, sheet, row, language, formats)
    page.freeze_panes(_HEADER_ROW + 1, 1)
    page.repeat_rows(_HEADER_ROW)
    page.repeat_columns(0)
    _printed(page, math.ceil(sum(widths) / _PAGE_WIDTH))


def _write_example(book: Any, form: Form, language: str, formats: Mapping[str, Any]) -> None:
    page = book.add_worksheet(form.example_titles[language])
    page.write_string(0, 0, form.example_titles[language], formats["title"])
    page.write_string(1, 0, form.example_about[language], formats["about"])
    count = max(len(sheet.columns) for sheet in form.sheets)
    page.set_column(0, count - 1, _EXAMPLE_WIDTH)
    row = 3
    for sheet in form.sheets:
        page.write_string(row, 0, sheet.titles[language], formats["title"])
        for place, column in enumerate(sheet.columns):
            _write_heading(page, row + 1, place, column, language, formats)
        for number, example in enumerate(sheet.examples, row + 2):
            _write_row(page, number, sheet, example, language, formats)
        row += len(sheet.examples) + 3
    _printed(page, math.ceil(_EXAMPLE_WIDTH * count / _PAGE_WIDTH))


def _printed(page: Any, pages_wide: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(pages_wide, 0)


def _write_heading(
    page: Any, row: int, place: int, column: FormColumn, language: str, formats: Mapping[str, Any]
) -> None:
    mark = REQUIRED_MARK if column.is_required else ""
    style = formats["needed" if column.is_required else "helpful"]
    page.write_string(row, place, column.headings[language] + mark, style)


def _write_row(
    page: Any,
    number: int,
    sheet: FormSheet,
    row: Mapping[str, Any],
    language: str,
    formats: Mapping[str, Any],
) -> None:
    for place, column in enumerate(sheet.columns):
        value = row.get(column.name)
        value = value[language] if isinstance(value, Mapping) else value
        style = formats[_form_of(column)]
        if value is None:
            continue
        if column.choices and value in column.choices:
            page.write_string(number, place, column.choices[value][language], style)
        elif isinstance(value, date):
            page.write_datetime(number, place, value, style)
        elif isinstance(value, (int, float)):
            page.write_number(number, place, value, style)
        else:
            page.write_string(number, place, value, style)


def _width(column: FormColumn, language: str) -> int:
    """Wide enough for the longest word of the heading. [characters]"""
    return max(column.width, *(len(word) + 3 for word in column.headings[language].split()))


def _most_lines(sheet: FormSheet, widths: Sequence[int], what: str, language: str) -> int:
    """Lines that the longest text of a row takes."""
    texts = [getattr(column, what)[language] for column in sheet.columns]
    return max(_lines(text, width) for text, width in zip(texts, widths, strict=True))


def _lines(text: str, width: int) -> int:
    return len(textwrap.wrap(text, width - 1))


def _form_of(column: FormColumn) -> str:
    """Form of the cells of a column."""
    if column.kind in ("date", "instant"):
        return "date"
    if column.kind in ("float", "int"):
        return "number"
    return "share" if column.kind == "share" else "text"


def _validation(form: Form, column: FormColumn, language: str) -> dict[str, Any]:
    """The list, or the kind of value, that a cell takes, and its hint while it is typed."""
    shown = {"input_title": column.headings[language], "input_message": column.hints[language]}
    if column.choices:
        words = [choice[language] for choice in column.choices.values()]
        return {"validate": "list", "source": words, **shown}
    # numbers, dates and names are only warned about: the reader reports what it cannot use
    warned = {**shown, "error_type": "warning", "ignore_blank": True}
    if column.of:
        listed = next(sheet for sheet in form.sheets if sheet.table == column.of)
        name = xl_col_to_name(0, col_abs=True)
        first, last = _HEADER_ROW + 2, _HEADER_ROW + 1 + _MOST_KPIS
        source = f"='{listed.titles[language]}'!{name}${first}:{name}${last}"
        return {"validate": "list", "source": source, **warned}
    form_of = _form_of(column)
    if form_of == "date":
        days = {"minimum": date(1990, 1, 1), "maximum": date(2100, 1, 1)}
        return {"validate": "date", "criteria": "between", **days, **warned}
    if form_of in _LIMITS:
        least, most = _LIMITS[form_of]
        numbers = {"minimum": least, "maximum": most}
        return {"validate": "decimal", "criteria": "between", **numbers, **warned}
    return {"validate": "any", **shown}


if __name__ == "__main__":
    main()
