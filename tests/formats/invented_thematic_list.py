"""Invented thematic lists in the layouts of OHCHR's four generations, written part by part; every text is invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

NAME = "invented-thematic-list.docx"

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/header1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_OF_DOCUMENT = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/header" Target="header1.xml"/>'
    "</Relationships>"
)
_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_SPACING = '<w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr>'
_LOOK = '<w:rPr><w:rFonts w:ascii="Times New Roman"/><w:sz w:val="20"/></w:rPr>'

ADDENDUM = "A/HRC/99/15/Add.1"
# (section, paragraph, text, States, position, place of the position, themes, groups, goals)
ROWS: tuple[tuple[str, str, str, str, str, str, Sequence[str], Sequence[str], Sequence[str]], ...] = (
    (
        "Right to health",
        "140.7",
        "Invented text: ratify an instrument that does not exist",
        "(Maldives) (Portugal)",
        "Supported",
        f"{ADDENDUM} - Para.3",
        ("Right to health", "Right to education"),
        ("Children",),
        ("3 - GOOD HEALTH AND WELL-BEING", "4 - QUALITY EDUCATION"),
    ),
    (
        "Right to health",
        "140.8",
        "Invented text: open invented clinics (France); consider opening invented clinics",
        "(Spain)",
        "Noted",
        f"{ADDENDUM} - Para.4",
        ("Right to health",),
        ("Women & girls", "Older persons"),
        (),
    ),
    (
        "Right to education",
        "140.7",
        "Invented text: ratify an instrument that does not exist",
        "(Maldives) (Portugal)",
        "Supported",
        f"{ADDENDUM} - Para.3",
        ("Right to health", "Right to education", "Cultural rights"),
        ("Children",),
        ("4 - QUALITY EDUCATION",),
    ),
    (
        "Right to education",
        "140.12",
        "Invented text: build invented schools, also in the capital (the invented one)",
        "(Timor-Leste)",
        "Supported/Noted",
        "A/HRC/99/15 - Para 140",
        ("Right to education",),
        (),
        (),
    ),
    (
        "Right to education",
        "140.13",
        "Invented text: keep up what this test invents",
        "(Iran (Islamic Republic of))",
        "Under consideration",
        f"{ADDENDUM}",
        ("Right to education",),
        (),
        (),
    ),
)
CODES = {
    "Right to health": ("E41", "24."),
    "Right to education": ("E51", "25."),
    "Cultural rights": ("E7", "26."),
}


def paragraph(*runs: str) -> str:
    """A paragraph of runs; a tab between "|" as Word writes one."""
    inside = "".join(f'<w:r>{_LOOK}<w:t xml:space="preserve">{escape(run)}</w:t></w:r>' for run in runs)
    return f"<w:p>{_SPACING}{inside}</w:p>"


def cell(text: str = "", *, span: int = 1, width: int = 3000, merge: str = "") -> str:
    """A cell, a paragraph for each line."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    inside = "".join(paragraph(line) if line else f"<w:p>{_SPACING}</w:p>" for line in text.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width * span}" w:type="dxa"/>{spanned}{merged}</w:tcPr>{inside}</w:tc>'
    )


def row(*cells: str, header: bool = False) -> str:
    """A row of cells."""
    about = "<w:trPr><w:tblHeader/></w:trPr>" if header else "<w:trPr><w:cantSplit/></w:trPr>"
    return f"<w:tr>{about}{''.join(cells)}</w:tr>"


