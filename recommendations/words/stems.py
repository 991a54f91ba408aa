"""What a text is found by: the same words, folded and stemmed, for the index and for the query.

``stems(text, language)`` gives an index its tokens; ``query_terms(text)`` gives, for every word that a person
typed, the tokens one of which a record must hold. Tokens hold only lower-case letters, digits and ``-./``.
"""

import functools
import re
import threading

import snowballstemmer

from recommendations.words import families, kazakh
from recommendations.words.clean import clean_text, strip_latin_marks
from recommendations.words.synonyms import ABBREVIATIONS, PHRASES

LANGUAGES = ("en", "ru", "kk")

_FOLDED_LETTERS = str.maketrans("әғқңөұүһіё", "агкноуухие")
_KAZAKH_LETTERS = frozenset("әғқңөұүһі")
# Latin letters that look like Cyrillic ones: «тiл» with the i of an English keyboard is common in Kazakh texts.
_LOOK_ALIKES = str.maketrans("aceiopxyhk", "асеіорхуһк")
_MIXED = re.compile(r"[^\W\d_]*(?:[а-яёәғқңөұүһі][a-z]|[a-z][а-яёәғқңөұүһі])[^\W\d_]*")
# Kazakh letters lie on the digits of a keyboard: left in Russian, it writes «090ы0» for «құқық».
_ON_THE_DIGITS = str.maketrans("2345890", "әіңғүұқ")
_SLIPPED = re.compile(r"(?=.*[а-яё])(?!\d\d+[а-яё]+$)(?!\d[а-яё]{1,3}$)[2345890а-яё]{3,}")
_SIGNS_AROUND = ".,;:!?()«»\"'“”„"

_TOKEN = re.compile(
    r"""
      # Most of every text, so it comes first: a word with nothing behind it that could make it a reference.
      (?P<word>[^\W\d_]+(?![\w/-]))
    | (?P<reference>\b[a-z]{3}(?:-[a-z]{2,6})?-\d{1,2}-\d{1,3}(?:\.\d{1,3})*[a-z]?\b)
    | (?P<cycle>\b[a-z]{3}(?:-[a-z]{2,6})?-\d{1,2}\b(?!-?\w))
    | (?P<symbol>\b[a-z]{1,6}(?:/[a-z0-9]+(?:[.\-][a-z0-9]+)*){2,}(?:/[a-z0-9]+(?:[.\-][a-z0-9]+)*)*)
    | (?P<paragraph>\b\d{1,3}(?:\.\d{1,3})+[a-z]?\b)
    | (?P<thousands>\b\d{1,3}(?:,\d{3})+\b)
    | (?P<number>\d+)
    | (?P<part>[^\W\d_]+)
    """,
    re.VERBOSE,
)
_APOSTROPHES = re.compile("(?<=\\w)['’ʼ‘](?=\\w)")
# British and American spellings meet before the stemmer sees them.
_ISE = re.compile(r"(?<=..)is(e[sdr]?|ers|ing|ations?|ational)$")
_OUR = re.compile(r"(?<=...)our(s|ed|ing|able|ers?|ful|al)?$")
# пыток and пытка, ребёнок and ребёнка: the vowel that comes and goes is left out of the stem.
_RUSSIAN_FLEETING_VOWEL = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])[ое](?=[кц]$)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOP_WORDS = {
    "en": _words(
        "a an and as at be by for from in into is it its of on or that the their them this to was were which "
        "with"
    ),
    "ru": _words(
        "а без в во все для до его ее же за и из или их к ко на не но о об от по при с со так также то у что "
        "чтобы это"
    ),
    "kk": _words("бул да де ал жане мен бен пен немесе ол осы ушин туралы бойынша"),
}
_ENGLISH_ENDINGS_AFTER_AN_APOSTROPHE = _words("s t ll re ve d m")
_KAZAKH_ENDINGS_AFTER_A_HYPHEN = _words(
    "нің ның дің дың тің тың ні ны ді ды ті ты ге ға ке қа де да те та ден дан тен тан мен бен пен "
    "лар лер дар дер тар тер"
)

_stemmers = threading.local()


