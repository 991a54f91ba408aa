"""What the person who sent a file is told while it is read and when the plan stands: problems, progress, notes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.imports.models import ImportRun

# What runs over our own table are marked with.
TABLES = ("csv", "xlsx")
# Beyond so many the list helps nobody; their number is told.
MOST_PROBLEMS = 2000
# So many names of what comes with the rows are told.
MOST_NAMES = 20

Report = Callable[[int, int], None]
_BETWEEN_REPORTS = 0.5


@dataclass
class Problems:
    """The problems of a file, as they are shown and stored."""

    listed: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(
        self, message: str, row: int | None = None, column: str | None = None, *, place: str = ""
    ) -> None:
        """Note one; beyond the most that are listed it is only counted. ``place``: where, in a file without rows."""
        self.count += 1
        if len(self.listed) < MOST_PROBLEMS:
            told = {"row": row, "column": column, "message": message}
            self.listed.append(told | {"place": place} if place else told)

    def all(self) -> list[dict[str, Any]]:
        """Those listed, in the order of the file, and one more that says how many are not."""
        found = sorted(self.listed, key=lambda one: (one["row"] is None, one["row"] or 0))
        if self.count > len(self.listed):
            more = _("%(count)s more problems are not listed.") % {"count": self.count - len(self.listed)}
            found.append({"row": None, "column": None, "message": more})
        return found


class Progress:
    """How far the reading is: by bytes where the reader tells them, else by rows."""

    def __init__(self, report: Report | None):
        self._report = report
        self._bytes: tuple[int, int] | None = None
        self._last = time.monotonic()

    def bytes(self, done: int, size: int) -> None:
        """From the reader, as often as it likes; who is told writes it down, so not each time."""
        self._bytes = done, size
        if self._report and time.monotonic() - self._last > _BETWEEN_REPORTS:
            self._last = time.monotonic()
            self._report(done, size)

    def rows(self, done: int, total: int) -> None:
        """After each batch: being told also says that the work goes on."""
        if self._report:
            self._last = time.monotonic()
            self._report(*(self._bytes or (done, total)))


def notes_on(*, added: Sequence[str], left: Sequence[str], again: int, said_again: int) -> list[str]:
    """Sentences on what comes with the rows (``added``), on recommendations that are known from UPR Info alone and met
    no paragraph (``left``), on how many were imported and taken back before (``again``), and on rows that mean what
    another row of the file is about (``said_again``)."""
    notes = []
    if added:
        notes.append(_("New here, and added with the rows: %(what)s.") % {"what": _some(added)})
    if left:
        notes.append(
            ngettext(
                "%(count)s recommendation that is known from UPR Info alone met no paragraph of this file: "
                "%(references)s.",
                "%(count)s recommendations that are known from UPR Info alone met no paragraph of this file: "
                "%(references)s.",
                len(left),
            )
            % {"count": len(left), "references": _some(left)}
        )
    if again:
        notes.append(
            ngettext(
                "%(count)s recommendation was imported before and taken back; it gets its reference again.",
                "%(count)s recommendations were imported before and taken back; they get their references again.",
                again,
            )
            % {"count": again}
        )
    if said_again:
        notes.append(
            ngettext(
                "%(count)s row without a paragraph number means what another row is about; it is left out.",
                "%(count)s rows without a paragraph number mean what other rows are about; they are left out.",
                said_again,
            )
            % {"count": said_again}
        )
    return notes


def _some(names: Sequence[str]) -> str:
    """The names; of very many the first, and how many more there are."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    more = len(names) - MOST_NAMES
    return _("%(names)s and %(count)s more") % {"names": ", ".join(names[:MOST_NAMES]), "count": more}


def nothing_found(run: ImportRun) -> str:
    """The sentence on a file in which nothing was found."""
    if run.format in TABLES:
        return _("The file holds no rows below its header.")
    if run.state is None:
        return _("The file holds no recommendation.")
    return _("The file holds no recommendation to %(state)s.") % {"state": run.state.name_en}
