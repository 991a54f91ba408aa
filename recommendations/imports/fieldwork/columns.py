"""The columns of a field sheet: which are locked, which are filled in, and how a value stands in a cell.

A value is what the editor's forms take: a code, a text, a day in ISO form, True or False.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.assessments.method import DEFINITIONS, TEST_DEFINITIONS
from recommendations.assessments.versions import PARTS
from recommendations.vocabulary import CannotReason, Language, Rating, TestRating
from recommendations.words.clean import clean_text, fold_label
from recommendations.words.likeness import nearest

TEXT, CHOICE, YES, DAY, CITE = "text", "choice", "yes", "day", "cite"


@dataclass(frozen=True)
class Field:
    """A column to fill in; ``words`` are its codes with their labels, where it takes one of several."""

    name: str
    title: Any
    kind: str = TEXT
    width: int = 40
    words: Mapping[str, Any] | None = None
    about: Any = ""


def _choice(name: str, words: Any, *, title: Any = None, about: Any = "") -> Field:
    return Field(name, title or PARTS[name], CHOICE, 22, dict(words.choices), about)


def _test(name: str) -> Field:
    return _choice(name, TestRating, about=TEST_DEFINITIONS[name])


EMPTY_FOLLOWS = gettext_lazy("In the row of a single recommendation: leave it empty where it is as for all.")
CITES = gettext_lazy("Cite evidence by its number in square brackets: [E-12], several as [E-12, E-15].")

FIELDS = (
    Field(
        "implemented_when",
        PARTS["implemented_when"],
        about=gettext_lazy("One sentence that can be tested, written before the rating."),
    ),
    _choice("rating", Rating, about=EMPTY_FOLLOWS),
    _test("law"),
    Field("law_text", PARTS["law_text"], about=CITES),
    _test("policy"),
    Field("policy_text", PARTS["policy_text"], about=CITES),
    _test("practice"),
    Field("practice_text", PARTS["practice_text"], about=CITES),
    Field("narrative", PARTS["narrative"], about=CITES),
    Field(
        "sentence",
        gettext_lazy("A sentence of its own"),
        about=gettext_lazy("For one recommendation or demand alone, where it needs one."),
    ),
    Field(
        "override_reason",
        PARTS["override_reason"],
        width=26,
        about=gettext_lazy("Only where the rating is not the one that follows from the three tests."),
    ),
    _choice("cannot_reason", CannotReason, about=gettext_lazy("Compulsory with “cannot be assessed”.")),
    Field(
        "cannot_steps",
        PARTS["cannot_steps"],
        width=26,
        about=gettext_lazy("With “cannot be assessed”: what was asked, of whom, when."),
    ),
    Field(
        "steps_under_way",
        gettext_lazy("Steps are under way"),
        YES,
        14,
        about=gettext_lazy(
            "A bill in parliament, a plan item with a date. A mark on “not implemented” only."
        ),
    ),
    Field("next_ask", PARTS["next_ask"], about=CITES),
    Field(
        "cite",
        gettext_lazy("Evidence to cite"),
        CITE,
        18,
        about=gettext_lazy(
            "Numbers of evidence to be cited besides those in the text, as E-12, E-15. They are added at the end of "
            "“In practice”, those of laws at the end of “In law”."
        ),
    ),
    Field(
        "cutoff_on",
        gettext_lazy("Evidence considered up to"),
        DAY,
        14,
        about=gettext_lazy("A day, as 2027-06-30; not in the future."),
    ),
    _choice("language", Language, title=gettext_lazy("Written in")),
    Field(
        "confirmed",
        gettext_lazy("Carried-over text confirmed"),
        YES,
        16,
        about=gettext_lazy(
            "“Yes” once you went through everything that was carried over, and it holds today."
        ),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
WHOLE = tuple(field.name for field in FIELDS if field.name != "sentence")

# Columns that only tell; of the first five is said when they were changed.
LOCKED = {
    "reference": (gettext_lazy("Reference"), 18),
    "text": (gettext_lazy("Recommendation"), 60),
    "position": (gettext_lazy("Position"), 14),
    "cluster": (gettext_lazy("Cluster"), 22),
    "states": (gettext_lazy("Recommending States"), 24),
    "status": (gettext_lazy("Assessment"), 14),
    "evidence": (gettext_lazy("Evidence linked"), 18),
    "cited": (gettext_lazy("Cited so far"), 14),
}
COMPARED = ("reference", "text", "position", "cluster", "states")


def titles() -> dict[str, str]:
    """Column → its heading, in the language that is on."""
    locked = {name: str(words) for name, (words, _width) in LOCKED.items()}
    return locked | {field.name: str(field.title) for field in FIELDS}


YES_WORD, NO_WORD = gettext_lazy("yes"), gettext_lazy("no")


def definition(field: Field) -> str:
    """What the heading's comment says beside ``about``: the definitions of the ratings."""
    if field.name != "rating":
        return ""
    return "\n\n".join(f"{Rating(code).label}: {words}" for code, words in DEFINITIONS.items())


