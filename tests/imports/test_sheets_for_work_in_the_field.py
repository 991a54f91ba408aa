"""A sheet goes out, is filled in without the product, and comes back: theirs, ours, the ancestor; drafts only."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.assessments import workflow
from recommendations.assessments.models import Assessment, ItemRating, RoundItem
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.audit.models import Event
from recommendations.catalogue.models import Demand, DemandText
from recommendations.imports.fieldwork.models import FieldReturn, FieldSheet
from recommendations.imports.fieldwork.sheets import make_sheet
from recommendations.vocabulary import AssessmentStatus, ImportState, Rating, Role
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_cluster,
    make_organisation,
    make_person,
    make_recommendation,
    make_round,
)
from tests.imports.fieldwork import Filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_person(Role.EDITOR)


@pytest.fixture
def round_(editor):
    """A cluster of two and a single recommendation, all given to the editor's organisation."""
    one, two, three = (make_recommendation(f"1.{number}") for number in (1, 2, 3))
    made = make_round(one, two, three)
    cluster = make_cluster(make_round(), title="Assembly")
    cluster.items.update(cluster=None)
    cluster.round = made
    cluster.organisation = editor.organisation
    cluster.save()
    made.items.update(organisation=editor.organisation)
    made.items.filter(recommendation__in=[one, two]).update(cluster=cluster)
    return made


@pytest.fixture
def single(round_):
    return round_.items.get(cluster=None).recommendation.reference


@pytest.fixture
def download(round_, editor):
    def download(by=None, organisation=None, language="en"):
        _sheet, content = make_sheet(
            round_=round_,
            organisation=organisation or editor.organisation,
            language=language,
            by=by or editor,
        )
        return Filled.opened(content)

    return download


@pytest.fixture
def bring_back(client, round_, editor):
    """Uploads a file as a person and gives the answer; ``merge`` follows to its page."""

    def bring_back(content, by=None, name="sheet.xlsx", to=None):
        client.force_login(by or editor)
        return client.post(
            reverse("field_return", args=[(to or round_).pk]), {"file": SimpleUploadedFile(name, content)}
        )

    return bring_back


@pytest.fixture
def take_over(client, bring_back):
    """Uploads, looks at the merge page and confirms it; gives the last answer."""

    def take_over(content, choices=None, by=None):
        answer = bring_back(content, by=by)
        assert answer.status_code == 302, told(answer)
        page = client.get(answer.url)
        return client.post(answer.url + "take-over/", {"fingerprint": fingerprint(page), **(choices or {})})

    return take_over


def fingerprint(page) -> str:
    return page.context["merge"].fingerprint


def told(answer) -> str:
    return " ".join(answer.content.decode().split())


def the_draft(reference) -> Assessment:
    return Assessment.objects.get(item__recommendation__reference=reference)


def test_a_sheet_has_a_row_for_each_thing_to_write_and_locks_the_rest(download, single, round_):
    sheet = download()
    page = sheet.table
    assert page.protection.sheet
    assert page.column_dimensions["A"].hidden
    references = [page.cell(row, sheet.column("reference")).value for row in range(2, page.max_row + 1)]
    assert references[0] == "Assembly"
    assert set(references[1:]) == set(
        RoundItem.objects.filter(round=round_).values_list("recommendation__reference", flat=True)
    )
    row = sheet.row(single)
    assert page.cell(row, sheet.column("text")).protection.locked
    assert not page.cell(row, sheet.column("narrative")).protection.locked
    in_cluster = sheet.row(references[1])
    assert page.cell(in_cluster, sheet.column("law_text")).protection.locked
    assert not page.cell(in_cluster, sheet.column("sentence")).protection.locked
    lists = {str(cell) for rule in page.data_validations.dataValidation for cell in rule.sqref.ranges}
    assert page.cell(row, sheet.column("rating")).coordinate in lists
    assert "Fully implemented:" in page.cell(1, sheet.column("rating")).comment.text
    assert len(sheet.book["lists"]["A"]) >= 5
    assert sheet.book["lists"].sheet_state == "veryHidden"


