"""Random people, rows and levels: every address, format, search, feed, mail and log line, no canary out of place."""

from __future__ import annotations

import io
import logging
import os
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

import pypdfium2
import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from recommendations.assessments.models import Assessment, AssessmentVersion, Cluster, Comment, Round
from recommendations.assessments.tasks import look_after_sources
from recommendations.catalogue.models import Recommendation, ReviewCycle
from recommendations.documents.renderers import FORMATS
from recommendations.evidence.models import Evidence, EvidenceFile, EvidenceLink
from recommendations.evidence.models_safety import (
    ConsentRecord,
    LevelChange,
    PersonInEvidence,
    ProtectedSource,
)
from recommendations.evidence.recording import link_evidence
from recommendations.exports import services
from recommendations.exports.models import Export
from recommendations.jobs import queue
from recommendations.organisations.feeds import make_feed
from recommendations.organisations.models import User
from recommendations.reminders.dispatch import dispatch
from recommendations.reminders.models import Notification
from tests.access.canaries import COALITION, PUBLIC, ROLES, STEPS, Reader, World, freeze_reader, reader_of
from tests.confirming import confirm

pytestmark = pytest.mark.django_db

# So many worlds a run beside the fixed one; more of them look longer: CANARY_WORLDS=50.
WORLDS = int(os.environ.get("CANARY_WORLDS", "1"))
FATES = ["nothing", "withdrawn", "ended", "narrowed", "danger", "restricted"]
# They end the session of who walks.
LEAVING = {"account_logout", "quick_exit"}
TOKEN = "a token of the metrics page"

worlds = st.fixed_dictionaries(
    {
        "items": st.lists(
            st.tuples(
                st.sampled_from(["public", "coalition", "restricted"]),
                st.sampled_from(["alpha", "beta"]),
                st.sampled_from(FATES),
                st.booleans(),
            ),
            min_size=3,
            max_size=4,
        ),
        "texts": st.lists(
            st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(["alpha", "beta"]), st.booleans()),
            min_size=3,
            max_size=4,
        ),
        "people": st.lists(
            st.tuples(
                st.sets(st.sampled_from(ROLES), min_size=1, max_size=2),
                st.sampled_from(["Alpha", "Beta"]),
                st.booleans(),
            ),
            min_size=3,
            max_size=3,
        ),
    }
)


# A world in which each kind of row and each kind of reader stands, so that every run looks at all of them.
EVERY_KIND = {
    "items": [
        ("restricted", "alpha", "nothing", False),
        ("coalition", "alpha", "withdrawn", False),
        ("public", "beta", "nothing", False),
        ("coalition", "beta", "restricted", False),
    ],
    "texts": [
        ("published", "alpha", False),
        ("draft", "beta", False),
        ("returned", "alpha", False),
        ("published", "beta", True),
    ],
    "people": [
        ({"observer"}, "Beta", False),
        ({"administrator"}, "Alpha", False),
        ({"coordinator"}, "Beta", False),
    ],
}


def build(drawn: dict) -> tuple[World, list[Reader]]:
    """The world, and who walks through it."""
    world = World()
    crew = world.crew()
    walking = []
    for roles, organisation, is_frozen in drawn["people"]:
        walking.append((world.person(roles, organisation), is_frozen))
    items = []
    places = world.round(len(drawn["texts"]))
    for level, owner, _fate, is_named in drawn["items"]:
        can_be_named = [reader for reader, _frozen in walking if reader.member]
        checker = crew.second if owner == "alpha" else crew.reviewer
        named = can_be_named if is_named else []
        row, read, inside = world.evidence(getattr(crew, owner), checker, level, named)
        items.append((row, read, inside))
        link(world, row, places[0].recommendation, getattr(crew, owner), inside)
    for place, (status, author, cautioned) in zip(places, drawn["texts"], strict=True):
        own = [entry for entry in items if entry[1]().organisation == getattr(crew, author).organisation]
        world.assessment(crew, getattr(crew, author), place, status, cautioned, own)
    for audience in ("public", "coalition"):
        export = services.ask_for_summary(
            cycle=places[0].round.cycle,
            round=places[0].round,
            audience=audience,
            format="json",
            language="en",
            by=crew.coordinator.person,
        )
        services.make_at_once(export)
    for (row, _read, inside), (_level, owner, fate, _named) in zip(items, drawn["items"], strict=True):
        world.change(row, inside, fate, getattr(crew, owner))
    look_after_sources()
    queue.run_due()
    readers = [freeze_reader(world, one, crew.coordinator) if frozen else one for one, frozen in walking]
    return world, [crew.alpha, *readers]


