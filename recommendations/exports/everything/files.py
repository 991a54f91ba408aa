"""The files of a dump: originals of evidence, files received for imports, exports as far as they are kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import models

from recommendations.catalogue import received
from recommendations.catalogue.models import SourceFile
from recommendations.evidence import store
from recommendations.evidence.models import EvidenceCopy, EvidenceFile
from recommendations.exports import services
from recommendations.exports.models import Export
from recommendations.formats.sealing import Unreadable
from recommendations.publications import editions_made
from recommendations.publications.models_editions import EditionFile

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """How the files of a table are opened, and which columns say so."""

    open: Callable[[str], IO[bytes]]
    into: str
    path: str = "stored_as"
    sha256: str = "sha256"


STORED: dict[type[models.Model], Stored] = {
    EvidenceFile: Stored(store.open, "files/evidence"),
    EvidenceCopy: Stored(store.open, "files/copies"),
    SourceFile: Stored(lambda name: (received.folder() / name).open("rb"), "files/imports"),
    Export: Stored(lambda name: (services.folder() / name).open("rb"), "files/exports"),
    EditionFile: Stored(lambda name: (editions_made.folder() / name).open("rb"), "files/editions"),
}


def copy_files(target: Path, wrote: Callable[[str, int, str], None]) -> Iterator[dict[str, Any]]:
    """Copy every file that a row of the dump's own tables names; tell ``wrote`` path, size and SHA-256 of each.

    Gives one entry for each file, empty where it was copied; where the file is gone, or its bytes are not those that
    were received, the entry says which (path, table, row, why). A changed file is copied all the same.
    """
    for model, stored in STORED.items():
        known: set[str] = set()
        table = model._meta.db_table
        with (target / "tables" / f"{table}.jsonl").open(encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                name = row[stored.path]
                if not name or name in known:
                    continue
                known.add(name)
                path = f"{stored.into}/{name}"
                try:
                    source = stored.open(name)
                except FileNotFoundError:
                    yield {"path": path, "table": table, "row": row["id"], "why": "gone"}
                    continue
                except Unreadable:
                    yield {"path": path, "table": table, "row": row["id"], "why": "does not open"}
                    continue
                size, digest = _copy(source, target / path)
                wrote(path, size, digest)
                if digest != row[stored.sha256]:
                    yield {"path": path, "table": table, "row": row["id"], "why": "changed"}
                else:
                    yield {}


def _copy(reading: IO[bytes], target: Path) -> tuple[int, str]:
    """Copy an open file piece by piece, and close it; returns size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with reading:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as writing:
            for chunk in iter(lambda: reading.read(_CHUNK), b""):
                digest.update(chunk)
                size += len(chunk)
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
    return size, digest.hexdigest()
