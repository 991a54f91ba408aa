"""Small reports of the Working Group's shape, as Word document and PDF, in six languages; nothing in them is real.

The State, the symbol and the recommending States exist; every text is invented and says so.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg_amiri
import fontpkg_source_serif_4
import pikepdf
import typst

from tests.formats.words_of_the_report import ENGLISH, LANGUAGES, Words

NAME = "invented-report.docx"
SYMBOL = "A/HRC/28/10"

Item = tuple[str, str]


@dataclass
class List:
    """A lead-in with the list below it."""

    number: str
    lead: str
    items: list[Item] = field(default_factory=list)


def lists_of(language: str = "en") -> list[List]:
    """Three lists as later cycles have them: 124.1 to 124.4, 125.1 to 125.12, 126.1 and 126.2."""
    words = LANGUAGES[language]
    norway, spain, kyrgyzstan = (
        words.brackets.format(name) for name in (words.norway, words.spain, words.kyrgyzstan)
    )
    first = [
        ("124.1", f"{words.text} {norway}{words.end}"),
        ("124.2", f"{words.longer} {kyrgyzstan}{words.end}"),
        ("124.3", f"{words.text} {spain} {norway}{words.end}"),
        ("124.4", f"{words.text} {norway}{words.end}"),
    ]
    second = [(f"125.{place}", f"{words.text} {kyrgyzstan}{words.end}") for place in range(1, 13)]
    third = [("126.1", f"{words.longer} {spain}{words.end}"), ("126.2", f"{words.text} {norway}.")]
    return [
        List("124", words.leads[0], first),
        List("125", words.leads[1], second),
        List("126", words.leads[2], third),
        List("127", words.closing),
    ]


def first_cycle() -> list[List]:
    """The first cycle's way of counting: lists begin anew below 95 and 97, and 96 speaks of the list above it."""
    listed = [(f"{place}.", f"{ENGLISH.text}, part {place} (Norway);") for place in range(1, 103)]
    return [
        List("95", "The recommendations listed below enjoy the support of Kazakhstan:", listed),
        List(
            "96",
            "Kazakhstan considers that recommendations Nos. 7, 96 and 98–100 above have already been implemented or are"
            " in the process of implementation.",
        ),
        List(
            "97", ENGLISH.leads[3], [("1.", f"{ENGLISH.text} (Spain);"), ("2.", f"{ENGLISH.text} (Norway).")]
        ),
        List("98", ENGLISH.closing),
    ]


def make() -> bytes:
    """The report as it is usually fetched."""
    return make_docx()


# --- Word ---------------------------------------------------------------------------------------------------------

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def make_docx(
    lists: Sequence[List] | None = None,
    *,
    language: str = "en",
    symbol: str = SYMBOL,
    state: str = "",
    automatic: bool = False,
    body: str = "",
    extra: str = "",
) -> bytes:
    """The report as a Word document; ``automatic`` leaves all numbers to Word's lists.

    ``body`` replaces the document's whole text, ``extra`` stands before its annex; both are WordprocessingML.
    """
    words = LANGUAGES[language]
    parts = [
        _table("United Nations", symbol),
        _table("General Assembly", "Distr.: General 10 December 2014"),
        _paragraph(words.title, note="1"),
        _paragraph(state or words.state),
        _paragraph(words.introduction),
        _paragraph(f"1.\t{words.text} (A/HRC/WG.6/20/KAZ/1)."),
        _paragraph(f"II. {words.conclusions}"),
    ]
    for number, each in enumerate(lists if lists is not None else lists_of(language)):
        parts.append(_numbered(each.number, each.lead, 0, automatic))
        for place, (label, text) in enumerate(each.items):
            note = "2" if number == 0 and place == 1 else ""
            parts.append(_numbered(label, text, 1, automatic, note))
    parts += [extra, _paragraph(words.annex), _paragraph(words.text)]
    first = int((lists or lists_of(language))[0].number)
    return _package(body or "".join(parts), first)


def _paragraph(text: str, properties: str = "", note: str = "") -> str:
    runs = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\t"))
    if note:
        runs += f'</w:r><w:r><w:footnoteReference w:id="{note}"/>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r>{runs}</w:r></w:p>"


def _numbered(label: str, text: str, level: int, automatic: bool, note: str = "") -> str:
    if not automatic:
        mark = "." if "." not in label else ""
        indent = f'<w:ind w:left="{1134 + 567 * level}"/>'
        return _paragraph(f"{label}{mark}\t{text}", indent, note)
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return _paragraph(text, numbering, note)


def _table(*cells: str) -> str:
    row = "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in cells)
    return f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"


