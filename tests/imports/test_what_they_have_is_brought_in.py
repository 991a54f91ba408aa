"""Lists of evidence, earlier assessments and references of reports: named, planned, chosen, made once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.assessments.models import Assessment
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.audit.models import Event
from recommendations.evidence.levels import change_access
from recommendations.evidence.models import Evidence
from recommendations.imports.bringing.cells import NotUnderstood, code_of, known_day
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.imports.bringing.references import proposals
from recommendations.imports.bringing.targets import ASSESSMENTS, EVIDENCE, propose
from recommendations.vocabulary import Confidentiality, EvidenceCheck, Role
from tests.factories import (
    make_cluster,
    make_evidence,
    make_organisation,
    make_person,
    make_recommendation,
    make_round,
)
from tests.imports.reports import report, workbook

pytestmark = pytest.mark.django_db
HEADER = [
    "Название",
    "Тип",
    "Источник",
    "Ссылка",
    "Дата публикации",
    "Рекомендация",
    "Что показывает",
    "Почему",
]
ROW = [
    "Invented: sites blocked in 2016",
    "статистика",
    "Invented Bureau",
    "https://example.org/blocked?year=2016",
    date(2017, 3, 1),
    "KAZ-2-1.1",
    "невыполнение",
    "Invented reason",
]


def other(title, **values):
    row = dict(zip(HEADER, ROW, strict=True)) | {"Название": title, "Ссылка": ""} | values
    return list(row.values())


@pytest.fixture(autouse=True)
def recommendation():
    return make_recommendation("1.1")


@pytest.fixture
def person(client):
    person = make_person(Role.EDITOR)
    client.force_login(person)
    return person


@pytest.fixture
def send(client, person):
    """Sends a file; gives the answer."""

    def send(content, name="list.xlsx", kind="evidence", **data):
        data.setdefault("organisation", person.organisation_id)
        return client.post(
            reverse("bringing_new"), {"kind": kind, "file": SimpleUploadedFile(name, content), **data}
        )

    return send


@pytest.fixture
def planned(client, send):
    """Sends a table, takes the columns as proposed, gives what was planned."""

    def planned(content, name="list.xlsx", kind="evidence", columns=None, **data):
        answer = send(content, name, kind, **data)
        assert answer.status_code == 302, told(answer)
        form = client.get(answer.url).context["form"]
        values = {field: form[field].initial or "" for field in form.fields} | (columns or {})
        planned = client.post(answer.url, values)
        assert planned.status_code == 302, told(planned)
        return Bringing.objects.latest("pk")

    return planned


@pytest.fixture
def confirm(client):
    def confirm(bringing, **ticks):
        rows = bringing.staged.filter(is_chosen=True)
        data = {"confirm": "1", "shown": [row.pk for row in rows]} | {f"tick-{row.pk}": "on" for row in rows}
        return client.post(reverse("bringing_choose", args=[bringing.pk]), data | ticks)

    return confirm


def told(answer) -> str:
    return " ".join(answer.content.decode().split())


def actions(bringing) -> list[tuple[int, str]]:
    return list(bringing.staged.values_list("number", "action"))


# --- lists of evidence


def test_a_list_becomes_evidence_of_the_coalition_that_is_not_checked(
    client, planned, confirm, person, recommendation
):
    bringing = planned(workbook(HEADER, ROW))
    assert not Evidence.objects.exists()
    assert "Invented: sites blocked in 2016" in told(
        client.get(reverse("bringing_detail", args=[bringing.pk]))
    )

    confirm(bringing)

    item = Evidence.objects.get()
    assert (item.title, item.kind) == ("Invented: sites blocked in 2016", "statistic")
    assert (item.confidentiality, item.check_status) == (Confidentiality.COALITION, EvidenceCheck.NOT_CHECKED)
    assert (item.organisation, item.added_by) == (person.organisation, person)
    assert (item.source.publisher, item.source.published_on) == ("Invented Bureau", date(2017, 3, 1))
    link = item.links.get()
    assert (link.recommendation, link.shows, link.why) == (recommendation, "non", "Invented reason")
    assert BroughtRow.objects.get().evidence == item
    assert Event.objects.filter(verb="bringing.applied").exists()
    page = told(client.get(reverse("bringing_detail", args=[bringing.pk])))
    assert "1 item of evidence was made" in page


def test_the_same_file_again_makes_nothing_twice(client, planned, confirm):
    content = workbook(HEADER, ROW, other("Invented: another"))
    confirm(planned(content))
    again = planned(content, name="renamed.xlsx")
    assert actions(again) == [(2, "here"), (3, "here")]
    answer = confirm(again)
    assert answer.status_code == 409
    row = again.staged.first()
    forged = client.post(
        reverse("bringing_choose", args=[again.pk]), {"confirm": "1", "shown": row.pk, f"tick-{row.pk}": "on"}
    )
    assert "Nothing is ticked" in told(forged)
    assert Evidence.objects.count() == 2


def test_what_is_probably_here_is_told_and_not_ticked(planned):
    source = {"publisher": "Invented", "url": "http://www.example.org/blocked?year=2016"}
    known = make_evidence(title="Invented: Sites blocked in 2016!", source=source)
    bringing = planned(
        workbook(
            HEADER,
            ROW,
            other("Invented: another"),
            other("Invented another"),
            other("Invented: another", **{"Дата публикации": "2015"}),
        )
    )
    rows = list(bringing.staged.values_list("number", "action", "likely", "is_chosen"))
    assert rows[0] == (2, "likely", known.pk, False)
    assert [row[1] for row in rows[1:]] == ["new", "likely", "new"]
    assert bringing.staged.get(number=4).note == "As row 3 of this file."


def test_what_is_likely_can_be_ticked_all_the_same(client, planned):
    make_evidence(
        title="Invented: sites blocked in 2016", source={"publisher": "I", "published_text": "2017"}
    )
    bringing = planned(workbook(HEADER, other("Invented: sites blocked in 2016")))
    row = bringing.staged.get()
    assert row.action == "likely"
    client.post(
        reverse("bringing_choose", args=[bringing.pk]),
        {"confirm": "1", "shown": row.pk, f"tick-{row.pk}": "on"},
    )
    assert Evidence.objects.count() == 2


def test_restricted_items_that_a_person_may_not_see_are_no_hint(planned):
    make_evidence(title="Invented: sites blocked in 2016", confidentiality=Confidentiality.RESTRICTED)
    bringing = planned(workbook(HEADER, ROW))
    assert actions(bringing) == [(2, "new")]


SECRET = "Invented words that name a witness"


def make_restricted(item, person):
    change_access(
        item,
        confidentiality=Confidentiality.RESTRICTED,
        revision=item.revision,
        reason="Invented threats.",
        by=person,
    )


def kept_in_clear() -> str:
    return " ".join(str(record) for record in BroughtRow.objects.values_list("record", flat=True))


def test_an_item_that_becomes_restricted_leaves_no_clear_text_in_the_rows_it_was_made_from(
    planned, confirm, person
):
    secret = other("Neutral label", Почему=SECRET, Источник=f"{SECRET} of the Bureau")
    content = workbook(HEADER, secret, other("Another", Почему="Why of the other"))
    confirm(planned(content))
    planned(content, name="again.xlsx")
    assert kept_in_clear().count(SECRET) == 4

    make_restricted(Evidence.objects.get(title="Neutral label"), person)
    assert SECRET not in kept_in_clear()
    assert kept_in_clear().count("Why of the other") == 2

    planned(content, name="once more.xlsx")
    assert SECRET not in kept_in_clear()


def test_a_reference_whose_item_becomes_restricted_keeps_neither_note_nor_sentence(client, send, person):
    send(report(footnotes=[f"{SECRET}, Invented House, 2011, p. 12"]), name="r.docx", kind="references")
    row = BroughtRow.objects.get()
    assert SECRET in row.record["note"]
    item = make_evidence(person)
    BroughtRow.objects.filter(pk=row.pk).update(evidence=item)
    make_restricted(item, person)
    row.refresh_from_db()
    assert (row.record["note"], row.record["context"]) == ("", "")
    assert row.record["places"] == ["footnote 1"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("Тип", "stastistic", "Did you mean “Statistic”"),
        ("Тип", "закон", "A law needs its version"),
        ("Ссылка", "htp:/nowhere", "address"),
        ("Дата публикации", "весной", "is no date"),
        ("Дата публикации", "2999-01-01", "lies in the future"),
        ("Рекомендация", "KAZ-2-99.9", "There is no recommendation “KAZ-2-99.9” here"),
        ("Что показывает", "всё хорошо", "is none of these"),
        ("Источник", "x" * 201, "At most 200 characters"),
        ("Название", "", "Give it a title"),
        ("Название", "=1+1", "formula"),
    ],
)
def test_a_row_with_a_problem_is_named_and_left_out(planned, confirm, column, value, said):
    bringing = planned(
        workbook(HEADER, other("Invented: wrong", **{column: value}), other("Invented: right"))
    )
    (problem,) = bringing.problems
    assert (problem["row"], problem["column"]) in [(2, column), (2, "Version of the act")]
    assert said in problem["message"]
    confirm(bringing)
    assert [item.title for item in Evidence.objects.all()] == ["Invented: right"]


def test_columns_are_proposed_by_headings_in_three_languages():
    assert propose(["Title", "Kind", "Source", "URL", "Date", "Recommendation"], EVIDENCE) == {
        0: "title",
        1: "kind",
        2: "publisher",
        3: "url",
        4: "published",
        5: "references",
    }
    assert propose(["Атауы", "Түрі", "Дереккөз", "Сілтеме"], EVIDENCE) == {
        0: "title",
        1: "kind",
        2: "publisher",
        3: "url",
    }
    assert propose(["№", "Рекомендации", "Оценка", "Комментарий"], ASSESSMENTS) == {
        1: "references",
        2: "rating",
        3: "narrative",
    }
    assert propose(["Publishers", "Titel", "Nothing of the kind"], EVIDENCE) == {0: "publisher", 1: "title"}


def test_what_columns_mean_is_remembered_for_the_organisation_and_the_header(client, send, planned, person):
    header = ["A", "B"]
    planned(
        workbook(header, ["Invented", "x"]),
        columns={"column-0": "title", "column-1": "place", "kind": "news"},
    )
    answer = send(workbook(header, ["Invented two", "y"]))
    form = client.get(answer.url).context["form"]
    assert (form["column-0"].initial, form["column-1"].initial, form["kind"].initial) == (
        "title",
        "place",
        "news",
    )
    client.force_login(make_person(Role.EDITOR))
    assert client.get(answer.url).status_code == 404


def test_a_column_without_title_or_twice_the_same_is_refused(client, send):
    answer = send(workbook(["A", "B"], ["x", "y"]))
    page = client.post(
        answer.url, {"column-0": "place", "column-1": "place", "kind": "news", "shows": "context"}
    )
    assert page.status_code == 422
    assert "Say which column holds the title" in told(page)
    assert "is read as the same already" in told(page)


def test_another_sheet_of_the_workbook_can_be_chosen(client, send):
    answer = send(
        workbook(["Nothing"], ["x"], sheets={"Evidence": [["Title"], ["Invented: of the second sheet"]]})
    )
    page = client.get(f"{answer.url}?sheet=Evidence")
    assert page.context["look"].header == ["Title"]
    client.post(f"{answer.url}?sheet=Evidence", {"column-0": "title", "kind": "news", "shows": "context"})
    assert BroughtRow.objects.get().title == "Invented: of the second sheet"


def test_csv_in_windows_cyrillic_is_read(planned):
    text = (
        "Название;Ссылка\r\nВыдуманная статья о блокировке сайтов без решения суда;example.org/a\r\n".encode(
            "cp1251"
        )
    )
    bringing = planned(text, name="list.csv")
    record = bringing.staged.get().record
    assert record["fields"]["title"] == "Выдуманная статья о блокировке сайтов без решения суда"
    assert record["source"]["url"] == "https://example.org/a"
    assert record["source"]["publisher"] == "example.org"


def test_a_long_title_is_cut_and_kept_whole_in_the_description(planned):
    bringing = planned(workbook(HEADER, other("Invented " * 50)))
    fields = bringing.staged.get().record["fields"]
    assert len(fields["title"]) == 300
    assert fields["description"].startswith("Invented Invented")


@pytest.mark.parametrize(
    ("cell", "is_number", "known"),
    [
        ("2016", True, (None, "2016")),
        ("2016 г.", False, (None, "2016")),
        ("04.2016", False, (None, "2016-04")),
        ("42461", True, (date(2016, 4, 1), "")),
        ("1.4.2016", False, (date(2016, 4, 1), "")),
        ("2016-04-01 00:00:00", False, (date(2016, 4, 1), "")),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(cell, is_number, known):
    assert known_day(cell, is_number=is_number) == known


def test_a_rating_is_never_guessed():
    assert code_of("rating", "Частично") == "partially"
    assert code_of("rating", "не выполнено") == "not"
    with pytest.raises(NotUnderstood):
        code_of("rating", "not realy implemented")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"<html><body>x</body></html>", b"\x89PNG\r\n\x1a\n" + bytes(50)]
)
@pytest.mark.parametrize("kind", ["evidence", "references"])
def test_a_wrong_file_gets_a_sentence(send, content, kind):
    answer = send(content, kind=kind)
    assert answer.status_code == 422
    assert "This field is required" not in told(answer)
    assert not Bringing.objects.exists()


def test_a_file_can_be_put_aside(client, planned):
    bringing = planned(workbook(HEADER, ROW))
    client.post(reverse("bringing_discard", args=[bringing.pk]))
    bringing.refresh_from_db()
    assert (bringing.status, bringing.staged.count()) == ("discarded", 0)
    assert client.get(reverse("bringing_detail", args=[bringing.pk])).status_code == 200


def test_of_two_confirmations_the_second_is_refused(planned, confirm):
    bringing = planned(workbook(HEADER, ROW))
    confirm(bringing)
    assert confirm(bringing).status_code == 409
    assert Evidence.objects.count() == 1


def test_a_coordinator_brings_in_for_an_organisation_that_works_by_mail(client, planned, confirm):
    by_mail = make_organisation(works_by_mail=True)
    client.force_login(make_person(Role.COORDINATOR))
    confirm(planned(workbook(HEADER, ROW), organisation=by_mail.pk))
    assert Evidence.objects.get().organisation == by_mail


def test_nobody_brings_in_for_another_organisation(send):
    assert send(workbook(HEADER, ROW), organisation=make_organisation().pk).status_code == 422


# --- earlier assessments

EARLIER = ["Рекомендация", "Оценка", "Комментарий", "На практике", "По состоянию на"]


@pytest.fixture
def round_(recommendation):
    return make_round(recommendation, make_recommendation("1.2"), make_recommendation("1.3"))


def test_earlier_assessments_become_drafts_to_be_confirmed(planned, confirm, person, round_):
    bringing = planned(
        workbook(EARLIER, ["1.1", "не выполнено", "Invented finding", "Invented practice", "30.06.2016"]),
        kind="assessments",
        round=round_.pk,
    )
    assert not Assessment.objects.exists()
    confirm(bringing)
    draft = Assessment.objects.get()
    assert (draft.status, draft.to_be_confirmed, draft.rating) == ("draft", True, "not")
    assert (draft.narrative, draft.practice_text) == ("Invented finding", "Invented practice")
    assert (draft.cutoff_on, draft.organisation) == (date(2016, 6, 30), person.organisation)
    assert list(draft.authors.all()) == [person]


def test_rows_of_one_cluster_become_one_draft(planned, confirm, round_):
    cluster = make_cluster(round_, title="Invented cluster")
    bringing = planned(
        workbook(EARLIER, ["1.1", "не выполнено", "One", "", ""], ["1.2", "частично", "Two", "", ""]),
        kind="assessments",
        round=round_.pk,
    )
    confirm(bringing)
    draft = Assessment.objects.get()
    assert draft.cluster == cluster
    assert draft.narrative == "KAZ-2-1.1: One\n\nKAZ-2-1.2: Two"
    ratings = dict(draft.ratings.values_list("item__recommendation__reference", "rating"))
    assert ratings == {"KAZ-2-1.1": "not", "KAZ-2-1.2": "partially", "KAZ-2-1.3": ""}


def test_what_is_open_already_is_not_touched(planned, confirm, person, round_):
    draft = start_assessment(by=person, item=round_.items.get(recommendation__paragraph="1.1"))
    save_draft(draft, by=person, revision=draft.revision, fields={"narrative": "Ours."})
    content = workbook(EARLIER, ["1.1", "частично", "Theirs", "", ""], ["1.2", "частично", "New", "", ""])
    bringing = planned(content, kind="assessments", round=round_.pk)
    assert actions(bringing) == [(2, "here"), (3, "new")]
    confirm(bringing)
    draft.refresh_from_db()
    assert draft.narrative == "Ours."
    assert Assessment.objects.count() == 2
    assert actions(planned(content, kind="assessments", round=round_.pk)) == [(2, "here"), (3, "here")]


def test_what_was_begun_after_the_plan_is_not_touched_either(client, planned, confirm, person, round_):
    bringing = planned(
        workbook(EARLIER, ["1.1", "частично", "Theirs", "", ""]), kind="assessments", round=round_.pk
    )
    start_assessment(by=person, item=round_.items.get(recommendation__paragraph="1.1"))
    confirm(bringing)
    assert Assessment.objects.get().narrative == ""
    assert "has an open assessment of this already" in told(
        client.get(reverse("bringing_detail", args=[bringing.pk]))
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["9.9", "частично", "", "", ""], "names no single recommendation of this round"),
        (["", "частично", "", "", ""], "names no single recommendation"),
        (["1.2", "почти", "", "", ""], "is none of these"),
        (["1.2", "", "", "", ""], "says nothing about its recommendation"),
        (["1.1", "частично", "", "", ""], "stands in row 2, too"),
    ],
)
def test_problems_of_earlier_assessments_are_told(planned, round_, row, said):
    bringing = planned(
        workbook(EARLIER, ["1.1", "частично", "x", "", ""], row), kind="assessments", round=round_.pk
    )
    (problem,) = bringing.problems
    assert problem["row"] == 3
    assert said in problem["message"]


def test_earlier_assessments_need_an_open_round(send, round_):
    content = workbook(EARLIER, ["1.1", "частично", "x", "", ""])
    assert send(content, kind="assessments").status_code == 422
    round_.closed_on = date(2017, 12, 31)
    round_.save()
    assert send(content, kind="assessments", round=round_.pk).status_code == 422


def test_a_reviewer_brings_in_evidence_but_no_assessments(client, send, round_):
    reviewer = make_person(Role.REVIEWER)
    client.force_login(reviewer)
    answer = send(
        workbook(EARLIER, ["1.1", "частично", "x", "", ""]),
        kind="assessments",
        round=round_.pk,
        organisation=reviewer.organisation_id,
    )
    assert answer.status_code == 422


# --- references of reports

NOTES = [
    "See “An invented report on blocking”, Invented Monitor, 12 March 2016, available at "
    "https://monitor.example.org/reports/1 (accessed 1 April 2016).",
    "Ibid.",
    "Выдуманный отчёт, 5 мая 2015 г., доступно по адресу: https://ru.example.org/doc.pdf; см. также "
    "http://other.example.org/x?id=7.",
    "Same again: https://www.monitor.example.org/reports/1/",
    "Invented Author, An Invented Book, Almaty, 2011, p. 12",
]


def test_notes_and_links_of_a_report_are_proposed_and_none_is_picked(client, send, person):
    answer = send(
        report(
            footnotes=NOTES,
            endnotes=["www.end.example.org"],
            links=[("our page", "https://example.org/page")],
        ),
        name="report.docx",
        kind="references",
    )
    assert answer.status_code == 302
    rows = list(Bringing.objects.get().staged.all())
    found = [(row.title, row.record["source"]["url"], row.record["places"]) for row in rows]
    assert found == [
        (
            "An invented report on blocking",
            "https://monitor.example.org/reports/1",
            ["footnote 1", "footnote 4"],
        ),
        ("Выдуманный отчёт, 5 мая 2015 г", "https://ru.example.org/doc.pdf", ["footnote 3"]),
        ("other.example.org/x", "http://other.example.org/x?id=7", ["footnote 3"]),
        ("Invented Author, An Invented Book, Almaty, 2011, p. 12", "", ["footnote 5"]),
        ("end.example.org", "https://www.end.example.org", ["endnote 1"]),
        ("our page", "https://example.org/page", ["paragraph 7"]),
    ]
    first, second = rows[0].record, rows[1].record
    assert (first["source"]["published_on"], first["source"]["accessed_on"]) == ("2016-03-12", "2016-04-01")
    assert first["source"]["publisher"] == "monitor.example.org"
    assert first["references"] == "KAZ-2-1.1"
    assert second["source"]["published_on"] == "2015-05-05"
    assert rows[3].record["source"]["published_text"] == "2011"
    assert not any(row.is_chosen for row in rows)
    assert "An invented report on blocking" in told(client.get(answer.url))


def test_what_is_picked_and_completed_becomes_evidence(client, send, recommendation):
    content = report(footnotes=NOTES)
    answer = send(content, name="report.docx", kind="references")
    bringing = Bringing.objects.get()
    first, *_rest, last = bringing.staged.all()
    choose = reverse("bringing_choose", args=[bringing.pk])

    def typed(row, **values):
        form = next(shown["form"] for shown in client.get(answer.url).context["rows"] if shown["row"] == row)
        data = {form.add_prefix(name): form[name].initial or "" for name in form.fields}
        return data | {form.add_prefix(name): value for name, value in values.items()}

    data = {"shown": [first.pk, last.pk], f"tick-{first.pk}": "on", f"tick-{last.pk}": "on", "confirm": "1"}
    data |= typed(first, kind="ngo_report", shows="non", why="Invented reason") | typed(last, kind="law")
    refused = client.post(choose, data)
    assert refused.status_code == 422
    assert "A law needs its version" in told(refused)
    assert not Evidence.objects.exists()

    data |= typed(last, kind="other", publisher="Invented House", title="An Invented Book")
    data |= typed(first, kind="ngo_report", shows="non", why="Invented reason")
    client.post(choose, data)

    book, item = (
        Evidence.objects.order_by("title")[0],
        Evidence.objects.get(title="An invented report on blocking"),
    )
    assert (book.title, book.source.publisher) == ("An Invented Book", "Invented House")
    assert (item.kind, item.source.url) == ("ngo_report", "https://monitor.example.org/reports/1")
    assert item.confidentiality == Confidentiality.COALITION
    link = item.links.get()
    assert (link.recommendation, link.shows, link.why) == (recommendation, "non", "Invented reason")

    send(content, name="again.docx", kind="references")
    again = Bringing.objects.latest("pk")
    assert [action for _number, action in actions(again)] == ["here", "new", "new", "here"]


def test_a_note_that_repeats_another_says_which_note_and_no_row(send):
    send(report(footnotes=[NOTES[0], f"Again {NOTES[4]}", NOTES[4]]), name="r.docx", kind="references")
    said = [row.note for row in Bringing.objects.get().staged.all() if row.note]
    assert said == ["As footnote 2 of this file."]


def test_a_document_without_references_gets_a_sentence(send):
    assert "No footnote, endnote or link" in told(send(report(), name="r.docx", kind="references"))


def test_entities_in_a_document_are_refused(send):
    body = '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="x"/>'
    answer = send(report(document=body), name="r.docx", kind="references")
    assert "damaged" in told(answer)


def test_links_that_are_no_web_addresses_are_passed_over(person):
    note = {"place": "text", "number": 1, "text": "x", "urls": ["javascript:alert(1)"], "context": ""}
    assert proposals([note], reader=person) == []
