"""OHCHR's Universal Human Rights Index, as spreadsheet and as JSON; every row and record here is invented."""

import io
import itertools
import json
import tracemalloc

import pytest

from recommendations.catalogue.reference import read as read_reference
from recommendations.formats.entries import Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.readers import recognise, sample_of, uhri_json, uhri_xlsx
from recommendations.formats.uhri_labels import iso_date, session_and_cycle, values_of
from recommendations.words.clean import fold_label
from tests.formats import invented_uhri_json as as_json
from tests.formats import invented_uhri_xlsx as as_xlsx

CODES = {
    fold_label(label): row["iso3"]
    for row in read_reference("states")
    for label in (row["iso3"], row["iso2"], *row["name"].values(), *row["aliases"])
}


def wanted(code=None, **more):
    def is_of_state(label):
        return code is None or CODES.get(fold_label(label)) == code

    return Wanted(lambda label: fold_label(label) in CODES, is_of_state, **more)


def read(content, code="KAZ", **more):
    module = recognise(sample_of(io.BytesIO(content), "file"))
    with module.read(io.BytesIO(content), name="file", wanted=wanted(code, **more)) as reading:
        entries = list(reading.entries)
    return entries, reading


def only(record, **more):
    """The entry of a JSON file with this one record."""
    [entry], reading = read(as_json.make([record]), **more)
    assert reading.problems == []
    return entry


VARIANTS = [
    {"header": header, "one_line": one_line, "dates": dates}
    for header, one_line, dates in itertools.product(
        (as_xlsx.HEADER, as_xlsx.RIGHT_HEADER), (False, True), ("serial", "real", "text")
    )
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_spreadsheet_in_all_its_ways_of_writing(variant):
    entries, reading = read(as_xlsx.make(**variant))
    assert reading.format == "uhri_xlsx"
    assert reading.problems == []
    assert [(entry.number, entry.body, entry.symbol, entry.paragraph) for entry in entries] == [
        (2, "", "A/HRC/28/10", "124.1"),
        (3, "", "A/HRC/28/10", "166.6"),
        (4, "", "A/HRC/28/10", "96.21"),
        (5, "CESCR", "E/C.12/KAZ/CO/2", "13"),
    ]
    first = entries[0]
    assert first.identifiers == [("uhri", "00000000-0000-4000-8000-000000000001")]
    assert first.texts == [("en", "official", "Invented text number 1 & more (Spain) (Timor-Leste);")]
    assert (first.state, first.session, first.cycle, first.published_on) == (
        "Kazakhstan",
        20,
        2,
        "2014-12-10",
    )
    assert [state.label for state in first.recommending] == ["Spain", "Timor-Leste"]
    assert [(answer.words, answer.is_stated) for answer in first.answers] == [("Supported", False)]
    assert first.themes == [
        "Reservations",
        "Right to health",
        "Economic, social & cultural rights - general measures of implementation",
        "Right to development",
    ]
    assert first.groups == ["Children", "Women & girls"]
    assert [label.split(" - ")[0] for label in first.sdgs] == ["16", "5.2"]
    assert reading.notes == [
        "1 record on another State was left out.",
        "Left out because they are no recommendations: Concerns/Observations (1).",
    ]


def test_the_spreadsheet_saved_as_csv_is_read_as_well():
    content = "\ufeffText;Countries Concerned;Reccomending Body;Document Symbol;UPR Position\r\n"
    content += "26.1 Invented text (Spain);- Kazakhstan;- UPR;A/HRC/28/10;- Noted\r\n"
    [entry], reading = read(content.encode())
    assert reading.format == "uhri_xlsx"
    assert (entry.paragraph, entry.answers[0].words) == ("26.1", "Noted")


def test_titles_are_matched_without_case_blanks_and_doubled_letters():
    header = ["TEXT", "countries  concerned", "Recomending Body", "Document\nSymbol", *as_xlsx.HEADER[4:]]
    entries, reading = read(as_xlsx.make(header=header))
    assert len(entries) == 4
    assert reading.titles["body"] == "Recomending Body"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ([*as_xlsx.HEADER[:-1], "Document Symbol"], "mean the same"),
        (["Words", *as_xlsx.HEADER[1:]], "missing: “Text”"),
    ],
)
def test_columns_that_are_missing_or_twice_there_are_told(header, words):
    content = as_xlsx.make(header=header)
    with (
        pytest.raises(FileProblem, match=words),
        uhri_xlsx.read(io.BytesIO(content), name="file", wanted=wanted()),
    ):
        pass


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("- Spain\n- Timor-Leste", ["Spain", "Timor-Leste"]),
        ("- Spain - Timor-Leste - Guinea-Bissau", ["Spain", "Timor-Leste", "Guinea-Bissau"]),
        ("-Spain\n-Portugal", ["Spain", "Portugal"]),
        ("Spain\nPortugal", ["Spain", "Portugal"]),
        ("Timor-Leste", ["Timor-Leste"]),
        (" - Spain *", ["Spain"]),
        ("- Bosnia &amp; Herzegovina", ["Bosnia & Herzegovina"]),
        ("- 16 - PEACE, JUSTICE - 5.2 - End all violence - 16.a - Institutions", 3),
        ("- Civil & political rights - general measures of implementation - Right to food", 2),
        ("- Right to\nfood\n- Right to life", ["Right to food", "Right to life"]),
        ("", []),
        ("- ", []),
        (" \n ", []),
    ],
)
def test_labels_in_a_cell(cell, labels):
    found = values_of(cell)
    assert (len(found) if isinstance(labels, int) else found) == labels


