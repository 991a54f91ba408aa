"""WordprocessingML as text: runs, paragraphs, tables, pictures, links, endnotes. Every text passes `escaped`."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from recommendations.documents.story.parts import Block, Run, Runs

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
ADEC = "http://schemas.microsoft.com/office/drawing/2017/decorative"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:wp="{WP}" xmlns:a="{A}" xmlns:pic="{PIC}"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EMU_PER_INCH = 914_400
TEXT_WIDTH = 9298  # twentieths of a point between the margins
LANGUAGES = {
    "en": "en-GB",
    "ru": "ru-RU",
    "kk": "kk-KZ",
    "fr": "fr-FR",
    "es": "es-ES",
    "ar": "ar-SA",
    "zh": "zh-CN",
}
STYLES = {"strong": "Strong", "quiet": "Quiet", "title": "Emphasis"}


def escaped(text: str) -> str:
    """Text as XML content or attribute; a story holds nothing that XML cannot carry."""
    return escape(text)


@dataclass
class Part:
    """A part of the package under way, with its relationships; `ids` gives numbers unique in the document."""

    relations: dict[tuple[str, str], str] = field(default_factory=dict)
    ids: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    bookmarks: set[str] = field(default_factory=set)

    def relation(self, kind: str, target: str) -> str:
        """The id of the relationship to `target`, made when it is first asked for."""
        return self.relations.setdefault((kind, target), f"rId{len(self.relations) + 1}")

    def next_id(self) -> int:
        """A number not used before in this part."""
        self.ids += 1
        return self.ids

    def relations_xml(self) -> str:
        """The part's .rels file."""
        rows = "".join(
            f'<Relationship Id="{name}" Type="{REL}/{kind}" Target="{escaped(target)}"'
            + (' TargetMode="External"/>' if kind == "hyperlink" else "/>")
            for (kind, target), name in self.relations.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'
        )


def text_run(text: str, properties: str = "") -> str:
    """A run; new lines become line breaks."""
    lines = escaped(text.replace("\r\n", "\n")).split("\n")
    content = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{content}</w:r>"


def tab() -> str:
    """A tabulator."""
    return "<w:r><w:tab/></w:r>"


