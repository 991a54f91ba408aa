"""The terms everything refers to: States, bodies, themes, groups, goals, each with its other spellings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.vocabulary import MechanismKind
from recommendations.web.alphabet import InAlphabet

__all__ = [
    "AffectedGroup",
    "Body",
    "BodyAlias",
    "Goal",
    "GroupAlias",
    "State",
    "StateAlias",
    "Target",
    "Theme",
    "ThemeAlias",
    "Treaty",
]


_BY_NAME = InAlphabet("name_en", "name_ru", "name_kk")


class Term(models.Model):
    """A term with its name in three languages."""

    name_en = models.CharField(_("name in English"), max_length=300)
    name_ru = models.CharField(_("name in Russian"), max_length=300, blank=True)
    name_kk = models.CharField(_("name in Kazakh"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in English."""
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name in this language, else in English."""
        return getattr(self, f"name_{language[:2]}", "") or self.name_en


class Alias(models.Model):
    """Another spelling under which files know a term; ``folded`` is words.clean.fold_label of the label."""

    label = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class State(Term):
    """A State, by its ISO 3166 alpha-3 code."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    iso2 = models.CharField(max_length=2, blank=True)
    # Followed by this coalition: its recommendations are recorded here.
    is_followed = models.BooleanField(_("followed here"), default=False)

    class Meta:
        ordering = (_BY_NAME,)


class StateAlias(Alias):
    """Another spelling of a State's name; it names one State only."""

    state = models.ForeignKey(State, models.CASCADE, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded"], name="state_alias_names_one_state")]


class Body(Term):
    """A mechanism or body that recommends."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=MechanismKind.choices)

    class Meta:
        ordering = ("order", "code")


class BodyAlias(Alias):
    """Another name of a recommending body; it names one body only."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded"], name="body_alias_names_one_body")]


class Theme(Term):
    """A theme of OHCHR's classification."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Too general to lead: a recommendation stands under its first specific theme.
    is_general = models.BooleanField(default=False)
    # An artefact of retagging in the source: never imported.
    is_ignored = models.BooleanField(default=False)

    class Meta:
        ordering = ("order", _BY_NAME)


class ThemeAlias(Alias):
    """Another label of a theme; one label may stand for several."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded", "theme"], name="theme_alias_once")]


class AffectedGroup(Term):
    """A group of persons whom a recommendation concerns."""

    code = models.SlugField(_("code"), max_length=80, unique=True)

    class Meta:
        ordering = ("order", _BY_NAME)


class GroupAlias(Alias):
    """Another label of an affected group."""

    group = models.ForeignKey(AffectedGroup, models.CASCADE, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded", "group"], name="group_alias_once")]


class Goal(Term):
    """A Sustainable Development Goal, by its number 1–17."""

    number = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.CheckConstraint(condition=models.Q(number__range=(1, 17)), name="goal_1_to_17")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Target(Term):
    """A target of a goal, by its code such as 16.10."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="targets")
    code = models.CharField(max_length=6, unique=True)

    class Meta:
        ordering = ("goal", "order")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Treaty(Term):
    """A human rights treaty, by its usual abbreviation."""

    code = models.CharField(_("code"), max_length=20, unique=True)

    class Meta:
        ordering = ("order", "code")