def test_no_label_of_the_reference_data_is_cut_in_two():
    for name in ("themes", "groups", "states"):
        for row in read_reference(name):
            # Names with a dash between blanks are Babel's, and Russian or Kazakh: OHCHR writes none of them.
            for label in (row["name"]["en"], *row["aliases"]):
                if not label.startswith(("Congo - ", "Папуа")):
                    assert values_of(f"- {label} - {label}") == [label.strip(" *")] * 2


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["28th Session - Cycle 2"], (28, 2)),
        (["28th Session", "Cycle 2"], (28, 2)),
        (["Session 7", "1"], (7, 1)),
        (["1st session, 1st cycle"], (1, 1)),
        (["2"], (None, 2)),
        ([""], (None, None)),
        ([], (None, None)),
    ],
)
def test_session_and_cycle(labels, found):
    assert session_and_cycle(labels) == found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("41983", "2014-12-10"),
        ("41983.0", "2014-12-10"),
        ("2014-12-10", "2014-12-10"),
        ("2014-12-10T00:00:00", "2014-12-10"),
        ("2014-12-10 00:00:00", "2014-12-10"),
        ("10 December 2014", "2014-12-10"),
        ("10-Dec-2014", "2014-12-10"),
        ("10/12/2014", ""),
        ("2014-13-45", ""),
        ("41", ""),
        ("", ""),
    ],
)
def test_dates(text, day):
    assert iso_date(text) == day


def test_the_json_export():
    entries, reading = read(as_json.make())
    assert reading.format == "uhri_json"
    assert [(entry.number, entry.body, entry.paragraph) for entry in entries] == [
        (1, "", "124.1"),
        (2, "", "124.2"),
        (3, "CESCR", "13"),
    ]
    assert entries[0].texts[0][2] == "Invented text number 1 & more (Spain) (Timor-Leste);"
    assert entries[0].themes[2] == "Participation of women in political & public life"
    assert entries[2].texts[0][2] == "Invented heading\nThe invented State Party should invent supply chains."
    assert (entries[2].session, entries[2].cycle, entries[2].answers) == (None, None, [])


def test_without_a_chosen_state_all_are_read():
    entries, reading = read(as_json.make(), None)
    assert [entry.state for entry in entries] == ["Kazakhstan"] * 3 + ["Spain"]
    assert reading.notes == ["Left out because they are no recommendations: Concerns/Observations (1)."]


@pytest.mark.parametrize(
    "label", ["KZ", "KAZ", "- Kazakhstan", " Kazakhstan* ", "Republic of Kazakhstan", "Казахстан"]
)
def test_the_state_under_review_in_its_spellings(label):
    assert CODES[fold_label(only(as_json.record(Countries=[label])).state)] == "KAZ"