def test_the_instructions_stand_in_three_languages(download):
    sheet = download(language="ru")
    about = sheet.book.worksheets[0]
    numbers = [row[0].value for row in about.iter_rows() if isinstance(row[0].value, int)]
    assert numbers == [1, 2, 3, 4, 5, 6] * 3


def test_what_is_filled_in_becomes_drafts_only(download, take_over, single, editor):
    sheet = download()
    evidence = make_cited_evidence(editor)
    first = RoundItem.objects.filter(cluster__title="Assembly").first().recommendation.reference
    sheet.fill(
        single,
        rating="Not implemented",
        practice="not",
        narrative="Nothing changed.\nSecond line",
        cutoff_on=date(2017, 5, 1),
        cite=evidence.number,
    )
    sheet.fill("Assembly", law="Partially implemented", law_text="The act was amended [E-1].")
    sheet.fill(first, rating="Reversed (went backwards)", sentence="Went back.")

    answer = take_over(sheet.saved())

    assert answer.status_code == 302
    draft = the_draft(single)
    assert (draft.status, draft.rating, draft.practice) == ("draft", "not", "not")
    assert draft.narrative == "Nothing changed.\nSecond line"
    assert draft.cutoff_on == date(2017, 5, 1)
    assert draft.practice_text == f"[E-{evidence.number}]"
    assert list(draft.citations.values_list("evidence", flat=True)) == [evidence.pk]
    assert list(draft.authors.all()) == [editor]
    cluster = Assessment.objects.get(cluster__title="Assembly")
    assert cluster.law == "partially"
    ratings = dict(cluster.ratings.values_list("item__recommendation__reference", "rating"))
    assert ratings.pop(first) == "reversed"
    assert set(ratings.values()) == {""}
    assert Event.objects.filter(verb="fieldsheet.taken_over").exists()


def test_nothing_is_saved_before_it_is_confirmed(download, bring_back, client, single):
    sheet = download().fill(single, narrative="Not yet.")
    answer = bring_back(sheet.saved())
    assert client.get(answer.url).status_code == 200
    assert not Assessment.objects.exists()


def test_the_same_file_brought_in_twice_changes_nothing(
    download, bring_back, take_over, client, single, editor
):
    content = download().fill(single, narrative="From the field.").saved()
    take_over(content)
    draft = the_draft(single)
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "Corrected here."})

    answer = bring_back(content)

    assert "brought in before" in told(client.get(answer.url))
    assert FieldReturn.objects.count() == 1
    assert the_draft(single).narrative == "Corrected here."


def test_the_same_file_saved_anew_changes_nothing_either(
    download, bring_back, take_over, client, single, editor
):
    sheet = download().fill(single, narrative="From the field.")
    take_over(sheet.saved())
    draft = the_draft(single)
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "Corrected here."})
    sheet.book.properties.title = "Saved anew"

    page = client.get(bring_back(sheet.saved()).url)

    assert not page.context["merge"].changes
    assert "says what was sent, or what stands here already" in told(page)


def test_a_field_both_sides_changed_needs_a_choice(download, bring_back, client, single, editor, round_):
    item = round_.items.get(cluster=None)
    draft = start_assessment(by=editor, item=item)
    draft = save_draft(
        draft, by=editor, revision=draft.revision, fields={"narrative": "As sent.", "law": "not"}
    )
    sheet = download().fill(single, narrative="Theirs.", next_ask="Ask again.", law="Fully implemented")
    draft = save_draft(
        draft, by=editor, revision=draft.revision, fields={"narrative": "Ours.", "law": "fully"}
    )

    answer = bring_back(sheet.saved())
    page = client.get(answer.url)
    changes = {change.name: change for change in page.context["merge"].changes}
    assert set(changes) == {"narrative", "next_ask"}  # law was changed to the same on both sides
    assert (changes["narrative"].sent, changes["narrative"].ours) == ("As sent.", "Ours.")
    assert changes["narrative"].conflict
    assert not changes["next_ask"].conflict
    for words in ("As sent.", "Ours.", "Theirs.", "changed on both sides"):
        assert words in told(page)

    undecided = client.post(answer.url + "take-over/", {"fingerprint": fingerprint(page)})
    assert undecided.status_code == 422
    assert "choose for each of them" in told(undecided)
    assert the_draft(single).narrative == "Ours."

    key = f"choice-{changes['narrative'].id}"
    client.post(answer.url + "take-over/", {"fingerprint": fingerprint(page), key: "ours"})
    assert (the_draft(single).narrative, the_draft(single).next_ask) == ("Ours.", "Ask again.")


