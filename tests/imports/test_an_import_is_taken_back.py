"""An import is taken back whole: every row as it was before, or nothing and what stands in the way."""

import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import reverse

from recommendations.audit.models import Event
from recommendations.catalogue import recording
from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import (
    Document,
    Milestone,
    Recommendation,
    RecommendationText,
    RetiredReference,
    ReviewCycle,
    State,
    Theme,
)
from recommendations.catalogue.positions import record_position
from recommendations.evidence.recording import link_evidence
from recommendations.imports import runs, standing, traces, undo
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRow, ImportRun, ImportTrace
from recommendations.jobs.models import Job
from recommendations.overview.search import matching
from recommendations.vocabulary import ImportState, PositionKind, Role, TextKind
from tests.factories import (
    make_evidence,
    make_indicator,
    make_person,
    make_recommendation,
    make_round,
)
from tests.imports.everything import everything
from tests.imports.files import REPORT, as_csv, make_terms, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan():
    return make_terms()


@pytest.fixture
def bring(tmp_path, kazakhstan):
    """Imports rows and gives the run."""

    def bring(rows, *, by=None):
        told = import_file(write(tmp_path, as_csv(rows)), state=kazakhstan, dry_run=False, by=by)
        assert not told["problems"]
        return ImportRun.objects.latest("pk")

    return bring


def take_back(run):
    undo.take_back_now(ImportRun.objects.get(pk=run.pk), by=None)
    return ImportRun.objects.get(pk=run.pk)


def labels(run):
    return {one.kind: one.count for one in undo.what_built_on(run)}


# --- exactly as before --------------------------------------------------------------------------------------------


def test_new_recommendations_go_with_all_that_came_with_them(bring):
    make_recommendation("9.1")
    before = everything()
    run = bring([row("126.1", recommending_states="Norway; Spain"), row("126.2")])
    assert everything() != before

    run = take_back(run)

    assert run.status == ImportState.TAKEN_BACK
    assert everything() == before
    assert not matching(Recommendation.objects.all(), "KAZ-2-126.1").exists()


def test_cycles_documents_and_the_following_of_a_state_go_with_the_import_that_brought_them(bring):
    State.objects.update(is_followed=False)
    before = everything()
    new = {"cycle": "3", "session": "21", "symbol": "A/HRC/43/10"}
    run = bring(
        [
            row("139.1", **new, final_position_source="A/HRC/43/10/Add.1 para 2", final_position="Supported"),
            row("126.1", final_position="Supported", final_position_source="A/HRC/28/2 para 7"),
        ]
    )
    assert ReviewCycle.objects.filter(key="KAZ-3").exists()
    assert undo.outline(run).cycles == ["KAZ-3"]
    assert "A/HRC/43/10" in undo.outline(run).documents

    take_back(run)

    assert everything() == before


def test_what_an_import_changed_is_what_it_was_before(bring, kazakhstan):
    editor = make_person()
    bring(
        [row("126.1", recommending_states="Norway; Spain", uprinfo_action="3; 5"), row("126.2"), row("126.3")]
    )
    known = Recommendation.objects.get(reference="KAZ-2-126.1")
    recording.correct_recommendation(
        known,
        by=editor,
        revision=known.revision,
        texts=[("en", TextKind.OFFICIAL, "Corrected by hand")],
        themes=[Theme.objects.get(code="general-theme")],
    )
    demo = make_recommendation(
        "126.9",
        document=Document.objects.get(symbol=REPORT),
        texts=[("en", TextKind.PARAPHRASE, "In our words")],
        is_demo=True,
    )
    before = everything()
    changed = [
        row(
            "126.1",
            text="Another text",
            recommending_states="Kyrgyzstan",
            uprinfo_issues="Freedom of the press",
        ),
        row("126.2", text="Another text too", recommending_states="Spain; Norway"),
        row("126.3", final_position="Supported", final_position_source="A/HRC/28/2 para 7"),
        row("126.9", text="The official text"),
        row("126.10"),
    ]
    run = bring(changed)
    assert RecommendationText.objects.get(recommendation=known).text == "Corrected by hand"
    assert not Recommendation.objects.get(pk=demo.pk).is_demo
    assert everything() != before

    take_back(run)

    assert everything() == before


