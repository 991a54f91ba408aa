"""UPR Info's export meets the official file of Kazakhstan, loads for all States, and gives way to official sources."""

import csv
from collections import Counter, defaultdict

import pytest

from recommendations.catalogue.models import (
    Document,
    Position,
    Recommendation,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
    ReviewCycle,
)
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.reference import load_reference
from recommendations.formats.recommending import recommending_states
from recommendations.imports.commanding import import_file, state_named
from recommendations.imports.likely import Candidate, surest
from recommendations.imports.models import ImportRow
from recommendations.imports.terms import Terms
from recommendations.vocabulary import PositionKind
from recommendations.words.likeness import comparable
from tests.conftest import REAL_FILES

pytestmark = pytest.mark.django_db

OFFICIAL = REAL_FILES / "kazakhstan" / "cycles-1-2-official.csv"
UPR_INFO = REAL_FILES / "kazakhstan" / "upr-info-sessions-7-20.csv"
LABELS = ("uprinfo_response", "uprinfo_action", "uprinfo_issues")


def bring(path, state="KAZ"):
    told = import_file(path, state=state_named(state) if state else None, dry_run=False)
    assert told["problems"] == []
    assert told["doubts"] == []
    return told["rows"], told["created"], told["updated"], told["unchanged"], told["undecided"]


def official_alone(tmp_path):
    """The official file without what it took from UPR Info."""
    target = tmp_path / "official.csv"
    with OFFICIAL.open(encoding="utf-8-sig", newline="") as source, target.open("w", newline="") as copy:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(copy, [name for name in rows.fieldnames if name not in LABELS])
        writer.writeheader()
        writer.writerows({name: row[name] for name in writer.fieldnames} for row in rows)
    return target


def labels():
    """Categories of every State, and themes and groups, of every recommendation."""
    made = RecommendingState.objects.values_list(
        "recommendation__reference", "state__code", "action_category"
    )
    themes = Recommendation.themes.through.objects.values_list("recommendation__reference", "theme__code")
    groups = Recommendation.groups.through.objects.values_list(
        "recommendation__reference", "affectedgroup__code"
    )
    return set(made), set(themes), set(groups)


def test_the_327_rows_on_kazakhstan_all_meet_one_of_the_322_official_recommendations(tmp_path):
    load_reference()
    assert bring(official_alone(tmp_path)) == (322, 322, 0, 0, 0)
    texts = set(RecommendationText.objects.values_list("recommendation__reference", "text"))
    positions = set(Position.objects.values_list("recommendation__reference", "kind", "document__symbol"))
    assert not RecommendingState.objects.exclude(action_category=None).exists()

    assert bring(UPR_INFO) == (322, 0, 322, 0, 0)
    assert bring(UPR_INFO) == (322, 0, 0, 322, 0)

    assert set(RecommendationText.objects.values_list("recommendation__reference", "text")) == texts
    assert (
        set(Position.objects.values_list("recommendation__reference", "kind", "document__symbol"))
        == positions
    )
    scores = [
        match["score"] for match in ImportRow.objects.values_list("match", flat=True) if match.get("score")
    ]
    assert min(scores) >= 0.95
    assert Counter(round(score, 2) for score in scores) == {1.0: 319, 0.99: 3}


def test_it_brings_the_categories_and_issues_that_the_official_file_carries(tmp_path):
    load_reference()
    bring(OFFICIAL)
    carried = labels()
    Recommendation.objects.all().delete()
    bring(official_alone(tmp_path))
    bring(UPR_INFO)

    (categories, themes, groups), brought = carried, labels()

    # The official file was joined without knowing that UPR Info's "Laos" is the Lao People's Democratic Republic, gave
    # Slovenia, whose earlier wording 95.51 quotes, Japan's category, and mixed up Spain's two rows on 126.8 and 126.11.
    lao = {"KAZ-1-95.8", "KAZ-1-95.98", "KAZ-2-125.35"}
    assert categories - brought[0] == {("KAZ-1-95.51", "SVN", 4), *((row, "LAO", None) for row in lao)}
    assert brought[0] - categories == {
        ("KAZ-1-95.51", "SVN", None),
        ("KAZ-1-95.8", "LAO", 2),
        ("KAZ-1-95.98", "LAO", 1),
        ("KAZ-2-125.35", "LAO", 2),
    }
    assert themes - brought[1] == {
        ("KAZ-2-126.11", "disability-general"),
        ("KAZ-2-126.8", "death-penalty"),
    }
    assert {reference for reference, _theme in brought[1] - themes} == lao
    assert groups - brought[2] == set()
    assert brought[2] - groups == {("KAZ-1-95.98", "general")}


