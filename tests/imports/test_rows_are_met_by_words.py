"""Rows without a paragraph meet what is here by their words and their State; what is not sure is left to a person."""

import pytest
from django.urls import reverse

from recommendations.catalogue.models import (
    Document,
    Position,
    Recommendation,
    RecommendationIdentifier,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
    ReviewCycle,
    Session,
    State,
)
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.provisional import cycle_of_session
from recommendations.catalogue.recording import record_recommendation
from recommendations.evidence.recording import link_evidence
from recommendations.imports import undo
from recommendations.imports.choosing import choose
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.runs import NotPossible
from recommendations.vocabulary import ImportState, PositionKind, Role, TextKind
from tests.factories import make_evidence, make_person
from tests.formats.invented_upr_info import line, make, make_csv
from tests.imports.files import REPORT, as_csv, make_terms, row, write

pytestmark = pytest.mark.django_db

WELL = "Invented text: ratify the covenant on wells"
CONSIDER = "Invented text: consider ratifying the covenant on wells"
BRIDGE = "Invented text: build a bridge over the invented river"


@pytest.fixture
def kazakhstan():
    return make_terms()


def official(paragraph, text, states="Norway", **cells):
    """A row of an official source, which says nothing of UPR Info's."""
    cells = {"uprinfo_action": "", "uprinfo_issues": "", "recommending_states": states, "text": text} | cells
    return row(paragraph, **cells)


@pytest.fixture
def bring(tmp_path, kazakhstan):
    """Imports rows: those of an official source, or lines of UPR Info's export."""

    def bring(rows, **fields):
        if isinstance(rows[0], dict):
            path = write(tmp_path, as_csv(rows))
        else:
            path = write(tmp_path, make_csv(rows).encode(), "export.csv")
        told = import_file(path, state=kazakhstan, dry_run=False, **fields)
        assert told["problems"] == []
        assert not list(faulty_positions())
        return told["created"], told["updated"], told["unchanged"], told["undecided"]

    return bring


def made():
    """(reference, State, category, wording) of everything recorded."""
    rows = RecommendingState.objects.order_by("recommendation__order_key", "order")
    return [*rows.values_list("recommendation__reference", "state__code", "action_category", "wording")]


def test_a_row_finds_its_paragraph_and_brings_category_and_issue_but_neither_text_nor_answer(bring):
    bring([official("126.1", f"{WELL} (Norway);"), official("126.2", f"{BRIDGE} (Norway);")])

    assert bring([line(WELL, action=5, response="Accepted")]) == (0, 1, 0, 0)

    assert made() == [("KAZ-2-126.1", "NOR", 5, ""), ("KAZ-2-126.2", "NOR", None, "")]
    found = Recommendation.objects.get(reference="KAZ-2-126.1")
    assert [theme.code for theme in found.themes.all()] == ["expression"]
    assert [text.text for text in found.texts.all()] == [f"{WELL} (Norway);"]
    assert (found.position, found.positions.count()) == (PositionKind.NOTED, 1)
    run = ImportRun.objects.latest("pk")
    assert any("reads the State's answer to 1 recommendation otherwise" in note for note in run.notes)
    assert run.staged.get().match == {"score": 1.0}


def test_the_same_import_again_changes_nothing_though_the_paragraph_was_reworded_meanwhile(bring):
    bring([official("126.1", f"{WELL} (Norway);")])
    bring([line(WELL)])
    RecommendationText.objects.update(text="Invented text that is like nothing else")

    assert bring([line(WELL)]) == (0, 0, 1, 0)


def test_states_that_said_the_same_in_paragraphs_of_their_own_are_told_apart(bring):
    bring([official("126.1", f"{WELL} (Norway);"), official("126.2", f"{WELL} (Spain);", "Spain")])

    assert bring([line(WELL, action=4), line(WELL, sender="Spain", action=5)]) == (0, 2, 0, 0)

    assert made() == [("KAZ-2-126.1", "NOR", 4, ""), ("KAZ-2-126.2", "ESP", 5, "")]


