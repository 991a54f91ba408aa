"""Positions have a date and a document; the latest is copied onto the recommendation, by one function only."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from recommendations.catalogue.cycles import add_milestone
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import Position, Recommendation
from recommendations.catalogue.positions import (
    faulty_positions,
    latest_of,
    record_position,
    refresh_positions,
)
from recommendations.catalogue.texts import preferred_text, shown_texts
from recommendations.vocabulary import DocumentKind, MilestoneKind, PositionKind, TextKind
from tests.factories import make_cycle, make_document, make_recommendation

pytestmark = pytest.mark.django_db


def council_report():
    return make_document(symbol="A/HRC/28/2", kind=DocumentKind.COUNCIL_REPORT, cycle=None)


def test_a_later_answer_replaces_the_first_and_both_stay():
    recommendation = make_recommendation("126.27", position=PositionKind.NOTED)

    record_position(
        recommendation, kind=PositionKind.SUPPORTED, document=council_report(), locator="para. 602", by=None
    )

    assert recommendation.position == PositionKind.SUPPORTED
    assert [(row.kind, row.on) for row in recommendation.positions.all()] == [
        (PositionKind.NOTED, date(2014, 10, 30)),
        (PositionKind.SUPPORTED, date(2015, 3, 19)),
    ]


def test_an_older_answer_entered_later_does_not_count():
    recommendation = make_recommendation("126.27")
    record_position(recommendation, kind=PositionKind.SUPPORTED, document=council_report(), by=None)

    record_position(recommendation, kind=PositionKind.NOTED, document=recommendation.document, by=None)

    assert recommendation.position == PositionKind.SUPPORTED


def test_the_date_of_the_report_is_that_of_its_milestone():
    recommendation = make_recommendation("1.1")
    add_milestone(
        by=None, cycle=recommendation.cycle, kind=MilestoneKind.WORKING_GROUP_REPORT, on=date(2014, 11, 4)
    )

    position = record_position(
        recommendation, kind=PositionKind.NOTED, document=recommendation.document, by=None
    )

    assert position.on == date(2014, 11, 4)


def test_on_one_day_the_sequence_tells():
    recommendation, day = make_recommendation("1.1"), date(2015, 1, 1)
    record_position(recommendation, kind="supported", document=None, on=day, sequence=2, by=None)
    record_position(recommendation, kind="noted", document=None, on=day, sequence=1, by=None)

    assert recommendation.position == "supported"


def test_the_same_answer_from_the_same_document_is_refused():
    recommendation = make_recommendation("1.1", position=PositionKind.NOTED)

    with pytest.raises(Refused):
        record_position(recommendation, kind="noted", document=recommendation.document, by=None)

    assert recommendation.positions.count() == 1


def test_a_date_in_the_future_is_refused():
    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(Refused, match="future"):
        record_position(make_recommendation("1.1"), kind="noted", document=None, on=tomorrow, by=None)


def test_refreshing_takes_one_statement_for_many(django_assert_num_queries):
    recommendations = [make_recommendation() for _number in range(10)]
    Position.objects.bulk_create(Position(recommendation=row, kind="noted") for row in recommendations)

    with django_assert_num_queries(1):
        assert refresh_positions(row.pk for row in recommendations) == 10

    assert Recommendation.objects.filter(position="noted").count() == 10


def test_a_wrong_copy_is_found_named_and_repaired(capsys):
    recommendation = make_recommendation("1.1", position=PositionKind.NOTED)
    Recommendation.objects.update(position="supported")

    assert [(row, kind) for row, kind in faulty_positions()] == [(recommendation, "noted")]
    with pytest.raises(CommandError, match="1"):
        call_command("check_positions")
    assert "KAZ-2-1.1" in capsys.readouterr().out

    call_command("check_positions", "--repair")
    call_command("check_positions")
    assert Recommendation.objects.get().position == "noted"


def test_a_paraphrase_is_hidden_once_an_official_text_exists():
    recommendation = make_recommendation(
        texts=[("en", TextKind.PARAPHRASE, "Ours"), ("ru", TextKind.PARAPHRASE, "Наше")]
    )
    assert preferred_text(recommendation, "ru")[0].text == "Наше"

    recommendation.texts.create(language="en", kind=TextKind.OFFICIAL, text="Theirs")
    row, is_fallback = preferred_text(recommendation, "ru")

    assert (row.text, is_fallback) == ("Theirs", True)
    assert [one.text for one in shown_texts(recommendation.texts.all())] == ["Theirs"]
    assert recommendation.texts.count() == 3


def test_the_readers_language_comes_first_then_english():
    recommendation = make_recommendation(
        texts=[("en", TextKind.OFFICIAL, "English"), ("ru", TextKind.WORKING_TRANSLATION, "Русский")]
    )

    assert preferred_text(recommendation, "ru")[0].text == "Русский"
    assert preferred_text(recommendation, "kk") == (recommendation.texts.get(language="en"), True)
    assert preferred_text(make_recommendation(texts=[("fr", "official", "Oui")]), "en")[0].text == "Oui"
    assert make_cycle().recommendations.count() == 2


def test_the_rule_for_rows_not_written_yet_is_the_rule_of_the_database():
    """What an import copies onto new recommendations is what ``refresh_positions`` would copy."""
    days = (None, date(2015, 3, 19), date(2014, 10, 30))
    for number, (first, second, sequence) in enumerate(product(days, days, (1, 2))):
        document = make_document(make_cycle(number=number + 10))
        recommendation = make_recommendation(document=document)
        given = [("noted", first, 1), ("supported", second, sequence)]
        for kind, on, place in given:
            Position.objects.create(recommendation=recommendation, kind=kind, on=on, sequence=place)
        refresh_positions([recommendation.pk])
        recommendation.refresh_from_db()
        assert (recommendation.position, recommendation.position_on) == latest_of(given)
    assert latest_of([]) == ("", None)
