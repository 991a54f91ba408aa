"""Reading a field sheet that came back: what it says otherwise than was sent, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommendations.assessments.models import Round
from recommendations.evidence.models import Evidence
from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Row, Table, TableLimits, read_table
from recommendations.imports.fieldwork.columns import (
    BY_NAME,
    CITE,
    COMPARED,
    DAY,
    NotUnderstood,
    same,
    understood,
)
from recommendations.imports.fieldwork.models import FieldSheet
from recommendations.imports.fieldwork.sheets import MARK, sheet_number
from recommendations.words.clean import clean_line, fold_label
from recommendations.workflow.engine import Refused

LIMITS = TableLimits(rows=5_000, columns=200)
MOST_SHEETS = 12


@dataclass
class Returned:
    """What a file says: ``values`` only where it is not as it was sent; ``problems`` keep it from being taken."""

    sheet: FieldSheet
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def read_return(source: Path | IO[bytes], *, name: str, by: Any, round_: Round | None = None) -> Returned:
    """Read the file in the sandbox. Raises ``FileProblem`` or ``Refused`` where it is no sheet for this person."""
    names: list[str | None] = [None]
    tried = 0
    while names and tried < MOST_SHEETS:
        sheet_name = names.pop(0)
        try:
            with read_table(source, name=name, sheet=sheet_name, limits=LIMITS) as table:
                column = _mark_column(table)
                if column is not None:
                    return _read(table, column, by=by, round_=round_)
                if sheet_name is None:
                    names = [other for other in table.sheets if other != table.sheet]
        except FileProblem as problem:
            if sheet_name is None or problem.code != "empty":
                raise
        tried += 1
    raise Refused(
        _(
            "This is no sheet that was made here for work without the product: no sheet of the file has the hidden "
            "mark in its first row. Send the file that was downloaded, with its headings in the first row."
        )
    )


def _mark_column(table: Table) -> int | None:
    return next((index for index, cell in enumerate(table.header) if cell.startswith(f"{MARK} ")), None)


def _read(table: Table, mark: int, *, by: Any, round_: Round | None) -> Returned:
    sheet = _sheet_of(table.header[mark], by=by, round_=round_)
    returned = Returned(sheet)
    places = _places(table, sheet, returned.problems)
    known = {
        f"{unit}|{key}": (unit, key, row)
        for unit, about in sheet.sent["units"].items()
        for key, row in about["rows"].items()
    }
    seen: dict[str, int] = {}
    cited: list[tuple[int, str]] = []
    for line in table.rows:
        key = line.cells[mark].strip()
        if not key:
            returned.notes.append(
                _("Row %(row)s was added to the sheet. It belongs to no recommendation and is left out.")
                % {"row": line.number}
            )
        elif key not in known:
            returned.problems.append(
                FileProblem(
                    _("This row's hidden mark was changed. Take the row from the file that was sent."),
                    line.number,
                )
            )
        elif key in seen:
            returned.problems.append(
                FileProblem(
                    _("This row was copied from row %(row)s: only one of them can count. Delete the other.")
                    % {"row": seen[key]},
                    line.number,
                )
            )
        else:
            seen[key] = line.number
            unit, row_key, sent = known[key]
            changed = _changes(table, line, places, sent, returned, cited)
            if changed:
                returned.values.setdefault(unit, {})[row_key] = changed
    missing = [row["label"] for key, (_unit, _key, row) in known.items() if key not in seen]
    if missing:
        returned.notes.append(_about_missing(missing))
    returned.problems += [*table.problems, *_unknown_evidence(table, places, cited, by)]
    returned.problems.sort(key=lambda problem: problem.row or 0)
    return returned


def _sheet_of(mark: str, *, by: Any, round_: Round | None) -> FieldSheet:
    """The sheet a mark names. Raises ``Refused`` with the reason."""
    number = sheet_number(mark)
    if number is None:
        raise Refused(
            _("The hidden mark of this file was changed, or another site made it. Download the sheet anew.")
        )
    sheet = FieldSheet.objects.filter(pk=number).select_related("round__cycle", "organisation").first()
    if sheet is None:
        raise Refused(_("What was sent with this file is no longer kept. Download the sheet anew."))
    if not FieldSheet.objects.visible_to(by).filter(pk=number).exists():
        raise Refused(
            _(
                "This sheet was made for another organisation: its own people bring it in, or who downloaded it."
            )
        )
    if round_ is not None and sheet.round_id != round_.pk:
        raise Refused(
            _("This sheet belongs to another round, “%(round)s”: bring it in there.") % {"round": sheet.round}
        )
    return sheet


def _places(table: Table, sheet: FieldSheet, problems: list[FileProblem]) -> dict[str, int]:
    """Column → where it stands; a heading that is gone or stands twice is a problem."""
    found: dict[str, list[int]] = {}
    for index, title in enumerate(table.header):
        found.setdefault(fold_label(title), []).append(index)
    places = {}
    for name, title in sheet.sent["columns"].items():
        at = found.get(fold_label(title), [])
        if len(at) == 1:
            places[name] = at[0]
        elif name in BY_NAME or name in COMPARED:
            message = (
                _("There is no column with this heading any more. Put the heading back as it was.")
                if not at
                else _("Two columns have this heading. Delete the one that was added.")
            )
            problems.append(FileProblem(message, table.header_row, title))
    return places


def _changes(
    table: Table,
    line: Row,
    places: Mapping[str, int],
    sent: Mapping[str, Any],
    returned: Returned,
    cited: list[tuple[int, str]],
) -> dict[str, Any]:
    """Field → value, where the row's open cells say something else than was sent."""
    if not _locked_as_sent(table, line, places, sent, returned):
        return {}
    found: dict[str, Any] = {}
    useless = []
    for name, column in _fields(places):
        cell, field_ = line.cells[column], BY_NAME[name]
        if name not in sent["values"]:
            if sent["values"] and cell.strip():
                useless.append(table.column_name(column))
            continue
        was = sent["values"][name]
        try:
            value = understood(field_, cell, is_number=column in line.numbers)
        except NotUnderstood as reason:
            returned.problems.append(FileProblem(str(reason), line.number, table.column_name(column)))
            continue
        if value == "" and (field_.kind == DAY or name == "language"):
            continue
        if field_.kind == CITE:
            cited += [(line.number, number) for number in value.split(", ") if number]
        if not same(field_, value, was):
            found[name] = value
    if useless:
        returned.notes.append(
            _("Row %(row)s: what stands under %(columns)s does not belong to this row and is left out.")
            % {"row": line.number, "columns": ", ".join(f"“{title}”" for title in useless)}
        )
    return found


