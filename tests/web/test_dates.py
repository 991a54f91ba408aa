"""Dates are written so that nobody takes the third of April for the fourth of March."""

import datetime

import pytest
from django.utils import formats, timezone, translation

from recommendations.templatetags.look import day, days_from_today, moment

DAY = datetime.date(2026, 4, 3)


@pytest.mark.parametrize(
    ("language", "words", "short"),
    [
        ("en", "3 April 2026", "3 Apr 2026"),
        ("ru", "3 апреля 2026 г.", "03.04.2026"),
        ("kk", "3 сәуір 2026 ж.", "03.04.2026"),
    ],
)
def test_a_day_is_written_as_people_of_the_language_write_it(language: str, words: str, short: str) -> None:
    with translation.override(language):
        assert formats.date_format(DAY, "DATE_FORMAT").lower() == words.lower()
        assert formats.date_format(DAY, "SHORT_DATE_FORMAT") == short


def test_a_day_in_a_page_can_be_read_by_machines_too() -> None:
    assert day(DAY) == '<time datetime="2026-04-03" class="nowrap">3 April 2026</time>'


def test_a_day_that_is_not_known_is_said_so() -> None:
    assert (day(None, "unknown"), day(None)) == ("unknown", "")


def test_a_moment_is_told_in_the_zone_of_the_site() -> None:
    seen = datetime.datetime(2026, 4, 3, 20, 30, tzinfo=datetime.UTC)
    assert "4 Apr 2026 01:30" in moment(seen)


@pytest.mark.parametrize(
    ("distance", "words"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (12, "in 12 days"), (-3, "3 days ago")],
)
def test_distances_are_told_in_words(distance: int, words: str) -> None:
    assert days_from_today(timezone.localdate() + datetime.timedelta(days=distance)) == words
