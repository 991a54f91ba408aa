"""Makers of rows for tests: plain functions, each with defaults that make sense together."""

from __future__ import annotations

from datetime import date
from itertools import count

from recommendations.assessments.method import METHOD_EDITION
from recommendations.assessments.models import Assessment, Cluster, Round, RoundItem
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.catalogue.models import Body, Document, Recommendation, ReviewCycle, State, Theme
from recommendations.catalogue.positions import record_position
from recommendations.catalogue.recording import record_recommendation
from recommendations.evidence.indicators import add_indicator
from recommendations.evidence.models import Evidence, Indicator
from recommendations.evidence.recording import add_evidence
from recommendations.organisations.models import Organisation, User
from recommendations.organisations.services import add_person
from recommendations.vocabulary import (
    Confidentiality,
    DocumentKind,
    EvidenceCheck,
    EvidenceKind,
    MechanismKind,
    Rating,
    Role,
    RoundPurpose,
    TestRating,
    TextKind,
)

PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def make_organisation(**fields) -> Organisation:
    """An organisation of its own name."""
    number = next(_numbers)
    fields.setdefault("name", f"Organisation {number}")
    fields.setdefault("short_name", f"O{number}")
    return Organisation.objects.create(**fields)


def make_person(*roles: str, organisation: Organisation | None = None, **fields) -> User:
    """A person in these roles (an editor by default) and in an organisation of her own unless one is given.

    Signs in with ``PASSWORD``.
    """
    number = next(_numbers)
    return add_person(
        by=None,
        email=fields.pop("email", f"person{number}@example.org"),
        name=fields.pop("name", f"Person {number}"),
        organisation=organisation or make_organisation(),
        roles=roles or (Role.EDITOR,),
        password=PASSWORD,
        **fields,
    )


def make_state(code: str | None = None, **fields) -> State:
    """The State of that code, made where it is not there; without a code an invented one."""
    if code is None:
        number = next(_numbers)
        code = f"X{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}"
    fields.setdefault("name_en", f"State {code}")
    return State.objects.get_or_create(code=code, defaults=fields)[0]


def make_body(code: str = "UPR", **fields) -> Body:
    """The body of that code, the UPR by default."""
    kind = MechanismKind.UPR if code == "UPR" else MechanismKind.TREATY_BODY
    return Body.objects.get_or_create(code=code, defaults={"name_en": code, "kind": kind} | fields)[0]


def make_cycle(state: State | None = None, number: int = 2, **fields) -> ReviewCycle:
    """A cycle of a followed State, reviewed on 30 October 2014 and adopted on 19 March 2015."""
    state = state or make_state("KAZ", name_en="Kazakhstan", is_followed=True)
    fields.setdefault("review_on", date(2014, 10, 30))
    fields.setdefault("adopted_on", date(2015, 3, 19))
    return ReviewCycle.objects.get_or_create(
        state=state, number=number, defaults={"key": f"{state.code}-{number}"} | fields
    )[0]


def make_document(cycle: ReviewCycle | None = None, symbol: str | None = None, **fields) -> Document:
    """The report of a cycle's Working Group."""
    cycle = cycle or make_cycle()
    fields.setdefault("kind", DocumentKind.WORKING_GROUP_REPORT)
    fields.setdefault("body", make_body())
    return Document.objects.get_or_create(
        symbol=symbol or f"A/HRC/{100 + cycle.pk}/10",
        defaults={"cycle": cycle, "state": cycle.state} | fields,
    )[0]


def make_theme(code: str | None = None, **fields) -> Theme:
    """A theme of its own code."""
    code = code or f"theme-{next(_numbers)}"
    return Theme.objects.get_or_create(code=code, defaults={"name_en": f"Theme {code}"} | fields)[0]


def make_recommendation(
    paragraph: str | None = None,
    *,
    document: Document | None = None,
    text: str = "Stop blocking sites without a court (an invented sentence).",
    position: str = "",
    **fields,
) -> Recommendation:
    """A recommendation with an official English text; with ``position`` also the State's answer in its document."""
    document = document or make_document()
    recommendation = record_recommendation(
        by=fields.pop("by", None),
        document=document,
        paragraph=paragraph or f"1.{next(_numbers)}",
        texts=fields.pop("texts", [("en", TextKind.OFFICIAL, text)]),
        recommending=fields.pop("recommending", []),
        **fields,
    )
    if position:
        record_position(recommendation, kind=position, document=document, by=None)
    return recommendation