def _package(body: str, first: int) -> bytes:
    level = (
        '<w:lvl w:ilvl="{}"><w:start w:val="{}"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{}"/></w:lvl>'
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
            for name, kind in (
                ("document", "document.main"),
                ("footnotes", "footnotes"),
                ("numbering", "numbering"),
            )
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": f"<w:footnotes {_W}>"
        f'<w:footnote w:id="1">{_paragraph("Invented footnote of the title.")}</w:footnote>'
        f'<w:footnote w:id="2">{_paragraph("Invented footnote of a recommendation.")}</w:footnote></w:footnotes>',
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
        + level.format(0, first, "%1.")
        + level.format(1, 1, "%1.%2")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return target.getvalue()


def with_main_part(content: bytes, body: str) -> bytes:
    """A Word document with another main part."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, body if name == "word/document.xml" else source.read(name))
    return target.getvalue()


# --- PDF ----------------------------------------------------------------------------------------------------------

_FONTS = [str(Path(package.__file__).parent / "files") for package in (fontpkg_amiri, fontpkg_source_serif_4)]
_TYPST = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", columns: data.columns, margin: (x: 2.5cm, y: 3cm),
  header: context if here().page() > 1 [#data.symbol #h(1fr)],
  footer: context [#h(1fr) #here().page()])
#set text(font: ("Source Serif 4", "Amiri"), size: 10pt, lang: data.language, hyphenate: data.hyphenate,
  dir: if data.language == "ar" {rtl} else {ltr})
#set super(typographic: false)
#set par(justify: true, leading: 4pt, spacing: 9pt)
#data.symbol #h(1fr) Distr.: General \\ 10 December 2014
#v(2cm)
#text(size: 14pt, weight: "bold", data.title)#super[\\*]

#text(size: 14pt, weight: "bold", data.state)
#pagebreak()
#for text in data.before [#par(text)]
#text(size: 14pt, weight: "bold", "II. " + data.conclusions)

#for each in data.lists {
  par(each.number + ". " + each.lead)
  for item in each.items {
    pad(left: if data.language == "ar" {0pt} else {1cm}, right: if data.language == "ar" {1cm} else {0pt},
      par(item.at(0) + h(0.5cm) + item.at(1).replace("☞", "") + if item.at(1).contains("☞") {
        footnote("Invented footnote of a recommendation.")
      }))
  }
}
#if data.annex_apart { pagebreak() }
#text(size: 14pt, weight: "bold", data.annex)

#for text in data.after [#par(text)]
"""


def make_pdf(
    lists: Sequence[List] | None = None,
    *,
    language: str = "en",
    symbol: str = SYMBOL,
    state: str = "",
    columns: int = 1,
    hyphenate: bool = False,
    before: int = 6,
) -> bytes:
    """The report as a PDF; ``before`` is how many invented paragraphs stand before the conclusions."""
    words = LANGUAGES[language]
    lists = list(lists if lists is not None else lists_of(language))
    if language == "zh":
        return _chinese(words, lists, symbol)
    noted = [List(each.number, each.lead, list(each.items)) for each in lists]
    if noted and len(noted[0].items) > 1:
        label, text = noted[0].items[1]
        noted[0].items[1] = label, text + "☞"
    introduction = f"1. {words.text} (A/HRC/WG.6/20/KAZ/1)."
    data = {
        "title": words.title,
        "state": state or words.state,
        "symbol": symbol,
        "language": language,
        "columns": columns,
        "hyphenate": hyphenate,
        "annex_apart": columns == 1,
        "before": [words.introduction, introduction]
        + [f"{number}. {words.longer}." for number in range(2, 2 + before)],
        "conclusions": words.conclusions,
        "lists": [{"number": each.number, "lead": each.lead, "items": each.items} for each in noted],
        "annex": words.annex,
        "after": [words.longer] * 3,
    }
    made = typst.compile(
        _TYPST.encode(),
        font_paths=_FONTS,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made


def _chinese(words: Words, lists: Sequence[List], symbol: str) -> bytes:
    """Without embedded letters, as PDFs in Chinese often are: lines of 40 signs, lists further in."""
    paragraphs = [
        (0, words.introduction),
        (0, f"1. {words.text}(A/HRC/WG.6/20/KAZ/1)。"),
        (0, words.conclusions),
    ]
    for each in lists:
        paragraphs.append((0, f"{each.number}. {each.lead}"))
        paragraphs += [(30, f"{label} {text}") for label, text in each.items]
    paragraphs += [(0, words.annex), (0, words.text)]
    lines = [(0, 60, symbol), (0, 200, words.title), (0, 230, words.state)]
    pages = [lines]
    down = 1000.0
    for indent, text in paragraphs:
        for start in range(0, len(text), 40):
            if down > 740:
                pages.append([(0, 50, symbol), (0, 800, str(len(pages) + 1))])
                down = 90
            down += 14 if start else 22
            pages[-1].append((indent, down, text[start : start + 40]))
    return pdf_of(pages)


def pdf_of(pages: Sequence[Sequence[tuple[float, float, str]]], *, size: float = 10) -> bytes:
    """A PDF with these lines on its pages, each as (from the left margin, from the top, text)."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name("/STSong-Light"),
            Encoding=pikepdf.Name("/UniGB-UCS2-H"),
            DescendantFonts=[
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name("/CIDFontType0"),
                    BaseFont=pikepdf.Name("/STSong-Light"),
                    CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="GB1", Supplement=4),
                    DW=1000,
                )
            ],
        )
    )
    for lines in pages:
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        drawn = "".join(
            f"BT /F1 {size} Tf 1 0 0 1 {60 + left} {842 - down} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for left, down, text in lines
        )
        page.Contents = document.make_stream(drawn.encode())
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
