"""Written in one language, filed in another: a translation has a person and a state, and stands beside its source."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from recommendations.access.visibility import can_see
from recommendations.assessments import translating
from recommendations.assessments.models import Assessment, Translation
from recommendations.assessments.translating import Changed, State, check, pieces_for, save, state_of, take
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft
from recommendations.audit.models import Event
from recommendations.dashboard.my_work import to_translate
from recommendations.documents import words
from recommendations.overview.build import build_summary
from recommendations.publications.writing import text_of
from recommendations.vocabulary import Audience, Role
from recommendations.workflow.engine import Refused
from tests.factories import make_assessment, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return make_organisation(name="Free Word", short_name="FW")


@pytest.fixture
def author(home):
    return make_person(Role.EDITOR, Role.REVIEWER, organisation=home, name="Айгүл")


@pytest.fixture
def colleague(home):
    return make_person(Role.EDITOR, organisation=home, name="Болат")


@pytest.fixture
def draft(author):
    """A draft in Russian with two parts that have a text, one of which cites an item."""
    made = make_assessment(author, language="ru", narrative="Ничего не изменилось.")
    number = made.citations.get().evidence.number
    return save_draft(
        made,
        by=author,
        revision=made.revision,
        fields={"practice_text": f"Сайты блокируют без суда [E-{number}]."},
    )


def english(draft: Assessment) -> dict[str, str]:
    number = draft.citations.get().evidence.number
    return {
        "narrative": "Nothing changed.",
        "practice_text": f"Sites are blocked without a court [E-{number}].",
    }


def states(person, draft) -> dict[str, str]:
    return {piece.language: piece.state.value for piece in pieces_for(person) if piece.assessment == draft}


def test_a_text_is_missing_in_each_language_it_is_not_written_in(author, draft):
    assert states(author, draft) == {"en": "missing", "kk": "missing"}


def test_it_goes_from_taken_on_to_draft_to_checked_by_another_person(author, colleague, draft):
    take(draft, "en", by=author)
    assert states(author, draft)["en"] == "missing"
    saved = save(draft, "en", texts=english(draft), revision=1, by=author)
    assert state_of(saved, draft) == State.DRAFT
    with pytest.raises(Refused, match="Another person"):
        check(saved, by=author, revision=saved.revision)
    check(saved, by=colleague, revision=saved.revision)
    assert states(author, draft) == {"en": "checked", "kk": "missing"}
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"translation.taken", "translation.saved", "translation.checked"} <= verbs


def test_the_database_too_refuses_a_translator_who_checks_herself(author, draft):
    saved = save(draft, "en", texts=english(draft), revision=0, by=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Translation.objects.filter(pk=saved.pk).update(checked_by=author)


def test_a_changed_source_leaves_the_translation_behind_until_it_is_saved_again(author, colleague, draft):
    saved = save(draft, "en", texts=english(draft), revision=0, by=colleague)
    check(saved, by=author, revision=saved.revision)
    changed = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Стало хуже."})
    assert states(author, changed)["en"] == "behind"
    saved.refresh_from_db()
    with pytest.raises(Refused, match="source changed"):
        check(Translation.objects.get(), by=author, revision=saved.revision)
    assert translating.checked_texts([changed], "en") == {}
    save(changed, "en", texts=english(changed), revision=saved.revision, by=colleague)
    assert states(author, changed)["en"] == "draft"


def test_a_part_that_is_not_translated_yet_keeps_it_from_being_checked(author, colleague, draft):
    saved = save(draft, "en", texts={"narrative": "Nothing changed."}, revision=0, by=author)
    with pytest.raises(Refused, match="Not translated yet: In practice"):
        check(saved, by=colleague, revision=saved.revision)


def test_a_translation_cites_what_its_source_cites_and_nothing_else(author, draft):
    with pytest.raises(Refused, match="same items"):
        save(draft, "en", texts={"narrative": "Nothing [E-999]."}, revision=0, by=author)
    with pytest.raises(Refused, match="same items"):
        save(draft, "en", texts={"practice_text": "Sites are blocked."}, revision=0, by=author)


def test_the_second_of_two_who_save_is_told(author, colleague, draft):
    save(draft, "en", texts=english(draft), revision=0, by=author)
    with pytest.raises(Changed):
        save(draft, "en", texts=english(draft), revision=0, by=colleague)


def test_nobody_translates_into_the_language_it_is_written_in(author, draft):
    with pytest.raises(Refused, match="written in this language"):
        take(draft, "ru", by=author)


def test_a_translation_is_seen_by_members_who_see_its_source(author, draft):
    saved = save(draft, "en", texts=english(draft), revision=0, by=author)
    assert can_see(saved, author)
    for stranger in (make_person(), make_person(Role.OBSERVER), Audience.PUBLIC):
        assert not can_see(saved, stranger)
    with pytest.raises(Refused):
        save(draft, "kk", texts={}, revision=0, by=make_person())


def test_what_is_taken_on_stands_on_ones_own_list_until_it_is_saved(author, colleague, draft):
    take(draft, "en", by=colleague)
    assert [task.note for task in to_translate(colleague)] == ["English, Missing"]
    assert to_translate(author) == []
    save(draft, "en", texts=english(draft), revision=1, by=colleague)
    assert to_translate(colleague) == []
    save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Стало хуже."})
    assert [task.note for task in to_translate(colleague)] == ["English, Behind its source"]


def test_a_submission_takes_the_checked_translation_into_its_language(author, colleague, draft):
    saved = save(draft, "en", texts=english(draft), revision=0, by=colleague)
    assert text_of(draft, "en").startswith("Ничего")
    check(saved, by=author, revision=saved.revision)
    assert text_of(draft, "en").startswith("Nothing changed.")
    assert text_of(draft, "ru").startswith("Ничего")


def approved(draft: Assessment, author) -> Assessment:
    perform(draft, "submit", by=author)
    reviewer = make_person(Role.REVIEWER)
    perform(draft, "approve", by=reviewer)
    draft.refresh_from_db()
    return draft


def finding_in(draft: Assessment, language: str):
    summary = build_summary(
        cycle=draft.round.cycle, round=draft.round, audience=Audience.COALITION.value, language=language
    )
    return next(row.findings[0] for row in summary.rows if row.findings)


def test_a_summary_speaks_the_checked_translation_and_says_where_it_fell_back(author, colleague, draft):
    draft = approved(draft, author)
    before = finding_in(draft, "en")
    assert before.language == "ru"
    assert "Written in Russian: there is no checked translation." in words.marks(before)
    saved = save(draft, "en", texts=english(draft), revision=0, by=colleague)
    check(saved, by=author, revision=saved.revision)
    after = finding_in(draft, "en")
    assert words.narrative_text(after.reasons).startswith("Nothing changed.")
    assert after.language == "" and words.marks(after) == words.marks(finding_in(draft, "ru"))


def test_the_pages_show_source_and_translation_side_by_side(author, colleague, draft, client):
    client.force_login(author)
    path = f"/assessments/{draft.pk}/translations/en/"
    assert "Ничего не изменилось." in client.get(path).content.decode()
    client.post(path, {"do": "take"})
    assert client.post(path, {"do": "save", "revision": 1, **english(draft)}).status_code == 302
    refused = client.post(path, {"do": "save", "revision": 1, "narrative": "Mine"})
    assert refused.status_code == 409
    assert "Mine" in refused.content.decode()
    client.force_login(colleague)
    page = client.get(path).content.decode()
    assert "Nothing changed." in page and "Mark as checked" in page
    client.post(path, {"do": "check", "revision": 2})
    assert Translation.objects.get().checked_by == colleague
    assert "Checked" in client.get(f"/assessments/{draft.pk}/").content.decode()


def test_the_list_is_filtered_and_counts_how_complete_a_round_is(author, colleague, draft, client):
    saved = save(draft, "en", texts=english(draft), revision=0, by=colleague)
    check(saved, by=author, revision=saved.revision)
    client.force_login(author)
    path = f"/assessments/{draft.pk}/translations/"
    everything = client.get("/translations/").content.decode()
    assert f"{path}kk/" in everything and f"{path}en/" not in everything
    assert f"{path}en/" in client.get("/translations/?state=checked&language=en").content.decode()
    assert f"{path}kk/" not in client.get("/translations/?language=en").content.decode()
    counts = {
        word: [n for _state, n in found]
        for _round, word, found in translating.completeness(pieces_for(author))
    }
    # missing, draft, behind its source, checked
    assert counts == {"English": [0, 0, 0, 1], "Kazakh": [1, 0, 0, 0]}


def test_ten_texts_cost_what_one_costs(author, draft):
    with CaptureQueriesContext(connection) as one:
        pieces_for(author)
    for _number in range(3):
        make_assessment(author, language="ru")
    with CaptureQueriesContext(connection) as many:
        pieces_for(author)
    assert len(one) == len(many)
