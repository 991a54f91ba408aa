"""The pages of evidence: the level first, filters and counts, two people at once, what stands where."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.evidence import pages
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import change_evidence, check_evidence, link_evidence
from recommendations.vocabulary import Confidentiality, EvidenceKind, Role, Shows
from tests.evidence import samples
from tests.factories import make_evidence, make_organisation, make_person, make_recommendation

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return make_person()


@pytest.fixture
def browser(reader, signed_in) -> Client:
    return signed_in(reader)


def _listed(browser: Client, **query) -> list[str]:
    answer = browser.get(reverse("evidence_list"), query)
    return [str(row) for row, _links, _files in answer.context["rows"]]


def _counts(browser: Client, facet: str, **query) -> dict[str, int]:
    answer = browser.get(reverse("evidence_list"), query)
    found = next(each for each in answer.context["facets"] if each.name == facet)
    return {value.value: value.count for value in found.values}


def test_the_level_is_chosen_before_anything_is_typed(browser) -> None:
    page = browser.get(reverse("evidence_new")).content.decode()
    assert 'name="confidentiality"' in page
    assert 'name="title"' not in page
    form = browser.get(reverse("evidence_new"), {"confidentiality": "restricted"}).content.decode()
    assert '<input type="hidden" name="confidentiality" value="restricted">' in form
    assert 'name="named_people"' in form or "Also shown to" in form


def test_a_level_that_does_not_exist_is_asked_again(browser) -> None:
    form = {"confidentiality": "secret", "title": "t", "kind": "other"}
    assert 'name="title"' not in browser.post(reverse("evidence_new"), form).content.decode()
    assert not Evidence.objects.exists()


def test_what_was_chosen_is_kept(browser, reader) -> None:
    form = {
        "confidentiality": "restricted",
        "kind": "official_answer",
        "title": "Answer seven",
        "description": "Refused.\r\nTwice.",
        "source_publisher": "Prosecutor's office (invented)",
        "source_url": "example.org/answer",
        "source_published": "04.2019",
        "source_accessed_on": "2020-01-31",
        "happened_from": "2019-04-02",
        "place": "Almaty",
        "language": "ru",
        "references": "",
    }
    assert browser.post(reverse("evidence_new"), form).status_code == 302
    evidence = Evidence.objects.select_related("source").get()
    assert (evidence.confidentiality, evidence.organisation) == ("restricted", reader.organisation)
    assert evidence.description == "Refused.\nTwice."
    source = evidence.source
    assert (source.url, source.published_text) == ("https://example.org/answer", "2019-04")
    assert str(source.accessed_on) == "2020-01-31"


@pytest.mark.parametrize("published", ["2999", "2999-01", "2999-01-31", "2019-13", "soon"])
def test_a_wrong_date_of_publication_is_named_at_its_field(published, browser) -> None:
    form = {"confidentiality": "public", "kind": "news", "title": "t", "source_publisher": "P"}
    answer = browser.post(reverse("evidence_new"), form | {"source_published": published})
    assert list(answer.context["form"].errors) == ["source_published"]
    assert not Evidence.objects.exists()


def test_a_coordinator_enters_an_item_for_an_organisation_that_works_by_mail(signed_in) -> None:
    by_mail = make_organisation(works_by_mail=True)
    form = {"confidentiality": "coalition", "kind": "testimony", "title": "t", "organisation": by_mail.pk}
    signed_in(make_person(Role.COORDINATOR)).post(reverse("evidence_new"), form)
    assert Evidence.objects.get().organisation == by_mail


def test_a_restricted_item_entered_for_another_organisation_keeps_its_files_and_stays_in_her_hands(
    signed_in,
) -> None:
    coordinator = make_person(Role.COORDINATOR)
    by_mail = make_organisation(works_by_mail=True)
    form = {"confidentiality": "restricted", "kind": "testimony", "title": "t", "organisation": by_mail.pk}
    browser = signed_in(coordinator)
    picture = SimpleUploadedFile("a.png", samples.png())
    assert browser.post(reverse("evidence_new"), form | {"files": [picture]}).status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.organisation, evidence.files.count()) == (by_mail, 1)
    assert browser.get(reverse("evidence_edit", args=[evidence.number])).status_code == 200


def test_an_organisation_that_signs_in_enters_its_own_items(signed_in) -> None:
    form = {
        "confidentiality": "coalition",
        "kind": "news",
        "title": "t",
        "organisation": make_organisation().pk,
    }
    answer = signed_in(make_person(Role.COORDINATOR)).post(reverse("evidence_new"), form)
    assert (answer.status_code, Evidence.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/indicators/?q=x", "/indicators/?q=x"), ("https://evil.example/", None), ("//evil.example", None)],
)
def test_after_adding_one_is_led_back_to_a_page_of_this_site_only(asked, led, browser) -> None:
    step = browser.get(reverse("evidence_new"), {"next": asked}).content.decode()
    assert (f'name="next" value="{asked}"' in step) is (led is not None)
    form = {"confidentiality": "coalition", "kind": "news", "title": "t", "next": asked}
    answer = browser.post(reverse("evidence_new"), form)
    assert answer.url == (led or reverse("evidence_detail", args=[Evidence.objects.get().number]))


def test_an_editor_cannot_enter_an_item_for_another_organisation(browser, reader) -> None:
    form = {
        "confidentiality": "coalition",
        "kind": "news",
        "title": "t",
        "organisation": make_organisation().pk,
    }
    browser.post(reverse("evidence_new"), form)
    assert Evidence.objects.get().organisation == reader.organisation


def test_two_people_who_change_the_same_item_see_both_texts(browser, reader) -> None:
    evidence = make_evidence(reader, title="before", description="54 persons")
    colleague = make_person(name="Aruzhan", organisation=reader.organisation)
    change_evidence(evidence, by=colleague, revision=1, description="hers: 83 persons")
    url = reverse("evidence_edit", args=[evidence.number])
    form = {"kind": "statistic", "title": "before", "description": "mine: 84 persons"}
    form |= {"source_publisher": "Bureau of Statistics (invented)", "source_published": "2016"}
    answer = browser.post(url, form | {"revision": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "hers: 83 persons" in page
    assert "mine: 84 persons" in page
    assert "Aruzhan changed the evidence" in page
    evidence.refresh_from_db()
    assert evidence.description == "hers: 83 persons"
    again = browser.post(url, form | {"revision": answer.context["revision"]})
    evidence.refresh_from_db()
    assert (again.status_code, evidence.description) == (302, "mine: 84 persons")


def test_a_change_of_a_checked_item_says_that_the_check_is_gone(browser, reader) -> None:
    evidence = make_evidence(reader)
    check_evidence(evidence, status="checked", by=make_person(Role.REVIEWER))
    form = {"kind": "statistic", "title": "another title", "revision": 2}
    answer = browser.post(reverse("evidence_edit", args=[evidence.number]), form, follow=True)
    assert "checked again" in answer.content.decode()


def test_the_check_is_recorded_on_its_page_but_not_by_who_added_the_item(browser, reader, signed_in) -> None:
    evidence = make_evidence(reader)
    url = reverse("evidence_check", args=[evidence.number])
    assert browser.get(url).status_code == 403
    checker = signed_in(make_person(Role.REVIEWER))
    assert checker.post(url, {"status": "disputed", "note": ""}).status_code == 422
    assert checker.post(url, {"status": "not_checked"}).status_code == 422
    assert checker.post(url, {"status": "disputed", "note": "the annual report says 61"}).status_code == 302
    evidence.refresh_from_db()
    assert evidence.check_status == "disputed"


def test_who_may_see_it_is_changed_on_a_page_of_its_own(browser, reader) -> None:
    evidence, guest = make_evidence(reader), make_person()
    url = reverse("evidence_access", args=[evidence.number])
    form = {"confidentiality": "restricted", "named_people": [guest.pk], "revision": 1, "reason": "Agreed."}
    assert browser.post(url, form).status_code == 302
    evidence.refresh_from_db()
    assert list(evidence.named_people.all()) == [guest]
    assert browser.post(url, form | {"confidentiality": "public"}).status_code == 409
    page = browser.get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert f"Only people of {reader.organisation}, and: {guest}." in page


def test_an_observer_cannot_be_named(browser, reader) -> None:
    evidence = make_evidence(reader)
    form = {"confidentiality": "restricted", "named_people": [make_person(Role.OBSERVER).pk], "revision": 1}
    assert browser.post(reverse("evidence_access", args=[evidence.number]), form).status_code == 422


def test_filters_narrow_and_their_counts_follow_the_others_only(browser) -> None:
    public = make_evidence(kind=EvidenceKind.NEWS, confidentiality=Confidentiality.PUBLIC)
    make_evidence(kind=EvidenceKind.NEWS)
    make_evidence(kind=EvidenceKind.JUDGMENT)
    assert _listed(browser, kind="news", confidentiality="public") == [str(public)]
    assert _counts(browser, "kind", kind="news") == {"news": 2, "judgment": 1}
    assert _counts(browser, "kind", confidentiality="public") == {"news": 1}
    assert _counts(browser, "confidentiality", kind="news") == {"public": 1, "coalition": 1}


def test_linked_and_unlinked_are_told_apart(browser, reader) -> None:
    linked, unlinked = make_evidence(reader), make_evidence(reader)
    for _each in range(2):
        link_evidence(linked, recommendation=make_recommendation(), shows=Shows.NON, by=reader)
    assert _listed(browser, linked="yes") == [str(linked)]
    assert _listed(browser, linked="no") == [str(unlinked)]
    assert _counts(browser, "linked") == {"yes": 1, "no": 1}
    assert len(_listed(browser, linked=["yes", "no"])) == 2


def test_a_filter_value_that_nobody_knows_is_passed_over(browser) -> None:
    evidence = make_evidence()
    assert _listed(browser, kind="poem", organisation="x", sort="nothing", page="z") == [str(evidence)]


def test_words_are_found_in_whatever_form_and_language(browser) -> None:
    russian = make_evidence(title="Приговоры за возбуждение розни", description="Осуждены 54 человека")
    kazakh = make_evidence(title="Мүгедектігі бар адамдар")
    assert _listed(browser, q="приговор") == [str(russian)]
    assert _listed(browser, q="ОСУЖДЕНЫ человек") == [str(russian)]
    assert _listed(browser, q="мугедектиги") == [str(kazakh)]
    assert _listed(browser, q="приговор мүгедектігі") == []


def test_a_number_that_people_say_is_found(browser) -> None:
    make_evidence()
    wanted = make_evidence()
    for said in (str(wanted), str(wanted.number), f"e{wanted.number}", f"Е-{wanted.number}"):
        assert _listed(browser, q=said) == [str(wanted)]


def test_the_list_is_sorted_and_paged_as_the_address_says(browser) -> None:
    made = [make_evidence() for _each in range(26)]
    first = _listed(browser, size="25")
    assert (len(first), first[0]) == (25, str(made[-1]))
    assert _listed(browser, size="25", page="2") == [str(made[0])]
    assert _listed(browser, sort="number")[0] == str(made[0])


def test_htmx_gets_the_same_list_without_the_page(browser) -> None:
    make_evidence()
    url = reverse("evidence_list")
    whole, part = browser.get(url).content.decode(), browser.get(url, headers={"HX-Request": "true"})
    assert part.content.decode().strip() in whole
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("name", ["evidence_list", "evidence_detail"])
def test_more_rows_ask_no_more_questions_of_the_database(name, browser, reader) -> None:
    def asked() -> int:
        evidence = Evidence.objects.order_by("number").first()
        url = reverse(name, args=[] if name == "evidence_list" else [evidence.number])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    def more(count: int) -> None:
        for _each in range(count):
            link_evidence(
                Evidence.objects.order_by("number").first(),
                recommendation=make_recommendation(),
                shows=Shows.NON,
                by=reader,
            )
            link_evidence(make_evidence(), recommendation=make_recommendation(), shows=Shows.NON, by=reader)

    make_evidence(reader)
    more(1)
    browser.get(reverse(name, args=[] if name == "evidence_list" else [1]))
    few = asked()
    more(9)
    assert asked() == few


def test_higher_capabilities_show_their_panels_to_those_who_may_see(browser, reader, monkeypatch) -> None:
    asked = []

    def panel(evidence, person):
        asked.append((evidence, person))
        return pages.Panel("components/_notice.html", {}) if evidence.title == "cited" else None

    monkeypatch.setattr(pages, "PANELS", [panel])
    cited, other = make_evidence(reader, title="cited"), make_evidence(reader)
    with_panel = browser.get(reverse("evidence_detail", args=[cited.number])).content.decode()
    without = browser.get(reverse("evidence_detail", args=[other.number])).content.decode()
    assert with_panel.count('class="notice') == without.count('class="notice') + 1
    assert asked == [(cited, reader), (other, reader)]


def test_what_is_not_allowed_is_greyed_with_the_reason(browser) -> None:
    evidence = make_evidence()
    page = browser.get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert f"Only people of {evidence.organisation} and coordinators change it." in page
    assert 'aria-disabled="true"' in page


def test_text_that_looks_like_markup_is_shown_as_text(browser) -> None:
    evidence = make_evidence(title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    page = browser.get(reverse("evidence_detail", args=[evidence.number])).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
