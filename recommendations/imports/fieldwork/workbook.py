"""The workbook of a field sheet: locked and open cells, drop-downs, comments, instructions in three languages."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import xlsxwriter
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from recommendations.imports.fieldwork.columns import (
    CHOICE,
    DAY,
    FIELDS,
    LOCKED,
    NO_WORD,
    YES,
    YES_WORD,
    Field,
    definition,
    shown,
)
from recommendations.imports.fieldwork.models import FieldSheet
from recommendations.imports.fieldwork.units import Row, Unit, shown_rows
from recommendations.vocabulary import Language

HEADER_ROW = 0
# Excel's longest cell, in UTF-16 units; longer texts are changed in the product only.
LONGEST = 16_000
LISTS = "lists"
# Where the editable columns begin: the hidden key, then what is locked.
FIRST_FIELD = 1 + len(LOCKED)

STEPS = (
    gettext_lazy(
        "The sheet “%(sheet)s” holds one row for each recommendation or demand that is given to your organisation. A "
        "row “for all of it together” stands above those of a cluster: what you write there counts for all of them."
    ),
    gettext_lazy(
        "Fill in the white cells. Grey cells are locked: they only tell. Where a cell has a list, choose from it. "
        "Point at a heading to read what belongs below it."
    ),
    gettext_lazy(
        "Do not add, delete, copy or move rows, and do not change headings: each row is known by a hidden mark."
    ),
    gettext_lazy(
        "Cite evidence by its number, [E-12]. Write no names of people who could be harmed into this file: send "
        "such evidence through the product."
    ),
    gettext_lazy(
        "Send the file back as .xlsx: upload it on the page of the round, or send it to your coordinator. Before "
        "anything is saved, a page shows what the file changes and what others changed meanwhile."
    ),
    gettext_lazy(
        "What is taken over becomes a draft. What was submitted or approved in the meantime is not changed."
    ),
)


def written(sheet: FieldSheet, units: list[Unit], *, mark: str) -> bytes:
    """The file's bytes, in the language that is on."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": str(sheet), "author": "", "comments": ""})
        look = _look(book)
        title = str(_("Recommendations"))[:31]
        about = book.add_worksheet(str(_("Instructions"))[:31])
        table = book.add_worksheet(title)
        lists = _write_lists(book)
        _write_instructions(about, sheet, title, look)
        _write_table(table, units, mark, lists, look)
        table.activate()
    return out.getvalue()


