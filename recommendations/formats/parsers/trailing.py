"""Files that are two things at once: a picture or PDF with an archive behind it."""

import zipfile
from typing import IO

from recommendations.formats.sandbox import Refused


def refuse_second_file(source: IO[bytes]) -> None:
    """Refuses a file that is a readable zip archive as well as what its beginning says."""
    try:
        second = bool(zipfile.ZipFile(source).infolist())
    except Exception:  # no archive, or none that opens: both are fine here
        second = False
    source.seek(0)
    if second:
        raise Refused("second_file")