def test_a_record_on_several_states_is_an_entry_for_each_and_its_identifier_is_nobodys():
    content = as_json.make([as_json.record(Countries=["Kazakhstan", "Spain"])])
    entries, _reading = read(content, None)
    assert [(entry.state, entry.identifiers) for entry in entries] == [("Kazakhstan", []), ("Spain", [])]
    [entry], _reading = read(content, "ESP")
    assert (entry.state, entry.identifiers) == ("Spain", [])


def test_entries_of_one_record_on_several_states_share_nothing():
    values = {"Body": "- CAT", "Symbol": "CAT/C/INVENTED/1", "Countries": ["Kazakhstan", "Spain"]}
    records = [
        as_json.record(1, Text="13. Invented A.", **values),
        as_json.record(2, Text="13. Invented B.", **values | {"Countries": ["Spain"]}),
    ]
    entries, _reading = read(as_json.make(records), None)
    assert [(entry.state, entry.texts[0][2]) for entry in entries] == [
        ("Kazakhstan", "Invented A."),
        ("Spain", "Invented A.\nInvented B."),
    ]


def test_what_a_file_makes_up_is_counted_within_bounds():
    records = [as_json.record(number, AnnotationType=f"Invented {number}") for number in range(200)]
    records += [as_json.record(number, Text="") for number in range(30)]
    entries, reading = read(as_json.make(records))
    assert entries == []
    assert "… (150)" in reading.notes[0]
    assert reading.notes[1].endswith("rows 201, 202, 203, 204, 205, 206, 207, 208, 209, 210 and 20 more.")


def test_a_state_that_nobody_knows_is_named_in_a_note():
    entries, reading = read(as_json.make([as_json.record(Countries=["Kazakstan"]), as_json.record(2)]))
    assert len(entries) == 1
    assert reading.notes[1] == "Left out because their State is not known here: “Kazakstan” (1)."


def test_what_lacks_its_essentials_is_left_out_with_its_rows():
    records = [
        as_json.record(1, Countries=[]),
        as_json.record(2, Symbol=None),
        as_json.record(3, Text="<p> </p>"),
        as_json.record(4, Body="", Symbol="X/1", UprSession=[], UprPositions=[], UprRecommendingCountry=[]),
        as_json.record(5, Body="CAT", Text="Invented text without a number"),
        as_json.record(6, Text="Invented text without a number"),
    ]
    entries, reading = read(as_json.make(records))
    # A recommendation of a review is looked for by its words.
    assert [(entry.number, entry.paragraph) for entry in entries] == [(6, "")]
    assert reading.notes == [
        "Left out because no State is named: row 1.",
        "Left out because the document's symbol is missing: row 2.",
        "Left out because the text is missing: row 3.",
        "Left out because the recommending body is missing: row 4.",
        "Left out because no paragraph number stands in the text: row 5.",
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["Supported"], ["Supported"]),
        (["- Supported/Noted"], ["Supported/Noted"]),
        (["Supported", "Noted"], ["Supported/Noted"]),
        ("- Noted", ["Noted"]),
        ([], []),
        (None, []),
    ],
)
def test_positions(given, words):
    assert [answer.words for answer in only(as_json.record(UprPositions=given)).answers] == words


def test_states_that_only_their_column_names_follow_those_of_the_text_and_a_difference_is_doubted():
    entry = only(as_json.record(UprRecommendingCountry=["Peru", "Spain", "Timor-Leste"]))
    assert [state.label for state in entry.recommending] == ["Spain", "Timor-Leste", "Peru"]
    assert entry.doubts == ["The text names 2 recommending States, their column 3."]


def test_several_states_in_one_label_are_taken_apart():
    entry = only(as_json.record(Text="1.1 Invented", UprRecommendingCountry=["Spain, Peru", "Atlantis"]))
    assert [state.label for state in entry.recommending] == ["Spain", "Peru", "Atlantis"]


def test_each_state_keeps_its_own_wording():
    entry = only(as_json.record(Text="1.1 Invented A (Spain); invented B (Timor-Leste);"))
    assert [(state.label, state.wording) for state in entry.recommending] == [
        ("Spain", "Invented A"),
        ("Timor-Leste", "invented B"),
    ]
    assert entry.texts[0][2] == "Invented A (Spain); invented B (Timor-Leste);"


