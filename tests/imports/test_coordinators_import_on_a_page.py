"""The pages of an import: send, look at the plan, decide, confirm; and what happens when two do it at once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.catalogue.models import Position, Recommendation, RecommendationText, SourceFile
from recommendations.catalogue.positions import record_position
from recommendations.catalogue.recording import correct_recommendation
from recommendations.imports import apply, runs
from recommendations.imports.columns import TEMPLATE
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.jobs import queue
from recommendations.vocabulary import ImportState, Role
from tests.factories import make_person
from tests.imports.files import as_csv, make_terms, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan():
    return make_terms()


@pytest.fixture
def coordinator(client, kazakhstan):
    person = make_person(Role.COORDINATOR)
    client.force_login(person)
    return person


@pytest.fixture
def send(client, coordinator, kazakhstan):
    """Sends rows as a file and gives the run."""

    def send(rows, name="table.csv"):
        content = as_csv(rows) if isinstance(rows, list) else rows
        answer = client.post(
            reverse("import_new"), {"file": SimpleUploadedFile(name, content), "state": kazakhstan.pk}
        )
        assert answer.status_code == 302, answer.content.decode()
        return ImportRun.objects.latest("pk")

    return send


def test_a_file_is_sent_seen_and_confirmed(client, send):
    run = send([row("126.1"), row("126.2")])
    assert run.status == ImportState.PLANNED
    page = client.get(reverse("import_detail", args=[run.pk]))
    assert "KAZ-2-126.1" in page.content.decode()
    assert not Recommendation.objects.exists()

    client.post(reverse("import_confirm", args=[run.pk]))

    run.refresh_from_db()
    assert run.status == ImportState.APPLIED
    assert Recommendation.objects.count() == 2


def test_a_file_with_problems_shows_them_and_cannot_be_confirmed(client, send):
    run = send([row("126.1"), row("126.2", recommending_states="Norwey")])

    page = client.get(reverse("import_detail", args=[run.pk])).content.decode()
    client.post(reverse("import_confirm", args=[run.pk]))

    assert "Did you mean “Norway”?" in page
    assert not Recommendation.objects.exists()
    assert ImportRun.objects.get().status == ImportState.REFUSED


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100, b"<html><body>hello</body></html>"])
def test_a_wrong_file_gets_a_sentence_and_no_fault(client, coordinator, content):
    answer = client.post(
        reverse("import_new"), {"file": SimpleUploadedFile("table.csv", content)}, follow=True
    )

    assert answer.status_code in (200, 422)
    assert not Recommendation.objects.exists()


def test_no_file_at_all_keeps_the_form(client, coordinator):
    assert client.post(reverse("import_new"), {}).status_code == 422


def test_changed_texts_are_shown_word_by_word(client, send, tmp_path, kazakhstan):
    import_file(
        write(tmp_path, as_csv([row("126.1", text="Stop blocking sites")])), state=kazakhstan, dry_run=False
    )
    run = send([row("126.1", text="Stop blocking websites")])

    page = client.get(reverse("import_detail", args=[run.pk]), {"show": "changed"}).content.decode()

    assert "<ins>" in page
    assert "websites" in page


def test_in_a_conflict_one_may_take_the_files_version(client, send, coordinator, tmp_path, kazakhstan):
    import_file(write(tmp_path, as_csv([row("126.1"), row("126.2")])), state=kazakhstan, dry_run=False)
    for recommendation in Recommendation.objects.all():
        correct_recommendation(
            recommendation, by=coordinator, revision=1, texts=[("en", "official", "By hand")], themes=[]
        )
    run = send([row("126.1"), row("126.2")])
    assert run.conflicts == 2
    number = ImportRow.objects.get(run=run, reference="KAZ-2-126.2").number

    client.post(reverse("import_decide", args=[run.pk]), {f"row-{number}": "theirs"})
    client.post(reverse("import_confirm", args=[run.pk]))

    ours, theirs = Recommendation.objects.in_order()
    assert (ours.texts.get().text, ours.themes.count()) == ("By hand", 0)
    assert (theirs.texts.get().text, theirs.themes.count()) == ("Invented text of 126.2 (Norway);", 1)
    assert theirs.texts.get().edited_by is None
    assert (ours.corrected, theirs.corrected) == (["themes"], [])


def test_choices_sent_with_the_confirmation_count(client, send, coordinator, tmp_path, kazakhstan):
    import_file(write(tmp_path, as_csv([row("126.1")])), state=kazakhstan, dry_run=False)
    correct_recommendation(
        Recommendation.objects.get(), by=coordinator, revision=1, texts=[("en", "official", "By hand")]
    )
    run = send([row("126.1")])

    client.post(reverse("import_confirm", args=[run.pk]), {"row-2": "theirs"})

    assert RecommendationText.objects.get().text == "Invented text of 126.1 (Norway);"


def test_a_plan_that_became_stale_is_made_anew_and_not_applied(client, send, coordinator):
    run = send([row("126.1"), row("126.2")])
    other = send([row("126.1", text="Other words")])
    client.post(reverse("import_confirm", args=[other.pk]))

    client.post(reverse("import_confirm", args=[run.pk]))

    run.refresh_from_db()
    assert run.status == ImportState.PLANNED
    assert (run.created, run.updated) == (1, 1)
    assert "made anew" in run.notes[0]
    assert Recommendation.objects.count() == 1
    client.post(reverse("import_confirm", args=[run.pk]))
    assert Recommendation.objects.count() == 2


def test_a_position_recorded_meanwhile_makes_the_plan_stale(client, send, coordinator, tmp_path, kazakhstan):
    import_file(write(tmp_path, as_csv([row("126.1")])), state=kazakhstan, dry_run=False)
    Position.objects.all().delete()
    run = send([row("126.1")])
    assert run.updated == 1
    recommendation = Recommendation.objects.get()
    record_position(recommendation, kind="noted", document=recommendation.document, by=coordinator)

    client.post(reverse("import_confirm", args=[run.pk]))

    run.refresh_from_db()
    assert (run.status, run.unchanged) == (ImportState.PLANNED, 1)
    assert Position.objects.count() == 1


def test_the_second_of_two_confirmations_does_nothing(client, send, coordinator):
    run = send([row("126.1")])
    runs.confirm(run, by=coordinator)

    with pytest.raises(runs.NotPossible):
        runs.confirm(ImportRun.objects.get(pk=run.pk), by=coordinator)

    answer = client.post(reverse("import_confirm", args=[run.pk]), follow=True)
    assert "Nothing was done" in answer.content.decode()
    queue.run_due()
    assert Recommendation.objects.count() == 1


def test_a_discarded_plan_leaves_nothing_to_apply(client, send):
    run = send([row("126.1")])

    client.post(reverse("import_discard", args=[run.pk]))
    client.post(reverse("import_confirm", args=[run.pk]))

    assert not Recommendation.objects.exists()
    assert not ImportRow.objects.exists()
    assert client.get(reverse("import_detail", args=[run.pk])).status_code == 200


def test_an_import_whose_process_died_is_marked_and_can_be_started_again(client, send, coordinator):
    run = send([row("126.1")])
    # As it stands when a process was killed while applying: nobody holds the run, and no job is left.
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.APPLYING, job=None)

    page = client.get(reverse("import_detail", args=[run.pk])).content.decode()

    assert "interrupted" in page
    client.post(reverse("import_again", args=[run.pk]))
    again = ImportRun.objects.latest("pk")
    assert (again.status, again.created) == (ImportState.PLANNED, 1)
    assert SourceFile.objects.count() == 1


def test_an_import_that_somebody_works_on_is_not_marked_interrupted(send):
    run = send([row("126.1")])
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.APPLYING, job=None)
    run.refresh_from_db()

    with runs.held(run):
        runs.finish_interrupted([run])
        assert run.status == ImportState.APPLYING
        with pytest.raises(runs.NotPossible), runs.held(run):
            pass

    runs.finish_interrupted([run])
    assert run.status == ImportState.INTERRUPTED


def test_a_fault_while_applying_leaves_no_row(send, coordinator, monkeypatch):
    run = send([row(f"{number}.1") for number in range(1, 6)])

    def fails(*args, **kwargs):
        raise RuntimeError("the machine stops")

    monkeypatch.setattr(apply, "refresh_positions", fails)
    runs.confirm(run, by=coordinator)
    queue.run(ImportRun.objects.get(pk=run.pk).job)

    assert not Recommendation.objects.exists()
    assert not RecommendationText.objects.exists()
    monkeypatch.undo()
    run.refresh_from_db()
    run.job.__class__.objects.update(run_after=run.started_at)
    queue.run_due()
    assert Recommendation.objects.count() == 5


def test_a_large_file_waits_for_the_worker(client, send, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 10)
    run = send([row("126.1")])
    assert run.status == ImportState.READING
    assert "Look again" in client.get(reverse("import_detail", args=[run.pk])).content.decode()

    queue.run_due()
    client.post(reverse("import_confirm", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == ImportState.APPLYING
    queue.run_due()

    assert Recommendation.objects.count() == 1


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client, coordinator, monkeypatch):
    monkeypatch.setattr(runs, "MOST_BYTES", 100)

    answer = client.post(reverse("import_new"), {"file": SimpleUploadedFile("t.csv", as_csv([row("126.1")]))})

    assert answer.status_code == 422
    assert not list(runs.folder().glob("part-*"))
    assert not SourceFile.objects.exists()


def test_a_full_disk_is_told_and_leaves_nothing(client, coordinator, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs.os, "fsync", full)

    answer = client.post(reverse("import_new"), {"file": SimpleUploadedFile("t.csv", as_csv([row("126.1")]))})

    assert answer.status_code == 422
    assert "disk is full" in answer.content.decode()
    assert not list(runs.folder().glob("part-*"))
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.OBSERVER, Role.ADMINISTRATOR])
def test_only_coordinators_import(client, kazakhstan, role):
    client.force_login(make_person(role))

    assert client.get(reverse("import_list")).status_code == 403
    assert client.get(reverse("import_new")).status_code == 403
    assert client.get(reverse("import_template")).status_code == 403
    assert client.post(reverse("import_confirm", args=[1])).status_code == 403


def test_the_template_can_be_read_back(client, coordinator, tmp_path, kazakhstan):
    for address, name in (("", "t.xlsx"), ("?format=csv", "t.csv")):
        content = client.get(reverse("import_template") + address).content
        told = import_file(write(tmp_path, content, name), state=kazakhstan, dry_run=True)
        assert [one["message"] for one in told["problems"]] == ["The file holds no rows below its header."]
    assert content.decode("utf-8-sig").strip().split(",") == [column.name for column in TEMPLATE]


def test_the_plan_is_paged_with_the_same_number_of_queries(client, send, django_assert_max_num_queries):
    few, many = send([row("1.1")]), send([row(f"{number}.1") for number in range(1, 40)])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(run):
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("import_detail", args=[run.pk]))
        return len(captured)

    queries(few)
    assert queries(few) == queries(many)
