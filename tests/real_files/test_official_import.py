"""The official file of Kazakhstan's first two cycles, imported on reference data alone and over the demonstration."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from recommendations.catalogue.models import (
    Position,
    Recommendation,
    RecommendationText,
    RecommendingState,
    StateClaim,
)
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.reference import load_reference
from recommendations.catalogue.texts import preferred_text
from recommendations.imports.commanding import import_file, state_named
from recommendations.vocabulary import ClaimKind, PositionKind, TextKind
from tests.conftest import REAL_FILES

pytestmark = pytest.mark.django_db

FILE = REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"


def bring():
    told = import_file(FILE, state=state_named("KAZ"), dry_run=False)
    assert told["problems"] == []
    return told["rows"], told["created"], told["updated"], told["unchanged"], told["conflicts"]


def positions():
    rows = Recommendation.objects.values_list("cycle__key", "position")
    return dict(Counter(rows))


IN_THE_END = {
    ("KAZ-1", PositionKind.NOTED): 7,
    ("KAZ-1", PositionKind.SUPPORTED): 121,
    ("KAZ-2", PositionKind.NOTED): 50,
    ("KAZ-2", PositionKind.SUPPORTED): 144,
}


def test_on_reference_data_alone():
    load_reference()

    assert bring() == (322, 322, 0, 0, 0)
    assert bring() == (322, 0, 0, 322, 0)

    assert positions() == IN_THE_END
    assert not list(faulty_positions())
    assert Position.objects.count() == 349
    several = [
        row for row in Recommendation.objects.prefetch_related("positions") if row.positions.count() > 1
    ]
    assert len(several) == 27
    assert {row.paragraph.split(".")[0] for row in several} == {"97", "126"}
    changed = Recommendation.objects.get(reference="KAZ-2-126.27").positions.select_related("document")
    assert [(row.kind, row.document.symbol, row.locator, row.on) for row in changed] == [
        (PositionKind.NOTED, "A/HRC/28/10", "para. 126", date(2014, 11, 4)),
        (PositionKind.SUPPORTED, "A/HRC/28/2", "para. 602", date(2015, 3, 19)),
    ]
    answered = Recommendation.objects.get(reference="KAZ-1-97.1").positions.select_related("document")
    assert [(row.document.symbol, row.locator, row.note) for row in answered] == [
        ("A/HRC/14/10", "para. 97", ""),
        ("A/HRC/14/37", "para. 306", "A/HRC/14/10/Add.1"),
    ]
    assert answered[0].kind == PositionKind.UNDER_CONSIDERATION
    claims = Counter(StateClaim.objects.values_list("kind", "document__symbol", "locator"))
    assert claims == {
        (ClaimKind.IMPLEMENTED, "A/HRC/28/10", "para. 124"): 47,
        (ClaimKind.IN_PROCESS, "A/HRC/28/10", "para. 125"): 96,
        (ClaimKind.IMPLEMENTED_OR_IN_PROCESS, "A/HRC/14/10", "para. 96"): 68,
    }
    assert not StateClaim.objects.filter(on=None).exists()
    assert RecommendationText.objects.count() == 322
    # 95.3: to consider ratifying (Slovenia)/ratify (Republic of Korea): category 3 and 5, in this order.
    made = RecommendingState.objects.filter(recommendation__reference="KAZ-1-95.3").select_related("state")
    assert [(row.state.code, row.action_category) for row in made] == [("SVN", 3), ("KOR", 5)]
    assert (
        not Recommendation.objects.exclude(themes__isnull=False).exclude(paragraph__in=unlabelled()).exists()
    )


def unlabelled():
    """The three that UPR Info does not label."""
    import csv

    with FILE.open(encoding="utf-8-sig") as source:
        return [row["paragraph"] for row in csv.DictReader(source) if not row["uprinfo_issues"]]


def test_over_the_demonstration():
    load_reference()
    call_command("load_demo")
    before = set(Recommendation.objects.values_list("reference", flat=True))
    paraphrases = RecommendationText.objects.filter(kind=TextKind.PARAPHRASE).count()

    assert bring() == (322, 322 - len(before), len(before), 0, 0)
    assert bring() == (322, 0, 0, 322, 0)

    assert Recommendation.objects.count() == 322
    assert positions() == IN_THE_END
    assert Position.objects.count() == 349
    assert RecommendationText.objects.filter(kind=TextKind.PARAPHRASE).count() == paraphrases
    for recommendation in Recommendation.objects.prefetch_related("texts"):
        assert preferred_text(recommendation, "ru")[0].kind == TextKind.OFFICIAL
    assert not Recommendation.objects.filter(is_demo=True).exists()


def test_a_dry_run_tells_the_same_and_writes_nothing():
    load_reference()

    told = import_file(FILE, state=state_named("Kazakhstan"), dry_run=True)

    assert (told["created"], told["problems"]) == (322, [])
    assert not Recommendation.objects.exists()
