"""A thematic list in the layout of OHCHR's third cycle, built from our rows: the matrix of a cycle that has no file."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Sequence
from typing import IO

from django.utils.translation import gettext as _

from recommendations.documents.renderers.matrix import cell_text
from recommendations.documents.renderers.word import ooxml
from recommendations.documents.renderers.word.ooxml import field_run, tab, text_run
from recommendations.documents.words import position_word, speaking
from recommendations.formats.matrix import CellText, Returned
from recommendations.overview.lines import RecommendationLine
from recommendations.overview.summary import CycleSummary
from recommendations.vocabulary import TextKind

_WIDTHS = (4435, 1134, 5017, 4592)
_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
_SIZE = '<w:sz w:val="20"/><w:szCs w:val="20"/>'
_SPACING = '<w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr>'
_BORDERS = "".join(
    f'<w:{side} w:val="dotted" w:sz="2" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_PAGE = (
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1000" w:right="720" w:bottom="720" '
    'w:left="720" w:header="480" w:footer="480" w:gutter="0"/>'
)
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def render(
    summary: CycleSummary, stream: IO[bytes], *, progress: Callable[[int, int], None] | None = None
) -> Returned:
    """Write a list in the layout of OHCHR's third cycle, by leading theme, with what was found in its last column."""
    with speaking(summary.language):
        cells = {row.reference: cell_text(row, summary) for row in summary.rows}
        part = ooxml.Part()
        part.relation("header", "header1.xml")
        parts = {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{ooxml.REL}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": _document(summary, cells),
            "word/_rels/document.xml.rels": part.relations_xml(),
            "word/header1.xml": _header(summary),
        }
    moment = summary.made_at
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            about = zipfile.ZipInfo(name, _zip_time(moment))
            about.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(about, content)
    if progress:
        progress(len(summary.rows), len(summary.rows))
    return Returned(listed=len(summary.rows), filled=sum(map(bool, cells.values())))


def _zip_time(moment: datetime.datetime) -> tuple[int, int, int, int, int, int]:
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second


def _content_types() -> str:
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("header1", "header"))
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{parts}</Types>'
    )


def _header(summary: CycleSummary) -> str:
    cycle = summary.cycle
    title = (
        _("UPR of %(state)s (cycle %(cycle)s, session %(session)s)")
        if cycle.session
        else _("UPR of %(state)s (cycle %(cycle)s)")
    )
    said = title % {"state": cycle.state_name, "cycle": cycle.number, "session": cycle.session}
    content = (
        text_run(said, _FONT + _SIZE)
        + tab()
        + text_run(_("Thematic list of recommendations"), _FONT + _SIZE)
        + tab()
        + field_run("PAGE", "1", _FONT + _SIZE)
    )
    stops = '<w:tabs><w:tab w:val="center" w:pos="7589"/><w:tab w:val="right" w:pos="15178"/></w:tabs>'
    return f"{_DECLARATION}<w:hdr {ooxml.NAMESPACES}><w:p><w:pPr>{stops}</w:pPr>{content}</w:p></w:hdr>"


def _document(summary: CycleSummary, cells: dict[str, CellText]) -> str:
    titles = (
        _("Recommendation"),
        _("Position"),
        _("Full list of themes"),
        _("Assessment/comments on level of implementation"),
    )
    rows = [
        _row(
            [_cell([[(title, True)]], width) for title, width in zip(titles, _WIDTHS, strict=True)], head=True
        )
    ]
    for theme, members in summary.rows_by_theme:
        if theme.label:
            rows.append(_row([_section(_("Theme: %(theme)s") % {"theme": theme.label})]))
        rows += [_recommendation(row, cells[row.reference]) for row in members]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    about = (
        f'<w:tblW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/>'
    )
    body = f"<w:tbl><w:tblPr>{about}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl><w:p/>"
    section = f'<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>{_PAGE}</w:sectPr>'
    return f"{_DECLARATION}<w:document {ooxml.NAMESPACES}><w:body>{body}{section}</w:body></w:document>"


def _recommendation(row: RecommendationLine, found: CellText) -> str:
    text: list[list[tuple[str, bool]]] = [[(f"{row.paragraph} {row.text}", False)]]
    if row.text_kind == TextKind.PARAPHRASE:
        text.append([(_("A paraphrase, not the official text."), False)])
    if row.states and not row.text.rstrip(" ;.").endswith(")"):
        text.append([(_("Recommending States:") + " ", True), (", ".join(row.states), False)])
    if row.positions:
        latest = row.positions[-1]
        source = " - ".join(part for part in (latest.document, latest.locator) if part)
        if source:
            text.append([(_("Source of position:") + " ", True), (source, False)])
    labels: list[list[tuple[str, bool]]] = [[(f"- {label}", False)] for label in row.themes]
    for title, listed in ((_("SDGs:"), row.sdgs), (_("Affected persons:"), row.groups)):
        if listed:
            labels += [[(title, True)], *([(f"- {label}", False)] for label in listed)]
    columns = (text, [[(position_word(row.position), False)]], labels, found)
    return _row([_cell(paragraphs, width) for paragraphs, width in zip(columns, _WIDTHS, strict=True)])


def _row(cells: list[str], *, head: bool = False) -> str:
    about = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else ""
    return f"<w:tr>{about}{''.join(cells)}</w:tr>"


def _section(title: str) -> str:
    about = f'<w:tcW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:gridSpan w:val="4"/>'
    about += '<w:shd w:val="clear" w:color="auto" w:fill="C6D9F1"/>'
    run = text_run(title, f'{_FONT}<w:b/><w:i/><w:sz w:val="28"/><w:szCs w:val="28"/>')
    spacing = _SPACING.replace("<w:spacing", "<w:keepNext/><w:spacing")
    return f"<w:tc><w:tcPr>{about}</w:tcPr><w:p>{spacing}{run}</w:p></w:tc>"


def _cell(paragraphs: CellText, width: int) -> str:
    content = "".join(_paragraph(runs) for runs in paragraphs or [[]])
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def _paragraph(runs: Sequence[tuple[str, bool]]) -> str:
    content = "".join(text_run(text, _FONT + ("<w:b/>" if bold else "") + _SIZE) for text, bold in runs)
    return f"<w:p>{_SPACING}{content}</w:p>"
