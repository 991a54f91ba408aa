"""The PDF: tagged, in its language, with our faces, linked and numbered."""

import pytest

from recommendations.overview.lines import Endnote
from recommendations.overview.summary import in_document_order
from tests.exports import reading
from tests.exports.summaries import KAZAKH, finding, line, narrative, rich_summary, summary


@pytest.fixture(scope="module")
def reader():
    return reading.as_pdf(rich_summary(12))


def kinds(node, found=None):
    """How often each structure type occurs in the tag tree."""
    found = {} if found is None else found
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            kinds(child, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.setdefault(node["/S"], []).append(node)
        if "/K" in node:
            kinds(node["/K"], found)
    return found


@pytest.fixture(scope="module")
def tags(reader):
    return kinds(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def test_it_says_it_is_tagged_and_follows_pdf_ua(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or bool(root["/MarkInfo"]["/Marked"].value)
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_it_tells_its_language_title_and_authors(language):
    made = reading.as_pdf(rich_summary(2, language=language))
    assert made.trailer["/Root"]["/Lang"].lower().startswith(language)
    assert "Ruritania" in made.metadata.title
    assert made.metadata.author == "Invented Organisation, Another Invented Organisation"
    assert bool(made.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"])


def test_headings_tables_with_heads_figures_and_links_are_tagged(tags):
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/Link", "/P"} <= set(tags)


def test_every_picture_has_words(tags):
    assert len(tags["/Figure"]) >= 3
    assert all(str(figure.get("/Alt", "")).strip() for figure in tags["/Figure"])


def test_heads_of_columns_say_that_they_are(tags):
    assert all("/A" in head for head in tags["/TH"])


def test_the_picture_says_the_counts_of_the_squares(tags):
    words = " ".join(str(figure["/Alt"]) for figure in tags["/Figure"])
    assert "One square for each of 12 recommendations" in words


def test_pages_are_numbered_n_of_m(reader):
    last = len(reader.pages)
    assert f"Page 2 of {last}" in " ".join(reader.pages[1].extract_text().split())
    assert f"Page {last} of {last}" in " ".join(reader.pages[-1].extract_text().split())


def test_every_kazakh_letter_can_be_read_and_searched():
    made = summary([line(1, text=KAZAKH)], language="kk")
    assert KAZAKH.replace(" ", "") in reading.pdf_text(reading.as_pdf(made)).replace(" ", "")


def test_only_our_faces_are_inside(reader):
    names = set()
    for page in reader.pages:
        for font in (page["/Resources"].get("/Font") or {}).values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    assert names
    assert all(name.startswith(("SourceSerif4", "SourceSans3")) for name in names)


def test_records_and_sources_are_links(reader):
    addresses = {
        annotation.get_object()["/A"]["/URI"]
        for page in reader.pages
        for annotation in page.get("/Annots", [])
        if "/A" in annotation.get_object() and "/URI" in annotation.get_object()["/A"]
    }
    assert "https://tracker.example/recommendations/ZZR-2-124.1/" in addresses
    assert any(address.startswith("https://source.example/") for address in addresses)


def test_bookmarks_lead_to_chapters_and_recommendations(reader):
    titles = []

    def walk(items):
        for item in items:
            if isinstance(item, list):
                walk(item)
            else:
                titles.append(item.title)

    walk(reader.outline)
    assert "Key figures" in titles
    assert "124.1" in titles


def test_a_score_never_stands_on_the_title_page():
    rows = [line(n, outcome="fully") for n in range(1, 21)]
    made = reading.as_pdf(summary(rows))
    assert "%" not in made.pages[0].extract_text()
    assert "100%" in reading.pdf_text(made)


def test_text_that_looks_like_typst_stays_text():
    text = '#panic("run") #import "x.typ" $x$ *b* _i_ `c` <label> @ref \\u{41} ]#eval("1+1")['
    made = summary([line(1, text=text, themes=(text,), theme=text)], is_demo=False)
    assert text.replace(" ", "") in reading.pdf_text(reading.as_pdf(made)).replace(" ", "")


def test_an_endnote_that_no_entry_prints_is_listed_all_the_same():
    made = summary(
        [line(1, findings=(finding(reasons=narrative("x [E-1]", {1: 2})),))],
        endnotes=(
            Endnote(number=1, reference="E-9", title="Not cited"),
            Endnote(number=2, reference="E-1", title="Cited"),
        ),
    )
    assert "Not cited" in reading.pdf_text(reading.as_pdf(made))
    assert "Not cited" not in reading.pdf_text(reading.as_pdf(in_document_order(made)))


@pytest.mark.parametrize("text", ["中文 建议", "emoji \U0001f600 here", "العربية", "ქართული", "→ ✔ ●"])
def test_signs_that_our_faces_lack_do_not_stop_the_export(text):
    made = reading.as_pdf(summary([line(1, text=f"before {text} after")]))
    assert "after" in reading.pdf_text(made)
    assert bool(made.trailer["/Root"]["/MarkInfo"]["/Marked"])
