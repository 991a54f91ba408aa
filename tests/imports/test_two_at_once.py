"""Races on real connections: two people record the same paragraph, two confirm the same import."""

import threading

import pytest
from django.db import IntegrityError, connection

from recommendations.audit.models import Event
from recommendations.catalogue.errors import AlreadyRecorded
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.recording import record_recommendation
from recommendations.evidence.models import EvidenceLink
from recommendations.evidence.recording import link_evidence
from recommendations.imports import runs, undo
from recommendations.imports.models import ImportRun
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import ImportState, TextKind
from tests.factories import make_document, make_evidence, make_person
from tests.imports.files import as_csv, make_terms, row

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(function, times=4):
    """What each of several threads got from the function: a value, or the exception it raised."""
    barrier, results = threading.Barrier(times), []

    def work():
        try:
            barrier.wait()
            results.append(function())
        except Exception as fault:
            results.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_paragraph_is_recorded_by_one_and_the_others_are_told():
    document = make_document()

    def record():
        return record_recommendation(
            by=None,
            document=document,
            paragraph="1.1",
            texts=[("en", TextKind.OFFICIAL, "Words")],
            recommending=[],
        )

    results = at_once(record)

    assert Recommendation.objects.count() == 1
    assert sorted(type(one).__name__ for one in results) == ["AlreadyRecorded"] * 3 + ["Recommendation"]
    assert all(
        one.recommendation.reference == "KAZ-2-1.1" for one in results if isinstance(one, AlreadyRecorded)
    )


def test_one_of_several_confirmations_applies_the_plan():
    state = make_terms()
    file = runs.receive_file([as_csv([row("126.1"), row("126.2")])], name="t.csv", by=None)
    run = runs.start(file=file, state=state, by=None)
    queue.run(run.job)

    def confirm():
        return runs.confirm(ImportRun.objects.get(pk=run.pk), by=None)

    results = at_once(confirm)

    assert sum(isinstance(one, runs.NotPossible) for one in results) == 3
    assert Job.objects.filter(name="import.apply").count() == 1
    at_once(queue.run_due, times=3)
    assert ImportRun.objects.get().status == ImportState.APPLIED
    assert Recommendation.objects.count() == 2


def an_applied_run():
    state = make_terms()
    file = runs.receive_file([as_csv([row("126.1"), row("126.2")])], name="t.csv", by=None)
    run = runs.start(file=file, state=state, by=None)
    queue.run(run.job)
    queue.run(runs.confirm(run, by=None).job)
    return ImportRun.objects.get(pk=run.pk)


def test_one_of_several_takes_an_import_back_and_the_others_are_told():
    run = an_applied_run()

    results = at_once(lambda: undo.take_back_now(ImportRun.objects.get(pk=run.pk), by=None))

    assert sum(isinstance(one, runs.NotPossible) for one in results) == 3
    assert ImportRun.objects.get().status == ImportState.TAKEN_BACK
    assert Event.objects.filter(verb="import.taken_back").count() == 1
    assert not Recommendation.objects.exists()


def test_who_links_evidence_while_an_import_is_taken_back_comes_first_or_too_late():
    run = an_applied_run()
    editor = make_person()
    item, recommendation = make_evidence(editor), Recommendation.objects.first()
    turns = iter((True, False))

    def one_of_the_two():
        if next(turns):
            return undo.take_back_now(ImportRun.objects.get(pk=run.pk), by=None)
        return link_evidence(item, recommendation=recommendation, shows="context", why="Why", by=editor)

    results = at_once(one_of_the_two, times=2)

    (fault,) = [one for one in results if isinstance(one, Exception)]
    if ImportRun.objects.get().status == ImportState.TAKEN_BACK:
        assert isinstance(fault, IntegrityError) or "taken back a moment ago" in str(fault)
        assert not EvidenceLink.objects.exists()
    else:
        assert isinstance(fault, undo.StandsInTheWay)
        assert EvidenceLink.objects.get().recommendation == recommendation


def test_two_imports_of_the_same_rows_record_each_once():
    state = make_terms()
    made = []
    for name in ("one.csv", "two.csv"):
        extra = [row("1.1")] if name == "two.csv" else []
        file = runs.receive_file([as_csv([row("126.1"), row("126.2"), *extra])], name=name, by=None)
        run = runs.start(file=file, state=state, by=None)
        queue.run(run.job)
        made.append(runs.confirm(run, by=None))

    at_once(queue.run_due, times=2)

    statuses = sorted(ImportRun.objects.values_list("status", flat=True))
    assert statuses in (["applied", "planned"], ["applied", "applied"])
    assert Recommendation.objects.filter(paragraph__startswith="126").count() == 2
