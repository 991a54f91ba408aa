"""Kazakhstan's two reports as PDF, against the table that was once made of them by hand."""

import csv
from collections import Counter

import pytest

from recommendations.catalogue.models import Position, Recommendation, RecommendationText, StateClaim
from recommendations.catalogue.positions import faulty_positions
from recommendations.catalogue.reference import load_reference, read
from recommendations.formats.entries import Wanted
from recommendations.formats.readers import recognise, sample_of
from recommendations.formats.readers import working_group_report as reports
from recommendations.imports import official
from recommendations.imports.commanding import import_file, state_named
from recommendations.vocabulary import ClaimKind, PositionKind
from recommendations.words.clean import fold_label
from tests.conftest import REAL_FILES

FOLDER = REAL_FILES / "kazakhstan"
TABLE = FOLDER / "cycles-1-2-official.csv"
REPORTS = {"1": FOLDER / "A-HRC-14-10.pdf", "2": FOLDER / "A-HRC-28-10.pdf"}
CODES = {
    fold_label(label): row["iso3"]
    for row in read("states")
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
}
WANTED = Wanted(
    knows_state=lambda label: fold_label(label) in CODES,
    is_of_state=lambda label: CODES.get(fold_label(label)) == "KAZ",
)

# What the table holds and the report does not, paragraph by paragraph: whoever made the table took the lines of a page
# one after the other, so that a footnote's mark and the footnote itself stand in the middle of a text, and a word with
# a hyphen at the end of a line has a blank in it. The printed report shows each of them as the reader gives it.
MARKS = {"95.38": ";2", "125.27": " 1 (Belarus)"}
FOOTNOTES = {
    "95.51": "The original recommendation read as follows: ",
    "124.3": "** The conclusions and recommendations have not been edited.",
    "125.40": "The recommendation as read during the interactive dialogue: ",
}
HYPHENS = {
    "95.83": "well- being",
    "97.10": "non- discriminatory",
    "125.48": "anti- torture",
    "125.73": "ill- treatment",
    "125.78": "decision- making",
    "126.5": "ICCPR- OP 2",
    "126.24": "non- discrimination",
}
DEVIATIONS = {*MARKS, *FOOTNOTES, *HYPHENS}


def table(cycle):
    with TABLE.open(encoding="utf-8-sig", newline="") as source:
        return {row["paragraph"]: row for row in csv.DictReader(source) if row["cycle"] == cycle}


def report(cycle):
    with reports.read(REPORTS[cycle], name=REPORTS[cycle].name, wanted=WANTED) as reading:
        return list(reading.entries), reading


def mended(paragraph, text):
    """A text of the table as the report prints it."""
    if paragraph in FOOTNOTES:
        before, mark, _rest = text.partition(FOOTNOTES[paragraph])
        assert mark
        return before.strip()
    if paragraph in HYPHENS:
        assert HYPHENS[paragraph] in text
        return text.replace(HYPHENS[paragraph], HYPHENS[paragraph].replace("- ", "-"))
    if paragraph == "95.38":
        return text.removesuffix("2")
    if paragraph == "125.27":
        return text.replace(MARKS[paragraph], " (Belarus)")
    return text


def without_blanks(text):
    return " ".join(text.split())


@pytest.mark.parametrize("path", REPORTS.values(), ids=lambda path: path.stem)
def test_the_reports_are_recognised_from_their_content(path):
    assert recognise(sample_of(path)).CODE == "working_group_report"


@pytest.mark.parametrize(("cycle", "count"), [("1", 128), ("2", 194)])
def test_every_paragraph_equals_the_table_field_by_field(cycle, count):
    expected = table(cycle)
    entries, reading = report(cycle)

    assert reading.total == len(entries) == count
    assert [entry.paragraph for entry in entries] == list(expected)
    for entry in entries:
        row = expected[entry.paragraph]
        ((language, kind, text),) = entry.texts
        assert (language, kind) == ("en", "official")
        assert without_blanks(text) == without_blanks(mended(entry.paragraph, row["text"])), entry.paragraph
        assert (without_blanks(text) == without_blanks(row["text"])) == (entry.paragraph not in DEVIATIONS)
        states = [CODES[fold_label(one.label)] for one in entry.recommending]
        listed = [CODES[fold_label(label)] for label in row["recommending_states"].split("; ")]
        if entry.paragraph == "95.51":
            # The footnote that slid into the table's text brought a State along.
            assert (states, listed) == (["JPN"], ["JPN", "SVN"])
        else:
            assert states == listed, entry.paragraph
        (answer,) = entry.answers
        assert answer.words == official.position_in_report(row["wg_report_position"])
        assert answer.locator == official.report_locator(entry.paragraph)
        claim = official.claim_in_report(row["wg_report_position"])
        assert [one.kind for one in entry.claims] == ([claim] if claim else [])
        assert (entry.symbol, entry.session) == (row["symbol"], int(row["session"]))
        assert entry.state == "Kazakhstan"