def _fields(places: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    return ((name, column) for name, column in places.items() if name in BY_NAME)


def _locked_as_sent(
    table: Table, line: Row, places: Mapping[str, int], sent: Mapping[str, Any], returned: Returned
) -> bool:
    """Whether this is still the row that was sent; says which locked cells were changed."""
    changed = []
    for name in COMPARED:
        if name not in places:
            continue
        cell, was = line.cells[places[name]], sent["locked"].get(name, "")
        if clean_line(cell) == clean_line(was):
            continue
        if name == "reference":
            returned.problems.append(
                FileProblem(
                    _(
                        "This row was sent for %(sent)s and now says “%(now)s”: which one is meant cannot be told. "
                        "Put the reference back, and each text beside its own reference."
                    )
                    % {"sent": was, "now": clean_line(cell)[:60]},
                    line.number,
                    table.column_name(places[name]),
                )
            )
            return False
        changed.append(table.column_name(places[name]))
    if changed:
        returned.notes.append(
            _("Row %(row)s: %(columns)s is locked and was changed; what stands here stays.")
            % {"row": line.number, "columns": ", ".join(f"“{title}”" for title in changed)}
        )
    return True


def _about_missing(labels: list[str]) -> str:
    shown = ", ".join(labels[:12]) + (" …" if len(labels) > 12 else "")
    return ngettext(
        "%(count)s row is no longer in the file: %(rows)s. Nothing changes there.",
        "%(count)s rows are no longer in the file: %(rows)s. Nothing changes there.",
        len(labels),
    ) % {"count": len(labels), "rows": shown}


def _unknown_evidence(
    table: Table, places: Mapping[str, int], cited: list[tuple[int, str]], by: Any
) -> Iterator[FileProblem]:
    """Numbers in “evidence to cite” of which the person sees no item."""
    numbers = {int(number.removeprefix("E-")) for _row, number in cited}
    seen = set(Evidence.objects.visible_to(by).filter(number__in=numbers).values_list("number", flat=True))
    for row, number in cited:
        if int(number.removeprefix("E-")) not in seen:
            message = _("There is no evidence %(number)s here that is open to you.") % {"number": number}
            yield FileProblem(message, row, table.column_name(places["cite"]))