def test_what_only_others_changed_stays(download, take_over, single, editor, round_):
    draft = start_assessment(by=editor, item=round_.items.get(cluster=None))
    sheet = download().fill(single, next_ask="Ask again.")
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "Written here."})

    take_over(sheet.saved())

    assert (the_draft(single).narrative, the_draft(single).next_ask) == ("Written here.", "Ask again.")


def test_a_merge_page_that_became_old_is_refused_and_made_anew(
    download, bring_back, client, single, editor, round_
):
    draft = start_assessment(by=editor, item=round_.items.get(cluster=None))
    sheet = download().fill(single, narrative="Theirs.")
    answer = bring_back(sheet.saved())
    old = fingerprint(client.get(answer.url))
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "Ours, a moment later."})

    refused = client.post(answer.url + "take-over/", {"fingerprint": old})

    assert refused.status_code == 409
    assert "changed here after this page was made" in told(refused)
    assert "Ours, a moment later." in told(refused)
    assert the_draft(single).narrative == "Ours, a moment later."
    assert FieldReturn.objects.get().status == ImportState.PLANNED


def test_what_was_submitted_meanwhile_is_refused_with_the_reason_and_the_rest_taken_over(
    download, take_over, bring_back, client, single, editor, round_
):
    draft = make_assessment(editor, item=round_.items.get(cluster=None))
    sheet = download()
    sheet.fill(single, narrative="Too late.").fill("Assembly", narrative="In time.")
    workflow.perform(draft, "submit", by=editor)

    page = client.get(bring_back(sheet.saved()).url)
    assert "only while it is a draft or was returned; it is “Submitted”" in told(page)
    take_over(sheet.saved())

    draft.refresh_from_db()
    assert (draft.status, draft.narrative) == (AssessmentStatus.SUBMITTED, "Nothing changed.")
    assert Assessment.objects.get(cluster__title="Assembly").narrative == "In time."


def test_what_was_submitted_before_goes_out_locked(download, editor, round_, single):
    draft = make_assessment(editor, item=round_.items.get(cluster=None))
    workflow.perform(draft, "submit", by=editor)
    sheet = download()
    assert sheet.get(single, "status") == "Submitted"
    assert sheet.table.cell(sheet.row(single), sheet.column("narrative")).protection.locked


def test_a_closed_round_takes_nothing(download, bring_back, client, single, round_):
    sheet = download().fill(single, narrative="Too late.")
    round_.closed_on = date(2017, 12, 31)
    round_.save()
    page = client.get(bring_back(sheet.saved()).url)
    assert "This round is closed" in told(page)
    assert not page.context["merge"].changes


def test_agreed_text_of_an_earlier_round_goes_out_as_it_would_be_carried_over(
    download, take_over, editor, single, round_
):
    item = round_.items.get(cluster=None)
    earlier = make_assessment(editor, item=make_round(item.recommendation).items.get())
    workflow.perform(earlier, "submit", by=editor)
    workflow.perform(earlier, "approve", by=make_person(Role.REVIEWER))
    sheet = download()
    assert sheet.get(single, "narrative") == "Nothing changed."
    assert sheet.get(single, "rating") == "Not implemented"

    take_over(sheet.fill(single, narrative="Worse by now.", confirmed="yes").saved())

    draft = Assessment.objects.get(item=item)
    assert (draft.narrative, draft.rating, draft.to_be_confirmed) == ("Worse by now.", Rating.NOT, False)
    assert draft.carried_from == earlier


