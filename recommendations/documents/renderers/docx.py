"""DOCX: the story as a Word document of our own styles, with true endnotes, contents, captions and repeated heads.

The package is written part by part (see word/): styles, settings and fonts are files one can read, the body is text
from the story. Pictures are drawn by Typst from the same drawings as the PDF.
"""

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from recommendations.documents.renderers.typesetting import typeset
from recommendations.documents.renderers.word import ooxml
from recommendations.documents.renderers.word.ooxml import Part, escaped, paragraph, show_runs, text_run
from recommendations.documents.story import tell
from recommendations.documents.story.parts import Block, Story
from recommendations.overview.lines import OUTCOMES
from recommendations.overview.summary import CycleSummary

PARTS = Path(__file__).parent / "word"
PIXELS_PER_INCH = 200
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARAGRAPHS = {"body": "Normal", "lead": "Lead", "quiet": "QuietText", "notice": "Notice"}
NEW_PAGE = "<w:pageBreakBefore/>"
# A sheet holds title and text on one page: headings a size smaller than their styles.
SMALLER = {"Title": 36, "Subtitle": 22, "Heading1": 24, "Heading2": 22}
PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1531" w:right="1247" w:bottom="1361" w:left="1361" '
    'w:header="737" w:footer="680" w:gutter="0"/>'
)

OVERRIDES = {
    "/word/document.xml": "wordprocessingml.document.main",
    "/word/styles.xml": "wordprocessingml.styles",
    "/word/settings.xml": "wordprocessingml.settings",
    "/word/fontTable.xml": "wordprocessingml.fontTable",
    "/word/theme/theme1.xml": "theme",
    "/word/endnotes.xml": "wordprocessingml.endnotes",
    "/word/header1.xml": "wordprocessingml.header",
    "/word/footer1.xml": "wordprocessingml.footer",
    "/docProps/app.xml": "extended-properties",
}


def render(
    summary: CycleSummary, stream: BinaryIO, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Writes the summary as DOCX."""
    write_story(tell(summary), summary.made_at, stream)
    if progress:
        progress(len(summary.rows), len(summary.rows))


def write_story(story: Story, made_at: datetime.datetime, stream: BinaryIO) -> None:
    """Writes any story as DOCX; without a word for the contents it has no table of contents."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, content in package_parts(story, made_at).items():
            package.writestr(name, content)


def package_parts(story: Story, made_at: datetime.datetime) -> dict[str, str | bytes]:
    """Every file of the package by its name."""
    language = str(ooxml.LANGUAGES.get(story["language"], story["language"]))
    drawings = pictures(story)
    document, notes = Part(pictures=drawings), Part()
    for kind in ("styles", "settings", "fontTable", "endnotes"):
        document.relation(kind, f"{kind}.xml")
    document.relation("theme", "theme/theme1.xml")
    document.relation("header", "header1.xml")
    document.relation("footer", "footer1.xml")
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _package_relations(),
    }
    for name in ("styles", "settings", "fontTable"):
        parts[f"word/{name}.xml"] = (PARTS / f"{name}.xml").read_text().replace("LANGUAGE", language)
    parts["word/theme/theme1.xml"] = (PARTS / "theme1.xml").read_text()
    parts["word/document.xml"] = _document(story, document)
    parts["word/_rels/document.xml.rels"] = document.relations_xml()
    parts["word/endnotes.xml"] = _endnotes(story, notes)
    parts["word/_rels/endnotes.xml.rels"] = notes.relations_xml()
    parts["word/header1.xml"] = _header(story)
    parts["word/footer1.xml"] = _footer(story)
    parts["docProps/core.xml"] = _core(story, language, made_at)
    parts["docProps/app.xml"] = _app()
    parts |= {f"word/media/{name}.png": data for name, data in drawings.items()}
    return parts


def pictures(story: Story) -> dict[str, bytes]:
    """Every picture of the document as PNG by its name; blocks that are pictures get the name of theirs."""
    wanted: list[tuple[str, dict[str, object]]] = [
        (f"sign-{outcome}", {"kind": "sign", "outcome": outcome}) for outcome in OUTCOMES
    ]
    if story["squares"]["groups"]:
        wanted.append(("squares", {"kind": "squares", "data": story["squares"]}))
    for number, block in enumerate(b for b in story["blocks"] if b["kind"] == "drawing"):
        block["picture"] = f"picture-{number + 1}"
        wanted.append((block["picture"], {"kind": block["kind"], "data": block}))
    data = {"language": story["language"], "items": [item for _name, item in wanted]}
    drawn = typeset("pictures.typ", {"pictures": data}, format="png", ppi=PIXELS_PER_INCH)
    return dict(zip((name for name, _item in wanted), drawn, strict=True))


