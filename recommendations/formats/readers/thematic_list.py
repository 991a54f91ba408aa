"""OHCHR's thematic list of recommendations, a Word document in the layout of any cycle (``formats.thematic``)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recommendations.formats import thematic
from recommendations.formats.entries import Answer, Entry, FromState, Reading, Sample, Shape, Wanted
from recommendations.formats.problems import FileProblem
from recommendations.formats.recommending import recommending_states, unknown_closing
from recommendations.formats.thematic import About, ListRow, ThematicList

CODE = "thematic_list"
LABEL = gettext_lazy("OHCHR's thematic list of recommendations (Word)")
SHAPES: tuple[Shape, ...] = ("docx",)

# Lines inside a cell of themes that say what the lines below them, or behind their colon, are.
_HEADS = (
    (
        "groups",
        re.compile(
            r"(?:affected |relevant |specific )?(?:persons|groups?)"
            r"(?: of persons| affected| concerned| in focus| or groups| and groups)*\s*(?::\s*|$)",
            re.I,
        ),
    ),
    (
        "sdgs",
        re.compile(r"(?:relevant |related )?(?:sdgs?|sustainable development goals?)\s*(?::\s*|$)", re.I),
    ),
    ("themes", re.compile(r"(?:full list of |human rights )*(?:themes|rights)\s*(?::\s*|$)", re.I)),
    # Other words for the same, on a line of their own.
    ("groups", re.compile(r"(?![-–—•])[^:]*\b(?:persons|groups)\b[^:]*:\s*$", re.I)),
    ("themes", re.compile(r"(?![-–—•])[^:]*\bthemes\b[^:]*:\s*$", re.I)),
)
_LONGEST_HEAD = 120
_BULLET = re.compile(r"\s*[-–—•·*▪]\s*")
# A12, S16, 2.1., 14.: OHCHR's code in front of a label.
_CODE = re.compile(r"(?:[A-Z][0-9]{0,3}|[0-9]{1,2}(?:\.[0-9]{1,2})*\.)\s+\S")
# "SDG 5, 10, 16.2"
_NUMBERS = re.compile(r"(?:\s*(?:SDGs?\s*)?[0-9]{1,2}(?:\.[0-9a-z]{1,2})?\s*(?:,|$))+$", re.I)
# "S16 SDG 16 - peace, justice and strong institutions" stood among the themes before goals had a place of their own.
_CODED_GOAL = re.compile(r"S[0-9]{2}\s+SDG\s+(?=[0-9])")


def recognises(sample: Sample) -> bool:
    """A Word document with a table whose header names recommendation, position and themes."""
    return sample.shape == "docx" and any(thematic.columns_of(list(enumerate(row))) for row in sample.header)


@contextlib.contextmanager
def read(source: Path | IO[bytes], *, name: str, wanted: Wanted) -> Iterator[Reading]:
    """The recommendations in the order of the list, each once, with the themes of all sections it stands in."""
    found = thematic.load(source)
    about = thematic.about(found, wanted.knows_state, name=name)
    if about.state and not wanted.is_of_state(about.state):
        raise FileProblem(
            _("The list is about %(state)s; the import is for another State.") % {"state": about.state}
        )
    entries = _Entries(about, wanted, found)
    reading = Reading(
        format=CODE, entries=iter(entries.all()), problems=found.problems, titles=_titles(found)
    )
    reading.total = len(entries.found)
    for row in found.unnumbered:
        reading.problems.append(
            FileProblem(
                _(
                    "The recommendation has no paragraph number. Expected one in front of its text, such as 140.7."
                ),
                row.number,
                found.layouts[row.table].titles.get(thematic.TEXT),
            )
        )
    reading.notes += _notes(found)
    yield reading


def _titles(found: ThematicList) -> dict[str, str]:
    titles = next(iter(found.layouts.values())).titles
    themes = titles[thematic.THEMES]
    return {
        "texts": titles[thematic.TEXT],
        "paragraph": titles[thematic.TEXT],
        "recommending": titles.get(thematic.STATES, titles[thematic.TEXT]),
        "answers": titles[thematic.POSITION],
        "themes": themes,
        "groups": themes,
        "issues": themes,
        "sdgs": titles.get(thematic.SDGS, themes),
    }


def _notes(found: ThematicList) -> list[str]:
    if not found.left_out:
        return []
    rows = ", ".join(map(str, found.left_out[:10])) + ("…" if len(found.left_out) > 10 else "")
    return [
        ngettext(
            "%(count)s row holds no recommendation and was left out: %(rows)s.",
            "%(count)s rows hold no recommendation and were left out: %(rows)s.",
            len(found.left_out),
        )
        % {"count": len(found.left_out), "rows": rows}
    ]


class _Entries:
    """The entries of a list, made when they are first asked for."""

    def __init__(self, about: About, wanted: Wanted, found: ThematicList):
        options = wanted.options
        self.symbol = str(options.get("symbol") or about.symbol)
        self.cycle = options.get("cycle") or about.cycle
        self.session = options.get("session") or about.session
        self.state = about.state
        self.knows_state = wanted.knows_state
        self.layouts = found.layouts
        # Where no cell has a line that opens its groups, themes and groups stand in one list.
        self.in_one_list = not any(labels_in(row.values.get(thematic.THEMES, ""))[1] for row in found.rows)
        self.found: dict[str, Entry] = {}
        for row in found.rows:
            self._add(row)

    def all(self) -> list[Entry]:
        """Each recommendation once."""
        return list(self.found.values())

    def _add(self, row: ListRow) -> None:
        entry = self._entry(row)
        first = self.found.setdefault(row.paragraph, entry)
        if first is entry:
            return
        for name in ("themes", "groups", "sdgs", "issues"):
            listed = getattr(first, name)
            listed += [label for label in getattr(entry, name) if label not in listed]
        if first.texts != entry.texts:
            first.doubts.append(
                _("Rows %(one)s and %(other)s give this paragraph different texts; the first was taken.")
                % {"one": first.number, "other": row.number}
            )
        if first.answers != entry.answers:
            first.doubts.append(
                _("Rows %(one)s and %(other)s give this paragraph different positions; the first was taken.")
                % {"one": first.number, "other": row.number}
            )

    def _entry(self, row: ListRow) -> Entry:
        entry = Entry(
            number=row.number,
            place=row.place,
            state=self.state,
            symbol=self.symbol,
            cycle=self.cycle,
            session=self.session,
            paragraph=row.paragraph,
            texts=[("en", "official", row.text)],
        )
        self._read_states(entry, row)
        self._read_position(entry, row)
        self._read_labels(entry, row)
        return entry

    def _read_states(self, entry: Entry, row: ListRow) -> None:
        in_text = recommending_states(row.text, self.knows_state)
        named = [
            " ".join(line.split()).strip(" ,;")
            for line in row.values.get(thematic.STATES, "").splitlines()
            if line.strip(" ,;")
        ]
        entry.recommending = in_text
        if named:
            wordings = {one.label: one.wording for one in in_text}
            entry.recommending = [
                FromState(label, wording=wordings.get(label, "")) for label in dict.fromkeys(named)
            ]
            if in_text and set(map(_bare, wordings)) != set(map(_bare, named)):
                entry.doubts.append(
                    _("The text names these States: %(text)s. The column names these: %(column)s.")
                    % {"text": ", ".join(wordings), "column": ", ".join(named)}
                )
        elif unread := unknown_closing(row.text, self.knows_state):
            entry.doubts.append(
                _("“%(label)s” stands where a recommending State is expected, and is no State known here.")
                % {"label": unread}
            )
        elif not in_text:
            entry.doubts.append(_("No recommending State was found in the text."))

    def _read_position(self, entry: Entry, row: ListRow) -> None:
        words = " ".join(row.values.get(thematic.POSITION, "").split())
        if not words:
            entry.doubts.append(_("The list gives no position."))
            return
        symbol, locator = thematic.source_of(row.source)
        if not symbol:
            entry.doubts.append(
                _("The list names no document as the source of the position.")
                + (" " + _("It says: “%(words)s”.") % {"words": locator} if locator else "")
            )
        entry.answers = [
            Answer(words, symbol if symbol != self.symbol else "", locator, is_stated=bool(symbol))
        ]

    def _read_labels(self, entry: Entry, row: ListRow) -> None:
        title = self.layouts[row.table].titles[thematic.THEMES].casefold()
        labels, _has_groups = labels_in(row.values.get(thematic.THEMES, ""))
        for line in row.values.get(thematic.SDGS, "").splitlines():
            labels["sdgs"] += _items(line.split(",") if _NUMBERS.match(line) else [line])
        for label in list(labels["themes"]):
            goal = _CODED_GOAL.match(label)
            if goal:
                labels["themes"].remove(label)
                labels["sdgs"].append(label[goal.end() :])
        if row.section and _bare(row.section) not in map(_bare, labels["themes"]):
            labels["themes"].append(row.section)
        if self.in_one_list and ("persons" in title or "groups" in title):
            # Each label tells what it is.
            entry.issues, labels["themes"] = labels["themes"], []
        entry.themes = list(dict.fromkeys(labels["themes"]))
        entry.groups = list(dict.fromkeys(labels["groups"]))
        entry.sdgs = [label for label in dict.fromkeys(labels["sdgs"]) if re.match(r"[A-Za-z ]*[0-9]", label)]


def labels_in(cell: str) -> tuple[dict[str, list[str]], bool]:
    """The labels of a cell of themes as {"themes", "groups", "sdgs"}, and whether a line in it opens the groups."""
    lines: dict[str, list[str]] = {"themes": [], "groups": [], "sdgs": []}
    now = "themes"
    has_groups = False
    for line in cell.splitlines():
        bare = line.strip()
        head = (
            next(((name, match) for name, pattern in _HEADS if (match := pattern.match(bare))), None)
            if len(bare) < _LONGEST_HEAD
            else None
        )
        if head:
            now = head[0]
            has_groups = has_groups or now == "groups"
            bare = bare[head[1].end() :]
        if bare:
            lines[now].append(bare)
    return {name: _items(found) for name, found in lines.items()}, has_groups


def _items(lines: list[str]) -> list[str]:
    """The labels of a list: a line without the mark that the first one has goes on with the one before it."""
    items: list[str] = []
    marks = next((pattern for pattern in (_BULLET, _CODE) if lines and pattern.match(lines[0])), None)
    for line in lines:
        begins = marks is None or bool(marks.match(line)) or not items
        bullet = _BULLET.match(line)
        label = " ".join((line[bullet.end() :] if bullet else line).split())
        if not label:
            continue
        if begins:
            items.append(label)
        else:
            items[-1] += f" {label}"
    return items


def _bare(label: str) -> str:
    return " ".join(label.casefold().replace("’", "'").split())