def test_demands_have_rows_of_their_own(download, take_over, single, round_):
    recommendation = round_.items.get(cluster=None).recommendation
    for letter in "ab":
        demand = Demand.objects.create(recommendation=recommendation, letter=letter)
        DemandText.objects.create(demand=demand, language="en", text=f"Invented demand {letter}")
    sheet = download()
    assert sheet.get(f"{single} (b)", "text") == "Invented demand b"
    take_over(sheet.fill(f"{single} (b)", rating="Fully implemented", implemented_when="It is so.").saved())
    rows = ItemRating.objects.filter(demand__isnull=False).order_by("demand__letter")
    assert [(row.rating, row.implemented_when) for row in rows] == [("", ""), ("fully", "It is so.")]


def test_days_are_understood_however_a_program_writes_them(download, take_over, single):
    sheet = download()
    cell = sheet.table.cell(sheet.row(single), sheet.column("cutoff_on"))
    cell.value, cell.number_format = 42856, "General"
    take_over(sheet.saved())
    assert the_draft(single).cutoff_on == date(2017, 5, 1)


def test_words_of_any_of_the_three_languages_are_understood(download, take_over, single):
    sheet = download()
    sheet.fill(single, rating="не выполнена")
    assert take_over(sheet.saved()).status_code == 302
    assert the_draft(single).rating == Rating.NOT


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("rating", "Mostly fine", "is none of these"),
        ("rating", "Partialy implemented", "Did you mean “Partially implemented”"),
        ("cutoff_on", "soon", "is no day"),
        ("cutoff_on", "2999-01-01", "lies in the future"),
        ("cite", "E-99999", "no evidence E-99999"),
        ("cite", "page 4", "is no number of evidence"),
        ("narrative", "=1+1", "formula"),
        ("reference", "KAZ-2-77.7", "which one is meant cannot be told"),
    ],
)
def test_a_cell_that_is_not_understood_is_named_with_row_and_column(
    download, bring_back, single, column, value, said
):
    sheet = download()
    row = sheet.row(single)
    sheet.fill(single, **{column: value})
    answer = bring_back(sheet.saved())
    assert answer.status_code == 422
    assert said in told(answer)
    assert [problem.row for problem in answer.context["problems"]] == [row]
    assert not FieldReturn.objects.exists()


def test_rows_added_deleted_or_copied_and_locked_cells_changed_are_told(
    download, bring_back, client, single, round_
):
    sheet = download()
    page = sheet.table
    page.cell(sheet.row(single), sheet.column("text")).value = "Another wording"
    page.cell(page.max_row + 2, sheet.column("narrative")).value = "An added row"
    gone = sheet.row("Assembly")
    page.delete_rows(gone)
    sheet.fill(single, narrative="Kept.")

    notes = told(client.get(bring_back(sheet.saved()).url))

    assert "was added to the sheet" in notes
    assert "is locked and was changed" in notes
    assert "1 row is no longer in the file: Assembly" in notes
    assert "Kept." in notes


def test_a_row_that_was_copied_is_a_problem(download, bring_back, single):
    sheet = download()
    row = sheet.row(single)
    copied = [cell.value for cell in sheet.table[row]]
    for column, value in enumerate(copied, start=1):
        sheet.table.cell(sheet.table.max_row + (column == 1), column).value = value
    answer = bring_back(sheet.saved())
    assert answer.status_code == 422
    assert "was copied from row" in told(answer)


def test_a_renamed_or_moved_sheet_is_still_found(download, take_over, single):
    sheet = download().fill(single, narrative="Found.")
    sheet.table.title = "Moja tabliza"
    sheet.book.move_sheet(sheet.table, -1)
    assert take_over(sheet.saved()).status_code == 302
    assert the_draft(single).narrative == "Found."


def test_a_heading_that_was_changed_is_named(download, bring_back, single):
    sheet = download()
    sheet.table.cell(1, sheet.column("narrative")).value = "My summary"
    answer = bring_back(sheet.saved())
    assert answer.status_code == 422
    assert "no column with this heading" in told(answer)


