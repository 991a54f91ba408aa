"""Who can see a row: asked of the visibility rules for every person who may sign in, and told as far as it may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from recommendations.access.visibility import can_see
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import Audience
from recommendations.web.alphabet import InAlphabet


@dataclass(frozen=True)
class Seeing:
    """Who can see a row: people by name where the reader belongs to its organisation, else how many of which kind."""

    names: tuple[str, ...]
    counts: tuple[tuple[str, str, int], ...]  # organisation, roles, how many
    total: int
    audiences: tuple[tuple[str, bool], ...]  # audience in words, whether it may see the row

    @property
    def is_named(self) -> bool:
        """Whether the people are told by name."""
        return len(self.names) == self.total


def who_sees(row: models.Model, *, organisation: Organisation | None, reader: Any) -> Seeing:
    """Everybody who may see the row of this organisation, as far as the reader may know it."""
    people = (
        User.objects.filter(is_active=True).select_related("organisation").order_by(InAlphabet("name"), "pk")
    )
    seeing = [person for person in people if can_see(row, person)]
    inside = organisation is not None and reader.organisation_id == organisation.pk
    counts = Counter((str(person.organisation or _("no organisation")), _roles(person)) for person in seeing)
    return Seeing(
        names=tuple(f"{person} · {person.organisation or '–'}" for person in seeing) if inside else (),
        counts=tuple((*kind, count) for kind, count in sorted(counts.items())),
        total=len(seeing),
        audiences=tuple((str(audience.label), can_see(row, audience)) for audience in Audience),
    )


def _roles(person: User) -> str:
    return ", ".join(sorted(str(role.label) for role in person.roles))
