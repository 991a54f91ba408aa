"""OHCHR's own thematic lists: what is in them equals what another parser found, and they load end to end."""

import csv
import re
from collections import Counter, defaultdict

import pytest
from django.core.management import call_command

from recommendations.assessments.workflow import perform
from recommendations.catalogue.models import Document, Recommendation, ReviewCycle
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.reference import load_reference
from recommendations.formats import thematic
from recommendations.formats.entries import Wanted
from recommendations.formats.matrix import fill_list
from recommendations.formats.readers import recognise, thematic_list
from recommendations.formats.samples import sample_of
from recommendations.imports.commanding import import_file, state_named
from recommendations.imports.entering import Entering
from recommendations.imports.models import ImportRun
from recommendations.imports.terms import Terms
from recommendations.vocabulary import PositionKind, Role
from tests.conftest import REAL_FILES
from tests.factories import make_assessment, make_person, make_round
from tests.formats.test_lists_are_filled import members, outside_the_last_cells, texts

LISTS = REAL_FILES / "ohchr-thematic-lists"
FILES = {"SVN2": "slovenia-cycle-2.docx", "SVN3": "slovenia-cycle-3.docx", "CHN2": "china-cycle-2.docx"}


@pytest.fixture
def terms(db):
    load_reference()
    return Terms.load()


def read(name: str, terms: Terms):
    path = LISTS / name
    assert recognise(sample_of(path)) is thematic_list
    with thematic_list.read(path, name=name, wanted=Wanted(terms.states.knows)) as reading:
        entries = list(reading.entries)
    assert reading.problems == []
    assert reading.notes == []
    assert reading.total == len(entries)
    return entries


