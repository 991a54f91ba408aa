"""Rule 5 of the method: each missing thing is named, and what is enough is enough."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from recommendations.assessments.models import ItemRating
from recommendations.assessments.requirements import missing, rests_on_a_single_source
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft
from recommendations.catalogue.models import Demand
from recommendations.evidence.models import Source
from recommendations.vocabulary import EvidenceCheck, EvidenceKind
from recommendations.workflow.engine import Refused
from tests import factories

pytestmark = pytest.mark.django_db

NOT_REQUIRED = "not_required"


@pytest.fixture
def author():
    return factories.make_person()


def save(assessment, ratings=(), **fields):
    author = assessment.authors.first()
    return save_draft(assessment, by=author, revision=assessment.revision, fields=fields, ratings=ratings)


def cite(*items):
    return " ".join(f"[E-{item.number}]" for item in items)


def sentences(assessment):
    return "\n".join(missing(assessment))


def test_nothing_is_missing_of_a_complete_draft(author):
    assert missing(factories.make_assessment(author)) == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"implemented_when": " "}, "Write when it is implemented"),
        ({"law": ""}, "Answer the test “Law”"),
        ({"policy": ""}, "Answer the test “Policy”"),
        ({"practice": ""}, "Answer the test “Practice”"),
        ({"rating": ""}, "Choose a rating"),
        ({"rating": "partially"}, "Say why the rating is not the one proposed (Not implemented)"),
        ({"rating": "cannot", "override_reason": "x"}, "Choose the reason why it cannot be assessed"),
        ({"rating": "cannot", "override_reason": "x"}, "Say what was tried"),
        (
            {
                "rating": "cannot",
                "override_reason": "x",
                "cannot_reason": "not_published",
                "cannot_steps": "we asked the ministry",
            },
            "Give the date of the request",
        ),
        (
            {"rating": "partially", "override_reason": "x", "steps_under_way": True},
            "a mark on “not implemented” only",
        ),
        ({"practice_text": "Nothing cited."}, "In practice: cite two independent items"),
        ({"practice_text": "", "narrative": ""}, "Write the reasons for the test “Practice”"),
        ({"narrative": "See [E-99999]."}, "There is no such evidence that you can cite: E-99999."),
        ({"law": "not", "law_text": "The act forbids it."}, "In law: cite the act"),
        ({"to_be_confirmed": True}, "Confirm that you went through what was carried over"),
        ({"cutoff_on": timezone.localdate() + timedelta(days=2)}, "The cut-off date lies in the future"),
        ({"cutoff_on": date(2016, 1, 1)}, "Dated after the cut-off date"),
    ],
)
def test_each_missing_thing_is_named(author, fields, named):
    assessment = factories.make_assessment(author)
    assert named in sentences(save(assessment, **fields))


def test_what_is_missing_stops_the_submission_and_is_told(author):
    assessment = factories.make_assessment(author, rating="")
    with pytest.raises(Refused, match=r"Still missing: .*Choose a rating"):
        perform(assessment, "submit", by=author)


def test_a_reason_makes_another_rating_than_the_proposed_one_possible(author):
    assessment = factories.make_assessment(author, rating="partially", override_reason="One court did.")
    assert missing(assessment) == []


def test_steps_under_way_are_a_mark_on_not_implemented(author):
    assert missing(factories.make_assessment(author, steps_under_way=True)) == []


def test_a_wording_without_a_test_needs_no_sentence_but_its_reason(author):
    assessment = factories.make_assessment(
        author,
        implemented_when="",
        practice="cannot",
        rating="cannot",
        cannot_reason="wording",
        cannot_steps="“Appropriate” names no measure.",
    )
    assert missing(assessment) == []


# --- law ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "enough"),
    [
        ({}, True),
        ({"act_version": ""}, False),
        ({"kind": EvidenceKind.NEWS}, False),
        ({"check_status": EvidenceCheck.NOT_CHECKED}, False),
        ({"check_status": EvidenceCheck.DISPUTED}, False),
        ({"check_status": EvidenceCheck.CORROBORATED}, True),
        ({"happened_from": None}, False),
    ],
)
def test_a_claim_on_law_cites_the_act_with_version_and_date(author, change, enough):
    act = factories.make_cited_evidence(
        author, **({"kind": EvidenceKind.LAW, "act_version": "as of 1 May 2016"} | change)
    )
    assessment = save(factories.make_assessment(author), law="not", law_text=cite(act))
    assert ("In law: cite the act" not in sentences(assessment)) == enough


def test_an_act_dated_by_its_year_of_publication_is_dated(author):
    act = factories.make_cited_evidence(
        author,
        kind=EvidenceKind.LAW,
        act_version="as of 2016",
        happened_from=None,
        source=Source.objects.create(publisher="Adilet", published_text="2016"),
    )
    assert missing(save(factories.make_assessment(author), law="not", law_text=cite(act))) == []


# --- practice ----------------------------------------------------------------------------------------------------


def news(author, publisher, **fields):
    return factories.make_cited_evidence(
        author,
        kind=fields.pop("kind", EvidenceKind.NEWS),
        source=Source.objects.create(publisher=publisher) if publisher else None,
        **fields,
    )


@pytest.mark.parametrize(
    ("makers", "single"),
    [
        ([lambda a: news(a, "Azattyq")], True),
        ([lambda a: news(a, "Azattyq"), lambda a: news(a, "azattyq ")], True),
        ([lambda a: news(a, "Azattyq"), lambda a: news(a, "Vlast")], False),
        ([lambda a: factories.make_cited_evidence(a)], False),
        ([lambda a: news(a, "", kind=EvidenceKind.MONITORING)], True),
        ([lambda a: news(a, "", kind=EvidenceKind.MONITORING, method="Every court, weekly.")], False),
        ([lambda a: news(a, "", kind=EvidenceKind.TESTIMONY)] * 2, False),
        ([lambda a: news(a, "Vlast"), lambda a: news(a, "Azattyq", check_status="not_checked")], True),
    ],
)
def test_one_unsystematic_source_on_practice_is_allowed_and_carried(author, makers, single):
    items = [make(author) for make in makers]
    assessment = save(factories.make_assessment(author), practice_text=cite(*items))
    assert missing(assessment) == []
    assert rests_on_a_single_source(assessment) == single
    assert perform(assessment, "submit", by=author).single_source == single


def test_an_unchecked_item_alone_does_not_count(author):
    item = news(author, "Vlast", check_status=EvidenceCheck.NOT_CHECKED)
    told = sentences(save(factories.make_assessment(author), practice_text=cite(item)))
    assert "In practice: cite two independent items" in told
    assert f"Nothing that is cited was checked against its original: E-{item.number}." in told


def test_where_practice_is_not_required_nothing_is_single_source(author):
    assessment = save(
        factories.make_assessment(author), practice=NOT_REQUIRED, policy="not", policy_text="No plan."
    )
    assert not rests_on_a_single_source(assessment)


# --- reversed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "enough"),
    [
        ([date(2013, 1, 1), date(2016, 1, 1)], True),
        ([date(2016, 1, 1), date(2017, 1, 1)], False),
        ([date(2012, 1, 1), date(2013, 1, 1)], False),
        ([date(2016, 1, 1)], False),
        ([date(2014, 10, 30), date(2016, 1, 1)], False),  # on the day of the review is neither
    ],
)
def test_reversed_needs_an_item_before_the_review_and_one_after(author, days, enough):
    items = [factories.make_cited_evidence(author, happened_from=day) for day in days]
    assessment = save(
        factories.make_assessment(author), practice="reversed", rating="reversed", practice_text=cite(*items)
    )
    assert ("before the review (30 October 2014)" not in sentences(assessment)) == enough


def test_one_item_that_spans_the_review_is_not_two(author):
    item = factories.make_cited_evidence(
        author, happened_from=date(2010, 1, 1), happened_until=date(2016, 1, 1)
    )
    assessment = save(
        factories.make_assessment(author), practice="reversed", rating="reversed", practice_text=cite(item)
    )
    assert "before the review" in sentences(assessment)


# --- fully -------------------------------------------------------------------------------------------------------


def test_the_states_word_alone_never_makes_fully(author):
    word = news(author, "Ministry of Justice", kind=EvidenceKind.OFFICIAL_ANSWER)
    fields = {"practice": "fully", "rating": "fully"}
    assessment = save(factories.make_assessment(author), practice_text=cite(word), **fields)
    assert "State's word alone" in sentences(assessment)
    independent = news(author, "Vlast")
    assert missing(save(assessment, practice_text=cite(word, independent))) == []


def test_an_act_does_not_make_the_states_word_on_practice_enough(author):
    word = news(author, "Ministry of Justice", kind=EvidenceKind.OFFICIAL_ANSWER)
    act = factories.make_cited_evidence(author, kind=EvidenceKind.LAW, act_version="as of 2016")
    assessment = save(
        factories.make_assessment(author),
        law="fully",
        law_text=cite(act),
        practice="fully",
        practice_text=cite(word),
        rating="fully",
    )
    assert "In practice: “fully implemented” cannot rest" in sentences(assessment)


def test_fully_without_any_checked_evidence_is_refused(author):
    assessment = save(
        factories.make_assessment(author),
        policy="fully",
        policy_text="A programme exists.",
        practice=NOT_REQUIRED,
        practice_text="",
        rating="fully",
    )
    assert "needs evidence that was checked" in sentences(assessment)


# --- single rows and demands -------------------------------------------------------------------------------------


def test_a_recommendation_rated_apart_needs_its_reason_and_is_named(author):
    assessment = factories.make_assessment(author)
    row = assessment.ratings.first()
    values = {"item": row.item_id, "is_own": True, "rating": "partially"}
    assessment = save(assessment, [values])
    told = sentences(assessment)
    assert f"{row.item.recommendation.reference}: Say why the rating is not the one proposed" in told
    assessment = save(assessment, [values | {"override_reason": "There one court decided."}])
    assert missing(assessment) == []


def test_a_test_of_its_own_changes_what_is_proposed_for_the_row(author):
    assessment = factories.make_assessment(author)
    row = assessment.ratings.first()
    assessment = save(assessment, [{"item": row.item_id, "is_own": True, "practice": "partially"}])
    assert f"{row.item.recommendation.reference}: Choose a rating." in sentences(assessment)
    assessment = save(
        assessment, [{"item": row.item_id, "is_own": True, "practice": "partially", "rating": "partially"}]
    )
    assert missing(assessment) == []


def split_case(author):
    recommendation = factories.make_recommendation()
    for letter in "ab":
        Demand.objects.create(recommendation=recommendation, letter=letter)
    return factories.make_assessment(
        author, cluster=factories.make_cluster(factories.make_round(recommendation))
    )


def test_each_demand_has_its_own_sentence(author):
    assessment = split_case(author)
    reference = assessment.ratings.first().item.recommendation.reference
    told = sentences(assessment)
    assert f"{reference} (a): Write when it is implemented" in told
    assert f"{reference} (b): Write when it is implemented" in told
    rows = [
        {
            "item": row.item_id,
            "demand": row.demand_id,
            "implemented_when": f"it is so for {row.demand.letter}",
        }
        for row in assessment.ratings.exclude(demand=None)
    ]
    assert missing(save(assessment, rows)) == []


def test_a_recommendation_rated_otherwise_than_its_demands_needs_a_reason(author):
    assessment = split_case(author)
    whole = assessment.ratings.get(demand=None)
    rows = [
        {
            "item": row.item_id,
            "demand": row.demand_id,
            "implemented_when": f"it is so for {row.demand.letter}",
        }
        for row in assessment.ratings.exclude(demand=None)
    ]
    assessment = save(assessment, [*rows, {"item": whole.item_id, "is_own": True, "rating": "partially"}])
    assert "Say why the rating is not the one proposed (Not implemented)" in sentences(assessment)


def test_no_row_is_left_unrated(author):
    assessment = factories.make_assessment(author)
    ItemRating.objects.filter(pk=assessment.ratings.first().pk).update(is_own=True, rating="")
    assert "Choose a rating" in sentences(assessment)
