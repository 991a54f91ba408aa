"""References, cycle keys and numbers of evidence in an address."""

import re

import pytest

from recommendations.web.converters import CycleConverter, EvidenceConverter, ReferenceConverter


@pytest.mark.parametrize(
    "reference", ["KAZ-2-124.26", "KAZ-1-95.1", "KAZ-CCPR-2-24a", "KGZ-3-140.101", "KAZ-CEDAW-5-12(c)"]
)
def test_a_reference_may_stand_in_an_address(reference: str) -> None:
    assert re.fullmatch(ReferenceConverter.regex, reference)


@pytest.mark.parametrize(
    "other", ["new", "export", "kaz-2-124.26", "KAZ-2", "KAZ-2-", "KAZ-2-1/2", "KAZ-2-1 2"]
)
def test_other_words_are_no_reference(other: str) -> None:
    assert not re.fullmatch(ReferenceConverter.regex, other)


def test_a_cycle_is_a_state_and_a_number() -> None:
    assert re.fullmatch(CycleConverter.regex, "KAZ-12")
    assert not re.fullmatch(CycleConverter.regex, "KAZ-2-124.26")


def test_evidence_is_a_number_in_the_code_and_a_word_in_the_address() -> None:
    converter = EvidenceConverter()
    assert converter.to_python("E-12") == 12
    assert converter.to_url(12) == converter.to_url("E-12") == "E-12"
