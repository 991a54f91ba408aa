"""Visibility as a table: every kind of row × every kind of reader, from the one place where it is spelled."""

import pytest

from recommendations.access.visibility import RULES, can_see
from recommendations.assessments.models import Assessment, ItemRating
from recommendations.catalogue.models import Recommendation
from recommendations.evidence.models import Evidence
from recommendations.vocabulary import AssessmentStatus, Audience, Confidentiality, Role
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_organisation,
    make_person,
    make_recommendation,
)

pytestmark = pytest.mark.django_db

STATUS = AssessmentStatus
MEMBERS = {"colleague", "other editor", "reviewer", "coordinator", "COALITION"}
OUTSIDE = {"observer", "PUBLIC"}
# The table of the house: who sees an assessment in which status. An administrator alone and a person without
# access see none.
SEEN = {
    STATUS.DRAFT: {"author", "colleague"},
    STATUS.SUBMITTED: {"author", "colleague", "reviewer", "coordinator"},
    STATUS.RETURNED: {"author", "colleague", "reviewer", "coordinator"},
    STATUS.APPROVED: {"author"} | MEMBERS,
    STATUS.PUBLISHED: {"author"} | MEMBERS | OUTSIDE,
    STATUS.SUPERSEDED: {"author"} | MEMBERS | OUTSIDE,
    STATUS.WITHDRAWN: {"author", "colleague", "coordinator"},
    STATUS.RETRACTED: {"author", "colleague", "coordinator"},
}


@pytest.fixture
def author():
    return make_person(name="author")


@pytest.fixture
def readers(author):
    return {
        "author": author,
        "colleague": make_person(organisation=author.organisation),
        "other editor": make_person(),
        "reviewer": make_person(Role.REVIEWER),
        "coordinator": make_person(Role.COORDINATOR),
        "observer": make_person(Role.OBSERVER),
        "administrator": make_person(Role.ADMINISTRATOR),
        "without access": deactivated(make_person(Role.COORDINATOR)),
        "COALITION": Audience.COALITION,
        "PUBLIC": Audience.PUBLIC,
    }


def deactivated(person):
    person.is_active = False
    person.save()
    return person


def test_the_table_names_every_status():
    assert set(SEEN) == set(STATUS)


@pytest.mark.parametrize("status", STATUS)
def test_an_assessment_is_seen_by_exactly_those_whom_its_status_lets(author, readers, status):
    assessment = make_assessment(author)
    other = make_person(Role.REVIEWER)
    # Set past the workflow: the table is about what is seen, whatever way led there.
    Assessment.objects.filter(pk=assessment.pk).update(
        status=status,
        approved_by=other,
        retraction_asked_by=other,
        retracted_by=make_person(Role.COORDINATOR),
    )
    ItemRating.objects.filter(assessment=assessment).update(status=status)
    seen = {
        name for name, reader in readers.items() if can_see(Assessment.objects.get(pk=assessment.pk), reader)
    }
    assert seen == SEEN[status]
    in_lists = {
        name
        for name, reader in readers.items()
        if ItemRating.objects.visible_to(reader).filter(demand=None).exists()
    }
    assert in_lists == SEEN[status]


def test_coordinators_share_the_drafts_of_an_organisation_that_works_by_mail(readers):
    by_mail = make_organisation(works_by_mail=True)
    assessment = make_assessment(make_person(Role.COORDINATOR), organisation=by_mail)
    seen = {name for name, reader in readers.items() if can_see(assessment, reader)}
    assert seen == {"coordinator"}


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        (Confidentiality.PUBLIC, {"author"} | MEMBERS | {"observer"}),
        (Confidentiality.COALITION, {"author"} | MEMBERS),
        (Confidentiality.RESTRICTED, {"author", "colleague"}),
    ],
)
def test_evidence_that_nobody_cites_is_seen_by_its_level(author, readers, level, seen):
    item = make_cited_evidence(author, confidentiality=level)
    assert {name for name, reader in readers.items() if can_see(item, reader)} == seen


@pytest.mark.parametrize("level", Confidentiality)
def test_the_public_sees_public_evidence_once_a_published_assessment_cites_it(author, level):
    item = make_cited_evidence(author, confidentiality=level)
    assessment = make_assessment(author)
    assessment.citations.create(evidence=item)
    assert not can_see(item, Audience.PUBLIC)
    Assessment.objects.filter(pk=assessment.pk).update(
        status=STATUS.PUBLISHED, approved_by=make_person(Role.REVIEWER)
    )
    assert can_see(item, Audience.PUBLIC) == (level == Confidentiality.PUBLIC)


def test_restricted_evidence_is_seen_by_the_people_it_names(author):
    item = make_cited_evidence(author, confidentiality=Confidentiality.RESTRICTED)
    named = make_person(Role.REVIEWER)
    assert not can_see(item, named)
    item.named_people.add(named)
    assert can_see(item, named)
    assert Evidence.objects.visible_to(named).count() == 1


def test_a_right_that_was_withdrawn_is_gone_with_the_next_question(author):
    item = make_cited_evidence(author, confidentiality=Confidentiality.COALITION)
    person = make_person()
    assert can_see(item, person)
    person.is_editor = False
    assert not can_see(item, person)


def test_whoever_moves_to_another_organisation_leaves_its_restricted_evidence_behind(author):
    item = make_cited_evidence(author, confidentiality=Confidentiality.RESTRICTED)
    author.organisation = make_organisation()
    assert not can_see(item, author)


@pytest.mark.parametrize("name", ["administrator", "without access"])
def test_no_content_is_opened_by_the_administrators_role_or_without_access(readers, name):
    make_recommendation()
    assert not Recommendation.objects.visible_to(readers[name]).exists()


def test_every_rule_speaks_of_a_model_that_is_there():
    from django.apps import apps

    known = {model.__name__ for model in apps.get_app_config("recommendations").get_models()}
    assert set(RULES) <= known
