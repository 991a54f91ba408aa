"""What the pages of an assessment show beside its text: recommendations, claims, evidence, citations as links.

Everything is read in a fixed number of queries and only as far as the reader may see it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from recommendations.access.visibility import is_member
from recommendations.assessments.method import obligation_sentence, standing_sentence
from recommendations.assessments.models import Assessment, ItemRating
from recommendations.assessments.transitions import unseen_by
from recommendations.catalogue.models import StateClaim
from recommendations.catalogue.texts import preferred_text
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.vocabulary import Confidentiality, PositionKind, Shows, TextKind
from recommendations.words.citations import split_citations


@dataclass(frozen=True)
class Cited:
    """One number of a citation; without an address the reader may not see the item."""

    number: int
    url: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of a text: words, or the numbers that are cited there."""

    text: str = ""
    cites: tuple[Cited, ...] = ()


def paragraphs(text: str, shelf: Shelf) -> list[list[Piece]]:
    """The text by paragraphs, its citations as links to the items that the reader may see."""
    return [_pieces(part, shelf) for part in text.split("\n\n") if part.strip()]


def _pieces(text: str, shelf: Shelf) -> list[Piece]:
    pieces: list[Piece] = []
    for part in split_citations(text):
        if isinstance(part, str):
            pieces.append(Piece(text=part))
            continue
        told = [number for number in part if number in shelf.visible or shelf.tells_hidden]
        if told:
            pieces.append(Piece(cites=tuple(_cited(number, shelf) for number in told)))
        elif pieces:
            pieces[-1] = Piece(text=pieces[-1].text.rstrip(), cites=pieces[-1].cites)
    return pieces


def _cited(number: int, shelf: Shelf) -> Cited:
    return Cited(number, reverse("evidence_detail", args=[number]) if number in shelf.visible else "")


@dataclass(frozen=True)
class Subject:
    """A recommendation of the assessment, as it stands beside the text."""

    reference: str
    text: str
    language: str
    is_fallback: bool
    is_paraphrase: bool
    states: tuple[str, ...]
    position: str
    standing: tuple[str, ...]
    claims: tuple[StateClaim, ...]
    rows: tuple[ItemRating, ...]  # the recommendation's own first, then its demands
    demand_texts: dict[str, str] = field(default_factory=dict)


def rating_rows(assessment: Assessment) -> QuerySet[ItemRating]:
    """The assessment's ratings in the order of the documents, demands behind their recommendation."""
    return assessment.ratings.select_related(
        "item__recommendation__cycle", "item__recommendation__document", "demand"
    ).order_by("item__recommendation__order_key", "item", "demand__letter")


def subjects(assessment: Assessment) -> list[Subject]:
    """The recommendations of the assessment with wording, position, State claims and demands."""
    language = get_language() or "en"
    rows = rating_rows(assessment).prefetch_related(
        "item__recommendation__texts",
        "item__recommendation__recommending__state",
        "item__recommendation__claims__document",
        "item__recommendation__obligations__treaty",
        "demand__texts",
    )
    by_item: dict[int, list[ItemRating]] = defaultdict(list)
    for row in rows:
        by_item[row.item_id].append(row)
    return [
        _subject(sorted(group, key=lambda row: row.demand.letter if row.demand else ""), language)
        for group in by_item.values()
    ]


def _subject(rows: list[ItemRating], language: str) -> Subject:
    recommendation = rows[0].item.recommendation
    text, is_fallback = preferred_text(recommendation, language)
    standing = [standing_sentence(recommendation.position)]
    if recommendation.position == PositionKind.NOTED:
        standing += [
            obligation_sentence(article=one.article, treaty=str(one.treaty), since=one.in_force_since)
            for one in recommendation.obligations.all()
        ]
    return Subject(
        reference=recommendation.reference,
        text=text.text if text else "",
        language=text.language if text else "",
        is_fallback=is_fallback,
        is_paraphrase=text is not None and text.kind == TextKind.PARAPHRASE,
        states=tuple(str(row.state) for row in recommendation.recommending.all()),
        position=recommendation.position,
        standing=tuple(filter(None, standing)),
        claims=tuple(recommendation.claims.all()),
        rows=tuple(rows),
        demand_texts={
            row.demand.letter: _demand_text(row.demand, language) for row in rows if row.demand is not None
        },
    )


