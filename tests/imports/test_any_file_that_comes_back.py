"""Whatever is done to a sheet, a list or a report on its way, it is read or refused with a sentence, never a fault."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.formats.problems import FileProblem
from recommendations.imports.bringing.references import notes_of, proposals
from recommendations.imports.fieldwork.models import FieldReturn
from recommendations.imports.fieldwork.returned import read_return
from recommendations.imports.fieldwork.sheets import make_sheet
from recommendations.vocabulary import Role
from recommendations.workflow.engine import Refused
from tests.factories import make_person, make_recommendation, make_round
from tests.imports.reports import report

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
# Where a member is hit, by what part of it; what stands there then.
HITS = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=3)


def hit(content: bytes, hits: list[tuple[float, bytes]]) -> bytes:
    """The archive with some bytes inside one of its XML members replaced, so that the parsers get to see them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        names = [name for name in source.namelist() if name.endswith(".xml")]
        for name in source.namelist():
            body = bytearray(source.read(name))
            for place, other in hits:
                if names[int(place * (len(names) - 1))] == name:
                    begin = int((place * 7919 % 1) * len(body))
                    body[begin : begin + len(other)] = other
            target.writestr(name, bytes(body))
    return out.getvalue()


@pytest.fixture
def sheet():
    editor = make_person(Role.EDITOR)
    round_ = make_round(make_recommendation())
    round_.items.update(organisation=editor.organisation)
    return editor, make_sheet(round_=round_, organisation=editor.organisation, language="en", by=editor)[1]


@FEW
@given(hits=HITS)
def test_a_sheet_that_was_damaged_is_read_or_refused(sheet, hits):
    editor, content = sheet
    with contextlib.suppress(FileProblem, Refused):
        returned = read_return(io.BytesIO(hit(content, hits)), name="sheet.xlsx", by=editor)
        assert all(str(problem) for problem in returned.problems)
    assert not FieldReturn.objects.exists()


@FEW
@given(hits=HITS)
def test_a_report_that_was_damaged_is_read_or_refused(hits):
    content = report(
        footnotes=["An invented note, 2 May 2016, https://example.org/1"], links=[("x", "http://a.org")]
    )
    with contextlib.suppress(FileProblem):
        proposals(notes_of(io.BytesIO(hit(content, hits))), reader=make_person(Role.EDITOR))
