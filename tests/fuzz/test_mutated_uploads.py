"""Two hundred mutants of those that ``make fuzz-uploads`` sends: a sentence or a harmless copy, nothing else."""

from __future__ import annotations

import pytest

from tests.fuzz.road import go

MUTANTS = 200
AT_ONCE = 10


@pytest.mark.parametrize("first", range(0, MUTANTS, AT_ONCE))
def test_a_mutant_is_refused_with_a_sentence_or_gives_a_copy_in_which_nothing_runs(first) -> None:
    for number in range(first, first + AT_ONCE):
        assert go(number)
