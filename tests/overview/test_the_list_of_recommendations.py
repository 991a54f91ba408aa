"""The list: one filter for page, counts and exports; what a person sees is what she may see."""

import csv
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments.models import RoundItem
from recommendations.assessments.workflow import perform
from recommendations.catalogue.models import AffectedGroup, Goal, ReferenceAlias
from recommendations.evidence.recording import link_evidence
from recommendations.overview.facets import facets
from recommendations.overview.filters import RecommendationFilter
from recommendations.vocabulary import Confidentiality, PositionKind, Rating, Role, Shows
from tests.factories import (
    make_assessment,
    make_cycle,
    make_document,
    make_evidence,
    make_person,
    make_recommendation,
    make_round,
    make_state,
    make_theme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_person()


@pytest.fixture
def reading(client, person):
    client.force_login(person)
    return client


def selected(reader, query: str, **scope) -> set[str]:
    found = RecommendationFilter(QueryDict(query), reader=reader, **scope)
    return set(found.rows().values_list("reference", flat=True))


def counts(reader, query: str, name: str) -> dict[str, int]:
    selection = RecommendationFilter(QueryDict(query), reader=reader)
    found = {facet.name: facet for facet in facets(selection, total=selection.rows().count())}
    return {value.value: value.count for value in found[name].values}


# --- filters ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(person):
    """KAZ-2-1.1 with everything, KAZ-2-1.2 with nothing; filters tell them apart."""
    state = make_state("NOR", name_en="Norway")
    group = AffectedGroup.objects.create(code="media", name_en="Media")
    goal = Goal.objects.create(number=16, name_en="Peace")
    first = make_recommendation(
        "1.1",
        text="End the blocking of sites (invented).",
        position=PositionKind.NOTED,
        recommending=[state],
        themes=[make_theme("expression")],
        groups=[group],
        goals=[goal],
    )
    second = make_recommendation("1.2", text="Ratify a treaty (invented).")
    round_ = make_round(first, second)
    item = round_.items.get(recommendation=first)
    RoundItem.objects.filter(pk=item.pk).update(organisation=person.organisation, assignee=person)
    evidence = make_evidence(person)
    link_evidence(evidence, recommendation=first, shows=Shows.NON, by=person)
    return first, second


@pytest.mark.parametrize(
    "query",
    [
        "position=noted",
        "recommending=NOR",
        "theme=expression",
        "group=media",
        "goal=16",
        "mine=yes",
        "evidence=yes",
        "q=blocked",
        "q=norway",
        "q=1.1",
        "position=noted&theme=expression&evidence=yes",
    ],
)
def test_a_filter_finds_what_it_says(person, two, query):
    assert selected(person, query) == {"KAZ-2-1.1"}


@pytest.mark.parametrize("query", ["position=none", "evidence=no", "organisation=none"])
def test_a_filter_finds_what_lacks_it(person, two, query):
    assert selected(person, query) == {"KAZ-2-1.2"}


def test_values_of_one_filter_add_up_and_filters_narrow(person, two):
    assert selected(person, "position=noted&position=none") == {"KAZ-2-1.1", "KAZ-2-1.2"}
    assert selected(person, "position=noted&evidence=no") == set()


@pytest.mark.parametrize(
    "query", ["position=nonsense", "theme=%00", "goal=abc", "goal=99999999999", "cycle='", "organisation=x"]
)
def test_a_value_that_nothing_has_finds_nothing_and_breaks_nothing(reading, two, query):
    answer = reading.get(f"{reverse('recommendation_list')}?{query}")
    assert answer.status_code == 200
    assert answer.context["total"] == 0


def test_ratings_and_statuses_filter_by_the_current_round_and_by_a_chosen_one(person):
    recommendation = make_recommendation()
    earlier = make_round(recommendation)
    assessment = make_assessment(person, item=earlier.items.get())
    reviewer, coordinator = make_person(Role.REVIEWER), make_person(Role.COORDINATOR)
    assert selected(person, "status=draft") == {recommendation.reference}
    perform(assessment, "submit", by=person)
    assert selected(person, "status=in_review") == {recommendation.reference}
    perform(assessment, "approve", by=reviewer)
    perform(assessment, "publish", by=coordinator)
    assert selected(person, "status=published") == {recommendation.reference}
    assert selected(person, f"rating={Rating.NOT}") == {recommendation.reference}
    make_round(recommendation)
    assert selected(person, "rating=none") == {recommendation.reference}
    assert selected(person, f"rating={Rating.NOT}", round_=earlier) == {recommendation.reference}


def test_an_observer_filters_by_what_is_published_only(person):
    recommendation = make_recommendation()
    assessment = make_assessment(person, item=make_round(recommendation).items.get())
    observer = make_person(Role.OBSERVER)
    perform(assessment, "submit", by=person)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    assert selected(person, f"rating={Rating.NOT}") == {recommendation.reference}
    assert selected(observer, f"rating={Rating.NOT}") == set()
    assert selected(observer, "status=approved") == set()


def test_restricted_evidence_is_no_evidence_for_those_who_may_not_see_it(person):
    recommendation = make_recommendation()
    item = make_evidence(person, confidentiality=Confidentiality.RESTRICTED)
    link_evidence(item, recommendation=recommendation, shows=Shows.NON, by=person)
    assert selected(person, "evidence=yes") == {recommendation.reference}
    other = make_person()
    assert selected(other, "evidence=yes") == set()
    assert counts(other, "", "evidence") == {"no": 1}


# --- counts -------------------------------------------------------------------------------------------------------


def test_a_facet_is_counted_with_all_filters_but_its_own(person, two):
    assert counts(person, "position=noted", "position") == {"noted": 1, "none": 1}
    assert counts(person, "evidence=yes", "position") == {"noted": 1}


def test_the_count_beside_a_value_is_what_choosing_it_gives(person, two):
    make_recommendation("2.1", position=PositionKind.SUPPORTED)
    selection = RecommendationFilter(QueryDict(""), reader=person)
    for facet in facets(selection, total=3):
        for value in facet.values:
            assert len(selected(person, f"{facet.name}={value.value}")) == value.count, (
                facet.name,
                value.value,
            )


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_address_reproduces_the_view(reading, two):
    answer = reading.get(f"{reverse('recommendation_list')}?position=noted&sort=-reference&size=25")
    page = answer.content.decode()
    assert [row.reference for row in answer.context["rows"]] == ["KAZ-2-1.1"]
    assert "Noted" in page
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("sort", ["reference", "position", "rating", "evidence", "freshness", "theme"])
def test_it_sorts_both_ways_by_every_column(reading, two, sort):
    forth = reading.get(f"{reverse('recommendation_list')}?sort={sort}").context["rows"]
    back = reading.get(f"{reverse('recommendation_list')}?sort=-{sort}").context["rows"]
    assert {row.pk for row in forth} == {row.pk for row in back} == {row.pk for row in two}
    if sort == "evidence":
        assert [row.evidence for row in forth] == [0, 1]
        assert [row.evidence for row in back] == [1, 0]


def test_paragraphs_stand_in_the_order_of_the_document(reading):
    for paragraph in ("124.10", "124.9", "9.1"):
        make_recommendation(paragraph)
    rows = reading.get(reverse("recommendation_list")).context["rows"]
    assert [row.paragraph for row in rows] == ["9.1", "124.9", "124.10"]


def test_a_fragment_is_the_part_of_the_page_that_changes(reading, two):
    page = reading.get(reverse("recommendation_list")).content.decode()
    fragment = reading.get(reverse("recommendation_list"), headers={"HX-Request": "true"})
    assert fragment.headers["Vary"].find("HX-Request") >= 0
    assert fragment.content.decode().strip() in page


def test_a_reference_said_on_the_telephone_leads_straight_there(reading, two):
    answer = reading.get(f"{reverse('recommendation_list')}?q=kaz-2-1.1")
    assert answer.url == reverse("recommendation_detail", args=["KAZ-2-1.1"])


def test_an_old_reference_leads_to_where_the_recommendation_stands_now(reading, two):
    ReferenceAlias.objects.create(reference="KAZ-2-77.7", recommendation=two[0])
    answer = reading.get("/recommendations/KAZ-2-77.7/")
    assert (answer.status_code, answer.url) == (301, reverse("recommendation_detail", args=["KAZ-2-1.1"]))


def test_nothing_recorded_says_what_to_do(client):
    client.force_login(make_person(Role.COORDINATOR))
    page = client.get(reverse("recommendation_list")).content.decode()
    assert reverse("import_where") in page


def test_a_coordinator_makes_a_cluster_of_the_selection(client, two):
    client.force_login(make_person(Role.COORDINATOR))
    round_ = two[0].followed.get().round
    answer = client.post(
        f"{reverse('cluster_from_selection')}?position=noted", {"into": round_.pk, "title": "Blocking"}
    )
    cluster = round_.clusters.get()
    assert answer.url == reverse("cluster_detail", args=[cluster.pk])
    assert [item.recommendation for item in cluster.items.all()] == [two[0]]


# --- queries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["list", "detail", "cycle"])
def test_the_number_of_queries_does_not_grow_with_the_rows(reading, person, page):
    document = make_document()
    make_cycle()

    def fill(number: int) -> str:
        state = make_state()
        theme = make_theme()
        made = [
            make_recommendation(
                document=document,
                position=PositionKind.NOTED,
                recommending=[state],
                themes=[theme],
                lead_theme=theme,
            )
            for _number in range(number)
        ]
        round_ = make_round(*made)
        for item in round_.items.all():
            make_assessment(person, item=item)
        link = make_evidence(person)
        for row in made:
            link_evidence(link, recommendation=row, shows=Shows.NON, by=person)
        return {
            "list": reverse("recommendation_list"),
            "detail": reverse("recommendation_detail", args=[made[0].reference]),
            "cycle": f"{reverse('cycle_detail', args=['KAZ-2'])}?round={round_.pk}",
        }[page]

    address = fill(1)
    reading.get(address)
    with CaptureQueriesContext(connection) as few:
        assert reading.get(address).status_code == 200
    address = fill(9)
    reading.get(address)
    with CaptureQueriesContext(connection) as many:
        assert reading.get(address).status_code == 200
    assert len(many) <= len(few)


# --- the selection as a file --------------------------------------------------------------------------------------


def export(reading, query: str):
    answer = reading.get(f"{reverse('recommendation_export')}?{query}")
    return b"".join(answer.streaming_content)


def test_a_file_of_the_selection_holds_exactly_what_the_screen_shows_in_every_format(reading, two):
    make_recommendation(
        "3.1", position=PositionKind.SUPPORTED, text="Сохранить ә ғ қ ң ө ұ ү һ і (выдумано)."
    )
    query = "position=noted&position=supported&sort=-reference"
    shown = [
        row.reference for row in reading.get(f"{reverse('recommendation_list')}?{query}").context["rows"]
    ]
    assert len(shown) == 2
    table = export(reading, f"{query}&format=csv")
    assert table.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [line["Recommendation"] for line in lines] == shown
    assert [
        row["reference"]["text"] if isinstance(row["reference"], dict) else row["reference"]
        for row in json.loads(export(reading, f"{query}&format=json"))["rows"]
    ] == shown
    sheet = openpyxl.load_workbook(io.BytesIO(export(reading, f"{query}&format=xlsx"))).active
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == shown
    assert rows[0][0].hyperlink.target.endswith(reverse("recommendation_detail", args=[shown[0]]))
    assert "ә ғ қ ң ө ұ ү һ і" in str([cell.value for row in rows for cell in row])


def test_text_that_looks_like_a_formula_stays_text(reading):
    make_recommendation("1.1", text="=1+1 is no formula (invented)")
    table = export(reading, "format=csv").decode("utf-8-sig")
    assert "'=1+1" in table
    sheet = openpyxl.load_workbook(io.BytesIO(export(reading, "format=xlsx"))).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=1+1 is no formula (invented)"] != "f"


def test_a_format_that_is_not_there_leads_back_with_a_word(reading):
    answer = reading.get(f"{reverse('recommendation_export')}?format=exe", follow=True)
    assert "XLSX, CSV, JSON" in answer.content.decode()
