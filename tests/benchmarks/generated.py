"""The file that is measured: recommendations for all States, invented and marked as such, always the same.

A text is a heap of words from a small vocabulary; nobody can take one for a recommendation of the United Nations.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# As many as OHCHR's index of recommendations held when the bars were set.
ALL_ROWS = 267_537
CYCLES = 4
# The State of the questions about one State. One of its cycles is as large as they really are, also in a short run.
STATE = "KAZ"
SUMMARY_CYCLE = f"{STATE}-2"
SUMMARY_ROWS = 300
NO_MEMBERS = ("VAT", "PSE")  # observers are not reviewed

# Two words of the vocabulary for the search: one that many texts hold and one that fewer do.
COMMON_WORD, RARER_WORD = "detention", "lanterns"

HEADER = (
    "state",
    "cycle",
    "session",
    "symbol",
    "paragraph",
    "text",
    "text_ru",
    "recommending_states",
    "action_category",
    "position",
    "position_document",
    "position_paragraph",
    "claim",
    "themes",
    "groups",
    "sdgs",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMON = _words(
    "detention torture education health women children migration courts police prisons labour housing water "
    "elections media assembly religion language privacy trafficking"
)
_RARER = _words(
    "lanterns orchards harbours windmills bridges kettles baskets ladders anchors feathers pebbles ribbons candles "
    "saddles hammers whistles carpets barrels fountains marbles pillows buckets thimbles compasses sundials chimneys "
    "gardens meadows valleys rivers mountains glaciers deserts forests islands lagoons canyons prairies tundras "
    "steppes villages markets workshops libraries theatres museums stadiums stations airports tunnels railways "
    "tramways bicycles carriages balloons gliders telescopes microscopes calendars almanacs dictionaries atlases "
    "novels poems ballads songs dances festivals harvests seasons winters summers autumns springs mornings evenings "
    "journeys voyages expeditions inventions discoveries experiments theories numbers equations triangles circles "
    "squares colours shadows mirrors windows doors stairs roofs cellars attics kitchens tables chairs shelves drawers "
    "bottles glasses spoons plates bowls blankets curtains"
)
_VERBS = _words("strengthen continue adopt review ensure promote guarantee ratify develop implement")
_SMALL = _words("the of and in to for with all its")
_COMMON_RU = _words("пытки образование здоровье женщины дети суды полиция выборы вода жильё")
_RARER_RU = _words(
    "фонари сады гавани мельницы мосты корзины лестницы якоря перья ленты свечи молотки ковры бочки фонтаны подушки "
    "компасы долины реки горы пустыни леса острова степи деревни рынки театры музеи вокзалы песни танцы"
)
_WEIGHTS = [4] * len(_COMMON) + [1] * len(_RARER)
_WEIGHTS_RU = [3] * len(_COMMON_RU) + [1] * len(_RARER_RU)


def write_file(path: Path, rows: int, *, reference: Path) -> int:
    """Write the file of so many rows; `reference` is the folder with the lists of terms. Returns the rows written."""
    terms = _Terms(reference)
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for state, cycle, size in sizes(terms.states, rows):
            writer.writerows(_rows_of(terms, state, cycle, size))
            written += size
    return written


def sizes(states: list[str], rows: int) -> Iterator[tuple[str, int, int]]:
    """How many rows each State has in each cycle: evenly, but the summary's cycle its real size in every run."""
    share, more = divmod(max(0, rows - SUMMARY_ROWS), len(states) * CYCLES - 1)
    place = 0
    for state in states:
        for cycle in range(1, CYCLES + 1):
            if f"{state}-{cycle}" == SUMMARY_CYCLE:
                yield state, cycle, SUMMARY_ROWS
                continue
            size = share + (place < more)
            place += 1
            if size:
                yield state, cycle, size


class _Terms:
    def __init__(self, reference: Path) -> None:
        self.states = sorted(
            row["iso3"] for row in _read(reference, "states") if row["iso3"] not in NO_MEMBERS
        )
        self.themes = [
            row["name"]["en"] for row in _read(reference, "themes") if not row["ignored_on_import"]
        ]
        self.groups = [row["name"]["en"] for row in _read(reference, "groups")]
        self.targets = [target["code"] for row in _read(reference, "sdgs") for target in row["targets"]]


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def _rows_of(terms: _Terms, state: str, cycle: int, size: int) -> Iterator[list[Any]]:
    luck = random.Random(f"{state}-{cycle}")
    # Of the State of the questions the reference data hold cycles and reports already.
    known = state == STATE
    symbol = "" if known else f"Generated/{state}/{cycle}"
    session = {1: 7, 2: 20, 3: 34, 4: 48}[cycle] if known else (cycle - 1) * 14 + luck.randint(1, 12)
    for number in range(1, size + 1):
        made_by = [one for one in luck.sample(terms.states, luck.choice((1, 1, 1, 1, 2))) if one != state]
        answered_later = not known and luck.random() < 0.8
        yield [
            state,
            cycle,
            session,
            symbol,
            f"{100 + cycle}.{number}",
            text(luck),
            text_ru(luck) if luck.random() < 0.2 else "",
            "; ".join(made_by),
            luck.randint(1, 5),
            luck.choices(("supported", "noted", "supported_in_part"), (75, 22, 3))[0],
            f"{symbol}/Add.1" if answered_later else "",
            f"para. {luck.randint(1, 200)}",
            luck.choice(("implemented", "in_process")) if luck.random() < 0.15 else "",
            "; ".join(luck.sample(terms.themes, luck.choice((1, 2, 3, 3)))),
            "; ".join(luck.sample(terms.groups, luck.choice((0, 1, 2, 2)))),
            "; ".join(luck.sample(terms.targets, luck.choice((0, 1, 1, 2)))),
        ]


def text(luck: random.Random) -> str:
    """A heap of English words, marked as generated."""
    nouns = luck.choices((*_COMMON, *_RARER), _WEIGHTS, k=12)
    words = [luck.choice(_VERBS)]
    for noun in nouns:
        words += (luck.choice(_SMALL), noun)
    return f"[generated] {' '.join(words)}"


def text_ru(luck: random.Random) -> str:
    """A heap of Russian words, marked as generated."""
    return "[создано] " + " ".join(luck.choices((*_COMMON_RU, *_RARER_RU), _WEIGHTS_RU, k=12))