def make_round(*recommendations: Recommendation, cycle: ReviewCycle | None = None, **fields) -> Round:
    """An open round that follows these recommendations (one by default), with its cut-off in mid-2017."""
    rows = recommendations or (make_recommendation(),)
    cycle = cycle or rows[0].cycle or make_cycle()
    fields.setdefault("title", f"Round {next(_numbers)}")
    fields.setdefault("purpose", RoundPurpose.MID_TERM)
    fields.setdefault("cutoff_on", date(2017, 6, 30))
    fields.setdefault("deadline", date(2017, 12, 31))
    fields.setdefault("opened_on", date(2017, 1, 15))
    fields.setdefault("method_edition", METHOD_EDITION)
    made = Round.objects.create(state=cycle.state, cycle=cycle, **fields)
    RoundItem.objects.filter(recommendation__in=rows).update(is_current=False)
    RoundItem.objects.bulk_create(RoundItem(round=made, recommendation=row) for row in rows)
    return made


def make_cluster(round_: Round | None = None, *, size: int = 2, **fields) -> Cluster:
    """A cluster that holds all of the round's recommendations (a round of ``size`` new ones by default)."""
    round_ = round_ or make_round(*(make_recommendation() for _number in range(size)))
    fields.setdefault("title", f"Cluster {next(_numbers)}")
    cluster = Cluster.objects.create(round=round_, **fields)
    round_.items.update(cluster=cluster)
    return cluster


def make_cited_evidence(by: User, **fields) -> Evidence:
    """A checked statistic of 2016 that the coalition may see, whatever the recording of evidence asks for."""
    fields.setdefault("number", next(_numbers) + 100)
    fields.setdefault("title", f"Evidence {fields['number']}")
    fields.setdefault("kind", EvidenceKind.STATISTIC)
    fields.setdefault("confidentiality", Confidentiality.COALITION)
    fields.setdefault("check_status", EvidenceCheck.CHECKED)
    fields.setdefault("happened_from", date(2016, 5, 1))
    fields.setdefault("organisation", by.organisation)
    return Evidence.objects.create(added_by=by, **fields)


def make_evidence(by: User | None = None, **fields) -> Evidence:
    """An item as a person records it: a statistic that the coalition may see, with a source."""
    by = by or make_person()
    fields.setdefault("title", f"Evidence {next(_numbers)}")
    fields.setdefault("kind", EvidenceKind.STATISTIC)
    fields.setdefault("confidentiality", Confidentiality.COALITION)
    fields.setdefault("source", {"publisher": "Bureau of Statistics (invented)", "published_text": "2016"})
    return add_evidence(by=by, **fields)


def make_indicator(by: User | None = None, **fields) -> Indicator:
    """An indicator without values."""
    fields.setdefault("name", f"Indicator {next(_numbers)}")
    fields.setdefault("unit", "persons")
    fields.setdefault("state", State.objects.first() or make_state())
    return add_indicator(by=by, **fields)


def make_assessment(by: User | None = None, *, cluster: Cluster | None = None, **fields) -> Assessment:
    """A draft that can be submitted: not implemented in practice, resting on one checked statistic."""
    by = by or make_person()
    if cluster is None and "item" not in fields:
        cluster = make_cluster()
    draft = start_assessment(
        by=by, cluster=cluster, item=fields.pop("item", None), organisation=fields.pop("organisation", None)
    )
    item = make_cited_evidence(by)
    texts = {
        "implemented_when": "no site is blocked without a court's order",
        "law": TestRating.NOT_REQUIRED,
        "policy": TestRating.NOT_REQUIRED,
        "practice": TestRating.NOT,
        "practice_text": f"Sites are blocked without a court [E-{item.number}].",
        "rating": Rating.NOT,
        "narrative": "Nothing changed.",
        "to_be_confirmed": False,
    }
    return save_draft(draft, by=by, revision=draft.revision, fields=texts | fields)
