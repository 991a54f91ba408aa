"""The SBOM names every pinned package and every vendored file, and is current."""

import json

from packaging.utils import canonicalize_name

from tests.architecture.test_dependencies_are_pinned import PRODUCT
from tracker import sbom


def test_the_list_is_current() -> None:
    assert sbom.main(["--check"]) == 0


def test_every_pinned_package_is_in_it_with_its_version() -> None:
    told = {one["purl"] for one in json.loads(sbom.FILE.read_text())["components"] if "purl" in one}

    assert told == {
        f"pkg:pypi/{canonicalize_name(line.name)}@{next(iter(line.specifier)).version}" for line in PRODUCT
    }


def test_every_file_that_others_made_is_in_it_with_its_hash() -> None:
    hashes = {
        one["hashes"][0]["content"]
        for one in json.loads(sbom.FILE.read_text())["components"]
        if "hashes" in one
    }
    rows = [line for line in sbom.VENDORED.read_text().splitlines() if line.startswith("| `")]

    assert rows
    assert hashes == {line.rstrip(" |").rpartition("`")[0].rpartition("`")[2] for line in rows}


def test_every_component_says_its_licence() -> None:
    components = json.loads(sbom.FILE.read_text())["components"]

    assert [
        one["name"] for one in components if not one.get("licenses") and one.get("scope") != "optional"
    ] == []


def test_the_same_release_has_the_same_list() -> None:
    assert sbom.document() == sbom.document()
