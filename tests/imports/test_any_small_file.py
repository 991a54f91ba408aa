"""Generated files: whatever is in them, there is an answer, and nothing is written that was not planned."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.positions import faulty_positions
from recommendations.imports.columns import COLUMNS
from recommendations.imports.commanding import import_file
from tests.imports.files import OFFICIAL, REPORT, as_csv, as_xlsx, catalogue_rows, make_terms, row, write

pytestmark = pytest.mark.django_db

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Undo(Exception):
    """Takes back what one example wrote."""


@pytest.fixture
def kazakhstan():
    return make_terms()


def check(path, state):
    """An import of any file tells something, and writes what it tells or nothing."""
    try:
        with transaction.atomic():
            before = catalogue_rows()
            told = import_file(path, state=state, dry_run=False)
            counted = {"rows", "created", "updated", "unchanged", "conflicts"}
            assert set(told) == {"format", "doubts", "notes", "undecided", "problems", *counted}
            if told["problems"]:
                assert catalogue_rows() == before
                assert (told["created"], told["updated"]) == (0, 0)
                assert all(one["message"] for one in told["problems"])
            else:
                assert Recommendation.objects.count() == told["created"]
                assert not list(faulty_positions())
                again = import_file(path, state=state, dry_run=False)
                assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, told["rows"])
            raise Undo
    except Undo:
        pass


CELLS = [
    "",
    "2",
    "20",
    REPORT,
    "126.1",
    "126.2",
    "Norway",
    "Spain; Norway",
    "Noted",
    "supported",
    "5",
    "5; 4",
    "en",
]
CELLS += [
    "=1+1",
    "KAZ-2-126.1",
    "KAZ",
    "16.10",
    "2015-01-01",
    "31.12.2999",
    "Children",
    "\x00",
    "\ud83d",
    "'=x",
    "<b>",
]
words = st.text(max_size=30) | st.sampled_from(CELLS)


@given(
    header=st.lists(
        st.sampled_from([column.name for column in COLUMNS]) | st.text(max_size=8), min_size=1, max_size=12
    ),
    rows=st.lists(st.lists(words, max_size=12), max_size=6),
)
@QUICK
def test_any_table(tmp_path_factory, kazakhstan, header, rows):
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    check(write(tmp_path_factory.mktemp("any"), out.getvalue().encode("utf-8", "replace")), kazakhstan)


@given(cells=st.lists(st.dictionaries(st.sampled_from(OFFICIAL), words, max_size=3), min_size=1, max_size=4))
@QUICK
def test_any_cells_in_rows_that_are_right_otherwise(tmp_path_factory, kazakhstan, cells):
    rows = [row(f"{place}.1", **changed) for place, changed in enumerate(cells, start=1)]
    content = as_csv(rows, OFFICIAL).decode("utf-8-sig").encode("utf-8", "replace")
    check(write(tmp_path_factory.mktemp("cells"), content), kazakhstan)


@given(content=st.binary(max_size=400))
@QUICK
def test_any_bytes(tmp_path_factory, kazakhstan, content):
    check(write(tmp_path_factory.mktemp("bytes"), content), kazakhstan)


@given(cut=st.integers(min_value=0, max_value=7000), flip=st.integers(min_value=0, max_value=7000))
@settings(parent=QUICK, max_examples=15)
def test_any_damaged_workbook(tmp_path_factory, kazakhstan, cut, flip):
    content = bytearray(as_xlsx([row("126.1"), row("126.2")]))
    content[flip % len(content)] ^= 0x55
    check(write(tmp_path_factory.mktemp("xlsx"), bytes(content[: max(cut, 1)]), "t.xlsx"), kazakhstan)
