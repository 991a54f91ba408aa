"""What the pages on safety promise to be shown by a test is shown by a test that exists."""

import re

import pytest
from django.conf import settings

PAGES = ("asvs.md", "threat-model.md", "security.md")
NAMED = re.compile(r"`(tests/[\w/.]+)`")
REQUIREMENT = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_named_test_exists(page: str) -> None:
    named = set(NAMED.findall((settings.BASE_DIR / "docs" / page).read_text()))

    assert named
    assert [name for name in sorted(named) if not (settings.BASE_DIR / name).exists()] == []


def test_every_requirement_has_a_test_or_a_reason() -> None:
    rows = REQUIREMENT.findall((settings.BASE_DIR / "docs" / "asvs.md").read_text())

    assert len(rows) > 200
    assert [row[:3] for row in rows if not row[4].strip()] == []


def test_every_chapter_that_concerns_the_product_is_there_in_order() -> None:
    rows = REQUIREMENT.findall((settings.BASE_DIR / "docs" / "asvs.md").read_text())
    numbers = [tuple(int(part) for part in row[:3]) for row in rows]

    assert {chapter for chapter, _section, _number in numbers} == {*range(1, 9), *range(11, 17)}
    assert numbers == sorted(set(numbers))


def test_both_pages_of_the_product_are_named_in_the_model() -> None:
    text = (settings.BASE_DIR / "docs" / "threat-model.md").read_text()

    assert "/safety/seizure/" in text
    assert "/safety/keep-out/" in text
