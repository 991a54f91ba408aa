"""The page that says where a State's files are found, and the ways to it."""

import pytest
from django.urls import reverse

from recommendations.catalogue.models import State
from recommendations.vocabulary import Role
from tests.factories import make_cycle, make_document, make_person
from tests.imports.files import make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan(client):
    state = make_terms()
    State.objects.filter(pk=state.pk).update(iso2="KZ", is_followed=True)
    client.force_login(make_person(Role.COORDINATOR))
    return state


def show(client, **query):
    answer = client.get(reverse("import_where"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_names_the_pages_of_ones_own_state_and_the_reports_in_two_languages(client, kazakhstan):
    make_document(make_cycle(kazakhstan, 4), "A/HRC/99/10", is_inferred=True)

    page = show(client)

    assert "https://www.ohchr.org/en/hr-bodies/upr/kz-index" in page
    assert "https://docs.un.org/en/A/HRC/28/10" in page
    assert "https://docs.un.org/ru/A/HRC/28/10" in page
    assert "KAZ-4: A/HRC/99/10" in page
    assert "symbol inferred from the series: check it" in page


def test_another_state_may_be_chosen(client, kazakhstan):
    page = show(client, state="NOR")

    assert "A/HRC/28/10" not in page
    assert "No cycle of this State is recorded here yet" in page
    assert client.get(reverse("import_where"), {"state": "XXX"}).status_code == 404


def test_the_empty_list_of_imports_leads_to_it(client, kazakhstan):
    assert reverse("import_where") in client.get(reverse("import_list")).content.decode()
