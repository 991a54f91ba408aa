"""The small invented file of every reader, changed at random: always an answer, never a fault, never half a file."""

from __future__ import annotations

import functools
import importlib
import io
import pkgutil
import zipfile

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.formats
from recommendations.catalogue.models import (
    Document,
    GroupAlias,
    Position,
    Recommendation,
    RecommendationIdentifier,
    RecommendationText,
    ReviewCycle,
    State,
    StateAlias,
    ThemeAlias,
)
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.reference import load_reference
from recommendations.formats.readers import readers
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRun
from recommendations.vocabulary import ImportState
from tests.imports.files import write

pytestmark = pytest.mark.django_db

# One small file for each reader: tests/formats/invented_<reader>.py has its NAME and make().
FILES = {
    found.name.removeprefix("invented_"): importlib.import_module(f"tests.formats.{found.name}")
    for found in pkgutil.iter_modules(tests.formats.__path__)
    if found.name.startswith("invented_")
}
# Module of a reader → its code.
CODES = {reader.__name__.rpartition(".")[2]: code for code, reader in readers().items()}
WRITTEN = (
    Recommendation,
    RecommendationText,
    RecommendationIdentifier,
    Position,
    ReviewCycle,
    Document,
    StateAlias,
    ThemeAlias,
    GroupAlias,
)
FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
WORDS = [
    "",
    "\u202eKazakhstan\u202c",
    "\u200f",
    "Norwey",
    "- - -",
    "&amp;quot;",
    "=1+1",
    "0",
    "999999999999",
    "126.1",
    "KAZ",
    "A/HRC/1/1",
    "Supported/Noted",
    "{",
    "]",
    '"',
    "\\u0000",
    "null",
    "x" * 5000,
    "Қазақстан",
    "\ufeff",
    "(Norway) (Norway)",
]


class Undo(Exception):
    """Takes back what one example wrote."""


@pytest.fixture
def folder(tmp_path_factory):
    load_reference()
    return tmp_path_factory.mktemp("mutated")


@functools.cache
def small(name: str) -> bytes:
    """The small file, made once: a workbook holds the time at which it was made."""
    return FILES[name].make()


def counts():
    return [model.objects.count() for model in WRITTEN]


def check(folder, content, name, *, chosen="", state="KAZ", **options):
    """An import of the file tells what it did, and did that or nothing."""
    path = write(folder, content, name)
    of = State.objects.get(code=state) if state else None
    try:
        with transaction.atomic():
            before = counts()
            told = import_file(
                path, state=of, dry_run=False, chosen_format=chosen, accept_doubts=True, **options
            )
            assert all(one["message"] for one in told["problems"])
            run = ImportRun.objects.latest("pk") if content else None
            if run is None or run.status != ImportState.APPLIED:
                assert counts() == before
                assert told["created"] == told["updated"] == 0
            else:
                assert not told["problems"]
                assert Recommendation.objects.count() - before[0] == told["created"]
                assert not list(faulty_positions())
            raise Undo
    except Undo:
        pass
    return told


def test_every_reader_has_its_small_file():
    assert set(FILES) == set(CODES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_small_file_itself_is_recognised_and_read(folder, name):
    told = check(folder, small(name), FILES[name].NAME, state="")

    assert told["format"] == CODES[name]


@pytest.mark.parametrize("name", sorted(FILES))
@given(data=st.data())
@FEW
def test_any_bytes_of_it_changed(folder, name, data):
    content = bytearray(small(name))
    for _number in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        what = data.draw(st.sampled_from(["flip", "cut", "drop", "double", "put"]))
        length = data.draw(st.integers(1, 400))
        if what == "flip" and content:
            content[at] ^= data.draw(st.integers(1, 255))
        elif what == "cut":
            del content[at:]
        elif what == "drop":
            del content[at : at + length]
        elif what == "double":
            content[at:at] = content[at : at + length]
        else:
            content[at:at] = data.draw(st.binary(max_size=30))
    chosen = data.draw(st.sampled_from(["", CODES[name]]))
    check(folder, bytes(content), FILES[name].NAME, chosen=chosen)


@pytest.mark.parametrize("name", sorted(FILES))
@given(data=st.data())
@FEW
def test_any_words_in_it_changed(folder, name, data):
    content = small(name)
    content = in_archive(content, data) if content.startswith(b"PK") else changed(content, data)
    check(
        folder,
        content,
        FILES[name].NAME,
        chosen=data.draw(st.sampled_from(["", CODES[name]])),
        state=data.draw(st.sampled_from(["KAZ", ""])),
        leave_out_unknown=data.draw(st.booleans()),
    )


def in_archive(content: bytes, data) -> bytes:
    """The archive with the words of one member changed; it stays an archive."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        members = source.namelist()
        chosen = data.draw(st.sampled_from(members))
        for member in members:
            text = source.read(member)
            target.writestr(member, changed(text, data) if member == chosen else text)
    return out.getvalue()


def changed(content: bytes, data) -> bytes:
    """Some places of a text replaced by words that are hard to read; markup is hit as well as what it holds."""
    for _number in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 7, 40]))
        word = data.draw(st.sampled_from(WORDS) | st.text(max_size=12)).encode("utf-8", "replace")
        content = content[:at] + word + content[at + length :]
    return content
