"""Several people at once: every item gets a number of its own, and one of two changes wins."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from recommendations.catalogue.errors import Conflict
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import add_evidence, change_evidence
from tests.factories import make_evidence, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def _all_at_once(works: list[Callable[[], object]]) -> list[object]:
    """What each work gave, or the exception it raised."""
    results: list[object] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            results.append(work())
        except Exception as problem:
            results.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_items_added_at_once_have_numbers_of_their_own() -> None:
    person = make_person()

    def add() -> Evidence:
        return add_evidence(by=person, title="t", kind="news", confidentiality="coalition")

    results = _all_at_once([add] * 12)
    assert [result for result in results if not isinstance(result, Evidence)] == []
    assert sorted(Evidence.objects.values_list("number", flat=True)) == list(range(1, 13))


def test_of_changes_made_at_once_one_wins_and_the_others_are_told() -> None:
    person = make_person()
    evidence = make_evidence(person)
    results = _all_at_once(
        [
            lambda n=number: change_evidence(evidence, by=person, revision=1, title=f"version {n}")
            for number in range(8)
        ]
    )
    won = [result for result in results if isinstance(result, Evidence)]
    assert len(won) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    evidence.refresh_from_db()
    assert (evidence.title, evidence.revision) == (won[0].title, 2)
