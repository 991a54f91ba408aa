"""Reports of the Working Group, invented ones of the real ones' shape: what is read, doubted and refused."""

import io
import json
import zipfile

import pytest
from django.conf import settings

from recommendations.formats.entries import Sample, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import recognise, sample_of
from recommendations.formats.readers import working_group_report as reports
from recommendations.words.clean import fold_label
from tests.formats import invented_working_group_report as invented
from tests.formats.invented_working_group_report import List
from tests.formats.words_of_the_report import ENGLISH, LANGUAGES

FOLDER = settings.BASE_DIR / "fixtures" / "reference"
CODES = {
    fold_label(label): row["iso3"]
    for row in json.loads((FOLDER / "states.json").read_text())
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
} | {
    fold_label(label): code
    for names in json.loads((FOLDER / "state-names.json").read_text()).values()
    for code, labels in names.items()
    for label in labels
}
WANTED = Wanted(
    knows_state=lambda label: fold_label(label) in CODES,
    is_of_state=lambda label: CODES.get(fold_label(label)) == "KAZ",
)


def read(content, wanted=WANTED):
    with reports.read(io.BytesIO(content), name="", wanted=wanted) as reading:
        return list(reading.entries), reading.notes


def docx(*lists, **options):
    """The report's entries, its closing paragraph put behind the lists."""
    closing = List(str(int(lists[-1].number) + 1), ENGLISH.closing)
    return read(invented.make_docx([*lists, closing], **options))


def refusal(content, wanted=WANTED):
    with pytest.raises(FileProblem) as caught:
        read(content, wanted)
    return str(caught.value)


def expected(lists):
    """(paragraph, text) of every recommendation in the lists."""
    return [
        (label if "." in label.rstrip(".") else f"{each.number}.{label.rstrip('.')}", text)
        for each in lists
        for label, text in each.items
    ]


def told(entries):
    return [(entry.paragraph, entry.texts[0][2]) for entry in entries]


def codes(entry):
    return [CODES[fold_label(one.label)] for one in entry.recommending]


# --- What is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [invented.make_docx, invented.make_pdf], ids=["docx", "pdf"])
def test_the_same_paragraphs_and_states_come_out_of_every_language(make, language):
    lists = invented.lists_of(language)

    entries, _notes = read(make(language=language))

    assert told(entries) == expected(lists)
    assert {entry.texts[0][:2] for entry in entries} == {(language, "official")}
    assert [codes(entry) for entry in entries] == [
        *(["NOR"], ["KGZ"], ["ESP", "NOR"], ["NOR"]),
        *([["KGZ"]] * 12),
        *(["ESP"], ["NOR"]),
    ]
    assert [entry.doubts for entry in entries if entry.doubts] == []
    assert {(CODES[fold_label(entry.state)], entry.symbol) for entry in entries} == {("KAZ", "A/HRC/28/10")}


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_texts_in_other_languages_bring_no_answers_of_their_own(language):
    entries, _notes = read(invented.make_docx(language=language))

    assert [entry for entry in entries if entry.answers or entry.claims] == []


def test_the_lead_in_decides_on_position_and_claim():
    entries, _notes = read(invented.make_docx())

    found = {entry.paragraph.split(".")[0]: (entry.answers, entry.claims) for entry in entries}
    assert [(one.words, one.locator) for one in found["124"][0]] == [("supported", "para. 124")]
    assert [(one.kind, one.locator) for one in found["124"][1]] == [("implemented", "para. 124")]
    assert [one.kind for one in found["125"][1]] == ["in_process"]
    assert [(one.words, one.quote) for one in found["126"][0]] == [("noted", ENGLISH.leads[2])]
    assert found["126"][1] == []


@pytest.mark.parametrize("make", [invented.make_docx, invented.make_pdf], ids=["docx", "pdf"])
def test_the_first_cycles_numbers_begin_anew_below_each_lead_in(make):
    lists = invented.first_cycle()

    entries, _notes = read(make(lists))

    assert told(entries) == expected(lists)
    assert [entry.paragraph for entry in entries][-4:] == ["95.101", "95.102", "97.1", "97.2"]
    claimed = {entry.paragraph for entry in entries if entry.claims}
    assert claimed == {"95.7", "95.96", "95.98", "95.99", "95.100"}
    assert {one.kind for entry in entries for one in entry.claims} == {"implemented_or_in_process"}
    assert {one.locator for entry in entries for one in entry.claims} == {"para. 96"}
    assert [entry.answers[0].words for entry in entries[-2:]] == ["under_consideration"] * 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_numbers_that_word_keeps_apart_are_counted_as_word_prints_them(language):
    entries, _notes = read(invented.make_docx(language=language, automatic=True))

    assert told(entries) == expected(invented.lists_of(language))