def test_a_closing_name_that_no_state_has_is_doubted():
    entry = only(as_json.record(Text="1.1 Invented text (Swizterland);", UprRecommendingCountry=[]))
    assert entry.doubts == ["The text closes with “Swizterland”, which is no State known here."]


@pytest.mark.parametrize(
    ("body", "symbol", "found"),
    [
        ("- CCPR", "CCPR/C/KAZ/CO/3", "CCPR"),
        ("", "CCPR/C/KAZ/CO/3", "CCPR"),
        ("", "E/C.12/KAZ/CO/2", "CESCR"),
        ("", "CAT/OP/KAZ/1", "SPT"),
        ("- Universal Periodic Review", "A/HRC/28/10", ""),
        ("- SR Torture", "A/HRC/13/39/Add.3", "SR Torture"),
    ],
)
def test_the_recommending_body(body, symbol, found):
    record = as_json.record(
        Body=body, Symbol=symbol, UprSession=[], UprPositions=[], UprRecommendingCountry=[]
    )
    assert only(record).body == found


def test_a_record_without_a_type_is_a_recommendation_only_in_the_review():
    entries, reading = read(
        as_json.make(
            [as_json.record(1, AnnotationType=None), as_json.record(2, AnnotationType=None, Body="- CAT")]
        )
    )
    assert [entry.number for entry in entries] == [1]
    assert reading.notes == ["Left out because they are no recommendations: – (1)."]


def test_passages_of_one_paragraph_become_one_recommendation():
    values = {"Body": "- CAT", "Symbol": "CAT/C/KAZ/CO/3", "UprSession": [], "UprPositions": []}
    values["UprRecommendingCountry"] = []
    records = [
        as_json.record(1, Text="13. Invented (...) (a) invented A;", Themes=["Right to health"], **values),
        as_json.record(2, Text="14. Invented paragraph.", **values),
        as_json.record(3, Text="13. Invented (...) (b) invented B.", Themes=["Right to food"], **values),
    ]
    entries, reading = read(as_json.make(records))
    assert [(entry.number, entry.paragraph) for entry in entries] == [(1, "13"), (2, "14")]
    assert entries[0].texts[0][2] == "Invented (...) (a) invented A;\nInvented (...) (b) invented B."
    assert entries[0].themes == ["Right to health", "Right to food"]
    assert [value[-1] for _source, value in entries[0].identifiers] == ["1", "3"]
    assert reading.notes == ["1 record was joined with another of the same paragraph."]


def test_the_same_text_twice_is_not_repeated():
    entries, _reading = read(
        as_json.make([as_json.record(1), as_json.record(9, Text=as_json.record(1)["Text"])])
    )
    assert len(entries) == 1
    assert entries[0].texts[0][2].count("Invented") == 1
    assert len(entries[0].identifiers) == 2


def test_a_passage_that_stands_in_another_is_not_repeated():
    records = [
        as_json.record(1, Text="124.1 Invented text, and more of it (Spain) (Timor-Leste);"),
        as_json.record(2, Text="124.1 Invented text, and more", UprRecommendingCountry=[]),
    ]
    for given in (records, records[::-1]):
        [entry], _reading = read(as_json.make(given))
        assert entry.texts[0][2] == "Invented text, and more of it (Spain) (Timor-Leste);"


def test_a_text_in_another_language_is_kept_as_such():
    text = "26.1 Принять вымышленный закон (Испания);"
    entry = only(as_json.record(Text=text, UprRecommendingCountry=["Spain"]))
    assert entry.texts == [("ru", "official", "Принять вымышленный закон (Испания);")]


KEYS = sorted(as_json.record())
WRONG = [5, 1.5, True, {"a": 1}, [5], [["Spain"]], [{"a": 1}]]
READ = {*uhri_json._LISTS, *uhri_json._TEXTS}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in KEYS for value in WRONG])
def test_a_value_of_the_wrong_kind_is_told_with_its_key(key, value):
    entries, reading = read(as_json.make([as_json.record(1, **{key: value}), as_json.record(2)]))
    is_number_where_text_is = type(value) is int and key in uhri_json._TEXTS
    if key not in READ or is_number_where_text_is:
        assert reading.problems == []
        return
    assert [(problem.row, problem.column) for problem in reading.problems] == [(1, key)]
    assert "Expected a" in reading.problems[0].message
    assert [entry.number for entry in entries] == [2]


