"""Exports: asked for by those who may, made once, listed with their hash, handed out while the right lasts."""

import hashlib
import json
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.audit.models import Event
from recommendations.documents.renderers import FORMATS, RENDERERS
from recommendations.exports import selection, services
from recommendations.exports.models import Export
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import AssessmentStatus, Confidentiality, JobState, PositionKind, Role
from tests.factories import make_assessment, make_cited_evidence, make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db

CANARY = "canary-7f3a"


@pytest.fixture
def world():
    """A recommendation assessed and approved, not published, resting also on a restricted item."""
    editor = make_person()
    recommendation = make_recommendation("1.1", position=PositionKind.SUPPORTED)
    make_recommendation("1.2", position=PositionKind.NOTED)
    round_ = make_round(recommendation)
    assessment = make_assessment(
        editor, item=round_.items.get(), narrative="Approved only, unpublished words."
    )
    secret = make_cited_evidence(editor, title=CANARY, confidentiality=Confidentiality.RESTRICTED)
    assessment.citations.create(evidence=secret)
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER, organisation=editor.organisation))
    return {"cycle": recommendation.cycle, "round": round_, "assessment": assessment, "editor": editor}


def ask(world, person, **changes):
    asked = {"cycle": world["cycle"], "round": world["round"], "audience": "coalition", "format": "json"}
    return services.ask_for_summary(by=person, language="en", **asked | changes)


@pytest.mark.parametrize("format", FORMATS)
def test_a_person_asks_on_the_page_and_downloads_what_the_hash_says(client, world, format):
    client.force_login(make_person())
    answer = client.post(
        reverse("summary_export", args=["KAZ-2"]),
        {"round": world["round"].pk, "audience": "coalition", "format": format, "language": "ru"},
    )
    export = Export.objects.get()
    assert answer.url == reverse("export_detail", args=[export.pk])
    page = client.get(answer.url).content.decode()
    assert export.sha256 in page
    download = client.get(reverse("export_download", args=[export.pk]))
    body = b"".join(download.streaming_content)
    assert hashlib.sha256(body).hexdigest() == export.sha256
    assert len(body) == export.size
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert Event.objects.filter(verb="export.downloaded").count() == 1


@pytest.mark.parametrize("format", RENDERERS)
@pytest.mark.parametrize("audience", ["public", "coalition"])
def test_no_format_holds_restricted_evidence_and_public_ones_nothing_unpublished(world, format, audience):
    stream = BytesIO()
    services.write_summary(
        stream, cycle=world["cycle"], round=world["round"], audience=audience, format=format, language="en"
    )
    text = _text_of(stream.getvalue(), format)
    assert CANARY not in text
    assert "KAZ-2-1.1" in text or "1.1" in text
    assert ("Approved only, unpublished words" in text) == (audience == "coalition")


def _text_of(body: bytes, format: str) -> str:
    if format in ("json", "csv"):
        return body.decode("utf-8-sig")
    if format == "pdf":
        import pypdf

        return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(body)).pages).replace(
            "\n", " "
        )
    import zipfile

    with zipfile.ZipFile(BytesIO(body)) as package:
        return "".join(
            package.read(name).decode("utf-8", "replace")
            for name in package.namelist()
            if name.endswith(".xml")
        )


def test_what_is_withheld_is_counted_once_for_the_coalition_and_never_in_public(world):
    def summary(audience):
        stream = BytesIO()
        services.write_summary(
            stream,
            cycle=world["cycle"],
            round=world["round"],
            audience=audience,
            format="json",
            language="en",
        )
        return json.loads(stream.getvalue())

    assert summary("coalition")["withheld"]["count"] == 1
    assert summary("public")["withheld"].get("count") is None


def test_an_observer_gets_the_public_summary_only(client, world):
    observer = make_person(Role.OBSERVER)
    with pytest.raises(services.NotAllowed):
        ask(world, observer)
    ask(world, observer, audience="public")
    coalition = ask(world, world["editor"])
    client.force_login(observer)
    assert client.get(reverse("export_download", args=[coalition.pk])).status_code == 404
    assert client.get(reverse("export_detail", args=[coalition.pk])).status_code == 404


def test_the_right_is_asked_again_when_the_file_is_made(world):
    person = make_person()
    export = ask(world, person)
    person.is_editor = False
    person.save()
    queue.run(export.job)
    export.refresh_from_db()
    assert export.ready_at is None
    assert Job.objects.get(pk=export.job_id).state == JobState.FAILED


