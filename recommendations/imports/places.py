"""Where a record belongs: its State, cycle and document, known ones and those that the file brings along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from recommendations.catalogue.models import Body, Document, ReviewCycle, Session, State
from recommendations.catalogue.positions import event_date
from recommendations.imports.schema import Parsed
from recommendations.imports.terms import Terms
from recommendations.vocabulary import DocumentKind, MechanismKind
from recommendations.words.likeness import nearest

UPR = "UPR"


class Misplaced(Exception):
    """A row that belongs nowhere; ``column`` is the one to look at."""

    def __init__(self, column: str, message: str):
        super().__init__(message)
        self.column = column


@dataclass
class KnownDocument:
    """What a row must agree with; ``pk`` is None for a document that the import would add."""

    pk: int | None
    kind: str
    treaty_body: str
    body: int | None
    state: int | None
    cycle: str
    series: int | None


@dataclass
class KnownCycle:
    """A cycle by its key; ``pk`` is None for one that the import would add."""

    pk: int | None
    session: int | None
    report: str = ""
    report_is_inferred: bool = False


class Places:
    """The cycles and documents, read once for a file; ``added`` names what the import would bring along."""

    def __init__(self, terms: Terms, state: State | None):
        self.terms = terms
        self.state = state
        self.added: list[str] = []
        self.sessions = set(Session.objects.values_list("number", flat=True))
        self.cycles = {
            key: KnownCycle(pk, session)
            for key, pk, session in ReviewCycle.objects.values_list("key", "pk", "session__number")
        }
        self.documents: dict[str, KnownDocument] = {}
        rows = Document.objects.values_list(
            "symbol",
            "pk",
            "kind",
            "body__code",
            "body__kind",
            "body_id",
            "state_id",
            "cycle__key",
            "number_in_series",
            "is_inferred",
        )
        for symbol, pk, kind, code, body_kind, body, state_id, cycle, series, inferred in rows:
            treaty_body = code if code and body_kind != MechanismKind.UPR else ""
            self.documents[symbol] = KnownDocument(pk, kind, treaty_body, body, state_id, cycle or "", series)
            if kind == DocumentKind.WORKING_GROUP_REPORT and cycle:
                self.cycles[cycle].report = symbol
                self.cycles[cycle].report_is_inferred = inferred

    def place(self, parsed: Parsed) -> str:
        """Fill in the row's State, cycle number and symbol; return its reference. Raises ``Misplaced``."""
        state = self._state(parsed)
        parsed.state = state
        code = self.terms.state_codes[state]
        if parsed.reference and not parsed.paragraph:
            number = parsed.reference.split("-")[1]
            parsed.cycle = int(number) if number.isdecimal() else None
            return parsed.reference
        document = self.documents.get(parsed.symbol)
        if document is None or not document.treaty_body:
            document = self._place_in_cycle(parsed, code, document)
        elif document.state not in (None, state):
            raise self._of_another_state(parsed, document)
        if document.treaty_body:
            if document.series is None:
                raise Misplaced(
                    "symbol",
                    _(
                        "The number of %(symbol)s in its body's series is not recorded, so no reference can be made."
                    )
                    % {"symbol": parsed.symbol},
                )
            reference = f"{code}-{document.treaty_body}-{document.series}-{parsed.paragraph}"
        else:
            reference = f"{code}-{parsed.cycle}-{parsed.paragraph}"
        if parsed.reference and parsed.reference != reference:
            raise Misplaced(
                "reference",
                _("The reference says %(one)s, the document and paragraph say %(other)s.")
                % {"one": parsed.reference, "other": reference},
            )
        return reference

    def _state(self, parsed: Parsed) -> int:
        state = parsed.state
        if parsed.reference:
            code = parsed.reference[:3]
            named = next((pk for pk, known in self.terms.state_codes.items() if known == code), None)
            if named is None:
                raise Misplaced("reference", _("“%(code)s” is no State's code.") % {"code": code})
            if state is not None and state != named:
                raise Misplaced("state", _("The reference and this column name different States."))
            state = named
        if state is None:
            if self.state is None:
                raise Misplaced("state", _("The State under review is missing. Expected its code or name."))
            return self.state.pk
        if self.state is not None and state != self.state.pk:
            raise Misplaced(
                "state" if parsed.state is not None else "reference",
                _("This row concerns %(found)s; the import is for %(expected)s.")
                % {"found": self.terms.state_names[state], "expected": self.state.name_en},
            )
        return state

    def _place_in_cycle(self, parsed: Parsed, code: str, document: KnownDocument | None) -> KnownDocument:
        """The document of the UPR; the row's cycle and symbol are completed from what is known, and compared."""
        if document is not None and document.state not in (None, parsed.state):
            raise self._of_another_state(parsed, document)
        if parsed.cycle is None:
            if document is None or not document.cycle:
                raise Misplaced(
                    "cycle",
                    _(
                        "The review cycle is missing, and no cycle is known for the document. Expected its number."
                    ),
                )
            parsed.cycle = int(document.cycle.rpartition("-")[2])
        key = f"{code}-{parsed.cycle}"
        cycle = self.cycles.get(key) or self._new_cycle(parsed, key)
        if parsed.session and cycle.session and parsed.session != cycle.session:
            raise Misplaced(
                "session",
                _("%(cycle)s was reviewed at session %(expected)s, not %(found)s.")
                % {"cycle": key, "expected": cycle.session, "found": parsed.session},
            )
        if not parsed.symbol:
            if not cycle.report:
                raise Misplaced(
                    "symbol", _("No report is known for %(cycle)s. Expected its symbol.") % {"cycle": key}
                )
            parsed.symbol = cycle.report
            document = self.documents[cycle.report]
        if document is None:
            document = self._new_document(parsed, key, cycle)
        elif document.cycle != key:
            raise Misplaced(
                "symbol",
                _("%(symbol)s belongs to %(found)s, not to %(expected)s.")
                % {"symbol": parsed.symbol, "found": document.cycle or _("no review cycle"), "expected": key},
            )
        return document

    def _of_another_state(self, parsed: Parsed, document: KnownDocument) -> Misplaced:
        assert document.state is not None
        assert parsed.state is not None
        return Misplaced(
            "symbol",
            _("%(symbol)s concerns %(found)s; the row is about %(expected)s.")
            % {
                "symbol": parsed.symbol,
                "found": self.terms.state_names[document.state],
                "expected": self.terms.state_names[parsed.state],
            },
        )

    def _new_cycle(self, parsed: Parsed, key: str) -> KnownCycle:
        if parsed.session is None or parsed.session not in self.sessions:
            raise Misplaced(
                "cycle",
                _("%(cycle)s is not recorded here. Open the cycle first, or give the session of its review.")
                % {"cycle": key},
            )
        self.added.append(_("review cycle %(cycle)s") % {"cycle": key})
        self.cycles[key] = KnownCycle(None, parsed.session)
        return self.cycles[key]

    def _new_document(self, parsed: Parsed, key: str, cycle: KnownCycle) -> KnownDocument:
        report = cycle.report
        if report and not cycle.report_is_inferred and not parsed.symbol.startswith(f"{report}/"):
            message = _("%(symbol)s is not known here; the report of %(cycle)s is %(report)s.") % {
                "symbol": parsed.symbol,
                "cycle": key,
                "report": report,
            }
            near = nearest(parsed.symbol, self.documents, limit=1, at_least=0.85)
            if near and near[0] != report:
                message += " " + _("Did you mean “%(near)s”?") % {"near": near[0]}
            raise Misplaced("symbol", message)
        kind = kind_of(parsed.symbol)
        document = KnownDocument(None, kind, "", None, parsed.state, key, None)
        self.documents[parsed.symbol] = document
        self.added.append(_("document %(symbol)s") % {"symbol": parsed.symbol})
        if kind == DocumentKind.WORKING_GROUP_REPORT and not report:
            cycle.report = parsed.symbol
        return document