def field_run(instruction: str, shown: str, properties: str = "") -> str:
    """A field with the value it shows until a program works it out anew."""
    marks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return (
        f'<w:r>{marks}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{marks}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{marks}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"{text_run(shown, properties)}"
        f'<w:r>{marks}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def bookmark(part: Part, name: str, content: str) -> str:
    """Content that links can lead to."""
    number = part.next_id()
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def anchor(prefix: str, name: str) -> str:
    """A bookmark's name: letters, digits and underscores, at most 40 signs."""
    return (prefix + re.sub(r"\W", "_", name, flags=re.ASCII))[:40]


def link(part: Part, url: str, content: str) -> str:
    """A link to an address."""
    return f'<w:hyperlink r:id="{part.relation("hyperlink", url)}" w:history="1">{content}</w:hyperlink>'


def inner_link(name: str, content: str) -> str:
    """A link to a bookmark."""
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'


def show_run(part: Part, piece: Run) -> str:
    """A run of the story: its sign, text and link, or an endnote's reference."""
    if "note" in piece:
        return _note(part, piece)
    style = STYLES.get(piece.get("style", ""), "")
    target = anchor("rec_", piece["to"]) if "to" in piece else ""
    linked = bool(piece.get("url")) or target in part.bookmarks
    properties = f'<w:rStyle w:val="{"Hyperlink" if linked else style}"/>' if linked or style else ""
    if "lang" in piece:
        properties += f'<w:lang w:val="{LANGUAGES.get(piece["lang"], piece["lang"])}"/>'
    content = text_run(piece["text"], properties)
    if piece.get("url"):
        content = link(part, piece["url"], content)
    elif linked:
        content = inner_link(target, content)
    if "sign" in piece:
        content = sign(part, piece["sign"]) + text_run("\u00a0") + content
    return content


def _note(part: Part, piece: Run) -> str:
    number, style = piece["note"], '<w:rStyle w:val="EndnoteReference"/>'
    before = text_run(",", style) if piece.get("after_note") else ""
    if piece.get("first"):
        mark = f'<w:r><w:rPr>{style}</w:rPr><w:endnoteReference w:id="{number}"/></w:r>'
        return before + bookmark(part, f"note_{number}", mark)
    return before + field_run(f"NOTEREF note_{number} \\h", str(number), style)


def show_runs(part: Part, runs: Runs) -> str:
    """The runs of the story one after the other."""
    return "".join(show_run(part, piece) for piece in runs)


def paragraph(style: str, content: str, properties: str = "") -> str:
    """A paragraph in one of the styles of styles.xml."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def facts(part: Part, rows: Iterable[dict[str, Any]]) -> str:
    """Labels with what is said of each."""
    quiet = '<w:rStyle w:val="Quiet"/>'
    return "".join(
        paragraph("Fact", text_run(row["label"], quiet) + tab() + show_runs(part, row["runs"]))
        for row in rows
    )


def table(part: Part, block: Block) -> str:
    """A table with its caption above and a header row that is repeated on every page."""
    columns, small = block["columns"], len(block["columns"]) > 7
    whole = sum(column["width"] for column in columns)
    widths = [int(TEXT_WIDTH * column["width"] / whole) for column in columns]
    size = '<w:sz w:val="14"/><w:szCs w:val="14"/>' if small else ""
    heads = []
    for column in columns:
        content = text_run(column["title"], size)
        if column["sign"]:
            content = sign(part, column["sign"]) + "<w:r><w:br/></w:r>" + content
        heads.append(paragraph("TableHead", content, _aligned(column)))
    rows = [_row(heads, widths, header=True)]
    for place, row in enumerate(block["rows"]):
        strong = block["total"] and place == len(block["rows"]) - 1
        cells = [
            paragraph("TableText", show_runs(part, _strong(cell) if strong else cell), _aligned(column))
            for column, cell in zip(columns, row, strict=True)
        ]
        rows.append(_row(cells, widths))
    return (
        paragraph("Caption", text_run(block["caption"]))
        + '<w:tbl><w:tblPr><w:tblStyle w:val="SummaryTable"/>'
        + f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        + f'<w:tblLook w:val="04{"6" if block["total"] else "2"}0" w:firstRow="1" w:lastRow="{block["total"]:d}" '
        + 'w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        + f'<w:tblCaption w:val="{escaped(block["caption"])}"/></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + f"</w:tblGrid>{''.join(rows)}</w:tbl>"
        + paragraph("AfterTable", "")
    )


def _strong(cell: Runs) -> Runs:
    return [piece | {"style": "strong"} for piece in cell]


def _aligned(column: dict[str, Any]) -> str:
    return '<w:jc w:val="right"/>' if column["align"] == "right" else ""


def _row(cells: list[str], widths: list[int], *, header: bool = False) -> str:
    marks = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if header else "") + "</w:trPr>"
    return (
        f"<w:tr>{marks}"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, cells, strict=True)
        )
        + "</w:tr>"
    )


def sign(part: Part, outcome: str) -> str:
    """The drawn sign of an outcome; the word stands beside it, so it is marked as decoration."""
    return picture(part, f"sign-{outcome}", "", inches=0.115)


def picture(part: Part, name: str, alt: str, *, inches: float | None = None) -> str:
    """A picture in the line of text, `inches` wide; without `alt` it is marked as decoration."""
    width, height = png_size(part.pictures[name])
    inches = inches or TEXT_WIDTH / 1440
    x = int(inches * EMU_PER_INCH)
    y = int(x * height / width)
    number = part.next_id()
    relation = part.relation("image", f"media/{name}.png")
    described = f'descr="{escaped(alt)}"/>'
    if not alt:
        described = (
            '><a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
            f'<adec:decorative xmlns:adec="{ADEC}" val="1"/></a:ext></a:extLst></wp:docPr>'
        )
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{x}" cy="{y}"/>'
        f'<wp:docPr id="{number}" name="{name} {number}" {described}<a:graphic><a:graphicData uri="{PIC}">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="{name}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{x}" cy="{y}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels, from its header."""
    return struct.unpack(">II", data[16:24])
