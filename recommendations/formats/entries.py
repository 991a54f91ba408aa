"""What every reader of a UN file gives: entries in the file's own words, one for each recommendation.

A reader is a module of ``formats.readers``: it says whether a file is of its format and yields entries, streaming.
It looks nothing up: what words stand for is for ``imports`` to decide, which also says where they were wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from recommendations.formats.problems import FileProblem

Shape = Literal["xlsx", "xls", "csv", "docx", "pdf", "json"]


@dataclass(frozen=True)
class FromState:
    """A recommending State as named in the file, with its own wording where the file gives one apart."""

    label: str
    category: int | None = None
    wording: str = ""


@dataclass(frozen=True)
class Answer:
    """A position of the State under review: ``words`` such as "Supported/Noted", "Accepted".

    ``symbol`` is the document that states it, "" for the document of the recommendation; ``on`` an ISO date or "".
    ``is_stated`` is False where the source gives the answer without saying where it stands (UHRI, UPR Info): such an
    answer adds nothing where the recommendation has that position already, from whichever document.
    """

    words: str
    symbol: str = ""
    locator: str = ""
    on: str = ""
    quote: str = ""
    is_stated: bool = True


@dataclass(frozen=True)
class Claim:
    """What the State says it did: ``kind`` a value of ClaimKind, ``symbol`` as in ``Answer``."""

    kind: str
    symbol: str = ""
    locator: str = ""
    quote: str = ""


@dataclass
class Entry:
    """What a file says of one recommendation.

    ``number`` is the row as a person finds it in the file: of the sheet, of the Word table, else counted from 1;
    ``place`` says it in words where that is no row of a table ("paragraph 124.26").
    """

    number: int
    place: str = ""
    # The source's own identifiers: ("uhri", "a9ceae8c-…").
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    # The State under review; "" is the State chosen for the import.
    state: str = ""
    # The recommending body as named, "" is the UPR.
    body: str = ""
    symbol: str = ""
    # When the document was published, an ISO date or "".
    published_on: str = ""
    cycle: int | None = None
    session: int | None = None
    # "124.26"; "" where the file has none (UPR Info), then text decides.
    paragraph: str = ""
    # (language, kind, text): codes of TextLanguage and TextKind.
    # Texts and labels may hold blanks, HTML entities and a leading "- ": they are cleaned in ``imports.entering``.
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    recommending: list[FromState] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    # Goals and targets as the file writes them: "16 - PEACE, …", "5.2 - End all violence …".
    sdgs: list[str] = field(default_factory=list)
    # UPR Info's issues: each names a theme, a group, or both.
    issues: list[str] = field(default_factory=list)
    # What the reader is unsure of, a sentence each: a person looks at the row before it is confirmed.
    doubts: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """An opened file. ``entries`` can be read once; ``problems`` and ``notes`` are complete when it was."""

    format: str
    entries: Iterator[Entry]
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Titles of the columns that hold these fields of an entry, for problems: {"themes": "Human rights themes"}.
    titles: dict[str, str] = field(default_factory=dict)
    # How many entries there will be, 0 where it is not known before the end.
    total: int = 0
    # The file gives every recommendation of its document: another number of paragraphs, or of States in a
    # paragraph, than are here already stops the import, with both counts.
    is_whole_document: bool = False


@dataclass(frozen=True)
class Sample:
    """What recognition looks at. ``header`` holds the cells of the first rows of a table (of all tables of a Word
    document together), a list each; ``text`` the first 20,000 characters of what stands outside of tables, of JSON or
    of CSV; a PDF has neither."""

    shape: Shape
    name: str = ""
    header: list[list[str]] = field(default_factory=list)
    text: str = ""


@dataclass(frozen=True)
class Wanted:
    """What the reader is asked for.

    ``knows_state`` tells whether a label names a State, in any language known here; ``is_of_state`` whether it names
    the chosen one (true for every label where none was chosen): entries on other States are left out and counted in
    a note by readers of files that hold all States. ``progress`` is told now and then how many bytes of a large file
    were read, and of how many: entries may be few and far between.
    """

    knows_state: Callable[[str], bool]
    is_of_state: Callable[[str], bool] = lambda label: True
    options: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[int, int], None] = lambda done, size: None


class FormatReader(Protocol):
    """A module of ``formats.readers``."""

    CODE: str
    LABEL: Any
    # The shapes a file of this format can have: what ``--format`` is refused for otherwise.
    SHAPES: tuple[Shape, ...]

    def recognises(self, sample: Sample) -> bool:
        """Whether a file with that beginning is of this format; exact enough that at most one reader says so."""
        ...

    def read(self, source: Path | IO[bytes], *, name: str, wanted: Wanted) -> AbstractContextManager[Reading]:
        """Open the file. Raises ``FileProblem`` at the start, or while entries are read where reading on is useless."""
        ...
