"""What tests of work in the field share: a round with work given out, and a sheet opened and filled like a person."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from recommendations.imports.fieldwork.columns import titles
from recommendations.imports.fieldwork.sheets import MARK


@dataclass
class Filled:
    """A workbook as a person in the field has it open."""

    book: Workbook

    @classmethod
    def opened(cls, content: bytes) -> Filled:
        return cls(openpyxl.load_workbook(io.BytesIO(content)))

    @property
    def table(self) -> Worksheet:
        return next(
            page for page in self.book.worksheets if str(page.cell(1, 1).value or "").startswith(MARK)
        )

    def column(self, name: str) -> int:
        title = titles()[name]
        return next(cell.column for cell in self.table[1] if cell.value == title)

    def row(self, reference: str) -> int:
        """The row whose reference begins so."""
        column = self.column("reference")
        return next(
            number
            for number in range(2, self.table.max_row + 1)
            if str(self.table.cell(number, column).value or "") == reference
        )

    def get(self, reference: str, name: str) -> Any:
        return self.table.cell(self.row(reference), self.column(name)).value

    def fill(self, reference: str, /, **values: Any) -> Filled:
        row = self.row(reference)
        for name, value in values.items():
            self.table.cell(row, self.column(name)).value = value
        return self

    def saved(self) -> bytes:
        """As another program saves it: openpyxl writes shared strings and dates of its own."""
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()
