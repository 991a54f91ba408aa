#!/usr/bin/env python3
"""Follows the audit log of a dump, event by event, and names the place of every change, deletion and reordering.

It needs nothing but Python 3.9 or later and lies in every dump: ``python3 verify_audit.py [FOLDER] [--key KEY]``. The
product follows its own log with the same code (``manage.py verify_audit``).

Each event carries the hash of the one before it and of its own detail. A detail may be erased, but only by an event
that names it. The anchors say, day by day and signed (Ed25519, RFC 8032), how far the log went: a log whose end was
cut off does not reach its last anchor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

FIRST_HASH = "0" * 64
SAID = ("number", "verb", "subject_kind", "subject_id", "subject_label", "actor_id", "at")
ERASED = "audit.erased"
EVENTS, DETAILS, HEAD, ANCHORS = "events", "details", "head", "anchors"
TABLES = {
    EVENTS: "recommendations_event",
    DETAILS: "recommendations_eventdetail",
    HEAD: "recommendations_chainhead",
}
ANCHOR_FILE, KEY_FILE = "anchors/anchors.jsonl", "anchors/public.key"

Row = dict[str, Any]


class Wrong(NamedTuple):
    """One thing that is wrong: in which part, at which event, at which row (of the events for a detail), and what."""

    part: str
    number: int | None
    row: int | None
    what: str
    place: str = ""

    def __str__(self) -> str:
        event = "" if self.number is None else f" event {self.number}:"
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.part}{row}:{event} {self.what}"


def canonical(value: Any) -> str:
    """The one way in which a value is written before it is hashed: JSON with sorted keys and no blanks."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def event_hash(event: Row) -> str:
    """The hash of an event: of everything it says, its detail's hash and the hash before it."""
    return hash_of([*(event[name] for name in SAID), event["detail_hash"], event["previous_hash"]])


def follow(
    events: Iterable[Row | None],
    detail_of: Callable[[Row], Row | None],
    heads: Iterable[Row],
    anchors: Iterable[str] = (),
    key: str = "",
) -> Iterator[Wrong]:
    """Everything that is wrong with a log.

    ``events`` come in their order (None stands for a row that cannot be read); ``detail_of`` gives an event's detail
    row, with ``unreadable`` where its content is none; ``anchors`` are the lines of the anchor file and ``key`` the
    public key, in hexadecimal, that signed them.
    """
    anchored, faults = read_anchors(anchors, key)
    yield from faults
    expected, previous = 1, FIRST_HASH
    erased: dict[int, Any] = {}
    named: dict[int, Any] = {}
    for row, event in enumerate(events, start=1):
        if event is None:
            yield Wrong(EVENTS, expected, row, "cannot be read")
            continue
        number = event["number"]
        if number != expected:
            what = f"event {number} stands here, {expected} is expected: one is missing or was moved"
            yield Wrong(EVENTS, expected, row, what, "number")
        if event["previous_hash"] != previous:
            yield Wrong(EVENTS, number, row, "does not follow the event before it", "previous_hash")
        if event_hash(event) != event["hash"]:
            yield Wrong(EVENTS, number, row, "was changed", "hash")
        for line, anchor in anchored.pop(number, []):
            if anchor["hash"] != event["hash"]:
                yield Wrong(ANCHORS, number, line, f"the anchor of {anchor['at']} knows another event")
        detail = detail_of(event)
        what = _detail_wrong(event, detail)
        if what:
            yield Wrong(DETAILS, number, row, what, "detail_hash")
        elif detail is not None and detail["erased_at"] is not None:
            erased[number] = detail["erased_at"]
        elif detail is not None and event["verb"] == ERASED:
            named.update(dict.fromkeys(detail["detail"].get("numbers", ()), event["at"]))
        expected, previous = number + 1, event["hash"]
    yield from _erasures(erased, named)
    seen = list(heads)
    if len(seen) != 1 and expected > 1:
        yield Wrong(HEAD, expected - 1, None, "the head of the log is missing")
    for row, head in enumerate(seen, start=1):
        if (head["number"], head["hash"]) != (expected - 1, previous):
            what = f"says the log ends with event {head['number']}; the last one here is {expected - 1}"
            yield Wrong(HEAD, expected, row, what, "number")
    for number, lines in anchored.items():
        for line, anchor in lines:
            what = f"is missing: the anchor of {anchor['at']} says that the log went as far"
            yield Wrong(ANCHORS, number, line, what)


def _detail_wrong(event: Row, detail: Row | None) -> str:
    if detail is None:
        return "its detail is missing"
    if detail.get("unreadable"):
        return "its detail cannot be read"
    if detail["erased_at"] is None:
        return "" if hash_of(detail["detail"]) == event["detail_hash"] else "its detail was changed"
    if event["verb"] == ERASED:
        return "it says what was erased, and may not be erased itself"
    return "its detail is said to be erased, and is there" if detail["detail"] else ""


def _erasures(erased: dict[int, Any], named: dict[int, Any]) -> Iterator[Wrong]:
    """Details are gone exactly where an event says so, at its time."""
    for number in sorted(set(erased) | set(named)):
        if number not in named:
            yield Wrong(DETAILS, number, None, "its detail was erased, and no event says so")
        elif number not in erased:
            yield Wrong(DETAILS, number, None, "its detail was to be erased, and is there or was changed")
        elif erased[number] != named[number]:
            yield Wrong(DETAILS, number, None, "its detail was erased at another time than the log says")


