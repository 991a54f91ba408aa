"""Sources at risk and consent: who knows whom, what a missing, ended or withdrawn consent takes away, and from whom."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from recommendations.access.visibility import can_see
from recommendations.audit.models import Event, EventDetail
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import (
    ConsentRecord,
    PersonInEvidence,
    ProtectedSource,
    SourceIdentity,
)
from recommendations.evidence.recording import NotRight
from recommendations.evidence.safety import (
    add_person,
    change_source,
    is_withheld,
    protect_source,
    record_consent,
    remove_person,
    withdraw_consent,
)
from recommendations.vocabulary import Audience, Confidentiality, ConsentUse, RiskLevel, Role
from tests.factories import make_evidence, make_person

pytestmark = pytest.mark.django_db

ALL = list(ConsentUse)
GIVEN = date(2024, 1, 1)


@pytest.fixture
def owner():
    return make_person()


@pytest.fixture
def evidence(owner):
    return make_evidence(owner, confidentiality=Confidentiality.COALITION)


def sees(person_or_audience, evidence):
    return Evidence.objects.visible_to(person_or_audience).filter(pk=evidence.pk).exists()


def consenting(evidence, owner, uses=ALL, **more):
    person = add_person(evidence, pseudonym=more.pop("pseudonym", "Reed"), by=owner)
    return record_consent(person, uses=uses, given_on=GIVEN, by=owner, **more)


# --- who knows whom -----------------------------------------------------------------------------------------------


def test_who_a_source_is_only_the_people_named_read(owner):
    colleague, trusted = make_person(organisation=owner.organisation), make_person()
    source = protect_source(
        pseudonym="Reed", risk="medium", identity="A name", named_people=[trusted], by=owner
    )
    assert source.identity.identity == "A name"
    for person, knows, knows_of in [
        (owner, True, True),
        (trusted, True, True),
        (colleague, False, True),
        (make_person(Role.COORDINATOR), False, False),
        (make_person(Role.ADMINISTRATOR), False, False),
        (Audience.COALITION, False, False),
        (Audience.PUBLIC, False, False),
    ]:
        assert can_see(source.identity, person) is knows
        assert can_see(source, person) is knows_of


def test_the_identity_opens_on_no_page_of_a_colleague(client, owner):
    source = protect_source(pseudonym="Reed", risk="low", identity="Canary of hers", by=owner)
    client.force_login(make_person(organisation=owner.organisation))
    assert client.get(reverse("source_edit", args=[source.pk])).status_code == 403
    page = client.get(reverse("source_list")).content.decode()
    assert "Reed" in page
    assert "Canary" not in page
    client.force_login(owner)
    assert "Canary of hers" in client.get(reverse("source_edit", args=[source.pk])).content.decode()


def test_the_log_holds_neither_pseudonym_nor_identity(owner, evidence):
    source = protect_source(pseudonym="Reedcanary", risk="low", identity="Namecanary", by=owner)
    add_person(evidence, source=source, by=owner)
    change_source(
        source,
        pseudonym="Rushcanary",
        risk="high",
        identity="Othercanary",
        notes="Notecanary",
        named_people=[owner],
        revision=1,
        by=owner,
    )
    said = " ".join(Event.objects.values_list("subject_label", flat=True))
    said += " ".join(str(row.detail) for row in EventDetail.objects.all())
    assert "canary" not in said


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pseudonym": " "}, "pseudonym"),
        ({"identity": " "}, "identity"),
        ({"risk": "none"}, "risk"),
        ({"pseudonym": "Aigul", "identity": "Aigul S., teacher"}, "pseudonym"),
    ],
)
def test_a_record_of_a_source_says_what_it_lacks(owner, values, field):
    with pytest.raises(NotRight) as problem:
        protect_source(by=owner, **{"pseudonym": "Reed", "risk": "low", "identity": "A name"} | values)
    assert field in problem.value.problems


def test_a_source_is_changed_by_who_knows_her_and_never_silently_over_another(owner):
    source = protect_source(pseudonym="Reed", risk="low", identity="A name", by=owner)
    values = {"pseudonym": "Reed", "risk": "high", "identity": "A name", "notes": "", "named_people": [owner]}
    with pytest.raises(Refused):
        change_source(source, by=make_person(organisation=owner.organisation), revision=1, **values)
    change_source(source, by=owner, revision=1, **values)
    with pytest.raises(Conflict):
        change_source(source, by=owner, revision=1, **values | {"risk": "low"})
    assert ProtectedSource.objects.get().risk == RiskLevel.HIGH


# --- what consent covers ------------------------------------------------------------------------------------------


def test_an_item_with_somebody_who_did_not_consent_is_kept_from_everybody_but_its_own(owner, evidence):
    other, coordinator = make_person(), make_person(Role.COORDINATOR)
    assert sees(other, evidence)
    add_person(evidence, pseudonym="Reed", by=owner)
    for reader in (other, coordinator, Audience.COALITION, Audience.PUBLIC):
        assert not sees(reader, evidence)
    for reader in (owner, make_person(organisation=owner.organisation)):
        assert sees(reader, evidence)


def test_everyone_who_can_be_recognised_must_consent_not_only_the_source(owner, evidence):
    consenting(evidence, owner)
    assert sees(Audience.COALITION, evidence)
    second = add_person(evidence, pseudonym="Rush", by=owner)
    assert not sees(Audience.COALITION, evidence)
    record_consent(second, uses=ALL, given_on=GIVEN, by=owner)
    assert sees(Audience.COALITION, evidence)


def test_consent_reaches_as_far_as_it_was_given(owner, evidence):
    consenting(evidence, owner, [ConsentUse.COALITION])
    assert sees(Audience.COALITION, evidence)
    assert not is_withheld(evidence, ConsentUse.COALITION)
    assert is_withheld(evidence, ConsentUse.UN)
    assert is_withheld(evidence, ConsentUse.PUBLIC)


def test_an_observer_reads_what_may_be_published_only(owner):
    observer = make_person(Role.OBSERVER)
    evidence = make_evidence(owner, confidentiality=Confidentiality.PUBLIC)
    assert sees(observer, evidence)
    consenting(evidence, owner, [ConsentUse.COALITION])
    assert not sees(observer, evidence)


def test_consent_ends_by_itself_after_its_last_day(owner, evidence):
    today = timezone.localdate()
    consent = consenting(evidence, owner, until=today)
    assert sees(Audience.COALITION, evidence)
    ConsentRecord.objects.filter(pk=consent.pk).update(until=today - timedelta(days=1))
    assert not sees(Audience.COALITION, evidence)


def test_withdrawn_consent_takes_the_item_away_and_a_new_one_brings_it_back(owner, evidence):
    consent = consenting(evidence, owner)
    withdraw_consent(consent, reason="She was threatened.", by=owner)
    assert not sees(Audience.COALITION, evidence)
    record_consent(consent.person, uses=ALL, given_on=GIVEN, by=owner)
    assert sees(Audience.COALITION, evidence)
    with pytest.raises(Refused, match="already"):
        withdraw_consent(consent, reason="Again.", by=owner)


def test_a_high_risk_beats_every_consent(owner, evidence):
    source = protect_source(pseudonym="Reed", risk="low", identity="A name", by=owner)
    person = add_person(evidence, source=source, by=owner)
    record_consent(person, uses=ALL, given_on=GIVEN, by=owner)
    assert sees(Audience.COALITION, evidence)
    change_source(
        source,
        pseudonym="Reed",
        risk="high",
        identity="A name",
        notes="",
        named_people=[owner],
        revision=1,
        by=owner,
    )
    assert not sees(Audience.COALITION, evidence)
    assert sees(owner, evidence)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"uses": []}, "uses"),
        ({"given_on": date(2999, 1, 1)}, "given_on"),
        ({"until": date(2023, 1, 1)}, "until"),
    ],
)
def test_a_consent_says_what_it_lacks(owner, evidence, values, field):
    person = add_person(evidence, pseudonym="Reed", by=owner)
    with pytest.raises(NotRight) as problem:
        record_consent(person, by=owner, **{"uses": ALL, "given_on": GIVEN} | values)
    assert field in problem.value.problems


def test_the_database_keeps_no_consent_to_nothing(owner, evidence):
    person = add_person(evidence, pseudonym="Reed", by=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRecord.objects.create(person=person, given_on=GIVEN, recorded_by=owner)


def test_a_stranger_changes_nothing_about_the_people_in_an_item(owner, evidence):
    stranger = make_person()
    consent = consenting(evidence, owner)
    for act in (
        lambda: add_person(evidence, pseudonym="Rush", by=stranger),
        lambda: remove_person(consent.person, by=stranger),
        lambda: record_consent(consent.person, uses=ALL, given_on=GIVEN, by=stranger),
        lambda: withdraw_consent(consent, reason="No.", by=stranger),
    ):
        with pytest.raises(Refused):
            act()


def test_who_is_in_an_item_and_what_she_agreed_to_its_own_people_read(owner, evidence):
    consent = consenting(evidence, owner)
    for row in (consent, consent.person):
        assert can_see(row, owner)
        for reader in (make_person(), make_person(Role.COORDINATOR), Audience.COALITION, Audience.PUBLIC):
            assert not can_see(row, reader)


# --- on pages -----------------------------------------------------------------------------------------------------


def test_a_person_adds_somebody_with_her_consent_and_withdraws_it(client, owner, evidence):
    client.force_login(owner)
    page = reverse("evidence_people", args=[evidence.number])
    answer = client.post(page, {"pseudonym": ""})
    assert answer.status_code == 422
    client.post(page, {"pseudonym": "Reed", "uses": ["coalition"], "given_on": "2024-01-01"})
    consent = ConsentRecord.objects.get()
    assert (consent.for_coalition, consent.for_public) == (True, False)
    assert sees(Audience.COALITION, evidence)
    withdraw = reverse("consent_withdraw", args=[evidence.number, consent.pk])
    assert withdraw in client.get(page).content.decode()
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    client.post(withdraw, {"reason": "She asked us to."})
    assert not sees(Audience.COALITION, evidence)
    assert "She asked us to." in client.get(page).content.decode()
    client.post(reverse("evidence_person_remove", args=[evidence.number, PersonInEvidence.objects.get().pk]))
    assert not PersonInEvidence.objects.exists()


def test_a_source_is_protected_on_a_page(client, owner):
    client.force_login(owner)
    values = {"pseudonym": "Reed", "risk": "medium", "identity": "A name", "notes": ""}
    assert client.post(reverse("source_new"), values | {"identity": ""}).status_code == 422
    client.post(reverse("source_new"), values)
    assert SourceIdentity.objects.get().identity == "A name"
    source = ProtectedSource.objects.get()
    assert list(source.named_people.all()) == [owner]
    page = reverse("source_edit", args=[source.pk])
    client.post(page, values | {"risk": "high", "named_people": [owner.pk], "revision": 1})
    assert ProtectedSource.objects.get().risk == "high"
    assert client.post(page, values | {"named_people": [owner.pk], "revision": 1}).status_code == 409


def test_a_coordinator_of_another_organisation_does_not_open_the_people_of_an_item(client, owner, evidence):
    client.force_login(make_person(Role.COORDINATOR))
    assert client.get(reverse("evidence_people", args=[evidence.number])).status_code == 403
