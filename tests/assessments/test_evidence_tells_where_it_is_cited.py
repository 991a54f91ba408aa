"""The page of an item of evidence lists the assessments citing it, to those who may see them."""

import pytest
from django.test import Client
from django.urls import reverse

from recommendations.vocabulary import Role
from tests.factories import make_assessment, make_organisation, make_person

pytestmark = pytest.mark.django_db


def _page(person, evidence) -> str:
    browser = Client()
    browser.force_login(person)
    return browser.get(reverse("evidence_detail", args=[evidence.number])).content.decode()


def test_its_organisation_sees_where_a_draft_cites_it_and_nobody_else_does() -> None:
    author = make_person(organisation=make_organisation())
    draft = make_assessment(author)
    evidence = draft.citations.get().evidence
    assert reverse("assessment_detail", args=[draft.pk]) in _page(author, evidence)
    assert "Cited in" not in _page(make_person(Role.EDITOR), evidence)
