"""A light Kazakh suffix stripper: enough for the forms of one word to meet in search, no more.

It works on folded letters (``stems.fold_letters``), so that a text and a query typed without the Kazakh
letters give the same stem. Kazakh builds words from the left; the suffixes come off from the right, the
longest first, as long as something that can be a root remains.
"""

_VOWELS = frozenset("аеиоуыэюя")

_PLURAL = "лар лер дар дер тар тер"
_POSSESSIVE = "ымыз имиз мыз миз ыныз иниз ныз низ ын ин сы си ы и"
_CASE = (
    "нын нин дын дин тын тин "
    "га ге ка ке на не а е "
    "ны ни ды ди ты ти сын син "
    "да де та те нда нде "
    "дан ден тан тен нан нен "
    "мен бен пен менен"
)
_WORD_BUILDING = (
    "дагы деги тагы теги ндагы ндеги лык лик дык дик тык тик сыз сиз лы ли дай дей тай тей шы ши у"
)
_VERBAL = "ган ген кан кен йтын йтин йды йди"

_SUFFIXES = frozenset(f"{_PLURAL} {_POSSESSIVE} {_CASE} {_WORD_BUILDING} {_VERBAL}".split())
_LONGEST = max(map(len, _SUFFIXES))
# Suffixes with т follow a voiceless consonant only, so that «қағида-тын» is no case of «қағида».
_HARD = frozenset("кптсшщхфцчбвгд")
# еркін, бостан-дық: what looks like a suffix belongs to the word more often than not.
_OFTEN_PART_OF_THE_ROOT = frozenset(["ын", "ин", "дан", "ден", "тан", "тен", "нан", "нен"])
# A final consonant is voiced before a vowel (құқық, құқығы; кітап, кітабы): written one way in the stem.
_UNVOICED = {"г": "к", "б": "п"}


def strip_suffixes(word: str) -> str:
    """The stem of one folded Kazakh word: ``кукыктарынын`` → ``кукык``, ``сайлауды`` → ``сайл``."""
    word = _unvoice(word)
    for _ in range(6):
        shorter = _strip_one(word)
        if len(shorter) == len(word) - 1 and word.endswith("у") and len(shorter) > 3:
            return _stem_of_verb(shorter)
        if shorter == word:
            break
        word = _unvoice(shorter)
    return word


def _strip_one(word: str) -> str:
    for length in range(min(_LONGEST, len(word) - 2), 0, -1):
        if word[-length:] in _SUFFIXES and _leaves_a_root(word[:-length], word[-length:]):
            return word[:-length]
    return word


def _stem_of_verb(stem: str) -> str:
    """What is left of a verb after «-у»: «тіркел» and «тірке» meet in «тирк», «бұғаттал» and «бұғатта» in «бугат».

    What looks like a case before «-у» is part of the verb («қорға» is no dative of «қор»).
    """
    if len(stem) > 4 and stem[-1] == "л" and stem[-2] in _VOWELS:
        stem = stem[:-1] if stem[-2] in "ае" else stem[:-2]
    for ending in ("та", "те", "а", "е"):
        rest = stem.removesuffix(ending)
        if rest != stem and len(rest) > 2 and _leaves_a_root(rest, ending):
            return _unvoice(rest)
    return stem


def _leaves_a_root(rest: str, suffix: str) -> bool:
    if suffix[0] == "т" and rest[-1] not in _HARD:
        return False
    closed = rest[-2] in _VOWELS and rest[-1] not in _VOWELS
    if suffix in ("нан", "нен") and rest[-1] in "мн":
        # «заң-нан»: after a nasal nothing else can begin so.
        return closed
    if len(rest) == 2:
        # «ел», «үй», «іс» are whole roots; «ба», «со» are halves of longer ones, and «ор-ын» is one root.
        return closed and len(suffix) > 2
    if suffix in _OFTEN_PART_OF_THE_ROOT:
        return len(rest) > 3 or (closed and len(suffix) == 2)
    return any(letter in _VOWELS for letter in rest)


def _unvoice(word: str) -> str:
    if len(word) > 2 and word[-1] in _UNVOICED:
        return word[:-1] + _UNVOICED[word[-1]]
    # «журналист» + «тер» is written «журналистер».
    return word[:-1] if word.endswith("ст") and len(word) > 4 else word
