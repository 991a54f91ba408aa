"""What is said about tables that are wrong, by code."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "empty": _("The file holds no rows. Expected a header row and, below it, one row for each record."),
    "encrypted": _("The file is protected with a password. Save it without one and send it again."),
    "macros": _("The workbook contains macros. Save it as an Excel workbook without macros (.xlsx)."),
    "damaged": _("The workbook is damaged. Open it, save it anew as .xlsx and send that file."),
    "no_workbook": _("The file is an archive, not an Excel workbook. Expected .xlsx or .csv."),
    "web_page": _("The file is a web page, whatever its name says. Open it in Excel and save it as .xlsx."),
    "other_kind": _("The file is neither a CSV table nor an Excel workbook (.xlsx)."),
    "name_says_xlsx": _("The file's name ends in %(ending)s, but it is a text file. Rename it to .csv."),
    "name_says_csv": _(
        "The file's name ends in %(ending)s, but it is an Excel workbook. Rename it to %(right)s."
    ),
    "no_such_sheet": _("The workbook has no sheet “%(sheet)s”. Its sheets: %(sheets)s."),
    "too_many_columns": _(
        "The table has %(count)s columns; at most %(most)s can be read. Delete the columns that are not needed, "
        "also empty ones far to the right."
    ),
    "too_many_rows": _("The table has more than %(most)s rows. Send it in parts."),
    "too_large_unpacked": _("The workbook is far larger inside than a table can be. It was not opened."),
    "memory": _(
        "The workbook needs more memory than a table should. Look for a stray cell far from the table, or save "
        "the sheet as CSV."
    ),
    "time": _("Reading the workbook took too long. Save the sheet as CSV and send that."),
    "crash": _("The workbook could not be read. Open it, save it anew as .xlsx and send that file."),
    "formula": _("This cell holds a formula. Paste its value instead."),
    "error": _("This cell holds an error value such as #REF!. Put the right value in its place."),
    "more_formulas": _("More cells hold formulas or error values; only the first %(count)s are listed."),
    "long_cell": _("This cell holds more than %(most)s characters; at most so many can be read."),
    "more_cells": _("This row has a value beyond the last column of the header."),
    "long_line": _(
        "A cell or a line is far too long to be part of a table. Perhaps a quotation mark is opened in this row and "
        "never closed."
    ),
    "quotes": _(
        "The quotation marks do not match: a cell that begins with one must end with one, and marks inside it must "
        "be doubled."
    ),
    "unsure_encoding": _(
        "The letters of this file can be read in several ways. Save it as “CSV UTF-8” in Excel, or send .xlsx."
    ),
    "not_text": _(
        "The file is not a text in a known encoding. Save it as “CSV UTF-8” in Excel, or send .xlsx."
    ),
    "wrong_letters": _(
        "The file is not written in %(encoding)s throughout. Save it as “CSV UTF-8” and try again."
    ),
}
