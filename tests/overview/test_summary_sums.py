"""The sums of a cycle summary, on invented lines."""

import pytest

from recommendations.catalogue.models import ReviewCycle
from recommendations.overview.lines import Endnote, RepeatLine, Segment, StatusCounts, narrative
from recommendations.overview.summary import Totals, in_document_order, score
from recommendations.overview.totals import totals_note
from tests.exports.summaries import finding, line, summary


def rated(*outcomes, position="supported", **changes):
    """Lines with these outcomes, all in one position."""
    return [
        line(number, outcome=outcome, position=position, **changes)
        for number, outcome in enumerate(outcomes, 1)
    ]


def test_every_recommendation_is_counted_in_one_position():
    positions = ("supported", "supported", "supported_in_part", "noted", "under_consideration", "")
    counted = summary([line(n, position=p) for n, p in enumerate(positions)]).totals
    assert counted == Totals(
        received=6, supported=2, supported_in_part=1, noted=1, under_consideration=1, no_position=1
    )


def test_coverage_counts_each_recommendation_at_its_status():
    rows = [line(n, status=s) for n, s in enumerate(("not_yet", "draft", "published", "published"))]
    assert summary(rows).coverage == StatusCounts(not_yet=1, draft=1, published=2)
    assert summary(rows).coverage.assessed == 2


def test_themes_count_each_recommendation_once_and_positions_apart():
    rows = [
        line(1, theme="A", theme_code="a", outcome="not"),
        line(2, theme="B", theme_code="b", outcome="fully", position="noted"),
        line(3, theme="A", theme_code="a", outcome="not", position="noted"),
        line(4, theme="A", theme_code="a", position=""),
    ]
    first, second = summary(rows).themes
    assert (first.label, first.all.total, first.supported.of("not"), first.noted.of("not")) == ("A", 3, 1, 1)
    assert first.unanswered.of("not_yet") == 1
    assert (second.label, second.all.total, second.noted.of("fully")) == ("B", 1, 1)


def test_what_stands_out_follows_position_and_outcome():
    rows = [
        line(1, outcome="not"),
        line(2, outcome="reversed", position="supported_in_part"),
        line(3, outcome="partially"),
        line(4, outcome="fully", position="noted"),
        line(5, outcome="not", position="noted"),
        line(6, outcome="differ", repeats=(RepeatLine(reference="ZZR-1-1"),)),
        line(7, repeats=(RepeatLine(reference="ZZR-3-1", is_earlier=False),)),
    ]
    made = summary(rows)
    assert [r.paragraph for r in made.supported_but_not_implemented] == ["124.1", "124.2"]
    assert [r.paragraph for r in made.noted_yet_implemented] == ["124.4"]
    assert [r.paragraph for r in made.went_backwards] == ["124.2"]
    assert [r.paragraph for r in made.differing] == ["124.6"]
    assert [r.paragraph for r in made.repeated] == ["124.6"]


@pytest.mark.parametrize(
    ("outcomes", "value", "refusal"),
    [
        (["fully"] * 5 + ["not"] * 5, 50, ""),
        (["fully"] * 5 + ["partially"] * 3 + ["not", "reversed"], 65, ""),
        (["fully"] * 9, None, "too_few"),
        (["fully"] * 9 + ["cannot"] * 9, None, "too_few"),
        (["fully"] * 10 + ["not_yet"] * 4, 100, ""),  # 10 of 14 are 71 %
        (["fully"] * 10 + ["differ"] * 5, None, "too_small_share"),  # 10 of 15 are 67 %
        (["partially"] + ["not"] * 99, 1, ""),  # half a per cent is rounded up
        ([], None, "too_few"),
    ],
)
def test_a_score_is_shown_only_from_ten_rated_and_seventy_per_cent(outcomes, value, refusal):
    made = score(rated(*outcomes), group="supported")
    assert (made.value, made.refusal) == (value, refusal)


def test_exactly_seventy_per_cent_is_enough():
    made = score(rated(*["not"] * 14 + ["cannot"] * 6), group="supported")
    assert (made.value, made.rated, made.size) == (0, 14, 20)


def test_supported_and_noted_are_scored_apart():
    rows = rated(*["fully"] * 10) + rated(*["not"] * 10, position="noted")
    assert [(s.group, s.value) for s in summary(rows).scores if not s.without_minimal] == [
        ("supported", 100),
        ("noted", 0),
    ]


def test_the_score_without_categories_1_and_2_keeps_what_one_state_put_more_strongly():
    rows = (
        rated(*["fully"] * 10, categories=(1, 2))
        + rated(*["not"] * 10, categories=(2, 5))
        + rated(*["not"] * 10)
    )
    assert score(rows, group="supported").value == 33
    without = score(rows, group="supported", without_minimal=True)
    assert (without.value, without.size) == (0, 20)


def test_a_narrative_becomes_paragraphs_with_citations():
    assert narrative("Blocked [E-12, E-3].\n\nSecond", {12: 1, 3: 2}) == (
        (
            Segment(text="Blocked"),
            Segment(text="E-12", endnote=1),
            Segment(text="E-3", endnote=2),
            Segment(text="."),
        ),
        (Segment(text="Second"),),
    )


def test_a_citation_of_what_the_audience_may_not_see_leaves_no_trace():
    assert narrative("Told by one who was there [E-7], and by all.", {}) == (
        (Segment(text="Told by one who was there"), Segment(text=", and by all.")),
    )


def test_endnotes_are_numbered_as_the_documents_cite_them():
    numbers = {1: 1, 2: 2, 3: 3}
    rows = [
        line(1, theme="A", theme_code="a", findings=(finding("x", reasons=narrative("one [E-3]", numbers)),)),
        line(2, theme="B", theme_code="b", findings=(finding("y", reasons=narrative("two [E-1]", numbers)),)),
        line(
            3, theme="A", theme_code="a", findings=(finding("z", sentence=narrative("[E-1, E-3]", numbers)),)
        ),
    ]
    notes = tuple(Endnote(number=n, reference=f"E-{n}", title="") for n in (1, 2, 3))
    made = in_document_order(summary(rows, endnotes=notes))
    assert [(n.number, n.reference) for n in made.endnotes] == [(1, "E-3"), (2, "E-1")]
    assert made.rows[1].findings[0].reasons[0][1] == Segment(text="E-1", endnote=2)
    assert [r.reference for r in made.rows] == [r.reference for r in rows]


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        ({"supported": 144, "noted": 50}, ""),
        ({"supported": 60, "noted": 10}, "70 of the 194"),
        ({"supported": 150, "noted": 50}, "More recommendations are recorded here (200)"),
        ({"supported": 143, "noted": 50, "": 1}, "Of 1 recommendation no position"),
        ({"supported": 143, "noted": 51}, "the latest position recorded of each"),
    ],
)
def test_a_difference_from_the_uns_totals_is_explained(ours, words):
    cycle = ReviewCycle(un_received=194, un_supported=144, un_noted=50)
    note = totals_note(cycle, ours)
    assert note == words if not words else words in note
