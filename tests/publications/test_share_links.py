"""A share link opens one published edition without an account, until it expires or is ended; nobody is written down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.models import Event
from recommendations.documents.renderers import RENDERERS
from recommendations.organisations import closing
from recommendations.organisations.ending import end_everything
from recommendations.publications import editions, editions_made, sharing, signing
from recommendations.publications.models_sharing import ShareLink
from recommendations.vocabulary import Audience, Role, SignOffKind
from recommendations.workflow.engine import Refused
from tests.factories import make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def edition(coordinator, monkeypatch):
    """One frozen for the public, in one format."""
    monkeypatch.setattr(editions_made, "RENDERERS", {"csv": RENDERERS["csv"]})
    return frozen(make_round(make_recommendation("1.1")), coordinator)


def frozen(round_, coordinator, audience=Audience.PUBLIC):
    made = editions.prepare(by=coordinator, round=round_, audience=audience, languages=["en"])
    signing.decide(made, organisation=coordinator.organisation, kind=SignOffKind.SIGNS, by=coordinator)
    return editions.make_at_once(editions.freeze(made, by=coordinator))


def opens(client, token):
    return client.get(reverse("shared", args=[token])).status_code == 200


def test_it_opens_the_edition_without_an_account_and_each_opening_is_logged_without_a_name_or_address(
    client, edition, coordinator
):
    link, token = sharing.make_link(edition, by=coordinator)
    page = client.get(reverse("shared", args=[token]), REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 200
    assert edition.files.get().sha256 in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    file = client.get(reverse("shared_file", args=[token, "en", "csv"]))
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbf")
    assert file.headers["Referrer-Policy"] == "no-referrer"
    link.refresh_from_db()
    assert link.openings == 2
    events = Event.objects.filter(verb="link.opened")
    assert [event.actor_id for event in events] == [None, None]
    assert "203.0.113.9" not in "".join(str(vars(event)) for event in events)


def test_only_the_hash_of_the_address_is_kept(edition, coordinator):
    _link, token = sharing.make_link(edition, by=coordinator)
    row = ShareLink.objects.values().get()
    assert len(token) > 40
    assert token not in str(row)


def test_only_what_everybody_may_have_is_shared(edition, coordinator):
    still = editions.prepare(by=coordinator, round=edition.round, audience=Audience.PUBLIC, languages=["en"])
    inside = frozen(edition.round, coordinator, audience=Audience.COALITION)
    for hidden in (still, inside):
        with pytest.raises(Refused, match="for the public"):
            sharing.make_link(hidden, by=coordinator)
    with pytest.raises(Refused, match="roles"):
        sharing.make_link(edition, by=make_person(Role.OBSERVER))


def test_it_ends_with_its_days_by_its_owner_and_with_her_account(client, edition, coordinator):
    now = timezone.now()
    _old, expired = sharing.make_link(edition, by=coordinator, days=1, at=now - timedelta(days=2))
    ended, over = sharing.make_link(edition, by=coordinator)
    sharing.end_link(ended, by=coordinator)
    _standing, token = sharing.make_link(edition, by=coordinator)
    assert [opens(client, one) for one in (expired, over, token)] == [False, False, True]
    assert end_everything(coordinator, by=None, at=now)["share_links"] == 1
    assert not opens(client, token)


def test_it_answers_nobody_while_the_site_is_closed_and_none_is_made(client, edition, coordinator):
    _link, token = sharing.make_link(edition, by=coordinator)
    closing.close(by=make_person(Role.ADMINISTRATOR))
    assert not opens(client, token)
    assert client.get(reverse("shared_file", args=[token, "en", "csv"])).status_code == 404
    with pytest.raises(Refused, match="closed"):
        sharing.make_link(edition, by=coordinator)


def test_of_an_edition_that_was_taken_back_it_shows_the_notice_and_no_figures(client, edition, coordinator):
    _link, token = sharing.make_link(edition, by=coordinator)
    editions_made.take_back(edition)
    page = client.get(reverse("shared", args=[token])).content.decode()
    assert "no longer handed out" in page
    assert "SHA-256" not in page
    assert client.get(reverse("shared_file", args=[token, "en", "csv"])).status_code == 410


def test_a_person_makes_one_on_the_page_sees_its_address_once_and_ends_it(client, edition):
    editor = make_person(Role.EDITOR)
    client.force_login(editor)
    url = reverse("edition_detail", args=[edition.key])
    assert reverse("link_make", args=[edition.key]) in client.get(url).content.decode()
    client.post(reverse("link_make", args=[edition.key]), {"days": 7, "note": "Embassy meetings"})
    first, second = (client.get(reverse("link_list")).content.decode() for _time in range(2))
    assert "/shared/" in first
    assert "/shared/" not in second
    assert "Embassy meetings" in second
    link = ShareLink.objects.get()
    client.force_login(make_person(Role.EDITOR))
    assert "Embassy meetings" not in client.get(reverse("link_list")).content.decode()
    assert client.post(reverse("link_end", args=[link.pk])).status_code == 404
    client.force_login(editor)
    client.post(reverse("link_end", args=[link.pk]))
    assert ShareLink.objects.get().is_over


def test_the_list_asks_the_database_as_often_for_many_links_as_for_one(client, edition, coordinator):
    client.force_login(coordinator)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("link_list"))
        return len(queries)

    sharing.make_link(edition, by=coordinator)
    asked()
    few = asked()
    for _number in range(9):
        sharing.make_link(edition, by=coordinator)
    assert asked() == few