def _demand_text(demand: Any, language: str) -> str:
    texts = {row.language: row.text for row in demand.texts.all()}
    return texts.get(language[:2]) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True)
class Reason:
    """Why an item shows something about these recommendations, with page or passage."""

    references: tuple[str, ...]
    why: str
    passage: str


def _linked_to(link: EvidenceLink) -> str:
    reference = link.recommendation.reference
    return f"{reference} ({link.demand.letter})" if link.demand else reference


@dataclass(frozen=True)
class Item:
    """An item of evidence beside the text: what it shows of which recommendation, and whether it is cited."""

    evidence: Evidence
    links: tuple[EvidenceLink, ...]
    is_cited: bool

    @property
    def reasons(self) -> list[Reason]:
        """Why it shows what it shows, the same reason for several recommendations once."""
        found: dict[tuple[str, str], list[str]] = {}
        for link in self.links:
            if link.why or link.passage:
                found.setdefault((link.why, link.passage), []).append(_linked_to(link))
        return [Reason(tuple(dict.fromkeys(names)), why, passage) for (why, passage), names in found.items()]


@dataclass(frozen=True)
class Shelf:
    """The evidence at hand by what it shows, and how many cited items the reader may not see."""

    groups: tuple[tuple[str, str, tuple[Item, ...]], ...]  # code, words, items
    others: tuple[Item, ...]  # cited without being linked to one of the recommendations
    hidden: tuple[int, ...]
    # Members are told the numbers of what they may not see, so that they can ask for it; nobody else is.
    tells_hidden: bool

    @cached_property
    def visible(self) -> frozenset[int]:
        """The numbers the reader may see."""
        items = [item for _code, _words, group in self.groups for item in group] + list(self.others)
        return frozenset(item.evidence.number for item in items)

    @property
    def cited(self) -> list[Item]:
        """The cited items that the reader may see, by number, each once."""
        items = [item for _code, _words, group in self.groups for item in group] + list(self.others)
        return sorted(
            {item.evidence.number: item for item in items if item.is_cited}.values(),
            key=lambda item: item.evidence.number,
        )


def shelf(assessment: Assessment, *, reader: Any) -> Shelf:
    """The evidence of an assessment's recommendations, and what it cites, as far as the reader may see it."""
    cited = set(assessment.citations.values_list("evidence__number", flat=True))
    recommendations = assessment.ratings.values("item__recommendation")
    links = (
        EvidenceLink.objects.visible_to(reader)
        .filter(recommendation__in=recommendations)
        .select_related("evidence__source", "evidence__organisation", "recommendation", "demand")
        .order_by("evidence__number", "pk")
    )
    by_group: dict[str, dict[int, list[EvidenceLink]]] = defaultdict(lambda: defaultdict(list))
    for link in links:
        by_group[link.shows][link.evidence.number].append(link)
    groups = tuple(
        (
            shows.value,
            str(shows.label),
            tuple(
                Item(found[0].evidence, tuple(found), number in cited)
                for number, found in by_group[shows].items()
            ),
        )
        for shows in Shows
        if shows in by_group
    )
    linked = {number for found in by_group.values() for number in found}
    others = (
        Evidence.objects.visible_to(reader)
        .filter(number__in=cited - linked)
        .select_related("source", "organisation")
        .order_by("number")
    )
    loose = tuple(Item(item, (), True) for item in others)
    seen = linked | {item.evidence.number for item in loose}
    return Shelf(groups, loose, tuple(sorted(cited - seen)), tells_hidden=is_member(reader))


def who_cannot_see(assessment: Assessment, reviewers: Iterable[Any]) -> list[tuple[Any, list[int]]]:
    """The reviewers who may not see every cited item, each with its numbers: named at submission."""
    if not assessment.citations.filter(evidence__confidentiality=Confidentiality.RESTRICTED).exists():
        return []
    found = [(person, unseen_by(person, assessment)) for person in reviewers]
    return [(person, numbers) for person, numbers in found if numbers]
