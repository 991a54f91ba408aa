"""What is vendored is what the list says, and the list leaves nothing out."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

VENDOR = Path(settings.BASE_DIR) / "tracker" / "static" / "vendor"
ROWS = re.findall(
    r"^\| `([^`]+)` \| .+ \| .*\(`([^`]+)`\) \| `([0-9a-f]{64})` \|$",
    (VENDOR / "VENDORED.md").read_text(),
    re.M,
)


def test_every_served_file_from_elsewhere_is_listed() -> None:
    served = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.suffix in (".js", ".css", ".woff2")
    }
    assert served == {file for file, _licence, _digest in ROWS}


@pytest.mark.parametrize(("file", "licence", "digest"), ROWS)
def test_a_vendored_file_is_the_one_that_was_checked_and_has_its_licence(
    file: str, licence: str, digest: str
) -> None:
    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == digest
    assert (VENDOR / licence).stat().st_size > 300


def test_the_three_faces_weigh_48_kilobytes_at_most() -> None:
    faces = list((VENDOR / "fonts").glob("*.woff2"))
    assert len(faces) == 3
    assert sum(face.stat().st_size for face in faces) <= 48 * 1024


def test_every_letter_of_the_three_languages_is_in_every_face() -> None:
    letters = set("ӘҒҚҢӨҰҮҺІәғқңөұүһіЁёЙйЩщЪъЬьabcXYZ0123456789№«»„“”‘’–—…€₸§·→←↑↓×−\u00a0\u202f")
    for face in (VENDOR / "fonts").glob("*.woff2"):
        missing = letters - {chr(code) for code in TTFont(face).getBestCmap()}
        assert not missing, (face.name, missing)