def test_what_upr_info_alone_knows_gives_way_to_the_official_source():
    load_reference()
    assert bring(UPR_INFO) == (318, 318, 0, 0, 0)
    assert bring(UPR_INFO) == (318, 0, 0, 318, 0)
    assert set(Document.objects.exclude(recommendations=None).values_list("symbol", flat=True)) == {
        "UPR Info, KAZ, session 7",
        "UPR Info, KAZ, session 20",
    }
    accession = Recommendation.objects.get(texts__text="Accede to the Second Optional Protocol to ICCPR")
    assert accession.position == PositionKind.NOTED
    before = accession.reference
    assert before.startswith("KAZ-UPRINFO-2-")

    # 317 get their paragraph; UPR Info's two wordings of 95.3 become one; its one row of four States on the death
    # penalty is four paragraphs, those of two States on two covenants are two each: 5 paragraphs are new.
    assert bring(OFFICIAL) == (322, 5, 317, 0, 0)
    assert bring(OFFICIAL) == (322, 0, 0, 322, 0)

    assert Recommendation.objects.filter(reference__contains="UPRINFO").count() == 0
    accession.refresh_from_db()
    assert ReferenceAlias.objects.get(reference=before).recommendation == accession
    assert (accession.document.symbol, accession.reference) == ("A/HRC/28/10", "KAZ-2-" + accession.paragraph)
    assert not list(faulty_positions())
    # The rows that were shared out find their paragraphs, and are known by their identifiers from then on.
    assert bring(UPR_INFO) == (322, 0, 6, 316, 0)
    assert bring(UPR_INFO) == (322, 0, 0, 322, 0)


def test_all_41066_rows_load_for_all_states_and_the_workbook_adds_nothing_to_them():
    load_reference()
    everything = REAL_FILES / "upr-info" / "sessions-01-20.csv"

    assert bring(everything, "") == (39_871, 39_871, 0, 0, 0)

    # 9 of the 41,066 rows name no State, 4 name one that another row names with the same words.
    assert RecommendingState.objects.count() == 41_066 - 9 - 4
    cycles = ReviewCycle.objects.filter(pk__in=Recommendation.objects.values("cycle"))
    assert Counter(cycles.values_list("number", flat=True)) == {1: 193, 2: 112}
    assert not list(faulty_positions())
    assert bring(everything, "") == (39_871, 0, 0, 39_871, 0)
    assert bring(REAL_FILES / "upr-info" / "sessions-01-05.xls", "") == (5_626, 0, 0, 5_626, 0)
    assert bring(UPR_INFO, "") == (318, 0, 0, 318, 0)


@pytest.mark.parametrize(
    ("code", "name", "rows", "paragraphs"),
    [("SVN", "slovenia", 269, 163), ("CHN", "china", 388, 252), ("EGY", "egypt", 471, 300)],
)
def test_rows_meet_every_paragraph_of_ohchrs_lists(code, name, rows, paragraphs):
    load_reference()
    everything = REAL_FILES / "upr-info" / "sessions-01-20.csv"
    listed(code, name)

    # The first cycle of these States is in no list: its rows are kept under provisional references.
    assert bring(everything, code) == (rows, rows - paragraphs, paragraphs, 0, 0)


def test_what_upr_info_knows_of_egypt_becomes_the_paragraphs_of_ohchrs_list():
    load_reference()
    bring(REAL_FILES / "upr-info" / "sessions-01-20.csv", "EGY")

    assert listed("EGY", "egypt") == (300, 1, 299, 0)

    second = Recommendation.objects.filter(cycle__key="EGY-2")
    assert (second.count(), second.filter(reference__contains="UPRINFO").count()) == (300, 0)


def listed(code, name):
    path = REAL_FILES / "ohchr-thematic-lists" / f"{name}-cycle-2.docx"
    told = import_file(path, state=state_named(code), dry_run=False, accept_doubts=True)
    assert told["problems"] == []
    return told["rows"], told["created"], told["updated"], told["undecided"]


def test_no_row_of_four_reviews_is_taken_for_a_paragraph_that_is_not_its_own():
    load_reference()
    terms = Terms.load()
    reviews = official_paragraphs(terms)
    rows = [row for row in table("upr-info/sessions-01-20.csv") if (row["To"], row["Session"]) in reviews]
    assert len(rows) == 791
    for row in rows:
        paragraphs = reviews[row["To"], row["Session"]]
        words, state = comparable(row["Text"]), terms.states.find(row["From"])[0]
        found = surest(words, state, paragraphs)
        assert found is not None, row
        # Without the true paragraph nothing is found, rather than another one.
        others = [one for one in paragraphs if one is not found.candidate]
        assert surest(words, state, others) is None, row


def official_paragraphs(terms):
    """The paragraphs of Kazakhstan's two reviews, Slovenia's and China's second, with their States."""
    found = defaultdict(list)
    for row in table("kazakhstan/cycles-1-2-official.csv"):
        labels = row["recommending_states"].split("; ")
        found["Kazakhstan", row["session"]].append((row["paragraph"], row["text"], labels))
    names = {"SVN": ("Slovenia", "20"), "CHN": ("China", "17")}
    for row in table("ohchr-thematic-lists/expected-rows.csv"):
        if row["cycle"] == "2":
            made = recommending_states(row["text"], terms.states.knows)
            labels = [one.label for one in made]
            found[names[row["sur_iso3"]]].append((row["paragraph"], row["text"], labels))
    return {review: [candidate(terms, *one) for one in rows] for review, rows in found.items()}


def candidate(terms, paragraph, text, labels):
    one = Candidate(paragraph, recommending=[(terms.states.find(label)[0], None, "") for label in labels])
    one.say(text, terms)
    return one


def table(path):
    with (REAL_FILES / path).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))
