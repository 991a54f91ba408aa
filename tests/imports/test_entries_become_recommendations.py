"""What every format shares: words resolved, identifiers, bodies, doubts, and what is told of faults."""

import json

import pytest
from django.core.management import CommandError, call_command

from recommendations.catalogue.models import (
    Document,
    GroupAlias,
    Position,
    Recommendation,
    RecommendationIdentifier,
    StateClaim,
    Theme,
)
from recommendations.catalogue.recording import correct_recommendation
from recommendations.catalogue.texts import preferred_text
from recommendations.formats.entries import Answer, Claim, FromState
from recommendations.formats.readers import readers
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.vocabulary import DocumentKind, ImportState, PositionKind
from recommendations.words.clean import fold_label
from tests.factories import make_body, make_person, make_state
from tests.imports import invented_format
from tests.imports.files import REPORT, as_csv, catalogue_rows, make_terms, row, write
from tests.imports.invented_format import as_file, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan(monkeypatch):
    monkeypatch.setitem(readers(), invented_format.CODE, invented_format)
    return make_terms()


@pytest.fixture
def bring(tmp_path, kazakhstan):
    def bring(*entries, whole=False, **options):
        path = write(tmp_path, as_file(*entries, whole=whole), "entries.json")
        options.setdefault("state", kazakhstan)
        return import_file(path, dry_run=options.pop("dry_run", False), **options)

    return bring


def counts(told):
    return tuple(told[name] for name in ("rows", "created", "updated", "unchanged", "conflicts"))


def messages(told):
    return [one["message"] for one in told["problems"]]


def test_an_entry_is_recorded_with_all_it_says(bring):
    told = bring(
        entry(
            1,
            identifiers=[("uhri", "a1b2")],
            texts=[("en", "official", "Invented &amp; odd\xa0 text (Norway);")],
            recommending=[FromState("- Norway", 5, "its own wording"), FromState("Spain", 3)],
            answers=[
                Answer("Noted"),
                Answer("- Supported", "A/HRC/28/10/Add.1", "para. 3", quote="Invented quote"),
            ],
            claims=[Claim("in_process", locator="para. 126", quote="Invented claim")],
            groups=["Children"],
            sdgs=["16 - PEACE, JUSTICE AND STRONG INSTITUTIONS", "16.10 - Access to information"],
            issues=["Children"],
        )
    )

    assert (told["format"], counts(told), told["problems"]) == ("invented", (1, 1, 0, 0, 0), [])
    recommendation = Recommendation.objects.get()
    assert recommendation.reference == "KAZ-2-126.1"
    assert preferred_text(recommendation, "en")[0].text == "Invented & odd text (Norway);"
    assert [
        (one.state.code, one.action_category, one.wording) for one in recommendation.recommending.all()
    ] == [
        ("NOR", 5, "its own wording"),
        ("ESP", 3, ""),
    ]
    answers = Position.objects.order_by("sequence").values_list(
        "kind", "document__symbol", "locator", "quote"
    )
    assert list(answers) == [
        ("noted", REPORT, "", ""),
        ("supported", "A/HRC/28/10/Add.1", "para. 3", "Invented quote"),
    ]
    assert recommendation.position == PositionKind.SUPPORTED
    assert StateClaim.objects.get().quote == "Invented claim"
    assert [group.code for group in recommendation.groups.all()] == ["children"]
    assert [target.code for target in recommendation.targets.all()] == ["16.10"]
    assert RecommendationIdentifier.objects.get().value == "a1b2"
    assert counts(bring(entry(1, identifiers=[("uhri", "a1b2")]))) == (1, 0, 1, 0, 0)


def test_the_same_entries_again_change_nothing(bring):
    entries = [entry(number, identifiers=[("uhri", f"id-{number}")]) for number in (1, 2)]
    bring(*entries)

    assert counts(bring(*entries)) == (2, 0, 0, 2, 0)
    assert ImportRow.objects.filter(run=ImportRun.objects.latest("pk"), action="new").count() == 0


def test_faults_are_told_with_row_column_and_place(bring):
    told = bring(
        entry(1, place="paragraph 126.1", themes=["Freedom of the pres"]),
        entry(2, recommending=[FromState("Norwey")]),
        entry(3, answers=[Answer("perhaps")]),
        entry(4, sdgs=["99 - nothing"]),
        entry(5, paragraph="not one"),
        entry(6, symbol="no symbol"),
        entry(7, texts=[]),
        entry(8, body="Committee of Nobody"),
    )

    places = [(one["row"], one["column"]) for one in told["problems"]]
    assert places[:4] == [(1, "Topics"), (2, "Made by"), (3, "Position"), (4, "SDGs")]
    assert messages(told)[0].startswith("paragraph 126.1: “Freedom of the pres” is no theme known here.")
    assert "Did you mean “Norway”?" in messages(told)[1]
    assert len(places) == 8
    assert not Recommendation.objects.exists()


