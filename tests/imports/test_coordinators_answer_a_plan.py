"""What a coordinator answers on the plan's page: unknown labels, inferred cycles and numbers, rows to look at."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.catalogue.models import (
    BodyAlias,
    Document,
    GroupAlias,
    Recommendation,
    ReviewCycle,
    StateAlias,
    ThemeAlias,
)
from recommendations.catalogue.provisional import cycle_of_session
from recommendations.formats.entries import Answer, FromState
from recommendations.formats.readers import readers
from recommendations.imports import undo
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRun
from recommendations.vocabulary import DocumentKind, ImportState, Role
from tests.factories import make_body, make_cycle, make_document, make_person, make_state
from tests.imports import invented_format
from tests.imports.files import as_csv, make_terms, row, write
from tests.imports.invented_format import as_file, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan(monkeypatch):
    monkeypatch.setitem(readers(), invented_format.CODE, invented_format)
    return make_terms()


@pytest.fixture
def coordinator(client, kazakhstan):
    person = make_person(Role.COORDINATOR)
    client.force_login(person)
    return person


@pytest.fixture
def send(client, coordinator, kazakhstan):
    def send(content, name="entries.json", state=kazakhstan):
        answer = client.post(
            reverse("import_new"), {"file": SimpleUploadedFile(name, content), "state": state.pk}
        )
        assert answer.status_code == 302, answer.content.decode()
        return ImportRun.objects.latest("pk")

    return send


@pytest.fixture
def act(client):
    def act(name, run, **fields):
        answer = client.post(reverse(name, args=[run.pk]), fields, follow=True)
        assert answer.status_code == 200
        run.refresh_from_db()
        return answer.content.decode()

    return act


def page(client, run, show=""):
    return client.get(reverse("import_detail", args=[run.pk]), {"show": show}).content.decode()


def questions(run):
    return {one["label"]: one for one in run.questions}


def test_an_unknown_label_is_asked_once_with_its_rows_and_the_likely_term(client, send):
    run = send(
        as_file(
            entry(1, themes=["Fredom of the press"]), entry(2, themes=["Fredom of the press", "Odd thing"])
        )
    )

    assert (run.status, run.problems) == (ImportState.ASKING, [])
    assert [(one["label"], one["rows"], one["row"]) for one in run.questions] == [
        ("Fredom of the press", 2, 1),
        ("Odd thing", 1, 2),
    ]
    shown = page(client, run, "questions")
    assert "it is Freedom of opinion and expression" in shown
    assert "checked" in shown
    assert "Confirm and save" not in shown


def test_an_answer_becomes_a_spelling_and_the_plan_is_made_anew(client, send, act, coordinator):
    run = send(
        as_file(entry(1, themes=["Fredom of the press"], groups=["Kidz"], recommending=[FromState("Norwey")]))
    )
    assert set(questions(run)) == {"Fredom of the press", "Kidz", "Norwey"}

    answers = {one["id"]: one["likely"] or one["near"][0] for one in run.questions if one["near"]}
    act("import_answer", run, **answers)
    assert ThemeAlias.objects.get(label="Fredom of the press").theme.code == "expression"
    assert StateAlias.objects.get(label="Norwey").state.code == "NOR"
    assert set(questions(run)) == {"Kidz"}

    kidz = questions(run)["Kidz"]["id"]
    group = GroupAlias.objects.get().group
    act("import_answer", run, **{f"other-{kidz}": f"group:{group.pk}"})

    assert run.status == ImportState.PLANNED
    assert Event.objects.filter(verb="term.spelling_added", actor=coordinator).count() == 3
    act("import_confirm", run)
    recommendation = Recommendation.objects.get()
    assert (
        [one.code for one in recommendation.themes.all()],
        [one.code for one in recommendation.groups.all()],
    ) == (
        ["expression"],
        ["children"],
    )
    assert send(as_file(entry(1, themes=["Fredom of the press"]))).questions == []


def test_left_out_counts_for_this_import_alone(send, act):
    run = send(as_file(entry(1, themes=["Odd thing"])))

    act("import_answer", run, **{run.questions[0]["id"]: "leave"})
    assert (run.status, run.questions) == (ImportState.PLANNED, [])
    act("import_confirm", run)

    assert Recommendation.objects.get().themes.count() == 0
    assert not ThemeAlias.objects.filter(label="Odd thing").exists()
    assert send(as_file(entry(2, themes=["Odd thing"]))).status == ImportState.ASKING


def test_what_was_answered_counts_when_an_interrupted_import_is_started_again(send, act):
    run = send(as_file(entry(1, themes=["Odd thing"])))
    act("import_answer", run, **{run.questions[0]["id"]: "leave"})
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.INTERRUPTED)

    act("import_again", run)

    again = ImportRun.objects.latest("pk")
    assert (again.pk != run.pk, again.status) == (True, ImportState.PLANNED)


@pytest.mark.parametrize("value", ["theme:999999", "theme:x", "state:1", "nonsense", "theme:"])
def test_an_answer_that_names_nothing_gets_a_sentence_and_changes_nothing(send, act, value):
    run = send(as_file(entry(1, themes=["Odd thing"])))

    shown = act("import_answer", run, **{run.questions[0]["id"]: value})

    assert "names nothing that is here" in shown
    assert run.status == ImportState.ASKING


def test_unknown_themes_of_our_own_table_are_asked_too_but_not_its_states(send):
    run = send(as_csv([row("126.1", uprinfo_issues="Odd thing")]), "table.csv")
    assert [(one["kind"], one["label"]) for one in run.questions] == [("issue", "Odd thing")]

    run = send(as_csv([row("126.1", recommending_states="Norwey")]), "table.csv")
    assert (run.status, run.questions) == (ImportState.REFUSED, [])


def test_an_issue_may_be_answered_with_a_group(send, act):
    run = send(as_csv([row("126.1", uprinfo_issues="Rights of the Chidl")]), "table.csv")
    group = GroupAlias.objects.get().group

    act("import_answer", run, **{f"other-{run.questions[0]['id']}": f"group:{group.pk}"})
    act("import_confirm", run)

    assert [one.code for one in Recommendation.objects.get().groups.all()] == ["children"]


def test_from_the_command_line_unknown_labels_are_problems_unless_left_out(tmp_path, kazakhstan):
    path = write(tmp_path, as_file(entry(1, themes=["Odd thing"])), "e.json")

    assert "Odd thing" in import_file(path, state=kazakhstan, dry_run=False)["problems"][0]["message"]
    told = import_file(path, state=kazakhstan, dry_run=False, leave_out_unknown=True)

    assert (told["created"], told["problems"]) == (1, [])
    assert told["notes"][0] == "1 label that is not known here was left out: “Odd thing”."


def test_nothing_is_saved_before_doubtful_rows_were_looked_at(client, send, act):
    run = send(
        as_file(entry(1, doubts=["The States are not certain."]), entry(2, doubts=["Nor here."]), entry(3))
    )
    assert (run.status, run.doubts) == (ImportState.PLANNED, 2)
    assert "The States are not certain." in page(client, run, "doubts")

    assert "Look at the rows under" in act("import_confirm", run)
    assert not Recommendation.objects.exists()

    first = run.staged.get(number=1)
    act("import_look", run, row=str(first.pk))
    assert "Look at the rows under" in act("import_confirm", run)
    act("import_look", run, all="1")
    act("import_confirm", run)

    assert run.status == ImportState.APPLIED
    assert Recommendation.objects.count() == 3
    assert send(as_file(entry(1, doubts=["The States are not certain."]))).doubts == 0


def test_what_was_looked_at_need_not_be_looked_at_again(send, act):
    run = send(as_file(entry(1, doubts=["Uncertain."], themes=["Odd thing"])))
    act("import_look", run, all="1")

    act("import_answer", run, **{run.questions[0]["id"]: "leave"})
    act("import_confirm", run)

    assert run.status == ImportState.APPLIED


def test_a_cycle_that_is_not_here_is_proposed_and_may_be_put_right(client, send, act):
    run = send(as_file(entry(1, symbol="A/HRC/14/10", session=7, answers=[])))
    assert run.status == ImportState.PLANNED
    proposed = run.proposals[0]
    assert (proposed["what"], proposed["key"], proposed["number_is_inferred"]) == ("cycle", "KAZ-1", True)
    assert "Review cycle KAZ-1" in page(client, run)

    act("import_correct", run, **{"cycles-0": "3"})
    assert run.proposals[0]["key"] == "KAZ-3"
    act("import_confirm", run)

    cycle = ReviewCycle.objects.get(key="KAZ-3")
    assert (cycle.session.number, Recommendation.objects.get().reference) == (7, "KAZ-3-126.1")


@pytest.mark.parametrize(
    ("session", "cycle"), [(1, 1), (12, 1), (13, 2), (20, 2), (26, 2), (27, 3), (34, 3), (48, 4), (62, 5)]
)
def test_the_calendar_of_the_reviews_tells_the_cycle(session, cycle):
    assert cycle_of_session(session) == cycle


def test_a_cycle_without_a_session_is_added_with_the_one_a_person_gives(send, act):
    run = send(as_file(entry(1, symbol="A/HRC/99/10", cycle=5, answers=[])))
    act("import_correct", run, **{"sessions-0": "62"})
    act("import_confirm", run)

    assert ReviewCycle.objects.get(key="KAZ-5").session.number == 62


@pytest.mark.parametrize("value", ["0", "x", "1000", "-1"])
def test_a_number_that_is_none_gets_a_sentence(send, act, value):
    run = send(as_file(entry(1, symbol="A/HRC/99/10", cycle=5, answers=[])))

    assert "is no number from 1 to 999" in act("import_correct", run, **{"sessions-0": value})
    assert run.status == ImportState.PLANNED


def test_the_number_of_a_bodys_document_may_be_put_right(send, act):
    make_body("CRC")
    run = send(as_file(entry(1, symbol="CRC/C/15/Add.213", paragraph="7", answers=[])))

    act("import_correct", run, **{"series-0": "2"})
    act("import_confirm", run)

    assert Recommendation.objects.get().reference == "KAZ-CRC-2-7"


def test_a_report_without_symbol_is_asked_for(client, send, act):
    make_cycle(ReviewCycle.objects.get(key="KAZ-2").state, 4)
    run = send(as_file(entry(1, symbol="", cycle=4, answers=[])))
    assert [(one["kind"], one["label"]) for one in run.questions] == [("symbol", "KAZ-4")]
    assert "Which document has the report of KAZ-4?" in page(client, run, "questions")

    assert "is no document symbol" in act("import_answer", run, **{run.questions[0]["id"]: "nothing"})
    act("import_answer", run, **{run.questions[0]["id"]: "A/HRC/99/10"})
    act("import_confirm", run)

    assert Recommendation.objects.get().document.symbol == "A/HRC/99/10"


def test_a_symbol_that_was_inferred_is_corrected_by_the_file_and_set_back_when_it_is_taken_back(
    send, act, coordinator
):
    cycle = make_cycle(make_state("KAZ"), 4)
    report = make_document(cycle, "A/HRC/99/10", is_inferred=True)
    addendum = make_document(cycle, "A/HRC/99/10/Add.1", is_inferred=True, kind=DocumentKind.ADDENDUM)

    told = as_file(entry(1, cycle=4, symbol="A/HRC/99/15", answers=[Answer("Noted", "A/HRC/99/15/Add.1")]))
    run = send(told)
    act("import_confirm", run)

    assert run.status == ImportState.APPLIED
    report.refresh_from_db()
    addendum.refresh_from_db()
    assert (report.symbol, report.is_inferred) == ("A/HRC/99/15", False)
    assert addendum.symbol == "A/HRC/99/15/Add.1"
    assert Document.objects.filter(cycle=cycle).count() == 2
    assert send(told).unchanged == 1

    undo.take_back_now(run, by=coordinator)
    report.refresh_from_db()
    assert (report.symbol, report.is_inferred) == ("A/HRC/99/10", True)


def test_only_an_open_plan_takes_answers(send, act):
    run = send(as_file(entry(1, doubts=["Uncertain."])))
    act("import_discard", run)

    for name in ("import_answer", "import_correct", "import_look"):
        assert "no longer waits for answers" in act(name, run, all="1")


def test_others_than_coordinators_answer_nothing(client, send):
    run = send(as_file(entry(1, themes=["Odd thing"])))
    client.force_login(make_person(Role.EDITOR))

    answer = client.post(reverse("import_answer", args=[run.pk]), {run.questions[0]["id"]: "leave"})

    assert answer.status_code in (403, 404)


def test_an_unknown_state_under_review_is_asked_and_its_rows_wait(client, send, act):
    run = send(
        as_file(entry(1, state="Kazakstan"), entry(2, state="Kazakhstan"), entry(3, state="Kazakstan"))
    )
    asked = questions(run)["Kazakstan"]
    assert (run.status, asked["kind"], asked["rows"]) == (ImportState.ASKING, "reviewed", 2)
    assert run.staged.count() == 1
    assert "A State under review" in page(client, run, "questions")

    act("import_answer", run, **{asked["id"]: asked["near"][0]})
    assert run.status == ImportState.PLANNED
    assert run.staged.count() == 3
    assert StateAlias.objects.get(label="Kazakstan").state.code == "KAZ"


def test_rows_of_an_unknown_state_can_be_left_out(send, act):
    run = send(as_file(entry(1, state="Kazakstan"), entry(2)))
    act("import_answer", run, **{questions(run)["Kazakstan"]["id"]: "leave"})
    assert run.status == ImportState.PLANNED
    assert [one.reference for one in run.staged.all()] == ["KAZ-2-126.2"]


def test_rows_of_another_state_are_left_out_unasked(send):
    run = send(as_file(entry(1, state="Atlantis"), entry(2)))
    assert (run.questions, run.staged.count()) == ([], 1)


def test_an_unknown_body_is_asked_and_the_answer_becomes_a_spelling(send, act):
    body = make_body("CCPR", name_en="Human Rights Committee")
    run = send(
        as_file(entry(1, body="Comittee on Human Rights", symbol="CCPR/C/KAZ/CO/2", answers=[]), entry(2))
    )
    asked = questions(run)["Comittee on Human Rights"]
    assert asked["kind"] == "body"

    act("import_answer", run, **{f"other-{asked['id']}": f"body:{body.pk}"})
    assert BodyAlias.objects.get().body == body
    assert run.status == ImportState.PLANNED
    assert {one.reference for one in run.staged.all()} == {"KAZ-CCPR-2-126.1", "KAZ-2-126.2"}


def test_the_place_in_a_document_is_named_instead_of_a_row(client, send):
    run = send(as_file(entry(8, place="paragraph 126.8", doubts=["Invented doubt"]), entry(9)))
    assert "paragraph 126.8" in page(client, run, "doubts")
    assert "row 8" not in page(client, run, "doubts")
    assert "row 9" in page(client, run, "new")


def test_a_problem_of_a_document_is_told_at_its_place_and_not_at_a_row(client, send):
    run = send(as_file(entry(8), entry(9, place="paragraph 126.9", paragraph="126.8")))
    told = page(client, run, "problems")
    assert "<td>paragraph 126.9</td>" in told
    assert "paragraph 126.9: " not in told
