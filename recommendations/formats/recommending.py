"""Recommending States out of a text: which brackets name them, and which wording is whose.

The UN's documents write them behind the text, or behind each State's own wording: ``Ratify A (France); consider B
(Spain) (Portugal);``. A bracket may hold several, a name may hold a bracket, and many a bracket holds no State at
all. What is a State's name only the caller knows: ``knows_state`` says so of a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from recommendations.formats.entries import FromState

KnowsState = Callable[[str], bool]

# What may stand between two names in one bracket. "and" also stands inside names: Bosnia and Herzegovina.
_BETWEEN = re.compile(r"\s*(?:[,;/،、+&]|\band\b|\bas well as\b|\bet\b|\by\b|\bи\b|\n)\s*")
_MOST_NAMES = 60
_LONGEST_NAME = 5
_LONGEST_BRACKET = 2000
# "Republic of", "Plurinational State of the": the part of a name that the UN puts behind it.
_PART_BEHIND = re.compile(r"\b(?:of|of the|the)$", re.IGNORECASE)
# Short labels that stand for States in a text: codes such as AND, PER, IT or ID are words and abbreviations there.
_SHORT = frozenset({"UK", "US", "USA", "UAE", "DRC", "CAR"})
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_UNCLOSED = re.compile(r"[(（]\s*([^()（）]+?)\s*$")
# What looks like a name of a State: capitalised words, no figures and no abbreviation.
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[ \-’'.]+[^\W\d_]+)*\Z")
_FINAL = " \t\n;.,"
_SEPARATOR = re.compile(r"\s*[;/.,]|\s+(?:and|or|и|et|y)\b|\s*$")


@dataclass(frozen=True)
class _Bracket:
    """A bracket at the outermost level: where it begins and ends in the text, and the States it names."""

    start: int
    end: int
    labels: tuple[str, ...]


def states_in(bracket: str, knows_state: KnowsState) -> list[str]:
    """The States that the inside of one bracket names: every part of it must be one, else there are none.

    Labels come back as the caller knows them: without an article, with the blanks taken out that cut a word in two.
    """
    if len(bracket) > _LONGEST_BRACKET:
        return []
    whole = _label(bracket, knows_state)
    if whole:
        return [whole]
    parts, signs = _parts(bracket)
    if not 1 < len(parts) <= _MOST_NAMES:
        return []
    return _names(parts, signs, knows_state) or []


def split_states(text: str, knows_state: KnowsState) -> tuple[str, list[str]]:
    """The wording without the States that close it, and their labels in order: ``Ratify A (Spain) (Peru);``.

    Without any, the text comes back as it was.
    """
    closing = _closing(text, _brackets(text, knows_state))
    if not closing:
        return text, []
    labels = [label for bracket in closing for label in bracket.labels]
    return text[: closing[0].start].rstrip(), _once(labels)


def split_wordings(text: str, knows_state: KnowsState) -> list[tuple[str, list[str]]]:
    """Each wording with the States that gave it: one for most texts, several where each State speaks for itself.

    ``Ratify A (France); consider B (Spain)`` gives two. ``To consider ratifying (Peru)/ratify (Chile) the
    Convention`` gives two as well, each with the end that both share. No States at all give none.
    """
    brackets = _speaking(text, _brackets(text, knows_state))
    if not brackets:
        return []
    found: list[tuple[str, list[str]]] = []
    begin = 0
    for bracket in brackets:
        wording = _bare(text[begin : bracket.start])
        if not wording and found:
            found[-1][1].extend(bracket.labels)
        else:
            found.append((wording, list(bracket.labels)))
        begin = bracket.end
    rest = text[begin:]
    if rest.strip(_FINAL) and not rest.lstrip().startswith((";", ".", "*")):
        # States inside the sentence: what follows the last of them belongs to all that stand in it.
        inside = _sentence(text, brackets, found)
        ending = _bare(rest)
        found = found[: len(found) - inside] + [
            (f"{wording} {ending}".strip(), labels) for wording, labels in found[len(found) - inside :]
        ]
    return [(wording, _once(labels)) for wording, labels in found]


def recommending_states(text: str, knows_state: KnowsState) -> list[FromState]:
    """The States that a text names as those who recommend, in order, each with its wording where they differ."""
    wordings = split_wordings(text, knows_state)
    several = len({wording for wording, _labels in wordings}) > 1
    found: dict[str, FromState] = {}
    for wording, labels in wordings:
        for label in labels:
            known = found.get(label)
            if known is None:
                found[label] = FromState(label, wording=wording if several else "")
            elif several and wording not in known.wording.split("\n"):
                found[label] = FromState(label, wording=f"{known.wording}\n{wording}")
    return list(found.values())


def unknown_closing(text: str, knows_state: KnowsState) -> str:
    """What stands in the last bracket of a text where a State is expected and looks like a name, but is none known.

    "" where the text closes with a State, or with nothing like a name.
    """
    spans = _spans(text)
    if not spans or text[spans[-1][1] :].strip(_FINAL):
        return ""
    start, end = spans[-1]
    inside = text[start + 1 : end - 1].strip()
    if states_in(inside, knows_state) or len(inside) > 60:
        return ""
    looks_like_names = all(_NAME.match(part) for part in _parts(inside)[0])
    return inside if looks_like_names and not inside.isupper() else ""


# --- Brackets -----------------------------------------------------------------------------------------------------


def _spans(text: str) -> list[tuple[int, int]]:
    """Beginning and end of each outermost bracket; a sign whose partner is missing counts for nothing."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in re.finditer(r"[()（）]", text):
        if match[0] in "(（":
            opened.append(match.start())
        elif opened:
            pairs.append((opened.pop(), match.end()))
    outermost: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        if not outermost or start >= outermost[-1][1]:
            outermost.append((start, end))
    return outermost