def test_a_file_that_is_no_sheet_of_ours_gets_a_sentence(bring_back, download):
    sheet = download()
    sheet.table.cell(1, 1).value = "upr-field-sheet 1.1.1.1:forged"
    assert "hidden mark of this file was changed" in told(bring_back(sheet.saved()))
    sheet.table.cell(1, 1).value = "Number"
    assert "This is no sheet that was made here" in told(bring_back(sheet.saved()))
    assert bring_back(b"").status_code == 422
    assert bring_back(b"PK\x03\x04 nothing").status_code == 422
    assert bring_back(b"a;b\n1;2\n", name="a.csv").status_code == 422
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 30_000_000)
    assert "far larger inside" in told(bring_back(bomb.getvalue()))
    assert not FieldReturn.objects.exists()


def test_a_sheet_of_another_round_or_organisation_gets_a_sentence(download, bring_back, single, round_):
    content = download().fill(single, narrative="x").saved()
    assert "belongs to another round" in told(bring_back(content, to=make_round()))
    assert "made for another organisation" in told(bring_back(content, by=make_person(Role.EDITOR)))


def test_a_coordinator_makes_sheets_for_all_but_sees_no_drafts_of_others(
    client, download, bring_back, editor, round_, single
):
    coordinator = make_person(Role.COORDINATOR)
    draft = start_assessment(by=editor, item=round_.items.get(cluster=None))
    save_draft(draft, by=editor, revision=draft.revision, fields={"narrative": "A draft of ours."})
    sheet = download(by=coordinator)
    assert sheet.get(single, "narrative") is None

    content = sheet.fill(single, narrative="From the field.").saved()
    page = client.get(bring_back(content, by=coordinator).url)
    assert "is written by" in told(page).lower()
    assert "A draft of ours." not in told(page)

    page = client.get(bring_back(content, by=editor).url)
    assert [change.conflict for change in page.context["merge"].changes] == [True]


def test_a_coordinator_brings_in_what_an_organisation_sends_by_mail(download, take_over, round_, single):
    by_mail = make_organisation(works_by_mail=True)
    round_.items.update(organisation=by_mail)
    coordinator = make_person(Role.COORDINATOR)
    sheet = download(by=coordinator, organisation=by_mail)
    take_over(sheet.fill(single, narrative="By mail.").saved(), by=coordinator)
    assert (the_draft(single).organisation, list(the_draft(single).authors.all())) == (by_mail, [coordinator])


def test_members_make_sheets_of_their_own_organisation_only(client, round_, editor):
    stranger = make_person(Role.EDITOR)
    client.force_login(stranger)
    address = reverse("field_sheets", args=[round_.pk])
    answer = client.post(address, {"organisation": editor.organisation_id, "language": "en"})
    assert answer.status_code == 422
    client.force_login(make_person(Role.REVIEWER))
    assert client.get(address).status_code == 403
    assert not FieldSheet.objects.exists()


def test_an_organisation_without_work_is_told_so(client, round_):
    stranger = make_person(Role.EDITOR)
    client.force_login(stranger)
    answer = client.post(
        reverse("field_sheets", args=[round_.pk]),
        {"organisation": stranger.organisation_id, "language": "en"},
    )
    assert "Nothing in this round is given to" in told(answer)


def test_restricted_evidence_is_not_listed_in_a_file_that_is_passed_on(download, editor, round_, single):
    recommendation = round_.items.get(cluster=None).recommendation
    shown = make_cited_evidence(editor)
    hidden = make_cited_evidence(editor, confidentiality="restricted")
    for item in (shown, hidden):
        item.links.create(recommendation=recommendation, shows="non", linked_by=editor)
    assert download().get(single, "evidence") == f"E-{shown.number}"


def test_a_returned_file_can_be_put_aside(client, download, bring_back, single):
    answer = bring_back(download().fill(single, narrative="x").saved())
    client.post(answer.url + "discard/")
    assert FieldReturn.objects.get().status == ImportState.DISCARDED
    refused = client.post(answer.url + "take-over/", {"fingerprint": ""})
    assert refused.status_code == 409
    assert not Assessment.objects.exists()
