"""Every summary opens with one page in plain words, says what it leaves out, and draws its charts as the pages do."""

from xml.etree import ElementTree

import pytest

from recommendations.charts import svg
from recommendations.documents.story import overview, tell
from recommendations.overview.lines import Withheld
from recommendations.vocabulary import Audience, PositionKind, Rating
from tests.exports import reading
from tests.exports.summaries import line, rich_summary, summary


def words_of(blocks) -> str:
    return "\n".join(run["text"] for block in blocks if block["kind"] == "para" for run in block["runs"])


def drawings(made) -> list[dict]:
    return [block for block in tell(made)["blocks"] if block["kind"] == "drawing"]


def test_the_overview_says_what_the_figures_say():
    made = rich_summary(60)
    said = words_of(overview.in_brief(made))
    assert f"60 recommendations. Supported: {made.totals.supported}" in said
    for outcome, count in made.outcomes_by_group["supported"].items():
        assert not count or f": {count}" in said, outcome
    named = {run.get("to") for block in overview.in_brief(made)[1:] for run in block["runs"]} - {None}
    assert {row.reference for row in made.noted_yet_implemented} <= named
    assert {row.reference for row in made.went_backwards} <= named


def test_what_was_kept_without_a_promise_stands_beside_what_was_promised_and_not_kept():
    rows = [
        line(1, position=PositionKind.SUPPORTED, outcome=Rating.NOT),
        line(2, position=PositionKind.NOTED, outcome=Rating.FULLY),
    ]
    said = words_of(overview.in_brief(summary(rows)))
    assert said.index("Supported, but not implemented") < said.index("Noted, yet implemented")


def test_an_overview_of_much_still_fits_one_page():
    pages = [page.extract_text() for page in reading.as_pdf(rich_summary(240, language="ru")).pages]
    with_overview = [n for n, text in enumerate(pages) if "240 рекомендаций" in text]
    about = next(n for n, text in enumerate(pages[2:], start=2) if n not in with_overview)
    assert about == 3  # title, contents, overview, then what the document is


def test_a_cycle_without_recommendations_has_no_overview():
    assert overview.in_brief(summary([])) == []


@pytest.mark.parametrize("audience", [Audience.COALITION, Audience.PUBLIC])
def test_what_is_left_out_is_said_with_a_number_inside_the_coalition_only(audience):
    made = rich_summary(24, audience=audience, withheld=Withheld(anything=True, count=7))
    said = words_of(overview.left_out(made))
    assert "safety of sources" in said
    assert ("7 items of evidence" in said) == (audience == Audience.COALITION)
    assert made.outcomes.not_yet
    assert f"complete: {made.outcomes.not_yet} recommendation" in said


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_documents_carry_overview_and_what_is_left_out(format):
    text = " ".join(reading.text_of(rich_summary(12), format).split())
    assert "In brief" in text
    assert "What is left out, and why" in text


def test_charts_of_a_document_are_the_drawings_of_the_pages_painted_for_print():
    shown = drawings(rich_summary(24))
    assert len(shown) == 3  # findings, themes, an indicator
    for block in shown:
        root = ElementTree.fromstring(block["svg"])
        assert root.tag.endswith("svg")
        assert block["alt"]
        assert "<script" not in block["svg"]
        assert "class=" not in block["svg"]


def test_the_line_of_an_indicator_shows_its_target_and_tells_every_value():
    (series,) = rich_summary(24).indicators
    chart = drawings(rich_summary(24))[-1]
    assert svg.DOCUMENT_PAINT["ch-target"]["stroke-dasharray"] in chart["svg"]
    assert "target: 120" in chart["svg"]
    for point in series.points:
        assert f"{point.when}: {point.value}" in chart["alt"]


def test_letters_in_charts_are_set_in_our_face():
    # A name with a digit must stand in quotation marks, else a typesetter takes any face.
    assert all(
        "'Source Sans 3'" in str(look["font-family"])
        for look in svg.DOCUMENT_PAINT.values()
        if "font-family" in look
    )
