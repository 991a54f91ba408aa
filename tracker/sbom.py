"""Writes `docs/sbom.json`: what a release is made of (CycloneDX 1.6), from the pinned packages and the vendored files.

``python -m tracker.sbom`` writes it; with ``--check`` it only compares, as `make check` does. It holds no date and no
random number: the same release always has the same list.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tracker.choices import BASE_DIR, VERSION

FILE = BASE_DIR / "docs" / "sbom.json"
REQUIREMENTS = BASE_DIR / "requirements.txt"
VENDORED = BASE_DIR / "tracker" / "static" / "vendor" / "VENDORED.md"
VENDORED_ROW = re.compile(
    r"\| `(?P<file>[^`]+)` \| (?P<name>.+?) (?P<version>\d[\w.]*), (?:npm|PyPI) `(?P<package>[^`]+)`.*"
    r"\| (?P<licence>[^|(]+?) \(.*\| `(?P<sha256>[0-9a-f]{64})` \|"
)


def pinned(file: Path = REQUIREMENTS) -> list[tuple[Requirement, bool]]:
    """The packages of the list, each with whether we chose it ourselves or it was brought along."""
    found, chosen = [], True
    for line in file.read_text(encoding="utf-8").splitlines():
        chosen = chosen and "bring along" not in line
        if text := line.partition("#")[0].strip():
            found.append((Requirement(text), chosen))
    return found


# Packages whose metadata do not say it: as the licence file says that they bring along.
SAID_BY_THE_FILE = {"pyrage": "MIT"}


def licence(name: str) -> list[dict[str, Any]]:
    """What the package says of its licence: as an expression, in words, or by its classifier."""
    try:
        told: Any = metadata.metadata(name)
    except metadata.PackageNotFoundError:  # for another release of Python only
        return []
    if expression := told.get("License-Expression"):
        return [{"expression": expression}]
    words = (told.get("License") or "").strip()
    if words and "\n" not in words and len(words) < 60:
        return [{"license": {"name": words}}]
    classes = [line for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    if not classes and name in SAID_BY_THE_FILE:
        return [{"expression": SAID_BY_THE_FILE[name]}]
    return [{"license": {"name": line.rpartition(" :: ")[2]}} for line in classes[:1]]


def packages() -> Iterator[tuple[dict[str, Any], bool]]:
    """A component for each pinned package, and whether we chose it ourselves."""
    for requirement, chosen in pinned():
        name = canonicalize_name(requirement.name)
        [version] = [one.version for one in requirement.specifier]
        address = f"pkg:pypi/{name}@{version}"
        component: dict[str, Any] = {
            "type": "library",
            "bom-ref": address,
            "name": requirement.name,
            "version": version,
            "purl": address,
            "scope": "optional" if requirement.marker else "required",
        }
        if told := licence(requirement.name):
            component["licenses"] = told
        yield component, chosen


def vendored() -> Iterator[dict[str, Any]]:
    """A component for each file that others made and we serve."""
    for line in VENDORED.read_text(encoding="utf-8").splitlines():
        if row := VENDORED_ROW.match(line):
            yield {
                "type": "file",
                "bom-ref": f"file:tracker/static/vendor/{row['file']}",
                "name": f"{row['name']}: {row['file']}",
                "version": row["version"],
                "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
                "licenses": [{"license": {"name": row["licence"]}}],
            }


def document() -> dict[str, Any]:
    """The whole list."""
    ours = f"pkg:generic/upr-tracker@{VERSION}"
    listed = sorted(packages(), key=lambda one: one[0]["bom-ref"])
    files = sorted(vendored(), key=lambda one: str(one["bom-ref"]))
    direct = [component["bom-ref"] for component, chosen in listed if chosen]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": ours, "name": "upr-tracker", "version": VERSION}
        },
        "components": [component for component, _chosen in listed] + files,
        "dependencies": [{"ref": ours, "dependsOn": direct + [one["bom-ref"] for one in files]}],
    }


def main(arguments: list[str]) -> int:
    """Write the list, or with ``--check`` say whether it is out of date."""
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in arguments:
        print(f"{FILE.relative_to(BASE_DIR)} is out of date: run make sbom")
        return 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