def shown(field: Field, value: Any) -> str:
    """A value as a person reads it, in the language that is on."""
    if field.kind == YES:
        return str(YES_WORD if value else NO_WORD)
    if field.kind == CHOICE and field.words is not None:
        return str(field.words[value]) if value in field.words else str(value or "")
    return str(value or "")


def same(field: Field, one: Any, other: Any) -> bool:
    """Whether two values say the same: blanks and line ends, which programs change, do not count."""
    return _plain(field, one) == _plain(field, other)


def _plain(field: Field, value: Any) -> Any:
    if field.kind == YES:
        return bool(value)
    if field.kind == TEXT:
        return clean_text(str(value or ""))
    return str(value or "").strip()


class NotUnderstood(ValueError):
    """The cell's content is none of the column's; the message says what was expected."""


def understood(field: Field, cell: str, *, is_number: bool) -> Any:
    """The value of a cell. Raises ``NotUnderstood``."""
    text = clean_text(cell)
    if field.kind == TEXT:
        return text
    if field.kind == DAY:
        return _day(text, is_number=is_number)
    if field.kind == CITE:
        return _numbers(text)
    words = _labels(field.name)
    if not text:
        return False if field.kind == YES else ""
    if (code := words.get(fold_label(text))) is not None:
        return code == "yes" if field.kind == YES else code
    expected = _expected(field)
    message = _("“%(said)s” is none of these: %(expected)s.") % {
        "said": text[:80],
        "expected": "; ".join(expected),
    }
    if near := nearest(text, expected, limit=1):
        message += " " + _("Did you mean “%(near)s”?") % {"near": near[0]}
    raise NotUnderstood(message)


def _expected(field: Field) -> list[str]:
    return (
        [str(YES_WORD), str(NO_WORD)] if field.kind == YES else [str(w) for w in (field.words or {}).values()]
    )


@lru_cache(maxsize=64)
def _labels(name: str) -> dict[str, str]:
    """Folded label in any of the three languages, or the code itself → code."""
    field = BY_NAME[name]
    found: dict[str, str] = {}
    for language in Language.values:
        with translation.override(language):
            pairs = (
                {"yes": YES_WORD, "no": NO_WORD}.items() if field.kind == YES else (field.words or {}).items()
            )
            found |= {fold_label(str(label)): code for code, label in pairs}
    for code in list(found.values()):
        found.setdefault(fold_label(code), code)
    if field.kind == YES:
        found |= {"true": "yes", "1": "yes", "x": "yes", "false": "no", "0": "no"}
    return found


_EPOCH = date(1899, 12, 30)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?:[ T][\d:.]+)?")
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})(?: ?г\.?| ?ж\.?)?")


def read_day(text: str, *, is_number: bool) -> date | None:
    """A day as programs and people write it, a spreadsheet's serial number among them; None where it is none."""
    if is_number:
        # 1950 to 2101: a year alone would be a day of 1905.
        serial = int(float(text))
        return _EPOCH + timedelta(days=serial) if 18_264 <= serial <= 73_415 else None
    found = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None


def _day(text: str, *, is_number: bool) -> str:
    if not text:
        return ""
    day = read_day(text, is_number=is_number)
    if day is None:
        raise NotUnderstood(
            _("“%(said)s” is no day. Write it as 2027-06-30 or 30.06.2027.") % {"said": text[:40]}
        )
    if day > timezone.localdate():
        raise NotUnderstood(_("This day lies in the future: evidence is considered up to today."))
    return day.isoformat()


def _numbers(text: str) -> str:
    """Numbers of evidence, tidied: E-12, E-15."""
    parts = [part for part in re.split(r"[\s,;\[\]]+", text) if part]
    found = []
    for part in parts:
        match = re.fullmatch(r"[EeЕе]?[-‐‑–—]?0*([1-9]\d{0,8})", part)
        if match is None:
            raise NotUnderstood(
                _("“%(said)s” is no number of evidence. Write E-12, several as E-12, E-15.")
                % {"said": part[:40]}
            )
        found.append(f"E-{match[1]}")
    return ", ".join(dict.fromkeys(found))
