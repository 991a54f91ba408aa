"""Who may see an item: raised at once, lowered by two, each with a reason; everybody who can see it is told."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Refused
from recommendations.evidence.levels import (
    ask_to_admit,
    asked_for,
    change_access,
    decide_admission,
    decline,
    lower,
)
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import AdmissionRequest, LevelChange
from recommendations.evidence.recording import NotRight
from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.organisations.seeing import who_sees
from recommendations.reminders.models import Notification
from recommendations.vocabulary import Confidentiality, LevelChangeState, Role
from tests.factories import make_evidence, make_organisation, make_person

pytestmark = pytest.mark.django_db

RESTRICTED, COALITION, PUBLIC = Confidentiality.RESTRICTED, Confidentiality.COALITION, Confidentiality.PUBLIC


def level_of(evidence):
    return Evidence.objects.get(pk=evidence.pk).confidentiality


def ask(evidence, to, by, reason="The family agreed."):
    change_access(evidence, confidentiality=to, reason=reason, revision=evidence.revision, by=by)
    return asked_for(evidence)


def test_raising_happens_at_once_and_keeps_its_reason():
    owner = make_person()
    evidence = make_evidence(owner)
    change_access(evidence, confidentiality=RESTRICTED, reason="Threats.", revision=1, by=owner)
    kept = LevelChange.objects.get()
    assert level_of(evidence) == RESTRICTED
    assert (kept.state, kept.reason, kept.asked_by) == (LevelChangeState.RAISED, "Threats.", owner)


@pytest.mark.parametrize("to", [RESTRICTED, PUBLIC])
def test_no_level_changes_without_a_reason(to):
    owner = make_person()
    evidence = make_evidence(owner)
    with pytest.raises(NotRight, match="Say why"):
        change_access(evidence, confidentiality=to, reason="  ", revision=1, by=owner)
    assert level_of(evidence) == COALITION


def test_lowering_waits_for_a_second_person():
    owner = make_person()
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    change = ask(evidence, COALITION, owner)
    assert level_of(evidence) == RESTRICTED
    with pytest.raises(Refused, match="second person"):
        lower(change, by=owner)
    assert level_of(evidence) == RESTRICTED
    lower(change, by=make_person(organisation=owner.organisation))
    assert level_of(evidence) == COALITION
    assert Event.objects.filter(verb="evidence.level_changed").count() == 1


def test_who_of_another_organisation_may_not_see_it_does_not_agree_even_as_a_coordinator():
    owner, coordinator = make_person(), make_person(Role.COORDINATOR)
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    change = ask(evidence, COALITION, owner)
    with pytest.raises(Refused):
        lower(change, by=coordinator)
    evidence.named_people.add(coordinator)
    lower(change, by=coordinator)
    assert level_of(evidence) == COALITION


def test_an_editor_of_another_organisation_does_not_agree():
    owner = make_person()
    evidence = make_evidence(owner)
    with pytest.raises(Refused):
        lower(ask(evidence, PUBLIC, owner), by=make_person())


def test_the_database_refuses_one_person_twice():
    owner = make_person()
    ask(make_evidence(owner), PUBLIC, owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        LevelChange.objects.update(state=LevelChangeState.LOWERED, decided_by=owner)


def test_what_was_asked_is_declined_or_taken_back():
    owner = make_person()
    evidence = make_evidence(owner)
    decline(ask(evidence, PUBLIC, owner), by=make_person(Role.COORDINATOR))
    assert asked_for(evidence) is None
    decline(ask(evidence, PUBLIC, owner), by=owner)
    assert level_of(evidence) == COALITION


def test_raising_the_level_ends_what_was_asked():
    owner = make_person()
    evidence = make_evidence(owner)
    change = ask(evidence, PUBLIC, owner)
    evidence.refresh_from_db()
    change_access(
        evidence, confidentiality=RESTRICTED, reason="Danger.", revision=evidence.revision, by=owner
    )
    with pytest.raises(Refused, match="already"):
        lower(change, by=make_person(organisation=owner.organisation))
    assert level_of(evidence) == RESTRICTED


def test_a_person_lowers_on_the_pages_with_a_colleague(client):
    owner = make_person()
    colleague = make_person(organisation=owner.organisation)
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    client.force_login(owner)
    page = reverse("evidence_access", args=[evidence.number])
    answer = client.post(page, {"confidentiality": "coalition", "revision": 1})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    answer = client.post(
        page, {"confidentiality": "coalition", "revision": 1, "reason": "The family agreed."}
    )
    who = reverse("evidence_who", args=[evidence.number])
    assert answer.url == who
    decide = reverse("evidence_level_decide", args=[evidence.number, asked_for(evidence).pk])
    client.post(decide, {"do": "agree"})
    assert level_of(evidence) == RESTRICTED
    client.force_login(colleague)
    assert "The family agreed." in client.get(who).content.decode()
    client.post(decide, {"do": "agree"})
    assert level_of(evidence) == COALITION


# --- who can see this ---------------------------------------------------------------------------------------------


def test_the_people_of_the_organisation_are_told_the_names():
    owner = make_person(name="Owner of it")
    guest = make_person(name="Guest of it")
    make_person(name="Stranger to it")
    evidence = make_evidence(owner, confidentiality=RESTRICTED, named_people=[guest])
    seeing = who_sees(evidence, organisation=evidence.organisation, reader=owner)
    assert [name.split(" · ")[0] for name in seeing.names] == ["Guest of it", "Owner of it"]
    assert [sees for _audience, sees in seeing.audiences] == [False, False]


def test_others_are_told_how_many_by_organisation_and_role(client):
    organisation = make_organisation(name="Helpers")
    owner = make_person(name="Owner of it", organisation=organisation)
    reader = make_person(Role.REVIEWER, organisation=make_organisation(name="Readers"))
    evidence = make_evidence(owner)
    seeing = who_sees(evidence, organisation=organisation, reader=reader)
    assert seeing.names == ()
    assert seeing.counts == (("Helpers", "NGO editor", 1), ("Readers", "Reviewer", 1))
    client.force_login(reader)
    page = client.get(reverse("evidence_who", args=[evidence.number])).content.decode()
    assert "Helpers" in page
    assert "Owner of it" not in page


def test_who_left_is_not_among_those_who_can_see():
    owner = make_person()
    evidence = make_evidence(owner)
    User.objects.filter(pk=make_person().pk).update(is_active=False)
    assert who_sees(evidence, organisation=None, reader=owner).total == 1


# --- letting a reviewer in ----------------------------------------------------------------------------------------


def test_a_reviewer_is_let_in_by_the_people_whose_item_it_is():
    owner, reviewer, coordinator = make_person(), make_person(Role.REVIEWER), make_person(Role.COORDINATOR)
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    asked = ask_to_admit(evidence, person=reviewer, by=owner)
    assert ask_to_admit(evidence, person=reviewer, by=owner) == asked
    queue.run_due()
    told = Notification.objects.get(kind="evidence.admission_asked")
    assert (told.recipient, told.url) == (owner, reverse("evidence_access", args=[evidence.number]))
    for stranger in (reviewer, coordinator):
        with pytest.raises(Refused):
            decide_admission(asked, admit=True, by=stranger)
    decide_admission(asked, admit=True, by=owner)
    assert Evidence.objects.visible_to(reviewer).filter(pk=evidence.pk).exists()
    with pytest.raises(Refused, match="already"):
        decide_admission(asked, admit=False, by=owner)


def test_a_declined_reviewer_sees_nothing(client):
    owner, reviewer = make_person(), make_person(Role.REVIEWER)
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    asked = ask_to_admit(evidence, person=reviewer, by=owner)
    client.force_login(owner)
    page = reverse("evidence_access", args=[evidence.number])
    assert (
        reverse("evidence_admission", args=[evidence.number, asked.pk]) in client.get(page).content.decode()
    )
    client.post(reverse("evidence_admission", args=[evidence.number, asked.pk]), {"do": "decline"})
    assert AdmissionRequest.objects.get().admitted is False
    assert not Evidence.objects.visible_to(reviewer).exists()


def test_nobody_is_asked_for_who_may_see_it_or_is_no_member():
    owner = make_person()
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    for person in (make_person(organisation=owner.organisation), make_person(Role.OBSERVER)):
        with pytest.raises(Refused):
            ask_to_admit(evidence, person=person, by=owner)
