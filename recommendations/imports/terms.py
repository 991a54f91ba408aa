"""What words in a file stand for: States, themes, groups, goals, positions; and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    BodyAlias,
    Goal,
    GroupAlias,
    State,
    StateAlias,
    Target,
    Theme,
    ThemeAlias,
)
from recommendations.imports.asking import BODY, GROUP, STATE, THEME, Asking
from recommendations.vocabulary import ClaimKind, Language, PositionKind, TextKind, TextLanguage
from recommendations.words.clean import fold_label
from recommendations.words.likeness import nearest

# OHCHR's code in front of a label: "A12 Acceptance of international norms", "12.4. Death penalty".
_CODE = re.compile(r"(?:[a-z][0-9]{1,3}|[0-9]{1,2}(?:\.[0-9]{1,2})*\.) (?=[^0-9])")

# Words for a position that are no label of ours: UPR Info's, OHCHR's, and those of people.
_POSITION_WORDS = {
    "accepted": PositionKind.SUPPORTED,
    "enjoys the support": PositionKind.SUPPORTED,
    "supported/noted": PositionKind.SUPPORTED_IN_PART,
    "noted/supported": PositionKind.SUPPORTED_IN_PART,
    "partially supported": PositionKind.SUPPORTED_IN_PART,
    "partially accepted": PositionKind.SUPPORTED_IN_PART,
    "not supported": PositionKind.NOTED,
    "pending": PositionKind.UNDER_CONSIDERATION,
    "to be examined": PositionKind.UNDER_CONSIDERATION,
}


class Unknown(Exception):
    """A word that stands for nothing here; the message says what was expected and what may be meant."""


@dataclass
class Names:
    """Labels of one kind of term: what a folded label stands for, and the labels to suggest."""

    what: str
    kind: str = ""
    ids: dict[str, tuple[int, ...]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)
    _found: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _beginnings: set[str] | None = None

    def find(self, label: str) -> tuple[int, ...]:
        """What the label stands for; raises ``Unknown`` with suggestions."""
        found = self._found.get(label)
        if found is None:
            found = self._known(label)
            if found is None:
                raise Unknown(self._unknown(label))
            self._found[label] = found
        return found

    def knows(self, label: str) -> bool:
        """Whether the label stands for something."""
        return self._known(label) is not None

    def begins(self, label: str) -> bool:
        """Whether a label that holds the sign between labels begins with this one."""
        if self._beginnings is None:
            self._beginnings = {known.partition(";")[0].strip() for known in self.ids if ";" in known}
        folded = fold_label(label)
        code = _CODE.match(folded)
        return folded in self._beginnings or (code is not None and folded[code.end() :] in self._beginnings)

    def _known(self, label: str) -> tuple[int, ...] | None:
        folded = fold_label(label)
        found = self.ids.get(folded)
        if found is None and (code := _CODE.match(folded)):
            found = self.ids.get(folded[code.end() :])
        return found

    def _unknown(self, label: str) -> str:
        # The same wrong label on thousands of rows is compared once.
        if label not in self._said:
            self._said[label] = unknown(self.what, label, self.shown)
        return self._said[label]


def unknown(what: str, label: str, candidates: Iterable[str]) -> str:
    """The sentence on a label that is not known, with the nearest ones that are."""
    shown = label if len(label) <= 80 else label[:79] + "…"
    message = _("“%(label)s” is no %(what)s known here.") % {"label": shown, "what": what}
    near = nearest(label[:200], candidates, limit=3)
    if near:
        message += " " + _("Did you mean %(near)s?") % {
            "near": _(" or ").join(_("“%(name)s”") % {"name": name} for name in near)
        }
    return message


@dataclass
class Terms:
    """Everything that words in a file may stand for, read once for a whole file."""

    states: Names
    themes: Names
    groups: Names
    ignored_themes: frozenset[int]
    general_themes: frozenset[int]
    state_codes: dict[int, str]
    state_names: dict[int, str]
    bodies: Names
    body_codes: dict[int, str]
    goals: dict[int, int]
    targets: dict[str, tuple[int, int]]
    positions: dict[str, str]
    claims: dict[str, str]
    text_kinds: dict[str, str]
    languages: dict[str, str]
    asking: Asking

    @classmethod
    def load(cls, asking: Asking | None = None) -> Terms:
        """Read the terms: a query for each table. ``asking`` says what becomes of labels that are not known."""
        themes = list(Theme.objects.values_list("pk", "name_en", "is_ignored", "is_general"))
        states = list(State.objects.values_list("pk", "name_en", "code"))
        bodies = list(Body.objects.values_list("pk", "code", "name_en", "name_ru", "name_kk"))
        loaded = cls(
            states=Names(
                _("State"), STATE, _aliases(StateAlias, "state_id"), [name for _pk, name, _code in states]
            ),
            themes=Names(_("theme"), THEME, _aliases(ThemeAlias, "theme_id"), [row[1] for row in themes]),
            groups=Names(
                _("affected group"),
                GROUP,
                _aliases(GroupAlias, "group_id"),
                list(AffectedGroup.objects.values_list("name_en", flat=True)),
            ),
            ignored_themes=frozenset(pk for pk, _name, ignored, _general in themes if ignored),
            general_themes=frozenset(pk for pk, _name, _ignored, general in themes if general),
            state_codes={pk: code for pk, _name, code in states},
            state_names={pk: name for pk, name, _code in states},
            bodies=Names(
                _("recommending body"),
                BODY,
                _aliases(BodyAlias, "body_id")
                | {fold_label(label): (pk,) for pk, *labels in bodies for label in labels if label},
                [row[2] for row in bodies],
            ),
            body_codes={row[0]: row[1] for row in bodies},
            goals=dict(Goal.objects.values_list("number", "pk")),
            targets={
                code: (pk, goal) for code, pk, goal in Target.objects.values_list("code", "pk", "goal_id")
            },
            positions=_labels(PositionKind, _POSITION_WORDS),
            claims=_labels(ClaimKind, {}),
            text_kinds=_labels(TextKind, {"official text": TextKind.OFFICIAL}),
            languages=_labels(TextLanguage, {}),
            asking=asking or Asking(),
        )
        loaded.asking.leave_out_of(loaded)
        return loaded


def choice(what: str, label: str, known: Mapping[str, str], expected: Sequence[str]) -> str:
    """The code that a label of a vocabulary stands for; raises ``Unknown`` with what was expected."""
    found = known.get(fold_label(label))
    if found is None:
        message = unknown(what, label, expected)
        raise Unknown(
            _("%(message)s Expected one of: %(codes)s.") % {"message": message, "codes": ", ".join(expected)}
        )
    return found


def _aliases(model: type[models.Model], owner: str) -> dict[str, tuple[int, ...]]:
    """Folded label → ids of what it names, in the order in which the labels were given."""
    found: dict[str, tuple[int, ...]] = {}
    for folded, pk in model._base_manager.order_by("pk").values_list("folded", owner):
        if pk not in found.get(folded, ()):
            found[folded] = (*found.get(folded, ()), pk)
    return found


def _labels(vocabulary: type[models.TextChoices], more: Mapping[str, str]) -> dict[str, str]:
    """Every spelling of a vocabulary's words: code, label in each language of ours, and more."""
    found: dict[str, str] = {}
    for language in Language.values:
        with override(language):
            for value, label in vocabulary.choices:
                found[fold_label(value)] = found[fold_label(str(label))] = value
                found[fold_label(value.replace("_", " "))] = value
    for label, value in more.items():
        found[fold_label(label)] = value
    return found
