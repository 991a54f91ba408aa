"""What changed between two texts, word by word, for pages that show the old beside the new."""

import re
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

Kind = Literal["same", "ins", "del"]

_PIECES = re.compile(r"\w+(?:['’\-]\w+)*|\s+|[^\w\s]")


class Segment(NamedTuple):
    """A run of text that stands in both texts ("same"), only in the new ("ins") or in the old ("del")."""

    kind: Kind
    text: str


def word_differences(old: str, new: str) -> list[Segment]:
    """The segments that turn ``old`` into ``new``.

    All "same" and "del" segments joined give ``old``, all "same" and "ins" give ``new``. Blanks between two
    changes go with the changes, so that a rewritten phrase reads as one deletion and one insertion.
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    changes: list[tuple[str, str, bool]] = []
    for step in Indel.opcodes(before, after):
        old_part = "".join(before[step.src_start : step.src_end])
        new_part = "".join(after[step.dest_start : step.dest_end])
        changes.append((old_part, new_part, step.tag == "equal"))
    segments: list[Segment] = []
    removed = added = ""
    for index, (old_part, new_part, same) in enumerate(changes):
        between_changes = 0 < index < len(changes) - 1
        if same and not (between_changes and old_part.isspace()):
            segments += _change(removed, added)
            removed = added = ""
            segments.append(Segment("same", old_part))
        else:
            removed += old_part
            added += new_part
    return segments + _change(removed, added)


def _change(removed: str, added: str) -> list[Segment]:
    if removed == added:
        return [Segment("same", removed)] if removed else []
    found = []
    if removed:
        found.append(Segment("del", removed))
    if added:
        found.append(Segment("ins", added))
    return found
