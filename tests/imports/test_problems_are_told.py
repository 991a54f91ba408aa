"""Every problem with its row, its column and what was expected, before anything is saved."""

import pytest

from recommendations.imports.commanding import import_file
from tests.imports.files import REPORT, as_csv, as_xlsx, catalogue_rows, make_terms, row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def kazakhstan():
    return make_terms()


@pytest.fixture
def problems(tmp_path, kazakhstan):
    """The problems of a file, after it was seen that nothing was written."""

    def problems(content, name="table.csv"):
        before = catalogue_rows()
        told = import_file(write(tmp_path, content, name), state=kazakhstan, dry_run=False)
        assert catalogue_rows() == before
        assert (told["created"], told["updated"]) == (0, 0)
        return [(one["row"], one["column"], one["message"]) for one in told["problems"]]

    return problems


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"recommending_states": "Norway; Spian"}, "recommending_states", "Did you mean “Spain”?"),
        ({"final_position": "Supportd"}, "final_position", "Did you mean “supported”"),
        ({"wg_report_position": "Refused"}, "wg_report_position", "supported, supported_in_part"),
        ({"uprinfo_issues": "Freedom of the presss"}, "uprinfo_issues", "Freedom of opinion and expression"),
        ({"uprinfo_action": "6"}, "uprinfo_action", "Expected 1 to 5"),
        ({"uprinfo_action": "1; 2; 3"}, "uprinfo_action", "3 action categories for 1 States"),
        ({"paragraph": ""}, "paragraph", "missing"),
        ({"paragraph": "one"}, "paragraph", "such as 124.26"),
        ({"text": "  "}, "text", "missing"),
        ({"text": "x" * 20_001}, "text", "at most 20000"),
        ({"symbol": "A HRC"}, "symbol", "such as A/HRC/28/10"),
        ({"symbol": "A/HRC/28/11"}, "symbol", "the report of KAZ-2 is A/HRC/28/10"),
        ({"session": "21"}, "session", "reviewed at session 20"),
        ({"cycle": "two"}, "cycle", "no number from 1 to 99"),
        ({"cycle": "5", "session": "777"}, "cycle", "Open the cycle first"),
        ({"cycle": "3"}, "symbol", None),
        ({"state": "Kyrgyzstan"}, "state", "the import is for Kazakhstan"),
        ({"state": "Kyrgistan"}, "state", "Did you mean “Kyrgyzstan”?"),
        ({"language": "xx"}, "language", "Expected one of: en, ru"),
        ({"text_kind": "draft"}, "text_kind", "official"),
        ({"position": "noted", "position_date": "2999-01-01"}, "position_date", "future"),
        ({"position": "noted", "position_date": "31.02.2015"}, "position_date", "no date"),
        ({"position": "", "position_document": REPORT}, "position", "no position"),
        ({"sdgs": "18"}, "sdgs", "from 1 to 17"),
        ({"sdgs": "16.99"}, "sdgs", "from 1 to 17"),
        ({"reference": "KAZ-2-9.9"}, "reference", "the document and paragraph say KAZ-2-126.3"),
        ({"reference": "nonsense"}, "reference", "such as KAZ-2-124.26"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(problems, cells, column, says):
    found = problems(as_csv([row("126.1"), row("126.2"), row("126.3", **cells)]))

    assert [(number, name) for number, name, _message in found] == [(4, column)]
    if says:
        assert says in found[0][2]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(problems):
    found = problems(
        as_csv(
            [row("126.1", uprinfo_action="9", recommending_states="Spian"), row("x"), row("126.3", text="")]
        )
    )

    assert [(number, name) for number, name, _message in found] == [
        (2, "recommending_states"),
        (2, "uprinfo_action"),
        (3, "paragraph"),
        (4, "text"),
    ]


def test_a_row_that_stands_twice_is_told_with_the_first(problems):
    found = problems(as_csv([row("126.1"), row("126.2"), row("126.1", text="Another")]))

    assert found == [(4, "paragraph", "Row 2 holds KAZ-2-126.1 already. Expected each recommendation once.")]


def test_a_report_on_another_state_is_told(problems, kazakhstan):
    from recommendations.catalogue.models import Document
    from tests.factories import make_state

    Document.objects.create(symbol="A/HRC/29/4", state=make_state("KGZ"))

    found = problems(as_csv([row("126.1", symbol="A/HRC/29/4")]))

    assert found[0][1] == "symbol"
    assert "concerns Kyrgyzstan" in found[0][2]


def test_missing_columns_are_told_with_what_may_be_meant(problems):
    found = problems(as_csv([{"cycle": "2", "paragrph": "126.1", "text": "Words"}]))

    assert found == [
        (
            1,
            "paragraph",
            "There is no column “paragraph”. Expected a header row with the columns of the template. "
            "Did you mean “paragrph”?",
        )
    ]


def test_a_column_that_stands_twice_is_told(problems):
    content = b"cycle,paragraph,text,Text\n2,126.1,one,two\n"

    assert [(one[0], one[1]) for one in problems(content)] == [(1, "Text")]


def test_a_formula_is_told_with_its_cell(problems):
    found = problems(as_xlsx([row("126.1"), row("126.2")], formulas={"E3": "=A1&B1"}), "table.xlsx")

    assert [(one[0], one[1]) for one in found] == [(3, "text")]
    assert "formula" in found[0][2]


def test_a_paragraph_stored_as_a_number_is_told(problems):
    found = problems(as_xlsx([row("126.1", paragraph=126.1)]), "table.xlsx")

    assert [(one[0], one[1]) for one in found] == [(2, "paragraph")]
    assert "95.10" in found[0][2]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"cycle,paragraph,text\n", "header.csv"),
        (b"\x00\x01\x02\x03" * 300, "binary.csv"),
        (b"%PDF-1.7 and so on", "report.pdf"),
        (b"PK\x03\x04" + b"\x00" * 60, "broken.xlsx"),
        (b"<!doctype html><html><body>Please sign in</body></html>", "table.csv"),
        (b'cycle,paragraph,text\n2,126.1,"never closed\n', "quotes.csv"),
        (b"\xff\xfe" + "cycle,paragraph\n".encode("utf-16-le"), "short.csv"),
    ],
)
def test_a_file_that_is_none_gets_a_sentence(problems, content, name):
    found = problems(content, name)

    assert found
    assert all(message for _row, _column, message in found)


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path, kazakhstan):
    told = import_file(tmp_path / "nothing.csv", state=kazakhstan, dry_run=False)

    assert "There is no file" in told["problems"][0]["message"]


def test_one_bad_row_among_many_and_nothing_is_written(problems):
    rows = [row(f"{number}.1") for number in range(1, 2002)]
    rows[1500]["recommending_states"] = "Atlantis"

    assert [one[0] for one in problems(as_csv(rows))] == [1502]


def test_when_there_are_too_many_problems_the_rest_is_counted(problems):
    found = problems(as_csv([row(f"x{number}") for number in range(2100)]))

    assert len(found) == 2001
    assert found[-1] == (None, None, "100 more problems are not listed.")


def test_an_unknown_reference_is_told(problems):
    found = problems(as_csv([{"reference": "KAZ-2-999.9", "text_kk": "Қазақша"}]))

    assert [(one[0], one[1]) for one in found] == [(2, "reference")]
