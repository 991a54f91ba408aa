"""Texts of databases that hold web pages' markup and the traces of PDF files: made plain, broken words mended."""

from __future__ import annotations

import re

from recommendations.words.clean import clean_text, unescape

_HIDDEN = re.compile(
    r"<(script|style|head)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_LINES = re.compile(
    r"<\s*(?:br|hr)\s*/?>|</\s*(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote)\s*>", re.IGNORECASE
)
# Only what is known to be markup goes: "< 18 years" and "<Spain>" are words.
_TAGS = re.compile(
    r"</?\s*(?:a|abbr|b|blockquote|body|br|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|font|h[1-6]|hr|html|i|img|ins"
    r"|li|link|mark|meta|o:p|ol|p|pre|s|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul"
    r")\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def plain_text(text: str) -> str:
    """The text without markup and entities, its paragraphs on lines of their own."""
    for _ in range(2):
        if "<" in text:
            text = _HIDDEN.sub(" ", text)
            text = _TAGS.sub("", _LINES.sub("\n", text))
        if "&" not in text:
            break
        # What was escaped twice is markup only now.
        text = unescape(text)
    return clean_text(text)


# --- Words that the way from PDF to database has cut ----------------------------------------------------------------

# Each begins with the blank it is about: only there need it be tried.
_BLANK_BEFORE_SIGN = re.compile(r" (?<=[\w)”’\"] )(?=[,;.](?:\s|$))")
_POSSESSIVE = re.compile(r"(?<=[^\W\d_]) ?’ ?(?=s\b)")
_POSSESSIVE_PLURAL = re.compile(r"(?<=[^\W\d_]s) ’(?= )")
# The true hyphens: a plain "-" and a dash may stand alone.
_HYPHEN = re.compile(r"(?<=[^\W\d_]) ?([‐‑]) ?(?=[^\W\d_])")
# Small letters that are no word alone, nor one of a neighbouring language ("y", "b)").
_LOST_END = re.compile(r" (?<=[a-z]{2} )([deghklmnrstw])(?=[ ,;.:]|$)(?! ?[).]\w)")
_IS = re.compile(r"(?<![\w’])i ([fnst])(?=[ ,;])")
_LOST_SUFFIX = re.compile(
    r" (?<=[a-z]{3} )(ments?|[st]ions?|ations?|[ai]lity|ities|ity|ness|[ae]nces?|ings?|ibly|ably|isms?|i[sz]ations?"
    r")(?=[ ,;.:]|$)"
)
# Words of the UN's that begin with a capital; any other capital alone may be a name: "hepatitis C treatment".
_CAPITALS = (
    "Agenda Child Children Code Commission Committee Conference Constitution Constitutional",
    "Convention Council Court Covenant Declaration Disabilities General Goals Government Group Human",
    "Indigenous Justice Labour Law Member Members Minister Ministry National Nations Office Optional",
    "Parliament Parties Party People Peoples Periodic Principles Protocol Rapporteur Rapporteurs",
    "Republic Review Rights Special State States United Universal Women Working",
)
_CAPITAL = re.compile("|".join(rf"\b{word[0]} {word[1:]}\b" for word in " ".join(_CAPITALS).split()))
_LONE_CAPITAL = re.compile(r" [B-HJ-Z] [a-z]|^[B-HJ-Z] [a-z]")
_FREQUENT = {
    "en": frozenset(["the", "of", "and", "to", "its", "that", "with", "for", "in", "by"]),
    "fr": frozenset(["le", "la", "les", "des", "du", "et", "aux", "au", "dans", "pour", "que", "en", "par"]),
    "es": frozenset(["el", "la", "los", "las", "del", "y", "para", "que", "con", "en", "por"]),
}
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_ARABIC = re.compile("[\u0600-\u06ff]")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def mend_words(text: str) -> str:
    """An English text with its words whole again: ``State P arty ’ s chain s`` becomes ``State Party’s chains``.

    Only what cannot be meant is joined: a word cut into two that are words themselves ("with out") stays.
    """
    text = _BLANK_BEFORE_SIGN.sub("", text)
    if _LONE_CAPITAL.search(text):
        text = _CAPITAL.sub(lambda found: found[0].replace(" ", ""), text)
    if not text.isascii():
        text = _POSSESSIVE.sub("’", text)
        text = _POSSESSIVE_PLURAL.sub("’", text)
        text = _HYPHEN.sub(r"\1", text)
    text = _LOST_END.sub(r"\1", text)
    text = _IS.sub(r"i\1", text)
    return _LOST_SUFFIX.sub(r"\1", text)


def language_of(text: str) -> str:
    """The UN language (or Kazakh) that a text is written in, English where nothing speaks for another."""
    sample = text[:1000]
    if not sample.isascii():
        letters = sum(map(str.isalpha, sample)) or 1
        if len(_CYRILLIC.findall(sample)) * 2 > letters:
            return "kk" if len(_KAZAKH.findall(sample)) * 25 > letters else "ru"
        if len(_ARABIC.findall(sample)) * 2 > letters:
            return "ar"
        if len(_CHINESE.findall(sample)) * 2 > letters:
            return "zh"
    words = sample.lower().split()
    counts = {code: sum(map(frequent.__contains__, words)) for code, frequent in _FREQUENT.items()}
    likeliest = max(counts, key=lambda code: counts[code])
    return likeliest if counts[likeliest] > counts["en"] + 1 else "en"