def test_an_issue_may_name_a_theme_a_group_or_both(bring, kazakhstan):
    group = GroupAlias.objects.get().group
    GroupAlias.objects.create(
        group=group, label="Freedom of the press", folded=fold_label("Freedom of the press")
    )

    bring(entry(1, themes=[], issues=["Freedom of the press", "Children"]))

    recommendation = Recommendation.objects.get()
    assert (
        [one.code for one in recommendation.themes.all()],
        [one.code for one in recommendation.groups.all()],
    ) == (
        ["expression"],
        ["children"],
    )


def test_an_identifier_finds_its_recommendation_before_document_and_paragraph(bring):
    bring(entry(1, identifiers=[("uhri", "known")]), entry(2))

    told = bring(
        entry(1, identifiers=[("uhri", "known")], symbol="", paragraph="", cycle=None),
        dry_run=True,
    )
    assert counts(told) == (1, 0, 0, 1, 0)

    told = bring(entry(2, identifiers=[("uhri", "known")]), dry_run=True)
    assert told["doubts"][0]["reference"] == "KAZ-2-126.1"
    assert "Its identifier belongs to KAZ-2-126.1" in told["doubts"][0]["message"]


def test_one_identifier_twice_in_a_file_is_a_problem(bring):
    told = bring(entry(1, identifiers=[("uhri", "x")]), entry(2, identifiers=[("uhri", "x")]))

    assert messages(told) == ["Row 1 holds the identifier x already. Expected each once."]


def test_a_treaty_bodys_document_is_proposed_with_body_and_number(bring):
    make_body("CCPR")

    told = bring(
        entry(1, body="- CCPR", symbol="CCPR/C/KAZ/CO/3", paragraph="24a", answers=[]),
        entry(2, symbol="CCPR/C/KAZ/CO/3", paragraph="25", answers=[]),
    )

    assert (counts(told), told["problems"]) == ((2, 2, 0, 0, 0), [])
    assert [one.reference for one in Recommendation.objects.in_order()] == ["KAZ-CCPR-3-24a", "KAZ-CCPR-3-25"]
    document = Document.objects.get(symbol="CCPR/C/KAZ/CO/3")
    assert (document.kind, document.body.code, document.number_in_series, document.cycle) == (
        DocumentKind.CONCLUDING_OBSERVATIONS,
        "CCPR",
        3,
        None,
    )
    assert Recommendation.objects.get(paragraph="25").body.code == "CCPR"


@pytest.mark.parametrize(
    ("symbol", "reference"),
    [
        ("CCPR/C/KAZ/CO/2-4", "KAZ-CCPR-4-7"),
        ("CCPR/C/15/Add.213", "KAZ-CCPR-1-7"),
        ("CCPR/C/KAZ/CO/2/Add.1", "KAZ-CCPR-2-7"),
    ],
)
def test_the_number_in_the_series_comes_from_the_symbol_where_it_tells(bring, symbol, reference):
    make_body("CCPR")

    bring(entry(1, symbol=symbol, paragraph="7", answers=[]))

    assert Recommendation.objects.get().reference == reference


def test_observations_on_another_state_are_not_taken_for_this_one(bring):
    make_body("CCPR")

    told = bring(entry(1, symbol="CCPR/C/NOR/CO/3", paragraph="7", answers=[]))

    assert "concerns NOR" in messages(told)[0]
    assert catalogue_rows() == 3


def test_an_answer_without_its_place_adds_nothing_to_the_same_position(bring):
    bring(entry(1, answers=[Answer("Supported", "A/HRC/28/2", "para. 602")]))

    loose = entry(1, answers=[Answer("Supported", is_stated=False)])
    assert counts(bring(loose)) == (1, 0, 0, 1, 0)
    assert Position.objects.get().document.symbol == "A/HRC/28/2"

    assert counts(bring(entry(1, answers=[Answer("Noted", is_stated=False)]))) == (1, 0, 1, 0, 0)
    assert Position.objects.count() == 2


def test_what_a_person_corrected_stays_and_is_told_as_a_conflict(bring):
    bring(entry(1))
    person = make_person()
    correct_recommendation(
        Recommendation.objects.get(),
        by=person,
        revision=1,
        texts=[("en", "official", "By hand")],
        themes=[Theme.objects.get(code="general-theme")],
    )

    told = bring(entry(1, texts=[("en", "official", "Invented other text")]))

    assert counts(told) == (1, 0, 0, 0, 1)
    recommendation = Recommendation.objects.get()
    assert preferred_text(recommendation, "en")[0].text == "By hand"
    assert [theme.code for theme in recommendation.themes.all()] == ["general-theme"]


def test_doubts_keep_a_file_from_being_written_from_the_command_line(bring):
    doubtful = entry(1, doubts=["The States could not be told from the sentence."])

    told = bring(doubtful, entry(2))
    assert not Recommendation.objects.exists()
    assert told["doubts"] == [
        {
            "row": 1,
            "reference": "KAZ-2-126.1",
            "message": "The States could not be told from the sentence.",
        }
    ]

    assert bring(doubtful, entry(2), accept_doubts=True)["created"] == 2
    assert bring(doubtful, entry(2))["doubts"] == []


