"""Who reaches an item of evidence and its files: every role, own and other organisation, each level."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.evidence.vault import receive_file
from recommendations.formats import kinds
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import Audience, Confidentiality, Role
from tests.evidence import samples
from tests.factories import make_evidence, make_organisation, make_person

pytestmark = pytest.mark.django_db

PUBLIC, COALITION, RESTRICTED = Confidentiality.PUBLIC, Confidentiality.COALITION, Confidentiality.RESTRICTED
MEMBERS = (Role.EDITOR, Role.REVIEWER, Role.COORDINATOR)


def _sees(role: Role, own: bool, level: Confidentiality) -> bool:
    """The table of HOUSE: public items observers too, coalition items members, restricted ones the organisation."""
    if role == Role.ADMINISTRATOR:
        return False
    if role == Role.OBSERVER:
        return level == PUBLIC
    return level != RESTRICTED or own


def _download(browser: Client, file: EvidenceFile) -> int:
    """The status of asking for a file, which is read to its end."""
    answer = browser.get(reverse("evidence_file", args=[file.pk]))
    if answer.streaming:
        assert b"".join(answer.streaming_content) == samples.png()
    return answer.status_code


CASES = [(role, own, level) for role in Role for own in (True, False) for level in Confidentiality]


def _picture() -> ContentFile:
    """A picture that is known as one already: what files are is not the question here, and asking takes time."""
    upload = ContentFile(samples.png(), name="a.png")
    upload.recognised = kinds.PNG
    return upload


def _with_file(level: str, organisation: Organisation) -> tuple[Evidence, EvidenceFile]:
    owner = make_person(organisation=organisation)
    evidence = make_evidence(owner, confidentiality=level, title="Neutral label")
    return evidence, receive_file(evidence, upload=_picture(), by=owner)


def _reader(role: Role, own: bool, organisation: Organisation) -> User:
    return make_person(role, organisation=organisation if own else make_organisation())


@pytest.mark.parametrize(("role", "own", "level"), CASES)
def test_page_and_list_open_to_the_same_people_and_the_original_to_its_owners(
    role, own, level, signed_in
) -> None:
    organisation = make_organisation()
    evidence, file = _with_file(level, organisation)
    browser = signed_in(_reader(role, own, organisation))
    page = browser.get(reverse("evidence_detail", args=[evidence.number]))
    download = _download(browser, file)
    listed = browser.get(reverse("evidence_list"))
    if role == Role.ADMINISTRATOR:
        assert {page.status_code, download, listed.status_code} == {403}
        return
    expected = 200 if _sees(role, own, level) else 404
    # Others are given the copy that nothing was written beside.
    original = 200 if expected == 200 and own and role in MEMBERS else 404
    assert (page.status_code, download) == (expected, original)
    assert (str(evidence) in listed.content.decode()) is (expected == 200)
    assert (f'<b class="num">{int(expected == 200)}</b>' in listed.content.decode()) is True


@pytest.mark.parametrize(("role", "own", "level"), CASES)
@pytest.mark.parametrize("name", ["evidence_edit", "evidence_access", "evidence_file_new"])
def test_only_its_organisation_and_coordinators_change_it(name, role, own, level, signed_in) -> None:
    organisation = make_organisation()
    evidence, _file = _with_file(level, organisation)
    answer = signed_in(_reader(role, own, organisation)).get(reverse(name, args=[evidence.number]))
    if role not in MEMBERS:
        assert answer.status_code in (403, 404)
    elif not _sees(role, own, level):
        assert answer.status_code == 404
    else:
        assert answer.status_code == (200 if own or role == Role.COORDINATOR else 403)


@pytest.mark.parametrize("role", MEMBERS)
def test_a_person_who_is_named_sees_a_restricted_item_and_its_files(role, signed_in) -> None:
    owner, guest = make_person(), make_person(role)
    evidence = make_evidence(owner, confidentiality=RESTRICTED, named_people=[guest])
    file = receive_file(evidence, upload=_picture(), by=owner)
    browser = signed_in(guest)
    assert browser.get(reverse("evidence_detail", args=[evidence.number])).status_code == 200
    assert _download(browser, file) == 200
    assert browser.get(reverse("evidence_edit", args=[evidence.number])).status_code == 403


def test_a_person_whose_access_ended_sees_nothing() -> None:
    owner = make_person()
    evidence = make_evidence(owner, confidentiality=RESTRICTED)
    owner.is_active = False
    assert not Evidence.objects.visible_to(owner).filter(pk=evidence.pk).exists()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("evidence_list", []),
        ("evidence_new", []),
        ("evidence_suggest", []),
        ("evidence_detail", [1]),
        ("evidence_edit", [1]),
        ("evidence_access", [1]),
        ("evidence_check", [1]),
        ("evidence_file", [1]),
        ("evidence_file_new", [1]),
        ("evidence_link_new", [1]),
        ("evidence_link_edit", [1, 1]),
        ("evidence_link_remove", [1, 1]),
        ("indicator_list", []),
        ("indicator_new", []),
        ("indicator_detail", ["x"]),
        ("indicator_edit", ["x"]),
        ("observation_new", ["x"]),
        ("observation_remove", ["x", 1]),
    ],
)
def test_nobody_comes_in_without_signing_in(name: str, arguments: list) -> None:
    for answer in (Client().get(reverse(name, args=arguments)), Client().post(reverse(name, args=arguments))):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize(
    "path", ["/evidence/E-999999/", "/evidence/files/999999/", "/evidence/E-999999/edit/"]
)
def test_a_guessed_address_is_not_there(path: str, signed_in) -> None:
    assert signed_in(make_person()).get(path).status_code == 404


def test_hidden_and_missing_look_the_same(signed_in) -> None:
    hidden = make_evidence(confidentiality=RESTRICTED)
    browser = signed_in(make_person())
    pages = []
    for number in (hidden.number, hidden.number + 1):
        page = browser.get(f"/evidence/E-{number}/").content.decode().replace(f"E-{number}", "E-")
        pages.append(re.sub(r'value="\w{64}"', "", page))
    assert pages[0] == pages[1]


def test_a_search_does_not_tell_of_hidden_items(signed_in) -> None:
    make_evidence(confidentiality=RESTRICTED, title="Unmistakable")
    page = signed_in(make_person()).get(reverse("evidence_list"), {"q": "Unmistakable"}).content.decode()
    assert '<b class="num">0</b>' in page


def test_a_summary_for_the_coalition_holds_no_restricted_item() -> None:
    make_evidence(confidentiality=RESTRICTED)
    shared = make_evidence(confidentiality=COALITION)
    assert list(Evidence.objects.visible_to(Audience.COALITION)) == [shared]


def test_the_public_sees_no_item_that_no_published_assessment_cites() -> None:
    make_evidence(confidentiality=PUBLIC)
    assert not Evidence.objects.visible_to(Audience.PUBLIC).exists()


def test_an_observer_reads_no_names_and_no_history(signed_in) -> None:
    owner = make_person(name="Aruzhan Unnamed")
    evidence = make_evidence(owner, confidentiality=PUBLIC)
    receive_file(evidence, upload=_picture(), by=owner)
    page = signed_in(make_person(Role.OBSERVER)).get(reverse("evidence_detail", args=[evidence.number]))
    assert "Aruzhan" not in page.content.decode()
    assert "History" not in page.content.decode()