def test_arabic_figures_and_dashes_number_paragraphs_as_well():
    text = "نص مخترع من ٣ كلمات (النرويج)."
    lists = [List("١٢٤", LANGUAGES["ar"].leads[0], [("١٢٤-١", text)]), List("١٢٥", LANGUAGES["ar"].closing)]

    entries, _notes = read(invented.make_docx(lists, language="ar"))

    assert told(entries) == [("124.1", text)]


@pytest.mark.parametrize("language", ["en", "ru", "fr", "es"])
def test_words_broken_at_the_ends_of_lines_are_whole_again(language):
    entries, _notes = read(invented.make_pdf(language=language, hyphenate=True))

    assert told(entries) == expected(invented.lists_of(language))


def test_two_columns_are_read_one_after_the_other():
    entries, _notes = read(invented.make_pdf(columns=2))

    assert told(entries) == expected(invented.lists_of())


@pytest.mark.parametrize("make", [invented.make_docx, invented.make_pdf], ids=["docx", "pdf"])
def test_footnotes_headers_and_page_numbers_are_no_part_of_a_text(make):
    entries, notes = read(make(before=40) if make is invented.make_pdf else make())

    assert told(entries) == expected(invented.lists_of())
    assert notes == ["Paragraph 124.2 has a footnote: “Invented footnote of a recommendation.”"]


def test_states_inside_a_sentence_keep_their_wordings():
    text = "Invented text: consider inventing (Norway)/invent (Spain) a law;"

    entries, _notes = docx(List("6", ENGLISH.leads[0], [("6.1", text)]))

    assert entries[0].texts == [("en", "official", text)]
    assert [(one.label, one.wording) for one in entries[0].recommending] == [
        ("Norway", "Invented text: consider inventing a law"),
        ("Spain", "invent a law"),
    ]


def test_a_paragraph_of_word_that_goes_on_in_another_stays_one_text():
    more = "<w:p><w:r><w:t>(b) And invent a second one (Spain);</w:t></w:r></w:p>"
    content = invented.make_docx(
        [List("6", ENGLISH.leads[0], [("6.1", "Invented text: (a) Invent a law (Norway);")])], extra=more
    )

    entries, _notes = read(content)

    assert (
        entries[0].texts[0][2]
        == "Invented text: (a) Invent a law (Norway);\n(b) And invent a second one (Spain);"
    )
    assert codes(entries[0]) == ["NOR", "ESP"]


# --- Lead-ins -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "position", "claim"),
    [
        (
            "The recommendations listed below have been examined by X and enjoy the support of X:",
            "supported",
            None,
        ),
        ("The following recommendations enjoy the support of X:", "supported", None),
        ("X accepts the following recommendations:", "supported", None),
        (
            "The following enjoy the support of X, which considers that they are already implemented or in the process"
            " of implementation:",
            "supported",
            "implemented_or_in_process",
        ),
        ("The recommendations listed below have been examined by X and have been noted by X:", "noted", None),
        ("The recommendations below did not enjoy the support of X and would thus be noted:", "noted", None),
        ("X considers that the following recommendations cannot be accepted:", "noted", None),
        ("The recommendations below do not enjoy the support of X:", "noted", None),
        ("X rejected the following recommendations:", "noted", None),
        ("The following recommendations enjoy the support of X in part:", "supported_in_part", None),
        (
            "The following recommendations will be examined by X, which will provide responses in due time, but no"
            " later than the thirtieth session of the Human Rights Council:",
            "under_consideration",
            None,
        ),
        (
            "The response of X to the following recommendations will be included in the outcome report:",
            "under_consideration",
            None,
        ),
    ],
)
def test_the_words_of_lead_ins(lead, position, claim):
    entries, _notes = docx(List("6", lead, [("6.1", "Invented text (Norway).")]))

    assert [answer.words for answer in entries[0].answers] == [position]
    assert [one.kind for one in entries[0].claims] == ([claim] if claim else [])
    assert entries[0].doubts == []


# --- What is doubted ----------------------------------------------------------------------------------------------


def doubts_of(*items, lead=ENGLISH.leads[0]):
    entries, _notes = docx(List("6", lead, list(items)))
    return {entry.paragraph: entry.doubts for entry in entries}


def test_a_lead_in_that_says_nothing_known_is_a_doubt_and_no_position():
    entries, _notes = docx(List("6", "X invents as follows:", [("6.1", "Invented text (Norway).")]))

    assert entries[0].answers == []
    assert entries[0].doubts == [
        "Paragraph 6 does not say in known words whether the State supports it: “X invents as follows:”."
    ]


def test_an_answer_that_stands_below_its_list_counts():
    below = "The response of X to these recommendations will be included in the outcome report."

    entries, notes = docx(
        List("60", "In the discussion, these were made to X:", [("1.", "Invented text (Norway).")]),
        List("61", below),
    )

    assert [(one.words, one.locator) for one in entries[0].answers] == [("under_consideration", "para. 61")]
    assert (entries[0].doubts, len(notes)) == ([], 0)