def _document(story: Story, part: Part) -> str:
    part.bookmarks = {ooxml.anchor("rec_", b["id"]) for b in story["blocks"] if b["kind"] == "entry"}
    body = "".join(
        [
            _title_page(story, part),
            _contents(story) if story["contents"] else "",
            *(_block(b, part, n, compact=bool(story.get("compact"))) for n, b in enumerate(story["blocks"])),
            paragraph("QuietText", text_run(story["made"])) if story.get("compact") else "",
        ]
    )
    if story["endnotes"]:
        uncited = (note for note in story["endnotes"] if not note["cited"])
        body += paragraph(
            "Heading1", ooxml.bookmark(part, "endnotes", text_run(story["endnotes_title"])), NEW_PAGE
        )
        body += "".join(
            paragraph("EndnoteText", text_run(f"{note['number']}. ") + show_runs(part, note["runs"]))
            for note in uncited
        )
    section = (
        f'<w:sectPr><w:headerReference w:type="default" r:id="{part.relation("header", "header1.xml")}"/>'
        f'<w:footerReference w:type="default" r:id="{part.relation("footer", "footer1.xml")}"/>'
        f'<w:endnotePr><w:numFmt w:val="decimal"/></w:endnotePr>{PAGE}<w:titlePg/></w:sectPr>'
    )
    return f"{DECLARATION}<w:document {ooxml.NAMESPACES}><w:body>{body}{section}</w:body></w:document>"


def _title_page(story: Story, part: Part) -> str:
    kicker = text_run(story["kicker"])
    if story["notice"]:
        kicker += ooxml.tab() + text_run(
            story["notice"], '<w:color w:val="1C2026"/><w:bdr w:val="single" w:sz="6" w:space="2"/>'
        )
    lines = [paragraph("TitleLine", text_run(line)) for line in story["lines"]]
    if story["organisations"]:
        lines.append(paragraph("TitleLine", text_run(story["organisations"], "<w:b/>")))
    if "squares" in part.pictures:
        lines.append(paragraph("Picture", ooxml.picture(part, "squares", story["squares"]["alt"])))
    compact = bool(story.get("compact"))
    made = "" if compact else paragraph("QuietText", text_run(story["made"]))
    tight = '<w:spacing w:before="80" w:after="40"/>' if compact else ""
    return (
        paragraph("Kicker", kicker)
        + paragraph("Title", text_run(story["title"], _size("Title", compact)), tight)
        + paragraph("Subtitle", text_run(story["subtitle"], _size("Subtitle", compact)))
        + "".join(lines)
        + made
    )


def _size(style: str, compact: bool) -> str:
    """The properties that make a run of a heading smaller, on a sheet."""
    half_points = SMALLER[style]
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if compact else ""


def _contents(story: Story) -> str:
    """The table of contents: a field that a program may work out anew, filled with links to the chapters."""
    chapters = [
        (n, b["text"]) for n, b in enumerate(story["blocks"]) if b["kind"] == "heading" and b["level"] == 1
    ]
    entries = [(f"chapter_{n}", text) for n, text in chapters]
    if story["endnotes"]:
        entries.append(("endnotes", story["endnotes_title"]))
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = [
        paragraph("TOC1", (begin if place == 0 else "") + ooxml.inner_link(name, text_run(text)))
        for place, (name, text) in enumerate(entries)
    ]
    end = paragraph("Normal", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    heading = paragraph("ContentsHeading", text_run(story["contents"]), NEW_PAGE)
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{heading}{''.join(lines)}{end}</w:sdtContent></w:sdt>"
    )


def _block(block: Block, part: Part, number: int, *, compact: bool) -> str:
    kind = block["kind"]
    if kind == "heading":
        content = text_run(block["text"], _size(f"Heading{block['level']}", compact))
        if block["level"] == 1:
            content = ooxml.bookmark(part, f"chapter_{number}", content)
        first = (number == 0 and not compact) or block["new_page"]
        above = '<w:spacing w:before="160" w:after="60"/>' if compact else ""
        return paragraph(f"Heading{block['level']}", content, (NEW_PAGE if first else "") + above)
    if kind == "para":
        return paragraph(PARAGRAPHS[block["style"]], show_runs(part, block["runs"]))
    if kind == "facts":
        return ooxml.facts(part, block["rows"])
    if kind == "table":
        return ooxml.table(part, block)
    if kind == "entry":
        return _entry(block, part)
    return paragraph("Picture", ooxml.picture(part, block["picture"], block["alt"]))


