"""One summary, five formats: the same figures and the same words in each."""

import datetime
import io

import pytest
from django.utils import translation

from recommendations.documents import words
from recommendations.documents.renderers import FORMATS, RENDERERS
from recommendations.overview.lines import OUTCOMES, Withheld
from tests.exports import reading
from tests.exports.summaries import KAZAKH, NASTY, finding, line, narrative, rich_summary, summary

FORMAT_CODES = tuple(RENDERERS)


@pytest.fixture(scope="module")
def rich():
    return rich_summary(60)


def totals_in_table(rows) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in rows if row[1].isdigit()}


def test_every_format_has_a_name_a_mime_type_and_a_renderer():
    assert set(FORMATS) == set(RENDERERS) == {"xlsx", "csv", "json", "docx", "pdf"}
    assert all(f.code == code and f.extension and f.mime and str(f.label) for code, f in FORMATS.items())


def test_totals_are_equal_in_all_formats(rich):
    totals = reading.as_json(rich)["totals"]
    assert totals == {
        "received": 60,
        "supported": rich.totals.supported,
        "supported_in_part": rich.totals.supported_in_part,
        "noted": rich.totals.noted,
        "under_consideration": 0,
        "no_position": 0,
    }
    in_words = {
        "Received": totals["received"],
        "Supported": totals["supported"],
        "Supported in part": totals["supported_in_part"],
        "Noted": totals["noted"],
        "Under consideration": 0,
        "No position yet": 0,
    }
    figures = reading.sheet_rows(reading.as_workbook(rich), "Key figures")
    assert {
        r["What is counted"]: r["In this record"] for r in figures if r["Figure"] == "Position"
    } == in_words
    rows = reading.as_csv(rich)
    assert len(rows) == 60
    for word in ("Supported", "Supported in part", "Noted"):
        assert sum(row["Position"] == word for row in rows) == in_words[word]
    tables = reading.as_document(rich).tables
    written = [[cell.text for cell in row.cells] for table in tables[:3] for row in table.rows]
    assert {
        label: number for label, number in totals_in_table(written).items() if label in in_words
    } == in_words
    text = reading.text_of(rich, "pdf")
    assert f"Received {totals['received']} 60" in text
    assert f"Noted {totals['noted']} 10" in text


def test_outcomes_are_equal_in_all_formats(rich):
    counts = {words.outcome_word(o): rich.outcomes.of(o) for o in OUTCOMES}
    assert reading.as_json(rich)["ratings"]["all"] == {str(o): rich.outcomes.of(o) for o in OUTCOMES}
    rows = reading.as_csv(rich)
    assert {word: sum(row["Finding"] == word for row in rows) for word in counts} == counts
    sheet = reading.sheet_rows(reading.as_workbook(rich), "Recommendations")
    assert {word: sum(row["Finding"] == word for row in sheet) for word in counts} == counts
    for table in reading.as_document(rich).tables:
        if table.cell(0, 0).text == "Finding":
            found = {row.cells[0].text.strip(): int(row.cells[-1].text) for row in table.rows[1:-1]}
    assert found == counts


@pytest.mark.parametrize("format", FORMAT_CODES)
@pytest.mark.parametrize(
    "text", [NASTY, KAZAKH, "ends with & and <", "<script>alert(1)</script>", "=1+1 & more"]
)
def test_text_survives_every_format(format, text):
    made = summary([line(1, text=text)])
    kept = reading.text_of(made, format)
    assert " ".join(text.split()).replace(" ", "") in kept.replace(" ", "")