def test_a_lead_in_with_two_answers_is_a_doubt():
    lead = "Some of these enjoy the support of X, others will be examined by X:"

    (doubts,) = doubts_of(("6.1", "Invented text (Norway)."), lead=lead).values()

    assert doubts == [f"Paragraph 6 gives more than one answer: “{lead}”."]


def test_a_missing_number_is_a_doubt():
    found = doubts_of(("6.1", "Invented text (Norway);"), ("6.3", "Invented text (Norway)."))

    assert found == {"6.1": [], "6.3": ["Paragraph 6.2 was expected before this one."]}


def test_a_list_whose_beginning_is_missing_is_read_from_where_it_is_there():
    found = doubts_of(("6.2", "Invented text (Norway)"), ("6.4", "Invented text (Norway)."))

    assert found == {
        "6.2": ["Paragraph 6.1 was expected before this one."],
        "6.4": ["Paragraph 6.3 was expected before this one."],
    }


def test_a_paragraph_without_a_state_is_a_doubt():
    found = doubts_of(("6.1", "Invented text;"), ("6.2", "Invented text (CRPD)."))

    assert found == {
        number: ["No recommending State was found in this paragraph."] for number in ("6.1", "6.2")
    }


def test_a_paragraph_without_an_end_is_a_doubt():
    found = doubts_of(("6.1", "Invented text (Norway) and then"), ("6.2", "Invented text (Norway)."))

    assert found["6.1"] == ["The paragraph has no end: part of it may be missing."]
    assert found["6.2"] == []


def test_a_report_that_breaks_off_is_a_doubt():
    entries, _notes = read(invented.make_docx(invented.lists_of()[:2]))

    assert [entry.doubts for entry in entries if entry.doubts] == [
        ["The paragraph that closes every report does not follow: is the file complete?"]
    ]


def test_a_state_that_nobody_knows_is_left_for_the_import_to_ask():
    entries, _notes = docx(List("6", ENGLISH.leads[0], [("6.1", "Invented text (Inventia).")]))

    assert [one.label for one in entries[0].recommending] == ["Inventia"]


def test_what_stands_between_the_lists_is_noted_and_belongs_to_none():
    heading = "<w:p><w:r><w:t>An invented heading</w:t></w:r></w:p>"
    lists = [*invented.lists_of()]

    entries, notes = read(invented.make_docx(lists, extra=heading))

    assert told(entries) == expected(lists)
    assert "“An invented heading” belongs to no numbered paragraph and was left out." in notes


def test_a_paragraph_that_answers_recommendations_elsewhere_is_noted():
    lists = invented.first_cycle()
    lists[1] = List("96", "Recommendations Nos. 7 and 300 above did not enjoy the support of Kazakhstan.")

    entries, notes = read(invented.make_docx(lists))

    seventh = next(entry for entry in entries if entry.paragraph == "95.7")
    assert [answer.words for answer in seventh.answers] == ["supported"]
    assert seventh.doubts == [f"Paragraph 96 gives another answer than the list: “{lists[1].lead}”."]
    assert "Paragraph 96 speaks of recommendations that are not in its list: “300”." in notes


# --- What is recognised and refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_recognised_from_its_title(language):
    assert recognise(sample_of(io.BytesIO(invented.make_docx(language=language)))).CODE == reports.CODE


def test_a_matrix_of_recommendations_that_names_a_report_is_left_to_its_own_reader():
    header = [["Recommendation", "Position", "Full list of themes"]]

    assert not reports.recognises(Sample("docx", header=header, text=ENGLISH.title))
    assert not reports.recognises(Sample("docx", text="Invented minutes of a meeting"))


def test_a_document_that_is_no_report_is_told():
    body = "<w:p><w:r><w:t>Minutes of an invented meeting.</w:t></w:r></w:p>"

    assert refusal(invented.make_docx(body=body)).startswith("This is no report of the Working Group")


def test_an_addendum_is_told_from_the_report():
    assert refusal(invented.make_docx(symbol="A/HRC/28/10/Add.1")).startswith(
        "This is an addendum with the State's answers"
    )


def test_a_draft_without_a_symbol_is_told():
    assert refusal(invented.make_docx(symbol="A/HRC/WG.6/20/L.9")).startswith(
        "The document's symbol does not stand"
    )


def test_a_report_on_another_state_is_told():
    assert refusal(invented.make_docx(state="Slovenia")) == (
        "This report (A/HRC/28/10) is on “Slovenia”, not on the State chosen for the import."
    )


def test_a_report_without_its_conclusions_is_told():
    content = invented.make_docx(invented.lists_of())
    archive = zipfile.ZipFile(io.BytesIO(content))
    body = archive.read("word/document.xml").decode().replace(ENGLISH.conclusions, "Invented heading")

    assert "section “Conclusions and/or recommendations” was not found" in refusal(
        invented.with_main_part(content, body)
    )
    empty = invented.make_docx([List("124", ENGLISH.closing)])
    assert "holds no numbered recommendations" in refusal(empty)
