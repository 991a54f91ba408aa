"""Copies of web pages and dead links: only where the site allows it, never for restricted items, noted as events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Refused
from recommendations.evidence import vault, web_sources
from recommendations.evidence.models import EvidenceFile, Source
from recommendations.evidence.words import CameBy
from recommendations.jobs.models import Job
from recommendations.vocabulary import Confidentiality
from recommendations.web.fetching import NotFetched
from tests.evidence import samples
from tests.factories import make_evidence, make_person
from tests.web.test_what_is_fetched import World, page, turn, world  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db

PAGE = """<!doctype html><html><head><title>An invented report</title><script>alert('never')</script></head>
<body><h1>Заголовок</h1><p>First   words.</p><p>Second <b>words</b>.</p><style>never {}</style></body></html>"""


@pytest.fixture(autouse=True)
def _allowed(settings) -> None:
    settings.FETCH_SOURCES = True


@pytest.fixture
def owner():
    return make_person()


def with_address(owner, url: str = "http://example.org/report", **fields):
    return make_evidence(owner, source={"publisher": "Invented Publisher", "url": url}, **fields)


def test_a_page_is_kept_as_its_words_with_headers_and_hash(owner, world: World) -> None:  # noqa: F811
    world.site.pages = {
        "/report": turn("/there"),
        "/there": page(PAGE.encode(), Content_Type="text/html; charset=utf-8", Last_Modified="yesterday"),
    }
    evidence = with_address(owner)
    fetched = web_sources.fetch_page(evidence, road=world.road())
    file = web_sources.keep_page(evidence, fetched, by=owner)
    assert (file.mime, file.came_by) == ("text/plain", CameBy.FETCHED)
    with vault.open_file(file) as stream:
        text = stream.read().decode()
    for words in (
        "Заголовок",
        "First words.",
        "Second words.",
        "An invented report",
        "Last-Modified: yesterday",
    ):
        assert words in text
    assert "address: http://example.org/report" in text
    assert "answered by: http://example.org/there" in text
    assert "never" not in text and "<" not in text
    assert "example.org" not in file.capture


def test_a_pdf_is_kept_as_it_came(owner, world: World) -> None:  # noqa: F811
    content = samples.pdf()
    world.site.pages = {"/report": page(content, Content_Type="application/pdf")}
    evidence = with_address(owner)
    file = web_sources.keep_page(evidence, web_sources.fetch_page(evidence, road=world.road()), by=owner)
    with vault.open_file(file) as stream:
        assert stream.read() == content
    assert file.name == "page.pdf"


def test_what_cannot_be_fetched_leaves_nothing(owner, world: World) -> None:  # noqa: F811
    with pytest.raises(NotFetched):
        web_sources.fetch_page(with_address(owner, "http://127.0.0.1/"), road=world.road())
    assert samples.in_the_vault() == []
    assert not EvidenceFile.objects.exists()


def test_addresses_are_opened_only_where_the_site_allows_it(owner, settings, signed_in) -> None:
    evidence = with_address(owner)
    settings.FETCH_SOURCES = False
    answer = signed_in(owner).post(reverse("evidence_fetch", args=[evidence.number]), follow=True)
    assert "does not open addresses" in answer.content.decode()
    assert not Job.objects.filter(name=web_sources.JOB).exists()
    settings.FETCH_SOURCES = True
    signed_in(owner).post(reverse("evidence_fetch", args=[evidence.number]))
    assert Job.objects.filter(name=web_sources.JOB).count() == 1


def test_addresses_of_restricted_items_are_never_opened(owner) -> None:
    evidence = with_address(owner, confidentiality=Confidentiality.RESTRICTED)
    with pytest.raises(Refused):
        web_sources.ask_for_page(evidence, by=owner)
    assert web_sources.to_ask() == []
    shared = with_address(owner)
    assert web_sources.to_ask() == [shared.source.pk]


def test_an_address_is_asked_once_a_week(owner) -> None:
    source = with_address(owner).source
    web_sources.note(source, None)
    assert web_sources.to_ask() == []
    assert web_sources.to_ask(now=timezone.now() + timedelta(days=8)) == [source.pk]


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="evidence.source").values_list("verb", flat=True))


def test_a_page_that_is_gone_is_dead_at_once_and_lives_again_when_it_answers(owner) -> None:
    source = with_address(owner).source
    web_sources.note(source, NotFetched("status", host="example.org", status=404))
    source.refresh_from_db()
    assert source.dead_since == timezone.localdate()
    web_sources.note(source, NotFetched("status", host="example.org", status=404))
    web_sources.note(source, None)
    source.refresh_from_db()
    assert source.dead_since is None
    assert sorted(verbs()) == ["evidence.source_answers", "evidence.source_dead"]


def test_one_silence_may_be_the_networks_and_days_of_it_are_not(owner) -> None:
    source, now = with_address(owner).source, timezone.now()
    for days, dead in ((0, False), (1, False), (7, True)):
        web_sources.note(source, NotFetched("no_answer", host="x"), now=now + timedelta(days=days))
        assert (Source.objects.get(pk=source.pk).dead_since is not None) is dead


def test_what_may_not_be_asked_says_nothing_of_the_page(owner) -> None:
    source, now = with_address(owner, "http://10.0.0.1/").source, timezone.now()
    for days in (0, 7, 14):
        web_sources.note(source, web_sources.ask(source), now=now + timedelta(days=days))
    assert Source.objects.get(pk=source.pk).dead_since is None
