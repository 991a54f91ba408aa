"""XLSX and CSV: what people do with them in a spreadsheet."""

import datetime

import pytest

from tests.exports import reading
from tests.exports.summaries import line, rich_summary, summary


@pytest.fixture(scope="module")
def workbook():
    return reading.as_workbook(rich_summary(30))


def test_there_is_a_sheet_for_every_view(workbook):
    assert workbook.sheetnames == [
        "About",
        "Key figures",
        "Themes and findings",
        "Recommendations",
        "Supported, not implemented",
        "Noted, yet implemented",
        "State claims",
        "Indicators",
        "Evidence",
    ]


def test_every_sheet_has_a_frozen_header_and_filters(workbook):
    for sheet in workbook:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref


def test_every_recommendation_links_back_to_its_record(workbook):
    links = [cell.hyperlink for (cell,) in workbook["Recommendations"].iter_rows(min_row=2, max_col=1)]
    assert links[0].target == "https://tracker.example/recommendations/ZZR-2-124.1/"
    assert all(links)


def test_dates_are_dates_and_numbers_numbers(workbook):
    row = reading.sheet_rows(workbook, "Recommendations")[0]
    assert row["Evidence up to"].date() == datetime.date(2018, 12, 31)
    assert row["Items of evidence"] == 1
    evidence = reading.sheet_rows(workbook, "Evidence")[0]
    assert evidence["Endnote"] == 1


def test_the_key_figures_set_the_uns_totals_beside_ours_and_explain_the_difference(workbook):
    received = reading.sheet_rows(workbook, "Key figures")[0]
    assert (received["What is counted"], received["In this record"], received["In the UN's documents"]) == (
        "Received",
        30,
        30,
    )
    assert received["Note"] == "The UN counts an invented recommendation twice."


def test_theme_rows_add_up_to_all_recommendations(workbook):
    rows = reading.sheet_rows(workbook, "Themes and findings")
    assert sum(row["Recommendations"] for row in rows if row["Position"] == "All") == 30


def test_csv_has_the_columns_of_the_sheet_and_opens_in_excel(workbook):
    made = rich_summary(30)
    assert reading.rendered(made, "csv").startswith("\ufeff".encode())
    rows = reading.as_csv(made)
    assert list(rows[0]) == list(reading.sheet_rows(workbook, "Recommendations")[0])
    assert rows[0]["Address"] == "https://tracker.example/recommendations/ZZR-2-124.1/"


def test_states_that_are_many_stand_in_one_cell():
    rows = reading.as_csv(summary([line(1, states=("Norland", "Timor-Leste"))]))
    assert rows[0]["Recommending States"] == "Norland; Timor-Leste"