@pytest.mark.parametrize("format", FORMAT_CODES)
@pytest.mark.parametrize("text", ["=1+1", "+7 701", "-5", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(format, text):
    made = summary([line(1, text=text)])
    if format == "csv":
        assert reading.as_csv(made)[0]["Text"] == "'" + text
    elif format == "xlsx":
        cell = next(
            cell
            for row in reading.as_workbook(made)["Recommendations"].iter_rows()
            for cell in row
            if str(cell.value).strip() == text.strip()
        )
        assert cell.data_type == "s"
    else:
        assert text.strip().replace(" ", "") in reading.text_of(made, format).replace(" ", "")


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_a_cycle_without_recommendations_gives_a_file(format):
    made = summary(round=None, organisations=(), responsible="", is_demo=False)
    text = reading.text_of(made, format)
    assert "124" not in text.replace("28124", "")
    if format != "csv":
        assert "Ruritania" in text


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_a_huge_text_is_no_obstacle(format):
    made = summary(
        [line(1, text="word " * 20_000 + "end", findings=(finding(reasons=narrative("y " * 50_000, {})),))]
    )
    data = reading.rendered(made, format)
    assert data
    if format in ("csv", "json", "docx"):
        assert reading.text_of(made, format).count("word ") >= 20_000


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_control_characters_break_no_file(format):
    made = summary([line(1, text="before\x00\x08\x0b\x1fafter\ud800".replace("\ud800", "\ufffe"))])
    assert "after" in reading.text_of(made, format)


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_every_format_speaks_the_summarys_language_whatever_the_readers(format, monkeypatch):
    made = summary([line(1, position="noted")], language="kk")
    with translation.override("en"):
        reading.rendered(made, format)
        assert translation.get_language() == "en"


@pytest.mark.parametrize("format", ["docx", "pdf"])
@pytest.mark.parametrize(
    ("language", "date"),
    [("en", "19 March 2015"), ("ru", "19 марта 2015 г."), ("kk", "19 наурыз 2015 ж.")],
)
def test_dates_are_written_as_the_language_writes_them(format, language, date):
    assert date in reading.text_of(rich_summary(1, language=language), format)


@pytest.mark.parametrize("format", ["docx", "pdf", "xlsx"])
def test_demonstration_data_say_so(format):
    assert "Demonstration data" in reading.text_of(summary([line(1)]), format)
    assert "Demonstration data" not in reading.text_of(summary([line(1)], is_demo=False), format)


def test_demonstration_data_say_so_to_programs():
    assert reading.as_json(summary())["demonstration_data"] is True


@pytest.mark.parametrize("format", ["docx", "pdf", "xlsx"])
def test_what_is_withheld_is_announced_with_a_number_only_inside_the_coalition(format):
    hidden = Withheld(anything=True, count=77)
    public = reading.text_of(summary([line(1)], withheld=hidden), format)
    assert "withheld for the safety of sources" in public
    assert "77" not in public
    inside = reading.text_of(summary([line(1)], withheld=hidden, audience="coalition"), format)
    assert "Withheld for the safety of sources: 77 items of evidence." in inside


def test_programs_learn_no_number_of_what_is_withheld_from_the_public():
    hidden = Withheld(anything=True, count=77)
    assert reading.as_json(summary(withheld=hidden))["withheld"] == {"anything": True, "count": None}
    inside = summary(withheld=hidden, audience="coalition")
    assert reading.as_json(inside)["withheld"] == {"anything": True, "count": 77}


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_noted_recommendations_carry_the_standing_sentence_and_supported_ones_do_not(format):
    sentence = "Noted: the State gave no commitment to implement it."
    assert sentence in reading.text_of(summary([line(1, position="noted")]), format)
    assert sentence not in reading.text_of(summary([line(1)]), format)


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_a_paraphrase_is_marked(format):
    made = summary([line(1, text_kind="paraphrase")])
    word = "paraphrase" if format == "json" else "Paraphrase (not the official text)"
    assert word in reading.text_of(made, format)


@pytest.mark.parametrize("format", FORMAT_CODES)
def test_progress_ends_with_all_rows(format):
    told = []
    RENDERERS[format](rich_summary(3), io.BytesIO(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_reasons_of_a_cluster_are_printed_once(format):
    reasons = narrative("Said once for the whole cluster.", {})
    rows = [line(n, theme="A", theme_code="a", findings=(finding("c", reasons=reasons),)) for n in (1, 2)]
    text = reading.text_of(summary(rows), format)
    assert text.count("Said once for the whole cluster.") == 1
    assert "Reasons as for ZZR-2-124.1" in " ".join(text.split())


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_reasons_of_a_cluster_stand_in_every_row_of_data(format):
    reasons = narrative("Said for each.", {})
    rows = [line(n, findings=(finding("c", reasons=reasons),)) for n in (1, 2)]
    assert reading.text_of(summary(rows, is_demo=False), format).count("Said for each.") >= 2


def test_json_writes_numbers_as_numbers_and_dates_as_iso(rich):
    made = reading.as_json(rich)
    assert made["indicators"][0]["points"][0]["value"] == 31
    assert made["cycle"]["review_date"] == "2014-10-30"
    assert datetime.datetime.fromisoformat(made["made_at"]) == rich.made_at
    assert made["un_totals"]["received"] == 60