@pytest.mark.parametrize("cycle", ["1", "2"])
def test_nothing_in_them_is_doubtful_and_their_footnotes_are_told(cycle):
    entries, reading = report(cycle)

    assert [entry.paragraph for entry in entries if entry.doubts] == []
    footnoted = {"1": "95.38", "2": "125.27"}[cycle]
    assert [footnoted in note for note in reading.notes] == [True]


def test_states_with_a_wording_of_their_own_keep_it():
    entries, _reading = report("1")

    with_wording = {entry.paragraph for entry in entries if any(one.wording for one in entry.recommending)}
    assert with_wording == {"95.3"}
    third = next(entry for entry in entries if entry.paragraph == "95.3")
    assert [(one.label, one.wording.split(" the ")[0]) for one in third.recommending] == [
        ("Slovenia", "To consider ratifying"),
        ("Republic of Korea", "ratify"),
    ]


def test_what_the_front_page_says():
    first, second = report("1")[0][0], report("2")[0][0]

    assert (first.symbol, first.session, first.published_on) == ("A/HRC/14/10", 7, "2010-03-23")
    assert (second.symbol, second.session, second.published_on) == ("A/HRC/28/10", 20, "2014-12-10")


def test_a_report_on_another_state_is_refused():
    elsewhere = Wanted(WANTED.knows_state, lambda label: CODES.get(fold_label(label)) == "SVN")

    with (
        pytest.raises(Exception, match=r"A/HRC/28/10\) is on “Kazakhstan”, not on the State chosen"),
        reports.read(REPORTS["2"], name="", wanted=elsewhere),
    ):
        pass


# --- Through the whole import -------------------------------------------------------------------------------------


def bring(path):
    told = import_file(path, state=state_named("KAZ"), dry_run=False)
    assert (told["problems"], told["doubts"]) == ([], [])
    return told["created"], told["updated"], told["unchanged"], told["conflicts"]


def claims():
    return Counter(StateClaim.objects.values_list("kind", "document__symbol", "locator"))


CLAIMS = {
    (ClaimKind.IMPLEMENTED_OR_IN_PROCESS, "A/HRC/14/10", "para. 96"): 68,
    (ClaimKind.IMPLEMENTED, "A/HRC/28/10", "para. 124"): 47,
    (ClaimKind.IN_PROCESS, "A/HRC/28/10", "para. 125"): 96,
}


@pytest.mark.django_db
def test_the_reports_alone_give_their_own_positions_and_claims():
    load_reference()

    assert bring(REPORTS["1"]) == (128, 0, 0, 0)
    assert bring(REPORTS["2"]) == (194, 0, 0, 0)

    assert Counter(Recommendation.objects.values_list("cycle__key", "position")) == {
        ("KAZ-1", PositionKind.SUPPORTED): 102,
        ("KAZ-1", PositionKind.UNDER_CONSIDERATION): 26,
        ("KAZ-2", PositionKind.SUPPORTED): 143,
        ("KAZ-2", PositionKind.NOTED): 51,
    }
    assert claims() == CLAIMS
    assert Position.objects.count() == 322
    assert not Position.objects.filter(quote="").exists()
    assert not list(faulty_positions())
    assert bring(REPORTS["1"]) == (0, 0, 128, 0)
    assert bring(REPORTS["2"]) == (0, 0, 194, 0)


@pytest.mark.django_db
def test_over_the_table_they_change_only_what_the_table_has_wrong():
    load_reference()
    bring(TABLE)
    before = dict(RecommendationText.objects.values_list("recommendation__paragraph", "text"))
    states = {row.paragraph: made(row) for row in Recommendation.objects.all()}
    positions = Position.objects.count()

    # The wordings of 95.3 are what the table cannot say.
    assert bring(REPORTS["1"]) == (0, 4 + 1, 123, 0)
    assert bring(REPORTS["2"]) == (0, 8, 186, 0)

    after = dict(RecommendationText.objects.values_list("recommendation__paragraph", "text"))
    assert {paragraph for paragraph in after if after[paragraph] != before[paragraph]} == DEVIATIONS
    changed = {row.paragraph for row in Recommendation.objects.all() if made(row) != states[row.paragraph]}
    assert changed == {"95.3", "95.51"}
    assert Position.objects.count() == positions == 349
    assert claims() == CLAIMS


def made(recommendation):
    return list(recommendation.recommending.order_by("order").values_list("state__code", "wording"))
