"""Typst as a typesetter of our own sources: data goes in as JSON, never as source text, and only our faces are used."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import fontpkg_source_sans_3
import fontpkg_source_serif_4

from recommendations.documents.story.shapes import shapes

SOURCES = Path(__file__).parent / "typst"
FONTS = [
    str(Path(package.__file__).parent / "files")
    for package in (fontpkg_source_serif_4, fontpkg_source_sans_3)
]
LONGEST_SECONDS = 300


class Refused(Exception):
    """Typst's own no, in its words."""


def typeset(source: str, data: dict[str, Any], **options: Any) -> list[bytes]:
    """The pages (of a PDF: the one file) that Typst makes of one of our sources and `data`.

    A child process does it: Typst remembers what it has set, which would let a long-lived worker grow by a hundred
    megabytes a document. The child has an empty environment. Raises `Refused`.
    """
    inputs = {name: json.dumps(value, ensure_ascii=False) for name, value in data.items()}
    inputs["shapes"] = json.dumps(shapes())
    arguments = {
        "input": str(SOURCES / source),
        "root": str(SOURCES),
        "font_paths": FONTS,
        "ignore_system_fonts": True,
        "sys_inputs": inputs,
    } | options
    done = subprocess.run(
        [sys.executable, "-I", str(SOURCES / "child.py")],
        input=json.dumps(arguments).encode(),
        capture_output=True,
        env={"LANG": "C.UTF-8"},
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Refused(done.stderr.decode("utf-8", "replace") or f"Typst ended with {done.returncode}")
    pages = []
    start = 0
    while start < len(done.stdout):
        end = start + 8 + int.from_bytes(done.stdout[start : start + 8], "big")
        pages.append(done.stdout[start + 8 : end])
        start = end
    return pages
