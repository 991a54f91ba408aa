"""Recording and correcting on pages: nothing typed is lost, and the second of two editors is shown both versions."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.catalogue.cycles import add_milestone
from recommendations.catalogue.models import (
    Document,
    Milestone,
    Recommendation,
    RecommendationLink,
    ReviewCycle,
    StateAlias,
    StateClaim,
)
from recommendations.catalogue.recording import correct_recommendation
from recommendations.vocabulary import MilestoneKind, PositionKind, Role
from tests.factories import (
    make_cycle,
    make_document,
    make_person,
    make_recommendation,
    make_state,
    make_theme,
)

pytestmark = pytest.mark.django_db

REPORT = "A/HRC/28/10"
NO_ROWS = {"row-TOTAL_FORMS": "0", "row-INITIAL_FORMS": "0"}


@pytest.fixture
def report():
    for code, name in (("NOR", "Norway"), ("ESP", "Spain")):
        StateAlias.objects.create(state=make_state(code, name_en=name), label=name, folded=name.lower())
    make_state("KAZ", name_en="Kazakhstan", is_followed=True)
    return make_document(symbol=REPORT)


@pytest.fixture
def editor(client, report):
    person = make_person(Role.EDITOR)
    client.force_login(person)
    return person


@pytest.fixture
def coordinator(client, report):
    person = make_person(Role.COORDINATOR)
    client.force_login(person)
    return person


def sent(**fields):
    return {
        "document": REPORT,
        "paragraph": "126.1",
        "text_en_official": "Invented words",
        **NO_ROWS,
    } | fields


def test_an_editor_records_a_recommendation_with_its_position(client, editor):
    theme = make_theme()

    answer = client.post(
        reverse("recommendation_new"),
        sent(
            **{
                "row-TOTAL_FORMS": "2",
                "row-0-state": "norway",
                "row-0-action_category": "5",
                "row-1-state": "Spain",
                "row-1-wording": "its own",
            },
            text_ru_working_translation="Вымышленные слова",
            position="noted",
            themes=[theme.pk],
            lead_theme=theme.pk,
        ),
    )

    recommendation = Recommendation.objects.get()
    assert answer.url == reverse("recommendation_detail", args=["KAZ-2-126.1"])
    assert (recommendation.position, recommendation.lead_theme) == (PositionKind.NOTED, theme)
    assert [
        (row.state.code, row.action_category, row.wording) for row in recommendation.recommending.all()
    ] == [
        ("NOR", 5, ""),
        ("ESP", None, "its own"),
    ]
    assert {row.edited_by for row in recommendation.texts.all()} == {editor}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"paragraph": "one"}, "124.26"),
        ({"document": "A/HRC/28/11"}, "A/HRC/28/10"),
        ({"document": "nonsense"}, "such as A/HRC/28/10"),
        ({"row-TOTAL_FORMS": "1", "row-0-state": "Norwey"}, "Norway"),
        ({"row-TOTAL_FORMS": "1", "row-0-wording": "whose?"}, "Name the State"),
        ({"another_text": "Quoi", "another_language": ""}, "Choose language"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, editor, fields, says):
    answer = client.post(
        reverse("recommendation_new"), sent(text_ru_working_translation="Не потерять", **fields)
    )

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Не потерять" in answer.content.decode()
    assert not Recommendation.objects.exists()


def test_a_recommendation_without_a_text_is_refused(client, editor):
    answer = client.post(reverse("recommendation_new"), sent(text_en_official=" "))

    assert answer.status_code == 422
    assert "at least one language" in answer.content.decode()


def test_a_paragraph_that_is_there_is_linked_and_the_text_stays(client, editor, report):
    make_recommendation("126.1", document=report)

    answer = client.post(reverse("recommendation_new"), sent(text_en_official="My own words"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert reverse("recommendation_detail", args=["KAZ-2-126.1"]) in page
    assert "My own words" in page


def test_a_document_may_be_added_on_the_way(client, editor, report):
    cycle = ReviewCycle.objects.get()

    client.post(
        reverse("recommendation_new"), sent(document="A/HRC/28/10/Add.1", add_document="on", cycle=cycle.pk)
    )

    document = Document.objects.get(symbol="A/HRC/28/10/Add.1")
    assert (document.kind, document.cycle) == ("addendum", cycle)
    assert Recommendation.objects.get().document == document


def test_more_rows_keep_what_was_typed(client, editor):
    fields = {"row-TOTAL_FORMS": "1", "row-0-state": "Norway", "more": "1"}

    page = client.post(reverse("recommendation_new"), sent(**fields)).content.decode()

    assert 'name="row-3-state"' in page
    assert 'value="Norway"' in page
    assert "Invented words" in page
    assert not Recommendation.objects.exists()


def test_a_correction_of_a_stale_page_shows_both_versions_and_saves_on_the_second_try(client, editor, report):
    recommendation = make_recommendation("126.1", document=report, text="First")
    address = reverse("recommendation_edit", args=["KAZ-2-126.1"])
    assert 'name="revision" value="1"' in client.get(address).content.decode()
    correct_recommendation(recommendation, by=make_person(), revision=1, texts=[("en", "official", "Theirs")])

    answer = client.post(address, {"revision": "1", "text_en_official": "Mine", **NO_ROWS})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    assert 'name="revision" value="2"' in page
    assert recommendation.texts.get().text == "Theirs"
    client.post(address, {"revision": "2", "text_en_official": "Mine", **NO_ROWS})
    assert recommendation.texts.get().text == "Mine"


def test_a_change_of_position_is_recorded_with_its_source(client, editor, report):
    make_recommendation("126.27", document=report, position=PositionKind.NOTED)
    Document.objects.create(symbol="A/HRC/28/2", kind="council_report")
    address = reverse("position_new", args=["KAZ-2-126.27"])

    assert (
        client.post(address, {"kind": "supported", "document": "A/HRC/28/2", "on": "2999-01-01"}).status_code
        == 422
    )
    client.post(address, {"kind": "supported", "document": "a/hrc/28/2", "locator": "para. 602"})
    twice = client.post(address, {"kind": "supported", "document": "A/HRC/28/2"})

    recommendation = Recommendation.objects.get()
    assert recommendation.position == PositionKind.SUPPORTED
    assert recommendation.positions.last().on == date(2015, 3, 19)
    assert (twice.status_code, recommendation.positions.count()) == (422, 2)


def test_a_claim_is_recorded_with_its_source(client, editor, report):
    make_recommendation("126.1", document=report)

    client.post(
        reverse("claim_new", args=["KAZ-2-126.1"]),
        {"kind": "implemented", "document": REPORT, "locator": "para. 12", "quote": "It is done."},
    )

    claim = StateClaim.objects.get()
    assert (claim.kind, claim.locator, claim.quote) == ("implemented", "para. 12", "It is done.")


def test_a_link_is_made_and_taken_back(client, editor, report):
    make_recommendation("126.1", document=report)
    make_recommendation("95.1", document=make_document(make_cycle(number=1)))
    address = reverse("recommendation_link_new", args=["KAZ-2-126.1"])

    assert client.post(address, {"other": "KAZ-9-1.1"}).status_code == 422
    assert client.post(address, {"other": "KAZ-2-126.1"}).status_code == 422
    client.post(address, {"other": "kaz-1-95.1", "note": "the same"})

    link = RecommendationLink.objects.get()
    assert (link.earlier.reference, link.later.reference) == ("KAZ-1-95.1", "KAZ-2-126.1")
    client.post(reverse("recommendation_unlink", args=[link.pk]))
    assert not RecommendationLink.objects.exists()


def test_demands_are_split_on_a_page(client, editor, report):
    recommendation = make_recommendation("97.3", document=report)
    fields = {
        "row-TOTAL_FORMS": "3",
        "row-INITIAL_FORMS": "0",
        "row-0-letter": "a",
        "row-0-text_en": "Consider the first",
        "row-0-states": "Norway; Spain",
        "row-1-letter": "b",
        "row-1-text_ru": "Рассмотреть второе",
    }
    address = reverse("demands_edit", args=["KAZ-2-97.3"])

    assert client.post(address, fields | {"row-2-text_en": "without a letter"}).status_code == 422
    assert client.post(address, fields | {"row-1-letter": "a"}).status_code == 422
    client.post(address, fields)

    assert [(row.letter, row.states.count()) for row in recommendation.demands.all()] == [("a", 2), ("b", 0)]
    assert "Consider the first" in client.get(address).content.decode()


def test_a_coordinator_opens_a_cycle_and_moves_a_milestone(client, coordinator):
    state = make_state("KAZ")
    client.post(
        reverse("cycle_new"),
        {
            "state": state.pk,
            "number": "5",
            "session": "62",
            "review_on": "2029-11-05",
            "with_usual_dates": "on",
            "words_alone": "2815",
            "words_jointly": "5630",
            "troika": "Norway; Spain",
        },
    )
    cycle = ReviewCycle.objects.get(key="KAZ-5")
    assert (cycle.session.number, cycle.troika.count()) == (62, 2)
    milestone = cycle.milestones.get(kind=MilestoneKind.NATIONAL_REPORT)
    address = reverse("milestone_edit", args=[milestone.pk])
    moved = {"revision": "1", "on": "2029-09-01", "title": "", "note": ""}

    assert client.post(address, moved).status_code == 422
    client.post(address, moved | {"reason": "OHCHR's calendar"})

    milestone.refresh_from_db()
    assert (milestone.on, milestone.changes.get().reason) == (date(2029, 9, 1), "OHCHR's calendar")
    assert "OHCHR&#x27;s calendar" in client.get(address).content.decode()
    late = client.post(address, moved | {"on": "2029-10-01", "reason": "Mine"})
    assert late.status_code == 409
    assert "2029-09-01" in late.content.decode()
    client.post(reverse("milestone_cancel", args=[milestone.pk]))
    assert client.get(address).status_code == 404


def test_the_second_of_two_changes_of_a_cycle_is_shown_both(client, coordinator):
    address = reverse("cycle_edit", args=["KAZ-2"])
    fields = {"revision": "1", "words_alone": "2815", "words_jointly": "5630", "review_on": "2014-10-30"}
    client.post(address, fields | {"un_received": "194"})

    answer = client.post(address, fields | {"un_received": "195"})

    assert answer.status_code == 409
    assert "194" in answer.content.decode()
    assert ReviewCycle.objects.get(key="KAZ-2").un_received == 194


def test_a_milestone_is_added_once(client, coordinator):
    address = reverse("milestone_new", args=["KAZ-2"])
    fields = {"kind": "mid_term", "on": "2017-09-01"}
    client.post(address, fields)

    assert client.post(address, fields).status_code == 422
    assert Milestone.objects.count() == 1


def test_the_list_of_cycles_costs_the_same_for_one_and_for_ten(
    client, coordinator, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("cycle_list")).status_code == 200
        return len(captured)

    queries()
    one = queries()
    for number in range(3, 13):
        add_milestone(by=None, cycle=make_cycle(number=number), kind="mid_term", on=date(2099, 1, number))
    assert queries() == one


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OBSERVER, Role.ADMINISTRATOR])
def test_who_may_not_record_is_refused(client, report, role):
    make_recommendation("126.1", document=report)
    client.force_login(make_person(role))

    for name in ("recommendation_edit", "position_new", "claim_new", "demands_edit"):
        assert client.get(reverse(name, args=["KAZ-2-126.1"])).status_code == 403
    assert client.get(reverse("recommendation_new")).status_code == 403
    assert client.get(reverse("cycle_new")).status_code == 403


def test_an_editor_may_not_change_cycles(client, editor):
    assert client.get(reverse("cycle_edit", args=["KAZ-2"])).status_code == 403
    assert client.get(reverse("milestone_new", args=["KAZ-2"])).status_code == 403


def test_an_edit_of_something_deleted_is_not_found(client, editor, report):
    make_recommendation("126.1", document=report).delete()

    assert (
        client.post(reverse("recommendation_edit", args=["KAZ-2-126.1"]), {"revision": "1"}).status_code
        == 404
    )
