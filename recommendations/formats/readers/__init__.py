"""The readers of the UN's files: every module in this folder with a ``CODE`` is one, and a new format is a new module.

``recognise`` says from a file's content which reader it is for; ``None`` stands for the product's own table.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.entries import FormatReader, Sample, Shape
from recommendations.formats.problems import FileProblem
from recommendations.formats.samples import sample_of

__all__ = ["OWN", "UnknownFormat", "choices", "label_of", "readers", "recognise", "sample_of"]

# The product's own table: our template, and tables of official texts with the same columns.
OWN = "table"
OWN_LABEL = gettext_lazy("Table in the columns of our template (CSV or XLSX)")
_OWN_SHAPES: tuple[Shape, ...] = ("csv", "xlsx")
_NAMES = {
    "xlsx": gettext_lazy("an Excel workbook (.xlsx)"),
    "xls": gettext_lazy("an old Excel workbook (.xls)"),
    "csv": gettext_lazy("a text or CSV table"),
    "docx": gettext_lazy("a Word document (.docx)"),
    "pdf": gettext_lazy("a PDF"),
    "json": gettext_lazy("a JSON file"),
}


class UnknownFormat(Exception):
    """A code that no reader has; the message lists those there are."""


@functools.cache
def readers() -> dict[str, FormatReader]:
    """Code → reader, in the order of the codes."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(loaded, "CODE"):
            found[loaded.CODE] = cast(FormatReader, loaded)
    return dict(sorted(found.items()))


def choices() -> list[tuple[str, str]]:
    """Code and label of every format, our own table first."""
    return [(OWN, str(OWN_LABEL)), *((code, str(reader.LABEL)) for code, reader in readers().items())]


def label_of(code: str) -> str:
    """A format's label; a run of our own table keeps which kind of file it was."""
    if code in _OWN_SHAPES:
        return str(_NAMES[code])
    return dict(choices()).get(code, code)


def check_code(code: str) -> str:
    """The code itself, "" too; raises ``UnknownFormat`` for one that nobody reads."""
    if code and code not in dict(choices()):
        raise UnknownFormat(
            _("There is no format “%(code)s”. Known formats: %(codes)s.")
            % {"code": code[:40], "codes": ", ".join(dict(choices()))}
        )
    return code


def recognise(sample: Sample, *, chosen: str = "") -> FormatReader | None:
    """The reader for a file with that beginning; None where it is our own table, or may be meant for one.

    ``chosen`` is the code that a person gave, and counts more than the content, unless the file cannot be of that
    format at all. Raises ``FileProblem`` where nothing here reads the file, or several formats claim it.
    """
    check_code(chosen)
    if chosen:
        reader = None if chosen == OWN else readers()[chosen]
        shapes = _OWN_SHAPES if reader is None else getattr(reader, "SHAPES", tuple(_NAMES))
        if sample.shape not in shapes:
            raise FileProblem(
                _("The format “%(format)s” was chosen, but the file is %(found)s. Expected %(expected)s.")
                % {
                    "format": label_of(chosen),
                    "found": _NAMES[sample.shape],
                    "expected": _(" or ").join(str(_NAMES[shape]) for shape in shapes),
                }
            )
        return reader
    found = [reader for reader in readers().values() if reader.recognises(sample)]
    if len(found) > 1:
        raise FileProblem(
            _("The file may be of several formats: %(formats)s. Choose one of them and send it again.")
            % {"formats": "; ".join(f"{reader.LABEL} ({reader.CODE})" for reader in found)}
        )
    if found:
        return found[0]
    if sample.shape in _OWN_SHAPES:
        return None
    raise unreadable(sample.shape)


def unreadable(shape: Shape) -> FileProblem:
    """The sentence on a file that no reader takes, with all that is accepted."""
    return FileProblem(
        _("The file is %(found)s, but not one that can be read here. Accepted: %(accepted)s.")
        % {"found": _NAMES[shape], "accepted": "; ".join(label for _code, label in choices())}
    )
