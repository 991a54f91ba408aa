"""Members are the most dangerous data: no export and no calendar address names who works for whom."""

import re
import zipfile
from io import BytesIO

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.documents.renderers import RENDERERS
from recommendations.exports import services
from recommendations.jobs import queue
from recommendations.organisations.feeds import make_feed
from recommendations.vocabulary import Audience, Language, Role
from tests.factories import make_assessment, make_cited_evidence, make_cluster, make_person

pytestmark = pytest.mark.django_db
# Each person's name and address hold it.
MEMBER = re.compile(rb"canary", re.IGNORECASE)
TELLING = re.compile(
    r"\bupr\b|tracker|human|rights|упо|трекер|прав|әмш|құқық|recommend|рекоменд|ұсын", re.IGNORECASE
)


def member(role: str, number: int, **fields):
    return make_person(role, name=f"Canary {number}", email=f"canary{number}@example.org", **fields)


@pytest.fixture
def world():
    writer, reviewer, coordinator = (
        member(role, number) for number, role in enumerate((Role.EDITOR, Role.REVIEWER, Role.COORDINATOR))
    )
    given = {"assignee": writer, "organisation": writer.organisation, "due_on": "2017-12-01"}
    cluster = make_cluster(size=2, **given)
    cluster.items.update(**given)
    item = make_cited_evidence(writer)
    assessment = make_assessment(writer, cluster=cluster, narrative=f"Sites stay blocked [E-{item.number}].")
    perform(assessment, "submit", by=writer)
    perform(assessment, "approve", by=reviewer)
    perform(assessment, "publish", by=coordinator)
    return {"cluster": cluster, "coordinator": coordinator, "writer": writer}


def insides(content: bytes) -> bytes:
    """A file with all that is packed in it, its metadata included."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return content + b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        reader = pypdf.PdfReader(BytesIO(content))
        said = [*map(str, (reader.metadata or {}).values()), *(page.extract_text() for page in reader.pages)]
        return content + "\n".join(said).encode()
    return content


@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("format", sorted(RENDERERS))
def test_a_summary(world, format, audience):
    round_ = world["cluster"].round
    export = services.ask_for_summary(
        cycle=round_.cycle,
        round=round_,
        audience=audience,
        format=format,
        language="en",
        by=world["coordinator"],
    )
    queue.run(export.job)
    export.refresh_from_db()
    made = insides((services.folder() / export.stored_as).read_bytes())
    assert made
    assert not MEMBER.search(made)
    assert not MEMBER.search(export.file_name.encode())


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_a_selection(world, format):
    client = Client()
    client.force_login(world["coordinator"])
    answer = client.get(reverse("recommendation_export"), {"format": format})
    made = insides(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    assert made
    assert not MEMBER.search(made)
    assert not MEMBER.search(str(answer.headers).encode())


def test_the_figures_for_monitoring(world, settings):
    settings.METRICS_TOKEN = "a token of some length"
    answer = Client().get(reverse("metrics"), headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert not MEMBER.search(answer.content)


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("cycle", ["", "KAZ-2"])
def test_a_calendar_does_not_say_what_its_dates_are_of(world, cycle, language):
    person = world["writer"]
    person.language = language
    person.save()
    _feed, token = make_feed(person, cycle=cycle)
    lines = Client().get(reverse("calendar_feed", args=[token])).content.decode().splitlines()
    # What a telephone shows beside the dates: their own titles and addresses lead to the site.
    about = lines[: lines.index("BEGIN:VEVENT")] if "BEGIN:VEVENT" in lines else lines
    assert any(line.startswith("X-WR-CALNAME:") for line in about)
    assert not TELLING.search("\n".join(about)), about


def test_a_calendar_address_names_neither_its_owner_nor_a_colleague(world):
    for person in (world["writer"], world["coordinator"]):
        _feed, token = make_feed(person)
        content = Client().get(reverse("calendar_feed", args=[token])).content
        assert content.startswith(b"BEGIN:VCALENDAR")
        assert not MEMBER.search(content)
