"""Mails lie open to other eyes: none names another person, an organisation or the machine, or says what the site is."""

import email
import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recommendations.audit import anchors
from recommendations.audit.log import record
from recommendations.jobs import queue
from recommendations.organisations import restoring, tasks
from recommendations.organisations.models import User
from recommendations.reminders import digests
from recommendations.reminders.dispatch import notify
from recommendations.reminders.models import Digest
from recommendations.reminders.sentences import OF_ASSESSMENTS, SENTENCES
from recommendations.vocabulary import Language, Role
from tests.confirming import confirm
from tests.factories import PASSWORD, make_assessment, make_organisation, make_person

pytestmark = pytest.mark.django_db
PERSON, ORGANISATION, FILE = "Zhanna Canary", "Canary Society", "List of Zhanna Canary.xlsx"
NEVER = re.compile(r"canary|zhanna|human rights|права человека|адам құқықтары", re.IGNORECASE)
# Of what only the headers must be free: a body leads to the site, whatever it is called.
NEUTRAL = re.compile(r"\bupr\b|tracker|упо|трекер|әмш|coalition|коалици", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_KEY_FILE = str(tmp_path / "anchor.key")
    settings.ANCHOR_MAIL = True


@pytest.fixture
def canary():
    organisation = make_organisation(name=ORGANISATION, short_name="Canary")
    return make_person(Role.EDITOR, name=PERSON, email="zhanna.canary@example.org", organisation=organisation)


def checked(to: str) -> list[str]:
    """Every mail that left, as it goes over the wire: to this address only, and neutral."""
    subjects = []
    for sent in mail.outbox:
        raw = sent.message().as_bytes()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert message["To"] == to
        headers = "\n".join(
            f"{name}: {value}" for name, value in message.items() if name != "List-Unsubscribe"
        )
        assert not NEUTRAL.search(headers), headers
        assert "@localhost" in message["Message-ID"]
        texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        for text in (headers, *texts):
            assert not NEVER.search(text), text
        subjects.append(message["Subject"])
    return subjects


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", sorted(map(str, SENTENCES)))
def test_a_mail_of_the_product_s_news(kind, language, canary):
    reader = make_person(Role.COORDINATOR, language=language, email="reader@example.org")
    # As the functions that tell fill them in: an assessment, a person, or a file as somebody called it.
    if kind in OF_ASSESSMENTS:
        what = str(make_assessment(by=canary))
        assert "Canary" in what
    else:
        what = {"everything.asked": PERSON, "import.applied": FILE, "import.failed": FILE}.get(
            kind, "KAZ-2-124.26"
        )
    params = {"what": what, "cycle": "KAZ-2", "number": "E-1", "count": 2}
    params |= dict.fromkeys(("anchor_on", "moved_on", "cutoff_on"), date(2026, 5, 1).isoformat())
    mail.outbox.clear()
    notify(recipients=[reader], kind=kind, url="/", params=params)
    name = digests.message_id("digest", reader, date(2026, 5, 1))
    digests._mail(reader, list(reader.notifications.filter(kind=kind)), 1, name).send()
    assert len(checked(reader.email)) == 1


@pytest.mark.parametrize("language", Language.values)
class TestAMailAboutAnAccount:
    def test_that_invites(self, language, canary):
        administrator = make_person(Role.ADMINISTRATOR, name=PERSON)
        client = Client()
        client.force_login(administrator)
        confirm(client)
        sent = {"email": "new@example.org", "roles": ["editor"], "language": language}
        client.post(reverse("invite"), sent | {"organisation": canary.organisation_id, "name": "Newcomer"})
        assert len(checked("new@example.org")) == 1
        assert "Newcomer" not in mail.outbox[0].body

    def test_that_a_sign_in_was_restored(self, language, canary):
        canary.is_coordinator = True
        canary.save()
        person = make_person(language=language)
        asked = restoring.ask(person, by=canary, reason=f"{PERSON} knows her voice")
        token = restoring.confirm(asked, by=make_person(Role.COORDINATOR, name=PERSON))
        sent = dict.fromkeys(("password", "again"), "follow every recommendation")
        Client().post(reverse("signin_restore", args=[token]), sent)
        assert len(checked(person.email)) >= 1

    def test_that_sets_a_forgotten_password(self, language, canary):
        person = make_person(language=language, organisation=canary.organisation)
        Client().post(reverse("account_reset_password"), {"email": person.email})
        queue.run_due()
        assert len(checked(person.email)) == 1

    def test_that_a_password_was_changed(self, language, canary):
        person = make_person(language=language, organisation=canary.organisation)
        client = Client()
        client.force_login(person)
        confirm(client)
        new = dict.fromkeys(("password1", "password2"), "follow every recommendation")
        client.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new)
        queue.run_due()
        assert len(checked(person.email)) == 1

    def test_that_keeps_the_log_s_line(self, language, canary):
        administrator = make_person(Role.ADMINISTRATOR, language=language, organisation=canary.organisation)
        record("person.added", canary, by=canary, detail={"note": PERSON})
        tasks.care_for_the_log.run()
        assert anchors.latest()
        assert len(checked(administrator.email)) == 1


def test_another_s_address_is_never_among_the_headers(canary):
    for number in range(3):
        person = make_person(email=f"reader{number}@example.org")
        person.channels = {"news": "at_once"}
        person.save()
        notify(recipients=[person], kind="export.failed", url="", params={})
    queue.run_due()
    assert Digest.objects.filter(sent_at__lte=timezone.now()).count() == 3
    addresses = User.objects.filter(email__startswith="reader").values_list("email", flat=True)
    assert sorted(one.to[0] for one in mail.outbox) == sorted(addresses)
    assert {(len(one.to), len(one.cc), len(one.bcc)) for one in mail.outbox} == {(1, 0, 0)}
