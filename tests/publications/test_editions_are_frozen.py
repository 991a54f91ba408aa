"""An edition is signed, frozen once, handed out as it was, and blocked when something in it must go."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments import workflow as assessments
from recommendations.audit.log import faults
from recommendations.catalogue.positions import record_position
from recommendations.documents.renderers import RENDERERS
from recommendations.evidence.models import Evidence
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.publications import editions, editions_made, signing
from recommendations.publications.models_editions import Edition
from recommendations.vocabulary import Audience, Confidentiality, PositionKind, Role, SignOffKind
from recommendations.workflow.engine import Refused
from tests.confirming import confirm
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_organisation,
    make_person,
    make_recommendation,
    make_round,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def editor():
    return make_person(Role.EDITOR)


@pytest.fixture
def recommendation():
    return make_recommendation("1.1", position=PositionKind.NOTED)


@pytest.fixture
def published(editor, coordinator, recommendation):
    """A published assessment that cites a public item."""
    item = make_cited_evidence(editor, title="Open source", confidentiality=Confidentiality.PUBLIC)
    made = make_assessment(
        editor,
        item=make_round(recommendation).items.get(),
        narrative=f"Published words [{item.label}].",
    )
    made = assessments.perform(made, "submit", by=editor)
    made = assessments.perform(made, "approve", by=make_person(Role.REVIEWER))
    return assessments.perform(made, "publish", by=coordinator)


@pytest.fixture
def quick(monkeypatch):
    """Two formats of the five: where what is frozen matters, not in which formats."""
    few = {name: RENDERERS[name] for name in ("json", "csv")}
    monkeypatch.setattr(editions_made, "RENDERERS", few)


def opened(round_, coordinator, **fields):
    fields = {"audience": Audience.PUBLIC, "languages": ["en"]} | fields
    return editions.prepare(by=coordinator, round=round_, **fields)


def frozen(round_, coordinator, *, sign=None, **fields):
    edition = opened(round_, coordinator, **fields)
    signing.decide(
        edition,
        organisation=sign or coordinator.organisation,
        kind=SignOffKind.SIGNS,
        by=coordinator,
    )
    return editions.make_at_once(editions.freeze(edition, by=coordinator))


def content(edition, format="json", language="en"):
    with editions_made.open_file(edition.files.get(format=format, language=language)) as stream:
        return stream.read()


# --- opening and signing ----------------------------------------------------------------------------------------------


def test_editions_of_a_round_are_numbered_and_only_one_is_open_for_an_audience(published, coordinator):
    first = opened(published.round, coordinator)
    assert (first.number, first.key) == (1, f"KAZ-2-{published.round.pk}-1")
    with pytest.raises(Refused, match="open for signing"):
        opened(published.round, coordinator)
    editions.drop(first, by=coordinator)
    assert opened(published.round, coordinator).number == 2


def test_only_a_coordinator_opens_freezes_and_gives_up(published, coordinator, editor):
    with pytest.raises(Refused, match="roles"):
        opened(published.round, editor)
    edition = opened(published.round, coordinator)
    for act in (editions.freeze, editions.drop):
        with pytest.raises(Refused, match="roles"):
            act(edition, by=editor)


def test_what_nobody_signed_is_not_frozen(published, coordinator):
    edition = opened(published.round, coordinator)
    signing.decide(edition, organisation=coordinator.organisation, kind=SignOffKind.OUT, by=coordinator)
    with pytest.raises(Refused, match="No organisation has signed"):
        editions.freeze(edition, by=coordinator)


def test_an_organisation_decides_for_itself_about_an_edition_too(published, coordinator, editor):
    edition, other = opened(published.round, coordinator), make_organisation()
    with pytest.raises(Refused, match="for itself"):
        signing.decide(edition, organisation=other, kind=SignOffKind.SIGNS, by=editor)
    assert {seat.organisation: seat.decision for seat in signing.board(edition, reader=editor)}[other] is None
    with pytest.raises(Refused, match="reservation"):
        signing.decide(edition, organisation=editor.organisation, kind=SignOffKind.RESERVATION, by=editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.sign_offs.create(organisation=other, kind=SignOffKind.RESERVATION, recorded_by=editor)


# --- frozen -----------------------------------------------------------------------------------------------------------


def test_every_format_is_made_once_with_the_checksum_of_its_bytes(published, coordinator):
    edition = frozen(published.round, coordinator)
    assert {file.format for file in edition.files.all()} == set(RENDERERS)
    for file in edition.files.all():
        with editions_made.open_file(file) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == file.sha256
    assert editions_made.address(edition) in content(edition).decode()
    assert coordinator.organisation.name in content(edition).decode()
    assert edition.method_edition == published.round.method_edition
    assert list(faults()) == []


def test_later_changes_do_not_touch_it_and_the_next_edition_lists_them(
    quick, published, recommendation, coordinator
):
    first = frozen(published.round, coordinator)
    before, figures = content(first), first.figures
    record_position(
        recommendation, kind=PositionKind.SUPPORTED, document=recommendation.document, by=coordinator
    )
    first.refresh_from_db()
    assert (content(first), first.figures) == (before, figures)
    second = frozen(published.round, coordinator)
    assert second.before == first
    assert second.changes == [
        {"reference": recommendation.reference, "what": "position", "before": "noted", "after": "supported"}
    ]
    assert figures["noted"] == 1
    assert second.figures["supported"] == 1


def test_what_is_frozen_is_frozen_once_and_its_signers_stay(quick, published, coordinator):
    edition = frozen(published.round, coordinator)
    for act in (editions.freeze, editions.drop):
        with pytest.raises(Refused):
            act(edition, by=coordinator)
    with pytest.raises(Refused, match="signers"):
        signing.decide(edition, organisation=coordinator.organisation, kind=SignOffKind.OUT, by=coordinator)
    made = edition.made_at
    Job.objects.filter(pk=edition.job_id).update(state="waiting")
    queue.run(Job.objects.get(pk=edition.job_id))
    edition.refresh_from_db()
    assert (edition.made_at, edition.files.count()) == (made, 2)


def test_who_stays_unnamed_is_counted_in_public_and_named_inside_the_coalition(quick, published, coordinator):
    shy = make_organisation(name="The Shy (invented)")
    for audience, named in ((Audience.PUBLIC, False), (Audience.COALITION, True)):
        edition = opened(published.round, coordinator, audience=audience)
        signing.decide(edition, organisation=shy, kind=SignOffKind.UNNAMED, by=coordinator)
        made = editions.make_at_once(editions.freeze(edition, by=coordinator))
        assert (made.unnamed == 0) is named
        assert ("The Shy" in content(made).decode()) is named


# --- take-down --------------------------------------------------------------------------------------------------------


def test_a_retraction_blocks_the_edition_removes_its_files_and_lists_it_for_renewal(
    quick, client, published, coordinator
):
    edition = frozen(published.round, coordinator)
    names = [editions_made.folder() / file.stored_as for file in edition.files.all()]
    Evidence.objects.update(confidentiality=Confidentiality.RESTRICTED)
    assert editions.blocked([edition]) == {edition.pk}
    client.force_login(coordinator)
    file = client.get(reverse("edition_file", args=[edition.key, "en", "json"]))
    assert file.status_code == 410
    assert not any(name.exists() for name in names)
    page = client.get(reverse("edition_detail", args=[edition.key])).content.decode()
    assert "no longer handed out" in page
    assert reverse("edition_file", args=[edition.key, "en", "json"]) not in page
    listed = client.get(reverse("edition_list")).content.decode()
    renew = reverse("edition_renew", args=[edition.key])
    assert renew in listed
    client.post(renew)
    anew = Edition.objects.get(renews=edition)
    assert renew not in client.get(reverse("edition_list")).content.decode()
    signing.decide(anew, organisation=coordinator.organisation, kind=SignOffKind.SIGNS, by=coordinator)
    editions.make_at_once(editions.freeze(anew, by=coordinator))
    page = client.get(reverse("edition_detail", args=[edition.key])).content.decode()
    assert reverse("edition_detail", args=[anew.key]) in page
    # What lay once in a file that was taken back does not come back with the level.
    Evidence.objects.update(confidentiality=Confidentiality.PUBLIC)
    edition.refresh_from_db()
    assert editions.blocked([edition]) == {edition.pk}


def test_the_job_of_a_take_down_removes_the_files_of_editions_too(quick, published, coordinator):
    edition = frozen(published.round, coordinator)
    item = Evidence.objects.get(title="Open source")
    Evidence.objects.filter(pk=item.pk).update(confidentiality=Confidentiality.RESTRICTED)
    queue.run(queue.enqueue("exports.take_back", {"evidence": item.pk}, key="t", by=None))
    edition.refresh_from_db()
    assert edition.taken_back_at is not None


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_coordinator_opens_signs_confirms_and_freezes_on_the_pages(quick, client, published, coordinator):
    client.force_login(coordinator)
    answer = client.post(
        reverse("edition_new"), {"round": published.round.pk, "audience": "public", "languages": ["en"]}
    )
    edition = Edition.objects.get()
    url = reverse("edition_detail", args=[edition.key])
    assert answer.headers["Location"] == url
    assert "No organisation has signed it." in client.get(url).content.decode()
    sign = reverse("edition_sign", args=[edition.key, coordinator.organisation_id])
    assert client.post(sign, {"kind": "reservation", "reservation": ""}).status_code == 422
    client.post(sign, {"kind": "signs"})
    freeze = reverse("edition_freeze", args=[edition.key])
    client.post(freeze)
    assert Edition.objects.get().status == "open"  # the question stands first
    confirm(client)
    client.post(freeze)
    page = client.get(url).content.decode()
    assert Edition.objects.get().files.first().sha256 in page
    assert "missing" not in page


def test_the_public_reads_public_editions_while_the_public_pages_are_open_and_is_told_which_to_cite(
    quick, client, settings, published, coordinator
):
    inside = frozen(published.round, coordinator, audience=Audience.COALITION)
    edition = frozen(published.round, coordinator)
    url = reverse("edition_detail", args=[edition.key])
    assert client.get(url).status_code == 302
    settings.PUBLIC_PAGES = True
    page = client.get(url)
    assert page.status_code == 200
    assert coordinator.name not in page.content.decode()
    file = client.get(reverse("edition_file", args=[edition.key, "en", "csv"]))
    assert b"".join(file.streaming_content) == content(edition, "csv")
    assert client.get(reverse("edition_detail", args=[inside.key])).status_code == 302
    assert client.get(reverse("edition_file", args=[inside.key, "en", "csv"])).status_code == 302
    assert url in client.get(reverse("public_cycle", args=["KAZ-2"])).content.decode()
    Evidence.objects.update(confidentiality=Confidentiality.RESTRICTED)
    assert url not in client.get(reverse("public_cycle", args=["KAZ-2"])).content.decode()


def test_an_observer_sees_what_is_for_the_public_and_no_board(quick, client, published, coordinator):
    inside = frozen(published.round, coordinator, audience=Audience.COALITION)
    edition = frozen(published.round, coordinator)
    still = opened(published.round, coordinator)
    client.force_login(make_person(Role.OBSERVER))
    listed = client.get(reverse("edition_list")).content.decode()
    assert edition.key in listed
    for hidden in (inside, still):
        assert hidden.key not in listed
        assert client.get(reverse("edition_detail", args=[hidden.key])).status_code == 404


def test_the_list_asks_the_database_as_often_for_many_editions_as_for_one(
    quick, client, published, coordinator
):
    client.force_login(make_person(Role.EDITOR))
    frozen(published.round, coordinator)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("edition_list"))
        return len(queries)

    asked()
    few = asked()
    for _number in range(3):
        frozen(published.round, coordinator)
    assert asked() == few
