"""Rows of a sheet of an old Excel workbook (BIFF) as text. Runs in the sandbox's child."""

from collections.abc import Iterator
from typing import IO, Any

from recommendations.formats.parsers.xlsx import batches, opened_sheet
from recommendations.formats.sandbox import Refused

_CHUNK = 1024 * 1024
# Names of streams and storages in the compound file, which holds them in UTF-16: what protects a newer workbook,
# what holds macros, what makes it a document of another program.
_SIGNS = (
    ("encrypted", "EncryptedPackage"),
    ("macros", "_VBA_PROJECT_CUR"),
    ("other_kind", "WordDocument"),
    ("other_kind", "PowerPoint Document"),
    ("other_kind", "__properties_version1.0"),
)
_LONGEST_NAME = 64


def rows(
    source: IO[bytes], *, sheet: str | None, most_rows: int, most_columns: int, longest_cell: int
) -> Iterator[dict[str, Any]]:
    """As ``parsers.xlsx.rows``; a formula's last value stands for it, and an error is an empty cell."""
    _look_inside(source)
    found, visible = opened_sheet(source, sheet, most_rows=most_rows, most_columns=most_columns)
    yield {"sheet": found.name, "sheets": visible, "not_values": [], "more": False}
    yield from batches(found, longest_cell)


def _look_inside(source: IO[bytes]) -> None:
    """Refuses compound files that are no plain workbook, by the names in their directory."""
    signs = [(code, name.encode("utf-16-le")) for code, name in _SIGNS]
    source.seek(0)
    rest = b""
    while chunk := source.read(_CHUNK):
        text = rest + chunk
        for code, name in signs:
            if name in text:
                raise Refused(code)
        rest = text[-_LONGEST_NAME:]