def _brackets(text: str, knows_state: KnowsState) -> list[_Bracket]:
    """The brackets that name States."""
    found: list[_Bracket] = []
    for start, end in _spans(text):
        inside = text[start + 1 : end - 1]
        labels = states_in(inside, knows_state)
        if not labels and _PART_BEHIND.search(inside.strip()):
            last = found.pop() if found and not text[found[-1].end : start].strip() else None
            before = _UNCLOSED.search(text, max(0, start - 60), start)
            name = ""
            if last:  # "(Bolivia) (Plurinational State of)": one name in two brackets
                name = _turned(last.labels[-1], inside, knows_state)
                start, labels = last.start, [*last.labels[:-1], name or last.labels[-1]]
                end = end if name else last.end
            elif before:  # "(Bolivia (Plurinational State of);": the outer bracket is not closed
                name = _turned(before[1], inside, knows_state)
                start, labels = before.start(), [name] if name else []
        if labels:
            found.append(_Bracket(start, end, tuple(labels)))
    return found


def _closing(text: str, brackets: list[_Bracket]) -> list[_Bracket]:
    """Those of the brackets that close the text, with nothing but signs between and behind them."""
    end = len(text)
    closing: list[_Bracket] = []
    for bracket in reversed(brackets):
        between = text[bracket.end : end]
        allowed = _FINAL + ("*" if not closing else "/&")
        if between.strip(allowed) not in ("", "and"):
            break
        closing.insert(0, bracket)
        end = bracket.start
    return closing


def _speaking(text: str, brackets: list[_Bracket]) -> list[_Bracket]:
    """The brackets that say who recommends: all that end a wording.

    "… in the region (Uzbekistan) by means of … (Spain)" is Spain's alone. Where no bracket ends a wording, States
    stand inside the sentence, and all of them count.
    """
    ends: list[_Bracket] = []
    for place, bracket in enumerate(brackets):
        following = brackets[place + 1] if place + 1 < len(brackets) else None
        directly = following is not None and not text[bracket.end : following.start].strip(_FINAL)
        if directly or _SEPARATOR.match(text, bracket.end):
            ends.append(bracket)
    closed = ends and not text[ends[-1].end :].strip(_FINAL + "*")
    if closed or (ends and re.match(r"\s*[;.]", text[ends[-1].end :])):
        return ends
    return brackets