def expected() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    with (LISTS / "expected-rows.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[f"{row['sur_iso3']}{row['cycle']}"][row["paragraph"]] = row
    return found


def tidy(text: str) -> str:
    """Two deviations: we write one blank where Word has several, and take off the mark in front of two of China's
    texts ("186.132. .Inform", "186.228. . Continue"), which belongs to the number."""
    return " ".join(text.split()).lstrip(". ")


def once(listed: str) -> list[str]:
    """A third: two of Slovenia's recommendations name a goal twice; we name it once."""
    return list(dict.fromkeys(part for part in listed.split(" | ") if part))


def place(source: str) -> tuple[str, str]:
    """A fourth: "A/HRC/43/15/Add.1 - Para.3" is the document and, in one spelling, the place in it; the one
    "A/HRC/28/15/Add.1, para. 3 - Para. 3" names its place twice."""
    symbol = source.split(" - ")[0].split(",")[0]
    number = re.search(r"Para\.?\s?([0-9.]+)", source)
    return symbol, f"para. {number[1].rstrip('.')}" if number else ""


@pytest.mark.parametrize("key", FILES)
def test_recommendations_and_positions_equal_what_another_parser_found(key, terms):
    entries = read(FILES[key], terms)
    rows = expected()[key]

    assert [entry.paragraph for entry in entries] == list(rows)
    for entry in entries:
        row = rows[entry.paragraph]
        ((language, kind, text),) = entry.texts
        (answer,) = entry.answers
        assert (language, kind, text) == ("en", "official", tidy(row["text"]))
        assert answer.words == row["position"]
        assert (answer.symbol or entry.symbol, answer.locator) == place(row["source_of_position"])
        assert entry.themes == once(row["themes"])
        assert tidy(row["section_theme"]) in entry.themes
        assert entry.groups == once(row["affected_persons"])
        assert entry.sdgs == once(row["sdgs"])
        assert (str(entry.cycle), str(entry.session)) == (row["cycle"], row["session"])
        assert entry.recommending
        assert entry.doubts == []
    assert {terms.states.find(entry.state) for entry in entries} == {terms.states.find(key[:3])}


def test_the_totals_are_ohchrs(terms):
    counts = {key: Counter(e.answers[0].words for e in read(name, terms)) for key, name in FILES.items()}
    assert counts == {
        "SVN2": {"Supported": 142, "Noted": 21},
        "SVN3": {"Supported": 182, "Noted": 33},
        "CHN2": {"Supported": 204, "Noted": 48},
    }


def test_egypts_layout_is_read_whole(terms):
    """300 rows of the document hold a recommendation: 346 in all, less the header and 45 that open a section."""
    entries = read("egypt-cycle-2.docx", terms)

    assert sorted(int(entry.paragraph.removeprefix("166.")) for entry in entries) == list(range(1, 301))
    assert {(e.state, e.cycle, e.session, e.symbol) for e in entries} == {("Egypt", 2, None, "A/HRC/28/16")}
    words = Counter(entry.answers[0].words for entry in entries)
    assert words == {"Supported": 224, "Noted": 53, "Supported/Noted": 23}
    assert Counter(entry.answers[0].symbol for entry in entries) == {"A/HRC/28/16/Add.1": 299, "": 1}
    (unsure,) = (entry for entry in entries if entry.doubts)
    assert unsure.paragraph == "166.16"
    assert "Information sent in a post Add.1 letter" in unsure.doubts[0]
    first = entries[0]
    assert first.paragraph == "166.6"
    assert [one.label for one in first.recommending] == ["Chile", "Estonia", "Slovenia", "Tunisia", "Uruguay"]
    assert (first.themes, first.groups) == (["2.1. Acceptance of international norms"], ["general"])
    wordings = next(entry for entry in entries if entry.paragraph == "166.222").recommending
    assert [(one.label, one.wording[:9]) for one in wordings] == [
        ("Slovakia", "Amend the"),
        ("Canada", "Review al"),
    ]


@pytest.mark.parametrize("name", [*FILES.values(), "egypt-cycle-2.docx"])
def test_every_label_is_known_here(name, terms):
    told = []
    entering = Entering(terms, {}, lambda message, row, column: told.append((row, column, message)))
    assert all(entering.read(entry) for entry in read(name, terms))
    assert told == []


def test_every_label_of_the_vocabulary_is_known_or_asked_about(terms):
    with (LISTS / "vocabulary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {"themes": terms.themes, "affected": terms.groups}
    unknown = {
        row["value"] for row in rows if row["kind"] in known and not known[row["kind"]].knows(row["value"])
    }
    assert unknown == set()
    goals = {row["value"] for row in rows if row["kind"] == "sdg"}
    entries, _has_groups = thematic_list.labels_in("\n".join(sorted(goals)))
    assert len(entries["themes"]) == len(goals)


@pytest.mark.django_db
def test_slovenias_third_list_loads_into_an_empty_catalogue_and_a_second_time_changes_nothing():
    load_reference()
    path = LISTS / "slovenia-cycle-3.docx"

    seen = import_file(path, state=state_named("SVN"), dry_run=True)
    assert (seen["created"], seen["problems"]) == (215, [])
    notes = " ".join(ImportRun.objects.get().notes)
    assert "SVN-3" in notes
    assert "A/HRC/43/15" in notes
    assert not ReviewCycle.objects.filter(key="SVN-3").exists()

    told = import_file(path, state=state_named("SVN"), dry_run=False)
    assert (told["rows"], told["created"], told["problems"]) == (215, 215, [])
    cycle = ReviewCycle.objects.get(key="SVN-3")
    assert cycle.session.number == 34
    assert set(Document.objects.filter(cycle=cycle).values_list("symbol", flat=True)) == {
        "A/HRC/43/15",
        "A/HRC/43/15/Add.1",
    }
    assert Counter(Recommendation.objects.values_list("cycle__key", "position")) == {
        ("SVN-3", PositionKind.SUPPORTED): 182,
        ("SVN-3", PositionKind.NOTED): 33,
    }
    assert not list(faulty_positions())
    several = Recommendation.objects.get(reference="SVN-3-121.2").recommending.select_related("state")
    assert [(one.state.code, one.wording.split()[0]) for one in several] == [
        ("UKR", "Complete"),
        ("SVK", "Increase"),
    ]

    again = import_file(path, state=state_named("SVN"), dry_run=False)
    assert (again["created"], again["updated"], again["unchanged"], again["conflicts"]) == (0, 0, 215, 0)


@pytest.mark.django_db
def test_a_list_is_not_taken_for_another_state():
    load_reference()
    told = import_file(LISTS / "slovenia-cycle-2.docx", state=state_named("KAZ"), dry_run=True)
    assert told["created"] == 0
    assert "about Slovenia" in told["problems"][0]["message"]


# --- Given back filled --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*FILES.values(), "egypt-cycle-2.docx"])
def test_a_filled_list_is_ohchrs_own_but_for_the_cells_of_its_last_column(name, tmp_path):
    path = LISTS / name
    numbers = [row.paragraph for row in thematic.load(path).rows]
    text = [[("Partially implemented.", True)], [("Invented reason.", False)]]
    target = tmp_path / name
    with target.open("wb") as stream:
        returned = fill_list(path, stream, cells=dict.fromkeys(numbers[::2], text), language="en-GB")

    has_column = name != "egypt-cycle-2.docx"
    assert (returned.listed, returned.filled) == (len(numbers), len(numbers[::2]))
    assert returned.has_new_column is not has_column
    before, after = path.read_bytes(), target.read_bytes()
    assert members(after) == members(before)
    if has_column:
        assert outside_the_last_cells(after) == outside_the_last_cells(before)
    rows, filled = texts(before), texts(after)
    width = len(rows[0])
    assert [row[: width - has_column] for row in filled] == [row[: width - has_column] for row in rows]
    said = {
        row[0].split()[0].rstrip(".")
        for row in filled
        if row[-1].startswith("Partially implemented.\nInvented")
    }
    assert said == set(numbers[::2])


@pytest.mark.django_db
def test_an_imported_list_comes_back_with_the_published_assessments(tmp_path):
    load_reference()
    import_file(LISTS / "slovenia-cycle-3.docx", state=state_named("SVN"), dry_run=False)
    cycle = ReviewCycle.objects.get(key="SVN-3")
    rows = Recommendation.objects.filter(cycle=cycle)
    round_ = make_round(*rows, cycle=cycle)
    editor = make_person()
    item = round_.items.get(recommendation__paragraph="122.11")
    assessment = make_assessment(editor, item=item, narrative="Invented: nothing of it was done.")
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER, organisation=editor.organisation))
    assessment.refresh_from_db()
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))

    target = tmp_path / "matrix.docx"
    call_command("export_matrix", "SVN-3", "--language", "ru", "--output", str(target))

    before, after = (LISTS / "slovenia-cycle-3.docx").read_bytes(), target.read_bytes()
    assert outside_the_last_cells(after) == outside_the_last_cells(before)
    (said,) = (row[3] for row in texts(after)[1:] if len(row) == 4 and row[3])
    assert said.startswith(
        "Не выполнена.\nInvented: nothing of it was done. Язык текста: Английский. Проверенного перевода нет.\n"
    )
