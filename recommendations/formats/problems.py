"""A sentence about a file that is wrong, with the place in it, for the person who sent it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


class FileProblem(Exception):
    """What is wrong and what was expected, in the reader's language, with row and column where there is one.

    Raised where a file cannot be read on; collected in ``Table.problems`` where only a cell is wrong. ``row`` is the
    number that a spreadsheet program shows; ``column`` is the column's title, or its letter where it has none.
    """

    def __init__(self, message: str, row: int | None = None, column: str | None = None, *, code: str = ""):
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column
        self.code = code

    def __str__(self) -> str:
        if self.row is None:
            return self.message
        if self.column is None:
            return gettext("Row %(row)s: %(message)s") % {"row": self.row, "message": self.message}
        return gettext("Row %(row)s, column %(column)s: %(message)s") % {
            "row": self.row,
            "column": self.column,
            "message": self.message,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileProblem) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"FileProblem({self.message!r}, row={self.row!r}, column={self.column!r})"

    def _values(self) -> tuple[str, int | None, str | None]:
        return self.message, self.row, self.column


def problem(
    messages: Mapping[str, Any],
    code: str,
    row: int | None = None,
    column: str | None = None,
    **values: Any,
) -> FileProblem:
    """The problem whose sentence stands in ``messages`` under ``code``, filled with ``values``."""
    return FileProblem(str(messages[code]) % values, row, column, code=code)


def column_letter(index: int) -> str:
    """The letters a spreadsheet program gives a column counted from 0: A … Z, AA …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