def test_entries_on_other_states_only_are_said_to_be_missing(bring, kazakhstan):
    told = bring(entry(1, state="Norway"))

    assert messages(told) == ["The file holds no recommendation to Kazakhstan."]
    run = ImportRun.objects.get()
    assert run.notes == ["1 entries on other States were left out."]


def test_another_states_entry_in_a_file_of_one_is_a_problem(bring):
    bring(entry(1))
    told = bring(entry(1, state=""), state=make_state("NOR"))

    assert "concerns Kazakhstan" in messages(told)[0]


def test_the_command_reads_the_format_that_is_named(kazakhstan, tmp_path, capsys):
    path = write(tmp_path, as_file(entry(1)), "entries.txt")
    call_command("import_recommendations", str(path), "--state", "KAZ", "--format", "invented", "--json")
    assert json.loads(capsys.readouterr().out)["created"] == 1

    with pytest.raises(
        CommandError, match=r"There is no format “inventd”\. Known formats: table, .*invented"
    ):
        call_command("import_recommendations", str(path), "--format", "inventd")


def test_a_format_that_the_file_cannot_have_is_refused_with_both(kazakhstan, tmp_path):
    table = write(tmp_path, as_csv([row("126.1")]))

    told = import_file(table, state=kazakhstan, dry_run=False, chosen_format="invented")

    assert messages(told) == [
        "The format “Invented format” was chosen, but the file is a text or CSV table. Expected a JSON file."
    ]


def in_russian(number, **fields):
    return entry(
        number, texts=[("ru", "official", f"Выдуманный текст {number}")], answers=[], themes=[], **fields
    )


def test_a_whole_document_in_another_language_is_joined_by_number(bring):
    bring(entry(1), entry(2), whole=True)

    assert counts(bring(in_russian(1), in_russian(2), whole=True)) == (2, 0, 2, 0, 0)
    texts = Recommendation.objects.get(paragraph="126.2").texts.values_list("language", "text")
    assert set(texts) == {("en", "Invented text of 126.2 (Norway);"), ("ru", "Выдуманный текст 2")}
    assert counts(bring(in_russian(1), in_russian(2), whole=True)) == (2, 0, 0, 2, 0)


def test_another_number_of_paragraphs_stops_a_translation_with_both_counts(bring):
    bring(entry(1), entry(2), entry(3))

    told = bring(in_russian(1), in_russian(2), whole=True)

    assert messages(told) == [
        "Paragraphs of A/HRC/28/10: 2 in the file, 3 here from another language. Texts are joined by their "
        "number, so nothing is taken. Not in the file: 126.3."
    ]
    assert not Recommendation.objects.filter(texts__language="ru").exists()
    assert "Not here: 126.4." in messages(bring(*map(in_russian, (1, 2, 3, 4)), whole=True))[0]


def test_another_number_of_states_in_a_paragraph_stops_a_translation_with_both_counts(bring):
    bring(entry(1), entry(2))

    several = in_russian(2, recommending=[FromState("Norway"), FromState("Spain")])
    told = bring(in_russian(1), several, whole=True)

    assert [(one["row"], one["message"]) for one in told["problems"]] == [
        (
            2,
            "Recommending States of KAZ-2-126.2: 2 in the file, 1 here from another language.",
        )
    ]
    assert not Recommendation.objects.filter(texts__language="ru").exists()


def test_a_whole_document_in_the_same_language_may_bring_what_is_missing(bring):
    bring(entry(1))

    assert counts(bring(entry(1), entry(2), whole=True)) == (2, 1, 0, 1, 0)


@pytest.mark.parametrize("content", [b'[{"a": 1}]', b"%PDF-1.7 nothing", b"shopping,price\nmilk,3\n"])
def test_a_file_that_nobody_reads_is_told_what_is_accepted(kazakhstan, tmp_path, content):
    told = import_file(write(tmp_path, content), state=kazakhstan, dry_run=False)

    assert ImportRun.objects.get().status == ImportState.REFUSED
    assert len(told["problems"]) == 1


def test_an_unknown_json_lists_the_accepted_formats(kazakhstan, tmp_path):
    told = import_file(write(tmp_path, b'[{"a": 1}]'), state=kazakhstan, dry_run=False)

    assert (
        "not one that can be read here. Accepted: Table in the columns of our template" in messages(told)[0]
    )
    assert "Invented format" in messages(told)[0]


def test_a_plan_keeps_what_comes_with_the_rows(bring):
    make_body("CCPR")
    bring(entry(1, symbol="CCPR/C/KAZ/CO/3", paragraph="7", answers=[]), dry_run=True)

    run = ImportRun.objects.get()
    assert [(one["what"], one["symbol"], one["series"]) for one in run.proposals] == [
        ("document", "CCPR/C/KAZ/CO/3", 3)
    ]
    assert run.created == 1