def _reference(block: Block, part: Part) -> str:
    """The reference beside the heading: a link where the audience has a page to go to."""
    small = '<w:b w:val="0"/><w:sz w:val="16"/><w:szCs w:val="16"/>'
    if not block["url"]:
        return text_run(block["reference"], small)
    return ooxml.link(
        part, block["url"], text_run(block["reference"], f'<w:rStyle w:val="Hyperlink"/>{small}')
    )


def _entry(block: Block, part: Part) -> str:
    """One recommendation; its heading holds number, reference and finding, so that the outline tells them."""
    heading = (
        ooxml.bookmark(part, ooxml.anchor("rec_", block["id"]), text_run(block["number"]))
        + text_run("  ")
        + _reference(block, part)
        + ooxml.tab()
        + ooxml.sign(part, block["outcome"])
        + text_run("\u00a0" + block["outcome_word"], '<w:sz w:val="19"/><w:szCs w:val="19"/>')
    )
    language = block["lang"] and f'<w:lang w:val="{ooxml.LANGUAGES.get(block["lang"], block["lang"])}"/>'
    pieces = [
        paragraph("EntryHeading", heading),
        paragraph("RecommendationText", text_run(block["text"], language)),
    ]
    if block["text_note"]:
        pieces.append(paragraph("Mark", text_run(block["text_note"])))
    pieces.append(ooxml.facts(part, block["facts"]))
    pieces += (paragraph("Standing", text_run(sentence)) for sentence in block["standing"])
    for finding in block["findings"]:
        if finding["heading"]:
            pieces.append(paragraph("FindingHeading", show_runs(part, finding["heading"])))
        pieces.append(ooxml.facts(part, finding["facts"]))
        pieces += (paragraph("Mark", text_run(mark)) for mark in finding["marks"])
        pieces += (paragraph("Normal", show_runs(part, reason)) for reason in finding["reasons"])
    return "".join(pieces)


def _endnotes(story: Story, part: Part) -> str:
    separators = (
        '<w:endnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:endnote>'
        '<w:endnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
        "</w:endnote>"
    )
    mark = "<w:r><w:endnoteRef/></w:r>" + ooxml.tab()
    notes = "".join(
        f'<w:endnote w:id="{note["number"]}">'
        f"{paragraph('EndnoteText', mark + show_runs(part, note['runs']))}</w:endnote>"
        for note in story["endnotes"]
        if note["cited"]
    )
    return f"{DECLARATION}<w:endnotes {ooxml.NAMESPACES}>{separators}{notes}</w:endnotes>"


def _header(story: Story) -> str:
    content = text_run(story["header"]) + ooxml.tab() + text_run(story["notice"], "<w:b/>")
    return f"{DECLARATION}<w:hdr {ooxml.NAMESPACES}>{paragraph('Header', content)}</w:hdr>"


def _footer(story: Story) -> str:
    """For whom the document is, and "page n of m" in the language's order."""
    content = text_run(story["audience"]) + ooxml.tab()
    pattern = story["page_pattern"].replace("{n}", "\0n\0").replace("{m}", "\0m\0")
    fields = {"n": ("PAGE", "1"), "m": ("NUMPAGES", "1")}
    content += "".join(
        ooxml.field_run(*fields[piece]) if place % 2 else text_run(piece)
        for place, piece in enumerate(pattern.split("\0"))
    )
    return f"{DECLARATION}<w:ftr {ooxml.NAMESPACES}>{paragraph('Footer', content)}</w:ftr>"


def _content_types() -> str:
    base = "application/vnd.openxmlformats-officedocument."
    rows = "".join(
        f'<Override PartName="{name}" ContentType="{base}{kind}+xml"/>' for name, kind in OVERRIDES.items()
    )
    return (
        f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'{rows}<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _package_relations() -> str:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return (
        f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{ooxml.REL}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/>'
        f'<Relationship Id="rId3" Type="{ooxml.REL}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    )


def _core(story: Story, language: str, made_at: datetime.datetime) -> str:
    moment = made_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stamps = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f"{DECLARATION}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(story['title'])}</dc:title><dc:subject>{escaped(story['subtitle'])}</dc:subject>"
        f"<dc:creator>{escaped(story['author'])}</dc:creator><dc:language>{language}</dc:language>{stamps}"
        "</cp:coreProperties>"
    )


def _app() -> str:
    return (
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>UPR tracker</Application></Properties>"
    )
