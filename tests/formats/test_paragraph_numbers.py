"""Paragraph numbers in front of texts; all texts here are invented."""

import pytest

from recommendations.formats.numbering import split_number


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("26.1 Invented text", "26.1", "Invented text"),
        ("166.6. Invented text", "166.6", "Invented text"),
        ("166. 6. Invented text", "166.6", "Invented text"),
        ("  26.1\n Invented text", "26.1", "Invented text"),
        ("26.1: Invented text", "26.1", "Invented text"),
        ("95.1To do an invented thing", "95.1", "To do an invented thing"),
        ("97.3.1 Invented text", "97.3.1", "Invented text"),
        ("13.The invented Committee", "13", "The invented Committee"),
        ("13. The invented Committee", "13", "The invented Committee"),
        ("13 The invented Committee", "13", "The invented Committee"),
        ("24 (a) Invented text", "24a", "Invented text"),
        ("24. (b) Invented text", "24b", "Invented text"),
        ("Recommendation No. 21 (para. 96: 21) Invented text", "96.21", "Invented text"),
        ("Recommendation No. 21 (para. 96:21): Invented text", "96.21", "Invented text"),
        ("Recommendation no 21 (paragraph 96) Invented text", "96.21", "Invented text"),
        ("Recommendation 96.21 Invented text", "96.21", "Invented text"),
        ("Recommendation No. 96.21: Invented text", "96.21", "Invented text"),
        ("RECOMMENDATION NO. 7 (PARA. 88.7) Invented text", "88.7", "Invented text"),
        ("Paragraph 12. Invented text", "12", "Invented text"),
        ("Para. 12 Invented text", "12", "Invented text"),
        ("26.1 “Invented” text", "26.1", "“Invented” text"),
        ("26.1 (…) invented text", "26.1", "(…) invented text"),
        ("26.1 Вымышленный текст", "26.1", "Вымышленный текст"),
        # No numbers of paragraphs.
        ("Invented text", "", "Invented text"),
        ("", "", ""),
        ("10 years after the invented review", "", "10 years after the invented review"),
        ("2030 Agenda: invented text", "", "2030 Agenda: invented text"),
        ("18 months of invented text", "", "18 months of invented text"),
        ("30", "", "30"),
        ("26.1", "", "26.1"),
        ("50 % of invented text", "", "50 % of invented text"),
        ("Recommendations of invented bodies", "", "Recommendations of invented bodies"),
    ],
)
def test_the_number_is_taken_off(text, number, rest):
    assert split_number(text) == (number, rest)
