"""What stands in an address: references, cycle keys and numbers of evidence."""

from __future__ import annotations

from django.urls import register_converter


class ReferenceConverter:
    """A recommendation's reference: `KAZ-2-124.26`, `KAZ-CCPR-2-24a`."""

    regex = r"[A-Z]{3}-(?:[A-Z]+-)?[0-9]+-[0-9A-Za-z.()]+"

    def to_python(self, value: str) -> str:
        """The reference as it is stored."""
        return value

    def to_url(self, value: str) -> str:
        """The reference as it is stored."""
        return str(value)


class CycleConverter(ReferenceConverter):
    """A review cycle's key: `KAZ-2`."""

    regex = r"[A-Z]{3}-[0-9]+"


class EvidenceConverter:
    """The number of an item of evidence, `E-12` in the address and 12 in the code."""

    regex = r"E-[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """12 from `E-12`."""
        return int(value[2:])

    def to_url(self, value: int | str) -> str:
        """`E-12` from 12, and from `E-12` itself."""
        return f"E-{str(value).removeprefix('E-')}"


def register() -> None:
    """Make `<reference:ref>`, `<cycle:cycle>` and `<evidence:number>` known to every `path()`."""
    register_converter(ReferenceConverter, "reference")
    register_converter(CycleConverter, "cycle")
    register_converter(EvidenceConverter, "evidence")