def _look(book: Workbook) -> dict[str, Format]:
    locked = {"text_wrap": True, "valign": "top", "bg_color": "#EFEDE8", "locked": True, "border": 1}
    opened = {"text_wrap": True, "valign": "top", "locked": False, "border": 1}
    edge = {"border_color": "#C9C4BA"}
    return {
        "head": book.add_format({**locked, **edge, "bold": True, "bg_color": "#DCD8CF"}),
        "head_open": book.add_format({**locked, **edge, "bold": True, "bg_color": "#D5E4EA"}),
        "locked": book.add_format({**locked, **edge, "num_format": "@"}),
        "whole": book.add_format({**locked, **edge, "num_format": "@", "bold": True}),
        "closed": book.add_format({**locked, **edge, "num_format": "@", "bg_color": "#F6F5F2"}),
        "open": book.add_format({**opened, **edge}),
        "day": book.add_format({**opened, **edge, "num_format": "yyyy-mm-dd", "align": "left"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_lists(book: Workbook) -> dict[str, str]:
    """The drop-downs' words on a hidden sheet, since a list inside a cell's rule may hold 255 characters only."""
    sheet = book.add_worksheet(LISTS)
    sheet.very_hidden()
    sheet.protect()
    places = {}
    fields = [field for field in FIELDS if field.kind in (CHOICE, YES)]
    for column, field in enumerate(fields):
        words = [YES_WORD, NO_WORD] if field.kind == YES else list((field.words or {}).values())
        for row, word in enumerate(words):
            sheet.write_string(row, column, str(word))
        letter = xlsxwriter.utility.xl_col_to_name(column)
        places[field.name] = f"={LISTS}!${letter}$1:${letter}${len(words)}"
    return places


def _write_instructions(page: Worksheet, sheet: FieldSheet, title: str, look: dict[str, Format]) -> None:
    page.set_column(0, 0, 4, look["wrap"])
    page.set_column(1, 1, 110, look["wrap"])
    line = 0
    first = [sheet.language, *(code for code in Language.values if code != sheet.language)]
    for language in first:
        with translation.override(language):
            page.write_string(line, 0, _("Sheet for work without the product"), look["title"])
            about = _("%(round)s · %(organisation)s · made on %(day)s") % {
                "round": sheet.round,
                "organisation": sheet.organisation.name_in(language),
                "day": formats.date_format(timezone.localdate(sheet.made_at), "DATE_FORMAT"),
            }
            page.write_string(line + 1, 0, about, look["bold"])
            line += 2
            for number, step in enumerate(STEPS, start=1):
                page.write_number(line, 0, number, look["wrap"])
                words = str(step)
                page.write_string(
                    line, 1, words % {"sheet": title} if "%(sheet)s" in words else words, look["wrap"]
                )
                line += 1
            line += 1
    page.protect()
    page.hide_gridlines(2)


def _write_table(
    table: Worksheet, units: list[Unit], mark: str, lists: dict[str, str], look: dict[str, Format]
) -> None:
    table.set_column(0, 0, 3, None, {"hidden": True})
    table.write_string(HEADER_ROW, 0, mark, look["head"])
    for column, (words, width) in enumerate(LOCKED.values(), start=1):
        table.set_column(column, column, width)
        table.write_string(HEADER_ROW, column, str(words), look["head"])
    for column, field in enumerate(FIELDS, start=FIRST_FIELD):
        table.set_column(column, column, field.width)
        table.write_string(HEADER_ROW, column, str(field.title), look["head_open"])
        comment = "\n\n".join(part for part in (str(field.about), definition(field)) if part)
        if comment:
            size = (
                {"x_scale": 3.2, "y_scale": 5} if field.name == "rating" else {"x_scale": 2, "y_scale": 1.4}
            )
            table.write_comment(HEADER_ROW, column, comment, {"author": "", **size})
    number = HEADER_ROW
    for unit in units:
        for row in shown_rows(unit):
            number += 1
            _write_row(table, number, unit, row, lists, look)
    table.freeze_panes(HEADER_ROW + 1, 3)
    table.set_landscape()
    table.set_paper(8)
    table.fit_to_pages(1, 0)
    table.repeat_rows(HEADER_ROW)
    table.protect("", {"format_columns": True, "format_rows": True, "format_cells": False})


def _write_row(
    table: Worksheet, number: int, unit: Unit, row: Row, lists: dict[str, str], look: dict[str, Format]
) -> None:
    table.write_string(number, 0, f"{unit.key}|{row.key}")
    for column, name in enumerate(LOCKED, start=1):
        is_head = name == "reference" and not row.key
        table.write_string(
            number, column, _cut(row.locked.get(name, "")), look["whole" if is_head else "locked"]
        )
    for column, field in enumerate(FIELDS, start=FIRST_FIELD):
        value = row.values.get(field.name)
        if field.name not in row.values or not unit.is_open or len(str(value)) > LONGEST:
            words = _cut(shown(field, value)) if field.name in row.values else ""
            table.write_string(number, column, words, look["closed"])
            continue
        _write_open(table, number, column, field, value, lists, look)


def _write_open(
    table: Worksheet,
    number: int,
    column: int,
    field: Field,
    value: Any,
    lists: dict[str, str],
    look: dict[str, Format],
) -> None:
    if field.kind == DAY:
        if value:
            table.write_datetime(number, column, date.fromisoformat(value), look["day"])
        else:
            table.write_blank(number, column, None, look["day"])
        return
    if value in ("", False) and field.kind != YES:
        table.write_blank(number, column, None, look["open"])
    else:
        table.write_string(number, column, shown(field, value), look["open"])
    if field.name in lists:
        table.data_validation(
            number,
            column,
            number,
            column,
            {
                "validate": "list",
                "source": lists[field.name],
                "ignore_blank": True,
                "error_title": _("Choose from the list")[:32],
                "error_message": _("Only the words of the list are understood here.")[:255],
            },
        )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
