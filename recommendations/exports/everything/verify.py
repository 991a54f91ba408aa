#!/usr/bin/env python3
"""Reads a complete dump back without the database, and names the file, row and place of everything that is wrong.

It needs nothing but Python 3.9 or later and verify_audit.py beside it; both lie in every dump: ``python3 verify.py
[FOLDER]``. The product runs the
same code as ``manage.py verify_export FOLDER``. What it holds a dump to stands in docs/export-everything.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

try:
    from recommendations.audit import verify_audit
except ImportError:  # in a dump, where it lies beside this file
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import verify_audit  # type: ignore[import-not-found,no-redef]

FORMAT, VERSION = "upr-tracker-dump", 1
MANIFEST, SEAL, DICTIONARY = "manifest.json", "manifest.sha256", "data-dictionary.json"
# Of one file so many faults are named; their number is told.
MOST_FAULTS = 20
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

Row = dict[str, Any]
Tables = dict[str, Row]


class Fault(NamedTuple):
    """One thing that is wrong: in which file, at which row (the header of a table is row 0), at which place."""

    file: str
    row: int | None
    place: str
    what: str

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.file}{row}{', ' if self.place else ''}{self.place}: {self.what}"


def protect(text: str) -> str:
    """Text as CSV holds it: one apostrophe before what a spreadsheet program would take for a formula."""
    return "'" + text if text and text[0] in "=+-@\t\r'" and _FORMULA.match(text) else text


def cell(value: Any, kind: str) -> str:
    """A value as its cell in CSV says it; nothing and an empty text are both an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if kind == "json":
        return protect(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return protect(value) if kind == "text" else str(value)


def verify(folder: Path) -> Iterator[Fault]:
    """Everything that is wrong with the dump in the folder; nothing where it is whole."""
    manifest, faults = _manifest(folder)
    yield from faults
    if manifest is None:
        return
    listed = {entry["path"]: entry for entry in manifest["files"]}
    yield from _files(folder, listed)
    tables = _dictionary(folder)
    if isinstance(tables, Fault):
        yield tables
        return
    checked = _Tables(folder, tables, listed)
    for check in (checked.read, checked.references):
        for table in tables:
            yield from _few(check(table))
    yield from _few(_chain(folder, tables))
    yield from _few(_stored(folder, tables, listed, manifest))


def _manifest(folder: Path) -> tuple[Row | None, list[Fault]]:
    if not folder.is_dir():
        return None, [Fault(str(folder), None, "", "there is no such folder")]
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError:
        return None, [Fault(MANIFEST, None, "", "is missing: the dump was never finished, or is no dump")]
    faults = []
    sealed = (folder / SEAL).read_bytes() if (folder / SEAL).is_file() else b""
    if sealed != f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode():
        faults.append(Fault(MANIFEST, None, "", f"is not what {SEAL} says, or that file is missing"))
    try:
        manifest = json.loads(content)
        if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
            what = f"is of the format {manifest['format']} {manifest['version']}; expected {FORMAT} {VERSION}"
            return None, [*faults, Fault(MANIFEST, None, "", what)]
        for entry in manifest["files"]:
            if not (isinstance(entry["path"], str) and isinstance(entry["sha256"], str)):
                raise TypeError
            if entry["path"].startswith("/") or ".." in entry["path"].split("/"):
                raise ValueError
        list(manifest["missing_files"])
    except (ValueError, KeyError, TypeError) as fault:
        what = f"cannot be read as a manifest ({type(fault).__name__})"
        return None, [*faults, Fault(MANIFEST, None, "", what)]
    return manifest, faults


def _files(folder: Path, listed: Tables) -> Iterator[Fault]:
    """Each file of the manifest with its bytes, and no other file."""
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    for name in sorted(there - set(listed) - {MANIFEST, SEAL}):
        if "__pycache__" not in name:
            yield Fault(name, None, "", "is not in the manifest")
    for name, entry in listed.items():
        if name not in there:
            yield Fault(name, None, "", "is missing")
            continue
        try:
            size, digest = _measured(folder / name)
        except OSError as fault:
            yield Fault(name, None, "", f"cannot be read: {fault.strerror}")
            continue
        if size != entry.get("size"):
            yield Fault(name, None, "", f"has {size} bytes; the manifest says {entry.get('size')}")
        elif digest != entry["sha256"]:
            yield Fault(name, None, "", "its bytes were changed: the SHA-256 is not that of the manifest")


def _measured(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        for chunk in iter(lambda: source.read(1024 * 1024), b""):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _dictionary(folder: Path) -> Tables | Fault:
    try:
        found = json.loads((folder / DICTIONARY).read_bytes())
        tables = {table["table"]: table for table in found["tables"]}
        for table in tables.values():
            table["names"] = [column["name"] for column in table["columns"]]
            table["kinds"] = {column["name"]: column["type"] for column in table["columns"]}
            str(table["key"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        return Fault(DICTIONARY, None, "", f"cannot be read ({type(fault).__name__})")
    return tables


class _Tables:
    """The tables: JSON lines beside CSV, row by row; the keys of those that others refer to are kept."""

    def __init__(self, folder: Path, tables: Tables, listed: Tables):
        self._folder = folder
        self._tables = tables
        self._listed = listed
        self._keys: dict[str, set[Any]] = {
            column["references"]["table"]: set()
            for table in tables.values()
            for column in table["columns"]
            if column.get("references")
        }

    def read(self, name: str) -> Iterator[Fault]:
        """What is wrong within a table and between its two files."""
        table = self._tables[name]
        lines, cells = f"tables/{name}.jsonl", f"tables/{name}.csv"
        counts, last = {lines: 0, cells: 0}, 0
        for row, spoken in _beside(self._folder / lines, self._folder / cells, table):
            counts[lines] += row is not None
            counts[cells] += spoken is not None and spoken.number > 0
            if spoken is not None and spoken.fault:
                yield Fault(cells, spoken.number, "", spoken.fault)
            elif row is not None and row.fault:
                yield Fault(lines, row.number, "", row.fault)
            elif spoken is None:
                yield Fault(lines, row.number, table["key"], f"{row.key} is missing in {cells}")
            elif row is None:
                yield Fault(cells, spoken.number, table["key"], f"{spoken.key} is missing in {lines}")
            else:
                for place, column in enumerate(table["names"]):
                    if cell(row.values[column], table["kinds"][column]) != spoken.values[place]:
                        yield Fault(cells, spoken.number, column, f"does not say what {lines} says")
            if row is not None and not row.fault:
                if row.key <= last:
                    yield Fault(lines, row.number, table["key"], f"{row.key} does not follow {last}")
                last = row.key
                if name in self._keys:
                    self._keys[name].add(row.key)
        for file, count in counts.items():
            expected = self._listed.get(file, {}).get("rows")
            if count != expected:
                yield Fault(file, None, "", f"holds {count} rows; the manifest says {expected}")

    def references(self, name: str) -> Iterator[Fault]:
        """Rows that refer to a row which is not there."""
        table = self._tables[name]
        wanted = [
            (column["name"], column["references"]["table"])
            for column in table["columns"]
            if column.get("references")
        ]
        if not wanted:
            return
        file = f"tables/{name}.jsonl"
        for number, row in _json_rows(self._folder / file):
            for column, other in wanted if isinstance(row, dict) else ():
                key = row.get(column)
                if key is None or isinstance(key, (list, dict)) or key in self._keys[other]:
                    continue
                yield Fault(file, number, column, f"{key} refers to a row that is not in {other}")


class _Line(NamedTuple):
    """A row as one of the two files of a table has it."""

    number: int
    key: int
    values: Any
    fault: str = ""


def _beside(lines: Path, cells: Path, table: Row) -> Iterator[tuple[Any, Any]]:
    """The rows of both files side by side by their key; None where one has no such row."""
    rows = _csv_lines(cells, table)
    spoken = next(rows, None)
    for row in _json_lines(lines, table):
        while spoken is not None and (spoken.fault or (not row.fault and spoken.key < row.key)):
            yield None, spoken
            spoken = next(rows, None)
        if row.fault or spoken is None or spoken.key != row.key:
            yield row, None
        else:
            yield row, spoken
            spoken = next(rows, None)
    while spoken is not None:
        yield None, spoken
        spoken = next(rows, None)


def _json_lines(path: Path, table: Row) -> Iterator[_Line]:
    for number, row in _json_rows(path):
        if not isinstance(row, dict) or list(row) != table["names"] or not isinstance(row[table["key"]], int):
            yield _Line(number, 0, None, "cannot be read as a row of this table")
        else:
            yield _Line(number, row[table["key"]], row)


def _csv_lines(path: Path, table: Row) -> Iterator[_Line]:
    names, place = table["names"], table["names"].index(table["key"])
    if not path.is_file():
        return
    before = csv.field_size_limit(2**31 - 1)  # the whole process's, so it is set while reading only
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as source:
            for number, row in enumerate(csv.reader(source)):
                if number == 0 and row != names:
                    yield _Line(0, 0, None, f"the header is {row}; expected {names}")
                elif number and (len(row) != len(names) or not row[place].isdecimal()):
                    yield _Line(number, 0, None, "cannot be read as a row of this table")
                elif number:
                    yield _Line(number, int(row[place]), row)
    finally:
        csv.field_size_limit(before)


def _json_rows(path: Path) -> Iterator[tuple[int, Any]]:
    if not path.is_file():
        return
    with path.open("rb") as source:
        for number, line in enumerate(source, start=1):
            try:
                yield number, json.loads(line)
            except ValueError:
                yield number, None


def _chain(folder: Path, tables: Tables) -> Iterator[Fault]:
    """The log, followed as verify_audit.py does it alone."""
    log = {table["audit"]: name for name, table in tables.items() if table.get("audit")}
    if log != verify_audit.TABLES:
        yield Fault(DICTIONARY, None, "", "does not say which tables are the audit log")
        return
    files = {part: f"tables/{table}.jsonl" for part, table in log.items()}
    # What is wrong with a detail is told where its event stands.
    files |= {
        verify_audit.ANCHORS: verify_audit.ANCHOR_FILE,
        verify_audit.DETAILS: files[verify_audit.EVENTS],
    }
    for wrong in verify_audit.follow_dump(folder):
        event = "" if wrong.number is None or wrong.place == "number" else f"event {wrong.number} "
        yield Fault(files[wrong.part], wrong.row, wrong.place, event + wrong.what)


def _stored(folder: Path, tables: Tables, listed: Tables, manifest: Row) -> Iterator[Fault]:
    """Each row that has a file, with that file; each file with a row."""
    missing = {entry["path"] for entry in manifest["missing_files"]}
    known = set()
    for name, table in tables.items():
        stored = table.get("files")
        if not stored:
            continue
        file = f"tables/{name}.jsonl"
        for number, row in _json_rows(folder / file):
            if not (isinstance(row, dict) and row.get(stored["path"])):
                continue
            path = f"{stored['folder']}/{row[stored['path']]}"
            known.add(path)
            if path not in listed and path not in missing:
                yield Fault(file, number, stored["path"], f"the file {path} is not in the manifest")
            elif path in listed and listed[path]["sha256"] != row[stored["sha256"]]:
                yield Fault(file, number, stored["sha256"], f"is not the SHA-256 of {path}")
    for path in listed:
        if path.startswith("files/") and path not in known:
            yield Fault(path, None, "", "no row of a table knows this file")


def _few(faults: Iterator[Fault]) -> Iterator[Fault]:
    count = 0
    for count, fault in enumerate(faults, start=1):
        if count <= MOST_FAULTS:
            yield fault
    if count > MOST_FAULTS:
        yield Fault(fault.file, None, "", f"{count - MOST_FAULTS} more faults")


def summary(folder: Path) -> Row:
    """What the manifest says of the dump, for whoever asks whether it is the right one."""
    manifest = _manifest(folder)[0] or {"files": [], "missing_files": []}
    rows = [entry.get("rows", 0) for entry in manifest["files"] if entry["path"].endswith(".jsonl")]
    return {
        "made_at": manifest.get("made_at"),
        "product": manifest.get("product"),
        "tables": len(rows),
        "rows": sum(rows),
        "files": sum(entry["path"].startswith("files/") for entry in manifest["files"]),
        "missing_files": manifest["missing_files"],
    }


def told(folder: Path, faults: list[Fault], *, as_json: bool) -> Iterator[str]:
    """What was found, in lines."""
    found = summary(folder)
    if as_json:
        found |= {"whole": not faults, "faults": [fault._asdict() for fault in faults]}
        yield json.dumps(found, ensure_ascii=False)
        return
    yield from map(str, faults)
    for entry in found["missing_files"]:
        yield f"Note: {entry['path']} was gone or changed already when the dump was made ({entry['why']})."
    counts = f"{found.get('rows')} rows in {found.get('tables')} tables, {found.get('files')} files"
    yield f"{len(faults)} faults: not whole." if faults else f"Whole: {counts}, made {found['made_at']}."


def main(arguments: list[str] | None = None) -> int:
    """Check the folder that is named, else the one in which this file lies; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description="Check a complete dump without the database.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    options = parser.parse_args(arguments)
    faults = list(verify(options.folder))
    print(*told(options.folder, faults, as_json=options.json), sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
