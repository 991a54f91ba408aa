import pytest

from recommendations.words.citations import cited_numbers, split_citations, without_citations


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Blocked [E-12].", [12]),
        ("[E-12] again [E-12], then [e-3]", [12, 3]),
        ("[E-12, E-15; E-7]", [12, 15, 7]),
        ("[Е-12] typed on a Russian keyboard, [E–5] with a dash, [ E 6 ] with blanks", [12, 5, 6]),
        ("no citation: E-12, [12], [E-], [E-x], [[]]", []),
    ],
)
def test_citations_are_found(text, numbers):
    assert cited_numbers(text) == numbers


def test_an_excerpt_stands_without_its_citations():
    assert without_citations("Blocked [E-12, E-3]. Twice\u00a0[E-4], [E-5] again") == "Blocked. Twice, again"


def test_the_parts_keep_every_other_sign():
    assert split_citations("<b> [E-1][E-2] end") == ["<b> ", [1], [2], " end"]
    assert split_citations("") == []
