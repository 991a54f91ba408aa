"""One item of evidence in words: its facts, who may see it, what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from recommendations.access.visibility import is_member
from recommendations.evidence import rules
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.formats import kinds
from recommendations.templatetags.look import day
from recommendations.vocabulary import Confidentiality, EvidenceKind, Shows

Fact = tuple[Any, Any, str]

_KINDS = {kind.mime: kind.label for kind in vars(kinds).values() if isinstance(kind, kinds.Kind)}


def dates_of(evidence: Evidence) -> str:
    """When the facts were: a day, or from and until."""
    begin, end = evidence.happened_from, evidence.happened_until
    if begin and end and end != begin:
        return _("%(begin)s to %(end)s") % {"begin": day(begin), "end": day(end)}
    return str(day(begin))


def facts_of(evidence: Evidence) -> list[Fact]:
    """The item's facts as (label, value, address), those that are known."""
    source = evidence.source
    begin = _("Date of the request") if evidence.kind == EvidenceKind.UNANSWERED_REQUEST else _("When")
    found: list[Fact] = [
        (begin, mark_safe(dates_of(evidence)), ""),
        (_("Where"), evidence.place, ""),
        (_("Language"), evidence.get_language_display(), ""),
        (_("Version of the act"), evidence.act_version, ""),
        (_("Amended since, on"), day(evidence.amended_on), ""),
        (_("Who keeps it"), evidence.held_by, ""),
    ]
    if source is not None:
        found += [
            (_("Publisher"), source.publisher, ""),
            (_("Source"), source.title or source.url, source.url),
            (_("Date of publication"), day(source.published_on) or source.published_text, ""),
            (_("Read on"), day(source.accessed_on), ""),
            (_("No longer answers since"), day(source.dead_since), ""),
        ]
    return [fact for fact in found if fact[1]]


def access_words(evidence: Evidence, reader: Any) -> str:
    """Who can see the item, in a sentence."""
    if evidence.confidentiality == Confidentiality.PUBLIC:
        return _(
            "Everyone who signs in, observers too. The public sees it once a published assessment cites it and "
            "the public pages are open."
        )
    if evidence.confidentiality == Confidentiality.COALITION:
        return _("The coalition's members. Observers and the public do not see it.")
    people = [str(person) for person in evidence.named_people.all()] if is_member(reader) else []
    if not people:
        return _("Only people of %(organisation)s.") % {"organisation": evidence.organisation}
    return _("Only people of %(organisation)s, and: %(people)s.") % {
        "organisation": evidence.organisation,
        "people": ", ".join(people),
    }


def kind_words(mime: str) -> str:
    """A kind of file in words, from its media type."""
    return str(_KINDS.get(mime, mime))


def may_be_changed(evidence: Evidence, person: Any) -> bool:
    """Whether this person may change the item."""
    return rules.refusal_to_change(evidence, by=person) is None


def actions_for(evidence: Evidence, person: Any) -> list[dict[str, Any]]:
    """What one may do with the item: each with the reason where this person may not."""
    refused = rules.refusal_to_change(evidence, by=person)
    # Who is in it, its own people know; a coordinator who may change the rest need not.
    not_of_it = None
    if person.organisation_id != evidence.organisation_id and not refused:
        not_of_it = _("Only people of %(organisation)s see this.") % {"organisation": evidence.organisation}
    actions = [
        ("evidence_link_new", _("Link to recommendations"), None),
        ("evidence_edit", _("Change"), refused),
        ("evidence_file_new", _("Add files"), refused),
        ("evidence_access", _("Change who may see it"), refused),
        ("evidence_people", _("People in it, and their consent"), refused or not_of_it),
        ("evidence_check", _("Record a check"), rules.refusal_to_check(evidence, by=person)),
    ]
    if evidence.kind == EvidenceKind.HELD_ELSEWHERE:
        actions = [action for action in actions if action[0] != "evidence_file_new"]
    return [
        {"url": reverse(name, args=[evidence.number]), "label": label, "refusal": refusal, "link": True}
        for name, label, refusal in actions
    ]


@dataclass(frozen=True)
class Group:
    """The links that show the same."""

    shows: str
    label: str
    links: list[tuple[EvidenceLink, bool]]


def in_groups(links: Iterable[EvidenceLink], *, person: Any) -> list[Group]:
    """The links by what they show, each with whether this person may change it; only groups that hold some."""
    found = list(links)
    return [
        Group(
            shows.value,
            str(shows.label),
            [
                (link, rules.refusal_to_unlink(link, by=person) is None)
                for link in found
                if link.shows == shows.value
            ],
        )
        for shows in Shows
        if any(link.shows == shows.value for link in found)
    ]