def link(world: World, row: Evidence, recommendation: Recommendation, owner: Reader, inside: dict) -> None:
    from_words = world.canary("why an item shows something", inside["sees"])
    link_evidence(row, recommendation=recommendation, shows="non", why=from_words, by=owner.person)


def addresses(patterns: list | None = None) -> Iterator[str]:
    """The names of all addresses, without those of Django's admin, the emergency door."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name)
        elif pattern.app_name != "admin":
            yield from addresses(pattern.url_patterns)


def arguments(name: str) -> Iterator[list]:
    """The rows that an address may speak of, as its arguments; all there are of the kind its name says."""

    def keys(model: type) -> list[int]:
        return list(model._base_manager.values_list("pk", flat=True))

    numbers = list(Evidence.objects.values_list("number", flat=True))
    by_name = {
        "evidence_file": [[pk] for pk in keys(EvidenceFile)],
        "evidence_link_edit": list(EvidenceLink.objects.values_list("evidence__number", "pk")),
        "evidence_link_remove": list(EvidenceLink.objects.values_list("evidence__number", "pk")),
        "evidence_level_decide": list(LevelChange.objects.values_list("evidence__number", "pk")),
        "evidence_person_remove": list(PersonInEvidence.objects.values_list("evidence__number", "pk")),
        "consent_new": list(PersonInEvidence.objects.values_list("evidence__number", "pk")),
        "consent_withdraw": list(ConsentRecord.objects.values_list("person__evidence__number", "pk")),
        "source_edit": [[pk] for pk in keys(ProtectedSource)],
        "assessment_version": list(AssessmentVersion.objects.values_list("assessment", "number")),
        "assessment_action": [[pk, "submit"] for pk in keys(Assessment)],
        "translation_edit": [[pk, language] for pk in keys(Assessment) for language in ("en", "ru", "kk")],
        "comment_resolve": [[pk] for pk in keys(Comment)],
        "calendar_day": [["milestone", 1], *(["cluster", pk] for pk in keys(Cluster))],
    }
    by_word = {
        "evidence": [[number] for number in numbers],
        "assessment": [[pk] for pk in keys(Assessment)],
        "public_assessment": [[pk] for pk in keys(Assessment)],
        "export": [[pk] for pk in keys(Export)],
        "round": [[pk] for pk in keys(Round)],
        "field": [[pk] for pk in keys(Round)],
        "notification": [[pk] for pk in keys(Notification)],
        "person": [[pk] for pk in keys(User)[:3]],
        "freeze": [[pk] for pk in keys(User)[:3]],
    }
    yield []
    if name in by_name:
        yield from map(list, by_name[name])
        return
    rows = next((found for start, found in by_word.items() if name.startswith(start)), [])
    if rows:
        yield from rows
        return
    yield from [
        [Recommendation.objects.all()[0].reference],
        [ReviewCycle.objects.all()[0].key],
        [1],
        ["guessed"],
    ]


def paths() -> list[tuple[str, str]]:
    """Every address with every row it may speak of, as (name, path)."""
    found = {}
    for name in dict.fromkeys(addresses()):
        for given_arguments in arguments(name):
            try:
                found[reverse(name, args=given_arguments)] = name
            except NoReverseMatch:
                continue
    return [(name, path) for path, name in found.items()]


def text_of(body: bytes) -> str:
    """Everything that can be read in an answer or a file: its text, what a ZIP holds, the pages of a PDF."""
    if body.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(body)
        return " ".join(page.get_textpage().get_text_bounded() for page in pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode("utf-8", "replace")


def read(response: object) -> str:
    """An answer with its headers, as a person could read it."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return unquote(unescape(f"{text_of(body)} {dict(response.headers)}"))