def test_several_wordings_of_one_paragraph_meet_in_it_and_stay_with_their_states(bring):
    text = "To consider ratifying (Norway)/ratify (Spain) the invented covenant on wells;"
    bring([official("126.1", text, "Norway; Spain")])

    rows = [
        line("Consider ratifying the invented covenant on wells", action=3),
        line("Ratify the invented covenant on wells", sender="Spain", action=5),
    ]
    assert bring(rows) == (0, 1, 0, 0)

    assert made() == [
        ("KAZ-2-126.1", "NOR", 3, rows[0][3]),
        ("KAZ-2-126.1", "ESP", 5, rows[1][3]),
    ]


def test_likeness_without_the_same_state_is_not_enough(bring):
    bring([official("126.1", f"{WELL} (Norway);")])

    assert bring([line(WELL, sender="Spain")]) == (0, 0, 0, 1)

    assert made() == [("KAZ-2-126.1", "NOR", None, "")]


def test_two_paragraphs_that_are_equally_like_are_left_to_a_person(bring):
    bring(
        [
            official("126.1", f"{WELL} (Norway);"),
            official("126.2", f"{WELL} (Norway) (Spain);", "Norway; Spain"),
        ]
    )

    assert bring([line(WELL)]) == (0, 0, 0, 1)


def test_what_only_sounds_alike_is_left_to_a_person(bring):
    bring([official("126.1", f"{CONSIDER} (Norway);")])

    assert bring([line(WELL)]) == (0, 0, 0, 1)


def test_a_correction_by_hand_is_a_conflict_for_the_rows_of_upr_info_too(bring):
    bring([official("126.1", f"{WELL} (Norway);")])
    Recommendation.objects.update(corrected=["recommending", "themes"])

    bring([line(WELL, action=5)])

    assert made() == [("KAZ-2-126.1", "NOR", None, "")]
    assert ImportRun.objects.latest("pk").conflicts == 1


def test_where_nothing_official_is_here_rows_are_kept_under_references_that_say_so(bring):
    assert bring([line(WELL), line(BRIDGE, response="Noted"), line(WELL, session=7)]) == (3, 0, 0, 0)

    found = Recommendation.objects.order_by("reference")
    assert [(one.reference, one.document.symbol, one.paragraph, one.cycle.key) for one in found] == [
        ("KAZ-UPRINFO-1-1", "UPR Info, KAZ, session 7", "UPR Info 1", "KAZ-1"),
        ("KAZ-UPRINFO-2-1", "UPR Info, KAZ, session 20", "UPR Info 1", "KAZ-2"),
        ("KAZ-UPRINFO-2-2", "UPR Info, KAZ, session 20", "UPR Info 2", "KAZ-2"),
    ]
    assert ReviewCycle.objects.get(key="KAZ-1").session.number == 7
    assert {text.kind for text in RecommendationText.objects.all()} == {TextKind.PARAPHRASE}
    noted = found.get(reference="KAZ-UPRINFO-2-2")
    assert [(one.kind, one.document.symbol) for one in noted.positions.all()] == [
        (PositionKind.NOTED, "UPR Info, KAZ, session 20")
    ]
    assert bring([line(WELL), line(BRIDGE, response="Noted"), line(WELL, session=7)]) == (0, 0, 3, 0)


def test_the_same_words_of_a_state_that_were_answered_twice_are_two_and_stay_two(bring):
    rows = [line(WELL, response="Accepted"), line(WELL, response="Noted")]
    assert bring(rows) == (2, 0, 0, 0)
    assert bring(rows) == (0, 0, 2, 0)
    assert RecommendationIdentifier.objects.count() == 2


def test_another_export_adds_to_the_list_and_gives_no_number_twice(bring):
    bring([line(WELL), line(BRIDGE)])
    Recommendation.objects.get(reference="KAZ-UPRINFO-2-2").delete()
    kept = Recommendation.objects.get()
    ReferenceAlias.objects.create(reference="KAZ-UPRINFO-2-2", recommendation=kept)

    assert bring([line(CONSIDER), line(WELL), line(WELL, sender="Spain")]) == (1, 1, 0, 0)

    assert sorted(Recommendation.objects.values_list("reference", flat=True)) == [
        "KAZ-UPRINFO-2-1",
        "KAZ-UPRINFO-2-3",
    ]
    assert [row[:2] for row in made()] == [
        ("KAZ-UPRINFO-2-1", "NOR"),
        ("KAZ-UPRINFO-2-1", "ESP"),
        ("KAZ-UPRINFO-2-3", "NOR"),
    ]


