"""A table in, recommendations out: new ones, changed ones, and nothing at all the second time."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from recommendations.audit.models import Event
from recommendations.catalogue.models import Position, Recommendation, RecommendationText, StateClaim
from recommendations.catalogue.recording import correct_recommendation, record_recommendation
from recommendations.catalogue.texts import preferred_text
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.overview import detail
from recommendations.overview.models import SearchEntry
from recommendations.overview.search import matching, reindex_all
from recommendations.vocabulary import ImportState, PositionKind, TextKind
from tests.factories import make_document, make_person, make_state
from tests.imports.files import REPORT, as_csv, as_xlsx, make_terms, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan():
    return make_terms()


@pytest.fixture
def bring(tmp_path, kazakhstan):
    """Imports rows and gives what the command tells."""

    def bring(rows, *, dry_run=False, form=as_csv):
        path = write(tmp_path, form(rows), "table.csv" if form is as_csv else "table.xlsx")
        return import_file(path, state=kazakhstan, dry_run=dry_run)

    return bring


def counts(told):
    return {name: told[name] for name in ("rows", "created", "updated", "unchanged", "conflicts")} | {
        "problems": len(told["problems"])
    }


def test_new_rows_are_recorded_with_all_that_belongs_to_them(bring):
    told = bring([row("126.2", recommending_states="Norway; Spain", uprinfo_action="3; 5"), row("126.10")])

    assert counts(told) == {
        "rows": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "conflicts": 0,
        "problems": 0,
    }
    recommendation = Recommendation.objects.get(reference="KAZ-2-126.2")
    assert recommendation.document.symbol == REPORT
    assert recommendation.position == PositionKind.NOTED
    assert recommendation.lead_theme.code == "expression"
    assert [(one.state.code, one.action_category) for one in recommendation.recommending.all()] == [
        ("NOR", 3),
        ("ESP", 5),
    ]
    assert preferred_text(recommendation, "en")[0].text == "Invented text of 126.2 (Norway);"
    position = recommendation.positions.get()
    assert (position.document.symbol, position.locator, position.on, position.recorded_by) == (
        REPORT,
        "para. 126",
        date(2014, 10, 30),
        None,
    )
    assert [one.reference for one in Recommendation.objects.in_order()] == ["KAZ-2-126.2", "KAZ-2-126.10"]


def test_what_an_import_writes_into_the_search_index_is_what_reading_the_rows_again_gives(bring):
    full = row("126.2", recommending_states="Norway; Spain")
    bring([full, row("126.10", text="Invented text on newspapers")])
    written = list(SearchEntry.objects.order_by("pk").values_list("pk", "stems"))
    assert len(written) == 2
    assert reindex_all() == 2
    assert list(SearchEntry.objects.order_by("pk").values_list("pk", "stems")) == written
    rows = Recommendation.objects.all()
    for query in ("newspapers", "Spain", "KAZ-2-126.2"):
        assert matching(rows, query).count() == 1, query


def test_importing_twice_changes_nothing(bring):
    bring([row("126.1"), row("126.2")])
    before = list(Recommendation.objects.values())

    told = bring([row("126.1"), row("126.2")])

    assert counts(told) == {
        "rows": 2,
        "created": 0,
        "updated": 0,
        "unchanged": 2,
        "conflicts": 0,
        "problems": 0,
    }
    assert list(Recommendation.objects.values()) == before
    assert (Position.objects.count(), RecommendationText.objects.count()) == (2, 2)


def test_an_answer_after_the_report_is_a_second_position(bring):
    source = "A/HRC/28/2 para 602 (changed after WG report)"
    bring([row("126.27", final_position="Supported", final_position_source=source)])

    recommendation = Recommendation.objects.get()
    assert recommendation.position == PositionKind.SUPPORTED
    assert [
        (one.kind, one.document.symbol, one.locator, one.on) for one in recommendation.positions.all()
    ] == [
        (PositionKind.NOTED, REPORT, "para. 126", date(2014, 10, 30)),
        (PositionKind.SUPPORTED, "A/HRC/28/2", "para. 602", date(2015, 3, 19)),
    ]
    assert recommendation.positions.last().note == "changed after WG report"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Supported - considered already implemented", "implemented"),
        ("Supported - in the process of being implemented", "in_process"),
        ("Supported - already implemented or in process", "implemented_or_in_process"),
    ],
)
def test_what_the_state_says_it_did_becomes_a_claim(bring, words, kind):
    bring(
        [
            row(
                "124.1",
                wg_report_position=words,
                final_position="Supported",
                final_position_source=f"{REPORT} para 124",
            )
        ]
    )

    claim = StateClaim.objects.get()
    assert (claim.kind, claim.document.symbol, claim.locator, claim.on) == (
        kind,
        REPORT,
        "para. 124",
        date(2014, 10, 30),
    )
    assert Position.objects.count() == 1


def test_a_changed_text_replaces_the_one_that_was_imported(bring):
    bring([row("126.1")])

    told = bring([row("126.1", text="Corrected by the UN")])

    assert told["updated"] == 1
    assert RecommendationText.objects.get().text == "Corrected by the UN"
    assert Recommendation.objects.get().revision == 2
    assert ImportRow.objects.get(action="changed").changes == [
        {
            "field": "text",
            "old": "Invented text of 126.1 (Norway);",
            "new": "Corrected by the UN",
            "of": "en official",
        }
    ]


def test_the_official_wording_hides_our_paraphrase_and_keeps_it(bring):
    record_recommendation(
        by=None,
        document=make_document(symbol=REPORT),
        paragraph="126.1",
        texts=[("en", TextKind.PARAPHRASE, "In our words"), ("ru", TextKind.PARAPHRASE, "Своими словами")],
        recommending=[make_state("NOR")],
        is_demo=True,
    )

    told = bring([row("126.1")])

    recommendation = Recommendation.objects.get()
    assert (told["created"], told["updated"]) == (0, 1)
    assert preferred_text(recommendation, "ru")[0].kind == TextKind.OFFICIAL
    assert recommendation.texts.filter(kind=TextKind.PARAPHRASE).count() == 2
    assert not recommendation.is_demo


def test_what_a_person_corrected_is_a_conflict_and_stays(bring):
    bring([row("126.1")])
    correct_recommendation(
        Recommendation.objects.get(),
        by=make_person(),
        revision=1,
        texts=[("en", TextKind.OFFICIAL, "Corrected by hand")],
    )

    told = bring([row("126.1")])

    assert (told["conflicts"], told["unchanged"]) == (1, 0)
    assert RecommendationText.objects.get().text == "Corrected by hand"


def test_themes_a_person_chose_are_not_added_to_silently(bring):
    bring([row("126.1")])
    correct_recommendation(Recommendation.objects.get(), by=make_person(), revision=1, themes=[])

    told = bring([row("126.1")])

    assert told["conflicts"] == 1
    assert not Recommendation.objects.get().themes.exists()


def test_beside_a_conflict_the_rest_of_the_row_is_applied(bring):
    bring([row("126.1")])
    correct_recommendation(
        Recommendation.objects.get(), by=make_person(), revision=1, texts=[("en", "official", "By hand")]
    )

    told = bring([row("126.1", recommending_states="Norway; Spain")])

    assert told["conflicts"] == 1
    assert [one.state.code for one in Recommendation.objects.get().recommending.all()] == ["NOR", "ESP"]
    assert RecommendationText.objects.get().text == "By hand"


def test_the_same_document_read_otherwise_by_a_person_is_a_conflict(bring):
    bring([row("126.1")])
    Position.objects.update(kind="supported", recorded_by=make_person())

    assert bring([row("126.1")])["conflicts"] == 1
    assert Position.objects.get().kind == "supported"


def test_a_dry_run_writes_nothing_and_tells_the_same(bring):
    told = bring([row("126.1")], dry_run=True)

    assert told["created"] == 1
    assert not Recommendation.objects.exists()
    assert ImportRun.objects.get().status == ImportState.DISCARDED


def test_one_event_is_written_for_a_run(bring):
    bring([row("126.1"), row("126.2")])

    event = Event.objects.get(verb="import.applied")
    assert event.detail.detail["created"] == 2
    assert not Event.objects.filter(verb="recommendation.recorded").exists()


def test_the_history_of_a_record_tells_of_the_imports_that_wrote_it(bring):
    bring([row("126.1"), row("126.2")])
    bring([row("126.1"), row("126.2", text="Abolish the death penalty in law")])

    told = {
        recommendation.paragraph: [entry.verb for entry in detail.history(recommendation, make_person())]
        for recommendation in Recommendation.objects.all()
    }
    assert told == {"126.1": ["import.applied"], "126.2": ["import.applied", "import.applied"]}


def test_a_workbook_gives_the_same_as_a_text_file(bring):
    bring([row("126.1"), row("126.10")])

    assert bring([row("126.1"), row("126.10")], form=as_xlsx)["unchanged"] == 2


def test_our_own_template_is_read_with_texts_in_three_languages(bring):
    told = bring(
        [
            {
                "cycle": "2",
                "paragraph": "125.1",
                "text": "English",
                "text_ru": "Русский",
                "text_kk": "Қазақша",
                "recommending_states": "Spain",
                "position": "Supported",
                "position_document": f"{REPORT}/Add.1",
                "position_paragraph": "para. 3",
                "position_date": "2015-02-01",
                "claim": "in process",
                "themes": "Freedom of opinion and expression; Reservations",
                "groups": "Children",
                "sdgs": "SDG 4; 16.10",
                "action_category": "4",
            }
        ]
    )

    assert told["created"] == 1
    recommendation = Recommendation.objects.get(reference="KAZ-2-125.1")
    assert {one.language: one.text for one in recommendation.texts.all()} == {
        "en": "English",
        "ru": "Русский",
        "kk": "Қазақша",
    }
    position = recommendation.positions.get()
    assert (position.document.symbol, position.document.kind, position.on) == (
        f"{REPORT}/Add.1",
        "addendum",
        date(2015, 2, 1),
    )
    assert [theme.code for theme in recommendation.themes.all()] == ["expression"]
    assert [group.code for group in recommendation.groups.all()] == ["children"]
    assert [goal.number for goal in recommendation.goals.all()] == [4, 16]
    assert [target.code for target in recommendation.targets.all()] == ["16.10"]


def test_a_row_may_name_only_the_reference_and_what_it_adds(bring):
    bring([row("126.1")])

    told = bring([{"reference": "kaz-2-126.1", "text_kk": "Қазақша", "groups": "Children"}])

    assert told["updated"] == 1
    recommendation = Recommendation.objects.get()
    assert recommendation.texts.get(language="kk").text == "Қазақша"
    assert recommendation.groups.get().code == "children"


def test_a_cycle_and_report_that_are_not_here_come_from_session_and_symbol(bring, tmp_path):
    told = import_file(
        write(
            tmp_path,
            as_csv(
                [
                    row(
                        "1.1",
                        cycle="2",
                        session="21",
                        symbol="A/HRC/29/4",
                        final_position_source="A/HRC/29/4 para 1",
                        state="KGZ",
                    )
                ]
            ),
        ),
        state=None,
        dry_run=False,
    )

    assert told["problems"] == []
    recommendation = Recommendation.objects.get()
    assert recommendation.reference == "KGZ-2-1.1"
    assert (recommendation.cycle.session.number, recommendation.document.kind) == (21, "working_group_report")
    assert ImportRun.objects.get().notes[0].startswith("New here")


def test_headers_are_found_whatever_their_case_blanks_and_doubled_letters(bring):
    first = row("126.1")
    names = {"cycle": "CYCLE", "symbol": " Document  Symbol ", "recommending_states": "Reccomending States"}

    assert bring([{names.get(key, key): value for key, value in first.items()}])["created"] == 1
    assert Recommendation.objects.get().recommending.get().state.code == "NOR"


def test_the_command_prints_json_and_ends_with_one_on_problems(kazakhstan, tmp_path, capsys):
    good = write(tmp_path, as_csv([row("126.1")]))
    call_command("import_recommendations", str(good), "--state", "KAZ", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "format": "csv",
        "rows": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "conflicts": 0,
        "undecided": 0,
        "doubts": [],
        "notes": [],
        "problems": [],
    }

    bad = write(tmp_path, as_csv([row("126.2", recommending_states="Norwey")]), "bad.csv")
    with pytest.raises(SystemExit) as end:
        call_command("import_recommendations", str(bad), "--state", "Kazakhstan", "--json")
    told = json.loads(capsys.readouterr().out)
    assert end.value.code == 1
    assert told["problems"] == [
        {
            "row": 2,
            "column": "recommending_states",
            "message": "“Norwey” is no State known here. Did you mean “Norway”?",
        }
    ]
    assert (told["created"], Recommendation.objects.count()) == (0, 1)


def test_the_command_names_a_state_that_is_probably_meant(kazakhstan, tmp_path):
    with pytest.raises(CommandError, match="Kazakhstan"):
        call_command("import_recommendations", str(tmp_path / "x.csv"), "--state", "Kazakstan")


def test_the_number_of_queries_does_not_grow_with_rows(
    bring, django_assert_max_num_queries, kazakhstan, tmp_path
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(number):
        path = write(tmp_path, as_csv([row(f"{number}.{one}") for one in range(1, number + 1)]))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            import_file(path, state=kazakhstan, dry_run=False)
        return sum(not query["sql"].startswith("INSERT") for query in captured)

    queries(3)
    assert queries(5) == queries(50)
