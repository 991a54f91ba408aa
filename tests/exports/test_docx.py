"""The Word document: real styles, contents, endnotes, repeated heads, languages, described pictures."""

import io
import zipfile
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn

from tests.exports import reading
from tests.exports.summaries import KAZAKH, line, rich_summary, summary


@pytest.fixture(scope="module")
def data():
    return reading.rendered(rich_summary(24), "docx")


@pytest.fixture(scope="module")
def document(data):
    return docx.Document(io.BytesIO(data))


def part(data: bytes, name: str):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return docx.oxml.parse_xml(package.read(name))


def test_every_part_is_well_formed_and_has_a_content_type(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml").decode()
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(name))
            assert f'PartName="/{name}"' in types or name.endswith((".rels", ".png", "[Content_Types].xml"))


def test_every_relationship_leads_to_a_part(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = set(package.namelist())
        for rels in ("word/_rels/document.xml.rels", "word/_rels/endnotes.xml.rels"):
            for relation in ElementTree.fromstring(package.read(rels)):
                if relation.get("TargetMode") != "External":
                    assert f"word/{relation.get('Target')}" in names


def test_every_style_used_is_defined(data, document):
    defined = {style.get(qn("w:styleId")) for style in part(data, "word/styles.xml").iter(qn("w:style"))}
    used = {
        node.get(qn("w:val"))
        for name in ("word/document.xml", "word/endnotes.xml", "word/header1.xml", "word/footer1.xml")
        for kind in ("w:pStyle", "w:rStyle", "w:tblStyle")
        for node in part(data, name).iter(qn(kind))
    }
    assert used <= defined


def test_chapters_are_headings(document):
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:5] == ["In brief", "About this document", "Method", "Key figures", "What stands out"]
    assert headings[-2:] == ["Annex: all recommendations", "Endnotes"]
    entries = [p.text for p in document.paragraphs if p.style.name == "Entry Heading"]
    assert len(entries) == 24
    assert entries[0].startswith("124.")


def test_the_contents_are_a_field_filled_with_links_to_the_chapters(data):
    body = part(data, "word/document.xml")
    assert any("TOC" in (text.text or "") for text in body.iter(qn("w:instrText")))
    targets = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    marks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert targets <= set(marks)
    assert len(marks) == len(set(marks))


def test_endnotes_are_true_endnotes_each_cited_once_and_then_referred_to(data):
    body, notes = part(data, "word/document.xml"), part(data, "word/endnotes.xml")
    cited = [int(node.get(qn("w:id"))) for node in body.iter(qn("w:endnoteReference"))]
    written = [int(n.get(qn("w:id"))) for n in notes.iter(qn("w:endnote")) if n.get(qn("w:type")) is None]
    assert cited == sorted(cited) == list(range(1, len(cited) + 1))
    assert written == cited
    again = [t.text for t in body.iter(qn("w:instrText")) if "NOTEREF" in t.text]
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert again
    assert {field.split()[1] for field in again} <= marks


def test_tables_repeat_their_heads_and_have_captions(document):
    for table in document.tables:
        assert table.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(document.tables)


def test_the_annex_holds_every_recommendation(document):
    annex = document.tables[-1]
    assert annex.cell(0, 0).text == "Paragraph"
    assert len(annex.rows) == 1 + 24


def test_pictures_are_described_or_marked_as_decoration(data):
    described = []
    for picture in part(data, "word/document.xml").iter(qn("wp:docPr")):
        decorative = [node for node in picture.iter() if node.tag.endswith("}decorative")]
        assert bool(picture.get("descr")) != bool(decorative)
        if picture.get("descr"):
            described.append(picture.get("descr"))
    assert len(described) == 4  # squares, findings, themes, one indicator
    assert "One square for each of 24 recommendations" in described[0]


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("ru", "ru-RU"), ("kk", "kk-KZ")])
def test_the_language_is_told(language, tag):
    data = reading.rendered(summary([line(1)], language=language), "docx")
    assert part(data, "word/styles.xml").find(".//" + qn("w:lang")).get(qn("w:val")) == tag
    assert docx.Document(io.BytesIO(data)).core_properties.language == tag


def test_a_text_in_another_language_says_so():
    made = summary([line(1, text="Текст", text_language="ru", text_is_fallback=True)])
    body = part(reading.rendered(made, "docx"), "word/document.xml")
    tagged = [run for run in body.iter(qn("w:r")) if run.find(".//" + qn("w:lang")) is not None]
    assert {run.find(".//" + qn("w:lang")).get(qn("w:val")) for run in tagged} == {"ru-RU"}


def test_pages_are_numbered_n_of_m_by_fields(data):
    footer = part(data, "word/footer1.xml")
    fields = [text.text.strip() for text in footer.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "".join(t.text or "" for t in footer.iter(qn("w:t"))).endswith("Page 1 of 1")


def test_the_faces_are_ours_and_kazakh_letters_stay(data):
    fonts = {font.get(qn("w:name")) for font in part(data, "word/fontTable.xml").iter(qn("w:font"))}
    assert fonts == {"Source Serif 4", "Source Sans 3"}
    assert KAZAKH in reading.document_text(reading.rendered(summary([line(1, text=KAZAKH)]), "docx"))


def test_nothing_tells_who_pressed_the_button(document):
    assert document.core_properties.author == "Invented Organisation, Another Invented Organisation"
    assert not document.core_properties.last_modified_by
