"""Where a record belongs: its State, cycle and document, known ones and those that the file brings along."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from recommendations.catalogue import provisional
from recommendations.catalogue.models import Body, Document, ReviewCycle, Session, State
from recommendations.catalogue.references import body_letters
from recommendations.imports.asking import SYMBOL
from recommendations.imports.bodies import body_of, document_of_body
from recommendations.imports.known import KnownCycle, KnownDocument, Misplaced, Unasked
from recommendations.imports.parsed import Parsed
from recommendations.imports.stock import UPR, kind_of
from recommendations.imports.terms import Terms
from recommendations.vocabulary import DocumentKind, MechanismKind
from recommendations.words.likeness import nearest


class Places:
    """The cycles and documents, read once for a file; ``added`` names what the import would bring along."""

    def __init__(
        self,
        terms: Terms,
        state: State | None,
        answers: dict[str, Any] | None = None,
        *,
        proposes: bool = False,
    ):
        self.terms = terms
        self.state = state
        # What a person put right of the proposals: sessions by cycle, cycles by session, numbers and symbols.
        self.answers = answers or {}
        # Whether a cycle may be inferred: our own table says which it means, the UN's files often do not.
        self.proposes = proposes
        # Symbols that were inferred and turn out otherwise: old → new.
        self.renamed: dict[str, str] = {}
        self.added: list[str] = []
        self._proposals: list[dict[str, Any]] = []
        # (State, body) → the numbers of its documents.
        self.series: dict[tuple[int, str], dict[int, str]] = {}
        self.kinds = dict(Body.objects.values_list("code", "kind"))
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
            "state_id",
            "cycle__key",
            "number_in_series",
            "is_inferred",
        )
        for symbol, pk, kind, code, body_kind, state_id, cycle, series, inferred in rows:
            treaty_body = code if code and body_kind != MechanismKind.UPR else ""
            self.documents[symbol] = KnownDocument(pk, kind, treaty_body, state_id, cycle or "", series)
            if treaty_body and series is not None and state_id is not None:
                self.series.setdefault((state_id, treaty_body), {})[series] = symbol
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
            parsed.cycle = int(number) if number.isdecimal() else provisional.cycle_in(parsed.reference)
            return parsed.reference
        if not parsed.paragraph:
            raise Misplaced("paragraph", _("The paragraph is missing. Expected a number such as 124.26."))
        if provisional.is_list(parsed.symbol):
            return self._place_in_list(parsed, code)
        document = self.documents.get(parsed.symbol)
        body = parsed.body or (document.treaty_body if document else body_of(parsed.symbol, self.kinds))
        if body and self.kinds.get(body, MechanismKind.UPR) != MechanismKind.UPR:
            document = document_of_body(self, parsed, code, body, document)
        elif document is None or not document.treaty_body:
            document = self._place_in_cycle(parsed, code, document)
        elif document.state not in (None, state):
            raise self.of_another_state(parsed, document)
        if document.treaty_body:
            if document.series is None:
                raise Misplaced(
                    "symbol",
                    _(
                        "The number of %(symbol)s in its body's series is not recorded, so no reference can be made."
                    )
                    % {"symbol": parsed.symbol},
                )
            letters = body_letters(document.treaty_body)
            reference = f"{code}-{letters}-{document.series}-{parsed.paragraph}"
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

    def proposals(self) -> list[dict[str, Any]]:
        """The cycles and documents that the file brings along, as they are stored with the run."""
        return self._proposals

    def add_document(self, parsed: Parsed, document: KnownDocument) -> None:
        """Let the row's document come with the rows."""
        symbol = parsed.symbol
        self.documents[symbol] = document
        self.added.append(_("document %(symbol)s") % {"symbol": symbol})
        self._proposals.append(
            {
                "what": "document",
                "symbol": symbol,
                "kind": str(document.kind),
                "body": document.treaty_body or UPR,
                "state": document.state,
                "cycle": document.cycle,
                "series": document.series,
                "published_on": parsed.published_on,
                "is_inferred": not document.series_is_told,
            }
        )

    def _place_in_list(self, parsed: Parsed, code: str) -> str:
        """The provisional reference of what is known from UPR Info's list alone; its cycle may come with it."""
        assert parsed.cycle is not None
        if parsed.session not in self.sessions:
            message = _("Session %(number)s of the UPR Working Group is not known here.")
            raise Misplaced("session", message % {"number": parsed.session})
        key = f"{code}-{parsed.cycle}"
        cycle = self.cycles.get(key) or self._new_cycle(parsed, key)
        if cycle.session and parsed.session != cycle.session:
            raise self._at_another_session(parsed, key, cycle.session)
        if parsed.symbol not in self.documents:
            self.add_document(parsed, KnownDocument(None, DocumentKind.OTHER, "", parsed.state, key, None))
        return provisional.reference_of(code, parsed.cycle, parsed.paragraph)

    def session_of(self, code: str, cycle: int) -> int | None:
        """The session of a State's cycle, as far as it is known."""
        known = self.cycles.get(f"{code}-{cycle}")
        return known.session if known else None

    def _place_in_cycle(self, parsed: Parsed, code: str, document: KnownDocument | None) -> KnownDocument:
        """The document of the UPR; the row's cycle and symbol are completed from what is known, and compared."""
        if document is not None and document.state not in (None, parsed.state):
            raise self.of_another_state(parsed, document)
        is_inferred = False
        if parsed.cycle is None and document is not None and document.cycle:
            parsed.cycle = int(document.cycle.rpartition("-")[2])
        elif parsed.cycle is None:
            parsed.cycle, is_inferred = self._cycle_of_session(parsed, code)
        key = f"{code}-{parsed.cycle}"
        cycle = self.cycles.get(key) or self._new_cycle(parsed, key, is_inferred)
        if parsed.session and cycle.session and parsed.session != cycle.session:
            raise self._at_another_session(parsed, key, cycle.session)
        if not parsed.symbol:
            parsed.symbol = cycle.report or self._symbol_of(parsed, key)
            document = self.documents.get(parsed.symbol)
        if document is None:
            document = self._new_document(parsed, key, cycle)
        elif document.cycle != key:
            raise Misplaced(
                "symbol",
                _("%(symbol)s belongs to %(found)s, not to %(expected)s.")
                % {"symbol": parsed.symbol, "found": document.cycle or _("no review cycle"), "expected": key},
            )
        return document

    def _at_another_session(self, parsed: Parsed, key: str, session: int) -> Misplaced:
        return Misplaced(
            "session",
            _("%(cycle)s was reviewed at session %(expected)s, not %(found)s.")
            % {"cycle": key, "expected": session, "found": parsed.session},
        )

    def of_another_state(self, parsed: Parsed, document: KnownDocument) -> Misplaced:
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

    def _cycle_of_session(self, parsed: Parsed, code: str) -> tuple[int, bool]:
        """The number of the cycle by its session, and whether it was inferred from the calendar of the reviews."""
        known = next(
            (
                key
                for key, cycle in self.cycles.items()
                if parsed.session and cycle.session == parsed.session and key.startswith(f"{code}-")
            ),
            None,
        )
        if known is not None:
            return int(known.rpartition("-")[2]), False
        if parsed.session and self.proposes:
            given = self.answers.get("cycles", {}).get(str(parsed.session))
            return (given, True) if given else (provisional.cycle_of_session(parsed.session), True)
        raise Misplaced(
            "cycle",
            _("The review cycle is missing, and no cycle is known for the document. Expected its number."),
        )

    def _symbol_of(self, parsed: Parsed, key: str) -> str:
        """The symbol of the cycle's report as a person gave it, or a question after it."""
        given = self.answers.get("symbols", {}).get(key)
        if given:
            return str(given)
        message = _("No report is known for %(cycle)s. Expected its symbol.") % {"cycle": key}
        if self.terms.asking.takes(SYMBOL, key, parsed.number):
            raise Unasked("symbol", message)
        raise Misplaced("symbol", message)

    def _new_cycle(self, parsed: Parsed, key: str, is_inferred: bool = False) -> KnownCycle:
        session = self.answers.get("sessions", {}).get(key) or parsed.session
        if not self.proposes and (session is None or session not in self.sessions):
            raise Misplaced(
                "cycle",
                _("%(cycle)s is not recorded here. Open the cycle first, or give the session of its review.")
                % {"cycle": key},
            )
        self.added.append(_("review cycle %(cycle)s") % {"cycle": key})
        self._proposals.append(
            {
                "what": "cycle",
                "key": key,
                "number": parsed.cycle,
                "session": session,
                "state": parsed.state,
                "number_is_inferred": is_inferred,
                "session_is_inferred": parsed.session is None,
            }
        )
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
        document = KnownDocument(None, kind, "", parsed.state, key, None)
        if report and kind == DocumentKind.WORKING_GROUP_REPORT:
            self._correct_symbol(report, parsed.symbol)
            cycle.report_is_inferred = False
        else:
            self.add_document(parsed, document)
        if kind == DocumentKind.WORKING_GROUP_REPORT:
            cycle.report = parsed.symbol
        return self.documents[parsed.symbol]

    def _correct_symbol(self, old: str, new: str) -> None:
        """The report's symbol was inferred from the series; the file tells it, and so that of its addenda."""
        for symbol in [one for one in self.documents if one == old or one.startswith(f"{old}/")]:
            told = new + symbol.removeprefix(old)
            if told in self.documents:
                continue
            self.documents[told] = self.documents.pop(symbol)
            self.renamed[symbol] = told
            self.added.append(_("%(new)s instead of %(old)s") % {"new": told, "old": symbol})
            self._proposals.append({"what": "symbol", "old": symbol, "symbol": told})
