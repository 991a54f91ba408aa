"""Opens a DOCX or XLSX as the archive it is and reads every member once. Runs in the sandbox's child."""

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from recommendations.formats.parsers import zips
from recommendations.formats.sandbox import Refused

_CHUNK = 1024 * 1024


def check(source: IO[bytes]) -> Iterator[str]:
    """Yields "docx" or "xlsx", or refuses: macros, encryption, bursting or damaged members, other archives."""
    archive = zips.open_archive(source)
    kind = zips.office_kind(archive)
    if not kind:
        raise Refused("archive")
    for member in archive.infolist():
        parser = expat.ParserCreate() if member.filename.endswith((".xml", ".rels")) else None
        if parser is not None:
            parser.StartDoctypeDeclHandler = _no_doctype
        size = 0
        try:
            with archive.open(member) as opened:
                while chunk := opened.read(_CHUNK):
                    size += len(chunk)
                    if size > member.file_size:
                        raise Refused("damaged")
                    if parser is not None:
                        parser.Parse(chunk, False)
            if parser is not None:
                parser.Parse(b"", True)
        except (*zips.DAMAGED, expat.ExpatError):
            raise Refused("damaged") from None
    yield kind


def _no_doctype(*_about: object) -> None:
    raise Refused("damaged")
