"""What is left of a text once the dirt of files is taken off, and when two labels are the same."""

import functools
import html
import re
import unicodedata

# Marks that carry no meaning in our texts: soft hyphen, zero-width signs, direction marks, byte order mark.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
# Control characters other than tab and line ends, lone surrogates and "not a character" code points.
# PostgreSQL refuses NUL and surrogates in text, XML (so DOCX and XLSX) refuses the rest.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_AROUND_LINE_ENDS = re.compile(r" ?\n ?")
_MANY_LINE_ENDS = re.compile(r"\n{3,}")

_APOSTROPHES = re.compile("['’‘ʼʻ‛′`´ʹ＇]")
_DASHES = re.compile("[-‐‑‒–—―−﹘﹣－]+")
_LATIN_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е"}
)


def clean_text(text: str, *, entities: bool = False) -> str:
    """The text with its lines kept and everything else tidied.

    Line ends become "\\n" (never more than one empty line), runs of blanks of any kind one blank; invisible
    marks and control characters go; letters are composed (NFC). With ``entities`` HTML character references
    are resolved first, also doubly escaped ones (``&amp;quot;``), as some UN exports hold them.
    """
    if entities:
        text = unescape(text)
    if text.isascii() and text.isprintable():
        # What most cells of most files are: only blanks can be wrong with them.
        return " ".join(text.split())
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = _BLANKS.sub(" ", text)
    text = _AROUND_LINE_ENDS.sub("\n", text)
    text = _MANY_LINE_ENDS.sub("\n\n", text)
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str, *, entities: bool = False) -> str:
    """The text on one line: ``clean_text`` with line ends turned into blanks."""
    if not entities and text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(clean_text(text, entities=entities).split())


def unescape(text: str) -> str:
    """HTML character references resolved, twice at most: exports escape what was escaped already."""
    for _ in range(2):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text


@functools.lru_cache(maxsize=20_000)
def fold_label(text: str) -> str:
    """The key under which two spellings of one label meet: ``Côte d’Ivoire`` and ``COTE D'IVOIRE *``.

    Without regard to case, blanks, diacritics, apostrophes, dashes, "&" for "and" and an asterisk behind the
    name. For matching only: never shown, never stored as the label.
    """
    text = unicodedata.normalize("NFKC", clean_line(text)).casefold()
    text = text.translate(_LATIN_LETTERS_WITHOUT_DECOMPOSITION)
    text = strip_latin_marks(text)
    text = _APOSTROPHES.sub("", text)
    text = _DASHES.sub(" ", text).replace("&", " and ")
    return " ".join(text.rstrip("*† ").split())


def strip_latin_marks(text: str) -> str:
    """Diacritics off Latin and Greek letters; Cyrillic й stays a letter of its own."""
    if text.isascii():
        return text
    kept: list[str] = []
    base = ""
    for sign in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(sign):
            base = sign
        elif base < "\u0400":
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))
