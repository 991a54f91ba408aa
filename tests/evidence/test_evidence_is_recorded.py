"""What evidence needs to be kept, and what follows when it is changed or checked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.evidence.levels import asked_for, change_access, lower
from recommendations.evidence.models import Source
from recommendations.evidence.recording import (
    NotRight,
    add_evidence,
    change_evidence,
    check_evidence,
    link_evidence,
    unlink_evidence,
)
from recommendations.vocabulary import Confidentiality, EvidenceCheck, EvidenceKind, Role, Shows
from tests.factories import make_evidence, make_organisation, make_person, make_recommendation

pytestmark = pytest.mark.django_db


def test_numbers_follow_each_other_and_are_what_people_say() -> None:
    first, second = make_evidence(), make_evidence()
    assert second.number == first.number + 1
    assert str(second) == f"E-{second.number}"


def test_it_belongs_to_the_organisation_of_who_adds_it() -> None:
    by = make_person()
    assert make_evidence(by).organisation == by.organisation


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (EvidenceKind.LAW, "act_version"),
        (EvidenceKind.HELD_ELSEWHERE, "held_by"),
        (EvidenceKind.UNANSWERED_REQUEST, "happened_from"),
        (EvidenceKind.MONITORING, "method"),
    ],
)
def test_some_kinds_need_more(kind: str, field: str) -> None:
    by = make_person()
    with pytest.raises(NotRight) as refused:
        make_evidence(by, kind=kind)
    assert set(refused.value.problems) == {field}
    value = date(2018, 3, 1) if field == "happened_from" else "as of 1 March 2018"
    assert make_evidence(by, kind=kind, **{field: value}).kind == kind


@pytest.mark.parametrize("field", ["happened_from", "happened_until"])
def test_facts_of_the_future_are_refused(field: str) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    values = {"happened_from": date(2016, 1, 1)} | {field: tomorrow}
    with pytest.raises(NotRight) as refused:
        make_evidence(**values)
    assert "future" in refused.value.problems[field]


def test_a_source_of_the_future_is_refused() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(NotRight) as refused:
        make_evidence(source={"publisher": "P", "published_on": tomorrow})
    assert set(refused.value.problems) == {"source_published_on"}


def test_facts_cannot_end_before_they_began() -> None:
    with pytest.raises(NotRight) as refused:
        make_evidence(happened_from=date(2017, 1, 2), happened_until=date(2017, 1, 1))
    assert set(refused.value.problems) == {"happened_until"}


def test_an_address_that_runs_a_program_is_refused() -> None:
    with pytest.raises(NotRight) as refused:
        make_evidence(source={"publisher": "P", "url": "javascript:alert(1)"})
    assert set(refused.value.problems) == {"source_url"}


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(NotRight) as refused:
        make_evidence(title="  ", kind=EvidenceKind.LAW, source={"title": "without a publisher"})
    assert set(refused.value.problems) == {"title", "act_version", "source_publisher"}


def test_a_change_is_counted_and_logged_without_what_it_says() -> None:
    by = make_person()
    evidence = make_evidence(by, description="a secret figure")
    changed = change_evidence(evidence, by=by, revision=1, description="another secret figure")
    assert (changed.revision, changed.description) == (2, "another secret figure")
    event = Event.objects.select_related("detail").first()
    assert event.verb == "evidence.changed"
    assert event.detail.detail == {"fields": ["description"]}


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    by = make_person()
    evidence = make_evidence(by)
    before = Event.objects.count()
    assert change_evidence(evidence, by=by, revision=1, title=evidence.title).revision == 1
    assert Event.objects.count() == before


def test_who_changes_an_old_revision_gets_the_present_one_and_nothing_is_done() -> None:
    by = make_person()
    evidence = make_evidence(by)
    change_evidence(evidence, by=by, revision=1, title="hers")
    with pytest.raises(Conflict) as conflict:
        change_evidence(evidence, by=by, revision=1, title="his")
    assert conflict.value.current.title == "hers"
    evidence.refresh_from_db()
    assert evidence.title == "hers"


def test_a_source_that_others_share_is_left_as_it_is() -> None:
    by = make_person()
    source = Source.objects.create(publisher="ACCA")
    one, other = make_evidence(by, source=source), make_evidence(by, source=source)
    changed = change_evidence(one, by=by, revision=1, source={"publisher": "ACCA, corrected"})
    assert changed.source.publisher == "ACCA, corrected"
    other.refresh_from_db()
    assert other.source.publisher == "ACCA"


def test_a_source_of_its_own_is_corrected_in_place() -> None:
    by = make_person()
    evidence = make_evidence(by, source={"publisher": "ACCA"})
    change_evidence(evidence, by=by, revision=1, source={"publisher": "ACCA, corrected"})
    assert list(Source.objects.values_list("publisher", flat=True)) == ["ACCA, corrected"]


def test_another_organisation_changes_nothing_but_a_coordinator_may() -> None:
    evidence = make_evidence()
    with pytest.raises(Refused):
        change_evidence(evidence, by=make_person(), revision=1, title="mine now")
    coordinator = make_person(Role.COORDINATOR)
    assert change_evidence(evidence, by=coordinator, revision=1, title="corrected").title == "corrected"


def test_a_restricted_item_stays_in_the_hands_of_its_organisation() -> None:
    owner, coordinator = make_person(), make_person(Role.COORDINATOR)
    evidence = make_evidence(owner, confidentiality=Confidentiality.RESTRICTED, named_people=[coordinator])
    with pytest.raises(Refused):
        change_access(evidence, confidentiality="public", revision=1, by=coordinator)
    evidence.refresh_from_db()
    assert evidence.confidentiality == Confidentiality.RESTRICTED


def test_who_enters_a_restricted_item_for_another_organisation_is_let_in() -> None:
    coordinator = make_person(Role.COORDINATOR)
    by_mail = make_organisation(works_by_mail=True)
    evidence = make_evidence(coordinator, organisation=by_mail, confidentiality=Confidentiality.RESTRICTED)
    assert list(evidence.named_people.all()) == [coordinator]


def test_nobody_but_a_member_can_be_let_in() -> None:
    owner, observer = make_person(), make_person(Role.OBSERVER)
    with pytest.raises(NotRight):
        make_evidence(owner, confidentiality=Confidentiality.RESTRICTED, named_people=[observer])


def test_naming_people_ends_where_the_item_is_no_longer_restricted() -> None:
    owner, guest = make_person(), make_person()
    evidence = make_evidence(owner, confidentiality=Confidentiality.RESTRICTED, named_people=[guest])
    change_access(evidence, confidentiality="coalition", reason="Agreed.", revision=1, by=owner)
    assert list(evidence.named_people.all()) == [guest]  # one person alone changes nothing
    lower(asked_for(evidence), by=make_person(organisation=owner.organisation))
    assert not evidence.named_people.exists()
    verbs = list(Event.objects.values_list("verb", flat=True)[:2])
    assert verbs == ["evidence.admission_ended", "evidence.level_changed"]


def test_who_added_it_does_not_check_it() -> None:
    reviewer = make_person(Role.REVIEWER)
    evidence = make_evidence(reviewer)
    with pytest.raises(Refused, match="another person"):
        check_evidence(evidence, status=EvidenceCheck.CHECKED, by=reviewer)
    checked = check_evidence(evidence, status=EvidenceCheck.CHECKED, by=make_person(Role.REVIEWER))
    assert checked.check_status == EvidenceCheck.CHECKED


def test_an_editor_does_not_check() -> None:
    with pytest.raises(Refused, match="Reviewer"):
        check_evidence(make_evidence(), status=EvidenceCheck.CHECKED, by=make_person(Role.EDITOR))


def test_a_dispute_says_why() -> None:
    reviewer = make_person(Role.REVIEWER)
    with pytest.raises(Refused):
        check_evidence(make_evidence(), status=EvidenceCheck.DISPUTED, note=" ", by=reviewer)


def test_a_check_no_longer_holds_when_the_content_changes() -> None:
    owner = make_person()
    evidence = make_evidence(owner)
    checked = check_evidence(evidence, status=EvidenceCheck.CHECKED, by=make_person(Role.REVIEWER))
    changed = change_evidence(checked, by=owner, revision=checked.revision, description="54, not 45")
    assert (changed.check_status, changed.checked_by) == (EvidenceCheck.NOT_CHECKED, None)


def test_a_check_holds_when_only_the_level_changes() -> None:
    owner = make_person()
    checked = check_evidence(make_evidence(owner), status="checked", by=make_person(Role.REVIEWER))
    change_access(checked, confidentiality="public", reason="Printed.", revision=checked.revision, by=owner)
    changed = lower(asked_for(checked), by=make_person(Role.COORDINATOR))
    assert changed.confidentiality == Confidentiality.PUBLIC
    assert changed.check_status == EvidenceCheck.CHECKED


def test_one_item_serves_several_recommendations_each_with_its_own_reason() -> None:
    by = make_person()
    evidence = make_evidence(by)
    one, other = make_recommendation(), make_recommendation()
    link_evidence(evidence, recommendation=one, shows=Shows.NON, why="blocked", by=by)
    link_evidence(evidence, recommendation=other, shows=Shows.CONTEXT, passage="p. 3", by=by)
    assert list(evidence.links.values_list("shows", "why", "passage")) == [
        ("non", "blocked", ""),
        ("context", "", "p. 3"),
    ]


def test_the_same_link_is_made_once() -> None:
    by, recommendation = make_person(), make_recommendation()
    evidence = make_evidence(by)
    link_evidence(evidence, recommendation=recommendation, shows=Shows.NON, by=by)
    with pytest.raises(Refused, match="already"):
        link_evidence(evidence, recommendation=recommendation, shows=Shows.FULL, by=by)
    assert evidence.links.get().shows == Shows.NON


def test_a_link_taken_back_twice_is_logged_once() -> None:
    by = make_person()
    link = link_evidence(make_evidence(by), recommendation=make_recommendation(), shows=Shows.NON, by=by)
    unlink_evidence(link, by=by)
    link.pk = link.pk or 1
    unlink_evidence(link, by=by)
    assert Event.objects.filter(verb="evidence.unlinked").count() == 1


def test_a_stranger_does_not_take_back_a_link() -> None:
    link = link_evidence(
        make_evidence(), recommendation=make_recommendation(), shows=Shows.NON, by=make_person()
    )
    with pytest.raises(Refused):
        unlink_evidence(link, by=make_person())
    assert link.evidence.links.exists()


def test_what_a_restricted_item_says_is_not_among_the_words_it_is_found_by() -> None:
    by = make_person()
    restricted = make_evidence(
        by, title="Item seven", description="Beaten in cell nine", confidentiality=Confidentiality.RESTRICTED
    )
    assert "cell" not in restricted.stems
    change_access(restricted, confidentiality="coalition", reason="Agreed.", revision=1, by=by)
    opened = lower(asked_for(restricted), by=make_person(organisation=by.organisation))
    assert " cell " in opened.stems


def test_unknown_fields_are_a_programming_error() -> None:
    with pytest.raises(TypeError):
        add_evidence(
            by=make_person(), title="t", kind="other", confidentiality="public", check_status="checked"
        )