def test_taking_the_files_side_against_what_a_person_wrote_is_taken_back_too(bring, kazakhstan, tmp_path):
    editor = make_person()
    bring([row("126.1")])
    known = Recommendation.objects.get()
    recording.correct_recommendation(
        known, by=editor, revision=1, texts=[("en", TextKind.OFFICIAL, "Corrected by hand")], recommending=[]
    )
    before = everything()
    file = runs.receive_file([as_csv([row("126.1", text="The file's")])], name="t.csv", by=None)
    run = ImportRun.objects.create(file=file, state=kazakhstan, status=ImportState.READING)
    runs.do_plan(run)
    runs.decide(run, decisions={ImportRow.objects.get(run=run).number: "theirs"})
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.APPLYING)
    runs.carry_out(ImportRun.objects.get(pk=run.pk), by=None)
    text = RecommendationText.objects.get()
    assert (text.text, text.edited_by) == ("The file's", None)

    take_back(run)

    assert everything() == before


def test_imports_are_taken_back_one_after_the_other_the_last_first(bring):
    before = everything()
    first = bring([row("126.1"), row("126.2")])
    between = everything()
    second = bring([row("126.1", text="Another text"), row("126.3")])

    assert labels(first)["ImportRun"] == 1
    take_back(second)
    assert everything() == between
    take_back(first)
    assert everything() == before


def test_an_import_that_only_found_everything_unchanged_stands_on_nothing(bring):
    first = bring([row("126.1")])
    again = bring([row("126.1")])
    assert again.unchanged == 1

    assert labels(first) == {}
    assert undo.refusal(again) == "This import wrote nothing that could be taken back."
    take_back(first)
    assert ImportRow.objects.get(run=again).recommendation is None


# --- what stands in the way ---------------------------------------------------------------------------------------


def on_evidence(recommendation, editor):
    link_evidence(make_evidence(editor), recommendation=recommendation, shows="context", why="Why", by=editor)


def on_a_round(recommendation, editor):
    make_round(recommendation)


def on_an_indicator(recommendation, editor):
    make_indicator().recommendations.add(recommendation)


def on_a_link(recommendation, editor):
    other = make_recommendation("8.8", document=Document.objects.get(symbol=REPORT))
    recording.link_recommendations(earlier=other, later=recommendation, by=editor)


def on_demands(recommendation, editor):
    recording.split_demands(
        recommendation, demands=[("a", {"en": "This"}, []), ("b", {"en": "That"}, [])], by=editor
    )


def on_a_position(recommendation, editor):
    record_position(
        recommendation,
        kind=PositionKind.SUPPORTED,
        document=Document.objects.get(symbol="A/HRC/28/2"),
        by=editor,
    )


def on_a_claim(recommendation, editor):
    recording.record_claim(recommendation, kind="other", document=None, by=editor)


def on_a_text(recommendation, editor):
    recording.correct_recommendation(
        recommendation,
        by=editor,
        revision=recommendation.revision,
        texts=[("ru", TextKind.WORKING_TRANSLATION, "Слова")],
    )


def on_a_correction(recommendation, editor):
    recording.correct_recommendation(
        recommendation,
        by=editor,
        revision=recommendation.revision,
        texts=[("en", TextKind.OFFICIAL, "Corrected by hand")],
    )


def on_its_bodies(recommendation, editor):
    recommendation.responsible_bodies.create(state=recommendation.state, name_en="A ministry")


BUILT = {
    "evidence": (on_evidence, "EvidenceLink"),
    "a round": (on_a_round, "RoundItem"),
    "an indicator": (on_an_indicator, "Indicator_recommendations"),
    "a link": (on_a_link, "RecommendationLink"),
    "demands": (on_demands, "Demand"),
    "a position": (on_a_position, "Position"),
    "a claim": (on_a_claim, "StateClaim"),
    "a text": (on_a_text, "RecommendationText"),
    "a correction": (on_a_correction, "Recommendation"),
    "its bodies": (on_its_bodies, "Recommendation_responsible_bodies"),
}


@pytest.mark.parametrize("name", BUILT)
def test_what_people_built_on_a_new_recommendation_is_named_and_nothing_is_changed(bring, name):
    build, kind = BUILT[name]
    run = bring([row("126.1"), row("126.2")])
    build(Recommendation.objects.get(reference="KAZ-2-126.2"), make_person())
    before = everything()

    with pytest.raises(undo.StandsInTheWay) as stands:
        take_back(run)

    (group,) = [one for one in stands.value.standing if one.kind == kind]
    assert group.count >= 1
    assert "KAZ-2-126.2" in group.examples[0][0] + group.examples[0][1] or group.examples[0][1]
    assert everything() == before
    assert ImportRun.objects.get(pk=run.pk).status == ImportState.APPLIED