def stems(text: str, language: str | None = None) -> list[str]:
    """The tokens of a text in its order, repetitions kept, small words left out.

    ``language`` is "en", "ru", "kk" or None: then Latin words count as English, and Cyrillic ones as Kazakh
    where a word has Kazakh letters, else as Russian. References (``KAZ-2-124.26``), paragraphs and symbols
    (``A/HRC/28/10/Add.1``) are kept whole and give also what they begin with: cycle, State, paragraph 124,
    ``A/HRC/28/10``. A phrase of the glossary ("Universal Periodic Review") gives also its abbreviation.
    """
    tokens: list[str] = []
    for chunk in _chunks(text):
        tokens.extend(_stems_of_chunk(chunk, language))
    present = set(tokens)
    # Most texts hold no word with which a phrase begins: those are done with one comparison of two sets.
    if not present.isdisjoint(_beginnings_of_phrases()):
        for phrase, token in _phrases().items():
            if phrase[0] in present and present.issuperset(phrase) and _holds(tokens, phrase):
                tokens.append(token)
    return tokens


def query_terms(text: str, language: str | None = None) -> list[tuple[str, ...]]:
    """For each word of a query the tokens that count as a hit: all words must hit, one token each is enough.

    A Cyrillic word without Kazakh letters may be Russian or a Kazakh word typed on a Russian keyboard, so it
    gives both stems. A phrase of the glossary gives its one token. Repetitions are left out.
    """
    terms: list[tuple[str, ...]] = []
    for kind, value in _tokens_of_query(text):
        if kind == "word":
            languages = (language,) if language else _possible_languages(value)
            found = [_stem_word(value, each) for each in languages]
            if all(found):
                terms.append(tuple(dict.fromkeys(found)))
        else:
            # The narrowest token is enough: whatever holds the reference holds its parts.
            terms.append((_expand(kind, value)[0],))
    return list(dict.fromkeys(_shorten_phrases(terms)))


_PARTS = re.compile(r"\s+|\S+")
_EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


def found_in(
    text: str, terms: list[tuple[str, ...]], language: str | None = None
) -> list[tuple[str, frozenset[int]]]:
    """The text in parts, each with the places in ``terms`` (of ``query_terms``) of what it holds, mostly none.

    All parts joined give the text. A part is a word without the signs around it, or what stands between words. Of a
    phrase whose abbreviation was asked for every word holds it.
    """
    wanted = {token: place for place, term in enumerate(terms) for token in term}
    parts: list[tuple[str, frozenset[int]]] = []
    words: list[tuple[int, tuple[str, ...]]] = []
    for chunk in _PARTS.findall(text):
        if chunk.isspace():
            parts.append((chunk, frozenset()))
            continue
        edges = _EDGES.match(chunk)
        before, word, behind = edges.groups() if edges else ("", chunk, "")
        stemmed = tuple(stem for piece in _chunks(word) for stem in _stems_of_chunk(piece, language))
        if before:
            parts.append((before, frozenset()))
        if word:
            words.append((len(parts), stemmed))
            parts.append((word, frozenset(wanted[stem] for stem in stemmed if stem in wanted)))
        if behind:
            parts.append((behind, frozenset()))
    # Words too small to be searched for stand within a phrase and are no part of it.
    telling = [(place, stemmed[0]) for place, stemmed in words if stemmed]
    for phrase, token in _phrases().items():
        if token not in wanted:
            continue
        for start in range(len(telling) - len(phrase) + 1):
            window = telling[start : start + len(phrase)]
            if tuple(stem for _place, stem in window) == phrase:
                for place, _stem in window:
                    parts[place] = (parts[place][0], parts[place][1] | {wanted[token]})
    return parts


def fold_letters(word: str) -> str:
    """A lower-case word with Kazakh letters and ё written as their nearest Russian ones."""
    return word.translate(_FOLDED_LETTERS)


def _chunks(text: str) -> list[str]:
    """The text between its blanks: no token holds one, so each chunk is taken apart by itself, and only once."""
    # Most of the UN's texts are ASCII and need none of the cleaning that others do.
    return (text if text.isascii() else clean_text(text)).split()


@functools.lru_cache(maxsize=60_000)
def _stems_of_chunk(chunk: str, language: str | None) -> tuple[str, ...]:
    found: list[str] = []
    for kind, value in _tokens_of_chunk(chunk):
        if kind == "word":
            stem = _stem_word(value, language or _language_of(value))
            if stem:
                found.append(stem)
        else:
            found.extend(_expand(kind, value))
    return tuple(found)


def _tokenize(text: str) -> list[tuple[str, str]]:
    return [token for chunk in _chunks(text) for token in _tokens_of_chunk(chunk)]