def _sentence(text: str, brackets: list[_Bracket], wordings: list[tuple[str, list[str]]]) -> int:
    """How many of the last wordings stand in one sentence with what follows them."""
    count = 1
    for bracket in reversed(brackets[:-1]):
        if count == len(wordings) or re.match(r"\s*[;.]", text[bracket.end :]):
            break
        count += 1
    return count


def _bare(wording: str) -> str:
    wording = wording.strip(_FINAL + "/*")
    return re.sub(r"^(?:and|or)\s+(?=\S)", "", wording)


# --- Names --------------------------------------------------------------------------------------------------------


def _parts(bracket: str) -> tuple[list[str], list[str]]:
    """The pieces between separators outside inner brackets, and the separators."""
    pieces, signs = [""], []
    place = depth = 0
    while place < len(bracket):
        sign = bracket[place]
        if sign in "(（":
            depth += 1
        elif sign in ")）":
            depth = max(0, depth - 1)
        elif depth == 0:
            match = _BETWEEN.match(bracket, place)
            if match and match.end() > place:
                pieces.append("")
                signs.append(match[0])
                place = match.end()
                continue
        pieces[-1] += sign
        place += 1
    # ", and" leaves an empty piece between two separators.
    kept = [number for number, piece in enumerate(pieces) if piece.strip()]
    return [pieces[number].strip() for number in kept], [
        "".join(signs[number - 1 : number]) for number in kept[1:]
    ]


def _names(parts: list[str], signs: list[str], knows_state: KnowsState) -> list[str] | None:
    """The pieces joined to names so that all of them are States; None where that cannot be."""
    # ways[n]: the names of the first n pieces, found with the longest names at the end first.
    ways: list[list[str] | None] = [[], *([None] * len(parts))]
    for end in range(1, len(parts) + 1):
        for begin in range(max(0, end - _LONGEST_NAME), end):
            before = ways[begin]
            if before is None:
                continue
            label = _joined(parts[begin:end], signs[begin : end - 1], knows_state)
            if label:
                ways[end] = [*before, label]
                break
    return ways[-1]


def _joined(parts: list[str], signs: list[str], knows_state: KnowsState) -> str:
    name = parts[0]
    for sign, part in zip(signs, parts[1:], strict=True):
        name += (f"{sign.rstrip()} " if sign.strip() in {",", ";"} else f" {sign.strip()} ") + part
    label = _label(name, knows_state)
    if not label and len(parts) == 2 and _PART_BEHIND.search(parts[1]):
        label = _turned(parts[0], parts[1], knows_state)
    return label


def _turned(name: str, behind: str, knows_state: KnowsState) -> str:
    """ "Iran, Islamic Republic of" as one of the two ways in which it is known."""
    behind = " ".join(behind.split())
    return _label(f"{name} ({behind})", knows_state) or _label(f"{behind} {name}", knows_state)


def _label(text: str, knows_state: KnowsState) -> str:
    """The label under which a name is known, or ""."""
    name = " ".join(text.split()).strip(" *†;,.")
    if not name or len(name) > 100 or (len(name) <= 3 and name.isascii() and name not in _SHORT):
        return ""
    if knows_state(name):
        return name
    bare = _ARTICLE.sub("", name)
    if bare != name and knows_state(bare):
        return bare
    # "(Bolivia (Plurinational State of)": a bracket of the name is not closed, or is closed by the outer one.
    if bare.count("(") > bare.count(")") and knows_state(f"{bare})"):
        return f"{bare})"
    # "Sierra Le one", "Portu gal": files taken from PDF cut words in two.
    for blank in (place for place, sign in enumerate(bare) if sign == " "):
        mended = bare[:blank] + bare[blank + 1 :]
        if knows_state(mended):
            return mended
    return ""


def _once(labels: list[str]) -> list[str]:
    return list(dict.fromkeys(labels))
