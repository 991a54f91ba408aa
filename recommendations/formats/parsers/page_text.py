"""Takes the words out of a web page, for a stored copy that nothing can run in. Runs in the sandbox's child."""

import re
from collections.abc import Iterator
from typing import IO

from lxml import etree, html

from recommendations.formats.sandbox import Refused

_LARGEST = 20 * 1024 * 1024
_LONGEST = 2_000_000
_NOT_SHOWN = {"script", "style", "template", "noscript", "svg", "head", "iframe", "object"}
_BLOCKS = set(
    re.split(r"\W+", "p div br li tr h1 h2 h3 h4 h5 h6 section article table blockquote header footer main")
)
_BLOCKS |= {"nav", "aside", "ul", "ol", "dl", "dt", "dd", "pre", "figure", "figcaption"}


def read(source: IO[bytes], *, encoding: str = "") -> Iterator[dict[str, str]]:
    """Yields title and words of the page. Without an ``encoding`` from the server the page's own word counts."""
    content = source.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Refused("too_large_unpacked")
    try:
        parser = html.HTMLParser(encoding=encoding or None, no_network=True, huge_tree=False)
        tree = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError, AssertionError):
        raise Refused("damaged") from None
    title = " ".join((tree.findtext(".//title") or "").split())[:300]
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS:
                pieces.append("\n")
            if tag and not _is_hidden(element):
                pieces.append(element.text or "")
        else:
            if tag in _BLOCKS:
                pieces.append("\n")
            parent = element.getparent()
            if parent is not None and not _is_hidden(parent):
                pieces.append(element.tail or "")
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:_LONGEST]
    if not words:
        raise Refused("damaged")
    yield {"title": title, "text": words}


def _is_hidden(element: etree._Element) -> bool:
    return any(each.tag in _NOT_SHOWN for each in (element, *element.iterancestors()))
