"""A fresh set-up next year installs what was tested today."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BASE = Path(settings.BASE_DIR)


def requirements(file: str) -> list[Requirement]:
    lines = (BASE / file).read_text().splitlines()
    written = [line.partition("#")[0].strip() for line in lines]
    return [Requirement(line) for line in written if line and not line.startswith("-")]


def meant_for_here(lines: list[Requirement]) -> list[Requirement]:
    """Without those that only another release of Python needs."""
    return [line for line in lines if line.marker is None or line.marker.evaluate()]


PRODUCT = requirements("requirements.txt")
ALL = PRODUCT + requirements("tests/requirements.txt")


def test_every_line_names_one_version() -> None:
    assert [str(line) for line in ALL if not re.fullmatch(r"==[\w.]+", str(line.specifier))] == []


@pytest.mark.parametrize("pinned", [PRODUCT, ALL], ids=["product", "with the tests"])
def test_whatever_a_package_brings_along_is_pinned_too(pinned: list[Requirement]) -> None:
    named = {canonicalize_name(line.name) for line in pinned}
    missing = set()
    for line in meant_for_here(pinned):
        for text in metadata.requires(line.name) or []:
            needed = Requirement(text)
            wanted = needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in ("", *line.extras)
            )
            if wanted and canonicalize_name(needed.name) not in named:
                missing.add(f"{needed.name} (for {line.name})")
    assert not missing


def test_what_is_installed_is_what_is_pinned() -> None:
    different = [
        str(line) for line in meant_for_here(ALL) if not line.specifier.contains(metadata.version(line.name))
    ]
    assert not different