def test_an_official_source_gives_them_their_true_place_and_the_old_reference_leads_there(bring, client):
    bring([line(WELL, action=5), line(BRIDGE)])
    kept = Recommendation.objects.get(reference="KAZ-UPRINFO-2-1")

    assert bring([official("126.1", f"{WELL} (Norway);")]) == (0, 1, 0, 0)

    kept.refresh_from_db()
    assert (kept.reference, kept.document.symbol, kept.paragraph) == ("KAZ-2-126.1", REPORT, "126.1")
    assert kept.order_key.endswith("00126.00001")
    assert kept.position == PositionKind.NOTED
    assert [(one.kind, one.document.symbol) for one in kept.positions.all()] == [
        (PositionKind.SUPPORTED, "UPR Info, KAZ, session 20"),
        (PositionKind.NOTED, REPORT),
    ]
    assert ReferenceAlias.objects.get().reference == "KAZ-UPRINFO-2-1"
    assert ("KAZ-2-126.1", "NOR", 5, "") in made()
    assert {theme.code for theme in kept.themes.all()} == {"expression"}
    note = "known from UPR Info alone met no paragraph of this file: KAZ-UPRINFO-2-2"
    assert any(note in one for one in ImportRun.objects.latest("pk").notes)
    assert bring([official("126.1", f"{WELL} (Norway);")]) == (0, 0, 1, 0)
    assert bring([line(WELL, action=5)]) == (0, 0, 1, 0)
    client.force_login(make_person(Role.EDITOR))
    assert (
        client.get(reverse("recommendation_detail", args=["KAZ-UPRINFO-2-1"]), follow=True).status_code == 200
    )


def test_several_of_them_become_one_paragraph_as_far_as_nobody_works_with_them(bring):
    rows = [
        line("Consider ratifying the invented covenant on wells", action=3),
        line("Ratify the invented covenant on wells", sender="Spain", action=5),
    ]
    text = "To consider ratifying (Norway)/ratify (Spain) the invented covenant on wells;"
    bring(rows)

    assert bring([official("126.1", text, "Norway; Spain")]) == (0, 1, 0, 0)

    assert Recommendation.objects.get().reference == "KAZ-2-126.1"
    assert made() == [("KAZ-2-126.1", "NOR", 3, ""), ("KAZ-2-126.1", "ESP", 5, "")]
    assert set(ReferenceAlias.objects.values_list("reference", flat=True)) == {
        "KAZ-UPRINFO-2-1",
        "KAZ-UPRINFO-2-2",
    }
    assert RecommendationIdentifier.objects.filter(recommendation__reference="KAZ-2-126.1").count() == 2


def test_one_of_them_that_is_several_paragraphs_goes_to_the_first_and_labels_the_others(bring):
    bring([line(WELL, action=4), line(WELL, sender="Spain", action=5)])

    rows = [official("126.1", f"{WELL} (Norway);"), official("126.2", f"{WELL} (Spain);", "Spain")]
    assert bring(rows) == (1, 1, 0, 0)

    assert made() == [("KAZ-2-126.1", "NOR", 4, ""), ("KAZ-2-126.2", "ESP", 5, "")]
    # The row of the State that went elsewhere finds its paragraph by its words.
    assert bring([line(WELL, action=4), line(WELL, sender="Spain", action=5)]) == (0, 1, 1, 0)
    assert bring([line(WELL, action=4), line(WELL, sender="Spain", action=5)]) == (0, 0, 2, 0)


