"""The real files, imported over each other and over the demonstration, and taken back one after the other."""

import pytest

from recommendations.catalogue.reference import load_reference
from recommendations.demo.loading import load_demo
from recommendations.imports import undo
from recommendations.imports.commanding import import_file, state_named
from recommendations.imports.models import ImportRun
from recommendations.imports.standing import what_built_on
from tests.conftest import REAL_FILES
from tests.imports.everything import everything

pytestmark = pytest.mark.django_db

OFFICIAL = REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"
UPR_INFO = REAL_FILES / "kazakhstan" / "upr-info-sessions-7-20.csv"


def bring(path):
    told = import_file(path, state=state_named("KAZ"), dry_run=False)
    assert told["problems"] == []
    return ImportRun.objects.latest("pk")


@pytest.mark.parametrize("files", [(OFFICIAL, UPR_INFO), (UPR_INFO, OFFICIAL)], ids=["official", "upr-info"])
def test_whichever_came_first_both_are_taken_back_to_the_last_row(files):
    load_reference()
    states = [everything()]
    runs = []
    for path in files:
        runs.append(bring(path))
        states.append(everything())
    assert states[0] != states[1] != states[2]

    assert what_built_on(runs[0])
    for run, before in zip(reversed(runs), [states[1], states[0]], strict=True):
        undo.take_back_now(run, by=None)
        now = everything()
        assert {label for label in now if now[label] != before[label]} == set()


def test_over_the_demonstration_its_paraphrases_come_back():
    load_reference()
    load_demo()
    before = everything()
    run = bring(OFFICIAL)

    undo.take_back_now(run, by=None)

    now = everything()
    assert {label for label in now if now[label] != before[label]} == set()
