"""The template that people download and fill in: a sheet with the columns, and one that explains them."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _

from recommendations.formats import spreadsheet
from recommendations.imports.columns import TEMPLATE

_LONG = ("text", "text_ru", "text_kk")


def csv_template() -> bytes:
    """The header row and nothing else, as CSV."""
    return b"".join(spreadsheet.csv_chunks([spreadsheet.Column(column.name) for column in TEMPLATE], []))


def xlsx_template() -> bytes:
    """A workbook: an empty table whose cells are text, and instructions for each of its columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        # As text: as numbers, paragraphs 95.1 and 95.10 would be the same.
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        table = book.add_worksheet("recommendations")
        for place, column in enumerate(TEMPLATE):
            table.set_column(place, place, 60 if column.name in _LONG else 18, text)
            table.write_string(0, place, column.name, head)
        table.freeze_panes(1, 0)
        about = book.add_worksheet(_("Instructions")[:31])
        about.set_column(0, 0, 22, wrapped)
        about.set_column(1, 1, 80, wrapped)
        about.set_column(2, 2, 34, wrapped)
        note = _(
            "One row for each recommendation. Fill in the first sheet and leave its header as it is; columns not "
            "needed may stay empty."
        )
        about.write_string(0, 0, note)
        for place, title in enumerate((_("Column"), _("What it holds"), _("For example"))):
            about.write_string(2, place, title, head)
        for number, column in enumerate(TEMPLATE, start=3):
            for place, words in enumerate((column.name, str(column.about), str(column.example))):
                about.write_string(number, place, words, wrapped)
    return out.getvalue()
