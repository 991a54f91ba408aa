"""Observers read what was published; who works on what, and the numbers of what is withheld, stay inside."""

import csv
import io

import pytest
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Confidentiality, Role
from tests.factories import make_assessment, make_cited_evidence, make_cluster, make_organisation, make_person

pytestmark = pytest.mark.django_db

NAMES = ("Aruzhan Writer", "Bolat Reviewer", "Chinara Coordinator")


@pytest.fixture
def world():
    writer = make_person(
        name=NAMES[0], organisation=make_organisation(name="Lead organisation", short_name="LeadOrg")
    )
    reviewer = make_person(Role.REVIEWER, name=NAMES[1])
    coordinator = make_person(Role.COORDINATOR, name=NAMES[2])
    given = {"assignee": writer, "organisation": writer.organisation}
    cluster = make_cluster(size=1, **given)
    cluster.items.update(**given)
    hidden = make_cited_evidence(writer, confidentiality=Confidentiality.COALITION)
    assessment = make_assessment(
        writer,
        cluster=cluster,
        narrative=f"Sites stay blocked [E-{hidden.number}].",
        override_reason=f"The court was by-passed [E-{hidden.number}].",
    )
    perform(assessment, "submit", by=writer)
    perform(assessment, "approve", by=reviewer)
    perform(assessment, "publish", by=coordinator)
    item = cluster.items.get()
    addresses = [
        reverse("my_work"),
        reverse("assessment_list"),
        reverse("assessment_detail", args=[assessment.pk]),
        reverse("recommendation_list"),
        reverse("recommendation_detail", args=[item.recommendation.reference]),
        reverse("round_list"),
        reverse("round_detail", args=[item.round_id]),
        reverse("cluster_detail", args=[cluster.pk]),
        reverse("cycle_detail", args=[item.recommendation.cycle.key]),
    ]
    return {"assessment": assessment, "hidden": hidden, "addresses": addresses}


def test_no_page_names_a_person_or_the_number_of_a_hidden_item(client, world):
    client.force_login(make_person(Role.OBSERVER))
    for address in world["addresses"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert not [name for name in NAMES if name in page], address
        assert f"E-{world['hidden'].number}" not in page, address


def test_who_has_the_work_is_not_in_the_list_nor_in_its_file(client, world):
    observer, member = make_person(Role.OBSERVER), make_person()
    for person, told in ((observer, False), (member, True)):
        client.force_login(person)
        assert ("LeadOrg" in client.get(reverse("recommendation_list")).content.decode()) is told
        answer = client.get(reverse("recommendation_export"), {"format": "csv"})
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert ("LeadOrg" in rows[1]) is told


def test_an_observers_cycle_page_leads_to_the_recommendations(client, world):
    recommendation = world["assessment"].ratings.first().item.recommendation
    client.force_login(make_person(Role.OBSERVER))
    page = client.get(reverse("cycle_detail", args=[recommendation.cycle.key])).content.decode()
    assert f'{reverse("recommendation_detail", args=[recommendation.reference])}"' in page


def test_what_is_withheld_is_said_without_a_number(client, world):
    client.force_login(make_person(Role.OBSERVER))
    page = client.get(reverse("assessment_detail", args=[world["assessment"].pk])).content.decode()
    assert "Some items are withheld for the safety of sources." in page
    assert "The court was by-passed." in page


def test_a_member_reads_the_number_as_a_link(client, world):
    client.force_login(make_person())
    page = client.get(reverse("assessment_detail", args=[world["assessment"].pk])).content.decode()
    link = f'<a href="{reverse("evidence_detail", args=[world["hidden"].number])}">E-{world["hidden"].number}</a>'
    assert page.count(f"[{link}]") >= 2