def table(rows: Sequence[str], columns: int = 4, width: int = 3000) -> str:
    """A table of rows."""
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    about = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{about}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def package(body: str, *, header: str = "", more: dict[str, str] | None = None) -> bytes:
    """A Word document with that body and that line in its header."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {_W}><w:body>'
        f'{body}<w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr></w:body></w:document>',
        "word/_rels/document.xml.rels": _OF_DOCUMENT,
        "word/header1.xml": f"<w:hdr {_W}>{paragraph(header)}</w:hdr>",
    } | (more or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def fourth() -> bytes:
    """The fourth cycle's: themes and groups in one column, goals in one of their own, none for an assessment."""
    rows = [
        row(
            *map(
                cell,
                (
                    "Recommendation and recommending State",
                    "Position of the State under review",
                    "Human rights themes and groups of persons",
                    "Relevant SDGs",
                ),
            ),
            header=True,
        )
    ]
    for section, members in _sections():
        rows.append(row(cell(f"Theme: {section}", span=4)))
        for _section, number, text, states, position, source, themes, groups, goals in members:
            labels = [f"- {label}" for label in themes]
            labels += ["Groups of persons:", *(f"- {label}" for label in groups)] if groups else []
            rows.append(
                row(
                    cell(f"{number} {text} {states};\nSource of Position: {source}"),
                    cell(position),
                    cell("\n".join(labels)),
                    cell("\n".join(goals)),
                )
            )
    return package(table(rows), header="UPR of Kazakhstan (4th Cycle – 48th session)\tThematic list")


def third() -> bytes:
    """The third cycle's: all labels in one column, the last one empty for an assessment."""
    rows = [_four_columns()]
    for section, members in _sections():
        rows.append(row(cell(f"Theme: {section}", span=4)))
        for _section, number, text, states, position, source, themes, groups, goals in members:
            labels = [f"- {label}" for label in themes]
            labels += ["SDGs: ", *(f"- {goal}" for goal in goals)] if goals else []
            labels += ["Affected persons: ", *(f"- {label}" for label in groups)] if groups else []
            rows.append(
                row(
                    cell(f"{number} {text} {states};\nSource of Position: {source}"),
                    cell(position),
                    cell("\n".join(labels)),
                    cell(),
                )
            )
    return package(
        table(rows), header="UPR of Kazakhstan (4th Cycle - 48th Session)\tThematic list of recommendations"
    )


def second() -> bytes:
    """The second cycle's: as the third, with a code in front of each theme."""
    rows = [_four_columns()]
    for section, members in _sections():
        rows.append(row(cell(f"Theme: {CODES[section][0]} {section}", span=4)))
        for _section, number, text, states, position, source, themes, groups, _goals in members:
            labels = [f"{CODES[label][0]} {label}" for label in themes]
            labels += ["Affected persons:", *(f"- {label}" for label in groups or ["general"])]
            rows.append(
                row(
                    cell(f"{number}. {text} {states};\nSource of position: {source}. "),
                    cell(position),
                    cell("\n".join(labels)),
                    cell("\n"),
                )
            )
    return package(
        table(rows), header="UPR of Kazakhstan (4th Cycle – 48th session)\tThematic list of recommendations"
    )


def oldest() -> bytes:
    """The oldest: recommending States in a column of their own, no column for an assessment."""
    titles = ("Recommendation", "Recommending state/s", "Position", "Full list of rights/affected persons")
    rows = [row(*map(cell, titles), header=True)]
    for section, members in _sections():
        rows.append(row(cell(f"Right or area: {CODES[section][1]} {section}\n", span=4)))
        for _section, number, text, states, position, source, themes, groups, _goals in members:
            named = states.strip("()").split(") (")
            if "(France)" in text:
                named = ["France", *named]
            if "Iran" in states:
                named = ["Iran (Islamic Republic of)"]
            labels = [f"{CODES[label][1]} {label}" for label in themes]
            labels += ["Affected persons:", *(f"- {label}" for label in groups or ["general"])]
            rows.append(
                row(
                    cell(f"{number}. {text} {states}; \nSource of position: {source}\n"),
                    cell("\n".join(named)),
                    cell(f"{position}\n"),
                    cell("\n".join(labels)),
                )
            )
    return package(
        table(rows), header="UPR of Kazakhstan - Fourth Cycle\tThematic list of recommendations\t48th session"
    )


def make() -> bytes:
    """A small list in the latest layout."""
    return fourth()


GENERATIONS = {"fourth": fourth, "third": third, "second": second, "oldest": oldest}


def _four_columns() -> str:
    titles = (
        "Recommendation",
        "Position",
        "Full list of themes",
        "Assessment/comments on level of implementation",
    )
    return row(*map(cell, titles), header=True)


def _sections() -> list[tuple[str, list[tuple]]]:
    found: dict[str, list[tuple]] = {}
    for one in ROWS:
        found.setdefault(one[0], []).append(one)
    return list(found.items())