@pytest.mark.parametrize("name", ["a link", "demands", "a position", "a claim", "a text", "a correction"])
def test_what_people_wrote_into_a_changed_recommendation_is_named(bring, name):
    build, kind = BUILT[name]
    bring([row("126.1")])
    run = bring([row("126.1", text="Another text")])
    build(Recommendation.objects.get(reference="KAZ-2-126.1"), make_person())

    assert kind in labels(run)


@pytest.mark.parametrize("name", ["evidence", "a round", "an indicator"])
def test_evidence_and_rounds_stay_with_a_recommendation_that_was_there_before(bring, name):
    build, _kind = BUILT[name]
    bring([row("126.1")])
    first = everything()
    run = bring([row("126.1", text="Another text")])
    recommendation = Recommendation.objects.get(reference="KAZ-2-126.1")
    build(recommendation, make_person())

    take_back(run)

    now = everything()
    for label in ("recommendations.RecommendationText", "recommendations.Recommendation"):
        assert now[label] == first[label]


def test_a_correction_is_named_beside_what_else_stands_there_and_a_position_only_once(bring):
    run = bring([row("126.1"), row("126.2")])
    one, other = Recommendation.objects.order_by("reference")
    editor = make_person()
    on_a_correction(one, editor)
    on_demands(one, editor)
    on_a_position(other, editor)

    assert labels(run) == {"Recommendation": 1, "Demand": 2, "Position": 1}


def test_a_milestone_in_a_cycle_that_the_import_brought_is_named(bring):
    run = bring([row("139.1", cycle="3", session="21", symbol="A/HRC/43/10", final_position_source="")])
    cycle = ReviewCycle.objects.get(key="KAZ-3")
    Milestone.objects.create(cycle=cycle, kind="mid_term", on="2022-01-01")

    assert labels(run) == {"Milestone": 1}


def test_every_table_that_refers_to_a_recommendation_is_asked():
    asked = {(field.model, field.name) for field in traces.related_to(Recommendation)}
    books = {ImportRow, ImportTrace, ImportRun}
    left_out = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if (
                field.is_relation
                and field.related_model is Recommendation
                and (model, field.name) not in asked
            ):
                left_out.add(model)
    assert {model.__name__ for model in left_out - books} == {"SearchEntry"}


def test_every_table_that_can_stand_on_an_import_has_a_name_of_its_own():
    shown = {
        field.model for model in (Recommendation, ReviewCycle, Document) for field in traces.related_to(model)
    }
    assert {model.__name__ for model in shown} <= set(standing.NAMES)


def test_what_the_import_writes_is_watched(bring, monkeypatch):
    """Whatever table an import writes, the traces know of it: else it could not be taken back exactly."""
    written = set()
    for name in ("insert", "update"):
        real = getattr(traces.bulk, name)

        def spy(model, *args, real=real):
            written.add(model)
            return real(model, *args)

        monkeypatch.setattr(traces.bulk, name, spy)
    bring([row("126.1", final_position="Supported", final_position_source="A/HRC/28/2 para 7")])
    bring([row("126.1", text="Another text", recommending_states="Spain; Norway")])

    watched = {Recommendation} | {field.model for field in traces.parts()}
    assert written - watched <= {ImportRow, ImportTrace}


# --- references ---------------------------------------------------------------------------------------------------


def test_a_reference_stays_reserved_for_the_same_paragraph(bring, kazakhstan):
    take_back(bring([row("126.1")]))
    assert RetiredReference.objects.get().reference == "KAZ-2-126.1"
    other = Document.objects.create(
        symbol=f"{REPORT}/Add.1",
        cycle=ReviewCycle.objects.get(key="KAZ-2"),
        state=kazakhstan,
        kind="addendum",
    )

    with pytest.raises(Refused, match="belonged to A/HRC/28/10 before"):
        make_recommendation("126.1", document=other)
    run = bring([row("126.1")])

    assert Recommendation.objects.get().reference == "KAZ-2-126.1"
    assert run.notes == ["1 recommendation was imported before and taken back; it gets its reference again."]


def test_an_import_of_another_document_does_not_get_a_reserved_reference(bring, kazakhstan, tmp_path):
    take_back(bring([row("126.1")]))
    Document.objects.create(
        symbol=f"{REPORT}/Add.1",
        cycle=ReviewCycle.objects.get(key="KAZ-2"),
        state=kazakhstan,
        kind="addendum",
    )
    rows = [row("126.1", symbol=f"{REPORT}/Add.1")]

    told = import_file(write(tmp_path, as_csv(rows)), state=kazakhstan, dry_run=False)

    (problem,) = told["problems"]
    assert problem["row"] == 2
    assert "belonged to A/HRC/28/10 before" in problem["message"]
    assert not Recommendation.objects.exists()