def _tokens_of_query(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for chunk in _chunks(text):
        word = chunk.casefold().strip(_SIGNS_AROUND)
        if not word.isalpha() and _SLIPPED.fullmatch(word):
            found.append(("word", word.translate(_ON_THE_DIGITS)))
        else:
            found.extend(_tokens_of_chunk(chunk))
    return found


def _tokens_of_chunk(chunk: str) -> list[tuple[str, str]]:
    if chunk.isascii():
        text = chunk.lower()
    else:
        text = _APOSTROPHES.sub("'", strip_latin_marks(chunk.casefold()))
        text = _MIXED.sub(lambda word: word.group().translate(_LOOK_ALIKES), text)
    found: list[tuple[str, str]] = []
    previous_end, previous_kind = -1, ""
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup or "", match.group()
        if kind == "part":
            kind = "word"
        if kind == "word" and previous_kind == "word" and match.start() - previous_end == 1:
            between = text[previous_end]
            if (between == "'" and value in _ENGLISH_ENDINGS_AFTER_AN_APOSTROPHE) or (
                between == "-" and value in _KAZAKH_ENDINGS_AFTER_A_HYPHEN
            ):
                previous_end = match.end()
                continue
        previous_end, previous_kind = match.end(), kind
        if kind == "symbol" and not any(sign.isdigit() for sign in value):
            found.extend(("word", part) for part in re.findall(r"[^\W\d_]+", value))
        else:
            found.append((kind, value))
    return found


def _expand(kind: str, value: str) -> list[str]:
    """The value itself first, then the wider ones by which it is found, too."""
    if kind == "reference":
        cycle, paragraph = value.rsplit("-", 1)
        wider = [f"{cycle}-{each}" for each in _beginnings(paragraph, ".")]
        return [value, *wider, *_expand("cycle", cycle), *_expand("paragraph", paragraph)]
    if kind == "cycle":
        return [value, value.split("-")[0], value.rsplit("-", 1)[1]]
    if kind == "symbol":
        return [value, *_beginnings(value, "/", least=3)]
    if kind == "paragraph":
        return [value, *_beginnings(value, ".")]
    if kind == "thousands":
        return [value.replace(",", "")]
    return [value]


def _beginnings(value: str, sign: str, *, least: int = 1) -> list[str]:
    """ "a/hrc/28/10" → "a/hrc/28": what is left as its last parts go, the longest first."""
    parts = value.split(sign)
    return [sign.join(parts[:length]) for length in range(len(parts) - 1, least - 1, -1)]


def _language_of(word: str) -> str:
    return _possible_languages(word)[0]


def _possible_languages(word: str) -> tuple[str, ...]:
    if word[0] < "\u0400":
        return ("en",)
    if not _KAZAKH_LETTERS.isdisjoint(word):
        return ("kk",)
    return ("ru", "kk")


@functools.lru_cache(maxsize=60_000)
def _stem_word(word: str, language: str) -> str:
    """The stem of one lower-case word, "" for a word too small to search for."""
    if word in ABBREVIATIONS:
        return ABBREVIATIONS[word]
    if word[0] < "\u0400":
        # Latin words stand in Russian and Kazakh texts as well.
        if word in _STOP_WORDS["en"]:
            return ""
        word = _OUR.sub(r"or\1", _ISE.sub(r"iz\1", word))
        return families.join(_stemmer("english").stemWord(word), "en")
    folded = fold_letters(word)
    if language == "kk":
        return "" if folded in _STOP_WORDS["kk"] else kazakh.strip_suffixes(folded)
    if folded in _STOP_WORDS["ru"]:
        return ""
    return families.join(_RUSSIAN_FLEETING_VOWEL.sub("", _stemmer("russian").stemWord(folded)), "ru")


def _stemmer(name: str):
    # A snowball stemmer keeps the word it works on in itself: one for each thread.
    found = getattr(_stemmers, name, None)
    if found is None:
        found = snowballstemmer.stemmer(name)
        setattr(_stemmers, name, found)
    return found


@functools.cache
def _phrases() -> dict[tuple[str, ...], str]:
    """The glossary's phrases as stems, the longer first."""
    table: dict[tuple[str, ...], str] = {}
    for token, phrases in PHRASES.items():
        for language, phrase in phrases:
            words = [value for kind, value in _tokenize(phrase) if kind == "word"]
            stemmed = tuple(stem for word in words if (stem := _stem_word(word, language)))
            table[stemmed] = token
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))


@functools.cache
def _beginnings_of_phrases() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _phrases())


def _holds(tokens: list[str], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return any(
        tokens[start : start + length] == list(phrase)
        for start in range(len(tokens))
        if tokens[start] == phrase[0]
    )


def _shorten_phrases(terms: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    for phrase, token in _phrases().items():
        length = len(phrase)
        start = 0
        while start + length <= len(terms):
            window = terms[start : start + length]
            if all(stem in term for stem, term in zip(phrase, window, strict=True)):
                terms = [*terms[:start], (token,), *terms[start + length :]]
            start += 1
    return terms
