"""Before a file that holds restricted items is made or fetched, whoever signed in long ago is asked if it is she."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from recommendations.assessments.models import Citation
from recommendations.assessments.writing import save_draft
from recommendations.audit.models import Event
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import link_evidence
from recommendations.evidence.vault import receive_file
from recommendations.exports import services
from recommendations.exports.models import Export, ExportHolding
from recommendations.imports.fieldwork.models import FieldSheet
from recommendations.vocabulary import Audience, Confidentiality
from tests.confirming import confirm
from tests.evidence import samples
from tests.factories import (
    PASSWORD,
    make_assessment,
    make_cited_evidence,
    make_evidence,
    make_person,
    make_recommendation,
)

pytestmark = pytest.mark.django_db
QUESTION = reverse("account_reauthenticate")
LONG_AGO = 5 * 60 + 1


@pytest.fixture(autouse=True)
def vault_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path


def signed_in(person, *, ago: float = LONG_AGO) -> Client:
    """A browser in which this person signed in, ``ago`` seconds ago."""
    client = Client()
    client.force_login(person)
    confirm(client, ago=ago)
    return client


def just_confirmed(person) -> Client:
    return signed_in(person, ago=1)


def is_asked(answer) -> bool:
    return answer.status_code == 302 and answer.url.startswith(QUESTION)


def is_handed_out(answer) -> bool:
    if answer.status_code != 200 or not answer.headers.get("Content-Disposition", "").startswith(
        "attachment"
    ):
        return False
    return bool(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def linked(owner, recommendation, level) -> Evidence:
    item = make_evidence(owner, confidentiality=level)
    link_evidence(item, recommendation=recommendation, shows="non", by=owner)
    return item


class TestASelection:
    @pytest.fixture
    def owner(self):
        return make_person()

    @pytest.fixture(params=["xlsx", "csv", "json"])
    def address(self, request):
        return f"{reverse('recommendation_export')}?format={request.param}"

    def test_that_counts_restricted_items_waits_for_the_confirmation(self, owner, address):
        linked(owner, make_recommendation(), Confidentiality.RESTRICTED)
        assert is_asked(signed_in(owner).get(address))
        assert not Event.objects.filter(verb="export.asked").exists()
        assert is_handed_out(just_confirmed(owner).get(address))

    def test_follows_by_itself_when_the_question_was_answered(self, owner, address):
        linked(owner, make_recommendation(), Confidentiality.RESTRICTED)
        client = signed_in(owner)
        question = client.get(address)
        answer = client.post(question.url, {"password": PASSWORD}, follow=True)
        assert is_handed_out(answer)

    def test_without_any_asks_nothing(self, owner, address):
        linked(owner, make_recommendation(), Confidentiality.COALITION)
        assert is_handed_out(signed_in(owner).get(address))

    def test_asks_nobody_who_may_not_see_the_items(self, owner, address):
        linked(owner, make_recommendation(), Confidentiality.RESTRICTED)
        assert is_handed_out(signed_in(make_person()).get(address))

    def test_asks_for_its_own_rows_only(self, owner):
        there, here = make_recommendation("1.1"), make_recommendation("1.2")
        linked(owner, there, Confidentiality.RESTRICTED)
        address = reverse("recommendation_export") + "?format=csv&q=" + here.reference
        assert is_handed_out(signed_in(owner).get(address))


class TestAnExportOfOnesOwn:
    def made(self, owner, **fields) -> Export:
        (services.folder() / "made").write_bytes(b"rows")
        return Export.objects.create(
            kind=Export.Kind.SELECTION,
            format="csv",
            language="en",
            made_by=owner,
            stored_as="made",
            file_name="rows.csv",
            **fields,
        )

    def test_is_fetched_after_a_confirmation(self):
        owner = make_person()
        address = reverse("export_download", args=[self.made(owner).pk])
        assert is_asked(signed_in(owner).get(address))
        assert not Event.objects.filter(verb="export.downloaded").exists()
        assert is_handed_out(just_confirmed(owner).get(address))

    def test_of_somebody_else_is_not_there_and_nobody_is_asked(self):
        address = reverse("export_download", args=[self.made(make_person()).pk])
        assert signed_in(make_person()).get(address).status_code == 404


class TestCustody:
    def with_file(self, owner, level) -> str:
        item = make_evidence(owner, confidentiality=level)
        receive_file(item, upload=ContentFile(samples.pdf(), name="a.pdf"), by=owner)
        return reverse("evidence_with_custody", args=[item.number])

    def test_of_a_restricted_item_goes_out_after_a_confirmation(self):
        owner = make_person()
        address = self.with_file(owner, Confidentiality.RESTRICTED)
        assert is_asked(signed_in(owner).post(address))
        assert not Event.objects.filter(verb="evidence.handed_out").exists()
        assert is_handed_out(just_confirmed(owner).post(address))

    def test_of_what_the_coalition_may_see_goes_out_at_once(self):
        owner = make_person()
        assert is_handed_out(signed_in(owner).post(self.with_file(owner, Confidentiality.COALITION)))

    def test_of_a_hidden_item_is_not_there_and_nobody_is_asked(self):
        address = self.with_file(make_person(), Confidentiality.RESTRICTED)
        assert signed_in(make_person()).post(address).status_code == 404


class TestASheetForTheField:
    def drafted(self, owner, level) -> tuple[str, dict]:
        """A draft that cites an item of this level, and what asks for the sheet it stands in."""
        draft = make_assessment(owner)
        item = make_cited_evidence(owner, confidentiality=level)
        draft = save_draft(
            draft, by=owner, revision=draft.revision, fields={"narrative": f"It is told [E-{item.number}]."}
        )
        assert Citation.objects.filter(assessment=draft, evidence=item).exists()
        sent = {"organisation": owner.organisation_id, "language": "en"}
        return reverse("field_sheets", args=[draft.round_id]), sent

    def test_whose_drafts_draw_on_restricted_items_goes_out_after_a_confirmation(self):
        owner = make_person()
        address, sent = self.drafted(owner, Confidentiality.RESTRICTED)
        assert is_asked(signed_in(owner).post(address, sent))
        assert not FieldSheet.objects.exists()
        assert is_handed_out(just_confirmed(owner).post(address, sent))

    def test_whose_drafts_do_not_goes_out_at_once(self):
        owner = make_person()
        address, sent = self.drafted(owner, Confidentiality.COALITION)
        assert is_handed_out(signed_in(owner).post(address, sent))


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.COALITION])
def test_a_summary_for_an_audience_holds_no_restricted_item_and_so_asks_nothing(audience):
    owner = make_person("editor", "coordinator")
    item = linked(owner, make_recommendation(), Confidentiality.RESTRICTED)
    cycle = item.links.get().recommendation.cycle
    asked = {"audience": audience, "format": "csv", "language": "en"}
    export = services.make_at_once(services.ask_for_summary(cycle=cycle, round=None, by=owner, **asked))
    assert not ExportHolding.objects.filter(export=export, kind="evidence", row=item.pk).exists()
    content = io.BytesIO((services.folder() / export.stored_as).read_bytes()).read().decode()
    assert item.title not in content
    assert is_handed_out(signed_in(owner).get(reverse("export_download", args=[export.pk])))