# --- pages and command --------------------------------------------------------------------------------------------


def test_a_coordinator_takes_an_import_back_on_its_page(bring, client):
    run = bring([row("126.1"), row("126.2")])
    coordinator = make_person(Role.COORDINATOR)
    client.force_login(coordinator)
    address = reverse("import_take_back", args=[run.pk])

    assert address in client.get(reverse("import_detail", args=[run.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "2 recommendations that it recorded are removed" in page
    assert Recommendation.objects.count() == 2
    after = client.post(address, follow=True)

    assert "This import was taken back" in after.content.decode()
    assert not Recommendation.objects.exists()
    event = Event.objects.get(verb="import.taken_back")
    assert (event.actor, event.detail.detail["removed"]) == (coordinator, 2)
    assert client.post(address, follow=True).status_code == 200
    assert Event.objects.filter(verb="import.taken_back").count() == 1


def test_the_page_says_what_stands_in_the_way_and_where(bring, client):
    run = bring([row("126.1")])
    round_ = make_round(Recommendation.objects.get())
    client.force_login(make_person(Role.COORDINATOR))

    answer = client.post(reverse("import_take_back", args=[run.pk]))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "cannot be taken back" in page
    assert reverse("round_detail", args=[round_.pk]) in page
    assert Recommendation.objects.exists()


def test_what_a_coordinator_may_not_see_stands_in_the_way_without_a_name(bring, client):
    run = bring([row("126.1")])
    editor = make_person()
    item = make_evidence(editor, confidentiality="restricted")
    link_evidence(item, recommendation=Recommendation.objects.get(), shows="context", why="Why", by=editor)
    client.force_login(make_person(Role.COORDINATOR))

    page = client.get(reverse("import_take_back", args=[run.pk])).content.decode()

    assert "Something that you may not see" in page
    assert item.label not in page


def test_the_command_tells_what_it_did_as_json(bring, capsys):
    run = bring([row("126.1")])
    call_command("undo_import", run.pk, "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out)["taken_back"] is False
    assert Recommendation.objects.exists()

    call_command("undo_import", run.pk, "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["taken_back"], told["removed"], told["standing"]) == (True, 1, [])
    with pytest.raises(SystemExit):
        call_command("undo_import", run.pk)
    assert "taken back already" in capsys.readouterr().out


def test_the_command_names_what_stands_in_the_way_and_ends_with_1(bring, capsys):
    run = bring([row("126.1")])
    on_evidence(Recommendation.objects.get(), make_person())

    with pytest.raises(SystemExit) as end:
        call_command("undo_import", run.pk, "--json")

    assert end.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in told["standing"]] == ["EvidenceLink"]
    assert told["taken_back"] is False


def test_an_import_of_before_the_traces_says_that_it_cannot_be_taken_back(bring):
    run = bring([row("126.1")])
    ImportTrace.objects.all().delete()

    assert undo.refusal(run) == "This import was made before the product kept what taking it back needs."


# --- interrupted --------------------------------------------------------------------------------------------------


def test_a_fault_half_way_leaves_everything_and_the_run_is_applied(bring, monkeypatch):
    run = bring([row("126.1"), row("126.2")])
    before = everything()
    monkeypatch.setattr(undo.index, "changed", lambda ids: (_ for _ in ()).throw(OSError("disk")))

    with pytest.raises(OSError, match="disk"):
        take_back(run)

    monkeypatch.undo()
    assert everything() == before
    assert ImportRun.objects.get(pk=run.pk).status == ImportState.APPLIED


def test_a_process_killed_while_taking_back_leaves_the_run_applied_for_the_next_who_looks(bring):
    run = bring([row("126.1")])
    ImportRun.objects.filter(pk=run.pk).update(status=ImportState.TAKING_BACK)
    run.refresh_from_db()

    runs.finish_interrupted([run])

    assert run.status == ImportState.APPLIED
    assert not Job.objects.filter(name=undo.JOB).exists()


def test_dates_and_times_come_back_to_the_microsecond():
    person = make_person()
    recommendation = make_recommendation(by=person)
    (place, image), *_rest = traces.images([recommendation.pk]).items()
    values = undo._values(Recommendation, json.loads(json.dumps(image)))

    assert place == ("recommendations.Recommendation", recommendation.pk)
    assert values["created_at"] == Recommendation.objects.get().created_at
    assert isinstance(Recommendation._meta.get_field("created_at"), models.DateTimeField)
