"""Rule 4 of the method as decision tables: from tests to a demand, from demands to a recommendation."""

import itertools

import pytest

from recommendations.assessments.method import NO_PROPOSAL, Proposal, combine, propose, propose_over_demands
from recommendations.vocabulary import Rating, TestRating

F, P, N, R, C, X = "fully", "partially", "not", "reversed", "cannot", "not_required"

TABLE = [
    # law, policy, practice → rating, mark, left out
    ((F, F, F), Proposal(F)),
    ((F, X, X), Proposal(F)),
    ((N, N, N), Proposal(N)),
    ((X, X, N), Proposal(N)),
    ((P, P, P), Proposal(P)),
    ((F, F, N), Proposal(P)),
    ((F, P, N), Proposal(P)),
    ((F, N, X), Proposal(P)),
    ((R, R, R), Proposal(R)),
    ((R, X, X), Proposal(R)),
    ((N, N, R), Proposal(R)),
    ((R, N, X), Proposal(R)),
    ((F, N, R), Proposal(P, reversed_mark=True)),
    ((P, X, R), Proposal(P, reversed_mark=True)),
    ((R, R, F), Proposal(P, reversed_mark=True)),
    ((C, F, F), Proposal(F, left_out=1)),
    ((C, C, N), Proposal(N, left_out=2)),
    ((C, N, R), Proposal(R, left_out=1)),
    ((C, P, R), Proposal(P, reversed_mark=True, left_out=1)),
    ((C, C, C), Proposal(C, left_out=3)),
    ((C, X, X), Proposal(C, left_out=1)),
    ((X, X, X), NO_PROPOSAL),
    (("", F, F), NO_PROPOSAL),
    ((F, F, ""), NO_PROPOSAL),
]


@pytest.mark.parametrize(("tests", "expected"), TABLE)
def test_the_three_tests_propose_a_rating(tests, expected):
    assert propose(*tests) == expected


def test_the_order_of_the_tests_does_not_matter():
    for tests in itertools.product(TestRating.values, repeat=3):
        assert len({propose(*order) for order in itertools.permutations(tests)}) == 1


def test_every_answer_gives_a_rating_of_the_vocabulary_or_none():
    ratings = {propose(*tests).rating for tests in itertools.product(TestRating.values, repeat=3)}
    assert ratings == {*Rating.values, ""}


@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        ([(F, False), (N, False)], Proposal(P)),  # 97.3: one treaty ratified, the other not
        ([(F, False), (F, False)], Proposal(F)),
        ([(N, False), (R, False)], Proposal(R)),
        ([(P, True), (F, False)], Proposal(P, reversed_mark=True)),
        ([(F, False), (C, False)], Proposal(F, left_out=1)),
        ([(C, False), (C, False)], Proposal(C, left_out=2)),
        ([(F, False), ("", False)], NO_PROPOSAL),
        ([], NO_PROPOSAL),
    ],
)
def test_demands_make_the_recommendation_by_the_same_rule(demands, expected):
    assert propose_over_demands(demands) == expected


def test_steps_under_way_are_no_part_of_the_rule():
    assert combine([N, N]) == Proposal(N)