def test_one_that_somebody_works_with_is_merged_into_no_other(bring):
    rows = [line(CONSIDER), line(f"{WELL} of Spain", sender="Spain")]
    bring(rows)
    worked_on = Recommendation.objects.get(reference="KAZ-UPRINFO-2-2")
    link_to_evidence(worked_on)

    bring([official("126.1", f"{CONSIDER} (Norway); {WELL} of Spain (Spain);", "Norway; Spain")])

    worked_on.refresh_from_db()
    assert worked_on.reference == "KAZ-UPRINFO-2-2"
    assert Recommendation.objects.filter(reference="KAZ-2-126.1").exists()


def link_to_evidence(recommendation):
    person = make_person(Role.EDITOR)
    link_evidence(
        make_evidence(by=person), recommendation=recommendation, shows="context", why="Invented", by=person
    )


def test_one_that_is_recorded_by_hand_as_well_is_merged_when_the_export_comes_again(bring, kazakhstan):
    bring([line(WELL, action=5)])
    document = Document.objects.get(symbol=REPORT)
    norway = State.objects.get(code="NOR")
    record_recommendation(
        by=None,
        document=document,
        paragraph="126.1",
        texts=[("en", "official", f"{WELL} (Norway);")],
        recommending=[norway],
    )

    assert bring([line(WELL, action=5)]) == (0, 1, 0, 0)

    assert made() == [("KAZ-2-126.1", "NOR", 5, "")]
    assert ReferenceAlias.objects.get().reference == "KAZ-UPRINFO-2-1"
    assert bring([line(WELL, action=5)]) == (0, 0, 1, 0)


def test_the_true_place_is_taken_back_with_the_import(bring):
    bring([line(WELL), line(WELL, sender="Spain"), line(CONSIDER, sender="Spain")])
    before = everything()
    bring([official("126.1", f"{WELL} (Norway); {CONSIDER} (Spain);", "Norway; Spain")])
    assert everything() != before

    undo.take_back_now(ImportRun.objects.latest("pk"), by=None)

    assert everything() == before
    assert not ReferenceAlias.objects.exists()


def everything():
    return (
        list(
            Recommendation.objects.order_by("pk").values(
                "pk", "reference", "document", "paragraph", "position"
            )
        ),
        sorted(made(), key=str),
        set(RecommendationIdentifier.objects.values_list("recommendation", "value")),
        set(RecommendationText.objects.values_list("recommendation", "kind", "text")),
        set(Position.objects.values_list("recommendation", "kind", "document__symbol")),
    )


# --- What a person decides -----------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(client, kazakhstan):
    person = make_person(Role.COORDINATOR)
    client.force_login(person)
    return person


@pytest.fixture
def open_row(bring, client, coordinator, kazakhstan, tmp_path):
    """A run that waits with one row of which nobody knows what it means, sent on the page."""
    bring([official("126.1", f"{CONSIDER} (Norway);"), official("126.2", f"{BRIDGE} (Norway);")])
    path = write(tmp_path, make_csv([line(WELL, action=5), line(BRIDGE)]).encode(), "export.csv")
    with path.open("rb") as file:
        client.post(reverse("import_new"), {"file": file, "state": kazakhstan.pk})
    run = ImportRun.objects.latest("pk")
    assert (run.status, run.undecided, run.updated) == (ImportState.PLANNED, 1, 1)
    return run


def choice(run, value):
    row = run.staged.get(action="undecided")
    return {f"choice-{row.pk}": value}


def test_the_page_offers_what_the_row_may_mean_with_the_likeness(client, open_row):
    page = client.get(reverse("import_detail", args=[open_row.pk]) + "?show=undecided").content.decode()

    assert "KAZ-2-126.1" in page
    assert "% alike" in page
    assert WELL in page


def test_what_is_chosen_is_applied_and_known_the_next_time(client, open_row, bring):
    client.post(reverse("import_choose", args=[open_row.pk]), choice(open_row, "KAZ-2-126.1"))
    open_row.refresh_from_db()
    assert (open_row.status, open_row.undecided, open_row.updated) == (ImportState.PLANNED, 0, 2)

    client.post(reverse("import_confirm", args=[open_row.pk]))

    assert ("KAZ-2-126.1", "NOR", 5, "") in made()
    assert bring([line(WELL, action=5), line(BRIDGE)]) == (0, 0, 2, 0)