@pytest.mark.parametrize("key", KEYS)
def test_a_value_that_is_missing_or_null_is_no_error(key):
    record = as_json.record()
    del record[key]
    for content in (as_json.make([record]), as_json.make([record | {key: None}])):
        with uhri_json.read(io.BytesIO(content), name="file", wanted=wanted("KAZ")) as reading:
            assert len(list(reading.entries)) == (key not in ("Countries", "Symbol", "Text"))
        assert reading.problems == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (as_json.make()[:-200], "cut off"),
        (b'{"AnnotationId": "1", "Countries": [], "Text": [[[', "cut off"),
        (b'{"value": {"AnnotationId": "1", "Countries": [], "Text": ""}}', "no record of UHRI"),
        (
            b'[{"AnnotationId": "1", "Countries": [], "Text": "' + b"x" * 10_000_000 + b'"}]',
            "more than 4000000",
        ),
        (b'[{"AnnotationId": "1", "Countries": [], "Text": ' + b"[" * 100_000, "nested too deeply"),
        (as_json.make() + as_json.make(), "behind the list's end"),
        (as_json.make().replace(b'"Text"', b'"Symbol"', 1), "twice"),
        (as_json.make().replace(b'"A/HRC/28/10"', b"NaN", 1), "NaN"),
        (as_json.make([{"a": 1}, as_json.record()]), "no record of UHRI"),
    ],
)
def test_a_hostile_export_ends_in_a_sentence(content, words):
    with pytest.raises(FileProblem, match=words):
        read(content, None)


def test_the_export_may_begin_with_a_mark_or_be_utf_16():
    text = as_json.make().decode()
    for content in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        json.dumps(as_json.records(), indent=2).encode(),
    ):
        assert len(read(content)[0]) == 3


def test_a_file_of_nothing_but_wrong_kinds_is_given_up_early():
    content = as_json.make([as_json.record(number, Themes=5) for number in range(5000)])
    with pytest.raises(FileProblem, match="Too many records"):
        read(content)


def test_a_table_of_a_hundred_thousand_columns_is_refused():
    header = ";".join([*as_xlsx.HEADER, *(f"c{number}" for number in range(100_000))])
    with pytest.raises(FileProblem, match="columns"):
        read(f"{header}\r\n".encode())


def test_progress_is_told_in_bytes_though_no_record_is_of_the_state():
    content = as_json.make([as_json.record(number, Countries=["Spain"]) for number in range(3000)])
    told = []
    assert read(content, progress=lambda done, size: told.append((done, size)))[0] == []
    assert told[-1] == (len(content), len(content))
    assert len(told) > 5


@pytest.mark.parametrize(
    ("code", "fewer", "more"),
    # Some entries wait for another passage of their paragraph; beyond those nothing is kept.
    [("KAZ", 1_000, 20_000), (None, 3_000, 8_000)],
)
def test_memory_does_not_grow_with_the_export(code, fewer, more):
    def peak(count):
        # The file lies in memory as well; only what reading it takes is counted.
        records = [
            as_json.record(
                number,
                Countries=["Spain" if number % 100 else "Kazakhstan"],
                Text=f"{number // 900 + 1}.{number % 900 + 1} Invented text {'x' * 400}",
            )
            for number in range(count)
        ]
        source = io.BytesIO(as_json.make(records))
        tracemalloc.start()
        with uhri_json.read(source, name="file", wanted=wanted(code)) as reading:
            assert sum(1 for _ in reading.entries) == (count if code is None else count // 100)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(fewer)
    assert peak(more) - peak(fewer) < 1_500_000


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a": 1}]',
        b'{"type": "FeatureCollection", "features": []}',
        b"symbol,paragraph,text\r\nA/HRC/28/10,124.1,Invented text\r\n",
    ],
)
def test_other_files_are_not_taken_for_uhris(content):
    sample = sample_of(io.BytesIO(content), "file")
    assert not uhri_json.recognises(sample)
    assert not uhri_xlsx.recognises(sample)
