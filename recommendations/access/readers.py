"""Who reads: a person with her roles, or an audience; and what every rule of visibility is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Q

from recommendations.vocabulary import Audience, Role

Reader = Any  # a User, an AnonymousUser or an Audience
Rule = Callable[[Reader], Q]

NOTHING = Q(pk__in=[])
EVERYTHING = Q()

MEMBER_ROLES = frozenset({Role.EDITOR, Role.REVIEWER, Role.COORDINATOR})


def roles_of(reader: Reader) -> frozenset[str]:
    """The roles of a signed-in, active person; none for audiences and strangers."""
    if isinstance(reader, Audience) or not getattr(reader, "is_authenticated", False) or not reader.is_active:
        return frozenset()
    return frozenset(reader.roles)


def is_member(reader: Reader) -> bool:
    """Whether the reader belongs to the coalition's working members (not observers, not the public)."""
    return reader == Audience.COALITION or bool(roles_of(reader) & MEMBER_ROLES)


def is_observer(reader: Reader) -> bool:
    """Whether the reader is a person who only reads what the coalition shares."""
    return Role.OBSERVER in roles_of(reader)


def organisation_of(reader: Reader) -> int | None:
    """The person's organisation; an audience has none."""
    return None if isinstance(reader, Audience) else reader.organisation_id


def model_of(name: str) -> Any:
    """A model by its name, so that no rule imports one."""
    return apps.get_model("recommendations", name)