def test_a_row_may_be_a_recommendation_of_its_own(client, open_row, bring):
    client.post(reverse("import_choose", args=[open_row.pk]), choice(open_row, "new"))
    client.post(reverse("import_confirm", args=[open_row.pk]))

    assert Recommendation.objects.filter(reference="KAZ-UPRINFO-2-1").exists()
    assert bring([line(WELL, action=5), line(BRIDGE)]) == (0, 0, 2, 0)


def test_a_row_that_is_left_out_is_left_out_of_the_next_import_of_the_file_too(client, open_row, bring):
    client.post(reverse("import_choose", args=[open_row.pk]), choice(open_row, "out"))
    client.post(reverse("import_confirm", args=[open_row.pk]))

    assert Recommendation.objects.count() == 2
    assert bring([line(WELL, action=5), line(BRIDGE)]) == (0, 0, 1, 0)
    assert any("left out, as somebody decided" in note for note in ImportRun.objects.latest("pk").notes)


def test_all_open_rows_can_be_decided_at_once(client, open_row):
    client.post(reverse("import_choose", args=[open_row.pk]), {"everything": "out"})
    open_row.refresh_from_db()

    assert open_row.undecided == 0


def test_rows_left_open_are_not_saved_and_the_others_are(client, open_row):
    client.post(reverse("import_confirm", args=[open_row.pk]))

    open_row.refresh_from_db()
    assert open_row.status == ImportState.APPLIED
    assert made() == [("KAZ-2-126.1", "NOR", None, ""), ("KAZ-2-126.2", "NOR", 4, "")]


def test_what_is_not_recorded_cannot_be_chosen(client, open_row):
    client.post(reverse("import_choose", args=[open_row.pk]), choice(open_row, "KAZ-2-126.99"))
    open_row.refresh_from_db()

    assert open_row.undecided == 1
    assert open_row.choices == {}


def test_another_one_can_be_named_by_its_reference(client, open_row):
    wanted = {name.replace("choice", "other"): "kaz-2-126.2" for name in choice(open_row, "")}
    client.post(reverse("import_choose", args=[open_row.pk]), wanted)
    open_row.refresh_from_db()

    assert (open_row.undecided, list(open_row.choices.values())) == (0, ["KAZ-2-126.2"])


def test_nothing_is_chosen_in_a_run_that_no_longer_waits(client, open_row):
    wanted = choice(open_row, "KAZ-2-126.1")
    key = int(next(iter(wanted)).removeprefix("choice-"))
    client.post(reverse("import_confirm", args=[open_row.pk]))

    with pytest.raises(NotPossible):
        choose(open_row, chosen={key: "KAZ-2-126.1"}, by=None)


def test_a_workbook_with_rows_to_be_decided_is_told_so_on_the_command_line(bring, kazakhstan, tmp_path):
    bring([official("126.1", "Invented text about nothing of that (Norway);")])
    told = import_file(write(tmp_path, make(), "export.xls"), state=kazakhstan, dry_run=False)

    assert told["problems"] == []
    assert (told["created"], told["updated"], told["undecided"]) == (0, 0, 3)
    assert not Document.objects.filter(symbol__startswith="UPR Info").exists()
    assert ImportRow.objects.filter(action="undecided").count() == 3


@pytest.mark.parametrize(
    ("session", "cycle"), [(1, 1), (12, 1), (13, 2), (26, 2), (27, 3), (40, 3), (41, 4), (48, 4)]
)
def test_the_cycle_follows_from_the_session(session, cycle):
    assert cycle_of_session(session) == cycle


def test_a_session_that_is_not_known_is_told(bring, kazakhstan, tmp_path):
    assert not Session.objects.filter(number=99).exists()
    path = write(tmp_path, make_csv([line(WELL, session=99)]).encode(), "export.csv")
    told = import_file(path, state=kazakhstan, dry_run=False)
    assert [(one["row"], one["column"]) for one in told["problems"]] == [(2, "Session")]