# --- Anchors ------------------------------------------------------------------------------------------------------


def read_anchors(lines: Iterable[str], key: str) -> tuple[dict[int, list[tuple[int, Row]]], list[Wrong]]:
    """The anchors by the number of their event, each with its line, and what is wrong with the file itself."""
    found: dict[int, list[tuple[int, Row]]] = {}
    faults: list[Wrong] = []
    previous = FIRST_HASH
    lines = list(lines)
    if lines and not key:
        return {}, [Wrong(ANCHORS, None, None, "the key that signed them is missing: they say nothing")]
    for row, line in enumerate(lines, start=1):
        anchor, what = _read_anchor(line, previous, key)
        previous = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
        if what:
            faults.append(Wrong(ANCHORS, None, row, what))
        if anchor is not None:
            found.setdefault(anchor["number"], []).append((row, anchor))
    return found, faults


def _read_anchor(line: str, previous: str, key: str) -> tuple[Row | None, str]:
    try:
        anchor = json.loads(line)
        signed = anchor_text(anchor)
        if canonical(anchor) + "\n" != line or not isinstance(anchor["number"], int):
            raise ValueError
        signature = bytes.fromhex(anchor["signature"])
        if anchor["signature"] != signature.hex():
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, "cannot be read as an anchor"
    try:
        good = is_signed(bytes.fromhex(key), signed, signature)
    except ValueError:
        good = False
    if not good:
        return None, "its signature is not that of the key"
    return anchor, "" if anchor["previous"] == previous else "does not follow the anchor before it"


def anchor_text(anchor: Row) -> bytes:
    """What is signed of an anchor: its number, hash, time and the hash of the line before it."""
    return canonical({name: anchor[name] for name in ("at", "hash", "number", "previous")}).encode()


# The curve of Ed25519, in the numbers of RFC 8032, section 5.1. Only signatures are checked here; nothing is secret.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]  # X, Y, Z, T: x = X/Z, y = Y/Z, x·y = T/Z


def _point(encoded: bytes) -> Point:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= _P:
        raise ValueError("no point of the curve")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _sum(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        factor >>= 1
    return total


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE = _point(_BASE_Y.to_bytes(32, "little"))


def is_signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether this Ed25519 signature of the text was made with the private half of the key (RFC 8032, 5.1.7)."""
    if len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        return False
    public, commitment = _point(key), _point(signature[:32])
    digest = hashlib.sha512(signature[:32] + key + text).digest()
    left = _times(scalar, _BASE)
    right = _sum(commitment, _times(int.from_bytes(digest, "little") % _ORDER, public))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# --- The log of a dump --------------------------------------------------------------------------------------------


def json_rows(path: Path) -> Iterator[Any]:
    """The rows of a table in a dump; None for a line that is none."""
    if path.is_file():
        with path.open("rb") as source:
            for line in source:
                try:
                    yield json.loads(line)
                except ValueError:
                    yield None


def lines_of(path: Path) -> list[str]:
    """The lines of an anchor file, each with its end; none where there is no file."""
    if not path.is_file():
        return []
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def follow_dump(folder: Path, key: str = "") -> Iterator[Wrong]:
    """Everything that is wrong with the log of the dump in the folder."""
    files = {part: folder / "tables" / f"{table}.jsonl" for part, table in TABLES.items()}
    key_file = folder / KEY_FILE
    if key_file.is_file():
        found = key_file.read_text(errors="replace").strip()
        if key and key != found:
            yield Wrong(ANCHORS, None, None, f"{KEY_FILE} is not the key that was named")
        key = key or found
    details = (row for row in json_rows(files[DETAILS]) if row is not None)
    waiting = next(details, None)

    def detail_of(event: Row) -> Row | None:
        nonlocal waiting
        while waiting is not None and waiting["event_id"] < event["id"]:
            waiting = next(details, None)
        return waiting if waiting is not None and waiting["event_id"] == event["id"] else None

    try:
        anchors = lines_of(folder / ANCHOR_FILE)
        yield from follow(json_rows(files[EVENTS]), detail_of, json_rows(files[HEAD]), anchors, key)
    except (KeyError, TypeError, AttributeError, OSError) as fault:
        yield Wrong(EVENTS, None, None, f"the log cannot be followed further ({type(fault).__name__})")


def main(arguments: list[str] | None = None) -> int:
    """Follow the log in the folder that is named, else in the one where this file lies; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description="Follow the audit log of a dump without the product.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", default="", help="the public key of the anchors, as it was told at the time")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    options = parser.parse_args(arguments)
    events = options.folder / "tables" / f"{TABLES[EVENTS]}.jsonl"
    if not events.is_file():
        print(f"{events} is missing: this folder holds no log.")
        return 1
    found = list(follow_dump(options.folder, options.key))
    if options.json:
        print(json.dumps({"whole": not found, "faults": [one._asdict() for one in found]}))
    else:
        print(*found, sep="\n", end="\n" if found else "")
        print(f"{len(found)} faults: the log is not whole." if found else "The log is whole.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
