"""The cycles and documents that an import writes its rows under: those that are here, and those it brings along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet, prefetch_related_objects

from recommendations.catalogue import provisional
from recommendations.catalogue.cycles import session_numbered
from recommendations.catalogue.models import Body, Document, ReviewCycle, Session, State
from recommendations.catalogue.positions import event_date
from recommendations.vocabulary import DocumentKind

UPR = "UPR"


def kind_of(symbol: str) -> str:
    """What a document of a cycle is, by its symbol: an addendum, else the Working Group's report."""
    return DocumentKind.ADDENDUM if "/Add." in symbol else DocumentKind.WORKING_GROUP_REPORT


def _cycles() -> QuerySet[ReviewCycle]:
    return ReviewCycle.objects.select_related("state").prefetch_related("milestones")


class Stock:
    """Cycles and documents by name while an import is applied: read when first asked for, added where missing.

    ``proposals`` are those of the plan: what is added is what was seen.
    """

    def __init__(self, proposals: Iterable[dict[str, Any]] = ()) -> None:
        proposals = list(proposals)
        self._proposed = {one["symbol"]: one for one in proposals if one["what"] == "document"}
        self._sessions = {one["key"]: one["session"] for one in proposals if one["what"] == "cycle"}
        self._renamed = {one["old"]: one["symbol"] for one in proposals if one["what"] == "symbol"}
        self.upr = Body.objects.get(code=UPR)
        self._states: dict[int, State] = {}
        self._cycles: dict[tuple[int, int], ReviewCycle] = {}
        self._documents: dict[str, Document] = {}
        self._days: dict[tuple[str, str], date | None] = {}
        # Keys of cycles and symbols of documents that were looked for and are not here.
        self._absent: set[str] = set()
        # What was added, and the States that are followed since: taking the import back needs to know.
        self.made: list[models.Model] = []
        self.followed: list[int] = []
        self._looked_at: set[int] = set()
        self._numbered: dict[int, Session] = {}

    def expect(self, records: Iterable[dict[str, Any]]) -> None:
        """Read what these records name in a few queries, so that none is asked for each name."""
        places: dict[tuple[int, int], None] = {}
        symbols: dict[str, None] = {}
        for record in records:
            if record["cycle"] is not None:
                places[record["state"], record["cycle"]] = None
            symbols[record["symbol"]] = None
            symbols.update((symbol, None) for _kind, symbol, *_rest in record["positions"])
            symbols.update((symbol, None) for _kind, symbol, *_rest in record["claims"])
        self._states |= State.objects.in_bulk({state for state, _number in places} - self._states.keys())
        keys = {f"{self._states[state].code}-{number}": (state, number) for state, number in places}
        for cycle in _cycles().filter(key__in=keys):
            self._cycles.setdefault(keys[cycle.key], cycle)
        self._absent |= {key for key, place in keys.items() if place not in self._cycles}
        asked = [symbol for symbol in symbols if symbol not in self._documents]
        for document in Document.objects.filter(symbol__in=asked).select_related("body"):
            self._documents[document.symbol] = document
        self._absent |= {symbol for symbol in asked if symbol not in self._documents}

    def inferred(self) -> list[Document]:
        """The documents whose symbol was inferred and is corrected by this import."""
        return list(Document.objects.filter(symbol__in=self._renamed, is_inferred=True))

    def correct(self, documents: Iterable[Document]) -> None:
        """Give these documents the symbols that the file tells."""
        for document in documents:
            Document.objects.filter(pk=document.pk).update(
                symbol=self._renamed[document.symbol], is_inferred=False
            )

    def cycle(self, record: dict[str, Any]) -> ReviewCycle | None:
        """The record's cycle; None for a treaty body's document."""
        if record["cycle"] is None:
            return None
        place = record["state"], record["cycle"]
        if place not in self._cycles:
            state = self.state(record["state"])
            key = f"{state.code}-{record['cycle']}"
            cycle = None if key in self._absent else _cycles().filter(key=key).first()
            if cycle is None:
                number = self._sessions.get(key, record["session"])
                session = self._session(number) if number else None
                cycle = ReviewCycle.objects.create(
                    state=state, number=record["cycle"], key=key, session=session
                )
                # A new cycle has no milestones: nobody need ask for them.
                prefetch_related_objects([cycle], "milestones")
                self.made.append(cycle)
                self._follow(state.pk)
            self._cycles[place] = cycle
        return self._cycles[place]

    def _session(self, number: int) -> Session:
        if number not in self._numbered:
            self._numbered[number] = session_numbered(number)
        return self._numbered[number]

    def _follow(self, state: int) -> None:
        if state in self._looked_at:
            return
        self._looked_at.add(state)
        if State.objects.filter(pk=state, is_followed=False).update(is_followed=True):
            self.followed.append(state)

    def state(self, pk: int) -> State:
        """The State of that key."""
        if pk not in self._states:
            self._states[pk] = State.objects.get(pk=pk)
        return self._states[pk]

    def document(self, symbol: str, record: dict[str, Any] | None = None) -> Document:
        """The document of that symbol; one that is not there is added, to the record's cycle where it is given."""
        if symbol not in self._documents:
            document = None
            if symbol not in self._absent:
                document = Document.objects.filter(symbol=symbol).select_related("body").first()
            if document is None:
                document = self._add(symbol, record, self._proposed.get(symbol) or {})
            self._documents[symbol] = document
        return self._documents[symbol]

    def _add(self, symbol: str, record: dict[str, Any] | None, proposed: dict[str, Any]) -> Document:
        day = proposed.get("published_on")
        fields: dict[str, Any] = {"published_on": date.fromisoformat(day) if day else None}
        if provisional.is_list(symbol):
            key = provisional.cycle_of_list(symbol)
            cycle = ReviewCycle.objects.select_related("state").filter(key=key).first()
            fields |= {"body": self.upr, "cycle": cycle, "title": str(provisional.TITLE)}
            fields |= {"state": cycle.state if cycle else None}
        elif proposed.get("body", UPR) != UPR:
            fields |= {
                "kind": proposed["kind"],
                "body": Body.objects.get(code=proposed["body"]),
                "state": self.state(proposed["state"]),
                "number_in_series": proposed["series"],
            }
        elif cycle := self.cycle(record) if record else None:
            fields |= {"kind": kind_of(symbol), "body": self.upr, "state": cycle.state, "cycle": cycle}
        document = Document.objects.create(symbol=symbol, **fields)
        self.made.append(document)
        return document

    def day(self, symbol: str, cycle: ReviewCycle | None) -> date | None:
        """The day of the document's event in that cycle."""
        key = symbol, cycle.key if cycle else ""
        if key not in self._days:
            self._days[key] = event_date(self.document(symbol), cycle)
        return self._days[key]
