"""Entries of one recommendation put together: passages of a paragraph, or a row for each recommending State."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from recommendations.formats.entries import Entry
from recommendations.words.clean import fold_label

# How many entries wait for another of theirs, which stands near in the files we know: memory stays flat.
_WAITING = 2_000


def joined(entries: Iterable[Entry], count: Callable[[Entry], None]) -> Iterator[Entry]:
    """The entries, those of one State, document and paragraph as one; ``count`` is told of each that was added."""
    waiting: OrderedDict[tuple[str, str, str], Entry] = OrderedDict()
    for entry in entries:
        if not entry.paragraph:
            yield entry
            continue
        key = fold_label(entry.state), entry.symbol, entry.paragraph
        known = waiting.get(key)
        if known is None:
            waiting[key] = entry
            if len(waiting) > _WAITING:
                yield waiting.popitem(last=False)[1]
        else:
            _add(known, entry)
            count(entry)
    yield from waiting.values()


def _add(known: Entry, other: Entry) -> None:
    """The words and labels of another entry join those that are there."""
    for language, kind, more in other.texts:
        place = next((at for at, text in enumerate(known.texts) if text[:2] == (language, kind)), None)
        if place is None:
            known.texts.append((language, kind, more))
            continue
        text = known.texts[place][2]
        if more not in text:
            known.texts[place] = (language, kind, more if text in more else f"{text}\n{more}")
    labels = {fold_label(state.label) for state in known.recommending}
    known.recommending = known.recommending + [
        one for one in other.recommending if fold_label(one.label) not in labels
    ]
    answers = {fold_label(answer.words): answer for answer in [*known.answers, *other.answers]}
    if len(answers) > max(1, len(known.answers)):
        known.doubts.append(
            _("The file gives several answers to this recommendation: %(answers)s.")
            % {"answers": ", ".join(answer.words for answer in answers.values())}
        )
    known.answers = list(answers.values())
    for name in ("identifiers", "themes", "groups", "sdgs", "doubts"):
        setattr(known, name, list(dict.fromkeys([*getattr(known, name), *getattr(other, name)])))