class Lines(logging.Handler):
    """What the product writes into its log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def walk(
    world: World, reader: Reader, places: list[tuple[str, str]], wrong: set[str], found: set[str]
) -> None:
    """Ask for every address as this reader, also with an empty form; search for every lure."""
    client = Client(raise_request_exception=False)
    if reader.person is not None:
        client.force_login(reader.person)
        confirm(client)

    def look(method: str, path: str, name: str) -> str:
        with transaction.atomic():
            response = getattr(client, method)(path)
            text = read(response)
            # What one request changes, the next does not see.
            transaction.set_rollback(True)
        if response.status_code >= 500 and name != "readyz":
            wrong.add(f"{name} for {reader.name}: {response.status_code}")
        found.update(re.findall(r"zqv[a-z]{5}x", text.lower()))
        for what in world.wrong(text, reader):
            wrong.add(f"{method} {name} tells {reader.name}: {what}")
        return text

    for name, path in places:
        if name in LEAVING:
            continue
        look("get", path, name)
        if not path.startswith("/accounts/"):
            look("post", path, name)
    for format in ("csv", "json", "xlsx"):
        look("get", reverse("recommendation_export") + f"?format={format}", f"selection as {format}")
    for lure, number, item in world.lures:
        for name in ("evidence_list", "recommendation_list", "assessment_list"):
            text = look("get", f"{reverse(name)}?q={lure}", f"search in {name}")
            if f"E-{number}<" in text and not item().seen_by(reader):
                wrong.add(f"search in {name} finds for {reader.name}: an item by its words")
    if reader.person is not None and reader.may_sign_in:
        _feed, token = make_feed(reader.person)
        client.logout()
        look("get", reverse("calendar_feed", args=[token]), "calendar_feed")


@settings(
    max_examples=WORLDS,
    # A smaller world says no more than the sentence does, and takes minutes to find.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@example(EVERY_KIND)
@given(worlds)
def test_no_canary_where_it_may_not_be(django_settings, drawn):
    """What the table does not allow is found nowhere, and what it allows to its owner is found."""
    wrong: set[str] = set()
    found: set[str] = set()
    log = Lines()
    logging.getLogger().addHandler(log)
    try:
        with transaction.atomic():
            mail.outbox.clear()
            world, readers = build(drawn)
            places = paths()
            for reader in [*readers, reader_of(PUBLIC)]:
                walk(world, reader, places, wrong, found)
            files(world, wrong)
            letters(world, wrong)
            transaction.set_rollback(True)
    finally:
        logging.getLogger().removeHandler(log)
    nobody = Reader("the log")
    wrong |= {f"the log tells: {what}" for line in log.said for what in world.wrong(line, nobody)}
    assert not wrong, "\n".join(sorted(wrong))
    # A test that reads nothing finds nothing: her own rows stand before the owner's eyes.
    unseen = {
        world.said[canary]
        for canary, allowed in world.allowed.items()
        if canary not in found
        and allowed(readers[0])
        and world.said[canary].startswith(("description", "identity"))
    }
    assert not unseen, unseen


@pytest.fixture
def django_settings(settings):
    """Everything that can be open is open."""
    settings.PUBLIC_PAGES = True
    settings.METRICS_TOKEN = TOKEN
    settings.SEARCH_LIMIT = settings.EXPORT_LIMIT = settings.PUBLIC_LIMIT = 1_000_000
    return settings


def files(world: World, wrong: set[str]) -> None:
    """Every format for every audience, and the filled list."""
    made = Round.objects.get()
    for audience in (PUBLIC, COALITION):
        reader = reader_of(audience)
        asked = {"cycle": made.cycle, "round": made, "audience": audience.lower(), "language": "en"}
        for format in FORMATS:
            stream = io.BytesIO()
            services.write_summary(stream, format=format, **asked)
            for what in world.wrong(text_of(stream.getvalue()), reader):
                wrong.add(f"the summary as {format} tells {audience}: {what}")
        stream = io.BytesIO()
        services.write_matrix(stream, source=None, **asked)
        for what in world.wrong(text_of(stream.getvalue()), reader):
            wrong.add(f"the filled list tells {audience}: {what}")


def letters(world: World, wrong: set[str]) -> None:
    """Everything that is due is told and mailed; of the canaries a mail holds at most its reader's own name."""
    User.objects.update(digest_hour=0, channels={})
    dispatch(now=timezone.now())
    queue.run_due()
    assert mail.outbox, "nobody was written to: then there is nothing to read"
    for letter in mail.outbox:
        bodies = [letter.body, *(str(other[0]) for other in getattr(letter, "alternatives", []))]
        told = " ".join([letter.subject, letter.from_email, str(letter.extra_headers), *bodies])
        own = {reader.person.name.lower() for reader in world.people if reader.person.email in letter.to}
        for canary in set(re.findall(r"zqv[a-z]{5}x", told.lower())) - own:
            wrong.add(f"a mail tells: {world.said.get(canary, canary)}")
