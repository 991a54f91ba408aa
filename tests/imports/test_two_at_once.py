"""Races on real connections: two people record the same paragraph, two confirm the same import."""

import threading

import pytest
from django.db import connection

from recommendations.catalogue.errors import AlreadyRecorded
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.recording import record_recommendation
from recommendations.imports import runs
from recommendations.imports.models import ImportRun
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from recommendations.vocabulary import ImportState, TextKind
from tests.factories import make_document
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
