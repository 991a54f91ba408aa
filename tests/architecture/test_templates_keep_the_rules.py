"""Templates hold no inline script or style, and no word that cannot be translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted((BASE / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix in {".html", ".svg"}]

INLINE = [
    (re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE), "a script inside the page"),
    (re.compile(r"<style", re.IGNORECASE), "a style sheet inside the page"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute"),
    (re.compile(r"\son\w+\s*=\s*[\"']", re.IGNORECASE), "a handler attribute"),
    (re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:|javascript:", re.IGNORECASE), "code in an attribute"),
]
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "data-confirm"}
SILENT = {"script", "style", "kbd", "code"}  # names of keys and of parts of a program are not translated
# Words that are the same in every language.
NAMES = {
    "UPR",
    "SHA-256",
    "PDF",
    "CSV",
    "XLSX",
    "JSON",
    "DOCX",
    "HTML",
    "UTF-8",
    "SDG",
    "OHCHR",
    "UN",
    "htmx",
}
REFERENCE = re.compile(r"\b[A-Z]{3}-[\w.-]*")  # such as KAZ-2-124.26
WORD = re.compile(r"[^\W\d_]{2,}")
# What a tag leaves in the text, so that words before and after it stay apart.
GAP = " \u0000 "


class Words(HTMLParser):
    """Collects what a person would read or hear of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.within: list[tuple[str, bool]] = []  # open elements, and whether their words count

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and value:
                self.note(value)
        # An element with a language of its own shows content, such as an example in Kazakh.
        content = tag != "html" and any(name == "lang" for name, _value in attrs)
        self.within.append((tag, tag in SILENT or content))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == opened for opened, _silent in self.within):
            while self.within.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(silent for _tag, silent in self.within):
            self.note(data)

    def note(self, text: str) -> None:
        for part in text.split("\u0000"):
            part = REFERENCE.sub(" ", part)
            words = [word for word in re.findall(r"[\w-]+", part) if WORD.search(word) and word not in NAMES]
            if words:
                self.found.append((self.getpos()[0], " ".join(part.split())))


def unmarked(source: str) -> list[tuple[int, str]]:
    """Line and text of every visible word of a template that stands outside the translation tags."""
    shown = ""
    inside: str | None = None
    for token in Lexer(source).tokenize():
        # Inside < > a tag leaves nothing: what is around it is part of a name or of an attribute.
        gap = "" if shown.rfind("<") > shown.rfind(">") else GAP
        lines = "\n" * token.contents.count("\n")
        if token.token_type == TokenType.TEXT:
            shown += lines if inside else token.contents
            continue
        shown += gap + lines
        if token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split()
            if inside is None and name in {"blocktranslate", "blocktrans", "comment"}:
                inside = f"end{name}"
            elif inside is None and name == "block" and rest[0].endswith("class"):
                inside = "endblock"  # fills an attribute of the page's frame
            elif name == inside:
                inside = None
    reader = Words()
    reader.feed(shown)
    reader.close()
    return reader.found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(BASE / "templates")))
def test_a_template_holds_no_code_and_no_style(path: Path) -> None:
    source = path.read_text()
    found = [
        f"line {source.count(chr(10), 0, hit.start()) + 1}: {what}"
        for rule, what in INLINE
        for hit in rule.finditer(source)
    ]
    assert not found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(BASE / "templates")))
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    assert [f"line {line}: {text}" for line, text in unmarked(path.read_text())] == []


def test_the_finder_finds_what_is_not_marked() -> None:
    source = (
        '{% load i18n %}<p title="Hint">{% translate "Seen" %}</p>\n'
        "<p>{% blocktranslate %}Also seen{% endblocktranslate %}</p>\n"
        "<p>Not {{ seen }}</p><img alt='{% translate \"Seen\" %}'>\n"
        "{# not shown #}{% comment %}neither{% endcomment %}<td>{{ value }}</td>"
    )

    assert unmarked(source) == [(1, "Hint"), (3, "Not")]


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path.name.startswith("_")], ids=lambda path: path.name
)
def test_a_fragment_extends_nothing(path: Path) -> None:
    assert "{% extends" not in path.read_text()