def kind_of(symbol: str) -> str:
    """What a document of a cycle is, by its symbol: an addendum, else the Working Group's report."""
    return DocumentKind.ADDENDUM if "/Add." in symbol else DocumentKind.WORKING_GROUP_REPORT


class Stock:
    """Cycles and documents by name while an import is applied: read when first asked for, added where missing."""

    def __init__(self) -> None:
        self.states = State.objects.in_bulk()
        self.upr = Body.objects.get(code=UPR)
        self._cycles: dict[str, ReviewCycle] = {}
        self._documents: dict[str, Document] = {}
        self._days: dict[tuple[str, str], date | None] = {}
        # What was added, and the States that are followed since: taking the import back needs to know.
        self.made: list[models.Model] = []
        self.followed: list[int] = []

    def cycle(self, record: dict[str, Any]) -> ReviewCycle | None:
        """The record's cycle; None for a treaty body's document."""
        if record["cycle"] is None:
            return None
        state = self.states[record["state"]]
        key = f"{state.code}-{record['cycle']}"
        if key not in self._cycles:
            cycle = (
                ReviewCycle.objects.filter(key=key)
                .select_related("state")
                .prefetch_related("milestones")
                .first()
            )
            if cycle is None:
                session = Session.objects.filter(number=record["session"]).first()
                cycle = ReviewCycle.objects.create(
                    state=state, number=record["cycle"], key=key, session=session
                )
                self.made.append(cycle)
                if State.objects.filter(pk=state.pk, is_followed=False).update(is_followed=True):
                    self.followed.append(state.pk)
            self._cycles[key] = cycle
        return self._cycles[key]

    def document(self, symbol: str, record: dict[str, Any] | None = None) -> Document:
        """The document of that symbol; one that is not there is added, to the record's cycle where it is given."""
        if symbol not in self._documents:
            document = Document.objects.filter(symbol=symbol).select_related("body").first()
            if document is None:
                cycle = self.cycle(record) if record else None
                document = Document.objects.create(
                    symbol=symbol,
                    kind=kind_of(symbol) if cycle else DocumentKind.OTHER,
                    body=self.upr if cycle else None,
                    state=cycle.state if cycle else None,
                    cycle=cycle,
                )
                self.made.append(document)
            self._documents[symbol] = document
        return self._documents[symbol]

    def day(self, symbol: str, cycle: ReviewCycle | None) -> date | None:
        """The day of the document's event in that cycle."""
        key = symbol, cycle.key if cycle else ""
        if key not in self._days:
            self._days[key] = event_date(self.document(symbol), cycle)
        return self._days[key]
