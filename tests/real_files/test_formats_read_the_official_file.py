"""The files that the UN and UPR Info gave out, read as they are."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from recommendations.formats.tabular import read_table

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"


def test_the_official_file_gives_322_rows_of_12_columns_without_a_problem():
    with read_table(DATA / "kazakhstan" / "cycles-1-2-official.csv") as table:
        rows = list(table.rows)
    assert table.header == [
        "cycle",
        "session",
        "symbol",
        "paragraph",
        "text",
        "recommending_states",
        "wg_report_position",
        "uprinfo_response",
        "uprinfo_action",
        "uprinfo_issues",
        "final_position",
        "final_position_source",
    ]
    assert [row.number for row in rows] == list(range(2, 324))
    assert table.problems == []
    assert Counter((row.cells[0], row.cells[10]) for row in rows) == {
        ("1", "Supported"): 121,
        ("1", "Noted"): 7,
        ("2", "Supported"): 144,
        ("2", "Noted"): 50,
    }


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("kazakhstan/upr-info-sessions-7-20.csv", 327),
        ("upr-info/sessions-01-20.csv", 41_066),
        ("upr-info/issues.csv", 54),
        ("ohchr-thematic-lists/expected-rows.csv", 163 + 215 + 252),
    ],
)
def test_every_table_is_read_to_its_last_row_without_a_problem(name, count):
    with read_table(DATA / name) as table:
        assert sum(1 for _ in table.rows) == count
    assert table.problems == []


def test_the_old_workbook_some_readers_call_corrupt_holds_the_rows_of_the_table():
    with read_table(DATA / "upr-info" / "sessions-01-05.xls") as book:
        header, rows = book.header, [tidy(row.cells) for row in book.rows]
    with read_table(DATA / "upr-info" / "sessions-01-20.csv") as table:
        same = [tidy(row.cells) for row in table.rows if int(row.cells[10]) <= 5]
    assert header == [
        "SuR",
        "Rgrp",
        "Org",
        "Recommendation",
        "RS",
        "Rgrp",
        "Org",
        "Response",
        "Action",
        "Issue",
    ] + ["Session"]
    assert book.format == "xls"
    assert book.problems == []
    assert rows == same
    assert len(rows) == 6094


def tidy(cells):
    """The workbook holds blanks at the ends of some cells, which the table lost."""
    return [" ".join(cell.split()) for cell in cells]