def test_the_right_is_asked_again_at_the_download(client, world):
    person = make_person()
    export = ask(world, person)
    queue.run(export.job)
    person.is_editor = False
    person.is_observer = True
    person.save()
    client.force_login(person)
    assert client.get(reverse("export_download", args=[export.pk])).status_code == 403


def full_disk(*_args, **_kwargs):
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_no_file_and_says_so(client, world, monkeypatch):
    person = make_person()
    export = ask(world, person)
    with monkeypatch.context() as patched:
        patched.setattr(services.os, "fsync", full_disk)
        queue.run(export.job)
    export.refresh_from_db()
    assert export.ready_at is None
    assert list(services.folder().glob(".making-*")) == []
    Job.objects.update(run_after=export.made_at)
    queue.run(Job.objects.get(pk=export.job_id))
    export.refresh_from_db()
    assert export.ready_at is not None


def test_a_full_disk_is_told_to_who_wants_the_selection(client, world, monkeypatch):
    client.force_login(make_person())
    monkeypatch.setattr(selection, "write_xlsx", full_disk)
    answer = client.get(
        reverse("recommendation_export"), {"format": "xlsx", "position": "noted"}, follow=True
    )
    assert "The file could not be made. Nothing was changed." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{reverse('recommendation_list')}?position=noted"


def test_while_the_worker_is_away_the_page_says_what_happens(client, world):
    person = make_person()
    export = ask(world, person)
    client.force_login(person)
    page = client.get(reverse("export_detail", args=[export.pk])).content.decode()
    assert "being made" in page
    assert client.get(reverse("export_download", args=[export.pk])).status_code == 404
    queue.run_due()
    assert "SHA-256" in client.get(reverse("export_detail", args=[export.pk])).content.decode()


def test_the_command_writes_what_the_page_gives(world, tmp_path):
    target = tmp_path / "summary.json"
    call_command(
        "export_cycle_summary", "kaz-2", "--format", "json", "--audience", "public", "--output", str(target)
    )
    written = json.loads(target.read_text(encoding="utf-8"))
    assert written["totals"]["received"] == 2
    assert written["totals"] | {"supported": 1, "noted": 1} == written["totals"]
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["KAZ-9"], "there are: KAZ-2"), (["KAZ-2", "--round", "999999"], "has no round")],
)
def test_the_command_names_what_is_wrong(world, tmp_path, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("export_cycle_summary", *arguments, "--output", str(tmp_path / "x.xlsx"))
    assert list(tmp_path.iterdir()) == []


def retract(assessment):
    coordinator, second = make_person(Role.COORDINATOR), make_person(Role.REVIEWER)
    if assessment.status == AssessmentStatus.APPROVED:
        perform(assessment, "publish", by=coordinator)
    perform(assessment, "ask_retraction", by=coordinator, note="A source is in danger.")
    perform(assessment, "retract", by=second, note="Confirmed.")


def test_a_file_with_something_that_was_retracted_is_handed_out_to_nobody(client, world):
    person = make_person()
    with_it = services.make_at_once(ask(world, person))
    public_without_it = services.make_at_once(ask(world, person, audience="public"))
    world["assessment"].refresh_from_db()
    retract(world["assessment"])
    client.force_login(person)
    answer = client.get(reverse("export_download", args=[with_it.pk]), follow=True)
    assert "something in it was retracted" in answer.content.decode()
    assert not answer.streaming
    made_anew = services.make_at_once(ask(world, person))
    for export in (public_without_it, made_anew):
        answer = client.get(reverse("export_download", args=[export.pk]))
        assert "Approved only" not in b"".join(answer.streaming_content).decode()


def test_the_worker_removes_the_files_with_something_that_was_retracted(client, world):
    person = make_person()
    export = services.make_at_once(ask(world, person))
    stored = services.folder() / export.stored_as
    world["assessment"].refresh_from_db()
    retract(world["assessment"])
    assert stored.exists()
    queue.run_due()
    assert not stored.exists()
    client.force_login(person)
    for address in (reverse("export_list"), reverse("export_detail", args=[export.pk])):
        page = client.get(address).content.decode()
        assert reverse("export_download", args=[export.pk]) not in page
