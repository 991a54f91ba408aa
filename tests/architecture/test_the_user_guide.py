"""The user guide and its pictures agree: each picture is named, made by a journey of the browser tests, and small."""

import re
from pathlib import Path

import pytest
from django.conf import settings

GUIDE = Path(settings.BASE_DIR) / "docs" / "user-guide"
PAGES = sorted(GUIDE.glob("*.md"))
JOURNEYS = sorted((Path(settings.BASE_DIR) / "tests" / "browser").glob("test_journey_*.py"))
LARGEST = 120_000  # bytes


def named() -> set[str]:
    """The pictures that the guide shows."""
    return {name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\(images/([^)]+)\)", page.read_text())}


def test_every_picture_that_the_guide_names_is_there_and_none_lies_there_unused() -> None:
    assert named()
    assert named() == {file.name for file in (GUIDE / "images").iterdir()}


def test_every_picture_is_taken_by_a_journey() -> None:
    taken = {
        f"{name}.png"
        for file in JOURNEYS
        for name in re.findall(r'\bshoot\(\s*\w+,\s*"([^"]+)"', file.read_text())
    }
    assert taken == named()


def test_every_picture_is_small() -> None:
    sizes = {file.name: file.stat().st_size for file in (GUIDE / "images").iterdir()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_guide_leads_somewhere(page: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)", page.read_text())
    assert [link for link in links if not (GUIDE / link).exists()] == []
